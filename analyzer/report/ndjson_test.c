#include <check.h>

#include "analyzer/report/ndjson.h"
#include "analyzer/report/sample_test.h"
#include "rules/suppression.h"

Suite *ndjson_suite(void);

static const char capture_line[] =
    "{\"type\":\"capture\",\"file\":\"incident.pcapng\",\"format\":\"pcapng\",\"packets\":28,"
    "\"decoded\":26,\"bytes\":5012,\"first_time\":\"2023-11-14T22:13:20.000000000Z\","
    "\"last_time\":\"2023-11-14T22:14:20.042000000Z\",\"duration\":60.042000000,"
    "\"tcp_streams\":4,\"syn_only_streams\":0,\"interfaces\":[{\"name\":\"eth0\","
    "\"link_type\":1,\"snap_length\":262144,\"packets\":28,\"dropped\":0}],\"vantages\":[],"
    "\"comments\":[],"
    "\"quality\":{\"sliced\":0,\"undecoded\":0,\"time_reversals\":0,"
    "\"clock_steps\":0,\"duplicates\":0,\"fragments_incomplete\":0,\"quic_packets\":0,\"rdma_"
    "packets\":0,\"bounds\":[]}}\n";

static const char conversation_line[] =
    "{\"type\":\"conversation\",\"file\":\"incident.pcapng\",\"stream\":3,"
    "\"transport\":\"tcp\",\"client\":\"10.0.0.5\",\"client_port\":49711,"
    "\"server\":\"10.0.0.9\",\"server_port\":445,\"protocol\":\"smb\",\"dialect\":\"3.1.1\","
    "\"vantage\":\"unknown\",\"encrypted\":false,\"compressed\":false,\"armoured\":false,\"began_"
    "before_capture\":"
    "false,"
    "\"one_direction\":false,\"step\":\"authenticated\",\"outcome\":\"closed\","
    "\"closed_by\":\"client\",\"close_frame\":26,"
    "\"close_time\":\"2023-11-14T22:14:20.041000000Z\",\"first_frame\":5,\"last_frame\":28,"
    "\"first_time\":\"2023-11-14T22:13:20.000001000Z\","
    "\"last_time\":\"2023-11-14T22:14:20.042000000Z\",\"packets\":24,\"packets_by_side\":[13,11],"
    "\"bytes\":2447,\"bytes_by_side\":[1455,992],\"retransmissions\":0,\"retransmissions_by_side\":"
    "[0,0],\"duplicates\":0,\"duplicates_by_side\":[0,0],\"missing_bytes\":0,\"missing_bytes_by_"
    "side\":[0,0],"
    "\"conflicting_bytes\":0,\"conflicting_bytes_by_side\":[0,0]}\n";

static const char finding_line[] =
    "{\"type\":\"finding\",\"file\":\"incident.pcapng\",\"id\":\"f-0123456789ab\",\"number\":1,"
    "\"incident\":1,\"rule\":\"smb-"
    "tree-bad-network-name\","
    "\"title\":\"The share does not exist on the server\",\"severity\":\"error\","
    "\"verdict\":\"found\",\"because\":[],\"client\":\"10.0.0.5\",\"server\":\"10.0.0.9\","
    "\"port\":445,\"first_time\":\"2023-11-14T22:13:20.056000001Z\",\"last_time\":\"2023-11-14T22:"
    "13:20.056000001Z\",\"occurrences\":1,"
    "\"stream\":[3],\"frames\":[22,23],"
    "\"filter\":\"frame.number in {22, 23}\",\"context\":\"tcp.stream == 3\","
    "\"summary\":\"10.0.0.5 asked 10.0.0.9 for \\\\\\\\fs1\\\\dta; the server has no share of "
    "that name.\",\"exchange\":\"smb2_tree_connect\","
    "\"fields\":{\"status\":\"STATUS_BAD_NETWORK_NAME\",\"path\":\"\\\\\\\\fs1\\\\dta\","
    "\"waited\":0.000069980,\"outcome\":\"answered\",\"ended_by\":\"server\","
    "\"delivered\":true,\"retransmissions\":0,\"request_frame\":22,\"answer_frame\":23},"
    "\"chain\":[],\"causes\":[\"The name is misspelt in the client's request.\",\"The share was "
    "removed, or "
    "is published under another server or cluster name.\"],"
    "\"next_steps\":[{\"text\":\"List the shares.\",\"run\":\"Get-SmbShare\","
    "\"on\":\"server\",\"risk\":\"none\",\"lowers_security\":false},{\"text\":\"Create the share "
    "again.\","
    "\"on\":\"server\",\"risk\":\"whoever may read the folder can read the share.\","
    "\"lowers_security\":false}]}\n";

