#include "dissectors/ntlmssp.h"

#include <check.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "dissectors/ntlmssp_samples.h"

Suite *ntlmssp_suite(void);

#define SAMPLE_TIME INT64_C(1795197434547872900) /* 2026-11-20T17:57:14.5478729Z */

static struct arena arena;

static void
setup(void)
{
	arena = (struct arena){0};
}

static void
teardown(void)
{
	arena_free(&arena);
}

static struct ntlmssp_message
decode(const uint8_t *bytes, size_t length)
{
	struct ntlmssp_message message;

	ck_assert(ntlmssp_decode(cur_of(bytes, length), &arena, &message));
	return message;
}

#define DECODE(sample) decode((sample), sizeof(sample))

static void
assert_number(struct number number, uint64_t value)
{
	ck_assert(number.is_known);
	ck_assert_uint_eq(number.value, value);
}

static void
assert_version(
    const struct ntlmssp_version *version, unsigned major, unsigned minor, unsigned build)
{
	ck_assert(version->is_known);
	ck_assert_uint_eq(version->major, major);
	ck_assert_uint_eq(version->minor, minor);
	ck_assert_uint_eq(version->build, build);
}

START_TEST(test_negotiate)
{
	struct ntlmssp_message message = DECODE(sample_negotiate);

	ck_assert_int_eq(message.type, NTLMSSP_NEGOTIATE);
	assert_number(message.flags, 0x62088215);
	assert_version(&message.version, 6, 1, 7601);
	ck_assert_ptr_null(message.domain);
	ck_assert_ptr_null(message.workstation);
	ck_assert(!message.response.is_known);
}
END_TEST

/* Names stand where the message says, in any order. */
START_TEST(test_negotiate_of_old_client)
{
	struct ntlmssp_message message = DECODE(sample_negotiate_oem);

	assert_number(message.flags, 0x00003207);
	ck_assert_str_eq(message.domain, "LAB");
	ck_assert_str_eq(message.workstation, "CLIENT1");
	ck_assert(!message.version.is_known);
}
END_TEST

START_TEST(test_challenge)
{
	struct ntlmssp_message message = DECODE(sample_challenge);

	ck_assert_int_eq(message.type, NTLMSSP_CHALLENGE);
	assert_number(message.flags, 0x62898215);
	ck_assert_str_eq(message.target_name, "LAB");
	ck_assert_str_eq(message.info.netbios_name, "FS1");
	ck_assert_str_eq(message.info.netbios_domain, "LAB");
	ck_assert_str_eq(message.info.dns_name, "fs1.lab.example");
	ck_assert_str_eq(message.info.dns_domain, "lab.example");
	ck_assert_str_eq(message.info.dns_forest, "forest.example");
	ck_assert_int_eq(message.info.time, SAMPLE_TIME);
	ck_assert(!message.info.flags.is_known);
	ck_assert(!message.info.has_channel_bindings.is_known);
	ck_assert(message.info.is_whole);
	assert_version(&message.version, 10, 0, 20348);
}
END_TEST

START_TEST(test_authenticate)
{
	struct ntlmssp_message message = DECODE(sample_authenticate);

	ck_assert_int_eq(message.type, NTLMSSP_AUTHENTICATE);
	assert_number(message.flags, 0x62888215);
	ck_assert_str_eq(message.domain, "LAB");
	ck_assert_str_eq(message.user, "alice");
	ck_assert_str_eq(message.workstation, "CLIENT");
	assert_number(message.response, NTLMSSP_RESPONSE_NTLMV2);
	assert_number(message.has_mic, true);
	assert_number(message.info.flags, NTLMSSP_AV_MIC);
	assert_number(message.info.has_channel_bindings, false);
	ck_assert_str_eq(message.info.target_name, "cifs/fs1.lab.example");
	ck_assert_str_eq(message.info.netbios_name, "FS1");
	assert_version(&message.version, 6, 1, 7601);
}
END_TEST

