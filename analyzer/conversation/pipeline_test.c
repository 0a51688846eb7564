#include "analyzer/conversation/pipeline.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "analyzer/conversation/classify.h"
#include "analyzer/conversation/packet_samples.h"
#include "analyzer/conversation/pipeline_samples.h"

Suite *pipeline_suite(void);

struct pipeline_case {
	const char *name;
	struct sample packets[13];
	enum outcome outcome; /* of the first toy exchange */
	enum ended_by by;
	enum doubt doubt;
	int64_t waited; /* milliseconds */
	uint64_t answer_frame, end_frame;
	bool is_delivered;
	uint32_t retransmissions;
};

static const struct pipeline_case cases[] = {
    {.name = "answered",
	.packets = {CONNECT, PAYLOAD(10, CLIENT, 101, 501, "Q33"),
	    PAYLOAD(15, SERVER, 501, 104, "A33")},
	.outcome = OUTCOME_ANSWERED,
	.by = ENDED_BY_SERVER,
	.waited = 5,
	.answer_frame = 5,
	.is_delivered = true},
    {.name = "reset by the server instead",
	.packets = {CONNECT, PAYLOAD(10, CLIENT, 101, 501, "Q33"),
	    SEGMENT(11, SERVER, ACK, 501, 104), SEGMENT(30, SERVER, RST, 501, 104)},
	.outcome = OUTCOME_RESET,
	.by = ENDED_BY_SERVER,
	.waited = 20,
	.end_frame = 6,
	.is_delivered = true},
    {.name = "reset by the client after it sent in vain, twice more",
	.packets = {CONNECT, PAYLOAD(10, CLIENT, 101, 501, "Q33"),
	    PAYLOAD(210, CLIENT, 101, 501, "Q33"), PAYLOAD(610, CLIENT, 101, 501, "Q33"),
	    SEGMENT(1000, CLIENT, RST, 104, 501)},
	.outcome = OUTCOME_RESET,
	.by = ENDED_BY_CLIENT,
	.waited = 990,
	.end_frame = 7,
	.retransmissions = 2},
    {.name = "closed by the server",
	.packets = {CONNECT, PAYLOAD(10, CLIENT, 101, 501, "Q33"),
	    SEGMENT(12, SERVER, FIN, 501, 104), SEGMENT(13, CLIENT, FIN, 104, 502),
	    SEGMENT(14, SERVER, ACK, 502, 105)},
	.outcome = OUTCOME_CLOSED,
	.by = ENDED_BY_SERVER,
	.waited = 2,
	.end_frame = 5,
	.is_delivered = true},
    {.name = "closed by the client, which gave up waiting",
	.packets = {CONNECT, PAYLOAD(10, CLIENT, 101, 501, "Q33"),
	    SEGMENT(11, SERVER, ACK, 501, 104), SEGMENT(60010, CLIENT, FIN, 104, 501),
	    SEGMENT(60011, SERVER, FIN, 501, 105), SEGMENT(60012, CLIENT, ACK, 105, 502)},
	.outcome = OUTCOME_CLOSED,
	.by = ENDED_BY_CLIENT,
	.waited = 60000,
	.end_frame = 6,
	.is_delivered = true},
    {.name = "the first of FIN and RST counts",
	.packets = {CONNECT, PAYLOAD(10, CLIENT, 101, 501, "Q33"),
	    SEGMENT(12, SERVER, FIN, 501, 104), SEGMENT(13, CLIENT, RST, 104, 502)},
	.outcome = OUTCOME_CLOSED,
	.by = ENDED_BY_SERVER,
	.waited = 2,
	.end_frame = 5,
	.is_delivered = true},
    {.name = "the server closes at once, before the request that crosses its FIN",
	.packets = {CONNECT, SEGMENT(5, SERVER, FIN, 501, 101), SEGMENT(6, CLIENT, ACK, 101, 502),
	    PAYLOAD(7, CLIENT, 101, 502, "Q33"), SEGMENT(8, SERVER, RST, 502, 104)},
	.outcome = OUTCOME_CLOSED,
	.by = ENDED_BY_SERVER,
	.waited = 0,
	.end_frame = 4,
	.is_delivered = true},
    {.name = "the capture ends",
	.packets = {CONNECT, PAYLOAD(10, CLIENT, 101, 501, "Q33"),
	    SEGMENT(40, SERVER, ACK, 501, 104)},
	.outcome = OUTCOME_UNKNOWN,
	.by = ENDED_BY_CAPTURE,
	.doubt = DOUBT_CAPTURE_ENDED,
	.waited = 30,
	.is_delivered = true},
    {.name = "not delivered",
	.packets = {CONNECT, PAYLOAD(10, CLIENT, 101, 501, "Q33"),
	    SEGMENT(40, SERVER, ACK, 501, 103)},
	.outcome = OUTCOME_UNKNOWN,
	.by = ENDED_BY_CAPTURE,
	.doubt = DOUBT_CAPTURE_ENDED,
	.waited = 30},
    {.name = "the port is used again without any end",
	.packets = {CONNECT, PAYLOAD(10, CLIENT, 101, 501, "Q33"),
	    SEGMENT(11, SERVER, ACK, 501, 104), SEGMENT(50, CLIENT, SYN, 70000, 0)},
	.outcome = OUTCOME_UNANSWERED,
	.by = ENDED_BY_CLIENT,
	.waited = 40,
	.is_delivered = true},
    {.name = "an answer behind the RST, within the time that is lingered",
	.packets = {CONNECT, PAYLOAD(10, CLIENT, 101, 501, "Q33"),
	    SEGMENT(20, CLIENT, RST, 104, 501), PAYLOAD(20 + LINGER, SERVER, 501, 104, "A33")},
	.outcome = OUTCOME_ANSWERED,
	.by = ENDED_BY_SERVER,
	.waited = 10 + LINGER,
	.answer_frame = 6,
	.is_delivered = true},
    {.name = "an answer behind the RST, too late",
	.packets = {CONNECT, PAYLOAD(10, CLIENT, 101, 501, "Q33"),
	    SEGMENT(20, CLIENT, RST, 104, 501), PAYLOAD(21 + LINGER, SERVER, 501, 104, "A33")},
	.outcome = OUTCOME_RESET,
	.by = ENDED_BY_CLIENT,
	.waited = 10,
	.end_frame = 5},
    {.name = "an answer behind one FIN: the other direction is still open",
	.packets = {CONNECT, PAYLOAD(10, CLIENT, 101, 501, "Q33"),
	    SEGMENT(20, CLIENT, FIN, 104, 501), PAYLOAD(20 + 3 * LINGER, SERVER, 501, 105, "A33")},
	.outcome = OUTCOME_ANSWERED,
	.by = ENDED_BY_SERVER,
	.waited = 10 + 3 * LINGER,
	.answer_frame = 6,
	.is_delivered = true},
    {.name = "the answer comes out of order, shortly behind the last FIN",
	.packets = {CONNECT, PAYLOAD(10, CLIENT, 101, 501, "Q33"),
	    SEGMENT(20, CLIENT, FIN, 104, 501), SEGMENT(20 + 3 * LINGER, SERVER, FIN, 504, 105),
	    PAYLOAD(21 + 3 * LINGER, SERVER, 501, 105, "A33")},
	.outcome = OUTCOME_ANSWERED,
	.by = ENDED_BY_SERVER,
	.waited = 11 + 3 * LINGER,
	.answer_frame = 7,
	.is_delivered = true},
    {.name = "the client acknowledged an answer that the capture does not hold",
	.packets = {CONNECT, PAYLOAD(10, CLIENT, 101, 501, "Q33"),
	    SEGMENT(20, CLIENT, ACK, 104, 504), SEGMENT(30, CLIENT, RST, 104, 504)},
	.outcome = OUTCOME_UNKNOWN,
	.by = ENDED_BY_CLIENT,
	.doubt = DOUBT_PACKETS_MISSING,
	.waited = 20,
	.end_frame = 6},
    {.name = "the server's FIN stands behind an answer that the capture does not hold",
	.packets = {CONNECT, PAYLOAD(10, CLIENT, 101, 501, "Q33"),
	    SEGMENT(20, SERVER, FIN, 504, 104)},
	.outcome = OUTCOME_UNKNOWN,
	.by = ENDED_BY_SERVER,
	.doubt = DOUBT_PACKETS_MISSING,
	.waited = 10,
	.end_frame = 5,
	.is_delivered = true},
    {.name = "the answer is cut off by the snap length",
	.packets = {CONNECT, PAYLOAD(10, CLIENT, 101, 501, "Q33"),
	    {.time = 12,
		.from = SERVER,
		.flags = DATA,
		.seq = 501,
		.ack = 104,
		.payload = "A88abcde",
		.cut = 2}},
	.outcome = OUTCOME_ANSWERED,
	.by = ENDED_BY_SERVER,
	.doubt = DOUBT_CUT_BY_SNAPLEN,
	.waited = 2,
	.answer_frame = 5,
	.is_delivered = true},
    {.name = "nothing is left of the answer but its length",
	.packets = {CONNECT, PAYLOAD(10, CLIENT, 101, 501, "Q33"),
	    {.time = 12,
		.from = SERVER,
		.flags = DATA,
		.seq = 501,
		.ack = 104,
		.payload = "A88abcde",
		.cut = 8},
	    SEGMENT(20, SERVER, RST, 509, 104)},
	.outcome = OUTCOME_UNKNOWN,
	.by = ENDED_BY_SERVER,
	.doubt = DOUBT_CUT_BY_SNAPLEN,
	.waited = 10,
	.end_frame = 6,
	.is_delivered = true},
    {.name = "only the client's packets were captured",
	.packets = {SEGMENT(0, CLIENT, SYN, 100, 0), SEGMENT(2, CLIENT, ACK, 101, 501),
	    PAYLOAD(10, CLIENT, 101, 501, "Q33"), SEGMENT(15, CLIENT, RST, 104, 501)},
	.outcome = OUTCOME_UNKNOWN,
	.by = ENDED_BY_CLIENT,
	.doubt = DOUBT_ONE_DIRECTION,
	.waited = 5,
	.end_frame = 4},
    {.name = "data on the SYN",
	.packets = {{.time = 0, .from = CLIENT, .flags = SYN, .seq = 100, .payload = "Q33"},
	    SEGMENT(1, SERVER, SYN_ACK, 500, 104), PAYLOAD(3, SERVER, 501, 104, "A33")},
	.outcome = OUTCOME_ANSWERED,
	.by = ENDED_BY_SERVER,
	.waited = 3,
	.answer_frame = 3,
	.is_delivered = true},
    {.name = "payload of the answer is sent again after a loss",
	.packets = {CONNECT, PAYLOAD(10, CLIENT, 101, 501, "Q33"),
	    PAYLOAD(12, SERVER, 501, 104, "A:3ab"), PAYLOAD(13, SERVER, 508, 104, "fgh"),
	    SEGMENT(14, CLIENT, ACK, 104, 506), PAYLOAD(313, SERVER, 506, 104, "de"),
	    SEGMENT(314, CLIENT, ACK, 104, 511)},
	.outcome = OUTCOME_ANSWERED,
	.by = ENDED_BY_SERVER,
	.waited = 303,
	.answer_frame = 8,
	.is_delivered = true},
    {.name = "the capture lacks payload of the request, which the answer acknowledges",
	.packets = {CONNECT, PAYLOAD(10, CLIENT, 101, 501, "Q:3ab"),
	    PAYLOAD(11, CLIENT, 108, 501, "fgh"), PAYLOAD(15, SERVER, 501, 111, "A33")},
	.outcome = OUTCOME_ANSWERED,
	.by = ENDED_BY_SERVER,
	.waited = 4,
	.answer_frame = 6,
	.is_delivered = true},
    {.name = "the capture lacks payload of the answer, which the client acknowledges",
	.packets = {CONNECT, PAYLOAD(10, CLIENT, 101, 501, "Q33"),
	    PAYLOAD(12, SERVER, 501, 104, "A:3ab"), PAYLOAD(13, SERVER, 508, 104, "fgh"),
	    SEGMENT(20, CLIENT, ACK, 104, 511), SEGMENT(30, CLIENT, RST, 104, 511)},
	.outcome = OUTCOME_ANSWERED,
	.by = ENDED_BY_SERVER,
	.waited = 3,
	.answer_frame = 6,
	.is_delivered = true},
    {.name = "the answer comes before the request in the file",
	.packets = {CONNECT, PAYLOAD(10, CLIENT, 104, 501, "Q33"),
	    SEGMENT(11, SERVER, ACK, 501, 101), PAYLOAD(12, CLIENT, 101, 501, "T33"),
	    PAYLOAD(15, SERVER, 501, 107, "A33")},
	.outcome = OUTCOME_ANSWERED,
	.by = ENDED_BY_SERVER,
	.waited = 5,
	.answer_frame = 7,
	.is_delivered = true},
};

