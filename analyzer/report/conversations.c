#include "analyzer/report/conversations.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "analyzer/base/table.h"
#include "analyzer/report/phrase.h"
#include "rules/template.h"

#define MOST_NUMBERS 4 /* of findings that are named beside one conversation */

const char *const conversation_step_names[CONVERSATION_STEPS] = {
    "TCP", "nego", "session", "tree", "use"};

/* How much a conversation belongs into a short table. */
enum rank {
	RANK_STOPPED_AND_FOUND, /* a finding speaks of it */
	RANK_UNSEEN_AND_FOUND,
	RANK_STOPPED,
	RANK_UNSEEN,
	RANK_WORKED_AND_FOUND,
	RANK_WORKED,
};

/* A conversation while the table is made. */
struct candidate {
	const struct report_conversation *conversation;
	enum rank rank;
	bool is_unseen;                /* the capture cannot tell how far it got */
	size_t place;                  /* in order of first frames */
	const struct exchange *found;  /* of the first finding that speaks of it; NULL: none does */
	const struct exchange *failed; /* its last exchange that failed; NULL: none did */
	size_t numbers[MOST_NUMBERS];  /* of findings, from 1 */
	size_t number_count;           /* all of them, also those that are not in NUMBERS */
	bool is_first;                 /* of a finding's examples */
};

static bool
is_kerberos(const struct candidate *candidate)
{
	return report_is_spoken(candidate->conversation, "kerberos");
}

/* ---- which exchange stopped it ---- */

/* Whether EXCHANGE was refused, or not answered. */
static bool
has_failed(const struct exchange *exchange)
{
	if (exchange->answer_frame == 0)
		return exchange->outcome != OUTCOME_ANSWERED;
	return exchange_is_refused(exchange);
}

/* The first word of the request: "NEGOTIATE". */
static void
add_request_word(struct text *text, const struct exchange *exchange)
{
	struct text label = {0};

	label_fill(&label, exchange->type->request_label, exchange);
	text_add_bytes(text, text_chars(&label), strcspn(text_chars(&label), " "));
	text_free(&label);
}

static void
add_silence(struct text *text, const struct exchange *exchange)
{
	text_add(text, "no answer");
	if (exchange->waited <= 0)
		return;
	text_add(text, " for ");
	text_add_duration(text, exchange->waited);
}

/* What came instead of an answer. */
static void
add_end(struct text *text, const struct exchange *exchange)
{
	const char *network = exchange->type->network_label;
	bool is_by_server = exchange->ended_by == ENDED_BY_SERVER;

	if (exchange->outcome == OUTCOME_UNKNOWN) {
		text_add(text, "no answer is visible");
		if (exchange->doubt != DOUBT_NONE)
			text_addf(text, " (%s)", names_text(&doubt_names, exchange->doubt));
	} else if (exchange->ended_by == ENDED_BY_NETWORK && network != NULL) {
		label_fill(text, network, exchange);
	} else if (exchange->ended_by == ENDED_BY_NETWORK) {
		text_add(text, "ICMP error");
	} else if (exchange->outcome == OUTCOME_UNANSWERED || !is_by_server) {
		add_silence(text, exchange);
	} else {
		text_add(text, exchange->outcome == OUTCOME_RESET ? "RST" : "FIN");
	}
}

/* "TREE_CONNECT STATUS_BAD_NETWORK_NAME", "NEGOTIATE: no answer for 60.0 s". */
static void
add_failure(struct text *text, const struct exchange *exchange)
{
	if (exchange->type->request_label == NULL || exchange->type->answer_label == NULL) {
		text_add(text, exchange->type->name);
	} else if (exchange->answer_frame != 0) {
		label_fill(text, exchange->type->answer_label, exchange);
	} else {
		add_request_word(text, exchange);
		text_add(text, ": ");
		add_end(text, exchange);
	}
}

/* ---- what is known of each conversation ---- */

static bool
is_of_facts(const void *entry, const void *key)
{
	return ((const struct candidate *)entry)->conversation->facts == key;
}

static uint64_t
hash_facts(const struct conversation_facts *facts)
{
	return hash_u64((uintptr_t)facts);
}

