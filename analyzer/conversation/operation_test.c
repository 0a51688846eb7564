#include "analyzer/conversation/operation.h"

#include <check.h>
#include <stdlib.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "analyzer/conversation/packet_samples.h"
#include "analyzer/conversation/pipeline.h"

Suite *operation_suite(void);

#define MS   INT64_C(1000000)
#define MOST 5

/* One conversation on a port of a service, in the order of the file. */
struct leg {
	int64_t time; /* milliseconds */
	const char *client, *server;
	uint16_t port;
	uint32_t operation; /* expected */
	uint8_t mac, guid;  /* last byte; 0: none */
	const char *listed; /* an address that the server lists 50 ms later; or NULL */
	int64_t spoken;     /* milliseconds: when the server spoke last */
	int64_t closed;     /* milliseconds; 0: not */
	bool has_no_syn;
};

struct operation_case {
	const char *name;
	struct leg legs[MOST];
};

#define LEG(when, from, to, port_number, expected)                               \
	.time = (when), .client = (from), .server = (to), .port = (port_number), \
	.operation = (expected)

#define V4 "10.0.0.1"
#define V6 "fd00::1"
#define S1 "10.1.0.1"
#define S2 "10.1.0.2"
#define S6 "fd01::1"
#define T6 "fd01::2"

