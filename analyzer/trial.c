#include "analyzer/trial.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/infile.h"
#include "analyzer/base/memory.h"

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

/* One analysis for the COUNT trials that are of one capture. */
static void
run_on(struct trial_list *list, struct trial **trials, size_t count,
    const struct analysis_options *options)
{
	struct analysis analysis;
	struct error error = {0};
	bool is_ok = analysis_run(&analysis, trials[0]->path, options, &error);

	for (size_t i = 0; i < count; i++)
		if (is_ok)
			trials[i]->found = count_findings(trials[i], &analysis.report.findings);
		else
			trials[i]->problem =
			    arena_text(&list->arena, error.text, strlen(error.text));
	analysis_free(&analysis);
}

void
trials_find(struct trial_list *list, const char *folder)
{
	for (size_t i = 0; i < list->count; i++) {
		struct trial *trial = &list->items[i];

		trial->path = arena_format(&list->arena, "%s/%s", folder, trial->capture);
		infile_list(trial->path);
	}
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
