#include "analyzer/capture/inflate.h"

#include <check.h>
#include <lz4frame.h>
#include <zlib.h>
#include <zstd.h>

#include "analyzer/base/basics.h"
#include "analyzer/capture/file_for_test.h"

Suite *inflate_suite(void);

static void
pack_gzip(const uint8_t *bytes, size_t length, struct image *ret)
{
	uint8_t *out = mem_alloc(length + 1000, 1);
	z_stream gzip = {0};

	ck_assert_int_eq(deflateInit2(&gzip, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY), Z_OK);
	gzip.next_in = (uint8_t *)(uintptr_t)bytes;
	gzip.avail_in = (uInt)length;
	gzip.next_out = out;
	gzip.avail_out = (uInt)length + 1000;
	ck_assert_int_eq(deflate(&gzip, Z_FINISH), Z_STREAM_END);
	image_bytes(ret, out, gzip.total_out);
	deflateEnd(&gzip);
	mem_free(out);
}

static void
pack_zstd(const uint8_t *bytes, size_t length, struct image *ret)
{
	size_t room = ZSTD_compressBound(length);
	uint8_t *out = mem_alloc(room, 1);
	ZSTD_CCtx *context = ZSTD_createCCtx();
	size_t made;

	/* With a checksum, so that damage shows. */
	ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
	made = ZSTD_compress2(context, out, room, bytes, length);
	ck_assert(!ZSTD_isError(made));
	image_bytes(ret, out, made);
	ZSTD_freeCCtx(context);
	mem_free(out);
}

static void
pack_lz4(const uint8_t *bytes, size_t length, struct image *ret)
{
	LZ4F_preferences_t preferences = {
	    .frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled,
	};
	size_t room = LZ4F_compressFrameBound(length, &preferences);
	uint8_t *out = mem_alloc(room, 1);
	size_t made = LZ4F_compressFrame(out, room, bytes, length, &preferences);

	ck_assert(!LZ4F_isError(made));
	image_bytes(ret, out, made);
	mem_free(out);
}

static void
pack_nothing(const uint8_t *bytes, size_t length, struct image *ret)
{
	image_bytes(ret, bytes, length);
}

static const struct {
	const char *name;
	void (*pack)(const uint8_t *bytes, size_t length, struct image *ret);
} packers[] = {
    {"gzip", pack_gzip},
    {"zstd", pack_zstd},
    {"lz4", pack_lz4},
    {NULL, pack_nothing},
};

#define COMPRESSED 3 /* of them */
#define ALL        4

static struct stream *
stream_within(const uint8_t *bytes, size_t length, size_t max_memory)
{
	FILE *file = tmpfile();
	struct stream *stream;

	ck_assert_uint_eq(fwrite(bytes, 1, length, file), length);
	rewind(file);
	stream = stream_open(dup(fileno(file)), max_memory);
	fclose(file);
	return stream;
}

static struct stream *
stream_of(const uint8_t *bytes, size_t length)
{
	return stream_within(bytes, length, 0);
}

/* Reads all of STREAM in calls of STEP bytes and checks that it is the start of PLAIN. */
static size_t
read_start_of(struct stream *stream, const struct image *plain, size_t step)
{
	uint8_t *bytes = mem_alloc(step, 1);
	size_t got, total = 0;

	while ((got = stream_read(stream, bytes, step)) != 0) {
		ck_assert_uint_le(got, step);
		ck_assert_uint_le(got, plain->length - total);
		ck_assert_mem_eq(bytes, plain->bytes + total, got);
		total += got;
	}
	ck_assert_uint_eq(stream_read(stream, bytes, step), 0); /* and stays so */
	mem_free(bytes);
	return total;
}

START_TEST(gives_back_what_was_packed)
{
	static const size_t steps[] = {7, 4096, 1000000};
	struct image plain = {0}, packed = {0};

	image_pattern(&plain, 3, 700000);
	packers[_i].pack(plain.bytes, plain.length, &packed);
	for (size_t i = 0; i < COUNT(steps); i++) {
		struct stream *stream = stream_of(packed.bytes, packed.length);

		ck_assert_pstr_eq(stream_compression(stream), packers[_i].name);
		ck_assert_uint_eq(read_start_of(stream, &plain, steps[i]), plain.length);
		ck_assert_ptr_null(stream_damage(stream));
		stream_close(stream);
	}
	image_free(&plain);
	image_free(&packed);
}
END_TEST