static const struct operation_case cases[] = {
    {"139 beside 445", {{LEG(0, V4, S1, 445, 1)}, {LEG(2000, V4, S1, 139, 1)}}},
    {"later than the span", {{LEG(0, V4, S1, 445, 1)}, {LEG(2001, V4, S1, 139, 2)}}},
    {"the span counts from the first attempt",
	{{LEG(0, V4, S1, 445, 1)}, {LEG(1500, V4, S1, 445, 1)}, {LEG(3000, V4, S1, 445, 2)},
	    {LEG(4500, V4, S1, 445, 2)}}},
    {"another server", {{LEG(0, V4, S1, 445, 1)}, {LEG(1, V4, S2, 445, 2)}}},
    {"another client", {{LEG(0, V4, S1, 445, 1)}, {LEG(1, "10.0.0.2", S1, 445, 2)}}},
    {"Kerberos is another service", {{LEG(0, V4, S1, 88, 1)}, {LEG(1, V4, S1, 445, 2)}}},
    {"in the order of the file, whatever the addresses",
	{{LEG(0, V4, S2, 445, 1)}, {LEG(1, V4, S1, 445, 2)}, {LEG(2, V4, S2, 139, 1)}}},
    {"IPv6 beside IPv4", {{LEG(0, V6, S6, 445, 1), .mac = 1}, {LEG(5, V4, S1, 445, 1), .mac = 1},
			     {LEG(9, V6, S6, 139, 1), .mac = 1}}},
    {"IPv6 beside IPv4 exactly at the span",
	{{LEG(0, V6, S6, 445, 1), .mac = 1}, {LEG(2000, V4, S1, 445, 1), .mac = 1}}},
    {"IPv6 beside IPv4, too late",
	{{LEG(0, V6, S6, 445, 1), .mac = 1}, {LEG(2001, V4, S1, 445, 2), .mac = 1}}},
    {"IPv6 beside IPv4, to another service",
	{{LEG(0, V6, S6, 88, 1), .mac = 1}, {LEG(5, V4, S1, 445, 2), .mac = 1}}},
    {"without MAC addresses, the only clients",
	{{LEG(0, V6, S6, 445, 1)}, {LEG(5, V4, S1, 445, 1)}}},
    {"a MAC address of one of the only clients",
	{{LEG(0, V6, S6, 445, 1)}, {LEG(5, V4, S1, 445, 1), .mac = 1}}},
    {"without MAC addresses, and another client",
	{{LEG(0, V6, S6, 445, 1)}, {LEG(5, V4, S1, 445, 2)}, {LEG(90000, "10.0.0.2", S1, 445, 3)}}},
    {"with different MAC addresses",
	{{LEG(0, V6, S6, 445, 1), .mac = 1}, {LEG(5, V4, S1, 445, 2), .mac = 2}}},
    {"a router's MAC address",
	{{LEG(0, V6, S6, 445, 1), .mac = 1}, {LEG(5, V4, S1, 445, 2), .mac = 1},
	    {LEG(90000, "10.0.0.2", S1, 445, 3), .mac = 1}}},
    {"two IPv6 servers at a time: which of them is the IPv4 one?",
	{{LEG(0, V6, S6, 445, 1), .mac = 1}, {LEG(5, V4, S1, 445, 2), .mac = 1},
	    {LEG(9, V6, T6, 445, 3), .mac = 1}}},
    {"an address with two hosts behind it",
	{{LEG(0, V6, S6, 445, 1), .mac = 1}, {LEG(5, V4, S1, 445, 2), .mac = 1},
	    {LEG(9, V6, S6, 445, 1), .mac = 2}, {LEG(12, "10.0.0.2", S1, 445, 3), .mac = 2}}},
    {"one GUID, two addresses",
	{{LEG(0, V4, S1, 445, 1), .guid = 7}, {LEG(5, V4, S2, 445, 1), .guid = 7}}},
    {"an address without GUID now had one at another time",
	{{LEG(0, V4, S1, 445, 1), .guid = 7}, {LEG(9000, V4, S2, 445, 2), .guid = 7},
	    {LEG(20000, V4, S1, 445, 3), .guid = 7}, {LEG(20005, V4, S2, 445, 3)}}},
    {"two GUIDs", {{LEG(0, V4, S1, 445, 1), .guid = 7}, {LEG(5, V4, S2, 445, 2), .guid = 8}}},
    {"an address with two GUIDs says nothing",
	{{LEG(0, V4, S1, 445, 1), .guid = 7}, {LEG(5, V4, S2, 445, 2), .guid = 7},
	    {LEG(9000, V4, S1, 445, 3), .guid = 8}}},
    {"a second channel, long after",
	{{LEG(0, V4, S1, 445, 1), .listed = S2, .spoken = 70000}, {LEG(60000, V4, S2, 445, 1)}}},
    {"before the address is listed",
	{{LEG(0, V4, S2, 445, 1)}, {LEG(9000, V4, S1, 445, 2), .listed = S2, .spoken = 70000}}},
    {"listed by a connection that is closed",
	{{LEG(0, V4, S1, 445, 1), .listed = S2, .spoken = 70000, .closed = 50000},
	    {LEG(60000, V4, S2, 445, 2)}}},
    {"listed by a server that is silent since",
	{{LEG(0, V4, S1, 445, 1), .listed = S2, .spoken = 59999}, {LEG(60000, V4, S2, 445, 2)}}},
    {"listed to another client", {{LEG(0, V4, S1, 445, 1), .listed = S2, .spoken = 70000},
				     {LEG(60000, "10.0.0.2", S2, 445, 2)}}},
    {"the listing's own address again",
	{{LEG(0, V4, S1, 445, 1), .listed = S1, .spoken = 70000}, {LEG(60000, V4, S1, 445, 2)}}},
    {"the latest listing is closed, an earlier one is not",
	{{LEG(0, V4, S1, 445, 1), .listed = S2, .spoken = 70000},
	    {LEG(9000, V4, S1, 445, 2), .listed = S2, .spoken = 70000, .closed = 50000},
	    {LEG(60000, V4, S2, 445, 1)}}},
    {"what has no SYN stands alone",
	{{LEG(0, V4, S1, 445, 1), .has_no_syn = true}, {LEG(1, V4, S1, 445, 2)},
	    {LEG(2, V4, S1, 445, 3), .has_no_syn = true}}},
};

/* A list whose conversations are made of the legs; the addresses listed are in RET_LISTED. */
static void
make_list(const struct leg *legs, struct conversation_list *list, struct addr ret_listed[MOST])
{
	TAILQ_INIT(&list->all);
	for (; list->count < MOST && legs[list->count].client != NULL; list->count++) {
		const struct leg *leg = &legs[list->count];
		struct conversation *made = mem_alloc(1, sizeof(*made));
		struct conversation_facts *facts = &made->facts;

		ck_assert(addr_parse(leg->client, &facts->client));
		ck_assert(addr_parse(leg->server, &facts->server));
		facts->server_port = leg->port;
		facts->stream = (uint32_t)list->count;
		made->is_service = true;
		made->handshake.syn_count = !leg->has_no_syn;
		made->handshake.first_syn_time = leg->time * MS;
		made->has_client_mac = leg->mac != 0;
		made->client_mac[5] = leg->mac;
		facts->has_server_guid = leg->guid != 0;
		facts->server_guid[15] = leg->guid;
		made->last_server_time = leg->spoken * MS;
		facts->close = leg->closed != 0 ? CLOSE_FIN : CLOSE_NONE;
		facts->close_time = leg->closed * MS;
		TAILQ_INSERT_TAIL(&list->all, made, listed);
		if (leg->listed == NULL)
			continue;
		ck_assert(addr_parse(leg->listed, &ret_listed[list->count]));
		facts->server_addresses = &ret_listed[list->count];
		facts->server_address_count = 1;
		facts->server_addresses_time = (leg->time + 50) * MS;
	}
}

