/* fopencookie(3) is how libpcap reads what we decompress; memfd_create(2). */
#define _GNU_SOURCE

#include "analyzer/capture/libpcap.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <pcap/pcap.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/errand.h"
#include "analyzer/base/interrupted.h"
#include "analyzer/base/log.h"
#include "analyzer/base/memory.h"
#include "analyzer/capture/share.h"

/* A filter's link types; files with more are made to exhaust us. */
#define MOST_PROGRAMS 64

#define NS_PER_S 1000000000

/* Where the value in a file (LINKTYPE_) is not the one in libpcap's interface (DLT_) on Linux. */
static const struct {
	uint16_t link_type;
	int dlt;
} differing_links[] = {
    {100, DLT_ATM_RFC1483},
    {101, DLT_RAW},
    {102, DLT_SLIP_BSDOS},
    {103, DLT_PPP_BSDOS},
    {106, DLT_ATM_CLIP},
};

#define DIFFERING (COUNT(differing_links))

static int
dlt_of(uint32_t link_type)
{
	for (size_t i = 0; i < DIFFERING; i++) {
		if (differing_links[i].link_type == link_type)
			return differing_links[i].dlt;
	}
	return (int)link_type;
}

static uint16_t
link_type_of(int dlt)
{
	for (size_t i = 0; i < DIFFERING; i++) {
		if (differing_links[i].dlt == dlt)
			return differing_links[i].link_type;
	}
	return (uint16_t)dlt;
}

const char *
source_link_type_name(uint32_t link_type, struct arena *arena)
{
	const char *name =
	    link_type <= UINT16_MAX ? pcap_datalink_val_to_name(dlt_of(link_type)) : NULL;

	return name ? name : arena_format(arena, "LINKTYPE_%" PRIu32, link_type);
}

/* Savefiles of libpcap's own, by the words people know them under. */
static const struct {
	uint8_t magic[4];
	const char *word;
} savefile_words[] = {
    {{0xa1, 0xb2, 0xcd, 0x34}, "modified pcap"},
    {{0x34, 0xcd, 0xb2, 0xa1}, "modified pcap"},
    {{0xa1, 0xe2, 0xcb, 0x12}, "Navtel pcap"},
    {{0x12, 0xcb, 0xe2, 0xa1}, "Navtel pcap"},
};

static const char *
savefile_word(const struct reader *reader)
{
	for (size_t i = 0; i < COUNT(savefile_words); i++) {
		if (window_left(&reader->window) >= 4 &&
		    memcmp(window_bytes(&reader->window), savefile_words[i].magic, 4) == 0)
			return savefile_words[i].word;
	}
	return "libpcap savefile";
}

/* libpcap reads a record whole, and ahead by a buffer of stdio's. */
#define READ_AHEAD ((size_t)64 << 10)

struct savefile {
	pcap_t *pcap;
	size_t taken; /* bytes since the last record */
	size_t held;  /* the largest record so far, which libpcap has had room for */
};

static bool
is_too_large(const struct reader *reader)
{
	const struct savefile *savefile = reader->state;

	return savefile->taken > READ_AHEAD &&
	       !share_holds(reader->max_memory, SHARE_RECORD, savefile->taken - READ_AHEAD);
}

static ssize_t
read_cookie(void *cookie, char *ret, size_t size)
{
	struct reader *reader = cookie;
	struct savefile *savefile = reader->state;
	size_t left;

	if (size == 0 || is_too_large(reader) || !window_fill(&reader->window, 1))
		return 0;
	left = window_left(&reader->window);
	if (left > size)
		left = size;
	memcpy(ret, window_bytes(&reader->window), left);
	window_skip(&reader->window, left);
	savefile->taken += left;
	return (ssize_t)left;
}

static bool
is_perhaps_savefile(const uint8_t *bytes, size_t length)
{
	(void)bytes;
	(void)length;
	return true;
}

static bool
add_interface(struct reader *reader)
{
	const struct savefile *savefile = reader->state;
	struct interface_facts interface = {
	    .link_type = link_type_of(pcap_datalink(savefile->pcap)),
	    .snap_length = (uint32_t)pcap_snapshot(savefile->pcap),
	};
	size_t index;

	return reader_add_interface(reader, &interface, &index);
}

static bool
libpcap_open(struct reader *reader, struct error *error)
{
	cookie_io_functions_t functions = {.read = read_cookie};
	struct savefile *savefile = mem_alloc(1, sizeof(*savefile));
	FILE *file = fopencookie(reader, "r", functions);
	char words[PCAP_ERRBUF_SIZE] = "";

	if (file == NULL)
		mem_exhausted();
	reader->state = savefile;
	reader->facts->format = savefile_word(reader);
	errno = 0;
	savefile->pcap =
	    pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, words);
	if (savefile->pcap == NULL) {
		mem_blame(errno);
		fclose(file);
		error->is_no_capture = true;
		return error_set(
		    error, EXIT_INPUT, "%s: is no capture file: %s", reader->facts->file, words);
	}
	return add_interface(reader);
}

