#include "analyzer/conversation/pipeline_samples.h"
#include "analyzer/conversation/handshake.h"
#include "analyzer/conversation/sweep.h"

Suite *yield_suite(void);

/* Memory for 1024 conversations, a half of which stay whatever comes. */
#define MEMORY ((size_t)6 << 20)
#define ROOM   1024

static void
begin_bounded_with(struct run *run, size_t max_memory, const struct pipeline_interest *interest)
{
	const struct pipeline_options options = {.dissectors = &toy_list,
	    .file = "toy.pcapng",
	    .max_memory = max_memory,
	    .memory_before = mem_used(),
	    .interest = interest};

	*run = (struct run){0};
	toy_take_log();
	run->ledger.arena = &run->arena;
	run->pipeline = pipeline_new(&options, &run->arena, &run->ledger);
}

static void
begin_bounded(struct run *run, size_t max_memory)
{
	begin_bounded_with(run, max_memory, NULL);
}

/* One packet of the client 10.1.x.y, which NUMBER gives, or to it. */
static void
feed_of(struct run *run, unsigned number, struct sample sample)
{
	const uint8_t bytes[4] = {10, 1, (uint8_t)(number >> 8), (uint8_t)number};
	struct packet packet = sample_packet(&sample, ++run->frame);

	*(sample.from == CLIENT ? &packet.ends.src : &packet.ends.dst) = addr_ipv4(bytes);
	feed(run, packet);
}

/* COUNT clients send one SYN each, a millisecond apart. */
static void
flood(struct run *run, unsigned count, int64_t start, uint16_t port)
{
	for (unsigned i = 0; i < count; i++)
		feed_of(run, i,
		    (struct sample){.time = start + i,
			.from = CLIENT,
			.flags = SYN,
			.seq = 100,
			.ports = {[SERVER] = port}});
}

static const struct tcp_sweep *
find_sweep(const struct run *run)
{
	return (const struct tcp_sweep *)find_exchange(run, "tcp_sweep", 0);
}

START_TEST(a_flood_is_counted_to_the_last)
{
	struct capture_facts facts = {0};
	const struct tcp_sweep *sweep;
	struct run run;

	begin_bounded(&run, MEMORY);
	flood(&run, 5000, 0, 445);
	/* The others wait for an answer as stubs. */
	ck_assert_uint_lt(pipeline_conversations(run.pipeline)->count, ROOM);
	pipeline_end(run.pipeline, NULL);
	pipeline_facts(run.pipeline, &facts);
	sweep = find_sweep(&run);
	ck_assert_ptr_nonnull(sweep);
	ck_assert_uint_eq(sweep->attempts, 5000);
	ck_assert_uint_eq(sweep->unanswered, 5000);
	ck_assert_uint_eq(sweep->only_counted, facts.bounds.of[BOUND_CONVERSATIONS].count);
	ck_assert_uint_eq(sweep->clients + sweep->only_counted, 5000);
	ck_assert_int_eq(sweep->last_time, 4999 * SAMPLE_MS);
	ck_assert_int_eq(sweep->exchange.outcome, OUTCOME_UNANSWERED);
	ck_assert_uint_eq(facts.bounds.of[BOUND_CONVERSATIONS].frame, 2 * (ROOM / 16) + 2);
	ck_assert_uint_eq(facts.bounds.of[BOUND_MEMORY].count, 0);
	ck_assert_uint_eq(facts.tcp_streams, 5000);
	end_run(&run);
}
END_TEST

/* Who says something of ours, or goes on, is kept in the middle of a flood. */
START_TEST(what_speaks_is_kept)
{
	static const struct sample packets[] = {
	    CONNECT, PAYLOAD(10, CLIENT, 101, 501, "Q33"), PAYLOAD(20, SERVER, 501, 104, "A33")};
	struct run run;

	begin_bounded(&run, MEMORY);
	flood(&run, 2000, 0, 445);
	for (size_t i = 0; i < COUNT(packets); i++) {
		feed_of(&run, 60000, packets[i]);
		flood(&run, 100, 3000 + (int64_t)i, 4450);
	}
	flood(&run, 2000, 4000, 445);
	pipeline_end(run.pipeline, NULL);
	ck_assert_ptr_nonnull(find_exchange(&run, "toy", 0));
	ck_assert_int_eq(find_exchange(&run, "toy", 0)->outcome, OUTCOME_ANSWERED);
	end_run(&run);
}
END_TEST

