/* The command line: a table of commands, a table of options, and what the operator asked for. */
#ifndef SMBTRIAGE_OPTIONS_H
#define SMBTRIAGE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/analysis.h"
#include "analyzer/base/error.h"
#include "analyzer/command/command.h"
#include "analyzer/report/report.h"
#include "rules/rule.h"

/* Ports and rule folders of one command line are few. */
#define OPTIONS_MOST_LISTED 64

/* A report that the operator wants. */
struct output_choice {
	const struct report_format *format;
	const char *path; /* "-": standard output */
};

/* What the operator asked for. Texts and operands are borrowed from the arguments. */
struct settings {
	const struct command *command;
	struct output_choice
	    outputs[OPTIONS_MOST_LISTED]; /* the command's own, when none is named */
	size_t output_count;
	struct analysis_options analysis;
	uint16_t smb_ports[OPTIONS_MOST_LISTED];
	const char *rule_folders[OPTIONS_MOST_LISTED];
	size_t rule_folder_count;
	char **operands;
	size_t operand_count;
	enum severity fail_on;
	bool has_fail_on;
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
