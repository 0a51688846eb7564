#include "analyzer/command/sieve.h"

#include "analyzer/base/date.h"
#include "analyzer/base/log.h"
#include "rules/leave_out.h"

static void
warn(const char *sentence)
{
	log_warning("%s", sentence);
}

static bool
read_suppressions(struct sieve *sieve, const struct rule_set *rules, struct error *error)
{
	const char *path = sieve->settings->suppressions_path;
	char today[DATE_TEXT_SIZE];

	if (path == NULL)
		return true;
	if (!date_today(today, error))
		return false;
	sieve->suppressions = suppressions_read(path, rules, today, error);
	if (sieve->suppressions == NULL)
		return false;
	suppressions_say_expired(sieve->suppressions, warn);
	return true;
}

bool
sieve_open(struct sieve *sieve, const struct settings *settings, const struct rule_set *rules,
    struct error *error)
{
	*sieve = (struct sieve){.settings = settings};
	if (!read_suppressions(sieve, rules, error))
		return false;
	if (baselines_open(&sieve->baselines, settings, error))
		return true;
	sieve_free(sieve);
	return false;
}

/* What is suppressed or known is so whether it is told of or not, so it is left out last. */
void
sieve_pass(struct sieve *sieve, struct report_capture *capture)
{
	if (sieve->suppressions != NULL)
		suppressions_apply(sieve->suppressions, capture->name, &capture->findings);
	baselines_meet(&sieve->baselines, capture);
	capture->left_out = findings_leave_out_below(&capture->findings, sieve->settings->least);
}

enum exit_status
sieve_end(struct sieve *sieve)
{
	if (sieve->suppressions != NULL)
		suppressions_say_unneeded(sieve->suppressions, warn);
	return baselines_end(&sieve->baselines);
}

enum exit_status
sieve_commit(struct sieve *sieve)
{
	return baselines_commit(&sieve->baselines);
}

void
sieve_free(struct sieve *sieve)
{
	suppressions_free(sieve->suppressions);
	baselines_abandon(&sieve->baselines);
}
