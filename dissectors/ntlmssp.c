#include "dissectors/ntlmssp.h"

#include <stddef.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/text.h"

#define SIGNATURE_SIZE 8
#define RESPONSE_SIZE  24 /* of LM and NTLM, version 1 ([MS-NLMP] 2.2.2.3, 2.2.2.6) */
#define PROOF_SIZE     16 /* NTProofStr, in front of NTLMv2_CLIENT_CHALLENGE */
#define PAIRS_OFFSET   28 /* of AvPairs in NTLMv2_CLIENT_CHALLENGE ([MS-NLMP] 2.2.2.7) */
#define VERSION_SIZE   8
#define MIC_END        88 /* of AUTHENTICATE, where payloads begin ([MS-NLMP] 2.2.1.3) */

static const struct name_row type_rows[] = {
    {NTLMSSP_NEGOTIATE, "NTLMSSP_NEGOTIATE", NULL},
    {NTLMSSP_CHALLENGE, "NTLMSSP_CHALLENGE", NULL},
    {NTLMSSP_AUTHENTICATE, "NTLMSSP_AUTHENTICATE", NULL},
};
const struct names ntlmssp_type_names = {type_rows, COUNT(type_rows)};

static const struct name_row response_rows[] = {
    {NTLMSSP_RESPONSE_ANONYMOUS, "anonymous", "the client proves nothing and logs on as nobody"},
    {NTLMSSP_RESPONSE_LM, "LM", "LAN Manager's, broken and refused by current servers"},
    {NTLMSSP_RESPONSE_NTLMV1, "NTLMv1", "NTLM version 1, broken and refused by many servers"},
    {NTLMSSP_RESPONSE_NTLMV1_ESS, "NTLMv1_ESS",
	"NTLM version 1 with extended session security, refused by many servers"},
    {NTLMSSP_RESPONSE_NTLMV2, "NTLMv2", "NTLM version 2, the current one"},
};
const struct names ntlmssp_response_names = {response_rows, COUNT(response_rows)};

/* [MS-NLMP] 2.2.2.5 */
static const struct name_row flag_rows[] = {
    {0x00000001, "NTLMSSP_NEGOTIATE_UNICODE", NULL},
    {0x00000002, "NTLM_NEGOTIATE_OEM", NULL},
    {0x00000004, "NTLMSSP_REQUEST_TARGET", NULL},
    {0x00000010, "NTLMSSP_NEGOTIATE_SIGN", NULL},
    {0x00000020, "NTLMSSP_NEGOTIATE_SEAL", NULL},
    {0x00000040, "NTLMSSP_NEGOTIATE_DATAGRAM", NULL},
    {0x00000080, "NTLMSSP_NEGOTIATE_LM_KEY", NULL},
    {0x00000200, "NTLMSSP_NEGOTIATE_NTLM", NULL},
    {0x00000800, "NTLMSSP_ANONYMOUS", NULL},
    {0x00001000, "NTLMSSP_NEGOTIATE_OEM_DOMAIN_SUPPLIED", NULL},
    {0x00002000, "NTLMSSP_NEGOTIATE_OEM_WORKSTATION_SUPPLIED", NULL},
    {0x00008000, "NTLMSSP_NEGOTIATE_ALWAYS_SIGN", NULL},
    {0x00010000, "NTLMSSP_TARGET_TYPE_DOMAIN", NULL},
    {0x00020000, "NTLMSSP_TARGET_TYPE_SERVER", NULL},
    {0x00080000, "NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY", NULL},
    {0x00100000, "NTLMSSP_NEGOTIATE_IDENTIFY", NULL},
    {0x00400000, "NTLMSSP_REQUEST_NON_NT_SESSION_KEY", NULL},
    {0x00800000, "NTLMSSP_NEGOTIATE_TARGET_INFO", NULL},
    {0x02000000, "NTLMSSP_NEGOTIATE_VERSION", NULL},
    {0x20000000, "NTLMSSP_NEGOTIATE_128", NULL},
    {0x40000000, "NTLMSSP_NEGOTIATE_KEY_EXCH", NULL},
    {0x80000000, "NTLMSSP_NEGOTIATE_56", NULL},
};
const struct names ntlmssp_flag_names = {flag_rows, COUNT(flag_rows)};

/* [MS-NLMP] 2.2.2.1, which gives them no names. */
static const struct name_row av_flag_rows[] = {
    {0x00000001, "CONSTRAINED_ACCOUNT", "the account's authentication is constrained"},
    {NTLMSSP_AV_MIC, "MIC_PRESENT", "the client protects the three messages with a MIC"},
    {0x00000004, "UNTRUSTED_TARGET_NAME",
	"the name of the service is from a source that the client does not trust"},
};
const struct names ntlmssp_av_flag_names = {av_flag_rows, COUNT(av_flag_rows)};

