/* The commands; composes everything; the exit status. */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/analysis.h"
#include "analyzer/base/arena.h"
#include "analyzer/base/basics.h"
#include "analyzer/base/error.h"
#include "analyzer/base/memory.h"
#include "analyzer/capture/digest.h"
#include "analyzer/conversation/delivery.h"
#include "analyzer/conversation/handshake.h"
#include "analyzer/conversation/resolution.h"
#include "analyzer/conversation/sweep.h"
#include "analyzer/inputs.h"
#include "analyzer/options.h"
#include "analyzer/report/explain.h"
#include "analyzer/report/fields.h"
#include "analyzer/report/report.h"
#include "dissectors/registry.h"
#include "rules/rule.h"

static enum exit_status
fail(const struct error *error)
{
	log_warning("%s", error->text);
	return error->status;
}

static enum exit_status
worse(enum exit_status one, enum exit_status other)
{
	return one > other ? one : other;
}

/* ---- analyze, streams and stats ---- */

/* What is printed of captures. */
struct output {
	void (*begin)(struct report *report);
	void (*add)(struct report *report, const struct report_capture *capture);
	void (*end)(struct report *report);
};

static void
print_nothing(struct report *report)
{
	(void)report;
}

static const struct output findings_output = {report_begin, report_add, report_end};
static const struct output streams_output = {
    report_begin_streams, report_add_streams, print_nothing};
static const struct output statistics_output = {
    print_nothing, report_add_statistics, print_nothing};

/* Captures that failed so far, and what became of the others. */
struct progress {
	struct report report;
	const struct output *output;
	struct report_failure *failures;
	size_t failure_count, failure_capacity;
	struct arena arena; /* the failures' texts */
	size_t analysed;
	bool is_given_up; /* an option is wrong, which only a capture showed: there is no report */
	enum exit_status status;
};

static void
note_failure(struct progress *progress, const char *path, const struct error *error)
{
	progress->failures = mem_grow(progress->failures, progress->failure_count,
	    &progress->failure_capacity, sizeof(struct report_failure));
	progress->failures[progress->failure_count++] =
	    (struct report_failure){arena_text(&progress->arena, path, strlen(path)),
		arena_text(&progress->arena, error->text, strlen(error->text))};
	progress->status = worse(progress->status, fail(error));
}

static bool
reaches(const struct finding_list *findings, enum severity threshold)
{
	for (size_t i = 0; i < findings->count; i++)
		if (findings->items[i].verdict == VERDICT_FOUND &&
		    findings->items[i].severity >= threshold)
			return true;
	return false;
}

/* What keeps the report from being the whole truth, if TEXT says so. */
static void
warn(struct progress *progress, const char *file, const char *text)
{
	if (text == NULL)
		return;
	progress->status = worse(progress->status, EXIT_INPUT);
	log_warning("%s: %s", file, text);
}

static void
report_analysis(
    struct progress *progress, const struct settings *settings, struct analysis *analysis)
{
	const struct report_capture *capture = &analysis->report;

	progress->analysed++;
	progress->output->add(&progress->report, capture);
	if (settings->has_fail_on && reaches(&capture->findings, settings->fail_on))
		progress->status = worse(progress->status, EXIT_THRESHOLD);
	warn(progress, capture->facts->file, capture->facts->damage);
	warn(progress, capture->facts->file, capture->facts->unjudged);
}

/* A folder may hold other things than captures; what cannot be read at all is still an error. */
static bool
is_passed_over(const struct input *input, const struct analysis *analysis)
{
	return input->is_found && analysis->source == NULL && access(input->path, R_OK) == 0;
}

