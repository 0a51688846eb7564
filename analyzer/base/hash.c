#include "analyzer/base/hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* That of the paper's test vectors: 00 01 02 ... 0f. */
uint64_t hash_secret[2] = {0x0706050403020100u, 0x0f0e0d0c0b0a0908u};

void
hash_draw_key(void)
{
	uint64_t drawn[2];

	if (getrandom(drawn, sizeof(drawn), 0) != sizeof(drawn)) {
		perror("smbtriage: the system gives no random numbers");
		exit(4);
	}
	memcpy(hash_secret, drawn, sizeof(drawn));
}

uint64_t
hash_bytes(const void *bytes, size_t length)
{
	struct hash hash = hash_start();
	uint64_t word, last = (uint64_t)length << 56;
	const uint8_t *at = bytes;
	size_t left = length;

	for (; left >= 8; at += 8, left -= 8) {
		memcpy(&word, at, 8);
		hash_word(&hash, word);
	}
	for (size_t i = 0; i < left; i++)
		last |= (uint64_t)at[i] << 8 * i;
	return hash_finish(&hash, last);
}
