/* Which entry of a baseline stands for which finding. */
#include <string.h>

#include "analyzer/base/memory.h"
#include "analyzer/baseline.h"

#define NOBODY ((size_t)-1)

/* One capture's findings against its entries. */
struct matching {
	struct baseline_capture *known;
	const struct finding_list *findings;
	struct baseline_entry *described; /* by finding: what there is to agree with */
	size_t *entry_of;                 /* by finding: its entry's index, or NOBODY */
	size_t *finding_of;               /* by entry: its finding's index, or NOBODY */
	/* While room is made for an entry. */
	size_t *asked_by; /* by finding: the entry that first asked for it, or NOBODY */
	size_t *queue;    /* entries that need a finding */
};

/* An id says all that tells a finding from others. Then a summary is for whoever reads the file: it
 * holds times and frame numbers, which the same failure has anew in each capture. */
static bool
agrees(const struct baseline_entry *entry, const struct baseline_entry *described)
{
	for (size_t i = 0; i < BASELINE_MEMBERS; i++)
		if (entry->values[i] != NULL &&
		    (i != BASELINE_SUMMARY || entry->values[BASELINE_ID] == NULL) &&
		    (described->values[i] == NULL ||
			strcmp(entry->values[i], described->values[i]) != 0))
			return false;
	return true;
}

static bool
has_id(const void *entry, const void *key)
{
	const struct finding *finding = entry;

	return strcmp(finding->id, key) == 0;
}

/* An entry with an id can only stand for one finding, so that it may go first. */
static void
match_ids(struct matching *matching)
{
	struct table by_id = {0};

	for (size_t i = 0; i < matching->findings->count; i++) {
		struct finding *finding = &matching->findings->items[i];

		table_add(&by_id, hash_bytes(finding->id, strlen(finding->id)), finding);
	}
	for (size_t i = 0; i < matching->known->count; i++) {
		const struct baseline_entry *entry = &matching->known->entries[i];
		const char *id = entry->values[BASELINE_ID];
		const struct finding *finding =
		    id == NULL || entry->is_matched
			? NULL
			: table_find(&by_id, hash_bytes(id, strlen(id)), has_id, id);
		size_t at = finding != NULL ? (size_t)(finding - matching->findings->items) : 0;

		if (finding != NULL && matching->entry_of[at] == NOBODY &&
		    agrees(entry, &matching->described[at])) {
			matching->entry_of[at] = i;
			matching->finding_of[i] = at;
		}
	}
	table_free(&by_id);
}

/* FINDING is free: it goes to who asked for it, whose own goes to who asked for that, and so on. */
static void
hand_over(struct matching *matching, size_t finding)
{
	while (finding != NOBODY) {
		size_t entry = matching->asked_by[finding];
		size_t given_up = matching->finding_of[entry];

		matching->entry_of[finding] = entry;
		matching->finding_of[entry] = finding;
		finding = given_up;
	}
}

/* Finds a finding for ENTRY, though others may have to take another one: an augmenting path of a
 * bipartite matching, the shortest. */
static void
place(struct matching *matching, size_t entry)
{
	size_t count = matching->findings->count, begun = 0, queued = 0;

	for (size_t i = 0; i < count; i++)
		matching->asked_by[i] = NOBODY;
	matching->queue[queued++] = entry;
	while (begun < queued) {
		size_t asking = matching->queue[begun++];

		for (size_t i = 0; i < count; i++) {
			if (matching->asked_by[i] != NOBODY ||
			    !agrees(&matching->known->entries[asking], &matching->described[i]))
				continue;
			matching->asked_by[i] = asking;
			if (matching->entry_of[i] == NOBODY) {
				hand_over(matching, i);
				return;
			}
			matching->queue[queued++] = matching->entry_of[i];
		}
	}
}

static void
match(struct matching *matching)
{
	for (size_t i = 0; i < matching->findings->count; i++)
		matching->entry_of[i] = NOBODY;
	for (size_t i = 0; i < matching->known->count; i++)
		matching->finding_of[i] = NOBODY;
	match_ids(matching);
	for (size_t i = 0; i < matching->known->count; i++)
		if (!matching->known->entries[i].is_matched &&
		    matching->known->entries[i].values[BASELINE_ID] == NULL)
			place(matching, i);
	for (size_t i = 0; i < matching->known->count; i++)
		matching->known->entries[i].is_matched |= matching->finding_of[i] != NOBODY;
	for (size_t i = 0; i < matching->findings->count; i++)
		if (matching->entry_of[i] != NOBODY)
			matching->findings->items[i].baseline = BASELINE_KNOWN;
}

void
baseline_mark(struct baseline *baseline, struct report_capture *capture)
{
	struct arena arena = {0};
	struct finding_list *findings = &capture->findings;
	struct baseline_capture *known = baseline_find(baseline, baseline_name_of(capture, &arena));
	struct matching matching = {.known = known, .findings = findings};

	for (size_t i = 0; i < findings->count; i++)
		findings->items[i].baseline = BASELINE_NEW;
	if (known != NULL) {
		matching.described = ARENA_ARRAY(&arena, struct baseline_entry, findings->count);
		matching.entry_of = ARENA_ARRAY(&arena, size_t, findings->count);
		matching.finding_of = ARENA_ARRAY(&arena, size_t, known->count);
		matching.asked_by = ARENA_ARRAY(&arena, size_t, findings->count);
		matching.queue = ARENA_ARRAY(&arena, size_t, known->count + 1);
		for (size_t i = 0; i < findings->count; i++)
			matching.described[i] = baseline_entry_of(&findings->items[i], &arena);
		match(&matching);
		known->is_met = true;
	}
	arena_free(&arena);
}
