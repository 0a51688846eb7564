/*
 * SMB2 and SMB3 messages as bytes: pure decoders, no state ([MS-SMB2] 2.2). Here are the headers
 * and the table of commands; what a command says is beside it in smb2_session_wire, smb2_file_wire,
 * smb2_info_wire and smb2_ioctl_wire, and of one that failed in smb2_error_wire.
 *
 * Every decoder takes a cursor that begins at the SMB2 header of one command and ends where that
 * command or its captured bytes end. It returns false, with RET untouched, when what it reads is
 * not all there. What an offset/length pair names comes back as a cursor that borrows the message;
 * it is short (cur_ok() is false) when the window is not inside. What is of use without its end,
 * such as a security token, comes back as far as it is there.
 */
#ifndef SMBTRIAGE_DISSECTORS_SMB2_WIRE_H
#define SMBTRIAGE_DISSECTORS_SMB2_WIRE_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/base/cursor.h"
#include "analyzer/exchange.h"
#include "dissectors/smb2_file_wire.h"
#include "dissectors/smb2_info_wire.h"
#include "dissectors/smb2_ioctl_wire.h"
#include "dissectors/smb2_session_wire.h"

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

union smb2_body;

struct smb2_message_row {
	uint16_t size; /* StructureSize; 0: there is no such message */
	/* Leading bytes that anybody here reads, the header included; the rest is payload. */
	uint32_t wanted;
	/* BODY begins at the header and stands behind StructureSize; the fixed part is there. NULL:
	 * the message holds nothing. */
	bool (*decode)(struct cursor body, union smb2_body *ret);
};

struct smb2_command_row {
	const char *name;
	struct smb2_message_row request, response;
};

/* The row for COMMAND, or NULL. */
const struct smb2_command_row *smb2_command_row(uint16_t command);

extern const struct names smb2_command_names; /* the names of the rows */

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

/* What a command says behind its header: the member of its command and direction. */
union smb2_body {
	struct smb2_negotiate_request negotiate_request;
	struct smb2_negotiate_response negotiate_response;
	struct smb2_session_setup_request session_setup_request;
	struct smb2_session_setup_response session_setup_response;
	struct smb2_tree_connect_request tree_connect_request;
	struct smb2_tree_connect_response tree_connect_response;
	struct smb2_create_request create_request;
	struct smb2_create_response create_response;
	struct smb2_close_request close_request;
	struct smb2_close_response close_response;
	struct smb2_flush_request flush_request;
	struct smb2_read_request read_request;
	struct smb2_read_response read_response;
	struct smb2_write_request write_request;
	struct smb2_write_response write_response;
	struct smb2_lock_request lock_request;
	struct smb2_ioctl ioctl_request, ioctl_response;
	struct smb2_query_directory_request query_directory_request;
	struct smb2_change_notify_request change_notify_request;
	struct smb2_query_info_request query_info_request;
	struct smb2_set_info_request set_info_request;
	/* Of QUERY_DIRECTORY, CHANGE_NOTIFY and QUERY_INFO. */
	struct smb2_output_response output_response;
	struct smb2_oplock_break oplock_break; /* both directions */
	struct smb2_notification notification;
};

/*
 * Decodes what stands behind HEADER, which COMMAND begins with. False when the fixed part is not
 * all there, when its StructureSize is not one that the specification gives to this command and
 * direction, and for the layout of an error answer, which smb2_decode_error() reads. A message
 * that holds nothing leaves RET as it is.
 */
bool
smb2_decode_body(const struct smb2_header *header, struct cursor command, union smb2_body *ret);

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
