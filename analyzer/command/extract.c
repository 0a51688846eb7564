/* The command that hands on what proves a finding: extract. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzer/analysis.h"
#include "analyzer/base/infile.h"
#include "analyzer/base/nearest.h"
#include "analyzer/base/outfile.h"
#include "analyzer/base/stopwatch.h"
#include "analyzer/base/text.h"
#include "analyzer/capture/digest.h"
#include "analyzer/command/command.h"
#include "analyzer/command/one_trace.h"
#include "analyzer/command/verbose.h"
#include "analyzer/evidence/annotate.h"
#include "analyzer/evidence/evidence_file.h"
#include "analyzer/evidence/needs.h"
#include "analyzer/evidence/same_finding.h"
#include "analyzer/evidence/section.h"
#include "analyzer/evidence/selection.h"
#include "analyzer/options.h"
#include "analyzer/progress.h"

/* The source is analysed, hashed, and picked from at least once. */
#define PASSES 3

struct extraction {
	const struct settings *settings;
	const struct rule_set *rules;
	struct one_trace source;
	const char *path; /* of its first file */
	struct arena arena;
	struct analysis analysis; /* of the source */
	struct evidence_target targets[OPTIONS_MOST_LISTED];
	size_t target_count;
	struct outfile *outfile;
	FILE *scratch;             /* in place of OUTFILE, which cannot be read again; or NULL */
	struct progress *progress; /* or NULL */
	uint64_t written;          /* packets in the file */
};

/* ---- what is asked for ---- */

/* Whether both are one file. */
static bool
is_same_file(const char *one, const char *other)
{
	struct stat mine, theirs;

	return stat(one, &mine) == 0 && stat(other, &theirs) == 0 && mine.st_dev == theirs.st_dev &&
	       mine.st_ino == theirs.st_ino;
}

/* That PATH can be read more than once, and is not written to. */
static bool
check_source(const struct settings *settings, const char *path, struct error *error)
{
	struct stat status;

	if (strcmp(path, "-") == 0)
		return error_set(error, EXIT_USAGE,
		    "extract reads the capture more than once, which standard input cannot be");
	if (is_same_file(path, settings->evidence_path))
		return error_set(error, EXIT_USAGE,
		    "-o %s: is the capture itself; evidence needs a file of its own",
		    settings->evidence_path);
	if (stat(path, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode))
		return error_set(error, EXIT_USAGE,
		    "%s: extract reads the capture more than once, which only a file can be", path);
	return true;
}

static bool
check_settings(const struct settings *settings, struct error *error)
{
	if (settings->finding_count == 0)
		return error_set(error, EXIT_USAGE,
		    "no finding is named; usage: smbtriage extract --finding ID -o OUT FILE");
	if (settings->evidence_path == NULL)
		return error_set(error, EXIT_USAGE,
		    "no file is named to write to; usage: smbtriage extract --finding ID -o OUT "
		    "FILE");
	for (size_t i = 0; i < settings->operand_count; i++)
		if (!check_source(settings, settings->operands[i], error))
			return false;
	return true;
}

/* The same of what folders hold. */
static bool
find_source(struct extraction *extraction, struct error *error)
{
	struct one_trace *source = &extraction->source;

	if (!one_trace_find(source, extraction->settings, error))
		return false;
	for (size_t i = 0; i < source->inputs.count; i++)
		if (!check_source(extraction->settings, source->inputs.items[i].path, error))
			return false;
	return true;
}

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
	const struct finding_list *findings = &extraction->analysis.report.findings;
	struct nearest nearest = nearest_to(word);
	struct text ids = {0};

	for (size_t i = 0; i < findings->count; i++) {
		nearest_try(&nearest, findings->items[i].id);
		text_addf(&ids, "%s%s", i ? ", " : "", findings->items[i].id);
	}
	if (findings->count == 0)
		error_set(error, EXIT_USAGE, "--finding %s: there are no findings in %s", word,
		    extraction->path);
	else if (nearest.best != NULL)
		error_set(error, EXIT_USAGE,
		    "--finding %s: there is no such finding in %s; did you mean %s?", word,
		    extraction->path, nearest.best);
	else
		error_set(error, EXIT_USAGE,
		    "--finding %s: there is no such finding in %s; it has %s", word,
		    extraction->path, text_chars(&ids));
	text_free(&ids);
	return false;
}

