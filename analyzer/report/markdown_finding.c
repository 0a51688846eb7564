#include "analyzer/report/markdown_finding.h"

#include "analyzer/report/markdown_advice.h"
#include "analyzer/report/markdown_text.h"
#include "analyzer/report/phrase.h"

/* An item with the phrase that page->value holds, if it holds one. */
static void
add_phrase_item(struct page *page, const char *label)
{
	markdown_add_item(&page->text, label, text_chars(&page->value));
	text_clear(&page->value);
}

static void
add_code_item(struct page *page, const char *label, const char *chars)
{
	if (chars == NULL)
		return;
	text_addf(&page->text, "- **%s:** ", label);
	markdown_add_code(&page->text, chars);
	text_add_char(&page->text, '\n');
}

static void
add_chain(struct page *page, const struct finding *finding)
{
	struct text_list chain = phrase_chain(finding, page->arena);

	for (size_t i = 0; i < chain.count; i++)
		text_addf(&page->value, "%s%s", i == 0 ? "" : " → ", chain.items[i]);
	add_phrase_item(page, "What led to what");
}

static void
add_facts(struct page *page, const struct finding *finding, size_t number)
{
	phrase_add_ends(&page->value, finding);
	add_phrase_item(page, "Who");
	phrase_add_when(&page->value, page->capture, finding);
	add_phrase_item(page, "When");
	phrase_add_count(&page->value, page->capture, finding);
	add_phrase_item(page, "How often");
	phrase_add_certainty(&page->value, finding);
	add_phrase_item(page, "How sure");
	phrase_add_standing(&page->value, finding);
	add_phrase_item(page, "Baseline");
	phrase_add_incident(&page->value, &page->capture->findings, number);
	add_phrase_item(page, "Incident");
	add_chain(page, finding);
	add_code_item(page, "Display filter", finding->filter);
	add_code_item(page, "Whole conversation", finding->context);
}

void
markdown_add_finding(
    struct page *page, struct markdown_drawn *drawn, const struct finding *finding, size_t number)
{
	text_addf(&page->text, "\n### %zu. %s: ", number, phrase_gravity(finding));
	markdown_add_prose(&page->text, finding->rule->title);
	text_add(&page->text, "\n\n");
	markdown_add_prose(&page->text, finding->summary);
	text_add(&page->text, "\n\n");
	add_facts(page, finding, number);
	markdown_add_evidence(page, drawn, finding, number);
	markdown_add_advice(page, finding, number);
	text_add(&page->text, "\nRule ");
	markdown_add_code(&page->text, finding->rule->id);
	text_add(&page->text, ", finding ");
	markdown_add_code(&page->text, finding->id);
	text_add(&page->text, "\n");
}
