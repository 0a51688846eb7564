#include "dissectors/smb2_encrypted.h"

#include "dissectors/smb2_wire.h"

/* A header and a body of 4 bytes, as LOGOFF, TREE_DISCONNECT, ECHO and CANCEL have ([MS-SMB2]
 * 2.2.7, 2.2.11); some senders fill up to the next multiple of 8. */
#define SHORTEST_MESSAGE (SMB2_HEADER_SIZE + 4)
#define SHORTEST_PADDED  (SMB2_HEADER_SIZE + 8)

static struct smb2_encrypted *
begin(struct smb_connection *connection, const struct message *message,
    const struct smb2_transform *transform)
{
	const struct dissector_context *context = &connection->context;
	struct smb2_encrypted *exchange =
	    exchange_begin(context->arena, &smb2_encrypted_type, context->conversation, message);

	exchange->first_encrypted_frame = message->frame;
	exchange_add_leg(context->arena, &exchange->base, message->from, message->frame,
	    message->time, "encrypted from here on");
	exchange->longest_wait = -1;
	exchange->session_id = known(transform->session_id);
	exchange->dialect = connection->dialect;
	return exchange;
}

/* The client's latest message is what the exchange waits for. */
static void
take_request(struct smb2_encrypted_state *state, struct smb_connection *connection,
    const struct message *message, const struct smb2_transform *transform)
{
	struct smb2_encrypted *exchange = state->exchange;

	exchange->requests++;
	exchange->may_be_farewell = transform->original_size >= SHORTEST_MESSAGE &&
				    transform->original_size <= SHORTEST_PADDED;
	smb_restart(&exchange->base, message);
	smb_note_exchange(connection, smb_count_request(connection), &exchange->base);
	state->is_waiting = true;
}

static void
take_answer(struct smb2_encrypted_state *state, struct conversation_facts *facts,
    const struct message *message)
{
	struct smb2_encrypted *exchange = state->exchange;
	int64_t wait = message->time - exchange->base.time;

	exchange->answers++;
	if (!state->is_waiting)
		return;
	smb_answer(&exchange->base, message);
	state->is_waiting = false;
	if (wait > exchange->longest_wait) {
		exchange->longest_wait = facts->sealed_wait = wait;
		exchange->longest_wait_frame = facts->sealed_wait_frame = message->frame;
	}
}

void
smb2_encrypted_message(struct smb2_encrypted_state *state, struct smb_connection *connection,
    const struct message *message, struct cursor payload, enum seal seal)
{
	struct conversation_facts *facts = connection->context.conversation;
	struct smb2_transform transform;

	facts->sealed_messages[message->from]++;
	facts->sealed_bytes[message->from] += message->length;
	if (!smb2_decode_transform(payload, &transform))
		transform = (struct smb2_transform){0}; /* cut: that it is encrypted is known */
	if (state->exchange == NULL)
		state->exchange = begin(connection, message, &transform);
	if (facts->seal == SEAL_OPENED || (seal != SEAL_NO_KEY && seal != SEAL_CUT))
		facts->seal = state->exchange->seal = seal;
	if (message->from == CLIENT)
		take_request(state, connection, message, &transform);
	else
		take_answer(state, facts, message);
}

void
smb2_encrypted_end(struct smb2_encrypted_state *state, struct smb_connection *connection,
    const struct ending *ending)
{
	struct exchange *exchange;

	if (state->exchange == NULL)
		return;
	exchange = &state->exchange->base;
	if (state->is_waiting) {
		smb_end_exchange(connection, exchange, DOUBT_NONE, ending);
		return;
	}
	/* What the server alone said answers requests that the capture lacks. */
	if (exchange->outcome == OUTCOME_UNKNOWN)
		exchange->doubt = smb_missing_request(connection);
	ledger_add(connection->context.ledger, exchange);
}