/* From the magic number at most, up to all bytes of the file, as they lie there. */
START_TEST(tells_its_position)
{
	struct image plain = {0}, packed = {0};
	struct stream *stream;
	uint64_t before, now = 0;
	uint8_t bytes[1000];

	image_pattern(&plain, 3, 700000);
	packers[_i].pack(plain.bytes, plain.length, &packed);
	stream = stream_of(packed.bytes, packed.length);
	ck_assert_uint_eq(stream_position(stream), 0);
	do {
		before = now;
		now = stream_position(stream);
		ck_assert_uint_ge(now, before);
		ck_assert_uint_le(now, packed.length);
	} while (stream_read(stream, bytes, sizeof(bytes)) != 0);
	ck_assert_uint_eq(stream_position(stream), packed.length);
	stream_close(stream);
	image_free(&plain);
	image_free(&packed);
}
END_TEST

START_TEST(reads_members_in_a_row)
{
	struct image plain = {0}, packed = {0};
	struct stream *stream;

	image_pattern(&plain, 3, 5000);
	packers[_i].pack(plain.bytes, 2000, &packed);
	packers[_i].pack(plain.bytes + 2000, 3000, &packed);
	stream = stream_of(packed.bytes, packed.length);
	ck_assert_uint_eq(read_start_of(stream, &plain, 512), plain.length);
	ck_assert_ptr_null(stream_damage(stream));
	stream_close(stream);
	image_free(&plain);
	image_free(&packed);
}
END_TEST

/* A cut is always noticed, and all that precedes it is given. */
START_TEST(notices_every_cut)
{
	struct image plain = {0}, packed = {0};

	image_pattern(&plain, 3, 300);
	packers[_i].pack(plain.bytes, plain.length, &packed);
	for (size_t length = 4; length < packed.length; length++) {
		struct stream *stream = stream_of(packed.bytes, length);

		ck_assert_uint_le(read_start_of(stream, &plain, 64), plain.length);
		ck_assert_ptr_nonnull(stream_damage(stream));
		ck_assert_ptr_nonnull(strstr(stream_damage(stream), "is cut at byte"));
		stream_close(stream);
	}
	image_free(&plain);
	image_free(&packed);
}
END_TEST

/* Whatever byte is wrong: no crash, and no end of stream that looks sound but is short. */
START_TEST(notices_damage)
{
	struct image plain = {0}, packed = {0};
	uint8_t out[1024];

	image_pattern(&plain, 3, 300);
	packers[_i].pack(plain.bytes, plain.length, &packed);
	for (size_t at = 4; at < packed.length; at++) {
		struct stream *stream;
		size_t total = 0, got;

		packed.bytes[at] ^= 0x41;
		stream = stream_of(packed.bytes, packed.length);
		while ((got = stream_read(stream, out, sizeof(out))) != 0)
			total += got;
		ck_assert(stream_damage(stream) != NULL || total == plain.length);
		stream_close(stream);
		packed.bytes[at] ^= 0x41;
	}
	image_free(&plain);
	image_free(&packed);
}
END_TEST

/* However much is asked for at once: what was sound comes out. */
START_TEST(gives_what_precedes_damage)
{
	static const size_t steps[] = {13, 4096, 1000000};
	struct image plain = {0}, packed = {0};

	image_pattern(&plain, 3, 299998); /* not a multiple of any step */
	packers[_i].pack(plain.bytes, plain.length, &packed);
	packed.bytes[packed.length - 1] ^= 0x41; /* of the checksum */
	for (size_t i = 0; i < COUNT(steps); i++) {
		struct stream *stream = stream_of(packed.bytes, packed.length);

		ck_assert_uint_eq(read_start_of(stream, &plain, steps[i]), plain.length);
		ck_assert_ptr_nonnull(strstr(stream_damage(stream), "is damaged before byte"));
		stream_close(stream);
	}
	image_free(&plain);
	image_free(&packed);
}
END_TEST

