/* NTSTATUS values as SMB carries them: their names, and which of them are no failure. */
#ifndef SMBTRIAGE_DISSECTORS_NT_STATUS_H
#define SMBTRIAGE_DISSECTORS_NT_STATUS_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/exchange.h"

/* [MS-ERREF] 2.3.1: those that our code asks about. Macros, as most do not fit an int. */
#define STATUS_SUCCESS                  0x00000000u
#define STATUS_PENDING                  0x00000103u
#define STATUS_NOTIFY_CLEANUP           0x0000010bu
#define STATUS_NOTIFY_ENUM_DIR          0x0000010cu
#define STATUS_BUFFER_OVERFLOW          0x80000005u
#define STATUS_NO_MORE_FILES            0x80000006u
#define STATUS_STOPPED_ON_SYMLINK       0x8000002du
#define STATUS_NO_SUCH_FILE             0xc000000fu
#define STATUS_END_OF_FILE              0xc0000011u
#define STATUS_MORE_PROCESSING_REQUIRED 0xc0000016u
#define STATUS_ACCESS_DENIED            0xc0000022u
#define STATUS_BUFFER_TOO_SMALL         0xc0000023u
#define STATUS_OBJECT_NAME_NOT_FOUND    0xc0000034u
#define STATUS_SHARING_VIOLATION        0xc0000043u
#define STATUS_LOGON_FAILURE            0xc000006du
#define STATUS_NETWORK_NAME_DELETED     0xc00000c9u
#define STATUS_BAD_NETWORK_PATH         0xc00000beu
#define STATUS_BAD_NETWORK_NAME         0xc00000ccu
#define STATUS_REQUEST_NOT_ACCEPTED     0xc00000d0u
#define STATUS_INVALID_OPLOCK_PROTOCOL  0xc00000e3u
#define STATUS_CANCELLED                0xc0000120u
#define STATUS_FILE_CLOSED              0xc0000128u
#define STATUS_INVALID_DEVICE_STATE     0xc0000184u
#define STATUS_FS_DRIVER_REQUIRED       0xc000019cu
#define STATUS_NOT_FOUND                0xc0000225u
#define STATUS_PATH_NOT_COVERED         0xc0000257u
#define STATUS_SMB_BAD_CLUSTER_DIALECT  0xc05d0001u

/* Names and meanings of what SMB traces hold. */
extern const struct names nt_status_names;

/* Whether STATUS says that a request failed. STATUS_MORE_PROCESSING_REQUIRED does not: the
 * authentication goes on. Warnings such as STATUS_BUFFER_OVERFLOW do not either. */
bool nt_status_is_error(uint32_t status);

/* Whether an SMB2 COMMAND answered with STATUS is nothing to speak of: a success, or an error
 * with which working clients live. */
bool smb2_status_is_benign(uint16_t command, uint32_t status);

#endif
