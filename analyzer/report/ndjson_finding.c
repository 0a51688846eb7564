#include "analyzer/report/ndjson_finding.h"

#include "analyzer/base/basics.h"
#include "analyzer/report/json_step.h"
#include "analyzer/report/json_fields.h"
#include "rules/suppression.h"

static const char *const baseline_words[] = {
    [BASELINE_NONE] = NULL,
    [BASELINE_NEW] = "new",
    [BASELINE_KNOWN] = "known",
};

static const void *
finding_of(const void *source)
{
	return ((const struct numbered_finding *)source)->finding;
}

/* The next four take a struct finding. */

static const void *
rule_of(const void *source)
{
	return ((const struct finding *)source)->rule;
}

static const void *
exchange_of(const void *source)
{
	return ((const struct finding *)source)->exchange;
}

static const void *
type_of(const void *source)
{
	return ((const struct finding *)source)->exchange->type;
}

static const void *
conversation_of(const void *source)
{
	return ((const struct finding *)source)->exchange->conversation;
}

static const void *
suppression_of(const void *source)
{
	return ((const struct finding *)source)->suppression;
}

#define OF(member) offsetof(struct suppression, member)

static const struct member suppression_members[] = {
    {JSON_KEY("reason"), MEMBER_TEXT, OF(reason), .sentence = "why, in the operator's words"},
    {JSON_KEY("expires"), MEMBER_TEXT, OF(expires), .is_optional = true,
	.pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
	.sentence = "the last day that it is suppressed on"},
};

static const struct record suppression_record = {"suppression",
    "that the operator does not want to hear of a finding", suppression_members,
    COUNT(suppression_members)};

/* ---- what other captures show ---- */

#undef OF
#define OF(member) offsetof(struct crossing, member)

/* Nothing where it is not known. */
static void
add_known(struct text *text, const char *key, const struct number *number)
{
	if (number->is_known)
		json_bool(text, key, number->value != 0);
}

static void
add_reached_server(struct text *text, const char *key, const void *source)
{
	add_known(text, key, &((const struct crossing *)source)->is_request_there);
}

static void
add_server_answered(struct text *text, const char *key, const void *source)
{
	add_known(text, key, &((const struct crossing *)source)->is_answer_there);
}

static void
add_answer_arrived(struct text *text, const char *key, const void *source)
{
	add_known(text, key, &((const struct crossing *)source)->is_answer_here);
}

static bool
has_waited(const void *source)
{
	return ((const struct crossing *)source)->waited_there >= 0;
}

static bool
has_path_delay(const void *source)
{
	return ((const struct crossing *)source)->path_delay >= 0;
}

static bool
has_slowest(const void *source)
{
	return ((const struct crossing *)source)->slowest_after != NULL;
}

static const struct member crossing_members[] = {
    {JSON_KEY("there"), MEMBER_TEXT, OF(there),
	.sentence = "the capture that is nearest to the server"},
    {JSON_KEY("reached_server"), MEMBER_BOOL, .is_optional = true, .add = add_reached_server,
	.sentence = "whether it has the request, where that is known"},
    {JSON_KEY("request_frame"), MEMBER_U64, OF(request_there), .is_optional = true,
	.sentence = "the frame that completes it there"},
    {JSON_KEY("server_answered"), MEMBER_BOOL, .is_optional = true, .add = add_server_answered,
	.sentence = "whether it has an answer, or what ended the wait"},
    {JSON_KEY("answer_frame"), MEMBER_U64, OF(answer_there), .is_optional = true,
	.sentence = "the frame of that"},
    {JSON_KEY("waited"), MEMBER_SECONDS, OF(waited_there), .is_said = has_waited,
	.sentence = "seconds from the request to it there"},
    {JSON_KEY("path_delay"), MEMBER_SECONDS, OF(path_delay), .is_said = has_path_delay,
	.sentence = "seconds that the client waited longer than that: what passed on the path"},
    {JSON_KEY("slowest_after"), MEMBER_TEXT, OF(slowest_after), .is_optional = true,
	.sentence = "of the captures between which most of that passed, the one nearer to the "
		    "client"},
    {JSON_KEY("slowest_before"), MEMBER_TEXT, OF(slowest_before), .is_optional = true,
	.sentence = "the other of them"},
    {JSON_KEY("slowest_delay"), MEMBER_SECONDS, OF(slowest_delay), .is_said = has_slowest,
	.sentence = "seconds that passed between the two"},
    {JSON_KEY("answer_arrived"), MEMBER_BOOL, .is_optional = true, .add = add_answer_arrived,
	.sentence = "whether the capture that is nearest to the client has it"},
    {JSON_KEY("lost_after"), MEMBER_TEXT, OF(lost_after), .is_optional = true,
	.sentence = "the last capture on its way that has what was lost"},
    {JSON_KEY("lost_before"), MEMBER_TEXT, OF(lost_before), .is_optional = true,
	.sentence = "the next, which lacks it"},
    {JSON_KEY("forged_after"), MEMBER_TEXT, OF(forged_after), .is_optional = true,
	.sentence = "the last capture, from the server on, that lacks an answer no server sent"},
    {JSON_KEY("forged_before"), MEMBER_TEXT, OF(forged_before), .is_optional = true,
	.sentence = "the next, towards the client, which has it"},
    {JSON_KEY("altered"), MEMBER_TEXT, OF(altered), .is_optional = true,
	.sentence = "fields that differ, with their values before and after"},
    {JSON_KEY("altered_after"), MEMBER_TEXT, OF(altered_after), .is_optional = true,
	.sentence = "the last capture on its way that has the values before"},
    {JSON_KEY("altered_before"), MEMBER_TEXT, OF(altered_before), .is_optional = true,
	.sentence = "the next, which has those after"},
    {JSON_KEY("duplicated"), MEMBER_U64, OF(duplicated), .is_optional = true,
	.sentence = "segments of request and answer that came out of the path twice"},
    {JSON_KEY("duplicated_after"), MEMBER_TEXT, OF(duplicated_after), .is_optional = true,
	.sentence = "the last capture on the way that has such a segment once"},
    {JSON_KEY("duplicated_before"), MEMBER_TEXT, OF(duplicated_before), .is_optional = true,
	.sentence = "the next, which has it twice"},
    {JSON_KEY("unsure"), MEMBER_TEXT, OF(unsure), .is_optional = true,
	.sentence = "why something of this is not known"},
};

