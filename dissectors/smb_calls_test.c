#include "dissectors/smb_calls.h"

#include <check.h>

#include "analyzer/base/basics.h"
#include "analyzer/statistics.h"
#include "dissectors/nt_status.h"
#include "dissectors/smb2.h"
#include "dissectors/smb_bench.h"

Suite *smb_calls_suite(void);

#define SESSION 0x41u
#define TREE    5u

static const uint16_t dialects[] = {0x0202, 0x0210};

static void
put_request(struct bench *bench, uint16_t command, uint64_t id)
{
	put_smb2(bench, command, 0, 0, id, SESSION, TREE);
	put_body(bench, smb2_command_row(command)->request.size);
}

static void
put_answer(struct bench *bench, uint16_t command, uint32_t status, uint64_t id)
{
	put_smb2(bench, command, RESPONSE, status, id, SESSION, TREE);
	if (nt_status_is_error(status))
		put_error(bench);
	else
		put_body(bench, smb2_command_row(command)->response.size);
}

static void
ask(struct bench *bench, uint16_t command, uint64_t id)
{
	put_request(bench, command, id);
	send_message(bench, CLIENT);
}

static void
answer(struct bench *bench, uint16_t command, uint32_t status, uint64_t id)
{
	put_answer(bench, command, status, id);
	send_message(bench, SERVER);
}

/* The row of COMMAND at the only server; NULL when there is no such call. */
static const struct statistics_row *
row_of(struct bench *bench, uint16_t command)
{
	if (bench->statistics.server_count == 0)
		return NULL;
	ck_assert_uint_eq(bench->statistics.server_count, 1);
	return bench->statistics.servers[0]->rows[command];
}

static void
assert_counts(
    struct bench *bench, uint16_t command, uint64_t calls, uint64_t unanswered, uint64_t unasked)
{
	const struct statistics_row *row = row_of(bench, command);

	ck_assert_ptr_nonnull(row);
	ck_assert_uint_eq(row->calls, calls);
	ck_assert_uint_eq(row->unanswered, unanswered);
	ck_assert_uint_eq(row->unasked, unasked);
}

START_TEST(test_call)
{
	struct bench *bench = bench_open();
	const struct statistics_row *row;

	ask(bench, SMB2_FLUSH, 7);
	bench->time += 5 * BENCH_MS;
	answer(bench, SMB2_FLUSH, STATUS_SUCCESS, 7);
	bench_end(bench, OUTCOME_CLOSED, ENDED_BY_CLIENT);
	assert_counts(bench, SMB2_FLUSH, 1, 0, 0);
	row = row_of(bench, SMB2_FLUSH);
	ck_assert_uint_eq(row->sum, 6 * (uint64_t)BENCH_MS);
	ck_assert_uint_eq(row->began_sum, 6 * (uint64_t)BENCH_MS);
	ck_assert_uint_eq(row->longest_frame, 2);
	ck_assert_uint_eq(row->bytes[CLIENT], 64 + 24);
	ck_assert_uint_eq(row->bytes[SERVER], 64 + 4);
	ck_assert_uint_eq(row->failures, 0);
	ck_assert_uint_eq(row->statuses[0].status, STATUS_SUCCESS);
	ck_assert_str_eq(bench->statistics.servers[0]->protocol->name, "smb2");
	bench_close(bench);
}
END_TEST

/* What the capture's snap length leaves away was on the wire all the same. */
START_TEST(test_bytes_of_cut_message)
{
	struct bench *bench = bench_open();

	put_request(bench, SMB2_WRITE, 7);
	put(bench, 1000, 0);
	send_cut(bench, CLIENT, 80);
	answer(bench, SMB2_WRITE, STATUS_SUCCESS, 7);
	ck_assert_uint_eq(row_of(bench, SMB2_WRITE)->bytes[CLIENT], 64 + 48 + 1000);
	bench_close(bench);
}
END_TEST

static const struct {
	uint16_t command;
	uint32_t status;
	bool is_failure;
} failure_cases[] = {
    {SMB2_CREATE, STATUS_SUCCESS, false},
    {SMB2_CREATE, STATUS_OBJECT_NAME_NOT_FOUND, false},
    {SMB2_CREATE, STATUS_ACCESS_DENIED, true},
    {SMB2_READ, STATUS_BUFFER_OVERFLOW, false},
    {SMB2_READ, STATUS_END_OF_FILE, false},
    {SMB2_QUERY_DIRECTORY, STATUS_NO_MORE_FILES, false},
};

