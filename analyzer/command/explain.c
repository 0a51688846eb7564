/* The commands that look things up: explain and fields. */
#include "analyzer/report/explain.h"

#include <stdio.h>
#include <string.h>

#include "analyzer/command/command.h"
#include "analyzer/options.h"
#include "analyzer/report/fields.h"

enum exit_status
run_fields(struct settings *settings, struct rule_set *rules)
{
	const char *wanted = settings->operand_count != 0 ? settings->operands[0] : NULL;

	if (fields_print(stdout, rules->types, rules->type_count, wanted))
		return command_written(EXIT_DONE);
	log_error("there is no exchange called '%s'; `smbtriage fields` lists them all", wanted);
	return EXIT_USAGE;
}

/* Every word is explained, whatever the others are. */
enum exit_status
run_explain(struct settings *settings, struct rule_set *rules)
{
	enum explain_form form = command_is_colored() ? EXPLAIN_COLORED_TEXT : EXPLAIN_TEXT;
	enum exit_status status = EXIT_DONE;
	struct error error = {0};

	if (strcmp(settings->outputs[0].format->name, "ndjson") == 0)
		form = EXPLAIN_NDJSON;
	if (settings->operand_count == 0) {
		log_error("nothing is named; usage: smbtriage explain CODE|RULE-ID...");
		return EXIT_USAGE;
	}
	for (size_t i = 0; i < settings->operand_count; i++)
		if (!explain(stdout, form, rules, settings->operands[i], &error))
			status = command_fail(&error);
	return command_written(status);
}
