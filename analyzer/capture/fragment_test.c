#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/base/addr.h"
#include "analyzer/base/basics.h"
#include "analyzer/capture/fragment.h"

Suite *fragment_suite(void);

#define SECOND INT64_C(1000000000)

static struct fragments *store;
static struct fragment_whole whole;

static void
set_up(void)
{
	store = fragments_new();
	whole = (struct fragment_whole){0};
}

static void
tear_down(void)
{
	fragments_free(store);
}

/* A fragment of datagram ID whose bytes are TEXT, at OFFSET; from a heap block of its own size. */
static bool
add_at(uint32_t id, uint32_t offset, const char *text, bool has_more, int64_t time)
{
	const uint8_t src[4] = {10, 0, 0, 1}, dst[4] = {10, 0, 0, 2};
	struct fragment fragment = {
	    .key = {.src = addr_ipv4(src), .dst = addr_ipv4(dst), .id = id, .protocol = 6},
	    .offset = offset,
	    .has_more = has_more,
	    .protocol = 6,
	    .length = strlen(text),
	    .time = time,
	    .has_time = true,
	};
	uint8_t *bytes = malloc(fragment.length + !fragment.length);
	bool is_whole;

	memcpy(bytes, text, fragment.length);
	fragment.bytes = bytes;
	is_whole = fragments_add(store, &fragment, &whole);
	free(bytes);
	return is_whole;
}

static bool
add(uint32_t id, uint32_t offset, const char *text, bool has_more)
{
	return add_at(id, offset, text, has_more, 0);
}

static void
is_text(const char *text)
{
	ck_assert_uint_eq(whole.length, strlen(text));
	ck_assert_mem_eq(whole.bytes, text, strlen(text));
}

/* All orders of four fragments. */
START_TEST(joins_in_every_order)
{
	static const struct {
		uint32_t offset;
		const char *text;
	} parts[] = {{0, "aaaaaaaa"}, {8, "bbbbbbbb"}, {16, "cccccccc"}, {24, "dd"}};
	int order[4] = {_i & 3, _i >> 2 & 3, _i >> 4 & 3, _i >> 6 & 3}, seen = 0;

	for (int i = 0; i < 4; i++)
		seen |= 1 << order[i];
	if (seen != 15)
		return;
	for (int i = 0; i < 4; i++)
		ck_assert(add(1, parts[order[i]].offset, parts[order[i]].text, order[i] != 3) ==
			  (i == 3));
	is_text("aaaaaaaabbbbbbbbccccccccdd");
	ck_assert_uint_eq(fragments_incomplete(store), 0);
}
END_TEST

/* What Wireshark shows of the same fragments. */
static const struct overlap {
	const char *name;
	struct {
		uint32_t offset;
		const char *text;
		bool has_more;
	} parts[4];
	const char *joined; /* by the last part, and not before */
	bool is_contested;
} overlaps[] = {
    {"the same twice", {{0, "aaaaaaaa", true}, {0, "aaaaaaaa", true}, {8, "bb", false}},
	"aaaaaaaabb", false},
    {"the first at an offset wins", {{0, "aaaaaaaa", true}, {0, "AAAAAAAA", true}, {8, "b", false}},
	"aaaaaaaab", true},
    {"the lower offset wins, though it comes later",
	{{8, "BBBBBBBB", true}, {0, "aaaaaaaaaaaa", true}, {16, "c", false}}, "aaaaaaaaaaaaBBBBc",
	true},
    {"the lower offset wins, and comes first",
	{{0, "aaaaaaaaaaaa", true}, {8, "BBBBBBBB", true}, {16, "c", false}}, "aaaaaaaaaaaaBBBBc",
	true},
    {"inside another", {{0, "aaaaaaaaaaaaaaaa", true}, {8, "B", true}, {16, "c", false}},
	"aaaaaaaaaaaaaaaac", true},
    {"beyond the end", {{16, "xxxxxxxx", true}, {0, "aaaaaaaa", true}, {8, "b", false}},
	"aaaaaaaab", false},
    {"across the end", {{8, "bbbbbbbb", true}, {8, "c", false}, {0, "aaaaaaaa", true}}, "aaaaaaaab",
	true},
    {"the first end counts", {{8, "bb", false}, {8, "bbbb", false}, {0, "aaaaaaaa", true}},
	"aaaaaaaabb", false},
};

START_TEST(joins_overlaps)
{
	const struct overlap *overlap = &overlaps[_i];

	for (int i = 0; overlap->parts[i].text != NULL; i++)
		ck_assert_msg(
		    add(1, overlap->parts[i].offset, overlap->parts[i].text,
			overlap->parts[i].has_more) == (overlap->parts[i + 1].text == NULL),
		    "%s: part %d", overlap->name, i);
	is_text(overlap->joined);
	ck_assert_int_eq(whole.is_contested, overlap->is_contested);
	ck_assert_uint_eq(fragments_contested(store), overlap->is_contested);
	ck_assert_uint_eq(fragments_incomplete(store), 0);
}
END_TEST

START_TEST(keeps_datagrams_apart)
{
	ck_assert(!add(1, 0, "aaaaaaaa", true));
	ck_assert(!add(2, 0, "AAAAAAAA", true));
	ck_assert(add(2, 8, "BB", false));
	is_text("AAAAAAAABB");
	ck_assert_uint_eq(fragments_incomplete(store), 1);
	ck_assert(add(1, 8, "bb", false));
	is_text("aaaaaaaabb");
	ck_assert_uint_eq(fragments_incomplete(store), 0);
}
END_TEST

