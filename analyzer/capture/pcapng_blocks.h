/* What a pcapng file's blocks mean, apart from how they are framed. */
#ifndef SMBTRIAGE_CAPTURE_PCAPNG_BLOCKS_H
#define SMBTRIAGE_CAPTURE_PCAPNG_BLOCKS_H

#include "analyzer/capture/pcapng_options.h"
#include "analyzer/capture/reader.h"

#define PCAPNG_SECTION_HEADER 0x0a0d0d0a

#define PCAPNG_LEAST_BLOCK 12 /* bytes of header and trailing length */

/* What a packet's block needs to know of its interface. */
struct pcapng_interface {
	size_t index; /* into capture_facts.interfaces */
	struct pcapng_clock clock;
	uint32_t snap_length;
	uint32_t most_captured;
	uint16_t link_type;
	uint64_t dropped_before_packets; /* the sum over packet blocks */
	uint64_t dropped_in_statistics;  /* as the last statistics block has it */
	uint64_t dropped_before;         /* in files before this one of a trace */
};

/* The reader's state. */
struct pcapng {
	bool is_big_endian;                  /* the section now */
	bool has_section;                    /* its header was read */
	size_t section_first;                /* the section's first interface */
	struct pcapng_interface *interfaces; /* of all sections of the file */
	size_t interface_count, interface_capacity;
};

struct pcapng_block {
	uint32_t type;
	uint32_t length;    /* with header, trailer and padding */
	struct cursor body; /* what is between them */
};

/* One type of block. */
struct pcapng_block_rule {
	uint32_t type;
	uint32_t least; /* bytes of the whole block */
	bool is_record; /* it consumes a frame number */
	/* Takes in a whole block: TAKEN_RECORD when RET is one, TAKEN_OTHER, or TAKEN_DAMAGE. */
	enum taken (*take)(struct reader *reader, struct pcapng_block *block, struct record *ret);
};

/* Never NULL: types that we do not know have a rule too, which passes them. */
const struct pcapng_block_rule *pcapng_rule_of(uint32_t type);

#endif
