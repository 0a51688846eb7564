/*
 * Exchanges: a request and how it ended. What dissectors make, and what rules speak of.
 *
 * A concrete exchange is a plain struct that embeds `struct exchange` first, and one
 * `struct exchange_type` with a table of its fields. That table alone feeds the rule loader, the
 * NDJSON keys, `smbtriage fields` and the display filters.
 */
#ifndef SMBTRIAGE_EXCHANGE_H
#define SMBTRIAGE_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/base/addr.h"
#include "analyzer/base/arena.h"
#include "analyzer/base/text.h"
#include "analyzer/facts.h"

struct message; /* analyzer/dissector.h */
struct ending;

/* Symbolic names of a number, sorted by value. Static data. */
struct name_row {
	uint64_t value;
	const char *name;    /* as the specification spells it */
	const char *meaning; /* one sentence without a final full stop, or NULL */
};

struct names {
	const struct name_row *rows;
	size_t count;
};

/* The row for VALUE, or NULL. */
const struct name_row *names_find(const struct names *names, uint64_t value);

/* The row called NAME (exact spelling), or NULL. */
const struct name_row *names_called(const struct names *names, const char *name);

/* A number that a message may not have carried. */
struct number {
	uint64_t value;
	bool is_known;
};

static inline struct number
known(uint64_t value)
{
	return (struct number){value, true};
}

/* A list of 16- or 32-bit numbers, widened, in the order of the wire; arena memory. */
struct number_list {
	const uint32_t *values;
	uint16_t count;
	bool is_known;
};

/* What a field's member in the struct is. */
enum field_kind {
	FIELD_NUMBER,   /* struct number */
	FIELD_LIST,     /* struct number_list */
	FIELD_TEXT,     /* const char *, UTF-8, NULL: not known */
	FIELD_ADDR,     /* struct addr */
	FIELD_U8_ENUM,  /* an enum kept in a uint8_t, always known */
	FIELD_U16,      /* uint16_t, always known */
	FIELD_U32,      /* uint32_t, always known */
	FIELD_U64,      /* uint64_t, always known */
	FIELD_ENUM,     /* an enum, always known */
	FIELD_BOOL,     /* bool, always known */
	FIELD_TIME,     /* int64_t, nanoseconds since the epoch */
	FIELD_DURATION, /* int64_t, nanoseconds; negative: not known */
};

/* How a number is written. */
enum notation {
	NOTATION_DECIMAL,
	NOTATION_HEX,
	NOTATION_NAME,     /* the name alone; the number in hex when it has none */
	NOTATION_NUMBERED, /* "KRB_AP_ERR_SKEW (37)" in text, the name in NDJSON */
	NOTATION_CODE,     /* "STATUS_ACCESS_DENIED (0xC0000022)" in text, the name in NDJSON */
	NOTATION_FLAGS,    /* names of the bits that are set */
	NOTATION_FRAME,    /* a frame number; 0: none */
};

/* Whether a server says no with a field. */
enum refusal {
	REFUSAL_NONE,
	REFUSAL_ALWAYS,   /* whatever its value */
	REFUSAL_NT_ERROR, /* with an NTSTATUS of the severity "error" ([MS-ERREF] 2.3) */
};

/* The struct that a field's member is in. */
enum field_home {
	HOME_EXCHANGE = 0,
	HOME_CONVERSATION, /* its conversation_facts */
	HOME_CROSSING,     /* its crossing */
	HOME_ATTESTED,     /* what files beside the capture state of it */
};

struct field {
	const char *name; /* as rules and NDJSON spell it */
	enum field_kind kind;
	enum notation notation;
	size_t offset;             /* of the member in its home */
	const struct names *names; /* or NULL */
	const char *filter;        /* Wireshark's field name, or NULL */
	const char *sentence;      /* what it is, one sentence */
	enum field_home home;      /* where OFFSET is; not set in dissectors */
	enum refusal refusal;
	bool is_passing; /* chosen anew each time the same thing is done: a stream, a SessionId, the
			  * name of a capture */
	bool is_late; /* of an exchange that was answered, known only when all of the capture is */
};

struct exchange_type {
	const char *name;           /* "smb2_tree_connect" */
	const char *sentence;       /* what one is */
	size_t size;                /* of the concrete struct */
	const struct field *fields; /* those of its own; the common ones are added to all */
	size_t field_count;
	/* What a diagram writes at the arrows of its request and its answer: labels in the syntax
	 * of rules/template.h. */
	const char *request_label, *answer_label;
	const char
	    *network_label; /* the same, at an ICMP error that ended it; NULL: it says none */
};

/* Messages of one exchange beside its request and its answer that are kept. NTLM takes two round
 * trips; servers end an authentication that takes many more. */
#define EXCHANGE_MOST_LEGS 8

/* A message that belongs to an exchange: a round trip of several, or the request sent again. */
struct exchange_leg {
	struct exchange_leg *next;
	uint64_t frame;
	int64_t time;
	enum side from;
	const char *label; /* as a diagram writes it; NULL: the label of its side's last message */
};

