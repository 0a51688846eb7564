#include "dissectors/kerberos.h"

#include <check.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "dissectors/kerberos_samples.h"
#include "dissectors/kerberos_wire.h"

Suite *kerberos_suite(void);

#define SECOND INT64_C(1000000000)
#define STIME  (INT64_C(1795195740) * SECOND + SECOND / 4) /* of the samples */
#define MARK   4

static struct conversation_facts facts;
static struct arena arena;
static struct ledger ledger;
static const struct dissector *dissector;
static void *state;
static uint64_t frames;
static int64_t now;

static void
start(const struct dissector *which)
{
	struct dissector_context context = {
	    .conversation = &facts, .arena = &arena, .ledger = &ledger};

	facts.transport = which->transport;
	dissector = which;
	state = dissector->open(&context);
}

static void
start_udp(void)
{
	start(&kerberos_udp_dissector);
}

static void
start_tcp(void)
{
	start(&kerberos_tcp_dissector);
}

/* LENGTH bytes with a record mark over TCP, of which the capture holds CAPTURED; a frame each. */
static void
say_cut(enum side from, const uint8_t *bytes, size_t length, size_t captured)
{
	size_t mark = dissector->transport == TRANSPORT_TCP ? MARK : 0;
	uint8_t *copy = mem_alloc(mark + captured, 1);
	struct message message = {
	    .bytes = copy,
	    .captured = (uint32_t)(mark + captured),
	    .length = (uint32_t)(mark + length),
	    .is_cut = captured < length,
	    .from = from,
	    .frame = ++frames,
	    .time = now,
	    .first_time = now,
	};

	if (mark) {
		copy[2] = (uint8_t)(length >> 8);
		copy[3] = (uint8_t)length;
	}
	memcpy(copy + mark, bytes, captured);
	dissector->message(state, &message);
	mem_free(copy);
	now += SECOND;
}

#define SAMPLE(name)               sample_##name, sizeof(sample_##name)
#define ASK(name)                  say_cut(CLIENT, SAMPLE(name), sizeof(sample_##name))
#define ANSWER(name)               say_cut(SERVER, SAMPLE(name), sizeof(sample_##name))
#define ASK_CUT(name, captured)    say_cut(CLIENT, SAMPLE(name), captured)
#define ANSWER_CUT(name, captured) say_cut(SERVER, SAMPLE(name), captured)

static void
end_with(enum outcome outcome, enum ended_by by)
{
	struct ending ending = {.outcome = outcome, .by = by, .frame = ++frames, .time = now};

	dissector->end(state, &ending);
}

static const struct kerberos_exchange *
item(size_t index)
{
	ck_assert_uint_lt(index, ledger.count);
	return (const struct kerberos_exchange *)ledger.items[index];
}

static void
assert_error(const struct kerberos_exchange *exchange, uint64_t code)
{
	ck_assert_int_eq(exchange->exchange.outcome, OUTCOME_ANSWERED);
	ck_assert(exchange->krb_error.is_known);
	ck_assert_uint_eq(exchange->krb_error.value, code);
	ck_assert(!exchange->is_success);
}

START_TEST(test_logon_over_tcp)
{
	const struct kerberos_exchange *as;

	start_tcp();
	ASK(as_req);
	ck_assert_uint_eq(ledger.count, 0);
	ANSWER(as_rep);
	ck_assert_uint_eq(ledger.count, 1);
	as = item(0);
	ck_assert_ptr_eq(as->exchange.type, &kerberos_as_type);
	ck_assert_int_eq(as->exchange.outcome, OUTCOME_ANSWERED);
	ck_assert_uint_eq(as->exchange.request_frame, 1);
	ck_assert_uint_eq(as->exchange.answer_frame, 2);
	ck_assert_int_eq(as->exchange.waited, SECOND);
	ck_assert(as->is_success);
	ck_assert(!as->krb_error.is_known);
	ck_assert(as->has_preauth);
	ck_assert(!as->is_fast);
	ck_assert(!facts.is_armoured);
	ck_assert_str_eq(as->client_name, "alice");
	ck_assert_str_eq(as->realm, "LAB.EXAMPLE");
	ck_assert_str_eq(as->service, "krbtgt/LAB.EXAMPLE");
	ck_assert_str_eq(as->service_class, "krbtgt");
	ck_assert_str_eq(as->service_host, "LAB.EXAMPLE");
	ck_assert_uint_eq(as->etypes.count, 3);
	ck_assert_uint_eq(as->padata.count, 2);
	ck_assert_uint_eq(as->reply_etype.value, 18);
	ck_assert_int_lt(as->skew, 0);
	ck_assert_str_eq(facts.protocol, "kerberos");
}
END_TEST

