/*
 * A rule as it is after loading: immutable, and it cannot fail. rules/README.md describes the
 * language that rule_load.c reads.
 */
#ifndef SMBTRIAGE_RULES_RULE_H
#define SMBTRIAGE_RULES_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/base/addr.h"
#include "analyzer/base/arena.h"
#include "analyzer/base/error.h"
#include "analyzer/exchange.h"
#include "rules/mistake.h"

enum severity { SEVERITY_NOTICE, SEVERITY_WARNING, SEVERITY_ERROR };

extern const char *const severity_names[]; /* by enum severity */

/* "error" to SEVERITY_ERROR; false when it is none. */
bool severity_parse(const char *name, enum severity *ret);

/* Types that one `exchange` may name: SMB1 and SMB2 of one request, TCP and UDP of another. */
#define RULE_MOST_TYPES 4

struct type_list {
	const struct exchange_type *items[RULE_MOST_TYPES];
	size_t count;
};

/* Where TYPE stands in LIST; LIST's count when it is not there. */
size_t type_list_index(const struct type_list *list, const struct exchange_type *type);

/* The field of one name in the types of a type_list. All that have it are compared alike. */
struct field_ref {
	const struct field *any;                 /* the first of them */
	const struct field *of[RULE_MOST_TYPES]; /* in the list's order; NULL: a type without it */
};

struct field_list {
	const struct field_ref *items;
	size_t count;
};

/* What a next step may cost whoever takes it. */
struct step_advice {
	const char *text;
	const char *run;        /* a command, or NULL */
	const char *on;         /* "client", "server", "kdc", "network", or NULL */
	const char *risk;       /* "none", or what may break or become less safe */
	const char *applies_to; /* versions, "Windows Server 2012 and later"; NULL: everywhere */
	bool lowers_security;   /* never the first of a list */
};

struct comparison; /* rules/comparison.h: one row of the table of comparisons */
struct explanation_set;
struct law; /* rules/rule_match.h: how a field is compared when the outcome is unknown */

/* The numbers for which a comparison holds: those whose bits of MASK are FROM to TO. */
struct number_range {
	uint64_t mask, from, to;
};

struct operand {
	struct value value;
	struct number_range range; /* of a number */
	struct addr_net net;       /* for in_net */
	struct field_ref other;    /* for differs_from */
};

/* One comparison: FIELD OPERATOR any of OPERANDS; negated: none of them. */
struct condition {
	struct field_ref field;
	const struct comparison *comparison;
	const struct law *law; /* or NULL */
	bool is_negated;
	bool is_of_number; /* compares one with ranges */
	bool is_of_other;  /* asked of the exchange that a correlation looks for */
	const struct operand *operands;
	size_t operand_count;
};

/* All of them hold. */
struct condition_list {
	const struct condition *items;
	size_t count;
};

struct sieve; /* rules/sieve.h: conditions as they are asked */

/* One of the lists holds; an empty `where` always does. */
struct where {
	const struct condition_list *any;
	size_t count;
	const struct sieve *sieves[RULE_MOST_TYPES]; /* by type; NULL: it never holds of one */
};

/* Fields of two exchanges that are to have equal values. */
struct field_pair {
	struct field_ref mine, theirs;
};

/* Another exchange before or after the one at hand; looking neither way asks nothing. */
struct correlation {
	bool looks_before, looks_after;
	bool is_negated; /* there is no such exchange */
	struct type_list types;
	struct where where;
	const struct field_pair *same;
	size_t same_count;
	int64_t within; /* nanoseconds between the two requests, inclusive; negative: no bound */
};

/* An item of `unless`, of `lowered`, or a requirement: conditions, a correlation, or both. */
struct clause {
	struct where where;
	struct correlation correlation;
};

struct clause_list {
	const struct clause *items;
	size_t count;
};

struct text_list {
	const char *const *items;
	size_t count;
};

/* Whether one of LIST is TEXT. */
bool text_list_has(const struct text_list *list, const char *text);

/* A likely reason. */
struct cause {
	const char *text;
	/* What of files beside the capture speaks for it, and against it: conditions on fields of
	 * HOME_ATTESTED alone. */
	struct where supported_by, refuted_by;
	bool needs_support; /* told only where something speaks for it */
};

