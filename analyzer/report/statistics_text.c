#include "analyzer/report/statistics_text.h"

#include <inttypes.h>

#include "analyzer/base/basics.h"
#include "analyzer/report/page.h"
#include "analyzer/report/phrase.h"
#include "analyzer/report/wrap.h"

#define MOST_BUSIEST 3   /* lines in the head of the report */
#define LEAST_CALLS  10  /* for such a line: of fewer a median says little */
#define LEAST_FOR_99 100 /* of fewer calls the slowest is all that 99 % leave out */

#define NOTE_INDENT 4

/* ---- what the table and the lines share ---- */

static void
add_command(struct text *text, const struct statistics_server *server, size_t index)
{
	const char *name = statistics_command(server, index);

	if (name != NULL)
		text_add(text, name);
	else
		text_addf(text, "0x%zX", index);
}

static void
add_server(struct text *text, const struct statistics_server *server)
{
	if (server->addr.family == ADDR_NONE)
		text_addf(text, "servers beyond the first %d", STATISTICS_MOST_SERVERS);
	else
		page_add_end(text, &server->addr, server->port);
}

/* ", median 113 µs, p99 2.98 ms". */
static void
add_percentiles(struct text *text, const struct statistics_row *total)
{
	if (total->times.count == 0)
		return;
	text_add(text, ", median ");
	text_add_duration(text, (int64_t)statistics_percentile(total, 50));
	if (total->times.count < LEAST_FOR_99)
		return;
	text_add(text, ", p99 ");
	text_add_duration(text, (int64_t)statistics_percentile(total, 99));
}

static void
add_slowest(struct text *text, const struct statistics_server *server)
{
	size_t slowest = statistics_slowest(server);

	if (slowest > STATISTICS_MOST_COMMANDS)
		return;
	text_add(text, ", slowest ");
	add_command(text, server, slowest);
	text_add_char(text, ' ');
	text_add_duration(text, (int64_t)server->rows[slowest]->longest);
	text_addf(text, " (frame %" PRIu64 ")", server->rows[slowest]->longest_frame);
}

/* ", 1 without an answer, 2 answers without a request". */
static void
add_halves(struct text *text, const struct statistics_row *row)
{
	if (row->unanswered != 0)
		text_addf(text, ", %" PRIu64 " without an answer", row->unanswered);
	if (row->unasked == 0)
		return;
	text_add(text, ", ");
	page_add_count(text, row->unasked, "answer");
	text_add(text, " without a request");
}

/* ", 3 failed", and what is half there. */
static void
add_troubles(struct text *text, const struct statistics_row *row)
{
	if (row->failures != 0)
		text_addf(text, ", %" PRIu64 " failed", row->failures);
	add_halves(text, row);
}

/* ---- the lines ---- */

/* "10.66.1.10:445: 21 calls, median 113 µs, slowest NEGOTIATE 2.98 ms (frame 10)". */
static void
add_line(struct head *head, const struct statistics_server *server)
{
	struct arena arena = {0};
	struct statistics_row total;

	statistics_total(server, &arena, &total);
	add_server(&head->value, server);
	text_add(&head->value, ": ");
	page_add_count(&head->value, total.calls, "call");
	add_percentiles(&head->value, &total);
	add_slowest(&head->value, server);
	add_troubles(&head->value, &total);
	head_add(head, "calls");
	arena_free(&arena);
}

static uint64_t
calls_of(const struct statistics_server *server)
{
	uint64_t calls = 0;

	for (size_t i = 0; i <= STATISTICS_MOST_COMMANDS; i++)
		calls += server->rows[i] != NULL ? server->rows[i]->calls : 0;
	return calls;
}

/* The busiest servers, the busiest one first; returns how many would deserve a line. */
static size_t
find_busiest(
    const struct statistics *statistics, const struct statistics_server *busiest[MOST_BUSIEST])
{
	size_t found = 0, place;

	for (size_t i = 0; i < statistics->server_count; i++) {
		const struct statistics_server *server = statistics->servers[i];

		if (calls_of(server) < LEAST_CALLS)
			continue;
		place = min_u64(found++, MOST_BUSIEST);
		for (; place > 0 && calls_of(busiest[place - 1]) < calls_of(server); place--)
			if (place < MOST_BUSIEST)
				busiest[place] = busiest[place - 1];
		if (place < MOST_BUSIEST)
			busiest[place] = server;
	}
	return found;
}

