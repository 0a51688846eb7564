/* Trials: what rules say of themselves - fires, silent, inconclusive - against the captures. */
#ifndef SMBTRIAGE_TRIAL_H
#define SMBTRIAGE_TRIAL_H

#include <stdbool.h>
#include <stddef.h>

#include "analyzer/analysis.h"
#include "analyzer/base/arena.h"
#include "rules/rule.h"

/* Captures that a trial compares. */
#define TRIAL_MOST_CAPTURES 4

enum trial_kind { TRIAL_FIRES, TRIAL_SILENT, TRIAL_INCONCLUSIVE };

/* One thing that a rule says a capture makes it do. */
struct trial {
	const struct rule *rule;
	enum trial_kind kind;
	const char *capture; /* the name of the file; "A + B": those that are compared */
	const char *paths[TRIAL_MOST_CAPTURES]; /* where they are looked for; in the list's arena */
	size_t path_count;
	unsigned wanted; /* findings; 0, but for silence: at least one */
	unsigned found;
	const char *problem; /* why the capture could not be analysed, in the list's arena; or NULL
			      */
};

/* In order of the rules, and of what each says. A zeroed one is empty. */
struct trial_list {
	struct arena arena;
	struct trial *items;
	size_t count, capacity;
};

/* Adds all that RULE says of itself. */
void trials_add(struct trial_list *list, const struct rule *rule);

/* The first of NAMES, "A + B", has RET_LENGTH characters; what follows, or NULL. */
const char *trial_next_name(const char *names, size_t *ret_length);

/* The captures lie in FOLDER; lists them for a worker (base/infile.h). Once, when all are added. */
void trials_find(struct trial_list *list, const char *folder);

/* Analyses each of the captures once, by OPTIONS. */
void trials_run(struct trial_list *list, const struct analysis_options *options);

/* Whether the rule did as it says. */
bool trial_holds(const struct trial *trial);

/* "fires", "silent" and so on, as rules spell it; by enum trial_kind. */
extern const char *const trial_kind_names[];

void trials_free(struct trial_list *list);

#endif
