/* `smbtriage rules lint`: everything that is wrong or weak in files of rules. */
#ifndef SMBTRIAGE_COMMAND_LINT_H
#define SMBTRIAGE_COMMAND_LINT_H

#include "analyzer/base/error.h"
#include "analyzer/options.h"
#include "rules/rule.h"

/* Reads the files and folders that the operands name from the second on, beside RULES, and prints
 * what there is to say of them. */
enum exit_status lint_rules(struct settings *settings, struct rule_set *rules);

#endif
