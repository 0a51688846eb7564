#include "analyzer/command/traces.h"

#include <check.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "analyzer/base/text.h"
#include "analyzer/capture/file_for_test.h"

Suite *traces_suite(void);

#define MOST_FILES 8

/* Files in a folder, by name, and when their first packets are; a negative time: no capture. */
struct listing {
	const char *names[MOST_FILES];
	int seconds[MOST_FILES];
	/* Numbers of the files that may be one trace, in their order, and of others: "120 3". */
	const char *chains;
};

static const struct listing listings[] = {
    /* in order of names */
    {{"r.pcap", "r.pcap1", "r.pcap2"}, {1, 2, 3}, "012"},
    /* the ring has wrapped */
    {{"r0", "r1", "r2", "r3"}, {30, 40, 10, 20}, "2301"},
    /* a file is missing */
    {{"r0", "r1", "r3", "r4"}, {1, 2, 4, 5}, "01 23"},
    /* two rings at once, and other files */
    {{"eth0_00001_20261128093000.pcap", "eth0_00002_20261128093001.pcap",
	 "eth1_00001_20261128093000.pcap", "eth1_00002_20261128093001.pcap", "notes", "x.pcap"},
	{1, 3, 2, 4, -1, 5}, "01 23 4 5"},
    /* what is no capture, or has no packet, is nobody's neighbour */
    {{"r0", "r1", "r2"}, {1, -1, 2}, "0 1 2"},
    /* names say so, and times say otherwise */
    {{"r_00001_20261128093000.pcap", "r_00002_20261128093001.pcap"}, {2, 1}, "0 1"},
};

static void
write_file(const char *path, int seconds)
{
	struct image image = {0};
	FILE *file = fopen(path, "w");

	ck_assert_ptr_nonnull(file);
	if (seconds < 0)
		image_bytes(&image, "no capture", 10);
	else
		pcap_header(&image, 0xa1b2c3d4, 1);
	if (seconds >= 0)
		pcap_record(&image, (uint32_t)seconds, 0, 20, 20);
	fwrite(image.bytes, 1, image.length, file);
	fclose(file);
	image_free(&image);
}

/* The chains of all, as the analysis takes them. */
static void
add_chains(struct trace_list *list, struct text *text)
{
	struct trace_member *member;
	const char **paths;
	size_t count;

	for (size_t i = 0; i < list->count; i++)
		while (!list->items[i].is_done) {
			member = traces_first(&list->items[i]);
			count = traces_paths(member, &paths);
			text_add(text, text->length != 0 ? " " : "");
			for (size_t j = 0; j < count; j++, member = member->after) {
				ck_assert_str_eq(paths[j], member->input->path);
				text_addf(text, "%d", (int)(member - list->items));
				member->is_done = true;
			}
			mem_free(paths);
		}
}

START_TEST(test_chains)
{
	const struct listing *listing = &listings[_i];
	char folder[] = "/tmp/smbtriage-test-XXXXXX", path[100];
	struct input_list inputs = {0};
	struct trace_list list = {0};
	struct error error = {0};
	struct text chains = {0};

	ck_assert_ptr_nonnull(mkdtemp(folder));
	for (size_t i = 0; i < MOST_FILES && listing->names[i] != NULL; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, listing->names[i]);
		write_file(path, listing->seconds[i]);
	}
	ck_assert(inputs_add(&inputs, folder, &error));
	for (size_t i = 0; i < inputs.count; i++)
		traces_add(&list, &inputs.items[i]);
	ck_assert_ptr_eq(traces_undone(&list), &list.items[0]);
	traces_link(&list);
	add_chains(&list, &chains);
	ck_assert_str_eq(text_chars(&chains), listing->chains);
	ck_assert_ptr_null(traces_undone(&list));
	for (size_t i = 0; i < inputs.count; i++)
		unlink(inputs.items[i].path);
	rmdir(folder);
	text_free(&chains);
	traces_free(&list);
	inputs_free(&inputs);
}
END_TEST

Suite *
traces_suite(void)
{
	Suite *suite = suite_create("traces");
	TCase *tcase = tcase_create("traces");

	tcase_add_loop_test(tcase, test_chains, 0, COUNT(listings));
	suite_add_tcase(suite, tcase);
	return suite;
}
