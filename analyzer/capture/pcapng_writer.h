/*
 * Writes pcapng files (draft-ietf-opsawg-pcapng): one section, little endian, time stamps in
 * nanoseconds. Whatever is written here was read by a reader before, so secrets cannot get in.
 */
#ifndef SMBTRIAGE_CAPTURE_PCAPNG_WRITER_H
#define SMBTRIAGE_CAPTURE_PCAPNG_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "analyzer/capture/source.h"
#include "analyzer/facts.h"

/* What the section header says of the whole file (4.1). Texts are UTF-8, NULL where nothing is
 * said; whoever fills them in has made harmless what came from packets. */
struct pcapng_section {
	const char *hardware, *os, *application;
	const char *const *comments;
	size_t comment_count;
};

/* One packet (4.3). */
struct pcapng_packet {
	const struct record *record; /* all but its frame and interface are written as they are */
	uint32_t interface;          /* in the order in which they were added to this file */
	uint64_t id;                 /* epb_packetid: the record's frame in its source */
	const char *const *comments;
	size_t comment_count;
};

struct pcapng_writer;

/* Writes to OUT, whose errors are its own: ferror(OUT). */
struct pcapng_writer *pcapng_writer_new(FILE *out);
void pcapng_writer_free(struct pcapng_writer *writer);

/* In this order: the section, its interfaces, names, packets, statistics. */

void pcapng_write_section(struct pcapng_writer *writer, const struct pcapng_section *section);

/* With the name, description, filter, operating system, link type and snap length of FACTS; the
 * earliest packet must not be before FACTS->first_time. Returns its number, from 0. */
uint32_t pcapng_write_interface(struct pcapng_writer *writer, const struct interface_facts *facts);

/* A block of names (4.5); none when there are none. */
void pcapng_write_names(struct pcapng_writer *writer, const struct name_facts *names, size_t count);

/* A record without a time gets that of the epoch. */
void pcapng_write_packet(struct pcapng_writer *writer, const struct pcapng_packet *packet);

/* What FACTS say that the capturing system dropped on INTERFACE until its last packet, also when
 * that was nothing; and, where IS_TIMED, from when until when it captured (4.6). Nothing when they
 * say nothing. */
void pcapng_write_statistics(struct pcapng_writer *writer, uint32_t interface,
    const struct interface_facts *facts, bool is_timed);

#endif
