#include "dissectors/dns_wire.h"

#include <string.h>

#include "analyzer/base/cursor.h"
#include "analyzer/base/text.h"

/* RFC 1035 4.1.1 */
#define FLAG_QR       0x8000
#define FLAG_TC       0x0200
#define FLAG_B        0x0010 /* RFC 1002 4.2.1.1: broadcast or multicast */
#define OPCODE(flags) (((flags) >> 11) & 0xf)
#define RCODE(flags)  ((flags)&0xf)

#define CLASS_IN 1

/* RFC 1035 4.1.4: the two highest bits of a length octet. */
#define LABEL_KIND    0xc0
#define LABEL_POINTER 0xc0

/* RFC 1001 14.1: each half octet of the sixteen is a letter from 'A' on. */
#define NETBIOS_NAME_SIZE    16
#define NETBIOS_ENCODED_SIZE (2 * NETBIOS_NAME_SIZE)

struct reader {
	struct cursor whole; /* what pointers count from */
	struct cursor at;
	bool is_malformed;
	bool is_netbios;
};

/* A name while it is read. */
struct name {
	char chars[DNS_NAME_SIZE];
	size_t length; /* of chars */
	size_t octets; /* on the wire */
	size_t labels;
	uint8_t suffix;
};

struct record {
	struct name owner;
	uint16_t type, class;
	struct reader data; /* pointers in it count from the message's start too */
	uint16_t data_length;
};

/* RFC 4343 2.1. DNS_NAME_SIZE holds DNS_MOST_NAME octets of four characters. */
static void
add_octet(struct name *name, uint8_t octet)
{
	bool is_special = octet == '.' || octet == '\\';

	if (octet > ' ' && octet < 0x7f && !is_special) {
		name->chars[name->length++] = (char)octet;
		return;
	}
	name->chars[name->length++] = '\\';
	if (is_special) {
		name->chars[name->length++] = (char)octet;
		return;
	}
	name->chars[name->length++] = (char)('0' + octet / 100);
	name->chars[name->length++] = (char)('0' + octet / 10 % 10);
	name->chars[name->length++] = (char)('0' + octet % 10);
}

static bool
is_encoded(const uint8_t *label, size_t length)
{
	if (length != NETBIOS_ENCODED_SIZE)
		return false;
	for (size_t i = 0; i < length; i++)
		if (label[i] < 'A' || label[i] > 'P')
			return false;
	return true;
}

/* The name is padded with spaces; "*", which asks for any, with zeroes (RFC 1001 14.1, 17.1). */
static void
add_encoded(struct name *name, const uint8_t *label)
{
	uint8_t octets[NETBIOS_NAME_SIZE];
	size_t length = NETBIOS_NAME_SIZE - 1;

	for (size_t i = 0; i < NETBIOS_NAME_SIZE; i++)
		octets[i] = (uint8_t)((label[2 * i] - 'A') << 4 | (label[2 * i + 1] - 'A'));
	while (length > 0 && (octets[length - 1] == ' ' || octets[length - 1] == 0))
		length--;
	for (size_t i = 0; i < length; i++) {
		/* Windows asks for DNS names here too, and their dots are the name's own. */
		if (octets[i] == '.')
			name->chars[name->length++] = '.';
		else
			add_octet(name, octets[i]);
	}
	name->suffix = octets[NETBIOS_NAME_SIZE - 1];
}

/* A length octet of LENGTH was read; its label follows. */
static void
read_label(struct reader *reader, struct cursor *at, uint8_t length, struct name *name)
{
	const uint8_t *label = cur_bytes(at, length);

	name->octets += (size_t)length + 1;
	/* The root's length octet comes on top. */
	if (name->octets >= DNS_MOST_NAME)
		reader->is_malformed = true;
	if (label == NULL || reader->is_malformed)
		return;
	if (name->labels++ != 0)
		name->chars[name->length++] = '.';
	if (reader->is_netbios && name->labels == 1 && is_encoded(label, length))
		add_encoded(name, label);
	else
		for (size_t i = 0; i < length; i++)
			add_octet(name, label[i]);
}

/* Moves AT to where a pointer leads. RFC 1035 4.1.4 speaks of a prior occurrence, so each must lead
 * before the one that led there, LIMIT; that ends loops too. */
static void
follow_pointer(struct reader *reader, struct cursor *at, uint8_t high, size_t *limit)
{
	size_t target = (size_t)(high & ~LABEL_KIND) << 8 | cur_u8(at);
	size_t size = (size_t)(reader->whole.end - reader->whole.start);

	if (!cur_ok(at))
		return;
	if (target >= *limit) {
		reader->is_malformed = true;
		return;
	}
	*limit = target;
	*at = cur_window(&reader->whole, target, size - target);
}

