#include "dissectors/dfs_referrals.h"

#include "dissectors/smb2_fields.h"

#define ENTRY_HEAD_SIZE 8 /* VersionNumber to ReferralEntryFlags: the same in all versions */
/* Bytes of a text; four times what Windows takes for a path. Entries may all point to one text, so
 * that this bounds the work for a whole answer. */
#define MOST_TEXT 2048

/* The characters up to a null; all of them when there is none. */
static struct cursor
text_of(struct cursor text)
{
	struct cursor rest = text;
	size_t length = 0;

	while (length < MOST_TEXT && cur_left(&rest) >= 2 && cur_le16(&rest) != 0)
		length += 2;
	return cur_sub(&text, length);
}

bool
dfs_decode_referral_request(struct cursor input, struct dfs_referral_request *ret)
{
	struct dfs_referral_request request = {.max_level = cur_le16(&input)};

	if (!cur_ok(&input))
		return false;
	request.name = text_of(input);
	*ret = request;
	return true;
}

bool
dfs_decode_referral_request_ex(struct cursor input, struct dfs_referral_request *ret)
{
	struct dfs_referral_request request = {.max_level = cur_le16(&input)};
	uint16_t flags = cur_le16(&input), length;

	cur_skip(&input, 4); /* RequestDataLength */
	length = cur_le16(&input);
	request.name = cur_sub(&input, length);
	if (flags & 1) { /* SiteName */
		length = cur_le16(&input);
		request.site_name = cur_sub(&input, length);
	}
	if (!cur_ok(&input))
		return false;
	request.name = text_of(request.name);
	request.site_name = text_of(request.site_name);
	*ret = request;
	return true;
}

bool
dfs_decode_referral_response(struct cursor output, struct dfs_referral_response *ret)
{
	struct dfs_referral_response response = {.path_consumed = cur_le16(&output)};

	response.count = response.left = cur_le16(&output);
	response.flags = cur_le32(&output);
	response.entries = cur_sub(&output, cur_left(&output));
	if (!cur_ok(&output))
		return false;
	*ret = response;
	return true;
}

/* A text at OFFSET from the entry's beginning; 0 is none. It may stand behind the last entry. */
static struct cursor
text_at(const struct cursor *entry, uint16_t offset)
{
	struct cursor text = smb2_window_there(entry, offset, SIZE_MAX);

	return offset != 0 && cur_ok(&text) ? text_of(text) : cur_none();
}

/* [MS-DFSC] 2.2.5.1. */
static void
read_v1(struct cursor *body, const struct cursor *entry, struct dfs_referral *ret)
{
	ret->target = text_at(entry, (uint16_t)cur_offset(body));
}

static void
read_offsets(struct cursor *body, const struct cursor *entry, struct dfs_referral *ret)
{
	ret->path = text_at(entry, cur_le16(body));
	ret->alternate_path = text_at(entry, cur_le16(body));
	ret->target = text_at(entry, cur_le16(body));
}

/* [MS-DFSC] 2.2.5.2. */
static void
read_v2(struct cursor *body, const struct cursor *entry, struct dfs_referral *ret)
{
	cur_skip(body, 4); /* Proximity */
	ret->time_to_live = cur_le32(body);
	read_offsets(body, entry, ret);
}

/* [MS-DFSC] 2.2.5.3 and 2.2.5.4: two forms, and version 4 is the same. */
static void
read_v3(struct cursor *body, const struct cursor *entry, struct dfs_referral *ret)
{
	ret->time_to_live = cur_le32(body);
	if (ret->flags & DFS_NAME_LIST_REFERRAL)
		ret->special_name = text_at(entry, cur_le16(body));
	else
		read_offsets(body, entry, ret);
}

bool
dfs_next_referral(struct dfs_referral_response *response, struct dfs_referral *ret)
{
	static void (*const versions[])(struct cursor *, const struct cursor *,
	    struct dfs_referral *) = {NULL, read_v1, read_v2, read_v3, read_v3};
	const struct cursor entry = response->entries;
	struct dfs_referral referral = {.path = cur_none(),
	    .alternate_path = cur_none(),
	    .target = cur_none(),
	    .special_name = cur_none()};
	struct cursor body = entry;
	uint16_t size;

	referral.version = cur_le16(&body);
	size = cur_le16(&body);
	referral.server_type = cur_le16(&body);
	referral.flags = cur_le16(&body);
	if (response->left == 0 || !cur_ok(&body) || referral.version == 0 ||
	    referral.version >= sizeof(versions) / sizeof(versions[0]))
		return false;
	versions[referral.version](&body, &entry, &referral);
	if (!cur_ok(&body) || !smb2_step(&response->entries, size, ENTRY_HEAD_SIZE))
		return false;
	response->left--;
	*ret = referral;
	return true;
}
