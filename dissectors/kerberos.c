#include "dissectors/kerberos.h"

#include <stddef.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "analyzer/base/table.h"
#include "dissectors/kerberos_wire.h"
#include "dissectors/krb_error.h"
#include "dissectors/nt_status.h"

#define PORT_KERBEROS 88 /* RFC 4120 7.2.1 */

#define RECORD_MARK_SIZE 4 /* RFC 4120 7.2.2: the length, whose highest bit is reserved */

/* What MIT's KDC accepts over TCP; tickets of Windows end at 64 KiB (MaxTokenSize). */
#define MOST_MESSAGE (1u << 20)

/* An identifier octet and a length of up to five: enough to check an outer element's length. */
#define OUTER_HEAD_SIZE 6

/* An answer, or a request sent again, is compared with so many outstanding requests, the newest;
 * a client has one or two. Older ones stay unanswered. */
#define WINDOW 64

#define AT(member) .offset = offsetof(struct kerberos_exchange, member)

static const struct field fields[] = {
    {"krb_error", FIELD_NUMBER, NOTATION_NUMBERED, .refusal = REFUSAL_ALWAYS,
	.names = &kerberos_error_names, .filter = "kerberos.error_code",
	.sentence = "error code of the KDC's KRB-ERROR", AT(krb_error)},
    {"is_success", FIELD_BOOL, .names = &bool_names, .sentence = "whether a ticket was issued",
	AT(is_success)},
    {"krb_error_text", FIELD_TEXT, .filter = "kerberos.e_text",
	.sentence = "the KDC's own words in the error", AT(krb_error_text)},
    {"krb_nt_status", FIELD_NUMBER, NOTATION_CODE, .names = &nt_status_names,
	.filter = "kerberos.smb.nt_status",
	.sentence = "status that a Windows KDC adds to its error", AT(krb_nt_status)},
    {"realm", FIELD_TEXT, .filter = "kerberos.realm", .sentence = "realm of the service asked for",
	AT(realm)},
    {"error_realm", FIELD_TEXT, .filter = "kerberos.realm", .sentence = "realm named in the error",
	AT(error_realm)},
    {"client_name", FIELD_TEXT, .filter = "kerberos.CNameString",
	.sentence = "principal of the client, without its realm", AT(client_name)},
    {"service", FIELD_TEXT,
	.sentence = "principal of the service asked for, such as cifs/fs1.lab.example",
	AT(service)},
    {"service_class", FIELD_TEXT, .filter = "kerberos.SNameString",
	.sentence = "first part of the service's principal, such as cifs", AT(service_class)},
    {"service_host", FIELD_TEXT, .filter = "kerberos.SNameString",
	.sentence = "second part of the service's principal, a host or a realm", AT(service_host)},
    {"service_canonical", FIELD_TEXT, .filter = "dns.cname", .is_late = true,
	.sentence = "name that service_host is an alias of, by the DNS answers in the capture",
	AT(service_canonical)},
    {"canonical_frame", FIELD_U64, NOTATION_FRAME, .filter = "frame.number", .is_late = true,
	.sentence = "frame of the DNS answer that says so", AT(canonical_frame)},
    {"service_address", FIELD_ADDR, .filter = "dns.a", .is_late = true,
	.sentence = "first address of service_host, by the DNS answers in the capture",
	AT(service_address)},
    {"etypes", FIELD_LIST, NOTATION_NAME, .names = &kerberos_etype_names,
	.filter = "kerberos.etype",
	.sentence = "encryption types that the client offers, most wanted first", AT(etypes)},
    {"offered_etypes", FIELD_LIST, NOTATION_NAME, .names = &kerberos_etype_names,
	.filter = "kerberos.etype",
	.sentence = "encryption types of the client's keys, as the KDC lists them",
	AT(offered_etypes)},
    {"reply_etype", FIELD_NUMBER, NOTATION_NAME, .names = &kerberos_etype_names,
	.filter = "kerberos.etype", .sentence = "encryption type of the reply", AT(reply_etype)},
    {"ticket_etype", FIELD_NUMBER, NOTATION_NAME, .names = &kerberos_etype_names,
	.filter = "kerberos.etype",
	.sentence = "encryption type of the ticket, from the service's keys", AT(ticket_etype)},
    {"ticket_kvno", FIELD_NUMBER, .filter = "kerberos.kvno",
	.sentence = "version of the service's key that the ticket is encrypted with",
	AT(ticket_kvno)},
    {"kdc_options", FIELD_NUMBER, NOTATION_FLAGS, .names = &kerberos_kdc_option_names,
	.filter = "kerberos.kdc_options", .sentence = "what the client wants of the ticket",
	AT(kdc_options)},
    {"is_user_to_user", FIELD_NUMBER, NOTATION_NAME, .names = &bool_names,
	.filter = "kerberos.KDCOptions.enc.tkt.in.skey",
	.sentence = "whether the ticket is to be for the key of another user's ticket",
	AT(is_user_to_user)},
    {"is_canonical", FIELD_NUMBER, NOTATION_NAME, .names = &bool_names,
	.filter = "kerberos.KDCOptions.canonicalize",
	.sentence = "whether the client lets the KDC change names and refer it to another realm",
	AT(is_canonical)},
    {"padata", FIELD_LIST, NOTATION_NAME, .names = &kerberos_padata_names,
	.filter = "kerberos.padata_type", .sentence = "pre-authentication data in the request",
	AT(padata)},
    {"has_preauth", FIELD_BOOL, .names = &bool_names,
	.sentence = "whether the request proves who the client is", AT(has_preauth)},
    {"is_fast", FIELD_BOOL, .names = &bool_names,
	.sentence = "whether the request is armoured, which hides parts of it", AT(is_fast)},
    {"skew", FIELD_DURATION,
	.sentence = "of KRB_AP_ERR_SKEW: how far the KDC's clock is from the client's, or from the "
		    "capture's when the error does not hold the client's time",
	AT(skew)},
    {"is_kdc_ahead", FIELD_BOOL, .names = &bool_names,
	.sentence = "whether the KDC's clock is the later one of the two in skew",
	AT(is_kdc_ahead)},
    {"kdc_time", FIELD_TEXT, .filter = "kerberos.stime",
	.sentence = "of KRB_AP_ERR_SKEW: the KDC's time in the error", AT(kdc_time)},
};

