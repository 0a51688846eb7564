#include "dissectors/spnego.h"

#include <check.h>
#include <string.h>

#include "analyzer/base/arena.h"
#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "dissectors/der.h"
#include "dissectors/kerberos_samples.h"

Suite *spnego_suite(void);

/* clang-format off */

/* NegTokenInit with an AP-REQ. */
static const uint8_t init_kerberos[] = {
	/* InitialContextToken: SPNEGO */
	0x60, 0x81, 0xc6, 0x06, 0x06, 0x2b, 0x06, 0x01, 0x05, 0x05,
	0x02,
	/* NegTokenInit: mechTypes: MS-KRB5 */
	0xa0, 0x81, 0xbb, 0x30, 0x81, 0xb8, 0xa0, 0x24, 0x30, 0x22,
	0x06, 0x09, 0x2a, 0x86, 0x48, 0x82, 0xf7, 0x12, 0x01, 0x02,
	0x02,
	0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, /* KRB5 */
	0x02,
	0x06, 0x0a, 0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, /* NTLMSSP */
	0x02, 0x0a,
	0xa2, 0x81, 0x8f, 0x04, 0x81, 0x8c, /* mechToken */
	0x60, 0x81, 0x89, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, /* InitialContextToken: KRB5 */
	0x12, 0x01, 0x02, 0x02,
	0x01, 0x00, /* TOK_ID */
	/* [APPLICATION 14]: AP-REQ: pvno: 5 */
	0x6e, 0x7a, 0x30, 0x78, 0xa0, 0x03, 0x02, 0x01, 0x05,
	0xa1, 0x03, 0x02, 0x01, 0x0e, /* msg-type: 14 */
	0xa2, 0x07, 0x03, 0x05, 0x00, 0x20, 0x00, 0x00, 0x00, /* ap-options: mutual-required */
	/* ticket: [APPLICATION 1]: Ticket: tkt-vno: 5 */
	0xa3, 0x52, 0x61, 0x50, 0x30, 0x4e, 0xa0, 0x03, 0x02, 0x01,
	0x05,
	0xa1, 0x0d, 0x1b, 0x0b, 0x4c, 0x41, 0x42, 0x2e, 0x45, 0x58, /* realm: "LAB.EXAMPLE" */
	0x41, 0x4d, 0x50, 0x4c, 0x45,
	0xa2, 0x22, 0x30, 0x20, 0xa0, 0x03, 0x02, 0x01, 0x02, /* sname: name-type: 2 */
	0xa1, 0x19, 0x30, 0x17, 0x1b, 0x04, 0x63, 0x69, 0x66, 0x73, /* name-string: "cifs" */
	0x1b, 0x0f, 0x66, 0x73, 0x31, 0x2e, 0x6c, 0x61, 0x62, 0x2e, /* "fs1.lab.example" */
	0x65, 0x78, 0x61, 0x6d, 0x70, 0x6c, 0x65,
	0xa3, 0x14, 0x30, 0x12, 0xa0, 0x03, 0x02, 0x01, 0x12, /* enc-part: etype: 18 */
	0xa1, 0x03, 0x02, 0x01, 0x04, /* kvno: 4 */
	0xa2, 0x06, 0x04, 0x04, 0xde, 0xad, 0xbe, 0xef, /* cipher: encrypted */
	0xa4, 0x0f, 0x30, 0x0d, 0xa0, 0x03, 0x02, 0x01, 0x12, /* authenticator: etype: 18 */
	0xa2, 0x06, 0x04, 0x04, 0xde, 0xad, 0xbe, 0xef, /* cipher: encrypted */
};

/* NegTokenInit with NTLMSSP_NEGOTIATE. */
static const uint8_t init_ntlmssp[] = {
	/* InitialContextToken: SPNEGO */
	0x60, 0x40, 0x06, 0x06, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x02,
	/* NegTokenInit: mechTypes: NTLMSSP */
	0xa0, 0x36, 0x30, 0x34, 0xa0, 0x0e, 0x30, 0x0c, 0x06, 0x0a,
	0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x0a,
	0xa2, 0x22, 0x04, 0x20, 0x4e, 0x54, 0x4c, 0x4d, 0x53, 0x53, /* mechToken: NTLMSSP, 1 */
	0x50, 0x00, 0x01, 0x00, 0x00, 0x00, 0x15, 0x82, 0x08, 0x62,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
};

