#include "analyzer/base/text.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"

Suite *text_suite(void);

#define FFFD "\xef\xbf\xbd"
#define S    INT64_C(1000000000)

START_TEST(test_adding)
{
	struct text text = {0};

	ck_assert_str_eq(text_chars(&text), "");
	text_clear(&text);
	text_add(&text, "frame");
	text_add_char(&text, ' ');
	text_addf(&text, "%d of %s", 7, "nine");
	text_add_bytes(&text, "!?x", 2);
	text_add_number(&text, 18446744073709551615u);
	ck_assert_str_eq(text_chars(&text), "frame 7 of nine!?18446744073709551615");
	ck_assert_uint_eq(text.length, 37);
	text_clear(&text);
	ck_assert_str_eq(text_chars(&text), "");
	text_add(&text, "again");
	ck_assert_str_eq(text_chars(&text), "again");
	text_free(&text);
	ck_assert_str_eq(text_chars(&text), "");
	text_free(&text);
}
END_TEST

START_TEST(test_cutting)
{
	struct text text = {0};

	text_cut(&text, 0);
	ck_assert_str_eq(text_chars(&text), "");
	text_add(&text, "TREE_CONNECT STATUS_SUCCESS");
	text_cut(&text, 12);
	ck_assert_str_eq(text_chars(&text), "TREE_CONNECT");
	text_add(&text, " again");
	ck_assert_str_eq(text_chars(&text), "TREE_CONNECT again");
	text_cut(&text, 0);
	ck_assert_str_eq(text_chars(&text), "");
	text_free(&text);
}
END_TEST

/* Growing keeps what was there, by every way of adding. */
START_TEST(test_growing)
{
	struct text text = {0};

	for (unsigned i = 0; i < 1000; i++) {
		text_addf(&text, "%03u", i);
		text_add(&text, "-");
		text_add_char(&text, 'x');
		ck_assert_uint_eq(text.length, 5 * (i + 1));
		ck_assert_uint_lt(text.length, text.capacity);
		ck_assert_uint_eq(strlen(text.chars), text.length);
	}
	for (unsigned i = 0; i < 1000; i++) {
		char expected[6];

		snprintf(expected, sizeof(expected), "%03u-x", i);
		ck_assert_mem_eq(text.chars + 5 * (size_t)i, expected, 5);
	}
	text_free(&text);
}
END_TEST

