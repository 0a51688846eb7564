#include "analyzer/report/markdown.h"

#include <check.h>

#include "analyzer/report/sample_test.h"
#include "rules/suppression.h"

Suite *markdown_suite(void);

static struct sample sample;
static struct exchange *exchanges[1];

static void
setup(void)
{
	sample_init(&sample, "markdown");
	exchanges[0] = &sample.exchange.common;
	sample.ledger = (struct ledger){.items = exchanges, .count = 1};
	sample.capture.sha256 = "00ff";
}

static void
assert_has(const char *document, const char *part)
{
	ck_assert_msg(strstr(document, part) != NULL, "no \"%s\" in:\n%s", part, document);
}

static void
assert_lacks(const char *document, const char *part)
{
	ck_assert_msg(strstr(document, part) == NULL, "\"%s\" in:\n%s", part, document);
}

/* That the document of the sample has PART. */
static void
assert_prints(const char *part)
{
	char *document;

	sample.report.captures = 0;
	sample.report.packets = 0;
	memset(sample.report.findings, 0, sizeof(sample.report.findings));
	document = sample_print(&sample);
	assert_has(document, part);
	free(document);
}

static const char one_finding[] =
    "# SMB triage\n"
    "\n"
    "## `incident.pcapng`\n"
    "\n"
    "**1 error**\n"
    "\n"
    "| # | Severity | What failed | Who | When | Frames | How sure |\n"
    "|---|---|---|---|---|---|---|\n"
    "| 1 | error | The share does not exist on the server | 10.0.0.5:49711 → 10.0.0.9:445 | "
    "2023-11-14T22:13:20.056Z | 22, 23 | found |\n"
    "\n"
    "### 1. error: The share does not exist on the server\n"
    "\n"
    "10.0.0.5 asked 10.0.0.9 for `\\\\fs1\\dta`; the server has no share of that name.\n"
    "\n"
    "- **Who:** 10.0.0.5:49711 → 10.0.0.9:445\n"
    "- **When:** 2023-11-14T22:13:20.056000001Z, 0.056000001 s into the capture\n"
    "- **How sure:** found; these frames show it.\n"
    "- **Display filter:** `frame.number in {22, 23}`\n"
    "- **Whole conversation:** `tcp.stream == 3`\n"
    "\n"
    "| Frame | Time | From, to | What |\n"
    "|---|---|---|---|\n"
    "| 22 | 0.056000001 s | client 10.0.0.5 → server 10.0.0.9 | TREE_CONNECT `\\\\fs1\\dta` |\n"
    "| 23 | 0.056069981 s | server 10.0.0.9 → client 10.0.0.5 | TREE_CONNECT "
    "STATUS_BAD_NETWORK_NAME |\n"
    "\n"
    "What went on, as a diagram and as text:\n"
    "\n"
    "```mermaid\n"
    "sequenceDiagram\n"
    "    participant h0 as client 10.0.0.5\n"
    "    participant h1 as server 10.0.0.9\n"
    "    h0->>h1: #42; 22 TREE_CONNECT #92;#92;fs1#92;dta\n"
    "    h1-->>h0: #42; 23 TREE_CONNECT STATUS_BAD_NETWORK_NAME\n"
    "    h0->>h1: 26 FIN\n"
    "```\n"
    "\n"
    "```\n"
    "                   client 10.0.0.5\n"
    "                   |        server 10.0.0.9\n"
    " frame    seconds  |        |\n"
    "*   22   0.000000  |------->|  TREE_CONNECT \\\\fs1\\dta\n"
    "*   23   0.000069  |<-------|  TREE_CONNECT STATUS_BAD_NETWORK_NAME\n"
    "    26  59.984999  |------->|  FIN\n"
    "* evidence\n"
    "```\n"
    "\n"
    "**Likely causes**\n"
    "\n"
    "1. The name is misspelt in the client's request.\n"
    "2. The share was removed, or is published under another server or cluster name.\n"
    "\n"
    "**What to do next**\n"
    "\n"
    "1. List the shares. (on the server)\n"
    "\n"
    "   ```\n"
    "   Get-SmbShare\n"
    "   ```\n"
    "2. Create the share again. (on the server)\n"
    "\n"
    "   *Risk:* whoever may read the folder can read the share.\n"
    "\n"
    "- **When it is harmless:** A client that probes for a share it can do without.\n"
    "- **What cannot be seen:** In an encrypted session the tree connect is not visible.\n"
    "\n"
    "Rule `smb-tree-bad-network-name`, finding `f-0123456789ab`\n"
    "\n"
    "### The capture\n"
    "\n"
    "- **Capture:** 28 packets, pcapng, 4 TCP streams\n"
    "- **Time:** 2023-11-14T22:13:20.000000000Z, lasting 60.0 s\n"
    "- **SHA256:** `00ff`\n"
    "- **Taken at:** a place that is not known (`--vantage` tells it)\n"
    "- **Quality:** Nothing is known to be missing: silence in it counts as silence.\n"
    "- **SMB:** 1 conversation: 1 got to SESSION_SETUP\n"
    "\n"
    "| `tcp.stream` | Client | Server | Speaks | How far | How it ended | Frames |\n"
    "|---|---|---|---|---|---|---|\n"
    "| 3 | 10.0.0.5:49711 | 10.0.0.9:445 | SMB 3.1.1 | got to SESSION_SETUP | closed by the "
    "client in frame 26 | 5 to 28 |\n"
    "\n"
    "Report by smbtriage " SMBTRIAGE_VERSION ".\n";

