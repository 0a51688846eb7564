/* The rows of a ladder while they are gathered: hosts, and the arrows of one exchange after
 * another.
 */
#ifndef SMBTRIAGE_REPORT_LADDER_ROWS_H
#define SMBTRIAGE_REPORT_LADDER_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include "analyzer/base/addr.h"
#include "analyzer/base/arena.h"
#include "analyzer/base/text.h"
#include "analyzer/exchange.h"
#include "analyzer/facts.h"
#include "analyzer/report/ladder.h"

/* The column of what no host says, which gets its place when all hosts are known. */
#define LADDER_NETWORK SIZE_MAX

/* A place at which arrows begin and end. */
struct ladder_host {
	struct addr addr;
	enum side side; /* that it was first seen as */
	const char *name;
};

/* What a row is of its exchange, or of its connection. */
enum ladder_part { PART_REQUEST, PART_LEG, PART_ANSWER, PART_END, PART_CLOSE };

/* A row of which it is not known yet whether there is room for it. Its way is not known before all
 * hosts are: FROM and TO are places of theirs until ladder_rows_place(). */
struct ladder_draft {
	struct ladder_row row;
	size_t number; /* in order of their making: settles ties */
	bool is_kept;
	enum ladder_part part;
	enum side sender;
	/* Only where there are points. */
	struct ladder_stop *stops;
	const struct crossing *crossing; /* of its exchange; or NULL */
	int64_t placed; /* when it passed the first point that has it: puts rows in order */
};

/* The caller sets facts and arena, zeroes the rest, and gives the drafts back with
 * ladder_rows_free(). Names and labels live in ARENA. */
struct ladder_rows {
	const struct capture_facts *facts;
	struct arena *arena;
	struct ladder_host hosts[LADDER_MOST_COLUMNS];
	size_t host_count;
	bool has_network;
	struct ladder_draft *items;
	size_t count, capacity;
	size_t left_out;       /* rows of hosts beyond those that have a column */
	struct text label;     /* of the row at hand, empty between rows */
	enum ladder_part part; /* the same */
	size_t point_count;    /* 0: none */
	size_t own_point;      /* the capture at hand */
	const struct conversation_facts *stand_in; /* whose hosts exchanges are between, whatever
						    * addresses a point sees; NULL: their own */
};

/* Gives both ends of a conversation the next columns, unless they have one or there is no room. */
void ladder_rows_add_hosts(struct ladder_rows *rows, const struct conversation_facts *facts);

/* Request, legs, answer and end. */
void ladder_rows_add_exchange(struct ladder_rows *rows, const struct exchange *exchange);

/* The first FIN or RST, if there is one. */
void ladder_rows_add_close(struct ladder_rows *rows, const struct conversation_facts *facts);

/* Whether nothing answered the request: silence to the end, or until its sender went away. */
bool ladder_is_unanswered(const struct exchange *exchange);

/* All hosts are known: FROM and TO become columns. */
void ladder_rows_place(struct ladder_rows *rows);

/* The column of the first point, which is behind the clients, and of what no host says. */
size_t ladder_rows_first_point(const struct ladder_rows *rows);
size_t ladder_rows_network(const struct ladder_rows *rows);

/* The column of the host at INDEX. */
size_t ladder_rows_column(const struct ladder_rows *rows, size_t index);

/* Calls TAKE for the exchanges of COUNT CONVERSATIONS that CAPTURE has in its ledger. */
void ladder_each_exchange(const struct report_capture *capture,
    const struct conversation_facts *const *conversations, size_t count,
    void (*take)(void *state, const struct exchange *exchange), void *state);

void ladder_rows_free(struct ladder_rows *rows);

#endif