static void
analyse_one(struct progress *progress, const struct settings *settings, const struct input *input)
{
	struct analysis analysis;
	struct error error = {0};
	char digest[DIGEST_TEXT_SIZE];
	bool is_ok = analysis_run(&analysis, input->path, &settings->analysis, &error);

	if (is_ok && settings->analysis.is_hashing) {
		is_ok = digest_file(input->path, digest, &error);
		analysis.report.sha256 = digest;
	}
	if (is_ok) {
		report_analysis(progress, settings, &analysis);
	} else if (error.status == EXIT_USAGE) {
		progress->is_given_up = true;
		progress->status = fail(&error);
	} else if (!is_passed_over(input, &analysis)) {
		note_failure(progress, input->path, &error);
	}
	analysis_free(&analysis);
}

/* https://no-color.org: any value that is not empty. */
static bool
is_terminal_colored(void)
{
	const char *no_color = getenv("NO_COLOR");

	return isatty(STDOUT_FILENO) && (no_color == NULL || no_color[0] == '\0');
}

/* STATUS, unless standard output could not be written. */
static enum exit_status
written(enum exit_status status)
{
	if (fflush(stdout) == 0 && ferror(stdout) == 0)
		return status;
	log_warning("the report cannot be written: %s", strerror(errno));
	return EXIT_INTERNAL;
}

static void
begin_report(struct progress *progress, const struct settings *settings)
{
	progress->report.out = stdout;
	progress->report.format = settings->format;
	progress->report.is_colored = is_terminal_colored();
	progress->output->begin(&progress->report);
}

static void
end_report(struct progress *progress)
{
	progress->report.failed = progress->failures;
	progress->report.failed_count = progress->failure_count;
	if (!progress->is_given_up)
		progress->output->end(&progress->report);
	progress->status = written(progress->status);
}

/* Whatever one operand is, the others are analysed. */
static void
analyse_operand(struct progress *progress, const struct settings *settings, const char *operand)
{
	struct input_list inputs = {0};
	struct error error = {0};
	size_t before = progress->analysed + progress->failure_count;

	if (!inputs_add(&inputs, operand, &error))
		note_failure(progress, operand, &error);
	for (size_t i = 0; i < inputs.count && !progress->is_given_up; i++)
		analyse_one(progress, settings, &inputs.items[i]);
	if (progress->analysed + progress->failure_count == before && !progress->is_given_up) {
		error_set(&error, EXIT_INPUT, "%s: there is no capture file in it", operand);
		note_failure(progress, operand, &error);
	}
	inputs_free(&inputs);
}

static enum exit_status
run_on_files(struct settings *settings, const struct output *output)
{
	struct progress progress = {.output = output, .status = EXIT_DONE};

	begin_report(&progress, settings);
	for (size_t i = 0; i < settings->operand_count && !progress.is_given_up; i++)
		analyse_operand(&progress, settings, settings->operands[i]);
	end_report(&progress);
	mem_free(progress.failures);
	arena_free(&progress.arena);
	return progress.status;
}

static enum exit_status
run_analyze(struct settings *settings, struct rule_set *rules)
{
	settings->analysis.rules = rules;
	return run_on_files(settings, &findings_output);
}

static enum exit_status
run_streams(struct settings *settings, struct rule_set *rules)
{
	(void)rules;
	settings->analysis.is_listing_streams = true;
	return run_on_files(settings, &streams_output);
}

static enum exit_status
run_stats(struct settings *settings, struct rule_set *rules)
{
	(void)rules;
	return run_on_files(settings, &statistics_output);
}

/* ---- the other commands ---- */

static enum exit_status
run_list_rules(struct settings *settings, struct rule_set *rules)
{
	(void)settings;
	for (size_t i = 0; i < rules->count; i++)
		printf("%-34s %-8s %s\n", rules->items[i]->id,
		    severity_names[rules->items[i]->severity], rules->items[i]->title);
	return EXIT_DONE;
}

static enum exit_status
run_fields(struct settings *settings, struct rule_set *rules)
{
	const char *wanted = settings->operand_count != 0 ? settings->operands[0] : NULL;

	if (fields_print(stdout, rules->types, rules->type_count, wanted))
		return EXIT_DONE;
	log_warning("there is no exchange called '%s'; `smbtriage fields` lists them all", wanted);
	return EXIT_USAGE;
}

