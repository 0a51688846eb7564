#include "analyzer/conversation/handshake.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/conversation/icmp_reason.h"
#include "analyzer/conversation/packet_samples.h"

Suite *handshake_suite(void);

#define SYN     TCP_SYN
#define SYN_ACK (TCP_SYN | TCP_ACK)
#define RST_ACK (TCP_RST | TCP_ACK)
#define ACK     TCP_ACK
#define DATA    (TCP_PSH | TCP_ACK)
#define ISN     1000u
#define SILENCE (HANDSHAKE_SILENCE / SAMPLE_MS) /* milliseconds */

/* The frame of a packet is its place in the table, from 1. */
struct handshake_case {
	const char *name;
	struct sample packets[8];
	int64_t capture_end; /* milliseconds */
	enum outcome outcome;
	enum ended_by by;
	enum doubt doubt;
	int64_t waited; /* milliseconds */
	uint32_t syn_count;
	uint64_t answer_frame, end_frame;
};

#define PACKET(ms, side, what, number, acknowledged)                            \
	{                                                                       \
		.time = (ms), .from = (side), .flags = (what), .seq = (number), \
		.ack = (acknowledged), .ttl = 64                                \
	}
#define PACKET_DATA(ms, side, what, number, acknowledged, text)                 \
	{                                                                       \
		.time = (ms), .from = (side), .flags = (what), .seq = (number), \
		.ack = (acknowledged), .payload = (text), .ttl = 64             \
	}

