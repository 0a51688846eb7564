#include "analyzer/companions/port_table.h"

#include <check.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/text.h"
#include "analyzer/companions/samples_for_test.h"

Suite *port_table_suite(void);

static struct companion companion;

static void
teardown(void)
{
	companion_free(&companion);
}

static bool
read_netstat(const char *chars)
{
	companion_free(&companion);
	return read_sample(&companion, &netstat_format, chars, strlen(chars));
}

static bool
read_net_tcp(const char *chars)
{
	companion_free(&companion);
	return read_sample(&companion, &net_tcp_connection_format, chars, strlen(chars));
}

static const struct listener *
listener(const char *address, uint16_t port)
{
	char text[ADDR_TEXT_SIZE];

	for (size_t i = 0; i < companion.listener_count; i++)
		if (companion.listeners[i].port == port &&
		    strcmp(addr_text(&companion.listeners[i].local, text), address) == 0)
			return &companion.listeners[i];
	ck_abort_msg("no listener on %s %u", address, port);
}

static void
assert_addresses(const char *const *addresses, size_t count)
{
	char text[ADDR_TEXT_SIZE];

	ck_assert_uint_eq(companion.address_count, count);
	for (size_t i = 0; i < count; i++)
		ck_assert_str_eq(addr_text(&companion.addresses[i], text), addresses[i]);
}

START_TEST(test_netstat)
{
	static const char *const addresses[] = {"10.20.0.5", "fe80::1c2d:3"};

	ck_assert(read_netstat(NETSTAT_SAMPLE));
	ck_assert_ptr_null(companion.damage);
	ck_assert_uint_eq(companion.listener_count, 7);
	ck_assert(companion.has_all_listeners);
	ck_assert_uint_eq(listener("0.0.0.0", 445)->pid.value, COMPANION_SYSTEM_PID);
	ck_assert(listener("0.0.0.0", 445)->pid.is_known);
	ck_assert_uint_eq(listener("0.0.0.0", 445)->quote.line, 6);
	ck_assert_str_eq(listener("0.0.0.0", 445)->quote.file, "sample.txt");
	ck_assert_str_eq(
	    listener("0.0.0.0", 445)->quote.text, "TCP 0.0.0.0:445 0.0.0.0:0 LISTENING 4");
	ck_assert_uint_eq(listener("::", 445)->quote.line, 12);
	ck_assert_uint_eq(listener("10.20.0.5", 139)->pid.value, 4);
	ck_assert_uint_eq(listener("::1", 9000)->pid.value, 3100);
	assert_addresses(addresses, COUNT(addresses));
}
END_TEST

START_TEST(test_netstat_german)
{
	ck_assert(read_netstat(NETSTAT_GERMAN_SAMPLE));
	ck_assert_ptr_null(companion.damage);
	ck_assert_uint_eq(companion.listener_count, 3);
	ck_assert(companion.has_all_listeners);
	ck_assert_uint_eq(listener("0.0.0.0", 445)->pid.value, 4);
	ck_assert_str_eq(
	    listener("0.0.0.0", 445)->quote.text, "TCP 0.0.0.0:445 0.0.0.0:0 ABH\xef\xbf\xbdREN 4");
	ck_assert_uint_eq(companion.address_count, 1);
}
END_TEST

/* Chinese, in UTF-8, which has the fewest words; French, whose state is of two words; -t. */
START_TEST(test_netstat_languages)
{
	ck_assert(read_netstat("\n\xe6\xb4\xbb\xe5\x8a\xa8\xe8\xbf\x9e\xe6\x8e\xa5\n\n"
			       "  \xe5\x8d\x8f\xe8\xae\xae  \xe6\x9c\xac\xe5\x9c\xb0  "
			       "\xe5\xa4\x96\xe9\x83\xa8  \xe7\x8a\xb6\xe6\x80\x81\n"
			       "  TCP  0.0.0.0:135  0.0.0.0:0  LISTENING\n"
			       "  TCP  0.0.0.0:49664  0.0.0.0:0  LISTENING\n"
			       "  UDP  0.0.0.0:123  *:*\n"));
	ck_assert(companion.has_all_listeners);
	ck_assert(!listener("0.0.0.0", 135)->pid.is_known);
	ck_assert(read_netstat("  TCP  0.0.0.0:445  0.0.0.0:0  EN \xc9"
			       "COUTE  4\n"
			       "  TCP  0.0.0.0:139  0.0.0.0:0  LISTENING  4  InHost\n"));
	ck_assert_uint_eq(listener("0.0.0.0", 445)->pid.value, 4);
	ck_assert_uint_eq(listener("0.0.0.0", 139)->pid.value, 4);
}
END_TEST

