/*
 * The shapes of which drawings in the HTML report are made. Places across are percent of a
 * drawing's width, places down are pixels: so a drawing fits every width, and what is written in it
 * keeps its size.
 */
#ifndef SMBTRIAGE_REPORT_SVG_H
#define SMBTRIAGE_REPORT_SVG_H

#include "analyzer/report/html_page.h"

/* A level line. */
void svg_level(struct html_page *page, const char *class, double from, double to, int y);

/* An upright line; FROM and TO are pixels, or percent of the height when they say so. */
void
svg_upright(struct html_page *page, const char *class, double x, const char *from, const char *to);

/* Opens a shape whose own coordinates are pixels from there. */
void svg_open(struct html_page *page, const char *class, double x, int y);

void svg_path(struct html_page *page, const char *class, const char *path);

/* A shape of one path. */
void svg_shape(struct html_page *page, const char *class, double x, int y, const char *path);

/* page->phrase as the title of what is open, which a browser shows and a screen reader says. */
void svg_title(struct html_page *page);

#endif
