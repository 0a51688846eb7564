#include "dissectors/smb_calls.h"

#include "analyzer/base/basics.h"
#include "analyzer/statistics.h"
#include "dissectors/nt_status.h"
#include "dissectors/smb1_wire.h"
#include "dissectors/smb2_wire.h"

static const struct name_row smb1_command_rows[] = {{SMB_COM_NEGOTIATE, "SMB_COM_NEGOTIATE", NULL}};
static const struct names smb1_command_names = {smb1_command_rows, COUNT(smb1_command_rows)};

static bool
is_never_waiting(uint16_t command)
{
	(void)command;
	return false;
}

/* Answered when a directory changes ([MS-SMB2] 3.3.5.19). */
static bool
is_change_notify(uint16_t command)
{
	return command == SMB2_CHANGE_NOTIFY;
}

static const struct statistics_protocol protocols[] = {
    [SMB_PROTOCOL_SMB1] = {"smb1", &smb1_command_names, &nt_status_names, nt_status_is_error,
	is_never_waiting},
    [SMB_PROTOCOL_SMB2] = {"smb2", &smb2_command_names, &nt_status_names, nt_status_is_error,
	is_change_notify},
};

static const uint16_t negotiate_commands[] = {
    [SMB_PROTOCOL_SMB1] = SMB_COM_NEGOTIATE,
    [SMB_PROTOCOL_SMB2] = SMB2_NEGOTIATE,
};

/* Looked up once a connection, as calls are many. */
static struct statistics_server *
server_of(struct smb_connection *connection, enum smb_protocol protocol)
{
	struct statistics_server **server = &connection->servers[protocol];

	if (*server == NULL)
		*server = statistics_server(connection->context.statistics, &protocols[protocol],
		    connection->context.conversation);
	return *server;
}

static bool
is_failure(uint16_t command, uint32_t status)
{
	return status != STATUS_SUCCESS && !smb2_status_is_benign(command, status);
}

static void
count_unasked(struct smb_connection *connection, enum smb_protocol protocol, uint16_t command)
{
	statistics_add_unasked(
	    connection->context.statistics, server_of(connection, protocol), command);
}

void
smb2_count_answer(struct smb_connection *connection, const struct smb2_part *answer,
    const struct smb2_pending *request)
{
	const struct smb2_header *header = &answer->header;

	if (connection->context.statistics == NULL)
		return;
	if (request == NULL) {
		count_unasked(connection, SMB_PROTOCOL_SMB2, header->command);
		return;
	}
	statistics_add_call(connection->context.statistics,
	    server_of(connection, SMB_PROTOCOL_SMB2),
	    &(struct statistics_call){.command = header->command,
		.has_status = true,
		.is_failure = is_failure(header->command, header->status),
		.status = header->status,
		.asked = request->request.time,
		.began = answer->message->first_time,
		.answered = answer->message->time,
		.answer_frame = answer->message->frame,
		.bytes = {request->length, answer->length}});
}

static void
count_unanswered(struct smb_connection *connection, enum smb_protocol protocol, uint16_t command)
{
	if (connection->context.statistics != NULL)
		statistics_add_unanswered(
		    connection->context.statistics, server_of(connection, protocol), command);
}

void
smb2_count_unanswered(struct smb_connection *connection, const struct smb2_pending *request)
{
	count_unanswered(connection, SMB_PROTOCOL_SMB2, request->command);
}

void
smb_count_negotiate_answer(struct smb_connection *connection, const struct message *answer,
    enum smb_protocol protocol, struct number status, const struct smb_pending_negotiate *request)
{
	uint32_t code = (uint32_t)status.value;

	if (connection->context.statistics == NULL)
		return;
	if (request == NULL) {
		count_unasked(connection, protocol, negotiate_commands[protocol]);
		return;
	}
	statistics_add_call(connection->context.statistics,
	    server_of(connection, request->protocol),
	    &(struct statistics_call){.command = negotiate_commands[request->protocol],
		.has_status = status.is_known,
		.is_failure = status.is_known && is_failure(SMB2_NEGOTIATE, code),
		.status = code,
		.asked = request->exchange->base.time,
		.began = answer->first_time,
		.answered = answer->time,
		.answer_frame = answer->frame,
		.bytes = {request->length, answer->length - SMB_RECORD_SIZE}});
}

void
smb_count_negotiate_unanswered(
    struct smb_connection *connection, const struct smb_pending_negotiate *request)
{
	count_unanswered(connection, request->protocol, negotiate_commands[request->protocol]);
}
