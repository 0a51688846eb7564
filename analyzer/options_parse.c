/* The words of the command line, in any order: options, the command, operands. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "analyzer/base/crew.h"
#include "analyzer/base/nearest.h"
#include "analyzer/options.h"
#include "analyzer/secrets.h"

/* More options than any table has. */
#define MOST_OPTIONS 64

/* The reading of one command line. */
struct reading {
	struct settings *settings;
	const struct command_list *commands;
	char **next;                 /* the word after the one at hand */
	bool is_given[MOST_OPTIONS]; /* by index into all_options */
	struct error *error;
};

/* A negative number is none: PowerShell prints statuses so. */
bool
option_is_one(const char *word)
{
	return word[0] == '-' && word[1] != '\0' && (word[1] < '0' || word[1] > '9');
}

bool
option_is_for(const struct option *option, const struct command *command)
{
	return option->about == ABOUT_ANYTHING ||
	       (command->about != ABOUT_ANYTHING && (option->about & command->about) != 0);
}

const struct command *
command_called(const struct command_list *commands, const char *name, size_t length)
{
	for (size_t i = 0; i < commands->count; i++)
		if (strlen(commands->items[i].name) == length &&
		    strncmp(commands->items[i].name, name, length) == 0)
			return &commands->items[i];
	return NULL;
}

static const struct option *
option_called(const char *name, size_t length)
{
	for (size_t i = 0; i < all_option_count; i++)
		if (strlen(all_options[i].name) == length &&
		    strncmp(all_options[i].name, name, length) == 0)
			return &all_options[i];
	return NULL;
}

static const struct option *
option_of_letter(char letter)
{
	for (size_t i = 0; i < all_option_count; i++)
		if (all_options[i].letter == letter)
			return &all_options[i];
	return NULL;
}

static bool
unknown_option(const struct reading *reading, const char *name)
{
	const struct command_list *commands = reading->commands;
	struct nearest nearest = nearest_to(name);

	for (size_t i = 0; i < all_option_count; i++)
		nearest_try(&nearest, all_options[i].name);
	for (size_t i = 0; i < commands->count; i++)
		nearest_try(&nearest, commands->items[i].name);
	/* Any letter is near to any other. */
	if (nearest.best != NULL && option_is_one(nearest.best) && name[1] == '-')
		return error_set(reading->error, EXIT_USAGE,
		    "there is no option %s; did you mean %s?", name, nearest.best);
	return error_set(
	    reading->error, EXIT_USAGE, "there is no option %s; see `smbtriage --help`", name);
}

static bool
apply(
    const struct option *option, struct settings *settings, const char *value, struct error *error)
{
	if (option->set != NULL)
		return option->set(settings, value, error);
	*(const char **)((char *)settings + option->text) = value;
	return true;
}

/* VALUE as it stands with the option, or NULL: it is the next word. */
static bool
take_option(struct reading *reading, const struct option *option, const char *value)
{
	reading->is_given[option - all_options] = true;
	if (option->argument == NULL)
		return apply(option, reading->settings, NULL, reading->error);
	if (value == NULL && *reading->next != NULL)
		value = *reading->next++;
	if (value == NULL || value[0] == '\0')
		return error_set(reading->error, EXIT_USAGE, "%s needs a value: %s %s",
		    option->name, option->name, option->argument);
	return apply(option, reading->settings, value, reading->error);
}

/* "--name", "--name=value", or a command that is written so. */
static bool
read_long(struct reading *reading, const char *word)
{
	const char *equals = strchr(word, '=');
	size_t length = equals ? (size_t)(equals - word) : strlen(word);
	const struct option *option = option_called(word, length);
	const struct command *command = command_called(reading->commands, word, length);

	if (option == NULL && command == NULL)
		return unknown_option(reading, word);
	if (equals != NULL && (option == NULL || option->argument == NULL))
		return error_set(
		    reading->error, EXIT_USAGE, "%.*s takes no value", (int)length, word);
	if (option != NULL)
		return take_option(reading, option, equals ? equals + 1 : NULL);
	reading->settings->command = command;
	return true;
}

/* "-q", "-qv", "-oFILE": after a letter that takes a value the rest of the word is the value. */
static bool
read_short(struct reading *reading, const char *word)
{
	for (const char *at = word + 1; *at != '\0'; at++) {
		const char name[] = {'-', *at, '\0'};
		const struct option *option = option_of_letter(*at);
		const struct command *command = command_called(reading->commands, name, 2);

		if (option == NULL && command == NULL)
			return unknown_option(reading, name);
		if (option == NULL) {
			reading->settings->command = command;
			continue;
		}
		if (option->argument != NULL)
			return take_option(reading, option, at[1] != '\0' ? at + 1 : NULL);
		if (!take_option(reading, option, NULL))
			return false;
	}
	return true;
}

/* The first operand may name the command; a file of that name is meant by ./NAME. */
static void
take_command(struct reading *reading)
{
	struct settings *settings = reading->settings;
	const char *first = settings->operand_count != 0 ? settings->operands[0] : "";

	if (settings->command != NULL)
		return;
	settings->command = command_called(reading->commands, first, strlen(first));
	if (settings->command != NULL) {
		settings->operands++;
		settings->operand_count--;
	} else {
		settings->command = &reading->commands->items[0];
	}
}

