/* Exchanges between some hosts, built by hand, from which the tests make ladders. */
#ifndef SMBTRIAGE_REPORT_LADDER_SAMPLE_TEST_H
#define SMBTRIAGE_REPORT_LADDER_SAMPLE_TEST_H

#include <check.h>

#include "analyzer/report/ladder.h"
#include "analyzer/report/sample_test.h"

#define LADDER_MS INT64_C(1000000)

/* The sample's capture, with a ledger that is filled by the test. */
struct ladder_sample {
	struct sample sample;
	struct arena arena;
	uint64_t frames[FINDING_MOST_EXAMPLES * 3];
};

static inline void
ladder_sample_begin(struct ladder_sample *made)
{
	*made = (struct ladder_sample){0};
	sample_init(&made->sample, "text");
	made->sample.ledger.arena = &made->arena;
	made->sample.conversation_facts.close = CLOSE_NONE;
	made->sample.findings[0].example_count = made->sample.findings[0].frame_count = 0;
	made->sample.findings[0].frames = made->frames;
}

static inline void
ladder_sample_end(struct ladder_sample *made)
{
	ledger_free(&made->sample.ledger);
	arena_free(&made->arena);
}

/* A conversation like the sample's, with the server at 10.0.0.SERVER. */
static inline struct conversation_facts *
ladder_sample_conversation(struct ladder_sample *made, uint8_t server, uint32_t stream)
{
	struct conversation_facts *facts = arena_copy(
	    &made->arena, &made->sample.conversation_facts, sizeof(struct conversation_facts));

	facts->server = addr_ipv4((const uint8_t[]){10, 0, 0, server});
	facts->stream = stream;
	return facts;
}

/* A request for PATH of FACTS in frame FRAME, so many ms into the capture, answered one frame and
 * one ms later. */
static inline struct sample_exchange *
ladder_sample_add(struct ladder_sample *made, const struct conversation_facts *facts,
    uint64_t frame, const char *path)
{
	struct sample_exchange *exchange = ARENA_NEW(&made->arena, struct sample_exchange);

	exchange->common = (struct exchange){.type = &sample_type,
	    .conversation = facts,
	    .time = SAMPLE_START + (int64_t)frame * LADDER_MS,
	    .waited = LADDER_MS,
	    .outcome = OUTCOME_ANSWERED,
	    .ended_by = ENDED_BY_SERVER,
	    .is_delivered = true,
	    .request_frame = frame,
	    .answer_frame = frame + 1};
	exchange->path = path;
	exchange->status = known(0xc00000cc);
	ledger_add(&made->sample.ledger, &exchange->common);
	return exchange;
}

/* EXCHANGE is not answered. */
static inline void
ladder_sample_end_exchange(
    struct exchange *exchange, enum outcome outcome, enum ended_by by, uint64_t frame)
{
	exchange->outcome = outcome;
	exchange->ended_by = by;
	exchange->answer_frame = 0;
	exchange->end_frame = frame;
}

/* EXCHANGE is one of the examples of the finding at INDEX, whose frames are evidence. */
static inline void
ladder_sample_find(struct ladder_sample *made, size_t index, const struct exchange *exchange)
{
	const uint64_t frames[] = {
	    exchange->request_frame, exchange->answer_frame, exchange->end_frame};
	struct finding *finding = &made->sample.findings[index];

	if (finding->example_count == 0)
		finding->exchange = exchange;
	finding->examples[finding->example_count++] = exchange;
	for (size_t i = 0; i < COUNT(frames); i++)
		if (index == 0 && frames[i] != 0)
			made->frames[finding->frame_count++] = frames[i];
}

static inline struct ladder
ladder_sample_make(struct ladder_sample *made)
{
	ledger_sort(&made->sample.ledger);
	return ladder_of_finding(&made->sample.capture, &made->sample.findings[0], &made->arena);
}

/* All of a ladder as text: "22 0>1 label", with "*" before evidence and "x" for ">" where it is
 * lost, one line a row; "..N" for N rows that are left out there. */
static inline const char *
ladder_sample_show(struct ladder_sample *made, const struct ladder *ladder)
{
	struct text text = {0};
	const char *shown;

	for (size_t i = 0; i < ladder->row_count; i++) {
		const struct ladder_row *row = &ladder->rows[i];

		if (row->skipped != 0)
			text_addf(&text, "..%zu\n", row->skipped);
		text_addf(&text, "%s%d %zu%c%zu %s\n", row->is_evidence ? "*" : "", (int)row->frame,
		    row->from, row->is_lost ? 'x' : '>', row->to, row->label);
	}
	shown = arena_text(&made->arena, text_chars(&text), text.length);
	text_free(&text);
	return shown;
}

#endif
