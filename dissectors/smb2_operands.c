#include "dissectors/smb2_operands.h"

#include <string.h>

#include "analyzer/base/basics.h"
#include "dissectors/smb2_create_contexts.h"

static void
take_file(struct smb2_operands *operands, struct smb2_file_id file_id)
{
	operands->has_file_id = true;
	operands->file_id = file_id;
}

static void
take_lease(const struct smb2_create_context *context, struct smb2_operands *operands)
{
	union smb2_create_data data;

	if (context->tag != SMB2_CREATE_REQUEST_LEASE ||
	    !smb2_decode_create_context_request(context, &data))
		return;
	operands->has_lease_key = true;
	memcpy(operands->lease_key, data.lease.key, sizeof(operands->lease_key));
}

/* Unknown when the chain of contexts is not all there: which others follow, nobody knows. */
static void
take_contexts(struct cursor contexts, struct smb2_operands *operands)
{
	struct smb2_create_context context;
	uint64_t tags = 0;

	if (!cur_ok(&contexts))
		return;
	while (cur_left(&contexts) != 0) {
		if (!smb2_next_create_context(&contexts, &context))
			return;
		tags |= UINT64_C(1) << context.tag;
		take_lease(&context, operands);
	}
	operands->create_contexts = known(tags);
}

static void
of_create(const union smb2_body *body, struct smb2_operands *operands)
{
	const struct smb2_create_request *request = &body->create_request;

	operands->path = request->name;
	operands->desired_access = known(request->desired_access);
	operands->create_disposition = known(request->create_disposition);
	operands->create_options = known(request->create_options);
	operands->oplock_level = known(request->requested_oplock_level);
	take_contexts(request->contexts, operands);
}

static void
of_close(const union smb2_body *body, struct smb2_operands *operands)
{
	take_file(operands, body->close_request.file_id);
}

static void
of_flush(const union smb2_body *body, struct smb2_operands *operands)
{
	take_file(operands, body->flush_request.file_id);
}

static void
of_read(const union smb2_body *body, struct smb2_operands *operands)
{
	take_file(operands, body->read_request.file_id);
	operands->offset = known(body->read_request.offset);
	operands->length = known(body->read_request.length);
}

static void
of_write(const union smb2_body *body, struct smb2_operands *operands)
{
	take_file(operands, body->write_request.file_id);
	operands->offset = known(body->write_request.offset);
	operands->length = known(body->write_request.length);
}

static void
of_lock(const union smb2_body *body, struct smb2_operands *operands)
{
	const struct smb2_lock *first = &body->lock_request.first;

	take_file(operands, body->lock_request.file_id);
	operands->offset = known(first->offset);
	operands->length = known(first->length);
	operands->may_wait = (first->flags & SMB2_LOCKFLAG_FAIL_IMMEDIATELY) == 0;
}

static void
of_ioctl(const union smb2_body *body, struct smb2_operands *operands)
{
	take_file(operands, body->ioctl_request.file_id);
	operands->ctl_code = known(body->ioctl_request.ctl_code);
}

static void
of_query_directory(const union smb2_body *body, struct smb2_operands *operands)
{
	const struct smb2_query_directory_request *request = &body->query_directory_request;

	take_file(operands, request->file_id);
	operands->info_class = known(SMB2_INFO_CLASS(SMB2_0_INFO_FILE, request->info_class));
	operands->text = request->pattern;
}

static void
of_change_notify(const union smb2_body *body, struct smb2_operands *operands)
{
	take_file(operands, body->change_notify_request.file_id);
	operands->completion_filter = known(body->change_notify_request.completion_filter);
}

static void
of_query_info(const union smb2_body *body, struct smb2_operands *operands)
{
	const struct smb2_query_info_request *request = &body->query_info_request;

	take_file(operands, request->file_id);
	operands->info_class = known(SMB2_INFO_CLASS(request->info_type, request->info_class));
}

static bool
is_rename(const struct smb2_set_info_request *request)
{
	static const uint8_t classes[] = {FileRenameInformation, FileRenameInformationEx,
	    FileLinkInformation, FileLinkInformationEx};

	for (size_t i = 0; i < COUNT(classes); i++)
		if (request->info_type == SMB2_0_INFO_FILE && request->info_class == classes[i])
			return true;
	return false;
}

static void
of_set_info(const union smb2_body *body, struct smb2_operands *operands)
{
	const struct smb2_set_info_request *request = &body->set_info_request;
	union smb2_set_information information;

	take_file(operands, request->file_id);
	operands->info_class = known(SMB2_INFO_CLASS(request->info_type, request->info_class));
	if (is_rename(request) && smb2_decode_set_information(request, &information))
		operands->text = information.rename.target;
}

static void
of_oplock_break(const union smb2_body *body, struct smb2_operands *operands)
{
	if (body->oplock_break.is_lease)
		return;
	take_file(operands, body->oplock_break.file_id);
	operands->oplock_level = known(body->oplock_break.oplock_level);
}

/* Commands that are about a file. */
static void (*const readers[SMB2_COMMAND_COUNT])(
    const union smb2_body *body, struct smb2_operands *operands) = {
    [SMB2_CREATE] = of_create,
    [SMB2_CLOSE] = of_close,
    [SMB2_FLUSH] = of_flush,
    [SMB2_READ] = of_read,
    [SMB2_WRITE] = of_write,
    [SMB2_LOCK] = of_lock,
    [SMB2_IOCTL] = of_ioctl,
    [SMB2_QUERY_DIRECTORY] = of_query_directory,
    [SMB2_CHANGE_NOTIFY] = of_change_notify,
    [SMB2_QUERY_INFO] = of_query_info,
    [SMB2_SET_INFO] = of_set_info,
    [SMB2_OPLOCK_BREAK] = of_oplock_break,
};

void
smb2_read_operands(const struct smb2_part *part, struct smb2_operands *operands)
{
	uint16_t command = part->header.command;
	union smb2_body body;

	if (command < COUNT(readers) && readers[command] != NULL &&
	    smb2_decode_body(&part->header, part->command, &body))
		readers[command](&body, operands);
}

bool
smb2_is_inherited(const struct smb2_file_id *file_id)
{
	return file_id->persistent_id == UINT64_MAX && file_id->volatile_id == UINT64_MAX;
}
