#include "analyzer/companions/filter_events.h"

#include <libxml/SAX2.h>
#include <libxml/parser.h>

#include <assert.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/date.h"
#include "analyzer/base/memory.h"
#include "analyzer/base/text.h"
#include "analyzer/base/xml_memory.h"
#include "analyzer/companions/companion_value.h"
#include "analyzer/companions/words.h"
#include "analyzer/facts.h"

/* How far recognition looks for the elements that say which XML it is. */
#define CHARS_LOOKED_AT 4096

/* Elements in each other whose names are kept; what is read stands less deep. libxml2 gives up
 * sooner or later. */
#define MOST_DEPTH 64

/* No name of a filter is longer; what is behind it is not kept. */
#define MOST_VALUE_BYTES 1024

#define BLANKS " \t\r\n"

/* netsh writes no tag as long. libxml2 compares each attribute of a tag with all others. */
#define MOST_TAG_BYTES 256

/* An element around everything, as `netsh wfp show state` writes several documents in one file. */
#define ROOT     "<evidence>"
#define ROOT_END "</evidence>"

/* The event, or the filter, that is being read. */
struct item {
	size_t depth; /* of its element; 0: none is */
	uint64_t line;
};

struct reading {
	xmlParserCtxtPtr parser;
	const struct companion_text *text;
	struct companion *companion;
	struct {
		const char *chars;
		size_t length;
	} pieces[3];           /* that are still to be parsed */
	uint64_t lines_before; /* the first piece of the file */
	uint64_t broken_line;  /* 0: it is not */
	long broken_at;        /* in that piece */
	const char *names[MOST_DEPTH];
	size_t depth;
	const struct member *member; /* whose value is being read, or NULL */
	struct text value;
	struct item event_item, filter_item;
	struct filter_event event;
	const char *type; /* FWPM_NET_EVENT_TYPE_… */
	bool has_time, has_local_port, has_remote_port;
	struct filter_name filter;
	bool has_filter_id;
};

/* ---- values ---- */

/* An element that stands in an item, or in PARENT in it. */
struct member {
	const char *parent; /* NULL: the item itself */
	const char *name;
	void (*take)(struct reading *reading, const char *value);
};

static bool
read_number(const char *value, uint64_t most, uint64_t *ret)
{
	return companion_number(value, strlen(value), most, ret);
}

static const char *
keep(struct reading *reading, const char *value)
{
	return arena_text(&reading->companion->arena, value, strlen(value));
}

static void
take_time(struct reading *reading, const char *value)
{
	reading->has_time = date_parse_time(value, &reading->event.time);
}

static void
take_protocol(struct reading *reading, const char *value)
{
	uint64_t protocol;

	if (read_number(value, UINT8_MAX, &protocol) &&
	    (protocol == TRANSPORT_TCP || protocol == TRANSPORT_UDP))
		reading->event.transport = (uint8_t)protocol;
}

static void
take_local(struct reading *reading, const char *value)
{
	companion_addr(value, strlen(value), &reading->event.local);
}

static void
take_remote(struct reading *reading, const char *value)
{
	companion_addr(value, strlen(value), &reading->event.remote);
}

static void
take_local_port(struct reading *reading, const char *value)
{
	reading->has_local_port = companion_port(value, strlen(value), &reading->event.local_port);
}

static void
take_remote_port(struct reading *reading, const char *value)
{
	reading->has_remote_port =
	    companion_port(value, strlen(value), &reading->event.remote_port);
}

static void
take_type(struct reading *reading, const char *value)
{
	reading->type = keep(reading, value);
}

static void
take_filter(struct reading *reading, const char *value)
{
	uint64_t filter_id;

	if (read_number(value, UINT64_MAX, &filter_id))
		reading->event.filter_id = known(filter_id);
}

static void
take_origin(struct reading *reading, const char *value)
{
	if (value[0] != '\0')
		reading->event.filter_origin = keep(reading, value);
}

static void
take_layer(struct reading *reading, const char *value)
{
	uint64_t layer_id;

	if (read_number(value, UINT16_MAX, &layer_id))
		reading->event.layer_id = known(layer_id);
}

static void
take_filter_id(struct reading *reading, const char *value)
{
	reading->has_filter_id = read_number(value, UINT64_MAX, &reading->filter.filter_id);
}

static void
take_filter_name(struct reading *reading, const char *value)
{
	reading->filter.name = keep(reading, value);
}

