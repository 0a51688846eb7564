#include "analyzer/options.h"

#include <check.h>
#include <string.h>

#include "analyzer/base/basics.h"

Suite *options_suite(void);

static enum exit_status
run_nothing(struct settings *settings, struct rule_set *rules)
{
	(void)settings;
	(void)rules;
	return EXIT_DONE;
}

static const struct command some_commands[] = {
    {"analyze", "FILE...", "", run_nothing, true, "text", NULL, WORD_CAPTURE,
	ABOUT_CAPTURES | ABOUT_REPORT | ABOUT_FORMAT},
    {"count", "FILE...", "", run_nothing, true, "text", "text", WORD_CAPTURE,
	ABOUT_CAPTURES | ABOUT_FORMAT},
    {"pair", "FILE...", "", run_nothing, true, "text", "text", WORD_CAPTURE,
	ABOUT_VERDICTS | ABOUT_POINTS},
    {"judge", "FILE...", "", run_nothing, true, "text", "text", WORD_CAPTURE, ABOUT_VERDICTS},
    {"take", "FILE", "", run_nothing, true, "text", "text", WORD_FILE, ABOUT_EVIDENCE},
    {"look", "[WORD]", "", run_nothing, false, "text", "text", WORD_ANY, 0},
    {"--version", NULL, "", run_nothing, false, "text", "text", WORD_NONE, 0},
    {"--help", "[COMMAND]", "", run_nothing, false, "text", "text", WORD_COMMAND, ABOUT_ANYTHING},
    {"-h", "[COMMAND]", NULL, run_nothing, false, "text", "text", WORD_COMMAND, ABOUT_ANYTHING},
};
static const struct command_list commands = {some_commands, COUNT(some_commands)};

/* The words of LINE, which is cut up, between blanks. */
static void
split(char *line, char **ret, size_t most)
{
	size_t count = 0;

	for (char *word = strtok(line, " "); word != NULL; word = strtok(NULL, " ")) {
		ck_assert_uint_lt(count, most - 1);
		ret[count++] = word;
	}
	ret[count] = NULL;
}

