#include "analyzer/command/extraction.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/base/infile.h"
#include "analyzer/base/nearest.h"
#include "analyzer/base/stopwatch.h"
#include "analyzer/base/text.h"
#include "analyzer/command/command.h"
#include "analyzer/command/verbose.h"
#include "analyzer/evidence/annotate.h"
#include "analyzer/evidence/same_finding.h"
#include "analyzer/evidence/section.h"
#include "analyzer/evidence/selection.h"

/* ---- the files ---- */

static bool
fail_scratch(struct error *error)
{
	return error_set(
	    error, EXIT_INTERNAL, "a temporary file cannot be written: %s", strerror(errno));
}

bool
extracted_open(struct extracted *capture, struct error *error)
{
	capture->outfile = outfile_open(capture->evidence_path, error);
	if (capture->outfile == NULL)
		return false;
	if (!outfile_is_direct(capture->outfile))
		return true;
	capture->scratch = tmpfile();
	return (capture->scratch != NULL &&
		   fcntl(fileno(capture->scratch), F_SETFD, FD_CLOEXEC) == 0) ||
	       fail_scratch(error);
}

void
extracted_close(struct extracted *capture)
{
	outfile_abandon(capture->outfile);
	if (capture->scratch != NULL)
		fclose(capture->scratch);
	capture->outfile = NULL;
	capture->scratch = NULL;
}

static const struct capture_facts *
facts_of(const struct extracted *capture)
{
	return &capture->compared->analysis.facts;
}

static const struct finding_list *
findings_at(const struct extraction *extraction, size_t point)
{
	return &extraction->points.captures[point]->findings;
}

/* ---- what is asked for ---- */

static bool
is_number(const char *word)
{
	return word[0] != '\0' && strspn(word, "0123456789") == strlen(word);
}

/* By its id, or by its number in the report. */
static const struct finding *
find_finding(const struct finding_list *findings, const char *word)
{
	unsigned long long number;

	if (!is_number(word))
		return finding_called(findings, word);
	number = strtoull(word, NULL, 10);
	return number >= 1 && number <= findings->count ? &findings->items[number - 1] : NULL;
}

static bool
fail_unknown(const struct extraction *extraction, const char *word, struct error *error)
{
	struct nearest nearest = nearest_to(word);
	struct text ids = {0}, files = {0};

	for (size_t i = 0; i < extraction->count; i++) {
		const struct finding_list *findings = findings_at(extraction, i);

		text_addf(&files, "%s%s", i ? ", " : "", extraction->by_point[i]->path);
		for (size_t j = 0; j < findings->count; j++) {
			nearest_try(&nearest, findings->items[j].id);
			text_addf(&ids, "%s%s", ids.length ? ", " : "", findings->items[j].id);
		}
	}
	if (ids.length == 0)
		error_set(error, EXIT_USAGE, "--finding %s: there are no findings in %s", word,
		    text_chars(&files));
	else if (nearest.best != NULL)
		error_set(error, EXIT_USAGE,
		    "--finding %s: there is no such finding in %s; did you mean %s?", word,
		    text_chars(&files), nearest.best);
	else
		error_set(error, EXIT_USAGE, "--finding %s: there is no such finding in %s; %s %s",
		    word, text_chars(&files), extraction->count == 1 ? "it has" : "they have",
		    text_chars(&ids));
	text_free(&ids);
	text_free(&files);
	return false;
}

/* What is called so in any of the captures: one cause may be a finding of several. */
static bool
choose_called(struct extraction *extraction, const char *word, struct error *error)
{
	size_t before = extraction->target_count;
	const struct finding *finding;

	if (is_number(word) && extraction->count > 1)
		return error_set(error, EXIT_USAGE,
		    "--finding %s: each of several captures has its own first finding; name the id",
		    word);
	for (size_t i = 0; i < extraction->count; i++) {
		finding = find_finding(findings_at(extraction, i), word);
		if (finding != NULL)
			extraction->targets[extraction->target_count++] =
			    (struct evidence_target){.finding = finding,
				.of = extraction->points.captures[i],
				.point = i,
				.level = EVIDENCE_FRAMES};
	}
	return extraction->target_count != before || fail_unknown(extraction, word, error);
}

static bool
choose_targets(struct extraction *extraction, struct error *error)
{
	const struct settings *settings = extraction->settings;

	for (size_t i = 0; i < settings->finding_count; i++)
		if (!choose_called(extraction, settings->findings[i], error))
			return false;
	return true;
}

/* ---- the captures ---- */

/* Of a trace, each file has a digest of its own. */
static bool
take_digest(struct extraction *extraction, struct extracted *capture, struct error *error)
{
	const struct capture_facts *facts = facts_of(capture);

	if (facts->part_count != 0)
		return command_digest_parts(extraction->progress, facts, &extraction->arena, error);
	return command_digest(extraction->progress, capture->path, capture->digest, error);
}