static const struct handshake_case cases[] = {
    {.name = "answered",
	.packets = {PACKET(10, CLIENT, SYN, ISN, 0), PACKET(12, SERVER, SYN_ACK, 5000, ISN + 1),
	    PACKET(13, CLIENT, ACK, ISN + 1, 5001)},
	.outcome = OUTCOME_ANSWERED,
	.by = ENDED_BY_SERVER,
	.waited = 2,
	.syn_count = 1,
	.answer_frame = 2},
    {.name = "answered to the second SYN: waited since the first",
	.packets = {PACKET(0, CLIENT, SYN, ISN, 0), PACKET(1000, CLIENT, SYN, ISN, 0),
	    PACKET(1002, SERVER, SYN_ACK, 5000, ISN + 1)},
	.outcome = OUTCOME_ANSWERED,
	.by = ENDED_BY_SERVER,
	.waited = 1002,
	.syn_count = 2,
	.answer_frame = 3},
    {.name = "a repeated SYN-ACK: the first one answers",
	.packets = {PACKET(0, CLIENT, SYN, ISN, 0), PACKET(2, SERVER, SYN_ACK, 5000, ISN + 1),
	    PACKET(1002, SERVER, SYN_ACK, 5000, ISN + 1)},
	.outcome = OUTCOME_ANSWERED,
	.by = ENDED_BY_SERVER,
	.waited = 2,
	.syn_count = 1,
	.answer_frame = 2},
    {.name = "fast open: the SYN's data acknowledged with it",
	.packets = {PACKET_DATA(0, CLIENT, SYN, ISN, 0, "abcd"),
	    PACKET(2, SERVER, SYN_ACK, 5000, ISN + 5)},
	.outcome = OUTCOME_ANSWERED,
	.by = ENDED_BY_SERVER,
	.waited = 2,
	.syn_count = 1,
	.answer_frame = 2},
    {.name = "fast open: the SYN alone acknowledged",
	.packets = {PACKET_DATA(0, CLIENT, SYN, ISN, 0, "abcd"),
	    PACKET(2, SERVER, SYN_ACK, 5000, ISN + 1)},
	.outcome = OUTCOME_ANSWERED,
	.by = ENDED_BY_SERVER,
	.waited = 2,
	.syn_count = 1,
	.answer_frame = 2},
    {.name = "a SYN-ACK for another SYN is no answer",
	.packets = {PACKET(0, CLIENT, SYN, ISN, 0), PACKET(2, SERVER, SYN_ACK, 5000, ISN + 2)},
	.capture_end = SILENCE,
	.outcome = OUTCOME_UNKNOWN,
	.by = ENDED_BY_SERVER,
	.doubt = DOUBT_ANSWERS_OTHER,
	.waited = 2,
	.syn_count = 1,
	.end_frame = 2},
    {.name = "refused",
	.packets = {PACKET(0, CLIENT, SYN, ISN, 0), PACKET(3, SERVER, RST_ACK, 0, ISN + 1)},
	.outcome = OUTCOME_RESET,
	.by = ENDED_BY_SERVER,
	.waited = 3,
	.syn_count = 1,
	.end_frame = 2},
    {.name = "refused three times: Windows tries again with the same SYN",
	.packets = {PACKET(0, CLIENT, SYN, ISN, 0), PACKET(1, SERVER, RST_ACK, 0, ISN + 1),
	    PACKET(500, CLIENT, SYN, ISN, 0), PACKET(501, SERVER, RST_ACK, 0, ISN + 1),
	    PACKET(1000, CLIENT, SYN, ISN, 0), PACKET(1001, SERVER, RST_ACK, 0, ISN + 1)},
	.outcome = OUTCOME_RESET,
	.by = ENDED_BY_SERVER,
	.waited = 1,
	.syn_count = 3,
	.end_frame = 2},
    {.name = "refused, then answered",
	.packets = {PACKET(0, CLIENT, SYN, ISN, 0), PACKET(1, SERVER, RST_ACK, 0, ISN + 1),
	    PACKET(500, CLIENT, SYN, ISN, 0), PACKET(501, SERVER, SYN_ACK, 5000, ISN + 1)},
	.outcome = OUTCOME_ANSWERED,
	.by = ENDED_BY_SERVER,
	.waited = 501,
	.syn_count = 2,
	.answer_frame = 4},
    {.name = "refused together with the data of a fast open",
	.packets = {PACKET_DATA(0, CLIENT, SYN, ISN, 0, "abcd"),
	    PACKET(3, SERVER, RST_ACK, 0, ISN + 5)},
	.outcome = OUTCOME_RESET,
	.by = ENDED_BY_SERVER,
	.waited = 3,
	.syn_count = 1,
	.end_frame = 2},
    {.name = "a RST that acknowledges something else is no refusal",
	.packets = {PACKET(0, CLIENT, SYN, ISN, 0), PACKET(3, SERVER, RST_ACK, 0, ISN + 9)},
	.capture_end = SILENCE,
	.outcome = OUTCOME_UNKNOWN,
	.by = ENDED_BY_SERVER,
	.doubt = DOUBT_ANSWERS_OTHER,
	.waited = 3,
	.syn_count = 1,
	.end_frame = 2},
    {.name = "nor one that acknowledges nothing",
	.packets = {PACKET(0, CLIENT, SYN, ISN, 0), PACKET(3, SERVER, TCP_RST, 0, ISN + 1)},
	.capture_end = SILENCE,
	.outcome = OUTCOME_UNKNOWN,
	.by = ENDED_BY_SERVER,
	.doubt = DOUBT_ANSWERS_OTHER,
	.waited = 3,
	.syn_count = 1,
	.end_frame = 2},
    {.name = "a RST after the SYN-ACK does not refuse",
	.packets = {PACKET(0, CLIENT, SYN, ISN, 0), PACKET(1, SERVER, SYN_ACK, 5000, ISN + 1),
	    PACKET(2, SERVER, RST_ACK, 5001, ISN + 1)},
	.outcome = OUTCOME_ANSWERED,
	.by = ENDED_BY_SERVER,
	.waited = 1,
	.syn_count = 1,
	.answer_frame = 2},
    {.name = "a challenge ACK of an older connection, the client's RST, and the SYN again",
	.packets = {PACKET(0, CLIENT, SYN, ISN, 0), PACKET(1, SERVER, ACK, 7000, 300),
	    PACKET(2, CLIENT, TCP_RST, 300, 0), PACKET(1000, CLIENT, SYN, ISN, 0),
	    PACKET(1001, SERVER, SYN_ACK, 5000, ISN + 1)},
	.outcome = OUTCOME_ANSWERED,
	.by = ENDED_BY_SERVER,
	.waited = 1001,
	.syn_count = 2,
	.answer_frame = 5},
    {.name = "a challenge ACK and silence",
	.packets = {PACKET(0, CLIENT, SYN, ISN, 0), PACKET(1, SERVER, ACK, 7000, 300),
	    PACKET(2, CLIENT, TCP_RST, 300, 0)},
	.capture_end = SILENCE,
	.outcome = OUTCOME_UNKNOWN,
	.by = ENDED_BY_SERVER,
	.doubt = DOUBT_ANSWERS_OTHER,
	.waited = 1,
	.syn_count = 1,
	.end_frame = 2},
    {.name = "one SYN, and the capture ends too early to tell",
	.packets = {PACKET(100, CLIENT, SYN, ISN, 0)},
	.capture_end = 100 + SILENCE - 1,
	.outcome = OUTCOME_UNKNOWN,
	.by = ENDED_BY_CAPTURE,
	.doubt = DOUBT_CAPTURE_ENDED,
	.waited = SILENCE - 1,
	.syn_count = 1},
    {.name = "one SYN and silence for long enough",
	.packets = {PACKET(100, CLIENT, SYN, ISN, 0)},
	.capture_end = 100 + SILENCE,
	.outcome = OUTCOME_UNANSWERED,
	.waited = SILENCE,
	.syn_count = 1},
    {.name = "two SYNs prove the silence between them",
	.packets = {PACKET(0, CLIENT, SYN, ISN, 0), PACKET(1000, CLIENT, SYN, ISN, 0)},
	.capture_end = 1000,
	.outcome = OUTCOME_UNANSWERED,
	.waited = 1000,
	.syn_count = 2,
	.end_frame = 2},
    {.name = "a SYN with another number is not of this connection",
	.packets = {PACKET(0, CLIENT, SYN, ISN, 0), PACKET(1000, CLIENT, SYN, ISN + 7, 0)},
	.capture_end = 1000,
	.outcome = OUTCOME_UNKNOWN,
	.by = ENDED_BY_CAPTURE,
	.doubt = DOUBT_CAPTURE_ENDED,
	.waited = 1000,
	.syn_count = 1},
    {.name = "the client goes on as if a SYN-ACK had come",
	.packets = {PACKET(0, CLIENT, SYN, ISN, 0), PACKET(2, CLIENT, ACK, ISN + 1, 5001)},
	.capture_end = 60000,
	.outcome = OUTCOME_UNKNOWN,
	.doubt = DOUBT_ONE_DIRECTION,
	.syn_count = 1},
    {.name = "and so after a repeated SYN",
	.packets = {PACKET(0, CLIENT, SYN, ISN, 0), PACKET(1000, CLIENT, SYN, ISN, 0),
	    PACKET_DATA(1002, CLIENT, DATA, ISN + 1, 5001, "x")},
	.capture_end = 60000,
	.outcome = OUTCOME_UNKNOWN,
	.doubt = DOUBT_ONE_DIRECTION,
	.waited = 1000,
	.syn_count = 2},
    {.name = "the client goes on and the server's later packets are there: one was missed",
	.packets = {PACKET(0, CLIENT, SYN, ISN, 0), PACKET(2, CLIENT, ACK, ISN + 1, 5001),
	    PACKET_DATA(3, SERVER, DATA, 5001, ISN + 1, "x")},
	.capture_end = 60000,
	.outcome = OUTCOME_UNKNOWN,
	.doubt = DOUBT_PACKETS_MISSING,
	.syn_count = 1},
    {.name = "simultaneous open: SYNs cross, and a SYN-ACK follows",
	.packets = {PACKET(0, CLIENT, SYN, ISN, 0), PACKET(1, SERVER, SYN, 5000, 0),
	    PACKET(2, CLIENT, SYN_ACK, ISN, 5001), PACKET(3, SERVER, SYN_ACK, 5000, ISN + 1)},
	.outcome = OUTCOME_ANSWERED,
	.by = ENDED_BY_SERVER,
	.waited = 3,
	.syn_count = 1,
	.answer_frame = 4},
    {.name = "simultaneous open that an ACK completes",
	.packets = {PACKET(0, CLIENT, SYN, ISN, 0), PACKET(1, SERVER, SYN, 5000, 0),
	    PACKET(2, CLIENT, SYN_ACK, ISN, 5001), PACKET(3, SERVER, ACK, 5001, ISN + 1)},
	.outcome = OUTCOME_ANSWERED,
	.by = ENDED_BY_SERVER,
	.waited = 3,
	.syn_count = 1,
	.answer_frame = 4},
    {.name = "simultaneous open without an end is no silence",
	.packets = {PACKET(0, CLIENT, SYN, ISN, 0), PACKET(1, SERVER, SYN, 5000, 0),
	    PACKET(1000, CLIENT, SYN, ISN, 0)},
	.capture_end = 60000,
	.outcome = OUTCOME_UNKNOWN,
	.by = ENDED_BY_SERVER,
	.doubt = DOUBT_ANSWERS_OTHER,
	.waited = 1,
	.syn_count = 2,
	.end_frame = 2},
    {.name = "fast open given up: the SYN again without its data, all of it acknowledged",
	.packets = {PACKET_DATA(0, CLIENT, SYN, ISN, 0, "abcd"), PACKET(1000, CLIENT, SYN, ISN, 0),
	    PACKET(1001, SERVER, SYN_ACK, 5000, ISN + 5)},
	.outcome = OUTCOME_ANSWERED,
	.by = ENDED_BY_SERVER,
	.waited = 1001,
	.syn_count = 2,
	.answer_frame = 3},
    {.name = "fast open: a SYN-ACK that brings data",
	.packets = {PACKET_DATA(0, CLIENT, SYN, ISN, 0, "abcd"),
	    PACKET_DATA(2, SERVER, SYN_ACK, 5000, ISN + 5, "efg")},
	.outcome = OUTCOME_ANSWERED,
	.by = ENDED_BY_SERVER,
	.waited = 2,
	.syn_count = 1,
	.answer_frame = 2},
    {.name = "a challenge ACK between repeated SYNs is no silence",
	.packets = {PACKET(0, CLIENT, SYN, ISN, 0), PACKET(1, SERVER, ACK, 7000, 300),
	    PACKET(1000, CLIENT, SYN, ISN, 0), PACKET(3000, CLIENT, SYN, ISN, 0)},
	.capture_end = 60000,
	.outcome = OUTCOME_UNKNOWN,
	.by = ENDED_BY_SERVER,
	.doubt = DOUBT_ANSWERS_OTHER,
	.waited = 1,
	.syn_count = 3,
	.end_frame = 2},
    {.name = "a challenge ACK, then refused",
	.packets = {PACKET(0, CLIENT, SYN, ISN, 0), PACKET(1, SERVER, ACK, 7000, 300),
	    PACKET(2, CLIENT, TCP_RST, 300, 0), PACKET(1000, CLIENT, SYN, ISN, 0),
	    PACKET(1001, SERVER, RST_ACK, 0, ISN + 1)},
	.outcome = OUTCOME_RESET,
	.by = ENDED_BY_SERVER,
	.waited = 1001,
	.syn_count = 2,
	.end_frame = 5},
    {.name = "port reuse: the client's late ACK of the old connection goes on with nothing",
	.packets = {PACKET(0, CLIENT, SYN, ISN, 0), PACKET(1, CLIENT, ACK, ISN - 400, 4000),
	    PACKET(1000, CLIENT, SYN, ISN, 0)},
	.outcome = OUTCOME_UNANSWERED,
	.waited = 1000,
	.syn_count = 2,
	.end_frame = 3},
    {.name = "a RST that acknowledges nothing, in the client's name, shows no answer",
	.packets = {PACKET(0, CLIENT, SYN, ISN, 0), PACKET(1000, CLIENT, SYN, ISN, 0),
	    PACKET(1500, CLIENT, RST_ACK, ISN + 1, 0)},
	.capture_end = 60000,
	.outcome = OUTCOME_UNANSWERED,
	.waited = 1000,
	.syn_count = 2,
	.end_frame = 2},
    {.name = "one that acknowledges does",
	.packets = {PACKET(0, CLIENT, SYN, ISN, 0), PACKET(1000, CLIENT, SYN, ISN, 0),
	    PACKET(1500, CLIENT, RST_ACK, ISN + 1, 5001)},
	.capture_end = 60000,
	.outcome = OUTCOME_UNKNOWN,
	.doubt = DOUBT_ONE_DIRECTION,
	.waited = 1000,
	.syn_count = 2},
    {.name = "the client resets what nobody is seen to have answered",
	.packets = {PACKET(0, CLIENT, SYN, ISN, 0), PACKET(2, CLIENT, TCP_RST, ISN + 1, 0)},
	.capture_end = 60000,
	.outcome = OUTCOME_UNKNOWN,
	.doubt = DOUBT_ONE_DIRECTION,
	.syn_count = 1},
};

