#include "analyzer/report/sarif.h"

#include <string.h>

#include "analyzer/base/arena.h"
#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "analyzer/base/text.h"
#include "analyzer/report/json.h"
#include "analyzer/report/json_layout.h"
#include "analyzer/report/ndjson.h"
#include "analyzer/report/ndjson_capture.h"
#include "analyzer/report/ndjson_finding.h"
#include "analyzer/report/sarif_result.h"
#include "analyzer/report/sarif_text.h"

/* A notification of what keeps a report from being the whole truth, and its descriptor. */
enum trouble { TROUBLE_UNREADABLE, TROUBLE_UNJUDGED, TROUBLE_DAMAGED, TROUBLE_COUNT };

static const struct {
	const char *id, *title, *sentence, *help, *level;
} troubles[] = {
    [TROUBLE_UNREADABLE] = {"unreadable-file", "A file could not be read",
	"A file could not be read at all; nothing is known of it.",
	"Check the name of the file, who may read it, and whether it is a capture.", "error"},
    [TROUBLE_UNJUDGED] = {"unjudged-capture", "Nothing in a capture could be judged",
	"Nothing in a capture could be judged; that there are no results means nothing.",
	"Check where the capture was taken, and which filters were in force.", "error"},
    [TROUBLE_DAMAGED] = {"damaged-capture", "A capture is cut or damaged",
	"A capture is cut or damaged; what could be read was analysed.",
	"Look for a whole copy of the file.", "warning"},
};

/* A run on its way. */
struct sarif {
	struct json_layout layout;
	struct text text; /* of the part at hand, empty between parts */
	struct arena arena;
	size_t result_count;
	const struct rule **rules; /* of the results, by ruleIndex */
	size_t rule_count, rule_capacity;
	struct artifact {
		const char *path;
		const char *json;
	} * artifacts; /* the captures, by index; each once */
	size_t artifact_count, artifact_capacity;
	const char **notifications; /* JSON */
	size_t notification_count, notification_capacity;
};

/* ---- parts ---- */

/* Writes the part in TEXT. */
static void
write_part(struct sarif *sarif)
{
	json_layout_add(&sarif->layout, text_chars(&sarif->text), sarif->text.length);
	text_clear(&sarif->text);
}

/* Keeps it for later. */
static const char *
keep_part(struct sarif *sarif)
{
	const char *json = arena_text(&sarif->arena, text_chars(&sarif->text), sarif->text.length);

	text_clear(&sarif->text);
	return json;
}

/* What comes before the results. */
static void
add_opening(struct text *text)
{
	json_open(text, NULL, '{');
	json_text(text, "$schema",
	    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
	    "sarif-schema-2.1.0.json");
	json_text(text, "version", "2.1.0");
	json_open(text, "runs", '[');
	json_open(text, NULL, '{');
	json_text(text, "language", "en");
	json_text(text, "columnKind", "unicodeCodePoints");
	json_open(text, "automationDetails", '{');
	json_text(text, "id", "smbtriage/"); /* one category, whatever the run (3.17.3) */
	json_close(text, '}');
	json_open(text, "originalUriBaseIds", '{');
	json_open(text, "CWD", '{');
	sarif_add_message(text, "description", "The directory that smbtriage was run in.");
	json_close(text, '}');
	json_close(text, '}');
	json_open(text, "results", '[');
}

void
sarif_begin(struct report *report)
{
	struct sarif *sarif = mem_alloc(1, sizeof(*sarif));

	report->state = sarif;
	sarif->layout.out = report->out;
	add_opening(&sarif->text);
	write_part(sarif);
}

/* ---- captures ---- */

static size_t
rule_index(struct sarif *sarif, const struct rule *rule)
{
	for (size_t i = 0; i < sarif->rule_count; i++)
		if (sarif->rules[i] == rule)
			return i;
	sarif->rules =
	    mem_grow(sarif->rules, sarif->rule_count, &sarif->rule_capacity, sizeof(*sarif->rules));
	sarif->rules[sarif->rule_count] = rule;
	return sarif->rule_count++;
}

static void
add_artifact(struct text *text, const struct report_capture *capture, size_t index)
{
	json_open(text, NULL, '{');
	sarif_add_artifact_location(text, "location", capture->facts->file, index);
	json_open(text, "roles", '[');
	json_text(text, NULL, "analysisTarget");
	json_close(text, ']');
	if (capture->sha256 != NULL) {
		json_open(text, "hashes", '{');
		json_text(text, "sha-256", capture->sha256);
		json_close(text, '}');
	}
	record_add(text, "properties", &capture_record, capture);
	json_close(text, '}');
}

/* A capture that is named twice is one artifact: they are unique (3.14.15). */
static size_t
artifact_index(struct sarif *sarif, const struct report_capture *capture)
{
	const char *path = capture->facts->file;
	size_t count = sarif->artifact_count;

	for (size_t i = 0; i < count; i++)
		if (strcmp(sarif->artifacts[i].path, path) == 0)
			return i;
	sarif->artifacts =
	    mem_grow(sarif->artifacts, count, &sarif->artifact_capacity, sizeof(*sarif->artifacts));
	add_artifact(&sarif->text, capture, count);
	sarif->artifacts[sarif->artifact_count++] =
	    (struct artifact){arena_text(&sarif->arena, path, strlen(path)), keep_part(sarif)};
	return count;
}

static void
add_descriptor(struct text *text, enum trouble trouble)
{
	json_open(text, "descriptor", '{');
	json_text(text, "id", troubles[trouble].id);
	json_number(text, "index", trouble);
	json_close(text, '}');
}

