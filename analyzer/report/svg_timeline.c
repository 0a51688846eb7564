#include "analyzer/report/svg_timeline.h"

#include <inttypes.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/report/page.h"
#include "analyzer/report/svg.h"
#include "analyzer/report/svg_scale.h"

#define MARK_SIZE 22 /* pixels across, with some air */
#define MARK_SPAN                                                                                \
	6.            /* percent: marks that are nearer stand below each other; 20 pixels of the \
		       * narrowest plot */
#define MOST_MARKS 30 /* in a lane */
#define STEPS      STEP_WORKING /* without STEP_NONE */

/* What a finding's mark looks like, by severity or as what is undecided; the number in it stands
 * so far down. */
struct look {
	const char *path;
	const char *baseline;
};

static const struct look severity_looks[] = {
    [SEVERITY_NOTICE] = {"M-8.5 0A8.5 8.5 0 1 1 8.5 0A8.5 8.5 0 1 1 -8.5 0Z", "3.5"},
    [SEVERITY_WARNING] = {"M0 -11L11 8H-11Z", "5.5"},
    [SEVERITY_ERROR] = {"M0 -11L11 0L0 11L-11 0Z", "3.5"},
};

static const struct look undecided_look = {"M-8.5 -8.5H8.5V8.5H-8.5Z", "3.5"};

static const struct look *
look_of(const struct finding *finding)
{
	return finding->verdict == VERDICT_FOUND ? &severity_looks[finding->severity]
						 : &undecided_look;
}

static void
add_mark(struct html_page *page, const struct html_mark *mark, double x, int y)
{
	const struct finding *finding = &page->capture->findings.items[mark->number - 1];
	const struct look *look = look_of(finding);

	text_addf(&page->phrase, "mark %s%s", phrase_gravity(finding),
	    finding_counts(finding) ? "" : " quiet");
	svg_open(page, text_chars(&page->phrase), x, y);
	text_clear(&page->phrase);
	html_open_finding_link(page, mark->number, "g");
	text_addf(&page->phrase, "%zu. %s: %s", mark->number, phrase_gravity(finding),
	    finding->rule->title);
	svg_title(page);
	svg_path(page, NULL, look->path);
	html_open(page, "text", mark->number > 99 ? "long" : NULL);
	markup_attribute(page->markup, "y", look->baseline);
	markup_textf(page->markup, "%zu", mark->number);
	markup_close(page->markup);
	markup_close(page->markup);
	markup_close(page->markup);
}

void
svg_pips(struct html_page *page, const struct conversation_facts *facts)
{
	if (facts->protocol == NULL || strcmp(facts->protocol, "smb") != 0)
		return;
	html_open(page, "svg", "pips");
	markup_attribute(page->markup, "role", "img");
	markup_attribute(page->markup, "viewBox", "0 0 54 10");
	markup_element(page->markup, "title", phrase_step(facts->step));
	for (unsigned i = 0; i < STEPS; i++) {
		html_open(page, "circle", facts->step > i ? "pip reached" : "pip");
		markup_attributef(page->markup, "cx", "%u", 5 + 11 * i);
		markup_attribute(page->markup, "cy", "5");
		markup_attribute(page->markup, "r", "3.6");
		markup_close(page->markup);
	}
	markup_close(page->markup);
	markup_text(page->markup, " ");
}

/* ---- when a conversation came to each step ---- */

/* Exchanges that are a step, once they are answered well. */
static const struct {
	const char *type;
	enum step step;
} step_types[] = {
    {"tcp_handshake", STEP_CONNECTED},
    {"smb_negotiate", STEP_NEGOTIATED},
    {"smb1_session_setup", STEP_AUTHENTICATED},
    {"smb2_session_setup", STEP_AUTHENTICATED},
    {"smb1_tree_connect", STEP_TREE_CONNECTED},
    {"smb2_tree_connect", STEP_TREE_CONNECTED},
};