START_TEST(test_first_request)
{
	const struct pipeline_case *one = &cases[_i];
	const struct exchange *exchange;
	struct run run;

	begin_run(&run);
	feed_all(&run, one->packets, COUNT(one->packets));
	pipeline_end(run.pipeline, NULL);
	exchange = find_exchange(&run, "toy", 0);
	ck_assert_msg(exchange != NULL, "%s: no exchange", one->name);
	ck_assert_msg(exchange->outcome == one->outcome && exchange->ended_by == one->by &&
			  exchange->doubt == one->doubt,
	    "%s: outcome %d by %d, doubt %d", one->name, exchange->outcome, exchange->ended_by,
	    exchange->doubt);
	ck_assert_msg(exchange->waited == one->waited * SAMPLE_MS, "%s: waited %d ms", one->name,
	    (int)(exchange->waited / SAMPLE_MS));
	ck_assert_uint_eq(exchange->answer_frame, one->answer_frame);
	ck_assert_uint_eq(exchange->end_frame, one->end_frame);
	ck_assert_msg(exchange->is_delivered == one->is_delivered, "%s: delivered", one->name);
	ck_assert_msg(exchange->retransmissions == one->retransmissions, "%s: %u retransmissions",
	    one->name, exchange->retransmissions);
	end_run(&run);
}
END_TEST