#define AT_SECOND_PADATA_TYPE 42 /* in sample_as_req: the lower byte of it */

/* A logon in armour, of which the conversation tells. */
START_TEST(test_logon_with_fast)
{
	uint8_t armoured[sizeof(sample_as_req)];

	memcpy(armoured, sample_as_req, sizeof(armoured));
	ck_assert_uint_eq(armoured[AT_SECOND_PADATA_TYPE], 149);
	armoured[AT_SECOND_PADATA_TYPE] = PA_FX_FAST;
	start_udp();
	say_cut(CLIENT, armoured, sizeof(armoured), sizeof(armoured));
	ck_assert(facts.is_armoured);
}
END_TEST

/* FAST hides the client: the anonymous name in the reply is nobody's. */
START_TEST(test_ticket_with_fast)
{
	const struct kerberos_exchange *tgs;

	start_udp();
	ASK(tgs_req);
	ANSWER(tgs_rep);
	tgs = item(0);
	ck_assert_ptr_eq(tgs->exchange.type, &kerberos_tgs_type);
	ck_assert(tgs->is_success);
	ck_assert(tgs->is_fast);
	ck_assert(!facts.is_armoured);
	ck_assert_ptr_null(tgs->client_name);
	ck_assert_str_eq(tgs->service_class, "cifs");
	ck_assert_str_eq(tgs->service_host, "fs1.lab.example");
	ck_assert_uint_eq(tgs->ticket_etype.value, 23);
	ck_assert_uint_eq(tgs->ticket_kvno.value, 3);
	ck_assert_uint_eq(tgs->kdc_options.value, 0x40810000);
	ck_assert(tgs->is_user_to_user.is_known && !tgs->is_user_to_user.value);
	ck_assert(tgs->is_canonical.value);
}
END_TEST

/* ENC-TKT-IN-SKEY; of an answer without its request nobody knows. */
START_TEST(test_user_to_user)
{
	static const uint8_t before[] = {0xa0, 0x07, 0x03, 0x05, 0x00}; /* kdc-options */
	uint8_t bytes[sizeof(sample_tgs_req)];
	size_t at = 0;

	memcpy(bytes, sample_tgs_req, sizeof(bytes));
	while (memcmp(bytes + at, before, sizeof(before)) != 0)
		at++;
	bytes[at + sizeof(before) + 1] = 0;
	bytes[at + sizeof(before) + 3] = 0x08;
	start_udp();
	say_cut(CLIENT, bytes, sizeof(bytes), sizeof(bytes));
	ANSWER(tgs_rep);
	ANSWER(as_rep);
	ck_assert(item(0)->is_user_to_user.value);
	ck_assert(item(0)->is_canonical.is_known && !item(0)->is_canonical.value);
	ck_assert(!item(1)->is_user_to_user.is_known);
	ck_assert(!item(1)->kdc_options.is_known);
}
END_TEST

START_TEST(test_errors)
{
	const struct kerberos_exchange *as;

	start_tcp();
	ASK(as_req);
	ANSWER(error_preauth);
	ASK(as_req);
	ANSWER(error_revoked);
	as = item(0);
	assert_error(as, 25);
	ck_assert_str_eq(as->krb_error_text, "NEEDED_PREAUTH");
	ck_assert_str_eq(as->error_realm, "LAB.EXAMPLE");
	ck_assert_uint_eq(as->offered_etypes.count, 2);
	ck_assert_int_lt(as->skew, 0);
	ck_assert(!as->exchange.is_last);
	as = item(1);
	assert_error(as, 18);
	ck_assert_uint_eq(as->krb_nt_status.value, 0xc0000072);
	ck_assert(as->exchange.is_last);
}
END_TEST