/* NegTokenInit of a server, without a token. */
static const uint8_t init_hint[] = {
	/* InitialContextToken: SPNEGO */
	0x60, 0x27, 0x06, 0x06, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x02,
	/* NegTokenInit: mechTypes: KRB5 */
	0xa0, 0x1d, 0x30, 0x1b, 0xa0, 0x19, 0x30, 0x17, 0x06, 0x09,
	0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02,
	0x06, 0x0a, 0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, /* NTLMSSP */
	0x02, 0x0a,
};

/* NegTokenInit2 of a Windows server. */
static const uint8_t init_windows[] = {
	/* InitialContextToken: SPNEGO */
	0x60, 0x76, 0x06, 0x06, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x02,
	0xa0, 0x6c, 0x30, 0x6a, 0xa0, 0x3c, 0x30, 0x3a, /* NegTokenInit2: mechTypes */
	0x06, 0x0a, 0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x1e, /* NegoEx */
	0x06, 0x09, 0x2a, 0x86, 0x48, 0x82, 0xf7, 0x12, 0x01, 0x02, 0x02, /* MS-KRB5 */
	0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02, /* KRB5 */
	0x06, 0x0a, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02, 0x03, /* user to user */
	0x06, 0x0a, 0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x0a, /* NTLMSSP */
	0xa3, 0x2a, 0x30, 0x28, 0xa0, 0x26, 0x1b, 0x24, /* negHints: hintName */
	'n', 'o', 't', '_', 'd', 'e', 'f', 'i', 'n', 'e', 'd', '_', 'i', 'n', '_', 'R', 'F', 'C',
	'4', '1', '7', '8', '@', 'p', 'l', 'e', 'a', 's', 'e', '_', 'i', 'g', 'n', 'o', 'r', 'e',
};

/* NegTokenInit with reqFlags, without mechTypes, with a mechListMIC. */
static const uint8_t init_no_mechanisms[] = {
	0x60, 0x18, 0x06, 0x06, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x02, /* [APPLICATION 0], SPNEGO */
	0xa0, 0x0e, 0x30, 0x0c,
	0xa1, 0x04, 0x03, 0x02, 0x01, 0x42, /* reqFlags: mutualFlag, integFlag */
	0xa3, 0x04, 0x04, 0x02, 0x11, 0x22, /* mechListMIC */
};

/* NegTokenResp in GSS-API's header, whose mechListMIC is the token, and one byte behind. */
static const uint8_t response_wrapped[] = {
	0x60, 0x25, 0x06, 0x06, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x02, /* [APPLICATION 0], SPNEGO */
	0xa1, 0x1b, 0x30, 0x19, 0xa0, 0x03, 0x0a, 0x01, 0x00, /* negState: accept-completed */
	0xa2, 0x0a, 0x04, 0x08, 'N', 'E', 'G', 'O', 'E', 'X', 'T', 'S', /* responseToken */
	0xa3, 0x06, 0x04, 0x04, 'N', 'E', 'G', 'O', /* mechListMIC */
	0x00,
};

/* NegTokenResp whose mechListMIC is its token once more. */
static const uint8_t response_repeated[] = {
	0xa1, 0x1a, 0x30, 0x18,
	0xa2, 0x0a, 0x04, 0x08, 'N', 'E', 'G', 'O', 'E', 'X', 'T', 'S', /* responseToken */
	0xa3, 0x0a, 0x04, 0x08, 'N', 'E', 'G', 'O', 'E', 'X', 'T', 'S', /* mechListMIC */
};

/* NegTokenInit that lists Kerberos first and holds a token of NTLMSSP. */
static const uint8_t init_other[] = {
	0x60, 0x33, 0x06, 0x06, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x02, /* [APPLICATION 0], SPNEGO */
	0xa0, 0x29, 0x30, 0x27, 0xa0, 0x0d, 0x30, 0x0b, /* mechTypes */
	0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02, /* KRB5 */
	0xa2, 0x16, 0x04, 0x14, 'N', 'T', 'L', 'M', 'S', 'S', 'P', 0, 1, 0, 0, 0, /* mechToken */
	0x15, 0x82, 0x08, 0x62, 0, 0, 0, 0,
};

