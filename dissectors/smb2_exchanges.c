#include "dissectors/smb2_exchanges.h"

#include <stddef.h>

#include "analyzer/base/basics.h"
#include "dissectors/nt_status.h"
#include "dissectors/smb2_names.h"
#include "dissectors/smb2_wire.h"

static const struct name_row signature_rows[] = {
    {SMB2_SIGNATURE_RIGHT, "right", NULL},
    {SMB2_SIGNATURE_WRONG, "wrong",
	"the message was altered on its way, or signed with another key"},
};
static const struct names signature_names = {signature_rows, COUNT(signature_rows)};

/* clang-format off */
/* Fields that several exchanges have. */
#define STATUS_FIELD \
	{"status", FIELD_NUMBER, NOTATION_CODE, .names = &nt_status_names, \
	    .refusal = REFUSAL_NT_ERROR, .filter = "smb2.nt_status", .sentence = "status of the final answer", OF(status)}
#define DIALECT_FIELD \
	{"dialect", FIELD_NUMBER, NOTATION_NAME, .names = &smb2_dialect_names, \
	    .filter = "smb2.dialect", .sentence = "dialect of the connection", OF(dialect)}
#define SESSION_ID_FIELD \
	{"session_id", FIELD_NUMBER, NOTATION_HEX, .filter = "smb2.sesid", .is_passing = true, \
	    .sentence = "SessionId", OF(session_id)}
#define CLIENT_CAN_ENCRYPT_FIELD \
	{"client_can_encrypt", FIELD_NUMBER, NOTATION_NAME, .names = &bool_names, \
	    .sentence = "whether the client's NEGOTIATE offers a 3.x dialect and a way to encrypt", \
	    OF(client_can_encrypt)}
#define SIGNING_REQUIRED_FIELD \
	{"is_signing_required", FIELD_NUMBER, NOTATION_NAME, .names = &bool_names, \
	    .filter = "smb2.sec_mode.sign_required", \
	    .sentence = "whether client or server require signing", OF(is_signing_required)}
#define REQUEST_SIGNED_FIELD \
	{"is_request_signed", FIELD_BOOL, .names = &bool_names, .filter = "smb2.flags.signature", \
	    .sentence = "whether the request is signed", OF(is_request_signed)}
#define REQUEST_SIGNATURE_FIELD \
	{"request_signature", FIELD_NUMBER, NOTATION_NAME, .names = &signature_names, \
	    .filter = "smb2.signature", \
	    .sentence = "whether the request's signature is right, where the session's key is given", \
	    OF(request_signature)}
#define ANSWER_SIGNATURE_FIELDS \
	{"signature", FIELD_NUMBER, NOTATION_NAME, .names = &signature_names, \
	    .filter = "smb2.signature", \
	    .sentence = "whether the answer's signature is right, where the session's key is given", \
	    OF(signature)}, \
	{"has_wrong_signature", FIELD_BOOL, .names = &bool_names, \
	    .sentence = "whether a signature of it is wrong: what was signed was altered", \
	    OF(has_wrong_signature)}
/* clang-format on */

#define OF(member) .offset = offsetof(struct smb2_session_setup, member)

static const struct field session_setup_fields[] = {
    STATUS_FIELD,
    AUTHENTICATION_FIELDS(struct smb2_session_setup, "smb2.security_blob"),
    {"answer_began", FIELD_DURATION,
	.sentence = "from the last round trip's request to the first byte of its answer",
	OF(answer_began)},
    {"legs", FIELD_U32, .sentence = "requests seen so far, one for each round trip", OF(legs)},
    {"first_leg_frame", FIELD_U64, NOTATION_FRAME, .filter = "frame.number",
	.sentence = "frame of the first round trip's request", OF(first_leg_frame)},
    SESSION_ID_FIELD,
    {"previous_session_id", FIELD_NUMBER, NOTATION_HEX, .filter = "smb2.previous_sesid",
	.sentence = "session that the client reconnects, if any", OF(previous_session_id)},
    {"session_flags", FIELD_NUMBER, NOTATION_FLAGS, .names = &smb2_session_flag_names,
	.filter = "smb2.session_flags", .sentence = "SessionFlags of the answer",
	OF(session_flags)},
    {"is_guest", FIELD_NUMBER, NOTATION_NAME, .names = &bool_names,
	.filter = "smb2.ses_flags.guest",
	.sentence = "whether the server took the client for a guest", OF(is_guest)},
    {"is_binding", FIELD_BOOL, .names = &bool_names, .filter = "smb2.ses_req_flags.session_binding",
	.sentence = "whether an existing session is bound to another connection", OF(is_binding)},
    {"is_reauthentication", FIELD_BOOL, .names = &bool_names,
	.sentence = "whether the session was established before", OF(is_reauthentication)},
    {"is_request_signed", FIELD_BOOL, .names = &bool_names, .filter = "smb2.flags.signature",
	.sentence = "whether the last request is signed", OF(is_request_signed)},
    {"is_signed", FIELD_NUMBER, NOTATION_NAME, .names = &bool_names,
	.filter = "smb2.flags.signature", .sentence = "whether the final answer is signed",
	OF(is_signed)},
    ANSWER_SIGNATURE_FIELDS,
    SIGNING_REQUIRED_FIELD,
    DIALECT_FIELD,
    CLIENT_CAN_ENCRYPT_FIELD,
};