static enum step
step_of(const struct exchange *exchange)
{
	const struct field *status = exchange_field(exchange->type, "status");
	struct value value = {.kind = VALUE_NONE};

	if (exchange->outcome != OUTCOME_ANSWERED || exchange->waited < 0)
		return STEP_NONE;
	if (status != NULL)
		value = exchange_value(exchange, status);
	if (value.kind == VALUE_NUMBER && value.number != 0)
		return STEP_NONE;
	for (size_t i = 0; i < COUNT(step_types); i++)
		if (strcmp(step_types[i].type, exchange->type->name) == 0)
			return step_types[i].step;
	return STEP_NONE;
}

/*
 * STEPS exchanges for each conversation: those in which it came to each step, NULL where the ledger
 * does not tell. The ledger is sorted, so that the first one counts.
 */
static const struct exchange **
find_arrivals(struct html_page *page)
{
	const struct report_capture *capture = page->capture;
	const struct exchange **arrivals =
	    ARENA_ARRAY(page->arena, const struct exchange *, capture->conversation_count *STEPS);

	for (size_t i = 0; i < capture->ledger->count; i++) {
		const struct exchange *exchange = capture->ledger->items[i];
		enum step step = step_of(exchange);
		size_t at;

		if (step == STEP_NONE || exchange->conversation->step < step)
			continue;
		at = html_map_index(&page->map, exchange->conversation);
		if (at != HTML_NOWHERE && arrivals[at * STEPS + step - 1] == NULL)
			arrivals[at * STEPS + step - 1] = exchange;
	}
	return arrivals;
}

/* ---- the lanes ---- */

/* The figure, while it is drawn. */
struct figure {
	struct html_page *page;
	struct svg_scale scale;
	const struct exchange **arrivals;
};

static void
add_notches(const struct figure *figure, size_t index)
{
	struct html_page *page = figure->page;

	for (size_t i = 0; i < STEPS; i++) {
		const struct exchange *exchange = figure->arrivals[index * STEPS + i];
		int64_t time;

		if (exchange == NULL)
			continue;
		time = exchange->time + exchange->waited;
		svg_open(page, NULL, svg_scale_place(&figure->scale, time), MARK_SIZE / 2);
		text_addf(&page->phrase, "%s, ", phrase_step((enum step)(i + 1)));
		phrase_add_since(&page->phrase, page->capture, time);
		svg_title(page);
		svg_path(page, "notch", "M0 -7V7");
		markup_close(page->markup);
	}
}

/* How it ended: a cross for a reset, a bar for an orderly end, an arrow for what goes on. */
static void
add_end(const struct figure *figure, const struct conversation_facts *facts)
{
	static const char *const paths[] = {
	    [CLOSE_NONE] = "M2 -5L8 0L2 5",
	    [CLOSE_RESET] = "M-5 -5L5 5M-5 5L5 -5",
	    [CLOSE_FIN] = "M4 -7V7",
	};
	struct html_page *page = figure->page;
	int64_t time = facts->close != CLOSE_NONE ? facts->close_time : facts->last_time;

	if (facts->transport != TRANSPORT_TCP || facts->step == STEP_NONE)
		return;
	svg_open(page, NULL, svg_scale_place(&figure->scale, time), MARK_SIZE / 2);
	phrase_add_close(&page->phrase, facts);
	svg_title(page);
	svg_path(page, facts->close == CLOSE_RESET ? "end reset" : "end", paths[facts->close]);
	markup_close(page->markup);
}

/* Returns how many rows of marks a lane needs, and draws them when that is asked. */
static int
place_marks(const struct figure *figure, const struct html_mark *marks, size_t count, bool is_drawn)
{
	int rows = 1, row = 0;
	double before = -MARK_SPAN, x;

	for (size_t i = 0; i < count; i++) {
		x = svg_scale_place(&figure->scale, marks[i].time);
		row = x - before < MARK_SPAN && i != 0 ? row + 1 : 0;
		before = row == 0 ? x : before;
		rows = row + 1 > rows ? row + 1 : rows;
		if (is_drawn)
			add_mark(figure->page, &marks[i], row == 0 ? x : before,
			    MARK_SIZE / 2 + row * MARK_SIZE);
	}
	return rows;
}

