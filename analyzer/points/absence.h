/* Whether a capture could have shown what it does not show. */
#ifndef SMBTRIAGE_POINTS_ABSENCE_H
#define SMBTRIAGE_POINTS_ABSENCE_H

#include "analyzer/points/twins.h"

/*
 * Whether the capture of point TO would show what passed point FROM, which is nearer to the
 * clients, in FRAME at TIME on a connection to SERVER of CLIENT: it was running then, by clocks
 * that were compared, dropped nothing, and shows other connections of that server, or of both where
 * it was taken between them; and of datagrams it has all there is. NULL when it would; else the
 * reason why not, a clause in ARENA.
 */
const char *absence_doubt(const struct path *path, size_t from, size_t to,
    const struct conversation_facts *conversation, uint64_t frame, int64_t time,
    struct arena *arena);

/* Whether point TO may have a connection of CONVERSATION, which is at point FROM and at TO not
 * found, without anything that tells so: a device between them changes all that it is found by.
 * NULL when none does; else the reason, as above. */
const char *absence_disguise_doubt(const struct path *path, size_t from, size_t to,
    const struct conversation_facts *conversation, struct arena *arena);

/* Whether POINT may have had a datagram of which it shows no more than a fragment: a capture filter
 * that wants ports leaves out all fragments but the first. NULL when it shows others as a whole. */
const char *absence_fragments_doubt(const struct point *point, struct arena *arena);

#endif
