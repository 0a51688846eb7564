#include "rules/template.h"

#include "analyzer/conversation/delivery.h"
#include "analyzer/conversation/handshake.h"
#include "analyzer/conversation/resolution.h"
#include "analyzer/conversation/sweep.h"
#include "dissectors/registry.h"
#include "rules/sample.h"

Suite *template_suite(void);

/* Of a knock with STATUS_ACCESS_DENIED at "\\fs1\dta", with no tries, that is loud. */
static const struct {
	const char *label, *filled;
} labels[] = {
    {"KNOCK", "KNOCK"},
    {"", ""},
    {"KNOCK {path}", "KNOCK \\\\fs1\\dta"},
    /* A code by its name, without its number. */
    {"KNOCK[ {status}]", "KNOCK STATUS_ACCESS_DENIED"},
    /* What is not known takes its part along, and no other. */
    {"KNOCK[ {path}][ as {alias}][ {status}]", "KNOCK \\\\fs1\\dta STATUS_ACCESS_DENIED"},
    {"KNOCK[ {path} as {alias}]", "KNOCK"},
    {"[{alias}]", ""},
    /* Outside of a part it is just not there. */
    {"KNOCK {alias}!", "KNOCK !"},
    /* A count of none says nothing; another does. */
    {"KNOCK[, {tries} tries]", "KNOCK"},
    {"KNOCK[, {request_frame} tries]", "KNOCK, 1 tries"},
    /* A flag is a condition. */
    {"KNOCK[{is_loud} loudly][{delivered} in vain]", "KNOCK loudly in vain"},
    {"[{is_last}the last ]KNOCK", "KNOCK"},
    /* Lists, flags of bits, addresses of the conversation. */
    {"[{dialects}][, {flags}][, {client}]", "0x202, 0x311, SIGNED, 10.0.0.5"},
    /* Doubled braces are braces. */
    {"KNOCK {{x}}[ {{{path}}}]", "KNOCK {x} {\\\\fs1\\dta}"},
};

START_TEST(a_label_leaves_out_what_is_not_known)
{
	static const uint32_t dialects[] = {0x0202, 0x0311};
	struct sample sample;
	struct text text = {0};
	struct knock *knock;

	sample_begin(&sample);
	knock = sample_knock(&sample, 1, 0xc0000022);
	knock->path = "\\\\fs1\\dta";
	knock->is_loud = true;
	knock->flags = known(1);
	knock->dialects = (struct number_list){dialects, COUNT(dialects), true};
	label_fill(&text, labels[_i].label, &knock->base);
	ck_assert_str_eq(text_chars(&text), labels[_i].filled);
	text_free(&text);
	sample_end(&sample);
}
END_TEST

/* A code without a name is a number; a text that is empty says nothing. */
START_TEST(a_label_says_what_there_is)
{
	struct sample sample;
	struct text text = {0};
	struct knock *knock;

	sample_begin(&sample);
	knock = sample_knock(&sample, 1, 0xc0001234);
	knock->path = "";
	label_fill(&text, "KNOCK[ at {path}][ {status}]", &knock->base);
	ck_assert_str_eq(text_chars(&text), "KNOCK 0xC0001234");
	text_free(&text);
	sample_end(&sample);
}
END_TEST

static const struct {
	const char *label;
	bool is_sound;
} judged[] = {
    {"KNOCK", true},
    {"KNOCK {tries}[ {path}][{is_loud}!]", true},
    {"KNOCK {path}", false},    /* may be unknown */
    {"KNOCK {is_loud}", false}, /* a condition of nothing */
    {"KNOCK {request_frame}", false},
    {"KNOCK[ {door}]", false},   /* of a visit */
    {"KNOCK[ {path}", false},    /* not closed */
    {"KNOCK {tries}]", false},   /* not opened */
    {"KNOCK[ [{path}]]", false}, /* nested */
    {"KNOCK[ {path]", false},    /* no field */
    {"KNOCK[ {path}}]", false},
    {"KNOCK[ {status.meaning}]", false},
};

START_TEST(a_label_is_checked)
{
	ck_assert_msg(label_is_sound(judged[_i].label, &knock_type) == judged[_i].is_sound, "%s",
	    judged[_i].label);
}
END_TEST

static void
check_type(const struct exchange_type *type)
{
	ck_assert_msg(type->request_label != NULL && label_is_sound(type->request_label, type),
	    "%s", type->name);
	ck_assert_msg(type->answer_label != NULL && label_is_sound(type->answer_label, type), "%s",
	    type->name);
	ck_assert_msg(type->network_label == NULL || label_is_sound(type->network_label, type),
	    "%s", type->name);
}

START_TEST(every_exchange_type_has_labels)
{
	check_type(&address_resolution_type);
	check_type(&tcp_handshake_type);
	check_type(&tcp_sweep_type);
	check_type(&tcp_delivery_type);
	for (size_t i = 0; i < dissector_exchange_type_count; i++)
		check_type(dissector_exchange_types[i]);
}
END_TEST

Suite *
template_suite(void)
{
	Suite *suite = suite_create("template");
	TCase *tcase = tcase_create("labels");

	tcase_add_loop_test(tcase, a_label_leaves_out_what_is_not_known, 0, (int)COUNT(labels));
	tcase_add_test(tcase, a_label_says_what_there_is);
	tcase_add_loop_test(tcase, a_label_is_checked, 0, (int)COUNT(judged));
	tcase_add_test(tcase, every_exchange_type_has_labels);
	suite_add_tcase(suite, tcase);
	return suite;
}
