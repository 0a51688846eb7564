/* The commands that report on captures: analyze, compare, streams and stats. */
#include "analyzer/command/command.h"
#include "analyzer/command/companions.h"
#include "analyzer/command/compare.h"
#include "analyzer/command/outputs.h"
#include "analyzer/command/run_files.h"
#include "analyzer/command/sieve.h"

/* What is printed of captures. */
struct form {
	void (*begin)(struct report *report);
	void (*add)(struct report *report, const struct report_capture *capture);
	void (*end)(struct report *report);
	void (*abandon)(struct report *report); /* instead of END */
	bool has_asides;
	void (*analyse)(struct file_run *run, const struct file_visitor *visitor);
};

static void
print_nothing(struct report *report)
{
	(void)report;
}

static const struct form findings_form = {
    report_begin, report_add, report_end, report_abandon, true, file_run_analyse};
static const struct form comparison_form = {
    report_begin, report_add, report_end, report_abandon, true, compare_files};
static const struct form streams_form = {report_begin_streams, report_add_streams, print_nothing,
    print_nothing, false, file_run_analyse};
static const struct form statistics_form = {
    print_nothing, report_add_statistics, print_nothing, print_nothing, false, file_run_analyse};

/* One run that reports. */
struct reporting {
	const struct settings *settings;
	const struct form *form;
	struct outputs outputs;
	struct sieve sieve;
	struct file_run run;
	struct companion_set companions;
	bool is_threshold_reached;
};

static bool
reaches(const struct finding_list *findings, enum severity threshold)
{
	for (size_t i = 0; i < findings->count; i++)
		if (findings->items[i].verdict == VERDICT_FOUND &&
		    findings->items[i].severity >= threshold && finding_counts(&findings->items[i]))
			return true;
	return false;
}

static void
report_capture(void *state, struct report_capture *capture)
{
	struct reporting *reporting = state;
	const struct settings *settings = reporting->settings;

	sieve_pass(&reporting->sieve, capture);
	for (size_t i = 0; i < reporting->outputs.count; i++)
		reporting->form->add(&reporting->outputs.items[i].report, capture);
	if (settings->has_fail_on && reaches(&capture->findings, settings->fail_on))
		reporting->is_threshold_reached = true;
}

static void
end_reports(struct reporting *reporting)
{
	struct report *report;

	for (size_t i = 0; i < reporting->outputs.count; i++) {
		report = &reporting->outputs.items[i].report;
		report->failed = reporting->run.failures;
		report->failed_count = reporting->run.failure_count;
		reporting->form->end(report);
	}
}

/* Reads the files beside the captures first: one that is none of them is an operator's mistake. */
static void
read_companions(struct reporting *reporting)
{
	struct file_run *run = &reporting->run;
	struct error error = {0};

	if (companions_read(reporting->settings, &reporting->companions, &run->status, &error))
		return;
	run->is_given_up = true;
	run->status = command_fail(&error);
}

/* In a worker. */
static enum exit_status
report_captures(void *state)
{
	struct reporting *reporting = state;
	struct file_visitor visitor = {report_capture, reporting};
	struct file_run *run = &reporting->run;
	struct outputs *outputs = &reporting->outputs;

	for (size_t i = 0; i < outputs->count; i++)
		reporting->form->begin(&outputs->items[i].report);
	read_companions(reporting);
	if (!run->is_given_up)
		reporting->form->analyse(run, &visitor);
	companion_set_free(&reporting->companions);
	if (run->is_given_up) {
		for (size_t i = 0; i < outputs->count; i++)
			reporting->form->abandon(&outputs->items[i].report);
		outputs_abandon(outputs);
	} else {
		run->status = command_worse(run->status, sieve_end(&reporting->sieve));
		end_reports(reporting);
		run->status = command_worse(run->status, outputs_complete(outputs));
	}
	if (reporting->is_threshold_reached)
		run->status = command_worse(run->status, EXIT_THRESHOLD);
	return run->status;
}

static bool
open_outputs(struct reporting *reporting, const struct rule_set *rules, struct error *error)
{
	struct outputs *outputs = &reporting->outputs;

	return outputs_open(outputs, reporting->settings, rules, error) &&
	       (!reporting->form->has_asides || outputs_open_asides(outputs, error));
}

static enum exit_status
report_files(struct settings *settings, const struct rule_set *rules, const struct form *form)
{
	struct reporting reporting = {.settings = settings, .form = form};
	enum exit_status status;
	struct error error = {0};

	if (!sieve_open(&reporting.sieve, settings, rules, &error))
		return command_fail(&error);
	if (!open_outputs(&reporting, rules, &error)) {
		sieve_free(&reporting.sieve);
		return command_fail(&error);
	}
	file_run_begin(&reporting.run, settings);
	companions_list(settings);
	if (settings->companion_count != 0)
		settings->analysis.companions = &reporting.companions;
	if (command_have_done(
		settings, file_run_at_once(&reporting.run), report_captures, &reporting, &status)) {
		status = command_worse(status, outputs_commit(&reporting.outputs));
		/* The baseline says what was reported. */
		if (status != EXIT_INTERNAL)
			status = command_worse(status, sieve_commit(&reporting.sieve));
	} else {
		outputs_abandon(&reporting.outputs);
	}
	sieve_free(&reporting.sieve);
	file_run_free(&reporting.run);
	return status;
}

enum exit_status
run_analyze(struct settings *settings, struct rule_set *rules)
{
	settings->analysis.rules = rules;
	return report_files(settings, rules, &findings_form);
}

enum exit_status
run_compare(struct settings *settings, struct rule_set *rules)
{
	settings->analysis.rules = rules;
	return report_files(settings, rules, &comparison_form);
}

enum exit_status
run_streams(struct settings *settings, struct rule_set *rules)
{
	settings->analysis.is_listing_streams = true;
	return report_files(settings, rules, &streams_form);
}

enum exit_status
run_stats(struct settings *settings, struct rule_set *rules)
{
	return report_files(settings, rules, &statistics_form);
}