/* A token of user-to-user authentication. */
static const uint8_t tgt_request[] = {
	0x60, 0x10, 0x06, 0x0a, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02, 0x03,
	0x04, 0x00, /* TOK_ID: TGT-REQ */
	0x30, 0x00,
};

/* NegTokenResp with a KRB-ERROR. */
static const uint8_t response_error[] = {
	/* NegTokenResp: negState: accept-incomplete */
	0xa1, 0x81, 0x88, 0x30, 0x81, 0x85, 0xa0, 0x03, 0x0a, 0x01,
	0x01,
	0xa1, 0x0b, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, /* supportedMech: KRB5 */
	0x01, 0x02, 0x02,
	0xa2, 0x71, 0x04, 0x6f, /* responseToken */
	0x60, 0x6d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, /* InitialContextToken: KRB5 */
	0x01, 0x02, 0x02,
	0x03, 0x00, /* TOK_ID */
	/* [APPLICATION 30]: KRB-ERROR: pvno: 5 */
	0x7e, 0x5e, 0x30, 0x5c, 0xa0, 0x03, 0x02, 0x01, 0x05,
	0xa1, 0x03, 0x02, 0x01, 0x1e, /* msg-type: 30 */
	0xa4, 0x11, 0x18, 0x0f, 0x32, 0x30, 0x32, 0x36, 0x31, 0x31, /* stime: "20261120172900Z" */
	0x32, 0x30, 0x31, 0x37, 0x32, 0x39, 0x30, 0x30, 0x5a,
	0xa5, 0x05, 0x02, 0x03, 0x03, 0xd0, 0x90, /* susec: 250000 */
	0xa6, 0x03, 0x02, 0x01, 0x25, /* error-code: 37 */
	0xa9, 0x0d, 0x1b, 0x0b, 0x4c, 0x41, 0x42, 0x2e, 0x45, 0x58, /* realm: "LAB.EXAMPLE" */
	0x41, 0x4d, 0x50, 0x4c, 0x45,
	0xaa, 0x22, 0x30, 0x20, 0xa0, 0x03, 0x02, 0x01, 0x02, /* sname: name-type: 2 */
	0xa1, 0x19, 0x30, 0x17, 0x1b, 0x04, 0x63, 0x69, 0x66, 0x73, /* name-string: "cifs" */
	0x1b, 0x0f, 0x66, 0x73, 0x31, 0x2e, 0x6c, 0x61, 0x62, 0x2e, /* "fs1.lab.example" */
	0x65, 0x78, 0x61, 0x6d, 0x70, 0x6c, 0x65,
};

/* NegTokenResp that rejects. */
static const uint8_t response_reject[] = {
	0xa1, 0x07, 0x30, 0x05, 0xa0, 0x03, 0x0a, 0x01, 0x02, /* NegTokenResp: negState: reject */
};

/* NegTokenResp with an anonymous NTLMSSP_AUTHENTICATE. */
static const uint8_t response_anonymous[] = {
	/* NegTokenResp: responseToken: NTLMSSP, 3 */
	0xa1, 0x47, 0x30, 0x45, 0xa2, 0x43, 0x04, 0x41, 0x4e, 0x54,
	0x4c, 0x4d, 0x53, 0x53, 0x50, 0x00, 0x03, 0x00, 0x00, 0x00,
	0x01, 0x00, 0x01, 0x00, 0x40, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x41, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x41, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x41, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x41, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x41, 0x00, 0x00, 0x00, 0x15, 0x82,
	0x08, 0x60, 0x00,
};