/* The error holds both clocks: the client's is an hour and a quarter of a second later. */
START_TEST(test_skew_from_both_clocks)
{
	start_udp();
	ASK(as_req);
	ANSWER(error_skew);
	assert_error(item(0), 37);
	ck_assert_int_eq(item(0)->skew, 3600 * SECOND + SECOND / 4);
	ck_assert(!item(0)->is_kdc_ahead);
	ck_assert_str_eq(item(0)->kdc_time, "2026-11-20T17:29:00.250000000Z");
}
END_TEST

/* KRB_AP_ERR_SKEW without the client's time; the capture is BEHIND the KDC's clock. */
static void
answer_with_skew(int64_t behind)
{
	uint8_t bytes[sizeof(sample_error_spn)];

	memcpy(bytes, sample_error_spn, sizeof(bytes));
	for (size_t i = 0; i + 4 < sizeof(bytes); i++)
		if (bytes[i] == 0xa6 && bytes[i + 1] == 0x03 && bytes[i + 2] == 0x02)
			bytes[i + 4] = 37; /* error-code */
	start_udp();
	ASK(tgs_req);
	now = STIME - behind;
	say_cut(SERVER, bytes, sizeof(bytes), sizeof(bytes));
	assert_error(item(0), 37);
	ck_assert_str_eq(item(0)->kdc_time, "2026-11-20T17:29:00.250000000Z");
}

START_TEST(test_skew_from_capture_clock)
{
	answer_with_skew(600 * SECOND);
	ck_assert_int_eq(item(0)->skew, 600 * SECOND);
	ck_assert(item(0)->is_kdc_ahead);
}
END_TEST

/* A capture that runs with the KDC's clock cannot show what the client's says. */
START_TEST(test_skew_not_known)
{
	answer_with_skew(SECOND / 100);
	ck_assert_int_lt(item(0)->skew, 0);
	ck_assert(!item(0)->is_kdc_ahead);
}
END_TEST

START_TEST(test_retransmission_is_one_exchange)
{
	start_udp();
	ASK(as_req);
	ASK(as_req);
	ASK(as_req);
	ANSWER(error_preauth);
	ANSWER(error_preauth); /* the KDC answered each */
	end_with(OUTCOME_UNKNOWN, ENDED_BY_CAPTURE);
	ck_assert_uint_eq(ledger.count, 1);
	ck_assert_uint_eq(item(0)->exchange.retransmissions, 2);
	ck_assert_uint_eq(item(0)->exchange.request_frame, 1);
	ck_assert_uint_eq(item(0)->exchange.answer_frame, 4);
	assert_error(item(0), 25);
}
END_TEST

/* The answer was lost behind the capture: the request comes again, and so does the answer. */
START_TEST(test_retransmission_after_answer)
{
	start_udp();
	ASK(tgs_req);
	ANSWER(tgs_rep);
	ASK(tgs_req);
	ANSWER(tgs_rep);
	end_with(OUTCOME_UNKNOWN, ENDED_BY_CAPTURE);
	ck_assert_uint_eq(ledger.count, 1);
	ck_assert_uint_eq(item(0)->exchange.retransmissions, 1);
	ck_assert(item(0)->is_success);
}
END_TEST

/* The second answer to the repeated request comes when the next one waits already. */
START_TEST(test_second_answer_is_not_for_the_next_request)
{
	start_udp();
	ASK(as_req);
	ASK(as_req);
	ANSWER(error_preauth);
	ASK(tgs_req);
	ANSWER(error_preauth);
	ck_assert_uint_eq(ledger.count, 1);
	ANSWER(tgs_rep);
	ck_assert_uint_eq(ledger.count, 2);
	ck_assert(item(1)->is_success);
}
END_TEST

/* Two tickets asked for at once: the answer goes to the service that it names. */
START_TEST(test_datagram_names_its_service)
{
	uint8_t other[sizeof(sample_tgs_req)];

	memcpy(other, sample_tgs_req, sizeof(other));
	for (size_t i = 0; i + 4 < sizeof(other); i++)
		if (memcmp(other + i, "fs1.", 4) == 0)
			other[i + 2] = '2';
	start_udp();
	say_cut(CLIENT, other, sizeof(other), sizeof(other));
	ASK(tgs_req);
	ANSWER(tgs_rep);
	ck_assert_uint_eq(item(0)->exchange.request_frame, 2);
	end_with(OUTCOME_UNANSWERED, ENDED_BY_NOBODY);
	ck_assert_str_eq(item(1)->service, "cifs/fs2.lab.example");
}
END_TEST

