#include "dissectors/dns.h"

#include <check.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "dissectors/dns_wire.h"

Suite *dns_suite(void);

#define SECOND INT64_C(1000000000)

static struct conversation_facts facts;
static struct arena arena;
static struct ledger ledger;
static struct quota quota;
static const struct dissector *dissector;
static void *state;
static uint64_t frames;
static int64_t now;

static void
start(const struct dissector *which, uint16_t port)
{
	struct dissector_context context = {
	    .conversation = &facts, .arena = &arena, .ledger = &ledger, .quota = &quota};

	facts = (struct conversation_facts){.transport = (uint8_t)which->transport,
	    .client = addr_ipv4((const uint8_t[]){10, 0, 0, 5}),
	    .server = addr_ipv4((const uint8_t[]){10, 0, 0, 53}),
	    .server_port = port};
	quota = (struct quota){.most = 4};
	dissector = which;
	state = dissector->open(&context);
}

static void
start_udp(void)
{
	start(&dns_udp_dissector, 53);
}

static void
say(enum side from, const uint8_t *bytes, size_t length)
{
	struct message message = {.bytes = bytes,
	    .captured = (uint32_t)length,
	    .length = (uint32_t)length,
	    .from = from,
	    .frame = ++frames,
	    .time = now,
	    .first_time = now};

	dissector->message(state, &message);
	now += SECOND / 10;
}

/* A message about a name of one letter below "lab", with room for what follows the question. */
struct sample {
	uint8_t bytes[512];
	size_t length;
};

static void
put(struct sample *sample, const void *bytes, size_t length)
{
	memcpy(sample->bytes + sample->length, bytes, length);
	sample->length += length;
}

#define PUT(sample, ...)                                   \
	do {                                               \
		const uint8_t put_bytes[] = {__VA_ARGS__}; \
		put(sample, put_bytes, sizeof(put_bytes)); \
	} while (0)

static struct sample
head(uint16_t id, uint8_t flags_high, uint8_t flags_low, uint8_t answers, char name, uint8_t type)
{
	struct sample sample = {.length = 0};

	if (dissector->transport == TRANSPORT_TCP)
		PUT(&sample, 0, 0);
	PUT(&sample, (uint8_t)(id >> 8), (uint8_t)id, flags_high, flags_low, 0, 1, 0, answers, 0, 0,
	    0, 0, 1, (uint8_t)name, 3, 'l', 'a', 'b', 0, 0, type, 0, 1);
	return sample;
}

static void
send(enum side from, struct sample *sample)
{
	if (dissector->transport == TRANSPORT_TCP)
		sample->bytes[1] = (uint8_t)(sample->length - 2);
	say(from, sample->bytes, sample->length);
}

static void
ask(uint16_t id, char name, uint8_t type)
{
	struct sample sample = head(id, 1, 0, 0, name, type);

	send(CLIENT, &sample);
}

/* An IPv4 address 10.0.0.LAST. */
static void
answer(uint16_t id, char name, uint8_t last)
{
	struct sample sample = head(id, 0x81, 0x80, 1, name, DNS_A);

	PUT(&sample, 0xc0, 12, 0, DNS_A, 0, 1, 0, 0, 0, 60, 0, 4, 10, 0, 0, last);
	send(SERVER, &sample);
}

static void
answer_with_code(uint16_t id, char name, uint8_t rcode)
{
	struct sample sample = head(id, 0x81, 0x80 | rcode, 0, name, DNS_A);

	send(SERVER, &sample);
}

/* NAME is an alias of TARGET, both below lab, which has an address. */
static void
answer_alias(uint16_t id, char name, char target)
{
	struct sample sample = head(id, 0x81, 0x80, 2, name, DNS_A);

	PUT(&sample, 0xc0, 12, 0, DNS_CNAME, 0, 1, 0, 0, 0, 60, 0, 4, 1, (uint8_t)target, 0xc0, 14);
	PUT(&sample, 1, (uint8_t)target, 0xc0, 14, 0, DNS_A, 0, 1, 0, 0, 0, 60, 0, 4, 10, 0, 0, 9);
	send(SERVER, &sample);
}