/* What beside the outcome is to be known; DETECTION.md 4.6 names the edges. */
static const struct detail_case {
	struct handshake_case handshake;
	enum { NOT_KNOWN, NO, YES } is_established;
	uint32_t syn_ack_count, syn_after_syn_ack, challenge_acks, stray_answers;
	int64_t unheard; /* milliseconds; 0: none */
	uint64_t last_syn_ack_frame;
	enum close_kind close; /* by the client */
} details[] = {
    {.handshake = {.name = "established by the client's ACK",
	 .packets = {PACKET(0, CLIENT, SYN, ISN, 0), PACKET(2, SERVER, SYN_ACK, 5000, ISN + 1),
	     PACKET(3, CLIENT, ACK, ISN + 1, 5001)}},
	.is_established = YES,
	.syn_ack_count = 1,
	.last_syn_ack_frame = 2},
    {.handshake = {.name = "asymmetric routing: SYN-ACKs that the client does not hear",
	 .packets = {PACKET(0, CLIENT, SYN, ISN, 0), PACKET(1, SERVER, SYN_ACK, 5000, ISN + 1),
	     PACKET(1000, SERVER, SYN_ACK, 5000, ISN + 1), PACKET(1010, CLIENT, SYN, ISN, 0),
	     PACKET(1011, SERVER, SYN_ACK, 5000, ISN + 1), PACKET(3010, CLIENT, SYN, ISN, 0),
	     PACKET(3011, SERVER, SYN_ACK, 5000, ISN + 1)}},
	.is_established = NO,
	.syn_ack_count = 4,
	.syn_after_syn_ack = 2,
	.unheard = 3009,
	.last_syn_ack_frame = 7},
    {.handshake =
	    {.name = "a slow path: the SYN-ACK comes when the SYN is sent again, and is heard",
		.packets = {PACKET(0, CLIENT, SYN, ISN, 0),
		    PACKET(1, SERVER, SYN_ACK, 5000, ISN + 1), PACKET(1000, CLIENT, SYN, ISN, 0),
		    PACKET(1001, SERVER, SYN_ACK, 5000, ISN + 1),
		    PACKET(1200, CLIENT, ACK, ISN + 1, 5001)}},
	.is_established = YES,
	.syn_ack_count = 2,
	.syn_after_syn_ack = 1,
	.unheard = 999,
	.last_syn_ack_frame = 4},
    {.handshake = {.name = "capture ended early: the client may still go on",
	 .packets = {PACKET(0, CLIENT, SYN, ISN, 0), PACKET(1, SERVER, SYN_ACK, 5000, ISN + 1),
	     PACKET(1000, CLIENT, SYN, ISN, 0), PACKET(1001, SERVER, SYN_ACK, 5000, ISN + 1)},
	 .capture_end = 1001 + SILENCE - 1,
	 .doubt = DOUBT_CAPTURE_ENDED},
	.is_established = NOT_KNOWN,
	.syn_ack_count = 2,
	.syn_after_syn_ack = 1,
	.unheard = 999,
	.last_syn_ack_frame = 4},
    {.handshake = {.name = "and with 3 s more it did not",
	 .packets = {PACKET(0, CLIENT, SYN, ISN, 0), PACKET(1, SERVER, SYN_ACK, 5000, ISN + 1),
	     PACKET(1000, CLIENT, SYN, ISN, 0), PACKET(1001, SERVER, SYN_ACK, 5000, ISN + 1)},
	 .capture_end = 1001 + SILENCE},
	.is_established = NO,
	.syn_ack_count = 2,
	.syn_after_syn_ack = 1,
	.unheard = 999,
	.last_syn_ack_frame = 4},
    {.handshake = {.name = "a SYN flood: one SYN, and the server repeats its SYN-ACK",
	 .packets = {PACKET(0, CLIENT, SYN, ISN, 0), PACKET(1, SERVER, SYN_ACK, 5000, ISN + 1),
	     PACKET(1001, SERVER, SYN_ACK, 5000, ISN + 1),
	     PACKET(3001, SERVER, SYN_ACK, 5000, ISN + 1)},
	 .capture_end = 9000},
	.is_established = NO,
	.syn_ack_count = 3,
	.last_syn_ack_frame = 4},
    {.handshake = {.name = "a late ACK of another connection establishes nothing",
	 .packets = {PACKET(0, CLIENT, SYN, ISN, 0), PACKET(1, SERVER, SYN_ACK, 5000, ISN + 1),
	     PACKET(2, CLIENT, ACK, ISN - 70, 4000)},
	 .capture_end = 9000},
	.is_established = NO,
	.syn_ack_count = 1,
	.last_syn_ack_frame = 2},
    {.handshake = {.name = "load balancer health check: established and reset without data",
	 .packets = {PACKET(0, CLIENT, SYN, ISN, 0), PACKET(1, SERVER, SYN_ACK, 5000, ISN + 1),
	     PACKET(2, CLIENT, ACK, ISN + 1, 5001), PACKET(3, CLIENT, RST_ACK, ISN + 1, 5001)}},
	.is_established = YES,
	.syn_ack_count = 1,
	.last_syn_ack_frame = 2,
	.close = CLOSE_RESET},
    {.handshake = {.name = "health check that closes with FIN",
	 .packets = {PACKET(0, CLIENT, SYN, ISN, 0), PACKET(1, SERVER, SYN_ACK, 5000, ISN + 1),
	     PACKET(2, CLIENT, ACK, ISN + 1, 5001),
	     PACKET(3, CLIENT, TCP_FIN | TCP_ACK, ISN + 1, 5001)}},
	.is_established = YES,
	.syn_ack_count = 1,
	.last_syn_ack_frame = 2,
	.close = CLOSE_FIN},
    {.handshake = {.name = "port scanner: the SYN-ACK is reset",
	 .packets = {PACKET(0, CLIENT, SYN, ISN, 0), PACKET(1, SERVER, SYN_ACK, 5000, ISN + 1),
	     PACKET(2, CLIENT, TCP_RST, ISN + 1, 0)}},
	.is_established = NO,
	.syn_ack_count = 1,
	.last_syn_ack_frame = 2,
	.close = CLOSE_RESET},
    {.handshake = {.name = "reset after data is no probe",
	 .packets = {PACKET(0, CLIENT, SYN, ISN, 0), PACKET(1, SERVER, SYN_ACK, 5000, ISN + 1),
	     PACKET_DATA(2, CLIENT, DATA, ISN + 1, 5001, "x"),
	     PACKET(3, CLIENT, RST_ACK, ISN + 2, 5001)}},
	.is_established = YES,
	.syn_ack_count = 1,
	.last_syn_ack_frame = 2,
	.close = CLOSE_RESET},
    {.handshake = {.name = "a client that hears the SYN-ACK too late resets it: no probe",
	 .packets = {PACKET(0, CLIENT, SYN, ISN, 0), PACKET(1, SERVER, SYN_ACK, 5000, ISN + 1),
	     PACKET(1000, CLIENT, SYN, ISN, 0), PACKET(1001, SERVER, SYN_ACK, 5000, ISN + 1),
	     PACKET(4000, CLIENT, TCP_RST, ISN + 1, 0)}},
	.is_established = NO,
	.syn_ack_count = 2,
	.syn_after_syn_ack = 1,
	.unheard = 999,
	.last_syn_ack_frame = 4,
	.close = CLOSE_RESET},
    {.handshake = {.name = "challenge ACKs are counted",
	 .packets = {PACKET(0, CLIENT, SYN, ISN, 0), PACKET(1, SERVER, ACK, 7000, 300),
	     PACKET(1000, CLIENT, SYN, ISN, 0), PACKET(1001, SERVER, ACK, 7000, 300)}},
	.is_established = NO,
	.challenge_acks = 2},
    {.handshake = {.name = "an old connection's data, a bare RST and a wrong SYN-ACK are strays",
	 .packets = {PACKET(0, CLIENT, SYN, ISN, 0), PACKET_DATA(1, SERVER, DATA, 7000, 300, "old"),
	     PACKET(2, SERVER, TCP_RST, 300, 0), PACKET(3, SERVER, SYN_ACK, 5000, ISN - 5)}},
	.is_established = NO,
	.stray_answers = 3},
    {.handshake = {.name = "what follows the SYN-ACK is neither",
	 .packets = {PACKET(0, CLIENT, SYN, ISN, 0), PACKET(1, SERVER, SYN_ACK, 5000, ISN + 1),
	     PACKET_DATA(2, CLIENT, DATA, ISN + 1, 5001, "x"),
	     PACKET(3, SERVER, ACK, 5001, ISN + 2)}},
	.is_established = YES,
	.syn_ack_count = 1,
	.last_syn_ack_frame = 2},
    {.handshake = {.name = "nor what follows one that the file lacks",
	 .packets = {PACKET(0, CLIENT, SYN, ISN, 0),
	     PACKET_DATA(2, CLIENT, DATA, ISN + 1, 5001, "x"),
	     PACKET(3, SERVER, ACK, 5001, ISN + 2)}},
	.is_established = NO},
};

