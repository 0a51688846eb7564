#include "analyzer/base/table.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"

Suite *table_suite(void);

#define ENTRIES 10000

static bool
is_number(const void *entry, const void *key)
{
	return *(const unsigned *)entry == *(const unsigned *)key;
}

static uint64_t
hash_well(unsigned number)
{
	return hash_u64(number);
}

/* Ten numbers share every hash. */
static uint64_t
hash_in_tens(unsigned number)
{
	return hash_u64(number / 10);
}

/* Equal in the low bits that choose the slot, as far as the table grows. */
static uint64_t
hash_in_one_slot(unsigned number)
{
	return (uint64_t)number << 40 | (number % 97);
}

/* At the end of the slots, so that runs wrap to the beginning. */
static uint64_t
hash_at_the_end(unsigned number)
{
	return UINT64_MAX - number % 5;
}

static const struct {
	uint64_t (*hash)(unsigned number);
	unsigned count;
} hashes[] = {{hash_well, ENTRIES}, {hash_in_tens, ENTRIES}, {hash_in_one_slot, ENTRIES / 4},
    {hash_at_the_end, 500}};

static unsigned numbers[ENTRIES];

static void
fill(struct table *table, uint64_t (*hash)(unsigned number), unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		numbers[i] = i;
		table_add(table, hash(i), &numbers[i]);
	}
}

START_TEST(test_find)
{
	unsigned count = hashes[_i].count;
	struct table table = {0};

	fill(&table, hashes[_i].hash, count);
	ck_assert_uint_eq(table.count, count);
	for (unsigned i = 0; i < count; i++)
		ck_assert_ptr_eq(
		    table_find(&table, hashes[_i].hash(i), is_number, &i), &numbers[i]);
	for (unsigned i = count; i < count + 10; i++)
		ck_assert_ptr_null(table_find(&table, hashes[_i].hash(i), is_number, &i));
	table_free(&table);
}
END_TEST

/* Whatever was taken, the rest is found: every third first, then the others from behind. */
START_TEST(test_take)
{
	unsigned count = hashes[_i].count;
	struct table table = {0};

	fill(&table, hashes[_i].hash, count);
	for (unsigned i = 0; i < count; i += 3)
		ck_assert_ptr_eq(
		    table_take(&table, hashes[_i].hash(i), is_number, &i), &numbers[i]);
	for (unsigned i = 0; i < count; i++)
		ck_assert_ptr_eq(table_find(&table, hashes[_i].hash(i), is_number, &i),
		    i % 3 == 0 ? NULL : &numbers[i]);
	for (unsigned i = count; i-- != 0;)
		ck_assert_ptr_eq(table_take(&table, hashes[_i].hash(i), is_number, &i),
		    i % 3 == 0 ? NULL : &numbers[i]);
	ck_assert_uint_eq(table.count, 0);
	for (unsigned i = 0; i < count; i++)
		ck_assert_ptr_null(table_find(&table, hashes[_i].hash(i), is_number, &i));
	table_free(&table);
}
END_TEST

START_TEST(test_empty)
{
	struct table table = {0};
	unsigned key = 1;

	ck_assert_ptr_null(table_find(&table, 1, is_number, &key));
	ck_assert_ptr_null(table_take(&table, 1, is_number, &key));
	table_add(&table, 1, &key);
	table_free(&table);
	ck_assert_uint_eq(table.count, 0);
	ck_assert_ptr_null(table_find(&table, 1, is_number, &key));
	table_add(&table, 1, &key);
	ck_assert_ptr_eq(table_find(&table, 1, is_number, &key), &key);
	table_free(&table);
}
END_TEST

/* An equal entry is added beside the first; each take removes one. */
START_TEST(test_equal_entries)
{
	struct table table = {0};
	unsigned one = 5, other = 5;
	void *first, *second;

	table_add(&table, 7, &one);
	table_add(&table, 7, &other);
	first = table_take(&table, 7, is_number, &one);
	second = table_take(&table, 7, is_number, &one);
	ck_assert((first == &one && second == &other) || (first == &other && second == &one));
	ck_assert_ptr_null(table_take(&table, 7, is_number, &one));
	table_free(&table);
}
END_TEST

/* A table that entries pass through does not grow with their number. */
START_TEST(test_turnover)
{
	struct table table = {0};

	for (unsigned i = 0; i < ENTRIES; i++) {
		numbers[i] = i;
		table_add(&table, hash_u64(i), &numbers[i]);
		if (i >= 10) {
			unsigned old = i - 10;

			ck_assert_ptr_nonnull(table_take(&table, hash_u64(old), is_number, &old));
		}
	}
	ck_assert_uint_eq(table.count, 10);
	ck_assert_uint_le(table.capacity, 32);
	table_free(&table);
}
END_TEST

static const uint8_t hashed[] = "abcdefghijklmnopqrst";

/* Each byte and the length matter, alignment does not. */
START_TEST(test_hash_bytes)
{
	uint8_t shifted[sizeof(hashed) + 1];

	for (size_t length = 0; length < sizeof(hashed); length++) {
		uint64_t hash = hash_bytes(hashed, length);
		uint8_t *copy = mem_alloc(length, 1);

		memcpy(copy, hashed, length);
		memcpy(shifted + 1, hashed, length);
		ck_assert_uint_eq(hash_bytes(copy, length), hash);
		ck_assert_uint_eq(hash_bytes(shifted + 1, length), hash);
		ck_assert_uint_ne(hash_bytes(hashed, length + 1), hash);
		for (size_t at = 0; at < length; at++) {
			copy[at] ^= 1;
			ck_assert_uint_ne(hash_bytes(copy, length), hash);
			copy[at] ^= 1;
		}
		mem_free(copy);
	}
	/* Zeroes at the end are not nothing. */
	ck_assert_uint_ne(hash_bytes("\0\0", 1), hash_bytes("\0\0", 2));
}
END_TEST

Suite *
table_suite(void)
{
	Suite *suite = suite_create("table");
	TCase *tcase = tcase_create("table");
	int kinds = (int)(COUNT(hashes));

	tcase_add_loop_test(tcase, test_find, 0, kinds);
	tcase_add_loop_test(tcase, test_take, 0, kinds);
	tcase_add_test(tcase, test_empty);
	tcase_add_test(tcase, test_equal_entries);
	tcase_add_test(tcase, test_turnover);
	tcase_add_test(tcase, test_hash_bytes);
	suite_add_tcase(suite, tcase);
	return suite;
}
