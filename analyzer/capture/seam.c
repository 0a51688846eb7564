#include "analyzer/capture/seam.h"

#include <string.h>

#include "analyzer/base/arena.h"
#include "analyzer/base/memory.h"
#include "analyzer/capture/packet.h"
#include "analyzer/capture/reader.h"
#include "analyzer/capture/ring_name.h"

/* Kept of a record: the headers, also in a tunnel. */
#define HEAD_BYTES 192

/* Silence that is nothing to wonder about where the names are proof. */
#define SHORT_PAUSE INT64_C(1000000000)

/* A segment is sent again up to so many bytes after the first time. */
#define MOST_SENT_AGAIN (64 * 1024)

/* What the cut end of a file may have held of one connection. */
#define MOST_CUT_OFF (1024 * 1024)

/* A record of the end. */
struct seam_record {
	struct record record; /* its bytes are those below */
	uint8_t bytes[HEAD_BYTES];
};

struct seam {
	struct seam_record *records; /* the last SEAM_RECORDS, by their number modulo that */
	uint64_t count;              /* of all that were noted */
	int64_t last_time, longest_silence;
	bool has_time;
};

/* One side of a TCP connection. */
struct flow {
	struct packet_endpoints ends;
	uint32_t next_seq; /* of the byte after all that it sent */
};

struct flow_list {
	struct flow items[SEAM_RECORDS];
	size_t count;
};

struct seam *
seam_new(void)
{
	struct seam *seam = mem_alloc(1, sizeof(*seam));

	seam->records = mem_alloc(SEAM_RECORDS, sizeof(*seam->records));
	return seam;
}

void
seam_free(struct seam *seam)
{
	if (seam == NULL)
		return;
	mem_free(seam->records);
	mem_free(seam);
}

static void
note_time(struct seam *seam, int64_t time)
{
	if (seam->has_time && time - seam->last_time > seam->longest_silence)
		seam->longest_silence = time - seam->last_time;
	if (!seam->has_time || time > seam->last_time)
		seam->last_time = time;
	seam->has_time = true;
}

static void
keep_record(struct seam_record *kept, const struct record *record)
{
	uint32_t length = record->captured < HEAD_BYTES ? record->captured : HEAD_BYTES;

	kept->record = *record;
	kept->record.bytes = kept->bytes;
	kept->record.captured = length;
	memcpy(kept->bytes, record->bytes, length);
}

void
seam_note(struct seam *seam, const struct record *records, size_t count)
{
	size_t first_kept = count > SEAM_RECORDS ? count - SEAM_RECORDS : 0;

	for (size_t i = 0; i < count; i++) {
		if (!records[i].is_packet)
			continue;
		if (records[i].has_time)
			note_time(seam, records[i].time);
		if (i >= first_kept)
			keep_record(&seam->records[seam->count++ % SEAM_RECORDS], &records[i]);
	}
}

/* ---- connections ---- */

static bool
is_same_flow(const struct packet_endpoints *one, const struct packet_endpoints *other)
{
	return one->src_port == other->src_port && one->dst_port == other->dst_port &&
	       addr_equal(&one->src, &other->src) && addr_equal(&one->dst, &other->dst);
}

static struct flow *
find_flow(struct flow_list *flows, const struct packet_endpoints *ends)
{
	for (size_t i = 0; i < flows->count; i++)
		if (is_same_flow(&flows->items[i].ends, ends))
			return &flows->items[i];
	return NULL;
}

static struct flow *
add_flow(struct flow_list *flows, const struct packet *packet)
{
	struct flow *flow = &flows->items[flows->count++];

	*flow = (struct flow){packet->ends, packet->tcp.seq};
	return flow;
}

static bool
is_tcp(struct packet_decoder *decoder, const struct record *record, struct packet *ret)
{
	return record->is_packet && packet_decode(decoder, record, ret) == DECODED &&
	       ret->kind == PACKET_TCP;
}

/* SYN and FIN take a sequence number each (RFC 9293 3.4). */
static uint32_t
sequence_after(const struct packet *packet)
{
	return packet->tcp.seq + packet->payload_length + ((packet->tcp.flags & TCP_SYN) != 0) +
	       ((packet->tcp.flags & TCP_FIN) != 0);
}

/* The connections at the end, and how far each side of them came. */
static void
gather_flows(const struct seam *seam, struct flow_list *flows)
{
	struct packet_decoder *decoder = packet_decoder_new();
	uint64_t at = seam->count > SEAM_RECORDS ? seam->count - SEAM_RECORDS : 0;
	struct packet packet;

	for (; at < seam->count; at++) {
		struct flow *flow;
		uint32_t next;

		if (!is_tcp(decoder, &seam->records[at % SEAM_RECORDS].record, &packet))
			continue;
		flow = find_flow(flows, &packet.ends);
		next = sequence_after(&packet);
		if (flow == NULL)
			add_flow(flows, &packet)->next_seq = next;
		else if ((packet.tcp.flags & TCP_SYN) != 0 || (int32_t)(next - flow->next_seq) > 0)
			flow->next_seq = next;
	}
	packet_decoder_free(decoder);
}

