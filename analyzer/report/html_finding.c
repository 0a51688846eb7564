#include "analyzer/report/html_finding.h"

#include <inttypes.h>

#include "analyzer/base/basics.h"
#include "analyzer/report/ladder.h"
#include "analyzer/report/svg_ladder.h"

#define MOST_HOSTS_ASIDE 4 /* in a ladder beside the text; of more it needs the whole width */

/* "Finding 3" as a link. */
static void
add_reference(struct html_page *page, size_t number)
{
	char chars[32];

	snprintf(chars, sizeof(chars), "finding %zu", number);
	html_finding_link(page, number, chars);
}

static void
add_headline(struct html_page *page, const struct finding *finding, size_t number)
{
	html_open(page, "h4", NULL);
	html_badge(page, finding);
	if (page->capture->findings.count > 1)
		markup_textf(page->markup, " %zu.", number);
	markup_text(page->markup, " ");
	markup_text(page->markup, finding->rule->title);
	markup_close(page->markup);
	markup_newline(page->markup);
}

/* What led to what, of the incident that FINDING is the root of. */
static void
add_chain(struct html_page *page, const struct finding *finding)
{
	struct text_list chain = phrase_chain(finding, page->arena);

	if (chain.count == 0)
		return;
	html_open(page, "ol", "chain");
	markup_attribute(page->markup, "aria-label", "What led to what");
	for (size_t i = 0; i < chain.count; i++)
		markup_element(page->markup, "li", chain.items[i]);
	markup_close(page->markup);
	markup_newline(page->markup);
}

/* "Follows from finding 1. Explains finding 3, finding 4." */
static void
add_relations(struct html_page *page, const struct finding *finding, size_t number)
{
	const struct finding_list *findings = &page->capture->findings;
	const char *separator = "Explains ";

	if (finding->incident_size < 2)
		return;
	html_open(page, "p", "soft small");
	if (finding->follows_from != 0) {
		markup_text(page->markup, "Follows from ");
		add_reference(page, finding->follows_from);
		markup_text(page->markup, ". ");
	}
	for (size_t i = 0; i < findings->count; i++) {
		if (findings->items[i].follows_from != number)
			continue;
		markup_text(page->markup, separator);
		add_reference(page, i + 1);
		separator = ", ";
	}
	if (*separator == ',')
		markup_text(page->markup, ".");
	markup_close(page->markup);
	markup_newline(page->markup);
}

/* A row with something to copy: one click selects all of it. */
static void
add_copy_row(struct html_page *page, const char *heading, const char *chars)
{
	if (chars == NULL)
		return;
	html_open(page, "tr", NULL);
	html_row_heading(page, NULL, heading);
	markup_open(page->markup, "td");
	html_element(page, "code", "copy", chars);
	markup_close(page->markup);
	markup_close(page->markup);
	markup_newline(page->markup);
}

static void
add_frames(struct html_page *page, const struct finding *finding)
{
	phrase_add_frames(&page->phrase, finding, SIZE_MAX);
	for (size_t i = 0; i < finding->stream_count; i++)
		text_addf(&page->phrase, "%s%" PRIu32, i == 0 ? " (tcp.stream " : ", ",
		    finding->streams[i]);
	text_add(&page->phrase, finding->stream_count != 0 ? ")" : "");
	html_row(page, "Frames");
}

static void
add_evidence(struct html_page *page, const struct finding *finding)
{
	html_element(page, "h5", NULL, "Evidence");
	html_open(page, "table", "rows");
	markup_open(page->markup, "tbody");
	markup_newline(page->markup);
	phrase_add_ends(&page->phrase, finding);
	html_row(page, "Who");
	phrase_add_when(&page->phrase, page->capture, finding);
	html_row(page, "When");
	phrase_add_count(&page->phrase, page->capture, finding);
	html_row(page, "How often");
	add_frames(page, finding);
	add_copy_row(page, "Display filter", finding->filter);
	add_copy_row(page, "With context", finding->context);
	phrase_add_certainty(&page->phrase, finding);
	html_row(page, "How sure");
	phrase_add_standing(&page->phrase, finding);
	html_row(page, "Standing");
	markup_close(page->markup);
	markup_close(page->markup);
	markup_newline(page->markup);
}

static void
add_field(struct html_page *page, const struct exchange *exchange, const struct field *field)
{
	struct value value = exchange_value(exchange, field);

	if (value.kind == VALUE_NONE)
		return;
	exchange_value_text(&page->phrase, field, &value);
	html_open(page, "tr", NULL);
	html_row_heading(page, NULL, field->name);
	markup_open(page->markup, "td");
	html_phrase(page, "span", NULL);
	if (field->filter != NULL) {
		markup_text(page->markup, " ");
		html_element(page, "span", "soft small", field->filter);
	}
	markup_close(page->markup);
	markup_close(page->markup);
	markup_newline(page->markup);
}

/* Everything that was read of the first occurrence, for who doubts the summary. */
static void
add_fields(struct html_page *page, const struct finding *finding)
{
	static const char *const common[] = {"outcome", "ended_by", "waited", "delivered",
	    "retransmissions", "request_frame", "answer_frame", "end_frame", "unknown_because"};
	const struct exchange *exchange = finding->exchange;
	const struct exchange_type *type = exchange->type;

	html_open(page, "details", "read");
	markup_open(page->markup, "summary");
	markup_textf(page->markup, "What was read of it (%s)", type->name);
	markup_close(page->markup);
	html_open(page, "table", "rows");
	markup_open(page->markup, "tbody");
	markup_newline(page->markup);
	for (size_t i = 0; i < COUNT(common); i++)
		add_field(page, exchange, exchange_field(type, common[i]));
	for (size_t i = 0; i < type->field_count; i++)
		add_field(page, exchange, &type->fields[i]);
	markup_close(page->markup);
	markup_close(page->markup);
	markup_close(page->markup);
	markup_newline(page->markup);
}

