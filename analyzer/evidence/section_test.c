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
	    "/some/folder/a\nb.pcap", "0123", &facts, &rules, &target, 1};
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

Suite *
section_suite(void)
{
	Suite *suite = suite_create("section");
	TCase *tcase = tcase_create("section");

	tcase_add_test(tcase, test_section);
	suite_add_tcase(suite, tcase);
	return suite;
}
