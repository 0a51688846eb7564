#include "analyzer/capture/source.h"

#include <errno.h>
#include <string.h>

#include "analyzer/base/infile.h"
#include "analyzer/base/memory.h"
#include "analyzer/base/foreign.h"
#include "analyzer/capture/inflate.h"
#include "analyzer/capture/libpcap.h"
#include "analyzer/capture/parts.h"
#include "analyzer/capture/pcap_reader.h"
#include "analyzer/capture/pcapng_reader.h"
#include "analyzer/capture/reader.h"

#define LINKTYPE_ETHERNET 1

struct source {
	struct stream *stream;
	struct reader reader;
	struct libpcap_filter *filter; /* or NULL */
	struct source_options options;
	struct parts *parts;     /* of a trace, or NULL */
	const char *compression; /* of its first file */
	uint64_t passed;         /* bytes of the files before the one at hand */
};

/* The first that takes a file has it. */
static const struct reader_kind *const kinds[] = {
    &pcapng_reader,
    &pcap_reader,
    &libpcap_reader,
};

/* A descriptor of our own, or -1. */
static int
open_file(const char *path, struct error *error)
{
	int fd = infile_open(path);

	if (fd < 0 && errno == EISDIR)
		error_set(error, EXIT_INPUT, "%s: is a directory, not a capture file", path);
	else if (fd < 0)
		error_set(error, EXIT_INPUT, "%s: cannot be opened: %s", path, strerror(errno));
	return fd;
}

/* Why a file without a single byte has none. */
static bool
refuse_empty(const struct source *source, struct error *error)
{
	const struct capture_facts *facts = source->reader.facts;
	const char *damage = stream_damage(source->stream);

	if (damage != NULL)
		return error_set(
		    error, EXIT_INPUT, "%s: nothing can be read: %s", facts->file, damage);
	if (facts->compression != NULL)
		return error_set(error, EXIT_INPUT, "%s: is empty once decompressed (%s)",
		    facts->file, facts->compression);
	error->is_no_capture = true;
	return error_set(error, EXIT_INPUT, "%s: is empty", facts->file);
}

/* Finds the reader by the file's first bytes and has it read the header. */
static bool
open_reader(struct source *source, struct error *error)
{
	struct reader *reader = &source->reader;
	const uint8_t *bytes;
	const struct foreign *foreign;
	size_t length, i = 0;

	window_fill(&reader->window, FOREIGN_BYTES);
	bytes = window_bytes(&reader->window);
	length = window_left(&reader->window);
	if (length == 0)
		return refuse_empty(source, error);
	foreign = foreign_recognise(bytes, length);
	error->is_no_capture = foreign != NULL;
	if (foreign != NULL)
		return error_set(error, EXIT_INPUT, "%s: is %s; %s", reader->facts->file,
		    foreign->what, foreign->remedy);
	while (!kinds[i]->is_mine(bytes, length))
		i++; /* the last one takes all */
	reader->kind = kinds[i];
	return reader->kind->open(reader, error);
}

static bool
make_filter(struct source *source, const char *expression, struct error *error)
{
	const struct capture_facts *facts = source->reader.facts;
	uint16_t link_type = facts->interface_count != 0 ? (uint16_t)facts->interfaces[0].link_type
							 : LINKTYPE_ETHERNET;

	source->filter = libpcap_filter_new(expression, link_type, error);
	return source->filter != NULL;
}

struct source *
source_open(const char *path, const struct source_options *options, struct arena *arena,
    struct error *error)
{
	int fd = open_file(path, error);
	struct capture_facts *facts;
	struct source *source;

	if (fd < 0)
		return NULL;
	source = mem_alloc(1, sizeof(*source));
	if (options != NULL)
		source->options = *options;
	facts = ARENA_NEW(arena, struct capture_facts);
	facts->file = arena_text(arena, path, strlen(path));
	source->stream = stream_open(fd, source->options.max_memory);
	facts->compression = source->compression = stream_compression(source->stream);
	source->reader.window.stream = source->stream;
	source->reader.arena = arena;
	source->reader.facts = facts;
	source->reader.max_memory = source->options.max_memory;
	if (!open_reader(source, error) ||
	    (source->options.filter != NULL &&
		!make_filter(source,
		    arena_text(arena, source->options.filter, strlen(source->options.filter)),
		    error))) {
		source_close(source);
		return NULL;
	}
	return source;
}

struct source *
source_open_trace(const struct source_files *files, const struct source_options *options,
    struct arena *arena, struct error *error)
{
	struct source *source = source_open(files->paths[0], options, arena, error);

	if (source != NULL && files->count > 1)
		source->parts = parts_new(files, &source->options, arena);
	return source;
}

