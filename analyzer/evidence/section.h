/* What an evidence file says of itself. */
#ifndef SMBTRIAGE_EVIDENCE_SECTION_H
#define SMBTRIAGE_EVIDENCE_SECTION_H

#include <stdbool.h>
#include <stddef.h>

#include "analyzer/base/arena.h"
#include "analyzer/capture/pcapng_writer.h"
#include "analyzer/evidence/needs.h"
#include "rules/rule.h"

/* One finding that is wanted. */
struct evidence_target {
	const struct finding *finding;
	enum evidence_level level;
	bool is_yielded; /* the file yields it again */
};

/* What it is made of. Everything is borrowed. */
struct evidence_facts {
	const char *path;                  /* of the source; its last component is named */
	const char *digest;                /* SHA-256 of the source, in hexadecimal */
	const struct capture_facts *facts; /* of the source */
	const struct rule_set *rules;
	const struct evidence_target *targets;
	size_t target_count;
};

/* The section header: which program and rules made the file of which source, and the findings.
 * Texts live in ARENA; what in them came from packets is made visible. */
struct pcapng_section evidence_section(const struct evidence_facts *about, struct arena *arena);

#endif
