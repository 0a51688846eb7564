/* Captures against what is expected of them: each is a test. */
#include <string.h>
#include <sys/stat.h>

#include "analyzer/base/text.h"
#include "analyzer/baseline.h"
#include "analyzer/command/command.h"
#include "analyzer/command/outputs.h"
#include "analyzer/command/run_files.h"
#include "analyzer/report/tests.h"

/* Where expectations lie when nothing else is said. */
#define EXPECTED_NAME "expected.json"

struct verifying {
	struct baseline expected;
	struct outputs outputs;
	struct file_run run;
	struct tests tests;
};

/* "unexpected: id f-…, rule smb-…, …": what there is of ENTRY, as a line of its own. */
static void
add_entry(struct text *problem, const char *what, const struct baseline_entry *entry)
{
	const char *separator = ": ";

	text_add(problem, problem->length != 0 ? "\n" : "");
	text_add(problem, what);
	for (size_t i = 0; i < BASELINE_MEMBERS; i++) {
		if (entry->values[i] == NULL)
			continue;
		text_addf(problem, "%s%s ", separator, baseline_member_names[i]);
		/* A line feed would begin a line of the program's own. */
		text_add_visible(problem, entry->values[i]);
		separator = ", ";
	}
}

static void
add_unexpected(struct text *problem, const struct finding_list *findings, struct arena *arena)
{
	for (size_t i = 0; i < findings->count; i++) {
		struct baseline_entry entry = baseline_entry_of(&findings->items[i], arena);

		if (findings->items[i].baseline != BASELINE_KNOWN)
			add_entry(problem, "unexpected", &entry);
	}
}

static void
test_capture(void *state, struct report_capture *capture)
{
	struct verifying *verifying = state;
	struct arena arena = {0};
	const char *name = baseline_name_of(capture, &arena);
	const struct baseline_capture *expected = baseline_find(&verifying->expected, name);
	struct text problem = {0};

	baseline_mark(&verifying->expected, capture);
	if (expected == NULL)
		text_add(&problem, "nothing is said of what is expected of this capture");
	for (size_t i = 0; expected != NULL && i < expected->count; i++)
		if (!expected->entries[i].is_matched)
			add_entry(&problem, "missing", &expected->entries[i]);
	add_unexpected(&problem, &capture->findings, &arena);
	tests_add(&verifying->tests, name, problem.length != 0 ? text_chars(&problem) : NULL);
	text_free(&problem);
	arena_free(&arena);
}

/* Files that are none, and expectations that nothing came of. */
static void
test_absent(struct verifying *verifying, const struct file_run *run)
{
	for (size_t i = 0; i < run->failure_count; i++)
		tests_add(&verifying->tests, run->failures[i].file, run->failures[i].text);
	for (size_t i = 0; i < verifying->expected.count; i++)
		if (!verifying->expected.captures[i]->is_met)
			tests_add(&verifying->tests, verifying->expected.captures[i]->name,
			    "there is no such capture, and something is expected of it");
}

static bool
read_expected(struct verifying *verifying, const struct settings *settings, struct error *error)
{
	const char *operand = settings->operands[0];
	struct text path = {0};
	struct stat status;
	bool is_ok;

	if (settings->operand_count != 1)
		return error_set(error, EXIT_USAGE,
		    "one directory is verified at a time; %zu are named", settings->operand_count);
	if (settings->expected_path != NULL)
		return baseline_read(settings->expected_path, &verifying->expected, error);
	if (stat(operand, &status) == 0 && !S_ISDIR(status.st_mode))
		return error_set(error, EXIT_USAGE,
		    "%s is no directory with a file %s in it; name that file: --expected FILE",
		    operand, EXPECTED_NAME);
	text_addf(&path, "%s/%s", operand, EXPECTED_NAME);
	is_ok =
	    stat(text_chars(&path), &status) == 0
		? baseline_read(text_chars(&path), &verifying->expected, error)
		: error_set(error, EXIT_USAGE,
		      "%s: there is no such file; `smbtriage --write-baseline FILE DIR` makes it",
		      text_chars(&path));
	text_free(&path);
	return is_ok;
}

/* In a worker. */
static enum exit_status
test_captures(void *state)
{
	struct verifying *verifying = state;
	struct file_visitor visitor = {test_capture, verifying};
	struct file_run *run = &verifying->run;

	file_run_analyse(run, &visitor);
	if (run->is_given_up) {
		outputs_abandon(&verifying->outputs);
	} else {
		test_absent(verifying, run);
		for (size_t i = 0; i < verifying->outputs.count; i++) {
			struct report *report = &verifying->outputs.items[i].report;

			report->format->tests(report->out, "verify", &verifying->tests);
		}
		run->status = command_worse(run->status, outputs_complete(&verifying->outputs));
	}
	if (verifying->tests.failed != 0)
		run->status = command_worse(run->status, EXIT_THRESHOLD);
	return run->status;
}

static enum exit_status
verify(struct verifying *verifying, struct settings *settings)
{
	enum exit_status status;

	file_run_begin(&verifying->run, settings);
	if (command_have_done(settings, 1, test_captures, verifying, &status))
		status = command_worse(status, outputs_commit(&verifying->outputs));
	else
		outputs_abandon(&verifying->outputs);
	file_run_free(&verifying->run);
	return status;
}

enum exit_status
run_verify(struct settings *settings, struct rule_set *rules)
{
	struct verifying verifying = {.tests = {.count = 0}};
	struct error error = {0};
	enum exit_status status;

	settings->analysis.rules = rules;
	settings->analysis.is_hashing = false;
	if (read_expected(&verifying, settings, &error) &&
	    outputs_open(&verifying.outputs, settings, rules, &error))
		status = verify(&verifying, settings);
	else
		status = command_fail(&error);
	baseline_free(&verifying.expected);
	tests_free(&verifying.tests);
	return status;
}
