#include "rules/rule_lint.h"

#include <string.h>

#include "analyzer/base/basics.h"

/* Titles stand in tables and in the names of tests, one line each. */
#define LONGEST_TITLE 72

static bool
has_long_title(const struct rule *rule)
{
	return strlen(rule->title) > LONGEST_TITLE;
}

static bool
has_title_with_full_stop(const struct rule *rule)
{
	size_t length = strlen(rule->title);

	return length != 0 && rule->title[length - 1] == '.';
}

/* Whether every case of RULE has some of its own, by HAS. */
static bool
do_cases_have(const struct rule *rule, bool (*has)(const struct rule_case *one))
{
	for (size_t i = 0; i < rule->case_count; i++)
		if (!has(&rule->cases[i]))
			return false;
	return rule->case_count != 0;
}

static bool
has_causes(const struct rule_case *one)
{
	return one->causes.count != 0;
}

static bool
has_steps(const struct rule_case *one)
{
	return one->next_steps.count != 0;
}

/* What a code means may be said by its explanation. */
static bool
lacks_causes(const struct rule *rule)
{
	return rule->causes.count == 0 && rule->explain_by.count == 0 &&
	       !do_cases_have(rule, has_causes);
}

static bool
lacks_steps(const struct rule *rule)
{
	return rule->next_steps.count == 0 && rule->explain_by.count == 0 &&
	       !do_cases_have(rule, has_steps);
}

static bool
lacks_references(const struct rule *rule)
{
	return rule->references.count == 0;
}

static bool
lacks_firing(const struct rule *rule)
{
	return rule->fires.count == 0;
}

static bool
lacks_silence(const struct rule *rule)
{
	return rule->silent.count == 0;
}

static bool
mentions(const struct condition *condition, enum outcome outcome)
{
	for (size_t i = 0; i < condition->operand_count; i++)
		if (condition->operands[i].value.number == outcome)
			return true;
	return false;
}

static bool
is_about_outcome(const struct condition *condition)
{
	return strcmp(condition->field.any->name, "outcome") == 0;
}

/* Whether RULE has nothing to say of an exchange whose outcome is not known. */
static bool
leaves_doubt_alone(const struct rule *rule)
{
	for (size_t i = 0; i < rule->unless.count; i++) {
		const struct where *where = &rule->unless.items[i].where;

		if (where->count == 1 && where->any[0].count == 1 &&
		    is_about_outcome(&where->any[0].items[0]) &&
		    mentions(&where->any[0].items[0], OUTCOME_UNKNOWN))
			return true;
	}
	return false;
}

/* Whether RULE claims that something was not there: it asks for silence, or for an end instead of
 * an answer, so that a capture that lacks packets must leave it undecided. */
static bool
is_about_absence(const struct rule *rule)
{
	for (size_t i = 0; i < rule->where.count; i++)
		for (size_t j = 0; j < rule->where.any[i].count; j++)
			if (is_about_outcome(&rule->where.any[i].items[j]) &&
			    !mentions(&rule->where.any[i].items[j], OUTCOME_ANSWERED))
				return !leaves_doubt_alone(rule);
	return false;
}

static bool
lacks_doubt(const struct rule *rule)
{
	return rule->inconclusive.count == 0 && is_about_absence(rule);
}

static bool
names_any(const struct expectation_list *list, const struct expectation_list *other)
{
	for (size_t i = 0; i < list->count; i++)
		for (size_t j = 0; j < other->count; j++)
			if (strcmp(list->items[i].capture, other->items[j].capture) == 0)
				return true;
	return false;
}

static bool
contradicts_itself(const struct rule *rule)
{
	return names_any(&rule->silent, &rule->fires) ||
	       names_any(&rule->silent, &rule->inconclusive);
}

static const struct {
	bool (*holds)(const struct rule *rule);
	const char *sentence;
} weaknesses[] = {
    {has_long_title, "the title is longer than 72 characters"},
    {has_title_with_full_stop, "the title ends with a full stop"},
    {lacks_causes, "no causes are given"},
    {lacks_steps, "no next_steps are given"},
    {lacks_references, "no references are given"},
    {lacks_firing, "no capture that makes it fire is named in fires"},
    {lacks_silence, "no capture that keeps it silent is named in silent"},
    {lacks_doubt, "it claims an absence, and no capture that leaves it undecided is named in "
		  "inconclusive"},
    {contradicts_itself, "a capture of silent is in fires or inconclusive, too"},
};

size_t
rule_weaknesses(const struct rule *rule, const char *ret[RULE_MOST_WEAKNESSES])
{
	size_t count = 0;

	_Static_assert(COUNT(weaknesses) <= RULE_MOST_WEAKNESSES, "room for all of them");
	for (size_t i = 0; i < COUNT(weaknesses); i++)
		if (weaknesses[i].holds(rule))
			ret[count++] = weaknesses[i].sentence;
	return count;
}
