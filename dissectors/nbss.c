#include "dissectors/nbss.h"

#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/cursor.h"
#include "analyzer/base/memory.h"
#include "dissectors/smb.h"
#include "dissectors/smb1.h"
#include "dissectors/smb1_wire.h"
#include "dissectors/smb2.h"
#include "dissectors/smb2_wire.h"

#define NAME_SIZE    34 /* RFC 1001 14.1: a label of 32 half bytes, and the root label */
#define LONGEST_NAME 255

/* RFC 1002 4.3.1. */
enum nbss_type {
	NBSS_SESSION_MESSAGE = 0x00,
	NBSS_SESSION_REQUEST = 0x81,
	NBSS_POSITIVE_RESPONSE = 0x82,
	NBSS_NEGATIVE_RESPONSE = 0x83,
	NBSS_RETARGET_RESPONSE = 0x84,
	NBSS_KEEP_ALIVE = 0x85,
};

static const struct name_row type_rows[] = {
    {NBSS_POSITIVE_RESPONSE, "positive", "The server accepts the session"},
    {NBSS_NEGATIVE_RESPONSE, "negative", "The server refuses the session"},
    {NBSS_RETARGET_RESPONSE, "retarget", "The server names another address to use"},
};
static const struct names type_names = {type_rows, COUNT(type_rows)};

#define OF(member) .offset = offsetof(struct nbss_session, member)

static const struct field session_fields[] = {
    {"called_name", FIELD_TEXT, .filter = "nbss.called_name",
	.sentence = "NetBIOS name of the server that the client asks for", OF(called_name)},
    {"calling_name", FIELD_TEXT, .filter = "nbss.calling_name",
	.sentence = "NetBIOS name of the client", OF(calling_name)},
    {"answer_type", FIELD_NUMBER, NOTATION_NAME, .names = &type_names, .filter = "nbss.type",
	.sentence = "positive, negative or retarget", OF(answer_type)},
    {"error", FIELD_NUMBER, NOTATION_NAME, .refusal = REFUSAL_ALWAYS, .names = &nbss_error_names,
	.filter = "nbss.error_code", .sentence = "why a negative answer refuses", OF(error)},
    {"retarget", FIELD_ADDR, .filter = "nbss.retarget_ip_address",
	.sentence = "address that a retarget names", OF(retarget)},
    {"retarget_port", FIELD_NUMBER, .filter = "nbss.retarget_port",
	.sentence = "port that a retarget names", OF(retarget_port)},
    {"is_answer_to_negotiate", FIELD_BOOL, .names = &bool_names,
	.sentence = "whether the refusal came instead of an answer to NEGOTIATE",
	OF(is_answer_to_negotiate)},
};

const struct exchange_type nbss_session_type = {"nbss_session",
    "a client asks for a NetBIOS session, on port 139", sizeof(struct nbss_session), session_fields,
    COUNT(session_fields),
    "[NetBIOS session request to {called_name}][{is_answer_to_negotiate}NEGOTIATE]",
    "NetBIOS session response[ {answer_type}][ {error}][ {retarget}]", NULL};

struct nbss_state {
	struct smb_connection connection;
	struct smb1_state *smb1; /* NULL until its first message */
	struct smb2_state *smb2;
	struct nbss_session *session; /* outstanding, or NULL */
	enum doubt session_doubt;
};

static void
smb1_record(struct nbss_state *state, const struct message *message, struct cursor payload)
{
	if (state->smb1 == NULL)
		state->smb1 = smb1_open(&state->connection);
	smb1_message(state->smb1, message, payload);
}

static void
smb2_record(struct nbss_state *state, const struct message *message, struct cursor payload)
{
	smb2_message(state->smb2, message, payload);
}

static void
transform_record(struct nbss_state *state, const struct message *message, struct cursor payload)
{
	smb2_transform_message(state->smb2, message, payload);
}

static void
compressed_record(struct nbss_state *state, const struct message *message, struct cursor payload)
{
	smb2_compressed_message(state->smb2, message, payload);
}

static uint32_t
transform_wanted(struct cursor payload, uint32_t length)
{
	(void)payload;
	return length < SMB2_TRANSFORM_SIZE ? length : SMB2_TRANSFORM_SIZE;
}

