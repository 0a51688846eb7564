#include "analyzer/report/limits.h"

#include <inttypes.h>

#include "analyzer/base/basics.h"
#include "analyzer/report/page.h"
#include "analyzer/report/wrap.h"

#define MOST_STREAMS_NAMED 8 /* fits one line */

static void
add_item(struct text *text, const struct text *sentence)
{
	text_add(text, "  - ");
	wrap_words(text, 4, 4, text_chars(sentence));
	text_add_char(text, '\n');
}

/* A count in capture_facts that should be 0. */
struct flaw {
	size_t offset;
	const char *singular;
	const char *sentence; /* follows the count */
};

#define FLAW(member) offsetof(struct capture_facts, member)

static const struct flaw flaws[] = {
    {FLAW(sliced), "packet",
	"shorter here than on the wire (snap length): the rest cannot be read."},
    {FLAW(undecoded), "packet", "with a link type or headers that cannot be read."},
    {FLAW(fragments_incomplete), "fragmented datagram", "not all of whose fragments are here."},
    {FLAW(time_reversals), "packet",
	"stamped earlier than the one before: the order and the waits may be wrong."},
};

static void
add_flaws(struct text *text, struct text *sentence, const struct capture_facts *facts)
{
	uint64_t count;

	for (size_t i = 0; i < COUNT(flaws); i++) {
		count = *(const uint64_t *)(const void *)((const char *)facts + flaws[i].offset);
		if (count == 0)
			continue;
		text_clear(sentence);
		page_add_count(sentence, count, flaws[i].singular);
		text_addf(sentence, " %s", flaws[i].sentence);
		add_item(text, sentence);
	}
}

static void
add_damage(struct text *text, struct text *sentence, const struct capture_facts *facts)
{
	if (facts->damage == NULL)
		return;
	text_clear(sentence);
	text_add(sentence, "The file is cut or damaged: ");
	text_add_visible(sentence, facts->damage);
	text_add(sentence, ". What follows there is not known.");
	add_item(text, sentence);
}

/* Whether packets were lost while capturing decides what an absent packet means. */
static void
add_drops(struct text *text, struct text *sentence, const struct capture_facts *facts)
{
	uint64_t dropped = 0;
	size_t known_count = 0;

	for (size_t i = 0; i < facts->interface_count; i++) {
		dropped += facts->interfaces[i].has_dropped ? facts->interfaces[i].dropped : 0;
		known_count += facts->interfaces[i].has_dropped;
	}
	text_clear(sentence);
	if (dropped != 0) {
		text_add(sentence, "The capturing system dropped ");
		page_add_count(sentence, dropped, "packet");
		text_add(sentence, ": what is absent may be among them.");
	} else if (known_count == facts->interface_count && known_count != 0) {
		return;
	} else {
		text_add(sentence,
		    "The file does not say whether packets were dropped while capturing.");
	}
	add_item(text, sentence);
}

static void
add_no_times(struct text *text, struct text *sentence, const struct capture_facts *facts)
{
	if (facts->has_time || facts->packets == 0)
		return;
	text_clear(sentence);
	text_add(sentence, "Its packets carry no time: nothing is known of when and how long.");
	add_item(text, sentence);
}

static uint64_t
one_direction(const struct conversation_facts *facts)
{
	return facts->is_one_direction && facts->step != STEP_NONE;
}

static uint64_t
begun_before(const struct conversation_facts *facts)
{
	return facts->is_begun_before && facts->transport == TRANSPORT_TCP;
}

static uint64_t
still_open(const struct conversation_facts *facts)
{
	return facts->transport == TRANSPORT_TCP && facts->step != STEP_NONE &&
	       facts->close == CLOSE_NONE;
}

static uint64_t
encrypted(const struct conversation_facts *facts)
{
	return facts->is_encrypted;
}

static uint64_t
compressed(const struct conversation_facts *facts)
{
	return facts->is_compressed;
}

