#include "analyzer/baseline.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/base/addr.h"
#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "analyzer/base/nearest.h"
#include "analyzer/base/text.h"

#define FORMAT_NAME    "smbtriage-baseline"
#define FORMAT_VERSION 1

const char *const baseline_member_names[BASELINE_MEMBERS] = {
    "id", "rule", "verdict", "severity", "client", "server", "summary"};

/* ---- what is known ---- */

static bool
is_called(const void *entry, const void *key)
{
	const struct baseline_capture *capture = entry;

	return strcmp(capture->name, key) == 0;
}

struct baseline_capture *
baseline_find(const struct baseline *baseline, const char *name)
{
	return table_find(&baseline->by_name, hash_bytes(name, strlen(name)), is_called, name);
}

static struct baseline_capture *
find_or_add(struct baseline *baseline, const char *name)
{
	struct baseline_capture *capture = baseline_find(baseline, name);
	size_t length = strlen(name);

	if (capture != NULL)
		return capture;
	capture = ARENA_NEW(&baseline->arena, struct baseline_capture);
	capture->name = arena_text(&baseline->arena, name, length);
	baseline->captures = mem_grow((void *)baseline->captures, baseline->count,
	    &baseline->capacity, sizeof(struct baseline_capture *));
	baseline->captures[baseline->count++] = capture;
	table_add(&baseline->by_name, hash_bytes(name, length), capture);
	return capture;
}

static struct baseline_entry *
add_entry(struct baseline_capture *capture)
{
	capture->entries = mem_grow(
	    capture->entries, capture->count, &capture->capacity, sizeof(struct baseline_entry));
	capture->entries[capture->count] = (struct baseline_entry){.is_matched = false};
	return &capture->entries[capture->count++];
}

void
baseline_free(struct baseline *baseline)
{
	for (size_t i = 0; i < baseline->count; i++)
		mem_free(baseline->captures[i]->entries);
	mem_free((void *)baseline->captures);
	table_free(&baseline->by_name);
	arena_free(&baseline->arena);
	*baseline = (struct baseline){.count = 0};
}

/* ---- what a run says ---- */

static const char *
utf8_of(const char *chars, struct arena *arena)
{
	return text_from_utf8(arena, (const uint8_t *)chars, strlen(chars));
}

static const char *
addr_of(const struct addr *addr, struct arena *arena)
{
	char text[ADDR_TEXT_SIZE];

	if (addr->family == ADDR_NONE)
		return NULL;
	addr_text(addr, text);
	return arena_text(arena, text, strlen(text));
}

struct baseline_entry
baseline_entry_of(const struct finding *finding, struct arena *arena)
{
	const struct conversation_facts *facts = finding->exchange->conversation;

	return (struct baseline_entry){.values = {[BASELINE_ID] = finding->id,
					   [BASELINE_RULE] = finding->rule->id,
					   [BASELINE_VERDICT] = verdict_names[finding->verdict],
					   [BASELINE_SEVERITY] = severity_names[finding->severity],
					   [BASELINE_CLIENT] = addr_of(&facts->client, arena),
					   [BASELINE_SERVER] = addr_of(&facts->server, arena),
					   [BASELINE_SUMMARY] = utf8_of(finding->summary, arena)}};
}

const char *
baseline_name_of(const struct report_capture *capture, struct arena *arena)
{
	return utf8_of(capture->name != NULL ? capture->name : capture->facts->file, arena);
}

void
baseline_add(struct baseline *baseline, const struct report_capture *capture)
{
	struct arena *arena = &baseline->arena;
	struct baseline_capture *known = find_or_add(baseline, baseline_name_of(capture, arena));

	for (size_t i = 0; i < capture->findings.count; i++) {
		struct baseline_entry *entry;

		/* Known, it would not count any more after its suppression has expired. */
		if (capture->findings.items[i].suppression != NULL)
			continue;
		entry = add_entry(known);
		/* The findings are gone before the baseline is. */
		*entry = baseline_entry_of(&capture->findings.items[i], arena);
		for (size_t j = 0; j < BASELINE_MEMBERS; j++)
			if (entry->values[j] != NULL)
				entry->values[j] =
				    arena_text(arena, entry->values[j], strlen(entry->values[j]));
	}
}

/* ---- writing ---- */

static void
add_quoted(struct text *line, const char *chars)
{
	text_add_char(line, '"');
	text_add_json(line, chars);
	text_add_char(line, '"');
}

