#include "analyzer/inputs.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzer/base/memory.h"

/* Folders below folders. */
#define MOST_DEPTH 32

struct input_folder {
	dev_t device;
	ino_t inode;
};

/* The name of PATH begins BELOW characters into it. STATUS is the file's, or NULL. */
static void
add_file(struct input_list *list, const char *path, size_t below, const struct stat *status,
    bool is_found)
{
	const char *kept = arena_text(&list->arena, path, strlen(path));
	bool has_size = status != NULL && S_ISREG(status->st_mode);

	list->items = mem_grow(list->items, list->count, &list->capacity, sizeof(struct input));
	list->items[list->count++] = (struct input){
	    kept, kept + below, has_size ? (uint64_t)status->st_size : 0, is_found, NULL};
}

static void
add_problem(struct input_list *list, const char *path, size_t below, const char *problem)
{
	const char *name = strlen(path) > below ? path + below : path;

	mem_blame(errno);
	add_file(list, path, (size_t)(name - path), NULL, true);
	list->items[list->count - 1].problem = arena_text(&list->arena, problem, strlen(problem));
}

/* Links may lead to a folder in many ways, and back to one that is above them. */
static bool
is_walked(struct input_list *list, const struct stat *status)
{
	for (size_t i = 0; i < list->folder_count; i++)
		if (list->folders[i].device == status->st_dev &&
		    list->folders[i].inode == status->st_ino)
			return true;
	list->folders = mem_grow(
	    list->folders, list->folder_count, &list->folder_capacity, sizeof(*list->folders));
	list->folders[list->folder_count++] = (struct input_folder){status->st_dev, status->st_ino};
	return false;
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

static void walk(struct input_list *list, const char *path, size_t below, unsigned depth);

/* What was met in a folder. A link that leads nowhere is no file. */
static void
add_found(struct input_list *list, const char *path, size_t below, unsigned depth)
{
	struct stat status;

	if (stat(path, &status) != 0) {
		if (errno != ENOENT && errno != ELOOP)
			add_problem(list, path, below, strerror(errno));
	} else if (S_ISREG(status.st_mode)) {
		add_file(list, path, below, &status, true);
	} else if (S_ISDIR(status.st_mode) && !is_walked(list, &status)) {
		if (depth == MOST_DEPTH)
			add_problem(list, path, below, "is too deep in folders to be searched");
		else
			walk(list, path, below, depth + 1);
	}
}

/* Names of files begin BELOW characters into their path. */
static void
walk(struct input_list *list, const char *path, size_t below, unsigned depth)
{
	struct dirent **entries;
	int count = scandir(path, &entries, is_shown, compare_names);
	size_t length = trimmed_length(path);

	if (count < 0) {
		add_problem(list, path, below, strerror(errno));
		return;
	}
	for (int i = 0; i < count; i++) {
		add_found(list,
		    arena_format(&list->arena, "%.*s/%s", (int)length, path, entries[i]->d_name),
		    below, depth);
		free(entries[i]);
	}
	free(entries);
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
	list->folder_count = 0;
	if (S_ISDIR(status.st_mode) && !is_walked(list, &status))
		walk(list, path, trimmed_length(path) + 1, 0);
	else
		add_file(
		    list, path, slash != NULL ? (size_t)(slash + 1 - path) : 0, &status, false);
	return true;
}

void
inputs_free(struct input_list *list)
{
	mem_free(list->items);
	mem_free(list->folders);
	arena_free(&list->arena);
	*list = (struct input_list){0};
}
