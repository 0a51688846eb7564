/* For MSG_CMSG_CLOEXEC. */
#define _GNU_SOURCE

#include "analyzer/base/errand.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "analyzer/base/error.h"

struct answer {
	int32_t problem; /* errno, or 0: a descriptor comes along */
	char words[ERRAND_WORDS_SIZE];
};

/* Room for one descriptor, aligned as cmsg(3) wants it. */
union passing {
	char room[CMSG_SPACE(sizeof(int))];
	struct cmsghdr aligned;
};

static int keeper = -1; /* the line to it; negative: there is none */

/* Held from a request to its answer. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void
errand_begin(int line)
{
	keeper = line;
}

bool
errand_has_keeper(void)
{
	return keeper >= 0;
}

static ssize_t
receive(int line, void *bytes, size_t size, union passing *passing, struct msghdr *message)
{
	struct iovec part = {bytes, size};

	*message = (struct msghdr){.msg_iov = &part, .msg_iovlen = 1};
	if (passing != NULL) {
		message->msg_control = passing->room;
		message->msg_controllen = sizeof(passing->room);
	}
	return recvmsg(line, message, MSG_CMSG_CLOEXEC);
}

/* The descriptor that came with MESSAGE, or -1. */
static int
passed(struct msghdr *message)
{
	const struct cmsghdr *part = CMSG_FIRSTHDR(message);
	int fd = -1;

	if (part != NULL && part->cmsg_level == SOL_SOCKET && part->cmsg_type == SCM_RIGHTS)
		memcpy(&fd, CMSG_DATA(part), sizeof(fd));
	return fd;
}

static bool
say(int line, const struct errand_request *request)
{
	ssize_t sent;

	do
		sent = send(line, request, sizeof(*request), MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	return sent == (ssize_t)sizeof(*request);
}

static bool
hear(int line, struct answer *ret, int *ret_fd)
{
	union passing passing;
	struct msghdr message;
	ssize_t got;

	do
		got = receive(line, ret, sizeof(*ret), &passing, &message);
	while (got < 0 && errno == EINTR);
	if (got != (ssize_t)sizeof(*ret))
		return false;
	*ret_fd = passed(&message);
	return true;
}

int
errand_send(enum errand what, uint32_t number, char ret_words[ERRAND_WORDS_SIZE])
{
	struct errand_request request = {what, number};
	struct answer answer;
	int fd = -1;

	ret_words[0] = '\0';
	pthread_mutex_lock(&lock);
	/* The keeper ended, and has said why. */
	if (!say(keeper, &request) || !hear(keeper, &answer, &fd))
		_exit(EXIT_INTERNAL);
	pthread_mutex_unlock(&lock);
	memcpy(ret_words, answer.words, ERRAND_WORDS_SIZE);
	errno = answer.problem;
	return fd;
}

bool
errand_receive(int line, struct errand_request *ret)
{
	struct msghdr message;
	ssize_t got;

	for (;;) {
		got = receive(line, ret, sizeof(*ret), NULL, &message);
		if (got == 0)
			errno = 0;
		if (got <= 0)
			return false;
		if (got == (ssize_t)sizeof(*ret) && (message.msg_flags & MSG_TRUNC) == 0)
			return true;
		errand_answer(line, -1, EINVAL, "");
	}
}

void
errand_answer(int line, int fd, int problem, const char *words)
{
	struct answer answer = {.problem = fd >= 0 ? 0 : problem};
	struct iovec part = {&answer, sizeof(answer)};
	union passing passing = {{0}};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
	struct cmsghdr *header;
	ssize_t sent;

	snprintf(answer.words, sizeof(answer.words), "%s", words);
	if (fd >= 0) {
		message.msg_control = passing.room;
		message.msg_controllen = sizeof(passing.room);
		header = CMSG_FIRSTHDR(&message);
		header->cmsg_level = SOL_SOCKET;
		header->cmsg_type = SCM_RIGHTS;
		header->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	}
	do
		sent = sendmsg(line, &message, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
}
