#include "analyzer/report/ndjson_statistics.h"

#include "analyzer/report/json.h"
#include "analyzer/report/ndjson.h"

/* The name that NAMES have for CODE, else CODE in hex. */
static void
add_code(struct text *line, const char *key, const struct names *names, uint64_t code, int digits)
{
	const struct name_row *row = names_find(names, code);

	if (row != NULL)
		json_text(line, key, row->name);
	else
		json_hex(line, key, code, digits);
}

static void
add_command(struct text *line, const struct statistics_server *server, size_t index)
{
	if (index < STATISTICS_MOST_COMMANDS)
		add_code(line, "command", server->protocol->commands, index, 1);
	else
		json_text(line, "command", statistics_command(server, index));
}

static void
add_statuses(struct text *line, const struct names *names, const struct statistics_row *row)
{
	json_open(line, "statuses", '[');
	for (size_t i = 0; i < row->status_count; i++) {
		json_open(line, NULL, '{');
		add_code(line, "status", names, row->statuses[i].status, 8);
		json_number(line, "count", row->statuses[i].count);
		json_close(line, '}');
	}
	json_close(line, ']');
	json_number(line, "other_statuses", row->other_statuses);
}

static void
add_times(struct text *line, const struct statistics_row *row)
{
	json_number(line, "timed", row->times.count);
	if (row->times.count == 0)
		return;
	json_number(line, "sum_ns", row->sum);
	json_number(line, "mean_ns", statistics_mean(row, row->sum));
	json_number(line, "first_byte_mean_ns", statistics_mean(row, row->began_sum));
	json_number(line, "min_ns", row->shortest);
	json_number(line, "median_ns", statistics_percentile(row, 50));
	json_number(line, "p95_ns", statistics_percentile(row, 95));
	json_number(line, "p99_ns", statistics_percentile(row, 99));
	json_number(line, "max_ns", row->longest);
	json_number(line, "max_frame", row->longest_frame);
}

static void
add_record(struct text *line, const struct statistics_server *server, size_t index)
{
	const struct statistics_row *row = server->rows[index];

	json_addr(line, "server", &server->addr);
	if (server->addr.family != ADDR_NONE)
		json_number(line, "server_port", server->port);
	json_number(line, "conversations", server->conversations);
	json_text(line, "protocol", server->protocol->name);
	add_command(line, server, index);
	json_number(line, "calls", row->calls);
	json_number(line, "failures", row->failures);
	json_number(line, "unanswered", row->unanswered);
	json_number(line, "unasked", row->unasked);
	ndjson_by_side(line, "bytes", row->bytes);
	add_statuses(line, server->protocol->statuses, row);
	add_times(line, row);
}

void
ndjson_statistics(struct report *report, const struct report_capture *capture)
{
	const struct statistics *statistics = capture->statistics;
	struct text line = {0};

	for (size_t i = 0; i < statistics->server_count; i++)
		for (size_t j = 0; j <= STATISTICS_MOST_COMMANDS; j++) {
			if (statistics->servers[i]->rows[j] == NULL)
				continue;
			ndjson_open(&line, "statistics", capture->facts->file);
			add_record(&line, statistics->servers[i], j);
			ndjson_close(&line, report->out);
		}
	text_free(&line);
}
