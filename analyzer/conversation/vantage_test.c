#include "analyzer/conversation/vantage.h"

#include <check.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>

#include "analyzer/analysis.h"
#include "analyzer/base/basics.h"
#include "analyzer/conversation/packet_samples.h"
#include "analyzer/conversation/pipeline.h"

Suite *vantage_suite(void);

#define SYN     TCP_SYN
#define SYN_ACK (TCP_SYN | TCP_ACK)
#define ACK     TCP_ACK
#define RST     (TCP_RST | TCP_ACK)
#define IN      DIRECTION_INBOUND
#define OUT     DIRECTION_OUTBOUND

/* One packet; .us: microseconds. */
struct step_case {
	int64_t us;
	enum side from;
	uint8_t flags, ttl;
	enum direction direction;
	uint32_t frame_length; /* 0: nothing to tell padding by */
	uint32_t interface;
	uint16_t client_port; /* 0: the usual one */
	bool has_wrong_checksum;
};

struct vantage_case {
	const char *name;
	struct step_case packets[8];
	enum vantage vantage; /* of the first conversation */
	bool is_neighbour;    /* the server answered ARP */
};

/* From the TTL on: whatever else the packet has. */
#define P(when, side, what, ...)                                                  \
	{                                                                         \
		.us = (when), .from = (side), .flags = (what), .ttl = __VA_ARGS__ \
	}

static const struct vantage_case cases[] = {
    {.name = "a client's undecremented TTL and the server's decremented one",
	.packets = {P(0, CLIENT, SYN, 128), P(100, SERVER, SYN_ACK, 127)},
	.vantage = VANTAGE_CLIENT},
    {.name = "the reverse",
	.packets = {P(0, CLIENT, SYN, 63), P(100, SERVER, SYN_ACK, 64)},
	.vantage = VANTAGE_SERVER},
    {.name = "both decremented",
	.packets = {P(0, CLIENT, SYN, 127), P(100, SERVER, SYN_ACK, 62)},
	.vantage = VANTAGE_BETWEEN},
    {.name = "one segment, and nothing but TTLs",
	.packets = {P(0, CLIENT, SYN, 128), P(100, SERVER, SYN_ACK, 64)},
	.vantage = VANTAGE_UNKNOWN},
    {.name = "an unanswered SYN alone",
	.packets = {P(0, CLIENT, SYN, 63)},
	.vantage = VANTAGE_UNKNOWN},
    {.name = "an unanswered SYN, and the server announced itself",
	.packets = {P(0, CLIENT, SYN, 63)},
	VANTAGE_SERVER,
	true},
    {.name = "a server that announced itself to a client on its segment",
	.packets = {P(0, CLIENT, SYN, 128), P(100, SERVER, SYN_ACK, 64)},
	.vantage = VANTAGE_UNKNOWN,
	.is_neighbour = true},
    {.name = "an unanswered SYN and another connection that was answered",
	.packets = {P(0, CLIENT, SYN, 64), P(5, CLIENT, SYN, 64, .client_port = 50001),
	    P(9, SERVER, SYN_ACK, 63, .client_port = 50001)},
	.vantage = VANTAGE_CLIENT},
    {.name = "gaps of a handshake at the client",
	.packets = {P(0, CLIENT, SYN, 64), P(2000, SERVER, SYN_ACK, 64), P(2030, CLIENT, ACK, 64)},
	.vantage = VANTAGE_CLIENT},
    {.name = "gaps of a handshake at the server",
	.packets = {P(0, CLIENT, SYN, 64), P(30, SERVER, SYN_ACK, 64), P(2030, CLIENT, ACK, 64)},
	.vantage = VANTAGE_SERVER},
    {.name = "gaps not five times apart",
	.packets = {P(0, CLIENT, SYN, 64), P(500, SERVER, SYN_ACK, 64), P(650, CLIENT, ACK, 64)},
	.vantage = VANTAGE_UNKNOWN},
    {.name = "gaps below the noise",
	.packets = {P(0, CLIENT, SYN, 64), P(299, SERVER, SYN_ACK, 64), P(300, CLIENT, ACK, 64)},
	.vantage = VANTAGE_UNKNOWN},
    {.name = "gaps after a repeated SYN",
	.packets = {P(0, CLIENT, SYN, 64), P(1000000, CLIENT, SYN, 64),
	    P(1003000, SERVER, SYN_ACK, 64), P(1003030, CLIENT, ACK, 64)},
	.vantage = VANTAGE_UNKNOWN},
    {.name = "gaps and TTLs that contradict each other",
	.packets = {P(0, CLIENT, SYN, 63), P(2000, SERVER, SYN_ACK, 64), P(2030, CLIENT, ACK, 63)},
	.vantage = VANTAGE_UNKNOWN},
    {.name = "a checksum that is not filled in",
	.packets = {P(0, CLIENT, SYN, 64, .has_wrong_checksum = true), P(100, SERVER, SYN_ACK, 64)},
	.vantage = VANTAGE_CLIENT},
    {.name = "directions at the server",
	.packets = {P(0, CLIENT, SYN, 64, .direction = IN),
	    P(100, SERVER, SYN_ACK, 64, .direction = OUT)},
	.vantage = VANTAGE_SERVER},
    {.name = "a SYN that was received",
	.packets = {P(0, CLIENT, SYN, 64, .direction = IN)},
	.vantage = VANTAGE_SERVER},
    {.name = "a mirror port receives both",
	.packets = {P(0, CLIENT, SYN, 64, .direction = IN),
	    P(100, SERVER, SYN_ACK, 64, .direction = IN)},
	.vantage = VANTAGE_UNKNOWN},
    {.name = "a mirror port between routers",
	.packets = {P(0, CLIENT, SYN, 63, .direction = IN),
	    P(100, SERVER, SYN_ACK, 63, .direction = IN)},
	.vantage = VANTAGE_BETWEEN},
    {.name = "only the server's frames are padded",
	.packets = {P(0, CLIENT, ACK, 64, .frame_length = 54),
	    P(100, SERVER, ACK, 64, .frame_length = 60)},
	.vantage = VANTAGE_CLIENT},
    {.name = "nobody pads",
	.packets = {P(0, CLIENT, ACK, 64, .frame_length = 54),
	    P(100, SERVER, ACK, 64, .frame_length = 54)},
	.vantage = VANTAGE_UNKNOWN},
    {.name = "a RST with a full TTL may be a firewall's",
	.packets = {P(0, CLIENT, SYN, 63), P(100, SERVER, RST, 64)},
	.vantage = VANTAGE_UNKNOWN},
    {.name = "a RST that passed a router",
	.packets = {P(0, CLIENT, SYN, 64), P(100, SERVER, RST, 63)},
	.vantage = VANTAGE_CLIENT},
    {.name = "the second interface has no vote",
	.packets = {P(0, CLIENT, SYN, 64), P(100, SERVER, SYN_ACK, 63),
	    P(101, CLIENT, SYN, 63, .interface = 1), P(102, SERVER, SYN_ACK, 64, .interface = 1)},
	.vantage = VANTAGE_CLIENT},
    {.name = "copies from both sides of a router",
	.packets = {P(0, CLIENT, SYN, 64), P(1, CLIENT, SYN, 63), P(100, SERVER, SYN_ACK, 64),
	    P(101, SERVER, SYN_ACK, 63)},
	.vantage = VANTAGE_UNKNOWN},
};