#undef OF

const struct exchange_type smb2_session_setup_type = {"smb2_session_setup",
    "a client authenticates, over as many round trips as its mechanism needs",
    sizeof(struct smb2_session_setup), session_setup_fields, COUNT(session_setup_fields),
    "SESSION_SETUP[ {leg}][ {user}][ of {domain}][ for {spn}][{is_binding} to bind a channel]",
    "SESSION_SETUP[ {status}][ {answer_leg}][ {krb_error}][{is_guest} as a "
    "guest][{has_wrong_signature}, "
    "wrongly signed]",
    NULL};

#define OF(member) .offset = offsetof(struct smb2_tree_connect, member)

static const struct field tree_connect_fields[] = {
    {"path", FIELD_TEXT, .filter = "smb2.tree", .sentence = "share as the client asked for it",
	OF(path)},
    {"host", FIELD_TEXT, .filter = "smb2.tree", .sentence = "server name in the path", OF(host)},
    {"share", FIELD_TEXT, .filter = "smb2.tree", .sentence = "share name in the path", OF(share)},
    {"nearest_path", FIELD_TEXT, .is_late = true,
	.sentence = "of a share that the server does not have: the nearest name that a client did "
		    "connect to",
	OF(nearest_path)},
    STATUS_FIELD,
    {"share_type", FIELD_NUMBER, NOTATION_NAME, .names = &smb2_share_type_names,
	.filter = "smb2.share_type", .sentence = "disk, pipe or print", OF(share_type)},
    {"share_flags", FIELD_NUMBER, NOTATION_FLAGS, .names = &smb2_share_flag_names,
	.filter = "smb2.share_flags", .sentence = "ShareFlags of the answer", OF(share_flags)},
    {"error_id", FIELD_NUMBER, NOTATION_NAME, .names = &smb2_error_id_names,
	.filter = "smb2.error.context.id", .sentence = "first error context of the answer",
	OF(error_id)},
    {"max_cluster_dialect", FIELD_NUMBER, NOTATION_NAME, .names = &smb2_dialect_names,
	.filter = "smb2.error.data", .sentence = "highest dialect that the cluster share allows",
	OF(max_cluster_dialect)},
    {"is_ipc", FIELD_NUMBER, NOTATION_NAME, .names = &bool_names,
	.sentence = "whether the share is IPC$", OF(is_ipc)},
    {"is_admin_share", FIELD_NUMBER, NOTATION_NAME, .names = &bool_names,
	.sentence = "whether the share is hidden ($) and not IPC$", OF(is_admin_share)},
    REQUEST_SIGNED_FIELD,
    {"is_request_encrypted", FIELD_BOOL, .names = &bool_names,
	.sentence = "whether the request came encrypted", OF(is_request_encrypted)},
    {"is_signed", FIELD_NUMBER, NOTATION_NAME, .names = &bool_names,
	.filter = "smb2.flags.signature", .sentence = "whether the answer is signed",
	OF(is_signed)},
    {"is_encrypted", FIELD_NUMBER, NOTATION_NAME, .names = &bool_names,
	.sentence = "whether the answer came encrypted", OF(is_encrypted)},
    REQUEST_SIGNATURE_FIELD,
    ANSWER_SIGNATURE_FIELDS,
    {"tree_id", FIELD_NUMBER, NOTATION_HEX, .filter = "smb2.tid",
	.sentence = "TreeId of the answer", OF(tree_id)},
    SESSION_ID_FIELD,
    {"is_guest", FIELD_NUMBER, NOTATION_NAME, .names = &bool_names,
	.filter = "smb2.ses_flags.guest", .sentence = "whether the session is a guest's",
	OF(is_guest)},
    {"is_anonymous", FIELD_NUMBER, NOTATION_NAME, .names = &bool_names,
	.sentence = "whether the session is anonymous", OF(is_anonymous)},
    {"is_session_encrypted", FIELD_NUMBER, NOTATION_NAME, .names = &bool_names,
	.filter = "smb2.ses_flags.encrypt", .sentence = "whether the server encrypts the session",
	OF(is_session_encrypted)},
    DIALECT_FIELD,
    CLIENT_CAN_ENCRYPT_FIELD,
    {"answer_began", FIELD_DURATION, .sentence = "from the request to the first byte of its answer",
	OF(answer_began)},
    SIGNING_REQUIRED_FIELD,
    {"is_open_at_end", FIELD_BOOL, .names = &bool_names,
	.sentence = "whether neither TREE_DISCONNECT nor LOGOFF followed", OF(is_open_at_end)},
};

