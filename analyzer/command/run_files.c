#include "analyzer/command/run_files.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "analyzer/analysis.h"
#include "analyzer/base/basics.h"
#include "analyzer/base/infile.h"
#include "analyzer/base/memory.h"
#include "analyzer/base/stopwatch.h"
#include "analyzer/capture/source.h"
#include "analyzer/command/ahead.h"
#include "analyzer/command/command.h"
#include "analyzer/command/verbose.h"
#include "analyzer/inputs.h"
#include "analyzer/progress.h"

void
file_run_fail(struct file_run *run, const char *path, const struct error *error)
{
	run->failures = mem_grow(run->failures, run->failure_count, &run->failure_capacity,
	    sizeof(struct report_failure));
	run->failures[run->failure_count++] =
	    (struct report_failure){arena_text(&run->arena, path, strlen(path)),
		arena_text(&run->arena, error->text, strlen(error->text))};
	run->status = command_worse(run->status, command_fail(error));
}

/* What keeps the report from being the whole truth, if TEXT says so. */
static void
warn(struct file_run *run, const char *file, const char *text)
{
	if (text == NULL)
		return;
	run->status = command_worse(run->status, EXIT_INPUT);
	log_warning("%s: %s", file, text);
}

/* The bounds that leave the result only half of what there is to say. */
static void
warn_of_bounds(struct file_run *run, const struct capture_facts *facts)
{
	static const struct {
		enum bound bound;
		const char *what, *fate;
	} rows[] = {
	    {BOUND_MEMORY, "packets", "were not analysed"},
	    {BOUND_FAILURES, "failures", "are only counted where many are alike"},
	    {BOUND_FINDINGS, "failures", "are not all in findings"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct bound_count *reached = &facts->bounds.of[rows[i].bound];

		if (reached->count != 0)
			warn(run, facts->file,
			    arena_format(&run->arena,
				"%s from frame %" PRIu64 " on %s, as all memory that --max-memory "
				"allows was in use",
				rows[i].what, reached->frame, rows[i].fate));
	}
}

/* A folder may hold other things than captures; what cannot be read at all is still an error. */
static bool
is_passed_over(const struct input *input, const struct error *error)
{
	return input->is_found && error->is_no_capture;
}

/* What a trace is hashed and called by: each of its files, where there are several. */
bool
file_run_identify(const struct file_run *run, struct analysis *analysis,
    const struct trace_member *member, struct progress *progress, struct error *error)
{
	struct capture_facts *facts = &analysis->facts;
	const char *path = member->input->path;
	bool is_hashing = run->settings->analysis.is_hashing && strcmp(path, "-") != 0;
	char digest[DIGEST_TEXT_SIZE];

	analysis->report.name = member->input->name;
	for (size_t i = 0; i < facts->part_count; i++, member = member->after)
		facts->parts[i].name = member->input->name;
	if (!is_hashing)
		return true;
	if (facts->part_count != 0)
		return command_digest_parts(progress, facts, &analysis->arena, error);
	if (!command_digest(progress, path, digest, error))
		return false;
	analysis->report.sha256 = arena_text(&analysis->arena, digest, strlen(digest));
	return true;
}

static void
mark_done(struct file_run *run, struct trace_member *member, size_t count)
{
	progress_joined(run->progress, count - 1);
	for (; count-- != 0; member = member->after)
		member->is_done = true;
}

/* The file at hand is MEMBER, if it is not yet. */
static void
show_file(struct file_run *run, const struct trace_member *member)
{
	if (run->shown == member)
		return;
	run->shown = member;
	progress_file(run->progress, member->input->size);
}

/* ---- for ahead.h ---- */

static void
analyse_files(void *state, const struct trace_member *member, const struct analysis_watch *watch,
    bool is_turn, struct analysed *ret)
{
	struct file_run *run = state;
	struct analysis_options options = run->settings->analysis;
	const char **paths;
	struct source_files files = {.count = traces_paths(member, &paths)};
	int64_t start = stopwatch_now();

	files.paths = paths;
	options.watch = watch;
	options.is_in_one_thread = !is_turn;
	if (is_turn) {
		options.progress = run->progress;
		show_file(run, member);
	}
	ret->is_ok = analysis_run_trace(&ret->analysis, &files, &options, &ret->error) &&
		     file_run_identify(run, &ret->analysis, member, options.progress, &ret->error);
	ret->elapsed = stopwatch_now() - start;
	mem_free(paths);
}

static void
show_read(void *state, const struct trace_member *member, uint64_t position)
{
	struct file_run *run = state;

	show_file(run, member);
	progress_at(run->progress, position);
}

static struct ahead *
begin_ahead(struct file_run *run)
{
	size_t at_once = file_run_at_once(run);
	const struct ahead_plan plan = {
	    .members = at_once > 1 ? command_members(run->settings, at_once) : 0,
	    .max_memory = run->settings->analysis.max_memory,
	    .analyse = analyse_files,
	    .read = run->progress != NULL ? show_read : NULL,
	    .state = run,
	};

	return ahead_new(&plan, &run->traces);
}

/* ---- telling ---- */

void
file_run_tell(struct file_run *run, const struct file_visitor *visitor, struct analysis *analysis)
{
	const char *file = analysis->facts.file;

	run->analysed++;
	visitor->visit(visitor->state, &analysis->report);
	/* Half a line of a report that waits for its rest would be written over. */
	if (run->progress != NULL)
		fflush(NULL);
	warn(run, file, analysis->facts.damage);
	warn(run, file, analysis->facts.unjudged);
	warn_of_bounds(run, &analysis->facts);
}

/* MEMBER, and what goes on from it. */
static void
analyse_one(struct file_run *run, const struct file_visitor *visitor, struct trace_member *member)
{
	struct analysed *analysed = ahead_take(run->ahead, member);
	size_t parts = analysed->analysis.facts.part_count;
	const struct error *error = &analysed->error;

	show_file(run, member);
	if (analysed->is_ok)
		progress_whole(run->progress);
	progress_hide(run->progress);
	mark_done(run, member, parts != 0 ? parts : 1);
	log_let_go(&analysed->said, true);
	if (analysed->is_ok) {
		verbose_tell_capture(&analysed->analysis, analysed->elapsed);
		file_run_tell(run, visitor, &analysed->analysis);
	} else if (error->status == EXIT_USAGE) {
		run->is_given_up = true;
		run->status = command_fail(error);
	} else if (!is_passed_over(member->input, error)) {
		file_run_fail(run, member->input->path, error);
	} else {
		log_detail("passed over: %s", error->text);
	}
	analysed_free(analysed);
}

static void
take_one(struct file_run *run, const struct file_visitor *visitor, struct trace_member *member)
{
	const struct input *input = member->input;
	struct error error = {0};

	if (input->problem == NULL) {
		while (!member->is_done && !run->is_given_up)
			analyse_one(run, visitor, traces_first(member));
		return;
	}
	error_set(&error, EXIT_INPUT, "%s: %s", input->path, input->problem);
	file_run_fail(run, input->path, &error);
}

/* What an operand comes to. */
struct operand_files {
	const char *operand;
	struct input_list inputs;
	struct error error; /* why they are not all */
};

/* MEMBERS are those of OPERAND. */
static void
analyse_operand(struct file_run *run, const struct file_visitor *visitor,
    struct operand_files *operand, struct trace_member *members)
{
	size_t before = run->analysed + run->failure_count;
	bool is_empty = true;

	if (operand->error.status != EXIT_DONE)
		file_run_fail(run, operand->operand, &operand->error);
	for (size_t i = 0; i < operand->inputs.count && !run->is_given_up; i++) {
		is_empty &= !members[i].is_done; /* not with a file of an operand before */
		take_one(run, visitor, &members[i]);
	}
	if (is_empty && run->analysed + run->failure_count == before && !run->is_given_up) {
		error_set(&operand->error, EXIT_INPUT, "%s: there is no capture file in it",
		    operand->operand);
		file_run_fail(run, operand->operand, &operand->error);
	}
}

/* Over all files, which must be known beforehand to tell how much there is to do. */
static struct progress *
begin_progress(const struct settings *settings, const struct operand_files *operands)
{
	bool is_known = true;
	uint64_t total = 0;
	size_t count = 0;

	for (size_t i = 0; i < settings->operand_count; i++)
		for (size_t j = 0; j < operands[i].inputs.count; j++) {
			const struct input *input = &operands[i].inputs.items[j];

			count++;
			total += input->size;
			is_known &= input->size != 0 || input->is_found;
		}
	return progress_new(count, is_known ? total : 0, settings->analysis.is_hashing ? 2 : 1);
}

void
file_run_begin(struct file_run *run, const struct settings *settings)
{
	*run = (struct file_run){.settings = settings};
	run->operands = mem_alloc(settings->operand_count, sizeof(*run->operands));
	for (size_t i = 0; i < settings->operand_count; i++) {
		struct operand_files *operand = &run->operands[i];

		operand->operand = settings->operands[i];
		inputs_add(&operand->inputs, operand->operand, &operand->error);
		for (size_t j = 0; j < operand->inputs.count; j++) {
			infile_list(operand->inputs.items[j].path);
			traces_add(&run->traces, &operand->inputs.items[j]);
		}
	}
	run->progress = begin_progress(settings, run->operands);
}

/* What is derived from keys serves one capture at a time (secrets_begin_capture()). */
size_t
file_run_at_once(const struct file_run *run)
{
	return run->settings->analysis.secrets == NULL ? run->traces.count : 1;
}

bool
file_run_has(const struct file_run *run, size_t operand)
{
	return run->operands[operand].error.status == EXIT_DONE;
}

bool
file_run_has_all(struct file_run *run)
{
	bool has_all = true;

	for (size_t i = 0; i < run->settings->operand_count; i++) {
		const struct operand_files *operand = &run->operands[i];

		has_all &= file_run_has(run, i);
		if (!file_run_has(run, i))
			file_run_fail(run, operand->operand, &operand->error);
	}
	return has_all;
}

struct trace_member *
file_run_operand(const struct file_run *run, size_t operand, size_t *ret_count)
{
	struct trace_member *members = run->traces.items;

	for (size_t i = 0; i < operand; i++)
		members += run->operands[i].inputs.count;
	*ret_count = run->operands[operand].inputs.count;
	return members;
}

void
file_run_analyse(struct file_run *run, const struct file_visitor *visitor)
{
	struct trace_member *members = run->traces.items;

	if (!run->settings->is_never_joining)
		traces_link(&run->traces);
	run->ahead = begin_ahead(run);
	for (size_t i = 0; i < run->settings->operand_count && !run->is_given_up; i++) {
		analyse_operand(run, visitor, &run->operands[i], members);
		members += run->operands[i].inputs.count;
	}
	ahead_free(run->ahead);
	progress_hide(run->progress);
}

void
file_run_free(struct file_run *run)
{
	progress_free(run->progress);
	for (size_t i = 0; i < run->settings->operand_count; i++)
		inputs_free(&run->operands[i].inputs);
	mem_free(run->operands);
	traces_free(&run->traces);
	infile_free();
	mem_free(run->failures);
	arena_free(&run->arena);
}
