#include "analyzer/capture/pcapng_blocks.h"

#include <inttypes.h>

#include "analyzer/base/memory.h"

#define DROPS_UNKNOWN 0xffff /* of an (obsolete) packet block */

/* What options belong to while they are read. */
struct owner {
	uint64_t frame; /* or 0 */
	/* Of an interface: the last of each, which counts; short where there is none. */
	struct cursor name, description, os, filter;
	uint8_t resolution;
	int64_t offset_seconds;
	uint64_t if_drops, os_drops;
	bool has_drops;
	uint64_t start, end; /* of the capture, in ticks of the interface's clock; 0: not said */
	uint8_t direction;   /* enum direction */
};

/* The year 2000, in nanoseconds. */
#define BEFORE_PCAPNG INT64_C(946684800000000000)

struct option_rule {
	uint16_t code;
	uint16_t least, most; /* bytes; Wireshark takes others for damage */
	void (*keep)(struct reader *reader, struct owner *owner, struct cursor value);
};

static bool
is_big_endian(const struct reader *reader)
{
	const struct pcapng *pcapng = reader->state;

	return pcapng->is_big_endian;
}

static size_t
section_interfaces(const struct reader *reader)
{
	const struct pcapng *pcapng = reader->state;

	return pcapng->interface_count - pcapng->section_first;
}

static void
keep_comment(struct reader *reader, struct owner *owner, struct cursor value)
{
	reader_add_comment(reader, owner->frame, value);
}

static void
keep_name(struct reader *reader, struct owner *owner, struct cursor value)
{
	(void)reader;
	owner->name = value;
}

static void
keep_description(struct reader *reader, struct owner *owner, struct cursor value)
{
	(void)reader;
	owner->description = value;
}

static void
keep_os(struct reader *reader, struct owner *owner, struct cursor value)
{
	(void)reader;
	owner->os = value;
}

/* if_filter: a byte that says what follows, 0 for a filter string. */
static void
keep_filter(struct reader *reader, struct owner *owner, struct cursor value)
{
	(void)reader;
	if (cur_u8(&value) == 0)
		owner->filter = value;
}

/* Wireshark ignores a resolution or an offset of another size. */
static void
keep_resolution(struct reader *reader, struct owner *owner, struct cursor value)
{
	(void)reader;
	if (cur_left(&value) == 1)
		owner->resolution = cur_u8(&value);
}

static void
keep_offset(struct reader *reader, struct owner *owner, struct cursor value)
{
	if (cur_left(&value) == 8)
		owner->offset_seconds = (int64_t)read_u64(&value, is_big_endian(reader));
}

/* epb_flags: the lowest two bits say which way the packet went (4.3.1). */
static void
keep_flags(struct reader *reader, struct owner *owner, struct cursor value)
{
	static const uint8_t directions[] = {
	    DIRECTION_UNKNOWN, DIRECTION_INBOUND, DIRECTION_OUTBOUND, DIRECTION_UNKNOWN};

	owner->direction = directions[read_u32(&value, is_big_endian(reader)) & 3];
}

static void
keep_packet_drops(struct reader *reader, struct owner *owner, struct cursor value)
{
	owner->if_drops = read_u64(&value, is_big_endian(reader));
	owner->has_drops = true;
}

static void
keep_if_drops(struct reader *reader, struct owner *owner, struct cursor value)
{
	if (cur_left(&value) == 8)
		keep_packet_drops(reader, owner, value);
}

static void
keep_os_drops(struct reader *reader, struct owner *owner, struct cursor value)
{
	if (cur_left(&value) != 8)
		return;
	owner->os_drops = read_u64(&value, is_big_endian(reader));
	owner->has_drops = true;
}

/* Two words, the high one first, whatever the byte order (4.6). */
static uint64_t
read_ticks(struct reader *reader, struct cursor *value)
{
	uint64_t high = read_u32(value, is_big_endian(reader));

	return high << 32 | read_u32(value, is_big_endian(reader));
}

static void
keep_start(struct reader *reader, struct owner *owner, struct cursor value)
{
	if (cur_left(&value) == 8)
		owner->start = read_ticks(reader, &value);
}

static void
keep_end(struct reader *reader, struct owner *owner, struct cursor value)
{
	if (cur_left(&value) == 8)
		owner->end = read_ticks(reader, &value);
}

