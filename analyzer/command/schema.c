/* The JSON Schema of what the program writes as NDJSON. */
#include "analyzer/report/schema.h"

#include <stdio.h>

#include "analyzer/command/command.h"

enum exit_status
run_schema(struct settings *settings, struct rule_set *rules)
{
	(void)settings;
	schema_print(stdout, rules->types, rules->type_count);
	return command_written(EXIT_DONE);
}
