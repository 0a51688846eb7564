/* Routes that connections take which two captures have in common, by the hosts at their ends. */
#ifndef SMBTRIAGE_POINTS_ROUTES_H
#define SMBTRIAGE_POINTS_ROUTES_H

#include <stdbool.h>
#include <stddef.h>

#include "analyzer/base/addr.h"
#include "analyzer/base/arena.h"

struct pairing;

/* From a client to a server, as the capture nearer to the clients has their addresses. */
struct route {
	struct addr server, client;
	bool leads_there;  /* a connection came to the other capture with the server's address */
	bool is_disguised; /* a device left of one nothing by which it is known before it says
			    * something: neither ends nor numbers, or had its own in its place */
};

/* Arena memory. A zeroed one has none. */
struct routes {
	const struct route *by_hosts;  /* in order */
	const struct route *by_server; /* each that of all clients */
	size_t host_count, server_count;
};

/* Those of COUNT PAIRINGS. */
struct routes routes_of(const struct pairing *pairings, size_t count, struct arena *arena);

/* The one from CLIENT (NULL: from any) to SERVER, or NULL. */
const struct route *
routes_find(const struct routes *routes, const struct addr *server, const struct addr *client);

#endif
