/* A capture with one refused TREE_CONNECT, built by hand: what the tests of the formats report. */
#ifndef SMBTRIAGE_REPORT_SAMPLE_TEST_H
#define SMBTRIAGE_REPORT_SAMPLE_TEST_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/outfile.h"
#include "analyzer/report/report.h"

#define SAMPLE_START INT64_C(1700000000000000000) /* 2023-11-14T22:13:20Z */

struct sample_exchange {
	struct exchange common;
	struct number status, share_flags, session;
	struct number_list dialects;
	const char *path;
};

static const struct name_row sample_status_rows[] = {
    {0xc00000cc, "STATUS_BAD_NETWORK_NAME", NULL},
};
static const struct names sample_statuses = {sample_status_rows, 1};

static const struct name_row sample_flag_rows[] = {
    {0x01, "SMB2_SHAREFLAG_DFS", NULL},
    {0x04, "SMB2_SHAREFLAG_RESTRICT_EXCLUSIVE_OPENS", NULL},
};
static const struct names sample_flags = {sample_flag_rows, 2};

static const struct name_row sample_dialect_rows[] = {{0x0311, "3.1.1", NULL}};
static const struct names sample_dialects = {sample_dialect_rows, 1};

static const struct field sample_fields[] = {
    {.name = "status",
	.refusal = REFUSAL_NT_ERROR,
	.kind = FIELD_NUMBER,
	.notation = NOTATION_CODE,
	.offset = offsetof(struct sample_exchange, status),
	.names = &sample_statuses},
    {.name = "share_flags",
	.kind = FIELD_NUMBER,
	.notation = NOTATION_FLAGS,
	.offset = offsetof(struct sample_exchange, share_flags),
	.names = &sample_flags},
    {.name = "session",
	.kind = FIELD_NUMBER,
	.notation = NOTATION_HEX,
	.offset = offsetof(struct sample_exchange, session)},
    {.name = "dialects",
	.kind = FIELD_LIST,
	.notation = NOTATION_NAME,
	.offset = offsetof(struct sample_exchange, dialects),
	.names = &sample_dialects},
    {.name = "path", .kind = FIELD_TEXT, .offset = offsetof(struct sample_exchange, path)},
};

static const struct exchange_type sample_type = {
    .name = "smb2_tree_connect",
    .sentence = "a request for a share",
    .size = sizeof(struct sample_exchange),
    .fields = sample_fields,
    .field_count = COUNT(sample_fields),
    .request_label = "TREE_CONNECT[ {path}]",
    .answer_label = "TREE_CONNECT[ {status}]",
};

static const struct found_cause sample_causes[] = {
    {.text = "The name is misspelt in the client's request."},
    {.text = "The share was removed, or is published under another server or cluster name."},
};

/* The same, the first of which a file beside the capture speaks for. */
static const struct quotation sample_quotes[] = {{"sh`a<re>s.txt", 9, "dta | <b> `x`"}};
static const struct found_cause sample_attested_causes[] = {
    {"The name is misspelt in the client's request.", STANCE_SUPPORTED, sample_quotes, 1},
    {.text = "The share was removed, or is published under another server or cluster name."},
};

static const struct step_advice sample_steps[] = {
    {.text = "List the shares.", .run = "Get-SmbShare", .on = "server", .risk = "none"},
    {.text = "Create the share again.",
	.on = "server",
	.risk = "whoever may read the folder can read the share."},
};

static const struct rule sample_rule = {
    .id = "smb-tree-bad-network-name",
    .title = "The share does not exist on the server",
    .severity = SEVERITY_ERROR,
    .benign = "A client that probes for a share it can do without.",
    .blind = "In an encrypted session the tree connect is not visible.",
};

static const uint32_t sample_dialect_list[] = {0x0210, 0x0311};
static const uint32_t sample_streams[] = {3};
static const uint64_t sample_frames[] = {22, 23};

/* Everything that a report borrows; sample_init() fills it in place. */
struct sample {
	struct interface_facts interface;
	struct capture_facts facts;
	struct conversation_facts conversation_facts;
	struct report_conversation conversation;
	struct sample_exchange exchange;
	struct finding findings[3];
	struct ledger ledger;
	struct statistics statistics;
	struct report_capture capture;
	struct report report;
};

