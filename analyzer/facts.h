/*
 * What is known about a capture and about a conversation, apart from how it was found.
 * capture/ and conversation/ fill these; dissectors, rules and reports read them.
 */
#ifndef SMBTRIAGE_FACTS_H
#define SMBTRIAGE_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/base/addr.h"
#include "analyzer/bounds.h"

/* Which end of a conversation. An index, never a pair of functions. */
enum side { CLIENT = 0, SERVER = 1 };

static inline enum side
other_side(enum side side)
{
	return side == CLIENT ? SERVER : CLIENT;
}

/* What a count by enum side comes to. */
static inline uint64_t
both_sides(const uint64_t by_side[2])
{
	return by_side[CLIENT] + by_side[SERVER];
}

enum transport {
	TRANSPORT_NONE = 0, /* below IP: ARP, or ICMPv6 in its place */
	TRANSPORT_TCP = 6,  /* IANA protocol numbers */
	TRANSPORT_UDP = 17,
};

/* How far a conversation got. Each step contains those before it. */
enum step {
	STEP_NONE,          /* nothing but unanswered SYNs */
	STEP_CONNECTED,     /* TCP connected */
	STEP_NEGOTIATED,    /* NEGOTIATE answered with a dialect */
	STEP_AUTHENTICATED, /* SESSION_SETUP succeeded */
	STEP_TREE_CONNECTED,
	STEP_WORKING, /* at least one request on a tree succeeded */
};

/* How a conversation, or a request in it, ended. */
enum outcome {
	OUTCOME_UNKNOWN = 0, /* the capture cannot tell; enum doubt says why */
	OUTCOME_ANSWERED,
	OUTCOME_RESET,      /* by RST (or ICMP) instead of an answer */
	OUTCOME_CLOSED,     /* by FIN instead of an answer */
	OUTCOME_UNANSWERED, /* no answer, and the capture could have shown one */
};

enum ended_by {
	ENDED_BY_NOBODY = 0,
	ENDED_BY_CLIENT,
	ENDED_BY_SERVER,
	ENDED_BY_NETWORK,
	ENDED_BY_CAPTURE
};

/* Why an outcome is unknown. */
enum doubt {
	DOUBT_NONE = 0,
	DOUBT_CAPTURE_ENDED,
	DOUBT_PACKETS_MISSING, /* a peer acknowledged, or went on after, bytes the file lacks */
	DOUBT_CUT_BY_SNAPLEN,
	DOUBT_ONE_DIRECTION,
	DOUBT_ENCRYPTED,
	DOUBT_COMPRESSED,
	DOUBT_NOT_UNDERSTOOD, /* bytes came that are no message of the protocol */
	DOUBT_BEGAN_BEFORE_CAPTURE,
	DOUBT_PACKETS_DROPPED, /* by the capturing system, as many as the answers would be */
	DOUBT_CLOCK_STEPPED,   /* the capture's clock was set back meanwhile */
	DOUBT_ANSWERS_OTHER,   /* the server spoke, but to something other than the request */
	DOUBT_NOT_ANALYSED,    /* the packets that would tell came when --max-memory was used up */
	DOUBT_OVERLAP,         /* bytes of a message were sent twice, and it has two readings */
};

/* Of two copies of the same bytes. */
enum copy { COPY_FIRST, COPY_SECOND };

/* Bytes of one side that were sent twice with different contents. */
struct overlap_facts {
	enum side from;
	uint64_t bytes;        /* that differ */
	uint64_t first_frame;  /* of the copy that came first; 0: not known any more */
	uint64_t second_frame; /* of the other */
	enum copy read;
	const char *policy; /* that says so (base/overlap.h); NULL: the first was read already */
};

/* What a field is by either copy. */
struct contested_value {
	const char *field;
	const char *read, *other; /* as text, shortened; "" when the copy does not have it */
};

/* Values of one message that are told. */
#define CONTESTED_MOST_VALUES 8

/* A message that reads otherwise with the bytes of the copy that was not read. */
struct contested_message {
	enum side from;
	uint64_t frame;       /* completes it as it was read */
	uint64_t start, end;  /* stream offsets of the request or answer in it */
	const char *exchange; /* name of the type; NULL: not even that is the same */
	uint64_t fields;      /* of that type, a bit each by their place; UINT64_MAX: see above */
	const struct contested_value *values;
	size_t value_count;
	uint64_t values_left_out; /* more of them differ */
};

