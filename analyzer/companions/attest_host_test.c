#include "analyzer/companions/attest_host.h"

#include "analyzer/companions/attest_samples.h"

static struct attest_sample sample;
static struct companion *companion;

static void
setup(void)
{
	attest_sample_begin(&sample);
	companion = attest_sample_companion(&sample, "said.txt");
}

static void
teardown(void)
{
	attest_sample_end(&sample);
}

static void
add_listener(struct addr local, uint16_t port, struct number pid)
{
	companion->listeners = mem_grow(companion->listeners, companion->listener_count,
	    &companion->listener_capacity, sizeof(*companion->listeners));
	companion->listeners[companion->listener_count++] = (struct listener){
	    {companion->file, companion->listener_count + 1, "a row"}, local, port, pid};
}

static void
add_setting(const char *name, const char *value)
{
	companion->settings = mem_grow(companion->settings, companion->setting_count,
	    &companion->setting_capacity, sizeof(*companion->settings));
	companion->settings[companion->setting_count++] = (struct server_setting){
	    {companion->file, companion->setting_count + 1, name}, name, value};
}

static void
add_share(const char *name, struct number encrypt_data, struct number is_online)
{
	companion->shares = mem_grow(companion->shares, companion->share_count,
	    &companion->share_capacity, sizeof(*companion->shares));
	companion->shares[companion->share_count++] = (struct share_setting){
	    {companion->file, companion->share_count + 1, name}, name, encrypt_data, is_online};
}

static void
add_address(uint8_t last)
{
	companion->addresses = mem_grow(companion->addresses, companion->address_count,
	    &companion->address_capacity, sizeof(*companion->addresses));
	companion->addresses[companion->address_count++] = attest_addr(last);
}

static const struct companion_facts *
facts(void)
{
	return &sample.facts.companions[0];
}

/* ---- of which host ---- */

START_TEST(the_only_server_is_guessed)
{
	const struct attest_syn *syn = attest_sample_syn(&sample, 1, 0);

	attest_sample_syn(&sample, 2, 1);
	add_setting("EncryptData", "True");
	attest_sample_attest(&sample);
	ck_assert_uint_eq(attest_said(&syn->base, ATTESTED_ENCRYPT_DATA)->number.value, 1);
	ck_assert(facts()->is_host_guessed);
	ck_assert(addr_equal(&facts()->host, &syn->base.conversation->server));
	ck_assert_uint_eq(facts()->exchanges, 2);
	ck_assert_ptr_null(facts()->doubt);
}
END_TEST

START_TEST(of_several_servers_none_is_guessed)
{
	const struct attest_syn *syn = attest_sample_syn(&sample, 1, 0);

	attest_sample_add(&sample, &attest_plain_type, 6, 139, TRANSPORT_TCP, 0);
	add_setting("EncryptData", "True");
	attest_sample_attest(&sample);
	ck_assert_ptr_null(syn->base.attested);
	ck_assert_str_eq(facts()->doubt, "it does not say which host it is of, and the capture has "
					 "several servers of SMB; ADDRESS=FILE says it");
}
END_TEST

START_TEST(without_a_server_it_counts_for_none)
{
	const struct exchange *asked =
	    attest_sample_add(&sample, &attest_plain_type, 5, 88, TRANSPORT_TCP, 0);

	add_setting("EncryptData", "True");
	attest_sample_attest(&sample);
	ck_assert_ptr_null(asked->attested);
	ck_assert_str_eq(facts()->doubt, "the capture has no server of SMB that it could be of");
}
END_TEST

START_TEST(the_operator_says_the_host)
{
	const struct attest_syn *syn = attest_sample_syn(&sample, 1, 0);
	const struct exchange *other =
	    attest_sample_add(&sample, &attest_plain_type, 6, 445, TRANSPORT_TCP, 0);

	companion->host = attest_addr(6);
	add_setting("EncryptData", "True");
	attest_sample_attest(&sample);
	ck_assert_ptr_null(syn->base.attested);
	ck_assert(attest_is_said(other, ATTESTED_ENCRYPT_DATA));
	ck_assert(!facts()->is_host_guessed);
	ck_assert(addr_equal(&facts()->host, &companion->host));
}
END_TEST

