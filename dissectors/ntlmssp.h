/*
 * NTLMSSP messages: bytes in, what they say in the clear out ([MS-NLMP] 2.2). Challenges,
 * responses and session keys are passed over.
 */
#ifndef SMBTRIAGE_DISSECTORS_NTLMSSP_H
#define SMBTRIAGE_DISSECTORS_NTLMSSP_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/base/arena.h"
#include "analyzer/base/cursor.h"
#include "analyzer/exchange.h"

/* MessageType ([MS-NLMP] 2.2.1). */
enum ntlmssp_type {
	NTLMSSP_NONE = 0,
	NTLMSSP_NEGOTIATE = 1,
	NTLMSSP_CHALLENGE = 2,
	NTLMSSP_AUTHENTICATE = 3,
};

/* How the client proves its password, by the lengths of its responses ([MS-NLMP] 2.2.2.3-8). */
enum ntlmssp_response {
	NTLMSSP_RESPONSE_ANONYMOUS,
	NTLMSSP_RESPONSE_LM, /* and no other */
	NTLMSSP_RESPONSE_NTLMV1,
	NTLMSSP_RESPONSE_NTLMV1_ESS, /* with extended session security ([MS-NLMP] 3.3.1) */
	NTLMSSP_RESPONSE_NTLMV2,
};

/* NegotiateFlags that decide how a message is read ([MS-NLMP] 2.2.2.5). */
#define NTLMSSP_FLAG_UNICODE                  0x00000001u
#define NTLMSSP_FLAG_DOMAIN_SUPPLIED          0x00001000u
#define NTLMSSP_FLAG_WORKSTATION_SUPPLIED     0x00002000u
#define NTLMSSP_FLAG_EXTENDED_SESSIONSECURITY 0x00080000u
#define NTLMSSP_FLAG_TARGET_INFO              0x00800000u
#define NTLMSSP_FLAG_VERSION                  0x02000000u

/* MsvAvFlags ([MS-NLMP] 2.2.2.1). */
#define NTLMSSP_AV_MIC 0x00000002u

/*
 * The AV_PAIRs of a CHALLENGE, or of the NTLMv2 response that repeats them and adds to them
 * ([MS-NLMP] 2.2.2.1). Of two pairs with one AvId the first counts. Texts are NULL when not there.
 */
struct ntlmssp_info {
	bool is_whole; /* up to MsvAvEOL: what is not there was not sent */
	const char *netbios_name, *netbios_domain;
	const char *dns_name, *dns_domain, *dns_forest;
	const char *target_name;            /* the service that the client means */
	struct number flags;                /* MsvAvFlags */
	struct number has_channel_bindings; /* whether the hash of the bindings is not zero */
	int64_t time;                       /* ns since the epoch; 0: not there */
};

struct ntlmssp_version {
	bool is_known;
	uint8_t major, minor;
	uint16_t build;
};

/* Texts are NULL where a message has none, an empty one, or is cut before its end. */
struct ntlmssp_message {
	enum ntlmssp_type type; /* NTLMSSP_NONE: an unknown one, or cut before it */
	struct number flags;    /* NegotiateFlags */
	struct ntlmssp_version version;
	const char *target_name; /* of CHALLENGE: the server's domain, or itself */
	struct ntlmssp_info info;
	const char *domain, *user, *workstation; /* of AUTHENTICATE; the user is not in NEGOTIATE */
	struct number response;                  /* enum ntlmssp_response */
	struct number has_mic;
};

/*
 * Decodes the captured bytes of one message from its signature on; more may be missing at their
 * end. Texts live in ARENA; those in an OEM character set are read as UTF-8. False, and RET
 * untouched, when it does not begin with NTLMSSP's signature.
 */
bool ntlmssp_decode(struct cursor token, struct arena *arena, struct ntlmssp_message *ret);

/* Values of the enums and flags above. */
extern const struct names ntlmssp_type_names, ntlmssp_response_names, ntlmssp_flag_names,
    ntlmssp_av_flag_names;

#endif
