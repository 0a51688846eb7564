#include "analyzer/report/ladder_points.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/base/basics.h"

/* Why nobody knows of a row that has no crossing where it came. */
#define NOT_COMPARED "not every message is compared, such as what a server asks"

/* ---- one row of what several points have ---- */

/* Whether MADE, which point POINT has, is the same message as ROW. Of legs that say the same the
 * first is taken that this point did not have yet; the connection's end may be that of a wait, too.
 */
static bool
is_twin(const struct ladder_draft *row, const struct ladder_draft *made, size_t point)
{
	uint64_t frame = row->stops[point].frame;

	if (row->sender != made->sender)
		return false;
	if (made->part == PART_REQUEST || made->part == PART_ANSWER)
		return row->part == made->part;
	return (row->part == made->part || (row->part == PART_END && made->part == PART_CLOSE)) &&
	       (frame == 0 || frame == made->row.frame) &&
	       strcmp(row->row.label, made->row.label) == 0;
}

/* MADE is told of by POINT, whose clock is AHEAD of the one at hand. */
static void
stop_at(const struct ladder_rows *rows, struct ladder_draft *row, const struct ladder_draft *made,
    size_t point, int64_t ahead)
{
	int64_t time = (int64_t)((uint64_t)made->row.time - (uint64_t)ahead);

	if (row->stops == NULL) {
		row->stops = ARENA_ARRAY(rows->arena, struct ladder_stop, rows->point_count);
		row->placed = row->row.time = time;
	}
	if (point == rows->own_point)
		row->row.time = time;
	row->stops[point].frame = made->row.frame;
}

/* The drafts from MADE on are POINT's: those that are one with what stands from START on go into
 * it. */
static void
join(struct ladder_rows *rows, size_t start, size_t made, size_t point, int64_t ahead)
{
	size_t kept = made;

	for (size_t i = made; i < rows->count; i++) {
		struct ladder_draft *one = &rows->items[i];
		size_t at = start;

		while (at < made && !is_twin(&rows->items[at], one, point))
			at++;
		if (at == made) {
			rows->items[kept] = *one;
			at = kept++;
		}
		stop_at(rows, &rows->items[at], one, point, ahead);
	}
	rows->count = kept;
}

/* By how much the clock of point INDEX is ahead of that of the capture at hand. */
static int64_t
ahead_of_own(const struct ladder_rows *rows, const struct crossing *crossing, size_t index)
{
	return (int64_t)((uint64_t)crossing->points[index].ahead -
			 (uint64_t)crossing->points[rows->own_point].ahead);
}

/* The frame of PART of a message at a point, even where nothing was made of it; 0: none. */
static uint64_t
frame_of_part(const struct crossing_point *point, enum ladder_part part)
{
	if (part == PART_REQUEST)
		return point->request_frame;
	return part == PART_ANSWER && point->is_answered ? point->answer_frame : 0;
}

/* A point may have messages of which nothing was made there. */
static void
fill_frames(struct ladder_rows *rows, size_t start, const struct crossing *crossing)
{
	for (size_t i = start; i < rows->count; i++) {
		struct ladder_draft *row = &rows->items[i];

		row->crossing = crossing;
		for (size_t j = 0; j < rows->point_count; j++)
			if (row->stops[j].frame == 0)
				row->stops[j].frame =
				    frame_of_part(&crossing->points[j], row->part);
	}
}

/* EXCHANGE, between the ends of FACTS. */
static void
add_exchange(struct ladder_rows *rows, const struct exchange *exchange,
    const struct conversation_facts *facts)
{
	const struct crossing *crossing = exchange->crossing;
	size_t start = rows->count, left_out = rows->left_out, made;

	rows->stand_in = facts;
	if (crossing == NULL) {
		ladder_rows_add_exchange(rows, exchange);
		join(rows, start, start, rows->own_point, 0);
		return;
	}
	assert(crossing->point_count == rows->point_count);
	for (size_t i = 0; i < rows->point_count; i++) {
		if (crossing->points[i].exchange == NULL)
			continue;
		made = rows->count;
		rows->left_out = left_out;
		ladder_rows_add_exchange(rows, crossing->points[i].exchange);
		join(rows, start, made, i, ahead_of_own(rows, crossing, i));
	}
	fill_frames(rows, start, crossing);
}

