#include "rules/rule.h"

#include <stdio.h>
#include <stdlib.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "analyzer/base/nearest.h"
#include "analyzer/conversation/sweep.h"
#include "rules/builtin.h"
#include "rules/operand.h"
#include "rules/rule_yaml.h"
#include "rules/sample.h"

static const char full_rule[] =
    "id: knock-denied\n"
    "title: The door stays shut\n"
    "severity: error\n"
    "exchange: knock\n"
    "where:\n"
    "  outcome: answered\n"
    "  status: [STATUS_ACCESS_DENIED, 0xc00000cc]\n"
    "  waited: {at_least: 5ms, at_most: 2min}\n"
    "  client: {in_net: 10.0.0.0/8}\n"
    "  flags: {bits: SIGNED}\n"
    "  path: {not: {ends_with: IPC$}, glob: '*s'}\n"
    "  alias: {exists: false}\n"
    "preceded_by: {exchange: visit, same: [client, {path: door}]}\n"
    "unless:\n"
    "  - followed_by: {exchange: knock, where: {status: STATUS_SUCCESS}, same: client,\n"
    "                  within: 5s}\n"
    "  - where: {is_loud: true}\n"
    "count: {at_least: 2, same: [client], within: 1h}\n"
    "lowered:\n"
    "  - to: notice\n"
    "    because: \"{server} opened later\"\n"
    "    followed_by: {exchange: visit, same: [client, server]}\n"
    "same: [path, status]\n"
    "finding: \"{client} asked for {path}: {status.meaning} {{sic}}\"\n"
    "cases:\n"
    "  - where: {status: STATUS_ACCESS_DENIED}\n"
    "    finding: Denied.\n"
    "    causes: [The key is wrong.]\n"
    "    next_steps: [{text: Look, risk: none}]\n"
    "causes: [\"{path} is shut.\", Nobody is at home.]\n"
    "explain_by: [status]\n"
    "next_steps:\n"
    "  - {text: Ring, run: 'ring {server}', on: client, risk: none, applies_to: Houses of 2012}\n"
    "  - {text: Break in, risk: Everybody can., lowers_security: true}\n"
    "references: [MS-SMB2 3.3.5.7]\n"
    "benign: A child plays.\n"
    "blind: The back door is not seen.\n"
    "fires: {one.pcapng: 2, two.pcapng: 1}\n"
    "silent: [three.pcapng]\n"
    "inconclusive: [four.pcapng]\n";

START_TEST(a_full_rule_loads)
{
	struct sample sample;
	const struct rule *rule;

	sample_begin(&sample);
	ck_assert_msg(rule_load(&sample.set, "k.yaml", full_rule, strlen(full_rule), &sample.error),
	    "%s", sample.error.text);
	rule = sample.set.items[0];
	ck_assert_str_eq(rule->id, "knock-denied");
	ck_assert_int_eq(rule->severity, SEVERITY_ERROR);
	ck_assert_ptr_eq(rule->types.items[0], &knock_type);
	ck_assert_uint_eq(rule->where.count, 1);
	ck_assert_uint_eq(rule->where.any[0].count, 9);
	ck_assert_uint_eq(rule->where.any[0].items[1].operand_count, 2);
	ck_assert_uint_eq(rule->where.any[0].items[1].operands[1].value.number, 0xc00000cc);
	ck_assert_uint_eq(rule->requires.count, 1);
	ck_assert_uint_eq(rule->requires.items[0].correlation.same_count, 2);
	ck_assert_str_eq(rule->requires.items[0].correlation.same[1].theirs.any->name, "door");
	ck_assert_int_eq(rule->requires.items[0].correlation.within, -1);
	ck_assert_uint_eq(rule->unless.count, 2);
	ck_assert_int_eq(rule->unless.items[0].correlation.within, 5 * SAMPLE_SECOND);
	ck_assert_uint_eq(rule->count.at_least, 2);
	ck_assert_uint_eq(rule->lowered_count, 1);
	ck_assert_uint_eq(rule->case_count, 1);
	ck_assert_uint_eq(rule->same.count, 5);
	ck_assert_uint_eq(rule->explain_by.count, 1);
	ck_assert_str_eq(rule->explain_by.items[0].any->name, "status");
	ck_assert_str_eq(rule->next_steps.items[0].on, "client");
	ck_assert_str_eq(rule->next_steps.items[0].applies_to, "Houses of 2012");
	ck_assert(!rule->next_steps.items[0].lowers_security);
	ck_assert_ptr_null(rule->next_steps.items[1].applies_to);
	ck_assert(rule->next_steps.items[1].lowers_security);
	ck_assert_uint_eq(rule->fires.count, 2);
	ck_assert_uint_eq(rule->fires.items[0].count, 2);
	ck_assert_uint_eq(rule->silent.count, 1);
	ck_assert_uint_eq(rule->inconclusive.items[0].count, 0);
	sample_end(&sample);
}
END_TEST

