#include "analyzer/analysis.h"

#include <assert.h>
#include <inttypes.h>

#include "analyzer/base/memory.h"
#include "analyzer/capture/packet.h"
#include "analyzer/capture/source.h"
#include "analyzer/conversation/classify.h"
#include "analyzer/conversation/delivery.h"
#include "analyzer/conversation/handshake.h"
#include "analyzer/conversation/pipeline.h"
#include "analyzer/conversation/resolution.h"
#include "analyzer/conversation/sweep.h"
#include "analyzer/progress.h"
#include "analyzer/secrets.h"
#include "dissectors/naming.h"
#include "dissectors/registry.h"
#include "dissectors/shares.h"
#include "dissectors/target.h"
#include "rules/finding.h"

/* Records per batch: enough to keep the reader's loop warm, and few enough to stay in cache. */
#define BATCH 256

/* What the decoder made of the records. */
struct decode_counts {
	uint64_t by_result[DECODED_CUT + 1];
};

/* FRAME was decoded: who watches is told of the frames that it was put together with. */
static void
tap_fragments(const struct packet_tap *tap, const struct packet_decoder *decoder, uint64_t frame)
{
	const uint64_t *frames;
	size_t count = packet_decoder_fragments(decoder, frame, &frames);

	if (count != 0)
		tap->fragments(tap->state, frame, frames, count);
}

static void
read_all(struct analysis *analysis, struct source *source, const struct analysis_options *options,
    struct packet_decoder *decoder, struct decode_counts *counts)
{
	struct record records[BATCH];
	struct packet packet;
	size_t count;

	while ((count = source_read(source, records, BATCH)) != 0) {
		for (size_t i = 0; i < count; i++) {
			enum decode_result result;

			if (!records[i].is_packet)
				continue;
			result = packet_decode(decoder, &records[i], &packet);
			counts->by_result[result]++;
			if (options->tap != NULL)
				tap_fragments(options->tap, decoder, records[i].frame);
			if (result == DECODED)
				pipeline_packet(analysis->pipeline, &packet);
		}
		progress_at(options->progress, source_position(source));
	}
	analysis->bytes_read = source_position(source);
}

static void
gather_facts(struct analysis *analysis, const struct capture_facts *of_source,
    const struct decode_counts *counts, const struct packet_decoder *decoder)
{
	const struct conversation *one;
	const struct conversation_list *conversations = pipeline_conversations(analysis->pipeline);
	struct capture_facts *facts = &analysis->facts;

	*facts = *of_source;
	facts->decoded = counts->by_result[DECODED] + counts->by_result[DECODED_NOT_IP] +
			 counts->by_result[DECODED_FRAGMENT];
	facts->undecoded = counts->by_result[DECODED_UNKNOWN_LINK] +
			   counts->by_result[DECODED_MALFORMED] + counts->by_result[DECODED_CUT];
	facts->fragments_incomplete = packet_decoder_incomplete(decoder);
	facts->fragments_contested = packet_decoder_contested(decoder);
	packet_decoder_bounds(decoder, &facts->bounds);
	pipeline_facts(analysis->pipeline, facts);
	TAILQ_FOREACH (one, &conversations->all, listed) {
		if (one->facts.transport == TRANSPORT_TCP && one->handshake.syn_count != 0 &&
		    one->facts.packets[SERVER] == 0 && !one->handshake.is_client_ahead)
			facts->syn_only_streams++;
	}
}

static void
settle_vantage(struct analysis *analysis, const struct analysis_options *options)
{
	const struct conversation_list *conversations = pipeline_conversations(analysis->pipeline);

	vantage_conclude(conversations, pipeline_vantage_notes(analysis->pipeline),
	    &analysis->arena, &analysis->facts);
	if (options->has_vantage)
		vantage_override(conversations, options->vantage);
}

static bool
is_reported(const struct conversation *conversation, const struct analysis_options *options)
{
	if (options->is_listing_streams)
		return conversation->facts.transport == TRANSPORT_TCP;
	return conversation_matters(conversation);
}

static void
gather_conversations(struct analysis *analysis, const struct analysis_options *options)
{
	struct conversation *one;
	const struct conversation_list *all = pipeline_conversations(analysis->pipeline);
	struct report_conversation *made =
	    ARENA_ARRAY(&analysis->arena, struct report_conversation, all->count);
	size_t count = 0;

	TAILQ_FOREACH (one, &all->all, listed) {
		if (!is_reported(one, options))
			continue;
		made[count].facts = &one->facts;
		one->facts.speaks = one->facts.protocol
					? one->facts.protocol
					: classify(analysis->classifier, one->samples,
					      one->facts.client_port, one->facts.server_port);
		count++;
	}
	analysis->report.conversations = made;
	analysis->report.conversation_count = count;
}

