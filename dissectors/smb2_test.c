#include "dissectors/smb2.h"

#include <check.h>

#include "analyzer/base/basics.h"
#include "dissectors/nt_status.h"
#include "dissectors/smb_bench.h"

Suite *smb2_suite(void);

#define SESSION 0x41u
#define TREE    5u
#define FOREVER UINT64_C(0xffffffffffffffff)

static void
ask(struct bench *bench, uint16_t command, uint64_t id)
{
	put_smb2(bench, command, 0, 0, id, SESSION, TREE);
	put_body(bench, smb2_command_row(command)->request.size);
	send_message(bench, CLIENT);
}

static void
answer(struct bench *bench, uint16_t command, uint32_t status, uint64_t id)
{
	put_smb2(bench, command, RESPONSE, status, id, SESSION, TREE);
	if (nt_status_is_error(status))
		put_error(bench);
	else
		put_body(bench, smb2_command_row(command)->response.size);
	send_message(bench, SERVER);
}

/* STATUS_PENDING with an AsyncId. */
static void
interim(struct bench *bench, uint16_t command, uint64_t id, uint64_t async_id)
{
	put_smb2(bench, command, RESPONSE | SMB2_FLAGS_ASYNC_COMMAND, STATUS_PENDING, id, SESSION,
	    async_id);
	put_error(bench);
	send_message(bench, SERVER);
}

static void
connect_tree(struct bench *bench, const char *path, uint8_t share_type)
{
	put_smb2(bench, SMB2_TREE_CONNECT, 0, 0, 1, SESSION, 0);
	put_tree_connect(bench, path);
	send_message(bench, CLIENT);
	put_smb2(bench, SMB2_TREE_CONNECT, RESPONSE, STATUS_SUCCESS, 1, SESSION, TREE);
	put_tree(bench, share_type, 0);
	send_message(bench, SERVER);
}

static const struct status_case {
	uint16_t command;
	uint32_t status;
	bool is_listed;
	enum step step;
} status_cases[] = {
    {SMB2_READ, STATUS_SUCCESS, false, STEP_WORKING},
    {SMB2_READ, STATUS_END_OF_FILE, false, STEP_NONE},
    {SMB2_READ, STATUS_ACCESS_DENIED, true, STEP_NONE},
    {SMB2_READ, STATUS_BUFFER_OVERFLOW, false, STEP_WORKING},
    {SMB2_WRITE, STATUS_SUCCESS, false, STEP_WORKING},
    {SMB2_CREATE, STATUS_SUCCESS, false, STEP_WORKING},
    {SMB2_CREATE, STATUS_OBJECT_NAME_NOT_FOUND, false, STEP_NONE},
    {SMB2_CREATE, STATUS_ACCESS_DENIED, true, STEP_NONE},
    {SMB2_CLOSE, STATUS_FILE_CLOSED, false, STEP_NONE},
    {SMB2_QUERY_DIRECTORY, STATUS_NO_MORE_FILES, false, STEP_WORKING},
    {SMB2_CHANGE_NOTIFY, STATUS_CANCELLED, false, STEP_NONE},
    {SMB2_TREE_DISCONNECT, STATUS_NETWORK_NAME_DELETED, false, STEP_NONE},
    {SMB2_ECHO, STATUS_SUCCESS, false, STEP_NONE},
    {SMB2_LOGOFF, STATUS_SUCCESS, true, STEP_NONE},
};

START_TEST(test_status)
{
	const struct status_case *test = &status_cases[_i];
	struct bench *bench = bench_open();
	const struct smb2_request *request;

	ask(bench, test->command, 7);
	answer(bench, test->command, test->status, 7);
	bench_end(bench, OUTCOME_CLOSED, ENDED_BY_CLIENT);
	ck_assert_uint_eq(bench->ledger.count, test->is_listed);
	ck_assert_int_eq(bench->facts.step, test->step);
	if (test->is_listed) {
		request = only_of(bench, &smb2_request_type);
		assert_number(request->command, test->command);
		assert_number(request->status, test->status);
		assert_number(request->message_id, 7);
		ck_assert_int_eq(request->base.outcome, OUTCOME_ANSWERED);
	}
	bench_close(bench);
}
END_TEST

