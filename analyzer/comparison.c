#include "analyzer/comparison.h"

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "analyzer/capture/source.h"
#include "analyzer/companions/attest.h"
#include "analyzer/points/crossing.h"
#include "analyzer/points/point_facts.h"
#include "analyzer/report/ladder.h"
#include "rules/twin_findings.h"

/* Of what an analysis may take, what may be kept of its segments. */
#define SHARE_OF_SIGHTINGS 8

/* ---- reading ---- */

void
comparison_begin(
    struct comparison *comparison, size_t count, const struct analysis_options *options)
{
	*comparison = (struct comparison){.options = *options, .is_of_several = count > 1};
	comparison->options.max_memory /= count;
}

static struct compared *
compared_new(const struct comparison *comparison)
{
	struct compared *made = mem_alloc(1, sizeof(*made));
	size_t most = comparison->options.max_memory / SHARE_OF_SIGHTINGS / sizeof(struct sighting);

	made->sightings.most = most != 0 ? most : SIGHTING_NONE;
	made->tap = sightings_tap(&made->sightings);
	return made;
}

static void
compared_free(struct compared *compared)
{
	sightings_free(&compared->sightings);
	analysis_free(&compared->analysis);
	mem_free(compared);
}

/* Where most of its connections say that a capture was taken. */
static enum vantage
vantage_of(const struct report_capture *capture)
{
	size_t counts[VANTAGE_BETWEEN + 1] = {0};

	for (size_t i = 0; i < capture->conversation_count; i++)
		counts[capture->conversations[i].facts->vantage]++;
	if (counts[VANTAGE_CLIENT] != counts[VANTAGE_SERVER])
		return counts[VANTAGE_CLIENT] > counts[VANTAGE_SERVER] ? VANTAGE_CLIENT
								       : VANTAGE_SERVER;
	return counts[VANTAGE_CLIENT] == 0 && counts[VANTAGE_BETWEEN] > counts[VANTAGE_UNKNOWN]
		   ? VANTAGE_BETWEEN
		   : VANTAGE_UNKNOWN;
}

struct compared *
comparison_read(struct comparison *comparison, const struct source_files *files,
    const struct capture_vantage *vantage, struct progress *progress, struct error *error)
{
	struct compared *made = compared_new(comparison);
	struct analysis_options options = comparison->options;

	if (comparison->is_of_several)
		options.tap = &made->tap;
	options.progress = progress;
	made->vantage = vantage != NULL
			    ? *vantage
			    : (struct capture_vantage){options.vantage, options.has_vantage};
	options.has_vantage = made->vantage.is_said;
	options.vantage = made->vantage.place;
	if (!analysis_read(&made->analysis, files, &options, error)) {
		compared_free(made);
		return NULL;
	}
	if (!made->vantage.is_said)
		made->vantage.place = vantage_of(&made->analysis.report);
	sightings_settle(&made->sightings);
	bound_reached(&made->analysis.facts.bounds, BOUND_SEGMENTS,
	    made->sightings.left_out + made->sightings.names_left_out,
	    made->sightings.left_out_frame);
	comparison->items[comparison->count++] = made;
	return made;
}

/* ---- the order of the points ---- */

/* A packet that comes somewhere before it was sent contradicts the clocks each time that the
 * direction changes: this many times at least, and by as much more than in the other order, which
 * is then the right one. */
#define LEAST_CONTRADICTIONS 4

/* Whether clients' packets pass OTHER first, as the times of those tell that both have. */
static bool
is_turned(const struct compared *one, const struct compared *other)
{
	struct arena arena = {0};
	size_t given, turned = SIZE_MAX;

	given = pair_connections(&one->sightings, &other->sightings, &arena).clock.stretch_count;
	if (given >= LEAST_CONTRADICTIONS)
		turned = pair_connections(&other->sightings, &one->sightings, &arena)
			     .clock.stretch_count;
	arena_free(&arena);
	return turned <= given / LEAST_CONTRADICTIONS;
}

static bool
is_before(const struct compared *one, const struct compared *other)
{
	static const int ranks[] = {[VANTAGE_CLIENT] = 0,
	    [VANTAGE_BETWEEN] = 1,
	    [VANTAGE_UNKNOWN] = 1,
	    [VANTAGE_SERVER] = 2};
	int mine = ranks[one->vantage.place], theirs = ranks[other->vantage.place];

	if (mine != theirs)
		return mine < theirs;
	return !one->vantage.is_said && !other->vantage.is_said && is_turned(other, one);
}

/* Those of one place of which nothing tells stay in the order in which they were given. */
static void
put_in_order(struct comparison *comparison)
{
	struct compared **items = comparison->items;

	for (size_t i = 1; i < comparison->count; i++)
		for (size_t j = i; j > 0 && is_before(items[j], items[j - 1]); j--)
			SWAP(struct compared *, items[j], items[j - 1]);
}

/* ---- comparing ---- */

_Static_assert(POINTS_MOST <= LADDER_MOST_POINTS, "each point has a column");

static void
link_points(struct comparison *comparison)
{
	struct path *path = &comparison->path;

	path->count = comparison->count;
	for (size_t i = 0; i < path->count; i++) {
		struct compared *compared = comparison->items[i];

		path->points[i] =
		    (struct point){compared->analysis.facts.file, &compared->analysis.facts,
			&compared->sightings, &compared->analysis.ledger, compared->vantage};
	}
	for (size_t i = 0; i < path->count; i++)
		for (size_t j = i + 1; j < path->count; j++)
			path->pairings[i][j] = pair_connections(&comparison->items[i]->sightings,
			    &comparison->items[j]->sightings, &comparison->arena);
	/* A single one is compared with none. */
	if (path->count < 2)
		return;
	crossings_link(path, &comparison->arena);
	for (size_t i = 0; i < path->count; i++) {
		struct analysis *analysis = &comparison->items[i]->analysis;

		analysis->facts.point = point_facts_of(path, i, &comparison->arena);
		analysis->report.points = comparison->reports;
		analysis->report.point_count = path->count;
		comparison->reports[i] = &analysis->report;
	}
}

/* Has files beside the captures say what they know of each exchange: of one between other addresses
 * at another point, too. */
static void
attest_points(struct comparison *comparison)
{
	for (size_t i = 0; i < comparison->count; i++)
		analysis_attest(&comparison->items[i]->analysis, &comparison->options);
	for (size_t i = 0; i < comparison->count; i++)
		attest_twins(&comparison->items[i]->analysis.ledger);
}

void
comparison_judge(struct comparison *comparison)
{
	struct finding_list *lists[POINTS_MOST];

	put_in_order(comparison);
	link_points(comparison);
	attest_points(comparison);
	for (size_t i = 0; i < comparison->count; i++) {
		struct analysis *analysis = &comparison->items[i]->analysis;

		analysis_judge(analysis, &comparison->options);
		lists[i] = &analysis->report.findings;
	}
	twin_findings_leave_out(lists, comparison->count);
}

void
comparison_free(struct comparison *comparison)
{
	for (size_t i = 0; i < comparison->count; i++)
		compared_free(comparison->items[i]);
	arena_free(&comparison->arena);
}
