#include "analyzer/evidence/counterpart.h"

bool
is_counterpart(const struct exchange *one, const struct exchange *other)
{
	return one == other || (one->crossing != NULL && one->crossing == other->crossing);
}

const struct exchange *
counterpart_in(const struct report_capture *capture, const struct exchange *exchange)
{
	const struct ledger *ledger = capture->ledger;

	for (size_t i = 0; i < ledger->count; i++)
		if (is_counterpart(ledger->items[i], exchange))
			return ledger->items[i];
	return NULL;
}