START_TEST(test_slow)
{
	struct bench *bench = bench_open();
	const struct smb2_request *request;

	ask(bench, SMB2_READ, 7);
	bench->time += SMB2_SLOW - BENCH_MS;
	answer(bench, SMB2_READ, STATUS_SUCCESS, 7);
	request = only_of(bench, &smb2_request_type);
	ck_assert_int_eq(request->base.waited, SMB2_SLOW);
	ck_assert_int_eq(request->answer_began, SMB2_SLOW);
	ck_assert(!request->queued_bytes.is_known);
	ck_assert(!request->is_overdue);
	bench_close(bench);
}
END_TEST

/* What the server says to others meanwhile stands in line before the answer. */
START_TEST(test_queued)
{
	struct bench *bench = bench_open();
	const struct smb2_request *request;
	uint64_t before;

	ask(bench, SMB2_READ, 6);
	answer(bench, SMB2_READ, STATUS_SUCCESS, 6);
	ask(bench, SMB2_READ, 7);
	ask(bench, SMB2_READ, 8);
	before = bench->offset[SERVER];
	answer(bench, SMB2_READ, STATUS_SUCCESS, 8);
	before = bench->offset[SERVER] - before;
	bench->time += SMB2_SLOW;
	answer(bench, SMB2_READ, STATUS_SUCCESS, 7);
	request = only_of(bench, &smb2_request_type);
	assert_number(request->queued_bytes, before);
	ck_assert_uint_gt(before, 0);
	bench_close(bench);
}
END_TEST

/* The set-up phase is timed alike: every round trip by itself. */
START_TEST(test_answer_began)
{
	struct bench *bench = bench_open();
	const struct smb2_session_setup *setup;

	put_smb2(bench, SMB2_SESSION_SETUP, 0, 0, 1, 0, 0);
	put_session_setup(bench, 0, 1);
	send_message(bench, CLIENT);
	bench->time += SMB2_SLOW;
	put_smb2(
	    bench, SMB2_SESSION_SETUP, RESPONSE, STATUS_MORE_PROCESSING_REQUIRED, 1, SESSION, 0);
	put_session_answer(bench, 0, 2);
	send_message(bench, SERVER);
	put_smb2(bench, SMB2_SESSION_SETUP, 0, 0, 2, SESSION, 0);
	put_session_setup(bench, 0, 3);
	send_message(bench, CLIENT);
	bench->time += 2 * SMB2_SLOW - BENCH_MS;
	put_smb2(bench, SMB2_SESSION_SETUP, RESPONSE, STATUS_LOGON_FAILURE, 2, SESSION, 0);
	put_error(bench);
	send_message(bench, SERVER);
	setup = only_of(bench, &smb2_session_setup_type);
	ck_assert_int_eq(setup->answer_began, 2 * SMB2_SLOW);
	ck_assert_int_gt(setup->base.waited, 3 * SMB2_SLOW);
	bench_close(bench);
}
END_TEST

static const struct overdue_case {
	int64_t more; /* of waiting than what is overdue */
	bool is_cancelled, is_overdue;
} overdue_cases[] = {{0, false, true}, {-1, false, false}, {0, true, true}};

START_TEST(test_overdue)
{
	const struct overdue_case *test = &overdue_cases[_i];
	struct bench *bench = bench_open();
	const struct smb2_request *request;
	struct ending ending;

	ask(bench, SMB2_WRITE, 7);
	ending = bench_ending(bench, OUTCOME_UNKNOWN, ENDED_BY_CAPTURE);
	ending.time = bench->time + SMB2_SLOW + test->more;
	if (test->is_cancelled) {
		put_smb2(bench, SMB2_CANCEL, 0, 0, 7, SESSION, TREE);
		put_body(bench, 4);
		send_message(bench, CLIENT);
	}
	nbss_dissector.end(bench->state, &ending);
	ck_assert_uint_eq(bench->facts.outstanding, 1);
	request = only_of(bench, &smb2_request_type);
	ck_assert_int_eq(request->is_overdue, test->is_overdue);
	ck_assert_int_eq(request->is_cancelled, test->is_cancelled);
	ck_assert_int_lt(request->answer_began, 0);
	bench_close(bench);
}
END_TEST

