/*
 * How many calls a server was sent, how they were answered and how long that took, by command.
 *
 * A call is a request and its final answer. Dissectors report each one as it completes; what is
 * kept follows servers and commands, not calls. What is told does not depend on the order in which
 * calls are reported, until one of the bounds below is reached.
 */
#ifndef SMBTRIAGE_STATISTICS_H
#define SMBTRIAGE_STATISTICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/base/addr.h"
#include "analyzer/base/arena.h"
#include "analyzer/base/histogram.h"
#include "analyzer/base/table.h"
#include "analyzer/exchange.h"
#include "analyzer/facts.h"

/* Servers, each an address, a port and a protocol, that are told apart: more than one capture's
 * clients work with. The conversations with further ones are counted together. */
#define STATISTICS_MOST_SERVERS 1024

/* Different statuses of one command at one server that are told apart, the first that come; working
 * clients see a handful. */
#define STATISTICS_MOST_STATUSES 16

/* Commands have numbers below this one; those that have not are counted together. */
#define STATISTICS_MOST_COMMANDS 256

/* What there is to know of a protocol. Static data. */
struct statistics_protocol {
	const char *name; /* as NDJSON has it */
	const struct names *commands, *statuses;
	/* Whether STATUS says that a call failed. */
	bool (*is_error)(uint32_t status);
	/* Whether an answer to COMMAND comes when something happens, however long that takes. */
	bool (*is_waiting)(uint16_t command);
};

/* One call. Times are nanoseconds since the epoch, bytes are on the wire. */
struct statistics_call {
	uint16_t command;
	bool has_status;
	bool is_failure; /* answered with an error with which clients do not live */
	uint32_t status;
	int64_t asked;    /* when the request was complete */
	int64_t began;    /* when the answer's first byte came */
	int64_t answered; /* when it was complete */
	uint64_t answer_frame;
	uint64_t bytes[2]; /* of the request, of the answer */
};

struct statistics_status {
	uint32_t status;
	uint64_t count;
};

/* One command at one server, or all of them. Arena memory. */
struct statistics_row {
	uint64_t calls; /* answered, the request being in the capture */
	uint64_t failures;
	uint64_t
	    unanswered;    /* requests to which the capture holds no answer, for whatever reason */
	uint64_t unasked;  /* final answers to which it holds no request */
	uint64_t bytes[2]; /* of the calls: requests, answers */
	/* Nanoseconds from a request to its answer. Calls whose answer is earlier than its request,
	 * as the capture's clock was set back, are not in these: times.count has the others. */
	struct histogram times;
	uint64_t sum, shortest, longest;
	uint64_t longest_frame; /* of that answer, the first of several; 0: none */
	uint64_t began_sum;     /* the same from the requests to the first bytes of the answers */
	struct statistics_status statuses[STATISTICS_MOST_STATUSES];
	size_t status_count;
	uint64_t other_statuses; /* calls with a status beyond those, or with none of its own */
};

/* One server. Arena memory. */
struct statistics_server {
	const struct statistics_protocol *protocol;
	struct addr addr; /* ADDR_NONE: the servers beyond STATISTICS_MOST_SERVERS together */
	uint16_t port;
	uint64_t conversations; /* that asked it for something */
	/* By command; the last one for commands with larger numbers. NULL: no such call. */
	struct statistics_row *rows[STATISTICS_MOST_COMMANDS + 1];
};

/* Of one run. Zeroed but for arena it is empty; statistics_free() gives back what is not in the
 * arena. */
struct statistics {
	struct arena *arena;
	struct table by_end; /* statistics_server() fills it */
	struct statistics_server **servers;
	size_t server_count, server_capacity;
};

void statistics_free(struct statistics *statistics);

/* The server of CONVERSATION, made when it is new: never NULL. Asked once a conversation. */
struct statistics_server *statistics_server(struct statistics *statistics,
    const struct statistics_protocol *protocol, const struct conversation_facts *conversation);

/* The server answered a call; sent an answer to which there is no request; a request was not
 * answered. */
void statistics_add_call(struct statistics *statistics, struct statistics_server *server,
    const struct statistics_call *call);
void statistics_add_unasked(
    struct statistics *statistics, struct statistics_server *server, uint16_t command);
void statistics_add_unanswered(
    struct statistics *statistics, struct statistics_server *server, uint16_t command);

/* Puts servers in order of address, port and protocol, those beyond the bound last, and the
 * statuses of each command by how often they came. Called once nothing more is added. */
void statistics_settle(struct statistics *statistics);

/* ---- what was gathered, for reports ---- */

/* The name of the command at INDEX of rows, "other" for the last; or NULL when it has none. */
const char *statistics_command(const struct statistics_server *server, size_t index);

/* All commands together, without their statuses. Neither the times nor the missing answers of those
 * that wait for something to happen are in it, as they say nothing about the server. ARENA receives
 * its histogram. */
void statistics_total(
    const struct statistics_server *server, struct arena *arena, struct statistics_row *ret);

/* The index in rows of the command that was answered slowest, but for those that wait; or
 * STATISTICS_MOST_COMMANDS + 1 when no time is known. */
size_t statistics_slowest(const struct statistics_server *server);

/* The time within which PERCENT of 100 of the calls were answered, off by at most 1.6 %
 * and exact for the slowest one; 0 when no time is known. */
uint64_t statistics_percentile(const struct statistics_row *row, unsigned percent);

/* The mean, rounded down; 0 when no time is known. */
uint64_t statistics_mean(const struct statistics_row *row, uint64_t sum);

#endif
