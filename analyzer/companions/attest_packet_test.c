#include "analyzer/companions/attest_packet.h"

#include "analyzer/companions/attest_samples.h"

#define HOUR 3600.0
#define ISN  0x12345678u

static struct attest_sample sample;

static void
setup(void)
{
	attest_sample_begin(&sample);
}

static void
teardown(void)
{
	attest_sample_end(&sample);
}

/* Of the clock nothing has to be right. */
START_TEST(a_sequence_number_tells_the_packet)
{
	static const double ahead[] = {0, HOUR, -12 * HOUR, 1000 * HOUR, 123.4};
	struct companion *log = attest_sample_companion(&sample, "pfirewall.log");
	const struct attest_syn *syn = attest_sample_syn(&sample, ISN, 10);
	const struct testimony *said;

	attest_sample_entry(log, FIREWALL_DROP, 445, 10, ahead[_i])->syn = known(ISN);
	attest_sample_attest(&sample);
	said = attest_said(&syn->base, ATTESTED_FIREWALL);
	ck_assert_uint_eq(said->number.value, FIREWALL_DROP);
	ck_assert_str_eq(said->quote.file, "pfirewall.log");
	ck_assert_uint_eq(said->quote.line, 1);
	ck_assert_uint_eq(sample.facts.companions[0].exchanges, 1);
}
END_TEST

START_TEST(another_sequence_number_is_another_packet)
{
	struct companion *log = attest_sample_companion(&sample, "pfirewall.log");
	const struct attest_syn *syn = attest_sample_syn(&sample, ISN, 10);

	attest_sample_entry(log, FIREWALL_DROP, 445, 10, 0)->syn = known(ISN + 1);
	attest_sample_attest(&sample);
	ck_assert_ptr_null(syn->base.attested);
	ck_assert_uint_eq(sample.facts.companions[0].statements, 1);
	ck_assert_uint_eq(sample.facts.companions[0].exchanges, 0);
}
END_TEST

/* Changes one of what must be the same. */
static void
differ(struct firewall_entry *entry, int how)
{
	switch (how) {
	case 0:
		entry->source = attest_addr(8);
		break;
	case 1:
		entry->destination = attest_addr(6);
		break;
	case 2:
		entry->source_port++;
		break;
	case 3:
		entry->destination_port = 139;
		break;
	case 4:
		entry->transport = TRANSPORT_UDP;
		break;
	case 5:
		entry->path = FIREWALL_SEND;
		break;
	case 6:
		entry->path = FIREWALL_FORWARD;
		break;
	default:
		entry->is_syn = false;
	}
}

START_TEST(other_packets_say_nothing)
{
	struct companion *log = attest_sample_companion(&sample, "pfirewall.log");
	const struct attest_syn *syn = attest_sample_syn(&sample, ISN, 10);
	struct firewall_entry *entry = attest_sample_entry(log, FIREWALL_DROP, 445, 10, 0);

	entry->syn = known(ISN);
	differ(entry, _i);
	attest_sample_attest(&sample);
	ck_assert_ptr_null(syn->base.attested);
}
END_TEST

/* Without a sequence number the time has to fit, in some zone. */
static const struct {
	double apart; /* seconds of the line after the SYN, by its clock */
	bool is_of;
} clocks[] = {
    {0, true},
    {3, true},
    {8.9, true}, /* sent again, and the last time 4 s later */
    {9.1, false},
    {-4.9, true},
    {-5.1, false},
    {HOUR, true},
    {-3 * HOUR, true},
    {5.75 * HOUR + 1, true}, /* Nepal */
    {14 * HOUR, true},       /* Kiritimati */
    {14.25 * HOUR, false},
    {-12.25 * HOUR, false},
    {HOUR + 300, false},
    {24 * HOUR, false},
};

START_TEST(times_tell_the_packet)
{
	struct companion *log = attest_sample_companion(&sample, "pfirewall.log");
	const struct attest_syn *syn = attest_sample_syn(&sample, ISN, 10);

	attest_sample_entry(log, FIREWALL_DROP, 445, 10, clocks[_i].apart);
	attest_sample_attest(&sample);
	ck_assert_int_eq(attest_is_said(&syn->base, ATTESTED_FIREWALL), clocks[_i].is_of);
}
END_TEST

/* One line with a sequence number tells the zone for those without. */
START_TEST(a_log_has_one_zone)
{
	static const double ahead[] = {HOUR, 2 * HOUR, 0, 3 * HOUR};
	static const bool is_of[] = {true, true, true, false};
	struct companion *log = attest_sample_companion(&sample, "pfirewall.log");
	const struct exchange *asked =
	    attest_sample_add(&sample, &attest_plain_type, 5, 88, TRANSPORT_UDP, 1);

	attest_sample_syn(&sample, ISN, 10);
	attest_sample_entry(log, FIREWALL_DROP, 445, 10, HOUR)->syn = known(ISN);
	attest_sample_entry(log, FIREWALL_DROP, 88, 1, ahead[_i]);
	attest_sample_attest(&sample);
	ck_assert(sample.facts.companions[0].has_zone);
	ck_assert_int_eq(sample.facts.companions[0].zone, 3600 * ATTEST_SECOND);
	ck_assert_int_eq(attest_is_said(asked, ATTESTED_FIREWALL), is_of[_i]);
}
END_TEST