/* Whole files, and the exact error of each. */
static const struct {
	const char *yaml, *error;
} broken_files[] = {
    {"", "a.yaml:1:1: the file is empty"},
    {"# nothing\n", "a.yaml:2:1: the file is empty"},
    {"just words\n", "a.yaml:1:1: a rule is a mapping of keys to values"},
    {"[a, b]\n", "a.yaml:1:1: a rule is a mapping of keys to values"},
    {"id: a\n", "a.yaml:1:1: a rule needs 'title'"},
    {"id: a\n---\nid: b\n", "a.yaml:2:1: a file holds one document"},
    {"id: a\nserverity: error\n",
	"a.yaml:2:1: 'serverity' is no key of a rule; did you mean 'severity'?"},
    {"id: a\nzzzzzzzzz: error\n", "a.yaml:2:1: 'zzzzzzzzz' is no key of a rule"},
    {"id: a\ntitle: b\nid: c\n", "a.yaml:3:1: 'id' stands here twice; the first is in line 1"},
    {"id: &x a\n", "a.yaml:1:5: anchors are not part of the language"},
    {"id: *x\n", "a.yaml:1:5: aliases are not part of the language"},
    {"id: !!str a\n", "a.yaml:1:5: tags are not part of the language"},
    {"? [a]\n: b\n", "a.yaml:1:3: a key must be a word"},
    {"[[[[[[[[[[[a]]]]]]]]]]]\n", "a.yaml:1:11: this is nested too deeply"},
    {"id: \"a\\0b\"\n", "a.yaml:1:5: this text contains a NUL character"},
    {"id: [a\n", "a.yaml:2:1: this is not YAML: did not find expected ',' or ']'"},
    {"id: \xff\n", "a.yaml:1:1: this is not YAML: invalid leading UTF-8 octet"},
    {"id: Big\n", "a.yaml:1:5: 'Big' is no id: small letters, digits and hyphens make one"},
    {"id: a\ntitle: ''\n", "a.yaml:2:8: this is empty"},
    {"id: a\ntitle: [b]\n", "a.yaml:2:8: this is a single text"},
    {"id: a\ntitle: b\nseverity: eror\n",
	"a.yaml:3:11: 'eror' is no severity: error, warning and notice are; did you mean "
	"'error'?"},
};

START_TEST(broken_files_are_explained)
{
	struct sample sample;
	const char *yaml = broken_files[_i].yaml;

	sample_begin(&sample);
	ck_assert(!rule_load(&sample.set, "a.yaml", yaml, strlen(yaml), &sample.error));
	ck_assert_str_eq(sample.error.text, broken_files[_i].error);
	ck_assert_int_eq(sample.error.status, EXIT_USAGE);
	ck_assert_uint_eq(sample.set.count, 0);
	sample_end(&sample);
}
END_TEST

#define KNOCK "exchange: knock\nwhere: {status: 0}\n"

