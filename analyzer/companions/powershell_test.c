#include "analyzer/companions/powershell.h"

#include <check.h>
#include <inttypes.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/text.h"
#include "analyzer/companions/samples_for_test.h"

Suite *powershell_suite(void);

/* What was read, for comparison. */
static struct text shown;

static void
show_object(const struct powershell_object *object)
{
	text_addf(&shown, "%" PRIu64 ":", object->line);
	for (size_t i = 0; i < object->value_count; i++) {
		const struct powershell_value *value = &object->values[i];

		text_addf(&shown, " %s=%s", value->name, value->text);
		if (value->line != object->line)
			text_addf(&shown, "@%" PRIu64, value->line);
		if (value->is_cut)
			text_add(&shown, "!");
		text_add(&shown, i + 1 < object->value_count ? "," : "");
	}
	text_add(&shown, "\n");
}

static void
show(const struct powershell_listing *listing, const struct companion_text *text,
    struct companion *companion)
{
	static const char *const forms[] = {
	    [POWERSHELL_LIST] = "list",
	    [POWERSHELL_TABLE] = "table",
	    [POWERSHELL_CSV] = "csv",
	};

	ck_assert_ptr_eq(text->file, companion->file);
	text_addf(&shown, "%s%s\n", forms[listing->form], listing->is_ended ? "" : ", open");
	for (size_t i = 0; i < listing->object_count; i++)
		show_object(&listing->objects[i]);
}

static bool
is_any(const struct powershell_listing *listing)
{
	ck_assert(listing->name_count > 0 || listing->damage);
	return true;
}

static const struct powershell_kind any = {.is_of_kind = is_any, .take = show};

static bool
recognises_any(const struct companion_text *text)
{
	return powershell_recognises(text, &any);
}

static void
read_any(const struct companion_text *text, struct companion *companion)
{
	powershell_read(text, &any, companion);
	if (companion->damage)
		text_addf(&shown, "%s\n", companion->damage);
}

/* The values of what was read last. */
static size_t counted;

static void
count(const struct powershell_listing *listing, const struct companion_text *text,
    struct companion *companion)
{
	ck_assert_ptr_eq(text->file, companion->file);
	for (size_t i = 0; i < listing->object_count; i++)
		counted += listing->objects[i].value_count;
}

static const struct powershell_kind counting = {.is_of_kind = is_any, .take = count};

static void
count_all(const struct companion_text *text, struct companion *companion)
{
	counted = 0;
	powershell_read(text, &counting, companion);
}

static const struct companion_format counted_format = {
    .recognises = recognises_any,
    .read = count_all,
};

static const struct companion_format any_format = {
    .recognises = recognises_any,
    .read = read_any,
};

/* Two characters, four places. */
#define WIDE "\xe5\x85\xb1\xe6\x9c\x89"

