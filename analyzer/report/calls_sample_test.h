/* A server that was asked for a few things, built by hand: what the tests of the statistics'
 * formats report. */
#ifndef SMBTRIAGE_REPORT_CALLS_SAMPLE_TEST_H
#define SMBTRIAGE_REPORT_CALLS_SAMPLE_TEST_H

#include "analyzer/report/sample_test.h"

enum { CALL_READ = 8, CALL_NOTIFY = 15, CALL_UNKNOWN = 0x2a };
#define CALL_LOST    0xc00000c9u
#define CALL_ABSENT  0xc0000034u
#define CALL_STRANGE 0xc0001234u

static const struct name_row call_command_rows[] = {
    {CALL_READ, "READ", NULL}, {CALL_NOTIFY, "CHANGE_NOTIFY", NULL}};
static const struct names call_commands = {call_command_rows, COUNT(call_command_rows)};

static const struct name_row call_status_rows[] = {{0, "STATUS_SUCCESS", NULL},
    {CALL_ABSENT, "STATUS_OBJECT_NAME_NOT_FOUND", NULL},
    {CALL_LOST, "STATUS_NETWORK_NAME_DELETED", NULL}};
static const struct names call_statuses = {call_status_rows, COUNT(call_status_rows)};

static inline bool
call_is_error(uint32_t status)
{
	return status != 0;
}

static inline bool
call_is_waiting(uint16_t command)
{
	return command == CALL_NOTIFY;
}

static const struct statistics_protocol call_protocol = {
    "smb2", &call_commands, &call_statuses, call_is_error, call_is_waiting};

/* The server of the sample's conversation, or another at ADDR. */
static inline struct statistics_server *
calls_at(struct sample *sample, struct arena *arena, const char *addr)
{
	struct conversation_facts facts = sample->conversation_facts;

	sample->statistics.arena = arena;
	if (addr != NULL)
		addr_parse(addr, &facts.server);
	return statistics_server(&sample->statistics, &call_protocol, &facts);
}

/* COUNT calls, the first of which took so long, and each other one as long as the one before it and
 * STEP; answers are in frames 10, 12, … */
static inline void
add_calls(struct sample *sample, struct statistics_server *server, uint16_t command,
    uint32_t status, uint64_t count, int64_t first, int64_t step)
{
	for (uint64_t i = 0; i < count; i++)
		statistics_add_call(&sample->statistics, server,
		    &(struct statistics_call){.command = command,
			.has_status = true,
			.is_failure = status != 0 && status != CALL_ABSENT,
			.status = status,
			.asked = SAMPLE_START,
			.began = SAMPLE_START + (first + (int64_t)i * step) / 2,
			.answered = SAMPLE_START + first + (int64_t)i * step,
			.answer_frame = 10 + 2 * i,
			.bytes = {117, 1000}});
}

/* What FORMAT prints of the sample's statistics, as `smbtriage stats` has it; the caller frees it.
 */
static inline char *
calls_print(struct sample *sample)
{
	char *chars = NULL;
	size_t length = 0;

	statistics_settle(&sample->statistics);
	sample->report.out = open_memstream(&chars, &length);
	report_add_statistics(&sample->report, &sample->capture);
	fclose(sample->report.out);
	return chars;
}

#endif
