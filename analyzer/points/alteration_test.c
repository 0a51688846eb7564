#include "analyzer/points/alteration.h"

#include <check.h>

#include "analyzer/points/road_samples.h"

Suite *alteration_suite(void);

/* What dissectors would read of a toy message. */
struct toy_read {
	struct exchange base;
	struct number word, late, passing, frame, nameless;
	const char *text;
};

#define READ(member) .offset = offsetof(struct toy_read, member)

static const struct field read_fields[] = {
    {"word", FIELD_NUMBER, .filter = "toy.word", READ(word)},
    {"text", FIELD_TEXT, .filter = "toy.text", READ(text)},
    {"late", FIELD_NUMBER, .filter = "toy.late", .is_late = true, READ(late)},
    {"passing", FIELD_NUMBER, .filter = "toy.passing", .is_passing = true, READ(passing)},
    {"frame", FIELD_NUMBER, NOTATION_FRAME, .filter = "frame.number", READ(frame)},
    {"nameless", FIELD_NUMBER, READ(nameless)},
};
static const struct exchange_type read_type = {.name = "toy",
    .size = sizeof(struct toy_read),
    .fields = read_fields,
    .field_count = COUNT(read_fields)};

/* The toy exchange of capture VIEW is one of which these were read. */
static struct toy_read *
read_at(struct road *road, size_t view)
{
	struct exchange *exchange = exchange_at(road, view, "toy");
	struct ledger *ledger = &road->views[view].run.ledger;
	struct toy_read *made = ARENA_NEW(&road->arena, struct toy_read);

	made->base = *exchange;
	made->base.type = &read_type;
	for (size_t i = 0; i < ledger->count; i++)
		if (ledger->items[i] == exchange)
			ledger->items[i] = &made->base;
	return made;
}

/* A session; from capture ALTERED on, the request says something else. */
static void
converse(struct road *road, size_t count, size_t altered)
{
	begin(road, count);
	controls(road);
	renumber(road, count - 1, 7000, 90000);
	walk_all(road, opening, COUNT(opening));
	for (size_t i = altered; i < count; i++)
		road->views[i].rewritten = "Q65xyz";
	walk(road, &request, count);
	walk(road, &answer, count);
	gather(road);
}

static void
check_altered(const struct road *road, const char *altered, const char *after, const char *before)
{
	const struct crossing *crossing = crossing_at(road, 0, "toy");

	check_text(crossing->altered, altered);
	check_text(crossing->altered_after, after);
	check_text(crossing->altered_before, before);
}

/* Between which points, by number, and of which messages it is known. */
static void
check_changed(const struct road *road, size_t after, size_t before, bool is_request, bool is_answer)
{
	const struct crossing *crossing = crossing_at(road, 0, "toy");

	ck_assert_uint_eq(crossing->changed.after, after);
	ck_assert_uint_eq(crossing->changed.before, before);
	ck_assert_int_eq(crossing->is_request_changed, is_request);
	ck_assert_int_eq(crossing->is_answer_changed, is_answer);
}

START_TEST(an_altered_request_is_altered_between_neighbours)
{
	size_t count = ways[_i].count, reach = ways[_i].reach;
	struct road road = {0};

	converse(&road, count, reach);
	for (size_t i = 0; i < count; i++) {
		struct toy_read *made = read_at(&road, i);

		made->word = known(i < reach ? 5 : 6);
		made->text = i < reach ? "abc" : "xyz";
	}
	crossings_link(&road.path, &road.arena);
	check_altered(&road, "word 5 -> 6; text abc -> xyz", file_of(count, reach - 1),
	    file_of(count, reach));
	check_changed(&road, reach - 1, reach, true, false);
	end(&road);
}
END_TEST

START_TEST(bytes_in_no_field_are_told_of)
{
	struct road road = {0};

	converse(&road, 2, 1);
	for (size_t i = 0; i < 2; i++)
		read_at(&road, i)->word = known(5);
	crossings_link(&road.path, &road.arena);
	check_altered(&road, "bytes that are in no field that is read", files[0], files[2]);
	end(&road);
}
END_TEST