START_TEST(test_failure)
{
	struct bench *bench = bench_open();
	const struct statistics_row *row;

	ask(bench, failure_cases[_i].command, 7);
	answer(bench, failure_cases[_i].command, failure_cases[_i].status, 7);
	row = row_of(bench, failure_cases[_i].command);
	ck_assert_uint_eq(row->failures, failure_cases[_i].is_failure);
	ck_assert_uint_eq(row->statuses[0].status, failure_cases[_i].status);
	bench_close(bench);
}
END_TEST

/* [MS-SMB2] 3.3.4.4: the call lasts until its final answer. */
START_TEST(test_interim_answer_is_no_call)
{
	struct bench *bench = bench_open();

	ask(bench, SMB2_READ, 7);
	put_smb2(
	    bench, SMB2_READ, RESPONSE | SMB2_FLAGS_ASYNC_COMMAND, STATUS_PENDING, 7, SESSION, 99);
	put_error(bench);
	send_message(bench, SERVER);
	ck_assert_ptr_null(row_of(bench, SMB2_READ));
	answer(bench, SMB2_READ, STATUS_SUCCESS, 7);
	assert_counts(bench, SMB2_READ, 1, 0, 0);
	ck_assert_uint_eq(row_of(bench, SMB2_READ)->sum, 2 * (uint64_t)BENCH_MS);
	ck_assert_uint_eq(row_of(bench, SMB2_READ)->status_count, 1);
	bench_close(bench);
}
END_TEST

/* CANCEL is not answered and does not begin what it cancels anew ([MS-SMB2] 3.3.5.16). */
START_TEST(test_cancel_is_no_call)
{
	struct bench *bench = bench_open();

	ask(bench, SMB2_CHANGE_NOTIFY, 7);
	ask(bench, SMB2_CANCEL, 7);
	answer(bench, SMB2_CHANGE_NOTIFY, STATUS_CANCELLED, 7);
	bench_end(bench, OUTCOME_CLOSED, ENDED_BY_CLIENT);
	assert_counts(bench, SMB2_CHANGE_NOTIFY, 1, 0, 0);
	ck_assert_uint_eq(row_of(bench, SMB2_CHANGE_NOTIFY)->sum, 2 * (uint64_t)BENCH_MS);
	ck_assert_ptr_null(row_of(bench, SMB2_CANCEL));
	bench_close(bench);
}
END_TEST

/* The break answers nothing; its acknowledgement is answered ([MS-SMB2] 2.2.23 to 2.2.25). */
START_TEST(test_oplock_break)
{
	struct bench *bench = bench_open();

	answer(bench, SMB2_OPLOCK_BREAK, STATUS_SUCCESS, SMB2_MESSAGE_ID_UNSOLICITED);
	ck_assert_ptr_null(row_of(bench, SMB2_OPLOCK_BREAK));
	ask(bench, SMB2_OPLOCK_BREAK, 7);
	answer(bench, SMB2_OPLOCK_BREAK, STATUS_SUCCESS, 7);
	assert_counts(bench, SMB2_OPLOCK_BREAK, 1, 0, 0);
	bench_close(bench);
}
END_TEST

/* Each command of a compound has its own bytes, the padding before the next one included. */
START_TEST(test_compound)
{
	struct bench *bench = bench_open();

	put_request(bench, SMB2_QUERY_INFO, 7); /* 64 + 40: no padding */
	put_next(bench);
	put_request(bench, SMB2_CLOSE, 8);
	send_message(bench, CLIENT);
	put_answer(bench, SMB2_QUERY_INFO, STATUS_ACCESS_DENIED, 7); /* 64 + 9 */
	put_next(bench);
	put_answer(bench, SMB2_CLOSE, STATUS_SUCCESS, 8);
	send_message(bench, SERVER);
	assert_counts(bench, SMB2_QUERY_INFO, 1, 0, 0);
	assert_counts(bench, SMB2_CLOSE, 1, 0, 0);
	ck_assert_uint_eq(row_of(bench, SMB2_QUERY_INFO)->bytes[CLIENT], 104);
	ck_assert_uint_eq(row_of(bench, SMB2_QUERY_INFO)->bytes[SERVER], 80);
	ck_assert_uint_eq(row_of(bench, SMB2_CLOSE)->bytes[CLIENT], 64 + 24);
	ck_assert_uint_eq(row_of(bench, SMB2_CLOSE)->bytes[SERVER], 64 + 60);
	bench_close(bench);
}
END_TEST