static struct tcp_handshake *
run_case(const struct handshake_case *one, struct conversation_facts *facts, struct arena *arena)
{
	struct handshake handshake = {0};

	facts->client = sample_addr(CLIENT);
	for (size_t i = 0; i < COUNT(one->packets) && one->packets[i].flags != 0; i++) {
		struct packet packet = sample_packet(&one->packets[i], i + 1);

		facts->packets[one->packets[i].from]++;
		handshake_packet(&handshake, one->packets[i].from, &packet);
	}
	return handshake_exchange(&handshake, facts, one->capture_end * SAMPLE_MS, arena);
}

START_TEST(test_packets)
{
	const struct handshake_case *one = &cases[_i];
	struct conversation_facts facts = {0};
	struct arena arena = {0};
	const struct tcp_handshake *made = run_case(one, &facts, &arena);
	const struct exchange *exchange = &made->exchange;

	ck_assert_ptr_nonnull(made);
	ck_assert_msg(exchange->outcome == one->outcome && exchange->ended_by == one->by &&
			  exchange->doubt == one->doubt,
	    "%s: outcome %d by %d, doubt %d", one->name, exchange->outcome, exchange->ended_by,
	    exchange->doubt);
	ck_assert_int_eq(exchange->waited, one->waited * SAMPLE_MS);
	ck_assert_int_eq(exchange->time, one->packets[0].time * SAMPLE_MS);
	ck_assert_uint_eq(exchange->request_frame, 1);
	ck_assert_uint_eq(exchange->answer_frame, one->answer_frame);
	ck_assert_uint_eq(exchange->end_frame, one->end_frame);
	ck_assert_uint_eq(made->syn_count, one->syn_count);
	ck_assert_uint_eq(exchange->retransmissions, one->syn_count - 1);
	ck_assert_int_eq(made->server_ttl.is_known, one->outcome == OUTCOME_ANSWERED);
	ck_assert(!made->icmp_type.is_known);
	arena_free(&arena);
}
END_TEST

