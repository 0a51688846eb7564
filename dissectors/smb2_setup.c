#include "dissectors/smb2_setup.h"

#include <inttypes.h>
#include <string.h>

#include "analyzer/base/memory.h"
#include "dissectors/nt_status.h"
#include "dissectors/smb2_error_wire.h"

void
smb2_setup_open(struct smb2_setup *setup, struct smb_connection *connection, struct smb2_seal *seal)
{
	*setup = (struct smb2_setup){.connection = connection, .seal = seal};
}

void
smb2_setup_close(struct smb2_setup *setup)
{
	mem_free(setup->sessions);
	mem_free(setup->trees);
}

/* Its authentication, if there is one, gets nowhere. */
static void
give_up_unfinished(struct smb2_setup *setup, struct smb2_session *session)
{
	if (session->unfinished == NULL)
		return;
	smb2_seal_forget(session->unfinished->handshake);
	ledger_add(setup->connection->context.ledger, &session->unfinished->base);
	session->unfinished = NULL;
}

void
smb2_setup_end(struct smb2_setup *setup)
{
	for (size_t i = 0; i < setup->session_count; i++)
		give_up_unfinished(setup, &setup->sessions[i]);
	for (size_t i = 0; i < setup->tree_count; i++)
		setup->trees[i].exchange->is_open_at_end = setup->trees[i].is_open;
}

static struct smb2_session *
find_session(const struct smb2_setup *setup, uint64_t id)
{
	for (size_t i = 0; i < setup->session_count; i++)
		if (setup->sessions[i].id == id)
			return &setup->sessions[i];
	return NULL;
}

bool
smb2_is_established(const struct smb2_setup *setup, uint64_t session_id)
{
	const struct smb2_session *session = find_session(setup, session_id);

	return session != NULL && session->is_established;
}

/* The session ID, made when it is new. */
static struct smb2_session *
session_of(struct smb2_setup *setup, uint64_t id)
{
	struct smb2_session *session = find_session(setup, id);

	if (session != NULL)
		return session;
	if (setup->session_count < SMB2_MOST_SESSIONS) {
		setup->sessions = mem_grow(setup->sessions, setup->session_count,
		    &setup->session_capacity, sizeof(*setup->sessions));
		session = &setup->sessions[setup->session_count++];
	} else {
		session = &setup->sessions[setup->next_session++ % SMB2_MOST_SESSIONS];
		give_up_unfinished(setup, session);
	}
	*session = (struct smb2_session){.id = id};
	return session;
}

static struct smb2_tree *
find_tree(const struct smb2_setup *setup, uint64_t session_id, uint32_t id)
{
	for (size_t i = 0; i < setup->tree_count; i++)
		if (setup->trees[i].id == id && setup->trees[i].session_id == session_id)
			return &setup->trees[i];
	return NULL;
}

const struct smb2_tree *
smb2_find_tree(const struct smb2_setup *setup, uint64_t session_id, uint32_t tree_id)
{
	return find_tree(setup, session_id, tree_id);
}

/* Remembers a connected tree in the place of one with the same ids, or of the oldest. */
static void
keep_tree(
    struct smb2_setup *setup, const struct smb2_header *header, struct smb2_tree_connect *exchange)
{
	struct smb2_tree *tree = find_tree(setup, header->session_id, header->tree_id);

	if (tree == NULL && setup->tree_count < SMB2_MOST_TREES) {
		setup->trees = mem_grow(
		    setup->trees, setup->tree_count, &setup->tree_capacity, sizeof(*setup->trees));
		tree = &setup->trees[setup->tree_count++];
	} else if (tree == NULL) {
		tree = &setup->trees[setup->next_tree++ % SMB2_MOST_TREES];
		tree->exchange->is_open_at_end = tree->is_open;
	}
	*tree = (struct smb2_tree){header->session_id, header->tree_id, true, exchange};
}

void
smb2_tree_disconnect(struct smb2_setup *setup, uint64_t session_id, uint32_t tree_id)
{
	struct smb2_tree *tree = find_tree(setup, session_id, tree_id);

	if (tree != NULL)
		tree->is_open = false;
}