/* INDEX is that of the artifact that PATH leads to; NULL when it is none. */
static void
notify(struct sarif *sarif, enum trouble trouble, const char *sentence, const char *path,
    const size_t *index)
{
	struct text *text = &sarif->text, message = {0};

	sarif_add_plain(&message, sentence);
	json_open(text, NULL, '{');
	add_descriptor(text, trouble);
	json_text(text, "level", troubles[trouble].level);
	sarif_add_message(text, "message", text_chars(&message));
	if (index != NULL) {
		json_open(text, "locations", '[');
		json_open(text, NULL, '{');
		json_open(text, "physicalLocation", '{');
		sarif_add_artifact_location(text, "artifactLocation", path, *index);
		json_close(text, '}');
		json_close(text, '}');
		json_close(text, ']');
	}
	json_close(text, '}');
	sarif->notifications = mem_grow(sarif->notifications, sarif->notification_count,
	    &sarif->notification_capacity, sizeof(*sarif->notifications));
	sarif->notifications[sarif->notification_count++] = keep_part(sarif);
	text_free(&message);
}

void
sarif_capture(struct report *report, const struct report_capture *capture)
{
	const struct capture_facts *facts = capture->facts;
	struct sarif *sarif = report->state;
	size_t index = artifact_index(sarif, capture);

	for (size_t i = 0; i < capture->findings.count; i++) {
		struct numbered_finding finding = {&capture->findings.items[i], i + 1};

		sarif_add_result(&sarif->text, &finding, rule_index(sarif, finding.finding->rule),
		    facts->file, index);
		if (sarif->result_count++ != 0)
			json_layout_add(&sarif->layout, ",", 1);
		write_part(sarif);
	}
	if (facts->unjudged != NULL)
		notify(sarif, TROUBLE_UNJUDGED, facts->unjudged, facts->file, &index);
	if (facts->damage != NULL)
		notify(sarif, TROUBLE_DAMAGED, facts->damage, facts->file, &index);
}

/* ---- the end ---- */

static void
add_artifacts(struct text *text, const struct sarif *sarif)
{
	json_open(text, "artifacts", '[');
	for (size_t i = 0; i < sarif->artifact_count; i++)
		json_raw(text, NULL, sarif->artifacts[i].json);
	json_close(text, ']');
}

/* Without times, which would differ from run to run (Appendix F). */
static void
add_invocation(struct text *text, const struct report *report, const struct sarif *sarif)
{
	json_open(text, "invocations", '[');
	json_open(text, NULL, '{');
	json_bool(text, "executionSuccessful", report->failed_count == 0);
	json_open(text, "toolExecutionNotifications", '[');
	for (size_t i = 0; i < sarif->notification_count; i++)
		json_raw(text, NULL, sarif->notifications[i]);
	json_close(text, ']');
	json_close(text, '}');
	json_close(text, ']');
}

static void
add_trouble(struct text *text, enum trouble trouble)
{
	json_open(text, NULL, '{');
	json_text(text, "id", troubles[trouble].id);
	sarif_add_name(text, troubles[trouble].id);
	sarif_add_message(text, "shortDescription", troubles[trouble].title);
	sarif_add_message(text, "fullDescription", troubles[trouble].sentence);
	sarif_add_message(text, "help", troubles[trouble].help);
	json_open(text, "defaultConfiguration", '{');
	json_text(text, "level", troubles[trouble].level);
	json_close(text, '}');
	json_close(text, '}');
}

static void
add_tool(struct text *text, const struct sarif *sarif)
{
	json_open(text, "tool", '{');
	json_open(text, "driver", '{');
	json_text(text, "name", "smbtriage");
	json_text(text, "fullName", "smbtriage " SMBTRIAGE_VERSION);
	json_text(text, "version", SMBTRIAGE_VERSION);
	json_text(text, "semanticVersion", SMBTRIAGE_VERSION);
	sarif_add_message(
	    text, "shortDescription", "Says why SMB connections in packet captures failed.");
	json_open(text, "rules", '[');
	for (size_t i = 0; i < sarif->rule_count; i++)
		sarif_add_rule(text, sarif->rules[i]);
	json_close(text, ']');
	json_open(text, "notifications", '[');
	for (enum trouble trouble = 0; trouble < TROUBLE_COUNT; trouble++)
		add_trouble(text, trouble);
	json_close(text, ']');
	json_close(text, '}');
	json_close(text, '}');
}

/* The brackets that add_opening() left open are closed outside of any part. */
static void
write_end(struct report *report, struct sarif *sarif)
{
	struct text *text = &sarif->text;

	json_open(text, NULL, '{');
	add_artifacts(text, sarif);
	add_invocation(text, report, sarif);
	add_tool(text, sarif);
	record_add(text, "properties", &summary_record, report);
	json_layout_add(&sarif->layout, "],", 2);
	json_layout_add(&sarif->layout, text->chars + 1, text->length - 1);
	json_layout_add(&sarif->layout, "}]}", 3);
}

void
sarif_end(struct report *report)
{
	struct sarif *sarif = report->state;

	sarif->layout.out = report->out;
	for (size_t i = 0; i < report->failed_count; i++)
		notify(sarif, TROUBLE_UNREADABLE, report->failed[i].text, NULL, NULL);
	write_end(report, sarif);
	json_layout_free(&sarif->layout);
	text_free(&sarif->text);
	arena_free(&sarif->arena);
	mem_free(sarif->rules);
	mem_free(sarif->artifacts);
	mem_free(sarif->notifications);
	mem_free(sarif);
	report->state = NULL;
}
