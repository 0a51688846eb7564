#include "dissectors/smb2_file_wire.h"

#include "dissectors/smb2_samples.h"

Suite *smb2_file_wire_suite(void);

/* clang-format off */

/* CreationTime to FileAttributes of [MS-SMB2] 2.2.14 and 2.2.16. */
#define FILE_STATE \
	0x01, 0, 0, 0, 0, 0, 0xd7, 0x01, /* CreationTime */ \
	0x02, 0, 0, 0, 0, 0, 0xd7, 0x01, /* LastAccessTime */ \
	0x03, 0, 0, 0, 0, 0, 0xd7, 0x01, /* LastWriteTime */ \
	0x04, 0, 0, 0, 0, 0, 0xd7, 0x01, /* ChangeTime */ \
	0x00, 0x10, 0, 0, 0, 0, 0, 0,    /* AllocationSize */ \
	0x02, 0x01, 0, 0, 0, 0, 0, 0,    /* EndofFile */ \
	0x20, 0x00, 0x00, 0x00           /* FileAttributes */

/* [MS-SMB2] 2.2.13. */
static const uint8_t create_request[] = {
	HEADER(0x05, 0x00),
	0x39, 0x00, 0x00, 0x09,          /* StructureSize 57, SecurityFlags, RequestedOplockLevel */
	0x02, 0, 0, 0,                   /* ImpersonationLevel */
	0, 0, 0, 0, 0, 0, 0, 0,          /* SmbCreateFlags */
	0, 0, 0, 0, 0, 0, 0, 0,          /* Reserved */
	0x89, 0x00, 0x12, 0x00,          /* DesiredAccess */
	0x80, 0, 0, 0, 0x07, 0, 0, 0,    /* FileAttributes, ShareAccess */
	0x01, 0, 0, 0, 0x40, 0, 0, 0,    /* CreateDisposition, CreateOptions */
	0x78, 0x00, 0x04, 0x00,          /* NameOffset, NameLength */
	0x80, 0, 0, 0, 0x18, 0, 0, 0,    /* CreateContextsOffset, CreateContextsLength */
	'f', 0, '1', 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0x10, 0, 0x04, 0,    /* offset 0x80: MxAc without data */
	0, 0, 0, 0, 0, 0, 0, 0, 'M', 'x', 'A', 'c', 0, 0, 0, 0,
};

/* [MS-SMB2] 2.2.14. */
static const uint8_t create_response[] = {
	HEADER(0x05, 0x01),
	0x59, 0x00, 0xff, 0x01,          /* StructureSize 89, OplockLevel: lease, Flags */
	0x02, 0, 0, 0,                   /* CreateAction: created */
	FILE_STATE,
	0, 0, 0, 0,                      /* Reserved2 */
	FILE_ID,
	0x98, 0, 0, 0, 0x08, 0, 0, 0,    /* CreateContextsOffset, CreateContextsLength */
	1, 2, 3, 4, 5, 6, 7, 8,
};

/* [MS-SMB2] 2.2.15. */
static const uint8_t close_request[] = {
	HEADER(0x06, 0x00),
	0x18, 0x00, 0x01, 0x00, 0, 0, 0, 0, /* StructureSize 24, Flags, Reserved */
	FILE_ID,
};

/* [MS-SMB2] 2.2.16. */
static const uint8_t close_response[] = {
	HEADER(0x06, 0x01),
	0x3c, 0x00, 0x01, 0x00, 0, 0, 0, 0, /* StructureSize 60, Flags, Reserved */
	FILE_STATE,
};

/* [MS-SMB2] 2.2.17 and 2.2.18. */
static const uint8_t flush_request[] = {
	HEADER(0x07, 0x00),
	0x18, 0x00, 0, 0, 0, 0, 0, 0,    /* StructureSize 24, Reserved1, Reserved2 */
	FILE_ID,
};
static const uint8_t flush_response[] = {HEADER(0x07, 0x01), 0x04, 0x00, 0x00, 0x00};

