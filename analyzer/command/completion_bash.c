/* What the tables say, as functions of bash: they add to $words, or set $kind. */
#include <string.h>

#include "analyzer/command/completion.h"
#include "analyzer/options.h"

/* words+=('one' 'other') */
static void
add_words(FILE *out, const struct word_list *list)
{
	const char *between = "";

	fputs("words+=(", out);
	for (size_t i = 0; i < list->count; i++) {
		fputs(between, out);
		completion_quote(out, list->items[i].text);
		between = " ";
	}
	fputs(")", out);
}

/* The first command is meant where none is named. */
static void
begin_case(const struct completion *completion, const struct command *command)
{
	fprintf(completion->out, "\t%s%s) ", command == completion->commands->items ? "'' | " : "",
	    command->name);
}

static void
write_source(const struct completion *completion, const struct word_source *source)
{
	struct word_list list = {0};

	source->gather(completion, &list);
	fprintf(completion->out, "\n_smbtriage_%s() {\n\t", source->name);
	add_words(completion->out, &list);
	fputs("\n}\n", completion->out);
	words_free(&list);
}

static void
write_formats(const struct completion *completion)
{
	struct word_list list = {0};

	fputs("\n_smbtriage_format() {\n\tkind=format\n\tcase $command in\n", completion->out);
	for (size_t i = 0; i < completion->commands->count; i++) {
		const struct command *command = &completion->commands->items[i];

		if (!completion_offers(command))
			continue;
		words_add_formats(&list, command);
		begin_case(completion, command);
		add_words(completion->out, &list);
		fputs(" ;;\n", completion->out);
		words_free(&list);
	}
	fputs("\tesac\n}\n", completion->out);
}

/* What a word of KIND can be, of which ARGUMENTS is the row's own text. */
static void
write_kind(const struct completion *completion, enum word_kind kind, const char *arguments)
{
	const struct word_source *source = word_source_of(kind);
	struct word_list list = {0};

	if (source != NULL) {
		fprintf(completion->out, "_smbtriage_%s", source->name);
	} else if (kind == WORD_FORMAT) {
		fputs("_smbtriage_format", completion->out);
	} else if (kind == WORD_FILE || kind == WORD_CAPTURE) {
		fputs("kind='file'", completion->out);
	} else if (kind == WORD_FOLDER) {
		fputs("kind='folder'", completion->out);
	} else if (kind == WORD_LISTED) {
		words_add_listed(&list, arguments);
		add_words(completion->out, &list);
		words_free(&list);
	}
	fputs(" ;;\n", completion->out);
}

static void
write_values(const struct completion *completion)
{
	fputs("\n_smbtriage_value() {\n\tcase $1 in\n", completion->out);
	for (size_t i = 0; i < all_option_count; i++) {
		if (all_options[i].argument == NULL)
			continue;
		fprintf(completion->out, "\t%s", all_options[i].name);
		if (all_options[i].letter != 0)
			fprintf(completion->out, " | -%c", all_options[i].letter);
		fputs(") ", completion->out);
		write_kind(completion, all_options[i].kind, all_options[i].argument);
	}
	fputs("\tesac\n}\n", completion->out);
}

static void
write_options_of(const struct completion *completion, const struct command *command)
{
	begin_case(completion, command);
	fputs("words+=(", completion->out);
	for (size_t i = 0; i < all_option_count; i++) {
		if (!option_is_for(&all_options[i], command))
			continue;
		if (all_options[i].letter != 0)
			fprintf(completion->out, "-%c ", all_options[i].letter);
		fprintf(completion->out, "%s ", all_options[i].name);
	}
	fputs(") ;;\n", completion->out);
}

static void
write_options(const struct completion *completion)
{
	const struct command_list *commands = completion->commands;

	fputs("\n_smbtriage_options() {\n\tcase $command in\n", completion->out);
	for (size_t i = 0; i < commands->count; i++)
		if (completion_offers(&commands->items[i]))
			write_options_of(completion, &commands->items[i]);
	fputs("\tesac\n\t((operands)) || words+=(", completion->out);
	for (size_t i = 0; i < commands->count; i++)
		if (completion_offers_option(&commands->items[i]))
			fprintf(completion->out, "%s ", commands->items[i].name);
	fputs(")\n}\n", completion->out);
}

/* After the one word that is listed, what may follow it. */
static void
write_listed_operand(const struct completion *completion, const char *arguments)
{
	struct word_list list = {0};

	words_add_listed(&list, arguments);
	fputs("if ((operands < 2)); then\n\t\t", completion->out);
	add_words(completion->out, &list);
	fputs("\n\telse\n\t\t:\n", completion->out);
	if (words_take_files(arguments))
		fputs("\t\tkind='file'\n", completion->out);
	if (words_take_rules(arguments))
		fputs("\t\t_smbtriage_rule\n", completion->out);
	fputs("\tfi ;;\n", completion->out);
	words_free(&list);
}

static void
write_operands(const struct completion *completion)
{
	fputs("\n_smbtriage_operand() {\n\tcase $command in\n", completion->out);
	for (size_t i = 0; i < completion->commands->count; i++) {
		const struct command *command = &completion->commands->items[i];

		if (!completion_offers(command))
			continue;
		begin_case(completion, command);
		if (command->operand == WORD_LISTED)
			write_listed_operand(completion, command->arguments);
		else
			write_kind(completion, command->operand, command->arguments);
	}
	fputs("\tesac\n\t((operands)) || _smbtriage_command\n}\n", completion->out);
}

void
completion_bash(const struct completion *completion)
{
	fputs("# Completion of smbtriage in bash, by `smbtriage completion bash`.\n",
	    completion->out);
	completion_write_tests(completion);
	for (size_t i = 0; i < word_source_count; i++)
		write_source(completion, &word_sources[i]);
	write_formats(completion);
	write_values(completion);
	write_options(completion);
	write_operands(completion);
	fputs(completion_script_bash, completion->out);
}
