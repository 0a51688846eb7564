/* Packets as annotated hexadecimal text, and what every stack of headers must stand: for the tests
 * of the packet decoder. */
#ifndef SMBTRIAGE_CAPTURE_PEEL_TEST_H
#define SMBTRIAGE_CAPTURE_PEEL_TEST_H

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/base/addr.h"
#include "analyzer/capture/packet.h"

/* What lies inside every stack: 24 bytes of TCP header and 4 of payload. */
#define TEST_TCP                                                               \
	"c001 01bd"         /* ports 49153 and 445 */                          \
	"00000007 00000009" /* sequence and acknowledgment number */           \
	"6012 2000"         /* 24 bytes of header, SYN and ACK, window 8192 */ \
	"0000 0000"         /* checksum, urgent pointer */                     \
	"0204 05b4"         /* MSS 1460 */                                     \
	"61626364"          /* "abcd" */

#define TEST_TCP_HEADER 24u
#define TEST_PAYLOAD    4u

#define TEST_IPV4                                                                \
	"4500 0030"         /* version 4, 20 bytes of header; 48 bytes in all */ \
	"0001 0000"         /* identification, not a fragment */                 \
	"4006 0000"         /* 64 hops, TCP */                                   \
	"0a000001 0a000002" /* 10.0.0.1 to 10.0.0.2 */                           \
	    TEST_TCP

#define TEST_IPV6                                                                            \
	"60000000 001c 0640"                  /* version 6, 28 bytes follow, TCP, 64 hops */ \
	"20010000 00000000 00000000 00000001" /* 2001::1 */                                  \
	"20010000 00000000 00000000 00000002" /* 2001::2 */                                  \
	    TEST_TCP

#define TEST_MACS     "020000000002 020000000001 "
#define TEST_ETHERNET TEST_MACS "0800" TEST_IPV4

#define TEST_BYTES_MOST 2048

struct test_bytes {
	uint8_t bytes[TEST_BYTES_MOST];
	size_t length;
};

/* The bytes of HEX, whose white space means nothing, behind those that BYTES holds. */
static inline void
test_add(struct test_bytes *bytes, const char *hex)
{
	char pair[3] = "";

	for (; *hex != '\0'; hex++) {
		if (*hex == ' ')
			continue;
		ck_assert_uint_lt(bytes->length, TEST_BYTES_MOST);
		pair[0] = hex[0];
		pair[1] = hex[1];
		bytes->bytes[bytes->length++] = (uint8_t)strtoul(pair, NULL, 16);
		hex++;
	}
}

static inline void
test_add_u16(struct test_bytes *bytes, size_t value)
{
	bytes->bytes[bytes->length++] = (uint8_t)(value >> 8);
	bytes->bytes[bytes->length++] = (uint8_t)value;
}

/* One record, in a heap block of exactly its size, so that a read beyond it is seen. */
struct test_record {
	struct packet_decoder *decoder;
	uint8_t *bytes;
	uint64_t frame; /* of the last record */
	struct packet packet;
	enum decode_result result;
};

static inline void
test_decode(struct test_record *test, uint16_t link_type, const uint8_t *bytes, size_t captured,
    size_t length)
{
	struct record record = {
	    .captured = (uint32_t)captured,
	    .length = (uint32_t)length,
	    .frame = ++test->frame,
	    .link_type = link_type,
	    .has_time = true,
	    .is_packet = true,
	};

	if (test->decoder == NULL)
		test->decoder = packet_decoder_new();
	free(test->bytes);
	test->bytes = malloc(captured ? captured : 1);
	memcpy(test->bytes, bytes, captured);
	record.bytes = test->bytes;
	memset(&test->packet, 0xa5, sizeof(test->packet));
	test->result = packet_decode(test->decoder, &record, &test->packet);
}

static inline void
test_done(struct test_record *test)
{
	packet_decoder_free(test->decoder);
	free(test->bytes);
	*test = (struct test_record){0};
}

static inline void
test_address(const struct addr *addr, const char *expected)
{
	char text[ADDR_TEXT_SIZE];

	ck_assert_str_eq(addr_text(addr, text), expected);
}

