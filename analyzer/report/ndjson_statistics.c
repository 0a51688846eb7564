#include "analyzer/report/ndjson_statistics.h"

#include <inttypes.h>

#include "analyzer/base/basics.h"

#define CODE_SIZE sizeof("0xFFFFFFFF")

/* Calls that were answered with one status. */
struct status_count {
	const char *status;
	uint64_t count;
	char hex[CODE_SIZE];
};

/* One command at one server. */
struct command_row {
	const char *file;
	const struct statistics_server *server;
	const struct statistics_row *row;
	const char *command;
	char hex[CODE_SIZE];
	const struct status_count *statuses; /* RANKED */
	size_t status_count;
	struct status_count ranked[STATISTICS_MOST_STATUSES];
	uint64_t mean, first_byte_mean, median, p95, p99;
};

/* The name that NAMES have for CODE, else CODE in hex, which HEX then holds. */
static const char *
name_of(const struct names *names, uint32_t code, int digits, char hex[CODE_SIZE])
{
	const struct name_row *row = names_find(names, code);

	if (row != NULL)
		return row->name;
	snprintf(hex, CODE_SIZE, "0x%0*" PRIX32, digits, code);
	return hex;
}

/* Fills ROW, which must not move afterwards. */
static void
fill(
    struct command_row *row, const char *file, const struct statistics_server *server, size_t index)
{
	const struct statistics_protocol *protocol = server->protocol;
	const struct statistics_row *counts = server->rows[index];

	row->file = file;
	row->server = server;
	row->row = counts;
	row->command = index < STATISTICS_MOST_COMMANDS
			   ? name_of(protocol->commands, (uint32_t)index, 1, row->hex)
			   : statistics_command(server, index);
	row->statuses = row->ranked;
	row->status_count = counts->status_count;
	for (size_t i = 0; i < counts->status_count; i++) {
		struct status_count *status = &row->ranked[i];

		status->status =
		    name_of(protocol->statuses, counts->statuses[i].status, 8, status->hex);
		status->count = counts->statuses[i].count;
	}
	row->mean = statistics_mean(counts, counts->sum);
	row->first_byte_mean = statistics_mean(counts, counts->began_sum);
	row->median = statistics_percentile(counts, 50);
	row->p95 = statistics_percentile(counts, 95);
	row->p99 = statistics_percentile(counts, 99);
}

static const struct member status_members[] = {
    {JSON_KEY("status"), MEMBER_TEXT, offsetof(struct status_count, status),
	.sentence = "its name, or its number as a hexadecimal string"},
    {JSON_KEY("count"), MEMBER_U64, offsetof(struct status_count, count), .sentence = "calls"},
};

static const struct record status_record = {"status_count",
    "calls that were answered with one status", status_members, COUNT(status_members)};

static const void *
server_of(const void *source)
{
	return ((const struct command_row *)source)->server;
}

static const void *
protocol_of(const void *source)
{
	return ((const struct command_row *)source)->server->protocol;
}

static const void *
counts_of(const void *source)
{
	return ((const struct command_row *)source)->row;
}

static bool
is_one_server(const void *source)
{
	return ((const struct command_row *)source)->server->addr.family != ADDR_NONE;
}

static bool
is_timed(const void *source)
{
	return ((const struct command_row *)source)->row->times.count != 0;
}

#define OF(member)        offsetof(struct command_row, member)
#define OF_SERVER(member) offsetof(struct statistics_server, member), .from = server_of
#define OF_COUNTS(member) offsetof(struct statistics_row, member), .from = counts_of

