#include "analyzer/base/cursor.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"

Suite *cursor_suite(void);

static const uint8_t bytes[] = {0x01, 0x82, 0x03, 0x84, 0x05, 0x86, 0x07, 0x88, 0x09};

static uint64_t
read_u8(struct cursor *cursor)
{
	return cur_u8(cursor);
}

static uint64_t
read_le16(struct cursor *cursor)
{
	return cur_le16(cursor);
}

static uint64_t
read_le32(struct cursor *cursor)
{
	return cur_le32(cursor);
}

static uint64_t
read_le64(struct cursor *cursor)
{
	return cur_le64(cursor);
}

static uint64_t
read_be16(struct cursor *cursor)
{
	return cur_be16(cursor);
}

static uint64_t
read_be24(struct cursor *cursor)
{
	return cur_be24(cursor);
}

static uint64_t
read_be32(struct cursor *cursor)
{
	return cur_be32(cursor);
}

static uint64_t
read_be64(struct cursor *cursor)
{
	return cur_be64(cursor);
}

static const struct {
	const char *name;
	uint64_t (*read)(struct cursor *cursor);
	size_t size;
	uint64_t at_0, at_1; /* what it reads there */
} readers[] = {
    {"u8", read_u8, 1, 0x01, 0x82},
    {"le16", read_le16, 2, 0x8201, 0x0382},
    {"le32", read_le32, 4, 0x84038201, 0x05840382},
    {"le64", read_le64, 8, 0x8807860584038201, 0x0988078605840382},
    {"be16", read_be16, 2, 0x0182, 0x8203},
    {"be24", read_be24, 3, 0x018203, 0x820384},
    {"be32", read_be32, 4, 0x01820384, 0x82038405},
    {"be64", read_be64, 8, 0x0182038405860788, 0x8203840586078809},
};

START_TEST(test_readers)
{
	struct cursor cursor = cur_of(bytes, sizeof(bytes));

	ck_assert_uint_eq(readers[_i].read(&cursor), readers[_i].at_0);
	ck_assert_uint_eq(cur_offset(&cursor), readers[_i].size);
	ck_assert_uint_eq(cur_left(&cursor), sizeof(bytes) - readers[_i].size);
	cursor = cur_of(bytes + 1, sizeof(bytes) - 1);
	ck_assert_uint_eq(readers[_i].read(&cursor), readers[_i].at_1);
	ck_assert(cur_ok(&cursor));
}
END_TEST

/* With any number of bytes less than it needs a reader yields nothing, goes to the end and stays
 * short. */
START_TEST(test_shortfalls)
{
	for (size_t there = 0; there < readers[_i].size; there++) {
		uint8_t *block = mem_alloc(there, 1);
		struct cursor cursor;
		uint64_t value;

		memcpy(block, bytes, there);
		cursor = cur_of(block, there);
		value = readers[_i].read(&cursor);
		ck_assert_msg(value == 0, "%s of %zu bytes is not 0", readers[_i].name, there);
		ck_assert(!cur_ok(&cursor));
		ck_assert_uint_eq(cur_left(&cursor), 0);
		ck_assert_uint_eq(cur_u8(&cursor), 0);
		mem_free(block);
	}
}
END_TEST

START_TEST(test_exact)
{
	uint8_t *block = mem_alloc(readers[_i].size, 1);
	struct cursor cursor = cur_of(block, readers[_i].size);

	memcpy(block, bytes, readers[_i].size);
	ck_assert_uint_eq(readers[_i].read(&cursor), readers[_i].at_0);
	ck_assert(cur_ok(&cursor));
	ck_assert_uint_eq(cur_left(&cursor), 0);
	mem_free(block);
}
END_TEST

/* A short read spoils everything that follows, although smaller reads would find their bytes. */
START_TEST(test_short_is_for_good)
{
	struct cursor cursor = cur_of(bytes, 3);

	ck_assert_uint_eq(cur_le32(&cursor), 0);
	ck_assert_uint_eq(cur_u8(&cursor), 0);
	ck_assert_ptr_null(cur_bytes(&cursor, 1));
	ck_assert(!cur_ok(&cursor));
	ck_assert_uint_eq(cur_offset(&cursor), 3);
}
END_TEST

START_TEST(test_bytes_and_skip)
{
	struct cursor cursor = cur_of(bytes, sizeof(bytes));

	ck_assert_ptr_eq(cur_bytes(&cursor, 0), bytes);
	cur_skip(&cursor, 2);
	ck_assert_ptr_eq(cur_bytes(&cursor, 3), bytes + 2);
	ck_assert_uint_eq(cur_offset(&cursor), 5);
	ck_assert_ptr_eq(cur_bytes(&cursor, 4), bytes + 5);
	ck_assert(cur_ok(&cursor));
	ck_assert_ptr_nonnull(cur_bytes(&cursor, 0));
	cur_skip(&cursor, 1);
	ck_assert(!cur_ok(&cursor));
	cursor = cur_of(bytes, sizeof(bytes));
	ck_assert_ptr_null(cur_bytes(&cursor, SIZE_MAX));
	ck_assert(!cur_ok(&cursor));
}
END_TEST

