#include "analyzer/capture/pcapng_writer.h"

#include <string.h>

#include "analyzer/base/memory.h"
#include "analyzer/base/text.h"

#define NS_PER_S INT64_C(1000000000)

/* The length of an option has 16 bits (3.5); ours are a whole number of 32-bit words below that. */
#define MOST_OPTION_BYTES 65532

struct pcapng_writer {
	FILE *out;
	struct text block;       /* the one being made */
	int64_t *offset_seconds; /* if_tsoffset, by interface */
	size_t interface_count, interface_capacity;
};

struct pcapng_writer *
pcapng_writer_new(FILE *out)
{
	struct pcapng_writer *writer = mem_alloc(1, sizeof(*writer));

	writer->out = out;
	return writer;
}

void
pcapng_writer_free(struct pcapng_writer *writer)
{
	if (writer == NULL)
		return;
	text_free(&writer->block);
	mem_free(writer->offset_seconds);
	mem_free(writer);
}

/* ---- the parts of a block ---- */

static void
to_le(uint64_t number, unsigned size, char *ret)
{
	for (unsigned i = 0; i < size; i++)
		ret[i] = (char)(number >> 8 * i & 0xff);
}

static void
put(struct pcapng_writer *writer, uint64_t number, unsigned size)
{
	char bytes[8];

	to_le(number, size, bytes);
	text_add_bytes(&writer->block, bytes, size);
}

/* Everything is padded to 32 bits (3.3). */
static void
pad(struct pcapng_writer *writer)
{
	text_add_bytes(&writer->block, "\0\0\0", -writer->block.length & 3);
}

static void
begin_block(struct pcapng_writer *writer, uint32_t type)
{
	text_clear(&writer->block);
	put(writer, type, 4);
	put(writer, 0, 4); /* the length, once it is known */
}

static void
end_block(struct pcapng_writer *writer)
{
	size_t length = writer->block.length + 4;

	put(writer, length, 4);
	to_le(length, 4, writer->block.chars + 4);
	fwrite(writer->block.chars, 1, length, writer->out);
}

static void
put_option(struct pcapng_writer *writer, uint16_t code, const void *value, size_t length)
{
	put(writer, code, 2);
	put(writer, length, 2);
	text_add_bytes(&writer->block, value, length);
	pad(writer);
}

static void
put_number_option(struct pcapng_writer *writer, uint16_t code, uint64_t number, unsigned size)
{
	char bytes[8];

	to_le(number, size, bytes);
	put_option(writer, code, bytes, size);
}

/* Not in the middle of a character. */
static size_t
option_length(const char *chars)
{
	size_t length = strlen(chars);

	if (length <= MOST_OPTION_BYTES)
		return length;
	length = MOST_OPTION_BYTES;
	while (length > 0 && ((unsigned char)chars[length] & 0xc0) == 0x80)
		length--;
	return length;
}

/* Nothing when CHARS is NULL. */
static void
put_text_option(struct pcapng_writer *writer, uint16_t code, const char *chars)
{
	if (chars != NULL)
		put_option(writer, code, chars, option_length(chars));
}

static void
put_comments(struct pcapng_writer *writer, const char *const *comments, size_t count)
{
	for (size_t i = 0; i < count; i++)
		put_text_option(writer, 1, comments[i]); /* opt_comment (3.5.1) */
}

static void
end_options(struct pcapng_writer *writer)
{
	put(writer, 0, 4); /* opt_endofopt */
}

/* TIME on INTERFACE's clock. */
static uint64_t
ticks_of(const struct pcapng_writer *writer, uint32_t interface, int64_t time)
{
	return (uint64_t)time - (uint64_t)writer->offset_seconds[interface] * NS_PER_S;
}

/* The high half first (4.3). */
static void
put_time(struct pcapng_writer *writer, uint32_t interface, int64_t time)
{
	uint64_t ticks = ticks_of(writer, interface, time);

	put(writer, ticks >> 32, 4);
	put(writer, ticks & UINT32_MAX, 4);
}

/* The same (4.6); a time before the clock's first cannot be told. */
static void
put_time_option(struct pcapng_writer *writer, uint16_t code, uint32_t interface, int64_t time)
{
	uint64_t ticks = ticks_of(writer, interface, time);

	if (time >= 0 || (int64_t)ticks >= 0)
		put_number_option(writer, code, ticks >> 32 | ticks << 32, 8);
}

/* ---- blocks ---- */

void
pcapng_write_section(struct pcapng_writer *writer, const struct pcapng_section *section)
{
	begin_block(writer, 0x0a0d0d0a);
	put(writer, 0x1a2b3c4d, 4);
	put(writer, 1, 2); /* version 1.0 */
	put(writer, 0, 2);
	put(writer, UINT64_MAX, 8); /* the section's length is not said */
	put_comments(writer, section->comments, section->comment_count);
	put_text_option(writer, 2, section->hardware);    /* shb_hardware */
	put_text_option(writer, 3, section->os);          /* shb_os */
	put_text_option(writer, 4, section->application); /* shb_userappl */
	end_options(writer);
	end_block(writer);
}

