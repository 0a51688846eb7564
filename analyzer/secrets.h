/*
 * What the operator gave to read encrypted sessions with: session keys and a keytab. Key material
 * is never written out, not in an error either, and is wiped when the secrets are freed.
 */
#ifndef SMBTRIAGE_SECRETS_H
#define SMBTRIAGE_SECRETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/base/error.h"
#include "analyzer/base/span.h"

/* The longest session key in bytes: that of Kerberos' aes256 is 32, [MS-SMB2] sets no limit. */
#define SECRETS_MOST_KEY 64

struct keytab;
struct secrets;

/* Heap memory that secrets_free() wipes and gives back; NULL is freed silently. */
struct secrets *secrets_new(void);
void secrets_free(struct secrets *secrets);

/*
 * TEXT is SESSION=HEX: a SessionId, decimal or 0x and hexadecimal, and the session's key as the
 * security package gave it (Session.FullSessionKey of [MS-SMB2] 3.3.1.8), in hexadecimal. False,
 * with ERROR, when it is not; the key is not quoted there.
 */
bool secrets_add_session_key(struct secrets *secrets, const char *text, struct error *error);

/* The same for every line of the file at PATH; empty lines and what follows a '#' are skipped. */
bool secrets_add_session_keys(struct secrets *secrets, const char *path, struct error *error);

/* The long-term keys of servers, as `ktutil` and `ktpass` write them. One file at most. */
bool secrets_add_keytab(struct secrets *secrets, const char *path, struct error *error);

/* The key given for SESSION_ID; empty when there is none. Borrowed. */
struct span secrets_session_key(const struct secrets *secrets, uint64_t session_id);

/* NULL when none was given. Borrowed. */
const struct keytab *secrets_keytab(const struct secrets *secrets);

/*
 * What was derived for a session of SERVER (its ServerGuid) and serves its other connections too
 * ([MS-SMB2] 3.3.5.5.2): copied, and borrowed when it is asked for; empty when there is nothing.
 * Both last until secrets_begin_capture(), so that no capture depends on another.
 */
void secrets_keep(
    struct secrets *secrets, const uint8_t server[16], uint64_t session_id, struct span derived);
struct span
secrets_kept(const struct secrets *secrets, const uint8_t server[16], uint64_t session_id);
void secrets_begin_capture(struct secrets *secrets);

#endif