START_TEST(test_one_finding)
{
	char *document = sample_print(&sample);

	ck_assert_str_eq(document, one_finding);
	free(document);
}
END_TEST

START_TEST(test_several_occurrences)
{
	sample.findings[0].occurrences = 12;
	assert_prints("| 10.0.0.5 → 10.0.0.9:445 |");
	assert_prints(
	    "- **How often:** 12 occurrences, the last at 2023-11-14T22:13:20.056000001Z; "
	    "frames and filter are of the first 1\n");
}
END_TEST

START_TEST(test_inconclusive)
{
	static const char *const because[] = {"packets of <b> are missing"};

	sample.findings[0].verdict = VERDICT_INCONCLUSIVE;
	sample.findings[0].because = (struct text_list){because, 1};
	sample.findings[0].baseline = BASELINE_NEW;
	assert_prints("| 1 | error if so, new | The share");
	assert_prints("| 22, 23 | inconclusive |\n");
	assert_prints("- **Baseline:** new: the baseline does not have it\n");
	assert_prints("### 1. inconclusive: The share does not exist on the server\n");
	assert_prints("- **How sure:** undecided, because packets of `<b>` are missing. It is an "
		      "error if it is so.\n");
}
END_TEST

/* What is not known is left out. */
START_TEST(test_without_time_and_stream)
{
	char *document;

	sample.facts.has_time = false;
	sample.findings[0].stream_count = 0;
	sample.findings[0].context = NULL;
	document = sample_print(&sample);
	assert_has(document, "10.0.0.9:445 |  | 22, 23 |");
	assert_lacks(document, "**When:**");
	assert_lacks(document, "**Whole conversation:**");
	assert_has(document, "| 22 |  | client 10.0.0.5 → server 10.0.0.9 |");
	free(document);
}
END_TEST

/* A request that nothing answered; a path that would be markup where it stands. */
START_TEST(test_unanswered)
{
	struct exchange *exchange = &sample.exchange.common;

	sample.exchange.path = "\\\\fs1\\a|`b` @all";
	exchange->outcome = OUTCOME_UNANSWERED;
	exchange->answer_frame = 0;
	exchange->waited = INT64_C(3000000000);
	assert_prints("| TREE_CONNECT `` \\\\fs1\\a\\u{7c}`b` `` `@all`, delivered, no answer for "
		      "3.00 s |\n");
}
END_TEST