static void
free_list(struct conversation_list *list)
{
	struct conversation *one;

	while ((one = TAILQ_FIRST(&list->all)) != NULL) {
		TAILQ_REMOVE(&list->all, one, listed);
		mem_free(one);
	}
}

START_TEST(test_number)
{
	const struct operation_case *test = &cases[_i];
	struct conversation_list list = {0};
	struct addr listed[MOST];

	make_list(test->legs, &list, listed);
	operations_number(&list);
	for (size_t i = 0; i < list.count; i++)
		ck_assert_msg(conversation_at(&list, i)->facts.operation == test->legs[i].operation,
		    "%s: leg %zu is of operation %u, not %u", test->name, i,
		    conversation_at(&list, i)->facts.operation, test->legs[i].operation);
	free_list(&list);
}
END_TEST

/* Connections that are nobody's business have no number. */
START_TEST(test_foreign)
{
	static const struct leg legs[MOST] = {{LEG(0, V4, S1, 80, 0)}, {LEG(1, V4, S1, 445, 1)}};
	struct conversation_list list = {0};
	struct addr listed[MOST];

	make_list(legs, &list, listed);
	conversation_at(&list, 0)->is_service = false;
	operations_number(&list);
	ck_assert_uint_eq(conversation_at(&list, 0)->facts.operation, 0);
	ck_assert_uint_eq(conversation_at(&list, 1)->facts.operation, 1);
	free_list(&list);
}
END_TEST

START_TEST(test_nothing)
{
	struct conversation_list list = {0};

	operations_number(&list);
	ck_assert_uint_eq(list.count, 0);
}
END_TEST

/* The MAC address of the client's first packet that has one, and not the server's. */
START_TEST(test_client_mac)
{
	static const struct sample samples[] = {{.from = CLIENT, .flags = TCP_SYN, .seq = 100},
	    {.time = 1, .from = SERVER, .flags = TCP_SYN | TCP_ACK, .seq = 500, .ack = 101},
	    {.time = 2, .from = CLIENT, .flags = TCP_ACK, .seq = 101, .ack = 501}};
	const struct pipeline_options options = {.dissectors = &toy_list, .file = "toy.pcapng"};
	struct arena arena = {0};
	struct ledger ledger = {.arena = &arena};
	struct pipeline *pipeline = pipeline_new(&options, &arena, &ledger);
	const struct conversation *conversation;

	for (size_t i = 0; i < COUNT(samples); i++) {
		struct packet packet = sample_packet(&samples[i], i + 1);

		packet.has_link_src = i != 0;
		packet.link_src[5] = (uint8_t)(i + 1);
		pipeline_packet(pipeline, &packet);
	}
	conversation = conversation_at(pipeline_conversations(pipeline), 0);
	ck_assert(conversation->has_client_mac);
	ck_assert_uint_eq(conversation->client_mac[5], 3);
	ck_assert_int_eq(conversation->last_server_time, SAMPLE_MS);
	pipeline_free(pipeline);
	ledger_free(&ledger);
	arena_free(&arena);
}
END_TEST

Suite *
operation_suite(void)
{
	Suite *suite = suite_create("operation");
	TCase *tests = tcase_create("operation");

	tcase_add_loop_test(tests, test_number, 0, (int)COUNT(cases));
	tcase_add_test(tests, test_foreign);
	tcase_add_test(tests, test_nothing);
	tcase_add_test(tests, test_client_mac);
	suite_add_tcase(suite, tests);
	return suite;
}
