#include "rules/explanation.h"

#include "analyzer/base/memory.h"
#include "rules/sample.h"

static const char two[] =
    "- code: [STATUS_ACCESS_DENIED, STATUS_SUCCESS]\n"
    "  means: The {door} stays shut.\n"
    "  causes: [The key is wrong.]\n"
    "  next_steps:\n"
    "    - {text: Ring, run: 'ring @{LogName=1}', on: client, risk: none, applies_to: Doors}\n"
    "    - {text: Break in, risk: Anybody can then., lowers_security: true}\n"
    "  references: [MS-DOOR 1.2]\n"
    "- code: STATUS_BAD_NETWORK_NAME\n"
    "  means: There is no door.\n"
    "  causes: It was walled up.\n";

static struct explanation_set *
new_set(void)
{
	return explanation_set_new(sample_types, COUNT(sample_types));
}

START_TEST(explanations_load)
{
	struct explanation_set *set = new_set();
	const struct explanation *explanation;
	struct error error = {0};

	ck_assert_msg(explanation_load(set, "e.yaml", two, strlen(two), &error), "%s", error.text);
	explanation = explanation_of(set, "STATUS_SUCCESS", &knock_type);
	ck_assert_ptr_nonnull(explanation);
	ck_assert_ptr_eq(explanation, explanation_of(set, "STATUS_ACCESS_DENIED", &visit_type));
	ck_assert_str_eq(explanation->file, "e.yaml");
	ck_assert_uint_eq(explanation->line, 1);
	ck_assert_str_eq(explanation->means, "The {door} stays shut.");
	ck_assert_uint_eq(explanation->next_steps.count, 2);
	ck_assert_str_eq(explanation->next_steps.items[0].run, "ring @{LogName=1}");
	ck_assert_str_eq(explanation->next_steps.items[0].applies_to, "Doors");
	ck_assert(explanation->next_steps.items[1].lowers_security);
	ck_assert_str_eq(explanation->references.items[0], "MS-DOOR 1.2");
	explanation = explanation_of(set, "STATUS_BAD_NETWORK_NAME", &knock_type);
	ck_assert_uint_eq(explanation->line, 8);
	ck_assert_uint_eq(explanation->next_steps.count, 0);
	ck_assert_str_eq(explanation->causes.items[0], "It was walled up.");
	ck_assert_ptr_null(explanation_of(set, "STATUS_UNKNOWN", &knock_type));
	explanation_set_free(set);
}
END_TEST

/* What is said of one exchange goes before what is said of all. */
START_TEST(a_code_means_another_thing_elsewhere)
{
	static const char yaml[] =
	    "- {code: STATUS_SUCCESS, at: visit, means: seen, causes: x}\n"
	    "- {code: [STATUS_SUCCESS, STATUS_ACCESS_DENIED], means: any, causes: x}\n"
	    "- {code: STATUS_BAD_NETWORK_NAME, at: visit, means: gone, causes: x}\n";
	struct explanation_set *set = new_set();
	const struct explanation *first, *second;
	struct error error = {0};

	ck_assert_msg(
	    explanation_load(set, "a.yaml", yaml, strlen(yaml), &error), "%s", error.text);
	first = explanation_of(set, "STATUS_SUCCESS", &visit_type);
	second = explanation_of(set, "STATUS_SUCCESS", &knock_type);
	ck_assert_str_eq(first->means, "seen");
	ck_assert_str_eq(second->means, "any");
	ck_assert_ptr_eq(explanation_of(set, "STATUS_ACCESS_DENIED", &visit_type), second);
	ck_assert_ptr_null(explanation_of(set, "STATUS_BAD_NETWORK_NAME", &knock_type));
	ck_assert_ptr_eq(explanation_next(set, "STATUS_SUCCESS", NULL), first);
	ck_assert_ptr_eq(explanation_next(set, "STATUS_SUCCESS", first), second);
	ck_assert_ptr_null(explanation_next(set, "STATUS_SUCCESS", second));
	explanation_set_free(set);
}
END_TEST

