#include "analyzer/capture/window.h"

#include <assert.h>
#include <string.h>

#include "analyzer/base/memory.h"

/* One read(2) of this size costs little beside the walk over it, and it stays in a level 2 cache.
 * Fuzzing begins smaller, so that a small file fills it. */
#ifndef WINDOW_INITIAL_BYTES
#define WINDOW_INITIAL_BYTES ((size_t)256 * 1024)
#endif

static void
move_to_front(struct window *window)
{
	if (window->at == 0)
		return;
	memmove(window->room.bytes, window_bytes(window), window_left(window));
	window->offset += window->at;
	window->end -= window->at;
	window->at = 0;
}

static void
grow(struct window_room *room, size_t least)
{
	size_t capacity = room->capacity ? room->capacity : WINDOW_INITIAL_BYTES;

	while (capacity < least)
		capacity *= 2;
	if (capacity == room->capacity)
		return;
	room->bytes = mem_resize(room->bytes, capacity, 1);
	room->capacity = capacity;
}

bool
window_fill(struct window *window, size_t count)
{
	size_t got;

	assert(count <= WINDOW_MOST);
	if (window_left(window) >= count)
		return true;
	move_to_front(window);
	while (window->end < count) {
		grow(&window->room, window->end + 1);
		got = stream_read(window->stream, window->room.bytes + window->end,
		    window->room.capacity - window->end);
		if (got == 0)
			return false;
		window->end += got;
	}
	return true;
}

void
window_leave(struct window *window, struct window_room *room)
{
	const struct window_room left = window->room;

	grow(room, window_left(window) + 1);
	memcpy(room->bytes, window_bytes(window), window_left(window));
	window->room = *room;
	window->offset += window->at;
	window->end -= window->at;
	window->at = 0;
	*room = left;
}

bool
window_room_is_large(const struct window_room *room)
{
	return room->capacity > WINDOW_INITIAL_BYTES;
}

void
window_room_shrink(struct window_room *room)
{
	room->bytes = mem_resize(room->bytes, WINDOW_INITIAL_BYTES, 1);
	room->capacity = WINDOW_INITIAL_BYTES;
}

void
window_room_free(struct window_room *room)
{
	mem_free(room->bytes);
	*room = (struct window_room){0};
}

void
window_free(struct window *window)
{
	window_room_free(&window->room);
	*window = (struct window){0};
}
