/* What the readers of capture formats share: the walk over records, and the facts they gather. */
#ifndef SMBTRIAGE_CAPTURE_READER_H
#define SMBTRIAGE_CAPTURE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/base/arena.h"
#include "analyzer/base/cursor.h"
#include "analyzer/base/error.h"
#include "analyzer/capture/source.h"
#include "analyzer/capture/window.h"
#include "analyzer/facts.h"

struct reader;

/* What came of looking at the head of the window. */
enum taken {
	TAKEN_RECORD,  /* RET is filled, the window has passed it */
	TAKEN_OTHER,   /* something that is no record was passed */
	TAKEN_NOTHING, /* RET_NEED bytes must be in the window first */
	TAKEN_DAMAGE,  /* reader_damage() said what is wrong; nothing more can be read */
	TAKEN_END,
};

/* One capture format: a row in source.c's table. */
struct reader_kind {
	/* Whether a file that starts with these bytes, perhaps fewer than one likes, is mine. */
	bool (*is_mine)(const uint8_t *bytes, size_t length);
	/* Reads the file's header and sets facts.format. On false, ERROR is set. */
	bool (*open)(struct reader *reader, struct error *error);
	/* Takes one record; must not move the window. */
	enum taken (*take)(struct reader *reader, struct record *ret, size_t *ret_need);
	void (*close)(struct reader *reader); /* also after a failed open; or NULL */
	/* The most records whose bytes stay valid at once; 0: as many as the window holds. */
	size_t batch;
};

/* One open capture. source.c owns it; a zeroed one has no file. */
struct reader {
	const struct reader_kind *kind;
	void *state; /* the kind's own */
	struct window window;
	struct arena *arena;                /* texts and facts */
	struct capture_facts *facts;        /* in the arena */
	struct interface_facts *interfaces; /* facts->interfaces, to write */
	struct interface_clock *clocks;     /* beside them */
	size_t interface_capacity;
	struct name_facts *names; /* facts->names, to write */
	size_t name_capacity;
	const char **comments; /* facts->comments, to write */
	size_t comment_capacity;
	size_t text_bytes; /* kept of all texts */
	size_t max_memory; /* of the whole analysis; 0: any number */
	uint64_t frame;    /* the last number given to a record */
	size_t need;       /* bytes that must be in the window, after reader_held() */
	bool goes_on;      /* this file is not the first of its trace */
	size_t announced;  /* interfaces that this file has told of */
	bool is_over;
};

/* The time of the last record on an interface. */
struct interface_clock {
	int64_t last;
	bool has_last;
};

/*
 * The next records that are in the window, up to MOST. 0: reader_read_on() must read more first.
 * Their bytes are valid until that is called, or, of a kind with a batch, until this is.
 */
size_t reader_held(struct reader *reader, struct record *ret, size_t most);

/* Moves the window. False at the end, and then facts.damage says whether it is a sound one. */
bool reader_read_on(struct reader *reader);

/* Takes one record, or passes one thing that is none; never TAKEN_NOTHING. Moves the window. */
enum taken reader_take(struct reader *reader, struct record *ret);

/* Notes, with the frame and the offset, why the file cannot be read further. TAKEN_DAMAGE. */
enum taken
reader_damage(struct reader *reader, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same of WHAT, "the next record" or its like, whose BYTES are more than SHARE_RECORD (share.h)
 * of the memory. */
enum taken reader_too_large(struct reader *reader, const char *what, uint64_t bytes);

/* Adds an interface, in RET its index; false when there are too many. Later files of a trace tell
 * of the same ones again, in the same order. */
bool
reader_add_interface(struct reader *reader, const struct interface_facts *interface, size_t *ret);

/* Whether both are one point of capture, by what files tell of it before the first packet. */
bool interface_is_same(const struct interface_facts *one, const struct interface_facts *other);

/* The captured length beyond which Wireshark takes a record of this link type for damage. */
uint32_t reader_most_captured(uint32_t link_type);

/* Text that should be UTF-8, in the arena; of very long ones the beginning, and "…". NULL when the
 * file's texts already take all the room there is for them. */
const char *reader_text(struct reader *reader, const uint8_t *bytes, size_t length);

/* Keeps a comment (UTF-8), under the number of the frame that it belongs to, or 0. */
void reader_add_comment(struct reader *reader, uint64_t frame, struct cursor comment);

/* Keeps a name for an address. */
void
reader_add_name(struct reader *reader, const struct addr *addr, const uint8_t *name, size_t length);

/* Leaves the file for the next one of its trace, in STREAM: what is known of the trace stays, and
 * numbers of frames go on. Frees what READER holds of the file, but not its stream. */
void reader_next_file(struct reader *reader, struct stream *stream);

/* Completes the facts and frees what the reader holds, but not the stream. */
void reader_close(struct reader *reader);

static inline uint16_t
read_u16(struct cursor *cursor, bool is_big_endian)
{
	return is_big_endian ? cur_be16(cursor) : cur_le16(cursor);
}

static inline uint32_t
read_u32(struct cursor *cursor, bool is_big_endian)
{
	return is_big_endian ? cur_be32(cursor) : cur_le32(cursor);
}

static inline uint64_t
read_u64(struct cursor *cursor, bool is_big_endian)
{
	return is_big_endian ? cur_be64(cursor) : cur_le64(cursor);
}

#endif