START_TEST(test_details)
{
	const struct detail_case *one = &details[_i];
	struct conversation_facts facts = {.close = one->close, .closed_by = ENDED_BY_CLIENT};
	struct arena arena = {0};
	const struct tcp_handshake *made;

	for (size_t i = 0; i < COUNT(one->handshake.packets); i++)
		if (one->handshake.packets[i].payload != NULL)
			facts.bytes[one->handshake.packets[i].from]++;
	made = run_case(&one->handshake, &facts, &arena);
	ck_assert_msg(made->is_established.is_known == (one->is_established != NOT_KNOWN) &&
			  made->is_established.value == (one->is_established == YES),
	    "%s: established", one->handshake.name);
	ck_assert_uint_eq(made->syn_ack_count, one->syn_ack_count);
	ck_assert_uint_eq(made->syn_after_syn_ack, one->syn_after_syn_ack);
	ck_assert_uint_eq(made->challenge_acks, one->challenge_acks);
	ck_assert_int_eq(made->has_challenge_ack, one->challenge_acks != 0);
	ck_assert_uint_eq(made->challenge_frame, one->challenge_acks != 0 ? 2 : 0);
	ck_assert_uint_eq(made->stray_answers, one->stray_answers);
	ck_assert_int_eq(made->unheard, one->unheard != 0 ? one->unheard * SAMPLE_MS : -1);
	ck_assert_uint_eq(made->last_syn_ack_frame, one->last_syn_ack_frame);
	if (made->syn_ack_count != 0)
		ck_assert_int_eq(made->exchange.doubt, one->handshake.doubt);
	arena_free(&arena);
}
END_TEST