/* One line, and what it is to become: the command's name and the operands, or the error. */
static const struct {
	const char *line;
	const char *command; /* NULL: it is refused */
	const char *said;    /* the operands, each with a blank before it; or the error */
} lines[] = {
    {"x.pcap", "analyze", " x.pcap"},
    {"analyze x.pcap y.pcap", "analyze", " x.pcap y.pcap"},
    {"count x.pcap", "count", " x.pcap"},
    {"--filter arp count x.pcap", "count", " x.pcap"},
    {"x.pcap count", "analyze", " x.pcap count"},
    {"./count", "analyze", " ./count"},
    {"-- count --hash", "count", " --hash"},
    {"--sandbox require x.pcap", "analyze", " x.pcap"},
    {"--sandbox on x.pcap", NULL, "--sandbox on: there is no such sandbox; require, auto or off"},
    {"--join never x.pcap", "analyze", " x.pcap"},
    {"--join=auto x.pcap", "analyze", " x.pcap"},
    {"--join all x.pcap", NULL,
	"--join all: files are joined when they are one trace (auto), or never"},
    {"-", "analyze", " -"},
    {"count - x.pcap --filter=arp", "count", " - x.pcap"},
    {"look -1073741715", "look", " -1073741715"},
    {"--version", "--version", ""},
    {"-h", "-h", ""},
    {"count --help", "--help", " count"},
    {"-qh count", "-h", " count"},
    {"--hash -h look", "-h", " look"},
    {"take -o a x", "take", " x"},
    {"take -oa x", "take", " x"},
    {"take -qo a x", "take", " x"},
    {"take -qoqh x", "take", " x"},
    {"judge --vantage client x", "judge", " x"},
    {"pair --vantage client,server x y", "pair", " x y"},
    {"pair --vantage client x --vantage auto,server y", "pair", " x y"},

    {"judge --vantage client,server x", NULL,
	"--vantage: judge takes one place, which is that of all captures; several are for pair"},
    {"judge --vantage client --vantage client x", NULL,
	"--vantage: judge takes one place, which is that of all captures; several are for pair"},
    {"judge --vantage clients x", NULL,
	"--vantage clients: there is no such place; client, server, between, unknown or auto"},
    {"pair --vantage client,srv,auto x", NULL,
	"--vantage srv: there is no such place; client, server, between, unknown or auto"},
    {"pair --vantage client, x", NULL,
	"--vantage : there is no such place; client, server, between, unknown or auto"},
    {"--vantage client x", NULL, "--vantage is not for analyze, but for pair, judge"},
    {"", NULL, "no capture is named; usage: smbtriage analyze [options] FILE..."},
    {"count", NULL, "no capture is named; usage: smbtriage count [options] FILE..."},
    {"- -", NULL, "standard input can be read only once"},
    {"--hash -", NULL, "--hash needs a file; standard input is gone once it is read"},
    {"--version x", NULL, "--version takes nothing more, and there is 'x'"},
    {"--hashes x", NULL, "there is no option --hashes; did you mean --hash?"},
    {"--nothing x", NULL, "there is no option --nothing; see `smbtriage --help`"},
    {"-qz x", NULL, "there is no option -z; see `smbtriage --help`"},
    {"--hash=1 x", NULL, "--hash takes no value"},
    {"--version=1", NULL, "--version takes no value"},
    {"x --filter", NULL, "--filter needs a value: --filter BPF"},
    {"take x -o", NULL, "--output needs a value: --output FILE"},
    {"x --filter=", NULL, "--filter needs a value: --filter BPF"},
    {"count --fail-on error x", NULL, "--fail-on is not for count, but for analyze"},
    {"look --filter arp", NULL, "--filter is not for look, but for analyze, count"},
    {"--hash --version", NULL, "--hash is not for --version, but for analyze"},
    {"count --format ndjson x", NULL, "--format ndjson: count cannot be written so; only as text"},
};

static void
operands_of(const struct settings *settings, char *ret, size_t size)
{
	ret[0] = '\0';
	for (size_t i = 0; i < settings->operand_count; i++) {
		ck_assert_uint_lt(strlen(ret) + strlen(settings->operands[i]) + 1, size);
		strcat(strcat(ret, " "), settings->operands[i]);
	}
}

START_TEST(test_lines)
{
	char line[200], said[200], *words[10];
	struct settings settings;
	struct error error = {0};
	bool is_ok;

	ck_assert_uint_lt(strlen(lines[_i].line), sizeof(line));
	split(strcpy(line, lines[_i].line), words, COUNT(words));
	is_ok = options_parse(&settings, &commands, words, &error);
	if (lines[_i].command != NULL) {
		ck_assert_msg(is_ok, "'%s': %s", lines[_i].line, error.text);
		ck_assert_str_eq(settings.command->name, lines[_i].command);
		operands_of(&settings, said, sizeof(said));
		ck_assert_str_eq(said, lines[_i].said);
	} else {
		ck_assert_msg(!is_ok, "'%s' is taken", lines[_i].line);
		ck_assert_str_eq(error.text, lines[_i].said);
		ck_assert_int_eq(error.status, EXIT_USAGE);
	}
	options_free(&settings);
}
END_TEST

static struct settings
parsed(char *line, char *words[10])
{
	struct settings settings;
	struct error error = {0};

	split(line, words, 10);
	ck_assert_msg(options_parse(&settings, &commands, words, &error), "%s", error.text);
	return settings;
}

START_TEST(test_values_stand_apart_or_not)
{
	char apart[] = "--filter arp x", joined[] = "--filter=a=b x", *words[10];

	ck_assert_str_eq(parsed(apart, words).analysis.filter, "arp");
	ck_assert_str_eq(parsed(joined, words).analysis.filter, "a=b");
}
END_TEST

