#include "dissectors/dns.h"

#include <stddef.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/cursor.h"
#include "analyzer/base/memory.h"
#include "analyzer/base/table.h"
#include "analyzer/base/text.h"
#include "dissectors/dns_wire.h"

#define PORT_DNS          53
#define PORT_NETBIOS_NAME 137
#define PORT_LLMNR        5355

#define LENGTH_SIZE 2 /* RFC 1035 4.2.2: over TCP the length precedes the message */

/* Questions of one client to one server that wait for an answer; one more, and the oldest is given
 * up. A resolver that is busier than that for a file server's sake is not known. */
#define MOST_WAITING 64

/* Answered questions that are remembered, so that a late copy of one does not count as asked
 * again: copies come within milliseconds. */
#define MOST_ANSWERED 16

/* Until a question without an answer counts as unanswered: Windows gives a server up after 10 s,
 * and glibc after 5 (resolv.conf(5), timeout). */
#define PATIENCE (INT64_C(10) * 1000000000)

/* RFC 1035 4.1.1, RFC 2136 2.2, RFC 1002 4.2.14. */
static const struct name_row rcode_rows[] = {
    {0, "NOERROR", "the answer is what there is; without addresses, none of the type asked for"},
    {1, "FORMERR", "the server does not understand the query"},
    {2, "SERVFAIL", "the server could not find out, such as from a server that it asked"},
    {3, "NXDOMAIN", "there is no such name"},
    {4, "NOTIMP", "the server does not answer such queries"},
    {5, "REFUSED", "the server may not, or will not, answer this client or about this name"},
    {6, "YXDOMAIN", "a name exists that should not"},
    {7, "YXRRSET", "records exist that should not"},
    {8, "NXRRSET", "records that should exist do not"},
    {9, "NOTAUTH", "the server is not responsible for the zone, or the client is not allowed"},
    {10, "NOTZONE", "the name is not in the zone"},
};
static const struct names rcode_names = {rcode_rows, COUNT(rcode_rows)};

static const struct name_row type_rows[] = {
    {DNS_A, "A", "IPv4 addresses"},
    {DNS_CNAME, "CNAME", "what the name is an alias of"},
    {DNS_AAAA, "AAAA", "IPv6 addresses"},
    {DNS_NB, "NB", "IPv4 addresses of a NetBIOS name"},
    {DNS_SRV, "SRV", "hosts of a service, such as the KDCs of a realm"},
};
static const struct names type_names = {type_rows, COUNT(type_rows)};

#define AT(member) .offset = offsetof(struct dns_exchange, member)

static const struct field fields[] = {
    {"name", FIELD_TEXT, .filter = "dns.qry.name", .sentence = "name asked for", AT(name)},
    {"query_type", FIELD_NUMBER, NOTATION_NAME, .names = &type_names, .filter = "dns.qry.type",
	.sentence = "what was asked of it", AT(query_type)},
    {"rcode", FIELD_NUMBER, NOTATION_NUMBERED, .names = &rcode_names, .filter = "dns.flags.rcode",
	.sentence = "the server's verdict", AT(rcode)},
    {"canonical_name", FIELD_TEXT, .filter = "dns.cname",
	.sentence = "name at the end of the chain of aliases, if there is one", AT(canonical_name)},
    {"is_alias", FIELD_BOOL, .names = &bool_names,
	.sentence = "whether the name is an alias (CNAME)", AT(is_alias)},
    {"target", FIELD_TEXT, .filter = "dns.srv.target", .sentence = "of SRV: the host to try first",
	AT(target)},
    {"addresses", FIELD_TEXT, .filter = "dns.a",
	.sentence = "addresses of the name, in the order of the answer", AT(addresses)},
    {"answer_count", FIELD_U32, .filter = "dns.count.answers",
	.sentence = "records in the answer, those of aliases included", AT(answer_count)},
    {"suffix", FIELD_NUMBER, NOTATION_HEX,
	.sentence = "last octet of a NetBIOS name, such as 0x20 of a file server", AT(suffix)},
    {"is_netbios", FIELD_BOOL, .names = &bool_names,
	.sentence = "whether the NetBIOS name service was asked, not DNS", AT(is_netbios)},
    {"is_truncated", FIELD_BOOL, .names = &bool_names, .filter = "dns.flags.truncated",
	.sentence = "whether the answer did not fit, so that the client must ask over TCP",
	AT(is_truncated)},
    {"repeats", FIELD_U32,
	.sentence = "how often the client asked the same again and learned the same", AT(repeats)},
};

