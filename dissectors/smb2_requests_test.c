/* What requests on files are about, and the breaks of their oplocks, through a whole connection. */
#include "dissectors/smb2_requests.h"

#include <check.h>

#include "analyzer/base/basics.h"
#include "dissectors/nt_status.h"
#include "dissectors/smb2.h"
#include "dissectors/smb2_breaks.h"
#include "dissectors/smb_bench.h"

Suite *smb2_requests_suite(void);

#define SESSION 0x41u
#define TREE    5u
#define FILE_ID 0x1122u
#define RELATED SMB2_FLAGS_RELATED_OPERATIONS

static void
begin_request(struct bench *bench, uint16_t command, uint32_t flags, uint64_t id)
{
	put_smb2(bench, command, flags, 0, id, SESSION, TREE);
}

static void
put_file_id(struct bench *bench, uint64_t id)
{
	put(bench, 8, id);
	put(bench, 8, id == UINT64_MAX ? UINT64_MAX : 0x33);
}

/* [MS-SMB2] 2.2.14. */
static void
put_created(struct bench *bench, uint8_t oplock_level, uint64_t id)
{
	put(bench, 2, 89);
	put(bench, 1, oplock_level);
	put(bench, 61, 0); /* Flags to Reserved2 */
	put_file_id(bench, id);
	put(bench, 8, 0); /* CreateContexts */
}

static void
create(struct bench *bench, const char *name, uint8_t oplock_level)
{
	begin_request(bench, SMB2_CREATE, 0, 10);
	put_create(bench, name);
	send_message(bench, CLIENT);
	put_smb2(bench, SMB2_CREATE, RESPONSE, STATUS_SUCCESS, 10, SESSION, TREE);
	put_created(bench, oplock_level, FILE_ID);
	send_message(bench, SERVER);
}

/* [MS-SMB2] 2.2.19. */
static void
put_read(struct bench *bench, uint64_t offset, uint32_t length, uint64_t id)
{
	put(bench, 2, 49);
	put(bench, 2, 0);
	put(bench, 4, length);
	put(bench, 8, offset);
	put_file_id(bench, id);
	put(bench, 17, 0);
}

static void
close_file(struct bench *bench)
{
	begin_request(bench, SMB2_CLOSE, 0, 20);
	put(bench, 8, 24);
	put_file_id(bench, FILE_ID);
	send_message(bench, CLIENT);
	put_smb2(bench, SMB2_CLOSE, RESPONSE, STATUS_SUCCESS, 20, SESSION, TREE);
	put_body(bench, 60);
	send_message(bench, SERVER);
}

static void
read_file(struct bench *bench)
{
	begin_request(bench, SMB2_READ, 0, 30);
	put_read(bench, 4096, 512, FILE_ID);
	send_message(bench, CLIENT);
}

START_TEST(test_read)
{
	struct bench *bench = bench_open();
	const struct smb2_request *request;

	create(bench, "dir\\a.txt", SMB2_OPLOCK_LEVEL_NONE);
	read_file(bench);
	bench_end(bench, OUTCOME_CLOSED, ENDED_BY_CLIENT);
	request = only_of(bench, &smb2_request_type);
	ck_assert_str_eq(request->path, "dir\\a.txt");
	assert_number(request->offset, 4096);
	assert_number(request->length, 512);
	assert_number(request->credit_charge, 1);
	ck_assert_ptr_null(request->pattern);
	ck_assert_ptr_null(request->target);
	ck_assert(!request->create_disposition.is_known);
	bench_close(bench);
}
END_TEST

/* After CLOSE the FileId may come again for another file. */
START_TEST(test_closed)
{
	struct bench *bench = bench_open();
	const struct smb2_request *request;

	create(bench, "a.txt", SMB2_OPLOCK_LEVEL_NONE);
	close_file(bench);
	read_file(bench);
	bench_end(bench, OUTCOME_CLOSED, ENDED_BY_CLIENT);
	request = only_of(bench, &smb2_request_type);
	ck_assert_ptr_null(request->path);
	assert_number(request->offset, 4096);
	bench_close(bench);
}
END_TEST

