#include "analyzer/report/explain.h"

#include <stdlib.h>

#include "rules/explanation.h"
#include "rules/sample.h"

Suite *explain_suite(void);

static const struct builtin_rule sources[] = {
    {"door.yaml",
	"- code: [STATUS_ACCESS_DENIED, STATUS_SUCCESS]\n"
	"  means: It is shut.\n"
	"  causes: [The key is wrong., The house is another one.]\n"
	"  next_steps:\n"
	"    - {text: Ring., run: 'ring @{2}', on: client, risk: none, applies_to: Doors}\n"
	"    - {text: Break in., risk: Anybody can., lowers_security: true}\n"
	"  references: [MS-DOOR 1.2, MS-KEY 3]\n"
	"- {code: STATUS_SUCCESS, at: [visit, knock], means: Come in., causes: It is open.}\n"},
    {NULL, NULL},
};

static const char rule_rest[] =
    "exchange: knock\nwhere: {status: STATUS_ACCESS_DENIED}\nexplain_by: status\n"
    "causes: ['{path} is shut']\nbenign: A child plays.\nblind: Nobody sees.\n"
    "next_steps: [{text: Look, run: 'look @{{1}} {status}', risk: none}]\n"
    "references: [MS-DOOR 1.2]\n";

/* What is printed of WORD, or the error; the caller frees it. */
static char *
explain_word(enum explain_form form, const char *word)
{
	struct sample sample;
	char *chars = NULL;
	size_t length;
	FILE *out = open_memstream(&chars, &length);

	sample_begin(&sample);
	explanation_set_offer(sample.set.explanations, sources);
	ck_assert_msg(sample_load(&sample, rule_rest), "%s", sample.error.text);
	if (!explain(out, form, &sample.set, word, &sample.error)) {
		ck_assert_int_eq(sample.error.status, EXIT_USAGE);
		fputs(sample.error.text, out);
	}
	fclose(out);
	sample_end(&sample);
	return chars;
}

