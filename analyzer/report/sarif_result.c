#include "analyzer/report/sarif_result.h"

#include <inttypes.h>
#include <string.h>

#include "analyzer/report/json.h"
#include "analyzer/report/page.h"
#include "analyzer/report/phrase.h"
#include "analyzer/report/sarif_text.h"
#include "rules/suppression.h"
#include "rules/template.h"

const char *const sarif_levels[] = {
    [SEVERITY_NOTICE] = "note",
    [SEVERITY_WARNING] = "warning",
    [SEVERITY_ERROR] = "error",
};

void
sarif_add_message(struct text *text, const char *key, const char *chars)
{
	json_open(text, key, '{');
	json_text(text, "text", chars);
	json_close(text, '}');
}

void
sarif_add_artifact_location(struct text *text, const char *key, const char *path, size_t index)
{
	struct text uri = {0};

	json_open(text, key, '{');
	if (strcmp(path, "-") == 0) {
		sarif_add_message(text, "description", "standard input");
	} else {
		sarif_add_uri(&uri, path);
		json_text(text, "uri", text_chars(&uri));
		if (sarif_is_relative(path))
			json_text(text, "uriBaseId", "CWD");
	}
	json_number(text, "index", index);
	json_close(text, '}');
	text_free(&uri);
}

/* ---- results ---- */

/* What happened, how sure that is, and what to do: a consumer shows little else (3.27.11). */
static void
add_result_message(struct text *text, const struct finding *finding)
{
	struct text message = {0}, part = {0};

	sarif_add_plain(&message, finding->summary);
	if (finding->because.count != 0) {
		phrase_add_certainty(&part, finding);
		text_add(&message, "\n\nCertainty: ");
		sarif_add_plain(&message, text_chars(&part));
	}
	for (size_t i = 0; i < finding->next_steps.count; i++) {
		const struct step_advice *step = &finding->next_steps.items[i];
		const char *place = phrase_place(step->on);

		text_clear(&part);
		text_addf(&part, "%zu. %s", i + 1, step->text);
		if (place != NULL)
			text_addf(&part, " (%s)", place);
		if (step->run != NULL)
			text_addf(&part, " %s", step->run);
		if (step->lowers_security)
			text_add(&part, " This lowers security.");
		if (strcmp(step->risk, "none") != 0)
			text_addf(&part, " Risk: %s", step->risk);
		text_add(&message, i == 0 ? "\n\nNext: " : "\n");
		sarif_add_plain(&message, text_chars(&part));
	}
	sarif_add_message(text, "message", text_chars(&message));
	text_free(&message);
	text_free(&part);
}

/* A logicalLocation object (3.33); none of the kinds that SARIF knows is one of the network. */
static void
add_logical_location(struct text *text, const char *name, const char *kind)
{
	json_open(text, NULL, '{');
	json_text(text, "name", name);
	json_text(text, "kind", kind);
	json_close(text, '}');
}

static void
add_end(struct text *text, const struct addr *addr, uint16_t port, const char *kind)
{
	struct text end = {0};

	if (addr->family == ADDR_NONE)
		return;
	page_add_end(&end, addr, port);
	add_logical_location(text, text_chars(&end), kind);
	text_free(&end);
}

static void
add_logical_locations(struct text *text, const struct finding *finding)
{
	const struct conversation_facts *facts = finding->exchange->conversation;
	struct text stream = {0};

	json_open(text, "logicalLocations", '[');
	add_end(text, &facts->client, finding->occurrences == 1 ? facts->client_port : 0, "client");
	add_end(text, &facts->server, facts->server_port, "server");
	for (size_t i = 0; i < finding->stream_count; i++) {
		text_clear(&stream);
		text_addf(&stream, "tcp.stream == %" PRIu32, finding->streams[i]);
		add_logical_location(text, text_chars(&stream), "conversation");
	}
	json_close(text, ']');
	text_free(&stream);
}

/* One location: what is wrong is mended once, however often it occurred (3.27.12). */
static void
add_locations(struct text *text, const struct finding *finding, const char *path, size_t index)
{
	json_open(text, "locations", '[');
	json_open(text, NULL, '{');
	json_open(text, "physicalLocation", '{');
	sarif_add_artifact_location(text, "artifactLocation", path, index);
	json_close(text, '}');
	add_logical_locations(text, finding);
	json_close(text, '}');
	json_close(text, ']');
}

/* Direct producers leave `fingerprints` alone (3.27.16). The second name is the one that GitHub
 * knows an alert by. */
static void
add_fingerprints(struct text *text, const struct finding *finding)
{
	json_open(text, "partialFingerprints", '{');
	json_text(text, "findingId/v1", finding->id);
	json_text(text, "primaryLocationLineHash", finding->id);
	json_close(text, '}');
}

