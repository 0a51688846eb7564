#include "analyzer/report/json_step.h"

#include "analyzer/base/basics.h"
#include "rules/rule.h"

#define OF(member) offsetof(struct step_advice, member)

static const struct member step_members[] = {
    {JSON_KEY("text"), MEMBER_TEXT, OF(text), .sentence = "what to do"},
    {JSON_KEY("run"), MEMBER_TEXT, OF(run), .is_optional = true,
	.sentence = "the command to do it with"},
    {JSON_KEY("on"), MEMBER_TEXT, OF(on), .is_optional = true,
	.pattern = "^(client|server|kdc|network)$",
	.sentence = "where: client, server, kdc or network"},
    {JSON_KEY("risk"), MEMBER_TEXT, OF(risk),
	.sentence = "none, or what may break or become less safe"},
    {JSON_KEY("applies_to"), MEMBER_TEXT, OF(applies_to), .is_optional = true,
	.sentence = "versions that it is for, if not for all"},
    {JSON_KEY("lowers_security"), MEMBER_BOOL, OF(lowers_security),
	.sentence = "it makes a system less safe"},
};

const struct record step_record = {
    "step", "something to do next", step_members, COUNT(step_members)};
