#include "analyzer/report/page.h"

#include <inttypes.h>

#include "analyzer/report/wrap.h"

#define LABEL_COLUMNS (PAGE_VALUE_INDENT - PAGE_INDENT)

size_t
page_columns(const struct page *page)
{
	return page->report->columns != 0 ? page->report->columns : WRAP_COLUMNS;
}

void
page_paint(struct page *page, const char *colour)
{
	if (page->report->is_colored)
		text_addf(&page->text, "\033[%sm", colour);
}

void
page_unpaint(struct page *page)
{
	if (page->report->is_colored)
		text_add(&page->text, "\033[0m");
}

void
page_add_heading(struct page *page, const char *heading)
{
	page_paint(page, PAGE_BOLD);
	text_add(&page->text, heading);
	page_unpaint(page);
	text_add_char(&page->text, '\n');
}

void
page_add_label(struct page *page, const char *label)
{
	wrap_indent(&page->text, PAGE_INDENT);
	text_add(&page->text, label);
	wrap_indent(&page->text, LABEL_COLUMNS - wrap_columns(label));
}

void
page_add_row(struct page *page, const char *label, const char *value)
{
	if (value == NULL)
		return;
	page_add_label(page, label);
	wrap_words(&page->text, PAGE_VALUE_INDENT, PAGE_VALUE_INDENT, page_columns(page), value);
	text_add_char(&page->text, '\n');
}

void
page_add_item_row(struct page *page, const char *label, const char *value)
{
	page_add_label(page, label);
	text_add(&page->text, "- ");
	wrap_words(
	    &page->text, PAGE_VALUE_INDENT + 2, PAGE_VALUE_INDENT + 2, page_columns(page), value);
	text_add_char(&page->text, '\n');
}

void
page_add_value_row(struct page *page, const char *label)
{
	page_add_row(page, label, text_chars(&page->value));
	text_clear(&page->value);
}

void
page_add_verbatim_row(struct page *page, const char *label, const char *value)
{
	if (value == NULL)
		return;
	page_add_label(page, label);
	text_add_visible(&page->text, value);
	text_add_char(&page->text, '\n');
}

void
page_add_addr(struct text *text, const struct addr *addr)
{
	char chars[ADDR_TEXT_SIZE];

	text_add(text, addr_text(addr, chars));
}

void
page_add_end(struct text *text, const struct addr *addr, uint16_t port)
{
	if (addr->family == ADDR_NONE)
		text_add(text, "several");
	text_add(text, addr->family == ADDR_IPV6 ? "[" : "");
	if (addr->family != ADDR_NONE)
		page_add_addr(text, addr);
	text_add(text, addr->family == ADDR_IPV6 ? "]" : "");
	if (port != 0)
		text_addf(text, ":%u", port);
}

void
page_add_tally(struct text *text, const size_t findings[2][3])
{
	size_t inconclusive = 0;
	const char *separator = "";

	for (int severity = SEVERITY_ERROR; severity >= SEVERITY_NOTICE; severity--) {
		inconclusive += findings[VERDICT_INCONCLUSIVE][severity];
		if (findings[VERDICT_FOUND][severity] == 0)
			continue;
		text_add(text, separator);
		page_add_count(text, findings[VERDICT_FOUND][severity], severity_names[severity]);
		separator = ", ";
	}
	if (inconclusive != 0)
		text_addf(text, "%s%zu inconclusive", separator, inconclusive);
	else if (*separator == '\0')
		text_add(text, "no findings");
}

void
page_add_count(struct text *text, uint64_t count, const char *singular)
{
	text_addf(text, "%" PRIu64 " %s%s", count, singular, count == 1 ? "" : "s");
}

void
page_add_size(struct text *text, uint64_t bytes)
{
	static const char *const units[] = {"kB", "MB", "GB", "TB", "PB", "EB"};
	double value = (double)bytes / 1000;
	size_t unit = 0;

	if (bytes < 1000) {
		text_addf(text, "%" PRIu64 " B", bytes);
		return;
	}
	for (; value >= 999.5; unit++)
		value /= 1000;
	text_addf(text, "%.*f %s", value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2, value, units[unit]);
}

void
page_flush(struct page *page)
{
	fwrite(text_chars(&page->text), 1, page->text.length, page->report->out);
	text_clear(&page->text);
}

void
page_free(struct page *page)
{
	text_free(&page->text);
	text_free(&page->value);
}
