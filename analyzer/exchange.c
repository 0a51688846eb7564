#include "analyzer/exchange.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "analyzer/base/sorted.h"
#include "analyzer/dissector.h"

#define NAMES(identifier, ...)                                            \
	static const struct name_row identifier##_rows[] = {__VA_ARGS__}; \
	const struct names identifier = {identifier##_rows, COUNT(identifier##_rows)}

NAMES(bool_names, {false, "false", NULL}, {true, "true", NULL});

NAMES(outcome_names, {OUTCOME_UNKNOWN, "unknown", "the capture cannot tell"},
    {OUTCOME_ANSWERED, "answered", NULL}, {OUTCOME_RESET, "reset", "RST came instead of an answer"},
    {OUTCOME_CLOSED, "closed", "FIN came instead of an answer"},
    {OUTCOME_UNANSWERED, "unanswered", "no answer came"});

NAMES(ended_by_names, {ENDED_BY_NOBODY, "nobody", NULL}, {ENDED_BY_CLIENT, "client", NULL},
    {ENDED_BY_SERVER, "server", NULL}, {ENDED_BY_NETWORK, "network", "by an ICMP error"},
    {ENDED_BY_CAPTURE, "capture", "the capture ended first"});

NAMES(doubt_names, {DOUBT_NONE, "none", NULL},
    {DOUBT_CAPTURE_ENDED, "capture_ended", "the capture ends before the answer could come"},
    {DOUBT_PACKETS_MISSING, "packets_missing", "packets that existed are not in the capture"},
    {DOUBT_CUT_BY_SNAPLEN, "cut_by_snaplen", "the snap length cuts the message"},
    {DOUBT_ONE_DIRECTION, "one_direction", "only one direction was captured"},
    {DOUBT_ENCRYPTED, "encrypted", "the message is encrypted"},
    {DOUBT_COMPRESSED, "compressed", "the message is compressed"},
    {DOUBT_NOT_UNDERSTOOD, "not_understood", "what came instead is no message of the protocol"},
    {DOUBT_BEGAN_BEFORE_CAPTURE, "began_before_capture",
	"the connection is older than the capture"},
    {DOUBT_PACKETS_DROPPED, "packets_dropped",
	"the capturing system dropped as many packets as the answers would have been"},
    {DOUBT_CLOCK_STEPPED, "clock_stepped", "the capture's clock was set back meanwhile"},
    {DOUBT_ANSWERS_OTHER, "answers_other", "what came instead answers something else"},
    {DOUBT_NOT_ANALYSED, "not_analysed",
	"the packets that would tell were not analysed, so as to keep to --max-memory"},
    {DOUBT_OVERLAP, "overlap", "the message was sent twice, and differs"});

NAMES(side_names, {CLIENT, "client", NULL}, {SERVER, "server", NULL});

NAMES(copy_names, {COPY_FIRST, "first", NULL}, {COPY_SECOND, "second", NULL});

NAMES(step_names, {STEP_NONE, "none", NULL}, {STEP_CONNECTED, "connected", NULL},
    {STEP_NEGOTIATED, "negotiated", NULL}, {STEP_AUTHENTICATED, "authenticated", NULL},
    {STEP_TREE_CONNECTED, "tree_connected", NULL}, {STEP_WORKING, "working", NULL});

NAMES(close_names, {CLOSE_NONE, "none", NULL}, {CLOSE_RESET, "reset", NULL},
    {CLOSE_FIN, "fin", NULL});

NAMES(vantage_names, {VANTAGE_UNKNOWN, "unknown", NULL},
    {VANTAGE_CLIENT, "client", "at the client"}, {VANTAGE_SERVER, "server", "at the server"},
    {VANTAGE_BETWEEN, "between", "between client and server"});

NAMES(place_names, {PLACE_UNKNOWN, "unknown", NULL},
    {PLACE_HERE, "here", "the capture was taken at this host, or on its segment"},
    {PLACE_ELSEWHERE, "elsewhere", "the capture was not taken at this host"});

NAMES(clue_names, {CLUE_DIRECTION, "direction", "the file says which way its packets went"},
    {CLUE_RECEIVED, "received", "the file says that packets to it were received"},
    {CLUE_HANDSHAKE, "handshake", "gaps of the TCP handshake"},
    {CLUE_HANDSHAKE_SPLIT, "handshake_split", "the handshake's gaps are alike"},
    {CLUE_TTL, "ttl", "TTL or hop limit of its packets"},
    {CLUE_NEIGHBOUR, "neighbour", "it announced its link-layer address"},
    {CLUE_FAR_PEER, "far_peer", "its peers' packets passed a router, its own did not"},
    {CLUE_CHECKSUM, "checksum", "its checksums were not filled in yet"},
    {CLUE_PADDING, "padding", "only one side's frames are padded"});

NAMES(seal_names, {SEAL_OPENED, "opened", NULL},
    {SEAL_NO_KEY, "no_key", "no key of the session was given"},
    {SEAL_UNFIT_KEYTAB, "unfit_keytab", "the keytab that was given does not open the ticket"},
    {SEAL_WRONG_KEY, "wrong_key", "the key that was given does not open it"},
    {SEAL_NO_HANDSHAKE, "no_handshake",
	"a key of dialect 3.1.1 leads on only with all of NEGOTIATE and SESSION_SETUP"},
    {SEAL_CUT, "cut", "the capture holds too little of it to tell whether the key fits"},
    {SEAL_ALTERED, "altered", "the session's key opens others: it was changed on its way"});

NAMES(transport_names, {TRANSPORT_NONE, "none", NULL}, {TRANSPORT_TCP, "tcp", NULL},
    {TRANSPORT_UDP, "udp", NULL});

NAMES(firewall_action_names, {FIREWALL_ALLOW, "ALLOW", "it let the packet through"},
    {FIREWALL_DROP, "DROP", "it dropped the packet"});

NAMES(listener_owner_names, {LISTENER_NONE, "none", "nothing waits for connections"},
    {LISTENER_SYSTEM, "system", "the System process (PID 4), which the SMB server is in"},
    {LISTENER_OTHER, "other", "another process"},
    {LISTENER_UNKNOWN, "unknown", "a process of which nothing is said"});

/* Both bits of the severity "error". */
#define NT_ERROR 0xc0000000u

#define OF_EXCHANGE(member) .offset = offsetof(struct exchange, member)
#define OF_CROSSING(member) .offset = offsetof(struct crossing, member), .home = HOME_CROSSING
#define OF_ATTESTED(kind, member)                                                       \
	.offset = offsetof(struct attested, items[kind].member), .home = HOME_ATTESTED, \
	.is_late = true
#define OF_CONVERSATION(member) \
	.offset = offsetof(struct conversation_facts, member), .home = HOME_CONVERSATION

const struct field exchange_common_fields[] = {
    {"client", FIELD_ADDR, .filter = "ip.addr", .sentence = "address of the client",
	OF_CONVERSATION(client)},
    {"server", FIELD_ADDR, .filter = "ip.addr", .sentence = "address of the server",
	OF_CONVERSATION(server)},
    {"client_port", FIELD_U16, .filter = "tcp.port", .sentence = "port of the client",
	OF_CONVERSATION(client_port)},
    {"port", FIELD_U16, .filter = "tcp.port", .sentence = "port of the server",
	OF_CONVERSATION(server_port)},
    {"transport", FIELD_U8_ENUM, .names = &transport_names, .sentence = "tcp or udp",
	OF_CONVERSATION(transport)},
    {"stream", FIELD_U32, .filter = "tcp.stream", .is_passing = true,
	.sentence = "Wireshark's number of the TCP stream", OF_CONVERSATION(stream)},
    {"time", FIELD_TIME, .filter = "frame.time", .sentence = "when the request was sent",
	OF_EXCHANGE(time)},
    {"waited", FIELD_DURATION, .sentence = "from the request to its answer, or to its end",
	OF_EXCHANGE(waited)},
    {"outcome", FIELD_ENUM, .names = &outcome_names, .sentence = "how the request ended",
	OF_EXCHANGE(outcome)},
    {"ended_by", FIELD_ENUM, .names = &ended_by_names, .sentence = "who answered or ended it",
	OF_EXCHANGE(ended_by)},
    {"unknown_because", FIELD_ENUM, .names = &doubt_names,
	.sentence = "what the capture lacks, where that makes the outcome doubtful",
	OF_EXCHANGE(doubt)},
    {"delivered", FIELD_BOOL, .names = &bool_names,
	.sentence = "whether TCP acknowledged the whole request", OF_EXCHANGE(is_delivered)},
    {"retransmissions", FIELD_U32, .sentence = "how often segments of the request were sent again",
	OF_EXCHANGE(retransmissions)},
    {"is_last", FIELD_BOOL, .names = &bool_names,
	.sentence = "whether no later request but LOGOFF, TREE_DISCONNECT or ECHO followed",
	OF_EXCHANGE(is_last)},
    {"request_frame", FIELD_U64, NOTATION_FRAME, .filter = "frame.number",
	.sentence = "frame that completes the request", OF_EXCHANGE(request_frame)},
    {"answer_frame", FIELD_U64, NOTATION_FRAME, .filter = "frame.number",
	.sentence = "frame that completes the answer", OF_EXCHANGE(answer_frame)},
    {"end_frame", FIELD_U64, NOTATION_FRAME, .filter = "frame.number",
	.sentence = "frame that ended the wait without an answer", OF_EXCHANGE(end_frame)},
    {"step", FIELD_ENUM, .names = &step_names, .sentence = "how far the conversation got in all",
	OF_CONVERSATION(step)},
    {"connection_close", FIELD_ENUM, .names = &close_names, .sentence = "how the connection ended",
	OF_CONVERSATION(close)},
    {"closed_by", FIELD_ENUM, .names = &ended_by_names, .sentence = "who ended the connection",
	OF_CONVERSATION(closed_by)},
    {"closed_after", FIELD_DURATION,
	.sentence = "from the answer, or the end of the wait, to the connection's FIN or RST",
	OF_EXCHANGE(closed_after)},
    {"close_frame", FIELD_U64, NOTATION_FRAME, .filter = "frame.number",
	.sentence = "frame of the first FIN or RST", OF_CONVERSATION(close_frame)},
    {"conversation_dialect", FIELD_TEXT, .sentence = "the SMB dialect agreed on",
	OF_CONVERSATION(dialect)},
    {"encrypted", FIELD_BOOL, .names = &bool_names,
	.sentence = "whether encrypted SMB messages were seen", OF_CONVERSATION(is_encrypted)},
    {"vantage", FIELD_ENUM, .names = &vantage_names, .is_late = true,
	.sentence = "where the capture was taken, seen from this conversation",
	OF_CONVERSATION(vantage)},
    {"operation", FIELD_U32, .is_late = true,
	.sentence = "number that the attempts of one client to reach one server at one time share",
	OF_CONVERSATION(operation)},
    {"speaks", FIELD_TEXT, .is_late = true,
	.sentence = "what the conversation speaks, in nDPI's words when not SMB or Kerberos",
	OF_CONVERSATION(speaks)},
    {"close_ttl", FIELD_U8_ENUM, .filter = "ip.ttl",
	.sentence = "TTL or hop limit of the packet that ended the connection",
	OF_CONVERSATION(close_ttl)},
    {"is_close_ttl_odd", FIELD_BOOL, .names = &bool_names,
	.sentence =
	    "whether that differs from the first packet of the side it came from, as when a "
	    "device on the path made it",
	OF_CONVERSATION(is_close_ttl_odd)},
    {"outstanding", FIELD_U32,
	.sentence = "SMB2 requests without an answer when the connection ended",
	OF_CONVERSATION(outstanding)},
    {"began_before_capture", FIELD_BOOL, .names = &bool_names,
	.sentence = "whether the connection is older than the capture",
	OF_CONVERSATION(is_begun_before)},
    /* Of a single capture nothing of these is known, so they are not late there. */
    {"reached_server", FIELD_NUMBER, .names = &bool_names,
	.sentence = "of several captures: whether the one nearest to the server has the request",
	OF_CROSSING(is_request_there)},
    {"server_answered", FIELD_NUMBER, .names = &bool_names,
	.sentence = "the same: whether it has an answer, or what ended the wait",
	OF_CROSSING(is_answer_there)},
    {"answer_arrived", FIELD_NUMBER, .names = &bool_names,
	.sentence = "the same: whether the one nearest to the client has that",
	OF_CROSSING(is_answer_here)},
    {"there", FIELD_TEXT, .is_passing = true, .sentence = "file of the one nearest to the server",
	OF_CROSSING(there)},
    {"request_there", FIELD_U64, NOTATION_FRAME, .sentence = "frame of the request there",
	OF_CROSSING(request_there)},
    {"answer_there", FIELD_U64, NOTATION_FRAME,
	.sentence = "frame of the answer there, or of what ended the wait",
	OF_CROSSING(answer_there)},
    {"waited_there", FIELD_DURATION, .sentence = "from the request to its answer there",
	OF_CROSSING(waited_there)},
    {"path_delay", FIELD_DURATION,
	.sentence = "how much longer it took where the client is: what passed on the path",
	OF_CROSSING(path_delay)},
    {"path_slower", FIELD_NUMBER, .names = &bool_names,
	.sentence = "whether that is more than what passed behind the last capture, in the server",
	OF_CROSSING(is_path_slower)},
    {"slowest_after", FIELD_TEXT, .is_passing = true,
	.sentence = "file of the one behind which most of that passed, as the request goes",
	OF_CROSSING(slowest_after)},
    {"slowest_before", FIELD_TEXT, .is_passing = true, .sentence = "file of the next one",
	OF_CROSSING(slowest_before)},
    {"slowest_delay", FIELD_DURATION, .sentence = "how much of it passed between the two",
	OF_CROSSING(slowest_delay)},
    {"lost_after", FIELD_TEXT, .is_passing = true,
	.sentence = "of several captures: file of the last on its way that has what was lost",
	OF_CROSSING(lost_after)},
    {"lost_before", FIELD_TEXT, .is_passing = true,
	.sentence = "the same: file of the next on the way, which lacks it",
	OF_CROSSING(lost_before)},
    {"forged_after", FIELD_TEXT, .is_passing = true,
	.sentence =
	    "of several captures: file of the last, from the server on, that lacks an answer",
	OF_CROSSING(forged_after)},
    {"forged_before", FIELD_TEXT, .is_passing = true,
	.sentence = "the same: file of the next, towards the client, which has it",
	OF_CROSSING(forged_before)},
    {"altered", FIELD_TEXT,
	.sentence = "the same: fields that differ from capture to capture, with their values",
	OF_CROSSING(altered)},
    {"altered_after", FIELD_TEXT, .is_passing = true,
	.sentence = "the same: file of the last on the way that has the values before",
	OF_CROSSING(altered_after)},
    {"altered_before", FIELD_TEXT, .is_passing = true,
	.sentence = "the same: file of the next on the way, which has those after",
	OF_CROSSING(altered_before)},
    {"duplicated", FIELD_U64,
	.sentence = "the same: segments of request and answer that came twice where one was sent",
	OF_CROSSING(duplicated)},
    {"duplicated_after", FIELD_TEXT, .is_passing = true,
	.sentence = "the same: file of the last on the way that has such a segment once",
	OF_CROSSING(duplicated_after)},
    {"duplicated_before", FIELD_TEXT, .is_passing = true,
	.sentence = "the same: file of the next on the way, which has it twice",
	OF_CROSSING(duplicated_before)},
    {"not_compared", FIELD_TEXT,
	.sentence = "the same: why what the others show of it is not known", OF_CROSSING(unsure)},
    {"firewall_log", FIELD_NUMBER, .names = &firewall_action_names,
	.sentence =
	    "of files beside the capture: what the server's pfirewall.log says of the packet",
	OF_ATTESTED(ATTESTED_FIREWALL, number)},
    {"filter_event", FIELD_NUMBER, .names = &firewall_action_names,
	.sentence = "the same: what the Windows Filtering Platform there did with the packet",
	OF_ATTESTED(ATTESTED_FILTER, number)},
    {"filter_name", FIELD_TEXT, .sentence = "the same: the filter that decided so",
	OF_ATTESTED(ATTESTED_FILTER_NAME, text)},
    {"filter_is_stealth", FIELD_NUMBER, .names = &bool_names,
	.sentence = "the same: whether that filter is the one that hides ports without listener",
	OF_ATTESTED(ATTESTED_FILTER_STEALTH, number)},
    {"listener", FIELD_NUMBER, .names = &listener_owner_names,
	.sentence = "the same: who waits for connections at the port",
	OF_ATTESTED(ATTESTED_LISTENER, number)},
    {"server_encrypt_data", FIELD_NUMBER, .names = &bool_names,
	.sentence = "the same: EncryptData of the server",
	OF_ATTESTED(ATTESTED_ENCRYPT_DATA, number)},
    {"server_reject_unencrypted", FIELD_NUMBER, .names = &bool_names,
	.sentence = "the same: RejectUnencryptedAccess",
	OF_ATTESTED(ATTESTED_REJECT_UNENCRYPTED, number)},
    {"server_enable_smb1", FIELD_NUMBER, .names = &bool_names,
	.sentence = "the same: EnableSMB1Protocol", OF_ATTESTED(ATTESTED_SMB1, number)},
    {"server_enable_smb2", FIELD_NUMBER, .names = &bool_names,
	.sentence = "the same: EnableSMB2Protocol", OF_ATTESTED(ATTESTED_SMB2, number)},
    {"server_require_signature", FIELD_NUMBER, .names = &bool_names,
	.sentence = "the same: RequireSecuritySignature", OF_ATTESTED(ATTESTED_SIGNING, number)},
    {"share_is_listed", FIELD_NUMBER, .names = &bool_names,
	.sentence = "the same: whether the server has the share",
	OF_ATTESTED(ATTESTED_SHARE, number)},
    {"share_encrypt_data", FIELD_NUMBER, .names = &bool_names,
	.sentence = "the same: EncryptData of the share",
	OF_ATTESTED(ATTESTED_SHARE_ENCRYPT_DATA, number)},
    {"share_is_online", FIELD_NUMBER, .names = &bool_names,
	.sentence = "the same: whether its ShareState is Online",
	OF_ATTESTED(ATTESTED_SHARE_ONLINE, number)},
};
const size_t exchange_common_field_count = COUNT(exchange_common_fields);

static int
compare_value(const void *row, const void *value)
{
	return COMPARE(((const struct name_row *)row)->value, *(const uint64_t *)value);
}

const struct name_row *
names_find(const struct names *names, uint64_t value)
{
	size_t place;

	/* Those of our own enums are all there, from 0 on. */
	if (value < names->count && names->rows[value].value == value)
		return &names->rows[value];
	place =
	    sorted_before(&value, names->rows, names->count, sizeof(*names->rows), compare_value);
	return place < names->count && names->rows[place].value == value ? &names->rows[place]
									 : NULL;
}

const struct name_row *
names_called(const struct names *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++)
		if (strcmp(names->rows[i].name, name) == 0)
			return &names->rows[i];
	return NULL;
}

