#include "analyzer/report/ladder.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/report/ladder_points.h"
#include "analyzer/report/ladder_rows.h"

/* Of the rows that are kept of too many: how a conversation begins, and how it ends. */
#define HEAD_ROWS 8
#define TAIL_ROWS 2

/* A ladder while it is made. */
struct builder {
	const struct report_capture *capture;
	/* Conversations of which everything is shown. */
	const struct conversation_facts *whole[FINDING_MOST_EXAMPLES];
	size_t whole_count;
	struct ladder_rows rows;
};

static struct builder
begin(const struct report_capture *capture, struct arena *arena)
{
	struct builder builder = {
	    .capture = capture, .rows = {.facts = capture->facts, .arena = arena}};

	assert(capture->point_count <= LADDER_MOST_POINTS);
	builder.rows.point_count = capture->point_count;
	if (capture->point_count != 0)
		builder.rows.own_point = capture->facts->point->number - 1;
	return builder;
}

static bool
is_whole(const struct builder *builder, const struct conversation_facts *facts)
{
	for (size_t i = 0; i < builder->whole_count; i++)
		if (builder->whole[i] == facts)
			return true;
	return false;
}

/* A conversation is shown whole, unless it is all questions of a host for names, or stands for many
 * connections. */
static void
take_whole(struct builder *builder, const struct conversation_facts *facts)
{
	if (facts->is_background || facts->transport == TRANSPORT_NONE ||
	    facts->client.family == ADDR_NONE || facts->server.family == ADDR_NONE ||
	    is_whole(builder, facts))
		return;
	builder->whole[builder->whole_count++] = facts;
}

static void
add_exchange(void *state, const struct exchange *exchange)
{
	struct ladder_rows *rows = state;

	if (rows->point_count != 0)
		ladder_points_add_exchange(rows, exchange);
	else
		ladder_rows_add_exchange(rows, exchange);
}

/* Everything of the whole conversations. */
static void
add_whole(struct builder *builder)
{
	struct ladder_rows *rows = &builder->rows;

	for (size_t i = 0; i < builder->whole_count; i++)
		if (rows->point_count != 0)
			ladder_points_add_conversation(rows, builder->capture, builder->whole[i]);
		else
			ladder_rows_add_close(rows, builder->whole[i]);
	if (rows->point_count == 0)
		ladder_each_exchange(
		    builder->capture, builder->whole, builder->whole_count, add_exchange, rows);
}

/* The examples that no whole conversation shows. */
static void
add_examples(struct builder *builder, const struct finding *finding)
{
	for (size_t i = 0; i < finding->example_count; i++)
		if (!is_whole(builder, finding->examples[i]->conversation))
			add_exchange(&builder->rows, finding->examples[i]);
}

static int
compare_rows(const void *left, const void *right)
{
	const struct ladder_draft *one = left, *other = right;

	if (one->row.frame != other->row.frame)
		return COMPARE(one->row.frame, other->row.frame);
	return COMPARE(one->number, other->number);
}

/* Examples of two findings may be one exchange. */
static bool
is_same(const struct ladder_rows *rows, const struct ladder_draft *left,
    const struct ladder_draft *right)
{
	const struct ladder_row *one = &left->row, *other = &right->row;

	return one->frame == other->frame && one->from == other->from && one->to == other->to &&
	       strcmp(one->label, other->label) == 0 &&
	       ladder_points_are_same(left->stops, right->stops, rows->point_count);
}

static void
arrange(struct ladder_rows *rows)
{
	size_t kept = 0;

	if (rows->count == 0)
		return;
	ladder_rows_place(rows);
	if (rows->point_count != 0) {
		ladder_points_settle(rows);
		ladder_points_sort(rows);
	} else {
		qsort(rows->items, rows->count, sizeof(*rows->items), compare_rows);
	}
	for (size_t i = 0; i < rows->count; i++)
		if (kept == 0 || !is_same(rows, &rows->items[kept - 1], &rows->items[i]))
			rows->items[kept++] = rows->items[i];
	rows->count = kept;
}

static bool
has_frame(const struct finding *finding, uint64_t frame)
{
	for (size_t i = 0; i < finding->frame_count; i++)
		if (finding->frames[i] == frame)
			return true;
	return false;
}

