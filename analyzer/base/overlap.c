#include "analyzer/base/overlap.h"

#include <string.h>

#include "analyzer/base/basics.h"

static bool
never(const struct extent *earlier, const struct extent *later)
{
	(void)earlier;
	(void)later;
	return false;
}

static bool
always(const struct extent *earlier, const struct extent *later)
{
	(void)earlier;
	(void)later;
	return true;
}

static bool
begins_before(const struct extent *earlier, const struct extent *later)
{
	return later->start < earlier->start;
}

static bool
begins_before_or_is_longer(const struct extent *earlier, const struct extent *later)
{
	return later->start < earlier->start ||
	       (later->start == earlier->start && later->end > earlier->end);
}

static bool
begins_before_or_is_not_shorter(const struct extent *earlier, const struct extent *later)
{
	return later->start < earlier->start ||
	       (later->start == earlier->start && later->end >= earlier->end);
}

static bool
ends_behind_or_covers(const struct extent *earlier, const struct extent *later)
{
	return later->end > earlier->end ||
	       (later->end == earlier->end && later->start <= earlier->start);
}

/* The hosts are those of Snort's manual (Stream5, "policy"), the rules what its reassembly and
 * Suricata's do for them; both agree on all pairs of these. */
const struct overlap_policy overlap_policies[] = {
    {"windows", "Windows Vista and Server 2008, and later", "the copy that came first", never},
    {"windows2003", "Windows 95 to XP, 2000 and Server 2003",
	"the copy whose segment begins earlier in the stream, else the one that came first",
	begins_before},
    {"linux", "Linux 2.4 and later",
	"the copy whose segment begins earlier in the stream, else the longer, else the one that "
	"came first",
	begins_before_or_is_longer},
    {"old-linux", "Linux 2.2 and earlier",
	"the copy whose segment begins earlier in the stream, else the one that came last unless "
	"it is shorter",
	begins_before_or_is_not_shorter},
    {"bsd", "FreeBSD, NetBSD, OpenBSD, macOS",
	"the copy whose segment begins earlier in the stream, else the one that came first",
	begins_before},
    {"solaris", "Solaris 9 and later, HP-UX 11",
	"the copy whose segment ends later in the stream, else the one that came last unless it "
	"is shorter",
	ends_behind_or_covers},
    {"first", "any that keeps what it has", "the copy that came first", never},
    {"last", "any that takes what is new", "the copy that came last", always},
};
const size_t overlap_policy_count = COUNT(overlap_policies);

const struct overlap_policy *
overlap_policy_called(const char *name)
{
	for (size_t i = 0; i < overlap_policy_count; i++)
		if (strcmp(overlap_policies[i].name, name) == 0)
			return &overlap_policies[i];
	return NULL;
}

const struct overlap_policy *
overlap_policy_of(const struct overlap_hosts *hosts, const struct addr *receiver)
{
	const struct overlap_policy *policy = hosts->others ? hosts->others : OVERLAP_DEFAULT;
	unsigned longest = 0;

	for (size_t i = 0; i < hosts->count; i++) {
		const struct overlap_host *one = &hosts->items[i];

		if (one->net.prefix < longest || !addr_in_net(receiver, &one->net))
			continue;
		longest = one->net.prefix;
		policy = one->policy;
	}
	return policy;
}
