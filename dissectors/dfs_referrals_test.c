#include "dissectors/dfs_referrals.h"

#include "dissectors/smb2_samples.h"

Suite *dfs_referrals_suite(void);

/* clang-format off */

/* [MS-DFSC] 2.2.2. */
static const uint8_t request[] = {
	0x04, 0x00, '\\', 0, 'd', 0, '\\', 0, 'n', 0, 0, 0,
};

/* [MS-DFSC] 2.2.3. */
static const uint8_t request_ex[] = {
	0x04, 0x00, 0x01, 0x00,          /* MaxReferralLevel, RequestFlags: with a site */
	0x0c, 0, 0, 0,                   /* RequestDataLength */
	0x04, 0x00, '\\', 0, 'd', 0,     /* RequestFileNameLength, RequestFileName */
	0x04, 0x00, 'h', 0, 'q', 0,      /* SiteNameLength, SiteName */
};

/* [MS-DFSC] 2.2.4 with two entries of version 4 (2.2.5.4), whose texts stand behind them. */
static const uint8_t response[] = {
	0x08, 0x00, 0x02, 0x00,          /* PathConsumed, NumberOfReferrals */
	0x02, 0, 0, 0,                   /* ReferralHeaderFlags: storage servers */
	0x04, 0x00, 0x22, 0x00,          /* VersionNumber, Size */
	0x01, 0x00, 0x04, 0x00,          /* ServerType, ReferralEntryFlags: a set begins */
	0x2c, 0x01, 0, 0,                /* TimeToLive */
	0x44, 0x00, 0x44, 0x00, 0x4a, 0x00, /* DFSPathOffset, …AlternatePathOffset, NetworkAddress… */
	GUID,                            /* ServiceSiteGuid */
	0x04, 0x00, 0x22, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x2c, 0x01, 0, 0,
	0x22, 0x00, 0x22, 0x00, 0x2e, 0x00,
	GUID,
	'\\', 0, 'd', 0, 0, 0,           /* 0x44 of the first, 0x22 of the second */
	'\\', 0, 'a', 0, 0, 0,           /* 0x4a of the first */
	'\\', 0, 'b', 0, 0, 0,           /* 0x2e of the second */
};

/* [MS-DFSC] 2.2.5.3.2: the names of a domain's controllers. */
static const uint8_t name_list[] = {
	0x00, 0x00, 0x01, 0x00, 0x00, 0, 0, 0,
	0x03, 0x00, 0x12, 0x00, 0x00, 0x00, 0x02, 0x00,
	0x58, 0x02, 0, 0,
	0x12, 0x00, 0x00, 0x00, 0x00, 0x00, /* SpecialNameOffset, NumberOfExpandedNames, … */
	'\\', 0, 'd', 0, 0, 0,
};

/* [MS-DFSC] 2.2.5.1 and 2.2.5.2. */
static const uint8_t old_versions[] = {
	0x04, 0x00, 0x02, 0x00, 0x00, 0, 0, 0,
	0x01, 0x00, 0x0e, 0x00, 0x01, 0x00, 0x00, 0x00,
	'\\', 0, 'a', 0, 0, 0,
	0x02, 0x00, 0x16, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0, 0, 0, 0x2c, 0x01, 0, 0, /* Proximity, TimeToLive */
	0x16, 0x00, 0x16, 0x00, 0x1c, 0x00,
	'\\', 0, 'd', 0, 0, 0,
	'\\', 0, 'b', 0, 0, 0,
};

/* clang-format on */

static bool
check_request(struct cursor input)
{
	struct dfs_referral_request found;

	if (!dfs_decode_referral_request(input, &found))
		return false;
	ck_assert_uint_eq(found.max_level, 4);
	ck_assert_uint_le(cur_left(&found.name), 8);
	if (cur_left(&input) >= 10)
		assert_utf16(found.name, "\\d\\n");
	return true;
}

static bool
check_request_ex(struct cursor input)
{
	struct dfs_referral_request found;

	if (!dfs_decode_referral_request_ex(input, &found))
		return false;
	ck_assert_uint_eq(found.max_level, 4);
	assert_utf16(found.name, "\\d");
	assert_utf16(found.site_name, "hq");
	return true;
}

static bool
check_response(struct cursor output)
{
	struct dfs_referral_response found;
	struct dfs_referral referral;

	if (!dfs_decode_referral_response(output, &found))
		return false;
	ck_assert_uint_eq(found.path_consumed, 8);
	ck_assert_uint_eq(found.count, 2);
	ck_assert_uint_eq(found.flags, DFS_STORAGE_SERVERS);
	if (cur_left(&output) != sizeof(response))
		return true;
	ck_assert(dfs_next_referral(&found, &referral));
	ck_assert_uint_eq(referral.version, 4);
	ck_assert_uint_eq(referral.server_type, 1);
	ck_assert_uint_eq(referral.flags, 4);
	ck_assert_uint_eq(referral.time_to_live, 300);
	assert_utf16(referral.path, "\\d");
	assert_utf16(referral.alternate_path, "\\d");
	assert_utf16(referral.target, "\\a");
	ck_assert(!cur_ok(&referral.special_name));
	ck_assert(dfs_next_referral(&found, &referral));
	assert_utf16(referral.path, "\\d");
	assert_utf16(referral.target, "\\b");
	ck_assert(!dfs_next_referral(&found, &referral));
	return true;
}