/* ---- what the conversation's facts say ---- */

START_TEST(test_facts)
{
	static const struct sample packets[] = {CONNECT, PAYLOAD(10, CLIENT, 101, 501, "Q33"),
	    PAYLOAD(20, CLIENT, 101, 501, "QX3"), PAYLOAD(30, SERVER, 501, 104, "A33"),
	    PAYLOAD(35, SERVER, 510, 104, "A33"), SEGMENT(40, CLIENT, ACK, 104, 513),
	    SEGMENT(50, SERVER, FIN, 513, 104), SEGMENT(51, CLIENT, FIN, 104, 514)};
	const struct conversation_facts *facts;
	struct run run;

	begin_run(&run);
	feed_all(&run, packets, COUNT(packets));
	pipeline_end(run.pipeline, NULL);
	facts = facts_of(&run, 0);
	ck_assert_uint_eq(facts->packets[CLIENT], 6);
	ck_assert_uint_eq(facts->packets[SERVER], 4);
	ck_assert_uint_eq(facts->bytes[CLIENT], 6);
	ck_assert_uint_eq(facts->bytes[SERVER], 6);
	ck_assert_uint_eq(facts->retransmissions[CLIENT], 1);
	ck_assert_uint_eq(facts->retransmissions[SERVER], 0);
	ck_assert_uint_eq(facts->conflicting_bytes[CLIENT], 1);
	ck_assert_uint_eq(facts->missing_bytes[CLIENT], 0);
	ck_assert_uint_eq(facts->missing_bytes[SERVER], 6);
	ck_assert_int_eq(facts->close, CLOSE_FIN);
	ck_assert_int_eq(facts->closed_by, ENDED_BY_SERVER);
	ck_assert_uint_eq(facts->close_frame, 9);
	ck_assert_int_eq(facts->close_time, 50 * SAMPLE_MS);
	ck_assert_uint_eq(facts->first_frame, 1);
	ck_assert_uint_eq(facts->last_frame, 10);
	ck_assert_int_eq(facts->last_time, 51 * SAMPLE_MS);
	ck_assert_int_eq(facts->step, STEP_CONNECTED);
	ck_assert_str_eq(facts->protocol, "toy");
	ck_assert_str_eq(facts->file, "toy.pcapng");
	ck_assert(!facts->is_begun_before && !facts->is_one_direction);
	end_run(&run);
}
END_TEST

