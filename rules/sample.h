/* Small exchange types, and a ledger of them, for the tests of the engine. */
#ifndef SMBTRIAGE_RULES_SAMPLE_H
#define SMBTRIAGE_RULES_SAMPLE_H

#include <check.h>
#include <stddef.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/exchange.h"
#include "rules/finding.h"
#include "rules/rule.h"

/* Someone knocks at a door of a house; a visit follows or not. */
struct knock {
	struct exchange base;
	struct number status;
	struct number flags;
	const char *path, *alias;
	struct number_list dialects;
	struct addr gateway;
	uint32_t tries;
	bool is_loud;
	int64_t delay;
};

struct visit {
	struct exchange base;
	const char *path;
	const char *door;
	struct number status;
	struct number tries; /* another kind of value than a knock's alias */
	struct number alias;
};

static const struct name_row sample_status_rows[] = {
    {0, "STATUS_SUCCESS", NULL},
    {0xc0000022, "STATUS_ACCESS_DENIED", "the door stays shut"},
    {0xc00000cc, "STATUS_BAD_NETWORK_NAME", "there is no such door"},
};
static const struct names sample_status_names = {sample_status_rows, COUNT(sample_status_rows)};

static const struct name_row sample_flag_rows[] = {{1, "SIGNED", NULL}, {2, "SEALED", NULL}};
static const struct names sample_flag_names = {sample_flag_rows, COUNT(sample_flag_rows)};

static const struct field knock_fields[] = {
    {.name = "status",
	.kind = FIELD_NUMBER,
	.refusal = REFUSAL_NT_ERROR,
	.notation = NOTATION_CODE,
	.offset = offsetof(struct knock, status),
	.names = &sample_status_names},
    {.name = "flags",
	.kind = FIELD_NUMBER,
	.notation = NOTATION_FLAGS,
	.offset = offsetof(struct knock, flags),
	.names = &sample_flag_names},
    {.name = "path", .kind = FIELD_TEXT, .offset = offsetof(struct knock, path)},
    {.name = "alias", .kind = FIELD_TEXT, .offset = offsetof(struct knock, alias)},
    {.name = "dialects",
	.kind = FIELD_LIST,
	.notation = NOTATION_HEX,
	.offset = offsetof(struct knock, dialects)},
    {.name = "gateway", .kind = FIELD_ADDR, .offset = offsetof(struct knock, gateway)},
    {.name = "tries", .kind = FIELD_U32, .offset = offsetof(struct knock, tries)},
    {.name = "is_loud", .kind = FIELD_BOOL, .offset = offsetof(struct knock, is_loud)},
    {.name = "delay", .kind = FIELD_DURATION, .offset = offsetof(struct knock, delay)},
};

static const struct field visit_fields[] = {
    {.name = "path", .kind = FIELD_TEXT, .offset = offsetof(struct visit, path)},
    {.name = "door", .kind = FIELD_TEXT, .offset = offsetof(struct visit, door)},
    {.name = "status",
	.kind = FIELD_NUMBER,
	.refusal = REFUSAL_NT_ERROR,
	.notation = NOTATION_CODE,
	.offset = offsetof(struct visit, status),
	.names = &sample_status_names},
    {.name = "tries", .kind = FIELD_NUMBER, .offset = offsetof(struct visit, tries)},
    {.name = "alias", .kind = FIELD_NUMBER, .offset = offsetof(struct visit, alias)},
};

static const struct exchange_type knock_type = {.name = "knock",
    .sentence = "someone knocks at a door",
    .size = sizeof(struct knock),
    .fields = knock_fields,
    .field_count = COUNT(knock_fields)};
static const struct exchange_type visit_type = {.name = "visit",
    .size = sizeof(struct visit),
    .fields = visit_fields,
    .field_count = COUNT(visit_fields)};
static const struct exchange_type *const sample_types[] = {&knock_type, &visit_type};

#define SAMPLE_SECOND INT64_C(1000000000)

struct sample {
	struct arena arena;
	struct ledger ledger;
	struct rule_set set;
	struct error error;
	struct conversation_facts *conversation; /* of exchanges that are added next */
	uint64_t frame;
};

/* The conversation STREAM of a client with a server of the numbers given. */
static inline void
sample_conversation(struct sample *sample, uint8_t client, uint8_t server, uint32_t stream)
{
	struct conversation_facts *facts = ARENA_NEW(&sample->arena, struct conversation_facts);

	facts->client = addr_ipv4((const uint8_t[]){10, 0, 0, client});
	facts->server = addr_ipv4((const uint8_t[]){10, 0, 1, server});
	facts->client_port = 50000;
	facts->server_port = 445;
	facts->transport = TRANSPORT_TCP;
	facts->stream = stream;
	sample->conversation = facts;
}

static inline void
sample_begin(struct sample *sample)
{
	*sample = (struct sample){0};
	sample->ledger.arena = &sample->arena;
	rule_set_init(&sample->set, sample_types, COUNT(sample_types));
	sample_conversation(sample, 5, 9, 3);
}

static inline void
sample_end(struct sample *sample)
{
	ledger_free(&sample->ledger);
	rule_set_free(&sample->set);
	arena_free(&sample->arena);
}

static inline void *
sample_add(struct sample *sample, const struct exchange_type *type, int64_t time)
{
	struct exchange *exchange = arena_alloc(&sample->arena, type->size);

	exchange->type = type;
	exchange->conversation = sample->conversation;
	exchange->time = time;
	exchange->outcome = OUTCOME_ANSWERED;
	exchange->ended_by = ENDED_BY_SERVER;
	exchange->waited = SAMPLE_SECOND;
	exchange->is_delivered = true;
	exchange->request_frame = ++sample->frame;
	exchange->answer_frame = ++sample->frame;
	ledger_add(&sample->ledger, exchange);
	return exchange;
}

/* A knock at TIME seconds, answered STATUS. */
static inline struct knock *
sample_knock(struct sample *sample, double time, uint64_t status)
{
	struct knock *knock =
	    sample_add(sample, &knock_type, (int64_t)(time * (double)SAMPLE_SECOND));

	knock->status = known(status);
	knock->delay = -1;
	return knock;
}

static inline struct visit *
sample_visit(struct sample *sample, double time, const char *path)
{
	struct visit *visit =
	    sample_add(sample, &visit_type, (int64_t)(time * (double)SAMPLE_SECOND));

	visit->path = path;
	return visit;
}

/* Loads a rule of which REST is all but the keys that every rule has. */
static inline bool
sample_load(struct sample *sample, const char *rest)
{
	const char *yaml = arena_format(&sample->arena,
	    "id: a-rule\ntitle: A rule\nseverity: error\nfinding: \"{client} knocked\"\n%s", rest);

	return rule_load(&sample->set, "a.yaml", yaml, strlen(yaml), &sample->error);
}

static inline struct finding_list
sample_findings(struct sample *sample, const char *rest)
{
	ck_assert_msg(sample_load(sample, rest), "%s", sample->error.text);
	ledger_sort(&sample->ledger);
	return findings_of(&sample->set, &sample->ledger, NULL, FINDING_MEMORY_ALL, &sample->arena);
}

#endif
