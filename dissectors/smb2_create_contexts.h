/*
 * Create contexts: what is asked and told beside a CREATE ([MS-SMB2] 2.2.13.2 and 2.2.14.2).
 *
 *	while (smb2_next_create_context(&contexts, &context))
 *		if (smb2_decode_create_context_request(&context, &data))
 *			look at the member that context.tag names
 */
#ifndef SMBTRIAGE_DISSECTORS_SMB2_CREATE_CONTEXTS_H
#define SMBTRIAGE_DISSECTORS_SMB2_CREATE_CONTEXTS_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/base/cursor.h"
#include "dissectors/smb2_fields.h"

/* Named by the constants of [MS-SMB2] 2.2.13.2; on the wire by 4 characters, or by 16 bytes. */
enum smb2_create_tag {
	SMB2_CREATE_UNKNOWN, /* none of the following */
	SMB2_CREATE_EA_BUFFER,
	SMB2_CREATE_SD_BUFFER,
	SMB2_CREATE_DURABLE_HANDLE_REQUEST,
	SMB2_CREATE_DURABLE_HANDLE_RECONNECT,
	SMB2_CREATE_ALLOCATION_SIZE,
	SMB2_CREATE_QUERY_MAXIMAL_ACCESS_REQUEST,
	SMB2_CREATE_TIMEWARP_TOKEN,
	SMB2_CREATE_QUERY_ON_DISK_ID,
	SMB2_CREATE_REQUEST_LEASE, /* either version: the data's length tells */
	SMB2_CREATE_DURABLE_HANDLE_REQUEST_V2,
	SMB2_CREATE_DURABLE_HANDLE_RECONNECT_V2,
	SMB2_CREATE_APP_INSTANCE_ID,
	SMB2_CREATE_APP_INSTANCE_VERSION,
	SVHDX_OPEN_DEVICE_CONTEXT, /* [MS-RSVD] 2.2.4.12 */
	SMB2_CREATE_AAPL,  /* Apple's; published with its smbx, and in Samba's fruit module */
	SMB2_CREATE_POSIX, /* the POSIX extensions of Samba and Linux */
	SMB2_CREATE_TAG_COUNT
};

struct smb2_create_context {
	enum smb2_create_tag tag;
	struct cursor name; /* as it stands, also of one that is not known */
	struct cursor data; /* short: not all of it is there */
};

/*
 * Takes the first context from CONTEXTS, which then begins with the next one, or is empty after the
 * last. False when the context is not all there, or the chain does not go on forward.
 */
bool smb2_next_create_context(struct cursor *contexts, struct smb2_create_context *ret);

/* The name on the wire as text: "DH2Q", or of 16 bytes a word of ours. "unknown" for that. */
const char *smb2_create_tag_text(enum smb2_create_tag tag);

/* [MS-SMB2] 2.2.13.2.8 and 2.2.13.2.10, 2.2.14.2.10 and 2.2.14.2.11. */
struct smb2_lease {
	uint8_t key[16];
	uint32_t state; /* SMB2_LEASE_… */
	uint32_t flags;
	bool is_v2; /* and the following are there */
	uint8_t parent_key[16];
	uint16_t epoch;
};

/* [MS-SMB2] 2.2.13.2.11 and 2.2.14.2.12. */
struct smb2_durable_v2 {
	uint32_t timeout;        /* ms; 0 in a request: as the server likes */
	uint32_t flags;          /* 2: SMB2_DHANDLE_FLAG_PERSISTENT */
	uint8_t create_guid[16]; /* of a request */
};

/* [MS-SMB2] 2.2.13.2.4 and 2.2.13.2.12. */
struct smb2_reconnect {
	struct smb2_file_id file_id;
	uint8_t create_guid[16]; /* of the second version, as the flags */
	uint32_t flags;
};

/* [MS-SMB2] 2.2.14.2.5. */
struct smb2_maximal_access {
	uint32_t query_status; /* of finding it out */
	uint32_t maximal_access;
};

/* [MS-SMB2] 2.2.14.2.9. */
struct smb2_on_disk_id {
	uint64_t disk_file_id, volume_id;
};

/* [MS-SMB2] 2.2.13.2.15. */
struct smb2_app_instance_version {
	uint64_t high, low;
};

/* [MS-RSVD] 2.2.4.12 and 2.2.4.32: the first version's fields, with which the second begins. */
struct smb2_svhdx {
	uint32_t version;
	bool has_initiator_id;
	uint8_t initiator_id[16];
	uint64_t open_request_id;
	struct cursor initiator_host_name; /* UTF-16LE */
};

/* Bits of the query and of its answer. */
#define AAPL_SERVER_CAPS 0x1u
#define AAPL_VOLUME_CAPS 0x2u
#define AAPL_MODEL_INFO  0x4u

#define AAPL_SERVER_QUERY 1u
#define AAPL_RESOLVE_ID   2u

struct smb2_aapl {
	uint32_t command; /* AAPL_SERVER_QUERY, AAPL_RESOLVE_ID */
	uint64_t bitmap;  /* of the query: what is asked or told */
	uint64_t client_caps, server_caps, volume_caps;
	struct cursor model;     /* UTF-16LE, of an answer */
	uint64_t file_id;        /* to resolve */
	uint32_t resolve_status; /* an NT status, and what it was resolved to */
	struct cursor path;      /* UTF-16LE */
};

/* What the data of a context say; which member, its tag says. */
union smb2_create_data {
	struct smb2_lease lease;
	struct smb2_durable_v2 durable_v2;
	struct smb2_reconnect reconnect;
	uint64_t allocation_size; /* bytes */
	uint64_t timestamp; /* FILETIME: of the snapshot; of MxAc: as the client knows it, or 0 */
	struct smb2_maximal_access maximal_access;
	struct smb2_on_disk_id on_disk_id;
	uint8_t app_instance_id[16];
	struct smb2_app_instance_version app_instance_version;
	struct smb2_svhdx svhdx;
	struct smb2_aapl aapl;
	uint32_t posix_mode; /* of a request: the permissions of a new file */
};

/* False when there is nothing to read in such a context, or when it is not all there. */
bool smb2_decode_create_context_request(
    const struct smb2_create_context *context, union smb2_create_data *ret);
bool smb2_decode_create_context_response(
    const struct smb2_create_context *context, union smb2_create_data *ret);

#endif
