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
#include "rules/rule_choice.h"

struct settings;

/* Ports and rule folders of one command line are few. */
#define OPTIONS_MOST_LISTED 64

/* One option. A row of the table feeds the parser, the help and the completions. */
struct option {
	const char *name;     /* "--format" */
	char letter;          /* 'q', for -q; 0: none */
	const char *argument; /* what its value is called: "NAME[=FILE]"; NULL: it takes none */
	enum word_kind kind;  /* of the value */
	unsigned about;       /* enum subject: it is for the commands that share one of these */
	bool is_repeatable;
	const char *sentence;
	/* VALUE, NULL where it takes none, outlives the settings. What is refused is explained in
	 * ERROR. NULL: any text is taken as it is, */
	bool (*set)(struct settings *settings, const char *value, struct error *error);
	size_t text; /* into the const char * at this offset of the settings */
};

extern const struct option all_options[];
extern const size_t all_option_count;

/* A report that the operator wants. */
struct output_choice {
	const struct report_format *format;
	const char *path; /* "-": standard output */
};

/* What the operator asked for. Texts and operands are borrowed from the arguments. */
struct settings {
	const struct command_list *commands;
	const struct command *command;
	struct output_choice
	    outputs[OPTIONS_MOST_LISTED]; /* the command's own, when none is named */
	size_t output_count;
	struct analysis_options analysis;
	uint16_t smb_ports[OPTIONS_MOST_LISTED];
	struct overlap_host overlap_hosts[OPTIONS_MOST_LISTED];
	/* Of each point, in the order of the operands; a single one is that of all captures, and
	 * stands in ANALYSIS. */
	struct capture_vantage vantages[OPTIONS_MOST_LISTED];
	size_t vantage_count;
	const char *rule_folders[OPTIONS_MOST_LISTED];
	size_t rule_folder_count;
	struct rule_switch switches[OPTIONS_MOST_LISTED]; /* in their order */
	size_t switch_count;
	enum severity least;           /* that is told of */
	const char *suppressions_path; /* or NULL */
	char **operands;
	size_t operand_count;
	enum severity fail_on;
	bool has_fail_on;
	const char *captures;  /* where trials look for them; NULL: not said */
	bool is_never_joining; /* each file is a capture by itself */
	uint32_t stream;
	bool has_stream;
	const char *findings[OPTIONS_MOST_LISTED]; /* ids or numbers */
	size_t finding_count;
	const char *companions[OPTIONS_MOST_LISTED]; /* files beside the captures, ADDRESS=FILE or
						      * FILE */
	size_t companion_count;
	const char *evidence_path;     /* or NULL, as the next three */
	const char *expected_path;     /* what captures are held against */
	const char *baseline_path;     /* what findings are compared with */
	const char *new_baseline_path; /* to be written */
	enum log_level log_level;
	unsigned jobs;                /* threads that may be at work at a time */
	struct sandbox_facts sandbox; /* its mode; a worker fills in the rest */
};

/*
 * Reads the NULL-terminated ARGUMENTS, program name excluded, which are reordered: RET's operands
 * point into them. False, with ERROR, when they make no sense.
 */
bool options_parse(struct settings *ret, const struct command_list *commands, char **arguments,
    struct error *error);

/* Wipes the secrets; in either case. */
void options_free(struct settings *settings);

/* Whether WORD is written as an option is, which a few commands are too. */
bool option_is_one(const char *word);

/* Whether COMMAND takes OPTION and heeds it. */
bool option_is_for(const struct option *option, const struct command *command);

/* The command whose name is the LENGTH characters at NAME, or NULL. */
const struct command *
command_called(const struct command_list *commands, const char *name, size_t length);

#endif
