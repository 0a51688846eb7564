#include "analyzer/report/markdown_text.h"

#include <stdbool.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/report/wrap.h"

/* Part of a text; not terminated. */
struct part {
	const char *chars;
	size_t length;
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z';
}

static bool
is_hex(char c)
{
	return is_digit(c) || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'f');
}

/* Letters of other scripts count: none of their bytes means anything in Markdown. */
static bool
is_word_char(char c)
{
	return is_digit(c) || is_letter(c) || (unsigned char)c >= 0x80;
}

/* The character at INDEX of PART, NUL before and after it. */
static char
at(const struct part *part, size_t index)
{
	return index < part->length ? part->chars[index] : '\0';
}

/* ---- which words are beyond suspicion ---- */

static bool
is_w(const struct part *word, size_t index)
{
	return ascii_lower(at(word, index)) == 'w';
}

/* "fs1.lab.example", "krb5.conf": editors make links of what looks like a domain, and Markdown
 * itself of what follows "www." (GFM 6.9), even if that is nothing. */
static bool
is_domain(const struct part *word, size_t index)
{
	char first = at(word, index + 1), second = at(word, index + 2);

	if (at(word, index) != '.')
		return false;
	if (index >= 3 && is_w(word, index - 3) && is_w(word, index - 2) && is_w(word, index - 1))
		return true;
	return is_word_char(first) && !is_digit(first) &&
	       (is_word_char(second) || second == '.' || second == '-');
}

/* "FS-01", "GH-7": a ticket of that key may exist. */
static bool
is_ticket_key(const struct part *word, size_t index)
{
	bool has_letter = false;

	if (at(word, index) != '-' || !is_digit(at(word, index + 1)))
		return false;
	for (size_t i = index; i-- != 0 && is_word_char(at(word, i));)
		has_letter |= is_letter(at(word, i));
	return has_letter;
}

#define COMMIT_LEAST 7 /* hexadecimal digits by which commits are referred to */

/* Whether a commit's number may begin at INDEX. */
static bool
is_commit(const struct part *word, size_t index)
{
	size_t end = index;

	if (index != 0 && (is_word_char(at(word, index - 1)) || at(word, index - 1) == '_'))
		return false;
	if (index >= 2 && at(word, index - 1) == '.' && is_digit(at(word, index - 2)))
		return false; /* "6.259811421" */
	while (is_hex(at(word, end)))
		end++;
	return end - index >= COMMIT_LEAST && !is_word_char(at(word, end)) && at(word, end) != '_';
}

/* Whether the character at INDEX, which is no letter and no digit, is but punctuation there. */
static bool
is_harmless(const struct part *word, size_t index)
{
	char next = at(word, index + 1);

	switch (at(word, index)) {
	case '_': /* within a word it is no emphasis (GFM 6.4) */
	case '-':
	case '\'':
		return is_word_char(next);
	case '/': /* "//" is where a link begins */
		return next != '/';
	case '.':
	case ',':
	case ':':
	case ';':
	case '(':
	case ')':
	case '"':
		return true;
	case '%':
		return index + 1 == word->length;
	default:
		return false;
	}
}

static size_t
count_of(const struct part *word, char c)
{
	size_t count = 0;

	for (size_t i = 0; i < word->length; i++)
		count += word->chars[i] == c;
	return count;
}

/* Whether WORD may have an emoji in it, as ":100:" is one; "17:57:07" has none. */
static bool
has_emoji(const struct part *word)
{
	for (size_t i = 0; i < word->length; i++)
		if (at(word, i) == ':' && memchr(word->chars + i + 1, ':', word->length - i - 1) &&
		    !(is_digit(at(word, i + 1)) && is_digit(at(word, i + 2)) &&
			at(word, i + 3) == ':'))
			return true;
	return false;
}

/* Whether WORD means the same as Markdown as it does without. */
static bool
is_plain(const struct part *word)
{
	if (word->length == 0)
		return true;
	if (!is_word_char(word->chars[0]))
		return false;
	for (size_t i = 0; i < word->length; i++) {
		if (!is_word_char(at(word, i)) && !is_harmless(word, i))
			return false;
		if (is_domain(word, i) || is_ticket_key(word, i) || is_commit(word, i))
			return false;
	}
	return !has_emoji(word);
}

/* ---- code ---- */

#define CODE_TAG "[code]"

/*
 * CHARS, visible already, for where Markdown leaves them alone. ServiceNow, which does not know
 * Markdown, takes what stands after "[code]" for HTML.
 */
static void
add_literal(struct text *text, const char *chars)
{
	for (; *chars != '\0'; chars++)
		if (text_starts_nocase(chars, CODE_TAG))
			text_add(text, "\\u{5b}");
		else
			text_add_char(text, *chars);
}

/* The longest run of backticks in CHARS. */
static size_t
longest_run(const char *chars)
{
	size_t longest = 0, run = 0;

	for (; *chars != '\0'; chars++) {
		run = *chars == '`' ? run + 1 : 0;
		longest = max_u64(longest, run);
	}
	return longest;
}

static void
add_fence(struct text *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		text_add_char(text, '`');
}