#undef OF

const struct exchange_type smb2_tree_connect_type = {"smb2_tree_connect",
    "a client connects to a share", sizeof(struct smb2_tree_connect), tree_connect_fields,
    COUNT(tree_connect_fields), "TREE_CONNECT[ {path}]",
    "TREE_CONNECT[ {status}][ {error_id}][{has_wrong_signature}, wrongly signed]", NULL};

#define OF(member) .offset = offsetof(struct smb2_validate_negotiate, member)

static const struct field validate_negotiate_fields[] = {
    STATUS_FIELD,
    {"capabilities", FIELD_NUMBER, NOTATION_FLAGS, .names = &smb2_capability_names,
	.filter = "smb2.capabilities", .sentence = "Capabilities in the validation's request",
	OF(capabilities)},
    {"guid", FIELD_TEXT, .filter = "smb2.client_guid",
	.sentence = "Guid in the validation's request", OF(guid)},
    {"security_mode", FIELD_NUMBER, NOTATION_FLAGS, .names = &smb2_security_mode_names,
	.filter = "smb2.sec_mode", .sentence = "SecurityMode in the validation's request",
	OF(security_mode)},
    {"dialects", FIELD_LIST, NOTATION_NAME, .names = &smb2_dialect_names, .filter = "smb2.dialect",
	.sentence = "Dialects in the validation's request", OF(dialects)},
    {"negotiate_capabilities", FIELD_NUMBER, NOTATION_FLAGS, .names = &smb2_capability_names,
	.filter = "smb2.capabilities",
	.sentence = "Capabilities in the NEGOTIATE request on the same wire",
	OF(negotiate_capabilities)},
    {"negotiate_guid", FIELD_TEXT, .filter = "smb2.client_guid",
	.sentence = "Guid in the NEGOTIATE request on the same wire", OF(negotiate_guid)},
    {"negotiate_security_mode", FIELD_NUMBER, NOTATION_FLAGS, .names = &smb2_security_mode_names,
	.filter = "smb2.sec_mode",
	.sentence = "SecurityMode in the NEGOTIATE request on the same wire",
	OF(negotiate_security_mode)},
    {"negotiate_dialects", FIELD_LIST, NOTATION_NAME, .names = &smb2_dialect_names,
	.filter = "smb2.dialect", .sentence = "Dialects in the NEGOTIATE request on the same wire",
	OF(negotiate_dialects)},
    {"response_capabilities", FIELD_NUMBER, NOTATION_FLAGS, .names = &smb2_capability_names,
	.filter = "smb2.capabilities", .sentence = "Capabilities in the validation's answer",
	OF(response_capabilities)},
    {"response_guid", FIELD_TEXT, .filter = "smb2.server_guid",
	.sentence = "Guid in the validation's answer", OF(response_guid)},
    {"response_security_mode", FIELD_NUMBER, NOTATION_FLAGS, .names = &smb2_security_mode_names,
	.filter = "smb2.sec_mode", .sentence = "SecurityMode in the validation's answer",
	OF(response_security_mode)},
    {"response_dialect", FIELD_NUMBER, NOTATION_NAME, .names = &smb2_dialect_names,
	.filter = "smb2.dialect", .sentence = "Dialect in the validation's answer",
	OF(response_dialect)},
    {"negotiate_response_capabilities", FIELD_NUMBER, NOTATION_FLAGS,
	.names = &smb2_capability_names, .filter = "smb2.capabilities",
	.sentence = "Capabilities in the NEGOTIATE answer on the same wire",
	OF(negotiate_response_capabilities)},
    {"negotiate_response_guid", FIELD_TEXT, .filter = "smb2.server_guid",
	.sentence = "Guid in the NEGOTIATE answer on the same wire", OF(negotiate_response_guid)},
    {"negotiate_response_security_mode", FIELD_NUMBER, NOTATION_FLAGS,
	.names = &smb2_security_mode_names, .filter = "smb2.sec_mode",
	.sentence = "SecurityMode in the NEGOTIATE answer on the same wire",
	OF(negotiate_response_security_mode)},
    {"negotiate_response_dialect", FIELD_NUMBER, NOTATION_NAME, .names = &smb2_dialect_names,
	.filter = "smb2.dialect", .sentence = "Dialect in the NEGOTIATE answer on the same wire",
	OF(negotiate_response_dialect)},
    {"is_request_altered", FIELD_NUMBER, NOTATION_NAME, .names = &bool_names,
	.sentence = "whether the validation's request differs from the NEGOTIATE request",
	OF(is_request_altered)},
    {"is_answer_altered", FIELD_NUMBER, NOTATION_NAME, .names = &bool_names,
	.sentence = "whether the validation's answer differs from the NEGOTIATE answer",
	OF(is_answer_altered)},
    {"differences", FIELD_TEXT, .sentence = "what differs, with both values", OF(differences)},
    {"max_output_response", FIELD_NUMBER, .filter = "smb2.max_ioctl_out_size",
	.sentence = "bytes of answer that the client allows", OF(max_output_response)},
    REQUEST_SIGNED_FIELD,
    {"is_answer_signed", FIELD_NUMBER, NOTATION_NAME, .names = &bool_names,
	.filter = "smb2.flags.signature", .sentence = "whether the answer is signed",
	OF(is_answer_signed)},
    {"is_request_encrypted", FIELD_BOOL, .names = &bool_names,
	.sentence = "whether the request came encrypted", OF(is_request_encrypted)},
    {"is_answer_encrypted", FIELD_NUMBER, NOTATION_NAME, .names = &bool_names,
	.sentence = "whether the answer came encrypted", OF(is_answer_encrypted)},
    REQUEST_SIGNATURE_FIELD,
    ANSWER_SIGNATURE_FIELDS,
    SESSION_ID_FIELD,
    DIALECT_FIELD,
};