const char *
names_text(const struct names *names, uint64_t value)
{
	const struct name_row *row = names_find(names, value);

	assert(row != NULL);
	return row->name;
}

static const struct field *
find_field(const struct field *fields, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(fields[i].name, name) == 0)
			return &fields[i];
	return NULL;
}

const struct field *
exchange_common_field(const char *name)
{
	return find_field(exchange_common_fields, exchange_common_field_count, name);
}

const struct field *
exchange_field(const struct exchange_type *type, const char *name)
{
	const struct field *field = find_field(type->fields, type->field_count, name);

	return field ? field : exchange_common_field(name);
}

bool
exchange_is_contested(const struct exchange *exchange, const struct field *field)
{
	const struct exchange_type *type = exchange->type;

	return exchange->contested != UINT64_MAX && field >= type->fields &&
	       field < type->fields + type->field_count &&
	       (exchange->contested >> (field - type->fields) & 1) != 0;
}

enum value_kind
field_value_kind(const struct field *field)
{
	switch (field->kind) {
	case FIELD_LIST:
		return VALUE_LIST;
	case FIELD_TEXT:
		return VALUE_TEXT;
	case FIELD_ADDR:
		return VALUE_ADDR;
	case FIELD_NUMBER:
	case FIELD_U8_ENUM:
	case FIELD_U16:
	case FIELD_U32:
	case FIELD_U64:
	case FIELD_ENUM:
	case FIELD_BOOL:
	case FIELD_TIME:
	case FIELD_DURATION:
		break;
	}
	return VALUE_NUMBER;
}

