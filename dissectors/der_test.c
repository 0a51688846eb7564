#include "dissectors/der.h"

#include <check.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"

Suite *der_suite(void);

struct bytes {
	size_t length;
	uint8_t bytes[24];
};

static struct der
der_over(const struct bytes *bytes, enum der_verdict *verdict)
{
	return der_of(bytes->bytes, bytes->length, bytes->length, verdict);
}

static const struct integer_case {
	struct bytes in;
	enum der_verdict verdict;
	int64_t value;
} integer_cases[] = {
    {{3, {0x02, 0x01, 0x00}}, DER_OK, 0},
    {{3, {0x02, 0x01, 0x7f}}, DER_OK, 127},
    {{3, {0x02, 0x01, 0x80}}, DER_OK, -128},
    {{4, {0x02, 0x02, 0x00, 0x80}}, DER_OK, 128},
    {{4, {0x02, 0x02, 0xff, 0x7b}}, DER_OK, -133},
    {{7, {0x02, 0x05, 0x00, 0xff, 0xff, 0xff, 0xff}}, DER_OK, UINT32_MAX},
    {{10, {0x02, 0x08, 0x80, 0, 0, 0, 0, 0, 0, 0}}, DER_OK, INT64_MIN},
    {{4, {0x02, 0x81, 0x01, 0x05}}, DER_OK, 5},             /* a longer length than needed */
    {{6, {0x02, 0x83, 0x00, 0x00, 0x01, 0x05}}, DER_OK, 5}, /* likewise */
    {{2, {0x02, 0x00}}, DER_MALFORMED, 0},                  /* no octets */
    {{11, {0x02, 0x09, 0, 0, 0, 0, 0, 0, 0, 0, 1}}, DER_MALFORMED, 0}, /* wider than 64 bits */
    {{5, {0x02, 0x80, 0x05, 0x00, 0x00}}, DER_MALFORMED, 0},           /* indefinite length */
    {{8, {0x02, 0x85, 0, 0, 0, 0, 1, 5}}, DER_MALFORMED, 0},           /* five octets of length */
    {{3, {0x02, 0x02, 0x05}}, DER_MALFORMED, 0},                       /* longer than the message */
    {{3, {0x0a, 0x01, 0x05}}, DER_MALFORMED, 0},                       /* ENUMERATED */
    {{4, {0x1f, 0x22, 0x01, 0x05}}, DER_MALFORMED, 0},                 /* a long tag */
    {{1, {0x02}}, DER_MALFORMED, 0},
    {{0, {0}}, DER_MALFORMED, 0},
};

START_TEST(test_integer)
{
	const struct integer_case *test = &integer_cases[_i];
	enum der_verdict verdict;
	struct der der = der_over(&test->in, &verdict);
	int64_t value = 0;
	bool is_read = der_integer(&der, &value);

	ck_assert_int_eq(verdict, test->verdict);
	ck_assert_int_eq(is_read, test->verdict == DER_OK);
	ck_assert_int_eq(value, test->value);
	if (is_read)
		ck_assert(!der_more(&der));
}
END_TEST

/* The message says how long it is; what is missing behind the captured bytes is no fault of it. */
START_TEST(test_short_and_malformed_differ)
{
	static const uint8_t whole[] = {/* SEQUENCE */ 0x30, 0x06, /* INTEGER 1 */ 0x02, 0x01, 0x01,
	    /* INTEGER 2 */ 0x02, 0x01, 0x02};
	enum der_verdict verdict;
	struct der der = der_of(whole, 5, sizeof(whole), &verdict);
	struct der sequence;
	int64_t value = 0;

	der_enter(&der, DER_SEQUENCE, &sequence);
	ck_assert(der_integer(&sequence, &value));
	ck_assert_int_eq(value, 1);
	ck_assert(!der_integer(&sequence, &value));
	ck_assert_int_eq(verdict, DER_SHORT);
	ck_assert_int_eq(value, 1);

	der = der_of(whole, 5, 5, &verdict);
	ck_assert(!der_more(&der) || der.end - der.at == 5);
	der_enter(&der, DER_SEQUENCE, &sequence);
	ck_assert_int_eq(verdict, DER_MALFORMED);
}
END_TEST

START_TEST(test_child_longer_than_parent)
{
	static const uint8_t bytes[] = {
	    /* SEQUENCE of 3 */ 0x30, 0x03, /* INTEGER of 2 */ 0x02, 0x02, 0x01, /* behind */ 0x01};
	enum der_verdict verdict;
	struct der der = der_of(bytes, sizeof(bytes), sizeof(bytes), &verdict);
	struct der sequence;
	int64_t value;

	der_enter(&der, DER_SEQUENCE, &sequence);
	ck_assert(!der_integer(&sequence, &value));
	ck_assert_int_eq(verdict, DER_MALFORMED);
	/* Also when the message goes on after the capture. */
	der = der_of(bytes, 5, 1000, &verdict);
	der_enter(&der, DER_SEQUENCE, &sequence);
	ck_assert(!der_integer(&sequence, &value));
	ck_assert_int_eq(verdict, DER_MALFORMED);
}
END_TEST

