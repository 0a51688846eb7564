#include "analyzer/report/tsv_tables.h"

#include <inttypes.h>

#include "analyzer/base/basics.h"
#include "analyzer/report/tsv_cell.h"

/* ---- streams: a row is a report_conversation ---- */

static const struct conversation_facts *
facts_of(const void *row)
{
	return ((const struct report_conversation *)row)->facts;
}

static void
add_file(struct text *cell, const void *row)
{
	tsv_add_text(cell, facts_of(row)->file);
}

static void
add_stream(struct text *cell, const void *row)
{
	tsv_add_number(cell, facts_of(row)->stream);
}

static void
add_client(struct text *cell, const void *row)
{
	tsv_add_addr(cell, &facts_of(row)->client);
}

static void
add_client_port(struct text *cell, const void *row)
{
	tsv_add_number(cell, facts_of(row)->client_port);
}

static void
add_server(struct text *cell, const void *row)
{
	tsv_add_addr(cell, &facts_of(row)->server);
}

static void
add_server_port(struct text *cell, const void *row)
{
	tsv_add_number(cell, facts_of(row)->server_port);
}

static void
add_protocol(struct text *cell, const void *row)
{
	tsv_add_text(cell, report_speaks(row));
}

static void
add_first_frame(struct text *cell, const void *row)
{
	tsv_add_number(cell, facts_of(row)->first_frame);
}

static void
add_last_frame(struct text *cell, const void *row)
{
	tsv_add_number(cell, facts_of(row)->last_frame);
}

static void
add_first_time(struct text *cell, const void *row)
{
	text_add_time(cell, facts_of(row)->first_time);
}

static void
add_last_time(struct text *cell, const void *row)
{
	text_add_time(cell, facts_of(row)->last_time);
}

static void
add_client_packets(struct text *cell, const void *row)
{
	tsv_add_number(cell, facts_of(row)->packets[CLIENT]);
}

static void
add_server_packets(struct text *cell, const void *row)
{
	tsv_add_number(cell, facts_of(row)->packets[SERVER]);
}

static void
add_client_bytes(struct text *cell, const void *row)
{
	tsv_add_number(cell, facts_of(row)->bytes[CLIENT]);
}

static void
add_server_bytes(struct text *cell, const void *row)
{
	tsv_add_number(cell, facts_of(row)->bytes[SERVER]);
}

/* Scripts know columns by their place: new ones come last. */
static const struct tsv_column stream_columns[] = {
    {"file", add_file, false},
    {"stream", add_stream, false},
    {"client", add_client, false},
    {"client_port", add_client_port, false},
    {"server", add_server, false},
    {"server_port", add_server_port, false},
    {"protocol", add_protocol, false},
    {"first_frame", add_first_frame, false},
    {"last_frame", add_last_frame, false},
    {"first_time", add_first_time, false},
    {"last_time", add_last_time, false},
    {"client_packets", add_client_packets, false},
    {"server_packets", add_server_packets, false},
    {"client_bytes", add_client_bytes, false},
    {"server_bytes", add_server_bytes, false},
};

void
tsv_stream_heading(FILE *out)
{
	tsv_write_heading(out, stream_columns, COUNT(stream_columns));
}

void
tsv_stream(FILE *out, const struct report_conversation *conversation)
{
	tsv_write_row(out, stream_columns, COUNT(stream_columns), conversation);
}

/* ---- stats: a row is a command at a server ---- */

struct call_row {
	const char *file;
	const struct statistics_server *server;
	size_t index; /* of the command */
	const struct statistics_row *calls;
};

static const struct call_row *
call_of(const void *row)
{
	return row;
}

static const struct statistics_row *
calls_of(const void *row)
{
	return call_of(row)->calls;
}

static void
add_call_file(struct text *cell, const void *row)
{
	tsv_add_text(cell, call_of(row)->file);
}

static void
add_call_server(struct text *cell, const void *row)
{
	tsv_add_addr(cell, &call_of(row)->server->addr);
}

static void
add_call_port(struct text *cell, const void *row)
{
	if (call_of(row)->server->addr.family != ADDR_NONE)
		tsv_add_number(cell, call_of(row)->server->port);
}

static void
add_conversations(struct text *cell, const void *row)
{
	tsv_add_number(cell, call_of(row)->server->conversations);
}

static void
add_call_protocol(struct text *cell, const void *row)
{
	text_add(cell, call_of(row)->server->protocol->name);
}

static void
add_command(struct text *cell, const void *row)
{
	const char *name = statistics_command(call_of(row)->server, call_of(row)->index);

	if (name != NULL)
		text_add(cell, name);
	else
		text_addf(cell, "0x%zX", call_of(row)->index);
}

