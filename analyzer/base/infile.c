#include "analyzer/base/infile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzer/base/arena.h"
#include "analyzer/base/errand.h"
#include "analyzer/base/interrupted.h"
#include "analyzer/base/memory.h"

/* infile_list() fills it, infile_free() empties it. */
static struct {
	struct arena arena;
	const char **paths;
	size_t count, capacity;
} list;

/* That this thread asked for last: the same one, or one soon after it, is the likeliest. */
static _Thread_local size_t last;

static struct {
	const char *path; /* NULL: nothing is lent */
	int fd;
} lent;

void
infile_list(const char *path)
{
	list.paths = mem_grow(list.paths, list.count, &list.capacity, sizeof(*list.paths));
	list.paths[list.count++] = arena_text(&list.arena, path, strlen(path));
}

void
infile_free(void)
{
	mem_free(list.paths);
	arena_free(&list.arena);
	memset(&list, 0, sizeof(list));
}

void
infile_lend(const char *path, int fd)
{
	lent.path = path;
	lent.fd = fd;
}

static int
open_lent(void)
{
	if (lseek(lent.fd, 0, SEEK_SET) != 0)
		return -1;
	return fcntl(lent.fd, F_DUPFD_CLOEXEC, 0);
}

static int
open_here(const char *path)
{
	struct stat status;
	int fd;

	if (strcmp(path, "-") == 0)
		return fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
	do
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	while (is_interrupted(fd));
	if (fd >= 0 && fstat(fd, &status) == 0 && S_ISDIR(status.st_mode)) {
		close(fd);
		errno = EISDIR;
		return -1;
	}
	return fd;
}

/* Where PATH stands in the list; its length where it does not. */
static size_t
place_of(const char *path)
{
	size_t place;

	for (size_t i = 0; i < list.count; i++) {
		place = (last + i) % list.count;
		if (strcmp(list.paths[place], path) == 0)
			return last = place;
	}
	return list.count;
}

static int
have_opened(const char *path)
{
	char words[ERRAND_WORDS_SIZE];
	size_t place = place_of(path);

	if (place < list.count && place <= UINT32_MAX)
		return errand_send(ERRAND_OPEN, (uint32_t)place, words);
	errno = EACCES;
	return -1;
}

int
infile_open(const char *path)
{
	if (lent.path != NULL && strcmp(lent.path, path) == 0)
		return open_lent();
	return errand_has_keeper() ? have_opened(path) : open_here(path);
}

const char *
infile_listed(size_t number)
{
	return number < list.count ? list.paths[number] : NULL;
}

int
infile_open_listed(size_t number)
{
	if (number < list.count)
		return open_here(list.paths[number]);
	errno = EACCES;
	return -1;
}
