#include "rules/doubt.h"

static void
add_capture_ended(struct text *text, const struct exchange *exchange)
{
	if (exchange->outcome == OUTCOME_ANSWERED) {
		text_add(text, "the capture ends before more could follow the answer");
		return;
	}
	if (exchange->waited < 0) {
		text_add(text, "the capture ends before the answer could come");
		return;
	}
	text_add(text, "the capture ends ");
	text_add_duration(text, exchange->waited);
	text_add(text, " after the request");
}

/* The answering side's packets are the ones whose absence matters; else whoever lacks some. */
static void
add_packets_missing(struct text *text, const struct exchange *exchange)
{
	static const char *const names[] = {[CLIENT] = "client", [SERVER] = "server"};
	enum side answering = other_side(exchange->request_from);
	const uint64_t *missing = exchange->conversation->missing_bytes;
	enum side side = missing[answering] == 0 && missing[exchange->request_from] != 0
			     ? exchange->request_from
			     : answering;

	text_addf(text, "packets of the %s are missing from the capture", names[side]);
}

static const struct {
	const char *clause;
	void (*add)(struct text *text, const struct exchange *exchange); /* or NULL: the clause */
} doubts[] = {
    [DOUBT_NONE] = {"the capture does not show how a related request ended", NULL},
    [DOUBT_CAPTURE_ENDED] = {NULL, add_capture_ended},
    [DOUBT_PACKETS_MISSING] = {NULL, add_packets_missing},
    [DOUBT_CUT_BY_SNAPLEN] = {"the snap length cuts the message", NULL},
    [DOUBT_ONE_DIRECTION] = {"only one direction was captured", NULL},
    [DOUBT_ENCRYPTED] = {"the session is encrypted", NULL},
    [DOUBT_COMPRESSED] = {"the message is compressed", NULL},
    [DOUBT_NOT_UNDERSTOOD] = {"what the other side sent is no message of this protocol", NULL},
    [DOUBT_BEGAN_BEFORE_CAPTURE] = {"the connection began before the capture", NULL},
    [DOUBT_PACKETS_DROPPED] =
	{"the capturing system dropped packets, and the answer may be among them", NULL},
    [DOUBT_CLOCK_STEPPED] = {"the capture's clock was set back during the wait", NULL},
    [DOUBT_ANSWERS_OTHER] = {"what the other side sent answers something else", NULL},
    [DOUBT_NOT_ANALYSED] =
	{"the packets that would tell were not analysed, so as to keep to --max-memory", NULL},
    [DOUBT_OVERLAP] = {"bytes of the message were sent twice with different contents", NULL},
};

enum doubt
doubt_of(const struct exchange *exchange)
{
	return exchange->doubt == DOUBT_NONE && exchange->is_cut ? DOUBT_CUT_BY_SNAPLEN
								 : exchange->doubt;
}

void
doubt_text(struct text *text, const struct exchange *exchange)
{
	enum doubt doubt = doubt_of(exchange);

	if (doubts[doubt].add != NULL)
		doubts[doubt].add(text, exchange);
	else
		text_add(text, doubts[doubt].clause);
}
