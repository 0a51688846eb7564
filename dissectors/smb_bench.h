/* A conversation for tests: messages are written field by field, framed, and told to the
 * dissector; what enters the ledger is looked at. */
#ifndef SMBTRIAGE_DISSECTORS_SMB_BENCH_H
#define SMBTRIAGE_DISSECTORS_SMB_BENCH_H

#include <check.h>
#include <string.h>

#include "analyzer/base/memory.h"
#include "dissectors/nbss.h"
#include "dissectors/smb1_wire.h"
#include "dissectors/smb2_wire.h"

#define BENCH_MS INT64_C(1000000) /* between two messages, in nanoseconds */

struct bench {
	struct arena arena;
	struct ledger ledger;
	struct statistics statistics;
	struct conversation_facts facts;
	void *state;
	uint64_t frame;
	int64_t time;
	uint64_t offset[2];
	uint8_t wire[4096]; /* the message being written, its record header included */
	size_t length;
	size_t part; /* where its latest command begins */
};

/* SECRETS are borrowed; NULL: none. */
static inline struct bench *
bench_open_with(struct secrets *secrets)
{
	struct bench *bench = mem_alloc(1, sizeof(*bench));
	struct dissector_context context = {.conversation = &bench->facts,
	    .arena = &bench->arena,
	    .ledger = &bench->ledger,
	    .statistics = &bench->statistics,
	    .secrets = secrets};

	bench->statistics.arena = &bench->arena;
	bench->time = INT64_C(1000000000) * BENCH_MS;
	bench->state = nbss_dissector.open(&context);
	bench->length = 4;
	return bench;
}

static inline struct bench *
bench_open(void)
{
	return bench_open_with(NULL);
}

static inline void
bench_close(struct bench *bench)
{
	nbss_dissector.close(bench->state);
	ledger_free(&bench->ledger);
	statistics_free(&bench->statistics);
	arena_free(&bench->arena);
	mem_free(bench);
}

static inline void
put(struct bench *bench, size_t size, uint64_t value)
{
	ck_assert_uint_le(bench->length + size, sizeof(bench->wire));
	for (size_t i = 0; i < size; i++)
		bench->wire[bench->length++] = (uint8_t)(i < 8 ? value >> (8 * i) : 0);
}

static inline void
put_bytes(struct bench *bench, const void *bytes, size_t length)
{
	ck_assert_uint_le(bench->length + length, sizeof(bench->wire));
	memcpy(bench->wire + bench->length, bytes, length);
	bench->length += length;
}

static inline void
put_utf16(struct bench *bench, const char *ascii)
{
	for (; *ascii != '\0'; ascii++)
		put(bench, 2, (uint8_t)*ascii);
}

/* Overwrites SIZE bytes at AT. */
static inline void
patch(struct bench *bench, size_t at, size_t size, uint64_t value)
{
	for (size_t i = 0; i < size; i++)
		bench->wire[at + i] = (uint8_t)(value >> (8 * i));
}

/* Bytes since the SMB header of the latest command. */
static inline size_t
here(const struct bench *bench)
{
	return bench->length - bench->part;
}

/* Tells the message to the dissector: CAPTURED of its bytes at most. */
static inline void
send_cut(struct bench *bench, enum side from, size_t captured)
{
	struct message message = {0};
	struct frame_head head = {0, 0};
	uint8_t *copy;

	if (bench->wire[0] == 0) {
		bench->wire[1] = (uint8_t)((bench->length - 4) >> 16);
		bench->wire[2] = (uint8_t)((bench->length - 4) >> 8);
		bench->wire[3] = (uint8_t)(bench->length - 4);
	}
	ck_assert_int_eq(
	    nbss_dissector.frame(bench->state, bench->wire, bench->length, &head), FRAMING_FOUND);
	ck_assert_uint_eq(head.length, bench->length);
	ck_assert_uint_le(head.wanted, head.length);
	message.captured = (uint32_t)(captured < head.wanted ? captured : head.wanted);
	copy = mem_alloc(message.captured, 1);
	memcpy(copy, bench->wire, message.captured);
	message.bytes = copy;
	message.length = head.length;
	message.is_cut = captured < head.wanted;
	message.from = from;
	message.frame = ++bench->frame;
	message.time = message.first_time = bench->time += BENCH_MS;
	message.start = bench->offset[from];
	message.end = bench->offset[from] += head.length;
	nbss_dissector.message(bench->state, &message);
	mem_free(copy);
	memset(bench->wire, 0, sizeof(bench->wire));
	bench->length = 4;
	bench->part = 0;
}