/* What a decoder has at hand. */
struct reader {
	struct cursor token;  /* from the signature, as far as it was captured */
	struct cursor fields; /* the same, where the fixed part is read */
	size_t fixed_end;     /* where the first payload begins, and so the fixed part ends */
	struct arena *arena;
};

/* What the fixed part says of one payload. */
struct payload {
	size_t length, offset;
};

/* Len, MaxLen, BufferOffset ([MS-NLMP] 2.2.1.1). */
static struct payload
read_payload(struct reader *reader)
{
	struct payload payload = {.length = cur_le16(&reader->fields)};

	cur_skip(&reader->fields, 2); /* MaxLen, to be ignored */
	payload.offset = cur_le32(&reader->fields);
	if (payload.length > 0 && payload.offset < reader->fixed_end)
		reader->fixed_end = payload.offset;
	return payload;
}

/* Whether SIZE more bytes of the fixed part were sent: old clients end theirs before Version, or
 * even before NegotiateFlags, and the payloads begin there. */
static bool
has_room(const struct reader *reader, size_t size)
{
	return cur_offset(&reader->fields) + size <= reader->fixed_end;
}

/* Whether they were captured too. */
static bool
has_bytes(const struct reader *reader, size_t size)
{
	return cur_ok(&reader->fields) && cur_left(&reader->fields) >= size &&
	       has_room(reader, size);
}

/* The payload's bytes, as far as they were captured. */
static struct cursor
captured_part(const struct reader *reader, const struct payload *payload)
{
	struct cursor rest = reader->token;
	size_t left;

	cur_skip(&rest, payload->offset);
	left = cur_left(&rest);
	return cur_sub(&rest, payload->length < left ? payload->length : left);
}

/* A name; in NEGOTIATE and without NTLMSSP_NEGOTIATE_UNICODE in the sender's OEM character set,
 * which no message names ([MS-NLMP] 2.2). */
static const char *
name_of(const struct reader *reader, const struct payload *payload, bool is_unicode)
{
	struct cursor name = cur_window(&reader->token, payload->offset, payload->length);
	const char *text;

	if (!cur_ok(&name))
		return NULL;
	text = is_unicode ? text_from_utf16le(reader->arena, name.at, payload->length)
			  : text_from_utf8(reader->arena, name.at, payload->length);
	return text[0] != '\0' ? text : NULL;
}

/* VERSION: ProductMajorVersion, ProductMinorVersion, ProductBuild, reserved, NTLMRevisionCurrent
 * ([MS-NLMP] 2.2.2.10). Without NTLMSSP_NEGOTIATE_VERSION it is there and zero. */
static struct ntlmssp_version
read_version(struct reader *reader, const struct number *flags)
{
	struct ntlmssp_version version = {.is_known = false};

	if (!has_bytes(reader, VERSION_SIZE))
		return version;
	version.major = cur_u8(&reader->fields);
	version.minor = cur_u8(&reader->fields);
	version.build = cur_le16(&reader->fields);
	cur_skip(&reader->fields, 4);
	version.is_known = (flags->value & NTLMSSP_FLAG_VERSION) != 0;
	return version;
}

/* FILETIME, 100 ns since 1601 ([MS-DTYP] 2.3.3), in nanoseconds since 1970; 0 for what is before
 * that or beyond TIME_MOST. */
static int64_t
time_of(uint64_t filetime)
{
	const uint64_t epoch = UINT64_C(116444736000000000);

	if (filetime <= epoch || filetime - epoch > TIME_MOST / 100)
		return 0;
	return (int64_t)(filetime - epoch) * 100;
}

/* Names in AV_PAIRs are Unicode, whatever the message's flags say. */
static void
read_av_name(const struct reader *reader, struct cursor value, void *ret)
{
	const char **name = ret;
	const char *text = text_from_utf16le(reader->arena, value.at, cur_left(&value));

	if (*name == NULL && text[0] != '\0')
		*name = text;
}

static void
read_av_flags(const struct reader *reader, struct cursor value, void *ret)
{
	struct number *flags = ret;
	uint32_t bits = cur_le32(&value);

	(void)reader;
	if (cur_ok(&value) && !flags->is_known)
		*flags = known(bits);
}

static void
read_av_time(const struct reader *reader, struct cursor value, void *ret)
{
	int64_t *time = ret;
	uint64_t filetime = cur_le64(&value);

	(void)reader;
	if (cur_ok(&value) && *time == 0)
		*time = time_of(filetime);
}

