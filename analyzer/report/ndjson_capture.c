#include "analyzer/report/ndjson_capture.h"

#include "analyzer/base/basics.h"
#include "analyzer/report/json.h"
#include "analyzer/report/report.h"

/* ---- interfaces ---- */

static bool
has_dropped(const void *source)
{
	return ((const struct interface_facts *)source)->has_dropped;
}

#define OF(member) offsetof(struct interface_facts, member)

static const struct member interface_members[] = {
    {JSON_KEY("name"), MEMBER_TEXT, OF(name), .is_optional = true,
	.sentence = "name of the interface, where the file has one"},
    {JSON_KEY("description"), MEMBER_TEXT, OF(description), .is_optional = true,
	.sentence = "what the capturing system says the interface is"},
    {JSON_KEY("filter"), MEMBER_TEXT, OF(filter), .is_optional = true,
	.sentence = "the capture filter in force"},
    {JSON_KEY("os"), MEMBER_TEXT, OF(os), .is_optional = true,
	.sentence = "the capturing operating system"},
    {JSON_KEY("link_type"), MEMBER_U32, OF(link_type),
	.sentence = "number of the link type, https://www.tcpdump.org/linktypes.html"},
    {JSON_KEY("snap_length"), MEMBER_U32, OF(snap_length), .is_optional = true,
	.sentence = "bytes of a packet that are kept, where there is a limit"},
    {JSON_KEY("packets"), MEMBER_U64, OF(packets), .sentence = "packets captured there"},
    {JSON_KEY("dropped"), MEMBER_U64, OF(dropped), .is_said = has_dropped,
	.sentence = "packets that the capturing system dropped, where the file says so"},
};

static const struct record interface_record = {
    "interface", "a point of capture", interface_members, COUNT(interface_members)};

/* ---- where hosts are ---- */

/* How many conversations say by one kind of evidence where a host is. */
struct vote {
	enum clue clue;
	uint32_t here, elsewhere;
};

#undef OF
#define OF(member) offsetof(struct vote, member)

static const struct member vote_members[] = {
    {JSON_KEY("clue"), MEMBER_NAME, OF(clue), .names = &clue_names,
	.sentence = "the kind of evidence"},
    {JSON_KEY("here"), MEMBER_U32, OF(here), .sentence = "conversations that say it is here"},
    {JSON_KEY("elsewhere"), MEMBER_U32, OF(elsewhere),
	.sentence = "conversations that say it is elsewhere"},
};

static const struct record vote_record = {"vote",
    "how many conversations say by one kind of evidence where a host is", vote_members,
    COUNT(vote_members)};

static void
add_votes(struct text *text, const char *key, const void *source)
{
	const struct vantage_facts *vantage = source;

	json_open(text, key, '[');
	for (enum clue clue = 0; clue < CLUE_COUNT; clue++) {
		struct vote vote = {clue, vantage->here[clue], vantage->elsewhere[clue]};

		if (vote.here + vote.elsewhere != 0)
			record_add(text, NULL, &vote_record, &vote);
	}
	json_close(text, ']');
}

#undef OF
#define OF(member) offsetof(struct vantage_facts, member)

static const struct member vantage_members[] = {
    {JSON_KEY("host"), MEMBER_ADDR, OF(host), .sentence = "address of the host"},
    {JSON_KEY("interface"), MEMBER_U32, OF(interface),
	.sentence = "of the capture's interfaces, the first being 0"},
    {JSON_KEY("place"), MEMBER_NAME, OF(place), .names = &place_names,
	.sentence = "whether the capture was taken at this host, or on its segment"},
    {JSON_KEY("votes"), MEMBER_OBJECT, .record = &vote_record, .stride = sizeof(struct vote),
	.add = add_votes, .sentence = "what says so"},
};

static const struct record vantage_record = {
    "vantage", "where a host is", vantage_members, COUNT(vantage_members)};

/* ---- bounds ---- */

/* One that was reached. */
struct reached {
	const char *name;
	uint64_t count, frame;
};

#undef OF
#define OF(member) offsetof(struct reached, member)

static const struct member bound_members[] = {
    {JSON_KEY("bound"), MEMBER_TEXT, OF(name), .sentence = "which one"},
    {JSON_KEY("count"), MEMBER_U64, OF(count), .sentence = "of what it is about, that did not fit"},
    {JSON_KEY("frame"), MEMBER_U64, OF(frame), .is_optional = true,
	.sentence = "of the first of them"},
};

static const struct record bound_record = {
    "bound", "a bound that was reached", bound_members, COUNT(bound_members)};

