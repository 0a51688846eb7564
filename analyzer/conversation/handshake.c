#include "analyzer/conversation/handshake.h"

#include "analyzer/base/arena.h"
#include "analyzer/base/basics.h"

#define FIELD(member) .offset = offsetof(struct tcp_handshake, member)

static const struct field fields[] = {
    {"isn", FIELD_NUMBER, .filter = "tcp.seq_raw",
	.sentence = "initial sequence number of the client's SYN", FIELD(isn)},
    {"syn_count", FIELD_U32, .sentence = "SYN segments sent with that number", FIELD(syn_count)},
    {"syn_ack_count", FIELD_U32, .sentence = "SYN-ACK segments seen", FIELD(syn_ack_count)},
    {"server_ttl", FIELD_NUMBER, .filter = "ip.ttl", .sentence = "TTL or hop limit of the SYN-ACK",
	FIELD(server_ttl)},
    {"rst_ttl", FIELD_NUMBER, .filter = "ip.ttl",
	.sentence = "TTL or hop limit of the refusing RST", FIELD(rst_ttl)},
    {"icmp_type", FIELD_NUMBER, .filter = "icmp.type",
	.sentence = "type of the ICMP error that quotes the SYN", FIELD(icmp_type)},
    {"icmp_code", FIELD_NUMBER, .filter = "icmp.code",
	.sentence = "code of the ICMP error that quotes the SYN", FIELD(icmp_code)},
    {"icmp_sender", FIELD_ADDR, .filter = "ip.src", .sentence = "who sent the ICMP error",
	FIELD(icmp_sender)},
    {"is_smb_port", FIELD_BOOL, .names = &bool_names,
	.sentence = "whether the server's port is 445, 139 or one named with --smb-port",
	FIELD(is_smb_port)},
    {"is_kerberos_port", FIELD_BOOL, .names = &bool_names,
	.sentence = "whether the server's port is 88", FIELD(is_kerberos_port)},
    {"is_ipv6", FIELD_BOOL, .names = &bool_names, .sentence = "whether the attempt is over IPv6",
	FIELD(is_ipv6)},
};

const struct exchange_type tcp_handshake_type = {
    .name = "tcp_handshake",
    .sentence = "one attempt to open a TCP connection: a SYN, its repetitions, and their end",
    .size = sizeof(struct tcp_handshake),
    .fields = fields,
    .field_count = COUNT(fields),
};

static void
take_syn(struct handshake *handshake, const struct packet *packet)
{
	if (handshake->syn_count == 0) {
		handshake->isn = packet->tcp.seq;
		handshake->first_syn_time = packet->time;
		handshake->first_syn_frame = packet->frame;
		handshake->syn_bytes = packet->payload_length;
	} else if (packet->tcp.seq != handshake->isn) {
		return;
	}
	handshake->last_syn_time = packet->time;
	handshake->last_syn_frame = packet->frame;
	if (handshake->syn_count < UINT16_MAX)
		handshake->syn_count++;
}

/* With TCP Fast Open the server may acknowledge the SYN's data as well (RFC 7413 4.2). */
static bool
acknowledges_syn(const struct handshake *handshake, uint32_t ack)
{
	return ack == handshake->isn + 1 || ack == handshake->isn + 1 + handshake->syn_bytes;
}

static void
take_syn_ack(struct handshake *handshake, const struct packet *packet)
{
	if (handshake->syn_count != 0 && !acknowledges_syn(handshake, packet->tcp.ack))
		return;
	if (handshake->syn_ack_frame == 0) {
		handshake->syn_ack_frame = packet->frame;
		handshake->syn_ack_time = packet->time;
		handshake->syn_ack_ttl = packet->ttl;
	}
	if (handshake->syn_ack_count < UINT16_MAX)
		handshake->syn_ack_count++;
}

static void
take_rst(struct handshake *handshake, enum side side, const struct packet *packet)
{
	if (handshake->syn_ack_frame != 0 || handshake->syn_count == 0 || handshake->is_refused)
		return;
	if (side == CLIENT) {
		handshake->is_abandoned = true;
		return;
	}
	/* RFC 9293 3.5.2: in SYN-SENT a RST counts only if it acknowledges the SYN. */
	if ((packet->tcp.flags & TCP_ACK) == 0 || !acknowledges_syn(handshake, packet->tcp.ack))
		return;
	handshake->is_refused = true;
	handshake->reject_frame = packet->frame;
	handshake->reject_time = packet->time;
	handshake->rst_ttl = packet->ttl;
}

void
handshake_packet(struct handshake *handshake, enum side side, const struct packet *packet)
{
	uint8_t flags = packet->tcp.flags;

	if ((flags & TCP_RST) != 0)
		take_rst(handshake, side, packet);
	else if ((flags & (TCP_SYN | TCP_ACK)) == TCP_SYN && side == CLIENT)
		take_syn(handshake, packet);
	else if ((flags & (TCP_SYN | TCP_ACK)) == (TCP_SYN | TCP_ACK) && side == SERVER)
		take_syn_ack(handshake, packet);
	else if (side == CLIENT && handshake->syn_count != 0 && (flags & TCP_SYN) == 0)
		handshake->is_client_ahead = true;
}

