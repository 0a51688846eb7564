#include "analyzer/command/ahead.h"

#include <assert.h>
#include <pthread.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/crew.h"
#include "analyzer/base/log.h"
#include "analyzer/base/memory.h"
#include "analyzer/bounds.h"

/* Files that are analysed or wait to be told, for each thread: enough that a large one among small
 * ones keeps nobody from working. */
#define WINDOW 4

/* What an analysis takes before it has seen anything, most of it to read with. */
#define LEAST_BYTES ((size_t)1536 << 10)

/* Of what has no size: larger than any file, and the sum of many is no less. */
#define ANY_SIZE (UINT64_MAX / 2)

enum stage {
	WAITING,
	BEGUN,
	FINISHED,
	LEFT, /* for its turn, as there was no room */
};

struct file {
	struct ahead *ahead;
	const struct trace_member *member;
	uint64_t size;
	enum stage stage;
	bool is_first; /* the first thread analyses it */
	/* While it is ahead: bytes in use, and what they may come to. */
	size_t held, expected;
	uint64_t position;
	struct analysed *analysed;
	size_t taken; /* by ANALYSED, and in nobody's account */
};

/* A member of the crew. */
struct helper {
	struct ahead *ahead;
	struct crew_task task;
	bool is_sent;    /* TASK was begun, and not waited for */
	bool is_working; /* and looks for files */
};

struct ahead {
	struct ahead_plan plan;
	pthread_mutex_t lock;   /* over all that follows */
	pthread_cond_t changed; /* a stage, a position, whose turn it is, or the room */
	struct file *files;     /* that may be ahead, in the order of their turns */
	size_t count;
	size_t told;                /* of these */
	struct file other;          /* any other one, in its turn */
	const struct file *at_turn; /* or NULL */
	size_t taken_at_turn;
	size_t held, expected; /* of all that are ahead */
	struct helper helpers[CREW_MOST];
	bool is_over;
};

/* ---- room ---- */

static bool
is_at_turn(const struct file *file)
{
	return file->ahead->at_turn == file;
}

/* What an analysis may come to that takes TAKEN bytes while it reads. What is made of packets takes
 * less than they do (bounds.c). */
static size_t
whole_of(size_t taken)
{
	return taken > LEAST_BYTES ? taken + (taken - LEAST_BYTES) : LEAST_BYTES;
}

/* What those that are ahead may take together: what the one whose turn it is leaves of what an
 * analysis may take, and no more than half, so that it seldom wants some of that back. */
static size_t
room(const struct ahead *ahead)
{
	size_t most = bounds_share_of_findings(ahead->plan.max_memory);
	size_t at_turn = whole_of(ahead->taken_at_turn);

	return min_u64(at_turn < most ? most - at_turn : 0, most / 2);
}

static void
set_use(struct file *file, size_t held, size_t expected)
{
	file->ahead->held += held - file->held;
	file->ahead->expected += expected - file->expected;
	file->held = held;
	file->expected = expected;
}

void
analysed_free(struct analysed *analysed)
{
	log_let_go(&analysed->said, false);
	analysis_free(&analysed->analysis);
	mem_free(analysed);
}

static struct analysed *
take_over(struct file *file)
{
	struct analysed *analysed = file->analysed;

	mem_account(0, file->taken);
	file->analysed = NULL;
	return analysed;
}

static void
leave(struct file *file)
{
	analysed_free(take_over(file));
	set_use(file, 0, 0);
	file->stage = LEFT;
}

/* The one past those of which any may be begun. */
static size_t
window_end(const struct ahead *ahead)
{
	return min_u64(ahead->count, ahead->told + (ahead->plan.members + 1) * (size_t)WINDOW);
}

/* The one whose turn it is needs the room: those go first whose turn comes last. */
static void
make_room(struct ahead *ahead)
{
	for (size_t i = window_end(ahead); i > ahead->told && ahead->held > room(ahead); i--) {
		struct file *file = &ahead->files[i - 1];

		if (file->stage == FINISHED && !is_at_turn(file))
			leave(file);
	}
}

static void
note_turn(struct ahead *ahead, struct file *file, size_t taken, uint64_t position)
{
	ahead->taken_at_turn = taken;
	file->position = position;
	make_room(ahead);
	if (ahead->held > room(ahead) || ahead->plan.read != NULL)
		pthread_cond_broadcast(&ahead->changed);
}

/* Whether more of FILE must wait until others are told. The first thread cannot, as it tells; nor
 * can what has to go. */
