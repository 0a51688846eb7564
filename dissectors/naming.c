#include "dissectors/naming.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "analyzer/base/sorted.h"
#include "analyzer/base/text.h"
#include "dissectors/dns.h"
#include "dissectors/dns_wire.h"
#include "dissectors/kerberos.h"
#include "dissectors/target.h"

/* An answer, under its client and once more under nobody, who stands for anybody; and all that for
 * everything that it tells. */
struct known_name {
	const char *name;
	enum naming_want want;
	struct addr client;
	int64_t time; /* when it was known */
	uint64_t frame;
	const struct dns_exchange *answer;
};

struct names_known {
	struct known_name *items; /* by name, want, client, time, frame */
	size_t count, capacity;
};

static int
compare_known(const void *left, const void *right)
{
	const struct known_name *one = left, *other = right;
	int order = text_compare_nocase(one->name, other->name);

	if (order == 0)
		order = COMPARE(one->want, other->want);
	if (order == 0)
		order = addr_compare(&one->client, &other->client);
	if (order == 0)
		order = COMPARE(one->time, other->time);
	return order != 0 ? order : COMPARE(one->frame, other->frame);
}

static void
add(struct names_known *names, const struct dns_exchange *answer, enum naming_want want,
    struct addr client)
{
	const struct exchange *exchange = &answer->exchange;
	int64_t waited = exchange->waited > 0 ? exchange->waited : 0;

	names->items =
	    mem_grow(names->items, names->count, &names->capacity, sizeof(*names->items));
	names->items[names->count++] = (struct known_name){
	    answer->name, want, client, exchange->time + waited, exchange->answer_frame, answer};
}

/* A name of NetBIOS is a host's only with the suffixes of its own services (MS-NBTE 2.2.1). */
static bool
is_host_answer(const struct dns_exchange *answer)
{
	if (answer->suffix.is_known && answer->suffix.value != NETBIOS_SERVER &&
	    answer->suffix.value != NETBIOS_WORKSTATION)
		return false;
	return answer->is_alias || answer->address_count != 0;
}

struct names_known *
naming_gather(const struct ledger *ledger)
{
	struct names_known *names = mem_alloc(1, sizeof(*names));

	for (size_t i = 0; i < ledger->count; i++) {
		const struct dns_exchange *answer = (const struct dns_exchange *)ledger->items[i];

		if (ledger->items[i]->type != &dns_query_type || !is_host_answer(answer))
			continue;
		for (enum naming_want want = NAMING_ANY; want <= NAMING_ADDRESS; want++) {
			if (want == NAMING_ADDRESS && answer->address_count == 0)
				continue;
			add(names, answer, want, answer->exchange.conversation->client);
			add(names, answer, want, (struct addr){.family = ADDR_NONE});
		}
	}
	if (names->count > 1)
		qsort(names->items, names->count, sizeof(*names->items), compare_known);
	return names;
}

void
naming_free(struct names_known *names)
{
	mem_free(names->items);
	mem_free(names);
}

/* The last entry for NAME and CLIENT at or before TIME. */
static const struct dns_exchange *
find_as(const struct names_known *names, const char *name, enum naming_want want,
    const struct addr *client, int64_t time)
{
	struct known_name wanted = {name, want, *client, time, UINT64_MAX, NULL};
	size_t until =
	    sorted_until(&wanted, names->items, names->count, sizeof(*names->items), compare_known);
	const struct known_name *found = until == 0 ? NULL : &names->items[until - 1];

	if (found == NULL || text_compare_nocase(found->name, name) != 0 || found->want != want ||
	    !addr_equal(&found->client, client))
		return NULL;
	return found->answer;
}

const struct dns_exchange *
naming_find(const struct names_known *names, const char *name, enum naming_want want,
    const struct addr *client, int64_t time)
{
	static const struct addr anybody = {.family = ADDR_NONE};
	const struct dns_exchange *found = find_as(names, name, want, client, time);

	return found != NULL ? found : find_as(names, name, want, &anybody, time);
}

static void
link_kerberos(const struct names_known *names, struct kerberos_exchange *kerberos)
{
	const struct addr *client = &kerberos->exchange.conversation->client;
	const char *host = kerberos->service_host;
	int64_t time = kerberos->exchange.time;
	const struct dns_exchange *any, *addressed;

	if (host == NULL)
		return;
	any = naming_find(names, host, NAMING_ANY, client, time);
	addressed = naming_find(names, host, NAMING_ADDRESS, client, time);
	if (any != NULL && any->canonical_name != NULL) {
		kerberos->service_canonical = any->canonical_name;
		kerberos->canonical_frame = any->exchange.answer_frame;
	}
	if (addressed != NULL)
		kerberos->service_address = addressed->address_list[0];
}

/* What the host that a client meant when it logged on is an alias of. */
static void
link_target(const struct names_known *names, struct exchange *exchange)
{
	struct authentication *authentication = target_authentication(exchange);
	const struct dns_exchange *found;

	if (authentication == NULL || authentication->target_host == NULL)
		return;
	found = naming_find(names, authentication->target_host, NAMING_ANY,
	    &exchange->conversation->client, exchange->time);
	if (found != NULL)
		authentication->target_canonical = found->canonical_name;
}

void
naming_link(const struct ledger *ledger)
{
	struct names_known *names = naming_gather(ledger);

	for (size_t i = 0; i < ledger->count; i++) {
		if (ledger->items[i]->type == &kerberos_as_type ||
		    ledger->items[i]->type == &kerberos_tgs_type)
			link_kerberos(names, (struct kerberos_exchange *)ledger->items[i]);
		link_target(names, ledger->items[i]);
	}
	naming_free(names);
}
