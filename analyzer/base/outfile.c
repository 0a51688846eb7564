/* For O_TMPFILE and fopencookie(). */
#define _GNU_SOURCE

#include "analyzer/base/outfile.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzer/base/arena.h"
#include "analyzer/base/interrupted.h"
#include "analyzer/base/log.h"
#include "analyzer/base/memory.h"

/* As many as Linux follows (path_resolution(7)). */
#define MOST_LINKS 40

/* Names tried for the file while it is written: others may be left from programs that were killed.
 */
#define MOST_NAMES 1000

struct outfile {
	struct arena arena;
	const char *path;      /* as the operator wrote it, for messages */
	const char *target;    /* the name to take in the end; NULL: written directly */
	const char *temporary; /* the name until then; NULL: none yet */
	const char *replaced;  /* the name of what had TARGET, until all have theirs; or NULL */
	FILE *stream;
	int fd;
	int problem;          /* errno of the first write that failed, or 0 */
	bool *is_complete;    /* shared with processes that fork from this one */
	struct outfile *next; /* of those that are open */
};

/* Those that are open in the process OWNER: outfile_open() adds, outfile_free() takes away. A
 * program that ends before, for want of memory, leaves none of their temporary names behind; a
 * process that it forked leaves them alone. */
static struct outfile *open_outfiles;
static pid_t owner;

static void
remove_temporaries(void)
{
	if (getpid() != owner)
		return;
	for (const struct outfile *one = open_outfiles; one != NULL; one = one->next)
		if (one->temporary != NULL)
			unlink(one->temporary);
}

static void
keep_in_view(struct outfile *outfile)
{
	if (owner == 0)
		atexit(remove_temporaries);
	owner = getpid();
	outfile->next = open_outfiles;
	open_outfiles = outfile;
}

static void
let_go(const struct outfile *outfile)
{
	struct outfile **link = &open_outfiles;

	while (*link != outfile)
		link = &(*link)->next;
	*link = outfile->next;
}

/* ---- writing ---- */

/* fopencookie(3): how many bytes were taken; fewer are an error. */
static ssize_t
write_all(void *cookie, const char *bytes, size_t length)
{
	struct outfile *outfile = cookie;
	size_t done = 0;
	ssize_t count;

	while (outfile->problem == 0 && done < length) {
		count = write(outfile->fd, bytes + done, length - done);
		if (count >= 0)
			done += (size_t)count;
		else if (!is_interrupted(count))
			outfile->problem = errno;
	}
	return (ssize_t)done;
}

static void
outfile_free(struct outfile *outfile)
{
	if (outfile->stream != NULL)
		fclose(outfile->stream);
	if (outfile->fd >= 0)
		close(outfile->fd);
	mem_unshare(outfile->is_complete, sizeof(*outfile->is_complete));
	let_go(outfile);
	arena_free(&outfile->arena);
	mem_free(outfile);
}

static bool
fail(const struct outfile *outfile, int problem, enum exit_status status, struct error *error)
{
	return error_set(
	    error, status, "%s: cannot be written: %s", outfile->path, strerror(problem));
}

/* ---- beginning ---- */

/* The folder of PATH, with the final slash; empty when PATH is a name alone. */
static int
folder_length(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? (int)(slash - path) + 1 : 0;
}

/* Where symbolic links at the end of PATH lead, whether that exists or not; NULL, with errno. */
static const char *
follow_links(struct arena *arena, const char *path)
{
	char to[PATH_MAX];
	struct stat status;
	ssize_t length;

	for (int i = 0; i <= MOST_LINKS; i++) {
		if (lstat(path, &status) != 0)
			return errno == ENOENT ? path : NULL;
		if (!S_ISLNK(status.st_mode))
			return path;
		length = readlink(path, to, sizeof(to));
		if (length < 0)
			return NULL;
		path = arena_format(arena, "%.*s%.*s", to[0] == '/' ? 0 : folder_length(path), path,
		    (int)length, to);
	}
	errno = ELOOP;
	return NULL;
}

static const char *
temporary_name(struct outfile *outfile, int number)
{
	return arena_format(&outfile->arena, "%.*s.smbtriage.%ld.%d",
	    folder_length(outfile->target), outfile->target, (long)getpid(), number);
}