START_TEST(test_nothing_and_none)
{
	struct cursor nothing = cur_of(NULL, 0), none = cur_none();

	ck_assert(cur_ok(&nothing));
	ck_assert_uint_eq(cur_left(&nothing), 0);
	ck_assert_uint_eq(cur_u8(&nothing), 0);
	ck_assert(!cur_ok(&nothing));
	ck_assert(!cur_ok(&none));
	ck_assert_uint_eq(cur_be64(&none), 0);
	ck_assert_uint_eq(cur_left(&none), 0);
	ck_assert_uint_eq(cur_offset(&none), 0);
}
END_TEST

START_TEST(test_sub)
{
	struct cursor parent = cur_of(bytes, sizeof(bytes)), child;

	cur_skip(&parent, 1);
	child = cur_sub(&parent, 3);
	ck_assert_uint_eq(cur_left(&child), 3);
	ck_assert_uint_eq(cur_offset(&child), 0);
	ck_assert_uint_eq(cur_be24(&child), 0x820384);
	ck_assert_uint_eq(cur_offset(&parent), 4);
	/* The child ends where it was told to, whatever follows in the parent. */
	ck_assert_uint_eq(cur_u8(&child), 0);
	ck_assert(!cur_ok(&child));
	ck_assert(cur_ok(&parent));
	child = cur_sub(&parent, 0);
	ck_assert(cur_ok(&child));
	child = cur_sub(&parent, 6);
	ck_assert(!cur_ok(&child));
	ck_assert(!cur_ok(&parent));
}
END_TEST

/* Windows into 9 bytes. */
static const struct {
	size_t offset, length;
	bool is_inside;
} windows[] = {
    {0, 9, true},
    {0, 0, true},
    {9, 0, true},
    {8, 1, true},
    {4, 3, true},
    {0, 10, false},
    {9, 1, false},
    {10, 0, false},
    {5, 5, false},
    {SIZE_MAX, 0, false},
    {SIZE_MAX, 1, false},
    {1, SIZE_MAX, false},
    {SIZE_MAX, SIZE_MAX, false},
    {0, SIZE_MAX, false},
    {SIZE_MAX - 4, 9, false},
};

START_TEST(test_windows)
{
	struct cursor parent = cur_of(bytes, sizeof(bytes)), child;

	cur_skip(&parent, 5); /* windows count from the start all the same */
	child = cur_window(&parent, windows[_i].offset, windows[_i].length);
	ck_assert_int_eq(cur_ok(&child), windows[_i].is_inside);
	ck_assert_uint_eq(cur_left(&child), windows[_i].is_inside ? windows[_i].length : 0);
	if (windows[_i].is_inside && windows[_i].length != 0)
		ck_assert_uint_eq(cur_u8(&child), bytes[windows[_i].offset]);
	ck_assert(cur_ok(&parent));
	ck_assert_uint_eq(cur_offset(&parent), 5);
}
END_TEST

START_TEST(test_window_of_a_child)
{
	struct cursor parent = cur_of(bytes, sizeof(bytes)), child, window, none = cur_none();

	cur_skip(&parent, 2);
	child = cur_sub(&parent, 4);
	window = cur_window(&child, 1, 3);
	ck_assert_uint_eq(cur_be24(&window), 0x840586);
	window = cur_window(&child, 1, 4); /* inside the parent, not inside the child */
	ck_assert(!cur_ok(&window));
	window = cur_window(&none, 0, 0);
	ck_assert(!cur_ok(&window));
}
END_TEST

Suite *
cursor_suite(void)
{
	Suite *suite = suite_create("cursor");
	TCase *tcase = tcase_create("cursor");

	tcase_add_loop_test(tcase, test_readers, 0, (int)COUNT(readers));
	tcase_add_loop_test(tcase, test_shortfalls, 0, (int)COUNT(readers));
	tcase_add_loop_test(tcase, test_exact, 0, (int)COUNT(readers));
	tcase_add_test(tcase, test_short_is_for_good);
	tcase_add_test(tcase, test_bytes_and_skip);
	tcase_add_test(tcase, test_nothing_and_none);
	tcase_add_test(tcase, test_sub);
	tcase_add_loop_test(tcase, test_windows, 0, (int)COUNT(windows));
	tcase_add_test(tcase, test_window_of_a_child);
	suite_add_tcase(suite, tcase);
	return suite;
}
