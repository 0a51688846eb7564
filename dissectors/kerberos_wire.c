#include "dissectors/kerberos_wire.h"

#include <limits.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/text.h"

#define NS_PER_US 1000

#define PVNO 5 /* RFC 4120 5.4.1 */

/* The five minutes of RFC 4120 3.2.3 and of Windows. */
#define LEAST_SKEW (INT64_C(300) * 1000000000)

/* What a decoder has at hand: where texts go and the message that is being filled. */
struct reader {
	struct arena *arena;
	struct kerberos_message *message;
};

/* One tagged member of a SEQUENCE. Members without a row are passed over. */
struct member {
	uint8_t number; /* its context tag */
	bool is_required;
	void (*read)(struct reader *reader, struct der *value, void *ret);
	size_t offset; /* of what read() fills, in struct kerberos_message */
};

#define TO(name) offsetof(struct kerberos_message, name)

/* Passes over the rows of members before NUMBER; whether one of them is required. */
static bool
pass_over(const struct member **member, const struct member *end, unsigned number)
{
	bool is_required = false;

	for (; *member != end && (*member)->number < number; (*member)++)
		is_required |= (*member)->is_required;
	return is_required;
}

/* A SEQUENCE of context-tagged members, in rising order (X.690 8.9), as their rows are. */
static void
read_members(struct reader *reader, struct der *der, const struct member *members, size_t count)
{
	const struct member *member = members, *end = members + count;
	struct der sequence;
	struct der_element element;
	unsigned least = 0; /* number of the next member */
	bool has_gap = false;

	der_enter(der, DER_SEQUENCE, &sequence);
	while (der_next(&sequence, &element)) {
		unsigned number = element.tag & 0x1f;

		if (element.tag != DER_CONTEXT(number) || number < least)
			der_reject(&sequence);
		least = number + 1;
		has_gap |= pass_over(&member, end, number);
		if (member == end || member->number != number)
			continue;
		member->read(reader, &element.contents, (char *)reader->message + member->offset);
		if (der_more(&element.contents))
			der_reject(&sequence);
		member++;
	}
	if (has_gap || pass_over(&member, end, UINT_MAX))
		der_reject(&sequence);
}

/* Int32 and UInt32 (RFC 4120 5.2.4): negative ones keep their 32 bits of two's complement. */
static bool
read_u32(struct der *der, uint32_t *ret)
{
	int64_t value;

	if (!der_integer(der, &value))
		return false;
	if (value < INT32_MIN || value > UINT32_MAX) {
		der_reject(der);
		return false;
	}
	*ret = (uint32_t)value;
	return true;
}

static void
read_number(struct reader *reader, struct der *value, void *ret)
{
	struct number *number = ret;
	uint32_t u32;

	(void)reader;
	if (read_u32(value, &u32))
		*number = known(u32);
}

/* KerberosFlags ::= BIT STRING (SIZE (32..MAX)) (RFC 4120 5.2.8) */
static void
read_flags(struct reader *reader, struct der *value, void *ret)
{
	struct number *number = ret;
	uint32_t flags;

	(void)reader;
	if (der_bits(value, &flags))
		*number = known(flags);
}

/* cipher [2] OCTET STRING (RFC 4120 5.2.9) */
static void
read_cipher(struct reader *reader, struct der *value, void *ret)
{
	(void)reader;
	(void)der_octets(value, ret);
}

/* KerberosString ::= GeneralString (RFC 4120 5.2.1); in practice UTF-8. */
static void
read_text(struct reader *reader, struct der *value, void *ret)
{
	const char **text = ret;

	*text = der_text(value, reader->arena);
}

/* KerberosTime ::= GeneralizedTime -- with no fractional seconds (RFC 4120 5.2.3) */
static void
read_time(struct reader *reader, struct der *value, void *ret)
{
	int64_t *time = ret;

	(void)reader;
	(void)der_time(value, time);
}

/* Microseconds ::= INTEGER (0..999999) (RFC 4120 5.2.4), added to the time before them. */
static void
read_microseconds(struct reader *reader, struct der *value, void *ret)
{
	int64_t *time = ret;
	int64_t microseconds;

	(void)reader;
	if (!der_integer(value, &microseconds))
		return;
	if (microseconds < 0 || microseconds > 999999)
		der_reject(value);
	else if (*time != 0 && *time != INT64_MAX)
		*time += microseconds * NS_PER_US;
}

