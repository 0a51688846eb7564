/*
 * What Get-SmbServerConfiguration and Get-SmbShare print of a server's settings and shares, in any
 * of the forms of powershell.h. What becomes of clients that do not encrypt is decided by
 * EncryptData and RejectUnencryptedAccess of the server ([MS-SMB2] 3.3.1.5) and EncryptData of the
 * share (3.3.1.6).
 */
#ifndef SMBTRIAGE_COMPANIONS_SMB_SETTINGS_H
#define SMBTRIAGE_COMPANIONS_SMB_SETTINGS_H

#include "analyzer/companions/companion_read.h"

extern const struct companion_format smb_server_configuration_format;
extern const struct companion_format smb_share_format;

#endif