/* Findings of the same frames have one diagram, and each its own evidence. */
START_TEST(test_repeated_diagram)
{
	static const uint64_t frames[] = {23};

	sample.findings[1] = sample.findings[0];
	sample.findings[1].frames = frames;
	sample.findings[1].frame_count = 1;
	sample.capture.findings.count = 2;
	assert_prints("- **Whole conversation:** `tcp.stream == 3`\n"
		      "\n"
		      "| Frame | Time | From, to | What |\n"
		      "|---|---|---|---|\n"
		      "| 23 | 0.056069981 s | server 10.0.0.9 → client 10.0.0.5 | TREE_CONNECT "
		      "STATUS_BAD_NETWORK_NAME |\n"
		      "\n"
		      "The diagram is that of finding 1.\n"
		      "\n"
		      "Causes and next steps are those of finding 1.\n"
		      "\n"
		      "Rule ");
}
END_TEST

START_TEST(test_incident)
{
	static const char *const links[] = {"*alias*", "no ticket"};
	struct finding *findings = sample.findings;

	findings[0].chain = (struct text_list){links, 2};
	findings[0].incident_size = 2;
	findings[1] = findings[0];
	findings[1].follows_from = 1;
	findings[1].chain.count = 0;
	sample.capture.findings.count = 2;
	assert_prints("**2 errors in 1 incident**\n");
	assert_prints("| 2 | error | The share does not exist on the server (follows from 1) |");
	assert_prints("- **Incident:** explains finding 2\n"
		      "- **What led to what:** `*alias*` → no ticket\n");
	assert_prints("- **Incident:** follows from finding 1\n");
}
END_TEST

/* What files say of a cause stands with it, and is not left out where another has the same. */
START_TEST(test_quotes)
{
	struct finding *findings = sample.findings;

	findings[0].causes = findings[0].attested =
	    (struct found_cause_list){sample_attested_causes, 2};
	findings[0].attested.count = 1;
	assert_prints("1. The name is misspelt in the client's request.\n"
		      "\n"
		      "   ``sh`a<re>s.txt:9`` says so: `` dta \\u{7c} <b> `x` ``\n"
		      "2. The share was removed");
}
END_TEST

/* Advice is told once; of one that is nearly the same, what differs. */
START_TEST(test_repeated_advice)
{
	static const struct found_cause causes[] = {
	    {.text = "The name is misspelt in the client's request."},
	    {.text = "The share @x was removed."}};
	static const struct step_advice steps[] = {
	    {.text = "List the shares.", .run = "Get-SmbShare -Special"},
	    {.text = "Create the share again."}};
	struct finding *findings = sample.findings;
	char *document;

	findings[1] = findings[2] = findings[0];
	findings[1].causes.items = causes;
	sample.capture.findings.count = 3;
	document = sample_print(&sample);
	assert_has(document, "Causes and next steps are those of finding 1, but for these:\n"
			     "\n"
			     "- Cause 2: The share `@x` was removed.\n"
			     "\n"
			     "Rule ");
	assert_has(document, "Causes and next steps are those of finding 1.\n\nRule ");
	free(document);
	findings[1].causes = findings[0].causes;
	findings[1].next_steps.items = steps;
	assert_prints("but for these:\n"
		      "\n"
		      "- Step 1: List the shares.\n"
		      "\n"
		      "  ```\n"
		      "  Get-SmbShare -Special\n"
		      "  ```\n");
	findings[1].causes.items = causes + 1;
	findings[1].causes.count = 1;
	assert_prints("**Likely causes**\n\n1. The share `@x` was removed.\n");
}
END_TEST