/* [MS-SMB2] 3.3.5.2.7.2: a FileId of all ones is that of the command before. */
START_TEST(test_compound)
{
	struct bench *bench = bench_open();
	const struct smb2_request *request;

	begin_request(bench, SMB2_CREATE, 0, 10);
	put_create(bench, "b.txt");
	put_next(bench);
	begin_request(bench, SMB2_READ, RELATED, 11);
	put_read(bench, 0, 16, UINT64_MAX);
	put_next(bench);
	begin_request(bench, SMB2_READ, RELATED, 12);
	put_read(bench, 16, 16, UINT64_MAX);
	send_message(bench, CLIENT);
	put_smb2(bench, SMB2_CREATE, RESPONSE, STATUS_SUCCESS, 10, SESSION, TREE);
	put_created(bench, SMB2_OPLOCK_LEVEL_NONE, FILE_ID);
	send_message(bench, SERVER);
	bench_end(bench, OUTCOME_CLOSED, ENDED_BY_CLIENT);
	ck_assert_uint_eq(count_of(bench, &smb2_request_type), 2);
	for (size_t i = 0; i < 2; i++) {
		request = exchange_of(bench, &smb2_request_type, i);
		ck_assert_str_eq(request->path, "b.txt");
		assert_number(request->offset, 16 * i);
	}
	bench_close(bench);
}
END_TEST

/* CREATE and CLOSE in one compound leave nothing open. */
START_TEST(test_compound_closed)
{
	struct bench *bench = bench_open();
	const struct smb2_request *request;

	begin_request(bench, SMB2_CREATE, 0, 10);
	put_create(bench, "b.txt");
	put_next(bench);
	begin_request(bench, SMB2_CLOSE, RELATED, 11);
	put(bench, 8, 24);
	put_file_id(bench, UINT64_MAX);
	send_message(bench, CLIENT);
	put_smb2(bench, SMB2_CREATE, RESPONSE, STATUS_SUCCESS, 10, SESSION, TREE);
	put_created(bench, SMB2_OPLOCK_LEVEL_NONE, FILE_ID);
	put_next(bench);
	put_smb2(bench, SMB2_CLOSE, RESPONSE | RELATED, STATUS_SUCCESS, 11, SESSION, TREE);
	put_body(bench, 60);
	send_message(bench, SERVER);
	read_file(bench);
	bench_end(bench, OUTCOME_CLOSED, ENDED_BY_CLIENT);
	request = only_of(bench, &smb2_request_type);
	ck_assert_ptr_null(request->path);
	bench_close(bench);
}
END_TEST

/* [MS-SMB2] 2.2.33, 2.2.39 and [MS-FSCC] 2.4.37. */
START_TEST(test_pattern_and_target)
{
	struct bench *bench = bench_open();
	const struct smb2_request *query, *rename;

	create(bench, "a.txt", SMB2_OPLOCK_LEVEL_NONE);
	begin_request(bench, SMB2_QUERY_DIRECTORY, 0, 11);
	put(bench, 2, 33);
	put(bench, 1, 37); /* FileIdBothDirectoryInformation */
	put(bench, 5, 0);
	put_file_id(bench, FILE_ID);
	put(bench, 2, 96);
	put(bench, 2, 10);
	put(bench, 4, 65536);
	put_utf16(bench, "*.doc");
	send_message(bench, CLIENT);
	begin_request(bench, SMB2_SET_INFO, 0, 12);
	put(bench, 2, 33);
	put(bench, 1, SMB2_0_INFO_FILE);
	put(bench, 1, FileRenameInformation);
	put(bench, 4, 20 + 10);
	put(bench, 2, 96);
	put(bench, 6, 0);
	put_file_id(bench, FILE_ID);
	put(bench, 16, 0); /* ReplaceIfExists, RootDirectory */
	put(bench, 4, 10);
	put_utf16(bench, "b.txt");
	send_message(bench, CLIENT);
	bench_end(bench, OUTCOME_CLOSED, ENDED_BY_CLIENT);
	query = exchange_of(bench, &smb2_request_type, 0);
	rename = exchange_of(bench, &smb2_request_type, 1);
	ck_assert_str_eq(query->pattern, "*.doc");
	ck_assert_ptr_null(query->target);
	assert_number(query->info_class, SMB2_INFO_CLASS(SMB2_0_INFO_FILE, 37));
	ck_assert_str_eq(rename->target, "b.txt");
	ck_assert_str_eq(rename->path, "a.txt");
	ck_assert_ptr_null(rename->pattern);
	bench_close(bench);
}
END_TEST

/* [MS-SMB2] 2.2.23.1 and 2.2.24.1. */
static void
put_break(struct bench *bench, uint8_t level)
{
	put(bench, 2, 24);
	put(bench, 1, level);
	put(bench, 5, 0);
	put_file_id(bench, FILE_ID);
}

static void
break_oplock(struct bench *bench)
{
	put_smb2(bench, SMB2_OPLOCK_BREAK, RESPONSE, STATUS_SUCCESS, UINT64_MAX, 0, 0);
	put_break(bench, SMB2_OPLOCK_LEVEL_II);
	send_message(bench, SERVER);
}

static void
acknowledge(struct bench *bench)
{
	begin_request(bench, SMB2_OPLOCK_BREAK, 0, 40);
	put_break(bench, SMB2_OPLOCK_LEVEL_II);
	send_message(bench, CLIENT);
	put_smb2(bench, SMB2_OPLOCK_BREAK, RESPONSE, STATUS_SUCCESS, 40, SESSION, TREE);
	put_break(bench, SMB2_OPLOCK_LEVEL_II);
	send_message(bench, SERVER);
}

