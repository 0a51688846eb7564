/* Captures and companions made by hand, for the tests of what companions state. */
#ifndef SMBTRIAGE_COMPANIONS_ATTEST_SAMPLES_H
#define SMBTRIAGE_COMPANIONS_ATTEST_SAMPLES_H

#include <check.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "analyzer/companions/attest.h"

#define ATTEST_SECOND INT64_C(1000000000)
/* 2026-11-20T18:00:00Z */
#define ATTEST_START (INT64_C(1795197600) * ATTEST_SECOND)

/* An exchange about a SYN, and one about a share. */
struct attest_syn {
	struct exchange base;
	struct number isn;
};

struct attest_tree {
	struct exchange base;
	const char *share;
};

static const struct field attest_syn_fields[] = {
    {.name = "isn", .kind = FIELD_NUMBER, .offset = offsetof(struct attest_syn, isn)},
};
static const struct field attest_tree_fields[] = {
    {.name = "share", .kind = FIELD_TEXT, .offset = offsetof(struct attest_tree, share)},
};
static const struct exchange_type attest_syn_type = {.name = "syn",
    .size = sizeof(struct attest_syn),
    .fields = attest_syn_fields,
    .field_count = COUNT(attest_syn_fields)};
static const struct exchange_type attest_tree_type = {.name = "tree",
    .size = sizeof(struct attest_tree),
    .fields = attest_tree_fields,
    .field_count = COUNT(attest_tree_fields)};
static const struct exchange_type attest_plain_type = {
    .name = "plain", .size = sizeof(struct exchange)};

struct attest_sample {
	struct arena arena;
	struct ledger ledger;
	struct capture_facts facts;
	struct companion_set set;
};

static inline void
attest_sample_begin(struct attest_sample *sample)
{
	*sample = (struct attest_sample){0};
	sample->ledger.arena = &sample->arena;
}

static inline void
attest_sample_end(struct attest_sample *sample)
{
	companion_set_free(&sample->set);
	ledger_free(&sample->ledger);
	arena_free(&sample->arena);
}

/* 10.0.0.LAST */
static inline struct addr
attest_addr(uint8_t last)
{
	return addr_ipv4((const uint8_t[]){10, 0, 0, last});
}

/* An exchange of TYPE of 10.0.0.9 port 50000 and 10.0.0.SERVER at port PORT of TRANSPORT, SECONDS
 * after the start. */
static inline void *
attest_sample_add(struct attest_sample *sample, const struct exchange_type *type, uint8_t server,
    uint16_t port, enum transport transport, double seconds)
{
	struct conversation_facts *facts = ARENA_NEW(&sample->arena, struct conversation_facts);
	struct exchange *exchange = arena_alloc(&sample->arena, type->size);

	facts->client = attest_addr(9);
	facts->server = attest_addr(server);
	facts->client_port = 50000;
	facts->server_port = port;
	facts->transport = transport;
	exchange->type = type;
	exchange->conversation = facts;
	exchange->time = ATTEST_START + (int64_t)(seconds * (double)ATTEST_SECOND);
	exchange->waited = 4 * ATTEST_SECOND;
	ledger_add(&sample->ledger, exchange);
	return exchange;
}

/* A SYN with ISN to port 445 of 10.0.0.5, SECONDS after the start. */
static inline struct attest_syn *
attest_sample_syn(struct attest_sample *sample, uint32_t isn, double seconds)
{
	struct attest_syn *syn =
	    attest_sample_add(sample, &attest_syn_type, 5, 445, TRANSPORT_TCP, seconds);

	syn->isn = known(isn);
	return syn;
}

/* A companion called FILE with nothing in it yet. */
static inline struct companion *
attest_sample_companion(struct attest_sample *sample, const char *file)
{
	struct companion_set *set = &sample->set;

	/* None moves when another is added. */
	if (set->items == NULL)
		set->items = mem_alloc(8, sizeof(*set->items));
	set->items[set->count].file = file;
	set->items[set->count].format = "a file";
	return &set->items[set->count++];
}

/* A line that 10.0.0.5 got a packet from 10.0.0.9 port 50000 at port PORT, SECONDS after the
 * start by a clock AHEAD seconds ahead of UTC. */
static inline struct firewall_entry *
attest_sample_entry(struct companion *companion, enum firewall_action action, uint16_t port,
    double seconds, double ahead)
{
	struct firewall_entry *entry;

	companion->entries = mem_grow(companion->entries, companion->entry_count,
	    &companion->entry_capacity, sizeof(*companion->entries));
	entry = &companion->entries[companion->entry_count++];
	*entry =
	    (struct firewall_entry){.quote = {companion->file, companion->entry_count, "a line"},
		.time = ATTEST_START + (int64_t)((seconds + ahead) * (double)ATTEST_SECOND),
		.action = action,
		.path = FIREWALL_RECEIVE,
		.transport = port == 88 ? TRANSPORT_UDP : TRANSPORT_TCP,
		.source = attest_addr(9),
		.destination = attest_addr(5),
		.source_port = 50000,
		.destination_port = port,
		.is_syn = port != 88};
	return entry;
}

/* The same of the filtering platform. */
static inline struct filter_event *
attest_sample_event(struct companion *companion, bool is_drop, double seconds)
{
	struct filter_event *event;

	companion->events = mem_grow(companion->events, companion->event_count,
	    &companion->event_capacity, sizeof(*companion->events));
	event = &companion->events[companion->event_count++];
	*event = (struct filter_event){.quote = {companion->file, 40, "an event"},
	    .time = ATTEST_START + (int64_t)(seconds * (double)ATTEST_SECOND),
	    .is_drop = is_drop,
	    .transport = TRANSPORT_TCP,
	    .local = attest_addr(5),
	    .remote = attest_addr(9),
	    .local_port = 445,
	    .remote_port = 50000,
	    .filter_id = known(67342)};
	return event;
}

static inline void
attest_sample_attest(struct attest_sample *sample)
{
	companion_set_settle(&sample->set);
	attest(&sample->set, &sample->ledger, &sample->facts, &sample->arena);
}

/* What is said of KIND about EXCHANGE, which must be said. */
static inline const struct testimony *
attest_said(const struct exchange *exchange, enum attested_kind kind)
{
	ck_assert_ptr_nonnull(exchange->attested);
	ck_assert_ptr_nonnull(exchange->attested->items[kind].quote.file);
	return &exchange->attested->items[kind];
}

/* Whether something is said of it. */
static inline bool
attest_is_said(const struct exchange *exchange, enum attested_kind kind)
{
	return exchange->attested != NULL && exchange->attested->items[kind].quote.file != NULL;
}

#endif