/* The status of a request is a ChannelSequence: an odd one changes nothing. */
START_TEST(test_channel_sequence)
{
	struct bench *bench = bench_open();

	put_smb2(bench, SMB2_WRITE, 0, STATUS_PENDING, 7, SESSION, TREE);
	put_body(bench, 49);
	send_message(bench, CLIENT);
	answer(bench, SMB2_WRITE, STATUS_SUCCESS, 7);
	bench_end(bench, OUTCOME_RESET, ENDED_BY_SERVER);
	ck_assert_uint_eq(bench->ledger.count, 0);
	bench_close(bench);
}
END_TEST

/* Message ids have 64 bits. */
START_TEST(test_wide_ids)
{
	struct bench *bench = bench_open();
	const struct smb2_request *request;

	ask(bench, SMB2_READ, 0x100000007u);
	answer(bench, SMB2_READ, STATUS_SUCCESS, 7);
	bench_end(bench, OUTCOME_RESET, ENDED_BY_SERVER);
	request = only_of(bench, &smb2_request_type);
	assert_number(request->message_id, 0x100000007u);
	ck_assert_int_eq(request->base.outcome, OUTCOME_RESET);
	bench_close(bench);
}
END_TEST

START_TEST(test_async)
{
	struct bench *bench = bench_open();
	const struct smb2_request *request;

	ask(bench, SMB2_CREATE, 7);
	ask(bench, SMB2_CREATE, 8);
	ask(bench, SMB2_CREATE, 9);
	interim(bench, SMB2_CREATE, 7, 0x55);
	interim(bench, SMB2_CREATE, 8, 0x56);
	interim(bench, SMB2_CREATE, 9, 0x57);
	/* The final answers: with the MessageId, and with the AsyncId alone. */
	put_smb2(bench, SMB2_CREATE, RESPONSE | SMB2_FLAGS_ASYNC_COMMAND, STATUS_SUCCESS, 7,
	    SESSION, 0x55);
	put_body(bench, 89);
	send_message(bench, SERVER);
	put_smb2(bench, SMB2_CREATE, RESPONSE | SMB2_FLAGS_ASYNC_COMMAND, STATUS_ACCESS_DENIED, 0,
	    SESSION, 0x56);
	put_error(bench);
	send_message(bench, SERVER);
	bench_end(bench, OUTCOME_CLOSED, ENDED_BY_SERVER);
	ck_assert_uint_eq(bench->ledger.count, 2);
	request = exchange_of(bench, &smb2_request_type, 0);
	assert_number(request->message_id, 8);
	assert_number(request->status, STATUS_ACCESS_DENIED);
	ck_assert(request->has_interim);
	request = exchange_of(bench, &smb2_request_type, 1);
	assert_number(request->message_id, 9);
	ck_assert(request->is_waiting_kind);
	bench_close(bench);
}
END_TEST

/* CREATE, QUERY_INFO and CLOSE in one message; the last two inherit their ids. */
START_TEST(test_compound)
{
	static const uint16_t commands[] = {SMB2_CREATE, SMB2_QUERY_INFO, SMB2_CLOSE};
	struct bench *bench = bench_open();
	const struct smb2_request *request;

	connect_tree(bench, "\\\\fs1\\data", SMB2_SHARE_TYPE_DISK);
	put_smb2(bench, SMB2_CREATE, 0, 0, 10, SESSION, TREE);
	put_create(bench, "dir\\file.txt");
	put_next(bench);
	put_smb2(bench, SMB2_QUERY_INFO, SMB2_FLAGS_RELATED_OPERATIONS, 0, 11, FOREVER, UINT32_MAX);
	put_body(bench, 41);
	put_next(bench);
	put_smb2(bench, SMB2_CLOSE, SMB2_FLAGS_RELATED_OPERATIONS, 0, 12, FOREVER, UINT32_MAX);
	put_body(bench, 24);
	send_message(bench, CLIENT);
	for (size_t i = 0; i < 3; i++) {
		put_smb2(bench, commands[i], RESPONSE, STATUS_ACCESS_DENIED, 10 + i, SESSION, TREE);
		put_error(bench);
		if (i < 2)
			put_next(bench);
	}
	send_message(bench, SERVER);
	bench_end(bench, OUTCOME_CLOSED, ENDED_BY_CLIENT);
	ck_assert_uint_eq(count_of(bench, &smb2_request_type), 3);
	for (size_t i = 0; i < 3; i++) {
		request = exchange_of(bench, &smb2_request_type, i);
		assert_number(request->command, commands[i]);
		assert_number(request->session_id, SESSION);
		assert_number(request->tree_id, TREE);
		ck_assert_str_eq(request->share, "data");
		assert_number(request->share_type, SMB2_SHARE_TYPE_DISK);
		ck_assert_int_eq(request->base.outcome, OUTCOME_ANSWERED);
		ck_assert_int_eq(request->base.is_last, i == 2);
	}
	request = exchange_of(bench, &smb2_request_type, 0);
	ck_assert_str_eq(request->path, "dir\\file.txt");
	bench_close(bench);
}
END_TEST

