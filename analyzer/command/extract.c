/* The command that hands on what proves a finding: extract. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzer/base/infile.h"
#include "analyzer/base/text.h"
#include "analyzer/command/command.h"
#include "analyzer/command/evidence_name.h"
#include "analyzer/command/extraction.h"

/* The source is analysed, hashed, and picked from at least once. */
#define PASSES 3

/* A run of the command. */
struct extract_run {
	struct settings *settings;
	struct one_trace_list traces;
	struct extraction extraction;
	bool is_new_folder; /* for the evidence of several captures */
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

/* That PATH can be read more than once. */
static bool
check_source(const char *path, struct error *error)
{
	struct stat status;

	if (strcmp(path, "-") == 0)
		return error_set(error, EXIT_USAGE,
		    "extract reads the capture more than once, which standard input cannot be");
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
		    "no finding is named, by its id in the report of analyze or compare; usage: "
		    "smbtriage extract --finding ID -o OUT FILE...");
	if (settings->evidence_path == NULL)
		return error_set(error, EXIT_USAGE,
		    "no file is named to write to; usage: smbtriage extract --finding ID -o OUT "
		    "FILE...");
	for (size_t i = 0; i < settings->operand_count; i++)
		if (!check_source(settings->operands[i], error))
			return false;
	return true;
}

/* The same of what folders hold, and that EVIDENCE_PATH is none of it. */
static bool
check_files(const struct extract_run *run, const char *evidence_path, struct error *error)
{
	for (size_t i = 0; i < run->traces.count; i++) {
		const struct trace_list *files = &run->traces.items[i].traces;

		for (size_t j = 0; j < files->count; j++) {
			const char *path = files->items[j].input->path;

			if (!check_source(path, error))
				return false;
			if (is_same_file(path, evidence_path))
				return error_set(error, EXIT_USAGE,
				    "-o %s: is the capture itself; evidence needs a file of its "
				    "own",
				    evidence_path);
		}
	}
	return true;
}

/* ---- where the evidence goes ---- */

/* Of several captures each has a file of its own in a folder. */
static bool
make_folder(struct extract_run *run, const char *path, struct error *error)
{
	if (run->traces.count < 2)
		return true;
	if (strcmp(path, "-") == 0)
		return error_set(error, EXIT_USAGE,
		    "-o -: the evidence of several captures is several files, which need a folder");
	run->is_new_folder = mkdir(path, 0777) == 0;
	if (run->is_new_folder || (errno == EEXIST && command_is_folder(path)))
		return true;
	if (errno == EEXIST)
		return error_set(error, EXIT_USAGE,
		    "-o %s: is a file, and the evidence of several captures needs a folder", path);
	return error_set(error, EXIT_USAGE, "-o %s: cannot be made: %s", path, strerror(errno));
}

static void
name_files(struct extract_run *run)
{
	struct extraction *extraction = &run->extraction;
	const char *paths[POINTS_MOST];
	const char *names[POINTS_MOST];

	for (size_t i = 0; i < extraction->count; i++)
		paths[i] = extraction->captures[i].path;
	evidence_names(
	    paths, extraction->count, run->settings->evidence_path, &extraction->arena, names);
	for (size_t i = 0; i < extraction->count; i++)
		extraction->captures[i].evidence_path = names[i];
}

/* That the file at INDEX is none before it, to which links may lead. */
static bool
check_name(const struct extraction *extraction, size_t index, struct error *error)
{
	const char *path = extraction->captures[index].evidence_path;

	for (size_t i = 0; i < index; i++)
		if (is_same_file(extraction->captures[i].evidence_path, path))
			return error_set(error, EXIT_USAGE,
			    "%s and %s are one file, and each capture needs one of its own",
			    extraction->captures[i].evidence_path, path);
	return true;
}

static bool
open_files(struct extract_run *run, struct error *error)
{
	struct extraction *extraction = &run->extraction;

	name_files(run);
	for (size_t i = 0; i < extraction->count; i++) {
		struct extracted *capture = &extraction->captures[i];

		if (!check_files(run, capture->evidence_path, error) ||
		    !check_name(extraction, i, error) || !extracted_open(capture, error))
			return false;
	}
	return true;
}

