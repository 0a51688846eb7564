#include "analyzer/conversation/classify.h"

#include <ndpi_api.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "analyzer/base/memory.h"

#define IPV4_BYTES 20
#define TCP_BYTES  20

/* nDPI has tables and counts that all modules share, and fills them when it likes: it is for one
 * thread at a time. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

struct classifier {
	struct ndpi_detection_module_struct *module; /* NULL until the first question */
};

struct classifier *
classifier_new(void)
{
	return mem_alloc(1, sizeof(struct classifier));
}

void
classifier_free(struct classifier *classifier)
{
	if (classifier == NULL)
		return;
	if (classifier->module != NULL) {
		pthread_mutex_lock(&lock);
		ndpi_exit_detection_module(classifier->module);
		pthread_mutex_unlock(&lock);
	}
	mem_free(classifier);
}

static void
begin(struct classifier *classifier)
{
	NDPI_PROTOCOL_BITMASK all;

	set_ndpi_malloc(mem_take);
	set_ndpi_free(mem_free);
	set_ndpi_flow_malloc(mem_take);
	set_ndpi_flow_free(mem_free);
	classifier->module = ndpi_init_detection_module(ndpi_no_prefs);
	if (classifier->module == NULL)
		return;
	NDPI_BITMASK_SET_ALL(all);
	ndpi_set_protocol_detection_bitmask2(classifier->module, &all);
	ndpi_finalize_initialization(classifier->module);
}

static void
put_be16(uint8_t *at, unsigned value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

/*
 * nDPI reads whole IP packets. The sample gets plain headers, whatever carried it, so that
 * tunnels, IPv6 and fragments need no second path. Returns the packet's length.
 */
static size_t
wrap(const struct payload_sample *sample, bool is_client, uint16_t from, uint16_t to,
    uint8_t *packet)
{
	size_t length = IPV4_BYTES + TCP_BYTES + sample->length;
	uint8_t *tcp = packet + IPV4_BYTES;

	memset(packet, 0, IPV4_BYTES + TCP_BYTES);
	packet[0] = 0x45; /* IPv4, five words */
	put_be16(packet + 2, (unsigned)length);
	packet[8] = 64; /* TTL */
	packet[9] = IPPROTO_TCP;
	packet[12] = packet[16] = 192; /* 192.0.2.1 and .2: documentation addresses, RFC 5737 */
	packet[14] = packet[18] = 2;
	packet[15] = is_client ? 1 : 2;
	packet[19] = is_client ? 2 : 1;
	put_be16(tcp, from);
	put_be16(tcp + 2, to);
	tcp[7] = tcp[11] = 1; /* sequence and acknowledgement */
	tcp[12] = 0x50;       /* five words */
	tcp[13] = 0x18;       /* PSH, ACK */
	put_be16(tcp + 14, 65535);
	memcpy(tcp + TCP_BYTES, sample->bytes, sample->length);
	return length;
}

/* nDPI takes any bytes behind a right NBSS length on 445 for SMB, and its own probes have already
 * been contradicted by ours, which check the magic. */
static bool
is_believable(const struct ndpi_flow_struct *flow, ndpi_protocol found)
{
	return flow->confidence == NDPI_CONFIDENCE_DPI &&
	       found.app_protocol != NDPI_PROTOCOL_SMBV1 &&
	       found.app_protocol != NDPI_PROTOCOL_SMBV23 &&
	       found.app_protocol != NDPI_PROTOCOL_UNKNOWN;
}

/* What nDPI says after one more packet, or NULL. */
static const char *
ask(struct classifier *classifier, struct ndpi_flow_struct *flow, const uint8_t *packet,
    size_t length, unsigned time_ms)
{
	ndpi_protocol found = ndpi_detection_process_packet(
	    classifier->module, flow, packet, (unsigned short)length, time_ms);

	if (found.app_protocol == NDPI_PROTOCOL_UNKNOWN)
		found.app_protocol = found.master_protocol;
	return is_believable(flow, found)
		   ? ndpi_get_proto_name(classifier->module, found.app_protocol)
		   : NULL;
}

/* What nDPI says of SAMPLES between PORTS. */
static const char *
ask_of_both(struct classifier *classifier, const struct payload_sample *const samples[2],
    const uint16_t ports[2])
{
	uint8_t packet[IPV4_BYTES + TCP_BYTES + PAYLOAD_SAMPLE_MOST];
	struct ndpi_flow_struct *flow;
	const char *name = NULL;

	if (classifier->module == NULL)
		begin(classifier);
	if (classifier->module == NULL)
		return NULL;
	flow = ndpi_flow_malloc(sizeof(*flow)); /* which ndpi_free_flow() gives back */
	if (flow == NULL)
		return NULL;
	memset(flow, 0, sizeof(*flow));
	for (unsigned side = 0; side < 2 && name == NULL; side++)
		if (samples[side] != NULL)
			name = ask(classifier, flow, packet,
			    wrap(samples[side], side == 0, ports[side], ports[!side], packet),
			    side);
	ndpi_free_flow(flow);
	return name;
}

const char *
classify(struct classifier *classifier, const struct payload_sample *const samples[2],
    uint16_t client_port, uint16_t server_port)
{
	const uint16_t ports[2] = {client_port, server_port};
	const char *name;

	if (samples[0] == NULL && samples[1] == NULL)
		return NULL;
	pthread_mutex_lock(&lock);
	name = ask_of_both(classifier, samples, ports);
	pthread_mutex_unlock(&lock);
	return name;
}
