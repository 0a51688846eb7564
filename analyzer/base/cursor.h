/*
 * The cursor: the only way captured bytes are read.
 *
 * A read past the end yields zeroes, moves to the end and marks the cursor short for good. Read a
 * whole structure straight down, then ask cur_ok() once; believe, store and count nothing before.
 */
#ifndef SMBTRIAGE_BASE_CURSOR_H
#define SMBTRIAGE_BASE_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cursor {
	const uint8_t *start; /* what cur_window() and cur_offset() count from */
	const uint8_t *at;
	const uint8_t *end;
	bool is_short;
};

/* A cursor over LENGTH borrowed bytes, which must outlive it. BYTES may be NULL when there are
 * none.
 */
static inline struct cursor
cur_of(const void *bytes, size_t length)
{
	const uint8_t *start = bytes;

	return (struct cursor){start, start, length != 0 ? start + length : start, false};
}

/* A cursor on which every read is short. */
static inline struct cursor
cur_none(void)
{
	return (struct cursor){NULL, NULL, NULL, true};
}

/* Whether every read so far found its bytes. */
static inline bool
cur_ok(const struct cursor *cursor)
{
	return !cursor->is_short;
}

static inline size_t
cur_left(const struct cursor *cursor)
{
	return (size_t)(cursor->end - cursor->at);
}

/* Bytes from the start to where the cursor stands. */
static inline size_t
cur_offset(const struct cursor *cursor)
{
	return (size_t)(cursor->at - cursor->start);
}

/* The next COUNT bytes, borrowed, or NULL when they are not all there. */
static inline const uint8_t *
cur_bytes(struct cursor *cursor, size_t count)
{
	const uint8_t *bytes = cursor->at;

	if (cur_left(cursor) < count) {
		cursor->at = cursor->end;
		cursor->is_short = true;
		return NULL;
	}
	if (count != 0) /* not even 0 may be added to NULL */
		cursor->at += count;
	return bytes;
}

static inline void
cur_skip(struct cursor *cursor, size_t count)
{
	(void)cur_bytes(cursor, count);
}

static inline uint8_t
cur_u8(struct cursor *cursor)
{
	const uint8_t *b = cur_bytes(cursor, 1);

	return b ? b[0] : 0;
}

static inline uint16_t
cur_le16(struct cursor *cursor)
{
	const uint8_t *b = cur_bytes(cursor, 2);

	return b ? (uint16_t)(b[0] | b[1] << 8) : 0;
}

static inline uint32_t
cur_le32(struct cursor *cursor)
{
	const uint8_t *b = cur_bytes(cursor, 4);

	return b ? (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 |
		       (uint32_t)b[3] << 24
		 : 0;
}

/* A child over the next COUNT bytes, which the parent passes; a short child when they are not all
 * there, and then the parent is short too. */
static inline struct cursor
cur_sub(struct cursor *cursor, size_t count)
{
	const uint8_t *bytes = cur_bytes(cursor, count);

	return bytes && !cursor->is_short ? cur_of(bytes, count) : cur_none();
}

static inline uint64_t
cur_le64(struct cursor *cursor)
{
	struct cursor all = cur_sub(cursor, 8);
	uint64_t low = cur_le32(&all);

	return low | (uint64_t)cur_le32(&all) << 32;
}

static inline uint16_t
cur_be16(struct cursor *cursor)
{
	const uint8_t *b = cur_bytes(cursor, 2);

	return b ? (uint16_t)(b[0] << 8 | b[1]) : 0;
}

static inline uint32_t
cur_be24(struct cursor *cursor)
{
	const uint8_t *b = cur_bytes(cursor, 3);

	return b ? (uint32_t)b[0] << 16 | (uint32_t)b[1] << 8 | (uint32_t)b[2] : 0;
}

static inline uint32_t
cur_be32(struct cursor *cursor)
{
	const uint8_t *b = cur_bytes(cursor, 4);

	return b ? (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 |
		       (uint32_t)b[3]
		 : 0;
}

static inline uint64_t
cur_be64(struct cursor *cursor)
{
	struct cursor all = cur_sub(cursor, 8);
	uint64_t high = cur_be32(&all);

	return high << 32 | cur_be32(&all);
}

/*
 * A child over LENGTH bytes at OFFSET from the parent's start: what an offset/length pair in a
 * message names. The parent does not move; the child is short when the window is not inside.
 */
static inline struct cursor
cur_window(const struct cursor *cursor, size_t offset, size_t length)
{
	size_t whole = (size_t)(cursor->end - cursor->start);

	if (cursor->start == NULL || offset > whole || length > whole - offset)
		return cur_none();
	return cur_of(cursor->start + offset, length);
}

#endif
