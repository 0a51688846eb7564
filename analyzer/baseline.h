/*
 * What is known of captures beforehand: findings as a run wrote them down (--write-baseline), or as
 * a person expects them. A file of JSON:
 *
 *     {"format":"smbtriage-baseline","version":1,"captures":{
 *     "site/x.pcapng":[
 *     {"id":"f-0123456789ab","rule":"smb-…","verdict":"found","severity":"error",…}
 *     ]
 *     }}
 *
 * An entry says what it likes of a finding, and stands for one that agrees in all of it; beside an
 * id, the summary is only there to be read.
 */
#ifndef SMBTRIAGE_BASELINE_H
#define SMBTRIAGE_BASELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "analyzer/base/arena.h"
#include "analyzer/base/error.h"
#include "analyzer/base/table.h"
#include "analyzer/report/report.h"

/* What an entry may say. */
enum baseline_member {
	BASELINE_ID,
	BASELINE_RULE,
	BASELINE_VERDICT,
	BASELINE_SEVERITY,
	BASELINE_CLIENT,
	BASELINE_SERVER,
	BASELINE_SUMMARY,
	BASELINE_MEMBERS, /* how many there are */
};

extern const char *const baseline_member_names[BASELINE_MEMBERS];

struct baseline_entry {
	const char *values[BASELINE_MEMBERS]; /* UTF-8, not escaped; NULL: it does not say */
	bool is_matched;                      /* it stands for a finding that was met */
};

/* What is known of one capture. */
struct baseline_capture {
	const char *name; /* as struct report_capture has it */
	struct baseline_entry *entries;
	size_t count, capacity;
	bool is_met; /* the capture was analysed */
};

/* A zeroed one knows nothing. Everything in it is its own. */
struct baseline {
	struct baseline_capture **captures; /* as they came */
	size_t count, capacity;
	struct table by_name;
	struct arena arena;
};

/* Reads PATH into RET, which is empty. False, with ERROR (EXIT_USAGE), when it cannot be read or is
 * no baseline; RET is to be freed in either case. */
bool baseline_read(const char *path, struct baseline *ret, struct error *error);

/* Adds CAPTURE with what was found in it and is not suppressed. */
void baseline_add(struct baseline *baseline, const struct report_capture *capture);

/* Writes it to OUT, whose write errors are the caller's: captures in byte order of their names, an
 * entry a line. */
void baseline_write(const struct baseline *baseline, FILE *out);

/* What is known of the capture of that name, or NULL. Borrowed. */
struct baseline_capture *baseline_find(const struct baseline *baseline, const char *name);

/*
 * Compares CAPTURE with what is known of it: each finding becomes known or new. One entry stands
 * for one finding; who says little takes what others leave, so that as many as can be are known.
 */
void baseline_mark(struct baseline *baseline, struct report_capture *capture);

/* What an entry would say of FINDING; texts are FINDING's, static or in ARENA. */
struct baseline_entry baseline_entry_of(const struct finding *finding, struct arena *arena);

/* What CAPTURE is called in a baseline: its name as UTF-8. */
const char *baseline_name_of(const struct report_capture *capture, struct arena *arena);

void baseline_free(struct baseline *baseline);

#endif