/* What follows four lines of id, title, severity and finding. */
static const struct {
	const char *rest, *error;
} broken_rules[] = {
    {"like: tcp-port-scam\n",
	"a.yaml:5:7: there is no built-in rule 'tcp-port-scam'; did you mean 'tcp-port-scan'?"},
    {"like: kerberos-clock-skew\n",
	"a.yaml:5:7: 'kerberos-clock-skew' is itself like another rule; name that one"},
    {"like: [a]\n", "a.yaml:5:7: the id of a rule is expected here"},
    {"exchange: knok\n", "a.yaml:5:11: 'knok' is no exchange; did you mean 'knock'?"},
    {"exchange: []\n", "a.yaml:5:11: this list is empty"},
    {"exchange: [knock, knock]\n", "a.yaml:5:19: 'knock' is listed twice"},
    {"exchange: {a: b}\n", "a.yaml:5:11: the name of an exchange is expected here"},
    {"exchange: knock\n", "a.yaml:1:1: a rule needs 'where'"},
    {"exchange: knock\nwhere: {}\n", "a.yaml:6:8: 'where' is a mapping of fields to values"},
    {"exchange: knock\nwhere:\n  pth: x\n",
	"a.yaml:7:3: knock has no field 'pth'; did you mean 'path'?"},
    {"exchange: [knock, visit]\nwhere: {dor: x}\n",
	"a.yaml:6:9: none of these exchanges has a field 'dor'; did you mean 'door'?"},
    {"exchange: [knock, visit]\nwhere: {alias: x}\n",
	"a.yaml:6:9: 'alias' is not the same kind of value in all exchanges of the list"},
    {"exchange: knock\nwhere: {status: STATUS_ACESS_DENIED}\n",
	"a.yaml:6:17: 'STATUS_ACESS_DENIED' is no value of 'status'; did you mean "
	"'STATUS_ACCESS_DENIED'?"},
    {"exchange: knock\nwhere: {outcome: anwsered}\n",
	"a.yaml:6:18: 'anwsered' is no value of 'outcome'; did you mean 'answered'?"},
    {"exchange: knock\nwhere: {outcome: 1}\n", "a.yaml:6:18: '1' is no value of 'outcome'"},
    {"exchange: knock\nwhere: {tries: many}\n",
	"a.yaml:6:16: 'many' is no number, which 'tries' is"},
    {"exchange: knock\nwhere: {tries: -1}\n", "a.yaml:6:16: '-1' is no number, which 'tries' is"},
    {"exchange: knock\nwhere: {is_loud: yes}\n",
	"a.yaml:6:18: 'yes' is neither true nor false, which 'is_loud' is"},
    {"exchange: knock\nwhere: {waited: 5}\n",
	"a.yaml:6:17: '5' is no duration, which 'waited' is; write 250ms, 5s, 2min or 1h"},
    {"exchange: knock\nwhere: {time: 5s}\n",
	"a.yaml:6:15: 'time' is a time of day, which a rule cannot compare"},
    {"exchange: knock\nwhere: {gateway: 10.0.0.256}\n",
	"a.yaml:6:18: '10.0.0.256' is no address, which 'gateway' is"},
    {"exchange: knock\nwhere: {gateway: {in_net: here}}\n",
	"a.yaml:6:27: 'here' is no network; write 10.0.0.0/8 or fe80::/10"},
    {"exchange: knock\nwhere: {path: {ends_wiht: x}}\n",
	"a.yaml:6:16: 'ends_wiht' is no operator; did you mean 'ends_with'?"},
    {"exchange: knock\nwhere: {path: {'': x}}\n", "a.yaml:6:16: '' is no operator"},
    {"exchange: knock\nwhere: {path: {}}\n", "a.yaml:6:15: an operator is missing here"},
    {"exchange: knock\nwhere: {path: []}\n", "a.yaml:6:15: this list is empty"},
    {"exchange: knock\nwhere: {path: [[a]]}\n", "a.yaml:6:16: a value for 'path' is expected here"},
    {"exchange: knock\nwhere: {path: {at_least: 5}}\n",
	"a.yaml:6:26: 'at_least' cannot compare 'path', which is a text"},
    {"exchange: knock\nwhere: {status: {glob: x}}\n",
	"a.yaml:6:24: 'glob' cannot compare 'status', which is a number"},
    {"exchange: knock\nwhere: {path: {not: {glob: x, contains: y}}}\n",
	"a.yaml:6:21: 'not' takes one operator other than itself"},
    {"exchange: knock\nwhere: {path: {not: {not: x}}}\n",
	"a.yaml:6:21: 'not' takes one operator other than itself"},
    {"exchange: knock\nwhere: {path: {exists: maybe}}\n",
	"a.yaml:6:24: 'exists' is true or false, not 'maybe'"},
    {"exchange: knock\nwhere: {path: {differs_from: status}}\n",
	"a.yaml:6:30: 'path' and 'status' are not values of one kind"},
    {"exchange: knock\nwhere: {path: {differs_from: alais}}\n",
	"a.yaml:6:30: knock has no field 'alais'; did you mean 'alias'?"},
    {KNOCK "unless: []\n", "a.yaml:7:9: this list is empty"},
    {KNOCK "unless: [{}]\n", "a.yaml:7:10: this clause is empty"},
    {KNOCK "unless: [{follwed_by: {}}]\n",
	"a.yaml:7:11: 'follwed_by' is no key of a clause; did you mean 'followed_by'?"},
    {KNOCK "followed_by: {same: client}\n", "a.yaml:7:14: 'followed_by' needs 'exchange'"},
    {KNOCK "followed_by: {exchange: visit}\n", "a.yaml:7:14: 'followed_by' needs 'same'"},
    {KNOCK "followed_by: {exchange: visit, same: door}\n",
	"a.yaml:7:38: knock has no field 'door'"},
    {KNOCK "followed_by: {exchange: visit, same: {path: tries}}\n",
	"a.yaml:7:38: 'path' and 'tries' are not values of one kind"},
    {KNOCK "followed_by: {exchange: visit, same: path, within: soon}\n",
	"a.yaml:7:52: a duration is expected here, such as 250ms, 5s, 2min or 1h"},
    {KNOCK "followed_by: {exchange: visit, same: path, where: {is_loud: true}}\n",
	"a.yaml:7:52: visit has no field 'is_loud'"},
    {KNOCK "unless:\n- preceded_by: {exchange: visit, same: path}\n"
	   "  followed_by: {exchange: visit, same: path}\n",
	"a.yaml:9:16: a clause looks at one other exchange; make it two clauses"},
    {KNOCK "not_followed_by: {exchange: visit, same: path}\n",
	"a.yaml:7:1: 'not_followed_by' is no key of a rule; did you mean 'followed_by'?"},
    {"exchange: knock\nwhere: []\n", "a.yaml:6:8: this list is empty"},
    {"exchange: knock\nwhere: [{tries: 1}, path]\n",
	"a.yaml:6:21: 'where' is a mapping of fields to values"},
    {KNOCK "lowered: [{to: error, because: x, where: {tries: 1}}]\n",
	"a.yaml:7:11: 'error' is not lower than 'error'"},
    {KNOCK "lowered: [{to: notice, because: x}]\n",
	"a.yaml:7:11: an item of 'lowered' needs a clause: 'where', 'followed_by', …"},
    {KNOCK "count: {at_least: 0, same: client}\n",
	"a.yaml:7:19: a number from 1 on is expected here"},
    {KNOCK "same: pathh\n", "a.yaml:7:7: knock has no field 'pathh'; did you mean 'path'?"},
    {KNOCK "causes: ['{pth}']\n", "a.yaml:7:10: knock has no field 'pth'; did you mean 'path'?"},
    {KNOCK "causes: ['a { b']\n",
	"a.yaml:7:10: '{ b' is no {field}; write {{ or }} for the character itself"},
    {KNOCK "causes: ['a } b']\n",
	"a.yaml:7:10: '} b' is no {field}; write {{ or }} for the character itself"},
    {KNOCK "causes: ['{path.meaning}']\n",
	"a.yaml:7:10: 'path' has no meanings, as its values have no names"},
    {KNOCK "next_steps: [{text: x, risk: none, run: 'dir {path}'}]\n",
	"a.yaml:7:41: '{path}' is text from packets, which must not stand in a command"},
    {KNOCK "next_steps: [{text: x}]\n", "a.yaml:7:14: a next step needs 'risk'"},
    {KNOCK "next_steps: [{text: x, risk: none, on: sever}]\n",
	"a.yaml:7:40: 'sever' is no place: client, server, kdc and network are; did you mean "
	"'server'?"},
    {KNOCK "next_steps: [{text: x, risk: y, lowers_security: maybe}]\n",
	"a.yaml:7:50: true or false is expected here"},
    {KNOCK "next_steps:\n- {text: x, risk: y, lowers_security: true}\n",
	"a.yaml:8:3: a step that lowers security must not be the first"},
    {KNOCK "cases: [{where: {tries: 1}, next_steps: {text: x, risk: y, lowers_security: true}}]\n",
	"a.yaml:7:41: a step that lowers security must not be the first"},
    {KNOCK "next_steps:\n- {text: x, risk: none}\n- {text: y, risk: none, lowers_security: true}\n",
	"a.yaml:9:3: a step that lowers security has a risk, which is not 'none'"},
    {KNOCK "next_steps: [{text: x, risk: none, applies_to: []}]\n",
	"a.yaml:7:48: this is a single text"},
    {KNOCK "explain_by: [status, stats]\n",
	"a.yaml:7:22: knock has no field 'stats'; did you mean 'status'?"},
    {KNOCK "explain_by: path\n",
	"a.yaml:7:13: the values of 'path' are no codes that could be explained"},
    {KNOCK "explain_by: [status, flags]\n",
	"a.yaml:7:22: the values of 'flags' are no codes that could be explained"},
    {KNOCK "fires: {a.pcapng: none}\n", "a.yaml:7:19: a number from 1 on is expected here"},
    {KNOCK "silent: {a.pcapng: 1}\n", "a.yaml:7:9: 'silent' is a list of captures"},
    {KNOCK "silent: []\n", "a.yaml:7:9: no capture is named here"},
};