static void
read_name(struct reader *reader, struct name *name)
{
	size_t limit = (size_t)(reader->at.at - reader->whole.start);
	struct cursor at = reader->at;
	bool is_elsewhere = false;
	uint8_t length;

	name->length = name->octets = name->labels = 0;
	name->suffix = 0;
	while ((length = cur_u8(&at)) != 0 && !reader->is_malformed) {
		bool is_pointer = (length & LABEL_KIND) == LABEL_POINTER;

		if (!is_pointer && (length & LABEL_KIND) != 0) {
			reader->is_malformed = true; /* 01: no longer used, RFC 6891 5 */
			break;
		}
		if (is_pointer && !is_elsewhere) {
			is_elsewhere = true;
			reader->at = at;
			cur_skip(&reader->at, 1);
		}
		if (is_pointer)
			follow_pointer(reader, &at, length, &limit);
		else
			read_label(reader, &at, length, name);
	}
	if (!is_elsewhere)
		reader->at = at;
	if (!cur_ok(&at))
		reader->at.is_short = true;
	if (name->labels == 0)
		name->chars[name->length++] = '.';
	name->chars[name->length] = '\0';
}

static bool
is_readable(const struct reader *reader)
{
	return cur_ok(&reader->at) && !reader->is_malformed;
}

static void
read_record(struct reader *reader, struct record *record)
{
	size_t length;

	read_name(reader, &record->owner);
	record->type = cur_be16(&reader->at);
	record->class = cur_be16(&reader->at);
	cur_skip(&reader->at, 4); /* TTL */
	length = cur_be16(&reader->at);
	record->data_length = (uint16_t)length;
	record->data = *reader;
	record->data.at = cur_sub(&reader->at, length);
}

static bool
is_about(const struct record *record, const char *name)
{
	return text_equal_nocase(record->owner.chars, name);
}

static void
add_address(struct dns_message *message, struct addr addr)
{
	if (message->address_count < DNS_MOST_ADDRESSES)
		message->addresses[message->address_count++] = addr;
}

static void
take_ipv4(struct cursor *data, struct dns_message *message)
{
	const uint8_t *bytes = cur_bytes(data, 4);

	if (bytes != NULL)
		add_address(message, addr_ipv4(bytes));
}

static void
take_ipv6(struct cursor *data, struct dns_message *message)
{
	const uint8_t *bytes = cur_bytes(data, 16);

	if (bytes != NULL)
		add_address(message, addr_ipv6(bytes));
}

/* RFC 1002 4.2.13: of each owner of the name, flags and address. */
static void
take_netbios(struct cursor *data, struct dns_message *message)
{
	while (cur_left(data) >= 6) {
		cur_skip(data, 2);
		take_ipv4(data, message);
	}
}

static void
take_target(struct reader *data, struct dns_message *message)
{
	struct name target;

	read_name(data, &target);
	if (!is_readable(data))
		return;
	message->has_target = true;
	memcpy(message->target, target.chars, target.length + 1);
}

/* RFC 2782: the lowest priority is tried first. */
static void
take_service(struct record *record, struct dns_message *message, uint32_t *best)
{
	uint16_t priority = cur_be16(&record->data.at);

	cur_skip(&record->data.at, 4); /* weight, port */
	if (priority >= *best)
		return;
	*best = priority;
	take_target(&record->data, message);
}

/* What one record of the answer section says of the name that is looked for now. */
static void
take_record(struct record *record, struct dns_message *message, uint32_t *best)
{
	if (record->class != CLASS_IN)
		return;
	switch (record->type) {
	case DNS_A:
		take_ipv4(&record->data.at, message);
		break;
	case DNS_AAAA:
		take_ipv6(&record->data.at, message);
		break;
	case DNS_NB:
		if (record->data.is_netbios)
			take_netbios(&record->data.at, message);
		break;
	case DNS_PTR:
		if (!message->has_target)
			take_target(&record->data, message);
		break;
	case DNS_SRV:
		if (!record->data.is_netbios)
			take_service(record, message, best);
		break;
	}
}

static void
forget_answers(struct dns_message *message)
{
	message->address_count = 0;
	message->has_target = false;
}

/* Whether RECORD makes the name that is looked for an alias, and then of what. */
static bool
follow_alias(struct record *record, struct dns_message *message)
{
	struct name target;

	if (record->type != DNS_CNAME || record->class != CLASS_IN)
		return false;
	read_name(&record->data, &target);
	if (!is_readable(&record->data))
		return false;
	message->is_alias = true;
	forget_answers(message);
	memcpy(message->canonical, target.chars, target.length + 1);
	return true;
}

/* One pass over the answer section from where READER stands. Adds to ALIASES how many it followed.
 * Whether another pass may find more: records about the last alias may stand before it. */
