#include "analyzer/secrets.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/base/crypto.h"
#include "analyzer/base/memory.h"
#include "analyzer/base/table.h"
#include "analyzer/keytab.h"

#define LONGEST_LINE 512 /* a SessionId, the longest key twice over, and a comment */

struct session_key {
	uint64_t session_id;
	size_t length;
	uint8_t bytes[SECRETS_MOST_KEY];
};

/* A derived key never leaves the program, so its bytes need no form. */
struct derived {
	uint8_t server[16];
	uint64_t session_id;
	size_t length;
	uint8_t bytes[]; /* LENGTH of them */
};

struct secrets {
	struct table by_session; /* struct session_key, heap; filled by options, emptied by free */
	struct session_key **keys;
	size_t key_count, key_capacity;
	struct table by_server; /* struct derived; filled by dissectors, emptied by each capture */
	struct derived **derived;
	size_t derived_count, derived_capacity;
	struct keytab *keytab; /* or NULL */
};

struct secrets *
secrets_new(void)
{
	return mem_alloc(1, sizeof(struct secrets));
}

void
secrets_begin_capture(struct secrets *secrets)
{
	for (size_t i = 0; i < secrets->derived_count; i++) {
		crypto_wipe(secrets->derived[i]->bytes, secrets->derived[i]->length);
		mem_free(secrets->derived[i]);
	}
	secrets->derived_count = 0;
	table_free(&secrets->by_server);
}

void
secrets_free(struct secrets *secrets)
{
	if (secrets == NULL)
		return;
	secrets_begin_capture(secrets);
	mem_free(secrets->derived);
	for (size_t i = 0; i < secrets->key_count; i++) {
		crypto_wipe(secrets->keys[i], sizeof(*secrets->keys[i]));
		mem_free(secrets->keys[i]);
	}
	mem_free(secrets->keys);
	table_free(&secrets->by_session);
	keytab_free(secrets->keytab);
	mem_free(secrets);
}

static bool
is_session(const void *entry, const void *key)
{
	return ((const struct session_key *)entry)->session_id == *(const uint64_t *)key;
}

static struct session_key *
find(const struct secrets *secrets, uint64_t session_id)
{
	return table_find(&secrets->by_session, hash_u64(session_id), is_session, &session_id);
}

/* The value of a hexadecimal digit, or -1. */
static int
hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = strchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c);

	return c != '\0' && at != NULL ? (int)(at - digits) : -1;
}

/* What is wrong with the LENGTH digits at HEX as a key, as a sentence's end; NULL: nothing. */
static const char *
read_key(const char *hex, size_t length, struct session_key *ret)
{
	if (length == 0)
		return "no key follows the '='";
	if (length > 2 * SECRETS_MOST_KEY)
		return "the key is longer than 64 bytes";
	if (length % 2 != 0)
		return "the key has an odd number of hexadecimal digits";
	for (size_t i = 0; i < length; i++) {
		int digit = hex_digit(hex[i]);

		if (digit < 0)
			return "the key is not all hexadecimal digits";
		ret->bytes[i / 2] = (uint8_t)(ret->bytes[i / 2] << 4 | digit);
	}
	ret->length = length / 2;
	return NULL;
}

/* Reads SESSION=HEX, LENGTH characters. What is wrong with it, or NULL. */
static const char *
read_pair(const char *text, size_t length, struct session_key *ret)
{
	const char *equals = memchr(text, '=', length);
	bool is_hex = length > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	char *end;

	if (equals == NULL)
		return "there is no '=' between session and key";
	errno = 0;
	ret->session_id = strtoull(text, &end, is_hex ? 16 : 10);
	if (text[0] < '0' || text[0] > '9' || end != equals || errno != 0)
		return "the session is no number such as 0x2c000000009d or 48378511622301";
	return read_key(equals + 1, length - (size_t)(equals + 1 - text), ret);
}

/* The latest key for a session holds. */
static void
keep(struct secrets *secrets, const struct session_key *key)
{
	struct session_key *kept = find(secrets, key->session_id);

	if (kept == NULL) {
		kept = mem_alloc(1, sizeof(*kept));
		secrets->keys = mem_grow(secrets->keys, secrets->key_count, &secrets->key_capacity,
		    sizeof(struct session_key *));
		secrets->keys[secrets->key_count++] = kept;
		table_add(&secrets->by_session, hash_u64(key->session_id), kept);
	}
	*kept = *key;
}

bool
secrets_add_session_key(struct secrets *secrets, const char *text, struct error *error)
{
	struct session_key key = {0};
	const char *wrong = read_pair(text, strlen(text), &key);

	if (wrong == NULL)
		keep(secrets, &key);
	crypto_wipe(&key, sizeof(key));
	return wrong == NULL ||
	       error_set(error, EXIT_USAGE, "--session-key takes SESSION=HEX: %s", wrong);
}

