#include "analyzer/sandbox/sandbox.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/crew.h"

/* A sanitizer's runtime does what no lock would allow: it maps its shadow, and at the end it looks
 * at the process from another one. So does that of coverage (COVERAGE=1 in the Makefile): it opens
 * a file at the end. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || defined(COUNTS_COVERAGE)
#define CAN_LOCK false
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CAN_LOCK false
#endif
#endif
#ifndef CAN_LOCK
#define CAN_LOCK true
#endif

/* Descriptors: reports and what they set aside (OPTIONS_MOST_LISTED of each), a baseline, the
 * socket, and the few that are open at a time of captures. The limit is on their numbers. */
#define MOST_DESCRIPTORS 192

/* More for each thread that may read a capture: the file, and a filter for it, which comes as one.
 */
#define DESCRIPTORS_OF_MEMBER 4

/* Where the system does not list which there are. */
#define LIKELY_DESCRIPTORS 1024

static const struct {
	int resource;
	rlim_t most, for_member;
} limits[] = {
    {RLIMIT_CORE, 0, 0}, /* keys and contents of files would be in it */
    {RLIMIT_NOFILE, MOST_DESCRIPTORS, DESCRIPTORS_OF_MEMBER},
    {RLIMIT_NPROC, 0, 0}, /* root may fork all the same */
    {RLIMIT_MSGQUEUE, 0, 0},
};

/* What whoever started the program left open; our own would not survive an execve(2). */
static void
close_if_inherited(int fd)
{
	int flags = fd > STDERR_FILENO ? fcntl(fd, F_GETFD) : -1;

	if (flags >= 0 && (flags & FD_CLOEXEC) == 0)
		close(fd);
}

static void
close_inherited(void)
{
	DIR *folder = opendir("/proc/self/fd");
	const struct dirent *entry;

	for (int fd = 0; folder == NULL && fd < LIKELY_DESCRIPTORS; fd++)
		close_if_inherited(fd);
	while (folder != NULL && (entry = readdir(folder)) != NULL)
		close_if_inherited(atoi(entry->d_name));
	if (folder != NULL)
		closedir(folder);
}

static bool
lower_limits(unsigned members)
{
	struct rlimit limit;
	rlim_t most;

	for (size_t i = 0; i < COUNT(limits); i++) {
		most = limits[i].most + members * limits[i].for_member;
		if (getrlimit(limits[i].resource, &limit) != 0)
			return false;
		/* One that is lower already stays so. */
		if (limit.rlim_max > most)
			limit.rlim_max = most;
		limit.rlim_cur = limit.rlim_max;
		if (setrlimit(limits[i].resource, &limit) != 0)
			return false;
	}
	/* Nobody else of the same user may look into the process. */
	return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
}

/* What holds a thread and those that it begins. */
static void
lock_thread(unsigned wanted, struct sandbox_facts *ret)
{
	if (wanted & SANDBOX_BIT(SANDBOX_NO_NEW_PRIVS))
		ret->is_active[SANDBOX_NO_NEW_PRIVS] = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
	if (wanted & SANDBOX_BIT(SANDBOX_LANDLOCK))
		ret->landlock_abi = landlock_lock();
	ret->is_active[SANDBOX_LANDLOCK] = ret->landlock_abi != 0;
}

/* What holds all threads that there are. */
static void
lock_process(int line, unsigned wanted, unsigned members, struct sandbox_facts *ret)
{
	if (wanted & SANDBOX_BIT(SANDBOX_LIMITS))
		ret->is_active[SANDBOX_LIMITS] = lower_limits(members);
	if (wanted & SANDBOX_BIT(SANDBOX_SECCOMP))
		ret->is_active[SANDBOX_SECCOMP] = seccomp_lock(line);
}

void
sandbox_lock(int line, unsigned wanted, unsigned members, struct sandbox_facts *ret)
{
	close_inherited();
	if (CAN_LOCK)
		lock_thread(wanted, ret);
	crew_begin(members);
	if (CAN_LOCK)
		lock_process(line, wanted, members, ret);
}
