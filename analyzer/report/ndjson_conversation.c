#include "analyzer/report/ndjson_conversation.h"

#include "analyzer/base/basics.h"
#include "analyzer/report/json.h"
#include "analyzer/report/report.h"

static const char *const outcomes[] = {
    [CLOSE_NONE] = "open",
    [CLOSE_RESET] = "reset",
    [CLOSE_FIN] = "closed",
};

static const void *
facts_of(const void *source)
{
	return ((const struct report_conversation *)source)->facts;
}

#define OF(member) offsetof(struct conversation_facts, member)

/* ---- which conversation it is ---- */

static bool
is_tcp(const void *source)
{
	return ((const struct conversation_facts *)source)->transport == TRANSPORT_TCP;
}

static const struct member end_members[] = {
    {JSON_KEY("file"), MEMBER_TEXT, OF(file), .sentence = "the capture, as it was named"},
    {JSON_KEY("stream"), MEMBER_U32, OF(stream), .is_said = is_tcp,
	.sentence = "Wireshark's tcp.stream"},
    {JSON_KEY("transport"), MEMBER_U8_NAME, OF(transport), .names = &transport_names,
	.sentence = "what carries it"},
    {JSON_KEY("client"), MEMBER_ADDR, OF(client), .sentence = "address of the client"},
    {JSON_KEY("client_port"), MEMBER_U16, OF(client_port), .sentence = "port of the client"},
    {JSON_KEY("server"), MEMBER_ADDR, OF(server), .sentence = "address of the server"},
    {JSON_KEY("server_port"), MEMBER_U16, OF(server_port), .sentence = "port of the server"},
};

static const struct record end_part = {NULL, NULL, end_members, COUNT(end_members)};

static void
add_protocol(struct text *text, const char *key, const void *source)
{
	json_text(text, key, report_speaks(source));
}

static const struct member identity_members[] = {
    {.kind = MEMBER_PART, .from = facts_of, .record = &end_part},
    {JSON_KEY("protocol"), MEMBER_TEXT, .is_optional = true, .add = add_protocol,
	.sentence = "smb, kerberos, or nDPI's word for what it speaks, where that is known"},
};

static const struct record identity_part = {NULL, NULL, identity_members, COUNT(identity_members)};

/* ---- what is encrypted, compressed and signed ---- */

static bool
is_encrypted(const void *source)
{
	return ((const struct conversation_facts *)source)->is_encrypted;
}

static bool
has_waited(const void *source)
{
	return ((const struct conversation_facts *)source)->sealed_wait_frame != 0;
}

static bool
has_signatures(const void *source)
{
	const struct conversation_facts *facts = source;

	return both_sides(facts->signatures_right) + both_sides(facts->signatures_wrong) != 0;
}

static bool
has_unread_compressed(const void *source)
{
	return both_sides(((const struct conversation_facts *)source)->compressed_messages) != 0;
}

static const struct member sealed_members[] = {
    {JSON_KEY("opened_messages"), MEMBER_BY_SIDE, OF(opened_messages),
	.sentence = "encrypted messages that the operator's keys opened"},
    {JSON_KEY("unread_messages"), MEMBER_BY_SIDE, OF(sealed_messages),
	.sentence = "encrypted messages that were not read"},
    {JSON_KEY("unread_bytes"), MEMBER_BY_SIDE, OF(sealed_bytes),
	.sentence = "their bytes on the wire"},
};

static const struct record sealed_part = {NULL, NULL, sealed_members, COUNT(sealed_members)};

static const struct member wait_members[] = {
    {JSON_KEY("unread_longest_wait"), MEMBER_SECONDS, OF(sealed_wait),
	.sentence = "longest time in seconds from one of the client's to the server's next"},
    {JSON_KEY("unread_longest_wait_frame"), MEMBER_U64, OF(sealed_wait_frame),
	.sentence = "frame that ended that wait"},
};

static const struct record wait_part = {NULL, NULL, wait_members, COUNT(wait_members)};

static const struct member signature_members[] = {
    {JSON_KEY("signatures_right"), MEMBER_BY_SIDE, OF(signatures_right),
	.sentence = "signatures that the session's key confirms"},
    {JSON_KEY("signatures_wrong"), MEMBER_BY_SIDE, OF(signatures_wrong),
	.sentence = "signatures that it does not confirm"},
};

static const struct record signature_part = {
    NULL, NULL, signature_members, COUNT(signature_members)};

static const struct member compressed_members[] = {
    {JSON_KEY("unread_compressed_messages"), MEMBER_BY_SIDE, OF(compressed_messages),
	.sentence = "compressed messages that were not read"},
    {JSON_KEY("unread_compressed_bytes"), MEMBER_BY_SIDE, OF(compressed_bytes),
	.sentence = "their bytes on the wire"},
};

