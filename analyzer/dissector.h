/* What a protocol must provide to turn a conversation's bytes into exchanges. */
#ifndef SMBTRIAGE_DISSECTOR_H
#define SMBTRIAGE_DISSECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/base/arena.h"
#include "analyzer/exchange.h"
#include "analyzer/facts.h"
#include "analyzer/statistics.h"

/* One message. Its bytes are borrowed for the call. */
struct message {
	const uint8_t *bytes;
	uint32_t captured; /* bytes there: at most what frame() wanted */
	uint32_t length;   /* of the whole message on the wire */
	bool is_cut;       /* wanted bytes are missing because the capture lacks them */
	enum side from;
	uint64_t frame;      /* completes the message: Wireshark shows it there */
	int64_t time;        /* of that frame, nanoseconds since the epoch */
	int64_t first_time;  /* of the frame with its first byte */
	uint64_t start, end; /* stream offsets of its first byte and of the byte after it */
};

/* MESSAGE without the SIZE bytes at its head that say its length; false when they are cut. */
static inline bool
message_behind(const struct message *message, uint32_t size, struct message *ret)
{
	if (message->captured < size)
		return false;
	*ret = *message;
	ret->bytes += size;
	ret->captured -= size;
	ret->length -= size;
	return true;
}

/* How a conversation ended, for what is still outstanding. */
struct ending {
	enum outcome outcome; /* OUTCOME_RESET, _CLOSED, _UNANSWERED; _UNKNOWN: capture ended */
	enum ended_by by;
	uint64_t frame; /* 0 when the capture ended */
	int64_t time;   /* of that frame, or of the last packet in the capture */
	/* Why something that this side said may not be in the capture (index: enum side). */
	enum doubt doubt[2];
	/* When the capture last missed something of that side: a request sent later is not in
	 * doubt. */
	int64_t doubt_time[2];
};

enum probe_verdict {
	PROBE_NO,
	PROBE_UNSURE, /* too few bytes to tell */
	PROBE_YES,
	PROBE_YES_FROM_CLIENT, /* and only a client says this */
	PROBE_YES_FROM_SERVER,
};

/* What frame() says about the message at the head of a stream. */
struct frame_head {
	uint32_t length; /* of the whole message, record header included */
	uint32_t wanted; /* leading bytes that message() needs; the rest is skipped uncopied */
};

enum framing {
	FRAMING_MORE,  /* more bytes are needed to tell */
	FRAMING_FOUND, /* ret is filled */
	FRAMING_LOST,  /* not a message: the conversation resynchronises */
};

/* What exchanges that any packet can make may cost in one run. */
struct quota {
	uint64_t kept, most;
	uint64_t left_out; /* beyond that; the report says so */
};

/* What a dissector is given when it opens. Lives as long as the conversation. */
struct dissector_context {
	struct conversation_facts *conversation; /* the dissector sets protocol, dialect, step, … */
	struct arena *arena;                     /* of the run: exchanges and their texts */
	struct ledger *ledger;
	struct quota *quota;           /* of all background dissectors of the run */
	struct statistics *statistics; /* told of every call that ends; NULL: nobody asks */
	struct secrets *secrets;       /* the operator's, for encrypted sessions; NULL: none */
};

/* Ports that a dissector may be limited to; the longest list has 3. */
#define DISSECTOR_MOST_PORTS 4

struct dissector {
	const char *name;         /* "smb", "kerberos": conversation_facts.protocol */
	enum transport transport; /* over UDP a datagram is one message and frame is NULL */
	/* Ports, of either side, on which probe() may be asked; 0 ends them. None: any port of TCP
	 * and no datagram, since over UDP there is no beginning that a probe could wait for. */
	uint16_t ports[DISSECTOR_MOST_PORTS];
	/* What it reads explains other conversations and is none that a report counts. Over UDP
	 * one state serves all ports of a client, as a resolver takes a new one for each query (RFC
	 * 5452 9.2); probe() then says of each datagram who sent it. Exchanges come from a quota.
	 */
	bool is_background;
	/* Is this the beginning of one of our messages? LENGTH bytes stand at the head; WIRE is
	 * how many the segment or datagram had. */
	enum probe_verdict (*probe)(const uint8_t *bytes, size_t length, size_t wire);
	/* STATE is that of open(): what is wanted of a message may depend on what came before. */
	enum framing (*frame)(
	    const void *state, const uint8_t *bytes, size_t length, struct frame_head *ret);
	/* State for one conversation, heap memory that close() gives back. */
	void *(*open)(const struct dissector_context *context);
	void (*message)(void *state, const struct message *message);
	/* Bytes of SIDE, a message or more, cannot be read, because WHY. NULL where what a gap hid
	 * shows at the end, in struct ending, or as an answer without its request. */
	void (*gap)(void *state, enum side side, enum doubt why);
	/* Called after the last message, and over UDP also when the network rejects what was sent
	 * so far: outstanding requests get their outcome. */
	void (*end)(void *state, const struct ending *ending);
	void (*close)(void *state);
};

static inline bool
dissector_is_on_port(const struct dissector *dissector, uint16_t one, uint16_t other)
{
	for (size_t i = 0; i < DISSECTOR_MOST_PORTS && dissector->ports[i] != 0; i++)
		if (dissector->ports[i] == one || dissector->ports[i] == other)
			return true;
	return dissector->ports[0] == 0 && dissector->transport == TRANSPORT_TCP;
}

/* All that a run may ask; a static table. */
struct dissector_list {
	const struct dissector *const *items;
	size_t count;
};

/* Leading bytes that frame() wants at most of a message whose payload nobody reads. A control
 * message of SMB or Kerberos is far smaller; what is larger is payload. */
#define MESSAGE_MOST_WANTED 65536

#endif
