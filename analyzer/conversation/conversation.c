#include "analyzer/conversation/conversation.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"

struct endpoints_key {
	const struct packet_endpoints *ends;
	enum transport transport;
};

bool
is_smb_port(const struct service_ports *ports, uint16_t port)
{
	for (size_t i = 0; i < ports->extra_smb_count; i++)
		if (ports->extra_smb[i] == port)
			return true;
	return port == PORT_SMB || port == PORT_NETBIOS;
}

bool
is_service_port(const struct service_ports *ports, uint16_t port)
{
	return port == PORT_KERBEROS || is_smb_port(ports, port);
}

bool
is_service(const struct service_ports *ports, const struct packet_endpoints *ends)
{
	return is_service_port(ports, ends->src_port) || is_service_port(ports, ends->dst_port);
}

static bool
is_end(const struct addr *addr, uint16_t port, const struct addr *other, uint16_t other_port)
{
	return port == other_port && addr_equal(addr, other);
}

static bool
is_between(const void *entry, const void *wanted)
{
	const struct conversation_facts *facts = &((const struct conversation *)entry)->facts;
	const struct endpoints_key *key = wanted;
	const struct packet_endpoints *ends = key->ends;

	if (facts->transport != key->transport)
		return false;
	return (is_end(&facts->client, facts->client_port, &ends->src, ends->src_port) &&
		   is_end(&facts->server, facts->server_port, &ends->dst, ends->dst_port)) ||
	       (is_end(&facts->client, facts->client_port, &ends->dst, ends->dst_port) &&
		   is_end(&facts->server, facts->server_port, &ends->src, ends->src_port));
}

void
conversation_list_init(
    struct conversation_list *list, struct arena *arena, const struct service_ports *ports)
{
	*list = (struct conversation_list){.arena = arena, .ports = *ports, .is_in_order = true};
	TAILQ_INIT(&list->all);
	TAILQ_INIT(&list->spare);
}

void
conversation_list_free(struct conversation_list *list)
{
	table_free(&list->table);
}

static int
compare_first_frames(const void *left, const void *right)
{
	const struct conversation *one = *(struct conversation *const *)left;
	const struct conversation *other = *(struct conversation *const *)right;

	return COMPARE(one->facts.first_frame, other->facts.first_frame);
}

void
conversation_list_sort(struct conversation_list *list)
{
	struct conversation **all, *one;
	size_t count = 0;

	if (list->is_in_order)
		return;
	all = mem_alloc(list->count, sizeof(struct conversation *));
	TAILQ_FOREACH (one, &list->all, listed)
		all[count++] = one;
	qsort(all, count, sizeof(struct conversation *), compare_first_frames);
	TAILQ_INIT(&list->all);
	for (size_t i = 0; i < count; i++)
		TAILQ_INSERT_TAIL(&list->all, all[i], listed);
	mem_free(all);
	list->is_in_order = true;
}

struct conversation *
conversation_find(const struct conversation_list *list, enum transport transport,
    const struct packet_endpoints *ends, uint64_t hash)
{
	struct endpoints_key key = {ends, transport};

	return table_find(&list->table, hash, is_between, &key);
}

enum side
conversation_sender(const struct conversation *conversation, const struct packet_endpoints *ends)
{
	return is_end(&conversation->facts.client, conversation->facts.client_port, &ends->src,
		   ends->src_port)
		   ? CLIENT
		   : SERVER;
}

enum side
conversation_guess_sender(const struct conversation_list *list, const struct packet_endpoints *ends)
{
	bool is_src_service = is_service_port(&list->ports, ends->src_port);
	bool is_dst_service = is_service_port(&list->ports, ends->dst_port);

	if (is_src_service != is_dst_service)
		return is_src_service ? SERVER : CLIENT;
	/* Well-known ports are those below 1024 (RFC 6335 6). */
	return ends->src_port < 1024 && ends->dst_port >= 1024 ? SERVER : CLIENT;
}

static struct conversation *
new_conversation(struct conversation_list *list)
{
	struct conversation *made = TAILQ_FIRST(&list->spare);

	if (made == NULL) {
		made = ARENA_NEW(list->arena, struct conversation);
	} else {
		TAILQ_REMOVE(&list->spare, made, listed);
		memset(made, 0, sizeof(*made));
	}
	TAILQ_INSERT_TAIL(&list->all, made, listed);
	list->count++;
	return made;
}