const struct exchange_type kerberos_as_type = {
    "kerberos_as",
    "a client asks a KDC for its first ticket, usually a ticket-granting ticket",
    sizeof(struct kerberos_exchange),
    fields,
    COUNT(fields),
    "AS-REQ[ {client_name}][ for {service}]",
    "[{is_success}AS-REP][KRB-ERROR {krb_error}]",
    NULL,
};

const struct exchange_type kerberos_tgs_type = {
    "kerberos_tgs",
    "a client asks a KDC for a ticket for a service",
    sizeof(struct kerberos_exchange),
    fields,
    COUNT(fields),
    "TGS-REQ[ for {service}]",
    "[{is_success}TGS-REP][KRB-ERROR {krb_error}]",
    NULL,
};

static const struct message_row {
	enum kerberos_msg_type type;
	const struct exchange_type *exchange; /* NULL: of either */
	bool is_request;
	enum probe_verdict verdict;
} message_rows[] = {
    {KRB_AS_REQ, &kerberos_as_type, true, PROBE_YES_FROM_CLIENT},
    {KRB_AS_REP, &kerberos_as_type, false, PROBE_YES_FROM_SERVER},
    {KRB_TGS_REQ, &kerberos_tgs_type, true, PROBE_YES_FROM_CLIENT},
    {KRB_TGS_REP, &kerberos_tgs_type, false, PROBE_YES_FROM_SERVER},
    {KRB_ERROR, NULL, false, PROBE_YES_FROM_SERVER},
};

static const struct message_row *
row_of(enum kerberos_msg_type type)
{
	for (size_t i = 0; i < COUNT(message_rows); i++)
		if (message_rows[i].type == type)
			return &message_rows[i];
	return NULL;
}

/* A request without an answer. */
struct outstanding {
	struct kerberos_exchange *exchange;
	uint64_t hash; /* its fingerprint() */
};

