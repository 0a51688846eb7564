#include "analyzer/report/explain_form.h"

#include <inttypes.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/report/ndjson_explain.h"
#include "analyzer/report/page.h"
#include "analyzer/report/page_advice.h"
#include "analyzer/report/wrap.h"
#include "rules/explanation.h"
#include "rules/mention.h"
#include "rules/template.h"

/* What is printed of a code. */
struct subject {
	const struct code_word *code;
	struct explanation_set *explanations;
	struct text_list rules; /* ids of those that speak of it; arena memory */
};

/* The explanation of SUBJECT after LAST, or the first for NULL. */
static const struct explanation *
next_of(const struct subject *subject, const struct explanation *last)
{
	return explanation_next(subject->explanations, subject->code->row->name, last);
}

static struct text_list
ids_of(struct arena *arena, const struct rule_set *rules, const struct code_word *code)
{
	const char **ids = ARENA_ARRAY(arena, const char *, rules->count);
	size_t count = 0;

	for (size_t i = 0; i < rules->count; i++)
		if (rule_mentions(rules->items[i], code->table->names, code->row->value))
			ids[count++] = rules->items[i]->id;
	return (struct text_list){ids, count};
}

/* The other codes of EXPLANATION. */
static struct text_list
likes_of(struct arena *arena, const struct explanation *explanation, const char *name)
{
	const struct text_list *codes = &explanation->codes;
	const char **likes = ARENA_ARRAY(arena, const char *, codes->count);
	size_t count = 0;

	for (size_t i = 0; i < codes->count; i++)
		if (strcmp(codes->items[i], name) != 0)
			likes[count++] = codes->items[i];
	return (struct text_list){likes, count};
}

static struct text_list
names_of(struct arena *arena, const struct type_list *types)
{
	const char **names = ARENA_ARRAY(arena, const char *, types->count);

	for (size_t i = 0; i < types->count; i++)
		names[i] = types->items[i]->name;
	return (struct text_list){names, types->count};
}

/* ---- text ---- */

/* A row of the items, separated; nothing when there are none. */
static void
add_list_row(struct page *page, const char *label, const struct text_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		text_add(&page->value, i == 0 ? "" : ", ");
		text_add_visible(&page->value, list->items[i]);
	}
	if (list->count != 0)
		page_add_value_row(page, label);
}

/* CHARS as a paragraph, and an empty line after it. */
static void
add_paragraph(struct page *page, const char *chars)
{
	text_add_visible(&page->value, chars);
	wrap_indent(&page->text, PAGE_INDENT);
	wrap_words(
	    &page->text, PAGE_INDENT, PAGE_INDENT, page_columns(page), text_chars(&page->value));
	text_clear(&page->value);
	text_add(&page->text, "\n\n");
}

static void
write_page(struct page *page, FILE *out)
{
	text_add_char(&page->text, '\n');
	fwrite(page->text.chars, 1, page->text.length, out);
	page_free(page);
}

static void
add_code_heading(struct page *page, const struct code_word *code)
{
	struct text heading = {0};

	text_add(&heading, code->row->name);
	if (code->table->is_status)
		text_addf(&heading, ", 0x%08" PRIX64, code->row->value);
	else
		text_addf(
		    &heading, ", %" PRIu64 " (0x%" PRIX64 ")", code->row->value, code->row->value);
	page_add_heading(page, text_chars(&heading));
	text_free(&heading);
}

/* The meaning as a sentence: tables begin it with or without a capital. */
static void
add_meaning(struct page *page, const char *meaning)
{
	struct text sentence = {0};

	if (meaning == NULL)
		return;
	text_add_char(&sentence,
	    meaning[0] >= 'a' && meaning[0] <= 'z' ? (char)(meaning[0] - 'a' + 'A') : meaning[0]);
	text_addf(&sentence, "%s.", meaning + 1);
	add_paragraph(page, text_chars(&sentence));
	text_free(&sentence);
}

/* TEXTS as causes that no file was asked about. */
static struct found_cause_list
causes_of(struct arena *arena, const struct text_list *texts)
{
	struct found_cause *items = ARENA_ARRAY(arena, struct found_cause, texts->count);

	for (size_t i = 0; i < texts->count; i++)
		items[i].text = texts->items[i];
	return (struct found_cause_list){items, texts->count};
}

static void
add_explanation(
    struct page *page, const struct explanation *explanation, const char *name, struct arena *arena)
{
	struct text_list at = names_of(arena, &explanation->at);
	struct text_list likes = likes_of(arena, explanation, name);
	struct found_cause_list causes = causes_of(arena, &explanation->causes);

	add_list_row(page, "at", &at);
	page_add_row(page, "in SMB", explanation->means);
	page_add_causes(page, &causes);
	page_add_next_steps(page, &explanation->next_steps);
	add_list_row(page, "likewise", &likes);
	add_list_row(page, "see", &explanation->references);
}

static bool
is_alone(const struct subject *subject, const struct explanation *explanation)
{
	return next_of(subject, NULL) == explanation && next_of(subject, explanation) == NULL;
}

static void
print_code(
    FILE *out, const struct report *report, const struct subject *subject, struct arena *arena)
{
	const struct explanation *next = NULL;
	struct page page = {.report = report};

	add_code_heading(&page, subject->code);
	add_meaning(&page, subject->code->row->meaning);
	while ((next = next_of(subject, next)) != NULL) {
		if (next->at.count == 0 && !is_alone(subject, next))
			page_add_row(&page, "at", "other exchanges");
		add_explanation(&page, next, subject->code->row->name, arena);
		if (next_of(subject, next) != NULL)
			text_add_char(&page.text, '\n');
	}
	add_list_row(&page, "rules", &subject->rules);
	write_page(&page, out);
}