void
ladder_points_add_exchange(struct ladder_rows *rows, const struct exchange *exchange)
{
	add_exchange(rows, exchange, exchange->conversation);
}

/* ---- a conversation ---- */

/* A conversation of the capture at hand, as the points have it. */
struct joint {
	struct ladder_rows *rows;
	const struct conversation_facts *own;
	const struct conversation_facts *at[LADDER_MOST_POINTS]; /* NULL: it has none */
	int64_t ahead[LADDER_MOST_POINTS]; /* of the clock of the one at hand */
	size_t point;                      /* whose exchanges are added */
};

/* An exchange tells which conversations are one. */
static void
note_points(void *state, const struct exchange *exchange)
{
	struct joint *joint = state;
	const struct crossing *crossing = exchange->crossing;

	for (size_t i = 0; crossing != NULL && i < joint->rows->point_count; i++) {
		if (crossing->points[i].exchange != NULL)
			joint->at[i] = crossing->points[i].exchange->conversation;
		joint->ahead[i] = ahead_of_own(joint->rows, crossing, i);
	}
}

static size_t
first_point_of(const struct crossing *crossing)
{
	size_t first = 0;

	while (crossing->points[first].exchange == NULL)
		first++;
	return first;
}

/* Each is added once: where it is met first. What was not compared is that of the capture at hand.
 */
static void
add_of_point(void *state, const struct exchange *exchange)
{
	const struct joint *joint = state;
	size_t first = exchange->crossing != NULL ? first_point_of(exchange->crossing)
						  : joint->rows->own_point;

	if (first == joint->point)
		add_exchange(joint->rows, exchange, joint->own);
}

/* Whether a point has one frame of both. */
static bool
shares_frame(const struct ladder_rows *rows, const struct ladder_draft *one,
    const struct ladder_draft *other)
{
	for (size_t i = 0; i < rows->point_count; i++)
		if (one->stops[i].frame != 0 && one->stops[i].frame == other->stops[i].frame)
			return true;
	return false;
}

static bool
is_same_end(const struct ladder_rows *rows, const struct ladder_draft *one,
    const struct ladder_draft *other)
{
	return one->part == PART_END && one->sender == other->sender &&
	       strcmp(one->row.label, other->row.label) == 0 && shares_frame(rows, one, other);
}

/* One segment may end several exchanges, of which a point may have some: all that the rows from
 * START on tell of it goes into the first. Ends are few but for those that are one. */
static void
fold_ends(struct ladder_rows *rows, size_t start)
{
	size_t kept = start, first = SIZE_MAX;

	for (size_t i = start; i < rows->count; i++) {
		struct ladder_draft *one = &rows->items[i];
		size_t at = one->part == PART_END && first < kept ? first : kept;

		while (at < kept && !is_same_end(rows, &rows->items[at], one))
			at++;
		if (at == kept) {
			if (one->part == PART_END && first > kept)
				first = kept;
			rows->items[kept++] = *one;
			continue;
		}
		for (size_t j = 0; j < rows->point_count; j++)
			if (rows->items[at].stops[j].frame == 0)
				rows->items[at].stops[j].frame = one->stops[j].frame;
	}
	rows->count = kept;
}

void
ladder_points_add_conversation(struct ladder_rows *rows, const struct report_capture *capture,
    const struct conversation_facts *conversation)
{
	struct joint joint = {.rows = rows, .own = conversation};
	size_t start = rows->count, made;

	ladder_each_exchange(capture, &conversation, 1, note_points, &joint);
	joint.at[rows->own_point] = conversation;
	for (; joint.point < rows->point_count; joint.point++)
		if (joint.at[joint.point] != NULL)
			ladder_each_exchange(capture->points[joint.point], &joint.at[joint.point],
			    1, add_of_point, &joint);
	fold_ends(rows, start);
	rows->stand_in = conversation;
	for (size_t i = 0; i < rows->point_count; i++) {
		made = rows->count;
		if (joint.at[i] != NULL)
			ladder_rows_add_close(rows, joint.at[i]);
		join(rows, start, made, i, joint.ahead[i]);
	}
}