START_TEST(broken_rules_are_explained)
{
	struct sample sample;

	sample_begin(&sample);
	ck_assert(!sample_load(&sample, broken_rules[_i].rest));
	ck_assert_str_eq(sample.error.text, broken_rules[_i].error);
	sample_end(&sample);
}
END_TEST

START_TEST(offending_text_cannot_move_the_cursor)
{
	static const char yaml[] = "id: \"\\e[2Ja\"\n";
	struct sample sample;

	sample_begin(&sample);
	ck_assert(!rule_load(&sample.set, "a.yaml", yaml, strlen(yaml), &sample.error));
	ck_assert_str_eq(sample.error.text,
	    "a.yaml:1:5: '\\u{1b}[2Ja' is no id: small letters, digits and hyphens make one");
	sample_end(&sample);
}
END_TEST

/* Each prefix stands in a block of exactly its size, where a sanitizer sees what reads past it. */
START_TEST(every_prefix_is_an_error_or_a_rule)
{
	struct sample sample;
	char *prefix;
	size_t errors = 0;

	for (size_t length = 0; length <= strlen(full_rule); length++) {
		sample_begin(&sample);
		prefix = mem_alloc(length + (length == 0), 1);
		memcpy(prefix, full_rule, length);
		if (rule_load(&sample.set, "p.yaml", prefix, length, &sample.error)) {
			ck_assert_uint_eq(sample.set.count, 1);
		} else {
			errors++;
			ck_assert_int_eq(strncmp(sample.error.text, "p.yaml:", 7), 0);
		}
		mem_free(prefix);
		sample_end(&sample);
	}
	ck_assert_uint_gt(errors, strlen(full_rule) / 2);
}
END_TEST