static bool
check_name_list(struct cursor output)
{
	struct dfs_referral_response found;
	struct dfs_referral referral;

	if (!dfs_decode_referral_response(output, &found))
		return false;
	if (cur_left(&output) != sizeof(name_list))
		return true;
	ck_assert(dfs_next_referral(&found, &referral));
	ck_assert_uint_eq(referral.time_to_live, 600);
	assert_utf16(referral.special_name, "\\d");
	ck_assert(!cur_ok(&referral.target));
	ck_assert(!dfs_next_referral(&found, &referral));
	return true;
}

static bool
check_old_versions(struct cursor output)
{
	struct dfs_referral_response found;
	struct dfs_referral referral;

	if (!dfs_decode_referral_response(output, &found))
		return false;
	if (cur_left(&output) != sizeof(old_versions))
		return true;
	ck_assert(dfs_next_referral(&found, &referral));
	ck_assert_uint_eq(referral.version, 1);
	assert_utf16(referral.target, "\\a");
	ck_assert(!cur_ok(&referral.path));
	ck_assert(dfs_next_referral(&found, &referral));
	ck_assert_uint_eq(referral.version, 2);
	ck_assert_uint_eq(referral.time_to_live, 300);
	assert_utf16(referral.path, "\\d");
	assert_utf16(referral.target, "\\b");
	ck_assert(!dfs_next_referral(&found, &referral));
	return true;
}

static const struct decoder_case cases[] = {
    {"request", SAMPLE(request), 2, 0, check_request},
    {"request ex", SAMPLE(request_ex), sizeof(request_ex), 0, check_request_ex},
    {"response", SAMPLE(response), 8, 0, check_response},
    {"name list", SAMPLE(name_list), 8, 0, check_name_list},
    {"old versions", SAMPLE(old_versions), 8, 0, check_old_versions},
};

START_TEST(test_prefixes)
{
	try_prefixes(&cases[_i]);
}
END_TEST

static void
read_request(struct cursor input)
{
	struct dfs_referral_request found;

	if (dfs_decode_referral_request(input, &found))
		touch(found.name);
	if (!dfs_decode_referral_request_ex(input, &found))
		return;
	touch(found.name);
	touch(found.site_name);
}

static void
read_response(struct cursor output)
{
	struct dfs_referral_response found;
	struct dfs_referral referral;
	size_t count = 0;

	if (!dfs_decode_referral_response(output, &found))
		return;
	while (dfs_next_referral(&found, &referral)) {
		touch(referral.path);
		touch(referral.alternate_path);
		touch(referral.target);
		touch(referral.special_name);
		ck_assert_uint_le(++count, sizeof(response) / 8);
	}
}

START_TEST(test_lies)
{
	try_lies(&cases[_i], _i < 2 ? read_request : read_response);
}
END_TEST

/* No entry is read whose version or size is not one of the specification's, and no more than are
 * told. */
START_TEST(test_wrong_entries)
{
	static const struct {
		size_t at;
		uint8_t value;
		size_t count;
	} wrong[] = {
	    {8, 0, 0}, {8, 5, 0}, {10, 7, 0}, {2, 1, 1}, {2, 0, 0}, {10, 0, 1}, {42, 9, 1}};
	uint8_t copy[sizeof(response)];
	struct dfs_referral_response found;
	struct dfs_referral referral;
	size_t count;

	for (size_t i = 0; i < COUNT(wrong); i++) {
		memcpy(copy, response, sizeof(copy));
		copy[wrong[i].at] = wrong[i].value;
		ck_assert(dfs_decode_referral_response(cur_of(copy, sizeof(copy)), &found));
		for (count = 0; dfs_next_referral(&found, &referral); count++)
			ck_assert_uint_lt(count, 2);
		ck_assert_uint_eq(count, wrong[i].count);
	}
}
END_TEST

Suite *
dfs_referrals_suite(void)
{
	Suite *suite = suite_create("dfs_referrals");
	TCase *tests = tcase_create("decoders");

	tcase_add_loop_test(tests, test_prefixes, 0, (int)COUNT(cases));
	tcase_add_loop_test(tests, test_lies, 0, (int)COUNT(cases));
	tcase_add_test(tests, test_wrong_entries);
	suite_add_tcase(suite, tests);
	return suite;
}