/* Two requests may differ behind the cut. */
START_TEST(test_cut_request_after_answer_is_new)
{
	start_udp();
	ASK_CUT(tgs_req, 40);
	ANSWER(tgs_rep);
	ASK_CUT(tgs_req, 40);
	ASK_CUT(tgs_req, 40); /* while no answer came: the same again */
	ANSWER(error_spn);
	ck_assert_uint_eq(ledger.count, 2);
	assert_error(item(1), 7);
	ck_assert_uint_eq(item(1)->exchange.retransmissions, 1);
}
END_TEST

/* Over TCP the transport repeats, so the same bytes again are another request. */
START_TEST(test_same_request_twice_over_tcp)
{
	start_tcp();
	ASK(tgs_req);
	ANSWER(error_spn);
	ASK(tgs_req);
	ANSWER(error_spn);
	ck_assert_uint_eq(ledger.count, 2);
	assert_error(item(1), 7);
}
END_TEST

START_TEST(test_datagrams_change_places)
{
	start_udp();
	ASK(as_req);
	ASK(tgs_req);
	ANSWER(tgs_rep);
	ANSWER(error_preauth);
	ck_assert_uint_eq(ledger.count, 2);
	ck_assert_ptr_eq(item(0)->exchange.type, &kerberos_tgs_type);
	ck_assert(item(0)->is_success);
	ck_assert_ptr_eq(item(1)->exchange.type, &kerberos_as_type);
	assert_error(item(1), 25);
}
END_TEST

/* An error that names another service still belongs to the request before it. */
START_TEST(test_pipelined_over_tcp)
{
	start_tcp();
	ASK(tgs_req);
	ASK(as_req);
	ANSWER(error_preauth);
	ANSWER(as_rep);
	assert_error(item(0), 25);
	ck_assert_ptr_eq(item(0)->exchange.type, &kerberos_tgs_type);
	ck_assert(item(1)->is_success);
}
END_TEST

START_TEST(test_unanswered)
{
	start_udp();
	ASK(as_req);
	ASK(as_req);
	ASK(tgs_req);
	end_with(OUTCOME_UNANSWERED, ENDED_BY_NOBODY);
	ck_assert_uint_eq(ledger.count, 2);
	ck_assert_int_eq(item(0)->exchange.outcome, OUTCOME_UNANSWERED);
	ck_assert_uint_eq(item(0)->exchange.retransmissions, 1);
	ck_assert_int_eq(item(1)->exchange.outcome, OUTCOME_UNANSWERED);
	ck_assert(!item(1)->is_success);
	ck_assert(!item(1)->krb_error.is_known);
}
END_TEST

START_TEST(test_reset)
{
	start_tcp();
	ASK(as_req);
	end_with(OUTCOME_RESET, ENDED_BY_SERVER);
	ck_assert_uint_eq(ledger.count, 1);
	ck_assert_int_eq(item(0)->exchange.outcome, OUTCOME_RESET);
	ck_assert_int_eq(item(0)->exchange.ended_by, ENDED_BY_SERVER);
}
END_TEST

START_TEST(test_answer_without_request)
{
	start_udp();
	ANSWER(error_preauth);
	ANSWER(error_spn);
	ANSWER(tgs_rep);
	ck_assert_uint_eq(ledger.count, 3);
	ck_assert_ptr_eq(item(0)->exchange.type, &kerberos_as_type);
	assert_error(item(0), 25);
	ck_assert_int_eq(item(0)->exchange.doubt, DOUBT_BEGAN_BEFORE_CAPTURE);
	ck_assert_uint_eq(item(0)->exchange.request_frame, 0);
	ck_assert_uint_eq(item(0)->exchange.answer_frame, 1);
	ck_assert_ptr_eq(item(1)->exchange.type, &kerberos_tgs_type);
	assert_error(item(1), 7);
	ck_assert_str_eq(item(1)->service_host, "files.lab.example");
	ck_assert_ptr_eq(item(2)->exchange.type, &kerberos_tgs_type);
	ck_assert(item(2)->is_success);
}
END_TEST