/* One conversation. message() fills the outstanding requests, answers and end() empty them; each
 * costs less than its exchange, which is kept anyway. */
struct kerberos {
	struct dissector_context context;
	struct outstanding *outstanding; /* oldest first */
	size_t count, capacity;
	struct kerberos_exchange *newest; /* request */
	struct outstanding answered;      /* the last one that got an answer */
	uint64_t answer_hash;             /* that answer's */
	unsigned spare_answers; /* how often a request came again: as many answers may do so */
	struct arena scratch;   /* for the message at hand */
};

static void *
open_conversation(const struct dissector_context *context)
{
	struct kerberos *kerberos = mem_alloc(1, sizeof(*kerberos));

	kerberos->context = *context;
	context->conversation->protocol = "kerberos";
	return kerberos;
}

static void
close_conversation(void *state)
{
	struct kerberos *kerberos = state;

	arena_free(&kerberos->scratch);
	mem_free(kerberos->outstanding);
	mem_free(kerberos);
}

static bool
is_datagram(const struct kerberos *kerberos)
{
	return kerberos->context.conversation->transport == TRANSPORT_UDP;
}

/* A message's text and list, kept for the run. */
static const char *
keep(struct arena *arena, const char *text)
{
	return text ? arena_text(arena, text, strlen(text)) : NULL;
}

static struct number_list
keep_list(struct arena *arena, struct number_list list)
{
	if (list.is_known)
		list.values = arena_copy(arena, list.values, list.count * sizeof(*list.values));
	return list;
}

/* The part of NAME after its INDEXth '/', up to the next one; NULL when there is none. The last
 * part is borrowed from NAME. */
static const char *
part_of(struct arena *arena, const char *name, unsigned index)
{
	const char *end;

	while (name && index-- > 0) {
		name = strchr(name, '/');
		name = name ? name + 1 : NULL;
	}
	end = name ? strchr(name, '/') : NULL;
	return end ? arena_text(arena, name, (size_t)(end - name)) : name;
}

static void
set_service(struct kerberos_exchange *exchange, struct arena *arena, const char *service)
{
	exchange->service = keep(arena, service);
	exchange->service_class = part_of(arena, exchange->service, 0);
	exchange->service_host = part_of(arena, exchange->service, 1);
}

/* Whether the client's request shows that it knows its key or holds a certificate. */
static bool
proves_client(const struct number_list *padata)
{
	static const uint32_t proofs[] = {
	    PA_ENC_TIMESTAMP, PA_PK_AS_REQ_OLD, PA_PK_AS_REQ, PA_FX_FAST, PA_SPAKE};

	for (size_t i = 0; i < COUNT(proofs); i++)
		if (kerberos_list_has(padata, proofs[i]))
			return true;
	return false;
}

/* A KDC may hide the client's name inside the armour (RFC 6113 5.4.2); the reply then shows the
 * anonymous principal of RFC 8062 3. */
static const char *
shown_client(const struct kerberos_message *message)
{
	bool is_hidden = message->client && strcmp(message->client, "WELLKNOWN/ANONYMOUS") == 0;

	return is_hidden ? NULL : message->client;
}

static void
fill_options(struct kerberos_exchange *exchange, const struct number *options)
{
	exchange->kdc_options = *options;
	if (!options->is_known)
		return;
	exchange->is_user_to_user = known((options->value & KDC_OPTION_ENC_TKT_IN_SKEY) != 0);
	exchange->is_canonical = known((options->value & KDC_OPTION_CANONICALIZE) != 0);
}

static void
fill_from_request(
    struct kerberos_exchange *exchange, struct arena *arena, const struct kerberos_message *request)
{
	exchange->realm = keep(arena, request->realm);
	exchange->client_name = keep(arena, shown_client(request));
	set_service(exchange, arena, request->service);
	fill_options(exchange, &request->kdc_options);
	exchange->etypes = keep_list(arena, request->etypes);
	exchange->padata = keep_list(arena, request->padata);
	exchange->is_fast = kerberos_list_has(&request->padata, PA_FX_FAST);
	exchange->has_preauth = proves_client(&request->padata);
}