#undef OF

const struct exchange_type smb2_validate_negotiate_type = {"smb2_validate_negotiate",
    "a client has the server repeat the negotiation under a signature",
    sizeof(struct smb2_validate_negotiate), validate_negotiate_fields,
    COUNT(validate_negotiate_fields), "IOCTL FSCTL_VALIDATE_NEGOTIATE_INFO",
    "IOCTL[ {status}][, differs: {differences}]", NULL};

#define OF(member) .offset = offsetof(struct smb2_network_interfaces, member)

static const struct field network_interfaces_fields[] = {
    {"count", FIELD_NUMBER, .sentence = "entries of the list", OF(count)},
    {"addresses", FIELD_TEXT, .sentence = "their addresses, each once", OF(addresses)},
    SESSION_ID_FIELD,
    DIALECT_FIELD,
};

#undef OF

const struct exchange_type smb2_network_interfaces_type = {"smb2_network_interfaces",
    "a server lists its network interfaces, to which further channels of the session may go",
    sizeof(struct smb2_network_interfaces), network_interfaces_fields,
    COUNT(network_interfaces_fields), "IOCTL FSCTL_QUERY_NETWORK_INTERFACE_INFO",
    "IOCTL[ {addresses}]", NULL};

#define OF(member) .offset = offsetof(struct smb2_request, member)