/* NegTokenResp with the NTLMSSP_AUTHENTICATE of bob. */
static const uint8_t response_user[] = {
	/* NegTokenResp: responseToken: NTLMSSP, 3 */
	0xa1, 0x74, 0x30, 0x72, 0xa2, 0x70, 0x04, 0x6e, 0x4e, 0x54,
	0x4c, 0x4d, 0x53, 0x53, 0x50, 0x00, 0x03, 0x00, 0x00, 0x00,
	0x18, 0x00, 0x18, 0x00, 0x40, 0x00, 0x00, 0x00, 0x10, 0x00,
	0x10, 0x00, 0x58, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x68, 0x00, 0x00, 0x00, 0x06, 0x00, 0x06, 0x00, 0x68, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x6e, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x6e, 0x00, 0x00, 0x00, 0x15, 0x82,
	0x08, 0x60, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x02, 0x03,
	0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d,
	0x0e, 0x0f, 0x62, 0x00, 0x6f, 0x00, 0x62, 0x00,
};

/* NTLMSSP_CHALLENGE without SPNEGO, no names. */
static const uint8_t raw_challenge[] = {
	'N', 'T', 'L', 'M', 'S', 'S', 'P', 0x00, 0x02, 0x00, 0x00, 0x00, /* Signature, type 2 */
	0x00, 0x00, 0x00, 0x00, 0x38, 0x00, 0x00, 0x00, /* TargetNameFields */
	0x15, 0x82, 0x8a, 0x62, /* NegotiateFlags */
};

/* NegTokenInit of one mechanism, NEGOEX, whose token is one of NEGOEX. */
static const uint8_t init_negoex[] = {
	0x60, 0x2c, 0x06, 0x06, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x02, /* [APPLICATION 0], SPNEGO */
	0xa0, 0x22, 0x30, 0x20, 0xa0, 0x0e, 0x30, 0x0c, /* mechTypes */
	0x06, 0x0a, 0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x1e, /* NEGOEX */
	0xa2, 0x0e, 0x04, 0x0c, 'N', 'E', 'G', 'O', 'E', 'X', 'T', 'S', 0, 0, 0, 0, /* mechToken */
};

/* NegTokenInit without GSS-API's header, lengths padded, of an unknown mechanism 1.2. */
static const uint8_t bare_init[] = {
	0xa0, 0x82, 0x00, 0x0a, 0x30, 0x81, 0x07, /* [0], SEQUENCE */
	0xa0, 0x05, 0x30, 0x03, 0x06, 0x01, 0x2a, /* mechTypes */
};
/* clang-format on */

#define TOKEN(name) #name, name, sizeof(name)

#define TOKEN(name) #name, name, sizeof(name)

/* What a token says; NULL and UNSAID: nothing of it. */
#define UNSAID (-1)

