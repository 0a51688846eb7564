#include <check.h>

#include "analyzer/conversation/packet_samples.h"
#include "analyzer/conversation/unread.h"

Suite *unread_suite(void);

static void
take(struct unread *unread, enum packet_kind kind, enum side from, uint16_t server_port)
{
	struct sample sample = {.from = from, .ports = {50001, server_port}};
	struct packet packet = sample_packet(&sample, 1);

	packet.kind = kind;
	unread_packet(unread, &packet);
}

/* QUIC from and to a host counts once that host turns out to be a file server. */
START_TEST(test_quic)
{
	struct sample syn = {.from = CLIENT, .flags = TCP_SYN};
	struct service_ports ports = {0};
	struct conversation_list list;
	struct unread unread = {0};
	struct arena arena = {0};
	struct packet packet = sample_packet(&syn, 3);

	take(&unread, PACKET_UDP, CLIENT, 443);
	take(&unread, PACKET_UDP, SERVER, 443);
	take(&unread, PACKET_UDP, CLIENT, 4433);
	conversation_list_init(&list, &arena, &ports);
	ck_assert_uint_eq(unread_quic_packets(&unread, &list), 0);
	of_segment(&list, &packet);
	packet.tcp.seq++;
	of_segment(&list, &packet);
	ck_assert_uint_eq(list.count, 2);
	ck_assert_uint_eq(unread_quic_packets(&unread, &list), 2);
	ck_assert_uint_eq(unread_quic_packets(&unread, &list), 2);
	ck_assert_uint_eq(unread.rdma_packets, 0);
	conversation_list_free(&list);
	unread_free(&unread);
	arena_free(&arena);
}
END_TEST

START_TEST(test_rdma)
{
	struct unread unread = {0};

	take(&unread, PACKET_UDP, CLIENT, 4791);
	take(&unread, PACKET_TCP, SERVER, 5445);
	take(&unread, PACKET_TCP, SERVER, 445);
	take(&unread, PACKET_UDP, SERVER, 5445);
	ck_assert_uint_eq(unread.rdma_packets, 2);
	unread_free(&unread);
}
END_TEST

/* Beyond the bound further hosts are left out, and those that are in stay exact. */
START_TEST(test_bound)
{
	struct sample sample = {.from = CLIENT, .ports = {50001, 443}};
	struct packet packet = sample_packet(&sample, 1);
	struct unread unread = {0};

	packet.kind = PACKET_UDP;
	for (uint32_t i = 0; i < UNREAD_MOST_HOSTS + 10; i++) {
		packet.ends.dst.bytes[2] = (uint8_t)(i * 7 >> 8);
		packet.ends.dst.bytes[3] = (uint8_t)(i * 7);
		unread_packet(&unread, &packet);
		unread_packet(&unread, &packet);
	}
	ck_assert_uint_eq(unread.host_count, UNREAD_MOST_HOSTS);
	for (size_t i = 0; i < unread.host_count; i++) {
		ck_assert_uint_eq(unread.hosts[i].packets, 2);
		if (i != 0)
			ck_assert_int_lt(
			    addr_compare(&unread.hosts[i - 1].addr, &unread.hosts[i].addr), 0);
	}
	unread_free(&unread);
}
END_TEST

Suite *
unread_suite(void)
{
	Suite *suite = suite_create("unread");
	TCase *tests = tcase_create("unread");

	tcase_add_test(tests, test_quic);
	tcase_add_test(tests, test_rdma);
	tcase_add_test(tests, test_bound);
	suite_add_tcase(suite, tests);
	return suite;
}
