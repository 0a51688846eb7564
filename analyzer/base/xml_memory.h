/* The memory of libxml2: the program's own. */
#ifndef SMBTRIAGE_BASE_XML_MEMORY_H
#define SMBTRIAGE_BASE_XML_MEMORY_H

/*
 * To be called before anything of libxml2 is, by everyone who uses it: blocks are given back where
 * they were taken. From then on running out of memory is fatal in it, too.
 */
void xml_share_memory(void);

#endif
