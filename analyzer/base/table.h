/* A hash table of pointers. The caller keeps the entries, and hashes and compares keys. */
#ifndef SMBTRIAGE_BASE_TABLE_H
#define SMBTRIAGE_BASE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/base/hash.h" /* under which the entries are */

/* A zeroed struct table is an empty one. Its order is never shown to anybody. */
struct table {
	struct table_slot *slots;
	size_t capacity; /* a power of two, or 0 */
	size_t count;
};

/* is_match() says whether ENTRY is the one that KEY names; it is called only on equal hashes. */

/* The entry, or NULL. */
void *table_find(const struct table *table, uint64_t hash,
    bool (*is_match)(const void *entry, const void *key), const void *key);

/* Has the slot of HASH fetched, for who is to look there soon: that of a large table is in no
 * cache. No inline function: GCC takes one that does nothing else for one without effect, and drops
 * it. */
void table_prefetch(const struct table *table, uint64_t hash);

/* Adds ENTRY (not NULL), even when an equal one is there: the caller has looked. */
void table_add(struct table *table, uint64_t hash, void *entry);

/* Removes the entry and returns it, or NULL. */
void *table_take(struct table *table, uint64_t hash,
    bool (*is_match)(const void *entry, const void *key), const void *key);

/* Frees the slots, not the entries; the table is then empty. */
void table_free(struct table *table);

#endif
