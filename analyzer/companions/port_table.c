#include "analyzer/companions/port_table.h"

#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "analyzer/base/text.h"
#include "analyzer/companions/companion_value.h"
#include "analyzer/companions/powershell.h"
#include "analyzer/companions/words.h"

/* How many lines of other text may precede netstat's table. */
#define SEARCHED_LINES 4096

/* The endpoint mapper of RPC, which every Windows has. */
#define ENDPOINT_MAPPER_PORT 135

/* Above it are the ports that Windows gives to RPC services, some of which every Windows has. */
#define RESERVED_PORTS_MOST 1024

/* ---- what both tables state ---- */

static bool
is_loopback(const struct addr *addr)
{
	static const uint8_t one[16] = {[15] = 1};

	if (addr->family == ADDR_IPV4)
		return addr->bytes[0] == 127;
	return memcmp(addr->bytes, one, sizeof(one)) == 0;
}

/* The host has ADDR, when it is one that tells hosts apart. */
static void
add_address(struct companion *companion, const struct addr *addr)
{
	if (companion_is_any(addr) || is_loopback(addr) ||
	    companion->address_count == PORT_TABLE_ADDRESSES_MOST)
		return;
	for (size_t i = 0; i < companion->address_count; i++)
		if (addr_equal(&companion->addresses[i], addr))
			return;
	companion->addresses = mem_grow(companion->addresses, companion->address_count,
	    &companion->address_capacity, sizeof(*companion->addresses));
	companion->addresses[companion->address_count++] = *addr;
}

static void
add_listener(struct companion *companion, const struct listener *listener)
{
	if (companion->listener_count == PORT_TABLE_LISTENERS_MOST) {
		companion_note_damage(companion, listener->quote.line,
		    "from here on listeners are not read: there are too many");
		return;
	}
	companion->listeners = mem_grow(companion->listeners, companion->listener_count,
	    &companion->listener_capacity, sizeof(*companion->listeners));
	companion->listeners[companion->listener_count++] = *listener;
}

/* Whether listeners are there on ports low and high that every Windows listens on: a table of one
 * port, or of some, has not both. */
static bool
has_usual_listeners(const struct companion *companion)
{
	bool has_mapper = false, has_high = false;

	for (size_t i = 0; i < companion->listener_count; i++) {
		has_mapper = has_mapper || companion->listeners[i].port == ENDPOINT_MAPPER_PORT;
		has_high = has_high || companion->listeners[i].port > RESERVED_PORTS_MOST;
	}
	return has_mapper && has_high;
}

/* ---- netstat ---- */

struct endpoint {
	struct addr addr;
	uint16_t port;
};

/* A word of a line. */
struct word {
	const char *chars;
	size_t length;
};

/* The next word at *AT, which is moved behind it; of length 0 when there is none. */
static struct word
next_word(const char **at)
{
	struct word word = {.chars = *at + indent_of(*at)};

	while (word.chars[word.length] != '\0' && !is_blank(word.chars[word.length]))
		word.length++;
	*at = word.chars + word.length;
	return word;
}

static bool
is_word(struct word word, const char *text)
{
	return word.length == strlen(text) && memcmp(word.chars, text, word.length) == 0;
}

/* "10.0.0.5:445", "[fe80::1%4]:139" */
static bool
endpoint_of(struct word word, struct endpoint *ret)
{
	size_t length = word.length; /* of the address */
	const char *colon;
	uint64_t port;

	while (length > 0 && word.chars[length] != ':')
		length--;
	colon = word.chars + length;
	if (length == 0 ||
	    !companion_number(colon + 1, word.length - length - 1, UINT16_MAX, &port))
		return false;
	ret->port = (uint16_t)port;
	if (word.chars[0] != '[')
		return companion_addr(word.chars, length, &ret->addr) &&
		       ret->addr.family == ADDR_IPV4;
	return length > 2 && colon[-1] == ']' &&
	       companion_addr(word.chars + 1, length - 2, &ret->addr) &&
	       ret->addr.family == ADDR_IPV6;
}

/* "TCP    0.0.0.0:445    0.0.0.0:0    LISTENING    4" */
struct netstat_row {
	bool is_tcp;
	struct endpoint local;
	bool is_listener;
	struct number pid;
};

