#include "dissectors/smb1_exchanges.h"

#include <stddef.h>

#include "analyzer/base/basics.h"
#include "dissectors/nt_status.h"

/* [MS-CIFS] 2.2.2.4. */

static const struct name_row dos_error_rows[] = {
    {SMB1_DOS_ERROR(ERRDOS, 1), "ERRbadfunc", "The server does not know the function"},
    {SMB1_DOS_ERROR(ERRDOS, 2), "ERRbadfile", "There is no such file"},
    {SMB1_DOS_ERROR(ERRDOS, 3), "ERRbadpath", "A directory on the path does not exist"},
    {SMB1_DOS_ERROR(ERRDOS, 5), "ERRnoaccess", "The user may not do this"},
    {SMB1_DOS_ERROR(ERRDOS, 50), "ERRunsup", "The server does not support the request"},
    {SMB1_DOS_ERROR(ERRDOS, ERRnosuchshare), "ERRnosuchshare",
	"The server has no share of that name"},
    {SMB1_DOS_ERROR(ERRSRV, 1), "ERRerror", "The server does not say what went wrong"},
    {SMB1_DOS_ERROR(ERRSRV, 2), "ERRbadpw", "The user name or password is wrong"},
    {SMB1_DOS_ERROR(ERRSRV, 4), "ERRaccess", "The user may not use this resource"},
    {SMB1_DOS_ERROR(ERRSRV, 5), "ERRinvtid", "The tree connection is gone"},
    {SMB1_DOS_ERROR(ERRSRV, ERRinvnetname), "ERRinvnetname",
	"The server has no share of that name"},
    {SMB1_DOS_ERROR(ERRSRV, 7), "ERRinvdevice",
	"The share is of another type than the client asked for"},
    {SMB1_DOS_ERROR(ERRSRV, 81), "ERRpaused", "The server is paused"},
    {SMB1_DOS_ERROR(ERRSRV, 83), "ERRnoroom", "The server has no room for the request"},
    {SMB1_DOS_ERROR(ERRSRV, 87), "ERRrmuns", "The server has too many users"},
    {SMB1_DOS_ERROR(ERRSRV, 89), "ERRnoresource", "The server lacks resources for the request"},
    {SMB1_DOS_ERROR(ERRSRV, 90), "ERRtoomanyuids", "The server has as many sessions as it allows"},
    {SMB1_DOS_ERROR(ERRSRV, 91), "ERRbaduid", "The server does not know the session"},
    {SMB1_DOS_ERROR(ERRSRV, 2239), "ERRaccountExpired", "The account has expired"},
    {SMB1_DOS_ERROR(ERRSRV, 2240), "ERRbadClient", "The account may not log on from this computer"},
    {SMB1_DOS_ERROR(ERRSRV, 2241), "ERRbadLogonTime",
	"The account may not log on at this time of day"},
    {SMB1_DOS_ERROR(ERRSRV, 2242), "ERRpasswordExpired", "The password of the account has expired"},
    {SMB1_DOS_ERROR(ERRSRV, 65535), "ERRnosupport", "The server does not support the request"},
};
static const struct names dos_error_names = {dos_error_rows, COUNT(dos_error_rows)};

#define STATUS_FIELDS                                                                          \
	{"status", FIELD_NUMBER, NOTATION_CODE, .refusal = REFUSAL_NT_ERROR,                   \
	    .names = &nt_status_names, .filter = "smb.nt_status",                              \
	    .sentence = "status of the final answer", OF(status)},                             \
	{                                                                                      \
		"dos_error", FIELD_NUMBER, NOTATION_NAME,                                      \
		    .refusal = REFUSAL_ALWAYS, .names = &dos_error_names,                      \
		    .filter = "smb.error_code",                                                \
		    .sentence = "class and code of the final answer where it has no NTSTATUS", \
		    OF(dos_error)                                                              \
	}

#define OF(member) .offset = offsetof(struct smb1_session_setup, member)

static const struct field session_setup_fields[] = {
    STATUS_FIELDS,
    AUTHENTICATION_FIELDS(struct smb1_session_setup, "smb.security_blob"),
    {"legs", FIELD_U32, .sentence = "requests seen so far, one for each round trip", OF(legs)},
    {"first_leg_frame", FIELD_U64, NOTATION_FRAME, .filter = "frame.number",
	.sentence = "frame of the first round trip's request", OF(first_leg_frame)},
    {"account", FIELD_TEXT, .filter = "smb.account",
	.sentence = "account, where it is sent beside its passwords", OF(account)},
    {"is_extended", FIELD_NUMBER, NOTATION_NAME, .names = &bool_names,
	.sentence = "whether tokens are exchanged (extended security)", OF(is_extended)},
    {"is_guest", FIELD_NUMBER, NOTATION_NAME, .names = &bool_names,
	.filter = "smb.setup.action.guest",
	.sentence = "whether the server took the client for a guest", OF(is_guest)},
    {"uid", FIELD_NUMBER, .filter = "smb.uid", .sentence = "UID of the session", OF(uid)},
};

#undef OF

const struct exchange_type smb1_session_setup_type = {"smb1_session_setup",
    "a client authenticates in SMB1", sizeof(struct smb1_session_setup), session_setup_fields,
    COUNT(session_setup_fields), "SESSION_SETUP_ANDX[ {leg}][ {user}][ of {domain}][ for {spn}]",
    "SESSION_SETUP_ANDX[ {status}][ {dos_error}][ {answer_leg}][{is_guest} as a guest]", NULL};

#define OF(member) .offset = offsetof(struct smb1_tree_connect, member)

static const struct field tree_connect_fields[] = {
    {"path", FIELD_TEXT, .filter = "smb.path", .sentence = "share as the client asked for it",
	OF(path)},
    {"host", FIELD_TEXT, .filter = "smb.path", .sentence = "server name in the path", OF(host)},
    {"share", FIELD_TEXT, .filter = "smb.path", .sentence = "share name in the path", OF(share)},
    STATUS_FIELDS,
    {"nearest_path", FIELD_TEXT, .is_late = true,
	.sentence = "of a share that the server does not have: the nearest name that a client did "
		    "connect to",
	OF(nearest_path)},
    {"service", FIELD_TEXT, .filter = "smb.service",
	.sentence = "type of share that the client wants, such as A: or IPC", OF(service)},
    {"answered_service", FIELD_TEXT, .filter = "smb.service", .sentence = "type of the share",
	OF(answered_service)},
    {"is_ipc", FIELD_NUMBER, NOTATION_NAME, .names = &bool_names,
	.sentence = "whether the share is IPC$", OF(is_ipc)},
    {"is_admin_share", FIELD_NUMBER, NOTATION_NAME, .names = &bool_names,
	.sentence = "whether the share is hidden ($) and not IPC$", OF(is_admin_share)},
    {"uid", FIELD_NUMBER, .filter = "smb.uid", .sentence = "UID of the session", OF(uid)},
    {"tid", FIELD_NUMBER, .filter = "smb.tid", .sentence = "TID of the answer", OF(tid)},
};

#undef OF

const struct exchange_type smb1_tree_connect_type = {"smb1_tree_connect",
    "a client connects to a share in SMB1", sizeof(struct smb1_tree_connect), tree_connect_fields,
    COUNT(tree_connect_fields), "TREE_CONNECT_ANDX[ {path}]",
    "TREE_CONNECT_ANDX[ {status}][ {dos_error}]", NULL};