void
smb2_logoff(struct smb2_setup *setup, uint64_t session_id)
{
	for (size_t i = 0; i < setup->tree_count; i++)
		if (setup->trees[i].session_id == session_id)
			setup->trees[i].is_open = false;
}

static void *
begin(struct smb2_setup *setup, const struct exchange_type *type, const struct smb2_part *part)
{
	const struct dissector_context *context = &setup->connection->context;

	return exchange_begin(context->arena, type, context->conversation, part->message);
}

void *
smb2_answered(struct smb2_setup *setup, const struct exchange_type *type,
    const struct smb2_part *part, struct exchange *exchange)
{
	const struct dissector_context *context = &setup->connection->context;

	if (exchange == NULL)
		return exchange_begin_with_answer(context->arena, type, context->conversation,
		    part->message, smb_missing_request(setup->connection));
	smb_answer(exchange, part->message);
	return exchange;
}

#define SIGNING_REQUIRED 0x02 /* SMB2_NEGOTIATE_SIGNING_REQUIRED, [MS-SMB2] 2.2.3 */

/* Whether either side requires signing: known once one of them is known to, or neither. */
static struct number
is_signing_required(const struct smb_connection *connection, uint8_t session_security_mode)
{
	const struct smb_offer *offer = &connection->offer;
	const struct smb_choice *choice = &connection->choice;

	if (session_security_mode & SIGNING_REQUIRED ||
	    (offer->is_known && offer->security_mode & SIGNING_REQUIRED) ||
	    (choice->is_known && choice->security_mode & SIGNING_REQUIRED))
		return known(true);
	return choice->is_known ? known(false) : (struct number){0};
}

static void
fill_session_request(
    struct smb2_setup *setup, struct smb2_session_setup *exchange, const struct smb2_part *part)
{
	struct arena *arena = setup->connection->context.arena;
	union smb2_body body = {.session_setup_request.token = cur_none()};
	const struct smb2_session_setup_request *request = &body.session_setup_request;

	if (smb2_decode_body(&part->header, part->command, &body)) {
		exchange->is_binding = request->flags & SMB2_SESSION_FLAG_BINDING;
		exchange->previous_session_id = known(request->previous_session_id);
		exchange->is_signing_required =
		    is_signing_required(setup->connection, request->security_mode);
	}
	authentication_client_token(&exchange->authentication, arena, request->token);
	smb2_seal_request(exchange->handshake, part, request->token, exchange->is_binding);
}

/* The exchange that a request with this session id goes on with, or NULL. */
static struct smb2_session_setup *
take_unfinished(struct smb2_setup *setup, const struct smb2_header *header)
{
	struct smb2_session *session = find_session(setup, header->session_id);
	struct smb2_session_setup *exchange;

	if (session == NULL || !header->has_ids)
		return NULL;
	exchange = session->unfinished;
	session->unfinished = NULL;
	return exchange;
}

static struct smb2_session_setup *
begin_session_setup(struct smb2_setup *setup, const struct smb2_part *part)
{
	struct smb2_session_setup *exchange = begin(setup, &smb2_session_setup_type, part);
	const struct smb2_session *session = find_session(setup, part->header.session_id);

	authentication_begin(&exchange->authentication);
	exchange->handshake = smb2_seal_begin(setup->seal);
	exchange->answer_began = -1;
	exchange->first_leg_frame = part->message->frame;
	exchange->session_id = smb2_id(part, part->header.session_id);
	exchange->dialect = setup->connection->dialect;
	exchange->client_can_encrypt = setup->connection->client_can_encrypt;
	exchange->is_reauthentication = session != NULL && session->is_established;
	return exchange;
}

static void
continue_session_setup(
    struct smb2_setup *setup, struct smb2_session_setup *exchange, const struct smb2_part *part)
{
	authentication_name_legs(&exchange->authentication, &exchange->base,
	    setup->connection->context.arena, "SESSION_SETUP");
	if (exchange->base.request_frame == 0)
		smb2_session_setup_restart(&exchange->base, part->message);
}

