#include "analyzer/keytab.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/cursor.h"
#include "analyzer/base/interrupted.h"
#include "analyzer/base/memory.h"
#include "analyzer/base/text.h"

#if defined(SMBTRIAGE_KRB5)
#include <krb5.h>

const bool keytab_is_supported = true;

/*
 * MIT's krb5_c_ functions take a context and do not look at it, and MIT's own callers pass NULL. To
 * make one would read krb5.conf, and threads could not share it.
 */
static bool
decrypt(const struct kerberos_key *key, int32_t usage, struct span cipher, uint8_t *ret,
    size_t *ret_length)
{
	uint8_t bytes[KERBEROS_MOST_KEY];
	krb5_keyblock block = {.enctype = key->etype, .length = key->length, .contents = bytes};
	krb5_enc_data input = {.enctype = key->etype};
	krb5_data output = {.length = (unsigned)cipher.length, .data = (char *)ret};
	krb5_error_code code;

	input.ciphertext.length = (unsigned)cipher.length;
	input.ciphertext.data = (char *)(uintptr_t)cipher.bytes; /* not written to */
	memcpy(bytes, key->bytes, sizeof(bytes));
	code = krb5_c_decrypt(NULL, &block, usage, NULL, &input, &output);
	explicit_bzero(bytes, sizeof(bytes));
	mem_blame(code);
	if (code == 0)
		*ret_length = output.length;
	return code == 0;
}
#else
const bool keytab_is_supported = false;

static bool
decrypt(const struct kerberos_key *key, int32_t usage, struct span cipher, uint8_t *ret,
    size_t *ret_length)
{
	(void)key, (void)usage, (void)cipher, (void)ret, (void)ret_length;
	return false;
}
#endif

/* First bytes of the file; version 1 had the byte order of the machine. */
#define FILE_MARK    5
#define FILE_VERSION 2

struct entry {
	struct kerberos_key key;
	uint32_t kvno;
	bool is_kvno_cut; /* only its lowest 8 bits are known */
	const char *service, *realm;
};

struct keytab {
	struct arena arena;    /* of the names */
	struct entry *entries; /* heap; never moved, so that no copy of a key stays behind */
	size_t count;
};

bool
keytab_decrypt(const struct kerberos_key *key, int32_t usage, struct span cipher, uint8_t *ret,
    size_t *ret_length)
{
	return cipher.length != 0 && cipher.length <= UINT32_MAX &&
	       decrypt(key, usage, cipher, ret, ret_length);
}

/* data ::= length (16 bits) value */
static struct cursor
read_data(struct cursor *cursor)
{
	return cur_sub(cursor, cur_be16(cursor));
}

static void
add_data(struct text *text, struct cursor *cursor)
{
	struct cursor data = read_data(cursor);

	if (cur_left(&data) != 0)
		text_add_bytes(text, (const char *)data.at, cur_left(&data));
}

static const char *
keep_name(struct arena *arena, struct text *text)
{
	const char *name = text_from_utf8(arena, (const uint8_t *)text_chars(text), text->length);

	text_clear(text);
	return name;
}

/* principal ::= count of components (16 bits) realm component… name type (32 bits) */
static void
read_principal(struct cursor *cursor, struct arena *arena, struct entry *ret)
{
	uint16_t count = cur_be16(cursor);
	struct text text = {0};

	add_data(&text, cursor);
	ret->realm = keep_name(arena, &text);
	for (uint16_t i = 0; i < count && cur_ok(cursor); i++) {
		if (i > 0)
			text_add_char(&text, '/');
		add_data(&text, cursor);
	}
	ret->service = keep_name(arena, &text);
	cur_skip(cursor, 4);
	text_free(&text);
}

/* enctype (16 bits) key length (16 bits) key; one that no encryption type has is passed over. */
static void
read_key(struct cursor *cursor, struct kerberos_key *ret)
{
	struct cursor bytes;
	size_t length;

	ret->etype = (int16_t)cur_be16(cursor);
	bytes = read_data(cursor);
	length = cur_left(&bytes);
	if (length == 0 || length > KERBEROS_MOST_KEY)
		return;
	ret->length = (uint8_t)length;
	memcpy(ret->bytes, bytes.at, length);
}

