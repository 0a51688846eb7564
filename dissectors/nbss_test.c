#include "dissectors/nbss.h"

#include <check.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "dissectors/nt_status.h"
#include "dissectors/smb.h"
#include "dissectors/smb_bench.h"

Suite *nbss_suite(void);

struct bytes {
	size_t length;
	uint8_t bytes[40];
};

/* clang-format off */

#define SMB2_BEGIN(flags) 0xfe, 'S', 'M', 'B', 64, 0, 1, 0, 0, 0, 0, 0, 0, 0, 31, 0, \
	flags, 0, 0, 0, 0, 0, 0, 0
#define SMB1_BEGIN(flags) 0xff, 'S', 'M', 'B', 0x72, 0, 0, 0, 0, flags, 1, 0xc8

static const struct probe_case {
	struct bytes in;
	size_t wire;
	enum probe_verdict verdict;
} probe_cases[] = {
	{{28, {0, 0, 0, 0x80, SMB2_BEGIN(0)}}, 132, PROBE_YES_FROM_CLIENT},
	{{28, {0, 0, 0, 0x80, SMB2_BEGIN(1)}}, 132, PROBE_YES_FROM_SERVER},
	{{12, {0, 0, 0, 0x80, SMB2_BEGIN(1)}}, 132, PROBE_YES},
	{{28, {0, 1, 0, 0x00, SMB2_BEGIN(1)}}, 1460, PROBE_YES_FROM_SERVER}, /* 64 KiB */
	{{28, {0, 0, 0, 0x20, SMB2_BEGIN(0)}}, 36, PROBE_NO},     /* shorter than a header */
	{{10, {0, 0, 0, 0x80, 0xfe, 'S', 'M', 'B', 65, 0}}, 132, PROBE_NO}, /* StructureSize */
	{{16, {0, 0, 0, 0x80, SMB1_BEGIN(0x18)}}, 132, PROBE_YES_FROM_CLIENT},
	{{16, {0, 0, 0, 0x80, SMB1_BEGIN(0x98)}}, 132, PROBE_YES_FROM_SERVER},
	{{8, {0, 0, 0, 0x80, 0xfd, 'S', 'M', 'B'}}, 132, PROBE_YES},
	{{8, {0, 0, 0, 0x80, 0xfc, 'S', 'M', 'B'}}, 132, PROBE_YES},
	{{8, {0, 0, 0, 0x80, 0xfb, 'S', 'M', 'B'}}, 132, PROBE_NO},
	{{8, {0, 0, 0, 0x80, 'H', 'T', 'T', 'P'}}, 132, PROBE_NO},
	{{6, {0, 0, 0, 0x80, 0xfe, 'S'}}, 132, PROBE_UNSURE},
	{{6, {0, 0, 0, 0x80, 'G', 'E'}}, 132, PROBE_NO},
	{{4, {0, 0, 0, 0x80}}, 4, PROBE_UNSURE},
	{{4, {0, 0, 0, 0}}, 4, PROBE_NO},
	{{2, {0, 0}}, 2, PROBE_UNSURE},
	{{1, {0x81}}, 1, PROBE_UNSURE},
	{{1, {'G'}}, 1, PROBE_NO},
	{{8, {0x81, 0, 0, 68, 32, 'C', 'K', 'F'}}, 72, PROBE_YES_FROM_CLIENT},
	{{8, {0x81, 0, 0, 68, 32, 'C', 'Q', 'F'}}, 72, PROBE_NO},  /* no letter from A to P */
	{{8, {0x81, 0, 0, 68, 31, 'C', 'K', 'F'}}, 72, PROBE_NO},
	{{8, {0x81, 0, 0, 67, 32, 'C', 'K', 'F'}}, 72, PROBE_NO},
	{{8, {0x81, 0, 2, 0xff, 32, 'C', 'K', 'F'}}, 72, PROBE_NO},
	{{4, {0x82, 0, 0, 0}}, 4, PROBE_YES_FROM_SERVER},
	{{8, {0x82, 0, 0, 0, 1, 2, 3, 4}}, 8, PROBE_NO},
	{{5, {0x83, 0, 0, 1, 0x82}}, 5, PROBE_YES_FROM_SERVER},
	{{5, {0x83, 0, 0, 2, 0x82}}, 6, PROBE_NO},
	{{10, {0x84, 0, 0, 6, 10, 0, 0, 1, 0, 139}}, 10, PROBE_YES_FROM_SERVER},
	{{4, {0x85, 0, 0, 0}}, 4, PROBE_UNSURE},
	{{4, {0x86, 0, 0, 0}}, 4, PROBE_NO},
};

