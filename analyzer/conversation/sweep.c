#include "analyzer/conversation/sweep.h"

#include <stdlib.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "analyzer/conversation/handshake.h"

#define FIELD(member) .offset = offsetof(struct tcp_sweep, member)

static const struct name_row kind_rows[] = {
    {SWEEP_SCAN, "scan", "one client tries many servers in vain"},
    {SWEEP_FLOOD, "flood", "one server answers none of many clients"}};
static const struct names kind_names = {kind_rows, COUNT(kind_rows)};

static const struct field fields[] = {
    {"kind", FIELD_ENUM, .names = &kind_names, .sentence = "which of both it is", FIELD(kind)},
    {"ends", FIELD_U64, .sentence = "distinct addresses and ports of servers", FIELD(ends)},
    {"clients", FIELD_U64, .sentence = "distinct addresses of clients", FIELD(clients)},
    {"silent_clients", FIELD_U64, .sentence = "clients none of whose attempts were answered",
	FIELD(silent_clients)},
    {"attempts", FIELD_U64, .sentence = "attempts to open a connection", FIELD(attempts)},
    {"answered", FIELD_U64, .sentence = "attempts that a SYN-ACK answered", FIELD(answered)},
    {"probes", FIELD_U64,
	.sentence = "answered attempts that the client left before either side sent a byte",
	FIELD(probes)},
    {"refused", FIELD_U64, .sentence = "attempts that a RST or an ICMP error answered",
	FIELD(refused)},
    {"unanswered", FIELD_U64, .sentence = "attempts to which the capture shows no answer",
	FIELD(unanswered)},
    {"only_counted", FIELD_U64,
	.sentence =
	    "attempts, of all, that came when too many were kept: their clients and ends are "
	    "not told apart",
	FIELD(only_counted)},
    {"last_time", FIELD_TIME, .filter = "frame.time", .sentence = "when the last attempt began",
	FIELD(last_time)},
    {"is_smb_port", FIELD_BOOL, .names = &bool_names,
	.sentence = "whether the first attempt is to port 445, 139 or one named with --smb-port",
	FIELD(is_smb_port)},
};

const struct exchange_type tcp_sweep_type = {
    .name = "tcp_sweep",
    .sentence = "many attempts in vain of one client, or at one server, that are told of once",
    .size = sizeof(struct tcp_sweep),
    .fields = fields,
    .field_count = COUNT(fields),
    .request_label = "SYN, the first of {attempts} attempts",
    .answer_label = "SYN-ACK to {answered} of them",
};

/* Handshakes in an order that puts those of one sweep side by side. */
struct handshake_list {
	struct tcp_handshake **items;
	size_t count;
};

static const struct conversation_facts *
facts_of(const struct tcp_handshake *handshake)
{
	return handshake->exchange.conversation;
}

static int
compare_clients(const struct tcp_handshake *one, const struct tcp_handshake *other)
{
	return addr_compare(&facts_of(one)->client, &facts_of(other)->client);
}

static int
compare_ends(const struct tcp_handshake *one, const struct tcp_handshake *other)
{
	int order = addr_compare(&facts_of(one)->server, &facts_of(other)->server);

	return order != 0 ? order
			  : COMPARE(facts_of(one)->server_port, facts_of(other)->server_port);
}

/* The file's order. */
static int
compare_begins(const struct tcp_handshake *one, const struct tcp_handshake *other)
{
	if (one->exchange.time != other->exchange.time)
		return COMPARE(one->exchange.time, other->exchange.time);
	return COMPARE(one->exchange.request_frame, other->exchange.request_frame);
}

static int
by_client(const void *left, const void *right)
{
	const struct tcp_handshake *one = *(const struct tcp_handshake *const *)left;
	const struct tcp_handshake *other = *(const struct tcp_handshake *const *)right;
	int order = compare_clients(one, other);

	if (order == 0)
		order = compare_ends(one, other);
	return order != 0 ? order : compare_begins(one, other);
}

static int
by_end(const void *left, const void *right)
{
	const struct tcp_handshake *one = *(const struct tcp_handshake *const *)left;
	const struct tcp_handshake *other = *(const struct tcp_handshake *const *)right;
	int order = compare_ends(one, other);

	if (order == 0)
		order = compare_clients(one, other);
	return order != 0 ? order : compare_begins(one, other);
}

static bool
is_answered(const struct tcp_handshake *one)
{
	return one->exchange.outcome == OUTCOME_ANSWERED;
}

