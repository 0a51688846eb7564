#include "analyzer/conversation/readings.h"

#include <assert.h>
#include <string.h>

#include "analyzer/base/basics.h"

/* Exchanges of a name service that one message may make; a message has few questions. */
#define MOST_NAMES 16

/* One reading, in memory of its own. */
struct reading {
	struct arena arena;
	struct ledger ledger;
	struct conversation_facts facts;
	struct quota quota;
	enum framing framing;
	struct frame_head head;
};

/* Both, and what they are of. */
struct comparison {
	const struct dissector_context *context;
	const struct dissector *dissector;
	const struct message_list *requests;
	const struct message *message;
	struct reading read, other;
};

static void
read_all(struct reading *reading, const struct comparison *comparison, void *state,
    const struct message *message)
{
	const struct dissector *dissector = comparison->dissector;
	const struct ending ending = {
	    .outcome = OUTCOME_UNKNOWN, .by = ENDED_BY_CAPTURE, .time = message->time};
	struct message framed = *message;

	for (size_t i = 0; i < comparison->requests->count; i++)
		dissector->message(state, &comparison->requests->items[i]);
	reading->framing =
	    dissector->frame(state, message->bytes, message->captured, &reading->head);
	if (reading->framing != FRAMING_FOUND || reading->head.length != message->length)
		return;
	framed.captured = (uint32_t)min_u64(message->captured, reading->head.wanted);
	dissector->message(state, &framed);
	dissector->end(state, &ending);
}

/* Reads the message with BYTES in place of its own. */
static void
make_reading(struct reading *reading, const struct comparison *comparison, const uint8_t *bytes)
{
	const struct dissector_context context = {.conversation = &reading->facts,
	    .arena = &reading->arena,
	    .ledger = &reading->ledger,
	    .quota = &reading->quota};
	struct message message = *comparison->message;
	void *state;

	message.bytes = bytes;
	reading->ledger.arena = &reading->arena;
	reading->quota.most = MOST_NAMES;
	reading->facts = *comparison->context->conversation;
	reading->facts.is_begun_before = true;
	state = comparison->dissector->open(&context);
	read_all(reading, comparison, state, &message);
	comparison->dissector->close(state);
}

static void
free_reading(struct reading *reading)
{
	ledger_free(&reading->ledger);
	arena_free(&reading->arena);
}

/* ---- what differs ---- */

