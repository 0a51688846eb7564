/* Names of numbers and flags in SMB2 messages, for the fields of exchanges. The names of commands
 * are in smb2_wire.h, those of IOCTL's function codes in smb2_ioctl_wire.h. */
#ifndef SMBTRIAGE_DISSECTORS_SMB2_NAMES_H
#define SMBTRIAGE_DISSECTORS_SMB2_NAMES_H

#include "analyzer/exchange.h"

/* Of NEGOTIATE, SESSION_SETUP and TREE_CONNECT. */
extern const struct names smb2_dialect_names, smb2_security_mode_names, smb2_capability_names,
    smb2_session_flag_names, smb2_share_type_names, smb2_share_flag_names,
    smb2_share_capability_names, smb2_hash_names, smb2_cipher_names, smb2_signing_names,
    smb2_compression_names, smb2_error_id_names;

/* Of CREATE: access masks of files and pipes ([MS-SMB2] 2.2.13.1.1), and all else of 2.2.13. */
extern const struct names smb2_access_names, smb2_file_attribute_names, smb2_share_access_names,
    smb2_create_disposition_names, smb2_create_option_names, smb2_create_action_names,
    smb2_impersonation_names;

/* Oplocks, leases and locks. */
extern const struct names smb2_oplock_level_names, smb2_lease_state_names, smb2_lock_flag_names;

/* Of QUERY_INFO, SET_INFO, QUERY_DIRECTORY and CHANGE_NOTIFY; an information class is named by
 * SMB2_INFO_CLASS(). */
extern const struct names smb2_info_type_names, smb2_info_class_names, smb2_completion_filter_names,
    smb2_query_directory_flag_names;

#endif
