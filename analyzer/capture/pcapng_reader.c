#include "analyzer/capture/pcapng_reader.h"

#include <inttypes.h>
#include <stdio.h>

#include "analyzer/base/memory.h"
#include "analyzer/capture/pcapng_blocks.h"
#include "analyzer/capture/share.h"

#define BYTE_ORDER_MAGIC   0x1a2b3c4d
#define BLOCK_HEADER_BYTES 8

/* Wireshark's limit: the largest packet of any link type, its block, and 128 KiB of options. What
 * is larger than that is damage, and no memory would make it a block. */
#define MOST_BLOCK_BYTES (128u * 1024 * 1024 + 128u * 1024 + 32)

static bool
is_big_endian(const struct reader *reader)
{
	const struct pcapng *pcapng = reader->state;

	return pcapng->is_big_endian;
}

/* 4.1: the type of a section header block reads the same in both byte orders; its first field says
 * which one the section has. False when the bytes are not all there. */
static bool
find_byte_order(struct reader *reader, struct cursor head)
{
	struct pcapng *pcapng = reader->state;
	uint32_t magic;

	cur_skip(&head, 4);
	magic = cur_be32(&head);
	if (cur_ok(&head))
		pcapng->is_big_endian = magic == BYTE_ORDER_MAGIC;
	return cur_ok(&head);
}

static bool
has_byte_order(const struct pcapng_block *block, bool is_big)
{
	struct cursor body = block->body;

	return read_u32(&body, is_big) == BYTE_ORDER_MAGIC;
}

/*
 * Reads the head of the block in the window: its type and its length, rounded up to 32 bits for
 * the tools that forget to. TAKEN_OTHER when it is there; the body is not set.
 */
static enum taken
read_head(struct reader *reader, struct pcapng_block *ret, size_t *ret_need)
{
	struct cursor cursor = cur_of(window_bytes(&reader->window), window_left(&reader->window));
	uint32_t type = read_u32(&cursor, is_big_endian(reader));
	char what[60];
	uint32_t length;

	*ret_need = PCAPNG_LEAST_BLOCK;
	if (type == PCAPNG_SECTION_HEADER && !find_byte_order(reader, cursor))
		return TAKEN_NOTHING;
	length = read_u32(&cursor, is_big_endian(reader));
	if (!cur_ok(&cursor))
		return TAKEN_NOTHING;
	if (length < pcapng_rule_of(type)->least)
		return reader_damage(reader,
		    "the next block, of type %" PRIu32 ", claims a length of %" PRIu32
		    " bytes, too few",
		    type, length);
	if (length > MOST_BLOCK_BYTES)
		return reader_damage(reader,
		    "the next block, of type %" PRIu32 ", claims a length of %" PRIu32
		    " bytes, too many",
		    type, length);
	ret->type = type;
	ret->length = (length + 3) & ~(uint32_t)3;
	if (share_holds(reader->max_memory, SHARE_RECORD, ret->length))
		return TAKEN_OTHER;
	snprintf(what, sizeof(what), "the next block, of type %" PRIu32 ",", type);
	return reader_too_large(reader, what, ret->length);
}

/* The block in the window, whole, once its trailing length was seen to agree. */
static enum taken
read_block(struct reader *reader, struct pcapng_block *ret, size_t *ret_need)
{
	struct cursor cursor = cur_of(window_bytes(&reader->window), window_left(&reader->window));
	enum taken taken = read_head(reader, ret, ret_need);
	uint32_t trailer;

	if (taken != TAKEN_OTHER)
		return taken;
	cur_skip(&cursor, BLOCK_HEADER_BYTES);
	ret->body = cur_sub(&cursor, ret->length - PCAPNG_LEAST_BLOCK);
	trailer = read_u32(&cursor, is_big_endian(reader));
	*ret_need = ret->length;
	if (!cur_ok(&cursor))
		return TAKEN_NOTHING;
	if (ret->type == PCAPNG_SECTION_HEADER && !has_byte_order(ret, is_big_endian(reader)))
		return reader_damage(reader, "a pcapng section without a byte order");
	if (((trailer + 3) & ~(uint32_t)3) != ret->length)
		return reader_damage(reader,
		    "the next block begins with a length of %" PRIu32 " and ends with %" PRIu32,
		    ret->length, trailer);
	return TAKEN_OTHER;
}

static enum taken
pcapng_take(struct reader *reader, struct record *ret, size_t *ret_need)
{
	struct pcapng_block block;
	enum taken taken = read_block(reader, &block, ret_need);

	if (taken != TAKEN_OTHER)
		return taken;
	taken = pcapng_rule_of(block.type)->take(reader, &block, ret);
	if (taken != TAKEN_DAMAGE)
		window_skip(&reader->window, block.length);
	return taken;
}

static bool
is_pcapng(const uint8_t *bytes, size_t length)
{
	struct cursor cursor = cur_of(bytes, length);

	return cur_be32(&cursor) == PCAPNG_SECTION_HEADER;
}

/* Whether the next block is whole at hand and no record. */
static bool
is_before_records(struct reader *reader)
{
	struct pcapng_block block;
	size_t need;

	if (reader->is_over || !window_fill(&reader->window, PCAPNG_LEAST_BLOCK))
		return false;
	return read_head(reader, &block, &need) == TAKEN_OTHER &&
	       !pcapng_rule_of(block.type)->is_record;
}

/* The section header, and what follows up to the first interface, which a filter is made for. */
static bool
pcapng_open(struct reader *reader, struct error *error)
{
	struct pcapng *pcapng = mem_alloc(1, sizeof(*pcapng));
	struct record none;

	reader->state = pcapng;
	reader->facts->format = "pcapng";
	reader_take(reader, &none);
	if (!pcapng->has_section)
		return error_set(error, EXIT_INPUT,
		    "%s: is a pcapng file without a sound header: %s", reader->facts->file,
		    reader->facts->damage);
	while (reader->facts->interface_count == 0 && is_before_records(reader))
		reader_take(reader, &none);
	return true;
}

static void
pcapng_close(struct reader *reader)
{
	struct pcapng *pcapng = reader->state;

	mem_free(pcapng->interfaces);
	mem_free(pcapng);
}

const struct reader_kind pcapng_reader = {
    .is_mine = is_pcapng,
    .open = pcapng_open,
    .take = pcapng_take,
    .close = pcapng_close,
};
