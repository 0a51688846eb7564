/* SMB2 requests of one connection that wait for their answers. */
#ifndef SMBTRIAGE_DISSECTORS_SMB2_PENDING_H
#define SMBTRIAGE_DISSECTORS_SMB2_PENDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/base/table.h"
#include "analyzer/dissector.h"
#include "analyzer/exchange.h"
#include "dissectors/smb2_opens.h"
#include "dissectors/smb2_operands.h"

/* One request. It belongs to its list, which reuses the memory. */
struct smb2_pending {
	struct smb2_pending *older, *newer; /* in the order of arrival */
	struct message request;             /* its bytes are gone */
	uint64_t message_id;
	uint64_t async_id; /* of the interim answer, 0: none */
	uint64_t session_id;
	uint32_t tree_id;
	uint32_t length; /* of the command on the wire */
	uint16_t command;
	bool has_ids; /* session_id and tree_id were captured */
	bool is_signed;
	bool is_encrypted;
	struct number signature; /* enum smb2_signature */
	bool is_interim;         /* answered STATUS_PENDING so far */
	bool is_cancelled;       /* by CANCEL */
	uint16_t credit_charge;
	struct number channel_sequence;
	struct smb2_operands operands; /* its cursors are gone */
	struct smb2_name path, text;   /* copies of theirs, freed with the request */
	uint64_t server_end;       /* stream offset up to where the server had spoken; 0: not yet */
	uint64_t ordinal;          /* of smb_count_request(); 0: does not count */
	enum doubt doubt;          /* about its answer */
	struct exchange *exchange; /* of the set-up phase; NULL: made when it is worth it */
};

/* A zeroed list is an empty one. Requests fill it, answers and evictions empty it. */
struct smb2_pending_list {
	struct table by_message_id;
	struct smb2_pending *oldest, *newest;
	struct smb2_pending *unused;
	/* How many of each command there are, those of no known one last. */
	uint32_t of_command[SMB2_COMMAND_COUNT + 1];
};

/* A zeroed request of COMMAND with this MessageId at the end of the list. */
struct smb2_pending *
smb2_pending_add(struct smb2_pending_list *list, uint16_t command, uint64_t message_id);

/* Whether there is one of COMMAND: cheaper than to look for it. */
bool smb2_pending_has(const struct smb2_pending_list *list, enum smb2_command command);

/* The request with this MessageId; else, when ASYNC_ID is not 0, the one whose interim answer had
 * it; else NULL. */
struct smb2_pending *
smb2_pending_find(const struct smb2_pending_list *list, uint64_t message_id, uint64_t async_id);

/* Takes the request out of the list; the caller releases it. */
void smb2_pending_take(struct smb2_pending_list *list, struct smb2_pending *pending);
void smb2_pending_release(struct smb2_pending_list *list, struct smb2_pending *pending);

size_t smb2_pending_count(const struct smb2_pending_list *list);

/* Frees the list and every request in it. */
void smb2_pending_free(struct smb2_pending_list *list);

#endif
