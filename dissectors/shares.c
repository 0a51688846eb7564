#include "dissectors/shares.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/base/addr.h"
#include "analyzer/base/memory.h"
#include "analyzer/base/nearest.h"
#include "analyzer/base/sorted.h"
#include "analyzer/base/text.h"
#include "dissectors/nt_status.h"
#include "dissectors/smb1_exchanges.h"
#include "dissectors/smb2_exchanges.h"

/* A TREE_CONNECT of either protocol. */
struct connect {
	const struct addr *server;
	const char *share, *path;
	bool is_granted, is_missing;
	const char **nearest_path;
};

/* Granted ones, each share of each server once. */
struct connects {
	struct connect *items;
	size_t count, capacity;
};

static bool
is_missing_share(const struct number *status)
{
	return status->is_known && (status->value == STATUS_BAD_NETWORK_NAME ||
				       status->value == STATUS_BAD_NETWORK_PATH);
}

/* The same where SMB1 answers with a class and a code ([MS-CIFS] 2.2.2.4). */
static bool
is_missing_dos(const struct number *error)
{
	return error->is_known && (error->value == SMB1_DOS_ERROR(ERRDOS, ERRnosuchshare) ||
				      error->value == SMB1_DOS_ERROR(ERRSRV, ERRinvnetname));
}

/* False when EXCHANGE is no TREE_CONNECT that was answered and names its share. */
static bool
read_connect(struct exchange *exchange, struct connect *ret)
{
	struct smb2_tree_connect *two = (struct smb2_tree_connect *)exchange;
	struct smb1_tree_connect *one = (struct smb1_tree_connect *)exchange;
	struct connect connect = {.server = &exchange->conversation->server};
	const struct number *status;

	if (exchange->type == &smb2_tree_connect_type) {
		connect.share = two->share;
		connect.path = two->path;
		connect.nearest_path = &two->nearest_path;
		status = &two->status;
	} else if (exchange->type == &smb1_tree_connect_type) {
		connect.share = one->share;
		connect.path = one->path;
		connect.nearest_path = &one->nearest_path;
		connect.is_missing = is_missing_dos(&one->dos_error);
		status = &one->status;
	} else {
		return false;
	}
	connect.is_granted = status->is_known && status->value == STATUS_SUCCESS;
	connect.is_missing |= is_missing_share(status);
	*ret = connect;
	return connect.share != NULL && exchange->outcome == OUTCOME_ANSWERED;
}

static int
compare_by_server(const void *left, const void *right)
{
	const struct connect *one = left, *other = right;
	int order = addr_compare(one->server, other->server);

	return order != 0 ? order : text_compare_nocase(one->share, other->share);
}

static int
compare_by_share(const void *left, const void *right)
{
	const struct connect *one = left, *other = right;
	int order = text_compare_nocase(one->share, other->share);

	return order != 0 ? order : addr_compare(one->server, other->server);
}

/* The caller frees the items. */
static struct connects
granted_connects(const struct ledger *ledger)
{
	struct connects all = {0};
	struct connect connect;
	size_t kept = 0;

	for (size_t i = 0; i < ledger->count; i++) {
		if (!read_connect(ledger->items[i], &connect) || !connect.is_granted)
			continue;
		all.items = mem_grow(all.items, all.count, &all.capacity, sizeof(*all.items));
		all.items[all.count++] = connect;
	}
	if (all.count == 0)
		return all;
	qsort(all.items, all.count, sizeof(*all.items), compare_by_server);
	for (size_t i = 1; i < all.count; i++)
		if (compare_by_server(&all.items[kept], &all.items[i]) != 0)
			all.items[++kept] = all.items[i];
	all.count = kept + 1;
	return all;
}

/* How many of CONNECTS, sorted by COMPARE, come before KEY. */
static size_t
connects_before(const struct connects *connects, const struct connect *key, sorted_compare *compare)
{
	return sorted_before(
	    key, connects->items, connects->count, sizeof(*connects->items), compare);
}

/* The path to the share of the server of WANTED whose name is nearest, or NULL. */
static const char *
nearest_of_server(const struct connects *by_server, const struct connect *wanted)
{
	struct connect first = {.server = wanted->server, .share = ""};
	struct nearest search = nearest_to(wanted->share);
	size_t start = connects_before(by_server, &first, compare_by_server);
	const char *best = NULL, *path = NULL;
	const struct connect *at;

	for (size_t i = start; i < by_server->count && i - start < SHARES_MOST_TRIED; i++) {
		at = &by_server->items[i];
		if (!addr_equal(at->server, wanted->server))
			break;
		nearest_try(&search, at->share);
		if (search.best != best) {
			best = search.best;
			path = at->path;
		}
	}
	return path;
}

/* The path to the share of that very name on another server, or NULL. */
static const char *
same_elsewhere(const struct connects *by_share, const struct connect *wanted)
{
	static const struct addr none;
	struct connect first = {.server = &none, .share = wanted->share};
	size_t at = connects_before(by_share, &first, compare_by_share);

	if (at == by_share->count ||
	    text_compare_nocase(by_share->items[at].share, wanted->share) != 0)
		return NULL;
	return by_share->items[at].path;
}

void
shares_link(const struct ledger *ledger)
{
	struct connects by_server = granted_connects(ledger), by_share;
	struct connect wanted;

	if (by_server.count == 0)
		return;
	by_share.count = by_server.count;
	by_share.items = mem_alloc(by_server.count, sizeof(*by_share.items));
	memcpy(by_share.items, by_server.items, by_server.count * sizeof(*by_share.items));
	qsort(by_share.items, by_share.count, sizeof(*by_share.items), compare_by_share);
	for (size_t i = 0; i < ledger->count; i++) {
		if (!read_connect(ledger->items[i], &wanted) || !wanted.is_missing)
			continue;
		*wanted.nearest_path = nearest_of_server(&by_server, &wanted);
		if (*wanted.nearest_path == NULL)
			*wanted.nearest_path = same_elsewhere(&by_share, &wanted);
	}
	mem_free(by_share.items);
	mem_free(by_server.items);
}
