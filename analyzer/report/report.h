/* Findings to text and NDJSON: what every format is given, and the table of formats. */
#ifndef SMBTRIAGE_REPORT_REPORT_H
#define SMBTRIAGE_REPORT_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "analyzer/exchange.h"
#include "analyzer/facts.h"
#include "analyzer/statistics.h"
#include "rules/finding.h"

/* One conversation worth a record: SMB, Kerberos, or on one of their ports. */
struct report_conversation {
	const struct conversation_facts *facts;
};

/* The analysis of one capture. Everything is borrowed. */
struct report_capture {
	const struct capture_facts *facts;
	const char *name;   /* of the file, without what lies above the operand */
	const char *sha256; /* lower-case hex of the file as it lies on disk, or NULL: not asked */
	const struct report_conversation *conversations; /* in order of first frame */
	size_t conversation_count;
	const struct ledger *ledger;         /* sorted */
	const struct statistics *statistics; /* settled */
	struct finding_list findings;
	size_t left_out; /* findings that are not severe enough for the operator */
	/* Where it is compared with others: all of them, with itself at its place, from the clients
	 * to the servers; else NULL. */
	const struct report_capture *const *points;
	size_t point_count;
};

struct report;
struct ladder;  /* analyzer/report/ladder.h */
struct outfile; /* analyzer/base/outfile.h */
struct tests;   /* analyzer/report/tests.h */

/* A format, as `--format NAME` selects it. One row of report_formats. */
struct report_format {
	const char *name;
	const char *sentence;
	bool is_document; /* to be kept or sent: the SHA-256 of the captures belongs in it */
	bool has_aside;   /* what stands on top of findings is known last: report.aside is needed */
	/* For an analysis: once before, once per capture, once after. */
	void (*begin)(struct report *report);
	void (*capture)(struct report *report, const struct report_capture *capture);
	void (*end)(struct report *report);
	/* What follows is NULL where the format has no such form. */
	/* For `smbtriage streams`: once before, then once per TCP conversation. */
	void (*stream_heading)(FILE *out);
	void (*stream)(FILE *out, const struct report_conversation *conversation);
	/* For `smbtriage stats`: once per capture. */
	void (*statistics)(struct report *report, const struct report_capture *capture);
	/* For `smbtriage ladder`. */
	void (*ladder)(struct report *report, const struct report_capture *capture,
	    const struct ladder *ladder);
	/* For `smbtriage verify` and `smbtriage rules test`. */
	void (*tests)(FILE *out, const char *suite, const struct tests *tests);
};

/* A file that could not be opened at all. */
struct report_failure {
	const char *file;
	const char *text; /* one sentence that names the file, without a final newline */
};

/* The state of one report. The caller sets the first members, zeroes the rest, and says before
 * report_end() which files failed. Write errors are the stream's: ferror(out), and those of aside.
 */
struct report {
	FILE *out;
	struct outfile *aside; /* empty, for a format that has one; borrowed */
	bool is_colored;       /* for formats that people read on a terminal */
	size_t columns;        /* the same: where lines are wrapped; 0: at 80 */
	const struct report_format *format;
	const struct rule_set *rules;        /* that findings may be of */
	const struct sandbox_facts *sandbox; /* that captures were read in; NULL: nothing is said */
	bool has_threshold; /* the operator said from which severity on a run fails */
	enum severity threshold;
	/* What belongs to the format, from begin to end. */
	void *state;
	const struct report_failure *failed; /* input that could not be read at all; borrowed */
	size_t failed_count;
	/* Totals of the captures added so far. */
	size_t captures;
	size_t unjudged; /* of the captures: those of which nothing could be judged */
	uint64_t packets;
	size_t findings[2][3]; /* that count: by enum verdict, enum severity */
	size_t suppressed;     /* findings that do not */
	size_t known;          /* the same for another reason: not suppressed, but known before */
	size_t left_out;       /* of the captures */
};

/* A report is begun, given each capture in turn, and ended. */
void report_begin(struct report *report);
void report_add(struct report *report, const struct report_capture *capture);
void report_end(struct report *report);

/* Ends a report that was begun and is not wanted: writes nothing, and gives back what belongs to
 * its format. */
void report_abandon(struct report *report);

/* The same for `smbtriage streams` and `smbtriage stats`. */
void report_begin_streams(struct report *report);
void report_add_streams(struct report *report, const struct report_capture *capture);
void report_add_statistics(struct report *report, const struct report_capture *capture);

/* Adds those of FINDINGS that count to COUNTS, by enum verdict and enum severity. */
void report_count(const struct finding_list *findings, size_t counts[2][3]);

/* Adds those that do not count to one of both, by the reason that comes first. */
void report_count_set_aside(const struct finding_list *findings, size_t *suppressed, size_t *known);

/* What CONVERSATION speaks: the classifier's word, else our dissectors', else NULL. */
const char *report_speaks(const struct report_conversation *conversation);

/* Whether that is PROTOCOL, as our dissectors call it: "smb". */
bool report_is_spoken(const struct report_conversation *conversation, const char *protocol);

extern const struct report_format report_formats[];
extern const size_t report_format_count;

/* The format whose name is the LENGTH characters at NAME, or NULL. */
const struct report_format *report_format_called(const char *name, size_t length);

#endif
