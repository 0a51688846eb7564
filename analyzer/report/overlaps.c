#include "analyzer/report/overlaps.h"

#include <inttypes.h>

#include "analyzer/base/basics.h"
#include "analyzer/report/page.h"

/* Rows of one capture, of conflicts and of messages: NDJSON has those of each conversation. */
#define MOST_ROWS 8

/* "tcp.stream 3: 5 bytes of the client in frame 12 differ from those in frame 10; the first copy
 * was read, as hosts of policy windows do." */
static void
add_overlap(
    struct text *text, const struct conversation_facts *facts, const struct overlap_facts *overlap)
{
	text_addf(text, "tcp.stream %" PRIu32 ": ", facts->stream);
	page_add_count(text, overlap->bytes, "byte");
	text_addf(text, " of the %s in frame %" PRIu64 " %s from ",
	    names_text(&side_names, overlap->from), overlap->second_frame,
	    overlap->bytes == 1 ? "differs" : "differ");
	if (overlap->first_frame != 0)
		text_addf(text, "the same in frame %" PRIu64, overlap->first_frame);
	else
		text_add(text, "the same sent before");
	text_addf(text, "; the %s copy was read, as ", names_text(&copy_names, overlap->read));
	if (overlap->policy != NULL)
		text_addf(text, "hosts of the policy %s do (--overlap).", overlap->policy);
	else
		text_add(text, "it had been passed on when the second came.");
}

static void
add_value(struct text *text, const struct contested_value *value)
{
	text_addf(text, " %s is ", value->field);
	text_add_visible(text, value->read[0] != '\0' ? value->read : "not there");
	text_add(text, " as read, and ");
	text_add_visible(text, value->other[0] != '\0' ? value->other : "not there");
	text_add(text, " by the other copy");
}

/* "tcp.stream 3: the smb2_tree_connect of the client in frame 10 has two readings: path is …" */
static void
add_contested(struct text *text, const struct conversation_facts *facts,
    const struct contested_message *message)
{
	text_addf(text, "tcp.stream %" PRIu32 ": the ", facts->stream);
	if (message->exchange != NULL)
		text_addf(text, "%s ", message->exchange);
	text_addf(text, "message of the %s in frame %" PRIu64 " has two readings:",
	    names_text(&side_names, message->from), message->frame);
	for (size_t i = 0; i < message->value_count; i++) {
		if (i != 0)
			text_add_char(text, ';');
		add_value(text, &message->values[i]);
	}
	if (message->values_left_out != 0) {
		text_add(text, "; and ");
		page_add_count(text, message->values_left_out, "more field");
	}
	text_add(text, ". What rests on it is undecided.");
}

static void
add_left_out(struct head *head, uint64_t overlaps, uint64_t messages)
{
	if (overlaps + messages == 0)
		return;
	text_add(&head->value, "Of bytes sent twice, ");
	page_add_count(&head->value, overlaps, "more conflict");
	text_add(&head->value, " and ");
	page_add_count(&head->value, messages, "message");
	text_add(&head->value, " are not told, or not compared.");
	head_add_lack(head);
}

void
overlaps_add_rows(struct head *head)
{
	uint64_t overlaps = 0, messages = 0, messages_left = 0;

	for (size_t i = 0; i < head->capture->conversation_count; i++) {
		const struct conversation_facts *facts = head->capture->conversations[i].facts;

		for (size_t j = 0; j < facts->overlap_count; j++) {
			if (overlaps++ >= MOST_ROWS)
				continue;
			add_overlap(&head->value, facts, &facts->overlaps[j]);
			head_add_lack(head);
		}
		for (size_t j = 0; j < facts->contested_count; j++) {
			if (messages++ >= MOST_ROWS)
				continue;
			add_contested(&head->value, facts, &facts->contested[j]);
			head_add_lack(head);
		}
		messages_left += facts->contested_left_out;
	}
	add_left_out(head, overlaps - min_u64(overlaps, MOST_ROWS),
	    messages - min_u64(messages, MOST_ROWS) + messages_left);
}
