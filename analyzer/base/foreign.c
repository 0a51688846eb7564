#include "analyzer/base/foreign.h"

#include <stdbool.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/cursor.h"

#define EDITCAP "convert it with: editcap -F pcapng FILE FILE.pcapng"
#define UNPACK  "unpack it first"

static const struct {
	const char *magic;
	size_t length;
	struct foreign foreign;
} magics[] = {
    {"RTSS", 4, {"a Microsoft Network Monitor 1 capture", EDITCAP, FOREIGN_CAPTURE}},
    {"GMBU", 4, {"a Microsoft Network Monitor 2 or 3 capture", EDITCAP, FOREIGN_CAPTURE}},
    {"snoop\0\0\0", 8, {"a snoop capture (RFC 1761)", EDITCAP, FOREIGN_CAPTURE}},
    {"TRSNIFF data    \x1a", 17, {"a Sniffer capture", EDITCAP, FOREIGN_CAPTURE}},
    {"XCP\0", 4, {"a NetXray or Windows Sniffer capture", EDITCAP, FOREIGN_CAPTURE}},
    {"\177ver", 4, {"an OmniPeek capture", EDITCAP, FOREIGN_CAPTURE}},
    {"ObserverPktBuffe", 16, {"a Network Instruments Observer capture", EDITCAP, FOREIGN_CAPTURE}},
    {"iptrace ", 8, {"an AIX iptrace capture", EDITCAP, FOREIGN_CAPTURE}},
    {"PK\3\4", 4, {"a zip archive", UNPACK, FOREIGN_ARCHIVE}},
    {"7z\xbc\xaf\x27\x1c", 6, {"a 7-Zip archive", UNPACK, FOREIGN_ARCHIVE}},
    {"\xfd"
     "7zXZ\0",
	6, {"compressed with xz", UNPACK, FOREIGN_ARCHIVE}},
    {"BZh", 3, {"compressed with bzip2", UNPACK, FOREIGN_ARCHIVE}},
    {"MSCF", 4, {"a cabinet archive of Windows (as of netsh trace)", UNPACK, FOREIGN_CABINET}},
    {"ElfFile\0", 8,
	{"a Windows event log, not a capture", "read it with Windows' Event Viewer",
	    FOREIGN_EVENT_LOG}},
};

static const struct foreign etl = {
    "an Event Trace Log of Windows (netsh trace, pktmon)",
    "convert it with: etl2pcapng FILE.etl FILE.pcapng, or on Windows: pktmon etl2pcap FILE.etl",
    FOREIGN_ETL,
};

/*
 * An ETL file has no magic number. It starts with a WMI_BUFFER_HEADER of 0x48 bytes, whose first
 * field is the size of buffers; then comes a SYSTEM_TRACE_HEADER of 0x20 bytes, marked 0xc0 and of
 * header type 1 or 2 (32 or 64 bits); then a TRACE_LOGFILE_HEADER, which begins with the same size.
 */
static bool
is_etl(const uint8_t *bytes, size_t length)
{
	struct cursor cursor = cur_of(bytes, length);
	uint32_t buffer_size = cur_le32(&cursor), buffer_size_again;
	uint8_t header_type, flags;

	cur_skip(&cursor, 0x48 - 4 + 2);
	header_type = cur_u8(&cursor);
	flags = cur_u8(&cursor);
	cur_skip(&cursor, 0x20 - 4);
	buffer_size_again = cur_le32(&cursor);
	return cur_ok(&cursor) && buffer_size != 0 && buffer_size == buffer_size_again &&
	       flags == 0xc0 && (header_type == 1 || header_type == 2);
}

const struct foreign *
foreign_recognise(const uint8_t *bytes, size_t length)
{
	for (size_t i = 0; i < COUNT(magics); i++) {
		if (length >= magics[i].length &&
		    memcmp(bytes, magics[i].magic, magics[i].length) == 0)
			return &magics[i].foreign;
	}
	return is_etl(bytes, length) ? &etl : NULL;
}