/* [MS-SMB2] 2.2.19. */
static const uint8_t read_request[] = {
	HEADER(0x08, 0x00),
	0x31, 0x00, 0x50, 0x01,          /* StructureSize 49, Padding, Flags */
	0x00, 0x00, 0x10, 0x00,          /* Length */
	0x00, 0x00, 0x00, 0x80, 0x01, 0, 0, 0, /* Offset */
	FILE_ID,
	0x01, 0, 0, 0, 0x02, 0, 0, 0, 0x03, 0, 0, 0, /* MinimumCount, Channel, RemainingBytes */
	0, 0, 0, 0, 0,                   /* ReadChannelInfoOffset, …Length, Buffer */
};

/* [MS-SMB2] 2.2.20. */
static const uint8_t read_response[] = {
	HEADER(0x08, 0x01),
	0x11, 0x00, 0x50, 0x00,          /* StructureSize 17, DataOffset, Reserved */
	0x02, 0, 0, 0, 0x04, 0, 0, 0,    /* DataLength, DataRemaining */
	0, 0, 0, 0, 'h', 'i',            /* Reserved2, Buffer */
};

/* [MS-SMB2] 2.2.21. */
static const uint8_t write_request[] = {
	HEADER(0x09, 0x00),
	0x31, 0x00, 0x70, 0x00,          /* StructureSize 49, DataOffset */
	0x02, 0x00, 0x00, 0x00,          /* Length */
	0x00, 0x00, 0x00, 0x80, 0x01, 0, 0, 0, /* Offset */
	FILE_ID,
	0x02, 0, 0, 0, 0x03, 0, 0, 0,    /* Channel, RemainingBytes */
	0, 0, 0, 0, 0x01, 0, 0, 0,       /* WriteChannelInfoOffset, …Length, Flags */
	'h', 'i',
};

/* [MS-SMB2] 2.2.22. */
static const uint8_t write_response[] = {
	HEADER(0x09, 0x01),
	0x11, 0x00, 0x00, 0x00,          /* StructureSize 17, Reserved */
	0x02, 0, 0, 0, 0, 0, 0, 0,       /* Count, Remaining */
	0, 0, 0, 0,                      /* WriteChannelInfoOffset, …Length */
};

/* [MS-SMB2] 2.2.26. */
static const uint8_t lock_request[] = {
	HEADER(0x0a, 0x00),
	0x30, 0x00, 0x02, 0x00,          /* StructureSize 48, LockCount */
	0x21, 0, 0, 0,                   /* LockSequenceNumber, LockSequenceIndex */
	FILE_ID,
	0x10, 0, 0, 0, 0, 0, 0, 0,       /* Offset */
	1, 0, 0, 0, 0, 0, 0, 0,          /* Length */
	0x12, 0, 0, 0, 0, 0, 0, 0,       /* Flags: exclusive, fail immediately; Reserved */
	0x20, 0, 0, 0, 0, 0, 0, 0,       /* the second one, shared */
	2, 0, 0, 0, 0, 0, 0, 0,
	0x01, 0, 0, 0, 0, 0, 0, 0,
};

static const uint8_t lock_response[] = {HEADER(0x0a, 0x01), 0x04, 0x00, 0x00, 0x00};

/* [MS-SMB2] 2.2.28 to 2.2.30. */
static const uint8_t cancel_request[] = {HEADER(0x0c, 0x02), 0x04, 0x00, 0x00, 0x00};
static const uint8_t echo_request[] = {HEADER(0x0d, 0x00), 0x04, 0x00, 0x00, 0x00};
static const uint8_t echo_response[] = {HEADER(0x0d, 0x01), 0x04, 0x00, 0x00, 0x00};

/* [MS-SMB2] 2.2.23.1, 2.2.24.1 and 2.2.25.1. */
#define OPLOCK_BREAK(flags) \
	HEADER(0x12, flags), \
	0x18, 0x00, 0x01, 0x00, 0, 0, 0, 0, /* StructureSize 24, OplockLevel: II, Reserved, … */ \
	FILE_ID

static const uint8_t oplock_break_acknowledgment[] = {OPLOCK_BREAK(0x00)};
static const uint8_t oplock_break_notification[] = {OPLOCK_BREAK(0x01)};