static const struct {
	const char *chars, *json, *visible;
} escapes[] = {
    {"", "", ""},
    {"plain", "plain", "plain"},
    {"a\"b\\c/d", "a\\\"b\\\\c/d", "a\"b\\c/d"},
    {"line\nnext", "line\\nnext", "line\\u{a}next"},
    {"tab\tcr\r", "tab\\u0009cr\\u000d", "tab\\u{9}cr\\u{d}"},
    {"\x1b[2J\x01\x1f", "\\u001b[2J\\u0001\\u001f", "\\u{1b}[2J\\u{1}\\u{1f}"},
    {"del\x7f", "del\\u007f", "del\\u{7f}"},
    /* C1 controls: an 8-bit CSI moves the cursor as well */
    {"\xc2\x80\xc2\x9b[2J\xc2\x9f", "\\u0080\\u009b[2J\\u009f", "\\u{80}\\u{9b}[2J\\u{9f}"},
    {"\xc2\xa0", "\xc2\xa0", "\xc2\xa0"}, /* no-break space, the first after them */
    /* bidirectional marks, embeddings, overrides and isolates (UAX #9) */
    {"\xe2\x80\xae[exe.txt", "\\u202e[exe.txt", "\\u{202e}[exe.txt"},
    {"\xe2\x80\x8e\xe2\x80\x8f\xd8\x9c", "\\u200e\\u200f\\u061c", "\\u{200e}\\u{200f}\\u{61c}"},
    {"\xe2\x80\xaa\xe2\x81\xa6\xe2\x81\xa9", "\\u202a\\u2066\\u2069",
	"\\u{202a}\\u{2066}\\u{2069}"},
    {"\xe2\x80\xa8\xe2\x80\xa9", "\\u2028\\u2029", "\\u{2028}\\u{2029}"},
    {"\xe2\x80\xa7\xe2\x80\xaf", "\xe2\x80\xa7\xe2\x80\xaf", "\xe2\x80\xa7\xe2\x80\xaf"},
    /* characters of two, three and four bytes, at the ends of their ranges */
    {"\xdf\xbf\xe0\xa0\x80", "\xdf\xbf\xe0\xa0\x80", "\xdf\xbf\xe0\xa0\x80"},
    {"\xef\xbf\xbf\xf0\x90\x80\x80", "\xef\xbf\xbf\xf0\x90\x80\x80",
	"\xef\xbf\xbf\xf0\x90\x80\x80"},
    {"\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf"},
    {"\xed\x9f\xbf\xee\x80\x80", "\xed\x9f\xbf\xee\x80\x80", "\xed\x9f\xbf\xee\x80\x80"},
    /* not UTF-8 (RFC 3629 3): Latin-1, stray and missing continuations, overlong forms,
     * surrogates, beyond U+10FFFF */
    {"caf\xe9", "caf" FFFD, "caf" FFFD},
    {"\x80x", FFFD "x", FFFD "x"},
    {"\xc3", FFFD, FFFD},
    {"\xe2\x82x", FFFD FFFD "x", FFFD FFFD "x"},
    {"\xf0\x9f\x98", FFFD FFFD FFFD, FFFD FFFD FFFD},
    {"\xc0\x80", FFFD FFFD, FFFD FFFD},
    {"\xc1\xbf", FFFD FFFD, FFFD FFFD},
    {"\xe0\x9f\xbf", FFFD FFFD FFFD, FFFD FFFD FFFD},
    {"\xf0\x8f\xbf\xbf", FFFD FFFD FFFD FFFD, FFFD FFFD FFFD FFFD},
    {"\xed\xa0\x80", FFFD FFFD FFFD, FFFD FFFD FFFD},
    {"\xf4\x90\x80\x80", FFFD FFFD FFFD FFFD, FFFD FFFD FFFD FFFD},
    {"\xf8\x88\x80\x80\x80", FFFD FFFD FFFD FFFD FFFD, FFFD FFFD FFFD FFFD FFFD},
    {"\xff\xfe", FFFD FFFD, FFFD FFFD},
    /* an escape that hides behind a byte that asks for a continuation */
    {"\xc3\x1b[2J", FFFD "\\u001b[2J", FFFD "\\u{1b}[2J"},
    /* commands to CI servers, and what only looks like one: IPv6 addresses, headings */
    {"::error::1", "\\u003a:error::1", "\\u{3a}:error::1"},
    {"a:::add-mask::", "a:\\u003a:add-mask::", "a:\\u{3a}:add-mask::"},
    {"##[group]", "\\u0023#[group]", "\\u{23}#[group]"},
    {"x ##VSO[task]", "x \\u0023#VSO[task]", "x \\u{23}#VSO[task]"},
    {"::1 fe80::abcd ::ffff:c000:201 ::", "::1 fe80::abcd ::ffff:c000:201 ::",
	"::1 fe80::abcd ::ffff:c000:201 ::"},
    {"## x [y] ##vso", "## x [y] ##vso", "## x [y] ##vso"},
};

START_TEST(test_escapes)
{
	struct text json = {0}, visible = {0};
	/* exactly sized, so that reading past the end shows */
	size_t size = strlen(escapes[_i].chars) + 1;
	char *chars = mem_alloc(size, 1);

	memcpy(chars, escapes[_i].chars, size);
	text_add_json(&json, chars);
	text_add_visible(&visible, chars);
	ck_assert_str_eq(text_chars(&json), escapes[_i].json);
	ck_assert_str_eq(text_chars(&visible), escapes[_i].visible);
	mem_free(chars);
	text_free(&json);
	text_free(&visible);
}
END_TEST

