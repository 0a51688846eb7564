/*
 * What SMB1 and SMB2 share on one connection: the NEGOTIATE exchange, what was agreed in it, and
 * how requests that were never answered end.
 */
#ifndef SMBTRIAGE_DISSECTORS_SMB_H
#define SMBTRIAGE_DISSECTORS_SMB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/base/cursor.h"
#include "analyzer/dissector.h"
#include "analyzer/exchange.h"

/* The header before every message (RFC 1002 4.3.1, [MS-SMB2] 2.1). */
#define SMB_RECORD_SIZE 4

enum smb_protocol { SMB_PROTOCOL_SMB1 = 1, SMB_PROTOCOL_SMB2 = 2 };

/* One NEGOTIATE and its answer, in either protocol. Arena memory. */
struct smb_negotiate {
	struct exchange base;
	struct number request_protocol, answer_protocol; /* enum smb_protocol */
	bool is_multi_protocol;
	bool is_renegotiation;
	const char *smb1_dialects;
	struct number smb1_dialect_index;
	const char *smb1_dialect;
	struct number_list dialects;
	struct number dialect;
	struct number status, nbss_error;
	struct number security_mode, server_security_mode;
	struct number capabilities, server_capabilities;
	const char *client_guid, *server_guid;
	struct number has_preauth_context, has_encryption_context, has_signing_context;
	struct number client_can_encrypt;
	struct number_list hashes, ciphers, signings, compressions;
	struct number cipher, signing;
	const char *netname;
	const char *server_mechanism, *server_mechanisms;
	const char *hint_name;
	struct number max_transact_size, max_read_size, max_write_size;
};

extern const struct exchange_type smb_negotiate_type;

/* Codes of a negative NetBIOS session response (RFC 1002 4.3.4). */
extern const struct names nbss_error_names;

/* What both sides said in the last SMB2 NEGOTIATE, which a later validation repeats. */
struct smb_offer {
	bool is_known;
	uint16_t security_mode;
	uint32_t capabilities;
	uint8_t guid[16];
	struct number_list dialects;
};

struct smb_choice {
	bool is_known;
	uint16_t security_mode;
	uint16_t dialect;
	uint32_t capabilities;
	uint8_t guid[16];
	struct number cipher, signing; /* of dialect 3.1.1, where both sides named some */
};

/* NEGOTIATEs of one connection that wait for an answer. A client sends one, or two in the
 * two-step from SMB1 to SMB2; more are somebody's test. */
#define SMB_MOST_NEGOTIATES 4

struct smb_connection {
	struct dissector_context context;
	struct smb_offer offer;
	struct smb_choice choice;
	struct number dialect; /* agreed on; unknown before the answer and with SMB1 */
	struct number client_can_encrypt;
	struct smb_pending_negotiate {
		struct smb_negotiate *exchange;
		enum smb_protocol protocol;
		uint64_t id; /* MessageId, or MID of SMB1 */
		enum doubt doubt;
		uint32_t length;           /* of the request on the wire */
	} negotiates[SMB_MOST_NEGOTIATES]; /* oldest first */
	size_t negotiate_count;
	uint64_t request_count; /* requests that count for exchange.is_last */
	struct exchange *last;  /* the exchange of the latest of them, or NULL */
	bool has_gap[2];        /* bytes of this side are missing, by enum side */
	/* In context.statistics, by enum smb_protocol; NULL until smb_calls.c asks for it. */
	struct statistics_server *servers[SMB_PROTOCOL_SMB2 + 1];
};

void smb_open(struct smb_connection *connection, const struct dissector_context *context);

/* Outstanding NEGOTIATEs of the other side than FROM may have been answered unseen. */
void smb_doubt(struct smb_connection *connection, enum side from, enum doubt doubt);

/* Outstanding NEGOTIATEs get their outcome, and the last exchange is marked as such. Called after
 * SMB1 and SMB2 have ended theirs. */
void smb_end(struct smb_connection *connection, const struct ending *ending);

struct smb2_header; /* dissectors/smb2_wire.h */

/* An SMB2 NEGOTIATE; COMMAND begins at its HEADER. */
void smb_negotiate_request(struct smb_connection *connection, const struct message *message,
    const struct smb2_header *header, struct cursor command);
void smb_negotiate_response(struct smb_connection *connection, const struct message *message,
    const struct smb2_header *header, struct cursor command);

/* Begins a NEGOTIATE exchange; the caller fills in what was offered. */
struct smb_negotiate *smb_negotiate_begin(struct smb_connection *connection,
    const struct message *message, enum smb_protocol protocol, uint64_t id);

/*
 * The exchange that MESSAGE answers with STATUS (unknown where it has another code), answered and
 * in the ledger; the caller fills in what was chosen. An answer of SMB2 with id 0 also answers an
 * SMB1 NEGOTIATE ([MS-SMB2] 3.3.5.3.1), and one of SMB1 an SMB2 NEGOTIATE, as from a server that
 * reads both alike.
 */
struct smb_negotiate *smb_negotiate_answer(struct smb_connection *connection,
    const struct message *message, enum smb_protocol protocol, uint64_t id, struct number status);

/* A negative NetBIOS session response in place of an answer. NULL when nothing is outstanding. */
struct smb_negotiate *smb_negotiate_refuse(
    struct smb_connection *connection, const struct message *message, struct number nbss_error);

/* ---- for both protocols ---- */

/* The token of a NEGOTIATE's answer, as far as it was captured: what the server offers. */
void smb_take_hint(
    struct smb_connection *connection, struct smb_negotiate *negotiate, struct cursor token);

/* A request that counts for exchange.is_last was seen; returns its ordinal. */
uint64_t smb_count_request(struct smb_connection *connection);

/* EXCHANGE is that of the request with ORDINAL. */
void
smb_note_exchange(struct smb_connection *connection, uint64_t ordinal, struct exchange *exchange);

void smb_reach(struct smb_connection *connection, enum step step);

/* Why an answer has no request in the capture. */
enum doubt smb_missing_request(const struct smb_connection *connection);

/* exchange_answer() for an answer whose status was read: where the snap length cuts it further
 * down, that leaves no doubt about the outcome. */
void smb_answer(struct exchange *exchange, const struct message *answer);

/* A leg of EXCHANGE that was never answered: the request is now that leg's, so that the wait is. */
void smb_restart(struct exchange *exchange, const struct message *leg);

/* exchange_end(), but with DOUBT about its answer unless that is DOUBT_NONE; into the ledger. */
void smb_end_exchange(struct smb_connection *connection, struct exchange *exchange,
    enum doubt doubt, const struct ending *ending);

/* A GUID as text, its first three groups little-endian ([MS-DTYP] 2.3.4.2). */
const char *smb_guid_text(struct arena *arena, const uint8_t guid[16]);

/* An array of little-endian 16-bit numbers; unknown when LIST is short. */
struct number_list smb_number_list(struct arena *arena, struct cursor list);

/* UTF-16LE text, or NULL when CHARS is short. */
const char *smb_text(struct arena *arena, struct cursor chars);

/* The parts of "\\host\share"; what is missing is left NULL. */
void smb_split_path(
    struct arena *arena, const char *path, const char **ret_host, const char **ret_share);

/* Whether SHARE (or NULL: then unknown) is IPC$, or another hidden one such as ADMIN$ or C$. */
void smb_classify_share(const char *share, struct number *ret_is_ipc, struct number *ret_is_admin);

#endif