/* A file in which nothing could be read as network traffic says nothing about SMB: to report "no
 * findings" would be a lie. */
static const char *
why_unjudged(struct analysis *analysis, const struct analysis_options *options)
{
	const struct capture_facts *facts = &analysis->facts;
	const char *link = "unknown";

	if (facts->packets == 0)
		return "the capture holds no packets";
	if (facts->decoded != 0)
		return NULL;
	if (facts->undecoded == 0 && options->filter != NULL)
		return arena_format(&analysis->arena,
		    "none of its %" PRIu64 " packets passes the filter '%s'", facts->packets,
		    options->filter);
	if (facts->interface_count != 0)
		link = source_link_type_name(facts->interfaces[0].link_type, &analysis->arena);
	return arena_format(&analysis->arena,
	    "none of its %" PRIu64 " packets could be decoded (link type %s)", facts->packets,
	    link);
}

static void
judge(struct analysis *analysis, const struct analysis_options *options, size_t memory_before)
{
	const size_t share = bounds_share_of_findings(options->max_memory);
	struct finding_list *findings = &analysis->report.findings;

	if (options->rules == NULL)
		return;
	*findings = findings_of(options->rules, &analysis->ledger,
	    share < SIZE_MAX - memory_before ? memory_before + share : SIZE_MAX, &analysis->arena);
	bound_reached(
	    &analysis->facts.bounds, BOUND_FINDINGS, findings->untold, findings->untold_frame);
}

/* Takes SOURCE, whose buffers are given back before anything is made of what it held. */
static void
run(struct analysis *analysis, struct source *source, const struct analysis_options *options,
    size_t memory_before)
{
	const struct capture_facts *of_source = source_facts(source);
	struct pipeline_options pipeline_options = {.dissectors = &all_dissectors,
	    .ports = {options->smb_ports, options->smb_port_count},
	    .overlaps = options->overlaps,
	    .file = analysis->facts.file,
	    .max_memory = options->max_memory,
	    .memory_before = memory_before,
	    .secrets = options->secrets,
	    .statistics = &analysis->statistics,
	    .tap = options->tap,
	    .is_sampling_all = options->is_listing_streams};
	struct packet_decoder *decoder = packet_decoder_new();
	struct decode_counts counts = {{0}};

	if (options->secrets != NULL)
		secrets_begin_capture(options->secrets);
	analysis->pipeline = pipeline_new(&pipeline_options, &analysis->arena, &analysis->ledger);
	read_all(analysis, source, options, decoder, &counts);
	source_close(source);
	progress_pass(options->progress);
	progress_doing(options->progress, "judging");
	pipeline_end(analysis->pipeline, of_source);
	gather_facts(analysis, of_source, &counts, decoder);
	analysis->facts.has_secrets = options->secrets != NULL;
	packet_decoder_free(decoder);
	settle_vantage(analysis, options);
	gather_conversations(analysis, options);
	statistics_settle(&analysis->statistics);
	ledger_settle(&analysis->ledger);
	target_link(&analysis->ledger, &analysis->arena);
	ledger_sort(&analysis->ledger);
	naming_link(&analysis->ledger);
	shares_link(&analysis->ledger);
	judge(analysis, options, memory_before);
}

bool
analysis_run(struct analysis *analysis, const char *path, const struct analysis_options *options,
    struct error *error)
{
	const struct source_options source_options = {options->filter, options->max_memory};
	size_t memory_before = mem_used();
	struct source *source;

	*analysis = (struct analysis){.facts = {.file = path}};
	analysis->ledger.arena = analysis->statistics.arena = &analysis->arena;
	analysis->report.facts = &analysis->facts;
	analysis->report.ledger = &analysis->ledger;
	analysis->report.statistics = &analysis->statistics;
	analysis->classifier = classifier_new();
	source = source_open(path, &source_options, &analysis->arena, error);
	if (source == NULL)
		return false;
	run(analysis, source, options, memory_before);
	analysis->facts.unjudged = why_unjudged(analysis, options);
	return true;
}

void
analysis_free(struct analysis *analysis)
{
	pipeline_free(analysis->pipeline);
	classifier_free(analysis->classifier);
	ledger_free(&analysis->ledger);
	statistics_free(&analysis->statistics);
	arena_free(&analysis->arena);
}

size_t
analysis_exchange_types(const struct exchange_type *types[ANALYSIS_MOST_TYPES])
{
	size_t count = 0;

	types[count++] = &address_resolution_type;
	types[count++] = &tcp_handshake_type;
	types[count++] = &tcp_sweep_type;
	types[count++] = &tcp_delivery_type;
	assert(count + dissector_exchange_type_count <= ANALYSIS_MOST_TYPES);
	for (size_t i = 0; i < dissector_exchange_type_count; i++)
		types[count++] = dissector_exchange_types[i];
	return count;
}
