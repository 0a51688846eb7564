#include "analyzer/report/record.h"

#include <assert.h>
#include <string.h>

#include "analyzer/base/digits.h"
#include "analyzer/facts.h"
#include "analyzer/report/json.h"

/* An unsigned number of SIZE bytes. */
static uint64_t
load(const void *value, size_t size)
{
	uint16_t u16;
	uint32_t u32;
	uint64_t u64;

	switch (size) {
	case sizeof(uint8_t):
		return *(const uint8_t *)value;
	case sizeof(uint16_t):
		memcpy(&u16, value, sizeof(u16));
		return u16;
	case sizeof(uint32_t):
		memcpy(&u32, value, sizeof(u32));
		return u32;
	default:
		memcpy(&u64, value, sizeof(u64));
		return u64;
	}
}

/* The bytes that a number of a kind has; 0: it is none. */
static const uint8_t sizes[] = {
    [MEMBER_BOOL] = sizeof(bool),
    [MEMBER_U8_NAME] = sizeof(uint8_t),
    [MEMBER_U16] = sizeof(uint16_t),
    [MEMBER_U32] = sizeof(uint32_t),
    [MEMBER_U64] = sizeof(uint64_t),
    [MEMBER_SIZE] = sizeof(size_t),
    [MEMBER_TIME] = sizeof(int64_t),
    [MEMBER_SECONDS] = sizeof(int64_t),
    [MEMBER_WORD] = sizeof(enum outcome),
    [MEMBER_NAME] = sizeof(enum outcome),
    [MEMBER_FIELDS] = 0,
};

/* Whether VALUE says nothing. */
static bool
is_nothing(const struct member *member, const void *value)
{
	if (member->kind == MEMBER_TEXT || member->kind == MEMBER_EXCHANGE)
		return *(const char *const *)value == NULL;
	if (member->kind == MEMBER_ADDR)
		return ((const struct addr *)value)->family == ADDR_NONE;
	return member->is_optional && sizes[member->kind] != 0 &&
	       load(value, sizes[member->kind]) == 0;
}

static void
add_by_side(struct text *text, const struct json_key *key, const uint64_t counts[2])
{
	static const char ending[] = "_by_side\":[";
	char *at;

	json_key(text, key);
	json_number(text, NULL, both_sides(counts));
	at = text_room(text, JSON_KEY_SIZE + sizeof(ending) + 2 * DIGITS_MOST + 2);
	memcpy(at, key->written, JSON_KEY_SIZE);
	at += key->length - strlen("\":");
	memcpy(at, ending, strlen(ending));
	at = digits_put(at + strlen(ending), counts[CLIENT]);
	*at++ = ',';
	at = digits_put(at, counts[SERVER]);
	*at = ']';
	text_took(text, at + 1);
}

static void add_members(struct text *text, const struct record *record, const void *source);

/* The value at VALUE, behind its key or as an element of a list. */
static void
add_value(struct text *text, const struct member *member, const void *value)
{
	const uint64_t number = sizes[member->kind] != 0 ? load(value, sizes[member->kind]) : 0;

	switch (member->kind) {
	case MEMBER_TEXT:
	case MEMBER_EXCHANGE:
		json_text(text, NULL, *(const char *const *)value);
		return;
	case MEMBER_ADDR:
		json_addr(text, NULL, value);
		return;
	case MEMBER_OBJECT:
		record_add(text, NULL, member->record, value);
		return;
	case MEMBER_BOOL:
		json_bool(text, NULL, number != 0);
		return;
	case MEMBER_U16:
	case MEMBER_U32:
	case MEMBER_U64:
	case MEMBER_SIZE:
		json_number(text, NULL, number);
		return;
	case MEMBER_TIME:
		json_time(text, NULL, (int64_t)number);
		return;
	case MEMBER_SECONDS:
		json_seconds(text, NULL, (int64_t)number);
		return;
	case MEMBER_WORD:
		json_word(text, NULL, member->words[number]);
		return;
	case MEMBER_NAME:
	case MEMBER_U8_NAME:
		json_word(text, NULL, names_text(member->names, number));
		return;
	case MEMBER_BY_SIDE:
	case MEMBER_PART:
	case MEMBER_CODE:
	case MEMBER_FIELDS:
		break;
	}
	assert(!"a member that needs a function of its own");
}

static void
add_list(struct text *text, const struct member *member, const char *base)
{
	const char *items = *(const char *const *)(const void *)(base + member->offset);
	size_t count = (size_t)load(base + member->count_offset, sizeof(size_t));

	json_key(text, &member->key);
	json_open(text, NULL, '[');
	for (size_t i = 0; i < count; i++)
		add_value(text, member, items + i * member->stride);
	json_close(text, ']');
}

static void
add_member(struct text *text, const struct member *member, const void *source)
{
	const char *base = member->from != NULL ? member->from(source) : source;

	if (member->add != NULL) {
		member->add(text, member->key.name, source);
	} else if (member->stride != 0) {
		add_list(text, member, base);
	} else if (base == NULL || is_nothing(member, base + member->offset)) {
		/* What the schema requires is always there. */
		assert(member->is_optional);
	} else if (member->kind == MEMBER_PART) {
		add_members(text, member->record, base + member->offset);
	} else if (member->kind == MEMBER_BY_SIDE) {
		add_by_side(
		    text, &member->key, (const uint64_t *)(const void *)(base + member->offset));
	} else {
		json_key(text, &member->key);
		add_value(text, member, base + member->offset);
	}
}

static void
add_members(struct text *text, const struct record *record, const void *source)
{
	for (size_t i = 0; i < record->count; i++) {
		const struct member *member = &record->members[i];

		if (member->is_said == NULL || member->is_said(source))
			add_member(text, member, source);
	}
}

void
record_add(struct text *text, const char *key, const struct record *record, const void *source)
{
	json_open(text, key, '{');
	add_members(text, record, source);
	json_close(text, '}');
}

void
record_write(struct text *line, FILE *out, const struct record *record, const void *source)
{
	json_open(line, NULL, '{');
	json_word(line, "type", record->name);
	add_members(line, record, source);
	json_close(line, '}');
	text_add_char(line, '\n');
	fwrite(line->chars, 1, line->length, out);
	text_clear(line);
}