/* NextCommand may be any number: no more is counted than there was. */
START_TEST(test_compound_beyond_its_end)
{
	struct bench *bench = bench_open();

	put_request(bench, SMB2_CLOSE, 7);
	patch(bench, bench->part + 20, 4, 0xfffffff8);
	send_message(bench, CLIENT);
	answer(bench, SMB2_CLOSE, STATUS_SUCCESS, 7);
	ck_assert_uint_eq(row_of(bench, SMB2_CLOSE)->bytes[CLIENT], 64 + 24);
	bench_close(bench);
}
END_TEST

START_TEST(test_half_calls)
{
	struct bench *bench = bench_open();

	ask(bench, SMB2_READ, 7);
	ask(bench, SMB2_SESSION_SETUP, 8);
	answer(bench, SMB2_READ, STATUS_SUCCESS, 6);
	bench_end(bench, OUTCOME_RESET, ENDED_BY_SERVER);
	assert_counts(bench, SMB2_READ, 0, 1, 1);
	assert_counts(bench, SMB2_SESSION_SETUP, 0, 1, 0);
	bench_close(bench);
}
END_TEST

/* Requests that are given up for new ones stay counted, once. */
START_TEST(test_evicted)
{
	struct bench *bench = bench_open();

	for (uint64_t i = 0; i <= SMB2_MOST_PENDING; i++)
		ask(bench, SMB2_READ, i);
	assert_counts(bench, SMB2_READ, 0, 1, 0);
	bench_end(bench, OUTCOME_UNKNOWN, ENDED_BY_CAPTURE);
	assert_counts(bench, SMB2_READ, 0, SMB2_MOST_PENDING + 1, 0);
	bench_close(bench);
}
END_TEST

START_TEST(test_session_setup_legs)
{
	struct bench *bench = bench_open();
	const struct statistics_row *row;

	put_smb2(bench, SMB2_SESSION_SETUP, 0, 0, 1, 0, 0);
	put_session_setup(bench, 0, 1);
	send_message(bench, CLIENT);
	put_smb2(
	    bench, SMB2_SESSION_SETUP, RESPONSE, STATUS_MORE_PROCESSING_REQUIRED, 1, SESSION, 0);
	put_session_answer(bench, 0, 2);
	send_message(bench, SERVER);
	put_smb2(bench, SMB2_SESSION_SETUP, 0, 0, 2, SESSION, 0);
	put_session_setup(bench, 0, 3);
	send_message(bench, CLIENT);
	answer(bench, SMB2_SESSION_SETUP, STATUS_LOGON_FAILURE, 2);
	row = row_of(bench, SMB2_SESSION_SETUP);
	assert_counts(bench, SMB2_SESSION_SETUP, 2, 0, 0);
	ck_assert_uint_eq(row->sum, 2 * (uint64_t)BENCH_MS);
	ck_assert_uint_eq(row->failures, 1);
	ck_assert_uint_eq(row->status_count, 2);
	bench_close(bench);
}
END_TEST

static void
ask_negotiate(struct bench *bench, uint64_t id)
{
	put_smb2(bench, SMB2_NEGOTIATE, 0, 0, id, 0, 0);
	put_negotiate(bench, dialects, 2, 0);
	send_message(bench, CLIENT);
}

static void
answer_negotiate(struct bench *bench, uint64_t id, uint16_t dialect)
{
	put_smb2(bench, SMB2_NEGOTIATE, RESPONSE, STATUS_SUCCESS, id, 0, 0);
	put_negotiated(bench, dialect, 0);
	send_message(bench, SERVER);
}

START_TEST(test_negotiate)
{
	struct bench *bench = bench_open();
	const struct statistics_row *row;

	ask_negotiate(bench, 0);
	answer_negotiate(bench, 0, 0x0210);
	answer_negotiate(bench, 9, 0x0210);
	ask_negotiate(bench, 1);
	bench_end(bench, OUTCOME_RESET, ENDED_BY_SERVER);
	row = row_of(bench, SMB2_NEGOTIATE);
	assert_counts(bench, SMB2_NEGOTIATE, 1, 1, 1);
	ck_assert_uint_eq(row->sum, (uint64_t)BENCH_MS);
	ck_assert_uint_eq(row->longest_frame, 2);
	ck_assert_uint_eq(row->bytes[CLIENT], 64 + 36 + 4);
	ck_assert_uint_eq(row->bytes[SERVER], 64 + 64);
	ck_assert_uint_eq(row->statuses[0].status, STATUS_SUCCESS);
	bench_close(bench);
}
END_TEST

