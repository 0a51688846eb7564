#include "analyzer/report/html.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/base/arena.h"
#include "analyzer/base/crypto.h"
#include "analyzer/base/memory.h"
#include "analyzer/base/outfile.h"
#include "analyzer/base/text.h"
#include "analyzer/report/html_capture.h"
#include "analyzer/report/html_style.h"
#include "analyzer/report/markup.h"
#include "analyzer/report/page.h"
#include "analyzer/report/phrase.h"
#include "analyzer/report/report.h"
#include "analyzer/report/sandbox_text.h"

/* What the table of captures says of one. */
struct entry {
	const char *name, *result, *first; /* FIRST: the first finding's title, or NULL */
	uint64_t packets;
};

/* The page until its end. */
struct html {
	struct markup *markup; /* of the captures' parts, which are set aside */
	struct arena arena;    /* the entries' texts */
	struct entry *entries;
	size_t count, capacity;
};

void
html_begin(struct report *report)
{
	(void)report; /* the first capture begins the page */
}

static struct html *
begun(struct report *report)
{
	struct html *html = report->state;

	if (html != NULL)
		return html;
	html = mem_alloc(1, sizeof(*html));
	html->markup = markup_begin(outfile_stream(report->aside));
	report->state = html;
	return html;
}

static const struct finding *
first_that_counts(const struct finding_list *findings)
{
	for (size_t i = 0; i < findings->count; i++)
		if (finding_counts(&findings->items[i]))
			return &findings->items[i];
	return NULL;
}

static void
add_entry(struct html *html, const struct report_capture *capture)
{
	const struct finding *first = first_that_counts(&capture->findings);
	struct entry entry = {.packets = capture->facts->packets};
	struct text result = {0}, others = {0};

	phrase_add_result(&result, capture);
	phrase_add_others(&others, capture->facts);
	entry.name = arena_format(&html->arena, "%s%s", capture->name, text_chars(&others));
	entry.result = arena_text(&html->arena, text_chars(&result), result.length);
	if (first != NULL)
		entry.first = arena_format(&html->arena, "%s", first->rule->title);
	text_free(&result);
	text_free(&others);
	html->entries = mem_grow(html->entries, html->count, &html->capacity, sizeof(entry));
	html->entries[html->count++] = entry;
}

void
html_capture_part(struct report *report, const struct report_capture *capture)
{
	struct html *html = begun(report);

	add_entry(html, capture);
	html_capture(html->markup, capture, html->count);
}

/* ---- the head of the page ---- */

/* RFC 4648 4. */
static void
add_base64(struct text *text, const uint8_t *bytes, size_t length)
{
	static const char letters[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < length; i += 3) {
		uint32_t group = (uint32_t)bytes[i] << 16;

		group |= i + 1 < length ? (uint32_t)bytes[i + 1] << 8 : 0;
		group |= i + 2 < length ? bytes[i + 2] : 0;
		text_add_char(text, letters[group >> 18]);
		text_add_char(text, letters[group >> 12 & 63]);
		text_add_char(text, i + 1 < length ? letters[group >> 6 & 63] : '=');
		text_add_char(text, i + 2 < length ? letters[group & 63] : '=');
	}
}

/* Content Security Policy Level 3: nothing is loaded or run, and only this style applies. */
static void
add_policy(struct markup *markup)
{
	struct crypto_sha256 *hash = crypto_sha256_begin();
	uint8_t digest[CRYPTO_SHA256_SIZE];
	struct text policy = {0};

	crypto_sha256_add(hash, html_style, strlen(html_style));
	crypto_sha256_end(hash, digest);
	text_add(&policy, "default-src 'none'; style-src 'sha256-");
	add_base64(&policy, digest, sizeof(digest));
	text_add(&policy, "'; base-uri 'none'; form-action 'none'");
	markup_open(markup, "meta");
	markup_attribute(markup, "http-equiv", "Content-Security-Policy");
	markup_attribute(markup, "content", text_chars(&policy));
	markup_void(markup);
	markup_newline(markup);
	text_free(&policy);
}

static void
add_meta(struct markup *markup, const char *name, const char *content)
{
	markup_open(markup, "meta");
	markup_attribute(markup, "name", name);
	markup_attribute(markup, "content", content);
	markup_void(markup);
	markup_newline(markup);
}

/* "3 errors, 1 notice", or that there was nothing to judge. */
static void
add_result(struct text *text, const struct report *report)
{
	if (report->unjudged == report->captures)
		text_add(text, "nothing could be judged");
	else
		page_add_tally(text, (const size_t(*)[3])report->findings);
}

static void
add_head(struct markup *markup, const struct report *report, const struct html *html)
{
	struct text title = {0};

	add_result(&title, report);
	if (html != NULL && html->count == 1)
		text_addf(&title, " in %s", html->entries[0].name);
	text_add(&title, " – smbtriage");
	markup_open(markup, "head");
	markup_newline(markup);
	markup_open(markup, "meta");
	markup_attribute(markup, "charset", "utf-8");
	markup_void(markup);
	markup_newline(markup);
	add_policy(markup);
	add_meta(markup, "viewport", "width=device-width, initial-scale=1");
	add_meta(markup, "color-scheme", "light dark");
	add_meta(markup, "referrer", "no-referrer");
	add_meta(markup, "generator", "smbtriage " SMBTRIAGE_VERSION);
	markup_element(markup, "title", text_chars(&title));
	markup_newline(markup);
	markup_open(markup, "style");
	markup_lines(markup, html_style);
	markup_close(markup);
	markup_close(markup);
	markup_newline(markup);
	text_free(&title);
}

