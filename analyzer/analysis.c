#include "analyzer/analysis.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "analyzer/base/memory.h"
#include "analyzer/capture/feed.h"
#include "analyzer/capture/source.h"
#include "analyzer/companions/attest.h"
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
#include "rules/interest.h"

/* Datagrams that were put together from fragments: who watches is told of these first. */
static void
tap_fragments(const struct packet_tap *tap, const struct feed_batch *batch)
{
	for (size_t i = 0; i < batch->join_count; i++)
		tap->fragments(tap->state, batch->joins[i].frame, batch->joins[i].frames,
		    batch->joins[i].count);
}

/* What is used for reading is beside what is in this thread's account only where another reads. */
static bool
goes_on(const struct analysis *analysis, const struct analysis_options *options,
    const struct feed_batch *batch)
{
	const struct analysis_watch *watch = options->watch;
	size_t taken =
	    mem_used() - analysis->memory_before + (options->is_in_one_thread ? 0 : batch->beside);

	return watch == NULL || watch->goes_on(watch->state, taken, analysis->bytes_read);
}

static struct feed_facts
take_all(struct analysis *analysis, struct source *source, const struct analysis_options *options)
{
	struct feed *feed = feed_begin(source, !options->is_in_one_thread);
	const struct feed_batch *batch;

	while (!analysis->is_given_up && (batch = feed_next(feed)) != NULL) {
		if (options->tap != NULL)
			tap_fragments(options->tap, batch);
		pipeline_set_beside(analysis->pipeline, batch->beside);
		pipeline_packets(analysis->pipeline, batch->packets, batch->count);
		analysis->bytes_read = batch->position;
		progress_at(options->progress, batch->position);
		analysis->is_given_up = !goes_on(analysis, options, batch);
	}
	assert(!analysis->is_given_up || options->is_in_one_thread);
	pipeline_set_beside(analysis->pipeline, 0);
	return feed_end(feed);
}

