#include "analyzer/capture/libpcap.h"

#include <glob.h>
#include <pcap/pcap.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/stderr_for_test.h"
#include "analyzer/capture/file_for_test.h"

Suite *libpcap_suite(void);

/* An ARP request of 28 bytes after an Ethernet header. */
static const uint8_t arp[] = {
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 1, 0x08, 0x06, /* Ethernet: ARP */
    0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0, 0, 0, 1, 10, 0, 0, 5,            /* sender 10.0.0.5 */
    0, 0, 0, 0, 0, 0, 10, 0, 0, 9,                                    /* target 10.0.0.9 */
};

/* An IPv4 header without anything, 10.0.0.5 to 10.0.0.9. */
static const uint8_t ip[] = {
    0x45,
    0,
    0,
    20,
    0,
    0,
    0,
    0,
    64,
    6,
    0,
    0,
    10,
    0,
    0,
    5,
    10,
    0,
    0,
    9,
};

static bool
passes(struct libpcap_filter *filter, uint16_t link_type, const uint8_t *bytes, uint32_t length)
{
	struct record record = {
	    .bytes = bytes,
	    .captured = length,
	    .length = length,
	    .link_type = link_type,
	    .is_packet = true,
	};

	return libpcap_filter_passes(filter, &record);
}

START_TEST(filters_each_link_type)
{
	struct error error = {0};
	struct libpcap_filter *filter = libpcap_filter_new("host 10.0.0.5", 1, &error);

	ck_assert_ptr_nonnull(filter);
	ck_assert(passes(filter, 1, arp, sizeof(arp)));
	ck_assert(passes(filter, 101, ip, sizeof(ip))); /* LINKTYPE_RAW is DLT_RAW, 12 */
	ck_assert(passes(filter, 228, ip, sizeof(ip))); /* LINKTYPE_IPV4 */
	ck_assert(!passes(filter, 1, ip, sizeof(ip)));
	ck_assert(!passes(filter, 101, ip, 12)); /* the address is cut off */
	libpcap_filter_free(filter);
}
END_TEST

/* "ether" means nothing on raw IP: its packets do not pass, and nothing breaks. */
START_TEST(passes_none_where_the_filter_means_nothing)
{
	struct error error = {0};
	struct libpcap_filter *filter =
	    libpcap_filter_new("ether src 02:00:00:00:00:01", 1, &error);

	ck_assert_ptr_nonnull(filter);
	ck_assert(!passes(filter, 101, ip, sizeof(ip)));
	ck_assert(!passes(filter, 101, ip, sizeof(ip)));
	ck_assert(passes(filter, 1, arp, sizeof(arp)));
	libpcap_filter_free(filter);
}
END_TEST

/* The last warning says what is left out from there on, and there is no further one. */
START_TEST(bounds_link_types)
{
	static char said[16384];
	struct error error = {0};
	struct libpcap_filter *filter = libpcap_filter_new("len > 0", 1, &error);
	const char *last;

	ck_assert_ptr_nonnull(filter);
	catch_stderr();
	for (unsigned i = 10000; i < 10100; i++)
		passes(filter, (uint16_t)i, ip, sizeof(ip));
	release_stderr(said, sizeof(said));
	ck_assert(passes(filter, 1, arp, sizeof(arp)));
	last = strstr(said, "link type 10062: ");
	ck_assert_ptr_nonnull(last);
	last = strchr(last, '\n');
	ck_assert_str_eq(
	    last, "\nsmbtriage: --filter 'len > 0' takes no packets of more than 64 link types\n");
	libpcap_filter_free(filter);
}
END_TEST

START_TEST(refuses_what_is_no_filter)
{
	struct error error = {0};

	ck_assert_ptr_null(libpcap_filter_new("host host", 1, &error));
	ck_assert_int_eq(error.status, EXIT_USAGE);
	ck_assert_ptr_nonnull(strstr(error.text, "'host host'"));
	ck_assert_ptr_nonnull(strstr(error.text, "syntax error"));
}
END_TEST

