#include "analyzer/base/ring.h"

void
ring_init(struct ring *ring, size_t places)
{
	*ring = (struct ring){.places = places};
	pthread_mutex_init(&ring->lock, NULL);
	pthread_cond_init(&ring->filling, NULL);
	pthread_cond_init(&ring->emptying, NULL);
}

void
ring_free(struct ring *ring)
{
	pthread_cond_destroy(&ring->emptying);
	pthread_cond_destroy(&ring->filling);
	pthread_mutex_destroy(&ring->lock);
}

size_t
ring_wait_free(struct ring *ring)
{
	size_t place;

	pthread_mutex_lock(&ring->lock);
	while (ring->filled - ring->emptied == ring->places)
		pthread_cond_wait(&ring->filling, &ring->lock);
	place = ring->filled % ring->places;
	pthread_mutex_unlock(&ring->lock);
	return place;
}

void
ring_wait_empty(struct ring *ring)
{
	pthread_mutex_lock(&ring->lock);
	while (ring->filled != ring->emptied)
		pthread_cond_wait(&ring->filling, &ring->lock);
	pthread_mutex_unlock(&ring->lock);
}

void
ring_filled(struct ring *ring)
{
	pthread_mutex_lock(&ring->lock);
	ring->filled++;
	pthread_cond_signal(&ring->emptying);
	pthread_mutex_unlock(&ring->lock);
}

void
ring_end(struct ring *ring)
{
	pthread_mutex_lock(&ring->lock);
	ring->is_over = true;
	pthread_cond_signal(&ring->emptying);
	pthread_mutex_unlock(&ring->lock);
}

bool
ring_wait_filled(struct ring *ring, size_t *ret)
{
	bool is_filled;

	pthread_mutex_lock(&ring->lock);
	while (ring->filled == ring->emptied && !ring->is_over)
		pthread_cond_wait(&ring->emptying, &ring->lock);
	is_filled = ring->filled != ring->emptied;
	*ret = ring->emptied % ring->places;
	pthread_mutex_unlock(&ring->lock);
	return is_filled;
}

void
ring_emptied(struct ring *ring)
{
	pthread_mutex_lock(&ring->lock);
	ring->emptied++;
	/* Who fills is woken when there is work for a while: waking costs more than filling. */
	if (ring->filled - ring->emptied <= ring->places / 2)
		pthread_cond_signal(&ring->filling);
	pthread_mutex_unlock(&ring->lock);
}
