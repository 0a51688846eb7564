/* The results and rules of SARIF: sarif.h. */
#ifndef SMBTRIAGE_REPORT_SARIF_RESULT_H
#define SMBTRIAGE_REPORT_SARIF_RESULT_H

#include <stddef.h>

#include "analyzer/base/text.h"
#include "analyzer/report/ndjson_finding.h"
#include "rules/rule.h"

/* "error", "warning", "note" (3.27.10), by enum severity. */
extern const char *const sarif_levels[];

/* A message object (3.11) of CHARS, which are plain already (sarif_add_plain()). */
void sarif_add_message(struct text *text, const char *key, const char *chars);

/* An artifactLocation object (3.4) of the capture at PATH, the one with INDEX. */
void
sarif_add_artifact_location(struct text *text, const char *key, const char *path, size_t index);

/* A result object (3.27), the outermost of TEXT: of a finding in the capture at PATH. */
void sarif_add_result(struct text *text, const struct numbered_finding *finding, size_t rule_index,
    const char *path, size_t artifact_index);

/* The `name` of a descriptor (3.49.7), which Azure DevOps asks for: "smb-tree-refused" as
 * "SmbTreeRefused". */
void sarif_add_name(struct text *text, const char *id);

/* A reportingDescriptor object (3.49). */
void sarif_add_rule(struct text *text, const struct rule *rule);

#endif