START_TEST(test_answer_whose_request_is_missing)
{
	start_tcp();
	ASK(as_req);
	ANSWER(as_rep);
	ANSWER(error_spn);
	ck_assert_uint_eq(ledger.count, 2);
	ck_assert_int_eq(item(1)->exchange.doubt, DOUBT_PACKETS_MISSING);
	assert_error(item(1), 7);
}
END_TEST

/* A snap length of 96 leaves the error's code, one of 68 does not. */
START_TEST(test_cut_by_snap_length)
{
	start_udp();
	ASK_CUT(as_req, 54);
	ANSWER_CUT(error_preauth, 54);
	ASK_CUT(as_req, 26);
	ANSWER_CUT(error_preauth, 26);
	ASK_CUT(tgs_req, 26);
	ANSWER_CUT(tgs_rep, 26);
	ck_assert_uint_eq(ledger.count, 3);
	assert_error(item(0), 25);
	ck_assert_int_eq(item(0)->exchange.doubt, DOUBT_NONE);
	ck_assert_int_eq(item(1)->exchange.outcome, OUTCOME_ANSWERED);
	ck_assert(!item(1)->krb_error.is_known);
	ck_assert_int_eq(item(1)->exchange.doubt, DOUBT_CUT_BY_SNAPLEN);
	ck_assert(item(2)->is_success);
	ck_assert_int_eq(item(2)->exchange.doubt, DOUBT_NONE);
}
END_TEST

START_TEST(test_what_is_not_kerberos_is_passed_over)
{
	static const uint8_t garbage[] = {0x12, 0x34, 0x56};

	start_udp();
	say_cut(CLIENT, garbage, sizeof(garbage), sizeof(garbage));
	say_cut(CLIENT, garbage, sizeof(garbage), 0);
	ASK(ap_req);
	end_with(OUTCOME_UNKNOWN, ENDED_BY_CAPTURE);
	ck_assert_uint_eq(ledger.count, 0);
}
END_TEST

/* More requests than are searched for an answer: the newest still gets its own. */
START_TEST(test_many_outstanding)
{
	uint8_t bytes[sizeof(sample_tgs_req)];

	start_udp();
	memcpy(bytes, sample_tgs_req, sizeof(bytes));
	for (unsigned i = 0; i < 200; i++) {
		bytes[sizeof(bytes) - 1] = (uint8_t)i; /* the last etype */
		say_cut(CLIENT, bytes, sizeof(bytes), sizeof(bytes));
	}
	ANSWER(tgs_rep);
	ck_assert_uint_eq(ledger.count, 1);
	ck_assert_uint_ge(item(0)->exchange.request_frame, 128);
	end_with(OUTCOME_UNANSWERED, ENDED_BY_NOBODY);
	ck_assert_uint_eq(ledger.count, 200);
}
END_TEST

static const struct probe_case {
	const uint8_t *bytes;
	size_t length;
	enum probe_verdict verdict;
} probe_cases[] = {
    {SAMPLE(as_req), PROBE_YES_FROM_CLIENT},
    {SAMPLE(tgs_req), PROBE_YES_FROM_CLIENT},
    {SAMPLE(as_rep), PROBE_YES_FROM_SERVER},
    {SAMPLE(tgs_rep), PROBE_YES_FROM_SERVER},
    {SAMPLE(error_skew), PROBE_YES_FROM_SERVER},
    {SAMPLE(ap_req), PROBE_NO},
};

/* SAMPLE with a record mark whose first byte is HIGH. */
static uint8_t *
with_mark(const uint8_t *bytes, size_t length, uint8_t high)
{
	uint8_t *copy = mem_alloc(MARK + length, 1);

	copy[0] = high;
	copy[2] = (uint8_t)(length >> 8);
	copy[3] = (uint8_t)length;
	memcpy(copy + MARK, bytes, length);
	return copy;
}

