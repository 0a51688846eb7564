#include "analyzer/report/quality.h"

#include <inttypes.h>

#include "analyzer/base/basics.h"
#include "analyzer/report/overlaps.h"
#include "analyzer/report/page.h"

#define MOST_STREAMS_NAMED 8 /* fits one line */
#define MOST_HOSTS_NAMED   3 /* the strongest evidence is enough */

/* How many conversations were captured where; 0 everywhere when there are none. */
struct places {
	uint64_t conversations[VANTAGE_BETWEEN + 1]; /* by enum vantage */
	uint64_t all;
};

static struct places
count_places(const struct report_capture *capture)
{
	struct places places = {.all = capture->conversation_count};

	for (size_t i = 0; i < capture->conversation_count; i++)
		places.conversations[capture->conversations[i].facts->vantage]++;
	return places;
}

/* "the client", or what it was to how many of the conversations. */
static void
add_places(struct text *text, const struct places *places)
{
	static const struct {
		enum vantage vantage;
		const char *phrase;
	} phrases[] = {
	    {VANTAGE_CLIENT, "the client"},
	    {VANTAGE_SERVER, "the server"},
	    {VANTAGE_BETWEEN, "a place between client and server"},
	    {VANTAGE_UNKNOWN, "a place that is not known (--vantage tells it)"},
	};
	const char *separator = "";

	for (size_t i = 0; i < COUNT(phrases); i++) {
		uint64_t count = places->conversations[phrases[i].vantage];

		if (count == 0)
			continue;
		text_addf(text, "%s%s", separator, phrases[i].phrase);
		if (count != places->all) {
			text_add(text, " of ");
			page_add_count(text, count, "conversation");
		}
		separator = ", ";
	}
}

/* "10.0.0.5 is here (ttl 9, handshake 2)". */
static void
add_votes(struct text *text, const struct vantage_facts *host)
{
	const uint32_t *votes = host->place == PLACE_HERE ? host->here : host->elsewhere;
	const char *separator = " (";

	page_add_addr(text, &host->host);
	text_addf(text, " is %s", names_text(&place_names, host->place));
	for (size_t i = 0; i < CLUE_COUNT; i++) {
		if (votes[i] == 0)
			continue;
		text_addf(text, "%s%s %" PRIu32, separator, names_text(&clue_names, i), votes[i]);
		separator = ", ";
	}
	text_add_char(text, ')');
}

static void
add_place_row(struct head *head)
{
	const struct capture_facts *facts = head->capture->facts;
	static const enum place order[] = {PLACE_HERE, PLACE_ELSEWHERE};
	struct places places = count_places(head->capture);
	size_t named = 0;

	if (places.all == 0)
		return;
	add_places(&head->value, &places);
	for (size_t i = 0; i < COUNT(order) * facts->vantage_count; i++) {
		const struct vantage_facts *host = &facts->vantages[i % facts->vantage_count];

		if (host->place != order[i / facts->vantage_count] || named == MOST_HOSTS_NAMED)
			continue;
		text_add(&head->value, named++ == 0 ? ": " : ", ");
		add_votes(&head->value, host);
	}
	head_add(head, "taken at");
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
	"shorter here than on the wire (snap length): what rests on the rest is undecided."},
    {FLAW(undecoded), "packet", "with a link type or headers that cannot be read."},
    {FLAW(fragments_incomplete), "fragmented datagram", "not all of whose fragments are here."},
    {FLAW(fragments_contested), "fragmented datagram",
	"whose fragments overlap with different bytes: what it carries is not read, as Windows and "
	"Linux discard it."},
    {FLAW(duplicates), "packet",
	"shown more than once (mirror port, several interfaces): each counts once."},
    {FLAW(time_reversals), "packet",
	"written out of order: waits may be wrong by as much as they are late."},
    {FLAW(quic_packets), "packet",
	"of QUIC from or to a file server: SMB over QUIC is encrypted and not seen."},
    {FLAW(rdma_packets), "packet", "of RDMA (RoCEv2, iWARP): SMB Direct is not read."},
    {FLAW(clock_steps), "time", "the clock was set back: waits across that are not known."},
};

static void
add_flaws(struct head *head)
{
	const struct capture_facts *facts = head->capture->facts;
	uint64_t count;

	for (size_t i = 0; i < COUNT(flaws); i++) {
		count = *(const uint64_t *)(const void *)((const char *)facts + flaws[i].offset);
		if (count == 0)
			continue;
		page_add_count(&head->value, count, flaws[i].singular);
		text_addf(&head->value, " %s", flaws[i].sentence);
		head_add_lack(head);
	}
}

