#include "analyzer/conversation/pipeline.h"

#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "analyzer/conversation/operation.h"
#include "analyzer/conversation/pipeline_state.h"
#include "analyzer/conversation/readings.h"
#include "analyzer/conversation/sweep.h"

/* Of --max-memory, for each row of the tally: its rows then take less than a hundredth of all. */
#define BYTES_FOR_ROW ((size_t)32 << 10)

/* So many packets before its turn comes what one is looked up in is fetched: it is there in time,
 * and not yet gone again. Of a flood's packets 4 to 16 take as long as memory does. */
#define AHEAD 8

static void
begin_bounds(struct pipeline *pipeline)
{
	size_t max_memory = pipeline->options.max_memory;

	pipeline->most_memory = bounds_share_of_packets(max_memory);
	pipeline->tally.most = max_memory != 0
				   ? min_u64(max_memory / BYTES_FOR_ROW, TALLY_MOST_ROWS)
				   : TALLY_MOST_ROWS;
	pipeline->early.bounds = &pipeline->bounds;
	pipeline->early.most = max_memory != 0 ? max_memory / 8 : SIZE_MAX;
}

size_t
pipeline_room_taken(const struct pipeline *pipeline)
{
	size_t memory = mem_used() - pipeline->options.memory_before + pipeline->beside;

	return 2 * memory - pipeline->left_behind;
}

void
pipeline_set_beside(struct pipeline *pipeline, size_t bytes)
{
	pipeline->beside = bytes;
}

struct pipeline *
pipeline_new(const struct pipeline_options *options, struct arena *arena, struct ledger *ledger)
{
	struct pipeline *pipeline = mem_alloc(1, sizeof(*pipeline));

	pipeline->options = *options;
	pipeline->arena = arena;
	pipeline->ledger = ledger;
	pipeline->first_exchange = ledger->count;
	conversation_list_init(&pipeline->conversations, arena, &options->ports);
	conversation_list_init(&pipeline->background, arena, &options->ports);
	pipeline->conversations.file = pipeline->background.file = options->file;
	pipeline->quota.most = PIPELINE_MOST_NAMES;
	pipeline->duplicates = duplicates_new();
	TAILQ_INIT(&pipeline->closing);
	pipeline_begin_yielding(pipeline);
	pipeline_begin_stubs(pipeline);
	begin_bounds(pipeline);
	return pipeline;
}

const struct conversation_list *
pipeline_conversations(const struct pipeline *pipeline)
{
	return &pipeline->conversations;
}

const struct vantage_notes *
pipeline_vantage_notes(const struct pipeline *pipeline)
{
	return &pipeline->notes;
}

void
pipeline_count_packet(
    struct conversation *conversation, enum side sender, const struct packet *packet)
{
	struct conversation_facts *facts = &conversation->facts;

	facts->packets[sender]++;
	facts->bytes[sender] += packet->payload_length;
	facts->last_frame = packet->frame;
	facts->last_time = packet->time;
	if (sender == SERVER)
		conversation->last_server_time = packet->time;
	if (sender == CLIENT && packet->has_link_src && !conversation->has_client_mac) {
		conversation->has_client_mac = true;
		memcpy(conversation->client_mac, packet->link_src, sizeof(packet->link_src));
	}
}

/* Whether PACKET was shown before and says nothing new. Conversations that matter to nobody are not
 * worth the look. */
bool
pipeline_is_copy(struct pipeline *pipeline, struct conversation *conversation, enum side sender,
    const struct packet *packet)
{
	if (conversation->is_foreign || !conversation_matters(conversation) ||
	    !duplicates_is_copy(pipeline->duplicates, packet))
		return false;
	conversation->facts.duplicates[sender]++;
	pipeline->duplicate_count++;
	return true;
}

