#include "analyzer/conversation/conversation.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/conversation/packet_samples.h"

Suite *conversation_suite(void);

#define SYN     TCP_SYN
#define SYN_ACK (TCP_SYN | TCP_ACK)
#define ACK     TCP_ACK
#define RST     TCP_RST
#define FIN_ACK (TCP_FIN | TCP_ACK)

/* A segment and the tcp.stream that Wireshark gives it. */
struct row {
	enum side from;
	uint8_t flags;
	uint32_t seq, ack;
	uint16_t ports[2]; /* client's, server's */
	unsigned stream;
	bool is_replacing; /* it takes over the endpoints of an older connection */
};

#define USUAL                                          \
	{                                              \
		SAMPLE_CLIENT_PORT, SAMPLE_SERVER_PORT \
	}

struct conversation_case {
	const char *name;
	struct row rows[7];
	unsigned streams;
};

static const struct conversation_case cases[] = {
    {.name = "one connection, both directions",
	.rows = {{CLIENT, SYN, 100, 0, USUAL, 0, false},
	    {SERVER, SYN_ACK, 500, 101, USUAL, 0, false}, {CLIENT, ACK, 101, 501, USUAL, 0, false},
	    {SERVER, FIN_ACK, 501, 101, USUAL, 0, false}},
	.streams = 1},
    {.name = "the same SYN again",
	.rows = {{CLIENT, SYN, 100, 0, USUAL, 0, false}, {CLIENT, SYN, 100, 0, USUAL, 0, false}},
	.streams = 1},
    {.name = "a SYN with another number, although the first got no answer",
	.rows = {{CLIENT, SYN, 100, 0, USUAL, 0, false}, {CLIENT, SYN, 101, 0, USUAL, 1, true}},
	.streams = 2},
    {.name = "the port is used again after the end",
	.rows = {{CLIENT, SYN, 100, 0, USUAL, 0, false},
	    {SERVER, SYN_ACK, 500, 101, USUAL, 0, false}, {CLIENT, RST, 101, 0, USUAL, 0, false},
	    {CLIENT, SYN, 9000, 0, USUAL, 1, true}, {SERVER, SYN_ACK, 700, 9001, USUAL, 1, false}},
	.streams = 2},
    {.name = "the same number after the end: the same stream",
	.rows = {{CLIENT, SYN, 100, 0, USUAL, 0, false}, {CLIENT, RST, 101, 0, USUAL, 0, false},
	    {CLIENT, SYN, 100, 0, USUAL, 0, false}},
	.streams = 1},
    {.name = "seen from the middle, then the port is used again",
	.rows = {{CLIENT, ACK, 333, 444, USUAL, 0, false}, {SERVER, ACK, 444, 333, USUAL, 0, false},
	    {CLIENT, SYN, 9000, 0, USUAL, 1, true}},
	.streams = 2},
    {.name = "seen from the middle, from the server first",
	.rows = {{SERVER, ACK, 444, 333, USUAL, 0, false},
	    {CLIENT, ACK, 333, 444, USUAL, 0, false}},
	.streams = 1},
    {.name = "a SYN that comes after its own first ACK",
	.rows = {{CLIENT, ACK, 101, 501, USUAL, 0, false}, {CLIENT, SYN, 100, 0, USUAL, 0, false}},
	.streams = 1},
    {.name = "the SYN-ACK first",
	.rows = {{SERVER, SYN_ACK, 500, 101, USUAL, 0, false},
	    {CLIENT, SYN, 100, 0, USUAL, 0, false}, {CLIENT, ACK, 101, 501, USUAL, 0, false}},
	.streams = 1},
    {.name = "another SYN-ACK does not begin a stream",
	.rows = {{CLIENT, SYN, 100, 0, USUAL, 0, false},
	    {SERVER, SYN_ACK, 500, 101, USUAL, 0, false},
	    {SERVER, SYN_ACK, 600, 101, USUAL, 0, false}},
	.streams = 1},
    {.name = "connections are told apart by every port",
	.rows = {{CLIENT, SYN, 100, 0, USUAL, 0, false},
	    {CLIENT, SYN, 100, 0, {50001, 445}, 1, false},
	    {CLIENT, SYN, 100, 0, {50000, 139}, 2, false},
	    {SERVER, SYN_ACK, 500, 101, {50001, 445}, 1, false},
	    {SERVER, SYN_ACK, 500, 101, USUAL, 0, false},
	    {SERVER, SYN_ACK, 500, 101, {50000, 139}, 2, false}},
	.streams = 3},
    {.name = "ports that are swapped are other endpoints",
	.rows = {{CLIENT, SYN, 100, 0, {445, 50000}, 0, false},
	    {CLIENT, SYN, 100, 0, {50000, 445}, 1, false}},
	.streams = 2},
};

