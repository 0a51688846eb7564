#include "analyzer/base/ring.h"

#include <check.h>

Suite *ring_suite(void);

#define PLACES 8
#define COUNT  100000u

static struct ring ring;
static unsigned places[PLACES];

/* Now and then all must be taken before there is more. */
static void *
fill(void *unused)
{
	for (unsigned i = 0; i < COUNT; i++) {
		if (i % 1000 == 0)
			ring_wait_empty(&ring);
		places[ring_wait_free(&ring)] = i;
		ring_filled(&ring);
	}
	ring_end(&ring);
	return unused;
}

START_TEST(hands_over_in_order)
{
	pthread_t filler;
	unsigned count = 0;
	size_t place;

	ring_init(&ring, PLACES);
	ck_assert_int_eq(pthread_create(&filler, NULL, fill, NULL), 0);
	while (ring_wait_filled(&ring, &place)) {
		ck_assert_uint_eq(place, count % PLACES);
		ck_assert_uint_eq(places[place], count);
		/* No place is filled anew while it is being emptied. */
		for (volatile unsigned i = 0; i < count % 50; i++)
			ck_assert_uint_eq(places[place], count);
		places[place] = COUNT;
		ring_emptied(&ring);
		count++;
	}
	ck_assert_uint_eq(count, COUNT);
	pthread_join(filler, NULL);
	ring_free(&ring);
}
END_TEST

START_TEST(ends_with_nothing)
{
	size_t place;

	ring_init(&ring, PLACES);
	ring_wait_empty(&ring);
	ring_end(&ring);
	ck_assert(!ring_wait_filled(&ring, &place));
	ck_assert(!ring_wait_filled(&ring, &place));
	ring_free(&ring);
}
END_TEST

Suite *
ring_suite(void)
{
	Suite *suite = suite_create("ring");
	TCase *tcase = tcase_create("ring");

	tcase_add_test(tcase, hands_over_in_order);
	tcase_add_test(tcase, ends_with_nothing);
	suite_add_tcase(suite, tcase);
	return suite;
}