static const void *
field_member(const struct exchange *exchange, const struct field *field)
{
	static const struct crossing no_crossing = {
	    .waited_there = -1, .path_delay = -1, .slowest_delay = -1};
	static const struct attested nothing;
	const void *const homes[] = {
	    [HOME_EXCHANGE] = exchange,
	    [HOME_CONVERSATION] = exchange->conversation,
	    [HOME_CROSSING] = exchange->crossing != NULL ? exchange->crossing : &no_crossing,
	    [HOME_ATTESTED] = exchange->attested != NULL ? exchange->attested : &nothing,
	};

	return (const char *)homes[field->home] + field->offset;
}

bool
field_is_captured(const struct field *field)
{
	return field->home == HOME_EXCHANGE || field->home == HOME_CONVERSATION;
}

const struct quotation *
exchange_quote(const struct exchange *exchange, const struct field *field)
{
	const struct testimony *testimony;

	if (field->home != HOME_ATTESTED || exchange->attested == NULL)
		return NULL;
	testimony = &exchange->attested->items[field->offset / sizeof(struct testimony)];
	return testimony->quote.file != NULL ? &testimony->quote : NULL;
}

bool
exchange_number(const struct exchange *exchange, const struct field *field, uint64_t *ret)
{
	const void *member = field_member(exchange, field);
	uint16_t u16;
	uint32_t u32;

	switch (field->kind) {
	case FIELD_NUMBER:
		*ret = ((const struct number *)member)->value;
		return ((const struct number *)member)->is_known;
	case FIELD_U8_ENUM:
	case FIELD_BOOL:
		*ret = *(const uint8_t *)member;
		return true;
	case FIELD_U16:
		memcpy(&u16, member, sizeof(u16));
		*ret = u16;
		return true;
	case FIELD_U32:
	case FIELD_ENUM:
		memcpy(&u32, member, sizeof(u32));
		*ret = u32;
		return true;
	case FIELD_U64:
	case FIELD_TIME:
		memcpy(ret, member, sizeof(*ret));
		return field->notation != NOTATION_FRAME || *ret != 0;
	case FIELD_DURATION:
		memcpy(ret, member, sizeof(*ret));
		return (int64_t)*ret >= 0;
	case FIELD_LIST:
	case FIELD_TEXT:
	case FIELD_ADDR:
		break;
	}
	assert(!"a field that is no plain number");
	return false;
}

