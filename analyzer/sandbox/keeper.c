/* For SOCK_CLOEXEC and waitid(2) with WNOWAIT. */
#define _GNU_SOURCE

#include "analyzer/sandbox/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/crew.h"
#include "analyzer/base/crypto.h"
#include "analyzer/base/errand.h"
#include "analyzer/base/infile.h"
#include "analyzer/base/log.h"
#include "analyzer/capture/libpcap.h"
#include "analyzer/sandbox/sandbox.h"

/* ---- signals ---- */

/* What is sent to the program is meant for both processes. */
static const struct {
	int signal;
	bool is_end; /* else the program goes on */
} shared_signals[] = {{SIGINT, true}, {SIGTERM, true}, {SIGHUP, true}, {SIGQUIT, true},
    {SIGTSTP, false}, {SIGCONT, false}};

static volatile pid_t worker;          /* 0: there is none */
static volatile sig_atomic_t ended_by; /* the signal that the program is to end by, or 0 */
static struct sigaction old_actions[COUNT(shared_signals)];

static void pass_on(int signal);

static const struct sigaction passing = {.sa_handler = pass_on, .sa_flags = SA_NODEFER};

/* Stops as a program does that knows nothing of signals. */
static void
stop(void)
{
	const struct sigaction usual = {.sa_handler = SIG_DFL};

	sigaction(SIGTSTP, &usual, NULL);
	raise(SIGTSTP);
	sigaction(SIGTSTP, &passing, NULL);
}

static void
pass_on(int signal)
{
	int problem = errno;

	if (worker > 0)
		kill(worker, signal);
	if (signal == SIGTSTP)
		stop();
	else if (signal != SIGCONT)
		ended_by = signal;
	errno = problem;
}

/* Signals that somebody ignores (nohup) stay so. Blocked until both processes know who they are. */
static void
watch_signals(sigset_t *ret_mask)
{
	sigset_t watched;

	sigemptyset(&watched);
	for (size_t i = 0; i < COUNT(shared_signals); i++)
		sigaddset(&watched, shared_signals[i].signal);
	sigprocmask(SIG_BLOCK, &watched, ret_mask);
	for (size_t i = 0; i < COUNT(shared_signals); i++) {
		sigaction(shared_signals[i].signal, NULL, &old_actions[i]);
		if (old_actions[i].sa_handler == SIG_DFL)
			sigaction(shared_signals[i].signal, &passing, NULL);
	}
}

static void
leave_signals(void)
{
	for (size_t i = 0; i < COUNT(shared_signals); i++)
		sigaction(shared_signals[i].signal, &old_actions[i], NULL);
}

/* ---- the worker ---- */

/* What reads files when it is first used, and could not any more. */
static void
warm_up(void)
{
	crypto_start();
	tzset(); /* for gmtime(3), too */
}

static _Noreturn void
be_worker(const struct task *task, int line, pid_t keeper)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (getppid() != keeper)
		_exit(EXIT_INTERNAL);
	errand_begin(line);
	warm_up();
	if (task->sandbox->mode == SANDBOX_OFF)
		crew_begin(task->members);
	else
		sandbox_lock(line, SANDBOX_ALL, task->members, task->sandbox);
	exit((int)task->work(task->state));
}

/* ---- the keeper ---- */

/* What the keeper knows of its worker. */
struct charge {
	const struct task *task;
	int line;
	const char *input; /* that it opened last, or NULL */
};

static void
do_open(struct charge *charge, uint32_t number)
{
	int fd = infile_open_listed(number);

	if (infile_listed(number) != NULL)
		charge->input = infile_listed(number);
	errand_answer(charge->line, fd, errno, "");
	if (fd >= 0)
		close(fd);
}

static void
do_compile(struct charge *charge, uint32_t link_type)
{
	char words[ERRAND_WORDS_SIZE] = "";
	int fd = -1;

	if (charge->task->filter != NULL && link_type <= UINT16_MAX)
		fd = libpcap_compile(
		    charge->task->filter, (uint16_t)link_type, words, sizeof(words));
	errand_answer(charge->line, fd, EACCES, words);
	if (fd >= 0)
		close(fd);
}