static bool
has_to_wait(const struct file *file)
{
	const struct ahead *ahead = file->ahead;

	return !is_at_turn(file) && !file->is_first && !ahead->is_over &&
	       ahead->expected > room(ahead) && ahead->held <= room(ahead);
}

/* For the analysis of STATE, a file. */
static bool
goes_on(void *state, size_t taken, uint64_t position)
{
	struct file *file = state;
	struct ahead *ahead = file->ahead;
	bool does = true;

	pthread_mutex_lock(&ahead->lock);
	if (!is_at_turn(file))
		set_use(file, taken, whole_of(taken));
	while (has_to_wait(file))
		pthread_cond_wait(&ahead->changed, &ahead->lock);
	if (is_at_turn(file))
		note_turn(ahead, file, taken, position);
	else
		does = ahead->expected <= room(ahead) && !ahead->is_over;
	pthread_mutex_unlock(&ahead->lock);
	return does;
}

/* ---- one analysis ---- */

static void
settle(struct file *file)
{
	struct ahead *ahead = file->ahead;

	file->stage = FINISHED;
	if (!is_at_turn(file))
		set_use(file, file->taken, file->taken);
	if (file->analysed->analysis.is_given_up ||
	    (!is_at_turn(file) && ahead->held > room(ahead)))
		leave(file);
	pthread_cond_broadcast(&ahead->changed);
}

/* With the lock, which is let go meanwhile. What was taken goes to whoever takes it over. */
static void
analyse(struct file *file, bool is_first)
{
	struct ahead *ahead = file->ahead;
	const struct analysis_watch watch = {goes_on, file};
	size_t before = mem_used();
	bool is_turn = is_at_turn(file);
	struct analysed *analysed;

	file->stage = BEGUN;
	file->is_first = is_first;
	if (!is_turn)
		set_use(file, 0, LEAST_BYTES);
	pthread_mutex_unlock(&ahead->lock);
	analysed = mem_alloc(1, sizeof(*analysed));
	log_hold(is_turn ? NULL : &analysed->said);
	ahead->plan.analyse(ahead->plan.state, file->member, &watch, is_turn, analysed);
	log_hold(NULL);
	pthread_mutex_lock(&ahead->lock);
	file->analysed = analysed;
	file->taken = mem_used() - before;
	mem_account(file->taken, 0);
	settle(file);
}

/* ---- which is next ---- */

/* What is to be done until the end of the window. */
static uint64_t
size_to_do(const struct ahead *ahead)
{
	uint64_t size = 0;

	if (ahead->at_turn == &ahead->other && ahead->other.stage != FINISHED)
		size = ahead->other.size;
	for (size_t i = ahead->told; i < window_end(ahead); i++)
		if (ahead->files[i].stage != FINISHED)
			size += ahead->files[i].size;
	return size;
}

/* Whether it takes longer than all else that is TO_DO: then who is free is of more use if he reads
 * ahead for it when its turn comes. */
static bool
is_large(const struct file *file, uint64_t to_do)
{
	return file->size > to_do - file->size;
}

/* How many may be begun; the next of them is in RET, unless it is NULL. */
static size_t
find_next(struct ahead *ahead, struct file **ret)
{
	uint64_t to_do = size_to_do(ahead);
	size_t count = 0, places = 0;

	if (!ahead->is_over && ahead->expected < room(ahead))
		places = (room(ahead) - ahead->expected) / LEAST_BYTES;
	for (size_t i = ahead->told; i < window_end(ahead) && count < places; i++) {
		struct file *file = &ahead->files[i];

		if (file->stage != WAITING || is_at_turn(file) || is_large(file, to_do))
			continue;
		if (count++ == 0 && ret != NULL)
			*ret = file;
	}
	return count;
}

/* ---- helpers ---- */

static void
help(void *state)
{
	struct helper *helper = state;
	struct ahead *ahead = helper->ahead;
	struct file *file;

	pthread_mutex_lock(&ahead->lock);
	while (find_next(ahead, &file) != 0)
		analyse(file, false);
	helper->is_working = false;
	pthread_mutex_unlock(&ahead->lock);
}

static void
wait_for(struct helper *helper)
{
	if (helper->is_sent)
		crew_wait(&helper->task);
	helper->is_sent = false;
}

/* False when no member is free. */
static bool
send(struct ahead *ahead, struct helper *helper)
{
	wait_for(helper);
	helper->ahead = ahead;
	helper->task = (struct crew_task){.work = help, .state = helper};
	helper->is_sent = helper->is_working = crew_do(&helper->task);
	return helper->is_sent;
}

