#include "analyzer/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/nearest.h"
#include "analyzer/secrets.h"

/* One option that sets something. What set() refuses it explains in ERROR. */
struct option_row {
	const char *name;
	const char *argument; /* NULL: takes none */
	const char *sentence;
	bool (*set)(struct settings *settings, const char *value, struct error *error);
};

/* Several of one format may go to several files; arguments outlive the settings. */
static bool
set_format(struct settings *settings, const char *value, struct error *error)
{
	const char *equals = strchr(value, '=');
	size_t length = equals != NULL ? (size_t)(equals - value) : strlen(value);
	struct output_choice choice = {
	    report_format_called(value, length), equals != NULL ? equals + 1 : "-"};

	if (choice.format == NULL)
		return error_set(error, EXIT_USAGE,
		    "--format %s: there is no such format; see `smbtriage --help`", value);
	if (choice.path[0] == '\0')
		return error_set(error, EXIT_USAGE, "--format %s: the file has no name", value);
	if (settings->output_count == OPTIONS_MOST_LISTED)
		return error_set(
		    error, EXIT_USAGE, "--format: at most %d reports", OPTIONS_MOST_LISTED);
	settings->outputs[settings->output_count++] = choice;
	return true;
}

static bool
set_filter(struct settings *settings, const char *value, struct error *error)
{
	(void)error;
	settings->analysis.filter = value;
	return true;
}

static bool
set_rules(struct settings *settings, const char *value, struct error *error)
{
	if (settings->rule_folder_count == OPTIONS_MOST_LISTED)
		return error_set(
		    error, EXIT_USAGE, "--rules: at most %d folders", OPTIONS_MOST_LISTED);
	settings->rule_folders[settings->rule_folder_count++] = value;
	return true;
}

static bool
set_fail_on(struct settings *settings, const char *value, struct error *error)
{
	settings->has_fail_on = severity_parse(value, &settings->fail_on);
	return settings->has_fail_on ||
	       error_set(error, EXIT_USAGE,
		   "--fail-on %s: there is no such severity; error, warning or notice", value);
}

static bool
set_hash(struct settings *settings, const char *value, struct error *error)
{
	(void)value;
	(void)error;
	settings->analysis.is_hashing = true;
	return true;
}

static bool
set_smb_port(struct settings *settings, const char *value, struct error *error)
{
	char *end;
	unsigned long port = strtoul(value, &end, 10);

	if (value[0] < '0' || value[0] > '9' || *end != '\0' || port == 0 || port > 65535)
		return error_set(
		    error, EXIT_USAGE, "--smb-port %s: a port is a number from 1 to 65535", value);
	if (settings->analysis.smb_port_count == OPTIONS_MOST_LISTED)
		return error_set(
		    error, EXIT_USAGE, "--smb-port: at most %d ports", OPTIONS_MOST_LISTED);
	settings->smb_ports[settings->analysis.smb_port_count++] = (uint16_t)port;
	return true;
}

static bool
set_vantage(struct settings *settings, const char *value, struct error *error)
{
	settings->analysis.has_vantage = strcmp(value, "auto") != 0;
	if (!settings->analysis.has_vantage)
		return true;
	for (size_t i = 0; i < vantage_names.count; i++)
		if (strcmp(value, vantage_names.rows[i].name) == 0) {
			settings->analysis.vantage = (enum vantage)vantage_names.rows[i].value;
			return true;
		}
	return error_set(error, EXIT_USAGE,
	    "--vantage %s: there is no such place; client, server, between, unknown or auto",
	    value);
}

static struct secrets *
secrets_of(struct settings *settings)
{
	if (settings->analysis.secrets == NULL)
		settings->analysis.secrets = secrets_new();
	return settings->analysis.secrets;
}

static bool
set_session_key(struct settings *settings, const char *value, struct error *error)
{
	return secrets_add_session_key(secrets_of(settings), value, error);
}

static bool
set_session_keys(struct settings *settings, const char *value, struct error *error)
{
	return secrets_add_session_keys(secrets_of(settings), value, error);
}

static bool
set_keytab(struct settings *settings, const char *value, struct error *error)
{
	return secrets_add_keytab(secrets_of(settings), value, error);
}