static void
gather_facts(struct analysis *analysis, const struct capture_facts *of_source,
    const struct feed_facts *of_feed)
{
	const struct conversation *one;
	const struct conversation_list *conversations = pipeline_conversations(analysis->pipeline);
	struct capture_facts *facts = &analysis->facts;

	*facts = *of_source;
	facts->decoded = of_feed->decoded;
	facts->undecoded = of_feed->undecoded;
	facts->fragments_incomplete = of_feed->fragments_incomplete;
	facts->fragments_contested = of_feed->fragments_contested;
	bounds_add(&facts->bounds, &of_feed->bounds);
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

/* What ONE speaks, or NULL; in ARENA, as CLASSIFIER goes. */
static const char *
spoken_in(const struct conversation *one, struct classifier *classifier, struct arena *arena)
{
	const char *name;

	if (one->facts.protocol != NULL)
		return one->facts.protocol;
	name = classify(classifier, one->samples, one->facts.client_port, one->facts.server_port);
	return name != NULL ? arena_text(arena, name, strlen(name)) : NULL;
}

static void
gather_conversations(struct analysis *analysis, const struct analysis_options *options)
{
	struct conversation *one;
	const struct conversation_list *all = pipeline_conversations(analysis->pipeline);
	struct report_conversation *made =
	    ARENA_ARRAY(&analysis->arena, struct report_conversation, all->count);
	struct classifier *classifier = classifier_new();
	size_t count = 0;

	TAILQ_FOREACH (one, &all->all, listed) {
		if (!is_reported(one, options))
			continue;
		made[count++].facts = &one->facts;
		one->facts.speaks = spoken_in(one, classifier, &analysis->arena);
	}
	classifier_free(classifier);
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

/* What rules may ask for is kept, and the rest where there is no room; who lists streams wants all.
 */
static void
begin_interest(struct analysis *analysis, const struct analysis_options *options,
    struct pipeline_interest *ret)
{
	if (options->rules == NULL || options->is_listing_streams)
		return;
	analysis->interest = interest_new(options->rules);
	*ret = (struct pipeline_interest){analysis->interest, interest_want, interest_let_go,
	    interest_memory, options->is_sparing};
}

/* What is made of all that was taken. */
static void
conclude(struct analysis *analysis, const struct analysis_options *options,
    const struct capture_facts *of_source, const struct feed_facts *of_feed)
{
	pipeline_end(analysis->pipeline, of_source);
	gather_facts(analysis, of_source, of_feed);
	analysis->facts.has_secrets = options->secrets != NULL;
	settle_vantage(analysis, options);
	gather_conversations(analysis, options);
	statistics_settle(&analysis->statistics);
	ledger_settle(&analysis->ledger);
	target_link(&analysis->ledger, &analysis->arena);
	ledger_sort(&analysis->ledger);
	naming_link(&analysis->ledger);
	shares_link(&analysis->ledger);
}

/* Takes SOURCE, whose buffers are given back before anything is made of what it held. */
static void
read_source(
    struct analysis *analysis, struct source *source, const struct analysis_options *options)
{
	const struct capture_facts *of_source = source_facts(source);
	struct pipeline_options pipeline_options = {.dissectors = &all_dissectors,
	    .ports = {options->smb_ports, options->smb_port_count},
	    .overlaps = options->overlaps,
	    .file = analysis->facts.file,
	    .max_memory = options->max_memory,
	    .memory_before = analysis->memory_before,
	    .secrets = options->secrets,
	    .statistics = &analysis->statistics,
	    .tap = options->tap,
	    .is_sampling_all = options->is_listing_streams};
	struct pipeline_interest pipeline_interest;
	struct feed_facts of_feed;

	begin_interest(analysis, options, &pipeline_interest);
	if (analysis->interest != NULL)
		pipeline_options.interest = &pipeline_interest;
	if (options->secrets != NULL)
		secrets_begin_capture(options->secrets);
	analysis->pipeline = pipeline_new(&pipeline_options, &analysis->arena, &analysis->ledger);
	of_feed = take_all(analysis, source, options);
	source_close(source);
	if (analysis->is_given_up)
		return;
	progress_pass(options->progress);
	progress_doing(options->progress, "judging");
	conclude(analysis, options, of_source, &of_feed);
}

bool
analysis_read(struct analysis *analysis, const struct source_files *files,
    const struct analysis_options *options, struct error *error)
{
	const struct source_options source_options = {options->filter, options->max_memory};
	struct source *source;

	*analysis = (struct analysis){.facts = {.file = files->paths[0]}};
	analysis->memory_before = mem_used();
	analysis->ledger.arena = analysis->statistics.arena = &analysis->arena;
	analysis->report.facts = &analysis->facts;
	analysis->report.ledger = &analysis->ledger;
	analysis->report.statistics = &analysis->statistics;
	source = source_open_trace(files, &source_options, &analysis->reading, error);
	if (source == NULL)
		return false;
	read_source(analysis, source, options);
	if (analysis->is_given_up)
		return false;
	analysis->facts.unjudged = why_unjudged(analysis, options);
	return true;
}

void
analysis_attest(struct analysis *analysis, const struct analysis_options *options)
{
	if (options->rules != NULL && options->companions != NULL)
		attest(options->companions, &analysis->ledger, &analysis->facts, &analysis->arena);
}

void
analysis_judge(struct analysis *analysis, const struct analysis_options *options)
{
	const size_t share = bounds_share_of_findings(options->max_memory);
	const size_t before = analysis->memory_before;
	struct finding_list *findings = &analysis->report.findings;

	if (options->rules == NULL)
		return;
	*findings =
	    findings_of(options->rules, &analysis->ledger, interest_echoes(analysis->interest),
		share < SIZE_MAX - before ? before + share : SIZE_MAX, &analysis->arena);
	bound_reached(
	    &analysis->facts.bounds, BOUND_FINDINGS, findings->untold, findings->untold_frame);
	interest_free(analysis->interest);
	analysis->interest = NULL;
}

bool
analysis_run(struct analysis *analysis, const char *path, const struct analysis_options *options,
    struct error *error)
{
	const struct source_files alone = {&path, 1, true};

	return analysis_run_trace(analysis, &alone, options, error);
}

bool
analysis_run_trace(struct analysis *analysis, const struct source_files *files,
    const struct analysis_options *options, struct error *error)
{
	if (!analysis_read(analysis, files, options, error))
		return false;
	analysis_attest(analysis, options);
	analysis_judge(analysis, options);
	return true;
}

void
analysis_free(struct analysis *analysis)
{
	pipeline_free(analysis->pipeline);
	interest_free(analysis->interest);
	ledger_free(&analysis->ledger);
	statistics_free(&analysis->statistics);
	arena_free(&analysis->arena);
	arena_free(&analysis->reading);
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
