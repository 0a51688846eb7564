#include "analyzer/conversation/delivery.h"

#include "analyzer/base/arena.h"
#include "analyzer/base/basics.h"

#define FIELD(member) .offset = offsetof(struct tcp_delivery, member)

static const struct field fields[] = {
    {"from", FIELD_U8_ENUM, NOTATION_NAME, .names = &side_names,
	.sentence = "which side sent the segment", FIELD(from)},
    {"sends", FIELD_U32, .sentence = "how often the segment was sent, the first time included",
	FIELD(sends)},
    {"length", FIELD_U32, .filter = "tcp.len", .sentence = "bytes of its payload", FIELD(length)},
    {"sent_for", FIELD_DURATION, .sentence = "time from its first sending to its last",
	FIELD(sent_for)},
    {"gave_up", FIELD_U8_ENUM, NOTATION_NAME, .names = &ended_by_names,
	.sentence = "client or server, when the sender then ended the connection; else nobody",
	FIELD(gave_up)},
    {"is_smb_port", FIELD_BOOL, .names = &bool_names,
	.sentence = "whether the server's port is 445, 139 or one named with --smb-port",
	FIELD(is_smb_port)},
    {"is_kerberos_port", FIELD_BOOL, .names = &bool_names,
	.sentence = "whether the server's port is 88", FIELD(is_kerberos_port)},
};

const struct exchange_type tcp_delivery_type = {
    .name = "tcp_delivery",
    .sentence = "a segment that its sender sent at least three times, and its acknowledgement",
    .size = sizeof(struct tcp_delivery),
    .fields = fields,
    .field_count = COUNT(fields),
    .request_label = "TCP segment of {length} bytes",
    .answer_label = "ACK",
};

void
delivery_sent(struct delivery *delivery, const struct packet *packet)
{
	/* One byte is a keep-alive or a window probe (RFC 9293 3.8.4, 3.8.6.1). */
	if (packet->payload_length <= 1 || (packet->tcp.flags & TCP_SYN) != 0)
		return;
	if (delivery->sends == 0) {
		*delivery = (struct delivery){.first_time = packet->time,
		    .last_time = packet->time,
		    .first_frame = packet->frame,
		    .seq = packet->tcp.seq,
		    .length = packet->payload_length,
		    .sends = 1};
	} else if (delivery->sends == 1 && packet->tcp.seq != delivery->seq) {
		delivery->sends = 0;
		delivery_sent(delivery, packet);
	} else if (packet->tcp.seq == delivery->seq &&
		   packet->time - delivery->last_time >= DELIVERY_COPY) {
		delivery->last_time = packet->time;
		delivery->sends++;
	}
}

static struct tcp_delivery *
new_exchange(const struct delivery *delivery, enum side from,
    const struct conversation_facts *facts, struct arena *arena)
{
	struct tcp_delivery *made;

	if (delivery->sends < DELIVERY_LEAST_SENDS)
		return NULL;
	made = ARENA_NEW(arena, struct tcp_delivery);
	made->exchange.type = &tcp_delivery_type;
	made->exchange.conversation = facts;
	made->exchange.time = delivery->first_time;
	made->exchange.request_frame = delivery->first_frame;
	made->exchange.request_from = from;
	made->exchange.retransmissions = delivery->sends - 1;
	made->from = (uint8_t)from;
	made->sends = delivery->sends;
	made->length = delivery->length;
	made->sent_for = delivery->last_time - delivery->first_time;
	made->gave_up = ENDED_BY_NOBODY;
	return made;
}

struct tcp_delivery *
delivery_acknowledged(struct delivery *delivery, enum side from, const struct packet *packet,
    const struct conversation_facts *facts, struct arena *arena)
{
	struct tcp_delivery *made;

	/* RFC 9293 3.4: sequence numbers compare modulo 2^32. A RST acknowledges nothing that
	 * its sender must have read. */
	if (delivery->sends == 0 || (packet->tcp.flags & (TCP_ACK | TCP_RST)) != TCP_ACK ||
	    (int32_t)(packet->tcp.ack - (delivery->seq + delivery->length)) < 0)
		return NULL;
	made = new_exchange(delivery, from, facts, arena);
	*delivery = (struct delivery){0};
	if (made == NULL)
		return NULL;
	made->exchange.outcome = OUTCOME_ANSWERED;
	made->exchange.ended_by = from == CLIENT ? ENDED_BY_SERVER : ENDED_BY_CLIENT;
	made->exchange.answer_frame = packet->frame;
	made->exchange.waited = packet->time - made->exchange.time;
	made->exchange.is_delivered = true;
	return made;
}

/* Why the capture could not have shown the acknowledgement. */
static enum doubt
doubt_of(const struct delivery *delivery, enum side peer, const struct conversation_facts *facts,
    int64_t end)
{
	if (facts->packets[peer] == 0)
		return DOUBT_ONE_DIRECTION;
	if (facts->missing_bytes[peer] != 0)
		return DOUBT_PACKETS_MISSING;
	if (end - delivery->first_time < DELIVERY_SILENCE)
		return DOUBT_CAPTURE_ENDED;
	return DOUBT_NONE;
}

struct tcp_delivery *
delivery_end(const struct delivery *delivery, enum side from,
    const struct conversation_facts *facts, int64_t capture_end, struct arena *arena)
{
	struct tcp_delivery *made = new_exchange(delivery, from, facts, arena);
	enum ended_by sender = from == CLIENT ? ENDED_BY_CLIENT : ENDED_BY_SERVER;
	bool has_ended = facts->close != CLOSE_NONE && facts->close_time >= delivery->first_time;
	int64_t end = has_ended ? facts->close_time : capture_end;

	if (made == NULL)
		return NULL;
	made->exchange.ended_by = has_ended ? facts->closed_by : ENDED_BY_NOBODY;
	made->exchange.end_frame = has_ended ? facts->close_frame : 0;
	made->exchange.waited = end - made->exchange.time;
	made->exchange.doubt = doubt_of(delivery, other_side(from), facts, end);
	made->exchange.outcome =
	    made->exchange.doubt == DOUBT_NONE ? OUTCOME_UNANSWERED : OUTCOME_UNKNOWN;
	if (has_ended && facts->closed_by == sender)
		made->gave_up = (uint8_t)sender;
	return made;
}