static const struct response_case {
	const uint8_t *bytes;
	size_t length;
	enum ntlmssp_response response;
	const char *user; /* NULL: nothing says how it is encoded */
} response_cases[] = {
    {sample_authenticate_ess, sizeof(sample_authenticate_ess), NTLMSSP_RESPONSE_NTLMV1_ESS, "bob"},
    {sample_authenticate_lm, sizeof(sample_authenticate_lm), NTLMSSP_RESPONSE_LM, "bob"},
    {sample_authenticate_bare, sizeof(sample_authenticate_bare), NTLMSSP_RESPONSE_NTLMV1, NULL},
};

START_TEST(test_old_responses)
{
	const struct response_case *test = &response_cases[_i];
	struct ntlmssp_message message = decode(test->bytes, test->length);

	assert_number(message.response, test->response);
	ck_assert_pstr_eq(message.user, test->user);
	ck_assert(!message.version.is_known);
	ck_assert(!message.has_mic.is_known);
	ck_assert_int_eq(message.flags.is_known, test->user != NULL);
}
END_TEST

/* Without the flag for extended session security the same lengths are version 1 alone. */
START_TEST(test_ntlmv1)
{
	uint8_t bytes[sizeof(sample_authenticate_ess)];
	struct ntlmssp_message message;

	memcpy(bytes, sample_authenticate_ess, sizeof(bytes));
	bytes[62] &= (uint8_t)~0x08;
	message = DECODE(bytes);
	assert_number(message.response, NTLMSSP_RESPONSE_NTLMV1);
}
END_TEST

/* Nobody: no name and no response but, perhaps, one zero byte. */
START_TEST(test_anonymous)
{
	uint8_t token[66] = {'N', 'T', 'L', 'M', 'S', 'S', 'P', 0, 3};
	static const struct {
		uint8_t at, length, offset, first;
		bool is_anonymous;
	} tests[] = {
	    {12, 0, 0, 0, true},   /* nothing at all */
	    {12, 1, 64, 0, true},  /* LmChallengeResponse Z(1) */
	    {12, 1, 64, 7, false}, /* one byte that is something */
	    {12, 1, 66, 0, false}, /* one byte that is not in the message */
	    {20, 1, 64, 0, false}, /* NtChallengeResponse */
	    {36, 2, 64, 0, false}, /* UserName */
	    {36, 2, 65, 0, false}, /* UserName outside */
	};

	for (size_t i = 0; i < COUNT(tests); i++) {
		struct ntlmssp_message message;

		memset(token + 12, 0, sizeof(token) - 12);
		token[tests[i].at] = tests[i].length;
		token[tests[i].at + 4] = tests[i].offset;
		token[64] = tests[i].first;
		message = DECODE(token);
		ck_assert_msg((message.response.is_known &&
				  message.response.value == NTLMSSP_RESPONSE_ANONYMOUS) ==
				  tests[i].is_anonymous,
		    "case %zu", i);
	}
}
END_TEST

/* The flag alone makes no MIC where the payloads leave no place for it. */
START_TEST(test_mic_needs_room)
{
	uint8_t bytes[sizeof(sample_authenticate)];
	struct ntlmssp_message message;

	memcpy(bytes, sample_authenticate, sizeof(bytes));
	bytes[48] = 80; /* BufferOffset of the workstation */
	message = DECODE(bytes);
	assert_number(message.has_mic, false);
	assert_number(message.info.flags, NTLMSSP_AV_MIC);
}
END_TEST

static bool
is_same_or_none(const char *text, const char *whole)
{
	return text == NULL || (whole != NULL && strcmp(text, whole) == 0);
}

static bool
is_number_or_none(struct number number, struct number whole)
{
	return !number.is_known || (whole.is_known && number.value == whole.value);
}

