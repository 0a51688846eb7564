#include "analyzer/command/completion.h"

#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "analyzer/base/text.h"
#include "analyzer/options.h"
#include "rules/codes.h"

/* ---- words ---- */

static void
add_word(struct word_list *list, const char *text, const char *sentence)
{
	list->items = mem_grow(list->items, list->count, &list->capacity, sizeof(struct word));
	list->items[list->count++] = (struct word){text, sentence};
}

void
words_free(struct word_list *list)
{
	mem_free(list->items);
	arena_free(&list->arena);
	*list = (struct word_list){0};
}

static void
gather_severities(const struct completion *completion, struct word_list *list)
{
	(void)completion;
	for (int severity = SEVERITY_ERROR; severity >= SEVERITY_NOTICE; severity--)
		add_word(list, severity_names[severity], NULL);
}

static void
gather_places(const struct completion *completion, struct word_list *list)
{
	(void)completion;
	for (size_t i = 0; i < vantage_names.count; i++)
		add_word(list, vantage_names.rows[i].name, vantage_names.rows[i].meaning);
	add_word(list, "auto", NULL);
}

static void
gather_rules(const struct completion *completion, struct word_list *list)
{
	for (size_t i = 0; i < completion->rules->count; i++)
		add_word(list, completion->rules->items[i]->id, completion->rules->items[i]->title);
}

static void
gather_codes(const struct completion *completion, struct word_list *list)
{
	struct code_list codes = codes_of(completion->rules->types, completion->rules->type_count);

	gather_rules(completion, list);
	for (size_t i = 0; i < codes.count; i++)
		for (size_t j = 0; j < codes.tables[i].names->count; j++)
			add_word(list, codes.tables[i].names->rows[j].name,
			    codes.tables[i].names->rows[j].meaning);
}

static void
gather_exchanges(const struct completion *completion, struct word_list *list)
{
	for (size_t i = 0; i < completion->rules->type_count; i++)
		add_word(
		    list, completion->rules->types[i]->name, completion->rules->types[i]->sentence);
}

static void
gather_commands(const struct completion *completion, struct word_list *list)
{
	for (size_t i = 0; i < completion->commands->count; i++) {
		const struct command *command = &completion->commands->items[i];

		if (completion_offers(command))
			add_word(list, command->name, command->sentence);
	}
}

const struct word_source word_sources[] = {
    {WORD_SEVERITY, "severity", gather_severities},
    {WORD_PLACE, "place", gather_places},
    {WORD_RULE, "rule", gather_rules},
    {WORD_CODE, "code", gather_codes},
    {WORD_EXCHANGE, "exchange", gather_exchanges},
    {WORD_COMMAND, "command", gather_commands},
};
const size_t word_source_count = COUNT(word_sources);

const struct word_source *
word_source_of(enum word_kind kind)
{
	for (size_t i = 0; i < COUNT(word_sources); i++)
		if (word_sources[i].kind == kind)
			return &word_sources[i];
	return NULL;
}

void
words_add_listed(struct word_list *list, const char *arguments)
{
	const char *at = arguments;

	while (*at != '\0') {
		at += strspn(at, "| ");
		if (*at >= 'a' && *at <= 'z')
			add_word(list, arena_text(&list->arena, at, strcspn(at, "| ")), NULL);
		at += strcspn(at, "|");
	}
}

bool
words_take_files(const char *arguments)
{
	return strstr(arguments, "FILE") != NULL;
}

bool
words_take_rules(const char *arguments)
{
	return strstr(arguments, "RULE") != NULL;
}

void
words_add_formats(struct word_list *list, const struct command *command)
{
	for (size_t i = 0; i < report_format_count; i++)
		if (command_writes(command, report_formats[i].name))
			add_word(list, report_formats[i].name, report_formats[i].sentence);
}

void
completion_quote(FILE *out, const char *chars)
{
	struct text shown = {0};

	text_add_visible(&shown, chars);
	fputc('\'', out);
	for (const char *at = text_chars(&shown); *at != '\0'; at++) {
		if (*at == '\'')
			fputs("'\\'", out);
		fputc(*at, out);
	}
	fputc('\'', out);
	text_free(&shown);
}

bool
completion_offers(const struct command *command)
{
	return command->sentence != NULL && !option_is_one(command->name);
}

bool
completion_offers_option(const struct command *command)
{
	return command->sentence != NULL && option_is_one(command->name);
}

static void
write_is_command(const struct completion *completion)
{
	const char *between = "";

	fputs("\n_smbtriage_is_command() {\n\tcase $1 in\n\t", completion->out);
	for (size_t i = 0; i < completion->commands->count; i++)
		if (completion_offers(&completion->commands->items[i])) {
			fprintf(
			    completion->out, "%s%s", between, completion->commands->items[i].name);
			between = " | ";
		}
	fputs(") ;;\n\t*) return 1 ;;\n\tesac\n}\n", completion->out);
}

void
completion_write_tests(const struct completion *completion)
{
	const char *between = "";

	write_is_command(completion);
	fputs("\n_smbtriage_takes() {\n\tcase $1 in\n\t", completion->out);
	for (size_t i = 0; i < all_option_count; i++) {
		if (all_options[i].argument == NULL)
			continue;
		fprintf(completion->out, "%s%s", between, all_options[i].name);
		between = " | ";
		if (all_options[i].letter != 0)
			fprintf(completion->out, " | -%c", all_options[i].letter);
	}
	fputs(") ;;\n\t*) return 1 ;;\n\tesac\n}\n", completion->out);
}

/* ---- the command ---- */

static const struct {
	const char *name;
	void (*write)(const struct completion *completion);
} shells[] = {
    {"bash", completion_bash},
    {"zsh", completion_zsh},
    {"fish", completion_fish},
};

enum exit_status
run_completion(struct settings *settings, struct rule_set *rules)
{
	struct completion completion = {settings->commands, rules, stdout};
	const char *wanted = settings->operand_count == 1 ? settings->operands[0] : "";

	for (size_t i = 0; i < COUNT(shells); i++)
		if (strcmp(shells[i].name, wanted) == 0) {
			shells[i].write(&completion);
			return command_written(EXIT_DONE);
		}
	log_error("one shell is named: smbtriage completion %s", settings->command->arguments);
	return EXIT_USAGE;
}