static void
libpcap_close(struct reader *reader)
{
	struct savefile *savefile = reader->state;

	if (savefile->pcap != NULL)
		pcap_close(savefile->pcap);
	mem_account(savefile->held, 0);
	mem_free(savefile);
}

/* Of a record whose size libpcap alone knows. */
static const char *
why_too_large(struct reader *reader)
{
	uint32_t most = reader_most_captured(reader->interfaces[0].link_type);
	char wanted[SHARE_TEXT_SIZE];

	return arena_format(reader->arena,
	    "the next record takes more than its share; %s allows it",
	    share_wanted(wanted, SHARE_RECORD, most));
}

/* How far libpcap has read is not known, so the damage has no offset. */
static enum taken
damage(struct reader *reader)
{
	const struct savefile *savefile = reader->state;
	const char *why =
	    is_too_large(reader) ? why_too_large(reader) : stream_damage(reader->window.stream);

	reader->is_over = true;
	if (why == NULL)
		mem_blame(errno);
	reader->facts->damage = arena_format(reader->arena, "after frame %" PRIu64 ": %s",
	    reader->frame, why ? why : pcap_geterr(savefile->pcap));
	return TAKEN_DAMAGE;
}

static enum taken
libpcap_take(struct reader *reader, struct record *ret, size_t *ret_need)
{
	struct savefile *savefile = reader->state;
	struct pcap_pkthdr *header;
	const uint8_t *bytes;
	int result;

	(void)ret_need;
	errno = 0;
	savefile->taken = 0;
	result = pcap_next_ex(savefile->pcap, &header, &bytes);
	if (result == PCAP_ERROR_BREAK) {
		reader->is_over = true;
		return TAKEN_END;
	}
	if (result != 1)
		return damage(reader);
	if (header->caplen > savefile->held) {
		mem_account(savefile->held, header->caplen);
		savefile->held = header->caplen;
	}
	*ret = (struct record){
	    .bytes = bytes,
	    .captured = header->caplen,
	    .length = header->len,
	    /* the fraction is nanoseconds, as asked for on opening */
	    .time = (int64_t)header->ts.tv_sec * NS_PER_S + header->ts.tv_usec,
	    .frame = ++reader->frame,
	    .link_type = (uint16_t)reader->interfaces[0].link_type,
	    .has_time = true,
	    .is_packet = true,
	};
	return TAKEN_RECORD;
}

const struct reader_kind libpcap_reader = {
    .is_mine = is_perhaps_savefile,
    .open = libpcap_open,
    .take = libpcap_take,
    .close = libpcap_close,
    .batch = 1, /* pcap_next_ex(3) has one buffer */
};

struct program {
	uint16_t link_type;
	bool is_compiled;
	struct bpf_program code;
};

struct libpcap_filter {
	const char *expression;
	struct program programs[MOST_PROGRAMS];
	size_t count;
	bool is_full; /* and that was said */
};

static bool
compile_here(const char *expression, uint16_t link_type, struct bpf_program *ret, char *ret_words,
    size_t ret_words_size)
{
	pcap_t *dead = pcap_open_dead(dlt_of(link_type), 262144);
	bool is_ok;

	if (dead == NULL)
		mem_exhausted();
	errno = 0;
	is_ok = pcap_compile(dead, ret, expression, 1, PCAP_NETMASK_UNKNOWN) == 0;
	if (!is_ok) {
		mem_blame(errno);
		snprintf(ret_words, ret_words_size, "%s", pcap_geterr(dead));
	}
	pcap_close(dead);
	return is_ok;
}

/* All of it or nothing, with errno. */
static bool
write_code(int fd, const struct bpf_program *code)
{
	size_t size = code->bf_len * sizeof(*code->bf_insns), done = 0;
	ssize_t count;

	while (done < size) {
		count = write(fd, (const char *)code->bf_insns + done, size - done);
		if (count >= 0)
			done += (size_t)count;
		else if (errno != EINTR)
			return false;
	}
	return lseek(fd, 0, SEEK_SET) == 0;
}

/* What the process that compiles leaves: nothing for the words when the code is in its file. */
struct compiled {
	bool is_refused;
	char words[PCAP_ERRBUF_SIZE];
};

static _Noreturn void
be_compiler(const char *expression, uint16_t link_type, int fd, struct compiled *ret)
{
	struct bpf_program code;

	if (!compile_here(expression, link_type, &code, ret->words, sizeof(ret->words))) {
		ret->is_refused = true;
	} else if (!write_code(fd, &code)) {
		snprintf(ret->words, sizeof(ret->words), "%s", strerror(errno));
		ret->is_refused = true;
	}
	_exit(EXIT_DONE);
}

/* libpcap's compiler ends the process that it is in, in words of its own or with a signal, when it
 * lacks memory: then so does this one, in ours. */
static void
wait_for_compiler(pid_t compiler, const char *expression)
{
	int status = 0;

	while (waitpid(compiler, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_DONE)
		return;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != EXIT_INTERNAL)
		log_error("--filter '%s': libpcap, which compiles it, came to no end: %s",
		    expression, WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "it gave up");
	exit(EXIT_INTERNAL);
}

