#include "rules/finding.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "rules/advice.h"
#include "rules/doubt.h"
#include "rules/explanation.h"
#include "rules/finding_id.h"
#include "rules/incident.h"
#include "rules/match.h"
#include "rules/sieve.h"
#include "rules/template.h"
#include "rules/value.h"

#define FRAMES_PER_EXCHANGE 3
/* What a finding takes with its texts, mostly; those of one rule take no more than a share of all.
 */
#define FINDING_BYTES  4096
#define SHARES_OF_RULE 8

const char *const verdict_names[] = {
    [VERDICT_FOUND] = "found",
    [VERDICT_INCONCLUSIVE] = "inconclusive",
};

const char *const stance_names[] = {
    [STANCE_OPEN] = "open",
    [STANCE_SUPPORTED] = "supported",
    [STANCE_REFUTED] = "refuted",
};

/* A finding while its occurrences are gathered. */
struct group {
	struct finding finding;
	struct match first;
	size_t number; /* in order of rule and ledger: settles every tie */
};

struct group_list {
	struct group **items;
	size_t count, capacity;
	size_t most;
};

/* Distinct numbers, rising. */
struct number_set {
	uint64_t items[FINDING_MOST_EXAMPLES * FRAMES_PER_EXCHANGE];
	size_t count;
};

static void
number_set_add(struct number_set *set, uint64_t number)
{
	size_t at = set->count;

	while (at > 0 && set->items[at - 1] > number)
		at--;
	if (at > 0 && set->items[at - 1] == number)
		return;
	memmove(&set->items[at + 1], &set->items[at], (set->count - at) * sizeof(set->items[0]));
	set->items[at] = number;
	set->count++;
}

static void
add_frames(struct number_set *set, const struct exchange *exchange)
{
	const uint64_t frames[FRAMES_PER_EXCHANGE] = {
	    exchange->request_frame, exchange->answer_frame, exchange->end_frame};

	for (size_t i = 0; i < FRAMES_PER_EXCHANGE; i++)
		if (frames[i] != 0)
			number_set_add(set, frames[i]);
}

/* "FIELD == 3" or "FIELD in {3, 7}" in ARENA; NULL for an empty SET. */
static const char *
filter_of(const char *field, const struct number_set *set, struct arena *arena)
{
	struct text filter = {0};
	const char *made;

	if (set->count == 0)
		return NULL;
	if (set->count == 1)
		return arena_format(arena, "%s == %" PRIu64, field, set->items[0]);
	text_addf(&filter, "%s in {", field);
	for (size_t i = 0; i < set->count; i++)
		text_addf(&filter, "%s%" PRIu64, i ? ", " : "", set->items[i]);
	text_add_char(&filter, '}');
	made = arena_text(arena, text_chars(&filter), filter.length);
	text_free(&filter);
	return made;
}

static void
keep_streams(struct finding *finding, const struct number_set *set, struct arena *arena)
{
	uint32_t *streams = ARENA_ARRAY(arena, uint32_t, set->count);

	for (size_t i = 0; i < set->count; i++)
		streams[i] = (uint32_t)set->items[i];
	finding->streams = streams;
	finding->stream_count = set->count;
}

/* What tells of many clients or servers has no stream of its own, nor has UDP or ARP. */
static bool
is_of_one_stream(const struct conversation_facts *conversation)
{
	return conversation->transport == TRANSPORT_TCP &&
	       conversation->client.family != ADDR_NONE && conversation->server.family != ADDR_NONE;
}

/* Where the examples are in the capture. */
static void
place(struct finding *finding, struct arena *arena)
{
	struct number_set streams = {.count = 0}, frames = {.count = 0};

	for (size_t i = 0; i < finding->example_count; i++) {
		add_frames(&frames, finding->examples[i]);
		if (is_of_one_stream(finding->examples[i]->conversation))
			number_set_add(&streams, finding->examples[i]->conversation->stream);
	}
	keep_streams(finding, &streams, arena);
	finding->frames = arena_copy(arena, frames.items, frames.count * sizeof(frames.items[0]));
	finding->frame_count = frames.count;
	finding->filter = filter_of("frame.number", &frames, arena);
	finding->context = filter_of("tcp.stream", &streams, arena);
}

/* One clause per kind of doubt among the examples. */
static size_t
add_doubts(const struct finding *finding, struct arena *arena, const char **items)
{
	unsigned said = 1u << DOUBT_NONE;
	const struct exchange *exchange;
	struct text text = {0};
	size_t count = 0;

	for (size_t i = 0; i < finding->example_count; i++) {
		exchange = finding->examples[i];
		if ((said & 1u << doubt_of(exchange)) != 0)
			continue;
		said |= 1u << doubt_of(exchange);
		text_clear(&text);
		doubt_text(&text, exchange);
		items[count++] = arena_text(arena, text_chars(&text), text.length);
	}
	if (count == 0) {
		doubt_text(&text, &(struct exchange){.doubt = DOUBT_NONE});
		items[count++] = arena_text(arena, text_chars(&text), text.length);
	}
	text_free(&text);
	return count;
}

