#include "analyzer/report/markdown_text.h"

#include <check.h>

#include "analyzer/base/basics.h"

Suite *markdown_text_suite(void);

static struct text text;

static void
teardown(void)
{
	text_free(&text);
}

static void
assert_prose(const char *chars, const char *wanted)
{
	text_clear(&text);
	markdown_add_prose(&text, chars);
	ck_assert_str_eq(text_chars(&text), wanted);
}

static void
assert_code(const char *chars, const char *wanted)
{
	text_clear(&text);
	markdown_add_code(&text, chars);
	ck_assert_str_eq(text_chars(&text), wanted);
}

/* What people write stays as it is. */
START_TEST(test_plain_prose)
{
	static const char *const plain[] = {
	    "The server has no share of that name: STATUS_BAD_NETWORK_NAME (0xC00000CC).",
	    "10.0.0.5:49711 → 10.0.0.9:445, after 60.0 s; e.g. \"the client's\" 100% (SMB 3.1.1)!",
	    "frames 22, 23 of 2026-11-20, cifs/fs1 and/or host/fs1, 113 µs - so = it is",
	    "Größe caf\xc3\xa9 日本",
	    "1.5 GB at 2026-11-20T17:57:07.146203304Z, 6.259811421 s in",
	    "",
	};

	for (size_t i = 0; i < COUNT(plain); i++)
		assert_prose(plain[i], plain[i]);
}
END_TEST

/* Words that a tracker could make something of are code; the punctuation around them is not. */
START_TEST(test_words_of_code)
{
	assert_prose("for \\\\fs1.lab.example\\dta, and", "for `\\\\fs1.lab.example\\dta`, and");
	assert_prose("(see fs1.lab.example).", "(see `fs1.lab.example`).");
	assert_prose("IPC$ and \"C$\"", "`IPC$` and \"`C$`\"");
	assert_prose("*a* _a_ ~a~ a* a`b `", "`*a*` `_a_` `~a~` `a*` ``a`b`` `` ` ``");
	assert_prose("<b>x</b> &amp; & a|b", "`<b>x</b>` `&amp`; `&` `a\\u{7c}b`");
	assert_prose("[x](y) ![x](y) f(x)", "`[x](y)` `![x](y)` f(x)");
}
END_TEST

START_TEST(test_links)
{
	assert_prose("http://1 ftp://1/2 //x", "`http://1` `ftp://1/2` `//x`");
	assert_prose("www.x WWW.x.y evil.com a.b.co.", "`www.x` `WWW.x.y` `evil.com` `a.b.co`.");
	assert_prose("www. (x-WWW.) wWw.1 know.", "`www.` (`x-WWW.`) `wWw.1` know.");
	assert_prose("x.рф a@b.c e.g. i.e., 3.1", "`x.рф` `a@b.c` e.g. i.e., 3.1");
}
END_TEST

/* References of GitHub, GitLab and Jira: people, issues, commits, milestones, emoji, commands. */
START_TEST(test_references)
{
	assert_prose(
	    "@all (@all) #12 x#12 !12 $12 ~12", "`@all` (`@all`) `#12` `x#12` `!12` `$12` `~12`");
	assert_prose("%12 GH-12 fs1-01 FS-x 12-34", "`%12` `GH-12` `fs1-01` FS-x 12-34");
	assert_prose("deadbee deadbe 1234567 DEADBEEF 0x1234567 a-deadbee_",
	    "`deadbee` deadbe `1234567` `DEADBEEF` 0x1234567 `a-deadbee_`");
	assert_prose(
	    ":+1: :100: x:smile: x:smile:. a: b:c", "`:+1:` `:100:` `x:smile:` `x:smile:`. a: b:c");
	assert_prose(
	    "10:57:07 10:100:07 10:57:100: 10:57:", "10:57:07 `10:100:07` `10:57:100:` 10:57:");
	assert_prose("/close fe80::1", "`/close` `fe80::1`");
	assert_prose("{x} $a$ ^a", "`{x}` `$a$` `^a`");
}
END_TEST

