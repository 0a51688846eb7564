#include "analyzer/conversation/handshake.h"

#include "analyzer/base/arena.h"
#include "analyzer/base/basics.h"
#include "analyzer/conversation/icmp_reason.h"

#define FIELD(member) .offset = offsetof(struct tcp_handshake, member)

static const struct field fields[] = {
    {"isn", FIELD_NUMBER, .filter = "tcp.seq_raw",
	.sentence = "initial sequence number of the client's SYN", FIELD(isn)},
    {"syn_count", FIELD_U32, .sentence = "SYN segments sent with that number", FIELD(syn_count)},
    {"syn_ack_count", FIELD_U32, .sentence = "SYN-ACK segments seen", FIELD(syn_ack_count)},
    {"last_syn_ack_frame", FIELD_U64, NOTATION_FRAME, .filter = "frame.number",
	.sentence = "frame of the last SYN-ACK", FIELD(last_syn_ack_frame)},
    {"syn_after_syn_ack", FIELD_U32, .sentence = "SYN segments sent after the first SYN-ACK",
	FIELD(syn_after_syn_ack)},
    {"unheard", FIELD_DURATION,
	.sentence = "from the first SYN-ACK to the last SYN, when one came after it",
	FIELD(unheard)},
    {"is_established", FIELD_NUMBER, .names = &bool_names,
	.sentence = "whether the client acknowledged the SYN-ACK, or data went both ways",
	FIELD(is_established)},
    {"challenge_acks", FIELD_U32,
	.sentence = "pure ACKs of the server that acknowledge something other than the SYN",
	FIELD(challenge_acks)},
    {"challenge_frame", FIELD_U64, NOTATION_FRAME, .filter = "frame.number",
	.sentence = "frame of the first such ACK", FIELD(challenge_frame)},
    {"has_challenge_ack", FIELD_BOOL, .names = &bool_names,
	.sentence = "whether there is such an ACK", FIELD(has_challenge_ack)},
    {"stray_answers", FIELD_U32,
	.sentence = "other packets of the server that do not acknowledge the SYN",
	FIELD(stray_answers)},
    {"syn_ttl", FIELD_NUMBER, .filter = "ip.ttl", .sentence = "TTL or hop limit of the first SYN",
	FIELD(syn_ttl)},
    {"server_ttl", FIELD_NUMBER, .filter = "ip.ttl", .sentence = "TTL or hop limit of the SYN-ACK",
	FIELD(server_ttl)},
    {"rst_ttl", FIELD_NUMBER, .filter = "ip.ttl",
	.sentence = "TTL or hop limit of the refusing RST", FIELD(rst_ttl)},
    {"known_server_ttl", FIELD_NUMBER, .filter = "ip.ttl", .is_late = true,
	.sentence =
	    "TTL or hop limit of the last SYN-ACK or data that the server's address sent on "
	    "any connection",
	FIELD(known_server_ttl)},
    {"is_rst_ttl_odd", FIELD_NUMBER, .names = &bool_names, .is_late = true,
	.sentence = "whether the refusing RST's TTL is none that such packets have",
	FIELD(is_rst_ttl_odd)},
    {"icmp_type", FIELD_NUMBER, .filter = "icmp.type",
	.sentence = "type of the ICMP error that quotes the SYN", FIELD(icmp_type)},
    {"icmp_code", FIELD_NUMBER, .filter = "icmp.code",
	.sentence = "code of the ICMP error that quotes the SYN", FIELD(icmp_code)},
    {"icmp_reason", FIELD_NUMBER, NOTATION_NAME, .names = &icmp_reason_names,
	.sentence = "what type and code of the ICMP error mean, in both versions of IP",
	FIELD(icmp_reason)},
    {"icmp_sender", FIELD_ADDR, .filter = "ip.src", .sentence = "who sent the ICMP error",
	FIELD(icmp_sender)},
    {"is_icmp_from_server", FIELD_BOOL, .names = &bool_names,
	.sentence = "whether the server itself sent it", FIELD(is_icmp_from_server)},
    {"is_smb_port", FIELD_BOOL, .names = &bool_names,
	.sentence = "whether the server's port is 445, 139 or one named with --smb-port",
	FIELD(is_smb_port)},
    {"is_kerberos_port", FIELD_BOOL, .names = &bool_names,
	.sentence = "whether the server's port is 88", FIELD(is_kerberos_port)},
    {"is_ipv6", FIELD_BOOL, .names = &bool_names, .sentence = "whether the attempt is over IPv6",
	FIELD(is_ipv6)},
    {"is_probe", FIELD_BOOL, .names = &bool_names,
	.sentence = "whether the server answered and the client left before either sent a byte, as "
		    "health checks and scanners do",
	FIELD(is_probe)},
    {"is_in_sweep", FIELD_BOOL, .names = &bool_names, .is_late = true,
	.sentence = "whether the attempt failed or was a probe, and a tcp_sweep tells of it",
	FIELD(is_in_sweep)},
};