/* RFC 9293 3.8.4: keep-alives repeat the last byte. */
static const struct {
	uint8_t usual, closing;
	uint8_t flags;
	bool is_odd;
} closings[] = {
    {63, 63, TCP_RST, false}, {63, 64, TCP_RST, true},
    {63, 64, TCP_FIN | TCP_ACK, false}, /* taken for the side's own in any case */
};

/* A RST whose TTL is not that of its side's other packets may be a stranger's. */
START_TEST(test_close_ttl)
{
	struct sample samples[] = {
	    {.time = 0, .from = CLIENT, .flags = TCP_SYN, .seq = 100, .ttl = 64},
	    {.time = 1, .from = SERVER, .flags = TCP_SYN | TCP_ACK, .seq = 500, .ack = 101},
	    {.time = 2, .from = CLIENT, .flags = TCP_ACK, .seq = 101, .ack = 501, .ttl = 64},
	    {.time = 3, .from = SERVER, .seq = 501, .ack = 101},
	};
	const struct conversation_facts *facts;
	struct run run;

	samples[1].ttl = closings[_i].usual;
	samples[3].ttl = closings[_i].closing;
	samples[3].flags = closings[_i].flags;
	begin_run(&run);
	feed_all(&run, samples, COUNT(samples));
	pipeline_end(run.pipeline, NULL);
	facts = facts_of(&run, 0);
	ck_assert_uint_eq(facts->ttl[CLIENT], 64);
	ck_assert_uint_eq(facts->ttl[SERVER], closings[_i].usual);
	ck_assert_uint_eq(facts->close_ttl, closings[_i].closing);
	ck_assert_int_eq(facts->is_close_ttl_odd, closings[_i].is_odd);
	end_run(&run);
}
END_TEST

START_TEST(test_keep_alives_are_no_retransmissions)
{
	static const struct sample packets[] = {CONNECT, PAYLOAD(10, CLIENT, 101, 501, "Q33"),
	    PAYLOAD(12, SERVER, 501, 104, "A33"), PAYLOAD(60000, CLIENT, 103, 504, "3"),
	    PAYLOAD(60001, CLIENT, 103, 504, "\x01"), SEGMENT(60002, SERVER, ACK, 504, 104)};
	struct run run;

	begin_run(&run);
	feed_all(&run, packets, COUNT(packets));
	pipeline_end(run.pipeline, NULL);
	ck_assert_uint_eq(facts_of(&run, 0)->retransmissions[CLIENT], 0);
	ck_assert_uint_eq(find_exchange(&run, "toy", 0)->retransmissions, 0);
	end_run(&run);
}
END_TEST

/* The data of a fast open that the server did not take is sent again behind the handshake. */
START_TEST(test_fast_open_data_again)
{
	static const struct sample packets[] = {
	    {.time = 0, .from = CLIENT, .flags = SYN, .seq = 100, .payload = "Q33"},
	    SEGMENT(1, SERVER, SYN_ACK, 500, 101), PAYLOAD(2, CLIENT, 101, 501, "Q33"),
	    PAYLOAD(3, SERVER, 501, 104, "A33")};
	struct run run;

	begin_run(&run);
	feed_all(&run, packets, COUNT(packets));
	pipeline_end(run.pipeline, NULL);
	ck_assert_uint_eq(facts_of(&run, 0)->retransmissions[CLIENT], 1);
	ck_assert_uint_eq(find_exchange(&run, "toy", 0)->retransmissions, 1);
	ck_assert_ptr_null(find_exchange(&run, "toy", 1));
	end_run(&run);
}
END_TEST