/* Tables end with an empty row. Codes without a row are passed. */

/* 3.5.1; section header and name resolution blocks have no other option of interest. */
static const struct option_rule common_options[] = {
    {1, 0, UINT16_MAX, keep_comment}, /* opt_comment */
    {0},
};

/* 4.2. */
static const struct option_rule interface_options[] = {
    {1, 0, UINT16_MAX, keep_comment},
    {2, 0, UINT16_MAX, keep_name},        /* if_name */
    {3, 0, UINT16_MAX, keep_description}, /* if_description */
    {9, 0, UINT16_MAX, keep_resolution},  /* if_tsresol */
    {11, 1, UINT16_MAX, keep_filter},     /* if_filter */
    {12, 0, UINT16_MAX, keep_os},         /* if_os */
    {14, 0, UINT16_MAX, keep_offset},     /* if_tsoffset */
    {0},
};

/* 4.3. */
static const struct option_rule packet_options[] = {
    {1, 0, UINT16_MAX, keep_comment},
    {2, 4, 4, keep_flags},        /* epb_flags */
    {4, 8, 8, keep_packet_drops}, /* epb_dropcount: since the packet before */
    {5, 8, 8, NULL},              /* epb_packetid */
    {6, 4, 4, NULL},              /* epb_queue */
    {0},
};

/* A.1: the obsolete packet block's options. */
static const struct option_rule old_packet_options[] = {
    {1, 0, UINT16_MAX, keep_comment},
    {2, 4, 4, keep_flags}, /* pack_flags */
    {0},
};

/* 4.6. Their comments are the capturing program's, not the operator's: dumpcap puts one into every
 * file. */
static const struct option_rule statistics_options[] = {
    {2, 0, UINT16_MAX, keep_start},    /* isb_starttime */
    {3, 0, UINT16_MAX, keep_end},      /* isb_endtime */
    {5, 0, UINT16_MAX, keep_if_drops}, /* isb_ifdrop */
    {7, 0, UINT16_MAX, keep_os_drops}, /* isb_osdrop */
    {0},
};

static bool
keep_option(struct reader *reader, const struct option_rule *rule, struct owner *owner,
    const struct pcapng_option *option)
{
	size_t length = cur_left(&option->value);

	while (rule->code != 0 && rule->code != option->code)
		rule++;
	if (rule->code == 0)
		return true;
	if (length < rule->least || length > rule->most)
		return false;
	if (rule->keep != NULL)
		rule->keep(reader, owner, option->value);
	return true;
}

/* Walks the options at the end of a block. False: they are damaged. */
static bool
read_options(struct reader *reader, struct cursor *list, const struct option_rule *rules,
    struct owner *owner)
{
	struct pcapng_option option;
	enum pcapng_step step;

	while ((step = pcapng_option_next(list, is_big_endian(reader), &option)) == PCAPNG_HERE) {
		if (!keep_option(reader, rules, owner, &option))
			return false;
	}
	return step == PCAPNG_END;
}

static enum taken
bad_options(struct reader *reader)
{
	return reader_damage(reader, "an option of the next block contradicts its length");
}

/* draft-ietf-opsawg-pcapng 4.1. */
static enum taken
take_section(struct reader *reader, struct pcapng_block *block, struct record *ret)
{
	struct pcapng *pcapng = reader->state;
	struct owner owner = {0};
	uint16_t major, minor;

	(void)ret;
	cur_skip(&block->body, 4); /* the byte order, known by now */
	major = read_u16(&block->body, pcapng->is_big_endian);
	minor = read_u16(&block->body, pcapng->is_big_endian);
	cur_skip(&block->body, 8); /* the section's length, which live captures do not know */
	/* 1.2 was written for a while and means the same. */
	if (major != 1 || (minor != 0 && minor != 2))
		return reader_damage(
		    reader, "a pcapng section of the unknown version %u.%u", major, minor);
	if (!read_options(reader, &block->body, common_options, &owner))
		return bad_options(reader);
	pcapng->section_first = pcapng->interface_count;
	pcapng->has_section = true;
	return TAKEN_OTHER;
}

static bool
add_interface(
    struct reader *reader, const struct interface_facts *facts, struct pcapng_interface *interface)
{
	struct pcapng *pcapng = reader->state;