/* ---- how far each came ---- */

static bool
is_between(size_t column, size_t one, size_t other)
{
	return (one < column && column < other) || (other < column && column < one);
}

/* Whether a point has ROW that is as far from its sender as BEYOND, or farther. */
static bool
is_seen_from(const struct ladder_rows *rows, const struct ladder_draft *row, size_t beyond)
{
	for (size_t i = 0; i < rows->point_count; i++)
		if (row->stops[i].frame != 0 && (row->sender == CLIENT ? i >= beyond : i <= beyond))
			return true;
	return false;
}

/* Whether a point has it that is as near to its sender as UNTIL, or nearer. */
static bool
is_seen_until(const struct ladder_rows *rows, const struct ladder_draft *row, size_t until)
{
	for (size_t i = 0; i < rows->point_count; i++)
		if (row->stops[i].frame != 0 && (row->sender == CLIENT ? i <= until : i >= until))
			return true;
	return false;
}

static void
add_to_label(const struct ladder_rows *rows, struct ladder_draft *row, const char *what,
    const struct crossing_gap *gap, const char *rest)
{
	row->row.label = arena_format(rows->arena, "%s, %s points %zu and %zu%s%s", row->row.label,
	    what, gap->after + 1, gap->before + 1, rest[0] != '\0' ? ": " : "", rest);
}

/* What the crossing says is about the request's way, or about that of answers and of ends that came
 * in their place. */
static bool
is_of_crossing(const struct ladder_draft *row)
{
	return row->crossing != NULL && (row->part != PART_END || row->sender == SERVER);
}

/* Whether nobody who has the request knows better than that nothing answered it. */
static bool
is_unanswered_everywhere(const struct crossing *crossing)
{
	for (size_t i = 0; i < crossing->point_count; i++) {
		const struct crossing_point *point = &crossing->points[i];

		if (point->request_frame != 0 &&
		    (point->exchange == NULL || !ladder_is_unanswered(point->exchange)))
			return false;
	}
	return true;
}

static void
settle_loss(const struct ladder_rows *rows, struct ladder_draft *row, struct ladder_way *way)
{
	const struct crossing_gap *lost = &row->crossing->lost;
	enum side lost_from = lost->after < lost->before ? CLIENT : SERVER;
	size_t column = ladder_rows_first_point(rows) + lost->before;

	if (lost->after != lost->before && lost_from == row->sender &&
	    !is_seen_from(rows, row, lost->before) &&
	    is_between(column, row->row.from, row->row.to)) {
		way->end = column;
		row->row.is_lost = true;
		add_to_label(rows, row, "lost between", lost, "");
	} else {
		row->row.is_lost = row->row.is_lost && is_unanswered_everywhere(row->crossing);
	}
}

static void
settle_beginning(const struct ladder_rows *rows, struct ladder_draft *row, struct ladder_way *way)
{
	const struct crossing_gap *begun = &row->crossing->begun;
	size_t column = ladder_rows_first_point(rows) + begun->after;

	if (begun->after == begun->before || row->sender != SERVER ||
	    is_seen_until(rows, row, begun->after) ||
	    !is_between(column, row->row.from, row->row.to))
		return;
	way->begin = column;
	way->is_begun_between = true;
	add_to_label(rows, row,
	    row->crossing->forged_after != NULL ? "not the server's: begun between"
						: "begun between",
	    begun, "");
}

/* Of a change that may be of either message the request tells. */
static void
settle_change(const struct ladder_rows *rows, struct ladder_draft *row)
{
	const struct crossing *crossing = row->crossing;
	bool is_changed = row->part == PART_ANSWER
			      ? crossing->is_answer_changed
			      : crossing->is_request_changed || !crossing->is_answer_changed;

	if (crossing->altered != NULL && is_changed &&
	    (row->part == PART_REQUEST || row->part == PART_ANSWER))
		add_to_label(rows, row, "altered between", &crossing->changed, crossing->altered);
}