static void
add_calls(struct text *cell, const void *row)
{
	tsv_add_number(cell, calls_of(row)->calls);
}

static void
add_failures(struct text *cell, const void *row)
{
	tsv_add_number(cell, calls_of(row)->failures);
}

static void
add_unanswered(struct text *cell, const void *row)
{
	tsv_add_number(cell, calls_of(row)->unanswered);
}

static void
add_unasked(struct text *cell, const void *row)
{
	tsv_add_number(cell, calls_of(row)->unasked);
}

static void
add_request_bytes(struct text *cell, const void *row)
{
	tsv_add_number(cell, calls_of(row)->bytes[CLIENT]);
}

static void
add_answer_bytes(struct text *cell, const void *row)
{
	tsv_add_number(cell, calls_of(row)->bytes[SERVER]);
}

/* "STATUS_SUCCESS=5;STATUS_NETWORK_NAME_DELETED=1;other=2". */
static void
add_statuses(struct text *cell, const void *row)
{
	const struct statistics_row *calls = calls_of(row);
	const struct names *names = call_of(row)->server->protocol->statuses;

	for (size_t i = 0; i < calls->status_count; i++) {
		const struct name_row *name = names_find(names, calls->statuses[i].status);

		tsv_add_separator(cell, i);
		if (name != NULL)
			text_add(cell, name->name);
		else
			text_addf(cell, "0x%08" PRIX32, calls->statuses[i].status);
		text_addf(cell, "=%" PRIu64, calls->statuses[i].count);
	}
	if (calls->other_statuses == 0)
		return;
	tsv_add_separator(cell, calls->status_count);
	text_addf(cell, "other=%" PRIu64, calls->other_statuses);
}

static void
add_timed(struct text *cell, const void *row)
{
	tsv_add_number(cell, calls_of(row)->times.count);
}

/* A time of the calls of ROW, of which none may be known. */
static void
add_time(struct text *cell, const void *row, uint64_t time)
{
	if (calls_of(row)->times.count != 0)
		tsv_add_number(cell, time);
}

static void
add_mean(struct text *cell, const void *row)
{
	add_time(cell, row, statistics_mean(calls_of(row), calls_of(row)->sum));
}

static void
add_first_byte_mean(struct text *cell, const void *row)
{
	add_time(cell, row, statistics_mean(calls_of(row), calls_of(row)->began_sum));
}

static void
add_min(struct text *cell, const void *row)
{
	add_time(cell, row, calls_of(row)->shortest);
}

static void
add_median(struct text *cell, const void *row)
{
	add_time(cell, row, statistics_percentile(calls_of(row), 50));
}

static void
add_p95(struct text *cell, const void *row)
{
	add_time(cell, row, statistics_percentile(calls_of(row), 95));
}

static void
add_p99(struct text *cell, const void *row)
{
	add_time(cell, row, statistics_percentile(calls_of(row), 99));
}

static void
add_max(struct text *cell, const void *row)
{
	add_time(cell, row, calls_of(row)->longest);
}

static void
add_max_frame(struct text *cell, const void *row)
{
	add_time(cell, row, calls_of(row)->longest_frame);
}

static const struct tsv_column call_columns[] = {
    {"file", add_call_file, false},
    {"server", add_call_server, false},
    {"server_port", add_call_port, false},
    {"conversations", add_conversations, false},
    {"protocol", add_call_protocol, false},
    {"command", add_command, false},
    {"calls", add_calls, false},
    {"failures", add_failures, false},
    {"unanswered", add_unanswered, false},
    {"unasked", add_unasked, false},
    {"request_bytes", add_request_bytes, false},
    {"answer_bytes", add_answer_bytes, false},
    {"statuses", add_statuses, false},
    {"timed", add_timed, false},
    {"mean_ns", add_mean, false},
    {"first_byte_mean_ns", add_first_byte_mean, false},
    {"min_ns", add_min, false},
    {"median_ns", add_median, false},
    {"p95_ns", add_p95, false},
    {"p99_ns", add_p99, false},
    {"max_ns", add_max, false},
    {"max_frame", add_max_frame, false},
};

void
tsv_statistics(struct report *report, const struct report_capture *capture)
{
	const struct statistics *statistics = capture->statistics;

	if (report->captures == 1)
		tsv_write_heading(report->out, call_columns, COUNT(call_columns));
	for (size_t i = 0; i < statistics->server_count; i++)
		for (size_t j = 0; j <= STATISTICS_MOST_COMMANDS; j++) {
			struct call_row row = {capture->facts->file, statistics->servers[i], j,
			    statistics->servers[i]->rows[j]};

			if (row.calls != NULL)
				tsv_write_row(report->out, call_columns, COUNT(call_columns), &row);
		}
}
