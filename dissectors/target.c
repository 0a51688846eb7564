#include "dissectors/target.h"

#include <string.h>

#include "analyzer/base/addr.h"
#include "analyzer/base/table.h"
#include "analyzer/base/text.h"
#include "dissectors/authentication.h"
#include "dissectors/smb1_exchanges.h"
#include "dissectors/smb2_exchanges.h"

/* One server: its address, and what it calls itself. */
struct server {
	const struct addr *addr;
	const char *names[TARGET_MOST_NAMES];
	size_t count;
	const char *joined; /* the names as one text, once asked for */
};

/* Servers by address. target_link() fills and frees it; the servers are in its own arena. */
struct servers {
	struct table table;
	struct arena arena;
};

struct authentication *
target_authentication(struct exchange *exchange)
{
	if (exchange->type == &smb2_session_setup_type)
		return &((struct smb2_session_setup *)exchange)->authentication;
	if (exchange->type == &smb1_session_setup_type)
		return &((struct smb1_session_setup *)exchange)->authentication;
	return NULL;
}

static bool
is_server_at(const void *entry, const void *key)
{
	return addr_equal(((const struct server *)entry)->addr, key);
}

static struct server *
server_at(struct servers *servers, const struct addr *addr)
{
	struct server *server = table_find(&servers->table, addr_hash(addr), is_server_at, addr);

	if (server != NULL)
		return server;
	server = ARENA_NEW(&servers->arena, struct server);
	server->addr = addr;
	table_add(&servers->table, addr_hash(addr), server);
	return server;
}

static void
add_name(struct server *server, const char *name)
{
	if (name == NULL || name[0] == '\0')
		return;
	for (size_t i = 0; i < server->count; i++)
		if (text_equal_nocase(server->names[i], name))
			return;
	if (server->count < TARGET_MOST_NAMES)
		server->names[server->count++] = name;
}

static void
note_names(struct servers *servers, struct exchange *exchange)
{
	const struct authentication *authentication = target_authentication(exchange);
	struct server *server;

	if (authentication == NULL || (authentication->server_dns_name == NULL &&
					  authentication->server_netbios_name == NULL))
		return;
	server = server_at(servers, &exchange->conversation->server);
	add_name(server, authentication->server_dns_name);
	add_name(server, authentication->server_netbios_name);
}

/* The host of a service principal name: what is between "cifs/" and the next '/', ':' or '@'
 * ([MS-KILE] 3.1.5.11). NULL when there is none. */
static const char *
host_of(const char *spn, struct arena *arena)
{
	const char *host = strchr(spn, '/');
	size_t length;

	if (host == NULL)
		return NULL;
	host++;
	/* An IPv6 address has colons of its own. */
	length = strspn(host, "0123456789abcdefABCDEF:.") == strlen(host) ? strlen(host)
									  : strcspn(host, "/:@");
	return length > 0 ? arena_text(arena, host, length) : NULL;
}

/* Whether NAME is HOST, or as a name without dots its first label. */
static bool
is_name_of(const char *name, const char *host)
{
	size_t length = strlen(name);

	if (text_equal_nocase(name, host))
		return true;
	return strchr(name, '.') == NULL && strlen(host) > length && host[length] == '.' &&
	       text_starts_nocase(host, name);
}

static bool
is_known_name(const struct server *server, const char *host)
{
	for (size_t i = 0; i < server->count; i++)
		if (is_name_of(server->names[i], host))
			return true;
	return false;
}

static const char *
joined_names(struct server *server, struct arena *arena)
{
	struct text text = {0};

	if (server->joined != NULL)
		return server->joined;
	for (size_t i = 0; i < server->count; i++)
		text_addf(&text, "%s%s", i != 0 ? ", " : "", server->names[i]);
	server->joined = arena_text(arena, text_chars(&text), text.length);
	text_free(&text);
	return server->joined;
}

/* A ticket's service counts before the name in NTLM, as only one of them is what decides. */
static const char *
offered_name(const struct authentication *authentication)
{
	if (authentication->spn != NULL && !authentication->had_ntlm_leg.value)
		return authentication->spn;
	return authentication->target_name;
}

static void
link_setup(struct servers *servers, struct exchange *exchange, struct arena *arena)
{
	const struct addr *addr = &exchange->conversation->server;
	struct authentication *authentication = target_authentication(exchange);
	struct server *server;
	struct addr literal;
	bool is_address;

	if (authentication == NULL)
		return;
	server = table_find(&servers->table, addr_hash(addr), is_server_at, addr);
	if (server != NULL)
		authentication->server_names = joined_names(server, arena);
	authentication->target = offered_name(authentication);
	if (authentication->target == NULL)
		return;
	authentication->target_host = host_of(authentication->target, arena);
	if (authentication->target_host == NULL)
		return;
	is_address = addr_parse(authentication->target_host, &literal);
	authentication->is_target_address = known(is_address);
	if (is_address)
		authentication->is_target_known = known(addr_equal(&literal, addr));
	else if (server != NULL)
		authentication->is_target_known =
		    known(is_known_name(server, authentication->target_host));
}

void
target_link(const struct ledger *ledger, struct arena *arena)
{
	struct servers servers = {0};

	for (size_t i = 0; i < ledger->count; i++)
		note_names(&servers, ledger->items[i]);
	for (size_t i = 0; i < ledger->count; i++)
		link_setup(&servers, ledger->items[i], arena);
	table_free(&servers.table);
	arena_free(&servers.arena);
}