static struct arena arena;
static struct ledger ledger;
static struct pipeline *pipeline;
static struct capture_facts facts;

static void
set_up(void)
{
	struct pipeline_options options = {.dissectors = &toy_list};

	ledger = (struct ledger){.arena = &arena};
	facts = (struct capture_facts){0};
	pipeline = pipeline_new(&options, &arena, &ledger);
}

static void
tear_down(void)
{
	pipeline_free(pipeline);
	ledger_free(&ledger);
	arena_free(&arena);
}

static struct packet
packet_of(const struct step_case *step, uint64_t frame)
{
	struct sample sample = {.from = step->from, .flags = step->flags, .ttl = step->ttl};
	struct packet packet;

	sample.ports[CLIENT] = step->client_port;
	packet = sample_packet(&sample, frame);
	packet.time = step->us * 1000;
	packet.direction = (uint8_t)step->direction;
	packet.frame_length = step->frame_length;
	packet.has_link_src = step->frame_length != 0;
	packet.interface = step->interface;
	packet.has_wrong_checksum = step->has_wrong_checksum;
	return packet;
}

static void
announce_server(void)
{
	struct packet packet = {.kind = PACKET_ADDRESS,
	    .address = {
		.asker = sample_addr(CLIENT), .target = sample_addr(SERVER), .is_answer = true}};

	pipeline_packet(pipeline, &packet);
}

static const struct conversation_facts *
play(const struct vantage_case *one)
{
	const struct conversation_list *list = pipeline_conversations(pipeline);

	if (one->is_neighbour)
		announce_server();
	for (size_t i = 0; i < COUNT(one->packets) && one->packets[i].ttl != 0; i++) {
		struct packet packet = packet_of(&one->packets[i], i + 1);

		pipeline_packet(pipeline, &packet);
	}
	pipeline_end(pipeline, NULL);
	vantage_conclude(list, pipeline_vantage_notes(pipeline), &arena, &facts);
	return &conversation_at(list, 0)->facts;
}

START_TEST(votes_make_a_vantage)
{
	const struct vantage_case *one = &cases[_i];
	const struct conversation_facts *conversation = play(one);

	ck_assert_msg(conversation->vantage == one->vantage, "%s: %s", one->name,
	    names_text(&vantage_names, conversation->vantage));
}
END_TEST