/* An MD5 of the bindings; all zero: there are none. */
static void
read_av_bindings(const struct reader *reader, struct cursor value, void *ret)
{
	struct number *has_bindings = ret;
	uint64_t one = cur_le64(&value), other = cur_le64(&value);

	(void)reader;
	if (cur_ok(&value) && !has_bindings->is_known)
		*has_bindings = known((one | other) != 0);
}

#define TO(member) offsetof(struct ntlmssp_info, member)

/* [MS-NLMP] 2.2.2.1; pairs without a row are passed over. */
static const struct av_kind {
	uint16_t id;
	void (*read)(const struct reader *reader, struct cursor value, void *ret);
	size_t offset; /* of what read() fills */
} av_kinds[] = {
    {1, read_av_name, TO(netbios_name)},              /* MsvAvNbComputerName */
    {2, read_av_name, TO(netbios_domain)},            /* MsvAvNbDomainName */
    {3, read_av_name, TO(dns_name)},                  /* MsvAvDnsComputerName */
    {4, read_av_name, TO(dns_domain)},                /* MsvAvDnsDomainName */
    {5, read_av_name, TO(dns_forest)},                /* MsvAvDnsTreeName */
    {6, read_av_flags, TO(flags)},                    /* MsvAvFlags */
    {7, read_av_time, TO(time)},                      /* MsvAvTimestamp */
    {9, read_av_name, TO(target_name)},               /* MsvAvTargetName */
    {10, read_av_bindings, TO(has_channel_bindings)}, /* MsvAvChannelBindings */
};

/* AvId, AvLen, Value, up to MsvAvEOL. Each pair is four bytes at least, so that the list ends. */
static void
read_info(const struct reader *reader, struct cursor pairs, struct ntlmssp_info *ret)
{
	for (;;) {
		uint16_t id = cur_le16(&pairs);
		struct cursor value = cur_sub(&pairs, cur_le16(&pairs));

		if (!cur_ok(&pairs))
			return;
		if (id == 0) {
			ret->is_whole = true;
			return;
		}
		for (size_t i = 0; i < COUNT(av_kinds); i++)
			if (av_kinds[i].id == id)
				av_kinds[i].read(reader, value, (char *)ret + av_kinds[i].offset);
	}
}

/*
 * NegotiateFlags, DomainNameFields, WorkstationFields, Version ([MS-NLMP] 2.2.1.1). What stands
 * behind the flags is there if they say so, and its names are OEM.
 */
static void
read_negotiate(struct reader *reader, struct ntlmssp_message *ret)
{
	uint32_t flags = cur_le32(&reader->fields);
	struct payload domain, workstation;

	if (!cur_ok(&reader->fields))
		return;
	ret->flags = known(flags);
	if (!has_bytes(reader, 16))
		return;
	domain = read_payload(reader);
	workstation = read_payload(reader);
	if (flags & NTLMSSP_FLAG_DOMAIN_SUPPLIED)
		ret->domain = name_of(reader, &domain, false);
	if (flags & NTLMSSP_FLAG_WORKSTATION_SUPPLIED)
		ret->workstation = name_of(reader, &workstation, false);
	ret->version = read_version(reader, &ret->flags);
}

/* TargetNameFields, NegotiateFlags, ServerChallenge, Reserved, TargetInfoFields, Version
 * ([MS-NLMP] 2.2.1.2) */
static void
read_challenge(struct reader *reader, struct ntlmssp_message *ret)
{
	struct payload target = read_payload(reader), info;
	uint32_t flags = cur_le32(&reader->fields);

	if (!cur_ok(&reader->fields))
		return;
	ret->flags = known(flags);
	ret->target_name = name_of(reader, &target, flags & NTLMSSP_FLAG_UNICODE);
	if (!has_bytes(reader, 8 + 8 + 8))
		return;
	cur_skip(&reader->fields, 8 + 8);
	info = read_payload(reader);
	if (flags & NTLMSSP_FLAG_TARGET_INFO)
		read_info(reader, captured_part(reader, &info), &ret->info);
	ret->version = read_version(reader, &ret->flags);
}

/* Whether the LM response is that of nobody: empty, or Z(1) ([MS-NLMP] 3.2.5.1.2). */
static bool
is_empty_lm(const struct reader *reader, const struct payload *lm)
{
	struct cursor bytes = cur_window(&reader->token, lm->offset, lm->length);

	return lm->length == 0 || (lm->length == 1 && cur_u8(&bytes) == 0 && cur_ok(&bytes));
}