START_TEST(what_no_message_carried_is_not_compared)
{
	struct road road = {0};

	converse(&road, 2, 1);
	for (size_t i = 0; i < 2; i++) {
		struct toy_read *made = read_at(&road, i);

		made->late = made->passing = made->frame = made->nameless = known(i);
		made->word = known(10 + i);
	}
	crossings_link(&road.path, &road.arena);
	check_altered(&road, "word 10 -> 11", files[0], files[2]);
	end(&road);
}
END_TEST

/* A field that a device takes out. */
START_TEST(a_value_may_be_taken_out)
{
	struct road road = {0};

	converse(&road, 2, 1);
	read_at(&road, 0)->word = known(5);
	read_at(&road, 1);
	crossings_link(&road.path, &road.arena);
	check_altered(&road, "word 5 -> nothing", files[0], files[2]);
	end(&road);
}
END_TEST

START_TEST(an_answer_may_be_the_altered_one)
{
	static const struct sample other = PAYLOAD(10200, SERVER, 501, 107, "A43y");
	struct road road = {0};

	begin(&road, 2);
	controls(&road);
	walk_all(&road, opening, COUNT(opening));
	walk(&road, &request, 2);
	point_see(&road.views[1], answer, 0, 0);
	point_see(&road.views[0], other, 1, 0);
	gather(&road);
	for (size_t i = 0; i < 2; i++)
		read_at(&road, i)->word = known(5 + i);
	crossings_link(&road.path, &road.arena);
	check_altered(&road, "word 5 -> 6", files[0], files[2]);
	check_changed(&road, 0, 1, false, true);
	end(&road);
}
END_TEST

/* Where the bytes are the same, what was read of them otherwise is no device's doing. */
START_TEST(the_same_bytes_are_not_altered)
{
	struct road road = {0};

	converse(&road, 2, 2);
	for (size_t i = 0; i < 2; i++)
		read_at(&road, i)->word = known(i);
	crossings_link(&road.path, &road.arena);
	check_altered(&road, NULL, NULL, NULL);
	end(&road);
}
END_TEST

/* Cut into other segments, only what was read of them can be compared. */
START_TEST(other_segments_are_compared_by_their_fields)
{
	static const struct sample pieces[] = {
	    PAYLOAD(10100, CLIENT, 101, 501, "Q65"), PAYLOAD(10100, CLIENT, 104, 501, "abc")};
	struct road road = {0};

	begin(&road, 2);
	walk_all(&road, opening, COUNT(opening));
	point_see(&road.views[0], request, 0, 0);
	for (size_t i = 0; i < COUNT(pieces); i++)
		point_see(&road.views[1], pieces[i], 1, 0);
	walk(&road, &answer, 2);
	gather(&road);
	for (size_t i = 0; i < 2; i++)
		read_at(&road, i)->word = known(_i == 0 ? 5 : 5 + i);
	crossings_link(&road.path, &road.arena);
	if (_i == 0)
		check_altered(&road, NULL, NULL, NULL);
	else
		check_altered(&road, "word 5 -> 6", files[0], files[2]);
	check_changed(&road, 0, _i == 0 ? 0 : 1, false, false);
	end(&road);
}
END_TEST

/* What one of both captures lacks of an exchange of which the other has all. */
enum lack {
	BYTES,
	A_LEG,
	THE_LAST_ANSWER,
};

static void
lack_at(struct road *road, enum lack lack)
{
	struct toy_read *made = read_at(road, 1);

	made->word = known(6);
	made->base.is_cut = lack == BYTES;
	if (lack != A_LEG)
		exchange_add_leg(&road->arena, &made->base, CLIENT, 1, 0, NULL);
	if (lack == THE_LAST_ANSWER) {
		made->base.answer_start -= 1;
		made->base.answer_end -= 1;
	}
}