/*
 * entry ::= principal timestamp (32 bits) kvno (8 bits) key, and since MIT krb5 1.14, in Heimdal
 * and from Windows' ktpass the kvno once more in 32 bits, when it is not 0
 */
static bool
read_entry(struct cursor cursor, struct arena *arena, struct entry *ret)
{
	struct cursor kvno;

	read_principal(&cursor, arena, ret);
	cur_skip(&cursor, 4);
	ret->kvno = cur_u8(&cursor);
	ret->is_kvno_cut = true;
	read_key(&cursor, &ret->key);
	kvno = cursor;
	if (cur_left(&kvno) >= 4) {
		uint32_t whole = cur_be32(&kvno);

		ret->is_kvno_cut = whole == 0;
		if (whole != 0)
			ret->kvno = whole;
	}
	return cur_ok(&cursor);
}

/*
 * The next entry of the file, of any number of bytes; false at the end, which a length of 0 marks
 * too. A negative length is that of a hole that an entry left behind. FILE is short when the last
 * entry is not whole.
 */
static bool
next_entry(struct cursor *file, struct cursor *ret)
{
	while (cur_left(file) > 0) {
		int64_t length = (int32_t)cur_be32(file);

		if (length == 0)
			return false;
		if (length > 0) {
			*ret = cur_sub(file, (size_t)length);
			return cur_ok(file);
		}
		cur_skip(file, (size_t)-length);
	}
	return false;
}

static size_t
count_entries(struct cursor file)
{
	struct cursor entry;
	size_t count = 0;

	while (next_entry(&file, &entry))
		count++;
	return count;
}

static bool
read_entries(struct keytab *keytab, struct cursor file, const char *path, struct error *error)
{
	struct cursor entry;
	size_t number = 0;

	keytab->entries = mem_alloc(count_entries(file), sizeof(struct entry));
	while (next_entry(&file, &entry)) {
		struct entry *next = &keytab->entries[keytab->count];

		number++;
		if (!read_entry(entry, &keytab->arena, next)) {
			keytab->count++;
			return error_set(error, EXIT_USAGE,
			    "%s: entry %zu of the keytab is damaged", path, number);
		}
		if (next->key.length != 0)
			keytab->count++;
	}
	if (!cur_ok(&file))
		return error_set(
		    error, EXIT_USAGE, "%s: the keytab ends within entry %zu", path, number + 1);
	return keytab->count != 0 ||
	       error_set(error, EXIT_USAGE, "%s: the keytab has no keys", path);
}

static bool
read_keytab(struct keytab *keytab, struct cursor file, const char *path, struct error *error)
{
	uint8_t mark = cur_u8(&file), version = cur_u8(&file);

	if (!cur_ok(&file) || mark != FILE_MARK)
		return error_set(error, EXIT_USAGE, "%s: this is not a keytab", path);
	if (version != FILE_VERSION)
		return error_set(error, EXIT_USAGE,
		    "%s: this is a keytab of version %u, and only version %u can be read", path,
		    version, FILE_VERSION);
	return read_entries(keytab, file, path, error);
}

/* Without stdio, whose buffers would keep keys. RET has room for one byte more than is allowed. */
static bool
read_all(int fd, uint8_t *ret, size_t *ret_length)
{
	size_t length = 0;
	ssize_t count;

	do {
		count = read(fd, ret + length, KEYTAB_MOST_BYTES + 1 - length);
		if (count > 0)
			length += (size_t)count;
	} while (length <= KEYTAB_MOST_BYTES && (count > 0 || is_interrupted(count)));
	*ret_length = length;
	return count >= 0;
}