static void
assert_no_more(const struct ntlmssp_message *cut, const struct ntlmssp_message *whole)
{
	const struct ntlmssp_info *one = &cut->info, *other = &whole->info;

	ck_assert(cut->type == NTLMSSP_NONE || cut->type == whole->type);
	ck_assert(is_number_or_none(cut->flags, whole->flags));
	ck_assert(is_number_or_none(cut->response, whole->response));
	ck_assert(is_number_or_none(cut->has_mic, whole->has_mic));
	ck_assert(is_same_or_none(cut->target_name, whole->target_name));
	ck_assert(is_same_or_none(cut->domain, whole->domain));
	ck_assert(is_same_or_none(cut->user, whole->user));
	ck_assert(is_same_or_none(cut->workstation, whole->workstation));
	ck_assert(!cut->version.is_known || cut->version.build == whole->version.build);
	ck_assert(is_same_or_none(one->netbios_name, other->netbios_name));
	ck_assert(is_same_or_none(one->netbios_domain, other->netbios_domain));
	ck_assert(is_same_or_none(one->dns_name, other->dns_name));
	ck_assert(is_same_or_none(one->dns_domain, other->dns_domain));
	ck_assert(is_same_or_none(one->dns_forest, other->dns_forest));
	ck_assert(is_same_or_none(one->target_name, other->target_name));
	ck_assert(is_number_or_none(one->flags, other->flags));
	ck_assert(is_number_or_none(one->has_channel_bindings, other->has_channel_bindings));
	ck_assert(one->time == 0 || one->time == other->time);
	ck_assert(!one->is_whole || other->is_whole);
}

#define SAMPLE(name)               \
	{                          \
		name, sizeof(name) \
	}

static const struct sample {
	const uint8_t *bytes;
	size_t length;
} samples[] = {
    SAMPLE(sample_negotiate),
    SAMPLE(sample_negotiate_oem),
    SAMPLE(sample_challenge),
    SAMPLE(sample_authenticate),
    SAMPLE(sample_authenticate_ess),
    SAMPLE(sample_authenticate_lm),
    SAMPLE(sample_authenticate_bare),
};

/* A cut message says what the whole one says, or less. */
START_TEST(test_every_prefix)
{
	const struct sample *sample = &samples[_i];
	struct ntlmssp_message whole = decode(sample->bytes, sample->length);

	for (size_t length = 0; length < sample->length; length++) {
		uint8_t *bytes = mem_alloc(length ? length : 1, 1);
		struct ntlmssp_message cut;

		memcpy(bytes, sample->bytes, length);
		ck_assert_int_eq(ntlmssp_decode(cur_of(bytes, length), &arena, &cut), length >= 8);
		if (length >= 8)
			assert_no_more(&cut, &whole);
		mem_free(bytes);
	}
}
END_TEST

/* A cut in the middle keeps what stands before it. */
START_TEST(test_what_a_cut_leaves)
{
	struct ntlmssp_message message = decode(sample_challenge, 62 + 10 + 10);

	ck_assert_str_eq(message.target_name, "LAB");
	ck_assert_str_eq(message.info.netbios_domain, "LAB");
	ck_assert_str_eq(message.info.netbios_name, "FS1");
	ck_assert_ptr_null(message.info.dns_domain);
	ck_assert(!message.info.is_whole);
	assert_version(&message.version, 10, 0, 20348);
	message = decode(sample_authenticate_ess, 60); /* up to the flags */
	ck_assert(!message.flags.is_known);
	ck_assert(!message.response.is_known);
	ck_assert_ptr_null(message.user);
}
END_TEST

/* Every byte with every bit turned: nothing is read outside. The bytes end where memory does. */
START_TEST(test_every_corruption)
{
	static const uint8_t flips[] = {0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0x7f, 0xff};
	const struct sample *sample = &samples[_i];
	uint8_t *bytes = mem_alloc(sample->length, 1);
	struct ntlmssp_message message;
	unsigned refused = 0;

	memcpy(bytes, sample->bytes, sample->length);
	for (size_t i = 0; i < sample->length; i++)
		for (size_t j = 0; j < sizeof(flips); j++) {
			bytes[i] ^= flips[j];
			if (!ntlmssp_decode(cur_of(bytes, sample->length), &arena, &message))
				refused++;
			bytes[i] ^= flips[j];
		}
	ck_assert_uint_eq(refused, 8 * sizeof(flips)); /* those of the signature */
	mem_free(bytes);
}
END_TEST