/* What is escaped is found at every place of a text. */
START_TEST(test_escapes_anywhere)
{
	static const char around[] = "abcdefghijklmnopqrstuvw";
	char c[] = {(char)_i, '\0'};
	struct text chars = {0}, alone = {0}, json = {0}, expected = {0};

	text_add_json(&alone, c);
	for (size_t before = 0; before < sizeof(around); before++) {
		text_clear(&chars);
		text_add_bytes(&chars, around, before);
		text_add_char(&chars, c[0]);
		text_add(&chars, around + before);
		text_clear(&expected);
		text_add_bytes(&expected, around, before);
		text_add(&expected, text_chars(&alone));
		text_add(&expected, around + before);
		text_clear(&json);
		text_add_json(&json, text_chars(&chars));
		ck_assert_str_eq(text_chars(&json), text_chars(&expected));
	}
	ck_assert(alone.length != 1 || alone.chars[0] == c[0]);
	text_free(&chars);
	text_free(&alone);
	text_free(&json);
	text_free(&expected);
}
END_TEST

/* RFC 3339; checked with date -u -d @… */
static const struct {
	int64_t nanoseconds;
	const char *text;
} times[] = {
    {0, "1970-01-01T00:00:00.000000000Z"},
    {1, "1970-01-01T00:00:00.000000001Z"},
    {-1, "1969-12-31T23:59:59.999999999Z"},
    {-S, "1969-12-31T23:59:59.000000000Z"},
    {-S - 1, "1969-12-31T23:59:58.999999999Z"},
    {951782400 * S, "2000-02-29T00:00:00.000000000Z"},
    {1795195740 * S + 123456789, "2026-11-20T17:29:00.123456789Z"},
    {INT64_C(4102444799) * S + 999999999, "2099-12-31T23:59:59.999999999Z"},
    {INT64_MAX, "2262-04-11T23:47:16.854775807Z"},
    {INT64_MIN, "1677-09-21T00:12:43.145224192Z"},
};

START_TEST(test_times)
{
	struct text text = {0};

	text_add_time(&text, times[_i].nanoseconds);
	ck_assert_str_eq(text_chars(&text), times[_i].text);
	text_free(&text);
}
END_TEST

static const struct {
	int64_t nanoseconds;
	const char *text;
} durations[] = {
    {0, "0 ns"},
    {1, "1 ns"},
    {999, "999 ns"},
    {1000, "1.00 µs"},
    {1250, "1.25 µs"},
    {9994, "9.99 µs"},
    {9995, "10.0 µs"},
    {99949, "99.9 µs"},
    {99950, "100 µs"},
    {999499, "999 µs"},
    {999999, "1.00 ms"},
    {1000000, "1.00 ms"},
    {1250000, "1.25 ms"},
    {12345678, "12.3 ms"},
    {999400000, "999 ms"},
    {999999999, "1.00 s"},
    {S, "1.00 s"},
    {15 * S, "15.0 s"},
    {60 * S, "60.0 s"},
    {100 * S, "100 s"},
    {119 * S + 400000000, "119 s"},
    {119 * S + 600000000, "120 s"},
    {120 * S, "2 min 0 s"},
    {200 * S, "3 min 20 s"},
    {3661 * S, "61 min 1 s"},
    {-S, "-1.00 s"},
    {-1, "-1 ns"},
    {-200 * S, "-3 min 20 s"},
    {INT64_MIN, "-153722867 min 16 s"},
};

START_TEST(test_durations)
{
	struct text text = {0};

	text_add_duration(&text, durations[_i].nanoseconds);
	ck_assert_str_eq(text_chars(&text), durations[_i].text);
	text_free(&text);
}
END_TEST

