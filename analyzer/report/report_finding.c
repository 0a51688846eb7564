#include "analyzer/report/report_finding.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/report/page_advice.h"
#include "analyzer/report/wrap.h"

#define NS_PER_S            1000000000
#define MOST_LISTED         8 /* findings in the overview: the first screen has room for these */
#define FRAMES_AT_A_GLANCE  4 /* a request, its answer, and how it ended */
#define GLANCE_INDENT       (PAGE_INDENT + 3)
#define INCONCLUSIVE_COLOUR "1;35"

/* Parameters of SGR, ECMA-48 8.3.117. */
static const char *const severity_colours[] = {
    [SEVERITY_NOTICE] = "1;36",
    [SEVERITY_WARNING] = "1;33",
    [SEVERITY_ERROR] = "1;31",
};

static const char *const severity_phrases[] = {
    [SEVERITY_NOTICE] = "a notice",
    [SEVERITY_WARNING] = "a warning",
    [SEVERITY_ERROR] = "an error",
};

/* The words before a title: "2. error: ". Returns the column after them. */
static size_t
add_headline_start(struct page *page, const struct finding *finding, size_t number)
{
	bool is_found = finding->verdict == VERDICT_FOUND;
	const char *word = is_found ? severity_names[finding->severity] : "inconclusive";
	size_t start = page->text.length, column;

	if (page->capture->findings.count > 1)
		text_addf(&page->text, "%zu. ", number);
	column = page->text.length - start;
	page_paint(page, is_found ? severity_colours[finding->severity] : INCONCLUSIVE_COLOUR);
	text_addf(&page->text, "%s:", word);
	page_unpaint(page);
	text_add_char(&page->text, ' ');
	return column + strlen(word) + 2;
}

/* Whether an example before the one at INDEX has its client. */
static bool
is_client_listed(const struct finding *finding, size_t index)
{
	const struct addr *client = &finding->examples[index]->conversation->client;

	for (size_t i = 0; i < index; i++)
		if (addr_equal(&finding->examples[i]->conversation->client, client))
			return true;
	return false;
}

/* "10.0.0.5:49711 → 10.0.0.9:445"; without the clients' ports when there are several of them. */
static void
add_ends(struct text *text, const struct finding *finding)
{
	const struct conversation_facts *first = finding->exchange->conversation;

	if (finding->occurrences == 1) {
		page_add_end(text, &first->client, first->client_port);
	} else {
		for (size_t i = 0; i < finding->example_count; i++) {
			if (is_client_listed(finding, i))
				continue;
			text_add(text, i == 0 ? "" : ", ");
			page_add_addr(text, &finding->examples[i]->conversation->client);
		}
	}
	text_add(text, " → ");
	page_add_end(text, &first->server, first->server_port);
}

/* Wireshark's relative time, as its default columns show it. */
static void
add_since(struct page *page, const struct finding *finding)
{
	int64_t since = finding->exchange->time - page->capture->facts->first_time;
	uint64_t size = since < 0 ? 0 - (uint64_t)since : (uint64_t)since;

	text_addf(&page->value, "%s%" PRIu64 ".%09" PRIu64 " s", since < 0 ? "-" : "",
	    size / NS_PER_S, size % NS_PER_S);
}

static void
add_when_row(struct page *page, const struct finding *finding)
{
	if (!page->capture->facts->has_time)
		return;
	text_add_time(&page->value, finding->exchange->time);
	text_add(&page->value, ", ");
	add_since(page, finding);
	text_add(&page->value, " into the capture");
	page_add_value_row(page, "when");
}

static void
add_count_row(struct page *page, const struct finding *finding)
{
	if (finding->occurrences <= 1)
		return;
	page_add_count(&page->value, finding->occurrences, "occurrence");
	if (page->capture->facts->has_time) {
		text_add(&page->value, ", the last at ");
		text_add_time(&page->value, finding->last_time);
	}
	if (finding->occurrences > finding->example_count)
		text_addf(&page->value, "; frames and filter are of the first %zu",
		    finding->example_count);
	page_add_value_row(page, "count");
}

static void
add_frames(struct text *text, const struct finding *finding, size_t most)
{
	for (size_t i = 0; i < finding->frame_count && i < most; i++)
		text_addf(text, "%s%" PRIu64, i == 0 ? "" : ", ", finding->frames[i]);
	if (finding->frame_count > most)
		text_add(text, ", …");
}

