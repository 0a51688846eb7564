#include "analyzer/command/verbose.h"

#include <inttypes.h>
#include <string.h>

#include "analyzer/base/log.h"
#include "analyzer/base/stopwatch.h"
#include "analyzer/base/text.h"
#include "analyzer/capture/source.h"

/* Captures may have many interfaces; this is one line. */
#define MOST_LINK_TYPES 8

void
verbose_tell_options(const struct settings *settings)
{
	for (size_t i = 0; i < settings->output_count; i++)
		if (settings->outputs[i].format->is_document)
			log_detail(
			    "--hash comes with --format %s", settings->outputs[i].format->name);
}

/* The rules that come from FOLDER. */
static size_t
count_from(const struct rule_set *rules, const char *folder)
{
	size_t length = strlen(folder), count = 0;

	for (size_t i = 0; i < rules->count; i++)
		count += !rules->items[i]->is_builtin &&
			 strncmp(rules->items[i]->file, folder, length) == 0 &&
			 rules->items[i]->file[length] == '/';
	return count;
}

void
verbose_tell_rules(const struct settings *settings, const struct rule_set *rules)
{
	size_t builtin = 0;

	for (size_t i = 0; i < rules->count; i++)
		builtin += rules->items[i]->is_builtin;
	log_detail("rules: %zu built in", builtin);
	for (size_t i = 0; i < settings->rule_folder_count; i++)
		log_detail("rules: %zu from %s", count_from(rules, settings->rule_folders[i]),
		    settings->rule_folders[i]);
}

static void
add_link_types(struct text *text, const struct capture_facts *facts)
{
	uint32_t seen[MOST_LINK_TYPES];
	struct arena arena = {0};
	size_t count = 0, j;

	for (size_t i = 0; i < facts->interface_count && count < MOST_LINK_TYPES; i++) {
		uint32_t type = facts->interfaces[i].link_type;

		for (j = 0; j < count && seen[j] != type; j++)
			;
		if (j < count)
			continue;
		seen[count++] = type;
		text_addf(text, ", %s", source_link_type_name(type, &arena));
	}
	arena_free(&arena);
}

static void
add_counted(struct text *text, const char *before, uint64_t count, const char *what)
{
	text_addf(text, "%s%" PRIu64 " %s%s", before, count, what, count == 1 ? "" : "s");
}

/* What a file took, at the size that it has on disk. */
static void
add_speed(struct text *text, uint64_t bytes, int64_t elapsed)
{
	double seconds = (double)elapsed / STOPWATCH_SECOND;

	text_addf(text, "; %.3f s, %.1f MB/s", seconds, (double)bytes / 1e6 / seconds);
}

void
verbose_tell_capture(const struct analysis *analysis, int64_t elapsed)
{
	const struct capture_facts *facts = &analysis->facts;
	struct text line = {0};

	if (log_get_level() != LOG_VERBOSE)
		return;
	text_addf(&line, "%s: %s", facts->file, facts->format);
	if (facts->compression != NULL)
		text_addf(&line, ", %s", facts->compression);
	if (facts->part_count != 0)
		add_counted(&line, ", ", facts->part_count, "file");
	add_link_types(&line, facts);
	add_counted(&line, "; ", facts->packets, "packet");
	add_counted(&line, ", ", analysis->report.conversation_count, "conversation");
	add_counted(&line, ", ", analysis->report.findings.count, "finding");
	add_speed(&line, analysis->bytes_read, elapsed);
	log_detail("%s", text_chars(&line));
	text_free(&line);
}
