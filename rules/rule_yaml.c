#include "rules/rule_yaml.h"

#include <string.h>
#include <yaml.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "analyzer/base/text.h"

struct reader {
	yaml_parser_t parser;
	struct arena *arena;
	const char *file;
	struct mistakes *mistakes;
	size_t nodes;
};

static bool
fail(const struct reader *reader, const yaml_mark_t *mark, const char *sentence)
{
	return mistake_add(reader->mistakes, reader->file, (unsigned)mark->line + 1,
	    (unsigned)mark->column + 1, "%s", sentence);
}

/* libyaml leaves problem_mark alone when the bytes are not even characters. */
static bool
next_event(struct reader *reader, yaml_event_t *ret)
{
	yaml_parser_t *parser = &reader->parser;
	const yaml_mark_t *mark;

	if (yaml_parser_parse(parser, ret))
		return true;
	if (parser->error == YAML_MEMORY_ERROR)
		mem_exhausted();
	mark = parser->error == YAML_READER_ERROR ? &parser->mark : &parser->problem_mark;
	return mistake_add(reader->mistakes, reader->file, (unsigned)mark->line + 1,
	    (unsigned)mark->column + 1, "this is not YAML: %s",
	    parser->problem ? parser->problem : "it cannot be read");
}

static bool
read_next(struct reader *reader, unsigned depth, yaml_event_type_t end, struct node **ret);

static bool
new_node(struct reader *reader, const yaml_event_t *event, enum node_kind kind,
    const yaml_char_t *anchor, const yaml_char_t *tag, struct node **ret)
{
	struct node *node;

	if (tag != NULL)
		fail(reader, &event->start_mark, "tags are not part of the language");
	if (anchor != NULL)
		fail(reader, &event->start_mark, "anchors are not part of the language");
	if (++reader->nodes > RULE_MOST_NODES)
		return fail(reader, &event->start_mark, "this is too long for one file");
	node = ARENA_NEW(reader->arena, struct node);
	node->kind = kind;
	node->line = (unsigned)event->start_mark.line + 1;
	node->column = (unsigned)event->start_mark.column + 1;
	*ret = node;
	return true;
}

static bool
read_scalar(struct reader *reader, const yaml_event_t *event, unsigned depth, struct node **ret)
{
	const char *text = (const char *)event->data.scalar.value;
	size_t length = event->data.scalar.length;

	(void)depth;
	if (!new_node(
		reader, event, NODE_SCALAR, event->data.scalar.anchor, event->data.scalar.tag, ret))
		return false;
	if (memchr(text, '\0', length) != NULL)
		fail(reader, &event->start_mark, "this text contains a NUL character");
	(*ret)->text = arena_text(reader->arena, text, length);
	return true;
}

static bool
read_list(struct reader *reader, const yaml_event_t *event, unsigned depth, struct node **ret)
{
	struct node **tail, *item;

	if (!new_node(reader, event, NODE_LIST, event->data.sequence_start.anchor,
		event->data.sequence_start.tag, ret))
		return false;
	tail = &(*ret)->first;
	for (;;) {
		if (!read_next(reader, depth + 1, YAML_SEQUENCE_END_EVENT, &item))
			return false;
		if (item == NULL)
			return true;
		*tail = item;
		tail = &item->next;
		(*ret)->count++;
	}
}

static struct node *
find_key(const struct node *map, const char *name)
{
	for (struct node *key = map->first; key != NULL; key = key->next)
		if (strcmp(key->text, name) == 0)
			return key;
	return NULL;
}

static bool
check_key(const struct reader *reader, const struct node *map, const struct node *key)
{
	const struct node *twin;

	if (key->kind != NODE_SCALAR)
		return mistake_add(
		    reader->mistakes, reader->file, key->line, key->column, "a key must be a word");
	twin = find_key(map, key->text);
	if (twin != NULL)
		return mistake_add(reader->mistakes, reader->file, key->line, key->column,
		    "'%.80s' stands here twice; the first is in line %u", key->text, twin->line);
	return true;
}