const struct exchange_type dns_query_type = {
    "dns_query",
    "a client asks for a name; asking the same again with the same result is one with it",
    sizeof(struct dns_exchange),
    fields,
    COUNT(fields),
    "name query[ {query_type}][ {name}][, repeated {repeats} times]",
    "[{rcode}][ {canonical_name}][ {target}][ {addresses}]",
    NULL,
};

/* A question, while it waits. No arena memory: most are asked again and again. */
struct question {
	struct message request; /* without its bytes */
	uint64_t key;           /* hash of name, type and suffix */
	uint32_t retransmissions;
	uint16_t id, type;
	uint8_t suffix;
	char *name; /* heap */
};

/* What was last learned about one question. */
struct lesson {
	uint64_t key, result;
	struct dns_exchange *exchange;
};

/* The questions of one client to one server. */
struct dns {
	struct dissector_context context;
	bool is_netbios;
	/* Oldest first, at most MOST_WAITING; ask() fills it, take_answer() and end() empty it. */
	struct question *waiting;
	size_t waiting_count, waiting_capacity;
	struct {
		uint64_t key;
		uint16_t id;
	} answered[MOST_ANSWERED]; /* a ring */
	size_t answered_count;
	/* Lessons by key; message() and end() fill it, at most context.quota of a run; close()
	 * empties it. */
	struct table lessons;
	struct lesson **items;
	size_t count, capacity;
};

static void *
open_conversation(const struct dissector_context *context)
{
	struct dns *dns = mem_alloc(1, sizeof(*dns));

	dns->context = *context;
	dns->is_netbios = context->conversation->server_port == PORT_NETBIOS_NAME;
	context->conversation->protocol = "dns";
	return dns;
}

static void
close_conversation(void *state)
{
	struct dns *dns = state;

	for (size_t i = 0; i < dns->waiting_count; i++)
		mem_free(dns->waiting[i].name);
	mem_free(dns->waiting);
	for (size_t i = 0; i < dns->count; i++)
		mem_free(dns->items[i]);
	mem_free(dns->items);
	table_free(&dns->lessons);
	mem_free(dns);
}

/* Case does not count in names (RFC 4343 3). */
static uint64_t
key_of(const struct dns_message *message)
{
	uint64_t kind = (uint64_t)message->type << 8 | message->suffix;

	return hash_u64(text_hash_nocase(message->name) ^ kind);
}

/* The answer without what differs from one time to the next: the order of its addresses. */
static uint64_t
result_of(const struct dns_message *answer)
{
	uint64_t result = hash_u64((uint64_t)answer->rcode << 1 | answer->is_truncated);

	if (answer->is_alias)
		result += hash_u64(text_hash_nocase(answer->canonical) ^ 1);
	if (answer->has_target)
		result += hash_u64(text_hash_nocase(answer->target) ^ 2);
	for (size_t i = 0; i < answer->address_count; i++)
		result += addr_hash(&answer->addresses[i]);
	return result;
}

static bool
is_lesson(const void *entry, const void *key)
{
	return ((const struct lesson *)entry)->key == *(const uint64_t *)key;
}

/*
 * The lesson about the question KEY when EXCHANGE should be made for RESULT, or NULL: when that is
 * what was learned last, which is counted there, and when no more may be kept.
 */
