#include "analyzer/inputs.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzer/base/memory.h"

/* Folders below folders; a loop of symbolic links ends here. */
#define MOST_DEPTH 32

/* The name of PATH begins BELOW characters into it. STATUS is the file's, or NULL. */
static void
add_file(struct input_list *list, const char *path, size_t below, const struct stat *status,
    bool is_found)
{
	const char *kept = arena_text(&list->arena, path, strlen(path));
	bool has_size = status != NULL && S_ISREG(status->st_mode);

	list->items = mem_grow(list->items, list->count, &list->capacity, sizeof(struct input));
	list->items[list->count++] =
	    (struct input){kept, kept + below, has_size ? (uint64_t)status->st_size : 0, is_found};
}

static int
is_shown(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* Byte order, whatever the locale. */
static int
compare_names(const struct dirent **one, const struct dirent **other)
{
	return strcmp((*one)->d_name, (*other)->d_name);
}

/* The length of PATH without slashes at its end. */
static size_t
trimmed_length(const char *path)
{
	size_t length = strlen(path);

	while (length > 1 && path[length - 1] == '/')
		length--;
	return length;
}

/* Names of files begin BELOW characters into their path. */
static bool
walk(struct input_list *list, const char *path, size_t below, unsigned depth, struct error *error)
{
	struct dirent **entries;
	int count = scandir(path, &entries, is_shown, compare_names);
	size_t length = trimmed_length(path);
	bool is_ok = true;
	struct stat status;

	if (count < 0)
		return error_set(error, EXIT_INPUT, "%s: %s", path, strerror(errno));
	for (int i = 0; i < count; i++) {
		const char *child =
		    arena_format(&list->arena, "%.*s/%s", (int)length, path, entries[i]->d_name);

		if (is_ok && stat(child, &status) == 0) {
			if (S_ISREG(status.st_mode))
				add_file(list, child, below, &status, true);
			else if (S_ISDIR(status.st_mode) && depth < MOST_DEPTH)
				is_ok = walk(list, child, below, depth + 1, error);
		}
		free(entries[i]);
	}
	free(entries);
	return is_ok;
}

bool
inputs_add(struct input_list *list, const char *path, struct error *error)
{
	const char *slash = strrchr(path, '/');
	struct stat status;

	if (strcmp(path, "-") == 0) {
		add_file(list, path, 0, fstat(STDIN_FILENO, &status) == 0 ? &status : NULL, false);
		return true;
	}
	if (stat(path, &status) != 0)
		return error_set(error, EXIT_INPUT, "%s: %s", path, strerror(errno));
	if (S_ISDIR(status.st_mode))
		return walk(list, path, trimmed_length(path) + 1, 0, error);
	add_file(list, path, slash != NULL ? (size_t)(slash + 1 - path) : 0, &status, false);
	return true;
}

void
inputs_free(struct input_list *list)
{
	mem_free(list->items);
	arena_free(&list->arena);
	*list = (struct input_list){0};
}
