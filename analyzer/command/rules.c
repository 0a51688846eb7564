/* The command about rules: list, lint and test. */
#include <stdio.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/infile.h"
#include "analyzer/base/nearest.h"
#include "analyzer/command/command.h"
#include "analyzer/command/lint.h"
#include "analyzer/options.h"
#include "analyzer/report/explain.h"
#include "analyzer/report/tests.h"
#include "analyzer/trial.h"
#include "rules/rule_choice.h"

/* ---- list ---- */

static enum exit_status
list_rules(struct settings *settings, struct rule_set *rules)
{
	bool is_ndjson = strcmp(settings->outputs[0].format->name, "ndjson") == 0;
	struct error error = {0};

	for (size_t i = 0; i < rules->count; i++) {
		const struct rule *rule = rules->items[i];

		if (is_ndjson && !explain(stdout, EXPLAIN_NDJSON, rules, rule->id, &error))
			return command_fail(&error);
		if (is_ndjson)
			continue;
		printf("%-34s %-8s %-3s %s%s%s\n", rule->id, severity_names[rule->severity],
		    rule_runs(rules, i) ? "on" : "off", rule->title, rule->is_builtin ? "" : "  ",
		    rule->is_builtin ? "" : rule->file);
	}
	return command_written(EXIT_DONE);
}

/* ---- test ---- */

/* Where the catalogue's captures lie in a checkout of the project. */
#define CAPTURES "fixtures/captures"

/* The folders among the operands hold rules, too. What was chosen is chosen among all. */
static bool
add_folders(const struct settings *settings, struct rule_set *rules, struct error *error)
{
	for (size_t i = 1; i < settings->operand_count; i++)
		if (command_is_folder(settings->operands[i]) &&
		    !rule_set_add_directory(rules, settings->operands[i], error))
			return false;
	return rule_set_check(rules, error) &&
	       rule_choose(rules, settings->switches, settings->switch_count, error);
}

/* Whether RULE was loaded from FOLDER. */
static bool
is_from(const struct rule *rule, const char *folder)
{
	size_t length = strlen(folder);

	return !rule->is_builtin && strncmp(rule->file, folder, length) == 0 &&
	       rule->file[length] == '/';
}

/* Whether OPERAND, a folder or a pattern of ids, means RULE. */
static bool
is_named(const struct rule *rule, const char *operand)
{
	return command_is_folder(operand) ? is_from(rule, operand) : rule_is_meant(rule, operand);
}

static bool
is_any_named(const struct rule *rule, const struct settings *settings)
{
	for (size_t i = 1; i < settings->operand_count; i++)
		if (is_named(rule, settings->operands[i]))
			return true;
	return settings->operand_count == 1 &&
	       (!rule->is_builtin || settings->rule_folder_count == 0);
}

static bool
check_operands(const struct settings *settings, const struct rule_set *rules, struct error *error)
{
	struct nearest search;

	for (size_t i = 1; i < settings->operand_count; i++) {
		const char *operand = settings->operands[i];

		if (command_is_folder(operand) || rule_pattern_finds(rules, operand, &search))
			continue;
		if (search.best != NULL)
			return error_set(error, EXIT_USAGE,
			    "there is no rule '%s'; did you mean %s?", operand, search.best);
		return error_set(error, EXIT_USAGE,
		    "there is no rule '%s'; `smbtriage rules list` lists them", operand);
	}
	return true;
}

/* Adds the trials of the rules that operands name; of none, of the operator's own, or of all. A
 * rule that does not run has nothing to prove. */
static bool
add_trials(struct trial_list *trials, const struct settings *settings, const struct rule_set *rules,
    struct error *error)
{
	if (!check_operands(settings, rules, error))
		return false;
	for (size_t i = 0; i < rules->count; i++)
		if (rule_runs(rules, i) && is_any_named(rules->items[i], settings))
			trials_add(trials, rules->items[i]);
	return trials->count != 0 ||
	       error_set(error, EXIT_USAGE, "these rules name no captures to be tested with");
}

