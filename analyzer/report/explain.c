#include "analyzer/report/explain.h"

#include <inttypes.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/nearest.h"
#include "analyzer/report/code_word.h"
#include "analyzer/report/explain_form.h"
#include "rules/explanation.h"

/* Names offered for a word that means nothing. */
#define MOST_OFFERED 3

struct offers {
	const char *word;
	struct {
		const char *name;
		size_t distance;
	} items[MOST_OFFERED + 1]; /* nearest first; one more to put the next in */
	size_t count;
};

/* Offers NAME when it, or its SHORT form, is near enough. */
static void
offer(struct offers *offers, const char *name, const char *short_name, size_t limit)
{
	size_t distance = edit_distance(offers->word, name);
	size_t other = edit_distance(offers->word, short_name);
	size_t at = offers->count;

	if (other < distance)
		distance = other;
	if (distance >= limit)
		return;
	for (; at > 0 && offers->items[at - 1].distance > distance; at--)
		offers->items[at] = offers->items[at - 1];
	offers->items[at].name = name;
	offers->items[at].distance = distance;
	if (offers->count < MOST_OFFERED)
		offers->count++;
}

static struct offers
nearest_names(const struct rule_set *rules, const char *word)
{
	const struct code_list *codes = explanation_codes(rules->explanations);
	struct offers offers = {.word = word};
	size_t limit = nearest_to(word).distance;

	for (size_t i = 0; i < codes->count; i++)
		for (size_t j = 0; j < codes->tables[i].names->count; j++) {
			const char *name = codes->tables[i].names->rows[j].name;

			offer(&offers, name, code_word_short(name), limit);
		}
	for (size_t i = 0; i < rules->count; i++)
		offer(&offers, rules->items[i]->id, rules->items[i]->id, limit);
	return offers;
}

static bool
fail(const struct rule_set *rules, const char *word, struct error *error)
{
	struct offers offers;
	struct text text = {0};

	text_add_visible(&text, word);
	if (code_word_is_number(word)) {
		text_add(&text, ": no status or Kerberos error of this number is known here");
	} else {
		offers = nearest_names(rules, word);
		text_add(&text, ": there is no such status, Kerberos error or rule");
		for (size_t i = 0; i < offers.count; i++)
			text_addf(&text, "%s%s",
			    i == 0                  ? "; did you mean "
			    : i + 1 == offers.count ? " or "
						    : ", ",
			    offers.items[i].name);
		text_add(&text, offers.count != 0 ? "?" : "");
	}
	error_set(error, EXIT_USAGE, "%s", text_chars(&text));
	text_free(&text);
	return false;
}

static const struct rule *
rule_called(const struct rule_set *rules, const char *word)
{
	for (size_t i = 0; i < rules->count; i++)
		if (text_equal_nocase(rules->items[i]->id, word))
			return rules->items[i];
	return NULL;
}

bool
explain(FILE *out, enum explain_form form, const struct rule_set *rules, const char *word,
    struct error *error)
{
	const struct code_list *codes = explanation_codes(rules->explanations);
	const struct rule *rule = rule_called(rules, word);
	struct code_word found[CODE_WORD_MOST];
	size_t count = rule == NULL ? code_word_find(codes, word, found) : 0;

	if (rule == NULL && count == 0)
		return fail(rules, word, error);
	if (rule != NULL)
		explain_rule(out, form, rules, rule);
	for (size_t i = 0; i < count; i++)
		explain_code(out, form, rules, &found[i]);
	return true;
}