START_TEST(test_probe)
{
	const struct probe_case *test = &probe_cases[_i];
	uint8_t *copy = with_mark(test->bytes, test->length, 0);
	size_t whole = MARK + test->length;

	ck_assert_int_eq(kerberos_tcp_dissector.probe(copy, whole, whole), test->verdict);
	ck_assert_int_eq(
	    kerberos_udp_dissector.probe(test->bytes, test->length, test->length), test->verdict);
	/* Each with the other's beginning. */
	ck_assert_int_eq(kerberos_udp_dissector.probe(copy, whole, whole), PROBE_NO);
	ck_assert_int_eq(
	    kerberos_tcp_dissector.probe(test->bytes, test->length, test->length), PROBE_NO);
	mem_free(copy);
}
END_TEST

START_TEST(test_probe_every_prefix)
{
	const struct probe_case *test = &probe_cases[_i];
	uint8_t *whole = with_mark(test->bytes, test->length, 0);

	for (size_t length = 0; length < MARK + test->length; length++) {
		uint8_t *prefix = mem_alloc(length ? length : 1, 1);
		enum probe_verdict verdict;

		memcpy(prefix, whole, length);
		verdict = kerberos_tcp_dissector.probe(prefix, length, length);
		ck_assert(verdict == PROBE_UNSURE || verdict == test->verdict);
		if (length >= MARK + KERBEROS_HEAD_SIZE)
			ck_assert_int_eq(verdict, test->verdict);
		mem_free(prefix);
	}
	mem_free(whole);
}
END_TEST

/* A segment that the snap length cuts inside the head will not grow. */
START_TEST(test_probe_of_a_cut_segment)
{
	uint8_t *whole = with_mark(SAMPLE(as_req), 0);

	ck_assert_int_eq(kerberos_tcp_dissector.probe(whole, 14, 14), PROBE_UNSURE);
	ck_assert_int_eq(kerberos_tcp_dissector.probe(whole, 14, 174), PROBE_YES);
	ck_assert_int_eq(kerberos_tcp_dissector.probe(whole, 6, 174), PROBE_UNSURE);
	mem_free(whole);
}
END_TEST

START_TEST(test_frame_every_prefix)
{
	const struct probe_case *test = &probe_cases[_i];
	uint8_t *whole = with_mark(test->bytes, test->length, 0);
	bool is_ours = test->verdict != PROBE_NO;

	for (size_t length = 0; length <= MARK + test->length; length++) {
		uint8_t *prefix = mem_alloc(length ? length : 1, 1);
		struct frame_head head = {0, 0};
		enum framing framing;

		memcpy(prefix, whole, length);
		framing = kerberos_tcp_dissector.frame(NULL, prefix, length, &head);
		if (length >= MARK + 6)
			ck_assert_int_eq(framing, is_ours ? FRAMING_FOUND : FRAMING_LOST);
		if (length < MARK + 1)
			ck_assert_int_eq(framing, FRAMING_MORE);
		if (framing == FRAMING_FOUND) {
			ck_assert_uint_eq(head.length, MARK + test->length);
			ck_assert_uint_eq(head.wanted, head.length);
		}
		mem_free(prefix);
	}
	mem_free(whole);
}
END_TEST

static const struct mark_case {
	uint8_t bytes[12];
	enum framing framing;
	uint32_t length, wanted;
} mark_cases[] = {
    /* the reserved bit, RFC 4120 7.2.2 */
    {{0x80, 0x00, 0x00, 0xaa, 0x6a, 0x81, 0xa7, 0x30}, FRAMING_LOST, 0, 0},
    /* a mark that disagrees with the message */
    {{0x00, 0x00, 0x00, 0xab, 0x6a, 0x81, 0xa7, 0x30, 0x81, 0xa4, 0xa1, 0x03}, FRAMING_LOST, 0, 0},
    {{0x00, 0x00, 0x00, 0x05, 0x6a, 0x03, 0x30}, FRAMING_LOST, 0, 0}, /* shorter than any */
    {{0x00, 0x20, 0x00, 0x00, 0x6a, 0x83, 0x1f, 0xff, 0xfb}, FRAMING_LOST, 0, 0}, /* 2 MiB */
    /* 128 KiB, a huge ticket: only its beginning is wanted */
    {{0x00, 0x02, 0x00, 0x05, 0x6d, 0x83, 0x02, 0x00, 0x00, 0x30, 0x83, 0x01}, FRAMING_FOUND,
	0x20009, MESSAGE_MOST_WANTED},
};

