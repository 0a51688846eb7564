/* How far the conversations of a capture got, and what stopped them: the rows of a table that
 * formats for people lay out. */
#ifndef SMBTRIAGE_REPORT_CONVERSATIONS_H
#define SMBTRIAGE_REPORT_CONVERSATIONS_H

#include <stddef.h>

#include "analyzer/base/arena.h"
#include "analyzer/report/report.h"

/* Rows that a page has room for. */
#define CONVERSATIONS_MOST 10

/* What became of one step of a conversation. */
enum step_mark {
	STEP_MARK_NONE, /* it is no step of such a conversation */
	STEP_MARK_REACHED,
	STEP_MARK_STOPPED, /* here it failed, or ended */
	STEP_MARK_NOT_REACHED,
	STEP_MARK_UNSEEN, /* the capture cannot tell */
};

/* STEP_CONNECTED to STEP_WORKING: the columns of the table. */
#define CONVERSATION_STEPS (STEP_WORKING - STEP_CONNECTED + 1)

/* The headings of the columns: "TCP" and so on. Static. */
extern const char *const conversation_step_names[CONVERSATION_STEPS];

struct conversation_row {
	const struct conversation_facts *facts;
	enum step_mark marks[CONVERSATION_STEPS];
	/* What stopped it, and the findings that speak of it; visible, may be empty. */
	const char *reason;
};

struct conversation_table {
	const struct conversation_row *rows;
	size_t count;
	size_t left_out; /* further conversations of SMB, or on its ports */
};

/*
 * Those conversations of CAPTURE first that stopped before a share was used and of which a finding
 * speaks, then others that stopped, those of which the capture cannot tell, and those that worked.
 * Conversations of Kerberos are among them where a finding speaks of them. Empty where nothing
 * stopped and nothing is in doubt. Rows and texts live in ARENA.
 */
struct conversation_table
conversations_of(const struct report_capture *capture, struct arena *arena);

#endif
