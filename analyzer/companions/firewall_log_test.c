#include "analyzer/companions/firewall_log.h"

#include <check.h>
#include <stdlib.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/text.h"
#include "analyzer/companions/read_for_test.h"
#include "analyzer/facts.h"

Suite *firewall_log_suite(void);

#define COLUMNS                                                                    \
	"date time action protocol src-ip dst-ip src-port dst-port size tcpflags " \
	"tcpsyn tcpack tcpwin icmptype icmpcode info path"
#define HEADER                                                                     \
	"#Version: 1.5\r\n#Software: Microsoft Windows Firewall\r\n#Time Format: " \
	"Local\r\n#Fields: " COLUMNS "\r\n\r\n"
#define DROPPED                                                              \
	"2026-11-20 17:29:00 DROP TCP 10.66.0.10 10.66.1.10 50123 445 52 S " \
	"4026531841 0 64240 - - - RECEIVE"
#define ALLOWED                                                             \
	"2026-11-20 17:29:01 ALLOW UDP fe80::1%12 ff02::1:3 5355 5355 0 - " \
	"- - - - - - SEND"

static struct companion companion;
static struct error error;

static void
teardown(void)
{
	companion_free(&companion);
}

static void
read_log(const char *chars)
{
	read_chars(&companion, &firewall_log_format, chars);
}

static void
assert_addr(const struct addr *addr, const char *expected)
{
	char text[ADDR_TEXT_SIZE];

	ck_assert_str_eq(addr_text(addr, text), expected);
}

/* The entry that DROPPED is, in LINE. */
static void
assert_dropped(const struct firewall_entry *entry, uint64_t line)
{
	ck_assert_str_eq(entry->quote.file, "e");
	ck_assert_uint_eq(entry->quote.line, line);
	ck_assert_int_eq(entry->time, INT64_C(1795195740000000000));
	ck_assert_int_eq(entry->action, FIREWALL_DROP);
	ck_assert_int_eq(entry->path, FIREWALL_RECEIVE);
	ck_assert_uint_eq(entry->transport, TRANSPORT_TCP);
	assert_addr(&entry->source, "10.66.0.10");
	assert_addr(&entry->destination, "10.66.1.10");
	ck_assert_uint_eq(entry->source_port, 50123);
	ck_assert_uint_eq(entry->destination_port, 445);
	ck_assert(entry->syn.is_known && entry->syn.value == 4026531841);
	ck_assert(entry->is_syn);
}

START_TEST(each_field_is_read)
{
	const struct firewall_entry *entry;

	read_log(HEADER DROPPED "\r\n" ALLOWED "\r\n");
	ck_assert_uint_eq(companion.entry_count, 2);
	assert_dropped(&companion.entries[0], 6);
	ck_assert_str_eq(companion.entries[0].quote.text, DROPPED);
	entry = &companion.entries[1];
	ck_assert_str_eq(entry->quote.text, ALLOWED);
	ck_assert_uint_eq(entry->quote.line, 7);
	ck_assert_int_eq(entry->time, INT64_C(1795195741000000000));
	ck_assert_int_eq(entry->action, FIREWALL_ALLOW);
	ck_assert_int_eq(entry->path, FIREWALL_SEND);
	ck_assert_uint_eq(entry->transport, TRANSPORT_UDP);
	assert_addr(&entry->source, "fe80::1");
	assert_addr(&entry->destination, "ff02::1:3");
	ck_assert_uint_eq(entry->source_port, 5355);
	ck_assert_uint_eq(entry->destination_port, 5355);
	ck_assert(!entry->syn.is_known && !entry->is_syn);
	ck_assert_ptr_null(companion.damage);
	ck_assert_uint_eq(companion.lost_count, 0);
}
END_TEST

/* Their order is the header's, and a later header is of the lines behind it. */
START_TEST(columns_are_found_by_name)
{
	read_log(
	    "#Fields: path tcpsyn tcpflags dst-port src-port dst-ip src-ip protocol action time "
	    "date other\n"
	    "RECEIVE 4026531841 S 445 50123 10.66.1.10 10.66.0.10 6 DROP 17:29:00 "
	    "2026-11-20 x\n"
	    "#Fields: " COLUMNS "\n" DROPPED "\n");
	ck_assert_uint_eq(companion.entry_count, 2);
	assert_dropped(&companion.entries[0], 2);
	assert_dropped(&companion.entries[1], 4);
	ck_assert_ptr_null(companion.damage);
}
END_TEST