/* Every byte in turn is replaced by one that means something to YAML. */
START_TEST(every_damaged_byte_is_an_error_or_a_rule)
{
	static const char damages[] = "\"'{}[]:,-&*!|>%\n\t\x01\xff";
	char yaml[sizeof(full_rule)];
	struct sample sample;

	for (size_t i = 0; i < strlen(full_rule); i++) {
		memcpy(yaml, full_rule, sizeof(yaml));
		yaml[i] = damages[i % (sizeof(damages) - 1)];
		sample_begin(&sample);
		if (!rule_load(&sample.set, "d.yaml", yaml, strlen(full_rule), &sample.error))
			ck_assert_int_eq(strncmp(sample.error.text, "d.yaml:", 7), 0);
		sample_end(&sample);
	}
}
END_TEST

START_TEST(bounds_are_kept)
{
	struct sample sample;
	struct text yaml = {0};

	sample_begin(&sample);
	text_add(&yaml, "id: a\nreferences: [");
	for (int i = 0; i < RULE_MOST_NODES; i++)
		text_add(&yaml, "x, ");
	text_add(&yaml, "x]\n");
	ck_assert(!rule_load(&sample.set, "a.yaml", yaml.chars, yaml.length, &sample.error));
	ck_assert_ptr_nonnull(strstr(sample.error.text, "this is too long for one file"));
	text_clear(&yaml);
	for (int i = 0; i <= RULE_MOST_BYTES; i++)
		text_add_char(&yaml, ' ');
	ck_assert(!rule_load(&sample.set, "a.yaml", yaml.chars, yaml.length, &sample.error));
	ck_assert_str_eq(sample.error.text, "a.yaml:1:1: the file is larger than 256 KiB");
	text_free(&yaml);
	sample_end(&sample);
}
END_TEST

