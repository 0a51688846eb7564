#include "analyzer/capture/parts.h"

#include <string.h>

#include "analyzer/base/memory.h"
#include "analyzer/base/text.h"
#include "analyzer/capture/seam.h"

/* Damaged files that are told of in one sentence; what is known of parts tells of all. */
#define MOST_TOLD 4

struct parts {
	const struct source_files *files;
	const struct source_options *options;
	struct arena *arena;
	struct seam *seam; /* NULL: what goes on where is known */
	struct capture_part *items;
	size_t count, capacity; /* the last one is at hand */
	uint64_t frames;
	bool is_over;
};

static void
add_part(struct parts *parts)
{
	struct capture_part *larger;

	if (parts->count == parts->capacity) {
		parts->capacity = parts->capacity ? parts->capacity * 2 : 4;
		larger = ARENA_ARRAY(parts->arena, struct capture_part, parts->capacity);
		if (parts->count != 0)
			memcpy(larger, parts->items, parts->count * sizeof(*larger));
		parts->items = larger;
	}
	parts->items[parts->count] = (struct capture_part){
	    .file = arena_text(parts->arena, parts->files->paths[parts->count],
		strlen(parts->files->paths[parts->count])),
	    .first_frame = parts->frames + 1};
	parts->count++;
}

struct parts *
parts_new(
    const struct source_files *files, const struct source_options *options, struct arena *arena)
{
	struct parts *parts = mem_alloc(1, sizeof(*parts));

	*parts = (struct parts){.files = files, .options = options, .arena = arena};
	if (!files->is_trace)
		parts->seam = seam_new();
	add_part(parts);
	return parts;
}

void
parts_free(struct parts *parts)
{
	if (parts == NULL)
		return;
	seam_free(parts->seam);
	mem_free(parts);
}

static void
note_time(struct capture_part *part, int64_t time)
{
	if (!part->has_time || time < part->first_time)
		part->first_time = time;
	if (!part->has_time || time > part->last_time)
		part->last_time = time;
	part->has_time = true;
}

void
parts_note(struct parts *parts, const struct record *records, size_t count)
{
	struct capture_part *part = &parts->items[parts->count - 1];

	part->packets += count;
	parts->frames += count;
	for (size_t i = 0; i < count; i++)
		if (records[i].is_packet && records[i].has_time)
			note_time(part, records[i].time);
	if (parts->seam != NULL)
		seam_note(parts->seam, records, count);
}

static bool
goes_on(const struct parts *parts, const struct capture_facts *facts)
{
	const struct capture_part *last = &parts->items[parts->count - 1];
	const struct seam_end end = {last->file, facts, last->damage != NULL};

	if (parts->count == parts->files->count)
		return false;
	return parts->seam == NULL ||
	       seam_continues(parts->seam, &end, parts->files->paths[parts->count], parts->options);
}

static const char *
told_damage(const struct parts *parts)
{
	struct text text = {0};
	const char *kept = NULL;
	size_t damaged = 0;

	for (size_t i = 0; i < parts->count; i++) {
		const struct capture_part *part = &parts->items[i];

		if (part->damage != NULL && damaged++ < MOST_TOLD)
			text_addf(&text, "%sfile %s: %s", damaged > 1 ? "; " : "", part->file,
			    part->damage);
	}
	if (damaged > MOST_TOLD)
		text_addf(&text, "; and %zu more of its files", damaged - MOST_TOLD);
	if (damaged != 0)
		kept = arena_text(parts->arena, text_chars(&text), text.length);
	text_free(&text);
	return kept;
}

const char *
parts_next(struct parts *parts, struct capture_facts *facts)
{
	if (parts->is_over)
		return NULL;
	parts->items[parts->count - 1].damage = facts->damage;
	if (goes_on(parts, facts)) {
		facts->damage = NULL;
		add_part(parts);
		return parts->items[parts->count - 1].file;
	}
	parts->is_over = true;
	if (parts->count == 1)
		return NULL;
	facts->damage = told_damage(parts);
	facts->parts = parts->items;
	facts->part_count = parts->count;
	return NULL;
}