/* A line of a SYN that came hours off tells of no zone. */
START_TEST(no_zone_is_that_far_off)
{
	struct companion *log = attest_sample_companion(&sample, "pfirewall.log");

	attest_sample_syn(&sample, ISN, 10);
	attest_sample_entry(log, FIREWALL_DROP, 445, 10, 100 * HOUR)->syn = known(ISN);
	attest_sample_attest(&sample);
	ck_assert_uint_eq(sample.facts.companions[0].exchanges, 1);
	ck_assert(!sample.facts.companions[0].has_zone);
}
END_TEST

/* What was dropped and let in may be two packets. */
START_TEST(contradicting_lines_say_nothing)
{
	struct companion *log = attest_sample_companion(&sample, "pfirewall.log");
	const struct attest_syn *syn = attest_sample_syn(&sample, ISN, 10);

	attest_sample_entry(log, FIREWALL_DROP, 445, 10, 0)->syn = known(ISN);
	attest_sample_entry(log, FIREWALL_ALLOW, 445, 11, 0)->syn = known(ISN);
	attest_sample_attest(&sample);
	ck_assert(!attest_is_said(&syn->base, ATTESTED_FIREWALL));
}
END_TEST

START_TEST(the_first_of_several_lines_is_quoted)
{
	struct companion *log = attest_sample_companion(&sample, "pfirewall.log");
	const struct attest_syn *syn = attest_sample_syn(&sample, ISN, 10);

	for (int i = 0; i < 3; i++)
		attest_sample_entry(log, FIREWALL_DROP, 445, 10 + i, 0)->syn = known(ISN);
	attest_sample_attest(&sample);
	ck_assert_uint_eq(attest_said(&syn->base, ATTESTED_FIREWALL)->quote.line, 1);
	ck_assert_uint_eq(sample.facts.companions[0].exchanges, 1);
}
END_TEST

START_TEST(events_are_of_utc)
{
	static const double apart[] = {0, 2, HOUR, -HOUR};
	struct companion *events = attest_sample_companion(&sample, "wfpdiag.xml");
	const struct attest_syn *syn = attest_sample_syn(&sample, ISN, 10);

	attest_sample_event(events, true, 10 + apart[_i]);
	attest_sample_attest(&sample);
	ck_assert_int_eq(attest_is_said(&syn->base, ATTESTED_FILTER), _i < 2);
	ck_assert(!sample.facts.companions[0].has_zone);
}
END_TEST

/* A filter may be named in another file. */
START_TEST(filters_have_names)
{
	struct companion *events = attest_sample_companion(&sample, "netevents.xml");
	struct companion *filters = attest_sample_companion(&sample, "filters.xml");
	const struct attest_syn *syn = attest_sample_syn(&sample, ISN, 10);

	filters->filters = mem_alloc(2, sizeof(*filters->filters));
	filters->filters[0] = (struct filter_name){67343, "Another", false};
	filters->filters[1] = (struct filter_name){67342, "Block SMB", false};
	filters->filter_count = 2;
	attest_sample_event(events, true, 10);
	attest_sample_attest(&sample);
	ck_assert_str_eq(
	    attest_said(&syn->base, ATTESTED_FILTER)->quote.text, "an event (Block SMB)");
	ck_assert_str_eq(attest_said(&syn->base, ATTESTED_FILTER_NAME)->text, "Block SMB");
	ck_assert_uint_eq(sample.facts.companions[0].exchanges, 1);
	ck_assert_uint_eq(sample.facts.companions[1].exchanges, 0);
	ck_assert_uint_eq(sample.facts.companions[1].statements, 2);
}
END_TEST

/* What kind of filter it was, by its callout, its layer or the event itself, in any language. */
static const struct {
	const char *name; /* NULL: the filter is in no file */
	bool has_callout;
	int layer; /* -1: not said */
	const char *origin;
	int is_stealth; /* -1: nothing is said */
} stealths[] = {
    {NULL, false, -1, NULL, -1},
    {NULL, false, 44, NULL, 0},
    {NULL, false, 13, NULL, -1},
    {NULL, false, 15, NULL, -1},
    {NULL, false, 13, "Stealth", 1},
    {NULL, false, 44, "Quarantine Default", 0},
    {"Portscan", true, 13, NULL, 1},
    {"Portscan", false, 13, NULL, -1},
    {"Block SMB", false, 44, NULL, 0},
    {"Port Scanning Prevention Filter", false, -1, NULL, 1},
};

