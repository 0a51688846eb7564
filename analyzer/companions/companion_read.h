/* Which kind of companion a file is, by what it holds, and reading it. */
#ifndef SMBTRIAGE_COMPANIONS_COMPANION_READ_H
#define SMBTRIAGE_COMPANIONS_COMPANION_READ_H

#include "analyzer/base/error.h"
#include "analyzer/companions/companion.h"
#include "analyzer/companions/companion_text.h"

/* A kind of file: a row of the table. */
struct companion_format {
	const char *name;    /* for people: "log of the Windows firewall" */
	const char *made_by; /* how one gets it: "pfirewall.log", "netstat -ano" */
	/* Whether TEXT is one, or has one in it. */
	bool (*recognises)(const struct companion_text *text);
	/* Fills the lists of COMPANION, and its damage when it is cut or damaged: what stands
	 * before that counts. TEXT is gone afterwards, but for its file's name. */
	void (*read)(const struct companion_text *text, struct companion *companion);
};

/* All kinds. */
extern const struct companion_format *const companion_formats[];
extern const size_t companion_format_count;

/*
 * Reads FILE (base/infile.h) in RET, for companion_free(). False, with ERROR (EXIT_USAGE), one
 * sentence, when it cannot be read or is of no kind that is known; RET can be freed then, too.
 */
bool companion_read(struct companion *ret, const char *file, struct error *error);

/* The same of LENGTH bytes at hand. */
bool companion_read_bytes(struct companion *ret, const char *file, const uint8_t *bytes,
    size_t length, struct error *error);

#endif
