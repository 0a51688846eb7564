#include "analyzer/base/memory.h"

#include <check.h>
#include <string.h>

Suite *memory_suite(void);

START_TEST(the_account_is_even)
{
	size_t before = mem_used(), held;
	char *block = mem_alloc(3, 100);

	held = mem_used() - before;
	ck_assert_uint_ge(held, 300);
	block = mem_resize(block, 1, 5000);
	ck_assert_uint_eq(mem_used() - before, held + 4700);
	block = mem_resize(block, 2, 10);
	ck_assert_uint_eq(mem_used() - before, held - 280);
	mem_free(block);
	ck_assert_uint_eq(mem_used(), before);
	mem_free(NULL);
	ck_assert_uint_eq(mem_used(), before);
}
END_TEST

START_TEST(blocks_keep_what_they_hold)
{
	char *block = mem_alloc(1, 4);

	ck_assert_int_eq(block[3], 0);
	memcpy(block, "abcd", 4);
	block = mem_resize(block, 1, 100000);
	ck_assert_mem_eq(block, "abcd", 4);
	ck_assert_uint_eq((uintptr_t)block % 16, 0);
	mem_free(block);
}
END_TEST

START_TEST(nothing_is_a_block_too)
{
	size_t before = mem_used();
	void *block = mem_alloc(0, 8);

	ck_assert_ptr_nonnull(block);
	block = mem_resize(block, 0, 0);
	ck_assert_ptr_nonnull(block);
	mem_free(block);
	ck_assert_uint_eq(mem_used(), before);
}
END_TEST

Suite *
memory_suite(void)
{
	Suite *suite = suite_create("memory");
	TCase *tcase = tcase_create("all");

	tcase_add_test(tcase, the_account_is_even);
	tcase_add_test(tcase, blocks_keep_what_they_hold);
	tcase_add_test(tcase, nothing_is_a_block_too);
	suite_add_tcase(suite, tcase);
	return suite;
}
