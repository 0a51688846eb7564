#include "analyzer/command/lint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/base/arena.h"
#include "analyzer/base/basics.h"
#include "analyzer/base/log.h"
#include "analyzer/base/memory.h"
#include "analyzer/base/text.h"
#include "analyzer/command/command.h"
#include "analyzer/trial.h"
#include "rules/rule_files.h"
#include "rules/rule_lint.h"

/* A mistake in the file at hand, until all of them can be printed in order. */
struct complaint {
	unsigned line, column;
	size_t number; /* as it was met */
	const char *text;
};

/* What is read, and what was found. */
struct lint {
	struct rule_set *rules;
	const char *captures; /* folder of those that rules name, or NULL: it is not looked for */
	struct arena arena;   /* of the complaints */
	struct complaint *complaints;
	size_t complaint_count, capacity;
	size_t files, errors, warnings;
};

static void
complain(void *state, const struct mistake *mistake)
{
	struct lint *lint = state;
	const char *text = arena_text(&lint->arena, mistake->text, strlen(mistake->text));

	lint->complaints = mem_grow(
	    lint->complaints, lint->complaint_count, &lint->capacity, sizeof(*lint->complaints));
	lint->complaints[lint->complaint_count] =
	    (struct complaint){mistake->line, mistake->column, lint->complaint_count, text};
	lint->complaint_count++;
}

static int
compare_complaints(const void *left, const void *right)
{
	const struct complaint *one = left, *other = right;

	if (one->line != other->line)
		return COMPARE(one->line, other->line);
	if (one->column != other->column)
		return COMPARE(one->column, other->column);
	return COMPARE(one->number, other->number);
}

static void
print_complaints(struct lint *lint)
{
	if (lint->complaint_count != 0)
		qsort(lint->complaints, lint->complaint_count, sizeof(*lint->complaints),
		    compare_complaints);
	for (size_t i = 0; i < lint->complaint_count; i++)
		printf("%s\n", lint->complaints[i].text);
	lint->errors += lint->complaint_count;
	lint->complaint_count = 0;
}

static void
print_error(struct lint *lint, const struct error *error)
{
	printf("%s\n", error->text);
	lint->errors++;
}

static void
warn(struct lint *lint, const struct rule *rule, const char *sentence)
{
	struct text text = {0};

	text_add_visible(&text, rule->file);
	text_addf(&text, ":%u: warning: ", rule->line);
	text_add_visible(&text, sentence);
	printf("%s\n", text_chars(&text));
	text_free(&text);
	lint->warnings++;
}

/* A name that is mistyped, or of a file that is gone, proves nothing. */
static void
check_capture(
    struct lint *lint, const struct rule *rule, const char *key, const char *name, size_t length)
{
	const char *path = arena_format(&lint->arena, "%s/%.*s", lint->captures, (int)length, name);

	if (access(path, R_OK) != 0)
		warn(lint, rule,
		    arena_format(&lint->arena, "%s names %.*s, and there is no such capture in %s",
			key, (int)length, name, lint->captures));
}

static void
check_captures(struct lint *lint, const struct rule *rule, const char *key,
    const struct expectation_list *expectations)
{
	const char *name, *next;
	size_t length;

	for (size_t i = 0; i < expectations->count; i++)
		for (name = expectations->items[i].capture; name != NULL; name = next) {
			next = trial_next_name(name, &length);
			check_capture(lint, rule, key, name, length);
		}
}

static void
check_weaknesses(struct lint *lint, const struct rule *rule)
{
	const char *sentences[RULE_MOST_WEAKNESSES];
	size_t count = rule_weaknesses(rule, sentences);

	for (size_t i = 0; i < count; i++)
		warn(lint, rule, sentences[i]);
	if (lint->captures == NULL)
		return;
	check_captures(lint, rule, "fires", &rule->fires);
	check_captures(lint, rule, "silent", &rule->silent);
	check_captures(lint, rule, "inconclusive", &rule->inconclusive);
}

static const struct rule *
rule_of_file(const struct rule_set *rules, const char *path)
{
	for (size_t i = 0; i < rules->count; i++)
		if (!rules->items[i]->is_builtin && strcmp(rules->items[i]->file, path) == 0)
			return rules->items[i];
	return NULL;
}

/* Whatever one file is, the others are read. */
static bool
lint_file(void *state, const char *path, struct error *error)
{
	struct lint *lint = state;
	struct error first = {0};
	struct mistakes mistakes = {.first = &first, .tell = complain, .state = lint};
	const struct rule *rule;

	(void)error;
	lint->files++;
	if (!rule_file_load_all(lint->rules, path, &mistakes)) {
		print_complaints(lint);
		return true;
	}
	rule = rule_of_file(lint->rules, path);
	if (rule != NULL)
		check_weaknesses(lint, rule);
	return true;
}

static void
lint_operand(struct lint *lint, const char *path)
{
	struct error error = {0};

	if (command_is_folder(path)) {
		if (!rule_files_visit(path, lint_file, lint, &error))
			print_error(lint, &error);
	} else {
		lint_file(lint, path, &error);
	}
}

/* A rule that did not load would be missed by those that name it, which is not their mistake. */
static void
check_together(struct lint *lint)
{
	struct error first = {0};
	struct mistakes mistakes = {.first = &first, .tell = complain, .state = lint};

	if (lint->errors == 0 && !rule_set_check_all(lint->rules, &mistakes))
		print_complaints(lint);
}

static void
print_total(const struct lint *lint)
{
	printf("%zu %s: %zu %s, %zu %s\n", lint->files, lint->files == 1 ? "file" : "files",
	    lint->errors, lint->errors == 1 ? "error" : "errors", lint->warnings,
	    lint->warnings == 1 ? "warning" : "warnings");
}

enum exit_status
lint_rules(struct settings *settings, struct rule_set *rules)
{
	struct lint lint = {.rules = rules, .captures = settings->captures};
	bool do_warnings_fail = settings->has_fail_on && settings->fail_on <= SEVERITY_WARNING;
	enum exit_status status = EXIT_DONE;

	if (settings->operand_count == 1) {
		log_error("nothing is named; usage: smbtriage rules lint FILE|DIR...");
		return EXIT_USAGE;
	}
	for (size_t i = 1; i < settings->operand_count; i++)
		lint_operand(&lint, settings->operands[i]);
	check_together(&lint);
	print_total(&lint);
	if (lint.errors != 0)
		status = EXIT_USAGE;
	else if (lint.warnings != 0 && do_warnings_fail)
		status = EXIT_THRESHOLD;
	mem_free(lint.complaints);
	arena_free(&lint.arena);
	return command_written(status);
}