struct conversation *
conversation_add(struct conversation_list *list, enum transport transport,
    const struct packet_endpoints *ends, uint64_t hash, enum side sender,
    const struct packet *packet)
{
	struct conversation *made = new_conversation(list);
	struct conversation_facts *facts = &made->facts;
	bool is_client = sender == CLIENT;

	facts->client = is_client ? ends->src : ends->dst;
	facts->server = is_client ? ends->dst : ends->src;
	facts->client_port = is_client ? ends->src_port : ends->dst_port;
	facts->server_port = is_client ? ends->dst_port : ends->src_port;
	facts->transport = (uint8_t)transport;
	facts->file = list->file;
	if (transport == TRANSPORT_TCP)
		facts->stream = list->tcp_count++;
	facts->interface = packet->interface;
	facts->first_frame = facts->last_frame = packet->frame;
	facts->first_time = facts->last_time = packet->time;
	made->is_service = is_service(&list->ports, ends);
	made->hash = hash;
	table_add(&list->table, hash, made);
	return made;
}

static bool
is_itself(const void *entry, const void *conversation)
{
	return entry == conversation;
}

void
conversation_unlist(struct conversation_list *list, const struct conversation *conversation)
{
	table_take(&list->table, conversation->hash, is_itself, conversation);
}

struct packet_endpoints
conversation_ends(const struct conversation *conversation)
{
	const struct conversation_facts *facts = &conversation->facts;

	return (struct packet_endpoints){
	    facts->client, facts->server, facts->client_port, facts->server_port};
}

void
conversation_forget(struct conversation *conversation)
{
	ledger_free(&conversation->exchanges);
	arena_free(&conversation->arena);
}

void
conversation_let_go(struct conversation_list *list, struct conversation *conversation)
{
	conversation_unlist(list, conversation);
	conversation_forget(conversation);
	TAILQ_REMOVE(&list->all, conversation, listed);
	TAILQ_INSERT_HEAD(&list->spare, conversation, listed);
	list->count--;
}

bool
conversation_is_new_attempt(const uint32_t base_seq[2], const bool has_base_seq[2],
    enum side sender, const struct tcp_header *tcp)
{
	return (tcp->flags & (TCP_SYN | TCP_ACK)) == TCP_SYN && has_base_seq[sender] &&
	       base_seq[sender] != tcp->seq;
}

void
conversation_note_base(
    uint32_t base_seq[2], bool has_base_seq[2], enum side sender, const struct tcp_header *tcp)
{
	enum side other = other_side(sender);

	if (!has_base_seq[sender]) {
		has_base_seq[sender] = true;
		base_seq[sender] = (tcp->flags & TCP_SYN) ? tcp->seq : tcp->seq - 1;
	}
	if (!has_base_seq[other] && (tcp->flags & TCP_ACK) != 0) {
		has_base_seq[other] = true;
		base_seq[other] = tcp->ack - 1;
	}
}

static enum side
first_sender(const struct conversation_list *list, const struct packet *packet)
{
	if ((packet->tcp.flags & TCP_SYN) == 0)
		return conversation_guess_sender(list, &packet->ends);
	return (packet->tcp.flags & TCP_ACK) != 0 ? SERVER : CLIENT;
}

struct conversation *
conversation_of_segment(
    struct conversation_list *list, const struct packet *packet, struct conversation *found)
{
	if (found != NULL && conversation_is_new_attempt(found->base_seq, found->has_base_seq,
				 conversation_sender(found, &packet->ends), &packet->tcp)) {
		found->is_replaced = true;
		conversation_unlist(list, found);
		found = NULL;
	}
	if (found == NULL) {
		found = conversation_add(list, TRANSPORT_TCP, &packet->ends, packet->hash,
		    first_sender(list, packet), packet);
		found->facts.is_begun_before = true;
	}
	/* Also when the SYN comes behind a packet that it should precede. */
	if ((packet->tcp.flags & TCP_SYN) != 0)
		found->facts.is_begun_before = false;
	conversation_note_base(found->base_seq, found->has_base_seq,
	    conversation_sender(found, &packet->ends), &packet->tcp);
	return found;
}