/*
 * What is left of STRINGS, with '/' between them; NULL when they are cut. There is room, as each
 * has a tag and a length before it. A NUL ends a string, as it does whatever text_from_utf8()
 * reads.
 */
static const char *
join_strings(struct der *strings, struct arena *arena)
{
	struct cursor string = der_bytes(strings);
	uint8_t *joined = arena_alloc(arena, cur_left(&string));
	size_t length = 0;

	while (der_more(strings) && der_string(strings, &string)) {
		size_t count = strnlen((const char *)string.at, cur_left(&string));

		if (length > 0)
			joined[length++] = '/';
		memcpy(joined + length, string.at, count);
		length += count;
	}
	return *strings->verdict == DER_OK ? text_from_utf8(arena, joined, length) : NULL;
}

/*
 * PrincipalName ::= SEQUENCE {
 *     name-type   [0] Int32,
 *     name-string [1] SEQUENCE OF KerberosString
 * }
 * (RFC 4120 5.2.2)
 */
static void
read_name(struct reader *reader, struct der *value, void *ret)
{
	struct der sequence, type, strings;
	const char **name = ret;
	uint32_t ignored;

	der_enter(value, DER_SEQUENCE, &sequence);
	der_enter(&sequence, DER_CONTEXT(0), &type);
	(void)read_u32(&type, &ignored);
	der_enter(&sequence, DER_CONTEXT(1), &strings);
	der_enter(&strings, DER_SEQUENCE, &strings);
	*name = join_strings(&strings, reader->arena);
}

/* Values gathered before their number is known. */
struct gathered {
	uint32_t values[KERBEROS_MOST_LIST];
	uint16_t count;
};

static void
gather(struct gathered *gathered, uint32_t value)
{
	if (gathered->count < KERBEROS_MOST_LIST)
		gathered->values[gathered->count++] = value;
}

static struct number_list
list_of(const struct gathered *gathered, struct arena *arena)
{
	size_t size = gathered->count * sizeof(gathered->values[0]);

	return (struct number_list){
	    .values = arena_copy(arena, gathered->values, size),
	    .count = gathered->count,
	    .is_known = true,
	};
}

/* etype [8] SEQUENCE OF Int32 -- EncryptionType, in preference order (RFC 4120 5.4.1) */
static void
read_etypes(struct reader *reader, struct der *value, void *ret)
{
	struct gathered gathered;
	struct der list;
	uint32_t etype;

	gathered.count = 0;
	der_enter(value, DER_SEQUENCE, &list);
	while (der_more(&list) && read_u32(&list, &etype))
		gather(&gathered, etype);
	if (*value->verdict == DER_OK)
		*(struct number_list *)ret = list_of(&gathered, reader->arena);
}

/*
 * ETYPE-INFO2 ::= SEQUENCE SIZE (1..MAX) OF ETYPE-INFO2-ENTRY
 * ETYPE-INFO2-ENTRY ::= SEQUENCE {
 *     etype     [0] Int32,
 *     salt      [1] KerberosString OPTIONAL,
 *     s2kparams [2] OCTET STRING OPTIONAL
 * }
 * (RFC 4120 5.2.7.5; ETYPE-INFO of 5.2.7.4 begins alike)
 */
static void
read_etype_info(struct reader *reader, const struct cursor *bytes)
{
	enum der_verdict verdict;
	struct der der = der_of(bytes->at, cur_left(bytes), cur_left(bytes), &verdict);
	struct der list, entry, etype;
	struct gathered gathered;
	uint32_t value;

	gathered.count = 0;
	der_enter(&der, DER_SEQUENCE, &list);
	while (der_more(&list)) {
		der_enter(&list, DER_SEQUENCE, &entry);
		der_enter(&entry, DER_CONTEXT(0), &etype);
		if (read_u32(&etype, &value))
			gather(&gathered, value);
	}
	if (verdict == DER_OK)
		reader->message->offered_etypes = list_of(&gathered, reader->arena);
}

/*
 * typedef struct { ULONG status; ULONG reserved; ULONG flags; } KERB_EXT_ERROR;
 * ([MS-KILE] 2.2.1) A real PA-PW-SALT has the same type and may have the same length, but no
 * salt's fourth byte looks like the severity of an error ([MS-ERREF] 2.3).
 */