static const struct break_case {
	uint8_t level;   /* that the client has */
	int64_t after;   /* ms until it answers; negative: never */
	bool is_closing; /* by CLOSE */
	bool is_listed;
	enum outcome outcome;
} break_cases[] = {
    {SMB2_OPLOCK_LEVEL_BATCH, 10, false, false, OUTCOME_UNKNOWN},
    {SMB2_OPLOCK_LEVEL_BATCH, 6000, false, true, OUTCOME_ANSWERED},
    {SMB2_OPLOCK_LEVEL_EXCLUSIVE, 6000, true, true, OUTCOME_ANSWERED},
    {SMB2_OPLOCK_LEVEL_BATCH, 10, true, false, OUTCOME_UNKNOWN},
    {SMB2_OPLOCK_LEVEL_BATCH, -1, false, true, OUTCOME_RESET},
    /* which goes without a word */
    {SMB2_OPLOCK_LEVEL_II, -1, false, false, OUTCOME_UNKNOWN},
};

START_TEST(test_break)
{
	const struct break_case *test = &break_cases[_i];
	struct bench *bench = bench_open();
	const struct smb2_break *exchange;

	create(bench, "a.txt", test->level);
	break_oplock(bench);
	bench->time += test->after * BENCH_MS;
	if (test->after >= 0 && test->is_closing)
		close_file(bench);
	else if (test->after >= 0)
		acknowledge(bench);
	bench_end(bench, OUTCOME_RESET, ENDED_BY_SERVER);
	ck_assert_uint_eq(count_of(bench, &smb2_break_type), test->is_listed);
	if (test->is_listed) {
		exchange = only_of(bench, &smb2_break_type);
		ck_assert_int_eq(exchange->base.outcome, test->outcome);
		ck_assert_int_eq(exchange->base.request_from, SERVER);
		ck_assert_str_eq(exchange->path, "a.txt");
		ck_assert_int_eq(exchange->is_closed_instead, test->is_closing);
		assert_number(exchange->must_acknowledge, true);
		assert_number(exchange->oplock_level, SMB2_OPLOCK_LEVEL_II);
	}
	bench_close(bench);
}
END_TEST

#define LEASE_KEY "LEASE-KEY-LEASE-"

/* A lease is granted ([MS-SMB2] 2.2.13.2.8). */
static void
create_leased(struct bench *bench)
{
	begin_request(bench, SMB2_CREATE, 0, 10);
	put(bench, 2, 57);
	put(bench, 42, 0);
	put(bench, 2, 120);
	put(bench, 2, 10);
	put(bench, 4, 136);
	put(bench, 4, 56);
	put_utf16(bench, "a.txt");
	put(bench, 6, 0);
	put(bench, 4, 0); /* the context: no further one, name and data */
	put(bench, 2, 16);
	put(bench, 2, 4);
	put(bench, 2, 0);
	put(bench, 2, 24);
	put(bench, 4, 32);
	put_bytes(bench, "RqLs", 4);
	put(bench, 4, 0);
	put_bytes(bench, LEASE_KEY, 16);
	put(bench, 16, 7);
	send_message(bench, CLIENT);
	put_smb2(bench, SMB2_CREATE, RESPONSE, STATUS_SUCCESS, 10, SESSION, TREE);
	put_created(bench, SMB2_OPLOCK_LEVEL_LEASE, FILE_ID);
	send_message(bench, SERVER);
}

/* [MS-SMB2] 2.2.23.2. */
static void
break_lease(struct bench *bench, uint32_t flags)
{
	put_smb2(bench, SMB2_OPLOCK_BREAK, RESPONSE, STATUS_SUCCESS, UINT64_MAX, 0, 0);
	put(bench, 2, 44);
	put(bench, 2, 1);
	put(bench, 4, flags);
	put_bytes(bench, LEASE_KEY, 16);
	put(bench, 4, 7);
	put(bench, 4, 3);
	put(bench, 12, 0);
	send_message(bench, SERVER);
}

/* [MS-SMB2] 2.2.24.2 and 2.2.25.2 are the same. */
static void
put_lease_break(struct bench *bench, const char *key)
{
	put(bench, 2, 36);
	put(bench, 6, 0);
	put_bytes(bench, key, 16);
	put(bench, 12, 3);
}

static void
acknowledge_lease(struct bench *bench, const char *key)
{
	begin_request(bench, SMB2_OPLOCK_BREAK, 0, 40);
	put_lease_break(bench, key);
	send_message(bench, CLIENT);
	put_smb2(bench, SMB2_OPLOCK_BREAK, RESPONSE, STATUS_SUCCESS, 40, SESSION, TREE);
	put_lease_break(bench, key);
	send_message(bench, SERVER);
}