/* Without a SYN-ACK in the file the client's own data shows that it was connected. */
START_TEST(test_step_without_syn_ack)
{
	static const struct sample packets[] = {SEGMENT(0, CLIENT, SYN, 100, 0),
	    SEGMENT(2, CLIENT, ACK, 101, 501), PAYLOAD(10, CLIENT, 101, 501, "Q33"),
	    PAYLOAD(12, SERVER, 501, 104, "A33")};
	struct run run;

	begin_run(&run);
	feed_all(&run, packets, COUNT(packets));
	pipeline_end(run.pipeline, NULL);
	ck_assert_int_ge(facts_of(&run, 0)->step, STEP_CONNECTED);
	end_run(&run);
}
END_TEST

START_TEST(test_step_of_a_mere_syn)
{
	static const struct sample packets[] = {
	    SEGMENT(0, CLIENT, SYN, 100, 0), SEGMENT(1, SERVER, RST, 0, 101)};
	const struct exchange *handshake;
	struct run run;

	begin_run(&run);
	feed_all(&run, packets, COUNT(packets));
	pipeline_end(run.pipeline, NULL);
	ck_assert_int_eq(facts_of(&run, 0)->step, STEP_NONE);
	handshake = find_exchange(&run, "tcp_handshake", 0);
	ck_assert_int_eq(handshake->outcome, OUTCOME_RESET);
	ck_assert(((const struct tcp_handshake *)handshake)->is_smb_port);
	ck_assert(!((const struct tcp_handshake *)handshake)->is_kerberos_port);
	end_run(&run);
}
END_TEST

/* Handshakes of others are reported only when they speak something of ours. */
START_TEST(test_whose_handshakes)
{
	static const struct sample packets[] = {
	    {.flags = SYN, .from = CLIENT, .ports = {50001, 8080}},
	    {.flags = SYN, .from = CLIENT, .ports = {50002, 8081}},
	    {.flags = DATA, .from = CLIENT, .seq = 1, .payload = "Q33", .ports = {50002, 8081}},
	    {.flags = SYN, .from = CLIENT, .ports = {50003, 88}},
	    {.flags = SYN, .from = CLIENT, .ports = {50004, 139}}};
	const struct tcp_handshake *handshake;
	struct run run;

	begin_run(&run);
	feed_all(&run, packets, COUNT(packets));
	pipeline_end(run.pipeline, NULL);
	handshake = (const struct tcp_handshake *)find_exchange(&run, "tcp_handshake", 0);
	ck_assert_uint_eq(handshake->exchange.conversation->server_port, 8081);
	ck_assert(!handshake->is_smb_port);
	handshake = (const struct tcp_handshake *)find_exchange(&run, "tcp_handshake", 1);
	ck_assert(handshake->is_kerberos_port && !handshake->is_smb_port);
	handshake = (const struct tcp_handshake *)find_exchange(&run, "tcp_handshake", 2);
	ck_assert(handshake->is_smb_port);
	ck_assert_ptr_null(find_exchange(&run, "tcp_handshake", 3));
	end_run(&run);
}
END_TEST

START_TEST(test_port_reuse)
{
	static const struct sample packets[] = {CONNECT, PAYLOAD(10, CLIENT, 101, 501, "Q33"),
	    SEGMENT(20, SERVER, RST, 501, 104), SEGMENT(30, CLIENT, SYN, 9000, 0),
	    SEGMENT(31, SERVER, SYN_ACK, 7000, 9001), PAYLOAD(32, CLIENT, 9001, 7001, "Q44a"),
	    PAYLOAD(33, SERVER, 7001, 9005, "A33")};
	struct run run;

	begin_run(&run);
	feed_all(&run, packets, COUNT(packets));
	pipeline_end(run.pipeline, NULL);
	ck_assert_uint_eq(pipeline_conversations(run.pipeline)->count, 2);
	ck_assert_int_eq(find_exchange(&run, "toy", 0)->outcome, OUTCOME_RESET);
	ck_assert_uint_eq(find_exchange(&run, "toy", 0)->conversation->stream, 0);
	ck_assert_int_eq(find_exchange(&run, "toy", 1)->outcome, OUTCOME_ANSWERED);
	ck_assert_uint_eq(find_exchange(&run, "toy", 1)->conversation->stream, 1);
	end_run(&run);
}
END_TEST

/* Seen from the middle, between ports that tell nothing. */
#define UNREMARKABLE(ms, side, what, number, acknowledged, text)                \
	{                                                                       \
		.time = (ms), .from = (side), .flags = (what), .seq = (number), \
		.ack = (acknowledged), .payload = (text), .ports = {            \
			50000,                                                  \
			50001                                                   \
		}                                                               \
	}

