#include "analyzer/report/ladder_mermaid.h"

#include "analyzer/base/memory.h"
#include "analyzer/report/ladder_sample_test.h"
#include "analyzer/report/points_sample_test.h"

Suite *ladder_mermaid_suite(void);

static const char *hosts[] = {"client 10.0.0.5", "server fd00::9 (fs1)", "network"};

static char *
draw(const struct ladder *ladder)
{
	struct text text = {0};

	ladder_add_mermaid(&text, ladder);
	text_add(&text, ""); /* allocates even of nothing */
	return text.chars;
}

START_TEST(a_diagram_is_written)
{
	static const struct ladder_row rows[] = {
	    {.frame = 5, .from = 0, .to = 1, .label = "SYN"},
	    {.frame = 6, .from = 1, .to = 0, .label = "SYN-ACK"},
	    {.frame = 138,
		.from = 0,
		.to = 1,
		.is_evidence = true,
		.is_lost = true,
		.skipped = 3,
		.label = "TREE_CONNECT \\\\fs1\\dta"},
	    {.frame = 139, .from = 1, .to = 0, .is_lost = true, .label = "OPLOCK_BREAK"},
	    {.frame = 140, .from = 2, .to = 0, .skipped = 1, .label = "ICMP error"},
	};
	static const struct ladder ladder = {
	    .columns = hosts, .column_count = 3, .rows = rows, .row_count = 5, .left_out = 6};
	char *drawn = draw(&ladder);

	ck_assert_str_eq(drawn, "sequenceDiagram\n"
				"    participant h0 as client 10.0.0.5\n"
				"    participant h1 as server fd00#58;#58;9 (fs1)\n"
				"    participant h2 as network\n"
				"    h0->>h1: 5 SYN\n"
				"    h1-->>h0: 6 SYN-ACK\n"
				"    Note over h0,h2: 3 rows left out here\n"
				"    h0-xh1: #42; 138 TREE_CONNECT #92;#92;fs1#92;dta\n"
				"    h1--xh0: 139 OPLOCK_BREAK\n"
				"    Note over h0,h2: 1 row left out here\n"
				"    h2-->>h0: 140 ICMP error\n"
				"    Note over h0,h2: 2 rows left out of further hosts\n");
	mem_free(drawn);
}
END_TEST

/* What a packet says, and what stands in the diagram for it. */
static const struct {
	const char *label, *escaped;
} escapes[] = {
    {"plain 1.5, a_b (c/d) = e? f-g", "plain 1.5, a_b (c/d) = e? f-g"},
    /* the syntax of a diagram */
    {"a; b", "a#59; b"},
    {"#35;", "#35;35#59;"},
    {"x: wrap: y", "x#58; wrap#58; y"},
    {"%%{init: {}}%%", "#37;#37;#123;init#58; #123;#125;#125;#37;#37;"},
    {"h0->>h1+", "h0-#62;#62;h1#43;"},
    /* a line, and the end of the block around it */
    {"a\nb\r```", "a#92;u#123;a#125;b#92;u#123;d#125;#96;#96;#96;"},
    /* HTML and formulas */
    {"<br/><script>\"'&", "#60;br/#62;#60;script#62;#34;#39;#38;"},
    {"$$x$$", "#36;#36;x#36;#36;"},
    /* "end" as a word, and as part of one */
    {"end", "#101;nd"},
    {"the End.", "the #69;nd."},
    {"END-user, friend, ending, end1", "#69;ND-user, friend, ending, end1"},
    /* other letters stay */
    {"Müller \xe6\x97\xa5", "Müller \xe6\x97\xa5"},
    /* and what reorders a line does not */
    {"a\xe2\x80\xae"
     "b",
	"a#92;u#123;202e#125;b"},
    {"", ""},
};

START_TEST(labels_are_escaped)
{
	const struct ladder_row row = {.frame = 1, .from = 0, .to = 1, .label = escapes[_i].label};
	const char *columns[] = {escapes[_i].label, "b"};
	const struct ladder ladder = {
	    .columns = columns, .column_count = 2, .rows = &row, .row_count = 1};
	struct text expected = {0};
	char *drawn = draw(&ladder);

	text_addf(&expected,
	    "sequenceDiagram\n"
	    "    participant h0 as %s\n"
	    "    participant h1 as b\n"
	    "    h0->>h1: 1 %s\n",
	    escapes[_i].escaped, escapes[_i].escaped);
	ck_assert_str_eq(drawn, text_chars(&expected));
	text_free(&expected);
	mem_free(drawn);
}
END_TEST

/* Mermaid drops the last ";" of a line with "style", then ":" and "#"; no label may bring that ":".
 */
START_TEST(no_label_makes_a_style)
{
	const struct ladder_row row = {.frame = 1, .from = 0, .to = 1, .label = "style x:#fff;"};
	const struct ladder ladder = {
	    .columns = hosts, .column_count = 2, .rows = &row, .row_count = 1};
	char *drawn = draw(&ladder), *style = strstr(drawn, "style");

	ck_assert_ptr_nonnull(style);
	ck_assert_ptr_null(strchr(style, ':'));
	mem_free(drawn);
}
END_TEST

START_TEST(points_are_participants)
{
	char *drawn = draw(&points_ladder);

	ck_assert_str_eq(drawn,
	    "sequenceDiagram\n"
	    "    participant h0 as client 10.0.0.5\n"
	    "    participant h1 as point 1, a.pcapng\n"
	    "    participant h2 as point 2, b.pcapng\n"
	    "    participant h3 as point 3, c.pcapng\n"
	    "    participant h4 as server 10.0.0.9\n"
	    "    h0->>h4: 22, 333, 1234 SYN\n"
	    "    h4-->>h0: 6, ?, ? SYN-ACK\n"
	    "    h0-xh2: #42; 7, -, - NEGOTIATE, lost between points 1 and 2\n"
	    "    h4--xh2: -, -, 1235 NEGOTIATE 3.1.1\n"
	    "    h2-->>h0: 8, -, - RST\n"
	    "    Note over h0,h4: 2 rows left out here\n"
	    "    h0-xh4: 9, 35, ? gone\n"
	    "    Note over h0,h4: before each text the frames of the points' captures, - none, ? "
	    "not known\n"
	    "    Note over h0,h4: not known as c.pcapng ends #92;u#123;1b#125; before\n");
	mem_free(drawn);
}
END_TEST

START_TEST(nothing_is_written_of_nothing)
{
	static const struct ladder empty = {.columns = hosts, .column_count = 2};
	char *drawn = draw(&empty);

	ck_assert_str_eq(drawn, "");
	mem_free(drawn);
}
END_TEST

Suite *
ladder_mermaid_suite(void)
{
	Suite *suite = suite_create("ladder_mermaid");
	TCase *tcase = tcase_create("all");

	tcase_add_test(tcase, a_diagram_is_written);
	tcase_add_loop_test(tcase, labels_are_escaped, 0, (int)COUNT(escapes));
	tcase_add_test(tcase, no_label_makes_a_style);
	tcase_add_test(tcase, points_are_participants);
	tcase_add_test(tcase, nothing_is_written_of_nothing);
	suite_add_tcase(suite, tcase);
	return suite;
}
