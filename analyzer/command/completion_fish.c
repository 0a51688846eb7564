/* What the tables say, as lines of fish's `complete`. */
#include <string.h>

#include "analyzer/base/text.h"
#include "analyzer/command/completion.h"
#include "analyzer/options.h"

/* CHARS between apostrophes; fish has escapes there. */
static void
quote(FILE *out, const char *chars)
{
	struct text shown = {0};

	text_add_visible(&shown, chars);
	fputc('\'', out);
	for (const char *at = text_chars(&shown); *at != '\0'; at++) {
		if (*at == '\'' || *at == '\\')
			fputc('\\', out);
		fputc(*at, out);
	}
	fputc('\'', out);
	text_free(&shown);
}

/* A function that prints words and what they are. */
static void
write_list(FILE *out, const char *name, const struct word_list *list)
{
	fprintf(out, "\nfunction __smbtriage_%s\n\tprintf '%%s\\t%%s\\n'", name);
	for (size_t i = 0; i < list->count; i++) {
		fputs(" \\\n\t\t", out);
		quote(out, list->items[i].text);
		fputc(' ', out);
		quote(out, list->items[i].sentence ? list->items[i].sentence : "");
	}
	fputs("\nend\n", out);
}

static void
write_source(const struct completion *completion, const struct word_source *source)
{
	struct word_list list = {0};

	source->gather(completion, &list);
	write_list(completion->out, source->name, &list);
	words_free(&list);
}

static void
write_formats(const struct completion *completion, const struct command *command)
{
	struct word_list list = {0};
	struct text name = {0};

	words_add_formats(&list, command);
	text_addf(&name, "format_%s", command->name);
	write_list(completion->out, text_chars(&name), &list);
	words_free(&list);
	text_free(&name);
}

static void
write_tests(const struct completion *completion)
{
	FILE *out = completion->out;

	fprintf(out, "\nfunction __smbtriage_default\n\techo %s\nend\n",
	    completion->commands->items[0].name);
	fputs("\nfunction __smbtriage_is_command\n\tcontains -- \"$argv[1]\"", out);
	for (size_t i = 0; i < completion->commands->count; i++)
		if (completion_offers(&completion->commands->items[i]))
			fprintf(out, " %s", completion->commands->items[i].name);
	fputs("\nend\n\nfunction __smbtriage_takes\n\tcontains -- \"$argv[1]\"", out);
	for (size_t i = 0; i < all_option_count; i++) {
		if (all_options[i].argument == NULL)
			continue;
		fprintf(out, " %s", all_options[i].name);
		if (all_options[i].letter != 0)
			fprintf(out, " -%c", all_options[i].letter);
	}
	fputs("\nend\n", out);
}

/* What follows `complete -c smbtriage …` for words of KIND. */
static void
write_kind(FILE *out, const struct command *command, enum word_kind kind, const char *arguments)
{
	const struct word_source *source = word_source_of(kind);
	struct word_list list = {0};

	if (source != NULL) {
		fprintf(out, " -f -a '(__smbtriage_%s)'", source->name);
	} else if (kind == WORD_FORMAT) {
		fprintf(out, " -f -a '(__smbtriage_format_%s; __smbtriage_paths)'", command->name);
	} else if (kind == WORD_FILE || kind == WORD_CAPTURE) {
		fputs(" -F", out);
	} else if (kind == WORD_FOLDER) {
		fputs(" -f -a '(__fish_complete_directories)'", out);
	} else if (kind == WORD_LISTED) {
		words_add_listed(&list, arguments);
		fputs(" -f -a '", out);
		for (size_t i = 0; i < list.count; i++)
			fprintf(out, "%s%s", i != 0 ? " " : "", list.items[i].text);
		fputs("'", out);
		words_free(&list);
	} else {
		fputs(" -f", out);
	}
}

static void
write_option(
    const struct completion *completion, const struct command *command, const struct option *option)
{
	FILE *out = completion->out;

	fprintf(out, "complete -c smbtriage -n '__smbtriage_for %s' -l %s", command->name,
	    option->name + strlen("--"));
	if (option->letter != 0)
		fprintf(out, " -s %c", option->letter);
	if (option->argument != NULL) {
		fputs(" -r", out);
		write_kind(out, command, option->kind, option->argument);
	}
	fputs(" -d ", out);
	quote(out, option->sentence);
	fputc('\n', out);
}

/* The first word after the command is listed; what follows it may be a file or a rule. */
static void
write_listed_operand(FILE *out, const struct command *command)
{
	fprintf(out, "complete -c smbtriage -n '__smbtriage_for %s; and __smbtriage_is_second'",
	    command->name);
	write_kind(out, command, WORD_LISTED, command->arguments);
	fprintf(out,
	    "\ncomplete -c smbtriage -n '__smbtriage_for %s; and not __smbtriage_is_second' %s%s\n",
	    command->name, words_take_files(command->arguments) ? "-F" : "-f",
	    words_take_rules(command->arguments) ? " -a '(__smbtriage_rule)'" : "");
}

static void
write_command(const struct completion *completion, const struct command *command)
{
	FILE *out = completion->out;

	fputc('\n', out);
	for (size_t i = 0; i < all_option_count; i++)
		if (option_is_for(&all_options[i], command))
			write_option(completion, command, &all_options[i]);
	if (command->operand == WORD_LISTED) {
		write_listed_operand(out, command);
		return;
	}
	fprintf(out, "complete -c smbtriage -n '__smbtriage_for %s'", command->name);
	write_kind(out, command, command->operand, command->arguments);
	fputc('\n', out);
}

/* What stands in the place of a command, or is one and looks like an option. */
static void
write_first(const struct completion *completion)
{
	FILE *out = completion->out;

	fputs("\ncomplete -c smbtriage -n __smbtriage_is_first -a '(__smbtriage_command)'\n", out);
	for (size_t i = 0; i < completion->commands->count; i++) {
		const struct command *command = &completion->commands->items[i];

		if (!completion_offers_option(command))
			continue;
		fprintf(out, "complete -c smbtriage -n __smbtriage_is_first -l %s -d ",
		    command->name + strlen("--"));
		quote(out, command->sentence);
		fputc('\n', out);
	}
}

void
completion_fish(const struct completion *completion)
{
	fputs("# Completion of smbtriage in fish, by `smbtriage completion fish`.\n",
	    completion->out);
	write_tests(completion);
	for (size_t i = 0; i < word_source_count; i++)
		write_source(completion, &word_sources[i]);
	for (size_t i = 0; i < completion->commands->count; i++)
		if (completion_offers(&completion->commands->items[i]))
			write_formats(completion, &completion->commands->items[i]);
	fputs(completion_script_fish, completion->out);
	for (size_t i = 0; i < completion->commands->count; i++)
		if (completion_offers(&completion->commands->items[i]))
			write_command(completion, &completion->commands->items[i]);
	write_first(completion);
}