static void
fill_skew(struct kerberos_exchange *exchange, struct arena *arena,
    const struct kerberos_message *answer, int64_t capture_time)
{
	struct text text = {0};
	bool is_ahead;

	if (!answer->error.is_known || answer->error.value != KRB_AP_ERR_SKEW ||
	    answer->server_time <= 0 || answer->server_time == INT64_MAX)
		return;
	text_add_time(&text, answer->server_time);
	exchange->kdc_time = arena_text(arena, text_chars(&text), text.length);
	text_free(&text);
	exchange->skew = kerberos_skew(answer, capture_time, &is_ahead);
	exchange->is_kdc_ahead = exchange->skew >= 0 && is_ahead;
}

static void
fill_from_answer(struct kerberos_exchange *exchange, struct arena *arena,
    const struct kerberos_message *answer, const struct message *message)
{
	bool is_error = answer->type == KRB_ERROR;

	exchange->is_success = !is_error;
	exchange->krb_error = answer->error;
	exchange->krb_error_text = keep(arena, answer->error_text);
	exchange->error_realm = is_error ? keep(arena, answer->realm) : NULL;
	exchange->krb_nt_status = answer->nt_status;
	exchange->offered_etypes = keep_list(arena, answer->offered_etypes);
	exchange->reply_etype = answer->reply_etype;
	exchange->ticket_etype = answer->ticket_etype;
	exchange->ticket_kvno = answer->ticket_kvno;
	if (!exchange->client_name)
		exchange->client_name = keep(arena, shown_client(answer));
	if (!exchange->realm)
		exchange->realm = keep(arena, answer->realm);
	if (!exchange->service)
		set_service(exchange, arena, answer->service);
	fill_skew(exchange, arena, answer, message->time);
	/* A cut message that still shows how the request ended leaves no doubt. */
	if (exchange->exchange.doubt == DOUBT_CUT_BY_SNAPLEN &&
	    (!is_error || answer->error.is_known))
		exchange->exchange.doubt = DOUBT_NONE;
}

/* The index of the oldest request that is still looked for. */
static size_t
window_start(const struct kerberos *kerberos)
{
	return kerberos->count > WINDOW ? kerberos->count - WINDOW : 0;
}

static void
take_out(struct kerberos *kerberos, struct outstanding *item)
{
	struct outstanding *end = kerberos->outstanding + kerberos->count;

	kerberos->answered = *item;
	memmove(item, item + 1, (size_t)(end - item - 1) * sizeof(*item));
	kerberos->count--;
}

/* What tells that a message is sent again, as over TCP none is. */
static uint64_t
fingerprint(const struct kerberos *kerberos, const struct message *message)
{
	return is_datagram(kerberos) ? hash_bytes(message->bytes, message->captured) : 0;
}

/* The exchange whose request has these bytes too; NULL when it is new. What the capture cuts may
 * differ behind the cut, so a cut one counts as sent again only while no answer came. */
static struct kerberos_exchange *
find_sent_before(struct kerberos *kerberos, uint64_t hash, bool is_cut)
{
	if (!is_datagram(kerberos))
		return NULL;
	for (size_t i = window_start(kerberos); i < kerberos->count; i++)
		if (kerberos->outstanding[i].hash == hash)
			return kerberos->outstanding[i].exchange;
	if (!is_cut && kerberos->answered.exchange && kerberos->answered.hash == hash)
		return kerberos->answered.exchange;
	return NULL;
}

static void
begin(struct kerberos *kerberos, const struct message *message,
    const struct kerberos_message *decoded, const struct exchange_type *type)
{
	struct arena *arena = kerberos->context.arena;
	uint64_t hash = fingerprint(kerberos, message);
	struct kerberos_exchange *exchange = find_sent_before(kerberos, hash, message->is_cut);

	if (exchange) {
		exchange->exchange.retransmissions++;
		kerberos->spare_answers++;
		return;
	}
	exchange = exchange_begin(arena, type, kerberos->context.conversation, message);
	exchange->skew = -1;
	fill_from_request(exchange, arena, decoded);
	/* That of a TGS request comes from the ticket shown, and hides nothing that matters here.
	 */
	kerberos->context.conversation->is_armoured |=
	    exchange->is_fast && type == &kerberos_as_type;
	exchange->exchange.is_last = true;
	if (kerberos->newest)
		kerberos->newest->exchange.is_last = false;
	kerberos->newest = exchange;
	kerberos->outstanding = mem_grow(kerberos->outstanding, kerberos->count,
	    &kerberos->capacity, sizeof(*kerberos->outstanding));
	kerberos->outstanding[kerberos->count++] = (struct outstanding){exchange, hash};
}