void
statistics_add_rows(struct head *head)
{
	const struct statistics_server *busiest[MOST_BUSIEST];
	size_t count = find_busiest(head->capture->statistics, busiest);

	for (size_t i = 0; i < count && i < MOST_BUSIEST; i++)
		add_line(head, busiest[i]);
	if (count <= MOST_BUSIEST)
		return;
	page_add_count(&head->value, count - MOST_BUSIEST, "more server");
	text_add(&head->value, ": smbtriage stats has them all");
	head_add(head, "");
}

/* ---- the tables ---- */

/* One line of the table: a command at a server. */
struct cell {
	const struct statistics_server *server;
	size_t index;
	const struct statistics_row *row;
};

static void
add_command_cell(struct text *text, const struct cell *cell)
{
	add_command(text, cell->server, cell->index);
}

static void
add_calls_cell(struct text *text, const struct cell *cell)
{
	text_add_number(text, cell->row->calls);
}

static void
add_time_cell(struct text *text, const struct cell *cell, uint64_t time)
{
	if (cell->row->times.count == 0)
		text_add_char(text, '-');
	else
		text_add_duration(text, (int64_t)time);
}

static void
add_median_cell(struct text *text, const struct cell *cell)
{
	add_time_cell(text, cell, statistics_percentile(cell->row, 50));
}

static void
add_p95_cell(struct text *text, const struct cell *cell)
{
	add_time_cell(text, cell, statistics_percentile(cell->row, 95));
}

static void
add_p99_cell(struct text *text, const struct cell *cell)
{
	add_time_cell(text, cell, statistics_percentile(cell->row, 99));
}

static void
add_slowest_cell(struct text *text, const struct cell *cell)
{
	add_time_cell(text, cell, cell->row->longest);
}

static void
add_frame_cell(struct text *text, const struct cell *cell)
{
	if (cell->row->longest_frame == 0)
		text_add_char(text, '-');
	else
		text_add_number(text, cell->row->longest_frame);
}

static void
add_bytes_cell(struct text *text, const struct cell *cell)
{
	page_add_size(text, both_sides(cell->row->bytes));
}

/* The first one's cells begin where the column does, those of the others end where it does. */
static const struct column {
	const char *heading;
	void (*add)(struct text *text, const struct cell *cell);
} columns[] = {
    {"command", add_command_cell},
    {"calls", add_calls_cell},
    {"median", add_median_cell},
    {"p95", add_p95_cell},
    {"p99", add_p99_cell},
    {"slowest", add_slowest_cell},
    {"in frame", add_frame_cell},
    {"bytes", add_bytes_cell},
};

static struct cell
cell_of(const struct statistics_server *server, size_t index)
{
	return (struct cell){server, index, server->rows[index]};
}

/* How wide COLUMN must be for the table of SERVER. */
static size_t
width_of(const struct column *column, const struct statistics_server *server)
{
	size_t width = wrap_columns(column->heading);
	struct text text = {0};

	for (size_t i = 0; i <= STATISTICS_MOST_COMMANDS; i++) {
		struct cell cell = cell_of(server, i);

		if (cell.row == NULL)
			continue;
		column->add(&text, &cell);
		width = max_u64(width, wrap_columns(text_chars(&text)));
		text_clear(&text);
	}
	text_free(&text);
	return width;
}

/* CHARS in the column at PLACE, two blanks from the one before it. */
static void
add_aligned(struct page *page, size_t place, size_t width, const char *chars)
{
	size_t padding = width - wrap_columns(chars);

	wrap_indent(&page->text, place == 0 ? PAGE_INDENT : 2 + padding);
	text_add(&page->text, chars);
	if (place == 0)
		wrap_indent(&page->text, padding);
}

/* A line of the table, or its heading when CELL is NULL. */
static void
add_cells(struct page *page, const size_t widths[], const struct cell *cell)
{
	for (size_t i = 0; i < COUNT(columns); i++) {
		if (cell == NULL)
			text_add(&page->value, columns[i].heading);
		else
			columns[i].add(&page->value, cell);
		add_aligned(page, i, widths[i], text_chars(&page->value));
		text_clear(&page->value);
	}
	text_add_char(&page->text, '\n');
}

