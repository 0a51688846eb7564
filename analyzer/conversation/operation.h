/*
 * Operations: the attempts of one client host to reach one server host at one time. Clients try
 * port 139 beside 445, and IPv6 beside IPv4, and keep what answers first ([MS-SMB2] 3.2.4.2.1); the
 * others of the same operation have failed without harm.
 */
#ifndef SMBTRIAGE_CONVERSATION_OPERATION_H
#define SMBTRIAGE_CONVERSATION_OPERATION_H

#include <stdint.h>

#include "analyzer/conversation/conversation.h"

/* The longest time from the first SYN of an operation to another of its SYNs, in nanoseconds. It
 * counts from the first one, so that a client that tries again and again for an hour does not make
 * one operation of it. */
#define OPERATION_SPAN INT64_C(2000000000)

/*
 * Numbers the operations of LIST, which is complete: facts.operation of every conversation on a
 * service port or with a known protocol, from 1, in the order of their first frames. Attempts are
 * of one operation when their SYNs are within OPERATION_SPAN and they go
 *   - from one client to one server on ports of SMB, or both on ports of Kerberos;
 *   - to two addresses of one server, which gave the same GUID in NEGOTIATE ([MS-SMB2] 2.2.4);
 *   - over IPv4 and over IPv6 from one client host, and not to several servers of one family. The
 *     host is recognised by a MAC address that just one client address of either family uses, or
 *     by being the capture's only client of either family, unless MAC addresses say otherwise.
 * An attempt to an address that the server has listed ([MS-SMB2] 2.2.32.5) is of the operation of
 * the connection on which it did, for as long as that connection goes on: it is a second channel.
 */
void operations_number(const struct conversation_list *list);

#endif
