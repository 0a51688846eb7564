#include "dissectors/smb.h"

#include <string.h>

#include "analyzer/base/basics.h"
#include "dissectors/nt_status.h"
#include "dissectors/smb2_names.h"
#include "dissectors/smb2_wire.h"
#include "dissectors/smb_calls.h"
#include "dissectors/spnego.h"

static const struct name_row protocol_rows[] = {
    {SMB_PROTOCOL_SMB1, "smb1", NULL},
    {SMB_PROTOCOL_SMB2, "smb2", NULL},
};
static const struct names protocol_names = {protocol_rows, COUNT(protocol_rows)};

/* RFC 1002 4.3.4, of a negative session response. */
static const struct name_row nbss_error_rows[] = {
    {0x80, "not_listening_on_called_name", "The server does not listen on the name called"},
    {0x81, "not_listening_for_calling_name", "The server does not listen for this caller"},
    {0x82, "called_name_not_present", "The name called is not that of the server"},
    {0x83, "insufficient_resources", "The name is right and the server lacks resources"},
    {0x8f, "unspecified_error", "The server refuses without saying why"},
};
const struct names nbss_error_names = {nbss_error_rows, COUNT(nbss_error_rows)};

#define OF(member) .offset = offsetof(struct smb_negotiate, member)

static const struct field negotiate_fields[] = {
    {"request_protocol", FIELD_NUMBER, NOTATION_NAME, .names = &protocol_names,
	.sentence = "protocol of the request: smb1 or smb2", OF(request_protocol)},
    {"answer_protocol", FIELD_NUMBER, NOTATION_NAME, .names = &protocol_names,
	.sentence = "protocol of the answer: smb1 or smb2", OF(answer_protocol)},
    {"is_multi_protocol", FIELD_BOOL, .names = &bool_names,
	.sentence = "whether an SMB1 request offers SMB2 too", OF(is_multi_protocol)},
    {"is_renegotiation", FIELD_BOOL, .names = &bool_names,
	.sentence = "whether the connection had an SMB2 dialect already, which servers punish",
	OF(is_renegotiation)},
    {"smb1_dialects", FIELD_TEXT, .filter = "smb.dialect.name",
	.sentence = "dialect strings that an SMB1 request offers", OF(smb1_dialects)},
    {"smb1_dialect_index", FIELD_NUMBER, .filter = "smb.dialect.index",
	.sentence = "which of them an SMB1 answer chose; 65535: none of them",
	OF(smb1_dialect_index)},
    {"smb1_dialect", FIELD_TEXT, .filter = "smb.dialect.name",
	.sentence = "dialect string that an SMB1 answer chose", OF(smb1_dialect)},
    {"dialects", FIELD_LIST, NOTATION_NAME, .names = &smb2_dialect_names, .filter = "smb2.dialect",
	.sentence = "dialects that an SMB2 request offers", OF(dialects)},
    {"dialect", FIELD_NUMBER, NOTATION_NAME, .names = &smb2_dialect_names, .filter = "smb2.dialect",
	.sentence = "dialect that an SMB2 answer chose", OF(dialect)},
    {"status", FIELD_NUMBER, NOTATION_CODE, .refusal = REFUSAL_NT_ERROR, .names = &nt_status_names,
	.filter = "smb2.nt_status", .sentence = "status of the answer", OF(status)},
    {"nbss_error", FIELD_NUMBER, NOTATION_NAME, .refusal = REFUSAL_ALWAYS,
	.names = &nbss_error_names, .filter = "nbss.error_code",
	.sentence = "code of the negative NetBIOS session response that came instead of an answer",
	OF(nbss_error)},
    {"security_mode", FIELD_NUMBER, NOTATION_FLAGS, .names = &smb2_security_mode_names,
	.filter = "smb2.sec_mode", .sentence = "whether the client can sign, and requires it",
	OF(security_mode)},
    {"server_security_mode", FIELD_NUMBER, NOTATION_FLAGS, .names = &smb2_security_mode_names,
	.filter = "smb2.sec_mode", .sentence = "whether the server can sign, and requires it",
	OF(server_security_mode)},
    {"capabilities", FIELD_NUMBER, NOTATION_FLAGS, .names = &smb2_capability_names,
	.filter = "smb2.capabilities", .sentence = "capabilities of the client", OF(capabilities)},
    {"server_capabilities", FIELD_NUMBER, NOTATION_FLAGS, .names = &smb2_capability_names,
	.filter = "smb2.capabilities", .sentence = "capabilities of the server",
	OF(server_capabilities)},
    {"client_guid", FIELD_TEXT, .filter = "smb2.client_guid", .sentence = "identity of the client",
	OF(client_guid)},
    {"server_guid", FIELD_TEXT, .filter = "smb2.server_guid", .sentence = "identity of the server",
	OF(server_guid)},
    {"has_preauth_context", FIELD_NUMBER, .names = &bool_names, .notation = NOTATION_NAME,
	.filter = "smb2.negotiate_context.type",
	.sentence = "whether the client offers pre-authentication integrity (3.1.1)",
	OF(has_preauth_context)},
    {"has_encryption_context", FIELD_NUMBER, .names = &bool_names, .notation = NOTATION_NAME,
	.filter = "smb2.negotiate_context.type",
	.sentence = "whether the client offers ciphers (3.1.1)", OF(has_encryption_context)},
    {"has_signing_context", FIELD_NUMBER, .names = &bool_names, .notation = NOTATION_NAME,
	.filter = "smb2.negotiate_context.type",
	.sentence = "whether the client offers signing algorithms (3.1.1)",
	OF(has_signing_context)},
    {"client_can_encrypt", FIELD_NUMBER, .names = &bool_names, .notation = NOTATION_NAME,
	.sentence = "whether the client offers a 3.x dialect and a way to encrypt",
	OF(client_can_encrypt)},
    {"hashes", FIELD_LIST, NOTATION_NAME, .names = &smb2_hash_names,
	.filter = "smb2.negotiate_context.hash_algorithm",
	.sentence = "pre-authentication hashes that the client offers", OF(hashes)},
    {"ciphers", FIELD_LIST, NOTATION_NAME, .names = &smb2_cipher_names,
	.filter = "smb2.negotiate_context.cipher_id", .sentence = "ciphers that the client offers",
	OF(ciphers)},
    {"cipher", FIELD_NUMBER, NOTATION_NAME, .names = &smb2_cipher_names,
	.filter = "smb2.negotiate_context.cipher_id",
	.sentence = "cipher that the server chose; none: no common one", OF(cipher)},
    {"signings", FIELD_LIST, NOTATION_NAME, .names = &smb2_signing_names,
	.filter = "smb2.negotiate_context.signing_id",
	.sentence = "signing algorithms that the client offers", OF(signings)},
    {"signing", FIELD_NUMBER, NOTATION_NAME, .names = &smb2_signing_names,
	.filter = "smb2.negotiate_context.signing_id",
	.sentence = "signing algorithm that the server chose", OF(signing)},
    {"compressions", FIELD_LIST, NOTATION_NAME, .names = &smb2_compression_names,
	.filter = "smb2.negotiate_context.comp_alg_id",
	.sentence = "compression algorithms that the client offers", OF(compressions)},
    {"netname", FIELD_TEXT, .filter = "smb2.negotiate_context.netname",
	.sentence = "name of the server as the client knows it (3.1.1)", OF(netname)},
    {"server_mechanism", FIELD_TEXT, .filter = "spnego.mechTypes",
	.sentence = "authentication mechanism that the server names first", OF(server_mechanism)},
    {"server_mechanisms", FIELD_TEXT, .filter = "spnego.mechTypes",
	.sentence = "authentication mechanisms that the server offers, in its order",
	OF(server_mechanisms)},
    {"hint_name", FIELD_TEXT, .filter = "spnego.hintName",
	.sentence = "hintName of the server's offer; current servers ask to ignore it",
	OF(hint_name)},
    {"max_transact_size", FIELD_NUMBER, .filter = "smb2.max_trans_size",
	.sentence = "largest transaction that the server takes, in bytes", OF(max_transact_size)},
    {"max_read_size", FIELD_NUMBER, .filter = "smb2.max_read_size",
	.sentence = "largest READ that the server takes, in bytes", OF(max_read_size)},
    {"max_write_size", FIELD_NUMBER, .filter = "smb2.max_write_size",
	.sentence = "largest WRITE that the server takes, in bytes", OF(max_write_size)},
};