/* The callouts of fwpmu.h that drop what TCP has no listener for, by name and by GUID. */
static void
take_callout(struct reading *reading, const char *value)
{
	static const char *const silent_drops[] = {
	    "FWPM_CALLOUT_WFP_TRANSPORT_LAYER_V4_SILENT_DROP",
	    "FWPM_CALLOUT_WFP_TRANSPORT_LAYER_V6_SILENT_DROP",
	    "{eda08606-2494-4d78-89bc-67837c03b969}",
	    "{8693cc74-a075-4156-b476-9286eece814e}",
	};

	for (size_t i = 0; i < COUNT(silent_drops); i++)
		reading->filter.is_stealth |= text_equal_nocase(value, silent_drops[i]);
}

/* The members of FWPM_NET_EVENT_HEADER3 and of what follows it, as netsh spells them; addresses of
 * IPv6 by the path to the array that they are in. */
static const struct member event_members[] = {
    {"header", "timeStamp", take_time},
    {"header", "ipProtocol", take_protocol},
    {"header", "localAddrV4", take_local},
    {"header", "localAddrV6", take_local},
    {"header", "localAddrV6.byteArray16", take_local},
    {"header", "remoteAddrV4", take_remote},
    {"header", "remoteAddrV6", take_remote},
    {"header", "remoteAddrV6.byteArray16", take_remote},
    {"header", "localPort", take_local_port},
    {"header", "remotePort", take_remote_port},
    {NULL, "type", take_type},
    {"classifyDrop", "filterId", take_filter},
    {"classifyAllow", "filterId", take_filter},
    {"capabilityDrop", "filterId", take_filter},
    {"capabilityAllow", "filterId", take_filter},
    {"ipsecDrop", "filterId", take_filter},
    {"classifyDrop", "layerId", take_layer},
    {"classifyAllow", "layerId", take_layer},
    {"ipsecDrop", "layerId", take_layer},
    {"internalFields", "filterOrigin", take_origin},
};

/* Those of FWPM_FILTER0. */
static const struct member filter_members[] = {
    {NULL, "filterId", take_filter_id}, {"displayData", "name", take_filter_name},
    {"action", "calloutKey", take_callout},
    {"action", "filterType", take_callout}, /* the same union of FWPM_ACTION0 */
};

/* ---- items ---- */

static void
add_endpoint(struct text *text, const char *side, const struct addr *addr, uint16_t port)
{
	char chars[ADDR_TEXT_SIZE];

	text_addf(text, addr->family == ADDR_IPV6 ? ", %s [%s]:%u" : ", %s %s:%u", side,
	    addr_text(addr, chars), port);
}

/* What of the event decides, without whose process and account it was. */
static const char *
quote_text(struct reading *reading)
{
	const struct filter_event *event = &reading->event;
	struct text text = {0};
	const char *kept;

	text_add(&text, reading->type);
	add_endpoint(&text, "local", &event->local, event->local_port);
	add_endpoint(&text, "remote", &event->remote, event->remote_port);
	if (event->filter_id.is_known) {
		text_add(&text, ", filterId ");
		text_add_number(&text, event->filter_id.value);
	}
	if (event->filter_origin != NULL)
		text_addf(&text, ", filterOrigin %s", event->filter_origin);
	kept = keep(reading, text_chars(&text));
	text_free(&text);
	return kept;
}

/* What an event of TCP or UDP lacks, or NULL. */
static const char *
missing(const struct reading *reading)
{
	const struct filter_event *event = &reading->event;

	if (!reading->has_time)
		return "timeStamp";
	if (event->local.family == ADDR_NONE || event->local.family != event->remote.family)
		return "local and remote address";
	if (!reading->has_local_port)
		return "localPort";
	return reading->has_remote_port ? NULL : "remotePort";
}

/* Types that neither drop nor let a packet through, as failures of IKE, are passed over; and so is
 * FWPM_NET_EVENT_TYPE_CLASSIFY_DROP_MAC, which is below IP. */
static void
end_event(struct reading *reading)
{
	struct companion *companion = reading->companion;
	struct filter_event *event = &reading->event;
	const char *lacks;

	if (reading->type == NULL || event->transport == TRANSPORT_NONE)
		return;
	event->is_drop = ends_with(reading->type, "_DROP");
	if (!event->is_drop && !ends_with(reading->type, "_ALLOW"))
		return;
	lacks = missing(reading);
	if (lacks != NULL) {
		companion_note_damage(companion, reading->event_item.line,
		    "the event has no %s that can be read", lacks);
		return;
	}
	event->quote =
	    (struct quotation){companion->file, reading->event_item.line, quote_text(reading)};
	companion->events = mem_grow(companion->events, companion->event_count,
	    &companion->event_capacity, sizeof(*companion->events));
	companion->events[companion->event_count++] = *event;
}

static void
end_filter(struct reading *reading)
{
	struct companion *companion = reading->companion;

	if (!reading->has_filter_id || reading->filter.name == NULL)
		return;
	companion->filters = mem_grow(companion->filters, companion->filter_count,
	    &companion->filter_capacity, sizeof(*companion->filters));
	companion->filters[companion->filter_count++] = reading->filter;
}

