#include "analyzer/options.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/crew.h"
#include "analyzer/secrets.h"

/* Several of one format may go to several files; arguments outlive the settings. */
static bool
set_format(struct settings *settings, const char *value, struct error *error)
{
	const char *equals = strchr(value, '=');
	size_t length = equals != NULL ? (size_t)(equals - value) : strlen(value);
	struct output_choice choice = {
	    report_format_called(value, length), equals != NULL ? equals + 1 : "-"};

	if (choice.format == NULL)
		return error_set(error, EXIT_USAGE,
		    "--format %s: there is no such format; see `smbtriage --help`", value);
	if (choice.path[0] == '\0')
		return error_set(error, EXIT_USAGE, "--format %s: the file has no name", value);
	if (settings->output_count == OPTIONS_MOST_LISTED)
		return error_set(
		    error, EXIT_USAGE, "--format: at most %d reports", OPTIONS_MOST_LISTED);
	settings->outputs[settings->output_count++] = choice;
	return true;
}

static bool
set_rules(struct settings *settings, const char *value, struct error *error)
{
	if (settings->rule_folder_count == OPTIONS_MOST_LISTED)
		return error_set(
		    error, EXIT_USAGE, "--rules: at most %d folders", OPTIONS_MOST_LISTED);
	settings->rule_folders[settings->rule_folder_count++] = value;
	return true;
}

static bool
switch_rules(struct settings *settings, struct rule_switch one, struct error *error)
{
	if (settings->switch_count == OPTIONS_MOST_LISTED)
		return error_set(error, EXIT_USAGE, "--enable and --disable: at most %d of them",
		    OPTIONS_MOST_LISTED);
	settings->switches[settings->switch_count++] = one;
	return true;
}

static bool
set_enable(struct settings *settings, const char *value, struct error *error)
{
	return switch_rules(settings, (struct rule_switch){value, true}, error);
}

static bool
set_disable(struct settings *settings, const char *value, struct error *error)
{
	return switch_rules(settings, (struct rule_switch){value, false}, error);
}

static bool
parse_severity(const char *option, const char *value, enum severity *ret, struct error *error)
{
	return severity_parse(value, ret) ||
	       error_set(error, EXIT_USAGE,
		   "%s %s: there is no such severity; error, warning or notice", option, value);
}

static bool
set_severity(struct settings *settings, const char *value, struct error *error)
{
	return parse_severity("--severity", value, &settings->least, error);
}

static bool
set_fail_on(struct settings *settings, const char *value, struct error *error)
{
	settings->has_fail_on = parse_severity("--fail-on", value, &settings->fail_on, error);
	return settings->has_fail_on;
}

static bool
set_hash(struct settings *settings, const char *value, struct error *error)
{
	(void)value;
	(void)error;
	settings->analysis.is_hashing = true;
	return true;
}

static bool
set_smb_port(struct settings *settings, const char *value, struct error *error)
{
	char *end;
	unsigned long port = strtoul(value, &end, 10);

	if (value[0] < '0' || value[0] > '9' || *end != '\0' || port == 0 || port > 65535)
		return error_set(
		    error, EXIT_USAGE, "--smb-port %s: a port is a number from 1 to 65535", value);
	if (settings->analysis.smb_port_count == OPTIONS_MOST_LISTED)
		return error_set(
		    error, EXIT_USAGE, "--smb-port: at most %d ports", OPTIONS_MOST_LISTED);
	settings->smb_ports[settings->analysis.smb_port_count++] = (uint16_t)port;
	return true;
}

/* "no such policy", and which there are. */
static bool
refuse_policy(const char *value, struct error *error)
{
	char names[256];
	size_t used = 0;

	for (size_t i = 0; i < overlap_policy_count && used < sizeof(names); i++)
		used += (size_t)snprintf(names + used, sizeof(names) - used, "%s%s",
		    i == 0 ? "" : ", ", overlap_policies[i].name);
	return error_set(
	    error, EXIT_USAGE, "--overlap %s: there is no such policy; %s", value, names);
}

static bool
parse_host(const char *value, size_t length, struct addr_net *ret)
{
	char host[ADDR_TEXT_SIZE + sizeof("/128")];

	if (length >= sizeof(host))
		return false;
	memcpy(host, value, length);
	host[length] = '\0';
	return addr_parse_net(host, ret);
}