/* The operator may know better than its addresses, which lie behind a translator. */
START_TEST(addresses_say_the_host)
{
	const struct attest_syn *syn = attest_sample_syn(&sample, 1, 0);
	bool is_said_otherwise = _i == 1;

	add_address(7);
	add_address(5);
	if (is_said_otherwise)
		companion->host = attest_addr(6);
	add_setting("EncryptData", "True");
	attest_sample_attest(&sample);
	ck_assert_int_eq(syn->base.attested != NULL, !is_said_otherwise);
}
END_TEST

START_TEST(another_host_says_nothing)
{
	const struct attest_syn *syn = attest_sample_syn(&sample, 1, 0);

	add_address(9); /* the client's */
	add_listener((struct addr){.family = ADDR_IPV4}, 445, known(4));
	attest_sample_attest(&sample);
	ck_assert_ptr_null(syn->base.attested);
	ck_assert_str_eq(facts()->doubt, "it is of a host that is no server in the capture");
}
END_TEST

/* ---- listeners ---- */

static const struct {
	uint8_t family, last; /* of the address that it listens at; 0: any */
	uint16_t port;
	uint64_t pid;
	bool has_pid, has_all;
	int owner;        /* -1: nothing is said */
	bool has_address; /* the table shows the server's */
} rows[] = {
    {ADDR_IPV4, 0, 445, 4, true, true, LISTENER_SYSTEM, true},
    {ADDR_IPV6, 0, 445, 4, true, true, LISTENER_SYSTEM, true},
    {ADDR_IPV4, 5, 445, 1234, true, true, LISTENER_OTHER, true},
    {ADDR_IPV4, 0, 445, 0, false, true, LISTENER_UNKNOWN, true},
    {ADDR_IPV4, 6, 445, 4, true, true, LISTENER_NONE, true},
    /* 10.0.0.6 may be what a translator makes 10.0.0.5 of. */
    {ADDR_IPV4, 6, 445, 4, true, true, -1, false},
    {ADDR_IPV4, 6, 139, 4, true, true, LISTENER_NONE, false},
    {ADDR_IPV4, 0, 139, 4, true, true, LISTENER_NONE, true},
    {ADDR_IPV4, 0, 139, 4, true, false, -1, true},
};

START_TEST(listeners_are_said)
{
	const struct attest_syn *syn = attest_sample_syn(&sample, 1, 0);
	struct addr local = {.family = rows[_i].family};

	if (rows[_i].last != 0)
		local = attest_addr(rows[_i].last);
	add_listener(local, rows[_i].port, (struct number){rows[_i].pid, rows[_i].has_pid});
	companion->has_all_listeners = rows[_i].has_all;
	if (rows[_i].has_address)
		add_address(5);
	attest_sample_attest(&sample);
	ck_assert_int_eq(attest_is_said(&syn->base, ATTESTED_LISTENER), rows[_i].owner >= 0);
	if (rows[_i].owner >= 0)
		ck_assert_int_eq(
		    attest_said(&syn->base, ATTESTED_LISTENER)->number.value, rows[_i].owner);
	if (rows[_i].owner == LISTENER_NONE)
		ck_assert_str_eq(attest_said(&syn->base, ATTESTED_LISTENER)->quote.text,
		    "none of its 1 listeners is at this port");
}
END_TEST

/* System listens for HTTP.sys, too, but not at SMB's ports. */
START_TEST(system_is_smb_at_its_ports_alone)
{
	static const uint16_t ports[] = {445, 139, 5985};
	const struct exchange *asked =
	    attest_sample_add(&sample, &attest_plain_type, 5, ports[_i], TRANSPORT_TCP, 0);

	companion->host = attest_addr(5);
	add_listener((struct addr){.family = ADDR_IPV4}, ports[_i], known(4));
	attest_sample_attest(&sample);
	ck_assert_int_eq(attest_said(asked, ATTESTED_LISTENER)->number.value,
	    ports[_i] == 5985 ? LISTENER_UNKNOWN : LISTENER_SYSTEM);
}
END_TEST

