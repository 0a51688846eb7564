#include "analyzer/conversation/pipeline.h"

#include <check.h>
#include <inttypes.h>

#include "analyzer/base/basics.h"
#include "analyzer/conversation/pipeline_samples.h"

Suite *pipeline_tap_suite(void);

/* Of each packet its frame, and the port of the client and first frame of its conversation. */
static struct text seen;

static void
note(void *state, const struct packet *packet, struct conversation *conversation)
{
	ck_assert_ptr_eq(state, &seen);
	text_add_number(&seen, packet->frame);
	if (conversation != NULL)
		text_addf(&seen, "=%u@%" PRIu64, conversation->facts.client_port,
		    conversation->facts.first_frame);
	text_add_char(&seen, ' ');
}

static const struct packet_tap tap = {.state = &seen, .packet = note};

static void
begin(struct run *run)
{
	const struct pipeline_options options = {
	    .dissectors = &toy_list, .file = "toy.pcapng", .tap = &tap};

	text_clear(&seen);
	*run = (struct run){0};
	run->ledger.arena = &run->arena;
	run->pipeline = pipeline_new(&options, &run->arena, &run->ledger);
}

static void
end(struct run *run)
{
	text_free(&seen);
	seen = (struct text){0};
	end_run(run);
}

/* Every segment, also a copy and one behind the end, and of a new connection on the same ports. */
START_TEST(test_segments)
{
	static const struct sample samples[] = {CONNECT, PAYLOAD(3, CLIENT, 101, 501, "Q33"),
	    PAYLOAD(3, CLIENT, 101, 501, "Q33"), SEGMENT(4, SERVER, RST, 501, 104),
	    SEGMENT(5, CLIENT, ACK, 104, 501), SEGMENT(6, CLIENT, SYN, 9000, 0)};
	struct run run;

	begin(&run);
	feed_all(&run, samples, COUNT(samples));
	ck_assert_str_eq(text_chars(&seen),
	    "1=50000@1 2=50000@1 3=50000@1 4=50000@1 5=50000@1 6=50000@1 7=50000@1 8=50000@8 ");
	end(&run);
}
END_TEST

START_TEST(test_datagrams)
{
	static const struct sample samples[] = {
	    {.from = CLIENT, .payload = "Q33", .ports = {50000, 88}},
	    {.from = SERVER, .payload = "A33", .ports = {50000, 88}},
	    {.from = CLIENT, .payload = "Q33", .ports = {50000, 4000}}};
	struct run run;

	begin(&run);
	for (size_t i = 0; i < COUNT(samples); i++)
		feed(&run, sample_datagram(&samples[i], ++run.frame));
	ck_assert_str_eq(text_chars(&seen), "1=50000@1 2=50000@1 3 ");
	end(&run);
}
END_TEST

/* An error belongs to what it quotes. */
START_TEST(test_errors)
{
	static const struct sample syn = SEGMENT(1, CLIENT, SYN, 100, 0);
	static const struct sample other = {
	    .time = 2, .from = CLIENT, .flags = SYN, .ports = {50001, 445}};
	struct run run;

	begin(&run);
	feed(&run, sample_packet(&syn, 1));
	feed(&run, sample_icmp(&syn, 3, 1, 2));
	feed(&run, sample_icmp(&other, 3, 1, 3));
	ck_assert_str_eq(text_chars(&seen), "1=50000@1 2=50000@1 3 ");
	end(&run);
}
END_TEST

START_TEST(test_other_packets)
{
	struct run run;

	begin(&run);
	feed(&run, (struct packet){.kind = PACKET_ADDRESS, .frame = 1, .time = 1});
	feed(&run, (struct packet){.kind = PACKET_OTHER, .frame = 2, .time = 1});
	ck_assert_str_eq(text_chars(&seen), "1 2 ");
	end(&run);
}
END_TEST

Suite *
pipeline_tap_suite(void)
{
	Suite *suite = suite_create("pipeline_tap");
	TCase *tcase = tcase_create("pipeline_tap");

	tcase_add_test(tcase, test_segments);
	tcase_add_test(tcase, test_datagrams);
	tcase_add_test(tcase, test_errors);
	tcase_add_test(tcase, test_other_packets);
	suite_add_tcase(suite, tcase);
	return suite;
}