/* The server's own packets came with 63, or with 60 to 63 where several paths lead here. */
START_TEST(test_odd_rst_ttl)
{
	struct conversation_facts facts = {0};
	struct arena arena = {0};
	struct tcp_handshake *refused = run_case(&cases[6], &facts, &arena),
			     *answered = run_case(&cases[2], &facts, &arena);

	ck_assert(!refused->is_rst_ttl_odd.is_known);
	ck_assert(!refused->known_server_ttl.is_known);
	handshake_compare_ttl(refused, 60, 63, 62);
	ck_assert(refused->is_rst_ttl_odd.is_known && refused->is_rst_ttl_odd.value);
	ck_assert_uint_eq(refused->known_server_ttl.value, 62);
	handshake_compare_ttl(refused, 60, 64, 62);
	ck_assert(refused->is_rst_ttl_odd.is_known && !refused->is_rst_ttl_odd.value);
	handshake_compare_ttl(refused, 64, 64, 64);
	ck_assert(!refused->is_rst_ttl_odd.value);
	handshake_compare_ttl(refused, 65, 65, 65);
	ck_assert(refused->is_rst_ttl_odd.value);
	handshake_compare_ttl(answered, 60, 63, 62);
	ck_assert(!answered->is_rst_ttl_odd.is_known);
	arena_free(&arena);
}
END_TEST

