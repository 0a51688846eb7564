#include "analyzer/report/html_page.h"

void
html_open(struct html_page *page, const char *element, const char *class)
{
	markup_open(page->markup, element);
	markup_attribute(page->markup, "class", class);
}

void
html_element(struct html_page *page, const char *element, const char *class, const char *chars)
{
	if (chars == NULL)
		return;
	html_open(page, element, class);
	markup_text(page->markup, chars);
	markup_close(page->markup);
}

void
html_phrase(struct html_page *page, const char *element, const char *class)
{
	if (page->phrase.length != 0)
		html_element(page, element, class, text_chars(&page->phrase));
	text_clear(&page->phrase);
}

static void
add_heading(struct html_page *page, const char *scope, const char *class, const char *heading)
{
	html_open(page, "th", class);
	markup_attribute(page->markup, "scope", scope);
	markup_text(page->markup, heading);
	markup_close(page->markup);
}

void
html_column(struct html_page *page, const char *class, const char *heading)
{
	add_heading(page, "col", class, heading);
}

void
html_row_heading(struct html_page *page, const char *class, const char *heading)
{
	add_heading(page, "row", class, heading);
}

void
html_row(struct html_page *page, const char *heading)
{
	if (page->phrase.length == 0)
		return;
	html_open(page, "tr", NULL);
	html_row_heading(page, NULL, heading);
	html_phrase(page, "td", NULL);
	markup_close(page->markup);
	markup_newline(page->markup);
}

void
html_badge(struct html_page *page, const struct finding *finding)
{
	const char *gravity = phrase_gravity(finding);

	text_addf(&page->phrase, "badge %s", gravity);
	html_open(page, "span", text_chars(&page->phrase));
	text_clear(&page->phrase);
	markup_text(page->markup, gravity);
	markup_close(page->markup);
}

void
html_finding_anchor(struct html_page *page, size_t number)
{
	markup_attributef(page->markup, "id", "c%zu-f%zu", page->number, number);
}

void
html_open_finding_link(struct html_page *page, size_t number, const char *otherwise)
{
	if (number > HTML_MOST_TOLD) {
		markup_open(page->markup, otherwise);
		return;
	}
	markup_open(page->markup, "a");
	markup_attributef(page->markup, "href", "#c%zu-f%zu", page->number, number);
}

void
html_finding_link(struct html_page *page, size_t number, const char *chars)
{
	html_open_finding_link(page, number, "span");
	markup_text(page->markup, chars);
	markup_close(page->markup);
}

void
html_conversation_anchor(struct html_page *page, size_t index)
{
	markup_attributef(page->markup, "id", "c%zu-v%zu", page->number, index + 1);
}

void
html_conversation_link(struct html_page *page, size_t index, const char *chars)
{
	bool is_linked = html_choice_has(&page->rows, index);

	if (is_linked) {
		markup_open(page->markup, "a");
		markup_attributef(page->markup, "href", "#c%zu-v%zu", page->number, index + 1);
	}
	markup_text(page->markup, chars);
	if (is_linked)
		markup_close(page->markup);
}
