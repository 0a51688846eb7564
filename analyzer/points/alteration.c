#include "analyzer/points/alteration.h"

#include <string.h>

/* Whether bytes are the same in two captures. */
enum likeness {
	ALIKE,
	DIFFERENT,
	UNCOMPARED, /* cut into other segments, or not all captured */
};

/* While segments are held against those of another capture. */
struct holding {
	const struct sightings *others;
	const struct sighted *other;
	uint32_t shift; /* of sequence numbers there less those here */
	bool is_only;   /* a datagram, and no other of the connection is in its place */
	bool is_any, is_sure, is_different;
};

static bool
hold(void *state, const struct sighting *one)
{
	struct holding *holding = state;
	const struct byte_range place = {holding->other, (enum side)one->side,
	    one->seq + holding->shift - holding->other->base[one->side], one->length};
	const struct sighting *other = sightings_exactly(holding->others, &place);

	holding->is_any = true;
	if (other == NULL && holding->is_only)
		holding->is_different = true;
	else if (other == NULL || !one->has_digest || !other->has_digest)
		holding->is_sure = false;
	else if (one->digest != other->digest)
		holding->is_different = true;
	return !holding->is_different;
}

/* Of datagrams that a client sends again each may be answered with other bytes: then any of them
 * may be the one that is lacking. */
static bool
is_sent_once(const struct twins *twins, size_t here, size_t there)
{
	return twins->connections[here]->transport == TRANSPORT_UDP &&
	       twins->exchanges[here]->retransmissions == 0 &&
	       twins->exchanges[there]->retransmissions == 0;
}

static enum likeness
compare_bytes(const struct path *path, const struct twins *twins, size_t here, size_t there,
    const struct byte_range *bytes)
{
	struct holding holding = {.others = path->points[there].sightings,
	    .other = twins->connections[there],
	    .shift = twins->shift[there][bytes->side] - twins->shift[here][bytes->side],
	    .is_only = is_sent_once(twins, here, there),
	    .is_sure = true};

	sightings_each_of(path->points[here].sightings, bytes, hold, &holding);
	if (holding.is_different)
		return DIFFERENT;
	return holding.is_any && holding.is_sure ? ALIKE : UNCOMPARED;
}

/* What a message carried, and what no capture makes of it: Wireshark has a name for that. Of what
 * is chosen anew for each session a device that has sessions of its own has another. */
static bool
is_of_the_wire(const struct field *field)
{
	return field->filter != NULL && field->notation != NOTATION_FRAME && !field->is_late &&
	       !field->is_passing && field->kind != FIELD_TIME && field->kind != FIELD_DURATION;
}

static void
add_value(struct text *text, const struct field *field, const struct value *value)
{
	if (value->kind == VALUE_NONE)
		text_add(text, "nothing");
	else
		exchange_value_text(text, field, value);
}

/* "dialects 2.0.2, 3.0 -> 2.0.2", when FIELD differs. */
static void
add_difference(
    struct text *text, const struct field *field, const struct value *old, const struct value *new)
{
	struct text values[2] = {{0}};

	add_value(&values[0], field, old);
	add_value(&values[1], field, new);
	if (strcmp(text_chars(&values[0]), text_chars(&values[1])) != 0)
		text_addf(text, "%s%s %s -> %s", text->length != 0 ? "; " : "", field->name,
		    text_chars(&values[0]), text_chars(&values[1]));
	text_free(&values[0]);
	text_free(&values[1]);
}

/* What a capture lacks of a message is no alteration: unless IS_WHOLE, only what both know counts.
 */
static void
add_differences(
    struct text *text, const struct exchange *before, const struct exchange *after, bool is_whole)
{
	const struct exchange_type *type = before->type;

	for (size_t i = 0; i < type->field_count; i++) {
		const struct field *field = &type->fields[i];
		struct value old, new;

		if (!is_of_the_wire(field))
			continue;
		old = exchange_value(before, field);
		new = exchange_value(after, field);
		if (is_whole || (old.kind != VALUE_NONE && new.kind != VALUE_NONE))
			add_difference(text, field, &old, &new);
	}
}

