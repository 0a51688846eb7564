/* Ladders: the frames that matter of some conversations, as arrows between hosts in the order of
 * the file. What text, Markdown and HTML draw; nothing here is escaped for any of them. Where
 * captures of several points are compared, each point has a column between the clients and the
 * servers, and arrows are in the order in which they were sent. */
#ifndef SMBTRIAGE_REPORT_LADDER_H
#define SMBTRIAGE_REPORT_LADDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/base/arena.h"
#include "analyzer/base/text.h"
#include "analyzer/report/report.h"
#include "rules/finding.h"

/* Rows that a page has room for; of more, the first and those near the evidence are kept. */
#define LADDER_MOST_ROWS 40

/* Hosts that a page has room for; what others say is left out. */
#define LADDER_MOST_COLUMNS 8

/* Points of capture between the hosts, and all columns where there are some: the others are for
 * hosts, of whom there are fewer then. */
#define LADDER_MOST_POINTS 8
#define LADDER_MOST_LINES  12

/* What a point shows of a row. */
struct ladder_stop {
	uint64_t frame; /* of its capture; 0: none */
	bool is_unsure; /* none, though it would have passed there: nobody knows whether it did */
};

/* The way of an arrow, by columns. Without points it leads from one host to the other. */
struct ladder_way {
	size_t begin, end;
	size_t sure_begin, sure_end; /* between these it is known, between the others not */
	bool is_begun_between;       /* it begins behind BEGIN, on the way to the next column */
};

/* What becomes of a row from point to point. */
struct ladder_passage {
	struct ladder_way way;
	const struct ladder_stop *stops; /* of each point */
	const char *unsure;              /* why a stop is unsure, a clause; or NULL */
};

/* One arrow: a frame that matters. */
struct ladder_row {
	uint64_t frame;    /* of the capture at hand; 0: only other points have it */
	int64_t time;      /* nanoseconds since the epoch, by the clock of the capture at hand */
	size_t from, to;   /* index of columns */
	const char *label; /* what it is: "TREE_CONNECT \\fs1\dta"; not escaped */
	bool is_evidence;  /* one of the finding's frames */
	bool is_lost;      /* a request that nothing answered, or what did not come to the next
			    * point: drawn as ending in an x */
	size_t skipped;    /* rows left out between the one before and this one */
	const struct ladder_passage *passage; /* NULL: there are no points */
};

/* Who stands where: hosts as text (client first, then server, KDC, DNS server …, "network" last
 * where an ICMP error ended something); not escaped. Points stand behind the clients. */
struct ladder {
	const char **columns;
	size_t column_count;
	size_t first_point, point_count; /* columns that are points; none: 0 */
	const struct ladder_row *rows;   /* in the order of the file, or of sending */
	size_t row_count;
	size_t left_out; /* rows beyond the bounds; whoever draws says so */
};

/*
 * What FINDING of CAPTURE is about: all that is kept of its conversations, and the exchanges of the
 * findings that it follows from. Texts and arrays live in ARENA.
 */
struct ladder ladder_of_finding(
    const struct report_capture *capture, const struct finding *finding, struct arena *arena);

/* What is kept of the TCP stream STREAM; evidence is that of all findings. No rows when there is no
 * such stream, or nothing of it was kept. */
struct ladder
ladder_of_stream(const struct report_capture *capture, uint32_t stream, struct arena *arena);

/* The way of ROW. */
struct ladder_way ladder_way_of(const struct ladder_row *row);

/* The point in column COLUMN, in RET; false when a host stands there. */
bool ladder_is_point(const struct ladder *ladder, size_t column, size_t *ret);

/* Whether what ROW shows did not come to the next point, as other than unanswered. */
bool ladder_is_lost_between(const struct ladder *ladder, const struct ladder_row *row);

/* Whether other points than the capture at hand show anything, or prove its absence. */
bool ladder_is_of_several(const struct ladder *ladder);

/* What there is to explain in a ladder. */
struct ladder_signs {
	bool has_evidence, has_unanswered, has_lost, has_begun, has_unsure;
};

struct ladder_signs ladder_signs_of(const struct ladder *ladder);

/* Why stops are unsure, each reason once, the first of them; returns how many. */
#define LADDER_MOST_REASONS 4

size_t ladder_reasons(const struct ladder *ladder, const char *ret[LADDER_MOST_REASONS]);

/* "22, -, ?": the frames of ROW by point, "-" where it did not come, "?" where nobody knows. Only
 * for a row that has a passage. */
void
ladder_add_frames(struct text *text, const struct ladder *ladder, const struct ladder_row *row);

#endif