static const struct frame_case {
	struct bytes in;
	enum framing framing;
	uint32_t length, wanted;
} frame_cases[] = {
	{{3, {0, 0, 0}}, FRAMING_MORE, 0, 0},
	{{4, {0, 0, 0, 0x80}}, FRAMING_MORE, 0, 0},
	{{7, {0, 0, 0, 0x80, 0xfe, 'S', 'M'}}, FRAMING_MORE, 0, 0},
	{{27, {0, 0, 0, 0x80, SMB2_BEGIN(0)}}, FRAMING_MORE, 0, 0},
	{{28, {0, 0, 0, 0x80, SMB2_BEGIN(0)}}, FRAMING_FOUND, 132, 132},
	{{28, {0, 0xff, 0xff, 0xff, SMB2_BEGIN(0)}}, FRAMING_FOUND, 0x1000003, 65536},
	{{28, {0, 0, 0, 0x3f, SMB2_BEGIN(0)}}, FRAMING_LOST, 0, 0},
	{{8, {0, 0, 0, 0x80, 0xff, 'S', 'M', 'B'}}, FRAMING_MORE, 0, 0},
	{{9, {0, 0, 0, 0x80, 0xff, 'S', 'M', 'B', 0x72}}, FRAMING_FOUND, 132, 132},
	{{9, {0, 1, 0, 0x80, 0xff, 'S', 'M', 'B', 0x2f}}, FRAMING_FOUND, 65668, 36}, /* WRITE_ANDX */
	{{8, {0, 1, 0, 0x80, 0xfd, 'S', 'M', 'B'}}, FRAMING_FOUND, 65668, 56},
	{{8, {0, 0, 0, 0x30, 0xfd, 'S', 'M', 'B'}}, FRAMING_LOST, 0, 0},
	{{8, {0, 1, 0, 0x80, 0xfc, 'S', 'M', 'B'}}, FRAMING_FOUND, 65668, 132},
	{{8, {0, 0, 0, 0x80, 'H', 'T', 'T', 'P'}}, FRAMING_LOST, 0, 0},
	{{4, {0, 0, 0, 3}}, FRAMING_LOST, 0, 0},
	{{4, {0x81, 0, 0, 68}}, FRAMING_FOUND, 72, 72},
	{{4, {0x81, 0, 0, 6}}, FRAMING_LOST, 0, 0},
	{{4, {0x82, 0, 0, 0}}, FRAMING_FOUND, 4, 4},
	{{4, {0x83, 0, 0, 1}}, FRAMING_FOUND, 5, 5},
	{{4, {0x84, 0, 0, 6}}, FRAMING_FOUND, 10, 10},
	{{4, {0x85, 0, 0, 0}}, FRAMING_FOUND, 4, 4},
	{{4, {0x85, 0, 0, 1}}, FRAMING_LOST, 0, 0},
	{{4, {'G', 'E', 'T', ' '}}, FRAMING_LOST, 0, 0},
};

/* clang-format on */

/* The bytes in a block of their own size, so that a byte too far is found. */
static uint8_t *
copy_of(const struct bytes *in)
{
	uint8_t *copy = mem_alloc(in->length, 1);

	memcpy(copy, in->bytes, in->length);
	return copy;
}

START_TEST(test_probe)
{
	const struct probe_case *test = &probe_cases[_i];
	uint8_t *copy = copy_of(&test->in);

	ck_assert_int_eq(nbss_dissector.probe(copy, test->in.length, test->wire), test->verdict);
	mem_free(copy);
}
END_TEST

START_TEST(test_frame)
{
	const struct frame_case *test = &frame_cases[_i];
	uint8_t *copy = copy_of(&test->in);
	struct bench *bench = bench_open();
	struct frame_head head = {0, 0};

	ck_assert_int_eq(
	    nbss_dissector.frame(bench->state, copy, test->in.length, &head), test->framing);
	ck_assert_uint_eq(head.length, test->length);
	ck_assert_uint_eq(head.wanted, test->wanted);
	bench_close(bench);
	mem_free(copy);
}
END_TEST