/* NextCommand that points into the header, or beyond the message, ends the chain. */
START_TEST(test_malformed_compound)
{
	static const uint32_t nexts[] = {8, 63, 4000, UINT32_MAX};
	struct bench *bench = bench_open();

	put_smb2(bench, SMB2_CLOSE, 0, 0, 10, SESSION, TREE);
	put_body(bench, 24);
	patch(bench, bench->part + 20, 4, nexts[_i]);
	send_message(bench, CLIENT);
	bench_end(bench, OUTCOME_CLOSED, ENDED_BY_CLIENT);
	ck_assert_uint_le(bench->ledger.count, 1);
	bench_close(bench);
}
END_TEST

/* A compound answer of which the capture holds the first command only. */
START_TEST(test_cut_compound)
{
	struct bench *bench = bench_open();
	const struct smb2_request *request;

	ask(bench, SMB2_READ, 10);
	ask(bench, SMB2_READ, 11);
	put_smb2(bench, SMB2_READ, RESPONSE, STATUS_SUCCESS, 10, SESSION, TREE);
	put_body(bench, 17);
	put_next(bench);
	put_smb2(bench, SMB2_READ, RESPONSE, STATUS_SUCCESS, 11, SESSION, TREE);
	put_body(bench, 17);
	send_cut(bench, SERVER, 100);
	bench_end(bench, OUTCOME_RESET, ENDED_BY_CLIENT);
	request = only_of(bench, &smb2_request_type);
	assert_number(request->message_id, 11);
	ck_assert_int_eq(request->base.outcome, OUTCOME_UNKNOWN);
	ck_assert_int_eq(request->base.doubt, DOUBT_CUT_BY_SNAPLEN);
	bench_close(bench);
}
END_TEST

START_TEST(test_cancel_and_oplock_break)
{
	struct bench *bench = bench_open();

	ask(bench, SMB2_CHANGE_NOTIFY, 7);
	put_smb2(bench, SMB2_CANCEL, 0, 0, 7, SESSION, TREE);
	put_body(bench, 4);
	send_message(bench, CLIENT);
	put_smb2(bench, SMB2_OPLOCK_BREAK, RESPONSE, STATUS_SUCCESS, FOREVER, 0, 0);
	put_body(bench, 24);
	send_message(bench, SERVER);
	answer(bench, SMB2_CHANGE_NOTIFY, STATUS_CANCELLED, 7);
	bench_end(bench, OUTCOME_CLOSED, ENDED_BY_CLIENT);
	ck_assert_uint_eq(bench->ledger.count, 0);
	bench_close(bench);
}
END_TEST

