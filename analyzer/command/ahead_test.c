#include "analyzer/command/ahead.h"

#include <check.h>
#include <pthread.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/crew.h"
#include "analyzer/base/log.h"
#include "analyzer/base/memory.h"
#include "analyzer/base/stderr_for_test.h"

Suite *ahead_suite(void);

#define MOST_FILES 8
#define MAX_MEMORY ((size_t)64 << 20)

/* What those that are ahead share of that, and what the one at its turn takes to leave them none.
 */
#define ROOM  ((size_t)20 << 20)
#define TIGHT (2 * ROOM)

/* What the analysis of a file does in these tests. */
enum deed {
	NOTHING,
	WANTS_ROOM, /* all of it */
	WANTS_MUCH, /* which leaves no room */
	KEEPS_HALF, /* of the room, until it is told */
	SPEAKS,     /* on standard error */
	IS_WATCHED, /* goes on until the first thread hears where it is */
	IS_ENDLESS, /* goes on until it is given up */
	IS_NO_FILE, /* of a size, but a pipe */
	IS_LINKED,  /* to the next file, of which it says when it is done */
};

struct part {
	enum deed deed;
	size_t after; /* waits until that file is begun; 0: for none */
};

/* Files of one size, the first of which is begun in its turn, and one member. */
struct scene {
	struct part parts[MOST_FILES];
	size_t max_memory;
	const char *begun;   /* how often each is, a digit for a file */
	const char *in_turn; /* the same in its turn by the first thread */
};

static const struct scene scenes[] = {
    /* a member takes the second and, while that waits, the first thread the third */
    {{{NOTHING, 1}, {NOTHING, 2}, {NOTHING, 0}}, MAX_MEMORY, "111", "100"},
    /* with a member, what wants more than there is waits for its turn */
    {{{NOTHING, 1}, {WANTS_ROOM, 0}, {NOTHING, 0}}, MAX_MEMORY, "111", "10."},
    /* the first thread cannot wait */
    {{{NOTHING, 1}, {NOTHING, 2}, {WANTS_ROOM, 0}, {NOTHING, 0}}, MAX_MEMORY, "1121", "101."},
    /* any number of bytes is room for all */
    {{{NOTHING, 1}, {NOTHING, 2}, {WANTS_ROOM, 0}, {NOTHING, 0}}, 0, "1111", "100."},
    /* what waits to be told takes room */
    {{{NOTHING, 3}, {KEEPS_HALF, 0}, {KEEPS_HALF, 0}, {NOTHING, 0}, {NOTHING, 0}}, MAX_MEMORY,
	"11211", "101.."},
    /* the one at its turn has it all */
    {{{WANTS_MUCH, 2}, {NOTHING, 0}, {NOTHING, 0}, {NOTHING, 0}}, MAX_MEMORY, "12..", "11.."},
    /* also if its turn comes while it is under way */
    {{{NOTHING, 1}, {WANTS_MUCH, 2}, {NOTHING, 0}}, MAX_MEMORY, "112", "101"},
    /* parts of a trace, and a pipe, have their turn */
    {{{NOTHING, 4}, {IS_LINKED, 0}, {NOTHING, 0}, {IS_NO_FILE, 0}, {NOTHING, 0}, {NOTHING, 0}},
	MAX_MEMORY, "11011.", "11010."},
    /* the first thread hears where it is for which it waits */
    {{{NOTHING, 1}, {IS_WATCHED, 0}}, MAX_MEMORY, "11", "10"},
};

struct play {
	const struct part *parts;
	struct input inputs[MOST_FILES];
	struct trace_list traces;
	pthread_mutex_t lock; /* over what is counted */
	pthread_cond_t counted;
	unsigned begun[MOST_FILES], in_turn[MOST_FILES];
	bool is_heard;
};

static void
note_begun(struct play *play, size_t place, bool is_turn)
{
	pthread_mutex_lock(&play->lock);
	play->begun[place]++;
	play->in_turn[place] += is_turn;
	pthread_cond_broadcast(&play->counted);
	while (play->parts[place].after != 0 && play->begun[play->parts[place].after] == 0)
		pthread_cond_wait(&play->counted, &play->lock);
	pthread_mutex_unlock(&play->lock);
}

static bool
is_heard(struct play *play)
{
	bool is;

	pthread_mutex_lock(&play->lock);
	is = play->is_heard;
	pthread_mutex_unlock(&play->lock);
	return is;
}

/* False when it is given up. */
static bool
act(struct play *play, size_t place, const struct analysis_watch *watch, struct arena *arena)
{
	bool goes_on = true;

	switch (play->parts[place].deed) {
	case WANTS_ROOM:
		return watch->goes_on(watch->state, ROOM, 0);
	case WANTS_MUCH:
		return watch->goes_on(watch->state, TIGHT, 0);
	case KEEPS_HALF:
		arena_alloc(arena, ROOM / 2);
		break;
	case SPEAKS:
		log_error("file %zu", place);
		break;
	case IS_WATCHED:
		while (goes_on && !is_heard(play))
			goes_on = watch->goes_on(watch->state, 1, place + 100);
		break;
	case IS_ENDLESS:
		while (watch->goes_on(watch->state, 1, 1))
			;
		return false;
	case NOTHING:
	case IS_NO_FILE:
	case IS_LINKED:
		break;
	}
	return goes_on;
}