/* Offsets and lengths that leave the message, or add up to more than a size holds. */
START_TEST(test_hostile_payloads)
{
	static const uint32_t offsets[] = {0, 8, 56, 0x7fffffff, 0xfffffffe, 0xffffffff};
	static const uint16_t lengths[] = {1, 2, 3, 0x7fff, 0xfffe, 0xffff};
	static const uint8_t places[] = {12, 40}; /* TargetNameFields, TargetInfoFields */
	uint8_t bytes[sizeof(sample_challenge)];
	struct ntlmssp_message message;

	for (size_t i = 0; i < COUNT(offsets) * COUNT(lengths) * COUNT(places); i++) {
		uint32_t offset = offsets[i % COUNT(offsets)];
		uint16_t length = lengths[i / COUNT(offsets) % COUNT(lengths)];
		uint8_t *at = bytes + places[i / COUNT(offsets) / COUNT(lengths)];

		memcpy(bytes, sample_challenge, sizeof(bytes));
		at[0] = (uint8_t)length;
		at[1] = (uint8_t)(length >> 8);
		for (unsigned j = 0; j < 4; j++)
			at[4 + j] = (uint8_t)(offset >> (8 * j));
		message = DECODE(bytes);
		ck_assert_int_eq(message.type, NTLMSSP_CHALLENGE);
		if (offset > sizeof(bytes) && at == bytes + 12)
			ck_assert_ptr_null(message.target_name);
		if (offset > sizeof(bytes) && at == bytes + 40)
			ck_assert_ptr_null(message.info.netbios_name);
	}
}
END_TEST

/* CHALLENGE with LENGTH bytes of pairs. */
static struct ntlmssp_message
decode_pairs(const uint8_t *pairs, size_t length)
{
	uint8_t bytes[48 + 64] = {'N', 'T', 'L', 'M', 'S', 'S', 'P', 0, 2};

	bytes[20] = 0x01; /* Unicode */
	bytes[22] = 0x80; /* NTLMSSP_NEGOTIATE_TARGET_INFO */
	bytes[40] = (uint8_t)length;
	bytes[44] = 48;
	memcpy(bytes + 48, pairs, length);
	return decode(bytes, 48 + length);
}

/* No end, empty ones, ones twice, ones too long, flags and times of the wrong size. */
START_TEST(test_hostile_pairs)
{
	static const uint8_t endless[] = {1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0};
	static const uint8_t twice[] = {
	    1, 0, 2, 0, 'A', 0, 1, 0, 2, 0, 'B', 0, 6, 0, 4, 0, 1, 0, 0, 0, 6, 0, 4, 0, 2, 0, 0, 0};
	static const uint8_t too_long[] = {1, 0, 2, 0, 'A', 0, 2, 0, 0xff, 0xff, 'B', 0};
	static const uint8_t too_short[] = {
	    6, 0, 3, 0, 2, 0, 0, 7, 0, 7, 0, 1, 1, 1, 1, 1, 1, 1, 10, 0, 1, 0, 1, 0, 0, 0, 0};
	/* How Samba 3 writes that it has no domain. */
	static const uint8_t nul[] = {4, 0, 2, 0, 0, 0, 3, 0, 2, 0, 'A', 0, 0, 0, 0, 0};
	static const uint8_t odd[] = {1, 0, 3, 0, 'A', 0, 'B', 0, 0, 0, 0};
	struct ntlmssp_message message = decode_pairs(endless, sizeof(endless));

	ck_assert_ptr_null(message.info.netbios_name);
	ck_assert(!message.info.is_whole);
	message = decode_pairs(twice, sizeof(twice));
	ck_assert_str_eq(message.info.netbios_name, "A");
	assert_number(message.info.flags, 1);
	message = decode_pairs(too_long, sizeof(too_long));
	ck_assert_str_eq(message.info.netbios_name, "A");
	ck_assert_ptr_null(message.info.netbios_domain);
	message = decode_pairs(too_short, sizeof(too_short));
	ck_assert(!message.info.flags.is_known);
	ck_assert_int_eq(message.info.time, 0);
	ck_assert(!message.info.has_channel_bindings.is_known);
	ck_assert(message.info.is_whole);
	message = decode_pairs(odd, sizeof(odd));
	ck_assert_str_eq(message.info.netbios_name, "A");
	ck_assert(message.info.is_whole);
	message = decode_pairs(nul, sizeof(nul));
	ck_assert_ptr_null(message.info.dns_domain);
	ck_assert_str_eq(message.info.dns_name, "A");
}
END_TEST