struct value
exchange_value(const struct exchange *exchange, const struct field *field)
{
	const void *member = field_member(exchange, field);
	struct value value = {.kind = VALUE_NONE};

	if (field->kind == FIELD_TEXT) {
		value.text = *(const char *const *)member;
		value.kind = value.text ? VALUE_TEXT : VALUE_NONE;
	} else if (field->kind == FIELD_LIST) {
		value.list = *(const struct number_list *)member;
		value.kind = value.list.is_known ? VALUE_LIST : VALUE_NONE;
	} else if (field->kind == FIELD_ADDR) {
		value.addr = *(const struct addr *)member;
		value.kind = value.addr.family != ADDR_NONE ? VALUE_ADDR : VALUE_NONE;
	} else if (exchange_number(exchange, field, &value.number)) {
		value.kind = VALUE_NUMBER;
	}
	return value;
}

static void
flags_text(struct text *text, const struct names *names, uint64_t flags)
{
	const char *separator = "";

	if (flags == 0)
		text_add_char(text, '0');
	for (size_t i = 0; i < names->count; i++) {
		if (names->rows[i].value == 0 ||
		    (flags & names->rows[i].value) != names->rows[i].value)
			continue;
		text_addf(text, "%s%s", separator, names->rows[i].name);
		flags &= ~names->rows[i].value;
		separator = "|";
	}
	if (flags != 0)
		text_addf(text, "%s0x%" PRIX64, separator, flags);
}