static const struct lease_case {
	uint32_t flags;  /* 1: must be acknowledged */
	const char *key; /* that the client acknowledges 6 s later, or NULL */
	bool is_closing; /* it closes the file 6 s later */
	bool is_listed;
	enum outcome outcome;
} lease_cases[] = {
    {1, LEASE_KEY, false, true, OUTCOME_ANSWERED},
    {1, NULL, true, true, OUTCOME_ANSWERED},
    {1, NULL, false, true, OUTCOME_RESET},
    {1, "another lease's!", false, true, OUTCOME_RESET},
    {0, NULL, false, false, OUTCOME_UNKNOWN},
};

START_TEST(test_lease_break)
{
	const struct lease_case *test = &lease_cases[_i];
	struct bench *bench = bench_open();
	const struct smb2_break *exchange;

	create_leased(bench);
	break_lease(bench, test->flags);
	bench->time += 6000 * BENCH_MS;
	if (test->is_closing)
		close_file(bench);
	else if (test->key != NULL)
		acknowledge_lease(bench, test->key);
	bench_end(bench, OUTCOME_RESET, ENDED_BY_SERVER);
	ck_assert_uint_eq(count_of(bench, &smb2_break_type), test->is_listed);
	if (test->is_listed) {
		exchange = only_of(bench, &smb2_break_type);
		ck_assert_int_eq(exchange->base.outcome, test->outcome);
		ck_assert(exchange->is_lease);
		ck_assert_int_eq(exchange->is_closed_instead, test->is_closing);
		ck_assert_str_eq(exchange->path, "a.txt");
		assert_number(exchange->must_acknowledge, true);
		assert_number(exchange->current_lease_state, 7);
		assert_number(exchange->lease_state, 3);
		ck_assert(!exchange->oplock_level.is_known);
	}
	bench_close(bench);
}
END_TEST

/* Of too many at once the oldest are given up and counted. */
START_TEST(test_many_breaks)
{
	struct bench *bench = bench_open();

	create(bench, "a.txt", SMB2_OPLOCK_LEVEL_BATCH);
	for (size_t i = 0; i < SMB2_MOST_BREAKS + 3; i++)
		break_oplock(bench);
	bench_end(bench, OUTCOME_RESET, ENDED_BY_SERVER);
	ck_assert_uint_eq(count_of(bench, &smb2_break_type), SMB2_MOST_BREAKS);
	ck_assert_uint_eq(bench->facts.given_up, 3);
	bench_close(bench);
}
END_TEST

/* In 3.x the status of a request is its ChannelSequence ([MS-SMB2] 2.2.1.2). */
START_TEST(test_channel_sequence)
{
	static const uint16_t dialects[] = {0x0210, 0x0302};
	struct bench *bench = bench_open();
	const struct smb2_request *request;

	put_smb2(bench, SMB2_NEGOTIATE, 0, 0, 0, 0, 0);
	put_negotiate(bench, &dialects[_i], 1, 0);
	send_message(bench, CLIENT);
	put_smb2(bench, SMB2_NEGOTIATE, RESPONSE, STATUS_SUCCESS, 0, 0, 0);
	put_negotiated(bench, dialects[_i], 0);
	send_message(bench, SERVER);
	put_smb2(bench, SMB2_READ, 0, 0x00010003, 30, SESSION, TREE);
	put_read(bench, 0, 1, FILE_ID);
	send_message(bench, CLIENT);
	bench_end(bench, OUTCOME_CLOSED, ENDED_BY_CLIENT);
	request = only_of(bench, &smb2_request_type);
	ck_assert_int_eq(request->channel_sequence.is_known, _i == 1);
	ck_assert_uint_eq(request->channel_sequence.value, _i == 1 ? 3 : 0);
	bench_close(bench);
}
END_TEST

Suite *
smb2_requests_suite(void)
{
	Suite *suite = suite_create("smb2_requests");
	TCase *tcase = tcase_create("requests");

	tcase_add_test(tcase, test_read);
	tcase_add_test(tcase, test_closed);
	tcase_add_test(tcase, test_compound);
	tcase_add_test(tcase, test_compound_closed);
	tcase_add_test(tcase, test_pattern_and_target);
	tcase_add_loop_test(tcase, test_break, 0, (int)COUNT(break_cases));
	tcase_add_loop_test(tcase, test_lease_break, 0, (int)COUNT(lease_cases));
	tcase_add_test(tcase, test_many_breaks);
	tcase_add_loop_test(tcase, test_channel_sequence, 0, 2);
	suite_add_tcase(suite, tcase);
	return suite;
}