START_TEST(the_votes_are_shown_strongest_first)
{
	play(&cases[0]);
	ck_assert_uint_eq(facts.vantage_count, 2);
	ck_assert_int_eq(facts.vantages[0].place, PLACE_ELSEWHERE);
	ck_assert(addr_equal(&facts.vantages[0].host, &(struct addr){{10, 0, 0, 2}, ADDR_IPV4}));
	ck_assert_uint_eq(facts.vantages[0].elsewhere[CLUE_TTL], 1);
	ck_assert_uint_eq(facts.vantages[0].here[CLUE_TTL], 0);
	ck_assert_int_eq(facts.vantages[1].place, PLACE_HERE);
	ck_assert_uint_eq(facts.vantages[1].here[CLUE_FAR_PEER], 1);
}
END_TEST

START_TEST(the_operator_knows_better)
{
	const struct conversation_facts *conversation = play(&cases[0]);

	vantage_override(pipeline_conversations(pipeline), VANTAGE_BETWEEN);
	ck_assert_int_eq(conversation->vantage, VANTAGE_BETWEEN);
}
END_TEST

START_TEST(votes_move_with_the_sides)
{
	struct step_case step = P(0, CLIENT, SYN, 63);
	struct packet packet = packet_of(&step, 1);
	struct vantage_watch watch = {0};

	vantage_packet(&watch, CLIENT, &packet);
	vantage_swap(&watch);
	ck_assert_uint_eq(watch.elsewhere[CLIENT], 0);
	ck_assert_uint_eq(watch.elsewhere[SERVER], 1U << CLUE_TTL);
}
END_TEST

START_TEST(hosts_are_bounded)
{
	struct step_case step = P(0, CLIENT, SYN, 64);

	for (uint32_t i = 0; i < VANTAGE_MOST_HOSTS + 10; i++) {
		struct packet packet = packet_of(&step, i + 1);

		packet.ends.dst.bytes[1] = (uint8_t)(i >> 8);
		packet.ends.dst.bytes[2] = (uint8_t)i;
		packet_set_hash(&packet);
		pipeline_packet(pipeline, &packet);
	}
	pipeline_end(pipeline, NULL);
	vantage_conclude(
	    pipeline_conversations(pipeline), pipeline_vantage_notes(pipeline), &arena, &facts);
	ck_assert_uint_eq(facts.vantage_count, 1); /* the rest was silent */
}
END_TEST

/* What the conversations of one capture say: whether all, or any but the unknown, are WANTED. */
static bool
is_right(const char *path, enum vantage wanted)
{
	struct analysis_options options = {.rules = NULL};
	struct analysis analysis;
	struct error error = {0};
	bool is_right;

	ck_assert_msg(analysis_run(&analysis, path, &options, &error), "%s", error.text);
	is_right = analysis.report.conversation_count != 0;
	for (size_t i = 0; i < analysis.report.conversation_count; i++) {
		enum vantage vantage = analysis.report.conversations[i].facts->vantage;

		ck_assert_msg(vantage == wanted || vantage == VANTAGE_UNKNOWN,
		    "%s, conversation %zu: %s", path, i, names_text(&vantage_names, vantage));
		is_right &= vantage == wanted;
	}
	analysis_free(&analysis);
	return is_right;
}

/* The lab captures at the client, and at the server or the KDC what is called so. */
static enum vantage
place_of(const char *path)
{
	return strstr(path, ".server.") != NULL || strstr(path, ".kdc.") != NULL ? VANTAGE_SERVER
										 : VANTAGE_CLIENT;
}

START_TEST(no_capture_of_the_lab_is_mistaken)
{
	glob_t found;
	size_t right = 0;

	ck_assert_int_eq(glob("fixtures/captures/*.pcapng", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++)
		right += is_right(found.gl_pathv[i], place_of(found.gl_pathv[i]));
	/* The others hold nothing but unanswered SYNs, RSTs, or no SMB at all. */
	ck_assert_uint_ge(right * 100, found.gl_pathc * 94);
	globfree(&found);
}
END_TEST

Suite *
vantage_suite(void)
{
	Suite *suite = suite_create("vantage");
	TCase *tcase = tcase_create("votes");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, votes_make_a_vantage, 0, (int)COUNT(cases));
	tcase_add_test(tcase, the_votes_are_shown_strongest_first);
	tcase_add_test(tcase, the_operator_knows_better);
	tcase_add_test(tcase, votes_move_with_the_sides);
	tcase_add_test(tcase, hosts_are_bounded);
	tcase_add_test(tcase, no_capture_of_the_lab_is_mistaken);
	suite_add_tcase(suite, tcase);
	return suite;
}
