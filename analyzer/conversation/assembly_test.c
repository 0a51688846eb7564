#include "analyzer/conversation/assembly.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "analyzer/conversation/packet_samples.h"

Suite *assembly_suite(void);

/* A segment; its frame is its place in the table, from 1. */
struct part {
	enum side from;
	uint32_t seq;
	const char *text; /* NULL: the peer acknowledges SEQ */
};

struct scene {
	struct arena arena;
	struct ledger ledger;
	struct conversation_facts facts;
	struct dissector_context context;
	struct assembly *assembly;
};

static void
begin_scene(struct scene *scene, bool is_service_port)
{
	toy_take_log();
	*scene = (struct scene){
	    .facts = {.client = sample_addr(CLIENT),
		.server = sample_addr(SERVER),
		.client_port = SAMPLE_CLIENT_PORT,
		.server_port = SAMPLE_SERVER_PORT,
		.transport = TRANSPORT_TCP,
		.packets = {5, 7},
		.bytes = {50, 70}},
	};
	scene->ledger.arena = &scene->arena;
	scene->context = (struct dissector_context){
	    .conversation = &scene->facts, .arena = &scene->arena, .ledger = &scene->ledger};
	scene->assembly = assembly_new(&toy_list, &scene->context, is_service_port);
}

static void
end_scene(struct scene *scene)
{
	assembly_free(scene->assembly);
	ledger_free(&scene->ledger);
	arena_free(&scene->arena);
}

/* Who sent it, by address: which side that is may change on the way. */
static void
take_part(struct scene *scene, const struct part *part, uint64_t frame)
{
	struct addr sender = sample_addr(part->from);
	enum side side = addr_equal(&scene->facts.client, &sender) ? CLIENT : SERVER;
	uint32_t length = part->text ? (uint32_t)strlen(part->text) : 0;
	uint8_t *bytes;
	struct segment segment;

	if (length == 0) {
		stream_acknowledged(assembly_stream(scene->assembly, side), part->seq, frame,
		    (int64_t)frame * SAMPLE_MS);
		return;
	}
	bytes = mem_alloc(length, 1);
	memcpy(bytes, part->text, length);
	segment =
	    (struct segment){part->seq, bytes, length, length, frame, (int64_t)frame * SAMPLE_MS};
	assembly_segment(scene->assembly, side, &segment);
	assembly_settle(scene->assembly);
	mem_free(bytes);
}

struct assembly_case {
	const char *name;
	struct part parts[6];
	bool is_begun_before;
	bool is_swapped;
	const char *log;
};

