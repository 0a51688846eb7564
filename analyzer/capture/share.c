#include "analyzer/capture/share.h"

#include <inttypes.h>
#include <stdio.h>

static const unsigned parts[] = {[SHARE_RECORD] = 16, [SHARE_WINDOW] = 8};

bool
share_holds(size_t max_memory, enum share share, uint64_t bytes)
{
	return max_memory == 0 || bytes <= max_memory / parts[share];
}

const char *
share_wanted(char ret[SHARE_TEXT_SIZE], enum share share, uint64_t bytes)
{
	/* In MiB, rounded up. */
	uint64_t wanted = bytes / ((1u << 20) / parts[share]);

	wanted += bytes % ((1u << 20) / parts[share]) != 0;
	snprintf(ret, SHARE_TEXT_SIZE, "--max-memory %" PRIu64 "%c",
	    wanted % 1024 == 0 ? wanted / 1024 : wanted, wanted % 1024 == 0 ? 'G' : 'M');
	return ret;
}
