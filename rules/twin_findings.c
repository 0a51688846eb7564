#include "rules/twin_findings.h"

#include "analyzer/base/arena.h"
#include "analyzer/base/table.h"
#include "rules/leave_out.h"

/* What a rule says of one exchange, whichever captures have it. */
struct said {
	const struct rule *rule;
	const struct crossing *crossing;
	size_t list; /* where it stays */
	enum verdict verdict;
};

struct saying {
	struct table said;
	struct arena arena;
	size_t list; /* at hand */
};

static uint64_t
hash_of(const struct rule *rule, const struct crossing *crossing)
{
	struct hash hash = hash_start();

	hash_word(&hash, (uintptr_t)rule);
	return hash_finish(&hash, (uintptr_t)crossing);
}

static bool
is_said(const void *entry, const void *key)
{
	const struct said *one = entry, *wanted = key;

	return one->rule == wanted->rule && one->crossing == wanted->crossing;
}

static struct said *
find_said(const struct saying *saying, const struct rule *rule, const struct crossing *crossing)
{
	const struct said wanted = {.rule = rule, .crossing = crossing};

	return table_find(&saying->said, hash_of(rule, crossing), is_said, &wanted);
}

static void
say(struct saying *saying, const struct finding *finding, const struct crossing *crossing)
{
	struct said *said = find_said(saying, finding->rule, crossing);

	if (said == NULL) {
		said = ARENA_NEW(&saying->arena, struct said);
		*said = (struct said){finding->rule, crossing, saying->list, finding->verdict};
		table_add(&saying->said, hash_of(finding->rule, crossing), said);
	} else if (said->verdict == VERDICT_INCONCLUSIVE && finding->verdict == VERDICT_FOUND) {
		said->list = saying->list;
		said->verdict = VERDICT_FOUND;
	}
}

static void
say_all(struct saying *saying, const struct finding_list *findings)
{
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->items[i];

		for (size_t j = 0; j < finding->example_count; j++)
			if (finding->examples[j]->crossing != NULL)
				say(saying, finding, finding->examples[j]->crossing);
	}
}

/* What only this capture has, or has best. */
static bool
stays(void *state, const struct finding *finding)
{
	const struct saying *saying = state;

	for (size_t i = 0; i < finding->example_count; i++) {
		const struct crossing *crossing = finding->examples[i]->crossing;

		if (crossing == NULL ||
		    find_said(saying, finding->rule, crossing)->list == saying->list)
			return true;
	}
	return false;
}

void
twin_findings_leave_out(struct finding_list *const *lists, size_t count)
{
	struct saying saying = {0};

	for (saying.list = 0; saying.list < count; saying.list++)
		say_all(&saying, lists[saying.list]);
	for (saying.list = 0; saying.list < count; saying.list++)
		findings_leave_out(lists[saying.list], stays, &saying);
	table_free(&saying.said);
	arena_free(&saying.arena);
}