static void
write_entry(struct text *line, const struct baseline_entry *entry, FILE *out)
{
	const char *separator = "{";

	text_clear(line);
	for (size_t i = 0; i < BASELINE_MEMBERS; i++) {
		if (entry->values[i] == NULL)
			continue;
		text_addf(line, "%s\"%s\":", separator, baseline_member_names[i]);
		add_quoted(line, entry->values[i]);
		separator = ",";
	}
	fprintf(out, "%s}", text_chars(line));
}

static void
write_capture(struct text *line, const struct baseline_capture *capture, FILE *out)
{
	text_clear(line);
	add_quoted(line, capture->name);
	fprintf(out, "%s:[", text_chars(line));
	for (size_t i = 0; i < capture->count; i++) {
		fputs(i == 0 ? "\n" : ",\n", out);
		write_entry(line, &capture->entries[i], out);
	}
	fputs(capture->count == 0 ? "]" : "\n]", out);
}

static int
compare_names(const void *one, const void *other)
{
	const struct baseline_capture *const *left = one, *const *right = other;

	return strcmp((*left)->name, (*right)->name);
}

void
baseline_write(const struct baseline *baseline, FILE *out)
{
	size_t size = sizeof(struct baseline_capture *);
	struct baseline_capture **sorted = mem_alloc(baseline->count + 1, size);
	struct text line = {0};

	for (size_t i = 0; i < baseline->count; i++)
		sorted[i] = baseline->captures[i];
	qsort((void *)sorted, baseline->count, size, compare_names);
	fprintf(
	    out, "{\"format\":\"%s\",\"version\":%d,\"captures\":{", FORMAT_NAME, FORMAT_VERSION);
	for (size_t i = 0; i < baseline->count; i++) {
		fputs(i == 0 ? "\n" : ",\n", out);
		write_capture(&line, sorted[i], out);
	}
	fputs("\n}}\n", out);
	mem_free((void *)sorted);
	text_free(&line);
}

/* ---- reading ---- */

/* A file while it is read, and where in it. */
struct reading {
	const char *path;
	struct baseline *baseline;
	const char *capture; /* NULL: above the captures */
	size_t number;       /* of the entry, from 1; 0: above the entries */
	struct error *error;
};

