/*
 * SMB2 and SMB3 messages as bytes: pure decoders, no state ([MS-SMB2] 2.2).
 *
 * Every decoder takes a cursor that begins at the SMB2 header of one command and ends where that
 * command or its captured bytes end. It returns false, with RET untouched, when the fixed part is
 * not all there or its StructureSize is not the one written in the specification. What an
 * offset/length pair names comes back as a cursor that borrows the message; it is short
 * (cur_ok() is false) when the window is not inside. A security token comes back as far as it is
 * there.
 */
#ifndef SMBTRIAGE_DISSECTORS_SMB2_WIRE_H
#define SMBTRIAGE_DISSECTORS_SMB2_WIRE_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/base/cursor.h"
#include "analyzer/exchange.h"

/* ProtocolId, read big-endian: what the first four bytes of a message say. */
#define SMB1_MAGIC             0xff534d42u /* [MS-CIFS] 2.2.3.1 */
#define SMB2_MAGIC             0xfe534d42u /* [MS-SMB2] 2.2.1 */
#define SMB2_TRANSFORM_MAGIC   0xfd534d42u /* [MS-SMB2] 2.2.41 */
#define SMB2_COMPRESSION_MAGIC 0xfc534d42u /* [MS-SMB2] 2.2.42 */

#define SMB2_HEADER_SIZE      64
#define SMB2_TRANSFORM_SIZE   52
#define SMB2_COMPRESSION_SIZE 16 /* up to where uncompressed bytes may follow */

/* [MS-SMB2] 2.2.1.2. */
enum smb2_command {
	SMB2_NEGOTIATE = 0,
	SMB2_SESSION_SETUP,
	SMB2_LOGOFF,
	SMB2_TREE_CONNECT,
	SMB2_TREE_DISCONNECT,
	SMB2_CREATE,
	SMB2_CLOSE,
	SMB2_FLUSH,
	SMB2_READ,
	SMB2_WRITE,
	SMB2_LOCK,
	SMB2_IOCTL,
	SMB2_CANCEL,
	SMB2_ECHO,
	SMB2_QUERY_DIRECTORY,
	SMB2_CHANGE_NOTIFY,
	SMB2_QUERY_INFO,
	SMB2_SET_INFO,
	SMB2_OPLOCK_BREAK,
	SMB2_SERVER_TO_CLIENT_NOTIFICATION,
	SMB2_COMMAND_COUNT
};

/* One row per command; smb2_command_names has its name. The sizes are the StructureSize fields of
 * both bodies. */
struct smb2_command_row {
	uint16_t request_size, response_size; /* 0: there is no such message */
	/* Leading bytes that anybody here reads, the header included; the rest is payload. */
	uint32_t request_wanted, response_wanted;
};

/* The row for COMMAND, or NULL. */
const struct smb2_command_row *smb2_command_row(uint16_t command);

/* Names for the fields of exchanges. */
extern const struct names smb2_command_names, smb2_dialect_names, smb2_security_mode_names,
    smb2_capability_names, smb2_session_flag_names, smb2_share_type_names, smb2_share_flag_names,
    smb2_hash_names, smb2_cipher_names, smb2_signing_names, smb2_compression_names,
    smb2_error_id_names, smb2_ctl_code_names;

/* Flags ([MS-SMB2] 2.2.1.2). */
#define SMB2_FLAGS_SERVER_TO_REDIR    0x00000001u
#define SMB2_FLAGS_ASYNC_COMMAND      0x00000002u
#define SMB2_FLAGS_RELATED_OPERATIONS 0x00000004u
#define SMB2_FLAGS_SIGNED             0x00000008u

#define SMB2_MESSAGE_ID_UNSOLICITED UINT64_MAX /* [MS-SMB2] 2.2.23.1 */

struct smb2_header {
	uint16_t credit_charge;
	uint16_t credits; /* requested or granted */
	uint32_t status;  /* of a response; a request holds its ChannelSequence here */
	uint16_t command;
	uint32_t flags;
	uint32_t next_command; /* offset of the next command of a compound, 0: none */
	uint64_t message_id;
	bool has_ids;      /* the capture holds the header as far as what follows */
	uint64_t async_id; /* with SMB2_FLAGS_ASYNC_COMMAND, else 0 */
	uint32_t tree_id;  /* without it, else 0 */
	uint64_t session_id;
};

/* [MS-SMB2] 2.2.1. Needs the bytes up to MessageId only, so that a capture cut at 96 bytes still
 * pairs requests and answers. */
bool smb2_decode_header(struct cursor message, struct smb2_header *ret);

/*
 * How many leading bytes of an SMB2 message of LENGTH bytes anybody here reads. MESSAGE holds at
 * least SMB2_WANTED_NEEDS of them, or all.
 */
uint32_t smb2_wanted(struct cursor message, uint32_t length);
#define SMB2_WANTED_NEEDS 24 /* up to NextCommand */

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
	struct cursor hashes, ciphers, compressions, signings;
	struct cursor netname; /* UTF-16LE */
};

/* [MS-SMB2] 2.2.3. */
struct smb2_negotiate_request {
	uint16_t security_mode;
	uint32_t capabilities;
	uint8_t client_guid[16];
	struct cursor dialects; /* 16-bit numbers */
	struct smb2_contexts contexts;
};

bool smb2_decode_negotiate_request(struct cursor message, struct smb2_negotiate_request *ret);

/* [MS-SMB2] 2.2.4. */
struct smb2_negotiate_response {
	uint16_t security_mode;
	uint16_t dialect;
	uint8_t server_guid[16];
	uint32_t capabilities;
	uint32_t max_transact_size, max_read_size, max_write_size;
	struct cursor token;
	struct smb2_contexts contexts;
};