START_TEST(test_many_negotiates)
{
	struct bench *bench = bench_open();

	for (uint64_t i = 0; i <= SMB_MOST_NEGOTIATES; i++)
		ask_negotiate(bench, i);
	bench_end(bench, OUTCOME_RESET, ENDED_BY_SERVER);
	assert_counts(bench, SMB2_NEGOTIATE, 0, SMB_MOST_NEGOTIATES + 1, 0);
	bench_close(bench);
}
END_TEST

/* [MS-SMB2] 3.3.5.3.1: a call of SMB1, although SMB2 answers. */
START_TEST(test_two_protocols)
{
	struct bench *bench = bench_open();
	const struct statistics_server *smb1, *smb2;

	put_smb1(bench, SMB_COM_NEGOTIATE, 0, 0, 0, 0xffff, 7);
	put_smb1_negotiate(bench, "NT LM 0.12\0SMB 2.???\0");
	send_message(bench, CLIENT);
	answer_negotiate(bench, 0, SMB2_DIALECT_WILDCARD);
	ask_negotiate(bench, 1);
	bench_end(bench, OUTCOME_RESET, ENDED_BY_SERVER);
	statistics_settle(&bench->statistics);
	ck_assert_uint_eq(bench->statistics.server_count, 2);
	smb1 = bench->statistics.servers[0];
	smb2 = bench->statistics.servers[1];
	ck_assert_str_eq(smb1->protocol->name, "smb1");
	ck_assert_str_eq(statistics_command(smb1, SMB_COM_NEGOTIATE), "SMB_COM_NEGOTIATE");
	ck_assert_uint_eq(smb1->rows[SMB_COM_NEGOTIATE]->calls, 1);
	ck_assert_uint_eq(smb2->rows[SMB2_NEGOTIATE]->calls, 0);
	ck_assert_uint_eq(smb2->rows[SMB2_NEGOTIATE]->unanswered, 1);
	bench_close(bench);
}
END_TEST

/* RFC 1002 4.3.4: what refuses the session is no answer to NEGOTIATE, and has no status. */
START_TEST(test_refused)
{
	struct bench *bench = bench_open();

	ask_negotiate(bench, 0);
	bench->wire[0] = 0x83;
	bench->wire[3] = 1;
	put(bench, 1, 0x8f);
	send_message(bench, SERVER);
	bench_end(bench, OUTCOME_CLOSED, ENDED_BY_SERVER);
	assert_counts(bench, SMB2_NEGOTIATE, 0, 1, 0);
	bench_close(bench);
}
END_TEST

/* Nobody asks for statistics. */
START_TEST(test_without_statistics)
{
	struct bench bench = {.length = 4};
	struct dissector_context context = {
	    .conversation = &bench.facts, .arena = &bench.arena, .ledger = &bench.ledger};

	bench.state = nbss_dissector.open(&context);
	ask_negotiate(&bench, 0);
	answer_negotiate(&bench, 0, 0x0210);
	answer_negotiate(&bench, 1, 0x0210);
	ask_negotiate(&bench, 1);
	ask(&bench, SMB2_READ, 7);
	answer(&bench, SMB2_READ, STATUS_SUCCESS, 7);
	answer(&bench, SMB2_READ, STATUS_SUCCESS, 8);
	ask(&bench, SMB2_READ, 9);
	bench_end(&bench, OUTCOME_RESET, ENDED_BY_SERVER);
	ck_assert_uint_eq(bench.facts.step, STEP_WORKING);
	nbss_dissector.close(bench.state);
	ledger_free(&bench.ledger);
	arena_free(&bench.arena);
}
END_TEST

Suite *
smb_calls_suite(void)
{
	Suite *suite = suite_create("smb_calls");
	TCase *tests = tcase_create("smb_calls");

	tcase_add_test(tests, test_call);
	tcase_add_test(tests, test_bytes_of_cut_message);
	tcase_add_loop_test(tests, test_failure, 0, COUNT(failure_cases));
	tcase_add_test(tests, test_interim_answer_is_no_call);
	tcase_add_test(tests, test_cancel_is_no_call);
	tcase_add_test(tests, test_oplock_break);
	tcase_add_test(tests, test_compound);
	tcase_add_test(tests, test_compound_beyond_its_end);
	tcase_add_test(tests, test_half_calls);
	tcase_add_test(tests, test_evicted);
	tcase_add_test(tests, test_session_setup_legs);
	tcase_add_test(tests, test_negotiate);
	tcase_add_test(tests, test_many_negotiates);
	tcase_add_test(tests, test_two_protocols);
	tcase_add_test(tests, test_refused);
	tcase_add_test(tests, test_without_statistics);
	suite_add_tcase(suite, tests);
	return suite;
}
