/* TCP headers, as bytes: of packets and of what ICMP errors quote. */
#ifndef SMBTRIAGE_CAPTURE_TRANSPORT_H
#define SMBTRIAGE_CAPTURE_TRANSPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/base/cursor.h"
#include "analyzer/capture/packet.h"

/* What must be there of a TCP header: ports to window. Wireshark, too, assigns a tcp.stream from
 * these 16 bytes on, whatever the capture cut behind them. */
#define TCP_READABLE_LENGTH 16

/*
 * Reads a TCP header into the ports of ENDS and RET, and the options' MSS as far as the bytes go.
 * RET_LENGTH is the length that the header claims, believable or not. False, and nothing set,
 * when fewer than TCP_READABLE_LENGTH bytes are there; then the cursor is short.
 */
bool tcp_read(struct cursor *bytes, struct packet_endpoints *ends, struct tcp_header *ret,
    uint32_t *ret_length);

#endif
