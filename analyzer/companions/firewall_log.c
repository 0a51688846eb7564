#include "analyzer/companions/firewall_log.h"

#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/date.h"
#include "analyzer/base/memory.h"
#include "analyzer/base/text.h"
#include "analyzer/companions/companion_value.h"
#include "analyzer/facts.h"

/* Lines from the beginning that recognition looks at: a header has four. */
#define LINES_LOOKED_AT 64

/* More fields than any version writes; what is behind them is not looked at. */
#define MOST_FIELDS 32

/* The columns that are read; the first of them each log has. */
enum column {
	DATE,
	TIME,
	ACTION,
	PROTOCOL,
	SOURCE,
	DESTINATION,
	SOURCE_PORT,
	DESTINATION_PORT,
	NEEDED_COLUMNS,
	FLAGS = NEEDED_COLUMNS,
	SYN,
	INFO,
	PATH,
	COLUMNS
};

static const char *const column_names[COLUMNS] = {
    [DATE] = "date",
    [TIME] = "time",
    [ACTION] = "action",
    [PROTOCOL] = "protocol",
    [SOURCE] = "src-ip",
    [DESTINATION] = "dst-ip",
    [SOURCE_PORT] = "src-port",
    [DESTINATION_PORT] = "dst-port",
    [FLAGS] = "tcpflags",
    [SYN] = "tcpsyn",
    [INFO] = "info",
    [PATH] = "path",
};

/* A field, as it stands in its line. */
struct word {
	const char *chars;
	size_t length;
};

struct words {
	struct word items[MOST_FIELDS];
	size_t count;
};

/* Where columns stand in a line. */
struct layout {
	size_t places[COLUMNS]; /* MOST_FIELDS: there is none */
	size_t count;
};

struct reading {
	const struct companion_text *text;
	struct companion *companion;
	struct layout layout;
};

/* ---- fields ---- */

static void
split(const char *line, struct words *ret)
{
	ret->count = 0;
	for (line += strspn(line, " \t"); *line != '\0'; line += strspn(line, " \t")) {
		size_t length = strcspn(line, " \t");

		if (ret->count < MOST_FIELDS)
			ret->items[ret->count++] = (struct word){line, length};
		line += length;
	}
}

static bool
is_word(const struct word *word, const char *chars)
{
	return word->length == strlen(chars) && memcmp(word->chars, chars, word->length) == 0;
}

/* The field of COLUMN in a line, or "-", which stands for what is not known. */
static const struct word *
field(const struct layout *layout, const struct words *words, enum column column)
{
	static const struct word unknown = {"-", 1};
	size_t place = layout->places[column];

	return place < words->count ? &words->items[place] : &unknown;
}

static bool
read_number(const struct word *word, uint64_t most, uint64_t *ret)
{
	return companion_number(word->chars, word->length, most, ret);
}

static bool
read_addr(const struct word *word, struct addr *ret)
{
	return companion_addr(word->chars, word->length, ret);
}

static bool
read_port(const struct word *word, uint16_t *ret)
{
	return companion_port(word->chars, word->length, ret);
}

static bool
read_time(const struct word *date, const struct word *time, int64_t *ret)
{
	char text[DATE_TIME_SIZE] = "";

	if (date->length + 1 + time->length >= sizeof(text))
		return false;
	memcpy(text, date->chars, date->length);
	text[date->length] = ' ';
	memcpy(text + date->length + 1, time->chars, time->length);
	return date_parse_time(text, ret);
}

/* ---- lines ---- */

/* What "#Fields:" says; columns that nobody knows are counted. False when it lacks one that is
 * needed. */
static bool
read_layout(const char *names, struct layout *ret)
{
	struct words words;

	split(names, &words);
	ret->count = words.count;
	for (size_t i = 0; i < COLUMNS; i++) {
		ret->places[i] = MOST_FIELDS;
		for (size_t j = 0; j < words.count; j++)
			if (is_word(&words.items[j], column_names[i]))
				ret->places[i] = j;
		if (ret->places[i] == MOST_FIELDS && i < NEEDED_COLUMNS)
			return false;
	}
	return true;
}

/* What all versions since Windows XP SP2 write, when the line that says so is not there. */
static struct layout
usual_layout(void)
{
	struct layout layout;

	read_layout("date time action protocol src-ip dst-ip src-port dst-port size tcpflags "
		    "tcpsyn tcpack tcpwin icmptype icmpcode info path",
	    &layout);
	return layout;
}

