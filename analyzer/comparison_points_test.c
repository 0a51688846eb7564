/* analyzer/comparison.c; rules/comparison_test.c has the shorter name. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/capture/source.h"
#include "analyzer/comparison.h"

Suite *comparison_points_suite(void);

static struct rule_set rules;
static const struct exchange_type *types[ANALYSIS_MOST_TYPES];
static struct comparison comparison;
static struct capture_vantage vantages[POINTS_MOST]; /* that are said */

static void
setup(void)
{
	memset(vantages, 0, sizeof(vantages));
	rule_set_init(&rules, types, analysis_exchange_types(types));
	rule_set_add_builtin(&rules);
}

static void
teardown(void)
{
	comparison_free(&comparison);
	rule_set_free(&rules);
}

static bool
read_file(const char *path, const struct capture_vantage *vantage, struct error *error)
{
	const struct source_files alone = {&path, 1, true};

	return comparison_read(&comparison, &alone, vantage, NULL, error) != NULL;
}

/* Compares COUNT fixtures, in the order of NAMES. */
static void
compare(const char *const *names, size_t count)
{
	const struct analysis_options options = {.rules = &rules};
	static char paths[POINTS_MOST][256];
	struct error error = {0};

	comparison_begin(&comparison, count, &options);
	for (size_t i = 0; i < count; i++) {
		snprintf(paths[i], sizeof(paths[i]), "fixtures/captures/%s", names[i]);
		ck_assert_msg(
		    read_file(paths[i], &vantages[i], &error), "%s: %s", paths[i], error.text);
	}
	comparison_judge(&comparison);
	ck_assert_uint_eq(comparison.count, count);
}

static const struct finding_list *
findings_at(size_t index)
{
	return &comparison.items[index]->analysis.report.findings;
}

static const struct ledger *
ledger_at(size_t index)
{
	return &comparison.items[index]->analysis.ledger;
}

static size_t
count_of(size_t index, const char *rule)
{
	size_t count = 0;

	for (size_t i = 0; i < findings_at(index)->count; i++)
		count += strcmp(findings_at(index)->items[i].rule->id, rule) == 0;
	return count;
}

/* The capture that is the INDEXth now has a file whose name ends so. */
static void
check_file(size_t index, const char *name)
{
	const char *file = comparison.items[index]->analysis.facts.file;

	ck_assert_uint_ge(strlen(file), strlen(name));
	ck_assert_str_eq(file + strlen(file) - strlen(name), name);
}

/* The client's capture by itself says that nothing answered. Each of the two attempts is told of
 * once, by the client's capture, as neither is more certain. */
START_TEST(what_two_captures_know_is_told_once)
{
	static const char *const names[] = {
	    "syn-ack-dropped-at-router.pcapng", "syn-ack-dropped-at-router.server.pcapng"};

	compare(names, COUNT(names));
	ck_assert_uint_eq(count_of(0, "tcp-syn-ack-lost") + count_of(1, "tcp-syn-ack-lost"), 2);
	for (size_t i = 0; i < COUNT(names); i++)
		ck_assert_uint_eq(count_of(i, "tcp-syn-unanswered"), 0);
	for (size_t i = 0; i < findings_at(0)->count; i++) {
		const struct crossing *crossing = findings_at(0)->items[i].exchange->crossing;

		ck_assert_ptr_nonnull(crossing);
		ck_assert_ptr_eq(crossing->lost_after, comparison.items[1]->analysis.facts.file);
		ck_assert_ptr_eq(crossing->lost_before, comparison.items[0]->analysis.facts.file);
	}
}
END_TEST

START_TEST(each_capture_is_a_point)
{
	static const char *const names[] = {
	    "smb-bulk-read-write.pcapng", "smb-bulk-read-write.server.pcapng"};

	compare(names, COUNT(names));
	for (size_t i = 0; i < COUNT(names); i++) {
		const struct point_facts *point = comparison.items[i]->analysis.facts.point;
		const struct report_capture *report = &comparison.items[i]->analysis.report;

		ck_assert_ptr_nonnull(point);
		ck_assert_uint_eq(report->point_count, COUNT(names));
		ck_assert_ptr_eq(report->points[i], report);
		ck_assert_uint_eq(point->number, i + 1);
		ck_assert_uint_eq(point->count, COUNT(names));
		ck_assert_uint_eq(point->shared, i);
		ck_assert_uint_eq(point->only_before, 0);
		ck_assert_int_eq(point->has_offset, i != 0);
	}
	ck_assert_ptr_eq(comparison.items[1]->analysis.facts.point->before,
	    comparison.items[0]->analysis.facts.file);
}
END_TEST

