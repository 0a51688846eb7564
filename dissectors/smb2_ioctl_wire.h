/*
 * IOCTL as bytes ([MS-SMB2] 2.2.31 and 2.2.32), and what the function codes carry, from [MS-SMB2],
 * [MS-FSCC] 2.3 and [MS-DFSC].
 */
#ifndef SMBTRIAGE_DISSECTORS_SMB2_IOCTL_WIRE_H
#define SMBTRIAGE_DISSECTORS_SMB2_IOCTL_WIRE_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/base/addr.h"
#include "analyzer/base/cursor.h"
#include "analyzer/exchange.h"
#include "dissectors/dfs_referrals.h"
#include "dissectors/smb2_fields.h"

union smb2_body; /* dissectors/smb2_wire.h */

/* CtlCode ([MS-SMB2] 2.2.31, [MS-FSCC] 2.3, [MS-RSVD] 2.2.3, [MS-SQOS] 2.2.1). */
#define FSCTL_DFS_GET_REFERRALS                 0x00060194u
#define FSCTL_DFS_GET_REFERRALS_EX              0x000601b0u
#define FSCTL_IS_PATHNAME_VALID                 0x0009002cu
#define FSCTL_GET_COMPRESSION                   0x0009003cu
#define FSCTL_QUERY_FAT_BPB                     0x00090058u
#define FSCTL_FILESYSTEM_GET_STATISTICS         0x00090060u
#define FSCTL_GET_NTFS_VOLUME_DATA              0x00090064u
#define FSCTL_GET_RETRIEVAL_POINTERS            0x00090073u
#define FSCTL_FIND_FILES_BY_SID                 0x0009008fu
#define FSCTL_SET_OBJECT_ID                     0x00090098u
#define FSCTL_GET_OBJECT_ID                     0x0009009cu
#define FSCTL_DELETE_OBJECT_ID                  0x000900a0u
#define FSCTL_SET_REPARSE_POINT                 0x000900a4u
#define FSCTL_GET_REPARSE_POINT                 0x000900a8u
#define FSCTL_DELETE_REPARSE_POINT              0x000900acu
#define FSCTL_SET_OBJECT_ID_EXTENDED            0x000900bcu
#define FSCTL_CREATE_OR_GET_OBJECT_ID           0x000900c0u
#define FSCTL_SET_SPARSE                        0x000900c4u
#define FSCTL_SET_ENCRYPTION                    0x000900d7u
#define FSCTL_READ_FILE_USN_DATA                0x000900ebu
#define FSCTL_WRITE_USN_CLOSE_RECORD            0x000900efu
#define FSCTL_SIS_COPYFILE                      0x00090100u
#define FSCTL_RECALL_FILE                       0x00090117u
#define FSCTL_QUERY_SPARING_INFO                0x00090138u
#define FSCTL_QUERY_ON_DISK_VOLUME_INFO         0x0009013cu
#define FSCTL_SET_ZERO_ON_DEALLOCATION          0x00090194u
#define FSCTL_GET_INTEGRITY_INFORMATION         0x0009027cu
#define FSCTL_QUERY_FILE_REGIONS                0x00090284u
#define FSCTL_QUERY_SHARED_VIRTUAL_DISK_SUPPORT 0x00090300u
#define FSCTL_SVHDX_SYNC_TUNNEL_REQUEST         0x00090304u
#define FSCTL_STORAGE_QOS_CONTROL               0x00090350u
#define FSCTL_SVHDX_ASYNC_TUNNEL_REQUEST        0x00090364u
#define FSCTL_QUERY_ALLOCATED_RANGES            0x000940cfu
#define FSCTL_OFFLOAD_READ                      0x00094264u
#define FSCTL_SET_ZERO_DATA                     0x000980c8u
#define FSCTL_SET_DEFECT_MANAGEMENT             0x00098134u
#define FSCTL_FILE_LEVEL_TRIM                   0x00098208u
#define FSCTL_OFFLOAD_WRITE                     0x00098268u
#define FSCTL_DUPLICATE_EXTENTS_TO_FILE         0x00098344u
#define FSCTL_DUPLICATE_EXTENTS_TO_FILE_EX      0x000983e8u
#define FSCTL_SET_COMPRESSION                   0x0009c040u
#define FSCTL_SET_INTEGRITY_INFORMATION         0x0009c280u
#define FSCTL_PIPE_WAIT                         0x00110018u
#define FSCTL_PIPE_PEEK                         0x0011400cu
#define FSCTL_PIPE_TRANSCEIVE                   0x0011c017u
#define FSCTL_SRV_REQUEST_RESUME_KEY            0x00140078u
#define FSCTL_LMR_REQUEST_RESILIENCY            0x001401d4u
#define FSCTL_QUERY_NETWORK_INTERFACE_INFO      0x001401fcu
#define FSCTL_VALIDATE_NEGOTIATE_INFO           0x00140204u
#define FSCTL_SRV_ENUMERATE_SNAPSHOTS           0x00144064u
#define FSCTL_SRV_COPYCHUNK                     0x001440f2u
#define FSCTL_SRV_READ_HASH                     0x001441bbu
#define FSCTL_SRV_COPYCHUNK_WRITE               0x001480f2u

extern const struct names smb2_ctl_code_names;