bool smb2_decode_negotiate_response(struct cursor message, struct smb2_negotiate_response *ret);

#define SMB2_SESSION_FLAG_BINDING 0x01 /* of the request, [MS-SMB2] 2.2.5 */

/* Of the response ([MS-SMB2] 2.2.6). */
#define SMB2_SESSION_FLAG_IS_GUEST     0x0001
#define SMB2_SESSION_FLAG_IS_NULL      0x0002
#define SMB2_SESSION_FLAG_ENCRYPT_DATA 0x0004

struct smb2_session_setup_request {
	uint8_t flags;
	uint8_t security_mode;
	uint32_t capabilities;
	uint64_t previous_session_id;
	struct cursor token;
};

bool
smb2_decode_session_setup_request(struct cursor message, struct smb2_session_setup_request *ret);

struct smb2_session_setup_response {
	uint16_t session_flags;
	struct cursor token;
};

/*
 * An error answer has the same StructureSize and another layout; servers that put a token beside
 * an error status use this one. False for the error layout.
 */
bool
smb2_decode_session_setup_response(struct cursor message, struct smb2_session_setup_response *ret);

/* [MS-SMB2] 2.2.9, with the extension of 2.2.9.1 too. */
struct smb2_tree_connect_request {
	uint16_t flags;
	struct cursor path; /* UTF-16LE */
};

bool smb2_decode_tree_connect_request(struct cursor message, struct smb2_tree_connect_request *ret);

/* ShareType ([MS-SMB2] 2.2.10). */
enum smb2_share_type {
	SMB2_SHARE_TYPE_DISK = 1,
	SMB2_SHARE_TYPE_PIPE = 2,
	SMB2_SHARE_TYPE_PRINT = 3,
};

struct smb2_tree_connect_response {
	uint8_t share_type; /* enum smb2_share_type */
	uint32_t share_flags, capabilities, maximal_access;
};

bool
smb2_decode_tree_connect_response(struct cursor message, struct smb2_tree_connect_response *ret);

/* [MS-SMB2] 2.2.2. The contexts of dialect 3.1.1 are recognised by their count. */
struct smb2_error {
	bool has_error_id; /* there is an error context, and this is the first */
	uint32_t error_id;
	struct cursor data; /* of that context, or the plain ErrorData */
};

#define SMB2_ERROR_ID_SHARE_REDIRECT 0x72645253u /* [MS-SMB2] 2.2.2.1 */

bool smb2_decode_error(struct cursor message, struct smb2_error *ret);

/* [MS-SMB2] 2.2.13. */
struct smb2_create_request {
	struct cursor name; /* UTF-16LE, empty: the share's root */
};

bool smb2_decode_create_request(struct cursor message, struct smb2_create_request *ret);

#define SMB2_LOCKFLAG_FAIL_IMMEDIATELY 0x00000010u

/* Flags of the first lock of a LOCK request ([MS-SMB2] 2.2.26). */
bool smb2_decode_lock_flags(struct cursor message, uint32_t *ret);

/* CtlCode ([MS-SMB2] 2.2.31): those that our code asks about. */
#define FSCTL_DFS_GET_REFERRALS            0x00060194u
#define FSCTL_PIPE_WAIT                    0x00110018u
#define FSCTL_PIPE_TRANSCEIVE              0x0011c017u
#define FSCTL_VALIDATE_NEGOTIATE_INFO      0x00140204u
#define FSCTL_QUERY_NETWORK_INTERFACE_INFO 0x001401fcu

/* Both directions of IOCTL; a response has no max_output_response. */
struct smb2_ioctl {
	uint32_t ctl_code;
	uint32_t max_output_response;
	struct cursor input, output;
};

bool smb2_decode_ioctl_request(struct cursor message, struct smb2_ioctl *ret);
bool smb2_decode_ioctl_response(struct cursor message, struct smb2_ioctl *ret);

/* [MS-SMB2] 2.2.31.4, from the input of the IOCTL request. */
struct smb2_validate_request {
	uint32_t capabilities;
	uint8_t guid[16];
	uint16_t security_mode;
	struct cursor dialects;
};

bool smb2_decode_validate_request(struct cursor input, struct smb2_validate_request *ret);

/* [MS-SMB2] 2.2.32.6, from the output of the IOCTL response. */
struct smb2_validate_response {
	uint32_t capabilities;
	uint8_t guid[16];
	uint16_t security_mode;
	uint16_t dialect;
};

bool smb2_decode_validate_response(struct cursor output, struct smb2_validate_response *ret);

/* One NETWORK_INTERFACE_INFO ([MS-SMB2] 2.2.32.5). */
struct smb2_interface {
	uint32_t index;
	uint32_t capability;
	uint64_t link_speed; /* bits per second */
	struct addr addr;    /* ADDR_NONE: of a family other than IPv4 and IPv6 */
};

/*
 * Takes the first entry from LIST, the output of the IOCTL response, which then begins with the
 * next one, or is empty after the last. False when the entry is not all there.
 */
bool smb2_next_interface(struct cursor *list, struct smb2_interface *ret);

/* [MS-SMB2] 2.2.41. */
struct smb2_transform {
	uint32_t original_size;
	uint64_t session_id;
};

bool smb2_decode_transform(struct cursor message, struct smb2_transform *ret);

/* [MS-SMB2] 2.2.42.1 and 2.2.42.2. */
struct smb2_compression {
	bool is_chained;
	/* What stands uncompressed at the front of the message, as far as it was captured: most
	 * senders leave the SMB2 header there. Empty if compression begins at once. */
	struct cursor plain;
};

bool smb2_decode_compression(struct cursor message, struct smb2_compression *ret);

#endif
