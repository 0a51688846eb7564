/*
 * Oplock and lease breaks on one connection: the server asks the client to give up what it was
 * granted, and waits for the acknowledgment, or the CLOSE, with whatever another client wants of
 * the file ([MS-SMB2] 3.2.5.19, 3.3.4.6, 3.3.4.7).
 */
#ifndef SMBTRIAGE_DISSECTORS_SMB2_BREAKS_H
#define SMBTRIAGE_DISSECTORS_SMB2_BREAKS_H

#include <stddef.h>
#include <stdint.h>

#include "analyzer/dissector.h"
#include "dissectors/smb.h"
#include "dissectors/smb2_exchanges.h"
#include "dissectors/smb2_opens.h"
#include "dissectors/smb2_part.h"

/* Breaks of one connection that wait: one for each open file at most, and seldom more than a few.
 * Of more the oldest are given up and counted. */
#define SMB2_MOST_BREAKS 64

/* One notification that waits. */
struct smb2_waiting_break {
	struct message notification; /* its bytes are gone */
	struct smb2_oplock_break what;
};

/* Made with the first notification, heap memory that mem_free() gives back. */
struct smb2_breaks {
	struct smb2_waiting_break waiting[SMB2_MOST_BREAKS]; /* oldest first */
	size_t count;
};

/* The server's notification. OPENS names the file, and says whether it must be acknowledged. */
void smb2_break_notify(struct smb2_breaks **breaks, struct smb_connection *connection,
    const struct smb2_part *part, const struct smb2_opens *opens);

/* The client acknowledges a break, or closes the file instead. An exchange is made of what took
 * SMB2_SLOW or longer. */
void smb2_break_acknowledge(struct smb2_breaks *breaks, struct smb_connection *connection,
    const struct smb2_part *part, const struct smb2_opens *opens);
void smb2_break_close(struct smb2_breaks *breaks, struct smb_connection *connection,
    const struct smb2_part *part, const struct smb2_opens *opens,
    const struct smb2_file_id *file_id);

/* What still waits gets its outcome. BREAKS may be NULL. */
void smb2_breaks_end(struct smb2_breaks *breaks, struct smb_connection *connection,
    const struct smb2_opens *opens, const struct ending *ending);

#endif