struct dissector_context
pipeline_context(struct pipeline *pipeline, struct conversation *conversation)
{
	bool is_background = conversation->facts.is_background;

	return (struct dissector_context){.conversation = &conversation->facts,
	    .arena = is_background ? pipeline->arena : &conversation->arena,
	    .ledger = is_background ? pipeline->ledger : &conversation->exchanges,
	    .quota = &pipeline->quota,
	    .statistics = pipeline->options.statistics,
	    .secrets = pipeline->options.secrets};
}

/* An ICMP error says why a SYN or a datagram got no answer. One that quotes a whole TCP header
 * has, in Wireshark, a stream of its own when there is none yet. */
static struct conversation *
take_icmp(struct pipeline *pipeline, const struct packet *packet)
{
	const struct icmp_quote *quote = &packet->icmp;
	enum transport transport = quote->protocol == TRANSPORT_UDP ? TRANSPORT_UDP : TRANSPORT_TCP;
	struct conversation *conversation;
	uint64_t hash;

	if (!quote->is_error || quote->protocol != transport || !quote->has_ports)
		return NULL;
	hash = packet_ends_hash(&quote->ends, transport);
	if (transport == TRANSPORT_TCP && pipeline_stays_stub(pipeline, &quote->ends, hash))
		return NULL;
	conversation = conversation_find(&pipeline->conversations, transport, &quote->ends, hash);
	if (conversation == NULL && quote->has_whole_tcp_header) {
		conversation =
		    conversation_add(&pipeline->conversations, TRANSPORT_TCP, &quote->ends, hash,
			conversation_guess_sender(&pipeline->conversations, &quote->ends), packet);
		conversation->facts.is_begun_before = true;
	}
	if (conversation == NULL || conversation_sender(conversation, &quote->ends) != CLIENT)
		return conversation;
	if (transport == TRANSPORT_UDP)
		pipeline_reject_datagrams(conversation, packet);
	else
		handshake_icmp(&conversation->handshake, packet);
	return conversation;
}

static struct conversation *
take_packet(struct pipeline *pipeline, const struct packet *packet)
{
	switch (packet->kind) {
	case PACKET_TCP:
		unread_packet(&pipeline->unread, packet);
		return pipeline_segment(pipeline, packet);
	case PACKET_UDP:
		unread_packet(&pipeline->unread, packet);
		vantage_note(&pipeline->notes, packet);
		return pipeline_datagram(pipeline, packet);
	case PACKET_ICMP:
		return take_icmp(pipeline, packet);
	case PACKET_ADDRESS:
		vantage_note(&pipeline->notes, packet);
		resolutions_packet(&pipeline->resolutions, packet, pipeline->arena);
		return NULL;
	case PACKET_OTHER:
		return NULL;
	}
	return NULL;
}

/* The analysis ends as if the capture ended here: what is absent afterwards proves nothing. */
static bool
is_full(struct pipeline *pipeline, const struct packet *packet)
{
	if (pipeline_room_taken(pipeline) > pipeline->most_memory)
		pipeline->is_full = true;
	if (pipeline->is_full)
		bound_reached(&pipeline->bounds, BOUND_MEMORY, 1, packet->frame);
	return pipeline->is_full;
}

void
pipeline_packet(struct pipeline *pipeline, const struct packet *packet)
{
	const struct packet_tap *tap = pipeline->options.tap;
	struct conversation *conversation;

	if (is_full(pipeline, packet))
		return;
	if (packet->time > pipeline->last_time)
		pipeline->last_time = packet->time;
	pipeline->frame = packet->frame;
	coverage_packet(&pipeline->coverage, packet);
	pipeline_finish_closed(pipeline, packet->time);
	conversation = take_packet(pipeline, packet);
	if (tap != NULL)
		tap->packet(tap->state, packet, conversation);
	if (conversation != NULL && !conversation->facts.is_background)
		pipeline_note_activity(pipeline, conversation, packet->frame);
}

