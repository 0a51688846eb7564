#include "analyzer/base/crypto.h"

#include <assert.h>
#include <errno.h>
#include <gcrypt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <threads.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/error.h"
#include "analyzer/base/memory.h"

static void
need(gcry_error_t error, const char *what)
{
	if (error == 0)
		return;
	if (gcry_err_code(error) == GPG_ERR_ENOMEM)
		mem_exhausted();
	fprintf(stderr, "smbtriage: %s: %s\n", what, gcry_strerror(error));
	exit(EXIT_INTERNAL);
}

static void *
resize(void *block, size_t size)
{
	return mem_resize(block, size, 1);
}

/* What the library says before it ends the program; to lack the memory for a look at the system is
 * one case. */
__attribute__((format(printf, 3, 0))) static void
tell(void *nothing, int level, const char *format, va_list arguments)
{
	(void)nothing;
	(void)level;
	mem_blame(errno);
	fputs("smbtriage: ", stderr);
	vfprintf(stderr, format, arguments);
}

static void
give_up(void *nothing, int code, const char *text)
{
	(void)nothing;
	need((gcry_error_t)code, text != NULL ? text : "libgcrypt");
	exit(EXIT_INTERNAL);
}

/* Once, before anything else of the library; nDPI may have done it already, which does no harm. The
 * library would end the program in its own words for want of memory. */
static void
start(void)
{
	gcry_set_fatalerror_handler(give_up, NULL);
	gcry_set_log_handler(tell, NULL);
	if (gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P))
		return;
	gcry_set_allocation_handler(mem_take, mem_take, NULL, resize, mem_free);
	gcry_check_version(NULL);
	/* Locked pages are for keys that must not reach a swap file; ours are on a command line. */
	gcry_control(GCRYCTL_DISABLE_SECMEM, 0);
	gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
}

void
crypto_start(void)
{
	static once_flag flag = ONCE_FLAG_INIT;

	call_once(&flag, start);
}

static gcry_md_hd_t
hash_open(int algorithm)
{
	gcry_md_hd_t hash;

	crypto_start();
	need(gcry_md_open(&hash, algorithm, 0), gcry_md_algo_name(algorithm));
	return hash;
}

static void
hash_end(gcry_md_hd_t hash, int algorithm, uint8_t *ret)
{
	memcpy(ret, gcry_md_read(hash, algorithm), gcry_md_get_algo_dlen(algorithm));
	gcry_md_close(hash);
}

struct crypto_sha256 {
	gcry_md_hd_t hash;
};

struct crypto_sha256 *
crypto_sha256_begin(void)
{
	struct crypto_sha256 *sha256 = mem_alloc(1, sizeof(*sha256));

	sha256->hash = hash_open(GCRY_MD_SHA256);
	return sha256;
}

void
crypto_sha256_add(struct crypto_sha256 *hash, const void *bytes, size_t length)
{
	gcry_md_write(hash->hash, bytes, length);
}

void
crypto_sha256_end(struct crypto_sha256 *hash, uint8_t ret[CRYPTO_SHA256_SIZE])
{
	hash_end(hash->hash, GCRY_MD_SHA256, ret);
	mem_free(hash);
}

void
crypto_sha512(const struct span *spans, size_t count, uint8_t ret[CRYPTO_SHA512_SIZE])
{
	gcry_md_hd_t hash = hash_open(GCRY_MD_SHA512);

	for (size_t i = 0; i < count; i++)
		gcry_md_write(hash, spans[i].bytes, spans[i].length);
	hash_end(hash, GCRY_MD_SHA512, ret);
}

/* NONCE: empty for those that have none. */
static void
mac(int algorithm, struct span key, struct span nonce, const struct span *spans, size_t count,
    uint8_t *ret, size_t ret_length)
{
	const char *name = gcry_mac_algo_name(algorithm);
	gcry_mac_hd_t handle;

	crypto_start();
	need(gcry_mac_open(&handle, algorithm, 0, NULL), name);
	need(gcry_mac_setkey(handle, key.bytes, key.length), name);
	if (nonce.length != 0)
		need(gcry_mac_setiv(handle, nonce.bytes, nonce.length), name);
	for (size_t i = 0; i < count; i++) {
		/* CMAC refuses to be given nothing. */
		if (spans[i].length != 0)
			need(gcry_mac_write(handle, spans[i].bytes, spans[i].length), name);
	}
	need(gcry_mac_read(handle, ret, &ret_length), name);
	gcry_mac_close(handle);
}

