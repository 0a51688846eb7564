/*
 * The long-term keys of services, as an operator exports them from a server, and what Kerberos
 * encrypts with a key. Decryption is libkrb5's, and this is its only user; the program can be built
 * without it.
 *
 * A keytab is read once and no file is opened afterwards, neither this one nor a configuration of
 * Kerberos: by the time captures are read the program may not open any more. It does not change
 * once it is open, so that threads may share it.
 */
#ifndef SMBTRIAGE_KEYTAB_H
#define SMBTRIAGE_KEYTAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/base/error.h"
#include "analyzer/base/span.h"
#include "analyzer/exchange.h"

/* A larger file is refused. An entry has about 80 bytes, so that this is room for 50 000. */
#define KEYTAB_MOST_BYTES (4 << 20)

/* Keys that are proposed for one ticket. A server has one account with its name in some forms, or
 * some accounts in a cluster; opening a ticket of 2 KB in vain takes some 30 microseconds. */
#define KEYTAB_MOST_PROPOSED 32

/* The longest key of any encryption type that is in use (RFC 3962, RFC 8009). */
#define KERBEROS_MOST_KEY 32

/* EncryptionKey (RFC 4120 5.2.9). A zeroed one is none. */
struct kerberos_key {
	int32_t etype;
	uint8_t length; /* 0: no key */
	uint8_t bytes[KERBEROS_MOST_KEY];
};

/* Whether this program was built with libkrb5; without it keytab_open() fails. */
extern const bool keytab_is_supported;

struct keytab;

/*
 * The keytab in the file at PATH, which the caller owns until keytab_free(). NULL, with ERROR, when
 * it cannot be read, is no keytab, is damaged or has no keys. Format: MIT krb5, "Keytab file
 * format", version 2.
 */
struct keytab *keytab_open(const char *path, struct error *error);

/* Wipes the keys. KEYTAB may be NULL. */
void keytab_free(struct keytab *keytab);

/* What is known of the key that a ticket is encrypted with (RFC 4120 5.3). */
struct keytab_wanted {
	int32_t etype;
	struct number kvno;
	const char *service, *realm; /* "cifs/fs1.lab.example", "LAB.EXAMPLE"; NULL: not known */
};

/* How near a keytab comes to that, in rising order. Its encryption type a key must have. */
enum keytab_match {
	KEYTAB_NONE,       /* no key of that type */
	KEYTAB_OF_OTHERS,  /* none of that service */
	KEYTAB_OTHER_KVNO, /* none of that service with that version */
	KEYTAB_SAME,
};

/* Keys to try, likeliest first and each once; they belong to the keytab. */
struct keytab_proposal {
	const struct kerberos_key *keys[KEYTAB_MOST_PROPOSED];
	size_t count;
	bool has_more; /* there are others, which are too many */
	enum keytab_match match;
};

/*
 * First the keys of that service and version. Then those of the service in other versions, as a
 * version may have been counted anew when the keytab was made, and those of other services, as one
 * account may have many names: first those with that version.
 */
struct keytab_proposal
keytab_propose(const struct keytab *keytab, const struct keytab_wanted *wanted);

/*
 * Decrypts CIPHER, the cipher of an EncryptedData, under KEY for key usage USAGE (RFC 4120 7.5.1)
 * into RET, which has room for CIPHER.length bytes. RET_LENGTH is how many they are; encryption
 * types older than AES may have padding behind them. False when KEY is not the one, the cipher was
 * altered, or libkrb5 does not have the encryption type.
 */
bool keytab_decrypt(const struct kerberos_key *key, int32_t usage, struct span cipher, uint8_t *ret,
    size_t *ret_length);

#endif
