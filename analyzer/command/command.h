/* What each command does; main.c has the table of them. */
#ifndef SMBTRIAGE_COMMAND_COMMAND_H
#define SMBTRIAGE_COMMAND_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "analyzer/base/arena.h"
#include "analyzer/base/error.h"
#include "analyzer/capture/digest.h"
#include "analyzer/facts.h"
#include "rules/rule.h"

struct settings;
struct progress; /* analyzer/progress.h */

/* What a word of the command line names; completions offer what there is of it. */
enum word_kind {
	WORD_NONE = 0, /* there is no word */
	WORD_ANY,      /* what nobody can guess */
	WORD_FILE,
	WORD_FOLDER,
	WORD_CAPTURE, /* a file, or a folder of them */
	WORD_FORMAT,  /* NAME or NAME=FILE */
	WORD_SEVERITY,
	WORD_PLACE,
	WORD_RULE,     /* an id */
	WORD_CODE,     /* an id, or the name of a status or a Kerberos error */
	WORD_EXCHANGE, /* the name of a kind of them */
	WORD_COMMAND,
	WORD_LISTED, /* what the text beside it lists in small letters: "bash|zsh|fish" */
};

/* What commands and options are about: a command takes the options with which it shares one. */
enum subject {
	ABOUT_CAPTURES = 1 << 0,  /* which packets are read */
	ABOUT_KEYS = 1 << 1,      /* messages, and the keys that open them */
	ABOUT_RULES = 1 << 2,     /* which rules there are */
	ABOUT_VERDICTS = 1 << 3,  /* what rules make of captures */
	ABOUT_REPORT = 1 << 4,    /* what is told of findings */
	ABOUT_FORMAT = 1 << 5,    /* how it is written */
	ABOUT_STREAM = 1 << 6,    /* one conversation */
	ABOUT_EVIDENCE = 1 << 7,  /* one finding, and a file for what proves it */
	ABOUT_CHOICE = 1 << 8,    /* which of the rules run */
	ABOUT_TRIAL = 1 << 9,     /* captures that rules are held against */
	ABOUT_EXPECTED = 1 << 10, /* what captures are held against */
	ABOUT_POINTS = 1 << 11,   /* captures of several points on one path */
	ABOUT_ANYTHING = 0x7fff,  /* an option for every command; a command that lets all pass, and
				   * heeds none but those */
};

/* One thing the program does: a word before the operands, or an option that stands for one. */
struct command {
	const char *name;      /* as written; "--…" for an option */
	const char *arguments; /* or NULL */
	const char *sentence;  /* NULL: --help does not list it */
	enum exit_status (*run)(struct settings *settings, struct rule_set *rules);
	bool needs_files;    /* and its report may go to a file */
	const char *format;  /* when the operator names none */
	const char *formats; /* that it can write: "text|ndjson"; NULL: each */
	enum word_kind operand;
	unsigned about; /* enum subject */
};

struct command_list {
	const struct command *items; /* the first one is what is done when none is named */
	size_t count;
};

/* Each returns the exit status of the program. RULES are loaded and checked. */
enum exit_status run_analyze(struct settings *settings, struct rule_set *rules);
enum exit_status run_compare(struct settings *settings, struct rule_set *rules);
enum exit_status run_streams(struct settings *settings, struct rule_set *rules);
enum exit_status run_stats(struct settings *settings, struct rule_set *rules);
enum exit_status run_extract(struct settings *settings, struct rule_set *rules);
enum exit_status run_explain(struct settings *settings, struct rule_set *rules);
enum exit_status run_fields(struct settings *settings, struct rule_set *rules);
enum exit_status run_ladder(struct settings *settings, struct rule_set *rules);
enum exit_status run_rules(struct settings *settings, struct rule_set *rules);
enum exit_status run_verify(struct settings *settings, struct rule_set *rules);
enum exit_status run_schema(struct settings *settings, struct rule_set *rules);
enum exit_status run_try_escape(struct settings *settings, struct rule_set *rules);

enum exit_status run_completion(struct settings *settings, struct rule_set *rules);
enum exit_status run_help(struct settings *settings, struct rule_set *rules);

/* Whether NAME is one of NAMES, which are separated by '|'. */
bool command_is_one_of(const char *name, const char *names);

/* Whether COMMAND can write the format of that name. */
bool command_writes(const struct command *command, const char *format);

/* Says ERROR on standard error, and returns its status. */
enum exit_status command_fail(const struct error *error);

/* The more important of two statuses. */
enum exit_status command_worse(enum exit_status one, enum exit_status other);

/* STATUS, unless standard output could not be written, which is said. */
enum exit_status command_written(enum exit_status status);

/* The SHA-256 of PATH (capture/digest.h), one pass of PROGRESS, which may be NULL. */
bool command_digest(
    struct progress *progress, const char *path, char ret[DIGEST_TEXT_SIZE], struct error *error);

/* The same of each part of a trace, whose FACTS then have it, in ARENA; one pass for all. */
bool command_digest_parts(struct progress *progress, const struct capture_facts *facts,
    struct arena *arena, struct error *error);

/* How many threads help the first one (base/crew.h) where FILES may be analysed at a time: no more
 * than have something to do, which is those that take a file and one who reads ahead. */
unsigned command_members(const struct settings *settings, size_t files);

/* Has a worker do WORK, which analyses up to FILES at a time, as SETTINGS say (sandbox/keeper.h):
 * whether it came to its end, and the status that it returned. */
bool command_have_done(struct settings *settings, size_t files,
    enum exit_status (*work)(void *state), void *state, enum exit_status *ret);

/* Whether the operator named as many places (--vantage) as there are captures of points, COUNT, or
 * one for all, or none. False, with ERROR, when not. */
bool command_check_places(const struct settings *settings, size_t count, struct error *error);

/* Whether PATH is a folder, or leads to one. */
bool command_is_folder(const char *path);

/* The width of the terminal that standard output is, or that of lines that go to a file. */
size_t command_columns(void);

/* Whether standard output is a terminal that may be coloured (https://no-color.org). */
bool command_is_colored(void);

#endif
