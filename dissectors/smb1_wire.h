/* SMB1 messages as bytes: pure decoders for the commands of the set-up phase ([MS-CIFS] 2.2.3,
 * 2.2.4; [MS-SMB] 2.2.4). They return false, with RET untouched, when the bytes do not suffice. */
#ifndef SMBTRIAGE_DISSECTORS_SMB1_WIRE_H
#define SMBTRIAGE_DISSECTORS_SMB1_WIRE_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/base/cursor.h"

#define SMB1_HEADER_SIZE 32

/* [MS-CIFS] 2.2.2.1: those that our code asks about. */
enum smb1_command {
	SMB_COM_ECHO = 0x2b,
	SMB_COM_TREE_CONNECT = 0x70,
	SMB_COM_TREE_DISCONNECT = 0x71,
	SMB_COM_NEGOTIATE = 0x72,
	SMB_COM_SESSION_SETUP_ANDX = 0x73,
	SMB_COM_LOGOFF_ANDX = 0x74,
	SMB_COM_TREE_CONNECT_ANDX = 0x75,
	SMB_COM_NT_CANCEL = 0xa4,
	SMB_COM_NO_ANDX_COMMAND = 0xff,
};

#define SMB_FLAGS_REPLY        0x80
#define SMB_FLAGS2_NT_STATUS   0x4000
#define SMB_FLAGS2_UNICODE     0x8000
#define SMB1_NO_COMMON_DIALECT 0xffff /* DialectIndex, [MS-CIFS] 2.2.4.52.2 */
#define SMB_SETUP_GUEST        0x0001 /* Action, [MS-CIFS] 2.2.4.53.2 */

#define SMB_CAP_EXTENDED_SECURITY 0x80000000u /* Capabilities, [MS-SMB] 2.2.4.5.2.1 */

/* [MS-CIFS] 2.2.3.1. */
struct smb1_header {
	uint8_t command;
	uint8_t flags;
	uint16_t flags2;
	uint32_t status; /* an NTSTATUS with SMB_FLAGS2_NT_STATUS; else class, 0, code */
	uint16_t tid, uid, mid;
	uint32_t pid;
};

bool smb1_decode_header(struct cursor message, struct smb1_header *ret);

/* How many leading bytes of an SMB1 message of LENGTH bytes anybody here reads. MESSAGE holds at
 * least SMB1_WANTED_NEEDS of them, or all. */
uint32_t smb1_wanted(struct cursor message, uint32_t length);
#define SMB1_WANTED_NEEDS 5 /* up to Command */

/* Parameter words and data bytes of one command; both borrow the message. */
struct smb1_block {
	uint8_t word_count;
	struct cursor words;
	struct cursor bytes;
	uint32_t bytes_offset; /* from the SMB header: Unicode strings are aligned by it */
};

/* The block at OFFSET from the SMB header: SMB1_HEADER_SIZE, or where AndXOffset points. Data that
 * the capture cuts off leave BYTES with what is there. */
bool smb1_decode_block(struct cursor message, uint32_t offset, struct smb1_block *ret);

/* The command that follows this one in its message, SMB_COM_NO_ANDX_COMMAND: none. */
struct smb1_andx {
	uint8_t command;
	uint16_t offset;
};

/* False too for blocks without words, as error answers are. */
bool smb1_decode_andx(const struct smb1_block *block, struct smb1_andx *ret);

/* The next dialect string of a NEGOTIATE request's data, without its NUL ([MS-CIFS] 2.2.4.52.1).
 * False at the end. */
bool smb1_next_dialect(struct cursor *bytes, struct cursor *ret);

/* [MS-CIFS] 2.2.4.52.2, [MS-SMB] 2.2.4.5.2; the rest is there with NT LM 0.12 only. */
struct smb1_negotiate_response {
	uint16_t dialect_index;
	bool has_nt_part;
	uint8_t security_mode; /* 0x04: signing enabled, 0x08: required */
	uint32_t capabilities;
	struct cursor token; /* short without extended security */
};

bool
smb1_decode_negotiate_response(const struct smb1_block *block, struct smb1_negotiate_response *ret);

/* [MS-CIFS] 2.2.4.53.1, [MS-SMB] 2.2.4.6.1. */
struct smb1_session_setup_request {
	bool has_token;                /* extended security */
	struct cursor token;           /* then */
	uint16_t password_lengths[2];  /* else: OEM, Unicode */
	struct cursor account, domain; /* else: encoded as Flags2 says, without terminator */
};

bool smb1_decode_session_setup_request(
    const struct smb1_block *block, bool is_unicode, struct smb1_session_setup_request *ret);

/* [MS-CIFS] 2.2.4.53.2, [MS-SMB] 2.2.4.6.2. */
struct smb1_session_setup_response {
	uint16_t action;
	struct cursor token; /* empty without extended security */
};

bool smb1_decode_session_setup_response(
    const struct smb1_block *block, struct smb1_session_setup_response *ret);

/* [MS-CIFS] 2.2.4.55.1. */
struct smb1_tree_connect_request {
	struct cursor path;    /* encoded as Flags2 says, without terminator */
	struct cursor service; /* ASCII */
};

bool smb1_decode_tree_connect_request(
    const struct smb1_block *block, bool is_unicode, struct smb1_tree_connect_request *ret);

/* Service of a TREE_CONNECT_ANDX answer, ASCII ([MS-CIFS] 2.2.4.55.2). */
bool smb1_decode_tree_connect_response(const struct smb1_block *block, struct cursor *ret);

#endif
