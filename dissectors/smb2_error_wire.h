/*
 * The answer to a request that failed ([MS-SMB2] 2.2.2), and the data that come with some statuses.
 * Which of the decoders of data to ask, the status and the error's id say.
 */
#ifndef SMBTRIAGE_DISSECTORS_SMB2_ERROR_WIRE_H
#define SMBTRIAGE_DISSECTORS_SMB2_ERROR_WIRE_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/base/addr.h"
#include "analyzer/base/cursor.h"

#define SMB2_ERROR_ID_DEFAULT        0x00000000u /* [MS-SMB2] 2.2.2.1 */
#define SMB2_ERROR_ID_SHARE_REDIRECT 0x72645253u

/* The contexts of dialect 3.1.1 are recognised by their count. */
struct smb2_error {
	bool has_error_id; /* there is an error context, and this is the first */
	uint32_t error_id;
	struct cursor data; /* of that context, or the plain ErrorData */
	struct cursor more; /* further contexts, for smb2_next_error(); empty: none */
};

/* COMMAND begins at the SMB2 header of an answer whose status is an error. */
bool smb2_decode_error(struct cursor command, struct smb2_error *ret);

/* Puts the next context into ERROR. False when there is none, or not all of its head. */
bool smb2_next_error(struct smb2_error *error);

/* STATUS_STOPPED_ON_SYMLINK: [MS-SMB2] 2.2.2.2.1. */
struct smb2_symbolic_link {
	uint16_t unparsed_path_length; /* bytes of the request's name behind the link */
	bool is_relative;              /* SYMLINK_FLAG_RELATIVE: to where the link stands */
	struct cursor substitute_name, print_name; /* UTF-16LE */
};

bool smb2_decode_symbolic_link(struct cursor data, struct smb2_symbolic_link *ret);

/* STATUS_BAD_NETWORK_NAME with SMB2_ERROR_ID_SHARE_REDIRECT: [MS-SMB2] 2.2.2.2.2. */
struct smb2_share_redirect {
	uint32_t address_count;
	struct cursor addresses;     /* those that are there, for smb2_next_redirect() */
	struct cursor resource_name; /* UTF-16LE */
};

bool smb2_decode_share_redirect(struct cursor data, struct smb2_share_redirect *ret);

/* Takes the first MOVE_DST_IPADDR from ADDRESSES; ADDR_NONE: of a type that is not known. False
 * when it is not all there. */
bool smb2_next_redirect(struct cursor *addresses, struct addr *ret);

/* STATUS_BUFFER_TOO_SMALL: the length that would do ([MS-SMB2] 2.2.2.2). */
bool smb2_decode_required_length(struct cursor data, uint32_t *ret);

/* STATUS_SMB_BAD_CLUSTER_DIALECT: the highest dialect that the share allows ([MS-SMB2] 3.3.5.7). */
bool smb2_decode_cluster_dialect(struct cursor data, uint16_t *ret);

#endif