static const struct field request_fields[] = {
    {"command", FIELD_NUMBER, NOTATION_NAME, .names = &smb2_command_names, .filter = "smb2.cmd",
	.sentence = "what was asked", OF(command)},
    STATUS_FIELD,
    {"ctl_code", FIELD_NUMBER, NOTATION_NAME, .names = &smb2_ctl_code_names,
	.filter = "smb2.ioctl.function", .sentence = "CtlCode of an IOCTL", OF(ctl_code)},
    {"path", FIELD_TEXT, .filter = "smb2.filename",
	.sentence = "file that it is about, in its share; empty: the share's root", OF(path)},
    {"target", FIELD_TEXT, .filter = "smb2.filename",
	.sentence = "new name that a SET_INFO gives the file", OF(target)},
    {"pattern", FIELD_TEXT, .filter = "smb2.find.pattern",
	.sentence = "names that a QUERY_DIRECTORY asks for", OF(pattern)},
    {"offset", FIELD_NUMBER, .filter = "smb2.file_offset",
	.sentence = "where in the file READ, WRITE or LOCK begins, in bytes", OF(offset)},
    {"length", FIELD_NUMBER, .filter = "smb2.read_length",
	.sentence = "how many bytes READ, WRITE or LOCK is about", OF(length)},
    {"info_class", FIELD_NUMBER, NOTATION_NAME, .names = &smb2_info_class_names,
	.filter = "smb2.infolevel",
	.sentence = "what QUERY_INFO, SET_INFO or QUERY_DIRECTORY asks for or sets",
	OF(info_class)},
    {"desired_access", FIELD_NUMBER, NOTATION_FLAGS, .names = &smb2_access_names,
	.filter = "smb.access_mask", .sentence = "DesiredAccess of a CREATE", OF(desired_access)},
    {"create_disposition", FIELD_NUMBER, NOTATION_NAME, .names = &smb2_create_disposition_names,
	.filter = "smb2.create.disposition", .sentence = "CreateDisposition of a CREATE",
	OF(create_disposition)},
    {"create_options", FIELD_NUMBER, NOTATION_FLAGS, .names = &smb2_create_option_names,
	.filter = "smb2.create_options", .sentence = "CreateOptions of a CREATE",
	OF(create_options)},
    {"create_contexts", FIELD_TEXT, .filter = "smb2.tag",
	.sentence = "create contexts of a CREATE, by name: DH2Q, MxAc, RqLs and so on",
	OF(create_contexts)},
    {"oplock_level", FIELD_NUMBER, NOTATION_NAME, .names = &smb2_oplock_level_names,
	.filter = "smb2.oplock", .sentence = "oplock that a CREATE asks for", OF(oplock_level)},
    {"completion_filter", FIELD_NUMBER, NOTATION_FLAGS, .names = &smb2_completion_filter_names,
	.filter = "smb2.notify.filter", .sentence = "what a CHANGE_NOTIFY waits for",
	OF(completion_filter)},
    {"credit_charge", FIELD_NUMBER, .filter = "smb2.credit.charge",
	.sentence = "credits that the request takes, and MessageIds with them", OF(credit_charge)},
    {"channel_sequence", FIELD_NUMBER, .filter = "smb2.channel_sequence",
	.sentence = "ChannelSequence of the request (3.x), which counts lost connections",
	OF(channel_sequence)},
    {"share", FIELD_TEXT, .filter = "smb2.tree", .sentence = "share as the client connected to it",
	OF(share)},
    {"share_type", FIELD_NUMBER, NOTATION_NAME, .names = &smb2_share_type_names,
	.filter = "smb2.share_type", .sentence = "disk, pipe or print", OF(share_type)},
    {"is_waiting_kind", FIELD_BOOL, .names = &bool_names,
	.sentence = "whether such a request waits for somebody else's doing and may take any time",
	OF(is_waiting_kind)},
    {"has_interim", FIELD_BOOL, .names = &bool_names,
	.sentence = "whether an interim answer (STATUS_PENDING) came", OF(has_interim)},
    {"is_cancelled", FIELD_BOOL, .names = &bool_names,
	.sentence = "whether the client took the request back with CANCEL", OF(is_cancelled)},
    {"is_overdue", FIELD_BOOL, .names = &bool_names,
	.sentence = "whether no answer came for 5 s or more before the connection or capture ended",
	OF(is_overdue)},
    {"answer_began", FIELD_DURATION, .sentence = "from the request to the first byte of its answer",
	OF(answer_began)},
    {"queued_bytes", FIELD_NUMBER,
	.sentence =
	    "bytes that the server sent between request and answer, other answers before all",
	OF(queued_bytes)},
    REQUEST_SIGNED_FIELD,
    {"is_request_encrypted", FIELD_BOOL, .names = &bool_names,
	.sentence = "whether the request came encrypted", OF(is_request_encrypted)},
    {"is_signed", FIELD_NUMBER, NOTATION_NAME, .names = &bool_names,
	.filter = "smb2.flags.signature", .sentence = "whether the answer is signed",
	OF(is_signed)},
    {"is_encrypted", FIELD_NUMBER, NOTATION_NAME, .names = &bool_names,
	.sentence = "whether the answer came encrypted", OF(is_encrypted)},
    REQUEST_SIGNATURE_FIELD,
    ANSWER_SIGNATURE_FIELDS,
    SESSION_ID_FIELD,
    {"tree_id", FIELD_NUMBER, NOTATION_HEX, .filter = "smb2.tid", .sentence = "TreeId",
	OF(tree_id)},
    {"message_id", FIELD_NUMBER, .filter = "smb2.msg_id", .sentence = "MessageId", OF(message_id)},
    DIALECT_FIELD,
    {"unlisted", FIELD_NUMBER,
	.sentence = "further requests of the connection that are counted here and not listed",
	OF(unlisted)},
};

