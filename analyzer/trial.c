#include "analyzer/trial.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/infile.h"
#include "analyzer/base/memory.h"
#include "analyzer/capture/source.h"
#include "analyzer/comparison.h"

const char *const trial_kind_names[] = {
    [TRIAL_FIRES] = "fires",
    [TRIAL_SILENT] = "silent",
    [TRIAL_INCONCLUSIVE] = "inconclusive",
};

static void
add_all(struct trial_list *list, const struct rule *rule, enum trial_kind kind,
    const struct expectation_list *expectations)
{
	for (size_t i = 0; i < expectations->count; i++) {
		list->items =
		    mem_grow(list->items, list->count, &list->capacity, sizeof(struct trial));
		list->items[list->count++] = (struct trial){.rule = rule,
		    .kind = kind,
		    .capture = expectations->items[i].capture,
		    .wanted = expectations->items[i].count};
	}
}

void
trials_add(struct trial_list *list, const struct rule *rule)
{
	add_all(list, rule, TRIAL_FIRES, &rule->fires);
	add_all(list, rule, TRIAL_SILENT, &rule->silent);
	add_all(list, rule, TRIAL_INCONCLUSIVE, &rule->inconclusive);
}

/* What stands between the names of captures that are compared. */
#define SEPARATOR " + "

/* Findings of the trial's rule that are of its kind; silence is broken by any. */
static unsigned
count_findings(const struct trial *trial, const struct finding_list *findings)
{
	unsigned count = 0;

	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->items[i];

		if (finding->rule != trial->rule)
			continue;
		count += trial->kind == TRIAL_SILENT ||
			 (trial->kind == TRIAL_FIRES) == (finding->verdict == VERDICT_FOUND);
	}
	return count;
}

static int
compare_captures(const void *left, const void *right)
{
	const struct trial *const *one = left, *const *other = right;
	int names = strcmp((*one)->capture, (*other)->capture);

	return names != 0 ? names : COMPARE(*one, *other);
}

/* Reads all captures of TRIAL into COMPARISON; a single one is compared with none. */
static bool
read_all(const struct trial *trial, const struct analysis_options *options,
    struct comparison *comparison, struct error *error)
{
	comparison_begin(comparison, trial->path_count, options);
	for (size_t i = 0; i < trial->path_count; i++) {
		const struct source_files alone = {&trial->paths[i], 1, true};

		if (comparison_read(comparison, &alone, NULL, NULL, error) == NULL)
			return false;
	}
	comparison_judge(comparison);
	return true;
}

static unsigned
count_all(const struct trial *trial, const struct comparison *comparison)
{
	unsigned count = 0;

	for (size_t i = 0; i < comparison->count; i++)
		count += count_findings(trial, &comparison->items[i]->analysis.report.findings);
	return count;
}

/* One analysis for the COUNT trials that are of the same captures. */
static void
run_on(struct trial_list *list, struct trial **trials, size_t count,
    const struct analysis_options *options)
{
	struct comparison comparison;
	struct error error = {0};
	bool is_ok = read_all(trials[0], options, &comparison, &error);

	for (size_t i = 0; i < count; i++)
		if (is_ok)
			trials[i]->found = count_all(trials[i], &comparison);
		else
			trials[i]->problem =
			    arena_text(&list->arena, error.text, strlen(error.text));
	comparison_free(&comparison);
}

const char *
trial_next_name(const char *names, size_t *ret_length)
{
	const char *end = strstr(names, SEPARATOR);

	*ret_length = end != NULL ? (size_t)(end - names) : strlen(names);
	return end != NULL ? end + strlen(SEPARATOR) : NULL;
}

/* All of them lie in FOLDER. */
static void
find_paths(struct trial *trial, const char *folder, struct arena *arena)
{
	const char *name = trial->capture, *next;
	size_t length;

	for (; name != NULL && trial->path_count < TRIAL_MOST_CAPTURES; name = next) {
		next = trial_next_name(name, &length);
		trial->paths[trial->path_count] =
		    arena_format(arena, "%s/%.*s", folder, (int)length, name);
		infile_list(trial->paths[trial->path_count++]);
	}
}

void
trials_find(struct trial_list *list, const char *folder)
{
	for (size_t i = 0; i < list->count; i++)
		find_paths(&list->items[i], folder, &list->arena);
}

void
trials_run(struct trial_list *list, const struct analysis_options *options)
{
	struct trial **order = mem_alloc(list->count + 1, sizeof(*order));
	size_t next;

	for (size_t i = 0; i < list->count; i++)
		order[i] = &list->items[i];
	qsort(order, list->count, sizeof(*order), compare_captures);
	for (size_t i = 0; i < list->count; i = next) {
		for (next = i + 1; next < list->count; next++)
			if (strcmp(order[next]->capture, order[i]->capture) != 0)
				break;
		run_on(list, order + i, next - i, options);
	}
	mem_free(order);
}

bool
trial_holds(const struct trial *trial)
{
	if (trial->problem != NULL)
		return false;
	if (trial->kind == TRIAL_SILENT)
		return trial->found == 0;
	return trial->wanted != 0 ? trial->found == trial->wanted : trial->found != 0;
}

void
trials_free(struct trial_list *list)
{
	mem_free(list->items);
	arena_free(&list->arena);
	*list = (struct trial_list){0};
}