/* Their own connections say where they were taken, whatever comes first. */
START_TEST(captures_are_put_in_the_order_of_the_path)
{
	static const char *const names[] = {"smb-bulk-read-write.server.pcapng",
	    "smb-bulk-read-write.pcapng", "smb-bulk-read-write.server.pcapng"};
	size_t crossed = 0;

	compare(names + _i, 2);
	check_file(0, "smb-bulk-read-write.pcapng");
	check_file(1, "smb-bulk-read-write.server.pcapng");
	for (size_t i = 0; i < ledger_at(0)->count; i++) {
		const struct crossing *crossing = ledger_at(0)->items[i]->crossing;

		/* The names that the client asks for, it asks of another host. */
		if (crossing == NULL || ledger_at(0)->items[i]->conversation->is_background)
			continue;
		crossed++;
		ck_assert_ptr_eq(crossing->there, comparison.items[1]->analysis.facts.file);
		ck_assert(
		    crossing->is_request_there.is_known && crossing->is_request_there.value != 0);
	}
	ck_assert_uint_gt(crossed, 0);
}
END_TEST

/* What is said of two captures that know better, in the order in which they are given, and which
 * comes first. */
static const struct {
	struct capture_vantage said[2];
	size_t first;
	enum vantage places[2]; /* as they are then told */
} orders[] = {
    {{{VANTAGE_SERVER, true}, {VANTAGE_CLIENT, true}}, 1, {VANTAGE_CLIENT, VANTAGE_SERVER}},
    {{{VANTAGE_SERVER, true}, {VANTAGE_BETWEEN, true}}, 1, {VANTAGE_BETWEEN, VANTAGE_SERVER}},
    {{{VANTAGE_BETWEEN, true}, {VANTAGE_CLIENT, true}}, 1, {VANTAGE_CLIENT, VANTAGE_BETWEEN}},
    {{{VANTAGE_SERVER, true}, {VANTAGE_SERVER, true}}, 0, {VANTAGE_SERVER, VANTAGE_SERVER}},
    {{{VANTAGE_UNKNOWN, true}, {VANTAGE_BETWEEN, true}}, 0, {VANTAGE_UNKNOWN, VANTAGE_BETWEEN}},
    {{{VANTAGE_UNKNOWN, true}, {VANTAGE_CLIENT, true}}, 1, {VANTAGE_CLIENT, VANTAGE_UNKNOWN}},
    /* The other one knows that it is the server's. */
    {{{VANTAGE_SERVER, true}, {VANTAGE_UNKNOWN, false}}, 0, {VANTAGE_SERVER, VANTAGE_SERVER}},
    {{{VANTAGE_UNKNOWN, false}, {VANTAGE_CLIENT, true}}, 0, {VANTAGE_CLIENT, VANTAGE_CLIENT}},
    {{{VANTAGE_UNKNOWN, false}, {VANTAGE_UNKNOWN, false}}, 0, {VANTAGE_CLIENT, VANTAGE_SERVER}},
};

START_TEST(what_is_said_of_their_places_holds)
{
	static const char *const names[] = {
	    "smb-bulk-read-write.pcapng", "smb-bulk-read-write.server.pcapng"};

	memcpy(vantages, orders[_i].said, sizeof(orders[_i].said));
	compare(names, COUNT(names));
	for (size_t i = 0; i < COUNT(names); i++) {
		size_t given = i == 0 ? orders[_i].first : 1 - orders[_i].first;
		const struct point_facts *point = comparison.items[i]->analysis.facts.point;

		check_file(i, names[given]);
		ck_assert_int_eq(point->vantage.place, orders[_i].places[i]);
		ck_assert_int_eq(point->vantage.is_said, orders[_i].said[given].is_said);
	}
}
END_TEST

START_TEST(a_single_capture_is_compared_with_none)
{
	static const char *const name = "syn-ack-dropped-at-router.pcapng";

	compare(&name, 1);
	ck_assert_ptr_null(comparison.items[0]->analysis.facts.point);
	ck_assert_uint_eq(comparison.items[0]->analysis.report.point_count, 0);
	ck_assert_uint_gt(ledger_at(0)->count, 0);
	for (size_t i = 0; i < ledger_at(0)->count; i++)
		ck_assert_ptr_null(ledger_at(0)->items[i]->crossing);
	ck_assert_uint_ne(count_of(0, "tcp-syn-unanswered"), 0);
}
END_TEST