const struct exchange_type smb_negotiate_type = {"smb_negotiate",
    "client and server agree on a dialect, in SMB1 or in SMB2", sizeof(struct smb_negotiate),
    negotiate_fields, COUNT(negotiate_fields), "NEGOTIATE[ {dialects}][ {smb1_dialects}]",
    "NEGOTIATE[ {status}][ {nbss_error}][ {dialect}][ {smb1_dialect}]", NULL};

void
smb_open(struct smb_connection *connection, const struct dissector_context *context)
{
	*connection = (struct smb_connection){.context = *context};
}

void
smb_reach(struct smb_connection *connection, enum step step)
{
	if (connection->context.conversation->step < step)
		connection->context.conversation->step = step;
}

uint64_t
smb_count_request(struct smb_connection *connection)
{
	connection->last = NULL;
	return ++connection->request_count;
}

void
smb_note_exchange(struct smb_connection *connection, uint64_t ordinal, struct exchange *exchange)
{
	if (ordinal == connection->request_count)
		connection->last = exchange;
}

enum doubt
smb_missing_request(const struct smb_connection *connection)
{
	return connection->context.conversation->is_begun_before && !connection->has_gap[CLIENT]
		   ? DOUBT_BEGAN_BEFORE_CAPTURE
		   : DOUBT_PACKETS_MISSING;
}

