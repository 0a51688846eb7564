/*
 * What sets up a session and its trees, as bytes: NEGOTIATE, SESSION_SETUP, LOGOFF, TREE_CONNECT
 * and TREE_DISCONNECT ([MS-SMB2] 2.2.3 to 2.2.12). LOGOFF and TREE_DISCONNECT hold nothing.
 */
#ifndef SMBTRIAGE_DISSECTORS_SMB2_SESSION_WIRE_H
#define SMBTRIAGE_DISSECTORS_SMB2_SESSION_WIRE_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/base/cursor.h"

union smb2_body; /* dissectors/smb2_wire.h */

/* DialectRevision ([MS-SMB2] 2.2.3, 2.2.4). */
#define SMB2_DIALECT_202      0x0202
#define SMB2_DIALECT_210      0x0210
#define SMB2_DIALECT_300      0x0300
#define SMB2_DIALECT_311      0x0311
#define SMB2_DIALECT_WILDCARD 0x02ff

#define SMB2_GLOBAL_CAP_ENCRYPTION 0x00000040u

/* ContextType ([MS-SMB2] 2.2.3.1): also a bit number in smb2_contexts.present. */
enum smb2_context_type {
	SMB2_PREAUTH_INTEGRITY_CAPABILITIES = 1,
	SMB2_ENCRYPTION_CAPABILITIES = 2,
	SMB2_COMPRESSION_CAPABILITIES = 3,
	SMB2_NETNAME_NEGOTIATE_CONTEXT_ID = 5,
	SMB2_TRANSPORT_CAPABILITIES = 6,
	SMB2_RDMA_TRANSFORM_CAPABILITIES = 7,
	SMB2_SIGNING_CAPABILITIES = 8,
};

/* Negotiate contexts of dialect 3.1.1. Lists are arrays of 16-bit numbers, empty if absent. */
struct smb2_contexts {
	bool is_known;    /* all of them were read; false: some are cut off or malformed */
	uint16_t present; /* bits 1 << enum smb2_context_type */
	struct cursor hashes, ciphers, compressions, signings, rdma_transforms;
	struct cursor netname;    /* UTF-16LE */
	uint32_t transport_flags; /* 1: SMB2_ACCEPT_TRANSPORT_LEVEL_SECURITY */
};

/* [MS-SMB2] 2.2.3. */
struct smb2_negotiate_request {
	uint16_t security_mode;
	uint32_t capabilities;
	uint8_t client_guid[16];
	struct cursor dialects; /* 16-bit numbers */
	struct smb2_contexts contexts;
};

/* [MS-SMB2] 2.2.4. */
struct smb2_negotiate_response {
	uint16_t security_mode;
	uint16_t dialect;
	uint8_t server_guid[16];
	uint32_t capabilities;
	uint32_t max_transact_size, max_read_size, max_write_size;
	uint64_t system_time, server_start_time; /* FILETIME, 0: not told */
	struct cursor token;
	struct smb2_contexts contexts;
};

#define SMB2_SESSION_FLAG_BINDING 0x01 /* of the request, [MS-SMB2] 2.2.5 */

/* Of the response ([MS-SMB2] 2.2.6). */
#define SMB2_SESSION_FLAG_IS_GUEST     0x0001
#define SMB2_SESSION_FLAG_IS_NULL      0x0002
#define SMB2_SESSION_FLAG_ENCRYPT_DATA 0x0004

/* [MS-SMB2] 2.2.5. */
struct smb2_session_setup_request {
	uint8_t flags;
	uint8_t security_mode;
	uint32_t capabilities;
	uint64_t previous_session_id;
	struct cursor token;
};

/*
 * [MS-SMB2] 2.2.6. An error answer has the same StructureSize and another layout; servers that put
 * a token beside an error status use this one.
 */
struct smb2_session_setup_response {
	uint16_t session_flags;
	struct cursor token;
};

/* Flags of a TREE_CONNECT request ([MS-SMB2] 2.2.9). */
#define SMB2_TREE_CONNECT_FLAG_CLUSTER_RECONNECT 0x0001
#define SMB2_TREE_CONNECT_FLAG_REDIRECT_TO_OWNER 0x0002
#define SMB2_TREE_CONNECT_FLAG_EXTENSION_PRESENT 0x0004

/* [MS-SMB2] 2.2.9, with the extension of 2.2.9.1 too. */
struct smb2_tree_connect_request {
	uint16_t flags;         /* below 3.1.1 reserved */
	uint16_t context_count; /* of the extension: its contexts name who connects */
	struct cursor path;     /* UTF-16LE */
};

/* ShareType ([MS-SMB2] 2.2.10). */
enum smb2_share_type {
	SMB2_SHARE_TYPE_DISK = 1,
	SMB2_SHARE_TYPE_PIPE = 2,
	SMB2_SHARE_TYPE_PRINT = 3,
};

/* [MS-SMB2] 2.2.10. */
struct smb2_tree_connect_response {
	uint8_t share_type; /* enum smb2_share_type */
	uint32_t share_flags, capabilities, maximal_access;
};

/* Rows of the command table; everybody else asks smb2_decode_body(). */
bool smb2_read_negotiate_request(struct cursor body, union smb2_body *ret);
bool smb2_read_negotiate_response(struct cursor body, union smb2_body *ret);
bool smb2_read_session_setup_request(struct cursor body, union smb2_body *ret);
bool smb2_read_session_setup_response(struct cursor body, union smb2_body *ret);
bool smb2_read_tree_connect_request(struct cursor body, union smb2_body *ret);
bool smb2_read_tree_connect_response(struct cursor body, union smb2_body *ret);

#endif
