/*
 * What a worker has its keeper do. The worker reads captures and can open nothing by itself; the
 * keeper is the process that the operator started, and does only what is named here.
 *
 * An errand is a kind and a number, so that the keeper never reads what a capture could have
 * written: the number means something that both processes know since before they parted.
 */
#ifndef SMBTRIAGE_BASE_ERRAND_H
#define SMBTRIAGE_BASE_ERRAND_H

#include <stdbool.h>
#include <stdint.h>

enum errand {
	ERRAND_OPEN,    /* an input, by its place in the list (infile.h) */
	ERRAND_COMPILE, /* the operator's filter, by the link type (capture/libpcap.h) */
};

#define ERRAND_WORDS_SIZE 256

/* ---- the worker's end ---- */

/* From now on the process is a worker; its keeper is at the other end of LINE. */
void errand_begin(int line);

/* Whether the process is a worker. */
bool errand_has_keeper(void);

/*
 * Sends the keeper for something. The descriptor that it brings, which is the caller's; or -1, with
 * errno, and in RET_WORDS what is wrong where errno does not say it, else "". Where the keeper is
 * gone, so is the worker, with status 4. Threads wait for each other.
 */
int errand_send(enum errand what, uint32_t number, char ret_words[ERRAND_WORDS_SIZE]);

/* ---- the keeper's end ---- */

struct errand_request {
	uint32_t what; /* enum errand, if it is one */
	uint32_t number;
};

/* Waits for the next errand. False when there can be no more: the worker has ended. With errno
 * EINTR, a signal came. A worker that sends what is no errand is sent away. */
bool errand_receive(int line, struct errand_request *ret);

/* Answers with FD, which stays the caller's; or, FD being negative, with PROBLEM, an errno, and
 * WORDS, which are cut to fit. */
void errand_answer(int line, int fd, int problem, const char *words);

#endif