/* The packet is TEST_TCP, with the addresses around it. */
static inline void
test_is_inner(const struct packet *packet, const char *name)
{
	ck_assert_msg(packet->kind == PACKET_TCP, "%s: kind %d", name, packet->kind);
	if (packet->ends.src.family == ADDR_IPV4) {
		test_address(&packet->ends.src, "10.0.0.1");
		test_address(&packet->ends.dst, "10.0.0.2");
	} else {
		test_address(&packet->ends.src, "2001::1");
		test_address(&packet->ends.dst, "2001::2");
	}
	ck_assert_uint_eq(packet->ends.src_port, 49153);
	ck_assert_uint_eq(packet->ends.dst_port, 445);
	ck_assert_uint_eq(packet->ttl, 64);
	ck_assert_uint_eq(packet->tcp.seq, 7);
	ck_assert_uint_eq(packet->tcp.ack, 9);
	ck_assert_uint_eq(packet->tcp.flags, TCP_SYN | TCP_ACK);
	ck_assert_uint_eq(packet->tcp.window, 8192);
	ck_assert(packet->tcp.has_options);
}

/* Every claim about the payload lies inside the record. */
static inline void
test_claims(const struct test_record *test, size_t captured)
{
	const struct packet *packet = &test->packet;

	if (test->result != DECODED || packet->payload_captured == 0)
		return;
	ck_assert_uint_le(packet->payload_captured, packet->payload_length);
	ck_assert(packet->payload >= test->bytes);
	ck_assert(packet->payload + packet->payload_captured <= test->bytes + captured);
}

static inline void
test_cut(const struct test_bytes *stack, uint16_t link_type, const char *name)
{
	size_t tcp = stack->length - TEST_TCP_HEADER - TEST_PAYLOAD, payload;
	struct test_record test = {0};

	for (size_t n = 0; n < stack->length; n++) {
		test_decode(&test, link_type, stack->bytes, n, stack->length);
		test_claims(&test, n);
		if (n < tcp + 16) {
			ck_assert_msg(
			    test.result == DECODED_CUT ||
				(test.result == DECODED && test.packet.kind != PACKET_TCP),
			    "%s: cut after %zu", name, n);
			continue;
		}
		ck_assert_msg(test.result == DECODED, "%s: cut after %zu", name, n);
		test_is_inner(&test.packet, name);
		payload = n > tcp + TEST_TCP_HEADER ? n - tcp - TEST_TCP_HEADER : 0;
		ck_assert_uint_eq(test.packet.payload_captured, payload);
		ck_assert_uint_eq(test.packet.payload_length, TEST_PAYLOAD);
		ck_assert_uint_eq(test.packet.tcp.mss, n >= tcp + TEST_TCP_HEADER ? 1460 : 0);
	}
	test_done(&test);
}

static inline void
test_short(const struct test_bytes *stack, uint16_t link_type, const char *name)
{
	struct test_record test = {0};

	for (size_t n = 0; n < stack->length; n++) {
		test_decode(&test, link_type, stack->bytes, n, n);
		test_claims(&test, n);
		ck_assert_msg(test.result != DECODED_CUT && test.result != DECODED_FRAGMENT,
		    "%s: ends after %zu", name, n);
	}
	test_done(&test);
}

/* STACK ends in TEST_TCP. It is read whole, cut after every byte by the snap length, ended after
 * every byte on the wire, and with padding behind it. */
static inline void
test_stack(const struct test_bytes *stack, uint16_t link_type, const char *name)
{
	struct test_record test = {0};
	struct test_bytes padded = *stack;

	test_decode(&test, link_type, stack->bytes, stack->length, stack->length);
	ck_assert_msg(test.result == DECODED, "%s: result %d", name, test.result);
	test_is_inner(&test.packet, name);
	ck_assert_uint_eq(test.packet.tcp.mss, 1460);
	ck_assert_uint_eq(test.packet.payload_length, TEST_PAYLOAD);
	ck_assert_uint_eq(test.packet.payload_captured, TEST_PAYLOAD);
	ck_assert_mem_eq(test.packet.payload, "abcd", 4);
	test_add(&padded, "ff ff ff ff ff ff ff");
	test_decode(&test, link_type, padded.bytes, padded.length, padded.length);
	ck_assert_msg(test.result == DECODED, "%s: padded", name);
	ck_assert_uint_eq(test.packet.payload_length, TEST_PAYLOAD);
	ck_assert_uint_eq(test.packet.payload_captured, TEST_PAYLOAD);
	test_done(&test);
	test_cut(stack, link_type, name);
	test_short(stack, link_type, name);
}

#endif
