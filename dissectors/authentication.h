/*
 * What the security tokens of a session setup say in the clear, in SMB1 and SMB2 alike: who wants
 * to log on, by which mechanism, and what the server tells of itself.
 */
#ifndef SMBTRIAGE_DISSECTORS_AUTHENTICATION_H
#define SMBTRIAGE_DISSECTORS_AUTHENTICATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/base/arena.h"
#include "analyzer/base/cursor.h"
#include "analyzer/exchange.h"
#include "dissectors/krb_error.h"
#include "dissectors/nt_status.h"
#include "dissectors/ntlmssp.h"
#include "dissectors/spnego.h"

/*
 * All legs of one authentication: a later token replaces what it says anew. The exchange embeds it
 * as `authentication`. Texts are static or arena memory, NULL: not known.
 */
struct authentication {
	const char *mechanism, *offered_mechanisms;
	const char *leg, *answer_leg;                 /* of the last request and the last answer */
	struct number had_kerberos_leg, had_ntlm_leg; /* unknown: a token could not be read */
	bool has_unread_leg;
	/* of the client's AP-REQ */
	const char *spn, *ticket_realm;
	struct number ticket_etype, ticket_kvno;
	/* of the server's last token */
	struct number krb_error, krb_nt_status;
	const char *krb_error_text;
	int64_t skew; /* ns, either way; negative: not known */
	struct number is_server_ahead;
	struct number neg_state;
	struct number has_mech_list_mic; /* the client's */
	const char *token_oddities;
	uint32_t oddities[2]; /* enum gss_oddity, by enum side */
	/* of the client's NTLMSSP_AUTHENTICATE */
	const char *user, *domain, *workstation;
	struct number ntlm_response;
	struct number ntlm_flags; /* of the last NTLMSSP message of either side */
	const char *target_name;
	struct number av_flags;
	bool is_anonymous;
	/* of the server's NTLMSSP_CHALLENGE */
	const char *server_netbios_name, *server_netbios_domain;
	const char *server_dns_name, *server_dns_domain, *server_dns_forest;
	const char *server_version, *server_time;
	int64_t server_clock_offset; /* ns, either way; negative: not known */
	struct number server_clock_ahead;
	/* of the whole capture: target_link() */
	const char *target, *target_host, *server_names;
	struct number is_target_address, is_target_known;
	const char *target_canonical; /* naming_link() */
};

void authentication_begin(struct authentication *authentication);

/* The token of the client's next leg, as far as it was captured; none, or one that is not ours,
 * leaves `leg` unknown. What stays is copied to ARENA. */
void authentication_client_token(
    struct authentication *authentication, struct arena *arena, struct cursor token);

/* The token of the server's answer likewise. CAPTURE_TIME is that of the answer. */
void authentication_server_token(struct authentication *authentication, struct arena *arena,
    struct cursor token, int64_t capture_time);

/*
 * For a diagram: the legs of EXCHANGE so far are those of AUTHENTICATION so far, and another one is
 * about to come. COMMAND is how the protocol calls them.
 */
void authentication_name_legs(const struct authentication *authentication,
    struct exchange *exchange, struct arena *arena, const char *command);

/* One row of the table below. */
#define AUTHENTICATION_AT(type, member) .offset = offsetof(type, authentication.member)

