/*
 * The hidden command --try-escape, for fixtures/sandbox_check: from inside this very program,
 * locked in as a worker is, it tries what somebody would try who took over a worker. Each attempt
 * has a process of its own, and does what it does to the working directory.
 */
/* For the numbers of system calls, and the flags of clone(2). */
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/crew.h"
#include "analyzer/base/errand.h"
#include "analyzer/base/infile.h"
#include "analyzer/command/command.h"
#include "analyzer/options.h"
#include "analyzer/sandbox/sandbox.h"

/* Those that headers may lack; the same on every architecture but Alpha. */
#define NUMBER_IO_URING_SETUP 425
#define NUMBER_PIDFD_OPEN     434
#define NUMBER_CLONE3         435
#define NUMBER_OPENAT2        437

/* In place of an argument: the process that began this one; a socket that is not the one to it. */
#define KEEPER LONG_MIN
#define OTHER  (LONG_MIN + 1)

/* A pointer among the arguments. */
#define AT(pointer) ((long)(pointer))

static char room[4096]; /* zeros, where a call wants to read or write a structure */
static int pair[2];
static struct sockaddr_in anywhere = {.sin_family = AF_INET};
static const char *const words[] = {"true", NULL};

/* What it would take to get out, or to get further. */
static const struct attempt {
	const char *name;
	long number;
	long arguments[6];
} attempts[] = {
#ifdef SYS_open
    {"open", SYS_open, {AT("here"), O_RDONLY}},
    {"creat", SYS_creat, {AT("made"), 0600}},
    {"unlink", SYS_unlink, {AT("unlinked")}},
    {"rename", SYS_rename, {AT("renamed"), AT("to")}},
    {"link", SYS_link, {AT("here"), AT("linked")}},
    {"symlink", SYS_symlink, {AT("here"), AT("symbolic")}},
    {"mkdir", SYS_mkdir, {AT("folder"), 0700}},
    {"chmod", SYS_chmod, {AT("here"), 0600}},
    {"stat", SYS_stat, {AT("here"), AT(room)}},
    {"access", SYS_access, {AT("here"), F_OK}},
    {"fork", SYS_fork, {0}},
    {"vfork", SYS_vfork, {0}},
    {"dup2", SYS_dup2, {2, 1}},
#endif
    {"openat", SYS_openat, {AT_FDCWD, AT("here"), O_RDONLY}},
    {"openat2", NUMBER_OPENAT2, {AT_FDCWD, AT("here"), AT(room), 24}},
    {"truncate", SYS_truncate, {AT("here"), 1}},
    {"newfstatat", SYS_newfstatat, {AT_FDCWD, AT("here"), AT(room), 0}},
    {"chdir", SYS_chdir, {AT(".")}},
    {"chroot", SYS_chroot, {AT(".")}},
    {"socket", SYS_socket, {AF_INET, SOCK_STREAM, 0}},
    {"socket-unix", SYS_socket, {AF_UNIX, SOCK_STREAM, 0}},
    {"socketpair", SYS_socketpair, {AF_UNIX, SOCK_STREAM, 0, AT(room)}},
    {"connect", SYS_connect, {OTHER, AT(&anywhere), sizeof(anywhere)}},
    {"bind", SYS_bind, {OTHER, AT(&anywhere), sizeof(anywhere)}},
    {"listen", SYS_listen, {OTHER, 1}},
    {"sendto", SYS_sendto, {OTHER, AT(room), 1, 0, 0, 0}},
    {"clone", SYS_clone, {SIGCHLD}},
    {"clone3", NUMBER_CLONE3, {AT(room), 64}},
    {"execve", SYS_execve, {AT("/bin/true"), AT(words), 0}},
    {"execveat", SYS_execveat, {AT_FDCWD, AT("/bin/true"), AT(words), 0, 0}},
    {"kill", SYS_kill, {KEEPER, 0}},
    {"tkill", SYS_tkill, {KEEPER, 0}},
    {"tgkill", SYS_tgkill, {KEEPER, KEEPER, 0}},
    {"pidfd_open", NUMBER_PIDFD_OPEN, {KEEPER, 0}},
    {"ptrace", SYS_ptrace, {PTRACE_SEIZE, KEEPER, 0, 0}},
    {"process_vm_readv", SYS_process_vm_readv, {KEEPER, AT(room), 0, AT(room), 0, 0}},
    {"mmap-exec", SYS_mmap, {0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0}},
    {"mprotect-exec", SYS_mprotect, {0, 0, PROT_READ | PROT_EXEC}},
    {"memfd_create", SYS_memfd_create, {AT("x"), 0}},
    {"ioctl-tiocsti", SYS_ioctl, {2, TIOCSTI, AT(room)}},
    {"fcntl-setfl", SYS_fcntl, {2, F_SETFL, 0}},
    {"prctl", SYS_prctl, {PR_SET_DUMPABLE, 1, 0, 0, 0}},
    {"prlimit", SYS_prlimit64, {0, RLIMIT_CORE, 0, AT(room)}},
    {"setuid", SYS_setuid, {0}},
    {"setgid", SYS_setgid, {0}},
    {"setsid", SYS_setsid, {0}},
    {"personality", SYS_personality, {0xffffffff}},
    {"unshare", SYS_unshare, {CLONE_NEWUSER}},
    {"setns", SYS_setns, {OTHER, 0}},
    {"mount", SYS_mount, {AT("none"), AT("."), AT("tmpfs"), 0, 0}},
    {"umount", SYS_umount2, {AT("."), 0}},
    {"bpf", SYS_bpf, {0, AT(room), 64}},
    {"io_uring_setup", NUMBER_IO_URING_SETUP, {1, AT(room)}},
    {"perf_event_open", SYS_perf_event_open, {AT(room), 0, -1, -1, 0}},
    {"userfaultfd", SYS_userfaultfd, {0}},
    {"keyctl", SYS_keyctl, {0, -3, 0}},
    {"seccomp", SYS_seccomp, {0, 0, 0}},
    {"inotify_init1", SYS_inotify_init1, {0}},
    {"uname", SYS_uname, {AT(room)}},
};

