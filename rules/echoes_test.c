#include "rules/echoes.h"

#include <check.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/hash.h"

Suite *echoes_suite(void);

#define HASHES 5
#define TIMES  300

/* Numbers that repeat from run to run, below MOST. */
static uint64_t
draw(uint64_t *state, uint64_t most)
{
	*state = hash_mix(*state + 1);
	return *state % most;
}

/* What is in the echoes, one by one. */
struct heard {
	uint64_t hash;
	int64_t time;
};

/* Whether CORRELATION would find one of HEARD. */
static bool
is_found(const struct correlation *correlation, const struct heard *heard, size_t count,
    uint64_t hash, int64_t time)
{
	for (size_t i = 0; i < count; i++) {
		int64_t distance = heard[i].time - time;

		if (heard[i].hash != hash || (distance > 0 && !correlation->looks_after) ||
		    (distance < 0 && !correlation->looks_before))
			continue;
		if (distance < 0)
			distance = -distance;
		if (correlation->within < 0 || distance <= correlation->within)
			return true;
	}
	return false;
}

/* Three that look for the same, before and after, as far as that: of what each finds, none may
 * depend on what is kept for the others. */
static void
check_looks(uint64_t seed, const int64_t within[3])
{
	struct correlation looks[] = {
	    {.looks_before = true, .within = within[0]},
	    {.looks_after = true, .within = within[1]},
	    {.looks_before = true, .looks_after = true, .within = within[2]},
	};
	struct echoes *echoes = echoes_new();
	struct heard heard[TIMES];
	uint64_t state = seed;

	for (size_t i = 0; i < COUNT(looks); i++)
		ck_assert_uint_eq(echoes_expect(echoes, &looks[i]), 0);
	ck_assert(!echoes_have_any(echoes, &looks[0]));
	for (size_t count = 0; count < TIMES; count++) {
		heard[count] = (struct heard){draw(&state, HASHES), (int64_t)draw(&state, 2000)};
		echoes_add(echoes, 1, heard[count].hash, heard[count].time);
		for (size_t i = 0; i < COUNT(looks); i++) {
			uint64_t hash = draw(&state, HASHES);
			int64_t time = (int64_t)draw(&state, 2200) - 100;

			ck_assert_msg(echoes_have(echoes, &looks[i], hash, time) ==
					  is_found(&looks[i], heard, count + 1, hash, time),
			    "seed %lu, look %zu, after %zu, hash %lu, time %ld", seed, i, count + 1,
			    hash, time);
		}
	}
	ck_assert(echoes_have_any(echoes, &looks[0]));
	echoes_free(echoes);
}

START_TEST(finds_what_was_heard)
{
	static const int64_t within[][3] = {
	    {10, 10, 10}, {0, 5, 100}, {-1, 20, -1}, {-1, -1, -1}, {300, 1, 40}};

	for (uint64_t seed = 0; seed < 100; seed++)
		check_looks(seed, within[_i]);
}
END_TEST

START_TEST(keeps_what_differs_apart)
{
	static const struct exchange_type one = {.name = "one"}, two = {.name = "two"};
	const struct correlation knock = {.looks_after = true, .types = {{&one}, 1}, .within = -1},
				 visit = {.looks_after = true, .types = {{&two}, 1}, .within = -1};
	struct echoes *echoes = echoes_new();

	ck_assert_uint_eq(echoes_expect(echoes, &knock), 0);
	ck_assert_uint_eq(echoes_expect(echoes, &visit), 1);
	ck_assert_uint_eq(echoes_expect(echoes, &knock), 0);
	echoes_add(echoes, UINT64_C(1) << 1, 7, 100);
	ck_assert(echoes_have(echoes, &visit, 7, 50));
	ck_assert(!echoes_have(echoes, &visit, 8, 50));
	ck_assert(!echoes_have(echoes, &knock, 7, 50));
	ck_assert(!echoes_have_any(echoes, &knock));
	echoes_free(echoes);
}
END_TEST

START_TEST(has_nothing_where_nothing_went)
{
	const struct correlation knock = {.looks_after = true, .within = -1};
	struct echoes *echoes = echoes_new();

	ck_assert(!echoes_have(NULL, &knock, 7, 50));
	ck_assert(!echoes_have_any(NULL, &knock));
	ck_assert(!echoes_have(echoes, &knock, 7, 50));
	echoes_free(echoes);
}
END_TEST

Suite *
echoes_suite(void)
{
	Suite *suite = suite_create("echoes");
	TCase *tcase = tcase_create("echoes");

	tcase_add_loop_test(tcase, finds_what_was_heard, 0, 5);
	tcase_add_test(tcase, keeps_what_differs_apart);
	tcase_add_test(tcase, has_nothing_where_nothing_went);
	suite_add_tcase(suite, tcase);
	return suite;
}