static bool
is_same_service(const struct kerberos_exchange *exchange, const struct kerberos_message *answer)
{
	return exchange->service && answer->service &&
	       text_equal_nocase(exchange->service, answer->service);
}

/*
 * The request that ANSWER is for. Over TCP the oldest of its kind, as a KDC answers in order.
 * Datagrams may change places and the nonce of a reply is encrypted (RFC 4120 5.4.2), so there the
 * oldest that asked for the same service, and else, because of referrals and aliases, the oldest.
 */
static struct outstanding *
find_request(struct kerberos *kerberos, const struct kerberos_message *answer,
    const struct exchange_type *type)
{
	struct outstanding *oldest = NULL;

	for (size_t i = window_start(kerberos); i < kerberos->count; i++) {
		struct outstanding *at = &kerberos->outstanding[i];

		if (type && at->exchange->exchange.type != type)
			continue;
		if (!is_datagram(kerberos) || is_same_service(at->exchange, answer))
			return at;
		if (!oldest)
			oldest = at;
	}
	return oldest;
}

/*
 * The exchange that an error without a captured request belongs to: tickets for the KDC itself and
 * for changing a password are asked for in an AS exchange (RFC 4120 3.1, RFC 3244 2).
 */
static const struct exchange_type *
guess_type(const struct kerberos_message *answer)
{
	static const char *const initial[] = {"krbtgt/", "kadmin/"};

	for (size_t i = 0; i < COUNT(initial); i++)
		if (answer->service &&
		    strncmp(answer->service, initial[i], strlen(initial[i])) == 0)
			return &kerberos_as_type;
	return &kerberos_tgs_type;
}

/* An answer that nobody in the capture asked for: a second one to a request that was sent twice,
 * or one whose request is missing. */
static void
keep_lone_answer(struct kerberos *kerberos, const struct message *message,
    const struct kerberos_message *answer, const struct exchange_type *type)
{
	struct arena *arena = kerberos->context.arena;
	struct kerberos_exchange *exchange;
	enum doubt doubt = kerberos->newest ? DOUBT_PACKETS_MISSING : DOUBT_BEGAN_BEFORE_CAPTURE;

	if (kerberos->spare_answers > 0) {
		kerberos->spare_answers--;
		return;
	}
	exchange = exchange_begin_with_answer(arena, type ? type : guess_type(answer),
	    kerberos->context.conversation, message, doubt);
	exchange->skew = -1;
	fill_from_answer(exchange, arena, answer, message);
	ledger_add(kerberos->context.ledger, &exchange->exchange);
}

static void
answer(struct kerberos *kerberos, const struct message *message,
    const struct kerberos_message *decoded, const struct exchange_type *type)
{
	struct outstanding *request = find_request(kerberos, decoded, type);
	uint64_t hash = fingerprint(kerberos, message);
	struct kerberos_exchange *exchange;

	if (is_datagram(kerberos) && kerberos->spare_answers > 0 && kerberos->answered.exchange &&
	    hash == kerberos->answer_hash) {
		kerberos->spare_answers--; /* the same answer again, for the request sent again */
		return;
	}
	if (!request) {
		keep_lone_answer(kerberos, message, decoded, type);
		return;
	}
	exchange = request->exchange;
	take_out(kerberos, request);
	kerberos->answer_hash = hash;
	exchange_answer(&exchange->exchange, message);
	fill_from_answer(exchange, kerberos->context.arena, decoded, message);
	ledger_add(kerberos->context.ledger, &exchange->exchange);
}