void
smb_answer(struct exchange *exchange, const struct message *answer)
{
	exchange_answer(exchange, answer);
	exchange->doubt = DOUBT_NONE;
}

void
smb_restart(struct exchange *exchange, const struct message *leg)
{
	exchange->time = leg->time;
	exchange->request_from = leg->from;
	exchange->request_frame = leg->frame;
	exchange->request_start = leg->start;
	exchange->request_end = leg->end;
	exchange->answer_frame = 0;
	exchange->answer_start = exchange->answer_end = 0;
	exchange->is_delivered = false;
	exchange->is_cut |= leg->is_cut;
	exchange->doubt = DOUBT_NONE;
}

void
smb_end_exchange(struct smb_connection *connection, struct exchange *exchange, enum doubt doubt,
    const struct ending *ending)
{
	struct ending doubtful = *ending;
	enum side answering = other_side(exchange->request_from);

	if (doubt != DOUBT_NONE) {
		doubtful.doubt[answering] = doubt;
		doubtful.doubt_time[answering] = INT64_MAX;
	}
	exchange_end(exchange, &doubtful);
	ledger_add(connection->context.ledger, exchange);
}

static void
drop_negotiate(struct smb_connection *connection, size_t at)
{
	connection->negotiate_count--;
	memmove(&connection->negotiates[at], &connection->negotiates[at + 1],
	    (connection->negotiate_count - at) * sizeof(connection->negotiates[0]));
}

struct smb_negotiate *
smb_negotiate_begin(struct smb_connection *connection, const struct message *message,
    enum smb_protocol protocol, uint64_t id)
{
	const struct dissector_context *context = &connection->context;
	struct smb_negotiate *negotiate;

	if (connection->negotiate_count == SMB_MOST_NEGOTIATES) {
		/* Its outcome stays unknown: no client goes on like this without answers. */
		smb_count_negotiate_unanswered(connection, &connection->negotiates[0]);
		connection->negotiates[0].exchange->base.doubt = DOUBT_PACKETS_MISSING;
		ledger_add(context->ledger, &connection->negotiates[0].exchange->base);
		drop_negotiate(connection, 0);
	}
	negotiate =
	    exchange_begin(context->arena, &smb_negotiate_type, context->conversation, message);
	negotiate->request_protocol = known(protocol);
	negotiate->is_renegotiation = connection->dialect.is_known;
	connection->negotiates[connection->negotiate_count++] = (struct smb_pending_negotiate){
	    negotiate, protocol, id, DOUBT_NONE, message->length - SMB_RECORD_SIZE};
	smb_note_exchange(connection, smb_count_request(connection), &negotiate->base);
	return negotiate;
}

