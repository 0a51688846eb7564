#include "analyzer/command/outputs.h"

#include <string.h>

#include "analyzer/base/outfile.h"
#include "analyzer/command/command.h"
#include "analyzer/report/wrap.h"

bool
outputs_open(struct outputs *outputs, const struct settings *settings, const struct rule_set *rules,
    struct error *error)
{
	*outputs = (struct outputs){.count = 0};
	for (size_t i = 0; i < settings->output_count; i++) {
		const struct output_choice *choice = &settings->outputs[i];
		struct outfile *file = outfile_open(choice->path, error);
		bool is_shown = strcmp(choice->path, "-") == 0;

		if (file == NULL) {
			outputs_abandon(outputs);
			return false;
		}
		outputs->items[outputs->count++] = (struct output){.path = choice->path,
		    .file = file,
		    .report = {.out = outfile_stream(file),
			.format = choice->format,
			.is_colored = is_shown && command_is_colored(),
			.columns = is_shown ? command_columns() : WRAP_COLUMNS,
			.rules = rules,
			.sandbox = &settings->sandbox,
			.has_threshold = settings->has_fail_on,
			.threshold = settings->fail_on}};
	}
	return true;
}

enum exit_status
outputs_complete(struct outputs *outputs)
{
	enum exit_status status = EXIT_DONE;
	struct error error = {0};

	for (size_t i = 0; i < outputs->count; i++)
		if (!outfile_complete(outputs->items[i].file, &error))
			status = command_worse(status, command_fail(&error));
	return status;
}

enum exit_status
outputs_commit(struct outputs *outputs)
{
	enum exit_status status = EXIT_DONE;
	struct error error = {0};

	for (size_t i = 0; i < outputs->count; i++)
		if (!outfile_commit(outputs->items[i].file, &error))
			status = command_worse(status, command_fail(&error));
	return status;
}

void
outputs_abandon(struct outputs *outputs)
{
	for (size_t i = 0; i < outputs->count; i++)
		outfile_abandon(outputs->items[i].file);
}