static const struct option_row options[] = {
    {"--format", "NAME[=FILE]", "how the report is written, and where to; repeatable", set_format},
    {"--filter", "BPF", "look only at packets that pass, such as 'host 10.0.0.5'", set_filter},
    {"--rules", "DIR", "add the rules of a folder; repeatable", set_rules},
    {"--fail-on", "SEVERITY", "exit with 1 when a finding is at least this severe", set_fail_on},
    {"--hash", NULL, "give the SHA-256 of each capture", set_hash},
    {"--smb-port", "PORT", "treat a port like 445; repeatable", set_smb_port},
    {"--vantage", "PLACE", "say where it was captured: client, server, between, unknown, auto",
	set_vantage},
    {"--session-key", "ID=HEX", "decrypt a session, check its signatures; repeatable",
	set_session_key},
    {"--session-keys", "FILE", "the same for each line of a file", set_session_keys},
    {"--keytab", "FILE", "the same for what logs on to these servers with Kerberos", set_keytab},
};

static void
print_row(const char *name, const char *argument, const char *sentence)
{
	char left[64];

	snprintf(left, sizeof(left), "%s %s", name, argument ? argument : "");
	printf("  %-26s %s\n", left, sentence);
}

/* A negative number is none: PowerShell prints statuses so. */
static bool
is_option(const char *word)
{
	return word[0] == '-' && word[1] != '\0' && (word[1] < '0' || word[1] > '9');
}

void
options_print_help(const struct command_list *commands)
{
	puts("usage: smbtriage [analyze] [options] FILE|DIR|-...\n\n"
	     "Reads packet captures and says why SMB connections failed.\n\ncommands:");
	for (size_t i = 0; i < commands->count; i++)
		if (!is_option(commands->items[i].name))
			print_row(commands->items[i].name, commands->items[i].arguments,
			    commands->items[i].sentence);
	puts("\nformats:");
	for (size_t i = 0; i < report_format_count; i++)
		print_row(report_formats[i].name, NULL, report_formats[i].sentence);
	puts("\noptions:");
	for (size_t i = 0; i < COUNT(options); i++)
		print_row(options[i].name, options[i].argument, options[i].sentence);
	for (size_t i = 0; i < commands->count; i++)
		if (is_option(commands->items[i].name) && commands->items[i].sentence != NULL)
			print_row(commands->items[i].name, NULL, commands->items[i].sentence);
	puts("\nexit status: 0 done, 1 --fail-on reached, 2 input damaged or nothing decodable,\n"
	     "3 wrong option or rule, 4 internal error. The manual is smbtriage(1).");
}

static const struct command *
command_called(const struct command_list *commands, const char *name, size_t length)
{
	for (size_t i = 0; i < commands->count; i++)
		if (strlen(commands->items[i].name) == length &&
		    strncmp(commands->items[i].name, name, length) == 0)
			return &commands->items[i];
	return NULL;
}

static const struct option_row *
option_called(const char *name, size_t length)
{
	for (size_t i = 0; i < COUNT(options); i++)
		if (strlen(options[i].name) == length &&
		    strncmp(options[i].name, name, length) == 0)
			return &options[i];
	return NULL;
}

static bool
unknown_option(const struct command_list *commands, const char *name, struct error *error)
{
	struct nearest nearest = nearest_to(name);

	for (size_t i = 0; i < COUNT(options); i++)
		nearest_try(&nearest, options[i].name);
	for (size_t i = 0; i < commands->count; i++)
		nearest_try(&nearest, commands->items[i].name);
	if (nearest.best != NULL && is_option(nearest.best))
		return error_set(error, EXIT_USAGE, "there is no option %s; did you mean %s?", name,
		    nearest.best);
	return error_set(error, EXIT_USAGE, "there is no option %s; see `smbtriage --help`", name);
}

/* Takes the option at **ARGUMENTS and, if it stands apart, its value. */
static bool
parse_option(struct settings *settings, const struct command_list *commands, char ***arguments,
    struct error *error)
{
	const char *word = **arguments, *equals = strchr(word, '='), *value = NULL;
	size_t length = equals ? (size_t)(equals - word) : strlen(word);
	const struct option_row *row = option_called(word, length);
	const struct command *command = command_called(commands, word, length);

	if (row == NULL && command == NULL)
		return unknown_option(commands, word, error);
	if ((row == NULL || row->argument == NULL) && equals != NULL)
		return error_set(error, EXIT_USAGE, "%.*s takes no value", (int)length, word);
	if (row == NULL) {
		settings->command = command;
		return true;
	}
	if (row->argument != NULL) {
		value = equals ? equals + 1 : (*arguments)[1];
		if (value == NULL || value[0] == '\0')
			return error_set(error, EXIT_USAGE, "%s needs a value: %s %s", row->name,
			    row->name, row->argument);
		if (equals == NULL)
			++*arguments;
	}
	return row->set(settings, value, error);
}

