#include "rules/mistake.h"

#include <check.h>
#include <stdlib.h>

#include "analyzer/base/memory.h"
#include "analyzer/base/text.h"
#include "rules/rule_files.h"
#include "rules/sample.h"

Suite *mistake_suite(void);

/* What was told, each in a line of its own. */
struct told {
	char **items;
	size_t count, capacity;
};

static void
tell(void *state, const struct mistake *mistake)
{
	struct told *told = state;

	told->items = mem_grow(told->items, told->count, &told->capacity, sizeof(*told->items));
	told->items[told->count] = mem_alloc(strlen(mistake->text) + 1, 1);
	strcpy(told->items[told->count++], mistake->text);
}

static int
compare_told(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

/* All that is wrong in YAML, in the order of lines, of which there are at most nine. */
static void
assert_mistakes(const char *yaml, const char *wanted)
{
	struct told told = {0};
	struct text text = {0};
	struct sample sample;
	struct mistakes mistakes = {.tell = tell, .state = &told};

	sample_begin(&sample);
	mistakes.first = &sample.error;
	ck_assert(!rule_load_all(&sample.set, "a.yaml", yaml, strlen(yaml), &mistakes));
	ck_assert_uint_eq(sample.set.count, 0);
	ck_assert_uint_eq(mistakes.count, told.count);
	ck_assert_str_eq(sample.error.text, told.items[0]);
	qsort(told.items, told.count, sizeof(*told.items), compare_told);
	for (size_t i = 0; i < told.count; i++) {
		text_addf(&text, "%s\n", told.items[i]);
		mem_free(told.items[i]);
	}
	mem_free(told.items);
	ck_assert_str_eq(text_chars(&text), wanted);
	text_free(&text);
	sample_end(&sample);
}

START_TEST(all_keys_are_read)
{
	assert_mistakes("id: Big\n"
			"titel: t\n"
			"severity: bad\n"
			"exchange: knock\n"
			"where: {satus: 0, status: STATUS_ACESS_DENIED, waited: soon}\n"
			"finding: \"{pth} and {door}\"\n"
			"lowered: [{to: notice, because: x}]\n"
			"next_steps: [{text: a}, {text: b, risk: none, on: moon}]\n"
			"fires: {x.pcap: 0}\n",
	    "a.yaml:1:1: a rule needs 'title'\n"
	    "a.yaml:1:5: 'Big' is no id: small letters, digits and hyphens make one\n"
	    "a.yaml:2:1: 'titel' is no key of a rule; did you mean 'title'?\n"
	    "a.yaml:3:11: 'bad' is no severity: error, warning and notice are\n"
	    "a.yaml:5:27: 'STATUS_ACESS_DENIED' is no value of 'status'; did you mean "
	    "'STATUS_ACCESS_DENIED'?\n"
	    "a.yaml:5:56: 'soon' is no duration, which 'waited' is; write 250ms, 5s, 2min or 1h\n"
	    "a.yaml:5:9: knock has no field 'satus'; did you mean 'status'?\n"
	    "a.yaml:6:10: knock has no field 'door'\n"
	    "a.yaml:6:10: knock has no field 'pth'; did you mean 'path'?\n"
	    "a.yaml:7:11: an item of 'lowered' needs a clause: 'where', 'followed_by', …\n"
	    "a.yaml:8:14: a next step needs 'risk'\n"
	    "a.yaml:8:51: 'moon' is no place: client, server, kdc and network are\n"
	    "a.yaml:9:17: a number from 1 on is expected here\n");
}
END_TEST

#define HEAD "id: a\ntitle: t\nseverity: error\nfinding: \"{client}\"\n"

/* What hangs on a mistake is not blamed for it. */
START_TEST(no_mistake_follows_from_another)
{
	assert_mistakes(HEAD "exchange: knok\nwhere: {status: 0, path: x}\nsame: path\n"
			     "unless: [{where: {staus: 1}}, {}]\n",
	    "a.yaml:5:11: 'knok' is no exchange; did you mean 'knock'?\n"
	    "a.yaml:8:31: this clause is empty\n");
	assert_mistakes(HEAD
	    "exchange: knock\nwhere: {status: 0}\n"
	    "followed_by: {exchange: vist, where: {door: a}, same: [{path: door}]}\n"
	    "unless: [{where: {staus: 1}}]\n",
	    "a.yaml:7:25: 'vist' is no exchange; did you mean 'visit'?\n"
	    "a.yaml:8:19: knock has no field 'staus'; did you mean 'status'?\n");
	assert_mistakes("id: a\ntitle: t\nfinding: f\nseverity: [x]\nexchange: knock\n"
			"where: {status: 0}\n"
			"lowered: [{to: warning, because: x, where: {is_loud: true}}]\n",
	    "a.yaml:4:11: a severity is one word\n");
}
END_TEST

START_TEST(what_yaml_allows_is_told_with_the_rest)
{
	assert_mistakes("id: &x a\nid: b\ntitle: !!str t\nseverity: eror\n"
			"exchange: knock\nwhere: {status: 0}\nfinding: f\n",
	    "a.yaml:1:5: anchors are not part of the language\n"
	    "a.yaml:2:1: 'id' stands here twice; the first is in line 1\n"
	    "a.yaml:3:8: tags are not part of the language\n"
	    "a.yaml:4:11: 'eror' is no severity: error, warning and notice are; did you mean "
	    "'error'?\n");
	assert_mistakes("id: &x a\ntitle: [\n",
	    "a.yaml:1:5: anchors are not part of the language\n"
	    "a.yaml:3:1: this is not YAML: did not find expected node content\n");
}
END_TEST

START_TEST(all_that_rules_say_of_each_other_is_checked)
{
	struct sample sample;
	struct told told = {0};
	struct mistakes mistakes = {.tell = tell, .state = &told};

	sample_begin(&sample);
	mistakes.first = &sample.error;
	ck_assert(sample_load(&sample, "exchange: knock\nwhere: {status: 0}\n"
				       "follows_from:\n"
				       "  - {rules: [a-rul, no-such], same: client}\n"
				       "  - {rules: [a-rule], same: path}\n"));
	ck_assert(!rule_set_check_all(&sample.set, &mistakes));
	ck_assert_uint_eq(told.count, 2);
	ck_assert_str_eq(
	    told.items[0], "a.yaml:8:5: there is no rule 'a-rul'; did you mean 'a-rule'?");
	ck_assert_str_eq(told.items[1], "a.yaml:8:5: there is no rule 'no-such'");
	for (size_t i = 0; i < told.count; i++)
		mem_free(told.items[i]);
	mem_free(told.items);
	sample_end(&sample);
}
END_TEST

/* A path may be longer than an error. */
START_TEST(a_file_that_cannot_be_read_is_a_mistake)
{
	struct sample sample;
	struct mistakes mistakes = {0};
	char path[2000];

	sample_begin(&sample);
	mistakes.first = &sample.error;
	ck_assert(!rule_file_load_all(&sample.set, "/nowhere/x.yaml", &mistakes));
	ck_assert_str_eq(
	    sample.error.text, "/nowhere/x.yaml:1:1: it cannot be read: No such file or directory");
	memset(path, 'x', sizeof(path));
	path[sizeof(path) - 1] = '\0';
	ck_assert(!rule_file_load_all(&sample.set, path, &mistakes));
	ck_assert_uint_eq(mistakes.count, 2);
	sample_end(&sample);
}
END_TEST

Suite *
mistake_suite(void)
{
	Suite *suite = suite_create("mistake");
	TCase *tcase = tcase_create("mistake");

	tcase_add_test(tcase, all_keys_are_read);
	tcase_add_test(tcase, no_mistake_follows_from_another);
	tcase_add_test(tcase, what_yaml_allows_is_told_with_the_rest);
	tcase_add_test(tcase, all_that_rules_say_of_each_other_is_checked);
	tcase_add_test(tcase, a_file_that_cannot_be_read_is_a_mistake);
	suite_add_tcase(suite, tcase);
	return suite;
}