static bool
is_refused(const struct tcp_handshake *one)
{
	return one->exchange.outcome == OUTCOME_RESET || one->exchange.outcome == OUTCOME_CLOSED;
}

/* Nothing answers; at the end of a capture it might still have. */
static bool
is_unanswered(const struct tcp_handshake *one)
{
	return one->exchange.outcome == OUTCOME_UNANSWERED ||
	       (one->exchange.outcome == OUTCOME_UNKNOWN &&
		   one->exchange.doubt == DOUBT_CAPTURE_ENDED);
}

static bool
is_in_vain(const struct tcp_handshake *one)
{
	return is_refused(one) || is_unanswered(one) || one->is_probe;
}

/* From FROM on, the items that COMPARE holds equal end before this index. */
static size_t
run_end(const struct handshake_list *list, size_t from, size_t end,
    int (*compare)(const struct tcp_handshake *, const struct tcp_handshake *))
{
	size_t next = from + 1;

	while (next < end && compare(list->items[from], list->items[next]) == 0)
		next++;
	return next;
}

/* Those that are only counted, under the end or the client that all of SWEEP have; ROW may be NULL.
 */
static void
count_row(struct tcp_sweep *sweep, const struct tally_row *row)
{
	if (row == NULL)
		return;
	sweep->only_counted = row->attempts;
	sweep->attempts += row->attempts;
	sweep->answered += row->answered;
	sweep->refused += row->refused;
	sweep->unanswered += row->unanswered;
	if (row->last_time > sweep->last_time)
		sweep->last_time = row->last_time;
}

static void
count_attempt(struct tcp_sweep *sweep, const struct tcp_handshake *one)
{
	sweep->attempts++;
	sweep->answered += is_answered(one);
	sweep->probes += one->is_probe;
	sweep->refused += is_refused(one);
	sweep->unanswered += is_unanswered(one);
	if (one->exchange.time > sweep->last_time)
		sweep->last_time = one->exchange.time;
}

/* The conversation's facts with those ends alone that all attempts have. */
static const struct conversation_facts *
common_facts(
    struct arena *arena, const struct tcp_handshake *first, enum sweep_kind kind, bool is_one_port)
{
	struct conversation_facts *facts =
	    arena_copy(arena, facts_of(first), sizeof(struct conversation_facts));

	facts->client_port = 0;
	if (kind == SWEEP_SCAN)
		facts->server = (struct addr){.family = ADDR_NONE};
	else
		facts->client = (struct addr){.family = ADDR_NONE};
	if (!is_one_port)
		facts->server_port = 0;
	return facts;
}

/* What the attempts came to: the best of it, since one answer shows that answers were possible. */
static void
set_outcome(struct tcp_sweep *sweep, uint64_t undecided)
{
	struct exchange *exchange = &sweep->exchange;

	exchange->waited = sweep->last_time - exchange->time;
	exchange->outcome = OUTCOME_UNANSWERED;
	if (sweep->kind == SWEEP_SCAN && sweep->answered != 0) {
		exchange->outcome = OUTCOME_ANSWERED;
		exchange->ended_by = ENDED_BY_SERVER;
	} else if (sweep->kind == SWEEP_SCAN && sweep->refused != 0) {
		exchange->outcome = OUTCOME_RESET;
	} else if (sweep->kind == SWEEP_FLOOD &&
		   sweep->silent_clients - undecided < SWEEP_FLOOD_CLIENTS) {
		exchange->outcome = OUTCOME_UNKNOWN;
		exchange->ended_by = ENDED_BY_CAPTURE;
		exchange->doubt = DOUBT_CAPTURE_ENDED;
	}
}

/* Fills COUNTED into a new exchange of the attempts of LIST from FROM to END. */
static void
add_sweep(struct ledger *ledger, const struct handshake_list *list, size_t from, size_t end,
    const struct tcp_sweep *counted, uint64_t undecided)
{
	struct tcp_sweep *made = arena_copy(ledger->arena, counted, sizeof(*counted));
	const struct tcp_handshake *first = list->items[from], *last = first;
	bool is_one_port = true;

	for (size_t i = from; i < end; i++) {
		is_one_port &=
		    facts_of(list->items[i])->server_port == facts_of(first)->server_port;
		if (compare_begins(list->items[i], first) < 0)
			first = list->items[i];
		if (compare_begins(list->items[i], last) > 0)
			last = list->items[i];
	}
	made->exchange.type = &tcp_sweep_type;
	made->exchange.conversation = common_facts(ledger->arena, first, made->kind, is_one_port);
	made->exchange.time = first->exchange.time;
	made->exchange.request_frame = first->exchange.request_frame;
	made->exchange.end_frame = last->exchange.request_frame;
	made->is_smb_port = first->is_smb_port;
	exchange_add_leg(ledger->arena, &made->exchange, CLIENT, made->exchange.end_frame,
	    last->exchange.time, "SYN, the last of them");
	set_outcome(made, undecided);
	ledger_add(ledger, &made->exchange);
}