static const struct assembly_case cases[] = {
    {.name = "the client's first message tells",
	.parts = {{CLIENT, 1, "Q33"}, {SERVER, 1, "A44b"}},
	.log = "C0-3:Q33@1 S0-4:A44b@2 "},
    {.name = "so does the server's",
	.parts = {{SERVER, 1, "A33"}, {CLIENT, 1, "Q44b"}},
	.log = "S0-3:A33@1 C0-4:Q44b@2 "},
    {.name = "a head in pieces is kept",
	.parts = {{CLIENT, 1, "Q"}, {CLIENT, 2, "5"}, {CLIENT, 3, "5"}, {CLIENT, 4, "ab"}},
	.log = "C0-5:Q55ab@4 "},
    {.name = "while one side is unsure, the other tells",
	.parts = {{SERVER, 1, "A4"}, {CLIENT, 1, "Q33"}, {SERVER, 3, "4b"}},
	.log = "C0-3:Q33@2 S0-4:A44b@3 "},
    {.name = "the message that tells, and more of it in one segment",
	.parts = {{CLIENT, 1, "Q4"}, {CLIENT, 3, "4aQ33T44b"}},
	.log = "C0-4:Q44a@2 C4-7:Q33@2 C7-11:T44b@2 "},
    {.name = "a segment that is nothing, then a message",
	.parts = {{CLIENT, 1, "nothing"}, {CLIENT, 8, "Q44a"}},
	.log = "C7-11:Q44a@2 "},
    {.name = "an unsure piece that turns out to be nothing, then a message",
	.parts = {{CLIENT, 1, "Q"}, {CLIENT, 2, "QR3 and thirty-one bytes of filler"}},
	.log = "C1-35:QR3@2 "},
    {.name = "a piece that is not followed by the next byte",
	.parts = {{CLIENT, 1, "Q"}, {CLIENT, 9, "Q44a"}, {CLIENT, 12, NULL}},
	.log = ""},
    {.name = "seen from the middle: an answer shows who is the server",
	.is_begun_before = true,
	.parts = {{CLIENT, 1, "A33"}, {SERVER, 1, "Q44b"}, {CLIENT, 4, "A33"}},
	.is_swapped = true,
	.log = "S0-3:A33@1 C0-4:Q44b@2 S3-6:A33@3 "},
    {.name = "or a request who is the client",
	.is_begun_before = true,
	.parts = {{SERVER, 1, "Q44b"}, {CLIENT, 1, "A33"}, {SERVER, 5, "Q33"}},
	.is_swapped = true,
	.log = "C0-4:Q44b@1 S0-3:A33@2 C4-7:Q33@3 "},
    {.name = "a held head of the other side swaps with it",
	.is_begun_before = true,
	.parts = {{SERVER, 1, "Q4"}, {CLIENT, 1, "A33"}, {SERVER, 3, "4b"}},
	.is_swapped = true,
	.log = "S0-3:A33@2 C0-4:Q44b@3 "},
    {.name = "roles that are right stay",
	.is_begun_before = true,
	.parts = {{CLIENT, 1, "Q33"}, {SERVER, 1, "A33"}},
	.log = "C0-3:Q33@1 S0-3:A33@2 "},
    {.name = "a message that both say swaps nothing",
	.is_begun_before = true,
	.parts = {{SERVER, 1, "T33"}, {CLIENT, 1, "T44a"}},
	.log = "S0-3:T33@1 C0-4:T44a@2 "},
    {.name = "what the SYN showed stays whatever is said",
	.parts = {{CLIENT, 1, "A33"}, {SERVER, 1, "Q44b"}},
	.log = "C0-3:A33@1 S0-4:Q44b@2 "},
    {.name = "what was nothing before the protocol was known is behind",
	.is_begun_before = true,
	.parts = {{SERVER, 1, "xyz"}, {CLIENT, 1, "Q33"}, {SERVER, 4, "A44b"}},
	.log = "C0-3:Q33@2 S3-7:A44b@3 "},
};

START_TEST(test_parts)
{
	const struct assembly_case *one = &cases[_i];
	enum side first = one->is_swapped ? SERVER : CLIENT;
	struct addr client = sample_addr(first);
	struct scene scene;
	const char *log;

	begin_scene(&scene, false);
	scene.facts.is_begun_before = one->is_begun_before;
	for (size_t i = 0; i < COUNT(one->parts); i++)
		if (one->parts[i].seq != 0)
			take_part(&scene, &one->parts[i], i + 1);
	log = toy_take_log();
	ck_assert_msg(
	    strcmp(log, one->log) == 0, "%s:\n  got  %s\n  want %s", one->name, log, one->log);
	ck_assert_int_eq(scene.assembly->is_swapped, one->is_swapped);
	ck_assert(addr_equal(&scene.facts.client, &client));
	ck_assert_uint_eq(
	    scene.facts.client_port, first == CLIENT ? SAMPLE_CLIENT_PORT : SAMPLE_SERVER_PORT);
	ck_assert_uint_eq(scene.facts.packets[CLIENT], first == CLIENT ? 5 : 7);
	ck_assert_uint_eq(scene.facts.bytes[SERVER], first == CLIENT ? 70 : 50);
	end_scene(&scene);
}
END_TEST