static int
open_again(const char *path, int flags, mode_t mode)
{
	int fd;

	do
		fd = open(path, flags, mode);
	while (is_interrupted(fd));
	return fd;
}

/* Makes the file under the first name that is free. */
static int
open_named(struct outfile *outfile, mode_t mode)
{
	const char *name;
	int fd = -1;

	for (int i = 0; fd < 0 && i < MOST_NAMES; i++) {
		name = temporary_name(outfile, i);
		fd = open_again(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode);
		if (fd >= 0)
			outfile->temporary = name;
		else if (errno != EEXIST)
			return -1;
	}
	return fd;
}

/* A file without a name vanishes when the program is killed; not every file system has that. */
static int
open_nameless(const struct outfile *outfile, mode_t mode)
{
	char folder[PATH_MAX];
	int length = folder_length(outfile->target);

	if (access("/proc/self/fd", X_OK) != 0)
		return -1;
	snprintf(
	    folder, sizeof(folder), "%.*s", length ? length : 1, length ? outfile->target : ".");
	return open_again(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, mode);
}

/* Gives the new file what the one that it replaces has; another's file may not be given away. */
static int
take_after(int fd, const struct stat *old)
{
	struct stat mine;

	if (fstat(fd, &mine) != 0)
		return -1;
	if ((mine.st_uid != old->st_uid || mine.st_gid != old->st_gid) &&
	    fchown(fd, old->st_uid, old->st_gid) != 0 && errno != EPERM)
		return -1;
	return fchmod(fd, old->st_mode & 0777);
}

