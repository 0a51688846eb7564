/*
 * Sweeps: one client that tries many servers in vain, or one server that answers none of many
 * clients. What belongs to one is told once.
 */
#ifndef SMBTRIAGE_CONVERSATION_SWEEP_H
#define SMBTRIAGE_CONVERSATION_SWEEP_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/conversation/tally.h"
#include "analyzer/exchange.h"

/* Distinct ends, an address and a port of a server, that make a scan. Mapped drives and the domain
 * controllers of a site are fewer. */
#define SWEEP_SCAN_ENDS 16

/* Distinct clients without an answer that make a flood. */
#define SWEEP_FLOOD_CLIENTS 64

enum sweep_kind {
	SWEEP_SCAN = 1, /* SWEEP_SCAN_ENDS or more of one client; at least 3/4 of them in vain */
	SWEEP_FLOOD,    /* SWEEP_FLOOD_CLIENTS or more at one end, and nothing answered them */
};

/* The exchange. Its conversation has only those ends that all attempts have in common: of a scan no
 * server, of a flood no client (ADDR_NONE), and no ports that differ (0). */
struct tcp_sweep {
	struct exchange exchange;
	enum sweep_kind kind;
	uint64_t ends, clients; /* distinct, of all attempts */
	uint64_t attempts, answered, probes, refused, unanswered;
	uint64_t silent_clients; /* that were never answered */
	uint64_t only_counted;   /* attempts whose clients and ends are not told apart */
	int64_t last_time;       /* of the last attempt's first SYN */
	bool is_smb_port;        /* as in tcp_handshake, of the first attempt */
};

extern const struct exchange_type tcp_sweep_type;

/*
 * Finds the sweeps among the handshakes of LEDGER, which is complete and in any order, and adds
 * them to it; marks the attempts that they tell of (is_in_sweep). Those of TALLY count with the
 * others at the same end or of the same client.
 */
void sweeps_find(struct ledger *ledger, const struct tally *tally);

#endif
