/* The time that a drawing shows, and its axis. */
#ifndef SMBTRIAGE_REPORT_SVG_SCALE_H
#define SMBTRIAGE_REPORT_SVG_SCALE_H

#include <stdint.h>

#include "analyzer/report/html_page.h"

struct svg_unit;

struct svg_scale {
	int64_t first, last; /* nanoseconds since the epoch */
	uint64_t span;       /* at least 1 */
	uint64_t distance;   /* between ticks, which begin at FIRST */
	const struct svg_unit *unit;
};

struct svg_scale svg_scale_of(const struct capture_facts *facts);

/* Percent of the width; what a clock that was set puts outside stands at the edge. */
double svg_scale_place(const struct svg_scale *scale, int64_t time);

/* The lines of the ticks through a drawing, and beyond it to where its row ends. */
void svg_scale_grid(struct html_page *page, const struct svg_scale *scale);

/* What stands at the ticks, in time since FIRST. */
void svg_scale_labels(struct html_page *page, const struct svg_scale *scale);

#endif