static void
mark_evidence(struct ladder_rows *rows, const struct finding *finding)
{
	for (size_t i = 0; i < rows->count; i++)
		rows->items[i].row.is_evidence |= has_frame(finding, rows->items[i].row.frame);
}

/* Whether evidence is DISTANCE rows from the one at INDEX. */
static bool
is_near(const struct ladder_rows *rows, size_t index, size_t distance)
{
	return (index >= distance && rows->items[index - distance].row.is_evidence) ||
	       (distance < rows->count - index && rows->items[index + distance].row.is_evidence);
}

/* Keeps the head, the tail, and then what is nearest to evidence; without any, the beginning. */
static void
keep_some(struct ladder_rows *rows)
{
	size_t kept = 0, count = rows->count;

	for (size_t i = 0; i < count; i++) {
		rows->items[i].is_kept =
		    count <= LADDER_MOST_ROWS || i < HEAD_ROWS || i >= count - TAIL_ROWS;
		kept += rows->items[i].is_kept;
	}
	for (size_t distance = 0; distance < count && kept < LADDER_MOST_ROWS; distance++)
		for (size_t i = 0; i < count && kept < LADDER_MOST_ROWS; i++)
			if (!rows->items[i].is_kept && is_near(rows, i, distance)) {
				rows->items[i].is_kept = true;
				kept++;
			}
	for (size_t i = 0; i < count && kept < LADDER_MOST_ROWS; i++)
		if (!rows->items[i].is_kept) {
			rows->items[i].is_kept = true;
			kept++;
		}
}

static struct ladder
finish_rows(struct ladder_rows *rows)
{
	struct ladder_row *kept = ARENA_ARRAY(rows->arena, struct ladder_row, LADDER_MOST_ROWS);
	struct ladder ladder = {.rows = kept, .left_out = rows->left_out};
	struct ladder_row *made;
	size_t skipped = 0;

	for (size_t i = 0; i < rows->count; i++) {
		if (!rows->items[i].is_kept) {
			skipped++;
			continue;
		}
		made = &kept[ladder.row_count++];
		*made = rows->items[i].row;
		made->skipped = skipped;
		ladder.left_out += skipped;
		skipped = 0;
	}
	return ladder;
}

static void
name_columns(const struct builder *builder, const struct ladder_rows *rows, struct ladder *ladder)
{
	ladder->columns = ARENA_ARRAY(rows->arena, const char *, ladder_rows_network(rows) + 1);
	ladder->column_count = ladder_rows_network(rows) + rows->has_network;
	ladder->first_point = ladder_rows_first_point(rows);
	ladder->point_count = rows->point_count;
	for (size_t i = 0; i < rows->host_count; i++)
		ladder->columns[ladder_rows_column(rows, i)] = rows->hosts[i].name;
	for (size_t i = 0; i < rows->point_count; i++)
		ladder->columns[ladder->first_point + i] = arena_format(
		    rows->arena, "point %zu, %s", i + 1, builder->capture->points[i]->facts->file);
	if (rows->has_network)
		ladder->columns[ladder_rows_network(rows)] = "network";
}

static struct ladder
finish(struct builder *builder)
{
	struct ladder_rows *rows = &builder->rows;
	struct ladder ladder;

	keep_some(rows);
	ladder = finish_rows(rows);
	name_columns(builder, rows, &ladder);
	ladder_rows_free(rows);
	return ladder;
}

struct ladder
ladder_of_finding(
    const struct report_capture *capture, const struct finding *finding, struct arena *arena)
{
	struct builder builder = begin(capture, arena);
	const struct finding *one = finding;

	for (size_t i = 0; i < finding->example_count; i++)
		take_whole(&builder, finding->examples[i]->conversation);
	/* The finding's own hosts stand first, whoever spoke first. */
	ladder_rows_add_hosts(&builder.rows, finding->exchange->conversation);
	add_whole(&builder);
	add_examples(&builder, finding);
	while (one->follows_from != 0) {
		one = &capture->findings.items[one->follows_from - 1];
		add_examples(&builder, one);
	}
	arrange(&builder.rows);
	mark_evidence(&builder.rows, finding);
	return finish(&builder);
}