/* MESSAGE without its record mark. */
static void
datagram(void *state, const struct message *message)
{
	struct kerberos *kerberos = state;
	struct kerberos_message decoded;
	const struct message_row *row;

	(void)kerberos_decode(
	    message->bytes, message->captured, message->length, &kerberos->scratch, &decoded);
	row = row_of(decoded.type);
	if (row && row->is_request)
		begin(kerberos, message, &decoded, row->exchange);
	else if (row)
		answer(kerberos, message, &decoded, row->exchange);
	arena_clear(&kerberos->scratch);
}

static void
record(void *state, const struct message *message)
{
	struct message inner;

	if (message_behind(message, RECORD_MARK_SIZE, &inner))
		datagram(state, &inner);
}

static void
end(void *state, const struct ending *ending)
{
	struct kerberos *kerberos = state;

	for (size_t i = 0; i < kerberos->count; i++) {
		struct exchange *exchange = &kerberos->outstanding[i].exchange->exchange;

		exchange_end(exchange, ending);
		ledger_add(kerberos->context.ledger, exchange);
	}
	kerberos->count = 0;
}

static enum probe_verdict
probe_datagram(const uint8_t *bytes, size_t length, size_t wire)
{
	enum kerberos_msg_type type;

	switch (kerberos_head(bytes, length, wire, &type)) {
	case KERBEROS_HEAD_NO:
		return PROBE_NO;
	case KERBEROS_HEAD_UNSURE:
		return PROBE_UNSURE;
	case KERBEROS_HEAD_YES:
		break;
	}
	return row_of(type)->verdict;
}

/* The length of the message that a record mark announces; 0: no record of ours begins so. */
static uint32_t
read_mark(struct cursor *cursor)
{
	uint32_t length = cur_be32(cursor);

	return length >= KERBEROS_HEAD_SIZE && length <= MOST_MESSAGE ? length : 0;
}

static enum probe_verdict
probe_record(const uint8_t *bytes, size_t length, size_t wire)
{
	struct cursor cursor = cur_of(bytes, length);
	uint32_t whole = read_mark(&cursor);
	enum probe_verdict verdict;

	if (!cur_ok(&cursor))
		return PROBE_UNSURE;
	verdict = whole ? probe_datagram(cursor.at, cur_left(&cursor), whole) : PROBE_NO;
	/* More will not come of a cut segment; tag and outer length agree with the mark. */
	if (verdict == PROBE_UNSURE && length < wire && cur_left(&cursor) >= OUTER_HEAD_SIZE)
		return PROBE_YES;
	return verdict;
}

static enum framing
frame(const void *state, const uint8_t *bytes, size_t length, struct frame_head *ret)
{
	struct cursor cursor = cur_of(bytes, length);
	uint32_t whole = read_mark(&cursor);
	enum kerberos_msg_type type;
	enum kerberos_head_verdict verdict;

	(void)state;
	if (!cur_ok(&cursor))
		return FRAMING_MORE;
	if (whole == 0)
		return FRAMING_LOST;
	verdict = kerberos_head(cursor.at, cur_left(&cursor), whole, &type);
	if (verdict == KERBEROS_HEAD_NO)
		return FRAMING_LOST;
	/* Tag and outer length agree with the mark: enough, also where the capture cuts the rest.
	 */
	if (verdict == KERBEROS_HEAD_UNSURE && cur_left(&cursor) < OUTER_HEAD_SIZE)
		return FRAMING_MORE;
	ret->length = RECORD_MARK_SIZE + whole;
	ret->wanted = ret->length < MESSAGE_MOST_WANTED ? ret->length : MESSAGE_MOST_WANTED;
	return FRAMING_FOUND;
}

const struct dissector kerberos_tcp_dissector = {
    .name = "kerberos",
    .transport = TRANSPORT_TCP,
    .probe = probe_record,
    .frame = frame,
    .open = open_conversation,
    .message = record,
    .end = end,
    .close = close_conversation,
};

const struct dissector kerberos_udp_dissector = {
    .name = "kerberos",
    .transport = TRANSPORT_UDP,
    .ports = {PORT_KERBEROS},
    .probe = probe_datagram,
    .open = open_conversation,
    .message = datagram,
    .end = end,
    .close = close_conversation,
};