static void
add_bounds(struct text *text, const char *key, const void *source)
{
	const struct bounds *bounds = &((const struct capture_facts *)source)->bounds;

	json_open(text, key, '[');
	for (enum bound bound = 0; bound < BOUND_COUNT; bound++) {
		const struct reached reached = {
		    bound_rows[bound].name, bounds->of[bound].count, bounds->of[bound].frame};

		if (reached.count != 0)
			record_add(text, NULL, &bound_record, &reached);
	}
	json_close(text, ']');
}

/* ---- the files of a trace ---- */

#undef OF
#define OF(member) offsetof(struct capture_part, member)

static bool
has_part_time(const void *source)
{
	return ((const struct capture_part *)source)->has_time;
}

static const struct member part_members[] = {
    {JSON_KEY("file"), MEMBER_TEXT, OF(file), .sentence = "the file, as it was named"},
    {JSON_KEY("sha256"), MEMBER_TEXT, OF(sha256), .is_optional = true, .pattern = "^[0-9a-f]{64}$",
	.sentence = "SHA-256 of the file as it lies on disk, where it was asked for"},
    {JSON_KEY("first_frame"), MEMBER_U64, OF(first_frame),
	.sentence = "number in the trace of the file's frame 1"},
    {JSON_KEY("packets"), MEMBER_U64, OF(packets), .sentence = "frames in the file"},
    {JSON_KEY("first_time"), MEMBER_TIME, OF(first_time), .is_said = has_part_time,
	.sentence = "the earliest time of a packet in it"},
    {JSON_KEY("last_time"), MEMBER_TIME, OF(last_time), .is_said = has_part_time,
	.sentence = "the latest time of a packet in it"},
    {JSON_KEY("damage"), MEMBER_TEXT, OF(damage), .is_optional = true,
	.sentence = "where and how the file is cut or damaged"},
};

static const struct record part_record = {
    "part", "one of the files that are a trace together", part_members, COUNT(part_members)};

/* ---- what it is compared with ---- */

#undef OF
#define OF(member) offsetof(struct point_facts, member)

static bool
has_before(const void *source)
{
	return ((const struct point_facts *)source)->before != NULL;
}

static bool
has_offset(const void *source)
{
	return ((const struct point_facts *)source)->has_offset;
}

static bool
has_uncertainty(const void *source)
{
	return has_offset(source) && ((const struct point_facts *)source)->uncertainty >= 0;
}

static const struct member before_members[] = {
    {JSON_KEY("before"), MEMBER_TEXT, OF(before),
	.sentence = "the capture of the point before, nearer to the clients"},
    {JSON_KEY("clock_offset"), MEMBER_SECONDS, OF(offset), .is_said = has_offset,
	.sentence = "seconds by which the clock here is ahead of the one there, at first"},
    {JSON_KEY("clock_uncertainty"), MEMBER_SECONDS, OF(uncertainty), .is_said = has_uncertainty,
	.sentence = "seconds by which that may be wrong; lacking: packets of one direction alone "
		    "tell of it"},
    {JSON_KEY("last_clock_offset"), MEMBER_SECONDS, OF(last_offset), .is_said = has_offset,
	.sentence = "the same as clock_offset, at last"},
    {JSON_KEY("clock_sets"), MEMBER_U64, OF(clock_sets),
	.sentence = "times that one of both clocks was set meanwhile"},
    {JSON_KEY("shared"), MEMBER_U64, OF(shared),
	.sentence = "connections of SMB and Kerberos that both captures have"},
    {JSON_KEY("translated"), MEMBER_U64, OF(translated),
	.sentence = "those of them with other addresses or ports"},
    {JSON_KEY("renumbered"), MEMBER_U64, OF(renumbered),
	.sentence = "those with other sequence numbers"},
    {JSON_KEY("terminated"), MEMBER_U64, OF(terminated),
	.sentence = "those of which a device in between has one to either side"},
    {JSON_KEY("duplicated"), MEMBER_U64, OF(duplicated),
	.sentence = "segments that came twice to one of both and passed the other once"},
    {JSON_KEY("only_before"), MEMBER_U64, OF(only_before),
	.sentence = "connections that only the capture before has"},
    {JSON_KEY("only_here"), MEMBER_U64, OF(only_here),
	.sentence = "connections that only this one has"},
};

static const struct record before_part = {NULL, NULL, before_members, COUNT(before_members)};

