/*
 * FSCTL_VALIDATE_NEGOTIATE_INFO: what a client and a server say of their negotiation once they can
 * sign, beside what they said in NEGOTIATE on the same wire ([MS-SMB2] 3.2.5.5, 3.3.5.15.12).
 */
#ifndef SMBTRIAGE_DISSECTORS_SMB2_VALIDATE_H
#define SMBTRIAGE_DISSECTORS_SMB2_VALIDATE_H

#include "dissectors/smb2_setup.h"

/* IOCTL is the part's. The caller keeps the exchange until the answer or the end. */
struct exchange *smb2_validate_request(
    struct smb2_setup *setup, const struct smb2_part *part, const struct smb2_ioctl *ioctl);

/* EXCHANGE is NULL when the request was not captured. It enters the ledger. */
void smb2_validate_response(
    struct smb2_setup *setup, const struct smb2_part *part, struct exchange *exchange);

#endif