/* As many as have something to do, but for one who is to read ahead for the file at its turn. */
static void
send_helpers(struct ahead *ahead)
{
	const struct file *file = ahead->at_turn;
	bool is_read_ahead =
	    file->stage != BEGUN && file->stage != FINISHED && is_large(file, size_to_do(ahead));
	size_t wanted = find_next(ahead, NULL);
	unsigned most = ahead->plan.members;

	if (is_read_ahead && most != 0)
		most--;
	for (unsigned i = 0; i < most && wanted != 0; i++) {
		struct helper *helper = &ahead->helpers[i];

		if (helper->is_working)
			continue;
		if (!send(ahead, helper))
			return;
		wanted--;
	}
}

/* ---- turns ---- */

/* Of the trace that MEMBER may begin. */
static uint64_t
size_of(const struct trace_member *member)
{
	uint64_t size = 0;

	for (; member != NULL && !member->is_done; member = member->after) {
		if (member->input->size == 0)
			return ANY_SIZE;
		size += member->input->size;
	}
	return size;
}

static struct file *
begin_turn(struct ahead *ahead, const struct trace_member *member)
{
	struct file *file = &ahead->files[ahead->told];

	if (ahead->told == ahead->count || file->member != member) {
		file = &ahead->other;
		*file = (struct file){.ahead = ahead, .member = member, .size = size_of(member)};
	}
	ahead->taken_at_turn = file->held;
	ahead->at_turn = file;
	set_use(file, 0, 0);
	pthread_cond_broadcast(&ahead->changed);
	return file;
}

/* Until something changed. */
static void
wait_at(struct ahead *ahead, const struct file *file)
{
	uint64_t position;

	pthread_cond_wait(&ahead->changed, &ahead->lock);
	position = file->position;
	if (ahead->plan.read == NULL)
		return;
	pthread_mutex_unlock(&ahead->lock);
	ahead->plan.read(ahead->plan.state, file->member, position);
	pthread_mutex_lock(&ahead->lock);
}

struct analysed *
ahead_take(struct ahead *ahead, const struct trace_member *member)
{
	struct analysed *analysed;
	struct file *file, *next;

	pthread_mutex_lock(&ahead->lock);
	file = begin_turn(ahead, member);
	send_helpers(ahead);
	while (file->stage == BEGUN) {
		if (find_next(ahead, &next) != 0)
			analyse(next, true);
		else
			wait_at(ahead, file);
	}
	if (file->stage != FINISHED)
		analyse(file, true);
	analysed = take_over(file);
	ahead->told += file != &ahead->other;
	pthread_mutex_unlock(&ahead->lock);
	return analysed;
}

/* ---- all ---- */

static bool
may_be_ahead(const struct trace_member *member)
{
	const struct input *input = member->input;

	return input->problem == NULL && input->size != 0 && member->before == NULL &&
	       member->after == NULL;
}

struct ahead *
ahead_new(const struct ahead_plan *plan, const struct trace_list *traces)
{
	struct ahead *ahead = mem_alloc(1, sizeof(*ahead));

	assert(plan->members <= CREW_MOST);
	ahead->plan = *plan;
	pthread_mutex_init(&ahead->lock, NULL);
	pthread_cond_init(&ahead->changed, NULL);
	ahead->files = mem_alloc(traces->count + 1, sizeof(*ahead->files));
	for (size_t i = 0; i < traces->count && plan->members != 0; i++) {
		const struct trace_member *member = &traces->items[i];

		if (may_be_ahead(member))
			ahead->files[ahead->count++] = (struct file){
			    .ahead = ahead, .member = member, .size = member->input->size};
	}
	return ahead;
}

void
ahead_free(struct ahead *ahead)
{
	pthread_mutex_lock(&ahead->lock);
	ahead->is_over = true;
	ahead->at_turn = NULL;
	pthread_cond_broadcast(&ahead->changed);
	pthread_mutex_unlock(&ahead->lock);
	for (size_t i = 0; i < CREW_MOST; i++)
		wait_for(&ahead->helpers[i]);
	for (size_t i = 0; i < ahead->count; i++)
		if (ahead->files[i].analysed != NULL)
			leave(&ahead->files[i]);
	pthread_cond_destroy(&ahead->changed);
	pthread_mutex_destroy(&ahead->lock);
	mem_free(ahead->files);
	mem_free(ahead);
}
