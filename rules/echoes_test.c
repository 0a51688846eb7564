#include "rules/echoes.h"

#include <check.h>

#include "analyzer/base/memory.h"
#include "rules/sample.h"

Suite *echoes_suite(void);

/* Searches that differ in what they look for. */
#define SEARCHES 20

/* Some correlations, expected in this order. */
struct asked {
	struct sample sample;
	struct echoes *echoes;
	const struct correlation *correlations[SEARCHES];
};

static void
ask(struct asked *asked)
{
	sample_begin(&asked->sample);
	asked->echoes = echoes_new();
	for (size_t i = 0; i < SEARCHES; i++) {
		const char *yaml = arena_format(&asked->sample.arena,
		    "id: rule-%c\ntitle: A rule\nseverity: error\nfinding: \"{client} knocked\"\n"
		    "exchange: knock\nwhere: { status: STATUS_ACCESS_DENIED }\nunless:\n  - "
		    "followed_by:\n      exchange: knock\n"
		    "      where: { status: %zu }\n      same: [client]\n",
		    (char)('a' + i), i);

		ck_assert_msg(rule_load(&asked->sample.set, "a.yaml", yaml, strlen(yaml),
				  &asked->sample.error),
		    "%s", asked->sample.error.text);
		asked->correlations[i] = &asked->sample.set.items[i]->unless.items[0].correlation;
		ck_assert_uint_eq(echoes_expect(asked->echoes, asked->correlations[i]), i);
	}
}

static void
end(struct asked *asked)
{
	echoes_free(asked->echoes);
	sample_end(&asked->sample);
}

/* Whether one of HASH and TIME is among what was found, and how many there are. */
struct wanted {
	uint64_t hash;
	int64_t time;
	size_t found, all;
};

static void
count(void *state, const struct echo *echo)
{
	struct wanted *wanted = state;

	wanted->all++;
	wanted->found += echo->hash == wanted->hash && echo->time == wanted->time;
}

static struct wanted
look(const struct asked *asked, size_t search, uint64_t hash, int64_t time)
{
	struct wanted wanted = {hash, time, 0, 0};

	echoes_each(asked->echoes, asked->correlations[search], count, &wanted);
	return wanted;
}

/* One after the other, and each of all of them is found by the searches that it was added for, with
 * its hash and its time. */
static void
check(const struct echo *items, size_t item_count)
{
	size_t all[SEARCHES] = {0};
	struct wanted wanted;
	struct asked asked;

	ask(&asked);
	for (size_t i = 0; i < item_count; i++) {
		echoes_add(asked.echoes, &items[i]);
		for (size_t j = 0; j < SEARCHES; j++)
			all[j] += items[i].searches >> j & 1;
	}
	for (size_t i = 0; i < item_count; i++)
		for (size_t j = 0; j < SEARCHES; j++) {
			wanted = look(&asked, j, items[i].hash, items[i].time);
			ck_assert_uint_eq(wanted.found, items[i].searches >> j & 1);
			ck_assert_uint_eq(wanted.all, all[j]);
		}
	end(&asked);
}

START_TEST(yields_what_was_added)
{
	static const struct echo items[] = {
	    {1, 7, 1000}, {2, 7, 1001}, {3, 7, 999}, {4, 8, 1000}, {5, 0, 0}, {8, UINT64_MAX, 1}};

	check(items, COUNT(items));
}
END_TEST

/* Years apart, before 1970, and as far as the file formats can say. */
START_TEST(yields_any_time)
{
	static const struct echo items[] = {{1, 7, INT64_C(1700000000000000000)}, {1, 7, -5},
	    {2, 7, INT64_MAX}, {1, 8, INT64_MIN}, {1, 8, 0}, {3, 9, INT64_C(1) << 47},
	    {1, 9, -(INT64_C(1) << 47)}, {1, 9, INT64_C(1) << 46}};

	check(items, COUNT(items));
}
END_TEST

/* More combinations of searches than there are numbers for. */
START_TEST(yields_any_combination)
{
	struct echo items[600];

	for (size_t i = 0; i < COUNT(items); i++)
		items[i] = (struct echo){i + 1, i / 7, (int64_t)i};
	check(items, COUNT(items));
}
END_TEST

/* Over many blocks, as one hash and as many, each is found once. */
START_TEST(yields_all_of_many)
{
	const size_t many = 50000;

	for (uint64_t each = 1; each <= many; each *= 37) {
		struct asked asked;
		struct wanted wanted;

		ask(&asked);
		for (size_t i = 0; i < many; i++)
			echoes_add(asked.echoes, &(struct echo){1, i / each, (int64_t)i});
		wanted = look(&asked, 0, 1234 / each, 1234);
		ck_assert_uint_eq(wanted.all, many);
		ck_assert_uint_eq(wanted.found, 1);
		ck_assert_uint_eq(look(&asked, 1, 0, 0).all, 0);
		end(&asked);
	}
}
END_TEST

/* Those of one hash share it. */
START_TEST(those_of_one_hash_take_little)
{
	const size_t many = 100000;
	struct asked asked;
	size_t before;

	ask(&asked);
	before = mem_used();
	for (size_t i = 0; i < many; i++)
		echoes_add(asked.echoes, &(struct echo){1, i / 10, (int64_t)i});
	ck_assert_uint_le(echoes_memory(asked.echoes), many * 9);
	ck_assert_uint_ge(echoes_memory(asked.echoes), many * 8);
	ck_assert_uint_le(mem_used() - before, echoes_memory(asked.echoes) * 11 / 10);
	end(&asked);
}
END_TEST

Suite *
echoes_suite(void)
{
	Suite *suite = suite_create("echoes");
	TCase *tcase = tcase_create("echoes");

	tcase_add_test(tcase, yields_what_was_added);
	tcase_add_test(tcase, yields_any_time);
	tcase_add_test(tcase, yields_any_combination);
	tcase_add_test(tcase, yields_all_of_many);
	tcase_add_test(tcase, those_of_one_hash_take_little);
	suite_add_tcase(suite, tcase);
	return suite;
}