static const struct record compressed_part = {
    NULL, NULL, compressed_members, COUNT(compressed_members)};

static const struct member cover_members[] = {
    {JSON_KEY("encrypted"), MEMBER_BOOL, OF(is_encrypted),
	.sentence = "encrypted SMB messages were seen"},
    {.kind = MEMBER_PART, .record = &sealed_part, .is_said = is_encrypted},
    {JSON_KEY("unread_because"), MEMBER_NAME, OF(seal), .names = &seal_names, .is_optional = true,
	.sentence = "why encrypted messages were not read"},
    {JSON_KEY("keytab_lack"), MEMBER_TEXT, OF(keytab_lack), .is_optional = true,
	.sentence = "why the keytab does not open the ticket"},
    {.kind = MEMBER_PART, .record = &wait_part, .is_said = has_waited},
    {.kind = MEMBER_PART, .record = &signature_part, .is_said = has_signatures},
    {JSON_KEY("compressed"), MEMBER_BOOL, OF(is_compressed),
	.sentence = "compressed SMB messages were seen"},
    {.kind = MEMBER_PART, .record = &compressed_part, .is_said = has_unread_compressed},
    {JSON_KEY("armoured"), MEMBER_BOOL, OF(is_armoured),
	.sentence = "Kerberos requests with FAST were seen"},
};

static const struct record cover_part = {NULL, NULL, cover_members, COUNT(cover_members)};

/* ---- bytes that were sent twice ---- */

#undef OF
#define OF(member) offsetof(struct overlap_facts, member)

static const struct member overlap_members[] = {
    {JSON_KEY("from"), MEMBER_NAME, OF(from), .names = &side_names, .sentence = "who sent them"},
    {JSON_KEY("bytes"), MEMBER_U64, OF(bytes), .sentence = "bytes that differ"},
    {JSON_KEY("first_frame"), MEMBER_U64, OF(first_frame), .is_optional = true,
	.sentence = "frame of the copy that came first, as long as it is known"},
    {JSON_KEY("second_frame"), MEMBER_U64, OF(second_frame), .sentence = "frame of the other copy"},
    {JSON_KEY("read"), MEMBER_NAME, OF(read), .names = &copy_names,
	.sentence = "the copy that was read"},
    {JSON_KEY("policy"), MEMBER_TEXT, OF(policy), .is_optional = true,
	.sentence = "the policy (--overlap) that says so; without one the first copy had been "
		    "passed on before the second came"},
};

static const struct record overlap_record = {"overlap",
    "bytes that were sent twice with different contents", overlap_members, COUNT(overlap_members)};

#undef OF
#define OF(member) offsetof(struct contested_value, member)

static const struct member value_members[] = {
    {JSON_KEY("field"), MEMBER_TEXT, OF(field),
	.sentence = "which field; `message` or `length` where the message itself is another"},
    {JSON_KEY("read"), MEMBER_TEXT, OF(read), .sentence = "its value as it was read, shortened"},
    {JSON_KEY("other"), MEMBER_TEXT, OF(other),
	.sentence = "its value by the other copy, shortened"},
};

static const struct record value_record = {
    "value", "a field by either copy", value_members, COUNT(value_members)};

#undef OF
#define OF(member) offsetof(struct contested_message, member)

static const struct member contested_members[] = {
    {JSON_KEY("from"), MEMBER_NAME, OF(from), .names = &side_names, .sentence = "who sent it"},
    {JSON_KEY("frame"), MEMBER_U64, OF(frame),
	.sentence = "frame that completes it, as it was read"},
    {JSON_KEY("exchange"), MEMBER_EXCHANGE, OF(exchange), .is_optional = true,
	.sentence = "what it is a message of; without one not even that is sure"},
    {JSON_KEY("values"), MEMBER_OBJECT, MEMBER_LIST(struct contested_message, values, value_count),
	.record = &value_record, .sentence = "what differs"},
    {JSON_KEY("values_left_out"), MEMBER_U64, OF(values_left_out), .is_optional = true,
	.sentence = "fields that differ, too"},
};

static const struct record contested_record = {"contested",
    "a message that reads otherwise with the copy of its bytes that was not read",
    contested_members, COUNT(contested_members)};

#undef OF
#define OF(member) offsetof(struct conversation_facts, member)

static bool
has_overlaps(const void *source)
{
	return ((const struct conversation_facts *)source)->overlap_count != 0;
}

static const struct member twice_members[] = {
    {JSON_KEY("overlaps"), MEMBER_OBJECT,
	MEMBER_LIST(struct conversation_facts, overlaps, overlap_count), .record = &overlap_record,
	.sentence = "bytes that were sent twice with different contents, the first of them"},
    {JSON_KEY("contested"), MEMBER_OBJECT,
	MEMBER_LIST(struct conversation_facts, contested, contested_count),
	.record = &contested_record,
	.sentence = "messages that read otherwise with the other copy, the first of them"},
    {JSON_KEY("contested_left_out"), MEMBER_U64, OF(contested_left_out), .is_optional = true,
	.sentence = "more of those, and messages that were not compared"},
};