/* Rows that are of no listener: connected ones, with an address alone, and -q's. */
START_TEST(test_netstat_no_listeners)
{
	ck_assert(read_netstat("  TCP  10.0.0.1:445  10.0.0.2:50000  ESTABLISHED  4\n"
			       "  TCP  0.0.0.0:50001  0.0.0.0:0  BOUND  77\n"
			       "  TCP  10.0.0.1:445  10.0.0.2:0  LISTENING  4\n"
			       "  TCP  10.0.0.1:445  0.0.0.0:12  LISTENING  4\n"));
	ck_assert_uint_eq(companion.listener_count, 0);
	ck_assert_uint_eq(companion.address_count, 1);
	ck_assert_ptr_null(companion.damage);
}
END_TEST

#define LOW  "  TCP  0.0.0.0:135  0.0.0.0:0  LISTENING  908\n"
#define SMB  "  TCP  0.0.0.0:445  0.0.0.0:0  LISTENING  4\n"
#define HIGH "  TCP  0.0.0.0:49664  0.0.0.0:0  LISTENING  664\n"
#define UDP  "  UDP  0.0.0.0:123  *:*  1212\n"
#define CUT  "the file ends amid this line, or was copied without its end"

/* Whether a table has all listeners, and its damage. */
static const struct {
	const char *chars;
	bool has_all;
	const char *damage;
} tables[] = {
    {NETSTAT_HEAD LOW HIGH UDP, true, NULL},
    {"PS C:\\> netstat -ano\n" NETSTAT_HEAD LOW HIGH UDP "PS C:\\> ping 10.0.0.1:445\n", true,
	NULL},
    /* Pasted without the last line feed. */
    {NETSTAT_HEAD LOW HIGH "  UDP  0.0.0.0:123  *:*  12", true, NULL},
    {NETSTAT_HEAD LOW HIGH UDP "C:\\>", true, NULL},
    /* Filtered: by findstr, by -p, by a port. */
    {LOW SMB HIGH UDP, false, NULL},
    {"C:\\> netstat -ano | findstr 0.0.0.0 more\n" LOW HIGH UDP, false, NULL},
    {"netstat -ano | findstr 0.0.0.0\n" LOW HIGH UDP, false, NULL},
    {"netstat -ano\n" LOW HIGH UDP, false, NULL},
    {NETSTAT_HEAD LOW HIGH, false, NULL},
    {NETSTAT_HEAD SMB HIGH UDP, false, NULL},
    {NETSTAT_HEAD LOW SMB UDP, false, NULL},
    {NETSTAT_HEAD UDP LOW HIGH, false, NULL},
    /* Damaged amid, or cut. */
    {NETSTAT_HEAD LOW "  TCP  0.0.0.0:44#  0.0.0.0:0  LISTENING  4\n" HIGH UDP, false,
	"sample.txt:6: this is no row of netstat's table"},
    {NETSTAT_HEAD LOW "  T#P  0.0.0.0:445  0.0.0.0:0  LISTENING  4\n" HIGH UDP, false,
	"sample.txt:6: this is no row of netstat's table"},
    {NETSTAT_HEAD LOW HIGH UDP "  TCP  0.0.0.0:445  0.0", false, "sample.txt:8: " CUT},
    {NETSTAT_HEAD LOW HIGH UDP "  UDP  0.0.0.0:4", false, "sample.txt:8: " CUT},
    {NETSTAT_HEAD LOW HIGH "  T", false, "sample.txt:7: " CUT},
    {NETSTAT_HEAD LOW HIGH "  TCP  0.0.0.0:445  0.0.0.0:0  LISTENING  4", false,
	"sample.txt:7: " CUT},
    /* What comes behind the table is not of it. */
    {NETSTAT_HEAD LOW HIGH UDP "\nTCP is a protocol, 10.0.0.1:445 an endpoint.\n", true, NULL},
};

