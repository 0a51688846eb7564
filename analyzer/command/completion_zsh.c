/* What the tables say, as functions of zsh that add to the arguments of its _arguments. */
#include <string.h>

#include "analyzer/base/text.h"
#include "analyzer/command/completion.h"
#include "analyzer/options.h"

/* CHARS with a backslash before each of SPECIAL. */
static void
add_escaped(struct text *text, const char *chars, const char *special)
{
	for (; *chars != '\0'; chars++) {
		if (strchr(special, *chars) != NULL)
			text_add_char(text, '\\');
		text_add_char(text, *chars);
	}
}

/* 'word:sentence', as _describe reads it. */
static void
write_described(FILE *out, const struct word *word)
{
	struct text text = {0};

	add_escaped(&text, word->text, ":\\");
	if (word->sentence != NULL)
		text_addf(&text, ":%s", word->sentence);
	completion_quote(out, text_chars(&text));
	text_free(&text);
}

static void
write_list(FILE *out, const struct word_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		fputs("\t\t", out);
		write_described(out, &list->items[i]);
		fputc('\n', out);
	}
}

static void
write_source(const struct completion *completion, const struct word_source *source)
{
	struct word_list list = {0};

	source->gather(completion, &list);
	fprintf(completion->out, "\n_smbtriage_%s() {\n\tlocal -a words=(\n", source->name);
	write_list(completion->out, &list);
	fprintf(
	    completion->out, "\t)\n\t_describe -t %ss %s words\n}\n", source->name, source->name);
	words_free(&list);
}

/* Those that COMMAND writes. */
static void
write_formats(const struct completion *completion, const struct command *command)
{
	struct word_list list = {0};

	words_add_formats(&list, command);
	fprintf(
	    completion->out, "\n_smbtriage_format_%s() {\n\tlocal -a formats=(\n", command->name);
	write_list(completion->out, &list);
	fputs("\t)\n\t_smbtriage_format $formats\n}\n", completion->out);
	words_free(&list);
}

/* ":what it is called:what completes it" */
static void
add_action(
    struct text *spec, const struct command *command, enum word_kind kind, const char *arguments)
{
	const struct word_source *source = word_source_of(kind);
	struct word_list list = {0};

	text_add_char(spec, ':');
	add_escaped(spec, arguments, ":\\");
	text_add_char(spec, ':');
	if (source != NULL) {
		text_addf(spec, "_smbtriage_%s", source->name);
	} else if (kind == WORD_FORMAT) {
		text_addf(spec, "_smbtriage_format_%s", command->name);
	} else if (kind == WORD_FILE || kind == WORD_CAPTURE) {
		text_add(spec, "_files");
	} else if (kind == WORD_FOLDER) {
		text_add(spec, "_files -/");
	} else if (kind == WORD_LISTED) {
		words_add_listed(&list, arguments);
		text_add_char(spec, '(');
		for (size_t i = 0; i < list.count; i++)
			text_addf(spec, "%s%s", i != 0 ? " " : "", list.items[i].text);
		text_add_char(spec, ')');
		words_free(&list);
	}
}

/* One line, and an empty SPEC. */
static void
write_spec(const struct completion *completion, struct text *spec)
{
	fputs("\t\t\t", completion->out);
	completion_quote(completion->out, text_chars(spec));
	fputc('\n', completion->out);
	text_clear(spec);
}

/* NAME is the option's long name or its letter's: "--format=", "-o+". */
static void
write_option(const struct completion *completion, const struct command *command,
    const struct option *option, const char *name)
{
	struct text spec = {0};

	if (option->is_repeatable)
		text_add_char(&spec, '*');
	else if (option->letter != 0)
		text_addf(&spec, "(-%c %s)", option->letter, option->name);
	text_addf(&spec, "%s[", name);
	add_escaped(&spec, option->sentence, "[]:\\");
	text_add_char(&spec, ']');
	if (option->argument != NULL)
		add_action(&spec, command, option->kind, option->argument);
	write_spec(completion, &spec);
	text_free(&spec);
}