/* Visible CHARS as a code span (GFM 6.3). A bar would end the cell of a table even there. */
static void
add_span(struct text *text, const char *chars)
{
	size_t fence = longest_run(chars) + 1, length = strlen(chars);
	bool is_padded = length != 0 && (chars[0] == '`' || chars[length - 1] == '`' ||
					    (chars[0] == ' ' && chars[length - 1] == ' '));
	struct text literal = {0};

	add_literal(&literal, chars);
	add_fence(text, fence);
	text_add(text, is_padded ? " " : "");
	for (const char *c = text_chars(&literal); *c != '\0'; c++)
		if (*c == '|')
			text_add(text, "\\u{7c}");
		else
			text_add_char(text, *c);
	text_add(text, is_padded ? " " : "");
	add_fence(text, fence);
	text_free(&literal);
}

void
markdown_add_code(struct text *text, const char *chars)
{
	struct text visible = {0};

	text_add_visible(&visible, chars);
	if (visible.length != 0)
		add_span(text, text_chars(&visible));
	text_free(&visible);
}

#define LEAST_FENCE 3 /* GFM 4.5 */

void
markdown_add_block(struct text *text, size_t indent, const char *info, const char *chars)
{
	size_t fence = max_u64(LEAST_FENCE, longest_run(chars) + 1), length;
	struct text line = {0}, visible = {0};

	wrap_indent(text, indent);
	add_fence(text, fence);
	text_addf(text, "%s\n", info);
	for (; *chars != '\0'; chars += length + (chars[length] == '\n')) {
		length = strcspn(chars, "\n");
		text_clear(&line);
		text_clear(&visible);
		text_add_bytes(&line, chars, length);
		text_add_visible(&visible, text_chars(&line));
		wrap_indent(text, visible.length != 0 ? indent : 0);
		add_literal(text, text_chars(&visible));
		text_add_char(text, '\n');
	}
	wrap_indent(text, indent);
	add_fence(text, fence);
	text_add_char(text, '\n');
	text_free(&line);
	text_free(&visible);
}

/* ---- prose ---- */

/* A word with the punctuation around it. */
struct word {
	struct part lead, core, trail;
};

/* Whether C, at the end of CORE, is punctuation after it. A colon may end an emoji; a parenthesis
 * may belong to one within; a full stop may be that of "www.". */
static bool
is_trail(const struct part *core, char c)
{
	if (c == ':')
		return !has_emoji(core);
	if (c == ')')
		return count_of(core, '(') == 0;
	if (c == '.')
		return core->length < 2 || !is_w(core, core->length - 2);
	return c == ',' || c == ';' || c == '!' || c == '?' || c == '"' || c == '\'';
}

static bool
is_lead(char c)
{
	return c == '(' || c == '"' || c == '\'';
}

/* The next word at CHARS, up to a blank. */
static struct word
split(const char *chars)
{
	struct part core = {chars, strcspn(chars, " ")};
	struct word word = {.lead = {chars, 0}};

	for (; core.length != 0 && is_lead(core.chars[0]); core.length--) {
		core.chars++;
		word.lead.length++;
	}
	word.trail.chars = core.chars + core.length;
	for (; core.length != 0 && is_trail(&core, core.chars[core.length - 1]); core.length--) {
		word.trail.chars--;
		word.trail.length++;
	}
	word.core = core;
	return word;
}

/* "1." or "1)", which would begin a list at the start of a line (GFM 5.2). */
static bool
is_list_number(const struct word *word)
{
	for (size_t i = 0; i < word->core.length; i++)
		if (!is_digit(word->core.chars[i]))
			return false;
	return word->core.length != 0 && (at(&word->trail, 0) == '.' || at(&word->trail, 0) == ')');
}

/* A sign between two words, which means something only at the start of a line. */
static bool
is_sign(const struct part *core)
{
	return core->length == 1 && (core->chars[0] == '-' || core->chars[0] == '=');
}

/* Whether WORD, the first of its line or not, may stand as it is. */
static bool
is_prose(const struct word *word, bool is_first)
{
	if (is_first)
		return is_plain(&word->core) && !is_list_number(word);
	return is_plain(&word->core) || is_sign(&word->core);
}

static void
add_part(struct text *text, const struct part *part)
{
	text_add_bytes(text, part->chars, part->length);
}

static void
add_part_span(struct text *text, const struct part *part)
{
	struct text chars = {0};

	add_part(&chars, part);
	add_span(text, text_chars(&chars));
	text_free(&chars);
}

void
markdown_add_prose(struct text *text, const char *chars)
{
	struct text visible = {0};
	const char *next, *separator = "";
	struct word word;

	text_add_visible(&visible, chars);
	for (next = text_chars(&visible); *(next += strspn(next, " ")) != '\0';
	     next = word.trail.chars + word.trail.length) {
		word = split(next);
		text_add(text, separator);
		add_part(text, &word.lead);
		if (is_prose(&word, *separator == '\0'))
			add_part(text, &word.core);
		else
			add_part_span(text, &word.core);
		add_part(text, &word.trail);
		separator = " ";
	}
	text_free(&visible);
}

void
markdown_add_item(struct text *text, const char *label, const char *chars)
{
	if (chars == NULL || chars[0] == '\0')
		return;
	text_addf(text, "- **%s:** ", label);
	markdown_add_prose(text, chars);
	text_add_char(text, '\n');
}
