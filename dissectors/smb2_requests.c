#include "dissectors/smb2_requests.h"

#include "dissectors/nt_status.h"
#include "dissectors/smb2.h"
#include "dissectors/smb2_commands.h"
#include "dissectors/smb2_create_contexts.h"
#include "dissectors/smb2_state.h"
#include "dissectors/smb_calls.h"

/* "DH2Q, MxAc". */
static const char *
context_text(struct arena *arena, const struct number *tags)
{
	const char *text = NULL, *tag;

	for (unsigned i = 0; tags->is_known && i < SMB2_CREATE_TAG_COUNT; i++) {
		if ((tags->value >> i & 1) == 0)
			continue;
		tag = smb2_create_tag_text((enum smb2_create_tag)i);
		text = text != NULL ? arena_format(arena, "%s, %s", text, tag) : tag;
	}
	return text;
}

/* What the request is about. */
static void
fill_operands(
    struct smb2_state *state, struct smb2_request *exchange, const struct smb2_pending *pending)
{
	const struct smb2_operands *operands = &pending->operands;
	struct arena *arena = state->connection->context.arena;
	const struct smb2_open_file *file =
	    operands->has_file_id ? smb2_opens_find(&state->opens, &operands->file_id) : NULL;

	exchange->path = smb2_name_text(arena, file != NULL ? &file->name : &pending->path);
	if (pending->command == SMB2_QUERY_DIRECTORY)
		exchange->pattern = smb2_name_text(arena, &pending->text);
	else
		exchange->target = smb2_name_text(arena, &pending->text);
	exchange->create_contexts = context_text(arena, &operands->create_contexts);
	exchange->offset = operands->offset;
	exchange->length = operands->length;
	exchange->info_class = operands->info_class;
	exchange->desired_access = operands->desired_access;
	exchange->create_disposition = operands->create_disposition;
	exchange->create_options = operands->create_options;
	exchange->oplock_level = operands->oplock_level;
	exchange->completion_filter = operands->completion_filter;
	exchange->ctl_code = operands->ctl_code;
}

/* The session and tree that it was on. */
static void
fill_place(
    struct smb2_state *state, struct smb2_request *exchange, const struct smb2_pending *pending)
{
	const struct smb2_tree *tree;

	if (!pending->has_ids)
		return;
	exchange->session_id = known(pending->session_id);
	exchange->tree_id = known(pending->tree_id);
	tree = smb2_find_tree(&state->setup, pending->session_id, pending->tree_id);
	exchange->share = tree ? tree->exchange->share : NULL;
	exchange->share_type = tree ? tree->exchange->share_type : (struct number){0};
}

/* How it was sent. */
static void
fill_request(
    struct smb2_state *state, struct smb2_request *exchange, const struct smb2_pending *pending)
{
	const struct smb2_handler *handler = smb2_handler_of(pending->command);

	exchange->command = known(pending->command);
	exchange->message_id = known(pending->message_id);
	exchange->credit_charge = known(pending->credit_charge);
	exchange->channel_sequence = pending->channel_sequence;
	exchange->dialect = state->connection->dialect;
	exchange->has_interim = pending->is_interim;
	exchange->is_request_signed = pending->is_signed;
	exchange->is_request_encrypted = pending->is_encrypted;
	exchange->request_signature = pending->signature;
	exchange->has_wrong_signature = smb2_is_wrong(pending->signature);
	exchange->is_cancelled = pending->is_cancelled;
	exchange->answer_began = -1;
	exchange->is_waiting_kind =
	    handler->is_waiting != NULL && handler->is_waiting(state, pending);
}