static const struct token_case {
	const char *name;
	const uint8_t *bytes;
	size_t length;
	const char *mechanism, *leg;
	uint32_t oddities;
	const char *offered;
	int neg_state, has_mech_list_mic;
	uint32_t krb_error;  /* 0: not known */
	const char *service; /* of the AP-REQ's ticket or the error */
} cases[] = {
    {TOKEN(init_kerberos), "Kerberos", "AP-REQ", GSS_MS_KRB5, "Kerberos, NTLMSSP", UNSAID, 0, 0,
	"cifs/fs1.lab.example"},
    {TOKEN(init_ntlmssp), "NTLMSSP", "NTLMSSP_NEGOTIATE", 0, "NTLMSSP", UNSAID, 0, 0, NULL},
    {TOKEN(init_hint), "Kerberos", "NegTokenInit", 0, "Kerberos, NTLMSSP", UNSAID, 0, 0, NULL},
    {TOKEN(init_windows), "NegoEx", "NegTokenInit", GSS_MS_KRB5, "NegoEx, Kerberos, NTLMSSP",
	UNSAID, 0, 0, NULL},
    {TOKEN(init_negoex), "NegoEx", "NegTokenInit", 0, "NegoEx", UNSAID, 0, 0, NULL},
    {TOKEN(init_other), "NTLMSSP", "NTLMSSP_NEGOTIATE", GSS_OTHER_MECHANISM, "Kerberos", UNSAID, 0,
	0, NULL},
    {TOKEN(init_no_mechanisms), "SPNEGO", "NegTokenInit", GSS_NO_MECHANISMS, NULL, UNSAID, 1, 0,
	NULL},
    {TOKEN(bare_init), "SPNEGO", "NegTokenInit", GSS_NO_HEADER | GSS_PADDED_LENGTHS, "1.2", UNSAID,
	0, 0, NULL},
    {TOKEN(response_error), "Kerberos", "KRB-ERROR", 0, NULL, SPNEGO_ACCEPT_INCOMPLETE, 0, 37,
	"cifs/fs1.lab.example"},
    {TOKEN(response_reject), "SPNEGO", "NegTokenResp", 0, NULL, SPNEGO_REJECT, 0, 0, NULL},
    {TOKEN(response_wrapped), "NegoEx", "NegTokenResp",
	GSS_HEADER_AROUND_RESPONSE | GSS_TRAILING_BYTES, NULL, SPNEGO_ACCEPT_COMPLETED, 1, 0, NULL},
    {TOKEN(response_repeated), "NegoEx", "NegTokenResp", GSS_MIC_REPEATS_TOKEN, NULL, UNSAID, 1, 0,
	NULL},
    {TOKEN(response_anonymous), "NTLMSSP", "NTLMSSP_AUTHENTICATE", 0, NULL, UNSAID, 0, 0, NULL},
    {TOKEN(response_user), "NTLMSSP", "NTLMSSP_AUTHENTICATE", 0, NULL, UNSAID, 0, 0, NULL},
    {TOKEN(raw_challenge), "NTLMSSP", "NTLMSSP_CHALLENGE", GSS_NO_SPNEGO, NULL, UNSAID, UNSAID, 0,
	NULL},
    {TOKEN(tgt_request), "Kerberos", "TGT-REQ", GSS_NO_SPNEGO, NULL, UNSAID, UNSAID, 0, NULL},
    {TOKEN(sample_ap_req), "Kerberos", "AP-REQ", GSS_NO_SPNEGO | GSS_BARE_KERBEROS, NULL, UNSAID,
	UNSAID, 0, "cifs/fs1.lab.example"},
    {TOKEN(sample_ap_rep), "Kerberos", "AP-REP", GSS_NO_SPNEGO | GSS_BARE_KERBEROS, NULL, UNSAID,
	UNSAID, 0, NULL},
    {TOKEN(sample_error_spn), "Kerberos", "KRB-ERROR", GSS_NO_SPNEGO | GSS_BARE_KERBEROS, NULL,
	UNSAID, UNSAID, 7, "cifs/files.lab.example"},
};

static struct arena arena;

static void
setup(void)
{
	arena = (struct arena){0};
}

static void
teardown(void)
{
	arena_free(&arena);
}

static bool
decode(const uint8_t *bytes, size_t length, struct spnego_token *ret)
{
	return spnego_decode(cur_of(bytes, length), &arena, ret);
}

static int
said(struct number number)
{
	return number.is_known ? (int)number.value : UNSAID;
}

START_TEST(test_token)
{
	const struct token_case *test = &cases[_i];
	struct spnego_token token;

	ck_assert_msg(decode(test->bytes, test->length, &token), "%s", test->name);
	ck_assert_str_eq(token.mechanism, test->mechanism);
	ck_assert_str_eq(token.leg, test->leg);
	ck_assert_msg(token.oddities == test->oddities, "%s: %x", test->name, token.oddities);
	ck_assert_pstr_eq(token.offered, test->offered);
	ck_assert_int_eq(said(token.neg_state), test->neg_state);
	ck_assert_int_eq(said(token.has_mech_list_mic), test->has_mech_list_mic);
	ck_assert_int_eq(token.inner.kerberos.error.is_known, test->krb_error != 0);
	ck_assert_uint_eq(token.inner.kerberos.error.value, test->krb_error);
	ck_assert_pstr_eq(token.inner.kerberos.service, test->service);
}
END_TEST

START_TEST(test_ticket)
{
	struct spnego_token token;

	ck_assert(decode(init_kerberos, sizeof(init_kerberos), &token));
	ck_assert_int_eq(token.inner.kerberos.type, KRB_AP_REQ);
	ck_assert_str_eq(token.inner.kerberos.realm, "LAB.EXAMPLE");
	ck_assert_int_eq(said(token.inner.kerberos.ticket_etype), 18);
	ck_assert_int_eq(said(token.inner.kerberos.ticket_kvno), 4);
}
END_TEST