/* Destination unreachable says that the SYN goes nowhere, save for "fragmentation needed"
 * (RFC 792, RFC 1191); in ICMPv6 too big is a type of its own (RFC 4443 3.1, 3.2). */
static bool
is_rejection(const struct packet *packet)
{
	if (packet->ends.src.family == ADDR_IPV6)
		return packet->icmp.type == 1;
	return packet->icmp.type == 3 && packet->icmp.code != 4;
}

void
handshake_icmp(struct handshake *handshake, const struct packet *packet)
{
	if (!is_rejection(packet) || handshake->is_icmp_rejected || handshake->syn_count == 0)
		return;
	/* An ICMP error quotes the sequence number (RFC 792); the snap length may cut it off. */
	if (packet->icmp.has_sequence && packet->icmp.tcp.seq != handshake->isn)
		return;
	handshake->is_icmp_rejected = true;
	handshake->icmp_type = packet->icmp.type;
	handshake->icmp_code = packet->icmp.code;
	handshake->icmp_sender = packet->ends.src;
	handshake->reject_frame = packet->frame;
	handshake->reject_time = packet->time;
}

static void
end_at(
    struct exchange *exchange, enum outcome outcome, enum ended_by by, uint64_t frame, int64_t time)
{
	exchange->outcome = outcome;
	exchange->ended_by = by;
	exchange->end_frame = frame;
	exchange->waited = time - exchange->time;
}

/* Nothing that was captured answers the SYN. */
static void
end_in_silence(struct exchange *exchange, const struct handshake *handshake, int64_t capture_end)
{
	if (handshake->is_client_ahead ||
	    (handshake->is_abandoned && exchange->conversation->packets[SERVER] == 0)) {
		/* The client saw a SYN-ACK that the file does not hold. */
		end_at(exchange, OUTCOME_UNKNOWN, ENDED_BY_NOBODY, 0, handshake->last_syn_time);
		exchange->doubt = exchange->conversation->packets[SERVER] != 0
				      ? DOUBT_PACKETS_MISSING
				      : DOUBT_ONE_DIRECTION;
	} else if (handshake->syn_count > 1) {
		/* The repetition proves the silence between, whatever the capture does next. */
		end_at(exchange, OUTCOME_UNANSWERED, ENDED_BY_NOBODY, handshake->last_syn_frame,
		    handshake->last_syn_time);
	} else if (capture_end - handshake->first_syn_time >= HANDSHAKE_SILENCE) {
		end_at(exchange, OUTCOME_UNANSWERED, ENDED_BY_NOBODY, 0, capture_end);
	} else {
		end_at(exchange, OUTCOME_UNKNOWN, ENDED_BY_CAPTURE, 0, capture_end);
		exchange->doubt = DOUBT_CAPTURE_ENDED;
	}
}

static void
set_end(struct exchange *exchange, const struct handshake *handshake, int64_t capture_end)
{
	if (handshake->syn_ack_frame != 0) {
		end_at(exchange, OUTCOME_ANSWERED, ENDED_BY_SERVER, 0, handshake->syn_ack_time);
		exchange->answer_frame = handshake->syn_ack_frame;
		exchange->is_delivered = true;
	} else if (handshake->is_refused) {
		end_at(exchange, OUTCOME_RESET, ENDED_BY_SERVER, handshake->reject_frame,
		    handshake->reject_time);
		exchange->is_delivered = true;
	} else if (handshake->is_icmp_rejected) {
		end_at(exchange, OUTCOME_RESET, ENDED_BY_NETWORK, handshake->reject_frame,
		    handshake->reject_time);
	} else {
		end_in_silence(exchange, handshake, capture_end);
	}
}

static struct number
known_if(bool is_known, uint64_t value)
{
	return (struct number){is_known ? value : 0, is_known};
}

struct tcp_handshake *
handshake_exchange(const struct handshake *handshake, const struct conversation_facts *facts,
    int64_t capture_end, struct arena *arena)
{
	struct tcp_handshake *made;

	if (handshake->syn_count == 0)
		return NULL;
	made = ARENA_NEW(arena, struct tcp_handshake);
	made->exchange.type = &tcp_handshake_type;
	made->exchange.conversation = facts;
	made->exchange.time = handshake->first_syn_time;
	made->exchange.request_frame = handshake->first_syn_frame;
	made->exchange.retransmissions = (uint32_t)handshake->syn_count - 1;
	set_end(&made->exchange, handshake, capture_end);
	made->isn = known(handshake->isn);
	made->syn_count = handshake->syn_count;
	made->syn_ack_count = handshake->syn_ack_count;
	made->server_ttl = known_if(handshake->syn_ack_frame != 0, handshake->syn_ack_ttl);
	made->rst_ttl = known_if(handshake->is_refused, handshake->rst_ttl);
	made->icmp_type = known_if(handshake->is_icmp_rejected, handshake->icmp_type);
	made->icmp_code = known_if(handshake->is_icmp_rejected, handshake->icmp_code);
	made->icmp_sender = handshake->icmp_sender;
	made->is_ipv6 = facts->client.family == ADDR_IPV6;
	return made;
}