/* RFC 1001 14.1: "FS1" and "CLIENT", padded to 15 characters, with their suffixes. */
static void
ask_session(struct bench *bench)
{
	bench->length = 0;
	put_bytes(bench, "\x81\0\0\x44", 4);
	put_bytes(bench,
	    "\x20"
	    "EGFDDBCACACACACACACACACACACACACA\0",
	    34);
	put_bytes(bench,
	    "\x20"
	    "EDEMEJEFEOFECACACACACACACACACAAA\0",
	    34);
	send_message(bench, CLIENT);
}

static void
answer_session(struct bench *bench, const char *bytes, size_t length)
{
	bench->length = 0;
	put_bytes(bench, bytes, length);
	send_message(bench, SERVER);
}

START_TEST(test_session)
{
	struct bench *bench = bench_open();
	const struct nbss_session *session;

	ask_session(bench);
	answer_session(bench, "\x85\0\0\0", 4);
	answer_session(bench, "\x82\0\0\0", 4);
	session = only_of(bench, &nbss_session_type);
	ck_assert_str_eq(session->called_name, "FS1<20>");
	ck_assert_str_eq(session->calling_name, "CLIENT<00>");
	ck_assert_str_eq(names_text(&bool_names, session->is_answer_to_negotiate), "false");
	assert_number(session->answer_type, 0x82);
	ck_assert(!session->error.is_known);
	ck_assert_uint_eq(session->base.answer_frame, 3);
	bench_close(bench);
}
END_TEST

START_TEST(test_refused_and_retargeted)
{
	struct bench *bench = bench_open();
	const struct nbss_session *session;
	char text[ADDR_TEXT_SIZE];

	ask_session(bench);
	answer_session(bench, "\x83\0\0\x01\x82", 5);
	ask_session(bench);
	answer_session(bench, "\x84\0\0\x06\x0a\x00\x00\x05\x00\x8b", 10);
	session = exchange_of(bench, &nbss_session_type, 0);
	assert_number(session->error, 0x82);
	session = exchange_of(bench, &nbss_session_type, 1);
	ck_assert_str_eq(addr_text(&session->retarget, text), "10.0.0.5");
	assert_number(session->retarget_port, 139);
	bench_close(bench);
}
END_TEST

START_TEST(test_unanswered_session)
{
	struct bench *bench = bench_open();
	const struct nbss_session *session;

	ask_session(bench);
	bench_end(bench, OUTCOME_RESET, ENDED_BY_SERVER);
	session = only_of(bench, &nbss_session_type);
	ck_assert_int_eq(session->base.outcome, OUTCOME_RESET);
	ck_assert(session->base.is_last);
	bench_close(bench);
}
END_TEST

/* Whoever asks again had an answer, which is not in the capture. */
START_TEST(test_asked_again)
{
	struct bench *bench = bench_open();
	const struct nbss_session *session;

	ask_session(bench);
	if (_i == 1)
		nbss_dissector.gap(bench->state, SERVER, DOUBT_CUT_BY_SNAPLEN);
	ask_session(bench);
	answer_session(bench, "\x82\0\0\0", 4);
	session = exchange_of(bench, &nbss_session_type, 0);
	ck_assert_int_eq(session->base.outcome, OUTCOME_UNKNOWN);
	ck_assert_int_eq(
	    session->base.doubt, _i == 1 ? DOUBT_CUT_BY_SNAPLEN : DOUBT_PACKETS_MISSING);
	session = exchange_of(bench, &nbss_session_type, 1);
	ck_assert_int_eq(session->base.outcome, OUTCOME_ANSWERED);
	ck_assert_int_eq(session->base.doubt, DOUBT_NONE);
	bench_close(bench);
}
END_TEST

/* One that refuses addresses says so before it is asked, so that nothing need be missing. */
START_TEST(test_refused_unasked)
{
	static const enum doubt doubts[] = {
	    DOUBT_NONE, DOUBT_PACKETS_MISSING, DOUBT_BEGAN_BEFORE_CAPTURE};
	struct bench *bench = bench_open();
	const struct nbss_session *session;

	if (_i == 1)
		nbss_dissector.gap(bench->state, CLIENT, DOUBT_PACKETS_MISSING);
	bench->facts.is_begun_before = _i == 2;
	answer_session(bench, "\x83\0\0\x01\x81", 5);
	session = only_of(bench, &nbss_session_type);
	assert_number(session->error, 0x81);
	ck_assert_int_eq(session->base.outcome, OUTCOME_ANSWERED);
	ck_assert_int_eq(session->base.doubt, doubts[_i]);
	bench_close(bench);
}
END_TEST

