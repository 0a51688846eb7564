/* Reading the forms in which PowerShell prints objects: what they share. */
#ifndef SMBTRIAGE_COMPANIONS_POWERSHELL_READER_H
#define SMBTRIAGE_COMPANIONS_POWERSHELL_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/base/arena.h"
#include "analyzer/companions/companion_text.h"
#include "analyzer/companions/powershell.h"

/* Where the reading of a text is. */
struct powershell_reader {
	const struct companion_text *text;
	size_t at, end; /* lines, the first is 0 */
	struct powershell_listing listing;
	struct arena arena; /* of the listing */
	struct powershell_object *objects;
	size_t object_capacity;
	struct powershell_value *values; /* of the list's object that is being read */
	size_t value_count, value_capacity;
	size_t total; /* values of all listings */
};

/* Each reads a listing of its form that begins where READER is, of a table at the line under the
 * names, and leaves READER behind it. False, and READER where it was, when none begins there. */
bool powershell_read_list(struct powershell_reader *reader);
bool powershell_read_table(struct powershell_reader *reader);
bool powershell_read_csv(struct powershell_reader *reader);

/* The line AT; "" behind the last. */
const char *reader_line(const struct powershell_reader *reader, size_t at);

/* LINE, the first is 1, is damaged; it counts as cut when it may be. What is said first stays. */
void reader_set_damage(struct powershell_reader *reader, uint64_t line, const char *words);

void reader_set_names(struct powershell_reader *reader, const char *const *names, size_t count);

/* Whether COUNT more values of the line where READER is can be read. If not, its listing is damaged
 * there, and the text ends there. */
bool reader_has_room(struct powershell_reader *reader, size_t count);

/* VALUES live in the reader's arena. */
void reader_add_object(struct powershell_reader *reader, uint64_t line,
    const struct powershell_value *values, size_t value_count);

/*
 * Whether LAST, which stands last in LINE, may go on, as the file may be cut there. True and False
 * do not.
 */
bool reader_is_doubtful(const struct powershell_reader *reader, uint64_t line, const char *last);

/* Whether LINE ends a table or an object of a list. */
bool reader_ends_object(const char *line);

/* How many characters at AT can be of a property's name: letters, digits, "_". */
size_t property_name_length(const char *at);

/* Whether TEXT is a property's name. */
bool is_property_name(const char *text);

#endif
