#include "analyzer/report/github.h"

#include <inttypes.h>
#include <string.h>

#include "analyzer/base/arena.h"
#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "analyzer/base/text.h"
#include "analyzer/report/page.h"
#include "analyzer/report/phrase.h"

/* Of an annotation, the worst first within each kind that GitHub knows. */
enum gravity {
	GRAVITY_ERROR,
	GRAVITY_UNREADABLE, /* a file that could not be read */
	GRAVITY_WARNING,
	GRAVITY_UNSURE_ERROR, /* inconclusive, and an error if it is so */
	GRAVITY_DAMAGED,      /* a capture that could not be judged, or not in full */
	GRAVITY_NOTICE,
	GRAVITY_UNSURE,
	GRAVITY_COUNT,
};

/* The kinds, as their commands are called. */
enum kind { KIND_ERROR, KIND_WARNING, KIND_NOTICE, KIND_COUNT };

static const char *const kind_names[] = {"error", "warning", "notice"};

static const enum kind kinds[] = {
    [GRAVITY_ERROR] = KIND_ERROR,
    [GRAVITY_UNREADABLE] = KIND_ERROR,
    [GRAVITY_WARNING] = KIND_WARNING,
    [GRAVITY_UNSURE_ERROR] = KIND_WARNING,
    [GRAVITY_DAMAGED] = KIND_WARNING,
    [GRAVITY_NOTICE] = KIND_NOTICE,
    [GRAVITY_UNSURE] = KIND_NOTICE,
};

/* How many annotations of each kind GitHub shows; one of the notices is the total. */
static const size_t most_shown[] = {GITHUB_MOST_SHOWN, GITHUB_MOST_SHOWN, GITHUB_MOST_SHOWN - 1};

/* By verdict and severity. */
static const enum gravity gravities[2][3] = {
    [VERDICT_FOUND] = {GRAVITY_NOTICE, GRAVITY_WARNING, GRAVITY_ERROR},
    [VERDICT_INCONCLUSIVE] = {GRAVITY_UNSURE, GRAVITY_UNSURE, GRAVITY_UNSURE_ERROR},
};

/* Visible; not yet escaped. */
struct annotation {
	const char *file, *title, *message;
};

struct annotation_list {
	struct annotation *items;
	size_t count, capacity;
	size_t bytes;      /* of the items' texts */
	uint64_t left_out; /* beyond GITHUB_MOST_KEPT or GITHUB_MOST_BYTES */
};

struct github {
	struct arena arena;
	struct annotation_list lists[GRAVITY_COUNT];
};

void
github_begin(struct report *report)
{
	report->state = NULL;
}

/* Made when it is first needed: a run that is given up before it reads a capture has no end. */
static struct github *
github_of(struct report *report)
{
	if (report->state == NULL)
		report->state = mem_alloc(1, sizeof(struct github));
	return report->state;
}

/* Takes TITLE and MESSAGE, and empties them. */
static void
keep(struct github *github, enum gravity gravity, const char *file, struct text *title,
    struct text *message)
{
	struct annotation_list *list = &github->lists[gravity];
	struct text name = {0};

	if (list->count == GITHUB_MOST_KEPT || list->bytes >= GITHUB_MOST_BYTES) {
		list->left_out++;
	} else {
		list->items =
		    mem_grow(list->items, list->count, &list->capacity, sizeof(*list->items));
		text_add_visible(&name, file);
		list->bytes += name.length + title->length + message->length;
		list->items[list->count++] = (struct annotation){
		    arena_text(&github->arena, text_chars(&name), name.length),
		    arena_text(&github->arena, text_chars(title), title->length),
		    arena_text(&github->arena, text_chars(message), message->length),
		};
	}
	text_free(&name);
	text_free(title);
	text_free(message);
}

static void
keep_file(struct github *github, enum gravity gravity, const char *file, const char *title,
    const char *sentence)
{
	struct text heading = {0}, message = {0};

	if (sentence == NULL)
		return;
	text_add(&heading, title);
	text_add_visible(&message, sentence);
	keep(github, gravity, file, &heading, &message);
}

/* "10.0.0.5:49711 → 10.0.0.9:445, 2023-11-14T22:13:20.056000001Z, …". */
static void
add_place(struct text *text, const struct report_capture *capture, const struct finding *finding)
{
	phrase_add_ends(text, finding);
	if (capture->facts->has_time) {
		text_add(text, ", ");
		phrase_add_when(text, capture, finding);
	}
	text_add_char(text, '\n');
}

/* What an annotation has room for: what, how sure, who, when, in which packets. */
static void
add_message(struct text *text, const struct report_capture *capture, const struct finding *finding)
{
	size_t before;

	text_add_visible(text, finding->summary);
	text_add_char(text, '\n');
	if (finding->because.count != 0) {
		text_add(text, "Certainty: ");
		phrase_add_certainty(text, finding);
		text_add_char(text, '\n');
	}
	add_place(text, capture, finding);
	before = text->length;
	phrase_add_count(text, capture, finding);
	if (text->length != before)
		text_add_char(text, '\n');
	text_addf(text, "Wireshark: %s\nRule %s, finding %s", finding->filter, finding->rule->id,
	    finding->id);
}

static void
keep_finding(
    struct github *github, const struct report_capture *capture, const struct finding *finding)
{
	struct text title = {0}, message = {0};

