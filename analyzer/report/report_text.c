#include "analyzer/report/report_text.h"

#include <inttypes.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/report/page.h"
#include "analyzer/report/quality.h"
#include "analyzer/report/report_finding.h"
#include "analyzer/report/statistics_text.h"
#include "analyzer/report/wrap.h"

#define MOST_COMMENTS 3

/* How far a conversation got, as the end of "1 …". */
static const char *const step_phrases[] = {
    [STEP_NONE] = "never connected",
    [STEP_CONNECTED] = "got to the TCP connection",
    [STEP_NEGOTIATED] = "got to NEGOTIATE",
    [STEP_AUTHENTICATED] = "got to SESSION_SETUP",
    [STEP_TREE_CONNECTED] = "got to TREE_CONNECT",
    [STEP_WORKING] = "worked on a share",
};

/* Conversations of one kind, by how far they got. */
struct tally {
	size_t count;
	size_t steps[COUNT(step_phrases)];
};

static struct tally
tally_of(const struct report_capture *capture, bool (*is_wanted)(const char *speaks))
{
	struct tally tally = {0};

	for (size_t i = 0; i < capture->conversation_count; i++) {
		if (!is_wanted(report_speaks(&capture->conversations[i])))
			continue;
		tally.count++;
		tally.steps[capture->conversations[i].facts->step]++;
	}
	return tally;
}

static bool
is_smb(const char *speaks)
{
	return speaks != NULL && strcmp(speaks, "smb") == 0;
}

static bool
is_kerberos(const char *speaks)
{
	return speaks != NULL && strcmp(speaks, "kerberos") == 0;
}

static bool
is_neither(const char *speaks)
{
	return !is_smb(speaks) && !is_kerberos(speaks);
}

/* ": 1 worked on a share, 2 got to NEGOTIATE". */
static void
add_steps(struct text *text, const struct tally *tally)
{
	const char *separator = ": ";

	for (size_t step = COUNT(step_phrases); step-- != 0;) {
		if (tally->steps[step] == 0)
			continue;
		text_addf(text, "%s%zu %s", separator, tally->steps[step], step_phrases[step]);
		separator = ", ";
	}
}

static void
add_capture_row(struct page *page, const struct capture_facts *facts)
{
	page_add_count(&page->value, facts->packets, "packet");
	text_addf(&page->value, ", %s", facts->format);
	if (facts->compression != NULL)
		text_addf(&page->value, " in %s", facts->compression);
	if (facts->tcp_streams != 0) {
		text_add(&page->value, ", ");
		page_add_count(&page->value, facts->tcp_streams, "TCP stream");
	}
	if (facts->syn_only_streams != 0)
		text_addf(&page->value, " (%" PRIu64 " only of SYNs)", facts->syn_only_streams);
	page_add_value_row(page, "capture");
}

static void
add_time_row(struct page *page, const struct capture_facts *facts)
{
	if (!facts->has_time)
		return;
	text_add_time(&page->value, facts->first_time);
	text_add(&page->value, ", lasting ");
	text_add_duration(&page->value, facts->last_time - facts->first_time);
	page_add_value_row(page, "time");
}

static void
add_conversation_rows(struct page *page)
{
	struct tally smb = tally_of(page->capture, is_smb);
	struct tally kerberos = tally_of(page->capture, is_kerberos);
	struct tally others = tally_of(page->capture, is_neither);

	page_add_count(&page->value, smb.count, "conversation");
	add_steps(&page->value, &smb);
	page_add_value_row(page, "SMB");
	if (kerberos.count != 0) {
		page_add_count(&page->value, kerberos.count, "conversation");
		page_add_value_row(page, "Kerberos");
	}
	if (others.count != 0) {
		page_add_count(&page->value, others.count, "conversation");
		text_add(&page->value, " on their ports that spoke neither");
		add_steps(&page->value, &others);
		page_add_value_row(page, "others");
	}
}

static void
add_comment_rows(struct page *page, const struct capture_facts *facts)
{
	for (size_t i = 0; i < facts->comment_count && i < MOST_COMMENTS; i++) {
		text_add_visible(&page->value, facts->comments[i]);
		page_add_value_row(page, "comment");
	}
}