static void
number_text(struct text *text, const struct field *field, uint64_t number)
{
	const struct name_row *row = field->names ? names_find(field->names, number) : NULL;

	if (field->kind == FIELD_TIME)
		text_add_time(text, (int64_t)number);
	else if (field->kind == FIELD_DURATION)
		text_add_duration(text, (int64_t)number);
	else if (field->notation == NOTATION_FLAGS && field->names)
		flags_text(text, field->names, number);
	else if (row && field->notation == NOTATION_CODE)
		text_addf(text, "%s (0x%08" PRIX64 ")", row->name, number);
	else if (row && field->notation == NOTATION_NUMBERED)
		text_addf(text, "%s (%" PRIu64 ")", row->name, number);
	else if (row)
		text_add(text, row->name);
	else if (field->notation != NOTATION_DECIMAL && field->notation != NOTATION_NUMBERED &&
		 field->notation != NOTATION_FRAME)
		text_addf(text, "0x%0*" PRIX64, field->notation == NOTATION_CODE ? 8 : 1, number);
	else
		text_add_number(text, number);
}

static bool
is_refusal(const struct field *field, uint64_t number)
{
	return field->refusal == REFUSAL_ALWAYS || (number & NT_ERROR) == NT_ERROR;
}

bool
exchange_is_refused(const struct exchange *exchange)
{
	const struct exchange_type *type = exchange->type;
	struct value value;

	for (size_t i = 0; i < type->field_count; i++) {
		if (type->fields[i].refusal == REFUSAL_NONE)
			continue;
		value = exchange_value(exchange, &type->fields[i]);
		if (value.kind == VALUE_NUMBER && is_refusal(&type->fields[i], value.number))
			return true;
	}
	return false;
}

