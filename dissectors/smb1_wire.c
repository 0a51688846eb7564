#include "dissectors/smb1_wire.h"

#include <stddef.h>

#include "analyzer/dissector.h"
#include "dissectors/smb2_wire.h"

bool
smb1_decode_header(struct cursor message, struct smb1_header *ret)
{
	struct smb1_header header = {0};
	bool is_ours = cur_be32(&message) == SMB1_MAGIC;

	header.command = cur_u8(&message);
	header.status = cur_le32(&message);
	header.flags = cur_u8(&message);
	header.flags2 = cur_le16(&message);
	header.pid = (uint32_t)cur_le16(&message) << 16;
	cur_skip(&message, 10); /* SecurityFeatures, Reserved */
	header.tid = cur_le16(&message);
	header.pid |= cur_le16(&message);
	header.uid = cur_le16(&message);
	header.mid = cur_le16(&message);
	if (!cur_ok(&message) || !is_ours)
		return false;
	*ret = header;
	return true;
}

uint32_t
smb1_wanted(struct cursor message, uint32_t length)
{
	static const uint8_t whole[] = {SMB_COM_NEGOTIATE, SMB_COM_SESSION_SETUP_ANDX,
	    SMB_COM_TREE_CONNECT_ANDX, SMB_COM_TREE_CONNECT};
	uint32_t wanted = SMB1_HEADER_SIZE;
	uint8_t command;

	cur_skip(&message, 4);
	command = cur_u8(&message);
	for (size_t i = 0; i < sizeof(whole); i++)
		if (command == whole[i])
			wanted = MESSAGE_MOST_WANTED;
	return length < wanted ? length : wanted;
}

bool
smb1_decode_block(struct cursor message, uint32_t offset, struct smb1_block *ret)
{
	struct smb1_block block;
	uint16_t byte_count;

	cur_skip(&message, offset);
	block.word_count = cur_u8(&message);
	block.words = cur_sub(&message, 2u * block.word_count);
	byte_count = cur_le16(&message);
	if (!cur_ok(&message))
		return false;
	block.bytes_offset = (uint32_t)cur_offset(&message);
	block.bytes =
	    cur_sub(&message, byte_count < cur_left(&message) ? byte_count : cur_left(&message));
	*ret = block;
	return true;
}

bool
smb1_decode_andx(const struct smb1_block *block, struct smb1_andx *ret)
{
	struct cursor words = block->words;
	struct smb1_andx andx;

	andx.command = cur_u8(&words);
	cur_skip(&words, 1);
	andx.offset = cur_le16(&words);
	if (!cur_ok(&words))
		return false;
	*ret = andx;
	return true;
}

/* The bytes before the next NUL of WIDTH bytes; the cursor passes it. Short when there is none. */
static struct cursor
take_string(struct cursor *bytes, size_t width)
{
	struct cursor rest = *bytes;
	size_t length = 0;

	while (cur_left(&rest) >= width) {
		if ((width == 1 ? cur_u8(&rest) : cur_le16(&rest)) == 0) {
			struct cursor string = cur_sub(bytes, length);

			cur_skip(bytes, width);
			return string;
		}
		length += width;
	}
	return cur_none();
}

bool
smb1_next_dialect(struct cursor *bytes, struct cursor *ret)
{
	struct cursor string;

	if (cur_u8(bytes) != 0x02) /* BufferFormat */
		return false;
	string = take_string(bytes, 1);
	if (!cur_ok(&string))
		return false;
	*ret = string;
	return true;
}

/* A security token, as far as it was captured: its beginning says what it is. */
static struct cursor
token_of(const struct smb1_block *block, uint16_t length)
{
	size_t left = cur_left(&block->bytes);

	return cur_window(&block->bytes, 0, length < left ? length : left);
}