static void
read_ext_error(struct reader *reader, const struct cursor *bytes)
{
	struct cursor cursor = *bytes;
	uint32_t status = cur_le32(&cursor);

	cur_skip(&cursor, 8);
	if (cur_ok(&cursor) && cur_left(&cursor) == 0 && status >> 30 == 3)
		reader->message->nt_status = known(status);
}

/* Values of typed data that we read. Their own faults leave the message as it is. */
static const struct typed_value {
	uint32_t type;
	void (*read)(struct reader *reader, const struct cursor *bytes);
} typed_values[] = {
    {PA_PW_SALT, read_ext_error}, /* KERB_ERR_TYPE_EXTENDED ([MS-KILE] 2.2.2) */
    {PA_ETYPE_INFO, read_etype_info},
    {PA_ETYPE_INFO2, read_etype_info},
    {PA_EXTENDED_ERROR, read_ext_error},
};

static void
read_typed_value(struct reader *reader, uint32_t type, const struct cursor *bytes)
{
	for (size_t i = 0; i < COUNT(typed_values); i++)
		if (typed_values[i].type == type)
			typed_values[i].read(reader, bytes);
}

/*
 * PA-DATA ::= SEQUENCE {
 *     padata-type  [1] Int32,
 *     padata-value [2] OCTET STRING
 * }
 * TYPED-DATA ::= SEQUENCE SIZE (1..MAX) OF SEQUENCE {
 *     data-type  [0] Int32,
 *     data-value [1] OCTET STRING OPTIONAL
 * }
 * (RFC 4120 5.2.7, 5.9.1; KERB-ERROR-DATA of [MS-KILE] 2.2.2 has PA-DATA's form)
 */
static void
read_typed(struct reader *reader, struct der *sequence, struct gathered *ret_types)
{
	struct der type, value;
	struct cursor bytes = cur_none();
	bool is_typed_data = der_enter_optional(sequence, DER_CONTEXT(0), &type);
	uint32_t number;

	if (!is_typed_data)
		der_enter(sequence, DER_CONTEXT(1), &type);
	if (!read_u32(&type, &number))
		return;
	gather(ret_types, number);
	if (!der_enter_optional(sequence, is_typed_data ? DER_CONTEXT(1) : DER_CONTEXT(2), &value))
		return;
	if (der_octets(&value, &bytes))
		read_typed_value(reader, number, &bytes);
}

/* padata SEQUENCE OF PA-DATA; METHOD-DATA is the same (RFC 4120 5.4.1, 5.9.1). */
static void
read_padata(struct reader *reader, struct der *value, void *ret)
{
	struct gathered gathered;
	struct der list, entry;

	gathered.count = 0;
	der_enter(value, DER_SEQUENCE, &list);
	while (der_more(&list)) {
		der_enter(&list, DER_SEQUENCE, &entry);
		read_typed(reader, &entry, &gathered);
	}
	if (*value->verdict == DER_OK)
		*(struct number_list *)ret = list_of(&gathered, reader->arena);
}

/*
 * e-data [12] OCTET STRING OPTIONAL
 *     -- METHOD-DATA, TYPED-DATA, or one KERB-ERROR-DATA as Windows writes it
 * (RFC 4120 5.9.1, [MS-KILE] 2.2.2) Its contents depend on the error and on the peer, so what we
 * cannot read in it is no fault of the message.
 */
static void
read_error_data(struct reader *reader, struct der *value, void *ret)
{
	struct gathered gathered;
	struct cursor bytes;
	enum der_verdict verdict;
	struct der der, whole, list;

	if (!der_octets(value, &bytes))
		return;
	der = der_of(bytes.at, cur_left(&bytes), cur_left(&bytes), &verdict);
	list = der;
	gathered.count = 0;
	der_enter(&der, DER_SEQUENCE, &whole);
	if (der_tag(&whole) == DER_SEQUENCE)
		read_padata(reader, &list, ret);
	else
		read_typed(reader, &whole, &gathered);
}

/* EncryptedData ::= SEQUENCE { etype [0] Int32, kvno [1] UInt32 OPTIONAL, cipher [2] OCTET STRING }
 * (RFC 4120 5.2.9) */
