/* JSON, member by member, into a text. */
#ifndef SMBTRIAGE_REPORT_JSON_H
#define SMBTRIAGE_REPORT_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/base/addr.h"
#include "analyzer/base/text.h"

#define JSON_KEY_SIZE 40 /* of the longest key with its comma, quotes and colon */

/*
 * Every function adds one value to TEXT, with the comma that it needs before it, so that calls in
 * a row make an object or an array. KEY is our own word, never from a packet, and NULL for an
 * element of an array, for the outermost object, and behind json_key(). Values from packets are
 * escaped.
 */

/* A key as it is written, for what is written a million times. */
struct json_key {
	const char *name;
	uint8_t length; /* of WRITTEN */
	char written[JSON_KEY_SIZE];
};

/* Initialises one; too long a WORD does not compile. */
#define JSON_KEY(word)                                   \
	{                                                \
		word, sizeof(word) + 3, ",\"" word "\":" \
	}

/* Adds KEY, in an object; its value follows. */
static inline void
json_key(struct text *text, const struct json_key *key)
{
	char *at = text_room(text, JSON_KEY_SIZE);
	size_t comma = at[-1] == '{' ? 1 : 0; /* is left out */

	/* All of it, as that is a few stores, and not a call. */
	memcpy(at, key->written + comma, JSON_KEY_SIZE - 1);
	text_took(text, at + key->length - comma);
}

/* Opens an object ('{') or an array ('['); json_close() takes the matching bracket. */
void json_open(struct text *text, const char *key, char bracket);
void json_close(struct text *text, char bracket);

/* WORD is our own, and has nothing to escape. */
void json_word(struct text *text, const char *key, const char *word);

/* Adds nothing when CHARS is NULL. */
void json_text(struct text *text, const char *key, const char *chars);

void json_number(struct text *text, const char *key, uint64_t number);
void json_bool(struct text *text, const char *key, bool is_true);

/* A number as a string of hexadecimal digits, at least DIGITS of them: "0xC0000022". */
void json_hex(struct text *text, const char *key, uint64_t number, int digits);

/* JSON is a value already, without white space. */
void json_raw(struct text *text, const char *key, const char *json);

/* Nanoseconds since the Unix epoch as an RFC 3339 string in UTC. */
void json_time(struct text *text, const char *key, int64_t nanoseconds);

/* Nanoseconds as a number of seconds with nine decimals, without rounding. */
void json_seconds(struct text *text, const char *key, int64_t nanoseconds);

/* Adds nothing when ADDR has no family. */
void json_addr(struct text *text, const char *key, const struct addr *addr);

#endif
