#include "rules/finding.h"

#include <stdio.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "rules/explanation.h"
#include "rules/sample.h"

#define DENIED  "exchange: knock\nwhere: {status: STATUS_ACCESS_DENIED}\n"
#define DENIED_ 0xc0000022

/* finding: is in line 4 of what sample_load() writes; these rules bring their own. */
static struct finding_list
findings_of_rules(struct sample *sample, const char *const *rules, size_t count)
{
	for (size_t i = 0; i < count; i++)
		ck_assert_msg(
		    rule_load(&sample->set, "f.yaml", rules[i], strlen(rules[i]), &sample->error),
		    "%s", sample->error.text);
	ledger_sort(&sample->ledger);
	return findings_of(&sample->set, &sample->ledger, NULL, FINDING_MEMORY_ALL, &sample->arena);
}

START_TEST(occurrences_are_one_finding)
{
	struct sample sample;
	struct finding_list findings;
	const struct finding *finding;

	sample_begin(&sample);
	for (int i = 0; i < 12; i++) {
		sample_conversation(&sample, 5, 9, i < 6 ? 7 : 3);
		sample_knock(&sample, i, DENIED_);
	}
	sample_conversation(&sample, 5, 10, 8);
	sample_knock(&sample, 20, DENIED_);
	findings = sample_findings(&sample, DENIED);
	ck_assert_uint_eq(findings.count, 2);
	finding = &findings.items[0];
	ck_assert_int_eq(finding->verdict, VERDICT_FOUND);
	ck_assert_int_eq(finding->severity, SEVERITY_ERROR);
	ck_assert_uint_eq(finding->occurrences, 12);
	ck_assert_int_eq(finding->last_time, 11 * SAMPLE_SECOND);
	ck_assert_uint_eq(finding->example_count, FINDING_MOST_EXAMPLES);
	ck_assert_uint_eq(finding->stream_count, 2);
	ck_assert_uint_eq(finding->streams[0], 3);
	ck_assert_uint_eq(finding->streams[1], 7);
	ck_assert_uint_eq(finding->frame_count, 20);
	ck_assert_uint_eq(finding->frames[0], 1);
	ck_assert_uint_eq(finding->frames[19], 20);
	ck_assert_str_eq(finding->context, "tcp.stream in {3, 7}");
	ck_assert_str_eq(finding->filter,
	    "frame.number in {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, "
	    "20}");
	ck_assert_str_eq(finding->summary, "10.0.0.5 knocked");
	ck_assert_uint_eq(finding->because.count, 0);
	ck_assert_uint_eq(findings.items[1].occurrences, 1);
	ck_assert_str_eq(findings.items[1].context, "tcp.stream == 8");
	sample_end(&sample);
}
END_TEST

/* The findings of three denied visits to PATHS, from CLIENT in STREAM and what follows it. */
static struct finding_list
findings_of_paths(
    struct sample *sample, unsigned client, uint32_t stream, const char *const paths[3])
{
	sample_begin(sample);
	for (uint32_t i = 0; i < 3; i++) {
		sample_conversation(sample, client, 9, stream + i);
		sample->conversation->client_port = (uint16_t)(49152 + stream + i);
		sample_knock(sample, (int)(stream + i), DENIED_)->path = paths[i];
	}
	return sample_findings(sample, DENIED "same: [path, stream]\n");
}

START_TEST(an_id_is_the_same_in_another_capture)
{
	static const char *const once[] = {"one", "two", "TWO"};
	static const char *const again[] = {"ONE", "Two", "two"};
	struct sample sample, other;
	struct finding_list findings = findings_of_paths(&sample, 5, 3, once);
	struct finding_list others = findings_of_paths(&other, 5, 70, again);

	ck_assert_uint_eq(findings.count, 3);
	ck_assert_uint_eq(others.count, 3);
	for (size_t i = 0; i < 3; i++)
		ck_assert_str_eq(findings.items[i].id, others.items[i].id);
	ck_assert_uint_eq(strlen(findings.items[0].id), 14);
	ck_assert_str_ne(findings.items[0].id, findings.items[1].id);
	ck_assert_msg(strncmp(findings.items[1].id, findings.items[2].id, 14) == 0 &&
			  strcmp(findings.items[2].id + 14, "-2") == 0,
	    "%s", findings.items[2].id);
	sample_end(&other);
	others = findings_of_paths(&other, 6, 3, once);
	ck_assert_str_ne(findings.items[0].id, others.items[0].id);
	sample_end(&other);
	sample_end(&sample);
}
END_TEST

