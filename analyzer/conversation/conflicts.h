/*
 * Bytes of one direction that were sent twice with different contents: where, in which frames, and
 * the copy that was not read, as long as somebody may still want to read it.
 */
#ifndef SMBTRIAGE_CONVERSATION_CONFLICTS_H
#define SMBTRIAGE_CONVERSATION_CONFLICTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Conflicts of one direction that are told one by one, and copies that are kept: who rewrites a
 * stream shows in the first few. */
#define CONFLICTS_KEPT 4

/* Bytes of one copy that are kept, about what a stream remembers (STREAM_HISTORY). */
#define CONFLICTS_MOST_BYTES 4096

/* Two copies that differ. */
struct conflict {
	uint64_t start, end;   /* stream offsets, from the first byte that differs to the last */
	uint64_t differing;    /* bytes between them that do */
	uint64_t first_frame;  /* of the copy that came first; 0: not known any more */
	uint64_t second_frame; /* of the other */
	bool is_second_read;   /* else the first is */
	bool is_by_policy;     /* both waited; else the first had been passed on already */
};

/* The bytes from START on as they stand in the copy that is not read. */
struct other_copy {
	uint64_t start;
	size_t length;
	uint8_t *bytes;
};

/* Those of one stream. Zeroed there are none. */
struct conflicts {
	struct conflict items[CONFLICTS_KEPT]; /* the first ones */
	size_t count;
	struct other_copy others[CONFLICTS_KEPT]; /* the latest, a ring */
	uint64_t other_count;                     /* ever; one may have no bytes */
};

/* Adds CONFLICT, of which OTHER is the copy that is not read, from conflict->start on; copied. */
void
conflicts_add(struct conflicts *conflicts, const struct conflict *conflict, const uint8_t *other);

/* Whether one of the copies kept that were added as number SINCE or later (from 0) has bytes of
 * [START, END). */
bool
conflicts_touch(const struct conflicts *conflicts, uint64_t since, uint64_t start, uint64_t end);

/* Puts the other copies of [START, START + LENGTH) into BYTES, which are those read. */
void
conflicts_apply(const struct conflicts *conflicts, uint64_t start, uint8_t *bytes, size_t length);

/* Frees what CONFLICTS holds, not itself. */
void conflicts_free(struct conflicts *conflicts);

#endif