/* LINE without its comment and the blanks around; returns its length. */
static size_t
trim(const char **line)
{
	size_t length = strcspn(*line, "#\r\n");

	while (length != 0 && (**line == ' ' || **line == '\t')) {
		++*line;
		length--;
	}
	while (length != 0 && ((*line)[length - 1] == ' ' || (*line)[length - 1] == '\t'))
		length--;
	return length;
}

/* What is wrong with LINE, or NULL. */
static const char *
take_line(struct secrets *secrets, const char *line)
{
	struct session_key key = {0};
	size_t length = trim(&line);
	const char *wrong;

	if (length == 0)
		return NULL;
	wrong = read_pair(line, length, &key);
	if (wrong == NULL)
		keep(secrets, &key);
	crypto_wipe(&key, sizeof(key));
	return wrong;
}

static bool
take_lines(struct secrets *secrets, FILE *file, const char *path, struct error *error)
{
	char line[LONGEST_LINE];
	const char *wrong = NULL;
	unsigned long number = 0;

	while (wrong == NULL && fgets(line, sizeof(line), file) != NULL) {
		number++;
		if (strchr(line, '\n') == NULL && !feof(file))
			wrong = "the line is too long";
		else
			wrong = take_line(secrets, line);
	}
	crypto_wipe(line, sizeof(line));
	if (wrong != NULL)
		return error_set(
		    error, EXIT_USAGE, "%s:%lu: a line is SESSION=HEX: %s", path, number, wrong);
	return ferror(file) == 0 || error_set(error, EXIT_USAGE, "%s: %s", path, strerror(errno));
}

bool
secrets_add_session_keys(struct secrets *secrets, const char *path, struct error *error)
{
	FILE *file = fopen(path, "r");
	bool is_taken;

	if (file == NULL) {
		mem_blame(errno);
		return error_set(error, EXIT_USAGE, "%s: %s", path, strerror(errno));
	}
	is_taken = take_lines(secrets, file, path, error);
	fclose(file);
	return is_taken;
}

bool
secrets_add_keytab(struct secrets *secrets, const char *path, struct error *error)
{
	if (secrets->keytab != NULL)
		return error_set(error, EXIT_USAGE,
		    "--keytab %s: one keytab at most; `ktutil` puts several into one", path);
	secrets->keytab = keytab_open(path, error);
	return secrets->keytab != NULL;
}

struct span
secrets_session_key(const struct secrets *secrets, uint64_t session_id)
{
	const struct session_key *key = find(secrets, session_id);

	return key != NULL ? (struct span){key->bytes, key->length} : (struct span){NULL, 0};
}

const struct keytab *
secrets_keytab(const struct secrets *secrets)
{
	return secrets->keytab;
}

/* What a derived key is for. */
struct purpose {
	const uint8_t *server;
	uint64_t session_id;
};

static bool
is_for(const void *entry, const void *key)
{
	const struct derived *derived = entry;
	const struct purpose *purpose = key;

	return derived->session_id == purpose->session_id &&
	       memcmp(derived->server, purpose->server, sizeof(derived->server)) == 0;
}

static uint64_t
hash_purpose(const struct purpose *purpose)
{
	return hash_bytes(purpose->server, 16) ^ hash_u64(purpose->session_id);
}

static const struct derived *
find_derived(const struct secrets *secrets, const struct purpose *purpose)
{
	return table_find(&secrets->by_server, hash_purpose(purpose), is_for, purpose);
}

/* The first one holds: a session's keys stay the same ([MS-SMB2] 3.3.5.5.3). */
void
secrets_keep(
    struct secrets *secrets, const uint8_t server[16], uint64_t session_id, struct span derived)
{
	struct purpose purpose = {server, session_id};
	struct derived *kept;

	if (find_derived(secrets, &purpose) != NULL)
		return;
	kept = mem_alloc(1, sizeof(*kept) + derived.length);
	memcpy(kept->server, server, sizeof(kept->server));
	kept->session_id = session_id;
	kept->length = derived.length;
	memcpy(kept->bytes, derived.bytes, derived.length);
	secrets->derived = mem_grow(secrets->derived, secrets->derived_count,
	    &secrets->derived_capacity, sizeof(struct derived *));
	secrets->derived[secrets->derived_count++] = kept;
	table_add(&secrets->by_server, hash_purpose(&purpose), kept);
}

struct span
secrets_kept(const struct secrets *secrets, const uint8_t server[16], uint64_t session_id)
{
	struct purpose purpose = {server, session_id};
	const struct derived *kept = find_derived(secrets, &purpose);

	return kept != NULL ? (struct span){kept->bytes, kept->length} : (struct span){NULL, 0};
}