/* Of several the one that is bound most closely takes the connection. */
START_TEST(the_closest_listener_is_said)
{
	const struct attest_syn *syn = attest_sample_syn(&sample, 1, 0);

	add_listener((struct addr){.family = ADDR_IPV6}, 445, known(10));
	if (_i > 0)
		add_listener(attest_addr(5), 445, known(_i > 1 ? 4 : 11));
	add_listener((struct addr){.family = ADDR_IPV4}, 445, known(12));
	attest_sample_attest(&sample);
	/* The second row, which is line 3, in either case. */
	ck_assert_uint_eq(attest_said(&syn->base, ATTESTED_LISTENER)->quote.line, 3);
	ck_assert_uint_eq(attest_said(&syn->base, ATTESTED_LISTENER)->number.value,
	    _i == 2 ? LISTENER_SYSTEM : LISTENER_OTHER);
}
END_TEST

START_TEST(datagrams_have_no_listeners)
{
	const struct exchange *asked =
	    attest_sample_add(&sample, &attest_plain_type, 5, 445, TRANSPORT_UDP, 0);

	add_listener((struct addr){.family = ADDR_IPV4}, 445, known(4));
	attest_sample_attest(&sample);
	ck_assert_ptr_null(asked->attested);
}
END_TEST

/* ---- settings and shares ---- */

START_TEST(settings_are_said)
{
	const struct attest_syn *syn = attest_sample_syn(&sample, 1, 0);

	add_setting("AuditSmb1Access", "False");
	add_setting("encryptdata", "False");
	add_setting("RejectUnencryptedAccess", "true");
	add_setting("EnableSMB1Protocol", "vielleicht");
	attest_sample_attest(&sample);
	ck_assert_uint_eq(attest_said(&syn->base, ATTESTED_ENCRYPT_DATA)->number.value, 0);
	ck_assert_uint_eq(attest_said(&syn->base, ATTESTED_ENCRYPT_DATA)->quote.line, 3);
	ck_assert_uint_eq(attest_said(&syn->base, ATTESTED_REJECT_UNENCRYPTED)->number.value, 1);
	ck_assert(!attest_is_said(&syn->base, ATTESTED_SMB1));
	ck_assert(!attest_is_said(&syn->base, ATTESTED_SIGNING));
}
END_TEST

static struct attest_tree *
add_tree(const char *share)
{
	struct attest_tree *tree =
	    attest_sample_add(&sample, &attest_tree_type, 5, 445, TRANSPORT_TCP, 0);

	tree->share = share;
	return tree;
}

START_TEST(shares_are_said)
{
	const struct attest_tree *tree = add_tree("Data"), *gone = add_tree("dta");
	const struct attest_tree *unknown = add_tree(NULL);
	const struct attest_syn *syn = attest_sample_syn(&sample, 1, 0);

	add_share("IPC$", known(false), known(true));
	add_share("data", known(true), (struct number){0});
	companion->has_all_shares = true;
	attest_sample_attest(&sample);
	ck_assert_uint_eq(attest_said(&tree->base, ATTESTED_SHARE)->number.value, 1);
	ck_assert_uint_eq(attest_said(&tree->base, ATTESTED_SHARE_ENCRYPT_DATA)->number.value, 1);
	ck_assert(!tree->base.attested->items[ATTESTED_SHARE_ONLINE].number.is_known);
	ck_assert_uint_eq(attest_said(&gone->base, ATTESTED_SHARE)->number.value, 0);
	ck_assert_str_eq(attest_said(&gone->base, ATTESTED_SHARE)->quote.text,
	    "none of its 2 shares is this one");
	ck_assert_ptr_null(unknown->base.attested);
	ck_assert_ptr_null(syn->base.attested);
}
END_TEST

