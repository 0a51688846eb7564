#include "dissectors/smb2_validate.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "analyzer/base/text.h"
#include "dissectors/nt_status.h"

/* One difference as "Capabilities: 0x7F here, 0x3F in NEGOTIATE". */
static void
add_difference(struct text *text, const char *name, const char *here, const char *negotiated)
{
	text_addf(text, "%s%s: %s here, %s in NEGOTIATE", text->length ? "; " : "", name, here,
	    negotiated);
}

static void
compare_numbers(struct text *text, const char *name, int digits, uint32_t here, uint32_t negotiated)
{
	char one[16], other[16];

	if (here == negotiated)
		return;
	snprintf(one, sizeof(one), "0x%0*" PRIX32, digits, here);
	snprintf(other, sizeof(other), "0x%0*" PRIX32, digits, negotiated);
	add_difference(text, name, one, other);
}

static void
compare_texts(struct text *text, const char *name, const char *here, const char *negotiated)
{
	if (strcmp(here, negotiated) != 0)
		add_difference(text, name, here, negotiated);
}

static void
list_text(struct text *text, const struct number_list *list)
{
	text_add(text, list->count == 0 ? "none" : "");
	for (uint16_t i = 0; i < list->count; i++)
		text_addf(text, "%s0x%04" PRIX32, i == 0 ? "" : ",", list->values[i]);
}

/* Servers compare the arrays as they stand, so the order counts. */
static void
compare_dialects(
    struct text *text, const struct number_list *here, const struct number_list *negotiated)
{
	struct text one = {0}, other = {0};

	list_text(&one, here);
	list_text(&other, negotiated);
	compare_texts(text, "Dialects", text_chars(&one), text_chars(&other));
	text_free(&one);
	text_free(&other);
}

/* Adds DIFFERENCES to what the exchange holds already; returns whether there are any. */
static struct number
note_differences(
    struct smb2_validate_negotiate *exchange, struct arena *arena, struct text *differences)
{
	struct number is_altered = known(differences->length != 0);

	if (differences->length != 0 && exchange->differences != NULL)
		exchange->differences =
		    arena_format(arena, "%s; %s", exchange->differences, text_chars(differences));
	else if (differences->length != 0)
		exchange->differences =
		    arena_text(arena, text_chars(differences), differences->length);
	text_free(differences);
	return is_altered;
}

static void
compare_request(
    struct smb2_validate_negotiate *exchange, struct arena *arena, const struct smb_offer *offer)
{
	struct text differences = {0};

	if (!offer->is_known || !exchange->dialects.is_known)
		return;
	exchange->negotiate_capabilities = known(offer->capabilities);
	exchange->negotiate_security_mode = known(offer->security_mode);
	exchange->negotiate_guid = smb_guid_text(arena, offer->guid);
	exchange->negotiate_dialects = offer->dialects;
	compare_numbers(&differences, "Capabilities", 8, (uint32_t)exchange->capabilities.value,
	    offer->capabilities);
	compare_texts(&differences, "Guid", exchange->guid, exchange->negotiate_guid);
	compare_numbers(&differences, "SecurityMode", 4, (uint32_t)exchange->security_mode.value,
	    offer->security_mode);
	compare_dialects(&differences, &exchange->dialects, &offer->dialects);
	exchange->is_request_altered = note_differences(exchange, arena, &differences);
}

struct exchange *
smb2_validate_request(
    struct smb2_setup *setup, const struct smb2_part *part, const struct smb2_ioctl *ioctl)
{
	const struct dissector_context *context = &setup->connection->context;
	struct smb2_validate_negotiate *exchange = exchange_begin(
	    context->arena, &smb2_validate_negotiate_type, context->conversation, part->message);
	const struct smb2_validate_request *request;
	union smb2_ioctl_data data;

	exchange->is_request_signed = smb2_is_signed(part);
	exchange->is_request_encrypted = part->envelope.is_encrypted;
	exchange->request_signature = part->envelope.signature;
	exchange->has_wrong_signature = smb2_is_wrong(part->envelope.signature);
	exchange->session_id = smb2_id(part, part->header.session_id);
	exchange->dialect = setup->connection->dialect;
	exchange->max_output_response = known(ioctl->max_output_response);
	if (!smb2_decode_ioctl_input(ioctl, &data))
		return &exchange->base;
	request = &data.validate_request;
	exchange->capabilities = known(request->capabilities);
	exchange->security_mode = known(request->security_mode);
	exchange->guid = smb_guid_text(context->arena, request->guid);
	exchange->dialects = smb_number_list(context->arena, request->dialects);
	compare_request(exchange, context->arena, &setup->connection->offer);
	return &exchange->base;
}

static void
compare_answer(
    struct smb2_validate_negotiate *exchange, struct arena *arena, const struct smb_choice *choice)
{
	struct text differences = {0};

	if (!choice->is_known)
		return;
	exchange->negotiate_response_capabilities = known(choice->capabilities);
	exchange->negotiate_response_security_mode = known(choice->security_mode);
	exchange->negotiate_response_dialect = known(choice->dialect);
	exchange->negotiate_response_guid = smb_guid_text(arena, choice->guid);
	compare_numbers(&differences, "Capabilities of the server", 8,
	    (uint32_t)exchange->response_capabilities.value, choice->capabilities);
	compare_texts(&differences, "Guid of the server", exchange->response_guid,
	    exchange->negotiate_response_guid);
	compare_numbers(&differences, "SecurityMode of the server", 4,
	    (uint32_t)exchange->response_security_mode.value, choice->security_mode);
	compare_numbers(&differences, "Dialect", 4, (uint32_t)exchange->response_dialect.value,
	    choice->dialect);
	exchange->is_answer_altered = note_differences(exchange, arena, &differences);
}

void
smb2_validate_response(
    struct smb2_setup *setup, const struct smb2_part *part, struct exchange *exchange)
{
	struct arena *arena = setup->connection->context.arena;
	struct smb2_validate_negotiate *own =
	    smb2_answered(setup, &smb2_validate_negotiate_type, part, exchange);
	const struct smb2_validate_response *response;
	union smb2_ioctl_data data;
	union smb2_body body;

	own->status = known(part->header.status);
	own->is_answer_signed = known(smb2_is_signed(part));
	own->is_answer_encrypted = known(part->envelope.is_encrypted);
	own->signature = part->envelope.signature;
	own->has_wrong_signature |= smb2_is_wrong(part->envelope.signature);
	own->dialect = setup->connection->dialect;
	own->session_id = smb2_id(part, part->header.session_id);
	ledger_add(setup->connection->context.ledger, &own->base);
	if (part->header.status != STATUS_SUCCESS ||
	    !smb2_decode_body(&part->header, part->command, &body) ||
	    body.ioctl_response.ctl_code != FSCTL_VALIDATE_NEGOTIATE_INFO ||
	    !smb2_decode_ioctl_output(&body.ioctl_response, &data))
		return;
	response = &data.validate_response;
	own->response_capabilities = known(response->capabilities);
	own->response_security_mode = known(response->security_mode);
	own->response_dialect = known(response->dialect);
	own->response_guid = smb_guid_text(arena, response->guid);
	compare_answer(own, arena, &setup->connection->choice);
}
