#include "dissectors/smb1.h"

#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "analyzer/base/text.h"
#include "dissectors/nt_status.h"
#include "dissectors/smb1_wire.h"

/* A set-up request that waits for its answer. */
struct pending {
	struct exchange *exchange;
	struct message request; /* its bytes are gone */
	uint8_t command;
	uint64_t id;
	enum doubt doubt;
};

/* An authentication between two legs. */
struct unfinished {
	uint16_t uid;
	struct smb1_session_setup *exchange;
};

struct smb1_state {
	struct smb_connection *connection;
	struct pending pending[SMB1_MOST_PENDING]; /* oldest first */
	size_t pending_count;
	struct unfinished unfinished[SMB1_MOST_UNFINISHED]; /* oldest first */
	size_t unfinished_count;
};

/* One command of a message. */
struct part {
	const struct message *message;
	struct smb1_header header;
	uint8_t command; /* the header's, or one that follows it in the message */
	bool is_last;    /* the status in the header is that of this one */
	bool has_block;
	struct smb1_block block;
};

struct handler {
	uint8_t command;
	void (*request)(struct smb1_state *state, const struct part *part);
	void (*response)(struct smb1_state *state, const struct part *part);
};

struct smb1_state *
smb1_open(struct smb_connection *connection)
{
	struct smb1_state *state = mem_alloc(1, sizeof(*state));

	state->connection = connection;
	return state;
}

void
smb1_close(struct smb1_state *state)
{
	mem_free(state);
}

/* What pairs requests and answers ([MS-CIFS] 2.2.3.1): MID within the process. */
static uint64_t
id_of(const struct smb1_header *header)
{
	return (uint64_t)header->pid << 16 | header->mid;
}

static bool
is_unicode(const struct part *part)
{
	return (part->header.flags2 & SMB_FLAGS2_UNICODE) != 0;
}

static const char *
chars_text(const struct smb1_state *state, struct cursor chars, bool is_wide)
{
	size_t length = cur_left(&chars);

	if (is_wide || !cur_ok(&chars))
		return smb_text(state->connection->context.arena, chars);
	return text_from_utf8(state->connection->context.arena, cur_bytes(&chars, length), length);
}

/* The status that belongs to this command of a chain: those before the last one succeeded. */
static uint32_t
status_of(const struct part *part)
{
	return part->is_last ? part->header.status : STATUS_SUCCESS;
}

static void
fill_status(const struct part *part, struct number *ret_status, struct number *ret_dos_error)
{
	uint32_t status = status_of(part);

	if (status == STATUS_SUCCESS || part->header.flags2 & SMB_FLAGS2_NT_STATUS)
		*ret_status = known(status);
	else
		*ret_dos_error = known(SMB1_DOS_ERROR(status & 0xff, status >> 16));
}

static void
add_pending(struct smb1_state *state, const struct part *part, struct exchange *exchange)
{
	struct pending *oldest = &state->pending[0];

	if (state->pending_count == SMB1_MOST_PENDING) {
		oldest->exchange->doubt = DOUBT_PACKETS_MISSING;
		ledger_add(state->connection->context.ledger, oldest->exchange);
		memmove(oldest, oldest + 1, --state->pending_count * sizeof(*oldest));
	}
	state->pending[state->pending_count] = (struct pending){
	    exchange, *part->message, part->command, id_of(&part->header), DOUBT_NONE};
	state->pending[state->pending_count++].request.bytes = NULL;
}

/* Takes out the request that PART answers and returns its exchange, or NULL. */
static struct exchange *
take_pending(struct smb1_state *state, uint8_t command, uint64_t id)
{
	struct pending *pending = state->pending;
	struct exchange *exchange;

	for (size_t i = 0; i < state->pending_count; i++) {
		if (pending[i].command != command || pending[i].id != id)
			continue;
		exchange = pending[i].exchange;
		state->pending_count--;
		memmove(
		    &pending[i], &pending[i + 1], (state->pending_count - i) * sizeof(*pending));
		return exchange;
	}
	return NULL;
}

static void *
begin(struct smb1_state *state, const struct exchange_type *type, const struct part *part)
{
	const struct dissector_context *context = &state->connection->context;
	struct exchange *exchange =
	    exchange_begin(context->arena, type, context->conversation, part->message);

	smb_note_exchange(state->connection, smb_count_request(state->connection), exchange);
	add_pending(state, part, exchange);
	return exchange;
}

/* The exchange that PART answers, made when its request was not captured. */
static void *
answered(struct smb1_state *state, const struct exchange_type *type, const struct part *part,
    struct exchange *exchange)
{
	const struct dissector_context *context = &state->connection->context;

