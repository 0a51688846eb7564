/*
 * Threads beside the one that the process began with. They are begun once, before the process is
 * locked in (sandbox/sandbox.h), and wait until somebody has a task for them. What comes of a run
 * must not depend on how many they are.
 */
#ifndef SMBTRIAGE_BASE_CREW_H
#define SMBTRIAGE_BASE_CREW_H

#include <stdbool.h>
#include <stddef.h>

/* Members beside the first thread. */
#define CREW_MOST 63

/* Something that a member does; it stays where it is until it was waited for. */
struct crew_task {
	void (*work)(void *state);
	void *state;
	size_t taken; /* bytes of mem_used() that WORK left with its thread */
	bool is_done;
};

/* The processors that this process may use. */
unsigned crew_processors(void);

/* Begins COUNT members, or as many as the system allows. Only one crew is begun in a process. */
void crew_begin(unsigned count);

/* Has a member do TASK beside the caller. False when none is free: nothing is done then. */
bool crew_do(struct crew_task *task);

/* Waits until TASK, which crew_do() took, is done. What it took of memory and did not give back is
 * in the caller's account from then on. */
void crew_wait(struct crew_task *task);

#endif