static const struct member reply_encrypted_members[] = {
    {0, true, read_number, TO(reply_etype)},
    {2, true, read_cipher, TO(reply_cipher)},
};

static const struct member ticket_encrypted_members[] = {
    {0, true, read_number, TO(ticket_etype)},
    {1, false, read_number, TO(ticket_kvno)},
    {2, true, read_cipher, TO(ticket_cipher)},
};

static const struct member authenticator_encrypted_members[] = {
    {2, true, read_cipher, TO(authenticator_cipher)},
};

static void
read_reply_encrypted(struct reader *reader, struct der *value, void *ret)
{
	(void)ret;
	read_members(reader, value, reply_encrypted_members, COUNT(reply_encrypted_members));
}

static void
read_ticket_encrypted(struct reader *reader, struct der *value, void *ret)
{
	(void)ret;
	read_members(reader, value, ticket_encrypted_members, COUNT(ticket_encrypted_members));
}

static void
read_authenticator_encrypted(struct reader *reader, struct der *value, void *ret)
{
	(void)ret;
	read_members(
	    reader, value, authenticator_encrypted_members, COUNT(authenticator_encrypted_members));
}

/*
 * Ticket ::= [APPLICATION 1] SEQUENCE {
 *     tkt-vno  [0] INTEGER (5),
 *     realm    [1] Realm,
 *     sname    [2] PrincipalName,
 *     enc-part [3] EncryptedData -- EncTicketPart
 * }
 * (RFC 4120 5.3)
 */
static const struct member ticket_members[] = {
    {1, true, read_text, TO(realm)},
    {2, true, read_name, TO(service)},
    {3, true, read_ticket_encrypted, 0},
};

static void
read_ticket(struct reader *reader, struct der *value, void *ret)
{
	struct der ticket;

	(void)ret;
	der_enter(value, DER_APPLICATION(1), &ticket);
	read_members(reader, &ticket, ticket_members, COUNT(ticket_members));
}

/*
 * KDC-REQ-BODY ::= SEQUENCE {
 *     kdc-options            [0] KDCOptions,
 *     cname                  [1] PrincipalName OPTIONAL -- Used only in AS-REQ --,
 *     realm                  [2] Realm -- Server's realm; also client's in AS-REQ --,
 *     sname                  [3] PrincipalName OPTIONAL,
 *     from                   [4] KerberosTime OPTIONAL,
 *     till                   [5] KerberosTime,
 *     rtime                  [6] KerberosTime OPTIONAL,
 *     nonce                  [7] UInt32,
 *     etype                  [8] SEQUENCE OF Int32,
 *     addresses              [9] HostAddresses OPTIONAL,
 *     enc-authorization-data [10] EncryptedData OPTIONAL,
 *     additional-tickets     [11] SEQUENCE OF Ticket OPTIONAL
 * }
 * (RFC 4120 5.4.1)
 */
static const struct member body_members[] = {
    {0, true, read_flags, TO(kdc_options)},
    {1, false, read_name, TO(client)},
    {2, true, read_text, TO(realm)},
    {3, false, read_name, TO(service)},
    {7, true, read_number, TO(nonce)},
    {8, true, read_etypes, TO(etypes)},
};

static void
read_body(struct reader *reader, struct der *value, void *ret)
{
	(void)ret;
	read_members(reader, value, body_members, COUNT(body_members));
}

/*
 * KDC-REQ ::= SEQUENCE {
 *     -- NOTE: first tag is [1], not [0]
 *     pvno     [1] INTEGER (5),
 *     msg-type [2] INTEGER (10 -- AS -- | 12 -- TGS --),
 *     padata   [3] SEQUENCE OF PA-DATA OPTIONAL,
 *     req-body [4] KDC-REQ-BODY
 * }
 * (RFC 4120 5.4.1)
 */
static const struct member request_members[] = {
    {1, true, read_number, TO(pvno)},
    {2, true, read_number, TO(msg_type)},
    {3, false, read_padata, TO(padata)},
    {4, true, read_body, 0},
};

/*
 * KDC-REP ::= SEQUENCE {
 *     pvno     [0] INTEGER (5),
 *     msg-type [1] INTEGER (11 -- AS -- | 13 -- TGS --),
 *     padata   [2] SEQUENCE OF PA-DATA OPTIONAL,
 *     crealm   [3] Realm,
 *     cname    [4] PrincipalName,
 *     ticket   [5] Ticket,
 *     enc-part [6] EncryptedData -- EncASRepPart or EncTGSRepPart
 * }
 * (RFC 4120 5.4.2)
 */
