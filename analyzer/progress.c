#include "analyzer/progress.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/log.h"
#include "analyzer/base/memory.h"
#include "analyzer/base/stopwatch.h"

/* Work that is done by then needs no line; more often than that, nobody can read it. */
#define FIRST_AFTER (STOPWATCH_SECOND / 2)
#define EVERY       (STOPWATCH_SECOND / 10)

/* The rate is an average over about this time: steady enough to be read, and no history. */
#define RATE_OVER (3.0 * STOPWATCH_SECOND)

/* Where a terminal does not say how wide it is. */
#define USUAL_COLUMNS 80

struct progress {
	size_t file, files;
	uint64_t before;   /* work done on the files before this one, in bytes of all passes */
	uint64_t total;    /* the same of all files; 0: unknown */
	uint64_t size;     /* of the file, of one pass */
	uint64_t position; /* in this pass */
	unsigned pass;     /* from 0 */
	unsigned passes;
	const char *doing;
	int64_t due;         /* when the line may be written again */
	int64_t rated;       /* when the rate was last taken; 0: never */
	uint64_t rated_work; /* the work that was done then */
	double rate;         /* work a nanosecond */
	struct text line;
};

/* ---- the line ---- */

struct unit {
	uint64_t bytes;
	const char *name;
};

/* The largest unit of which COUNT has one. */
static struct unit
unit_of(uint64_t count)
{
	static const struct unit units[] = {
	    {UINT64_C(1000000000000), "TB"}, {1000000000, "GB"}, {1000000, "MB"}, {1000, "kB"}};

	for (size_t i = 0; i < COUNT(units); i++)
		if (count >= units[i].bytes)
			return units[i];
	return (struct unit){1, "B"};
}

/* In tenths of the unit, rounded down: what is not done is not said to be. */
static void
add_count(struct text *text, uint64_t count, struct unit unit)
{
	text_add_number(text, count / unit.bytes);
	if (unit.bytes != 1)
		text_addf(text, ".%" PRIu64, count % unit.bytes / (unit.bytes / 10));
}

static void
add_file(struct text *text, const struct progress_facts *facts)
{
	if (facts->files > 1)
		text_addf(text, "file %zu of %zu", facts->file, facts->files);
}

static void
add_bytes(struct text *text, const struct progress_facts *facts)
{
	struct unit unit = unit_of(facts->total != 0 ? facts->total : facts->done);

	add_count(text, facts->done, unit);
	if (facts->total != 0) {
		text_add(text, " of ");
		add_count(text, facts->total, unit);
	}
	text_addf(text, " %s", unit.name);
}

static void
add_percent(struct text *text, const struct progress_facts *facts)
{
	if (facts->total != 0)
		text_addf(text, "%d %%",
		    (int)((double)min_u64(facts->done, facts->total) / (double)facts->total * 100));
}

static void
add_rate(struct text *text, const struct progress_facts *facts)
{
	struct unit unit = unit_of(facts->rate);

	if (facts->rate == 0)
		return;
	add_count(text, facts->rate, unit);
	text_addf(text, " %s/s", unit.name);
}

/* What is left in seconds up to 90, in minutes up to 90, in hours: rounded up. */
static void
add_rest(struct text *text, const struct progress_facts *facts)
{
	uint64_t seconds;

	if (facts->doing != NULL) {
		text_add(text, facts->doing);
		return;
	}
	if (facts->rate == 0 || facts->total <= facts->done)
		return;
	seconds = (facts->total - facts->done) / facts->rate + 1;
	if (seconds <= 90)
		text_addf(text, "%" PRIu64 " s left", seconds);
	else if (seconds <= UINT64_C(90) * 60)
		text_addf(text, "%" PRIu64 " min left", (seconds + 59) / 60);
	else
		text_addf(text, "%" PRIu64 " h left", (seconds + 3599) / 3600);
}

/* In the order in which they stand. Where there is no room, the least important go first. */
static const struct {
	void (*add)(struct text *text, const struct progress_facts *facts);
	unsigned importance;
} parts[] = {{add_file, 2}, {add_bytes, 3}, {add_percent, 5}, {add_rate, 1}, {add_rest, 4}};

/* The parts of at least this IMPORTANCE; those that have nothing to say leave no trace. */
static void
add_parts(struct text *text, const struct progress_facts *facts, unsigned importance)
{
	size_t start = text->length, before;

	for (size_t i = 0; i < COUNT(parts); i++) {
		if (parts[i].importance < importance)
			continue;
		before = text->length;
		if (before != start)
			text_add(text, ", ");
		parts[i].add(text, facts);
		if (before != start && text->length == before + 2)
			text_cut(text, before);
	}
}

