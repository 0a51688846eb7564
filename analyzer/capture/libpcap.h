/* What libpcap does for us: BPF filters, names of link types, and savefiles of other kinds. */
#ifndef SMBTRIAGE_CAPTURE_LIBPCAP_H
#define SMBTRIAGE_CAPTURE_LIBPCAP_H

#include "analyzer/capture/reader.h"

/* Every savefile that libpcap opens and that is neither pcap nor pcapng as we read them. */
extern const struct reader_kind libpcap_reader;

/* A BPF expression (pcap-filter(7)), compiled for each link type that it meets. */
struct libpcap_filter;

/*
 * Compiles EXPRESSION, in which names of hosts and ports may stand, for packets of LINK_TYPE: a
 * descriptor of a file with the program, which is the caller's. -1, with libpcap's words in
 * RET_WORDS. For the keeper of a worker: to find such names, files are read.
 */
int
libpcap_compile(const char *expression, uint16_t link_type, char *ret_words, size_t ret_words_size);

/*
 * Compiles EXPRESSION, which must outlive the filter, for packets of LINK_TYPE. NULL when it is no
 * expression, and then ERROR (EXIT_USAGE) has libpcap's words.
 */
struct libpcap_filter *
libpcap_filter_new(const char *expression, uint16_t link_type, struct error *error);

/* Whether RECORD passes. None does on a link type that the expression makes no sense for, nor on
 * more link types than captures have; the first of them gets a warning. */
bool libpcap_filter_passes(struct libpcap_filter *filter, const struct record *record);

void libpcap_filter_free(struct libpcap_filter *filter);

#endif
