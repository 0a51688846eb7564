#include "rules/finding_id.h"

#include <string.h>

#include "analyzer/base/crypto.h"
#include "analyzer/base/table.h"
#include "analyzer/base/text.h"
#include "rules/value.h"

#define ID_BYTES 6 /* two of a million findings share an id with a chance of one in 500 */

/* Equal values give equal text: names are compared without the case of ASCII letters. */
static void
add_value(struct text *text, const struct match *match, const struct field_ref *field)
{
	struct value value = field_value(match->exchange, field, match->index);
	size_t start = text->length;

	exchange_value_text(text, field->any, &value);
	for (size_t i = start; i < text->length; i++)
		text->chars[i] = ascii_lower(text->chars[i]);
}

const char *
finding_id(const struct finding *finding, const struct match *match, struct arena *arena)
{
	const struct field_list *same = &finding->rule->same;
	struct crypto_sha256 *hash = crypto_sha256_begin();
	uint8_t digest[CRYPTO_SHA256_SIZE];
	struct text text = {0};
	const char *id;

	text_addf(&text, "%s\n%s\n%s\n", finding->rule->id, verdict_names[finding->verdict],
	    severity_names[finding->severity]);
	for (size_t i = 0; i < same->count; i++) {
		if (same->items[i].any->is_passing)
			continue;
		text_addf(&text, "%s=", same->items[i].any->name);
		add_value(&text, match, &same->items[i]);
		text_add_char(&text, '\n');
	}
	crypto_sha256_add(hash, text_chars(&text), text.length);
	crypto_sha256_end(hash, digest);
	text_clear(&text);
	text_add(&text, "f-");
	for (size_t i = 0; i < ID_BYTES; i++)
		text_addf(&text, "%02x", digest[i]);
	id = arena_text(arena, text_chars(&text), text.length);
	text_free(&text);
	return id;
}

/* Findings that have had one id so far. */
struct namesakes {
	const char *id;
	size_t count;
};

static bool
is_called(const void *entry, const void *key)
{
	const struct namesakes *namesakes = entry;

	return strcmp(namesakes->id, key) == 0;
}

void
finding_ids_tell_apart(struct finding_list *findings, struct arena *arena)
{
	struct table table = {0};
	struct namesakes *namesakes;
	uint64_t hash;

	for (size_t i = 0; i < findings->count; i++) {
		struct finding *finding = &findings->items[i];

		hash = text_hash_nocase(finding->id);
		namesakes = table_find(&table, hash, is_called, finding->id);
		if (namesakes == NULL) {
			namesakes = ARENA_NEW(arena, struct namesakes);
			namesakes->id = finding->id;
			table_add(&table, hash, namesakes);
		}
		if (++namesakes->count > 1)
			finding->id = arena_format(arena, "%s-%zu", finding->id, namesakes->count);
	}
	table_free(&table);
}
