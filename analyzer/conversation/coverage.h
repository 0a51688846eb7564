/*
 * What the capture could have shown. Absence is claimed only where the file would hold the packet
 * if there had been one; where it need not, the outcome becomes unknown, and the doubt says why.
 */
#ifndef SMBTRIAGE_CONVERSATION_COVERAGE_H
#define SMBTRIAGE_CONVERSATION_COVERAGE_H

#include <stddef.h>
#include <stdint.h>

#include "analyzer/capture/packet.h"
#include "analyzer/conversation/conversation.h"
#include "analyzer/exchange.h"
#include "analyzer/facts.h"

/* Times the clock was set back that are remembered by frame; more is a broken clock, and the report
 * counts them all. */
#define COVERAGE_MOST_STEPS 256

/* A zeroed struct coverage is a new one. */
struct coverage {
	struct interface_watch {
		int64_t last_time; /* of the latest packet in the file's order */
		/* Since its clock was last set back: of the first packet, and the greatest; once
		 * judged, the greatest of those that continue it. */
		int64_t begin, end;
		uint64_t one_sided,
		    two_sided; /* connections that were up, without and with what servers say */
		bool has_time;
	} * interfaces;
	size_t interface_count, interface_capacity;
	struct clock_step {
		uint64_t frame; /* the first after the step */
		uint32_t interface;
	} * steps;
	size_t step_count;
};

/* Takes every packet, in the order of the file. */
void coverage_packet(struct coverage *coverage, const struct packet *packet);

/*
 * The capture is over: withdraws what the exchanges of LEDGER from FIRST on claim and the capture
 * cannot show. FACTS is what the source knows of the file, or NULL.
 */
void coverage_judge(struct coverage *coverage, const struct conversation_list *conversations,
    const struct capture_facts *facts, struct ledger *ledger, size_t first);

void coverage_free(struct coverage *coverage);

#endif