static const char summary_line[] =
    "{\"type\":\"summary\",\"captures\":1,\"unjudged\":0,\"failed\":[],\"packets\":28,"
    "\"findings\":{\"found\":{\"error\":1,\"warning\":0,\"notice\":0},"
    "\"inconclusive\":{\"error\":0,\"warning\":0,\"notice\":0}},\"suppressed\":0,"
    "\"known\":0}\n";

START_TEST(test_every_record)
{
	struct sample sample;
	struct text expected = {0};
	char *lines;

	sample_init(&sample, "ndjson");
	lines = sample_print(&sample);
	text_add(&expected, capture_line);
	text_add(&expected, conversation_line);
	text_add(&expected, finding_line);
	text_add(&expected, summary_line);
	ck_assert_str_eq(lines, text_chars(&expected));
	text_free(&expected);
	free(lines);
}
END_TEST

/* Asserts that the report of SAMPLE contains CHARS. */
static void
assert_prints(struct sample *sample, const char *chars)
{
	char *lines = sample_print(sample);

	ck_assert_msg(strstr(lines, chars) != NULL, "no %s in %s", chars, lines);
	free(lines);
}

static void
assert_omits(struct sample *sample, const char *chars)
{
	char *lines = sample_print(sample);

	ck_assert_msg(strstr(lines, chars) == NULL, "%s in %s", chars, lines);
	free(lines);
}

START_TEST(test_fields_of_every_notation)
{
	struct sample sample;

	sample_init(&sample, "ndjson");
	sample.exchange.status = known(0xc0000999);
	sample.exchange.share_flags = known(0x85);
	sample.exchange.session = known(0x4000000000000001);
	sample.exchange.dialects = (struct number_list){sample_dialect_list, 2, true};
	assert_prints(&sample,
	    "\"fields\":{\"status\":\"0xC0000999\",\"share_flags\":[\"SMB2_SHAREFLAG_DFS\","
	    "\"SMB2_SHAREFLAG_RESTRICT_EXCLUSIVE_OPENS\",\"0x80\"],"
	    "\"session\":\"0x4000000000000001\",\"dialects\":[\"0x210\",\"3.1.1\"],\"path\":");
}
END_TEST

START_TEST(test_unknown_fields_are_omitted)
{
	struct sample sample;

	sample_init(&sample, "ndjson");
	sample.exchange.status = (struct number){0};
	sample.exchange.path = NULL;
	sample.exchange.common.waited = -1;
	sample.exchange.common.outcome = OUTCOME_UNKNOWN;
	sample.exchange.common.ended_by = ENDED_BY_NOBODY;
	sample.exchange.common.doubt = DOUBT_CAPTURE_ENDED;
	sample.exchange.common.answer_frame = 0;
	assert_prints(&sample,
	    "\"fields\":{\"outcome\":\"unknown\",\"delivered\":true,\"retransmissions\":0,"
	    "\"request_frame\":22,\"unknown_because\":\"capture_ended\"}");
}
END_TEST

START_TEST(test_inconclusive_says_why)
{
	static const char *const because[] = {"the capture ends first"};
	struct sample sample;

	sample_init(&sample, "ndjson");
	sample.findings[0].verdict = VERDICT_INCONCLUSIVE;
	sample.findings[0].because = (struct text_list){because, 1};
	assert_prints(
	    &sample, "\"verdict\":\"inconclusive\",\"because\":[\"the capture ends first\"]");
	sample.report.findings[VERDICT_INCONCLUSIVE][SEVERITY_ERROR] = 0;
	assert_prints(&sample, "\"inconclusive\":{\"error\":1,\"warning\":0,\"notice\":0}}");
}
END_TEST

