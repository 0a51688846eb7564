#include "analyzer/capture/digest.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/base/crypto.h"
#include "analyzer/base/infile.h"

#define CHUNK_BYTES 65536

static void
to_text(const uint8_t digest[CRYPTO_SHA256_SIZE], char ret[DIGEST_TEXT_SIZE])
{
	for (int i = 0; i < CRYPTO_SHA256_SIZE; i++)
		snprintf(ret + 2 * i, 3, "%02x", digest[i]);
}

/* Zero, or the errno of what went wrong. */
static int
digest_rest(int fd, const struct digest_watch *watch, uint8_t ret[CRYPTO_SHA256_SIZE])
{
	struct crypto_sha256 *hash = crypto_sha256_begin();
	unsigned char bytes[CHUNK_BYTES];
	uint64_t position = 0;
	ssize_t count;
	int problem;

	while ((count = read(fd, bytes, sizeof(bytes))) > 0 || (count < 0 && errno == EINTR)) {
		if (count < 0)
			continue;
		crypto_sha256_add(hash, bytes, (size_t)count);
		position += (uint64_t)count;
		if (watch != NULL)
			watch->at(watch->state, position);
	}
	problem = count < 0 ? errno : 0;
	crypto_sha256_end(hash, ret);
	return problem;
}

bool
digest_file(const char *path, const struct digest_watch *watch, char ret[DIGEST_TEXT_SIZE],
    struct error *error)
{
	int fd = infile_open(path);
	uint8_t digest[CRYPTO_SHA256_SIZE];
	int problem;

	if (fd < 0)
		return error_set(error, EXIT_INPUT, "%s: %s", path, strerror(errno));
	problem = digest_rest(fd, watch, digest);
	close(fd);
	if (problem != 0)
		return error_set(error, EXIT_INPUT, "%s: %s", path, strerror(problem));
	to_text(digest, ret);
	return true;
}
