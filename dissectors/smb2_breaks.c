#include "dissectors/smb2_breaks.h"

#include <string.h>

#include "analyzer/base/memory.h"
#include "dissectors/smb2.h"

#define SMB2_NOTIFY_BREAK_LEASE_FLAG_ACK_REQUIRED 0x00000001u /* [MS-SMB2] 2.2.23.2 */

/* The file that a break is about; of several that share a lease any. */
static const struct smb2_open_file *
file_of(const struct smb2_opens *opens, const struct smb2_oplock_break *what)
{
	return what->is_lease ? smb2_opens_with_lease(opens, what->lease_key)
			      : smb2_opens_find(opens, &what->file_id);
}

/* A level II oplock goes without a word ([MS-SMB2] 3.2.5.19.1), a lease as its break says. */
static struct number
must_acknowledge(const struct smb2_oplock_break *what, const struct smb2_open_file *file)
{
	if (what->is_lease)
		return known(what->flags & SMB2_NOTIFY_BREAK_LEASE_FLAG_ACK_REQUIRED);
	if (file == NULL)
		return (struct number){0};
	return known(file->grant.oplock_level == SMB2_OPLOCK_LEVEL_EXCLUSIVE ||
		     file->grant.oplock_level == SMB2_OPLOCK_LEVEL_BATCH);
}

static struct smb2_break *
make_exchange(struct smb_connection *connection, const struct smb2_waiting_break *waiting,
    const struct smb2_opens *opens)
{
	const struct dissector_context *context = &connection->context;
	const struct smb2_oplock_break *what = &waiting->what;
	const struct smb2_open_file *file = file_of(opens, what);
	struct smb2_break *exchange = exchange_begin(
	    context->arena, &smb2_break_type, context->conversation, &waiting->notification);

	exchange->is_lease = what->is_lease;
	exchange->must_acknowledge = must_acknowledge(what, file);
	if (file != NULL)
		exchange->path = smb2_name_text(context->arena, &file->name);
	if (what->is_lease) {
		exchange->current_lease_state = known(what->current_lease_state);
		exchange->lease_state = known(what->lease_state);
	} else {
		exchange->oplock_level = known(what->oplock_level);
	}
	exchange->dialect = connection->dialect;
	return exchange;
}

static void
drop(struct smb2_breaks *breaks, size_t at)
{
	breaks->count--;
	memmove(&breaks->waiting[at], &breaks->waiting[at + 1],
	    (breaks->count - at) * sizeof(breaks->waiting[0]));
}

void
smb2_break_notify(struct smb2_breaks **breaks, struct smb_connection *connection,
    const struct smb2_part *part, const struct smb2_opens *opens)
{
	struct smb2_waiting_break *waiting;
	struct number must;
	union smb2_body body;

	if (!smb2_decode_body(&part->header, part->command, &body))
		return;
	must = must_acknowledge(&body.oplock_break, file_of(opens, &body.oplock_break));
	if (must.is_known && !must.value)
		return;
	if (*breaks == NULL)
		*breaks = mem_alloc(1, sizeof(**breaks));
	if ((*breaks)->count == SMB2_MOST_BREAKS) {
		connection->context.conversation->given_up++;
		drop(*breaks, 0);
	}
	waiting = &(*breaks)->waiting[(*breaks)->count++];
	waiting->notification = *part->message;
	waiting->notification.bytes = NULL;
	waiting->what = body.oplock_break;
}

/* The break at AT is answered by PART. */
static void
settle(struct smb2_breaks *breaks, size_t at, struct smb_connection *connection,
    const struct smb2_part *part, const struct smb2_opens *opens, bool is_closed)
{
	struct smb2_waiting_break *waiting = &breaks->waiting[at];
	struct smb2_break *exchange;

	if (part->message->time - waiting->notification.time >= SMB2_SLOW) {
		exchange = make_exchange(connection, waiting, opens);
		exchange->is_closed_instead = is_closed;
		smb_answer(&exchange->base, part->message);
		ledger_add(connection->context.ledger, &exchange->base);
	}
	drop(breaks, at);
}

static bool
is_about(const struct smb2_oplock_break *one, const struct smb2_oplock_break *other)
{
	if (one->is_lease != other->is_lease)
		return false;
	return one->is_lease ? memcmp(one->lease_key, other->lease_key, sizeof(one->lease_key)) == 0
			     : smb2_is_same_file(&one->file_id, &other->file_id);
}

void
smb2_break_acknowledge(struct smb2_breaks *breaks, struct smb_connection *connection,
    const struct smb2_part *part, const struct smb2_opens *opens)
{
	union smb2_body body;

	if (breaks == NULL || !smb2_decode_body(&part->header, part->command, &body))
		return;
	for (size_t i = 0; i < breaks->count; i++)
		if (is_about(&breaks->waiting[i].what, &body.oplock_break)) {
			settle(breaks, i, connection, part, opens, false);
			return;
		}
}

void
smb2_break_close(struct smb2_breaks *breaks, struct smb_connection *connection,
    const struct smb2_part *part, const struct smb2_opens *opens,
    const struct smb2_file_id *file_id)
{
	const struct smb2_open_file *file = smb2_opens_find(opens, file_id);
	struct smb2_oplock_break *what;

	for (size_t i = 0; breaks != NULL && i < breaks->count; i++) {
		what = &breaks->waiting[i].what;
		if (what->is_lease ? file != NULL && file->grant.has_lease &&
					 memcmp(file->grant.lease_key, what->lease_key, 16) == 0
				   : smb2_is_same_file(&what->file_id, file_id)) {
			settle(breaks, i, connection, part, opens, true);
			return;
		}
	}
}

void
smb2_breaks_end(struct smb2_breaks *breaks, struct smb_connection *connection,
    const struct smb2_opens *opens, const struct ending *ending)
{
	struct smb2_break *exchange;

	for (size_t i = 0; breaks != NULL && i < breaks->count; i++) {
		struct smb2_waiting_break *waiting = &breaks->waiting[i];

		/* Whether anybody waits for it is not known. */
		if (!must_acknowledge(&waiting->what, file_of(opens, &waiting->what)).value)
			continue;
		exchange = make_exchange(connection, waiting, opens);
		smb_end_exchange(connection, &exchange->base, DOUBT_NONE, ending);
	}
}