/* Any byte is a length: a protocol whose heads cannot be told from payload. */
static enum framing
frame_anything(const void *state, const uint8_t *bytes, size_t length, struct frame_head *ret)
{
	(void)state;
	(void)length;
	*ret = (struct frame_head){bytes[0], bytes[0]};
	return FRAMING_FOUND;
}

/* In a connection seen from the middle the other side may be inside a message, whose bytes must
 * not be taken for a head. */
START_TEST(test_from_the_middle_of_a_message)
{
	const struct part request = {CLIENT, 1, "Q33"}, rest = {SERVER, 1, "zzz"};
	struct dissector lenient = toy_tcp;
	const struct dissector *const items[] = {&lenient};
	const struct dissector_list list = {items, 1};
	struct scene scene;

	lenient.frame = frame_anything;
	begin_scene(&scene, false);
	scene.assembly->protocols = &list;
	scene.facts.is_begun_before = true;
	take_part(&scene, &request, 1);
	take_part(&scene, &rest, 2);
	ck_assert(!scene.assembly->sides[SERVER].framer.has_head);
	ck_assert(scene.assembly->sides[SERVER].framer.is_lost);
	end_scene(&scene);
}
END_TEST

static void
send_nothing(struct scene *scene, enum side from, unsigned times)
{
	struct part part = {from, 1, "nothing"};

	for (unsigned i = 0; i < times; i++, part.seq += 7)
		take_part(scene, &part, i + 1);
}

START_TEST(test_foreign_after_some_tries)
{
	struct scene scene;

	begin_scene(&scene, false);
	send_nothing(&scene, CLIENT, ASSEMBLY_TRIES - 1);
	ck_assert(!scene.assembly->is_foreign);
	/* Each side has its own tries. */
	send_nothing(&scene, SERVER, ASSEMBLY_TRIES - 1);
	ck_assert(!scene.assembly->is_foreign);
	send_nothing(&scene, CLIENT, ASSEMBLY_TRIES); /* the first of them are repetitions */
	ck_assert(scene.assembly->is_foreign);
	ck_assert_ptr_null(scene.facts.protocol);
	end_scene(&scene);
}
END_TEST

START_TEST(test_service_port_is_never_given_up)
{
	const struct part late = {CLIENT, 1 + 7 * 100, "Q33"};
	struct scene scene;

	begin_scene(&scene, true);
	send_nothing(&scene, CLIENT, 100);
	ck_assert(!scene.assembly->is_foreign);
	take_part(&scene, &late, 101);
	ck_assert_str_eq(toy_take_log(), "C700-703:Q33@101 ");
	ck_assert_str_eq(scene.facts.protocol, "toy");
	end_scene(&scene);
}
END_TEST

/* A dissector that is never sure, and wants more than is kept. */
static enum probe_verdict
never_sure(const uint8_t *bytes, size_t length, size_t wire)
{
	(void)bytes;
	(void)wire;
	ck_assert_uint_le(length, 2 * ASSEMBLY_HEAD);
	return PROBE_UNSURE;
}

START_TEST(test_unsure_for_ever)
{
	struct dissector unsure = toy_tcp;
	const struct dissector *const items[] = {&unsure};
	const struct dissector_list list = {items, 1};
	struct scene scene;

	unsure.probe = never_sure;
	begin_scene(&scene, false);
	scene.assembly->protocols = &list;
	/* Nine pieces of 7 bytes are kept, the tenth does not fit: that is one try. */
	send_nothing(&scene, CLIENT, 10);
	ck_assert_uint_eq(scene.assembly->sides[CLIENT].tries, 1);
	ck_assert(!scene.assembly->is_foreign);
	for (uint32_t i = 10; i < 10 * ASSEMBLY_TRIES; i++) {
		const struct part part = {CLIENT, 1 + 7 * i, "nothing"};

		take_part(&scene, &part, i + 1);
	}
	ck_assert(scene.assembly->is_foreign);
	end_scene(&scene);
}
END_TEST

