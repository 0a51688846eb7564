/* The operator's FILE and DIR arguments as a list of files. */
#ifndef SMBTRIAGE_INPUTS_H
#define SMBTRIAGE_INPUTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/base/arena.h"
#include "analyzer/base/error.h"

struct input {
	const char *path;
	const char *name; /* PATH below the folder that was walked, or its last component: the
			   * same wherever the captures lie; in path or static */
	uint64_t size;    /* bytes on disk; 0 where that says nothing: standard input, a device */
	bool is_found;    /* met while walking a folder: no capture there is no error */
	const char
	    *problem; /* why what was met cannot be read, a sentence without its path; else NULL */
};

struct input_list {
	struct arena arena;
	struct input *items;
	size_t count, capacity;
	struct input_folder *folders; /* that were walked for the operand at hand */
	size_t folder_count, folder_capacity;
};

/* Adds PATH: "-" or a file as it is, a folder as every file below it, in byte order of names;
 * hidden ones are left out, and a folder to which several links lead is walked once. False, with
 * ERROR, when it cannot be read; what cannot be read below it is in the list, with its problem. */
bool inputs_add(struct input_list *list, const char *path, struct error *error);

void inputs_free(struct input_list *list);

#endif