static bool
read_answers(struct reader *reader, struct dns_message *message, unsigned *aliases)
{
	uint16_t count = message->answer_count;
	uint32_t best = UINT32_MAX;
	unsigned before = *aliases;
	bool is_any_passed_over = false;
	struct record record;

	forget_answers(message);
	if (count > DNS_MOST_RECORDS)
		count = DNS_MOST_RECORDS;
	for (uint16_t i = 0; i < count; i++) {
		read_record(reader, &record);
		if (!is_readable(reader))
			break;
		if (!is_about(&record, message->canonical))
			is_any_passed_over = true;
		else if (*aliases < DNS_MOST_ALIASES && follow_alias(&record, message))
			(*aliases)++;
		else
			take_record(&record, message, &best);
	}
	return is_any_passed_over && *aliases != before;
}

/* Records need not be in the order of the chain (RFC 1034 3.6 knows none), so passes are made until
 * one finds no more aliases. A chain that bites its tail ends with the bound. */
static void
resolve(struct reader *reader, struct dns_message *message)
{
	struct reader begin = *reader;
	unsigned aliases = 0;

	memcpy(message->canonical, message->name, strlen(message->name) + 1);
	while (read_answers(reader, message, &aliases) && aliases < DNS_MOST_ALIASES)
		*reader = begin;
}

static void
set_name(struct dns_message *message, const struct name *name)
{
	message->has_name = true;
	message->suffix = name->suffix;
	memcpy(message->name, name->chars, name->length + 1);
}

static void
read_question(struct reader *reader, struct dns_message *message)
{
	struct name name;

	read_name(reader, &name);
	message->type = cur_be16(&reader->at);
	cur_skip(&reader->at, 2);
	if (is_readable(reader))
		set_name(message, &name);
}

/* RFC 1002 4.2.13, 4.2.14: answers repeat no question; their record has the name. */
static void
read_subject(struct reader *reader, struct dns_message *message)
{
	struct reader peek = *reader;
	struct record record;

	read_record(&peek, &record);
	/* Where only the data is cut, name and type are there. */
	if (peek.is_malformed || (!cur_ok(&peek.at) && record.data_length == 0)) {
		*reader = peek;
		return;
	}
	message->type = record.type == DNS_NULL ? DNS_NB : record.type;
	set_name(message, &record.owner);
}

/* RFC 1035 4.1.1. */
struct header {
	uint16_t id, flags, questions, answers;
};

static struct header
read_header(struct cursor *cursor)
{
	struct header header;

	header.id = cur_be16(cursor);
	header.flags = cur_be16(cursor);
	header.questions = cur_be16(cursor);
	header.answers = cur_be16(cursor);
	cur_skip(cursor, 4);
	return header;
}

/* An empty message but for its header. The texts are large: only their ends are set. */
static void
begin_message(struct dns_message *message, const struct header *header)
{
	message->id = header->id;
	message->answer_count = header->answers;
	message->is_response = (header->flags & FLAG_QR) != 0;
	message->is_truncated = (header->flags & FLAG_TC) != 0;
	message->is_broadcast = (header->flags & FLAG_B) != 0;
	message->opcode = OPCODE(header->flags);
	message->rcode = RCODE(header->flags);
	message->has_name = message->is_alias = false;
	message->type = 0;
	message->suffix = 0;
	message->name[0] = message->canonical[0] = message->target[0] = '\0';
	forget_answers(message);
}

enum dns_verdict
dns_decode(
    const void *bytes, size_t captured, size_t length, bool is_netbios, struct dns_message *ret)
{
	struct reader reader = {.whole = cur_of(bytes, captured),
	    .at = cur_of(bytes, captured),
	    .is_netbios = is_netbios};
	struct header header = read_header(&reader.at);
	uint16_t questions = header.questions;

	begin_message(ret, &header);
	ret->is_broadcast &= is_netbios;
	/* Nobody asks two questions at once (RFC 9619). */
	if (questions > 1)
		reader.is_malformed = true;
	else if (questions == 1)
		read_question(&reader, ret);
	else if (is_netbios && ret->is_response && ret->answer_count != 0)
		read_subject(&reader, ret);
	if (ret->has_name && ret->is_response)
		resolve(&reader, ret);
	if (reader.is_malformed)
		return DNS_MALFORMED;
	if (cur_ok(&reader.at))
		return DNS_WHOLE;
	return captured < length ? DNS_SHORT : DNS_MALFORMED;
}

bool
dns_is_query_head(const uint8_t *bytes, size_t captured, bool *ret_response)
{
	struct cursor cursor = cur_of(bytes, captured);
	struct header header = read_header(&cursor);
	bool is_response = (header.flags & FLAG_QR) != 0;

	if (!cur_ok(&cursor) || OPCODE(header.flags) != 0 || header.questions > 1 ||
	    (!is_response && (header.questions != 1 || header.answers != 0)))
		return false;
	*ret_response = is_response;
	return true;
}