/* The answer shows the server, and what was counted before follows. */
START_TEST(test_roles_swap)
{
	static const struct sample packets[] = {UNREMARKABLE(5, CLIENT, DATA, 500, 100, "A44x"),
	    UNREMARKABLE(6, CLIENT, DATA, 500, 100, "A44x"),
	    UNREMARKABLE(7, SERVER, DATA, 100, 504, "Q33"),
	    UNREMARKABLE(9, CLIENT, DATA, 504, 103, "A33"),
	    UNREMARKABLE(10, CLIENT, RST, 507, 103, NULL)};
	const struct conversation_facts *facts;
	struct run run;

	begin_run(&run);
	feed_all(&run, packets, COUNT(packets));
	pipeline_end(run.pipeline, NULL);
	facts = facts_of(&run, 0);
	ck_assert_uint_eq(facts->client_port, 50001);
	ck_assert_uint_eq(facts->server_port, 50000);
	ck_assert_uint_eq(facts->packets[CLIENT], 1);
	ck_assert_uint_eq(facts->packets[SERVER], 4);
	ck_assert_uint_eq(facts->retransmissions[SERVER], 1);
	ck_assert_uint_eq(facts->retransmissions[CLIENT], 0);
	ck_assert_int_eq(facts->closed_by, ENDED_BY_SERVER);
	ck_assert(facts->is_begun_before);
	ck_assert_uint_eq(find_exchange(&run, "toy", 0)->answer_frame, 4);
	end_run(&run);
}
END_TEST

/* A FIN that was counted for the wrong side is turned round as well. */
START_TEST(test_roles_swap_after_a_fin)
{
	static const struct sample packets[] = {UNREMARKABLE(0, CLIENT, FIN, 500, 100, NULL),
	    UNREMARKABLE(1, SERVER, DATA, 100, 501, "Q33")};
	struct run run;

	begin_run(&run);
	feed_all(&run, packets, COUNT(packets));
	pipeline_end(run.pipeline, NULL);
	/* 10.0.0.2 asks, so 10.0.0.1:50000, whose FIN it was, is the server. */
	ck_assert_uint_eq(facts_of(&run, 0)->server_port, 50000);
	ck_assert_int_eq(facts_of(&run, 0)->closed_by, ENDED_BY_SERVER);
	end_run(&run);
}
END_TEST

/* What speaks nothing of ours is dropped after some tries, and goes on being counted. */
START_TEST(test_foreign)
{
	struct sample packet = {
	    .flags = DATA, .from = CLIENT, .seq = 1, .payload = "nothing", .ports = {50000, 8080}};
	const struct conversation_list *list;
	struct run run;

	begin_run(&run);
	for (unsigned i = 0; i < 2 * ASSEMBLY_TRIES; i++, packet.seq += 7)
		feed(&run, sample_packet(&packet, i + 1));
	list = pipeline_conversations(run.pipeline);
	ck_assert(conversation_at(list, 0)->is_foreign);
	ck_assert_ptr_null(conversation_at(list, 0)->assembly);
	pipeline_end(run.pipeline, NULL);
	ck_assert_uint_eq(facts_of(&run, 0)->packets[CLIENT], 2 * ASSEMBLY_TRIES);
	ck_assert_uint_eq(run.ledger.count, 0);
	end_run(&run);
}
END_TEST

/* First payloads are kept for naming what a service port speaks. */
START_TEST(test_samples)
{
	static const struct sample packets[] = {CONNECT, PAYLOAD(10, CLIENT, 101, 501, "hello"),
	    PAYLOAD(11, CLIENT, 106, 501, "again"), PAYLOAD(12, SERVER, 501, 111, "who?"),
	    {.flags = DATA,
		.from = CLIENT,
		.seq = 1,
		.payload = "foreign",
		.ports = {50000, 8080}}};
	const struct conversation_list *list;
	struct run run;

	begin_run(&run);
	feed_all(&run, packets, COUNT(packets));
	pipeline_end(run.pipeline, NULL);
	list = pipeline_conversations(run.pipeline);
	ck_assert_uint_eq(conversation_at(list, 0)->samples[CLIENT]->length, 5);
	ck_assert_mem_eq(conversation_at(list, 0)->samples[CLIENT]->bytes, "hello", 5);
	ck_assert_mem_eq(conversation_at(list, 0)->samples[SERVER]->bytes, "who?", 4);
	ck_assert_ptr_null(conversation_at(list, 1)->samples[CLIENT]);
	end_run(&run);
}
END_TEST

/* ---- ICMP ---- */

