/* The numbers of Kerberos: errors, encryption types, pre-authentication data, messages. */
#ifndef SMBTRIAGE_DISSECTORS_KRB_ERROR_H
#define SMBTRIAGE_DISSECTORS_KRB_ERROR_H

#include "analyzer/exchange.h"

/* error-code of KRB-ERROR, each with its meaning (RFC 4120 7.5.9 and its successors). */
extern const struct names kerberos_error_names;

/* Encryption types, negative ones as 32 bits of two's complement (RFC 3961 8, RFC 4757). */
extern const struct names kerberos_etype_names;

/* padata-type, negative ones likewise (RFC 4120 7.5.2). */
extern const struct names kerberos_padata_names;

/* KDCOptions as bits of 32, the first as the highest (RFC 4120 5.4.1). */
extern const struct names kerberos_kdc_option_names;

/* msg-type (RFC 4120 7.5.7). */
extern const struct names kerberos_msg_type_names;

#endif
