/*
 * What is done with an open file, as bytes: CREATE, CLOSE, FLUSH, READ, WRITE, LOCK and
 * OPLOCK_BREAK
 * ([MS-SMB2] 2.2.13 to 2.2.30), and what concerns no file: CANCEL and ECHO, which hold nothing, and
 * SERVER_TO_CLIENT_NOTIFICATION.
 *
 * Times are FILETIMEs: 100 ns since 1601, 0 when not told.
 */
#ifndef SMBTRIAGE_DISSECTORS_SMB2_FILE_WIRE_H
#define SMBTRIAGE_DISSECTORS_SMB2_FILE_WIRE_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/base/cursor.h"
#include "dissectors/smb2_fields.h"

union smb2_body; /* dissectors/smb2_wire.h */

/* OplockLevel ([MS-SMB2] 2.2.13). */
#define SMB2_OPLOCK_LEVEL_NONE      0x00
#define SMB2_OPLOCK_LEVEL_II        0x01
#define SMB2_OPLOCK_LEVEL_EXCLUSIVE 0x08
#define SMB2_OPLOCK_LEVEL_BATCH     0x09
#define SMB2_OPLOCK_LEVEL_LEASE     0xff /* a create context says which */

/* CreateOptions ([MS-SMB2] 2.2.13): those that our code asks about. */
#define FILE_DIRECTORY_FILE     0x00000001u
#define FILE_NON_DIRECTORY_FILE 0x00000040u
#define FILE_DELETE_ON_CLOSE    0x00001000u

/* [MS-SMB2] 2.2.13. */
struct smb2_create_request {
	uint8_t requested_oplock_level;
	uint32_t impersonation_level;
	uint32_t desired_access, file_attributes, share_access;
	uint32_t create_disposition, create_options;
	struct cursor name;     /* UTF-16LE, empty: the share's root */
	struct cursor contexts; /* for smb2_next_create_context(), empty: none */
};

/* The times and sizes of a file, as CREATE and CLOSE answer. */
struct smb2_file_state {
	uint64_t creation_time, last_access_time, last_write_time, change_time;
	uint64_t allocation_size, end_of_file;
	uint32_t file_attributes;
};

/* [MS-SMB2] 2.2.14. */
struct smb2_create_response {
	uint8_t oplock_level;
	uint8_t flags;          /* 1: SMB2_CREATE_FLAG_REPARSEPOINT */
	uint32_t create_action; /* smb2_create_action_names */
	struct smb2_file_state state;
	struct smb2_file_id file_id;
	struct cursor contexts; /* as in the request, and as far as they are there */
};

#define SMB2_CLOSE_FLAG_POSTQUERY_ATTRIB 0x0001

/* [MS-SMB2] 2.2.15. */
struct smb2_close_request {
	uint16_t flags;
	struct smb2_file_id file_id;
};

/* [MS-SMB2] 2.2.16: without SMB2_CLOSE_FLAG_POSTQUERY_ATTRIB the state is all zeroes. */
struct smb2_close_response {
	uint16_t flags;
	struct smb2_file_state state;
};

/* [MS-SMB2] 2.2.17. */
struct smb2_flush_request {
	struct smb2_file_id file_id;
};

/* [MS-SMB2] 2.2.19. */
struct smb2_read_request {
	uint8_t flags;
	uint32_t length; /* bytes asked for */
	uint64_t offset;
	struct smb2_file_id file_id;
	uint32_t minimum_count, channel, remaining_bytes;
};

/* [MS-SMB2] 2.2.20, without the data. */
struct smb2_read_response {
	uint8_t data_offset; /* from the SMB2 header */
	uint32_t data_length, data_remaining;
};

/* [MS-SMB2] 2.2.21, without the data. */
struct smb2_write_request {
	uint16_t data_offset; /* from the SMB2 header */
	uint32_t length;      /* bytes to write */
	uint64_t offset;
	struct smb2_file_id file_id;
	uint32_t channel, remaining_bytes, flags;
};

/* [MS-SMB2] 2.2.22. */
struct smb2_write_response {
	uint32_t count; /* bytes written */
};

/* Flags of a lock ([MS-SMB2] 2.2.26.1). */
#define SMB2_LOCKFLAG_SHARED_LOCK      0x00000001u
#define SMB2_LOCKFLAG_EXCLUSIVE_LOCK   0x00000002u
#define SMB2_LOCKFLAG_UNLOCK           0x00000004u
#define SMB2_LOCKFLAG_FAIL_IMMEDIATELY 0x00000010u

/* [MS-SMB2] 2.2.26.1. */
struct smb2_lock {
	uint64_t offset, length;
	uint32_t flags;
};

/* [MS-SMB2] 2.2.26. */
struct smb2_lock_request {
	uint16_t lock_count;
	uint32_t lock_sequence; /* with LockSequenceIndex in its upper 28 bits */
	struct smb2_file_id file_id;
	struct smb2_lock first; /* StructureSize counts it in */
	struct cursor locks;    /* all that are there, for smb2_next_lock() */
};

/* Takes the first lock from LOCKS. False when there is none, or not all of it. */
bool smb2_next_lock(struct cursor *locks, struct smb2_lock *ret);

/* LeaseState ([MS-SMB2] 2.2.13.2.8). */
#define SMB2_LEASE_READ_CACHING   0x00000001u
#define SMB2_LEASE_HANDLE_CACHING 0x00000002u
#define SMB2_LEASE_WRITE_CACHING  0x00000004u

/*
 * A break of an oplock or a lease: the server's notification, the client's acknowledgment and the
 * server's answer to that, told apart by direction, StructureSize and, of the server's two, by the
 * header's MessageId ([MS-SMB2] 2.2.23 to 2.2.25).
 */
struct smb2_oplock_break {
	bool is_lease;
	bool is_notification; /* of a lease: NewEpoch to ShareMaskHint are those of 2.2.23.2 */
	/* Of an oplock. */
	uint8_t oplock_level;
	struct smb2_file_id file_id;
	/* Of a lease. */
	uint8_t lease_key[16];
	uint32_t flags;
	uint32_t current_lease_state; /* of a notification */
	uint32_t lease_state;         /* the new one */
	uint16_t new_epoch;           /* of a notification */
	uint32_t break_reason, access_mask_hint, share_mask_hint;
};

/* NotificationType ([MS-SMB2] 2.2.44). */
#define SMB2_NOTIFY_SESSION_CLOSED 0u

struct smb2_notification {
	uint32_t notification_type;
};

/* Rows of the command table; everybody else asks smb2_decode_body(). */
bool smb2_read_create_request(struct cursor body, union smb2_body *ret);
bool smb2_read_create_response(struct cursor body, union smb2_body *ret);
bool smb2_read_close_request(struct cursor body, union smb2_body *ret);
bool smb2_read_close_response(struct cursor body, union smb2_body *ret);
bool smb2_read_flush_request(struct cursor body, union smb2_body *ret);
bool smb2_read_read_request(struct cursor body, union smb2_body *ret);
bool smb2_read_read_response(struct cursor body, union smb2_body *ret);
bool smb2_read_write_request(struct cursor body, union smb2_body *ret);
bool smb2_read_write_response(struct cursor body, union smb2_body *ret);
bool smb2_read_lock_request(struct cursor body, union smb2_body *ret);
bool smb2_read_oplock_break(struct cursor body, union smb2_body *ret);
bool smb2_read_lease_break_notification(struct cursor body, union smb2_body *ret);
bool smb2_read_lease_break(struct cursor body, union smb2_body *ret);
bool smb2_read_notification(struct cursor body, union smb2_body *ret);

#endif