static bool
is_of_stream(const struct finding *finding, uint32_t stream)
{
	for (size_t i = 0; i < finding->stream_count; i++)
		if (finding->streams[i] == stream)
			return true;
	return false;
}

struct ladder
ladder_of_stream(const struct report_capture *capture, uint32_t stream, struct arena *arena)
{
	struct builder builder = begin(capture, arena);
	const struct conversation_facts *facts;

	for (size_t i = 0; i < capture->conversation_count; i++) {
		facts = capture->conversations[i].facts;
		if (facts->transport == TRANSPORT_TCP && facts->stream == stream &&
		    builder.whole_count == 0) {
			take_whole(&builder, facts);
			ladder_rows_add_hosts(&builder.rows, facts);
		}
	}
	add_whole(&builder);
	arrange(&builder.rows);
	for (size_t i = 0; i < capture->findings.count; i++)
		if (is_of_stream(&capture->findings.items[i], stream))
			mark_evidence(&builder.rows, &capture->findings.items[i]);
	return finish(&builder);
}

/* ---- for who draws them ---- */

struct ladder_way
ladder_way_of(const struct ladder_row *row)
{
	if (row->passage != NULL)
		return row->passage->way;
	return (struct ladder_way){
	    .begin = row->from, .end = row->to, .sure_begin = row->from, .sure_end = row->to};
}

bool
ladder_is_point(const struct ladder *ladder, size_t column, size_t *ret)
{
	if (column < ladder->first_point || column - ladder->first_point >= ladder->point_count)
		return false;
	*ret = column - ladder->first_point;
	return true;
}

bool
ladder_is_lost_between(const struct ladder *ladder, const struct ladder_row *row)
{
	size_t point;

	return row->is_lost && ladder_is_point(ladder, ladder_way_of(row).end, &point);
}

static size_t
count_stops(const struct ladder *ladder, const struct ladder_passage *passage)
{
	size_t count = 0;

	for (size_t i = 0; passage != NULL && i < ladder->point_count; i++)
		count += passage->stops[i].frame != 0;
	return count;
}

bool
ladder_is_of_several(const struct ladder *ladder)
{
	for (size_t i = 0; i < ladder->row_count; i++)
		if (count_stops(ladder, ladder->rows[i].passage) > 1 ||
		    ladder_is_lost_between(ladder, &ladder->rows[i]) ||
		    ladder_way_of(&ladder->rows[i]).is_begun_between)
			return true;
	return false;
}

struct ladder_signs
ladder_signs_of(const struct ladder *ladder)
{
	struct ladder_signs signs = {0};

	for (size_t i = 0; i < ladder->row_count; i++) {
		const struct ladder_row *row = &ladder->rows[i];
		bool is_lost_between = ladder_is_lost_between(ladder, row);

		signs.has_evidence |= row->is_evidence;
		signs.has_unanswered |= row->is_lost && !is_lost_between;
		signs.has_lost |= is_lost_between;
		signs.has_begun |= ladder_way_of(row).is_begun_between;
		signs.has_unsure |=
		    row->passage != NULL &&
		    ladder_points_have_doubt(row->passage->stops, ladder->point_count);
	}
	return signs;
}

size_t
ladder_reasons(const struct ladder *ladder, const char *ret[LADDER_MOST_REASONS])
{
	size_t count = 0;

	for (size_t i = 0; i < ladder->row_count && count < LADDER_MOST_REASONS; i++) {
		const struct ladder_passage *passage = ladder->rows[i].passage;
		size_t at = 0;

		if (passage == NULL || passage->unsure == NULL)
			continue;
		while (at < count && strcmp(ret[at], passage->unsure) != 0)
			at++;
		if (at == count)
			ret[count++] = passage->unsure;
	}
	return count;
}

void
ladder_add_frames(struct text *text, const struct ladder *ladder, const struct ladder_row *row)
{
	for (size_t i = 0; i < ladder->point_count; i++) {
		const struct ladder_stop *stop = &row->passage->stops[i];

		text_add(text, i != 0 ? ", " : "");
		if (stop->frame != 0)
			text_add_number(text, stop->frame);
		else
			text_add_char(text, stop->is_unsure ? '?' : '-');
	}
}