static void
add_bounds(struct head *head)
{
	for (enum bound bound = 0; bound < BOUND_COUNT; bound++) {
		const struct bound_count *reached = &head->capture->facts->bounds.of[bound];

		if (reached->count == 0)
			continue;
		page_add_count(&head->value, reached->count, bound_rows[bound].unit);
		if (reached->frame != 0)
			text_addf(
			    &head->value, ", the first in frame %" PRIu64 ",", reached->frame);
		text_addf(&head->value, " %s", bound_rows[bound].sentence);
		head_add_lack(head);
	}
}

static void
add_damage(struct head *head)
{
	if (head->capture->facts->damage == NULL)
		return;
	text_addf(&head->value,
	    "The %s is cut or damaged: ", head->capture->facts->part_count != 0 ? "trace" : "file");
	text_add_visible(&head->value, head->capture->facts->damage);
	text_add(&head->value, ". What was open there is undecided.");
	head_add_lack(head);
}

/* Whether packets were lost while capturing decides what an absent packet means. */
static void
add_drops(struct head *head)
{
	const struct capture_facts *facts = head->capture->facts;
	uint64_t dropped = 0;
	size_t known_count = 0;

	for (size_t i = 0; i < facts->interface_count; i++) {
		dropped += facts->interfaces[i].has_dropped ? facts->interfaces[i].dropped : 0;
		known_count += facts->interfaces[i].has_dropped;
	}
	if (dropped != 0) {
		text_add(&head->value, "The capturing system dropped ");
		page_add_count(&head->value, dropped, "packet");
		text_add(&head->value, ": what is absent may be among them.");
		head_add_lack(head);
	} else if (known_count != facts->interface_count || known_count == 0) {
		text_add(&head->value,
		    "The file does not say whether packets were dropped while capturing.");
		head_add_lack(head);
	}
}

static void
add_no_times(struct head *head)
{
	if (head->capture->facts->has_time || head->capture->facts->packets == 0)
		return;
	text_add(&head->value, "Its packets carry no time: nothing is known of when and how long.");
	head_add_lack(head);
}

