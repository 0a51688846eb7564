/* What rules there are. */
#include <stdio.h>

#include "analyzer/command/command.h"
#include "analyzer/options.h"

enum exit_status
run_rules(struct settings *settings, struct rule_set *rules)
{
	(void)settings;
	for (size_t i = 0; i < rules->count; i++)
		printf("%-34s %-8s %s\n", rules->items[i]->id,
		    severity_names[rules->items[i]->severity], rules->items[i]->title);
	return command_written(EXIT_DONE);
}