struct cause_list {
	const struct cause *items;
	size_t count;
};

struct advice_list {
	const struct step_advice *items;
	size_t count;
};

/* `lowered`: the severity that holds when the clause does. */
struct lowering {
	enum severity to;
	const char *because; /* template */
	struct clause clause;
};

/* `cases`: texts of one status among several. */
struct rule_case {
	struct where where;
	const char *finding; /* template, or NULL: the rule's */
	struct cause_list causes;
	struct advice_list next_steps;
};

/* An item of `follows_from`: findings of other rules that may be the reason for this one's. */
struct origin {
	struct text_list rules; /* their ids */
	struct field_list same; /* equal in both exchanges; looked up there by name */
	int64_t before, after;  /* how much earlier, and later, that request may be; nanoseconds */
	unsigned line, column;
};

struct origin_list {
	const struct origin *items;
	size_t count;
};

/* An expectation about a capture of fixtures/captures. */
struct rule_expectation {
	const char *capture;
	unsigned count; /* findings; 0 in `silent`, and elsewhere for "at least one" */
};

struct expectation_list {
	const struct rule_expectation *items;
	size_t count;
};

struct rule {
	const char *file; /* where it was loaded from */
	unsigned line;
	bool is_builtin;
	const char *like; /* id of the built-in rule that the keys not given are from, or NULL */
	const char *id, *title, *benign, *blind; /* benign and blind: or NULL */
	const char *finding;                     /* template */
	enum severity severity;
	struct type_list types;
	struct where where;
	struct clause_list requires;    /* correlations at the top: all must hold */
	struct clause_list unless;      /* none may hold */
	const struct lowering *lowered; /* the first that holds applies */
	size_t lowered_count;
	const struct rule_case *cases; /* the first that matches applies */
	size_t case_count;
	struct count_clause {
		unsigned at_least; /* 0: no count asked */
		struct field_list same;
		int64_t within; /* nanoseconds; negative: no bound */
	} count;
	struct field_list same; /* client, server, port and `same`: what makes two findings one */
	struct origin_list follows_from;
	struct field_list explain_by; /* the explanations of their values belong to the finding */
	struct cause_list causes;     /* templates */
	struct text_list references;
	struct text_list chain;        /* templates: its links in the chain of an incident */
	struct advice_list next_steps; /* text and run: templates */
	struct expectation_list fires, silent, inconclusive;
};

/* All rules of a run, sorted by id. */
struct rule_set {
	struct arena arena;
	const struct rule **items;
	size_t count, capacity;
	const bool *are_off; /* by index, what does not run: rules/rule_choice.h; NULL: nothing */
	const struct exchange_type *const *types; /* what rules may speak of; borrowed */
	size_t type_count;
	bool is_adding_builtin;               /* rules that are loaded now belong to the program */
	struct explanation_set *explanations; /* rules/explanation.h; read when they are needed */
};

/* An empty set over TYPES, a static table. */
void rule_set_init(struct rule_set *set, const struct exchange_type *const *types, size_t count);

/* Adds the rules and explanations built into the program. They are tested, so a failure is an
 * assertion. */
void rule_set_add_builtin(struct rule_set *set);

/* Adds every *.yaml of DIRECTORY, in the order of their names. A rule whose id a built-in one has
 * replaces that; any other repetition is an error. On failure ERROR holds "file:line:col: …" and
 * the set is unusable but can be freed. */
bool rule_set_add_directory(struct rule_set *set, const char *directory, struct error *error);

/* Adds one rule from YAML text. FILE is the name for messages. Failure as above. */
bool rule_load(
    struct rule_set *set, const char *file, const char *yaml, size_t length, struct error *error);

/* The same, telling of all that is wrong in it; the set can still be used. */
bool rule_load_all(struct rule_set *set, const char *file, const char *yaml, size_t length,
    struct mistakes *mistakes);

/* Whether what rules say of each other holds, once all are loaded. Failure as above. */
bool rule_set_check(const struct rule_set *set, struct error *error);
bool rule_set_check_all(const struct rule_set *set, struct mistakes *mistakes);

/* The rule called ID, or NULL. */
const struct rule *rule_set_find(const struct rule_set *set, const char *id);

void rule_set_free(struct rule_set *set);

#endif
