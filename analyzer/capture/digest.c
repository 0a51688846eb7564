#include "analyzer/capture/digest.h"

#include <errno.h>
#include <gcrypt.h>
#include <stdio.h>
#include <string.h>

#define CHUNK_BYTES 65536

static void
to_text(const unsigned char digest[32], char ret[DIGEST_TEXT_SIZE])
{
	for (int i = 0; i < 32; i++)
		snprintf(ret + 2 * i, 3, "%02x", digest[i]);
}

static bool
digest_stream(FILE *file, gcry_md_hd_t hash)
{
	unsigned char bytes[CHUNK_BYTES];
	size_t count;

	while ((count = fread(bytes, 1, sizeof(bytes), file)) != 0)
		gcry_md_write(hash, bytes, count);
	return ferror(file) == 0;
}

bool
digest_file(const char *path, char ret[DIGEST_TEXT_SIZE], struct error *error)
{
	FILE *file = fopen(path, "rb");
	gcry_md_hd_t hash;
	bool is_read;

	if (file == NULL)
		return error_set(error, EXIT_INPUT, "%s: %s", path, strerror(errno));
	gcry_check_version(NULL);
	if (gcry_md_open(&hash, GCRY_MD_SHA256, 0) != 0) {
		fclose(file);
		return error_set(error, EXIT_INTERNAL, "%s: SHA-256 is not available", path);
	}
	is_read = digest_stream(file, hash);
	if (is_read)
		to_text(gcry_md_read(hash, GCRY_MD_SHA256), ret);
	gcry_md_close(hash);
	fclose(file);
	return is_read || error_set(error, EXIT_INPUT, "%s: %s", path, strerror(errno));
}
