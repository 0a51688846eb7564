#include "analyzer/conversation/pipeline.h"

#include <check.h>

#include "analyzer/base/basics.h"
#include "analyzer/conversation/pipeline_samples.h"

Suite *background_suite(void);

/* The toy protocol as one that explains others, on port 53 alone. */
static struct dissector over_udp, over_tcp;
static const struct dissector *const items[] = {&over_udp, &over_tcp, &toy_udp};
static const struct dissector_list list = {items, COUNT(items)};

static void
begin(struct run *run)
{
	const struct pipeline_options options = {.dissectors = &list, .file = "toy.pcapng"};

	over_udp = toy_udp;
	over_tcp = toy_tcp;
	over_udp.ports[0] = over_tcp.ports[0] = 53;
	over_udp.is_background = over_tcp.is_background = true;
	toy_take_log();
	*run = (struct run){0};
	run->ledger.arena = &run->arena;
	run->pipeline = pipeline_new(&options, &run->arena, &run->ledger);
}

static void
feed_datagram(
    struct run *run, enum side from, uint16_t client_port, uint16_t port, const char *text)
{
	const struct sample sample = {
	    .time = 10, .from = from, .payload = text, .ports = {client_port, port}};

	feed(run, sample_datagram(&sample, ++run->frame));
}

/* Each question from a port of its own, one of them from the service's port: one state for all,
 * and no conversation that anybody lists. */
START_TEST(test_one_state_for_all_ports)
{
	struct run run;

	begin(&run);
	feed_datagram(&run, CLIENT, 50000, 53, "Q33");
	feed_datagram(&run, CLIENT, 50001, 53, "Q33");
	feed_datagram(&run, CLIENT, 53, 53, "Q33");
	feed_datagram(&run, SERVER, 50001, 53, "A33");
	feed_datagram(&run, SERVER, 53, 53, "A33");
	ck_assert_str_eq(toy_take_log(), "C0-3:Q33@1 C3-6:Q33@2 C6-9:Q33@3 S0-3:A33@4 S3-6:A33@5 ");
	pipeline_end(run.pipeline, NULL);
	ck_assert_uint_eq(pipeline_conversations(run.pipeline)->count, 0);
	ck_assert_uint_eq(run.ledger.count, 3);
	ck_assert_uint_eq(find_exchange(&run, "toy", 0)->conversation->server_port, 53);
	ck_assert(find_exchange(&run, "toy", 0)->conversation->is_background);
	end_run(&run);
}
END_TEST

/* The server asks its client in turn: that is another conversation. */
START_TEST(test_both_ask)
{
	struct run run;

	begin(&run);
	feed_datagram(&run, CLIENT, 53, 53, "Q33");
	feed_datagram(&run, SERVER, 53, 53, "Q33");
	ck_assert_str_eq(toy_take_log(), "C0-3:Q33@1 C0-3:Q33@2 ");
	pipeline_end(run.pipeline, NULL);
	end_run(&run);
}
END_TEST

START_TEST(test_other_ports)
{
	static const struct sample elsewhere[] = {CONNECT, PAYLOAD(10, CLIENT, 101, 501, "Q33")};
	struct run run;

	begin(&run);
	feed_datagram(&run, CLIENT, 50000, 54, "Q33");
	feed_datagram(&run, CLIENT, 50000, 53, "nothing");
	feed_datagram(&run, CLIENT, 50000, 53, "A33"); /* an answer from another port */
	feed_all(&run, elsewhere, COUNT(elsewhere));
	ck_assert_str_eq(toy_take_log(), "");
	ck_assert_ptr_null(facts_of(&run, 0)->protocol);
	pipeline_end(run.pipeline, NULL);
	end_run(&run);
}
END_TEST

/* Over TCP it is read on its port, and still matters to nobody. */
START_TEST(test_tcp)
{
	struct sample packets[] = {
	    CONNECT, PAYLOAD(10, CLIENT, 101, 501, "Q33"), PAYLOAD(11, SERVER, 501, 104, "A33")};
	const struct conversation_list *conversations;
	struct run run;

	begin(&run);
	for (size_t i = 0; i < COUNT(packets); i++) {
		packets[i].ports[0] = 50000;
		packets[i].ports[1] = 53;
	}
	feed_all(&run, packets, COUNT(packets));
	pipeline_end(run.pipeline, NULL);
	ck_assert_str_eq(facts_of(&run, 0)->protocol, "toy");
	conversations = pipeline_conversations(run.pipeline);
	ck_assert(!conversation_matters(conversation_at(conversations, 0)));
	ck_assert_ptr_nonnull(find_exchange(&run, "toy", 0));
	ck_assert_ptr_null(find_exchange(&run, "tcp_handshake", 0));
	(void)toy_take_log();
	end_run(&run);
}
END_TEST

/* More pairs of hosts than are followed: counted, and their memory does not grow. */
START_TEST(test_many_hosts)
{
	struct sample sample = {.time = 10, .from = CLIENT, .payload = "Q33", .ports = {50000, 53}};
	struct capture_facts facts = {0};
	struct packet packet;
	struct run run;
	size_t used = 0;

	begin(&run);
	for (uint32_t i = 0; i < PIPELINE_MOST_NAMES + 100; i++) {
		if (i == PIPELINE_MOST_NAMES)
			used = run.arena.used;
		packet = sample_datagram(&sample, i + 1);
		packet.ends.src.bytes[1] = (uint8_t)(i >> 16);
		packet.ends.src.bytes[2] = (uint8_t)(i >> 8);
		packet.ends.src.bytes[3] = (uint8_t)i;
		feed(&run, packet);
		(void)toy_take_log();
	}
	ck_assert_uint_eq(run.arena.used, used);
	pipeline_facts(run.pipeline, &facts);
	ck_assert_uint_eq(facts.bounds.of[BOUND_REQUESTS].count, 100);
	end_run(&run);
}
END_TEST

Suite *
background_suite(void)
{
	Suite *suite = suite_create("background");
	TCase *tcase = tcase_create("background");

	tcase_add_test(tcase, test_one_state_for_all_ports);
	tcase_add_test(tcase, test_both_ask);
	tcase_add_test(tcase, test_other_ports);
	tcase_add_test(tcase, test_tcp);
	tcase_add_test(tcase, test_many_hosts);
	suite_add_tcase(suite, tcase);
	return suite;
}