static const struct waiting_case {
	uint16_t command;
	uint8_t share_type;
	bool has_interim;
	uint32_t detail; /* Flags of LOCK, CtlCode of IOCTL */
	bool is_waiting;
} waiting_cases[] = {
    {SMB2_CHANGE_NOTIFY, SMB2_SHARE_TYPE_DISK, false, 0, true},
    {SMB2_READ, SMB2_SHARE_TYPE_DISK, false, 0, false},
    {SMB2_READ, SMB2_SHARE_TYPE_DISK, true, 0, false},
    {SMB2_READ, SMB2_SHARE_TYPE_PIPE, false, 0, true},
    {SMB2_READ, 0, false, 0, false},
    {SMB2_READ, 0, true, 0, true},
    {SMB2_CREATE, SMB2_SHARE_TYPE_DISK, false, 0, false},
    {SMB2_CREATE, SMB2_SHARE_TYPE_DISK, true, 0, true},
    {SMB2_LOCK, SMB2_SHARE_TYPE_DISK, false, 0x02, true},
    {SMB2_LOCK, SMB2_SHARE_TYPE_DISK, false, 0x12, false},
    {SMB2_IOCTL, SMB2_SHARE_TYPE_PIPE, false, FSCTL_PIPE_TRANSCEIVE, true},
    {SMB2_IOCTL, SMB2_SHARE_TYPE_PIPE, false, FSCTL_PIPE_WAIT, true},
    {SMB2_IOCTL, SMB2_SHARE_TYPE_PIPE, true, FSCTL_DFS_GET_REFERRALS, false},
    {SMB2_WRITE, SMB2_SHARE_TYPE_PIPE, true, 0, false},
};

START_TEST(test_waiting)
{
	const struct waiting_case *test = &waiting_cases[_i];
	struct bench *bench = bench_open();
	const struct smb2_request *request;

	if (test->share_type != 0)
		connect_tree(bench, "\\\\fs1\\x", test->share_type);
	put_smb2(bench, test->command, 0, 0, 7, SESSION, TREE);
	if (test->command == SMB2_IOCTL) {
		put_ioctl(bench, test->detail, 0);
	} else if (test->command == SMB2_LOCK) {
		put_body(bench, 48);
		patch(bench, bench->part + 64 + 40, 4, test->detail);
	} else {
		put_body(bench, smb2_command_row(test->command)->request.size);
	}
	send_message(bench, CLIENT);
	if (test->has_interim)
		interim(bench, test->command, 7, 0x77);
	bench_end(bench, OUTCOME_CLOSED, ENDED_BY_CLIENT);
	request = only_of(bench, &smb2_request_type);
	ck_assert_int_eq(request->is_waiting_kind, test->is_waiting);
	ck_assert_int_eq(request->has_interim, test->has_interim);
	ck_assert_int_eq(request->base.outcome, OUTCOME_CLOSED);
	bench_close(bench);
}
END_TEST

/* A request on a tree shows that the TREE_CONNECT was answered, though not how. */
START_TEST(test_tree_that_was_used)
{
	struct bench *bench = bench_open();
	const struct smb2_tree_connect *tree;

	put_smb2(bench, SMB2_TREE_CONNECT, 0, 0, 6, SESSION, 0);
	put_tree_connect(bench, "\\\\fs1\\x");
	send_message(bench, CLIENT);
	ask(bench, SMB2_READ, 7);
	bench_end(bench, OUTCOME_RESET, ENDED_BY_CLIENT);
	tree = only_of(bench, &smb2_tree_connect_type);
	ck_assert_int_eq(tree->base.outcome, OUTCOME_UNKNOWN);
	ck_assert_int_eq(tree->base.doubt, DOUBT_PACKETS_MISSING);
	bench_close(bench);
}
END_TEST

START_TEST(test_gap)
{
	struct bench *bench = bench_open();
	const struct smb2_request *request;

	ask(bench, SMB2_READ, 7);
	nbss_dissector.gap(bench->state, SERVER, DOUBT_PACKETS_MISSING);
	ask(bench, SMB2_READ, 8);
	bench_end(bench, OUTCOME_RESET, ENDED_BY_CLIENT);
	request = exchange_of(bench, &smb2_request_type, 0);
	ck_assert_int_eq(request->base.outcome, OUTCOME_UNKNOWN);
	ck_assert_int_eq(request->base.doubt, DOUBT_PACKETS_MISSING);
	request = exchange_of(bench, &smb2_request_type, 1);
	ck_assert_int_eq(request->base.outcome, OUTCOME_RESET);
	ck_assert(request->base.is_last);
	bench_close(bench);
}
END_TEST

