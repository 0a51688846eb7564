#include "analyzer/report/sarif_text.h"

#include <string.h>

void
sarif_add_plain(struct text *message, const char *chars)
{
	struct text visible = {0};

	text_add_visible(&visible, chars);
	for (size_t i = 0; i < visible.length; i++) {
		char c = visible.chars[i];

		if (c == '{' || c == '}')
			text_add_char(message, c);
		/* A destination follows the bracket at once. */
		if (c == '(' && i != 0 && visible.chars[i - 1] == ']')
			text_add(message, "\\u{{28}}");
		else
			text_add_char(message, c);
	}
	text_free(&visible);
}

bool
sarif_is_relative(const char *path)
{
	return path[0] != '/';
}

/* Unreserved characters stand for themselves (RFC 3986 2.3); all others may be encoded. */
static bool
is_unreserved(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c != '\0' && strchr("-._~", c) != NULL);
}

static void
add_segment(struct text *uri, const char *segment, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (is_unreserved(segment[i]))
			text_add_char(uri, segment[i]);
		else
			text_addf(uri, "%%%02X", (unsigned char)segment[i]);
	}
}

/* Segments that lead nowhere are left out, as RFC 3986 6.2.2.3 has it; ".." may follow a link. */
void
sarif_add_uri(struct text *uri, const char *path)
{
	bool is_first = sarif_is_relative(path);

	text_add(uri, is_first ? "" : "file://");
	for (size_t length; *path != '\0'; path += length + (path[length] == '/')) {
		length = strcspn(path, "/");
		if (length == 0 || (length == 1 && path[0] == '.'))
			continue;
		text_add(uri, is_first ? "" : "/");
		add_segment(uri, path, length);
		is_first = false;
	}
}