static void
write_file(const char *directory, const char *name, const char *yaml)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	fputs(yaml, file);
	fclose(file);
}

#define RULE_NAMED(id) "id: " id "\ntitle: T\nseverity: error\nfinding: F\n" KNOCK

START_TEST(a_directory_adds_and_replaces)
{
	char directory[] = "/tmp/smbtriage-rules-XXXXXX", path[256];
	struct sample sample;

	sample_begin(&sample);
	ck_assert_ptr_nonnull(mkdtemp(directory));
	ck_assert(!rule_set_add_directory(&sample.set, directory, &sample.error));
	ck_assert_ptr_nonnull(strstr(sample.error.text, "there is no *.yaml in it"));
	sample.set.is_adding_builtin = true;
	ck_assert(rule_load(
	    &sample.set, "builtin", RULE_NAMED("b"), strlen(RULE_NAMED("b")), &sample.error));
	sample.set.is_adding_builtin = false;
	write_file(directory, "z.yaml", RULE_NAMED("a"));
	write_file(directory, "b.yaml", RULE_NAMED("b"));
	write_file(directory, ".hidden.yaml", "nonsense");
	write_file(directory, "notes.txt", "nonsense");
	ck_assert_msg(
	    rule_set_add_directory(&sample.set, directory, &sample.error), "%s", sample.error.text);
	ck_assert_uint_eq(sample.set.count, 2);
	ck_assert_str_eq(sample.set.items[0]->id, "a");
	ck_assert_str_ne(sample.set.items[1]->file, "builtin");
	ck_assert(!rule_set_add_directory(&sample.set, directory, &sample.error));
	ck_assert_ptr_nonnull(strstr(sample.error.text, "b.yaml:1:5: the id 'b' is taken by"));
	snprintf(path, sizeof(path), "rm -r %s", directory);
	ck_assert_int_eq(system(path), 0);
	ck_assert(!rule_set_add_directory(&sample.set, directory, &sample.error));
	ck_assert_ptr_nonnull(strstr(sample.error.text, "No such file or directory"));
	sample_end(&sample);
}
END_TEST

static const struct {
	const char *text;
	int64_t nanoseconds; /* negative: none */
} durations[] = {
    {"5s", 5000000000},
    {"250ms", 250000000},
    {"2min", INT64_C(120000000000)},
    {"1h", INT64_C(3600000000000)},
    {"1.5s", 1500000000},
    {"0s", 0},
    {"7us", 7000},
    {"3ns", 3},
    {"1.0000000019s", 1000000001},
    {"", -1},
    {"s", -1},
    {"5", -1},
    {"5 s", -1},
    {"-5s", -1},
    {"5sec", -1},
    {".5s", -1},
    {"1.s", -1},
    {"1.2.3s", -1},
    {"0x5s", -1},
    {"9223372036854775807s", -1},
    {"99999999999999999999ns", -1},
};

START_TEST(durations_are_parsed)
{
	int64_t duration = -1;

	ck_assert_int_eq(
	    duration_parse(durations[_i].text, &duration), durations[_i].nanoseconds >= 0);
	ck_assert_int_eq(duration, durations[_i].nanoseconds);
}
END_TEST

