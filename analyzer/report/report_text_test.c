#include <check.h>

#include "analyzer/base/basics.h"
#include "analyzer/report/report_text.h"
#include "analyzer/report/sample_test.h"
#include "analyzer/report/wrap.h"
#include "rules/suppression.h"

Suite *report_text_suite(void);

static const char one_finding[] =
    "incident.pcapng\n"
    "  capture   28 packets, pcapng, 4 TCP streams\n"
    "  time      2023-11-14T22:13:20.000000000Z, lasting 60.0 s\n"
    "  taken at  a place that is not known (--vantage tells it)\n"
    "  quality   - Nothing is known to be missing: silence in it counts as silence.\n"
    "  SMB       1 conversation: 1 got to SESSION_SETUP\n"
    "  result    1 error\n"
    "\n"
    "  stream  TCP nego session tree use  client          server\n"
    "       3   +   +      +     x    -   10.0.0.5:49711  10.0.0.9:445\n"
    "          TREE_CONNECT STATUS_BAD_NETWORK_NAME (finding 1)\n"
    "  + reached   x stopped here   - not reached   ? not visible\n"
    "\n"
    "error: The share does not exist on the server\n"
    "  10.0.0.5 asked 10.0.0.9 for \\\\fs1\\dta; the server has no share of that name.\n"
    "\n"
    "  who       10.0.0.5:49711 → 10.0.0.9:445\n"
    "  when      2023-11-14T22:13:20.056000001Z, 0.056000001 s into the capture\n"
    "  frames    22, 23 (tcp.stream 3)\n"
    "  filter    frame.number in {22, 23}\n"
    "  context   tcp.stream == 3\n"
    "  certainty found; these frames show it.\n"
    "  causes    1. The name is misspelt in the client's request.\n"
    "            2. The share was removed, or is published under another server or\n"
    "               cluster name.\n"
    "  next      1. List the shares. (on the server)\n"
    "                   Get-SmbShare\n"
    "            2. Create the share again. (on the server)\n"
    "               Risk: whoever may read the folder can read the share.\n"
    "  harmless  A client that probes for a share it can do without.\n"
    "  unseen    In an encrypted session the tree connect is not visible.\n"
    "  rule      smb-tree-bad-network-name\n"
    "  id        f-0123456789ab\n"
    "\n"
    "1 capture, 28 packets: 1 error\n";

START_TEST(test_one_finding)
{
	struct sample sample;
	char *page;

	sample_init(&sample, "text");
	page = sample_print(&sample);
	ck_assert_str_eq(page, one_finding);
	free(page);
}
END_TEST

/* An error, the same lowered and repeated, and one that could not be decided. */
static void
init_three(struct sample *sample)
{
	static const char *const retried[] = {"a retry succeeded in frame 40"};
	static const char *const ended[] = {"the capture ends 3.00 s after the request"};
	struct finding *findings = sample->findings;

	sample_init(sample, "text");
	findings[1] = findings[2] = findings[0];
	findings[1].severity = SEVERITY_NOTICE;
	findings[1].occurrences = 12;
	findings[1].because = (struct text_list){retried, 1};
	findings[2].verdict = VERDICT_INCONCLUSIVE;
	findings[2].because = (struct text_list){ended, 1};
	findings[2].causes.count = 1;
	findings[2].next_steps.count = 0;
	for (size_t i = 0; i < 3; i++)
		findings[i].incident = i + 1;
	sample->capture.findings.count = sample->capture.findings.incidents = 3;
}

