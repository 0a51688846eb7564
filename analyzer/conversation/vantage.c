#include "analyzer/conversation/vantage.h"

#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/table.h"
#include "analyzer/conversation/conversation.h"

/* How much a kind of evidence counts. Oversized frames (segmentation offload) are no evidence: a
 * host that joins what it receives (GRO, RSC) captures oversized frames of the other side too. */
static const struct {
	int here, elsewhere;
} weights[CLUE_COUNT] = {
    [CLUE_DIRECTION] = {4, 4},
    [CLUE_RECEIVED] = {2, 0},
    [CLUE_HANDSHAKE] = {2, 2},
    [CLUE_HANDSHAKE_SPLIT] = {0, 1},
    [CLUE_TTL] = {1, 4},
    [CLUE_NEIGHBOUR] = {0, 0}, /* clients hear their servers announce themselves */
    [CLUE_FAR_PEER] = {2, 0},
    [CLUE_CHECKSUM] = {2, 0},
    [CLUE_PADDING] = {2, 2},
};

/* The lead of one place over the other that decides: more than undecremented TTLs, which whoever
 * listens on the same segment sees as well. */
#define DECISIVE 2

/* A kind of evidence whose votes differ says nothing unless one side has this many times more. */
#define CLEAR_MAJORITY 4

/* One host at one interface. */
struct host {
	struct vantage_facts facts;
	int lead; /* of "here" */
};

struct hosts {
	struct table table;
	struct host **items;
	size_t count;
	struct arena *arena;
};

struct host_key {
	const struct addr *addr;
	uint32_t interface;
};

static void
vote_here(struct vantage_watch *watch, enum side side, enum clue clue)
{
	watch->here[side] |= (uint16_t)(1U << clue);
}

static void
vote_elsewhere(struct vantage_watch *watch, enum side side, enum clue clue)
{
	watch->elsewhere[side] |= (uint16_t)(1U << clue);
}

/* What systems begin with: 64 Unix, 128 Windows, 255 network devices. */
static bool
is_initial_ttl(uint8_t ttl)
{
	return ttl == 64 || ttl == 128 || ttl == 255;
}

/* A firewall's RST in the name of the server has the firewall's TTL; one that passed a router
 * still was not sent here. */
static void
watch_ttl(struct vantage_watch *watch, enum side sender, const struct packet *packet)
{
	if (packet->ttl == 0)
		return;
	if (!is_initial_ttl(packet->ttl))
		vote_elsewhere(watch, sender, CLUE_TTL);
	else if (packet->kind != PACKET_TCP || (packet->tcp.flags & TCP_RST) == 0)
		vote_here(watch, sender, CLUE_TTL);
}

static void
watch_direction(struct vantage_watch *watch, enum side sender, const struct packet *packet)
{
	if (packet->direction == DIRECTION_OUTBOUND)
		vote_here(watch, sender, CLUE_DIRECTION);
	if (packet->direction != DIRECTION_INBOUND)
		return;
	vote_elsewhere(watch, sender, CLUE_DIRECTION);
	vote_here(watch, other_side(sender), CLUE_RECEIVED);
}

/* Ethernet frames of less than 60 bytes (IEEE 802.3 without FCS) are padded by the network card,
 * behind the place of the capture. Virtual networks never pad, so only the contrast counts.
 * Told by 14 bytes of Ethernet header, 20 of IPv4 and 20 of TCP. */
static void
watch_padding(struct vantage_watch *watch, enum side sender, const struct packet *packet)
{
	uint32_t unpadded = 14 + 20 + 20 + packet->payload_length;

	if (packet->kind != PACKET_TCP || packet->tcp.has_options || !packet->has_link_src ||
	    packet->path != 0 || packet->ends.src.family != ADDR_IPV4 || unpadded >= 60 ||
	    (packet->tcp.flags & TCP_RST) != 0)
		return;
	watch->is_short[sender] |= packet->frame_length == unpadded;
	watch->is_padded[sender] |= packet->frame_length == 60;
	for (enum side side = CLIENT; side <= SERVER; side++) {
		if (watch->is_short[side] && watch->is_padded[other_side(side)]) {
			vote_here(watch, side, CLUE_PADDING);
			vote_elsewhere(watch, other_side(side), CLUE_PADDING);
		}
	}
}

