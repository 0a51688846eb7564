/* For fopencookie(). */
#define _GNU_SOURCE

#include "analyzer/report/report.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "analyzer/report/github.h"
#include "analyzer/report/html.h"
#include "analyzer/report/junit.h"
#include "analyzer/report/markdown.h"
#include "analyzer/report/ndjson.h"
#include "analyzer/report/ndjson_statistics.h"
#include "analyzer/report/report_text.h"
#include "analyzer/report/sarif.h"
#include "analyzer/report/statistics_text.h"
#include "analyzer/report/tests.h"
#include "analyzer/report/tsv.h"
#include "analyzer/report/tsv_tables.h"

const struct report_format report_formats[] = {
    {.name = "text",
	.sentence = "for people: findings, their evidence and what to do next",
	.begin = report_text_begin,
	.capture = report_text_capture,
	.end = report_text_end,
	.stream_heading = report_text_stream_heading,
	.stream = report_text_stream,
	.statistics = statistics_text,
	.ladder = report_text_ladder,
	.tests = tests_tap},
    {.name = "ndjson",
	.sentence = "for programs: one JSON object per line",
	.begin = ndjson_begin,
	.capture = ndjson_capture,
	.end = ndjson_end,
	.stream_heading = ndjson_stream_heading,
	.stream = ndjson_stream,
	.statistics = ndjson_statistics},
    {.name = "tsv",
	.sentence = "for spreadsheets, cut and awk: one finding per line, cells with tabs between",
	.begin = tsv_begin,
	.capture = tsv_capture,
	.end = tsv_end,
	.stream_heading = tsv_stream_heading,
	.stream = tsv_stream,
	.statistics = tsv_statistics},
    {.name = "github",
	.sentence = "for GitHub Actions: findings as annotations",
	.begin = github_begin,
	.capture = github_capture,
	.end = github_end},
    {.name = "markdown",
	.sentence = "for tickets: GitHub, GitLab, Jira and others",
	.is_document = true,
	.has_aside = true,
	.begin = markdown_begin,
	.capture = markdown_capture,
	.end = markdown_end,
	.ladder = markdown_ladder},
    {.name = "html",
	.sentence = "for people: one page to keep or send, with drawings",
	.is_document = true,
	.has_aside = true,
	.begin = html_begin,
	.capture = html_capture_part,
	.end = html_end},
    {.name = "junit",
	.sentence = "for CI servers: JUnit XML, a test case for each finding",
	.is_document = true,
	.begin = junit_begin,
	.capture = junit_capture,
	.end = junit_end,
	.tests = junit_tests},
    {.name = "sarif",
	.sentence = "for code scanning: SARIF 2.1.0",
	.is_document = true,
	.begin = sarif_begin,
	.capture = sarif_capture,
	.end = sarif_end},
};
const size_t report_format_count = COUNT(report_formats);

const struct report_format *
report_format_called(const char *name, size_t length)
{
	for (size_t i = 0; i < report_format_count; i++)
		if (strlen(report_formats[i].name) == length &&
		    strncmp(report_formats[i].name, name, length) == 0)
			return &report_formats[i];
	return NULL;
}

void
report_begin(struct report *report)
{
	report->format->begin(report);
}

void
report_count_set_aside(const struct finding_list *findings, size_t *suppressed, size_t *known)
{
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->items[i];

		if (finding->suppression != NULL)
			++*suppressed;
		else if (finding->baseline == BASELINE_KNOWN)
			++*known;
	}
}

void
report_add(struct report *report, const struct report_capture *capture)
{
	report->captures++;
	report->unjudged += capture->facts->unjudged != NULL;
	report->packets += capture->facts->packets;
	report_count(&capture->findings, report->findings);
	report_count_set_aside(&capture->findings, &report->suppressed, &report->known);
	report->left_out += capture->left_out;
	report->format->capture(report, capture);
}

void
report_end(struct report *report)
{
	report->format->end(report);
}

void
report_abandon(struct report *report)
{
	static const cookie_io_functions_t nowhere;

	report->out = fopencookie(NULL, "w", nowhere);
	if (report->out == NULL)
		mem_exhausted();
	report->format->end(report);
	fclose(report->out);
	report->out = NULL;
}

void
report_begin_streams(struct report *report)
{
	report->format->stream_heading(report->out);
}

void
report_add_streams(struct report *report, const struct report_capture *capture)
{
	for (size_t i = 0; i < capture->conversation_count; i++)
		report->format->stream(report->out, &capture->conversations[i]);
}

void
report_add_statistics(struct report *report, const struct report_capture *capture)
{
	report->captures++;
	report->format->statistics(report, capture);
}

void
report_count(const struct finding_list *findings, size_t counts[2][3])
{
	for (size_t i = 0; i < findings->count; i++)
		if (finding_counts(&findings->items[i]))
			counts[findings->items[i].verdict][findings->items[i].severity]++;
}

const char *
report_speaks(const struct report_conversation *conversation)
{
	return conversation->facts->speaks ? conversation->facts->speaks
					   : conversation->facts->protocol;
}

bool
report_is_spoken(const struct report_conversation *conversation, const char *protocol)
{
	const char *speaks = report_speaks(conversation);

	return speaks != NULL && strcmp(speaks, protocol) == 0;
}
