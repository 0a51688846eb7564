#include "dissectors/smb2.h"

#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "dissectors/nt_status.h"
#include "dissectors/smb2_commands.h"
#include "dissectors/smb2_requests.h"
#include "dissectors/smb2_state.h"
#include "dissectors/smb_calls.h"

struct smb2_state *
smb2_open(struct smb_connection *connection)
{
	struct smb2_state *state = mem_alloc(1, sizeof(*state));

	state->connection = connection;
	smb2_seal_init(&state->seal, connection);
	smb2_setup_open(&state->setup, connection, &state->seal);
	return state;
}

void
smb2_close(struct smb2_state *state)
{
	smb2_pending_free(&state->pending);
	smb2_opens_free(&state->opens);
	mem_free(state->breaks);
	smb2_setup_close(&state->setup);
	smb2_seal_close(&state->seal);
	mem_free(state);
}

bool
smb2_reads_whole(const struct smb2_state *state, bool is_encrypted)
{
	return smb2_seal_has_keys(&state->seal) ||
	       (is_encrypted && state->connection->context.secrets != NULL);
}

static void
doubt_outstanding(struct smb2_state *state, enum smb2_command command)
{
	if (!smb2_pending_has(&state->pending, command))
		return;
	for (struct smb2_pending *p = state->pending.oldest; p != NULL; p = p->newer)
		if (p->command == command)
			p->doubt = DOUBT_PACKETS_MISSING;
}

/* Whether HEADER is of a request on a tree whose id the capture does not show an answer to give. */
static bool
is_on_unseen_tree(const struct smb2_state *state, const struct smb2_header *header)
{
	return header->command != SMB2_TREE_CONNECT && header->tree_id != 0 &&
	       header->tree_id != UINT32_MAX &&
	       smb2_find_tree(&state->setup, header->session_id, header->tree_id) == NULL;
}

/*
 * A client goes on only with what an answer gave it: no request follows NEGOTIATE before the
 * dialect is known, none speaks for a session before it is established, and none is on a tree
 * before its id is known. So a request that does proves an answer which the capture lacks.
 */
static void
doubt_what_was_passed(struct smb2_state *state, const struct smb2_part *part)
{
	const struct smb2_header *header = &part->header;

	if (state->connection->negotiate_count != 0)
		smb_doubt(state->connection, SERVER, DOUBT_PACKETS_MISSING);
	if (header->command == SMB2_SESSION_SETUP ||
	    smb2_handler_of(header->command)->is_farewell || !header->has_ids ||
	    header->session_id == 0 || state->connection->context.conversation->is_begun_before)
		return;
	if (!smb2_is_established(&state->setup, header->session_id))
		doubt_outstanding(state, SMB2_SESSION_SETUP);
	if (is_on_unseen_tree(state, header))
		doubt_outstanding(state, SMB2_TREE_CONNECT);
}

/* CANCEL is never answered itself ([MS-SMB2] 3.3.5.16). */
static void
cancel_request(struct smb2_state *state, const struct smb2_header *header)
{
	struct smb2_pending *pending =
	    smb2_pending_find(&state->pending, header->message_id, header->async_id);

	if (pending != NULL)
		pending->is_cancelled = true;
}

/*
 * Whether an answer that had no request may be that of PART: what follows a gap comes late, and
 * some captures (several queues, merged files) have answers before their requests.
 */
static bool
was_answered_before(const struct smb2_state *state, const struct smb2_part *part)
{
	if (part->message->frame < state->unmatched_frame)
		return true;
	for (size_t i = 0; i < MOST_UNMATCHED && i < state->unmatched_count; i++)
		if (state->unmatched_ids[i] == part->header.message_id)
			return true;
	return false;
}

static void
note_unmatched(struct smb2_state *state, const struct smb2_part *part)
{
	state->unmatched_frame = part->message->frame;
	state->unmatched_ids[state->unmatched_count++ % MOST_UNMATCHED] = part->header.message_id;
}