/* Why encrypted messages of a conversation are not read. */
enum seal {
	SEAL_OPENED = 0,
	SEAL_NO_KEY,
	SEAL_UNFIT_KEYTAB, /* which does not open the session's ticket */
	SEAL_WRONG_KEY,
	SEAL_NO_HANDSHAKE,
	SEAL_CUT,     /* the capture holds too little of them to tell whether the key fits */
	SEAL_ALTERED, /* with a key that opens others of the session: changed on their way */
};

/* Where a capture was taken, as seen from one conversation. */
enum vantage { VANTAGE_UNKNOWN = 0, VANTAGE_CLIENT, VANTAGE_SERVER, VANTAGE_BETWEEN };

/* The same of a whole capture, and who says so. */
struct capture_vantage {
	enum vantage place;
	bool is_said; /* by the operator; else most of its connections do */
};

/* Where a host is, as seen from the place of the capture. */
enum place { PLACE_UNKNOWN = 0, PLACE_HERE, PLACE_ELSEWHERE };

/* Kinds of evidence for where a host is. */
enum clue {
	CLUE_DIRECTION,       /* the file says which way its packets went */
	CLUE_RECEIVED,        /* packets to it were received here */
	CLUE_HANDSHAKE,       /* the gaps of the TCP handshake */
	CLUE_HANDSHAKE_SPLIT, /* both gaps alike: the capture is between the two */
	CLUE_TTL,             /* its packets passed no router; or passed one */
	CLUE_NEIGHBOUR,       /* it announced its link-layer address */
	CLUE_FAR_PEER,        /* its packets passed no router, those of its peers did */
	CLUE_CHECKSUM,        /* its checksums are not filled in yet */
	CLUE_PADDING,         /* its frames are not padded, those of its peer are; or the reverse */
	CLUE_COUNT,
};

/* What was gathered about one host at one interface: how many conversations voted so. */
struct vantage_facts {
	struct addr host;
	uint32_t interface; /* index into capture_facts.interfaces */
	enum place place;   /* the verdict */
	uint32_t here[CLUE_COUNT], elsewhere[CLUE_COUNT];
};

/* What the operator says of the sandbox: all that the kernel has, all there is or no run, none. */
enum sandbox_mode { SANDBOX_AUTO = 0, SANDBOX_REQUIRE, SANDBOX_OFF };

/* What keeps the process that reads captures from doing anything else. */
enum sandbox_layer {
	SANDBOX_NO_NEW_PRIVS, /* it gains none by executing a file */
	SANDBOX_LIMITS,       /* setrlimit(2): descriptors, processes, core files */
	SANDBOX_LANDLOCK,     /* no file, no TCP port, no other process */
	SANDBOX_SECCOMP,      /* no system call but those it needs */
	SANDBOX_LAYERS,
};

/* The sandbox of a run. */
struct sandbox_facts {
	enum sandbox_mode mode;
	bool is_active[SANDBOX_LAYERS];
	uint32_t landlock_abi; /* 0: it is not active */
};

/* How a connection ended, if the capture shows it. */
enum close_kind { CLOSE_NONE = 0, CLOSE_RESET, CLOSE_FIN };

