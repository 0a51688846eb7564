/* The SHA-256 of a file, for people who must prove which file a report speaks of. */
#ifndef SMBTRIAGE_CAPTURE_DIGEST_H
#define SMBTRIAGE_CAPTURE_DIGEST_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/base/error.h"

#define DIGEST_TEXT_SIZE 65 /* 32 bytes in hexadecimal, and the NUL */

/* Who is told now and then how many bytes are hashed. */
struct digest_watch {
	void (*at)(void *state, uint64_t position);
	void *state;
};

/* Lower-case hexadecimal of the SHA-256 (FIPS 180-4) of the file at PATH as it lies on disk. WATCH
 * may be NULL. */
bool digest_file(const char *path, const struct digest_watch *watch, char ret[DIGEST_TEXT_SIZE],
    struct error *error);

#endif
