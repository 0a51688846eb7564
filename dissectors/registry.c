#include "dissectors/registry.h"

#include "analyzer/base/basics.h"
#include "dissectors/dns.h"
#include "dissectors/kerberos.h"
#include "dissectors/nbss.h"
#include "dissectors/smb.h"
#include "dissectors/smb1.h"
#include "dissectors/smb2.h"

static const struct dissector *const dissectors[] = {
    &nbss_dissector,
    &kerberos_tcp_dissector,
    &kerberos_udp_dissector,
    &dns_udp_dissector,
    &dns_tcp_dissector,
};
const struct dissector_list all_dissectors = {dissectors, COUNT(dissectors)};

const struct exchange_type *const dissector_exchange_types[] = {
    &nbss_session_type,
    &smb_negotiate_type,
    &smb1_session_setup_type,
    &smb1_tree_connect_type,
    &smb2_session_setup_type,
    &smb2_tree_connect_type,
    &smb2_validate_negotiate_type,
    &smb2_network_interfaces_type,
    &smb2_request_type,
    &smb2_encrypted_type,
    &smb2_break_type,
    &kerberos_as_type,
    &kerberos_tgs_type,
    &dns_query_type,
};
const size_t dissector_exchange_type_count = COUNT(dissector_exchange_types);
