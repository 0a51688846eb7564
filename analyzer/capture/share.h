/*
 * Shares of --max-memory: the most that one thing in a file, whose size the file says, may take
 * while it is read. A file that asks for more is read as far as that.
 */
#ifndef SMBTRIAGE_CAPTURE_SHARE_H
#define SMBTRIAGE_CAPTURE_SHARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum share {
	SHARE_RECORD, /* a packet's record, or a pcapng block: 32 MiB of the usual 512, 4 of the
		       * least. A window may grow to twice that. */
	SHARE_WINDOW, /* zstd's: 64 MiB of the usual, 8 of the least, as RFC 8878 3.1.1.1.2 asks */
};

/* Whether SHARE of MAX_MEMORY, 0 being any number, has room for BYTES. */
bool share_holds(size_t max_memory, enum share share, uint64_t bytes);

/* Room for what share_wanted() gives. */
#define SHARE_TEXT_SIZE 40

/* The option with which it would have: "--max-memory 1G", in RET, which is returned. */
const char *share_wanted(char ret[SHARE_TEXT_SIZE], enum share share, uint64_t bytes);

#endif