/* One TCP connection or UDP pair. Lives as long as the run. */
struct conversation_facts {
	struct addr client, server;
	uint16_t client_port, server_port;
	uint8_t transport;    /* enum transport */
	uint32_t stream;      /* Wireshark's tcp.stream; meaningless for UDP */
	const char *file;     /* the capture's name as the operator gave it */
	uint32_t interface;   /* of its first packet: index into capture_facts.interfaces */
	uint32_t operation;   /* attempts of one client to reach one server, or one of its other
			       * addresses or ports, at the same time have one number; from 1 */
	enum vantage vantage; /* where the capture was taken */
	const char *speaks;   /* protocol, else nDPI's word for it, else NULL */
	uint8_t ttl[2];       /* TTL or hop limit of the side's first packet but RST; 0: none */
	bool
	    is_close_ttl_odd; /* close_ttl is not that side's ttl: somebody else may have sent it */
	uint32_t outstanding; /* SMB2: requests without an answer when it ended */
	uint64_t given_up; /* SMB2: requests and breaks that no longer wait, too many being open */
	uint8_t close_ttl; /* of the packet that closed it */
	const char *protocol; /* what our dissectors recognised: "smb", "kerberos"; or NULL */
	bool is_background;   /* explains other conversations, such as DNS; reports count none */
	const char *dialect;  /* SMB: the dialect agreed on, such as "3.1.1"; or NULL */
	bool is_encrypted;    /* SMB: TRANSFORM headers were seen */
	bool is_compressed;   /* SMB: COMPRESSION headers were seen */
	uint64_t compressed_messages[2]; /* SMB: those that could not be read */
	uint64_t compressed_bytes[2];    /* on the wire */
	uint64_t sealed_messages[2];     /* SMB: encrypted ones that no key opened */
	uint64_t sealed_bytes[2];        /* on the wire, TRANSFORM headers included */
	enum seal seal;                  /* why they are not read */
	int64_t sealed_wait;             /* longest from one of the client's to the server's next */
	uint64_t sealed_wait_frame;      /* which ended that wait; 0: there was none */
	uint64_t opened_messages[2];     /* SMB: encrypted ones that the operator's keys opened */
	uint64_t signatures_right[2]; /* SMB2: of messages and encrypted ones, checked with a key */
	uint64_t signatures_wrong[2];
	const char *keytab_lack; /* why the keytab does not open the ticket, a clause; or NULL */
	bool has_unfit_key;      /* SMB2: a key was given that is not its session's */
	bool is_armoured;        /* Kerberos: AS requests with FAST were seen (RFC 6113 5.4) */
	bool is_begun_before;    /* no SYN in the capture: seen from the middle */
	bool is_one_direction;   /* packets of one side only */
	enum step step;
	uint64_t first_frame, last_frame;
	int64_t first_time, last_time; /* nanoseconds since the epoch */
	uint64_t packets[2];           /* by enum side */
	uint64_t bytes[2]; /* of TCP or UDP payload on the wire, retransmissions included */
	uint64_t retransmissions[2];          /* segments that repeat bytes already seen */
	uint64_t duplicates[2];               /* copies that the capture made of one packet */
	uint64_t missing_bytes[2];            /* acknowledged or passed over, yet not in the file */
	uint64_t conflicting_bytes[2];        /* sent again with other contents */
	const struct overlap_facts *overlaps; /* the first of these; or NULL */
	size_t overlap_count;
	const struct contested_message *contested; /* the first of these; or NULL */
	size_t contested_count;
	uint64_t contested_left_out; /* more of them, or not compared */
	enum close_kind close;       /* the first FIN or RST */
	enum ended_by closed_by;
	uint64_t close_frame;
	int64_t close_time;
	/* What tells which addresses are one server's. */
	bool has_server_guid;
	uint8_t server_guid[16];             /* of its NEGOTIATE answer ([MS-SMB2] 2.2.4) */
	const struct addr *server_addresses; /* its interfaces, as it lists them; or NULL */
	size_t server_address_count;
	int64_t server_addresses_time; /* when it listed them */
};

/* A record that is earlier than the one before it by this much was not merely written out of
 * order (several queues, merged files: milliseconds); the clock was set. */
#define CLOCK_STEP INT64_C(1000000000)

/* One point of capture. */
struct interface_facts {
	const char *name;        /* or NULL */
	const char *description; /* or NULL */
	const char *filter;      /* the capture filter in force, or NULL */
	const char *os;          /* or NULL */
	uint32_t link_type;      /* LINKTYPE_…, see https://www.tcpdump.org/linktypes.html */
	uint32_t snap_length;    /* 0: no limit */
	uint64_t packets;
	int64_t first_time, last_time; /* of its packets, where has_time */
	bool has_time;
	uint64_t time_reversals; /* records earlier than the one before, by less than a step */
	uint64_t clock_steps;    /* records earlier by CLOCK_STEP or more: the clock was set back */
	bool has_start, has_end; /* the file says when it began to capture there, and ended */
	int64_t start_time, end_time;
	uint64_t dropped; /* by the capturing system, where the file says so */
	bool has_dropped; /* the file says so */
};

/* A name the capture file itself gives an address (pcapng name resolution block). */
struct name_facts {
	struct addr addr;
	const char *name;
};

/* One of the files that are one trace together. */
struct capture_part {
	const char *file;
	const char *name;     /* as report_capture.name; NULL: not known here */
	const char *sha256;   /* likewise */
	uint64_t first_frame; /* frames of the trace count on from file to file */
	uint64_t packets;
	int64_t first_time, last_time;
	bool has_time;
	const char *damage; /* or NULL */
};

