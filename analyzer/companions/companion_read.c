#include "analyzer/companions/companion_read.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/foreign.h"
#include "analyzer/base/infile.h"
#include "analyzer/base/interrupted.h"
#include "analyzer/base/text.h"
#include "analyzer/companions/filter_events.h"
#include "analyzer/companions/firewall_log.h"
#include "analyzer/companions/port_table.h"
#include "analyzer/companions/smb_settings.h"

#define CHUNK_BYTES ((size_t)1 << 20)

/* In the order in which a file of several kinds is said to be them. */
const struct companion_format *const companion_formats[] = {
    &filter_events_format,
    &firewall_log_format,
    &smb_server_configuration_format,
    &smb_share_format,
    &net_tcp_connection_format,
    &netstat_format,
};
const size_t companion_format_count = COUNT(companion_formats);

/* ---- what is no companion ---- */

/* What helps with files of a kind that people have beside the right one. */
static const char *const remedies[] = {
    [FOREIGN_CAPTURE] = "captures are given without --evidence",
    [FOREIGN_ARCHIVE] = "unpack it first",
    [FOREIGN_CABINET] = "expand it first: expand FILE -F:* . (elsewhere than on Windows: "
			"cabextract FILE), and give wfpdiag.xml",
    [FOREIGN_EVENT_LOG] = "event logs are not read as evidence",
    [FOREIGN_ETL] = "traces are not read as evidence; wfpdiag.xml, which netsh wfp capture "
		    "writes beside one, is",
};

/* Captures that are read as captures, and what compresses them. */
static bool
is_capture(const uint8_t *bytes, size_t length)
{
	static const char magics[][5] = {"\xa1\xb2\xc3\xd4", "\xd4\xc3\xb2\xa1", "\xa1\xb2\x3c\x4d",
	    "\x4d\x3c\xb2\xa1", "\x0a\x0d\x0d\x0a"};

	for (size_t i = 0; i < COUNT(magics); i++)
		if (length >= 4 && memcmp(bytes, magics[i], 4) == 0)
			return true;
	return false;
}

/* False, with ERROR, when the bytes are known to be something else than text. */
static bool
refuse_foreign(const char *file, const uint8_t *bytes, size_t length, struct error *error)
{
	const struct foreign *foreign = foreign_recognise(bytes, length);

	if (foreign != NULL)
		return error_set(error, EXIT_USAGE, "%s: is %s; %s", file, foreign->what,
		    remedies[foreign->kind]);
	if (is_capture(bytes, length))
		return error_set(
		    error, EXIT_USAGE, "%s: is a capture; %s", file, remedies[FOREIGN_CAPTURE]);
	return true;
}

static bool
refuse_unknown(const char *file, struct error *error)
{
	struct text known = {0};

	for (size_t i = 0; i < companion_format_count; i++) {
		if (i != 0)
			text_add(&known, i + 1 < companion_format_count ? ", " : " or ");
		text_add(&known, companion_formats[i]->made_by);
	}
	error_set(error, EXIT_USAGE, "%s: is no evidence of a kind that is known: %s", file,
	    text_chars(&known));
	text_free(&known);
	return false;
}

/* ---- what is one ---- */

/* The damage says how many places are damaged beside the first. */
static void
count_damage(struct companion *companion)
{
	if (companion->damage_count > 1)
		companion->damage = arena_format(&companion->arena, "%s (and %zu more)",
		    companion->damage, companion->damage_count - 1);
}

/* What several commands printed may stand in one file. */
static bool
read_text(struct companion *ret, const struct companion_text *text, struct error *error)
{
	struct text names = {0};

	for (size_t i = 0; i < companion_format_count; i++) {
		const struct companion_format *format = companion_formats[i];

		if (!format->recognises(text))
			continue;
		text_addf(&names, "%s%s", names.length != 0 ? ", " : "", format->name);
		format->read(text, ret);
	}
	if (names.length == 0)
		return refuse_unknown(text->file, error);
	ret->format = arena_text(&ret->arena, names.chars, names.length);
	text_free(&names);
	count_damage(ret);
	return true;
}

bool
companion_read_bytes(struct companion *ret, const char *file, const uint8_t *bytes, size_t length,
    struct error *error)
{
	struct arena arena = {0}; /* of the text, of which little is kept */
	struct companion_text text;
	bool is_read;

	*ret = (struct companion){.file = NULL};
	ret->file = arena_text(&ret->arena, file, strlen(file));
	ret->byte_count = length;
	is_read = refuse_foreign(file, bytes, length, error) &&
		  companion_text_of(&text, ret->file, bytes, length, &arena, error) &&
		  read_text(ret, &text, error);
	arena_free(&arena);
	return is_read;
}

/* The bytes of FD, up to one more than there may be. Returns 0 or an errno. */
static int
read_all(int fd, struct text *bytes)
{
	ssize_t count;

	while (bytes->length <= COMPANION_MOST_BYTES) {
		char *room = text_room(bytes, CHUNK_BYTES);

		do
			count = read(fd, room, CHUNK_BYTES);
		while (is_interrupted(count));
		if (count <= 0)
			return count < 0 ? errno : 0;
		text_took(bytes, room + count);
	}
	return 0;
}

bool
companion_read(struct companion *ret, const char *file, struct error *error)
{
	struct text bytes = {0};
	int fd = infile_open(file);
	int problem = fd < 0 ? errno : read_all(fd, &bytes);
	bool is_read;

	*ret = (struct companion){.file = NULL};
	if (fd >= 0)
		close(fd);
	is_read = problem == 0 ? companion_read_bytes(ret, file,
				     (const uint8_t *)text_chars(&bytes), bytes.length, error)
			       : error_set(error, EXIT_USAGE, "%s: %s", file, strerror(problem));
	text_free(&bytes);
	return is_read;
}
