#include "analyzer/capture/peel.h"

#include <stddef.h>

/* IEEE 802.11-2020 9.2.4.1: frame control, read little-endian. */
#define WLAN_VERSION_TYPE 0x000f
#define WLAN_DATA         0x0008
#define WLAN_NO_DATA      0x0040
#define WLAN_QOS          0x0080
#define WLAN_TO_DS        0x0100
#define WLAN_FROM_DS      0x0200
#define WLAN_MORE         0x0400
#define WLAN_PROTECTED    0x4000
#define WLAN_ORDER        0x8000

/* IEEE 802.11-2020 9.2.4.5.1: the QoS control's bit for several frames in one. */
#define WLAN_AGGREGATE 0x0080

#define RADIOTAP_TSFT   0x00000001u
#define RADIOTAP_FLAGS  0x00000002u
#define RADIOTAP_MORE   0x80000000u
#define RADIOTAP_PADDED 0x20 /* the 802.11 header is padded to four bytes */

/* Data frames of one packet in the clear; fragments, aggregates and encrypted ones are not read. */
static enum decode_result
peel_wlan_data(struct peel *peel, bool is_padded)
{
	struct cursor *in = &peel->bytes;
	uint16_t control = cur_le16(in), sequence, qos = 0;

	cur_skip(in, 20); /* duration, three addresses */
	sequence = cur_le16(in);
	if (cur_ok(in) && ((control & WLAN_VERSION_TYPE) != WLAN_DATA || (control & WLAN_NO_DATA)))
		return DECODED_NOT_IP;
	if ((control & WLAN_TO_DS) && (control & WLAN_FROM_DS))
		cur_skip(in, 6);
	if (control & WLAN_QOS) {
		qos = cur_le16(in);
		cur_skip(in, control & WLAN_ORDER ? 4 : 0); /* HT control */
	}
	if (is_padded)
		cur_skip(in, -cur_offset(in) & 3);
	if (!cur_ok(in))
		return peel_failed(peel);
	if ((control & (WLAN_PROTECTED | WLAN_MORE)) || (sequence & 0x0f) || (qos & WLAN_AGGREGATE))
		return DECODED_UNKNOWN_LINK;
	peel_next(peel);
	return peel_llc(peel);
}

enum decode_result
peel_wlan(struct peel *peel)
{
	return peel_wlan_data(peel, false);
}

/* www.radiotap.org: the flags are the second field, behind a timestamp aligned to eight bytes. */
static bool
radiotap_is_padded(struct cursor header)
{
	uint32_t present = cur_le32(&header), more = present;

	while (cur_ok(&header) && (more & RADIOTAP_MORE))
		more = cur_le32(&header);
	if (!(present & RADIOTAP_FLAGS))
		return false;
	if (present & RADIOTAP_TSFT)
		cur_skip(&header, (-cur_offset(&header) & 7) + 8);
	return (cur_u8(&header) & RADIOTAP_PADDED) != 0;
}

enum decode_result
peel_radiotap(struct peel *peel)
{
	struct cursor header;
	bool is_padded;
	uint16_t length;

	cur_skip(&peel->bytes, 2); /* version */
	length = cur_le16(&peel->bytes);
	header = peel->bytes;
	if (length < 8 || !peel_skip(peel, length - 4u))
		return peel_failed(peel);
	is_padded = radiotap_is_padded(header);
	return peel_wlan_data(peel, is_padded);
}
