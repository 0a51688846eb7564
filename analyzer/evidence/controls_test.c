#include "analyzer/evidence/controls.h"

#include <check.h>

#include "analyzer/points/road_samples.h"

Suite *controls_suite(void);

static struct road road;
static struct need_set needs[MOST_VIEWS];
static struct report_capture captures[MOST_VIEWS];
static struct report_conversation *listed[MOST_VIEWS];
static struct evidence_points points;

static void
set_up(void)
{
	road = (struct road){0};
	memset(needs, 0, sizeof(needs));
	memset(listed, 0, sizeof(listed));
	begin(&road, 2);
}

static void
tear_down(void)
{
	for (size_t i = 0; i < road.path.count; i++) {
		needs_free(&needs[i]);
		mem_free(listed[i]);
	}
	end(&road);
}

static void
list_conversations(size_t view)
{
	const struct conversation_list *all = pipeline_conversations(road.views[view].run.pipeline);

	listed[view] = mem_alloc(all->count, sizeof(**listed));
	for (size_t i = 0; i < all->count; i++)
		listed[view][i].facts = facts_of(&road.views[view].run, i);
	captures[view] = (struct report_capture){.ledger = &road.views[view].run.ledger,
	    .conversations = listed[view],
	    .conversation_count = all->count};
}

/* The first capture's exchange of the type called NAME that is on no connection of control(). */
static const struct exchange *
lost_exchange(const char *name)
{
	const struct ledger *ledger = &road.views[0].run.ledger;
	size_t i = 0;

	while (i < ledger->count && (strcmp(ledger->items[i]->type->name, name) != 0 ||
					ledger->items[i]->conversation->client_port > 50000))
		i++;
	ck_assert_uint_lt(i, ledger->count);
	return ledger->items[i];
}

static uint16_t
own_port(void)
{
	return lost_exchange("tcp_handshake")->conversation->client_port;
}

/* What the captures need of a finding about the exchange of the type called NAME. */
static void
need(const char *name, enum evidence_level level)
{
	static const struct rule rule = {.id = "lost"};
	struct finding finding = {.id = "f-1", .rule = &rule, .example_count = 1};
	const struct evidence_target target = {&finding, &captures[0], 0, level, false};

	link_all(&road);
	points.path = &road.path;
	for (size_t i = 0; i < road.path.count; i++) {
		list_conversations(i);
		points.captures[i] = &captures[i];
	}
	finding.examples[0] = finding.exchange = lost_exchange(name);
	controls_add(needs, &points, &target);
}

/* The need of the conversation from PORT at VIEW, or NULL. */
static const struct conversation_need *
need_of(size_t view, uint16_t port)
{
	for (size_t i = 0; i < needs[view].conversation_count; i++)
		if (needs[view].conversations[i].facts->client_port == port)
			return &needs[view].conversations[i];
	return NULL;
}

/* Before and after it there are several; the nearest of each tell. */
START_TEST(test_lost_syn)
{
	control(&road, -2000, 50003, 2);
	controls(&road);
	knock(&road, 1);
	controls_again(&road);
	control(&road, 55000, 50004, 2);
	need("tcp_handshake", EVIDENCE_FRAMES);
	for (size_t i = 0; i < 2; i++) {
		ck_assert_uint_eq(needs[i].conversation_count, 2);
		ck_assert(need_of(i, 50001)->is_other && need_of(i, 50002)->is_other);
		ck_assert(!need_of(i, 50001)->is_whole);
	}
	ck_assert(needs[1].has_all_edges && !needs[0].has_all_edges);
	ck_assert_uint_eq(needs[1].place_count, 1);
	ck_assert_uint_eq(needs[1].host_count, 0);
}
END_TEST

/* Of those that are not of this server only the clocks are of use. */
START_TEST(test_best_control)
{
	control(&road, 0, 50001, 2);
	road.views[0].server = road.views[1].server = 77;
	control(&road, 5000, 50002, 2);
	road.views[0].server = road.views[1].server = 0;
	knock(&road, 1);
	need("tcp_handshake", EVIDENCE_FRAMES);
	ck_assert_ptr_nonnull(need_of(0, 50001));
	ck_assert_ptr_nonnull(need_of(1, 50001));
	ck_assert_ptr_null(need_of(1, 50002));
}
END_TEST

