/* A part of the HTML report of the sample, for the tests of the parts. */
#ifndef SMBTRIAGE_REPORT_HTML_SAMPLE_TEST_H
#define SMBTRIAGE_REPORT_HTML_SAMPLE_TEST_H

#include "analyzer/report/html_page.h"
#include "analyzer/report/sample_test.h"

/* A page about a sample, and what was written of it. */
struct html_sample {
	struct sample sample;
	struct arena arena;
	struct html_page page;
	FILE *out;
	char *chars;
	size_t length;
};

static inline void
html_sample_init(struct html_sample *html)
{
	memset(html, 0, sizeof(*html));
	sample_init(&html->sample, "html");
}

/* Begins the page, once the sample is what it is to be. */
static inline struct html_page *
html_sample_begin(struct html_sample *html)
{
	const struct report_capture *capture = &html->sample.capture;

	html->out = open_memstream(&html->chars, &html->length);
	html->page = (struct html_page){.markup = markup_begin(html->out),
	    .capture = capture,
	    .number = 1,
	    .arena = &html->arena,
	    .map = html_map_of(capture, &html->arena)};
	html->page.rows =
	    html_choose(capture, &html->page.map, HTML_MOST_CONVERSATIONS, &html->arena);
	return &html->page;
}

/* Everything that was written, until html_sample_free(). */
static inline const char *
html_sample_end(struct html_sample *html)
{
	markup_end(html->page.markup);
	fclose(html->out);
	return html->chars;
}

static inline void
html_sample_free(struct html_sample *html)
{
	free(html->chars);
	text_free(&html->page.phrase);
	arena_free(&html->arena);
}

/* How often WANTED is in CHARS. */
static inline size_t
occurrences_of(const char *chars, const char *wanted)
{
	size_t count = 0;

	for (; (chars = strstr(chars, wanted)) != NULL; chars += strlen(wanted))
		count++;
	return count;
}

#endif
