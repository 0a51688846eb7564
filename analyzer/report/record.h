/*
 * Objects of JSON as tables: what each member is called, where its value is and what it means. One
 * table writes the object and describes it in the JSON Schema, so that the two cannot differ.
 */
#ifndef SMBTRIAGE_REPORT_RECORD_H
#define SMBTRIAGE_REPORT_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "analyzer/base/text.h"
#include "analyzer/exchange.h"
#include "analyzer/report/json.h"

/* What a member's value is in memory, and in JSON. */
enum member_kind {
	MEMBER_TEXT,     /* const char * */
	MEMBER_ADDR,     /* struct addr */
	MEMBER_BOOL,     /* bool */
	MEMBER_U16,      /* uint16_t, as the next three a number */
	MEMBER_U32,      /* uint32_t */
	MEMBER_U64,      /* uint64_t */
	MEMBER_SIZE,     /* size_t */
	MEMBER_TIME,     /* int64_t, nanoseconds since the epoch: a string, see json_time() */
	MEMBER_SECONDS,  /* int64_t, nanoseconds: a number, see json_seconds() */
	MEMBER_WORD,     /* an enum, by the names of WORDS */
	MEMBER_NAME,     /* an enum, by the names of NAMES */
	MEMBER_U8_NAME,  /* the same, kept in a uint8_t */
	MEMBER_BY_SIDE,  /* uint64_t [2]: their sum, and under NAME_by_side both of them */
	MEMBER_OBJECT,   /* a struct that RECORD describes */
	MEMBER_PART,     /* the same, but its members are the object's own; has no name */
	MEMBER_EXCHANGE, /* const char *, the name of a kind of exchange */
	/* What only add() can write. */
	MEMBER_CODE,   /* a number, or the string of a hexadecimal one */
	MEMBER_FIELDS, /* of an exchange: json_fields.h */
};

struct member {
	struct json_key key; /* nameless for a MEMBER_PART */
	enum member_kind kind;
	size_t offset; /* of the value, or of the pointer to a list, in what FROM leads to */
	/* From the record's struct to another one; NULL: it is in the record's own. */
	const void *(*from)(const void *source);
	/* Whether there is anything to say; NULL: there is. SOURCE is the record's struct. */
	bool (*is_said)(const void *source);
	bool is_optional; /* left out when it is NULL, zero or no address */
	/* A list has STRIDE bytes an element; how many is a size_t at COUNT_OFFSET. */
	size_t count_offset, stride;
	const char *const *words;
	size_t word_count;
	const struct names *names;
	const struct record *record;
	const char *pattern; /* of a text: how it is written, a regular expression of ECMA-262 */
	/* Writes the value instead, or nothing: then it is optional. */
	void (*add)(struct text *text, const char *key, const void *source);
	const char *sentence; /* what it says, without a final full stop */
};

/* Where NUMBER elements begin at LIST, both members of TYPE, for a struct member. */
#define MEMBER_LIST(type, list, number)                               \
	offsetof(type, list), .count_offset = offsetof(type, number), \
			      .stride = sizeof(((const type *)NULL)->list[0])

/* An object. Static data. */
struct record {
	const char *name;     /* of a line of NDJSON: its `type` */
	const char *sentence; /* what one is */
	const struct member *members;
	size_t count;
};

/* Adds the object that RECORD describes of SOURCE under KEY, as json.h has it. */
void
record_add(struct text *text, const char *key, const struct record *record, const void *source);

/* Writes it as a line of NDJSON to OUT, and empties LINE, which was empty. */
void record_write(struct text *line, FILE *out, const struct record *record, const void *source);

#endif