static struct candidate *
find(const struct table *table, const struct conversation_facts *facts)
{
	return table_find(table, hash_facts(facts), is_of_facts, facts);
}

static void
note_finding(struct candidate *candidate, size_t number, const struct exchange *example)
{
	size_t count = candidate->number_count;

	if (count != 0 && count <= MOST_NUMBERS && candidate->numbers[count - 1] == number)
		return;
	if (count < MOST_NUMBERS)
		candidate->numbers[count] = number;
	candidate->number_count++;
	if (candidate->found == NULL)
		candidate->found = example;
}

static void
note_findings(const struct table *table, const struct finding_list *findings)
{
	struct candidate *candidate;

	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->items[i];

		for (size_t j = 0; j < finding->example_count && finding_counts(finding); j++) {
			candidate = find(table, finding->examples[j]->conversation);
			if (candidate == NULL)
				continue;
			note_finding(candidate, i + 1, finding->examples[j]);
			candidate->is_first |= j == 0;
		}
	}
}

static void
note_failures(const struct table *table, const struct ledger *ledger)
{
	struct candidate *candidate;

	for (size_t i = 0; i < ledger->count; i++) {
		if (!has_failed(ledger->items[i]))
			continue;
		candidate = find(table, ledger->items[i]->conversation);
		if (candidate != NULL)
			candidate->failed = ledger->items[i];
	}
}

/* ---- marks ---- */

/* Whether what came after the last step that was reached is hidden. */
static bool
is_unseen(const struct candidate *candidate)
{
	const struct conversation_facts *facts = candidate->conversation->facts;

	if (both_sides(facts->sealed_messages) != 0 && facts->step >= STEP_AUTHENTICATED)
		return true;
	if (candidate->found != NULL && has_failed(candidate->found))
		return candidate->found->outcome == OUTCOME_UNKNOWN;
	if (candidate->failed != NULL)
		return candidate->failed->outcome == OUTCOME_UNKNOWN;
	return facts->close == CLOSE_NONE || facts->is_begun_before || facts->is_one_direction;
}

static enum rank
rank_of(const struct candidate *candidate)
{
	bool is_found = candidate->found != NULL;

	if (candidate->conversation->facts->step == STEP_WORKING)
		return is_found ? RANK_WORKED_AND_FOUND : RANK_WORKED;
	if (candidate->is_unseen)
		return is_found ? RANK_UNSEEN_AND_FOUND : RANK_UNSEEN;
	return is_found ? RANK_STOPPED_AND_FOUND : RANK_STOPPED;
}

static void
set_marks(struct conversation_row *row, const struct candidate *candidate)
{
	enum step reached = candidate->conversation->facts->step;

	for (enum step step = STEP_CONNECTED; step <= STEP_WORKING; step++) {
		enum step_mark *mark = &row->marks[step - STEP_CONNECTED];

		if (step <= reached)
			*mark = STEP_MARK_REACHED;
		else if (candidate->is_unseen)
			*mark = STEP_MARK_UNSEEN;
		else
			*mark = step == reached + 1 ? STEP_MARK_STOPPED : STEP_MARK_NOT_REACHED;
	}
}

/* A KDC is spoken with, and nothing more. */
static void
set_kerberos_marks(struct conversation_row *row)
{
	const struct conversation_facts *facts = row->facts;

	if (facts->transport == TRANSPORT_TCP)
		row->marks[0] = facts->step == STEP_NONE ? STEP_MARK_STOPPED : STEP_MARK_REACHED;
}

static void
add_numbers(struct text *text, const struct candidate *candidate)
{
	if (candidate->number_count == 0)
		return;
	text_addf(text, "%s(finding%s ", text->length != 0 ? " " : "",
	    candidate->number_count == 1 ? "" : "s");
	for (size_t i = 0; i < candidate->number_count && i < MOST_NUMBERS; i++)
		text_addf(text, "%s%zu", i == 0 ? "" : ", ", candidate->numbers[i]);
	text_add(text, candidate->number_count > MOST_NUMBERS ? ", …)" : ")");
}

/* What a finding speaks of comes before another failure, and that before how the connection ended.
 */
