/*
 * Hashes for tables, under a key that nobody outside knows: whoever writes a capture could else
 * choose addresses, numbers and names that all fall into one place, and a table would be a list.
 *
 * SipHash-1-3 (Aumasson and Bernstein, "SipHash: a fast short-input PRF", INDOCRYPT 2012), whose
 * authors offer it for hash tables; the fewest rounds of those that were studied.
 *
 * A hash must never decide what is shown, not even by an order or by what is forgotten, since it
 * differs from run to run; hash_mix() is for that.
 */
#ifndef SMBTRIAGE_BASE_HASH_H
#define SMBTRIAGE_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

/* Draws the process's key. Before it every hash is under one fixed key, so that tests repeat. It
 * asks the system for random numbers, so it comes before anything that forbids that. */
void hash_draw_key(void);

/* A hash in the making, of whole words. */
struct hash {
	uint64_t v[4];
};

extern uint64_t hash_secret[2];

static inline uint64_t
hash_rotate(uint64_t value, unsigned bits)
{
	return value << bits | value >> (64 - bits);
}

/* SipRound (section 2.2 of the paper). */
static inline void
hash_round(struct hash *hash)
{
	uint64_t *v = hash->v;

	v[0] += v[1];
	v[2] += v[3];
	v[1] = hash_rotate(v[1], 13) ^ v[0];
	v[3] = hash_rotate(v[3], 16) ^ v[2];
	v[0] = hash_rotate(v[0], 32);
	v[2] += v[1];
	v[0] += v[3];
	v[1] = hash_rotate(v[1], 17) ^ v[2];
	v[3] = hash_rotate(v[3], 21) ^ v[0];
	v[2] = hash_rotate(v[2], 32);
}

/* Initialisation (2.1). */
static inline struct hash
hash_start(void)
{
	return (struct hash){
	    {hash_secret[0] ^ 0x736f6d6570736575u, hash_secret[1] ^ 0x646f72616e646f6du,
		hash_secret[0] ^ 0x6c7967656e657261u, hash_secret[1] ^ 0x7465646279746573u}};
}

/* Compression (2.2). */
static inline void
hash_word(struct hash *hash, uint64_t word)
{
	hash->v[3] ^= word;
	hash_round(hash);
	hash->v[0] ^= word;
}

/* The last word, and finalisation (2.3). Where lengths differ that word holds the bytes that are
 * left and, in its highest byte, how many there were in all. */
static inline uint64_t
hash_finish(struct hash *hash, uint64_t last)
{
	hash_word(hash, last);
	hash->v[2] ^= 0xff;
	hash_round(hash);
	hash_round(hash);
	hash_round(hash);
	return hash->v[0] ^ hash->v[1] ^ hash->v[2] ^ hash->v[3];
}

/* Of what always has the same number of words, which needs no count in the last of them. */
static inline uint64_t
hash_u64(uint64_t value)
{
	struct hash hash = hash_start();

	return hash_finish(&hash, value);
}

uint64_t hash_bytes(const void *bytes, size_t length);

/* Mixes all bits of VALUE into all bits of the result, the same way always. */
static inline uint64_t
hash_mix(uint64_t value)
{
	value ^= value >> 32;
	value *= 0xd6e8feb86659fd93u;
	value ^= value >> 32;
	value *= 0xd6e8feb86659fd93u;
	return value ^ value >> 32;
}

#endif
