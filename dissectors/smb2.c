#include "dissectors/smb2.h"

#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "dissectors/nt_status.h"
#include "dissectors/smb2_encrypted.h"
#include "dissectors/smb2_interfaces.h"
#include "dissectors/smb2_pending.h"
#include "dissectors/smb2_seal.h"
#include "dissectors/smb2_setup.h"
#include "dissectors/smb2_validate.h"
#include "dissectors/smb_calls.h"

/* A packet that is written out of order is a few places away from where it belongs. */
#define MOST_UNMATCHED 8

struct smb2_state {
	struct smb_connection *connection;
	struct smb2_setup setup;
	struct smb2_seal seal;
	struct smb2_encrypted_state encrypted;
	struct smb2_pending_list pending;
	uint32_t listed;                  /* smb2_request exchanges so far */
	struct smb2_request *last_listed; /* counts the unlisted once the bound is reached */
	/* Ids that a related command inherits from the one before it ([MS-SMB2] 3.3.5.2.7.2). */
	uint64_t previous_session;
	uint32_t previous_tree;
	uint64_t unmatched_frame; /* of the latest answer whose request was not there; 0: none */
	/* MessageIds of the latest such answers: a ring, filled by answers and never emptied. */
	uint64_t unmatched_ids[MOST_UNMATCHED];
	size_t unmatched_count; /* so far */
	uint64_t server_end;    /* stream offset after the server's latest message; 0: none yet */
};

/* What is special about a command; the default is a row of zeroes. */
struct handler {
	void (*request)(
	    struct smb2_state *state, const struct smb2_part *part, struct smb2_pending *pending);
	/* NULL: the answer is that of an smb2_request. PENDING is NULL when there is none. */
	void (*response)(
	    struct smb2_state *state, const struct smb2_part *part, struct smb2_pending *pending);
	/* Whether such a request may wait for somebody else for as long as it likes. */
	bool (*is_waiting)(const struct smb2_state *state, const struct smb2_pending *pending);
	bool is_farewell; /* does not count for exchange.is_last */
	bool is_work;     /* its success means that a tree is being used */
	bool is_kept;     /* enters the ledger in any case */
};

static const struct handler *handler_of(uint16_t command);

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

/* The exchange of a request that is no set-up, or NULL when enough are listed. */
static struct smb2_request *
list_request(struct smb2_state *state, const struct smb2_pending *pending)
{
	const struct dissector_context *context = &state->connection->context;
	struct smb2_request *exchange;
	const struct smb2_tree *tree;

	if (state->listed == SMB2_MOST_LISTED) {
		state->last_listed->unlisted = known(state->last_listed->unlisted.value + 1);
		return NULL;
	}
	exchange = exchange_begin(
	    context->arena, &smb2_request_type, context->conversation, &pending->request);
	exchange->command = known(pending->command);
	exchange->message_id = known(pending->message_id);
	exchange->ctl_code = pending->ctl_code;
	exchange->dialect = state->connection->dialect;
	exchange->has_interim = pending->is_interim;
	exchange->is_request_signed = pending->is_signed;
	exchange->is_request_encrypted = pending->is_encrypted;
	exchange->request_signature = pending->signature;
	exchange->is_cancelled = pending->is_cancelled;
	exchange->answer_began = -1;
	exchange->is_waiting_kind = handler_of(pending->command)->is_waiting != NULL &&
				    handler_of(pending->command)->is_waiting(state, pending);
	if (pending->name != NULL)
		exchange->path =
		    text_from_utf16le(context->arena, pending->name, pending->name_length);
	if (pending->has_ids) {
		exchange->session_id = known(pending->session_id);
		exchange->tree_id = known(pending->tree_id);
		tree = smb2_find_tree(&state->setup, pending->session_id, pending->tree_id);
		exchange->share = tree ? tree->exchange->share : NULL;
		exchange->share_type = tree ? tree->exchange->share_type : (struct number){0};
	}
	if (pending->ordinal != 0)
		smb_note_exchange(state->connection, pending->ordinal, &exchange->base);
	state->listed++;
	state->last_listed = exchange;
	return exchange;
}

