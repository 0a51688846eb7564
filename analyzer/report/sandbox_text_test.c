#include "analyzer/report/sandbox_text.h"

#include <check.h>

#include "analyzer/base/basics.h"

Suite *sandbox_text_suite(void);

static const struct {
	struct sandbox_facts facts;
	const char *lack, *json;
} sandboxes[] = {
    {{SANDBOX_REQUIRE, {true, true, true, true}, 6}, "",
	"{\"mode\":\"require\",\"no_new_privs\":true,\"limits\":true,\"landlock\":6,\"seccomp\":"
	"true}"},
    {{SANDBOX_AUTO, {true, true, false, false}, 0}, "no Landlock, no seccomp",
	"{\"mode\":\"auto\",\"no_new_privs\":true,\"limits\":true,\"landlock\":0,"
	"\"seccomp\":false}"},
    {{SANDBOX_OFF, {false, false, false, false}, 0}, "off",
	"{\"mode\":\"off\",\"no_new_privs\":false,\"limits\":false,\"landlock\":0,"
	"\"seccomp\":false}"},
};

START_TEST(test_lack)
{
	struct text text = {0};

	sandbox_add_lack(&text, &sandboxes[_i].facts);
	ck_assert_str_eq(text_chars(&text), sandboxes[_i].lack);
	text_clear(&text);
	record_add(&text, NULL, &sandbox_record, &sandboxes[_i].facts);
	ck_assert_str_eq(text_chars(&text), sandboxes[_i].json);
	text_free(&text);
}
END_TEST

START_TEST(test_note)
{
	struct text text = {0};

	sandbox_add_note(&text, "sandbox: ", NULL, "\n");
	sandbox_add_note(&text, "sandbox: ", &sandboxes[0].facts, "\n");
	ck_assert_str_eq(text_chars(&text), "");
	sandbox_add_note(&text, "sandbox: ", &sandboxes[2].facts, "\n");
	ck_assert_str_eq(text_chars(&text), "sandbox: off\n");
	text_free(&text);
}
END_TEST

Suite *
sandbox_text_suite(void)
{
	Suite *suite = suite_create("sandbox_text");
	TCase *core = tcase_create("core");

	tcase_add_loop_test(core, test_lack, 0, (int)COUNT(sandboxes));
	tcase_add_test(core, test_note);
	suite_add_tcase(suite, core);
	return suite;
}