START_TEST(test_icmp_rejects_the_syn)
{
	const struct sample syn = SEGMENT(0, CLIENT, SYN, 100, 0);
	const struct exchange *handshake;
	struct run run;

	begin_run(&run);
	feed(&run, sample_packet(&syn, 1));
	feed(&run, sample_icmp(&syn, 3, 13, 2));
	pipeline_end(run.pipeline, NULL);
	handshake = find_exchange(&run, "tcp_handshake", 0);
	ck_assert_int_eq(handshake->outcome, OUTCOME_RESET);
	ck_assert_int_eq(handshake->ended_by, ENDED_BY_NETWORK);
	ck_assert_uint_eq(handshake->end_frame, 2);
	ck_assert_uint_eq(pipeline_conversations(run.pipeline)->count, 1);
	end_run(&run);
}
END_TEST

/* DESIGN: a full TCP header in the quote uses or creates a stream, an 8-byte quote does not. */
START_TEST(test_icmp_and_stream_numbers)
{
	const struct sample syn = SEGMENT(0, CLIENT, SYN, 100, 0);
	struct packet error = sample_icmp(&syn, 3, 1, 1);
	struct run run;

	begin_run(&run);
	feed(&run, error);
	ck_assert_uint_eq(pipeline_conversations(run.pipeline)->count, 0);
	error.icmp.has_whole_tcp_header = true;
	feed(&run, error);
	feed(&run, error);
	ck_assert_uint_eq(pipeline_conversations(run.pipeline)->count, 1);
	feed(&run, sample_packet(&syn, 2));
	ck_assert_uint_eq(pipeline_conversations(run.pipeline)->count, 1);
	pipeline_end(run.pipeline, NULL);
	ck_assert(!facts_of(&run, 0)->is_begun_before);
	end_run(&run);
}
END_TEST

/* ---- UDP ---- */

static struct sample
datagram(int64_t ms, enum side from, const char *payload)
{
	return (struct sample){.time = ms, .from = from, .payload = payload, .ports = {50000, 88}};
}

static const struct {
	const char *name;
	const char *answer; /* NULL: none */
	int64_t later;      /* when another packet goes by: that is where the capture ends */
	enum outcome outcome;
	enum ended_by by;
	enum doubt doubt;
} udp_cases[] = {
    {"answered", "A33", 20, OUTCOME_ANSWERED, ENDED_BY_SERVER, DOUBT_NONE},
    {"silence for long enough", NULL, 10 + SILENCE, OUTCOME_UNANSWERED, ENDED_BY_NOBODY,
	DOUBT_NONE},
    {"the capture ends too early to tell", NULL, 9 + SILENCE, OUTCOME_UNKNOWN, ENDED_BY_CAPTURE,
	DOUBT_CAPTURE_ENDED},
};

START_TEST(test_udp)
{
	const struct sample question = datagram(10, CLIENT, "Q33"),
			    other = SEGMENT(udp_cases[_i].later, SERVER, ACK, 1, 1);
	const struct exchange *exchange;
	struct run run;

	begin_run(&run);
	feed(&run, sample_datagram(&question, 1));
	if (udp_cases[_i].answer != NULL) {
		const struct sample answer = datagram(13, SERVER, udp_cases[_i].answer);

		feed(&run, sample_datagram(&answer, 2));
	}
	feed(&run, sample_packet(&other, 3));
	pipeline_end(run.pipeline, NULL);
	exchange = find_exchange(&run, "toy", 0);
	ck_assert_msg(exchange->outcome == udp_cases[_i].outcome &&
			  exchange->ended_by == udp_cases[_i].by &&
			  exchange->doubt == udp_cases[_i].doubt,
	    "%s: outcome %d by %d, doubt %d", udp_cases[_i].name, exchange->outcome,
	    exchange->ended_by, exchange->doubt);
	ck_assert_uint_eq(facts_of(&run, 0)->transport, TRANSPORT_UDP);
	end_run(&run);
}
END_TEST

/* The first question is rejected, the second one is answered all the same. */
START_TEST(test_icmp_rejects_a_datagram)
{
	const struct sample first = datagram(10, CLIENT, "Q33"),
			    second = datagram(30, CLIENT, "Q44"),
			    answer = datagram(40, SERVER, "A44");
	struct packet error = sample_icmp(&first, 3, 3, 2);
	const struct exchange *exchange;
	struct run run;

	begin_run(&run);
	feed(&run, sample_datagram(&first, 1));
	error.icmp.protocol = TRANSPORT_UDP;
	error.time = 20 * SAMPLE_MS;
	feed(&run, error);
	feed(&run, sample_datagram(&second, 3));
	feed(&run, sample_datagram(&answer, 4));
	pipeline_end(run.pipeline, NULL);
	exchange = find_exchange(&run, "toy", 0);
	ck_assert_int_eq(exchange->outcome, OUTCOME_RESET);
	ck_assert_int_eq(exchange->ended_by, ENDED_BY_NETWORK);
	ck_assert_uint_eq(exchange->end_frame, 2);
	ck_assert_int_eq(exchange->waited, 10 * SAMPLE_MS);
	ck_assert_int_eq(find_exchange(&run, "toy", 1)->outcome, OUTCOME_ANSWERED);
	end_run(&run);
}
END_TEST

/* A smaller packet is asked for, which is no rejection; and an error about what the server sent
 * says nothing of the client's question. */