START_TEST(notices_what_follows)
{
	struct image plain = {0}, packed = {0};
	struct stream *stream;
	char expected[160];

	image_pattern(&plain, 3, 300);
	packers[_i].pack(plain.bytes, plain.length, &packed);
	snprintf(expected, sizeof(expected),
	    "after the end of the %s data, at byte %zu, follows something else", packers[_i].name,
	    packed.length);
	image_bytes(&packed, "leftovers", 9);
	stream = stream_of(packed.bytes, packed.length);
	ck_assert_uint_eq(read_start_of(stream, &plain, 64), plain.length);
	ck_assert_pstr_eq(stream_damage(stream), expected);
	stream_close(stream);
	image_free(&plain);
	image_free(&packed);
}
END_TEST

/* zstd and lz4 files may begin with frames for other readers (RFC 8878 3.1.2). */
START_TEST(passes_skippable_frames)
{
	struct image plain = {0}, packed = {0};
	struct stream *stream;

	image_u32(&packed, 0x184d2a53);
	image_u32(&packed, 5);
	image_bytes(&packed, "other", 5);
	image_pattern(&plain, 3, 300);
	pack_zstd(plain.bytes, plain.length, &packed);
	stream = stream_of(packed.bytes, packed.length);
	ck_assert_pstr_eq(stream_compression(stream), "zstd");
	ck_assert_uint_eq(read_start_of(stream, &plain, 64), plain.length);
	ck_assert_ptr_null(stream_damage(stream));
	stream_close(stream);
	image_free(&plain);
	image_free(&packed);
}
END_TEST

/* Heads of zstd frames (RFC 8878 3.1.1.1) and what is said of them with 64 MiB in all. */
static const struct {
	const char *bytes;
	size_t length;
	const char *sentence;
} windows[] = {
    /* Window_Descriptor: 2^(10 + 13), and an eighth more. */
    {"\x28\xb5\x2f\xfd\x00\x68\1\0\0", 9, NULL},
    {"\x28\xb5\x2f\xfd\x00\x69\1\0\0", 9,
	"the zstd data at byte 0 needs a window of 9 MiB to decompress; --max-memory 72M allows "
	"it"},
    /* 2^(10 + 17), as `zstd --long=27` has it. */
    {"\x28\xb5\x2f\xfd\x00\x88\1\0\0", 9,
	"the zstd data at byte 0 needs a window of 128 MiB to decompress; --max-memory 1G allows "
	"it"},
    /* 2^(10 + 31): beyond what the library has. */
    {"\x28\xb5\x2f\xfd\x00\xf8\1\0\0", 9,
	"the zstd data at byte 0 needs a window of 2097152 MiB to decompress, more than zstd has; "
	"compress it anew without --long"},
    /* Single_Segment_flag: the content is the window, and its size has 1, 2, 4 or 8 bytes. */
    {"\x28\xb5\x2f\xfd\x20\0\1\0\0", 9, NULL},
    {"\x28\xb5\x2f\xfd\x60\0\0\1\0\0", 10, NULL},
    {"\x28\xb5\x2f\xfd\xa0\1\0\x80\0", 9,
	"the zstd data at byte 0 needs a window of 9 MiB to decompress; --max-memory 65M allows "
	"it"},
    {"\x28\xb5\x2f\xfd\xe3\7\7\7\7\0\0\0\x40\0\0\0\0", 17,
	"the zstd data at byte 0 needs a window of 1024 MiB to decompress; --max-memory 8G allows "
	"it"},
};

START_TEST(says_what_window_is_too_large)
{
	struct stream *stream =
	    stream_within((const uint8_t *)windows[_i].bytes, windows[_i].length, (size_t)64 << 20);
	uint8_t byte;

	ck_assert_uint_eq(stream_read(stream, &byte, 1), 0);
	ck_assert_pstr_eq(stream_damage(stream), windows[_i].sentence);
	stream_close(stream);
}
END_TEST

/* What a frame before it held is not lost. */
START_TEST(reads_up_to_a_window_that_is_too_large)
{
	struct image plain = {0}, packed = {0};
	char sentence[200];
	struct stream *stream;

	image_pattern(&plain, 3, 3000);
	pack_zstd(plain.bytes, plain.length, &packed);
	snprintf(sentence, sizeof(sentence),
	    "the zstd data at byte %zu needs a window of 128 MiB to decompress; --max-memory 1G "
	    "allows it",
	    packed.length);
	image_bytes(&packed, windows[2].bytes, windows[2].length);
	stream = stream_within(packed.bytes, packed.length, (size_t)512 << 20);
	ck_assert_uint_eq(read_start_of(stream, &plain, 64), plain.length);
	ck_assert_str_eq(stream_damage(stream), sentence);
	stream_close(stream);
	stream = stream_within(packed.bytes, packed.length, (size_t)1 << 30);
	ck_assert_uint_eq(read_start_of(stream, &plain, 64), plain.length);
	ck_assert_ptr_null(stream_damage(stream));
	stream_close(stream);
	image_free(&plain);
	image_free(&packed);
}
END_TEST