static void
serve(struct charge *charge)
{
	struct errand_request request;

	for (;;) {
		if (!errand_receive(charge->line, &request)) {
			if (errno == EINTR)
				continue;
			return;
		}
		if (request.what == ERRAND_OPEN)
			do_open(charge, request.number);
		else if (request.what == ERRAND_COMPILE)
			do_compile(charge, request.number);
		else
			errand_answer(charge->line, -1, EINVAL, "");
	}
}

/* The status of the worker, as wait(2) gives it. Its number stays its own until no signal can be
 * passed on to it any more. */
static int
wait_for_worker(void)
{
	siginfo_t info;
	int status = 0;

	while (waitid(P_PID, (id_t)worker, &info, WEXITED | WNOWAIT) != 0 && errno == EINTR)
		;
	leave_signals();
	while (waitpid(worker, &status, 0) < 0 && errno == EINTR)
		;
	worker = 0;
	return status;
}

/* Why a worker was ended by a signal that nobody sent to the program. */
static const char *
reason_of(int signal)
{
	if (signal == SIGSYS)
		return "it made a system call that the sandbox does not allow";
	if (signal == SIGKILL)
		return "it was killed, perhaps as memory ran out";
	return strsignal(signal);
}

/* Whether it is one that somebody sends to end a program, or that a closed output causes. */
static bool
is_end(int signal)
{
	for (size_t i = 0; i < COUNT(shared_signals); i++)
		if (shared_signals[i].is_end && shared_signals[i].signal == signal)
			return true;
	return signal == SIGPIPE;
}

static void
tell_end(const struct charge *charge, int signal)
{
	const char *reason = signal != 0 ? reason_of(signal) : "it ended without a word";

	if (charge->input != NULL)
		log_error("%s%s: the analysis did not come to its end: %s; no file was written, "
			  "and standard output is not whole",
		    charge->input,
		    charge->task->files > 1 && charge->task->members != 0
			? ", or a file that was read beside it"
			: "",
		    reason);
	else
		log_error("the analysis did not begin: %s; nothing was written", reason);
}

static bool
judge_end(const struct charge *charge, int status, enum exit_status *ret)
{
	int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

	if (ended_by == 0 && is_end(signal))
		ended_by = signal;
	if (ended_by != 0)
		return false;
	if (signal == 0 && WEXITSTATUS(status) <= EXIT_INTERNAL) {
		*ret = (enum exit_status)WEXITSTATUS(status);
		return true;
	}
	tell_end(charge, signal);
	return false;
}

static bool
keep(struct charge *charge, enum exit_status *ret)
{
	int status;

	serve(charge);
	close(charge->line);
	status = wait_for_worker();
	return judge_end(charge, status, ret);
}

/* Both ends of the line between the two processes; the keeper's is first. */
static bool
make_line(int ret[2])
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ret) == 0)
		return true;
	log_error("a socket cannot be made: %s", strerror(errno));
	return false;
}

bool
keeper_run(const struct task *task, enum exit_status *ret)
{
	struct charge charge = {.task = task};
	pid_t keeper = getpid(), child;
	sigset_t mask;
	int line[2];

	*ret = EXIT_INTERNAL;
	/* What waits to be written would be written twice. */
	fflush(NULL);
	log_share();
	if (!make_line(line))
		return false;
	watch_signals(&mask);
	child = fork();
	if (child == 0) {
		leave_signals();
		close(line[0]);
		sigprocmask(SIG_SETMASK, &mask, NULL);
		be_worker(task, line[1], keeper);
	}
	close(line[1]);
	worker = child > 0 ? child : 0;
	sigprocmask(SIG_SETMASK, &mask, NULL);
	charge.line = line[0];
	if (child > 0)
		return keep(&charge, ret);
	log_error("a process cannot be made to read captures: %s", strerror(errno));
	leave_signals();
	close(line[0]);
	return false;
}

void
keeper_end(enum exit_status status)
{
	if (ended_by != 0) {
		fflush(NULL);
		log_hide_status();
		signal(ended_by, SIG_DFL);
		raise(ended_by);
	}
	exit((int)status);
}
