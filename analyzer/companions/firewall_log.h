/* The log of the Windows firewall, pfirewall.log. */
#ifndef SMBTRIAGE_COMPANIONS_FIREWALL_LOG_H
#define SMBTRIAGE_COMPANIONS_FIREWALL_LOG_H

#include "analyzer/companions/companion_read.h"

extern const struct companion_format firewall_log_format;

#endif
