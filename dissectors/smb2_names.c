#include "dissectors/smb2_names.h"

#include <stddef.h>

#include "analyzer/base/basics.h"
#include "dissectors/smb2_error_wire.h"
#include "dissectors/smb2_wire.h"

#define NAMES(identifier, ...)                                            \
	static const struct name_row identifier##_rows[] = {__VA_ARGS__}; \
	const struct names identifier = {identifier##_rows, COUNT(identifier##_rows)}

/* DialectRevision ([MS-SMB2] 2.2.3, 2.2.4). */
NAMES(smb2_dialect_names, {SMB2_DIALECT_202, "2.0.2", NULL}, {SMB2_DIALECT_210, "2.1", NULL},
    {0x0222, "2.2.2", "a preview of 3.0"}, {0x0224, "2.2.4", "a preview of 3.0"},
    {SMB2_DIALECT_WILDCARD, "2.???", "2.1 or later: a second NEGOTIATE will tell"},
    {SMB2_DIALECT_300, "3.0", NULL}, {0x0302, "3.0.2", NULL},
    {0x0310, "3.1.0", "a preview of 3.1.1"}, {SMB2_DIALECT_311, "3.1.1", NULL});

NAMES(smb2_security_mode_names, {0x0001, "SMB2_NEGOTIATE_SIGNING_ENABLED", NULL},
    {0x0002, "SMB2_NEGOTIATE_SIGNING_REQUIRED", NULL});

NAMES(smb2_capability_names, {0x00000001, "SMB2_GLOBAL_CAP_DFS", NULL},
    {0x00000002, "SMB2_GLOBAL_CAP_LEASING", NULL}, {0x00000004, "SMB2_GLOBAL_CAP_LARGE_MTU", NULL},
    {0x00000008, "SMB2_GLOBAL_CAP_MULTI_CHANNEL", NULL},
    {0x00000010, "SMB2_GLOBAL_CAP_PERSISTENT_HANDLES", NULL},
    {0x00000020, "SMB2_GLOBAL_CAP_DIRECTORY_LEASING", NULL},
    {SMB2_GLOBAL_CAP_ENCRYPTION, "SMB2_GLOBAL_CAP_ENCRYPTION", NULL},
    {0x00000080, "SMB2_GLOBAL_CAP_NOTIFICATIONS", NULL});

NAMES(smb2_session_flag_names, {SMB2_SESSION_FLAG_IS_GUEST, "SMB2_SESSION_FLAG_IS_GUEST", NULL},
    {SMB2_SESSION_FLAG_IS_NULL, "SMB2_SESSION_FLAG_IS_NULL", NULL},
    {SMB2_SESSION_FLAG_ENCRYPT_DATA, "SMB2_SESSION_FLAG_ENCRYPT_DATA", NULL});

NAMES(smb2_share_type_names, {SMB2_SHARE_TYPE_DISK, "disk", NULL},
    {SMB2_SHARE_TYPE_PIPE, "pipe", NULL}, {SMB2_SHARE_TYPE_PRINT, "print", NULL});

/* Without the two bits that hold the caching mode, which is a number. */
NAMES(smb2_share_flag_names, {0x00000001, "SMB2_SHAREFLAG_DFS", NULL},
    {0x00000002, "SMB2_SHAREFLAG_DFS_ROOT", NULL},
    {0x00000100, "SMB2_SHAREFLAG_RESTRICT_EXCLUSIVE_OPENS", NULL},
    {0x00000200, "SMB2_SHAREFLAG_FORCE_SHARED_DELETE", NULL},
    {0x00000400, "SMB2_SHAREFLAG_ALLOW_NAMESPACE_CACHING", NULL},
    {0x00000800, "SMB2_SHAREFLAG_ACCESS_BASED_DIRECTORY_ENUM", NULL},
    {0x00001000, "SMB2_SHAREFLAG_FORCE_LEVELII_OPLOCK", NULL},
    {0x00002000, "SMB2_SHAREFLAG_ENABLE_HASH_V1", NULL},
    {0x00004000, "SMB2_SHAREFLAG_ENABLE_HASH_V2", NULL},
    {0x00008000, "SMB2_SHAREFLAG_ENCRYPT_DATA", NULL},
    {0x00040000, "SMB2_SHAREFLAG_IDENTITY_REMOTING", NULL},
    {0x00100000, "SMB2_SHAREFLAG_COMPRESS_DATA", NULL},
    {0x00200000, "SMB2_SHAREFLAG_ISOLATED_TRANSPORT", NULL});

/* [MS-SMB2] 2.2.10. */
NAMES(smb2_share_capability_names, {0x00000008, "SMB2_SHARE_CAP_DFS", NULL},
    {0x00000010, "SMB2_SHARE_CAP_CONTINUOUS_AVAILABILITY", NULL},
    {0x00000020, "SMB2_SHARE_CAP_SCALEOUT", NULL}, {0x00000040, "SMB2_SHARE_CAP_CLUSTER", NULL},
    {0x00000080, "SMB2_SHARE_CAP_ASYMMETRIC", NULL},
    {0x00000100, "SMB2_SHARE_CAP_REDIRECT_TO_OWNER", NULL});

NAMES(smb2_hash_names, {1, "SHA-512", NULL});

NAMES(smb2_cipher_names, {0, "none", NULL}, {1, "AES-128-CCM", NULL}, {2, "AES-128-GCM", NULL},
    {3, "AES-256-CCM", NULL}, {4, "AES-256-GCM", NULL});

NAMES(smb2_signing_names, {0, "HMAC-SHA256", NULL}, {1, "AES-CMAC", NULL}, {2, "AES-GMAC", NULL});

NAMES(smb2_compression_names, {0, "none", NULL}, {1, "LZNT1", NULL}, {2, "LZ77", NULL},
    {3, "LZ77+Huffman", NULL}, {4, "Pattern_V1", NULL}, {5, "LZ4", NULL});

NAMES(smb2_error_id_names, {0, "default", NULL},
    {SMB2_ERROR_ID_SHARE_REDIRECT, "share_redirect",
	"the share is at another node of the cluster"});

/* [MS-SMB2] 2.2.13.1.1; of a directory the same bits have other names (2.2.13.1.2). */
NAMES(smb2_access_names, {0x00000001, "FILE_READ_DATA", "of a directory FILE_LIST_DIRECTORY"},
    {0x00000002, "FILE_WRITE_DATA", "of a directory FILE_ADD_FILE"},
    {0x00000004, "FILE_APPEND_DATA", "of a directory FILE_ADD_SUBDIRECTORY"},
    {0x00000008, "FILE_READ_EA", NULL}, {0x00000010, "FILE_WRITE_EA", NULL},
    {0x00000020, "FILE_EXECUTE", "of a directory FILE_TRAVERSE"},
    {0x00000040, "FILE_DELETE_CHILD", NULL}, {0x00000080, "FILE_READ_ATTRIBUTES", NULL},
    {0x00000100, "FILE_WRITE_ATTRIBUTES", NULL}, {0x00010000, "DELETE", NULL},
    {0x00020000, "READ_CONTROL", NULL}, {0x00040000, "WRITE_DAC", NULL},
    {0x00080000, "WRITE_OWNER", NULL}, {0x00100000, "SYNCHRONIZE", NULL},
    {0x01000000, "ACCESS_SYSTEM_SECURITY", NULL}, {0x02000000, "MAXIMUM_ALLOWED", NULL},
    {0x10000000, "GENERIC_ALL", NULL}, {0x20000000, "GENERIC_EXECUTE", NULL},
    {0x40000000, "GENERIC_WRITE", NULL}, {0x80000000, "GENERIC_READ", NULL});

/* [MS-FSCC] 2.6. */
NAMES(smb2_file_attribute_names, {0x00000001, "FILE_ATTRIBUTE_READONLY", NULL},
    {0x00000002, "FILE_ATTRIBUTE_HIDDEN", NULL}, {0x00000004, "FILE_ATTRIBUTE_SYSTEM", NULL},
    {0x00000010, "FILE_ATTRIBUTE_DIRECTORY", NULL}, {0x00000020, "FILE_ATTRIBUTE_ARCHIVE", NULL},
    {0x00000080, "FILE_ATTRIBUTE_NORMAL", NULL}, {0x00000100, "FILE_ATTRIBUTE_TEMPORARY", NULL},
    {0x00000200, "FILE_ATTRIBUTE_SPARSE_FILE", NULL},
    {0x00000400, "FILE_ATTRIBUTE_REPARSE_POINT", NULL},
    {0x00000800, "FILE_ATTRIBUTE_COMPRESSED", NULL}, {0x00001000, "FILE_ATTRIBUTE_OFFLINE", NULL},
    {0x00002000, "FILE_ATTRIBUTE_NOT_CONTENT_INDEXED", NULL},
    {0x00004000, "FILE_ATTRIBUTE_ENCRYPTED", NULL},
    {0x00008000, "FILE_ATTRIBUTE_INTEGRITY_STREAM", NULL},
    {0x00020000, "FILE_ATTRIBUTE_NO_SCRUB_DATA", NULL},
    {0x00040000, "FILE_ATTRIBUTE_RECALL_ON_OPEN", NULL},
    {0x00080000, "FILE_ATTRIBUTE_PINNED", NULL}, {0x00100000, "FILE_ATTRIBUTE_UNPINNED", NULL},
    {0x00400000, "FILE_ATTRIBUTE_RECALL_ON_DATA_ACCESS", NULL});

/* [MS-SMB2] 2.2.13. */
NAMES(smb2_share_access_names, {0x00000001, "FILE_SHARE_READ", NULL},
    {0x00000002, "FILE_SHARE_WRITE", NULL}, {0x00000004, "FILE_SHARE_DELETE", NULL});

NAMES(smb2_create_disposition_names, {0, "FILE_SUPERSEDE", "replace the file, or create it"},
    {1, "FILE_OPEN", "open the file, or fail"}, {2, "FILE_CREATE", "create the file, or fail"},
    {3, "FILE_OPEN_IF", "open the file, or create it"},
    {4, "FILE_OVERWRITE", "empty the file, or fail"},
    {5, "FILE_OVERWRITE_IF", "empty the file, or create it"});

NAMES(smb2_create_option_names, {FILE_DIRECTORY_FILE, "FILE_DIRECTORY_FILE", NULL},
    {0x00000002, "FILE_WRITE_THROUGH", NULL}, {0x00000004, "FILE_SEQUENTIAL_ONLY", NULL},
    {0x00000008, "FILE_NO_INTERMEDIATE_BUFFERING", NULL},
    {0x00000010, "FILE_SYNCHRONOUS_IO_ALERT", NULL},
    {0x00000020, "FILE_SYNCHRONOUS_IO_NONALERT", NULL},
    {FILE_NON_DIRECTORY_FILE, "FILE_NON_DIRECTORY_FILE", NULL},
    {0x00000100, "FILE_COMPLETE_IF_OPLOCKED", NULL}, {0x00000200, "FILE_NO_EA_KNOWLEDGE", NULL},
    {0x00000400, "FILE_OPEN_REMOTE_INSTANCE", NULL}, {0x00000800, "FILE_RANDOM_ACCESS", NULL},
    {FILE_DELETE_ON_CLOSE, "FILE_DELETE_ON_CLOSE", NULL},
    {0x00002000, "FILE_OPEN_BY_FILE_ID", NULL}, {0x00004000, "FILE_OPEN_FOR_BACKUP_INTENT", NULL},
    {0x00008000, "FILE_NO_COMPRESSION", NULL}, {0x00010000, "FILE_OPEN_REQUIRING_OPLOCK", NULL},
    {0x00020000, "FILE_DISALLOW_EXCLUSIVE", NULL}, {0x00100000, "FILE_RESERVE_OPFILTER", NULL},
    {0x00200000, "FILE_OPEN_REPARSE_POINT", NULL}, {0x00400000, "FILE_OPEN_NO_RECALL", NULL},
    {0x00800000, "FILE_OPEN_FOR_FREE_SPACE_QUERY", NULL});

/* [MS-SMB2] 2.2.14. */
NAMES(smb2_create_action_names, {0, "FILE_SUPERSEDED", NULL}, {1, "FILE_OPENED", NULL},
    {2, "FILE_CREATED", NULL}, {3, "FILE_OVERWRITTEN", NULL});

NAMES(smb2_impersonation_names, {0, "Anonymous", NULL}, {1, "Identification", NULL},
    {2, "Impersonation", NULL}, {3, "Delegate", NULL});

/* [MS-SMB2] 2.2.13. */
NAMES(smb2_oplock_level_names, {SMB2_OPLOCK_LEVEL_NONE, "SMB2_OPLOCK_LEVEL_NONE", NULL},
    {SMB2_OPLOCK_LEVEL_II, "SMB2_OPLOCK_LEVEL_II", NULL},
    {SMB2_OPLOCK_LEVEL_EXCLUSIVE, "SMB2_OPLOCK_LEVEL_EXCLUSIVE", NULL},
    {SMB2_OPLOCK_LEVEL_BATCH, "SMB2_OPLOCK_LEVEL_BATCH", NULL},
    {SMB2_OPLOCK_LEVEL_LEASE, "SMB2_OPLOCK_LEVEL_LEASE", NULL});

/* [MS-SMB2] 2.2.13.2.8. */
NAMES(smb2_lease_state_names, {SMB2_LEASE_READ_CACHING, "SMB2_LEASE_READ_CACHING", NULL},
    {SMB2_LEASE_HANDLE_CACHING, "SMB2_LEASE_HANDLE_CACHING", NULL},
    {SMB2_LEASE_WRITE_CACHING, "SMB2_LEASE_WRITE_CACHING", NULL});

/* [MS-SMB2] 2.2.26.1. */
NAMES(smb2_lock_flag_names, {SMB2_LOCKFLAG_SHARED_LOCK, "SMB2_LOCKFLAG_SHARED_LOCK", NULL},
    {SMB2_LOCKFLAG_EXCLUSIVE_LOCK, "SMB2_LOCKFLAG_EXCLUSIVE_LOCK", NULL},
    {SMB2_LOCKFLAG_UNLOCK, "SMB2_LOCKFLAG_UNLOCK", NULL},
    {SMB2_LOCKFLAG_FAIL_IMMEDIATELY, "SMB2_LOCKFLAG_FAIL_IMMEDIATELY", NULL});

/* [MS-SMB2] 2.2.37. */
NAMES(smb2_info_type_names, {SMB2_0_INFO_FILE, "SMB2_0_INFO_FILE", NULL},
    {SMB2_0_INFO_FILESYSTEM, "SMB2_0_INFO_FILESYSTEM", NULL},
    {SMB2_0_INFO_SECURITY, "SMB2_0_INFO_SECURITY", NULL},
    {SMB2_0_INFO_QUOTA, "SMB2_0_INFO_QUOTA", NULL});

#define FILE_CLASS(class)       SMB2_INFO_CLASS(SMB2_0_INFO_FILE, class)
#define FILESYSTEM_CLASS(class) SMB2_INFO_CLASS(SMB2_0_INFO_FILESYSTEM, class)

/* [MS-FSCC] 2.4 and 2.5; a security descriptor and quotas have no classes. */
NAMES(smb2_info_class_names, {FILE_CLASS(1), "FileDirectoryInformation", NULL},
    {FILE_CLASS(2), "FileFullDirectoryInformation", NULL},
    {FILE_CLASS(3), "FileBothDirectoryInformation", NULL},
    {FILE_CLASS(FileBasicInformation), "FileBasicInformation", NULL},
    {FILE_CLASS(5), "FileStandardInformation", NULL},
    {FILE_CLASS(6), "FileInternalInformation", NULL}, {FILE_CLASS(7), "FileEaInformation", NULL},
    {FILE_CLASS(8), "FileAccessInformation", NULL}, {FILE_CLASS(9), "FileNameInformation", NULL},
    {FILE_CLASS(FileRenameInformation), "FileRenameInformation", NULL},
    {FILE_CLASS(FileLinkInformation), "FileLinkInformation", NULL},
    {FILE_CLASS(12), "FileNamesInformation", NULL},
    {FILE_CLASS(FileDispositionInformation), "FileDispositionInformation", NULL},
    {FILE_CLASS(14), "FilePositionInformation", NULL},
    {FILE_CLASS(15), "FileFullEaInformation", NULL}, {FILE_CLASS(16), "FileModeInformation", NULL},
    {FILE_CLASS(17), "FileAlignmentInformation", NULL},
    {FILE_CLASS(18), "FileAllInformation", NULL},
    {FILE_CLASS(FileAllocationInformation), "FileAllocationInformation", NULL},
    {FILE_CLASS(FileEndOfFileInformation), "FileEndOfFileInformation", NULL},
    {FILE_CLASS(21), "FileAlternateNameInformation", NULL},
    {FILE_CLASS(22), "FileStreamInformation", NULL}, {FILE_CLASS(23), "FilePipeInformation", NULL},
    {FILE_CLASS(24), "FilePipeLocalInformation", NULL},
    {FILE_CLASS(25), "FilePipeRemoteInformation", NULL},
    {FILE_CLASS(28), "FileCompressionInformation", NULL},
    {FILE_CLASS(32), "FileQuotaInformation", NULL},
    {FILE_CLASS(34), "FileNetworkOpenInformation", NULL},
    {FILE_CLASS(35), "FileAttributeTagInformation", NULL},
    {FILE_CLASS(37), "FileIdBothDirectoryInformation", NULL},
    {FILE_CLASS(38), "FileIdFullDirectoryInformation", NULL},
    {FILE_CLASS(39), "FileValidDataLengthInformation", NULL},
    {FILE_CLASS(40), "FileShortNameInformation", NULL},
    {FILE_CLASS(44), "FileSfioReserveInformation", NULL},
    {FILE_CLASS(48), "FileNormalizedNameInformation", NULL},
    {FILE_CLASS(59), "FileIdInformation", NULL},
    {FILE_CLASS(60), "FileIdExtdDirectoryInformation", NULL},
    {FILE_CLASS(FileDispositionInformationEx), "FileDispositionInformationEx", NULL},
    {FILE_CLASS(FileRenameInformationEx), "FileRenameInformationEx", NULL},
    {FILE_CLASS(FileLinkInformationEx), "FileLinkInformationEx", NULL},
    {FILE_CLASS(78), "FileId64ExtdDirectoryInformation", NULL},
    {FILE_CLASS(79), "FileId64ExtdBothDirectoryInformation", NULL},
    {FILE_CLASS(80), "FileIdAllExtdDirectoryInformation", NULL},
    {FILE_CLASS(81), "FileIdAllExtdBothDirectoryInformation", NULL},
    {FILE_CLASS(100), "SMB2_FIND_POSIX_INFORMATION", "the POSIX extensions of Samba and Linux"},
    {FILESYSTEM_CLASS(1), "FileFsVolumeInformation", NULL},
    {FILESYSTEM_CLASS(2), "FileFsLabelInformation", NULL},
    {FILESYSTEM_CLASS(3), "FileFsSizeInformation", NULL},
    {FILESYSTEM_CLASS(4), "FileFsDeviceInformation", NULL},
    {FILESYSTEM_CLASS(5), "FileFsAttributeInformation", NULL},
    {FILESYSTEM_CLASS(6), "FileFsControlInformation", NULL},
    {FILESYSTEM_CLASS(7), "FileFsFullSizeInformation", NULL},
    {FILESYSTEM_CLASS(8), "FileFsObjectIdInformation", NULL},
    {FILESYSTEM_CLASS(9), "FileFsDriverPathInformation", NULL},
    {FILESYSTEM_CLASS(10), "FileFsVolumeFlagsInformation", NULL},
    {FILESYSTEM_CLASS(11), "FileFsSectorSizeInformation", NULL});

/* [MS-SMB2] 2.2.35. */
NAMES(smb2_completion_filter_names, {0x00000001, "FILE_NOTIFY_CHANGE_FILE_NAME", NULL},
    {0x00000002, "FILE_NOTIFY_CHANGE_DIR_NAME", NULL},
    {0x00000004, "FILE_NOTIFY_CHANGE_ATTRIBUTES", NULL},
    {0x00000008, "FILE_NOTIFY_CHANGE_SIZE", NULL},
    {0x00000010, "FILE_NOTIFY_CHANGE_LAST_WRITE", NULL},
    {0x00000020, "FILE_NOTIFY_CHANGE_LAST_ACCESS", NULL},
    {0x00000040, "FILE_NOTIFY_CHANGE_CREATION", NULL}, {0x00000080, "FILE_NOTIFY_CHANGE_EA", NULL},
    {0x00000100, "FILE_NOTIFY_CHANGE_SECURITY", NULL},
    {0x00000200, "FILE_NOTIFY_CHANGE_STREAM_NAME", NULL},
    {0x00000400, "FILE_NOTIFY_CHANGE_STREAM_SIZE", NULL},
    {0x00000800, "FILE_NOTIFY_CHANGE_STREAM_WRITE", NULL});

/* [MS-SMB2] 2.2.33. */
NAMES(smb2_query_directory_flag_names, {0x01, "SMB2_RESTART_SCANS", NULL},
    {0x02, "SMB2_RETURN_SINGLE_ENTRY", NULL}, {0x04, "SMB2_INDEX_SPECIFIED", NULL},
    {0x10, "SMB2_REOPEN", NULL});