static struct lesson *
learn(struct dns *dns, uint64_t key, uint64_t result)
{
	struct lesson *lesson = table_find(&dns->lessons, key, is_lesson, &key);
	struct quota *quota = dns->context.quota;

	if (lesson != NULL && lesson->result == result) {
		lesson->exchange->repeats++;
		return NULL;
	}
	if (quota->kept >= quota->most) {
		quota->left_out++;
		return NULL;
	}
	quota->kept++;
	if (lesson == NULL) {
		lesson = mem_alloc(1, sizeof(*lesson));
		lesson->key = key;
		table_add(&dns->lessons, key, lesson);
		dns->items =
		    mem_grow(dns->items, dns->count, &dns->capacity, sizeof(struct lesson *));
		dns->items[dns->count++] = lesson;
	}
	lesson->result = result;
	return lesson;
}

static void
fill_question(
    struct dns *dns, struct dns_exchange *exchange, const char *name, uint16_t type, uint8_t suffix)
{
	exchange->name = arena_text(dns->context.arena, name, strlen(name));
	exchange->query_type = known(type);
	exchange->is_netbios = dns->is_netbios;
	if (dns->is_netbios)
		exchange->suffix = known(suffix);
}

static const char *
join_addresses(struct arena *arena, const struct addr *addresses, size_t count)
{
	char text[ADDR_TEXT_SIZE];
	struct text joined = {0};
	const char *kept;

	if (count == 0)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		text_add(&joined, i == 0 ? "" : ", ");
		text_add(&joined, addr_text(&addresses[i], text));
	}
	kept = arena_text(arena, text_chars(&joined), joined.length);
	text_free(&joined);
	return kept;
}

static void
fill_answer(struct dns *dns, struct dns_exchange *exchange, const struct dns_message *answer)
{
	struct arena *arena = dns->context.arena;
	size_t count = answer->address_count;

	exchange->rcode = known(answer->rcode);
	exchange->answer_count = answer->answer_count;
	exchange->is_truncated = answer->is_truncated;
	exchange->is_alias = answer->is_alias;
	if (answer->is_alias)
		exchange->canonical_name =
		    arena_text(arena, answer->canonical, strlen(answer->canonical));
	if (answer->has_target)
		exchange->target = arena_text(arena, answer->target, strlen(answer->target));
	exchange->addresses = join_addresses(arena, answer->addresses, count);
	exchange->address_list =
	    arena_copy(arena, answer->addresses, count * sizeof(*answer->addresses));
	exchange->address_count = count;
}

static struct dns_exchange *
begin_exchange(struct dns *dns, const struct question *question)
{
	struct dns_exchange *exchange = exchange_begin(
	    dns->context.arena, &dns_query_type, dns->context.conversation, &question->request);

	exchange->exchange.retransmissions = question->retransmissions;
	fill_question(dns, exchange, question->name, question->type, question->suffix);
	return exchange;
}

/* Takes the question at INDEX from those that wait; its name goes with it. */
static struct question
take_out(struct dns *dns, size_t index)
{
	struct question taken = dns->waiting[index];

	dns->waiting_count--;
	memmove(&dns->waiting[index], &dns->waiting[index + 1],
	    (dns->waiting_count - index) * sizeof(taken));
	return taken;
}

/* No answer to QUESTION came before ENDING. */
static void
give_up(struct dns *dns, struct question *question, const struct ending *ending)
{
	uint64_t result = hash_u64(UINT64_MAX - (uint64_t)ending->outcome);
	struct lesson *lesson = learn(dns, question->key, result);

	if (lesson != NULL) {
		lesson->exchange = begin_exchange(dns, question);
		exchange_end(&lesson->exchange->exchange, ending);
		ledger_add(dns->context.ledger, &lesson->exchange->exchange);
	}
	mem_free(question->name);
}

/* Ends what has waited for too long at NOW. Over TCP the connection's end says more. */
static void
end_overdue(struct dns *dns, int64_t now)
{
	struct ending ending = {.outcome = OUTCOME_UNANSWERED, .by = ENDED_BY_NOBODY};

	if (dns->context.conversation->transport != TRANSPORT_UDP)
		return;
	while (dns->waiting_count != 0 && now - dns->waiting[0].request.time >= PATIENCE) {
		struct question overdue = take_out(dns, 0);

		ending.time = overdue.request.time + PATIENCE;
		give_up(dns, &overdue, &ending);
	}
}

