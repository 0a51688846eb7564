#include "analyzer/report/conversations_text.h"

#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/report/conversations.h"
#include "analyzer/report/wrap.h"

#define GAP          2 /* between columns */
#define STREAM_WIDTH 6 /* of the heading; longer numbers push their line */

#define LEGEND "+ reached   x stopped here   - not reached   ? not visible"

/* Parameters of SGR, ECMA-48 8.3.117. */
static const struct {
	char sign;
	const char *colour; /* or NULL */
} mark_signs[] = {
    [STEP_MARK_NONE] = {' ', NULL},
    [STEP_MARK_REACHED] = {'+', "32"},
    [STEP_MARK_STOPPED] = {'x', "1;31"},
    [STEP_MARK_NOT_REACHED] = {'-', NULL},
    [STEP_MARK_UNSEEN] = {'?', "1;35"},
};

/* Where what stands, in columns. */
struct layout {
	size_t client;  /* where the client's column begins */
	size_t clients; /* how wide it is */
	size_t servers;
	size_t reason;     /* where reasons begin */
	bool is_stacked;   /* client and server have no room beside each other */
	bool has_own_line; /* reasons stand below */
};

static void
add_end(struct text *text, const struct conversation_facts *facts, enum side side)
{
	text_clear(text);
	if (side == CLIENT)
		page_add_end(text, &facts->client, facts->client_port);
	else
		page_add_end(text, &facts->server, facts->server_port);
}

/* How wide the widest of COLUMN's cells is. */
static size_t
width_of(struct page *page, const struct conversation_table *table, enum side side)
{
	size_t width = strlen(side == CLIENT ? "client" : "server");

	for (size_t i = 0; i < table->count; i++) {
		add_end(&page->value, table->rows[i].facts, side);
		width = max_u64(width, wrap_columns(text_chars(&page->value)));
	}
	text_clear(&page->value);
	return width;
}

static struct layout
lay_out(struct page *page, const struct conversation_table *table)
{
	struct layout layout = {.client = PAGE_INDENT + STREAM_WIDTH + GAP};
	size_t columns = page_columns(page), widest = 0;

	for (size_t i = 0; i < CONVERSATION_STEPS; i++)
		layout.client += strlen(conversation_step_names[i]) + 1;
	layout.client += GAP - 1;
	layout.clients = width_of(page, table, CLIENT);
	layout.servers = width_of(page, table, SERVER);
	layout.is_stacked = layout.client + layout.clients + GAP + layout.servers > columns;
	layout.reason = layout.client + layout.clients + GAP + layout.servers + GAP;
	for (size_t i = 0; i < table->count; i++)
		widest = max_u64(widest, wrap_columns(table->rows[i].reason));
	layout.has_own_line = layout.is_stacked || layout.reason + widest > columns;
	if (layout.has_own_line)
		layout.reason = PAGE_INDENT + STREAM_WIDTH + GAP;
	return layout;
}

/* CHARS and blanks up to WIDTH. */
static void
add_padded(struct page *page, const char *chars, size_t width)
{
	size_t columns = wrap_columns(chars);

	text_add(&page->text, chars);
	wrap_indent(&page->text, columns < width ? width - columns : 0);
}

static void
add_heading(struct page *page, const struct layout *layout)
{
	text_addf(&page->text, "%*s%*s%*s", PAGE_INDENT, "", STREAM_WIDTH, "stream", GAP, "");
	for (size_t i = 0; i < CONVERSATION_STEPS; i++)
		text_addf(&page->text, "%s%s", i != 0 ? " " : "", conversation_step_names[i]);
	wrap_indent(&page->text, GAP);
	if (layout->is_stacked) {
		text_add(&page->text, "client, server");
	} else {
		add_padded(page, "client", layout->clients + GAP);
		text_add(&page->text, "server");
	}
	text_add_char(&page->text, '\n');
}

/* A sign in the middle of its column. */
static void
add_mark(struct page *page, enum step_mark mark, size_t width)
{
	const char *colour = mark_signs[mark].colour;
	size_t before = (width - 1) / 2;

	wrap_indent(&page->text, before);
	if (colour != NULL)
		page_paint(page, colour);
	text_add_char(&page->text, mark_signs[mark].sign);
	if (colour != NULL)
		page_unpaint(page);
	wrap_indent(&page->text, width - 1 - before);
}

static void
add_ends(struct page *page, const struct conversation_row *row, const struct layout *layout)
{
	add_end(&page->value, row->facts, CLIENT);
	if (layout->is_stacked) {
		text_add(&page->text, text_chars(&page->value));
		text_add_char(&page->text, '\n');
		wrap_indent(&page->text, layout->client);
	} else {
		add_padded(page, text_chars(&page->value), layout->clients + GAP);
	}
	add_end(&page->value, row->facts, SERVER);
	text_add(&page->text, text_chars(&page->value));
}

static void
add_reason(struct page *page, const struct conversation_row *row, const struct layout *layout)
{
	size_t server = wrap_columns(text_chars(&page->value));

	if (row->reason[0] != '\0' && layout->has_own_line) {
		text_add_char(&page->text, '\n');
		wrap_indent(&page->text, layout->reason);
	} else if (row->reason[0] != '\0') {
		wrap_indent(&page->text, layout->servers - server + GAP);
	}
	wrap_words(&page->text, layout->reason, layout->reason, page_columns(page), row->reason);
	text_add_char(&page->text, '\n');
	text_clear(&page->value);
}

static void
add_row(struct page *page, const struct conversation_row *row, const struct layout *layout)
{
	if (row->facts->transport == TRANSPORT_TCP)
		text_add_number(&page->value, row->facts->stream);
	text_addf(&page->text, "%*s%*s%*s", PAGE_INDENT, "", STREAM_WIDTH, text_chars(&page->value),
	    GAP, "");
	for (size_t i = 0; i < CONVERSATION_STEPS; i++) {
		text_add(&page->text, i != 0 ? " " : "");
		add_mark(page, row->marks[i], strlen(conversation_step_names[i]));
	}
	wrap_indent(&page->text, GAP);
	add_ends(page, row, layout);
	add_reason(page, row, layout);
}

void
conversations_add_table(struct page *page)
{
	struct conversation_table table = conversations_of(page->capture, page->arena);
	struct layout layout;

	if (table.count == 0)
		return;
	layout = lay_out(page, &table);
	add_heading(page, &layout);
	for (size_t i = 0; i < table.count; i++)
		add_row(page, &table.rows[i], &layout);
	text_addf(&page->text, "%*s%s\n", PAGE_INDENT, "", LEGEND);
	if (table.left_out != 0)
		text_addf(&page->text, "%*sand %zu more; `smbtriage streams` lists all\n",
		    PAGE_INDENT, "", table.left_out);
	text_add_char(&page->text, '\n');
}