static const struct member point_members[] = {
    {JSON_KEY("number"), MEMBER_SIZE, OF(number),
	.sentence = "which point of the path it is, from the clients on, the first being 1"},
    {JSON_KEY("of"), MEMBER_SIZE, OF(count), .sentence = "how many points there are"},
    {JSON_KEY("vantage"), MEMBER_NAME, OF(vantage.place), .names = &vantage_names,
	.sentence = "where it was taken"},
    {JSON_KEY("vantage_said"), MEMBER_BOOL, OF(vantage.is_said),
	.sentence = "whether the operator says so; else its packets do"},
    {.kind = MEMBER_PART, .record = &before_part, .is_said = has_before},
};

static const struct record point_record = {"point",
    "a capture among those of several points on one path", point_members, COUNT(point_members)};

static bool
has_point(const void *source)
{
	return ((const struct capture_facts *)source)->point != NULL;
}

static const void *
point_of(const void *source)
{
	return ((const struct capture_facts *)source)->point;
}

/* ---- files beside it ---- */

#undef OF
#define OF(member) offsetof(struct companion_facts, member)

static bool
has_zone(const void *source)
{
	return ((const struct companion_facts *)source)->has_zone;
}

static bool
has_host(const void *source)
{
	return ((const struct companion_facts *)source)->host.family != ADDR_NONE;
}

static const struct member companion_members[] = {
    {JSON_KEY("file"), MEMBER_TEXT, OF(file), .sentence = "its name, as it was given"},
    {JSON_KEY("format"), MEMBER_TEXT, OF(format), .sentence = "what it is"},
    {JSON_KEY("statements"), MEMBER_U64, OF(statements),
	.sentence = "lines, events, listeners, settings or shares in it"},
    {JSON_KEY("lost"), MEMBER_U64, OF(lost), .is_optional = true,
	.sentence = "events that could not be written into it, as it says"},
    {JSON_KEY("exchanges"), MEMBER_U64, OF(exchanges),
	.sentence = "exchanges of the capture of which it says something"},
    {JSON_KEY("host"), MEMBER_ADDR, OF(host), .is_optional = true,
	.sentence = "the host that it is of"},
    {JSON_KEY("is_host_guessed"), MEMBER_BOOL, OF(is_host_guessed), .is_said = has_host,
	.sentence = "whether it is only taken for that of the one server of SMB"},
    {JSON_KEY("utc_offset"), MEMBER_SECONDS, OF(zone), .is_said = has_zone,
	.sentence = "seconds by which its clock shows more than UTC"},
    {JSON_KEY("doubt"), MEMBER_TEXT, OF(doubt), .is_optional = true,
	.sentence = "why it was used for nothing"},
    {JSON_KEY("damage"), MEMBER_TEXT, OF(damage), .is_optional = true,
	.sentence = "where and how it is cut or damaged"},
};

static const struct record companion_record = {
    "companion", "a file beside the capture", companion_members, COUNT(companion_members)};

static bool
has_companions(const void *source)
{
	return ((const struct capture_facts *)source)->companion_count != 0;
}

/* ---- the capture ---- */

#undef OF
#define OF(member) offsetof(struct capture_facts, member)

static const struct member quality_members[] = {
    {JSON_KEY("damage"), MEMBER_TEXT, OF(damage), .is_optional = true,
	.sentence = "where and how the file is cut or damaged"},
    {JSON_KEY("unjudged"), MEMBER_TEXT, OF(unjudged), .is_optional = true,
	.sentence = "why nothing in it could be judged"},
    {JSON_KEY("sliced"), MEMBER_U64, OF(sliced), .sentence = "packets shorter than on the wire"},
    {JSON_KEY("undecoded"), MEMBER_U64, OF(undecoded),
	.sentence = "packets whose link type or headers could not be read"},
    {JSON_KEY("time_reversals"), MEMBER_U64, OF(time_reversals),
	.sentence = "records earlier than the one before on their interface"},
    {JSON_KEY("clock_steps"), MEMBER_U64, OF(clock_steps),
	.sentence = "times that the clock was set back"},
    {JSON_KEY("duplicates"), MEMBER_U64, OF(duplicates),
	.sentence = "packets that are copies of one before"},
    {JSON_KEY("fragments_incomplete"), MEMBER_U64, OF(fragments_incomplete),
	.sentence = "datagrams of which fragments are missing"},
    {JSON_KEY("fragments_contested"), MEMBER_U64, OF(fragments_contested), .is_optional = true,
	.sentence = "datagrams whose fragments overlap with different bytes, and are not read"},
    {JSON_KEY("quic_packets"), MEMBER_U64, OF(quic_packets),
	.sentence = "packets of UDP port 443 from or to a file server, which may be SMB over QUIC"},
    {JSON_KEY("rdma_packets"), MEMBER_U64, OF(rdma_packets),
	.sentence = "packets of RDMA, which may be SMB Direct"},
    {JSON_KEY("bounds"), MEMBER_OBJECT, .record = &bound_record, .stride = sizeof(struct reached),
	.add = add_bounds,
	.sentence = "bounds that were reached, which keep a capture to the memory it may take"},
};