/* Bytes in the account after the first of a megabyte was read. */
START_TEST(what_libraries_hold_is_in_the_account)
{
	struct image plain = {0}, packed = {0};
	size_t before, held;
	struct stream *stream;
	uint8_t byte;

	image_pattern(&plain, 3, 1000000);
	packers[_i].pack(plain.bytes, plain.length, &packed);
	before = mem_used();
	stream = stream_of(packed.bytes, packed.length);
	held = mem_used();
	ck_assert_uint_eq(stream_read(stream, &byte, 1), 1);
	ck_assert_uint_ge(mem_used() - before, (size_t)32 << 10);
	if (stream_compression(stream) != NULL && strcmp(stream_compression(stream), "zstd") == 0)
		ck_assert_uint_ge(mem_used() - held, plain.length);
	if (stream_compression(stream) != NULL && strcmp(stream_compression(stream), "lz4") == 0)
		ck_assert_uint_eq(mem_used() - held, 2 * (64 << 10) + (128 << 10));
	stream_close(stream);
	ck_assert_uint_eq(mem_used(), before);
	image_free(&plain);
	image_free(&packed);
}
END_TEST

START_TEST(reads_a_pipe_byte_by_byte)
{
	struct image plain = {0}, packed = {0};
	struct stream *stream;
	pid_t writer;
	int ends[2];

	image_pattern(&plain, 3, 300);
	packers[_i].pack(plain.bytes, plain.length, &packed);
	ck_assert_int_eq(pipe(ends), 0);
	writer = fork();
	if (writer == 0) {
		for (size_t i = 0; i < packed.length; i++) {
			if (write(ends[1], packed.bytes + i, 1) != 1)
				_exit(1);
		}
		_exit(0);
	}
	close(ends[1]);
	stream = stream_open(ends[0], 0);
	ck_assert_uint_eq(read_start_of(stream, &plain, 64), plain.length);
	ck_assert_ptr_null(stream_damage(stream));
	stream_close(stream);
	image_free(&plain);
	image_free(&packed);
}
END_TEST

START_TEST(reports_failing_reads)
{
	struct stream *stream;
	uint8_t byte;
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	stream = stream_open(ends[1], 0); /* the end that cannot be read */
	ck_assert_uint_eq(stream_read(stream, &byte, 1), 0);
	ck_assert_ptr_nonnull(strstr(stream_damage(stream), "reading the file failed at byte 0"));
	stream_close(stream);
}
END_TEST

Suite *
inflate_suite(void)
{
	Suite *suite = suite_create("inflate");
	TCase *tcase = tcase_create("inflate");

	tcase_add_loop_test(tcase, gives_back_what_was_packed, 0, ALL);
	tcase_add_loop_test(tcase, tells_its_position, 0, ALL);
	tcase_add_loop_test(tcase, reads_members_in_a_row, 0, ALL);
	tcase_add_loop_test(tcase, notices_every_cut, 0, COMPRESSED);
	tcase_add_loop_test(tcase, notices_damage, 0, COMPRESSED);
	tcase_add_loop_test(tcase, gives_what_precedes_damage, 0, COMPRESSED);
	tcase_add_loop_test(tcase, notices_what_follows, 0, COMPRESSED);
	tcase_add_test(tcase, passes_skippable_frames);
	tcase_add_loop_test(tcase, says_what_window_is_too_large, 0, COUNT(windows));
	tcase_add_test(tcase, reads_up_to_a_window_that_is_too_large);
	tcase_add_loop_test(tcase, what_libraries_hold_is_in_the_account, 0, COMPRESSED);
	tcase_add_loop_test(tcase, reads_a_pipe_byte_by_byte, 0, ALL);
	tcase_add_test(tcase, reports_failing_reads);
	suite_add_tcase(suite, tcase);
	return suite;
}
