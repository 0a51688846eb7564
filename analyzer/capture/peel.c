#include "analyzer/capture/peel.h"

bool
peel_skip(struct peel *peel, uint32_t count)
{
	cur_skip(&peel->bytes, count);
	if (!cur_ok(&peel->bytes))
		return false;
	peel_next(peel);
	return true;
}

enum decode_result
peel_into(struct peel *peel, const struct peel_row *rows, size_t count, uint32_t number,
    enum decode_result otherwise)
{
	for (size_t i = 0; i < count; i++) {
		if (rows[i].number != number)
			continue;
		if (++peel->headers > PEEL_HEADERS_MOST)
			return DECODED_UNKNOWN_LINK;
		peel_note_path(peel, number);
		return rows[i].read(peel);
	}
	return otherwise;
}

enum decode_result
peel_unread(struct peel *peel)
{
	(void)peel;
	return DECODED_UNKNOWN_LINK;
}