	if (finding->verdict == VERDICT_INCONCLUSIVE)
		text_add(&title, "Inconclusive: ");
	text_add_visible(&title, finding->rule->title);
	add_message(&message, capture, finding);
	keep(github, gravities[finding->verdict][finding->severity], capture->facts->file, &title,
	    &message);
}

void
github_capture(struct report *report, const struct report_capture *capture)
{
	const struct capture_facts *facts = capture->facts;
	struct github *github = github_of(report);

	for (size_t i = 0; i < capture->findings.count; i++)
		if (finding_counts(&capture->findings.items[i]))
			keep_finding(github, capture, &capture->findings.items[i]);
	keep_file(
	    github, GRAVITY_DAMAGED, facts->file, "The capture is cut or damaged", facts->damage);
	keep_file(github, GRAVITY_DAMAGED, facts->file, "Nothing in the capture could be judged",
	    facts->unjudged);
}

/* CHARS as the data of a command, or, with the characters of SPECIAL, as a property of one. */
static void
add_escaped(struct text *line, const char *chars, const char *special)
{
	for (; *chars != '\0'; chars++)
		if (*chars == '%' || *chars == '\r' || *chars == '\n' ||
		    strchr(special, *chars) != NULL)
			text_addf(line, "%%%02X", (unsigned)(unsigned char)*chars);
		else
			text_add_char(line, *chars);
}

/* "./x.pcap" is below the repository's root as "x.pcap"; standard input is no file there. */
static void
add_properties(struct text *line, const struct annotation *annotation)
{
	const char *file = annotation->file;

	while (strncmp(file, "./", 2) == 0)
		file += 2;
	if (strcmp(file, "-") != 0) {
		text_add(line, "file=");
		add_escaped(line, file, ":,");
		text_add_char(line, ',');
	}
	text_add(line, "title=");
	add_escaped(line, annotation->title, ":,");
}

static void
print_annotation(FILE *out, enum kind kind, const struct annotation *annotation)
{
	struct text line = {0};

	text_addf(&line, "::%s ", kind_names[kind]);
	add_properties(&line, annotation);
	text_add(&line, "::");
	add_escaped(&line, annotation->message, "");
	text_add_char(&line, '\n');
	fwrite(line.chars, 1, line.length, out);
	text_free(&line);
}

/* CHARS, visible already, as part of a plain line of the log. */
static void
add_plain(struct text *line, const char *chars)
{
	for (; *chars != '\0'; chars++)
		if (*chars == '\n')
			text_add(line, " | ");
		else
			text_add_char(line, *chars);
}

static void
print_plain(FILE *out, enum kind kind, const struct annotation *annotation)
{
	struct text line = {0};

	text_addf(&line, "%s: ", kind_names[kind]);
	add_plain(&line, annotation->file);
	text_add(&line, ": ");
	add_plain(&line, annotation->title);
	text_add(&line, ": ");
	add_plain(&line, annotation->message);
	text_add_char(&line, '\n');
	fwrite(line.chars, 1, line.length, out);
	text_free(&line);
}

/* Prints those that GitHub will show; returns how many there are beside them. */
static uint64_t
print_shown(FILE *out, const struct github *github, size_t shown[GRAVITY_COUNT])
{
	size_t room[KIND_COUNT];
	uint64_t hidden = 0;

	memcpy(room, most_shown, sizeof(room));
	for (enum gravity gravity = 0; gravity < GRAVITY_COUNT; gravity++) {
		const struct annotation_list *list = &github->lists[gravity];
		enum kind kind = kinds[gravity];

		shown[gravity] = list->count < room[kind] ? list->count : room[kind];
		room[kind] -= shown[gravity];
		hidden += list->count - shown[gravity] + list->left_out;
		for (size_t i = 0; i < shown[gravity]; i++)
			print_annotation(out, kind, &list->items[i]);
	}
	return hidden;
}

static void
print_hidden(FILE *out, const struct github *github, const size_t shown[GRAVITY_COUNT])
{
	for (enum gravity gravity = 0; gravity < GRAVITY_COUNT; gravity++) {
		const struct annotation_list *list = &github->lists[gravity];

		for (size_t i = shown[gravity]; i < list->count; i++)
			print_plain(out, kinds[gravity], &list->items[i]);
		if (list->left_out != 0)
			fprintf(out, "%s: and %" PRIu64 " more of these\n",
			    kind_names[kinds[gravity]], list->left_out);
	}
}

static void
print_total(const struct report *report)
{
	struct text total = {0};

	phrase_add_total(&total, report);
	fprintf(report->out, "::notice title=smbtriage::%s\n", text_chars(&total));
	text_free(&total);
}

void
github_end(struct report *report)
{
	struct github *github = github_of(report);
	size_t shown[GRAVITY_COUNT];
	uint64_t hidden;

	for (size_t i = 0; i < report->failed_count; i++)
		keep_file(github, GRAVITY_UNREADABLE, report->failed[i].file,
		    "The file could not be read", report->failed[i].text);
	hidden = print_shown(report->out, github, shown);
	if (hidden != 0) {
		fprintf(report->out,
		    "::group::smbtriage: %" PRIu64 " more than GitHub shows as annotations\n",
		    hidden);
		print_hidden(report->out, github, shown);
		fprintf(report->out, "::endgroup::\n");
	}
	print_total(report);
	for (enum gravity gravity = 0; gravity < GRAVITY_COUNT; gravity++)
		mem_free(github->lists[gravity].items);
	arena_free(&github->arena);
	mem_free(github);
	report->state = NULL;
}
