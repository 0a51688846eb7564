#include "analyzer/capture/pcap_reader.h"

#include <inttypes.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "analyzer/capture/share.h"

#define FILE_HEADER_BYTES   24
#define RECORD_HEADER_BYTES 16

#define NS_PER_S 1000000000

/* The kinds of file that differ only here. */
struct pcap_variant {
	uint32_t magic;
	int32_t tick;          /* nanoseconds in a unit of a record's fraction of a second */
	uint32_t extra_header; /* bytes after the file header */
};

static const struct pcap_variant variants[] = {
    {0xa1b2c3d4, 1000, 0}, {0xa1b23c4d, 1, 0},
    {0x1c0001ab, 1000, 4}, /* IXIA software capture: the size of all records follows */
    {0x1c0001ac, 1000, 4}, /* IXIA hardware capture */
};

/* Whether the two lengths of a record stand in the wrong order. */
enum lengths { LENGTHS_IN_ORDER, LENGTHS_SWAPPED, LENGTHS_PERHAPS_SWAPPED };

struct pcap {
	bool is_big_endian;
	enum lengths lengths;
	int32_t tick;
	uint32_t most_captured;
	uint16_t link_type;
	uint32_t interface;
};

static const struct pcap_variant *
variant_of(const uint8_t *bytes, size_t length, bool *ret_is_big_endian)
{
	struct cursor little = cur_of(bytes, length), big = little;
	uint32_t le = cur_le32(&little), be = cur_be32(&big);

	for (size_t i = 0; cur_ok(&little) && i < COUNT(variants); i++) {
		if (variants[i].magic != le && variants[i].magic != be)
			continue;
		*ret_is_big_endian = variants[i].magic == be;
		return &variants[i];
	}
	return NULL;
}

static bool
is_pcap(const uint8_t *bytes, size_t length)
{
	bool is_big_endian;

	return variant_of(bytes, length, &is_big_endian) != NULL;
}

/*
 * Tools before version 2.3 wrote the two lengths in the other order, and those that wrote 2.3 did
 * not agree; libpcap and Wireshark look at the version in the same way.
 */
static enum lengths
lengths_of(uint16_t major, uint16_t minor)
{
	if (major != 2 || minor > 3)
		return LENGTHS_IN_ORDER;
	return minor == 3 ? LENGTHS_PERHAPS_SWAPPED : LENGTHS_SWAPPED;
}

/*
 * The LINKTYPE_ value in the file header's last field. 12 and 14 are what some BSDs wrote for raw
 * IP, LINKTYPE_RAW; Wireshark reads them so.
 */
static uint16_t
link_type_of(uint32_t field)
{
	uint16_t link_type = (uint16_t)field;

	return link_type == 12 || link_type == 14 ? 101 : link_type;
}

static bool
add_interface(struct reader *reader, uint32_t snap_length)
{
	struct pcap *pcap = reader->state;
	struct interface_facts interface = {
	    .link_type = pcap->link_type,
	    .snap_length = snap_length,
	};
	size_t index;
	bool is_added = reader_add_interface(reader, &interface, &index);

	pcap->interface = (uint32_t)index;
	return is_added;
}

static bool
pcap_open(struct reader *reader, struct error *error)
{
	struct pcap *pcap = mem_alloc(1, sizeof(*pcap));
	const struct pcap_variant *variant;
	const char *file = reader->facts->file;
	struct cursor cursor;
	uint32_t snap_length, network;
	uint16_t major, minor;

	reader->state = pcap;
	reader->facts->format = "pcap";
	variant = variant_of(
	    window_bytes(&reader->window), window_left(&reader->window), &pcap->is_big_endian);
	if (!window_fill(&reader->window, FILE_HEADER_BYTES + variant->extra_header))
		return error_set(error, EXIT_INPUT, "%s: is cut inside the pcap file header", file);
	cursor = cur_of(window_bytes(&reader->window), FILE_HEADER_BYTES);
	cur_skip(&cursor, 4); /* the magic number */
	major = read_u16(&cursor, pcap->is_big_endian);
	minor = read_u16(&cursor, pcap->is_big_endian);
	cur_skip(&cursor, 8); /* never used */
	snap_length = read_u32(&cursor, pcap->is_big_endian);
	network = read_u32(&cursor, pcap->is_big_endian);
	if (major < 2)
		return error_set(error, EXIT_INPUT,
		    "%s: is a pcap file of version %u.%u, which nothing reads", file, major, minor);
	/* The upper six bits tell of a frame check sequence; the ten between must be zero. */
	if ((network & 0x03ff0000) != 0)
		return error_set(error, EXIT_INPUT,
		    "%s: is a pcap file with an impossible link type, 0x%08" PRIx32, file, network);
	pcap->tick = variant->tick;
	pcap->lengths = lengths_of(major, minor);
	pcap->link_type = link_type_of(network);
	pcap->most_captured = reader_most_captured(pcap->link_type);
	window_skip(&reader->window, FILE_HEADER_BYTES + variant->extra_header);
	return add_interface(reader, snap_length);
}

static void
pcap_close(struct reader *reader)
{
	mem_free(reader->state);
}

static bool
is_swapped(enum lengths lengths, uint32_t captured, uint32_t length)
{
	return lengths == LENGTHS_SWAPPED ||
	       (lengths == LENGTHS_PERHAPS_SWAPPED && captured > length);
}

static enum taken
pcap_take(struct reader *reader, struct record *ret, size_t *ret_need)
{
	const struct pcap *pcap = reader->state;
	struct cursor cursor = cur_of(window_bytes(&reader->window), window_left(&reader->window));
	uint32_t seconds = read_u32(&cursor, pcap->is_big_endian);
	/* Below zero for a few tools, which libpcap and Wireshark follow. */
	int32_t fraction = (int32_t)read_u32(&cursor, pcap->is_big_endian);
	uint32_t captured = read_u32(&cursor, pcap->is_big_endian);
	uint32_t length = read_u32(&cursor, pcap->is_big_endian);

	if (!cur_ok(&cursor)) {
		*ret_need = RECORD_HEADER_BYTES;
		return TAKEN_NOTHING;
	}
	if (is_swapped(pcap->lengths, captured, length)) {
		uint32_t swap = captured;

		captured = length;
		length = swap;
	}
	if (captured > pcap->most_captured)
		return reader_damage(reader,
		    "the next record claims %" PRIu32 " captured bytes, more than any packet has",
		    captured);
	if (!share_holds(
		reader->max_memory, SHARE_RECORD, RECORD_HEADER_BYTES + (uint64_t)captured))
		return reader_too_large(
		    reader, "the next record", RECORD_HEADER_BYTES + (uint64_t)captured);
	ret->bytes = cur_bytes(&cursor, captured);
	if (ret->bytes == NULL) {
		*ret_need = RECORD_HEADER_BYTES + (size_t)captured;
		return TAKEN_NOTHING;
	}
	ret->captured = captured;
	ret->length = length;
	ret->time = (int64_t)seconds * NS_PER_S + (int64_t)fraction * pcap->tick;
	ret->frame = ++reader->frame;
	ret->interface = pcap->interface;
	ret->link_type = pcap->link_type;
	ret->direction = DIRECTION_UNKNOWN;
	ret->has_time = true;
	ret->is_packet = true;
	window_skip(&reader->window, RECORD_HEADER_BYTES + (size_t)captured);
	return TAKEN_RECORD;
}

const struct reader_kind pcap_reader = {
    .is_mine = is_pcap,
    .open = pcap_open,
    .take = pcap_take,
    .close = pcap_close,
};