static void
open_drawing(const struct figure *figure, int rows)
{
	html_open(figure->page, "span", "plot");
	html_open(figure->page, "svg", "lane");
	markup_attributef(figure->page->markup, "height", "%d", rows * MARK_SIZE);
}

static void
close_drawing(const struct figure *figure)
{
	struct html_page *page = figure->page;

	markup_close(page->markup);
	markup_close(page->markup);
	markup_close(page->markup);
	markup_newline(page->markup);
}

/* "From 6.25 s to 7.10 s", for who does not see the drawing. */
static void
describe(const struct figure *figure, const struct conversation_facts *facts)
{
	struct html_page *page = figure->page;

	text_add(&page->phrase, "From ");
	phrase_add_since(&page->phrase, page->capture, facts->first_time);
	text_add(&page->phrase, " to ");
	phrase_add_since(&page->phrase, page->capture, facts->last_time);
	text_addf(&page->phrase, ", frames %" PRIu64 " to %" PRIu64, facts->first_frame,
	    facts->last_frame);
	html_phrase(page, "desc", NULL);
}

static void
add_lane_name(struct html_page *page, size_t index)
{
	const struct report_conversation *conversation = &page->capture->conversations[index];
	const struct conversation_facts *facts = conversation->facts;
	char chars[32];

	snprintf(chars, sizeof(chars), "stream %" PRIu32, facts->stream);
	html_conversation_link(page, index, facts->transport == TRANSPORT_TCP ? chars : "UDP");
	markup_text(page->markup, " ");
	page_add_end(&page->phrase, &facts->client, facts->client_port);
	text_add(&page->phrase, " → ");
	page_add_end(&page->phrase, &facts->server, facts->server_port);
	html_phrase(page, "span", "ends");
	html_open(page, "span", "soft");
	svg_pips(page, facts);
	phrase_add_progress(&page->phrase, conversation);
	markup_text(page->markup, text_chars(&page->phrase));
	text_clear(&page->phrase);
	markup_close(page->markup);
}

/* What a lane has no room for. */
static void
add_left_out(struct html_page *page, size_t left_out)
{
	if (left_out == 0)
		return;
	text_add(&page->phrase, "not drawn: ");
	page_add_count(&page->phrase, left_out, "more finding");
	html_phrase(page, "span", "soft");
}

static void
add_lane(const struct figure *figure, size_t index)
{
	struct html_page *page = figure->page;
	const struct conversation_facts *facts = page->capture->conversations[index].facts;
	bool is_silent = facts->transport == TRANSPORT_TCP && facts->step == STEP_NONE;
	const struct html_mark *marks;
	size_t count, drawn;

	marks = html_map_find(&page->map, index, &count);
	drawn = min_u64(count, MOST_MARKS);
	markup_open(page->markup, "li");
	html_open(page, "span", "lane-name");
	add_lane_name(page, index);
	add_left_out(page, count - drawn);
	markup_close(page->markup);
	open_drawing(figure, place_marks(figure, marks, drawn, false));
	describe(figure, facts);
	svg_scale_grid(page, &figure->scale);
	svg_level(page, is_silent ? "bar silent" : "bar",
	    svg_scale_place(&figure->scale, facts->first_time),
	    svg_scale_place(&figure->scale, facts->last_time), MARK_SIZE / 2);
	add_notches(figure, index);
	add_end(figure, facts);
	place_marks(figure, marks, drawn, true);
	close_drawing(figure);
}

/* What no conversation holds: ARP, names, many attempts told of once. */
static void
add_other_lane(const struct figure *figure)
{
	struct html_page *page = figure->page;
	const struct html_mark *marks;
	size_t count, drawn;

	marks = html_map_find(&page->map, HTML_NOWHERE, &count);
	drawn = min_u64(count, MOST_MARKS);
	if (count == 0)
		return;
	markup_open(page->markup, "li");
	html_open(page, "span", "lane-name");
	markup_text(page->markup, "outside of one conversation");
	add_left_out(page, count - drawn);
	markup_close(page->markup);
	open_drawing(figure, place_marks(figure, marks, drawn, false));
	page_add_count(&page->phrase, count, "finding");
	html_phrase(page, "desc", NULL);
	svg_scale_grid(page, &figure->scale);
	place_marks(figure, marks, drawn, true);
	close_drawing(figure);
}

