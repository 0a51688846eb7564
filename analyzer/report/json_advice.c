#include "analyzer/report/json_advice.h"

#include "analyzer/report/json.h"

void
json_texts(struct text *line, const char *key, const char *const *texts, size_t count)
{
	json_open(line, key, '[');
	for (size_t i = 0; i < count; i++)
		json_text(line, NULL, texts[i]);
	json_close(line, ']');
}

void
json_next_steps(struct text *line, const struct advice_list *steps)
{
	json_open(line, "next_steps", '[');
	for (size_t i = 0; i < steps->count; i++) {
		json_open(line, NULL, '{');
		json_text(line, "text", steps->items[i].text);
		json_text(line, "run", steps->items[i].run);
		json_text(line, "on", steps->items[i].on);
		json_text(line, "risk", steps->items[i].risk);
		json_text(line, "applies_to", steps->items[i].applies_to);
		json_bool(line, "lowers_security", steps->items[i].lowers_security);
		json_close(line, '}');
	}
	json_close(line, ']');
}