static const struct {
	enum explain_form form;
	const char *word, *said;
} words[] = {
    {EXPLAIN_TEXT, "access_denied",
	"STATUS_ACCESS_DENIED, 0xC0000022\n"
	"  The door stays shut.\n"
	"\n"
	"  in SMB    It is shut.\n"
	"  causes    1. The key is wrong.\n"
	"            2. The house is another one.\n"
	"  next      1. Ring. (on the client)\n"
	"                   ring @{2}\n"
	"               Applies to: Doors\n"
	"            2. Break in.\n"
	"               Lowers security: yes; take it back as soon as possible\n"
	"               Risk: Anybody can.\n"
	"  likewise  STATUS_SUCCESS\n"
	"  see       MS-DOOR 1.2, MS-KEY 3\n"
	"  rules     a-rule\n"
	"\n"},
    /* Two explanations. */
    {EXPLAIN_TEXT, "success",
	"STATUS_SUCCESS, 0x00000000\n"
	"  at        other exchanges\n"
	"  in SMB    It is shut.\n"
	"  causes    1. The key is wrong.\n"
	"            2. The house is another one.\n"
	"  next      1. Ring. (on the client)\n"
	"                   ring @{2}\n"
	"               Applies to: Doors\n"
	"            2. Break in.\n"
	"               Lowers security: yes; take it back as soon as possible\n"
	"               Risk: Anybody can.\n"
	"  likewise  STATUS_ACCESS_DENIED\n"
	"  see       MS-DOOR 1.2, MS-KEY 3\n"
	"\n"
	"  at        visit, knock\n"
	"  in SMB    Come in.\n"
	"  causes    1. It is open.\n"
	"\n"},
    /* A name without an explanation. */
    {EXPLAIN_TEXT, "0xC00000CC",
	"STATUS_BAD_NETWORK_NAME, 0xC00000CC\n"
	"  There is no such door.\n"
	"\n"
	"\n"},
    {EXPLAIN_COLORED_TEXT, "0xC00000CC",
	"\033[1mSTATUS_BAD_NETWORK_NAME, 0xC00000CC\033[0m\n"
	"  There is no such door.\n"
	"\n"
	"\n"},
    {EXPLAIN_TEXT, "A-Rule",
	"a-rule\n"
	"  A rule\n"
	"\n"
	"  severity  error\n"
	"  looks at  knock: someone knocks at a door\n"
	"  finding   {client} knocked\n"
	"  causes    1. {path} is shut\n"
	"  next      1. Look\n"
	"                   look @{1} {status}\n"
	"  codes     explained, each by its name, are STATUS_ACCESS_DENIED\n"
	"  harmless  A child plays.\n"
	"  unseen    Nobody sees.\n"
	"  see       MS-DOOR 1.2\n"
	"\n"},
    {EXPLAIN_NDJSON, "-1073741790",
	"{\"type\":\"explanation\",\"code\":\"STATUS_ACCESS_DENIED\",\"number\":\"0xC0000022\","
	"\"meaning\":\"the door stays shut\",\"explanations\":[{\"means\":\"It is shut.\","
	"\"causes\":[\"The key is wrong.\",\"The house is another one.\"],"
	"\"next_steps\":[{\"text\":\"Ring.\",\"run\":\"ring @{2}\",\"on\":\"client\","
	"\"risk\":\"none\",\"applies_to\":\"Doors\",\"lowers_security\":false},"
	"{\"text\":\"Break in.\",\"risk\":\"Anybody can.\",\"lowers_security\":true}],"
	"\"references\":[\"MS-DOOR 1.2\",\"MS-KEY 3\"]}],\"rules\":[\"a-rule\"]}\n"},
    {EXPLAIN_NDJSON, "success",
	"{\"type\":\"explanation\",\"code\":\"STATUS_SUCCESS\",\"number\":\"0x00000000\","
	"\"explanations\":[{\"means\":\"It is shut.\","
	"\"causes\":[\"The key is wrong.\",\"The house is another one.\"],"
	"\"next_steps\":[{\"text\":\"Ring.\",\"run\":\"ring @{2}\",\"on\":\"client\","
	"\"risk\":\"none\",\"applies_to\":\"Doors\",\"lowers_security\":false},"
	"{\"text\":\"Break in.\",\"risk\":\"Anybody can.\",\"lowers_security\":true}],"
	"\"references\":[\"MS-DOOR 1.2\",\"MS-KEY 3\"]},"
	"{\"at\":[\"visit\",\"knock\"],\"means\":\"Come in.\",\"causes\":[\"It is open.\"],"
	"\"next_steps\":[],\"references\":[]}],\"rules\":[]}\n"},
    {EXPLAIN_NDJSON, "BAD_NETWORK_NAME",
	"{\"type\":\"explanation\",\"code\":\"STATUS_BAD_NETWORK_NAME\","
	"\"number\":\"0xC00000CC\",\"meaning\":\"there is no such "
	"door\",\"explanations\":[],\"rules\":[]}\n"},
    {EXPLAIN_NDJSON, "a-rule",
	"{\"type\":\"rule\",\"rule\":\"a-rule\",\"title\":\"A rule\",\"severity\":\"error\","
	"\"exchange\":[\"knock\"],\"finding\":\"{client} knocked\","
	"\"causes\":[\"{path} is shut\"],\"next_steps\":[{\"text\":\"Look\","
	"\"run\":\"look @{1} {status}\",\"risk\":\"none\",\"lowers_security\":false}],"
	"\"explain_by\":[\"status\"],\"codes\":[\"STATUS_ACCESS_DENIED\"],\"benign\":\"A child "
	"plays.\","
	"\"blind\":\"Nobody sees.\",\"references\":[\"MS-DOOR 1.2\"]}\n"},
    {EXPLAIN_TEXT, "ACES_DENIED",
	"ACES_DENIED: there is no such status, Kerberos error or rule; did you mean "
	"STATUS_ACCESS_DENIED?"},
    {EXPLAIN_TEXT, "a_rule",
	"a_rule: there is no such status, Kerberos error or rule; did you mean a-rule?"},
    {EXPLAIN_TEXT, "witness\033",
	"witness\\u{1b}: there is no such status, Kerberos error or rule"},
    {EXPLAIN_TEXT, "0xC0001234",
	"0xC0001234: no status or Kerberos error of this number is known here"},
};

START_TEST(words_are_explained)
{
	char *said = explain_word(words[_i].form, words[_i].word);

	ck_assert_str_eq(said, words[_i].said);
	free(said);
}
END_TEST

Suite *
explain_suite(void)
{
	Suite *suite = suite_create("explain");
	TCase *tests = tcase_create("words");

	tcase_add_loop_test(tests, words_are_explained, 0, COUNT(words));
	suite_add_tcase(suite, tests);
	return suite;
}