/* What came through proves itself. */
START_TEST(test_nothing_lost)
{
	controls(&road);
	knock(&road, 2);
	controls_again(&road);
	need("tcp_handshake", EVIDENCE_FRAMES);
	for (size_t i = 0; i < 2; i++) {
		ck_assert_uint_eq(needs[i].conversation_count, 0);
		ck_assert(!needs[i].has_edges);
	}
}
END_TEST

/* Its connection is there without the request: what it has at the time, by the other clock. */
START_TEST(test_lost_request)
{
	const struct conversation_need *own;

	road.views[1].clock = SAMPLE_HOUR;
	road.facts[1].first_time += SAMPLE_HOUR * SAMPLE_MS;
	road.facts[1].last_time += SAMPLE_HOUR * SAMPLE_MS;
	controls(&road);
	walk_all(&road, opening, COUNT(opening));
	walk(&road, &request, 1);
	walk(&road, &given_up, 2);
	need("toy", EVIDENCE_FRAMES);
	own = need_of(1, own_port());
	ck_assert_ptr_nonnull(own);
	ck_assert(!own->is_other && !own->is_whole);
	ck_assert_ptr_nonnull(own->periods);
	ck_assert_int_le(own->periods->from, (10101 + SAMPLE_HOUR) * SAMPLE_MS);
	ck_assert_int_ge(own->periods->until, (10101 + SAMPLE_HOUR) * SAMPLE_MS);
	ck_assert_int_ge(own->periods->from, (9000 + SAMPLE_HOUR) * SAMPLE_MS);
}
END_TEST

/* Of datagrams others to the same server tell, which have no stream; they are kept whole, since
 * what they carry pairs them. */
START_TEST(test_lost_datagram)
{
	static const struct sample lost = DATAGRAM(10000, CLIENT, "Q65abc");
	struct sample others[] = {DATAGRAM(5000, CLIENT, "Q65def"), DATAGRAM(5005, SERVER, "A43x")};

	road.views[0].server = road.views[1].server = 77;
	control(&road, 0, 50001, 2);
	road.views[0].server = road.views[1].server = 0;
	for (size_t i = 0; i < COUNT(others); i++)
		others[i].ports[CLIENT] = 50003;
	walk_all(&road, others, COUNT(others));
	walk(&road, &lost, 1);
	need("toy", EVIDENCE_FRAMES);
	for (size_t i = 0; i < 2; i++) {
		ck_assert_uint_eq(needs[i].conversation_count, 1);
		ck_assert_ptr_nonnull(need_of(i, 50003));
		ck_assert(need_of(i, 50003)->is_other && need_of(i, 50003)->is_whole);
	}
}
END_TEST

START_TEST(test_levels)
{
	controls(&road);
	walk_all(&road, opening, COUNT(opening));
	walk(&road, &request, 1);
	need("toy", EVIDENCE_CONVERSATIONS);
	ck_assert(need_of(1, own_port())->is_whole);
	for (size_t i = 0; i < 2; i++) {
		ck_assert_uint_eq(needs[i].host_count, 1);
		ck_assert(needs[i].hosts[0].is_opening_only);
	}
}
END_TEST

/* A single capture is compared with none. */
START_TEST(test_single)
{
	controls(&road);
	knock(&road, 1);
	road.path.count = 1;
	need("tcp_handshake", EVIDENCE_FRAMES);
	ck_assert_uint_eq(needs[0].conversation_count, 0);
	ck_assert(!needs[0].has_edges);
	road.path.count = 2;
}
END_TEST

Suite *
controls_suite(void)
{
	Suite *suite = suite_create("controls");
	TCase *tcase = tcase_create("controls");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, test_lost_syn);
	tcase_add_test(tcase, test_best_control);
	tcase_add_test(tcase, test_nothing_lost);
	tcase_add_test(tcase, test_lost_request);
	tcase_add_test(tcase, test_lost_datagram);
	tcase_add_test(tcase, test_levels);
	tcase_add_test(tcase, test_single);
	suite_add_tcase(suite, tcase);
	return suite;
}
