/*
 * The system calls that a worker may make; any other ends it (seccomp(2)). Each row says who needs
 * the call. The list was made by watching every command, format, compression and kind of key, and
 * is held by fixtures/sandbox_check.
 */
#include <asm/ioctls.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <unistd.h>

#include "analyzer/base/basics.h"
#include "analyzer/sandbox/sandbox.h"

/* What futex(2) is to do, without how. */
#define FUTEX_CMD ((uint32_t)FUTEX_CMD_MASK)

/* Which calls of that name. */
enum condition {
	ALWAYS,
	ON_LINE, /* the first argument is the socket to the keeper */
	ON_SELF, /* the first argument is the process itself */
	MASKED,  /* the argument, masked, has the value */
	REFUSED, /* none, and the process is told so instead of being ended */
};

static const struct row {
	int call;
	enum condition condition;
	unsigned argument; /* from 0 */
	uint64_t mask, value;
} rows[] = {
    /* Captures, drafts, reports and standard error, all of them open already. */
    {SCMP_SYS(read), ALWAYS, 0, 0, 0},
    {SCMP_SYS(write), ALWAYS, 0, 0, 0},
    {SCMP_SYS(writev), ALWAYS, 0, 0, 0}, /* glibc, for what an assertion says */
    {SCMP_SYS(lseek), ALWAYS, 0, 0, 0},
    {SCMP_SYS(close), ALWAYS, 0, 0, 0},
    /* extract begins its draft anew, and reads it by a second descriptor. */
    {SCMP_SYS(ftruncate), ALWAYS, 0, 0, 0},
    {SCMP_SYS(fcntl), MASKED, 1, UINT32_MAX, F_DUPFD_CLOEXEC},
    /* base/errand.c. */
    {SCMP_SYS(sendto), ON_LINE, 0, 0, 0},
    {SCMP_SYS(recvmsg), ON_LINE, 0, 0, 0},
    /* malloc(3) of glibc; nothing that could be executed. */
    {SCMP_SYS(brk), ALWAYS, 0, 0, 0},
    {SCMP_SYS(mmap), MASKED, 2, PROT_EXEC, 0},
    {SCMP_SYS(munmap), ALWAYS, 0, 0, 0},
    {SCMP_SYS(mremap), ALWAYS, 0, 0, 0},
    /* qsort(3) of glibc asks how much memory there is. */
    {SCMP_SYS(sysinfo), ALWAYS, 0, 0, 0},
    /* Threads that wait for each other: base/crew.c, base/ring.c, malloc(3), stdio. */
    {SCMP_SYS(futex), MASKED, 1, FUTEX_CMD, FUTEX_WAIT},
    {SCMP_SYS(futex), MASKED, 1, FUTEX_CMD, FUTEX_WAKE},
    {SCMP_SYS(futex), MASKED, 1, FUTEX_CMD, FUTEX_WAIT_BITSET},
    /* Where the vDSO does not tell the time by itself: progress, --verbose. */
    {SCMP_SYS(clock_gettime), ALWAYS, 0, 0, 0},
    {SCMP_SYS(gettimeofday), ALWAYS, 0, 0, 0},
    {SCMP_SYS(time), ALWAYS, 0, 0, 0},
    /* progress.c: how wide the terminal is, and whether the program is in front of it. */
    {SCMP_SYS(ioctl), MASKED, 1, UINT32_MAX, TIOCGWINSZ},
    {SCMP_SYS(ioctl), MASKED, 1, UINT32_MAX, TIOCGPGRP},
    {SCMP_SYS(getpgrp), ALWAYS, 0, 0, 0},
    {SCMP_SYS(getpgid), ALWAYS, 0, 0, 0}, /* getpgrp(2) where there is no such call */
    /* base/log.c takes its line away when a signal comes, and sends that to itself again; abort(3).
     */
    {SCMP_SYS(rt_sigaction), ALWAYS, 0, 0, 0},
    {SCMP_SYS(rt_sigprocmask), ALWAYS, 0, 0, 0},
    {SCMP_SYS(rt_sigreturn), ALWAYS, 0, 0, 0},
    {SCMP_SYS(restart_syscall), ALWAYS, 0, 0, 0}, /* by the kernel, after a stop */
    {SCMP_SYS(getpid), ALWAYS, 0, 0, 0},
    {SCMP_SYS(gettid), ALWAYS, 0, 0, 0},
    {SCMP_SYS(tgkill), ON_SELF, 0, 0, 0},
    /* The end. */
    {SCMP_SYS(exit), ALWAYS, 0, 0, 0},
    {SCMP_SYS(exit_group), ALWAYS, 0, 0, 0},
    /* stdio asks for the size of blocks and whether a stream is a terminal, and does without. A
     * name could come along, so that this would tell which files there are. */
    {SCMP_SYS(newfstatat), REFUSED, 0, 0, 0},
    {SCMP_SYS(fstat), REFUSED, 0, 0, 0},
};

static int
add_row(scmp_filter_ctx filter, const struct row *row, int line)
{
	struct scmp_arg_cmp masked =
	    SCMP_CMP(row->argument, SCMP_CMP_MASKED_EQ, row->mask, row->value);
	struct scmp_arg_cmp on_line = SCMP_A0(SCMP_CMP_MASKED_EQ, UINT32_MAX, (uint32_t)line);
	struct scmp_arg_cmp on_self = SCMP_A0(SCMP_CMP_MASKED_EQ, UINT32_MAX, (uint32_t)getpid());

	switch (row->condition) {
	case ALWAYS:
		return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, row->call, 0, NULL);
	case ON_LINE:
		return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, row->call, 1, &on_line);
	case ON_SELF:
		return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, row->call, 1, &on_self);
	case MASKED:
		return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, row->call, 1, &masked);
	case REFUSED:
		return seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(EPERM), row->call, 0, NULL);
	}
	return -1;
}

static bool
load(scmp_filter_ctx filter, int line)
{
	if (seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) != 0 ||
	    seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1) != 0)
		return false;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (add_row(filter, &rows[i], line) != 0)
			return false;
	return seccomp_load(filter) == 0;
}

/* The kernel would end a program that it does not know the call from. */
static bool
is_known(void)
{
	return seccomp_api_get() >= 3; /* SCMP_ACT_KILL_PROCESS, Linux 4.14 */
}

bool
seccomp_lock(int line)
{
	scmp_filter_ctx filter;
	bool is_locked;

	if (!is_known())
		return false;
	filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	if (filter == NULL)
		return false;
	is_locked = load(filter, line);
	seccomp_release(filter);
	return is_locked;
}
