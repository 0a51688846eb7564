#include "analyzer/evidence/evidence_file.h"

#include <string.h>

#include "analyzer/base/arena.h"
#include "analyzer/base/memory.h"

/* Records per batch. */
#define BATCH 256

/* Notes that one packet carries. */
#define MOST_COMMENTS 64

#define NOT_WRITTEN UINT32_MAX

struct writing {
	const struct evidence *evidence;
	struct pcapng_writer *writer;
	uint32_t *numbers; /* in the file, by interface of the source; NOT_WRITTEN */
	size_t next_note;
	struct frame_list *frames;
};

static void
write_interface(struct writing *writing, uint32_t interface)
{
	if (writing->numbers[interface] == NOT_WRITTEN)
		writing->numbers[interface] = pcapng_write_interface(
		    writing->writer, &writing->evidence->facts->interfaces[interface]);
}

static bool
is_interface_wanted(const struct evidence *evidence, uint32_t interface)
{
	const struct interface_facts *facts = &evidence->facts->interfaces[interface];

	if (evidence->is_of_several && (facts->has_dropped || facts->has_start || facts->has_end))
		return true;
	return evidence->is_everything ? facts->packets != 0
				       : selection_has_interface(evidence->selection, interface);
}

static void
write_interfaces(struct writing *writing)
{
	const struct capture_facts *facts = writing->evidence->facts;

	writing->numbers = mem_alloc(facts->interface_count + 1, sizeof(*writing->numbers));
	memset(writing->numbers, 0xff, facts->interface_count * sizeof(*writing->numbers));
	for (uint32_t i = 0; i < facts->interface_count; i++)
		if (is_interface_wanted(writing->evidence, i))
			write_interface(writing, i);
}

/* Those of hosts that the packets speak of. */
static void
write_names(struct writing *writing)
{
	const struct evidence *evidence = writing->evidence;
	const struct capture_facts *facts = evidence->facts;
	struct name_facts *names = mem_alloc(facts->name_count + 1, sizeof(*names));
	size_t count = 0;

	for (size_t i = 0; i < facts->name_count; i++)
		if (evidence->is_everything ||
		    selection_has_host(evidence->selection, &facts->names[i].addr))
			names[count++] = facts->names[i];
	pcapng_write_names(writing->writer, names, count);
	mem_free(names);
}

/* The notes of FRAME, which are the next ones: frames come in rising order. */
static size_t
take_notes(struct writing *writing, uint64_t frame, const char *ret[MOST_COMMENTS])
{
	const struct note_list *notes = writing->evidence->notes;
	const char *edge = selection_reason(writing->evidence->selection, frame);
	size_t count = 0;

	while (writing->next_note < notes->count && notes->items[writing->next_note].frame < frame)
		writing->next_note++;
	for (; writing->next_note < notes->count && count < MOST_COMMENTS &&
	       notes->items[writing->next_note].frame == frame;
	     writing->next_note++)
		ret[count++] = notes->items[writing->next_note].text;
	if (edge != NULL && count < MOST_COMMENTS)
		ret[count++] = edge;
	return count;
}

static void
note_frame(struct frame_list *frames, uint64_t frame)
{
	frames->items =
	    mem_grow(frames->items, frames->count, &frames->capacity, sizeof(*frames->items));
	frames->items[frames->count++] = frame;
}

static void
write_record(struct writing *writing, const struct record *record)
{
	const char *comments[MOST_COMMENTS];
	struct pcapng_packet packet = {.record = record, .id = record->frame, .comments = comments};

	/* A fragment may have come on another interface than the one that completes it. */
	write_interface(writing, record->interface);
	packet.interface = writing->numbers[record->interface];
	packet.comment_count = take_notes(writing, record->frame, comments);
	pcapng_write_packet(writing->writer, &packet);
	note_frame(writing->frames, record->frame);
}

static bool
is_wanted(const struct evidence *evidence, const struct record *record)
{
	/* A file that still grows has more by now. */
	if (!record->is_packet || record->interface >= evidence->facts->interface_count)
		return false;
	return evidence->is_everything ||
	       frame_set_has(selection_frames(evidence->selection), record->frame);
}

static void
write_records(struct writing *writing, struct source *source)
{
	struct record records[BATCH];
	size_t count;

	while ((count = source_read(source, records, BATCH)) != 0)
		for (size_t i = 0; i < count; i++)
			if (is_wanted(writing->evidence, &records[i]))
				write_record(writing, &records[i]);
}

static void
write_statistics(struct writing *writing)
{
	const struct capture_facts *facts = writing->evidence->facts;

	for (uint32_t i = 0; i < facts->interface_count; i++)
		if (writing->numbers[i] != NOT_WRITTEN)
			pcapng_write_statistics(writing->writer, writing->numbers[i],
			    &facts->interfaces[i], writing->evidence->is_of_several);
}

bool
evidence_write(
    FILE *out, const struct evidence *evidence, struct frame_list *ret, struct error *error)
{
	struct writing writing = {.evidence = evidence, .frames = ret};
	struct arena arena = {0};
	struct source *source =
	    source_open_trace(evidence->files, &evidence->reading, &arena, error);

	if (source != NULL) {
		writing.writer = pcapng_writer_new(out);
		pcapng_write_section(writing.writer, &evidence->section);
		write_interfaces(&writing);
		write_names(&writing);
		write_records(&writing, source);
		write_statistics(&writing);
		pcapng_writer_free(writing.writer);
		mem_free(writing.numbers);
		source_close(source);
	}
	arena_free(&arena);
	return source != NULL;
}

void
frame_list_free(struct frame_list *list)
{
	mem_free(list->items);
	*list = (struct frame_list){0};
}