static const struct member reply_members[] = {
    {0, true, read_number, TO(pvno)},
    {1, true, read_number, TO(msg_type)},
    {2, false, read_padata, TO(padata)},
    {3, true, read_text, TO(client_realm)},
    {4, true, read_name, TO(client)},
    {5, true, read_ticket, 0},
    {6, true, read_reply_encrypted, 0},
};

/*
 * AP-REQ ::= [APPLICATION 14] SEQUENCE {
 *     pvno          [0] INTEGER (5),
 *     msg-type      [1] INTEGER (14),
 *     ap-options    [2] APOptions,
 *     ticket        [3] Ticket,
 *     authenticator [4] EncryptedData -- Authenticator
 * }
 * (RFC 4120 5.5.1)
 */
static const struct member ap_request_members[] = {
    {0, true, read_number, TO(pvno)},
    {1, true, read_number, TO(msg_type)},
    {2, true, read_flags, TO(ap_options)},
    {3, true, read_ticket, 0},
    {4, true, read_authenticator_encrypted, 0},
};

/*
 * AP-REP ::= [APPLICATION 15] SEQUENCE {
 *     pvno     [0] INTEGER (5),
 *     msg-type [1] INTEGER (15),
 *     enc-part [2] EncryptedData -- EncAPRepPart
 * }
 * (RFC 4120 5.5.2)
 */
static const struct member ap_reply_members[] = {
    {0, true, read_number, TO(pvno)},
    {1, true, read_number, TO(msg_type)},
    {2, true, read_reply_encrypted, 0},
};

/*
 * KRB-ERROR ::= [APPLICATION 30] SEQUENCE {
 *     pvno       [0] INTEGER (5),
 *     msg-type   [1] INTEGER (30),
 *     ctime      [2] KerberosTime OPTIONAL,
 *     cusec      [3] Microseconds OPTIONAL,
 *     stime      [4] KerberosTime,
 *     susec      [5] Microseconds,
 *     error-code [6] Int32,
 *     crealm     [7] Realm OPTIONAL,
 *     cname      [8] PrincipalName OPTIONAL,
 *     realm      [9] Realm -- service realm --,
 *     sname      [10] PrincipalName -- service name --,
 *     e-text     [11] KerberosString OPTIONAL,
 *     e-data     [12] OCTET STRING OPTIONAL
 * }
 * (RFC 4120 5.9.1)
 */
static const struct member error_members[] = {
    {0, true, read_number, TO(pvno)},
    {1, true, read_number, TO(msg_type)},
    {2, false, read_time, TO(client_time)},
    {3, false, read_microseconds, TO(client_time)},
    {4, true, read_time, TO(server_time)},
    {5, true, read_microseconds, TO(server_time)},
    {6, true, read_number, TO(error)},
    {7, false, read_text, TO(client_realm)},
    {8, false, read_name, TO(client)},
    {9, true, read_text, TO(realm)},
    {10, true, read_name, TO(service)},
    {11, false, read_text, TO(error_text)},
    {12, false, read_error_data, TO(padata)},
};

static const struct message_kind {
	enum kerberos_msg_type type;
	bool is_of_kdc; /* a request to a KDC or an answer of one */
	uint8_t pvno;   /* context tag of pvno; msg-type has the next one */
	const struct member *members;
	size_t count;
} message_kinds[] = {
    {KRB_AS_REQ, true, 1, request_members, COUNT(request_members)},
    {KRB_AS_REP, true, 0, reply_members, COUNT(reply_members)},
    {KRB_TGS_REQ, true, 1, request_members, COUNT(request_members)},
    {KRB_TGS_REP, true, 0, reply_members, COUNT(reply_members)},
    {KRB_AP_REQ, false, 0, ap_request_members, COUNT(ap_request_members)},
    {KRB_AP_REP, false, 0, ap_reply_members, COUNT(ap_reply_members)},
    {KRB_ERROR, true, 0, error_members, COUNT(error_members)},
};