	if (!reader_add_interface(reader, facts, &interface->index))
		return false;
	interface->dropped_before = reader->interfaces[interface->index].dropped;
	pcapng->interfaces = mem_grow(pcapng->interfaces, pcapng->interface_count,
	    &pcapng->interface_capacity, sizeof(*pcapng->interfaces));
	pcapng->interfaces[pcapng->interface_count++] = *interface;
	return true;
}

static const char *
text_of(struct reader *reader, struct cursor value)
{
	const char *text;

	if (!cur_ok(&value))
		return NULL;
	text = reader_text(reader, value.at, cur_left(&value));
	if (text == NULL)
		bound_reached(&reader->facts->bounds, BOUND_NAMES, 1, 0);
	return text;
}

/* draft-ietf-opsawg-pcapng 4.2. */
static enum taken
take_interface(struct reader *reader, struct pcapng_block *block, struct record *ret)
{
	struct interface_facts facts = {0};
	struct owner owner = {.resolution = 6 /* microseconds */,
	    .name = cur_none(),
	    .description = cur_none(),
	    .os = cur_none(),
	    .filter = cur_none()};
	struct pcapng_interface interface = {0};

	(void)ret;
	interface.link_type = read_u16(&block->body, is_big_endian(reader));
	cur_skip(&block->body, 2); /* reserved */
	interface.snap_length = read_u32(&block->body, is_big_endian(reader));
	if (!read_options(reader, &block->body, interface_options, &owner))
		return bad_options(reader);
	interface.clock = pcapng_clock_of(owner.resolution, owner.offset_seconds);
	interface.most_captured = reader_most_captured(interface.link_type);
	facts.link_type = interface.link_type;
	facts.snap_length = interface.snap_length;
	facts.name = text_of(reader, owner.name);
	facts.description = text_of(reader, owner.description);
	facts.os = text_of(reader, owner.os);
	facts.filter = text_of(reader, owner.filter);
	if (!add_interface(reader, &facts, &interface))
		return reader_damage(reader, "more interfaces than any capture has");
	return TAKEN_OTHER;
}

/* The numbers that all packet blocks come down to. */
struct packet_block {
	uint32_t interface; /* within the section */
	uint64_t ticks;
	uint32_t captured, length;
	bool has_time;
	const struct option_rule *options; /* or NULL: the block has none */
};

/* Drops told with packets and those in statistics are the same drops; the larger count stands.
 * Statistics count since the capture began, which in a trace was in another file; where they say
 * less than files before, the count began anew. */
static void
set_dropped(struct reader *reader, const struct pcapng_interface *interface)
{
	uint64_t before = interface->dropped_before;
	uint64_t with_packets = before + interface->dropped_before_packets;
	uint64_t in_statistics = interface->dropped_in_statistics;

	if (in_statistics < before)
		in_statistics += before;
	reader->interfaces[interface->index].has_dropped = true;
	reader->interfaces[interface->index].dropped =
	    with_packets > in_statistics ? with_packets : in_statistics;
}

static void
fill_record(
    struct reader *reader, const struct packet_block *packet, size_t index, struct record *ret)
{
	const struct pcapng *pcapng = reader->state;
	const struct pcapng_interface *interface = &pcapng->interfaces[index];

	ret->captured = packet->captured;
	ret->length = packet->length;
	ret->time = 0;
	ret->has_time =
	    packet->has_time && pcapng_clock_time(&interface->clock, packet->ticks, &ret->time);
	ret->frame = ++reader->frame;
	ret->interface = (uint32_t)interface->index;
	ret->link_type = interface->link_type;
	ret->is_packet = true;
}

static enum taken
take_packet(struct reader *reader, struct pcapng_block *block, const struct packet_block *packet,
    struct owner *owner, struct record *ret)
{
	struct pcapng *pcapng = reader->state;
	size_t index = pcapng->section_first + packet->interface;

