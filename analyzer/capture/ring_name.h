/*
 * The names that tools give the files of one capture when they begin a new one now and then:
 * dumpcap and tshark -b, editcap -c, tcpdump -C, -W and -G.
 */
#ifndef SMBTRIAGE_CAPTURE_RING_NAME_H
#define SMBTRIAGE_CAPTURE_RING_NAME_H

#include "analyzer/base/arena.h"

enum succession {
	SUCCESSION_NONE = 0,
	SUCCESSION_POSSIBLE, /* as far as names tell; people name files of their own like that */
	SUCCESSION_CERTAIN,  /* a number and the time of day, which only such tools write */
};

/* Whether AFTER may be the file that was begun when BEFORE was full. Both are paths. */
enum succession ring_name_succession(const char *before, const char *after);

/* Equal for all files of which one may succeed another, in ARENA; NULL for a name that has no
 * place in any succession. */
const char *ring_name_key(const char *path, struct arena *arena);

#endif
