#include "dissectors/smb2_pending.h"

#include "analyzer/base/memory.h"

static bool
has_message_id(const void *entry, const void *key)
{
	return ((const struct smb2_pending *)entry)->message_id == *(const uint64_t *)key;
}

static bool
is_entry(const void *entry, const void *key)
{
	return entry == key;
}

static uint32_t *
count_of(struct smb2_pending_list *list, uint16_t command)
{
	return &list->of_command[command < SMB2_COMMAND_COUNT ? command : SMB2_COMMAND_COUNT];
}

struct smb2_pending *
smb2_pending_add(struct smb2_pending_list *list, uint16_t command, uint64_t message_id)
{
	struct smb2_pending *pending = list->unused;

	if (pending != NULL)
		list->unused = pending->newer;
	else
		pending = mem_alloc(1, sizeof(*pending));
	*pending = (struct smb2_pending){
	    .older = list->newest, .message_id = message_id, .command = command};
	++*count_of(list, command);
	if (list->newest != NULL)
		list->newest->newer = pending;
	else
		list->oldest = pending;
	list->newest = pending;
	table_add(&list->by_message_id, hash_u64(message_id), pending);
	return pending;
}

struct smb2_pending *
smb2_pending_find(const struct smb2_pending_list *list, uint64_t message_id, uint64_t async_id)
{
	struct smb2_pending *pending =
	    table_find(&list->by_message_id, hash_u64(message_id), has_message_id, &message_id);

	if (pending != NULL || async_id == 0)
		return pending;
	for (pending = list->oldest; pending != NULL; pending = pending->newer)
		if (pending->async_id == async_id)
			return pending;
	return NULL;
}

void
smb2_pending_take(struct smb2_pending_list *list, struct smb2_pending *pending)
{
	table_take(&list->by_message_id, hash_u64(pending->message_id), is_entry, pending);
	--*count_of(list, pending->command);
	if (pending->older != NULL)
		pending->older->newer = pending->newer;
	else
		list->oldest = pending->newer;
	if (pending->newer != NULL)
		pending->newer->older = pending->older;
	else
		list->newest = pending->older;
}

static void
free_names(struct smb2_pending *pending)
{
	mem_free(pending->path.bytes);
	mem_free(pending->text.bytes);
}

void
smb2_pending_release(struct smb2_pending_list *list, struct smb2_pending *pending)
{
	free_names(pending);
	*pending = (struct smb2_pending){.newer = list->unused};
	list->unused = pending;
}

bool
smb2_pending_has(const struct smb2_pending_list *list, enum smb2_command command)
{
	return list->of_command[command] != 0;
}

size_t
smb2_pending_count(const struct smb2_pending_list *list)
{
	return list->by_message_id.count;
}

static void
free_chain(struct smb2_pending *pending)
{
	struct smb2_pending *next;

	for (; pending != NULL; pending = next) {
		next = pending->newer;
		free_names(pending);
		mem_free(pending);
	}
}

void
smb2_pending_free(struct smb2_pending_list *list)
{
	free_chain(list->oldest);
	free_chain(list->unused);
	table_free(&list->by_message_id);
	*list = (struct smb2_pending_list){0};
}