/*
 * The state is one word or more, in the language of the system. BOUND, which -q shows, is a port
 * that nobody listens on.
 */
static void
read_state(const char *at, struct netstat_row *row)
{
	struct word word = next_word(&at);

	if (is_word(word, "BOUND"))
		row->is_listener = false;
	for (; word.length > 0 && !row->pid.is_known; word = next_word(&at))
		row->pid.is_known =
		    companion_number(word.chars, word.length, UINT32_MAX, &row->pid.value);
}

static bool
row_of(const char *line, struct netstat_row *ret)
{
	const char *at = line;
	struct word protocol = next_word(&at), local = next_word(&at), foreign = next_word(&at);
	struct endpoint peer;

	*ret = (struct netstat_row){.is_tcp = is_word(protocol, "TCP")};
	if ((!ret->is_tcp && !is_word(protocol, "UDP")) || !endpoint_of(local, &ret->local))
		return false;
	if (!ret->is_tcp)
		return is_word(foreign, "*:*") || endpoint_of(foreign, &peer);
	if (!endpoint_of(foreign, &peer))
		return false;
	ret->is_listener = peer.port == 0 && companion_is_any(&peer.addr);
	read_state(at, ret);
	return true;
}

/* Whether LINE looks like a row that is damaged: between rows there may be the programs' names, of
 * -b, but no endpoint. */
static bool
is_broken_row(const char *line)
{
	const char *at = line;
	struct word word = next_word(&at);
	struct endpoint endpoint;

	if (is_prompt_line(line))
		return false;
	if (is_word(word, "TCP") || is_word(word, "UDP"))
		return true;
	for (; word.length > 0; word = next_word(&at))
		if (endpoint_of(word, &endpoint))
			return true;
	return false;
}

/*
 * Whether LINE, which is over the first row, is the table's heading, in any language: the fewest
 * words are four, those of "协议 本地地址 外部地址 状态". A command in that place has a prompt or
 * filters with "|".
 */
static bool
is_heading(const char *line)
{
	const char *at = line;
	size_t count = 0;

	if (strpbrk(line, "|>"))
		return false;
	while (next_word(&at).length > 0)
		count++;
	return count >= 4;
}

/* Where the reading of netstat's table is. */
struct netstat_state {
	const struct companion_text *text;
	struct companion *companion;
	size_t row_count;
	bool has_heading;
	bool has_udp_last;    /* the last row was of UDP: all of TCP are before */
	uint64_t broken_line; /* since the last row, that seems to be one; 0: none */
};

static void
take_row(struct netstat_state *state, const struct netstat_row *row, uint64_t line)
{
	struct companion *companion = state->companion;

	if (state->broken_line > 0)
		companion_note_damage(
		    companion, state->broken_line, "this is no row of netstat's table");
	state->broken_line = 0;
	if (state->row_count++ == 0)
		state->has_heading = line > 1 && is_heading(state->text->lines[line - 2]);
	state->has_udp_last = !row->is_tcp;
	add_address(companion, &row->local.addr);
	if (row->is_listener) {
		struct listener listener = {
		    .quote = quotation_of_line(state->text, line, &companion->arena),
		    .local = row->local.addr,
		    .port = row->local.port,
		    .pid = row->pid,
		};

		add_listener(companion, &listener);
	}
}

/* What may be missing of UDP's rows, which are last, is not asked for. */
static void
take_line(struct netstat_state *state, uint64_t line)
{
	const char *chars = state->text->lines[line - 1];
	struct netstat_row row;
	bool is_row = row_of(chars, &row);
	bool is_cut = line_may_be_cut(state->text, line) && !is_blank_line(chars) &&
		      !is_prompt_line(chars) && !(is_row && !row.is_tcp);

	if (is_cut && (is_row || state->row_count > 0))
		companion_note_damage(state->companion, line, "%s", line_cut_words);
	else if (is_row)
		take_row(state, &row, line);
	else if (is_broken_row(chars) && state->row_count > 0 && state->broken_line == 0)
		state->broken_line = line;
}

static bool
recognises_netstat(const struct companion_text *text)
{
	struct netstat_row row;

	for (size_t i = 0; i < text->line_count && i < SEARCHED_LINES; i++)
		if (row_of(text->lines[i], &row) && row.is_tcp)
			return true;
	return false;
}

