/* The TCP handshake: SYN attempts and their ends. The first exchange of every connection. */
#ifndef SMBTRIAGE_CONVERSATION_HANDSHAKE_H
#define SMBTRIAGE_CONVERSATION_HANDSHAKE_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/capture/packet.h"
#include "analyzer/exchange.h"

/* What was seen of one connection's beginning; zeroed: nothing. */
struct handshake {
	int64_t first_syn_time, last_syn_time, syn_ack_time, reject_time;
	uint64_t first_syn_frame, last_syn_frame, syn_ack_frame, reject_frame;
	uint32_t isn;       /* of the client's SYN */
	uint32_t syn_bytes; /* payload on the SYN (TCP Fast Open, RFC 7413) */
	uint16_t syn_count, syn_ack_count;
	uint8_t syn_ack_ttl, rst_ttl;
	uint8_t icmp_type, icmp_code;
	struct addr icmp_sender;
	bool is_refused;       /* RST acknowledged the SYN */
	bool is_icmp_rejected; /* an ICMP error quoted the SYN */
	bool is_client_ahead;  /* the client went on as if a SYN-ACK had come */
	bool is_abandoned;     /* the client itself reset or closed */
};

/* The exchange. */
struct tcp_handshake {
	struct exchange exchange;
	struct number isn;
	uint32_t syn_count, syn_ack_count;
	struct number server_ttl, rst_ttl;
	struct number icmp_type, icmp_code;
	struct addr icmp_sender;
	bool is_smb_port, is_kerberos_port;
	bool is_ipv6;
};

extern const struct exchange_type tcp_handshake_type;

/* Takes one packet of the connection from SIDE. */
void handshake_packet(struct handshake *handshake, enum side side, const struct packet *packet);

/* An ICMP error whose quote is of this connection's client. */
void handshake_icmp(struct handshake *handshake, const struct packet *packet);

/*
 * The exchange in ARENA, or NULL when the capture does not hold the SYN. CAPTURE_END is the time
 * of the capture's last packet.
 */
struct tcp_handshake *handshake_exchange(const struct handshake *handshake,
    const struct conversation_facts *facts, int64_t capture_end, struct arena *arena);

/* How long a capture must go on after a single SYN before its silence counts: every system
 * repeats an unanswered SYN within 3 s (RFC 6298 2: 1 s; older Windows: 3 s). */
#define HANDSHAKE_SILENCE INT64_C(3000000000)

#endif
