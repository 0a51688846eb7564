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
	struct capture_vantage vantage;
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

/* Reads FILES, which were taken at VANTAGE as the operator says; NULL: as the options have it. No
 * more than POINTS_MOST. The capture, or NULL with ERROR, as in analysis_run(). */
struct compared *comparison_read(struct comparison *comparison, const struct source_files *files,
    const struct capture_vantage *vantage, struct progress *progress, struct error *error);

/* All are read: puts them in order, by where they were taken as far as that is known, where that is
 * one place for several and nobody said it by the times of their packets, and else as they came;
 * compares them, and judges each. */
void comparison_judge(struct comparison *comparison);

void comparison_free(struct comparison *comparison);

#endif