/* Captures may lie elsewhere, and what is wrong is the same. */
START_TEST(names_of_captures_are_not_in_ids)
{
	static const char *const files[] = {"a.pcapng", "elsewhere/a.pcapng"};
	const char *ids[COUNT(files)];
	struct sample samples[COUNT(files)];

	for (size_t i = 0; i < COUNT(files); i++) {
		struct crossing crossing = {.lost_after = files[i]};

		sample_begin(&samples[i]);
		sample_knock(&samples[i], 1, DENIED_)->base.crossing = &crossing;
		ids[i] = sample_findings(&samples[i], DENIED "same: lost_after\n").items[0].id;
	}
	ck_assert_str_eq(ids[0], ids[1]);
	for (size_t i = 0; i < COUNT(files); i++)
		sample_end(&samples[i]);
}
END_TEST

START_TEST(same_tells_findings_apart)
{
	struct sample sample;
	struct finding_list findings;

	sample_begin(&sample);
	sample_knock(&sample, 1, DENIED_)->path = "one";
	sample_knock(&sample, 2, DENIED_)->path = "two";
	sample_knock(&sample, 3, DENIED_)->path = "ONE";
	sample_knock(&sample, 4, DENIED_);
	sample_knock(&sample, 5, DENIED_);
	findings = sample_findings(&sample, DENIED "same: path\n");
	ck_assert_uint_eq(findings.count, 3);
	ck_assert_uint_eq(findings.items[0].occurrences, 2);
	ck_assert_uint_eq(findings.items[1].occurrences, 1);
	ck_assert_uint_eq(findings.items[2].occurrences, 2);
	sample_end(&sample);
}
END_TEST

/* So many paths that are denied, each a finding of its own, in so much memory. */
#define PATHS 200

static struct finding_list
findings_in(struct sample *sample, size_t room)
{
	static char paths[PATHS][12];

	sample_begin(sample);
	for (int i = 0; i < PATHS; i++) {
		snprintf(paths[i], sizeof(paths[i]), "%d", i);
		sample_knock(sample, i + 1, DENIED_)->path = paths[i];
	}
	sample_knock(sample, PATHS + 1, DENIED_)->path = paths[0];
	sample_findings(sample, DENIED "same: path\n");
	return findings_of(&sample->set, &sample->ledger, NULL, mem_used() + room, &sample->arena);
}

/* One rule has half of the room, at 4 KiB for each finding; the first stay. */
START_TEST(a_rule_leaves_room_for_others)
{
	struct sample sample;
	struct finding_list findings = findings_in(&sample, 2 * 100 * 4096 + 4096);

	ck_assert_uint_eq(findings.count, 100);
	ck_assert_str_eq(((const struct knock *)findings.items[99].exchange)->path, "99");
	ck_assert_uint_eq(findings.items[0].occurrences, 2);
	ck_assert_uint_eq(findings.untold, 100);
	ck_assert_uint_eq(findings.untold_frame, findings.items[99].exchange->request_frame + 2);
	sample_end(&sample);
}
END_TEST

START_TEST(no_memory_for_findings)
{
	struct sample sample;
	struct finding_list findings = findings_in(&sample, 0);

	ck_assert_uint_eq(findings.count, 0);
	ck_assert_uint_eq(findings.untold, PATHS + 1);
	ck_assert_uint_ne(findings.untold_frame, 0);
	sample_end(&sample);
}
END_TEST

START_TEST(datagrams_have_frames_and_no_stream)
{
	struct sample sample;
	struct finding_list findings;
	struct knock *knock;

	sample_begin(&sample);
	sample.conversation->transport = TRANSPORT_UDP;
	knock = sample_knock(&sample, 1, DENIED_);
	knock->base.answer_frame = 0;
	findings = sample_findings(&sample, DENIED);
	ck_assert_str_eq(findings.items[0].filter, "frame.number == 1");
	ck_assert_uint_eq(findings.items[0].stream_count, 0);
	ck_assert_ptr_null(findings.items[0].context);
	sample_knock(&sample, 2, DENIED_)->base.end_frame = 9;
	findings =
	    findings_of(&sample.set, &sample.ledger, NULL, FINDING_MEMORY_ALL, &sample.arena);
	ck_assert_str_eq(findings.items[0].filter, "frame.number in {1, 3, 4, 9}");
	sample_conversation(&sample, 5, 9, 6);
	sample_knock(&sample, 3, DENIED_);
	findings =
	    findings_of(&sample.set, &sample.ledger, NULL, FINDING_MEMORY_ALL, &sample.arena);
	ck_assert_str_eq(findings.items[0].filter, "frame.number in {1, 3, 4, 5, 6, 9}");
	ck_assert_str_eq(findings.items[0].context, "tcp.stream == 6");
	sample_end(&sample);
}
END_TEST