static struct text_list
reasons(const struct group *group, struct arena *arena)
{
	const struct finding *finding = &group->finding;
	const char **items = ARENA_ARRAY(arena, const char *, FINDING_MOST_EXAMPLES + 1);
	size_t count = 0;

	if (finding->verdict == VERDICT_INCONCLUSIVE)
		count = add_doubts(finding, arena, items);
	if (group->first.lowered != NULL)
		items[count++] =
		    template_fill(arena, group->first.lowered->because, finding->exchange);
	return (struct text_list){items, count};
}

static const struct rule_case *
find_case(const struct rule *rule, const struct match *match)
{
	for (size_t i = 0; i < rule->case_count; i++)
		if (where_truth(&rule->cases[i].where, match->exchange, match->index) == TRUTH_YES)
			return &rule->cases[i];
	return NULL;
}

/* A link of which something is not known says nothing. */
static struct text_list
fill_chain(struct arena *arena, const struct text_list *chain, const struct exchange *exchange)
{
	const char **items = ARENA_ARRAY(arena, const char *, chain->count);
	size_t count = 0;
	const char *link;

	for (size_t i = 0; i < chain->count; i++) {
		link = template_fill_known(arena, chain->items[i], exchange);
		if (link != NULL)
			items[count++] = link;
	}
	return (struct text_list){items, count};
}

/* The explanation of the value that FIELD has in MATCH, or NULL. */
static const struct explanation *
explain(const struct rule_set *rules, const struct match *match, const struct field_ref *field)
{
	struct value value = field_value(match->exchange, field, match->index);
	const struct name_row *row;

	if (value.kind != VALUE_NUMBER)
		return NULL;
	row = names_find(field->any->names, value.number);
	return row ? explanation_of(rules->explanations, row->name, match->exchange->type) : NULL;
}

/* Those CAUSES of which files beside the capture speak. */
static struct found_cause_list
attested_of(struct arena *arena, const struct found_cause_list *causes)
{
	struct found_cause *items = ARENA_ARRAY(arena, struct found_cause, causes->count);
	size_t count = 0;

	for (size_t i = 0; i < causes->count; i++)
		if (causes->items[i].stance != STANCE_OPEN)
			items[count++] = causes->items[i];
	return (struct found_cause_list){items, count};
}

/* What the case says, what explains the codes, what the rule says. */
static void
advise(const struct rule_set *rules, struct group *group, const struct rule_case *found,
    struct arena *arena)
{
	const struct rule *rule = group->finding.rule;
	struct advice_source *sources =
	    ARENA_ARRAY(arena, struct advice_source, rule->explain_by.count + 2);
	const struct explanation *explanation;
	size_t count = 0;

	sources[count++] = (struct advice_source){found->causes, &found->next_steps, true};
	for (size_t i = 0; i < rule->explain_by.count; i++) {
		explanation = explain(rules, &group->first, &rule->explain_by.items[i]);
		if (explanation != NULL)
			sources[count++] =
			    (struct advice_source){causes_of_texts(arena, &explanation->causes),
				&explanation->next_steps, false};
	}
	sources[count++] = (struct advice_source){rule->causes, &rule->next_steps, true};
	group->finding.causes =
	    advice_causes(arena, sources, count, group->finding.exchange, group->first.index);
	group->finding.attested = attested_of(arena, &group->finding.causes);
	group->finding.next_steps = advice_steps(arena, sources, count, group->finding.exchange);
}

/* Everything of a finding that needs all its occurrences, or is written once. */
static void
finish(const struct rule_set *rules, struct group *group, struct arena *arena)
{
	static const struct rule_case no_case;
	struct finding *finding = &group->finding;
	const struct rule *rule = finding->rule;
	const struct rule_case *found = find_case(rule, &group->first);
	const struct rule_case *applies = found ? found : &no_case;

	finding->summary = template_fill(
	    arena, applies->finding ? applies->finding : rule->finding, finding->exchange);
	advise(rules, group, applies, arena);
	finding->because = reasons(group, arena);
	finding->chain = fill_chain(arena, &rule->chain, finding->exchange);
	place(finding, arena);
	finding->id = finding_id(finding, &group->first, arena);
}

static enum verdict
verdict_of(const struct match *match)
{
	return match->truth == TRUTH_YES ? VERDICT_FOUND : VERDICT_INCONCLUSIVE;
}

static enum severity
severity_of(const struct rule *rule, const struct match *match)
{
	return match->lowered ? match->lowered->to : rule->severity;
}

/* The groups in one table are all of one rule. */
static bool
is_group_of(const void *entry, const void *key)
{
	const struct group *group = entry;
	const struct match *match = key;
	const struct finding *finding = &group->finding;

	return finding->verdict == verdict_of(match) &&
	       finding->severity == severity_of(finding->rule, match) &&
	       match_equal(&group->first, match, &finding->rule->same);
}

static uint64_t
first_frame(const struct exchange *exchange)
{
	return exchange->request_frame ? exchange->request_frame : exchange->answer_frame;
}

