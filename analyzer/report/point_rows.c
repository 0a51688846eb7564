#include "analyzer/report/point_rows.h"

#include <inttypes.h>
#include <stdlib.h>

#include "analyzer/report/page.h"

/* A drift that is told: less is no news. */
#define LEAST_DRIFT INT64_C(1000000)

/* "3.2 s ahead of that of a.pcapng, give or take 0.4 ms". */
static void
add_clock(struct text *text, const struct point_facts *point)
{
	text_add(text, "clock ");
	if (point->offset == 0) {
		text_add(text, "like");
	} else {
		text_add_duration(text, llabs(point->offset));
		text_add(text, point->offset > 0 ? " ahead of" : " behind");
	}
	text_add(text, " that of ");
	text_add_visible(text, point->before);
	if (point->uncertainty < 0) {
		text_add(text, " (by packets of one direction alone, so that their time on the way "
			       "is part of it)");
	} else {
		text_add(text, ", give or take ");
		text_add_duration(text, point->uncertainty);
	}
}

/* What became of the difference until the end. */
static void
add_clock_changes(struct text *text, const struct point_facts *point)
{
	int64_t change = llabs(point->offset_change);

	if (point->clock_sets != 0) {
		text_add(text, "; one of both was set ");
		page_add_count(text, point->clock_sets, "time");
	}
	if (change >= LEAST_DRIFT && change / 2 > point->uncertainty) {
		text_add(text, "; at the end ");
		text_add_duration(text, llabs(point->last_offset));
		text_add(text, point->last_offset > 0 ? " ahead" : " behind");
	}
}

static void
add_clock_row(struct head *head, const struct point_facts *point)
{
	if (point->has_offset) {
		add_clock(&head->value, point);
		add_clock_changes(&head->value, point);
	} else {
		text_add(&head->value, "no packet is both here and in ");
		text_add_visible(&head->value, point->before);
		text_add(&head->value, ", so that nothing tells how its clock differs; were both "
				       "captured at the same time, on one path?");
	}
	head_add(head, "");
}

static void
add_share(struct text *text, uint64_t count, const char *what)
{
	if (count != 0)
		text_addf(text, ", %" PRIu64 " with %s", count, what);
}

static void
add_connection_row(struct head *head, const struct point_facts *point)
{
	struct text *text = &head->value;

	page_add_count(text, point->shared, "connection");
	text_add(text, " of SMB or Kerberos in both");
	add_share(text, point->translated, "other addresses or ports");
	add_share(text, point->renumbered, "other sequence numbers");
	add_share(
	    text, point->terminated, "a device in between that has a connection to either side");
	text_addf(text, "; %" PRIu64 " only in ", point->only_before);
	text_add_visible(text, point->before);
	text_addf(text, ", %" PRIu64 " only here", point->only_here);
	head_add(head, "");
}

/* Where it was taken, and who says so. */
static void
add_place(struct text *text, const struct capture_vantage *vantage)
{
	static const char *const places[] = {
	    [VANTAGE_UNKNOWN] = "a place that is not known",
	    [VANTAGE_CLIENT] = "the client",
	    [VANTAGE_SERVER] = "the server",
	    [VANTAGE_BETWEEN] = "a place between client and server",
	};

	if (!vantage->is_said && vantage->place == VANTAGE_UNKNOWN)
		text_add(text, "where it was taken its packets do not show (--vantage tells it)");
	else
		text_addf(text, "taken at %s, as %s", places[vantage->place],
		    vantage->is_said ? "--vantage says" : "its packets show");
}

static void
add_duplicate_row(struct head *head, const struct point_facts *point)
{
	if (point->duplicated == 0)
		return;
	page_add_count(&head->value, point->duplicated, "segment");
	text_add(&head->value, point->duplicated == 1 ? " was" : " were");
	text_add(&head->value, " doubled on the way between ");
	text_add_visible(&head->value, point->before);
	text_add(&head->value, " and here");
	head_add(head, "");
}

void
point_add_rows(struct head *head)
{
	const struct point_facts *point = head->capture->facts->point;

	if (point == NULL)
		return;
	text_addf(&head->value, "%zu of %zu, from the clients to the servers", point->number,
	    point->count);
	head_add(head, "point");
	add_place(&head->value, &point->vantage);
	head_add(head, "");
	if (point->before == NULL)
		return;
	add_clock_row(head, point);
	add_connection_row(head, point);
	add_duplicate_row(head, point);
}
