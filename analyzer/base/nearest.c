#include "analyzer/base/nearest.h"

#include <string.h>

#include "analyzer/base/text.h"

/* The longest names are statuses of about 60 characters. */
#define MOST_LENGTH 80

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Optimal string alignment: rows of the matrix for the two characters before I, and for I. */
size_t
edit_distance(const char *one, const char *other)
{
	size_t rows[3][MOST_LENGTH + 1], *before = rows[0], *last = rows[1], *now = rows[2], *spare;
	size_t length = strlen(other), cost;

	if (strlen(one) > MOST_LENGTH || length > MOST_LENGTH)
		return NEAREST_FAR;
	for (size_t j = 0; j <= length; j++)
		last[j] = j;
	for (size_t i = 1; one[i - 1] != '\0'; i++) {
		now[0] = i;
		for (size_t j = 1; j <= length; j++) {
			cost = ascii_lower(one[i - 1]) != ascii_lower(other[j - 1]);
			now[j] = least(least(last[j], now[j - 1]) + 1, last[j - 1] + cost);
			if (i > 1 && j > 1 &&
			    ascii_lower(one[i - 1]) == ascii_lower(other[j - 2]) &&
			    ascii_lower(one[i - 2]) == ascii_lower(other[j - 1]))
				now[j] = least(now[j], before[j - 2] + 1);
		}
		spare = before;
		before = last;
		last = now;
		now = spare;
	}
	return last[length];
}

struct nearest
nearest_to(const char *word)
{
	size_t wrong = strlen(word) / 3;

	return (struct nearest){word, NULL, (wrong ? wrong : 1) + 1};
}

void
nearest_try(struct nearest *search, const char *candidate)
{
	size_t distance = edit_distance(search->word, candidate);

	if (distance >= search->distance)
		return;
	search->distance = distance;
	search->best = candidate;
}
