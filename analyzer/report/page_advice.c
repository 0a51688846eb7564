#include "analyzer/report/page_advice.h"

#include <stdbool.h>

#include "analyzer/report/phrase.h"
#include "analyzer/report/wrap.h"

/* "1. " and its like before an item of a row's list. Returns the column after it. */
static size_t
add_item_start(struct page *page, const char *label, size_t index)
{
	size_t start;

	if (index == 0)
		page_add_label(page, label);
	else
		wrap_indent(&page->text, PAGE_VALUE_INDENT);
	start = page->text.length;
	text_addf(&page->text, "%zu. ", index + 1);
	return PAGE_VALUE_INDENT + page->text.length - start;
}

/* Wraps the page's value from COLUMN on, and ends the line. */
static void
add_wrapped_value(struct page *page, size_t column)
{
	wrap_words(&page->text, column, column, page_columns(page), text_chars(&page->value));
	text_clear(&page->value);
	text_add_char(&page->text, '\n');
}

/* A labelled line below a step; nothing when VALUE is NULL. */
static void
add_remark(struct page *page, size_t column, const char *label, const char *value)
{
	if (value == NULL)
		return;
	wrap_indent(&page->text, column);
	text_add(&page->value, label);
	text_add_visible(&page->value, value);
	add_wrapped_value(page, column);
}

void
page_add_causes(struct page *page, const struct found_cause_list *causes)
{
	size_t column;

	for (size_t i = 0; i < causes->count; i++) {
		const struct found_cause *cause = &causes->items[i];

		column = add_item_start(page, "causes", i);
		text_add_visible(&page->value, cause->text);
		add_wrapped_value(page, column);
		for (size_t j = 0; j < cause->quote_count; j++) {
			phrase_add_quote(&page->value, cause->stance, &cause->quotes[j]);
			wrap_indent(&page->text, column);
			add_wrapped_value(page, column);
		}
	}
}

/* " (on the server)". */
static void
add_place(struct text *text, const char *on)
{
	const char *phrase = phrase_place(on);

	if (phrase != NULL)
		text_addf(text, " (%s)", phrase);
	else if (on != NULL)
		text_addf(text, " (on %s)", on);
}

static void
add_next_step(struct page *page, const struct step_advice *step, size_t index)
{
	size_t column = add_item_start(page, "next", index);

	text_add_visible(&page->value, step->text);
	add_place(&page->value, step->on);
	add_wrapped_value(page, column);
	if (step->run != NULL) {
		/* Alone on its line, to be copied. */
		wrap_indent(&page->text, column + 4);
		text_add_visible(&page->text, step->run);
		text_add_char(&page->text, '\n');
	}
	add_remark(page, column, "Applies to: ", step->applies_to);
	add_remark(page, column, "Lowers security: ", phrase_lowered_security(step));
	add_remark(page, column, "Risk: ", phrase_risk(step));
}

void
page_add_next_steps(struct page *page, const struct advice_list *steps)
{
	for (size_t i = 0; i < steps->count; i++)
		add_next_step(page, &steps->items[i], i);
}