static void
add_packet_rows(struct page *page, const struct finding *finding)
{
	add_frames(&page->value, finding, SIZE_MAX);
	for (size_t i = 0; i < finding->stream_count; i++)
		text_addf(&page->value, "%s%" PRIu32, i == 0 ? " (tcp.stream " : ", ",
		    finding->streams[i]);
	text_add(&page->value, finding->stream_count != 0 ? ")" : "");
	page_add_value_row(page, "frames");
	page_add_verbatim_row(page, "filter", finding->filter);
	page_add_verbatim_row(page, "context", finding->context);
}

static void
add_reasons(struct text *text, const struct text_list *because)
{
	for (size_t i = 0; i < because->count; i++) {
		text_add(text, i == 0 ? ", because " : "; ");
		text_add_visible(text, because->items[i]);
	}
}

/* How sure the finding is, and what makes it less than its rule says. */
static void
add_certainty_row(struct page *page, const struct finding *finding)
{
	const char *named = severity_phrases[finding->rule->severity];
	struct text *value = &page->value;

	if (finding->verdict == VERDICT_INCONCLUSIVE) {
		text_add(value, "undecided");
		add_reasons(value, &finding->because);
		text_addf(value, ". It is %s if it is so.", severity_phrases[finding->severity]);
	} else if (finding->severity != finding->rule->severity) {
		text_addf(
		    value, "found; %s instead of %s", severity_phrases[finding->severity], named);
		add_reasons(value, &finding->because);
		text_add_char(value, '.');
	} else {
		text_add(value, "found; these frames show it.");
	}
	page_add_value_row(page, "certainty");
}

/* What follows from a finding stands after it in its incident. */
static bool
is_in_incident(const struct finding_list *findings, size_t index, size_t number)
{
	return index < findings->count &&
	       findings->items[index].incident == findings->items[number - 1].incident;
}

static size_t
count_followers(const struct finding_list *findings, size_t number)
{
	size_t count = 0;

	for (size_t i = number; is_in_incident(findings, i, number); i++)
		count += findings->items[i].follows_from == number;
	return count;
}

/* "finding 2", "findings 2 and 3": the COUNT that follow from the one NUMBER. */
static void
add_followers(struct text *text, const struct finding_list *findings, size_t number, size_t count)
{
	size_t said = 0;

	text_add(text, count == 1 ? "finding" : "findings");
	for (size_t i = number; is_in_incident(findings, i, number); i++) {
		if (findings->items[i].follows_from != number)
			continue;
		said++;
		text_addf(text, "%s%zu", said == 1 ? " " : said == count ? " and " : ", ", i + 1);
	}
}

/* How the finding and others explain each other. */
static void
add_incident_row(struct page *page, const struct finding *finding, size_t number)
{
	const struct finding_list *findings = &page->capture->findings;
	size_t followers = count_followers(findings, number);

	if (finding->follows_from != 0)
		text_addf(&page->value, "follows from finding %zu", finding->follows_from);
	if (followers != 0) {
		text_add(
		    &page->value, finding->follows_from != 0 ? ", and explains " : "explains ");
		add_followers(&page->value, findings, number, followers);
	}
	if (page->value.length != 0)
		page_add_value_row(page, "incident");
}

/* A link that repeats the one BEFORE is the same step, seen by another rule. */
static void
add_link(struct text *text, const char *link, const char **before)
{
	if (*before != NULL && strcmp(*before, link) == 0)
		return;
	text_add(text, *before != NULL ? " → " : "");
	text_add_visible(text, link);
	*before = link;
}

/* What led to what: the links of all findings of the incident that FINDING is the root of. */
static void
add_chain_row(struct page *page, const struct finding *finding)
{
	const struct finding *last = finding + finding->incident_size;
	const char *before = NULL;

	if (finding->follows_from != 0 || finding->incident_size < 2)
		return;
	for (const struct finding *one = finding; one < last; one++)
		for (size_t i = 0; i < one->chain.count; i++)
			add_link(&page->value, one->chain.items[i], &before);
	if (page->value.length != 0)
		page_add_value_row(page, "chain");
}

static bool
is_same_text(const char *one, const char *other)
{
	return one == other || (one != NULL && other != NULL && strcmp(one, other) == 0);
}

