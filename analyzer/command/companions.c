#include "analyzer/command/companions.h"

#include "analyzer/base/infile.h"
#include "analyzer/base/log.h"

void
companions_list(const struct settings *settings)
{
	struct addr host;

	for (size_t i = 0; i < settings->companion_count; i++)
		infile_list(companion_file_of(settings->companions[i], &host));
}

bool
companions_read(const struct settings *settings, struct companion_set *set,
    enum exit_status *ret_status, struct error *error)
{
	for (size_t i = 0; i < settings->companion_count; i++)
		if (!companion_set_add(set, settings->companions[i], error))
			return false;
	for (size_t i = 0; i < set->count; i++) {
		if (set->items[i].damage == NULL)
			continue;
		log_warning("%s", set->items[i].damage);
		*ret_status = command_worse(*ret_status, EXIT_INPUT);
	}
	companion_set_settle(set);
	return true;
}
