#include "analyzer/report/crossing_phrase.h"

#include <inttypes.h>

static bool
is_said(const struct number *number, bool value)
{
	return number->is_known && (number->value != 0) == value;
}

static void
add_frame(struct text *text, uint64_t frame)
{
	if (frame != 0)
		text_addf(text, " (frame %" PRIu64 ")", frame);
}

/* WHAT passed one place, and not the next. */
static void
add_loss(struct text *text, const struct crossing *crossing, const char *what)
{
	text_addf(text, " The %s is lost on its way: ", what);
	text_add_visible(text, crossing->lost_after);
	text_add(text, " has it, ");
	text_add_visible(text, crossing->lost_before);
	text_add(text, " does not.");
}

/* That the answer is none of the server's. */
static void
add_forgery(struct text *text, const struct crossing *crossing)
{
	text_add(text, " The answer begins between ");
	text_add_visible(text, crossing->forged_after);
	text_add(text, ", which lacks it, and ");
	text_add_visible(text, crossing->forged_before);
	text_add_char(text, '.');
}

/* How long the answer took there, how much more it took on the path, and where most of that. */
static void
add_waits(struct text *text, const struct crossing *crossing)
{
	text_add(text, ", after ");
	text_add_duration(text, crossing->waited_there);
	if (crossing->path_delay <= 0)
		return;
	text_add(text, "; ");
	text_add_duration(text, crossing->path_delay);
	text_add(text, " more were spent on the way");
	if (crossing->slowest_after == NULL || crossing->slowest_delay >= crossing->path_delay)
		return;
	text_add(text, ", ");
	text_add_duration(text, crossing->slowest_delay);
	text_add(text, " of them between ");
	text_add_visible(text, crossing->slowest_after);
	text_add(text, " and ");
	text_add_visible(text, crossing->slowest_before);
}

static void
add_duplicates(struct text *text, const struct crossing *crossing)
{
	text_add(text, " Between ");
	text_add_visible(text, crossing->duplicated_after);
	text_add(text, " and ");
	text_add_visible(text, crossing->duplicated_before);
	text_addf(text, " %" PRIu64 " segment%s of it came twice where one was sent.",
	    crossing->duplicated, crossing->duplicated == 1 ? "" : "s");
}

static void
add_what_is_there(struct text *text, const struct exchange *exchange)
{
	const struct crossing *crossing = exchange->crossing;

	text_add_char(text, ' ');
	text_add_visible(text, crossing->there);
	text_add(text, " has the request");
	add_frame(text, crossing->request_there);
	if (is_said(&crossing->is_answer_there, true)) {
		text_add(text, " and its answer");
		add_frame(text, crossing->answer_there);
		if (crossing->waited_there >= 0)
			add_waits(text, crossing);
	} else if (is_said(&crossing->is_answer_there, false)) {
		text_add(text, " and no answer");
	}
	text_add_char(text, '.');
}

void
crossing_add_phrase(struct text *text, const struct exchange *exchange)
{
	const struct crossing *crossing = exchange->crossing;

	if (crossing == NULL)
		return;
	if (is_said(&crossing->is_request_there, false) && crossing->lost_after != NULL) {
		add_loss(text, crossing, "request");
		if (crossing->forged_after != NULL)
			add_forgery(text, crossing);
		return;
	}
	if (is_said(&crossing->is_request_there, true))
		add_what_is_there(text, exchange);
	if (crossing->forged_after != NULL)
		add_forgery(text, crossing);
	if (is_said(&crossing->is_answer_there, true) && crossing->lost_after != NULL)
		add_loss(text, crossing, "answer");
	if (crossing->duplicated_after != NULL)
		add_duplicates(text, crossing);
	if (crossing->unsure != NULL) {
		text_add(text, " What is not known of it: ");
		text_add_visible(text, crossing->unsure);
		text_add_char(text, '.');
	}
}