static struct smb2_name
copy_name(const uint8_t *bytes, size_t length)
{
	struct smb2_name name = {mem_alloc(length + 1, 1), (uint32_t)length};

	memcpy(name.bytes, bytes, length);
	return name;
}

/* What CHARS hold, unless they are cut, or the command has none. */
static struct smb2_name
keep_name(struct cursor chars)
{
	if (!cur_ok(&chars) || chars.at == NULL)
		return (struct smb2_name){0};
	return copy_name(chars.at, cur_left(&chars));
}

/* A related command is about the file of the one before it ([MS-SMB2] 3.3.5.2.7.2). */
static void
inherit_file(struct smb2_state *state, struct smb2_pending *pending)
{
	const struct smb2_pending *previous =
	    smb2_pending_find(&state->pending, state->previous_message, 0);

	pending->operands.has_file_id = false;
	if (previous == NULL)
		return;
	if (previous->path.bytes != NULL)
		pending->path = copy_name(previous->path.bytes, previous->path.length);
	pending->operands.has_file_id = previous->operands.has_file_id;
	pending->operands.file_id = previous->operands.file_id;
}

static void
take_operands(struct smb2_state *state, const struct smb2_part *part, struct smb2_pending *pending)
{
	struct smb2_operands *operands = &pending->operands;

	smb2_read_operands(part, operands);
	pending->path = keep_name(operands->path);
	pending->text = keep_name(operands->text);
	operands->path = operands->text = cur_none();
	if (operands->has_file_id && smb2_is_inherited(&operands->file_id))
		inherit_file(state, pending);
	state->previous_message = part->header.message_id;
}

/* In 3.x the status field of a request holds the ChannelSequence ([MS-SMB2] 2.2.1.2). */
static struct number
channel_sequence(const struct smb2_state *state, const struct smb2_header *header)
{
	const struct number *dialect = &state->connection->dialect;

	if (!dialect->is_known || dialect->value < SMB2_DIALECT_300)
		return (struct number){0};
	return known(header->status & 0xffff);
}

static struct smb2_pending *
add_pending(struct smb2_state *state, const struct smb2_part *part)
{
	struct smb2_pending *pending;

	if (smb2_pending_count(&state->pending) == SMB2_MOST_PENDING)
		smb2_evict_oldest(state);
	pending = smb2_pending_add(&state->pending, part->header.command, part->header.message_id);
	pending->request = *part->message;
	pending->request.bytes = NULL;
	pending->session_id = part->header.session_id;
	pending->tree_id = part->header.tree_id;
	pending->has_ids = part->header.has_ids;
	pending->length = part->length;
	pending->credit_charge = part->header.credit_charge;
	pending->channel_sequence = channel_sequence(state, &part->header);
	pending->is_signed = smb2_is_signed(part);
	pending->is_encrypted = part->envelope.is_encrypted;
	pending->signature = part->envelope.signature;
	pending->server_end = state->server_end;
	take_operands(state, part, pending);
	return pending;
}

static void
read_request(struct smb2_state *state, const struct smb2_part *part)
{
	const struct smb2_handler *handler = smb2_handler_of(part->header.command);
	struct smb2_pending *pending;

	if (part->header.command == SMB2_CANCEL) {
		cancel_request(state, &part->header);
		return;
	}
	if (part->header.command == SMB2_NEGOTIATE) {
		smb_negotiate_request(
		    state->connection, part->message, &part->header, part->command);
		smb2_seal_negotiate(&state->seal, part);
		return;
	}
	doubt_what_was_passed(state, part);
	pending = add_pending(state, part);
	if (was_answered_before(state, part))
		pending->doubt = DOUBT_PACKETS_MISSING;
	if (!handler->is_farewell)
		pending->ordinal = smb_count_request(state->connection);
	if (handler->request != NULL)
		handler->request(state, part, pending);
	if (pending->exchange != NULL)
		smb_note_exchange(state->connection, pending->ordinal, pending->exchange);
}

