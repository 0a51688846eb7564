#include "dissectors/smb2_exchanges.h"

#include <stddef.h>

#include "analyzer/base/basics.h"
#include "dissectors/nt_status.h"
#include "dissectors/smb2_wire.h"

#define OF(member) .offset = offsetof(struct smb2_session_setup, member)

static const struct field session_setup_fields[] = {
    {"status", FIELD_NUMBER, NOTATION_CODE, .names = &nt_status_names, .filter = "smb2.nt_status",
	.sentence = "status of the final answer", OF(status)},
    AUTHENTICATION_FIELDS(struct smb2_session_setup, "smb2.security_blob"),
    {"answer_began", FIELD_DURATION,
	.sentence = "from the last round trip's request to the first byte of its answer",
	OF(answer_began)},
    {"legs", FIELD_U32, .sentence = "requests seen so far, one for each round trip", OF(legs)},
    {"first_leg_frame", FIELD_U64, NOTATION_FRAME, .filter = "frame.number",
	.sentence = "frame of the first round trip's request", OF(first_leg_frame)},
    {"session_id", FIELD_NUMBER, NOTATION_HEX, .filter = "smb2.sesid", .sentence = "SessionId",
	OF(session_id)},
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
    {"is_signing_required", FIELD_NUMBER, NOTATION_NAME, .names = &bool_names,
	.filter = "smb2.sec_mode.sign_required",
	.sentence = "whether client or server require signing", OF(is_signing_required)},
    {"dialect", FIELD_NUMBER, NOTATION_NAME, .names = &smb2_dialect_names, .filter = "smb2.dialect",
	.sentence = "dialect of the connection", OF(dialect)},
    {"client_can_encrypt", FIELD_NUMBER, NOTATION_NAME, .names = &bool_names,
	.sentence = "whether the client's NEGOTIATE offers a 3.x dialect and a way to encrypt",
	OF(client_can_encrypt)},
};

#undef OF

const struct exchange_type smb2_session_setup_type = {"smb2_session_setup",
    "a client authenticates, over as many round trips as its mechanism needs",
    sizeof(struct smb2_session_setup), session_setup_fields, COUNT(session_setup_fields)};

#define OF(member) .offset = offsetof(struct smb2_tree_connect, member)

static const struct field tree_connect_fields[] = {
    {"path", FIELD_TEXT, .filter = "smb2.tree", .sentence = "share as the client asked for it",
	OF(path)},
    {"host", FIELD_TEXT, .filter = "smb2.tree", .sentence = "server name in the path", OF(host)},
    {"share", FIELD_TEXT, .filter = "smb2.tree", .sentence = "share name in the path", OF(share)},
    {"nearest_path", FIELD_TEXT,
	.sentence = "of a share that the server does not have: the nearest name that a client did "
		    "connect to",
	OF(nearest_path)},
    {"status", FIELD_NUMBER, NOTATION_CODE, .names = &nt_status_names, .filter = "smb2.nt_status",
	.sentence = "status of the final answer", OF(status)},
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
    {"is_request_signed", FIELD_BOOL, .names = &bool_names, .filter = "smb2.flags.signature",
	.sentence = "whether the request is signed", OF(is_request_signed)},
    {"is_request_encrypted", FIELD_BOOL, .names = &bool_names,
	.sentence = "whether the request came encrypted", OF(is_request_encrypted)},
    {"is_signed", FIELD_NUMBER, NOTATION_NAME, .names = &bool_names,
	.filter = "smb2.flags.signature", .sentence = "whether the answer is signed",
	OF(is_signed)},
    {"tree_id", FIELD_NUMBER, NOTATION_HEX, .filter = "smb2.tid",
	.sentence = "TreeId of the answer", OF(tree_id)},
    {"session_id", FIELD_NUMBER, NOTATION_HEX, .filter = "smb2.sesid", .sentence = "SessionId",
	OF(session_id)},
    {"is_guest", FIELD_NUMBER, NOTATION_NAME, .names = &bool_names,
	.filter = "smb2.ses_flags.guest", .sentence = "whether the session is a guest's",
	OF(is_guest)},
    {"is_anonymous", FIELD_NUMBER, NOTATION_NAME, .names = &bool_names,
	.sentence = "whether the session is anonymous", OF(is_anonymous)},
    {"is_session_encrypted", FIELD_NUMBER, NOTATION_NAME, .names = &bool_names,
	.filter = "smb2.ses_flags.encrypt", .sentence = "whether the server encrypts the session",
	OF(is_session_encrypted)},
    {"dialect", FIELD_NUMBER, NOTATION_NAME, .names = &smb2_dialect_names, .filter = "smb2.dialect",
	.sentence = "dialect of the connection", OF(dialect)},
    {"client_can_encrypt", FIELD_NUMBER, NOTATION_NAME, .names = &bool_names,
	.sentence = "whether the client's NEGOTIATE offers a 3.x dialect and a way to encrypt",
	OF(client_can_encrypt)},
    {"answer_began", FIELD_DURATION, .sentence = "from the request to the first byte of its answer",
	OF(answer_began)},
    {"is_signing_required", FIELD_NUMBER, NOTATION_NAME, .names = &bool_names,
	.filter = "smb2.sec_mode.sign_required",
	.sentence = "whether client or server require signing", OF(is_signing_required)},
    {"is_open_at_end", FIELD_BOOL, .names = &bool_names,
	.sentence = "whether neither TREE_DISCONNECT nor LOGOFF followed", OF(is_open_at_end)},
};