START_TEST(test_optional)
{
	static const uint8_t bytes[] = {/* [1] */ 0xa1, 0x03, /* INTEGER 7 */ 0x02, 0x01, 0x07};
	enum der_verdict verdict;
	struct der der = der_of(bytes, sizeof(bytes), sizeof(bytes), &verdict);
	struct der value;
	int64_t integer = 0;

	ck_assert(!der_enter_optional(&der, DER_CONTEXT(0), &value));
	ck_assert_int_eq(der_tag(&der), DER_CONTEXT(1));
	ck_assert(der_enter_optional(&der, DER_CONTEXT(1), &value));
	ck_assert(der_integer(&value, &integer));
	ck_assert_int_eq(integer, 7);
	ck_assert(!der_enter_optional(&der, DER_CONTEXT(2), &value));
	ck_assert_int_eq(verdict, DER_OK);
	ck_assert_int_eq(der_tag(&der), 0);
}
END_TEST

/* A message of nothing but nested SEQUENCEs ends at a depth, not at the end of the stack. */
START_TEST(test_depth)
{
	uint8_t bytes[128];
	enum der_verdict verdict;
	struct der der;
	unsigned depth = 0;

	for (size_t i = 0; i < sizeof(bytes); i += 2) {
		bytes[i] = DER_SEQUENCE;
		bytes[i + 1] = (uint8_t)(sizeof(bytes) - i - 2);
	}
	der = der_of(bytes, sizeof(bytes), sizeof(bytes), &verdict);
	while (verdict == DER_OK && depth < 100) {
		der_enter(&der, DER_SEQUENCE, &der);
		depth++;
	}
	ck_assert_int_eq(verdict, DER_MALFORMED);
	ck_assert_uint_eq(depth, DER_MOST_DEPTH + 1);
}
END_TEST

static const struct time_case {
	const char *text;
	enum der_verdict verdict;
	int64_t seconds;
} time_cases[] = {
    {"20261120172900Z", DER_OK, 1795195740},
    {"19700101000000Z", DER_OK, 0},
    {"19691231235959Z", DER_OK, -1},
    {"20000229120000Z", DER_OK, 951825600},
    {"20370913024805Z", DER_OK, 2136422885}, /* how Windows says never */
    {"20161231235960Z", DER_OK, 1483228800}, /* a leap second */
    {"20261320172900Z", DER_MALFORMED, 0},
    {"20260020172900Z", DER_MALFORMED, 0},
    {"20261120242900Z", DER_MALFORMED, 0},
    {"20261120172900", DER_MALFORMED, 0},
    {"20261120172900+", DER_MALFORMED, 0},
    {"20261120172900.5Z", DER_MALFORMED, 0}, /* fractions are not allowed, RFC 4120 5.2.3 */
    {"2026112017290 Z", DER_MALFORMED, 0},
    {"", DER_MALFORMED, 0},
};

START_TEST(test_time)
{
	const struct time_case *test = &time_cases[_i];
	struct bytes in = {2 + strlen(test->text), {DER_GENERALIZED_TIME}};
	enum der_verdict verdict;
	struct der der;
	int64_t value = 0;

	in.bytes[1] = (uint8_t)strlen(test->text);
	memcpy(in.bytes + 2, test->text, strlen(test->text));
	der = der_over(&in, &verdict);
	ck_assert_int_eq(der_time(&der, &value), test->verdict == DER_OK);
	ck_assert_int_eq(verdict, test->verdict);
	ck_assert_int_eq(value, test->seconds * 1000000000);
}
END_TEST

START_TEST(test_time_beyond_our_clock)
{
	static const struct bytes in = {17, {0x18, 0x0f, '9', '9', '9', '9', '0', '9', '1', '3',
						'0', '2', '4', '8', '0', '5', 'Z'}};
	enum der_verdict verdict;
	struct der der = der_over(&in, &verdict);
	int64_t value = 0;

	ck_assert(der_time(&der, &value));
	ck_assert_int_eq(value, INT64_MAX);
}
END_TEST

static const struct bits_case {
	struct bytes in;
	enum der_verdict verdict;
	uint32_t value;
} bits_cases[] = {
    {{7, {0x03, 0x05, 0x00, 0x40, 0x81, 0x00, 0x10}}, DER_OK, 0x40810010},
    {{4, {0x03, 0x02, 0x07, 0x80}}, DER_OK, 0x80000000}, /* one bit */
    {{3, {0x03, 0x01, 0x00}}, DER_OK, 0},                /* none */
    {{8, {0x03, 0x06, 0x00, 1, 2, 3, 4, 5}}, DER_OK, 0x01020304},
    {{2, {0x03, 0x00}}, DER_MALFORMED, 0},
    {{4, {0x03, 0x02, 0x08, 0x80}}, DER_MALFORMED, 0}, /* eight unused bits */
};

START_TEST(test_bits)
{
	const struct bits_case *test = &bits_cases[_i];
	enum der_verdict verdict;
	struct der der = der_over(&test->in, &verdict);
	uint32_t value = 0;

	ck_assert_int_eq(der_bits(&der, &value), test->verdict == DER_OK);
	ck_assert_int_eq(verdict, test->verdict);
	ck_assert_uint_eq(value, test->value);
}
END_TEST

