#include "rules/template.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define MOST_NAME 64 /* of a field, with ".meaning" */
#define MEANING   ".meaning"

enum piece_kind { PIECE_TEXT, PIECE_FIELD, PIECE_MEANING, PIECE_WRONG };

/* A run of plain text, or one reference. */
struct piece {
	enum piece_kind kind;
	const char *chars; /* of plain text */
	size_t length;
	char name[MOST_NAME]; /* of the field */
};

/* Takes "{name}" or "{name.meaning}" off the front of AT. */
static const char *
take_reference(const char *at, struct piece *ret)
{
	size_t length = strcspn(at + 1, "{}"), end = strlen(MEANING);

	ret->kind = PIECE_WRONG;
	if (at[1 + length] != '}' || length == 0 || length >= MOST_NAME)
		return at;
	ret->kind = PIECE_FIELD;
	memcpy(ret->name, at + 1, length);
	ret->name[length] = '\0';
	if (length > end && strcmp(ret->name + length - end, MEANING) == 0) {
		ret->kind = PIECE_MEANING;
		ret->name[length - end] = '\0';
	}
	return at + 1 + length + 1;
}

/* What ends plain text. */
#define TEMPLATE_MARKS "{}"
#define LABEL_MARKS    "{}[]"

/* Takes one piece off the front of AT, which is not at its end; plain text up to one of MARKS. */
static const char *
take_piece(const char *at, const char *marks, struct piece *ret)
{
	if (*at != '{' && *at != '}') {
		ret->kind = PIECE_TEXT;
		ret->chars = at;
		ret->length = strcspn(at, marks);
		return at + ret->length;
	}
	if (at[1] == at[0]) {
		ret->kind = PIECE_TEXT;
		ret->chars = at;
		ret->length = 1;
		return at + 2;
	}
	if (*at == '{')
		return take_reference(at, ret);
	ret->kind = PIECE_WRONG;
	return at;
}

/* A field's name in a template stands at the template's place in the file. */
static bool
check_reference(const struct loader *loader, const struct node *node, const struct piece *piece,
    bool is_command)
{
	struct node name = *node;
	struct field_ref field;

	name.text = piece->name;
	if (!load_field(loader, &name, &loader->mine, &field))
		return false;
	if (piece->kind == PIECE_MEANING && field.any->names == NULL)
		return loader_fail(
		    loader, node, "'%s' has no meanings, as its values have no names", piece->name);
	if (is_command && field.any->kind == FIELD_TEXT)
		return loader_fail(loader, node,
		    "'{%s}' is text from packets, which must not stand in a command", piece->name);
	return true;
}

static bool
check(struct loader *loader, const struct node *node, bool is_command, const char **ret)
{
	const char *text, *at;
	struct piece piece;
	bool is_right = true;

	if (!load_scalar(loader, node, is_command ? "a command" : "this text", &text))
		return false;
	for (at = text; *at != '\0';) {
		at = take_piece(at, TEMPLATE_MARKS, &piece);
		if (piece.kind == PIECE_WRONG)
			return loader_fail(loader, node,
			    "'%.20s' is no {field}; write {{ or }} for the character itself", at);
		if (piece.kind != PIECE_TEXT)
			is_right &= check_reference(loader, node, &piece, is_command);
	}
	*ret = text;
	return is_right;
}

bool
load_template(struct loader *loader, const struct node *node, void *ret)
{
	return check(loader, node, false, ret);
}

bool
load_command(struct loader *loader, const struct node *node, void *ret)
{
	return check(loader, node, true, ret);
}

/* Returns whether the value is known. */
static bool
add_reference(struct text *text, const struct piece *piece, const struct exchange *exchange)
{
	const struct field *field = exchange_field(exchange->type, piece->name);
	const struct name_row *row;
	struct value value = {.kind = VALUE_NONE};

	if (field != NULL)
		value = exchange_value(exchange, field);
	row = piece->kind == PIECE_MEANING && value.kind == VALUE_NUMBER
		  ? names_find(field->names, value.number)
		  : NULL;
	if (value.kind == VALUE_NONE)
		text_add(text, "(not captured)");
	else if (row != NULL && row->meaning != NULL)
		text_add(text, row->meaning);
	else
		exchange_value_text(text, field, &value);
	return value.kind != VALUE_NONE;
}