/* ---- what is said of it ---- */

static void
tell_file(const struct extracted *capture, FILE *out)
{
	struct text line = {0};

	text_add_visible(&line, capture->evidence_path);
	text_addf(&line, ": %llu of %llu packets of ", (unsigned long long)capture->written,
	    (unsigned long long)capture->compared->analysis.facts.packets);
	text_add_visible(&line, capture->path);
	fprintf(out, "%s\n", text_chars(&line));
	text_free(&line);
}

static enum exit_status
tell(const struct extraction *extraction)
{
	enum exit_status status = EXIT_DONE;
	FILE *out = stdout;

	for (size_t i = 0; i < extraction->count; i++)
		out = extraction->captures[i].scratch != NULL ? stderr : out;
	for (size_t i = 0; i < extraction->count; i++)
		tell_file(extraction->by_point[i], out);
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
	enum exit_status status = EXIT_DONE;

	for (size_t i = 0; i < extraction->count; i++) {
		const struct extracted *capture = extraction->by_point[i];
		const char *damage = capture->compared->analysis.facts.damage;

		if (damage == NULL)
			continue;
		log_warning("%s: %s", capture->path, damage);
		status = EXIT_INPUT;
	}
	return status;
}

/* ---- all of it ---- */

/* In a worker. */
static enum exit_status
extract_findings(void *state)
{
	struct extraction *extraction = state;
	enum exit_status status;
	struct error error = {0};
	bool is_ok = extract(extraction, &error);

	progress_hide(extraction->progress);
	status = is_ok ? command_worse(tell(extraction), warn(extraction)) : command_fail(&error);
	extraction_free(extraction);
	return command_written(status);
}

static bool
commit(struct extraction *extraction, struct error *error)
{
	struct outfile *outfiles[POINTS_MOST];

	for (size_t i = 0; i < extraction->count; i++) {
		outfiles[i] = extraction->captures[i].outfile;
		extraction->captures[i].outfile = NULL;
	}
	return outfiles_commit(outfiles, extraction->count, error);
}

static enum exit_status
have_extracted(struct extract_run *run)
{
	struct extraction *extraction = &run->extraction;
	enum exit_status status;
	struct error error = {0};

	extraction->progress = progress_new(run->traces.count, run->traces.size, PASSES);
	if (command_have_done(run->settings, 1, extract_findings, extraction, &status) &&
	    !commit(extraction, &error))
		status = command_worse(status, command_fail(&error));
	progress_free(extraction->progress);
	return status;
}

/* The evidence comes into being whole or not at all. */
static enum exit_status
open_and_extract(struct extract_run *run)
{
	struct extraction *extraction = &run->extraction;
	enum exit_status status;
	struct error error = {0};

	extraction->count = run->traces.count;
	for (size_t i = 0; i < extraction->count; i++) {
		if (run->settings->vantage_count > 1)
			extraction->captures[i].vantage = &run->settings->vantages[i];
		extraction->captures[i].trace = &run->traces.items[i];
		extraction->captures[i].path = run->traces.items[i].traces.items[0].input->path;
	}
	if (command_check_places(run->settings, extraction->count, &error) &&
	    make_folder(run, run->settings->evidence_path, &error) && open_files(run, &error))
		status = have_extracted(run);
	else
		status = command_fail(&error);
	for (size_t i = 0; i < extraction->count; i++)
		extracted_close(&extraction->captures[i]);
	/* It stays where there is something in it. */
	if (run->is_new_folder)
		rmdir(run->settings->evidence_path);
	return status;
}

enum exit_status
run_extract(struct settings *settings, struct rule_set *rules)
{
	struct extract_run run = {
	    .settings = settings, .extraction = {.settings = settings, .rules = rules}};
	struct error error = {0};
	enum exit_status status;

	settings->analysis.rules = rules;
	if (!check_settings(settings, &error))
		return command_fail(&error);
	if (one_trace_list_find(&run.traces, settings, &error))
		status = open_and_extract(&run);
	else
		status = command_fail(&error);
	infile_free();
	one_trace_list_free(&run.traces);
	arena_free(&run.extraction.arena);
	return status;
}