START_TEST(what_cannot_be_read_is_said)
{
	const struct analysis_options options = {.rules = &rules};
	struct error error = {0};

	comparison_begin(&comparison, 2, &options);
	ck_assert(!read_file("fixtures/captures/absent.pcapng", &vantages[0], &error));
	ck_assert_ptr_nonnull(strstr(error.text, "absent.pcapng"));
	ck_assert_uint_eq(comparison.count, 0);
	comparison_judge(&comparison);
}
END_TEST

START_TEST(memory_is_shared)
{
	const struct analysis_options options = {.rules = &rules, .max_memory = 1 << 20};

	comparison_begin(&comparison, 4, &options);
	ck_assert_uint_eq(comparison.options.max_memory, 1 << 18);
}
END_TEST

/* The last exchange of the type called NAME, which both captures have. */
static const struct exchange *
last_of(size_t index, const char *name)
{
	const struct exchange *found = NULL;

	for (size_t i = 0; i < ledger_at(index)->count; i++)
		if (strcmp(ledger_at(index)->items[i]->type->name, name) == 0)
			found = ledger_at(index)->items[i];
	ck_assert_ptr_nonnull(found);
	ck_assert_ptr_nonnull(found->crossing);
	return found;
}

/* Requests and answers that are one datagram in several packets: it is seen in the frame that
 * completes it. Of the last answer the client has the first fragment alone. */
START_TEST(fragments_are_compared_as_one_datagram)
{
	static const char *const names[] = {"kerberos-fragments-dropped-at-router.pcapng",
	    "kerberos-fragments-dropped-at-router.kdc.pcapng"};
	const struct exchange *ticket, *lost;

	compare(names, COUNT(names));
	ticket = last_of(0, "kerberos_tgs");
	ck_assert_uint_eq(ticket->request_frame, 18);
	ck_assert_uint_eq(ticket->crossing->request_there, 13);
	ck_assert_uint_eq(ticket->crossing->answer_there, 15);
	ck_assert_ptr_null(ticket->crossing->lost_after);
	ck_assert_ptr_null(ticket->crossing->unsure);
	lost = last_of(0, "kerberos_as");
	ck_assert_uint_eq(lost->request_frame, 108);
	ck_assert_uint_eq(lost->crossing->request_there, 22);
	ck_assert_uint_eq(lost->crossing->answer_there, 24);
	ck_assert_ptr_eq(lost->crossing->lost_after, comparison.items[1]->analysis.facts.file);
	ck_assert_ptr_eq(lost->crossing->lost_before, comparison.items[0]->analysis.facts.file);
}
END_TEST

/* Two that know no more than that they were taken on the client's side: then the times of what both
 * have tell which of them clients' packets pass first. */
START_TEST(captures_of_one_place_are_put_in_order_by_time)
{
	static const char *const names[] = {"syn-ack-dropped-at-router-three-points.router.pcapng",
	    "syn-ack-dropped-at-router-three-points.pcapng",
	    "syn-ack-dropped-at-router-three-points.router.pcapng"};

	compare(names + _i, 2);
	for (size_t i = 0; i < 2; i++)
		ck_assert_int_eq(comparison.items[i]->vantage.place, VANTAGE_CLIENT);
	check_file(0, names[1]);
	check_file(1, names[0]);
	ck_assert_uint_eq(comparison.items[1]->analysis.facts.point->clock_sets, 0);
}
END_TEST

Suite *
comparison_points_suite(void)
{
	Suite *suite = suite_create("comparison_points");
	TCase *tcase = tcase_create("comparison");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, what_two_captures_know_is_told_once);
	tcase_add_test(tcase, each_capture_is_a_point);
	tcase_add_loop_test(tcase, captures_are_put_in_the_order_of_the_path, 0, 2);
	tcase_add_loop_test(tcase, captures_of_one_place_are_put_in_order_by_time, 0, 2);
	tcase_add_loop_test(tcase, what_is_said_of_their_places_holds, 0, COUNT(orders));
	tcase_add_test(tcase, a_single_capture_is_compared_with_none);
	tcase_add_test(tcase, fragments_are_compared_as_one_datagram);
	tcase_add_test(tcase, what_cannot_be_read_is_said);
	tcase_add_test(tcase, memory_is_shared);
	suite_add_tcase(suite, tcase);
	return suite;
}
