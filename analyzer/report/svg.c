#include "analyzer/report/svg.h"

static void
add_line(
    struct html_page *page, const char *class, double x1, double x2, const char *y1, const char *y2)
{
	html_open(page, "line", class);
	markup_attributef(page->markup, "x1", "%.3f%%", x1);
	markup_attributef(page->markup, "x2", "%.3f%%", x2);
	markup_attribute(page->markup, "y1", y1);
	markup_attribute(page->markup, "y2", y2);
	markup_close(page->markup);
}

void
svg_level(struct html_page *page, const char *class, double from, double to, int y)
{
	char chars[16];

	snprintf(chars, sizeof(chars), "%d", y);
	add_line(page, class, from, to, chars, chars);
}

void
svg_upright(struct html_page *page, const char *class, double x, const char *from, const char *to)
{
	add_line(page, class, x, x, from, to);
}

void
svg_open(struct html_page *page, const char *class, double x, int y)
{
	html_open(page, "svg", class);
	markup_attributef(page->markup, "x", "%.3f%%", x);
	markup_attributef(page->markup, "y", "%d", y);
}

void
svg_path(struct html_page *page, const char *class, const char *path)
{
	html_open(page, "path", class);
	markup_attribute(page->markup, "d", path);
	markup_close(page->markup);
}

void
svg_shape(struct html_page *page, const char *class, double x, int y, const char *path)
{
	svg_open(page, NULL, x, y);
	svg_path(page, class, path);
	markup_close(page->markup);
}

void
svg_title(struct html_page *page)
{
	html_phrase(page, "title", NULL);
}