/* One more, for MATCH. */
static struct group *
add_group(struct group_list *groups, const struct rule *rule, const struct match *match,
    struct arena *arena)
{
	struct group *group = ARENA_NEW(arena, struct group);

	group->first = *match;
	group->number = groups->count;
	group->finding.rule = rule;
	group->finding.verdict = verdict_of(match);
	group->finding.severity = severity_of(rule, match);
	group->finding.exchange = match->exchange;
	groups->items =
	    mem_grow(groups->items, groups->count, &groups->capacity, sizeof(*groups->items));
	groups->items[groups->count++] = group;
	return group;
}

static void
add_occurrence(struct finding *finding, const struct exchange *exchange)
{
	finding->occurrences++;
	finding->last_time = exchange->time;
	if (finding->example_count < FINDING_MOST_EXAMPLES)
		finding->examples[finding->example_count++] = exchange;
}

static void
leave_out(struct finding_list *findings, uint64_t occurrences, const struct exchange *first)
{
	if (findings->untold == 0)
		findings->untold_frame = first_frame(first);
	findings->untold += occurrences;
}

/* Gathers what RULE matches into GROUPS; what has no room there is left out of FINDINGS. */
static void
add_rule(struct correlator *correlator, const struct rule *rule,
    const struct candidate_list *candidates, struct group_list *groups,
    struct finding_list *findings, struct arena *arena)
{
	struct match_list matches = matches_of(correlator, rule, candidates);
	struct table table = {0};
	/* Half of the room that is left: others come after it. */
	const size_t most = groups->count + (groups->most - groups->count) / 2;
	struct group *group;
	uint64_t hash;

	for (size_t i = 0; i < matches.count; i++) {
		hash = match_hash(&matches.items[i], &rule->same);
		group = table_find(&table, hash, is_group_of, &matches.items[i]);
		if (group == NULL && groups->count < most) {
			group = add_group(groups, rule, &matches.items[i], arena);
			table_add(&table, hash, group);
		}
		if (group != NULL)
			add_occurrence(&group->finding, matches.items[i].exchange);
		else
			leave_out(findings, 1, matches.items[i].exchange);
	}
	table_free(&table);
	mem_free(matches.items);
}

static int
compare_groups(const void *left, const void *right)
{
	const struct group *one = *(const struct group *const *)left;
	const struct group *other = *(const struct group *const *)right;
	const struct exchange *mine = one->finding.exchange, *theirs = other->finding.exchange;
	int ids = strcmp(one->finding.rule->id, other->finding.rule->id);

	if (one->finding.verdict != other->finding.verdict)
		return COMPARE(one->finding.verdict, other->finding.verdict);
	if (one->finding.severity != other->finding.severity)
		return COMPARE(other->finding.severity, one->finding.severity);
	if (mine->time != theirs->time)
		return COMPARE(mine->time, theirs->time);
	if (first_frame(mine) != first_frame(theirs))
		return COMPARE(first_frame(mine), first_frame(theirs));
	if (ids != 0)
		return ids;
	return COMPARE(one->number, other->number);
}

bool
finding_counts(const struct finding *finding)
{
	return finding->suppression == NULL && finding->baseline != BASELINE_KNOWN;
}

/* The findings of GROUPS, in their order, as far as there is memory for their texts. */
static void
finish_all(const struct rule_set *rules, const struct group_list *groups, size_t most_memory,
    struct finding_list *findings, struct arena *arena)
{
	findings->items = ARENA_ARRAY(arena, struct finding, groups->count);
	for (size_t i = 0; i < groups->count; i++) {
		struct group *group = groups->items[i];

		if (mem_used() >= most_memory) {
			leave_out(findings, group->finding.occurrences, group->finding.exchange);
			continue;
		}
		finish(rules, group, arena);
		findings->items[findings->count++] = group->finding;
	}
}

struct finding_list
findings_of(const struct rule_set *rules, const struct ledger *ledger, const struct echoes *echoes,
    size_t most_memory, struct arena *arena)
{
	const size_t used = mem_used();
	const size_t room = used < most_memory ? (most_memory - used) / FINDING_BYTES : 0;
	struct group_list groups = {.most = room};
	struct finding_list findings = {0};
	struct candidate_list *candidates = candidates_of(rules, ledger);
	struct correlator correlator;

	correlator_init(&correlator, ledger);
	correlator.echoes = echoes;
	for (size_t i = 0; i < rules->count; i++)
		if (candidates[i].count != 0)
			add_rule(&correlator, rules->items[i], &candidates[i], &groups, &findings,
			    arena);
	correlator_free(&correlator);
	candidates_free(candidates, rules);
	if (groups.count != 0)
		qsort(groups.items, groups.count, sizeof(*groups.items), compare_groups);
	finish_all(rules, &groups, most_memory, &findings, arena);
	mem_free(groups.items);
	incidents_arrange(&findings, rules);
	finding_ids_tell_apart(&findings, arena);
	return findings;
}