static const struct {
	const char *yaml, *error;
} broken[] = {
    {"", "b.yaml:1:1: the file is empty"},
    {"code: STATUS_SUCCESS\n", "b.yaml:1:1: explanations are a list of mappings"},
    {"- STATUS_SUCCESS\n", "b.yaml:1:3: an explanation is a mapping of keys to values"},
    {"- code: STATUS_SUCCES\n  means: x\n  causes: y\n",
	"b.yaml:1:9: no table of names has a code 'STATUS_SUCCES'; did you mean "
	"'STATUS_SUCCESS'?"},
    {"- code: [STATUS_SUCCESS, SIGNED]\n  means: x\n  causes: y\n",
	"b.yaml:1:26: no table of names has a code 'SIGNED'"},
    {"- code: [STATUS_SUCCESS, STATUS_SUCCESS]\n  means: x\n  causes: y\n",
	"b.yaml:1:26: 'STATUS_SUCCESS' is listed twice"},
    {"- code: STATUS_SUCCESS\n  means: x\n  causes: y\n"
     "- code: STATUS_SUCCESS\n  means: x\n  causes: y\n",
	"b.yaml:4:3: 'STATUS_SUCCESS' is explained already, by b.yaml:1"},
    {"- {code: STATUS_SUCCESS, at: [knock, visit], means: x, causes: y}\n"
     "- {code: [STATUS_ACCESS_DENIED, STATUS_SUCCESS], at: visit, means: x, causes: y}\n",
	"b.yaml:2:3: 'STATUS_SUCCESS' is explained already, by b.yaml:1"},
    {"- {code: STATUS_SUCCESS, at: vist, means: x, causes: y}\n",
	"b.yaml:1:30: 'vist' is no exchange; did you mean 'visit'?"},
    {"- code: [[STATUS_SUCCESS]]\n", "b.yaml:1:10: the name of a code is expected here"},
    {"- code: []\n", "b.yaml:1:9: this list is empty"},
    {"- means: x\n  causes: y\n", "b.yaml:1:3: an explanation needs 'code'"},
    {"- code: STATUS_SUCCESS\n  causes: y\n", "b.yaml:1:3: an explanation needs 'means'"},
    {"- code: STATUS_SUCCESS\n  means: x\n", "b.yaml:1:3: an explanation needs 'causes'"},
    {"- code: STATUS_SUCCESS\n  meens: x\n",
	"b.yaml:2:3: 'meens' is no key of an explanation; did you mean 'means'?"},
    {"- code: STATUS_SUCCESS\n  code: STATUS_SUCCESS\n",
	"b.yaml:2:3: 'code' stands here twice; the first is in line 1"},
    {"- code: STATUS_SUCCESS\n  means: x\n  causes: y\n  next_steps: [{text: x}]\n",
	"b.yaml:4:16: a next step needs 'risk'"},
    {"- code: STATUS_SUCCESS\n  means: x\n  causes: y\n"
     "  next_steps: [{text: x, risk: y, lowers_security: true}]\n",
	"b.yaml:4:16: a step that lowers security must not be the first"},
};

START_TEST(broken_explanations_are_explained)
{
	struct explanation_set *set = new_set();
	struct error error = {0};

	ck_assert(
	    !explanation_load(set, "b.yaml", broken[_i].yaml, strlen(broken[_i].yaml), &error));
	ck_assert_str_eq(error.text, broken[_i].error);
	explanation_set_free(set);
}
END_TEST

/* Each prefix stands in a block of exactly its size, where a sanitizer sees what reads past it. */
START_TEST(every_prefix_is_an_error_or_explains)
{
	struct explanation_set *set;
	struct error error;
	char *prefix;
	size_t errors = 0;

	for (size_t length = 0; length <= strlen(two); length++) {
		set = new_set();
		error = (struct error){0};
		prefix = mem_alloc(length + (length == 0), 1);
		memcpy(prefix, two, length);
		if (!explanation_load(set, "p.yaml", prefix, length, &error)) {
			errors++;
			ck_assert_int_eq(strncmp(error.text, "p.yaml:", 7), 0);
		}
		mem_free(prefix);
		explanation_set_free(set);
	}
	ck_assert_uint_gt(errors, strlen(two) / 2);
}
END_TEST

/* A file is read when one of its names is asked for; reading the second would be an assertion. */
START_TEST(files_are_read_when_needed)
{
	static const struct builtin_rule sources[] = {
	    {"one.yaml", two},
	    {"two.yaml", "this is no list, and no name that is asked for stands in it"},
	    {NULL, NULL},
	};
	struct explanation_set *set = new_set();
	const struct explanation *explanation;

	explanation_set_offer(set, sources);
	ck_assert_ptr_null(explanation_of(set, "STATUS_NONE_OF_THEM", &knock_type));
	explanation = explanation_of(set, "STATUS_BAD_NETWORK_NAME", &knock_type);
	ck_assert_ptr_nonnull(explanation);
	ck_assert_str_eq(explanation->file, "one.yaml");
	ck_assert_ptr_eq(explanation_of(set, "STATUS_BAD_NETWORK_NAME", &knock_type), explanation);
	explanation_set_free(set);
}
END_TEST

/* What is read for one capture is not taken from what others may take, and given back evenly. */
START_TEST(what_is_read_is_in_nobodys_account)
{
	static const struct builtin_rule sources[] = {{"one.yaml", two}, {NULL, NULL}};
	size_t before = mem_used(), begun;
	struct explanation_set *set = new_set();

	explanation_set_offer(set, sources);
	begun = mem_used();
	ck_assert_ptr_nonnull(explanation_of(set, "STATUS_ACCESS_DENIED", &knock_type));
	ck_assert_uint_eq(mem_used(), begun);
	explanation_set_free(set);
	ck_assert_uint_eq(mem_used(), before);
}
END_TEST

Suite *explanation_suite(void);

Suite *
explanation_suite(void)
{
	Suite *suite = suite_create("explanation");
	TCase *cases = tcase_create("explanations");

	tcase_add_test(cases, explanations_load);
	tcase_add_test(cases, a_code_means_another_thing_elsewhere);
	tcase_add_loop_test(cases, broken_explanations_are_explained, 0, COUNT(broken));
	tcase_add_test(cases, every_prefix_is_an_error_or_explains);
	tcase_add_test(cases, files_are_read_when_needed);
	tcase_add_test(cases, what_is_read_is_in_nobodys_account);
	suite_add_tcase(suite, cases);
	return suite;
}
