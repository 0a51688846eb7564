#include "analyzer/statistics.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"

/* What a server is found by. */
struct end {
	const struct statistics_protocol *protocol;
	struct addr addr;
	uint16_t port;
};

void
statistics_free(struct statistics *statistics)
{
	table_free(&statistics->by_end);
	mem_free(statistics->servers);
	*statistics = (struct statistics){0};
}

static uint64_t
hash_of(const struct end *end)
{
	return hash_u64(addr_hash(&end->addr) ^ end->port);
}

static bool
is_at_end(const void *entry, const void *key)
{
	const struct statistics_server *server = entry;
	const struct end *end = key;

	return server->protocol == end->protocol && server->port == end->port &&
	       addr_equal(&server->addr, &end->addr);
}

static struct statistics_server *
find(const struct statistics *statistics, const struct end *end)
{
	return table_find(&statistics->by_end, hash_of(end), is_at_end, end);
}

static struct statistics_server *
add(struct statistics *statistics, const struct end *end)
{
	struct statistics_server *server = ARENA_NEW(statistics->arena, struct statistics_server);

	server->protocol = end->protocol;
	server->addr = end->addr;
	server->port = end->port;
	table_add(&statistics->by_end, hash_of(end), server);
	statistics->servers = mem_grow(statistics->servers, statistics->server_count,
	    &statistics->server_capacity, sizeof(statistics->servers[0]));
	statistics->servers[statistics->server_count++] = server;
	return server;
}

struct statistics_server *
statistics_server(struct statistics *statistics, const struct statistics_protocol *protocol,
    const struct conversation_facts *conversation)
{
	struct end end = {protocol, conversation->server, conversation->server_port};
	struct statistics_server *server = find(statistics, &end);

	if (server == NULL && statistics->server_count >= STATISTICS_MOST_SERVERS) {
		end = (struct end){.protocol = protocol};
		server = find(statistics, &end);
	}
	if (server == NULL)
		server = add(statistics, &end);
	server->conversations++;
	return server;
}

static struct statistics_row *
row_of(struct statistics *statistics, struct statistics_server *server, uint16_t command)
{
	size_t index = min_u64(command, STATISTICS_MOST_COMMANDS);

	if (server->rows[index] == NULL) {
		server->rows[index] = ARENA_NEW(statistics->arena, struct statistics_row);
		server->rows[index]->shortest = UINT64_MAX;
	}
	return server->rows[index];
}

static void
add_status(struct statistics_row *row, const struct statistics_call *call)
{
	size_t i;

	if (!call->has_status) {
		row->other_statuses++;
		return;
	}
	for (i = 0; i < row->status_count; i++)
		if (row->statuses[i].status == call->status) {
			row->statuses[i].count++;
			return;
		}
	if (i == STATISTICS_MOST_STATUSES)
		row->other_statuses++;
	else
		row->statuses[row->status_count++] = (struct statistics_status){call->status, 1};
}

/* A longest time of its frame, or one that was as long and came before. */
static void
note_longest(struct statistics_row *row, uint64_t waited, uint64_t frame)
{
	if (row->longest_frame != 0 &&
	    (waited < row->longest || (waited == row->longest && frame > row->longest_frame)))
		return;
	row->longest = waited;
	row->longest_frame = frame;
}

static void
add_time(
    struct statistics *statistics, struct statistics_row *row, const struct statistics_call *call)
{
	uint64_t waited = (uint64_t)(call->answered - call->asked);

	if (call->answered < call->asked)
		return;
	histogram_add(&row->times, statistics->arena, waited);
	row->sum += waited;
	row->shortest = min_u64(row->shortest, waited);
	if (waited >= row->longest)
		note_longest(row, waited, call->answer_frame);
	/* The answer may begin before the last byte of the request is seen, as that of a request
	 * that was put in order late. */
	if (call->began > call->asked)
		row->began_sum += (uint64_t)(call->began - call->asked);
}

void
statistics_add_call(struct statistics *statistics, struct statistics_server *server,
    const struct statistics_call *call)
{
	struct statistics_row *row = row_of(statistics, server, call->command);

	row->calls++;
	row->failures += call->is_failure;
	row->bytes[CLIENT] += call->bytes[CLIENT];
	row->bytes[SERVER] += call->bytes[SERVER];
	add_status(row, call);
	add_time(statistics, row, call);
}