static const struct record quality_record = {
    "quality", "what a capture lacks", quality_members, COUNT(quality_members)};

static bool
has_time(const void *source)
{
	return ((const struct capture_facts *)source)->has_time;
}

static void
add_duration(struct text *text, const char *key, const void *source)
{
	const struct capture_facts *facts = source;

	json_seconds(text, key, facts->last_time - facts->first_time);
}

static const struct member time_members[] = {
    {JSON_KEY("first_time"), MEMBER_TIME, OF(first_time),
	.sentence = "the earliest time of a packet"},
    {JSON_KEY("last_time"), MEMBER_TIME, OF(last_time), .sentence = "the latest time of a packet"},
    {JSON_KEY("duration"), MEMBER_SECONDS, .add = add_duration,
	.sentence = "seconds between the two"},
};

static const struct record time_part = {NULL, NULL, time_members, COUNT(time_members)};

static bool
has_parts(const void *source)
{
	return ((const struct capture_facts *)source)->part_count != 0;
}

static const struct member facts_members[] = {
    {JSON_KEY("parts"), MEMBER_OBJECT, MEMBER_LIST(struct capture_facts, parts, part_count),
	.record = &part_record, .is_said = has_parts,
	.sentence = "the files, where several are one trace; frames count on from one to the next"},
    {JSON_KEY("point"), MEMBER_OBJECT, .record = &point_record, .from = point_of,
	.is_said = has_point, .sentence = "where it is compared with captures of other points"},
    {JSON_KEY("evidence"), MEMBER_OBJECT,
	MEMBER_LIST(struct capture_facts, companions, companion_count), .record = &companion_record,
	.is_said = has_companions, .sentence = "files beside the capture, and what they say of it"},
    {JSON_KEY("format"), MEMBER_TEXT, OF(format),
	.sentence = "pcap, pcapng, or another that libpcap reads"},
    {JSON_KEY("compression"), MEMBER_TEXT, OF(compression), .is_optional = true,
	.sentence = "gzip, zstd or lz4, if any"},
    {JSON_KEY("packets"), MEMBER_U64, OF(packets), .sentence = "frames, as Wireshark counts them"},
    {JSON_KEY("decoded"), MEMBER_U64, OF(decoded),
	.sentence = "those with an IP packet that was read"},
    {JSON_KEY("bytes"), MEMBER_U64, OF(bytes), .sentence = "bytes captured"},
    {.kind = MEMBER_PART, .record = &time_part, .is_said = has_time},
    {JSON_KEY("tcp_streams"), MEMBER_U64, OF(tcp_streams),
	.sentence = "TCP streams, as Wireshark has them"},
    {JSON_KEY("syn_only_streams"), MEMBER_U64, OF(syn_only_streams),
	.sentence = "those of SYNs alone"},
    {JSON_KEY("interfaces"), MEMBER_OBJECT,
	MEMBER_LIST(struct capture_facts, interfaces, interface_count), .record = &interface_record,
	.sentence = "where packets were captured"},
    {JSON_KEY("vantages"), MEMBER_OBJECT,
	MEMBER_LIST(struct capture_facts, vantages, vantage_count), .record = &vantage_record,
	.sentence = "where the hosts are that most is known of"},
    {JSON_KEY("comments"), MEMBER_TEXT, MEMBER_LIST(struct capture_facts, comments, comment_count),
	.sentence = "comments in the file"},
    {JSON_KEY("quality"), MEMBER_OBJECT, .record = &quality_record,
	.sentence = "what the capture lacks"},
};

static const struct record facts_part = {NULL, NULL, facts_members, COUNT(facts_members)};

static const void *
facts_of(const void *source)
{
	return ((const struct report_capture *)source)->facts;
}

static const struct member capture_members[] = {
    {JSON_KEY("file"), MEMBER_TEXT, OF(file), .from = facts_of,
	.sentence = "the capture, as it was named; of a trace the first file"},
    {JSON_KEY("sha256"), MEMBER_TEXT, offsetof(struct report_capture, sha256), .is_optional = true,
	.pattern = "^[0-9a-f]{64}$",
	.sentence = "SHA-256 of the file as it lies on disk, where it was asked for"},
    {.kind = MEMBER_PART, .from = facts_of, .record = &facts_part},
};

const struct record capture_record = {
    "capture", "a capture file, and what it lacks", capture_members, COUNT(capture_members)};