/* The exchange of a request that is no set-up, or NULL when enough are listed. */
static struct smb2_request *
list_request(struct smb2_state *state, const struct smb2_pending *pending)
{
	const struct dissector_context *context = &state->connection->context;
	struct smb2_request *exchange;

	if (state->listed == SMB2_MOST_LISTED) {
		state->last_listed->unlisted = known(state->last_listed->unlisted.value + 1);
		return NULL;
	}
	exchange = exchange_begin(
	    context->arena, &smb2_request_type, context->conversation, &pending->request);
	fill_request(state, exchange, pending);
	fill_operands(state, exchange, pending);
	fill_place(state, exchange, pending);
	if (pending->ordinal != 0)
		smb_note_exchange(state->connection, pending->ordinal, &exchange->base);
	state->listed++;
	state->last_listed = exchange;
	return exchange;
}

/* The exchange of a request that will not be answered, or NULL when enough are listed. */
static struct exchange *
unanswered(struct smb2_state *state, const struct smb2_pending *pending)
{
	struct smb2_request *listed;

	smb2_count_unanswered(state->connection, pending);
	if (pending->command == SMB2_SESSION_SETUP)
		smb2_seal_forget(((struct smb2_session_setup *)pending->exchange)->handshake);
	if (pending->exchange != NULL)
		return pending->exchange;
	listed = list_request(state, pending);
	return listed != NULL ? &listed->base : NULL;
}

void
smb2_evict_oldest(struct smb2_state *state)
{
	struct smb2_pending *pending = state->pending.oldest;
	struct exchange *exchange;

	state->connection->context.conversation->given_up++;
	smb2_pending_take(&state->pending, pending);
	exchange = unanswered(state, pending);
	if (exchange != NULL) {
		exchange->doubt = DOUBT_PACKETS_MISSING;
		ledger_add(state->connection->context.ledger, exchange);
	}
	smb2_pending_release(&state->pending, pending);
}

int64_t
smb2_answer_began(const struct smb2_part *answer, const struct smb2_pending *pending)
{
	int64_t began = answer->message->first_time - pending->request.time;

	return began > 0 ? began : 0;
}

/* How much stood in line before an answer: on a slow path that is what delays it. */
static struct number
queued_bytes(const struct smb2_part *answer, const struct smb2_pending *pending)
{
	if (pending->server_end == 0 || answer->message->start < pending->server_end)
		return (struct number){0};
	return known(answer->message->start - pending->server_end);
}

/* Whether an answered request is worth an exchange: refused, late, or altered on its way. */
static bool
is_listed(const struct smb2_part *answer, const struct smb2_pending *pending)
{
	return !smb2_status_is_benign(pending->command, answer->header.status) ||
	       smb2_handler_of(pending->command)->is_kept ||
	       answer->message->time - pending->request.time >= SMB2_SLOW ||
	       smb2_is_wrong(pending->signature) || smb2_is_wrong(answer->envelope.signature);
}

void
smb2_finish_request(
    struct smb2_state *state, const struct smb2_part *part, const struct smb2_pending *pending)
{
	struct smb2_request *exchange = NULL;

	if (is_listed(part, pending))
		exchange = list_request(state, pending);
	if (exchange == NULL)
		return;
	smb_answer(&exchange->base, part->message);
	exchange->status = known(part->header.status);
	exchange->is_signed = known(smb2_is_signed(part));
	exchange->is_encrypted = known(part->envelope.is_encrypted);
	exchange->signature = part->envelope.signature;
	exchange->has_wrong_signature |= smb2_is_wrong(part->envelope.signature);
	exchange->answer_began = smb2_answer_began(part, pending);
	exchange->queued_bytes = queued_bytes(part, pending);
	ledger_add(state->connection->context.ledger, &exchange->base);
}

void
smb2_end_pending(
    struct smb2_state *state, struct smb2_pending *pending, const struct ending *ending)
{
	struct exchange *exchange = unanswered(state, pending);

	if (exchange == NULL)
		return;
	if (pending->command == SMB2_SESSION_SETUP)
		smb2_session_setup_restart(exchange, &pending->request);
	smb_end_exchange(state->connection, exchange, pending->doubt, ending);
	if (exchange->type == &smb2_request_type)
		((struct smb2_request *)exchange)->is_overdue = exchange->waited >= SMB2_SLOW;
}