/* OLD is what stands under the name now, or NULL. Negative, with errno, on failure. */
static int
open_beside(struct outfile *outfile, const struct stat *old)
{
	mode_t mode = old ? old->st_mode & 0777 : 0666;
	int fd;

	outfile->target = follow_links(&outfile->arena, outfile->path);
	if (outfile->target == NULL || (old != NULL && access(outfile->target, W_OK) != 0))
		return -1;
	fd = open_nameless(outfile, mode);
	if (fd < 0)
		fd = open_named(outfile, mode);
	if (fd >= 0 && old != NULL && take_after(fd, old) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* The descriptor of ours, standard output or standard error, that writes to this file; or -1. */
static int
own_descriptor(const struct stat *file)
{
	struct stat own;

	for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++)
		if (fstat(fd, &own) == 0 && own.st_dev == file->st_dev &&
		    own.st_ino == file->st_ino)
			return fd;
	return -1;
}

static int
open_whatever(struct outfile *outfile)
{
	const char *path = outfile->path;
	struct stat status;
	int own;

	if (strcmp(path, "-") == 0)
		return fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
	if (stat(path, &status) != 0)
		return errno == ENOENT ? open_beside(outfile, NULL) : -1;
	own = own_descriptor(&status);
	if (own >= 0)
		return fcntl(own, F_DUPFD_CLOEXEC, 0);
	if (S_ISREG(status.st_mode))
		return open_beside(outfile, &status);
	return open_again(path, O_WRONLY | O_NOCTTY | O_CLOEXEC, 0); /* a folder says what it is */
}

static struct outfile *
begin(const char *path)
{
	struct outfile *outfile = mem_alloc(1, sizeof(*outfile));

	outfile->is_complete = mem_share(sizeof(*outfile->is_complete));
	keep_in_view(outfile);
	outfile->path = arena_text(&outfile->arena, path, strlen(path));
	return outfile;
}

/* OUTFILE, whose descriptor is open or, with errno, negative. */
static struct outfile *
begun(struct outfile *outfile, struct error *error)
{
	static const cookie_io_functions_t functions = {.write = write_all};

	if (outfile->fd < 0) {
		fail(outfile, errno, EXIT_USAGE, error);
		outfile_abandon(outfile);
		return NULL;
	}
	outfile->stream = fopencookie(outfile, "w", functions);
	if (outfile->stream == NULL)
		mem_exhausted();
	return outfile;
}

struct outfile *
outfile_open(const char *path, struct error *error)
{
	struct outfile *outfile = begin(path);

	outfile->fd = open_whatever(outfile);
	return begun(outfile, error);
}

struct outfile *
outfile_open_aside(const struct outfile *of, struct error *error)
{
	bool is_beside = of != NULL && !outfile_is_direct(of);
	const char *folder = getenv("TMPDIR");
	struct outfile *outfile;

	folder = folder != NULL && folder[0] != '\0' ? folder : P_tmpdir;
	outfile = begin(is_beside ? of->path : folder);
	outfile->target = is_beside ? arena_format(&outfile->arena, "%s", of->target)
				    : arena_format(&outfile->arena, "%s/", folder);
	outfile->fd = open_nameless(outfile, 0600);
	if (outfile->fd < 0)
		outfile->fd = open_named(outfile, 0600);
	if (outfile->temporary != NULL)
		unlink(outfile->temporary);
	outfile->temporary = NULL;
	return begun(outfile, error);
}

FILE *
outfile_stream(struct outfile *outfile)
{
	return outfile->stream;
}

bool
outfile_is_direct(const struct outfile *outfile)
{
	return outfile->target == NULL;
}

bool
outfile_restart(struct outfile *outfile)
{
	if (outfile_is_direct(outfile))
		return false;
	fflush(outfile->stream);
	clearerr(outfile->stream);
	outfile->problem = 0;
	if (ftruncate(outfile->fd, 0) != 0 || lseek(outfile->fd, 0, SEEK_SET) != 0)
		outfile->problem = errno;
	return true;
}

/* False, with errno, when a byte that was written so far is not there. */
static bool
flush(const struct outfile *outfile)
{
	if (fflush(outfile->stream) == 0 && outfile->problem == 0)
		return true;
	errno = outfile->problem ? outfile->problem : errno;
	return false;
}

int
outfile_draft(struct outfile *outfile, struct error *error)
{
	assert(!outfile_is_direct(outfile));
	if (flush(outfile))
		return outfile->fd;
	fail(outfile, errno, EXIT_INTERNAL, error);
	return -1;
}

void
outfile_give_back(struct outfile *outfile,
    void (*take)(void *taker, const char *bytes, size_t length), void *taker)
{
	char bytes[65536];
	ssize_t count;

	assert(!outfile_is_direct(outfile));
	if (!flush(outfile))
		return;
	if (lseek(outfile->fd, 0, SEEK_SET) != 0)
		outfile->problem = errno;
	while (outfile->problem == 0 && (count = read(outfile->fd, bytes, sizeof(bytes))) != 0) {
		if (count > 0)
			take(taker, bytes, (size_t)count);
		else if (!is_interrupted(count))
			outfile->problem = errno;
	}
}

/* ---- the end ---- */

/* Gives FROM a name beside the target, which it returns; NULL, with errno, when there is none. */
static const char *
link_beside(struct outfile *outfile, const char *from, int flags)
{
	const char *name;

	for (int i = 0; i < MOST_NAMES; i++) {
		name = temporary_name(outfile, i);
		if (linkat(AT_FDCWD, from, AT_FDCWD, name, flags) == 0)
			return name;
		if (errno != EEXIST)
			return NULL;
	}
	return NULL;
}

/* Gives a nameless file a name, from which it can be moved over another. */
static bool
link_temporary(struct outfile *outfile)
{
	char self[64];

	snprintf(self, sizeof(self), "/proc/self/fd/%d", outfile->fd);
	outfile->temporary = link_beside(outfile, self, AT_SYMLINK_FOLLOW);
	return outfile->temporary != NULL;
}

static int
sync_again(int fd)
{
	int result;

	do
		result = fsync(fd);
	while (is_interrupted(result));
	return result;
}

/* False, with errno, when it is not safe on disk, from where it can take its name. */
static bool
prepare(struct outfile *outfile)
{
	if (outfile_is_direct(outfile))
		return true;
	return sync_again(outfile->fd) == 0 &&
	       (outfile->temporary != NULL || link_temporary(outfile));
}

/* The same when it could not take its name. */
static bool
take_name(struct outfile *outfile)
{
	if (outfile_is_direct(outfile))
		return true;
	if (rename(outfile->temporary, outfile->target) != 0)
		return false;
	outfile->temporary = NULL;
	return true;
}

/* ---- what is replaced by one of several ---- */

/* Where the file system has no hard links, as FAT, what is to be replaced has another name only. */
static const char *
move_beside(struct outfile *outfile)
{
	struct stat status;
	const char *name;

	for (int i = 0; i < MOST_NAMES; i++) {
		name = temporary_name(outfile, i);
		if (lstat(name, &status) != 0)
			return rename(outfile->target, name) == 0 ? name : NULL;
	}
	errno = EEXIST;
	return NULL;
}

/* Keeps what has the name under another, from which it can come back. False, with errno, when it
 * cannot be replaced. */
static bool
keep_old(struct outfile *outfile)
{
	struct stat status;

	if (outfile_is_direct(outfile))
		return true;
	if (lstat(outfile->target, &status) != 0)
		return errno == ENOENT;
	if (S_ISDIR(status.st_mode)) {
		errno = EISDIR;
		return false;
	}
	outfile->replaced = link_beside(outfile, outfile->target, 0);
	if (outfile->replaced == NULL)
		outfile->replaced = move_beside(outfile);
	return outfile->replaced != NULL;
}

/* All has its name. */
static void
drop_old(struct outfile *outfile)
{
	if (outfile->replaced != NULL)
		unlink(outfile->replaced);
}

/* The name is again that of what had it before, or nobody's. */
static void
bring_back_old(struct outfile *outfile)
{
	bool is_taken = !outfile_is_direct(outfile) && outfile->temporary == NULL;

	if (outfile->replaced == NULL) {
		if (is_taken)
			unlink(outfile->target);
		return;
	}
	/* Two names of one file stay as they are (rename(2)). */
	if (rename(outfile->replaced, outfile->target) == 0)
		unlink(outfile->replaced);
	else
		log_error("%s: cannot be brought back, and is kept as %s: %s", outfile->path,
		    outfile->replaced, strerror(errno));
}

bool
outfile_complete(struct outfile *outfile, struct error *error)
{
	*outfile->is_complete = flush(outfile);
	return *outfile->is_complete || fail(outfile, errno, EXIT_INTERNAL, error);
}

static bool
are_complete(struct outfile *const *outfiles, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!*outfiles[i]->is_complete)
			return false;
	return true;
}

