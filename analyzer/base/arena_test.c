#include "analyzer/base/arena.h"

#include <check.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/base/memory.h"

Suite *arena_suite(void);

/* Everything taken is aligned, zeroed, and apart from everything else. */
START_TEST(test_many_sizes)
{
	struct arena arena = {0};
	uint8_t *taken[600];

	for (size_t i = 0; i < 600; i++) {
		taken[i] = arena_alloc(&arena, i);
		ck_assert_ptr_nonnull(taken[i]);
		ck_assert_uint_eq((uintptr_t)taken[i] % alignof(max_align_t), 0);
		for (size_t at = 0; at < i; at++)
			ck_assert_uint_eq(taken[i][at], 0);
		memset(taken[i], (int)(i % 251), i);
	}
	for (size_t i = 0; i < 600; i++)
		for (size_t at = 0; at < i; at++)
			ck_assert_uint_eq(taken[i][at], i % 251);
	ck_assert_uint_ge(arena.used, 599 * 600 / 2);
	arena_free(&arena);
}
END_TEST

/* What is larger than a block gets one of its own; small things before and after are untouched. */
START_TEST(test_large)
{
	struct arena arena = {0};
	size_t size = (size_t)3 << 20;
	char *before = arena_text(&arena, "before", 6);
	uint8_t *large = arena_alloc(&arena, size);
	char *after = arena_text(&arena, "after", 5);

	ck_assert_uint_eq(large[0], 0);
	ck_assert_uint_eq(large[size - 1], 0);
	memset(large, 0xff, size);
	ck_assert_str_eq(before, "before");
	ck_assert_str_eq(after, "after");
	ck_assert_uint_eq((uintptr_t)large % alignof(max_align_t), 0);
	arena_free(&arena);
}
END_TEST

START_TEST(test_use_again)
{
	struct arena arena = {0};
	uint8_t *taken;

	for (int round = 0; round < 3; round++) {
		taken = arena_alloc(&arena, 1000);
		ck_assert_uint_eq(taken[999], 0);
		memset(taken, 0xff, 1000);
		ck_assert_uint_ge(arena.used, 1000);
		arena_free(&arena);
		ck_assert_ptr_null(arena.newest);
		ck_assert_uint_eq(arena.used, 0);
	}
	arena_free(&arena); /* an empty one may be freed */
}
END_TEST

/* What was taken before is taken again, zeroed, and nothing more is asked of the heap. */
START_TEST(test_clear)
{
	struct arena arena = {0};
	size_t held = 0;

	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < 100; i++) {
			uint8_t *taken = arena_alloc(&arena, 50);

			for (size_t at = 0; at < 50; at++)
				ck_assert_uint_eq(taken[at], 0);
			memset(taken, 0xff, 50);
		}
		if (round == 1)
			held = mem_used();
		arena_clear(&arena);
		ck_assert_uint_eq(arena.used, 0);
	}
	ck_assert_uint_le(mem_used(), held);
	arena_free(&arena);
	arena_clear(&arena); /* an empty one may be cleared */
}
END_TEST

START_TEST(test_copies)
{
	static const uint8_t bytes[] = {1, 0, 2};
	struct arena arena = {0};
	char chars[] = "hello, world";
	uint8_t *copy = arena_copy(&arena, bytes, sizeof(bytes));
	char *text = arena_text(&arena, chars, 5);

	chars[0] = 'J';
	ck_assert_mem_eq(copy, bytes, sizeof(bytes));
	ck_assert_str_eq(text, "hello");
	ck_assert_str_eq(arena_text(&arena, NULL, 0), "");
	ck_assert_ptr_nonnull(arena_copy(&arena, NULL, 0));
	ck_assert_ptr_ne(arena_text(&arena, "", 0), arena_text(&arena, "", 0));
	arena_free(&arena);
}
END_TEST

START_TEST(test_format)
{
	struct arena arena = {0};
	char long_text[5000];

	memset(long_text, 'x', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	ck_assert_str_eq(arena_format(&arena, "%s-%d", "frame", 42), "frame-42");
	ck_assert_uint_eq(strlen(arena_format(&arena, "<%s>", long_text)), 5001);
	arena_free(&arena);
}
END_TEST

struct pair {
	uint64_t one, other;
};

START_TEST(test_typed)
{
	struct arena arena = {0};
	struct pair *pair = ARENA_NEW(&arena, struct pair);
	uint32_t *list = ARENA_ARRAY(&arena, uint32_t, 3);

	ck_assert_uint_eq(pair->one + pair->other, 0);
	list[2] = 7;
	ck_assert_uint_eq(list[0] + list[1], 0);
	ck_assert_uint_eq(pair->one + pair->other, 0);
	arena_free(&arena);
}
END_TEST

Suite *
arena_suite(void)
{
	Suite *suite = suite_create("arena");
	TCase *tcase = tcase_create("arena");

	tcase_add_test(tcase, test_many_sizes);
	tcase_add_test(tcase, test_large);
	tcase_add_test(tcase, test_use_again);
	tcase_add_test(tcase, test_clear);
	tcase_add_test(tcase, test_copies);
	tcase_add_test(tcase, test_format);
	tcase_add_test(tcase, test_typed);
	suite_add_tcase(suite, tcase);
	return suite;
}
