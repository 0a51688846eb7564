/* Kerberos with a KDC, over TCP and UDP: tickets asked for, and how that ended (RFC 4120). */
#ifndef SMBTRIAGE_DISSECTORS_KERBEROS_H
#define SMBTRIAGE_DISSECTORS_KERBEROS_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/dissector.h"
#include "analyzer/exchange.h"

/* An AS or TGS exchange. Texts are arena memory, NULL: not known. */
struct kerberos_exchange {
	struct exchange exchange;
	bool is_success; /* a ticket came */
	struct number krb_error;
	const char *krb_error_text;
	struct number krb_nt_status;
	const char *realm;
	const char *error_realm;
	const char *client_name;
	const char *service, *service_class, *service_host;
	/* What the capture's DNS says of service_host; naming_link() fills it in. */
	const char *service_canonical;
	uint64_t canonical_frame; /* of that answer; 0: none */
	struct addr service_address;
	struct number_list etypes, padata;
	struct number_list offered_etypes;
	struct number kdc_options, is_user_to_user, is_canonical;
	struct number reply_etype, ticket_etype, ticket_kvno;
	bool has_preauth, is_fast;
	int64_t skew;         /* ns, either way; negative: not known */
	const char *kdc_time; /* RFC 3339 */
	bool is_kdc_ahead;
};

extern const struct exchange_type kerberos_as_type, kerberos_tgs_type;

extern const struct dissector kerberos_tcp_dissector, kerberos_udp_dissector;

#endif