static const char three_findings[] =
    "incident.pcapng\n"
    "  capture   28 packets, pcapng, 4 TCP streams\n"
    "  time      2023-11-14T22:13:20.000000000Z, lasting 60.0 s\n"
    "  taken at  a place that is not known (--vantage tells it)\n"
    "  quality   - Nothing is known to be missing: silence in it counts as silence.\n"
    "  SMB       1 conversation: 1 got to SESSION_SETUP\n"
    "  result    1 error, 1 notice, 1 inconclusive\n"
    "\n"
    "  1. error: The share does not exist on the server\n"
    "     10.0.0.5:49711 → 10.0.0.9:445, at 0.056000001 s, frames 22, 23\n"
    "  2. notice: The share does not exist on the server\n"
    "     10.0.0.5 → 10.0.0.9:445, at 0.056000001 s, frames 22, 23\n"
    "  3. inconclusive: The share does not exist on the server\n"
    "     10.0.0.5:49711 → 10.0.0.9:445, at 0.056000001 s, frames 22, 23\n"
    "\n"
    "  stream  TCP nego session tree use  client          server\n"
    "       3   +   +      +     x    -   10.0.0.5:49711  10.0.0.9:445\n"
    "          TREE_CONNECT STATUS_BAD_NETWORK_NAME (findings 1, 2, 3)\n"
    "  + reached   x stopped here   - not reached   ? not visible\n"
    "\n"
    "1. error: The share does not exist on the server\n";

/* From the second finding on. */
static const char second_and_third[] =
    "\n"
    "2. notice: The share does not exist on the server\n"
    "  10.0.0.5 asked 10.0.0.9 for \\\\fs1\\dta; the server has no share of that name.\n"
    "\n"
    "  who       10.0.0.5 → 10.0.0.9:445\n"
    "  when      2023-11-14T22:13:20.056000001Z, 0.056000001 s into the capture\n"
    "  count     12 occurrences, the last at 2023-11-14T22:13:20.056000001Z; frames\n"
    "            and filter are of the first 1\n"
    "  frames    22, 23 (tcp.stream 3)\n"
    "  filter    frame.number in {22, 23}\n"
    "  context   tcp.stream == 3\n"
    "  certainty found; a notice instead of an error, because a retry succeeded in\n"
    "            frame 40.\n"
    "  advice    causes and next steps as for finding 1\n"
    "  rule      smb-tree-bad-network-name\n"
    "  id        f-0123456789ab\n"
    "\n"
    "3. inconclusive: The share does not exist on the server\n"
    "  10.0.0.5 asked 10.0.0.9 for \\\\fs1\\dta; the server has no share of that name.\n"
    "\n"
    "  who       10.0.0.5:49711 → 10.0.0.9:445\n"
    "  when      2023-11-14T22:13:20.056000001Z, 0.056000001 s into the capture\n"
    "  frames    22, 23 (tcp.stream 3)\n"
    "  filter    frame.number in {22, 23}\n"
    "  context   tcp.stream == 3\n"
    "  certainty undecided, because the capture ends 3.00 s after the request. It is\n"
    "            an error if it is so.\n"
    "  causes    1. The name is misspelt in the client's request.\n"
    "  harmless  A client that probes for a share it can do without.\n"
    "  unseen    In an encrypted session the tree connect is not visible.\n"
    "  rule      smb-tree-bad-network-name\n"
    "  id        f-0123456789ab\n"
    "\n"
    "1 capture, 28 packets: 1 error, 1 notice, 1 inconclusive\n";

START_TEST(test_three_findings)
{
	struct sample sample;
	char *page, *second;

	init_three(&sample);
	page = sample_print(&sample);
	ck_assert_int_eq(strncmp(page, three_findings, strlen(three_findings)), 0);
	second = strstr(page + strlen(three_findings), "\n2. ");
	ck_assert_ptr_nonnull(second);
	ck_assert_str_eq(second, second_and_third);
	free(page);
}
END_TEST

static void
assert_prints(struct sample *sample, const char *chars)
{
	char *page;

	memset(sample->report.findings, 0, sizeof(sample->report.findings));
	sample->report.captures = 0;
	sample->report.packets = 0;
	sample->report.suppressed = sample->report.known = 0;
	page = sample_print(sample);
	ck_assert_msg(strstr(page, chars) != NULL, "no \"%s\" in:\n%s", chars, page);
	free(page);
}

START_TEST(test_nothing_found)
{
	struct sample sample;

	sample_init(&sample, "text");
	sample.capture.findings.count = 0;
	sample.conversation_facts.step = STEP_WORKING;
	assert_prints(&sample,
	    "  SMB       1 conversation: 1 worked on a share\n"
	    "  result    no findings\n"
	    "\n"
	    "No rule matched. How far the conversations got is said above; what happened\n"
	    "outside of them, or before the capture began, is not in it.\n"
	    "\n"
	    "1 capture, 28 packets: no findings\n");
}
END_TEST

