/*
 * A capture file as numbered records: open, read a batch, close. The reader is picked by content,
 * never by name.
 */
#ifndef SMBTRIAGE_CAPTURE_SOURCE_H
#define SMBTRIAGE_CAPTURE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/base/arena.h"
#include "analyzer/base/error.h"
#include "analyzer/facts.h"

/* Which way a packet went, where the file says so: as the capturing host saw it. */
enum direction { DIRECTION_UNKNOWN = 0, DIRECTION_INBOUND, DIRECTION_OUTBOUND };

/* One record that consumes a Wireshark frame number. */
struct record {
	const uint8_t *bytes; /* borrowed until the next source_read() */
	uint32_t captured;    /* bytes in the file */
	uint32_t length;      /* bytes on the wire; at least captured in a sound file */
	int64_t time;         /* nanoseconds since the epoch */
	uint64_t frame;       /* from 1, as Wireshark counts */
	uint32_t interface;   /* index into capture_facts.interfaces */
	uint16_t link_type;   /* LINKTYPE_… of the interface */
	uint8_t direction;    /* enum direction; pcapng only, see also struct packet */
	bool has_time;        /* false: simple packet blocks carry none */
	bool is_packet;       /* false: a journal or custom block, which only consumes a number */
};

struct source;
struct window_room; /* analyzer/capture/window.h */

/* How a file is read. */
struct source_options {
	/* A BPF expression that libpcap compiles for each link type, or NULL; records that it
	 * refuses keep their frame number and are not returned. */
	const char *filter;
	size_t max_memory; /* bytes of which the readers may take their shares (share.h); 0: any */
};

/* Files that may be one trace, in the order of their times. */
struct source_files {
	const char *const *paths;
	size_t count;  /* at least 1 */
	bool is_trace; /* they are known to be one, as their contents say (seam.h) */
};

/*
 * Opens PATH ("-": standard input). OPTIONS that are NULL are as zeroed ones. Texts and facts live
 * in ARENA. On failure NULL, and ERROR says in one sentence what PATH is (empty, ETL, NetMon, no
 * capture, …) and what to do; nothing stays open.
 */
struct source *source_open(const char *path, const struct source_options *options,
    struct arena *arena, struct error *error);

/*
 * The same for the first of FILES, and for each that goes on where the one before ends, up to one
 * that does not. One is open at a time; frames and facts are those of the trace. FILES are borrowed
 * as long as the source is open.
 */
struct source *source_open_trace(const struct source_files *files,
    const struct source_options *options, struct arena *arena, struct error *error);

/*
 * Reads up to MOST records into RET and returns how many; 0 at the end of the file or where it is
 * cut or damaged, which capture_facts.damage then says.
 */
size_t source_read(struct source *source, struct record *ret, size_t most);

/* The same in two steps: of the records that are in memory, up to MOST; and, when these are none,
 * reading on in the file, or the next of a trace, until when their bytes are valid. False at the
 * end of the last. */
size_t source_held(struct source *source, struct record *ret, size_t most);
bool source_read_on(struct source *source);

/* Whether bytes can be kept while reading goes on: a library's cannot. */
bool source_can_keep(const struct source *source);

/* Before reading on: what is in memory goes to ROOM, a zeroed one or one that was given here
 * before, and stays there until it is given again. */
void source_keep(struct source *source, struct window_room *room);

/* Bytes that are read so far, of the compressed ones where a file is compressed. */
uint64_t source_position(const struct source *source);

/*
 * What the source alone knows: format, compression, packets, bytes, times, interfaces, names,
 * comments, damage, sliced, time_reversals. Complete once source_read() returned 0. Borrowed from
 * the source's arena.
 */
const struct capture_facts *source_facts(const struct source *source);

/* The name of a link type as libpcap spells it ("EN10MB"), or "LINKTYPE_n" in ARENA. */
const char *source_link_type_name(uint32_t link_type, struct arena *arena);

void source_close(struct source *source);

#endif
