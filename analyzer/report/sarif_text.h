/* Texts as SARIF 2.1.0 wants them: plain messages, and files as URIs. */
#ifndef SMBTRIAGE_REPORT_SARIF_TEXT_H
#define SMBTRIAGE_REPORT_SARIF_TEXT_H

#include <stdbool.h>

#include "analyzer/base/text.h"

/* CHARS, from a packet or our own, as part of a plain text message. Controls are made visible;
 * braces, which stand for arguments (3.11.5), are doubled; and nothing is a link (3.11.6). */
void sarif_add_plain(struct text *message, const char *chars);

/* Whether the URI of the file at PATH is relative to the directory that the program was run in. */
bool sarif_is_relative(const char *path);

/* The URI (RFC 3986) of the file at PATH: "file:///tmp/a%20b.pcap", "captures/x.pcap". Bytes are
 * those of the name, whatever its encoding. */
void sarif_add_uri(struct text *uri, const char *path);

#endif