/* Both directions of IOCTL; a response has no max_output_response. */
struct smb2_ioctl {
	uint32_t ctl_code;
	struct smb2_file_id file_id;
	uint32_t max_output_response;
	uint32_t flags; /* 1: SMB2_0_IOCTL_IS_FSCTL */
	uint32_t input_count, output_count;
	struct cursor input, output; /* short: not all of it is there */
};

/* [MS-FSCC] 2.3, FSCTL_PIPE_WAIT. */
struct smb2_pipe_wait {
	bool has_timeout;   /* else the pipe's own holds */
	uint64_t timeout;   /* units of 100 ns */
	struct cursor name; /* UTF-16LE */
};

/* [MS-FSCC] 2.3, FSCTL_PIPE_PEEK. */
struct smb2_pipe_peek {
	uint32_t state;
	uint32_t read_data_available; /* bytes */
	uint32_t number_of_messages, message_length;
};

/* [MS-SMB2] 2.2.31.4. */
struct smb2_validate_request {
	uint32_t capabilities;
	uint8_t guid[16];
	uint16_t security_mode;
	struct cursor dialects;
};

/* [MS-SMB2] 2.2.32.6. */
struct smb2_validate_response {
	uint32_t capabilities;
	uint8_t guid[16];
	uint16_t security_mode;
	uint16_t dialect;
};

#define SMB2_RESUME_KEY_SIZE 24

/* [MS-SMB2] 2.2.31.1. */
struct smb2_copychunk_request {
	uint8_t source_key[SMB2_RESUME_KEY_SIZE];
	uint32_t chunk_count;
	uint64_t length; /* bytes of all chunks that are there */
};

/* [MS-SMB2] 2.2.32.1. With STATUS_INVALID_PARAMETER these are the server's limits. */
struct smb2_copychunk_response {
	uint32_t chunks_written, chunk_bytes_written, total_bytes_written;
};

/* [MS-SMB2] 2.2.32.3. */
struct smb2_resume_key {
	uint8_t key[SMB2_RESUME_KEY_SIZE];
};

/* [MS-SMB2] 2.2.32.2. */
struct smb2_snapshots {
	uint32_t number_of_snapshots, number_returned;
	uint32_t array_size;     /* bytes that all of them need */
	struct cursor snapshots; /* "@GMT-…" in UTF-16LE, each with a null; short: not all there */
};

/* [MS-SMB2] 2.2.31.2. */
struct smb2_read_hash {
	uint32_t hash_type, hash_version, hash_retrieval_type;
	uint32_t length;
	uint64_t offset;
};

/* REPARSE_DATA_BUFFER ([MS-FSCC] 2.1.2.2), of symbolic links and mount points with their names. */
struct smb2_reparse {
	uint32_t tag;
	bool is_relative;
	struct cursor substitute_name, print_name; /* UTF-16LE; short: of another tag */
};

/* FILE_ALLOCATED_RANGE_BUFFER, FILE_ZERO_DATA_INFORMATION ([MS-FSCC] 2.3). */
struct smb2_range {
	uint64_t offset, length; /* bytes */
};

/* SMB2_DUPLICATE_EXTENTS_DATA ([MS-FSCC] 2.3). */
struct smb2_duplicate_extents {
	struct smb2_file_id source;
	uint64_t source_offset, target_offset, byte_count;
};

/* What an input or output says; which member, the code says. */
union smb2_ioctl_data {
	struct dfs_referral_request referral_request;
	struct dfs_referral_response referral_response;
	struct smb2_pipe_wait pipe_wait;
	struct smb2_pipe_peek pipe_peek;
	struct smb2_validate_request validate_request;
	struct smb2_validate_response validate_response;
	struct smb2_copychunk_request copychunk_request;
	struct smb2_copychunk_response copychunk_response;
	struct smb2_resume_key resume_key;
	struct smb2_snapshots snapshots;
	uint32_t resiliency_timeout; /* ms */
	struct smb2_read_hash read_hash;
	struct smb2_reparse reparse;
	struct smb2_range range; /* to query or to zero */
	bool is_sparse;
	struct smb2_duplicate_extents duplicate_extents;
};

/* The input of a request and the output of its answer. False for a code without such content, and
 * when the content is not all there. */
bool smb2_decode_ioctl_input(const struct smb2_ioctl *ioctl, union smb2_ioctl_data *ret);
bool smb2_decode_ioctl_output(const struct smb2_ioctl *ioctl, union smb2_ioctl_data *ret);

/* One NETWORK_INTERFACE_INFO ([MS-SMB2] 2.2.32.5). */
struct smb2_interface {
	uint32_t index;
	uint32_t capability;
	uint64_t link_speed; /* bits per second */
	struct addr addr;    /* ADDR_NONE: of a family other than IPv4 and IPv6 */
};

/*
 * Takes the first entry from LIST, the output of FSCTL_QUERY_NETWORK_INTERFACE_INFO, which then
 * begins with the next one, or is empty after the last. False when the entry is not all there.
 */
bool smb2_next_interface(struct cursor *list, struct smb2_interface *ret);

/* Takes the first range from LIST, the output of FSCTL_QUERY_ALLOCATED_RANGES. False when there is
 * none, or not all of it. */
bool smb2_next_range(struct cursor *list, struct smb2_range *ret);

/* Rows of the command table; everybody else asks smb2_decode_body(). */
bool smb2_read_ioctl_request(struct cursor body, union smb2_body *ret);
bool smb2_read_ioctl_response(struct cursor body, union smb2_body *ret);

#endif
