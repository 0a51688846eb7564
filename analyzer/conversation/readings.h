/*
 * Both readings of a message of which bytes were sent twice with different contents: what differs
 * in the exchanges that the dissector makes of it goes to the conversation's facts.
 */
#ifndef SMBTRIAGE_CONVERSATION_READINGS_H
#define SMBTRIAGE_CONVERSATION_READINGS_H

#include <stddef.h>
#include <stdint.h>

#include "analyzer/dissector.h"

/* Messages of one connection that are told: the first show what was rewritten. */
#define READINGS_MOST 4

/* Characters of a value that are told, from shortly before the first that differs. */
#define READINGS_MOST_TEXT 160

struct message_list {
	const struct message *items;
	size_t count;
};

/*
 * Reads REQUESTS and then MESSAGE with a state of DISSECTOR of its own, as in a connection seen
 * from the middle; and again with OTHER in place of MESSAGE's bytes, as many as are captured. Where
 * the exchanges differ, contested and contested_count of CONTEXT's conversation say so afterwards.
 */
void readings_compare(const struct dissector_context *context, const struct dissector *dissector,
    const struct message_list *requests, const struct message *message, const uint8_t *other);

/* Marks the exchanges that LEDGER has from FROM on, of all conversations, whose messages have two
 * readings. */
void readings_mark(const struct ledger *ledger, size_t from);

#endif
