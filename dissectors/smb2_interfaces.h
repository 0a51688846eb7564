/*
 * FSCTL_QUERY_NETWORK_INTERFACE_INFO: the addresses that a server says are its own, to which
 * clients open further channels of a session ([MS-SMB2] 3.2.4.20.10, 3.3.5.15.11).
 */
#ifndef SMBTRIAGE_DISSECTORS_SMB2_INTERFACES_H
#define SMBTRIAGE_DISSECTORS_SMB2_INTERFACES_H

#include "dissectors/smb2_setup.h"

/* Interfaces that are kept of one list. */
#define SMB2_MOST_INTERFACES 64

/*
 * The answer with STATUS_SUCCESS whose IOCTL is given; REQUEST is NULL when that was not captured.
 * The exchange enters the ledger and is returned, and the addresses enter the conversation's facts.
 */
struct exchange *smb2_interfaces_response(struct smb2_setup *setup, const struct smb2_part *part,
    const struct smb2_ioctl *ioctl, const struct message *request);

#endif
