/* What nDPI calls a conversation that none of our dissectors knows. Asked lazily. */
#ifndef SMBTRIAGE_CONVERSATION_CLASSIFY_H
#define SMBTRIAGE_CONVERSATION_CLASSIFY_H

#include <stdint.h>

/* The first payload of one side. */
struct payload_sample {
	uint32_t length; /* at most PAYLOAD_SAMPLE_MOST */
	uint8_t bytes[];
};

/* Enough for a TLS ClientHello. */
#define PAYLOAD_SAMPLE_MOST 1024

struct classifier;

/* Takes no time: nDPI is initialised with the first question (some 15 ms, 7 MiB). */
struct classifier *classifier_new(void);
void classifier_free(struct classifier *classifier);

/*
 * nDPI's name for a TCP connection that began with SAMPLES (client's, server's; NULL: none), such
 * as "HTTP" or "TLS", from their contents and never from the ports; NULL when there is no payload
 * or nobody knows it. The text lives as long as the classifier.
 */
const char *classify(struct classifier *classifier, const struct payload_sample *const samples[2],
    uint16_t client_port, uint16_t server_port);

#endif
