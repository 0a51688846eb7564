#include "dissectors/naming.h"

#include <check.h>
#include <string.h>

#include "dissectors/dns.h"
#include "dissectors/dns_wire.h"
#include "dissectors/kerberos.h"

Suite *naming_suite(void);

static struct arena arena;
static struct ledger ledger;
static uint64_t frames;

static const struct conversation_facts clients[] = {
    {.client = {{10, 0, 0, 1}, ADDR_IPV4}},
    {.client = {{10, 0, 0, 2}, ADDR_IPV4}},
    {.client = {{10, 0, 0, 3}, ADDR_IPV4}},
};

/* CLIENTS[client] learns at TIME that NAME is an alias of CANONICAL, or if NULL its address. */
static struct dns_exchange *
learn(size_t client, int64_t time, const char *name, const char *canonical, uint8_t address)
{
	struct dns_exchange *made = ARENA_NEW(&arena, struct dns_exchange);
	struct addr *addresses = ARENA_ARRAY(&arena, struct addr, 1);

	*addresses = addr_ipv4((const uint8_t[]){10, 0, 1, address});
	made->exchange = (struct exchange){.type = &dns_query_type,
	    .conversation = &clients[client],
	    .time = time,
	    .answer_frame = ++frames};
	made->name = name;
	made->canonical_name = canonical;
	made->is_alias = canonical != NULL;
	made->address_list = addresses;
	made->address_count = address != 0;
	ledger_add(&ledger, &made->exchange);
	return made;
}

static struct kerberos_exchange *
want_ticket(size_t client, int64_t time, const char *host)
{
	struct kerberos_exchange *made = ARENA_NEW(&arena, struct kerberos_exchange);

	made->exchange = (struct exchange){
	    .type = &kerberos_tgs_type, .conversation = &clients[client], .time = time};
	made->service_host = host;
	ledger_add(&ledger, &made->exchange);
	return made;
}

static void
assert_address(const struct kerberos_exchange *kerberos, const char *wanted)
{
	char text[ADDR_TEXT_SIZE];

	ck_assert_str_eq(addr_text(&kerberos->service_address, text), wanted);
}

START_TEST(test_alias)
{
	struct kerberos_exchange *ticket;

	learn(0, 10, "Files.lab.example", "fs1.lab.example", 10);
	learn(0, 10, "files2.lab.example", "fs2.lab.example", 20);
	ticket = want_ticket(0, 20, "files.LAB.example");
	naming_link(&ledger);
	ck_assert_str_eq(ticket->service_canonical, "fs1.lab.example");
	ck_assert_uint_ne(ticket->canonical_frame, 0);
	assert_address(ticket, "10.0.1.10");
}
END_TEST

START_TEST(test_nothing_known)
{
	struct kerberos_exchange *ticket = want_ticket(0, 20, "files"), *nameless;

	learn(0, 10, "file", "fs1", 10);
	learn(0, 10, "filess", "fs1", 10);
	learn(0, 10, "files", NULL, 0); /* no addresses: says nothing */
	learn(0, 21, "files", NULL, 4); /* too late */
	nameless = want_ticket(0, 20, NULL);
	naming_link(&ledger);
	ck_assert_ptr_null(ticket->service_canonical);
	ck_assert_int_eq(ticket->service_address.family, ADDR_NONE);
	ck_assert_ptr_null(nameless->service_canonical);
}
END_TEST

/* The last one before, and what is no alias any more is none. */
START_TEST(test_last_answer_counts)
{
	struct kerberos_exchange *early, *middle, *late;

	learn(0, 30, "files", NULL, 3);
	learn(0, 10, "files", "fs1", 1);
	learn(0, 20, "files", "fs2", 2);
	early = want_ticket(0, 10, "files");
	middle = want_ticket(0, 29, "files");
	late = want_ticket(0, 99, "files");
	naming_link(&ledger);
	ck_assert_str_eq(early->service_canonical, "fs1");
	ck_assert_str_eq(middle->service_canonical, "fs2");
	ck_assert_ptr_null(late->service_canonical);
	assert_address(late, "10.0.1.3");
}
END_TEST