/* ---- the top of the page ---- */

static void
add_paragraph(struct markup *markup, const char *class, const char *chars)
{
	markup_open(markup, "p");
	markup_attribute(markup, "class", class);
	markup_text(markup, chars);
	markup_close(markup);
	markup_newline(markup);
}

static void
add_column(struct markup *markup, const char *class, const char *heading)
{
	markup_open(markup, "th");
	markup_attribute(markup, "class", class);
	markup_attribute(markup, "scope", "col");
	markup_text(markup, heading);
	markup_close(markup);
}

static void
add_cell(struct markup *markup, const char *label, const char *chars)
{
	markup_open(markup, "td");
	markup_attribute(markup, "data-label", label);
	markup_text(markup, chars);
	markup_close(markup);
}

static void
add_capture_row(struct markup *markup, const struct entry *entry, size_t number)
{
	markup_open(markup, "tr");
	markup_open(markup, "th");
	markup_attribute(markup, "scope", "row");
	markup_open(markup, "a");
	markup_attributef(markup, "href", "#c%zu", number);
	markup_text(markup, entry->name);
	markup_close(markup);
	markup_close(markup);
	add_cell(markup, "Result", entry->result);
	add_cell(markup, entry->first != NULL ? "First" : NULL,
	    entry->first != NULL ? entry->first : "");
	markup_open(markup, "td");
	markup_attribute(markup, "class", "number");
	markup_attribute(markup, "data-label", "Packets");
	markup_textf(markup, "%" PRIu64, entry->packets);
	markup_close(markup);
	markup_close(markup);
	markup_newline(markup);
}

static void
add_captures(struct markup *markup, const struct html *html)
{
	if (html == NULL || html->count < 2)
		return;
	markup_open(markup, "table");
	markup_attribute(markup, "class", "cards");
	markup_open(markup, "thead");
	markup_open(markup, "tr");
	add_column(markup, NULL, "Capture");
	add_column(markup, NULL, "Result");
	add_column(markup, NULL, "First finding");
	add_column(markup, "number", "Packets");
	markup_close(markup);
	markup_close(markup);
	markup_open(markup, "tbody");
	markup_newline(markup);
	for (size_t i = 0; i < html->count; i++)
		add_capture_row(markup, &html->entries[i], i + 1);
	markup_close(markup);
	markup_close(markup);
	markup_newline(markup);
}

static void
add_failures(struct markup *markup, const struct report *report)
{
	if (report->failed_count == 0)
		return;
	markup_open(markup, "section");
	markup_attribute(markup, "class", "lacks");
	markup_element(markup, "h2", "What could not be read");
	markup_open(markup, "ul");
	for (size_t i = 0; i < report->failed_count; i++)
		markup_element(markup, "li", report->failed[i].text);
	markup_close(markup);
	markup_close(markup);
	markup_newline(markup);
}

static void
add_top(struct markup *markup, const struct report *report, const struct html *html)
{
	struct text text = {0};

	markup_open(markup, "header");
	markup_newline(markup);
	add_paragraph(markup, "brand", "smbtriage");
	add_result(&text, report);
	text.chars[0] = text.chars[0] >= 'a' ? (char)(text.chars[0] - 'a' + 'A') : text.chars[0];
	markup_element(markup, "h1", text_chars(&text));
	markup_newline(markup);
	text_clear(&text);
	page_add_count(&text, report->captures, "capture");
	text_add(&text, ", ");
	page_add_count(&text, report->packets, "packet");
	if (report->unjudged != 0 && report->unjudged != report->captures) {
		text_add(&text, "; nothing could be judged in ");
		page_add_count(&text, report->unjudged, "capture");
	}
	add_paragraph(markup, "lead", text_chars(&text));
	add_captures(markup, html);
	add_failures(markup, report);
	markup_close(markup);
	markup_newline(markup);
	text_free(&text);
}

static void
add_foot(struct markup *markup, const struct report *report)
{
	struct text note = {0};

	sandbox_add_note(&note, " Sandbox: ", report->sandbox, ".");
	markup_open(markup, "footer");
	markup_textf(markup, "smbtriage %s", SMBTRIAGE_VERSION);
	if (report->rules != NULL)
		markup_textf(markup, ", %zu rules", report->rules->count);
	markup_text(markup,
	    ". Times are UTC, or seconds since the first packet of the capture; frame numbers and "
	    "streams are Wireshark's. A filter or command is selected whole by one click.");
	markup_text(markup, text_chars(&note));
	markup_close(markup);
	markup_newline(markup);
	text_free(&note);
}

static void
insert(void *markup, const char *chars, size_t length)
{
	markup_insert(markup, chars, length);
}

static void
write_page(const struct report *report, const struct html *html)
{
	struct markup *markup = markup_begin(report->out);

	markup_doctype(markup);
	markup_open(markup, "html");
	markup_attribute(markup, "lang", "en");
	markup_newline(markup);
	add_head(markup, report, html);
	markup_open(markup, "body");
	markup_open(markup, "main");
	markup_attribute(markup, "class", "page");
	markup_newline(markup);
	add_top(markup, report, html);
	if (html != NULL)
		outfile_give_back(report->aside, insert, markup);
	add_foot(markup, report);
	markup_end(markup);
}

void
html_end(struct report *report)
{
	struct html *html = report->state;

	if (html != NULL)
		markup_end(html->markup);
	write_page(report, html);
	if (html == NULL)
		return;
	mem_free(html->entries);
	arena_free(&html->arena);
	mem_free(html);
	report->state = NULL;
}