#define BYTES(bytes) (bytes), sizeof(bytes) - 1

static const struct {
	const char *bytes;
	size_t length;
	const char *text;
} utf16[] = {
    {BYTES(""), ""}, {BYTES("s\0h\0a\0r\0e\0"), "share"},
    {BYTES("a\0b"), "a"},                              /* an odd last byte */
    {BYTES("a"), ""},                                  /* nothing else */
    {BYTES("a\0\0\0b\0"), "a"},                        /* a NUL ends it */
    {BYTES("\xfc\0\xac\x20"), "\xc3\xbc\xe2\x82\xac"}, /* U+00FC U+20AC */
    {BYTES("\x3d\xd8\x00\xde"), "\xf0\x9f\x98\x80"},   /* a pair: U+1F600 */
    {BYTES("\x00\xd8\x00\xdc"), "\xf0\x90\x80\x80"},   /* the first: U+10000 */
    {BYTES("\xff\xdb\xff\xdf"), "\xf4\x8f\xbf\xbf"},   /* the last: U+10FFFF */
    {BYTES("\x3d\xd8"), FFFD},                         /* a high one at the end */
    {BYTES("\x3d\xd8\x00"), FFFD},                     /* and an odd byte */
    {BYTES("\x3d\xd8"
	   "a\0"),
	FFFD "a"}, /* before something else */
    {BYTES("\x00\xde"
	   "a\0"),
	FFFD "a"},                          /* a low one alone */
    {BYTES("\x00\xde\x3d\xd8"), FFFD FFFD}, /* in the wrong order */
    {BYTES("\x3d\xd8\x3d\xd8\x00\xde"), FFFD "\xf0\x9f\x98\x80"}, {BYTES("\x3d\xd8\0\0"), FFFD},
    {BYTES("\xff\xd7\x00\xe0"), "\xed\x9f\xbf\xee\x80\x80"}, /* around the surrogates */
};

START_TEST(test_utf16)
{
	struct arena arena = {0};
	uint8_t *copy = mem_alloc(utf16[_i].length, 1);

	memcpy(copy, utf16[_i].bytes, utf16[_i].length);
	ck_assert_str_eq(text_from_utf16le(&arena, copy, utf16[_i].length), utf16[_i].text);
	mem_free(copy);
	arena_free(&arena);
}
END_TEST

static const struct {
	const char *bytes;
	size_t length;
	const char *text;
} utf8[] = {
    {BYTES(""), ""},
    {BYTES("EXAMPLE.COM"), "EXAMPLE.COM"},
    {BYTES("a\0b"), "a"},
    {BYTES("gr\xc3\xbc\xc3\x9f"), "gr\xc3\xbc\xc3\x9f"},
    {BYTES("caf\xe9!"), "caf" FFFD "!"},
    {BYTES("\xe2\x82"), FFFD FFFD}, /* the third byte is behind the end */
    {BYTES("\xf0\x9f\x98\x80"), "\xf0\x9f\x98\x80"},
    {BYTES("\xc0\x80"), FFFD FFFD}, /* an overlong NUL is not a NUL */
    {BYTES("a.realm.\0example"), "a.realm."},
    {BYTES("an.example\x80.com"), "an.example" FFFD ".com"},
    {BYTES("an.example.\xc3\xa4\0"), "an.example.\xc3\xa4"},
};

START_TEST(test_utf8)
{
	struct arena arena = {0};
	uint8_t *copy = mem_alloc(utf8[_i].length, 1);

	memcpy(copy, utf8[_i].bytes, utf8[_i].length);
	ck_assert_str_eq(text_from_utf8(&arena, copy, utf8[_i].length), utf8[_i].text);
	mem_free(copy);
	arena_free(&arena);
}
END_TEST

