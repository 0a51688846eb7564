/* The command that draws one conversation as a ladder, by one capture or by those of several
 * points. */
#include "analyzer/report/ladder.h"

#include <inttypes.h>
#include <string.h>

#include "analyzer/command/command.h"
#include "analyzer/command/compare.h"
#include "analyzer/command/outputs.h"
#include "analyzer/command/run_files.h"

struct drawing_run {
	const struct settings *settings;
	struct outputs outputs;
	struct file_run run;
	bool is_comparing; /* captures of several points */
	enum exit_status status;
};

static bool
is_smb_over_tcp(const struct conversation_facts *facts)
{
	return facts->transport == TRANSPORT_TCP && facts->protocol != NULL &&
	       strcmp(facts->protocol, "smb") == 0;
}

/* The stream that the operator means: the one that was named, else the only one of SMB. */
static bool
choose_stream(const struct settings *settings, const struct report_capture *capture, uint32_t *ret,
    struct error *error)
{
	size_t count = 0;

	*ret = settings->stream;
	if (settings->has_stream)
		return true;
	for (size_t i = 0; i < capture->conversation_count; i++) {
		const struct conversation_facts *facts = capture->conversations[i].facts;

		if (!is_smb_over_tcp(facts))
			continue;
		*ret = facts->stream;
		count++;
	}
	return count == 1 ||
	       error_set(error, EXIT_USAGE,
		   "%s has %zu streams of SMB; say which with --stream N, as `smbtriage streams` "
		   "lists them",
		   capture->facts->file, count);
}

/* Whether several operands are the files of one trace, by their names: else they are captures of
 * several points. */
static bool
are_one_trace(const struct file_run *run)
{
	const struct trace_list *files = &run->traces;
	struct trace_list linked = {0};
	bool are_one = true;

	if (run->settings->operand_count == 1)
		return true;
	for (size_t i = 0; i < files->count; i++)
		traces_add(&linked, files->items[i].input);
	if (!run->settings->is_never_joining)
		traces_link(&linked);
	for (size_t i = 1; i < linked.count; i++)
		are_one &= traces_first(&linked.items[i]) == traces_first(&linked.items[0]);
	traces_free(&linked);
	return are_one;
}

/* Names may promise more than there is. */
static bool
is_the_one(struct drawing_run *run, const struct report_capture *capture, struct error *error)
{
	const struct trace_member *other = traces_undone(&run->run.traces);

	if (run->is_comparing || run->settings->operand_count == 1 || other == NULL)
		return true;
	run->run.is_given_up = true;
	return error_set(error, EXIT_USAGE,
	    "by its name %s goes on from %s, and it does not; with --join never each is the "
	    "capture of a point",
	    other->input->path, capture->facts->file);
}

/* False, with ERROR, when there is nothing to see. */
static bool
check_ladder(const struct report_capture *capture, uint32_t stream, const struct ladder *ladder,
    struct error *error)
{
	const char *reasons[LADDER_MOST_REASONS];
	size_t count = ladder_reasons(ladder, reasons);

	if (ladder->row_count == 0)
		return error_set(error, EXIT_USAGE,
		    "%s: there is nothing to draw of stream %" PRIu32
		    "; `smbtriage streams` lists all, and those of SMB and Kerberos can be drawn",
		    capture->facts->file, stream);
	return ladder->point_count == 0 || ladder_is_of_several(ladder) ||
	       error_set(error, EXIT_USAGE,
		   "no other capture shows anything of stream %" PRIu32 " of %s%s%s", stream,
		   capture->facts->file, count != 0 ? ": " : "", count != 0 ? reasons[0] : "");
}

/* Of captures that are compared the one nearest to the clients says which conversation it is. */
static void
draw(void *state, struct report_capture *capture)
{
	struct drawing_run *run = state;
	struct error error = {0};
	struct arena arena = {0};
	struct ladder ladder;
	uint32_t stream;

	if (capture->point_count != 0 && capture->points[0] != capture)
		return;
	if (!is_the_one(run, capture, &error) ||
	    !choose_stream(run->settings, capture, &stream, &error)) {
		run->status = command_fail(&error);
		return;
	}
	ladder = ladder_of_stream(capture, stream, &arena);
	if (!check_ladder(capture, stream, &ladder, &error)) {
		run->status = command_fail(&error);
		ladder.row_count = 0;
	}
	for (size_t i = 0; i < run->outputs.count && ladder.row_count != 0; i++) {
		struct report *report = &run->outputs.items[i].report;

		report->format->ladder(report, capture, &ladder);
	}
	arena_free(&arena);
}

/* In a worker. */
static enum exit_status
draw_capture(void *state)
{
	struct drawing_run *drawing = state;
	struct file_visitor visitor = {draw, drawing};
	struct file_run *run = &drawing->run;
	struct error error = {0};

	drawing->is_comparing = !are_one_trace(run);
	if (drawing->is_comparing) {
		compare_files(run, &visitor);
	} else if (command_check_places(drawing->settings, 1, &error)) {
		file_run_analyse(run, &visitor);
	} else {
		run->is_given_up = true;
		run->status = command_fail(&error);
	}
	if (run->is_given_up || drawing->status != EXIT_DONE)
		outputs_abandon(&drawing->outputs);
	else
		run->status = command_worse(run->status, outputs_complete(&drawing->outputs));
	return command_worse(run->status, drawing->status);
}

enum exit_status
run_ladder(struct settings *settings, struct rule_set *rules)
{
	struct drawing_run drawing = {.settings = settings};
	enum exit_status status;
	struct error error = {0};

	settings->analysis.rules = rules;
	if (!outputs_open(&drawing.outputs, settings, rules, &error))
		return command_fail(&error);
	file_run_begin(&drawing.run, settings);
	if (command_have_done(settings, 1, draw_capture, &drawing, &status))
		status = command_worse(status, outputs_commit(&drawing.outputs));
	else
		outputs_abandon(&drawing.outputs);
	file_run_free(&drawing.run);
	return status;
}