START_TEST(test_steps)
{
	struct step_advice steps[10];

	for (size_t i = 0; i < COUNT(steps); i++)
		steps[i] = (struct step_advice){.text = "Look.", .risk = "none"};
	steps[0] = (struct step_advice){.text = "1. Look.",
	    .on = "moon",
	    .run = "a```b",
	    .applies_to = "Samba",
	    .lowers_security = true};
	steps[9].run = "x";
	sample.findings[0].next_steps = (struct advice_list){steps, 10};
	assert_prints("1. `1`. Look. (on `moon`)\n"
		      "\n"
		      "   ````\n"
		      "   a```b\n"
		      "   ````\n"
		      "\n"
		      "   *Applies to:* Samba\n"
		      "\n"
		      "   *Lowers security:* yes; take it back as soon as possible\n"
		      "2. Look.\n");
	assert_prints("10. Look.\n\n    ```\n    x\n    ```\n");
}
END_TEST

/* What does not count is listed at the end, with the reason, and told nowhere else. */
START_TEST(test_known_and_suppressed)
{
	static const struct suppression suppression = {"the @backup is like that", "2027-01-31"};
	char *document;

	sample.findings[1] = sample.findings[0];
	sample.findings[0].baseline = BASELINE_KNOWN;
	sample.findings[1].suppression = &suppression;
	sample.capture.findings.count = 2;
	document = sample_print(&sample);
	assert_has(document,
	    "\n### Known or suppressed\n"
	    "\n"
	    "| # | Severity | What | Who | Why it does not count | Finding |\n"
	    "|---|---|---|---|---|---|\n"
	    "| 1 | error | The share does not exist on the server | 10.0.0.5:49711 → 10.0.0.9:445 "
	    "| "
	    "known before: the baseline has it | `f-0123456789ab` |\n"
	    "| 2 | error | The share does not exist on the server | 10.0.0.5:49711 → 10.0.0.9:445 "
	    "| "
	    "suppressed until 2027-01-31: the `@backup` is like that | `f-0123456789ab` |\n");
	assert_lacks(document, "### 1.");
	assert_lacks(document, "How sure");
	free(document);
}
END_TEST

/* A ticket has only so much room. */
START_TEST(test_many_findings)
{
	struct finding many[MARKDOWN_MOST_LISTED + 2];
	char *document;

	for (size_t i = 0; i < COUNT(many); i++)
		many[i] = sample.findings[0];
	sample.capture.findings =
	    (struct finding_list){.items = many, .count = COUNT(many), .incidents = COUNT(many)};
	document = sample_print(&sample);
	assert_has(document, "\n| 50 | error |");
	assert_lacks(document, "\n| 51 | error |");
	assert_has(document, "\n\nand 2 more; the other formats list them all.\n");
	assert_has(document, "\n### 20. error:");
	assert_lacks(document, "\n### 21.");
	assert_has(document,
	    "\n32 more findings are not told in detail here; the other formats have "
	    "them all.\n");
	free(document);
}
END_TEST

START_TEST(test_conversations)
{
	struct conversation_facts silent = sample.conversation_facts;
	struct conversation_facts ticket = sample.conversation_facts;
	struct report_conversation many[MARKDOWN_MOST_LISTED + 1];
	char *document;

	silent.step = STEP_NONE;
	silent.protocol = silent.dialect = NULL;
	silent.speaks = "a|b";
	silent.close = CLOSE_NONE;
	ticket.transport = TRANSPORT_UDP;
	ticket.protocol = "kerberos";
	for (size_t i = 0; i < COUNT(many); i++)
		many[i].facts = i == 0 ? &silent : &ticket;
	sample.capture.conversations = many;
	sample.capture.conversation_count = COUNT(many);
	document = sample_print(&sample);
	assert_has(document, "| 10.0.0.9:445 | `a\\u{7c}b` | never connected |");
	assert_has(document, "| UDP | 10.0.0.5:49711 | 10.0.0.9:445 | Kerberos");
	assert_has(document, "\n\nand 1 more; `smbtriage streams` lists them all.\n");
	free(document);
}
END_TEST

