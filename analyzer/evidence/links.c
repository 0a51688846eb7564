#include "analyzer/evidence/links.h"

#include <string.h>

#include "analyzer/base/basics.h"

/* FIELD of an exchange is, or was looked up by, what OTHER of an exchange of TYPE says. */
struct link {
	const char *field, *type, *other;
	bool is_earlier; /* what was said before counts, and of it the last */
};

static const struct link links[] = {
    {"target_host", "dns_query", "name", true},
    {"service_host", "dns_query", "name", true},
    {"nearest_path", "smb2_tree_connect", "path", false},
    {"nearest_path", "smb1_tree_connect", "path", false},
};

/* The text of the field called NAME, or NULL. */
static const char *
text_of(const struct exchange *exchange, const char *name)
{
	const struct field *field = exchange_field(exchange->type, name);
	struct value value;

	if (field == NULL)
		return NULL;
	value = exchange_value(exchange, field);
	return value.kind == VALUE_TEXT ? value.text : NULL;
}

static bool
is_linked(const struct link *link, const struct exchange *exchange, const struct exchange *other,
    const char *text)
{
	const char *said;

	if (other == exchange || other->outcome != OUTCOME_ANSWERED ||
	    strcmp(other->type->name, link->type) != 0 ||
	    (link->is_earlier && other->time > exchange->time))
		return false;
	said = text_of(other, link->other);
	return said != NULL && text_equal_nocase(said, text);
}

/* Of what was said to the client itself, else to anybody; of what is said for all, the first. */
static const struct exchange *
find(const struct ledger *ledger, const struct link *link, const struct exchange *exchange)
{
	const char *text = text_of(exchange, link->field);
	const struct exchange *own = NULL, *any = NULL;

	for (size_t i = 0; text != NULL && i < ledger->count; i++) {
		const struct exchange *other = ledger->items[i];

		if (!is_linked(link, exchange, other, text))
			continue;
		if (!link->is_earlier)
			return other;
		any = other;
		if (addr_equal(&other->conversation->client, &exchange->conversation->client))
			own = other;
	}
	return own != NULL ? own : any;
}

size_t
links_of(const struct ledger *ledger, const struct exchange *exchange,
    const struct exchange *ret[LINKS_MOST])
{
	const struct exchange *found;
	size_t count = 0;

	for (size_t i = 0; i < COUNT(links); i++) {
		found = find(ledger, &links[i], exchange);
		if (found != NULL)
			ret[count++] = found;
	}
	return count;
}