/* One exchange, as the capture of one point has it. */
struct crossing_point {
	const struct exchange *exchange; /* NULL: it is not there */
	uint64_t request_frame; /* which ends the request, even where no exchange was made of it;
				 * 0: none */
	uint64_t answer_frame;  /* the same of the answer, or of what ended the wait */
	int64_t waited;         /* ns from the one to the other; negative: not known */
	bool is_answered;
	int64_t ahead; /* ns by which the clock is ahead of the first point's by then, as far as
			* that is known */
};

/* Two points between which something befell a message, in the order in which it passes them, by
 * their place from the clients on; the same twice: nothing did. */
struct crossing_gap {
	size_t after, before;
};

/* How an exchange got on between the places of several captures, of which the first is nearest to
 * the client and the last to the server. Arena memory. */
struct crossing {
	struct number is_request_there;       /* whether the last has the request */
	struct number is_answer_there;        /* whether it has an answer, or what ended the wait */
	struct number is_answer_here;         /* the same of the first */
	const char *there;                    /* file of the last */
	uint64_t request_there, answer_there; /* frames of it; 0: none */
	const char *lost_after, *lost_before; /* the files between which it was lost; or NULL */
	const char *forged_after, *forged_before; /* those between which an answer began that no
						   * server sent; or NULL */
	int64_t waited_there; /* as exchange.waited, there; negative: not known */
	int64_t path_delay;   /* ns that the client waited longer than that; negative: not known */
	const char *slowest_after, *slowest_before; /* the files between which most of it passed,
						     * the client's side first; or NULL */
	int64_t slowest_delay;                      /* ns that did */
	struct number is_path_slower; /* whether more passed on the path than behind the last */
	const char *altered;          /* fields with their values before and after; NULL */
	const char *altered_after, *altered_before; /* the files between which; or NULL */
	uint64_t duplicated; /* segments of request and answer that came out of the path twice */
	const char *duplicated_after, *duplicated_before; /* the files between which, as they went;
							   * of several the first; or NULL */
	const char *unsure; /* why something of this is not known, a clause; NULL: all is */
	/* The same point by point, for who draws it. */
	const struct crossing_point *points; /* from the clients to the servers */
	size_t point_count;
	struct crossing_gap lost;  /* the request where it leads to the servers, else the answer */
	struct crossing_gap begun; /* where an answer or an ICMP error began, if on the way */
	struct crossing_gap changed;
	bool is_request_changed, is_answer_changed; /* neither: nobody knows which of them */
};

/* Where something stands in a file beside the capture. */
struct quotation {
	const char *file; /* as the operator gave it; NULL: it stands nowhere */
	uint64_t line;    /* from 1; 0: all of it says so */
	const char *text; /* what stands there, UTF-8, not escaped */
};

/* What such files (analyzer/companions/) can state of an exchange. */
enum attested_kind {
	ATTESTED_FIREWALL,           /* enum firewall_action: of the server's firewall */
	ATTESTED_FILTER,             /* the same: of the Windows Filtering Platform there */
	ATTESTED_FILTER_NAME,        /* text: of the filter that decided */
	ATTESTED_FILTER_STEALTH,     /* bool: it keeps silent where nobody listens */
	ATTESTED_LISTENER,           /* enum listener_owner: who waits for connections */
	ATTESTED_ENCRYPT_DATA,       /* bool, as are those below: settings of the server */
	ATTESTED_REJECT_UNENCRYPTED, /* RejectUnencryptedAccess */
	ATTESTED_SMB1,               /* EnableSMB1Protocol */
	ATTESTED_SMB2,               /* EnableSMB2Protocol */
	ATTESTED_SIGNING,            /* RequireSecuritySignature */
	ATTESTED_SHARE,              /* the share is there */
	ATTESTED_SHARE_ENCRYPT_DATA,
	ATTESTED_SHARE_ONLINE,
	ATTESTED_COUNT,
};

/* What a firewall did with a packet. */
enum firewall_action { FIREWALL_ALLOW, FIREWALL_DROP };

/* Who waits for connections at a port. */
enum listener_owner { LISTENER_NONE, LISTENER_SYSTEM, LISTENER_OTHER, LISTENER_UNKNOWN };

/* One statement. */
struct testimony {
	struct number number; /* or */
	const char *text;     /* NULL: none */
	struct quotation quote;
};

struct attested {
	struct testimony items[ATTESTED_COUNT];
};