/* [MS-SMB2] 2.2.23.2. */
static const uint8_t lease_break_notification[] = {
	HEADER(0x12, 0x01),
	0x2c, 0x00, 0x07, 0x00,          /* StructureSize 44, NewEpoch */
	0x01, 0, 0, 0,                   /* Flags: acknowledgment required */
	GUID,                            /* LeaseKey */
	0x07, 0, 0, 0, 0x03, 0, 0, 0,    /* CurrentLeaseState, NewLeaseState */
	0x04, 0, 0, 0, 0x05, 0, 0, 0, 0x06, 0, 0, 0, /* BreakReason, …MaskHints */
};

/* [MS-SMB2] 2.2.24.2 and 2.2.25.2. */
#define LEASE_BREAK(flags) \
	HEADER(0x12, flags), \
	0x24, 0x00, 0x00, 0x00, 0, 0, 0, 0, /* StructureSize 36, Reserved, Flags */ \
	GUID,                               /* LeaseKey */ \
	0x03, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 /* LeaseState, LeaseDuration */

static const uint8_t lease_break_acknowledgment[] = {LEASE_BREAK(0x00)};
static const uint8_t lease_break_response[] = {LEASE_BREAK(0x01)};

/* [MS-SMB2] 2.2.44. */
static const uint8_t notification[] = {
	HEADER(0x13, 0x01),
	0x04, 0x00, 0x00, 0x00, 0x00, 0, 0, 0, /* StructureSize 4, Reserved, NotificationType */
	0, 0, 0, 0,                      /* Notification: SMB2_NOTIFY_SESSION_CLOSED */
};

/* clang-format on */

static bool
check_create_request(struct cursor message)
{
	union smb2_body body;
	const struct smb2_create_request *request = &body.create_request;

	if (!decode(message, &body))
		return false;
	ck_assert_uint_eq(request->requested_oplock_level, SMB2_OPLOCK_LEVEL_BATCH);
	ck_assert_uint_eq(request->impersonation_level, 2);
	ck_assert_uint_eq(request->desired_access, 0x120089);
	ck_assert_uint_eq(request->file_attributes, 0x80);
	ck_assert_uint_eq(request->share_access, 7);
	ck_assert_uint_eq(request->create_disposition, 1);
	ck_assert_uint_eq(request->create_options, FILE_NON_DIRECTORY_FILE);
	if (cur_left(&message) < 124)
		ck_assert(!cur_ok(&request->name));
	else
		assert_utf16(request->name, "f1");
	if (cur_left(&message) < 128)
		ck_assert(!cur_ok(&request->contexts));
	else
		ck_assert_uint_eq(cur_left(&request->contexts), cur_left(&message) - 128);
	return true;
}

static void
assert_state(const struct smb2_file_state *state)
{
	ck_assert_uint_eq(state->creation_time, 0x01d7000000000001);
	ck_assert_uint_eq(state->last_access_time, 0x01d7000000000002);
	ck_assert_uint_eq(state->last_write_time, 0x01d7000000000003);
	ck_assert_uint_eq(state->change_time, 0x01d7000000000004);
	ck_assert_uint_eq(state->allocation_size, 4096);
	ck_assert_uint_eq(state->end_of_file, 258);
	ck_assert_uint_eq(state->file_attributes, 0x20);
}

static bool
check_create_response(struct cursor message)
{
	union smb2_body body;
	const struct smb2_create_response *response = &body.create_response;

	if (!decode(message, &body))
		return false;
	ck_assert_uint_eq(response->oplock_level, SMB2_OPLOCK_LEVEL_LEASE);
	ck_assert_uint_eq(response->flags, 1);
	ck_assert_uint_eq(response->create_action, 2);
	assert_state(&response->state);
	assert_file_id(response->file_id);
	assert_chars(response->contexts, "\1\2\3\4\5\6\7\10", cur_left(&message) - 152);
	return true;
}

static bool
check_close_request(struct cursor message)
{
	union smb2_body body;

	if (!decode(message, &body))
		return false;
	ck_assert_uint_eq(body.close_request.flags, SMB2_CLOSE_FLAG_POSTQUERY_ATTRIB);
	assert_file_id(body.close_request.file_id);
	return true;
}

