#include "dissectors/spnego.h"

#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/text.h"
#include "dissectors/der.h"

static const struct name_row neg_state_rows[] = {
    {SPNEGO_ACCEPT_COMPLETED, "accept_completed", "the server is done and agrees"},
    {SPNEGO_ACCEPT_INCOMPLETE, "accept_incomplete", "the server wants another token"},
    {SPNEGO_REJECT, "reject", "the server accepts none of the client's mechanisms"},
    {SPNEGO_REQUEST_MIC, "request_mic",
	"the server wants the list of mechanisms protected, as it prefers another than the first"},
};
const struct names spnego_neg_state_names = {neg_state_rows, COUNT(neg_state_rows)};

/* What a decoder has at hand. */
struct reader {
	struct arena *arena;
	struct spnego_token *token;
	const char *first;   /* the first of mechTypes, or NULL */
	struct cursor inner; /* the bytes of mechToken or responseToken */
	bool is_cut;         /* an element goes on behind the captured bytes */
};

/* der_enter_optional(), which notes a length that DER forbids and an element that is cut. */
static bool
enter_optional(struct reader *reader, struct der *der, uint8_t tag, struct der *ret)
{
	bool is_padded = der_is_padded(der);

	if (!der_enter_optional(der, tag, ret))
		return false;
	reader->is_cut |= ret->missing > 0;
	if (is_padded)
		reader->token->oddities |= GSS_PADDED_LENGTHS;
	return true;
}

/* The contents of the next element, empty when it has another tag. */
static void
enter(struct reader *reader, struct der *der, uint8_t tag, struct der *ret)
{
	if (!enter_optional(reader, der, tag, ret))
		der_enter(der, tag, ret);
}

/* The names listed so far, each once. */
struct offer {
	const char *names[SPNEGO_MOST_OFFERED];
	size_t count;
	bool has_more;
};

static void
add_offered(struct offer *offer, const char *name)
{
	for (size_t i = 0; i < offer->count; i++)
		if (strcmp(offer->names[i], name) == 0)
			return;
	if (offer->count < SPNEGO_MOST_OFFERED)
		offer->names[offer->count++] = name;
	else
		offer->has_more = true;
}

static const char *
offer_text(const struct offer *offer, struct arena *arena)
{
	struct text text = {0};
	const char *chars;

	for (size_t i = 0; i < offer->count; i++)
		text_addf(&text, "%s%s", i > 0 ? ", " : "", offer->names[i]);
	if (offer->has_more)
		text_add(&text, ", …");
	chars = arena_text(arena, text_chars(&text), text.length);
	text_free(&text);
	return chars;
}

/* MechTypeList ::= SEQUENCE OF MechType, most wanted first (RFC 4178 4.1) */
static void
read_mechanisms(struct reader *reader, struct der *value)
{
	struct spnego_token *token = reader->token;
	struct offer offer = {.count = 0};
	struct der list;
	struct cursor oid;

	enter(reader, value, DER_SEQUENCE, &list);
	while (der_more(&list) && der_oid(&list, &oid)) {
		const char *name = gss_mechanism(&oid, &token->oddities);

		if (offer.count == 0 && name != NULL)
			token->mechanism = name;
		if (name == NULL && !offer.has_more)
			name = gss_oid_text(&oid, reader->arena);
		if (name != NULL)
			add_offered(&offer, name);
	}
	if (offer.count == 0)
		return;
	reader->first = offer.names[0];
	token->offered = offer_text(&offer, reader->arena);
}

/* The token in an OCTET STRING, as far as it was captured. */
static void
read_inner(struct reader *reader, struct der *value)
{
	struct spnego_token *token = reader->token;
	struct der octets;

	enter(reader, value, DER_OCTET_STRING, &octets);
	reader->inner = der_bytes(&octets);
	token->has_inner = cur_left(&reader->inner) + octets.missing > 0;
	if (!gss_token_decode(reader->inner, reader->arena, &token->inner))
		return;
	token->mechanism = token->inner.mechanism;
	if (token->inner.leg != NULL)
		token->leg = token->inner.leg;
	token->oddities |= token->inner.oddities;
}

