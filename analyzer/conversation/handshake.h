/* The TCP handshake: SYN attempts and their ends. The first exchange of every connection. */
#ifndef SMBTRIAGE_CONVERSATION_HANDSHAKE_H
#define SMBTRIAGE_CONVERSATION_HANDSHAKE_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/capture/packet.h"
#include "analyzer/exchange.h"

/* What was seen of one connection's beginning; zeroed: nothing. */
struct handshake {
	int64_t first_syn_time, last_syn_time, syn_ack_time, last_syn_ack_time, reject_time;
	int64_t other_time; /* of other_frame */
	uint64_t first_syn_frame, last_syn_frame, syn_ack_frame, last_syn_ack_frame, reject_frame;
	uint64_t challenge_frame; /* the first challenge ACK */
	uint64_t other_frame;     /* the server's first packet that answers something else */
	uint32_t isn;             /* of the client's SYN */
	uint32_t server_isn;      /* of the SYN-ACK, or of the server's own SYN */
	uint32_t syn_bytes;       /* payload on the SYN (TCP Fast Open, RFC 7413) */
	uint16_t syn_count, syn_ack_count;
	uint16_t syn_after_syn_ack; /* SYNs sent after the first SYN-ACK */
	uint16_t challenge_count;   /* pure ACKs that do not acknowledge the SYN (RFC 5961 4) */
	uint16_t stray_count;       /* the server's other packets that do not acknowledge it */
	uint8_t syn_ttl, syn_ack_ttl, rst_ttl;
	uint8_t icmp_type, icmp_code;
	struct addr icmp_sender;
	bool is_refused;       /* RST acknowledged the SYN */
	bool is_icmp_rejected; /* an ICMP error quoted the SYN */
	bool is_client_ahead;  /* the client went on as if a SYN-ACK had come */
	bool is_answer_missed; /* the client's RST refuses a segment that the file lacks */
	bool is_acknowledged;  /* the client acknowledged the SYN-ACK */
	bool has_server_syn;   /* both sides sent a SYN (RFC 9293 3.5: simultaneous open) */
};

/* The exchange. */
struct tcp_handshake {
	struct exchange exchange;
	struct number isn;
	uint32_t syn_count, syn_ack_count, syn_after_syn_ack;
	uint64_t last_syn_ack_frame; /* 0: none */
	int64_t unheard;             /* ns from the first SYN-ACK to the last SYN; negative: none */
	struct number is_established; /* not known when the capture ends too early to tell */
	uint32_t challenge_acks, stray_answers;
	uint64_t challenge_frame; /* 0: none */
	bool has_challenge_ack;
	struct number syn_ttl, server_ttl, rst_ttl;
	struct number known_server_ttl, is_rst_ttl_odd; /* handshake_compare_ttl() */
	struct number icmp_type, icmp_code, icmp_reason;
	struct addr icmp_sender;
	bool is_icmp_from_server;
	bool is_smb_port, is_kerberos_port;
	bool is_ipv6;
	bool is_probe;    /* answered, and the client left without a byte */
	bool is_in_sweep; /* told of by a tcp_sweep */
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

/* Sets what MADE says of the refusing RST's TTL beside that of the server's other packets, which
 * lie from LOW to HIGH; LAST is that of the latest one. */
void handshake_compare_ttl(struct tcp_handshake *made, uint8_t low, uint8_t high, uint8_t last);

/* How long a capture must go on after a single SYN before its silence counts: every system
 * repeats an unanswered SYN within 3 s (RFC 6298 2: 1 s; older Windows: 3 s). */
#define HANDSHAKE_SILENCE INT64_C(3000000000)

#endif