static bool
read_capture(struct extraction *extraction, struct extracted *capture, struct error *error)
{
	struct one_trace *trace = capture->trace;
	int64_t start = stopwatch_now();

	progress_file(extraction->progress, trace->size);
	if (!one_trace_order(trace, extraction->settings, error))
		return false;
	capture->path = trace->paths[0];
	capture->compared = comparison_read(
	    &extraction->comparison, &trace->files, capture->vantage, extraction->progress, error);
	if (capture->compared == NULL)
		return false;
	verbose_tell_capture(&capture->compared->analysis, stopwatch_now() - start);
	return one_trace_settle(trace, facts_of(capture)->part_count, error) &&
	       take_digest(extraction, capture, error);
}

/* The comparison has put them in order. */
static void
find_points(struct extraction *extraction)
{
	const struct comparison *comparison = &extraction->comparison;

	extraction->points.path = &comparison->path;
	for (size_t i = 0; i < comparison->count; i++) {
		extraction->points.captures[i] = &comparison->items[i]->analysis.report;
		for (size_t j = 0; j < extraction->count; j++)
			if (extraction->captures[j].compared == comparison->items[i])
				extraction->by_point[i] = &extraction->captures[j];
	}
}

static bool
read_captures(struct extraction *extraction, struct error *error)
{
	comparison_begin(
	    &extraction->comparison, extraction->count, &extraction->settings->analysis);
	for (size_t i = 0; i < extraction->count; i++)
		if (!read_capture(extraction, &extraction->captures[i], error))
			return false;
	comparison_judge(&extraction->comparison);
	find_points(extraction);
	return true;
}

/* ---- one attempt ---- */

/* NEEDS has those of each point. */
static void
add_needs(const struct extraction *extraction, struct need_set *needs)
{
	for (size_t i = 0; i < extraction->target_count; i++) {
		const struct evidence_target *target = &extraction->targets[i];

		for (size_t j = 0; j < extraction->count; j++)
			needs_add(&needs[j], extraction->points.captures[j], target->of,
			    target->finding, target->level);
	}
	for (size_t i = 0; i < extraction->target_count; i++)
		controls_add(needs, &extraction->points, &extraction->targets[i]);
	for (size_t i = 0; i < extraction->count; i++)
		needs_settle(&needs[i]);
}

/* Lets the packets of CAPTURE pass once more. */
static bool
select_packets(const struct extraction *extraction, const struct extracted *capture,
    struct selection *selection, struct error *error)
{
	struct analysis_options options = extraction->comparison.options;
	struct analysis analysis;
	bool is_ok;

	options.rules = NULL;
	options.tap = selection_tap(selection);
	/* Of several, those that were read before are no more the file at hand. */
	options.progress = extraction->count == 1 ? extraction->progress : NULL;
	is_ok = analysis_run_trace(&analysis, &capture->trace->files, &options, error);
	analysis_free(&analysis);
	selection_end(selection);
	return is_ok;
}

/* Where the next attempt goes. */
static FILE *
draft_stream(struct extracted *capture, struct error *error)
{
	if (outfile_restart(capture->outfile))
		return outfile_stream(capture->outfile);
	rewind(capture->scratch);
	if (ftruncate(fileno(capture->scratch), 0) == 0)
		return capture->scratch;
	fail_scratch(error);
	return NULL;
}

/* By which it can be read; negative, with ERROR. */
static int
draft_descriptor(struct extracted *capture, struct error *error)
{
	if (capture->scratch == NULL)
		return outfile_draft(capture->outfile, error);
	if (fflush(capture->scratch) == 0 && !ferror(capture->scratch))
		return fileno(capture->scratch);
	fail_scratch(error);
	return -1;
}

static struct pcapng_section
section_of(struct extraction *extraction, const struct extracted *capture)
{
	const char *names[POINTS_MOST];
	const struct evidence_facts about = {.path = capture->path,
	    .digest = capture->digest,
	    .facts = facts_of(capture),
	    .rules = extraction->rules,
	    .targets = extraction->targets,
	    .target_count = extraction->target_count,
	    .names = names,
	    .name_count = extraction->count};

	for (size_t i = 0; i < extraction->count; i++)
		names[i] = extraction->by_point[i]->evidence_path;
	return evidence_section(&about, &extraction->arena);
}

static bool
write_draft(struct extraction *extraction, struct extracted *capture, const struct need_set *needs,
    const struct selection *selection, struct error *error)
{
	struct note_list notes = {0};
	const struct evidence evidence = {.files = &capture->trace->files,
	    .reading = {extraction->comparison.options.filter,
		extraction->comparison.options.max_memory},
	    .facts = facts_of(capture),
	    .selection = selection,
	    .is_everything = needs->is_everything,
	    .is_of_several = extraction->count > 1,
	    .section = section_of(extraction, capture),
	    .notes = &notes};
	FILE *out = draft_stream(capture, error);
	bool is_ok;

	if (out == NULL)
		return false;
	annotate(&notes, &capture->compared->analysis.report, extraction->targets,
	    extraction->target_count, selection_frames(selection), &extraction->arena);
	is_ok = evidence_write(out, &evidence, &capture->frames, error);
	capture->written = capture->frames.count;
	notes_free(&notes);
	return is_ok;
}

