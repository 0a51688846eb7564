#include "analyzer/command/outputs.h"

#include <string.h>

#include "analyzer/base/outfile.h"
#include "analyzer/command/command.h"
#include "analyzer/report/wrap.h"

static bool
complete(struct output *output, struct error *error)
{
	if (output->aside != NULL && !outfile_complete(output->aside, error))
		return false;
	return outfile_complete(output->file, error);
}

bool
outputs_open(struct outputs *outputs, const struct settings *settings, const struct rule_set *rules,
    struct error *error)
{
	*outputs = (struct outputs){.count = 0};
	for (size_t i = 0; i < settings->output_count; i++) {
		const struct output_choice *choice = &settings->outputs[i];
		struct outfile *file = outfile_open(choice->path, error);
		struct output *output = &outputs->items[i];
		bool is_shown = strcmp(choice->path, "-") == 0;

		if (file == NULL) {
			outputs_abandon(outputs);
			return false;
		}
		*output = (struct output){.path = choice->path,
		    .file = file,
		    .report = {.out = outfile_stream(file),
			.format = choice->format,
			.is_colored = is_shown && command_is_colored(),
			.columns = is_shown ? command_columns() : WRAP_COLUMNS,
			.rules = rules,
			.sandbox = &settings->sandbox,
			.has_threshold = settings->has_fail_on,
			.threshold = settings->fail_on}};
		outputs->count++;
	}
	return true;
}

bool
outputs_open_asides(struct outputs *outputs, struct error *error)
{
	for (size_t i = 0; i < outputs->count; i++) {
		struct output *output = &outputs->items[i];

		if (!output->report.format->has_aside)
			continue;
		output->report.aside = output->aside = outfile_open_aside(output->file, error);
		if (output->aside == NULL) {
			outputs_abandon(outputs);
			return false;
		}
	}
	return true;
}

enum exit_status
outputs_complete(struct outputs *outputs)
{
	enum exit_status status = EXIT_DONE;
	struct error error = {0};

	for (size_t i = 0; i < outputs->count; i++)
		if (!complete(&outputs->items[i], &error))
			status = command_worse(status, command_fail(&error));
	return status;
}

enum exit_status
outputs_commit(struct outputs *outputs)
{
	enum exit_status status = EXIT_DONE;
	struct error error = {0};

	for (size_t i = 0; i < outputs->count; i++) {
		outfile_abandon(outputs->items[i].aside);
		if (!outfile_commit(outputs->items[i].file, &error))
			status = command_worse(status, command_fail(&error));
	}
	return status;
}

void
outputs_abandon(struct outputs *outputs)
{
	for (size_t i = 0; i < outputs->count; i++) {
		outfile_abandon(outputs->items[i].aside);
		outfile_abandon(outputs->items[i].file);
	}
}
