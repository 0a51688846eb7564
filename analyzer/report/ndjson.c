#include "analyzer/report/ndjson.h"

#include "analyzer/base/basics.h"
#include "analyzer/report/json.h"
#include "analyzer/report/json_advice.h"
#include "analyzer/report/ndjson_statistics.h"

static const char *const closes[] = {
    [CLOSE_NONE] = "open",
    [CLOSE_RESET] = "reset",
    [CLOSE_FIN] = "closed",
};

/* What a `finding` says of its exchange besides the fields of the exchange's own type. */
static const struct {
	const char *name;
	bool is_omitted_at_zero; /* "nobody", "none" */
} common_fields[] = {
    {"waited", false},
    {"outcome", false},
    {"ended_by", true},
    {"delivered", false},
    {"retransmissions", false},
    {"request_frame", false},
    {"answer_frame", false},
    {"end_frame", false},
    {"unknown_because", true},
};

void
ndjson_open(struct text *line, const char *type, const char *file)
{
	json_open(line, NULL, '{');
	json_text(line, "type", type);
	json_text(line, "file", file);
}

void
ndjson_close(struct text *line, FILE *out)
{
	json_close(line, '}');
	text_add_char(line, '\n');
	fwrite(line->chars, 1, line->length, out);
	text_clear(line);
}

void
ndjson_by_side(struct text *line, const char *key, const uint64_t counts[2])
{
	char key_by_side[64];

	json_number(line, key, both_sides(counts));
	snprintf(key_by_side, sizeof(key_by_side), "%s_by_side", key);
	json_open(line, key_by_side, '[');
	json_number(line, NULL, counts[CLIENT]);
	json_number(line, NULL, counts[SERVER]);
	json_close(line, ']');
}

static void
add_times(struct text *line, int64_t first, int64_t last)
{
	json_time(line, "first_time", first);
	json_time(line, "last_time", last);
}

static void
add_interface(struct text *line, const struct interface_facts *interface)
{
	json_open(line, NULL, '{');
	json_text(line, "name", interface->name);
	json_text(line, "description", interface->description);
	json_text(line, "filter", interface->filter);
	json_text(line, "os", interface->os);
	json_number(line, "link_type", interface->link_type);
	if (interface->snap_length != 0)
		json_number(line, "snap_length", interface->snap_length);
	json_number(line, "packets", interface->packets);
	if (interface->has_dropped)
		json_number(line, "dropped", interface->dropped);
	json_close(line, '}');
}

/* Where a host is, and how many conversations say so by which kind of evidence. */
static void
add_vantage(struct text *line, const struct vantage_facts *vantage)
{
	json_open(line, NULL, '{');
	json_addr(line, "host", &vantage->host);
	json_number(line, "interface", vantage->interface);
	json_text(line, "place", names_text(&place_names, vantage->place));
	json_open(line, "votes", '[');
	for (enum clue clue = 0; clue < CLUE_COUNT; clue++) {
		if (vantage->here[clue] + vantage->elsewhere[clue] == 0)
			continue;
		json_open(line, NULL, '{');
		json_text(line, "clue", names_text(&clue_names, clue));
		json_number(line, "here", vantage->here[clue]);
		json_number(line, "elsewhere", vantage->elsewhere[clue]);
		json_close(line, '}');
	}
	json_close(line, ']');
	json_close(line, '}');
}

static void
add_quality(struct text *line, const struct capture_facts *facts)
{
	json_open(line, "quality", '{');
	json_text(line, "damage", facts->damage);
	json_text(line, "unjudged", facts->unjudged);
	json_number(line, "sliced", facts->sliced);
	json_number(line, "undecoded", facts->undecoded);
	json_number(line, "time_reversals", facts->time_reversals);
	json_number(line, "clock_steps", facts->clock_steps);
	json_number(line, "duplicates", facts->duplicates);
	json_number(line, "fragments_incomplete", facts->fragments_incomplete);
	json_number(line, "quic_packets", facts->quic_packets);
	json_number(line, "rdma_packets", facts->rdma_packets);
	json_number(line, "names_left_out", facts->names_left_out);
	json_close(line, '}');
}