static const struct record crossing_record = {"crossing",
    "what captures of several points on one path show of an exchange", crossing_members,
    COUNT(crossing_members)};

static const void *
crossing_of(const void *source)
{
	return ((const struct finding *)source)->exchange->crossing;
}

static bool
has_crossing(const void *source)
{
	return crossing_of(source) != NULL;
}

/* ---- what files beside the capture say ---- */

#undef OF
#define OF(member) offsetof(struct quotation, member)

static const struct member quote_members[] = {
    {JSON_KEY("file"), MEMBER_TEXT, OF(file), .sentence = "its name, as it was given"},
    {JSON_KEY("line"), MEMBER_U64, OF(line), .is_optional = true,
	.sentence = "number of the line, from 1, where it is not all of the file"},
    {JSON_KEY("text"), MEMBER_TEXT, OF(text), .sentence = "what stands there"},
};

static const struct record quote_record = {
    "quote", "where something stands in a file", quote_members, COUNT(quote_members)};

#undef OF
#define OF(member) offsetof(struct found_cause, member)

static const struct member attested_members[] = {
    {JSON_KEY("cause"), MEMBER_TEXT, OF(text), .sentence = "one of the causes"},
    {JSON_KEY("stance"), MEMBER_WORD, OF(stance), .words = stance_names,
	.word_count = STANCE_REFUTED + 1, .sentence = "whether they speak for it or against it"},
    {JSON_KEY("quotes"), MEMBER_OBJECT, MEMBER_LIST(struct found_cause, quotes, quote_count),
	.record = &quote_record, .sentence = "what says so"},
};

static const struct record attested_record = {"attested",
    "what files beside the capture say of a cause", attested_members, COUNT(attested_members)};

static bool
is_attested(const void *source)
{
	return ((const struct finding *)source)->attested.count != 0;
}

#undef OF
#define OF(member)              offsetof(struct finding, member)
#define OF_CONVERSATION(member) offsetof(struct conversation_facts, member), .from = conversation_of

static const struct member name_members[] = {
    {JSON_KEY("file"), MEMBER_TEXT, OF_CONVERSATION(file),
	.sentence = "the capture, as it was named"},
    {JSON_KEY("id"), MEMBER_TEXT, OF(id), .pattern = "^f-[0-9a-f]{12}(-[0-9]+)?$",
	.sentence = "what the finding is called in every run and on every machine"},
};

static const struct record name_part = {NULL, NULL, name_members, COUNT(name_members)};

static void
add_fields(struct text *text, const char *key, const void *source)
{
	json_fields(text, key, exchange_of(source));
}