/* What becomes of the connections beyond the seam. */
struct crossings {
	struct packet_decoder *decoder;
	struct flow_list *before, *after;
	bool is_damaged;  /* what is before the seam */
	size_t going_on;  /* sides that go on where they were */
	size_t elsewhere; /* sides that have come further meanwhile, or are at another place */
};

static void
judge_flow(struct crossings *crossings, const struct flow *flow, const struct packet *packet)
{
	int32_t ahead = (int32_t)(packet->tcp.seq - flow->next_seq);

	if (ahead > -MOST_SENT_AGAIN && ahead <= (crossings->is_damaged ? MOST_CUT_OFF : 0))
		crossings->going_on++;
	else if ((packet->tcp.flags & TCP_SYN) == 0)
		crossings->elsewhere++;
}

/* The first segment of each side tells where it is. */
static void
judge_record(struct crossings *crossings, const struct record *record)
{
	const struct flow *flow;
	struct packet packet;

	if (!is_tcp(crossings->decoder, record, &packet) ||
	    find_flow(crossings->after, &packet.ends))
		return;
	add_flow(crossings->after, &packet);
	flow = find_flow(crossings->before, &packet.ends);
	if (flow != NULL)
		judge_flow(crossings, flow, &packet);
}

/* ---- the judgement ---- */

static bool
has_same_interfaces(const struct capture_facts *one, const struct capture_facts *other)
{
	if (one->interface_count != other->interface_count)
		return false;
	for (size_t i = 0; i < one->interface_count; i++)
		if (!interface_is_same(&one->interfaces[i], &other->interfaces[i]))
			return false;
	return strcmp(one->format, other->format) == 0 &&
	       (strcmp(one->format, "pcap") == 0 || strcmp(one->format, "pcapng") == 0);
}

/* Packets of several queues are written a little out of order, which a seam does not change. */
static bool
is_adjoining(const struct seam *seam, const struct seam_end *end, enum succession succession,
    int64_t next_time)
{
	int64_t pause = next_time - seam->last_time, most = seam->longest_silence;

	if (succession == SUCCESSION_CERTAIN && most < SHORT_PAUSE)
		most = SHORT_PAUSE;
	return seam->has_time && next_time > end->facts->first_time &&
	       pause > (end->facts->time_reversals != 0 ? -CLOCK_STEP : -1) && pause <= most;
}

/* RET is as many records as are at hand; their times must be known. */
static bool
read_beginning(struct source *source, const struct seam *seam, const struct seam_end *end,
    enum succession succession, struct record ret[SEAM_RECORDS], size_t *ret_count)
{
	*ret_count = source_read(source, ret, SEAM_RECORDS);
	return *ret_count != 0 && ret[0].has_time &&
	       has_same_interfaces(end->facts, source_facts(source)) &&
	       is_adjoining(seam, end, succession, ret[0].time);
}

/* Goes on reading SOURCE, of which COUNT RECORDS are at hand. */
static bool
has_crossing(struct source *source, const struct seam *seam, bool is_damaged,
    struct record records[SEAM_RECORDS], size_t count)
{
	struct flow_list *flows = mem_alloc(2, sizeof(*flows));
	struct crossings crossings = {.decoder = packet_decoder_new(),
	    .before = &flows[0],
	    .after = &flows[1],
	    .is_damaged = is_damaged};
	size_t left = SEAM_RECORDS;

	gather_flows(seam, crossings.before);
	while (count != 0) {
		for (size_t i = 0; i < count; i++)
			judge_record(&crossings, &records[i]);
		left -= count;
		count = source_read(source, records, left);
	}
	packet_decoder_free(crossings.decoder);
	mem_free(flows);
	return crossings.going_on > crossings.elsewhere;
}

bool
seam_continues(const struct seam *seam, const struct seam_end *end, const char *path,
    const struct source_options *options)
{
	const struct source_options whole = {.max_memory = options->max_memory};
	enum succession succession = ring_name_succession(end->path, path);
	struct record records[SEAM_RECORDS];
	struct arena arena = {0};
	struct error error = {0};
	struct source *source;
	bool is_next;
	size_t count;

	if (succession == SUCCESSION_NONE)
		return false;
	source = source_open(path, &whole, &arena, &error);
	is_next = source != NULL &&
		  read_beginning(source, seam, end, succession, records, &count) &&
		  (succession == SUCCESSION_CERTAIN ||
		      has_crossing(source, seam, end->is_damaged, records, count));
	source_close(source);
	arena_free(&arena);
	return is_next;
}