static const char text_rule[] =
    "id: texts\n"
    "title: Texts\n"
    "severity: warning\n"
    "exchange: knock\n"
    "where: {outcome: answered}\n"
    "finding: \"{client}:{client_port} asked {server}:{port} for {path} {{{tries}}}\"\n"
    "cases:\n"
    "  - where: {status: STATUS_ACCESS_DENIED}\n"
    "    finding: \"{status}: {status.meaning}; {delay}\"\n"
    "    causes: [\"{path} is locked\"]\n"
    "    next_steps: [{text: 'Try {alias}', risk: none}]\n"
    "  - where: {status: [STATUS_ACCESS_DENIED, STATUS_SUCCESS]}\n"
    "    causes: [The second case.]\n"
    "causes: [Always.]\n"
    "next_steps: [{text: Look, run: 'look {server} {status}', on: server, risk: None to fear}]\n";

START_TEST(texts_are_filled)
{
	const char *const rules[] = {text_rule};
	struct sample sample;
	struct finding_list findings;
	const struct finding *finding;
	struct knock *knock;

	sample_begin(&sample);
	knock = sample_knock(&sample, 1, DENIED_);
	knock->path = "\\\\s\\{x}";
	knock->alias = "the back door";
	sample_conversation(&sample, 6, 9, 4);
	sample_knock(&sample, 2, 0);
	sample_conversation(&sample, 7, 9, 5);
	sample_knock(&sample, 3, 0xc000000d)->path = "p";
	findings = findings_of_rules(&sample, rules, 1);
	ck_assert_uint_eq(findings.count, 3);
	finding = &findings.items[0];
	ck_assert_str_eq(finding->summary,
	    "STATUS_ACCESS_DENIED (0xC0000022): the door stays shut; (not captured)");
	ck_assert_uint_eq(finding->causes.count, 2);
	ck_assert_str_eq(finding->causes.items[0].text, "\\\\s\\{x} is locked");
	ck_assert_str_eq(finding->causes.items[1].text, "Always.");
	ck_assert_uint_eq(finding->next_steps.count, 2);
	ck_assert_str_eq(finding->next_steps.items[0].text, "Try the back door");
	ck_assert_str_eq(
	    finding->next_steps.items[1].run, "look 10.0.1.9 STATUS_ACCESS_DENIED (0xC0000022)");
	ck_assert_str_eq(finding->next_steps.items[1].risk, "None to fear");
	ck_assert_str_eq(
	    findings.items[1].summary, "10.0.0.6:50000 asked 10.0.1.9:445 for (not captured) {0}");
	ck_assert_str_eq(findings.items[1].causes.items[0].text, "The second case.");
	ck_assert_uint_eq(findings.items[2].causes.count, 1);
	ck_assert_str_eq(findings.items[2].summary, "10.0.0.7:50000 asked 10.0.1.9:445 for p {0}");
	sample_end(&sample);
}
END_TEST

static const struct builtin_rule explanations[] = {
    {"shut.yaml", "- code: STATUS_ACCESS_DENIED\n"
		  "  means: It is shut.\n"
		  "  causes: ['{path} is a plain text.', Always.]\n"
		  "  next_steps:\n"
		  "    - {text: 'Knock @{again}', run: 'knock @{2}', risk: none}\n"
		  "    - {text: Climb, risk: falls, lowers_security: true}\n"
		  "    - {text: Look, risk: other words}\n"},
    {"none.yaml", "this is never read"},
    {NULL, NULL},
};

static const char explained_rule[] =
    "id: explained\n"
    "title: Texts\n"
    "severity: warning\n"
    "exchange: knock\n"
    "where: {outcome: answered}\n"
    "finding: f\n"
    "explain_by: status\n"
    "cases:\n"
    "  - where: {is_loud: true}\n"
    "    causes: [\"{path} is locked\"]\n"
    "    next_steps: [{text: 'Try {path}', risk: none}, {text: Dig, risk: dirt, "
    "lowers_security: true}]\n"
    "causes: [Always., Last.]\n"
    "next_steps: [{text: Look, risk: none}, {text: Climb, risk: twice}, {text: Go, risk: none}]\n";