/* Of what ended, too, only so much is told. */
START_TEST(what_was_refused_is_counted)
{
	struct capture_facts facts = {0};
	uint64_t told = 0;
	struct run run;

	begin_bounded(&run, MEMORY);
	for (unsigned i = 0; i < 3000; i++) {
		feed_of(&run, i, (struct sample)SEGMENT(i * 100, CLIENT, SYN, 100, 0));
		feed_of(&run, i, (struct sample)SEGMENT(i * 100 + 1, SERVER, RST, 0, 101));
	}
	pipeline_end(run.pipeline, NULL);
	pipeline_facts(run.pipeline, &facts);
	while (find_exchange(&run, "tcp_handshake", told) != NULL)
		told++;
	ck_assert_uint_eq(told + facts.bounds.of[BOUND_CONVERSATIONS].count, 3000);
	ck_assert_uint_le(told, ROOM);
	ck_assert_uint_ge(told, ROOM / 2);
	end_run(&run);
}
END_TEST

/* What is nobody's business goes first. */
START_TEST(foreign_attempts_go_first)
{
	struct run run;

	begin_bounded(&run, MEMORY);
	flood(&run, ROOM / 16 + 10, 0, 445);
	flood(&run, 5000, 1000, 80);
	pipeline_end(run.pipeline, NULL);
	ck_assert_ptr_null(find_exchange(&run, "tcp_handshake", ROOM / 16 + 10));
	ck_assert_ptr_nonnull(find_exchange(&run, "tcp_handshake", ROOM / 16 + 9));
	ck_assert_uint_eq(find_sweep(&run)->only_counted, 0);
	end_run(&run);
}
END_TEST

/* What is kept of connections that say something is worth many that do not: they make room for
 * memory, too. */
START_TEST(what_says_nothing_of_ours_makes_room)
{
	static const struct sample packets[] = {CONNECT, PAYLOAD(10, CLIENT, 101, 501, "Q33")};
	struct capture_facts facts = {0};
	struct run run;

	begin_bounded(&run, MEMORY);
	for (unsigned i = 0; i < 5000; i++)
		feed_of(&run, i,
		    (struct sample){.time = i,
			.from = CLIENT,
			.flags = DATA,
			.seq = 1,
			.payload = "other",
			.ports = {[SERVER] = i % 2 ? 445 : 8080}});
	for (size_t i = 0; i < COUNT(packets); i++)
		feed_of(&run, 60000, packets[i]);
	pipeline_end(run.pipeline, NULL);
	pipeline_facts(run.pipeline, &facts);
	ck_assert_uint_eq(facts.bounds.of[BOUND_MEMORY].count, 0);
	ck_assert_uint_gt(facts.bounds.of[BOUND_CONVERSATIONS].count, 4000);
	ck_assert_ptr_nonnull(find_exchange(&run, "toy", 0));
	end_run(&run);
}
END_TEST

/* When nothing may give way, the analysis ends as if the capture did. */
START_TEST(the_analysis_ends_when_memory_does)
{
	static const struct sample packets[] = {CONNECT, PAYLOAD(10, CLIENT, 101, 501, "Q33")};
	struct capture_facts facts = {0};
	const struct bound_count *reached = &facts.bounds.of[BOUND_MEMORY];
	const struct exchange *last;
	struct run run;
	size_t before;

	begin_bounded(&run, MEMORY);
	before = mem_used();
	for (unsigned i = 0; i < 5000; i++)
		for (size_t j = 0; j < COUNT(packets); j++)
			feed_of(&run, i, packets[j]);
	ck_assert_uint_lt(mem_used() - before, MEMORY);
	pipeline_end(run.pipeline, NULL);
	pipeline_facts(run.pipeline, &facts);
	ck_assert_uint_gt(reached->count, 10000);
	ck_assert_uint_eq(reached->frame + reached->count, 5000 * COUNT(packets) + 1);
	last = find_exchange(&run, "toy", 0);
	ck_assert_int_eq(last->outcome, OUTCOME_UNKNOWN);
	ck_assert_int_eq(last->doubt, DOUBT_NOT_ANALYSED);
	end_run(&run);
}
END_TEST

/* An ICMP error says what became of a SYN that waits, and begins no stream of its own. */
START_TEST(an_icmp_error_finds_what_waits)
{
	const unsigned last = 1000; /* far beyond those that are conversations at once */
	const struct sample syn = {
	    .time = last, .from = CLIENT, .flags = SYN, .seq = 100, .ports = {[SERVER] = 445}};
	const uint8_t bytes[4] = {10, 1, (uint8_t)(last >> 8), (uint8_t)last};
	struct packet error;
	struct capture_facts facts = {0};
	size_t rejected = 0;
	struct run run;

	begin_bounded(&run, MEMORY);
	flood(&run, last + 1, 0, 445);
	ck_assert_uint_lt(pipeline_conversations(run.pipeline)->count, last);
	error = sample_icmp(&syn, 3, 13, ++run.frame);
	error.icmp.has_whole_tcp_header = true;
	error.icmp.ends.src = addr_ipv4(bytes);
	feed(&run, error);
	feed(&run, error);
	pipeline_end(run.pipeline, NULL);
	pipeline_facts(run.pipeline, &facts);
	for (size_t i = 0; find_exchange(&run, "tcp_handshake", i) != NULL; i++)
		rejected += find_exchange(&run, "tcp_handshake", i)->ended_by == ENDED_BY_NETWORK;
	ck_assert_uint_eq(rejected, 1);
	ck_assert_uint_eq(facts.tcp_streams, last + 1);
	end_run(&run);
}
END_TEST