const struct exchange_type tcp_handshake_type = {
    .name = "tcp_handshake",
    .sentence = "one attempt to open a TCP connection: a SYN, its repetitions, and their end",
    .size = sizeof(struct tcp_handshake),
    .fields = fields,
    .field_count = COUNT(fields),
    .request_label = "SYN",
    .answer_label = "SYN-ACK",
    .network_label = "ICMP[ {icmp_reason}][ from {icmp_sender}]",
};

static void
count(uint16_t *counter)
{
	if (*counter < UINT16_MAX)
		(*counter)++;
}

static void
take_syn(struct handshake *handshake, const struct packet *packet)
{
	if (handshake->syn_count == 0) {
		handshake->isn = packet->tcp.seq;
		handshake->first_syn_time = packet->time;
		handshake->first_syn_frame = packet->frame;
		handshake->syn_ttl = packet->ttl;
	} else if (packet->tcp.seq != handshake->isn) {
		return;
	}
	/* Without an answer a fast open is tried again without its data (RFC 7413 4.1.3). */
	if (packet->payload_length > handshake->syn_bytes)
		handshake->syn_bytes = packet->payload_length;
	handshake->last_syn_time = packet->time;
	handshake->last_syn_frame = packet->frame;
	count(&handshake->syn_count);
	if (handshake->syn_ack_frame != 0)
		count(&handshake->syn_after_syn_ack);
}

/* With TCP Fast Open the server may acknowledge the SYN's data as well (RFC 7413 4.2). */
static bool
acknowledges_syn(const struct handshake *handshake, const struct tcp_header *tcp)
{
	return (tcp->flags & TCP_ACK) != 0 &&
	       (tcp->ack == handshake->isn + 1 ||
		   tcp->ack == handshake->isn + 1 + handshake->syn_bytes);
}

/* RFC 9293 3.4: sequence numbers compare modulo 2^32. */
static bool
is_after(uint32_t one, uint32_t other)
{
	return (int32_t)(one - other) > 0;
}

/* The server speaks, and not to the SYN: after it, of a connection with the same ports that only
 * the server, or a translator on the path, remembers. */
static void
take_other(struct handshake *handshake, uint16_t *counter, const struct packet *packet)
{
	if (handshake->syn_count == 0 || handshake->syn_ack_frame != 0 || handshake->is_refused ||
	    handshake->is_client_ahead)
		return;
	if (handshake->other_frame == 0) {
		handshake->other_frame = packet->frame;
		handshake->other_time = packet->time;
	}
	if (counter == &handshake->challenge_count && *counter == 0)
		handshake->challenge_frame = packet->frame;
	count(counter);
}

static void
take_answer(struct handshake *handshake, const struct packet *packet)
{
	if (handshake->syn_ack_frame == 0) {
		handshake->syn_ack_frame = packet->frame;
		handshake->syn_ack_time = packet->time;
		handshake->syn_ack_ttl = packet->ttl;
	}
	handshake->last_syn_ack_frame = packet->frame;
	handshake->last_syn_ack_time = packet->time;
	count(&handshake->syn_ack_count);
}

static void
take_syn_ack(struct handshake *handshake, const struct packet *packet)
{
	if (handshake->syn_count != 0 && !acknowledges_syn(handshake, &packet->tcp)) {
		take_other(handshake, &handshake->stray_count, packet);
		return;
	}
	handshake->server_isn = packet->tcp.seq;
	take_answer(handshake, packet);
}

static void
take_server_syn(struct handshake *handshake, const struct packet *packet)
{
	handshake->has_server_syn = true;
	handshake->server_isn = packet->tcp.seq;
	take_other(handshake, &handshake->stray_count, packet);
}

/*
 * A host in SYN-SENT whose user gives up just forgets the connection (RFC 9293 3.10.4), so a RST
 * is its reply to a segment that it could not accept (3.10.7.1, 3.10.7.3). With ACK and nothing
 * acknowledged it is no such reply, but somebody's who ends the attempt in the client's name.
 */
