/* The exchanges that SMB2 makes beside smb_negotiate: their structs and their fields. */
#ifndef SMBTRIAGE_DISSECTORS_SMB2_EXCHANGES_H
#define SMBTRIAGE_DISSECTORS_SMB2_EXCHANGES_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/exchange.h"
#include "dissectors/authentication.h"

/* What a key says of a message: of its signature, or of the authentication tag of an encrypted one
 * ([MS-SMB2] 3.1.4.1, 3.1.4.3). A number that is not known: it was not checked. */
enum smb2_signature { SMB2_SIGNATURE_RIGHT = 1, SMB2_SIGNATURE_WRONG };

struct smb2_handshake; /* dissectors/smb2_seal.h */

/*
 * All legs of one authentication: from the first request to the final status. When a leg is not
 * answered, the request is that leg's, so that `waited` counts from there.
 */
struct smb2_session_setup {
	struct exchange base;
	struct number status;
	struct authentication authentication;
	/* From the last leg's request to the first byte of its answer, nanoseconds; negative: none.
	 */
	int64_t answer_began;
	uint32_t legs;
	uint64_t first_leg_frame;
	struct number session_id, previous_session_id;
	struct number session_flags, is_guest;
	struct number is_signed, signature;
	struct number is_signing_required;
	bool is_request_signed, is_binding, is_reauthentication, has_wrong_signature;
	struct number dialect, client_can_encrypt;
	struct smb2_handshake *handshake; /* not a field: what leads to the keys; or NULL */
};

struct smb2_tree_connect {
	struct exchange base;
	const char *path, *host, *share;
	const char *nearest_path; /* shares_link() */
	struct number status;
	struct number share_type, share_flags;
	struct number error_id, max_cluster_dialect;
	struct number is_ipc, is_admin_share;
	bool is_request_signed, is_request_encrypted, has_wrong_signature;
	struct number is_signed, is_encrypted;
	struct number request_signature, signature;
	struct number tree_id, session_id;
	struct number is_guest, is_anonymous, is_session_encrypted;
	struct number is_signing_required;
	struct number dialect, client_can_encrypt;
	int64_t answer_began; /* as that of a session setup */
	bool is_open_at_end;
};

struct smb2_validate_negotiate {
	struct exchange base;
	struct number status;
	struct number capabilities, security_mode, max_output_response;
	const char *guid;
	struct number_list dialects;
	struct number negotiate_capabilities, negotiate_security_mode;
	const char *negotiate_guid;
	struct number_list negotiate_dialects;
	struct number response_capabilities, response_security_mode, response_dialect;
	const char *response_guid;
	struct number negotiate_response_capabilities, negotiate_response_security_mode,
	    negotiate_response_dialect;
	const char *negotiate_response_guid;
	struct number is_request_altered, is_answer_altered;
	const char *differences;
	bool is_request_signed, is_request_encrypted, has_wrong_signature;
	struct number is_answer_signed, is_answer_encrypted;
	struct number request_signature, signature;
	struct number dialect, session_id;
};

/* The server lists its network interfaces, for further channels of a session. */
struct smb2_network_interfaces {
	struct exchange base;
	struct number count; /* of the entries that were read */
	const char *addresses;
	struct number session_id, dialect;
};

/* Any other command: only those that are kept, see smb2.h. */
struct smb2_request {
	struct exchange base;
	struct number command, status, ctl_code;
	const char *path, *share;
	const char *target, *pattern, *create_contexts;
	struct number offset, length, info_class;
	struct number desired_access, create_disposition, create_options;
	struct number oplock_level, completion_filter;
	struct number share_type;
	struct number credit_charge, channel_sequence;
	bool is_waiting_kind, has_interim, is_request_signed, is_request_encrypted;
	bool is_cancelled, is_overdue, has_wrong_signature;
	int64_t answer_began; /* as that of a session setup */
	struct number queued_bytes;
	struct number is_signed, is_encrypted;
	struct number request_signature, signature;
	struct number session_id, tree_id, message_id;
	struct number dialect;
	struct number unlisted;
};

/*
 * What a connection says encrypted and no key opens, as far as it is visible: the request is the
 * latest message of the client, its answer the server's next one, and the rest is about all of
 * them. One for each connection.
 */
struct smb2_encrypted {
	struct exchange base;
	struct number session_id; /* of the first message */
	uint64_t first_encrypted_frame;
	uint64_t requests, answers; /* messages of client and server */
	int64_t longest_wait;       /* from a message of the client to the next one of the server */
	uint64_t longest_wait_frame; /* of that answer; 0: there is none */
	bool may_be_farewell;
	enum seal seal;
	struct number dialect;
};

/* A break of an oplock or a lease: asked for by the server, acknowledged by the client. Only those
 * that took SMB2_SLOW or longer, or were never acknowledged. */
struct smb2_break {
	struct exchange base;
	bool is_lease, is_closed_instead;
	const char *path;
	struct number must_acknowledge;
	struct number oplock_level;
	struct number current_lease_state, lease_state;
	struct number dialect;
};

extern const struct exchange_type smb2_session_setup_type, smb2_tree_connect_type,
    smb2_validate_negotiate_type, smb2_network_interfaces_type, smb2_request_type,
    smb2_encrypted_type, smb2_break_type;

#endif
