#include "analyzer/report/record.h"

#include <assert.h>
#include <string.h>

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

/* The bytes that a number of KIND has; 0: it is none. */
static size_t
size_of(enum member_kind kind)
{
	switch (kind) {
	case MEMBER_BOOL:
		return sizeof(bool);
	case MEMBER_U8_NAME:
		return sizeof(uint8_t);
	case MEMBER_U16:
		return sizeof(uint16_t);
	case MEMBER_U32:
		return sizeof(uint32_t);
	case MEMBER_SIZE:
		return sizeof(size_t);
	case MEMBER_WORD:
	case MEMBER_NAME:
		return sizeof(enum outcome);
	case MEMBER_U64:
	case MEMBER_TIME:
	case MEMBER_SECONDS:
		return sizeof(uint64_t);
	case MEMBER_TEXT:
	case MEMBER_EXCHANGE:
	case MEMBER_ADDR:
	case MEMBER_BY_SIDE:
	case MEMBER_OBJECT:
	case MEMBER_PART:
	case MEMBER_CODE:
	case MEMBER_FIELDS:
		break;
	}
	return 0;
}

/* Whether VALUE says nothing. */
static bool
is_nothing(const struct member *member, const void *value)
{
	if (member->kind == MEMBER_TEXT || member->kind == MEMBER_EXCHANGE)
		return *(const char *const *)value == NULL;
	if (member->kind == MEMBER_ADDR)
		return ((const struct addr *)value)->family == ADDR_NONE;
	return member->is_optional && size_of(member->kind) != 0 &&
	       load(value, size_of(member->kind)) == 0;
}

static void
add_by_side(struct text *text, const char *key, const uint64_t counts[2])
{
	char key_by_side[64];

	json_number(text, key, both_sides(counts));
	snprintf(key_by_side, sizeof(key_by_side), "%s_by_side", key);
	json_open(text, key_by_side, '[');
	json_number(text, NULL, counts[CLIENT]);
	json_number(text, NULL, counts[SERVER]);
	json_close(text, ']');
}

static void
add_number(struct text *text, const char *key, const struct member *member, uint64_t number)
{
	if (member->kind == MEMBER_BOOL)
		json_bool(text, key, number != 0);
	else if (member->kind == MEMBER_TIME)
		json_time(text, key, (int64_t)number);
	else if (member->kind == MEMBER_SECONDS)
		json_seconds(text, key, (int64_t)number);
	else if (member->kind == MEMBER_WORD)
		json_text(text, key, member->words[number]);
	else if (member->names != NULL)
		json_text(text, key, names_text(member->names, number));
	else
		json_number(text, key, number);
}

static void add_members(struct text *text, const struct record *record, const void *source);

/* The value at VALUE; NAME is NULL for an element of a list. */
static void
add_value(struct text *text, const char *name, const struct member *member, const void *value)
{
	switch (member->kind) {
	case MEMBER_TEXT:
	case MEMBER_EXCHANGE:
		json_text(text, name, *(const char *const *)value);
		return;
	case MEMBER_ADDR:
		json_addr(text, name, value);
		return;
	case MEMBER_BY_SIDE:
		add_by_side(text, name, value);
		return;
	case MEMBER_OBJECT:
		record_add(text, name, member->record, value);
		return;
	case MEMBER_PART:
		add_members(text, member->record, value);
		return;
	case MEMBER_BOOL:
	case MEMBER_U16:
	case MEMBER_U32:
	case MEMBER_U64:
	case MEMBER_SIZE:
	case MEMBER_TIME:
	case MEMBER_SECONDS:
	case MEMBER_WORD:
	case MEMBER_NAME:
	case MEMBER_U8_NAME:
		add_number(text, name, member, load(value, size_of(member->kind)));
		return;
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

	json_open(text, member->name, '[');
	for (size_t i = 0; i < count; i++)
		add_value(text, NULL, member, items + i * member->stride);
	json_close(text, ']');
}

static void
add_member(struct text *text, const struct member *member, const void *source)
{
	const char *base = member->from != NULL ? member->from(source) : source;

	if (member->add != NULL) {
		member->add(text, member->name, source);
	} else if (member->stride != 0) {
		add_list(text, member, base);
	} else if (base == NULL || is_nothing(member, base + member->offset)) {
		/* What the schema requires is always there. */
		assert(member->is_optional);
	} else {
		add_value(text, member->name, member, base + member->offset);
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
	json_text(line, "type", record->name);
	add_members(line, record, source);
	json_close(line, '}');
	text_add_char(line, '\n');
	fwrite(line->chars, 1, line->length, out);
	text_clear(line);
}
