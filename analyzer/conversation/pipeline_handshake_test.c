/* Handshakes that go on after a RST, and what other connections tell of one. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/conversation/packet_samples.h"
#include "analyzer/conversation/pipeline.h"
#include "analyzer/conversation/pipeline_samples.h"

Suite *pipeline_handshake_suite(void);

static const struct {
	const char *name;
	struct sample packets[9];
	uint64_t answer_frame; /* of the toy exchange */
	enum close_kind close;
} reopened[] = {
    {.name = "refused, and answered when Windows sends its SYN again",
	.packets = {SEGMENT(0, CLIENT, SYN, 100, 0), SEGMENT(1, SERVER, RST, 0, 101),
	    SEGMENT(500, CLIENT, SYN, 100, 0), SEGMENT(501, SERVER, SYN_ACK, 500, 101),
	    SEGMENT(502, CLIENT, ACK, 101, 501), PAYLOAD(503, CLIENT, 101, 501, "Q33"),
	    PAYLOAD(LINGER + 900, SERVER, 501, 104, "A33")},
	.answer_frame = 7},
    {.name = "challenge ACK, the client's RST, and its SYN again after a long while",
	.packets = {SEGMENT(0, CLIENT, SYN, 100, 0), SEGMENT(1, SERVER, ACK, 9000, 300),
	    SEGMENT(2, CLIENT, TCP_RST, 300, 0), SEGMENT(LINGER + 500, CLIENT, SYN, 100, 0),
	    SEGMENT(LINGER + 501, SERVER, SYN_ACK, 500, 101),
	    PAYLOAD(LINGER + 502, CLIENT, 101, 501, "Q33"),
	    PAYLOAD(LINGER + 503, SERVER, 501, 104, "A33")},
	.answer_frame = 7},
    {.name = "refused, answered, and reset in the end",
	.packets = {SEGMENT(0, CLIENT, SYN, 100, 0), SEGMENT(1, SERVER, RST, 0, 101),
	    SEGMENT(500, CLIENT, SYN, 100, 0), SEGMENT(501, SERVER, SYN_ACK, 500, 101),
	    PAYLOAD(502, CLIENT, 101, 501, "Q33"), SEGMENT(503, SERVER, RST, 501, 104),
	    SEGMENT(3 * LINGER, CLIENT, ACK, 104, 501)},
	.close = CLOSE_RESET},
};

START_TEST(test_reopened)
{
	const struct exchange *handshake, *toy;
	struct run run;

	begin_run(&run);
	feed_all(&run, reopened[_i].packets, COUNT(reopened[_i].packets));
	pipeline_end(run.pipeline, NULL);
	handshake = find_exchange(&run, "tcp_handshake", 0);
	toy = find_exchange(&run, "toy", 0);
	ck_assert_msg(handshake->outcome == OUTCOME_ANSWERED, "%s", reopened[_i].name);
	ck_assert_ptr_null(find_exchange(&run, "tcp_handshake", 1));
	ck_assert_ptr_nonnull(toy);
	ck_assert_uint_eq(toy->answer_frame, reopened[_i].answer_frame);
	ck_assert_int_eq(facts_of(&run, 0)->close, reopened[_i].close);
	end_run(&run);
}
END_TEST

/* What the server's other connections show of its TTL, even when they come later. */
START_TEST(test_ttl_of_a_forged_rst)
{
	static const struct sample packets[] = {{.from = CLIENT, .flags = SYN, .seq = 100},
	    {.from = SERVER, .flags = RST, .ack = 101, .ttl = 64},
	    {.time = 20, .from = CLIENT, .flags = SYN, .seq = 7, .ports = {50001, 8080}},
	    {.time = 21,
		.from = SERVER,
		.flags = SYN_ACK,
		.ack = 8,
		.ttl = 63,
		.ports = {50001, 8080}},
	    {.time = 22,
		.from = SERVER,
		.flags = RST,
		.ack = 8,
		.ttl = 64,
		.ports = {50001, 8080}}};
	const struct tcp_handshake *refused;
	struct run run;

	begin_run(&run);
	feed_all(&run, packets, COUNT(packets));
	pipeline_end(run.pipeline, NULL);
	refused = (const struct tcp_handshake *)find_exchange(&run, "tcp_handshake", 0);
	ck_assert_int_eq(refused->exchange.outcome, OUTCOME_RESET);
	ck_assert_uint_eq(refused->known_server_ttl.value, 63);
	ck_assert(refused->is_rst_ttl_odd.is_known && refused->is_rst_ttl_odd.value);
	end_run(&run);
}
END_TEST

Suite *
pipeline_handshake_suite(void)
{
	Suite *suite = suite_create("pipeline_handshake");
	TCase *tcase = tcase_create("pipeline_handshake");

	tcase_add_loop_test(tcase, test_reopened, 0, (int)COUNT(reopened));
	tcase_add_test(tcase, test_ttl_of_a_forged_rst);
	suite_add_tcase(suite, tcase);
	return suite;
}