/* *RET_IS_KNOWN: whether every value is. */
static const char *
fill(struct arena *arena, const char *template, const struct exchange *exchange, bool *ret_is_known)
{
	struct text text = {0};
	struct piece piece;
	const char *filled;

	*ret_is_known = true;
	if (strpbrk(template, "{}") == NULL)
		return template;
	for (const char *at = template; *at != '\0';) {
		at = take_piece(at, TEMPLATE_MARKS, &piece);
		assert(piece.kind != PIECE_WRONG);
		if (piece.kind == PIECE_TEXT)
			text_add_bytes(&text, piece.chars, piece.length);
		else
			*ret_is_known &= add_reference(&text, &piece, exchange);
	}
	filled = arena_text(arena, text_chars(&text), text.length);
	text_free(&text);
	return filled;
}

const char *
template_fill(struct arena *arena, const char *template, const struct exchange *exchange)
{
	bool is_known;

	return fill(arena, template, exchange, &is_known);
}

const char *
template_fill_known(struct arena *arena, const char *template, const struct exchange *exchange)
{
	bool is_known;
	const char *filled = fill(arena, template, exchange, &is_known);

	return is_known ? filled : NULL;
}

/* Adds a value as labels say it; whether it says anything. */
static bool
add_label_value(struct text *text, const struct piece *piece, const struct exchange *exchange)
{
	const struct field *field = exchange_field(exchange->type, piece->name);
	struct value value = exchange_value(exchange, field);
	const struct name_row *row = NULL;
	size_t before = text->length;

	if (field->kind == FIELD_BOOL || field->names == &bool_names)
		return value.kind == VALUE_NUMBER && value.number != 0;
	if (field->names != NULL && value.kind == VALUE_NUMBER)
		row = names_find(field->names, value.number);
	if (row != NULL && field->notation != NOTATION_FLAGS) {
		text_add(text, row->name);
		return true;
	}
	exchange_value_text(text, field, &value);
	if (value.kind == VALUE_NUMBER && field->names == NULL && value.number == 0)
		return false;
	return text->length != before;
}

/* Adds what stands from AT to the next STOP, and says whether all of it is known. */
static const char *
add_label_part(struct text *text, const char *at, char stop, const struct exchange *exchange,
    bool *ret_is_known)
{
	struct piece piece;

	*ret_is_known = true;
	while (*at != stop && *at != '\0') {
		at = take_piece(at, LABEL_MARKS, &piece);
		assert(piece.kind != PIECE_WRONG);
		if (piece.kind == PIECE_TEXT)
			text_add_bytes(text, piece.chars, piece.length);
		else
			*ret_is_known &= add_label_value(text, &piece, exchange);
	}
	return at;
}

void
label_fill(struct text *text, const char *label, const struct exchange *exchange)
{
	bool is_known;
	size_t before;

	while (*label != '\0') {
		label = add_label_part(text, label, '[', exchange, &is_known);
		if (*label == '\0')
			return;
		before = text->length;
		label = add_label_part(text, label + 1, ']', exchange, &is_known);
		if (!is_known)
			text_cut(text, before);
		assert(*label == ']');
		label++;
	}
}

/* Whether the value of FIELD is always there. */
static bool
is_always_known(const struct field *field)
{
	switch (field->kind) {
	case FIELD_U8_ENUM:
	case FIELD_U16:
	case FIELD_U32:
	case FIELD_U64:
	case FIELD_ENUM:
		return field->names != &bool_names && field->notation != NOTATION_FRAME;
	case FIELD_NUMBER:
	case FIELD_LIST:
	case FIELD_TEXT:
	case FIELD_ADDR:
	case FIELD_BOOL:
	case FIELD_TIME:
	case FIELD_DURATION:
		break;
	}
	return false;
}

bool
label_is_sound(const char *label, const struct exchange_type *type)
{
	bool is_optional = false;
	const struct field *field;
	struct piece piece;

	while (*label != '\0') {
		if (*label == (is_optional ? ']' : '[')) {
			is_optional = !is_optional;
			label++;
			continue;
		}
		if (*label == '[' || *label == ']')
			return false;
		label = take_piece(label, LABEL_MARKS, &piece);
		if (piece.kind == PIECE_WRONG || piece.kind == PIECE_MEANING)
			return false;
		if (piece.kind == PIECE_TEXT)
			continue;
		field = exchange_field(type, piece.name);
		if (field == NULL || (!is_optional && !is_always_known(field)))
			return false;
	}
	return !is_optional;
}

const char *
template_show(struct arena *arena, const char *template)
{
	size_t length = 0;
	char *shown = arena_text(arena, template, strlen(template));

	for (const char *at = template; *at != '\0'; at++) {
		shown[length++] = *at;
		if ((*at == '{' || *at == '}') && at[1] == *at)
			at++;
	}
	shown[length] = '\0';
	return shown;
}
