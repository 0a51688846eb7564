#include "rules/mistake.h"

#include <stdio.h>

#include "analyzer/base/text.h"

bool
mistake_vadd(struct mistakes *mistakes, const char *file, unsigned line, unsigned column,
    const char *format, va_list arguments)
{
	char sentence[sizeof(mistakes->first->text)];
	struct text text = {0};
	struct mistake mistake = {file, line, column, NULL};

	vsnprintf(sentence, sizeof(sentence), format, arguments);
	text_add_visible(&text, file);
	text_addf(&text, ":%u:%u: ", line, column);
	text_add_visible(&text, sentence);
	mistake.text = text_chars(&text);
	if (mistakes->count++ == 0)
		error_set(mistakes->first, EXIT_USAGE, "%s", mistake.text);
	if (mistakes->tell != NULL)
		mistakes->tell(mistakes->state, &mistake);
	text_free(&text);
	return false;
}

bool
mistake_add(struct mistakes *mistakes, const char *file, unsigned line, unsigned column,
    const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	mistake_vadd(mistakes, file, line, column, format, arguments);
	va_end(arguments);
	return false;
}