/* Windows XP before SP2 wrote no path, Windows 11 writes the process. */
START_TEST(columns_come_and_go)
{
	read_log("#Fields: date time action protocol src-ip dst-ip src-port dst-port size\n"
		 "2026-11-20 17:29:00 DROP TCP 10.66.0.10 10.66.1.10 50123 445 52\n"
		 "#Fields: " COLUMNS " pid\n" DROPPED " 4\n");
	ck_assert_uint_eq(companion.entry_count, 2);
	ck_assert_int_eq(companion.entries[0].path, FIREWALL_PATH_UNKNOWN);
	ck_assert(!companion.entries[0].syn.is_known);
	assert_dropped(&companion.entries[1], 4);
	ck_assert_ptr_null(companion.damage);
}
END_TEST

/* What tail or a search leaves: no header, an update that added a column, and a first line that has
 * lost its beginning. */
START_TEST(a_part_has_no_header)
{
	read_log("RECEIVE\n" DROPPED "\n" DROPPED " 4\n");
	ck_assert_uint_eq(companion.entry_count, 2);
	assert_dropped(&companion.entries[0], 2);
	assert_dropped(&companion.entries[1], 3);
	ck_assert_str_eq(companion.damage, "e:1: the line has 1 fields instead of 17");
}
END_TEST

static const struct {
	const char *fields; /* from tcpflags to tcpack */
	bool is_syn, is_known;
} tcp[] = {
    {"S 1 0", true, true},
    {"SE 1 0", true, true},
    {"AS 1 7", false, true},
    {"A 1 7", false, true},
    {"- 0 0", false, false}, /* as of connections that were let through */
    {"- - -", false, false},
    {"S - -", true, false},
    {"S 4294967296 0", true, false},
};

START_TEST(numbers_of_tcp_may_say_nothing)
{
	struct text text = {0};

	text_addf(&text, HEADER "2026-11-20 17:29:00 DROP TCP ::1 ::2 1 445 0 %s 0 - - - -\n",
	    tcp[_i].fields);
	read_log(text_chars(&text));
	ck_assert_uint_eq(companion.entry_count, 1);
	ck_assert_int_eq(companion.entries[0].is_syn, tcp[_i].is_syn);
	ck_assert_int_eq(companion.entries[0].syn.is_known, tcp[_i].is_known);
	ck_assert_uint_eq(companion.entries[0].syn.value, tcp[_i].is_known);
	text_free(&text);
}
END_TEST

START_TEST(other_lines_are_passed_over)
{
	read_log(HEADER
	    "2026-11-20 17:29:00 DROP ICMP 10.66.0.10 10.66.1.10 - - 60 - - - - 8 0 - RECEIVE\n"
	    "2026-11-20 17:29:00 DROP 2 10.66.0.10 224.0.0.22 - - 40 - - - - - - - RECEIVE\n"
	    "2026-11-20 17:29:00 OPEN TCP 10.66.0.10 10.66.1.10 1 445 - - - - - - - - -\n"
	    "2026-11-20 17:29:00 OPEN-INBOUND TCP 10.66.0.10 10.66.1.10 1 445 - - - - - - - - -\n"
	    "2026-11-20 17:29:00 CLOSE TCP 10.66.0.10 10.66.1.10 1 445 - - - - - - - - -\n"
	    "\n \n#Verbose: yes\n");
	ck_assert_uint_eq(companion.entry_count, 0);
	ck_assert_ptr_null(companion.damage);
}
END_TEST

START_TEST(lost_events_are_told)
{
	read_log(
	    HEADER DROPPED "\n"
			   "2026-11-20 17:29:02 INFO-EVENTS-LOST - - - - - - - - - - - - 12 -\n"
			   "2026-11-20 17:29:03 INFO-EVENTS-LOST - - - - - - - - - - - - 30\n"
			   "2026-11-20 17:29:04 INFO-EVENTS-LOST - - - - - - - - - - - - - -\n");
	ck_assert_uint_eq(companion.entry_count, 1);
	ck_assert_uint_eq(companion.lost_count, 42);
	ck_assert_ptr_null(companion.damage);
}
END_TEST