/* The attempts of one client, by end. */
static void
find_scan(struct ledger *ledger, const struct handshake_list *list, size_t from, size_t end,
    const struct tally *tally)
{
	struct tcp_sweep sweep = {.kind = SWEEP_SCAN, .clients = 1};
	uint64_t in_vain = 0;
	size_t next;

	for (size_t i = from; i < end; i = next) {
		bool is_used = false, is_tried = false;

		next = run_end(list, i, end, compare_ends);
		for (size_t j = i; j < next; j++) {
			count_attempt(&sweep, list->items[j]);
			is_tried |= is_in_vain(list->items[j]);
			is_used |= is_answered(list->items[j]) && !list->items[j]->is_probe;
		}
		sweep.ends++;
		in_vain += is_tried && !is_used;
	}
	if (sweep.ends < SWEEP_SCAN_ENDS || in_vain < sweep.ends - sweep.ends / 4)
		return;
	for (size_t i = from; i < end; i++)
		list->items[i]->is_in_sweep |= is_in_vain(list->items[i]);
	count_row(&sweep, tally_find(tally, &facts_of(list->items[from])->client, 0));
	add_sweep(ledger, list, from, end, &sweep, 0);
}

/* The attempts at one end, by client. */
static void
find_flood(struct ledger *ledger, const struct handshake_list *list, size_t from, size_t end,
    const struct tally *tally)
{
	struct tcp_sweep sweep = {.kind = SWEEP_FLOOD, .ends = 1};
	uint64_t undecided = 0;
	size_t next;

	for (size_t i = from; i < end; i = next) {
		bool has_answer = false, has_silence = false, is_decided = false;

		next = run_end(list, i, end, compare_clients);
		for (size_t j = i; j < next; j++) {
			const struct tcp_handshake *one = list->items[j];

			count_attempt(&sweep, one);
			has_silence |= is_unanswered(one);
			is_decided |= one->exchange.outcome == OUTCOME_UNANSWERED;
			has_answer |= !is_unanswered(one);
		}
		sweep.clients++;
		sweep.silent_clients += has_silence && !has_answer;
		undecided += has_silence && !has_answer && !is_decided;
	}
	if (sweep.silent_clients < SWEEP_FLOOD_CLIENTS)
		return;
	for (size_t i = from; i < end; i++)
		list->items[i]->is_in_sweep |= is_unanswered(list->items[i]);
	count_row(&sweep, tally_find(tally, &facts_of(list->items[from])->server,
			      facts_of(list->items[from])->server_port));
	add_sweep(ledger, list, from, end, &sweep, undecided);
}

static struct handshake_list
gather(const struct ledger *ledger)
{
	struct handshake_list list = {
	    .items = mem_alloc(ledger->count, sizeof(struct tcp_handshake *))};

	for (size_t i = 0; i < ledger->count; i++)
		if (ledger->items[i]->type == &tcp_handshake_type)
			list.items[list.count++] = (struct tcp_handshake *)ledger->items[i];
	return list;
}

void
sweeps_find(struct ledger *ledger, const struct tally *tally)
{
	struct handshake_list list = gather(ledger);
	size_t next;

	if (list.count >= SWEEP_SCAN_ENDS) {
		qsort(list.items, list.count, sizeof(struct tcp_handshake *), by_client);
		for (size_t i = 0; i < list.count; i = next) {
			next = run_end(&list, i, list.count, compare_clients);
			find_scan(ledger, &list, i, next, tally);
		}
		qsort(list.items, list.count, sizeof(struct tcp_handshake *), by_end);
		for (size_t i = 0; i < list.count; i = next) {
			next = run_end(&list, i, list.count, compare_ends);
			find_flood(ledger, &list, i, next, tally);
		}
	}
	mem_free(list.items);
}
