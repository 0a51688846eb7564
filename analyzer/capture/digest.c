#include "analyzer/capture/digest.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "analyzer/base/crypto.h"

#define CHUNK_BYTES 65536

static void
to_text(const uint8_t digest[CRYPTO_SHA256_SIZE], char ret[DIGEST_TEXT_SIZE])
{
	for (int i = 0; i < CRYPTO_SHA256_SIZE; i++)
		snprintf(ret + 2 * i, 3, "%02x", digest[i]);
}

/* Zero, or the errno of what went wrong. */
static int
digest_stream(FILE *file, const struct digest_watch *watch, uint8_t ret[CRYPTO_SHA256_SIZE])
{
	struct crypto_sha256 *hash = crypto_sha256_begin();
	unsigned char bytes[CHUNK_BYTES];
	uint64_t position = 0;
	size_t count;
	int problem;

	while ((count = fread(bytes, 1, sizeof(bytes), file)) != 0) {
		crypto_sha256_add(hash, bytes, count);
		position += count;
		if (watch != NULL)
			watch->at(watch->state, position);
	}
	problem = ferror(file) ? errno : 0;
	crypto_sha256_end(hash, ret);
	return problem;
}

bool
digest_file(const char *path, const struct digest_watch *watch, char ret[DIGEST_TEXT_SIZE],
    struct error *error)
{
	FILE *file = fopen(path, "rb");
	uint8_t digest[CRYPTO_SHA256_SIZE];
	int problem;

	if (file == NULL)
		return error_set(error, EXIT_INPUT, "%s: %s", path, strerror(errno));
	problem = digest_stream(file, watch, digest);
	fclose(file);
	if (problem != 0)
		return error_set(error, EXIT_INPUT, "%s: %s", path, strerror(problem));
	to_text(digest, ret);
	return true;
}