void
exchange_value_text(struct text *text, const struct field *field, const struct value *value)
{
	char address[ADDR_TEXT_SIZE];

	switch (value->kind) {
	case VALUE_NONE:
		return;
	case VALUE_NUMBER:
		number_text(text, field, value->number);
		return;
	case VALUE_TEXT:
		text_add(text, value->text);
		return;
	case VALUE_ADDR:
		text_add(text, addr_text(&value->addr, address));
		return;
	case VALUE_LIST:
		for (uint16_t i = 0; i < value->list.count; i++) {
			if (i != 0)
				text_add(text, ", ");
			number_text(text, field, value->list.values[i]);
		}
		return;
	}
}

void
ledger_add(struct ledger *ledger, struct exchange *exchange)
{
	ledger->items =
	    mem_grow(ledger->items, ledger->count, &ledger->capacity, sizeof(struct exchange *));
	ledger->items[ledger->count++] = exchange;
}

void
ledger_take(struct ledger *ledger, struct ledger *more)
{
	for (size_t i = 0; i < more->count; i++)
		ledger_add(ledger, more->items[i]);
	ledger_free(more);
}

static uint64_t
first_frame(const struct exchange *exchange)
{
	return exchange->request_frame ? exchange->request_frame : exchange->answer_frame;
}

