#include "dissectors/smb2_interfaces.h"

#include "analyzer/base/text.h"

struct address_list {
	struct addr items[SMB2_MOST_INTERFACES];
	size_t count;
};

/* Interfaces with several addresses have an entry for each; RSS and RDMA repeat them. */
static void
add_address(struct address_list *list, const struct addr *addr)
{
	if (addr->family == ADDR_NONE || list->count == SMB2_MOST_INTERFACES)
		return;
	for (size_t i = 0; i < list->count; i++)
		if (addr_equal(&list->items[i], addr))
			return;
	list->items[list->count++] = *addr;
}

static const char *
list_text(struct arena *arena, const struct address_list *list)
{
	struct text text = {0};
	char chars[ADDR_TEXT_SIZE];
	const char *copy;

	for (size_t i = 0; i < list->count; i++)
		text_addf(&text, "%s%s", i == 0 ? "" : ", ", addr_text(&list->items[i], chars));
	copy = arena_text(arena, text_chars(&text), text.length);
	text_free(&text);
	return copy;
}

static uint64_t
read_list(struct cursor output, struct address_list *ret)
{
	struct smb2_interface found;
	uint64_t count = 0;

	while (cur_left(&output) != 0 && smb2_next_interface(&output, &found)) {
		add_address(ret, &found.addr);
		count++;
	}
	return count;
}

struct exchange *
smb2_interfaces_response(struct smb2_setup *setup, const struct smb2_part *part,
    const struct smb2_ioctl *ioctl, const struct message *request)
{
	const struct dissector_context *context = &setup->connection->context;
	struct conversation_facts *facts = context->conversation;
	struct exchange *exchange = NULL;
	struct smb2_network_interfaces *own;
	struct address_list list = {.count = 0};

	if (request != NULL)
		exchange =
		    exchange_begin(context->arena, &smb2_network_interfaces_type, facts, request);
	own = smb2_answered(setup, &smb2_network_interfaces_type, part, exchange);
	own->session_id = smb2_id(part, part->header.session_id);
	own->dialect = setup->connection->dialect;
	own->count = known(read_list(ioctl->output, &list));
	ledger_add(context->ledger, &own->base);
	if (list.count == 0)
		return &own->base;
	own->addresses = list_text(context->arena, &list);
	facts->server_addresses =
	    arena_copy(context->arena, list.items, list.count * sizeof(list.items[0]));
	facts->server_address_count = list.count;
	facts->server_addresses_time = part->message->time;
	return &own->base;
}