/* "POLICY", or "HOST=POLICY". */
static bool
set_overlap(struct settings *settings, const char *value, struct error *error)
{
	struct overlap_hosts *overlaps = &settings->analysis.overlaps;
	const char *equals = strrchr(value, '=');
	struct overlap_host *host = &settings->overlap_hosts[overlaps->count];
	const struct overlap_policy *policy =
	    overlap_policy_called(equals != NULL ? equals + 1 : value);

	if (policy == NULL)
		return refuse_policy(value, error);
	if (equals == NULL) {
		overlaps->others = policy;
		return true;
	}
	if (overlaps->count == OPTIONS_MOST_LISTED)
		return error_set(
		    error, EXIT_USAGE, "--overlap: at most %d hosts", OPTIONS_MOST_LISTED);
	if (!parse_host(value, (size_t)(equals - value), &host->net))
		return error_set(error, EXIT_USAGE,
		    "--overlap %s: a host is an address or a network, such as 10.0.0.5 or "
		    "10.0.0.0/8",
		    value);
	host->policy = policy;
	overlaps->count++;
	return true;
}

/* Whether NAME, of LENGTH characters, is WANTED. */
static bool
is_name(const char *name, size_t length, const char *wanted)
{
	return strlen(wanted) == length && memcmp(name, wanted, length) == 0;
}

static bool
parse_place(const char *name, size_t length, struct capture_vantage *ret)
{
	*ret = (struct capture_vantage){.is_said = !is_name(name, length, "auto")};
	if (!ret->is_said)
		return true;
	for (size_t i = 0; i < vantage_names.count; i++)
		if (is_name(name, length, vantage_names.rows[i].name)) {
			ret->place = (enum vantage)vantage_names.rows[i].value;
			return true;
		}
	return false;
}

/* "PLACE", or one for each point: "PLACE,PLACE". */
static bool
set_vantage(struct settings *settings, const char *value, struct error *error)
{
	for (const char *at = value;; at++) {
		size_t length = strcspn(at, ",");

		if (settings->vantage_count == OPTIONS_MOST_LISTED)
			return error_set(
			    error, EXIT_USAGE, "--vantage: at most %d places", OPTIONS_MOST_LISTED);
		if (!parse_place(at, length, &settings->vantages[settings->vantage_count++]))
			return error_set(error, EXIT_USAGE,
			    "--vantage %.*s: there is no such place; client, server, between, "
			    "unknown or auto",
			    (int)length, at);
		at += length;
		if (*at == '\0')
			return true;
	}
}

/* What the rules, the libraries and the smallest analysis take, twice. */
#define LEAST_MEMORY ((uint64_t)64 << 20)

/* The factor of a number that ends in UNIT, or 0. */
static uint64_t
factor_of(const char *unit)
{
	static const struct {
		const char *unit;
		unsigned shift;
	} units[] = {{"", 0}, {"K", 10}, {"M", 20}, {"G", 30}, {"T", 40}};

	for (size_t i = 0; i < COUNT(units); i++)
		if (strcasecmp(unit, units[i].unit) == 0)
			return (uint64_t)1 << units[i].shift;
	return 0;
}

static bool
set_max_memory(struct settings *settings, const char *value, struct error *error)
{
	char *end;
	unsigned long long number = strtoull(value, &end, 10);
	uint64_t factor = factor_of(end);

	if (value[0] < '0' || value[0] > '9' || factor == 0 || number > SIZE_MAX / factor ||
	    number * factor < LEAST_MEMORY)
		return error_set(error, EXIT_USAGE,
		    "--max-memory %s: a number of bytes, or one with K, M or G, from 64M on",
		    value);
	settings->analysis.max_memory = (size_t)(number * factor);
	return true;
}

static bool
set_jobs(struct settings *settings, const char *value, struct error *error)
{
	char *end;
	unsigned long jobs = strtoul(value, &end, 10);

	if (value[0] < '0' || value[0] > '9' || *end != '\0' || jobs == 0 || jobs > CREW_MOST + 1)
		return error_set(error, EXIT_USAGE,
		    "--jobs %s: how many threads work is a number from 1 to %d", value,
		    CREW_MOST + 1);
	settings->jobs = (unsigned)jobs;
	return true;
}

