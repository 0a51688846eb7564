#include "analyzer/report/code_word.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/text.h"

#define MOST_KERBEROS 127 /* RFC 4120 and its successors use numbers up to 100 */

/* Longer ones first. */
static const char *const prefixes[] = {
    "STATUS_SMB_", "STATUS_", "SEC_E_", "KDC_ERR_", "KRB_AP_ERR_", "KRB_ERR_", "KRB_AP_"};

/* What other programs put before a name: Samba, Wireshark and MIT Kerberos. */
static const char *const foreign[] = {"NT_STATUS_", "KRB5KDC_ERR_", "KRB5KRB_AP_", "KRB5KRB_ERR_"};
static const size_t foreign_lengths[] = {3, 4, 4, 4};

/* CHARS behind START, or NULL when it does not begin with it; ASCII case does not count. */
static const char *
behind(const char *chars, const char *start)
{
	return text_starts_nocase(chars, start) ? chars + strlen(start) : NULL;
}

const char *
code_word_short(const char *name)
{
	const char *rest;

	for (size_t i = 0; i < COUNT(prefixes); i++) {
		rest = behind(name, prefixes[i]);
		if (rest != NULL)
			return rest;
	}
	return name;
}

/* Whether WORD is NAME, or what follows one of the prefixes in it. */
static bool
is_name(const char *word, const char *name)
{
	const char *rest;

	if (text_equal_nocase(word, name))
		return true;
	for (size_t i = 0; i < COUNT(prefixes); i++) {
		rest = behind(name, prefixes[i]);
		if (rest != NULL && text_equal_nocase(word, rest))
			return true;
	}
	return false;
}

static size_t
find_called(const struct code_list *codes, const char *word, struct code_word *ret)
{
	size_t count = 0;

	for (size_t i = 0; i < codes->count; i++) {
		const struct names *names = codes->tables[i].names;

		for (size_t j = 0; j < names->count && count < CODE_WORD_MOST; j++)
			if (is_name(word, names->rows[j].name))
				ret[count++] =
				    (struct code_word){&codes->tables[i], &names->rows[j]};
	}
	return count;
}

/* Who remembers the name of an error often takes one prefix of Kerberos for another. */
static size_t
find_names(const struct code_list *codes, const char *word, struct code_word *ret)
{
	size_t count;

	for (size_t i = 0; i < COUNT(foreign); i++)
		if (behind(word, foreign[i]) != NULL) {
			word += foreign_lengths[i];
			break;
		}
	count = find_called(codes, word, ret);
	return count != 0 ? count : find_called(codes, code_word_short(word), ret);
}

static bool
is_hex(const char *word)
{
	return word[0] == '0' && (word[1] == 'x' || word[1] == 'X');
}

bool
code_word_is_number(const char *word)
{
	const char *digits = is_hex(word) ? word + 2 : word[0] == '-' ? word + 1 : word;
	const char *set = is_hex(word) ? "0123456789abcdefABCDEF" : "0123456789";

	return digits[0] != '\0' && digits[strspn(digits, set)] == '\0';
}

/* False when WORD's number is none of 32 bits, or of their two's complement. */
static bool
parse(const char *word, uint32_t *ret, bool *ret_is_status)
{
	long long number;

	errno = 0;
	number = strtoll(word, NULL, is_hex(word) ? 16 : 10);
	if (errno != 0 || number < INT32_MIN || number > UINT32_MAX)
		return false;
	*ret = (uint32_t)number;
	*ret_is_status =
	    is_hex(word) ? strlen(word) > strlen("0x25") : number < 0 || number > MOST_KERBEROS;
	return true;
}

static size_t
find_number(const struct code_list *codes, const char *word, struct code_word *ret)
{
	size_t count = 0;
	uint32_t number;
	bool is_status;

	if (!parse(word, &number, &is_status))
		return 0;
	for (size_t i = 0; i < codes->count && count < CODE_WORD_MOST; i++) {
		const struct code_table *table = &codes->tables[i];
		const struct name_row *row = names_find(table->names, number);

		if (table->is_status == is_status && row != NULL)
			ret[count++] = (struct code_word){table, row};
	}
	return count;
}

size_t
code_word_find(
    const struct code_list *codes, const char *word, struct code_word ret[CODE_WORD_MOST])
{
	return code_word_is_number(word) ? find_number(codes, word, ret)
					 : find_names(codes, word, ret);
}