void
pipeline_packets(struct pipeline *pipeline, const struct packet *packets, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (i + AHEAD < count && packets[i + AHEAD].kind == PACKET_TCP) {
			conversation_prefetch(&pipeline->conversations, packets[i + AHEAD].hash);
			stubs_prefetch(&pipeline->stubs, packets[i + AHEAD].hash);
		}
		pipeline_packet(pipeline, &packets[i]);
	}
}

/* Only the whole capture tells what else its servers sent. */
static void
compare_ttls(struct pipeline *pipeline)
{
	for (size_t i = pipeline->first_exchange; i < pipeline->ledger->count; i++) {
		struct exchange *exchange = pipeline->ledger->items[i];
		const struct server_ttl *ttl;

		if (exchange->type != &tcp_handshake_type)
			continue;
		ttl = server_ttls_find(&pipeline->ttls, &exchange->conversation->server);
		if (ttl != NULL)
			handshake_compare_ttl(
			    (struct tcp_handshake *)exchange, ttl->low, ttl->high, ttl->last);
	}
}

static void
free_all(struct conversation_list *list)
{
	struct conversation *one;

	TAILQ_FOREACH (one, &list->all, listed) {
		pipeline_drop_state(one);
		conversation_forget(one);
	}
	conversation_list_free(list);
}

static void
finish_all(struct pipeline *pipeline, struct conversation_list *list)
{
	struct conversation *one, *next;

	for (one = TAILQ_FIRST(&list->all); one != NULL; one = next) {
		next = TAILQ_NEXT(one, listed);
		pipeline_end_conversation(pipeline, one);
	}
}

/* Where the analysis ended before the capture did, that is why answers are not known. */
static void
blame_bound(struct pipeline *pipeline)
{
	for (size_t i = pipeline->first_exchange; i < pipeline->ledger->count; i++)
		if (pipeline->ledger->items[i]->doubt == DOUBT_CAPTURE_ENDED)
			pipeline->ledger->items[i]->doubt = DOUBT_NOT_ANALYSED;
}

void
pipeline_end(struct pipeline *pipeline, const struct capture_facts *facts)
{
	pipeline_end_stubs(pipeline);
	conversation_list_sort(&pipeline->conversations);
	finish_all(pipeline, &pipeline->conversations);
	finish_all(pipeline, &pipeline->background);
	compare_ttls(pipeline);
	readings_mark(pipeline->ledger, pipeline->first_exchange);
	coverage_judge(&pipeline->coverage, &pipeline->conversations, facts, pipeline->ledger,
	    pipeline->first_exchange);
	operations_number(&pipeline->conversations);
	sweeps_find(pipeline->ledger, &pipeline->tally);
	resolutions_end(
	    &pipeline->resolutions, pipeline->options.file, pipeline->last_time, pipeline->ledger);
	if (pipeline->is_full)
		blame_bound(pipeline);
}

void
pipeline_facts(const struct pipeline *pipeline, struct capture_facts *facts)
{
	facts->tcp_streams = pipeline->conversations.tcp_count;
	facts->syn_only_streams = pipeline->tally.syn_only;
	facts->quic_packets = unread_quic_packets(&pipeline->unread, &pipeline->conversations);
	facts->duplicates = pipeline->duplicate_count;
	facts->rdma_packets = pipeline->unread.rdma_packets;
	bounds_add(&facts->bounds, &pipeline->bounds);
	bound_reached(&facts->bounds, BOUND_REQUESTS, pipeline->quota.left_out, 0);
}

void
pipeline_free(struct pipeline *pipeline)
{
	if (pipeline == NULL)
		return;
	free_all(&pipeline->conversations);
	free_all(&pipeline->background);
	tally_free(&pipeline->tally);
	table_free(&pipeline->examples);
	stubs_free(&pipeline->stubs);
	unread_free(&pipeline->unread);
	coverage_free(&pipeline->coverage);
	resolutions_free(&pipeline->resolutions);
	duplicates_free(pipeline->duplicates);
	server_ttls_free(&pipeline->ttls);
	mem_free(pipeline);
}