/* Of the case, of the code, of the rule; what lowers security last, nothing twice. */
START_TEST(codes_are_explained)
{
	static const char *const causes[] = {
	    "p is locked", "{path} is a plain text.", "Always.", "Last."};
	static const char *const steps[] = {
	    "Try p", "Knock @{again}", "Look", "Climb", "Go", "Dig"};
	const char *const rules[] = {explained_rule};
	struct sample sample;
	struct finding_list findings;
	struct knock *knock;

	sample_begin(&sample);
	explanation_set_offer(sample.set.explanations, explanations);
	knock = sample_knock(&sample, 1, DENIED_);
	knock->path = "p";
	knock->is_loud = true;
	sample_conversation(&sample, 6, 9, 4);
	sample_knock(&sample, 2, 0);
	sample_conversation(&sample, 7, 9, 4);
	sample_knock(&sample, 3, 0)->status.is_known = false;
	sample_conversation(&sample, 8, 9, 4);
	sample_knock(&sample, 4, 0xc0001234);
	findings = findings_of_rules(&sample, rules, 1);
	ck_assert_uint_eq(findings.count, 4);
	ck_assert_uint_eq(findings.items[0].causes.count, COUNT(causes));
	for (size_t i = 0; i < COUNT(causes); i++)
		ck_assert_str_eq(findings.items[0].causes.items[i].text, causes[i]);
	ck_assert_uint_eq(findings.items[0].next_steps.count, COUNT(steps));
	for (size_t i = 0; i < COUNT(steps); i++)
		ck_assert_str_eq(findings.items[0].next_steps.items[i].text, steps[i]);
	ck_assert_str_eq(findings.items[0].next_steps.items[1].run, "knock @{2}");
	for (size_t i = 1; i < findings.count; i++)
		ck_assert_uint_eq(findings.items[i].causes.count, 2);
	sample_end(&sample);
}
END_TEST

START_TEST(severity_is_lowered)
{
	struct sample sample;
	struct finding_list findings;
	struct knock *knock;

	sample_begin(&sample);
	knock = sample_knock(&sample, 1, DENIED_);
	knock->path = "one";
	knock->is_loud = true;
	sample_knock(&sample, 2, DENIED_)->path = "two";
	sample_knock(&sample, 3, DENIED_)->path = "three";
	sample_visit(&sample, 4, "two");
	sample_visit(&sample, 4, "one");
	findings = sample_findings(&sample, DENIED
	    "same: path\nlowered:\n"
	    "- {to: warning, because: \"{path} was loud\", where: {is_loud: true}}\n"
	    "- {to: notice, because: visited, followed_by: {exchange: visit, same: path}}\n");
	ck_assert_uint_eq(findings.count, 3);
	ck_assert_int_eq(findings.items[0].severity, SEVERITY_ERROR);
	ck_assert_uint_eq(findings.items[0].because.count, 0);
	ck_assert_int_eq(findings.items[1].severity, SEVERITY_WARNING);
	ck_assert_str_eq(findings.items[1].because.items[0], "one was loud");
	ck_assert_int_eq(findings.items[2].severity, SEVERITY_NOTICE);
	ck_assert_str_eq(findings.items[2].because.items[0], "visited");
	sample_end(&sample);
}
END_TEST

START_TEST(open_endings_are_inconclusive)
{
	struct sample sample;
	struct finding_list findings;
	struct knock *knock;

	sample_begin(&sample);
	for (int i = 0; i < 4; i++) {
		knock = sample_knock(&sample, i, 0);
		knock->base.outcome = i == 3 ? OUTCOME_RESET : OUTCOME_UNKNOWN;
		knock->base.ended_by = i == 3 ? ENDED_BY_CLIENT : ENDED_BY_CAPTURE;
		knock->base.doubt = i == 3   ? DOUBT_NONE
				    : i == 2 ? DOUBT_ONE_DIRECTION
					     : DOUBT_CAPTURE_ENDED;
	}
	findings = sample_findings(
	    &sample, "exchange: knock\nwhere: {outcome: reset, ended_by: client}\n");
	ck_assert_uint_eq(findings.count, 2);
	ck_assert_int_eq(findings.items[0].verdict, VERDICT_FOUND);
	ck_assert_uint_eq(findings.items[0].occurrences, 1);
	ck_assert_int_eq(findings.items[1].verdict, VERDICT_INCONCLUSIVE);
	ck_assert_uint_eq(findings.items[1].occurrences, 3);
	ck_assert_uint_eq(findings.items[1].because.count, 2);
	ck_assert_str_eq(
	    findings.items[1].because.items[0], "the capture ends 1.00 s after the request");
	ck_assert_str_eq(findings.items[1].because.items[1], "only one direction was captured");
	sample_end(&sample);
}
END_TEST