static uint64_t
missing_bytes(const struct conversation_facts *facts)
{
	return facts->missing_bytes[CLIENT] + facts->missing_bytes[SERVER];
}

static uint64_t
conflicting_bytes(const struct conversation_facts *facts)
{
	return facts->conflicting_bytes[CLIENT] + facts->conflicting_bytes[SERVER];
}

static const struct lack {
	uint64_t (*amount)(const struct conversation_facts *facts); /* 0: does not apply */
	const char *unit; /* what AMOUNT counts, or NULL when it is only yes or no */
	const char *sentence;
} lacks[] = {
    {one_direction, NULL,
	"only one direction was captured; the other side's packets may have existed."},
    {missing_bytes, "byte", "sent, yet not in the file."},
    {conflicting_bytes, "byte", "sent twice with different contents; the first copy was read."},
    {begun_before, NULL, "older than the capture; the set-up is not in it."},
    {encrypted, NULL, "encrypted; the requests and answers inside cannot be read."},
    {compressed, NULL, "compressed messages, which are not read."},
    {still_open, NULL, "not closed when the capture ended; what came later is not in it."},
};

/* The conversations that LACK applies to, while they are counted. */
struct affected {
	uint64_t conversations, amount, over_udp;
	size_t stream_count;
	uint32_t streams[MOST_STREAMS_NAMED];
};

static struct affected
find_affected(const struct report_capture *capture, const struct lack *lack)
{
	struct affected affected = {0};
	const struct conversation_facts *facts;
	uint64_t amount;

	for (size_t i = 0; i < capture->conversation_count; i++) {
		facts = capture->conversations[i].facts;
		amount = lack->amount(facts);
		if (amount == 0)
			continue;
		affected.conversations++;
		affected.amount += amount;
		if (facts->transport != TRANSPORT_TCP)
			affected.over_udp++;
		else if (affected.stream_count < MOST_STREAMS_NAMED)
			affected.streams[affected.stream_count++] = facts->stream;
	}
	return affected;
}

static void
add_affected(struct text *sentence, const struct affected *affected)
{
	uint64_t unnamed = affected->conversations - affected->over_udp - affected->stream_count;

	page_add_count(sentence, affected->conversations, "conversation");
	text_add(sentence, " (");
	for (size_t i = 0; i < affected->stream_count; i++)
		text_addf(
		    sentence, "%s%" PRIu32, i == 0 ? "tcp.stream " : ", ", affected->streams[i]);
	if (unnamed != 0)
		text_addf(sentence, " and %" PRIu64 " more", unnamed);
	if (affected->over_udp != 0)
		text_addf(sentence, "%s%" PRIu64 " over UDP",
		    affected->stream_count != 0 ? "; " : "", affected->over_udp);
	text_add(sentence, "): ");
}

static void
add_lacks(struct text *text, struct text *sentence, const struct report_capture *capture)
{
	struct affected affected;

	for (size_t i = 0; i < COUNT(lacks); i++) {
		affected = find_affected(capture, &lacks[i]);
		if (affected.conversations == 0)
			continue;
		text_clear(sentence);
		add_affected(sentence, &affected);
		if (lacks[i].unit != NULL) {
			page_add_count(sentence, affected.amount, lacks[i].unit);
			text_add_char(sentence, ' ');
		}
		text_add(sentence, lacks[i].sentence);
		add_item(text, sentence);
	}
}

void
limits_add(struct text *text, const struct report_capture *capture)
{
	struct text sentence = {0};
	size_t before = text->length;

	add_damage(text, &sentence, capture->facts);
	add_drops(text, &sentence, capture->facts);
	add_no_times(text, &sentence, capture->facts);
	add_flaws(text, &sentence, capture->facts);
	add_lacks(text, &sentence, capture);
	if (text->length == before)
		text_add(text, "  - Nothing is known to be missing from it.\n");
	text_free(&sentence);
}
