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

/* A row of which it is not known yet whether there is room for it. */
struct ladder_draft {
	struct ladder_row row;
	size_t number; /* in order of their making: settles ties */
	bool is_kept;
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
	size_t left_out;   /* rows of hosts beyond those that have a column */
	struct text label; /* of the row at hand, empty between rows */
};

/* Gives both ends of a conversation the next columns, unless they have one or there is no room. */
void ladder_rows_add_hosts(struct ladder_rows *rows, const struct conversation_facts *facts);

/* Request, legs, answer and end. */
void ladder_rows_add_exchange(struct ladder_rows *rows, const struct exchange *exchange);

/* The first FIN or RST, if there is one. */
void ladder_rows_add_close(struct ladder_rows *rows, const struct conversation_facts *facts);

void ladder_rows_free(struct ladder_rows *rows);

#endif