static struct sample
sample_of(const struct row *row)
{
	return (struct sample){.from = row->from,
	    .flags = row->flags,
	    .seq = row->seq,
	    .ack = row->ack,
	    .ports = {row->ports[CLIENT], row->ports[SERVER]}};
}

START_TEST(test_stream_numbers)
{
	const struct conversation_case *one = &cases[_i];
	const struct service_ports ports = {0};
	struct conversation_list list;
	struct arena arena = {0};

	conversation_list_init(&list, &arena, &ports);
	for (size_t i = 0; i < COUNT(one->rows) && one->rows[i].flags != 0; i++) {
		const struct row *row = &one->rows[i];
		struct sample sample = sample_of(row);
		struct packet packet = sample_packet(&sample, i + 1);
		struct conversation *latest = find_between(&list, TRANSPORT_TCP, &packet.ends);
		struct conversation *found = of_segment(&list, &packet);

		ck_assert_msg(found->facts.stream == row->stream, "%s: segment %zu has stream %u",
		    one->name, i, found->facts.stream);
		ck_assert(row->is_replacing == (latest != NULL && latest != found));
		ck_assert(latest == NULL || latest->is_replaced == row->is_replacing);
		ck_assert_int_eq(conversation_sender(found, &packet.ends), row->from);
		ck_assert_uint_eq(found->facts.client_port, row->ports[CLIENT]);
		ck_assert_ptr_eq(find_between(&list, TRANSPORT_TCP, &packet.ends), found);
	}
	ck_assert_uint_eq(list.tcp_count, one->streams);
	ck_assert_uint_eq(list.count, one->streams);
	for (size_t i = 0; i < list.count; i++)
		ck_assert_uint_eq(conversation_at(&list, i)->facts.stream, i);
	conversation_list_free(&list);
	arena_free(&arena);
}
END_TEST

/* The first segment of a connection between PORTS, sent from the first of them, and who is
 * taken for the client. */
static const struct {
	const char *name;
	uint8_t flags;
	uint16_t ports[2]; /* source, destination */
	enum side sender;
	bool is_begun_before;
} beginnings[] = {
    {"a SYN is the client's", SYN, {445, 445}, CLIENT, false},
    {"even from a server's port", SYN, {445, 50000}, CLIENT, false},
    {"a SYN-ACK is the server's", SYN_ACK, {50000, 50001}, SERVER, false},
    {"to SMB", ACK, {50000, 445}, CLIENT, true},
    {"from SMB", ACK, {445, 50000}, SERVER, true},
    {"from NetBIOS", ACK, {139, 50000}, SERVER, true},
    {"from Kerberos", ACK, {88, 50000}, SERVER, true},
    {"from a port named as SMB", ACK, {4450, 50000}, SERVER, true},
    {"from a well-known port", ACK, {80, 50000}, SERVER, true},
    {"to a well-known port", ACK, {50000, 80}, CLIENT, true},
    {"SMB wins over a well-known port", ACK, {445, 80}, SERVER, true},
    {"a port named as SMB wins over a well-known one", ACK, {80, 4450}, CLIENT, true},
    {"nobody knows: who speaks first", ACK, {50000, 50001}, CLIENT, true},
    {"both are servers' ports: who speaks first", ACK, {445, 445}, CLIENT, true},
    {"both are well-known: who speaks first", ACK, {80, 81}, CLIENT, true},
};

START_TEST(test_roles)
{
	const uint16_t extra[] = {4450};
	const struct service_ports ports = {extra, 1};
	const struct sample sample = {.from = CLIENT,
	    .flags = beginnings[_i].flags,
	    .ports = {beginnings[_i].ports[0], beginnings[_i].ports[1]}};
	struct packet packet = sample_packet(&sample, 4);
	struct conversation *found;
	struct conversation_list list;
	struct arena arena = {0};

	packet.time = 99;
	conversation_list_init(&list, &arena, &ports);
	found = of_segment(&list, &packet);
	ck_assert_msg(conversation_sender(found, &packet.ends) == beginnings[_i].sender, "%s",
	    beginnings[_i].name);
	ck_assert(found->facts.is_begun_before == beginnings[_i].is_begun_before);
	ck_assert_uint_eq(found->facts.first_frame, 4);
	ck_assert_int_eq(found->facts.first_time, 99);
	ck_assert_uint_eq(found->facts.transport, TRANSPORT_TCP);
	conversation_list_free(&list);
	arena_free(&arena);
}
END_TEST

START_TEST(test_service_ports)
{
	const uint16_t extra[] = {4450, 1445};
	const struct service_ports none = {0}, two = {extra, 2};

	ck_assert(is_smb_port(&none, 445));
	ck_assert(is_smb_port(&none, 139));
	ck_assert(!is_smb_port(&none, 88));
	ck_assert(!is_smb_port(&none, 1445));
	ck_assert(is_smb_port(&two, 1445));
	ck_assert(is_smb_port(&two, 445));
	ck_assert(is_service_port(&none, 88));
	ck_assert(is_service_port(&two, 4450));
	ck_assert(!is_service_port(&two, 80));
}
END_TEST