/* Has the reader go on in the file at PATH, which was seen to be readable before. */
static bool
open_part(struct source *source, const char *path, struct error *error)
{
	struct capture_facts *facts = source->reader.facts;
	const char *first = facts->file;
	int fd = open_file(path, error);
	struct stream *stream;
	bool is_open;

	if (fd < 0)
		return false;
	stream = stream_open(fd, source->options.max_memory);
	reader_next_file(&source->reader, stream);
	source->passed += stream_position(source->stream);
	stream_close(source->stream);
	source->stream = stream;
	facts->compression = stream_compression(stream);
	facts->file = path;
	is_open = open_reader(source, error);
	facts->file = first;
	return is_open;
}

/* At the end of a file: whether there are more records in the next one of the trace. */
static bool
go_on(struct source *source)
{
	struct capture_facts *facts = source->reader.facts;
	struct error error = {0};
	const char *path;

	while (source->parts != NULL && (path = parts_next(source->parts, facts)) != NULL) {
		if (open_part(source, path, &error))
			return true;
		source->reader.is_over = true;
		facts->damage = arena_text(source->reader.arena, error.text, strlen(error.text));
	}
	facts->compression = source->compression;
	return false;
}

static void
account_interface_time(
    struct interface_facts *interface, struct interface_clock *clock, int64_t time)
{
	if (clock->has_last && time < clock->last) {
		if (clock->last - time >= CLOCK_STEP)
			interface->clock_steps++;
		else
			interface->time_reversals++;
	}
	clock->last = time;
	clock->has_last = true;
	if (!interface->has_time || time < interface->first_time)
		interface->first_time = time;
	if (!interface->has_time || time > interface->last_time)
		interface->last_time = time;
	interface->has_time = true;
}

static void
account_time(struct reader *reader, const struct record *record)
{
	struct capture_facts *facts = reader->facts;
	struct interface_facts *interface = &reader->interfaces[record->interface];
	uint64_t reversals = interface->time_reversals, steps = interface->clock_steps;

	account_interface_time(interface, &reader->clocks[record->interface], record->time);
	facts->time_reversals += interface->time_reversals - reversals;
	facts->clock_steps += interface->clock_steps - steps;
	if (!facts->has_time || record->time < facts->first_time)
		facts->first_time = record->time;
	if (!facts->has_time || record->time > facts->last_time)
		facts->last_time = record->time;
	facts->has_time = true;
}

static void
account(struct reader *reader, const struct record *record)
{
	struct capture_facts *facts = reader->facts;

	facts->packets++;
	if (!record->is_packet)
		return;
	facts->bytes += record->captured;
	facts->sliced += record->captured < record->length;
	reader->interfaces[record->interface].packets++;
	if (record->has_time)
		account_time(reader, record);
}

/* Moves the records that pass the filter together and returns how many they are. */
static size_t
keep_passing(struct source *source, struct record *records, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		if (records[i].is_packet && libpcap_filter_passes(source->filter, &records[i]))
			records[kept++] = records[i];
	}
	return kept;
}

/* A file of a trace that cannot be opened any more left the reader without a kind. */
static size_t
read_held(struct source *source, struct record *ret, size_t most)
{
	size_t count = source->reader.is_over ? 0 : reader_held(&source->reader, ret, most);

	if (count != 0 && source->parts != NULL)
		parts_note(source->parts, ret, count);
	return count;
}

size_t
source_held(struct source *source, struct record *ret, size_t most)
{
	size_t count, kept;

	do {
		count = read_held(source, ret, most);
		for (size_t i = 0; i < count; i++)
			account(&source->reader, &ret[i]);
		kept = source->filter ? keep_passing(source, ret, count) : count;
	} while (count != 0 && kept == 0);
	return kept;
}

bool
source_read_on(struct source *source)
{
	return reader_read_on(&source->reader) || go_on(source);
}

size_t
source_read(struct source *source, struct record *ret, size_t most)
{
	size_t count;

	do {
		count = source_held(source, ret, most);
	} while (count == 0 && source_read_on(source));
	return count;
}

bool
source_can_keep(const struct source *source)
{
	return source->reader.kind != NULL && source->reader.kind->batch == 0;
}

void
source_keep(struct source *source, struct window_room *room)
{
	window_leave(&source->reader.window, room);
}

uint64_t
source_position(const struct source *source)
{
	return source->passed + stream_position(source->stream);
}

const struct capture_facts *
source_facts(const struct source *source)
{
	return source->reader.facts;
}

void
source_close(struct source *source)
{
	if (source == NULL)
		return;
	parts_free(source->parts);
	libpcap_filter_free(source->filter);
	reader_close(&source->reader);
	stream_close(source->stream);
	mem_free(source);
}