START_TEST(test_starts_of_lines)
{
	assert_prose("1. x 1. y", "`1`. x 1. y");
	assert_prose("1) x", "`1`) x");
	assert_prose("- x", "`-` x");
	assert_prose("= x", "`=` x");
	assert_prose("--- x ---", "`---` x `---`");
	assert_prose("# x", "`#` x");
	assert_prose("> x", "`>` x");
	assert_prose("    x  y ", "x y");
	assert_prose("```x", "```` ```x ````");
}
END_TEST

/* A line stays one, and looks as it reads. */
START_TEST(test_controls)
{
	assert_prose("a\n\n# b\tc", "`a\\u{a}\\u{a}#` `b\\u{9}c`");
	assert_prose("a\xe2\x80\xae"
		     "b",
	    "`a\\u{202e}b`");
	assert_prose("a\xff", "a\xef\xbf\xbd");
	assert_code("\033[31m", "`\\u{1b}[31m`");
}
END_TEST

START_TEST(test_item)
{
	markdown_add_item(&text, "Who", "1. @all");
	ck_assert_str_eq(text_chars(&text), "- **Who:** `1`. `@all`\n");
	text_clear(&text);
	markdown_add_item(&text, "Who", "");
	markdown_add_item(&text, "Who", NULL);
	ck_assert_str_eq(text_chars(&text), "");
}
END_TEST

START_TEST(test_code)
{
	assert_code("frame.number in {22, 23}", "`frame.number in {22, 23}`");
	assert_code("", "");
	assert_code("a`b", "``a`b``");
	assert_code("`a``b`", "``` `a``b` ```");
	assert_code(" a ", "`  a  `");
	assert_code(" a", "` a`");
	assert_code("\\", "`\\`");
	assert_code("a|b", "`a\\u{7c}b`");
}
END_TEST

/* ServiceNow would take what follows for HTML. */
START_TEST(test_code_tag)
{
	assert_code("[code]<b>[/code]", "`\\u{5b}code]<b>[/code]`");
	assert_prose("x[CODE]", "`x\\u{5b}CODE]`");
	text_clear(&text);
	markdown_add_block(&text, 0, "", "[Code]\n");
	ck_assert_str_eq(text_chars(&text), "```\n\\u{5b}Code]\n```\n");
}
END_TEST

START_TEST(test_block)
{
	markdown_add_block(&text, 0, "mermaid", "a\n  b\n");
	ck_assert_str_eq(text_chars(&text), "```mermaid\na\n  b\n```\n");
	text_clear(&text);
	markdown_add_block(&text, 3, "", "Get-SmbShare | ft");
	ck_assert_str_eq(text_chars(&text), "   ```\n   Get-SmbShare | ft\n   ```\n");
	text_clear(&text);
	markdown_add_block(&text, 2, "", "a\n\n```\n~~~\nb\t\033");
	ck_assert_str_eq(
	    text_chars(&text), "  ````\n  a\n\n  ```\n  ~~~\n  b\\u{9}\\u{1b}\n  ````\n");
}
END_TEST

Suite *
markdown_text_suite(void)
{
	Suite *suite = suite_create("markdown_text");
	TCase *tests = tcase_create("text");

	tcase_add_checked_fixture(tests, NULL, teardown);
	tcase_add_test(tests, test_plain_prose);
	tcase_add_test(tests, test_words_of_code);
	tcase_add_test(tests, test_links);
	tcase_add_test(tests, test_references);
	tcase_add_test(tests, test_starts_of_lines);
	tcase_add_test(tests, test_controls);
	tcase_add_test(tests, test_item);
	tcase_add_test(tests, test_code);
	tcase_add_test(tests, test_code_tag);
	tcase_add_test(tests, test_block);
	suite_add_tcase(suite, tests);
	return suite;
}
