#include "analyzer/report/ladder.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/sorted.h"
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
	return (struct builder){
	    .capture = capture, .rows = {.facts = capture->facts, .arena = arena}};
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

static int
compare_with_time(const void *element, const void *key)
{
	const struct exchange *exchange = *(const struct exchange *const *)element;

	return COMPARE(exchange->time, *(const int64_t *)key);
}

/* Everything of the whole conversations. Their times say where it is in the ledger, unless the
 * capture's clock went back. */
static void
add_whole(struct builder *builder)
{
	const struct capture_facts *facts = builder->capture->facts;
	const struct ledger *ledger = builder->capture->ledger;
	int64_t first = INT64_MAX, last = INT64_MIN;
	size_t at;

	for (size_t i = 0; i < builder->whole_count; i++) {
		if (builder->whole[i]->first_time < first)
			first = builder->whole[i]->first_time;
		if (builder->whole[i]->last_time > last)
			last = builder->whole[i]->last_time;
		ladder_rows_add_close(&builder->rows, builder->whole[i]);
	}
	if (facts->time_reversals != 0 || facts->clock_steps != 0) {
		first = INT64_MIN;
		last = INT64_MAX;
	}
	at = sorted_before(
	    &first, ledger->items, ledger->count, sizeof(ledger->items[0]), compare_with_time);
	for (; at < ledger->count && ledger->items[at]->time <= last; at++)
		if (is_whole(builder, ledger->items[at]->conversation))
			ladder_rows_add_exchange(&builder->rows, ledger->items[at]);
}

/* The examples that no whole conversation shows. */
static void
add_examples(struct builder *builder, const struct finding *finding)
{
	for (size_t i = 0; i < finding->example_count; i++)
		if (!is_whole(builder, finding->examples[i]->conversation))
			ladder_rows_add_exchange(&builder->rows, finding->examples[i]);
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
is_same(const struct ladder_row *one, const struct ladder_row *other)
{
	return one->frame == other->frame && one->from == other->from && one->to == other->to &&
	       strcmp(one->label, other->label) == 0;
}

static void
arrange(struct ladder_rows *rows)
{
	size_t kept = 0;

	if (rows->count == 0)
		return;
	qsort(rows->items, rows->count, sizeof(*rows->items), compare_rows);
	for (size_t i = 0; i < rows->count; i++)
		if (kept == 0 || !is_same(&rows->items[kept - 1].row, &rows->items[i].row))
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

static size_t
column_of(const struct ladder_rows *rows, size_t column)
{
	return column == LADDER_NETWORK ? rows->host_count : column;
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
		made->from = column_of(rows, made->from);
		made->skipped = skipped;
		ladder.left_out += skipped;
		skipped = 0;
	}
	return ladder;
}

static struct ladder
finish(struct ladder_rows *rows)
{
	struct ladder ladder;

	keep_some(rows);
	ladder = finish_rows(rows);
	ladder.columns = ARENA_ARRAY(rows->arena, const char *, rows->host_count + 1);
	for (; ladder.column_count < rows->host_count; ladder.column_count++)
		ladder.columns[ladder.column_count] = rows->hosts[ladder.column_count].name;
	if (rows->has_network)
		ladder.columns[ladder.column_count++] = "network";
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
	return finish(&builder.rows);
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
	return finish(&builder.rows);
}