static const struct {
	const char *chars, *shown;
} cases[] = {
    /* Lists: names padded, a value that goes on, blank lines around. */
    {"\n\nName        : a b\nEncryptData : True\nPath        :\n\n\n",
	"list\n3: Name=a b, EncryptData=True@4, Path=@5\n"},
    {"Name : a:b\nText : one tw\n       o thr\n       ee : x\nLast : 1\n\n\n",
	"list\n1: Name=a:b, Text=one two three : x@2, Last=1@5\n"},
    {"Name : a\nPath : b\n\nName : c\nPath : d\n\n\n\nOther : 1\n\n",
	"list\n1: Name=a, Path=b@2\n4: Name=c, Path=d@5\nlist, open\n9: Other=1\n"},
    /* Indented as a whole; with a prompt right before and behind. */
    {"PS C:\\> Get-Thing\n    Name : a\n    Path : b\n           c\nPS C:\\>\n",
	"list\n2: Name=a, Path=bc@3\n"},
    {"Username: DOM\\a\nMachine: X (10.0)\n\nName : a\n\nother text\n", "list\n4: Name=a\n"},
    /* Lists that are cut: amid a value, a name, an object; between two objects it cannot be seen.
     */
    {"Name : a\nPath : C:\\", "list, open\n1: Name=a\n"
			      "sample.txt:2: the file ends amid this line, or was copied without "
			      "its end\n"},
    {"Name : a\nIs : True", "list, open\n1: Name=a, Is=True@2\n"},
    {"Name : a\nIs : Tru", "list, open\n1: Name=a\nsample.txt:2: the file ends amid this line, or "
			   "was copied without its end\n"},
    {"Name : a\nPath : b\n\nName : c\n", "list, open\n1: Name=a, Path=b@2\n4: Name=c\n"
					 "sample.txt:4: the list ends within an object\n"},
    {"Name : a\nPath : b\n\nNam", "list, open\n1: Name=a, Path=b@2\n"},
    {"Name : a\nPath : b\n", "list, open\n1: Name=a, Path=b@2\n"},
    {"Name : a\nPath : b\n\n", "list, open\n1: Name=a, Path=b@2\n"},
    {"Name : a\nNa#e\nPath : b\n\n\n",
	"list\n1: Name=a\nlist\n3: Path=b\nsample.txt:2: this is no property of the list\n"},
    /* Tables: values with blanks, numbers to the right, none at the end of a line, cut ones. */
    {"\nName  Scope Path\n----  ----- ----\na b   *     C:\\a b\nIPC$  *\n\n",
	"table\n4: Name=a b, Scope=*, Path=C:\\a b\n5: Name=IPC$, Scope=*, Path=\n"},
    {"    Id Name      Count\n    -- ----      -----\n     7 a b           3\n123456 c       "
     "1234567\n"
     "PS C:\\>\n",
	"table\n3: Id=7, Name=a b, Count=3\n4: Id=123456, Name=c, Count=1234567\n"},
    {"Name    Path\n----    ----\nlong... C:\\\nlon\xe2\x80\xa6    D:\\a\xe2\x80\xa6\n\n",
	"table\n3: Name=long...!, Path=C:\\\n4: Name=lon\xe2\x80\xa6!, Path=D:\\a\xe2\x80\xa6!\n"},
    {"  Name Path\n  ---- ----\n  a    C:\\\n```\n", "table\n3: Name=a, Path=C:\\\n"},
    /* The last name broken by a narrow window. */
    {"Port OwningPr\n     ocess   \n---- --------\n445  4       \n\n",
	"table\n4: Port=445, OwningProcess=4\n"},
    /* Wide characters: padded for two places in some lines, for one in another. */
    {"Name      Scope Path\n----      ----- ----\n" WIDE "      *     C:\\\n" WIDE "      *\n" WIDE
     "        *     C:\\\nabc       *     C:\\\n\n",
	"table\n3: Name=" WIDE ", Scope=*, Path=C:\\\n4: Name=" WIDE ", Scope=*, Path=\n"
	"5: Name=" WIDE ", Scope=*, Path=C:\\\n6: Name=abc, Scope=*, Path=C:\\\n"},
    /* Rules that are under no names. */
    {"Rule Name: x\n---------------------\nEnabled: Yes\n", ""},
    {"Name x Path\n---- - ----\n", "table, open\n"},
    {"Name  Path\n--- ----\na   b\n", ""},
    {"----\n----\n", ""},
    {"\n----\na\n", ""},
    /* Tables that are damaged: a line across two columns; cut amid the last. */
    {"Name Path\n---- ----\na    b\nabcdefgh\nc    d\n\n",
	"table\n3: Name=a, Path=b\nsample.txt:4: this is no row of the table: it does not fit its "
	"columns\n"},
    {"Name Is\n---- --\na    True\nb    Fal", "table\n3: Name=a, Is=True\nsample.txt:4: the "
					      "file ends amid this line, or was copied "
					      "without its end\n"},
    {"Name Is\n---- --\na    True", "table, open\n3: Name=a, Is=True\n"},
    {"Name Is\n---- --\na    True\n", "table, open\n3: Name=a, Is=True\n"},
    {"Name Is\n---- --\na", "table\nsample.txt:3: the file ends amid this line, or was copied "
			    "without its end\n"},
    /* CSV. */
    {"#TYPE Selected.Thing\n\"Name\",\"Path\"\n\"a, b\",\"C:\\\"\"x\"\"\"\n,\"\"\n",
	"csv\n3: Name=a, b, Path=C:\\\"x\"\n4: Name=, Path=\n"},
    {"Name;Path\na;C:\\\n\nmore\n", "csv\n2: Name=a, Path=C:\\\n"},
    {"\"Name\"\t\"Path\"\n\"a\"\t\"b\"", "csv, open\n2: Name=a, Path=b\n"},
    {"\"Name\",\"Path\"\n\"a\",\"b\"\n\"c\",\"d",
	"csv, open\n2: Name=a, Path=b\nsample.txt:3: the file ends amid this line, or was copied "
	"without its end\n"},
    {"\"Name\",\"Path\"\n\"a\",\"b\"\n\"c\"\n\"e\",\"f\"\n",
	"csv\n2: Name=a, Path=b\nsample.txt:3: this line has not the values that the first line "
	"names\n"},
    {"\"Name\",\"Path\"\n\"a\"x,\"b\"\n",
	"csv\nsample.txt:2: this line has not the values that the first line names\n"},
    {"Name,Is\na,True\nb,Fa",
	"csv, open\n2: Name=a, Is=True\nsample.txt:3: the file ends amid this "
	"line, or was copied without its end\n"},
    {"Hello, world\nbye, world\n", ""},
    {"\"Name\"\n\"a\"\n", ""},
    {"\"Name", ""},
    /* Several in one file. */
    {"Name Path\n---- ----\na    b\n\nName : c\n\n\nOther,Path\nd,e\n",
	"table\n3: Name=a, Path=b\nlist\n5: Name=c\ncsv\n9: Other=d, Path=e\n"},
    {"nothing\nat: all\n", ""},
    /* A property that looks like a prompt begins no object, nor a second one. */
    {"Name : PS a> : True\n", ""},
    {"Name : a\n\nName : PS a>\n", "list\n1: Name=a\n"},
};