/* The first operand may name the command; a file of that name is meant by ./NAME. */
static void
take_command(struct settings *settings, const struct command_list *commands)
{
	const char *first = settings->operand_count != 0 ? settings->operands[0] : "";

	if (settings->command != NULL)
		return;
	settings->command = command_called(commands, first, strlen(first));
	if (settings->command != NULL) {
		settings->operands++;
		settings->operand_count--;
	} else {
		settings->command = &commands->items[0];
	}
}

/* Whether NAME is one of NAMES, which are separated by '|'. */
static bool
is_one_of(const char *name, const char *names)
{
	size_t length = strlen(name);

	for (; names != NULL; names = strchr(names, '|')) {
		names += *names == '|';
		if (strncmp(names, name, length) == 0 &&
		    (names[length] == '|' || names[length] == '\0'))
			return true;
	}
	return false;
}

static bool
check_outputs(const struct settings *settings, struct error *error)
{
	const struct command *command = settings->command;
	size_t to_stdout = 0;

	for (size_t i = 0; i < settings->output_count; i++) {
		const struct output_choice *output = &settings->outputs[i];

		if (command->formats != NULL && !is_one_of(output->format->name, command->formats))
			return error_set(error, EXIT_USAGE,
			    "--format %s: %s cannot be written so; only as %s",
			    output->format->name, command->name, command->formats);
		if (!command->needs_files && strcmp(output->path, "-") != 0)
			return error_set(error, EXIT_USAGE,
			    "--format %s=%s: %s writes to standard output", output->format->name,
			    output->path, command->name);
		to_stdout += strcmp(output->path, "-") == 0;
		for (size_t j = 0; j < i; j++)
			if (strcmp(settings->outputs[j].path, output->path) == 0 &&
			    strcmp(output->path, "-") != 0)
				return error_set(error, EXIT_USAGE,
				    "--format: two reports cannot go to %s", output->path);
	}
	if (to_stdout > 1)
		return error_set(error, EXIT_USAGE,
		    "only one report can go to standard output; give the others a file: "
		    "--format NAME=FILE");
	return true;
}

static bool
check_operands(const struct settings *settings, struct error *error)
{
	size_t from_stdin = 0;

	if (!settings->command->needs_files)
		return true;
	if (settings->operand_count == 0)
		return error_set(error, EXIT_USAGE,
		    "no capture is named; usage: smbtriage [analyze] [options] FILE|DIR|-...");
	for (size_t i = 0; i < settings->operand_count; i++)
		from_stdin += strcmp(settings->operands[i], "-") == 0;
	if (from_stdin > 1)
		return error_set(error, EXIT_USAGE, "standard input can be read only once");
	if (from_stdin != 0 && settings->analysis.is_hashing)
		return error_set(error, EXIT_USAGE,
		    "--hash needs a file; standard input is gone once it is read");
	return true;
}

void
options_free(struct settings *settings)
{
	secrets_free(settings->analysis.secrets);
}

static void
add_default_output(struct settings *settings)
{
	const char *format = settings->command->format;

	if (settings->output_count == 0)
		settings->outputs[settings->output_count++] =
		    (struct output_choice){report_format_called(format, strlen(format)), "-"};
}

/* A document says which file it speaks of. */
static void
imply_hashing(struct settings *settings)
{
	for (size_t i = 0; i < settings->output_count; i++)
		settings->analysis.is_hashing |= settings->outputs[i].format->is_document;
}

/* Options and operands may stand in any order; after "--" everything is an operand. */
bool
options_parse(struct settings *ret, const struct command_list *commands, char **arguments,
    struct error *error)
{
	char **keep = arguments;
	bool are_options_over = false;

	*ret = (struct settings){.operands = arguments};
	for (; *arguments != NULL; arguments++) {
		if (are_options_over || !is_option(*arguments))
			*keep++ = *arguments;
		else if (strcmp(*arguments, "--") == 0)
			are_options_over = true;
		else if (!parse_option(ret, commands, &arguments, error))
			return false;
	}
	ret->operand_count = (size_t)(keep - ret->operands);
	ret->analysis.smb_ports = ret->smb_ports;
	take_command(ret, commands);
	add_default_output(ret);
	if (!check_outputs(ret, error) || !check_operands(ret, error))
		return false;
	imply_hashing(ret);
	return true;
}
