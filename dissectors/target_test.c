#include "dissectors/target.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "dissectors/smb1_exchanges.h"
#include "dissectors/smb2_exchanges.h"

/* One session setup with a server, 10.0.0.9 unless another is said. */
struct scene {
	struct arena arena;
	struct ledger ledger;
	struct conversation_facts facts[4];
	struct smb2_session_setup setups[4];
	size_t count;
};

static struct authentication *
add(struct scene *scene, const char *server)
{
	struct conversation_facts *facts = &scene->facts[scene->count];
	struct smb2_session_setup *setup = &scene->setups[scene->count++];

	scene->ledger.arena = &scene->arena;
	addr_parse(server, &facts->server);
	setup->base.type = &smb2_session_setup_type;
	setup->base.conversation = facts;
	ledger_add(&scene->ledger, &setup->base);
	return &setup->authentication;
}

static void
end(struct scene *scene)
{
	ledger_free(&scene->ledger);
	arena_free(&scene->arena);
}

/* What the server is called, what the client offers, and what is to come of it. */
static const struct {
	const char *netbios, *dns, *target;
	const char *host;
	int is_address, is_known; /* -1: not known */
} targets[] = {
    {"FS1", "fs1.lab.example", "cifs/fs1.lab.example", "fs1.lab.example", 0, 1},
    {"FS1", "fs1.lab.example", "cifs/FS1.LAB.EXAMPLE", "FS1.LAB.EXAMPLE", 0, 1},
    {"FS1", "fs1.lab.example", "cifs/fs1", "fs1", 0, 1},
    {"FS1", "fs1.lab.example", "cifs/fs1.other.example", "fs1.other.example", 0, 1},
    {"FS1", "fs1.lab.example", "cifs/fs10.lab.example", "fs10.lab.example", 0, 0},
    {"FS1", "fs1.lab.example", "cifs/files.lab.example", "files.lab.example", 0, 0},
    {"FS1", "fs1.lab.example", "host/fs1.lab.example:445/lab", "fs1.lab.example", 0, 1},
    {"FS1", "fs1.lab.example", "cifs/fs1.lab.example@LAB.EXAMPLE", "fs1.lab.example", 0, 1},
    {"FS1", "fs1.lab.example", "cifs/10.0.0.9", "10.0.0.9", 1, 1},
    {"FS1", "fs1.lab.example", "cifs/10.0.0.8", "10.0.0.8", 1, 0},
    {NULL, NULL, "cifs/10.0.0.9", "10.0.0.9", 1, 1},
    {NULL, NULL, "cifs/fe80::9", "fe80::9", 1, 0},
    {NULL, NULL, "cifs/fs1.lab.example", "fs1.lab.example", 0, -1},
    {"", "", "cifs/fs1.lab.example", "fs1.lab.example", 0, 0},
    {"FS1", NULL, "cifs/", NULL, -1, -1},
    {"FS1", NULL, "alice", NULL, -1, -1},
    {"FS1", NULL, "", NULL, -1, -1},
    {"FS1", NULL, NULL, NULL, -1, -1},
};

static int
said(struct number number)
{
	return number.is_known ? (int)number.value : -1;
}

START_TEST(the_target_is_compared_with_the_names)
{
	struct scene scene = {0};
	struct authentication *one = add(&scene, "10.0.0.9");

	one->server_netbios_name = targets[_i].netbios;
	one->server_dns_name = targets[_i].dns;
	one->target_name = targets[_i].target;
	one->had_ntlm_leg = known(true);
	target_link(&scene.ledger, &scene.arena);
	if (targets[_i].host == NULL)
		ck_assert_ptr_null(one->target_host);
	else
		ck_assert_str_eq(one->target_host, targets[_i].host);
	ck_assert_int_eq(said(one->is_target_address), targets[_i].is_address);
	ck_assert_int_eq(said(one->is_target_known), targets[_i].is_known);
	end(&scene);
}
END_TEST

/* A Kerberos logon shows no challenge; another client's NTLM shows what the server is called. */
START_TEST(names_are_of_the_whole_capture)
{
	struct scene scene = {0};
	struct authentication *kerberos = add(&scene, "10.0.0.9");
	struct authentication *ntlm = add(&scene, "10.0.0.9");
	struct authentication *again = add(&scene, "10.0.0.9");
	struct authentication *elsewhere = add(&scene, "10.0.0.10");

	kerberos->spn = "cifs/fs1.lab.example";
	kerberos->had_kerberos_leg = known(true);
	ntlm->server_dns_name = "fs1.lab.example";
	ntlm->server_netbios_name = "FS1";
	again->server_dns_name = "FS1.lab.example";
	elsewhere->spn = "cifs/fs2.lab.example";
	target_link(&scene.ledger, &scene.arena);
	ck_assert_str_eq(kerberos->target, "cifs/fs1.lab.example");
	ck_assert_str_eq(kerberos->server_names, "fs1.lab.example, FS1");
	ck_assert_int_eq(said(kerberos->is_target_known), 1);
	ck_assert_ptr_null(ntlm->target);
	ck_assert_ptr_null(elsewhere->server_names);
	ck_assert_int_eq(said(elsewhere->is_target_known), -1);
	end(&scene);
}
END_TEST

START_TEST(ntlm_after_a_refused_ticket_has_the_name_in_ntlm)
{
	struct scene scene = {0};
	struct authentication *one = add(&scene, "10.0.0.9");

	one->spn = "cifs/fs1";
	one->target_name = "cifs/files";
	one->had_kerberos_leg = one->had_ntlm_leg = known(true);
	target_link(&scene.ledger, &scene.arena);
	ck_assert_str_eq(one->target, "cifs/files");
	end(&scene);
}
END_TEST

START_TEST(no_more_names_than_there_is_room_for)
{
	struct scene scene = {0};
	struct conversation_facts facts = {0};
	struct smb1_session_setup setups[TARGET_MOST_NAMES + 4];
	char names[TARGET_MOST_NAMES + 4][8];

	memset(setups, 0, sizeof(setups));
	scene.ledger.arena = &scene.arena;
	addr_parse("10.0.0.9", &facts.server);
	for (size_t i = 0; i < COUNT(setups); i++) {
		snprintf(names[i], sizeof(names[i]), "n%zu", i);
		setups[i].base.type = &smb1_session_setup_type;
		setups[i].base.conversation = &facts;
		setups[i].authentication.server_netbios_name = names[i];
		ledger_add(&scene.ledger, &setups[i].base);
	}
	target_link(&scene.ledger, &scene.arena);
	ck_assert_str_eq(setups[0].authentication.server_names,
	    "n0, n1, n2, n3, n4, n5, n6, n7, n8, n9, n10, n11, n12, n13, n14, n15");
	end(&scene);
}
END_TEST

Suite *target_suite(void);

Suite *
target_suite(void)
{
	Suite *suite = suite_create("target");
	TCase *tcase = tcase_create("target");

	tcase_add_loop_test(tcase, the_target_is_compared_with_the_names, 0, (int)COUNT(targets));
	tcase_add_test(tcase, names_are_of_the_whole_capture);
	tcase_add_test(tcase, ntlm_after_a_refused_ticket_has_the_name_in_ntlm);
	tcase_add_test(tcase, no_more_names_than_there_is_room_for);
	suite_add_tcase(suite, tcase);
	return suite;
}