/* if_filter begins with a byte that says what kind of filter it is: 0, a text for libpcap. */
static void
put_filter(struct pcapng_writer *writer, const char *filter)
{
	struct text value = {0};

	if (filter == NULL)
		return;
	text_add_bytes(&value, "", 1);
	text_add_bytes(&value, filter, option_length(filter));
	put_option(writer, 11, value.chars, value.length);
	text_free(&value);
}

/* Time stamps are not negative: what comes before the epoch is counted from an earlier second. */
static int64_t
offset_of(const struct interface_facts *facts)
{
	int64_t seconds = facts->first_time / NS_PER_S;

	if (!facts->has_time || facts->first_time >= 0)
		return 0;
	return seconds * NS_PER_S > facts->first_time ? seconds - 1 : seconds;
}

static uint32_t
add_interface(struct pcapng_writer *writer, int64_t offset_seconds)
{
	writer->offset_seconds = mem_grow(writer->offset_seconds, writer->interface_count,
	    &writer->interface_capacity, sizeof(*writer->offset_seconds));
	writer->offset_seconds[writer->interface_count] = offset_seconds;
	return (uint32_t)writer->interface_count++;
}

uint32_t
pcapng_write_interface(struct pcapng_writer *writer, const struct interface_facts *facts)
{
	int64_t offset_seconds = offset_of(facts);

	begin_block(writer, 1);
	put(writer, facts->link_type, 2);
	put(writer, 0, 2); /* reserved */
	put(writer, facts->snap_length, 4);
	put_text_option(writer, 2, facts->name);        /* if_name */
	put_text_option(writer, 3, facts->description); /* if_description */
	put_number_option(writer, 9, 9, 1);             /* if_tsresol: 10^-9 s */
	put_filter(writer, facts->filter);
	put_text_option(writer, 12, facts->os); /* if_os */
	if (offset_seconds != 0)
		put_number_option(writer, 14, (uint64_t)offset_seconds, 8); /* if_tsoffset */
	end_options(writer);
	end_block(writer);
	return add_interface(writer, offset_seconds);
}

static void
put_name(struct pcapng_writer *writer, const struct name_facts *name)
{
	bool is_ipv4 = name->addr.family == ADDR_IPV4;
	struct text value = {0};

	text_add_bytes(&value, (const char *)name->addr.bytes, is_ipv4 ? 4 : 16);
	text_add_bytes(&value, name->name, option_length(name->name));
	text_add_bytes(&value, "", 1);
	put_option(writer, is_ipv4 ? 1 : 2, value.chars, value.length);
	text_free(&value);
}

void
pcapng_write_names(struct pcapng_writer *writer, const struct name_facts *names, size_t count)
{
	if (count == 0)
		return;
	begin_block(writer, 4);
	for (size_t i = 0; i < count; i++)
		put_name(writer, &names[i]);
	put(writer, 0, 4); /* nrb_record_end */
	end_block(writer);
}

/* epb_flags (4.3.1), when there is something to say. */
static void
put_direction(struct pcapng_writer *writer, uint8_t direction)
{
	static const uint8_t flags[] = {
	    [DIRECTION_UNKNOWN] = 0, [DIRECTION_INBOUND] = 1, [DIRECTION_OUTBOUND] = 2};

	if (direction != DIRECTION_UNKNOWN)
		put_number_option(writer, 2, flags[direction], 4);
}

void
pcapng_write_packet(struct pcapng_writer *writer, const struct pcapng_packet *packet)
{
	const struct record *record = packet->record;

	begin_block(writer, 6);
	put(writer, packet->interface, 4);
	put_time(writer, packet->interface, record->has_time ? record->time : 0);
	put(writer, record->captured, 4);
	put(writer, record->length, 4);
	if (record->captured != 0)
		text_add_bytes(&writer->block, (const char *)record->bytes, record->captured);
	pad(writer);
	put_comments(writer, packet->comments, packet->comment_count);
	put_direction(writer, record->direction);
	put_number_option(writer, 5, packet->id, 8); /* epb_packetid */
	end_options(writer);
	end_block(writer);
}

void
pcapng_write_statistics(struct pcapng_writer *writer, uint32_t interface,
    const struct interface_facts *facts, bool is_timed)
{
	bool has_start = is_timed && facts->has_start, has_end = is_timed && facts->has_end;

	if (!facts->has_dropped && !has_start && !has_end)
		return;
	begin_block(writer, 5);
	put(writer, interface, 4);
	put_time(writer, interface, facts->last_time);
	if (has_start)
		put_time_option(writer, 2, interface, facts->start_time); /* isb_starttime */
	if (has_end)
		put_time_option(writer, 3, interface, facts->end_time); /* isb_endtime */
	if (facts->has_dropped)
		put_number_option(writer, 5, facts->dropped, 8); /* isb_ifdrop */
	end_options(writer);
	end_block(writer);
}