/* At the client the first gap is the round trip and the second next to nothing; at the server the
 * other way round. */
static void
vote_gaps(struct vantage_watch *watch, int64_t first, int64_t second)
{
	enum side here = first > second ? CLIENT : SERVER;
	int64_t larger = first > second ? first : second;
	int64_t smaller = first > second ? second : first;

	if (smaller < 0 || larger < VANTAGE_LEAST_GAP)
		return;
	if (larger / 5 >= smaller) {
		vote_here(watch, here, CLUE_HANDSHAKE);
		vote_elsewhere(watch, other_side(here), CLUE_HANDSHAKE);
	} else if (larger / 2 <= smaller) {
		vote_elsewhere(watch, CLIENT, CLUE_HANDSHAKE_SPLIT);
		vote_elsewhere(watch, SERVER, CLUE_HANDSHAKE_SPLIT);
	}
}

/* A repeated SYN or SYN-ACK leaves open which one was answered. */
static void
watch_gaps(struct vantage_watch *watch, enum side sender, const struct packet *packet)
{
	uint8_t flags = packet->tcp.flags & (TCP_SYN | TCP_ACK | TCP_RST);

	if (packet->kind != PACKET_TCP || watch->is_timed)
		return;
	if (sender == CLIENT && flags == TCP_SYN && !watch->has_syn) {
		watch->has_syn = true;
		watch->syn_time = packet->time;
	} else if (sender == SERVER && flags == (TCP_SYN | TCP_ACK) && watch->has_syn &&
		   !watch->has_syn_ack) {
		watch->has_syn_ack = true;
		watch->syn_ack_time = packet->time;
	} else {
		watch->is_timed = true;
		if (sender == CLIENT && flags == TCP_ACK && watch->has_syn_ack)
			vote_gaps(watch, watch->syn_ack_time - watch->syn_time,
			    packet->time - watch->syn_ack_time);
	}
}

void
vantage_packet(struct vantage_watch *watch, enum side sender, const struct packet *packet)
{
	if (watch->packets == VANTAGE_PACKETS)
		return;
	if (watch->packets == 0)
		watch->interface = packet->interface;
	if (watch->interface != packet->interface)
		return;
	watch->packets++;
	watch_ttl(watch, sender, packet);
	watch_direction(watch, sender, packet);
	watch_padding(watch, sender, packet);
	watch_gaps(watch, sender, packet);
	/* Offload: the card fills in the checksum behind the place of the capture. */
	if (packet->has_wrong_checksum)
		vote_here(watch, sender, CLUE_CHECKSUM);
}

void
vantage_swap(struct vantage_watch *watch)
{
	SWAP(uint16_t, watch->here[CLIENT], watch->here[SERVER]);
	SWAP(uint16_t, watch->elsewhere[CLIENT], watch->elsewhere[SERVER]);
	SWAP(bool, watch->is_short[CLIENT], watch->is_short[SERVER]);
	SWAP(bool, watch->is_padded[CLIENT], watch->is_padded[SERVER]);
}

/* ---- what other packets say ---- */

static struct vantage_note *
note_of(struct vantage_notes *notes, const struct addr *host, uint32_t interface)
{
	for (size_t i = 0; i < notes->count; i++)
		if (notes->items[i].interface == interface &&
		    addr_equal(&notes->items[i].host, host))
			return &notes->items[i];
	if (notes->count == VANTAGE_MOST_NOTES)
		return NULL;
	notes->items[notes->count] = (struct vantage_note){.host = *host, .interface = interface};
	return &notes->items[notes->count++];
}

