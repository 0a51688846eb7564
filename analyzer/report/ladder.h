/* Ladders: the frames that matter of some conversations, as arrows between hosts in the order of
 * the file. What text, Markdown and HTML draw; nothing here is escaped for any of them. */
#ifndef SMBTRIAGE_REPORT_LADDER_H
#define SMBTRIAGE_REPORT_LADDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/base/arena.h"
#include "analyzer/report/report.h"
#include "rules/finding.h"

/* Rows that a page has room for; of more, the first and those near the evidence are kept. */
#define LADDER_MOST_ROWS 40

/* Hosts that a page has room for; what others say is left out. */
#define LADDER_MOST_COLUMNS 8

/* One arrow: a frame that matters. */
struct ladder_row {
	uint64_t frame;
	int64_t time;      /* nanoseconds since the epoch */
	size_t from, to;   /* index of columns */
	const char *label; /* what it is: "TREE_CONNECT \\fs1\dta"; not escaped */
	bool is_evidence;  /* one of the finding's frames */
	bool is_lost;      /* a request that nothing answered: drawn as ending in an x */
	size_t skipped;    /* rows left out between the one before and this one */
};

/* Who stands where: hosts as text (client first, then server, KDC, DNS server …, "network" last
 * where an ICMP error ended something); not escaped. */
struct ladder {
	const char **columns;
	size_t column_count;
	const struct ladder_row *rows; /* in order of frames */
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

#endif