START_TEST(test_forms)
{
	struct companion companion;
	const char *chars = cases[_i].chars;
	bool is_read = read_sample(&companion, &any_format, chars, strlen(chars));

	ck_assert_str_eq(text_chars(&shown), cases[_i].shown);
	ck_assert_int_eq(is_read, *cases[_i].shown != '\0');
	companion_free(&companion);
	text_free(&shown);
}
END_TEST

/* More columns than are read, and as many. */
START_TEST(test_columns)
{
	for (size_t count = POWERSHELL_COLUMNS_MOST; count <= POWERSHELL_COLUMNS_MOST + 1;
	     count++) {
		struct text table = {0}, csv = {0};
		struct companion companion;
		bool is_few = count <= POWERSHELL_COLUMNS_MOST;

		for (int line = 0; line < 2; line++)
			for (size_t i = 0; i < count; i++) {
				text_add(&table, line == 0 ? "a " : "- ");
				text_add(&csv, "a");
				text_add(&csv, i + 1 < count ? "," : "\n");
				if (i + 1 == count)
					text_add(&table, "\n");
			}
		ck_assert_int_eq(
		    read_sample(&companion, &any_format, table.chars, table.length), is_few);
		companion_free(&companion);
		ck_assert_int_eq(
		    read_sample(&companion, &any_format, csv.chars, csv.length), is_few);
		companion_free(&companion);
		text_free(&table);
		text_free(&csv);
	}
	text_free(&shown);
}
END_TEST

/* What is behind the lines that are searched does not make a file one of the kind. */
START_TEST(test_search)
{
	for (size_t before = 4090; before <= 4096; before += 6) {
		struct text text = {0};
		struct companion companion;

		for (size_t i = 0; i < before; i++)
			text_add(&text, "text\n");
		text_add(&text, "Name : a\n");
		ck_assert_int_eq(
		    read_sample(&companion, &any_format, text.chars, text.length), before < 4096);
		companion_free(&companion);
		text_free(&text);
	}
	text_free(&shown);
}
END_TEST