static void
finish(enum outcome outcome, enum ended_by by)
{
	struct ending ending = {.outcome = outcome, .by = by, .time = now};

	dissector->end(state, &ending);
}

static const struct dns_exchange *
item(size_t index)
{
	ck_assert_uint_lt(index, ledger.count);
	ck_assert_ptr_eq(ledger.items[index]->type, &dns_query_type);
	return (const struct dns_exchange *)ledger.items[index];
}

START_TEST(test_alias)
{
	start_udp();
	ask(7, 'f', DNS_A);
	answer_alias(7, 'f', 's');
	ck_assert_uint_eq(ledger.count, 1);
	ck_assert_int_eq(item(0)->exchange.outcome, OUTCOME_ANSWERED);
	ck_assert_int_eq(item(0)->exchange.ended_by, ENDED_BY_SERVER);
	ck_assert_uint_eq(item(0)->exchange.request_frame, 1);
	ck_assert_uint_eq(item(0)->exchange.answer_frame, 2);
	ck_assert_int_eq(item(0)->exchange.waited, SECOND / 10);
	ck_assert_str_eq(item(0)->name, "f.lab");
	ck_assert_uint_eq(item(0)->query_type.value, DNS_A);
	ck_assert_uint_eq(item(0)->rcode.value, 0);
	ck_assert(item(0)->is_alias);
	ck_assert_str_eq(item(0)->canonical_name, "s.lab");
	ck_assert_str_eq(item(0)->addresses, "10.0.0.9");
	ck_assert_uint_eq(item(0)->answer_count, 2);
	ck_assert(!item(0)->is_netbios);
	ck_assert(!item(0)->suffix.is_known);
	ck_assert_str_eq(facts.protocol, "dns");
}
END_TEST

START_TEST(test_no_alias_and_no_name)
{
	start_udp();
	ask(7, 'f', DNS_A);
	ask(8, 'g', DNS_A);
	answer_with_code(8, 'g', 3);
	answer(7, 'f', 4);
	ck_assert_uint_eq(item(0)->rcode.value, 3);
	ck_assert_str_eq(item(0)->name, "g.lab");
	ck_assert_ptr_null(item(0)->addresses);
	ck_assert_str_eq(item(1)->addresses, "10.0.0.4");
	ck_assert_ptr_null(item(1)->canonical_name);
	ck_assert(!item(1)->is_alias);
}
END_TEST

/* Of the hosts that offer a service the one to try first, whatever the order (RFC 2782). */
START_TEST(test_service)
{
	struct sample sample;

	start_udp();
	ask(7, 'f', DNS_SRV);
	sample = head(7, 0x81, 0x80, 2, 'f', DNS_SRV);
	PUT(&sample, 0xc0, 12, 0, DNS_SRV, 0, 1, 0, 0, 0, 60, 0, 10, 0, 9, 0, 1, 1, 0xbd, 1, 's',
	    0xc0, 14);
	PUT(&sample, 0xc0, 12, 0, DNS_SRV, 0, 1, 0, 0, 0, 60, 0, 10, 0, 2, 0, 1, 1, 0xbd, 1, 't',
	    0xc0, 14);
	send(SERVER, &sample);
	ck_assert_uint_eq(ledger.count, 1);
	ck_assert_str_eq(item(0)->target, "t.lab");
	ck_assert_uint_eq(item(0)->answer_count, 2);
	ck_assert_ptr_null(item(0)->addresses);
	ck_assert(!item(0)->is_alias);
}
END_TEST