START_TEST(test_icmp_that_rejects_no_datagram)
{
	const struct sample question = datagram(10, CLIENT, "Q33"),
			    answer = datagram(40, SERVER, "A33");
	struct packet too_big = sample_icmp(&question, 3, 4, 2);
	struct packet of_server = sample_icmp(&answer, 3, 3, 3);
	struct run run;

	begin_run(&run);
	feed(&run, sample_datagram(&question, 1));
	too_big.icmp.protocol = of_server.icmp.protocol = TRANSPORT_UDP;
	feed(&run, too_big);
	feed(&run, of_server);
	feed(&run, sample_datagram(&answer, 4));
	pipeline_end(run.pipeline, NULL);
	ck_assert_int_eq(find_exchange(&run, "toy", 0)->outcome, OUTCOME_ANSWERED);
	end_run(&run);
}
END_TEST

START_TEST(test_udp_that_is_not_ours)
{
	struct sample dns = {.from = CLIENT, .payload = "Q33", .ports = {50000, 53}};
	const struct sample nothing = datagram(1, CLIENT, "nothing"),
			    question = datagram(2, CLIENT, "Q33");
	struct run run;

	begin_run(&run);
	feed(&run, sample_datagram(&dns, 1));
	ck_assert_uint_eq(pipeline_conversations(run.pipeline)->count, 0);
	feed(&run, sample_datagram(&nothing, 2));
	ck_assert_ptr_null(facts_of(&run, 0)->protocol);
	feed(&run, sample_datagram(&question, 3));
	ck_assert_str_eq(facts_of(&run, 0)->protocol, "toy");
	ck_assert_str_eq(toy_take_log(), "C7-10:Q33@3 ");
	pipeline_end(run.pipeline, NULL);
	end_run(&run);
}
END_TEST

/* Many packets at once come to what they do one by one. */
START_TEST(test_packets_at_once)
{
	const struct sample syn = SEGMENT(0, CLIENT, SYN, 100, 0);
	struct packet packets[40];
	struct run run;

	begin_run(&run);
	for (uint16_t i = 0; i < COUNT(packets); i++) {
		packets[i] = sample_packet(&syn, i + 1u);
		packets[i].ends.src_port = (uint16_t)(2000 + i / 2);
		packet_set_hash(&packets[i]);
	}
	pipeline_packets(run.pipeline, packets, COUNT(packets));
	pipeline_packets(run.pipeline, packets, 0);
	ck_assert_uint_eq(pipeline_conversations(run.pipeline)->count, COUNT(packets) / 2);
	ck_assert_uint_eq(facts_of(&run, 0)->packets[CLIENT], 2);
	ck_assert_uint_eq(facts_of(&run, COUNT(packets) / 2 - 1)->last_frame, COUNT(packets));
	pipeline_end(run.pipeline, NULL);
	end_run(&run);
}
END_TEST

/* What was not ended is given back all the same. */
START_TEST(test_free_without_end)
{
	static const struct sample packets[] = {CONNECT, PAYLOAD(10, CLIENT, 101, 501, "Q33")};
	const struct sample question = datagram(10, CLIENT, "Q33");
	struct run run;

	begin_run(&run);
	feed_all(&run, packets, COUNT(packets));
	feed(&run, sample_datagram(&question, 5));
	end_run(&run);
}
END_TEST

Suite *
pipeline_suite(void)
{
	Suite *suite = suite_create("pipeline");
	TCase *tcase = tcase_create("pipeline");

	tcase_add_loop_test(tcase, test_first_request, 0, (int)COUNT(cases));
	tcase_add_test(tcase, test_facts);
	tcase_add_loop_test(tcase, test_close_ttl, 0, COUNT(closings));
	tcase_add_test(tcase, test_keep_alives_are_no_retransmissions);
	tcase_add_test(tcase, test_fast_open_data_again);
	tcase_add_test(tcase, test_step_without_syn_ack);
	tcase_add_test(tcase, test_step_of_a_mere_syn);
	tcase_add_test(tcase, test_whose_handshakes);
	tcase_add_test(tcase, test_port_reuse);
	tcase_add_test(tcase, test_roles_swap);
	tcase_add_test(tcase, test_roles_swap_after_a_fin);
	tcase_add_test(tcase, test_foreign);
	tcase_add_test(tcase, test_samples);
	tcase_add_test(tcase, test_icmp_rejects_the_syn);
	tcase_add_test(tcase, test_icmp_and_stream_numbers);
	tcase_add_loop_test(tcase, test_udp, 0, (int)COUNT(udp_cases));
	tcase_add_test(tcase, test_icmp_rejects_a_datagram);
	tcase_add_test(tcase, test_icmp_that_rejects_no_datagram);
	tcase_add_test(tcase, test_udp_that_is_not_ours);
	tcase_add_test(tcase, test_packets_at_once);
	tcase_add_test(tcase, test_free_without_end);
	suite_add_tcase(suite, tcase);
	return suite;
}