/* Times before 1970 and behind 2262 are none; the last that fits is one. */
START_TEST(test_times)
{
	static const struct {
		uint64_t filetime;
		int64_t time;
	} tests[] = {
	    {0, 0},
	    {UINT64_C(116444736000000000), 0},
	    {UINT64_C(116444736000000001), 100},
	    {UINT64_C(116444736000000000) + TIME_MOST / 100, TIME_MOST / 100 * 100},
	    {UINT64_C(116444736000000000) + TIME_MOST / 100 + 1, 0},
	    {INT64_MAX, 0}, /* never */
	    {UINT64_MAX, 0},
	};

	for (size_t i = 0; i < COUNT(tests); i++) {
		uint8_t pairs[16] = {7, 0, 8, 0};

		for (unsigned j = 0; j < 8; j++)
			pairs[4 + j] = (uint8_t)(tests[i].filetime >> (8 * j));
		ck_assert_int_eq(decode_pairs(pairs, sizeof(pairs)).info.time, tests[i].time);
	}
}
END_TEST

START_TEST(test_refused)
{
	static const uint8_t other[] = {'N', 'T', 'L', 'M', 'S', 'S', 'P', '!', 1, 0, 0, 0};
	static const uint8_t unknown[] = {'N', 'T', 'L', 'M', 'S', 'S', 'P', 0, 4, 0, 0, 0};
	struct ntlmssp_message message;

	ck_assert(!ntlmssp_decode(cur_of(other, sizeof(other)), &arena, &message));
	ck_assert(!ntlmssp_decode(cur_of(other, 0), &arena, &message));
	ck_assert(!ntlmssp_decode(cur_none(), &arena, &message));
	message = DECODE(unknown);
	ck_assert_int_eq(message.type, NTLMSSP_NONE);
}
END_TEST

START_TEST(test_names)
{
	ck_assert_str_eq(
	    names_text(&ntlmssp_response_names, NTLMSSP_RESPONSE_NTLMV1_ESS), "NTLMv1_ESS");
	ck_assert_str_eq(names_text(&ntlmssp_flag_names, 0x80000000), "NTLMSSP_NEGOTIATE_56");
	ck_assert_str_eq(names_text(&ntlmssp_av_flag_names, NTLMSSP_AV_MIC), "MIC_PRESENT");
	ck_assert_str_eq(names_text(&ntlmssp_type_names, NTLMSSP_CHALLENGE), "NTLMSSP_CHALLENGE");
}
END_TEST

Suite *
ntlmssp_suite(void)
{
	Suite *suite = suite_create("ntlmssp");
	TCase *tests = tcase_create("ntlmssp");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, test_negotiate);
	tcase_add_test(tests, test_negotiate_of_old_client);
	tcase_add_test(tests, test_challenge);
	tcase_add_test(tests, test_authenticate);
	tcase_add_loop_test(tests, test_old_responses, 0, COUNT(response_cases));
	tcase_add_test(tests, test_ntlmv1);
	tcase_add_test(tests, test_anonymous);
	tcase_add_test(tests, test_mic_needs_room);
	tcase_add_loop_test(tests, test_every_prefix, 0, COUNT(samples));
	tcase_add_test(tests, test_what_a_cut_leaves);
	tcase_add_loop_test(tests, test_every_corruption, 0, COUNT(samples));
	tcase_add_test(tests, test_hostile_payloads);
	tcase_add_test(tests, test_hostile_pairs);
	tcase_add_test(tests, test_times);
	tcase_add_test(tests, test_refused);
	tcase_add_test(tests, test_names);
	suite_add_tcase(suite, tests);
	return suite;
}