/* What all exchanges have in common. */
struct exchange {
	const struct exchange_type *type;
	const struct conversation_facts *conversation;
	int64_t time;   /* of the request; of the answer when the request was not captured */
	int64_t waited; /* ns from the request to the answer or the end; negative: not known */
	int64_t closed_after; /* ns from there to the connection's FIN or RST; negative: not known.
			       * Set by ledger_settle(). */
	enum outcome outcome;
	enum ended_by ended_by;
	enum doubt doubt;
	bool is_delivered; /* TCP acknowledged the request's last byte, or it was answered */
	bool is_last; /* no later request on its connection but LOGOFF, TREE_DISCONNECT, ECHO */
	bool is_cut;  /* the capture lacks bytes of its messages: an unknown field may have been
			 there */
	uint64_t contested; /* fields of which there are two readings, a bit each by their place in
			     * the type's; UINT64_MAX: not even its type is sure. Set at the
			     * end of the capture */
	enum side request_from;
	uint32_t retransmissions; /* how often segments of the request were sent again */
	uint64_t request_frame, answer_frame, end_frame; /* 0: none */
	uint64_t request_start, request_end;             /* stream offsets of the request's bytes */
	uint64_t answer_start, answer_end;               /* of the answer's; equal: none */
	const struct crossing *crossing;                 /* NULL: nothing was compared */
	const struct attested *attested; /* NULL: no file beside the capture says anything */
	struct exchange_leg *legs;       /* in order; may hold the request and the answer, too */
};

/* How much of an exchange somebody wants who will tell of it when all are there. */
enum want {
	WANT_NOTHING,
	WANT_EXAMPLES, /* to tell of it; of many that are alike a number will do */
	WANT_ITSELF,
};

/* Names of enums and booleans that all of the program shares. */
extern const struct names firewall_action_names, listener_owner_names, bool_names, outcome_names,
    ended_by_names, doubt_names, step_names, close_names, transport_names, vantage_names,
    place_names, clue_names, seal_names, side_names, copy_names;

/* The name of VALUE, which must be in NAMES. */
const char *names_text(const struct names *names, uint64_t value);

/* The fields that every exchange has, the conversation's included. */
extern const struct field exchange_common_fields[];
extern const size_t exchange_common_field_count;

/* The common field called NAME, or NULL. */
const struct field *exchange_common_field(const char *name);

/* The field of TYPE, or the common field, called NAME; or NULL. */
const struct field *exchange_field(const struct exchange_type *type, const char *name);

/* Whether FIELD has another value by bytes of EXCHANGE's messages that were sent twice. */
bool exchange_is_contested(const struct exchange *exchange, const struct field *field);

/* A field's value, whatever its member is. */
enum value_kind { VALUE_NONE, VALUE_NUMBER, VALUE_TEXT, VALUE_LIST, VALUE_ADDR };

struct value {
	enum value_kind kind; /* VALUE_NONE: not known; else it says which of these there is */
	union {
		uint64_t number; /* durations and times are two's complement nanoseconds */
		const char *text;
		struct number_list list;
		struct addr addr;
	};
};

/* The kind of value that FIELD yields when it is known. */
enum value_kind field_value_kind(const struct field *field);

struct value exchange_value(const struct exchange *exchange, const struct field *field);

/* The value of a FIELD that yields numbers, when it is known. */
bool exchange_number(const struct exchange *exchange, const struct field *field, uint64_t *ret);

/* Whether the answer of EXCHANGE says no. */
bool exchange_is_refused(const struct exchange *exchange);

/* Whether messages carry FIELD, so that the capture may lack it. */
bool field_is_captured(const struct field *field);

/* Where FIELD stands in a file beside the capture; NULL: nowhere. Lives as long as these. */
const struct quotation *exchange_quote(const struct exchange *exchange, const struct field *field);

/* The value as text for people; nothing is added when it is not known. Not escaped. */
void exchange_value_text(struct text *text, const struct field *field, const struct value *value);

/* Keeps the exchanges of one run in the order of their completion; arena memory. */
struct ledger {
	struct arena *arena;
	struct exchange **items;
	size_t count, capacity;
};

void ledger_add(struct ledger *ledger, struct exchange *exchange);

/* Moves what MORE holds to the end of LEDGER; MORE is empty then, and its exchanges stay in the
 * arena where they are. */
void ledger_take(struct ledger *ledger, struct ledger *more);

/* Fills in what is known only when all conversations have ended. */
void ledger_settle(struct ledger *ledger);

/* Orders by time of the request, then frame, then stream: the file's order. */
void ledger_sort(struct ledger *ledger);

/* Frees the list; the exchanges belong to the arena. */
void ledger_free(struct ledger *ledger);

/* ---- for dissectors: beginning, answering and ending an exchange ---- */

/* A new exchange of TYPE in ARENA whose request is REQUEST; its outcome is still unknown. */
void *exchange_begin(struct arena *arena, const struct exchange_type *type,
    const struct conversation_facts *conversation, const struct message *request);

/* The same for an answer whose request was not captured: answered, doubt says why. */
void *exchange_begin_with_answer(struct arena *arena, const struct exchange_type *type,
    const struct conversation_facts *conversation, const struct message *answer, enum doubt doubt);

/* EXCHANGE has a message from FROM in FRAME, which came at TIME. LABEL is not copied. Those beyond
 * EXCHANGE_MOST_LEGS are not kept. */
void exchange_add_leg(struct arena *arena, struct exchange *exchange, enum side from,
    uint64_t frame, int64_t time, const char *label);

/* ANSWER is the final answer. */
void exchange_answer(struct exchange *exchange, const struct message *answer);

/* No answer came before ENDING, which says what the capture may have missed. */
void exchange_end(struct exchange *exchange, const struct ending *ending);

#endif