struct exchange *
smb2_session_setup_request(struct smb2_setup *setup, const struct smb2_part *part)
{
	struct smb2_session_setup *exchange = take_unfinished(setup, &part->header);

	if (exchange == NULL)
		exchange = begin_session_setup(setup, part);
	else
		continue_session_setup(setup, exchange, part);
	exchange_add_leg(setup->connection->context.arena, &exchange->base, CLIENT,
	    part->message->frame, part->message->time, NULL);
	exchange->legs++;
	exchange->is_request_signed = smb2_is_signed(part);
	fill_session_request(setup, exchange, part);
	return &exchange->base;
}

void
smb2_session_setup_restart(struct exchange *exchange, const struct message *leg)
{
	struct smb2_session_setup *setup = (struct smb2_session_setup *)exchange;

	smb_restart(exchange, leg);
	setup->answer_began = -1;
	setup->status = (struct number){0};
}

static void
fill_session_response(
    struct smb2_setup *setup, struct smb2_session_setup *exchange, const struct smb2_part *part)
{
	struct authentication *authentication = &exchange->authentication;
	struct arena *arena = setup->connection->context.arena;
	union smb2_body body = {.session_setup_response.token = cur_none()};
	const struct smb2_session_setup_response *response = &body.session_setup_response;
	bool is_read = smb2_decode_body(&part->header, part->command, &body);

	exchange->status = known(part->header.status);
	exchange->is_signed = known(smb2_is_signed(part));
	if (part->header.has_ids && part->header.session_id != 0)
		exchange->session_id = known(part->header.session_id);
	authentication_server_token(authentication, arena, response->token, part->message->time);
	smb2_seal_answer(exchange->handshake, part, response->token);
	if (is_read && part->header.status == STATUS_SUCCESS) {
		exchange->session_flags = known(response->session_flags);
		exchange->is_guest = known(response->session_flags & SMB2_SESSION_FLAG_IS_GUEST);
		authentication->is_anonymous |=
		    (response->session_flags & SMB2_SESSION_FLAG_IS_NULL) != 0;
	}
}

/* What the final status leaves behind. The answer is signed with a key of its own session. */
static void
settle_session(
    struct smb2_setup *setup, struct smb2_session_setup *exchange, const struct smb2_part *part)
{
	struct smb2_session *session;

	if (part->header.status != STATUS_SUCCESS)
		return;
	smb2_seal_establish(setup->seal, part, exchange->handshake, exchange->is_binding);
	smb2_seal_check_last(setup->seal, part, exchange);
	smb_reach(setup->connection, STEP_AUTHENTICATED);
	if (!part->header.has_ids)
		return;
	session = session_of(setup, part->header.session_id);
	session->is_established = true;
	session->is_anonymous = exchange->authentication.is_anonymous;
	session->flags = (uint16_t)exchange->session_flags.value;
	session->is_signing_required = exchange->is_signing_required;
}

void
smb2_session_setup_response(
    struct smb2_setup *setup, const struct smb2_part *part, struct exchange *exchange)
{
	struct smb2_session_setup *own, *earlier = NULL;
	struct smb2_session *session;

	if (exchange == NULL)
		earlier = take_unfinished(setup, &part->header);
	if (earlier != NULL) {
		exchange = &earlier->base; /* its last request is the one that was not captured */
		earlier->answer_began = -1;
	}
	own = smb2_answered(setup, &smb2_session_setup_type, part, exchange);
	if (exchange == NULL) {
		authentication_begin(&own->authentication);
		own->answer_began = -1;
	}
	own->dialect = setup->connection->dialect;
	own->client_can_encrypt = setup->connection->client_can_encrypt;
	fill_session_response(setup, own, part);
	if (part->header.status == STATUS_MORE_PROCESSING_REQUIRED && part->header.has_ids) {
		exchange_add_leg(setup->connection->context.arena, &own->base, SERVER,
		    part->message->frame, part->message->time, NULL);
		session = session_of(setup, part->header.session_id);
		give_up_unfinished(setup, session);
		session->unfinished = own;
		return;
	}
	settle_session(setup, own, part);
	smb2_seal_forget(own->handshake);
	ledger_add(setup->connection->context.ledger, &own->base);
}