static bool
compile_beside(const char *expression, uint16_t link_type, int fd, struct compiled *ret)
{
	pid_t compiler = fork();

	if (compiler == 0)
		be_compiler(expression, link_type, fd, ret);
	if (compiler > 0)
		wait_for_compiler(compiler, expression);
	return compiler > 0;
}

int
libpcap_compile(const char *expression, uint16_t link_type, char *ret_words, size_t ret_words_size)
{
	struct compiled *compiled = mem_share(sizeof(*compiled));
	int fd = memfd_create("filter", MFD_CLOEXEC);
	bool is_ok = fd >= 0 && compile_beside(expression, link_type, fd, compiled);

	if (!is_ok)
		snprintf(ret_words, ret_words_size, "%s", strerror(errno));
	else if (compiled->is_refused)
		snprintf(ret_words, ret_words_size, "%s", compiled->words);
	is_ok &= !compiled->is_refused;
	mem_unshare(compiled, sizeof(*compiled));
	if (is_ok || fd < 0)
		return fd;
	close(fd);
	return -1;
}

/* The program that lies in FD. */
static bool
read_code(int fd, struct bpf_program *ret)
{
	off_t size = lseek(fd, 0, SEEK_END);
	size_t done = 0;
	ssize_t count = 1;

	if (size <= 0 || lseek(fd, 0, SEEK_SET) != 0)
		return false;
	ret->bf_len = (unsigned)((size_t)size / sizeof(*ret->bf_insns));
	ret->bf_insns = calloc(ret->bf_len, sizeof(*ret->bf_insns)); /* for pcap_freecode() */
	if (ret->bf_insns == NULL)
		mem_exhausted();
	while (done < (size_t)size && count != 0) {
		count = read(fd, (char *)ret->bf_insns + done, (size_t)size - done);
		if (count > 0)
			done += (size_t)count;
		else if (!is_interrupted(count))
			break;
	}
	if (done < (size_t)size)
		pcap_freecode(ret);
	return done == (size_t)size;
}

static bool
have_compiled(uint16_t link_type, struct bpf_program *ret, char *ret_words, size_t ret_words_size)
{
	char words[ERRAND_WORDS_SIZE];
	int fd = errand_send(ERRAND_COMPILE, link_type, words);
	bool is_ok = fd >= 0 && read_code(fd, ret);

	if (fd >= 0)
		close(fd);
	if (!is_ok)
		snprintf(
		    ret_words, ret_words_size, "%s", words[0] != '\0' ? words : strerror(errno));
	return is_ok;
}

/* Fills the next free program. False, with libpcap's words, when there is none for LINK_TYPE. */
static bool
compile(struct libpcap_filter *filter, uint16_t link_type, char ret_words[PCAP_ERRBUF_SIZE])
{
	struct program *program = &filter->programs[filter->count];

	assert(filter->count < MOST_PROGRAMS);
	program->link_type = link_type;
	program->is_compiled =
	    errand_has_keeper()
		? have_compiled(link_type, &program->code, ret_words, PCAP_ERRBUF_SIZE)
		: compile_here(
		      filter->expression, link_type, &program->code, ret_words, PCAP_ERRBUF_SIZE);
	filter->count++;
	return program->is_compiled;
}

struct libpcap_filter *
libpcap_filter_new(const char *expression, uint16_t link_type, struct error *error)
{
	struct libpcap_filter *filter = mem_alloc(1, sizeof(*filter));
	char words[PCAP_ERRBUF_SIZE];

	filter->expression = expression;
	if (compile(filter, link_type, words))
		return filter;
	error_set(error, EXIT_USAGE, "--filter '%s': %s", expression, words);
	libpcap_filter_free(filter);
	return NULL;
}

/* The program for LINK_TYPE, compiled now if it is the first packet of that kind; or NULL. */
static struct program *
program_for(struct libpcap_filter *filter, uint16_t link_type)
{
	char words[PCAP_ERRBUF_SIZE];

	for (size_t i = 0; i < filter->count; i++) {
		if (filter->programs[i].link_type == link_type)
			return &filter->programs[i];
	}
	if (filter->count == MOST_PROGRAMS) {
		if (!filter->is_full)
			log_warning("--filter '%s' takes no packets of more than %d link types",
			    filter->expression, MOST_PROGRAMS);
		filter->is_full = true;
		return NULL;
	}
	if (!compile(filter, link_type, words))
		log_warning("--filter '%s' takes no packets of link type %u: %s",
		    filter->expression, link_type, words);
	return &filter->programs[filter->count - 1];
}

bool
libpcap_filter_passes(struct libpcap_filter *filter, const struct record *record)
{
	struct program *program = program_for(filter, record->link_type);
	struct pcap_pkthdr header = {.caplen = record->captured, .len = record->length};

	return program != NULL && program->is_compiled &&
	       pcap_offline_filter(&program->code, &header, record->bytes) != 0;
}

void
libpcap_filter_free(struct libpcap_filter *filter)
{
	if (filter == NULL)
		return;
	for (size_t i = 0; i < filter->count; i++) {
		if (filter->programs[i].is_compiled)
			pcap_freecode(&filter->programs[i].code);
	}
	mem_free(filter);
}