/* Requests after a gap come when the gap is given up, later than their answers. */
START_TEST(test_late_request)
{
	struct bench *bench = bench_open();
	const struct smb2_request *request;

	bench->frame = 9;
	answer(bench, SMB2_READ, STATUS_SUCCESS, 7);
	bench->frame = 7;
	ask(bench, SMB2_READ, 7);
	bench->frame = 10;
	ask(bench, SMB2_READ, 8);
	bench_end(bench, OUTCOME_RESET, ENDED_BY_CLIENT);
	request = exchange_of(bench, &smb2_request_type, 0);
	ck_assert_int_eq(request->base.outcome, OUTCOME_UNKNOWN);
	ck_assert_int_eq(request->base.doubt, DOUBT_PACKETS_MISSING);
	request = exchange_of(bench, &smb2_request_type, 1);
	ck_assert_int_eq(request->base.outcome, OUTCOME_RESET);
	bench_close(bench);
}
END_TEST

/* What the capture lacks of the client may have been a request. */
START_TEST(test_gap_of_client)
{
	struct bench *bench = bench_open();
	const struct smb2_request *request;

	ask(bench, SMB2_READ, 7);
	nbss_dissector.gap(bench->state, CLIENT, DOUBT_PACKETS_MISSING);
	bench_end(bench, OUTCOME_RESET, ENDED_BY_CLIENT);
	request = only_of(bench, &smb2_request_type);
	ck_assert_int_eq(request->base.outcome, OUTCOME_RESET);
	ck_assert(!request->base.is_last);
	bench_close(bench);
}
END_TEST

/* Answers whose requests were not captured: only the set-up phase is worth an exchange. */
START_TEST(test_request_not_captured)
{
	struct bench *bench = bench_open();

	bench->facts.is_begun_before = true;
	answer(bench, SMB2_READ, STATUS_ACCESS_DENIED, 7);
	ck_assert_uint_eq(bench->ledger.count, 0);
	put_smb2(bench, SMB2_TREE_CONNECT, RESPONSE, STATUS_BAD_NETWORK_NAME, 8, SESSION, 0);
	put_error(bench);
	send_message(bench, SERVER);
	bench_end(bench, OUTCOME_UNKNOWN, ENDED_BY_CAPTURE);
	ck_assert_uint_eq(bench->ledger.count, 1);
	ck_assert_int_eq(bench->ledger.items[0]->doubt, DOUBT_BEGAN_BEFORE_CAPTURE);
	bench_close(bench);
}
END_TEST

START_TEST(test_other_command_with_same_id)
{
	struct bench *bench = bench_open();

	ask(bench, SMB2_READ, 7);
	answer(bench, SMB2_WRITE, STATUS_SUCCESS, 7);
	bench_end(bench, OUTCOME_RESET, ENDED_BY_SERVER);
	ck_assert_uint_eq(count_of(bench, &smb2_request_type), 1);
	bench_close(bench);
}
END_TEST

START_TEST(test_encrypted)
{
	const struct smb2_encrypted *encrypted;
	struct bench *bench = bench_open();

	connect_tree(bench, "\\\\fs1\\data", SMB2_SHARE_TYPE_DISK);
	put_bytes(bench, "\xfdSMB", 4);
	put(bench, 32, 0); /* Signature, Nonce */
	put(bench, 4, 100);
	put(bench, 2, 0);
	put(bench, 2, 1); /* Flags: encrypted */
	put(bench, 8, SESSION);
	put(bench, 100, 0x5a);
	send_message(bench, CLIENT);
	bench_end(bench, OUTCOME_CLOSED, ENDED_BY_CLIENT);
	ck_assert(bench->facts.is_encrypted);
	ck_assert_uint_eq(bench->ledger.count, 2);
	ck_assert(!bench->ledger.items[0]->is_last);
	encrypted = (const struct smb2_encrypted *)bench->ledger.items[1];
	ck_assert_ptr_eq(encrypted->base.type, &smb2_encrypted_type);
	ck_assert_int_eq(encrypted->base.outcome, OUTCOME_CLOSED);
	ck_assert(encrypted->base.is_last);
	ck_assert_int_eq(encrypted->seal, SEAL_NO_KEY);
	ck_assert_uint_eq(encrypted->session_id.value, SESSION);
	ck_assert_uint_eq(encrypted->requests, 1);
	ck_assert_uint_eq(encrypted->answers, 0);
	ck_assert(!encrypted->may_be_farewell);
	bench_close(bench);
}
END_TEST