/* "analyze, stats" of the commands that OPTION is for. */
static void
list_takers(const struct reading *reading, const struct option *option, char *ret, size_t size)
{
	size_t used = 0;

	ret[0] = '\0';
	for (size_t i = 0; i < reading->commands->count && used < size; i++) {
		const struct command *command = &reading->commands->items[i];

		if (option_is_for(option, command))
			used += (size_t)snprintf(
			    ret + used, size - used, "%s%s", used ? ", " : "", command->name);
	}
}

/* An option that a command does not know would be a promise that nobody keeps. */
static bool
check_options(const struct reading *reading)
{
	const struct command *command = reading->settings->command;
	char takers[256];

	for (size_t i = 0; i < all_option_count; i++) {
		if (!reading->is_given[i] || option_is_for(&all_options[i], command))
			continue;
		list_takers(reading, &all_options[i], takers, sizeof(takers));
		return error_set(reading->error, EXIT_USAGE, "%s is not for %s, but for %s",
		    all_options[i].name, command->name, takers);
	}
	return true;
}

/* One place holds for all captures; of several each is a point's. */
static bool
settle_vantages(const struct reading *reading)
{
	static const struct option several = {.about = ABOUT_POINTS};
	struct settings *settings = reading->settings;
	const struct command *command = settings->command;
	char takers[256];

	if (settings->vantage_count == 1) {
		settings->analysis.vantage = settings->vantages[0].place;
		settings->analysis.has_vantage = settings->vantages[0].is_said;
	}
	if (settings->vantage_count < 2 || option_is_for(&several, command))
		return true;
	list_takers(reading, &several, takers, sizeof(takers));
	return error_set(reading->error, EXIT_USAGE,
	    "--vantage: %s takes one place, which is that of all captures; several are for %s",
	    command->name, takers);
}

static bool
check_outputs(const struct settings *settings, struct error *error)
{
	const struct command *command = settings->command;
	const char *baseline = settings->new_baseline_path;
	size_t to_stdout = baseline != NULL && strcmp(baseline, "-") == 0;

	for (size_t i = 0; i < settings->output_count; i++) {
		const struct output_choice *output = &settings->outputs[i];

		if (!command_writes(command, output->format->name))
			return error_set(error, EXIT_USAGE,
			    "--format %s: %s cannot be written so; only as %s",
			    output->format->name, command->name, command->formats);
		if (!command->needs_files && strcmp(output->path, "-") != 0)
			return error_set(error, EXIT_USAGE,
			    "--format %s=%s: %s writes to standard output", output->format->name,
			    output->path, command->name);
		to_stdout += strcmp(output->path, "-") == 0;
		if (baseline != NULL && strcmp(output->path, baseline) == 0 &&
		    strcmp(baseline, "-") != 0)
			return error_set(error, EXIT_USAGE,
			    "--write-baseline: a report goes to %s, too", baseline);
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
	const struct command *command = settings->command;
	size_t from_stdin = 0;

	if (command->arguments == NULL && settings->operand_count != 0)
		return error_set(error, EXIT_USAGE, "%s takes nothing more, and there is '%s'",
		    command->name, settings->operands[0]);
	if (!command->needs_files)
		return true;
	if (settings->operand_count == 0)
		return error_set(error, EXIT_USAGE,
		    "no capture is named; usage: smbtriage %s [options] %s", command->name,
		    command->arguments);
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
static bool
read_words(struct reading *reading, char **words)
{
	struct settings *settings = reading->settings;
	char **keep = words;
	bool are_options_over = false, is_ok = true;

	settings->operands = words;
	for (char *word; is_ok && (word = *words) != NULL; words = reading->next) {
		reading->next = words + 1;
		if (are_options_over || !option_is_one(word))
			*keep++ = word;
		else if (strcmp(word, "--") == 0)
			are_options_over = true;
		else
			is_ok =
			    word[1] == '-' ? read_long(reading, word) : read_short(reading, word);
	}
	settings->operand_count = (size_t)(keep - settings->operands);
	return is_ok;
}

bool
options_parse(struct settings *ret, const struct command_list *commands, char **arguments,
    struct error *error)
{
	struct reading reading = {.settings = ret, .commands = commands, .error = error};

	assert(all_option_count <= MOST_OPTIONS);
	*ret = (struct settings){.commands = commands,
	    .analysis = {.max_memory = ANALYSIS_USUAL_MEMORY},
	    .jobs = crew_processors()};
	if (!read_words(&reading, arguments))
		return false;
	ret->analysis.smb_ports = ret->smb_ports;
	ret->analysis.overlaps.items = ret->overlap_hosts;
	take_command(&reading);
	add_default_output(ret);
	if (ret->command->about == ABOUT_ANYTHING)
		return true;
	if (!check_options(&reading) || !settle_vantages(&reading) || !check_outputs(ret, error) ||
	    !check_operands(ret, error))
		return false;
	imply_hashing(ret);
	return true;
}