	if (exchange == NULL)
		return exchange_begin_with_answer(context->arena, type, context->conversation,
		    part->message, smb_missing_request(state->connection));
	smb_answer(exchange, part->message);
	return exchange;
}

static void
negotiate_request(struct smb1_state *state, const struct part *part)
{
	struct smb_negotiate *negotiate = smb_negotiate_begin(
	    state->connection, part->message, SMB_PROTOCOL_SMB1, id_of(&part->header));
	struct cursor bytes = part->block.bytes, dialect;
	struct text text = {0};
	const char *name;

	if (!part->has_block)
		return;
	while (smb1_next_dialect(&bytes, &dialect)) {
		name = chars_text(state, dialect, false);
		negotiate->is_multi_protocol |= strncmp(name, "SMB 2.", 6) == 0;
		text_addf(&text, "%s%s", text.length ? ", " : "", name);
	}
	negotiate->smb1_dialects =
	    arena_text(state->connection->context.arena, text_chars(&text), text.length);
	text_free(&text);
}

/* The string at INDEX in a list joined by ", ", or NULL. */
static const char *
listed_dialect(struct smb1_state *state, const char *list, uint16_t index)
{
	const char *end;

	while (list != NULL && index-- != 0) {
		list = strstr(list, ", ");
		list = list ? list + 2 : NULL;
	}
	if (list == NULL)
		return NULL;
	end = strstr(list, ", ");
	return arena_text(
	    state->connection->context.arena, list, end ? (size_t)(end - list) : strlen(list));
}

/* The bits of SMB1 as those of SMB2: enabled, required. */
static uint16_t
security_mode(uint8_t smb1)
{
	return smb1 >> 2 & 3;
}

static void
negotiate_response(struct smb1_state *state, const struct part *part)
{
	struct number status = {0}, dos_error;
	struct smb1_negotiate_response response;
	struct smb_negotiate *negotiate;

	fill_status(part, &status, &dos_error);
	negotiate = smb_negotiate_answer(
	    state->connection, part->message, SMB_PROTOCOL_SMB1, id_of(&part->header), status);
	if (!part->has_block || !smb1_decode_negotiate_response(&part->block, &response))
		return;
	negotiate->smb1_dialect_index = known(response.dialect_index);
	if (response.has_nt_part)
		negotiate->server_security_mode = known(security_mode(response.security_mode));
	smb_take_hint(state->connection, negotiate, response.token);
	if (status_of(part) != STATUS_SUCCESS || response.dialect_index == SMB1_NO_COMMON_DIALECT)
		return;
	negotiate->smb1_dialect =
	    listed_dialect(state, negotiate->smb1_dialects, response.dialect_index);
	state->connection->context.conversation->dialect = negotiate->smb1_dialect;
	smb_reach(state->connection, STEP_NEGOTIATED);
}

/* The authentication that a request with this UID goes on with, or NULL. */
static struct smb1_session_setup *
take_unfinished(struct smb1_state *state, uint16_t uid)
{
	struct unfinished *unfinished = state->unfinished;
	struct smb1_session_setup *exchange;

	for (size_t i = 0; i < state->unfinished_count; i++) {
		if (unfinished[i].uid != uid)
			continue;
		exchange = unfinished[i].exchange;
		state->unfinished_count--;
		memmove(&unfinished[i], &unfinished[i + 1],
		    (state->unfinished_count - i) * sizeof(*unfinished));
		return exchange;
	}
	return NULL;
}

static void
keep_unfinished(struct smb1_state *state, uint16_t uid, struct smb1_session_setup *exchange)
{
	struct unfinished *oldest = &state->unfinished[0];

	if (state->unfinished_count == SMB1_MOST_UNFINISHED) {
		ledger_add(state->connection->context.ledger, &oldest->exchange->base);
		memmove(oldest, oldest + 1, --state->unfinished_count * sizeof(*oldest));
	}
	state->unfinished[state->unfinished_count++] = (struct unfinished){uid, exchange};
}

/* A further leg of EXCHANGE. */
static void
continue_session_setup(
    struct smb1_state *state, const struct part *part, struct smb1_session_setup *exchange)
{
	smb_note_exchange(state->connection, smb_count_request(state->connection), &exchange->base);
	add_pending(state, part, &exchange->base);
	authentication_name_legs(&exchange->authentication, &exchange->base,
	    state->connection->context.arena, "SESSION_SETUP_ANDX");
}

