#include "analyzer/base/table.h"

#include "analyzer/base/memory.h"

struct table_slot {
	uint64_t hash;
	void *entry; /* NULL: empty */
};

static void
place(struct table_slot *slots, size_t capacity, uint64_t hash, void *entry)
{
	size_t at = hash & (capacity - 1);

	while (slots[at].entry != NULL)
		at = (at + 1) & (capacity - 1);
	slots[at] = (struct table_slot){hash, entry};
}

static void
grow(struct table *table)
{
	size_t capacity = table->capacity ? table->capacity * 2 : 16;
	struct table_slot *slots = mem_alloc(capacity, sizeof(*slots));

	for (size_t i = 0; i < table->capacity; i++)
		if (table->slots[i].entry != NULL)
			place(slots, capacity, table->slots[i].hash, table->slots[i].entry);
	mem_free(table->slots);
	table->slots = slots;
	table->capacity = capacity;
}

static struct table_slot *
find_slot(const struct table *table, uint64_t hash,
    bool (*is_match)(const void *entry, const void *key), const void *key)
{
	size_t at;

	if (table->capacity == 0)
		return NULL;
	for (at = hash & (table->capacity - 1); table->slots[at].entry != NULL;
	     at = (at + 1) & (table->capacity - 1))
		if (table->slots[at].hash == hash && is_match(table->slots[at].entry, key))
			return &table->slots[at];
	return NULL;
}

void *
table_find(const struct table *table, uint64_t hash,
    bool (*is_match)(const void *entry, const void *key), const void *key)
{
	struct table_slot *slot = find_slot(table, hash, is_match, key);

	return slot ? slot->entry : NULL;
}

void
table_prefetch(const struct table *table, uint64_t hash)
{
	if (table->capacity != 0)
		__builtin_prefetch(&table->slots[hash & (table->capacity - 1)]);
}

void
table_add(struct table *table, uint64_t hash, void *entry)
{
	/* At most 40 % full: most of what is looked for is not there, which then shows at once. */
	if ((table->count + 1) * 10 > table->capacity * 4)
		grow(table);
	place(table->slots, table->capacity, hash, entry);
	table->count++;
}

/* Closes the hole at AT by moving back later entries of the same run (Knuth 6.4, algorithm R). */
static void
close_hole(struct table *table, size_t at)
{
	size_t mask = table->capacity - 1, next = at, home;

	for (;;) {
		next = (next + 1) & mask;
		if (table->slots[next].entry == NULL)
			break;
		home = table->slots[next].hash & mask;
		if (((next - home) & mask) < ((next - at) & mask))
			continue;
		table->slots[at] = table->slots[next];
		at = next;
	}
	table->slots[at].entry = NULL;
}

void *
table_take(struct table *table, uint64_t hash, bool (*is_match)(const void *entry, const void *key),
    const void *key)
{
	struct table_slot *slot = find_slot(table, hash, is_match, key);
	void *entry;

	if (slot == NULL)
		return NULL;
	entry = slot->entry;
	close_hole(table, (size_t)(slot - table->slots));
	table->count--;
	return entry;
}

void
table_free(struct table *table)
{
	mem_free(table->slots);
	*table = (struct table){0};
}