static bool
read_map(struct reader *reader, const yaml_event_t *event, unsigned depth, struct node **ret)
{
	struct node **tail, *key;
	bool is_right;

	if (!new_node(reader, event, NODE_MAP, event->data.mapping_start.anchor,
		event->data.mapping_start.tag, ret))
		return false;
	tail = &(*ret)->first;
	for (;;) {
		if (!read_next(reader, depth + 1, YAML_MAPPING_END_EVENT, &key))
			return false;
		if (key == NULL)
			return true;
		is_right = check_key(reader, *ret, key);
		if (!read_next(reader, depth + 1, YAML_NO_EVENT, &key->value))
			return false;
		if (!is_right)
			continue;
		*tail = key;
		tail = &key->next;
		(*ret)->count++;
	}
}

static bool
read_alias(struct reader *reader, const yaml_event_t *event, unsigned depth, struct node **ret)
{
	(void)depth;
	(void)ret;
	return fail(reader, &event->start_mark, "aliases are not part of the language");
}

static const struct {
	yaml_event_type_t type;
	bool (*read)(
	    struct reader *reader, const yaml_event_t *event, unsigned depth, struct node **ret);
} readers[] = {
    {YAML_SCALAR_EVENT, read_scalar},
    {YAML_SEQUENCE_START_EVENT, read_list},
    {YAML_MAPPING_START_EVENT, read_map},
    {YAML_ALIAS_EVENT, read_alias},
};

static bool
read_event(struct reader *reader, const yaml_event_t *event, unsigned depth, struct node **ret)
{
	if (depth > RULE_MOST_DEPTH)
		return fail(reader, &event->start_mark, "this is nested too deeply");
	for (size_t i = 0; i < COUNT(readers); i++)
		if (readers[i].type == event->type)
			return readers[i].read(reader, event, depth, ret);
	return fail(reader, &event->start_mark, "a value is missing");
}

/* The next node, or NULL in RET at the event END. */
static bool
read_next(struct reader *reader, unsigned depth, yaml_event_type_t end, struct node **ret)
{
	yaml_event_t event;
	bool is_read = true;

	if (!next_event(reader, &event))
		return false;
	*ret = NULL;
	if (event.type != end)
		is_read = read_event(reader, &event, depth, ret);
	yaml_event_delete(&event);
	return is_read;
}

/* Passes the event TYPE; any other is an error with the sentence OTHERWISE. */
static bool
pass(struct reader *reader, yaml_event_type_t type, const char *otherwise)
{
	yaml_event_t event;
	bool is_right;

	if (!next_event(reader, &event))
		return false;
	is_right = event.type == type || fail(reader, &event.start_mark, otherwise);
	yaml_event_delete(&event);
	return is_right;
}

static bool
read_document(struct reader *reader, struct node **ret)
{
	struct node *root;

	if (!pass(reader, YAML_STREAM_START_EVENT, "the file is empty") ||
	    !pass(reader, YAML_DOCUMENT_START_EVENT, "the file is empty") ||
	    !read_next(reader, 1, YAML_NO_EVENT, &root) ||
	    !pass(reader, YAML_DOCUMENT_END_EVENT, "a file holds one document") ||
	    !pass(reader, YAML_STREAM_END_EVENT, "a file holds one document"))
		return false;
	*ret = root;
	return true;
}

bool
rule_yaml_read(struct arena *arena, const char *file, const char *yaml, size_t length,
    struct node **ret_root, struct mistakes *mistakes)
{
	struct reader reader = {.arena = arena, .file = file, .mistakes = mistakes};
	bool is_read;

	if (length > RULE_MOST_BYTES)
		return mistake_add(
		    mistakes, file, 1, 1, "the file is larger than %d KiB", RULE_MOST_BYTES / 1024);
	if (!yaml_parser_initialize(&reader.parser))
		mem_exhausted();
	yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&reader.parser, (const unsigned char *)yaml, length);
	is_read = read_document(&reader, ret_root);
	yaml_parser_delete(&reader.parser);
	return is_read;
}

const struct node *
node_value(const struct node *map, const char *name)
{
	const struct node *key = find_key(map, name);

	return key ? key->value : NULL;
}