/* ---- the figure ---- */

static void
add_axis(struct html_page *page, const struct svg_scale *scale)
{
	html_open(page, "li", "axis");
	html_open(page, "span", "plot");
	html_open(page, "svg", NULL);
	markup_attribute(page->markup, "height", "18");
	markup_attribute(page->markup, "aria-hidden", "true");
	svg_scale_labels(page, scale);
	markup_close(page->markup);
	markup_close(page->markup);
	markup_close(page->markup);
	markup_newline(page->markup);
}

static void
add_key_item(struct html_page *page, const char *class, const char *path, const char *word)
{
	markup_open(page->markup, "li");
	html_open(page, "svg", NULL);
	markup_attribute(page->markup, "viewBox", "-12 -12 24 24");
	markup_attribute(page->markup, "aria-hidden", "true");
	svg_path(page, class, path);
	markup_close(page->markup);
	markup_text(page->markup, word);
	markup_close(page->markup);
}

/* A finding's mark, without a number. */
static void
add_key_mark(struct html_page *page, const struct look *look, const char *gravity)
{
	char class[32];

	snprintf(class, sizeof(class), "shape %s", gravity);
	add_key_item(page, class, look->path, gravity);
}

static bool
has_look(const struct html_page *page, const struct look *look)
{
	const struct finding_list *findings = &page->capture->findings;

	for (size_t i = 0; i < findings->count; i++)
		if (look_of(&findings->items[i]) == look)
			return true;
	return false;
}

/* What the shapes mean; of marks, those that are in it. */
static void
add_key(struct html_page *page)
{
	static const struct {
		const char *class, *path, *word;
	} keys[] = {
	    {"end", "M4 -7V7", "closed"},
	    {"end reset", "M-5 -5L5 5M-5 5L5 -5", "reset"},
	    {"end", "M-3 -5L3 0L-3 5", "still open"},
	    {"notch", "M0 -7V7", "a step of the set-up"},
	};

	html_open(page, "ul", "key");
	for (size_t i = 0; i < COUNT(keys); i++)
		add_key_item(page, keys[i].class, keys[i].path, keys[i].word);
	for (int severity = SEVERITY_ERROR; severity >= SEVERITY_NOTICE; severity--)
		if (has_look(page, &severity_looks[severity]))
			add_key_mark(page, &severity_looks[severity], severity_names[severity]);
	if (has_look(page, &undecided_look))
		add_key_mark(page, &undecided_look, "inconclusive");
	markup_close(page->markup);
	markup_newline(page->markup);
}

static void
add_caption(struct html_page *page, size_t drawn)
{
	size_t all = page->capture->conversation_count;

	text_add(&page->phrase,
	    "A bar is a conversation from its first to its last packet, in time since the "
	    "first packet of the capture; a number is a finding.");
	if (drawn < all) {
		text_addf(&page->phrase,
		    " Of %zu conversations, %zu are drawn: those with "
		    "findings and those that stopped early come first.",
		    all, drawn);
	}
	html_phrase(page, "figcaption", NULL);
	markup_newline(page->markup);
}

void
svg_timeline(struct html_page *page)
{
	const struct capture_facts *facts = page->capture->facts;
	struct figure figure = {.page = page, .scale = svg_scale_of(facts)};
	struct html_choice lanes =
	    html_choose(page->capture, &page->map, HTML_MOST_LANES, page->arena);

	if (!facts->has_time || (lanes.count == 0 && page->map.count == 0))
		return;
	figure.arrivals = find_arrivals(page);
	html_element(page, "h3", NULL, "Timeline");
	html_open(page, "figure", "timeline");
	add_caption(page, lanes.count);
	html_open(page, "ol", "lanes");
	add_axis(page, &figure.scale);
	for (size_t i = 0; i < lanes.count; i++)
		add_lane(&figure, lanes.items[i]);
	add_other_lane(&figure);
	markup_close(page->markup);
	add_key(page);
	markup_close(page->markup);
	markup_newline(page->markup);
}
