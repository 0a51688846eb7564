#include "analyzer/command/command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/log.h"
#include "analyzer/options.h"
#include "analyzer/progress.h"
#include "analyzer/report/sandbox_text.h"
#include "analyzer/report/wrap.h"
#include "analyzer/sandbox/keeper.h"

/* Lines that are narrower have no room for a label and a word; wider ones nobody can read. */
#define LEAST_COLUMNS 40
#define MOST_COLUMNS  120

enum exit_status
command_fail(const struct error *error)
{
	log_error("%s", error->text);
	return error->status;
}

enum exit_status
command_worse(enum exit_status one, enum exit_status other)
{
	return one > other ? one : other;
}

enum exit_status
command_written(enum exit_status status)
{
	if (fflush(stdout) == 0 && ferror(stdout) == 0)
		return status;
	log_error("the report cannot be written: %s", strerror(errno));
	return EXIT_INTERNAL;
}

bool
command_is_colored(void)
{
	const char *no_color = getenv("NO_COLOR");

	return isatty(STDOUT_FILENO) && (no_color == NULL || no_color[0] == '\0');
}

size_t
command_columns(void)
{
	struct winsize size;

	if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 ||
	    size.ws_col == 0)
		return WRAP_COLUMNS;
	if (size.ws_col < LEAST_COLUMNS)
		return LEAST_COLUMNS;
	return size.ws_col < MOST_COLUMNS ? size.ws_col : MOST_COLUMNS;
}

bool
command_is_one_of(const char *name, const char *names)
{
	size_t length = strlen(name);

	for (; names != NULL; names = strchr(names, '|')) {
		names += *names == '|';
		if (strncmp(names, name, length) == 0 &&
		    (names[length] == '|' || names[length] == '\0'))
			return true;
	}
	return false;
}

bool
command_writes(const struct command *command, const char *format)
{
	return command->formats == NULL || command_is_one_of(format, command->formats);
}

bool
command_is_folder(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* What a worker does, once it is locked in. */
struct locked_work {
	const struct settings *settings;
	enum exit_status (*work)(void *state);
	void *state;
};

static bool
is_locked_in(const struct sandbox_facts *sandbox)
{
	struct text lack = {0};
	bool is_ok;

	sandbox_add_lack(&lack, sandbox);
	is_ok = lack.length == 0 || sandbox->mode != SANDBOX_REQUIRE;
	if (!is_ok)
		log_error(
		    "--sandbox require: there is none here that is whole (%s); nothing was read",
		    text_chars(&lack));
	else if (lack.length != 0)
		log_detail("sandbox: %s", text_chars(&lack));
	else
		log_detail(
		    "sandbox: no_new_privs, limits, Landlock %u, seccomp", sandbox->landlock_abi);
	text_free(&lack);
	return is_ok;
}

static enum exit_status
work_locked_in(void *state)
{
	const struct locked_work *locked = state;

	return is_locked_in(&locked->settings->sandbox) ? locked->work(locked->state) : EXIT_USAGE;
}

unsigned
command_members(const struct settings *settings, size_t files)
{
	return (unsigned)min_u64(settings->jobs - 1, files > 1 ? files : 1);
}

bool
command_have_done(struct settings *settings, size_t files, enum exit_status (*work)(void *state),
    void *state, enum exit_status *ret)
{
	struct locked_work locked = {settings, work, state};
	const struct task task = {.work = work_locked_in,
	    .state = &locked,
	    .sandbox = &settings->sandbox,
	    .members = command_members(settings, files),
	    .files = files,
	    .filter = settings->analysis.filter};

	return keeper_run(&task, ret);
}

bool
command_check_places(const struct settings *settings, size_t count, struct error *error)
{
	size_t named = settings->vantage_count;

	return named < 2 || named == count ||
	       error_set(error, EXIT_USAGE,
		   "--vantage names %zu places, and these are the captures of %zu point%s", named,
		   count, count == 1 ? "" : "s");
}

/* Files that are hashed in one pass. */
struct hashing {
	struct progress *progress;
	uint64_t before; /* bytes of the files that are done */
	uint64_t position;
};

static void
show_hashed(void *state, uint64_t position)
{
	struct hashing *hashing = state;

	hashing->position = hashing->before + position;
	progress_at(hashing->progress, hashing->position);
}

bool
command_digest(
    struct progress *progress, const char *path, char ret[DIGEST_TEXT_SIZE], struct error *error)
{
	struct hashing hashing = {.progress = progress};
	const struct digest_watch watch = {show_hashed, &hashing};
	bool is_ok;

	progress_doing(progress, "hashing");
	is_ok = digest_file(path, &watch, ret, error);
	progress_pass(progress);
	return is_ok;
}

bool
command_digest_parts(struct progress *progress, const struct capture_facts *facts,
    struct arena *arena, struct error *error)
{
	struct hashing hashing = {.progress = progress};
	const struct digest_watch watch = {show_hashed, &hashing};
	char digest[DIGEST_TEXT_SIZE];
	bool is_ok = true;

	progress_doing(progress, "hashing");
	for (size_t i = 0; i < facts->part_count && is_ok; i++) {
		is_ok = digest_file(facts->parts[i].file, &watch, digest, error);
		hashing.before = hashing.position;
		if (is_ok)
			facts->parts[i].sha256 = arena_text(arena, digest, strlen(digest));
	}
	progress_pass(progress);
	return is_ok;
}