static bool
check_close_response(struct cursor message)
{
	union smb2_body body;

	if (!decode(message, &body))
		return false;
	ck_assert_uint_eq(body.close_response.flags, SMB2_CLOSE_FLAG_POSTQUERY_ATTRIB);
	assert_state(&body.close_response.state);
	return true;
}

static bool
check_flush_request(struct cursor message)
{
	union smb2_body body;

	if (!decode(message, &body))
		return false;
	assert_file_id(body.flush_request.file_id);
	return true;
}

static bool
check_read_request(struct cursor message)
{
	union smb2_body body;
	const struct smb2_read_request *request = &body.read_request;

	if (!decode(message, &body))
		return false;
	ck_assert_uint_eq(request->flags, 1);
	ck_assert_uint_eq(request->length, 0x100000);
	ck_assert_uint_eq(request->offset, 0x180000000);
	assert_file_id(request->file_id);
	ck_assert_uint_eq(request->minimum_count, 1);
	ck_assert_uint_eq(request->channel, 2);
	ck_assert_uint_eq(request->remaining_bytes, 3);
	return true;
}

static bool
check_read_response(struct cursor message)
{
	union smb2_body body;

	if (!decode(message, &body))
		return false;
	ck_assert_uint_eq(body.read_response.data_offset, 80);
	ck_assert_uint_eq(body.read_response.data_length, 2);
	ck_assert_uint_eq(body.read_response.data_remaining, 4);
	return true;
}

static bool
check_write_request(struct cursor message)
{
	union smb2_body body;
	const struct smb2_write_request *request = &body.write_request;

	if (!decode(message, &body))
		return false;
	ck_assert_uint_eq(request->data_offset, 112);
	ck_assert_uint_eq(request->length, 2);
	ck_assert_uint_eq(request->offset, 0x180000000);
	assert_file_id(request->file_id);
	ck_assert_uint_eq(request->channel, 2);
	ck_assert_uint_eq(request->remaining_bytes, 3);
	ck_assert_uint_eq(request->flags, 1);
	return true;
}

static bool
check_write_response(struct cursor message)
{
	union smb2_body body;

	if (!decode(message, &body))
		return false;
	ck_assert_uint_eq(body.write_response.count, 2);
	return true;
}

static bool
check_lock_request(struct cursor message)
{
	union smb2_body body;
	struct smb2_lock lock;

	if (!decode(message, &body))
		return false;
	ck_assert_uint_eq(body.lock_request.lock_count, 2);
	ck_assert_uint_eq(body.lock_request.lock_sequence, 0x21);
	assert_file_id(body.lock_request.file_id);
	ck_assert_uint_eq(body.lock_request.first.flags,
	    SMB2_LOCKFLAG_EXCLUSIVE_LOCK | SMB2_LOCKFLAG_FAIL_IMMEDIATELY);
	ck_assert(smb2_next_lock(&body.lock_request.locks, &lock));
	ck_assert_uint_eq(lock.offset, 16);
	ck_assert_uint_eq(lock.length, 1);
	if (!smb2_next_lock(&body.lock_request.locks, &lock)) {
		ck_assert_uint_lt(cur_left(&message), sizeof(lock_request));
		return true;
	}
	ck_assert_uint_eq(lock.offset, 32);
	ck_assert_uint_eq(lock.length, 2);
	ck_assert_uint_eq(lock.flags, SMB2_LOCKFLAG_SHARED_LOCK);
	ck_assert(!smb2_next_lock(&body.lock_request.locks, &lock));
	return true;
}

static bool
check_oplock_break(struct cursor message)
{
	union smb2_body body;

	if (!decode(message, &body))
		return false;
	ck_assert(!body.oplock_break.is_lease);
	ck_assert_uint_eq(body.oplock_break.oplock_level, SMB2_OPLOCK_LEVEL_II);
	assert_file_id(body.oplock_break.file_id);
	return true;
}