/* The same transaction id for another name is no answer, nor is another id for the name. */
START_TEST(test_pairing)
{
	start_udp();
	ask(7, 'f', DNS_A);
	answer(7, 'g', 1);
	answer(9, 'f', 2);
	finish(OUTCOME_UNKNOWN, ENDED_BY_CAPTURE);
	ck_assert_uint_eq(ledger.count, 3);
	ck_assert_uint_eq(item(0)->exchange.request_frame, 0);
	ck_assert_int_eq(item(0)->exchange.doubt, DOUBT_PACKETS_MISSING);
	ck_assert_uint_eq(item(1)->exchange.request_frame, 0);
	ck_assert_int_eq(item(2)->exchange.outcome, OUTCOME_UNKNOWN);
	ck_assert_int_eq(item(2)->exchange.doubt, DOUBT_CAPTURE_ENDED);
	ck_assert_uint_eq(item(2)->exchange.request_frame, 1);
}
END_TEST

/* Sent again before the answer: one question. A copy that comes later: nothing. */
START_TEST(test_retransmissions)
{
	start_udp();
	ask(7, 'f', DNS_A);
	ask(7, 'f', DNS_A);
	answer(7, 'f', 4);
	answer(7, 'f', 4);
	ask(7, 'f', DNS_A);
	finish(OUTCOME_UNANSWERED, ENDED_BY_NOBODY);
	ck_assert_uint_eq(ledger.count, 1);
	ck_assert_uint_eq(item(0)->exchange.retransmissions, 1);
	ck_assert_uint_eq(item(0)->repeats, 0);
}
END_TEST

START_TEST(test_unanswered)
{
	start_udp();
	ask(7, 'f', DNS_A);
	now += 20 * SECOND;
	ask(8, 'g', DNS_A);
	ck_assert_uint_eq(ledger.count, 1);
	ck_assert_int_eq(item(0)->exchange.outcome, OUTCOME_UNANSWERED);
	ck_assert_int_eq(item(0)->exchange.ended_by, ENDED_BY_NOBODY);
	ck_assert_int_eq(item(0)->exchange.waited, 10 * SECOND);
	ck_assert(!item(0)->rcode.is_known);
	finish(OUTCOME_UNKNOWN, ENDED_BY_CAPTURE);
	ck_assert_uint_eq(ledger.count, 2);
	ck_assert_int_eq(item(1)->exchange.outcome, OUTCOME_UNKNOWN);
}
END_TEST

/* Only what is new is kept: the second answer differs, the third is the first again. */
START_TEST(test_repeats)
{
	static const uint8_t lasts[] = {4, 4, 4, 5, 5, 4};

	start_udp();
	for (uint16_t i = 0; i < COUNT(lasts); i++) {
		ask(i, 'f', DNS_A);
		answer(i, 'f', lasts[i]);
	}
	ck_assert_uint_eq(ledger.count, 3);
	ck_assert_uint_eq(item(0)->repeats, 2);
	ck_assert_uint_eq(item(1)->repeats, 1);
	ck_assert_uint_eq(item(2)->repeats, 0);
	ck_assert_str_eq(item(2)->addresses, "10.0.0.4");
	ck_assert_uint_eq(quota.left_out, 0);
	ck_assert_uint_eq(quota.kept, 3);
}
END_TEST

START_TEST(test_quota)
{
	start_udp();
	for (uint16_t i = 0; i < 7; i++) {
		ask(i, (char)('a' + i), DNS_A);
		answer(i, (char)('a' + i), 1);
	}
	ck_assert_uint_eq(ledger.count, 4);
	ck_assert_uint_eq(quota.left_out, 3);
	/* What repeats costs nothing. */
	ask(8, 'a', DNS_A);
	answer(8, 'a', 1);
	ck_assert_uint_eq(item(0)->repeats, 1);
	ck_assert_uint_eq(quota.left_out, 3);
}
END_TEST

/* More questions at a time than are followed. */
START_TEST(test_flood)
{
	start_udp();
	for (uint16_t i = 0; i < 1000; i++)
		ask(i, (char)('a' + i % 26), DNS_A);
	finish(OUTCOME_UNANSWERED, ENDED_BY_NOBODY);
	ck_assert_uint_le(ledger.count, 4);
	ck_assert_uint_gt(quota.left_out, 900);
}
END_TEST

