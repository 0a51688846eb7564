#include "dissectors/authentication.h"

#include "analyzer/base/text.h"
#include "analyzer/dissector.h"
#include "dissectors/kerberos_wire.h"

void
authentication_begin(struct authentication *authentication)
{
	*authentication = (struct authentication){.skew = -1, .server_clock_offset = -1};
}

/* TEXT in ARENA; empties it. */
static const char *
keep(struct arena *arena, struct text *text)
{
	const char *chars = arena_text(arena, text_chars(text), text->length);

	text_free(text);
	return chars;
}

static void
add_oddities(struct text *text, const char *side, uint32_t oddities)
{
	bool is_first = true;

	for (size_t i = 0; i < gss_oddity_names.count; i++) {
		const struct name_row *row = &gss_oddity_names.rows[i];

		if ((oddities & row->value) == 0)
			continue;
		if (is_first)
			text_addf(text, "%s%s: ", text->length > 0 ? "; " : "", side);
		text_addf(text, "%s%s", is_first ? "" : ", ", row->name);
		is_first = false;
	}
}

/* "client: token without SPNEGO; server: mechListMIC repeats the token" */
static void
note_oddities(
    struct authentication *authentication, struct arena *arena, enum side side, uint32_t oddities)
{
	uint32_t *all = authentication->oddities;
	struct text text = {0};

	if ((all[side] | oddities) == all[side])
		return;
	all[side] |= oddities;
	add_oddities(&text, "client", all[CLIENT]);
	add_oddities(&text, "server", all[SERVER]);
	authentication->token_oddities = keep(arena, &text);
}

/* How far the clocks OURS and THEIRS are from each other. */
static int64_t
distance(int64_t one, int64_t other, struct number *ret_is_first_ahead)
{
	*ret_is_first_ahead = known(one > other);
	return one > other ? one - other : other - one;
}

/* The ticket, of which all but its contents stands in the clear (RFC 4120 5.3, 5.5.1). */
static void
take_ticket(struct authentication *authentication, const struct kerberos_message *request)
{
	if (request->type != KRB_AP_REQ)
		return;
	authentication->spn = request->service;
	authentication->ticket_realm = request->realm;
	authentication->ticket_etype = request->ticket_etype;
	authentication->ticket_kvno = request->ticket_kvno;
}

static void
take_ntlm(struct authentication *authentication, const struct ntlmssp_message *message)
{
	if (message->flags.is_known)
		authentication->ntlm_flags = message->flags;
	if (message->type != NTLMSSP_AUTHENTICATE)
		return;
	authentication->user = message->user;
	authentication->domain = message->domain;
	authentication->workstation = message->workstation;
	authentication->ntlm_response = message->response;
	authentication->target_name = message->info.target_name;
	authentication->av_flags = message->info.flags;
	authentication->is_anonymous |=
	    message->response.is_known && message->response.value == NTLMSSP_RESPONSE_ANONYMOUS;
}

/* A token that names no mechanism, such as a MIC alone, is of the one named before. */
static void
take_mechanism(struct authentication *authentication, const char *mechanism)
{
	if (authentication->mechanism == NULL || mechanism != gss_spnego)
		authentication->mechanism = mechanism;
}

/* Whether a token was one of MECHANISM; that none was is known when all of them were read. */
static void
note_mechanism(struct number *had, const struct authentication *authentication,
    const struct gss_token *token, const char *mechanism)
{
	if (had->value || token->mechanism == mechanism)
		*had = known(true);
	else
		*had = authentication->has_unread_leg ? (struct number){0} : known(false);
}

static void
note_legs(struct authentication *authentication, const struct spnego_token *token)
{
	const struct gss_token *inner = &token->inner;

	authentication->has_unread_leg |= inner->mechanism == NULL && !token->is_whole;
	note_mechanism(&authentication->had_kerberos_leg, authentication, inner, gss_kerberos);
	note_mechanism(&authentication->had_ntlm_leg, authentication, inner, gss_ntlmssp);
}