START_TEST(test_nothing_to_judge)
{
	struct sample sample;

	sample_init(&sample, "text");
	sample.capture.findings.count = 0;
	sample.capture.conversation_count = 0;
	assert_prints(&sample,
	    "  SMB       0 conversations\n"
	    "  result    no findings\n"
	    "\n"
	    "There is no SMB or Kerberos conversation in this capture, so nothing could be\n"
	    "judged.");
}
END_TEST

START_TEST(test_conversations_of_other_kinds)
{
	struct sample sample;
	struct conversation_facts silent = {.transport = TRANSPORT_TCP, .server_port = 445};
	struct conversation_facts ticket = {.transport = TRANSPORT_UDP, .server_port = 88};
	struct report_conversation all[3];

	sample_init(&sample, "text");
	all[0] = sample.conversation;
	all[1] = (struct report_conversation){&silent};
	ticket.speaks = "kerberos";
	all[2] = (struct report_conversation){&ticket};
	sample.capture.conversations = all;
	sample.capture.conversation_count = 3;
	assert_prints(&sample,
	    "  SMB       1 conversation: 1 got to SESSION_SETUP\n"
	    "  Kerberos  1 conversation\n"
	    "  others    1 conversation on their ports that spoke neither: 1 never connected\n");
}
END_TEST

START_TEST(test_quality)
{
	struct sample sample;

	sample_init(&sample, "text");
	sample.interface.dropped = 1;
	sample.facts.damage = "record 29 at offset 5012 is cut";
	sample.facts.sliced = 3;
	sample.facts.fragments_incomplete = 1;
	sample.facts.duplicates = 2;
	sample.conversation_facts.missing_bytes[SERVER] = 1460;
	sample.conversation_facts.is_encrypted = true;
	sample.conversation_facts.sealed_messages[CLIENT] = 1;
	sample.conversation_facts.sealed_messages[SERVER] = 1;
	sample.conversation_facts.seal = SEAL_NO_KEY;
	sample.conversation_facts.sealed_wait = 2500000;
	sample.conversation_facts.sealed_wait_frame = 12;
	sample.conversation_facts.is_begun_before = true;
	sample.conversation_facts.close = CLOSE_NONE;
	assert_prints(&sample,
	    "  quality   - The file is cut or damaged: record 29 at offset 5012 is cut. What\n"
	    "              was open there is undecided.\n"
	    "            - The capturing system dropped 1 packet: what is absent may be among\n"
	    "              them.\n"
	    "            - 3 packets shorter here than on the wire (snap length): what rests\n"
	    "              on the rest is undecided.\n"
	    "            - 1 fragmented datagram not all of whose fragments are here.\n"
	    "            - 2 packets shown more than once (mirror port, several interfaces):\n"
	    "              each counts once.\n"
	    "            - 1 conversation (tcp.stream 3): 1460 bytes sent, yet not in the\n"
	    "              file: requests next to them are undecided.\n"
	    "            - 1 conversation (tcp.stream 3): older than the capture; the set-up\n"
	    "              is not in it.\n"
	    "            - 1 conversation (tcp.stream 3): 2 messages encrypted and not read,\n"
	    "              as no key was given (--session-key, --keytab): only sizes, times\n"
	    "              and the end are known.\n"
	    "            - 1 conversation (tcp.stream 3): not closed when the capture ended;\n"
	    "              what came later is not in it.\n"
	    "            - The longest wait for an encrypted answer was 2.50 ms (frame 12).\n"
	    "  SMB ");
}
END_TEST

/* Where the capture was taken, and what says so, hosts that are here first; a host that nothing
 * tells of is not named. */
