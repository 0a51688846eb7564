#include "analyzer/base/log.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "analyzer/base/text.h"

/* To the first column, and nothing to the right of it (ECMA-48 8.3.41, EL). */
#define ERASE "\r\033[K"

static enum log_level current_level;

/* Whether a line is shown; signal handlers read it. */
static volatile sig_atomic_t is_shown_here;
static volatile sig_atomic_t *is_shown = &is_shown_here;

/* Those that end or stop a program at its terminal. */
static const int ending_signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};

void
log_set_level(enum log_level level)
{
	current_level = level;
}

enum log_level
log_get_level(void)
{
	return current_level;
}

/* Where this thread's lines go instead, until their turn comes; or NULL. */
static _Thread_local struct text *held_back;

/* It is in nobody's account: that of an analysis is the same when what it says is not held. */
static void
hold(const char *line)
{
	size_t used = mem_used();

	text_addf(held_back, "smbtriage: %s\n", line);
	mem_account(mem_used(), used);
}

/* A file may be called anything, and so may what a capture holds. */
static void __attribute__((format(printf, 1, 0))) say(const char *format, va_list arguments)
{
	struct text said = {0}, shown = {0};

	text_addv(&said, format, arguments);
	text_add_visible(&shown, text_chars(&said));
	if (held_back != NULL) {
		hold(text_chars(&shown));
	} else {
		log_hide_status();
		fprintf(stderr, "smbtriage: %s\n", text_chars(&shown));
	}
	text_free(&said);
	text_free(&shown);
}

void
log_hold(struct text *held)
{
	held_back = held;
}

void
log_let_go(struct text *held, bool is_said)
{
	size_t used = mem_used();

	if (is_said && held->length != 0) {
		log_hide_status();
		fputs(text_chars(held), stderr);
	}
	text_free(held);
	mem_account(mem_used(), used);
}

void
log_share(void)
{
	if (is_shown == &is_shown_here)
		is_shown = mem_share(sizeof(*is_shown));
}

void
log_error(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say(format, arguments);
	va_end(arguments);
}

void
log_warning(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	if (current_level != LOG_QUIET)
		say(format, arguments);
	va_end(arguments);
}

void
log_detail(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	if (current_level == LOG_VERBOSE)
		say(format, arguments);
	va_end(arguments);
}

/* write(2), which a signal handler may call. A terminal that is gone is no trouble of ours. */
static void
put(const char *chars, size_t length)
{
	ssize_t written = write(STDERR_FILENO, chars, length);

	(void)written;
}

/* The signal is sent again, to whatever it would have done: SA_RESETHAND. */
static void
leave_clean(int signal)
{
	int problem = errno;

	if (*is_shown)
		put(ERASE, strlen(ERASE));
	*is_shown = 0;
	raise(signal);
	errno = problem;
}

/* Signals that somebody ignores (nohup) or handles stay as they are. */
static void
watch_signals(void)
{
	struct sigaction action = {
	    .sa_handler = leave_clean, .sa_flags = (int)(SA_RESETHAND | SA_NODEFER | SA_RESTART)};
	struct sigaction old;

	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < COUNT(ending_signals); i++)
		if (sigaction(ending_signals[i], NULL, &old) == 0 && old.sa_handler == SIG_DFL)
			sigaction(ending_signals[i], &action, NULL);
}

void
log_show_status(const char *line)
{
	char shown[512];
	int length = snprintf(shown, sizeof(shown), ERASE "%s", line);

	watch_signals();
	*is_shown = 1;
	put(shown, (size_t)length < sizeof(shown) ? (size_t)length : sizeof(shown) - 1);
}

void
log_hide_status(void)
{
	if (!*is_shown)
		return;
	put(ERASE, strlen(ERASE));
	*is_shown = 0;
}
