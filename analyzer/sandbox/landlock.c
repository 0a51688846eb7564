/*
 * Landlock (landlock(7)): every access that the kernel's version can deny is denied. The numbers
 * are those of the kernel's interface, since the headers of Debian 12 end at the second version.
 */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "analyzer/base/basics.h"
#include "analyzer/sandbox/sandbox.h"

/* The same on every architecture but Alpha. */
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#endif
#ifndef SYS_landlock_restrict_self
#define SYS_landlock_restrict_self 446
#endif

/* LANDLOCK_CREATE_RULESET_VERSION */
#define ASK_VERSION 1u

/* struct landlock_ruleset_attr. An older kernel takes a shorter one. */
struct ruleset {
	uint64_t files;   /* handled_access_fs */
	uint64_t network; /* handled_access_net */
	uint64_t scopes;  /* scoped */
};

/* What each version can deny, all before it included. */
static const struct version {
	unsigned number;
	struct ruleset all;
	size_t size;
} versions[] = {
    {6, {0xffff, 3, 3}, sizeof(struct ruleset)},            /* abstract Unix sockets, signals */
    {5, {0xffff, 3, 0}, offsetof(struct ruleset, scopes)},  /* ioctl(2) on devices */
    {4, {0x7fff, 3, 0}, offsetof(struct ruleset, scopes)},  /* bind(2), connect(2) by TCP */
    {3, {0x7fff, 0, 0}, offsetof(struct ruleset, network)}, /* truncate(2) */
    {2, {0x3fff, 0, 0}, offsetof(struct ruleset, network)}, /* rename and link across folders */
    {1, {0x1fff, 0, 0}, offsetof(struct ruleset, network)}, /* everything else on files */
};

/* The one that the kernel has, or the newest of ours; NULL: none. */
static const struct version *
find_version(void)
{
	long number = syscall(SYS_landlock_create_ruleset, NULL, (size_t)0, ASK_VERSION);

	for (size_t i = 0; i < COUNT(versions); i++)
		if (number >= (long)versions[i].number)
			return &versions[i];
	return NULL;
}

unsigned
landlock_lock(void)
{
	const struct version *version = find_version();
	bool is_locked;
	long fd;

	if (version == NULL)
		return 0;
	fd = syscall(SYS_landlock_create_ruleset, &version->all, version->size, 0u);
	if (fd < 0)
		return 0;
	is_locked = syscall(SYS_landlock_restrict_self, (int)fd, 0u) == 0;
	close((int)fd);
	return is_locked ? version->number : 0;
}