START_TEST(stealth_is_told)
{
	struct companion *events = attest_sample_companion(&sample, "wfpdiag.xml");
	const struct attest_syn *syn = attest_sample_syn(&sample, ISN, 10);
	struct filter_event *event = attest_sample_event(events, true, 10);

	if (stealths[_i].name != NULL) {
		events->filters = mem_alloc(1, sizeof(*events->filters));
		events->filters[0] =
		    (struct filter_name){67342, stealths[_i].name, stealths[_i].has_callout};
		events->filter_count = 1;
	}
	if (stealths[_i].layer >= 0)
		event->layer_id = known((uint64_t)stealths[_i].layer);
	event->filter_origin = stealths[_i].origin;
	attest_sample_attest(&sample);
	ck_assert_int_eq(
	    attest_is_said(&syn->base, ATTESTED_FILTER_STEALTH), stealths[_i].is_stealth >= 0);
	if (stealths[_i].is_stealth >= 0)
		ck_assert_int_eq(attest_said(&syn->base, ATTESTED_FILTER_STEALTH)->number.value,
		    stealths[_i].is_stealth);
}
END_TEST

/* A filter in a layer of what a host sends drops the answer, not the SYN. */
START_TEST(what_leaves_is_no_beginning)
{
	static const struct {
		uint64_t layer;
		bool is_inbound;
	} layers[] = {{3, true}, {4, false}, {7, false}, {8, true}, {13, true}, {15, true},
	    {16, false}, {19, false}, {20, true}, {44, true}};
	struct companion *events = attest_sample_companion(&sample, "wfpdiag.xml");
	const struct attest_syn *syn = attest_sample_syn(&sample, ISN, 10);

	attest_sample_event(events, true, 10)->layer_id = known(layers[_i].layer);
	attest_sample_attest(&sample);
	ck_assert_int_eq(attest_is_said(&syn->base, ATTESTED_FILTER), layers[_i].is_inbound);
}
END_TEST

START_TEST(unknown_filters_have_none)
{
	struct companion *events = attest_sample_companion(&sample, "netevents.xml");
	const struct attest_syn *syn = attest_sample_syn(&sample, ISN, 10);

	attest_sample_event(events, false, 10);
	attest_sample_attest(&sample);
	ck_assert_uint_eq(attest_said(&syn->base, ATTESTED_FILTER)->number.value, FIREWALL_ALLOW);
	ck_assert_str_eq(attest_said(&syn->base, ATTESTED_FILTER)->quote.text, "an event");
	ck_assert(!attest_is_said(&syn->base, ATTESTED_FILTER_NAME));
}
END_TEST

/* What follows on a connection did not begin with the packet. */
START_TEST(only_what_began_with_it_is_meant)
{
	struct companion *log = attest_sample_companion(&sample, "pfirewall.log");
	const struct exchange *later =
	    attest_sample_add(&sample, &attest_plain_type, 5, 445, TRANSPORT_TCP, 10);

	attest_sample_entry(log, FIREWALL_ALLOW, 445, 10, 0);
	attest_sample_attest(&sample);
	ck_assert_ptr_null(later->attested);
}
END_TEST

/* Among many lines those of the packet are found. */
START_TEST(lines_are_found_among_many)
{
	struct companion *log = attest_sample_companion(&sample, "pfirewall.log");
	const struct attest_syn *syn = attest_sample_syn(&sample, ISN, 10);
	struct firewall_entry *entry;

	for (uint32_t i = 0; i < 3000; i++) {
		entry = attest_sample_entry(log, FIREWALL_ALLOW, 445, 10, 0);
		entry->source_port = (uint16_t)(49000 + i % 1500);
		entry->source = attest_addr((uint8_t)(i % 200));
		entry->syn = known(ISN + 1 + i);
	}
	entry = attest_sample_entry(log, FIREWALL_DROP, 445, 10, 0);
	entry->syn = known(ISN);
	attest_sample_attest(&sample);
	ck_assert_uint_eq(attest_said(&syn->base, ATTESTED_FIREWALL)->quote.line, 3001);
	ck_assert_uint_eq(sample.facts.companions[0].statements, 3001);
}
END_TEST

Suite *attest_packet_suite(void);

Suite *
attest_packet_suite(void)
{
	Suite *suite = suite_create("attest_packet");
	TCase *cases = tcase_create("packets");

	tcase_add_checked_fixture(cases, setup, teardown);
	tcase_add_loop_test(cases, a_sequence_number_tells_the_packet, 0, 5);
	tcase_add_test(cases, another_sequence_number_is_another_packet);
	tcase_add_loop_test(cases, other_packets_say_nothing, 0, 8);
	tcase_add_loop_test(cases, times_tell_the_packet, 0, COUNT(clocks));
	tcase_add_loop_test(cases, a_log_has_one_zone, 0, 4);
	tcase_add_test(cases, no_zone_is_that_far_off);
	tcase_add_test(cases, contradicting_lines_say_nothing);
	tcase_add_test(cases, the_first_of_several_lines_is_quoted);
	tcase_add_loop_test(cases, events_are_of_utc, 0, 4);
	tcase_add_test(cases, filters_have_names);
	tcase_add_loop_test(cases, stealth_is_told, 0, COUNT(stealths));
	tcase_add_loop_test(cases, what_leaves_is_no_beginning, 0, 10);
	tcase_add_test(cases, unknown_filters_have_none);
	tcase_add_test(cases, only_what_began_with_it_is_meant);
	tcase_add_test(cases, lines_are_found_among_many);
	suite_add_tcase(suite, cases);
	return suite;
}
