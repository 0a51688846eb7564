/* One TCP connection or UDP pair: which packets are its own, and who is client. */
#ifndef SMBTRIAGE_CONVERSATION_CONVERSATION_H
#define SMBTRIAGE_CONVERSATION_CONVERSATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "analyzer/base/arena.h"
#include "analyzer/base/table.h"
#include "analyzer/capture/packet.h"
#include "analyzer/conversation/assembly.h"
#include "analyzer/conversation/delivery.h"
#include "analyzer/conversation/handshake.h"
#include "analyzer/conversation/vantage.h"
#include "analyzer/dissector.h"
#include "analyzer/facts.h"

/* Ports that make a server; a static table and what the operator adds. */
#define PORT_KERBEROS 88
#define PORT_NETBIOS  139
#define PORT_SMB      445

struct service_ports {
	const uint16_t *extra_smb; /* from --smb-port; borrowed */
	size_t extra_smb_count;
};

bool is_smb_port(const struct service_ports *ports, uint16_t port);
bool is_service_port(const struct service_ports *ports, uint16_t port);

/* Whether one of both ports is one. */
bool is_service(const struct service_ports *ports, const struct packet_endpoints *ends);

struct payload_sample; /* analyzer/conversation/classify.h */

TAILQ_HEAD(conversation_queue, conversation);

/* Whether a conversation gives way to others when there are too many. */
enum yield {
	YIELDS_NEVER = 0,
	YIELDS_FIRST, /* it is nobody's business */
	YIELDS_LAST,  /* on a port of ours, where nothing of ours was said */
	YIELDS_COUNT,
};

struct conversation {
	TAILQ_ENTRY(conversation) listed;   /* in conversation_list.all, or among the spare ones */
	TAILQ_ENTRY(conversation) yielding; /* while yields, in pipeline.yielding */
	TAILQ_ENTRY(conversation) closing;  /* while is_closing, in pipeline.closing */
	struct conversation_facts facts;
	uint64_t hash; /* packet_ends_hash() */
	struct handshake handshake;
	struct vantage_watch watch;
	struct delivery deliveries[2]; /* by the enum side that sends */
	struct dissector_context context;
	struct arena arena;                      /* of what is told of it, facts included */
	struct ledger exchanges;                 /* what ended, until it has ended itself */
	struct assembly *assembly;               /* TCP, while it may matter; else NULL */
	const struct dissector *dissector;       /* UDP, once recognised; else NULL */
	void *state;                             /* of that dissector */
	const struct payload_sample *samples[2]; /* for classify, by enum side; arena, or NULL */
	uint32_t base_seq[2]; /* Wireshark's base_seq: the ISN, or what stands for it */
	uint32_t next_seq[2]; /* after the highest byte seen */
	bool has_base_seq[2], has_next_seq[2];
	struct fin {
		uint64_t frame; /* 0: none seen */
		int64_t time;
		uint32_t seq;
	} fins[2];
	int64_t last_server_time; /* of the server's last packet */
	uint8_t client_mac[6];    /* of the first packet of the client that has one */
	bool has_client_mac;
	bool is_left_unused;  /* the client closed it before either side sent a byte */
	int64_t closing_time; /* when is_closing was set */
	bool is_service;      /* a port of SMB or Kerberos */
	bool is_half_open;    /* one SYN is all that there is of it */
	bool is_closing;      /* in the queue of those that end soon */
	bool is_reopened;     /* answered after all while in that queue */
	bool is_finished;     /* its outstanding requests have their outcome */
	bool is_replaced;     /* another connection has its endpoints */
	bool is_unwanted;     /* and nothing is told of it: it goes when no packet can come */
	bool is_foreign;      /* speaks nothing of ours */
	bool is_told;         /* an exchange of TCP itself speaks of it */
	bool is_late; /* begun when much of the room for conversations was taken: may give way */
	enum yield yields; /* the queue that it is in */
};

/* Speaks something of ours, or is on a port of it. Others' are nobody's business, and may be
 * millions. */
static inline bool
conversation_matters(const struct conversation *conversation)
{
	const struct conversation_facts *facts = &conversation->facts;

	return conversation->is_service || (facts->protocol != NULL && !facts->is_background);
}

/* All conversations of a run. */
struct conversation_list {
	struct arena *arena; /* where they live */
	struct service_ports ports;
	const char *file;                /* for the facts; or NULL */
	struct table table;              /* the latest of each pair of endpoints */
	struct conversation_queue all;   /* TCP and UDP, in order of their first frame */
	struct conversation_queue spare; /* those let go, to be used anew */
	size_t count;
	uint32_t tcp_count; /* the next tcp.stream */
	bool is_in_order;   /* ALL is; conversation_list_sort() sees to it */
};

void conversation_list_init(
    struct conversation_list *list, struct arena *arena, const struct service_ports *ports);
void conversation_list_free(struct conversation_list *list);

/* Puts ALL in the order of first frames. */
void conversation_list_sort(struct conversation_list *list);

/* The latest conversation between ENDS, whose packet_ends_hash() is HASH, or NULL. */
struct conversation *conversation_find(const struct conversation_list *list,
    enum transport transport, const struct packet_endpoints *ends, uint64_t hash);

/* Has the place of HASH fetched, for who is to look there soon. */
static inline void
conversation_prefetch(const struct conversation_list *list, uint64_t hash)
{
	table_prefetch(&list->table, hash);
}

/* The endpoints as a packet of the client has them. */
struct packet_endpoints conversation_ends(const struct conversation *conversation);

/* Whether TCP, from SENDER, begins another connection than the one with these beginnings: a SYN
 * with another number does, whatever state the old one is in; one with the same number never does.
 */
bool conversation_is_new_attempt(const uint32_t base_seq[2], const bool has_base_seq[2],
    enum side sender, const struct tcp_header *tcp);

/* Wireshark's notion of where each direction begins: the first segment's number, and for the
 * other side what that segment acknowledges. */
void conversation_note_base(
    uint32_t base_seq[2], bool has_base_seq[2], enum side sender, const struct tcp_header *tcp);

/* A new conversation, which PACKET begins, between ENDS, whose hash is HASH; SENDER is who sent
 * from ends->src. */
struct conversation *conversation_add(struct conversation_list *list, enum transport transport,
    const struct packet_endpoints *ends, uint64_t hash, enum side sender,
    const struct packet *packet);

/*
 * The conversation that a TCP segment belongs to: FOUND, the latest between its endpoints, or a new
 * one, when there is none or when the segment begins another. FOUND is replaced then.
 */
struct conversation *conversation_of_segment(
    struct conversation_list *list, const struct packet *packet, struct conversation *found);

/* Whoever looks for its endpoints finds CONVERSATION no more, unless a later one has them. */
void conversation_unlist(struct conversation_list *list, const struct conversation *conversation);

/* Gives back what CONVERSATION holds for what is told of it. */
void conversation_forget(struct conversation *conversation);

/* CONVERSATION, of LIST, is not wanted any more and must not be used afterwards: a packet of it
 * would begin another one. Nobody may refer to its facts or its exchanges. */
void conversation_let_go(struct conversation_list *list, struct conversation *conversation);

/* Who sent from ends->src. */
enum side
conversation_sender(const struct conversation *conversation, const struct packet_endpoints *ends);

/* The side that a packet from ends->src is likely from, when nothing else tells. */
enum side conversation_guess_sender(
    const struct conversation_list *list, const struct packet_endpoints *ends);

#endif