START_TEST(numbers_are_parsed)
{
	uint64_t number = 7;

	ck_assert(number_parse("0xC0000022", &number));
	ck_assert_uint_eq(number, 0xc0000022);
	ck_assert(number_parse("010", &number));
	ck_assert_uint_eq(number, 10);
	ck_assert(number_parse("18446744073709551615", &number));
	ck_assert_uint_eq(number, UINT64_MAX);
	ck_assert(!number_parse("18446744073709551616", &number));
	ck_assert(!number_parse("0x", &number));
	ck_assert(!number_parse("", &number));
	ck_assert(!number_parse("12a", &number));
	ck_assert_uint_eq(number, UINT64_MAX);
}
END_TEST

START_TEST(words_have_a_distance)
{
	char longer[200];

	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	ck_assert_uint_eq(edit_distance("", ""), 0);
	ck_assert_uint_eq(edit_distance("abc", ""), 3);
	ck_assert_uint_eq(edit_distance("status", "STATUS"), 0);
	ck_assert_uint_eq(edit_distance("stauts", "status"), 1);
	ck_assert_uint_eq(edit_distance("pth", "path"), 1);
	ck_assert_uint_eq(edit_distance("kitten", "sitting"), 3);
	ck_assert_uint_eq(edit_distance(longer, "a"), NEAREST_FAR);
}
END_TEST

static bool
load_builtin(struct rule_set *set, const char *id, struct error *error)
{
	for (const struct builtin_rule *one = builtin_rules; one->file != NULL; one++)
		if (strstr(one->file, id) != NULL)
			return rule_load(set, one->file, one->yaml, strlen(one->yaml), error);
	return false;
}

/* What a rule that is like another one says itself replaces it, the rest is taken over. */
START_TEST(a_rule_can_be_like_a_built_in_one)
{
	static const char yaml[] = "id: mine\nlike: tcp-port-scan\ntitle: Mine\n"
				   "where: { kind: scan }\nfires: [some.pcapng]\n";
	const struct exchange_type *types[] = {&tcp_sweep_type};
	struct rule_set set;
	struct error error = {0};
	const struct rule *mine, *other;

	rule_set_init(&set, types, COUNT(types));
	ck_assert_msg(rule_load(&set, "mine.yaml", yaml, strlen(yaml), &error), "%s", error.text);
	ck_assert(load_builtin(&set, "tcp-port-scan", &error));
	mine = rule_set_find(&set, "mine");
	other = rule_set_find(&set, "tcp-port-scan");
	ck_assert_str_eq(mine->title, "Mine");
	ck_assert_str_eq(mine->finding, other->finding);
	ck_assert_int_eq(mine->severity, other->severity);
	ck_assert_uint_eq(mine->where.any[0].count, 1);
	ck_assert_uint_eq(mine->causes.count, other->causes.count);
	ck_assert_uint_eq(mine->fires.count, 1);
	ck_assert_uint_eq(mine->silent.count, 0);
	rule_set_free(&set);
}
END_TEST

Suite *rule_load_suite(void);

Suite *
rule_load_suite(void)
{
	Suite *suite = suite_create("rule_load");
	TCase *cases = tcase_create("rules");

	tcase_add_test(cases, a_full_rule_loads);
	tcase_add_loop_test(cases, broken_files_are_explained, 0, COUNT(broken_files));
	tcase_add_loop_test(cases, broken_rules_are_explained, 0, COUNT(broken_rules));
	tcase_add_test(cases, offending_text_cannot_move_the_cursor);
	tcase_add_test(cases, every_prefix_is_an_error_or_a_rule);
	tcase_add_test(cases, every_damaged_byte_is_an_error_or_a_rule);
	tcase_add_test(cases, bounds_are_kept);
	tcase_add_test(cases, a_directory_adds_and_replaces);
	tcase_add_test(cases, a_rule_can_be_like_a_built_in_one);
	tcase_add_loop_test(cases, durations_are_parsed, 0, COUNT(durations));
	tcase_add_test(cases, numbers_are_parsed);
	tcase_add_test(cases, words_have_a_distance);
	suite_add_tcase(suite, cases);
	return suite;
}