static void
read_response(struct smb2_state *state, const struct smb2_part *part)
{
	const struct smb2_header *header = &part->header;
	const struct smb2_handler *handler = smb2_handler_of(header->command);
	struct smb2_pending *pending;

	if (header->message_id == SMB2_MESSAGE_ID_UNSOLICITED) {
		if (header->command == SMB2_OPLOCK_BREAK) /* which answers nothing */
			smb2_break_notify(&state->breaks, state->connection, part, &state->opens);
		return;
	}
	if (header->command == SMB2_NEGOTIATE) {
		smb_negotiate_response(state->connection, part->message, header, part->command);
		smb2_seal_negotiate(&state->seal, part);
		return;
	}
	pending = smb2_pending_find(&state->pending, header->message_id, header->async_id);
	if (pending != NULL && pending->command != header->command)
		return; /* malformed, or ids reused after a loss: nothing is proved */
	if (header->status == STATUS_PENDING) {
		if (pending != NULL) {
			pending->is_interim = true;
			pending->async_id = header->async_id;
		}
		return;
	}
	smb2_count_answer(state->connection, part, pending);
	if (handler->is_work && !nt_status_is_error(header->status))
		smb_reach(state->connection, STEP_WORKING);
	if (pending != NULL)
		smb2_pending_take(&state->pending, pending);
	else
		note_unmatched(state, part);
	if (handler->response != NULL)
		handler->response(state, part, pending);
	else if (pending != NULL)
		smb2_finish_request(state, part, pending);
	if (pending != NULL)
		smb2_pending_release(&state->pending, pending);
}

/* A related command has ids of all ones, or any: those of the command before it hold. */
static void
inherit_ids(struct smb2_state *state, struct smb2_header *header)
{
	if (header->flags & SMB2_FLAGS_RELATED_OPERATIONS) {
		header->session_id = state->previous_session;
		header->tree_id = state->previous_tree;
	}
	state->previous_session = header->session_id;
	state->previous_tree = header->tree_id;
}

/* The final answer to SESSION_SETUP is signed with a key that its own room derives. */
static void
check_signature(const struct smb2_state *state, struct smb2_part *part)
{
	if (!smb2_is_response(part) || part->header.command != SMB2_SESSION_SETUP)
		part->envelope.signature = smb2_seal_check(&state->seal, part);
}

/* Every command of a message or compound. False when it goes on, or should, beyond PAYLOAD. */
static bool
read_commands(struct smb2_state *state, const struct message *message, struct cursor payload,
    const struct smb2_envelope *envelope)
{
	size_t at = 0, left = cur_left(&payload);
	/* Of the commands from here to the end, what was not captured included. */
	size_t length = left + (message->length - message->captured);
	struct smb2_part part = {.message = message, .envelope = *envelope};
	uint32_t next;

	do {
		part.command = cur_window(&payload, at, left);
		if (!smb2_decode_header(part.command, &part.header))
			return left >= SMB2_HEADER_SIZE; /* else it is cut, not malformed */
		next = part.header.next_command;
		if (next != 0 && next < SMB2_HEADER_SIZE)
			return true;
		if (next != 0 && next <= left)
			part.command = cur_window(&payload, at, next);
		part.length = (uint32_t)(next != 0 ? min_u64(next, length) : length);
		inherit_ids(state, &part.header);
		check_signature(state, &part);
		if (smb2_is_response(&part))
			read_response(state, &part);
		else
			read_request(state, &part);
		at += next;
		left = next <= left ? left - next : 0;
		length -= part.length;
	} while (next != 0 && left != 0);
	return next == 0;
}

static void
note_server_end(struct smb2_state *state, const struct message *message)
{
	if (message->from == SERVER)
		state->server_end = message->end;
}

