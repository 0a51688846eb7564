/* What tests of SMB2 decoders share: a header, and trials that every decoder stands. */
#ifndef SMBTRIAGE_DISSECTORS_SMB2_SAMPLES_H
#define SMBTRIAGE_DISSECTORS_SMB2_SAMPLES_H

#include <check.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "dissectors/smb2_wire.h"

/* clang-format off */

#define HEADER(command, flags) \
	0xfe, 'S', 'M', 'B', 0x40, 0x00, /* ProtocolId, StructureSize */ \
	0x01, 0x00,                      /* CreditCharge */ \
	0x22, 0x00, 0x00, 0xc0,          /* Status, in a request ChannelSequence */ \
	command, 0x00, 0x1f, 0x00,       /* Command, CreditRequest */ \
	flags, 0x00, 0x00, 0x00,         /* Flags */ \
	0x00, 0x00, 0x00, 0x00,          /* NextCommand */ \
	0x07, 0, 0, 0, 0x01, 0, 0, 0,    /* MessageId */ \
	0xff, 0xfe, 0, 0, 0x05, 0, 0, 0, /* Reserved, TreeId; or AsyncId */ \
	0x41, 0, 0, 0, 0x00, 0x10, 0, 0, /* SessionId */ \
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 /* Signature */

#define GUID 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15

/* SMB2_FILEID: Persistent, Volatile. */
#define FILE_ID 0x11, 0, 0, 0, 0, 0, 0, 0x12, 0x21, 0, 0, 0, 0, 0, 0, 0x22

/* clang-format on */

static const uint8_t guid[] = {GUID};

static inline void
assert_guid(const uint8_t found[16])
{
	ck_assert_mem_eq(found, guid, sizeof(guid));
}

static inline void
assert_file_id(struct smb2_file_id id)
{
	ck_assert_uint_eq(id.persistent_id, 0x1200000000000011);
	ck_assert_uint_eq(id.volatile_id, 0x2200000000000021);
}

static inline void
assert_list(struct cursor list, size_t count, uint16_t first)
{
	ck_assert(cur_ok(&list));
	ck_assert_uint_eq(cur_left(&list), 2 * count);
	if (count != 0)
		ck_assert_uint_eq(cur_le16(&list), first);
}

static inline void
assert_chars(struct cursor chars, const void *expected, size_t length)
{
	ck_assert(cur_ok(&chars));
	ck_assert_uint_eq(cur_left(&chars), length);
	ck_assert_mem_eq(chars.at, expected, length);
}

/* ASCII as UTF-16LE. */
static inline void
assert_utf16(struct cursor text, const char *expected)
{
	ck_assert(cur_ok(&text));
	ck_assert_uint_eq(cur_left(&text), 2 * strlen(expected));
	for (; *expected != '\0'; expected++)
		ck_assert_uint_eq(cur_le16(&text), (uint8_t)*expected);
}

/* Decodes header and body of a message. */
static inline bool
decode(struct cursor message, union smb2_body *ret)
{
	struct smb2_header header;

	return smb2_decode_header(message, &header) && smb2_decode_body(&header, message, ret);
}

/* A message, and what looks at it: false when it is not decoded, a failed test when it is decoded
 * wrongly. */
struct decoder_case {
	const char *name;
	const uint8_t *bytes;
	size_t length;
	size_t least; /* shortest prefix that is decoded */
	size_t size;  /* where a number stands without whose value nothing is decoded */
	bool (*check)(struct cursor message);
};

#define SAMPLE(bytes) bytes, sizeof(bytes)

/* Every prefix stands in a block of its own size, so that a byte too far is found. */
static inline void
try_prefixes(const struct decoder_case *test)
{
	uint8_t *prefix;

	for (size_t length = 0; length <= test->length; length++) {
		prefix = mem_alloc(length, 1);
		memcpy(prefix, test->bytes, length);
		ck_assert_msg(test->check(cur_of(prefix, length)) == (length >= test->least),
		    "%s: %zu bytes", test->name, length);
		mem_free(prefix);
	}
}

static inline void
try_wrong_size(const struct decoder_case *test)
{
	uint8_t *copy = mem_alloc(test->length, 1);

	memcpy(copy, test->bytes, test->length);
	copy[test->size] ^= 1;
	ck_assert_msg(!test->check(cur_of(copy, test->length)), "%s", test->name);
	mem_free(copy);
}

/*
 * Every 16 bits of the message in turn become all ones, all zeroes and a few more: whatever they
 * are, an offset, a length, a count, nothing outside is read. What comes out of it, READ walks
 * through.
 */
static inline void
try_lies(const struct decoder_case *test, void (*read)(struct cursor message))
{
	static const uint16_t lies[] = {0x0000, 0x0001, 0x0008, 0x0040, 0x7fff, 0xffff};
	uint8_t *copy = mem_alloc(test->length, 1);

	for (size_t at = 0; at + 1 < test->length; at++)
		for (size_t i = 0; i < COUNT(lies); i++) {
			memcpy(copy, test->bytes, test->length);
			copy[at] = (uint8_t)lies[i];
			copy[at + 1] = (uint8_t)(lies[i] >> 8);
			read(cur_of(copy, test->length));
		}
	mem_free(copy);
}

/* Reads all bytes that a window holds. */
static inline void
touch(struct cursor window)
{
	volatile uint8_t sum = 0;

	while (cur_left(&window) != 0)
		sum = (uint8_t)(sum + cur_u8(&window));
}

#endif