START_TEST(test_netstat_all)
{
	ck_assert(read_netstat(tables[_i].chars));
	ck_assert_int_eq(companion.has_all_listeners, tables[_i].has_all);
	if (tables[_i].damage)
		ck_assert_str_eq(companion.damage, tables[_i].damage);
	else
		ck_assert_ptr_null(companion.damage);
}
END_TEST

/* Words that are no endpoints, and lines of other tables. */
static const char *const no_rows[] = {
    "  TCP  0.0.0.0:  0.0.0.0:0  LISTENING  4\n",
    "  TCP  0.0.0.0:65536  0.0.0.0:0  LISTENING  4\n",
    "  TCP  :445  0.0.0.0:0  LISTENING  4\n",
    "  TCP  :::445  0.0.0.0:0  LISTENING  4\n",
    "  TCP  [::445  [::]:0  LISTENING  4\n",
    "  TCP  []:445  [::]:0  LISTENING  4\n",
    "  TCP  [10.0.0.1]:445  [::]:0  LISTENING  4\n",
    "  TCP  0.0.0.0:445  *:*  LISTENING  4\n",
    "  TCP  srv01:microsoft-ds  srv01:0  LISTENING  4\n",
    "  UDP  0.0.0.0:445  *:*  4\n",
    "tcp   0   0 0.0.0.0:445   0.0.0.0:*   LISTEN   812/smbd\n",
    "TCP\n",
    "2026-04-01 10:00:00 DROP TCP 10.0.0.1 10.0.0.2 50000 445 52 S 1 0 64240 - - - RECEIVE\n",
};

START_TEST(test_no_rows)
{
	ck_assert(!read_netstat(no_rows[_i]));
}
END_TEST

/* More addresses than are taken. */
START_TEST(test_many_addresses)
{
	struct text text = {0};

	for (int i = 0; i < 2 * PORT_TABLE_ADDRESSES_MOST; i++)
		text_addf(
		    &text, "  TCP  10.0.%d.%d:445  0.0.0.0:0  LISTENING  4\n", i / 200, i % 200);
	ck_assert(read_netstat(text_chars(&text)));
	ck_assert_uint_eq(companion.address_count, PORT_TABLE_ADDRESSES_MOST);
	ck_assert_uint_eq(companion.listener_count, 2 * PORT_TABLE_ADDRESSES_MOST);
	text_free(&text);
}
END_TEST

/* As many listeners as are taken, and one more. */
START_TEST(test_many_listeners)
{
	struct text text = {0};

	for (size_t i = 0; i < PORT_TABLE_LISTENERS_MOST; i++)
		text_add(&text, SMB);
	ck_assert(read_netstat(text_chars(&text)));
	ck_assert_ptr_null(companion.damage);
	text_add(&text, SMB);
	ck_assert(read_netstat(text_chars(&text)));
	ck_assert_uint_eq(companion.listener_count, PORT_TABLE_LISTENERS_MOST);
	ck_assert_ptr_nonnull(companion.damage);
	ck_assert_ptr_nonnull(strstr(companion.damage, "there are too many"));
	text_free(&text);
}
END_TEST

START_TEST(test_net_tcp)
{
	static const char *const addresses[] = {"fe80::1c2d:3", "10.20.0.5"};

	ck_assert(read_net_tcp(NET_TCP_SAMPLE));
	ck_assert_ptr_null(companion.damage);
	ck_assert_uint_eq(companion.listener_count, 4);
	ck_assert(companion.has_all_listeners);
	ck_assert_uint_eq(listener("::", 445)->pid.value, 4);
	ck_assert(listener("::", 445)->pid.is_known);
	ck_assert_uint_eq(listener("::", 445)->quote.line, 6);
	ck_assert_str_eq(listener("::", 445)->quote.text, ":: 445 :: 0 Listen 4");
	ck_assert_uint_eq(listener("10.20.0.5", 139)->pid.value, 4);
	assert_addresses(addresses, COUNT(addresses));
}
END_TEST