/* A cause, and what files beside the capture say of it. */
static void
add_cause(struct html_page *page, const struct found_cause *cause)
{
	struct text place = {0};

	markup_open(page->markup, "li");
	markup_text(page->markup, cause->text);
	for (size_t i = 0; i < cause->quote_count; i++) {
		text_clear(&place);
		phrase_add_quote_place(&place, cause->stance, &cause->quotes[i]);
		html_open(page, "span", "remark");
		markup_element(page->markup, "b", text_chars(&place));
		markup_text(page->markup, " ");
		markup_element(page->markup, "code", cause->quotes[i].text);
		markup_close(page->markup);
	}
	markup_close(page->markup);
	text_free(&place);
}

static void
add_causes(struct html_page *page, const struct found_cause_list *causes)
{
	if (causes->count == 0)
		return;
	html_element(page, "h5", NULL, "Likely causes");
	markup_open(page->markup, "ol");
	for (size_t i = 0; i < causes->count; i++) {
		markup_newline(page->markup);
		add_cause(page, &causes->items[i]);
	}
	markup_close(page->markup);
	markup_newline(page->markup);
}

static void
add_remark(struct html_page *page, const char *label, const char *chars)
{
	if (chars == NULL)
		return;
	html_open(page, "span", "remark");
	markup_element(page->markup, "b", label);
	markup_textf(page->markup, " %s", chars);
	markup_close(page->markup);
}

static void
add_step(struct html_page *page, const struct step_advice *step)
{
	const char *place = phrase_place(step->on);

	markup_newline(page->markup);
	markup_open(page->markup, "li");
	markup_text(page->markup, step->text);
	if (place != NULL) {
		markup_text(page->markup, " ");
		html_open(page, "span", "place");
		markup_textf(page->markup, "(%s)", place);
		markup_close(page->markup);
	}
	markup_element(page->markup, "pre", step->run);
	add_remark(page, "Applies to:", step->applies_to);
	add_remark(page, "Lowers security:", phrase_lowered_security(step));
	add_remark(page, "Risk:", phrase_risk(step));
	markup_close(page->markup);
}

static void
add_next_steps(struct html_page *page, const struct advice_list *steps)
{
	if (steps->count == 0)
		return;
	html_element(page, "h5", NULL, "Next steps");
	html_open(page, "ol", "steps");
	for (size_t i = 0; i < steps->count; i++)
		add_step(page, &steps->items[i]);
	markup_close(page->markup);
	markup_newline(page->markup);
}

static void
add_caveat(struct html_page *page, const char *heading, const char *chars)
{
	if (chars == NULL)
		return;
	html_element(page, "h5", NULL, heading);
	html_element(page, "p", "small", chars);
	markup_newline(page->markup);
}

static void
add_advice(struct html_page *page, const struct finding *finding, size_t number)
{
	size_t first = advised_first(&page->advised, finding, number);

	if (first != number) {
		html_open(page, "p", NULL);
		markup_text(page->markup, "Causes and next steps are those of ");
		add_reference(page, first);
		markup_text(page->markup, ".");
		markup_close(page->markup);
		return;
	}
	add_causes(page, &finding->causes);
	add_next_steps(page, &finding->next_steps);
	add_caveat(page, "When it is harmless", finding->rule->benign);
	add_caveat(page, "What the capture cannot show", finding->rule->blind);
}

/* The rule and what it rests on, and the name that the finding keeps from run to run. */
static void
add_origin(struct html_page *page, const struct finding *finding)
{
	const struct text_list *references = &finding->rule->references;

	html_open(page, "p", "rule");
	markup_text(page->markup, "Rule ");
	html_element(page, "code", "copy", finding->rule->id);
	for (size_t i = 0; i < references->count; i++)
		markup_textf(
		    page->markup, "%s%s", i == 0 ? ", after " : "; ", references->items[i]);
	markup_text(page->markup, ". Finding ");
	html_element(page, "code", "copy", finding->id);
	markup_text(page->markup, ".");
	markup_close(page->markup);
	markup_newline(page->markup);
}

static void
add_body(struct html_page *page, const struct finding *finding, size_t number)
{
	struct ladder ladder = ladder_of_finding(page->capture, finding, page->arena);

	html_open(page, "div",
	    ladder.row_count != 0 && ladder.column_count <= MOST_HOSTS_ASIDE ? "body two" : "body");
	html_open(page, "div", "proof-part");
	add_evidence(page, finding);
	add_fields(page, finding);
	markup_close(page->markup);
	svg_ladder(page, &ladder);
	html_open(page, "div", "advice");
	add_advice(page, finding, number);
	markup_close(page->markup);
	markup_close(page->markup);
}

void
html_finding(struct html_page *page, size_t number)
{
	const struct finding *finding = &page->capture->findings.items[number - 1];

	text_addf(&page->phrase, "finding %s", phrase_gravity(finding));
	html_open(page, "article", text_chars(&page->phrase));
	text_clear(&page->phrase);
	html_finding_anchor(page, number);
	markup_newline(page->markup);
	add_headline(page, finding, number);
	html_element(page, "p", "summary", finding->summary);
	add_chain(page, finding);
	add_relations(page, finding, number);
	add_body(page, finding, number);
	add_origin(page, finding);
	markup_close(page->markup);
	markup_newline(page->markup);
}
