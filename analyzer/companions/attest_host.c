#include "analyzer/companions/attest_host.h"

#include <inttypes.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/companions/companion_value.h"

/* Ports of SMB: by itself, and in sessions of NetBIOS (RFC 1002). */
static const uint16_t smb_ports[] = {445, 139};

/* ---- of which host a file is ---- */

static bool
is_about_host(const struct companion *companion)
{
	return companion->listener_count + companion->setting_count + companion->share_count != 0;
}

static bool
is_smb_port(uint16_t port)
{
	for (size_t i = 0; i < COUNT(smb_ports); i++)
		if (port == smb_ports[i])
			return true;
	return false;
}

static bool
is_of_smb(const struct conversation_facts *facts)
{
	return is_smb_port(facts->server_port) || text_is_same(facts->protocol, "smb");
}

/* Servers of SMB, as many as it takes to say that there are several. */
struct servers {
	struct addr items[2];
	size_t count;
};

static struct servers
servers_of(const struct ledger *ledger)
{
	struct servers servers = {.count = 0};

	for (size_t i = 0; i < ledger->count && servers.count < COUNT(servers.items); i++) {
		const struct conversation_facts *facts = ledger->items[i]->conversation;

		if (facts->server.family != ADDR_NONE && is_of_smb(facts) &&
		    (servers.count == 0 || !addr_equal(&servers.items[0], &facts->server)))
			servers.items[servers.count++] = facts->server;
	}
	return servers;
}

static bool
has_address(const struct companion *companion, const struct addr *address)
{
	for (size_t i = 0; i < companion->address_count; i++)
		if (addr_equal(&companion->addresses[i], address))
			return true;
	return false;
}

/* Whether COMPANION is of the host with ADDRESS, as the operator or the file itself says. */
static bool
is_of(const struct companion *companion, const struct addr *address)
{
	if (companion->host.family != ADDR_NONE)
		return addr_equal(&companion->host, address);
	return has_address(companion, address);
}

static bool
says_host(const struct companion *companion)
{
	return companion->host.family != ADDR_NONE || companion->address_count != 0;
}

/* Of a file that does not say which host it is of. */
static void
guess_host(const struct servers *servers, struct companion_facts *facts)
{
	switch (servers->count) {
	case 0:
		facts->doubt = "the capture has no server of SMB that it could be of";
		break;
	case 1:
		facts->host = servers->items[0];
		facts->is_host_guessed = true;
		break;
	default:
		facts->doubt = "it does not say which host it is of, and the capture has several "
			       "servers of SMB; ADDRESS=FILE says it";
	}
}

/* ---- what it says ---- */

/* How closely LISTENER is bound to SERVER, whose connections to PORT it takes; 0: it does not. Both
 * families may stand behind one row, that of IPv6 (RFC 3493 5.3). */
static int
closeness(const struct listener *listener, const struct addr *server, uint16_t port)
{
	if (listener->port != port)
		return 0;
	if (addr_equal(&listener->local, server))
		return 3;
	if (!companion_is_any(&listener->local))
		return 0;
	if (listener->local.family == server->family)
		return 2;
	return listener->local.family == ADDR_IPV6 ? 1 : 0;
}

/* Who takes the connections to PORT of SERVER, or NULL. */
static const struct listener *
listener_for(const struct companion *companion, const struct addr *server, uint16_t port)
{
	const struct listener *found = NULL;
	int closest = 0;

	for (size_t i = 0; i < companion->listener_count; i++) {
		int close = closeness(&companion->listeners[i], server, port);

		if (close > closest) {
			closest = close;
			found = &companion->listeners[i];
		}
	}
	return found;
}

/* At ports that are not SMB's, System listens for others as well, as HTTP.sys. */
static enum listener_owner
owner_of(const struct listener *listener)
{
	if (!listener->pid.is_known)
		return LISTENER_UNKNOWN;
	if (listener->pid.value != COMPANION_SYSTEM_PID)
		return LISTENER_OTHER;
	return is_smb_port(listener->port) ? LISTENER_SYSTEM : LISTENER_UNKNOWN;
}

/* Whether nobody listens at PORT of SERVER. When the operator says that the table is of SERVER,
 * though the table has other addresses only (behind a translator), a listener at one of those may
 * be meant. */
static bool
is_without_listener(const struct companion *companion, const struct addr *server, uint16_t port)
{
	if (!companion->has_all_listeners || has_address(companion, server))
		return companion->has_all_listeners;
	for (size_t i = 0; i < companion->listener_count; i++)
		if (companion->listeners[i].port == port)
			return false;
	return true;
}