START_TEST(test_types_of_no_interest)
{
	start_udp();
	ask(7, 'f', 16);
	ask(8, 'f', DNS_PTR);
	ask(9, 'f', DNS_NB);
	finish(OUTCOME_UNANSWERED, ENDED_BY_NOBODY);
	ck_assert_uint_eq(ledger.count, 0);
}
END_TEST

START_TEST(test_tcp)
{
	struct frame_head frame_head;
	static const uint8_t mark[] = {0, 45};

	start(&dns_tcp_dissector, 53);
	ask(7, 'f', DNS_A);
	answer(7, 'f', 4);
	ck_assert_uint_eq(ledger.count, 1);
	ck_assert_str_eq(item(0)->addresses, "10.0.0.4");
	ck_assert_int_eq(dissector->frame(NULL, mark, 1, &frame_head), FRAMING_MORE);
	ck_assert_int_eq(dissector->frame(NULL, mark, 2, &frame_head), FRAMING_FOUND);
	ck_assert_uint_eq(frame_head.length, 47);
	ck_assert_int_eq(
	    dissector->frame(NULL, (const uint8_t[]){0, 11}, 2, &frame_head), FRAMING_LOST);
}
END_TEST

START_TEST(test_probes)
{
	struct sample sample;

	start_udp();
	sample = head(7, 1, 0, 0, 'f', DNS_A);
	ck_assert_int_eq(
	    dissector->probe(sample.bytes, sample.length, sample.length), PROBE_YES_FROM_CLIENT);
	sample.bytes[2] = 0x81;
	ck_assert_int_eq(
	    dissector->probe(sample.bytes, sample.length, sample.length), PROBE_YES_FROM_SERVER);
	sample.bytes[2] = 0x29; /* UPDATE */
	ck_assert_int_eq(dissector->probe(sample.bytes, sample.length, sample.length), PROBE_NO);
	ck_assert_int_eq(dissector->probe(sample.bytes, 5, 5), PROBE_NO);
	dissector->close(state);
	start(&dns_tcp_dissector, 53);
	sample = head(7, 1, 0, 0, 'f', DNS_A);
	sample.bytes[1] = (uint8_t)(sample.length - 2);
	ck_assert_int_eq(
	    dissector->probe(sample.bytes, sample.length, sample.length), PROBE_YES_FROM_CLIENT);
	ck_assert_int_eq(dissector->probe(sample.bytes, 2, 2), PROBE_UNSURE);
	ck_assert_int_eq(dissector->probe((const uint8_t[]){0, 3}, 2, 2), PROBE_NO);
}
END_TEST

/* "F" and 0x20, found at 10.0.0.9. */
static const uint8_t netbios_answer[] = {0x80, 0x01, 0x85, 0, 0, 0, 0, 1, 0, 0, 0, 0, 32, 'E', 'G',
    'C', 'A', 'C', 'A', 'C', 'A', 'C', 'A', 'C', 'A', 'C', 'A', 'C', 'A', 'C', 'A', 'C', 'A', 'C',
    'A', 'C', 'A', 'C', 'A', 'C', 'A', 'C', 'A', 'C', 'A', 0, 0, 0x20, 0, 1, 0, 0, 0, 60, 0, 6, 0,
    0, 10, 0, 0, 9};

static struct sample
netbios_query(uint8_t flags)
{
	struct sample sample = {.length = 0};

	PUT(&sample, 0x80, 0x01, 0x01, flags, 0, 1, 0, 0, 0, 0, 0, 0);
	put(&sample, netbios_answer + 12, 38);
	return sample;
}