void
progress_add_line(struct text *text, const struct progress_facts *facts, size_t columns)
{
	size_t start = text->length;

	for (unsigned importance = 1; importance <= COUNT(parts); importance++) {
		add_parts(text, facts, importance);
		if (text->length - start <= columns)
			return;
		text_cut(text, start);
	}
}

/* ---- the terminal ---- */

/* A program in the background leaves the terminal to the one in front; and a terminal that is not
 * ours to be in front of shows whatever it is sent. */
static bool
is_in_front(void)
{
	pid_t front = tcgetpgrp(STDERR_FILENO);

	return front < 0 || front == getpgrp();
}

/* As it is now, since people resize it. The last column stays free: a character there would begin
 * a new line on some terminals. */
static size_t
usable_columns(void)
{
	struct winsize size;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
		return USUAL_COLUMNS - 1;
	return size.ws_col - 1u;
}

/* ---- the run ---- */

struct progress *
progress_new(size_t files, uint64_t total, unsigned passes)
{
	const char *terminal = getenv("TERM");
	struct progress *progress;

	if (log_get_level() == LOG_QUIET || !isatty(STDERR_FILENO) || terminal == NULL ||
	    terminal[0] == '\0' || strcmp(terminal, "dumb") == 0)
		return NULL;
	progress = mem_alloc(1, sizeof(*progress));
	progress->files = files;
	progress->passes = passes;
	progress->total = total * passes;
	progress->rated = stopwatch_now();
	progress->due = progress->rated + FIRST_AFTER;
	return progress;
}

/* The work done on the file at hand. */
static uint64_t
work_of_file(const struct progress *progress)
{
	return progress->size * progress->pass + progress->position;
}

/* The work on the file at hand ends at WORK: a damaged one is not read to its end. */
static void
end_at(struct progress *progress, uint64_t work)
{
	uint64_t planned = progress->size * progress->passes;

	if (planned > work)
		progress->total -= min_u64(progress->total, planned - work);
}

void
progress_file(struct progress *progress, uint64_t size)
{
	uint64_t work;

	if (progress == NULL)
		return;
	work = work_of_file(progress);
	end_at(progress, work);
	progress->before += work;
	progress->file++;
	progress->size = size;
	progress->position = 0;
	progress->pass = 0;
	progress->doing = NULL;
}

void
progress_joined(struct progress *progress, size_t files)
{
	if (progress != NULL)
		progress->file += files;
}

static void
take_rate(struct progress *progress, uint64_t work, int64_t now)
{
	double elapsed = (double)(now - progress->rated);
	double latest = (double)(work - progress->rated_work) / elapsed;

	if (progress->rate == 0)
		progress->rate = latest;
	else
		progress->rate += (latest - progress->rate) * elapsed / (elapsed + RATE_OVER);
	progress->rated = now;
	progress->rated_work = work;
}

static void
draw(struct progress *progress)
{
	uint64_t work = progress->before + work_of_file(progress);
	struct progress_facts facts = {.file = progress->file,
	    .files = progress->files,
	    .done = work / progress->passes,
	    .total = progress->total / progress->passes,
	    .rate = (uint64_t)(progress->rate / progress->passes * STOPWATCH_SECOND),
	    .doing = progress->doing};

	text_clear(&progress->line);
	progress_add_line(&progress->line, &facts, usable_columns());
	log_show_status(text_chars(&progress->line));
}

void
progress_at(struct progress *progress, uint64_t position)
{
	int64_t now;

	if (progress == NULL)
		return;
	progress->position = position;
	now = stopwatch_now();
	if (now < progress->due)
		return;
	progress->due = now + EVERY;
	take_rate(progress, progress->before + work_of_file(progress), now);
	if (is_in_front())
		draw(progress);
}

void
progress_pass(struct progress *progress)
{
	if (progress == NULL)
		return;
	end_at(progress, progress->position * progress->passes);
	progress->size = progress->position;
	progress->position = 0;
	progress->pass++;
}

void
progress_whole(struct progress *progress)
{
	if (progress != NULL && progress->pass == 0) {
		progress->position = 0;
		progress->pass = progress->passes;
	}
}

void
progress_doing(struct progress *progress, const char *doing)
{
	if (progress == NULL)
		return;
	progress->doing = doing;
	if (stopwatch_now() >= progress->due && is_in_front())
		draw(progress);
}

void
progress_hide(struct progress *progress)
{
	if (progress != NULL)
		log_hide_status();
}

void
progress_free(struct progress *progress)
{
	if (progress == NULL)
		return;
	log_hide_status();
	text_free(&progress->line);
	mem_free(progress);
}
