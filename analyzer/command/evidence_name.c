#include "analyzer/command/evidence_name.h"

#include <stdbool.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/text.h"

/* What the name of a capture ends in besides. */
static const char *const compressions[] = {".gz", ".zst", ".lz4"};
static const char *const formats[] = {".pcapng", ".pcap", ".ntar", ".cap", ".dmp"};

/* How much of NAME, LENGTH characters, is left without one of ENDINGS. */
static size_t
length_without(const char *const *endings, size_t count, const char *name, size_t length)
{
	for (size_t i = 0; i < count; i++) {
		size_t ending = strlen(endings[i]);

		if (length > ending && strncmp(name + length - ending, endings[i], ending) == 0)
			return length - ending;
	}
	return length;
}

static bool
is_taken(const char *const *names, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (text_equal_nocase(names[i], name))
			return true;
	return false;
}

/* COUNT of RET are there. */
static const char *
name_one(
    const char *path, const char *folder, struct arena *arena, const char *const *ret, size_t count)
{
	const char *slash = strrchr(path, '/'), *base = slash != NULL ? slash + 1 : path;
	const char *separator = folder[0] != '\0' && folder[strlen(folder) - 1] == '/' ? "" : "/";
	size_t length = length_without(compressions, COUNT(compressions), base, strlen(base));
	const char *name;

	length = length_without(formats, COUNT(formats), base, length);
	name = arena_format(arena, "%s%s%.*s.pcapng", folder, separator, (int)length, base);
	for (unsigned number = 2; is_taken(ret, count, name); number++)
		name = arena_format(
		    arena, "%s%s%.*s-%u.pcapng", folder, separator, (int)length, base, number);
	return name;
}

void
evidence_names(
    const char *const *paths, size_t count, const char *out, struct arena *arena, const char **ret)
{
	if (count == 1)
		ret[0] = out;
	else
		for (size_t i = 0; i < count; i++)
			ret[i] = name_one(paths[i], out, arena, ret, i);
}
