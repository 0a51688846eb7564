/* What each command does; main.c has the table of them. */
#ifndef SMBTRIAGE_COMMAND_COMMAND_H
#define SMBTRIAGE_COMMAND_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "analyzer/base/error.h"
#include "rules/rule.h"

struct settings;

/* One thing the program does: a word before the operands, or an option that stands for one. */
struct command {
	const char *name;      /* as written; "--…" for an option */
	const char *arguments; /* or NULL */
	const char *sentence;  /* NULL: --help does not list it */
	enum exit_status (*run)(struct settings *settings, struct rule_set *rules);
	bool needs_files;    /* and its report may go to a file */
	const char *format;  /* when the operator names none */
	const char *formats; /* that it can write: "text|ndjson"; NULL: each */
};

struct command_list {
	const struct command *items; /* the first one is what is done when none is named */
	size_t count;
};

extern const struct command_list all_commands;

/* Each returns the exit status of the program. RULES are loaded and checked. */
enum exit_status run_analyze(struct settings *settings, struct rule_set *rules);
enum exit_status run_streams(struct settings *settings, struct rule_set *rules);
enum exit_status run_stats(struct settings *settings, struct rule_set *rules);
enum exit_status run_explain(struct settings *settings, struct rule_set *rules);
enum exit_status run_fields(struct settings *settings, struct rule_set *rules);
enum exit_status run_rules(struct settings *settings, struct rule_set *rules);

/* Says ERROR on standard error, and returns its status. */
enum exit_status command_fail(const struct error *error);

/* The more important of two statuses. */
enum exit_status command_worse(enum exit_status one, enum exit_status other);

/* STATUS, unless standard output could not be written, which is said. */
enum exit_status command_written(enum exit_status status);

/* Where lines are wrapped that go to a file: no terminal changes them. */
#define COMMAND_COLUMNS 80

/* The width of the terminal that standard output is, or COMMAND_COLUMNS. */
size_t command_columns(void);

/* Whether standard output is a terminal that may be coloured (https://no-color.org). */
bool command_is_colored(void);

#endif