static const struct record twice_part = {NULL, NULL, twice_members, COUNT(twice_members)};

/* ---- how it went ---- */

static bool
is_closed(const void *source)
{
	return ((const struct conversation_facts *)source)->close != CLOSE_NONE;
}

static const struct member close_members[] = {
    {JSON_KEY("closed_by"), MEMBER_NAME, OF(closed_by), .names = &ended_by_names,
	.is_optional = true, .sentence = "who ended it"},
    {JSON_KEY("close_frame"), MEMBER_U64, OF(close_frame),
	.sentence = "frame of the first FIN or RST"},
    {JSON_KEY("close_time"), MEMBER_TIME, OF(close_time), .sentence = "when that was"},
};

static const struct record close_part = {NULL, NULL, close_members, COUNT(close_members)};

static const struct member span_members[] = {
    {JSON_KEY("first_frame"), MEMBER_U64, OF(first_frame), .sentence = "its first frame"},
    {JSON_KEY("last_frame"), MEMBER_U64, OF(last_frame), .sentence = "its last frame"},
    {JSON_KEY("first_time"), MEMBER_TIME, OF(first_time), .sentence = "when it began"},
    {JSON_KEY("last_time"), MEMBER_TIME, OF(last_time), .sentence = "when its last packet came"},
    {JSON_KEY("packets"), MEMBER_BY_SIDE, OF(packets), .sentence = "packets"},
    {JSON_KEY("bytes"), MEMBER_BY_SIDE, OF(bytes),
	.sentence = "bytes of payload on the wire, retransmissions included"},
};

static const struct record span_part = {NULL, NULL, span_members, COUNT(span_members)};

static const struct member course_members[] = {
    {JSON_KEY("dialect"), MEMBER_TEXT, OF(dialect), .is_optional = true,
	.sentence = "the SMB dialect agreed on, such as 3.1.1"},
    {JSON_KEY("vantage"), MEMBER_NAME, OF(vantage), .names = &vantage_names,
	.sentence = "where the capture was taken, seen from this conversation"},
    {.kind = MEMBER_PART, .record = &cover_part},
    {JSON_KEY("began_before_capture"), MEMBER_BOOL, OF(is_begun_before),
	.sentence = "it is older than the capture"},
    {JSON_KEY("one_direction"), MEMBER_BOOL, OF(is_one_direction),
	.sentence = "only the packets of one side were captured"},
    {JSON_KEY("step"), MEMBER_NAME, OF(step), .names = &step_names,
	.sentence = "the last step reached"},
    {JSON_KEY("outcome"), MEMBER_WORD, OF(close), .words = outcomes, .word_count = COUNT(outcomes),
	.sentence = "how it ended, open being no end in the capture"},
    {.kind = MEMBER_PART, .record = &close_part, .is_said = is_closed},
    {.kind = MEMBER_PART, .record = &span_part},
    {JSON_KEY("retransmissions"), MEMBER_BY_SIDE, OF(retransmissions),
	.sentence = "segments that repeat bytes seen before"},
    {JSON_KEY("duplicates"), MEMBER_BY_SIDE, OF(duplicates),
	.sentence = "copies that the capture made of one packet"},
    {JSON_KEY("missing_bytes"), MEMBER_BY_SIDE, OF(missing_bytes),
	.sentence = "bytes acknowledged or passed over that are not in the capture"},
    {JSON_KEY("conflicting_bytes"), MEMBER_BY_SIDE, OF(conflicting_bytes),
	.sentence = "bytes that were sent again with other contents"},
    {.kind = MEMBER_PART, .record = &twice_part, .is_said = has_overlaps},
    {JSON_KEY("given_up"), MEMBER_U64, OF(given_up), .is_optional = true,
	.sentence = "requests that were not followed to their end, too many being open"},
};

static const struct record course_part = {NULL, NULL, course_members, COUNT(course_members)};

/* ---- the records ---- */

static const struct member conversation_members[] = {
    {.kind = MEMBER_PART, .record = &identity_part},
    {.kind = MEMBER_PART, .from = facts_of, .record = &course_part},
};

const struct record conversation_record = {"conversation",
    "a conversation that speaks SMB or Kerberos, or was tried on one of their ports",
    conversation_members, COUNT(conversation_members)};

static const struct member stream_members[] = {
    {.kind = MEMBER_PART, .record = &identity_part},
    {.kind = MEMBER_PART, .from = facts_of, .record = &span_part},
};

const struct record stream_record = {
    "stream", "a TCP conversation, whatever it speaks", stream_members, COUNT(stream_members)};
