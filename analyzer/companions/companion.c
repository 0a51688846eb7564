#include "analyzer/companions/companion.h"

#include <inttypes.h>
#include <stdarg.h>

#include "analyzer/base/memory.h"
#include "analyzer/base/text.h"

void
companion_note_damage(struct companion *companion, uint64_t line, const char *format, ...)
{
	struct text text = {0};
	va_list arguments;

	if (companion->damage_count++ != 0)
		return;
	text_addf(&text, "%s:%" PRIu64 ": ", companion->file, line);
	va_start(arguments, format);
	text_addv(&text, format, arguments);
	va_end(arguments);
	companion->damage = arena_text(&companion->arena, text_chars(&text), text.length);
	text_free(&text);
}

void
companion_free(struct companion *companion)
{
	mem_free(companion->addresses);
	mem_free(companion->entries);
	mem_free(companion->events);
	mem_free(companion->filters);
	mem_free(companion->listeners);
	mem_free(companion->settings);
	mem_free(companion->shares);
	arena_free(&companion->arena);
	*companion = (struct companion){.file = NULL};
}
