#include "analyzer/report/svg_scale.h"

#include <inttypes.h>

#include "analyzer/base/basics.h"
#include "analyzer/report/svg.h"

#define NS_PER_S   UINT64_C(1000000000)
#define NS_PER_MIN (60 * NS_PER_S)
#define NS_PER_H   (60 * NS_PER_MIN)
#define MOST_TICKS 6 /* after the first one; their labels fit the narrowest page */

/* Distances of ticks, and how they are written. */
struct svg_unit {
	uint64_t length; /* nanoseconds */
	const char *name;
	unsigned counts[9]; /* of them, between ticks; 0 ends them */
};

static const struct svg_unit units[] = {
    {1, "ns", {1, 2, 5, 10, 20, 50, 100, 200, 500}},
    {1000, "µs", {1, 2, 5, 10, 20, 50, 100, 200, 500}},
    {1000000, "ms", {1, 2, 5, 10, 20, 50, 100, 200, 500}},
    {NS_PER_S, "s", {1, 2, 5, 10, 20, 30}},
    {NS_PER_MIN, "min", {1, 2, 5, 10, 20, 30}},
    {NS_PER_H, "h", {1, 2, 4, 8, 12}},
    {24 * NS_PER_H, "d", {1, 2, 5, 10, 20, 50, 100, 200, 500}},
};

/* The smallest distance that leaves few enough ticks. */
static void
choose_distance(struct svg_scale *scale)
{
	for (size_t i = 0; i < COUNT(units); i++) {
		scale->unit = &units[i];
		for (size_t k = 0; k < COUNT(units[i].counts) && units[i].counts[k] != 0; k++) {
			scale->distance = units[i].length * units[i].counts[k];
			if (scale->span / scale->distance <= MOST_TICKS)
				return;
		}
	}
	/* Clocks that were set by centuries. */
	scale->distance = scale->span;
}

struct svg_scale
svg_scale_of(const struct capture_facts *facts)
{
	struct svg_scale scale = {.first = facts->first_time, .last = facts->last_time};

	scale.span = max_u64((uint64_t)scale.last - (uint64_t)scale.first, 1);
	choose_distance(&scale);
	return scale;
}

double
svg_scale_place(const struct svg_scale *scale, int64_t time)
{
	if (time <= scale->first)
		return 0;
	if (time >= scale->last)
		return 100;
	return 100 * (double)((uint64_t)time - (uint64_t)scale->first) / (double)scale->span;
}

static double
place_of_tick(const struct svg_scale *scale, uint64_t tick)
{
	return 100 * (double)(tick * scale->distance) / (double)scale->span;
}

void
svg_scale_grid(struct html_page *page, const struct svg_scale *scale)
{
	for (uint64_t tick = 0; tick <= scale->span / scale->distance; tick++)
		svg_upright(page, "grid", place_of_tick(scale, tick), "-99", "999");
}

void
svg_scale_labels(struct html_page *page, const struct svg_scale *scale)
{
	for (uint64_t tick = 0; tick <= scale->span / scale->distance; tick++) {
		markup_open(page->markup, "text");
		markup_attributef(page->markup, "x", "%.3f%%", place_of_tick(scale, tick));
		markup_attribute(page->markup, "y", "12");
		markup_textf(page->markup, "%" PRIu64 " %s",
		    tick * scale->distance / scale->unit->length, scale->unit->name);
		markup_close(page->markup);
	}
}