/* A log that was begun by an older version has no column for the process, and lines that name it.
 */
static bool
has_all_fields(const struct layout *layout, const struct words *words)
{
	return words->count == layout->count || words->count == layout->count + 1;
}

/* Connections, which Windows before Vista logs as they begin and end, are no packets. */
static bool
is_of_connection(const struct word *action)
{
	return is_word(action, "OPEN") || is_word(action, "OPEN-INBOUND") ||
	       is_word(action, "CLOSE");
}

static uint8_t
transport_of(const struct word *protocol)
{
	if (is_word(protocol, "TCP") || is_word(protocol, "6"))
		return TRANSPORT_TCP;
	if (is_word(protocol, "UDP") || is_word(protocol, "17"))
		return TRANSPORT_UDP;
	return TRANSPORT_NONE;
}

static bool
read_path(const struct word *word, enum firewall_path *ret)
{
	static const char *const names[] = {"-", "SEND", "RECEIVE", "FORWARD"};

	for (size_t i = 0; i < COUNT(names); i++) {
		if (is_word(word, names[i])) {
			*ret = (enum firewall_path)i;
			return true;
		}
	}
	return false;
}

/* Flags are letters, "S" and "AP". Where there are none, as of packets that were let through, the
 * numbers of TCP are 0 and say nothing. */
static void
read_tcp(const struct word *flags, const struct word *syn, struct firewall_entry *entry)
{
	uint64_t number;

	if (entry->transport != TRANSPORT_TCP || is_word(flags, "-"))
		return;
	entry->is_syn = memchr(flags->chars, 'S', flags->length) != NULL &&
			memchr(flags->chars, 'A', flags->length) == NULL;
	if (read_number(syn, UINT32_MAX, &number))
		entry->syn = known(number);
}

/* The column that cannot be read, or COLUMNS. */
static enum column
read_packet(const struct layout *layout, const struct words *words, struct firewall_entry *entry)
{
	if (!read_time(field(layout, words, DATE), field(layout, words, TIME), &entry->time))
		return DATE;
	if (!read_addr(field(layout, words, SOURCE), &entry->source))
		return SOURCE;
	if (!read_addr(field(layout, words, DESTINATION), &entry->destination) ||
	    entry->destination.family != entry->source.family)
		return DESTINATION;
	if (!read_port(field(layout, words, SOURCE_PORT), &entry->source_port))
		return SOURCE_PORT;
	if (!read_port(field(layout, words, DESTINATION_PORT), &entry->destination_port))
		return DESTINATION_PORT;
	if (!read_path(field(layout, words, PATH), &entry->path))
		return PATH;
	read_tcp(field(layout, words, FLAGS), field(layout, words, SYN), entry);
	return COLUMNS;
}

/* ---- the log ---- */

static struct quotation
quote(const struct reading *reading, size_t line)
{
	const char *text = reading->text->lines[line];

	return (struct quotation){reading->text->file, line + 1,
	    arena_text(&reading->companion->arena, text, strlen(text))};
}

/* The last line ends where the file does, not where it should. */
static bool
is_cut(const struct reading *reading, size_t line)
{
	return line + 1 == reading->text->line_count && !reading->text->has_last_end;
}

static void
note_cut(struct reading *reading, size_t line)
{
	companion_note_damage(reading->companion, line + 1, "the file ends amid this line");
}

static void
note_fields(struct reading *reading, size_t line, const struct words *words)
{
	if (is_cut(reading, line))
		note_cut(reading, line);
	else
		companion_note_damage(reading->companion, line + 1,
		    "the line has %zu fields instead of %zu", words->count, reading->layout.count);
}

/* The quotation has the line itself; what a file holds is not told in sentences. */
static void
note_field(struct reading *reading, size_t line, enum column column)
{
	if (is_cut(reading, line))
		note_cut(reading, line);
	else
		companion_note_damage(reading->companion, line + 1,
		    "the field %s of the line cannot be read", column_names[column]);
}