static bool
is_answered_by(const struct smb_pending_negotiate *pending, enum smb_protocol protocol, uint64_t id)
{
	if (pending->protocol == protocol)
		return pending->id == id;
	/* A server of SMB1 alone need not know the ids of SMB2. */
	return protocol == SMB_PROTOCOL_SMB1 || id == 0;
}

struct smb_negotiate *
smb_negotiate_answer(struct smb_connection *connection, const struct message *message,
    enum smb_protocol protocol, uint64_t id, struct number status)
{
	const struct dissector_context *context = &connection->context;
	struct smb_negotiate *negotiate = NULL;

	for (size_t i = 0; i < connection->negotiate_count && negotiate == NULL; i++) {
		if (!is_answered_by(&connection->negotiates[i], protocol, id))
			continue;
		negotiate = connection->negotiates[i].exchange;
		smb_count_negotiate_answer(
		    connection, message, protocol, status, &connection->negotiates[i]);
		drop_negotiate(connection, i);
		smb_answer(&negotiate->base, message);
	}
	if (negotiate == NULL) {
		smb_count_negotiate_answer(connection, message, protocol, status, NULL);
		negotiate = exchange_begin_with_answer(context->arena, &smb_negotiate_type,
		    context->conversation, message, smb_missing_request(connection));
	}
	negotiate->answer_protocol = known(protocol);
	negotiate->status = status;
	ledger_add(context->ledger, &negotiate->base);
	return negotiate;
}

struct smb_negotiate *
smb_negotiate_refuse(
    struct smb_connection *connection, const struct message *message, struct number nbss_error)
{
	struct smb_negotiate *negotiate;

	if (connection->negotiate_count == 0)
		return NULL;
	negotiate = connection->negotiates[0].exchange;
	smb_count_negotiate_unanswered(connection, &connection->negotiates[0]);
	drop_negotiate(connection, 0);
	smb_answer(&negotiate->base, message);
	negotiate->nbss_error = nbss_error;
	ledger_add(connection->context.ledger, &negotiate->base);
	return negotiate;
}

void
smb_doubt(struct smb_connection *connection, enum side from, enum doubt doubt)
{
	struct smb_pending_negotiate *pending = connection->negotiates;

	if (doubt == DOUBT_PACKETS_MISSING)
		connection->has_gap[from] = true;
	for (size_t i = 0; i < connection->negotiate_count; i++)
		if (pending[i].exchange->base.request_from != from)
			pending[i].doubt = doubt;
}

void
smb_end(struct smb_connection *connection, const struct ending *ending)
{
	for (size_t i = 0; i < connection->negotiate_count; i++) {
		smb_count_negotiate_unanswered(connection, &connection->negotiates[i]);
		smb_end_exchange(connection, &connection->negotiates[i].exchange->base,
		    connection->negotiates[i].doubt, ending);
	}
	connection->negotiate_count = 0;
	if (connection->last != NULL)
		connection->last->is_last = true;
}

static struct number
context_claim(const struct smb2_contexts *contexts, enum smb2_context_type type)
{
	if (!contexts->is_known)
		return (struct number){0};
	return known(contexts->present >> type & 1);
}

/* Whether an offer leaves a server any way to encrypt ([MS-SMB2] 3.3.5.4). */
static struct number
can_encrypt(const struct smb2_negotiate_request *request)
{
	struct cursor dialects = request->dialects;
	bool has_3 = false;

	while (cur_left(&dialects) >= 2)
		has_3 |= cur_le16(&dialects) >= SMB2_DIALECT_300;
	if (!has_3 || request->capabilities & SMB2_GLOBAL_CAP_ENCRYPTION)
		return known(has_3);
	return context_claim(&request->contexts, SMB2_ENCRYPTION_CAPABILITIES);
}

