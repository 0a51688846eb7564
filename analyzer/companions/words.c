#include "analyzer/companions/words.h"

#include <string.h>

const char line_cut_words[] = "the file ends amid this line, or was copied without its end";

bool
ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), end_length = strlen(end);

	return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

bool
is_blank_line(const char *line)
{
	return line[indent_of(line)] == '\0';
}

/* "PS C:\>", "[srv]: PS C:\>", "C:\Users\a>": no path holds a ">". */
bool
is_prompt_line(const char *line)
{
	const char *shell;

	line += indent_of(line);
	if (strchr(line, '>') == NULL)
		return false;
	if (line[0] != '\0' && line[1] == ':' && line[2] == '\\')
		return true;
	shell = strstr(line, "PS ");
	if (shell == NULL || strchr(shell, '>') == NULL)
		return strncmp(line, "PS>", 3) == 0;
	return shell == line || is_blank(shell[-1]);
}

const char *
trimmed_text(struct arena *arena, const char *chars, size_t length)
{
	while (length > 0 && is_blank(chars[0])) {
		chars++;
		length--;
	}
	while (length > 0 && is_blank(chars[length - 1]))
		length--;
	return arena_text(arena, chars, length);
}

const char *
squeezed_text(struct arena *arena, const char *chars)
{
	char *squeezed = arena_text(arena, chars, strlen(chars));
	char *end = squeezed;

	for (const char *at = squeezed; *at != '\0'; at++) {
		if (!is_blank(*at))
			*end++ = *at;
		else if (end > squeezed && end[-1] != ' ')
			*end++ = ' ';
	}
	if (end > squeezed && end[-1] == ' ')
		end--;
	*end = '\0';
	return squeezed;
}

struct quotation
quotation_of_line(const struct companion_text *text, uint64_t line, struct arena *arena)
{
	return (struct quotation){
	    .file = text->file,
	    .line = line,
	    .text = squeezed_text(arena, text->lines[line - 1]),
	};
}

bool
line_may_be_cut(const struct companion_text *text, uint64_t line)
{
	return line == text->line_count && !text->has_last_end;
}