static bool
check_lease_break_notification(struct cursor message)
{
	union smb2_body body;
	const struct smb2_oplock_break *found = &body.oplock_break;

	if (!decode(message, &body))
		return false;
	ck_assert(found->is_lease && found->is_notification);
	ck_assert_uint_eq(found->new_epoch, 7);
	ck_assert_uint_eq(found->flags, 1);
	assert_guid(found->lease_key);
	ck_assert_uint_eq(found->current_lease_state, 7);
	ck_assert_uint_eq(found->lease_state, SMB2_LEASE_READ_CACHING | SMB2_LEASE_HANDLE_CACHING);
	ck_assert_uint_eq(found->break_reason, 4);
	ck_assert_uint_eq(found->access_mask_hint, 5);
	ck_assert_uint_eq(found->share_mask_hint, 6);
	return true;
}

static bool
check_lease_break(struct cursor message)
{
	union smb2_body body;

	if (!decode(message, &body))
		return false;
	ck_assert(body.oplock_break.is_lease && !body.oplock_break.is_notification);
	assert_guid(body.oplock_break.lease_key);
	ck_assert_uint_eq(body.oplock_break.lease_state, 3);
	return true;
}

static bool
check_notification(struct cursor message)
{
	union smb2_body body;

	if (!decode(message, &body))
		return false;
	ck_assert_uint_eq(body.notification.notification_type, SMB2_NOTIFY_SESSION_CLOSED);
	return true;
}

static bool
check_nothing(struct cursor message)
{
	union smb2_body body;

	return decode(message, &body);
}

static const struct decoder_case cases[] = {
    {"create request", SAMPLE(create_request), 120, 64, check_create_request},
    {"create response", SAMPLE(create_response), 152, 64, check_create_response},
    {"close request", SAMPLE(close_request), 88, 64, check_close_request},
    {"close response", SAMPLE(close_response), 124, 64, check_close_response},
    {"flush request", SAMPLE(flush_request), 88, 64, check_flush_request},
    {"flush response", SAMPLE(flush_response), 68, 64, check_nothing},
    {"read request", SAMPLE(read_request), 112, 64, check_read_request},
    {"read response", SAMPLE(read_response), 80, 64, check_read_response},
    {"write request", SAMPLE(write_request), 112, 64, check_write_request},
    {"write response", SAMPLE(write_response), 80, 64, check_write_response},
    {"lock request", SAMPLE(lock_request), 112, 64, check_lock_request},
    {"lock response", SAMPLE(lock_response), 68, 64, check_nothing},
    {"cancel", SAMPLE(cancel_request), 68, 64, check_nothing},
    {"echo request", SAMPLE(echo_request), 68, 64, check_nothing},
    {"echo response", SAMPLE(echo_response), 68, 64, check_nothing},
    {"oplock break acknowledgment", SAMPLE(oplock_break_acknowledgment), 88, 64,
	check_oplock_break},
    {"oplock break notification", SAMPLE(oplock_break_notification), 88, 64, check_oplock_break},
    {"lease break notification", SAMPLE(lease_break_notification), 108, 64,
	check_lease_break_notification},
    {"lease break acknowledgment", SAMPLE(lease_break_acknowledgment), 100, 64, check_lease_break},
    {"lease break response", SAMPLE(lease_break_response), 100, 64, check_lease_break},
    {"notification", SAMPLE(notification), 72, 64, check_notification},
};

START_TEST(test_prefixes)
{
	try_prefixes(&cases[_i]);
}
END_TEST

START_TEST(test_wrong_size)
{
	try_wrong_size(&cases[_i]);
}
END_TEST

static void
read_all(struct cursor message)
{
	struct smb2_header header;
	struct smb2_lock lock;
	union smb2_body body;

	if (!smb2_decode_header(message, &header) || !smb2_decode_body(&header, message, &body))
		return;
	if (header.command == SMB2_CREATE && header.flags & SMB2_FLAGS_SERVER_TO_REDIR) {
		touch(body.create_response.contexts);
	} else if (header.command == SMB2_CREATE) {
		touch(body.create_request.name);
		touch(body.create_request.contexts);
	} else if (header.command == SMB2_LOCK && !(header.flags & SMB2_FLAGS_SERVER_TO_REDIR)) {
		while (smb2_next_lock(&body.lock_request.locks, &lock))
			ck_assert_uint_le(cur_left(&body.lock_request.locks), sizeof(lock_request));
	}
}

