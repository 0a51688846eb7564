/* Delivery: whether a segment that its sender sent again and again was acknowledged. */
#ifndef SMBTRIAGE_CONVERSATION_DELIVERY_H
#define SMBTRIAGE_CONVERSATION_DELIVERY_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/capture/packet.h"
#include "analyzer/exchange.h"

/* The segment that one side waits to see acknowledged; zeroed: none. */
struct delivery {
	int64_t first_time, last_time;
	uint64_t first_frame;
	uint32_t seq, length;
	uint32_t sends; /* 0: none outstanding */
};

/* The exchange. */
struct tcp_delivery {
	struct exchange exchange;
	uint8_t from; /* enum side */
	uint32_t sends, length;
	int64_t sent_for; /* ns from the first sending to the last */
	uint8_t gave_up;  /* enum ended_by: the sender, or nobody */
	bool is_smb_port, is_kerberos_port;
};

extern const struct exchange_type tcp_delivery_type;

/* Fewer sendings are daily life: a lost packet, and the one that replaces it. */
#define DELIVERY_LEAST_SENDS 3

/* A segment that comes again sooner was seen twice, not sent twice: RFC 6298 2.4 has senders wait a
 * second, and no system waits less than this. */
#define DELIVERY_COPY INT64_C(10000000)

/* How long after the first sending a capture must go on before the lack of an acknowledgement
 * counts. */
#define DELIVERY_SILENCE INT64_C(3000000000)

/* Takes one packet of the delivering side. */
void delivery_sent(struct delivery *delivery, const struct packet *packet);

/*
 * Takes one packet of the other side. The exchange in ARENA when it acknowledges a segment that was
 * sent often, else NULL.
 */
struct tcp_delivery *delivery_acknowledged(struct delivery *delivery, enum side from,
    const struct packet *packet, const struct conversation_facts *facts, struct arena *arena);

/* The connection is over, or the capture, whose last packet is of CAPTURE_END: the exchange in
 * ARENA for a segment that was sent often and not acknowledged, else NULL. */
struct tcp_delivery *delivery_end(const struct delivery *delivery, enum side from,
    const struct conversation_facts *facts, int64_t capture_end, struct arena *arena);

#endif