static inline void
send_message(struct bench *bench, enum side from)
{
	send_cut(bench, from, sizeof(bench->wire));
}

static inline struct ending
bench_ending(const struct bench *bench, enum outcome outcome, enum ended_by by)
{
	return (struct ending){.outcome = outcome,
	    .by = by,
	    .frame = outcome == OUTCOME_UNKNOWN ? 0 : bench->frame + 1,
	    .time = bench->time + 1000 * BENCH_MS};
}

static inline void
bench_end(struct bench *bench, enum outcome outcome, enum ended_by by)
{
	struct ending ending = bench_ending(bench, outcome, by);

	nbss_dissector.end(bench->state, &ending);
}

static inline size_t
count_of(const struct bench *bench, const struct exchange_type *type)
{
	size_t count = 0;

	for (size_t i = 0; i < bench->ledger.count; i++)
		count += bench->ledger.items[i]->type == type;
	return count;
}

/* The exchange of TYPE number INDEX in the ledger; a failed test when there is none. */
static inline void *
exchange_of(const struct bench *bench, const struct exchange_type *type, size_t index)
{
	for (size_t i = 0; i < bench->ledger.count; i++)
		if (bench->ledger.items[i]->type == type && index-- == 0)
			return bench->ledger.items[i];
	ck_abort_msg("no such exchange: %s", type->name);
	return NULL;
}

/* The only exchange of TYPE. */
static inline void *
only_of(const struct bench *bench, const struct exchange_type *type)
{
	ck_assert_uint_eq(count_of(bench, type), 1);
	return exchange_of(bench, type, 0);
}

static inline void
assert_number(struct number number, uint64_t value)
{
	ck_assert(number.is_known);
	ck_assert_uint_eq(number.value, value);
}

/* ---- SMB2 ---- */

#define RESPONSE SMB2_FLAGS_SERVER_TO_REDIR

/* [MS-SMB2] 2.2.1.2; the async form when FLAGS say so, with TREE_OR_ASYNC as AsyncId. */
static inline void
put_smb2(struct bench *bench, uint16_t command, uint32_t flags, uint32_t status,
    uint64_t message_id, uint64_t session_id, uint64_t tree_or_async)
{
	bench->part = bench->length;
	put_bytes(bench, "\xfeSMB", 4);
	put(bench, 2, 64);
	put(bench, 2, 1); /* CreditCharge */
	put(bench, 4, status);
	put(bench, 2, command);
	put(bench, 2, 31); /* credits */
	put(bench, 4, flags);
	put(bench, 4, 0); /* NextCommand */
	put(bench, 8, message_id);
	if (flags & SMB2_FLAGS_ASYNC_COMMAND) {
		put(bench, 8, tree_or_async);
	} else {
		put(bench, 4, 0xfeff);
		put(bench, 4, tree_or_async);
	}
	put(bench, 8, session_id);
	put(bench, 16, 0); /* Signature */
}

/* Ends a command of a compound: the next one follows. */
static inline void
put_next(struct bench *bench)
{
	while (here(bench) % 8 != 0)
		put(bench, 1, 0);
	patch(bench, bench->part + 20, 4, here(bench));
}

