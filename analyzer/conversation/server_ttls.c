#include "analyzer/conversation/server_ttls.h"

static bool
is_of(const void *entry, const void *key)
{
	return addr_equal(&((const struct server_ttl *)entry)->addr, key);
}

static struct server_ttl *
find(const struct server_ttls *ttls, const struct addr *addr)
{
	return table_find(&ttls->table, addr_hash(addr), is_of, addr);
}

void
server_ttls_note(
    struct server_ttls *ttls, const struct addr *addr, uint8_t ttl, struct arena *arena)
{
	struct server_ttl *found = find(ttls, addr);

	if (ttl == 0)
		return;
	if (found == NULL) {
		if (ttls->table.count >= SERVER_TTLS_MOST)
			return;
		found = ARENA_NEW(arena, struct server_ttl);
		*found = (struct server_ttl){*addr, ttl, ttl, ttl};
		table_add(&ttls->table, addr_hash(addr), found);
	}
	if (ttl < found->low)
		found->low = ttl;
	if (ttl > found->high)
		found->high = ttl;
	found->last = ttl;
}

const struct server_ttl *
server_ttls_find(const struct server_ttls *ttls, const struct addr *addr)
{
	return find(ttls, addr);
}

void
server_ttls_free(struct server_ttls *ttls)
{
	table_free(&ttls->table);
}