static bool
was_answered(const struct dns *dns, uint64_t key, uint16_t id)
{
	for (size_t i = 0; i < MOST_ANSWERED && i < dns->answered_count; i++)
		if (dns->answered[i].key == key && dns->answered[i].id == id)
			return true;
	return false;
}

static size_t
find_waiting(const struct dns *dns, uint64_t key, uint16_t id)
{
	size_t i = 0;

	while (i < dns->waiting_count && (dns->waiting[i].key != key || dns->waiting[i].id != id))
		i++;
	return i;
}

/* Everybody may answer such a question, each in a conversation of its own. */
static bool
is_asked_of_many(const struct dns *dns, const struct dns_message *query)
{
	const struct addr *server = &dns->context.conversation->server;
	bool is_multicast = server->family == ADDR_IPV6 ? server->bytes[0] == 0xff
							: (server->bytes[0] & 0xf0) == 0xe0;

	return is_multicast || query->is_broadcast;
}

static void
ask(struct dns *dns, const struct message *message, const struct dns_message *query)
{
	uint64_t key = key_of(query);
	size_t at = find_waiting(dns, key, query->id);
	struct question *made;

	if (is_asked_of_many(dns, query) || was_answered(dns, key, query->id))
		return;
	if (at < dns->waiting_count) {
		dns->waiting[at].retransmissions++;
		return;
	}
	if (dns->waiting_count == MOST_WAITING) {
		mem_free(take_out(dns, 0).name);
		dns->context.quota->left_out++;
	}
	dns->waiting = mem_grow(
	    dns->waiting, dns->waiting_count, &dns->waiting_capacity, sizeof(struct question));
	made = &dns->waiting[dns->waiting_count++];
	*made = (struct question){.request = *message,
	    .key = key,
	    .id = query->id,
	    .type = query->type,
	    .suffix = query->suffix};
	made->request.bytes = NULL;
	made->name = mem_alloc(strlen(query->name) + 1, 1);
	memcpy(made->name, query->name, strlen(query->name));
}

/* An answer whose question is not here: it went to many, or the capture lacks it. */
static void
keep_lone_answer(
    struct dns *dns, const struct message *message, const struct dns_message *answer, uint64_t key)
{
	bool is_of_many = dns->is_netbios || dns->context.conversation->server_port == PORT_LLMNR;
	struct lesson *lesson = learn(dns, key, result_of(answer));

	if (lesson == NULL)
		return;
	lesson->exchange = exchange_begin_with_answer(dns->context.arena, &dns_query_type,
	    dns->context.conversation, message, is_of_many ? DOUBT_NONE : DOUBT_PACKETS_MISSING);
	fill_question(dns, lesson->exchange, answer->name, answer->type, answer->suffix);
	fill_answer(dns, lesson->exchange, answer);
	ledger_add(dns->context.ledger, &lesson->exchange->exchange);
}

static void
keep_answer(struct dns *dns, const struct message *message, const struct dns_message *answer,
    const struct question *question)
{
	struct lesson *lesson = learn(dns, question->key, result_of(answer));

	if (lesson == NULL)
		return;
	lesson->exchange = begin_exchange(dns, question);
	exchange_answer(&lesson->exchange->exchange, message);
	fill_answer(dns, lesson->exchange, answer);
	ledger_add(dns->context.ledger, &lesson->exchange->exchange);
}

static void
take_answer(struct dns *dns, const struct message *message, const struct dns_message *answer)
{
	uint64_t key = key_of(answer);
	size_t at = find_waiting(dns, key, answer->id);
	size_t slot = dns->answered_count % MOST_ANSWERED;
	struct question question;

	if (at == dns->waiting_count) {
		if (!was_answered(dns, key, answer->id))
			keep_lone_answer(dns, message, answer, key);
		return;
	}
	question = take_out(dns, at);
	keep_answer(dns, message, answer, &question);
	mem_free(question.name);
	dns->answered[slot].key = key;
	dns->answered[slot].id = answer->id;
	dns->answered_count++;
}