START_TEST(test_place)
{
	struct sample sample;
	struct vantage_facts hosts[3] = {
	    [0] = {.place = PLACE_ELSEWHERE}, [2] = {.place = PLACE_HERE}};

	sample_init(&sample, "text");
	sample.conversation_facts.vantage = VANTAGE_CLIENT;
	hosts[0].host = sample.conversation_facts.server;
	hosts[0].elsewhere[CLUE_HANDSHAKE] = 2;
	hosts[2].host = sample.conversation_facts.client;
	hosts[2].here[CLUE_TTL] = 9;
	hosts[2].here[CLUE_CHECKSUM] = 1;
	hosts[2].elsewhere[CLUE_DIRECTION] = 7;
	sample.facts.vantages = hosts;
	sample.facts.vantage_count = 3;
	assert_prints(&sample,
	    "  taken at  the client: 10.0.0.5 is here (ttl 9, checksum 1), 10.0.0.9 is\n"
	    "            elsewhere (handshake 2)\n"
	    "  quality ");
}
END_TEST

START_TEST(test_several_places)
{
	struct sample sample;
	struct conversation_facts facts[3];
	struct report_conversation all[3];

	sample_init(&sample, "text");
	for (size_t i = 0; i < COUNT(all); i++) {
		facts[i] = sample.conversation_facts;
		facts[i].vantage = i == 0 ? VANTAGE_SERVER : VANTAGE_BETWEEN;
		all[i] = sample.conversation;
		all[i].facts = &facts[i];
	}
	sample.capture.conversations = all;
	sample.capture.conversation_count = 3;
	assert_prints(&sample,
	    "  taken at  the server of 1 conversation, a place between client and server of 2\n"
	    "            conversations\n");
}
END_TEST

/* More streams than are named, and conversations that have no stream number. */
START_TEST(test_quality_of_many_conversations)
{
	struct sample sample;
	struct conversation_facts facts[11];
	struct report_conversation all[11];

	sample_init(&sample, "text");
	for (uint32_t i = 0; i < 11; i++) {
		facts[i] = sample.conversation_facts;
		facts[i].stream = i;
		facts[i].is_one_direction = true;
		facts[i].transport = i == 10 ? TRANSPORT_UDP : TRANSPORT_TCP;
		facts[i].speaks = "smb";
		all[i] = (struct report_conversation){&facts[i]};
	}
	sample.capture.conversations = all;
	sample.capture.conversation_count = 11;
	assert_prints(&sample,
	    "  quality   - 11 conversations (tcp.stream 0, 1, 2, 3, 4, 5, 6, 7 and 2 more; 1\n"
	    "              over UDP): only one direction was captured;");
	sample.capture.conversations = &all[10];
	sample.capture.conversation_count = 1;
	assert_prints(&sample, "  quality   - 1 conversation (1 over UDP): only one direction");
}
END_TEST

START_TEST(test_unknown_drops_and_times)
{
	struct sample sample;

	sample_init(&sample, "text");
	sample.interface.has_dropped = false;
	sample.facts.has_time = false;
	assert_prints(&sample,
	    "  quality   - The file does not say whether packets were dropped while\n"
	    "              capturing.\n"
	    "            - Its packets carry no time: nothing is known of when and how long.\n");
	assert_prints(&sample, "  who       10.0.0.5:49711 → 10.0.0.9:445\n"
			       "  frames    22, 23 (tcp.stream 3)\n");
}
END_TEST

/* Nothing from a packet or a file's name moves the cursor, ends a line or turns it around. */
START_TEST(test_hostile_text_is_shown)
{
	static const char *const because[] = {"It said \033]0;x\007."};
	struct sample sample;
	char *page;

	sample_init(&sample, "text");
	sample.facts.file = "a\033[2J\nb.pcap";
	sample.findings[0].summary = "asked for \\\\fs1\\\033[31m\xe2\x80\xae"
				     "dta\r\n\xc2\x9b\xff.";
	sample.findings[0].because = (struct text_list){because, 1};
	assert_prints(&sample, "a\\u{1b}[2J\\u{a}b.pcap\n");
	assert_prints(&sample,
	    "asked for \\\\fs1\\\\u{1b}[31m\\u{202e}dta\\u{d}\\u{a}\\u{9b}\xef\xbf\xbd.\n");
	page = sample_print(&sample);
	for (const char *at = page; *at != '\0'; at++)
		ck_assert(*at == '\n' || (unsigned char)*at >= 0x20);
	free(page);
}
END_TEST

