/*
 * Whose bytes a host reads where two TCP segments that wait for others before them differ.
 *
 * RFC 9293 3.10.7.4 leaves that open, and stacks do differ (Shankar and Paxson, "Active Mapping",
 * 2003, section 4.2; Novak and Sturges, "Target-Based TCP Stream Reassembly", 2007). Bytes that an
 * application was given never change, whatever the policy: they are nobody's business here.
 */
#ifndef SMBTRIAGE_BASE_OVERLAP_H
#define SMBTRIAGE_BASE_OVERLAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/base/addr.h"

/* Where a segment lies in the stream as it was sent, whatever is left of it. */
struct extent {
	uint64_t start, end;
};

/* One kind of receiver. */
struct overlap_policy {
	const char *name;     /* "windows" */
	const char *hosts;    /* which do so: "Windows Vista and Server 2008, and later" */
	const char *sentence; /* which copy is read: "the copy that came first" */
	/* Whether LATER, which came after EARLIER and overlaps it, gets the bytes of both. A third
	 * segment is judged against each of them alone; what stacks do then is less well known. */
	bool (*takes_later)(const struct extent *earlier, const struct extent *later);
};

/* All there are, the default first. */
extern const struct overlap_policy overlap_policies[];
extern const size_t overlap_policy_count;

/* That of Windows since Vista. */
#define OVERLAP_DEFAULT (&overlap_policies[0])

/* The policy called NAME, or NULL. */
const struct overlap_policy *overlap_policy_called(const char *name);

/* What the operator says of some hosts. */
struct overlap_host {
	struct addr_net net;
	const struct overlap_policy *policy;
};

/* What he says of all. Zeroed, every host is Windows. */
struct overlap_hosts {
	const struct overlap_policy *others; /* of hosts that are not listed; NULL: the default */
	const struct overlap_host *items;    /* borrowed */
	size_t count;
};

/* How RECEIVER reassembles: by the longest prefix that it is in, and of equal ones by the last. */
const struct overlap_policy *
overlap_policy_of(const struct overlap_hosts *hosts, const struct addr *receiver);

#endif
