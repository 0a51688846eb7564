/* Captures of several points on one path: each analysed, linked to the others, and judged. */
#ifndef SMBTRIAGE_COMPARISON_H
#define SMBTRIAGE_COMPARISON_H

#include "analyzer/analysis.h"
#include "analyzer/points/twins.h"

/* One capture. */
struct compared {
	struct analysis analysis;
	struct sightings sightings;
	struct packet_tap tap;
	int rank; /* 0 where most of its connections say that it was taken at clients, 2 at servers
		   */
};

/* Everything in it lives until comparison_free(). */
struct comparison {
	struct analysis_options options;     /* of each capture: all share what memory there is */
	struct compared *items[POINTS_MOST]; /* once judged, from the clients to the servers */
	const struct report_capture *reports[POINTS_MOST]; /* theirs */
	size_t count;
	bool is_of_several; /* of a single one no segment is kept */
	struct path path;
	struct arena arena;
};

/* Of COUNT captures, as OPTIONS say, whose tap and progress are not used. */
void comparison_begin(
    struct comparison *comparison, size_t count, const struct analysis_options *options);

/* Reads PATH; no more than POINTS_MOST. The capture, or NULL with ERROR, as in analysis_run(). */
struct compared *comparison_read(struct comparison *comparison, const char *path,
    struct progress *progress, struct error *error);

/* All are read: puts them in order, by where their connections say that they were taken and else as
 * they came, compares them, and judges each. */
void comparison_judge(struct comparison *comparison);

void comparison_free(struct comparison *comparison);

#endif