static void
add_reason(struct text *text, const struct candidate *candidate)
{
	const struct conversation_facts *facts = candidate->conversation->facts;
	const struct exchange *failed = candidate->failed;
	struct text words = {0};

	if (candidate->found != NULL && has_failed(candidate->found))
		failed = candidate->found;
	if (candidate->is_unseen && both_sides(facts->sealed_messages) != 0)
		text_add(&words, "encrypted");
	else if (failed != NULL)
		add_failure(&words, failed);
	else if (facts->protocol == NULL && facts->speaks != NULL)
		text_addf(&words, "speaks %s", facts->speaks);
	else if (facts->is_one_direction)
		text_add(&words, "only one direction was captured");
	else if (facts->is_begun_before)
		text_add(&words, "began before the capture");
	else
		phrase_add_close(&words, facts);
	text_add_visible(text, text_chars(&words));
	text_free(&words);
}

static const char *
reason_of(const struct candidate *candidate, struct arena *arena)
{
	struct text text = {0};
	const char *reason;

	if (candidate->conversation->facts->step != STEP_WORKING || is_kerberos(candidate))
		add_reason(&text, candidate);
	add_numbers(&text, candidate);
	reason = arena_text(arena, text_chars(&text), text.length);
	text_free(&text);
	return reason;
}

/* ---- the table ---- */

static int
compare_candidates(const void *left, const void *right)
{
	const struct candidate *one = left, *other = right;

	if (one->rank != other->rank)
		return COMPARE(one->rank, other->rank);
	return COMPARE(one->place, other->place);
}

/* Kerberos explains: one conversation for each finding about it is enough. */
static size_t
keep_wanted(struct candidate *candidates, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		candidates[i].is_unseen = is_unseen(&candidates[i]);
		candidates[i].rank = rank_of(&candidates[i]);
		if (is_kerberos(&candidates[i]) && !candidates[i].is_first)
			continue;
		if (is_kerberos(&candidates[i]))
			candidates[i].rank = RANK_STOPPED_AND_FOUND;
		candidates[kept++] = candidates[i];
	}
	return kept;
}

/* Whether there is anything to tell beside how many conversations worked. */
static bool
is_telling(const struct candidate *candidates, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (candidates[i].rank <= RANK_UNSEEN && !is_kerberos(&candidates[i]))
			return true;
	return false;
}

static struct conversation_row
row_of(const struct candidate *candidate, struct arena *arena)
{
	struct conversation_row row = {.facts = candidate->conversation->facts};

	if (is_kerberos(candidate))
		set_kerberos_marks(&row);
	else
		set_marks(&row, candidate);
	row.reason = reason_of(candidate, arena);
	return row;
}

/* All conversations of CAPTURE, with what findings and exchanges say of them. */
static struct candidate *
gather(const struct report_capture *capture)
{
	struct candidate *candidates = mem_alloc(capture->conversation_count, sizeof(*candidates));
	struct table table = {0};

	for (size_t i = 0; i < capture->conversation_count; i++) {
		candidates[i].conversation = &capture->conversations[i];
		candidates[i].place = i;
		table_add(&table, hash_facts(capture->conversations[i].facts), &candidates[i]);
	}
	note_findings(&table, &capture->findings);
	note_failures(&table, capture->ledger);
	table_free(&table);
	return candidates;
}

struct conversation_table
conversations_of(const struct report_capture *capture, struct arena *arena)
{
	struct candidate *candidates;
	struct conversation_row *rows;
	struct conversation_table made = {0};
	size_t count;

	if (capture->conversation_count == 0)
		return made;
	candidates = gather(capture);
	count = keep_wanted(candidates, capture->conversation_count);
	if (is_telling(candidates, count)) {
		qsort(candidates, count, sizeof(*candidates), compare_candidates);
		made.count = count < CONVERSATIONS_MOST ? count : CONVERSATIONS_MOST;
		made.left_out = count - made.count;
		rows = ARENA_ARRAY(arena, struct conversation_row, made.count);
		for (size_t i = 0; i < made.count; i++)
			rows[i] = row_of(&candidates[i], arena);
		made.rows = rows;
	}
	mem_free(candidates);
	return made;
}
