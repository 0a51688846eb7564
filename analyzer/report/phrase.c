#include "analyzer/report/phrase.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/text.h"
#include "analyzer/report/crossing_phrase.h"
#include "analyzer/report/page.h"
#include "rules/suppression.h"

#define NS_PER_S 1000000000

static const char *const severity_phrases[] = {
    [SEVERITY_NOTICE] = "a notice",
    [SEVERITY_WARNING] = "a warning",
    [SEVERITY_ERROR] = "an error",
};

const char *
phrase_gravity(const struct finding *finding)
{
	return finding->verdict == VERDICT_FOUND ? severity_names[finding->severity]
						 : "inconclusive";
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

void
phrase_add_ends(struct text *text, const struct finding *finding)
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

void
phrase_add_others(struct text *text, const struct capture_facts *facts)
{
	if (facts->part_count == 0)
		return;
	text_add(text, " and ");
	page_add_count(text, facts->part_count - 1, "more file");
	text_add(text, ", one trace");
}

void
phrase_add_since(struct text *text, const struct report_capture *capture, int64_t time)
{
	int64_t first = capture->facts->first_time;
	/* Two times may be further apart than a signed number can say. */
	uint64_t size =
	    time < first ? (uint64_t)first - (uint64_t)time : (uint64_t)time - (uint64_t)first;

	text_addf(text, "%s%" PRIu64 ".%09" PRIu64 " s", time < first ? "-" : "", size / NS_PER_S,
	    size % NS_PER_S);
}

void
phrase_add_when(
    struct text *text, const struct report_capture *capture, const struct finding *finding)
{
	if (!capture->facts->has_time)
		return;
	text_add_time(text, finding->exchange->time);
	text_add(text, ", ");
	phrase_add_since(text, capture, finding->exchange->time);
	text_add(text, " into the capture");
}

void
phrase_add_count(
    struct text *text, const struct report_capture *capture, const struct finding *finding)
{
	if (finding->occurrences <= 1)
		return;
	page_add_count(text, finding->occurrences, "occurrence");
	if (capture->facts->has_time) {
		text_add(text, ", the last at ");
		text_add_time(text, finding->last_time);
	}
	if (finding->occurrences > finding->example_count)
		text_addf(text, "; frames and filter are of the first %zu", finding->example_count);
}

void
phrase_add_frames(struct text *text, const struct finding *finding, size_t most)
{
	for (size_t i = 0; i < finding->frame_count && i < most; i++)
		text_addf(text, "%s%" PRIu64, i == 0 ? "" : ", ", finding->frames[i]);
	if (finding->frame_count > most)
		text_add(text, ", …");
}

static void
add_reasons(struct text *text, const struct text_list *because)
{
	for (size_t i = 0; i < because->count; i++) {
		text_add(text, i == 0 ? ", because " : "; ");
		text_add_visible(text, because->items[i]);
	}
}

void
phrase_add_certainty(struct text *text, const struct finding *finding)
{
	const char *named = severity_phrases[finding->rule->severity];

	if (finding->verdict == VERDICT_INCONCLUSIVE) {
		text_add(text, "undecided");
		add_reasons(text, &finding->because);
		text_addf(text, ". It is %s if it is so.", severity_phrases[finding->severity]);
	} else if (finding->severity != finding->rule->severity) {
		text_addf(
		    text, "found; %s instead of %s", severity_phrases[finding->severity], named);
		add_reasons(text, &finding->because);
		text_add_char(text, '.');
	} else {
		text_add(text, "found; these frames show it.");
	}
	crossing_add_phrase(text, finding->exchange);
}

void
phrase_add_standing(struct text *text, const struct finding *finding)
{
	static const char *const states[] = {
	    [BASELINE_NONE] = "",
	    [BASELINE_NEW] = "new: the baseline does not have it",
	    [BASELINE_KNOWN] = "known before: the baseline has it",
	};

	if (finding->suppression == NULL) {
		text_add(text, states[finding->baseline]);
		return;
	}
	text_add(text, "suppressed");
	if (finding->suppression->expires != NULL)
		text_addf(text, " until %s", finding->suppression->expires);
	text_add(text, ": ");
	text_add_visible(text, finding->suppression->reason);
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

void
phrase_add_incident(struct text *text, const struct finding_list *findings, size_t number)
{
	size_t from = findings->items[number - 1].follows_from;
	size_t followers = count_followers(findings, number);

	if (from != 0)
		text_addf(text, "follows from finding %zu", from);
	if (followers == 0)
		return;
	text_add(text, from != 0 ? ", and explains " : "explains ");
	add_followers(text, findings, number, followers);
}

/* A link that repeats the one before is the same step, seen by another rule. */
static bool
is_repeated(const char *const *links, size_t count, const char *link)
{
	return count != 0 && strcmp(links[count - 1], link) == 0;
}

struct text_list
phrase_chain(const struct finding *finding, struct arena *arena)
{
	const struct finding *last = finding + finding->incident_size;
	const char **links;
	size_t most = 0, count = 0;

	if (finding->follows_from != 0 || finding->incident_size < 2)
		return (struct text_list){0};
	for (const struct finding *one = finding; one < last; one++)
		most += one->chain.count;
	links = ARENA_ARRAY(arena, const char *, most);
	for (const struct finding *one = finding; one < last; one++)
		for (size_t i = 0; i < one->chain.count; i++)
			if (!is_repeated(links, count, one->chain.items[i]))
				links[count++] = one->chain.items[i];
	return (struct text_list){links, count};
}

static const struct {
	const char *on;
	const char *phrase;
} places[] = {
    {"client", "on the client"},
    {"server", "on the server"},
    {"kdc", "on the KDC"},
    {"network", "in the network"},
};

const char *
phrase_place(const char *on)
{
	for (size_t i = 0; on != NULL && i < COUNT(places); i++)
		if (strcmp(places[i].on, on) == 0)
			return places[i].phrase;
	return NULL;
}

const char *
phrase_risk(const struct step_advice *step)
{
	return step->risk != NULL && strcmp(step->risk, "none") != 0 ? step->risk : NULL;
}

const char *
phrase_lowered_security(const struct step_advice *step)
{
	return step->lowers_security ? "yes; take it back as soon as possible" : NULL;
}

/* As the end of "1 …". */
const char *
phrase_step(enum step step)
{
	static const char *const phrases[] = {
	    [STEP_NONE] = "never connected",
	    [STEP_CONNECTED] = "got to the TCP connection",
	    [STEP_NEGOTIATED] = "got to NEGOTIATE",
	    [STEP_AUTHENTICATED] = "got to SESSION_SETUP",
	    [STEP_TREE_CONNECTED] = "got to TREE_CONNECT",
	    [STEP_WORKING] = "worked on a share",
	};

	return phrases[step];
}

/* How many incidents the findings that count are of, and RET_COUNTED of these. Findings of one
 * incident stand together. */
static size_t
count_incidents(const struct finding_list *findings, size_t *ret_counted)
{
	size_t incidents = 0, counted = 0, last = 0;

	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->items[i];

		if (!finding_counts(finding))
			continue;
		counted++;
		incidents += counted == 1 || finding->incident != last;
		last = finding->incident;
	}
	*ret_counted = counted;
	return incidents;
}

/* What a tally of findings leaves aside. */
struct set_aside {
	size_t suppressed, known, left_out;
};

/* ", 2 suppressed, 1 known, 3 less severe left out"; after "no findings", "but" such. */
static void
add_set_aside(struct text *text, bool is_any_counted, const struct set_aside *aside)
{
	const struct {
		size_t count;
		const char *words;
	} kinds[] = {
	    {aside->suppressed, "suppressed"},
	    {aside->known, "known"},
	    {aside->left_out, "less severe left out"},
	};
	const char *separator = is_any_counted ? ", " : " but ";

	for (size_t i = 0; i < COUNT(kinds); i++) {
		if (kinds[i].count == 0)
			continue;
		text_addf(text, "%s%zu %s", separator, kinds[i].count, kinds[i].words);
		separator = ", ";
	}
}

void
phrase_add_result(struct text *text, const struct report_capture *capture)
{
	struct set_aside aside = {.left_out = capture->left_out};
	size_t counts[2][3] = {{0}}, counted, incidents;

	if (capture->facts->unjudged != NULL) {
		text_add(text, "nothing could be judged");
		return;
	}
	report_count(&capture->findings, counts);
	page_add_tally(text, counts);
	incidents = count_incidents(&capture->findings, &counted);
	if (incidents < counted) {
		text_add(text, " in ");
		page_add_count(text, incidents, "incident");
	}
	report_count_set_aside(&capture->findings, &aside.suppressed, &aside.known);
	add_set_aside(text, counted != 0, &aside);
}

void
phrase_add_close(struct text *text, const struct conversation_facts *facts)
{
	const char *verb = facts->close == CLOSE_RESET ? "reset" : "closed";

	if (facts->transport != TRANSPORT_TCP)
		return;
	if (facts->close == CLOSE_NONE) {
		text_add(text, facts->step != STEP_NONE ? "open when the capture ended" : "");
		return;
	}
	text_add(text, verb);
	if (facts->closed_by != ENDED_BY_NOBODY)
		text_addf(text, " by the %s", names_text(&ended_by_names, facts->closed_by));
	text_addf(text, " in frame %" PRIu64, facts->close_frame);
}

void
phrase_add_speaks(struct text *text, const struct report_conversation *conversation)
{
	const struct conversation_facts *facts = conversation->facts;
	const char *speaks = report_speaks(conversation);
	bool is_smb = report_is_spoken(conversation, "smb");

	text_add_visible(text, is_smb                                       ? "SMB"
			       : report_is_spoken(conversation, "kerberos") ? "Kerberos"
			       : speaks != NULL                             ? speaks
									    : "not known");
	if (is_smb && facts->dialect != NULL) {
		text_add_char(text, ' ');
		text_add_visible(text, facts->dialect);
	}
	if (facts->is_encrypted)
		text_add(text, ", encrypted");
}

void
phrase_add_progress(struct text *text, const struct report_conversation *conversation)
{
	const struct conversation_facts *facts = conversation->facts;
	const char *speaks = report_speaks(conversation);
	bool is_silent = facts->transport == TRANSPORT_TCP && facts->step == STEP_NONE;

	if (speaks == NULL && is_silent) {
		text_add(text, phrase_step(facts->step));
		return;
	}
	phrase_add_speaks(text, conversation);
	if (is_silent || report_is_spoken(conversation, "smb"))
		text_addf(text, ", %s", phrase_step(facts->step));
}

bool
phrase_is_same_cause(const struct found_cause *one, const struct found_cause *other)
{
	if (!text_is_same(one->text, other->text) || one->stance != other->stance ||
	    one->quote_count != other->quote_count)
		return false;
	for (size_t i = 0; i < one->quote_count; i++)
		if (one->quotes[i].line != other->quotes[i].line ||
		    !text_is_same(one->quotes[i].file, other->quotes[i].file))
			return false;
	return true;
}

static bool
is_same_advice(const struct finding *one, const struct finding *other)
{
	const struct step_advice *mine = one->next_steps.items, *theirs = other->next_steps.items;

	if (one->rule != other->rule || one->causes.count != other->causes.count ||
	    one->next_steps.count != other->next_steps.count)
		return false;
	for (size_t i = 0; i < one->causes.count; i++)
		if (!phrase_is_same_cause(&one->causes.items[i], &other->causes.items[i]))
			return false;
	for (size_t i = 0; i < one->next_steps.count; i++)
		if (!text_is_same(mine[i].text, theirs[i].text) ||
		    !text_is_same(mine[i].run, theirs[i].run))
			return false;
	return true;
}

size_t
advised_first(struct advised *advised, const struct finding *finding, size_t number)
{
	for (size_t i = 0; i < advised->count; i++)
		if (is_same_advice(advised->items[i].finding, finding))
			return advised->items[i].number;
	if (advised->count < ADVISED_MOST) {
		advised->items[advised->count].finding = finding;
		advised->items[advised->count++].number = number;
	}
	return number;
}

void
phrase_add_quote(struct text *text, enum stance stance, const struct quotation *quote)
{
	phrase_add_quote_place(text, stance, quote);
	text_add_char(text, ' ');
	text_add_visible(text, quote->text);
}

void
phrase_add_quote_place(struct text *text, enum stance stance, const struct quotation *quote)
{
	text_add_visible(text, quote->file);
	if (quote->line != 0)
		text_addf(text, ":%" PRIu64, quote->line);
	text_add(text, stance == STANCE_SUPPORTED ? " says so:" : " speaks against it:");
}

static void
add_tally(struct text *text, const struct report *report)
{
	const struct set_aside aside = {report->suppressed, report->known, report->left_out};
	bool is_any_counted = false;

	for (int verdict = VERDICT_FOUND; verdict <= VERDICT_INCONCLUSIVE; verdict++)
		for (int severity = SEVERITY_NOTICE; severity <= SEVERITY_ERROR; severity++)
			is_any_counted |= report->findings[verdict][severity] != 0;
	page_add_tally(text, report->findings);
	add_set_aside(text, is_any_counted, &aside);
}

void
phrase_add_total(struct text *text, const struct report *report)
{
	page_add_count(text, report->captures, "capture");
	text_add(text, ", ");
	page_add_count(text, report->packets, "packet");
	text_add(text, ": ");
	if (report->unjudged == report->captures)
		text_add(text, "nothing could be judged");
	else
		add_tally(text, report);
	if (report->unjudged != 0 && report->unjudged != report->captures) {
		text_add(text, "; nothing could be judged in ");
		page_add_count(text, report->unjudged, "capture");
	}
	if (report->failed_count != 0) {
		text_add(text, "; ");
		page_add_count(text, report->failed_count, "file");
		text_add(text, " could not be read");
	}
}
