/*
 * What PowerShell prints of objects: Format-List, Format-Table and the CSV of Export-Csv, in files
 * that may hold prompts and other text too. The names of the properties are the same in every
 * language. Not read: what ConvertTo-Json and Export-Clixml write, Format-Wide, and values that
 * -Wrap or a line feed in them spread over several lines of a table or a CSV.
 */
#ifndef SMBTRIAGE_COMPANIONS_POWERSHELL_H
#define SMBTRIAGE_COMPANIONS_POWERSHELL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/base/arena.h"
#include "analyzer/companions/companion.h"
#include "analyzer/companions/companion_text.h"

/* The most columns of a table or a CSV. The objects that are looked for have 80 at most. */
#define POWERSHELL_COLUMNS_MOST 128

/* The most values that are read of a file: those of 300,000 connections, which take 300 MiB. */
#define POWERSHELL_VALUES_MOST ((size_t)1 << 21)

enum powershell_form { POWERSHELL_LIST, POWERSHELL_TABLE, POWERSHELL_CSV };

/* A property of an object. */
struct powershell_value {
	const char *name;
	const char *text; /* without blanks around it; "": it has none */
	uint64_t line;    /* the first is 1 */
	bool is_cut;      /* a table's column was too narrow: it ends in "..." or U+2026 */
};

struct powershell_object {
	uint64_t line; /* where it begins */
	const struct powershell_value *values;
	size_t value_count;
};

/* What one command printed: objects that have the same properties. */
struct powershell_listing {
	enum powershell_form form;
	const char *const *names; /* of the properties, of a list: of its first object */
	size_t name_count;
	const struct powershell_object *objects;
	size_t object_count;
	bool is_ended; /* its end was seen: no object is missing there, if not by damage */
	uint64_t
	    damage_line;    /* where it is cut or damaged; the objects are those before; 0: none */
	const char *damage; /* how, for companion_note_damage() */
};

/* Whether the objects of LISTING have a property NAME, in any case, as PowerShell takes it. */
bool powershell_has_name(const struct powershell_listing *listing, const char *name);

/* The value of property NAME; NULL when OBJECT has none. */
const struct powershell_value *
powershell_value(const struct powershell_object *object, const char *name);

/* The same's text; "" when OBJECT has none, or when it is cut. */
const char *powershell_text(const struct powershell_object *object, const char *name);

/* True or False; not known when it is anything else. */
struct number powershell_bool(const struct powershell_object *object, const char *name);

/* A decimal number up to MOST; not known when it is anything else. */
struct number
powershell_number(const struct powershell_object *object, const char *name, uint64_t most);

/*
 * The named properties of OBJECT for a quotation, as far as it has them: "Name data, EncryptData
 * False". NAMES ends with NULL.
 */
const char *powershell_quote(
    const struct powershell_object *object, const char *const *names, struct arena *arena);

/* A kind of listing and what becomes of it. */
struct powershell_kind {
	bool (*is_of_kind)(const struct powershell_listing *listing);
	/* What LISTING of TEXT says, into COMPANION; it is gone when this returns, its damage is
	 * seen to. */
	void (*take)(const struct powershell_listing *listing, const struct companion_text *text,
	    struct companion *companion);
};

/* Whether a listing of KIND begins within the first 4,096 lines of TEXT. */
bool powershell_recognises(const struct companion_text *text, const struct powershell_kind *kind);

/* Takes all listings of KIND, and their damage. */
void powershell_read(const struct companion_text *text, const struct powershell_kind *kind,
    struct companion *companion);

#endif
