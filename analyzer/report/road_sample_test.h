/* Captures of some points on one path, with exchanges that they have together, built by hand, from
 * which the tests make ladders. */
#ifndef SMBTRIAGE_REPORT_ROAD_SAMPLE_TEST_H
#define SMBTRIAGE_REPORT_ROAD_SAMPLE_TEST_H

#include <check.h>

#include "analyzer/report/ladder_sample_test.h"

/* Captures from the client to the server, of which OWN is at hand. */
struct road_sample {
	struct arena arena;
	size_t count, own;
	struct capture_facts facts[LADDER_MOST_POINTS];
	struct point_facts places[LADDER_MOST_POINTS];
	struct conversation_facts conversations[LADDER_MOST_POINTS];
	struct report_conversation reported[LADDER_MOST_POINTS];
	struct ledger ledgers[LADDER_MOST_POINTS];
	struct report_capture captures[LADDER_MOST_POINTS];
	const struct report_capture *points[LADDER_MOST_POINTS];
	int64_t ahead[LADDER_MOST_POINTS]; /* ms, of the clock of the first */
	uint64_t frames[FINDING_MOST_EXAMPLES * 3];
	struct finding finding;
};

static inline void
road_sample_begin(struct road_sample *road, size_t count, size_t own)
{
	struct sample sample;

	sample_init(&sample, "text");
	*road = (struct road_sample){.count = count, .own = own};
	for (size_t i = 0; i < count; i++) {
		road->facts[i] = sample.facts;
		road->facts[i].file = arena_format(&road->arena, "%c.pcapng", (char)('a' + i));
		road->facts[i].point = &road->places[i];
		road->places[i] = (struct point_facts){.number = i + 1, .count = count};
		road->conversations[i] = sample.conversation_facts;
		road->conversations[i].close = CLOSE_NONE;
		road->conversations[i].first_time = INT64_MIN;
		road->conversations[i].last_time = INT64_MAX;
		road->reported[i].facts = &road->conversations[i];
		road->ledgers[i].arena = &road->arena;
		road->captures[i] = (struct report_capture){.facts = &road->facts[i],
		    .conversations = &road->reported[i],
		    .conversation_count = 1,
		    .ledger = &road->ledgers[i],
		    .points = road->points,
		    .point_count = count};
		road->points[i] = &road->captures[i];
	}
	road->finding =
	    (struct finding){.frames = road->frames, .streams = sample_streams, .stream_count = 1};
	road->captures[own].findings = (struct finding_list){.items = &road->finding, .count = 1};
}

static inline void
road_sample_end(struct road_sample *road)
{
	for (size_t i = 0; i < road->count; i++)
		ledger_free(&road->ledgers[i]);
	arena_free(&road->arena);
}

/* One exchange, which no point has yet. */
static inline struct crossing *
road_sample_cross(struct road_sample *road)
{
	struct crossing *crossing = ARENA_NEW(&road->arena, struct crossing);
	struct crossing_point *points =
	    ARENA_ARRAY(&road->arena, struct crossing_point, road->count);

	for (size_t i = 0; i < road->count; i++)
		points[i].ahead = road->ahead[i] * LADDER_MS;
	crossing->points = points;
	crossing->point_count = road->count;
	return crossing;
}

/* POINT has the exchange of CROSSING (NULL: which is not compared), a request for PATH in FRAME, so
 * many ms into the capture as the client sent it, answered in the next, 2 ms later. */
static inline struct exchange *
road_sample_add(struct road_sample *road, struct crossing *crossing, size_t point, uint64_t frame,
    int64_t ms, const char *path)
{
	struct sample_exchange *exchange = ARENA_NEW(&road->arena, struct sample_exchange);
	struct crossing_point *own;

	exchange->common = (struct exchange){.type = &sample_type,
	    .conversation = &road->conversations[point],
	    .time = SAMPLE_START + (ms + road->ahead[point]) * LADDER_MS,
	    .waited = 2 * LADDER_MS,
	    .outcome = OUTCOME_ANSWERED,
	    .ended_by = ENDED_BY_SERVER,
	    .is_delivered = true,
	    .request_frame = frame,
	    .answer_frame = frame + 1,
	    .crossing = crossing};
	exchange->path = path;
	exchange->status = known(0xc00000cc);
	ledger_add(&road->ledgers[point], &exchange->common);
	if (crossing != NULL) {
		own = (struct crossing_point *)&crossing->points[point];
		own->exchange = &exchange->common;
		own->request_frame = frame;
	}
	return &exchange->common;
}

static inline struct ladder
road_sample_make(struct road_sample *road)
{
	for (size_t i = 0; i < road->count; i++)
		ledger_sort(&road->ledgers[i]);
	return ladder_of_stream(&road->captures[road->own], 3, &road->arena);
}

/* All of a ladder as text, one line a row: its frames by point, columns from which and to which it
 * leads, ">" between them, "x" where it is lost, "o" before that where it begins on the way, and
 * "~" behind that where only part of it is sure, with the columns of that. "*" is evidence. */
static inline const char *
road_sample_show(struct road_sample *road, const struct ladder *ladder)
{
	struct text text = {0};
	const char *shown;

	for (size_t i = 0; i < ladder->row_count; i++) {
		const struct ladder_row *row = &ladder->rows[i];
		struct ladder_way way = ladder_way_of(row);

		text_add(&text, row->is_evidence ? "*" : "");
		ladder_add_frames(&text, ladder, row);
		text_addf(&text, " %zu%s%c%zu", way.begin, way.is_begun_between ? "o" : "",
		    row->is_lost ? 'x' : '>', way.end);
		if (way.begin != way.sure_begin || way.end != way.sure_end)
			text_addf(&text, "~%zu-%zu", way.sure_begin, way.sure_end);
		text_addf(&text, " %s\n", row->label);
	}
	shown = arena_text(&road->arena, text_chars(&text), text.length);
	text_free(&text);
	return shown;
}

static inline void
road_sample_check(struct road_sample *road, const char *wanted)
{
	struct ladder ladder = road_sample_make(road);

	ck_assert_str_eq(road_sample_show(road, &ladder), wanted);
}

#endif
