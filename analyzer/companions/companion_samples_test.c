/* What every format does with every sample: its own, cut anywhere, damaged anywhere, and others'.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/companions/port_table.h"
#include "analyzer/companions/samples_for_test.h"
#include "analyzer/companions/smb_settings.h"

Suite *companion_samples_suite(void);

static const struct {
	const struct companion_format *format;
	const char *chars;
} samples[] = {
    {&netstat_format, NETSTAT_SAMPLE},
    {&netstat_format, NETSTAT_GERMAN_SAMPLE},
    {&net_tcp_connection_format, NET_TCP_SAMPLE},
    {&smb_server_configuration_format, SERVER_SAMPLE},
    {&smb_share_format, SHARE_SAMPLE},
    {&smb_share_format, SHARE_LIST_SAMPLE},
};

static const struct companion_format *const formats[] = {
    &netstat_format,
    &net_tcp_connection_format,
    &smb_server_configuration_format,
    &smb_share_format,
};

/* Each sample is of one format. */
START_TEST(test_kinds)
{
	for (size_t i = 0; i < COUNT(formats); i++) {
		struct companion companion;
		const char *chars = samples[_i].chars;

		ck_assert_int_eq(read_sample(&companion, formats[i], chars, strlen(chars)),
		    formats[i] == samples[_i].format);
		ck_assert_ptr_null(companion.damage);
		companion_free(&companion);
	}
}
END_TEST

/* Whether LISTED, of a sample that was cut, is of the same facts as far as they go. */
static bool
is_beginning(const struct companion *cut, const struct companion *whole)
{
	if (cut->listener_count > whole->listener_count ||
	    cut->setting_count > whole->setting_count || cut->share_count > whole->share_count)
		return false;
	for (size_t i = 0; i < cut->listener_count; i++)
		if (cut->listeners[i].port != whole->listeners[i].port ||
		    cut->listeners[i].pid.value != whole->listeners[i].pid.value)
			return false;
	for (size_t i = 0; i < cut->setting_count; i++)
		if (strcmp(cut->settings[i].name, whole->settings[i].name) != 0)
			return false;
	for (size_t i = 0; i < cut->share_count; i++)
		if (strcmp(cut->shares[i].name, whole->shares[i].name) != 0)
			return false;
	return true;
}

/* A sample cut anywhere states nothing else than the whole, and all only when nothing is missing.
 */
START_TEST(test_prefixes)
{
	const char *chars = samples[_i].chars;
	struct companion whole, cut;

	ck_assert(read_sample(&whole, samples[_i].format, chars, strlen(chars)));
	for (size_t length = 0; length < strlen(chars); length++) {
		char *copy = strndup(chars, length);

		if (read_sample(&cut, samples[_i].format, copy, length)) {
			ck_assert_msg(is_beginning(&cut, &whole), "cut after %zu", length);
			ck_assert(!cut.has_all_shares || cut.share_count == whole.share_count);
			ck_assert(
			    !cut.has_all_listeners || cut.listener_count == whole.listener_count);
		}
		companion_free(&cut);
		free(copy);
	}
	companion_free(&whole);
}
END_TEST

/* Any byte another one: nothing is read beyond what is there. */
START_TEST(test_damage)
{
	static const char bytes[] = {'\n', ' ', 'x', ':', '"', '-', '\0', '\xff'};
	const char *chars = samples[_i].chars;
	size_t length = strlen(chars);

	for (size_t i = 0; i < length; i++) {
		for (size_t k = 0; k < COUNT(bytes); k++) {
			char *copy = strndup(chars, length);

			copy[i] = bytes[k];
			for (size_t f = 0; f < COUNT(formats); f++) {
				struct companion companion;

				read_sample(&companion, formats[f], copy, length);
				companion_free(&companion);
			}
			free(copy);
		}
	}
}
END_TEST

Suite *
companion_samples_suite(void)
{
	Suite *suite = suite_create("companion_samples");
	TCase *tcase = tcase_create("companion_samples");

	tcase_add_loop_test(tcase, test_kinds, 0, COUNT(samples));
	tcase_add_loop_test(tcase, test_prefixes, 0, COUNT(samples));
	tcase_add_loop_test(tcase, test_damage, 0, COUNT(samples));
	suite_add_tcase(suite, tcase);
	return suite;
}