START_TEST(test_several_captures)
{
	struct report_failure failed = {"no.pcap", "no.pcap: <no> such file"};
	char *document = NULL;
	size_t length = 0;

	sample.report.out = open_memstream(&document, &length);
	report_begin(&sample.report);
	report_add(&sample.report, &sample.capture);
	sample.facts.file = "b`.pcapng";
	sample.facts.damage = "record 29 is cut";
	sample.capture.findings.count = 0;
	report_add(&sample.report, &sample.capture);
	sample.report.failed = &failed;
	sample.report.failed_count = 1;
	report_end(&sample.report);
	fclose(sample.report.out);
	assert_has(document, "# SMB triage\n"
			     "\n"
			     "2 captures, 56 packets: 1 error; 1 file could not be read.\n"
			     "\n"
			     "| Capture | Result |\n"
			     "|---|---|\n"
			     "| `incident.pcapng` | 1 error |\n"
			     "| ``b`.pcapng`` | no findings |\n"
			     "\n"
			     "## `incident.pcapng`\n");
	assert_has(document, "\n## ``b`.pcapng``\n\n**no findings**\n\n### The capture\n");
	assert_has(document, "\nNo rule matched. How far the conversations got is said above;");
	assert_has(
	    document, "\n## Files that could not be read\n\n- `no.pcap`: `<no>` such file\n");
	free(document);
}
END_TEST

START_TEST(test_lacks)
{
	sample.facts.damage = "record 29 is cut";
	sample.facts.duplicates = 2;
	assert_prints("- **Quality:**\n"
		      "  - The file is cut or damaged: record 29 is cut. What was open there is "
		      "undecided.\n"
		      "  - 2 packets shown more than once (mirror port, several interfaces): each "
		      "counts once.\n"
		      "- **SMB:**");
}
END_TEST

/* Nothing that is not in a code span comes from a packet, and none of it ends one. */
START_TEST(test_hostile_names)
{
	static const char *const comments[] = {"# @all\n# <script>"};
	static const struct found_cause causes[] = {{.text = "# <img src=x> [a](http://b) | ```"}};

	sample.findings[0].summary = "- #1 ``` <!-- \n\n# x | y";
	sample.findings[0].causes = (struct found_cause_list){causes, 1};
	sample.facts.comments = comments;
	sample.facts.comment_count = 1;
	assert_prints("\n\n`-` `#1` ```` ``` ```` `<!--` `\\u{a}\\u{a}#` x `\\u{7c}` y\n\n");
	assert_prints("1. `#` `<img` `src=x>` `[a](http://b)` `\\u{7c}` ```` ``` ````\n");
	assert_prints("- **Comment:** `#` `@all\\u{a}#` `<script>`\n");
}
END_TEST

Suite *
markdown_suite(void)
{
	Suite *suite = suite_create("markdown");
	TCase *tests = tcase_create("document");

	tcase_add_checked_fixture(tests, setup, NULL);
	tcase_add_test(tests, test_one_finding);
	tcase_add_test(tests, test_several_occurrences);
	tcase_add_test(tests, test_inconclusive);
	tcase_add_test(tests, test_without_time_and_stream);
	tcase_add_test(tests, test_unanswered);
	tcase_add_test(tests, test_repeated_diagram);
	tcase_add_test(tests, test_incident);
	tcase_add_test(tests, test_quotes);
	tcase_add_test(tests, test_repeated_advice);
	tcase_add_test(tests, test_steps);
	tcase_add_test(tests, test_known_and_suppressed);
	tcase_add_test(tests, test_many_findings);
	tcase_add_test(tests, test_conversations);
	tcase_add_test(tests, test_several_captures);
	tcase_add_test(tests, test_lacks);
	tcase_add_test(tests, test_hostile_names);
	suite_add_tcase(suite, tests);
	return suite;
}