/* What is suppressed or known is written, but not counted. */
START_TEST(test_set_aside)
{
	static const struct suppression until = {"a test of ours", "2027-01-31"};
	static const struct suppression ever = {.reason = "it is \"so\""};
	struct sample sample;

	sample_init(&sample, "ndjson");
	assert_omits(&sample, "\"baseline\"");
	assert_omits(&sample, "\"suppressed\":{");
	sample.findings[0].baseline = BASELINE_NEW;
	assert_prints(&sample, "\"because\":[],\"baseline\":\"new\",\"client\"");
	sample_init(&sample, "ndjson");
	sample.findings[0].baseline = BASELINE_KNOWN;
	sample.findings[2] = sample.findings[1] = sample.findings[0];
	sample.findings[1].suppression = &until;
	sample.findings[2].suppression = &ever;
	sample.capture.findings.count = 3;
	assert_prints(&sample, "\"because\":[],\"baseline\":\"known\",\"client\"");
	sample.report.known = sample.report.suppressed = 0;
	assert_prints(&sample, "\"baseline\":\"known\",\"suppressed\":{\"reason\":\"a test of "
			       "ours\",\"expires\":\"2027-01-31\"},\"client\"");
	sample.report.known = sample.report.suppressed = 0;
	assert_prints(&sample, "\"suppressed\":{\"reason\":\"it is \\\"so\\\"\"},\"client\"");
	ck_assert_uint_eq(sample.report.findings[VERDICT_FOUND][SEVERITY_ERROR], 0);
	ck_assert_uint_eq(sample.report.known, 1);
	ck_assert_uint_eq(sample.report.suppressed, 2);
}
END_TEST

START_TEST(test_hostile_text_stays_in_its_string)
{
	struct sample sample;

	sample_init(&sample, "ndjson");
	sample.exchange.path = "\\\\fs1\\\"},{\"type\":\"summary\"\n\033[2J\xff";
	assert_prints(&sample,
	    "\"path\":\"\\\\\\\\fs1\\\\\\\"},{\\\"type\\\":\\\"summary\\\"\\n\\u001b[2J"
	    "\xef\xbf\xbd\",");
}
END_TEST

START_TEST(test_optional_members_of_a_capture)
{
	static const char *const comments[] = {"first try", "second \"try\""};
	struct capture_part parts[] = {{.file = "r/a",
					   .sha256 = "00ff",
					   .first_frame = 1,
					   .packets = 20,
					   .first_time = 1,
					   .last_time = 2,
					   .has_time = true},
	    {.file = "r/b", .first_frame = 21, .packets = 8, .damage = "it is cut"}};
	struct sample sample;

	sample_init(&sample, "ndjson");
	sample.capture.sha256 = "0011";
	sample.facts.compression = "gzip";
	sample.facts.damage = "record 29 is cut";
	sample.facts.comments = comments;
	sample.facts.comment_count = 2;
	assert_prints(
	    &sample, "\"sha256\":\"0011\",\"format\":\"pcapng\",\"compression\":\"gzip\",");
	assert_prints(&sample, "\"comments\":[\"first try\",\"second \\\"try\\\"\"]");
	assert_prints(&sample, "\"quality\":{\"damage\":\"record 29 is cut\",");
	assert_omits(&sample, "\"parts\"");
	sample.facts.parts = parts;
	sample.facts.part_count = 2;
	assert_prints(&sample,
	    "\"parts\":[{\"file\":\"r/a\",\"sha256\":\"00ff\",\"first_frame\":1,\"packets\":20,"
	    "\"first_time\":\"1970-01-01T00:00:00.000000001Z\","
	    "\"last_time\":\"1970-01-01T00:00:00.000000002Z\"},"
	    "{\"file\":\"r/b\",\"first_frame\":21,\"packets\":8,\"damage\":\"it is cut\"}],"
	    "\"format\"");
	sample.facts.has_time = false;
	sample.interface.has_dropped = false;
	assert_omits(&sample, "\"duration\"");
	assert_omits(&sample, "\"dropped\"");
}
END_TEST