static void
add_header(struct page *page)
{
	const struct capture_facts *facts = page->capture->facts;
	size_t findings[2][3] = {{0}};

	page_paint(page, PAGE_BOLD);
	text_add_visible(&page->text, facts->file);
	page_unpaint(page);
	text_add_char(&page->text, '\n');
	add_capture_row(page, facts);
	add_time_row(page, facts);
	page_add_row(page, "sha256", page->capture->sha256);
	add_comment_rows(page, facts);
	quality_add_rows(page);
	add_conversation_rows(page);
	statistics_add_rows(page);
	report_count(&page->capture->findings, findings);
	if (facts->unjudged != NULL)
		text_add(&page->value, "nothing could be judged");
	else
		page_add_tally(&page->value, findings);
	if (page->capture->findings.incidents < page->capture->findings.count) {
		text_add(&page->value, " in ");
		page_add_count(&page->value, page->capture->findings.incidents, "incident");
	}
	page_add_value_row(page, "result");
	text_add_char(&page->text, '\n');
}

static void
add_unjudged(struct page *page)
{
	struct text sentence = {0};

	text_add(&sentence, "Nothing could be judged: ");
	text_add_visible(&sentence, page->capture->facts->unjudged);
	text_add_char(&sentence, '.');
	wrap_words(&page->text, 0, 0, text_chars(&sentence));
	text_add_char(&page->text, '\n');
	text_free(&sentence);
}

/* No finding is no proof of health: says what was there to be judged. */
static void
add_nothing_found(struct page *page)
{
	const char *sentence =
	    page->capture->conversation_count != 0
		? "No rule matched. How far the conversations got is said above; what happened "
		  "outside of them, or before the capture began, is not in it."
		: "There is no SMB or Kerberos conversation in this capture, so nothing could be "
		  "judged. Was it taken on the right interface, while the fault showed, with a "
		  "filter that lets ports 445, 139 and 88 pass?";

	wrap_words(&page->text, 0, 0, sentence);
	text_add_char(&page->text, '\n');
}

void
report_text_begin(struct report *report)
{
	(void)report; /* the first capture begins the page */
}

/* The overview of several findings comes first: with the header it is the first screen. */
static void
add_findings(struct page *page)
{
	const struct finding_list *findings = &page->capture->findings;

	if (findings->count > 1)
		report_finding_add_overview(page);
	for (size_t i = 0; i < findings->count; i++) {
		text_add(&page->text, i != 0 ? "\n" : "");
		report_finding_add(page, &findings->items[i], i + 1);
	}
}

void
report_text_capture(struct report *report, const struct report_capture *capture)
{
	struct page page = {.report = report, .capture = capture};

	if (report->captures > 1)
		text_add_char(&page.text, '\n');
	add_header(&page);
	if (capture->findings.count != 0)
		add_findings(&page);
	else if (capture->facts->unjudged != NULL)
		add_unjudged(&page);
	else
		add_nothing_found(&page);
	fwrite(page.text.chars, 1, page.text.length, report->out);
	page_free(&page);
}

void
report_text_end(struct report *report)
{
	struct text text = {0};

	text_add(&text, report->captures != 0 ? "\n" : "");
	for (size_t i = 0; i < report->failed_count; i++) {
		text_add(&text, "could not read ");
		text_add_visible(&text, report->failed[i].text);
		text_add_char(&text, '\n');
	}
	page_add_count(&text, report->captures, "capture");
	text_add(&text, ", ");
	page_add_count(&text, report->packets, "packet");
	text_add(&text, ": ");
	if (report->unjudged == report->captures)
		text_add(&text, "nothing could be judged");
	else
		page_add_tally(&text, (const size_t(*)[3])report->findings);
	if (report->unjudged != 0 && report->unjudged != report->captures) {
		text_add(&text, "; nothing could be judged in ");
		page_add_count(&text, report->unjudged, "capture");
	}
	if (report->failed_count != 0) {
		text_add(&text, "; ");
		page_add_count(&text, report->failed_count, "file");
		text_add(&text, " could not be read");
	}
	text_add_char(&text, '\n');
	fwrite(text.chars, 1, text.length, report->out);
	text_free(&text);
}

void
report_text_stream_heading(FILE *out)
{
	fprintf(out, "%6s  %11s  %-21s  %-21s  %8s  %12s  %s\n", "stream", "first frame", "client",
	    "server", "packets", "bytes", "speaks");
}

void
report_text_stream(FILE *out, const struct report_conversation *conversation)
{
	const struct conversation_facts *facts = conversation->facts;
	const char *speaks = report_speaks(conversation);
	struct text client = {0}, server = {0};

	page_add_end(&client, &facts->client, facts->client_port);
	page_add_end(&server, &facts->server, facts->server_port);
	fprintf(out, "%6" PRIu32 "  %11" PRIu64 "  %-21s  %-21s  %8" PRIu64 "  %12" PRIu64 "  %s\n",
	    facts->stream, facts->first_frame, text_chars(&client), text_chars(&server),
	    both_sides(facts->packets), both_sides(facts->bytes), speaks ? speaks : "?");
	text_free(&client);
	text_free(&server);
}
