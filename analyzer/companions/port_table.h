/*
 * Tables of a Windows host's ports: netstat's, whose headings and states are in the language of the
 * system, and Get-NetTCPConnection's, which are in English always. Both numeric: `netstat -a`
 * without -n is not read.
 */
#ifndef SMBTRIAGE_COMPANIONS_PORT_TABLE_H
#define SMBTRIAGE_COMPANIONS_PORT_TABLE_H

#include "analyzer/companions/companion_read.h"

/* The most addresses that are taken of a table; a host has a handful. */
#define PORT_TABLE_ADDRESSES_MOST 256

/* The most listeners; more than ports, as each of a host's addresses may have its own. */
#define PORT_TABLE_LISTENERS_MOST ((size_t)1 << 20)

extern const struct companion_format netstat_format;
extern const struct companion_format net_tcp_connection_format;

#endif
