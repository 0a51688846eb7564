#include "analyzer/points/routes.h"

#include <stdlib.h>

#include "analyzer/base/sorted.h"
#include "analyzer/points/pairing.h"

static int
compare_servers(const void *left, const void *right)
{
	return addr_compare(
	    &((const struct route *)left)->server, &((const struct route *)right)->server);
}

static int
compare_hosts(const void *left, const void *right)
{
	int servers = compare_servers(left, right);

	return servers != 0 ? servers
			    : addr_compare(&((const struct route *)left)->client,
				  &((const struct route *)right)->client);
}

typedef int compare_routes(const void *left, const void *right);

static struct route
route_of(const struct pairing *pairing)
{
	return (struct route){pairing->here->ends.dst, pairing->here->ends.src,
	    addr_equal(&pairing->here->ends.dst, &pairing->there->ends.dst),
	    pairing->passage == PASSAGE_TERMINATED ||
		(pairing->passage == PASSAGE_RENUMBERED && pairing->is_translated)};
}

/* Sorts COUNT ROUTES, and makes one of those that are alike; returns how many are left. */
static size_t
merge(struct route *routes, size_t count, compare_routes *compare)
{
	size_t made = 0;

	if (count != 0)
		qsort(routes, count, sizeof(*routes), compare);
	for (size_t i = 0; i < count; i++) {
		if (made == 0 || compare(&routes[made - 1], &routes[i]) != 0) {
			routes[made++] = routes[i];
			continue;
		}
		routes[made - 1].leads_there |= routes[i].leads_there;
		routes[made - 1].is_disguised |= routes[i].is_disguised;
	}
	return made;
}

struct routes
routes_of(const struct pairing *pairings, size_t count, struct arena *arena)
{
	struct route *by_hosts = ARENA_ARRAY(arena, struct route, count);
	struct route *by_server;
	struct routes routes = {.by_hosts = by_hosts};

	for (size_t i = 0; i < count; i++)
		by_hosts[i] = route_of(&pairings[i]);
	routes.host_count = merge(by_hosts, count, compare_hosts);
	by_server = ARENA_ARRAY(arena, struct route, routes.host_count);
	for (size_t i = 0; i < routes.host_count; i++)
		by_server[i] = by_hosts[i];
	routes.by_server = by_server;
	routes.server_count = merge(by_server, routes.host_count, compare_servers);
	return routes;
}

const struct route *
routes_find(const struct routes *routes, const struct addr *server, const struct addr *client)
{
	const struct route *items = client != NULL ? routes->by_hosts : routes->by_server;
	size_t count = client != NULL ? routes->host_count : routes->server_count;
	compare_routes *compare = client != NULL ? compare_hosts : compare_servers;
	struct route wanted = {.server = *server};
	size_t at;

	if (client != NULL)
		wanted.client = *client;
	at = sorted_before(&wanted, items, count, sizeof(*items), compare);
	return at < count && compare(&items[at], &wanted) == 0 ? &items[at] : NULL;
}