/* Where a sender leaves the SMB2 header uncompressed, the fixed part of most bodies follows. */
static uint32_t
compressed_wanted(struct cursor payload, uint32_t length)
{
	const uint32_t most = SMB2_COMPRESSION_SIZE + SMB2_HEADER_SIZE + 48;

	(void)payload;
	return length < most ? length : most;
}

/* What can stand in a session message, by its first four bytes. */
static const struct payload_kind {
	uint32_t magic;
	uint32_t least; /* bytes of the shortest one */
	uint32_t needs; /* leading bytes that wanted() asks for */
	uint32_t (*wanted)(struct cursor payload, uint32_t length);
	void (*message)(
	    struct nbss_state *state, const struct message *message, struct cursor payload);
} payload_kinds[] = {
    {SMB2_MAGIC, SMB2_HEADER_SIZE, SMB2_WANTED_NEEDS, smb2_wanted, smb2_record},
    {SMB2_TRANSFORM_MAGIC, SMB2_TRANSFORM_SIZE, 4, transform_wanted, transform_record},
    {SMB2_COMPRESSION_MAGIC, SMB2_COMPRESSION_SIZE, 4, compressed_wanted, compressed_record},
    /* WordCount and ByteCount follow the header ([MS-CIFS] 2.2.3). */
    {SMB1_MAGIC, SMB1_HEADER_SIZE + 3, SMB1_WANTED_NEEDS, smb1_wanted, smb1_record},
};

static const struct payload_kind *
payload_kind(uint32_t magic)
{
	for (size_t i = 0; i < COUNT(payload_kinds); i++)
		if (payload_kinds[i].magic == magic)
			return &payload_kinds[i];
	return NULL;
}

/* Lengths of the session service's own packets, and who sends them. */
static const struct control_kind {
	uint8_t type; /* enum nbss_type */
	uint32_t least, most;
	enum probe_verdict from;
} control_kinds[] = {
    {NBSS_SESSION_REQUEST, 2 * NAME_SIZE, 2 * LONGEST_NAME, PROBE_YES_FROM_CLIENT},
    {NBSS_POSITIVE_RESPONSE, 0, 0, PROBE_YES_FROM_SERVER},
    {NBSS_NEGATIVE_RESPONSE, 1, 1, PROBE_YES_FROM_SERVER},
    {NBSS_RETARGET_RESPONSE, 6, 6, PROBE_YES_FROM_SERVER},
    {NBSS_KEEP_ALIVE, 0, 0, PROBE_UNSURE},
};

static const struct control_kind *
control_kind(uint8_t type)
{
	for (size_t i = 0; i < COUNT(control_kinds); i++)
		if (control_kinds[i].type == type)
			return &control_kinds[i];
	return NULL;
}

/* The framing of a session message of LENGTH bytes; PAYLOAD holds those that are there. On direct
 * TCP the length has 24 bits, on port 139 17: its upper bits are zero there, so one reading fits
 * both. */
static enum framing
frame_session_message(
    const struct nbss_state *state, struct cursor payload, uint32_t length, struct frame_head *ret)
{
	const struct payload_kind *kind;
	struct cursor magic = payload;
	uint32_t value = cur_be32(&magic);

	if (length < 4)
		return FRAMING_LOST;
	if (!cur_ok(&magic))
		return FRAMING_MORE;
	kind = payload_kind(value);
	if (kind == NULL || length < kind->least)
		return FRAMING_LOST;
	if (cur_left(&payload) < kind->needs)
		return FRAMING_MORE;
	ret->length = ret->wanted = SMB_RECORD_SIZE + length;
	if (smb2_reads_whole(state->smb2, value == SMB2_TRANSFORM_MAGIC))
		return FRAMING_FOUND;
	ret->wanted = SMB_RECORD_SIZE + kind->wanted(payload, length);
	if (ret->wanted > MESSAGE_MOST_WANTED)
		ret->wanted = MESSAGE_MOST_WANTED;
	return FRAMING_FOUND;
}