static void
add_exchanges(struct page *page, const struct type_list *types)
{
	for (size_t i = 0; i < types->count; i++)
		text_addf(&page->value, "%s%s: %s", i == 0 ? "" : "; ", types->items[i]->name,
		    types->items[i]->sentence);
	page_add_value_row(page, "looks at");
}

/* Rules about any error of a kind speak of hundreds. */
#define MOST_CODES 8

static struct text_list
codes_spoken_of(struct arena *arena, const struct rule_set *rules, const struct rule *rule)
{
	const struct code_list *codes = explanation_codes(rules->explanations);
	const char **names = ARENA_ARRAY(arena, const char *, MOST_CODES);
	size_t count = 0;

	for (size_t i = 0; i < codes->count; i++)
		for (size_t j = 0; j < codes->tables[i].names->count; j++) {
			const struct names *table = codes->tables[i].names;

			if (!rule_mentions(rule, table, table->rows[j].value))
				continue;
			if (count == MOST_CODES)
				return (struct text_list){names, 0};
			names[count++] = table->rows[j].name;
		}
	return (struct text_list){names, count};
}

static struct explained_rule
explained_rule_of(struct arena *arena, const struct rule_set *rules, const struct rule *rule)
{
	struct found_cause *causes = ARENA_ARRAY(arena, struct found_cause, rule->causes.count);
	const char **fields = ARENA_ARRAY(arena, const char *, rule->explain_by.count);
	struct step_advice *steps = ARENA_ARRAY(arena, struct step_advice, rule->next_steps.count);

	for (size_t i = 0; i < rule->causes.count; i++)
		causes[i].text = template_show(arena, rule->causes.items[i].text);
	for (size_t i = 0; i < rule->next_steps.count; i++) {
		steps[i] = rule->next_steps.items[i];
		steps[i].text = template_show(arena, steps[i].text);
		if (steps[i].run != NULL)
			steps[i].run = template_show(arena, steps[i].run);
	}
	for (size_t i = 0; i < rule->explain_by.count; i++)
		fields[i] = rule->explain_by.items[i].any->name;
	return (struct explained_rule){rule, names_of(arena, &rule->types),
	    template_show(arena, rule->finding), {causes, rule->causes.count},
	    {steps, rule->next_steps.count}, {fields, rule->explain_by.count},
	    codes_spoken_of(arena, rules, rule)};
}

/* Where the causes and steps are that belong to codes. */
static void
add_codes_row(struct page *page, const struct explained_rule *texts)
{
	if (texts->codes.count == 0 && texts->explain_by.count == 0)
		return;
	text_add(&page->value, texts->codes.count != 0 ? "explained, each by its name, are "
						       : "causes and steps by the value of ");
	add_list_row(page, "codes", texts->codes.count != 0 ? &texts->codes : &texts->explain_by);
}

static void
print_rule(FILE *out, const struct report *report, const struct rule_set *rules,
    const struct rule *rule, struct arena *arena)
{
	struct explained_rule texts = explained_rule_of(arena, rules, rule);
	struct page page = {.report = report};

	page_add_heading(&page, rule->id);
	add_paragraph(&page, rule->title);
	page_add_row(&page, "severity", severity_names[rule->severity]);
	add_exchanges(&page, &rule->types);
	page_add_row(&page, "finding", texts.finding);
	page_add_causes(&page, &texts.causes);
	page_add_next_steps(&page, &texts.next_steps);
	add_codes_row(&page, &texts);
	page_add_row(&page, "harmless", rule->benign);
	page_add_row(&page, "unseen", rule->blind);
	add_list_row(&page, "see", &rule->references);
	write_page(&page, out);
}

/* ---- NDJSON ---- */

static void
write_code(FILE *out, const struct subject *subject, struct arena *arena)
{
	const struct explanation *next = NULL;
	struct explained *explanations;
	struct explained_code code = {.code = subject->code, .rules = subject->rules};
	struct text line = {0};

	while ((next = next_of(subject, next)) != NULL)
		code.count++;
	explanations = ARENA_ARRAY(arena, struct explained, code.count);
	for (size_t i = 0; i < code.count; i++) {
		next = next_of(subject, next);
		explanations[i] = (struct explained){next, names_of(arena, &next->at)};
	}
	code.explanations = explanations;
	record_write(&line, out, &explanation_record, &code);
	text_free(&line);
}

static void
write_rule(FILE *out, const struct rule_set *rules, const struct rule *rule, struct arena *arena)
{
	struct explained_rule explained = explained_rule_of(arena, rules, rule);
	struct text line = {0};

	record_write(&line, out, &rule_record, &explained);
	text_free(&line);
}

void
explain_code(
    FILE *out, enum explain_form form, const struct rule_set *rules, const struct code_word *code)
{
	struct report report = {.out = out, .is_colored = form == EXPLAIN_COLORED_TEXT};
	struct arena arena = {0};
	struct subject subject = {code, rules->explanations, ids_of(&arena, rules, code)};

	if (form == EXPLAIN_NDJSON)
		write_code(out, &subject, &arena);
	else
		print_code(out, &report, &subject, &arena);
	arena_free(&arena);
}

void
explain_rule(
    FILE *out, enum explain_form form, const struct rule_set *rules, const struct rule *rule)
{
	struct report report = {.out = out, .is_colored = form == EXPLAIN_COLORED_TEXT};
	struct arena arena = {0};

	if (form == EXPLAIN_NDJSON)
		write_rule(out, rules, rule, &arena);
	else
		print_rule(out, &report, rules, rule, &arena);
	arena_free(&arena);
}
