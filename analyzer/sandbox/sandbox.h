/* The locks of the process that reads captures: once they are shut, it can compute, read and write
 * what is open, and ask its keeper for what was listed (base/errand.h), and nothing else. */
#ifndef SMBTRIAGE_SANDBOX_SANDBOX_H
#define SMBTRIAGE_SANDBOX_SANDBOX_H

#include <stdbool.h>

#include "analyzer/facts.h"

/* Of a set of layers, as bits. */
#define SANDBOX_BIT(layer) (1u << (layer))
#define SANDBOX_ALL        (SANDBOX_BIT(SANDBOX_LAYERS) - 1)

/*
 * Locks the process in for good, as far as the kernel can, with those of the layers that are in
 * WANTED, and begins its crew of MEMBERS (base/crew.h), who could not be begun any more. LINE is
 * the socket to its keeper. Before that, it closes every descriptor that the program did not open
 * itself. RET has what is active; its mode stays as it is.
 */
void sandbox_lock(int line, unsigned wanted, unsigned members, struct sandbox_facts *ret);

/* ---- for sandbox.c: the layers that take more than a call ---- */

/* The version of Landlock that is active from now on; 0: there is none. */
unsigned landlock_lock(void);

/* False when the kernel, or this build, has none. */
bool seccomp_lock(int line);

#endif