static void
take_client_rst(struct handshake *handshake, const struct packet *packet)
{
	bool is_reply = (packet->tcp.flags & TCP_ACK) == 0 || packet->tcp.ack != 0;

	if (is_reply && handshake->other_frame == 0)
		handshake->is_answer_missed = true;
}

static void
take_rst(struct handshake *handshake, enum side side, const struct packet *packet)
{
	if (handshake->syn_ack_frame != 0 || handshake->syn_count == 0 || handshake->is_refused)
		return;
	if (side == CLIENT) {
		take_client_rst(handshake, packet);
		return;
	}
	/* RFC 9293 3.5.2: in SYN-SENT a RST counts only if it acknowledges the SYN. */
	if (!acknowledges_syn(handshake, &packet->tcp)) {
		take_other(handshake, &handshake->stray_count, packet);
		return;
	}
	handshake->is_refused = true;
	handshake->reject_frame = packet->frame;
	handshake->reject_time = packet->time;
	handshake->rst_ttl = packet->ttl;
}

/* The client goes on: it has a SYN-ACK, whether the file holds that or not. */
static void
take_client_segment(struct handshake *handshake, const struct packet *packet)
{
	if (handshake->syn_count == 0 || (packet->tcp.flags & TCP_ACK) == 0 ||
	    !is_after(packet->tcp.seq, handshake->isn))
		return;
	if (handshake->syn_ack_frame != 0 && is_after(packet->tcp.ack, handshake->server_isn))
		handshake->is_acknowledged = true;
	handshake->is_client_ahead = true;
}

static void
take_server_segment(struct handshake *handshake, const struct packet *packet)
{
	bool is_pure_ack = packet->payload_length == 0 && (packet->tcp.flags & TCP_FIN) == 0;

	if (!acknowledges_syn(handshake, &packet->tcp))
		take_other(handshake,
		    is_pure_ack ? &handshake->challenge_count : &handshake->stray_count, packet);
	else if (handshake->has_server_syn && handshake->syn_ack_frame == 0)
		/* Both sides sent a SYN, and an ACK completes the opening as a SYN-ACK does. */
		take_answer(handshake, packet);
}

static void
take_syn_segment(struct handshake *handshake, enum side side, const struct packet *packet)
{
	bool is_syn_ack = (packet->tcp.flags & TCP_ACK) != 0;

	if (side == CLIENT && !is_syn_ack)
		take_syn(handshake, packet);
	else if (side == SERVER && !is_syn_ack)
		take_server_syn(handshake, packet);
	else if (side == SERVER)
		take_syn_ack(handshake, packet);
}

void
handshake_packet(struct handshake *handshake, enum side side, const struct packet *packet)
{
	uint8_t flags = packet->tcp.flags;

	if ((flags & TCP_RST) != 0)
		take_rst(handshake, side, packet);
	else if ((flags & TCP_SYN) != 0)
		take_syn_segment(handshake, side, packet);
	else if (side == CLIENT)
		take_client_segment(handshake, packet);
	else
		take_server_segment(handshake, packet);
}