/* One after the other; false, with ERROR, when one cannot take it. */
static bool
take_names(struct outfile *const *outfiles, size_t count, struct error *error)
{
	/* One alone replaces another at once. */
	for (size_t i = 0; i < count && count > 1; i++)
		if (!keep_old(outfiles[i]))
			return fail(outfiles[i], errno, EXIT_INTERNAL, error);
	for (size_t i = 0; i < count; i++)
		if (!take_name(outfiles[i]))
			return fail(outfiles[i], errno, EXIT_INTERNAL, error);
	return true;
}

static bool
settle(struct outfile *const *outfiles, size_t count, struct error *error)
{
	bool is_ok;

	for (size_t i = 0; i < count; i++)
		if (!prepare(outfiles[i]))
			return fail(outfiles[i], errno, EXIT_INTERNAL, error);
	is_ok = take_names(outfiles, count, error);
	for (size_t i = 0; i < count; i++)
		if (is_ok)
			drop_old(outfiles[i]);
		else
			bring_back_old(outfiles[i]);
	return is_ok;
}

bool
outfiles_commit(struct outfile *const *outfiles, size_t count, struct error *error)
{
	bool is_ok = !are_complete(outfiles, count) || settle(outfiles, count, error);

	for (size_t i = 0; i < count; i++)
		outfile_abandon(outfiles[i]);
	return is_ok;
}

bool
outfile_commit(struct outfile *outfile, struct error *error)
{
	return outfiles_commit(&outfile, 1, error);
}

void
outfile_abandon(struct outfile *outfile)
{
	if (outfile == NULL)
		return;
	if (outfile->temporary != NULL)
		unlink(outfile->temporary);
	outfile->problem = outfile->problem ? outfile->problem : ECANCELED;
	outfile_free(outfile);
}