static const struct {
	uint32_t link_type;
	const char *name;
} names[] = {
    {0, "NULL"},
    {1, "EN10MB"},
    {101, "RAW"},
    {113, "LINUX_SLL"},
    {228, "IPV4"},
    {65000, "LINKTYPE_65000"},
    {0x10001, "LINKTYPE_65537"},
};

START_TEST(names_link_types)
{
	struct arena arena = {0};

	ck_assert_str_eq(source_link_type_name(names[_i].link_type, &arena), names[_i].name);
	arena_free(&arena);
}
END_TEST

/* Kuznetzov's pcap has eight bytes more per record; libpcap reads it for us. */
static void
make_modified(struct image *image)
{
	pcap_header(image, 0xa1b2cd34, 101);
	for (uint32_t i = 1; i <= 3; i++) {
		image_u32(image, i);
		image_u32(image, 5);
		image_u32(image, 20);
		image_u32(image, 1500);
		image_u64(image, 0); /* interface, protocol, packet type, padding */
		image_bytes(image, ip, sizeof(ip));
	}
}

START_TEST(reads_other_savefiles)
{
	struct image image = {0};
	struct arena arena = {0};
	struct record records[2];
	struct source *source;

	make_modified(&image);
	source = open_image(&image, &arena);
	ck_assert_str_eq(source_facts(source)->format, "modified pcap");
	for (uint64_t frame = 1; frame <= 3; frame++) {
		ck_assert_uint_eq(source_read(source, records, 2), 1);
		ck_assert_uint_eq(records[0].frame, frame);
		ck_assert_uint_eq(records[0].captured, 20);
		ck_assert_uint_eq(records[0].length, 1500);
		ck_assert_uint_eq(records[0].link_type, 101);
		ck_assert_int_eq(records[0].time, (int64_t)frame * 1000000000 + 5000);
		ck_assert_mem_eq(records[0].bytes, ip, sizeof(ip));
	}
	ck_assert_uint_eq(source_read(source, records, 2), 0);
	ck_assert_ptr_null(source_facts(source)->damage);
	source_close(source);
	image_free(&image);
	arena_free(&arena);
}
END_TEST

START_TEST(reports_cut_savefiles)
{
	struct image image = {0};
	struct arena arena = {0};
	struct source *source;

	make_modified(&image);
	image.length -= 3;
	source = open_image(&image, &arena);
	ck_assert_uint_eq(read_all(source), 2);
	ck_assert_ptr_nonnull(source_facts(source)->damage);
	ck_assert_ptr_nonnull(strstr(source_facts(source)->damage, "after frame 2: truncated"));
	source_close(source);
	image_free(&image);
	arena_free(&arena);
}
END_TEST

/* Of USB transfers, whose packets may have 128 MiB. */
START_TEST(stops_at_a_savefile_record_beyond_its_share)
{
	static const struct {
		uint32_t captured;
		size_t max_memory, records;
	} records[] = {{60000, 1 << 20, 3}, {200000, 1 << 20, 0}, {200000, 4 << 20, 3}};
	struct image image = {0};
	struct arena arena = {0};
	size_t before = mem_used();
	struct source *source;

	pcap_header(&image, 0xa1b2cd34, 249);
	for (uint32_t i = 1; i <= 3; i++) {
		image_u32(&image, i);
		image_u32(&image, 5);
		image_u32(&image, records[_i].captured);
		image_u32(&image, records[_i].captured);
		image_u64(&image, 0);
		image_pattern(&image, 3, records[_i].captured);
	}
	source = open_image_within(&image, records[_i].max_memory, &arena);
	ck_assert_uint_eq(read_all(source), records[_i].records);
	ck_assert_pstr_eq(source_facts(source)->damage,
	    records[_i].records != 0 ? NULL
				     : "after frame 0: the next record takes more than its share; "
				       "--max-memory 2G allows it");
	source_close(source);
	image_free(&image);
	arena_free(&arena);
	ck_assert_uint_eq(mem_used(), before);
}
END_TEST

/* LINKTYPE_USB_LINUX, _USB_LINUX_MMAPPED, NFLOG and PPI: libpcap rewrites parts of the bytes. */
static bool
is_rewritten(int dlt)
{
	return dlt == 189 || dlt == 220 || dlt == DLT_NFLOG || dlt == DLT_PPI;
}