START_TEST(a_part_of_the_shares_proves_no_absence)
{
	const struct attest_tree *gone = add_tree("dta");

	add_share("data", known(true), (struct number){0});
	attest_sample_attest(&sample);
	ck_assert_ptr_null(gone->base.attested);
}
END_TEST

/* ---- several files ---- */

START_TEST(the_last_file_knows_better)
{
	const struct attest_syn *syn = attest_sample_syn(&sample, 1, 0);

	add_setting("EncryptData", "False");
	companion = attest_sample_companion(&sample, "later.txt");
	add_setting("EncryptData", "True");
	attest_sample_attest(&sample);
	ck_assert_uint_eq(attest_said(&syn->base, ATTESTED_ENCRYPT_DATA)->number.value, 1);
	ck_assert_str_eq(attest_said(&syn->base, ATTESTED_ENCRYPT_DATA)->quote.file, "later.txt");
}
END_TEST

/* However many exchanges a server has, what is said of it is kept once. */
START_TEST(what_is_the_same_is_kept_once)
{
	const struct attest_syn *one = attest_sample_syn(&sample, 1, 0);
	const struct attest_syn *other = attest_sample_syn(&sample, 2, 1);
	const struct attest_tree *tree = add_tree("data");

	add_listener((struct addr){.family = ADDR_IPV4}, 139, known(4));
	companion->has_all_listeners = true;
	companion = attest_sample_companion(&sample, "shares.txt");
	add_share("data", known(true), known(true));
	attest_sample_attest(&sample);
	ck_assert_ptr_nonnull(one->base.attested);
	ck_assert_ptr_eq(one->base.attested, other->base.attested);
	ck_assert_ptr_ne(one->base.attested, tree->base.attested);
}
END_TEST

/* A server that is known by another address where its clients are. */
START_TEST(twins_have_the_same_said)
{
	struct attest_syn *here = attest_sample_syn(&sample, 1, 0);
	struct attest_syn *there = attest_sample_syn(&sample, 1, 0);
	struct attest_syn *alone = attest_sample_syn(&sample, 2, 0);
	const struct attested attested = {0};
	const struct crossing_point points[] = {
	    {.exchange = &here->base}, {.exchange = NULL}, {.exchange = &there->base}};
	const struct crossing crossing = {.points = points, .point_count = COUNT(points)};

	here->base.crossing = there->base.crossing = &crossing;
	there->base.attested = &attested;
	attest_twins(&sample.ledger);
	ck_assert_ptr_eq(here->base.attested, &attested);
	ck_assert_ptr_eq(there->base.attested, &attested);
	ck_assert_ptr_null(alone->base.attested);
}
END_TEST

Suite *attest_host_suite(void);

Suite *
attest_host_suite(void)
{
	Suite *suite = suite_create("attest_host");
	TCase *cases = tcase_create("hosts");

	tcase_add_checked_fixture(cases, setup, teardown);
	tcase_add_test(cases, the_only_server_is_guessed);
	tcase_add_test(cases, of_several_servers_none_is_guessed);
	tcase_add_test(cases, without_a_server_it_counts_for_none);
	tcase_add_test(cases, the_operator_says_the_host);
	tcase_add_loop_test(cases, addresses_say_the_host, 0, 2);
	tcase_add_test(cases, another_host_says_nothing);
	tcase_add_loop_test(cases, listeners_are_said, 0, COUNT(rows));
	tcase_add_loop_test(cases, system_is_smb_at_its_ports_alone, 0, 3);
	tcase_add_loop_test(cases, the_closest_listener_is_said, 0, 3);
	tcase_add_test(cases, datagrams_have_no_listeners);
	tcase_add_test(cases, settings_are_said);
	tcase_add_test(cases, shares_are_said);
	tcase_add_test(cases, a_part_of_the_shares_proves_no_absence);
	tcase_add_test(cases, twins_have_the_same_said);
	tcase_add_test(cases, the_last_file_knows_better);
	tcase_add_test(cases, what_is_the_same_is_kept_once);
	suite_add_tcase(suite, cases);
	return suite;
}
