/* The command line explained from its own tables. */
#include <stdio.h>
#include <string.h>

#include "analyzer/command/command.h"
#include "analyzer/options.h"

/* Where sentences begin. */
#define LEFT_COLUMNS 28

static void
print_row(const char *left, const char *sentence, const char *more)
{
	if (strlen(left) < LEFT_COLUMNS)
		printf("  %-*s %s%s\n", LEFT_COLUMNS, left, sentence, more);
	else
		printf("  %s\n  %-*s %s%s\n", left, LEFT_COLUMNS, "", sentence, more);
}

static void
print_command(const struct command *command)
{
	const char *arguments = command->arguments ? command->arguments : "";
	char left[80];

	snprintf(left, sizeof(left), "%s %s", command->name, arguments);
	print_row(left, command->sentence, "");
}

static void
print_option(const struct option *option)
{
	const char *argument = option->argument ? option->argument : "";
	char left[80], letter[] = {'-', option->letter, ',', ' ', '\0'};

	snprintf(left, sizeof(left), "%s%s %s", option->letter ? letter : "    ", option->name,
	    argument);
	print_row(left, option->sentence, option->is_repeatable ? "; repeatable" : "");
}

/* Those that COMMAND takes; NULL: all. */
static void
print_options(const struct command *command)
{
	puts("\noptions:");
	for (size_t i = 0; i < all_option_count; i++)
		if (command == NULL || option_is_for(&all_options[i], command))
			print_option(&all_options[i]);
}

/* Those that COMMAND can write; NULL: all. */
static void
print_formats(const struct command *command)
{
	puts("\nformats:");
	for (size_t i = 0; i < report_format_count; i++)
		if (command == NULL || command_writes(command, report_formats[i].name))
			print_row(report_formats[i].name, report_formats[i].sentence, "");
}

static void
print_general(const struct command_list *commands)
{
	puts("usage: smbtriage [analyze] [options] FILE|DIR|-...\n\n"
	     "Reads packet captures and says why SMB connections failed.\n\ncommands:");
	for (size_t i = 0; i < commands->count; i++)
		if (commands->items[i].sentence != NULL)
			print_command(&commands->items[i]);
	print_formats(NULL);
	print_options(NULL);
	puts("\n`smbtriage help COMMAND` lists the options that a command takes.\n"
	     "exit status: 0 done, 1 --fail-on reached, 2 input damaged or nothing decodable,\n"
	     "3 wrong option or rule, 4 internal error. The manual is smbtriage(1).");
}

static void
print_one(const struct command *command)
{
	printf("usage: smbtriage %s [options]%s%s\n\n%s: %s\n", command->name,
	    command->arguments ? " " : "", command->arguments ? command->arguments : "",
	    command->name, command->sentence);
	if ((command->about & ABOUT_FORMAT) != 0 && command->about != ABOUT_ANYTHING)
		print_formats(command);
	print_options(command);
	puts("\nThe manual is smbtriage(1).");
}

/* "help WORD" asks about a command, so WORD must be one; "--help" may stand among captures. */
enum exit_status
run_help(struct settings *settings, struct rule_set *rules)
{
	const char *word = settings->operand_count != 0 ? settings->operands[0] : NULL;
	const struct command *command =
	    word != NULL ? command_called(settings->commands, word, strlen(word)) : NULL;

	(void)rules;
	if (command != NULL && command->sentence != NULL) {
		print_one(command);
	} else if (word != NULL && !option_is_one(settings->command->name)) {
		log_error("there is no command called '%s'; see `smbtriage --help`", word);
		return EXIT_USAGE;
	} else {
		print_general(settings->commands);
	}
	return command_written(EXIT_DONE);
}