static const struct member time_members[] = {
    {JSON_KEY("sum_ns"), MEMBER_U64, OF_COUNTS(sum), .sentence = "of their times"},
    {JSON_KEY("mean_ns"), MEMBER_U64, OF(mean), .sentence = "mean time to the whole answer"},
    {JSON_KEY("first_byte_mean_ns"), MEMBER_U64, OF(first_byte_mean),
	.sentence = "mean time to the first byte of the answer"},
    {JSON_KEY("min_ns"), MEMBER_U64, OF_COUNTS(shortest), .sentence = "the shortest time"},
    {JSON_KEY("median_ns"), MEMBER_U64, OF(median), .sentence = "half of them took no longer"},
    {JSON_KEY("p95_ns"), MEMBER_U64, OF(p95), .sentence = "95 of 100 took no longer"},
    {JSON_KEY("p99_ns"), MEMBER_U64, OF(p99), .sentence = "99 of 100 took no longer"},
    {JSON_KEY("max_ns"), MEMBER_U64, OF_COUNTS(longest), .sentence = "the longest time"},
    {JSON_KEY("max_frame"), MEMBER_U64, OF_COUNTS(longest_frame),
	.sentence = "frame of that answer"},
};

static const struct record time_part = {NULL, NULL, time_members, COUNT(time_members)};

static const struct member statistics_members[] = {
    {JSON_KEY("file"), MEMBER_TEXT, OF(file), .sentence = "the capture, as it was named"},
    {JSON_KEY("server"), MEMBER_ADDR, OF_SERVER(addr), .is_optional = true,
	.sentence = "address of the server; servers that are counted together have none"},
    {JSON_KEY("server_port"), MEMBER_U16, OF_SERVER(port), .is_said = is_one_server,
	.sentence = "port of the server"},
    {JSON_KEY("conversations"), MEMBER_U64, OF_SERVER(conversations),
	.sentence = "conversations that asked it for something"},
    {JSON_KEY("protocol"), MEMBER_TEXT, offsetof(struct statistics_protocol, name),
	.from = protocol_of, .sentence = "smb2, or smb1 for its NEGOTIATE"},
    {JSON_KEY("command"), MEMBER_TEXT, OF(command),
	.sentence = "its name, or its number as a hexadecimal string"},
    {JSON_KEY("calls"), MEMBER_U64, OF_COUNTS(calls), .sentence = "requests that were answered"},
    {JSON_KEY("failures"), MEMBER_U64, OF_COUNTS(failures),
	.sentence = "calls answered with an error with which clients do not live"},
    {JSON_KEY("unanswered"), MEMBER_U64, OF_COUNTS(unanswered),
	.sentence = "requests without an answer in the capture"},
    {JSON_KEY("unasked"), MEMBER_U64, OF_COUNTS(unasked),
	.sentence = "answers without a request in the capture"},
    {JSON_KEY("bytes"), MEMBER_BY_SIDE, OF_COUNTS(bytes),
	.sentence = "bytes of the calls, requests and answers"},
    {JSON_KEY("statuses"), MEMBER_OBJECT, MEMBER_LIST(struct command_row, statuses, status_count),
	.record = &status_record, .sentence = "statuses of the calls, the most frequent first"},
    {JSON_KEY("other_statuses"), MEMBER_U64, OF_COUNTS(other_statuses),
	.sentence = "calls with a status beyond those"},
    {JSON_KEY("timed"), MEMBER_U64, OF_COUNTS(times.count),
	.sentence = "calls whose time is known, of which the rest is said"},
    {.kind = MEMBER_PART, .record = &time_part, .is_said = is_timed},
};

const struct record statistics_record = {"statistics",
    "how often a server was asked for a command, and how it answered", statistics_members,
    COUNT(statistics_members)};

void
ndjson_statistics(struct report *report, const struct report_capture *capture)
{
	const struct statistics *statistics = capture->statistics;
	struct command_row row;
	struct text line = {0};

	for (size_t i = 0; i < statistics->server_count; i++)
		for (size_t j = 0; j <= STATISTICS_MOST_COMMANDS; j++) {
			if (statistics->servers[i]->rows[j] == NULL)
				continue;
			fill(&row, capture->facts->file, statistics->servers[i], j);
			record_write(&line, report->out, &statistics_record, &row);
		}
	text_free(&line);
}
