#include "rules/leave_out.h"

#include <stdbool.h>

#include "analyzer/base/memory.h"

/* A finding stands behind the one that explains it. */
static void
mark_severe(const struct finding_list *findings, enum severity least, bool *is_kept)
{
	const struct finding *finding;

	for (size_t i = findings->count; i-- != 0;) {
		finding = &findings->items[i];
		if (finding->severity >= least)
			is_kept[i] = true;
		if (is_kept[i] && finding->follows_from != 0)
			is_kept[finding->follows_from - 1] = true;
	}
}

/* In RET the new number, from 1, of each finding; 0 for what is left out. */
static void
number_kept(const bool *is_kept, size_t count, size_t *ret)
{
	size_t number = 0;

	for (size_t i = 0; i < count; i++)
		ret[i] = is_kept[i] ? ++number : 0;
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

/* Keeps what IS_KEPT marks; returns how many are left out. */
static size_t
keep(struct finding_list *findings, const bool *is_kept)
{
	size_t *numbers = mem_alloc(findings->count + 1, sizeof(*numbers));
	size_t kept = 0, left_out;
	struct finding *finding;

	number_kept(is_kept, findings->count, numbers);
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

size_t
findings_leave_out_below(struct finding_list *findings, enum severity least)
{
	bool *is_kept = mem_alloc(findings->count + 1, sizeof(*is_kept));
	size_t left_out;

	mark_severe(findings, least, is_kept);
	left_out = keep(findings, is_kept);
	mem_free(is_kept);
	return left_out;
}

size_t
findings_leave_out(struct finding_list *findings,
    bool (*stays)(void *state, const struct finding *finding), void *state)
{
	bool *is_kept = mem_alloc(findings->count + 1, sizeof(*is_kept));
	size_t left_out;

	for (size_t i = 0; i < findings->count; i++)
		is_kept[i] = stays(state, &findings->items[i]);
	left_out = keep(findings, is_kept);
	mem_free(is_kept);
	return left_out;
}
