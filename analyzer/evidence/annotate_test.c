#include "analyzer/evidence/annotate.h"

#include <check.h>
#include <string.h>

#include "analyzer/base/basics.h"

Suite *annotate_suite(void);

/* An exchange whose words come from a packet. */
struct knock {
	struct exchange base;
	const char *door;
};

static const struct field fields[] = {
    {.name = "door", .kind = FIELD_TEXT, .offset = offsetof(struct knock, door)}};
static const struct exchange_type type = {.name = "knock",
    .size = sizeof(struct knock),
    .fields = fields,
    .field_count = COUNT(fields),
    .request_label = "KNOCK[ {door}]",
    .answer_label = "OPEN[ {door}]"};

static const struct rule rule = {.id = "door-shut"}, other_rule = {.id = "bell-broken"};
static const struct conversation_facts conversation = {
    .client = {{10, 0, 0, 1}, ADDR_IPV4}, .server = {{10, 0, 0, 2}, ADDR_IPV4}};
static const struct capture_facts facts;

static void
expect(const struct note_list *notes, uint64_t frame, const char *text)
{
	for (size_t i = 0; i < notes->count; i++)
		if (notes->items[i].frame == frame && strcmp(notes->items[i].text, text) == 0)
			return;
	ck_abort_msg("frame %u has no note \"%s\"", (unsigned)frame, text);
}

/* Frames 1 and 2 are the finding's, 3 and 4 of what it follows from, 5 and 6 of neither; 7 and 8
 * are not kept. */
START_TEST(test_notes)
{
	struct knock knocks[4];
	struct exchange *items[4];
	const struct ledger ledger = {.items = items, .count = 4};
	struct finding findings[] = {
	    {.id = "f-1", .rule = &other_rule, .examples = {&knocks[1].base}, .example_count = 1},
	    {.id = "f-2",
		.rule = &rule,
		.examples = {&knocks[0].base},
		.example_count = 1,
		.follows_from = 1}};
	const struct report_capture capture = {
	    .facts = &facts, .ledger = &ledger, .findings = {.items = findings, .count = 2}};
	const struct evidence_target wanted = {.finding = &findings[1], .of = &capture};
	struct frame_set kept = {0};
	struct note_list notes = {0};
	struct arena arena = {0};

	for (uint64_t i = 0; i < 4; i++) {
		knocks[i] = (struct knock){.base = {.type = &type,
					       .conversation = &conversation,
					       .outcome = OUTCOME_ANSWERED,
					       .request_frame = 2 * i + 1,
					       .answer_frame = 2 * i + 2}};
		items[i] = &knocks[i].base;
	}
	knocks[0].door = "front\x1b[2J";
	for (uint64_t frame = 1; frame <= 5; frame++)
		frame_set_add(&kept, frame);
	annotate(&notes, &capture, &wanted, 1, &kept, &arena);
	ck_assert_uint_eq(notes.count, 6);
	expect(&notes, 1, "f-2 door-shut: KNOCK front\\u{1b}[2J");
	expect(&notes, 2, "f-2 door-shut: OPEN front\\u{1b}[2J");
	expect(&notes, 3, "f-1 bell-broken: KNOCK");
	expect(&notes, 4, "f-1 bell-broken: OPEN");
	expect(&notes, 5, "KNOCK");
	expect(&notes, 6, "OPEN");
	notes_free(&notes);
	frame_set_free(&kept);
	arena_free(&arena);
}
END_TEST

/* In another capture the same exchange has other frames; what it lacks has none. */
START_TEST(test_elsewhere)
{
	static const struct crossing crossing;
	struct knock own = {.base = {.type = &type, .crossing = &crossing, .request_frame = 7}};
	struct knock lost = {.base = {.type = &type, .request_frame = 1}};
	struct knock there[2];
	struct exchange *items[] = {&there[0].base, &there[1].base};
	const struct ledger ledger = {.items = items, .count = 2};
	const struct finding finding = {
	    .id = "f-1", .rule = &rule, .examples = {&lost.base, &own.base}, .example_count = 2};
	const struct report_capture of = {.facts = &facts};
	const struct report_capture capture = {.facts = &facts, .ledger = &ledger};
	const struct evidence_target wanted = {.finding = &finding, .of = &of};
	struct frame_set kept = {0};
	struct note_list notes = {0};
	struct arena arena = {0};

	for (uint64_t i = 0; i < 2; i++) {
		there[i] = (struct knock){
		    .base = {.type = &type, .conversation = &conversation, .request_frame = i + 1}};
		frame_set_add(&kept, i + 1);
	}
	there[1].base.crossing = &crossing;
	annotate(&notes, &capture, &wanted, 1, &kept, &arena);
	ck_assert_uint_eq(notes.count, 2);
	expect(&notes, 1, "KNOCK");
	expect(&notes, 2, "f-1 door-shut: KNOCK");
	notes_free(&notes);
	frame_set_free(&kept);
	arena_free(&arena);
}
END_TEST

Suite *
annotate_suite(void)
{
	Suite *suite = suite_create("annotate");
	TCase *tcase = tcase_create("annotate");

	tcase_add_test(tcase, test_notes);
	tcase_add_test(tcase, test_elsewhere);
	suite_add_tcase(suite, tcase);
	return suite;
}