void
authentication_client_token(
    struct authentication *authentication, struct arena *arena, struct cursor token)
{
	struct spnego_token decoded = {.is_whole = false};
	bool is_read = spnego_decode(token, arena, &decoded);

	authentication->leg = decoded.leg;
	note_legs(authentication, &decoded);
	if (!is_read)
		return;
	take_mechanism(authentication, decoded.mechanism);
	if (decoded.offered != NULL)
		authentication->offered_mechanisms = decoded.offered;
	if (!authentication->has_mech_list_mic.value && decoded.has_mech_list_mic.is_known)
		authentication->has_mech_list_mic = decoded.has_mech_list_mic;
	take_ticket(authentication, &decoded.inner.kerberos);
	take_ntlm(authentication, &decoded.inner.ntlmssp);
	note_oddities(authentication, arena, CLIENT, decoded.oddities);
}

static void
take_error(struct authentication *authentication, const struct kerberos_message *error,
    int64_t capture_time)
{
	bool is_ahead;

	authentication->krb_error = error->error;
	authentication->krb_error_text = error->error_text;
	authentication->krb_nt_status = error->nt_status;
	authentication->skew = kerberos_skew(error, capture_time, &is_ahead);
	if (authentication->skew >= 0)
		authentication->is_server_ahead = known(is_ahead);
}

static const char *
version_text(const struct ntlmssp_version *version, struct arena *arena)
{
	if (!version->is_known)
		return NULL;
	return arena_format(
	    arena, "%u.%u.%u", version->major, version->minor, (unsigned)version->build);
}

static void
take_server_clock(
    struct authentication *authentication, struct arena *arena, int64_t time, int64_t capture_time)
{
	struct text text = {0};

	if (time == 0)
		return;
	text_add_time(&text, time);
	authentication->server_time = keep(arena, &text);
	authentication->server_clock_offset =
	    distance(time, capture_time, &authentication->server_clock_ahead);
}

static void
take_challenge(struct authentication *authentication, struct arena *arena,
    const struct ntlmssp_message *challenge, int64_t capture_time)
{
	const struct ntlmssp_info *info = &challenge->info;

	if (challenge->type != NTLMSSP_CHALLENGE)
		return;
	if (challenge->flags.is_known)
		authentication->ntlm_flags = challenge->flags;
	authentication->server_netbios_name = info->netbios_name;
	authentication->server_netbios_domain = info->netbios_domain;
	authentication->server_dns_name = info->dns_name;
	authentication->server_dns_domain = info->dns_domain;
	authentication->server_dns_forest = info->dns_forest;
	authentication->server_version = version_text(&challenge->version, arena);
	take_server_clock(authentication, arena, info->time, capture_time);
}

void
authentication_server_token(struct authentication *authentication, struct arena *arena,
    struct cursor token, int64_t capture_time)
{
	struct spnego_token decoded;

	authentication->answer_leg = NULL;
	if (!spnego_decode(token, arena, &decoded))
		return;
	authentication->answer_leg = decoded.leg;
	if (authentication->mechanism == NULL)
		authentication->mechanism = decoded.mechanism;
	if (decoded.neg_state.is_known)
		authentication->neg_state = decoded.neg_state;
	take_error(authentication, &decoded.inner.kerberos, capture_time);
	take_challenge(authentication, arena, &decoded.inner.ntlmssp, capture_time);
	note_oddities(authentication, arena, SERVER, decoded.oddities);
}

/* Only the last answer has another status than this. */
#define EARLIER_STATUS "STATUS_MORE_PROCESSING_REQUIRED"

void
authentication_name_legs(const struct authentication *authentication, struct exchange *exchange,
    struct arena *arena, const char *command)
{
	for (struct exchange_leg *leg = exchange->legs; leg != NULL; leg = leg->next) {
		bool is_request = leg->from == exchange->request_from;
		const char *token = is_request ? authentication->leg : authentication->answer_leg;

		if (leg->label != NULL)
			continue;
		leg->label =
		    arena_format(arena, "%s%s%s%s", command, is_request ? "" : " " EARLIER_STATUS,
			token != NULL ? " " : "", token != NULL ? token : "");
	}
}
