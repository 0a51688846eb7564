/*
 * pcapng files, all of it: sections in either byte order, interfaces with their own link type, snap
 * length and clock, all packet blocks, comments, names, drop counters.
 */
#ifndef SMBTRIAGE_CAPTURE_PCAPNG_READER_H
#define SMBTRIAGE_CAPTURE_PCAPNG_READER_H

#include "analyzer/capture/reader.h"

/* draft-ietf-opsawg-pcapng. What consumes a frame number, and what is damage, is as in Wireshark.
 */
extern const struct reader_kind pcapng_reader;

#endif