/* What the client itself learned goes before what others did later. */
START_TEST(test_own_answer_first)
{
	struct kerberos_exchange *own, *other, *none;

	learn(0, 10, "files", "own", 1);
	learn(1, 20, "files", "others", 2);
	own = want_ticket(0, 30, "files");
	other = want_ticket(2, 30, "files");
	none = want_ticket(2, 5, "files");
	naming_link(&ledger);
	ck_assert_str_eq(own->service_canonical, "own");
	ck_assert_str_eq(other->service_canonical, "others");
	ck_assert_ptr_null(none->service_canonical);
}
END_TEST

/* A client asks for both kinds of addresses, and there is only one of them. */
START_TEST(test_address_beside_none)
{
	struct kerberos_exchange *ticket;

	learn(0, 10, "files", "fs1", 1);
	learn(0, 11, "files", "fs1", 0);
	ticket = want_ticket(0, 20, "files");
	naming_link(&ledger);
	ck_assert_str_eq(ticket->service_canonical, "fs1");
	assert_address(ticket, "10.0.1.1");
}
END_TEST

/* An answer is known when it came, not when it was asked for. */
START_TEST(test_answer_still_on_its_way)
{
	struct kerberos_exchange *ticket;

	learn(0, 10, "files", "fs1", 1)->exchange.waited = 15;
	ticket = want_ticket(0, 20, "files");
	naming_link(&ledger);
	ck_assert_ptr_null(ticket->service_canonical);
}
END_TEST

START_TEST(test_netbios)
{
	struct kerberos_exchange *ticket;

	learn(0, 10, "FS1", NULL, 1)->suffix = known(NETBIOS_SERVER);
	learn(0, 11, "FS1", NULL, 2)->suffix = known(0x1b); /* a domain's master browser */
	ticket = want_ticket(0, 20, "fs1");
	naming_link(&ledger);
	assert_address(ticket, "10.0.1.1");
}
END_TEST

/* Many answers about one name, and many names: no scan from one to the next. */
START_TEST(test_many)
{
	struct names_known *names;
	const struct dns_exchange *found;

	for (int64_t i = 0; i < 100000; i++)
		learn((size_t)i % 2, i, i % 10 != 0 ? "busy" : arena_format(&arena, "n%d", (int)i),
		    NULL, 1);
	names = naming_gather(&ledger);
	for (int64_t i = 2; i < 100000; i++) {
		found = naming_find(names, "busy", NAMING_ANY, &clients[2].client, i);
		ck_assert_ptr_nonnull(found);
		ck_assert_int_eq(found->exchange.time, i % 10 != 0 ? i : i - 1);
	}
	found = naming_find(names, "n500", NAMING_ADDRESS, &clients[0].client, 500);
	ck_assert_int_eq(found->exchange.time, 500);
	naming_free(names);
}
END_TEST

static void
set_up(void)
{
	ledger = (struct ledger){.arena = &arena};
	frames = 0;
}

static void
tear_down(void)
{
	ledger_free(&ledger);
	arena_free(&arena);
}

Suite *
naming_suite(void)
{
	Suite *suite = suite_create("naming");
	TCase *names = tcase_create("names");

	tcase_add_checked_fixture(names, set_up, tear_down);
	tcase_add_test(names, test_alias);
	tcase_add_test(names, test_nothing_known);
	tcase_add_test(names, test_last_answer_counts);
	tcase_add_test(names, test_own_answer_first);
	tcase_add_test(names, test_answer_still_on_its_way);
	tcase_add_test(names, test_address_beside_none);
	tcase_add_test(names, test_netbios);
	tcase_add_test(names, test_many);
	suite_add_tcase(suite, names);
	return suite;
}