static bool
choose_targets(struct extraction *extraction, struct error *error)
{
	const struct settings *settings = extraction->settings;
	const struct finding *finding;

	for (size_t i = 0; i < settings->finding_count; i++) {
		finding =
		    find_finding(&extraction->analysis.report.findings, settings->findings[i]);
		if (finding == NULL)
			return fail_unknown(extraction, settings->findings[i], error);
		extraction->targets[extraction->target_count++] =
		    (struct evidence_target){.finding = finding, .level = EVIDENCE_FRAMES};
	}
	return true;
}

/* ---- one attempt ---- */

static void
add_needs(const struct extraction *extraction, struct need_set *needs)
{
	for (size_t i = 0; i < extraction->target_count; i++)
		needs_add(needs, &extraction->analysis.report, extraction->targets[i].finding,
		    extraction->targets[i].level);
	needs_settle(needs);
}

static bool
fail_scratch(struct error *error)
{
	return error_set(
	    error, EXIT_INTERNAL, "a temporary file cannot be written: %s", strerror(errno));
}

/* Lets the packets of the source pass once more. */
static bool
select_packets(
    const struct extraction *extraction, struct selection *selection, struct error *error)
{
	struct analysis_options options = extraction->settings->analysis;
	struct analysis analysis;
	bool is_ok;

	options.rules = NULL;
	options.tap = selection_tap(selection);
	options.progress = extraction->progress;
	is_ok = analysis_run_trace(&analysis, &extraction->source.files, &options, error);
	analysis_free(&analysis);
	selection_end(selection);
	return is_ok;
}

/* Where the next attempt goes. */
static FILE *
draft_stream(struct extraction *extraction, struct error *error)
{
	if (outfile_restart(extraction->outfile))
		return outfile_stream(extraction->outfile);
	rewind(extraction->scratch);
	if (ftruncate(fileno(extraction->scratch), 0) == 0)
		return extraction->scratch;
	fail_scratch(error);
	return NULL;
}

/* By which it can be read; negative, with ERROR. */
static int
draft_descriptor(struct extraction *extraction, struct error *error)
{
	if (extraction->scratch == NULL)
		return outfile_draft(extraction->outfile, error);
	if (fflush(extraction->scratch) == 0 && !ferror(extraction->scratch))
		return fileno(extraction->scratch);
	fail_scratch(error);
	return -1;
}

static void
add_notes(struct extraction *extraction, struct note_list *notes, const struct frame_set *kept)
{
	const struct finding *findings[OPTIONS_MOST_LISTED];

	for (size_t i = 0; i < extraction->target_count; i++)
		findings[i] = extraction->targets[i].finding;
	annotate(notes, &extraction->analysis.report, findings, extraction->target_count, kept,
	    &extraction->arena);
}

static bool
write_draft(struct extraction *extraction, const struct need_set *needs,
    const struct selection *selection, const char *digest, struct frame_list *frames,
    struct error *error)
{
	const struct evidence_facts about = {.path = extraction->path,
	    .digest = digest,
	    .facts = &extraction->analysis.facts,
	    .rules = extraction->rules,
	    .targets = extraction->targets,
	    .target_count = extraction->target_count};
	struct note_list notes = {0};
	const struct evidence evidence = {.files = &extraction->source.files,
	    .reading = {extraction->settings->analysis.filter,
		extraction->settings->analysis.max_memory},
	    .facts = &extraction->analysis.facts,
	    .selection = selection,
	    .is_everything = needs->is_everything,
	    .section = evidence_section(&about, &extraction->arena),
	    .notes = &notes};
	FILE *out = draft_stream(extraction, error);
	bool is_ok;

