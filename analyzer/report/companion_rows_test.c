#include "analyzer/report/companion_rows.h"

#include <check.h>

#include "analyzer/base/text.h"
#include "analyzer/report/phrase.h"

Suite *companion_rows_suite(void);

#define MINUTE INT64_C(60000000000)

static struct companion_facts companion;

static void
setup(void)
{
	companion = (struct companion_facts){
	    .file = "pf\n.log", .format = "log of a firewall", .statements = 3, .exchanges = 2};
}

/* The rows of COUNT files like the companion, each "label: value". */
static void
assert_rows(size_t count, const char *wanted)
{
	const struct companion_facts companions[] = {companion, companion};
	const struct capture_facts facts = {.companions = companions, .companion_count = count};
	const struct report_capture capture = {.facts = &facts};
	struct arena arena = {0};
	struct head head = {.capture = &capture, .arena = &arena};
	struct text rows = {0};

	companion_add_rows(&head);
	for (size_t i = 0; i < head.count; i++)
		text_addf(&rows, "%s: %s\n", head.rows[i].label, head.rows[i].value);
	ck_assert_str_eq(text_chars(&rows), wanted);
	text_free(&rows);
	head_free(&head);
	arena_free(&arena);
}

START_TEST(no_file_has_no_row)
{
	assert_rows(0, "");
}
END_TEST

START_TEST(each_file_has_a_row)
{
	assert_rows(2,
	    "evidence: pf\\u{a}.log: log of a firewall, 3 statements, about 2 exchanges of this "
	    "capture\n"
	    ": pf\\u{a}.log: log of a firewall, 3 statements, about 2 exchanges of this capture\n");
}
END_TEST

START_TEST(what_is_of_no_use_is_said)
{
	companion.exchanges = 0;
	assert_rows(1, "evidence: pf\\u{a}.log: log of a firewall, 3 statements, none of them "
		       "about what is in this capture\n");
	companion.doubt = "nobody knows whose it is";
	assert_rows(1, "evidence: pf\\u{a}.log: log of a firewall, 3 statements, used for nothing: "
		       "nobody knows whose it is\n");
}
END_TEST

START_TEST(zones_are_said)
{
	companion.statements = companion.exchanges = 1;
	companion.has_zone = true;
	assert_rows(1,
	    "evidence: pf\\u{a}.log: log of a firewall, 1 statement, about 1 exchange of "
	    "this capture; its clock shows UTC+00:00\n");
	companion.zone = -570 * MINUTE;
	assert_rows(1,
	    "evidence: pf\\u{a}.log: log of a firewall, 1 statement, about 1 exchange of "
	    "this capture; its clock shows UTC-09:30\n");
}
END_TEST

START_TEST(hosts_are_said)
{
	companion.host = addr_ipv4((const uint8_t[]){10, 0, 0, 5});
	assert_rows(1, "evidence: pf\\u{a}.log: log of a firewall, 3 statements, about 2 exchanges "
		       "of this capture; it is of 10.0.0.5\n");
	companion.is_host_guessed = true;
	assert_rows(1, "evidence: pf\\u{a}.log: log of a firewall, 3 statements, about 2 exchanges "
		       "of this capture; it is taken for that of 10.0.0.5, the only server of SMB "
		       "in the capture\n");
}
END_TEST

START_TEST(what_is_missing_is_said)
{
	companion.lost = 12;
	companion.damage = "pf\n.log:7: the file ends here";
	assert_rows(1,
	    "evidence: pf\\u{a}.log: log of a firewall, 3 statements, about 2 exchanges "
	    "of this capture; it lost 12 more; it is not whole: pf\\u{a}.log:7: the file "
	    "ends here\n");
}
END_TEST

/* ---- quotes ---- */

START_TEST(quotes_name_their_place)
{
	static const struct {
		enum stance stance;
		uint64_t line;
		const char *wanted;
	} rows[] = {
	    {STANCE_SUPPORTED, 7, "a\\u{1b}.log:7 says so: DROP \\u{202e}TCP"},
	    {STANCE_REFUTED, 7, "a\\u{1b}.log:7 speaks against it: DROP \\u{202e}TCP"},
	    {STANCE_SUPPORTED, 0, "a\\u{1b}.log says so: DROP \\u{202e}TCP"},
	};
	const struct quotation quote = {"a\x1b.log", rows[_i].line, "DROP \xe2\x80\xaeTCP"};
	struct text text = {0};

	phrase_add_quote(&text, rows[_i].stance, &quote);
	ck_assert_str_eq(text_chars(&text), rows[_i].wanted);
	text_free(&text);
}
END_TEST

START_TEST(causes_are_the_same_by_their_lines)
{
	const struct quotation quotes[] = {{"a", 1, "x"}, {"a", 2, "x"}, {"b", 1, "x"}};
	const struct found_cause one = {"It rains.", STANCE_SUPPORTED, &quotes[0], 1};
	struct found_cause other = one;

	ck_assert(phrase_is_same_cause(&one, &other));
	other.quotes = &quotes[_i];
	ck_assert_int_eq(phrase_is_same_cause(&one, &other), _i == 0);
	other = one;
	other.stance = STANCE_REFUTED;
	ck_assert(!phrase_is_same_cause(&one, &other));
	other = one;
	other.quote_count = 0;
	ck_assert(!phrase_is_same_cause(&one, &other));
	other = one;
	other.text = "It snows.";
	ck_assert(!phrase_is_same_cause(&one, &other));
}
END_TEST

Suite *
companion_rows_suite(void)
{
	Suite *suite = suite_create("companion_rows");
	TCase *cases = tcase_create("rows");

	tcase_add_checked_fixture(cases, setup, NULL);
	tcase_add_test(cases, no_file_has_no_row);
	tcase_add_test(cases, each_file_has_a_row);
	tcase_add_test(cases, what_is_of_no_use_is_said);
	tcase_add_test(cases, zones_are_said);
	tcase_add_test(cases, hosts_are_said);
	tcase_add_test(cases, what_is_missing_is_said);
	tcase_add_loop_test(cases, quotes_name_their_place, 0, 3);
	tcase_add_loop_test(cases, causes_are_the_same_by_their_lines, 0, 3);
	suite_add_tcase(suite, cases);
	return suite;
}