static const struct text_case {
	struct bytes in;
	const char *text;
} text_cases[] = {
    {{4, {0x1b, 0x02, 'a', 'b'}}, "ab"},
    {{4, {0x0c, 0x02, 0xc3, 0xa4}}, "\xc3\xa4"}, /* UTF8String */
    {{4, {0x16, 0x02, 'a', '@'}}, "a@"},         /* IA5String */
    {{2, {0x1b, 0x00}}, ""},
    {{3, {0x1b, 0x01, 0xff}}, "\xef\xbf\xbd"}, /* no UTF-8 */
    {{4, {0x04, 0x02, 'a', 'b'}}, NULL},       /* OCTET STRING */
    {{3, {0x1b, 0x02, 'a'}}, NULL},
    {{0, {0}}, NULL},
};

START_TEST(test_text)
{
	const struct text_case *test = &text_cases[_i];
	struct arena arena = {0};
	enum der_verdict verdict;
	struct der der = der_over(&test->in, &verdict);
	const char *text = der_text(&der, &arena);

	ck_assert_pstr_eq(text, test->text);
	ck_assert_int_eq(verdict, test->text ? DER_OK : DER_MALFORMED);
	arena_free(&arena);
}
END_TEST

START_TEST(test_oid)
{
	static const uint8_t spnego[] = {0x2b, 0x06, 0x01, 0x05, 0x05, 0x02};
	static const struct bytes in = {8, {0x06, 0x06, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x02}};
	enum der_verdict verdict;
	struct der der = der_over(&in, &verdict);
	struct cursor oid = cur_none();

	ck_assert(der_oid(&der, &oid));
	ck_assert(der_oid_is(&oid, spnego, sizeof(spnego)));
	ck_assert(!der_oid_is(&oid, spnego, sizeof(spnego) - 1));
}
END_TEST

START_TEST(test_padded_lengths)
{
	static const struct {
		struct bytes in;
		bool is_padded;
	} tests[] = {
	    {{3, {0x02, 0x01, 0x05}}, false}, {{4, {0x02, 0x81, 0x01, 0x05}}, true},
	    {{3, {0x04, 0x81, 0x80}}, false}, /* 128 needs it */
	    {{4, {0x04, 0x82, 0x00, 0x80}}, true}, {{4, {0x04, 0x82, 0x01, 0x00}}, false},
	    {{2, {0x04, 0x81}}, false}, /* cut */
	    {{2, {0x30, 0x80}}, false}, /* the indefinite form is another matter */
	};

	for (size_t i = 0; i < COUNT(tests); i++) {
		enum der_verdict verdict;
		struct der der = der_over(&tests[i].in, &verdict);

		ck_assert_int_eq(der_is_padded(&der), tests[i].is_padded);
		ck_assert_int_eq(verdict, DER_OK);
	}
}
END_TEST

START_TEST(test_enumerated)
{
	static const struct bytes in = {6, {0x0a, 0x01, 0x02, 0x02, 0x01, 0x02}};
	enum der_verdict verdict;
	struct der der = der_over(&in, &verdict);
	int64_t value = 0;

	ck_assert(der_enumerated(&der, &value));
	ck_assert_int_eq(value, 2);
	ck_assert(!der_enumerated(&der, &value)); /* an INTEGER */
	ck_assert_int_eq(verdict, DER_MALFORMED);
}
END_TEST

/* The first fault stays. */
START_TEST(test_verdict_is_sticky)
{
	static const struct bytes in = {6, {0x02, 0x01, 0x05, 0x02, 0x01, 0x06}};
	enum der_verdict verdict;
	struct der der = der_over(&in, &verdict);
	struct der_element element;
	int64_t value = 0;

	ck_assert(der_integer(&der, &value));
	der_reject(&der);
	ck_assert(!der_integer(&der, &value));
	ck_assert(!der_next(&der, &element));
	ck_assert(!der_more(&der));
	ck_assert_int_eq(value, 5);
	ck_assert_int_eq(verdict, DER_MALFORMED);
}
END_TEST

Suite *
der_suite(void)
{
	Suite *suite = suite_create("der");
	TCase *tests = tcase_create("der");

	tcase_add_loop_test(tests, test_integer, 0, COUNT(integer_cases));
	tcase_add_test(tests, test_short_and_malformed_differ);
	tcase_add_test(tests, test_child_longer_than_parent);
	tcase_add_test(tests, test_optional);
	tcase_add_test(tests, test_depth);
	tcase_add_loop_test(tests, test_time, 0, COUNT(time_cases));
	tcase_add_test(tests, test_time_beyond_our_clock);
	tcase_add_loop_test(tests, test_bits, 0, COUNT(bits_cases));
	tcase_add_loop_test(tests, test_text, 0, COUNT(text_cases));
	tcase_add_test(tests, test_oid);
	tcase_add_test(tests, test_padded_lengths);
	tcase_add_test(tests, test_enumerated);
	tcase_add_test(tests, test_verdict_is_sticky);
	suite_add_tcase(suite, tests);
	return suite;
}