/* The other order of bytes, and NULs that end nothing. */
START_TEST(test_added_whole)
{
	static const uint8_t big[] = {0, 'a', 0, 0, 0x20, 0xac, 0xd8, 0x3d, 0xde, 0, 0xd8, 0, 0};
	static const char expected[] = "a\0\xe2\x82\xac\xf0\x9f\x98\x80" FFFD "a\0\xc3\xa4";
	struct text text = {0};

	text_add_utf16(&text, big, sizeof(big), true);
	text_add_utf8(&text, (const uint8_t *)"a\0\xc3\xa4", 4);
	ck_assert_uint_eq(text.length, sizeof(expected) - 1);
	ck_assert_mem_eq(text.chars, expected, sizeof(expected));
	text_free(&text);
}
END_TEST

START_TEST(test_equal)
{
	const char share[] = "share";

	ck_assert(text_is_same(share, "share"));
	ck_assert(text_is_same(NULL, NULL));
	ck_assert(!text_is_same("share", "Share"));
	ck_assert(!text_is_same("share", NULL));
	ck_assert(!text_is_same(NULL, ""));
}
END_TEST

START_TEST(test_equal_nocase)
{
	ck_assert(text_equal_nocase("", ""));
	ck_assert(text_equal_nocase("IPC$", "ipc$"));
	ck_assert(!text_equal_nocase("share", "shares"));
	ck_assert(!text_equal_nocase("a", "b"));
	ck_assert(text_hash_nocase("IPC$") == text_hash_nocase("ipc$"));
	ck_assert(text_hash_nocase("share") != text_hash_nocase("shares"));
	ck_assert(text_hash_nocase("ab") != text_hash_nocase("ba"));
	ck_assert_int_eq(text_compare_nocase("Data", "dATA"), 0);
	ck_assert_int_lt(text_compare_nocase("a", "B"), 0);
	ck_assert_int_gt(text_compare_nocase("ab", "A"), 0);
	ck_assert_int_gt(text_compare_nocase("\xc3", "z"), 0);
	ck_assert(text_starts_nocase("FS1.lab", "fs1"));
	ck_assert(text_starts_nocase("fs1", ""));
	ck_assert(text_starts_nocase("", ""));
	ck_assert(!text_starts_nocase("fs", "fs1"));
	ck_assert(!text_starts_nocase("fs2", "fs1"));
	ck_assert(!text_equal_nocase("[", "{")); /* 0x20 apart, and no letters */
	ck_assert(text_equal_nocase("\xc3\xbc", "\xc3\xbc"));
	ck_assert(!text_equal_nocase("\xc3\x9c", "\xc3\xbc")); /* Ü and ü are not ASCII */
}
END_TEST

START_TEST(test_lower)
{
	for (int c = 0; c < 256; c++)
		ck_assert_int_eq((unsigned char)ascii_lower((char)c),
		    c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}
END_TEST

Suite *
text_suite(void)
{
	Suite *suite = suite_create("text");
	TCase *tcase = tcase_create("text");

	tcase_add_test(tcase, test_adding);
	tcase_add_test(tcase, test_cutting);
	tcase_add_test(tcase, test_growing);
	tcase_add_loop_test(tcase, test_escapes, 0, (int)COUNT(escapes));
	tcase_add_loop_test(tcase, test_escapes_anywhere, 1, 256);
	tcase_add_loop_test(tcase, test_times, 0, (int)COUNT(times));
	tcase_add_loop_test(tcase, test_durations, 0, (int)COUNT(durations));
	tcase_add_test(tcase, test_added_whole);
	tcase_add_loop_test(tcase, test_utf16, 0, (int)COUNT(utf16));
	tcase_add_loop_test(tcase, test_utf8, 0, (int)COUNT(utf8));
	tcase_add_test(tcase, test_equal);
	tcase_add_test(tcase, test_equal_nocase);
	tcase_add_test(tcase, test_lower);
	suite_add_tcase(suite, tcase);
	return suite;
}
