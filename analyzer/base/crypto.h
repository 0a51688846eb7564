/*
 * Hashes, message authentication codes and ciphers, by libgcrypt: its only user.
 *
 * A library that refuses one of them (as one in FIPS mode may) ends the program with status 4,
 * since a wrong answer here would be a wrong claim about traffic.
 */
#ifndef SMBTRIAGE_BASE_CRYPTO_H
#define SMBTRIAGE_BASE_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/base/span.h"

/* Where a function takes several spans, they count as if they stood together. */

#define CRYPTO_SHA256_SIZE 32
#define CRYPTO_SHA512_SIZE 64
#define CRYPTO_MAC_SIZE    16

/* Has the library read the files that say how it is to be. What follows does so otherwise; who can
 * read no files then, calls it before. */
void crypto_start(void);

/* SHA-256 (FIPS 180-4) of bytes that come one after the other. */
struct crypto_sha256;

/* The caller owns the result, until crypto_sha256_end() frees it. */
struct crypto_sha256 *crypto_sha256_begin(void);
void crypto_sha256_add(struct crypto_sha256 *hash, const void *bytes, size_t length);
void crypto_sha256_end(struct crypto_sha256 *hash, uint8_t ret[CRYPTO_SHA256_SIZE]);

/* FIPS 180-4. RET may be one of the SPANS. */
void crypto_sha512(const struct span *spans, size_t count, uint8_t ret[CRYPTO_SHA512_SIZE]);

/* RFC 2104, the whole 32 bytes; KEY of any length. */
void crypto_hmac_sha256(
    struct span key, const struct span *spans, size_t count, uint8_t ret[CRYPTO_SHA256_SIZE]);

/* RFC 4493: KEY of 16 bytes, or of 24 or 32 as NIST SP 800-38B has it. */
void crypto_aes_cmac(
    struct span key, const struct span *spans, size_t count, uint8_t ret[CRYPTO_MAC_SIZE]);

/* NIST SP 800-38D: KEY of 16, 24 or 32 bytes, NONCE of 12. */
void crypto_aes_gmac(struct span key, struct span nonce, const struct span *spans, size_t count,
    uint8_t ret[CRYPTO_MAC_SIZE]);

/*
 * NIST SP 800-108 5.1: counter mode with HMAC-SHA256 and r = 32. L is what is asked for,
 * RET_LENGTH bytes, at most CRYPTO_SHA256_SIZE. The zero byte between LABEL and CONTEXT belongs to
 * the function; one that a protocol has at the end of its label is part of LABEL.
 */
void crypto_derive(
    struct span key, struct span label, struct span context, uint8_t *ret, size_t ret_length);

enum crypto_aead { CRYPTO_AES_CCM, CRYPTO_AES_GCM };

/*
 * Decrypts DATA, the beginning of a message of WHOLE bytes or all of it, into RET, which has room
 * for DATA.length bytes. Both ciphers are counter modes, so that a beginning can be read without
 * the rest (NIST SP 800-38C 6.2, 800-38D 7.2). The TAG can be checked only when all is there:
 * RET_IS_AUTHENTIC says whether it was and is right. RET is filled either way.
 *
 * False, with both untouched, when there is no AES with a key of that length, or the cipher takes
 * no such nonce or no message of that length: CCM has nonces of 7 to 13 bytes, and messages below
 * 2^(8 * (15 - NONCE.length)); GCM any nonce but an empty one.
 */
bool crypto_aead_decrypt(enum crypto_aead aead, struct span key, struct span nonce,
    struct span associated, struct span data, size_t whole, const uint8_t tag[CRYPTO_MAC_SIZE],
    uint8_t *ret, bool *ret_is_authentic);

/* Overwrites key material, whatever a compiler thinks of it. */
void crypto_wipe(void *bytes, size_t length);

#endif
