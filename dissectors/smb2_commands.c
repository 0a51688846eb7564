#include "dissectors/smb2_commands.h"

#include <string.h>

#include "analyzer/base/basics.h"
#include "dissectors/nt_status.h"
#include "dissectors/smb2_interfaces.h"
#include "dissectors/smb2_requests.h"
#include "dissectors/smb2_state.h"
#include "dissectors/smb2_validate.h"

static void
session_setup_request(
    struct smb2_state *state, const struct smb2_part *part, struct smb2_pending *pending)
{
	pending->exchange = smb2_session_setup_request(&state->setup, part);
}

static void
session_setup_response(
    struct smb2_state *state, const struct smb2_part *part, struct smb2_pending *pending)
{
	if (pending != NULL)
		((struct smb2_session_setup *)pending->exchange)->answer_began =
		    smb2_answer_began(part, pending);
	smb2_session_setup_response(&state->setup, part, pending ? pending->exchange : NULL);
}

static void
tree_connect_request(
    struct smb2_state *state, const struct smb2_part *part, struct smb2_pending *pending)
{
	pending->exchange = smb2_tree_connect_request(&state->setup, part);
}

static void
tree_connect_response(
    struct smb2_state *state, const struct smb2_part *part, struct smb2_pending *pending)
{
	if (pending != NULL)
		((struct smb2_tree_connect *)pending->exchange)->answer_began =
		    smb2_answer_began(part, pending);
	smb2_tree_connect_response(&state->setup, part, pending ? pending->exchange : NULL);
}

static void
tree_disconnect_request(
    struct smb2_state *state, const struct smb2_part *part, struct smb2_pending *pending)
{
	(void)pending;
	smb2_tree_disconnect(&state->setup, part->header.session_id, part->header.tree_id);
}

static void
logoff_request(struct smb2_state *state, const struct smb2_part *part, struct smb2_pending *pending)
{
	(void)pending;
	smb2_logoff(&state->setup, part->header.session_id);
}

/* The file is open from now on, until CLOSE. */
static void
create_response(
    struct smb2_state *state, const struct smb2_part *part, struct smb2_pending *pending)
{
	struct smb2_grant grant = {0};
	union smb2_body body;

	if (pending == NULL)
		return;
	smb2_finish_request(state, part, pending);
	if (part->header.status != STATUS_SUCCESS ||
	    !smb2_decode_body(&part->header, part->command, &body))
		return;
	grant.oplock_level = body.create_response.oplock_level;
	grant.has_lease =
	    grant.oplock_level == SMB2_OPLOCK_LEVEL_LEASE && pending->operands.has_lease_key;
	memcpy(grant.lease_key, pending->operands.lease_key, sizeof(grant.lease_key));
	state->created_file = body.create_response.file_id;
	smb2_opens_add(&state->opens, &state->created_file, &grant, pending->path);
	pending->path = (struct smb2_name){0};
}

static void
close_request(struct smb2_state *state, const struct smb2_part *part, struct smb2_pending *pending)
{
	if (pending->operands.has_file_id)
		smb2_break_close(state->breaks, state->connection, part, &state->opens,
		    &pending->operands.file_id);
}

/* In a compound the file may be one that the CREATE before it has just opened. */
static void
close_response(struct smb2_state *state, const struct smb2_part *part, struct smb2_pending *pending)
{
	if (pending == NULL)
		return;
	smb2_finish_request(state, part, pending);
	if (part->header.status != STATUS_SUCCESS)
		return;
	if (pending->operands.has_file_id)
		smb2_opens_close(&state->opens, &pending->operands.file_id);
	else if (part->header.flags & SMB2_FLAGS_RELATED_OPERATIONS)
		smb2_opens_close(&state->opens, &state->created_file);
}

static void
oplock_break_request(
    struct smb2_state *state, const struct smb2_part *part, struct smb2_pending *pending)
{
	(void)pending;
	smb2_break_acknowledge(state->breaks, state->connection, part, &state->opens);
}

static void
ioctl_request(struct smb2_state *state, const struct smb2_part *part, struct smb2_pending *pending)
{
	const struct number *code = &pending->operands.ctl_code;
	union smb2_body body;

	if (code->is_known && code->value == FSCTL_VALIDATE_NEGOTIATE_INFO &&
	    smb2_decode_body(&part->header, part->command, &body))
		pending->exchange = smb2_validate_request(&state->setup, part, &body.ioctl_request);
}