/* A capture that is compared with those of other points on one path. */
struct point_facts {
	size_t number, count; /* it is the NUMBERth, from 1, of COUNT, from the clients on */
	struct capture_vantage vantage;
	/* The rest is about the one before it, nearer to the clients; of the first it is zero. */
	const char *before;    /* its file */
	bool has_offset;       /* its clock could be compared */
	int64_t offset;        /* ns by which the clock here is ahead of the one there, at first */
	int64_t uncertainty;   /* ns by which that may be wrong; negative: packets of one direction
				* alone tell, so nobody knows */
	int64_t last_offset;   /* at last */
	int64_t offset_change; /* by which the last is more than the first */
	uint64_t clock_sets;   /* times that one of both clocks was set meanwhile */
	uint64_t shared;       /* connections of SMB and Kerberos that both have; of these: */
	uint64_t translated;   /* those with other addresses or ports */
	uint64_t renumbered;   /* with other sequence numbers */
	uint64_t terminated;   /* of which a device in between has one to either side */
	uint64_t duplicated;   /* segments that came twice to one of both, and passed the other once
				*/
	uint64_t only_before;  /* connections that only the one before has */
	uint64_t only_here;
};

/* A file beside the capture, and what it says of it. */
struct companion_facts {
	const char *file;
	const char *format;   /* what it is, for people */
	const char *damage;   /* a sentence; or NULL */
	uint64_t lost;        /* events that its writer could not write, as it says */
	uint64_t statements;  /* in it: lines, events, listeners, settings, shares */
	uint64_t exchanges;   /* of the capture, of which it says something */
	struct addr host;     /* that it is of; no family: what is in it says of which */
	bool is_host_guessed; /* it is taken for that of the only SMB server */
	int64_t zone;         /* ns by which its clock shows more than UTC */
	bool has_zone;        /* lines tell, which are of packets of the capture */
	const char *doubt; /* why it says nothing of the capture, or not all, a clause; or NULL */
};

/* One capture file, or several that are one trace. Lives as long as the run. */
struct capture_facts {
	const char *file;                         /* the first, if there are several */
	struct capture_part *parts;               /* in their order; of a file by itself NULL */
	size_t part_count;                        /* 0, or at least 2 */
	const struct point_facts *point;          /* where it is compared with others; else NULL */
	const struct companion_facts *companions; /* files beside it */
	size_t companion_count;
	const char *format;      /* "pcap", "pcapng", or libpcap's word for another savefile */
	const char *compression; /* "gzip", "zstd", "lz4", or NULL */
	uint64_t packets;        /* Wireshark's frame count */
	uint64_t decoded;        /* of these, with an IP packet that we could read */
	uint64_t bytes;          /* captured */
	int64_t first_time, last_time;
	bool has_time; /* at least one record carries a time */
	const struct interface_facts *interfaces;
	size_t interface_count;
	const struct name_facts *names;
	size_t name_count;
	const char *const *comments; /* the operator's own words in the file */
	size_t comment_count;
	/* Hosts of SMB and Kerberos, at most 8, those first of which most is known. What the
	 * packets say, also when the operator said otherwise (--vantage). */
	const struct vantage_facts *vantages;
	size_t vantage_count;
	/* Quality: what the file lacks. */
	const char *damage;      /* where and how the file is cut or damaged, or NULL */
	bool has_secrets;        /* the operator gave keys to decrypt with */
	const char *unjudged;    /* why nothing in it could be judged, as a clause; or NULL */
	uint64_t sliced;         /* packets shorter than on the wire (snap length) */
	uint64_t undecoded;      /* packets whose link type or headers we could not read */
	uint64_t time_reversals; /* records earlier than the one before on their interface */
	uint64_t clock_steps;    /* of all interfaces */
	uint64_t duplicates;     /* packets that are copies of one shown before */
	uint64_t fragments_incomplete;
	uint64_t fragments_contested; /* datagrams whose fragments overlap with different bytes */
	uint64_t quic_packets; /* of UDP 443 from or to a file server: may be SMB, never seen */
	uint64_t rdma_packets; /* RoCEv2 and iWARP: may be SMB Direct, not read */
	struct bounds bounds;  /* those that were reached */
	uint64_t tcp_streams;
	uint64_t syn_only_streams;
};

#endif
