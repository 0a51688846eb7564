#include "analyzer/companions/companion_text.h"

#include <string.h>

#include "analyzer/base/text.h"

/* Whether LENGTH BYTES begin with a byte order mark, as MARK, of SIZE bytes, is. */
static bool
begins_with(const uint8_t *bytes, size_t length, const char *mark, size_t size)
{
	return length >= size && memcmp(bytes, mark, size) == 0;
}

static void
decode(struct text *chars, const uint8_t *bytes, size_t length)
{
	if (begins_with(bytes, length, "\xff\xfe", 2))
		text_add_utf16(chars, bytes + 2, length - 2, false);
	else if (begins_with(bytes, length, "\xfe\xff", 2))
		text_add_utf16(chars, bytes + 2, length - 2, true);
	else if (begins_with(bytes, length, "\xef\xbb\xbf", 3))
		text_add_utf8(chars, bytes + 3, length - 3);
	else
		text_add_utf8(chars, bytes, length);
}

/* Leaves the NULs of CHARS out. */
static void
drop_nuls(struct text *chars)
{
	size_t kept = 0;

	if (chars->length == 0 || memchr(chars->chars, '\0', chars->length) == NULL)
		return;
	for (size_t i = 0; i < chars->length; i++)
		if (chars->chars[i] != '\0')
			chars->chars[kept++] = chars->chars[i];
	text_cut(chars, kept);
}

static size_t
count_lines(const struct companion_text *text)
{
	size_t count = text->has_last_end ? 0 : 1;

	for (const char *end = text->chars; (end = strchr(end, '\n')) != NULL; end++)
		count++;
	return count;
}

/* Ends each line of a copy of the text where it ends, so that the text itself stays. */
static void
split(struct companion_text *text, struct arena *arena)
{
	char *at = arena_text(arena, text->chars, text->length), *end;
	const char **lines;

	lines = ARENA_ARRAY(arena, const char *, text->line_count);
	for (size_t i = 0; i < text->line_count; i++) {
		lines[i] = at;
		at = end = at + strcspn(at, "\n");
		if (*at != '\0')
			at++;
		while (end > lines[i] && end[-1] == '\r')
			end--;
		*end = '\0';
	}
	text->lines = lines;
}

bool
companion_text_of(struct companion_text *text, const char *file, const uint8_t *bytes,
    size_t length, struct arena *arena, struct error *error)
{
	struct text chars = {0};

	if (length > COMPANION_MOST_BYTES)
		return error_set(error, EXIT_USAGE, "%s: is larger than %zu MiB", file,
		    COMPANION_MOST_BYTES >> 20);
	decode(&chars, bytes, length);
	drop_nuls(&chars);
	*text = (struct companion_text){
	    .file = file,
	    .chars = arena_text(arena, text_chars(&chars), chars.length),
	    .length = chars.length,
	};
	text_free(&chars);
	if (strspn(text->chars, " \t\r\n") == text->length)
		return error_set(error, EXIT_USAGE, "%s: is empty", file);
	text->has_last_end = text->chars[text->length - 1] == '\n';
	text->line_count = count_lines(text);
	if (text->line_count > COMPANION_MOST_LINES)
		return error_set(
		    error, EXIT_USAGE, "%s: has more than %zu lines", file, COMPANION_MOST_LINES);
	split(text, arena);
	return true;
}