START_TEST(test_hint_and_flags)
{
	struct spnego_token token;

	ck_assert(decode(init_windows, sizeof(init_windows), &token));
	ck_assert_str_eq(token.hint_name, "not_defined_in_RFC4178@please_ignore");
	ck_assert(!token.required_flags.is_known);
	ck_assert(decode(init_no_mechanisms, sizeof(init_no_mechanisms), &token));
	ck_assert(token.required_flags.is_known);
	ck_assert_uint_eq(token.required_flags.value, 0x42000000);
	ck_assert_ptr_null(token.hint_name);
}
END_TEST

static bool
is_same_or_none(const char *text, const char *whole)
{
	return text == NULL || (whole != NULL && strcmp(text, whole) == 0);
}

/* A cut token says what the whole one says, or less; a cut list is the beginning of the list. */
START_TEST(test_every_prefix)
{
	const struct token_case *test = &cases[_i];
	struct spnego_token token;

	for (size_t length = 0; length < test->length; length++) {
		uint8_t *bytes = mem_alloc(length ? length : 1, 1);

		memcpy(bytes, test->bytes, length);
		if (decode(bytes, length, &token)) {
			ck_assert(is_same_or_none(token.mechanism, test->mechanism) ||
				  strcmp(token.mechanism, "SPNEGO") == 0 ||
				  strncmp(token.mechanism, test->offered, 6) == 0);
			ck_assert(is_same_or_none(token.leg, test->leg) ||
				  strncmp(token.leg, "NegToken", 8) == 0);
			ck_assert_uint_eq(token.oddities & ~test->oddities, 0);
			ck_assert(token.offered == NULL || strncmp(token.offered, test->offered,
							       strlen(token.offered)) == 0);
			ck_assert(said(token.neg_state) == UNSAID ||
				  said(token.neg_state) == test->neg_state);
			ck_assert(said(token.has_mech_list_mic) == UNSAID ||
				  said(token.has_mech_list_mic) == test->has_mech_list_mic);
			ck_assert(!token.inner.kerberos.error.is_known ||
				  token.inner.kerberos.error.value == test->krb_error);
			ck_assert(is_same_or_none(token.inner.kerberos.service, test->service));
		}
		mem_free(bytes);
	}
}
END_TEST

/* A cut behind TOK_ID leaves what was announced. */
START_TEST(test_cut_behind_token_id)
{
	struct spnego_token token;
	size_t length = 0;

	while (init_kerberos[length] != 0x01 || init_kerberos[length + 1] != 0x00)
		length++;
	ck_assert(decode(init_kerberos, length + 2, &token));
	ck_assert_str_eq(token.leg, "AP-REQ");
	ck_assert_str_eq(token.offered, "Kerberos, NTLMSSP");
	ck_assert_int_eq(said(token.has_mech_list_mic), false); /* the token fills its parent */
	ck_assert(decode(init_kerberos, length, &token));
	ck_assert_str_eq(token.leg, "NegTokenInit");
	ck_assert_str_eq(token.mechanism, "Kerberos");
}
END_TEST

/* The identifier of an AP-REP before an AP-REQ: the message says what it is. */
START_TEST(test_wrong_token_id)
{
	uint8_t bytes[sizeof(init_kerberos)];
	struct spnego_token token;
	size_t at = 0;

	memcpy(bytes, init_kerberos, sizeof(bytes));
	while (bytes[at] != 0x01 || bytes[at + 1] != 0x00)
		at++;
	bytes[at] = 0x02;
	ck_assert(decode(bytes, sizeof(bytes), &token));
	ck_assert_str_eq(token.leg, "AP-REQ");
	ck_assert_uint_eq(token.oddities, GSS_MS_KRB5 | GSS_WRONG_TOK_ID);
}
END_TEST

