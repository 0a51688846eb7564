/*
 * DFS referrals, as FSCTL_DFS_GET_REFERRALS asks for them and answers ([MS-DFSC] 2.2.2 to 2.2.5).
 * Texts are UTF-16LE without the null that ends them.
 */
#ifndef SMBTRIAGE_DISSECTORS_DFS_REFERRALS_H
#define SMBTRIAGE_DISSECTORS_DFS_REFERRALS_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/base/cursor.h"

/* REQ_GET_DFS_REFERRAL and REQ_GET_DFS_REFERRAL_EX. */
struct dfs_referral_request {
	uint16_t max_level;
	struct cursor name;      /* empty: for the domains that the server knows */
	struct cursor site_name; /* of the EX form, else empty */
};

bool dfs_decode_referral_request(struct cursor input, struct dfs_referral_request *ret);
bool dfs_decode_referral_request_ex(struct cursor input, struct dfs_referral_request *ret);

/* ReferralHeaderFlags. */
#define DFS_REFERRAL_SERVERS 0x00000001u
#define DFS_STORAGE_SERVERS  0x00000002u
#define DFS_TARGET_FAIL_BACK 0x00000004u

/* RESP_GET_DFS_REFERRAL. */
struct dfs_referral_response {
	uint16_t path_consumed; /* bytes of the name that was asked for */
	uint16_t count;
	uint32_t flags;
	uint16_t left;         /* entries that dfs_next_referral() has not taken yet */
	struct cursor entries; /* the next one, and all that it points to */
};

bool dfs_decode_referral_response(struct cursor output, struct dfs_referral_response *ret);

/* Of the entry, versions 3 and 4: it names a domain and its controllers. */
#define DFS_NAME_LIST_REFERRAL 0x0002u

/* DFS_REFERRAL_V1 to V4. What a version does not have is 0, or a short cursor. */
struct dfs_referral {
	uint16_t version;
	uint16_t server_type; /* 1: a root target */
	uint16_t flags;
	uint32_t time_to_live; /* s */
	struct cursor path, alternate_path;
	struct cursor target;       /* NetworkAddress, or ShareName of version 1 */
	struct cursor special_name; /* with DFS_NAME_LIST_REFERRAL */
};

/* Takes the next entry. False when there is none, not all of it, or of a version not known. */
bool dfs_next_referral(struct dfs_referral_response *response, struct dfs_referral *ret);

#endif