/* Account and domain beside passwords ([MS-CIFS] 2.2.4.53.1). */
static void
fill_account(struct smb1_state *state, const struct part *part,
    const struct smb1_session_setup_request *request, struct smb1_session_setup *exchange)
{
	struct authentication *authentication = &exchange->authentication;

	if (!cur_ok(&request->account))
		return;
	exchange->account = chars_text(state, request->account, is_unicode(part));
	authentication->user = exchange->account[0] != '\0' ? exchange->account : NULL;
	authentication->domain = chars_text(state, request->domain, is_unicode(part));
	authentication->is_anonymous = exchange->account[0] == '\0';
}

static void
add_leg(struct smb1_state *state, const struct part *part, struct smb1_session_setup *exchange)
{
	const struct message *message = part->message;

	exchange_add_leg(state->connection->context.arena, &exchange->base, message->from,
	    message->frame, message->time, NULL);
}

static void
session_setup_request(struct smb1_state *state, const struct part *part)
{
	struct smb1_session_setup *exchange = take_unfinished(state, part->header.uid);
	struct smb1_session_setup_request request = {.token = cur_none()};

	if (exchange != NULL) {
		continue_session_setup(state, part, exchange);
	} else {
		exchange = begin(state, &smb1_session_setup_type, part);
		authentication_begin(&exchange->authentication);
		exchange->first_leg_frame = part->message->frame;
	}
	exchange->legs++;
	add_leg(state, part, exchange);
	if (part->has_block &&
	    smb1_decode_session_setup_request(&part->block, is_unicode(part), &request)) {
		exchange->is_extended = known(request.has_token);
		if (!request.has_token)
			fill_account(state, part, &request, exchange);
	}
	authentication_client_token(
	    &exchange->authentication, state->connection->context.arena, request.token);
}

static void
session_setup_response(struct smb1_state *state, const struct part *part)
{
	struct exchange *exchange =
	    take_pending(state, SMB_COM_SESSION_SETUP_ANDX, id_of(&part->header));
	struct smb1_session_setup *own = answered(state, &smb1_session_setup_type, part, exchange);
	struct smb1_session_setup_response response = {.token = cur_none()};

	if (exchange == NULL)
		authentication_begin(&own->authentication);
	fill_status(part, &own->status, &own->dos_error);
	own->uid = known(part->header.uid);
	if (part->has_block && smb1_decode_session_setup_response(&part->block, &response) &&
	    status_of(part) == STATUS_SUCCESS)
		own->is_guest = known(response.action & SMB_SETUP_GUEST);
	authentication_server_token(&own->authentication, state->connection->context.arena,
	    response.token, part->message->time);
	if (status_of(part) == STATUS_MORE_PROCESSING_REQUIRED) {
		add_leg(state, part, own);
		keep_unfinished(state, part->header.uid, own);
		return;
	}
	if (status_of(part) == STATUS_SUCCESS)
		smb_reach(state->connection, STEP_AUTHENTICATED);
	ledger_add(state->connection->context.ledger, &own->base);
}

static void
tree_connect_request(struct smb1_state *state, const struct part *part)
{
	struct smb1_tree_connect *exchange = begin(state, &smb1_tree_connect_type, part);
	struct smb1_tree_connect_request request;

	exchange->uid = known(part->header.uid);
	if (!part->has_block ||
	    !smb1_decode_tree_connect_request(&part->block, is_unicode(part), &request))
		return;
	exchange->path = chars_text(state, request.path, is_unicode(part));
	exchange->service = chars_text(state, request.service, false);
	if (exchange->path == NULL)
		return;
	smb_split_path(
	    state->connection->context.arena, exchange->path, &exchange->host, &exchange->share);
	smb_classify_share(exchange->share, &exchange->is_ipc, &exchange->is_admin_share);
}

static void
tree_connect_response(struct smb1_state *state, const struct part *part)
{
	struct exchange *exchange =
	    take_pending(state, SMB_COM_TREE_CONNECT_ANDX, id_of(&part->header));
	struct smb1_tree_connect *own = answered(state, &smb1_tree_connect_type, part, exchange);
	struct cursor service;

	fill_status(part, &own->status, &own->dos_error);
	ledger_add(state->connection->context.ledger, &own->base);
	if (status_of(part) != STATUS_SUCCESS)
		return;
	own->tid = known(part->header.tid);
	smb_reach(state->connection, STEP_TREE_CONNECTED);
	if (part->has_block && smb1_decode_tree_connect_response(&part->block, &service))
		own->answered_service = chars_text(state, service, false);
}