void
vantage_note(struct vantage_notes *notes, const struct packet *packet)
{
	struct vantage_note *note;

	if (packet->kind == PACKET_ADDRESS && packet->address.is_answer) {
		note = note_of(notes, &packet->address.target, packet->interface);
		if (note != NULL)
			note->is_neighbour = true;
	} else if (packet->kind == PACKET_UDP && packet->ends.src_port == 53 && packet->ttl != 0 &&
		   !is_initial_ttl(packet->ttl)) {
		note = note_of(notes, &packet->ends.dst, packet->interface);
		if (note != NULL)
			note->has_far_peer = true;
	}
}

/* ---- the count ---- */

static bool
is_host(const void *entry, const void *wanted)
{
	const struct host *host = entry;
	const struct host_key *key = wanted;

	return host->facts.interface == key->interface && addr_equal(&host->facts.host, key->addr);
}

static uint64_t
hash_host(const struct addr *addr, uint32_t interface)
{
	return hash_u64(addr_hash(addr) ^ interface);
}

static struct host *
host_find(const struct hosts *hosts, const struct addr *addr, uint32_t interface)
{
	struct host_key key = {addr, interface};

	return table_find(&hosts->table, hash_host(addr, interface), is_host, &key);
}

static void
host_add(struct hosts *hosts, const struct addr *addr, uint32_t interface)
{
	struct host *made;

	if (hosts->count == VANTAGE_MOST_HOSTS || host_find(hosts, addr, interface) != NULL)
		return;
	made = ARENA_NEW(hosts->arena, struct host);
	made->facts.host = *addr;
	made->facts.interface = interface;
	table_add(&hosts->table, hash_host(addr, interface), made);
	hosts->items[hosts->count++] = made;
}

/* Both ends are one host: where it is says nothing about who is beside the capture. */
static bool
is_loopback(const struct conversation_facts *facts)
{
	return addr_equal(&facts->client, &facts->server);
}

static const struct addr *
end_of(const struct conversation_facts *facts, enum side side)
{
	return side == CLIENT ? &facts->client : &facts->server;
}

static void
gather_hosts(struct hosts *hosts, const struct conversation_list *list)
{
	const struct conversation *one;

	TAILQ_FOREACH (one, &list->all, listed) {
		if (one->watch.packets == 0 || is_loopback(&one->facts) ||
		    !conversation_matters(one))
			continue;
		for (enum side side = CLIENT; side <= SERVER; side++)
			host_add(hosts, end_of(&one->facts, side), one->watch.interface);
	}
}

static void
count_votes(struct vantage_facts *facts, const struct vantage_watch *watch, enum side side)
{
	for (enum clue clue = 0; clue < CLUE_COUNT; clue++) {
		facts->here[clue] += watch->here[side] >> clue & 1U;
		facts->elsewhere[clue] += watch->elsewhere[side] >> clue & 1U;
	}
	/* The peer's packets passed a router, and this host's did not. */
	if (watch->elsewhere[other_side(side)] >> CLUE_TTL & 1U)
		facts->here[CLUE_FAR_PEER]++;
}

static void
count_all(struct hosts *hosts, const struct conversation_list *list)
{
	const struct conversation *one;

	TAILQ_FOREACH (one, &list->all, listed) {
		if (one->watch.packets == 0 || is_loopback(&one->facts))
			continue;
		for (enum side side = CLIENT; side <= SERVER; side++) {
			struct host *host =
			    host_find(hosts, end_of(&one->facts, side), one->watch.interface);

			if (host != NULL)
				count_votes(&host->facts, &one->watch, side);
		}
	}
}

static void
count_notes(struct hosts *hosts, const struct vantage_notes *notes)
{
	for (size_t i = 0; i < notes->count; i++) {
		const struct vantage_note *note = &notes->items[i];
		struct host *host = host_find(hosts, &note->host, note->interface);

		if (host == NULL)
			continue;
		host->facts.here[CLUE_NEIGHBOUR] += note->is_neighbour;
		host->facts.here[CLUE_FAR_PEER] += note->has_far_peer;
	}
}

