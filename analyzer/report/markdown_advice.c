#include "analyzer/report/markdown_advice.h"

#include <stdbool.h>

#include "analyzer/base/text.h"
#include "analyzer/report/markdown_text.h"
#include "analyzer/report/phrase.h"
#include "analyzer/report/wrap.h"

#define MOST_DIFFERENCES 3 /* with more of them all is easier to read */
#define DIFFERENT_INDENT 2

/* "1. ". Returns the columns it takes, behind which what belongs to the item stands. */
static size_t
add_item_start(struct page *page, size_t index)
{
	size_t start = page->text.length;

	text_addf(&page->text, "%zu. ", index + 1);
	return page->text.length - start;
}

/* A cause, and what files beside the capture say of it. */
static void
add_cause(struct page *page, const struct found_cause *cause, size_t index)
{
	size_t indent = add_item_start(page, index);

	markdown_add_prose(&page->text, cause->text);
	text_add_char(&page->text, '\n');
	for (size_t i = 0; i < cause->quote_count; i++) {
		text_add_char(&page->text, '\n');
		wrap_indent(&page->text, indent);
		phrase_add_quote_place(&page->value, cause->stance, &cause->quotes[i]);
		markdown_add_prose(&page->text, text_chars(&page->value));
		text_clear(&page->value);
		text_add_char(&page->text, ' ');
		markdown_add_code(&page->text, cause->quotes[i].text);
		text_add_char(&page->text, '\n');
	}
}

static void
add_causes(struct page *page, const struct found_cause_list *causes)
{
	if (causes->count != 0)
		text_add(&page->text, "\n**Likely causes**\n\n");
	for (size_t i = 0; i < causes->count; i++) {
		add_cause(page, &causes->items[i], i);
	}
}

/* A paragraph within an item; nothing when CHARS is NULL. */
static void
add_remark(struct page *page, size_t indent, const char *label, const char *chars)
{
	if (chars == NULL)
		return;
	text_add_char(&page->text, '\n');
	wrap_indent(&page->text, indent);
	text_addf(&page->text, "*%s:* ", label);
	markdown_add_prose(&page->text, chars);
	text_add_char(&page->text, '\n');
}

/* A command within an item, alone, to be copied; nothing when RUN is NULL. */
static void
add_command(struct page *page, size_t indent, const char *run)
{
	if (run == NULL)
		return;
	text_add_char(&page->text, '\n');
	markdown_add_block(&page->text, indent, "", run);
}

/* " (on the server)". */
static void
add_place(struct text *text, const char *on)
{
	const char *phrase = phrase_place(on);

	if (phrase != NULL) {
		text_addf(text, " (%s)", phrase);
	} else if (on != NULL) {
		text_add(text, " (on ");
		markdown_add_code(text, on);
		text_add_char(text, ')');
	}
}

static void
add_step(struct page *page, const struct step_advice *step, size_t index)
{
	size_t indent = add_item_start(page, index);

	markdown_add_prose(&page->text, step->text);
	add_place(&page->text, step->on);
	text_add_char(&page->text, '\n');
	add_command(page, indent, step->run);
	add_remark(page, indent, "Applies to", step->applies_to);
	add_remark(page, indent, "Lowers security", phrase_lowered_security(step));
	add_remark(page, indent, "Risk", phrase_risk(step));
}

static void
add_steps(struct page *page, const struct advice_list *steps)
{
	if (steps->count != 0)
		text_add(&page->text, "\n**What to do next**\n\n");
	for (size_t i = 0; i < steps->count; i++)
		add_step(page, &steps->items[i], i);
}

static void
add_caveats(struct page *page, const struct rule *rule)
{
	if (rule->benign != NULL || rule->blind != NULL)
		text_add_char(&page->text, '\n');
	markdown_add_item(&page->text, "When it is harmless", rule->benign);
	markdown_add_item(&page->text, "What cannot be seen", rule->blind);
}

/* ---- advice that stands above ---- */

/* "- Step 2: …". */
static void
add_different(struct page *page, const char *what, size_t index, const char *chars)
{
	text_addf(&page->text, "- %s %zu: ", what, index + 1);
	markdown_add_prose(&page->text, chars);
	text_add_char(&page->text, '\n');
}

static bool
is_same_step(const struct step_advice *one, const struct step_advice *other)
{
	return text_is_same(one->text, other->text) && text_is_same(one->run, other->run);
}

/* How many causes and steps of FINDING those of OTHER are not, at the same place. */
static size_t
count_differences(const struct finding *finding, const struct finding *other)
{
	size_t count = 0;

	for (size_t i = 0; i < finding->causes.count; i++)
		count += !phrase_is_same_cause(&finding->causes.items[i], &other->causes.items[i]);
	for (size_t i = 0; i < finding->next_steps.count; i++)
		count += !is_same_step(&finding->next_steps.items[i], &other->next_steps.items[i]);
	return count;
}

/* Whether OTHER's causes and steps are FINDING's but for a name here and there. */
static bool
is_similar(const struct finding *finding, const struct finding *other)
{
	size_t count = finding->causes.count + finding->next_steps.count, differences;

	if (finding->rule != other->rule || finding->causes.count != other->causes.count ||
	    finding->next_steps.count != other->next_steps.count)
		return false;
	differences = count_differences(finding, other);
	/* What files beside the capture say of each is said with each. */
	if (differences != 0 && (finding->attested.count != 0 || other->attested.count != 0))
		return false;
	return differences <= MOST_DIFFERENCES && differences <= count / 2;
}

/* What is to be read instead of the causes and steps of OTHER, whose number is NUMBER. */
static void
add_differences(
    struct page *page, const struct finding *finding, const struct finding *other, size_t number)
{
	bool is_same = count_differences(finding, other) == 0;

	text_addf(&page->text, "\nCauses and next steps are those of finding %zu%s\n", number,
	    is_same ? "." : ", but for these:\n");
	for (size_t i = 0; i < finding->causes.count; i++)
		if (!phrase_is_same_cause(&finding->causes.items[i], &other->causes.items[i]))
			add_different(page, "Cause", i, finding->causes.items[i].text);
	for (size_t i = 0; i < finding->next_steps.count; i++) {
		const struct step_advice *mine = &finding->next_steps.items[i];
		const struct step_advice *theirs = &other->next_steps.items[i];

		if (is_same_step(mine, theirs))
			continue;
		add_different(page, "Step", i, mine->text);
		if (!text_is_same(mine->run, theirs->run))
			add_command(page, DIFFERENT_INDENT, mine->run);
	}
}

void
markdown_add_advice(struct page *page, const struct finding *finding, size_t number)
{
	for (size_t i = 0; i < page->advised.count; i++) {
		const struct finding *other = page->advised.items[i].finding;

		if (!is_similar(finding, other))
			continue;
		add_differences(page, finding, other, page->advised.items[i].number);
		return;
	}
	advised_first(&page->advised, finding, number);
	add_causes(page, &finding->causes);
	add_steps(page, &finding->next_steps);
	add_caveats(page, finding->rule);
}
