#include "analyzer/bounds.h"

/* What the program takes before it has read a packet: rules, libraries, buffers. */
#define FIXED_BYTES ((size_t)16 << 20)

const struct bound_row bound_rows[BOUND_COUNT] = {
    [BOUND_MEMORY] = {"memory", "packet",
	"not analysed, as all memory that --max-memory allows was in use: what was open there is "
	"undecided."},
    [BOUND_CONVERSATIONS] = {"conversations", "connection",
	"without a message of SMB or Kerberos only counted, so as to keep to --max-memory: later "
	"stream numbers may differ from Wireshark's."},
    [BOUND_UNREMARKABLE] = {"unremarkable", "connection",
	"in which nothing failed only counted, so as to keep to --max-memory: no list has it."},
    [BOUND_FAILURES] = {"failures", "connection",
	"in which something failed only counted, so as to keep to --max-memory, as many like it "
	"at the same server are told."},
    [BOUND_STREAMS] = {"streams", "connection",
	"forgotten, so as to keep to --max-memory: a late packet of it begins another stream, and "
	"stream numbers after that differ from Wireshark's."},
    [BOUND_EARLY_BYTES] = {"early_bytes", "byte",
	"not awaited any longer, as too many that follow them came early: what lacks them is "
	"undecided."},
    [BOUND_FRAGMENTS] = {"fragments", "fragment",
	"not kept, as too many datagrams were incomplete at once."},
    [BOUND_REQUESTS] = {"requests", "question",
	"for names (DNS, NetBIOS) beyond those kept: an alias or address among them is not known."},
    [BOUND_SAMPLES] = {"samples", "connection",
	"beyond those whose first bytes are kept: what it speaks is not named."},
    [BOUND_SEGMENTS] = {"segments", "segment",
	"beyond those kept to be compared with other captures: what became of them on their way is "
	"not known."},
    [BOUND_FINDINGS] = {"findings", "occurrence",
	"of failures not in any finding, so as to keep to --max-memory."},
    [BOUND_COMMENTS] = {"comments", "comment", "in the file beyond those kept."},
    [BOUND_NAMES] = {"names", "name", "in the file beyond those kept."},
};

static size_t
beyond_fixed(size_t max_memory)
{
	return max_memory > FIXED_BYTES ? max_memory - FIXED_BYTES : max_memory;
}

/* What is made of packets in the end, findings above all, took 0.7 times as much where it was most.
 */
size_t
bounds_share_of_packets(size_t max_memory)
{
	return max_memory != 0 ? beyond_fixed(max_memory) : SIZE_MAX;
}

/* A report holds one finding in its form at a time, and the table of conversations. */
size_t
bounds_share_of_findings(size_t max_memory)
{
	return max_memory != 0 ? beyond_fixed(max_memory) - max_memory / 8 : SIZE_MAX;
}
