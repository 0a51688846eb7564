/* Findings: what a rule says of the exchanges it matched. */
#ifndef SMBTRIAGE_RULES_FINDING_H
#define SMBTRIAGE_RULES_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/base/arena.h"
#include "analyzer/exchange.h"
#include "rules/rule.h"

enum verdict { VERDICT_FOUND, VERDICT_INCONCLUSIVE };

extern const char *const verdict_names[]; /* by enum verdict */

/* Examples kept of a finding's occurrences; the count is exact, the examples show the pattern. */
#define FINDING_MOST_EXAMPLES 10

/* What the operator's baseline says of a finding. */
enum baseline_state {
	BASELINE_NONE, /* there is no baseline */
	BASELINE_NEW,
	BASELINE_KNOWN,
};

/* What files beside the capture say of a cause. */
enum stance {
	STANCE_OPEN,
	STANCE_SUPPORTED,
	STANCE_REFUTED,
};

extern const char *const stance_names[]; /* by enum stance */

/* A cause of a finding. */
struct found_cause {
	const char *text; /* the template filled in; not escaped */
	enum stance stance;
	const struct quotation *quotes; /* what says so; none where the stance is open */
	size_t quote_count;
};

struct found_cause_list {
	const struct found_cause *items;
	size_t count;
};

struct suppression; /* rules/suppression.h */

/* One finding: all occurrences of one rule, verdict, client, server and object. Arena memory. */
struct finding {
	const char *id; /* rules/finding_id.h: the same in every run and on every machine */
	const struct rule *rule;
	enum severity severity; /* the rule's, or lowered */
	enum verdict verdict;
	struct text_list because;        /* inconclusive or lowered: why, as clauses */
	const struct exchange *exchange; /* of the first occurrence */
	const struct exchange *examples[FINDING_MOST_EXAMPLES]; /* the first occurrences */
	size_t example_count;
	uint64_t occurrences;
	int64_t last_time;       /* of the request of the last occurrence */
	const uint32_t *streams; /* distinct, rising; TCP only; of the examples */
	size_t stream_count;
	const uint64_t *frames; /* distinct, rising; of the examples */
	size_t frame_count;
	const char *filter;  /* Wireshark display filter that selects exactly the frames */
	const char *context; /* the same for the conversations that they are of; NULL: no TCP */
	const char *summary; /* the template filled in; not escaped */
	struct found_cause_list causes;   /* of the case that applies, of explanations, then the
					   * rule's; by their stances */
	struct found_cause_list attested; /* those of them that are not open */
	struct advice_list next_steps;
	struct text_list chain; /* what it adds to the chain of its incident, in order */
	/* Findings that follow from each other are one incident, and stand together in the list,
	 * the one that explains the others first. */
	size_t incident;      /* from 1 */
	size_t incident_size; /* findings in it */
	size_t follows_from;  /* number of the finding that explains this one, from 1; 0: none */
	/* What the operator said of it beforehand. */
	const struct suppression *suppression; /* NULL: none */
	enum baseline_state baseline;
};

/* Whether FINDING belongs to tallies, thresholds and exit status: it is neither suppressed nor
 * known before. */
bool finding_counts(const struct finding *finding);

struct echoes; /* rules/echoes.h */

struct finding_list {
	struct finding *items;
	size_t count;
	size_t incidents;
	/* Occurrences that are in none of the items, for want of memory, and the frame of one. */
	uint64_t untold, untold_frame;
};

/* For findings_of(): all the memory that there is. */
#define FINDING_MEMORY_ALL SIZE_MAX

/*
 * What RULES say of LEDGER (sorted), from which some may have been let go, of which ECHOES tell, or
 * NULL. Incidents are ordered by the verdict (found first) and
 * severity (error first) of the worst finding in them, then by time, frame and rule id of the
 * first; texts live in ARENA. Of so many that more than MOST_MEMORY bytes of mem_used() were in
 * use, those that come last in that order are left out; and each rule in turn has half of the room
 * left.
 */
struct finding_list findings_of(const struct rule_set *rules, const struct ledger *ledger,
    const struct echoes *echoes, size_t most_memory, struct arena *arena);

#endif