static long
argument_of(const struct attempt *attempt, size_t i)
{
	if (attempt->arguments[i] == OTHER)
		return pair[1];
	return attempt->arguments[i] == KEEPER ? getppid() : attempt->arguments[i];
}

static void
make_call(void *state)
{
	const struct attempt *attempt = state;
	long result = syscall(attempt->number, argument_of(attempt, 0), argument_of(attempt, 1),
	    argument_of(attempt, 2), argument_of(attempt, 3), argument_of(attempt, 4),
	    argument_of(attempt, 5));

	_exit(result >= 0 ? 0 : errno);
}

/* Locked in, as the worker is: by its first thread or, when it has a crew, by one of that. */
static _Noreturn void
try_one(struct attempt attempt, unsigned layers, unsigned members)
{
	struct sandbox_facts facts = {.mode = SANDBOX_AUTO};
	struct crew_task task = {.work = make_call, .state = &attempt};

	sandbox_lock(pair[0], layers, members, &facts);
	if (crew_do(&task))
		crew_wait(&task);
	make_call(&attempt);
	_exit(EXIT_INTERNAL);
}

/* Whether it came to anything; printed, too. */
static bool
try_escape(const struct attempt *attempt, unsigned layers, unsigned members)
{
	pid_t child = fork();
	int status = 0;

	if (child == 0)
		try_one(*attempt, layers, members);
	if (child < 0 || waitpid(child, &status, 0) != child)
		printf("%s\tnot tried\n", attempt->name);
	else if (WIFSIGNALED(status))
		printf("%s\t%s\n", attempt->name, strsignal(WTERMSIG(status)));
	else
		printf("%s\t%s\n", attempt->name, strerror(WEXITSTATUS(status)));
	return status == 0;
}

/* ---- what the keeper is asked for ---- */

static void
tell_errand(const char *name, int fd)
{
	printf("%s\t%s\n", name, strerror(fd >= 0 ? 0 : errno));
	if (fd >= 0)
		close(fd);
}

/* In a worker that may open "here". */
static enum exit_status
ask_keeper(void *state)
{
	char said[ERRAND_WORDS_SIZE];

	(void)state;
	tell_errand("listed", infile_open("here"));
	tell_errand("not-listed", infile_open("./here"));
	tell_errand("beyond-list", errand_send(ERRAND_OPEN, 1, said));
	tell_errand("far-beyond-list", errand_send(ERRAND_OPEN, UINT32_MAX, said));
	tell_errand("no-filter", errand_send(ERRAND_COMPILE, 1, said));
	tell_errand("no-errand", errand_send((enum errand)99, 0, said));
	return command_written(EXIT_DONE);
}

static enum exit_status
try_keeper(struct settings *settings)
{
	enum exit_status status;

	infile_list("here");
	command_have_done(settings, 1, ask_keeper, NULL, &status);
	infile_free();
	return status;
}

/* ---- the command ---- */

static const struct {
	const char *name;
	unsigned layers;
} choices[] = {
    {"all", SANDBOX_ALL},
    {"landlock", SANDBOX_BIT(SANDBOX_NO_NEW_PRIVS) | SANDBOX_BIT(SANDBOX_LANDLOCK)},
    {"seccomp", SANDBOX_BIT(SANDBOX_NO_NEW_PRIVS) | SANDBOX_BIT(SANDBOX_SECCOMP)},
    {"limits", SANDBOX_BIT(SANDBOX_LIMITS)},
    {"none", 0},
};

/* Whether operands behind the first name the attempt; none names all. */
static bool
is_wanted(const struct settings *settings, const struct attempt *attempt)
{
	for (size_t i = 1; i < settings->operand_count; i++)
		if (strcmp(settings->operands[i], attempt->name) == 0)
			return true;
	return settings->operand_count <= 1;
}

static enum exit_status
try_all(const struct settings *settings, unsigned layers)
{
	bool is_escaped = false;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		return EXIT_INTERNAL;
	for (size_t i = 0; i < COUNT(attempts); i++) {
		fflush(stdout);
		if (is_wanted(settings, &attempts[i]))
			is_escaped |=
			    try_escape(&attempts[i], layers, command_members(settings, 1));
	}
	return command_written(is_escaped ? EXIT_THRESHOLD : EXIT_DONE);
}

enum exit_status
run_try_escape(struct settings *settings, struct rule_set *rules)
{
	const char *name = settings->operand_count != 0 ? settings->operands[0] : "all";

	(void)rules;
	for (size_t i = 0; i < COUNT(choices); i++)
		if (strcmp(choices[i].name, name) == 0)
			return try_all(settings, choices[i].layers);
	return try_keeper(settings);
}
