#include "analyzer/capture/ring_name.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/text.h"

/* dumpcap writes its number with at least so many digits, and begins anew after the last of them.
 */
#define DUMPCAP_DIGITS 5
#define DUMPCAP_FILES  100000

#define DATE_DIGITS 14 /* YYYYMMDDhhmmss */

/* A number with more digits is no count of files. */
#define MOST_COUNTER_DIGITS 6

/* A name with so many digits tells a time of day (tcpdump -G), of which no part counts files. */
#define LEAST_DATED_DIGITS 8

/* A path up to where compression has its say: tcpdump -z leaves the last file as it is. */
struct name {
	const char *chars;
	size_t length;
};

/* Digits in a name. */
struct run {
	size_t start, length;
};

static struct name
name_of(const char *path)
{
	static const char *const endings[] = {".gz", ".zst", ".lz4"};
	struct name name = {path, strlen(path)};

	for (size_t i = 0; i < COUNT(endings); i++) {
		size_t length = strlen(endings[i]);

		if (name.length > length &&
		    memcmp(path + name.length - length, endings[i], length) == 0)
			return (struct name){path, name.length - length};
	}
	return name;
}

/* Where the last component begins: digits of folders tell nothing of their files. */
static size_t
base_of(const struct name *name)
{
	size_t at = name->length;

	while (at > 0 && name->chars[at - 1] != '/')
		at--;
	return at;
}

static bool
is_digit_at(const struct name *name, size_t at)
{
	return at < name->length && isdigit((unsigned char)name->chars[at]);
}

/* The last digits before END; of length 0 when there are none. */
static struct run
run_before(const struct name *name, size_t end)
{
	size_t base = base_of(name);
	struct run run;

	while (end > base && !is_digit_at(name, end - 1))
		end--;
	run = (struct run){end, 0};
	while (run.start > base && is_digit_at(name, run.start - 1)) {
		run.start--;
		run.length++;
	}
	return run;
}

static unsigned long
number_of(const struct name *name, const struct run *run)
{
	return run->length == 0 ? 0 : strtoul(name->chars + run->start, NULL, 10);
}

static bool
is_same_text(
    const struct name *one, size_t at, const struct name *other, size_t other_at, size_t length)
{
	return memcmp(one->chars + at, other->chars + other_at, length) == 0;
}

/* Whether both are the same but for these digits. */
static bool
is_same_around(const struct name *one, const struct run *run, const struct name *other,
    const struct run *other_run)
{
	size_t after = run->start + run->length, other_after = other_run->start + other_run->length;

	return run->start == other_run->start &&
	       one->length - after == other->length - other_after &&
	       is_same_text(one, 0, other, 0, run->start) &&
	       is_same_text(one, after, other, other_after, one->length - after);
}

/* ---- dumpcap, tshark, editcap: PREFIX_NNNNN_YYYYMMDDhhmmss.EXT, or the other way round ---- */

struct dumpcap_name {
	struct run both; /* the number and the date, and what is between them */
	struct run number, date;
};

static bool
parse_dumpcap(const struct name *name, struct dumpcap_name *ret)
{
	struct run last = run_before(name, name->length), first;
	size_t end = last.start + last.length;

	if (last.length < DUMPCAP_DIGITS || last.start < 2 ||
	    (end < name->length && name->chars[end] != '.') || name->chars[last.start - 1] != '_')
		return false;
	first = run_before(name, last.start - 1);
	if (first.start + first.length != last.start - 1 || first.length < DUMPCAP_DIGITS ||
	    first.start == 0 || name->chars[first.start - 1] != '_')
		return false;
	ret->both = (struct run){first.start, end - first.start};
	ret->number = first.length == DATE_DIGITS ? last : first;
	ret->date = first.length == DATE_DIGITS ? first : last;
	return ret->date.length == DATE_DIGITS && ret->number.length <= MOST_COUNTER_DIGITS;
}