void
crypto_hmac_sha256(
    struct span key, const struct span *spans, size_t count, uint8_t ret[CRYPTO_SHA256_SIZE])
{
	mac(GCRY_MAC_HMAC_SHA256, key, (struct span){0}, spans, count, ret, CRYPTO_SHA256_SIZE);
}

void
crypto_aes_cmac(
    struct span key, const struct span *spans, size_t count, uint8_t ret[CRYPTO_MAC_SIZE])
{
	mac(GCRY_MAC_CMAC_AES, key, (struct span){0}, spans, count, ret, CRYPTO_MAC_SIZE);
}

void
crypto_aes_gmac(struct span key, struct span nonce, const struct span *spans, size_t count,
    uint8_t ret[CRYPTO_MAC_SIZE])
{
	assert(nonce.length == 12);
	mac(GCRY_MAC_GMAC_AES, key, nonce, spans, count, ret, CRYPTO_MAC_SIZE);
}

void
crypto_derive(
    struct span key, struct span label, struct span context, uint8_t *ret, size_t ret_length)
{
	static const uint8_t counter[4] = {0, 0, 0, 1}, separator = 0;
	uint8_t bits[4] = {0, 0, (uint8_t)(ret_length * 8 >> 8), (uint8_t)(ret_length * 8)};
	uint8_t block[CRYPTO_SHA256_SIZE];
	const struct span fixed[] = {
	    {counter, sizeof(counter)},
	    label,
	    {&separator, 1},
	    context,
	    {bits, sizeof(bits)},
	};

	assert(ret_length <= sizeof(block));
	crypto_hmac_sha256(key, fixed, COUNT(fixed), block);
	memcpy(ret, block, ret_length);
	crypto_wipe(block, sizeof(block));
}

/* 0: no AES has such keys. */
static int
aes_of(size_t key_length)
{
	static const struct {
		size_t key_length;
		int algorithm;
	} kinds[] = {{16, GCRY_CIPHER_AES128}, {24, GCRY_CIPHER_AES192}, {32, GCRY_CIPHER_AES256}};

	for (size_t i = 0; i < COUNT(kinds); i++) {
		if (kinds[i].key_length == key_length)
			return kinds[i].algorithm;
	}
	return 0;
}

/* What CCM's first block says of the message (NIST SP 800-38C A.2.1): a length of as many bytes as
 * the nonce leaves, which libgcrypt would cut. */
static bool
set_ccm_lengths(gcry_cipher_hd_t cipher, struct span nonce, struct span associated, size_t whole)
{
	uint64_t lengths[3] = {whole, associated.length, CRYPTO_MAC_SIZE};
	size_t bits = 8 * (15 - nonce.length);

	return (bits >= 64 || lengths[0] >> bits == 0) &&
	       gcry_cipher_ctl(cipher, GCRYCTL_SET_CCM_LENGTHS, lengths, sizeof(lengths)) == 0;
}

static bool
is_begun(gcry_cipher_hd_t cipher, enum crypto_aead aead, struct span key, struct span nonce,
    struct span associated, size_t whole)
{
	return gcry_cipher_setkey(cipher, key.bytes, key.length) == 0 &&
	       gcry_cipher_setiv(cipher, nonce.bytes, nonce.length) == 0 &&
	       (aead != CRYPTO_AES_CCM || set_ccm_lengths(cipher, nonce, associated, whole)) &&
	       gcry_cipher_authenticate(cipher, associated.bytes, associated.length) == 0;
}

bool
crypto_aead_decrypt(enum crypto_aead aead, struct span key, struct span nonce,
    struct span associated, struct span data, size_t whole, const uint8_t tag[CRYPTO_MAC_SIZE],
    uint8_t *ret, bool *ret_is_authentic)
{
	int mode = aead == CRYPTO_AES_CCM ? GCRY_CIPHER_MODE_CCM : GCRY_CIPHER_MODE_GCM;
	int algorithm = aes_of(key.length);
	gcry_cipher_hd_t cipher;
	bool is_possible;

	assert(data.length <= whole);
	crypto_start();
	if (algorithm == 0)
		return false;
	need(gcry_cipher_open(&cipher, algorithm, mode, 0), gcry_cipher_algo_name(algorithm));
	is_possible = is_begun(cipher, aead, key, nonce, associated, whole) &&
		      gcry_cipher_decrypt(cipher, ret, data.length, data.bytes, data.length) == 0;
	if (is_possible)
		*ret_is_authentic =
		    data.length == whole && gcry_cipher_checktag(cipher, tag, CRYPTO_MAC_SIZE) == 0;
	gcry_cipher_close(cipher);
	return is_possible;
}

void
crypto_wipe(void *bytes, size_t length)
{
	explicit_bzero(bytes, length);
}