START_TEST(test_net_tcp_list)
{
	ck_assert(
	    read_net_tcp("\n\nLocalAddress   : ::\nLocalPort      : 445\nRemoteAddress  : ::\n"
			 "RemotePort     : 0\nState          : Listen\n"
			 "AppliedSetting : \nOwningProcess  : 4\n"
			 "CreationTime   : 4/1/2026 8:00:00 AM\nOffloadState   : InHost\n\n\n\n"));
	ck_assert_ptr_null(companion.damage);
	ck_assert_uint_eq(companion.listener_count, 1);
	ck_assert(!companion.has_all_listeners);
	ck_assert_uint_eq(listener("::", 445)->quote.line, 3);
	ck_assert_str_eq(listener("::", 445)->quote.text,
	    "LocalAddress ::, LocalPort 445, State Listen, OwningProcess 4");
	ck_assert_uint_eq(companion.address_count, 0);
}
END_TEST

START_TEST(test_net_tcp_csv)
{
	ck_assert(read_net_tcp("\"LocalAddress\",\"LocalPort\",\"State\"\n"
			       "\"::\",\"135\",\"Listen\"\n\"::\",\"49664\",\"Listen\"\n"
			       "\"10.0.0.1\",\"445\",\"Bound\"\n"));
	ck_assert(companion.has_all_listeners);
	ck_assert_uint_eq(companion.listener_count, 2);
	ck_assert(!listener("::", 135)->pid.is_known);
}
END_TEST

#define PORTS     "LocalAddress LocalPort State\n------------ --------- -----\n"
#define MAPPER    "::           135       Listen\n"
#define HIGH_PORT "::           49664     Listen\n"

static const struct {
	const char *chars;
	bool has_all;
	size_t listener_count;
	const char *damage;
} connections[] = {
    {PORTS MAPPER HIGH_PORT "\n", true, 2, NULL},
    {PORTS HIGH_PORT "\n", false, 1, NULL},
    {PORTS MAPPER "\n", false, 1, NULL},
    /* The end was not seen. */
    {PORTS MAPPER HIGH_PORT, false, 2, NULL},
    {PORTS MAPPER HIGH_PORT "::           4", false, 2, "sample.txt:5: " CUT},
    /* A column that was too narrow. */
    {PORTS MAPPER HIGH_PORT "2a01:cb19... 445       Listen\n\n", false, 2, NULL},
    {PORTS MAPPER HIGH_PORT "garbage\n\n", false, 2,
	"sample.txt:5: this is no connection of the listing"},
    {PORTS MAPPER "::           70000     Listen\n" HIGH_PORT "\n", false, 1,
	"sample.txt:4: this is no connection of the listing"},
    {PORTS MAPPER "::           443\n" HIGH_PORT "\n", false, 1,
	"sample.txt:4: this is no connection of the listing"},
};

START_TEST(test_net_tcp_all)
{
	ck_assert(read_net_tcp(connections[_i].chars));
	ck_assert_int_eq(companion.has_all_listeners, connections[_i].has_all);
	ck_assert_uint_eq(companion.listener_count, connections[_i].listener_count);
	if (connections[_i].damage)
		ck_assert_str_eq(companion.damage, connections[_i].damage);
	else
		ck_assert_ptr_null(companion.damage);
}
END_TEST

/* UDP's endpoints have no state. */
START_TEST(test_no_net_tcp)
{
	ck_assert(
	    !read_net_tcp("LocalAddress LocalPort\n------------ ---------\n::           445\n"));
}
END_TEST

Suite *
port_table_suite(void)
{
	Suite *suite = suite_create("port_table");
	TCase *tcase = tcase_create("port_table");

	tcase_add_checked_fixture(tcase, NULL, teardown);
	tcase_add_test(tcase, test_netstat);
	tcase_add_test(tcase, test_netstat_german);
	tcase_add_test(tcase, test_netstat_languages);
	tcase_add_test(tcase, test_netstat_no_listeners);
	tcase_add_loop_test(tcase, test_netstat_all, 0, COUNT(tables));
	tcase_add_loop_test(tcase, test_no_rows, 0, COUNT(no_rows));
	tcase_add_test(tcase, test_many_addresses);
	tcase_add_test(tcase, test_many_listeners);
	tcase_add_test(tcase, test_net_tcp);
	tcase_add_test(tcase, test_net_tcp_list);
	tcase_add_test(tcase, test_net_tcp_csv);
	tcase_add_loop_test(tcase, test_net_tcp_all, 0, COUNT(connections));
	tcase_add_test(tcase, test_no_net_tcp);
	suite_add_tcase(suite, tcase);
	return suite;
}