static enum framing
nbss_frame(const void *opaque, const uint8_t *bytes, size_t length, struct frame_head *ret)
{
	const struct nbss_state *state = opaque;
	struct cursor cursor = cur_of(bytes, length);
	const struct control_kind *kind;
	uint8_t type = cur_u8(&cursor);
	uint32_t wire = cur_be24(&cursor);

	if (!cur_ok(&cursor))
		return FRAMING_MORE;
	if (type == NBSS_SESSION_MESSAGE)
		return frame_session_message(state, cur_sub(&cursor, cur_left(&cursor)), wire, ret);
	kind = control_kind(type);
	if (kind == NULL || wire < kind->least || wire > kind->most)
		return FRAMING_LOST;
	ret->length = ret->wanted = SMB_RECORD_SIZE + wire;
	return FRAMING_FOUND;
}

/* [MS-SMB2] 2.2.1: a sound header and its direction. */
static enum probe_verdict
probe_smb2(struct cursor payload)
{
	uint16_t size;
	uint32_t flags;

	cur_skip(&payload, 4);
	size = cur_le16(&payload);
	if (cur_ok(&payload) && size != SMB2_HEADER_SIZE)
		return PROBE_NO;
	cur_skip(&payload, 10);
	flags = cur_le32(&payload);
	if (!cur_ok(&payload))
		return PROBE_YES;
	return flags & SMB2_FLAGS_SERVER_TO_REDIR ? PROBE_YES_FROM_SERVER : PROBE_YES_FROM_CLIENT;
}

/* [MS-CIFS] 2.2.3.1. */
static enum probe_verdict
probe_smb1(struct cursor payload)
{
	uint8_t flags;

	cur_skip(&payload, 9);
	flags = cur_u8(&payload);
	if (!cur_ok(&payload))
		return PROBE_YES;
	return flags & SMB_FLAGS_REPLY ? PROBE_YES_FROM_SERVER : PROBE_YES_FROM_CLIENT;
}

static enum probe_verdict
probe_session_message(struct cursor payload, uint32_t length)
{
	const struct payload_kind *kind;
	struct cursor magic = payload;
	uint32_t value = cur_be32(&magic);

	if (!cur_ok(&magic)) {
		/* What there is must be the beginning of "\xffSMB" or one of its kin. */
		uint8_t first = cur_u8(&payload);

		return length < 4 || (cur_ok(&payload) && first < 0xfc) ? PROBE_NO : PROBE_UNSURE;
	}
	kind = payload_kind(value);
	if (kind == NULL || length < kind->least)
		return PROBE_NO;
	if (value == SMB2_MAGIC)
		return probe_smb2(payload);
	return value == SMB1_MAGIC ? probe_smb1(payload) : PROBE_YES;
}

/* RFC 1001 14.1: two names whose labels are 32 letters from A to P. */
static enum probe_verdict
probe_session_request(struct cursor payload)
{
	for (size_t i = 0; i < NAME_SIZE && cur_left(&payload) != 0; i++) {
		uint8_t byte = cur_u8(&payload);

		if (i == 0 ? byte != 32 : i <= 32 ? byte < 'A' || byte > 'P' : byte > 63)
			return PROBE_NO;
	}
	return PROBE_YES_FROM_CLIENT;
}

static enum probe_verdict
nbss_probe(const uint8_t *bytes, size_t length, size_t wire)
{
	struct cursor cursor = cur_of(bytes, length), payload;
	uint8_t type = cur_u8(&cursor);
	uint32_t record = cur_be24(&cursor);
	const struct control_kind *kind = control_kind(type);

	if (type != NBSS_SESSION_MESSAGE && kind == NULL)
		return PROBE_NO;
	if (!cur_ok(&cursor))
		return PROBE_UNSURE;
	payload = cur_sub(&cursor, cur_left(&cursor));
	if (kind == NULL)
		return probe_session_message(payload, record);
	if (record < kind->least || record > kind->most)
		return PROBE_NO;
	if (type == NBSS_SESSION_REQUEST)
		return probe_session_request(payload);
	/* So few bytes prove something only when nothing else is there. */
	return wire == SMB_RECORD_SIZE + record ? kind->from : PROBE_NO;
}