static const struct member body_members[] = {
    {JSON_KEY("incident"), MEMBER_SIZE, OF(incident),
	.sentence = "number, from 1, that findings which explain each other share"},
    {JSON_KEY("follows_from"), MEMBER_SIZE, OF(follows_from), .is_optional = true,
	.sentence = "number of the finding that explains this one"},
    {JSON_KEY("rule"), MEMBER_TEXT, offsetof(struct rule, id), .from = rule_of,
	.sentence = "id of the rule that says so"},
    {JSON_KEY("title"), MEMBER_TEXT, offsetof(struct rule, title), .from = rule_of,
	.sentence = "what is wrong, in a few words"},
    {JSON_KEY("severity"), MEMBER_WORD, OF(severity), .words = severity_names,
	.word_count = SEVERITY_ERROR + 1, .sentence = "how bad it is"},
    {JSON_KEY("verdict"), MEMBER_WORD, OF(verdict), .words = verdict_names,
	.word_count = VERDICT_INCONCLUSIVE + 1,
	.sentence = "whether the packets show it, or cannot decide it"},
    {JSON_KEY("because"), MEMBER_TEXT, MEMBER_LIST(struct finding, because.items, because.count),
	.sentence = "why it is inconclusive, or less severe than its rule"},
    {JSON_KEY("baseline"), MEMBER_WORD, OF(baseline), .words = baseline_words,
	.word_count = COUNT(baseline_words), .is_optional = true,
	.sentence = "whether the baseline that was given has it"},
    {JSON_KEY("suppressed"), MEMBER_OBJECT, .from = suppression_of, .record = &suppression_record,
	.is_optional = true, .sentence = "why and until when it is suppressed"},
    {JSON_KEY("client"), MEMBER_ADDR, OF_CONVERSATION(client), .is_optional = true,
	.sentence = "address of the client, where there is one"},
    {JSON_KEY("server"), MEMBER_ADDR, OF_CONVERSATION(server), .is_optional = true,
	.sentence = "address of the server, where there is one"},
    {JSON_KEY("port"), MEMBER_U16, OF_CONVERSATION(server_port),
	.sentence = "port of the server, 0 for several"},
    {JSON_KEY("first_time"), MEMBER_TIME, offsetof(struct exchange, time), .from = exchange_of,
	.sentence = "when it first occurred"},
    {JSON_KEY("last_time"), MEMBER_TIME, OF(last_time), .sentence = "when it last occurred"},
    {JSON_KEY("occurrences"), MEMBER_U64, OF(occurrences), .sentence = "how often it occurred"},
    {JSON_KEY("stream"), MEMBER_U32, MEMBER_LIST(struct finding, streams, stream_count),
	.sentence = "Wireshark's tcp.stream of the first ten occurrences, rising"},
    {JSON_KEY("frames"), MEMBER_U64, MEMBER_LIST(struct finding, frames, frame_count),
	.sentence = "frames of the first ten occurrences, rising"},
    {JSON_KEY("filter"), MEMBER_TEXT, OF(filter), .is_optional = true,
	.sentence = "Wireshark's display filter for these frames"},
    {JSON_KEY("context"), MEMBER_TEXT, OF(context), .is_optional = true,
	.sentence = "Wireshark's display filter for the conversations whole"},
    {JSON_KEY("summary"), MEMBER_TEXT, OF(summary),
	.sentence = "what happened, in a sentence or two"},
    {JSON_KEY("exchange"), MEMBER_EXCHANGE, offsetof(struct exchange_type, name), .from = type_of,
	.sentence = "the kind of exchange that the rule looks at"},
    {JSON_KEY("fields"), MEMBER_FIELDS, .add = add_fields,
	.sentence = "what is known of the first occurrence"},
    {JSON_KEY("crossing"), MEMBER_OBJECT, .from = crossing_of, .record = &crossing_record,
	.is_said = has_crossing,
	.sentence = "what captures of other points show of the first occurrence"},
    {JSON_KEY("chain"), MEMBER_TEXT, MEMBER_LIST(struct finding, chain.items, chain.count),
	.sentence = "what it adds to the story of its incident"},
    {JSON_KEY("causes"), MEMBER_TEXT, MEMBER_LIST(struct finding, causes.items, causes.count),
	.sentence = "likely causes, the likeliest first"},
    {JSON_KEY("evidence"), MEMBER_OBJECT,
	MEMBER_LIST(struct finding, attested.items, attested.count), .record = &attested_record,
	.is_said = is_attested, .sentence = "what files beside the capture say of these causes"},
    {JSON_KEY("next_steps"), MEMBER_OBJECT,
	MEMBER_LIST(struct finding, next_steps.items, next_steps.count), .record = &step_record,
	.sentence = "what to do next, in this order"},
};

static const struct record body_part = {NULL, NULL, body_members, COUNT(body_members)};

static const struct member finding_members[] = {
    {.kind = MEMBER_PART, .from = finding_of, .record = &name_part},
    {JSON_KEY("number"), MEMBER_SIZE, offsetof(struct numbered_finding, number),
	.sentence = "number of the finding in its capture, from 1"},
    {.kind = MEMBER_PART, .from = finding_of, .record = &body_part},
};

const struct record finding_record = {
    "finding", "what a rule says of exchanges", finding_members, COUNT(finding_members)};