	if (out == NULL)
		return false;
	add_notes(extraction, &notes, selection_frames(selection));
	is_ok = evidence_write(out, &evidence, frames, error);
	notes_free(&notes);
	return is_ok;
}

/* Analyses the draft, and notes which findings it yields again. */
static bool
verify_draft(struct extraction *extraction, const struct frame_list *frames, struct error *error)
{
	struct analysis_options options = extraction->settings->analysis;
	const char *path = extraction->settings->evidence_path;
	int draft = draft_descriptor(extraction, error);
	struct analysis analysis;
	bool is_ok;

	options.filter = NULL; /* what it refuses is not in the draft */
	if (draft < 0)
		return false;
	infile_lend(path, draft);
	is_ok = analysis_run(&analysis, path, &options, error);
	infile_lend(NULL, -1);
	for (size_t i = 0; is_ok && i < extraction->target_count; i++)
		extraction->targets[i].is_yielded =
		    same_finding(&extraction->analysis.report.findings,
			extraction->targets[i].finding, &analysis.report.findings, frames);
	analysis_free(&analysis);
	return is_ok;
}

static bool
attempt(struct extraction *extraction, const char *digest, struct error *error)
{
	struct need_set needs = {0};
	struct selection *selection;
	struct frame_list frames = {0};
	enum log_level level = log_get_level();
	bool is_ok;

	/* What is to be said of the source was said when it was analysed. */
	log_set_level(LOG_QUIET);
	add_needs(extraction, &needs);
	selection = selection_new(&needs);
	is_ok = select_packets(extraction, selection, error) &&
		write_draft(extraction, &needs, selection, digest, &frames, error) &&
		verify_draft(extraction, &frames, error);
	log_set_level(level);
	extraction->written = frames.count;
	frame_list_free(&frames);
	selection_free(selection);
	needs_free(&needs);
	return is_ok;
}

/* Raises the level of what the draft does not yield; false when there is nothing to raise. */
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
copy_scratch(struct extraction *extraction)
{
	FILE *out = outfile_stream(extraction->outfile);
	char bytes[65536];
	size_t count;

	if (extraction->scratch == NULL)
		return;
	rewind(extraction->scratch);
	while ((count = fread(bytes, 1, sizeof(bytes), extraction->scratch)) != 0)
		fwrite(bytes, 1, count, out);
}

static enum exit_status
tell(const struct extraction *extraction)
{
	FILE *out = extraction->scratch != NULL ? stderr : stdout;
	enum exit_status status = EXIT_DONE;
	struct text line = {0};

	text_add_visible(&line, extraction->settings->evidence_path);
	text_addf(&line, ": %llu of %llu packets of ", (unsigned long long)extraction->written,
	    (unsigned long long)extraction->analysis.facts.packets);
	text_add_visible(&line, extraction->path);
	fprintf(out, "%s\n", text_chars(&line));
	text_free(&line);
	for (size_t i = 0; i < extraction->target_count; i++) {
		const struct evidence_target *target = &extraction->targets[i];

		fprintf(out, "  %s %s: %s\n", target->finding->id, target->finding->rule->id,
		    evidence_level_text(target->level));
		if (target->is_yielded)
			continue;
		log_error("%s: does not yield %s when it is analysed, although it has every packet",
		    extraction->settings->evidence_path, target->finding->id);
		status = EXIT_INTERNAL;
	}
	return status;
}

static enum exit_status
warn(const struct extraction *extraction)
{
	const char *damage = extraction->analysis.facts.damage;

	if (damage == NULL)
		return EXIT_DONE;
	log_warning("%s: %s", extraction->path, damage);
	return EXIT_INPUT;
}

/* Of a trace, each file has a digest of its own. */
static bool
digest_source(struct extraction *extraction, char ret[DIGEST_TEXT_SIZE], struct error *error)
{
	const struct capture_facts *facts = &extraction->analysis.facts;

	ret[0] = '\0';
	if (facts->part_count != 0)
		return command_digest_parts(extraction->progress, facts, &extraction->arena, error);
	return command_digest(extraction->progress, extraction->path, ret, error);
}