static void *
nbss_open(const struct dissector_context *context)
{
	struct nbss_state *state = mem_alloc(1, sizeof(*state));

	smb_open(&state->connection, context);
	state->smb2 = smb2_open(&state->connection);
	return state;
}

static void
nbss_close(void *opaque)
{
	struct nbss_state *state = opaque;

	if (state->smb1 != NULL)
		smb1_close(state->smb1);
	smb2_close(state->smb2);
	mem_free(state);
}

/* RFC 1001 14.1: a first-level encoded name, its padding removed and its suffix in hex. The scope
 * that may follow is passed. NULL when it is malformed. */
static const char *
read_name(struct arena *arena, struct cursor *cursor)
{
	char name[16];
	size_t length = 15;

	if (cur_u8(cursor) != 32)
		return NULL;
	for (size_t i = 0; i < sizeof(name); i++) {
		uint8_t high = (uint8_t)(cur_u8(cursor) - 'A'),
			low = (uint8_t)(cur_u8(cursor) - 'A');

		if (high > 15 || low > 15)
			return NULL;
		name[i] = (char)(high << 4 | low);
	}
	for (uint8_t label = cur_u8(cursor); label != 0; label = cur_u8(cursor))
		cur_skip(cursor, label);
	while (length != 0 && (name[length - 1] == ' ' || name[length - 1] == '\0'))
		length--;
	return arena_format(arena, "%s<%02x>", text_from_utf8(arena, (const uint8_t *)name, length),
	    (uint8_t)name[15]);
}

/* A client that asks again had its answer, or it would wait. */
static void
give_up_session(struct nbss_state *state)
{
	struct exchange *exchange = &state->session->base;

	exchange->doubt =
	    state->session_doubt != DOUBT_NONE ? state->session_doubt : DOUBT_PACKETS_MISSING;
	ledger_add(state->connection.context.ledger, exchange);
}

static void
session_request(struct nbss_state *state, const struct message *message, struct cursor payload)
{
	const struct dissector_context *context = &state->connection.context;
	struct nbss_session *session;

	if (state->session != NULL)
		give_up_session(state);
	session =
	    exchange_begin(context->arena, &nbss_session_type, context->conversation, message);
	session->called_name = read_name(context->arena, &payload);
	if (session->called_name != NULL)
		session->calling_name = read_name(context->arena, &payload);
	state->session = session;
	state->session_doubt = DOUBT_NONE;
	smb_note_exchange(
	    &state->connection, smb_count_request(&state->connection), &session->base);
}

/* A refusal that came instead of an answer to NEGOTIATE; NULL when nothing was asked. */
static struct nbss_session *
refuse_negotiate(struct nbss_state *state, const struct message *message, struct number error)
{
	const struct dissector_context *context = &state->connection.context;
	struct smb_negotiate *negotiate = smb_negotiate_refuse(&state->connection, message, error);
	struct nbss_session *session;

	if (negotiate == NULL)
		return NULL;
	session =
	    exchange_begin(context->arena, &nbss_session_type, context->conversation, message);
	session->base = negotiate->base;
	session->base.type = &nbss_session_type;
	session->is_answer_to_negotiate = true;
	return session;
}

/* A server that refuses addresses does not wait for the request: that none is there proves no loss.
 */
static enum doubt
missing_session_request(const struct nbss_state *state)
{
	const struct smb_connection *connection = &state->connection;

	if (!connection->has_gap[CLIENT] && !connection->context.conversation->is_begun_before)
		return DOUBT_NONE;
	return smb_missing_request(connection);
}

static struct nbss_session *
answer_session(struct nbss_state *state, const struct message *message)
{
	const struct dissector_context *context = &state->connection.context;
	struct nbss_session *session = state->session;

	state->session = NULL;
	if (session == NULL)
		return exchange_begin_with_answer(context->arena, &nbss_session_type,
		    context->conversation, message, missing_session_request(state));
	smb_answer(&session->base, message);
	return session;
}

/* A number that was read, unless the capture cut it off. */
static struct number
read_number(const struct cursor *cursor, uint16_t value)
{
	return cur_ok(cursor) ? known(value) : (struct number){0};
}

