#include "analyzer/companions/smb_settings.h"

#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/memory.h"
#include "analyzer/base/text.h"
#include "analyzer/companions/powershell.h"
#include "analyzer/companions/words.h"

/* ---- Get-SmbServerConfiguration ---- */

/* Properties that neither the client's configuration nor a share has. */
static const char *const server_names[] = {
    "AnnounceServer",
    "AuditSmb1Access",
    "AutoShareServer",
    "AutoShareWorkstation",
    "DisableSmbEncryptionOnSecureConnection",
    "EnableSMB1Protocol",
    "EnableSMB2Protocol",
    "InvalidAuthenticationDelayTimeInMs",
    "MaxSessionPerConnection",
    "NullSessionPipes",
    "NullSessionShares",
    "RejectUnencryptedAccess",
    "ServerHidden",
    "SmbServerNameHardeningLevel",
    "TreatHostAsStableStorage",
    "ValidateTargetName",
};

/* Properties that the client's configuration has too; a share has none of them. */
static const char *const common_names[] = {
    "EnableSecuritySignature",
    "EncryptionCiphers",
    "RequireSecuritySignature",
};

static bool
has_any_name(const struct powershell_listing *listing, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (powershell_has_name(listing, names[i]))
			return true;
	return false;
}

/* EncryptData is of the server or of a share. */
static bool
is_server_configuration(const struct powershell_listing *listing)
{
	return has_any_name(listing, server_names, COUNT(server_names)) ||
	       (powershell_has_name(listing, "EncryptData") &&
		   has_any_name(listing, common_names, COUNT(common_names)));
}

static void
add_setting(struct companion *companion, const struct powershell_value *value,
    const struct quotation *quote)
{
	struct arena *arena = &companion->arena;

	companion->settings = mem_grow(companion->settings, companion->setting_count,
	    &companion->setting_capacity, sizeof(*companion->settings));
	companion->settings[companion->setting_count++] = (struct server_setting){
	    .quote = *quote,
	    .name = arena_text(arena, value->name, strlen(value->name)),
	    .value = arena_text(arena, value->text, strlen(value->text)),
	};
}

/* In a table or a CSV a line tells nothing without the names above it. */
static struct quotation
quotation_of_value(const struct powershell_listing *listing, const struct powershell_value *value,
    const struct companion_text *text, struct arena *arena)
{
	struct quotation quote = {.file = text->file, .line = value->line};

	if (listing->form == POWERSHELL_LIST)
		return quotation_of_line(text, value->line, arena);
	quote.text = arena_format(arena, "%s %s", value->name, value->text);
	return quote;
}

static void
take_server_configuration(const struct powershell_listing *listing,
    const struct companion_text *text, struct companion *companion)
{
	for (size_t i = 0; i < listing->object_count; i++) {
		const struct powershell_object *object = &listing->objects[i];

		for (size_t k = 0; k < object->value_count; k++) {
			const struct powershell_value *value = &object->values[k];
			struct quotation quote =
			    quotation_of_value(listing, value, text, &companion->arena);

			if (!value->is_cut)
				add_setting(companion, value, &quote);
		}
	}
}

static const struct powershell_kind server_configuration = {
    .is_of_kind = is_server_configuration,
    .take = take_server_configuration,
};

static bool
recognises_server_configuration(const struct companion_text *text)
{
	return powershell_recognises(text, &server_configuration);
}

static void
read_server_configuration(const struct companion_text *text, struct companion *companion)
{
	powershell_read(text, &server_configuration, companion);
}

const struct companion_format smb_server_configuration_format = {
    .name = "configuration of the SMB server",
    .made_by = "Get-SmbServerConfiguration",
    .recognises = recognises_server_configuration,
    .read = read_server_configuration,
};

/* ---- Get-SmbShare ---- */

/* The share that every server has, and nothing else is called. */
#define PIPES_SHARE "IPC$"

static bool
has_share(const struct powershell_listing *listing, const char *name)
{
	for (size_t i = 0; i < listing->object_count; i++)
		if (text_equal_nocase(powershell_text(&listing->objects[i], "Name"), name))
			return true;
	return false;
}