static void
read_mic(struct reader *reader, struct der *value)
{
	struct der octets;
	size_t length;

	enter(reader, value, DER_OCTET_STRING, &octets);
	length = (size_t)(octets.end - octets.at);
	if (*value->verdict != DER_OK)
		return;
	reader->token->has_mech_list_mic = known(true);
	if (length > 0 && octets.missing == 0 && length == cur_left(&reader->inner) &&
	    memcmp(octets.at, reader->inner.at, length) == 0)
		reader->token->oddities |= GSS_MIC_REPEATS_TOKEN;
}

/* Once all of SEQUENCE was seen, a MIC that was not in it was not sent. Its length tells that too
 * when its last element is cut. */
static void
settle_mic(struct reader *reader, struct der *sequence)
{
	if (!der_more(sequence) && *sequence->verdict == DER_OK &&
	    !reader->token->has_mech_list_mic.is_known)
		reader->token->has_mech_list_mic = known(false);
}

/* ContextFlags ::= BIT STRING (RFC 4178 4.2.1) */
static void
read_required_flags(struct reader *reader, struct der *value)
{
	uint32_t flags;

	if (der_bits(value, &flags))
		reader->token->required_flags = known(flags);
}

/*
 * NegHints ::= SEQUENCE {
 *     hintName    [0] GeneralString OPTIONAL,
 *     hintAddress [1] OCTET STRING OPTIONAL
 * }
 * ([MS-SPNG] 2.2.1)
 */
static void
read_hints(struct reader *reader, struct der *value)
{
	struct der hints, name;

	enter(reader, value, DER_SEQUENCE, &hints);
	if (enter_optional(reader, &hints, DER_CONTEXT(0), &name))
		reader->token->hint_name = der_text(&name, reader->arena);
}

/*
 * NegTokenInit ::= SEQUENCE {
 *     mechTypes   [0] MechTypeList,
 *     reqFlags    [1] ContextFlags OPTIONAL,
 *     mechToken   [2] OCTET STRING OPTIONAL, -- of the first mechanism
 *     mechListMIC [3] OCTET STRING OPTIONAL
 * }
 * (RFC 4178 4.2.1) NegTokenInit2 of [MS-SPNG] 2.2.1, which servers send first, has NegHints under
 * [3] and its mechListMIC under [4].
 */
static void
read_init(struct reader *reader, struct der *der)
{
	struct spnego_token *token = reader->token;
	struct der sequence, value;

	enter(reader, der, DER_SEQUENCE, &sequence);
	token->mechanism = gss_spnego;
	token->leg = "NegTokenInit";
	if (enter_optional(reader, &sequence, DER_CONTEXT(0), &value))
		read_mechanisms(reader, &value);
	else if (*sequence.verdict == DER_OK)
		token->oddities |= GSS_NO_MECHANISMS;
	if (enter_optional(reader, &sequence, DER_CONTEXT(1), &value))
		read_required_flags(reader, &value);
	if (enter_optional(reader, &sequence, DER_CONTEXT(2), &value))
		read_inner(reader, &value);
	if (enter_optional(reader, &sequence, DER_CONTEXT(3), &value)) {
		if (der_tag(&value) == DER_SEQUENCE)
			read_hints(reader, &value);
		else
			read_mic(reader, &value);
	}
	if (enter_optional(reader, &sequence, DER_CONTEXT(4), &value))
		read_mic(reader, &value);
	settle_mic(reader, &sequence);
	if (reader->first != NULL && token->inner.mechanism != NULL &&
	    strcmp(reader->first, token->inner.mechanism) != 0)
		token->oddities |= GSS_OTHER_MECHANISM;
}

/* negState ::= ENUMERATED (RFC 4178 4.2.2) */
static void
read_neg_state(struct reader *reader, struct der *value)
{
	int64_t state;

	if (der_enumerated(value, &state) && state >= 0)
		reader->token->neg_state = known((uint64_t)state);
}

