#include "dissectors/smb2_opens.h"

#include <check.h>
#include <string.h>

#include "analyzer/base/memory.h"

Suite *smb2_opens_suite(void);

static struct smb2_name
name_of(size_t length, uint8_t fill)
{
	struct smb2_name name = {mem_alloc(length + 1, 1), (uint32_t)length};

	memset(name.bytes, fill, length);
	return name;
}

static void
open_file(struct smb2_opens *opens, uint64_t id, size_t length)
{
	struct smb2_file_id file_id = {id, ~id};
	struct smb2_grant grant = {.oplock_level = (uint8_t)id};

	smb2_opens_add(opens, &file_id, &grant, name_of(length, (uint8_t)id));
}

static const struct smb2_open_file *
find(const struct smb2_opens *opens, uint64_t id)
{
	struct smb2_file_id file_id = {id, ~id};

	return smb2_opens_find(opens, &file_id);
}

static void
close_file(struct smb2_opens *opens, uint64_t id)
{
	struct smb2_file_id file_id = {id, ~id};

	smb2_opens_close(opens, &file_id);
}

START_TEST(test_open_and_close)
{
	struct smb2_opens opens = {0};

	for (uint64_t id = 1; id <= 4; id++)
		open_file(&opens, id, 2 * id);
	ck_assert_uint_eq(find(&opens, 3)->name.length, 6);
	ck_assert_uint_eq(find(&opens, 3)->name.bytes[5], 3);
	ck_assert_uint_eq(find(&opens, 3)->grant.oplock_level, 3);
	close_file(&opens, 3); /* in the midst, then both ends */
	close_file(&opens, 1);
	close_file(&opens, 4);
	close_file(&opens, 4);
	ck_assert_ptr_null(find(&opens, 1));
	ck_assert_ptr_null(find(&opens, 3));
	ck_assert_ptr_nonnull(find(&opens, 2));
	ck_assert_ptr_eq(opens.oldest, opens.newest);
	ck_assert_uint_eq(opens.name_bytes, 4);
	smb2_opens_free(&opens);
}
END_TEST

START_TEST(test_same_file_id)
{
	struct smb2_opens opens = {0};

	open_file(&opens, 1, 10);
	open_file(&opens, 1, 20);
	ck_assert_uint_eq(find(&opens, 1)->name.length, 20);
	ck_assert_uint_eq(opens.name_bytes, 20);
	smb2_opens_free(&opens);
}
END_TEST

START_TEST(test_bounds)
{
	struct smb2_opens opens = {0};

	for (uint64_t id = 0; id < SMB2_MOST_OPENS + 10; id++)
		open_file(&opens, id, 2);
	ck_assert_ptr_null(find(&opens, 9));
	ck_assert_ptr_nonnull(find(&opens, 10));
	open_file(&opens, 1u << 20, SMB2_MOST_OPEN_BYTES - 4); /* pushes out all but two */
	ck_assert_ptr_null(find(&opens, SMB2_MOST_OPENS + 7));
	ck_assert_ptr_nonnull(find(&opens, SMB2_MOST_OPENS + 8));
	open_file(&opens, 2u << 20, SMB2_MOST_OPEN_BYTES + 1); /* is itself too much */
	ck_assert_ptr_null(opens.oldest);
	ck_assert_uint_eq(opens.name_bytes, 0);
	smb2_opens_free(&opens);
}
END_TEST

START_TEST(test_lease)
{
	struct smb2_grant grant = {.has_lease = true, .lease_key = {7}};
	struct smb2_file_id file_id = {1, 2};
	static const uint8_t key[16] = {7}, other[16] = {0};
	struct smb2_opens opens = {0};

	open_file(&opens, 0, 2); /* has none, which is no key of zeroes */
	smb2_opens_add(&opens, &file_id, &grant, name_of(4, 1));
	ck_assert_uint_eq(smb2_opens_with_lease(&opens, key)->file_id.volatile_id, 2);
	ck_assert_ptr_null(smb2_opens_with_lease(&opens, other));
	smb2_opens_free(&opens);
}
END_TEST

Suite *
smb2_opens_suite(void)
{
	Suite *suite = suite_create("smb2_opens");
	TCase *tcase = tcase_create("opens");

	tcase_add_test(tcase, test_open_and_close);
	tcase_add_test(tcase, test_same_file_id);
	tcase_add_test(tcase, test_bounds);
	tcase_add_test(tcase, test_lease);
	suite_add_tcase(suite, tcase);
	return suite;
}