START_TEST(test_lines_are_no_wider_than_a_terminal)
{
	struct sample sample;
	char *page, *line, *rest;

	init_three(&sample);
	sample.findings[0].summary =
	    "words of some length that make more than one line when they are put one after the "
	    "other until the line is full, and then some more of them for a third line here";
	page = sample_print(&sample);
	for (line = strtok_r(page, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		ck_assert_msg(wrap_columns(line) <= WRAP_COLUMNS, "%s", line);
	free(page);
}
END_TEST

START_TEST(test_colours_only_when_asked)
{
	struct sample sample;
	char *page;

	sample_init(&sample, "text");
	page = sample_print(&sample);
	ck_assert_ptr_null(strchr(page, '\033'));
	free(page);
	sample.report.is_colored = true;
	assert_prints(&sample,
	    "\033[1;31merror:\033[0m \033[1mThe share does not exist on the server\033[0m\n");
}
END_TEST

START_TEST(test_clients_of_several_occurrences)
{
	struct sample sample;
	struct conversation_facts other;
	struct sample_exchange later;

	sample_init(&sample, "text");
	other = sample.conversation_facts;
	ck_assert(addr_parse("fe80::6", &other.client));
	later = sample.exchange;
	later.common.conversation = &other;
	later.common.time = SAMPLE_START + INT64_C(2000000000);
	sample.findings[0].examples[1] = &later.common;
	sample.findings[0].examples[2] = &sample.exchange.common;
	sample.findings[0].example_count = 3;
	sample.findings[0].occurrences = 3;
	assert_prints(&sample, "  who       10.0.0.5, fe80::6 → 10.0.0.9:445\n");
	assert_prints(
	    &sample, "  count     3 occurrences, the last at 2023-11-14T22:13:20.056000001Z\n");
	ck_assert(addr_parse("fe80::9", &sample.conversation_facts.server));
	assert_prints(&sample, " → [fe80::9]:445\n");
}
END_TEST

/* A sweep has only those ends that its attempts have in common. */
START_TEST(test_several_ends)
{
	struct sample sample;

	sample_init(&sample, "text");
	sample.conversation_facts.client = (struct addr){.family = ADDR_NONE};
	sample.conversation_facts.client_port = 0;
	assert_prints(&sample, "  who       several → 10.0.0.9:445\n");
	sample.conversation_facts.server = (struct addr){.family = ADDR_NONE};
	assert_prints(&sample, "  who       several → several:445\n");
}
END_TEST

START_TEST(test_more_findings_than_the_first_screen_holds)
{
	struct sample sample;
	struct finding many[20];

	sample_init(&sample, "text");
	for (size_t i = 0; i < 20; i++)
		many[i] = sample.findings[0];
	sample.capture.findings =
	    (struct finding_list){.items = many, .count = 20, .incidents = 20};
	assert_prints(&sample, "\n  8. error: ");
	assert_prints(&sample, "\n  and 12 more, below\n\n  stream  TCP");
	assert_prints(&sample, "\n20. error: ");
}
END_TEST

START_TEST(test_more_findings_than_anybody_reads)
{
	struct sample sample;
	struct finding many[REPORT_TEXT_MOST_TOLD + 3];

	sample_init(&sample, "text");
	for (size_t i = 0; i < COUNT(many); i++)
		many[i] = sample.findings[0];
	many[0].baseline = BASELINE_KNOWN;
	sample.capture.findings =
	    (struct finding_list){.items = many, .count = COUNT(many), .incidents = COUNT(many)};
	assert_prints(&sample, "\n201. error: ");
	assert_prints(&sample, "  id        f-0123456789ab\n\n"
			       "and 2 more; NDJSON has them all\n\nSuppressed or known before");
}
END_TEST

START_TEST(test_findings_that_do_not_count)
{
	struct suppression suppression = {.reason = "it is \033 gone", .expires = "2027-01-31"};
	struct sample sample;

	init_three(&sample);
	sample.findings[0].suppression = &suppression;
	sample.findings[1].baseline = BASELINE_KNOWN;
	sample.findings[2].baseline = BASELINE_NEW;
	assert_prints(&sample, "  result    1 inconclusive, 1 suppressed, 1 known\n\n"
			       "  stream  TCP");
	assert_prints(&sample, "STATUS_BAD_NETWORK_NAME (finding 3)\n");
	assert_prints(&sample, "not visible\n\n3. inconclusive: ");
	assert_prints(&sample, "  baseline  new: the baseline does not have it\n");
	assert_prints(&sample,
	    "  id        f-0123456789ab\n\n"
	    "Suppressed or known before, and not counted:\n"
	    "  1. error: The share does not exist on the server\n"
	    "     10.0.0.5:49711 → 10.0.0.9:445, at 0.056000001 s, frames 22, 23\n"
	    "     suppressed until 2027-01-31: it is \\u{1b} gone\n"
	    "  2. notice: The share does not exist on the server\n"
	    "     10.0.0.5 → 10.0.0.9:445, at 0.056000001 s, frames 22, 23\n"
	    "     known before: the baseline has it\n"
	    "\n1 capture, 28 packets: 1 inconclusive, 1 suppressed, 1 known\n");
	sample.findings[2].suppression = &suppression;
	assert_prints(&sample, "  result    no findings but 2 suppressed, 1 known\n\n"
			       "  stream  TCP");
	assert_prints(&sample, "not visible\n\n"
			       "Suppressed or known before, and not counted:\n  1. error: ");
}
END_TEST

START_TEST(test_many_findings_that_do_not_count)
{
	struct sample sample;
	struct finding many[30];

	sample_init(&sample, "text");
	for (size_t i = 0; i < 30; i++) {
		many[i] = sample.findings[0];
		many[i].baseline = i < 9 ? BASELINE_NEW : BASELINE_KNOWN;
	}
	sample.capture.findings =
	    (struct finding_list){.items = many, .count = 30, .incidents = 30};
	assert_prints(&sample, "\n  and 1 more, below\n\n  stream  TCP");
	assert_prints(&sample, "\n  29. error: ");
	assert_prints(&sample, "\n  and 1 more; NDJSON has them all\n");
}
END_TEST

START_TEST(test_an_incident)
{
	struct sample sample;

	init_three(&sample);
	sample.capture.findings.incidents = 1;
	for (size_t i = 0; i < 3; i++) {
		sample.findings[i].incident = 1;
		sample.findings[i].follows_from = i;
	}
	assert_prints(&sample, "  result    1 error, 1 notice, 1 inconclusive in 1 incident\n");
	assert_prints(&sample,
	    "  1. error: The share does not exist on the server\n"
	    "     10.0.0.5:49711 → 10.0.0.9:445, at 0.056000001 s, frames 22, 23\n"
	    "     2. notice: The share does not exist on the server\n"
	    "        follows from 1: 10.0.0.5 → 10.0.0.9:445, at 0.056000001 s, "
	    "frames 22, 23\n");
	assert_prints(&sample, "  incident  explains finding 2\n");
	assert_prints(&sample, "  incident  follows from finding 1, and explains finding 3\n");
	sample.findings[2].follows_from = 1;
	assert_prints(&sample, "  incident  explains findings 2 and 3\n");
}
END_TEST

START_TEST(test_next_steps)
{
	static const struct step_advice steps[] = {
	    {.text = "Look.", .run = "smbclient -L 'fs1\n'", .on = "kdc"},
	    {.text = "Ask\033.", .on = "witness", .risk = "none", .applies_to = "Windows 7"},
	    {.text = "Open it.", .risk = "Anybody may come in.", .lowers_security = true}};
	struct sample sample;

	sample_init(&sample, "text");
	sample.findings[0].next_steps = (struct advice_list){steps, 3};
	assert_prints(&sample, "  next      1. Look. (on the KDC)\n"
			       "                   smbclient -L 'fs1\\u{a}'\n"
			       "            2. Ask\\u{1b}. (on witness)\n"
			       "               Applies to: Windows 7\n"
			       "            3. Open it.\n"
			       "               Lowers security: yes; take it back as soon "
			       "as possible\n"
			       "               Risk: Anybody may come in.\n"
			       "  harmless");
}
END_TEST

/* More kinds of advice than the page remembers: each is printed, none is lost. */
START_TEST(test_more_advice_than_is_remembered)
{
	struct sample sample;
	struct finding many[80];
	struct found_cause causes[80] = {0};
	char words[80][16];

	sample_init(&sample, "text");
	for (size_t i = 0; i < 80; i++) {
		snprintf(words[i], sizeof(words[i]), "Cause %zu.", i);
		causes[i].text = words[i];
		many[i] = sample.findings[0];
		many[i].causes = (struct found_cause_list){&causes[i], 1};
	}
	many[79].causes = many[0].causes;
	sample.capture.findings =
	    (struct finding_list){.items = many, .count = 80, .incidents = 80};
	for (size_t i = 0; i < 79; i++)
		assert_prints(&sample, words[i]);
	assert_prints(&sample, "  advice    causes and next steps as for finding 1\n");
}
END_TEST

START_TEST(test_two_captures_and_a_failure)
{
	static const struct report_failure failed[] = {
	    {"notes\033.txt", "notes\033.txt: no capture"}};
	struct sample sample;
	char *page = NULL;
	size_t length = 0;

	sample_init(&sample, "text");
	sample.report.failed = failed;
	sample.report.failed_count = 1;
	sample.report.out = open_memstream(&page, &length);
	report_begin(&sample.report);
	report_add(&sample.report, &sample.capture);
	report_add(&sample.report, &sample.capture);
	report_end(&sample.report);
	fclose(sample.report.out);
	ck_assert_ptr_nonnull(strstr(page, "f-0123456789ab\n\nincident.pcapng\n"));
	ck_assert_ptr_nonnull(
	    strstr(page, "f-0123456789ab\n\n"
			 "could not read notes\\u{1b}.txt: no capture\n"
			 "2 captures, 56 packets: 2 errors; 1 file could not be read\n"));
	free(page);
}
END_TEST

START_TEST(test_streams)
{
	struct sample sample;
	char *table;

	sample_init(&sample, "text");
	table = sample_print_stream(&sample);
	ck_assert_str_eq(table,
	    "stream  first frame  client                 server                  packets"
	    "         bytes  speaks\n"
	    "     3            5  10.0.0.5:49711         10.0.0.9:445                 24"
	    "          2447  smb\n");
	free(table);
}
END_TEST

Suite *
report_text_suite(void)
{
	Suite *suite = suite_create("report_text");
	TCase *tests = tcase_create("report_text");

	tcase_add_test(tests, test_one_finding);
	tcase_add_test(tests, test_three_findings);
	tcase_add_test(tests, test_nothing_found);
	tcase_add_test(tests, test_nothing_to_judge);
	tcase_add_test(tests, test_conversations_of_other_kinds);
	tcase_add_test(tests, test_quality);
	tcase_add_test(tests, test_place);
	tcase_add_test(tests, test_several_places);
	tcase_add_test(tests, test_quality_of_many_conversations);
	tcase_add_test(tests, test_unknown_drops_and_times);
	tcase_add_test(tests, test_hostile_text_is_shown);
	tcase_add_test(tests, test_lines_are_no_wider_than_a_terminal);
	tcase_add_test(tests, test_colours_only_when_asked);
	tcase_add_test(tests, test_clients_of_several_occurrences);
	tcase_add_test(tests, test_several_ends);
	tcase_add_test(tests, test_more_findings_than_the_first_screen_holds);
	tcase_add_test(tests, test_more_findings_than_anybody_reads);
	tcase_add_test(tests, test_findings_that_do_not_count);
	tcase_add_test(tests, test_many_findings_that_do_not_count);
	tcase_add_test(tests, test_an_incident);
	tcase_add_test(tests, test_next_steps);
	tcase_add_test(tests, test_more_advice_than_is_remembered);
	tcase_add_test(tests, test_two_captures_and_a_failure);
	tcase_add_test(tests, test_streams);
	suite_add_tcase(suite, tests);
	return suite;
}