bool
smb1_decode_negotiate_response(const struct smb1_block *block, struct smb1_negotiate_response *ret)
{
	struct cursor words = block->words;
	struct smb1_negotiate_response response = {
	    .dialect_index = cur_le16(&words), .token = cur_none()};

	if (!cur_ok(&words))
		return false;
	response.security_mode = cur_u8(&words);
	cur_skip(&words, 2 + 2 + 4 + 4 + 4); /* MaxMpxCount to SessionKey */
	response.capabilities = cur_le32(&words);
	response.has_nt_part = block->word_count == 17 && cur_ok(&words);
	/* ServerGUID and SecurityBlob, where the challenge is otherwise ([MS-SMB] 2.2.4.5.2.1). */
	if (response.has_nt_part && response.capabilities & SMB_CAP_EXTENDED_SECURITY) {
		struct cursor bytes = block->bytes;

		cur_skip(&bytes, 16);
		response.token = cur_sub(&bytes, cur_left(&bytes));
	}
	*ret = response;
	return true;
}

/* Unicode strings begin at an even offset from the SMB header ([MS-CIFS] 2.2.1.1). */
static void
align(const struct smb1_block *block, struct cursor *bytes, bool is_unicode)
{
	if (is_unicode && (block->bytes_offset + cur_offset(bytes)) % 2 != 0)
		cur_skip(bytes, 1);
}

/* With 12 words the data are a security token ([MS-SMB] 2.2.4.6.1), with 13 two passwords and
 * then strings; older forms hold no account that we could name. */
bool
smb1_decode_session_setup_request(
    const struct smb1_block *block, bool is_unicode, struct smb1_session_setup_request *ret)
{
	struct smb1_session_setup_request request = {.account = cur_none(), .domain = cur_none()};
	struct cursor words = block->words, bytes = block->bytes;
	size_t width = is_unicode ? 2 : 1;

	cur_skip(&words, 4 + 2 + 2 + 2 + 4); /* AndX, MaxBufferSize to SessionKey */
	request.password_lengths[0] = cur_le16(&words);
	if (!cur_ok(&words))
		return false;
	request.has_token = block->word_count == 12;
	if (request.has_token) {
		request.token = token_of(block, request.password_lengths[0]);
	} else if (block->word_count == 13) {
		request.password_lengths[1] = cur_le16(&words);
		cur_skip(&bytes, request.password_lengths[0]);
		cur_skip(&bytes, request.password_lengths[1]);
		align(block, &bytes, is_unicode);
		request.account = take_string(&bytes, width);
		request.domain = take_string(&bytes, width);
	}
	*ret = request;
	return true;
}

bool
smb1_decode_session_setup_response(
    const struct smb1_block *block, struct smb1_session_setup_response *ret)
{
	struct smb1_session_setup_response response = {0};
	struct cursor words = block->words;
	uint16_t token_length;

	cur_skip(&words, 4);
	response.action = cur_le16(&words);
	if (!cur_ok(&words))
		return false;
	token_length = cur_le16(&words);
	if (block->word_count == 4)
		response.token = token_of(block, token_length);
	*ret = response;
	return true;
}

bool
smb1_decode_tree_connect_request(
    const struct smb1_block *block, bool is_unicode, struct smb1_tree_connect_request *ret)
{
	struct smb1_tree_connect_request request;
	struct cursor words = block->words, bytes = block->bytes;
	uint16_t password_length;

	cur_skip(&words, 4 + 2); /* AndX, Flags */
	password_length = cur_le16(&words);
	if (!cur_ok(&words))
		return false;
	cur_skip(&bytes, password_length);
	align(block, &bytes, is_unicode);
	request.path = take_string(&bytes, is_unicode ? 2 : 1);
	request.service = take_string(&bytes, 1);
	*ret = request;
	return true;
}

bool
smb1_decode_tree_connect_response(const struct smb1_block *block, struct cursor *ret)
{
	struct cursor bytes = block->bytes, service;

	if (block->word_count < 2)
		return false;
	service = take_string(&bytes, 1);
	if (!cur_ok(&service))
		return false;
	*ret = service;
	return true;
}
