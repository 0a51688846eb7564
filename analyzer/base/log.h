/*
 * Standard error, which belongs to this module: what the operator is told besides the report. How
 * much that is, is a property of the stream, and so it is kept here.
 */
#ifndef SMBTRIAGE_BASE_LOG_H
#define SMBTRIAGE_BASE_LOG_H

#include <stdbool.h>

struct text; /* base/text.h */

enum log_level {
	LOG_NORMAL = 0, /* errors and warnings */
	LOG_QUIET,      /* errors alone */
	LOG_VERBOSE,    /* what is done, too */
};

/* From now on; LOG_NORMAL until then. */
void log_set_level(enum log_level level);
enum log_level log_get_level(void);

/* Each is one line on standard error, "smbtriage: …": what keeps the operator from getting what
 * was asked for; what the report is less good for; what is done. */
void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_detail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* What this thread says goes to HELD from now on, which is borrowed and begins zeroed, until this
 * is called with NULL: for who works out of turn. It is in nobody's mem_used(). */
void log_hold(struct text *held);

/* Empties HELD, once nobody holds anything there; what is in it is said, or it is not. */
void log_let_go(struct text *held, bool is_said);

/*
 * Shows LINE, which must fit the terminal, until something else is to be said or log_hide_status()
 * is called; it replaces the one before. Standard error must be a terminal. A signal that ends or
 * stops the program takes the line away first.
 */
void log_show_status(const char *line);

/* Before a fork: each process knows of a line that the other shows, and takes it away. */
void log_share(void);

/* Takes the line away, if one is shown: to be called before anything is written to a terminal by
 * others. */
void log_hide_status(void);

#endif
