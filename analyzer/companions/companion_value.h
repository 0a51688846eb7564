/* Values as companions spell them. */
#ifndef SMBTRIAGE_COMPANIONS_COMPANION_VALUE_H
#define SMBTRIAGE_COMPANIONS_COMPANION_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/base/addr.h"

/* LENGTH characters that are decimal digits, of a number of at most MOST. False, and RET untouched,
 * when they are something else. */
bool companion_number(const char *chars, size_t length, uint64_t most, uint64_t *ret);

/* LENGTH characters that are an address of IPv4 or IPv6; "%4" behind it, which says by what
 * interface it is meant, is left out. False, and RET untouched, when they are something else. */
bool companion_addr(const char *chars, size_t length, struct addr *ret);

/* LENGTH characters that are a port. Likewise. */
bool companion_port(const char *chars, size_t length, uint16_t *ret);

/* Whether ADDR is 0.0.0.0 or ::, which stand for each address of their family. */
bool companion_is_any(const struct addr *addr);

#endif
