/*
 * A fixed number of places that one thread fills in turn and another empties in the same turn. What
 * is in the places is theirs; the ring only says whose turn it is.
 */
#ifndef SMBTRIAGE_BASE_RING_H
#define SMBTRIAGE_BASE_RING_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ring {
	size_t places;
	pthread_mutex_t lock;
	pthread_cond_t filling, emptying; /* for who fills; for who empties */
	uint64_t filled, emptied;         /* since the beginning */
	bool is_over;                     /* no more is filled */
};

void ring_init(struct ring *ring, size_t places);
void ring_free(struct ring *ring);

/* ---- for who fills ---- */

/* Waits until a place is free, and returns which. */
size_t ring_wait_free(struct ring *ring);

/* Waits until all that was filled is emptied. */
void ring_wait_empty(struct ring *ring);

/* The place that ring_wait_free() gave is filled. */
void ring_filled(struct ring *ring);

/* There will be no more. */
void ring_end(struct ring *ring);

/* ---- for who empties ---- */

/* Waits until a place is filled, and sets *RET to it. False when there will be none. */
bool ring_wait_filled(struct ring *ring, size_t *ret);

/* The place that ring_wait_filled() gave is empty. */
void ring_emptied(struct ring *ring);

#endif