	if (packet->interface >= section_interfaces(reader))
		return reader_damage(reader,
		    "the next packet is of interface %" PRIu32 ", but the section has only %zu",
		    packet->interface, section_interfaces(reader));
	if (packet->captured > pcapng->interfaces[index].most_captured)
		return reader_damage(reader,
		    "the next packet claims %" PRIu32 " captured bytes, more than any packet has",
		    packet->captured);
	ret->bytes = cur_bytes(&block->body, packet->captured);
	cur_skip(&block->body, -packet->captured & 3); /* padded to 32 bits */
	if (!cur_ok(&block->body))
		return reader_damage(reader,
		    "the next packet claims %" PRIu32 " captured bytes, more than its block has",
		    packet->captured);
	owner->frame = reader->frame + 1;
	if (packet->options != NULL && cur_left(&block->body) != 0 &&
	    !read_options(reader, &block->body, packet->options, owner))
		return bad_options(reader);
	if (owner->has_drops) {
		pcapng->interfaces[index].dropped_before_packets += owner->if_drops;
		set_dropped(reader, &pcapng->interfaces[index]);
	}
	fill_record(reader, packet, index, ret);
	ret->direction = owner->direction;
	return TAKEN_RECORD;
}

/* What enhanced and old packet blocks share, after the interface. */
static void
read_packet_numbers(struct cursor *body, bool is_big, struct packet_block *ret)
{
	ret->ticks = (uint64_t)read_u32(body, is_big) << 32;
	ret->ticks |= read_u32(body, is_big);
	ret->captured = read_u32(body, is_big);
	ret->length = read_u32(body, is_big);
	ret->has_time = true;
}

/* draft-ietf-opsawg-pcapng 4.3. */
static enum taken
take_enhanced_packet(struct reader *reader, struct pcapng_block *block, struct record *ret)
{
	struct packet_block packet = {.options = packet_options};
	struct owner owner = {0};

	packet.interface = read_u32(&block->body, is_big_endian(reader));
	read_packet_numbers(&block->body, is_big_endian(reader), &packet);
	return take_packet(reader, block, &packet, &owner, ret);
}

/* draft-ietf-opsawg-pcapng A.1. */
static enum taken
take_old_packet(struct reader *reader, struct pcapng_block *block, struct record *ret)
{
	struct packet_block packet = {.options = old_packet_options};
	struct owner owner = {0};

	packet.interface = read_u16(&block->body, is_big_endian(reader));
	owner.if_drops = read_u16(&block->body, is_big_endian(reader));
	owner.has_drops = owner.if_drops != DROPS_UNKNOWN;
	read_packet_numbers(&block->body, is_big_endian(reader), &packet);
	return take_packet(reader, block, &packet, &owner, ret);
}

/* draft-ietf-opsawg-pcapng 4.4: of the section's first interface, as much as its snap length. */
static enum taken
take_simple_packet(struct reader *reader, struct pcapng_block *block, struct record *ret)
{
	const struct pcapng *pcapng = reader->state;
	struct packet_block packet = {0};
	struct owner owner = {0};
	uint32_t snap_length;

	packet.length = packet.captured = read_u32(&block->body, is_big_endian(reader));
	if (section_interfaces(reader) != 0) {
		snap_length = pcapng->interfaces[pcapng->section_first].snap_length;
		if (snap_length != 0 && packet.captured > snap_length)
			packet.captured = snap_length;
	}
	return take_packet(reader, block, &packet, &owner, ret);
}

/* The names, each ended by a NUL, after the address of a name record. */
static bool
add_names(struct reader *reader, const struct addr *addr, struct cursor *names)
{
	const uint8_t *name = names->at;

	while (cur_left(names) != 0) {
		if (cur_u8(names) != 0)
			continue;
		reader_add_name(reader, addr, name, (size_t)(names->at - name) - 1);
		name = names->at;
	}
	return name == names->end;
}

static bool
read_name_record(struct reader *reader, struct pcapng_option *record)
{
	const uint8_t *bytes;
	struct addr addr;

	if (record->code != 1 && record->code != 2) /* nrb_record_ipv4, nrb_record_ipv6 */
		return true;
	bytes = cur_bytes(&record->value, record->code == 1 ? 4 : 16);
	if (bytes == NULL)
		return false;
	addr = record->code == 1 ? addr_ipv4(bytes) : addr_ipv6(bytes);
	return add_names(reader, &addr, &record->value);
}

