/* A ladder of three points with a row of each kind, which the tests draw. */
#ifndef SMBTRIAGE_REPORT_POINTS_SAMPLE_TEST_H
#define SMBTRIAGE_REPORT_POINTS_SAMPLE_TEST_H

#include "analyzer/report/ladder.h"
#include "analyzer/report/sample_test.h"

static const char *points_columns[] = {"client 10.0.0.5", "point 1, a.pcapng", "point 2, b.pcapng",
    "point 3, c.pcapng", "server 10.0.0.9"};

/* Frames at the points: 0: none. */
#define STOPS(...)                   \
	(const struct ladder_stop[]) \
	{                            \
		__VA_ARGS__          \
	}

static const struct ladder_passage points_everywhere = {
    .way = {0, 4, 0, 4, false}, .stops = STOPS({22, false}, {333, false}, {1234, false})};
static const struct ladder_passage points_unsure = {.way = {4, 0, 1, 0, false},
    .stops = STOPS({6, false}, {0, true}, {0, true}),
    .unsure = "c.pcapng ends \033 before"};
static const struct ladder_passage points_lost = {
    .way = {0, 2, 0, 2, false}, .stops = STOPS({7, false}, {0, false}, {0, false})};
static const struct ladder_passage points_lost_back = {
    .way = {4, 2, 4, 2, false}, .stops = STOPS({0, false}, {0, false}, {1235, false})};
static const struct ladder_passage points_begun = {
    .way = {2, 0, 2, 0, true}, .stops = STOPS({8, false}, {0, false}, {0, false})};
static const struct ladder_passage points_silent = {.way = {0, 4, 0, 2, false},
    .stops = STOPS({9, false}, {35, false}, {0, true}),
    .unsure = "c.pcapng ends \033 before"};

static const struct ladder_row points_rows[] = {
    {.time = SAMPLE_START, .from = 0, .to = 4, .label = "SYN", .passage = &points_everywhere},
    {.time = SAMPLE_START + 1000,
	.from = 4,
	.to = 0,
	.label = "SYN-ACK",
	.passage = &points_unsure},
    {.time = SAMPLE_START + 2000,
	.from = 0,
	.to = 4,
	.label = "NEGOTIATE, lost between points 1 and 2",
	.is_evidence = true,
	.is_lost = true,
	.passage = &points_lost},
    {.time = SAMPLE_START + 3000,
	.from = 4,
	.to = 0,
	.label = "NEGOTIATE 3.1.1",
	.is_lost = true,
	.passage = &points_lost_back},
    {.time = SAMPLE_START + 4000, .from = 4, .to = 0, .label = "RST", .passage = &points_begun},
    {.time = SAMPLE_START + 5000,
	.from = 0,
	.to = 4,
	.label = "gone",
	.is_lost = true,
	.skipped = 2,
	.passage = &points_silent},
};

static const struct ladder points_ladder = {.columns = points_columns,
    .column_count = COUNT(points_columns),
    .first_point = 1,
    .point_count = 3,
    .rows = points_rows,
    .row_count = COUNT(points_rows),
    .left_out = 2};

#endif
