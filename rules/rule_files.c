#include "rules/rule_files.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/base/memory.h"
#include "analyzer/base/text.h"
#include "rules/rule_yaml.h"

#define SUFFIX ".yaml"

/* The names of the *.yaml in a directory, sorted; the caller frees them with the list. */
struct names_list {
	char **items;
	size_t count, capacity;
};

static void
free_names(struct names_list *names)
{
	for (size_t i = 0; i < names->count; i++)
		mem_free(names->items[i]);
	mem_free(names->items);
}

static int
compare_names(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static bool
is_rule_file(const char *name)
{
	size_t length = strlen(name), end = strlen(SUFFIX);

	return name[0] != '.' && length > end && strcmp(name + length - end, SUFFIX) == 0;
}

static bool
list_directory(const char *directory, struct names_list *names, struct error *error)
{
	DIR *dir = opendir(directory);
	const struct dirent *entry;
	char *copy;

	if (dir == NULL) {
		mem_blame(errno);
		return error_set(error, EXIT_USAGE, "%s: %s", directory, strerror(errno));
	}
	while ((entry = readdir(dir)) != NULL) {
		if (!is_rule_file(entry->d_name))
			continue;
		copy = mem_alloc(strlen(entry->d_name) + 1, 1);
		memcpy(copy, entry->d_name, strlen(entry->d_name));
		names->items =
		    mem_grow(names->items, names->count, &names->capacity, sizeof(*names->items));
		names->items[names->count++] = copy;
	}
	closedir(dir);
	if (names->count == 0)
		return error_set(error, EXIT_USAGE, "%s: there is no *%s in it", directory, SUFFIX);
	qsort(names->items, names->count, sizeof(*names->items), compare_names);
	return true;
}

/* 0, or why PATH cannot be read, as errno has it. One byte more than a file may have is read, so
 * that a longer one is known as such. */
static int
read_file(const char *path, char **ret_yaml, size_t *ret_length)
{
	FILE *file = fopen(path, "rbe");
	char *yaml;
	int problem = 0;

	if (file == NULL)
		return errno;
	yaml = mem_alloc(RULE_MOST_BYTES + 1, 1);
	*ret_length = fread(yaml, 1, RULE_MOST_BYTES + 1, file);
	if (ferror(file))
		problem = errno;
	fclose(file);
	if (problem == 0)
		*ret_yaml = yaml;
	else
		mem_free(yaml);
	return problem;
}

bool
rule_file_read(const char *path, char **ret_yaml, size_t *ret_length, struct error *error)
{
	int problem = read_file(path, ret_yaml, ret_length);

	mem_blame(problem);
	return problem == 0 || error_set(error, EXIT_USAGE, "%s: %s", path, strerror(problem));
}

bool
rule_file_load(struct rule_set *set, const char *path, struct error *error)
{
	char *yaml;
	size_t length;
	bool is_loaded;

	if (!rule_file_read(path, &yaml, &length, error))
		return false;
	is_loaded = rule_load(set, path, yaml, length, error);
	mem_free(yaml);
	return is_loaded;
}

bool
rule_file_load_all(struct rule_set *set, const char *path, struct mistakes *mistakes)
{
	char *yaml;
	size_t length;
	bool is_loaded;
	int problem = read_file(path, &yaml, &length);

	if (problem != 0)
		return mistake_add(
		    mistakes, path, 1, 1, "it cannot be read: %s", strerror(problem));
	is_loaded = rule_load_all(set, path, yaml, length, mistakes);
	mem_free(yaml);
	return is_loaded;
}

bool
rule_files_visit(const char *directory, rule_file_visit *visit, void *state, struct error *error)
{
	struct names_list names = {0};
	struct text path = {0};
	bool is_ok = list_directory(directory, &names, error);

	for (size_t i = 0; is_ok && i < names.count; i++) {
		text_clear(&path);
		text_addf(&path, "%s/%s", directory, names.items[i]);
		is_ok = visit(state, text_chars(&path), error);
	}
	text_free(&path);
	free_names(&names);
	return is_ok;
}
