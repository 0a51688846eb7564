#include "analyzer/command/compare.h"

#include <string.h>

#include "analyzer/base/log.h"
#include "analyzer/command/command.h"
#include "analyzer/command/point_files.h"
#include "analyzer/comparison.h"
#include "analyzer/progress.h"

/* False, with ERROR, when an operand is no file that can be read twice. */
static bool
check_operands(const struct settings *settings, struct error *error)
{
	for (size_t i = 0; i < settings->operand_count; i++)
		if (strcmp(settings->operands[i], "-") == 0)
			return error_set(error, EXIT_USAGE,
			    "compare reads files, not standard input: each is told of by its name");
	return true;
}

static bool
refuse_few(const struct point_list *points, struct error *error)
{
	const struct point_files *one = points->items;

	if (points->count != 0 && one->files.count > 1)
		return error_set(error, EXIT_USAGE,
		    "compare needs the captures of two points at least, and %s and %s are parts of "
		    "one trace (--join never takes each by itself)",
		    one->paths[0], one->paths[1]);
	return error_set(error, EXIT_USAGE,
	    "compare needs the captures of two points at least: one at the client, one at the "
	    "server");
}

/* The same when POINTS are none to be compared. What is left of the operands where some are nowhere
 * is told all the same, which is what HAS_ALL says. */
static bool
check_points(const struct settings *settings, const struct point_list *points, bool has_all,
    struct error *error)
{
	size_t count = points->count;

	if (has_all && count < 2)
		return refuse_few(points, error);
	if (count > POINTS_MOST)
		return error_set(error, EXIT_USAGE,
		    "compare takes the captures of at most %d points, and these are of %zu",
		    POINTS_MOST, count);
	return command_check_places(settings, count, error);
}

static void
read_one(struct file_run *run, struct comparison *comparison, const struct point_files *point,
    const struct capture_vantage *vantage)
{
	const struct trace_member *first = point->first;
	struct error error = {0};
	struct compared *made;

	progress_file(run->progress, first->input->size);
	made = comparison_read(comparison, &point->files, vantage, run->progress, &error);
	if (made == NULL || !file_run_identify(run, &made->analysis, first, run->progress, &error))
		file_run_fail(run, first->input->path, &error);
	progress_joined(run->progress, point->files.count - 1);
	progress_hide(run->progress);
}

static void
compare_points(
    struct file_run *run, const struct point_list *points, const struct file_visitor *visitor)
{
	const struct settings *settings = run->settings;
	struct comparison comparison;

	comparison_begin(&comparison, points->count, &settings->analysis);
	for (size_t i = 0; i < points->count; i++)
		read_one(run, &comparison, &points->items[i],
		    settings->vantage_count > 1 ? &settings->vantages[i] : NULL);
	if (comparison.count == 1)
		log_warning("nothing is compared: %s is the only capture that could be read",
		    comparison.items[0]->analysis.facts.file);
	comparison_judge(&comparison);
	for (size_t i = 0; i < comparison.count; i++)
		file_run_tell(run, visitor, &comparison.items[i]->analysis);
	comparison_free(&comparison);
}

void
compare_files(struct file_run *run, const struct file_visitor *visitor)
{
	struct point_list points = {0};
	struct error error = {0};
	bool has_all = file_run_has_all(run);

	if (!check_operands(run->settings, &error) || !point_list_find(&points, run, &error) ||
	    !check_points(run->settings, &points, has_all, &error)) {
		run->is_given_up = true;
		run->status = command_fail(&error);
	} else if (points.count != 0) {
		compare_points(run, &points, visitor);
	}
	point_list_free(&points);
}