/* Both names of OPTION; a value follows the letter at once or as the next word. */
static void
write_names(
    const struct completion *completion, const struct command *command, const struct option *option)
{
	const char letter[] = {'-', option->letter, option->argument ? '+' : '\0', '\0'};
	struct text name = {0};

	text_addf(&name, "%s%s", option->name, option->argument ? "=" : "");
	write_option(completion, command, option, text_chars(&name));
	if (option->letter != 0)
		write_option(completion, command, option, letter);
	text_free(&name);
}

/* The first word after the command is listed; what follows it may be a file or a rule. */
static void
write_listed_operand(const struct completion *completion, const struct command *command)
{
	struct text spec = {0};

	text_add(&spec, "2");
	add_action(&spec, command, WORD_LISTED, command->arguments);
	write_spec(completion, &spec);
	text_add(&spec, "*:more:_alternative");
	if (words_take_files(command->arguments))
		text_add(&spec, " files\\:file\\:_files");
	if (words_take_rules(command->arguments))
		text_add(&spec, " rules\\:rule\\:_smbtriage_rule");
	write_spec(completion, &spec);
	text_free(&spec);
}

static void
write_operand(const struct completion *completion, const struct command *command)
{
	struct text spec = {0};

	text_add_char(&spec, '*');
	add_action(&spec, command, command->operand,
	    command->arguments ? command->arguments : "nothing more");
	write_spec(completion, &spec);
	text_free(&spec);
}

static void
write_command(const struct completion *completion, const struct command *command)
{
	const char *empty = command == completion->commands->items ? "''|" : "";

	fprintf(completion->out, "\t%s%s)\n\t\tspecs+=(\n", empty, command->name);
	for (size_t i = 0; i < all_option_count; i++)
		if (option_is_for(&all_options[i], command))
			write_names(completion, command, &all_options[i]);
	fputs("\t\t)\n\t\toperand=(\n", completion->out);
	if (command->operand == WORD_LISTED)
		write_listed_operand(completion, command);
	else
		write_operand(completion, command);
	fputs("\t\t)\n\t\t;;\n", completion->out);
}

/* Nothing goes with a command that is written as an option. */
static void
write_option_commands(const struct completion *completion)
{
	struct text spec = {0};

	fputs("\tif [[ -n $is_first ]]; then\n\t\tspecs+=(\n", completion->out);
	for (size_t i = 0; i < completion->commands->count; i++) {
		const struct command *command = &completion->commands->items[i];

		if (!completion_offers_option(command))
			continue;
		text_addf(&spec, "(- *)%s[", command->name);
		add_escaped(&spec, command->sentence, "[]:\\");
		text_add_char(&spec, ']');
		write_spec(completion, &spec);
	}
	fputs("\t\t)\n\tfi\n", completion->out);
	text_free(&spec);
}

static void
write_specs(const struct completion *completion)
{
	fputs("\n_smbtriage_specs() {\n\tcase $command in\n", completion->out);
	for (size_t i = 0; i < completion->commands->count; i++)
		if (completion_offers(&completion->commands->items[i]))
			write_command(completion, &completion->commands->items[i]);
	fputs("\tesac\n", completion->out);
	write_option_commands(completion);
	fputs("}\n", completion->out);
}

void
completion_zsh(const struct completion *completion)
{
	fputs("#compdef smbtriage\n"
	      "# Completion of smbtriage in zsh, by `smbtriage completion zsh`.\n",
	    completion->out);
	completion_write_tests(completion);
	for (size_t i = 0; i < word_source_count; i++)
		write_source(completion, &word_sources[i]);
	for (size_t i = 0; i < completion->commands->count; i++)
		if (completion_offers(&completion->commands->items[i]))
			write_formats(completion, &completion->commands->items[i]);
	write_specs(completion);
	fputs(completion_script_zsh, completion->out);
}
