/* The analysis of one capture: source, decoder, pipeline and rules, composed. */
#ifndef SMBTRIAGE_ANALYSIS_H
#define SMBTRIAGE_ANALYSIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/base/arena.h"
#include "analyzer/base/error.h"
#include "analyzer/base/overlap.h"
#include "analyzer/report/report.h"
#include "rules/rule.h"

/* Room for the types of all exchanges. */
#define ANALYSIS_MOST_TYPES 64

/* What rules may speak of: the handshake and what else tells of connections, and all that the
 * dissectors make. Fills TYPES and returns how many. */
size_t analysis_exchange_types(const struct exchange_type *types[ANALYSIS_MOST_TYPES]);

/* The bytes that an analysis may take unless the operator says otherwise: what a small virtual
 * machine has to spare. */
#define ANALYSIS_USUAL_MEMORY ((size_t)512 << 20)

/* Who may have an analysis given up before its end. */
struct analysis_watch {
	/* Asked for each batch of packets, by the thread that analyses: whether to go on, with
	 * TAKEN bytes in use for the analysis, and POSITION of the file read. */
	bool (*goes_on)(void *state, size_t taken, uint64_t position);
	void *state;
};

struct analysis_options {
	const struct rule_set *rules; /* NULL: no findings are made */
	const char *filter;           /* BPF, or NULL */
	const uint16_t *smb_ports;    /* besides 445 and 139 */
	size_t smb_port_count;
	struct overlap_hosts overlaps; /* how hosts reassemble; its items are borrowed */
	enum vantage vantage;          /* where the captures were taken, if the operator says so */
	bool has_vantage;              /* the operator does */
	bool is_listing_streams;       /* every TCP conversation is reported, with what it speaks */
	bool is_hashing;               /* SHA-256 of the file */
	bool is_sparing;               /* what nobody asks for goes even where there is room */
	bool is_in_one_thread;         /* no other one reads ahead; only so it may be given up */
	size_t max_memory;             /* bytes that the analysis may take; 0: any number */
	const struct packet_tap *tap;  /* who watches packets, or NULL; borrowed */
	struct secrets *secrets;       /* what opens encrypted sessions, or NULL; borrowed */
	struct progress *progress;     /* told how far it is, or NULL; borrowed */
	const struct companion_set *companions; /* files beside the captures, or NULL; borrowed */
	const struct analysis_watch *watch;     /* who may give it up, or NULL; borrowed */
};

struct companion_set; /* analyzer/companions/companion_set.h */
struct interest;      /* rules/interest.h */
struct source_files;  /* capture/source.h */

/* One analysed capture. Everything in it lives until analysis_free(). */
struct analysis {
	struct arena arena;
	struct arena reading; /* what the source knows, which another thread reads */
	struct ledger ledger;
	struct statistics statistics;
	struct capture_facts facts;
	struct report_capture report;
	struct pipeline *pipeline;
	struct interest *interest; /* of the rules, until they have judged; or NULL */
	size_t memory_before;      /* mem_used() */
	uint64_t bytes_read;       /* of the file, of the compressed ones where it is compressed */
	bool is_given_up;          /* as the watch wanted */
};

/*
 * Analyses PATH ("-": standard input). False, with ERROR, when it cannot be opened as a capture; a
 * file that is cut or damaged is analysed as far as it goes, and facts.damage says so, and
 * facts.unjudged when nothing in it could be judged. Also false, without ERROR, when it was given
 * up. Call analysis_free() in any case.
 */
bool analysis_run(struct analysis *analysis, const char *path,
    const struct analysis_options *options, struct error *error);

/* The same of FILES as far as they are one trace (capture/source.h); facts.part_count says how many
 * are, 0 meaning the first alone. */
bool analysis_run_trace(struct analysis *analysis, const struct source_files *files,
    const struct analysis_options *options, struct error *error);

/* The same in steps, for who has more to say of what was read before it is judged: all but
 * findings, what files beside the capture say of it, and findings. OPTIONS are the same in all. */
bool analysis_read(struct analysis *analysis, const struct source_files *files,
    const struct analysis_options *options, struct error *error);
void analysis_attest(struct analysis *analysis, const struct analysis_options *options);
void analysis_judge(struct analysis *analysis, const struct analysis_options *options);

void analysis_free(struct analysis *analysis);

#endif