/* Words of the file are in it: they may be anybody's. */
static bool refuse(const struct reading *reading, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static bool
refuse(const struct reading *reading, const char *format, ...)
{
	struct text said = {0}, visible = {0};
	va_list arguments;

	if (reading->capture != NULL)
		text_addf(&said, "\"%s\"", reading->capture);
	if (reading->number != 0)
		text_addf(&said, ", entry %zu", reading->number);
	text_add(&said, reading->capture != NULL ? ": " : "");
	va_start(arguments, format);
	text_addv(&said, format, arguments);
	va_end(arguments);
	text_add_visible(&visible, text_chars(&said));
	error_set(reading->error, EXIT_USAGE, "%s: %s", reading->path, text_chars(&visible));
	text_free(&said);
	text_free(&visible);
	return false;
}

static bool
refuse_member(
    const struct reading *reading, const char *name, const char *const *known, size_t count)
{
	struct nearest nearest = nearest_to(name);

	for (size_t i = 0; i < count; i++)
		nearest_try(&nearest, known[i]);
	if (nearest.best != NULL)
		return refuse(reading, "there is no member \"%.80s\"; did you mean \"%s\"?", name,
		    nearest.best);
	return refuse(reading, "there is no member \"%.80s\"", name);
}

/* Verdicts and severities are words of the program, addresses have one canonical form; everything
 * else is compared as it stands. RET is set to what the entry will say. */
static bool
check_value(
    const struct reading *reading, enum baseline_member member, const char *value, const char **ret)
{
	struct addr addr;
	enum severity severity;

	*ret = value;
	if (member == BASELINE_VERDICT && strcmp(value, verdict_names[VERDICT_FOUND]) != 0 &&
	    strcmp(value, verdict_names[VERDICT_INCONCLUSIVE]) != 0)
		return refuse(reading,
		    "there is no verdict \"%.80s\"; expected \"found\" or \"inconclusive\"", value);
	if (member == BASELINE_SEVERITY && !severity_parse(value, &severity))
		return refuse(reading,
		    "there is no severity \"%.80s\"; expected \"error\", \"warning\" or \"notice\"",
		    value);
	if (member != BASELINE_CLIENT && member != BASELINE_SERVER)
		return true;
	if (!addr_parse(value, &addr))
		return refuse(reading, "\"%s\": expected an IP address, and it is \"%.80s\"",
		    baseline_member_names[member], value);
	*ret = addr_of(&addr, &reading->baseline->arena);
	return true;
}

static bool
read_member(const struct reading *reading, struct baseline_entry *entry, const char *name,
    const json_t *value)
{
	size_t i = 0;
	const char *said;

	while (i < BASELINE_MEMBERS && strcmp(baseline_member_names[i], name) != 0)
		i++;
	if (i == BASELINE_MEMBERS)
		return refuse_member(reading, name, baseline_member_names, BASELINE_MEMBERS);
	if (!json_is_string(value))
		return refuse(reading, "\"%s\": expected a string", name);
	if (!check_value(reading, (enum baseline_member)i, json_string_value(value), &said))
		return false;
	entry->values[i] = arena_text(&reading->baseline->arena, said, strlen(said));
	return true;
}

static bool
read_entry(const struct reading *reading, struct baseline_entry *entry, json_t *object)
{
	const char *name;
	json_t *value;

	if (!json_is_object(object) || json_object_size(object) == 0)
		return refuse(reading, "expected an object such as {\"rule\":\"ID\"}");
	json_object_foreach(
	    object, name, value) if (!read_member(reading, entry, name, value)) return false;
	return true;
}

static bool
read_captures(struct reading *reading, json_t *captures)
{
	const char *name;
	json_t *list;

	json_object_foreach(captures, name, list)
	{
		struct baseline_capture *capture = find_or_add(reading->baseline, name);

		reading->capture = name;
		reading->number = 0;
		if (!json_is_array(list))
			return refuse(reading, "expected a list of findings");
		for (size_t i = 0; i < json_array_size(list); i++) {
			reading->number = i + 1;
			if (!read_entry(reading, add_entry(capture), json_array_get(list, i)))
				return false;
		}
	}
	return true;
}

static bool
read_document(struct reading *reading, json_t *document)
{
	static const char *const members[] = {"format", "version", "captures"};
	const char *format = json_string_value(json_object_get(document, "format"));
	const json_t *version = json_object_get(document, "version");
	json_t *captures = json_object_get(document, "captures");
	const char *name;
	json_t *value;

	if (format == NULL || strcmp(format, FORMAT_NAME) != 0)
		return refuse(reading,
		    "this is no baseline: expected an object with \"format\":\"%s\"", FORMAT_NAME);
	if (json_integer_value(version) != FORMAT_VERSION)
		return refuse(reading,
		    "expected \"version\":%d, which is all that this smbtriage knows",
		    FORMAT_VERSION);
	json_object_foreach(document, name,
	    value) if (strcmp(name, members[0]) != 0 && strcmp(name, members[1]) != 0 &&
		       strcmp(name, members[2]) != 0) return refuse_member(reading, name, members,
	    COUNT(members));
	if (!json_is_object(captures))
		return refuse(reading, "expected \"captures\", an object of lists of findings");
	return read_captures(reading, captures);
}

bool
baseline_read(const char *path, struct baseline *ret, struct error *error)
{
	struct reading reading = {.path = path, .baseline = ret, .error = error};
	FILE *file = fopen(path, "re");
	struct text said = {0};
	json_error_t wrong;
	json_t *document;
	bool is_ok;

	if (file == NULL) {
		mem_blame(errno);
		return error_set(error, EXIT_USAGE, "%s: %s", path, strerror(errno));
	}
	json_set_alloc_funcs(mem_take, mem_free);
	errno = 0;
	document = json_loadf(file, JSON_REJECT_DUPLICATES, &wrong);
	if (document == NULL && ferror(file))
		error_set(error, EXIT_USAGE, "%s: %s", path, strerror(errno));
	if (document == NULL && !ferror(file)) {
		text_add_visible(&said, wrong.text);
		error_set(error, EXIT_USAGE,
		    "%s:%d:%d: %s; expected a baseline, as --write-baseline makes it", path,
		    wrong.line, wrong.column, text_chars(&said));
	}
	is_ok = document != NULL && read_document(&reading, document);
	json_decref(document);
	text_free(&said);
	fclose(file);
	return is_ok;
}
