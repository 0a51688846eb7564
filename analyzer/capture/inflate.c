#include "analyzer/capture/inflate.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <lz4frame.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/cursor.h"
#include "analyzer/base/interrupted.h"
#include "analyzer/base/memory.h"
#include "analyzer/capture/share.h"

/* Larger reads gained nothing in measurements, smaller ones cost. Fuzzing takes small ones, so that
 * a small file is read in several. */
#ifndef INFLATE_INPUT_BYTES
#define INFLATE_INPUT_BYTES ((size_t)256 * 1024)
#endif

#define MAGIC_BYTES 4  /* the longest magic number below */
#define HEAD_BYTES  18 /* the longest head of a frame: RFC 8878 3.1.1.1 */

/* What came of one call into a decompressor. */
enum unpacked {
	UNPACKED_SOME,   /* perhaps nothing yet: more input or more room is needed */
	UNPACKED_MEMBER, /* a gzip member or a zstd or lz4 frame has ended */
	UNPACKED_BROKEN, /* the data contradicts its format */
};

struct codec {
	const char *name;
	bool (*is_mine)(uint32_t magic);
	void (*begin)(struct stream *stream);
	/* Looks at the head of a frame in the input. False, with set_damage(), when it asks for
	 * more than there is; or NULL. */
	bool (*begin_frame)(struct stream *stream);
	/* Moves bytes from the stream's input to RET and says in RET_MADE how many came out. */
	enum unpacked (*unpack)(struct stream *stream, uint8_t *ret, size_t size, size_t *ret_made);
	void (*end)(struct stream *stream);
};

struct stream {
	int fd;
	const struct codec *codec; /* NULL: not compressed */
	union {
		z_stream gzip;
		ZSTD_DStream *zstd;
		LZ4F_dctx *lz4;
	} state;
	size_t max_memory;  /* of the whole analysis; 0: any number */
	size_t held;        /* what the library of the codec took for itself, in the account */
	uint8_t *input;     /* INFLATE_INPUT_BYTES as they are in the file */
	size_t at, end;     /* those not yet used */
	size_t wanted;      /* bytes that zstd or lz4 asked for; 0: a frame begins */
	bool is_full;       /* they may hold more than there was room for */
	uint64_t read;      /* bytes taken from the file so far */
	bool is_input_over; /* the file has no more */
	bool is_between;    /* no member is begun */
	bool is_over;
	char damage[200];
};

