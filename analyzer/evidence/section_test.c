#include "analyzer/evidence/section.h"

#include <check.h>
#include <string.h>

#include "analyzer/base/basics.h"

Suite *section_suite(void);

static const struct rule builtin = {.id = "door-shut", .is_builtin = true},
			 added = {.id = "bell-broken"}, other = {.id = "no-light"};
static const struct finding finding = {.id = "f-0123456789ab",
    .rule = &builtin,
    .severity = SEVERITY_WARNING,
    .summary = "alice\x1b[2J knocked."};
static const struct evidence_target target = {.finding = &finding, .level = EVIDENCE_FRAMES};
static const struct capture_facts facts = {.packets = 1234};

START_TEST(test_section)
{
	static const struct rule *items[] = {&added, &builtin, &other};
	struct rule_set rules = {.items = items, .count = COUNT(items)};
	const struct evidence_facts about = {
	    "/some/folder/a\nb.pcap", "0123", &facts, &rules, &target, 1, NULL, 0};
	struct arena arena = {0};
	struct pcapng_section section = evidence_section(&about, &arena);

	ck_assert_uint_eq(section.comment_count, 3);
	ck_assert_str_eq(section.application, "smbtriage " SMBTRIAGE_VERSION);
	ck_assert_str_eq(section.comments[0],
	    "Evidence, made by smbtriage " SMBTRIAGE_VERSION
	    " extract with 3 rules, not built in: bell-broken, no-light. Packets are as in the "
	    "source; epb_packetid is their frame number there.");
	ck_assert_str_eq(section.comments[1], "Source: a\\u{a}b.pcap, SHA-256 0123, 1234 packets.");
	ck_assert_str_eq(section.comments[2],
	    "f-0123456789ab door-shut (warning, found): alice\\u{1b}[2J knocked. Kept: its frames "
	    "and what set up their connections.");
	items[0] = items[2] = &builtin;
	section = evidence_section(&about, &arena);
	ck_assert_ptr_nonnull(strstr(section.comments[0], " with 3 rules, all built in. "));
	arena_free(&arena);
}
END_TEST

/* Each file of a trace has its own digest. */
START_TEST(test_parts)
{
	struct capture_part parts[] = {
	    {.file = "/f/a", .sha256 = "01", .first_frame = 1, .packets = 1000},
	    {.file = "/f/b\n", .sha256 = "02", .first_frame = 1001, .packets = 234}};
	const struct capture_facts trace = {.packets = 1234, .parts = parts, .part_count = 2};
	struct rule_set rules = {0};
	const struct evidence_facts about = {"/f/a", "", &trace, &rules, &target, 1, NULL, 0};
	struct arena arena = {0};
	struct pcapng_section section = evidence_section(&about, &arena);

	ck_assert_uint_eq(section.comment_count, 5);
	ck_assert_str_eq(
	    section.comments[1], "Source: a and 1 more file, one trace, 1234 packets.");
	ck_assert_str_eq(section.comments[2], "Source frames 1 to 1000: a, SHA-256 01.");
	ck_assert_str_eq(section.comments[3], "Source frames 1001 to 1234: b\\u{a}, SHA-256 02.");
	arena_free(&arena);
}
END_TEST

/* A part of the evidence names the others. */
START_TEST(test_points)
{
	static const char *const names[] = {"out/a\n.pcapng", "out/b.pcapng"};
	static const struct point_facts point = {.number = 2, .count = 2};
	const struct capture_facts of_point = {.packets = 1, .point = &point};
	struct rule_set rules = {0};
	const struct evidence_facts about = {
	    "b", "01", &of_point, &rules, &target, 1, names, COUNT(names)};
	struct arena arena = {0};
	struct pcapng_section section = evidence_section(&about, &arena);

	ck_assert_uint_eq(section.comment_count, 4);
	ck_assert_str_eq(section.comments[2],
	    "Point 2 of 2 on the path from the clients to the servers. Compare a\\u{a}.pcapng, "
	    "b.pcapng.");
	arena_free(&arena);
}
END_TEST

Suite *
section_suite(void)
{
	Suite *suite = suite_create("section");
	TCase *tcase = tcase_create("section");

	tcase_add_test(tcase, test_section);
	tcase_add_test(tcase, test_parts);
	tcase_add_test(tcase, test_points);
	suite_add_tcase(suite, tcase);
	return suite;
}
