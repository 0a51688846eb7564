/* Capture files made byte by byte, for the tests of this directory. */
#ifndef SMBTRIAGE_CAPTURE_FILE_FOR_TEST_H
#define SMBTRIAGE_CAPTURE_FILE_FOR_TEST_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/base/memory.h"
#include "analyzer/capture/source.h"

/* A file in the making. A zeroed one is empty and little-endian. */
struct image {
	uint8_t *bytes;
	size_t length, capacity;
	bool is_big_endian;
};

static inline void
image_bytes(struct image *image, const void *bytes, size_t length)
{
	if (image->capacity - image->length < length) {
		image->capacity = (image->length + length) * 2;
		image->bytes = mem_resize(image->bytes, image->capacity, 1);
	}
	if (length != 0)
		memcpy(image->bytes + image->length, bytes, length);
	image->length += length;
}

/* COUNT bytes that depend on SEED and on where they are. */
static inline void
image_pattern(struct image *image, unsigned seed, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uint8_t byte = (uint8_t)(seed * 31 + i * 7 + (i >> 8));

		image_bytes(image, &byte, 1);
	}
}

static inline bool
is_pattern(const uint8_t *bytes, unsigned seed, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (bytes[i] != (uint8_t)(seed * 31 + i * 7 + (i >> 8)))
			return false;
	}
	return true;
}

static inline void
image_number(struct image *image, uint64_t number, unsigned size)
{
	for (unsigned i = 0; i < size; i++) {
		unsigned shift = 8 * (image->is_big_endian ? size - 1 - i : i);
		uint8_t byte = (uint8_t)(number >> shift);

		image_bytes(image, &byte, 1);
	}
}

static inline void
image_u16(struct image *image, uint16_t number)
{
	image_number(image, number, 2);
}

static inline void
image_u32(struct image *image, uint32_t number)
{
	image_number(image, number, 4);
}

static inline void
image_u64(struct image *image, uint64_t number)
{
	image_number(image, number, 8);
}

static inline void
image_free(struct image *image)
{
	mem_free(image->bytes);
	*image = (struct image){0};
}

static inline void
pcap_header(struct image *image, uint32_t magic, uint32_t network)
{
	image_u32(image, magic);
	image_u16(image, 2); /* version 2.4 */
	image_u16(image, 4);
	image_u32(image, 0);
	image_u32(image, 0);
	image_u32(image, 65535);
	image_u32(image, network);
}

/* A record whose bytes are the pattern of its seconds. */
static inline void
pcap_record(
    struct image *image, uint32_t seconds, uint32_t fraction, uint32_t captured, uint32_t length)
{
	image_u32(image, seconds);
	image_u32(image, fraction);
	image_u32(image, captured);
	image_u32(image, length);
	image_pattern(image, seconds, captured);
}

/* The start of a pcapng block; its end fills in both lengths. */
static inline size_t
block_begin(struct image *image, uint32_t type)
{
	size_t start = image->length;

	image_u32(image, type);
	image_u32(image, 0);
	return start;
}

static inline void
image_pad(struct image *image)
{
	while (image->length % 4 != 0)
		image_bytes(image, "", 1);
}

static inline void
block_end(struct image *image, size_t start)
{
	size_t end;

	image_pad(image);
	image_u32(image, (uint32_t)(image->length + 4 - start));
	end = image->length;
	image->length = start + 4;
	image_u32(image, (uint32_t)(end - start));
	image->length = end;
}

static inline void
block_option(struct image *image, uint16_t code, const void *value, uint16_t length)
{
	image_u16(image, code);
	image_u16(image, length);
	image_bytes(image, value, length);
	image_pad(image);
}

static inline void
block_option_u64(struct image *image, uint16_t code, uint64_t value)
{
	image_u16(image, code);
	image_u16(image, 8);
	image_u64(image, value);
}

/* A time: its high word first, whatever the byte order. */
static inline void
block_option_ticks(struct image *image, uint16_t code, uint64_t ticks)
{
	image_u16(image, code);
	image_u16(image, 8);
	image_u32(image, (uint32_t)(ticks >> 32));
	image_u32(image, (uint32_t)ticks);
}

static inline size_t
section_begin(struct image *image)
{
	size_t start = block_begin(image, 0x0a0d0d0a);

	image_u32(image, 0x1a2b3c4d);
	image_u16(image, 1);
	image_u16(image, 0);
	image_u64(image, UINT64_MAX);
	return start;
}

static inline size_t
interface_begin(struct image *image, uint16_t link_type, uint32_t snap_length)
{
	size_t start = block_begin(image, 1);

	image_u16(image, link_type);
	image_u16(image, 0);
	image_u32(image, snap_length);
	return start;
}

/* An enhanced packet block whose bytes are the pattern of its ticks. */
static inline size_t
packet_begin(
    struct image *image, uint32_t interface, uint64_t ticks, uint32_t captured, uint32_t length)
{
	size_t start = block_begin(image, 6);

	image_u32(image, interface);
	image_u32(image, (uint32_t)(ticks >> 32));
	image_u32(image, (uint32_t)ticks);
	image_u32(image, captured);
	image_u32(image, length);
	image_pattern(image, (unsigned)ticks, captured);
	image_pad(image);
	return start;
}

/* A section header and one Ethernet interface. */
static inline void
pcapng_start(struct image *image)
{
	block_end(image, section_begin(image));
	block_end(image, interface_begin(image, 1, 65535));
}

static inline void
pcapng_packet(struct image *image, uint64_t ticks, uint32_t captured)
{
	block_end(image, packet_begin(image, 0, ticks, captured, captured));
}

/* The counters of INTERFACE: 40 drops and 2. */
static inline void
add_statistics(struct image *image, uint32_t interface)
{
	size_t start = block_begin(image, 5);

	image_u32(image, interface);
	image_u64(image, 0);
	block_option_ticks(image, 2, 1);                     /* isb_starttime */
	block_option_ticks(image, 3, UINT64_C(0x100000009)); /* isb_endtime */
	block_option_u64(image, 5, 40);                      /* isb_ifdrop */
	block_option_u64(image, 7, 2);                       /* isb_osdrop */
	block_end(image, start);
}

static inline void
add_bytes_block(struct image *image, uint32_t type, size_t count)
{
	size_t start = block_begin(image, type);

	image_pattern(image, 9, count);
	block_end(image, start);
}

/* Opens LENGTH BYTES as a file; what source_open() returns. */
static inline struct source *
open_bytes(const void *bytes, size_t length, const struct source_options *options,
    struct arena *arena, struct error *error)
{
	char path[] = "/tmp/smbtriage-test-XXXXXX";
	int fd = mkstemp(path);
	struct source *source;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, bytes, length), (ssize_t)length);
	close(fd);
	source = source_open(path, options, arena, error);
	unlink(path);
	return source;
}

/* Opens a file that must be sound enough for that, with MAX_MEMORY bytes for it all. */
static inline struct source *
open_image_within(const struct image *image, size_t max_memory, struct arena *arena)
{
	const struct source_options options = {.max_memory = max_memory};
	struct error error = {0};
	struct source *source = open_bytes(image->bytes, image->length, &options, arena, &error);

	ck_assert_msg(source != NULL, "%s", error.text);
	return source;
}

static inline struct source *
open_image(const struct image *image, struct arena *arena)
{
	return open_image_within(image, 0, arena);
}

/* Reads all that is left, in batches, and returns how many records that was. */
static inline uint64_t
read_all(struct source *source)
{
	struct record records[16];
	uint64_t count = 0;
	size_t got;

	while ((got = source_read(source, records, 16)) != 0)
		count += got;
	return count;
}

#endif
