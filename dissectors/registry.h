/* All dissectors and all exchange types of the program. */
#ifndef SMBTRIAGE_DISSECTORS_REGISTRY_H
#define SMBTRIAGE_DISSECTORS_REGISTRY_H

#include <stddef.h>

#include "analyzer/dissector.h"

extern const struct dissector_list all_dissectors;

extern const struct exchange_type *const dissector_exchange_types[];
extern const size_t dissector_exchange_type_count;

#endif
