#include "analyzer/evidence/section.h"

#include <inttypes.h>
#include <string.h>

#include "analyzer/base/text.h"

#define PROGRAM "smbtriage " SMBTRIAGE_VERSION

/* Files of a trace that are told of; who has more knows them by their names. */
#define MOST_PARTS 64

/* TEXT, emptied, in ARENA. */
static const char *
settle(struct text *text, struct arena *arena)
{
	const char *made = arena_text(arena, text_chars(text), text->length);

	text_clear(text);
	return made;
}

/* The rules that are not those of this version are named. */
static void
add_rules(struct text *text, const struct rule_set *rules)
{
	const char *separator = "not built in: ";

	text_addf(text, "%zu rules, ", rules->count);
	for (size_t i = 0; i < rules->count; i++) {
		if (rules->items[i]->is_builtin)
			continue;
		text_addf(text, "%s%s", separator, rules->items[i]->id);
		separator = ", ";
	}
	if (strcmp(separator, ", ") != 0)
		text_add(text, "all built in");
}

static void
add_program(struct text *text, const struct evidence_facts *about)
{
	text_add(text, "Evidence, made by " PROGRAM " extract with ");
	add_rules(text, about->rules);
	text_add(text, ". Packets are as in the source; epb_packetid is their frame number there.");
}

static void
add_name(struct text *text, const char *path)
{
	const char *slash = strrchr(path, '/');

	text_add_visible(text, slash != NULL ? slash + 1 : path);
}

static void
add_source(struct text *text, const struct evidence_facts *about)
{
	const struct capture_facts *facts = about->facts;

	text_add(text, "Source: ");
	add_name(text, about->path);
	if (facts->part_count != 0)
		text_addf(text, " and %zu more file%s, one trace,", facts->part_count - 1,
		    facts->part_count == 2 ? "" : "s");
	else
		text_addf(text, ", SHA-256 %s,", about->digest);
	text_addf(text, " %" PRIu64 " packets.", facts->packets);
}

/* A file of the source, of which others may be left out. */
static void
add_part(struct text *text, const struct capture_part *part)
{
	text_addf(text, "Source frames %" PRIu64 " to %" PRIu64 ": ", part->first_frame,
	    part->first_frame + part->packets - 1);
	add_name(text, part->file);
	text_addf(text, ", SHA-256 %s.", part->sha256);
}

static size_t
told_parts(const struct capture_facts *facts)
{
	return facts->part_count < MOST_PARTS ? facts->part_count : MOST_PARTS;
}

/* Where the rest of the evidence is: a finding of several captures takes them all. */
static void
add_point(struct text *text, const struct evidence_facts *about)
{
	const struct point_facts *point = about->facts->point;

	text_addf(text, "Point %zu of %zu on the path from the clients to the servers. Compare ",
	    point->number, point->count);
	for (size_t i = 0; i < about->name_count; i++) {
		text_add(text, i != 0 ? ", " : "");
		add_name(text, about->names[i]);
	}
	text_add(text, ".");
}

static void
add_target(struct text *text, const struct evidence_target *target)
{
	const struct finding *finding = target->finding;

	text_addf(text, "%s %s (%s, %s): ", finding->id, finding->rule->id,
	    severity_names[finding->severity], verdict_names[finding->verdict]);
	text_add_visible(text, finding->summary);
	text_addf(text, " Kept: %s.", evidence_level_text(target->level));
}

struct pcapng_section
evidence_section(const struct evidence_facts *about, struct arena *arena)
{
	size_t parts = told_parts(about->facts);
	const char **comments = ARENA_ARRAY(arena, const char *, about->target_count + parts + 3);
	struct text text = {0};
	size_t count = 0;

	add_program(&text, about);
	comments[count++] = settle(&text, arena);
	add_source(&text, about);
	comments[count++] = settle(&text, arena);
	if (about->name_count > 1) {
		add_point(&text, about);
		comments[count++] = settle(&text, arena);
	}
	for (size_t i = 0; i < parts; i++) {
		add_part(&text, &about->facts->parts[i]);
		comments[count++] = settle(&text, arena);
	}
	for (size_t i = 0; i < about->target_count; i++) {
		add_target(&text, &about->targets[i]);
		comments[count++] = settle(&text, arena);
	}
	text_free(&text);
	return (struct pcapng_section){
	    .application = PROGRAM, .comments = comments, .comment_count = count};
}