/* draft-ietf-opsawg-pcapng 4.5. */
static enum taken
take_names(struct reader *reader, struct pcapng_block *block, struct record *ret)
{
	struct owner owner = {0};
	struct pcapng_option record;
	enum pcapng_step step;

	(void)ret;
	while ((step = pcapng_name_next(&block->body, is_big_endian(reader), &record)) ==
	       PCAPNG_HERE) {
		if (!read_name_record(reader, &record))
			return reader_damage(reader, "a name record of the next block is damaged");
	}
	if (step != PCAPNG_END)
		return reader_damage(reader, "a name record of the next block is damaged");
	if (!read_options(reader, &block->body, common_options, &owner))
		return bad_options(reader);
	return TAKEN_OTHER;
}

/* TICKS as a time. dumpcap counts them in microseconds, whatever the interface does: as nanoseconds
 * that is a time before there was such a format. */
static bool
read_span_time(const struct pcapng_interface *interface, uint64_t ticks, int64_t *ret)
{
	if (ticks == 0 || !pcapng_clock_time(&interface->clock, ticks, ret))
		return false;
	if (*ret < BEFORE_PCAPNG && ticks > BEFORE_PCAPNG / 1000 && ticks <= INT64_MAX / 1000)
		*ret = (int64_t)ticks * 1000;
	return true;
}

/* How long it captured, packets or not. */
static void
set_span(struct reader *reader, const struct pcapng_interface *interface, const struct owner *owner)
{
	struct interface_facts *facts = &reader->interfaces[interface->index];

	facts->has_start = read_span_time(interface, owner->start, &facts->start_time);
	facts->has_end = read_span_time(interface, owner->end, &facts->end_time);
}

/* draft-ietf-opsawg-pcapng 4.6. Counters since the capture began. */
static enum taken
take_statistics(struct reader *reader, struct pcapng_block *block, struct record *ret)
{
	struct pcapng *pcapng = reader->state;
	struct owner owner = {0};
	uint32_t interface = read_u32(&block->body, is_big_endian(reader));
	size_t index = pcapng->section_first + interface;

	(void)ret;
	cur_skip(&block->body, 8); /* the time */
	if (!read_options(reader, &block->body, statistics_options, &owner))
		return bad_options(reader);
	/* Like Wireshark, no fuss about counters of an interface that is not there. */
	if (interface >= section_interfaces(reader))
		return TAKEN_OTHER;
	set_span(reader, &pcapng->interfaces[index], &owner);
	if (!owner.has_drops)
		return TAKEN_OTHER;
	pcapng->interfaces[index].dropped_in_statistics = owner.if_drops + owner.os_drops;
	set_dropped(reader, &pcapng->interfaces[index]);
	return TAKEN_OTHER;
}

/* Journal entries, custom blocks, system calls: no packets, yet numbered by Wireshark. */
static enum taken
take_number(struct reader *reader, struct pcapng_block *block, struct record *ret)
{
	*ret = (struct record){
	    .captured = (uint32_t)cur_left(&block->body),
	    .length = (uint32_t)cur_left(&block->body),
	    .bytes = block->body.at,
	    .frame = ++reader->frame,
	};
	return TAKEN_RECORD;
}

static enum taken
take_nothing(struct reader *reader, struct pcapng_block *block, struct record *ret)
{
	(void)reader;
	(void)block;
	(void)ret;
	return TAKEN_OTHER;
}

/* The most frequent first; the last row is for all the others. */
static const struct pcapng_block_rule block_rules[] = {
    {6, 32, true, take_enhanced_packet},
    {PCAPNG_SECTION_HEADER, 28, false, take_section},
    {1, 20, false, take_interface},
    {2, 32, true, take_old_packet},
    {3, 16, true, take_simple_packet},
    {4, 16, false, take_names},
    {5, 24, false, take_statistics},
    {9, 35, true, take_number},          /* systemd journal export */
    {10, 20, false, take_nothing},       /* decryption secrets */
    {0x00000bad, 16, true, take_number}, /* custom */
    {0x40000bad, 16, true, take_number}, /* custom, not to be copied */
    {0x00000204, 36, true, take_number}, /* sysdig event */
    {0x00000216, 36, true, take_number}, /* sysdig event, version 2 */
    {0x00000221, 36, true, take_number}, /* sysdig event, version 2, large */
    {0, PCAPNG_LEAST_BLOCK, false, take_nothing},
};

const struct pcapng_block_rule *
pcapng_rule_of(uint32_t type)
{
	const struct pcapng_block_rule *rule = block_rules;

	while (rule->type != type && rule->type != 0)
		rule++;
	return rule;
}