/* A server that refuses addresses answers NEGOTIATE on port 445 like this. */
START_TEST(test_refused_negotiate)
{
	static const uint16_t dialects[] = {0x0210};
	struct bench *bench = bench_open();
	const struct smb_negotiate *negotiate;
	const struct nbss_session *session;

	put_smb2(bench, SMB2_NEGOTIATE, 0, 0, 0, 0, 0);
	put_negotiate(bench, dialects, 1, 0);
	send_message(bench, CLIENT);
	answer_session(bench, "\x83\0\0\x01\x81", 5);
	bench_end(bench, OUTCOME_CLOSED, ENDED_BY_SERVER);
	negotiate = only_of(bench, &smb_negotiate_type);
	assert_number(negotiate->nbss_error, 0x81);
	ck_assert(!negotiate->status.is_known);
	ck_assert_int_eq(negotiate->base.outcome, OUTCOME_ANSWERED);
	session = only_of(bench, &nbss_session_type);
	ck_assert(session->is_answer_to_negotiate);
	assert_number(session->error, 0x81);
	ck_assert_uint_eq(session->base.request_frame, 1);
	ck_assert_uint_eq(session->base.answer_frame, 2);
	ck_assert_ptr_eq(session->base.type, &nbss_session_type);
	bench_close(bench);
}
END_TEST

/* Any prefix of any message may be all that the capture holds. */
START_TEST(test_cut_everywhere)
{
	static const uint16_t dialects[] = {0x0210, 0x0311};
	size_t captured;

	for (captured = 4; captured < 160; captured++) {
		struct bench *bench = bench_open();

		put_smb2(bench, SMB2_NEGOTIATE, 0, 0, 0, 0, 0);
		put_negotiate(bench, dialects, 2, 0);
		send_cut(bench, CLIENT, captured);
		put_smb2(bench, SMB2_SESSION_SETUP, 0, 0, 1, 0, 0);
		put_session_setup(bench, 0, 3);
		send_cut(bench, CLIENT, captured);
		put_smb2(bench, SMB2_TREE_CONNECT, 0, 0, 2, 0, 0);
		put_tree_connect(bench, "\\\\fs1\\data");
		send_cut(bench, CLIENT, captured);
		put_smb2(bench, SMB2_CREATE, 0, 0, 3, 0, 0);
		put_create(bench, "file");
		send_cut(bench, CLIENT, captured);
		put_smb2(bench, SMB2_IOCTL, 0, 0, 4, 0, 0);
		put_validate(bench, dialects, 2, 0);
		send_cut(bench, CLIENT, captured);
		put_smb2(bench, SMB2_IOCTL, RESPONSE, 0, 4, 0, 0);
		put_validated(bench, 0x0210, 0);
		send_cut(bench, SERVER, captured);
		bench_end(bench, OUTCOME_RESET, ENDED_BY_CLIENT);
		for (size_t i = 0; i < bench->ledger.count && captured < 4 + 32; i++)
			ck_assert_int_eq(bench->ledger.items[i]->outcome, OUTCOME_UNKNOWN);
		ck_assert_uint_le(bench->ledger.count, 5);
		bench_close(bench);
	}
}
END_TEST

Suite *
nbss_suite(void)
{
	Suite *suite = suite_create("nbss");
	TCase *tests = tcase_create("records");

	tcase_add_loop_test(tests, test_probe, 0, COUNT(probe_cases));
	tcase_add_loop_test(tests, test_frame, 0, COUNT(frame_cases));
	tcase_add_test(tests, test_session);
	tcase_add_test(tests, test_refused_and_retargeted);
	tcase_add_test(tests, test_unanswered_session);
	tcase_add_loop_test(tests, test_asked_again, 0, 2);
	tcase_add_loop_test(tests, test_refused_unasked, 0, 3);
	tcase_add_test(tests, test_refused_negotiate);
	tcase_add_test(tests, test_cut_everywhere);
	suite_add_tcase(suite, tests);
	return suite;
}