/* Where the flags are cut off, both kinds of version 1 look alike. */
static struct number
response_of(const struct reader *reader, const struct payload *lm, const struct payload *nt,
    const struct payload *user, const struct number *flags, bool is_cut)
{
	if (nt->length > RESPONSE_SIZE)
		return known(NTLMSSP_RESPONSE_NTLMV2);
	if (nt->length == RESPONSE_SIZE && !is_cut)
		return known(flags->value & NTLMSSP_FLAG_EXTENDED_SESSIONSECURITY
				 ? NTLMSSP_RESPONSE_NTLMV1_ESS
				 : NTLMSSP_RESPONSE_NTLMV1);
	if (nt->length == 0 && user->length == 0 && is_empty_lm(reader, lm))
		return known(NTLMSSP_RESPONSE_ANONYMOUS);
	if (nt->length == 0 && lm->length == RESPONSE_SIZE)
		return known(NTLMSSP_RESPONSE_LM);
	return (struct number){0};
}

/*
 * The part of an NTLMv2 response that is no secret: NTProofStr is passed over, then RespType,
 * HiRespType, reserved, TimeStamp, ChallengeFromClient, reserved, AvPairs ([MS-NLMP] 2.2.2.7-8).
 */
static void
read_client_challenge(
    const struct reader *reader, const struct payload *nt, struct ntlmssp_info *ret)
{
	struct cursor response = captured_part(reader, nt);
	struct cursor at;

	cur_skip(&response, PROOF_SIZE);
	at = response;
	if (cur_le16(&at) != 0x0101) /* RespType and HiRespType, both 1 */
		return;
	cur_skip(&response, PAIRS_OFFSET);
	if (cur_ok(&response))
		read_info(reader, response, ret);
}

/* The client says in MsvAvFlags that its MIC is there; it stands in front of the payloads
 * ([MS-NLMP] 2.2.1.3). */
static struct number
mic_of(const struct reader *reader, const struct ntlmssp_message *message)
{
	const struct ntlmssp_info *info = &message->info;
	bool is_said = info->flags.is_known && (info->flags.value & NTLMSSP_AV_MIC) != 0;

	if (!info->is_whole && !info->flags.is_known)
		return (struct number){0};
	return known(is_said && reader->fixed_end >= MIC_END);
}

/*
 * LmChallengeResponseFields, NtChallengeResponseFields, DomainNameFields, UserNameFields,
 * WorkstationFields, EncryptedRandomSessionKeyFields, NegotiateFlags, Version, MIC
 * ([MS-NLMP] 2.2.1.3)
 */
static void
read_authenticate(struct reader *reader, struct ntlmssp_message *ret)
{
	struct payload lm = read_payload(reader), nt = read_payload(reader);
	struct payload domain = read_payload(reader), user = read_payload(reader);
	struct payload workstation = read_payload(reader);
	bool has_flags = has_room(reader, 8 + 4);
	bool is_unicode;

	if (!cur_ok(&reader->fields))
		return;
	if (has_bytes(reader, 8 + 4)) {
		(void)read_payload(reader); /* the session key */
		ret->flags = known(cur_le32(&reader->fields));
	}
	ret->response =
	    response_of(reader, &lm, &nt, &user, &ret->flags, has_flags && !ret->flags.is_known);
	ret->version = read_version(reader, &ret->flags);
	if (nt.length > RESPONSE_SIZE) {
		read_client_challenge(reader, &nt, &ret->info);
		ret->has_mic = mic_of(reader, ret);
	}
	/* How names are encoded is in the flags; a message without them leaves that open. */
	if (!ret->flags.is_known)
		return;
	is_unicode = ret->flags.value & NTLMSSP_FLAG_UNICODE;
	ret->domain = name_of(reader, &domain, is_unicode);
	ret->user = name_of(reader, &user, is_unicode);
	ret->workstation = name_of(reader, &workstation, is_unicode);
}

static const struct message_kind {
	enum ntlmssp_type type;
	void (*read)(struct reader *reader, struct ntlmssp_message *ret);
} message_kinds[] = {
    {NTLMSSP_NEGOTIATE, read_negotiate},
    {NTLMSSP_CHALLENGE, read_challenge},
    {NTLMSSP_AUTHENTICATE, read_authenticate},
};

bool
ntlmssp_decode(struct cursor token, struct arena *arena, struct ntlmssp_message *ret)
{
	struct cursor whole = cur_of(token.at, cur_left(&token));
	struct reader reader = {whole, whole, SIZE_MAX, arena};
	const uint8_t *signature = cur_bytes(&reader.fields, SIGNATURE_SIZE);
	uint32_t type = cur_le32(&reader.fields);

	if (signature == NULL || memcmp(signature, "NTLMSSP", SIGNATURE_SIZE) != 0)
		return false;
	*ret = (struct ntlmssp_message){.type = NTLMSSP_NONE};
	for (size_t i = 0; i < COUNT(message_kinds); i++)
		if (cur_ok(&reader.fields) && message_kinds[i].type == type) {
			ret->type = message_kinds[i].type;
			message_kinds[i].read(&reader, ret);
		}
	return true;
}