static void
remember_offer(struct smb_connection *connection, const struct smb2_negotiate_request *request,
    const struct number_list *dialects)
{
	struct smb_offer *offer = &connection->offer;

	offer->is_known = true;
	offer->security_mode = request->security_mode;
	offer->capabilities = request->capabilities;
	memcpy(offer->guid, request->client_guid, sizeof(offer->guid));
	offer->dialects = *dialects;
}

static struct number_list
context_list(struct arena *arena, const struct smb2_contexts *contexts, struct cursor list)
{
	return contexts->is_known && contexts->present ? smb_number_list(arena, list)
						       : (struct number_list){0};
}

static void
fill_request(struct smb_connection *connection, struct smb_negotiate *negotiate,
    const struct smb2_negotiate_request *request)
{
	const struct smb2_contexts *contexts = &request->contexts;
	struct arena *arena = connection->context.arena;

	negotiate->dialects = smb_number_list(arena, request->dialects);
	negotiate->security_mode = known(request->security_mode);
	negotiate->capabilities = known(request->capabilities);
	negotiate->client_guid = smb_guid_text(arena, request->client_guid);
	negotiate->has_preauth_context =
	    context_claim(contexts, SMB2_PREAUTH_INTEGRITY_CAPABILITIES);
	negotiate->has_encryption_context = context_claim(contexts, SMB2_ENCRYPTION_CAPABILITIES);
	negotiate->has_signing_context = context_claim(contexts, SMB2_SIGNING_CAPABILITIES);
	negotiate->client_can_encrypt = can_encrypt(request);
	negotiate->hashes = context_list(arena, contexts, contexts->hashes);
	negotiate->ciphers = context_list(arena, contexts, contexts->ciphers);
	negotiate->signings = context_list(arena, contexts, contexts->signings);
	negotiate->compressions = context_list(arena, contexts, contexts->compressions);
	if (cur_left(&contexts->netname) != 0)
		negotiate->netname = smb_text(arena, contexts->netname);
}

void
smb_negotiate_request(struct smb_connection *connection, const struct message *message,
    const struct smb2_header *header, struct cursor command)
{
	struct smb_negotiate *negotiate =
	    smb_negotiate_begin(connection, message, SMB_PROTOCOL_SMB2, header->message_id);
	union smb2_body body;

	connection->offer.is_known = false;
	connection->client_can_encrypt = (struct number){0};
	if (!smb2_decode_body(header, command, &body))
		return;
	fill_request(connection, negotiate, &body.negotiate_request);
	remember_offer(connection, &body.negotiate_request, &negotiate->dialects);
	connection->client_can_encrypt = negotiate->client_can_encrypt;
}

static struct number
first_number(struct cursor list)
{
	uint16_t number = cur_le16(&list);

	return cur_ok(&list) ? known(number) : (struct number){0};
}

void
smb_take_hint(
    struct smb_connection *connection, struct smb_negotiate *negotiate, struct cursor token)
{
	struct spnego_token hint;

	if (!spnego_decode(token, connection->context.arena, &hint))
		return;
	negotiate->server_mechanism = hint.mechanism;
	negotiate->server_mechanisms = hint.offered;
	negotiate->hint_name = hint.hint_name;
}

static void
fill_response(struct smb_connection *connection, struct smb_negotiate *negotiate,
    const struct smb2_negotiate_response *response)
{
	negotiate->dialect = known(response->dialect);
	negotiate->server_security_mode = known(response->security_mode);
	negotiate->server_capabilities = known(response->capabilities);
	negotiate->server_guid = smb_guid_text(connection->context.arena, response->server_guid);
	negotiate->cipher = first_number(response->contexts.ciphers);
	negotiate->signing = first_number(response->contexts.signings);
	negotiate->max_transact_size = known(response->max_transact_size);
	negotiate->max_read_size = known(response->max_read_size);
	negotiate->max_write_size = known(response->max_write_size);
	smb_take_hint(connection, negotiate, response->token);
}