/* The errors among the statuses of CELL, each with its count. */
static void
add_errors(struct text *text, const struct cell *cell)
{
	const struct statistics_protocol *protocol = cell->server->protocol;

	for (size_t i = 0; i < cell->row->status_count; i++) {
		const struct statistics_status *one = &cell->row->statuses[i];
		const struct name_row *name = names_find(protocol->statuses, one->status);

		if (!protocol->is_error(one->status))
			continue;
		text_addf(text, ", %" PRIu64 " × ", one->count);
		if (name != NULL)
			text_add(text, name->name);
		else
			text_addf(text, "0x%08" PRIX32, one->status);
	}
	if (cell->row->other_statuses != 0)
		text_addf(text, ", %" PRIu64 " × another status", cell->row->other_statuses);
}

/* Below a command's line: how many calls are half there, and which errors others had. */
static void
add_notes(struct page *page, const struct cell *cell)
{
	add_halves(&page->value, cell->row);
	add_errors(&page->value, cell);
	if (page->value.length == 0)
		return;
	wrap_indent(&page->text, NOTE_INDENT);
	wrap_words(&page->text, NOTE_INDENT, NOTE_INDENT, page_columns(page),
	    text_chars(&page->value) + 2);
	text_add_char(&page->text, '\n');
	text_clear(&page->value);
}

/* "21 calls on 1 connection, median …, 3 failed; requests 66.0 kB, answers 62.4 kB". */
static void
add_summary(struct page *page, const struct statistics_server *server)
{
	struct arena arena = {0};
	struct statistics_row total;

	statistics_total(server, &arena, &total);
	page_add_count(&page->value, total.calls, "call");
	text_add(&page->value, " on ");
	page_add_count(&page->value, server->conversations, "connection");
	add_percentiles(&page->value, &total);
	add_troubles(&page->value, &total);
	text_add(&page->value, "; requests ");
	page_add_size(&page->value, total.bytes[CLIENT]);
	text_add(&page->value, ", answers ");
	page_add_size(&page->value, total.bytes[SERVER]);
	wrap_indent(&page->text, PAGE_INDENT);
	wrap_words(
	    &page->text, PAGE_INDENT, PAGE_INDENT, page_columns(page), text_chars(&page->value));
	text_add_char(&page->text, '\n');
	text_clear(&page->value);
	arena_free(&arena);
}

static void
add_table(struct page *page, const struct statistics_server *server)
{
	size_t widths[COUNT(columns)];

	for (size_t i = 0; i < COUNT(columns); i++)
		widths[i] = width_of(&columns[i], server);
	add_cells(page, widths, NULL);
	for (size_t i = 0; i <= STATISTICS_MOST_COMMANDS; i++) {
		struct cell cell = cell_of(server, i);

		if (cell.row == NULL)
			continue;
		add_cells(page, widths, &cell);
		add_notes(page, &cell);
	}
}

static void
add_server_part(struct page *page, const struct statistics_server *server)
{
	add_server(&page->value, server);
	text_addf(&page->value, " (%s)", server->protocol->name);
	text_add_char(&page->text, '\n');
	page_add_heading(page, text_chars(&page->value));
	text_clear(&page->value);
	add_summary(page, server);
	add_table(page, server);
}

void
statistics_text(struct report *report, const struct report_capture *capture)
{
	struct page page = {.report = report, .capture = capture};

	text_add_visible(&page.value, capture->facts->file);
	phrase_add_others(&page.value, capture->facts);
	text_add(&page.text, report->captures > 1 ? "\n" : "");
	page_add_heading(&page, text_chars(&page.value));
	text_clear(&page.value);
	if (capture->statistics->server_count == 0)
		text_add(&page.text, "  No call of SMB2 was read in this capture.\n");
	for (size_t i = 0; i < capture->statistics->server_count; i++) {
		add_server_part(&page, capture->statistics->servers[i]);
		page_flush(&page);
	}
	page_flush(&page);
	page_free(&page);
}