START_TEST(test_fields)
{
	struct conversation_facts facts = {0};
	struct arena arena = {0};
	const struct tcp_handshake *answered = run_case(&cases[2], &facts, &arena);
	const struct tcp_handshake *refused = run_case(&cases[6], &facts, &arena);

	ck_assert_uint_eq(answered->isn.value, ISN);
	ck_assert_uint_eq(answered->syn_ack_count, 2);
	ck_assert_uint_eq(answered->server_ttl.value, 64);
	ck_assert(!answered->rst_ttl.is_known);
	ck_assert(answered->exchange.is_delivered);
	ck_assert(!answered->is_ipv6);
	ck_assert_str_eq(answered->exchange.type->name, "tcp_handshake");
	ck_assert_uint_eq(refused->rst_ttl.value, 64);
	ck_assert(refused->exchange.is_delivered);
	ck_assert_ptr_eq(refused->exchange.conversation, &facts);
	arena_free(&arena);
}
END_TEST

START_TEST(test_without_syn_there_is_no_exchange)
{
	const struct sample syn_ack = PACKET(0, SERVER, SYN_ACK, 5000, ISN + 1),
			    ack = PACKET(1, CLIENT, ACK, ISN + 1, 5001);
	struct packet one = sample_packet(&syn_ack, 1), other = sample_packet(&ack, 2);
	struct conversation_facts facts = {0};
	struct handshake handshake = {0};
	struct arena arena = {0};

	handshake_packet(&handshake, SERVER, &one);
	handshake_packet(&handshake, CLIENT, &other);
	ck_assert_ptr_null(handshake_exchange(&handshake, &facts, 0, &arena));
	ck_assert_uint_eq(handshake.syn_ack_frame, 1);
	arena_free(&arena);
}
END_TEST

/* RFC 792; RFC 1191; RFC 1122 3.2.2.1; RFC 4443 3. */
static const struct {
	const char *name;
	bool is_ipv6;
	uint8_t type, code;
	bool is_rejection;
} icmp_errors[] = {
    {"host unreachable", false, 3, 1, true},
    {"port unreachable", false, 3, 3, true},
    {"administratively prohibited", false, 3, 13, true},
    {"fragmentation needed", false, 3, 4, false},
    {"time exceeded", false, 11, 0, true},
    {"reassembly time exceeded", false, 11, 1, false},
    {"redirect", false, 5, 1, false},
    {"source quench", false, 4, 0, false},
    {"no route", true, 1, 0, true},
    {"administratively prohibited", true, 1, 1, true},
    {"port unreachable", true, 1, 4, true},
    {"packet too big", true, 2, 0, false},
    {"hop limit exceeded", true, 3, 0, true},
    {"reassembly time exceeded", true, 3, 1, false},
};

START_TEST(test_icmp)
{
	const struct sample syn = PACKET(0, CLIENT, SYN, ISN, 0);
	const struct packet sent = sample_packet(&syn, 1);
	struct packet error = sample_icmp(&syn, icmp_errors[_i].type, icmp_errors[_i].code, 2);
	struct conversation_facts facts = {.client = sent.ends.src, .packets = {1, 0}};
	struct handshake handshake = {0};
	struct arena arena = {0};
	const struct tcp_handshake *made;

	error.time = 7 * SAMPLE_MS;
	if (icmp_errors[_i].is_ipv6) {
		ck_assert(addr_parse("2001:db8::fe", &error.ends.src));
		ck_assert(addr_parse("2001:db8::1", &facts.client));
	}
	handshake_packet(&handshake, CLIENT, &sent);
	handshake_icmp(&handshake, &error);
	made = handshake_exchange(&handshake, &facts, HANDSHAKE_SILENCE, &arena);
	ck_assert_int_eq(made->is_ipv6, icmp_errors[_i].is_ipv6);
	if (icmp_errors[_i].is_rejection) {
		ck_assert_msg(made->exchange.outcome == OUTCOME_RESET, "%s", icmp_errors[_i].name);
		ck_assert_int_eq(made->exchange.ended_by, ENDED_BY_NETWORK);
		ck_assert_uint_eq(made->exchange.end_frame, 2);
		ck_assert_int_eq(made->exchange.waited, 7 * SAMPLE_MS);
		ck_assert(!made->exchange.is_delivered);
		ck_assert_uint_eq(made->icmp_type.value, icmp_errors[_i].type);
		ck_assert_uint_eq(made->icmp_code.value, icmp_errors[_i].code);
		ck_assert_uint_eq(made->icmp_reason.value,
		    icmp_reason(error.ends.src.family, icmp_errors[_i].type, icmp_errors[_i].code));
		ck_assert(!made->is_icmp_from_server);
		ck_assert(addr_equal(&made->icmp_sender, &error.ends.src));
	} else {
		ck_assert_msg(
		    made->exchange.outcome == OUTCOME_UNANSWERED, "%s", icmp_errors[_i].name);
		ck_assert(!made->icmp_type.is_known);
		ck_assert_int_eq(made->icmp_sender.family, ADDR_NONE);
	}
	arena_free(&arena);
}
END_TEST