static bool
set_stream(struct settings *settings, const char *value, struct error *error)
{
	char *end;
	unsigned long long stream = strtoull(value, &end, 10);

	if (value[0] < '0' || value[0] > '9' || *end != '\0' || stream > UINT32_MAX)
		return error_set(error, EXIT_USAGE,
		    "--stream %s: a stream is a number, as `smbtriage streams` lists them", value);
	settings->stream = (uint32_t)stream;
	settings->has_stream = true;
	return true;
}

static bool
set_finding(struct settings *settings, const char *value, struct error *error)
{
	if (settings->finding_count == OPTIONS_MOST_LISTED)
		return error_set(
		    error, EXIT_USAGE, "--finding: at most %d findings", OPTIONS_MOST_LISTED);
	settings->findings[settings->finding_count++] = value;
	return true;
}

static struct secrets *
secrets_of(struct settings *settings)
{
	if (settings->analysis.secrets == NULL)
		settings->analysis.secrets = secrets_new();
	return settings->analysis.secrets;
}

static bool
set_session_key(struct settings *settings, const char *value, struct error *error)
{
	return secrets_add_session_key(secrets_of(settings), value, error);
}

static bool
set_session_keys(struct settings *settings, const char *value, struct error *error)
{
	return secrets_add_session_keys(secrets_of(settings), value, error);
}

static bool
set_companion(struct settings *settings, const char *value, struct error *error)
{
	if (settings->companion_count == OPTIONS_MOST_LISTED)
		return error_set(
		    error, EXIT_USAGE, "--evidence: at most %d files", OPTIONS_MOST_LISTED);
	settings->companions[settings->companion_count++] = value;
	return true;
}

static bool
set_keytab(struct settings *settings, const char *value, struct error *error)
{
	return secrets_add_keytab(secrets_of(settings), value, error);
}

/* Of both, the later one holds: the first may be an alias's. */
static bool
set_quiet(struct settings *settings, const char *value, struct error *error)
{
	(void)value;
	(void)error;
	settings->log_level = LOG_QUIET;
	return true;
}

static bool
set_verbose(struct settings *settings, const char *value, struct error *error)
{
	(void)value;
	(void)error;
	settings->log_level = LOG_VERBOSE;
	return true;
}

static bool
set_sandbox(struct settings *settings, const char *value, struct error *error)
{
	static const char *const names[] = {
	    [SANDBOX_AUTO] = "auto", [SANDBOX_REQUIRE] = "require", [SANDBOX_OFF] = "off"};

	for (size_t i = 0; i < COUNT(names); i++)
		if (strcmp(value, names[i]) == 0) {
			settings->sandbox.mode = (enum sandbox_mode)i;
			return true;
		}
	return error_set(error, EXIT_USAGE,
	    "--sandbox %s: there is no such sandbox; require, auto or off", value);
}

static bool
set_join(struct settings *settings, const char *value, struct error *error)
{
	settings->is_never_joining = strcmp(value, "never") == 0;
	if (settings->is_never_joining || strcmp(value, "auto") == 0)
		return true;
	return error_set(error, EXIT_USAGE,
	    "--join %s: files are joined when they are one trace (auto), or never", value);
}

/* The value itself is kept, in this member of the settings. */
#define TEXT(member) .text = offsetof(struct settings, member)