#undef OF

const struct exchange_type smb2_tree_connect_type = {"smb2_tree_connect",
    "a client connects to a share", sizeof(struct smb2_tree_connect), tree_connect_fields,
    COUNT(tree_connect_fields)};

#define OF(member) .offset = offsetof(struct smb2_validate_negotiate, member)

static const struct field validate_negotiate_fields[] = {
    {"status", FIELD_NUMBER, NOTATION_CODE, .names = &nt_status_names, .filter = "smb2.nt_status",
	.sentence = "status of the final answer", OF(status)},
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
    {"is_request_signed", FIELD_BOOL, .names = &bool_names, .filter = "smb2.flags.signature",
	.sentence = "whether the request is signed", OF(is_request_signed)},
    {"is_answer_signed", FIELD_NUMBER, NOTATION_NAME, .names = &bool_names,
	.filter = "smb2.flags.signature", .sentence = "whether the answer is signed",
	OF(is_answer_signed)},
    {"is_answer_encrypted", FIELD_NUMBER, NOTATION_NAME, .names = &bool_names,
	.sentence = "whether the answer came encrypted", OF(is_answer_encrypted)},
    {"session_id", FIELD_NUMBER, NOTATION_HEX, .filter = "smb2.sesid", .sentence = "SessionId",
	OF(session_id)},
    {"dialect", FIELD_NUMBER, NOTATION_NAME, .names = &smb2_dialect_names, .filter = "smb2.dialect",
	.sentence = "dialect of the connection", OF(dialect)},
};

#undef OF

const struct exchange_type smb2_validate_negotiate_type = {"smb2_validate_negotiate",
    "a client has the server repeat the negotiation under a signature",
    sizeof(struct smb2_validate_negotiate), validate_negotiate_fields,
    COUNT(validate_negotiate_fields)};

#define OF(member) .offset = offsetof(struct smb2_network_interfaces, member)

static const struct field network_interfaces_fields[] = {
    {"count", FIELD_NUMBER, .sentence = "entries of the list", OF(count)},
    {"addresses", FIELD_TEXT, .sentence = "their addresses, each once", OF(addresses)},
    {"session_id", FIELD_NUMBER, NOTATION_HEX, .filter = "smb2.sesid", .sentence = "SessionId",
	OF(session_id)},
    {"dialect", FIELD_NUMBER, NOTATION_NAME, .names = &smb2_dialect_names, .filter = "smb2.dialect",
	.sentence = "dialect of the connection", OF(dialect)},
};

#undef OF

const struct exchange_type smb2_network_interfaces_type = {"smb2_network_interfaces",
    "a server lists its network interfaces, to which further channels of the session may go",
    sizeof(struct smb2_network_interfaces), network_interfaces_fields,
    COUNT(network_interfaces_fields)};

#define OF(member) .offset = offsetof(struct smb2_request, member)

static const struct field request_fields[] = {
    {"command", FIELD_NUMBER, NOTATION_NAME, .names = &smb2_command_names, .filter = "smb2.cmd",
	.sentence = "what was asked", OF(command)},
    {"status", FIELD_NUMBER, NOTATION_CODE, .names = &nt_status_names, .filter = "smb2.nt_status",
	.sentence = "status of the final answer", OF(status)},
    {"ctl_code", FIELD_NUMBER, NOTATION_NAME, .names = &smb2_ctl_code_names,
	.filter = "smb2.ioctl.function", .sentence = "CtlCode of an IOCTL", OF(ctl_code)},
    {"path", FIELD_TEXT, .filter = "smb2.filename",
	.sentence = "file name of a CREATE, in its share", OF(path)},
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
    {"is_request_signed", FIELD_BOOL, .names = &bool_names, .filter = "smb2.flags.signature",
	.sentence = "whether the request is signed", OF(is_request_signed)},
    {"is_signed", FIELD_NUMBER, NOTATION_NAME, .names = &bool_names,
	.filter = "smb2.flags.signature", .sentence = "whether the answer is signed",
	OF(is_signed)},
    {"session_id", FIELD_NUMBER, NOTATION_HEX, .filter = "smb2.sesid", .sentence = "SessionId",
	OF(session_id)},
    {"tree_id", FIELD_NUMBER, NOTATION_HEX, .filter = "smb2.tid", .sentence = "TreeId",
	OF(tree_id)},
    {"message_id", FIELD_NUMBER, .filter = "smb2.msg_id", .sentence = "MessageId", OF(message_id)},
    {"dialect", FIELD_NUMBER, NOTATION_NAME, .names = &smb2_dialect_names, .filter = "smb2.dialect",
	.sentence = "dialect of the connection", OF(dialect)},
    {"unlisted", FIELD_NUMBER,
	.sentence = "further requests of the connection that are counted here and not listed",
	OF(unlisted)},
};

#undef OF

const struct exchange_type smb2_request_type = {"smb2_request",
    "any other request that was not answered, answered late or refused, and LOGOFF",
    sizeof(struct smb2_request), request_fields, COUNT(request_fields)};
