/*
 * What is asked and told about files, directories and file systems, as bytes: QUERY_DIRECTORY,
 * CHANGE_NOTIFY, QUERY_INFO and SET_INFO ([MS-SMB2] 2.2.33 to 2.2.40), and what SET_INFO sets
 * ([MS-FSCC] 2.4).
 */
#ifndef SMBTRIAGE_DISSECTORS_SMB2_INFO_WIRE_H
#define SMBTRIAGE_DISSECTORS_SMB2_INFO_WIRE_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/base/cursor.h"
#include "dissectors/smb2_fields.h"

union smb2_body; /* dissectors/smb2_wire.h */

/* InfoType ([MS-SMB2] 2.2.37). */
enum smb2_info_type {
	SMB2_0_INFO_FILE = 1,
	SMB2_0_INFO_FILESYSTEM = 2,
	SMB2_0_INFO_SECURITY = 3,
	SMB2_0_INFO_QUOTA = 4,
};

/* InfoType and FileInfoClass as one number: what smb2_info_class_names has the names of. */
#define SMB2_INFO_CLASS(type, class) ((uint32_t)(type) << 8 | (class))

/* FileInfoClass ([MS-FSCC] 2.4): those that our code asks about. */
#define FileBasicInformation         4
#define FileRenameInformation        10
#define FileLinkInformation          11
#define FileDispositionInformation   13
#define FileAllocationInformation    19
#define FileEndOfFileInformation     20
#define FileDispositionInformationEx 64
#define FileRenameInformationEx      65
#define FileLinkInformationEx        72

/* [MS-SMB2] 2.2.33. */
struct smb2_query_directory_request {
	uint8_t info_class; /* of SMB2_0_INFO_FILE */
	uint8_t flags;
	uint32_t file_index;
	struct smb2_file_id file_id;
	struct cursor pattern; /* UTF-16LE */
	uint32_t output_buffer_length;
};

/* [MS-SMB2] 2.2.35. */
struct smb2_change_notify_request {
	uint16_t flags; /* 1: SMB2_WATCH_TREE */
	uint32_t output_buffer_length;
	struct smb2_file_id file_id;
	uint32_t completion_filter;
};

/* [MS-SMB2] 2.2.37. */
struct smb2_query_info_request {
	uint8_t info_type; /* enum smb2_info_type */
	uint8_t info_class;
	uint32_t output_buffer_length;
	uint32_t additional_information, flags;
	struct smb2_file_id file_id;
	uint32_t input_buffer_length;
};

/*
 * What QUERY_DIRECTORY, CHANGE_NOTIFY and QUERY_INFO answer ([MS-SMB2] 2.2.34, 2.2.36, 2.2.38): the
 * same form. An error answer has the same StructureSize and another layout.
 */
struct smb2_output_response {
	uint32_t output_buffer_length;
	struct cursor output; /* short: not all of it is there */
};

/* [MS-SMB2] 2.2.39. */
struct smb2_set_info_request {
	uint8_t info_type; /* enum smb2_info_type */
	uint8_t info_class;
	uint32_t additional_information;
	struct smb2_file_id file_id;
	uint32_t buffer_length;
	struct cursor buffer; /* as far as it is there */
};

/* FileRenameInformation, FileLinkInformation ([MS-FSCC] 2.4.37, 2.4.21) and their Ex forms. */
struct smb2_rename {
	bool is_replacing;    /* an existing target may be replaced */
	uint64_t directory;   /* RootDirectory, 0: TARGET counts from the share's root */
	struct cursor target; /* UTF-16LE, short: not all of it is there */
};

/* FileBasicInformation ([MS-FSCC] 2.4.7): a time of 0 or -1 is none to set. */
struct smb2_basic_information {
	uint64_t creation_time, last_access_time, last_write_time, change_time; /* FILETIME */
	uint32_t file_attributes;                                               /* 0: as they are */
};

/* What SET_INFO sets; which member, info_class says. */
union smb2_set_information {
	struct smb2_basic_information basic;
	struct smb2_rename rename; /* FileLinkInformation, too */
	uint32_t disposition;      /* flags of [MS-FSCC] 2.4.11.1, of the older class only bit 0 */
	uint64_t size;             /* bytes: of the file, or to allocate */
};

#define FILE_DISPOSITION_DELETE 0x00000001u

/* False for a class that is not in the union, and when the information is not all there. */
bool smb2_decode_set_information(
    const struct smb2_set_info_request *request, union smb2_set_information *ret);

/* Rows of the command table; everybody else asks smb2_decode_body(). */
bool smb2_read_query_directory_request(struct cursor body, union smb2_body *ret);
bool smb2_read_change_notify_request(struct cursor body, union smb2_body *ret);
bool smb2_read_query_info_request(struct cursor body, union smb2_body *ret);
bool smb2_read_output_response(struct cursor body, union smb2_body *ret);
bool smb2_read_set_info_request(struct cursor body, union smb2_body *ret);

#endif