/* The operator's own rules may have theirs beside them. In ARENA, or static. */
static const char *
captures_folder(const struct settings *settings, struct arena *arena)
{
	const char *rules = settings->rule_folder_count != 0 ? settings->rule_folders[0] : NULL;
	const char *beside;

	if (settings->captures != NULL)
		return settings->captures;
	for (size_t i = settings->operand_count; i-- > 1;)
		if (command_is_folder(settings->operands[i]))
			rules = settings->operands[i];
	if (rules == NULL)
		return CAPTURES;
	beside = arena_format(arena, "%s/../captures", rules);
	return command_is_folder(beside) ? beside : CAPTURES;
}

static void
add_test(struct tests *tests, const struct trial *trial)
{
	struct text name = {0}, problem = {0};

	text_addf(
	    &name, "%s: %s: %s", trial->rule->id, trial_kind_names[trial->kind], trial->capture);
	if (trial->problem != NULL)
		text_add(&problem, trial->problem);
	else if (trial->kind == TRIAL_SILENT || trial->wanted != 0)
		text_addf(
		    &problem, "%u findings are wanted, and %u there", trial->wanted, trial->found);
	else
		text_add(&problem, "a finding is wanted, and none there");
	tests_add(tests, text_chars(&name), trial_holds(trial) ? NULL : text_chars(&problem));
	text_free(&name);
	text_free(&problem);
}

struct testing {
	const struct settings *settings;
	struct trial_list trials;
};

/* In a worker. */
static enum exit_status
run_trials(void *state)
{
	struct testing *testing = state;
	struct tests tests = {0};
	enum exit_status status;

	trials_run(&testing->trials, &testing->settings->analysis);
	for (size_t i = 0; i < testing->trials.count; i++)
		add_test(&tests, &testing->trials.items[i]);
	testing->settings->outputs[0].format->tests(stdout, "rules", &tests);
	status = tests.failed != 0 ? EXIT_THRESHOLD : EXIT_DONE;
	tests_free(&tests);
	return command_written(status);
}

static enum exit_status
test_rules(struct settings *settings, struct rule_set *rules)
{
	struct testing testing = {.settings = settings};
	struct trial_list *trials = &testing.trials;
	struct error error = {0};
	enum exit_status status;

	settings->analysis.rules = rules;
	if (add_folders(settings, rules, &error) && add_trials(trials, settings, rules, &error)) {
		trials_find(trials, captures_folder(settings, &trials->arena));
		command_have_done(settings, 1, run_trials, &testing, &status);
		infile_free();
	} else {
		status = command_fail(&error);
	}
	trials_free(trials);
	return status;
}

/* ---- which of them ---- */

static const struct {
	const char *name, *formats;
	enum exit_status (*run)(struct settings *settings, struct rule_set *rules);
} actions[] = {
    {"list", "text|ndjson", list_rules},
    {"lint", "text", lint_rules},
    {"test", "text|junit", test_rules},
};

enum exit_status
run_rules(struct settings *settings, struct rule_set *rules)
{
	const char *name = settings->operand_count != 0 ? settings->operands[0] : "list";
	struct nearest search = nearest_to(name);
	struct error error = {0};

	for (size_t i = 0; i < COUNT(actions); i++) {
		nearest_try(&search, actions[i].name);
		if (strcmp(actions[i].name, name) != 0)
			continue;
		if (settings->has_fail_on && actions[i].run != lint_rules) {
			error_set(&error, EXIT_USAGE,
			    "--fail-on is not for rules %s, but for rules lint", name);
			return command_fail(&error);
		}
		if (command_is_one_of(settings->outputs[0].format->name, actions[i].formats))
			return actions[i].run(settings, rules);
		error_set(&error, EXIT_USAGE,
		    "--format %s: rules %s cannot be written so; only as %s",
		    settings->outputs[0].format->name, name, actions[i].formats);
		return command_fail(&error);
	}
	error_set(&error, EXIT_USAGE,
	    search.best != NULL ? "rules %s: there is no such action; did you mean %s?"
				: "rules %s: there is no such action; list, lint or test",
	    name, search.best);
	return command_fail(&error);
}