START_TEST(test_udp_conversation_has_no_stream)
{
	struct sample sample;

	sample_init(&sample, "ndjson");
	sample.conversation_facts.transport = TRANSPORT_UDP;
	sample.conversation_facts.close = CLOSE_NONE;
	sample.capture.findings.count = 0;
	assert_prints(&sample, "\"file\":\"incident.pcapng\",\"transport\":\"udp\",");
	assert_prints(&sample, "\"outcome\":\"open\",\"first_frame\":5");
}
END_TEST

START_TEST(test_classifier_has_the_word)
{
	struct sample sample;

	sample_init(&sample, "ndjson");
	sample.conversation_facts.speaks = "http";
	assert_prints(&sample, "\"protocol\":\"http\"");
	sample.conversation_facts.speaks = NULL;
	sample.conversation_facts.protocol = NULL;
	assert_omits(&sample, "\"protocol\"");
}
END_TEST

START_TEST(test_summary_of_failures_only)
{
	static const struct report_failure failed[] = {{"a \"b\".etl", "an ETL trace"}};
	struct sample sample;
	char *lines = NULL;
	size_t length = 0;

	sample_init(&sample, "ndjson");
	sample.report.failed = failed;
	sample.report.failed_count = 1;
	sample.report.out = open_memstream(&lines, &length);
	report_begin(&sample.report);
	report_end(&sample.report);
	fclose(sample.report.out);
	ck_assert_str_eq(lines,
	    "{\"type\":\"summary\",\"captures\":0,\"unjudged\":0,"
	    "\"failed\":[{\"file\":\"a \\\"b\\\".etl\",\"error\":\"an ETL trace\"}],\"packets\":0,"
	    "\"findings\":{\"found\":{\"error\":0,\"warning\":0,\"notice\":0},"
	    "\"inconclusive\":{\"error\":0,\"warning\":0,\"notice\":0}},\"suppressed\":0,"
	    "\"known\":0}\n");
	free(lines);
}
END_TEST

START_TEST(test_stream)
{
	struct sample sample;
	char *lines;

	sample_init(&sample, "ndjson");
	lines = sample_print_stream(&sample);
	ck_assert_str_eq(lines,
	    "{\"type\":\"stream\",\"file\":\"incident.pcapng\",\"stream\":3,"
	    "\"transport\":\"tcp\",\"client\":\"10.0.0.5\",\"client_port\":49711,"
	    "\"server\":\"10.0.0.9\",\"server_port\":445,\"protocol\":\"smb\",\"first_frame\":5,"
	    "\"last_frame\":28,\"first_time\":\"2023-11-14T22:13:20.000001000Z\","
	    "\"last_time\":\"2023-11-14T22:14:20.042000000Z\",\"packets\":24,\"packets_by_side\":["
	    "13,11],"
	    "\"bytes\":2447,\"bytes_by_side\":[1455,992]}\n");
	free(lines);
}
END_TEST

Suite *
ndjson_suite(void)
{
	Suite *suite = suite_create("ndjson");
	TCase *tests = tcase_create("ndjson");

	tcase_add_test(tests, test_every_record);
	tcase_add_test(tests, test_fields_of_every_notation);
	tcase_add_test(tests, test_unknown_fields_are_omitted);
	tcase_add_test(tests, test_inconclusive_says_why);
	tcase_add_test(tests, test_set_aside);
	tcase_add_test(tests, test_hostile_text_stays_in_its_string);
	tcase_add_test(tests, test_optional_members_of_a_capture);
	tcase_add_test(tests, test_udp_conversation_has_no_stream);
	tcase_add_test(tests, test_classifier_has_the_word);
	tcase_add_test(tests, test_summary_of_failures_only);
	tcase_add_test(tests, test_stream);
	suite_add_tcase(suite, tests);
	return suite;
}