/* Get-SmbShareAccess tells of shares too, one line for each account. */
static bool
is_share_listing(const struct powershell_listing *listing)
{
	if (!powershell_has_name(listing, "Name") || powershell_has_name(listing, "AccountName"))
		return false;
	return powershell_has_name(listing, "EncryptData") ||
	       powershell_has_name(listing, "ShareState") ||
	       (powershell_has_name(listing, "ScopeName") &&
		   powershell_has_name(listing, "Path")) ||
	       has_share(listing, PIPES_SHARE);
}

/*
 * Who may not administer the server is told the names and the state "Pending" only: False is there
 * whatever is set.
 */
static struct share_setting
share_of(const struct powershell_object *object)
{
	const char *state = powershell_text(object, "ShareState");
	struct share_setting share = {.quote = {.line = object->line}};
	const struct powershell_value *encrypt_data = powershell_value(object, "EncryptData");

	if (text_equal_nocase(state, "Online"))
		share.is_online = known(true);
	else if (text_equal_nocase(state, "Offline"))
		share.is_online = known(false);
	if (!text_equal_nocase(state, "Pending"))
		share.encrypt_data = powershell_bool(object, "EncryptData");
	if (encrypt_data)
		share.quote.line = encrypt_data->line;
	return share;
}

static void
add_share(struct companion *companion, const struct powershell_object *object,
    const struct companion_text *text)
{
	static const char *const quoted[] = {
	    "Name", "ScopeName", "Path", "EncryptData", "ShareState", NULL};
	struct arena *arena = &companion->arena;
	const char *name = powershell_text(object, "Name");
	struct share_setting share = share_of(object);

	share.name = arena_text(arena, name, strlen(name));
	share.quote.file = text->file;
	share.quote.text = powershell_quote(object, quoted, arena);
	companion->shares = mem_grow(companion->shares, companion->share_count,
	    &companion->share_capacity, sizeof(*companion->shares));
	companion->shares[companion->share_count++] = share;
}

/* What a table's line lacks when it is none of a share's: a share without a scope is in "*". */
static bool
is_share(const struct powershell_listing *listing, const struct powershell_object *object)
{
	if (listing->form == POWERSHELL_LIST)
		return powershell_value(object, "Name") != NULL;
	return *powershell_value(object, "Name")->text != '\0' &&
	       (!powershell_has_name(listing, "ScopeName") ||
		   *powershell_value(object, "ScopeName")->text != '\0');
}

/* With -CimSession a listing may be of several servers. */
static bool
is_of_one_server(const struct powershell_listing *listing)
{
	const char *first = listing->object_count > 0
				? powershell_text(&listing->objects[0], "PSComputerName")
				: "";

	for (size_t i = 1; i < listing->object_count; i++)
		if (!text_equal_nocase(
			first, powershell_text(&listing->objects[i], "PSComputerName")))
			return false;
	return true;
}

/*
 * Whether no share of the server is missing, as far as a listing can show it: the pipes' share is
 * in every listing but a filtered one, and `Get-SmbShare -Special $true` has no name without "$".
 */
static bool
has_all_shares(const struct powershell_listing *listing)
{
	bool has_plain = false;

	for (size_t i = 0; i < listing->object_count; i++) {
		const char *name = powershell_text(&listing->objects[i], "Name");

		if (*name == '\0')
			return false;
		has_plain = has_plain || name[strlen(name) - 1] != '$';
	}
	return has_plain && listing->is_ended && !listing->damage &&
	       has_share(listing, PIPES_SHARE) && is_of_one_server(listing);
}

static void
take_shares(const struct powershell_listing *listing, const struct companion_text *text,
    struct companion *companion)
{
	for (size_t i = 0; i < listing->object_count; i++) {
		const struct powershell_object *object = &listing->objects[i];

		if (!is_share(listing, object)) {
			companion_note_damage(
			    companion, object->line, "this is no share of the listing");
			return;
		}
		if (*powershell_text(object, "Name") != '\0')
			add_share(companion, object, text);
	}
	companion->has_all_shares = companion->has_all_shares || has_all_shares(listing);
}

static const struct powershell_kind shares = {
    .is_of_kind = is_share_listing,
    .take = take_shares,
};

static bool
recognises_shares(const struct companion_text *text)
{
	return powershell_recognises(text, &shares);
}

static void
read_shares(const struct companion_text *text, struct companion *companion)
{
	powershell_read(text, &shares, companion);
}

const struct companion_format smb_share_format = {
    .name = "shares of the SMB server",
    .made_by = "Get-SmbShare",
    .recognises = recognises_shares,
    .read = read_shares,
};
