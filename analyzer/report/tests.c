#include "analyzer/report/tests.h"

#include <string.h>

#include "analyzer/base/memory.h"
#include "analyzer/base/text.h"

void
tests_add(struct tests *tests, const char *name, const char *problem)
{
	struct test *test;

	tests->items =
	    mem_grow(tests->items, tests->count, &tests->capacity, sizeof(*tests->items));
	test = &tests->items[tests->count++];
	*test = (struct test){.name = arena_text(&tests->arena, name, strlen(name))};
	if (problem == NULL)
		return;
	test->problem = arena_text(&tests->arena, problem, strlen(problem));
	tests->failed++;
}

/* A description in TAP: '#' would begin a directive, and a backslash escapes. */
static void
add_description(struct text *text, const char *name)
{
	struct text visible = {0};

	text_add_visible(&visible, name);
	for (const char *at = text_chars(&visible); *at != '\0'; at++) {
		if (*at == '#' || *at == '\\')
			text_add_char(text, '\\');
		text_add_char(text, *at);
	}
	text_free(&visible);
}

/* The lines of PROBLEM, made visible, each with INDENT before it. */
static void
add_lines(struct text *text, const char *indent, const char *problem)
{
	struct text line = {0};
	size_t length;

	for (; *problem != '\0'; problem += length + (problem[length] == '\n')) {
		length = strcspn(problem, "\n");
		text_clear(&line);
		text_add_bytes(&line, problem, length);
		text_add(text, indent);
		text_add_visible(text, text_chars(&line));
		text_add_char(text, '\n');
	}
	text_free(&line);
}

/* A literal block of YAML holds any line that can be seen. */
static void
add_problem(struct text *text, const char *problem)
{
	text_add(text, "  ---\n  message: |\n");
	add_lines(text, "    ", problem);
	text_add(text, "  ...\n");
}

void
tests_tap(FILE *out, const char *suite, const struct tests *tests)
{
	struct text text = {0};

	text_add(&text, "TAP version 14\n");
	text_addf(&text, "1..%zu", tests->count);
	text_addf(
	    &text, tests->count == 0 ? " # SKIP %s: there is nothing to test\n" : "\n", suite);
	for (size_t i = 0; i < tests->count; i++) {
		const struct test *test = &tests->items[i];

		text_addf(&text, "%s %zu - ", test->problem == NULL ? "ok" : "not ok", i + 1);
		add_description(&text, test->name);
		text_add_char(&text, '\n');
		if (test->problem != NULL)
			add_problem(&text, test->problem);
	}
	fwrite(text.chars, 1, text.length, out);
	text_free(&text);
}

void
tests_free(struct tests *tests)
{
	mem_free(tests->items);
	arena_free(&tests->arena);
	*tests = (struct tests){0};
}