static int
compare_exchanges(const void *left, const void *right)
{
	const struct exchange *one = *(const struct exchange *const *)left;
	const struct exchange *other = *(const struct exchange *const *)right;

	if (one->time != other->time)
		return COMPARE(one->time, other->time);
	if (first_frame(one) != first_frame(other))
		return COMPARE(first_frame(one), first_frame(other));
	if (one->conversation->stream != other->conversation->stream)
		return COMPARE(one->conversation->stream, other->conversation->stream);
	/* Two requests compounded in one frame: by their place in the stream. */
	return COMPARE(one->request_start, other->request_start);
}

static int64_t
closed_after(const struct exchange *exchange)
{
	const struct conversation_facts *facts = exchange->conversation;
	int64_t end = exchange->time + exchange->waited;

	if (exchange->waited < 0 || facts->close == CLOSE_NONE || facts->close_time < end)
		return -1;
	return facts->close_time - end;
}

void
ledger_settle(struct ledger *ledger)
{
	for (size_t i = 0; i < ledger->count; i++)
		ledger->items[i]->closed_after = closed_after(ledger->items[i]);
}

void
ledger_sort(struct ledger *ledger)
{
	if (ledger->count > 1)
		qsort(ledger->items, ledger->count, sizeof(struct exchange *), compare_exchanges);
}