/* Gives up the oldest request: whatever becomes of it, nobody will know. */
static void
evict_oldest(struct smb2_state *state)
{
	struct smb2_pending *pending = state->pending.oldest;
	struct exchange *exchange = pending->exchange;
	struct smb2_request *listed;

	smb2_count_unanswered(state->connection, pending);
	smb2_pending_take(&state->pending, pending);
	if (exchange == NULL) {
		listed = list_request(state, pending);
		exchange = listed ? &listed->base : NULL;
	}
	if (exchange != NULL) {
		exchange->doubt = DOUBT_PACKETS_MISSING;
		ledger_add(state->connection->context.ledger, exchange);
	}
	smb2_pending_release(&state->pending, pending);
}

static void
doubt_outstanding(struct smb2_state *state, enum smb2_command command)
{
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
	if (header->command == SMB2_SESSION_SETUP || handler_of(header->command)->is_farewell ||
	    !header->has_ids || header->session_id == 0 ||
	    state->connection->context.conversation->is_begun_before)
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

static void
read_request(struct smb2_state *state, const struct smb2_part *part)
{
	const struct handler *handler = handler_of(part->header.command);
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
	if (smb2_pending_count(&state->pending) == SMB2_MOST_PENDING)
		evict_oldest(state);
	pending = smb2_pending_add(&state->pending, part->header.message_id);
	pending->request = *part->message;
	pending->request.bytes = NULL;
	pending->session_id = part->header.session_id;
	pending->tree_id = part->header.tree_id;
	pending->has_ids = part->header.has_ids;
	pending->command = part->header.command;
	pending->length = part->length;
	pending->is_signed = smb2_is_signed(part);
	pending->is_encrypted = part->envelope.is_encrypted;
	pending->signature = part->envelope.signature;
	pending->server_end = state->server_end;
	if (was_answered_before(state, part))
		pending->doubt = DOUBT_PACKETS_MISSING;
	if (!handler->is_farewell)
		pending->ordinal = smb_count_request(state->connection);
	if (handler->request != NULL)
		handler->request(state, part, pending);
	if (pending->exchange != NULL)
		smb_note_exchange(state->connection, pending->ordinal, pending->exchange);
}

static int64_t
answer_began(const struct smb2_part *answer, const struct smb2_pending *pending)
{
	int64_t began = answer->message->first_time - pending->request.time;

	return began > 0 ? began : 0;
}

/* How much stood in line before an answer: on a slow path that is what delays it. */
static struct number
queued_bytes(const struct smb2_part *answer, const struct smb2_pending *pending)
{
	if (pending->server_end == 0 || answer->message->start < pending->server_end)
		return (struct number){0};
	return known(answer->message->start - pending->server_end);
}

/* The answer to a request that is no set-up. */
static void
finish_request(
    struct smb2_state *state, const struct smb2_part *part, const struct smb2_pending *pending)
{
	const struct handler *handler = handler_of(pending->command);
	uint32_t status = part->header.status;
	struct smb2_request *exchange;

	if (smb2_status_is_benign(pending->command, status) && !handler->is_kept &&
	    part->message->time - pending->request.time < SMB2_SLOW)
		return;
	exchange = list_request(state, pending);
	if (exchange == NULL)
		return;
	smb_answer(&exchange->base, part->message);
	exchange->status = known(status);
	exchange->is_signed = known(smb2_is_signed(part));
	exchange->is_encrypted = known(part->envelope.is_encrypted);
	exchange->signature = part->envelope.signature;
	exchange->answer_began = answer_began(part, pending);
	exchange->queued_bytes = queued_bytes(part, pending);
	ledger_add(state->connection->context.ledger, &exchange->base);
}

static void
read_response(struct smb2_state *state, const struct smb2_part *part)
{
	const struct smb2_header *header = &part->header;
	const struct handler *handler = handler_of(header->command);
	struct smb2_pending *pending;

	if (header->message_id == SMB2_MESSAGE_ID_UNSOLICITED)
		return; /* an oplock or lease break, which answers nothing */
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
		finish_request(state, part, pending);
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
	if (!part->envelope.is_encrypted &&
	    !(smb2_is_response(part) && part->header.command == SMB2_SESSION_SETUP))
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

static void
end_pending(struct smb2_state *state, struct smb2_pending *pending, const struct ending *ending)
{
	struct smb2_request *listed = NULL;

	smb2_count_unanswered(state->connection, pending);
	if (pending->command == SMB2_SESSION_SETUP) {
		smb2_session_setup_restart(pending->exchange, &pending->request);
		smb2_seal_forget(((struct smb2_session_setup *)pending->exchange)->handshake);
	}
	if (pending->exchange == NULL) {
		listed = list_request(state, pending);
		if (listed == NULL)
			return;
		pending->exchange = &listed->base;
	}
	smb_end_exchange(state->connection, pending->exchange, pending->doubt, ending);
	if (listed != NULL)
		listed->is_overdue = listed->base.waited >= SMB2_SLOW;
}

void
smb2_end(struct smb2_state *state, const struct ending *ending)
{
	state->connection->context.conversation->outstanding =
	    (uint32_t)smb2_pending_count(&state->pending);
	for (struct smb2_pending *p = state->pending.oldest; p != NULL; p = p->newer)
		end_pending(state, p, ending);
	smb2_encrypted_end(&state->encrypted, state->connection, ending);
	smb2_setup_end(&state->setup);
}

static void
session_setup_request(
    struct smb2_state *state, const struct smb2_part *part, struct smb2_pending *pending)
{
	pending->exchange = smb2_session_setup_request(&state->setup, part);
}

static void
session_setup_response(
    struct smb2_state *state, const struct smb2_part *part, struct smb2_pending *pending)
{
	if (pending != NULL)
		((struct smb2_session_setup *)pending->exchange)->answer_began =
		    answer_began(part, pending);
	smb2_session_setup_response(&state->setup, part, pending ? pending->exchange : NULL);
}

static void
tree_connect_request(
    struct smb2_state *state, const struct smb2_part *part, struct smb2_pending *pending)
{
	pending->exchange = smb2_tree_connect_request(&state->setup, part);
}

static void
tree_connect_response(
    struct smb2_state *state, const struct smb2_part *part, struct smb2_pending *pending)
{
	if (pending != NULL)
		((struct smb2_tree_connect *)pending->exchange)->answer_began =
		    answer_began(part, pending);
	smb2_tree_connect_response(&state->setup, part, pending ? pending->exchange : NULL);
}

static void
tree_disconnect_request(
    struct smb2_state *state, const struct smb2_part *part, struct smb2_pending *pending)
{
	(void)pending;
	smb2_tree_disconnect(&state->setup, part->header.session_id, part->header.tree_id);
}

static void
logoff_request(struct smb2_state *state, const struct smb2_part *part, struct smb2_pending *pending)
{
	(void)pending;
	smb2_logoff(&state->setup, part->header.session_id);
}

static void
create_request(struct smb2_state *state, const struct smb2_part *part, struct smb2_pending *pending)
{
	union smb2_body body;
	struct cursor *name = &body.create_request.name;
	size_t length;

	(void)state;
	if (!smb2_decode_body(&part->header, part->command, &body) || !cur_ok(name))
		return;
	length = cur_left(name);
	pending->name = mem_alloc(length + 1, 1);
	memcpy(pending->name, cur_bytes(name, length), length);
	pending->name_length = (uint32_t)length;
}

static void
lock_request(struct smb2_state *state, const struct smb2_part *part, struct smb2_pending *pending)
{
	union smb2_body body;

	(void)state;
	pending->may_wait = smb2_decode_body(&part->header, part->command, &body) &&
			    (body.lock_request.first.flags & SMB2_LOCKFLAG_FAIL_IMMEDIATELY) == 0;
}

static void
ioctl_request(struct smb2_state *state, const struct smb2_part *part, struct smb2_pending *pending)
{
	union smb2_body body;

	if (!smb2_decode_body(&part->header, part->command, &body))
		return;
	pending->ctl_code = known(body.ioctl_request.ctl_code);
	if (body.ioctl_request.ctl_code == FSCTL_VALIDATE_NEGOTIATE_INFO)
		pending->exchange = smb2_validate_request(&state->setup, part, &body.ioctl_request);
}

/* Whether an answer without request is to a validation: error answers do not say. */
static bool
is_validation(const struct smb2_part *part)
{
	union smb2_body body;

	return smb2_decode_body(&part->header, part->command, &body) &&
	       body.ioctl_response.ctl_code == FSCTL_VALIDATE_NEGOTIATE_INFO;
}

static bool
is_interface_list(const struct smb2_part *part, union smb2_body *ret)
{
	return part->header.status == STATUS_SUCCESS &&
	       smb2_decode_body(&part->header, part->command, ret) &&
	       ret->ioctl_response.ctl_code == FSCTL_QUERY_NETWORK_INTERFACE_INFO;
}

static void
interfaces_response(struct smb2_state *state, const struct smb2_part *part,
    const struct smb2_pending *pending, const struct smb2_ioctl *ioctl)
{
	struct exchange *exchange = smb2_interfaces_response(
	    &state->setup, part, ioctl, pending ? &pending->request : NULL);

	if (pending != NULL && pending->ordinal != 0)
		smb_note_exchange(state->connection, pending->ordinal, exchange);
}

static void
ioctl_response(struct smb2_state *state, const struct smb2_part *part, struct smb2_pending *pending)
{
	union smb2_body body;

	if (pending != NULL && pending->exchange != NULL)
		smb2_validate_response(&state->setup, part, pending->exchange);
	else if (pending == NULL && is_validation(part))
		smb2_validate_response(&state->setup, part, NULL);
	else if (is_interface_list(part, &body))
		interfaces_response(state, part, pending, &body.ioctl_response);
	else if (pending != NULL)
		finish_request(state, part, pending);
}

static bool
always_waits(const struct smb2_state *state, const struct smb2_pending *pending)
{
	(void)state;
	(void)pending;
	return true;
}

/* Held back while another client gives up an oplock or lease. */
static bool
create_waits(const struct smb2_state *state, const struct smb2_pending *pending)
{
	(void)state;
	return pending->is_interim;
}

static bool
lock_waits(const struct smb2_state *state, const struct smb2_pending *pending)
{
	(void)state;
	return pending->may_wait || pending->is_interim;
}

/* From a pipe; on an unknown tree STATUS_PENDING betrays one. */
static bool
read_waits(const struct smb2_state *state, const struct smb2_pending *pending)
{
	const struct smb2_tree *tree =
	    smb2_find_tree(&state->setup, pending->session_id, pending->tree_id);

	if (tree != NULL && tree->exchange->share_type.is_known)
		return tree->exchange->share_type.value == SMB2_SHARE_TYPE_PIPE;
	return pending->is_interim;
}

static bool
ioctl_waits(const struct smb2_state *state, const struct smb2_pending *pending)
{
	(void)state;
	return pending->ctl_code.is_known && (pending->ctl_code.value == FSCTL_PIPE_TRANSCEIVE ||
						 pending->ctl_code.value == FSCTL_PIPE_WAIT);
}

static const struct handler handlers[SMB2_COMMAND_COUNT] = {
    [SMB2_SESSION_SETUP] = {.request = session_setup_request, .response = session_setup_response},
    [SMB2_LOGOFF] = {.request = logoff_request, .is_farewell = true, .is_kept = true},
    [SMB2_TREE_CONNECT] = {.request = tree_connect_request, .response = tree_connect_response},
    [SMB2_TREE_DISCONNECT] = {.request = tree_disconnect_request, .is_farewell = true},
    [SMB2_CREATE] = {.request = create_request, .is_waiting = create_waits, .is_work = true},
    [SMB2_CLOSE] = {.is_work = true},
    [SMB2_FLUSH] = {.is_work = true},
    [SMB2_READ] = {.is_waiting = read_waits, .is_work = true},
    [SMB2_WRITE] = {.is_work = true},
    [SMB2_LOCK] = {.request = lock_request, .is_waiting = lock_waits, .is_work = true},
    [SMB2_IOCTL] = {.request = ioctl_request,
	.response = ioctl_response,
	.is_waiting = ioctl_waits},
    [SMB2_ECHO] = {.is_farewell = true},
    [SMB2_QUERY_DIRECTORY] = {.is_work = true},
    [SMB2_CHANGE_NOTIFY] = {.is_waiting = always_waits, .is_work = true},
    [SMB2_QUERY_INFO] = {.is_work = true},
    [SMB2_SET_INFO] = {.is_work = true},
};

/* A row of zeroes for commands that the specification does not know. */
static const struct handler *
handler_of(uint16_t command)
{
	static const struct handler none;

	return command < COUNT(handlers) ? &handlers[command] : &none;
}
