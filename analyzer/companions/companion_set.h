/* All companions of a run, and what those that speak of packets say, by the packets' addresses. */
#ifndef SMBTRIAGE_COMPANIONS_COMPANION_SET_H
#define SMBTRIAGE_COMPANIONS_COMPANION_SET_H

#include "analyzer/base/error.h"
#include "analyzer/companions/companion.h"

/* Who sends a packet to whom. */
struct packet_ends {
	struct addr source, destination;
	uint16_t source_port, destination_port;
	uint8_t transport; /* enum transport */
};

/* What became of a packet that came to the host of a companion. */
struct packet_note {
	struct packet_ends ends;
	const struct companion *companion;
	enum attested_kind kind; /* ATTESTED_FIREWALL or ATTESTED_FILTER */
	enum firewall_action action;
	int64_t
	    time; /* ns since the epoch, by a clock that IS_UTC or shows the time of some zone */
	bool is_utc;
	struct number syn;        /* its sequence number */
	const char *filter_name;  /* that decided; NULL: not known */
	struct number is_stealth; /* bool: it is the one that keeps silent where nobody listens */
	struct quotation quote;
};

/* The most bytes that all files may have together: what is kept of them takes up to five times as
 * many, beside --max-memory. */
#define COMPANION_SET_MOST_BYTES ((size_t)512 << 20)

/* A zeroed one is empty. */
struct companion_set {
	struct companion *items;
	size_t count, capacity;
	size_t byte_count;         /* of all files */
	struct packet_note *notes; /* by their ends, then in the order of the files */
	size_t note_count;
	struct arena arena;
};

/* The name of the file that WORD of the command line, FILE or ADDRESS=FILE, means; it points into
 * WORD. RET_HOST, of no family where there is no address. */
const char *companion_file_of(const char *word, struct addr *ret_host);

/* Reads what WORD means. False, with ERROR, one sentence, when it is nothing that a companion could
 * be, or when there are more than COMPANION_SET_MOST_BYTES then. */
bool companion_set_add(struct companion_set *set, const char *word, struct error *error);

/* All are there: puts their notes in order. */
void companion_set_settle(struct companion_set *set);

/* The notes about packets with ENDS, in RET; how many. */
size_t companion_set_notes(const struct companion_set *set, const struct packet_ends *ends,
    const struct packet_note **ret);

void companion_set_free(struct companion_set *set);

#endif