static void
remember_choice(struct smb_connection *connection, const struct smb2_negotiate_response *response)
{
	struct smb_choice *choice = &connection->choice;
	const struct name_row *dialect = names_find(&smb2_dialect_names, response->dialect);

	choice->is_known = true;
	choice->security_mode = response->security_mode;
	choice->dialect = response->dialect;
	choice->capabilities = response->capabilities;
	memcpy(choice->guid, response->server_guid, sizeof(choice->guid));
	choice->cipher = first_number(response->contexts.ciphers);
	choice->signing = first_number(response->contexts.signings);
	connection->context.conversation->has_server_guid = true;
	memcpy(connection->context.conversation->server_guid, response->server_guid,
	    sizeof(response->server_guid));
	if (response->dialect == SMB2_DIALECT_WILDCARD)
		return;
	connection->dialect = known(response->dialect);
	if (dialect != NULL)
		connection->context.conversation->dialect = dialect->name;
	smb_reach(connection, STEP_NEGOTIATED);
}

void
smb_negotiate_response(struct smb_connection *connection, const struct message *message,
    const struct smb2_header *header, struct cursor command)
{
	struct smb_negotiate *negotiate = smb_negotiate_answer(
	    connection, message, SMB_PROTOCOL_SMB2, header->message_id, known(header->status));
	const struct smb2_negotiate_response *response;
	union smb2_body body;

	if (header->status != STATUS_SUCCESS || !smb2_decode_body(header, command, &body))
		return;
	response = &body.negotiate_response;
	fill_response(connection, negotiate, response);
	remember_choice(connection, response);
	/* Answered at once with 2.0.2, the SMB1 request was all that the client ever offered. */
	if (negotiate->is_multi_protocol && response->dialect != SMB2_DIALECT_WILDCARD)
		connection->client_can_encrypt = negotiate->client_can_encrypt = known(false);
}

const char *
smb_guid_text(struct arena *arena, const uint8_t guid[16])
{
	/* Three numbers, little-endian, then eight bytes (MS-DTYP 2.3.4.2). */
	static const uint8_t order[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
	static const char digits[] = "0123456789abcdef";
	char text[36], *at = text;

	for (size_t i = 0; i < sizeof(order); i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*at++ = '-';
		*at++ = digits[guid[order[i]] >> 4];
		*at++ = digits[guid[order[i]] & 0x0f];
	}
	return arena_text(arena, text, (size_t)(at - text));
}

struct number_list
smb_number_list(struct arena *arena, struct cursor list)
{
	size_t count = cur_left(&list) / 2;
	uint32_t *values;

	if (!cur_ok(&list))
		return (struct number_list){0};
	values = ARENA_ARRAY(arena, uint32_t, count);
	for (size_t i = 0; i < count; i++)
		values[i] = cur_le16(&list);
	return (struct number_list){values, (uint16_t)count, true};
}

const char *
smb_text(struct arena *arena, struct cursor chars)
{
	size_t length = cur_left(&chars);

	if (!cur_ok(&chars))
		return NULL;
	return text_from_utf16le(arena, cur_bytes(&chars, length), length);
}

void
smb_split_path(struct arena *arena, const char *path, const char **ret_host, const char **ret_share)
{
	size_t length;

	path += strspn(path, "\\");
	length = strcspn(path, "\\");
	if (length == 0)
		return;
	if (path[length] == '\0') {
		*ret_share = arena_text(arena, path, length);
		return;
	}
	*ret_host = arena_text(arena, path, length);
	path += length + 1;
	*ret_share = arena_text(arena, path, strcspn(path, "\\"));
}

void
smb_classify_share(const char *share, struct number *ret_is_ipc, struct number *ret_is_admin)
{
	bool is_ipc, is_hidden;

	if (share == NULL)
		return;
	is_ipc = text_equal_nocase(share, "IPC$");
	is_hidden = share[0] != '\0' && share[strlen(share) - 1] == '$';
	*ret_is_ipc = known(is_ipc);
	*ret_is_admin = known(is_hidden && !is_ipc);
}