/* The session's properties, unknown when its setup was not captured. */
static void
fill_from_session(
    struct smb2_setup *setup, struct smb2_tree_connect *exchange, const struct smb2_part *part)
{
	const struct smb2_session *session = find_session(setup, part->header.session_id);

	exchange->session_id = smb2_id(part, part->header.session_id);
	exchange->dialect = setup->connection->dialect;
	exchange->client_can_encrypt = setup->connection->client_can_encrypt;
	if (session == NULL || !session->is_established || !part->header.has_ids)
		return;
	exchange->is_guest = known(session->flags & SMB2_SESSION_FLAG_IS_GUEST);
	exchange->is_anonymous = known(session->is_anonymous);
	exchange->is_signing_required = session->is_signing_required;
	exchange->is_session_encrypted =
	    known((session->flags & SMB2_SESSION_FLAG_ENCRYPT_DATA) != 0);
}

struct exchange *
smb2_tree_connect_request(struct smb2_setup *setup, const struct smb2_part *part)
{
	struct arena *arena = setup->connection->context.arena;
	struct smb2_tree_connect *exchange = begin(setup, &smb2_tree_connect_type, part);
	union smb2_body body;

	exchange->answer_began = -1;
	exchange->is_request_signed = smb2_is_signed(part);
	exchange->is_request_encrypted = part->envelope.is_encrypted;
	exchange->request_signature = part->envelope.signature;
	exchange->has_wrong_signature = smb2_is_wrong(part->envelope.signature);
	fill_from_session(setup, exchange, part);
	if (!smb2_decode_body(&part->header, part->command, &body))
		return &exchange->base;
	exchange->path = smb_text(arena, body.tree_connect_request.path);
	if (exchange->path == NULL)
		return &exchange->base;
	smb_split_path(arena, exchange->path, &exchange->host, &exchange->share);
	smb_classify_share(exchange->share, &exchange->is_ipc, &exchange->is_admin_share);
	return &exchange->base;
}

static void
fill_tree_error(struct smb2_tree_connect *exchange, const struct smb2_part *part)
{
	struct smb2_error error;
	uint16_t dialect;

	if (!smb2_decode_error(part->command, &error))
		return;
	if (error.has_error_id)
		exchange->error_id = known(error.error_id);
	if (part->header.status == STATUS_SMB_BAD_CLUSTER_DIALECT &&
	    smb2_decode_cluster_dialect(error.data, &dialect))
		exchange->max_cluster_dialect = known(dialect);
}

void
smb2_tree_connect_response(
    struct smb2_setup *setup, const struct smb2_part *part, struct exchange *exchange)
{
	struct smb2_tree_connect *own =
	    smb2_answered(setup, &smb2_tree_connect_type, part, exchange);
	union smb2_body body;

	if (exchange == NULL)
		own->answer_began = -1;
	/* Behind a gap the request may be read before the answer that established its session. */
	if (!own->is_guest.is_known)
		fill_from_session(setup, own, part);
	own->status = known(part->header.status);
	own->is_signed = known(smb2_is_signed(part));
	own->is_encrypted = known(part->envelope.is_encrypted);
	own->signature = part->envelope.signature;
	own->has_wrong_signature |= smb2_is_wrong(part->envelope.signature);
	ledger_add(setup->connection->context.ledger, &own->base);
	if (part->header.status != STATUS_SUCCESS) {
		fill_tree_error(own, part);
		return;
	}
	smb_reach(setup->connection, STEP_TREE_CONNECTED);
	own->tree_id = smb2_id(part, part->header.tree_id);
	if (smb2_decode_body(&part->header, part->command, &body)) {
		own->share_type = known(body.tree_connect_response.share_type);
		own->share_flags = known(body.tree_connect_response.share_flags);
	}
	if (part->header.has_ids)
		keep_tree(setup, &part->header, own);
}