static bool
draft(struct extraction *extraction, struct extracted *capture, struct need_set *needs,
    struct error *error)
{
	struct selection *selection = selection_new(needs);
	bool is_ok = select_packets(extraction, capture, selection, error) &&
		     write_draft(extraction, capture, needs, selection, error);

	selection_free(selection);
	return is_ok;
}

/* The draft stands in for the capture, by the name of its file. */
static struct compared *
read_draft(struct comparison *comparison, struct extracted *capture, struct error *error)
{
	const struct source_files files = {&capture->path, 1, true};
	int descriptor = draft_descriptor(capture, error);
	struct compared *made;

	if (descriptor < 0)
		return NULL;
	infile_lend(capture->path, descriptor);
	made = comparison_read(comparison, &files, capture->vantage, NULL, error);
	infile_lend(NULL, -1);
	return made;
}

/* Notes which findings COMPARED, the drafts in the order of the captures, yield again. */
static void
note_yielded(struct extraction *extraction, struct compared *const *compared)
{
	struct frame_lists frames = {.count = extraction->count};

	for (size_t i = 0; i < extraction->count; i++)
		frames.items[i] = &extraction->by_point[i]->frames;
	for (size_t i = 0; i < extraction->target_count; i++) {
		struct evidence_target *target = &extraction->targets[i];
		size_t place = (size_t)(extraction->by_point[target->point] - extraction->captures);

		target->is_yielded = same_finding(&target->of->findings, target->finding,
		    &compared[place]->analysis.report.findings, &frames);
	}
}

/* Compares the drafts as the captures were compared. */
static bool
verify_drafts(struct extraction *extraction, struct error *error)
{
	struct analysis_options options = extraction->settings->analysis;
	struct compared *compared[POINTS_MOST];
	struct comparison comparison;
	bool is_ok = true;

	options.filter = NULL; /* what it refuses is not in the drafts */
	comparison_begin(&comparison, extraction->count, &options);
	for (size_t i = 0; i < extraction->count && is_ok; i++) {
		compared[i] = read_draft(&comparison, &extraction->captures[i], error);
		is_ok = compared[i] != NULL;
	}
	if (is_ok) {
		comparison_judge(&comparison);
		note_yielded(extraction, compared);
	}
	comparison_free(&comparison);
	return is_ok;
}

static bool
attempt(struct extraction *extraction, struct error *error)
{
	struct need_set needs[POINTS_MOST] = {0};
	enum log_level level = log_get_level();
	bool is_ok = true;

	/* What is to be said of the sources was said when they were analysed. */
	log_set_level(LOG_QUIET);
	add_needs(extraction, needs);
	for (size_t i = 0; i < extraction->count && is_ok; i++)
		is_ok = draft(extraction, extraction->by_point[i], &needs[i], error);
	is_ok = is_ok && verify_drafts(extraction, error);
	log_set_level(level);
	for (size_t i = 0; i < extraction->count; i++) {
		frame_list_free(&extraction->by_point[i]->frames);
		needs_free(&needs[i]);
	}
	return is_ok;
}

/* Raises the level of what the drafts do not yield; false when there is nothing to raise. */
static bool
raise_levels(struct extraction *extraction)
{
	bool is_raised = false;

	for (size_t i = 0; i < extraction->target_count; i++) {
		struct evidence_target *target = &extraction->targets[i];

		if (target->is_yielded || target->level == EVIDENCE_ALL)
			continue;
		log_detail("%s needs more than %s", target->finding->id,
		    evidence_level_text(target->level));
		target->level++;
		is_raised = true;
	}
	return is_raised;
}

/* ---- the end ---- */

/* What was written elsewhere goes where the operator wants it. */
static void
copy_scratch(struct extracted *capture)
{
	FILE *out = outfile_stream(capture->outfile);
	char bytes[65536];
	size_t count;

	if (capture->scratch == NULL)
		return;
	rewind(capture->scratch);
	while ((count = fread(bytes, 1, sizeof(bytes), capture->scratch)) != 0)
		fwrite(bytes, 1, count, out);
}

static bool
complete(struct extraction *extraction, struct error *error)
{
	for (size_t i = 0; i < extraction->count; i++) {
		copy_scratch(&extraction->captures[i]);
		if (!outfile_complete(extraction->captures[i].outfile, error))
			return false;
	}
	return true;
}

bool
extract(struct extraction *extraction, struct error *error)
{
	if (!read_captures(extraction, error) || !choose_targets(extraction, error))
		return false;
	progress_doing(extraction->progress, "extracting");
	do {
		if (!attempt(extraction, error))
			return false;
	} while (raise_levels(extraction));
	return complete(extraction, error);
}

void
extraction_free(struct extraction *extraction)
{
	comparison_free(&extraction->comparison);
	arena_free(&extraction->arena);
}