static void
negative_response(struct nbss_state *state, const struct message *message, struct cursor payload)
{
	uint8_t code = cur_u8(&payload);
	struct number error = read_number(&payload, code);
	struct nbss_session *session = NULL;

	if (state->session == NULL)
		session = refuse_negotiate(state, message, error);
	if (session == NULL)
		session = answer_session(state, message);
	session->answer_type = known(NBSS_NEGATIVE_RESPONSE);
	session->error = error;
	ledger_add(state->connection.context.ledger, &session->base);
}

static void
positive_response(struct nbss_state *state, const struct message *message, struct cursor payload)
{
	struct nbss_session *session = answer_session(state, message);

	(void)payload;
	session->answer_type = known(NBSS_POSITIVE_RESPONSE);
	ledger_add(state->connection.context.ledger, &session->base);
}

static void
retarget_response(struct nbss_state *state, const struct message *message, struct cursor payload)
{
	struct nbss_session *session = answer_session(state, message);
	const uint8_t *address = cur_bytes(&payload, 4);
	uint16_t port = cur_be16(&payload);

	session->answer_type = known(NBSS_RETARGET_RESPONSE);
	if (address != NULL)
		session->retarget = addr_ipv4(address);
	session->retarget_port = read_number(&payload, port);
	ledger_add(state->connection.context.ledger, &session->base);
}

/* Anything outstanding at the other side than FROM may have been answered unseen. */
static void
doubt_all(struct nbss_state *state, enum side from, enum doubt doubt)
{
	if (state->session != NULL && state->session->base.request_from != from)
		state->session_doubt = doubt;
	smb_doubt(&state->connection, from, doubt);
	smb2_doubt(state->smb2, from, doubt);
	if (state->smb1 != NULL)
		smb1_doubt(state->smb1, from, doubt);
}

static void
session_message(struct nbss_state *state, const struct message *message, struct cursor payload)
{
	struct cursor magic = payload;
	const struct payload_kind *kind = payload_kind(cur_be32(&magic));

	if (kind != NULL)
		kind->message(state, message, payload);
	else if (message->is_cut)
		doubt_all(state, message->from, DOUBT_CUT_BY_SNAPLEN);
}

/* Keep-alives say nothing. */
static const struct record_handler {
	uint8_t type; /* enum nbss_type */
	void (*read)(
	    struct nbss_state *state, const struct message *message, struct cursor payload);
} record_handlers[] = {
    {NBSS_SESSION_MESSAGE, session_message},
    {NBSS_SESSION_REQUEST, session_request},
    {NBSS_POSITIVE_RESPONSE, positive_response},
    {NBSS_NEGATIVE_RESPONSE, negative_response},
    {NBSS_RETARGET_RESPONSE, retarget_response},
};

static void
nbss_message(void *opaque, const struct message *message)
{
	struct nbss_state *state = opaque;
	struct cursor cursor = cur_of(message->bytes, message->captured), payload;
	uint8_t type = cur_u8(&cursor);

	cur_skip(&cursor, 3);
	payload = cur_sub(&cursor, cur_left(&cursor));
	for (size_t i = 0; i < COUNT(record_handlers); i++)
		if (record_handlers[i].type == type)
			record_handlers[i].read(state, message, payload);
}

static void
nbss_gap(void *opaque, enum side side, enum doubt why)
{
	struct nbss_state *state = opaque;

	if (side == CLIENT)
		smb_count_request(&state->connection); /* whatever it asks */
	doubt_all(state, side, why);
}

static void
nbss_end(void *opaque, const struct ending *ending)
{
	struct nbss_state *state = opaque;

	if (state->session != NULL)
		smb_end_exchange(
		    &state->connection, &state->session->base, state->session_doubt, ending);
	state->session = NULL;
	if (state->smb1 != NULL)
		smb1_end(state->smb1, ending);
	smb2_end(state->smb2, ending);
	smb_end(&state->connection, ending);
}

const struct dissector nbss_dissector = {
    .name = "smb",
    .transport = TRANSPORT_TCP,
    .probe = nbss_probe,
    .frame = nbss_frame,
    .open = nbss_open,
    .message = nbss_message,
    .gap = nbss_gap,
    .end = nbss_end,
    .close = nbss_close,
};
