/*
 * A record's headers, peeled down to TCP, UDP or ICMP: link layer, VLAN, tunnels, IP with
 * extension headers and fragments. Checksums are never verified (offload makes them wrong).
 */
#ifndef SMBTRIAGE_CAPTURE_PACKET_H
#define SMBTRIAGE_CAPTURE_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/base/addr.h"
#include "analyzer/capture/source.h"
#include "analyzer/facts.h"

enum tcp_flag {
	TCP_FIN = 0x01,
	TCP_SYN = 0x02,
	TCP_RST = 0x04,
	TCP_PSH = 0x08,
	TCP_ACK = 0x10,
	TCP_URG = 0x20,
};

enum packet_kind {
	PACKET_OTHER = 0,
	PACKET_TCP,
	PACKET_UDP,
	PACKET_ICMP,
	PACKET_ADDRESS, /* ARP, or ICMPv6 neighbour discovery */
};

/* Who has an address (RFC 826, RFC 4861 4.3, 4.4). */
struct address_query {
	struct addr asker;  /* who asks; of an answer: whom it goes to. ADDR_NONE: a probe */
	struct addr target; /* the address asked for, or announced */
	bool is_answer;     /* ARP reply, neighbour advertisement */
};

struct packet_endpoints {
	struct addr src, dst;
	uint16_t src_port, dst_port; /* 0 for ICMP */
};

/* RFC 9293 3.1. */
struct tcp_header {
	uint32_t seq, ack;
	uint8_t flags; /* enum tcp_flag */
	uint16_t window;
	uint16_t mss;     /* of the SYN's option, 0: none, or not captured */
	bool has_options; /* any option at all, captured or not */
};

/* What an ICMP error quotes of the packet that it rejects. */
struct icmp_quote {
	uint8_t type, code;
	bool is_error;     /* an ICMP or ICMPv6 error message; else nothing below is set */
	bool has_ports;    /* ends.*_port are set: at least 4 bytes of the transport header */
	bool has_sequence; /* tcp.seq is set: at least 8 bytes */
	bool has_whole_tcp_header; /* tcp is set, and Wireshark assigns a tcp.stream: at least 16
				    * bytes, up to the window, and not in a redirect */
	uint8_t protocol;          /* IP protocol of the quoted packet */
	struct packet_endpoints ends;
	struct tcp_header tcp;
	uint32_t payload_length; /* of the quoted segment on the wire, from its IP length; 0 unless
				  * 16 bytes of its TCP header are quoted */
};

/* One record, decoded: the innermost headers. Pointers borrow from the record or from the decoder
 * (fragments) until the next call. */
struct packet {
	enum packet_kind kind;
	uint32_t interface;
	uint64_t frame;
	int64_t time;
	uint64_t hash;                        /* of PACKET_TCP and PACKET_UDP: packet_ends_hash() */
	struct packet_endpoints ends;         /* dst: where a source route leads in the end */
	uint8_t ttl;                          /* or hop limit, of the innermost IP header */
	struct tcp_header tcp;                /* of PACKET_TCP */
	union {                               /* not even cleared for other packets */
		struct icmp_quote icmp;       /* of PACKET_ICMP */
		struct address_query address; /* of PACKET_ADDRESS */
	};
	uint32_t frame_length; /* of the record on the wire, link layer included */
	uint32_t path;     /* digest of the kinds of header outside the innermost IP header, and of
			    * VLAN numbers: equal for packets that came in equal wrapping */
	uint16_t ip_id;    /* Identification of the innermost IPv4 header; 0 in IPv6 */
	uint8_t direction; /* enum direction: from the record, or from a cooked header */
	bool has_link_src; /* link_src is set */
	bool has_wrong_checksum;   /* of a SYN, which is the only one that is verified */
	uint8_t link_src[6];       /* MAC address of the sender, of the innermost link layer */
	const uint8_t *payload;    /* of TCP or UDP; NULL when none is captured */
	uint32_t payload_captured; /* bytes there, at most payload_length */
	uint32_t payload_length;   /* bytes on the wire, without padding */
};

/* A hash of ENDS, the same for both directions, so that one look-up finds either. */
uint64_t packet_ends_hash(const struct packet_endpoints *ends, enum transport transport);

/* Whether both are the same, from the same one to the other. */
static inline bool
packet_ends_equal(const struct packet_endpoints *one, const struct packet_endpoints *other)
{
	return one->src_port == other->src_port && one->dst_port == other->dst_port &&
	       addr_equal(&one->src, &other->src) && addr_equal(&one->dst, &other->dst);
}

/* Fills in the hash of PACKET, whose kind and ends are set: once, where packets are made, and not
 * by whoever has to look something up. */
void packet_set_hash(struct packet *packet);

/* What became of a record. */
enum decode_result {
	DECODED,              /* RET is filled; kind may be PACKET_OTHER: IP, but nothing of ours */
	DECODED_NOT_IP,       /* ARP, LLDP, …: understood, and none of ours */
	DECODED_FRAGMENT,     /* kept until the datagram is complete */
	DECODED_UNKNOWN_LINK, /* a link type or encapsulation that we do not read */
	DECODED_MALFORMED,    /* headers that contradict themselves, or end before the wire did */
	DECODED_CUT,          /* the capture's snap length cuts the headers */
};

/* Holds fragments of incomplete datagrams, within fixed bounds. */
struct packet_decoder;

struct packet_decoder *packet_decoder_new(void);
void packet_decoder_free(struct packet_decoder *decoder);

/*
 * Peels RECORD, which must be a packet (is_packet), into RET. RET's frame, time and interface are
 * set in any case, the rest counts only when the result is DECODED. TCP headers are read from 16
 * bytes on, as in Wireshark: what the snap length cut behind them is missing from the payload.
 */
enum decode_result
packet_decode(struct packet_decoder *decoder, const struct record *record, struct packet *ret);

/* Datagrams of which fragments were seen that are not whole (yet), evicted ones included. */
uint64_t packet_decoder_incomplete(const struct packet_decoder *decoder);

/* Datagrams that became whole, but whose fragments overlap with different bytes: their payload
 * counts as not captured, since nobody knows whether the receiver took it. */
uint64_t packet_decoder_contested(const struct packet_decoder *decoder);

/* Adds the bounds that it reached. */
void packet_decoder_bounds(const struct packet_decoder *decoder, struct bounds *bounds);

/* The frames whose fragments FRAME, the last one decoded, made whole together with its own: in RET,
 * borrowed until the next call. Returns how many; 0 when it made none whole. */
size_t packet_decoder_fragments(
    const struct packet_decoder *decoder, uint64_t frame, const uint64_t **ret);

#endif