static bool
is_within_character(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* TEXT from shortly before AT, where it begins to differ, no longer than is told. */
static const char *
shorten(struct arena *arena, const char *text, size_t at)
{
	size_t length = strlen(text), start = 0, end = length;

	if (length > READINGS_MOST_TEXT && at > READINGS_MOST_TEXT / 2)
		start = at - READINGS_MOST_TEXT / 2;
	while (start != 0 && is_within_character(text[start]))
		start--;
	if (end - start > READINGS_MOST_TEXT)
		end = start + READINGS_MOST_TEXT;
	while (end != length && is_within_character(text[end]))
		end--;
	return arena_format(arena, "%s%.*s%s", start != 0 ? "…" : "", (int)(end - start),
	    text + start, end != length ? "…" : "");
}

static struct contested_value
value_of_texts(struct arena *arena, const char *field, const char *read, const char *other)
{
	size_t at = 0;

	while (read[at] != '\0' && read[at] == other[at])
		at++;
	return (struct contested_value){field, shorten(arena, read, at), shorten(arena, other, at)};
}

/* The place for what is told of the message at START that FROM sent; NULL when there is none. */
static struct contested_message *
place_for(const struct dissector_context *context, enum side from, uint64_t start)
{
	struct conversation_facts *facts = context->conversation;
	struct contested_message *items = (void *)(uintptr_t)facts->contested;

	for (size_t i = 0; i < facts->contested_count; i++)
		if (items[i].from == from && items[i].start == start)
			return &items[i];
	if (facts->contested_count == READINGS_MOST) {
		facts->contested_left_out++;
		return NULL;
	}
	if (items == NULL) {
		items = ARENA_ARRAY(context->arena, struct contested_message, READINGS_MOST);
		facts->contested = items;
	}
	return &items[facts->contested_count++];
}

/* The two readings are not even of the same kind: READ and OTHER say what WHAT is. */
static void
tell_whole(
    const struct comparison *comparison, const char *what, const char *read, const char *other)
{
	const struct message *message = comparison->message;
	struct arena *arena = comparison->context->arena;
	struct contested_message *made =
	    place_for(comparison->context, message->from, message->start);
	struct contested_value *value;

	if (made == NULL)
		return;
	value = ARENA_NEW(arena, struct contested_value);
	*value = value_of_texts(arena, what, read, other);
	*made = (struct contested_message){.from = message->from,
	    .frame = message->frame,
	    .start = message->start,
	    .end = message->end,
	    .fields = UINT64_MAX,
	    .values = value,
	    .value_count = 1};
}

/* Adds FIELD to MADE when READ and OTHER have other values of it. */
static void
compare_field(struct contested_message *made, struct contested_value *values,
    const struct field *field, const struct exchange *read, const struct exchange *other,
    struct arena *arena)
{
	const struct value one = exchange_value(read, field), two = exchange_value(other, field);
	struct text text_of_one = {0}, text_of_two = {0};

	exchange_value_text(&text_of_one, field, &one);
	exchange_value_text(&text_of_two, field, &two);
	if (strcmp(text_chars(&text_of_one), text_chars(&text_of_two)) != 0) {
		made->fields |= UINT64_C(1) << (field - read->type->fields);
		if (made->value_count < CONTESTED_MOST_VALUES)
			values[made->value_count++] = value_of_texts(
			    arena, field->name, text_chars(&text_of_one), text_chars(&text_of_two));
		else
			made->values_left_out++;
	}
	text_free(&text_of_one);
	text_free(&text_of_two);
}

/* The request, or else the answer, of EXCHANGE that is in MESSAGE. */
static struct contested_message
part_in(const struct message *message, const struct exchange *exchange)
{
	bool is_request = exchange->request_from == message->from;

	return (struct contested_message){.from = message->from,
	    .frame = message->frame,
	    .start = is_request ? exchange->request_start : exchange->answer_start,
	    .end = is_request ? exchange->request_end : exchange->answer_end,
	    .exchange = exchange->type->name};
}

static void
compare_exchanges(
    const struct comparison *comparison, const struct exchange *read, const struct exchange *other)
{
	const struct exchange_type *type = read->type;
	struct arena *arena = comparison->context->arena;
	struct contested_value values[CONTESTED_MOST_VALUES];
	struct contested_message made = part_in(comparison->message, read), *place;

	assert(type->field_count < 64);
	for (size_t i = 0; i < type->field_count; i++)
		compare_field(&made, values, &type->fields[i], read, other, arena);
	if (made.fields == 0)
		return;
	place = place_for(comparison->context, made.from, made.start);
	if (place == NULL)
		return;
	made.values = arena_copy(arena, values, made.value_count * sizeof(values[0]));
	*place = made;
}

/* "smb2_create, smb2_request". */
static void
add_types(struct text *text, const struct ledger *ledger)
{
	for (size_t i = 0; i < ledger->count; i++)
		text_addf(text, "%s%s", i == 0 ? "" : ", ", ledger->items[i]->type->name);
	if (ledger->count == 0)
		text_add(text, "nothing that is reported");
}

static bool
are_alike(const struct ledger *one, const struct ledger *other)
{
	if (one->count != other->count)
		return false;
	for (size_t i = 0; i < one->count; i++)
		if (one->items[i]->type != other->items[i]->type ||
		    one->items[i]->request_from != other->items[i]->request_from)
			return false;
	return true;
}

static void
compare_ledgers(const struct comparison *comparison)
{
	const struct ledger *read = &comparison->read.ledger, *other = &comparison->other.ledger;
	struct text one = {0}, two = {0};

	if (are_alike(read, other)) {
		for (size_t i = 0; i < read->count; i++)
			compare_exchanges(comparison, read->items[i], other->items[i]);
		return;
	}
	add_types(&one, read);
	add_types(&two, other);
	tell_whole(comparison, "message", text_chars(&one), text_chars(&two));
	text_free(&one);
	text_free(&two);
}

static void
compare(const struct comparison *comparison)
{
	const struct reading *read = &comparison->read, *other = &comparison->other;
	struct text one = {0}, two = {0};

	/* What the dissector's own state made of it cannot be had again. */
	if (read->framing != FRAMING_FOUND || read->head.length != comparison->message->length)
		return;
	if (other->framing != FRAMING_FOUND) {
		add_types(&one, &read->ledger);
		tell_whole(comparison, "message", text_chars(&one), "none");
	} else if (other->head.length != read->head.length) {
		text_add_number(&one, read->head.length);
		text_add_number(&two, other->head.length);
		tell_whole(comparison, "length", text_chars(&one), text_chars(&two));
	} else {
		compare_ledgers(comparison);
	}
	text_free(&one);
	text_free(&two);
}

void
readings_compare(const struct dissector_context *context, const struct dissector *dissector,
    const struct message_list *requests, const struct message *message, const uint8_t *other)
{
	struct comparison comparison = {
	    .context = context, .dissector = dissector, .requests = requests, .message = message};

	make_reading(&comparison.read, &comparison, message->bytes);
	make_reading(&comparison.other, &comparison, other);
	compare(&comparison);
	free_reading(&comparison.read);
	free_reading(&comparison.other);
}

/* ---- the exchanges ---- */

static bool
has_leg_in(const struct exchange *exchange, const struct contested_message *message)
{
	for (const struct exchange_leg *leg = exchange->legs; leg != NULL; leg = leg->next)
		if (leg->frame == message->frame && leg->from == message->from)
			return true;
	return false;
}

/* Whether the request or answer from START, or a leg, is in MESSAGE. */
static bool
is_of(const struct exchange *exchange, const struct contested_message *message)
{
	bool is_request = exchange->request_from == message->from;
	uint64_t start = is_request ? exchange->request_start : exchange->answer_start;
	uint64_t frame = is_request ? exchange->request_frame : exchange->answer_frame;

	if (message->exchange != NULL && strcmp(message->exchange, exchange->type->name) != 0)
		return false;
	return (frame != 0 && start >= message->start && start < message->end) ||
	       has_leg_in(exchange, message);
}

static void
mark(struct exchange *exchange)
{
	const struct conversation_facts *facts = exchange->conversation;

	for (size_t i = 0; i < facts->contested_count; i++)
		if (is_of(exchange, &facts->contested[i]))
			exchange->contested |= facts->contested[i].fields;
	if (exchange->contested != 0 && exchange->doubt == DOUBT_NONE)
		exchange->doubt = DOUBT_OVERLAP;
}

void
readings_mark(const struct ledger *ledger, size_t from)
{
	for (size_t i = from; i < ledger->count; i++)
		if (ledger->items[i]->conversation != NULL)
			mark(ledger->items[i]);
}
