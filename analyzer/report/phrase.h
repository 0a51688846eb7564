/*
 * Phrases about a finding or conversation that the formats for people share. They are visible
 * (text_add_visible()); what has a meaning in a format's own syntax is still to be escaped there.
 */
#ifndef SMBTRIAGE_REPORT_PHRASE_H
#define SMBTRIAGE_REPORT_PHRASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/base/arena.h"
#include "analyzer/base/text.h"
#include "analyzer/report/report.h"
#include "rules/finding.h"

/* "error", "warning", "notice", or "inconclusive". Static. */
const char *phrase_gravity(const struct finding *finding);

/* "10.0.0.5:49711 → 10.0.0.9:445"; the clients without ports when it occurred several times. */
void phrase_add_ends(struct text *text, const struct finding *finding);

/* " and 3 more files, one trace": what FACTS are of besides their first file; or nothing. */
void phrase_add_others(struct text *text, const struct capture_facts *facts);

/* "6.259811421 s": TIME as Wireshark's default columns show it, relative to CAPTURE's first. */
void phrase_add_since(struct text *text, const struct report_capture *capture, int64_t time);

/* The date and time of FINDING's first occurrence, and when that is in the capture; nothing when
 * its packets carry no time. */
void phrase_add_when(
    struct text *text, const struct report_capture *capture, const struct finding *finding);

/* "2 occurrences, the last at …", and of which of them the frames are; nothing when it is one. */
void phrase_add_count(
    struct text *text, const struct report_capture *capture, const struct finding *finding);

/* "22, 23"; after MOST of them ", …". */
void phrase_add_frames(struct text *text, const struct finding *finding, size_t most);

/* What the operator said of it beforehand: "suppressed until 2027-01-31: a scanner", "known before:
 * the baseline has it", "new: the baseline does not have it"; nothing when there is none of it. */
void phrase_add_standing(struct text *text, const struct finding *finding);

/* How sure the finding is, and what makes it less than its rule says. */
void phrase_add_certainty(struct text *text, const struct finding *finding);

/* "follows from finding 1, and explains findings 3 and 4": how the one with NUMBER, from 1, and
 * others of FINDINGS explain each other; nothing when they do not. */
void phrase_add_incident(struct text *text, const struct finding_list *findings, size_t number);

/* What led to what in the incident that FINDING is the root of, its first link first; empty for
 * what is no root, or alone. The list lives in ARENA, the links where the findings' texts do;
 * they are not escaped. */
struct text_list phrase_chain(const struct finding *finding, struct arena *arena);

/* "on the server", for a step's `on`; NULL when it is not one that is known. Static. */
const char *phrase_place(const char *on);

/* "2 captures, 168 packets: 3 errors, 1 notice; 1 file could not be read": what came of REPORT,
 * which is about to end. */
void phrase_add_total(struct text *text, const struct report *report);

/* What STEP may break; NULL when that is nothing, or not known. */
const char *phrase_risk(const struct step_advice *step);

/* What to say of a step that lowers security; NULL of others. Static. */
const char *phrase_lowered_security(const struct step_advice *step);

/* "got to NEGOTIATE", "worked on a share". Static. */
const char *phrase_step(enum step step);

/* "3 errors, 1 notice in 3 incidents": what was found in CAPTURE. */
void phrase_add_result(struct text *text, const struct report_capture *capture);

/* "reset by the server in frame 14": how a TCP connection ended, as far as the capture shows;
 * nothing when it never began. */
void phrase_add_close(struct text *text, const struct conversation_facts *facts);

/* "SMB 3.1.1, encrypted": what CONVERSATION speaks; "not known" when nothing says it. */
void phrase_add_speaks(struct text *text, const struct report_conversation *conversation);

/* "SMB 3.1.1, got to NEGOTIATE", "never connected": the same, and how far it got. */
void phrase_add_progress(struct text *text, const struct report_conversation *conversation);

#define ADVISED_MOST 64 /* about as many as there are rules */

/* The first findings whose causes and next steps a report has printed. Later ones refer to them;
 * what is no longer found here is printed again. Zeroed it is empty. */
struct advised {
	struct {
		const struct finding *finding;
		size_t number;
	} items[ADVISED_MOST];
	size_t count;
};

/* The number of the finding that printed FINDING's causes and next steps; NUMBER, which is its
 * own, when there is none. */
size_t advised_first(struct advised *advised, const struct finding *finding, size_t number);

/* Whether both say the same, by the same lines of files beside the capture. */
bool phrase_is_same_cause(const struct found_cause *one, const struct found_cause *other);

/* "pfirewall.log:17 says so:", or "speaks against it:"; and the same with what stands there. */
void phrase_add_quote_place(struct text *text, enum stance stance, const struct quotation *quote);
void phrase_add_quote(struct text *text, enum stance stance, const struct quotation *quote);

#endif
