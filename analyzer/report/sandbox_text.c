#include "analyzer/report/sandbox_text.h"

#include "analyzer/base/basics.h"

static const char *const modes[] = {
    [SANDBOX_AUTO] = "auto",
    [SANDBOX_REQUIRE] = "require",
    [SANDBOX_OFF] = "off",
};

#define OF(member) offsetof(struct sandbox_facts, member)

static const struct member sandbox_members[] = {
    {JSON_KEY("mode"), MEMBER_WORD, OF(mode), .words = modes, .word_count = COUNT(modes),
	.sentence = "what was asked for"},
    {JSON_KEY("no_new_privs"), MEMBER_BOOL, OF(is_active[SANDBOX_NO_NEW_PRIVS]),
	.sentence = "whether the process could gain no privileges"},
    {JSON_KEY("limits"), MEMBER_BOOL, OF(is_active[SANDBOX_LIMITS]),
	.sentence = "whether its descriptors, processes and core files were limited"},
    {JSON_KEY("landlock"), MEMBER_U32, OF(landlock_abi),
	.sentence = "by which version of Landlock it could open no file and reach no network; 0: "
		    "by none"},
    {JSON_KEY("seccomp"), MEMBER_BOOL, OF(is_active[SANDBOX_SECCOMP]),
	.sentence = "whether it could make no system calls but those it needs"},
};

const struct record sandbox_record = {"sandbox",
    "what kept the process that read captures from doing anything else", sandbox_members,
    COUNT(sandbox_members)};

void
sandbox_add_lack(struct text *text, const struct sandbox_facts *facts)
{
	static const char *const names[] = {[SANDBOX_NO_NEW_PRIVS] = "no_new_privs",
	    [SANDBOX_LIMITS] = "limits",
	    [SANDBOX_LANDLOCK] = "Landlock",
	    [SANDBOX_SECCOMP] = "seccomp"};
	const char *separator = "";

	if (facts == NULL)
		return;
	if (facts->mode == SANDBOX_OFF) {
		text_add(text, "off");
		return;
	}
	for (size_t i = 0; i < SANDBOX_LAYERS; i++) {
		if (facts->is_active[i])
			continue;
		text_addf(text, "%sno %s", separator, names[i]);
		separator = ", ";
	}
}

void
sandbox_add_note(
    struct text *text, const char *before, const struct sandbox_facts *facts, const char *after)
{
	struct text lack = {0};

	sandbox_add_lack(&lack, facts);
	if (lack.length != 0)
		text_addf(text, "%s%s%s", before, text_chars(&lack), after);
	text_free(&lack);
}
