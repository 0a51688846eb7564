#include "analyzer/command/compare.h"

#include <string.h>

#include "analyzer/command/command.h"
#include "analyzer/comparison.h"
#include "analyzer/progress.h"

/* False, with ERROR, when the operands are no captures of some points. */
static bool
check_operands(const struct file_run *run, struct error *error)
{
	const struct trace_list *traces = &run->traces;

	if (traces->count < 2)
		return error_set(error, EXIT_USAGE,
		    "compare needs the captures of two points at least: one at the client, one at "
		    "the server");
	if (traces->count > POINTS_MOST)
		return error_set(error, EXIT_USAGE,
		    "compare takes at most %d captures, and these "
		    "are %zu",
		    POINTS_MOST, traces->count);
	for (size_t i = 0; i < traces->count; i++)
		if (strcmp(traces->items[i].input->path, "-") == 0)
			return error_set(error, EXIT_USAGE,
			    "compare reads files, not standard input: each is told of by its name");
	return true;
}

/* The same when not each point has a place, where several are named. */
static bool
check_vantages(const struct file_run *run, struct error *error)
{
	size_t named = run->settings->vantage_count, points = run->traces.count;

	return named < 2 || named == points ||
	       error_set(error, EXIT_USAGE,
		   "--vantage names %zu places, and these are the captures of %zu point%s", named,
		   points, points == 1 ? "" : "s");
}

static void
read_one(struct file_run *run, struct comparison *comparison, size_t index)
{
	const struct trace_member *member = &run->traces.items[index];
	const struct settings *settings = run->settings;
	struct error error = {0};
	struct compared *made;

	progress_file(run->progress, member->input->size);
	made = comparison_read(comparison, member->input->path,
	    settings->vantage_count > 1 ? &settings->vantages[index] : NULL, run->progress, &error);
	if (made == NULL || !file_run_identify(run, &made->analysis, member, run->progress, &error))
		file_run_fail(run, member->input->path, &error);
	progress_hide(run->progress);
}

void
compare_files(struct file_run *run, const struct file_visitor *visitor)
{
	struct comparison comparison;
	struct error error = {0};
	bool has_all = file_run_has_all(run);

	/* What is left of the operands where some are nowhere is told all the same. */
	if (((has_all || run->traces.count > POINTS_MOST) && !check_operands(run, &error)) ||
	    !check_vantages(run, &error)) {
		run->is_given_up = true;
		run->status = command_fail(&error);
	}
	if (run->is_given_up || run->traces.count == 0)
		return;
	comparison_begin(&comparison, run->traces.count, &run->settings->analysis);
	for (size_t i = 0; i < run->traces.count; i++)
		read_one(run, &comparison, i);
	comparison_judge(&comparison);
	for (size_t i = 0; i < comparison.count; i++)
		file_run_tell(run, visitor, &comparison.items[i]->analysis);
	comparison_free(&comparison);
}