#undef OF

const struct exchange_type smb2_request_type = {"smb2_request",
    "any other request that was not answered, answered late or refused, and LOGOFF",
    sizeof(struct smb2_request), request_fields, COUNT(request_fields),
    "[{command}][ {ctl_code}][ {path}][ {pattern}][ to {target}]",
    "[{command}][ {status}][{is_cancelled} after CANCEL][{has_wrong_signature}, wrongly signed]",
    NULL};

#define OF(member) .offset = offsetof(struct smb2_encrypted, member)

static const struct field encrypted_fields[] = {
    {"unread_because", FIELD_ENUM, .names = &seal_names,
	.sentence = "why it is not read: no key was given, or one that does not fit", OF(seal)},
    {"requests", FIELD_U64, .sentence = "encrypted messages of the client", OF(requests)},
    {"answers", FIELD_U64, .sentence = "encrypted messages of the server", OF(answers)},
    {"longest_wait", FIELD_DURATION,
	.sentence = "longest time from a message of the client to the server's next one",
	OF(longest_wait)},
    {"longest_wait_frame", FIELD_U64, NOTATION_FRAME, .filter = "frame.number",
	.sentence = "frame that ended the longest wait", OF(longest_wait_frame)},
    {"first_encrypted_frame", FIELD_U64, NOTATION_FRAME, .filter = "frame.number",
	.sentence = "frame of the first encrypted message", OF(first_encrypted_frame)},
    {"may_be_farewell", FIELD_BOOL, .names = &bool_names,
	.sentence = "whether the client's last message is as short as LOGOFF or TREE_DISCONNECT",
	OF(may_be_farewell)},
    {"session_id", FIELD_NUMBER, NOTATION_HEX, .filter = "smb2.sesid", .is_passing = true,
	.sentence = "SessionId of the first message", OF(session_id)},
    DIALECT_FIELD,
};

#undef OF

const struct exchange_type smb2_encrypted_type = {"smb2_encrypted",
    "what a connection says encrypted and cannot be read, as far as it shows",
    sizeof(struct smb2_encrypted), encrypted_fields, COUNT(encrypted_fields),
    "encrypted[, message {requests} of the client]", "encrypted answer", NULL};

#define OF(member) .offset = offsetof(struct smb2_break, member)

static const struct field break_fields[] = {
    {"path", FIELD_TEXT, .filter = "smb2.filename",
	.sentence = "file that it is about, in its share", OF(path)},
    {"is_lease", FIELD_BOOL, .names = &bool_names,
	.sentence = "whether a lease is broken, not an oplock", OF(is_lease)},
    {"must_acknowledge", FIELD_NUMBER, NOTATION_NAME, .names = &bool_names,
	.sentence = "whether the server waits for the client", OF(must_acknowledge)},
    {"is_closed_instead", FIELD_BOOL, .names = &bool_names,
	.sentence = "whether the client closed the file instead of an acknowledgment",
	OF(is_closed_instead)},
    {"oplock_level", FIELD_NUMBER, NOTATION_NAME, .names = &smb2_oplock_level_names,
	.filter = "smb2.oplock", .sentence = "oplock that the server leaves", OF(oplock_level)},
    {"current_lease_state", FIELD_NUMBER, NOTATION_FLAGS, .names = &smb2_lease_state_names,
	.filter = "smb2.lease.lease_state", .sentence = "lease that the client has",
	OF(current_lease_state)},
    {"lease_state", FIELD_NUMBER, NOTATION_FLAGS, .names = &smb2_lease_state_names,
	.filter = "smb2.lease.lease_state", .sentence = "lease that the server leaves",
	OF(lease_state)},
    DIALECT_FIELD,
};

#undef OF

const struct exchange_type smb2_break_type = {"smb2_break",
    "a server takes an oplock or lease back, and the client acknowledges that late or never",
    sizeof(struct smb2_break), break_fields, COUNT(break_fields),
    "OPLOCK_BREAK[{is_lease} of a lease][ {path}]",
    "[{is_closed_instead}CLOSE instead of an ]acknowledgment", NULL};
