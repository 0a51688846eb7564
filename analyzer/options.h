/* The command line: a table of commands, a table of options, and what the operator asked for. */
#ifndef SMBTRIAGE_OPTIONS_H
#define SMBTRIAGE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/analysis.h"
#include "analyzer/base/error.h"
#include "analyzer/report/report.h"
#include "rules/rule.h"

/* Ports and rule folders of one command line are few. */
#define OPTIONS_MOST_LISTED 64

/* What the operator asked for. Texts and operands are borrowed from the arguments. */
struct settings {
	const struct command *command;
	const struct report_format *format; /* the command's own, when none was named */
	struct analysis_options analysis;
	uint16_t smb_ports[OPTIONS_MOST_LISTED];
	const char *rule_folders[OPTIONS_MOST_LISTED];
	size_t rule_folder_count;
	char **operands;
	size_t operand_count;
	enum severity fail_on;
	bool has_fail_on;
};

/* One thing the program does: a word before the operands, or an option that stands for one. */
struct command {
	const char *name;      /* as written; "--…" for an option */
	const char *arguments; /* or NULL */
	const char *sentence;
	enum exit_status (*run)(struct settings *settings, struct rule_set *rules);
	bool needs_files;
	const char *format; /* when the operator names none; NULL where there is no report */
};

struct command_list {
	const struct command *items; /* the first one is what is done when none is named */
	size_t count;
};

/*
 * Reads the NULL-terminated ARGUMENTS, program name excluded, which are reordered: RET's operands
 * point into them. False, with ERROR, when they make no sense.
 */
bool options_parse(struct settings *ret, const struct command_list *commands, char **arguments,
    struct error *error);

/* Wipes the secrets; in either case. */
void options_free(struct settings *settings);

/* The text of --help on stdout. */
void options_print_help(const struct command_list *commands);

#endif