static void
begin_event(struct reading *reading, const struct item *item)
{
	reading->event_item = *item;
	reading->event = (struct filter_event){.is_drop = false};
	reading->type = NULL;
	reading->has_time = reading->has_local_port = reading->has_remote_port = false;
}

static void
begin_filter(struct reading *reading, const struct item *item)
{
	reading->filter_item = *item;
	reading->filter = (struct filter_name){.name = NULL};
	reading->has_filter_id = false;
}

/* ---- elements ---- */

static uint64_t
line_now(const struct reading *reading)
{
	return (uint64_t)xmlSAX2GetLineNumber(reading->parser) + reading->lines_before;
}

/* The name of the element that is HEIGHT above the one that is being read; none has no name. */
static const char *
name_above(const struct reading *reading, size_t height)
{
	if (height >= reading->depth || reading->depth - height > MOST_DEPTH)
		return "";
	return reading->names[reading->depth - 1 - height];
}

/* The row of MEMBERS, of what stands in ITEM, that the newest element is. */
static const struct member *
find_member(const struct reading *reading, const struct item *item, const struct member *members,
    size_t count)
{
	size_t below = item->depth != 0 ? reading->depth - item->depth : 0;
	const char *parent = name_above(reading, 1), *name = name_above(reading, 0);

	if (below != 1 && below != 2)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		if ((members[i].parent == NULL) != (below == 1))
			continue;
		if (strcmp(members[i].name, name) == 0 &&
		    (below == 1 || strcmp(members[i].parent, parent) == 0))
			return &members[i];
	}
	return NULL;
}

/*
 * wfpdiag.xml has <netEvent>, netevents.xml <item> in <netEvents>; filters are <item> in <filters>,
 * in wfpstate.xml below their layers.
 */
static void
begin_element(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
    int namespace_count, const xmlChar **namespaces, int attribute_count, int defaulted_count,
    const xmlChar **attributes)
{
	struct reading *reading = context;
	struct item item = {reading->depth + 1, line_now(reading)};
	bool is_item = xmlStrEqual(name, BAD_CAST "item");

	(void)prefix, (void)uri, (void)namespace_count, (void)namespaces;
	(void)attribute_count, (void)defaulted_count, (void)attributes;
	if (xmlStrEqual(name, BAD_CAST "netEvent") ||
	    (is_item && strcmp(name_above(reading, 0), "netEvents") == 0))
		begin_event(reading, &item);
	if (is_item && strcmp(name_above(reading, 0), "filters") == 0)
		begin_filter(reading, &item);
	if (reading->depth++ < MOST_DEPTH)
		reading->names[reading->depth - 1] = (const char *)name;
	text_clear(&reading->value);
	reading->member =
	    find_member(reading, &reading->event_item, event_members, COUNT(event_members));
	if (reading->member == NULL)
		reading->member = find_member(
		    reading, &reading->filter_item, filter_members, COUNT(filter_members));
}

/* What there is room for, up to the end of a character. */
static void
add_chars(void *context, const xmlChar *chars, int length)
{
	struct reading *reading = context;
	size_t taken = min_u64((uint64_t)length, MOST_VALUE_BYTES - reading->value.length);

	if (reading->member == NULL)
		return;
	while (taken < (size_t)length && taken != 0 && (chars[taken] & 0xc0) == 0x80)
		taken--;
	text_add_bytes(&reading->value, (const char *)chars, taken);
}

/* Has the value that was read taken, without blanks around it. */
static void
take_value(struct reading *reading)
{
	const char *value;
	size_t length = reading->value.length;

	while (length != 0 && strchr(BLANKS, reading->value.chars[length - 1]) != NULL)
		text_cut(&reading->value, --length);
	value = text_chars(&reading->value);
	reading->member->take(reading, value + strspn(value, BLANKS));
	reading->member = NULL;
}

static void
end_element(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	struct reading *reading = context;

	(void)name, (void)prefix, (void)uri;
	if (reading->member != NULL)
		take_value(reading);
	if (reading->depth == reading->event_item.depth) {
		end_event(reading);
		reading->event_item.depth = 0;
	}
	if (reading->depth == reading->filter_item.depth) {
		end_filter(reading);
		reading->filter_item.depth = 0;
	}
	reading->depth--;
}

/* ---- the file ---- */

/* The next bytes for the parser, up to ROOM. */
static int
give(void *context, char *buffer, int room)
{
	struct reading *reading = context;
	size_t given;

	for (size_t i = 0; i < COUNT(reading->pieces); i++) {
		given = min_u64(reading->pieces[i].length, (uint64_t)room);
		if (given == 0)
			continue;
		memcpy(buffer, reading->pieces[i].chars, given);
		reading->pieces[i].chars += given;
		reading->pieces[i].length -= given;
		return (int)given;
	}
	return 0;
}