static void
write_capture(struct text *line, FILE *out, const struct report_capture *capture)
{
	const struct capture_facts *facts = capture->facts;

	ndjson_open(line, "capture", facts->file);
	json_text(line, "sha256", capture->sha256);
	json_text(line, "format", facts->format);
	json_text(line, "compression", facts->compression);
	json_number(line, "packets", facts->packets);
	json_number(line, "decoded", facts->decoded);
	json_number(line, "bytes", facts->bytes);
	if (facts->has_time) {
		add_times(line, facts->first_time, facts->last_time);
		json_seconds(line, "duration", facts->last_time - facts->first_time);
	}
	json_number(line, "tcp_streams", facts->tcp_streams);
	json_number(line, "syn_only_streams", facts->syn_only_streams);
	json_open(line, "interfaces", '[');
	for (size_t i = 0; i < facts->interface_count; i++)
		add_interface(line, &facts->interfaces[i]);
	json_close(line, ']');
	json_open(line, "vantages", '[');
	for (size_t i = 0; i < facts->vantage_count; i++)
		add_vantage(line, &facts->vantages[i]);
	json_close(line, ']');
	json_texts(line, "comments", facts->comments, facts->comment_count);
	add_quality(line, facts);
	ndjson_close(line, out);
}

/* Which conversation it is, as `stream` and `conversation` records say it. */
static void
add_identity(struct text *line, const struct report_conversation *conversation)
{
	const struct conversation_facts *facts = conversation->facts;

	if (facts->transport == TRANSPORT_TCP)
		json_number(line, "stream", facts->stream);
	json_text(line, "transport", names_text(&transport_names, facts->transport));
	json_addr(line, "client", &facts->client);
	json_number(line, "client_port", facts->client_port);
	json_addr(line, "server", &facts->server);
	json_number(line, "server_port", facts->server_port);
	json_text(line, "protocol", report_speaks(conversation));
}

static void
add_close(struct text *line, const struct conversation_facts *facts)
{
	json_text(line, "outcome", closes[facts->close]);
	if (facts->close == CLOSE_NONE)
		return;
	if (facts->closed_by != ENDED_BY_NOBODY)
		json_text(line, "closed_by", names_text(&ended_by_names, facts->closed_by));
	json_number(line, "close_frame", facts->close_frame);
	json_time(line, "close_time", facts->close_time);
}

/* What was encrypted, and what the operator's keys made of it. */
static void
add_encryption(struct text *line, const struct conversation_facts *facts)
{
	json_bool(line, "encrypted", facts->is_encrypted);
	if (facts->is_encrypted) {
		ndjson_by_side(line, "opened_messages", facts->opened_messages);
		ndjson_by_side(line, "unread_messages", facts->sealed_messages);
		ndjson_by_side(line, "unread_bytes", facts->sealed_bytes);
	}
	if (facts->seal != SEAL_OPENED)
		json_text(line, "unread_because", names_text(&seal_names, facts->seal));
	if (facts->keytab_lack != NULL)
		json_text(line, "keytab_lack", facts->keytab_lack);
	if (facts->sealed_wait_frame != 0) {
		json_seconds(line, "unread_longest_wait", facts->sealed_wait);
		json_number(line, "unread_longest_wait_frame", facts->sealed_wait_frame);
	}
	if (both_sides(facts->signatures_right) + both_sides(facts->signatures_wrong) != 0) {
		ndjson_by_side(line, "signatures_right", facts->signatures_right);
		ndjson_by_side(line, "signatures_wrong", facts->signatures_wrong);
	}
}