static void
set_damage(struct stream *stream, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void
set_damage(struct stream *stream, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(stream->damage, sizeof(stream->damage), format, arguments);
	va_end(arguments);
	stream->is_over = true;
}

static void
set_held(struct stream *stream, size_t held)
{
	mem_account(stream->held, held);
	stream->held = held;
}

/* One read(2) that is not interrupted; 0 at the end of the file or on failure. */
static size_t
read_file(struct stream *stream, uint8_t *ret, size_t size)
{
	ssize_t got;

	do
		got = read(stream->fd, ret, size);
	while (is_interrupted(got));
	if (got < 0)
		set_damage(stream, "reading the file failed at byte %" PRIu64 ": %s", stream->read,
		    strerror(errno));
	if (got <= 0) {
		stream->is_input_over = true;
		return 0;
	}
	stream->read += (uint64_t)got;
	return (size_t)got;
}

/* Sees to it that COUNT bytes of input are there, unless the file has fewer left. */
static void
want_input(struct stream *stream, size_t count)
{
	assert(count <= INFLATE_INPUT_BYTES);
	if (stream->end - stream->at >= count)
		return;
	memmove(stream->input, stream->input + stream->at, stream->end - stream->at);
	stream->end -= stream->at;
	stream->at = 0;
	while (stream->end < count && !stream->is_input_over)
		stream->end += read_file(
		    stream, stream->input + stream->end, INFLATE_INPUT_BYTES - stream->end);
}

/* The magic number at the head of the input, little-endian; 0 when the file is too short. */
static uint32_t
magic_of(const struct stream *stream)
{
	struct cursor cursor = cur_of(stream->input + stream->at, stream->end - stream->at);

	return cur_le32(&cursor);
}

/* RFC 1952 2.3.1: ID1, ID2, and CM 8, the only method there is. */
static bool
gzip_is_mine(uint32_t magic)
{
	return (magic & 0xffffff) == 0x088b1f;
}

static void *
gzip_take(void *unused, uInt count, uInt size)
{
	(void)unused;
	return mem_alloc(count, size);
}

static void
gzip_give_back(void *unused, void *block)
{
	(void)unused;
	mem_free(block);
}

static void
gzip_begin(struct stream *stream)
{
	int result;

	stream->state.gzip = (z_stream){.zalloc = gzip_take, .zfree = gzip_give_back};
	result = inflateInit2(&stream->state.gzip, 15 + 16); /* any window, gzip header */
	assert(result == Z_OK);
	(void)result;
}

static enum unpacked
gzip_unpack(struct stream *stream, uint8_t *ret, size_t size, size_t *ret_made)
{
	z_stream *gzip = &stream->state.gzip;
	uInt room = size > UINT32_MAX ? UINT32_MAX : (uInt)size;
	int result;

	gzip->next_in = stream->input + stream->at;
	gzip->avail_in = (uInt)(stream->end - stream->at);
	gzip->next_out = ret;
	gzip->avail_out = room;
	result = inflate(gzip, Z_NO_FLUSH);
	stream->at = stream->end - gzip->avail_in;
	*ret_made = room - gzip->avail_out;
	if (result == Z_STREAM_END) {
		inflateReset(gzip);
		return UNPACKED_MEMBER;
	}
	return result == Z_OK || result == Z_BUF_ERROR ? UNPACKED_SOME : UNPACKED_BROKEN;
}

static void
gzip_end(struct stream *stream)
{
	inflateEnd(&stream->state.gzip);
}

/* RFC 8878 3.1.2; LZ4 uses the same numbers. */
static bool
is_skippable_frame(uint32_t magic)
{
	return (magic & 0xfffffff0) == 0x184d2a50;
}

#define ZSTD_MAGIC 0xfd2fb528 /* RFC 8878 3.1.1 */

static bool
zstd_is_mine(uint32_t magic)
{
	return magic == ZSTD_MAGIC || is_skippable_frame(magic);
}

/* The largest window that libzstd takes, whatever it is told. */
static uint64_t
zstd_widest(void)
{
	ZSTD_bounds bounds = ZSTD_dParam_getBounds(ZSTD_d_windowLogMax);

	assert(!ZSTD_isError(bounds.error));
	return (uint64_t)1 << bounds.upperBound;
}

static void
zstd_begin(struct stream *stream)
{
	stream->state.zstd = ZSTD_createDStream();
	if (stream->state.zstd == NULL)
		mem_exhausted();
	/* zstd_begin_frame() says what is too much. */
	ZSTD_DCtx_setParameter(stream->state.zstd, ZSTD_d_windowLogMax,
	    ZSTD_dParam_getBounds(ZSTD_d_windowLogMax).upperBound);
	set_held(stream, ZSTD_sizeof_DStream(stream->state.zstd));
}

/* RFC 8878 3.1.1.1: the window that the frame at HEAD needs, which without a Window_Descriptor is
 * its content; 0 when it is cut. */
static uint64_t
zstd_window(struct cursor head)
{
	static const unsigned id_bytes[] = {0, 1, 2, 4};
	uint8_t descriptor, window;
	uint64_t base;

	cur_skip(&head, MAGIC_BYTES);
	descriptor = cur_u8(&head);
	if ((descriptor & 0x20) == 0) {
		window = cur_u8(&head);
		base = (uint64_t)1 << (10 + (window >> 3));
		return cur_ok(&head) ? base + base / 8 * (window & 7) : 0;
	}
	cur_skip(&head, id_bytes[descriptor & 3]);
	switch (descriptor >> 6) {
	case 0:
		return cur_u8(&head);
	case 1:
		return cur_le16(&head) + UINT64_C(256);
	case 2:
		return cur_le32(&head);
	default:
		return cur_le64(&head);
	}
}

static bool
zstd_begin_frame(struct stream *stream)
{
	struct cursor head = cur_of(stream->input + stream->at, stream->end - stream->at);
	uint64_t window = magic_of(stream) == ZSTD_MAGIC ? zstd_window(head) : 0;
	char wanted[SHARE_TEXT_SIZE], needs[100];

	if (window <= zstd_widest() && share_holds(stream->max_memory, SHARE_WINDOW, window))
		return true;
	snprintf(needs, sizeof(needs),
	    "the zstd data at byte %" PRIu64 " needs a window of %" PRIu64 " MiB to decompress",
	    stream_position(stream), (window >> 20) + ((window & 0xfffff) != 0));
	if (window <= zstd_widest())
		set_damage(
		    stream, "%s; %s allows it", needs, share_wanted(wanted, SHARE_WINDOW, window));
	else
		set_damage(
		    stream, "%s, more than zstd has; compress it anew without --long", needs);
	return false;
}

/*
 * How much of the input is given to zstd or lz4 at once. They ask for a block and the HEADER of the
 * next one, and get the block alone, and that once they have given all of the one before: whatever
 * a call unpacks or still holds when it meets damage is lost.
 */
static size_t
piece(const struct stream *stream, size_t header)
{
	size_t wanted = stream->wanted > header ? stream->wanted - header : stream->wanted;

	if (stream->is_full)
		return 0;
	return min_u64(stream->end - stream->at, wanted != 0 ? wanted : MAGIC_BYTES);
}

#define ZSTD_BLOCK_HEADER 3 /* RFC 8878 3.1.1.2 */

static enum unpacked
zstd_unpack(struct stream *stream, uint8_t *ret, size_t size, size_t *ret_made)
{
	ZSTD_inBuffer in = {stream->input + stream->at, piece(stream, ZSTD_BLOCK_HEADER), 0};
	ZSTD_outBuffer out = {ret, size, 0};
	size_t result = ZSTD_decompressStream(stream->state.zstd, &out, &in);

	stream->at += in.pos;
	*ret_made = out.pos;
	if (ZSTD_getErrorCode(result) == ZSTD_error_memory_allocation)
		mem_exhausted();
	set_held(stream, ZSTD_sizeof_DStream(stream->state.zstd));
	if (ZSTD_isError(result))
		return UNPACKED_BROKEN;
	stream->wanted = result;
	stream->is_full = out.pos == size;
	return result == 0 ? UNPACKED_MEMBER : UNPACKED_SOME;
}

static void
zstd_end(struct stream *stream)
{
	ZSTD_freeDStream(stream->state.zstd);
}

#define LZ4_MAGIC 0x184d2204 /* LZ4 frame format 1.6 */

static bool
lz4_is_mine(uint32_t magic)
{
	return magic == LZ4_MAGIC || is_skippable_frame(magic);
}

static void
lz4_begin(struct stream *stream)
{
	if (LZ4F_isError(LZ4F_createDecompressionContext(&stream->state.lz4, LZ4F_VERSION)))
		mem_exhausted();
}

/* The library keeps a block packed and one unpacked, with 64 KiB before and behind that. There are
 * blocks of 64 KiB, 256 KiB, 1 MiB and 4 MiB: BD byte, Block MaxSize. */
static bool
lz4_begin_frame(struct stream *stream)
{
	struct cursor head = cur_of(stream->input + stream->at, stream->end - stream->at);
	unsigned size;

	cur_skip(&head, MAGIC_BYTES + 1);
	size = cur_u8(&head) >> 4 & 7;
	if (magic_of(stream) == LZ4_MAGIC && size >= 4)
		set_held(stream, ((size_t)2 << (2 * size + 8)) + ((size_t)128 << 10));
	return true;
}

#define LZ4_BLOCK_HEADER 4 /* LZ4 frame format 1.6: block size */

static enum unpacked
lz4_unpack(struct stream *stream, uint8_t *ret, size_t size, size_t *ret_made)
{
	size_t taken = piece(stream, LZ4_BLOCK_HEADER);
	size_t made = size;
	size_t result = LZ4F_decompress(
	    stream->state.lz4, ret, &made, stream->input + stream->at, &taken, NULL);

	if (LZ4F_isError(result)) {
		/* The library has no number for it in its public header. */
		if (strcmp(LZ4F_getErrorName(result), "ERROR_allocation_failed") == 0)
			mem_exhausted();
		*ret_made = 0;
		return UNPACKED_BROKEN;
	}
	stream->at += taken;
	stream->wanted = result;
	stream->is_full = made == size;
	*ret_made = made;
	return result == 0 ? UNPACKED_MEMBER : UNPACKED_SOME;
}

static void
lz4_end(struct stream *stream)
{
	LZ4F_freeDecompressionContext(stream->state.lz4);
}

static const struct codec codecs[] = {
    {"gzip", gzip_is_mine, gzip_begin, NULL, gzip_unpack, gzip_end},
    {"zstd", zstd_is_mine, zstd_begin, zstd_begin_frame, zstd_unpack, zstd_end},
    {"lz4", lz4_is_mine, lz4_begin, lz4_begin_frame, lz4_unpack, lz4_end},
};

struct stream *
stream_open(int fd, size_t max_memory)
{
	struct stream *stream = mem_alloc(1, sizeof(*stream));

	stream->fd = fd;
	stream->max_memory = max_memory;
	stream->input = mem_alloc(INFLATE_INPUT_BYTES, 1);
	stream->is_between = true;
	want_input(stream, MAGIC_BYTES);
	for (size_t i = 0; i < COUNT(codecs); i++) {
		if (!codecs[i].is_mine(magic_of(stream)))
			continue;
		stream->codec = &codecs[i];
		stream->codec->begin(stream);
		break;
	}
	return stream;
}

/* The bytes read to recognise the file first, then straight from the file. */
static size_t
read_plain(struct stream *stream, uint8_t *ret, size_t size)
{
	size_t kept = stream->end - stream->at;

	if (kept == 0)
		return stream->is_input_over ? 0 : read_file(stream, ret, size);
	if (kept > size)
		kept = size;
	memcpy(ret, stream->input + stream->at, kept);
	stream->at += kept;
	return kept;
}

/* Begins the next member. False at the end of the file, and where something else follows. */
static bool
begin_member(struct stream *stream)
{
	want_input(stream, HEAD_BYTES);
	if (stream->at == stream->end) {
		stream->is_over = true;
		return false;
	}
	if (!stream->codec->is_mine(magic_of(stream))) {
		set_damage(stream,
		    "after the end of the %s data, at byte %" PRIu64 ", follows "
		    "something else",
		    stream->codec->name, stream_position(stream));
		return false;
	}
	stream->is_between = false;
	return stream->codec->begin_frame == NULL || stream->codec->begin_frame(stream);
}

/* One step of decompression: how many bytes it gave, perhaps none. */
static size_t
unpack(struct stream *stream, uint8_t *ret, size_t size)
{
	size_t made = 0;
	enum unpacked result;

	want_input(stream, 1);
	result = stream->codec->unpack(stream, ret, size, &made);
	if (result == UNPACKED_BROKEN && stream->damage[0] == '\0')
		set_damage(stream, "the %s data is damaged before byte %" PRIu64,
		    stream->codec->name, stream_position(stream));
	else if (result == UNPACKED_MEMBER)
		stream->is_between = true;
	else if (made == 0 && stream->at == stream->end && stream->is_input_over &&
		 stream->damage[0] == '\0')
		set_damage(stream, "the %s data is cut at byte %" PRIu64, stream->codec->name,
		    stream->read);
	return made;
}

size_t
stream_read(struct stream *stream, uint8_t *ret, size_t size)
{
	size_t made = 0;

	assert(size != 0);
	if (stream->codec == NULL)
		return read_plain(stream, ret, size);
	while (made == 0 && !stream->is_over) {
		if (!stream->is_between || begin_member(stream))
			made = unpack(stream, ret, size);
	}
	return made;
}

uint64_t
stream_position(const struct stream *stream)
{
	return stream->read - (stream->end - stream->at);
}

const char *
stream_compression(const struct stream *stream)
{
	return stream->codec ? stream->codec->name : NULL;
}

const char *
stream_damage(const struct stream *stream)
{
	return stream->damage[0] != '\0' ? stream->damage : NULL;
}

void
stream_close(struct stream *stream)
{
	if (stream == NULL)
		return;
	if (stream->codec != NULL)
		stream->codec->end(stream);
	set_held(stream, 0);
	mem_free(stream->input);
	close(stream->fd);
	mem_free(stream);
}
