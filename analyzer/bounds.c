#include "analyzer/bounds.h"

const struct bound_row bound_rows[BOUND_COUNT] = {
    [BOUND_MEMORY] = {"memory", "packet",
	"not analysed, as all memory that --max-memory allows was in use: what was open there is "
	"undecided."},
    [BOUND_CONVERSATIONS] = {"conversations", "connection",
	"without a message of SMB or Kerberos only counted, so as to keep to --max-memory: later "
	"stream numbers may differ from Wireshark's."},
    [BOUND_EARLY_BYTES] = {"early_bytes", "byte",
	"not awaited any longer, as too many that follow them came early: what lacks them is "
	"undecided."},
    [BOUND_FRAGMENTS] = {"fragments", "fragment",
	"not kept, as too many datagrams were incomplete at once."},
    [BOUND_REQUESTS] = {"requests", "question",
	"for names (DNS, NetBIOS) beyond those kept: an alias or address among them is not known."},
    [BOUND_SAMPLES] = {"samples", "connection",
	"beyond those whose first bytes are kept: what it speaks is not named."},
    [BOUND_COMMENTS] = {"comments", "comment", "in the file beyond those kept."},
    [BOUND_NAMES] = {"names", "name", "in the file beyond those kept."},
};