/* All results have suppressions, or none (3.27.23): an empty list for what is not suppressed. */
static void
add_suppressions(struct text *text, const struct suppression *suppression)
{
	json_open(text, "suppressions", '[');
	if (suppression != NULL) {
		json_open(text, NULL, '{');
		json_text(text, "kind", "external");
		json_text(text, "status", "accepted");
		json_text(text, "justification", suppression->reason);
		if (suppression->expires != NULL) {
			json_open(text, "properties", '{');
			json_text(text, "expires", suppression->expires);
			json_close(text, '}');
		}
		json_close(text, '}');
	}
	json_close(text, ']');
}

/* What could not be decided is open, and then severity does not apply (3.27.9, 3.27.10). */
static void
add_kind(struct text *text, const struct finding *finding)
{
	bool is_open = finding->verdict == VERDICT_INCONCLUSIVE;

	json_text(text, "kind", is_open ? "open" : "fail");
	json_text(text, "level", is_open ? "none" : sarif_levels[finding->severity]);
}

void
sarif_add_result(struct text *text, const struct numbered_finding *numbered, size_t rule_index,
    const char *path, size_t artifact_index)
{
	const struct finding *finding = numbered->finding;

	json_open(text, NULL, '{');
	json_text(text, "ruleId", finding->rule->id);
	json_number(text, "ruleIndex", rule_index);
	add_kind(text, finding);
	add_result_message(text, finding);
	add_locations(text, finding, path, artifact_index);
	add_fingerprints(text, finding);
	if (finding->baseline != BASELINE_NONE)
		json_text(text, "baselineState",
		    finding->baseline == BASELINE_KNOWN ? "unchanged" : "new");
	add_suppressions(text, finding->suppression);
	record_add(text, "properties", &finding_record, numbered);
	json_close(text, '}');
}

/* ---- rules ---- */

/* A paragraph of ITEMS, if there are any. */
static void
add_paragraph(struct text *help, const char *label, const struct text_list *items)
{
	for (size_t i = 0; i < items->count; i++) {
		text_add(help, i != 0 ? "\n" : help->length != 0 ? "\n\n" : "");
		text_addf(help, "%s", i == 0 ? label : "");
		sarif_add_plain(help, items->items[i]);
	}
}

/* Why it may be, when there is no need to worry, what the rule cannot see, and where that is
 * written: what is the same for all results. */
static void
add_help(struct text *text, const struct rule *rule, struct arena *arena)
{
	const char **causes = ARENA_ARRAY(arena, const char *, rule->causes.count);
	struct text help = {0};

	for (size_t i = 0; i < rule->causes.count; i++)
		causes[i] = template_show(arena, rule->causes.items[i].text);
	add_paragraph(&help, "Causes: ", &(struct text_list){causes, rule->causes.count});
	add_paragraph(
	    &help, "Harmless: ", &(struct text_list){&rule->benign, rule->benign != NULL});
	add_paragraph(&help, "Unseen: ", &(struct text_list){&rule->blind, rule->blind != NULL});
	add_paragraph(&help, "See: ", &rule->references);
	if (help.length == 0)
		sarif_add_plain(&help, rule->title);
	sarif_add_message(text, "help", text_chars(&help));
	text_free(&help);
}

/* As GitHub wants it of rules that are not about security. */
static const char *const problem_severities[] = {
    [SEVERITY_NOTICE] = "recommendation",
    [SEVERITY_WARNING] = "warning",
    [SEVERITY_ERROR] = "error",
};

static void
add_rule_properties(struct text *text, const struct rule *rule)
{
	json_open(text, "properties", '{');
	json_text(text, "problem.severity", problem_severities[rule->severity]);
	json_open(text, "tags", '[');
	for (size_t i = 0; i < rule->types.count; i++)
		json_text(text, NULL, rule->types.items[i]->name);
	json_close(text, ']');
	json_close(text, '}');
}

void
sarif_add_name(struct text *text, const char *id)
{
	struct text name = {0};
	bool is_first = true;

	for (; *id != '\0'; id++) {
		if (*id != '-')
			text_add_char(&name,
			    is_first && *id >= 'a' && *id <= 'z' ? (char)(*id - 'a' + 'A') : *id);
		is_first = *id == '-';
	}
	json_text(text, "name", text_chars(&name));
	text_free(&name);
}

void
sarif_add_rule(struct text *text, const struct rule *rule)
{
	struct text plain = {0};
	struct arena arena = {0};

	json_open(text, NULL, '{');
	json_text(text, "id", rule->id);
	sarif_add_name(text, rule->id);
	sarif_add_plain(&plain, rule->title);
	sarif_add_message(text, "shortDescription", text_chars(&plain));
	if (rule->finding != NULL) {
		text_clear(&plain);
		sarif_add_plain(&plain, template_show(&arena, rule->finding));
		sarif_add_message(text, "fullDescription", text_chars(&plain));
	}
	add_help(text, rule, &arena);
	json_open(text, "defaultConfiguration", '{');
	json_text(text, "level", sarif_levels[rule->severity]);
	json_close(text, '}');
	add_rule_properties(text, rule);
	json_close(text, '}');
	text_free(&plain);
	arena_free(&arena);
}
