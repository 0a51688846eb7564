#include "analyzer/evidence/annotate.h"

#include "analyzer/base/text.h"
#include "analyzer/evidence/counterpart.h"
#include "analyzer/report/ladder_rows.h"

struct annotation {
	const struct report_capture *capture;
	struct note_list *notes;
	struct arena *arena;
	const struct finding *finding; /* whose exchanges are annotated; NULL: nobody's */
};

static void
add_row(struct annotation *annotation, const struct ladder_row *row)
{
	const struct finding *finding = annotation->finding;
	struct text text = {0};

	if (finding != NULL)
		text_addf(&text, "%s %s: ", finding->id, finding->rule->id);
	text_add_visible(&text, row->label);
	notes_add(annotation->notes, row->frame,
	    arena_text(annotation->arena, text_chars(&text), text.length));
	text_free(&text);
}

/* What a diagram would write at the arrows of the exchange. */
static void
add_exchange(struct annotation *annotation, const struct exchange *exchange)
{
	struct ladder_rows rows = {.facts = annotation->capture->facts, .arena = annotation->arena};

	ladder_rows_add_exchange(&rows, exchange);
	for (size_t i = 0; i < rows.count; i++)
		add_row(annotation, &rows.items[i].row);
	ladder_rows_free(&rows);
}

static void
add_finding(struct annotation *annotation, const struct finding *finding)
{
	const struct exchange *own;

	annotation->finding = finding;
	for (size_t i = 0; i < finding->example_count; i++) {
		own = counterpart_in(annotation->capture, finding->examples[i]);
		if (own != NULL)
			add_exchange(annotation, own);
	}
}

static bool
is_example(const struct finding *finding, const struct exchange *exchange)
{
	for (size_t i = 0; i < finding->example_count; i++)
		if (is_counterpart(finding->examples[i], exchange))
			return true;
	return false;
}

/* The finding that FINDING, of CAPTURE, follows from, or NULL. */
static const struct finding *
origin_of(const struct report_capture *capture, const struct finding *finding)
{
	return finding->follows_from != 0 ? &capture->findings.items[finding->follows_from - 1]
					  : NULL;
}

static bool
is_of_targets(const struct evidence_target *targets, size_t count, const struct exchange *exchange)
{
	for (size_t i = 0; i < count; i++)
		for (const struct finding *one = targets[i].finding; one != NULL;
		     one = origin_of(targets[i].of, one))
			if (is_example(one, exchange))
				return true;
	return false;
}

static bool
is_kept(const struct frame_set *kept, const struct exchange *exchange)
{
	return frame_set_has(kept, exchange->request_frame) ||
	       frame_set_has(kept, exchange->answer_frame) ||
	       frame_set_has(kept, exchange->end_frame);
}

void
annotate(struct note_list *notes, const struct report_capture *capture,
    const struct evidence_target *targets, size_t count, const struct frame_set *kept,
    struct arena *arena)
{
	struct annotation annotation = {.capture = capture, .notes = notes, .arena = arena};
	const struct ledger *ledger = capture->ledger;

	for (size_t i = 0; i < count; i++)
		for (const struct finding *one = targets[i].finding; one != NULL;
		     one = origin_of(targets[i].of, one))
			add_finding(&annotation, one);
	annotation.finding = NULL;
	for (size_t i = 0; i < ledger->count; i++)
		if (is_kept(kept, ledger->items[i]) &&
		    !is_of_targets(targets, count, ledger->items[i]))
			add_exchange(&annotation, ledger->items[i]);
	notes_sort(notes);
}