/* A host's own firewall rejects under the host's address. */
START_TEST(test_icmp_from_the_server)
{
	const struct sample syn = PACKET(0, CLIENT, SYN, ISN, 0);
	const struct packet sent = sample_packet(&syn, 1);
	struct packet error = sample_icmp(&syn, 3, 3, 2);
	struct conversation_facts facts = {.server = sent.ends.dst, .packets = {1, 0}};
	struct handshake handshake = {0};
	struct arena arena = {0};

	error.ends.src = sent.ends.dst;
	handshake_packet(&handshake, CLIENT, &sent);
	handshake_icmp(&handshake, &error);
	ck_assert(handshake_exchange(&handshake, &facts, 0, &arena)->is_icmp_from_server);
	arena_free(&arena);
}
END_TEST

/* What ICMP says of another connection's packets, or too shortly to tell, rejects nothing. */
START_TEST(test_icmp_must_quote_the_syn)
{
	const struct sample syn = PACKET(0, CLIENT, SYN, ISN, 0);
	const struct packet sent = sample_packet(&syn, 1);
	struct packet error = sample_icmp(&syn, 3, 1, 2);
	struct handshake handshake = {0};

	handshake_icmp(&handshake, &error); /* before any SYN */
	ck_assert(!handshake.is_icmp_rejected);
	handshake_packet(&handshake, CLIENT, &sent);
	error.icmp.tcp.seq = ISN + 1;
	handshake_icmp(&handshake, &error);
	ck_assert(!handshake.is_icmp_rejected);
	/* The snap length cuts the quote behind the ports, which are this connection's. */
	error.icmp.has_sequence = false;
	handshake_icmp(&handshake, &error);
	ck_assert(handshake.is_icmp_rejected);
	/* The first one counts. */
	error.icmp.code = 13;
	handshake_icmp(&handshake, &error);
	ck_assert_uint_eq(handshake.icmp_code, 1);
}
END_TEST

/* An ICMP error is a hint (RFC 5927): a SYN-ACK that comes all the same answers. */
START_TEST(test_answered_after_icmp)
{
	const struct sample syn = PACKET(0, CLIENT, SYN, ISN, 0),
			    answer = PACKET(9, SERVER, SYN_ACK, 5000, ISN + 1);
	const struct packet sent = sample_packet(&syn, 1), error = sample_icmp(&syn, 3, 1, 2),
			    answered = sample_packet(&answer, 3);
	struct conversation_facts facts = {.packets = {1, 1}};
	struct handshake handshake = {0};
	struct arena arena = {0};
	const struct tcp_handshake *made;

	handshake_packet(&handshake, CLIENT, &sent);
	handshake_icmp(&handshake, &error);
	handshake_packet(&handshake, SERVER, &answered);
	made = handshake_exchange(&handshake, &facts, 0, &arena);
	ck_assert_int_eq(made->exchange.outcome, OUTCOME_ANSWERED);
	ck_assert_uint_eq(made->icmp_code.value, 1);
	arena_free(&arena);
}
END_TEST

Suite *
handshake_suite(void)
{
	Suite *suite = suite_create("handshake");
	TCase *tcase = tcase_create("handshake");

	tcase_add_loop_test(tcase, test_packets, 0, (int)COUNT(cases));
	tcase_add_loop_test(tcase, test_details, 0, (int)COUNT(details));
	tcase_add_test(tcase, test_odd_rst_ttl);
	tcase_add_test(tcase, test_fields);
	tcase_add_test(tcase, test_without_syn_there_is_no_exchange);
	tcase_add_loop_test(tcase, test_icmp, 0, (int)COUNT(icmp_errors));
	tcase_add_test(tcase, test_icmp_from_the_server);
	tcase_add_test(tcase, test_icmp_must_quote_the_syn);
	tcase_add_test(tcase, test_answered_after_icmp);
	suite_add_tcase(suite, tcase);
	return suite;
}
