#include "analyzer/report/head.h"

#include <inttypes.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "analyzer/report/companion_rows.h"
#include "analyzer/report/page.h"
#include "analyzer/report/phrase.h"
#include "analyzer/report/point_rows.h"
#include "analyzer/report/quality.h"
#include "analyzer/report/statistics_text.h"

#define MOST_COMMENTS 3
#define MOST_PARTS    8

/* Conversations of one kind, by how far they got. */
struct tally {
	size_t count;
	size_t steps[STEP_WORKING + 1];
};

static void
add_row(struct head *head, struct head_row row)
{
	row.value = arena_text(head->arena, text_chars(&head->value), head->value.length);
	text_clear(&head->value);
	head->rows = mem_grow(head->rows, head->count, &head->capacity, sizeof(row));
	head->rows[head->count++] = row;
}

void
head_add(struct head *head, const char *label)
{
	add_row(head, (struct head_row){.label = label});
}

void
head_add_lack(struct head *head)
{
	add_row(head, (struct head_row){.label = "quality", .is_lack = true});
}

void
head_free(struct head *head)
{
	text_free(&head->value);
	mem_free(head->rows);
	*head = (struct head){0};
}

static bool
is_smb(const struct report_conversation *conversation)
{
	return report_is_spoken(conversation, "smb");
}

static bool
is_kerberos(const struct report_conversation *conversation)
{
	return report_is_spoken(conversation, "kerberos");
}

static bool
is_neither(const struct report_conversation *conversation)
{
	return !is_smb(conversation) && !is_kerberos(conversation);
}

static struct tally
tally_of(const struct report_capture *capture,
    bool (*is_wanted)(const struct report_conversation *conversation))
{
	struct tally tally = {0};

	for (size_t i = 0; i < capture->conversation_count; i++) {
		if (!is_wanted(&capture->conversations[i]))
			continue;
		tally.count++;
		tally.steps[capture->conversations[i].facts->step]++;
	}
	return tally;
}

/* ": 1 worked on a share, 2 got to NEGOTIATE". */
static void
add_steps(struct text *text, const struct tally *tally)
{
	const char *separator = ": ";

	for (size_t step = STEP_WORKING + 1; step-- != 0;) {
		if (tally->steps[step] == 0)
			continue;
		text_addf(text, "%s%zu %s", separator, tally->steps[step], phrase_step(step));
		separator = ", ";
	}
}

static void
add_capture_row(struct head *head, const struct capture_facts *facts)
{
	page_add_count(&head->value, facts->packets, "packet");
	text_addf(&head->value, ", %s", facts->format);
	if (facts->compression != NULL)
		text_addf(&head->value, " in %s", facts->compression);
	if (facts->tcp_streams != 0) {
		text_add(&head->value, ", ");
		page_add_count(&head->value, facts->tcp_streams, "TCP stream");
	}
	if (facts->syn_only_streams != 0)
		text_addf(&head->value, " (%" PRIu64 " only of SYNs)", facts->syn_only_streams);
	head_add(head, "capture");
}

static void
add_time_row(struct head *head, const struct capture_facts *facts)
{
	if (!facts->has_time)
		return;
	text_add_time(&head->value, facts->first_time);
	text_add(&head->value, ", lasting ");
	text_add_duration(&head->value, facts->last_time - facts->first_time);
	head_add(head, "time");
}

/* "frames 51 to 100: cap_00002.pcapng". */
static void
add_part_row(struct head *head, const struct capture_part *part)
{
	text_addf(&head->value, "frames %" PRIu64 " to %" PRIu64 ": ", part->first_frame,
	    part->first_frame + part->packets - 1);
	text_add_visible(&head->value, part->name != NULL ? part->name : part->file);
	if (part->sha256 != NULL)
		text_addf(&head->value, ", SHA-256 %s", part->sha256);
	head_add(head, "part");
}

