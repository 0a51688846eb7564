#include "analyzer/base/crew.h"

#include <check.h>
#include <pthread.h>

#include "analyzer/base/memory.h"

Suite *crew_suite(void);

/* What a task of these tests is about. */
struct probe {
	pthread_barrier_t *meeting; /* both tasks are there at one time */
	pthread_t thread;
	void *block;
};

static void
meet(void *state)
{
	struct probe *probe = state;

	probe->thread = pthread_self();
	probe->block = mem_alloc(1000, 1);
	pthread_barrier_wait(probe->meeting);
}

START_TEST(works_beside_the_caller)
{
	pthread_barrier_t meeting;
	struct probe probes[3] = {{.meeting = &meeting}, {.meeting = &meeting}};
	struct crew_task tasks[3];
	size_t before;

	crew_begin(2);
	pthread_barrier_init(&meeting, NULL, 3);
	for (size_t round = 0; round < 100; round++) {
		before = mem_used();
		for (size_t i = 0; i < 3; i++)
			tasks[i] = (struct crew_task){.work = meet, .state = &probes[i]};
		ck_assert(crew_do(&tasks[0]));
		ck_assert(crew_do(&tasks[1]));
		ck_assert(!crew_do(&tasks[2]));
		pthread_barrier_wait(&meeting);
		crew_wait(&tasks[1]);
		crew_wait(&tasks[0]);
		ck_assert(!pthread_equal(probes[0].thread, probes[1].thread));
		ck_assert(!pthread_equal(probes[0].thread, pthread_self()));
		ck_assert_uint_ge(mem_used() - before, 2000);
		mem_free(probes[0].block);
		mem_free(probes[1].block);
		ck_assert_uint_eq(mem_used(), before);
	}
	pthread_barrier_destroy(&meeting);
}
END_TEST

START_TEST(knows_a_processor)
{
	ck_assert_uint_ge(crew_processors(), 1);
}
END_TEST

Suite *
crew_suite(void)
{
	Suite *suite = suite_create("crew");
	TCase *tcase = tcase_create("crew");

	tcase_add_test(tcase, works_beside_the_caller);
	tcase_add_test(tcase, knows_a_processor);
	suite_add_tcase(suite, tcase);
	return suite;
}
