#include "analyzer/companions/attest_packet.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/base/basics.h"

#define SECOND INT64_C(1000000000)

/* Logs tell seconds, and the clocks of two hosts of one domain differ by less than a second
 * mostly. */
#define MOST_APART (5 * SECOND)

/* Offsets of time zones from UTC: Pacific/Kiritimati is 14 h ahead, Baker Island 12 h behind, and
 * all are whole quarters of an hour (https://data.iana.org/time-zones/tz-link.html). */
#define ZONE_STEP  (900 * SECOND)
#define ZONE_MOST  (14 * 3600 * SECOND)
#define ZONE_LEAST (-12 * 3600 * SECOND)

/* By which a zone differs from itself in summer. */
#define SUMMER_TIME (3600 * SECOND)

/* What one kind of notes says of an exchange: a packet that was sent again may have several. */
struct said {
	const struct packet_note *first;
	bool is_contradicted; /* not all of them were dropped, or let through */
};

static struct companion_facts *
facts_of(const struct packet_witnesses *witnesses, const struct packet_note *note)
{
	return &witnesses->facts[note->companion - witnesses->set->items];
}

/* ---- whether a note is of an exchange ---- */

/* What there is to add to the times of an exchange's packets for NOTE's time, by which the zone of
 * its clock is told, in whole quarters of an hour. */
static int64_t
zone_of(const struct exchange *exchange, const struct packet_note *note)
{
	int64_t ahead = note->time - exchange->time;

	return (ahead + (ahead < 0 ? -ZONE_STEP / 2 : ZONE_STEP / 2)) / ZONE_STEP * ZONE_STEP;
}

static bool
is_zone(int64_t zone)
{
	return zone >= ZONE_LEAST && zone <= ZONE_MOST;
}

/* Whether NOTE, whose clock shows ZONE, was written while EXCHANGE lasted. */
static bool
is_meanwhile(const struct exchange *exchange, const struct packet_note *note, int64_t zone)
{
	int64_t later = note->time - zone - exchange->time;
	int64_t lasted = exchange->waited > 0 ? exchange->waited : 0;

	return later >= -MOST_APART && later <= lasted + MOST_APART;
}

/* The same sequence number tells more than any clock. */
static bool
has_same_syn(const struct packet_note *note, const struct number *isn)
{
	return isn->is_known && note->syn.is_known && note->syn.value == isn->value;
}

static bool
has_other_syn(const struct packet_note *note, const struct number *isn)
{
	return isn->is_known && note->syn.is_known && note->syn.value != isn->value;
}

static bool
is_at_its_time(const struct packet_witnesses *witnesses, const struct exchange *exchange,
    const struct packet_note *note)
{
	const struct companion_facts *facts = facts_of(witnesses, note);
	int64_t zone = note->is_utc ? 0 : zone_of(exchange, note);

	if (!is_meanwhile(exchange, note, zone))
		return false;
	if (note->is_utc)
		return true;
	return facts->has_zone ? llabs(zone - facts->zone) <= SUMMER_TIME : is_zone(zone);
}

static bool
is_of(const struct packet_witnesses *witnesses, const struct exchange *exchange,
    const struct number *isn, const struct packet_note *note)
{
	if (has_other_syn(note, isn))
		return false;
	return has_same_syn(note, isn) || is_at_its_time(witnesses, exchange, note);
}

/* ---- what is said ---- */

static void
note_zone(const struct packet_witnesses *witnesses, const struct exchange *exchange,
    const struct packet_note *note)
{
	struct companion_facts *facts = facts_of(witnesses, note);
	int64_t zone = zone_of(exchange, note);

	if (note->is_utc || facts->has_zone || !is_zone(zone) ||
	    !is_meanwhile(exchange, note, zone))
		return;
	facts->zone = zone;
	facts->has_zone = true;
}

static bool
write_down(const struct packet_witnesses *witnesses, const struct said *said, struct attested *ret)
{
	const struct packet_note *note = said->first;

	if (note == NULL || said->is_contradicted)
		return false;
	ret->items[note->kind] = (struct testimony){known(note->action), NULL, note->quote};
	if (note->filter_name != NULL)
		ret->items[ATTESTED_FILTER_NAME] =
		    (struct testimony){{0}, note->filter_name, note->quote};
	if (note->is_stealth.is_known)
		ret->items[ATTESTED_FILTER_STEALTH] =
		    (struct testimony){note->is_stealth, NULL, note->quote};
	facts_of(witnesses, note)->exchanges++;
	return true;
}

/* ---- which exchanges ---- */

/* Whether EXCHANGE is about a SYN or a datagram; of a SYN with its sequence number. */
static bool
is_about_packet(const struct exchange *exchange, struct number *ret_isn)
{
	const struct field *field = exchange_field(exchange->type, "isn");

	*ret_isn = (struct number){0};
	if (field == NULL)
		return exchange->conversation->transport == TRANSPORT_UDP;
	ret_isn->is_known = exchange_number(exchange, field, &ret_isn->value);
	return true;
}

/* The notes about packets between the ends of EXCHANGE, in RET; how many. */
static size_t
notes_about(const struct packet_witnesses *witnesses, const struct exchange *exchange,
    const struct packet_note **ret)
{
	const struct conversation_facts *facts = exchange->conversation;
	const struct packet_ends ends = {
	    facts->client, facts->server, facts->client_port, facts->server_port, facts->transport};

	return companion_set_notes(witnesses->set, &ends, ret);
}

void
attest_zones(const struct packet_witnesses *witnesses, const struct ledger *ledger)
{
	const struct packet_note *notes;
	struct number isn;

	for (size_t i = 0; i < ledger->count && witnesses->set->note_count != 0; i++) {
		const struct exchange *exchange = ledger->items[i];
		size_t count =
		    is_about_packet(exchange, &isn) ? notes_about(witnesses, exchange, &notes) : 0;

		for (size_t j = 0; j < count; j++)
			if (has_same_syn(&notes[j], &isn))
				note_zone(witnesses, exchange, &notes[j]);
	}
}

bool
attest_packet(
    const struct packet_witnesses *witnesses, const struct exchange *exchange, struct attested *ret)
{
	struct said said[ATTESTED_FILTER + 1] = {0};
	const struct packet_note *notes;
	struct number isn;
	size_t count =
	    is_about_packet(exchange, &isn) ? notes_about(witnesses, exchange, &notes) : 0;
	bool is_any = false;

	for (size_t i = 0; i < count; i++) {
		struct said *by_kind = &said[notes[i].kind];

		if (!is_of(witnesses, exchange, &isn, &notes[i]))
			continue;
		note_zone(witnesses, exchange, &notes[i]);
		if (by_kind->first == NULL)
			by_kind->first = &notes[i];
		by_kind->is_contradicted |= by_kind->first->action != notes[i].action;
	}
	for (size_t i = 0; i < COUNT(said); i++)
		is_any |= write_down(witnesses, &said[i], ret);
	return is_any;
}