void
handshake_icmp(struct handshake *handshake, const struct packet *packet)
{
	if (icmp_reason(packet->ends.src.family, packet->icmp.type, packet->icmp.code) ==
		ICMP_REASON_NONE ||
	    handshake->is_icmp_rejected || handshake->syn_count == 0)
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

/* The client saw a SYN-ACK that the file does not hold. */
static void
end_without_answer(struct exchange *exchange, const struct handshake *handshake)
{
	end_at(exchange, OUTCOME_UNKNOWN, ENDED_BY_NOBODY, 0, handshake->last_syn_time);
	exchange->doubt = exchange->conversation->packets[SERVER] != 0 ? DOUBT_PACKETS_MISSING
								       : DOUBT_ONE_DIRECTION;
}

/* Nothing that was captured answers the SYN. */
static void
end_in_silence(struct exchange *exchange, const struct handshake *handshake, int64_t capture_end)
{
	if (handshake->is_client_ahead || handshake->is_answer_missed) {
		end_without_answer(exchange, handshake);
	} else if (handshake->other_frame != 0) {
		/* The server is there and spoke: no answer, and no silence either. */
		end_at(exchange, OUTCOME_UNKNOWN, ENDED_BY_SERVER, handshake->other_frame,
		    handshake->other_time);
		exchange->doubt = DOUBT_ANSWERS_OTHER;
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

static int64_t
last_sign(const struct handshake *handshake)
{
	return handshake->last_syn_time > handshake->last_syn_ack_time
		   ? handshake->last_syn_time
		   : handshake->last_syn_ack_time;
}

/* That a client did not go on is known once it had the time: two SYNs more are 3 s (RFC 6298 2). */
static struct number
is_established(
    const struct handshake *handshake, const struct conversation_facts *facts, int64_t capture_end)
{
	if (handshake->syn_ack_frame == 0)
		return known(false);
	if (handshake->is_acknowledged || (facts->bytes[CLIENT] != 0 && facts->bytes[SERVER] != 0))
		return known(true);
	return known_if(facts->close != CLOSE_NONE || handshake->syn_after_syn_ack > 1 ||
			    capture_end - last_sign(handshake) >= HANDSHAKE_SILENCE,
	    false);
}

static void
set_answer(struct tcp_handshake *made, const struct handshake *handshake, int64_t capture_end)
{
	const struct conversation_facts *facts = made->exchange.conversation;

	made->is_established = is_established(handshake, facts, capture_end);
	made->syn_ack_count = handshake->syn_ack_count;
	made->last_syn_ack_frame = handshake->last_syn_ack_frame;
	made->syn_after_syn_ack = handshake->syn_after_syn_ack;
	made->server_ttl = known_if(handshake->syn_ack_frame != 0, handshake->syn_ack_ttl);
	made->unheard = -1;
	if (handshake->syn_after_syn_ack == 0)
		return;
	made->unheard = handshake->last_syn_time - handshake->syn_ack_time;
	if (!made->is_established.is_known)
		made->exchange.doubt = DOUBT_CAPTURE_ENDED;
}

static void
set_icmp(struct tcp_handshake *made, const struct handshake *handshake)
{
	const struct conversation_facts *facts = made->exchange.conversation;
	bool is_rejected = handshake->is_icmp_rejected;

	made->icmp_type = known_if(is_rejected, handshake->icmp_type);
	made->icmp_code = known_if(is_rejected, handshake->icmp_code);
	made->icmp_reason = known_if(is_rejected,
	    icmp_reason(handshake->icmp_sender.family, handshake->icmp_type, handshake->icmp_code));
	made->icmp_sender = handshake->icmp_sender;
	made->is_icmp_from_server =
	    is_rejected && addr_equal(&handshake->icmp_sender, &facts->server);
}

static void
set_others(struct tcp_handshake *made, const struct handshake *handshake)
{
	made->challenge_acks = handshake->challenge_count;
	made->challenge_frame = handshake->challenge_frame;
	made->has_challenge_ack = handshake->challenge_count != 0;
	made->stray_answers = handshake->stray_count;
}

/* What came beside the first SYN and its answer. */
static void
add_legs(struct tcp_handshake *made, const struct handshake *handshake, struct arena *arena)
{
	struct exchange *exchange = &made->exchange;

	if (handshake->syn_count > 1)
		exchange_add_leg(arena, exchange, CLIENT, handshake->last_syn_frame,
		    handshake->last_syn_time,
		    arena_format(arena, "SYN again, the last of %u", handshake->syn_count));
	if (handshake->other_frame != 0)
		exchange_add_leg(arena, exchange, SERVER, handshake->other_frame,
		    handshake->other_time,
		    handshake->other_frame == handshake->challenge_frame
			? "ACK of something other than the SYN"
			: "no answer to the SYN, but to something else");
	if (handshake->syn_ack_count > 1)
		exchange_add_leg(arena, exchange, SERVER, handshake->last_syn_ack_frame,
		    handshake->last_syn_ack_time,
		    arena_format(arena, "SYN-ACK again, the last of %u", handshake->syn_ack_count));
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
	set_answer(made, handshake, capture_end);
	set_others(made, handshake);
	add_legs(made, handshake, arena);
	made->syn_ttl = known_if(handshake->syn_ttl != 0, handshake->syn_ttl);
	made->rst_ttl = known_if(handshake->is_refused, handshake->rst_ttl);
	set_icmp(made, handshake);
	made->is_ipv6 = facts->client.family == ADDR_IPV6;
	return made;
}

void
handshake_compare_ttl(struct tcp_handshake *made, uint8_t low, uint8_t high, uint8_t last)
{
	uint64_t ttl = made->rst_ttl.value;

	made->known_server_ttl = known(last);
	made->is_rst_ttl_odd = known_if(made->rst_ttl.is_known, ttl < low || ttl > high);
}