/* In which file a frame of the trace is. */
static void
add_part_rows(struct head *head, const struct capture_facts *facts)
{
	size_t told = facts->part_count > MOST_PARTS + 1 ? MOST_PARTS : facts->part_count;

	for (size_t i = 0; i < told; i++)
		add_part_row(head, &facts->parts[i]);
	if (told == facts->part_count)
		return;
	text_addf(&head->value, "frames %" PRIu64 " to %" PRIu64 ": ",
	    facts->parts[told].first_frame, facts->packets);
	page_add_count(&head->value, facts->part_count - told, "more file");
	text_add(&head->value, "; NDJSON lists them");
	head_add(head, "part");
}

static void
add_conversation_rows(struct head *head)
{
	struct tally smb = tally_of(head->capture, is_smb);
	struct tally kerberos = tally_of(head->capture, is_kerberos);
	struct tally others = tally_of(head->capture, is_neither);

	page_add_count(&head->value, smb.count, "conversation");
	add_steps(&head->value, &smb);
	head_add(head, "SMB");
	if (kerberos.count != 0) {
		page_add_count(&head->value, kerberos.count, "conversation");
		head_add(head, "Kerberos");
	}
	if (others.count != 0) {
		page_add_count(&head->value, others.count, "conversation");
		text_add(&head->value, " on their ports that spoke neither");
		add_steps(&head->value, &others);
		head_add(head, "others");
	}
}

static void
add_comment_rows(struct head *head, const struct capture_facts *facts)
{
	for (size_t i = 0; i < facts->comment_count && i < MOST_COMMENTS; i++) {
		text_add_visible(&head->value, facts->comments[i]);
		head_add(head, "comment");
	}
}

static void
add_result_row(struct head *head)
{
	phrase_add_result(&head->value, head->capture);
	head_add(head, "result");
}

struct head
head_of(const struct report_capture *capture, struct arena *arena)
{
	struct head head = {.capture = capture, .arena = arena};

	add_capture_row(&head, capture->facts);
	add_time_row(&head, capture->facts);
	add_part_rows(&head, capture->facts);
	point_add_rows(&head);
	companion_add_rows(&head);
	if (capture->sha256 != NULL) {
		text_add(&head.value, capture->sha256);
		head_add(&head, "sha256");
	}
	add_comment_rows(&head, capture->facts);
	quality_add_rows(&head);
	add_conversation_rows(&head);
	statistics_add_rows(&head);
	add_result_row(&head);
	return head;
}

/* No finding is no proof of health: says what was there to be judged. */
const char *
head_of_nothing(const struct report_capture *capture, struct arena *arena)
{
	struct text sentence = {0};
	const char *copy;

	if (capture->facts->unjudged != NULL) {
		text_add(&sentence, "Nothing could be judged: ");
		text_add_visible(&sentence, capture->facts->unjudged);
		text_add_char(&sentence, '.');
	} else if (capture->left_out != 0) {
		text_add(&sentence, "Nothing is as severe as was asked for: ");
		page_add_count(&sentence, capture->left_out, "finding");
		text_addf(&sentence, " of less severity %s left out.",
		    capture->left_out == 1 ? "is" : "are");
	} else if (capture->conversation_count != 0) {
		text_add(&sentence, capture->facts->point == NULL
					? "No rule matched."
					: "No rule matched here; a finding that several captures "
					  "share is told once, with the one that is sure of it.");
		text_add(&sentence,
		    " How far the conversations got is said above; what happened outside of them, "
		    "or before the capture began, is not in it.");
	} else {
		text_add(&sentence,
		    "There is no SMB or Kerberos conversation in this capture, so nothing could be "
		    "judged. Was it taken on the right interface, while the fault showed, with a "
		    "filter that lets ports 445, 139 and 88 pass?");
	}
	copy = arena_text(arena, sentence.chars, sentence.length);
	text_free(&sentence);
	return copy;
}