/* More mechanisms than anybody offers. */
START_TEST(test_long_offer)
{
	uint8_t bytes[8 + 3 * (SPNEGO_MOST_OFFERED + 4)] = {
	    0xa0, 0x42, 0x30, 0x40, 0xa0, 0x3e, 0x30, 0x3c};
	struct spnego_token token;

	for (size_t i = 0; i < SPNEGO_MOST_OFFERED + 4; i++) {
		bytes[8 + 3 * i] = DER_OID;
		bytes[8 + 3 * i + 1] = 1;
		bytes[8 + 3 * i + 2] = (uint8_t)i; /* 0.i */
	}
	ck_assert(decode(bytes, sizeof(bytes), &token));
	ck_assert_str_eq(token.mechanism, "SPNEGO");
	ck_assert_int_eq(strncmp(token.offered, "0.0, 0.1, 0.2, ", 15), 0);
	ck_assert_str_eq(token.offered + strlen(token.offered) - 9, "0.15, …");
}
END_TEST

START_TEST(test_oid_text)
{
	static const struct {
		uint8_t length, octets[10];
		const char *text;
	} tests[] = {
	    {6, {0x2b, 0x06, 0x01, 0x05, 0x05, 0x02}, "1.3.6.1.5.5.2"},
	    {9, {0x2a, 0x86, 0x48, 0x82, 0xf7, 0x12, 0x01, 0x02, 0x02}, "1.2.840.48018.1.2.2"},
	    {2, {0x88, 0x37}, "2.999"},
	    {1, {0x27}, "0.39"},
	    {2, {0x2a, 0x86}, "1.2"}, /* the last subidentifier is not whole */
	    {0, {0}, ""},
	};

	for (size_t i = 0; i < COUNT(tests); i++) {
		struct cursor oid = cur_of(tests[i].octets, tests[i].length);

		ck_assert_str_eq(gss_oid_text(&oid, &arena), tests[i].text);
	}
}
END_TEST

START_TEST(test_every_corruption)
{
	static const uint8_t flips[] = {0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0x7f, 0xff};
	const struct token_case *test = &cases[_i];
	uint8_t *bytes = mem_alloc(test->length, 1);
	struct spnego_token token;
	unsigned refused = 0;

	memcpy(bytes, test->bytes, test->length);
	for (size_t i = 0; i < test->length; i++)
		for (size_t j = 0; j < sizeof(flips); j++) {
			bytes[i] ^= flips[j];
			if (!decode(bytes, test->length, &token))
				refused++;
			bytes[i] ^= flips[j];
		}
	ck_assert_uint_gt(refused, 0);
	mem_free(bytes);
}
END_TEST

static const struct refused_case {
	size_t length;
	uint8_t bytes[16];
} refused_cases[] = {
    {0, {0}}, {4, {0x00, 0x00, 0x00, 0x00}}, {8, {'N', 'T', 'L', 'M', 'S', 'S', 'P', '!'}},
    {2, {0x30, 0x00}},
    {10, {0x60, 0x08, 0x06, 0x06, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07}}, /* another GSS mechanism */
    {4, {0x6e, 0x02, 0x05, 0x00}},                                      /* no AP-REQ */
    {4, {0x60, 0x80, 0x06, 0x06}},                                      /* indefinite length */
};

START_TEST(test_refused)
{
	struct spnego_token token;

	ck_assert(!decode(refused_cases[_i].bytes, refused_cases[_i].length, &token));
	ck_assert(!spnego_decode(cur_none(), &arena, &token));
}
END_TEST

Suite *
spnego_suite(void)
{
	Suite *suite = suite_create("spnego");
	TCase *tests = tcase_create("spnego");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_loop_test(tests, test_token, 0, COUNT(cases));
	tcase_add_test(tests, test_ticket);
	tcase_add_test(tests, test_hint_and_flags);
	tcase_add_loop_test(tests, test_every_prefix, 0, COUNT(cases));
	tcase_add_test(tests, test_cut_behind_token_id);
	tcase_add_test(tests, test_wrong_token_id);
	tcase_add_test(tests, test_long_offer);
	tcase_add_test(tests, test_oid_text);
	tcase_add_loop_test(tests, test_every_corruption, 0, COUNT(cases));
	tcase_add_loop_test(tests, test_refused, 0, COUNT(refused_cases));
	suite_add_tcase(suite, tests);
	return suite;
}