struct gone {
	size_t exchanges, handshakes;
};

/* What was not answered may be told of. */
static enum want
want_unanswered(void *state, const struct exchange *exchange, uint64_t *ret_kind)
{
	(void)state, (void)ret_kind;
	return exchange->outcome != OUTCOME_ANSWERED ? WANT_ITSELF : WANT_NOTHING;
}

/* Examples of what was asked on each port of the server. */
static enum want
want_examples(void *state, const struct exchange *exchange, uint64_t *ret_kind)
{
	(void)state;
	*ret_kind = exchange->conversation->server_port;
	return exchange->type == &tcp_handshake_type ? WANT_NOTHING : WANT_EXAMPLES;
}

static void
count_gone(void *state, struct exchange *const *exchanges, size_t count)
{
	struct gone *gone = state;

	gone->exchanges += count;
	for (size_t i = 0; i < count; i++) {
		gone->handshakes += exchanges[i]->type == &tcp_handshake_type;
		ck_assert_int_eq(exchanges[i]->outcome, OUTCOME_ANSWERED);
	}
}

static size_t
no_memory(const void *state)
{
	(void)state;
	return 0;
}

/* A connection with one request and its answer. */
static const struct sample whole_connection[] = {CONNECT, PAYLOAD(10, CLIENT, 101, 501, "Q33"),
    PAYLOAD(20, SERVER, 501, 104, "A33"), SEGMENT(30, CLIENT, FIN, 104, 504),
    SEGMENT(31, SERVER, FIN, 504, 105), SEGMENT(32, CLIENT, ACK, 105, 505)};

/* Of what ended well only as many are kept as there is room for; of what did not, all. */
START_TEST(what_nobody_asks_for_goes)
{
	struct gone gone = {0};
	const struct pipeline_interest interest = {
	    &gone, want_unanswered, count_gone, no_memory, false};
	struct capture_facts facts = {0};
	const struct bound_count *left_out = &facts.bounds.of[BOUND_UNREMARKABLE];
	size_t failed = 0, kept = 0;
	const struct exchange *one;
	struct run run;

	begin_bounded_with(&run, 2 * MEMORY, &interest);
	for (unsigned i = 0; i < 5000; i++)
		for (size_t j = 0; j < COUNT(whole_connection); j++)
			if (i % 100 != 99 || j != 4) /* the answer */
				feed_of(&run, i, whole_connection[j]);
	pipeline_end(run.pipeline, NULL);
	pipeline_facts(run.pipeline, &facts);
	for (; (one = find_exchange(&run, "toy", kept)) != NULL; kept++)
		failed += one->outcome != OUTCOME_ANSWERED;
	ck_assert_uint_eq(failed, 50);
	ck_assert_uint_lt(kept, 2 * ROOM);
	ck_assert_uint_eq(kept + left_out->count, 5000);
	ck_assert_uint_eq(gone.handshakes, left_out->count);
	ck_assert_uint_eq(gone.exchanges, 2 * left_out->count);
	ck_assert_uint_gt(left_out->frame, 0);
	ck_assert_uint_eq(facts.bounds.of[BOUND_MEMORY].count, 0);
	ck_assert_uint_eq(facts.tcp_streams, 5000);
	end_run(&run);
}
END_TEST

/* Of what failed alike so many are kept as are enough, and the others counted; what is rare stays.
 */
