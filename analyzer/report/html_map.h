/* Which findings are of which conversations, and which of these a page has room for. */
#ifndef SMBTRIAGE_REPORT_HTML_MAP_H
#define SMBTRIAGE_REPORT_HTML_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/base/arena.h"
#include "analyzer/report/report.h"

/* Stands for what no conversation of the report holds, such as ARP. */
#define HTML_NOWHERE SIZE_MAX

/* A finding in a conversation. */
struct html_mark {
	size_t conversation; /* index of the capture's, or HTML_NOWHERE */
	size_t number;       /* of the finding, from 1 */
	int64_t time;        /* of its first occurrence there */
};

/* All of them, by conversation, then time, then number; one for each pair. */
struct html_map {
	const struct html_mark *marks;
	size_t count;
	const struct html_place *places; /* of the conversations, to find them */
	size_t place_count;
};

/* Lives in ARENA; of each finding the examples are looked at. */
struct html_map html_map_of(const struct report_capture *capture, struct arena *arena);

/* The index of the conversation with FACTS, or HTML_NOWHERE. */
size_t html_map_index(const struct html_map *map, const struct conversation_facts *facts);

/* The marks of CONVERSATION, and how many they are. */
const struct html_mark *
html_map_find(const struct html_map *map, size_t conversation, size_t *ret_count);

/* Indexes of conversations, rising. */
struct html_choice {
	const size_t *items;
	size_t count;
};

/*
 * At most MOST of CAPTURE's conversations: those with findings first, then those of SMB that did
 * not come to work on a share, then others, earlier ones first. Lives in ARENA.
 */
struct html_choice html_choose(const struct report_capture *capture, const struct html_map *map,
    size_t most, struct arena *arena);

bool html_choice_has(const struct html_choice *choice, size_t conversation);

#endif