START_TEST(test_one_place_is_that_of_all)
{
	char said[] = "judge --vantage between x", open[] = "judge --vantage auto x", *words[10];
	struct settings settings = parsed(said, words);

	ck_assert(settings.analysis.has_vantage);
	ck_assert_int_eq(settings.analysis.vantage, VANTAGE_BETWEEN);
	ck_assert(!parsed(open, words).analysis.has_vantage);
}
END_TEST

START_TEST(test_places_are_in_the_order_of_points)
{
	static const struct capture_vantage wanted[] = {{VANTAGE_CLIENT, true},
	    {VANTAGE_UNKNOWN, false}, {VANTAGE_UNKNOWN, true}, {VANTAGE_SERVER, true}};
	char line[] = "pair --vantage client,auto x --vantage unknown,server y", *words[10];
	struct settings settings = parsed(line, words);

	ck_assert_uint_eq(settings.vantage_count, COUNT(wanted));
	for (size_t i = 0; i < COUNT(wanted); i++) {
		ck_assert_int_eq(settings.vantages[i].place, wanted[i].place);
		ck_assert_int_eq(settings.vantages[i].is_said, wanted[i].is_said);
	}
	ck_assert(!settings.analysis.has_vantage);
}
END_TEST

/* As many as there may be, and one more. */
START_TEST(test_places_are_bounded)
{
	char line[16 + (OPTIONS_MOST_LISTED + 1) * sizeof("auto,")] = "pair x --vantage auto";
	char *words[10];
	struct settings settings;
	struct error error = {0};

	for (size_t i = 1; i < OPTIONS_MOST_LISTED + (size_t)_i; i++)
		strcat(line, ",auto");
	split(line, words, COUNT(words));
	ck_assert_int_eq(options_parse(&settings, &commands, words, &error), _i == 0);
	if (_i != 0)
		ck_assert_str_eq(error.text, "--vantage: at most 64 places");
}
END_TEST

START_TEST(test_letters)
{
	char both[] = "-qv x", other[] = "-v -q x", none[] = "x", *words[10];

	ck_assert_int_eq(parsed(both, words).log_level, LOG_VERBOSE);
	ck_assert_int_eq(parsed(other, words).log_level, LOG_QUIET);
	ck_assert_int_eq(parsed(none, words).log_level, LOG_NORMAL);
}
END_TEST

/* What every row must have so that help and completions can be made of it. */
START_TEST(test_table)
{
	for (size_t i = 0; i < all_option_count; i++) {
		const struct option *option = &all_options[i];

		ck_assert_msg(strncmp(option->name, "--", 2) == 0, "%s", option->name);
		ck_assert_msg((option->argument == NULL) == (option->kind == WORD_NONE),
		    "%s: a value and its kind go together", option->name);
		ck_assert_msg(option->about != 0, "%s is for no command", option->name);
		ck_assert_msg(option->sentence[strlen(option->sentence) - 1] != '.',
		    "%s: no full stop in a list", option->name);
		for (size_t j = 0; j < i; j++)
			ck_assert_msg(
			    strcmp(option->name, all_options[j].name) != 0 &&
				(option->letter == 0 || option->letter != all_options[j].letter),
			    "%s and %s are the same", option->name, all_options[j].name);
	}
}
END_TEST

Suite *
options_suite(void)
{
	Suite *suite = suite_create("options");
	TCase *tcase = tcase_create("options");

	tcase_add_loop_test(tcase, test_lines, 0, COUNT(lines));
	tcase_add_test(tcase, test_values_stand_apart_or_not);
	tcase_add_test(tcase, test_one_place_is_that_of_all);
	tcase_add_test(tcase, test_places_are_in_the_order_of_points);
	tcase_add_loop_test(tcase, test_places_are_bounded, 0, 2);
	tcase_add_test(tcase, test_letters);
	tcase_add_test(tcase, test_table);
	suite_add_tcase(suite, tcase);
	return suite;
}
