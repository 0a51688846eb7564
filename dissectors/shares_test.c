#include "dissectors/shares.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "dissectors/nt_status.h"
#include "dissectors/smb1_exchanges.h"
#include "dissectors/smb2_exchanges.h"

#define MOST_CONNECTS 300

struct scene {
	struct arena arena;
	struct ledger ledger;
	struct conversation_facts facts[MOST_CONNECTS];
	struct smb2_tree_connect connects[MOST_CONNECTS];
	size_t count;
};

static struct smb2_tree_connect *
add(struct scene *scene, const char *server, const char *path, uint64_t status)
{
	struct conversation_facts *facts = &scene->facts[scene->count];
	struct smb2_tree_connect *connect = &scene->connects[scene->count++];

	scene->ledger.arena = &scene->arena;
	addr_parse(server, &facts->server);
	connect->base.type = &smb2_tree_connect_type;
	connect->base.conversation = facts;
	connect->base.outcome = OUTCOME_ANSWERED;
	connect->path = path;
	connect->share = strrchr(path, '\\') + 1;
	connect->status = known(status);
	ledger_add(&scene->ledger, &connect->base);
	return connect;
}

static void
end(struct scene *scene)
{
	ledger_free(&scene->ledger);
	arena_free(&scene->arena);
}

/* What was granted, what was asked for in vain of 10.0.0.9, and what is suggested. */
static const struct {
	const char *server, *granted, *asked;
	bool is_suggested;
} typos[] = {
    {"10.0.0.9", "\\\\fs1\\data", "\\\\fs1\\dta", true},
    {"10.0.0.9", "\\\\fs1\\DATA", "\\\\fs1\\daat", true},
    {"10.0.0.9", "\\\\fs1\\data", "\\\\files\\data", true}, /* of another name of the server */
    {"10.0.0.9", "\\\\fs1\\data", "\\\\fs1\\projects", false},
    {"10.0.0.8", "\\\\fs2\\data", "\\\\fs1\\data", true}, /* it is elsewhere */
    {"10.0.0.8", "\\\\fs2\\data", "\\\\fs1\\dta", false},
};

START_TEST(the_nearest_name_is_suggested)
{
	struct scene scene = {0};
	struct smb2_tree_connect *asked;

	asked = add(&scene, "10.0.0.9", typos[_i].asked, STATUS_BAD_NETWORK_NAME);
	add(&scene, typos[_i].server, typos[_i].granted, STATUS_SUCCESS);
	shares_link(&scene.ledger);
	if (typos[_i].is_suggested)
		ck_assert_str_eq(asked->nearest_path, typos[_i].granted);
	else
		ck_assert_ptr_null(asked->nearest_path);
	end(&scene);
}
END_TEST

START_TEST(the_nearest_of_several)
{
	struct scene scene = {0};
	struct smb2_tree_connect *asked, *denied;

	add(&scene, "10.0.0.9", "\\\\fs1\\report", STATUS_SUCCESS);
	add(&scene, "10.0.0.9", "\\\\fs1\\reports2", STATUS_SUCCESS);
	add(&scene, "10.0.0.8", "\\\\fs2\\reportz", STATUS_SUCCESS);
	add(&scene, "10.0.0.9", "\\\\fs1\\reportz", STATUS_ACCESS_DENIED);
	denied = add(&scene, "10.0.0.9", "\\\\fs1\\rapport", STATUS_ACCESS_DENIED);
	asked = add(&scene, "10.0.0.9", "\\\\fs1\\repots2", STATUS_BAD_NETWORK_PATH);
	shares_link(&scene.ledger);
	ck_assert_str_eq(asked->nearest_path, "\\\\fs1\\reports2");
	ck_assert_ptr_null(denied->nearest_path);
	end(&scene);
}
END_TEST

START_TEST(nothing_to_compare_with)
{
	struct scene scene = {0};
	struct smb2_tree_connect *asked, *nameless;

	asked = add(&scene, "10.0.0.9", "\\\\fs1\\data", STATUS_BAD_NETWORK_NAME);
	nameless = add(&scene, "10.0.0.9", "\\\\fs1\\x", STATUS_SUCCESS);
	nameless->share = NULL;
	shares_link(&scene.ledger);
	ck_assert_ptr_null(asked->nearest_path);
	end(&scene);
}
END_TEST

/* SMB1 answers with a status or with a class and a code. */
START_TEST(both_protocols)
{
	struct scene scene = {0};
	struct conversation_facts facts = {0};
	struct smb1_tree_connect old = {.base = {.type = &smb1_tree_connect_type,
					    .conversation = &facts,
					    .outcome = OUTCOME_ANSWERED},
	    .path = "\\\\fs1\\dat",
	    .share = "dat",
	    .dos_error = known(SMB1_DOS_ERROR(ERRSRV, ERRinvnetname))};

	addr_parse("10.0.0.9", &facts.server);
	add(&scene, "10.0.0.9", "\\\\fs1\\data", STATUS_SUCCESS);
	ledger_add(&scene.ledger, &old.base);
	shares_link(&scene.ledger);
	ck_assert_str_eq(old.nearest_path, "\\\\fs1\\data");
	old.nearest_path = NULL;
	old.dos_error = known(SMB1_DOS_ERROR(ERRSRV, 1));
	shares_link(&scene.ledger);
	ck_assert_ptr_null(old.nearest_path);
	end(&scene);
}
END_TEST

/* Those beyond the bound are not looked at; the names come in order. */
START_TEST(no_more_than_the_bound_are_tried)
{
	struct scene scene = {0};
	struct smb2_tree_connect *asked;
	static char paths[MOST_CONNECTS][16];

	for (size_t i = 0; i < SHARES_MOST_TRIED; i++) {
		snprintf(paths[i], sizeof(paths[i]), "\\\\fs1\\a%03zu", i);
		add(&scene, "10.0.0.9", paths[i], STATUS_SUCCESS);
	}
	add(&scene, "10.0.0.9", "\\\\fs1\\zebras", STATUS_SUCCESS);
	asked = add(&scene, "10.0.0.9", "\\\\fs1\\zebra", STATUS_BAD_NETWORK_NAME);
	shares_link(&scene.ledger);
	ck_assert_ptr_null(asked->nearest_path);
	end(&scene);
}
END_TEST

Suite *shares_suite(void);

Suite *
shares_suite(void)
{
	Suite *suite = suite_create("shares");
	TCase *tcase = tcase_create("shares");

	tcase_add_loop_test(tcase, the_nearest_name_is_suggested, 0, (int)COUNT(typos));
	tcase_add_test(tcase, the_nearest_of_several);
	tcase_add_test(tcase, nothing_to_compare_with);
	tcase_add_test(tcase, both_protocols);
	tcase_add_test(tcase, no_more_than_the_bound_are_tried);
	suite_add_tcase(suite, tcase);
	return suite;
}