static void
analyse(void *state, const struct trace_member *member, const struct analysis_watch *watch,
    bool is_turn, struct analysed *ret)
{
	struct play *play = state;
	size_t place = (size_t)(member - play->traces.items);

	note_begun(play, place, is_turn);
	ret->is_ok = act(play, place, watch, &ret->analysis.arena);
	ret->analysis.is_given_up = !ret->is_ok;
	ret->elapsed = (int64_t)place;
}

static void
hear(void *state, const struct trace_member *member, uint64_t position)
{
	struct play *play = state;
	size_t place = (size_t)(member - play->traces.items);

	if (position == 0)
		return;
	ck_assert_uint_eq(position, place + 100);
	pthread_mutex_lock(&play->lock);
	play->is_heard = true;
	pthread_mutex_unlock(&play->lock);
}

static struct ahead *
begin(struct play *play, const struct part *parts, size_t count, size_t max_memory)
{
	const struct ahead_plan plan = {.members = 1,
	    .max_memory = max_memory,
	    .analyse = analyse,
	    .read = hear,
	    .state = play};
	struct trace_member *items;

	*play = (struct play){.parts = parts};
	pthread_mutex_init(&play->lock, NULL);
	pthread_cond_init(&play->counted, NULL);
	for (size_t i = 0; i < count; i++) {
		play->inputs[i] = (struct input){.size = parts[i].deed != IS_NO_FILE};
		traces_add(&play->traces, &play->inputs[i]);
	}
	items = play->traces.items;
	for (size_t i = 0; i + 1 < count; i++)
		if (parts[i].deed == IS_LINKED) {
			items[i].after = &items[i + 1];
			items[i + 1].before = &items[i];
		}
	crew_begin(1);
	return ahead_new(&plan, &play->traces);
}

static void
end(struct play *play, struct ahead *ahead)
{
	ahead_free(ahead);
	traces_free(&play->traces);
	pthread_cond_destroy(&play->counted);
	pthread_mutex_destroy(&play->lock);
}

/* The next one, and what goes on from it. */
static void
take(struct play *play, struct ahead *ahead, size_t place)
{
	struct trace_member *member = &play->traces.items[place];
	struct analysed *analysed;

	if (member->is_done)
		return;
	analysed = ahead_take(ahead, member);
	ck_assert(analysed->is_ok);
	ck_assert_int_eq(analysed->elapsed, (int64_t)place);
	for (; member != NULL; member = member->after)
		member->is_done = true;
	log_let_go(&analysed->said, true);
	analysed_free(analysed);
}

/* A dot stands for what may be either. */
static void
check_counts(const unsigned *counts, const char *expected)
{
	for (size_t i = 0; expected[i] != '\0'; i++)
		if (expected[i] != '.')
			ck_assert_msg(counts[i] == (unsigned)(expected[i] - '0'),
			    "file %zu of %s: %u times", i, expected, counts[i]);
}

START_TEST(takes_turns)
{
	const struct scene *scene = &scenes[_i];
	size_t count = strlen(scene->begun), used = mem_used();
	struct play play;
	struct ahead *ahead = begin(&play, scene->parts, count, scene->max_memory);

	for (size_t i = 0; i < count; i++)
		take(&play, ahead, i);
	end(&play, ahead);
	check_counts(play.begun, scene->begun);
	check_counts(play.in_turn, scene->in_turn);
	ck_assert_uint_eq(mem_used(), used);
}
END_TEST

START_TEST(tells_in_order)
{
	static const struct part parts[] = {{SPEAKS, 2}, {SPEAKS, 0}, {SPEAKS, 0}};
	struct play play;
	struct ahead *ahead = begin(&play, parts, COUNT(parts), MAX_MEMORY);
	char said[200];

	catch_stderr();
	for (size_t i = 0; i < COUNT(parts); i++)
		take(&play, ahead, i);
	end(&play, ahead);
	release_stderr(said, sizeof(said));
	ck_assert_str_eq(said, "smbtriage: file 0\nsmbtriage: file 1\nsmbtriage: file 2\n");
}
END_TEST

/* What was begun, and what was done, is gone. */
START_TEST(ends_at_any_time)
{
	static const struct part parts[] = {
	    {NOTHING, 2}, {KEEPS_HALF, 0}, {IS_ENDLESS, 0}, {NOTHING, 0}};
	size_t used = mem_used();
	struct play play;
	struct ahead *ahead = begin(&play, parts, COUNT(parts), MAX_MEMORY);

	take(&play, ahead, 0);
	end(&play, ahead);
	check_counts(play.begun, "1110");
	ck_assert_uint_eq(mem_used(), used);
}
END_TEST

Suite *
ahead_suite(void)
{
	Suite *suite = suite_create("ahead");
	TCase *tcase = tcase_create("ahead");

	tcase_add_loop_test(tcase, takes_turns, 0, COUNT(scenes));
	tcase_add_test(tcase, tells_in_order);
	tcase_add_test(tcase, ends_at_any_time);
	suite_add_tcase(suite, tcase);
	return suite;
}
