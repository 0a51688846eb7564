/* The table of commands; the rules they work with; the exit status. */
#include <stdio.h>

#include "analyzer/analysis.h"
#include "analyzer/base/basics.h"
#include "analyzer/base/error.h"
#include "analyzer/base/hash.h"
#include "analyzer/command/command.h"
#include "analyzer/command/verbose.h"
#include "analyzer/options.h"
#include "analyzer/sandbox/keeper.h"
#include "rules/rule.h"

static enum exit_status
run_version(struct settings *settings, struct rule_set *rules)
{
	(void)settings;
	printf("smbtriage %s, %zu rules\n", SMBTRIAGE_VERSION, rules->count);
	return command_written(EXIT_DONE);
}

#define FEW_FORMATS   "text|ndjson"
#define TABLE_FORMATS "text|ndjson|tsv"

/* What concerns findings, from packets to the report. */
#define ABOUT_FINDINGS \
	(ABOUT_CAPTURES | ABOUT_KEYS | ABOUT_RULES | ABOUT_VERDICTS | ABOUT_REPORT | ABOUT_FORMAT)

static const struct command commands[] = {
    {"analyze", "FILE|DIR|-...", "say why SMB connections failed (the default)", run_analyze, true,
	"text", NULL, WORD_CAPTURE, ABOUT_FINDINGS},
    {"compare", "FILE|DIR...",
	"say where on a path packets were lost or changed, by captures of "
	"several points",
	run_compare, true, "text", NULL, WORD_CAPTURE, ABOUT_FINDINGS | ABOUT_POINTS},
    {"streams", "FILE|DIR|-...", "list every TCP connection and what it speaks", run_streams, true,
	"ndjson", TABLE_FORMATS, WORD_CAPTURE, ABOUT_CAPTURES | ABOUT_FORMAT},
    {"stats", "FILE|DIR|-...", "count SMB2 calls by server and command, and time them", run_stats,
	true, "text", TABLE_FORMATS, WORD_CAPTURE, ABOUT_CAPTURES | ABOUT_KEYS | ABOUT_FORMAT},
    {"ladder", "FILE|DIR...", "draw one conversation, frame by frame", run_ladder, true, "text",
	"text|markdown", WORD_CAPTURE,
	ABOUT_CAPTURES | ABOUT_KEYS | ABOUT_RULES | ABOUT_VERDICTS | ABOUT_FORMAT | ABOUT_STREAM |
	    ABOUT_POINTS},
    {"extract", "FILE|DIR...", "write the packets that prove a finding to a file for each capture",
	run_extract, true, "text", "text", WORD_CAPTURE,
	ABOUT_CAPTURES | ABOUT_KEYS | ABOUT_RULES | ABOUT_VERDICTS | ABOUT_EVIDENCE | ABOUT_POINTS},
    {"verify", "DIR", "hold captures against what is expected of them: each is a test", run_verify,
	true, "text", "text|junit", WORD_FOLDER,
	ABOUT_CAPTURES | ABOUT_KEYS | ABOUT_RULES | ABOUT_VERDICTS | ABOUT_FORMAT | ABOUT_EXPECTED},
    {"explain", "CODE|RULE-ID...", "say what a status, a Kerberos error or a rule means",
	run_explain, false, "text", FEW_FORMATS, WORD_CODE, ABOUT_RULES | ABOUT_FORMAT},
    {"rules", "list | lint FILE|DIR... | test [DIR|RULE-ID...]",
	"list the rules, check files of rules, try rules on captures", run_rules, false, "text",
	"text|ndjson|junit", WORD_LISTED, ABOUT_RULES | ABOUT_CHOICE | ABOUT_FORMAT | ABOUT_TRIAL},
    {"fields", "[EXCHANGE]", "describe the exchanges and fields that rules speak of", run_fields,
	false, "text", "text", WORD_EXCHANGE, 0},
    {"schema", NULL, "print the JSON Schema of NDJSON", run_schema, false, "text", "text",
	WORD_NONE, 0},
    {"completion", "bash|zsh|fish", "print a script that completes command lines in a shell",
	run_completion, false, "text", "text", WORD_LISTED, ABOUT_RULES},
    {"help", "[COMMAND]", "say how a command is used; so does COMMAND --help", run_help, false,
	"text", "text", WORD_COMMAND, ABOUT_ANYTHING},
    {"--version", NULL, "say which version this is", run_version, false, "text", "text", WORD_NONE,
	0},
    {"--help", "[COMMAND]", "show this; so does -h", run_help, false, "text", "text", WORD_COMMAND,
	ABOUT_ANYTHING},
    {"--try-escape", "[LOCKS]", NULL, run_try_escape, false, "text", "text", WORD_NONE,
	ABOUT_CAPTURES},
    {"-h", "[COMMAND]", NULL, run_help, false, "text", "text", WORD_COMMAND, ABOUT_ANYTHING},
};
static const struct command_list all_commands = {commands, COUNT(commands)};

static bool
load_rules(const struct settings *settings, struct rule_set *rules, struct error *error)
{
	rule_set_add_builtin(rules);
	for (size_t i = 0; i < settings->rule_folder_count; i++)
		if (!rule_set_add_directory(rules, settings->rule_folders[i], error))
			return false;
	verbose_tell_rules(settings, rules);
	return rule_set_check(rules, error) &&
	       rule_choose(rules, settings->switches, settings->switch_count, error);
}

int
main(int argc, char **argv)
{
	struct settings settings;
	const struct exchange_type *types[ANALYSIS_MOST_TYPES];
	struct rule_set rules;
	struct error error = {0};
	enum exit_status status;

	(void)argc;
	hash_draw_key();
	if (!options_parse(&settings, &all_commands, argv + 1, &error)) {
		options_free(&settings);
		return (int)command_fail(&error);
	}
	log_set_level(settings.log_level);
	verbose_tell_options(&settings);
	rule_set_init(&rules, types, analysis_exchange_types(types));
	status = load_rules(&settings, &rules, &error) ? settings.command->run(&settings, &rules)
						       : command_fail(&error);
	rule_set_free(&rules);
	options_free(&settings);
	keeper_end(status);
}