static inline void
sample_init_facts(struct sample *sample)
{
	sample->interface = (struct interface_facts){.name = "eth0",
	    .link_type = 1,
	    .snap_length = 262144,
	    .packets = 28,
	    .has_dropped = true};
	sample->facts = (struct capture_facts){.file = "incident.pcapng",
	    .format = "pcapng",
	    .packets = 28,
	    .decoded = 26,
	    .bytes = 5012,
	    .first_time = SAMPLE_START,
	    .last_time = SAMPLE_START + INT64_C(60042000000),
	    .has_time = true,
	    .interfaces = &sample->interface,
	    .interface_count = 1,
	    .tcp_streams = 4};
	sample->conversation_facts = (struct conversation_facts){.client_port = 49711,
	    .server_port = 445,
	    .transport = TRANSPORT_TCP,
	    .stream = 3,
	    .file = "incident.pcapng",
	    .protocol = "smb",
	    .dialect = "3.1.1",
	    .step = STEP_AUTHENTICATED,
	    .first_frame = 5,
	    .last_frame = 28,
	    .first_time = SAMPLE_START + 1000,
	    .last_time = SAMPLE_START + INT64_C(60042000000),
	    .packets = {13, 11},
	    .bytes = {1455, 992},
	    .close = CLOSE_FIN,
	    .closed_by = ENDED_BY_CLIENT,
	    .close_frame = 26,
	    .close_time = SAMPLE_START + INT64_C(60041000000)};
	addr_parse("10.0.0.5", &sample->conversation_facts.client);
	addr_parse("10.0.0.9", &sample->conversation_facts.server);
	sample->conversation.facts = &sample->conversation_facts;
}

static inline void
sample_init_finding(struct sample *sample)
{
	sample->exchange = (struct sample_exchange){.common = {.type = &sample_type,
							.conversation = &sample->conversation_facts,
							.time = SAMPLE_START + 56000001,
							.waited = 69980,
							.outcome = OUTCOME_ANSWERED,
							.ended_by = ENDED_BY_SERVER,
							.is_delivered = true,
							.request_frame = 22,
							.answer_frame = 23},
	    .status = known(0xc00000cc),
	    .path = "\\\\fs1\\dta"};
	sample->findings[0] = (struct finding){.id = "f-0123456789ab",
	    .rule = &sample_rule,
	    .severity = SEVERITY_ERROR,
	    .exchange = &sample->exchange.common,
	    .examples = {&sample->exchange.common},
	    .example_count = 1,
	    .occurrences = 1,
	    .last_time = SAMPLE_START + 56000001,
	    .streams = sample_streams,
	    .stream_count = 1,
	    .frames = sample_frames,
	    .frame_count = 2,
	    .filter = "frame.number in {22, 23}",
	    .context = "tcp.stream == 3",
	    .summary = "10.0.0.5 asked 10.0.0.9 for \\\\fs1\\dta; the server has no share of that "
		       "name.",
	    .causes = {sample_causes, 2},
	    .next_steps = {sample_steps, 2},
	    .incident = 1,
	    .incident_size = 1};
}

/* One capture, one conversation, one finding. The report has no output yet. */
/* An empty one, which the next call empties again. */
static inline struct outfile *
sample_aside(void)
{
	static struct outfile *aside;
	struct error error = {0};

	if (aside != NULL && outfile_restart(aside))
		return aside;
	aside = outfile_open_aside(NULL, &error);
	ck_assert_msg(aside != NULL, "%s", error.text);
	return aside;
}

static inline void
sample_init(struct sample *sample, const char *format)
{
	memset(sample, 0, sizeof(*sample));
	sample_init_facts(sample);
	sample_init_finding(sample);
	sample->capture = (struct report_capture){.facts = &sample->facts,
	    .name = "incident.pcapng",
	    .conversations = &sample->conversation,
	    .conversation_count = 1,
	    .ledger = &sample->ledger,
	    .statistics = &sample->statistics,
	    .findings = {.items = sample->findings, .count = 1, .incidents = 1}};
	sample->report.format = report_format_called(format, strlen(format));
	sample->report.aside = sample_aside();
}

/* The whole report of the one capture; the caller frees it. */
static inline char *
sample_print(struct sample *sample)
{
	char *chars = NULL;
	size_t length = 0;

	sample->report.out = open_memstream(&chars, &length);
	sample->report.aside = sample_aside();
	report_begin(&sample->report);
	report_add(&sample->report, &sample->capture);
	report_end(&sample->report);
	fclose(sample->report.out);
	return chars;
}

/* The lines that STREAM prints of the one conversation; the caller frees them. */
static inline char *
sample_print_stream(const struct sample *sample)
{
	char *chars = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&chars, &length);

	sample->report.format->stream_heading(out);
	sample->report.format->stream(out, &sample->conversation);
	fclose(out);
	return chars;
}

#endif