/* Whether both captures have the connection's beginning: what one lacks of it, fields of later
 * messages may hang on. */
static bool
is_seen_whole(const struct twins *twins, size_t here, size_t there)
{
	return twins->connections[here]->has_isn[CLIENT] &&
	       twins->connections[there]->has_isn[CLIENT];
}

/* What a capture lacks of an exchange of several messages is no alteration: fields are those of all
 * of them together. */
static bool
has_same_legs(const struct exchange *one, const struct exchange *other)
{
	const struct exchange_leg *mine = one->legs, *theirs = other->legs;

	while (mine != NULL && theirs != NULL && mine->from == theirs->from) {
		mine = mine->next;
		theirs = theirs->next;
	}
	return mine == NULL && theirs == NULL;
}

/* Whether both answers are the same one of several: the last that a capture has is not always. */
static bool
is_answered_alike(const struct path *path, const struct twins *twins, size_t here, size_t there)
{
	const struct exchange *after = twins->exchanges[there];
	struct byte_range wanted, own;

	if (!twins_message_at(path, twins, here, there, false, &wanted) ||
	    !sightings_message(path->points[there].sightings, after, false, &own) ||
	    wanted.connection->transport == TRANSPORT_UDP)
		return true;
	return wanted.offset == own.offset;
}

/* Whether both captures have so much of the exchange that a difference of its fields is none of the
 * captures. */
static bool
are_whole(const struct path *path, const struct twins *twins, size_t here, size_t there)
{
	const struct exchange *before = twins->exchanges[here], *after = twins->exchanges[there];

	return !before->is_cut && !after->is_cut && has_same_legs(before, after) &&
	       is_answered_alike(path, twins, here, there);
}

static bool
have_both(const struct exchange *one, const struct exchange *other, bool is_request)
{
	return is_request ? one->request_frame != 0 && other->request_frame != 0
			  : one->answer_frame != 0 && other->answer_frame != 0;
}

/* What has no bytes, or only one of both has, is alike. */
static enum likeness
compare_message(
    const struct path *path, const struct twins *twins, size_t here, size_t there, bool is_request)
{
	const struct exchange *before = twins->exchanges[here], *after = twins->exchanges[there];
	struct byte_range bytes;

	if (!have_both(before, after, is_request) ||
	    !sightings_message(path->points[here].sightings, before, is_request, &bytes) ||
	    bytes.length == 0)
		return ALIKE;
	return compare_bytes(path, twins, here, there, &bytes);
}

bool
alteration_is_of(
    const struct path *path, const struct twins *twins, size_t here, size_t there, bool is_request)
{
	return compare_message(path, twins, here, there, is_request) == DIFFERENT;
}

/* Of request and answer together: one that is different makes both so. */
static enum likeness
compare_messages(const struct path *path, const struct twins *twins, size_t here, size_t there)
{
	enum likeness likeness = ALIKE, one;

	for (int is_request = 0; is_request <= 1; is_request++) {
		one = compare_message(path, twins, here, there, is_request != 0);
		if (one == DIFFERENT || likeness == ALIKE)
			likeness = one;
	}
	return likeness;
}

const char *
alteration_text(const struct path *path, const struct twins *twins, size_t here, size_t there,
    struct arena *arena)
{
	const struct exchange *before = twins->exchanges[here], *after = twins->exchanges[there];
	enum likeness likeness = compare_messages(path, twins, here, there);
	bool are_told = are_whole(path, twins, here, there);
	bool is_whole = likeness == DIFFERENT && have_both(before, after, true) &&
			have_both(before, after, false);
	struct text text = {0};
	const char *made = NULL;

	if (likeness == ALIKE ||
	    (likeness == UNCOMPARED && !(are_told && is_seen_whole(twins, here, there))))
		return NULL;
	if (are_told)
		add_differences(&text, before, after, is_whole);
	else
		text_add(&text, "bytes of what one of both captures does not have whole");
	if (text.length == 0 && likeness == DIFFERENT)
		text_add(&text, "bytes that are in no field that is read");
	if (text.length != 0)
		made = arena_text(arena, text_chars(&text), text.length);
	text_free(&text);
	return made;
}