/* clang-format off */
/* The fields of TYPE, which embeds a struct authentication. BLOB is Wireshark's field of a token. */
#define AUTHENTICATION_FIELDS(type, blob) \
	{"mechanism", FIELD_TEXT, .filter = "spnego.MechType", \
	    .sentence = "authentication mechanism of the tokens", \
	    AUTHENTICATION_AT(type, mechanism)}, \
	{"offered_mechanisms", FIELD_TEXT, .filter = "spnego.mechTypes", \
	    .sentence = "mechanisms that the client offers, most wanted first", \
	    AUTHENTICATION_AT(type, offered_mechanisms)}, \
	{"leg", FIELD_TEXT, .filter = blob, \
	    .sentence = "last token of the client: NTLMSSP_NEGOTIATE, NTLMSSP_AUTHENTICATE, " \
			"AP-REQ, …", \
	    AUTHENTICATION_AT(type, leg)}, \
	{"answer_leg", FIELD_TEXT, .filter = blob, \
	    .sentence = "last token of the server: NTLMSSP_CHALLENGE, AP-REP, KRB-ERROR, …", \
	    AUTHENTICATION_AT(type, answer_leg)}, \
	{"had_kerberos_leg", FIELD_NUMBER, NOTATION_NAME, .names = &bool_names, \
	    .sentence = "whether a token of the client was one of Kerberos", \
	    AUTHENTICATION_AT(type, had_kerberos_leg)}, \
	{"had_ntlm_leg", FIELD_NUMBER, NOTATION_NAME, .names = &bool_names, \
	    .sentence = "whether a token of the client was one of NTLMSSP", \
	    AUTHENTICATION_AT(type, had_ntlm_leg)}, \
	{"spn", FIELD_TEXT, .filter = "kerberos.SNameString", \
	    .sentence = "service that the client's Kerberos ticket is for", \
	    AUTHENTICATION_AT(type, spn)}, \
	{"ticket_realm", FIELD_TEXT, .filter = "kerberos.realm", \
	    .sentence = "realm of the client's Kerberos ticket", \
	    AUTHENTICATION_AT(type, ticket_realm)}, \
	{"ticket_etype", FIELD_NUMBER, NOTATION_NAME, .names = &kerberos_etype_names, \
	    .filter = "kerberos.etype", \
	    .sentence = "encryption type of the client's Kerberos ticket", \
	    AUTHENTICATION_AT(type, ticket_etype)}, \
	{"ticket_kvno", FIELD_NUMBER, .filter = "kerberos.kvno", \
	    .sentence = "version of the service's key that the ticket is encrypted with", \
	    AUTHENTICATION_AT(type, ticket_kvno)}, \
	{"krb_error", FIELD_NUMBER, NOTATION_NAME, .names = &kerberos_error_names, \
	    .refusal = REFUSAL_ALWAYS, .filter = "kerberos.error_code", \
	    .sentence = "error of the Kerberos token in the last answer", \
	    AUTHENTICATION_AT(type, krb_error)}, \
	{"krb_error_text", FIELD_TEXT, .filter = "kerberos.e_text", \
	    .sentence = "the server's own words in that error", \
	    AUTHENTICATION_AT(type, krb_error_text)}, \
	{"krb_nt_status", FIELD_NUMBER, NOTATION_CODE, .names = &nt_status_names, \
	    .filter = "kerberos.smb.nt_status", \
	    .sentence = "status that a Windows server adds to that error", \
	    AUTHENTICATION_AT(type, krb_nt_status)}, \
	{"skew", FIELD_DURATION, .filter = "kerberos.stime", \
	    .sentence = "of KRB_AP_ERR_SKEW: how far the clocks of server and client differ", \
	    AUTHENTICATION_AT(type, skew)}, \
	{"is_server_ahead", FIELD_NUMBER, NOTATION_NAME, .names = &bool_names, \
	    .sentence = "whether the server's clock is the later one of the two in skew", \
	    AUTHENTICATION_AT(type, is_server_ahead)}, \
	{"neg_state", FIELD_NUMBER, NOTATION_NAME, .names = &spnego_neg_state_names, \
	    .filter = "spnego.negResult", .sentence = "negState of the last answer that has one", \
	    AUTHENTICATION_AT(type, neg_state)}, \
	{"has_mech_list_mic", FIELD_NUMBER, NOTATION_NAME, .names = &bool_names, \
	    .filter = "spnego.mechListMIC", \
	    .sentence = "whether the client protects its list of mechanisms with a MIC", \
	    AUTHENTICATION_AT(type, has_mech_list_mic)}, \
	{"token_oddities", FIELD_TEXT, \
	    .sentence = "what the tokens do otherwise than specified, by side", \
	    AUTHENTICATION_AT(type, token_oddities)}, \
	{"user", FIELD_TEXT, .filter = "ntlmssp.auth.username", \
	    .sentence = "user who logs on by NTLM, or beside passwords in SMB1", \
	    AUTHENTICATION_AT(type, user)}, \
	{"domain", FIELD_TEXT, .filter = "ntlmssp.auth.domain", \
	    .sentence = "domain of that user", AUTHENTICATION_AT(type, domain)}, \
	{"workstation", FIELD_TEXT, .filter = "ntlmssp.auth.hostname", \
	    .sentence = "what the client calls itself in NTLM", \
	    AUTHENTICATION_AT(type, workstation)}, \
	{"ntlm_response", FIELD_NUMBER, NOTATION_NAME, .names = &ntlmssp_response_names, \
	    .sentence = "which NTLM the client uses: NTLMv2, NTLMv1_ESS, NTLMv1, LM, anonymous", \
	    AUTHENTICATION_AT(type, ntlm_response)}, \
	{"ntlm_flags", FIELD_NUMBER, NOTATION_FLAGS, .names = &ntlmssp_flag_names, \
	    .filter = "ntlmssp.negotiateflags", \
	    .sentence = "NegotiateFlags of the last NTLMSSP message", \
	    AUTHENTICATION_AT(type, ntlm_flags)}, \
	{"target_name", FIELD_TEXT, .filter = "ntlmssp.ntlmv2_response.target_name", \
	    .sentence = "service that the client means in NTLMv2, such as cifs/fs1.lab.example", \
	    AUTHENTICATION_AT(type, target_name)}, \
	{"av_flags", FIELD_NUMBER, NOTATION_FLAGS, .names = &ntlmssp_av_flag_names, \
	    .filter = "ntlmssp.ntlmv2_response.flags", \
	    .sentence = "MsvAvFlags of the client's NTLMv2 response", \
	    AUTHENTICATION_AT(type, av_flags)}, \
	{"is_anonymous", FIELD_BOOL, .names = &bool_names, \
	    .sentence = "whether the client authenticated as nobody", \
	    AUTHENTICATION_AT(type, is_anonymous)}, \
	{"server_netbios_name", FIELD_TEXT, \
	    .filter = "ntlmssp.challenge.target_info.nb_computer_name", \
	    .sentence = "NetBIOS name that the server gives in NTLM", \
	    AUTHENTICATION_AT(type, server_netbios_name)}, \
	{"server_netbios_domain", FIELD_TEXT, \
	    .filter = "ntlmssp.challenge.target_info.nb_domain_name", \
	    .sentence = "NetBIOS domain of the server", \
	    AUTHENTICATION_AT(type, server_netbios_domain)}, \
	{"server_dns_name", FIELD_TEXT, \
	    .filter = "ntlmssp.challenge.target_info.dns_computer_name", \
	    .sentence = "DNS name that the server gives in NTLM", \
	    AUTHENTICATION_AT(type, server_dns_name)}, \
	{"server_dns_domain", FIELD_TEXT, \
	    .filter = "ntlmssp.challenge.target_info.dns_domain_name", \
	    .sentence = "DNS domain of the server", \
	    AUTHENTICATION_AT(type, server_dns_domain)}, \
	{"server_dns_forest", FIELD_TEXT, \
	    .filter = "ntlmssp.challenge.target_info.dns_tree_name", \
	    .sentence = "forest of the server", AUTHENTICATION_AT(type, server_dns_forest)}, \
	{"server_version", FIELD_TEXT, .filter = "ntlmssp.version", \
	    .sentence = "version of the server's system as it says in NTLM, such as 10.0.20348", \
	    AUTHENTICATION_AT(type, server_version)}, \
	{"server_time", FIELD_TEXT, .filter = "ntlmssp.challenge.target_info.timestamp", \
	    .sentence = "the server's clock in NTLM", AUTHENTICATION_AT(type, server_time)}, \
	{"server_clock_offset", FIELD_DURATION, \
	    .filter = "ntlmssp.challenge.target_info.timestamp", \
	    .sentence = "how far the server's clock in NTLM and the capture's differ", \
	    AUTHENTICATION_AT(type, server_clock_offset)}, \
	{"server_clock_ahead", FIELD_NUMBER, NOTATION_NAME, .names = &bool_names, \
	    .sentence = "whether the server's clock is the later one of those two", \
	    AUTHENTICATION_AT(type, server_clock_ahead)}, \
	{"target", FIELD_TEXT, .is_late = true, \
	    .sentence = "service that the client offers: its ticket's, else the one in NTLMv2", \
	    AUTHENTICATION_AT(type, target)}, \
	{"target_host", FIELD_TEXT, .is_late = true, .sentence = "host in target", \
	    AUTHENTICATION_AT(type, target_host)}, \
	{"target_canonical", FIELD_TEXT, .filter = "dns.cname", .is_late = true, \
	    .sentence = "name that target_host is an alias of, by the DNS answers in the capture", \
	    AUTHENTICATION_AT(type, target_canonical)}, \
	{"is_target_address", FIELD_NUMBER, NOTATION_NAME, .names = &bool_names, .is_late = true, \
	    .sentence = "whether that host is an IP address", \
	    AUTHENTICATION_AT(type, is_target_address)}, \
	{"server_names", FIELD_TEXT, .is_late = true, \
	    .sentence = "names that the server gives itself anywhere in the capture", \
	    AUTHENTICATION_AT(type, server_names)}, \
	{"is_target_known", FIELD_NUMBER, NOTATION_NAME, .names = &bool_names, .is_late = true, \
	    .sentence = "whether target_host is one of these names, or the server's address", \
	    AUTHENTICATION_AT(type, is_target_known)}
/* clang-format on */

#endif