static bool
read_source(struct extraction *extraction, char digest[DIGEST_TEXT_SIZE], struct error *error)
{
	struct analysis_options options = extraction->settings->analysis;
	int64_t start = stopwatch_now();

	options.progress = extraction->progress;
	if (!one_trace_order(&extraction->source, extraction->settings, error))
		return false;
	extraction->path = extraction->source.paths[0];
	if (!analysis_run_trace(&extraction->analysis, &extraction->source.files, &options, error))
		return false;
	verbose_tell_capture(&extraction->analysis, stopwatch_now() - start);
	if (!one_trace_settle(&extraction->source, extraction->analysis.facts.part_count, error) ||
	    !choose_targets(extraction, error) || !digest_source(extraction, digest, error))
		return false;
	progress_doing(extraction->progress, "extracting");
	return true;
}

static bool
extract(struct extraction *extraction, struct error *error)
{
	char digest[DIGEST_TEXT_SIZE];

	if (!read_source(extraction, digest, error))
		return false;
	do {
		if (!attempt(extraction, digest, error))
			return false;
	} while (raise_levels(extraction));
	copy_scratch(extraction);
	return true;
}

/* In a worker. */
static enum exit_status
extract_findings(void *state)
{
	struct extraction *extraction = state;
	enum exit_status status;
	struct error error = {0};
	bool is_ok = extract(extraction, &error) && outfile_complete(extraction->outfile, &error);

	progress_hide(extraction->progress);
	status = is_ok ? command_worse(tell(extraction), warn(extraction)) : command_fail(&error);
	analysis_free(&extraction->analysis);
	return command_written(status);
}

/* Where the draft goes when it cannot go where the evidence goes. */
static bool
open_scratch(struct extraction *extraction, struct error *error)
{
	if (!outfile_is_direct(extraction->outfile))
		return true;
	extraction->scratch = tmpfile();
	return (extraction->scratch != NULL &&
		   fcntl(fileno(extraction->scratch), F_SETFD, FD_CLOEXEC) == 0) ||
	       fail_scratch(error);
}

static enum exit_status
run(struct extraction *extraction, struct settings *settings)
{
	enum exit_status status;
	struct error error = {0};

	extraction->progress = progress_new(1, extraction->source.size, PASSES);
	progress_file(extraction->progress, extraction->source.size);
	if (!command_have_done(settings, 1, extract_findings, extraction, &status)) {
		outfile_abandon(extraction->outfile);
	} else if (!outfile_commit(extraction->outfile, &error)) {
		status = command_worse(status, command_fail(&error));
	}
	progress_free(extraction->progress);
	return status;
}

/* The evidence comes into being whole or not at all. */
static enum exit_status
open_and_run(struct extraction *extraction, struct settings *settings)
{
	enum exit_status status;
	struct error error = {0};

	extraction->outfile = outfile_open(settings->evidence_path, &error);
	if (extraction->outfile == NULL)
		return command_fail(&error);
	if (open_scratch(extraction, &error)) {
		status = run(extraction, settings);
	} else {
		outfile_abandon(extraction->outfile);
		status = command_fail(&error);
	}
	if (extraction->scratch != NULL)
		fclose(extraction->scratch);
	return status;
}

enum exit_status
run_extract(struct settings *settings, struct rule_set *rules)
{
	struct extraction extraction = {
	    .settings = settings, .rules = rules, .path = settings->operands[0]};
	struct error error = {0};
	enum exit_status status;

	settings->analysis.rules = rules;
	if (!check_settings(settings, &error))
		return command_fail(&error);
	if (find_source(&extraction, &error))
		status = open_and_run(&extraction, settings);
	else
		status = command_fail(&error);
	infile_free();
	one_trace_free(&extraction.source);
	return status;
}
