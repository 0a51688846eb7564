/* For sched_getaffinity(2). */
#define _GNU_SOURCE

#include "analyzer/base/crew.h"

#include <malloc.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>

#include "analyzer/base/memory.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t begun = PTHREAD_COND_INITIALIZER; /* there is a task */
static pthread_cond_t done = PTHREAD_COND_INITIALIZER;  /* one is, or a member is there */
static struct crew_task *waiting[CREW_MOST];            /* that no member has begun yet */
static size_t waiting_count;
static size_t members, arrived; /* begun; and ready to work */
static size_t busy;             /* with a task, or about to be */

unsigned
crew_processors(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) == 0 ? (unsigned)CPU_COUNT(&set) : 1;
}

static struct crew_task *
take_task(void)
{
	while (waiting_count == 0)
		pthread_cond_wait(&begun, &lock);
	return waiting[--waiting_count];
}

static void *
be_member(void *unused)
{
	(void)unused;
	pthread_mutex_lock(&lock);
	arrived++;
	pthread_cond_broadcast(&done);
	for (;;) {
		struct crew_task *task = take_task();
		size_t before = mem_used();

		pthread_mutex_unlock(&lock);
		task->work(task->state);
		pthread_mutex_lock(&lock);
		task->taken = mem_used() - before;
		task->is_done = true;
		busy--;
		pthread_cond_broadcast(&done);
	}
	return NULL;
}

/* A thread that begins makes calls of the system that none may make later. */
static void
wait_for_members(void)
{
	pthread_mutex_lock(&lock);
	while (arrived < members)
		pthread_cond_wait(&done, &lock);
	pthread_mutex_unlock(&lock);
}

void
crew_begin(unsigned count)
{
	sigset_t all, old;
	pthread_t thread;

	if (count > CREW_MOST)
		count = CREW_MOST;
	/* Threads share what malloc(3) has: to keep some for each it asks for more of the system
	 * than it may once the process is locked in, such as how many processors there are. */
	mallopt(M_ARENA_MAX, 1);
	/* Signals are for the first thread, which knows what to take away before it ends. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	while (members < count && pthread_create(&thread, NULL, be_member, NULL) == 0) {
		pthread_detach(thread);
		members++;
	}
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	wait_for_members();
}

bool
crew_do(struct crew_task *task)
{
	bool is_free;

	pthread_mutex_lock(&lock);
	is_free = busy < members;
	if (is_free) {
		busy++;
		task->is_done = false;
		waiting[waiting_count++] = task;
		pthread_cond_signal(&begun);
	}
	pthread_mutex_unlock(&lock);
	return is_free;
}

void
crew_wait(struct crew_task *task)
{
	pthread_mutex_lock(&lock);
	while (!task->is_done)
		pthread_cond_wait(&done, &lock);
	pthread_mutex_unlock(&lock);
	mem_account(0, task->taken);
}