/* A request or answer that nobody reads further than its header: StructureSize and zeroes. */
static inline void
put_body(struct bench *bench, uint16_t size)
{
	put(bench, 2, size);
	put(bench, (size & ~1u) - 2, 0);
}

/* [MS-SMB2] 2.2.2, without contexts. */
static inline void
put_error(struct bench *bench)
{
	put(bench, 2, 9);
	put(bench, 7, 0);
}

/* [MS-SMB2] 2.2.3, for dialects below 3.1.1. */
static inline void
put_negotiate(struct bench *bench, const uint16_t *dialects, size_t count, uint32_t capabilities)
{
	put(bench, 2, 36);
	put(bench, 2, count);
	put(bench, 2, 1); /* SecurityMode: signing enabled */
	put(bench, 2, 0);
	put(bench, 4, capabilities);
	put_bytes(bench, "CLIENTGUIDCLIENT", 16);
	put(bench, 8, 0);
	for (size_t i = 0; i < count; i++)
		put(bench, 2, dialects[i]);
}

/* [MS-SMB2] 2.2.4, without token. */
static inline void
put_negotiated(struct bench *bench, uint16_t dialect, uint32_t capabilities)
{
	put(bench, 2, 65);
	put(bench, 2, 1);
	put(bench, 2, dialect);
	put(bench, 2, 0);
	put_bytes(bench, "SERVERGUIDSERVER", 16);
	put(bench, 4, capabilities);
	put(bench, 4, 8388608);
	put(bench, 4, 8388608);
	put(bench, 4, 8388608);
	put(bench, 16, 0);
	put(bench, 2, 128);
	put(bench, 2, 0);
	put(bench, 4, 0);
}

/* An NTLMSSP message ([MS-NLMP] 2.2.1): its type, and in AUTHENTICATE the user "u". */
static inline void
put_ntlmssp(struct bench *bench, uint32_t type)
{
	size_t start = bench->length;

	put_bytes(bench, "NTLMSSP\0", 8);
	put(bench, 4, type);
	put(bench, 76, 0);
	if (type != 3)
		return;
	patch(bench, start + 20, 2, 16); /* NtChallengeResponseFields */
	patch(bench, start + 24, 4, 70);
	patch(bench, start + 36, 2, 2); /* UserNameFields */
	patch(bench, start + 40, 4, 86);
	patch(bench, start + 60, 4, 1); /* NegotiateFlags: Unicode */
	patch(bench, start + 86, 2, 'u');
}

#define NTLMSSP_SIZE 88

/* [MS-SMB2] 2.2.5, with that as its token. */
static inline void
put_session_setup(struct bench *bench, uint8_t flags, uint32_t ntlmssp_type)
{
	put(bench, 2, 25);
	put(bench, 1, flags);
	put(bench, 1, 1); /* SecurityMode */
	put(bench, 4, 1);
	put(bench, 4, 0);
	put(bench, 2, 88);
	put(bench, 2, NTLMSSP_SIZE);
	put(bench, 8, 0);
	put_ntlmssp(bench, ntlmssp_type);
}

/* [MS-SMB2] 2.2.6; without token when the type is 0. */
static inline void
put_session_answer(struct bench *bench, uint16_t session_flags, uint32_t ntlmssp_type)
{
	put(bench, 2, 9);
	put(bench, 2, session_flags);
	put(bench, 2, 72);
	put(bench, 2, ntlmssp_type ? NTLMSSP_SIZE : 0);
	if (ntlmssp_type)
		put_ntlmssp(bench, ntlmssp_type);
}

/* [MS-SMB2] 2.2.9. */
static inline void
put_tree_connect(struct bench *bench, const char *path)
{
	put(bench, 2, 9);
	put(bench, 2, 0);
	put(bench, 2, 72);
	put(bench, 2, 2 * strlen(path));
	put_utf16(bench, path);
}