static const struct handler handlers[] = {
    {SMB_COM_NEGOTIATE, negotiate_request, negotiate_response},
    {SMB_COM_SESSION_SETUP_ANDX, session_setup_request, session_setup_response},
    {SMB_COM_TREE_CONNECT_ANDX, tree_connect_request, tree_connect_response},
};

static const struct handler *
handler_of(uint8_t command)
{
	for (size_t i = 0; i < COUNT(handlers); i++)
		if (handlers[i].command == command)
			return &handlers[i];
	return NULL;
}

/* Requests that a client sends when it is done, or to hear whether the server is there. */
static bool
is_farewell(uint8_t command)
{
	static const uint8_t farewells[] = {
	    SMB_COM_LOGOFF_ANDX, SMB_COM_TREE_DISCONNECT, SMB_COM_ECHO, SMB_COM_NT_CANCEL};

	return memchr(farewells, command, sizeof(farewells)) != NULL;
}

static void
other_command(struct smb1_state *state, const struct part *part)
{
	bool is_reply = (part->header.flags & SMB_FLAGS_REPLY) != 0;

	if (is_farewell(part->command))
		return;
	if (!is_reply)
		smb_count_request(state->connection);
	else if (status_of(part) == STATUS_SUCCESS)
		smb_reach(state->connection, STEP_WORKING);
}

static void
read_part(struct smb1_state *state, const struct part *part)
{
	const struct handler *handler = handler_of(part->command);

	if (handler == NULL)
		other_command(state, part);
	else if (part->header.flags & SMB_FLAGS_REPLY)
		handler->response(state, part);
	else
		handler->request(state, part);
}

/* Requests chained behind one that failed are not processed ([MS-CIFS] 2.2.3.4). */
static void
forget_chained(struct smb1_state *state, const struct smb1_header *header)
{
	if ((header->flags & SMB_FLAGS_REPLY) == 0 || header->status == STATUS_SUCCESS)
		return;
	for (size_t i = 0; i < COUNT(handlers); i++)
		take_pending(state, handlers[i].command, id_of(header));
}

/* Where the chain of AndX commands goes on. False at its end; it only goes forward. */
static bool
next_in_chain(const struct part *part, uint32_t *offset, uint8_t *ret_command)
{
	struct smb1_andx andx;

	if (handler_of(part->command) == NULL || part->command == SMB_COM_NEGOTIATE ||
	    !part->has_block || !smb1_decode_andx(&part->block, &andx) ||
	    andx.command == SMB_COM_NO_ANDX_COMMAND || andx.offset <= *offset)
		return false;
	*offset = andx.offset;
	*ret_command = andx.command;
	return true;
}

void
smb1_message(struct smb1_state *state, const struct message *message, struct cursor payload)
{
	struct part part = {.message = message};
	uint32_t offset = SMB1_HEADER_SIZE;
	uint8_t next;

	if (!smb1_decode_header(payload, &part.header)) {
		if (message->is_cut) {
			smb_doubt(state->connection, message->from, DOUBT_CUT_BY_SNAPLEN);
			smb1_doubt(state, message->from, DOUBT_CUT_BY_SNAPLEN);
		}
		return;
	}
	next = part.header.command;
	do {
		part.command = next;
		part.has_block = smb1_decode_block(payload, offset, &part.block);
		part.is_last = !next_in_chain(&part, &offset, &next);
		read_part(state, &part);
	} while (!part.is_last);
	forget_chained(state, &part.header);
}

void
smb1_doubt(struct smb1_state *state, enum side from, enum doubt doubt)
{
	for (size_t i = 0; i < state->pending_count; i++)
		if (state->pending[i].request.from != from)
			state->pending[i].doubt = doubt;
}

static void
end_pending(struct smb1_state *state, const struct pending *pending, const struct ending *ending)
{
	struct smb1_session_setup *setup;

	if (pending->command == SMB_COM_SESSION_SETUP_ANDX) {
		setup = (struct smb1_session_setup *)pending->exchange;
		setup->status = setup->dos_error = (struct number){0};
		smb_restart(&setup->base, &pending->request);
	}
	smb_end_exchange(state->connection, pending->exchange, pending->doubt, ending);
}

void
smb1_end(struct smb1_state *state, const struct ending *ending)
{
	struct ledger *ledger = state->connection->context.ledger;

	for (size_t i = 0; i < state->pending_count; i++)
		end_pending(state, &state->pending[i], ending);
	for (size_t i = 0; i < state->unfinished_count; i++)
		ledger_add(ledger, &state->unfinished[i].exchange->base);
}
