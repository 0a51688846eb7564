#include "analyzer/report/markdown.h"

#include "analyzer/base/memory.h"
#include "analyzer/base/outfile.h"
#include "analyzer/report/head.h"
#include "analyzer/report/ladder_mermaid.h"
#include "analyzer/report/markdown_capture.h"
#include "analyzer/report/markdown_finding.h"
#include "analyzer/report/markdown_text.h"
#include "analyzer/report/page.h"
#include "analyzer/report/phrase.h"
#include "analyzer/report/sandbox_text.h"

/* What belongs at the top of the document. Its body is set aside until that is known. */
struct markdown {
	struct text list; /* of captures, as rows of a table */
};

void
markdown_begin(struct report *report)
{
	report->state = NULL;
}

/* Made when it is first needed: a run that is given up before it reads a capture has no end. */
static struct markdown *
markdown_of(struct report *report)
{
	if (report->state == NULL)
		report->state = mem_alloc(1, sizeof(struct markdown));
	return report->state;
}

static void
add_findings(struct page *page)
{
	const struct finding_list *findings = &page->capture->findings;
	struct markdown_drawn drawn = {.count = 0};
	size_t count = 0;

	for (size_t i = 0; i < findings->count; i++)
		if (finding_counts(&findings->items[i]) && ++count <= MARKDOWN_MOST_DETAILED)
			markdown_add_finding(page, &drawn, &findings->items[i], i + 1);
	if (count > MARKDOWN_MOST_DETAILED)
		text_addf(&page->text,
		    "\n%zu more findings are not told in detail here; the other formats have them "
		    "all.\n",
		    count - MARKDOWN_MOST_DETAILED);
}

/* "**3 errors, 1 notice in 3 incidents.**" */
static void
add_result(struct page *page)
{
	text_add(&page->text, "\n\n**");
	phrase_add_result(&page->text, page->capture);
	text_add(&page->text, "**\n");
}

static void
add_capture(struct page *page)
{
	text_add(&page->text, "\n## ");
	markdown_add_code(&page->text, page->capture->facts->file);
	phrase_add_others(&page->text, page->capture->facts);
	add_result(page);
	markdown_add_overview(page);
	add_findings(page);
	markdown_add_facts(page);
	if (page->capture->findings.count == 0) {
		text_add_char(&page->text, '\n');
		markdown_add_prose(&page->text, head_of_nothing(page->capture, page->arena));
		text_add_char(&page->text, '\n');
	}
	markdown_add_uncounted(page);
}

void
markdown_capture(struct report *report, const struct report_capture *capture)
{
	struct markdown *markdown = markdown_of(report);
	struct arena arena = {0};
	struct page page = {.report = report, .capture = capture, .arena = &arena};

	add_capture(&page);
	fwrite(text_chars(&page.text), 1, page.text.length, outfile_stream(report->aside));
	text_add(&markdown->list, "| ");
	markdown_add_code(&markdown->list, capture->facts->file);
	phrase_add_others(&markdown->list, capture->facts);
	text_add(&markdown->list, " | ");
	phrase_add_result(&markdown->list, capture);
	text_add(&markdown->list, " |\n");
	page_free(&page);
	arena_free(&arena);
}

static void
add_failures(struct text *text, const struct report *report)
{
	if (report->failed_count != 0)
		text_add(text, "\n## Files that could not be read\n\n");
	for (size_t i = 0; i < report->failed_count; i++) {
		text_add(text, "- ");
		markdown_add_prose(text, report->failed[i].text);
		text_add_char(text, '\n');
	}
}

static void
put(void *out, const char *chars, size_t length)
{
	fwrite(chars, 1, length, out);
}

void
markdown_end(struct report *report)
{
	struct markdown *markdown = markdown_of(report);
	struct text top = {0}, foot = {0};

	text_add(&top, "# SMB triage\n");
	if (report->captures != 1 || report->failed_count != 0) {
		text_add_char(&top, '\n');
		phrase_add_total(&top, report);
		text_add(&top, ".\n");
	}
	if (report->captures > 1) {
		text_add(&top, "\n| Capture | Result |\n|---|---|\n");
		text_add_bytes(&top, markdown->list.chars, markdown->list.length);
	}
	add_failures(&foot, report);
	text_addf(&foot, "\nReport by smbtriage %s.", SMBTRIAGE_VERSION);
	sandbox_add_note(&foot, " Sandbox: ", report->sandbox, ".");
	text_add_char(&foot, '\n');
	put(report->out, top.chars, top.length);
	outfile_give_back(report->aside, put, report->out);
	put(report->out, foot.chars, foot.length);
	text_free(&top);
	text_free(&foot);
	text_free(&markdown->list);
	mem_free(markdown);
	report->state = NULL;
}

void
markdown_ladder(
    struct report *report, const struct report_capture *capture, const struct ladder *ladder)
{
	struct text diagram = {0}, block = {0};

	(void)capture;
	ladder_add_mermaid(&diagram, ladder);
	markdown_add_block(&block, 0, "mermaid", text_chars(&diagram));
	fwrite(block.chars, 1, block.length, report->out);
	text_free(&diagram);
	text_free(&block);
}
