#include "analyzer/evidence/basis.h"

#include <string.h>

#include "rules/witness.h"

static bool
is_absence(const struct clause_list *unless)
{
	for (size_t i = 0; i < unless->count; i++)
		if (unless->items[i].correlation.looks_after &&
		    !unless->items[i].correlation.is_negated)
			return true;
	return false;
}

static void
add_all(struct basis *basis, const struct exchange *const *items, size_t count, struct arena *arena)
{
	const struct exchange **grown =
	    ARENA_ARRAY(arena, const struct exchange *, basis->count + count);

	for (size_t i = 0; i < basis->count; i++)
		grown[i] = basis->exchanges[i];
	for (size_t i = 0; i < count; i++)
		grown[basis->count + i] = items[i];
	basis->exchanges = grown;
	basis->count += count;
}

static void
add_one(struct basis *basis, const struct report_capture *capture, const struct finding *finding,
    struct arena *arena)
{
	struct witness_list witnesses = finding_witnesses(capture->ledger, finding, arena);

	basis->has_absence |= is_absence(&finding->rule->unless);
	add_all(basis, finding->examples, finding->example_count, arena);
	add_all(basis, witnesses.items, witnesses.count, arena);
}

/* Whether ONE has the id of OTHER but for the "-2" by which they are told apart. */
static bool
is_told_apart(const struct finding *one, const struct finding *other)
{
	const char *dash = strchr(other->id + strlen("f-"), '-');
	size_t length = dash != NULL ? (size_t)(dash - other->id) : 0;

	return length != 0 && strncmp(one->id, other->id, length) == 0 &&
	       (one->id[length] == '\0' || one->id[length] == '-') && one < other;
}

struct basis
basis_of(const struct report_capture *capture, const struct finding *finding, struct arena *arena)
{
	const struct finding_list *all = &capture->findings;
	const struct finding *one = finding;
	struct basis basis = {0};

	add_one(&basis, capture, finding, arena);
	while (one->follows_from != 0) {
		one = &all->items[one->follows_from - 1];
		add_one(&basis, capture, one, arena);
	}
	for (size_t i = 0; i < all->count; i++)
		if (is_told_apart(&all->items[i], finding))
			add_one(&basis, capture, &all->items[i], arena);
	return basis;
}