static void
read_supported(struct reader *reader, struct der *value)
{
	struct spnego_token *token = reader->token;
	struct cursor oid;
	const char *name;

	if (!der_oid(value, &oid))
		return;
	name = gss_mechanism(&oid, &token->oddities);
	if (name != NULL)
		token->mechanism = name;
}

/*
 * NegTokenResp ::= SEQUENCE {
 *     negState      [0] ENUMERATED OPTIONAL,
 *     supportedMech [1] MechType OPTIONAL,
 *     responseToken [2] OCTET STRING OPTIONAL,
 *     mechListMIC   [3] OCTET STRING OPTIONAL
 * }
 * (RFC 4178 4.2.2)
 */
static void
read_response(struct reader *reader, struct der *der)
{
	struct der sequence, value;

	enter(reader, der, DER_SEQUENCE, &sequence);
	reader->token->mechanism = gss_spnego;
	reader->token->leg = "NegTokenResp";
	if (enter_optional(reader, &sequence, DER_CONTEXT(0), &value))
		read_neg_state(reader, &value);
	if (enter_optional(reader, &sequence, DER_CONTEXT(1), &value))
		read_supported(reader, &value);
	if (enter_optional(reader, &sequence, DER_CONTEXT(2), &value))
		read_inner(reader, &value);
	if (enter_optional(reader, &sequence, DER_CONTEXT(3), &value))
		read_mic(reader, &value);
	settle_mic(reader, &sequence);
}

/*
 * NegotiationToken ::= CHOICE {
 *     negTokenInit [0] NegTokenInit,
 *     negTokenResp [1] NegTokenResp
 * }
 * (RFC 4178 4.2) ODDITIES are those of either form.
 */
static bool
read_negotiation(struct reader *reader, struct der *der, const uint32_t oddities[2])
{
	struct der value;

	if (enter_optional(reader, der, DER_CONTEXT(0), &value)) {
		reader->token->oddities |= oddities[0];
		read_init(reader, &value);
		return true;
	}
	if (enter_optional(reader, der, DER_CONTEXT(1), &value)) {
		reader->token->oddities |= oddities[1];
		read_response(reader, &value);
		return true;
	}
	return false;
}

/* The first token alone has GSS-API's header (RFC 4178 4.2). A server may refuse one without it;
 * reading that still tells what the client wanted. */
static bool
read_spnego(struct reader *reader, struct der *der)
{
	static const uint32_t with_header[2] = {0, GSS_HEADER_AROUND_RESPONSE};
	static const uint32_t without_header[2] = {GSS_NO_HEADER, 0};
	struct der contents;
	struct cursor oid;

	if (!enter_optional(reader, der, DER_APPLICATION(0), &contents))
		return read_negotiation(reader, der, without_header);
	if (!der_oid(&contents, &oid) ||
	    gss_mechanism(&oid, &reader->token->oddities) != gss_spnego)
		return false;
	if (!read_negotiation(reader, &contents, with_header))
		reader->token->mechanism = gss_spnego;
	return true;
}

static bool
read_raw(struct cursor bytes, struct arena *arena, struct spnego_token *ret)
{
	struct spnego_token token = {.mechanism = NULL};

	if (!gss_token_decode(bytes, arena, &token.inner))
		return false;
	token.has_inner = true;
	token.mechanism = token.inner.mechanism;
	token.leg = token.inner.leg;
	token.oddities = token.inner.oddities | GSS_NO_SPNEGO;
	*ret = token;
	return true;
}

bool
spnego_decode(struct cursor bytes, struct arena *arena, struct spnego_token *ret)
{
	struct spnego_token token = {.mechanism = NULL};
	struct reader reader = {arena, &token, NULL, cur_none(), false};
	enum der_verdict verdict;
	struct der der = der_of(bytes.at, cur_left(&bytes), DER_LENGTH_UNKNOWN, &verdict);

	if (cur_left(&bytes) == 0)
		return false;
	if (!read_spnego(&reader, &der))
		return read_raw(bytes, arena, ret);
	token.is_whole = verdict == DER_OK && !reader.is_cut;
	if (token.is_whole && der.at != der.end)
		token.oddities |= GSS_TRAILING_BYTES;
	*ret = token;
	return true;
}
