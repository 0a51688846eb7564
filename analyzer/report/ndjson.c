#include "analyzer/report/ndjson.h"

#include "analyzer/base/basics.h"
#include "analyzer/report/ndjson_capture.h"
#include "analyzer/report/ndjson_conversation.h"
#include "analyzer/report/ndjson_explain.h"
#include "analyzer/report/ndjson_finding.h"
#include "analyzer/report/ndjson_statistics.h"
#include "analyzer/report/sandbox_text.h"

/* ---- the summary ---- */

static const struct member failure_members[] = {
    {JSON_KEY("file"), MEMBER_TEXT, offsetof(struct report_failure, file),
	.sentence = "the file, as it was named"},
    {JSON_KEY("error"), MEMBER_TEXT, offsetof(struct report_failure, text), .sentence = "why"},
};

static const struct record failure_record = {
    "failure", "a file that could not be read at all", failure_members, COUNT(failure_members)};

/* Of one row of struct report's findings. */
#define OF(severity) ((severity) * sizeof(size_t))

static const struct member severity_members[] = {
    {JSON_KEY("error"), MEMBER_SIZE, OF(SEVERITY_ERROR), .sentence = "findings that are errors"},
    {JSON_KEY("warning"), MEMBER_SIZE, OF(SEVERITY_WARNING),
	.sentence = "findings that are warnings"},
    {JSON_KEY("notice"), MEMBER_SIZE, OF(SEVERITY_NOTICE), .sentence = "findings that are notices"},
};

static const struct record severity_record = {
    "counts", "findings by severity", severity_members, COUNT(severity_members)};

#undef OF
#define OF(member) offsetof(struct report, member)

static const struct member verdict_members[] = {
    {JSON_KEY("found"), MEMBER_OBJECT, OF(findings[VERDICT_FOUND]), .record = &severity_record,
	.sentence = "what the packets show"},
    {JSON_KEY("inconclusive"), MEMBER_OBJECT, OF(findings[VERDICT_INCONCLUSIVE]),
	.record = &severity_record, .sentence = "what they cannot decide"},
};

static const struct record verdict_record = {
    "tally", "findings by verdict", verdict_members, COUNT(verdict_members)};

static const void *
sandbox_of(const void *source)
{
	return ((const struct report *)source)->sandbox;
}

static bool
has_sandbox(const void *source)
{
	return sandbox_of(source) != NULL;
}

static const struct member summary_members[] = {
    {JSON_KEY("captures"), MEMBER_SIZE, OF(captures), .sentence = "captures that were read"},
    {JSON_KEY("unjudged"), MEMBER_SIZE, OF(unjudged),
	.sentence = "those of them in which nothing could be judged"},
    {JSON_KEY("failed"), MEMBER_OBJECT, MEMBER_LIST(struct report, failed, failed_count),
	.record = &failure_record, .sentence = "files that could not be read at all"},
    {JSON_KEY("packets"), MEMBER_U64, OF(packets), .sentence = "frames of all captures"},
    {JSON_KEY("findings"), MEMBER_OBJECT, .record = &verdict_record,
	.sentence = "how many there are that are neither suppressed nor known"},
    {JSON_KEY("suppressed"), MEMBER_SIZE, OF(suppressed),
	.sentence = "findings that are suppressed"},
    {JSON_KEY("known"), MEMBER_SIZE, OF(known),
	.sentence = "findings that the baseline has, and that are not suppressed"},
    {JSON_KEY("left_out"), MEMBER_SIZE, OF(left_out), .is_optional = true,
	.sentence = "findings that are left out, as they are not severe enough"},
    {JSON_KEY("sandbox"), MEMBER_OBJECT, .from = sandbox_of, .is_said = has_sandbox,
	.record = &sandbox_record, .sentence = "what captures were read in"},
};

const struct record summary_record = {
    "summary", "what a run came to; the last line", summary_members, COUNT(summary_members)};

/* ---- the lines ---- */

const struct record *const ndjson_records[] = {&capture_record, &conversation_record,
    &statistics_record, &finding_record, &summary_record, &stream_record, &explanation_record,
    &rule_record};
const size_t ndjson_record_count = COUNT(ndjson_records);

void
ndjson_begin(struct report *report)
{
	(void)report; /* a stream of records has no opening */
}

void
ndjson_capture(struct report *report, const struct report_capture *capture)
{
	struct numbered_finding finding;
	struct text line = {0};

	record_write(&line, report->out, &capture_record, capture);
	for (size_t i = 0; i < capture->conversation_count; i++)
		record_write(&line, report->out, &conversation_record, &capture->conversations[i]);
	ndjson_statistics(report, capture);
	for (size_t i = 0; i < capture->findings.count; i++) {
		finding = (struct numbered_finding){&capture->findings.items[i], i + 1};
		record_write(&line, report->out, &finding_record, &finding);
	}
	text_free(&line);
}

void
ndjson_end(struct report *report)
{
	struct text line = {0};

	record_write(&line, report->out, &summary_record, report);
	text_free(&line);
}

void
ndjson_stream_heading(FILE *out)
{
	(void)out; /* records name their members themselves */
}

void
ndjson_stream(FILE *out, const struct report_conversation *conversation)
{
	struct text line = {0};

	record_write(&line, out, &stream_record, conversation);
	text_free(&line);
}
