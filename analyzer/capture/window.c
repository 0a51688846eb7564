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
	memmove(window->bytes, window_bytes(window), window_left(window));
	window->offset += window->at;
	window->end -= window->at;
	window->at = 0;
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
		if (window->end == window->capacity) {
			window->capacity =
			    window->capacity ? window->capacity * 2 : WINDOW_INITIAL_BYTES;
			window->bytes = mem_resize(window->bytes, window->capacity, 1);
		}
		got = stream_read(
		    window->stream, window->bytes + window->end, window->capacity - window->end);
		if (got == 0)
			return false;
		window->end += got;
	}
	return true;
}

void
window_free(struct window *window)
{
	mem_free(window->bytes);
	*window = (struct window){0};
}