START_TEST(test_is_service)
{
	const struct sample smb = {.from = SERVER, .flags = ACK},
			    other = {.from = CLIENT, .flags = ACK, .ports = {50000, 8080}};
	const struct packet one = sample_packet(&smb, 1), two = sample_packet(&other, 2);
	const struct service_ports ports = {0};
	struct conversation_list list;
	struct arena arena = {0};

	conversation_list_init(&list, &arena, &ports);
	ck_assert(of_segment(&list, &one)->is_service);
	ck_assert(!of_segment(&list, &two)->is_service);
	conversation_list_free(&list);
	arena_free(&arena);
}
END_TEST

/* UDP and TCP between the same endpoints are two conversations, and UDP takes no tcp.stream. */
START_TEST(test_udp_beside_tcp)
{
	const struct sample sample = {.from = CLIENT, .flags = SYN, .ports = {50000, 88}};
	const struct packet segment = sample_packet(&sample, 2);
	const struct packet datagram = sample_datagram(&sample, 1);
	const struct service_ports ports = {0};
	struct conversation *udp, *tcp;
	struct conversation_list list;
	struct arena arena = {0};

	conversation_list_init(&list, &arena, &ports);
	udp = conversation_add(&list, TRANSPORT_UDP, &datagram.ends,
	    packet_ends_hash(&datagram.ends, TRANSPORT_UDP), CLIENT, &datagram);
	ck_assert_ptr_null(find_between(&list, TRANSPORT_TCP, &datagram.ends));
	tcp = of_segment(&list, &segment);
	ck_assert_ptr_ne(udp, tcp);
	ck_assert(!udp->is_replaced);
	ck_assert_ptr_eq(find_between(&list, TRANSPORT_UDP, &datagram.ends), udp);
	ck_assert_uint_eq(tcp->facts.stream, 0);
	ck_assert_uint_eq(list.tcp_count, 1);
	ck_assert_uint_eq(list.count, 2);
	ck_assert_uint_eq(udp->facts.transport, TRANSPORT_UDP);
	conversation_list_free(&list);
	arena_free(&arena);
}
END_TEST

/* Where the SYN comes out of order, the connection did begin in the capture. */
START_TEST(test_late_syn_is_a_beginning)
{
	const struct sample first = {.from = CLIENT, .flags = ACK, .seq = 101, .ack = 501},
			    syn = {.from = CLIENT, .flags = SYN, .seq = 100};
	const struct packet one = sample_packet(&first, 1), two = sample_packet(&syn, 2);
	const struct service_ports ports = {0};
	struct conversation_list list;
	struct arena arena = {0};

	conversation_list_init(&list, &arena, &ports);
	ck_assert(of_segment(&list, &one)->facts.is_begun_before);
	ck_assert(!of_segment(&list, &two)->facts.is_begun_before);
	conversation_list_free(&list);
	arena_free(&arena);
}
END_TEST

/* Many clients of one server: every one is found again from either direction. */
START_TEST(test_many)
{
	const struct service_ports ports = {0};
	struct conversation_list list;
	struct arena arena = {0};

	conversation_list_init(&list, &arena, &ports);
	for (unsigned round = 0; round < 2; round++)
		for (unsigned i = 0; i < 5000; i++) {
			const struct sample sample = {.from = round == 0 ? CLIENT : SERVER,
			    .flags = round == 0 ? SYN : SYN_ACK,
			    .seq = i,
			    .ack = i + 1,
			    .ports = {(uint16_t)(20000 + i), 445}};
			const struct packet packet = sample_packet(&sample, 1);

			ck_assert_uint_eq(of_segment(&list, &packet)->facts.stream, i);
		}
	ck_assert_uint_eq(list.count, 5000);
	conversation_list_free(&list);
	arena_free(&arena);
}
END_TEST

Suite *
conversation_suite(void)
{
	Suite *suite = suite_create("conversation");
	TCase *tcase = tcase_create("conversation");

	tcase_add_loop_test(tcase, test_stream_numbers, 0, (int)COUNT(cases));
	tcase_add_loop_test(tcase, test_roles, 0, (int)COUNT(beginnings));
	tcase_add_test(tcase, test_service_ports);
	tcase_add_test(tcase, test_is_service);
	tcase_add_test(tcase, test_udp_beside_tcp);
	tcase_add_test(tcase, test_late_syn_is_a_beginning);
	tcase_add_test(tcase, test_many);
	suite_add_tcase(suite, tcase);
	return suite;
}
