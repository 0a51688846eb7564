#include "analyzer/evidence/links.h"

#include <check.h>

#include "analyzer/base/basics.h"
#include "dissectors/dns.h"
#include "dissectors/kerberos.h"
#include "dissectors/smb2_exchanges.h"

Suite *links_suite(void);

/* A ledger of what the tests make, in order of time. */
static struct conversation_facts alice = {.client = {{10, 0, 0, 1}, ADDR_IPV4}},
				 bob = {.client = {{10, 0, 0, 2}, ADDR_IPV4}};
static struct exchange *items[8];
static struct ledger ledger = {.items = items};
static struct dns_exchange queries[4];
static struct smb2_tree_connect trees[3];
static struct kerberos_exchange ticket;

static struct exchange *
add(struct exchange *exchange, const struct exchange_type *type,
    const struct conversation_facts *conversation, int64_t time)
{
	exchange->type = type;
	exchange->conversation = conversation;
	exchange->time = time;
	exchange->outcome = OUTCOME_ANSWERED;
	items[ledger.count++] = exchange;
	return exchange;
}

static void
add_query(size_t index, const char *name, const struct conversation_facts *by, int64_t time)
{
	queries[index] = (struct dns_exchange){.name = name};
	add(&queries[index].exchange, &dns_query_type, by, time);
}

static void
clear(void)
{
	ledger.count = 0;
}

static void
expect(const struct exchange *exchange, const struct exchange *linked)
{
	const struct exchange *found[LINKS_MOST];
	size_t count = links_of(&ledger, exchange, found);

	ck_assert_uint_eq(count, linked != NULL);
	if (linked != NULL)
		ck_assert_ptr_eq(found[0], linked);
}

/* The last answer before it about the host, to the client itself if there is one. */
START_TEST(test_names)
{
	add_query(0, "FS.corp", &alice, 1);
	add_query(1, "fs.corp", &bob, 2);
	add_query(2, "other.corp", &alice, 3);
	ticket = (struct kerberos_exchange){.service_host = "fs.corp"};
	add(&ticket.exchange, &kerberos_tgs_type, &alice, 4);
	add_query(3, "fs.corp", &alice, 5);
	expect(&ticket.exchange, &queries[0].exchange);
	queries[0].name = "none.corp";
	expect(&ticket.exchange, &queries[1].exchange);
	queries[1].exchange.outcome = OUTCOME_UNANSWERED;
	expect(&ticket.exchange, NULL);
	ticket.service_host = NULL;
	expect(&ticket.exchange, NULL);
}
END_TEST

/* The share that is there, whenever it was connected to. */
START_TEST(test_shares)
{
	static const char *const paths[] = {"\\\\fs\\dat", "\\\\fs\\temp", "\\\\FS\\data"};

	for (size_t i = 0; i < COUNT(trees); i++) {
		trees[i] = (struct smb2_tree_connect){.path = paths[i]};
		add(&trees[i].base, &smb2_tree_connect_type, &alice, (int64_t)i);
	}
	expect(&trees[0].base, NULL);
	trees[0].nearest_path = "\\\\fs\\data";
	expect(&trees[0].base, &trees[2].base);
}
END_TEST

Suite *
links_suite(void)
{
	Suite *suite = suite_create("links");
	TCase *tcase = tcase_create("links");

	tcase_add_checked_fixture(tcase, clear, clear);
	tcase_add_test(tcase, test_names);
	tcase_add_test(tcase, test_shares);
	suite_add_tcase(suite, tcase);
	return suite;
}
