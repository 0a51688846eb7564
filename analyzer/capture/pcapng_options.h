/* The small parts of pcapng blocks: options, time stamps, name records. Bytes in, values out. */
#ifndef SMBTRIAGE_CAPTURE_PCAPNG_OPTIONS_H
#define SMBTRIAGE_CAPTURE_PCAPNG_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/base/cursor.h"

/* How a walk over a list of options or name records goes on. */
enum pcapng_step {
	PCAPNG_HERE,   /* RET is filled */
	PCAPNG_END,    /* the end mark, or the end of the block */
	PCAPNG_BROKEN, /* the list contradicts itself */
};

/* draft-ietf-opsawg-pcapng 3.5: one option, or 4.5: one name record. */
struct pcapng_option {
	uint16_t code;
	struct cursor value; /* without the padding */
};

/* The next option of LIST, which passes it. */
enum pcapng_step
pcapng_option_next(struct cursor *list, bool is_big_endian, struct pcapng_option *ret);

/* The next record of a name resolution block. */
enum pcapng_step
pcapng_name_next(struct cursor *list, bool is_big_endian, struct pcapng_option *ret);

/* How the ticks of an interface become nanoseconds: ticks * multiply >> shift / divide + offset. */
struct pcapng_clock {
	uint64_t multiply;
	uint64_t divide; /* 0: a tick is so short that 64 bits of them are no nanosecond */
	uint8_t shift;
	int64_t offset_seconds;
};

/* The clock that if_tsresol and if_tsoffset describe (4.2); without the option 6 and 0. */
struct pcapng_clock pcapng_clock_of(uint8_t resolution, int64_t offset_seconds);

/* Nanoseconds since the epoch; false, and RET untouched, beyond TIME_MOST. */
bool pcapng_clock_time(const struct pcapng_clock *clock, uint64_t ticks, int64_t *ret);

#endif