/* [MS-SMB2] 2.2.10. */
static inline void
put_tree(struct bench *bench, uint8_t share_type, uint32_t share_flags)
{
	put(bench, 2, 16);
	put(bench, 2, share_type);
	put(bench, 4, share_flags);
	put(bench, 4, 0);
	put(bench, 4, 0x1f01ff);
}

/* [MS-SMB2] 2.2.13. */
static inline void
put_create(struct bench *bench, const char *name)
{
	put(bench, 2, 57);
	put(bench, 42, 0);
	put(bench, 2, 120);
	put(bench, 2, 2 * strlen(name));
	put(bench, 8, 0);
	put_utf16(bench, name);
	put(bench, 8, 0);
}

/* [MS-SMB2] 2.2.31, all but the input. */
static inline void
put_ioctl(struct bench *bench, uint32_t ctl_code, uint32_t input_count)
{
	put(bench, 4, 57);
	put(bench, 4, ctl_code);
	put(bench, 8, UINT64_MAX);
	put(bench, 8, UINT64_MAX);
	put(bench, 4, 120);
	put(bench, 4, input_count);
	put(bench, 12, 0);
	put(bench, 4, 24); /* MaxOutputResponse */
	put(bench, 8, 1);
}

/* [MS-SMB2] 2.2.31.4. */
static inline void
put_validate(struct bench *bench, const uint16_t *dialects, size_t count, uint32_t capabilities)
{
	put_ioctl(bench, FSCTL_VALIDATE_NEGOTIATE_INFO, (uint32_t)(24 + 2 * count));
	put(bench, 4, capabilities);
	put_bytes(bench, "CLIENTGUIDCLIENT", 16);
	put(bench, 2, 1);
	put(bench, 2, count);
	for (size_t i = 0; i < count; i++)
		put(bench, 2, dialects[i]);
}

/* [MS-SMB2] 2.2.32 and 2.2.32.6. */
static inline void
put_validated(struct bench *bench, uint16_t dialect, uint32_t capabilities)
{
	put(bench, 4, 49);
	put(bench, 4, FSCTL_VALIDATE_NEGOTIATE_INFO);
	put(bench, 8, UINT64_MAX);
	put(bench, 8, UINT64_MAX);
	put(bench, 4, 112);
	put(bench, 4, 0);
	put(bench, 4, 112);
	put(bench, 4, 24);
	put(bench, 8, 0);
	put(bench, 4, capabilities);
	put_bytes(bench, "SERVERGUIDSERVER", 16);
	put(bench, 2, 1);
	put(bench, 2, dialect);
}

/* ---- SMB1 ---- */

/* [MS-CIFS] 2.2.3.1: FLAGS are SMB_FLAGS_REPLY or 0; Unicode and NT statuses. */
static inline void
put_smb1(struct bench *bench, uint8_t command, uint8_t flags, uint32_t status, uint16_t uid,
    uint16_t tid, uint16_t mid)
{
	bench->part = bench->length;
	put_bytes(bench, "\xffSMB", 4);
	put(bench, 1, command);
	put(bench, 4, status);
	put(bench, 1, flags);
	put(bench, 2, SMB_FLAGS2_UNICODE | SMB_FLAGS2_NT_STATUS | 0x0800);
	put(bench, 12, 0);
	put(bench, 2, tid);
	put(bench, 2, 0x1234); /* PIDLow */
	put(bench, 2, uid);
	put(bench, 2, mid);
}

/* [MS-CIFS] 2.2.4.52.1: DIALECTS are strings, each with its NUL and one more at the end. */
static inline void
put_smb1_negotiate(struct bench *bench, const char *dialects)
{
	size_t count_at = bench->length + 1;

	put(bench, 3, 0);
	for (; *dialects != '\0'; dialects += strlen(dialects) + 1) {
		put(bench, 1, 2);
		put_bytes(bench, dialects, strlen(dialects) + 1);
	}
	patch(bench, count_at, 2, bench->length - count_at - 2);
}

#endif