/* [MS-SMB2] 2.2.42.1: the SMB2 header stands uncompressed in front, or it does not. */
START_TEST(test_compressed)
{
	struct bench *bench = bench_open();
	bool has_plain_header = _i == 0;

	ask(bench, SMB2_READ, 7);
	put_bytes(bench, "\xfcSMB", 4);
	put(bench, 4, 4096);
	put(bench, 2, 2);                         /* LZ77 */
	put(bench, 2, 0);                         /* not chained */
	put(bench, 4, has_plain_header ? 80 : 0); /* Offset */
	if (has_plain_header) {
		put_smb2(bench, SMB2_READ, RESPONSE, STATUS_SUCCESS, 7, SESSION, TREE);
		put_body(bench, 17);
	}
	put(bench, 200, 0);
	send_message(bench, SERVER);
	bench_end(bench, OUTCOME_CLOSED, ENDED_BY_SERVER);
	ck_assert(bench->facts.is_compressed);
	ck_assert_uint_eq(bench->ledger.count, has_plain_header ? 0 : 1);
	if (!has_plain_header)
		ck_assert_int_eq(bench->ledger.items[0]->outcome, OUTCOME_UNKNOWN);
	bench_close(bench);
}
END_TEST

/* One direction only: requests without end are given up, and counted. */
START_TEST(test_bounds)
{
	struct bench *bench = bench_open();
	const struct smb2_request *last;
	uint64_t count = SMB2_MOST_PENDING + SMB2_MOST_LISTED + 100;

	for (uint64_t id = 0; id < count; id++)
		ask(bench, SMB2_READ, id);
	bench_end(bench, OUTCOME_UNKNOWN, ENDED_BY_CAPTURE);
	ck_assert_uint_eq(bench->ledger.count, SMB2_MOST_LISTED);
	last = exchange_of(bench, &smb2_request_type, SMB2_MOST_LISTED - 1);
	assert_number(last->unlisted, count - SMB2_MOST_LISTED);
	bench_close(bench);
}
END_TEST

/* Successes leave nothing behind. */
START_TEST(test_memory)
{
	struct bench *bench = bench_open();
	size_t used;

	ask(bench, SMB2_READ, 0);
	answer(bench, SMB2_READ, STATUS_SUCCESS, 0);
	used = bench->arena.used;
	for (uint64_t id = 1; id < 1000; id++) {
		ask(bench, SMB2_READ, id);
		answer(bench, SMB2_READ, STATUS_SUCCESS, id);
	}
	ck_assert_uint_eq(bench->arena.used, used);
	bench_close(bench);
}
END_TEST

Suite *
smb2_suite(void)
{
	Suite *suite = suite_create("smb2");
	TCase *tests = tcase_create("requests");

	tcase_add_loop_test(tests, test_status, 0, COUNT(status_cases));
	tcase_add_test(tests, test_slow);
	tcase_add_test(tests, test_queued);
	tcase_add_test(tests, test_answer_began);
	tcase_add_loop_test(tests, test_overdue, 0, COUNT(overdue_cases));
	tcase_add_test(tests, test_channel_sequence);
	tcase_add_test(tests, test_wide_ids);
	tcase_add_test(tests, test_async);
	tcase_add_test(tests, test_compound);
	tcase_add_loop_test(tests, test_malformed_compound, 0, 4);
	tcase_add_test(tests, test_cut_compound);
	tcase_add_test(tests, test_cancel_and_oplock_break);
	tcase_add_loop_test(tests, test_waiting, 0, COUNT(waiting_cases));
	tcase_add_test(tests, test_tree_that_was_used);
	tcase_add_test(tests, test_gap);
	tcase_add_test(tests, test_gap_of_client);
	tcase_add_test(tests, test_late_request);
	tcase_add_test(tests, test_request_not_captured);
	tcase_add_test(tests, test_other_command_with_same_id);
	tcase_add_test(tests, test_encrypted);
	tcase_add_loop_test(tests, test_compressed, 0, 2);
	tcase_add_test(tests, test_bounds);
	tcase_add_test(tests, test_memory);
	suite_add_tcase(suite, tests);
	return suite;
}
