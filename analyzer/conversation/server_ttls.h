/* Which TTL each server's packets arrive with, to tell a RST that somebody else made. */
#ifndef SMBTRIAGE_CONVERSATION_SERVER_TTLS_H
#define SMBTRIAGE_CONVERSATION_SERVER_TTLS_H

#include <stdint.h>

#include "analyzer/base/addr.h"
#include "analyzer/base/arena.h"
#include "analyzer/base/table.h"

/* More servers than these are not remembered: a scan names any number of addresses. */
#define SERVER_TTLS_MOST 4096

/* TTLs or hop limits of one address's packets. */
struct server_ttl {
	struct addr addr;
	uint8_t low, high, last;
};

/* Zeroed: empty. */
struct server_ttls {
	struct table table;
};

/* A packet of ADDR that is its own beyond doubt came with TTL; 0: not known. */
void server_ttls_note(
    struct server_ttls *ttls, const struct addr *addr, uint8_t ttl, struct arena *arena);

/* What is known of ADDR, or NULL; in the arena. */
const struct server_ttl *server_ttls_find(const struct server_ttls *ttls, const struct addr *addr);

void server_ttls_free(struct server_ttls *ttls);

#endif
