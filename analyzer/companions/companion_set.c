#include "analyzer/companions/companion_set.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "analyzer/base/sorted.h"
#include "analyzer/base/text.h"
#include "analyzer/companions/companion_read.h"

/* ---- reading ---- */

const char *
companion_file_of(const char *word, struct addr *ret_host)
{
	const char *equals = strchr(word, '=');
	char host[ADDR_TEXT_SIZE];
	size_t length = equals != NULL ? (size_t)(equals - word) : 0;

	*ret_host = (struct addr){.family = ADDR_NONE};
	if (length == 0 || length >= sizeof(host))
		return word;
	memcpy(host, word, length);
	host[length] = '\0';
	return addr_parse(host, ret_host) ? equals + 1 : word;
}

/* What ERROR says, and that WORD names no host where it looks as if it did, by its name. */
static bool
refuse(const char *word, const char *file, struct error *error)
{
	const struct error cause = *error;

	if (file != word || strchr(word, '=') == NULL)
		return false;
	return error_set(
	    error, cause.status, "%s; what stands before '=' is no IP address", cause.text);
}

static bool
has_room(const struct companion_set *set, const struct companion *companion, struct error *error)
{
	return set->byte_count + companion->byte_count <= COMPANION_SET_MOST_BYTES ||
	       error_set(error, EXIT_USAGE,
		   "%s: with those before it, the evidence is larger than %zu MiB", companion->file,
		   COMPANION_SET_MOST_BYTES >> 20);
}

bool
companion_set_add(struct companion_set *set, const char *word, struct error *error)
{
	struct addr host;
	const char *file = companion_file_of(word, &host);
	struct companion made = {0};

	if (!companion_read(&made, file, error) || !has_room(set, &made, error)) {
		companion_free(&made);
		return refuse(word, file, error);
	}
	set->byte_count += made.byte_count;
	made.host = host;
	set->items = mem_grow(set->items, set->count, &set->capacity, sizeof(*set->items));
	set->items[set->count++] = made;
	return true;
}

/* ---- names of filters ---- */

/* Those of all companions, by their numbers. */
struct filter_names {
	struct filter_name *items;
	size_t count;
};

static int
compare_filters(const void *left, const void *right)
{
	const struct filter_name *one = left, *other = right;

	return COMPARE(one->filter_id, other->filter_id);
}

static struct filter_names
names_of_all(const struct companion_set *set)
{
	struct filter_names names = {0};
	size_t most = 0;

	for (size_t i = 0; i < set->count; i++)
		most += set->items[i].filter_count;
	names.items = mem_alloc(most, sizeof(*names.items));
	for (size_t i = 0; i < set->count; i++)
		for (size_t j = 0; j < set->items[i].filter_count; j++)
			names.items[names.count++] = set->items[i].filters[j];
	if (names.count != 0)
		qsort(names.items, names.count, sizeof(*names.items), compare_filters);
	return names;
}

/* Or NULL. */
static const struct filter_name *
find_filter(const struct filter_names *names, const struct number *filter_id)
{
	const struct filter_name key = {.filter_id = filter_id->value};

	if (!filter_id->is_known || names->count == 0)
		return NULL;
	return bsearch(&key, names->items, names->count, sizeof(*names->items), compare_filters);
}

/* ---- notes ---- */

static int
compare_ends(const struct packet_ends *one, const struct packet_ends *other)
{
	int order;

	if (one->source_port != other->source_port)
		return COMPARE(one->source_port, other->source_port);
	if (one->destination_port != other->destination_port)
		return COMPARE(one->destination_port, other->destination_port);
	if (one->transport != other->transport)
		return COMPARE(one->transport, other->transport);
	order = addr_compare(&one->source, &other->source);
	return order != 0 ? order : addr_compare(&one->destination, &other->destination);
}

static int
compare_notes(const void *left, const void *right)
{
	const struct packet_note *one = left, *other = right;
	int order = compare_ends(&one->ends, &other->ends);

	if (order != 0)
		return order;
	if (one->companion != other->companion)
		return COMPARE(one->companion, other->companion);
	return COMPARE(one->quote.line, other->quote.line);
}

/* Whether ENTRY is about a packet that came and could begin something: of what a host sends, and of
 * what it passes on, others know more. */
static bool
is_of_beginning(const struct firewall_entry *entry)
{
	return entry->path == FIREWALL_RECEIVE && (entry->is_syn || !entry->syn.is_known);
}

static size_t
add_entries(const struct companion *companion, struct packet_note *notes)
{
	size_t count = 0;

	for (size_t i = 0; i < companion->entry_count; i++) {
		const struct firewall_entry *entry = &companion->entries[i];

		if (!is_of_beginning(entry))
			continue;
		notes[count++] =
		    (struct packet_note){{entry->source, entry->destination, entry->source_port,
					     entry->destination_port, entry->transport},
			companion, ATTESTED_FIREWALL, entry->action, entry->time, false, entry->syn,
			NULL, {0}, entry->quote};
	}
	return count;
}