static void
write_conversation(struct text *line, FILE *out, const struct report_conversation *conversation)
{
	const struct conversation_facts *facts = conversation->facts;

	ndjson_open(line, "conversation", facts->file);
	add_identity(line, conversation);
	json_text(line, "dialect", facts->dialect);
	json_text(line, "vantage", names_text(&vantage_names, facts->vantage));
	add_encryption(line, facts);
	json_bool(line, "compressed", facts->is_compressed);
	if (both_sides(facts->compressed_messages) != 0) {
		ndjson_by_side(line, "unread_compressed_messages", facts->compressed_messages);
		ndjson_by_side(line, "unread_compressed_bytes", facts->compressed_bytes);
	}
	json_bool(line, "armoured", facts->is_armoured);
	json_bool(line, "began_before_capture", facts->is_begun_before);
	json_bool(line, "one_direction", facts->is_one_direction);
	json_text(line, "step", names_text(&step_names, facts->step));
	add_close(line, facts);
	json_number(line, "first_frame", facts->first_frame);
	json_number(line, "last_frame", facts->last_frame);
	add_times(line, facts->first_time, facts->last_time);
	ndjson_by_side(line, "packets", facts->packets);
	ndjson_by_side(line, "bytes", facts->bytes);
	ndjson_by_side(line, "retransmissions", facts->retransmissions);
	ndjson_by_side(line, "duplicates", facts->duplicates);
	ndjson_by_side(line, "missing_bytes", facts->missing_bytes);
	ndjson_by_side(line, "conflicting_bytes", facts->conflicting_bytes);
	if (facts->given_up != 0)
		json_number(line, "given_up", facts->given_up);
	ndjson_close(line, out);
}

/* The names of the bits that are set; those without one together in hex. */
static void
add_flags(struct text *line, const char *key, const struct names *names, uint64_t flags)
{
	json_open(line, key, '[');
	for (size_t i = 0; i < names->count; i++) {
		if (names->rows[i].value == 0 ||
		    (flags & names->rows[i].value) != names->rows[i].value)
			continue;
		json_text(line, NULL, names->rows[i].name);
		flags &= ~names->rows[i].value;
	}
	if (flags != 0)
		json_hex(line, NULL, flags, 1);
	json_close(line, ']');
}

static void
add_named(struct text *line, const char *key, const struct field *field, uint64_t number)
{
	const struct name_row *row = names_find(field->names, number);

	if (field->notation == NOTATION_FLAGS)
		add_flags(line, key, field->names, number);
	else if (row != NULL)
		json_text(line, key, row->name);
	else
		json_hex(line, key, number, field->notation == NOTATION_CODE ? 8 : 1);
}

static void
add_number(struct text *line, const char *key, const struct field *field, uint64_t number)
{
	if (field->kind == FIELD_TIME)
		json_time(line, key, (int64_t)number);
	else if (field->kind == FIELD_DURATION)
		json_seconds(line, key, (int64_t)number);
	else if (field->names == &bool_names)
		json_bool(line, key, number != 0);
	else if (field->names != NULL)
		add_named(line, key, field, number);
	else if (field->notation == NOTATION_HEX)
		json_hex(line, key, number, 1);
	else
		json_number(line, key, number);
}

static void
add_list(struct text *line, const struct field *field, const struct number_list *list)
{
	json_open(line, field->name, '[');
	for (uint16_t i = 0; i < list->count; i++)
		add_number(line, NULL, field, list->values[i]);
	json_close(line, ']');
}

static void
add_value(struct text *line, const struct field *field, const struct value *value)
{
	switch (value->kind) {
	case VALUE_NONE:
		return;
	case VALUE_NUMBER:
		add_number(line, field->name, field, value->number);
		return;
	case VALUE_TEXT:
		json_text(line, field->name, value->text);
		return;
	case VALUE_LIST:
		add_list(line, field, &value->list);
		return;
	case VALUE_ADDR:
		json_addr(line, field->name, &value->addr);
		return;
	}
}

static void
add_fields(struct text *line, const struct exchange *exchange)
{
	const struct field *field;
	struct value value;

	json_open(line, "fields", '{');
	for (size_t i = 0; i < exchange->type->field_count; i++) {
		value = exchange_value(exchange, &exchange->type->fields[i]);
		add_value(line, &exchange->type->fields[i], &value);
	}
	for (size_t i = 0; i < COUNT(common_fields); i++) {
		field = exchange_field(exchange->type, common_fields[i].name);
		value = exchange_value(exchange, field);
		if (value.number != 0 || !common_fields[i].is_omitted_at_zero)
			add_value(line, field, &value);
	}
	json_close(line, '}');
}

static void
add_packets(struct text *line, const struct finding *finding)
{
	json_open(line, "stream", '[');
	for (size_t i = 0; i < finding->stream_count; i++)
		json_number(line, NULL, finding->streams[i]);
	json_close(line, ']');
	json_open(line, "frames", '[');
	for (size_t i = 0; i < finding->frame_count; i++)
		json_number(line, NULL, finding->frames[i]);
	json_close(line, ']');
	json_text(line, "filter", finding->filter);
	json_text(line, "context", finding->context);
}