#define FIELD(name) "e:6: the field " name " of the line cannot be read"

static const struct {
	const char *line, *damage;
} damages[] = {
    {"2026-11-20 17:29:00 DROP TCP 10.66.0.10 10.66.1.10 50123 445 52 S 1 0 0 - -",
	"e:6: the line has 15 fields instead of 17"},
    {DROPPED " 4 x", "e:6: the line has 19 fields instead of 17"},
    {"2026-11-31 17:29:00 DROP TCP 10.66.0.10 10.66.1.10 50123 445 52 S 1 0 0 - - - RECEIVE",
	FIELD("date")},
    {"2026-11-20 17:29:60 DROP TCP 10.66.0.10 10.66.1.10 50123 445 52 S 1 0 0 - - - RECEIVE",
	FIELD("date")},
    {"2026-11-20 17:29:00 DROPS TCP 10.66.0.10 10.66.1.10 50123 445 52 S 1 0 0 - - - RECEIVE",
	FIELD("action")},
    {"2026-11-20 17:29:00 DROP TCP 10.66.0.256 10.66.1.10 50123 445 52 S 1 0 0 - - - RECEIVE",
	FIELD("src-ip")},
    {"2026-11-20 17:29:00 DROP TCP 10.66.0.10 - 50123 445 52 S 1 0 0 - - - RECEIVE",
	FIELD("dst-ip")},
    {"2026-11-20 17:29:00 DROP TCP 10.66.0.10 ::1 50123 445 52 S 1 0 0 - - - RECEIVE",
	FIELD("dst-ip")},
    {"2026-11-20 17:29:00 DROP TCP 10.66.0.10 10.66.1.10 65536 445 52 S 1 0 0 - - - RECEIVE",
	FIELD("src-port")},
    {"2026-11-20 17:29:00 DROP TCP 10.66.0.10 10.66.1.10 50123 - 52 S 1 0 0 - - - RECEIVE",
	FIELD("dst-port")},
    {"2026-11-20 17:29:00 DROP TCP 10.66.0.10 10.66.1.10 50123 445 52 S 1 0 0 - - - RECEIV",
	FIELD("path")},
    {"#Fields: date time action", "e:6: #Fields lacks columns that each log has"},
};

START_TEST(damaged_lines_are_told)
{
	struct text text = {0};

	text_addf(&text, HEADER "%s\n" DROPPED "\n", damages[_i].line);
	read_log(text_chars(&text));
	ck_assert_str_eq(companion.damage, damages[_i].damage);
	ck_assert_uint_eq(companion.entry_count, 1);
	assert_dropped(&companion.entries[0], 7);
	text_free(&text);
}
END_TEST

START_TEST(the_first_of_many_is_told)
{
	read_log(HEADER "x\n" DROPPED "\ny\n" DROPPED "\nz\n");
	ck_assert_str_eq(companion.damage, "e:6: the line has 1 fields instead of 17 (and 2 more)");
	ck_assert_uint_eq(companion.entry_count, 2);
}
END_TEST

/* At any byte: what stands before it counts, and only after the last word of a line nobody can tell
 * that more was to come. */
START_TEST(a_log_may_be_cut_anywhere)
{
	static const char software[] = "#Version: 1.5\r\n#Software: Microsoft Windows Firewall";
	static const char log[] = HEADER DROPPED "\r\n" ALLOWED "\r\n";
	const size_t header = sizeof(HEADER) - 1, first = header + sizeof(DROPPED) - 1;

	for (size_t length = 0; length < sizeof(log) - 1; length++) {
		size_t count = (length >= first) + (length >= sizeof(log) - 3);
		bool is_whole =
		    length >= header - 1 && (log[length] == '\r' || log[length] == '\n');

		if (!read_length(&companion, log, length, &error)) {
			ck_assert_uint_lt(length, sizeof(software) - 1);
			companion_free(&companion);
			continue;
		}
		ck_assert_uint_eq(companion.entry_count, count);
		ck_assert_int_eq(companion.damage == NULL, is_whole || log[length - 1] == '\n');
		if (companion.damage != NULL)
			ck_assert_ptr_nonnull(
			    strstr(companion.damage, "the file ends amid this line"));
		companion_free(&companion);
	}
}
END_TEST