/* libpcap cuts what is longer than the snap length of the file; Wireshark and we do not. Before
 * 1970 it takes the seconds for negative, we for after 2038. */
static void
compare_record(const char *path, pcap_t *theirs, const struct pcap_pkthdr *header,
    const uint8_t *bytes, const struct record *record)
{
	uint32_t most = (uint32_t)pcap_snapshot(theirs);
	uint32_t captured = record->captured < most ? record->captured : most;
	int64_t time = (int64_t)header->ts.tv_sec * 1000000000 + header->ts.tv_usec;

	ck_assert_msg(header->caplen == captured && header->len == record->length,
	    "%s: frame %lu: %u of %u, libpcap: %u of %u", path, (unsigned long)record->frame,
	    record->captured, record->length, header->caplen, header->len);
	ck_assert_msg(!record->has_time || time == record->time || header->ts.tv_sec < 0,
	    "%s: frame %lu: time", path, (unsigned long)record->frame);
	ck_assert_msg(
	    is_rewritten(pcap_datalink(theirs)) || memcmp(bytes, record->bytes, captured) == 0,
	    "%s: frame %lu: bytes", path, (unsigned long)record->frame);
}

/* As long as libpcap can read: same packets, times and lengths. True when it could open PATH. */
static bool
compare_file(const char *path)
{
	char words[PCAP_ERRBUF_SIZE];
	pcap_t *theirs =
	    pcap_open_offline_with_tstamp_precision(path, PCAP_TSTAMP_PRECISION_NANO, words);
	struct arena arena = {0};
	struct error error = {0};
	struct pcap_pkthdr *header;
	const uint8_t *bytes;
	struct source *ours;
	struct record record;
	int result;

	if (theirs == NULL)
		return false;
	if (pcap_datalink(theirs) > UINT16_MAX) { /* an impossible one, which Wireshark refuses */
		pcap_close(theirs);
		return true;
	}
	ours = source_open(path, NULL, &arena, &error);
	ck_assert_msg(ours != NULL, "%s", error.text);
	while ((result = pcap_next_ex(theirs, &header, &bytes)) == 1) {
		do
			ck_assert_msg(source_read(ours, &record, 1) == 1, "%s: too few", path);
		while (!record.is_packet);
		compare_record(path, theirs, header, bytes, &record);
	}
	if (result == PCAP_ERROR_BREAK)
		ck_assert_msg(
		    source_read(ours, &record, 1) == 0 || !record.is_packet, "%s: too many", path);
	pcap_close(theirs);
	source_close(ours);
	arena_free(&arena);
	return true;
}

START_TEST(agrees_with_libpcap)
{
	static const char *const patterns[] = {"fixtures/captures/*", "../shared/captures/*"};
	glob_t found = {0};
	size_t opened = 0;

	ck_assert_int_ne(glob(patterns[_i], 0, NULL, &found), GLOB_ABORTED);
	for (size_t i = 0; i < found.gl_pathc; i++)
		opened += compare_file(found.gl_pathv[i]);
	ck_assert_msg(
	    opened != 0 || found.gl_pathc == 0, "libpcap opened none of %s", patterns[_i]);
	globfree(&found);
}
END_TEST

Suite *
libpcap_suite(void)
{
	Suite *suite = suite_create("libpcap");
	TCase *tcase = tcase_create("libpcap");

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, filters_each_link_type);
	tcase_add_test(tcase, passes_none_where_the_filter_means_nothing);
	tcase_add_test(tcase, bounds_link_types);
	tcase_add_test(tcase, refuses_what_is_no_filter);
	tcase_add_loop_test(tcase, names_link_types, 0, (int)(COUNT(names)));
	tcase_add_test(tcase, reads_other_savefiles);
	tcase_add_test(tcase, reports_cut_savefiles);
	tcase_add_loop_test(tcase, stops_at_a_savefile_record_beyond_its_share, 0, 3);
	tcase_add_loop_test(tcase, agrees_with_libpcap, 0, 2);
	suite_add_tcase(suite, tcase);
	return suite;
}
