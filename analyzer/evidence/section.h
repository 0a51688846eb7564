/* What an evidence file says of itself. */
#ifndef SMBTRIAGE_EVIDENCE_SECTION_H
#define SMBTRIAGE_EVIDENCE_SECTION_H

#include <stdbool.h>
#include <stddef.h>

#include "analyzer/base/arena.h"
#include "analyzer/capture/pcapng_writer.h"
#include "analyzer/evidence/target.h"
#include "rules/rule.h"

/* What it is made of. Everything is borrowed. */
struct evidence_facts {
	const char *path;                  /* of the source; its last component is named */
	const char *digest;                /* SHA-256 of the source, in hexadecimal */
	const struct capture_facts *facts; /* of the source */
	const struct rule_set *rules;
	const struct evidence_target *targets;
	size_t target_count;
	/* Of captures of several points: the names of all evidence files in the order of the path;
	 * this is one of them, as FACTS say. */
	const char *const *names;
	size_t name_count;
};

/* The section header: which program and rules made the file of which source, and the findings.
 * Texts live in ARENA; what in them came from packets is made visible. */
struct pcapng_section evidence_section(const struct evidence_facts *about, struct arena *arena);

#endif