/* How many characters of TEXT come before a tag that is too long. */
static size_t
length_to_long_tag(const char *text)
{
	const char *at = text, *end = text + strlen(text);

	for (; (at = strchr(at, '<')) != NULL && end - at > MOST_TAG_BYTES; at++)
		if (at[1] != '!' && at[1] != '?' && memchr(at, '>', MOST_TAG_BYTES) == NULL)
			return (size_t)(at - text);
	return (size_t)(end - text);
}

/* The text without its declaration, which may stand at the beginning only. That says UTF-16 of what
 * was made UTF-8 before. */
static void
lay_out(struct reading *reading)
{
	const struct companion_text *text = reading->text;
	const char *start = text->chars + strspn(text->chars, BLANKS), *end;

	end = strncmp(start, "<?xml", 5) == 0 ? strstr(start, "?>") : NULL;
	if (end != NULL)
		start = end + 2;
	for (const char *at = text->chars; at < start; at++)
		reading->lines_before += *at == '\n';
	reading->pieces[0].chars = ROOT;
	reading->pieces[0].length = strlen(ROOT);
	reading->pieces[1].chars = start;
	reading->pieces[1].length = length_to_long_tag(start);
	reading->pieces[2].chars = ROOT_END;
	reading->pieces[2].length = strlen(ROOT_END);
}

/* Where the parser gives up; it goes through the rest then, but tells nothing of it. */
static void
note_error(void *context, const char *format, ...)
{
	struct reading *reading = context;
	const xmlError *problem = xmlCtxtGetLastError(reading->parser);

	(void)format;
	if (reading->broken_line != 0 || problem == NULL || problem->level != XML_ERR_FATAL)
		return;
	reading->broken_line = line_now(reading);
	reading->broken_at = xmlByteConsumed(reading->parser) - (long)strlen(ROOT);
}

/* It is cut where nothing follows that could end an element. */
static void
note_damage(struct reading *reading, const char *body)
{
	uint64_t at = reading->broken_at > 0 ? (uint64_t)reading->broken_at : 0;
	const char *rest = body + min_u64(at, strlen(body));

	companion_note_damage(reading->companion, reading->broken_line,
	    strchr(rest, '>') == NULL ? "the file ends amid its XML"
				      : "the XML is broken here, and what follows was not read");
}

static void
read_events(const struct companion_text *text, struct companion *companion)
{
	struct reading reading = {.text = text, .companion = companion};
	xmlSAXHandler handler = {
	    .initialized = XML_SAX2_MAGIC,
	    .startElementNs = begin_element,
	    .endElementNs = end_element,
	    .characters = add_chars,
	    .cdataBlock = add_chars,
	    .error = note_error,
	};
	const char *body;

	/* netsh declares none; without one there are no entities that could be multiplied. */
	if (strstr(text->chars, "<!DOCTYPE") != NULL) {
		companion_note_damage(companion, 1,
		    "the XML has a document type, which netsh writes none of, and was not read");
		return;
	}
	lay_out(&reading);
	body = reading.pieces[1].chars;
	xml_share_memory();
	reading.parser =
	    xmlCreateIOParserCtxt(&handler, &reading, give, NULL, &reading, XML_CHAR_ENCODING_UTF8);
	assert(reading.parser != NULL);
	xmlCtxtUseOptions(reading.parser, XML_PARSE_NONET);
	if (xmlParseDocument(reading.parser) != 0)
		note_damage(&reading, body);
	xmlFreeParserCtxt(reading.parser);
	text_free(&reading.value);
}

/* ---- recognition ---- */

static bool
has_element(const char *chars, const char *start)
{
	size_t length = strlen(start);

	for (; (chars = strstr(chars, start)) != NULL; chars += length)
		if (chars[length] == '\0' || strchr(BLANKS "/>", chars[length]) != NULL)
			return true;
	return false;
}

static bool
is_events(const struct companion_text *text)
{
	static const char *const starts[] = {
	    "<wfpdiag", "<wfpstate", "<netEvents", "<netEvent", "<filters", "<filterKey"};
	char beginning[CHARS_LOOKED_AT + 1] = "";

	if (text->chars[strspn(text->chars, BLANKS)] != '<')
		return false;
	memcpy(beginning, text->chars, min_u64(text->length, CHARS_LOOKED_AT));
	for (size_t i = 0; i < COUNT(starts); i++)
		if (has_element(beginning, starts[i]))
			return true;
	return false;
}

const struct companion_format filter_events_format = {
    .name = "events and filters of the Windows Filtering Platform",
    .made_by = "wfpdiag.xml and other XML of netsh wfp",
    .recognises = is_events,
    .read = read_events,
};