/* "INFO-EVENTS-LOST", whose info is how many; it may have fewer fields than others. */
static void
add_lost(struct reading *reading, const struct words *words)
{
	struct companion *companion = reading->companion;
	uint64_t count;

	if (read_number(field(&reading->layout, words, INFO), UINT32_MAX, &count))
		companion->lost_count += count;
}

static void
add_packet(struct reading *reading, size_t line, const struct words *words, bool is_drop)
{
	struct companion *companion = reading->companion;
	const struct word *protocol = field(&reading->layout, words, PROTOCOL);
	struct firewall_entry entry = {
	    .action = is_drop ? FIREWALL_DROP : FIREWALL_ALLOW,
	    .transport = transport_of(protocol),
	};
	enum column unread;

	if (entry.transport == TRANSPORT_NONE)
		return;
	unread = read_packet(&reading->layout, words, &entry);
	if (unread != COLUMNS) {
		note_field(reading, line, unread);
		return;
	}
	entry.quote = quote(reading, line);
	companion->entries = mem_grow(companion->entries, companion->entry_count,
	    &companion->entry_capacity, sizeof(*companion->entries));
	companion->entries[companion->entry_count++] = entry;
}

/* A line that is none of the header's and not blank. */
static void
read_fields(struct reading *reading, size_t line, const struct words *words)
{
	const struct word *action = field(&reading->layout, words, ACTION);
	bool is_drop = is_word(action, "DROP");

	if (is_word(action, "INFO-EVENTS-LOST"))
		add_lost(reading, words);
	else if (!has_all_fields(&reading->layout, words))
		note_fields(reading, line, words);
	else if (is_drop || is_word(action, "ALLOW"))
		add_packet(reading, line, words, is_drop);
	else if (!is_of_connection(action))
		note_field(reading, line, ACTION);
}

/* The part of LINE behind NAME, or NULL when it is another line of a header, or none. */
static const char *
header_value(const char *line, const char *name)
{
	return text_starts_nocase(line, name) ? line + strlen(name) : NULL;
}

/* A log that a Windows update went on with may have several headers. */
static void
read_header(struct reading *reading, size_t line)
{
	const char *names = header_value(reading->text->lines[line], "#Fields:");
	struct layout layout;

	if (is_cut(reading, line))
		note_cut(reading, line);
	else if (names != NULL && read_layout(names, &layout))
		reading->layout = layout;
	else if (names != NULL)
		companion_note_damage(
		    reading->companion, line + 1, "#Fields lacks columns that each log has");
}

static void
read_log(const struct companion_text *text, struct companion *companion)
{
	struct reading reading = {text, companion, usual_layout()};
	struct words words;

	for (size_t i = 0; i < text->line_count; i++) {
		if (text->lines[i][0] == '#') {
			read_header(&reading, i);
			continue;
		}
		split(text->lines[i], &words);
		if (words.count != 0)
			read_fields(&reading, i, &words);
	}
}

/* ---- recognition ---- */

/* A line of a part of a log that has no header. */
static bool
has_shape(const struct layout *layout, const char *line)
{
	const struct word *action;
	struct words words;
	enum firewall_path path;
	int64_t time;

	split(line, &words);
	action = field(layout, &words, ACTION);
	return has_all_fields(layout, &words) &&
	       read_time(field(layout, &words, DATE), field(layout, &words, TIME), &time) &&
	       read_path(field(layout, &words, PATH), &path) &&
	       (is_word(action, "DROP") || is_word(action, "ALLOW") ||
		   is_word(action, "INFO-EVENTS-LOST") || is_of_connection(action));
}

/* Other programs write "#Fields:", too. */
static bool
is_header(const char *line)
{
	const char *names = header_value(line, "#Fields:");
	const char *software = header_value(line, "#Software: Microsoft ");
	struct layout layout;

	return (names != NULL && read_layout(names, &layout)) ||
	       (software != NULL && strstr(software, "Firewall") != NULL);
}

static bool
is_log(const struct companion_text *text)
{
	struct layout layout = usual_layout();
	size_t count = min_u64(text->line_count, LINES_LOOKED_AT);

	for (size_t i = 0; i < count; i++)
		if (is_header(text->lines[i]) || has_shape(&layout, text->lines[i]))
			return true;
	return false;
}

const struct companion_format firewall_log_format = {
    .name = "log of the Windows firewall",
    .made_by = "pfirewall.log",
    .recognises = is_log,
    .read = read_log,
};
