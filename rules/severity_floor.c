#include "rules/severity_floor.h"

#include <stdbool.h>

#include "analyzer/base/memory.h"

/* NUMBERS gets the new number, from 1, of each finding; 0 for what is left out. A finding stands
 * behind the one that explains it. */
static void
number_kept(const struct finding_list *findings, enum severity least, size_t *numbers)
{
	const struct finding *finding;
	size_t count = 0;

	for (size_t i = findings->count; i-- != 0;) {
		finding = &findings->items[i];
		if (finding->severity >= least)
			numbers[i] = 1;
		if (numbers[i] != 0 && finding->follows_from != 0)
			numbers[finding->follows_from - 1] = 1;
	}
	for (size_t i = 0; i < findings->count; i++)
		if (numbers[i] != 0)
			numbers[i] = ++count;
}

/* The incident that begins at FIRST ends before the finding that is returned; it is the NUMBERth.
 */
static size_t
renumber_incident(struct finding_list *findings, size_t first, size_t number)
{
	size_t incident = findings->items[first].incident, end = first;

	while (end < findings->count && findings->items[end].incident == incident)
		end++;
	for (size_t i = first; i < end; i++) {
		findings->items[i].incident = number;
		findings->items[i].incident_size = end - first;
	}
	return end;
}

size_t
findings_leave_out(struct finding_list *findings, enum severity least)
{
	size_t *numbers = mem_alloc(findings->count + 1, sizeof(*numbers));
	size_t kept = 0, left_out;
	struct finding *finding;

	number_kept(findings, least, numbers);
	for (size_t i = 0; i < findings->count; i++) {
		if (numbers[i] == 0)
			continue;
		finding = &findings->items[kept++];
		*finding = findings->items[i];
		if (finding->follows_from != 0)
			finding->follows_from = numbers[finding->follows_from - 1];
	}
	mem_free(numbers);
	left_out = findings->count - kept;
	findings->count = kept;
	findings->incidents = 0;
	for (size_t i = 0; i < kept;)
		i = renumber_incident(findings, i, ++findings->incidents);
	return left_out;
}