static bool
read_file(const char *path, uint8_t *ret, size_t *ret_length, struct error *error)
{
	bool is_read;
	int fd;

	do
		fd = open(path, O_RDONLY | O_CLOEXEC);
	while (is_interrupted(fd));
	is_read = fd >= 0 && read_all(fd, ret, ret_length);
	if (!is_read)
		error_set(error, EXIT_USAGE, "%s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	if (is_read && *ret_length > KEYTAB_MOST_BYTES)
		return error_set(error, EXIT_USAGE, "%s: larger than a keytab may be, %d bytes",
		    path, KEYTAB_MOST_BYTES);
	return is_read;
}

struct keytab *
keytab_open(const char *path, struct error *error)
{
	struct keytab *keytab;
	uint8_t *bytes;
	size_t length = 0;
	bool is_open;

	if (!keytab_is_supported) {
		error_set(error, EXIT_USAGE,
		    "%s: keytabs cannot be used, as this smbtriage was built without libkrb5",
		    path);
		return NULL;
	}
	keytab = mem_alloc(1, sizeof(*keytab));
	bytes = mem_alloc(KEYTAB_MOST_BYTES + 1, 1);
	is_open = read_file(path, bytes, &length, error) &&
		  read_keytab(keytab, cur_of(bytes, length), path, error);
	explicit_bzero(bytes, length);
	mem_free(bytes);
	if (is_open)
		return keytab;
	keytab_free(keytab);
	return NULL;
}

void
keytab_free(struct keytab *keytab)
{
	if (keytab == NULL)
		return;
	if (keytab->entries != NULL)
		explicit_bzero(keytab->entries, keytab->count * sizeof(struct entry));
	mem_free(keytab->entries);
	arena_free(&keytab->arena);
	mem_free(keytab);
}

/* A version that the ticket does not tell may be any. */
static bool
is_kvno(const struct entry *entry, const struct keytab_wanted *wanted)
{
	uint64_t mask = entry->is_kvno_cut ? UINT8_MAX : UINT32_MAX;

	return !wanted->kvno.is_known || entry->kvno == (wanted->kvno.value & mask);
}

/* Active Directory looks services up without their case, and a ticket has the name as the client
 * asked for it. */
static bool
is_service(const struct entry *entry, const struct keytab_wanted *wanted)
{
	return wanted->service != NULL && text_equal_nocase(entry->service, wanted->service) &&
	       (wanted->realm == NULL || text_equal_nocase(entry->realm, wanted->realm));
}

/* Accounts with many names have each key under each of them. */
static bool
is_proposed(const struct keytab_proposal *proposal, const struct kerberos_key *key)
{
	for (size_t i = 0; i < proposal->count; i++)
		if (proposal->keys[i]->length == key->length &&
		    memcmp(proposal->keys[i]->bytes, key->bytes, key->length) == 0)
			return true;
	return false;
}

static void
propose(struct keytab_proposal *proposal, const struct kerberos_key *key)
{
	if (is_proposed(proposal, key))
		return;
	if (proposal->count == KEYTAB_MOST_PROPOSED)
		proposal->has_more = true;
	else
		proposal->keys[proposal->count++] = key;
}

/* The order in which entries are proposed. */
static const struct rank {
	bool is_service, is_kvno;
	enum keytab_match match;
} ranks[] = {
    {true, true, KEYTAB_SAME},
    {true, false, KEYTAB_OTHER_KVNO},
    {false, true, KEYTAB_OF_OTHERS},
    {false, false, KEYTAB_OF_OTHERS},
};

struct keytab_proposal
keytab_propose(const struct keytab *keytab, const struct keytab_wanted *wanted)
{
	struct keytab_proposal proposal = {.match = KEYTAB_NONE};

	for (size_t i = 0; i < COUNT(ranks) && !proposal.has_more; i++)
		for (size_t j = 0; j < keytab->count && !proposal.has_more; j++) {
			const struct entry *entry = &keytab->entries[j];

			if (entry->key.etype != wanted->etype ||
			    is_kvno(entry, wanted) != ranks[i].is_kvno ||
			    is_service(entry, wanted) != ranks[i].is_service)
				continue;
			if (ranks[i].match > proposal.match)
				proposal.match = ranks[i].match;
			propose(&proposal, &entry->key);
		}
	return proposal;
}