START_TEST(test_marks)
{
	const struct mark_case *test = &mark_cases[_i];
	struct frame_head head = {0, 0};

	ck_assert_int_eq(
	    kerberos_tcp_dissector.frame(NULL, test->bytes, sizeof(test->bytes), &head),
	    test->framing);
	ck_assert_uint_eq(head.length, test->length);
	ck_assert_uint_eq(head.wanted, test->wanted);
}
END_TEST

/* What rules ask for by name. */
START_TEST(test_fields)
{
	static const char *const names[] = {"krb_error", "is_success", "realm", "client_name",
	    "service", "service_class", "service_host", "etypes", "reply_etype", "ticket_etype",
	    "ticket_kvno", "kdc_options", "is_user_to_user", "is_canonical", "padata",
	    "has_preauth", "is_fast", "skew", "krb_error_text", "krb_nt_status", "error_realm"};
	const struct field *field;
	struct value value;

	start_udp();
	ASK(tgs_req);
	ANSWER(error_spn);
	for (size_t i = 0; i < COUNT(names); i++) {
		ck_assert_ptr_nonnull(exchange_field(&kerberos_as_type, names[i]));
		ck_assert_ptr_nonnull(exchange_field(&kerberos_tgs_type, names[i]));
	}
	field = exchange_field(&kerberos_tgs_type, "krb_error");
	value = exchange_value(&item(0)->exchange, field);
	ck_assert_int_eq(value.kind, VALUE_NUMBER);
	ck_assert_str_eq(names_text(field->names, value.number), "KDC_ERR_S_PRINCIPAL_UNKNOWN");
	field = exchange_field(&kerberos_tgs_type, "skew");
	ck_assert_int_eq(exchange_value(&item(0)->exchange, field).kind, VALUE_NONE);
}
END_TEST

static void
set_up(void)
{
	facts = (struct conversation_facts){.protocol = NULL};
	arena = (struct arena){0};
	ledger = (struct ledger){.arena = &arena};
	state = NULL;
	frames = 0;
	now = SECOND;
}

static void
tear_down(void)
{
	if (state)
		dissector->close(state);
	ledger_free(&ledger);
	arena_free(&arena);
}

Suite *
kerberos_suite(void)
{
	Suite *suite = suite_create("kerberos");
	TCase *tests = tcase_create("kerberos");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, test_logon_over_tcp);
	tcase_add_test(tests, test_logon_with_fast);
	tcase_add_test(tests, test_ticket_with_fast);
	tcase_add_test(tests, test_user_to_user);
	tcase_add_test(tests, test_errors);
	tcase_add_test(tests, test_skew_from_both_clocks);
	tcase_add_test(tests, test_skew_from_capture_clock);
	tcase_add_test(tests, test_skew_not_known);
	tcase_add_test(tests, test_retransmission_is_one_exchange);
	tcase_add_test(tests, test_retransmission_after_answer);
	tcase_add_test(tests, test_second_answer_is_not_for_the_next_request);
	tcase_add_test(tests, test_datagram_names_its_service);
	tcase_add_test(tests, test_cut_request_after_answer_is_new);
	tcase_add_test(tests, test_same_request_twice_over_tcp);
	tcase_add_test(tests, test_datagrams_change_places);
	tcase_add_test(tests, test_pipelined_over_tcp);
	tcase_add_test(tests, test_unanswered);
	tcase_add_test(tests, test_reset);
	tcase_add_test(tests, test_answer_without_request);
	tcase_add_test(tests, test_answer_whose_request_is_missing);
	tcase_add_test(tests, test_cut_by_snap_length);
	tcase_add_test(tests, test_what_is_not_kerberos_is_passed_over);
	tcase_add_test(tests, test_many_outstanding);
	tcase_add_loop_test(tests, test_probe, 0, COUNT(probe_cases));
	tcase_add_loop_test(tests, test_probe_every_prefix, 0, COUNT(probe_cases));
	tcase_add_test(tests, test_probe_of_a_cut_segment);
	tcase_add_loop_test(tests, test_frame_every_prefix, 0, COUNT(probe_cases));
	tcase_add_loop_test(tests, test_marks, 0, COUNT(mark_cases));
	tcase_add_test(tests, test_fields);
	suite_add_tcase(suite, tests);
	return suite;
}