/* The first and the last point on WAY that has the row, by columns; false: none has. */
static bool
find_seen(const struct ladder_rows *rows, const struct ladder_draft *row,
    const struct ladder_way *way, size_t *ret_least, size_t *ret_most)
{
	size_t column = ladder_rows_first_point(rows);
	bool is_any = false;

	for (size_t i = 0; i < rows->point_count; i++, column++) {
		if (row->stops[i].frame == 0 || !is_between(column, way->begin, way->end))
			continue;
		*ret_least = is_any ? *ret_least : column;
		*ret_most = column;
		is_any = true;
	}
	return is_any;
}

/* What a point lacks of a row that passes it, nobody has proved that it is not there. */
static void
settle_doubt(const struct ladder_rows *rows, struct ladder_draft *row, struct ladder_way *way)
{
	size_t column = ladder_rows_first_point(rows), least = 0, most = 0;
	size_t *low = way->begin < way->end ? &way->sure_begin : &way->sure_end;
	size_t *high = way->begin < way->end ? &way->sure_end : &way->sure_begin;

	way->sure_begin = way->begin;
	way->sure_end = way->end;
	if (!find_seen(rows, row, way, &least, &most))
		return;
	for (size_t i = 0; i < rows->point_count; i++, column++) {
		if (row->stops[i].frame != 0 || !is_between(column, way->begin, way->end))
			continue;
		row->stops[i].is_unsure = true;
		if (column < least)
			*low = least;
		if (column > most)
			*high = most;
	}
}

bool
ladder_points_have_doubt(const struct ladder_stop *stops, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (stops[i].is_unsure)
			return true;
	return false;
}

static void
settle(const struct ladder_rows *rows, struct ladder_draft *row)
{
	struct ladder_passage *passage = ARENA_NEW(rows->arena, struct ladder_passage);

	passage->way.begin = row->row.from;
	passage->way.end = row->row.to;
	if (is_of_crossing(row)) {
		settle_loss(rows, row, &passage->way);
		settle_beginning(rows, row, &passage->way);
		settle_change(rows, row);
	}
	settle_doubt(rows, row, &passage->way);
	if (row->part != PART_CLOSE && ladder_points_have_doubt(row->stops, rows->point_count))
		passage->unsure = row->crossing != NULL ? row->crossing->unsure : NOT_COMPARED;
	passage->stops = row->stops;
	row->row.frame = row->stops[rows->own_point].frame;
	row->row.passage = passage;
}

void
ladder_points_settle(struct ladder_rows *rows)
{
	for (size_t i = 0; i < rows->count; i++)
		settle(rows, &rows->items[i]);
}

/* ---- their order ---- */

static size_t
first_stop(const struct ladder_draft *row)
{
	size_t first = 0;

	while (row->stops[first].frame == 0)
		first++;
	return first;
}

/* By the point that has them first, and its frames. */
static int
compare_frames(const void *left, const void *right)
{
	const struct ladder_draft *one = left, *other = right;
	size_t mine = first_stop(one), theirs = first_stop(other);

	if (mine != theirs)
		return COMPARE(mine, theirs);
	if (one->stops[mine].frame != other->stops[mine].frame)
		return COMPARE(one->stops[mine].frame, other->stops[mine].frame);
	return COMPARE(one->number, other->number);
}

static int
compare_places(const void *left, const void *right)
{
	const struct ladder_draft *one = left, *other = right;

	return one->placed != other->placed ? COMPARE(one->placed, other->placed)
					    : compare_frames(left, right);
}

/* A clock that goes back puts nothing before what the same point has before it. */
void
ladder_points_sort(struct ladder_rows *rows)
{
	if (rows->count == 0)
		return;
	qsort(rows->items, rows->count, sizeof(*rows->items), compare_frames);
	for (size_t i = 1; i < rows->count; i++)
		if (first_stop(&rows->items[i]) == first_stop(&rows->items[i - 1]) &&
		    rows->items[i].placed < rows->items[i - 1].placed)
			rows->items[i].placed = rows->items[i - 1].placed;
	qsort(rows->items, rows->count, sizeof(*rows->items), compare_places);
}

bool
ladder_points_are_same(const struct ladder_stop *one, const struct ladder_stop *other, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (one[i].frame != other[i].frame)
			return false;
	return true;
}