void
ledger_free(struct ledger *ledger)
{
	mem_free(ledger->items);
	ledger->items = NULL;
	ledger->count = ledger->capacity = 0;
}

static struct exchange *
new_exchange(struct arena *arena, const struct exchange_type *type,
    const struct conversation_facts *conversation)
{
	struct exchange *exchange = arena_alloc(arena, type->size);

	exchange->type = type;
	exchange->conversation = conversation;
	exchange->waited = -1;
	return exchange;
}

void *
exchange_begin(struct arena *arena, const struct exchange_type *type,
    const struct conversation_facts *conversation, const struct message *request)
{
	struct exchange *exchange = new_exchange(arena, type, conversation);

	exchange->time = request->time;
	exchange->request_frame = request->frame;
	exchange->request_from = request->from;
	exchange->is_cut = request->is_cut;
	exchange->request_start = request->start;
	exchange->request_end = request->end;
	return exchange;
}

void *
exchange_begin_with_answer(struct arena *arena, const struct exchange_type *type,
    const struct conversation_facts *conversation, const struct message *answer, enum doubt doubt)
{
	struct exchange *exchange = new_exchange(arena, type, conversation);

	exchange->time = answer->time;
	exchange->request_from = other_side(answer->from);
	exchange_answer(exchange, answer);
	exchange->waited = -1;
	exchange->doubt = doubt;
	return exchange;
}

void
exchange_add_leg(struct arena *arena, struct exchange *exchange, enum side from, uint64_t frame,
    int64_t time, const char *label)
{
	struct exchange_leg **end = &exchange->legs;

	for (size_t i = 0; *end != NULL; i++) {
		if (i == EXCHANGE_MOST_LEGS - 1)
			return;
		end = &(*end)->next;
	}
	*end = ARENA_NEW(arena, struct exchange_leg);
	**end = (struct exchange_leg){.frame = frame, .time = time, .from = from, .label = label};
}

/* Not below 0: what ends a wait may have been sent, or stamped, before the request. */
static int64_t
wait_until(const struct exchange *exchange, int64_t time)
{
	return time > exchange->time ? time - exchange->time : 0;
}

static enum ended_by
ended_by_side(enum side side)
{
	return side == CLIENT ? ENDED_BY_CLIENT : ENDED_BY_SERVER;
}

void
exchange_answer(struct exchange *exchange, const struct message *answer)
{
	exchange->outcome = OUTCOME_ANSWERED;
	exchange->ended_by = ended_by_side(answer->from);
	exchange->answer_frame = answer->frame;
	exchange->answer_start = answer->start;
	exchange->answer_end = answer->end;
	exchange->waited = wait_until(exchange, answer->time);
	exchange->is_delivered = true;
	exchange->is_cut |= answer->is_cut;
	exchange->doubt = answer->is_cut ? DOUBT_CUT_BY_SNAPLEN : DOUBT_NONE;
}

void
exchange_end(struct exchange *exchange, const struct ending *ending)
{
	enum side answering = other_side(exchange->request_from);

	exchange->outcome = ending->outcome;
	exchange->ended_by = ending->by;
	exchange->end_frame = ending->frame;
	exchange->waited = wait_until(exchange, ending->time);
	if (ending->doubt[answering] != DOUBT_NONE &&
	    ending->doubt_time[answering] >= exchange->time) {
		exchange->outcome = OUTCOME_UNKNOWN;
		exchange->doubt = ending->doubt[answering];
	} else if (ending->outcome == OUTCOME_UNKNOWN) {
		exchange->doubt = DOUBT_CAPTURE_ENDED;
	}
}