/* `netstat -anp tcp` shows IPv4 alone: without a row of UDP it is not all. */
static void
read_netstat(const struct companion_text *text, struct companion *companion)
{
	struct netstat_state state = {.text = text, .companion = companion};

	for (size_t i = 0; i < text->line_count; i++)
		take_line(&state, i + 1);
	companion->has_all_listeners = state.has_heading && state.has_udp_last &&
				       !companion->damage && has_usual_listeners(companion);
}

const struct companion_format netstat_format = {
    .name = "netstat's table of ports",
    .made_by = "netstat -ano",
    .recognises = recognises_netstat,
    .read = read_netstat,
};

/* ---- Get-NetTCPConnection ---- */

static bool
is_net_tcp_connection(const struct powershell_listing *listing)
{
	return powershell_has_name(listing, "LocalAddress") &&
	       powershell_has_name(listing, "LocalPort") && powershell_has_name(listing, "State");
}

/* A table's line is clear by itself. */
static struct quotation
quotation_of_object(const struct powershell_listing *listing,
    const struct powershell_object *object, const struct companion_text *text, struct arena *arena)
{
	static const char *const quoted[] = {
	    "LocalAddress", "LocalPort", "State", "OwningProcess", NULL};
	struct quotation quote = {.file = text->file, .line = object->line};

	if (listing->form == POWERSHELL_TABLE)
		return quotation_of_line(text, object->line, arena);
	quote.text = powershell_quote(object, quoted, arena);
	return quote;
}

/* Whether a column of OBJECT is too narrow for what it states. */
static bool
is_cut_object(const struct powershell_object *object)
{
	static const char *const names[] = {"LocalAddress", "LocalPort", "State"};

	for (size_t i = 0; i < COUNT(names); i++) {
		const struct powershell_value *value = powershell_value(object, names[i]);

		if (value && value->is_cut)
			return true;
	}
	return false;
}

/* False when OBJECT is no connection. */
static bool
take_connection(const struct powershell_listing *listing, const struct powershell_object *object,
    const struct companion_text *text, struct companion *companion)
{
	const char *address = powershell_text(object, "LocalAddress");
	const char *state = powershell_text(object, "State");
	struct number port = powershell_number(object, "LocalPort", UINT16_MAX);
	struct listener listener = {
	    .port = (uint16_t)port.value,
	    .pid = powershell_number(object, "OwningProcess", UINT32_MAX),
	};

	if (!companion_addr(address, strlen(address), &listener.local) || !port.is_known ||
	    *state == '\0')
		return false;
	add_address(companion, &listener.local);
	if (text_equal_nocase(state, "Listen")) {
		listener.quote = quotation_of_object(listing, object, text, &companion->arena);
		add_listener(companion, &listener);
	}
	return true;
}

/*
 * `Get-NetTCPConnection -LocalPort 445` shows one port. Of a listing that was filtered otherwise it
 * cannot be known.
 */
static void
take_connections(const struct powershell_listing *listing, const struct companion_text *text,
    struct companion *companion)
{
	bool is_whole = listing->is_ended && !listing->damage;

	for (size_t i = 0; i < listing->object_count; i++) {
		const struct powershell_object *object = &listing->objects[i];

		if (is_cut_object(object)) {
			is_whole = false;
		} else if (!take_connection(listing, object, text, companion)) {
			companion_note_damage(
			    companion, object->line, "this is no connection of the listing");
			return;
		}
	}
	companion->has_all_listeners =
	    companion->has_all_listeners || (is_whole && has_usual_listeners(companion));
}

static const struct powershell_kind net_tcp_connection = {
    .is_of_kind = is_net_tcp_connection,
    .take = take_connections,
};

static bool
recognises_net_tcp_connection(const struct companion_text *text)
{
	return powershell_recognises(text, &net_tcp_connection);
}

static void
read_net_tcp_connection(const struct companion_text *text, struct companion *companion)
{
	powershell_read(text, &net_tcp_connection, companion);
}

const struct companion_format net_tcp_connection_format = {
    .name = "listing of TCP connections",
    .made_by = "Get-NetTCPConnection",
    .recognises = recognises_net_tcp_connection,
    .read = read_net_tcp_connection,
};