/* Both stay readable until they are released: a tunnel's datagram may complete another inside. */
START_TEST(delivers_more_than_one)
{
	const uint8_t *first;

	ck_assert(!add(1, 0, "aaaaaaaa", true));
	ck_assert(!add(2, 0, "AAAAAAAA", true));
	ck_assert(add(1, 8, "b", false));
	first = whole.bytes;
	ck_assert(add(2, 8, "B", false));
	is_text("AAAAAAAAB");
	ck_assert_mem_eq(first, "aaaaaaaab", 9);
	fragments_release(store);
}
END_TEST

/* A mirror port that sends everything twice leaves half a datagram behind each whole one. */
START_TEST(duplicates_are_not_incomplete)
{
	ck_assert(!add(1, 0, "aaaaaaaa", true));
	ck_assert(!add(1, 0, "aaaaaaaa", true));
	ck_assert(add(1, 8, "b", false));
	ck_assert(!add(1, 8, "b", false));
	ck_assert_uint_eq(fragments_incomplete(store), 0);
	ck_assert(!add_at(2, 0, "a", true, 61 * SECOND));
	ck_assert_uint_eq(fragments_incomplete(store), 1);
}
END_TEST

START_TEST(gives_up_after_a_minute_of_packet_time)
{
	ck_assert(!add_at(1, 0, "aaaaaaaa", true, 0));
	ck_assert(!add_at(2, 0, "aaaaaaaa", true, 1 * SECOND));
	ck_assert(!add_at(3, 0, "aaaaaaaa", true, 60 * SECOND + 1));
	ck_assert(!add_at(1, 8, "b", false, 60 * SECOND + 1));
	ck_assert(add_at(2, 8, "b", false, 60 * SECOND + 1));
	ck_assert_uint_eq(fragments_incomplete(store), 3); /* 1, its rest, and 3 */
}
END_TEST

START_TEST(bounds_the_datagrams)
{
	for (uint32_t id = 0; id < FRAGMENT_DATAGRAMS_MOST; id++)
		ck_assert(!add(id, 0, "aaaaaaaa", true));
	ck_assert(!add(FRAGMENT_DATAGRAMS_MOST, 0, "aaaaaaaa", true));
	ck_assert(!add(0, 8, "b", false)); /* the oldest went */
	ck_assert(add(FRAGMENT_DATAGRAMS_MOST, 8, "b", false));
	ck_assert(add(2, 8, "b", false));
	ck_assert_uint_eq(fragments_incomplete(store), FRAGMENT_DATAGRAMS_MOST);
}
END_TEST

START_TEST(bounds_the_bytes)
{
	enum { LENGTH = 65000 };
	uint32_t most = FRAGMENT_BYTES_MOST / LENGTH;
	char *text = calloc(LENGTH + 1, 1);

	memset(text, 'a', LENGTH);
	for (uint32_t id = 0; id < most; id++)
		ck_assert(!add(id, 0, text, true));
	ck_assert_uint_eq(fragments_incomplete(store), most);
	ck_assert(!add(most, 0, text, true));
	ck_assert(!add(0, LENGTH, "b", false));
	ck_assert(add(2, LENGTH, "b", false));
	free(text);
}
END_TEST

START_TEST(bounds_the_pieces)
{
	for (uint32_t i = 0; i < FRAGMENT_PIECES_MOST; i++)
		ck_assert(!add(1, 8 * (i + 1), "aaaaaaaa", true));
	ck_assert_uint_eq(fragments_incomplete(store), 1);
	ck_assert(!add(1, 0, "aaaaaaaa", true)); /* one too many: the datagram is given up */
	ck_assert_uint_eq(fragments_incomplete(store), 1);
	ck_assert(!add(1, 8, "a", false)); /* a new one begins */
	ck_assert_uint_eq(fragments_incomplete(store), 2);
}
END_TEST

START_TEST(refuses_what_no_datagram_can_hold)
{
	ck_assert(!add(1, 0, "", true));
	ck_assert(!add(1, 65528, "aaaaaaaa", false)); /* 65,536: the ping of death */
	ck_assert_uint_eq(fragments_incomplete(store), 0);
	ck_assert(!add(1, 65528, "aaaaaaa", false));
	ck_assert_uint_eq(fragments_incomplete(store), 1);
}
END_TEST

Suite *
fragment_suite(void)
{
	Suite *suite = suite_create("fragment");
	TCase *tcase = tcase_create("fragment");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, joins_in_every_order, 0, 256);
	tcase_add_loop_test(tcase, joins_overlaps, 0, COUNT(overlaps));
	tcase_add_test(tcase, keeps_datagrams_apart);
	tcase_add_test(tcase, delivers_more_than_one);
	tcase_add_test(tcase, duplicates_are_not_incomplete);
	tcase_add_test(tcase, gives_up_after_a_minute_of_packet_time);
	tcase_add_test(tcase, bounds_the_datagrams);
	tcase_add_test(tcase, bounds_the_bytes);
	tcase_add_test(tcase, bounds_the_pieces);
	tcase_add_test(tcase, refuses_what_no_datagram_can_hold);
	suite_add_tcase(suite, tcase);
	return suite;
}
