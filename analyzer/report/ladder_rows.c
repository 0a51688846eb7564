#include "analyzer/report/ladder_rows.h"

#include <inttypes.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "analyzer/base/sorted.h"
#include "rules/template.h"

/* What stands on the ports that explain the others. */
static const struct {
	uint16_t port;
	const char *role;
} server_roles[] = {
    {53, "DNS server"},
    {88, "KDC"},
    {137, "NetBIOS name server"},
    {5355, "LLMNR"},
};

static const char *
role_of(const struct conversation_facts *facts, enum side side)
{
	const struct addr *addr = side == CLIENT ? &facts->client : &facts->server;

	if (addr->family == ADDR_NONE)
		return side == CLIENT ? "several clients" : "several servers";
	if (side == CLIENT)
		return "client";
	if (facts->protocol != NULL && strcmp(facts->protocol, "kerberos") == 0)
		return "KDC";
	for (size_t i = 0; i < COUNT(server_roles); i++)
		if (server_roles[i].port == facts->server_port)
			return server_roles[i].role;
	return facts->transport == TRANSPORT_NONE ? "host" : "server";
}

/* The name that the capture file itself gives ADDR, or NULL. */
static const char *
given_name(const struct capture_facts *facts, const struct addr *addr)
{
	for (size_t i = 0; i < facts->name_count; i++)
		if (addr_equal(&facts->names[i].addr, addr))
			return facts->names[i].name;
	return NULL;
}

static const char *
name_of(const struct ladder_rows *rows, const struct conversation_facts *facts,
    const struct addr *addr, enum side side)
{
	const char *given = given_name(rows->facts, addr);
	char chars[ADDR_TEXT_SIZE];

	if (addr->family == ADDR_NONE)
		return role_of(facts, side);
	return arena_format(rows->arena, "%s %s%s%s%s", role_of(facts, side),
	    addr_text(addr, chars), given != NULL ? " (" : "", given != NULL ? given : "",
	    given != NULL ? ")" : "");
}

/* Points take their room from hosts; one column is for what no host says. */
static size_t
most_hosts(const struct ladder_rows *rows)
{
	size_t beside_points = LADDER_MOST_LINES - 1 - rows->point_count;

	return (size_t)min_u64(LADDER_MOST_COLUMNS - 1, beside_points);
}

/* The column of one end of a conversation, made when it is new; false when there is no room. A host
 * that speaks with itself stands at both ends. */
static bool
find_host(struct ladder_rows *rows, const struct conversation_facts *facts, enum side side,
    size_t *ret_column)
{
	const struct addr *addr = side == CLIENT ? &facts->client : &facts->server;
	bool is_alone = addr_equal(&facts->client, &facts->server);

	for (size_t i = 0; i < rows->host_count; i++) {
		*ret_column = i;
		if (addr_equal(&rows->hosts[i].addr, addr) &&
		    (!is_alone || rows->hosts[i].side == side))
			return true;
	}
	if (rows->host_count == most_hosts(rows))
		return false;
	*ret_column = rows->host_count++;
	rows->hosts[*ret_column] =
	    (struct ladder_host){*addr, side, name_of(rows, facts, addr, side)};
	return true;
}

void
ladder_rows_add_hosts(struct ladder_rows *rows, const struct conversation_facts *facts)
{
	size_t column;

	find_host(rows, facts, CLIENT, &column);
	find_host(rows, facts, SERVER, &column);
}

/* Adds ROW, whose label was collected; nothing that has no place is shown. */
static void
add_row(struct ladder_rows *rows, const struct ladder_row *row, enum side sender)
{
	struct ladder_draft *made;

	rows->items = mem_grow(rows->items, rows->count, &rows->capacity, sizeof(*rows->items));
	made = &rows->items[rows->count];
	*made = (struct ladder_draft){
	    .row = *row, .number = rows->count, .part = rows->part, .sender = sender};
	made->row.label = arena_text(rows->arena, text_chars(&rows->label), rows->label.length);
	rows->count++;
	text_clear(&rows->label);
}

/* The same between the two ends of a conversation. */
static void
add_arrow(struct ladder_rows *rows, const struct conversation_facts *facts, enum side from,
    uint64_t frame, int64_t time, bool is_lost)
{
	struct ladder_row row = {.frame = frame, .time = time, .is_lost = is_lost};

	if (find_host(rows, facts, from, &row.from) &&
	    find_host(rows, facts, other_side(from), &row.to)) {
		add_row(rows, &row, from);
		return;
	}
	rows->left_out++;
	text_clear(&rows->label);
}

/* Between whom an exchange is. */
static const struct conversation_facts *
ends_of(const struct ladder_rows *rows, const struct conversation_facts *facts)
{
	return rows->stand_in != NULL ? rows->stand_in : facts;
}

static enum ended_by
ended_by(enum side side)
{
	return side == CLIENT ? ENDED_BY_CLIENT : ENDED_BY_SERVER;
}