void
statistics_add_unasked(
    struct statistics *statistics, struct statistics_server *server, uint16_t command)
{
	row_of(statistics, server, command)->unasked++;
}

void
statistics_add_unanswered(
    struct statistics *statistics, struct statistics_server *server, uint16_t command)
{
	row_of(statistics, server, command)->unanswered++;
}

static int
compare_servers(const void *left, const void *right)
{
	const struct statistics_server *one = *(struct statistics_server *const *)left;
	const struct statistics_server *other = *(struct statistics_server *const *)right;
	int order = COMPARE(one->addr.family == ADDR_NONE, other->addr.family == ADDR_NONE);

	if (order == 0)
		order = addr_compare(&one->addr, &other->addr);
	if (order == 0)
		order = COMPARE(one->port, other->port);
	return order != 0 ? order : strcmp(one->protocol->name, other->protocol->name);
}

static int
compare_statuses(const void *left, const void *right)
{
	const struct statistics_status *one = left, *other = right;
	int order = COMPARE(other->count, one->count);

	return order != 0 ? order : COMPARE(one->status, other->status);
}

void
statistics_settle(struct statistics *statistics)
{
	struct statistics_row *row;

	if (statistics->server_count == 0)
		return;
	qsort(statistics->servers, statistics->server_count, sizeof(statistics->servers[0]),
	    compare_servers);
	for (size_t i = 0; i < statistics->server_count; i++)
		for (size_t j = 0; j <= STATISTICS_MOST_COMMANDS; j++) {
			row = statistics->servers[i]->rows[j];
			if (row != NULL)
				qsort(row->statuses, row->status_count, sizeof(row->statuses[0]),
				    compare_statuses);
		}
}

const char *
statistics_command(const struct statistics_server *server, size_t index)
{
	const struct name_row *row;

	if (index == STATISTICS_MOST_COMMANDS)
		return "other";
	row = names_find(server->protocol->commands, index);
	return row != NULL ? row->name : NULL;
}

static bool
is_waiting(const struct statistics_server *server, size_t index)
{
	return index < STATISTICS_MOST_COMMANDS && server->protocol->is_waiting((uint16_t)index);
}

static void
add_times(struct statistics_row *total, struct arena *arena, const struct statistics_row *row)
{
	if (row->times.count == 0)
		return;
	histogram_merge(&total->times, arena, &row->times);
	total->sum += row->sum;
	total->began_sum += row->began_sum;
	total->shortest = min_u64(total->shortest, row->shortest);
	if (row->longest >= total->longest)
		note_longest(total, row->longest, row->longest_frame);
}

void
statistics_total(
    const struct statistics_server *server, struct arena *arena, struct statistics_row *ret)
{
	*ret = (struct statistics_row){.shortest = UINT64_MAX};
	for (size_t i = 0; i <= STATISTICS_MOST_COMMANDS; i++) {
		const struct statistics_row *row = server->rows[i];

		if (row == NULL)
			continue;
		ret->calls += row->calls;
		ret->failures += row->failures;
		ret->unasked += row->unasked;
		ret->bytes[CLIENT] += row->bytes[CLIENT];
		ret->bytes[SERVER] += row->bytes[SERVER];
		if (is_waiting(server, i))
			continue;
		ret->unanswered += row->unanswered;
		add_times(ret, arena, row);
	}
}

size_t
statistics_slowest(const struct statistics_server *server)
{
	size_t slowest = STATISTICS_MOST_COMMANDS + 1;

	for (size_t i = 0; i <= STATISTICS_MOST_COMMANDS; i++)
		if (server->rows[i] != NULL && server->rows[i]->times.count != 0 &&
		    !is_waiting(server, i) &&
		    (slowest > STATISTICS_MOST_COMMANDS ||
			server->rows[i]->longest > server->rows[slowest]->longest))
			slowest = i;
	return slowest;
}

uint64_t
statistics_percentile(const struct statistics_row *row, unsigned percent)
{
	uint64_t time = histogram_percentile(&row->times, percent);

	if (row->times.count == 0)
		return 0;
	if (histogram_rank(&row->times, percent) == row->times.count)
		return row->longest;
	return max_u64(row->shortest, min_u64(time, row->longest));
}

uint64_t
statistics_mean(const struct statistics_row *row, uint64_t sum)
{
	return row->times.count != 0 ? sum / row->times.count : 0;
}
