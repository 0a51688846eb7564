#include "analyzer/companions/attest.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/table.h"
#include "analyzer/companions/attest_host.h"
#include "analyzer/companions/attest_packet.h"

/* ---- what is the same is kept once: a server's settings are those of all its exchanges ---- */

static uint64_t
hash_of(const struct attested *attested)
{
	struct hash hash = hash_start();

	for (size_t i = 0; i < ATTESTED_COUNT; i++) {
		hash_word(&hash, (uintptr_t)attested->items[i].quote.text);
		hash_word(&hash, attested->items[i].number.value);
	}
	return hash_finish(&hash, 0);
}

static bool
is_same_testimony(const struct testimony *one, const struct testimony *other)
{
	return one->number.is_known == other->number.is_known &&
	       one->number.value == other->number.value && one->text == other->text &&
	       one->quote.file == other->quote.file && one->quote.line == other->quote.line &&
	       one->quote.text == other->quote.text;
}

static bool
is_same(const void *entry, const void *key)
{
	const struct attested *one = entry, *other = key;

	for (size_t i = 0; i < ATTESTED_COUNT; i++)
		if (!is_same_testimony(&one->items[i], &other->items[i]))
			return false;
	return true;
}

static const struct attested *
keep(struct table *kept, const struct attested *attested, struct arena *arena)
{
	const uint64_t hash = hash_of(attested);
	struct attested *made = table_find(kept, hash, is_same, attested);

	if (made == NULL) {
		made = arena_copy(arena, attested, sizeof(*attested));
		table_add(kept, hash, made);
	}
	return made;
}

/* ---- all that is said ---- */

/* The companions of one capture. */
struct witnesses {
	struct packet_witnesses of_packets;
	struct host_witness *of_hosts;
	size_t host_count;
};

static bool
attest_exchange(
    const struct witnesses *witnesses, const struct exchange *exchange, struct attested *ret)
{
	bool is_any = attest_packet(&witnesses->of_packets, exchange, ret);

	/* Of what several files say of one host the last one knows better. */
	for (size_t i = 0; i < witnesses->host_count; i++)
		is_any |= attest_host(&witnesses->of_hosts[i], exchange, ret);
	return is_any;
}

static void
attest_all(const struct witnesses *witnesses, const struct ledger *ledger, struct arena *arena)
{
	struct table kept = {0};

	for (size_t i = 0; i < ledger->count; i++) {
		struct attested attested = {0};

		if (attest_exchange(witnesses, ledger->items[i], &attested))
			ledger->items[i]->attested = keep(&kept, &attested, arena);
	}
	table_free(&kept);
}

static struct companion_facts
facts_of(const struct companion *companion)
{
	return (struct companion_facts){.file = companion->file,
	    .format = companion->format,
	    .damage = companion->damage,
	    .lost = companion->lost_count,
	    .statements = companion->entry_count + companion->event_count +
			  companion->filter_count + companion->listener_count +
			  companion->setting_count + companion->share_count};
}

void
attest(const struct companion_set *set, const struct ledger *ledger, struct capture_facts *facts,
    struct arena *arena)
{
	struct companion_facts *made = ARENA_ARRAY(arena, struct companion_facts, set->count);
	struct witnesses witnesses = {.of_packets = {set, made}};

	witnesses.of_hosts = ARENA_ARRAY(arena, struct host_witness, set->count);
	for (size_t i = 0; i < set->count; i++) {
		made[i] = facts_of(&set->items[i]);
		witnesses.host_count += host_witness_of(&set->items[i], ledger, &made[i], arena,
		    &witnesses.of_hosts[witnesses.host_count]);
	}
	attest_zones(&witnesses.of_packets, ledger);
	attest_all(&witnesses, ledger, arena);
	for (size_t i = 0; i < witnesses.host_count; i++)
		host_witness_end(&witnesses.of_hosts[i]);
	facts->companions = made;
	facts->companion_count = set->count;
}

void
attest_twins(const struct ledger *ledger)
{
	for (size_t i = 0; i < ledger->count; i++) {
		struct exchange *exchange = ledger->items[i];
		const struct crossing *crossing = exchange->crossing;

		for (size_t j = 0; crossing != NULL && j < crossing->point_count; j++) {
			const struct exchange *twin = crossing->points[j].exchange;

			if (exchange->attested == NULL && twin != NULL)
				exchange->attested = twin->attested;
		}
	}
}
