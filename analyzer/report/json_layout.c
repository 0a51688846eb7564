#include "analyzer/report/json_layout.h"

#define INDENT       2  /* spaces */
#define MOST_ON_LINE 80 /* characters of an object or array, besides the indentation */

/* Whether C is outside of every string, given what came before it. */
static bool
is_outside(struct json_quote *quote, char c)
{
	bool was_inside = quote->is_inside;

	if (quote->is_escaped)
		quote->is_escaped = false;
	else if (was_inside && c == '\\')
		quote->is_escaped = true;
	else if (c == '"')
		quote->is_inside = !was_inside;
	return !was_inside;
}

static void
begin_line(const struct json_layout *layout)
{
	fprintf(layout->out, "\n%*s", (int)(layout->depth * INDENT), "");
}

/* Before a token that is no closing bracket, and before each character of it. */
static void
begin_token(struct json_layout *layout)
{
	if (layout->is_opened)
		begin_line(layout);
	layout->is_opened = false;
}

static void
end_document(const struct json_layout *layout)
{
	if (layout->depth == 0)
		fputc('\n', layout->out);
}

static void
put_opening(struct json_layout *layout, char bracket)
{
	begin_token(layout);
	fputc(bracket, layout->out);
	layout->depth++;
	layout->is_opened = true;
}

static void
put_closing(struct json_layout *layout, char bracket)
{
	layout->depth--;
	if (!layout->is_opened)
		begin_line(layout);
	layout->is_opened = false;
	fputc(bracket, layout->out);
	end_document(layout);
}

static void
put(struct json_layout *layout, char c)
{
	bool is_token = is_outside(&layout->written, c);

	if (is_token && (c == '{' || c == '[')) {
		put_opening(layout, c);
	} else if (is_token && (c == '}' || c == ']')) {
		put_closing(layout, c);
	} else if (is_token && c == ':') {
		fputs(": ", layout->out);
	} else if (is_token && c == ',') {
		fputc(c, layout->out);
		begin_line(layout);
	} else {
		begin_token(layout);
		fputc(c, layout->out);
	}
}

/* The group is too long for a line, or has another one in it. */
static void
put_group(struct json_layout *layout)
{
	for (size_t i = 0; i < layout->group.length; i++)
		put(layout, layout->group.chars[i]);
	text_clear(&layout->group);
}

static void
put_group_on_line(struct json_layout *layout)
{
	struct json_quote quote = {0};

	begin_token(layout);
	for (size_t i = 0; i < layout->group.length; i++) {
		char c = layout->group.chars[i];

		fputc(c, layout->out);
		if (is_outside(&quote, c) && (c == ':' || c == ','))
			fputc(' ', layout->out);
	}
	text_clear(&layout->group);
	end_document(layout);
}

static void
add(struct json_layout *layout, char c)
{
	bool is_token = is_outside(&layout->read, c);

	if (is_token && (c == '{' || c == '[')) {
		put_group(layout);
		text_add_char(&layout->group, c);
	} else if (layout->group.length == 0) {
		put(layout, c);
	} else {
		text_add_char(&layout->group, c);
		if (is_token && (c == '}' || c == ']'))
			put_group_on_line(layout);
		else if (layout->group.length == MOST_ON_LINE)
			put_group(layout);
	}
}

void
json_layout_add(struct json_layout *layout, const char *chars, size_t length)
{
	for (size_t i = 0; i < length; i++)
		add(layout, chars[i]);
}

void
json_layout_free(struct json_layout *layout)
{
	text_free(&layout->group);
}
