/* The part of a byte stream that is in memory now: readers walk records in place in it. */
#ifndef SMBTRIAGE_CAPTURE_WINDOW_H
#define SMBTRIAGE_CAPTURE_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/capture/inflate.h"

/* The most that window_fill() may be asked for: twice the largest pcapng block that we accept. */
#define WINDOW_MOST ((size_t)256 * 1024 * 1024)

/* Room for bytes. A zeroed one has none yet. */
struct window_room {
	uint8_t *bytes;
	size_t capacity;
};

/* A zeroed struct window with a stream is an empty one at the stream's start. */
struct window {
	struct stream *stream; /* borrowed */
	struct window_room room;
	size_t at, end;  /* the bytes not yet passed */
	uint64_t offset; /* of the room's first byte in the stream */
};

static inline const uint8_t *
window_bytes(const struct window *window)
{
	return window->room.bytes + window->at;
}

static inline size_t
window_left(const struct window *window)
{
	return window->end - window->at;
}

/* Bytes of the stream before where the window stands. */
static inline uint64_t
window_offset(const struct window *window)
{
	return window->offset + window->at;
}

/* Passes COUNT bytes, which must be there. They stay in memory until the next window_fill(). */
static inline void
window_skip(struct window *window, size_t count)
{
	window->at += count;
}

/*
 * Reads on until COUNT bytes (at most WINDOW_MOST) are there; false when the stream ends first, and
 * then all that is left is there. Memory follows what the stream gives, never COUNT alone. Every
 * pointer into the window is void afterwards.
 */
bool window_fill(struct window *window, size_t count);

/* The bytes that were passed since the last window_fill() go to ROOM, where they stay, though the
 * window moves on; it takes the room that was ROOM's. */
void window_leave(struct window *window, struct window_room *room);

/* Whether a large record made ROOM larger than windows are; and gives back what that is. */
bool window_room_is_large(const struct window_room *room);
void window_room_shrink(struct window_room *room);

void window_room_free(struct window_room *room);

/* Frees the bytes, not the stream. */
void window_free(struct window *window);

#endif
