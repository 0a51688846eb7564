#include "rules/leave_out.h"

#include <check.h>

#include "analyzer/base/basics.h"

Suite *leave_out_suite(void);

#define MOST 6

/* A finding before, and after: the number of the one it was. */
struct row {
	enum severity severity;
	size_t incident, incident_size, follows_from;
	size_t was;
};

/* An incident whose root is a notice and leads to a warning, which leads to an error; a second
 * notice in it; an incident of a warning alone; one of a notice and what follows from it. */
static const struct row before[MOST + 1] = {
    {SEVERITY_NOTICE, 1, 4, 0, 1},
    {SEVERITY_WARNING, 1, 4, 1, 2},
    {SEVERITY_NOTICE, 1, 4, 1, 3},
    {SEVERITY_ERROR, 1, 4, 2, 4},
    {SEVERITY_WARNING, 2, 1, 0, 5},
    {SEVERITY_NOTICE, 3, 2, 0, 6},
    {SEVERITY_NOTICE, 3, 2, 6, 7},
};

static const struct {
	enum severity least;
	size_t count, incidents;
	struct row after[MOST + 1];
} floors[] = {
    {SEVERITY_NOTICE, 7, 3,
	{{SEVERITY_NOTICE, 1, 4, 0, 1}, {SEVERITY_WARNING, 1, 4, 1, 2},
	    {SEVERITY_NOTICE, 1, 4, 1, 3}, {SEVERITY_ERROR, 1, 4, 2, 4},
	    {SEVERITY_WARNING, 2, 1, 0, 5}, {SEVERITY_NOTICE, 3, 2, 0, 6},
	    {SEVERITY_NOTICE, 3, 2, 6, 7}}},
    {SEVERITY_WARNING, 4, 2,
	{{SEVERITY_NOTICE, 1, 3, 0, 1}, {SEVERITY_WARNING, 1, 3, 1, 2},
	    {SEVERITY_ERROR, 1, 3, 2, 4}, {SEVERITY_WARNING, 2, 1, 0, 5}}},
    {SEVERITY_ERROR, 3, 1,
	{{SEVERITY_NOTICE, 1, 3, 0, 1}, {SEVERITY_WARNING, 1, 3, 1, 2},
	    {SEVERITY_ERROR, 1, 3, 2, 4}}},
};

START_TEST(what_explains_what_stays_stays)
{
	struct finding items[MOST + 1];
	struct finding_list findings = {.items = items, .count = COUNT(items), .incidents = 3};

	for (size_t i = 0; i < COUNT(items); i++)
		items[i] = (struct finding){.severity = before[i].severity,
		    .incident = before[i].incident,
		    .incident_size = before[i].incident_size,
		    .follows_from = before[i].follows_from,
		    .occurrences = before[i].was};
	ck_assert_uint_eq(
	    findings_leave_out_below(&findings, floors[_i].least), COUNT(items) - floors[_i].count);
	ck_assert_uint_eq(findings.count, floors[_i].count);
	ck_assert_uint_eq(findings.incidents, floors[_i].incidents);
	for (size_t i = 0; i < findings.count; i++) {
		const struct row *row = &floors[_i].after[i];

		ck_assert_uint_eq(items[i].occurrences, row->was);
		ck_assert_int_eq(items[i].severity, row->severity);
		ck_assert_uint_eq(items[i].incident, row->incident);
		ck_assert_uint_eq(items[i].incident_size, row->incident_size);
		ck_assert_uint_eq(items[i].follows_from, row->follows_from);
	}
}
END_TEST

START_TEST(none_may_be_left)
{
	struct finding items[] = {{.severity = SEVERITY_NOTICE, .incident = 1, .incident_size = 1}};
	struct finding_list findings = {.items = items, .count = 1, .incidents = 1};

	ck_assert_uint_eq(findings_leave_out_below(&findings, SEVERITY_WARNING), 1);
	ck_assert_uint_eq(findings.count, 0);
	ck_assert_uint_eq(findings.incidents, 0);
	ck_assert_uint_eq(findings_leave_out_below(&findings, SEVERITY_WARNING), 0);
}
END_TEST

Suite *
leave_out_suite(void)
{
	Suite *suite = suite_create("leave_out");
	TCase *tcase = tcase_create("leave_out");

	tcase_add_loop_test(tcase, what_explains_what_stays_stays, 0, COUNT(floors));
	tcase_add_test(tcase, none_may_be_left);
	suite_add_tcase(suite, tcase);
	return suite;
}