/* ---- the end ---- */

static struct ending
end_with(struct scene *scene)
{
	struct ending ending = {
	    .outcome = OUTCOME_RESET, .by = ENDED_BY_SERVER, .frame = 9, .time = 9 * SAMPLE_MS};

	assembly_end(scene->assembly, &ending);
	return ending;
}

START_TEST(test_end_without_doubt)
{
	const struct part request = {CLIENT, 1, "Q33"}, ack = {CLIENT, 4, NULL};
	struct scene scene;
	struct ending ending;

	begin_scene(&scene, false);
	take_part(&scene, &request, 1);
	take_part(&scene, &ack, 2);
	ending = end_with(&scene);
	ck_assert_int_eq(ending.doubt[CLIENT], DOUBT_NONE);
	ck_assert_int_eq(ending.doubt[SERVER], DOUBT_NONE);
	ck_assert_str_eq(toy_take_log(), "C0-3:Q33@1 end 2 by 2 @9 doubts 0 0 ");
	ck_assert_uint_eq(scene.ledger.count, 1);
	ck_assert_int_eq(scene.ledger.items[0]->outcome, OUTCOME_RESET);
	end_scene(&scene);
}
END_TEST

/* The client acknowledged an answer that the capture does not hold. */
START_TEST(test_end_with_acknowledged_unseen_bytes)
{
	const struct part request = {CLIENT, 1, "Q33"}, ack = {SERVER, 5, NULL};
	struct scene scene;
	struct ending ending;

	begin_scene(&scene, false);
	stream_begin(assembly_stream(scene.assembly, SERVER), 1);
	take_part(&scene, &request, 1);
	take_part(&scene, &ack, 2);
	ending = end_with(&scene);
	ck_assert_int_eq(ending.doubt[SERVER], DOUBT_PACKETS_MISSING);
	ck_assert_int_eq(ending.doubt_time[SERVER], 2 * SAMPLE_MS);
	ck_assert_int_eq(ending.doubt[CLIENT], DOUBT_NONE);
	ck_assert_int_eq(scene.ledger.items[0]->outcome, OUTCOME_UNKNOWN);
	ck_assert_int_eq(scene.ledger.items[0]->doubt, DOUBT_PACKETS_MISSING);
	end_scene(&scene);
}
END_TEST

/* A hole before the request says nothing about the request's answer. */
START_TEST(test_end_with_an_older_hole)
{
	const struct part parts[] = {{CLIENT, 1, "Q33"}, {SERVER, 1, "A33"}, {SERVER, 7, "T33"},
	    {SERVER, 10, NULL}, {CLIENT, 4, "Q33"}};
	struct scene scene;
	struct ending ending;

	begin_scene(&scene, false);
	for (size_t i = 0; i < COUNT(parts); i++)
		take_part(&scene, &parts[i], i + 1);
	for (unsigned i = 0; i <= STREAM_PATIENCE; i++)
		assembly_settle(scene.assembly);
	ending = end_with(&scene);
	ck_assert_int_eq(ending.doubt[SERVER], DOUBT_PACKETS_MISSING);
	ck_assert_int_eq(ending.doubt_time[SERVER], 3 * SAMPLE_MS);
	ck_assert_uint_eq(scene.ledger.count, 2);
	ck_assert_int_eq(scene.ledger.items[1]->outcome, OUTCOME_RESET);
	end_scene(&scene);
}
END_TEST