static void
read_message(struct smb2_state *state, const struct message *message, struct cursor payload,
    const struct smb2_envelope *envelope)
{
	enum doubt doubt = message->is_cut ? DOUBT_CUT_BY_SNAPLEN : DOUBT_PACKETS_MISSING;
	bool is_whole = read_commands(state, message, payload, envelope);

	note_server_end(state, message);
	if (is_whole || message->captured == message->length)
		return;
	if (message->from == CLIENT)
		smb_count_request(state->connection); /* whatever it asks */
	smb_doubt(state->connection, message->from, doubt);
	smb2_doubt(state, message->from, doubt);
}

static void
read_compressed(struct smb2_state *state, const struct message *message, struct cursor payload,
    const struct smb2_envelope *envelope)
{
	struct smb2_compression compression;
	bool is_whole;

	if (!smb2_decode_compression(payload, &compression))
		return;
	state->connection->context.conversation->is_compressed = true;
	is_whole = cur_left(&compression.plain) >= SMB2_HEADER_SIZE &&
		   read_commands(state, message, compression.plain, envelope);
	note_server_end(state, message);
	if (is_whole)
		return;
	state->connection->context.conversation->compressed_messages[message->from]++;
	state->connection->context.conversation->compressed_bytes[message->from] += message->length;
	if (message->from == CLIENT)
		smb_count_request(state->connection);
	/* Whatever it answers, that cannot be read. */
	smb2_doubt(state, message->from, DOUBT_COMPRESSED);
}

void
smb2_message(struct smb2_state *state, const struct message *message, struct cursor payload)
{
	read_message(state, message, payload, &(struct smb2_envelope){0});
}

void
smb2_compressed_message(
    struct smb2_state *state, const struct message *message, struct cursor payload)
{
	read_compressed(state, message, payload, &(struct smb2_envelope){0});
}

/* An encrypted message may be compressed, too ([MS-SMB2] 3.1.4.4). */
static void
read_opened(struct smb2_state *state, const struct message *opened, struct number signature)
{
	struct smb2_envelope envelope = {.is_encrypted = true, .signature = signature};
	struct cursor payload = cur_of(opened->bytes, opened->captured), magic = payload;

	if (cur_be32(&magic) == SMB2_COMPRESSION_MAGIC)
		read_compressed(state, opened, payload, &envelope);
	else
		read_message(state, opened, payload, &envelope);
}

void
smb2_transform_message(
    struct smb2_state *state, const struct message *message, struct cursor payload)
{
	struct smb2_transform transform;
	struct number signature;
	struct message opened;
	enum seal seal;

	if (!smb2_decode_transform(payload, &transform) && !message->is_cut) {
		note_server_end(state, message);
		return;
	}
	state->connection->context.conversation->is_encrypted = true;
	/* Only a session with a key encrypts ([MS-SMB2] 3.1.4.3). */
	smb_reach(state->connection, STEP_AUTHENTICATED);
	seal = smb2_seal_open(&state->seal, message, payload, &opened, &signature);
	if (seal == SEAL_OPENED) {
		read_opened(state, &opened, signature);
		return;
	}
	note_server_end(state, message);
	smb2_encrypted_message(&state->encrypted, state->connection, message, payload, seal);
	/* It may answer what was asked in the clear. */
	smb2_doubt(state, message->from, DOUBT_ENCRYPTED);
}

void
smb2_doubt(struct smb2_state *state, enum side from, enum doubt doubt)
{
	for (struct smb2_pending *p = state->pending.oldest; p != NULL; p = p->newer)
		if (p->request.from != from)
			p->doubt = doubt;
}

void
smb2_end(struct smb2_state *state, const struct ending *ending)
{
	state->connection->context.conversation->outstanding =
	    (uint32_t)smb2_pending_count(&state->pending);
	for (struct smb2_pending *p = state->pending.oldest; p != NULL; p = p->newer)
		smb2_end_pending(state, p, ending);
	smb2_breaks_end(state->breaks, state->connection, &state->opens, ending);
	smb2_encrypted_end(&state->encrypted, state->connection, ending);
	smb2_setup_end(&state->setup);
}
