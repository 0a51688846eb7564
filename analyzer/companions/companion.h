/*
 * Companions: files that came with a capture and tell of the server's side of it, such as the log
 * of its firewall. What each states, as typed facts that know the line they stand on.
 */
#ifndef SMBTRIAGE_COMPANIONS_COMPANION_H
#define SMBTRIAGE_COMPANIONS_COMPANION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/base/addr.h"
#include "analyzer/base/arena.h"
#include "analyzer/exchange.h"

/* The process that owns the listeners of the kernel's SMB server: System, on every Windows. */
#define COMPANION_SYSTEM_PID 4

/* Which way a packet went as the firewall saw it. */
enum firewall_path { FIREWALL_PATH_UNKNOWN, FIREWALL_SEND, FIREWALL_RECEIVE, FIREWALL_FORWARD };

/* A line of pfirewall.log, of TCP or UDP. */
struct firewall_entry {
	struct quotation quote;
	int64_t time; /* ns since the epoch, if its clock were UTC; it is local time mostly */
	enum firewall_action action;
	enum firewall_path path;
	uint8_t transport; /* enum transport */
	struct addr source, destination;
	uint16_t source_port, destination_port;
	struct number syn; /* tcpsyn: the sequence number; "-" is not known */
	bool is_syn;       /* tcpflags has S and no A */
};

/* A packet that the Windows Filtering Platform dropped or let through: an item of <netEvents>. */
struct filter_event {
	struct quotation quote;
	int64_t time; /* ns since the epoch, UTC */
	bool is_drop;
	uint8_t transport;         /* enum transport */
	struct addr local, remote; /* as seen from the host that wrote it */
	uint16_t local_port, remote_port;
	struct number filter_id;   /* that decided */
	struct number layer_id;    /* of the filtering layer, by its FWPS_BUILTIN_LAYERS */
	const char *filter_origin; /* filterOrigin, what the filter is of: "Quarantine Default";
				    * NULL: not said */
};

/* A filter's name, of any of the XML files that hold filters. */
struct filter_name {
	uint64_t filter_id;
	const char *name; /* displayData/name, in the language of the system */
	bool is_stealth;  /* it keeps silent where nobody listens: its callout is
			   * FWPM_CALLOUT_WFP_TRANSPORT_LAYER_V4_SILENT_DROP, or that of V6 */
};

/* A TCP endpoint that waits for connections: `netstat -ano`, Get-NetTCPConnection. */
struct listener {
	struct quotation quote;
	struct addr local; /* 0.0.0.0 or :: is each address of its family */
	uint16_t port;
	struct number pid; /* of its owner */
};

/* A property of Get-SmbServerConfiguration: "EncryptData", "False". */
struct server_setting {
	struct quotation quote;
	const char *name, *value; /* as they stand there */
};

/* A share of Get-SmbShare. */
struct share_setting {
	struct quotation quote;
	const char *name;
	struct number encrypt_data; /* bool; not known where that column is not there */
	struct number is_online;    /* bool, of ShareState; likewise */
};

/* One file. What is kept of its text lives in ARENA; the lists are the heap's, companion_free()
 * takes them back. */
struct companion {
	const char *file;   /* as the operator gave it */
	const char *format; /* what it is, words for people: "log of the Windows firewall" */
	const char
	    *damage; /* where and how it is cut or damaged, one sentence; NULL: it is whole */
	size_t damage_count; /* places that companion_note_damage() was told of */
	struct arena arena;
	struct addr host; /* that it is of, as the operator says; no family: nobody says */
	/* Addresses of the host, as connections in a table of ports show them. */
	struct addr *addresses;
	size_t address_count, address_capacity;
	struct firewall_entry *entries;
	size_t entry_count, entry_capacity;
	struct filter_event *events;
	size_t event_count, event_capacity;
	struct filter_name *filters;
	size_t filter_count, filter_capacity;
	struct listener *listeners;
	size_t listener_count, listener_capacity;
	bool has_all_listeners; /* a port that is not among them has none */
	struct server_setting *settings;
	size_t setting_count, setting_capacity;
	struct share_setting *shares;
	size_t share_count, share_capacity;
	bool has_all_shares; /* a share that is not among them is not there */
	size_t byte_count;   /* of the file */
	uint64_t lost_count; /* events that its writer could not write, as it says */
};

/*
 * Something in LINE cannot be read, as FORMAT says, a clause: "it has 5 fields of 17". The first is
 * COMPANION's damage, with file and line before it; others are counted.
 */
void companion_note_damage(struct companion *companion, uint64_t line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Gives back what is in it. */
void companion_free(struct companion *companion);

#endif
