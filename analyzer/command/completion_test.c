#include "analyzer/command/completion.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/base/basics.h"

Suite *completion_suite(void);

static const struct {
	const char *arguments;
	const char *words[4];
} lists[] = {
    {"bash|zsh|fish", {"bash", "zsh", "fish"}},
    {"list | lint FILE|DIR... | test [RULE-ID...]", {"list", "lint", "test"}},
    {"one", {"one"}},
    {"", {NULL}},
    {" one", {"one"}},
    {"FILE|DIR|-...", {NULL}},
};

START_TEST(test_listed)
{
	struct word_list list = {0};
	size_t count = 0;

	words_add_listed(&list, lists[_i].arguments);
	for (; lists[_i].words[count] != NULL; count++) {
		ck_assert_uint_lt(count, list.count);
		ck_assert_str_eq(list.items[count].text, lists[_i].words[count]);
	}
	ck_assert_uint_eq(list.count, count);
	words_free(&list);
	ck_assert_uint_eq(list.count, 0);
}
END_TEST

/* What a rule of the operator's may be called. */
static const struct {
	const char *chars, *quoted;
} quotes[] = {
    {"", "''"},
    {"$(reboot) `reboot` \\ \"", "'$(reboot) `reboot` \\ \"'"},
    {"it's", "'it'\\''s'"},
    {"a\nb\033c", "'a\\u{a}b\\u{1b}c'"},
};

START_TEST(test_quote)
{
	char *written;
	size_t length;
	FILE *out = open_memstream(&written, &length);

	completion_quote(out, quotes[_i].chars);
	fclose(out);
	ck_assert_str_eq(written, quotes[_i].quoted);
	free(written);
}
END_TEST

/* Each kind of words stands once, and all but the plain ones have a source. */
START_TEST(test_sources)
{
	for (int kind = WORD_SEVERITY; kind < WORD_LISTED; kind++)
		ck_assert_msg(word_source_of(kind) != NULL, "kind %d has no source", kind);
	ck_assert_ptr_null(word_source_of(WORD_ANY));
	ck_assert_ptr_null(word_source_of(WORD_LISTED));
	for (size_t i = 0; i < word_source_count; i++)
		ck_assert_ptr_eq(word_source_of(word_sources[i].kind), &word_sources[i]);
}
END_TEST

Suite *
completion_suite(void)
{
	Suite *suite = suite_create("completion");
	TCase *tcase = tcase_create("completion");

	tcase_add_loop_test(tcase, test_listed, 0, COUNT(lists));
	tcase_add_loop_test(tcase, test_quote, 0, COUNT(quotes));
	tcase_add_test(tcase, test_sources);
	suite_add_tcase(suite, tcase);
	return suite;
}
