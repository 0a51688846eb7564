/*
 * A file's contents as a stream of bytes, decompressed while it is read. What compression there is
 * shows in the first bytes, never in the name.
 */
#ifndef SMBTRIAGE_CAPTURE_INFLATE_H
#define SMBTRIAGE_CAPTURE_INFLATE_H

#include <stddef.h>
#include <stdint.h>

struct stream;

/*
 * A stream over the file descriptor FD, which it owns from now on; it need not be seekable. gzip
 * (RFC 1952), zstd (RFC 8878) and lz4 frames are recognised, any number of them in a row. What
 * needs more than its share of MAX_MEMORY bytes (share.h; 0: any number) is not decompressed.
 */
struct stream *stream_open(int fd, size_t max_memory);

/*
 * Puts up to SIZE bytes into RET and returns how many, at least one; 0 at the end, or where nothing
 * more can be read, which stream_damage() then says.
 */
size_t stream_read(struct stream *stream, uint8_t *ret, size_t size);

/* Bytes of the file that are used up, as they lie there. */
uint64_t stream_position(const struct stream *stream);

/* "gzip", "zstd", "lz4", or NULL when the bytes come as they are in the file. */
const char *stream_compression(const struct stream *stream);

/* Where and how reading failed, or NULL. Borrowed from the stream. */
const char *stream_damage(const struct stream *stream);

/* Also closes the file descriptor. */
void stream_close(struct stream *stream);

#endif
