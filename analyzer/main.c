/* The table of commands; the rules they work with; the exit status. */
#include <assert.h>
#include <stdio.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/error.h"
#include "analyzer/command/command.h"
#include "analyzer/conversation/delivery.h"
#include "analyzer/conversation/handshake.h"
#include "analyzer/conversation/resolution.h"
#include "analyzer/conversation/sweep.h"
#include "analyzer/options.h"
#include "dissectors/registry.h"
#include "rules/rule.h"

static enum exit_status
run_version(struct settings *settings, struct rule_set *rules)
{
	(void)settings;
	printf("smbtriage %s, %zu rules\n", SMBTRIAGE_VERSION, rules->count);
	return command_written(EXIT_DONE);
}

static enum exit_status
run_help(struct settings *settings, struct rule_set *rules)
{
	(void)settings;
	(void)rules;
	options_print_help(&all_commands);
	return command_written(EXIT_DONE);
}

#define FEW_FORMATS "text|ndjson"

static const struct command commands[] = {
    {"analyze", "FILE|DIR|-...", "say why SMB connections failed (the default)", run_analyze, true,
	"text", NULL},
    {"streams", "FILE|DIR|-...", "list every TCP connection and what it speaks", run_streams, true,
	"ndjson", FEW_FORMATS},
    {"stats", "FILE|DIR|-...", "count SMB2 calls by server and command, and time them", run_stats,
	true, "text", FEW_FORMATS},
    {"explain", "CODE|RULE-ID...", "say what a status, a Kerberos error or a rule means",
	run_explain, false, "text", FEW_FORMATS},
    {"fields", "[EXCHANGE]", "describe the exchanges and fields that rules speak of", run_fields,
	false, "text", "text"},
    {"--list-rules", NULL, "list the rules", run_rules, false, "text", "text"},
    {"--version", NULL, "say which version this is", run_version, false, "text", "text"},
    {"--help", NULL, "show this; so does -h", run_help, false, "text", "text"},
    {"-h", NULL, NULL, run_help, false, "text", "text"},
};
const struct command_list all_commands = {commands, COUNT(commands)};

static bool
load_rules(const struct settings *settings, struct rule_set *rules, struct error *error)
{
	rule_set_add_builtin(rules);
	for (size_t i = 0; i < settings->rule_folder_count; i++)
		if (!rule_set_add_directory(rules, settings->rule_folders[i], error))
			return false;
	return rule_set_check(rules, error);
}

/* What rules may speak of: the handshake, and all that the dissectors make. */
static size_t
gather_types(const struct exchange_type **types)
{
	size_t count = 0;

	types[count++] = &address_resolution_type;
	types[count++] = &tcp_handshake_type;
	types[count++] = &tcp_sweep_type;
	types[count++] = &tcp_delivery_type;
	for (size_t i = 0; i < dissector_exchange_type_count; i++)
		types[count++] = dissector_exchange_types[i];
	return count;
}

int
main(int argc, char **argv)
{
	struct settings settings;
	const struct exchange_type *types[64];
	struct rule_set rules;
	struct error error = {0};
	enum exit_status status;

	(void)argc;
	assert(dissector_exchange_type_count < COUNT(types));
	if (!options_parse(&settings, &all_commands, argv + 1, &error)) {
		options_free(&settings);
		return (int)command_fail(&error);
	}
	rule_set_init(&rules, types, gather_types(types));
	status = load_rules(&settings, &rules, &error) ? settings.command->run(&settings, &rules)
						       : command_fail(&error);
	rule_set_free(&rules);
	options_free(&settings);
	return (int)status;
}
