/* What `smbtriage extract` does in its worker: makes evidence files of captures, and holds them
 * against these. */
#ifndef SMBTRIAGE_COMMAND_EXTRACTION_H
#define SMBTRIAGE_COMMAND_EXTRACTION_H

#include <stdio.h>

#include "analyzer/base/outfile.h"
#include "analyzer/capture/digest.h"
#include "analyzer/command/one_trace.h"
#include "analyzer/comparison.h"
#include "analyzer/evidence/controls.h"
#include "analyzer/evidence/evidence_file.h"
#include "analyzer/evidence/target.h"
#include "analyzer/options.h"
#include "analyzer/progress.h"

/* An id that is named may be that of a finding in each capture. */
#define EXTRACTION_MOST_TARGETS (OPTIONS_MOST_LISTED * POINTS_MOST)

/* One capture, and what is made of it. */
struct extracted {
	struct one_trace *trace;   /* its files */
	const char *path;          /* of the first of them */
	const char *evidence_path; /* of the evidence file */
	struct outfile *outfile;   /* the same */
	FILE *scratch;             /* in its place, where that cannot be read again; or NULL */
	const struct capture_vantage *vantage; /* that the operator says of it; or NULL */
	struct compared *compared;             /* what came of the first analysis */
	char digest[DIGEST_TEXT_SIZE];
	struct frame_list frames; /* that the latest draft has */
	uint64_t written;         /* packets in it */
};

struct extraction {
	const struct settings *settings;
	const struct rule_set *rules;
	struct extracted captures[POINTS_MOST]; /* in the order of the operands */
	size_t count;
	struct progress *progress; /* or NULL */
	struct arena arena;
	struct comparison comparison; /* of the captures */
	/* The rest is in the order of the path. */
	struct extracted *by_point[POINTS_MOST];
	struct evidence_points points;
	struct evidence_target targets[EXTRACTION_MOST_TARGETS];
	size_t target_count;
};

/* Begins the evidence file of CAPTURE. False, with ERROR, when it cannot be. */
bool extracted_open(struct extracted *capture, struct error *error);

/* Gives up what is open of it, which a commit (base/outfile.h) has not taken. */
void extracted_close(struct extracted *capture);

/* Analyses the captures of EXTRACTION, whose members before its comparison are filled in, and
 * writes the evidence of what the operator named to their outfiles, with as much as it takes to
 * yield that again. False, with ERROR, when that cannot be done. */
bool extract(struct extraction *extraction, struct error *error);

/* Gives back what extract() made, whatever it returned. */
void extraction_free(struct extraction *extraction);

#endif
