#include "analyzer/command/run_files.h"

#include <string.h>
#include <unistd.h>

#include "analyzer/analysis.h"
#include "analyzer/base/memory.h"
#include "analyzer/capture/digest.h"
#include "analyzer/command/command.h"
#include "analyzer/inputs.h"

static void
note_failure(struct file_run *run, const char *path, const struct error *error)
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

/* A folder may hold other things than captures; what cannot be read at all is still an error. */
static bool
is_passed_over(const struct input *input, const struct analysis *analysis)
{
	return input->is_found && analysis->source == NULL && access(input->path, R_OK) == 0;
}

static void
analyse_one(struct file_run *run, const struct settings *settings,
    const struct file_visitor *visitor, const struct input *input)
{
	struct analysis analysis;
	struct error error = {0};
	char digest[DIGEST_TEXT_SIZE];
	bool is_ok = analysis_run(&analysis, input->path, &settings->analysis, &error);

	if (is_ok && settings->analysis.is_hashing && strcmp(input->path, "-") != 0) {
		is_ok = digest_file(input->path, digest, &error);
		analysis.report.sha256 = digest;
	}
	if (is_ok) {
		run->analysed++;
		analysis.report.name = input->name;
		visitor->visit(visitor->state, &analysis.report);
		warn(run, analysis.facts.file, analysis.facts.damage);
		warn(run, analysis.facts.file, analysis.facts.unjudged);
	} else if (error.status == EXIT_USAGE) {
		run->is_given_up = true;
		run->status = command_fail(&error);
	} else if (!is_passed_over(input, &analysis)) {
		note_failure(run, input->path, &error);
	}
	analysis_free(&analysis);
}

static void
analyse_operand(struct file_run *run, const struct settings *settings,
    const struct file_visitor *visitor, const char *operand)
{
	struct input_list inputs = {0};
	struct error error = {0};
	size_t before = run->analysed + run->failure_count;

	if (!inputs_add(&inputs, operand, &error))
		note_failure(run, operand, &error);
	for (size_t i = 0; i < inputs.count && !run->is_given_up; i++)
		analyse_one(run, settings, visitor, &inputs.items[i]);
	if (run->analysed + run->failure_count == before && !run->is_given_up) {
		error_set(&error, EXIT_INPUT, "%s: there is no capture file in it", operand);
		note_failure(run, operand, &error);
	}
	inputs_free(&inputs);
}

void
run_files(struct file_run *run, const struct settings *settings, const struct file_visitor *visitor)
{
	for (size_t i = 0; i < settings->operand_count && !run->is_given_up; i++)
		analyse_operand(run, settings, visitor, settings->operands[i]);
}

void
file_run_free(struct file_run *run)
{
	mem_free(run->failures);
	arena_free(&run->arena);
}
