/* Keytabs and ciphers for tests, by libkrb5 itself; only where it is. */
#ifndef SMBTRIAGE_KEYTAB_BENCH_H
#define SMBTRIAGE_KEYTAB_BENCH_H

#if defined(SMBTRIAGE_KRB5)

#include <check.h>
#include <krb5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/keytab.h"

/* One entry to write. The key is made from ETYPE and SEED: bench_key(). */
struct bench_entry {
	const char *principal;
	krb5_kvno kvno;
	int32_t etype;
	uint8_t seed;
};

/* A key of ETYPE; another SEED makes another one. */
static inline struct kerberos_key
bench_key(int32_t etype, uint8_t seed)
{
	struct kerberos_key key = {.etype = etype};
	size_t bytes, length;

	ck_assert_int_eq(krb5_c_keylengths(NULL, etype, &bytes, &length), 0);
	ck_assert_uint_le(length, sizeof(key.bytes));
	key.length = (uint8_t)length;
	for (size_t i = 0; i < length; i++)
		key.bytes[i] = (uint8_t)(seed * 37 + i * 11 + (size_t)etype);
	return key;
}

static inline krb5_keyblock
bench_block(struct kerberos_key *key)
{
	return (krb5_keyblock){
	    .enctype = key->etype, .length = key->length, .contents = key->bytes};
}

/* Adds the entries to the keytab at PATH, as kadmin does. */
static inline void
bench_write_keytab(const char *path, const struct bench_entry *entries, size_t count)
{
	krb5_context context;
	krb5_keytab keytab;
	char name[100];

	setenv("KRB5_CONFIG", "/dev/null", 1); /* whatever this machine has */
	snprintf(name, sizeof(name), "WRFILE:%s", path);
	ck_assert_int_eq(krb5_init_context(&context), 0);
	ck_assert_int_eq(krb5_kt_resolve(context, name, &keytab), 0);
	for (size_t i = 0; i < count; i++) {
		struct kerberos_key key = bench_key(entries[i].etype, entries[i].seed);
		krb5_keytab_entry entry = {.vno = entries[i].kvno, .key = bench_block(&key)};

		ck_assert_int_eq(
		    krb5_parse_name(context, entries[i].principal, &entry.principal), 0);
		ck_assert_int_eq(krb5_kt_add_entry(context, keytab, &entry), 0);
		krb5_free_principal(context, entry.principal);
	}
	krb5_kt_close(context, keytab);
	krb5_free_context(context);
}

/* The keytab with these entries. */
static inline struct keytab *
bench_keytab(const struct bench_entry *entries, size_t count)
{
	char path[] = "/tmp/keytab_bench.XXXXXX";
	struct error error = {0};
	struct keytab *keytab;

	ck_assert_ptr_nonnull(mkdtemp(path));
	ck_assert_int_eq(rmdir(path), 0);
	bench_write_keytab(path, entries, count);
	keytab = keytab_open(path, &error);
	ck_assert_msg(keytab != NULL, "%s", error.text);
	ck_assert_int_eq(unlink(path), 0);
	return keytab;
}

/* Encrypts LENGTH bytes into RET, which has room for SIZE; returns how many they are. */
static inline size_t
bench_encrypt(const struct kerberos_key *key, int32_t usage, const void *plain, size_t length,
    uint8_t *ret, size_t size)
{
	struct kerberos_key copy = *key;
	krb5_keyblock block = bench_block(&copy);
	krb5_data input = {.length = (unsigned)length, .data = (char *)(uintptr_t)plain};
	krb5_enc_data output = {.ciphertext = {.data = (char *)ret}};
	size_t needed;

	ck_assert_int_eq(krb5_c_encrypt_length(NULL, key->etype, length, &needed), 0);
	ck_assert_uint_le(needed, size);
	output.ciphertext.length = (unsigned)needed;
	ck_assert_int_eq(krb5_c_encrypt(NULL, &block, usage, NULL, &input, &output), 0);
	return needed;
}

#endif
#endif
