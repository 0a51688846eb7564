/*
 * Completion in shells: scripts that are generated from the tables of commands, options, formats,
 * rules and exchanges, so that none of them can be forgotten.
 */
#ifndef SMBTRIAGE_COMMAND_COMPLETION_H
#define SMBTRIAGE_COMMAND_COMPLETION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "analyzer/base/arena.h"
#include "analyzer/command/command.h"
#include "rules/rule.h"

/* What completions are made from, and where to. */
struct completion {
	const struct command_list *commands;
	const struct rule_set *rules;
	FILE *out;
};

/* A word that may stand somewhere. */
struct word {
	const char *text;
	const char *sentence; /* what it is; or NULL */
};

/* A zeroed one is empty. */
struct word_list {
	struct word *items;
	size_t count, capacity;
	struct arena arena;
};

/* A kind of words of which there is a list. */
struct word_source {
	enum word_kind kind;
	const char *name; /* "severity" */
	void (*gather)(const struct completion *completion, struct word_list *list);
};

extern const struct word_source word_sources[];
extern const size_t word_source_count;

/* The source of KIND, or NULL. */
const struct word_source *word_source_of(enum word_kind kind);

/* Adds the words that ARGUMENTS, a row's own text, lists in small letters: "list | lint FILE". */
void words_add_listed(struct word_list *list, const char *arguments);

/* Whether files, and ids of rules, may follow such a word. */
bool words_take_files(const char *arguments);
bool words_take_rules(const char *arguments);

/* Adds the formats that COMMAND writes. */
void words_add_formats(struct word_list *list, const struct command *command);

void words_free(struct word_list *list);

/* CHARS between apostrophes, as bash and zsh read them; fish has its own way. */
void completion_quote(FILE *out, const char *chars);

/* For bash and zsh: the functions that tell whether $1 is a command, and whether it is an option
 * that waits for its value. */
void completion_write_tests(const struct completion *completion);

/* Whether COMMAND is offered by its name; one without a sentence is not. */
bool completion_offers(const struct command *command);

/* Whether it is offered, and written as an option. */
bool completion_offers_option(const struct command *command);

/* The parts that no table changes, of the files beside this one; made by the Makefile. */
extern const char completion_script_bash[], completion_script_zsh[], completion_script_fish[];

/* Each writes the script of one shell. */
void completion_bash(const struct completion *completion);
void completion_zsh(const struct completion *completion);
void completion_fish(const struct completion *completion);

#endif
