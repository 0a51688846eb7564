#include "analyzer/capture/reader.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "analyzer/base/text.h"
#include "analyzer/capture/share.h"

/* Bounds against files made to fill memory, far above what capture tools write. */
#define MOST_INTERFACES 65536
#define MOST_NAMES      65536
#define MOST_COMMENTS   1000
#define MOST_TEXT_BYTES 4096              /* of one comment or name */
#define MOST_TEXTS      ((size_t)8 << 20) /* bytes of all of them */

/* Wireshark's limits; the exceptions are link types whose packets may be that large. */
#define MOST_CAPTURED 262144

static const struct {
	uint32_t link_type;
	uint32_t most;
} large_links[] = {
    {231, 128 * 1024 * 1024}, /* LINKTYPE_DBUS */
    {249, 128 * 1024 * 1024}, /* LINKTYPE_USBPCAP */
    {279, 32 * 1024 * 1024},  /* LINKTYPE_EBHSCR */
};

uint32_t
reader_most_captured(uint32_t link_type)
{
	for (size_t i = 0; i < COUNT(large_links); i++) {
		if (large_links[i].link_type == link_type)
			return large_links[i].most;
	}
	return MOST_CAPTURED;
}

enum taken
reader_damage(struct reader *reader, const char *format, ...)
{
	const char *of = reader->facts->compression ? " of the decompressed data" : "";
	char what[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(what, sizeof(what), format, arguments);
	va_end(arguments);
	reader->is_over = true;
	reader->facts->damage =
	    reader->frame == 0
		? arena_format(reader->arena, "before the first frame, at byte %" PRIu64 "%s: %s",
		      window_offset(&reader->window), of, what)
		: arena_format(reader->arena, "after frame %" PRIu64 ", at byte %" PRIu64 "%s: %s",
		      reader->frame, window_offset(&reader->window), of, what);
	return TAKEN_DAMAGE;
}

enum taken
reader_too_large(struct reader *reader, const char *what, uint64_t bytes)
{
	char wanted[SHARE_TEXT_SIZE];

	return reader_damage(reader, "%s takes %" PRIu64 " bytes; %s allows it", what, bytes,
	    share_wanted(wanted, SHARE_RECORD, bytes));
}

/* The stream has ended: between two records, as it should, or inside one. */
static enum taken
end_of_stream(struct reader *reader)
{
	const char *damage = stream_damage(reader->window.stream);

	reader->is_over = true;
	if (damage != NULL)
		return reader_damage(reader, "%s", damage);
	if (window_left(&reader->window) != 0)
		return reader_damage(reader, "the file ends in the middle of a record");
	return TAKEN_END;
}

enum taken
reader_take(struct reader *reader, struct record *ret)
{
	enum taken taken = TAKEN_END;
	size_t need = 0;

	while (!reader->is_over) {
		taken = reader->kind->take(reader, ret, &need);
		if (taken != TAKEN_NOTHING)
			return taken;
		if (!window_fill(&reader->window, need))
			return end_of_stream(reader);
	}
	return TAKEN_END;
}

size_t
reader_held(struct reader *reader, struct record *ret, size_t most)
{
	size_t count = 0;
	enum taken taken;

	if (reader->kind->batch != 0 && most > reader->kind->batch)
		most = reader->kind->batch;
	while (count < most && !reader->is_over) {
		taken = reader->kind->take(reader, ret + count, &reader->need);
		if (taken == TAKEN_NOTHING)
			break;
		count += taken == TAKEN_RECORD;
	}
	return count;
}

bool
reader_read_on(struct reader *reader)
{
	if (!reader->is_over && !window_fill(&reader->window, reader->need))
		end_of_stream(reader);
	return !reader->is_over;
}

/* The next larger capacity, with the COUNT elements of ARRAY copied; the old array stays behind. */
static void *
grow_in_arena(struct arena *arena, void *array, size_t count, size_t capacity, size_t size)
{
	void *larger = arena_alloc(arena, capacity * size);

	if (count != 0)
		memcpy(larger, array, count * size);
	return larger;
}

bool
interface_is_same(const struct interface_facts *one, const struct interface_facts *other)
{
	return one->link_type == other->link_type && one->snap_length == other->snap_length &&
	       text_is_same(one->name, other->name) &&
	       text_is_same(one->description, other->description) &&
	       text_is_same(one->filter, other->filter) && text_is_same(one->os, other->os);
}

/* Only the counters at the end of a trace tell what it lacks: those before were read too early. */
static bool
is_told_again(struct reader *reader, const struct interface_facts *interface, size_t index)
{
	struct interface_facts *known;

	if (!reader->goes_on || index >= reader->facts->interface_count)
		return false;
	known = &reader->interfaces[index];
	if (!interface_is_same(known, interface))
		return false;
	known->has_dropped = known->dropped != 0;
	return true;
}

bool
reader_add_interface(struct reader *reader, const struct interface_facts *interface, size_t *ret)
{
	struct capture_facts *facts = reader->facts;
	size_t count = facts->interface_count;
	size_t capacity = reader->interface_capacity ? reader->interface_capacity * 2 : 4;

	*ret = reader->announced++;
	if (is_told_again(reader, interface, *ret))
		return true;
	if (count == MOST_INTERFACES)
		return false;
	if (count == reader->interface_capacity) {
		reader->interfaces = grow_in_arena(reader->arena, reader->interfaces, count,
		    capacity, sizeof(*reader->interfaces));
		reader->clocks = mem_resize(reader->clocks, capacity, sizeof(*reader->clocks));
		reader->interface_capacity = capacity;
		facts->interfaces = reader->interfaces;
	}
	reader->interfaces[count] = *interface;
	reader->clocks[count] = (struct interface_clock){0};
	facts->interface_count++;
	*ret = count;
	return true;
}

/* A comment on the whole capture stands in each of its files. */
static bool
is_said_before(const struct reader *reader, const char *comment)
{
	const struct capture_facts *facts = reader->facts;

	for (size_t i = 0; reader->goes_on && i < facts->comment_count; i++)
		if (strcmp(facts->comments[i], comment) == 0)
			return true;
	return false;
}

static void
keep_comment(struct reader *reader, const char *comment)
{
	struct capture_facts *facts = reader->facts;

	if (facts->comment_count == reader->comment_capacity) {
		reader->comment_capacity =
		    reader->comment_capacity ? reader->comment_capacity * 2 : 8;
		reader->comments = grow_in_arena(reader->arena, reader->comments,
		    facts->comment_count, reader->comment_capacity, sizeof(*reader->comments));
		facts->comments = reader->comments;
	}
	reader->comments[facts->comment_count++] = comment;
}

const char *
reader_text(struct reader *reader, const uint8_t *bytes, size_t length)
{
	size_t kept = length > MOST_TEXT_BYTES ? MOST_TEXT_BYTES : length;
	const char *text;

	if (reader->text_bytes + kept > MOST_TEXTS)
		return NULL;
	reader->text_bytes += kept + 1;
	text = text_from_utf8(reader->arena, bytes, kept);
	return kept == length ? text : arena_format(reader->arena, "%s…", text);
}

void
reader_add_comment(struct reader *reader, uint64_t frame, struct cursor comment)
{
	const char *text = NULL;

	if (reader->facts->comment_count < MOST_COMMENTS)
		text = reader_text(reader, comment.at, cur_left(&comment));
	if (text == NULL) {
		bound_reached(&reader->facts->bounds, BOUND_COMMENTS, 1, frame);
		return;
	}
	if (frame != 0)
		text = arena_format(reader->arena, "frame %" PRIu64 ": %s", frame, text);
	if (!is_said_before(reader, text))
		keep_comment(reader, text);
}

void
reader_add_name(struct reader *reader, const struct addr *addr, const uint8_t *name, size_t length)
{
	struct capture_facts *facts = reader->facts;
	size_t count = facts->name_count;
	const char *text = count < MOST_NAMES ? reader_text(reader, name, length) : NULL;

	if (text == NULL) {
		bound_reached(&facts->bounds, BOUND_NAMES, 1, 0);
		return;
	}
	if (count == reader->name_capacity) {
		reader->name_capacity = count ? count * 2 : 8;
		reader->names = grow_in_arena(reader->arena, reader->names, count,
		    reader->name_capacity, sizeof(*reader->names));
		facts->names = reader->names;
	}
	reader->names[count].addr = *addr;
	reader->names[count].name = text;
	facts->name_count++;
}

static void
close_file(struct reader *reader)
{
	if (reader->kind != NULL && reader->kind->close != NULL)
		reader->kind->close(reader);
	window_free(&reader->window);
}

void
reader_next_file(struct reader *reader, struct stream *stream)
{
	close_file(reader);
	reader->kind = NULL;
	reader->state = NULL;
	reader->window = (struct window){.stream = stream};
	reader->announced = 0;
	reader->need = 0;
	reader->is_over = false;
	reader->goes_on = true;
}

void
reader_close(struct reader *reader)
{
	close_file(reader);
	mem_free(reader->clocks);
	*reader = (struct reader){0};
}