static const struct message_kind *
kind_tagged(uint8_t tag)
{
	for (size_t i = 0; i < COUNT(message_kinds); i++)
		if (DER_APPLICATION(message_kinds[i].type) == tag)
			return &message_kinds[i];
	return NULL;
}

static bool
is_number(const struct number *number, uint64_t value)
{
	return !number->is_known || number->value == value;
}

static void
decode_body(struct reader *reader, const struct message_kind *kind, struct der *der)
{
	struct der_element element;
	bool is_cut;

	if (!der_next(der, &element))
		return;
	is_cut = element.contents.missing > 0;
	read_members(reader, &element.contents, kind->members, kind->count);
	if (!is_number(&reader->message->pvno, PVNO) ||
	    !is_number(&reader->message->msg_type, kind->type))
		*der->verdict = DER_MALFORMED;
	if (is_cut && *der->verdict == DER_OK)
		*der->verdict = DER_SHORT;
}

enum der_verdict
kerberos_decode(const void *bytes, size_t captured, size_t length, struct arena *arena,
    struct kerberos_message *ret)
{
	enum der_verdict verdict;
	struct der der = der_of(bytes, captured, length, &verdict);
	const struct message_kind *kind = kind_tagged(der_tag(&der));
	struct reader reader = {.arena = arena, .message = ret};

	*ret = (struct kerberos_message){.type = kind ? kind->type : KRB_NONE};
	if (!kind)
		return captured == 0 && length > 0 ? DER_SHORT : DER_MALFORMED;
	decode_body(&reader, kind, &der);
	if (length != DER_LENGTH_UNKNOWN && der_more(&der))
		der_reject(&der);
	if (verdict == DER_MALFORMED)
		*ret = (struct kerberos_message){.type = kind->type};
	return verdict;
}

/* INTEGER VALUE in context tag NUMBER. */
static bool
is_integer(struct der *der, uint8_t number, int64_t value)
{
	struct der contents;
	int64_t integer;

	der_enter(der, DER_CONTEXT(number), &contents);
	return der_integer(&contents, &integer) && integer == value;
}

/* The contents of an element that fills DER; what follows it is malformed. */
static void
enter_whole(struct der *der, uint8_t tag, struct der *ret)
{
	der_enter(der, tag, ret);
	if (der->at != der->end || der->missing > 0)
		der_reject(der);
}

enum kerberos_head_verdict
kerberos_head(const uint8_t *bytes, size_t captured, size_t length, enum kerberos_msg_type *ret)
{
	enum der_verdict verdict;
	struct der der = der_of(bytes, captured, length, &verdict);
	const struct message_kind *kind = kind_tagged(der_tag(&der));
	struct der contents, sequence;

	if (length < KERBEROS_HEAD_SIZE)
		return KERBEROS_HEAD_NO;
	if (captured == 0)
		return KERBEROS_HEAD_UNSURE;
	if (kind == NULL || !kind->is_of_kdc)
		return KERBEROS_HEAD_NO;
	enter_whole(&der, DER_APPLICATION(kind->type), &contents);
	enter_whole(&contents, DER_SEQUENCE, &sequence);
	if (is_integer(&sequence, kind->pvno, PVNO) &&
	    is_integer(&sequence, kind->pvno + 1, kind->type)) {
		*ret = kind->type;
		return KERBEROS_HEAD_YES;
	}
	return verdict == DER_SHORT ? KERBEROS_HEAD_UNSURE : KERBEROS_HEAD_NO;
}

bool
kerberos_list_has(const struct number_list *list, uint32_t type)
{
	for (uint16_t i = 0; i < list->count; i++)
		if (list->values[i] == type)
			return true;
	return false;
}

int64_t
kerberos_skew(const struct kerberos_message *error, int64_t capture_time, bool *ret_is_sender_ahead)
{
	bool has_client = error->client_time > 0;
	int64_t sender = error->server_time,
		client = has_client ? error->client_time : capture_time;
	int64_t skew;

	if (!error->error.is_known || error->error.value != KRB_AP_ERR_SKEW || sender <= 0 ||
	    sender == INT64_MAX || client <= 0 || client == INT64_MAX)
		return -1;
	skew = sender > client ? sender - client : client - sender;
	if (!has_client && skew < LEAST_SKEW)
		return -1;
	*ret_is_sender_ahead = sender > client;
	return skew;
}