START_TEST(test_netbios)
{
	struct sample query;

	start(&dns_udp_dissector, 137);
	query = netbios_query(0);
	send(CLIENT, &query);
	say(SERVER, netbios_answer, sizeof(netbios_answer));
	ck_assert_uint_eq(ledger.count, 1);
	ck_assert_str_eq(item(0)->name, "F");
	ck_assert(item(0)->is_netbios);
	ck_assert_uint_eq(item(0)->suffix.value, NETBIOS_SERVER);
	ck_assert_uint_eq(item(0)->query_type.value, DNS_NB);
	ck_assert_str_eq(item(0)->addresses, "10.0.0.9");
	ck_assert_uint_eq(item(0)->exchange.request_frame, 1);
}
END_TEST

/* Asked of all: whoever answers does so in a conversation of its own, without doubt. */
START_TEST(test_asked_of_all)
{
	struct sample query;

	start(&dns_udp_dissector, 137);
	query = netbios_query(0x10);
	send(CLIENT, &query);
	finish(OUTCOME_UNANSWERED, ENDED_BY_NOBODY);
	ck_assert_uint_eq(ledger.count, 0);
	say(SERVER, netbios_answer, sizeof(netbios_answer));
	ck_assert_uint_eq(ledger.count, 1);
	ck_assert_int_eq(item(0)->exchange.outcome, OUTCOME_ANSWERED);
	ck_assert_int_eq(item(0)->exchange.doubt, DOUBT_NONE);
	dissector->close(state);
	start(&dns_udp_dissector, 5355);
	facts.server = addr_ipv4((const uint8_t[]){224, 0, 0, 252});
	ask(7, 'f', DNS_A);
	finish(OUTCOME_UNANSWERED, ENDED_BY_NOBODY);
	ck_assert_uint_eq(ledger.count, 1);
}
END_TEST

/* Cut anywhere, an answer is an answer as far as it goes, or nothing. */
START_TEST(test_cut)
{
	for (size_t captured = 0; captured <= sizeof(netbios_answer); captured++) {
		uint8_t *copy = mem_alloc(captured + 1, 1);
		struct message message = {.bytes = copy + 1,
		    .captured = (uint32_t)captured,
		    .length = sizeof(netbios_answer),
		    .is_cut = captured < sizeof(netbios_answer),
		    .from = SERVER,
		    .frame = 1};

		memcpy(copy + 1, netbios_answer, captured);
		start(&dns_udp_dissector, 137);
		dissector->message(state, &message);
		dissector->close(state);
		state = NULL;
		mem_free(copy);
	}
	ck_assert_uint_gt(ledger.count, 0);
	ck_assert_ptr_null(item(0)->addresses);
	ck_assert_str_eq(item(ledger.count - 1)->addresses, "10.0.0.9");
}
END_TEST

static void
set_up(void)
{
	ledger = (struct ledger){.arena = &arena};
	frames = 0;
	now = SECOND;
	state = NULL;
}

static void
tear_down(void)
{
	if (state)
		dissector->close(state);
	ledger_free(&ledger);
	arena_free(&arena);
}

Suite *
dns_suite(void)
{
	Suite *suite = suite_create("dns");
	TCase *names = tcase_create("names");

	tcase_add_checked_fixture(names, set_up, tear_down);
	tcase_add_test(names, test_alias);
	tcase_add_test(names, test_no_alias_and_no_name);
	tcase_add_test(names, test_service);
	tcase_add_test(names, test_pairing);
	tcase_add_test(names, test_retransmissions);
	tcase_add_test(names, test_unanswered);
	tcase_add_test(names, test_repeats);
	tcase_add_test(names, test_quota);
	tcase_add_test(names, test_flood);
	tcase_add_test(names, test_types_of_no_interest);
	tcase_add_test(names, test_tcp);
	tcase_add_test(names, test_probes);
	tcase_add_test(names, test_netbios);
	tcase_add_test(names, test_asked_of_all);
	tcase_add_test(names, test_cut);
	suite_add_tcase(suite, names);
	return suite;
}