START_TEST(test_lies)
{
	try_lies(&cases[_i], read_all);
}
END_TEST

/* A name and contexts that are not inside, each without harm to the other. */
START_TEST(test_outside)
{
	uint8_t copy[sizeof(create_request)];
	union smb2_body body;

	memcpy(copy, create_request, sizeof(copy));
	copy[64 + 47] = 0x80; /* NameLength */
	ck_assert(decode(cur_of(copy, sizeof(copy)), &body));
	ck_assert(!cur_ok(&body.create_request.name));
	ck_assert_uint_eq(cur_left(&body.create_request.contexts), 24);
	memcpy(copy, create_request, sizeof(copy));
	copy[64 + 50] = 0x80; /* CreateContextsOffset */
	ck_assert(decode(cur_of(copy, sizeof(copy)), &body));
	assert_utf16(body.create_request.name, "f1");
	ck_assert(!cur_ok(&body.create_request.contexts));
}
END_TEST

/* The share's root, and no contexts. */
START_TEST(test_empty)
{
	uint8_t copy[120];
	union smb2_body body;

	memcpy(copy, create_request, sizeof(copy));
	copy[64 + 46] = 0;            /* NameLength */
	memset(copy + 64 + 48, 0, 8); /* CreateContextsOffset, CreateContextsLength */
	ck_assert(decode(cur_of(copy, sizeof(copy)), &body));
	assert_utf16(body.create_request.name, "");
	ck_assert(cur_ok(&body.create_request.contexts));
	ck_assert_uint_eq(cur_left(&body.create_request.contexts), 0);
}
END_TEST

/* No lock at all, and more than there are. */
START_TEST(test_lock_count)
{
	uint8_t copy[sizeof(lock_request)];
	struct smb2_lock lock;
	union smb2_body body;
	size_t count = 0;

	memcpy(copy, lock_request, sizeof(copy));
	copy[66] = 0;
	ck_assert(decode(cur_of(copy, sizeof(copy)), &body));
	ck_assert_uint_eq(body.lock_request.first.flags, 0x12);
	ck_assert(!smb2_next_lock(&body.lock_request.locks, &lock));
	copy[66] = copy[67] = 0xff;
	ck_assert(decode(cur_of(copy, sizeof(copy)), &body));
	while (smb2_next_lock(&body.lock_request.locks, &lock))
		count++;
	ck_assert_uint_eq(count, 2);
}
END_TEST

/* A notification of a lease is none that a client sends, and CANCEL none that a server does. */
START_TEST(test_direction)
{
	uint8_t copy[sizeof(lease_break_notification)];
	union smb2_body body;

	memcpy(copy, lease_break_notification, sizeof(copy));
	copy[16] = 0;
	ck_assert(!decode(cur_of(copy, sizeof(copy)), &body));
	memcpy(copy, cancel_request, sizeof(cancel_request));
	copy[16] = SMB2_FLAGS_SERVER_TO_REDIR;
	ck_assert(!decode(cur_of(copy, sizeof(cancel_request)), &body));
	memcpy(copy, notification, sizeof(notification));
	copy[16] = 0;
	ck_assert(!decode(cur_of(copy, sizeof(notification)), &body));
}
END_TEST

Suite *
smb2_file_wire_suite(void)
{
	Suite *suite = suite_create("smb2_file_wire");
	TCase *tests = tcase_create("decoders");

	tcase_add_loop_test(tests, test_prefixes, 0, (int)COUNT(cases));
	tcase_add_loop_test(tests, test_wrong_size, 0, (int)COUNT(cases));
	tcase_add_loop_test(tests, test_lies, 0, (int)COUNT(cases));
	tcase_add_test(tests, test_outside);
	tcase_add_test(tests, test_empty);
	tcase_add_test(tests, test_lock_count);
	tcase_add_test(tests, test_direction);
	suite_add_tcase(suite, tests);
	return suite;
}
