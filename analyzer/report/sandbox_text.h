/* What reports say of the sandbox that captures were read in. */
#ifndef SMBTRIAGE_REPORT_SANDBOX_TEXT_H
#define SMBTRIAGE_REPORT_SANDBOX_TEXT_H

#include "analyzer/base/text.h"
#include "analyzer/facts.h"
#include "analyzer/report/record.h"

/* Of struct sandbox_facts. */
extern const struct record sandbox_record;

/* "off", or "no Landlock, no seccomp": what a reader should know. Nothing when every layer is
 * active, or FACTS is NULL. */
void sandbox_add_lack(struct text *text, const struct sandbox_facts *facts);

/* The same between BEFORE, in which a word says what it is about, and AFTER. */
void sandbox_add_note(
    struct text *text, const char *before, const struct sandbox_facts *facts, const char *after);

#endif