/* Layers of FWPS_BUILTIN_LAYERS (fwpsk.h). */
enum filter_layer {
	FIRST_OUTBOUND_IPPACKET = 4,
	LAST_OUTBOUND_IPPACKET = 7,
	INBOUND_TRANSPORT_V4_DISCARD = 13,
	INBOUND_TRANSPORT_V6_DISCARD = 15,
	FIRST_OUTBOUND_TRANSPORT = 16,
	LAST_OUTBOUND_TRANSPORT = 19,
};

/* Whether EVENT is about a packet that left, an answer: netsh says MS_FWP_DIRECTION_OUT of others,
 * too. */
static bool
is_outbound(const struct filter_event *event)
{
	uint64_t layer = event->layer_id.value;

	return event->layer_id.is_known &&
	       ((layer >= FIRST_OUTBOUND_IPPACKET && layer <= LAST_OUTBOUND_IPPACKET) ||
		   (layer >= FIRST_OUTBOUND_TRANSPORT && layer <= LAST_OUTBOUND_TRANSPORT));
}

/* Whether the filter of EVENT, FILTER or NULL, keeps silent where nobody listens. That is in the
 * layer of what the transport discards, in which others may be, too. */
static struct number
stealth_of(const struct filter_event *event, const struct filter_name *filter)
{
	bool is_in_layer = event->layer_id.value == INBOUND_TRANSPORT_V4_DISCARD ||
			   event->layer_id.value == INBOUND_TRANSPORT_V6_DISCARD;

	if ((filter != NULL && filter->is_stealth) || text_is_same(event->filter_origin, "Stealth"))
		return known(true);
	if (filter != NULL && strcmp(filter->name, "Port Scanning Prevention Filter") == 0)
		return known(true);
	return event->layer_id.is_known && !is_in_layer ? known(false) : (struct number){0};
}

/* The event, with the name of its filter behind it. */
static struct quotation
quote_event(struct companion_set *set, const struct filter_event *event, const char *name)
{
	struct quotation quote = event->quote;

	if (name != NULL)
		quote.text = arena_format(&set->arena, "%s (%s)", quote.text, name);
	return quote;
}

static size_t
add_events(struct companion_set *set, const struct companion *companion,
    const struct filter_names *names, struct packet_note *notes)
{
	size_t count = 0;

	for (size_t i = 0; i < companion->event_count; i++) {
		const struct filter_event *event = &companion->events[i];
		const struct filter_name *filter = find_filter(names, &event->filter_id);
		const char *name = filter != NULL ? filter->name : NULL;

		if (is_outbound(event))
			continue;
		notes[count++] =
		    (struct packet_note){{event->remote, event->local, event->remote_port,
					     event->local_port, event->transport},
			companion, ATTESTED_FILTER, event->is_drop ? FIREWALL_DROP : FIREWALL_ALLOW,
			event->time, true, {0}, name, stealth_of(event, filter),
			quote_event(set, event, name)};
	}
	return count;
}

void
companion_set_settle(struct companion_set *set)
{
	struct filter_names names = names_of_all(set);
	size_t most = 0;

	for (size_t i = 0; i < set->count; i++)
		most += set->items[i].entry_count + set->items[i].event_count;
	set->notes = mem_alloc(most, sizeof(*set->notes));
	for (size_t i = 0; i < set->count; i++) {
		set->note_count += add_entries(&set->items[i], set->notes + set->note_count);
		set->note_count +=
		    add_events(set, &set->items[i], &names, set->notes + set->note_count);
	}
	mem_free(names.items);
	if (set->note_count != 0)
		qsort(set->notes, set->note_count, sizeof(*set->notes), compare_notes);
}

static int
compare_to_ends(const void *element, const void *key)
{
	return compare_ends(&((const struct packet_note *)element)->ends, key);
}

size_t
companion_set_notes(
    const struct companion_set *set, const struct packet_ends *ends, const struct packet_note **ret)
{
	size_t first =
	    sorted_before(ends, set->notes, set->note_count, sizeof(*set->notes), compare_to_ends);

	*ret = set->notes + first;
	return sorted_until(
		   ends, set->notes, set->note_count, sizeof(*set->notes), compare_to_ends) -
	       first;
}

void
companion_set_free(struct companion_set *set)
{
	for (size_t i = 0; i < set->count; i++)
		companion_free(&set->items[i]);
	mem_free(set->items);
	mem_free(set->notes);
	arena_free(&set->arena);
	*set = (struct companion_set){0};
}
