#include "analyzer/command/baselines.h"

#include "analyzer/base/log.h"
#include "analyzer/base/outfile.h"
#include "analyzer/command/command.h"

/* More than these nobody reads on standard error; they are counted. */
#define MOST_TOLD 10

bool
baselines_open(struct baselines *baselines, const struct settings *settings, struct error *error)
{
	*baselines = (struct baselines){.known_path = settings->baseline_path};
	if ((settings->baseline_path == NULL ||
		baseline_read(settings->baseline_path, &baselines->known, error)) &&
	    (settings->new_baseline_path == NULL ||
		(baselines->file = outfile_open(settings->new_baseline_path, error)) != NULL))
		return true;
	baselines_abandon(baselines);
	return false;
}

void
baselines_meet(struct baselines *baselines, struct report_capture *capture)
{
	if (baselines->known_path != NULL)
		baseline_mark(&baselines->known, capture);
	if (baselines->file != NULL)
		baseline_add(&baselines->found, capture);
}

/* What an entry says, but for sentences where there is anything else. */
static void
add_entry(struct text *text, const struct baseline_entry *entry)
{
	const char *separator = "";

	for (size_t i = 0; i < BASELINE_SUMMARY; i++) {
		if (entry->values[i] == NULL)
			continue;
		text_add(text, separator);
		text_add_visible(text, entry->values[i]);
		separator = " ";
	}
	if (separator[0] == '\0' && entry->values[BASELINE_SUMMARY] != NULL)
		text_add_visible(text, entry->values[BASELINE_SUMMARY]);
}

/* Tells of one entry, or counts it. */
static void
tell_gone(const struct baselines *baselines, const struct baseline_capture *capture,
    const struct baseline_entry *entry, size_t *told)
{
	struct text text = {0};

	if ((*told)++ < MOST_TOLD) {
		text_add_visible(&text, capture->name);
		text_add(&text, ": ");
		add_entry(&text, entry);
		log_warning("%s: gone: %s", baselines->known_path, text_chars(&text));
	}
	text_free(&text);
}

/* Of a capture that was not analysed nobody can say what is gone. */
static void
tell_difference(const struct baselines *baselines)
{
	size_t gone = 0, unmet = 0;

	for (size_t i = 0; i < baselines->known.count; i++) {
		const struct baseline_capture *capture = baselines->known.captures[i];

		unmet += !capture->is_met;
		for (size_t j = 0; capture->is_met && j < capture->count; j++)
			if (!capture->entries[j].is_matched)
				tell_gone(baselines, capture, &capture->entries[j], &gone);
	}
	if (gone > MOST_TOLD)
		log_warning("%s: gone: %zu more", baselines->known_path, gone - MOST_TOLD);
	if (unmet != 0)
		log_warning("%s: %zu of its captures %s not analysed", baselines->known_path, unmet,
		    unmet == 1 ? "was" : "were");
}

enum exit_status
baselines_end(struct baselines *baselines)
{
	struct error error = {0};

	tell_difference(baselines);
	if (baselines->file == NULL)
		return EXIT_DONE;
	baseline_write(&baselines->found, outfile_stream(baselines->file));
	return outfile_complete(baselines->file, &error) ? EXIT_DONE : command_fail(&error);
}

enum exit_status
baselines_commit(struct baselines *baselines)
{
	enum exit_status status = EXIT_DONE;
	struct error error = {0};

	if (baselines->file != NULL && !outfile_commit(baselines->file, &error))
		status = command_fail(&error);
	baselines->file = NULL;
	return status;
}

void
baselines_abandon(struct baselines *baselines)
{
	outfile_abandon(baselines->file);
	baselines->file = NULL;
	baseline_free(&baselines->known);
	baseline_free(&baselines->found);
}
