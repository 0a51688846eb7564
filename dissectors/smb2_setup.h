/*
 * The set-up phase of SMB2 on one connection: SESSION_SETUP and TREE_CONNECT, and the
 * sessions and trees that they leave behind.
 */
#ifndef SMBTRIAGE_DISSECTORS_SMB2_SETUP_H
#define SMBTRIAGE_DISSECTORS_SMB2_SETUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/base/cursor.h"
#include "analyzer/dissector.h"
#include "dissectors/smb.h"
#include "dissectors/smb2_exchanges.h"
#include "dissectors/smb2_part.h"
#include "dissectors/smb2_seal.h"

/* Sessions and trees that are remembered on one connection. A client has a handful; of a terminal
 * server's hundreds the oldest are forgotten, and then what is said of them is unknown. */
#define SMB2_MOST_SESSIONS 256
#define SMB2_MOST_TREES    256

struct smb2_session {
	uint64_t id;
	bool is_established;
	bool is_anonymous;
	uint16_t flags;                        /* SMB2_SESSION_FLAG_…, once established */
	struct number is_signing_required;     /* by either side */
	struct smb2_session_setup *unfinished; /* between two legs, or NULL */
};

struct smb2_tree {
	uint64_t session_id;
	uint32_t id;
	bool is_open;
	struct smb2_tree_connect *exchange;
};

struct smb2_setup {
	struct smb_connection *connection;
	struct smb2_seal *seal;
	struct smb2_session *sessions; /* heap; filled by answers, emptied by smb2_setup_close() */
	size_t session_count, session_capacity, next_session;
	struct smb2_tree *trees; /* likewise */
	size_t tree_count, tree_capacity, next_tree;
};

/* Both are borrowed and outlive the set-up. */
void smb2_setup_open(
    struct smb2_setup *setup, struct smb_connection *connection, struct smb2_seal *seal);
void smb2_setup_close(struct smb2_setup *setup);

/* Authentications that the client did not go on with enter the ledger; open trees are marked. */
void smb2_setup_end(struct smb2_setup *setup);

/*
 * A request begins an exchange, or is the next leg of one, and returns it; the caller keeps it
 * until the answer or the end. An answer takes the exchange, or NULL when its request was not
 * captured, and puts it into the ledger when it is final.
 */
struct exchange *smb2_session_setup_request(struct smb2_setup *setup, const struct smb2_part *part);
void smb2_session_setup_response(
    struct smb2_setup *setup, const struct smb2_part *part, struct exchange *exchange);

struct exchange *smb2_tree_connect_request(struct smb2_setup *setup, const struct smb2_part *part);
void smb2_tree_connect_response(
    struct smb2_setup *setup, const struct smb2_part *part, struct exchange *exchange);

/* A leg of EXCHANGE, a session setup, that was never answered: the request is now that leg's. */
void smb2_session_setup_restart(struct exchange *exchange, const struct message *leg);

/* EXCHANGE as answered by PART, or one of TYPE that begins with its answer when it is NULL. */
void *smb2_answered(struct smb2_setup *setup, const struct exchange_type *type,
    const struct smb2_part *part, struct exchange *exchange);

/* The client asked for the end of a tree, or of a session with all its trees. */
void smb2_tree_disconnect(struct smb2_setup *setup, uint64_t session_id, uint32_t tree_id);
void smb2_logoff(struct smb2_setup *setup, uint64_t session_id);

/* Whether the capture shows that the session was established. */
bool smb2_is_established(const struct smb2_setup *setup, uint64_t session_id);

/* The tree, or NULL when its TREE_CONNECT was not captured. */
const struct smb2_tree *
smb2_find_tree(const struct smb2_setup *setup, uint64_t session_id, uint32_t tree_id);

#endif
