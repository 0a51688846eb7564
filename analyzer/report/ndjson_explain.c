#include "analyzer/report/ndjson_explain.h"

#include "analyzer/base/basics.h"
#include "analyzer/report/json.h"
#include "analyzer/report/json_step.h"

/* ---- of a code ---- */

static const void *
explanation_of_item(const void *source)
{
	return ((const struct explained *)source)->explanation;
}

static bool
is_limited(const void *source)
{
	return ((const struct explained *)source)->at.count != 0;
}

#define OF(member) offsetof(struct explanation, member), .from = explanation_of_item
#define LIST_OF(list) \
	MEMBER_LIST(struct explanation, list.items, list.count), .from = explanation_of_item

static const struct member explained_members[] = {
    {JSON_KEY("at"), MEMBER_EXCHANGE, MEMBER_LIST(struct explained, at.items, at.count),
	.is_said = is_limited, .sentence = "the exchanges of which it is true, if not of all"},
    {JSON_KEY("means"), MEMBER_TEXT, OF(means), .sentence = "what the code means in SMB"},
    {JSON_KEY("causes"), MEMBER_TEXT, LIST_OF(causes),
	.sentence = "why it comes, the likeliest first"},
    {JSON_KEY("next_steps"), MEMBER_OBJECT, LIST_OF(next_steps), .record = &step_record,
	.sentence = "what to do next, in this order"},
    {JSON_KEY("references"), MEMBER_TEXT, LIST_OF(references), .sentence = "where it is written"},
};

static const struct record explained_record = {
    "explained", "what a code means", explained_members, COUNT(explained_members)};

static const void *
row_of(const void *source)
{
	return ((const struct explained_code *)source)->code->row;
}

static void
add_code_number(struct text *text, const char *key, const void *source)
{
	const struct code_word *code = ((const struct explained_code *)source)->code;

	if (code->table->is_status)
		json_hex(text, key, code->row->value, 8);
	else
		json_number(text, key, code->row->value);
}

static const struct member code_members[] = {
    {JSON_KEY("code"), MEMBER_TEXT, offsetof(struct name_row, name), .from = row_of,
	.sentence = "the code's name"},
    {JSON_KEY("number"), MEMBER_CODE, .add = add_code_number,
	.sentence = "its number, of a status a hexadecimal string"},
    {JSON_KEY("meaning"), MEMBER_TEXT, offsetof(struct name_row, meaning), .from = row_of,
	.is_optional = true, .sentence = "what its specification says"},
    {JSON_KEY("explanations"), MEMBER_OBJECT,
	MEMBER_LIST(struct explained_code, explanations, count), .record = &explained_record,
	.sentence = "what it means in SMB, by exchange"},
    {JSON_KEY("rules"), MEMBER_TEXT, MEMBER_LIST(struct explained_code, rules.items, rules.count),
	.sentence = "ids of the rules that speak of it"},
};

const struct record explanation_record = {
    "explanation", "what a status or a Kerberos error means", code_members, COUNT(code_members)};

/* ---- of a rule ---- */

static const void *
rule_of(const void *source)
{
	return ((const struct explained_rule *)source)->rule;
}

#define OF_RULE(member) offsetof(struct rule, member), .from = rule_of
#define TEXTS(list)     MEMBER_LIST(struct explained_rule, list.items, list.count)

static const struct member rule_members[] = {
    {JSON_KEY("rule"), MEMBER_TEXT, OF_RULE(id), .sentence = "its id"},
    {JSON_KEY("title"), MEMBER_TEXT, OF_RULE(title), .sentence = "what it finds, in a few words"},
    {JSON_KEY("severity"), MEMBER_WORD, OF_RULE(severity), .words = severity_names,
	.word_count = SEVERITY_ERROR + 1, .sentence = "how bad that is"},
    {JSON_KEY("exchange"), MEMBER_EXCHANGE, TEXTS(exchanges),
	.sentence = "the kinds of exchanges it looks at"},
    {JSON_KEY("finding"), MEMBER_TEXT, offsetof(struct explained_rule, finding),
	.sentence = "what it says, with fields in braces"},
    {JSON_KEY("causes"), MEMBER_TEXT, TEXTS(causes),
	.sentence = "likely causes, the likeliest first"},
    {JSON_KEY("next_steps"), MEMBER_OBJECT, TEXTS(next_steps), .record = &step_record,
	.sentence = "what to do next, in this order"},
    {JSON_KEY("explain_by"), MEMBER_TEXT, TEXTS(explain_by),
	.sentence = "fields whose codes' explanations are added"},
    {JSON_KEY("codes"), MEMBER_TEXT, TEXTS(codes),
	.sentence = "codes that it speaks of, unless many"},
    {JSON_KEY("benign"), MEMBER_TEXT, OF_RULE(benign), .is_optional = true,
	.sentence = "when there is no need to worry"},
    {JSON_KEY("blind"), MEMBER_TEXT, OF_RULE(blind), .is_optional = true,
	.sentence = "what it cannot see"},
    {JSON_KEY("references"), MEMBER_TEXT,
	MEMBER_LIST(struct rule, references.items, references.count), .from = rule_of,
	.sentence = "where it is written"},
};

const struct record rule_record = {
    "rule", "what a rule looks for", rule_members, COUNT(rule_members)};