/* Every word is explained, whatever the others are. */
static enum exit_status
run_explain(struct settings *settings, struct rule_set *rules)
{
	enum explain_form form = is_terminal_colored() ? EXPLAIN_COLORED_TEXT : EXPLAIN_TEXT;
	enum exit_status status = EXIT_DONE;
	struct error error = {0};

	if (strcmp(settings->format->name, "ndjson") == 0)
		form = EXPLAIN_NDJSON;
	if (settings->operand_count == 0) {
		log_warning("nothing is named; usage: smbtriage explain CODE|RULE-ID...");
		return EXIT_USAGE;
	}
	for (size_t i = 0; i < settings->operand_count; i++)
		if (!explain(stdout, form, rules, settings->operands[i], &error))
			status = fail(&error);
	return written(status);
}

static enum exit_status
run_version(struct settings *settings, struct rule_set *rules)
{
	(void)settings;
	printf("smbtriage %s, %zu rules\n", SMBTRIAGE_VERSION, rules->count);
	return EXIT_DONE;
}

static enum exit_status run_help(struct settings *settings, struct rule_set *rules);

static const struct command commands[] = {
    {"analyze", "FILE|DIR|-...", "say why SMB connections failed (the default)", run_analyze, true,
	"text"},
    {"streams", "FILE|DIR|-...", "list every TCP connection and what it speaks", run_streams, true,
	"ndjson"},
    {"stats", "FILE|DIR|-...", "count SMB2 calls by server and command, and time them", run_stats,
	true, "text"},
    {"explain", "CODE|RULE-ID...", "say what a status, a Kerberos error or a rule means",
	run_explain, false, "text"},
    {"fields", "[EXCHANGE]", "describe the exchanges and fields that rules speak of", run_fields,
	false, NULL},
    {"--list-rules", NULL, "list the rules", run_list_rules, false, NULL},
    {"--version", NULL, "say which version this is", run_version, false, NULL},
    {"--help", NULL, "show this; so does -h", run_help, false, NULL},
    {"-h", NULL, NULL, run_help, false, NULL},
};
static const struct command_list command_list = {commands, COUNT(commands)};

static enum exit_status
run_help(struct settings *settings, struct rule_set *rules)
{
	(void)settings;
	(void)rules;
	options_print_help(&command_list);
	return EXIT_DONE;
}

static bool
load_rules(const struct settings *settings, struct rule_set *rules, struct error *error)
{
	rule_set_add_builtin(rules);
	for (size_t i = 0; i < settings->rule_folder_count; i++)
		if (!rule_set_add_directory(rules, settings->rule_folders[i], error))
			return false;
	return rule_set_check(rules, error);
}

/* What rules may speak of: the handshake, and all that the dissectors make. */
static size_t
gather_types(const struct exchange_type **types)
{
	size_t count = 0;

	types[count++] = &address_resolution_type;
	types[count++] = &tcp_handshake_type;
	types[count++] = &tcp_sweep_type;
	types[count++] = &tcp_delivery_type;
	for (size_t i = 0; i < dissector_exchange_type_count; i++)
		types[count++] = dissector_exchange_types[i];
	return count;
}

int
main(int argc, char **argv)
{
	struct settings settings;
	const struct exchange_type *types[64];
	struct rule_set rules;
	struct error error = {0};
	enum exit_status status;

	(void)argc;
	assert(dissector_exchange_type_count < COUNT(types));
	if (!options_parse(&settings, &command_list, argv + 1, &error)) {
		options_free(&settings);
		return (int)fail(&error);
	}
	rule_set_init(&rules, types, gather_types(types));
	status = load_rules(&settings, &rules, &error) ? settings.command->run(&settings, &rules)
						       : fail(&error);
	rule_set_free(&rules);
	options_free(&settings);
	return (int)status;
}