/* Other types say nothing about where a file server is. In DNS, NetBIOS's types mean others. */
static bool
is_wanted_type(const struct dns *dns, uint16_t type)
{
	if (dns->is_netbios)
		return type == DNS_NB;
	return type != DNS_NB && names_find(&type_names, type) != NULL;
}

static void
datagram(void *state, const struct message *message)
{
	struct dns *dns = state;
	struct dns_message decoded;
	enum dns_verdict verdict = dns_decode(
	    message->bytes, message->captured, message->length, dns->is_netbios, &decoded);

	end_overdue(dns, message->time);
	if (verdict == DNS_MALFORMED || !decoded.has_name || decoded.opcode != 0 ||
	    !is_wanted_type(dns, decoded.type))
		return;
	if (decoded.is_response)
		take_answer(dns, message, &decoded);
	else
		ask(dns, message, &decoded);
}

/* MESSAGE without its length. */
static void
record(void *state, const struct message *message)
{
	struct message inner;

	if (message_behind(message, LENGTH_SIZE, &inner))
		datagram(state, &inner);
}

static void
end(void *state, const struct ending *ending)
{
	struct dns *dns = state;

	end_overdue(dns, ending->time);
	while (dns->waiting_count != 0) {
		struct question question = take_out(dns, 0);

		give_up(dns, &question, ending);
	}
}

static enum probe_verdict
probe_datagram(const uint8_t *bytes, size_t length, size_t wire)
{
	bool is_response;

	(void)wire;
	if (!dns_is_query_head(bytes, length, &is_response))
		return PROBE_NO;
	return is_response ? PROBE_YES_FROM_SERVER : PROBE_YES_FROM_CLIENT;
}

/* 0: no message of ours begins so. */
static uint16_t
read_length(struct cursor *cursor)
{
	uint16_t length = cur_be16(cursor);

	return length >= DNS_HEADER_SIZE ? length : 0;
}

static enum probe_verdict
probe_record(const uint8_t *bytes, size_t length, size_t wire)
{
	struct cursor cursor = cur_of(bytes, length);
	uint16_t whole = read_length(&cursor);

	/* Some servers send the length in a segment of its own. */
	if (cur_left(&cursor) < DNS_HEADER_SIZE && (!cur_ok(&cursor) || whole != 0))
		return PROBE_UNSURE;
	return whole != 0 ? probe_datagram(cursor.at, cur_left(&cursor), wire) : PROBE_NO;
}

static enum framing
frame(const void *state, const uint8_t *bytes, size_t length, struct frame_head *ret)
{
	struct cursor cursor = cur_of(bytes, length);
	uint16_t whole = read_length(&cursor);

	(void)state;
	if (!cur_ok(&cursor))
		return FRAMING_MORE;
	if (whole == 0)
		return FRAMING_LOST;
	ret->length = (uint32_t)LENGTH_SIZE + whole;
	ret->wanted = ret->length < MESSAGE_MOST_WANTED ? ret->length : MESSAGE_MOST_WANTED;
	return FRAMING_FOUND;
}

const struct dissector dns_udp_dissector = {
    .name = "dns",
    .transport = TRANSPORT_UDP,
    .ports = {PORT_DNS, PORT_NETBIOS_NAME, PORT_LLMNR},
    .is_background = true,
    .probe = probe_datagram,
    .open = open_conversation,
    .message = datagram,
    .end = end,
    .close = close_conversation,
};

const struct dissector dns_tcp_dissector = {
    .name = "dns",
    .transport = TRANSPORT_TCP,
    .ports = {PORT_DNS},
    .is_background = true,
    .probe = probe_record,
    .frame = frame,
    .open = open_conversation,
    .message = record,
    .end = end,
    .close = close_conversation,
};