/* What a capture filter kept out is absent without being lost. */
static void
add_filters(struct head *head)
{
	const struct capture_facts *facts = head->capture->facts;

	for (size_t i = 0; i < facts->interface_count; i++) {
		if (facts->interfaces[i].filter == NULL)
			continue;
		text_add(&head->value, "Captured with the filter ");
		text_add_visible(&head->value, facts->interfaces[i].filter);
		text_add(&head->value,
		    ": what it keeps out (names, Kerberos, ICMP errors) is not here.");
		head_add_lack(head);
		return;
	}
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
sealed(const struct conversation_facts *facts)
{
	return both_sides(facts->sealed_messages);
}

static uint64_t
has_unfit_key(const struct conversation_facts *facts)
{
	return facts->has_unfit_key;
}

static uint64_t
signed_wrongly(const struct conversation_facts *facts)
{
	return both_sides(facts->signatures_wrong);
}

static uint64_t
compressed(const struct conversation_facts *facts)
{
	return both_sides(facts->compressed_messages);
}

static uint64_t
armoured(const struct conversation_facts *facts)
{
	return facts->is_armoured;
}

static uint64_t
given_up(const struct conversation_facts *facts)
{
	return facts->given_up;
}

static uint64_t
missing_bytes(const struct conversation_facts *facts)
{
	return both_sides(facts->missing_bytes);
}

static uint64_t
conflicting_bytes(const struct conversation_facts *facts)
{
	return both_sides(facts->conflicting_bytes);
}

static const struct lack {
	uint64_t (*amount)(const struct conversation_facts *facts); /* 0: does not apply */
	const char *unit; /* what AMOUNT counts, or NULL when it is only yes or no */
	const char *sentence;
	enum seal
	    seal; /* of encrypted messages: applies only where this is why they are not read */
} lacks[] = {
    {.amount = one_direction,
	.sentence = "only one direction was captured; what the other side said is undecided."},
    {.amount = missing_bytes,
	.unit = "byte",
	.sentence = "sent, yet not in the file: requests next to them are undecided."},
    {.amount = conflicting_bytes,
	.unit = "byte",
	.sentence = "sent twice with different contents."},
    {.amount = begun_before, .sentence = "older than the capture; the set-up is not in it."},
    {.amount = sealed,
	.unit = "message",
	.sentence = "encrypted and not read, as no key was given (--session-key, --keytab): only "
		    "sizes, times "
		    "and the end are known.",
	.seal = SEAL_NO_KEY},
    {.amount = sealed,
	.unit = "message",
	.sentence = "encrypted and not read, as the keytab given does not open the ticket.",
	.seal = SEAL_UNFIT_KEYTAB},
    {.amount = sealed,
	.unit = "message",
	.sentence = "encrypted and not read, as the key given does not fit.",
	.seal = SEAL_WRONG_KEY},
    {.amount = sealed,
	.unit = "message",
	.sentence = "encrypted and not read: the key is of use only with all of NEGOTIATE and "
		    "SESSION_SETUP, "
		    "and some of that is not in the capture.",
	.seal = SEAL_NO_HANDSHAKE},
    {.amount = sealed,
	.unit = "message",
	.sentence =
	    "encrypted and not read, as the capture holds too little of each to decrypt it.",
	.seal = SEAL_CUT},
    {.amount = sealed,
	.unit = "message",
	.sentence = "encrypted and not read: the session's key opens others, so they were altered "
		    "on the way.",
	.seal = SEAL_ALTERED},
    {.amount = has_unfit_key,
	.sentence =
	    "the key given for a session is not that session's: its signatures are not checked."},
    {.amount = signed_wrongly,
	.unit = "message",
	.sentence =
	    "with a wrong signature: altered on the way here, or the key given is another's."},
    {.amount = compressed,
	.unit = "message",
	.sentence = "compressed and not read: only sizes, times and the end are known."},
    {.amount = armoured,
	.sentence =
	    "logons to Kerberos in armour (FAST); who logs on, and why it fails, cannot be read."},
    {.amount = given_up,
	.unit = "request",
	.sentence = "given up, as too many waited at once: their answers are not known."},
    {.amount = still_open,
	.sentence = "not closed when the capture ended; what came later is not in it."},
};

/* Which of the encrypted messages took the server longest: that needs no key. */
static void
add_sealed_wait(struct head *head)
{
	const struct conversation_facts *facts, *slowest = NULL;

	for (size_t i = 0; i < head->capture->conversation_count; i++) {
		facts = head->capture->conversations[i].facts;
		if (facts->sealed_wait_frame != 0 &&
		    (slowest == NULL || facts->sealed_wait > slowest->sealed_wait))
			slowest = facts;
	}
	if (slowest == NULL)
		return;
	text_add(&head->value, "The longest wait for an encrypted answer was ");
	text_add_duration(&head->value, slowest->sealed_wait);
	text_addf(&head->value, " (frame %" PRIu64 ").", slowest->sealed_wait_frame);
	head_add_lack(head);
}

/* Why the keytab does not open the first ticket that it does not open. */
static void
add_keytab_lack(struct head *head)
{
	const struct conversation_facts *facts;

	for (size_t i = 0; i < head->capture->conversation_count; i++) {
		facts = head->capture->conversations[i].facts;
		if (facts->keytab_lack == NULL)
			continue;
		text_addf(&head->value, "Of the ticket in tcp.stream %" PRIu32 ": %s.",
		    facts->stream, facts->keytab_lack);
		head_add_lack(head);
		return;
	}
}

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
		if (amount == 0 || (lack->seal != SEAL_OPENED && facts->seal != lack->seal))
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
add_lacks(struct head *head)
{
	struct affected affected;

	for (size_t i = 0; i < COUNT(lacks); i++) {
		affected = find_affected(head->capture, &lacks[i]);
		if (affected.conversations == 0)
			continue;
		add_affected(&head->value, &affected);
		if (lacks[i].unit != NULL) {
			page_add_count(&head->value, affected.amount, lacks[i].unit);
			text_add_char(&head->value, ' ');
		}
		text_add(&head->value, lacks[i].sentence);
		head_add_lack(head);
	}
}

/* What the operator's keys did. */
static void
add_key_row(struct head *head)
{
	const struct conversation_facts *facts;
	uint64_t opened = 0, right = 0;

	for (size_t i = 0; i < head->capture->conversation_count; i++) {
		facts = head->capture->conversations[i].facts;
		opened += both_sides(facts->opened_messages);
		right += both_sides(facts->signatures_right);
	}
	if (!head->capture->facts->has_secrets)
		return;
	if (opened == 0 && right == 0) {
		text_add(&head->value, "none of those given fits a session of this capture");
	} else {
		page_add_count(&head->value, opened, "encrypted message");
		text_add(&head->value, " opened, ");
		page_add_count(&head->value, right, "signature");
		text_add(&head->value, " found right");
	}
	head_add(head, "keys");
}

void
quality_add_rows(struct head *head)
{
	size_t before;

	add_place_row(head);
	add_key_row(head);
	before = head->count;
	add_damage(head);
	add_bounds(head);
	add_drops(head);
	add_filters(head);
	add_no_times(head);
	add_flaws(head);
	add_lacks(head);
	overlaps_add_rows(head);
	add_keytab_lack(head);
	add_sealed_wait(head);
	if (head->count != before)
		return;
	text_add(&head->value, "Nothing is known to be missing: silence in it counts as silence.");
	head_add_lack(head);
}
