#include "analyzer/report/tsv.h"

#include "analyzer/base/basics.h"
#include "analyzer/report/tsv_cell.h"

/* What one line of the table says. */
struct row {
	const char *file, *verdict, *summary;
	const struct report_capture *capture; /* these two are NULL in a row about a file */
	const struct finding *finding;
};

static const struct row *
row_of(const void *row)
{
	return row;
}

static const struct finding *
of(const void *row)
{
	return row_of(row)->finding;
}

static const struct conversation_facts *
conversation_of(const void *row)
{
	return of(row)->exchange->conversation;
}

static void
add_file(struct text *cell, const void *row)
{
	tsv_add_text(cell, row_of(row)->file);
}

static void
add_verdict(struct text *cell, const void *row)
{
	text_add(cell, row_of(row)->verdict);
}

static void
add_summary(struct text *cell, const void *row)
{
	tsv_add_text(cell, row_of(row)->summary);
}

static void
add_id(struct text *cell, const void *row)
{
	text_add(cell, of(row)->id);
}

static void
add_severity(struct text *cell, const void *row)
{
	text_add(cell, severity_names[of(row)->severity]);
}

/* Whether the finding counts, and what the operator said of it beforehand. */
static void
add_standing(struct text *cell, const void *row)
{
	static const char *const standings[] = {
	    [BASELINE_NONE] = "counts",
	    [BASELINE_NEW] = "new",
	    [BASELINE_KNOWN] = "known",
	};

	text_add(cell, of(row)->suppression != NULL ? "suppressed" : standings[of(row)->baseline]);
}

static void
add_rule(struct text *cell, const void *row)
{
	text_add(cell, of(row)->rule->id);
}

static void
add_client(struct text *cell, const void *row)
{
	tsv_add_addr(cell, &conversation_of(row)->client);
}

static void
add_server(struct text *cell, const void *row)
{
	tsv_add_addr(cell, &conversation_of(row)->server);
}

static void
add_port(struct text *cell, const void *row)
{
	tsv_add_number(cell, conversation_of(row)->server_port);
}

static void
add_first_time(struct text *cell, const void *row)
{
	if (row_of(row)->capture->facts->has_time)
		text_add_time(cell, of(row)->exchange->time);
}

static void
add_last_time(struct text *cell, const void *row)
{
	if (row_of(row)->capture->facts->has_time)
		text_add_time(cell, of(row)->last_time);
}

static void
add_occurrences(struct text *cell, const void *row)
{
	tsv_add_number(cell, of(row)->occurrences);
}

static void
add_streams(struct text *cell, const void *row)
{
	for (size_t i = 0; i < of(row)->stream_count; i++) {
		tsv_add_separator(cell, i);
		tsv_add_number(cell, of(row)->streams[i]);
	}
}

static void
add_frames(struct text *cell, const void *row)
{
	for (size_t i = 0; i < of(row)->frame_count; i++) {
		tsv_add_separator(cell, i);
		tsv_add_number(cell, of(row)->frames[i]);
	}
}

static void
add_filter(struct text *cell, const void *row)
{
	tsv_add_text(cell, of(row)->filter);
}

static void
add_context(struct text *cell, const void *row)
{
	tsv_add_text(cell, of(row)->context);
}

static void
add_because(struct text *cell, const void *row)
{
	struct text clauses = {0};

	for (size_t i = 0; i < of(row)->because.count; i++)
		text_addf(&clauses, "%s%s", i == 0 ? "" : "; ", of(row)->because.items[i]);
	tsv_add_text(cell, text_chars(&clauses));
	text_free(&clauses);
}

static void
add_title(struct text *cell, const void *row)
{
	tsv_add_text(cell, of(row)->rule->title);
}

static void
add_number(struct text *cell, const void *row)
{
	tsv_add_number(cell, (uint64_t)(of(row) - row_of(row)->capture->findings.items) + 1);
}

static void
add_incident(struct text *cell, const void *row)
{
	tsv_add_number(cell, of(row)->incident);
}

static void
add_follows_from(struct text *cell, const void *row)
{
	if (of(row)->follows_from != 0)
		tsv_add_number(cell, of(row)->follows_from);
}

/* Scripts know columns by their place: new ones come last. */
static const struct tsv_column columns[] = {
    {"file", add_file, true},
    {"id", add_id, false},
    {"verdict", add_verdict, true},
    {"severity", add_severity, false},
    {"standing", add_standing, false},
    {"rule", add_rule, false},
    {"client", add_client, false},
    {"server", add_server, false},
    {"port", add_port, false},
    {"first_time", add_first_time, false},
    {"occurrences", add_occurrences, false},
    {"stream", add_streams, false},
    {"frames", add_frames, false},
    {"filter", add_filter, false},
    {"summary", add_summary, true},
    {"because", add_because, false},
    {"last_time", add_last_time, false},
    {"context", add_context, false},
    {"title", add_title, false},
    {"number", add_number, false},
    {"incident", add_incident, false},
    {"follows_from", add_follows_from, false},
};

void
tsv_begin(struct report *report)
{
	tsv_write_heading(report->out, columns, COUNT(columns));
}

/* A row about a file, unless there is nothing to SAY of it. */
static void
write_file_row(struct report *report, const char *file, const char *verdict, const char *say)
{
	struct row row = {.file = file, .verdict = verdict, .summary = say};

	if (say != NULL)
		tsv_write_file_row(report->out, columns, COUNT(columns), &row);
}

void
tsv_capture(struct report *report, const struct report_capture *capture)
{
	const struct capture_facts *facts = capture->facts;

	write_file_row(report, facts->file, "damaged", facts->damage);
	write_file_row(report, facts->file, "unjudged", facts->unjudged);
	for (size_t i = 0; i < capture->findings.count; i++) {
		const struct finding *finding = &capture->findings.items[i];
		struct row row = {facts->file, verdict_names[finding->verdict], finding->summary,
		    capture, finding};

		tsv_write_row(report->out, columns, COUNT(columns), &row);
	}
}

void
tsv_end(struct report *report)
{
	for (size_t i = 0; i < report->failed_count; i++)
		write_file_row(
		    report, report->failed[i].file, "unreadable", report->failed[i].text);
}
