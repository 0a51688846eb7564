/* Files of rules, and folders of them. */
#ifndef SMBTRIAGE_RULES_RULE_FILES_H
#define SMBTRIAGE_RULES_RULE_FILES_H

#include <stdbool.h>
#include <stddef.h>

#include "analyzer/base/error.h"
#include "rules/rule.h"

/* Reads PATH whole, or so much that it is known to be too long. The caller frees *RET_YAML with
 * mem_free(). False, with ERROR, when it cannot be read. */
bool rule_file_read(const char *path, char **ret_yaml, size_t *ret_length, struct error *error);

/* Adds the rule of the file at PATH. On failure ERROR holds "file:line:col: …", and SET is as it
 * was. */
bool rule_file_load(struct rule_set *set, const char *path, struct error *error);

/* The same, telling of all that is wrong in it; that it cannot be read is told at 1:1. */
bool rule_file_load_all(struct rule_set *set, const char *path, struct mistakes *mistakes);

/* What is done with a file; false, with ERROR, ends the walk. */
typedef bool rule_file_visit(void *state, const char *path, struct error *error);

/* Visits every *.yaml of DIRECTORY in the order of their names. False, with ERROR, when a visit
 * failed, when the folder cannot be read, and when there is none in it. */
bool
rule_files_visit(const char *directory, rule_file_visit *visit, void *state, struct error *error);

#endif