/* Nothing that was read of it is altered then; and of bytes that differ, they alone. */
START_TEST(what_a_capture_lacks_nobody_altered)
{
	static const struct sample pieces[] = {
	    PAYLOAD(10100, CLIENT, 101, 501, "Q65"), PAYLOAD(10100, CLIENT, 104, 501, "abc")};
	struct road road = {0};
	struct toy_read *made;

	begin(&road, 2);
	walk_all(&road, opening, COUNT(opening));
	point_see(&road.views[0], request, 0, 0);
	for (size_t i = 0; i < COUNT(pieces); i++)
		point_see(&road.views[1], pieces[i], 1, 0);
	walk(&road, &answer, 2);
	gather(&road);
	made = read_at(&road, 0);
	made->word = known(5);
	exchange_add_leg(&road.arena, &made->base, CLIENT, 1, 0, NULL);
	lack_at(&road, (enum lack)_i);
	crossings_link(&road.path, &road.arena);
	check_altered(&road, NULL, NULL, NULL);
	end(&road);
}
END_TEST

START_TEST(of_what_a_capture_lacks_bytes_alone_are_altered)
{
	struct road road = {0};
	struct toy_read *made;

	converse(&road, 2, 1);
	made = read_at(&road, 0);
	made->word = known(5);
	exchange_add_leg(&road.arena, &made->base, CLIENT, 1, 0, NULL);
	lack_at(&road, (enum lack)_i);
	crossings_link(&road.path, &road.arena);
	check_altered(
	    &road, "bytes of what one of both captures does not have whole", files[0], files[2]);
	end(&road);
}
END_TEST

/* A request over UDP, as often as ASKED says, and its answer, which is another one at the client.
 */
static void
ask(struct road *road, uint32_t retransmissions)
{
	static const struct sample question = DATAGRAM(10000, CLIENT, "Q65abc");
	static const struct sample told = DATAGRAM(10010, SERVER, "A43x");
	static const struct sample other = DATAGRAM(10010, SERVER, "A43y");

	begin(road, 2);
	controls(road);
	walk(road, &question, 2);
	point_see(&road->views[1], told, 0, 7);
	point_see(&road->views[0], other, 1, 7);
	gather(road);
	for (size_t i = 0; i < 2; i++) {
		struct toy_read *made = read_at(road, i);

		made->word = known(5 + i);
		made->base.retransmissions = retransmissions;
	}
	crossings_link(&road->path, &road->arena);
}

START_TEST(an_altered_answer_over_udp_is_seen)
{
	struct road road = {0};

	ask(&road, 0);
	check_altered(&road, "word 5 -> 6", files[0], files[2]);
	end(&road);
}
END_TEST

/* Then the server may have answered in other bytes each time, and one of the answers is lacking. */
START_TEST(of_requests_sent_again_no_answer_is_altered)
{
	struct road road = {0};

	ask(&road, 1);
	check_altered(&road, NULL, NULL, NULL);
	end(&road);
}
END_TEST

Suite *
alteration_suite(void)
{
	Suite *suite = suite_create("alteration");
	TCase *tcase = tcase_create("alteration");

	tcase_add_loop_test(
	    tcase, an_altered_request_is_altered_between_neighbours, 0, COUNT(ways));
	tcase_add_test(tcase, bytes_in_no_field_are_told_of);
	tcase_add_test(tcase, what_no_message_carried_is_not_compared);
	tcase_add_test(tcase, a_value_may_be_taken_out);
	tcase_add_test(tcase, an_answer_may_be_the_altered_one);
	tcase_add_test(tcase, the_same_bytes_are_not_altered);
	tcase_add_loop_test(tcase, other_segments_are_compared_by_their_fields, 0, 2);
	tcase_add_loop_test(tcase, what_a_capture_lacks_nobody_altered, 0, THE_LAST_ANSWER + 1);
	tcase_add_loop_test(
	    tcase, of_what_a_capture_lacks_bytes_alone_are_altered, 0, THE_LAST_ANSWER + 1);
	tcase_add_test(tcase, an_altered_answer_over_udp_is_seen);
	tcase_add_test(tcase, of_requests_sent_again_no_answer_is_altered);
	suite_add_tcase(suite, tcase);
	return suite;
}