/* Whether an answer without request is to a validation: error answers do not say. */
static bool
is_validation(const struct smb2_part *part)
{
	union smb2_body body;

	return smb2_decode_body(&part->header, part->command, &body) &&
	       body.ioctl_response.ctl_code == FSCTL_VALIDATE_NEGOTIATE_INFO;
}

static bool
is_interface_list(const struct smb2_part *part, union smb2_body *ret)
{
	return part->header.status == STATUS_SUCCESS &&
	       smb2_decode_body(&part->header, part->command, ret) &&
	       ret->ioctl_response.ctl_code == FSCTL_QUERY_NETWORK_INTERFACE_INFO;
}

static void
interfaces_response(struct smb2_state *state, const struct smb2_part *part,
    const struct smb2_pending *pending, const struct smb2_ioctl *ioctl)
{
	struct exchange *exchange = smb2_interfaces_response(
	    &state->setup, part, ioctl, pending ? &pending->request : NULL);

	if (pending != NULL && pending->ordinal != 0)
		smb_note_exchange(state->connection, pending->ordinal, exchange);
}

static void
ioctl_response(struct smb2_state *state, const struct smb2_part *part, struct smb2_pending *pending)
{
	union smb2_body body;

	if (pending != NULL && pending->exchange != NULL)
		smb2_validate_response(&state->setup, part, pending->exchange);
	else if (pending == NULL && is_validation(part))
		smb2_validate_response(&state->setup, part, NULL);
	else if (is_interface_list(part, &body))
		interfaces_response(state, part, pending, &body.ioctl_response);
	else if (pending != NULL)
		smb2_finish_request(state, part, pending);
}

static bool
always_waits(const struct smb2_state *state, const struct smb2_pending *pending)
{
	(void)state;
	(void)pending;
	return true;
}

/* Held back while another client gives up an oplock or lease. */
static bool
create_waits(const struct smb2_state *state, const struct smb2_pending *pending)
{
	(void)state;
	return pending->is_interim;
}

static bool
lock_waits(const struct smb2_state *state, const struct smb2_pending *pending)
{
	(void)state;
	return pending->operands.may_wait || pending->is_interim;
}

/* From a pipe; on an unknown tree STATUS_PENDING betrays one. */
static bool
read_waits(const struct smb2_state *state, const struct smb2_pending *pending)
{
	const struct smb2_tree *tree =
	    smb2_find_tree(&state->setup, pending->session_id, pending->tree_id);

	if (tree != NULL && tree->exchange->share_type.is_known)
		return tree->exchange->share_type.value == SMB2_SHARE_TYPE_PIPE;
	return pending->is_interim;
}

static bool
ioctl_waits(const struct smb2_state *state, const struct smb2_pending *pending)
{
	const struct number *code = &pending->operands.ctl_code;

	(void)state;
	return code->is_known &&
	       (code->value == FSCTL_PIPE_TRANSCEIVE || code->value == FSCTL_PIPE_WAIT);
}

static const struct smb2_handler handlers[SMB2_COMMAND_COUNT] = {
    [SMB2_SESSION_SETUP] = {.request = session_setup_request, .response = session_setup_response},
    [SMB2_LOGOFF] = {.request = logoff_request, .is_farewell = true, .is_kept = true},
    [SMB2_TREE_CONNECT] = {.request = tree_connect_request, .response = tree_connect_response},
    [SMB2_TREE_DISCONNECT] = {.request = tree_disconnect_request, .is_farewell = true},
    [SMB2_CREATE] = {.response = create_response, .is_waiting = create_waits, .is_work = true},
    [SMB2_CLOSE] = {.request = close_request, .response = close_response, .is_work = true},
    [SMB2_FLUSH] = {.is_work = true},
    [SMB2_READ] = {.is_waiting = read_waits, .is_work = true},
    [SMB2_WRITE] = {.is_work = true},
    [SMB2_LOCK] = {.is_waiting = lock_waits, .is_work = true},
    [SMB2_IOCTL] = {.request = ioctl_request,
	.response = ioctl_response,
	.is_waiting = ioctl_waits},
    [SMB2_ECHO] = {.is_farewell = true},
    [SMB2_QUERY_DIRECTORY] = {.is_work = true},
    [SMB2_CHANGE_NOTIFY] = {.is_waiting = always_waits, .is_work = true},
    [SMB2_QUERY_INFO] = {.is_work = true},
    [SMB2_SET_INFO] = {.is_work = true},
    [SMB2_OPLOCK_BREAK] = {.request = oplock_break_request},
};

const struct smb2_handler *
smb2_handler_of(uint16_t command)
{
	static const struct smb2_handler none;

	return command < COUNT(handlers) ? &handlers[command] : &none;
}