bool
ladder_is_unanswered(const struct exchange *exchange)
{
	if (exchange->answer_frame != 0)
		return false;
	return exchange->outcome == OUTCOME_UNANSWERED ||
	       ((exchange->outcome == OUTCOME_RESET || exchange->outcome == OUTCOME_CLOSED) &&
		   exchange->ended_by == ended_by(exchange->request_from));
}

static const struct exchange_leg *
leg_in(const struct exchange *exchange, uint64_t frame)
{
	for (const struct exchange_leg *leg = exchange->legs; leg != NULL; leg = leg->next)
		if (leg->frame == frame)
			return leg;
	return NULL;
}

/* What a message says: its own words, or those of the type for the last message of its side. */
static void
collect_label(
    struct ladder_rows *rows, const struct exchange *exchange, enum side from, uint64_t frame)
{
	const struct exchange_leg *leg = leg_in(exchange, frame);
	const struct exchange_type *type = exchange->type;
	const char *label =
	    from == exchange->request_from ? type->request_label : type->answer_label;

	if (leg != NULL && leg->label != NULL)
		text_add(&rows->label, leg->label);
	else if (label != NULL)
		label_fill(&rows->label, label, exchange);
	if (rows->label.length == 0)
		text_add(&rows->label, type->name);
}

/* How the wait for an answer went, behind the request. */
static void
collect_wait(struct text *label, const struct exchange *exchange)
{
	if (exchange->retransmissions != 0)
		text_addf(label, " (retransmissions: %" PRIu32 ")", exchange->retransmissions);
	if (exchange->answer_frame != 0)
		return;
	if (ladder_is_unanswered(exchange)) {
		text_add(label, exchange->is_delivered ? ", delivered, no answer" : ", no answer");
		if (exchange->waited > 0) {
			text_add(label, " for ");
			text_add_duration(label, exchange->waited);
		}
	} else if (exchange->outcome == OUTCOME_UNKNOWN && exchange->doubt != DOUBT_NONE) {
		text_addf(
		    label, " (answer unknown: %s)", names_text(&doubt_names, exchange->doubt));
	}
}

static void
add_request(struct ladder_rows *rows, const struct exchange *exchange)
{
	if (exchange->request_frame == 0)
		return;
	rows->part = PART_REQUEST;
	collect_label(rows, exchange, exchange->request_from, exchange->request_frame);
	collect_wait(&rows->label, exchange);
	add_arrow(rows, ends_of(rows, exchange->conversation), exchange->request_from,
	    exchange->request_frame, exchange->time, ladder_is_unanswered(exchange));
}

static int64_t
end_time(const struct exchange *exchange)
{
	return exchange->time + (exchange->waited > 0 ? exchange->waited : 0);
}

static void
add_answer(struct ladder_rows *rows, const struct exchange *exchange)
{
	enum side from = other_side(exchange->request_from);

	if (exchange->answer_frame == 0)
		return;
	rows->part = PART_ANSWER;
	collect_label(rows, exchange, from, exchange->answer_frame);
	add_arrow(rows, ends_of(rows, exchange->conversation), from, exchange->answer_frame,
	    end_time(exchange), false);
}

/* What came between the request and its end. */
static void
add_legs(struct ladder_rows *rows, const struct exchange *exchange)
{
	rows->part = PART_LEG;
	for (const struct exchange_leg *leg = exchange->legs; leg != NULL; leg = leg->next) {
		if (leg->frame == exchange->request_frame || leg->frame == exchange->answer_frame)
			continue;
		collect_label(rows, exchange, leg->from, leg->frame);
		add_arrow(rows, ends_of(rows, exchange->conversation), leg->from, leg->frame,
		    leg->time,
		    ladder_is_unanswered(exchange) && leg->from == exchange->request_from &&
			leg->frame > exchange->request_frame);
	}
}

/* An ICMP error comes from the path, or from the host itself that could not be reached. */
static void
add_network_end(struct ladder_rows *rows, const struct exchange *exchange)
{
	const struct conversation_facts *facts = ends_of(rows, exchange->conversation);
	const struct field *sender = exchange_field(exchange->type, "icmp_sender");
	struct value value = {.kind = VALUE_NONE};
	struct ladder_row row = {
	    .frame = exchange->end_frame, .time = end_time(exchange), .from = LADDER_NETWORK};

	if (exchange->type->network_label != NULL)
		label_fill(&rows->label, exchange->type->network_label, exchange);
	else
		text_add(&rows->label, "ICMP error");
	if (sender != NULL)
		value = exchange_value(exchange, sender);
	if (value.kind == VALUE_ADDR && addr_equal(&value.addr, &exchange->conversation->server)) {
		add_arrow(rows, facts, SERVER, exchange->end_frame, end_time(exchange), false);
	} else if (find_host(rows, facts, exchange->request_from, &row.to)) {
		rows->has_network = true;
		add_row(rows, &row, other_side(exchange->request_from));
	}
}

static const char *
close_label(bool is_reset)
{
	return is_reset ? "RST" : "FIN";
}