/* Found first, then severity, time, frame, id. */
START_TEST(findings_are_ordered)
{
	static const char *const rules[] = {
	    "id: c\ntitle: T\nseverity: notice\nexchange: knock\nwhere: {tries: 0}\n"
	    "finding: F\n",
	    "id: b\ntitle: T\nseverity: error\nexchange: knock\nwhere: {tries: 1}\n"
	    "finding: F\nsame: path\n",
	    "id: a\ntitle: T\nseverity: error\nexchange: knock\nwhere: {path: two}\n"
	    "finding: F\n",
	    "id: d\ntitle: T\nseverity: error\nexchange: knock\nwhere: {outcome: reset}\n"
	    "finding: F\n",
	};
	static const char order[] = "babcd";
	struct sample sample;
	struct finding_list findings;
	struct knock *knock;

	sample_begin(&sample);
	sample_knock(&sample, 0, 0)->base.outcome = OUTCOME_UNKNOWN;
	knock = sample_knock(&sample, 1, 0);
	knock->tries = 1;
	knock = sample_knock(&sample, 1, 0);
	knock->tries = 1;
	knock->path = "two";
	findings = findings_of_rules(&sample, rules, COUNT(rules));
	ck_assert_uint_eq(findings.count, strlen(order));
	for (size_t i = 0; i < findings.count; i++)
		ck_assert_int_eq(findings.items[i].rule->id[0], order[i]);
	ck_assert_uint_eq(findings.items[0].frames[0], 3);
	sample_end(&sample);
}
END_TEST

/* Half a million knocks, each followed by a visit of its own, must not be searched one by one;
 * squared they would take minutes. */
START_TEST(large_ledgers_are_quick)
{
	enum { KNOCKS = 500000, NAMES = 1000 };
	static char names[NAMES][8];
	struct sample sample;
	struct finding_list findings;

	sample_begin(&sample);
	for (size_t i = 0; i < NAMES; i++)
		snprintf(names[i], sizeof(names[i]), "%zu", i);
	for (size_t i = 0; i < KNOCKS; i++) {
		sample_knock(&sample, (double)i, DENIED_)->path = names[i % NAMES];
		if (i % 2 == 0)
			sample_visit(&sample, (double)i + 0.5, names[i % NAMES]);
	}
	findings = sample_findings(&sample,
	    DENIED "same: path\ncount: {at_least: 3, same: path, within: 1h}\n"
		   "unless: [{followed_by: {exchange: visit, same: path, within: 1s}},\n"
		   "         {preceded_by: {exchange: visit, same: path, within: 1s}}]\n"
		   "lowered: [{to: notice, because: x,\n"
		   "           preceded_by: {exchange: knock, same: [client, server, port]}}]\n");
	ck_assert_uint_eq(findings.count, NAMES / 2);
	ck_assert_uint_eq(findings.items[0].occurrences, KNOCKS / NAMES);
	sample_end(&sample);
}
END_TEST

START_TEST(nothing_gives_no_findings)
{
	struct sample sample;

	sample_begin(&sample);
	ck_assert_uint_eq(sample_findings(&sample, DENIED).count, 0);
	sample_end(&sample);
}
END_TEST

Suite *finding_suite(void);

Suite *
finding_suite(void)
{
	Suite *suite = suite_create("finding");
	TCase *cases = tcase_create("findings");

	tcase_set_timeout(cases, 60);
	tcase_add_test(cases, occurrences_are_one_finding);
	tcase_add_test(cases, an_id_is_the_same_in_another_capture);
	tcase_add_test(cases, names_of_captures_are_not_in_ids);
	tcase_add_test(cases, same_tells_findings_apart);
	tcase_add_test(cases, a_rule_leaves_room_for_others);
	tcase_add_test(cases, no_memory_for_findings);
	tcase_add_test(cases, datagrams_have_frames_and_no_stream);
	tcase_add_test(cases, texts_are_filled);
	tcase_add_test(cases, codes_are_explained);
	tcase_add_test(cases, severity_is_lowered);
	tcase_add_test(cases, open_endings_are_inconclusive);
	tcase_add_test(cases, findings_are_ordered);
	tcase_add_test(cases, large_ledgers_are_quick);
	tcase_add_test(cases, nothing_gives_no_findings);
	suite_add_tcase(suite, cases);
	return suite;
}
