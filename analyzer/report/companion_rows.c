#include "analyzer/report/companion_rows.h"

#include <inttypes.h>
#include <stdlib.h>

#include "analyzer/report/page.h"

#define MINUTE INT64_C(60000000000)

/* "its clock shows UTC+01:00". */
static void
add_zone(struct text *text, const struct companion_facts *facts)
{
	int64_t minutes = llabs(facts->zone) / MINUTE;

	text_addf(text, "; its clock shows UTC%c%02" PRId64 ":%02" PRId64,
	    facts->zone < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

/* "it is of 10.0.0.5", and who says so. */
static void
add_host(struct text *text, const struct companion_facts *facts)
{
	char host[ADDR_TEXT_SIZE];

	text_addf(text, "; it is %s %s", facts->is_host_guessed ? "taken for that of" : "of",
	    addr_text(&facts->host, host));
	if (facts->is_host_guessed)
		text_add(text, ", the only server of SMB in the capture");
}

static void
add_use(struct text *text, const struct companion_facts *facts)
{
	if (facts->doubt != NULL) {
		text_addf(text, ", used for nothing: %s", facts->doubt);
	} else if (facts->exchanges == 0) {
		text_add(text, ", none of them about what is in this capture");
	} else {
		text_add(text, ", about ");
		page_add_count(text, facts->exchanges, "exchange");
		text_add(text, " of this capture");
	}
}

void
companion_add_rows(struct head *head)
{
	const struct capture_facts *facts = head->capture->facts;

	for (size_t i = 0; i < facts->companion_count; i++) {
		const struct companion_facts *companion = &facts->companions[i];
		struct text *text = &head->value;

		text_add_visible(text, companion->file);
		text_addf(text, ": %s, ", companion->format);
		page_add_count(text, companion->statements, "statement");
		add_use(text, companion);
		if (companion->host.family != ADDR_NONE)
			add_host(text, companion);
		if (companion->has_zone)
			add_zone(text, companion);
		if (companion->lost != 0)
			text_addf(text, "; it lost %" PRIu64 " more", companion->lost);
		if (companion->damage != NULL) {
			text_add(text, "; it is not whole: ");
			text_add_visible(text, companion->damage);
		}
		head_add(head, i == 0 ? "evidence" : "");
	}
}