/* As many values as are read, and one more, of each form. */
START_TEST(test_bound)
{
	static const struct {
		const char *head, *line;
		size_t values; /* of a line */
	} forms[] = {
	    {"", "a : b\n", 1},
	    {"a b\n- -\n", "c d\n", 2},
	    {"a,b\n", "c,d\n", 2},
	};

	for (int more = 0; more <= 1; more++) {
		struct text text = {0};
		struct companion companion;

		text_add(&text, forms[_i].head);
		for (size_t i = 0; i < POWERSHELL_VALUES_MOST; i += forms[_i].values)
			text_add(&text, forms[_i].line);
		text_add(&text, more ? forms[_i].line : "");
		ck_assert(read_sample(&companion, &counted_format, text.chars, text.length));
		ck_assert_uint_eq(counted, POWERSHELL_VALUES_MOST);
		ck_assert_int_eq(companion.damage != NULL, more);
		if (more)
			ck_assert_ptr_nonnull(strstr(companion.damage, "it is too long"));
		companion_free(&companion);
		text_free(&text);
	}
}
END_TEST

START_TEST(test_values)
{
	static const char *const quoted[] = {"Name", "Empty", "none", "Port", NULL};
	static const char *const absent[] = {"none", NULL};
	static const struct powershell_value values[] = {
	    {.name = "Name", .text = "a b"},
	    {.name = "Port", .text = "445"},
	    {.name = "Is", .text = "True"},
	    {.name = "IsNot", .text = "false"},
	    {.name = "Cut", .text = "12...", .is_cut = true},
	    {.name = "Empty", .text = ""},
	};
	static const struct powershell_object object = {
	    .values = values, .value_count = COUNT(values)};
	static const char *const names[] = {"Name", "Port"};
	static const struct powershell_listing listing = {
	    .names = names, .name_count = COUNT(names)};
	struct arena arena = {0};

	ck_assert(powershell_has_name(&listing, "port"));
	ck_assert(!powershell_has_name(&listing, "Por"));
	ck_assert_ptr_eq(powershell_value(&object, "PORT"), &values[1]);
	ck_assert_ptr_null(powershell_value(&object, "none"));
	ck_assert_str_eq(powershell_text(&object, "name"), "a b");
	ck_assert_str_eq(powershell_text(&object, "Cut"), "");
	ck_assert_str_eq(powershell_text(&object, "none"), "");
	ck_assert(powershell_bool(&object, "Is").is_known);
	ck_assert_uint_eq(powershell_bool(&object, "Is").value, 1);
	ck_assert(powershell_bool(&object, "IsNot").is_known);
	ck_assert_uint_eq(powershell_bool(&object, "IsNot").value, 0);
	ck_assert(!powershell_bool(&object, "Name").is_known);
	ck_assert(!powershell_bool(&object, "none").is_known);
	ck_assert(powershell_number(&object, "Port", 445).is_known);
	ck_assert_uint_eq(powershell_number(&object, "Port", 445).value, 445);
	ck_assert(!powershell_number(&object, "Port", 444).is_known);
	ck_assert(!powershell_number(&object, "Name", 444).is_known);
	ck_assert_str_eq(powershell_quote(&object, quoted, &arena), "Name a b, Port 445");
	ck_assert_str_eq(powershell_quote(&object, absent, &arena), "");
	arena_free(&arena);
}
END_TEST

Suite *
powershell_suite(void)
{
	Suite *suite = suite_create("powershell");
	TCase *tcase = tcase_create("powershell");

	tcase_add_loop_test(tcase, test_forms, 0, COUNT(cases));
	tcase_add_test(tcase, test_columns);
	tcase_add_test(tcase, test_search);
	tcase_add_loop_test(tcase, test_bound, 0, 3);
	tcase_add_test(tcase, test_values);
	suite_add_tcase(suite, tcase);
	return suite;
}
