/* Classic pcap files: microseconds or nanoseconds, either byte order. */
#ifndef SMBTRIAGE_CAPTURE_PCAP_READER_H
#define SMBTRIAGE_CAPTURE_PCAP_READER_H

#include "analyzer/capture/reader.h"

/* draft-ietf-opsawg-pcap. */
extern const struct reader_kind pcap_reader;

#endif