/* NUMBER is the finding's in its capture, from 1. */
static void
write_finding(struct text *line, FILE *out, const struct finding *finding, size_t number)
{
	const struct conversation_facts *conversation = finding->exchange->conversation;

	ndjson_open(line, "finding", conversation->file);
	json_text(line, "id", finding->id);
	json_number(line, "number", number);
	json_number(line, "incident", finding->incident);
	if (finding->follows_from != 0)
		json_number(line, "follows_from", finding->follows_from);
	json_text(line, "rule", finding->rule->id);
	json_text(line, "title", finding->rule->title);
	json_text(line, "severity", severity_names[finding->severity]);
	json_text(line, "verdict", verdict_names[finding->verdict]);
	json_texts(line, "because", finding->because.items, finding->because.count);
	json_addr(line, "client", &conversation->client);
	json_addr(line, "server", &conversation->server);
	json_number(line, "port", conversation->server_port);
	json_time(line, "first_time", finding->exchange->time);
	json_time(line, "last_time", finding->last_time);
	json_number(line, "occurrences", finding->occurrences);
	add_packets(line, finding);
	json_text(line, "summary", finding->summary);
	json_text(line, "exchange", finding->exchange->type->name);
	add_fields(line, finding->exchange);
	json_texts(line, "chain", finding->chain.items, finding->chain.count);
	json_texts(line, "causes", finding->causes.items, finding->causes.count);
	json_next_steps(line, &finding->next_steps);
	ndjson_close(line, out);
}

void
ndjson_begin(struct report *report)
{
	(void)report; /* a stream of records has no opening */
}

void
ndjson_capture(struct report *report, const struct report_capture *capture)
{
	struct text line = {0};

	write_capture(&line, report->out, capture);
	for (size_t i = 0; i < capture->conversation_count; i++)
		write_conversation(&line, report->out, &capture->conversations[i]);
	ndjson_statistics(report, capture);
	for (size_t i = 0; i < capture->findings.count; i++)
		write_finding(&line, report->out, &capture->findings.items[i], i + 1);
	text_free(&line);
}

static void
add_counts(struct text *line, const struct report *report)
{
	json_open(line, "findings", '{');
	for (int verdict = VERDICT_FOUND; verdict <= VERDICT_INCONCLUSIVE; verdict++) {
		json_open(line, verdict_names[verdict], '{');
		for (int severity = SEVERITY_ERROR; severity >= SEVERITY_NOTICE; severity--)
			json_number(
			    line, severity_names[severity], report->findings[verdict][severity]);
		json_close(line, '}');
	}
	json_close(line, '}');
}

void
ndjson_end(struct report *report)
{
	struct text line = {0};

	ndjson_open(&line, "summary", NULL);
	json_number(&line, "captures", report->captures);
	json_number(&line, "unjudged", report->unjudged);
	json_open(&line, "failed", '[');
	for (size_t i = 0; i < report->failed_count; i++) {
		json_open(&line, NULL, '{');
		json_text(&line, "file", report->failed[i].file);
		json_text(&line, "error", report->failed[i].text);
		json_close(&line, '}');
	}
	json_close(&line, ']');
	json_number(&line, "packets", report->packets);
	add_counts(&line, report);
	ndjson_close(&line, report->out);
	text_free(&line);
}

void
ndjson_stream_heading(FILE *out)
{
	(void)out; /* records name their members themselves */
}

void
ndjson_stream(FILE *out, const struct report_conversation *conversation)
{
	const struct conversation_facts *facts = conversation->facts;
	struct text line = {0};

	ndjson_open(&line, "stream", facts->file);
	add_identity(&line, conversation);
	json_number(&line, "first_frame", facts->first_frame);
	json_number(&line, "last_frame", facts->last_frame);
	add_times(&line, facts->first_time, facts->last_time);
	ndjson_by_side(&line, "packets", facts->packets);
	ndjson_by_side(&line, "bytes", facts->bytes);
	ndjson_close(&line, out);
	text_free(&line);
}