static bool
is_same_advice(const struct finding *one, const struct finding *other)
{
	const struct step_advice *mine = one->next_steps.items, *theirs = other->next_steps.items;

	if (one->rule != other->rule || one->causes.count != other->causes.count ||
	    one->next_steps.count != other->next_steps.count)
		return false;
	for (size_t i = 0; i < one->causes.count; i++)
		if (!is_same_text(one->causes.items[i], other->causes.items[i]))
			return false;
	for (size_t i = 0; i < one->next_steps.count; i++)
		if (!is_same_text(mine[i].text, theirs[i].text) ||
		    !is_same_text(mine[i].run, theirs[i].run))
			return false;
	return true;
}

/* The number of the finding that printed this one's advice; NUMBER when it is the first. */
static size_t
first_advised(struct page *page, const struct finding *finding, size_t number)
{
	for (size_t i = 0; i < page->advised_count; i++)
		if (is_same_advice(page->advised[i].finding, finding))
			return page->advised[i].number;
	if (page->advised_count < PAGE_MOST_ADVISED)
		page->advised[page->advised_count++] = (struct advised){finding, number};
	return number;
}

static void
add_advice(struct page *page, const struct finding *finding, size_t number)
{
	size_t first = first_advised(page, finding, number);

	if (first != number) {
		text_addf(&page->value, "causes and next steps as for finding %zu", first);
		page_add_value_row(page, "advice");
		return;
	}
	page_add_causes(page, &finding->causes);
	page_add_next_steps(page, &finding->next_steps);
	page_add_row(page, "harmless", finding->rule->benign);
	page_add_row(page, "unseen", finding->rule->blind);
}

void
report_finding_add(struct page *page, const struct finding *finding, size_t number)
{
	size_t column = add_headline_start(page, finding, number);

	page_paint(page, PAGE_BOLD);
	wrap_words(&page->text, column, PAGE_INDENT, finding->rule->title);
	page_unpaint(page);
	text_add(&page->text, "\n");
	wrap_indent(&page->text, PAGE_INDENT);
	text_add_visible(&page->value, finding->summary);
	wrap_words(&page->text, PAGE_INDENT, PAGE_INDENT, text_chars(&page->value));
	text_clear(&page->value);
	text_add(&page->text, "\n\n");
	add_ends(&page->value, finding);
	page_add_value_row(page, "who");
	add_when_row(page, finding);
	add_count_row(page, finding);
	add_packet_rows(page, finding);
	add_certainty_row(page, finding);
	add_incident_row(page, finding, number);
	add_chain_row(page, finding);
	add_advice(page, finding, number);
	page_add_row(page, "rule", finding->rule->id);
	page_add_row(page, "id", finding->id);
}

/* What failed on one line; who, when and in which packets on the next. What follows from another
 * finding stands below it, further in. */
static void
add_glance(struct page *page, const struct finding *finding, size_t number)
{
	size_t indent = finding->follows_from != 0 ? GLANCE_INDENT : PAGE_INDENT, column;

	wrap_indent(&page->text, indent);
	column = add_headline_start(page, finding, number) + indent;
	indent += GLANCE_INDENT - PAGE_INDENT;
	wrap_words(&page->text, column, indent, finding->rule->title);
	text_add_char(&page->text, '\n');
	if (finding->follows_from != 0)
		text_addf(&page->value, "follows from %zu: ", finding->follows_from);
	add_ends(&page->value, finding);
	if (page->capture->facts->has_time) {
		text_add(&page->value, ", at ");
		add_since(page, finding);
	}
	if (finding->frame_count != 0) {
		text_add(&page->value, ", frames ");
		add_frames(&page->value, finding, FRAMES_AT_A_GLANCE);
	}
	wrap_indent(&page->text, indent);
	wrap_words(&page->text, indent, indent, text_chars(&page->value));
	text_clear(&page->value);
	text_add_char(&page->text, '\n');
}

void
report_finding_add_overview(struct page *page)
{
	const struct finding_list *findings = &page->capture->findings;

	for (size_t i = 0; i < findings->count && i < MOST_LISTED; i++)
		add_glance(page, &findings->items[i], i + 1);
	if (findings->count > MOST_LISTED)
		text_addf(&page->text, "  and %zu more, below\n", findings->count - MOST_LISTED);
	text_add_char(&page->text, '\n');
}