START_TEST(encodings_are_the_same)
{
	static const char log[] = HEADER DROPPED "\r\n";
	uint8_t wide[2 * sizeof(log)] = {0xff, 0xfe};

	for (size_t i = 0; i + 1 < sizeof(log); i++)
		wide[2 + 2 * i] = (uint8_t)log[i];
	ck_assert(read_length(&companion, wide, sizeof(wide), &error));
	ck_assert_uint_eq(companion.entry_count, 1);
	assert_dropped(&companion.entries[0], 6);
	ck_assert_ptr_null(companion.damage);
}
END_TEST

/* Room that was made for lines that were not written is no line. */
START_TEST(zeros_are_no_line)
{
	static const char log[] = HEADER DROPPED "\r\n\0\0\0\0";

	ck_assert(read_length(&companion, log, sizeof(log) - 1, &error));
	ck_assert_uint_eq(companion.entry_count, 1);
	ck_assert_ptr_null(companion.damage);
}
END_TEST

START_TEST(an_empty_log_has_nothing)
{
	read_log(HEADER);
	ck_assert_uint_eq(companion.entry_count, 0);
	ck_assert_ptr_null(companion.damage);
}
END_TEST

static const char *const others[] = {
    ("#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n#Fields: date time "
     "s-ip cs-method cs-uri-stem s-port c-ip sc-status\n2026-11-20 17:29:00 ::1 GET / 80 ::1 "
     "200\n"),
    "2026-11-20 17:29:00 DROP the table\n",
    "Nov 20 17:29:00 fs1 kernel: DROP IN=eth0 SRC=10.66.0.10 DST=10.66.1.10 PROTO=TCP\n",
    "Firewall\n",
    "date time action protocol src-ip dst-ip src-port dst-port\n",
};

START_TEST(other_logs_are_none)
{
	expect_foreign(&firewall_log_format, others[_i]);
}
END_TEST

/* The most that Windows lets a log grow to, in time that nobody waits for. */
START_TEST(a_long_log_is_read)
{
	struct text text = {0};

	text_add(&text, HEADER);
	while (text.length < (size_t)32 << 20)
		text_add(&text, DROPPED "\r\n");
	read_log(text_chars(&text));
	ck_assert_uint_eq(companion.entry_count,
	    (text.length - (sizeof(HEADER) - 1)) / (sizeof(DROPPED "\r\n") - 1));
	ck_assert_ptr_null(companion.damage);
	text_free(&text);
}
END_TEST

Suite *
firewall_log_suite(void)
{
	Suite *suite = suite_create("firewall_log");
	TCase *tcase = tcase_create("log");

	tcase_add_checked_fixture(tcase, NULL, teardown);
	tcase_add_test(tcase, each_field_is_read);
	tcase_add_test(tcase, columns_are_found_by_name);
	tcase_add_test(tcase, columns_come_and_go);
	tcase_add_test(tcase, a_part_has_no_header);
	tcase_add_loop_test(tcase, numbers_of_tcp_may_say_nothing, 0, (int)COUNT(tcp));
	tcase_add_test(tcase, other_lines_are_passed_over);
	tcase_add_test(tcase, lost_events_are_told);
	tcase_add_loop_test(tcase, damaged_lines_are_told, 0, (int)COUNT(damages));
	tcase_add_test(tcase, the_first_of_many_is_told);
	tcase_add_test(tcase, a_log_may_be_cut_anywhere);
	tcase_add_test(tcase, encodings_are_the_same);
	tcase_add_test(tcase, zeros_are_no_line);
	tcase_add_test(tcase, an_empty_log_has_nothing);
	tcase_add_loop_test(tcase, other_logs_are_none, 0, (int)COUNT(others));
	tcase_add_test(tcase, a_long_log_is_read);
	suite_add_tcase(suite, tcase);
	return suite;
}