static int
lead_of(const struct vantage_facts *facts)
{
	int lead = 0;

	for (enum clue clue = 0; clue < CLUE_COUNT; clue++) {
		uint64_t here = facts->here[clue], elsewhere = facts->elsewhere[clue];

		if (here > elsewhere * CLEAR_MAJORITY)
			lead += weights[clue].here;
		else if (elsewhere > here * CLEAR_MAJORITY)
			lead -= weights[clue].elsewhere;
	}
	return lead;
}

/* A far peer proves something only of a host that is on this side of the router. */
static void
judge(struct host *host)
{
	struct vantage_facts *facts = &host->facts;

	if (facts->elsewhere[CLUE_TTL] != 0 ||
	    facts->here[CLUE_TTL] + facts->here[CLUE_NEIGHBOUR] == 0)
		facts->here[CLUE_FAR_PEER] = 0;
	host->lead = lead_of(facts);
	if (host->lead >= DECISIVE)
		facts->place = PLACE_HERE;
	else if (host->lead <= -DECISIVE)
		facts->place = PLACE_ELSEWHERE;
}

static enum vantage
vantage_between(enum place client, enum place server)
{
	if (client == PLACE_HERE && server != PLACE_HERE)
		return VANTAGE_CLIENT;
	if (server == PLACE_HERE && client != PLACE_HERE)
		return VANTAGE_SERVER;
	if (client == PLACE_ELSEWHERE && server == PLACE_ELSEWHERE)
		return VANTAGE_BETWEEN;
	return VANTAGE_UNKNOWN;
}

static void
apply(const struct hosts *hosts, const struct conversation_list *list)
{
	struct conversation *one;

	TAILQ_FOREACH (one, &list->all, listed) {
		const struct host *client =
		    host_find(hosts, &one->facts.client, one->watch.interface);
		const struct host *server =
		    host_find(hosts, &one->facts.server, one->watch.interface);

		if (client != NULL && server != NULL && !is_loopback(&one->facts))
			one->facts.vantage =
			    vantage_between(client->facts.place, server->facts.place);
	}
}

static int
strength(const struct host *host)
{
	return host->lead < 0 ? -host->lead : host->lead;
}

static bool
has_votes(const struct host *host)
{
	uint64_t votes = 0;

	for (enum clue clue = 0; clue < CLUE_COUNT; clue++)
		votes += host->facts.here[clue] + (uint64_t)host->facts.elsewhere[clue];
	return votes != 0;
}

/* The strongest first; among equals, the first that was seen. */
static void
show(const struct hosts *hosts, struct arena *arena, struct capture_facts *ret)
{
	struct vantage_facts *shown = ARENA_ARRAY(arena, struct vantage_facts, VANTAGE_MOST_SHOWN);
	int most = 0;

	for (size_t i = 0; i < hosts->count; i++)
		if (strength(hosts->items[i]) > most)
			most = strength(hosts->items[i]);
	ret->vantages = shown;
	for (; most >= 0; most--)
		for (size_t i = 0; i < hosts->count; i++)
			if (strength(hosts->items[i]) == most && has_votes(hosts->items[i]) &&
			    ret->vantage_count < VANTAGE_MOST_SHOWN)
				shown[ret->vantage_count++] = hosts->items[i]->facts;
}

void
vantage_conclude(const struct conversation_list *list, const struct vantage_notes *notes,
    struct arena *arena, struct capture_facts *ret)
{
	struct hosts hosts = {.arena = arena};

	hosts.items = ARENA_ARRAY(arena, struct host *, VANTAGE_MOST_HOSTS);
	gather_hosts(&hosts, list);
	count_all(&hosts, list);
	count_notes(&hosts, notes);
	for (size_t i = 0; i < hosts.count; i++)
		judge(hosts.items[i]);
	apply(&hosts, list);
	show(&hosts, arena, ret);
	table_free(&hosts.table);
}

void
vantage_override(const struct conversation_list *list, enum vantage vantage)
{
	struct conversation *one;

	TAILQ_FOREACH (one, &list->all, listed)
		one->facts.vantage = vantage;
}