static bool
say_listener(
    const struct host_witness *witness, const struct exchange *exchange, struct attested *ret)
{
	const struct companion *companion = witness->companion;
	const struct conversation_facts *facts = exchange->conversation;
	struct testimony *said = &ret->items[ATTESTED_LISTENER];
	const struct listener *listener;

	if (companion->listener_count == 0 || facts->transport != TRANSPORT_TCP)
		return false;
	listener = listener_for(companion, &facts->server, facts->server_port);
	if (listener != NULL) {
		*said = (struct testimony){known(owner_of(listener)), NULL, listener->quote};
		return true;
	}
	if (!is_without_listener(companion, &facts->server, facts->server_port))
		return false;
	*said = (struct testimony){known(LISTENER_NONE), NULL, witness->no_listener};
	return true;
}

/* Settings of which rules speak. */
static const struct {
	const char *name;
	enum attested_kind kind;
} settings[] = {
    {"EncryptData", ATTESTED_ENCRYPT_DATA},
    {"RejectUnencryptedAccess", ATTESTED_REJECT_UNENCRYPTED},
    {"EnableSMB1Protocol", ATTESTED_SMB1},
    {"EnableSMB2Protocol", ATTESTED_SMB2},
    {"RequireSecuritySignature", ATTESTED_SIGNING},
};

/* PowerShell writes booleans like this in every language. */
static bool
parse_bool(const char *value, bool *ret)
{
	*ret = text_equal_nocase(value, "True");
	return *ret || text_equal_nocase(value, "False");
}

static bool
say_settings(const struct companion *companion, struct attested *ret)
{
	bool is_said = false, value;

	for (size_t i = 0; i < companion->setting_count; i++) {
		const struct server_setting *setting = &companion->settings[i];

		for (size_t j = 0; j < COUNT(settings); j++) {
			if (!text_equal_nocase(setting->name, settings[j].name) ||
			    !parse_bool(setting->value, &value))
				continue;
			ret->items[settings[j].kind] =
			    (struct testimony){known(value), NULL, setting->quote};
			is_said = true;
		}
	}
	return is_said;
}

/* The share that EXCHANGE asks for, or NULL. */
static const char *
share_of(const struct exchange *exchange)
{
	const struct field *field = exchange_field(exchange->type, "share");
	struct value value;

	if (field == NULL)
		return NULL;
	value = exchange_value(exchange, field);
	return value.kind == VALUE_TEXT ? value.text : NULL;
}

static void
say_of_share(const struct share_setting *share, struct attested *ret)
{
	ret->items[ATTESTED_SHARE] = (struct testimony){known(true), NULL, share->quote};
	ret->items[ATTESTED_SHARE_ENCRYPT_DATA] =
	    (struct testimony){share->encrypt_data, NULL, share->quote};
	ret->items[ATTESTED_SHARE_ONLINE] =
	    (struct testimony){share->is_online, NULL, share->quote};
}

static bool
say_share(const struct host_witness *witness, const struct exchange *exchange, struct attested *ret)
{
	const struct companion *companion = witness->companion;
	const char *name = companion->share_count != 0 ? share_of(exchange) : NULL;

	if (name == NULL)
		return false;
	for (size_t i = 0; i < companion->share_count; i++)
		if (text_equal_nocase(companion->shares[i].name, name)) {
			say_of_share(&companion->shares[i], ret);
			return true;
		}
	if (companion->has_all_shares)
		ret->items[ATTESTED_SHARE] =
		    (struct testimony){known(false), NULL, witness->no_share};
	return companion->has_all_shares;
}

/* ---- witnesses ---- */

bool
host_witness_of(const struct companion *companion, const struct ledger *ledger,
    struct companion_facts *facts, struct arena *arena, struct host_witness *ret)
{
	struct servers servers;

	if (!is_about_host(companion))
		return false;
	*ret = (struct host_witness){.companion = companion, .facts = facts};
	ret->no_listener = (struct quotation){companion->file, 0,
	    arena_format(
		arena, "none of its %zu listeners is at this port", companion->listener_count)};
	ret->no_share = (struct quotation){companion->file, 0,
	    arena_format(arena, "none of its %zu shares is this one", companion->share_count)};
	if (says_host(companion))
		return true;
	servers = servers_of(ledger);
	guess_host(&servers, facts);
	return true;
}

bool
attest_host(
    const struct host_witness *witness, const struct exchange *exchange, struct attested *ret)
{
	const struct addr *server = &exchange->conversation->server;
	struct companion_facts *facts = witness->facts;
	bool is_listener_said, is_setting_said, is_share_said;

	if (facts->is_host_guessed ? !addr_equal(&facts->host, server)
				   : !is_of(witness->companion, server))
		return false;
	facts->host = *server;
	is_listener_said = say_listener(witness, exchange, ret);
	is_setting_said = say_settings(witness->companion, ret);
	is_share_said = say_share(witness, exchange, ret);
	if (!is_listener_said && !is_setting_said && !is_share_said)
		return false;
	facts->exchanges++;
	return true;
}

void
host_witness_end(const struct host_witness *witness)
{
	struct companion_facts *facts = witness->facts;

	if (facts->host.family == ADDR_NONE && facts->doubt == NULL)
		facts->doubt = "it is of a host that is no server in the capture";
}