START_TEST(of_what_is_alike_examples_stay)
{
	struct gone gone = {0};
	const struct pipeline_interest interest = {
	    &gone, want_examples, count_gone, no_memory, false};
	struct capture_facts facts = {0};
	const struct bound_count *left_out = &facts.bounds.of[BOUND_FAILURES];
	size_t rare = 0, kept = 0;
	const struct exchange *one;
	struct run run;

	begin_bounded_with(&run, 2 * MEMORY, &interest);
	for (unsigned i = 0; i < 5000; i++)
		for (size_t j = 0; j < COUNT(whole_connection); j++) {
			struct sample sample = whole_connection[j];

			sample.ports[SERVER] = i % 500 == 499 ? 139 : 445;
			feed_of(&run, i, sample);
		}
	pipeline_end(run.pipeline, NULL);
	pipeline_facts(run.pipeline, &facts);
	for (; (one = find_exchange(&run, "toy", kept)) != NULL; kept++)
		rare += one->conversation->server_port == 139;
	ck_assert_uint_eq(rare, 10);
	ck_assert_uint_gt(kept, ROOM / 2);
	ck_assert_uint_lt(kept, 2 * ROOM + ROOM / 16);
	ck_assert_uint_eq(kept + left_out->count, 5000);
	ck_assert_uint_eq(gone.exchanges, 2 * left_out->count);
	ck_assert_uint_eq(facts.bounds.of[BOUND_MEMORY].count, 0);
	ck_assert_uint_eq(facts.bounds.of[BOUND_UNREMARKABLE].count, 0);
	end_run(&run);
}
END_TEST

/* A datagram of the toy, on the port that is for it, AT milliseconds. */
static void
feed_datagram(struct run *run, int64_t at, enum side from, const char *payload)
{
	const struct sample sample = {
	    .time = at, .from = from, .payload = payload, .ports = {50000, 88}};

	feed(run, sample_datagram(&sample, ++run->frame));
}

/* A conversation over UDP is over when all is answered and nothing more comes for a while; what
 * comes then is another. One that waits for an answer is not. */
START_TEST(what_was_answered_over_udp_goes)
{
	struct gone gone = {0};
	const struct pipeline_interest interest = {
	    &gone, want_unanswered, count_gone, no_memory, true};
	struct run run;

	begin_bounded_with(&run, 2 * MEMORY, &interest);
	feed_datagram(&run, 0, CLIENT, "Q33");
	feed_datagram(&run, 1, SERVER, "A33");
	feed_datagram(&run, 5000, CLIENT, "Q33");
	feed_datagram(&run, 12000, SERVER, "A33");
	ck_assert_uint_eq(gone.exchanges, 0);
	feed_datagram(&run, 13000, CLIENT, "Q33");
	feed_datagram(&run, 14000, SERVER, "A33");
	feed_datagram(&run, 30000, CLIENT, "Q33");
	ck_assert_uint_eq(gone.exchanges, 3);
	ck_assert_uint_eq(pipeline_conversations(run.pipeline)->count, 1);
	feed_datagram(&run, 60000, CLIENT, "Q33");
	ck_assert_uint_eq(pipeline_conversations(run.pipeline)->count, 1);
	pipeline_end(run.pipeline, NULL);
	ck_assert_uint_eq(gone.exchanges, 3);
	ck_assert_int_ne(find_exchange(&run, "toy", 0)->outcome, OUTCOME_ANSWERED);
	end_run(&run);
}
END_TEST

/* Early segments of all connections share what memory there is for them. */
START_TEST(early_segments_share_their_room)
{
	char payload[1001];
	struct capture_facts facts = {0};
	struct run run;

	memset(payload, 'x', sizeof(payload) - 1);
	payload[sizeof(payload) - 1] = '\0';
	begin_bounded(&run, MEMORY);
	for (unsigned i = 0; i < 1000; i++) {
		feed_of(&run, i % 20, (struct sample)PAYLOAD(i, CLIENT, 1, 1, "Q33"));
		feed_of(
		    &run, i % 20, (struct sample)PAYLOAD(i, CLIENT, 2000 * (i + 1), 1, payload));
	}
	pipeline_facts(run.pipeline, &facts);
	ck_assert_uint_eq(facts.bounds.of[BOUND_MEMORY].count, 0);
	ck_assert_uint_gt(facts.bounds.of[BOUND_EARLY_BYTES].count, 500000);
	ck_assert_uint_gt(facts.bounds.of[BOUND_EARLY_BYTES].frame, 200);
	end_run(&run);
}
END_TEST

Suite *
yield_suite(void)
{
	Suite *suite = suite_create("yield");
	TCase *tcase = tcase_create("all");

	tcase_add_test(tcase, a_flood_is_counted_to_the_last);
	tcase_add_test(tcase, what_speaks_is_kept);
	tcase_add_test(tcase, what_was_refused_is_counted);
	tcase_add_test(tcase, foreign_attempts_go_first);
	tcase_add_test(tcase, what_says_nothing_of_ours_makes_room);
	tcase_add_test(tcase, the_analysis_ends_when_memory_does);
	tcase_add_test(tcase, an_icmp_error_finds_what_waits);
	tcase_add_test(tcase, what_nobody_asks_for_goes);
	tcase_add_test(tcase, of_what_is_alike_examples_stay);
	tcase_add_test(tcase, what_was_answered_over_udp_goes);
	tcase_add_test(tcase, early_segments_share_their_room);
	suite_add_tcase(suite, tcase);
	return suite;
}