/* What ended the wait for an answer; the connection's own end is told of once, or compared with
 * those of other points. */
static void
add_end(struct ladder_rows *rows, const struct exchange *exchange)
{
	const struct conversation_facts *facts = ends_of(rows, exchange->conversation);
	bool is_close = exchange->end_frame == exchange->conversation->close_frame;

	if (exchange->end_frame == 0 || (is_close && rows->point_count == 0) ||
	    leg_in(exchange, exchange->end_frame) != NULL ||
	    (exchange->outcome != OUTCOME_RESET && exchange->outcome != OUTCOME_CLOSED))
		return;
	rows->part = PART_END;
	if (exchange->ended_by == ENDED_BY_NETWORK) {
		add_network_end(rows, exchange);
	} else if (exchange->ended_by == ENDED_BY_CLIENT || exchange->ended_by == ENDED_BY_SERVER) {
		text_add(&rows->label, close_label(exchange->outcome == OUTCOME_RESET));
		add_arrow(rows, facts, exchange->ended_by == ENDED_BY_CLIENT ? CLIENT : SERVER,
		    exchange->end_frame, end_time(exchange), false);
	}
}

void
ladder_rows_add_exchange(struct ladder_rows *rows, const struct exchange *exchange)
{
	add_request(rows, exchange);
	add_legs(rows, exchange);
	add_answer(rows, exchange);
	add_end(rows, exchange);
}

void
ladder_rows_add_close(struct ladder_rows *rows, const struct conversation_facts *facts)
{
	if (facts->close == CLOSE_NONE || facts->close_frame == 0 ||
	    (facts->closed_by != ENDED_BY_CLIENT && facts->closed_by != ENDED_BY_SERVER))
		return;
	rows->part = PART_CLOSE;
	text_add(&rows->label, close_label(facts->close == CLOSE_RESET));
	add_arrow(rows, ends_of(rows, facts), facts->closed_by == ENDED_BY_CLIENT ? CLIENT : SERVER,
	    facts->close_frame, facts->close_time, false);
}

/* ---- when all are there ---- */

/* Hosts of SIDE among the first COUNT. */
static size_t
hosts_of(const struct ladder_rows *rows, enum side side, size_t count)
{
	size_t found = 0;

	for (size_t i = 0; i < count; i++)
		found += rows->hosts[i].side == side;
	return found;
}

size_t
ladder_rows_first_point(const struct ladder_rows *rows)
{
	return rows->point_count != 0 ? hosts_of(rows, CLIENT, rows->host_count) : 0;
}

size_t
ladder_rows_network(const struct ladder_rows *rows)
{
	return rows->host_count + rows->point_count;
}

size_t
ladder_rows_column(const struct ladder_rows *rows, size_t index)
{
	if (rows->point_count == 0)
		return index;
	if (rows->hosts[index].side == CLIENT)
		return hosts_of(rows, CLIENT, index);
	return ladder_rows_first_point(rows) + rows->point_count + hosts_of(rows, SERVER, index);
}

void
ladder_rows_place(struct ladder_rows *rows)
{
	for (size_t i = 0; i < rows->count; i++) {
		struct ladder_row *row = &rows->items[i].row;

		row->from = row->from == LADDER_NETWORK ? ladder_rows_network(rows)
							: ladder_rows_column(rows, row->from);
		row->to = ladder_rows_column(rows, row->to);
	}
}

static int
compare_with_time(const void *element, const void *key)
{
	const struct exchange *exchange = *(const struct exchange *const *)element;

	return COMPARE(exchange->time, *(const int64_t *)key);
}

static bool
is_one_of(const struct conversation_facts *facts,
    const struct conversation_facts *const *conversations, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (conversations[i] == facts)
			return true;
	return false;
}

/* Their times say where they are in the ledger, unless the capture's clock went back. */
void
ladder_each_exchange(const struct report_capture *capture,
    const struct conversation_facts *const *conversations, size_t count,
    void (*take)(void *state, const struct exchange *exchange), void *state)
{
	const struct ledger *ledger = capture->ledger;
	int64_t first = INT64_MAX, last = INT64_MIN;
	size_t at;

	for (size_t i = 0; i < count; i++) {
		if (conversations[i]->first_time < first)
			first = conversations[i]->first_time;
		if (conversations[i]->last_time > last)
			last = conversations[i]->last_time;
	}
	if (capture->facts->time_reversals != 0 || capture->facts->clock_steps != 0) {
		first = INT64_MIN;
		last = INT64_MAX;
	}
	at = sorted_before(
	    &first, ledger->items, ledger->count, sizeof(ledger->items[0]), compare_with_time);
	for (; at < ledger->count && ledger->items[at]->time <= last; at++)
		if (is_one_of(ledger->items[at]->conversation, conversations, count))
			take(state, ledger->items[at]);
}

void
ladder_rows_free(struct ladder_rows *rows)
{
	text_free(&rows->label);
	mem_free(rows->items);
}