static enum succession
dumpcap_succession(const struct name *before, const struct dumpcap_name *one,
    const struct name *after, const struct dumpcap_name *next)
{
	unsigned long number = number_of(before, &one->number);

	if (!is_same_around(before, &one->both, after, &next->both) ||
	    (one->date.start < one->number.start) != (next->date.start < next->number.start) ||
	    (number + 1) % DUMPCAP_FILES != number_of(after, &next->number) ||
	    memcmp(before->chars + one->date.start, after->chars + next->date.start, DATE_DIGITS) >
		0)
		return SUCCESSION_NONE;
	return SUCCESSION_CERTAIN;
}

/* ---- tcpdump -C: NAME, NAME1, NAME2; with -W NAME00 to NAME99, and NAME00 again ---- */

static struct run
counter_at_end(const struct name *name)
{
	struct run run = run_before(name, name->length);

	if (run.start + run.length != name->length || run.length > MOST_COUNTER_DIGITS)
		return (struct run){name->length, 0};
	return run;
}

static enum succession
counted_succession(unsigned long number, unsigned long next)
{
	return next == number + 1 || next == 0 ? SUCCESSION_POSSIBLE : SUCCESSION_NONE;
}

/* ---- tcpdump -G, and whoever numbers files ---- */

static size_t
digits_of(const struct name *name)
{
	size_t count = 0;

	for (size_t i = base_of(name); i < name->length; i++)
		count += is_digit_at(name, i);
	return count;
}

/* Two names that differ only in digits, at the same places: times are written with as many. One
 * digit alone is no part of a time, but of what it is the time of: eth0. */
static bool
is_same_but_for_times(const struct name *one, const struct name *other)
{
	if (one->length != other->length)
		return false;
	for (size_t i = 0; i < one->length; i++) {
		bool is_alone = !is_digit_at(one, i + 1) && (i == 0 || !is_digit_at(one, i - 1));

		if (is_digit_at(one, i) != is_digit_at(other, i) ||
		    ((is_alone || !is_digit_at(one, i)) && one->chars[i] != other->chars[i]))
			return false;
	}
	return true;
}

static enum succession
numbered_succession(const struct name *before, const struct name *after)
{
	struct run one = run_before(before, before->length);
	struct run next = run_before(after, after->length);

	if (digits_of(before) >= LEAST_DATED_DIGITS)
		return is_same_but_for_times(before, after) ? SUCCESSION_POSSIBLE : SUCCESSION_NONE;
	if (one.length == 0 || next.length == 0 || !is_same_around(before, &one, after, &next))
		return SUCCESSION_NONE;
	return counted_succession(number_of(before, &one), number_of(after, &next));
}

enum succession
ring_name_succession(const char *before, const char *after)
{
	const struct name one = name_of(before), next = name_of(after);
	struct run counter = counter_at_end(&one), next_counter = counter_at_end(&next);
	struct dumpcap_name dumpcap, next_dumpcap;
	size_t base = base_of(&one);

	if (base != base_of(&next) || !is_same_text(&one, 0, &next, 0, base) ||
	    (one.length == next.length && is_same_text(&one, 0, &next, 0, one.length)))
		return SUCCESSION_NONE;
	if (parse_dumpcap(&one, &dumpcap) && parse_dumpcap(&next, &next_dumpcap))
		return dumpcap_succession(&one, &dumpcap, &next, &next_dumpcap);
	if ((counter.length != 0 || next_counter.length != 0) &&
	    is_same_around(&one, &counter, &next, &next_counter))
		return counted_succession(
		    number_of(&one, &counter), number_of(&next, &next_counter));
	return numbered_succession(&one, &next);
}

const char *
ring_name_key(const char *path, struct arena *arena)
{
	const struct name name = name_of(path);
	size_t end = counter_at_end(&name).start, base = base_of(&name);
	struct text key = {0};
	const char *kept;

	if (strcmp(path, "-") == 0 || end == base)
		return NULL;
	text_addf(&key, "%.*s", (int)base, name.chars);
	for (size_t i = base; i < end; i++) {
		if (!is_digit_at(&name, i))
			text_add_char(&key, name.chars[i]);
		else if (!is_digit_at(&name, i + 1))
			text_add_char(&key, '#');
	}
	kept = arena_text(arena, text_chars(&key), key.length);
	text_free(&key);
	return kept;
}