/* Held bytes are messages too: the end passes them on before the dissector ends. */
START_TEST(test_end_passes_on_what_is_held)
{
	const struct part parts[] = {{CLIENT, 1, "Q33"}, {SERVER, 1, "A33"}, {SERVER, 8, "T44x"}};
	struct scene scene;

	begin_scene(&scene, false);
	for (size_t i = 0; i < COUNT(parts); i++)
		take_part(&scene, &parts[i], i + 1);
	toy_take_log();
	end_with(&scene);
	ck_assert_str_eq(
	    toy_take_log(), "gap S packets_missing S7-11:T44x@3 end 2 by 2 @9 doubts 0 2 ");
	end_scene(&scene);
}
END_TEST

START_TEST(test_end_with_one_direction)
{
	const struct part request = {CLIENT, 1, "Q33"};
	struct scene scene;
	struct ending ending;

	begin_scene(&scene, false);
	scene.facts.packets[SERVER] = 0;
	take_part(&scene, &request, 1);
	ending = end_with(&scene);
	ck_assert_int_eq(ending.doubt[SERVER], DOUBT_ONE_DIRECTION);
	ck_assert_int_eq(scene.ledger.items[0]->outcome, OUTCOME_UNKNOWN);
	ck_assert_int_eq(scene.ledger.items[0]->doubt, DOUBT_ONE_DIRECTION);
	end_scene(&scene);
}
END_TEST

/* Seen from the middle, the answer may have begun in what could not be read. */
START_TEST(test_end_with_bytes_that_were_never_read)
{
	const struct part request = {CLIENT, 1, "Q33"}, rest = {SERVER, 1, "xyz"};
	struct scene scene;
	struct ending ending;

	begin_scene(&scene, false);
	scene.facts.is_begun_before = true;
	take_part(&scene, &request, 1);
	take_part(&scene, &rest, 2);
	ending = end_with(&scene);
	ck_assert_int_ne(ending.doubt[SERVER], DOUBT_NONE);
	ck_assert_int_eq(ending.doubt_time[SERVER], 2 * SAMPLE_MS);
	end_scene(&scene);
}
END_TEST

START_TEST(test_end_of_what_was_never_recognised)
{
	struct scene scene;

	begin_scene(&scene, true);
	send_nothing(&scene, CLIENT, 2);
	end_with(&scene);
	ck_assert_str_eq(toy_take_log(), "");
	ck_assert_uint_eq(scene.ledger.count, 0);
	end_scene(&scene);
}
END_TEST

/* A protocol over UDP is not looked for in a TCP connection. */
START_TEST(test_only_tcp_dissectors_are_asked)
{
	const struct dissector *const items[] = {&toy_udp};
	const struct dissector_list list = {items, 1};
	const struct part request = {CLIENT, 1, "Q33"};
	struct scene scene;

	begin_scene(&scene, false);
	scene.assembly->protocols = &list;
	take_part(&scene, &request, 1);
	ck_assert_ptr_null(scene.assembly->dissector);
	end_scene(&scene);
}
END_TEST

Suite *
assembly_suite(void)
{
	Suite *suite = suite_create("assembly");
	TCase *tcase = tcase_create("assembly");

	tcase_add_loop_test(tcase, test_parts, 0, (int)COUNT(cases));
	tcase_add_test(tcase, test_from_the_middle_of_a_message);
	tcase_add_test(tcase, test_foreign_after_some_tries);
	tcase_add_test(tcase, test_service_port_is_never_given_up);
	tcase_add_test(tcase, test_unsure_for_ever);
	tcase_add_test(tcase, test_end_without_doubt);
	tcase_add_test(tcase, test_end_with_acknowledged_unseen_bytes);
	tcase_add_test(tcase, test_end_with_an_older_hole);
	tcase_add_test(tcase, test_end_passes_on_what_is_held);
	tcase_add_test(tcase, test_end_with_one_direction);
	tcase_add_test(tcase, test_end_with_bytes_that_were_never_read);
	tcase_add_test(tcase, test_end_of_what_was_never_recognised);
	tcase_add_test(tcase, test_only_tcp_dissectors_are_asked);
	suite_add_tcase(suite, tcase);
	return suite;
}