const struct option all_options[] = {
    {"--format", 0, "NAME[=FILE]", WORD_FORMAT, ABOUT_FORMAT, true,
	"how the report is written, and where to", .set = set_format},
    {"--severity", 0, "LEVEL", WORD_SEVERITY, ABOUT_REPORT, false,
	"leave out findings that are less severe", .set = set_severity},
    {"--suppressions", 0, "FILE", WORD_FILE, ABOUT_REPORT, false,
	"do not count the findings that a file lists, with reasons", TEXT(suppressions_path)},
    {"--fail-on", 0, "SEVERITY", WORD_SEVERITY, ABOUT_REPORT | ABOUT_TRIAL, false,
	"exit with 1 when a finding is at least this severe", .set = set_fail_on},
    {"--baseline", 0, "FILE", WORD_FILE, ABOUT_REPORT, false,
	"let findings that are known from this file not count", TEXT(baseline_path)},
    {"--write-baseline", 0, "FILE", WORD_FILE, ABOUT_REPORT, false,
	"write all findings to such a file", TEXT(new_baseline_path)},
    {"--hash", 0, NULL, WORD_NONE, ABOUT_REPORT, false, "give the SHA-256 of each capture",
	.set = set_hash},
    {"--filter", 0, "BPF", WORD_ANY, ABOUT_CAPTURES, false,
	"look only at packets that pass, such as 'host 10.0.0.5'", TEXT(analysis.filter)},
    {"--join", 0, "auto|never", WORD_LISTED, ABOUT_CAPTURES, false,
	"whether files that a ring buffer wrote are one capture", .set = set_join},
    {"--smb-port", 0, "PORT", WORD_ANY, ABOUT_CAPTURES, true, "treat a port like 445",
	.set = set_smb_port},
    {"--overlap", 0, "[HOST=]POLICY", WORD_ANY, ABOUT_CAPTURES, true,
	"whose bytes hosts read where segments overlap (windows)", .set = set_overlap},
    {"--max-memory", 0, "SIZE", WORD_ANY, ABOUT_CAPTURES, false,
	"how much memory an analysis may take (512M)", .set = set_max_memory},
    {"--jobs", 'j', "N", WORD_ANY, ABOUT_CAPTURES | ABOUT_TRIAL, false,
	"how many threads work (as many as there are processors)", .set = set_jobs},
    {"--evidence", 0, "[ADDRESS=]FILE", WORD_FILE, ABOUT_REPORT, true,
	"read a firewall log, 'netstat -ano', … of the server, too", .set = set_companion},
    {"--expected", 0, "FILE", WORD_FILE, ABOUT_EXPECTED, false,
	"what is expected; DIR/expected.json unless given", TEXT(expected_path)},
    {"--captures", 0, "DIR", WORD_FOLDER, ABOUT_TRIAL, false,
	"where the captures are that rules name (fixtures/captures)", TEXT(captures)},
    {"--stream", 0, "N", WORD_ANY, ABOUT_STREAM, false,
	"which one, by Wireshark's number (tcp.stream)", .set = set_stream},
    {"--finding", 0, "ID", WORD_ANY, ABOUT_EVIDENCE, true,
	"which one, by its id or its number in the report", .set = set_finding},
    {"--output", 'o', "FILE", WORD_FILE, ABOUT_EVIDENCE, false,
	"the pcapng file to write, or the folder for those of several captures",
	TEXT(evidence_path)},
    {"--session-key", 0, "ID=HEX", WORD_ANY, ABOUT_KEYS, true,
	"decrypt a session, check its signatures", .set = set_session_key},
    {"--session-keys", 0, "FILE", WORD_FILE, ABOUT_KEYS, true, "the same for each line of a file",
	.set = set_session_keys},
    {"--keytab", 0, "FILE", WORD_FILE, ABOUT_KEYS, false,
	"the same for what logs on to these servers with Kerberos", .set = set_keytab},
    {"--sandbox", 0, "require|auto|off", WORD_LISTED, ABOUT_CAPTURES | ABOUT_TRIAL, false,
	"lock in what reads captures, or do not run (auto: as well as it can be)",
	.set = set_sandbox},
    {"--vantage", 0, "PLACE[,...]", WORD_PLACE, ABOUT_VERDICTS, true,
	"say where it was captured, or each: client, server, between, unknown, auto",
	.set = set_vantage},
    {"--rules", 0, "DIR", WORD_FOLDER, ABOUT_RULES, true, "add the rules of a folder",
	.set = set_rules},
    {"--disable", 0, "RULE", WORD_RULE, ABOUT_VERDICTS | ABOUT_CHOICE, true,
	"do not run a rule, or those of a pattern: 'tcp-*'", .set = set_disable},
    {"--enable", 0, "RULE", WORD_RULE, ABOUT_VERDICTS | ABOUT_CHOICE, true,
	"run it, against an earlier --disable", .set = set_enable},
    {"--quiet", 'q', NULL, WORD_NONE, ABOUT_ANYTHING, false,
	"say nothing but the report and errors", .set = set_quiet},
    {"--verbose", 'v', NULL, WORD_NONE, ABOUT_ANYTHING, false, "say on standard error what is done",
	.set = set_verbose},
};
const size_t all_option_count = COUNT(all_options);
