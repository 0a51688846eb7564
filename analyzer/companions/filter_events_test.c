#include "analyzer/companions/filter_events.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/text.h"
#include "analyzer/companions/read_for_test.h"
#include "analyzer/facts.h"

Suite *filter_events_suite(void);

#define DECLARATION "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
#define DROP        "FWPM_NET_EVENT_TYPE_CLASSIFY_DROP"
#define APPLICATION                                                          \
	"\t\t\t<appId>\n\t\t\t\t<data>530079007300740065006d000000</data>\n" \
	"\t\t\t\t<asString>S.y.s.t.e.m...</asString>\n\t\t\t</appId>\n"      \
	"\t\t\t<userId>S-1-5-21-1111111111-2222222222-3333333333-1001</userId>\n"
/* As Windows 10 and later write it, with what is not read. */
#define ADDRESSES                                         \
	"\t\t\t<localAddrV4>10.66.1.10</localAddrV4>\n"   \
	"\t\t\t<remoteAddrV4>10.66.0.10</remoteAddrV4>\n" \
	"\t\t\t<localPort>445</localPort>\n\t\t\t<remotePort>50123</remotePort>\n"
#define EVENT_HEAD                                                                  \
	"\t\t<header>\n\t\t\t<timeStamp>2026-11-20T17:29:00.123Z</timeStamp>\n"     \
	"\t\t\t<flags numItems=\"2\">\n"                                            \
	"\t\t\t\t<item>FWPM_NET_EVENT_FLAG_IP_PROTOCOL_SET</item>\n"                \
	"\t\t\t\t<item>FWPM_NET_EVENT_FLAG_LOCAL_ADDR_SET</item>\n\t\t\t</flags>\n" \
	"\t\t\t<ipVersion>FWP_IP_VERSION_V4</ipVersion>\n\t\t\t<ipProtocol>6</ipProtocol>\n"
#define EVENT_TAIL                                                                    \
	"\t\t\t<scopeId>0</scopeId>\n" APPLICATION "\t\t</header>\n\t\t<type>" DROP   \
	"</type>\n\t\t<classifyDrop>\n"                                               \
	"\t\t\t<filterId>67342</filterId>\n\t\t\t<layerId>44</layerId>\n"             \
	"\t\t\t<msFwpDirection>MS_FWP_DIRECTION_OUT</msFwpDirection>\n"               \
	"\t\t</classifyDrop>\n\t\t<internalFields>\n\t\t\t<terminatingFiltersInfo>\n" \
	"\t\t\t\t<item>\n\t\t\t\t\t<filterId>74045</filterId>\n"                      \
	"\t\t\t\t\t<actionType>FWP_ACTION_BLOCK</actionType>\n\t\t\t\t</item>\n"      \
	"\t\t\t</terminatingFiltersInfo>\n"                                           \
	"\t\t\t<filterOrigin>Quarantine Default</filterOrigin>\n\t\t</internalFields>\n"
#define EVENT EVENT_HEAD ADDRESSES EVENT_TAIL
#define QUOTED                                                                   \
	DROP ", local 10.66.1.10:445, remote 10.66.0.10:50123, filterId 67342, " \
	     "filterOrigin Quarantine Default"
#define FILTER                                                                         \
	"<item>\n<filterKey>{3389708e-f7ae-4ebc-a61a-f659065ab24e}</filterKey>\n"      \
	"<displayData>\n<name> Block &lt;SMB&gt; &amp; others </name>\n"               \
	"<description>none</description>\n</displayData>\n"                            \
	"<flags numItems=\"1\"><item>FWPM_FILTER_FLAG_PERSISTENT</item></flags>\n"     \
	"<filterCondition numItems=\"1\"><item><fieldKey>FWPM_CONDITION_IP_LOCAL_PORT" \
	"</fieldKey><displayData><name>other</name></displayData>"                     \
	"<filterId>1</filterId></item></filterCondition>\n"                            \
	"<filterId>67342</filterId>\n</item>\n"
#define WFPDIAG                                                                     \
	DECLARATION "<wfpdiag>\n\t<sysInfo/>\n\t<events>\n\t<netEvent>\n" EVENT     \
		    "\t</netEvent>\n\t</events>\n<filters numItems=\"1\">\n" FILTER \
		    "</filters>\n</wfpdiag>\n"

static struct companion companion;
static struct error error;

static void
teardown(void)
{
	companion_free(&companion);
}

static void
read_events(const char *chars)
{
	read_chars(&companion, &filter_events_format, chars);
}

static void
assert_addr(const struct addr *addr, const char *expected)
{
	char text[ADDR_TEXT_SIZE];

	ck_assert_str_eq(addr_text(addr, text), expected);
}

/* The event that EVENT is, in LINE. */
static void
assert_event(const struct filter_event *event, uint64_t line)
{
	ck_assert_str_eq(event->quote.file, "e");
	ck_assert_uint_eq(event->quote.line, line);
	ck_assert_str_eq(event->quote.text, QUOTED);
	ck_assert_int_eq(event->time, INT64_C(1795195740123000000));
	ck_assert(event->is_drop);
	ck_assert_uint_eq(event->transport, TRANSPORT_TCP);
	assert_addr(&event->local, "10.66.1.10");
	assert_addr(&event->remote, "10.66.0.10");
	ck_assert_uint_eq(event->local_port, 445);
	ck_assert_uint_eq(event->remote_port, 50123);
	ck_assert(event->filter_id.is_known && event->filter_id.value == 67342);
	ck_assert(event->layer_id.is_known && event->layer_id.value == 44);
	ck_assert_str_eq(event->filter_origin, "Quarantine Default");
}

/* Of the filter that FILTER is. */
static void
assert_filter(const struct filter_name *filter)
{
	ck_assert_uint_eq(filter->filter_id, 67342);
	ck_assert_str_eq(filter->name, "Block <SMB> & others");
	ck_assert(!filter->is_stealth);
}

START_TEST(events_and_filters_are_read)
{
	read_events(WFPDIAG);
	ck_assert_uint_eq(companion.event_count, 1);
	assert_event(&companion.events[0], 5);
	ck_assert_uint_eq(companion.filter_count, 1);
	assert_filter(&companion.filters[0]);
	ck_assert_ptr_null(companion.damage);
}
END_TEST

/* netevents.xml and filters.xml. */
START_TEST(netsh_shows_items)
{
	read_events(DECLARATION "<netEvents numItems=\"2\">\n<item>\n" EVENT
				"</item>\n<item>\n" EVENT "</item>\n</netEvents>\n");
	ck_assert_uint_eq(companion.event_count, 2);
	assert_event(&companion.events[0], 3);
	ck_assert_uint_gt(companion.events[1].quote.line, 30);
	ck_assert_ptr_null(companion.damage);
	companion_free(&companion);
	read_events("<wfpdiag><filters numItems=\"2\">" FILTER FILTER "</filters></wfpdiag>");
	ck_assert_uint_eq(companion.event_count, 0);
	ck_assert_uint_eq(companion.filter_count, 2);
	assert_filter(&companion.filters[1]);
}
END_TEST

/* The filter that hides ports without listener is known by what it does, in every language. */
START_TEST(a_silent_filter_is_known)
{
	static const struct {
		const char *action;
		bool is_stealth;
	} actions[] = {
	    {"<calloutKey>FWPM_CALLOUT_WFP_TRANSPORT_LAYER_V4_SILENT_DROP</calloutKey>", true},
	    {"<calloutKey>FWPM_CALLOUT_WFP_TRANSPORT_LAYER_V6_SILENT_DROP</calloutKey>", true},
	    {"<calloutKey>{EDA08606-2494-4D78-89BC-67837C03B969}</calloutKey>", true},
	    {"<filterType>{8693cc74-a075-4156-b476-9286eece814e}</filterType>", true},
	    {"<calloutKey>FWPM_CALLOUT_IPSEC_INBOUND_TRANSPORT_V4</calloutKey>", false},
	    {"<filterType/>", false},
	};
	char chars[1024];

	for (size_t i = 0; i < COUNT(actions); i++) {
		snprintf(chars, sizeof(chars),
		    "<filters><item><displayData><name>Portscan</name></displayData><action>"
		    "<type>FWP_ACTION_CALLOUT_TERMINATING</type>%s</action><filterId>7</filterId>"
		    "</item><item><displayData><name>b</name></displayData><filterId>8</filterId>"
		    "</item></filters>",
		    actions[i].action);
		read_events(chars);
		ck_assert_uint_eq(companion.filter_count, 2);
		ck_assert_int_eq(companion.filters[0].is_stealth, actions[i].is_stealth);
		ck_assert(!companion.filters[1].is_stealth);
		companion_free(&companion);
	}
}
END_TEST

/* wfpstate.xml: filters below their layers, and more than one document. */
START_TEST(a_state_has_several_roots)
{
	read_events(DECLARATION
	    "<wfpstate><layers numItems=\"1\"><item><layer><layerId>44</layerId></layer>"
	    "<displayData><name>layer</name></displayData><filters>" FILTER
	    "</filters></item></layers></wfpstate>\n<firewallState><rules/></firewallState>\n");
	ck_assert_uint_eq(companion.filter_count, 1);
	assert_filter(&companion.filters[0]);
	ck_assert_ptr_null(companion.damage);
}
END_TEST

static const struct {
	const char *members; /* of the header */
	const char *type;    /* without what all begin with */
	const char *rest;    /* of the event */
	const char *quoted;  /* behind the same; NULL: it is passed over */
	bool is_drop;
} events[] = {
    {"<ipProtocol>17</ipProtocol><localAddrV6.byteArray16>fe80::1%4</localAddrV6.byteArray16>"
     "<remoteAddrV6.byteArray16>2001:db8::200</remoteAddrV6.byteArray16>"
     "<localPort>88</localPort><remotePort>1</remotePort>",
	"CLASSIFY_ALLOW", "<classifyAllow><filterId>9</filterId></classifyAllow>",
	"CLASSIFY_ALLOW, local [fe80::1]:88, remote [2001:db8::200]:1, filterId 9", false},
    {"<remotePort>1</remotePort><localPort>88</localPort><remoteAddrV6>::2</remoteAddrV6>"
     "<localAddrV6>::1</localAddrV6><ipProtocol>6</ipProtocol>",
	"IPSEC_KERNEL_DROP", "<ipsecDrop><filterId>9</filterId></ipsecDrop>",
	"IPSEC_KERNEL_DROP, local [::1]:88, remote [::2]:1, filterId 9", true},
    {ADDRESSES "<ipProtocol>6</ipProtocol>", "CAPABILITY_DROP",
	"<capabilityDrop><filterId>18446744073709551615</filterId></capabilityDrop>",
	"CAPABILITY_DROP, local 10.66.1.10:445, remote 10.66.0.10:50123, filterId "
	"18446744073709551615",
	true},
    {ADDRESSES "<ipProtocol>6</ipProtocol>", "CLASSIFY_DROP", "<classifyDrop/>",
	"CLASSIFY_DROP, local 10.66.1.10:445, remote 10.66.0.10:50123", true},
    {ADDRESSES "<ipProtocol>6</ipProtocol>", "CLASSIFY_DROP_MAC", "", NULL, false},
    {ADDRESSES "<ipProtocol>6</ipProtocol>", "IKEEXT_MM_FAILURE", "", NULL, false},
    {ADDRESSES "<ipProtocol>1</ipProtocol>", "CLASSIFY_DROP", "", NULL, false},
    {ADDRESSES, "CLASSIFY_DROP", "", NULL, false},
    {"", "CLASSIFY_DROP", "", NULL, false},
};

#define TYPE "FWPM_NET_EVENT_TYPE_"

/* Members may come in any order, and the type before them. */
START_TEST(events_are_of_kinds)
{
	struct text text = {0};

	for (int is_first = 0; is_first < 2; is_first++) {
		text_addf(&text, "<netEvents><item>");
		if (is_first)
			text_addf(
			    &text, "<type>" TYPE "%s</type>%s", events[_i].type, events[_i].rest);
		text_addf(&text, "<header><timeStamp>2026-11-20T17:29:00Z</timeStamp>%s</header>",
		    events[_i].members);
		if (!is_first)
			text_addf(
			    &text, "<type> " TYPE "%s </type>%s", events[_i].type, events[_i].rest);
		text_addf(&text, "</item></netEvents>");
		read_events(text_chars(&text));
		ck_assert_ptr_null(companion.damage);
		ck_assert_uint_eq(companion.event_count, events[_i].quoted != NULL);
		if (events[_i].quoted != NULL) {
			ck_assert_str_eq(
			    companion.events[0].quote.text + strlen(TYPE), events[_i].quoted);
			ck_assert_int_eq(companion.events[0].is_drop, events[_i].is_drop);
		}
		companion_free(&companion);
		text_clear(&text);
	}
	text_free(&text);
}
END_TEST

static const struct {
	const char *members, *lacks;
} damages[] = {
    {"<timeStamp/>" ADDRESSES, "timeStamp"},
    {"<timeStamp>1601-01-01T00:00:00Z</timeStamp>" ADDRESSES, "timeStamp"},
    {"<localPort>445</localPort><remotePort>1</remotePort>", "local and remote address"},
    {ADDRESSES "<localAddrV6>::1</localAddrV6>", "local and remote address"},
    {"<localAddrV4>10.66.1.10</localAddrV4><remoteAddrV4>10.66.0</remoteAddrV4>",
	"local and remote address"},
    {ADDRESSES "<localPort>65536</localPort>", "localPort"},
    {ADDRESSES "<remotePort/>", "remotePort"},
};

START_TEST(events_may_lack_what_is_needed)
{
	struct text text = {0};

	text_addf(&text,
	    "<netEvents>\n<item>\n" EVENT_HEAD "%s" EVENT_TAIL "</item>\n<item>\n" EVENT
	    "</item></netEvents>",
	    damages[_i].members);
	read_events(text_chars(&text));
	text_clear(&text);
	text_addf(&text, "e:2: the event has no %s that can be read", damages[_i].lacks);
	ck_assert_ptr_nonnull(companion.damage);
	ck_assert_str_eq(companion.damage, text_chars(&text));
	ck_assert_uint_eq(companion.event_count, 1);
	ck_assert_str_eq(companion.events[0].quote.text, QUOTED);
	text_free(&text);
}
END_TEST

/* Nobody's account or program is kept. */
START_TEST(accounts_are_not_quoted)
{
	read_events(WFPDIAG);
	ck_assert_ptr_null(strstr(companion.events[0].quote.text, "S-1-5"));
	ck_assert_ptr_null(strstr(companion.events[0].quote.text, "S.y.s"));
}
END_TEST

START_TEST(xml_may_be_cut_anywhere)
{
	static const char xml[] = WFPDIAG;
	const size_t recognised = (size_t)(strstr(xml, "<wfpdiag>") - xml) + strlen("<wfpdiag");
	const size_t event = (size_t)(strstr(xml, "</netEvent>") - xml) + strlen("</netEvent>");
	const size_t filter = (size_t)(strstr(xml, "</filters>") - xml) - 1;

	for (size_t length = 0; length < sizeof(xml) - 2; length++) {
		if (!read_length(&companion, xml, length, &error)) {
			ck_assert_uint_lt(length, recognised);
			companion_free(&companion);
			continue;
		}
		ck_assert_uint_ge(length, recognised);
		ck_assert_msg(companion.event_count == (length >= event), "%zu", length);
		ck_assert_msg(companion.filter_count == (length >= filter), "%zu", length);
		ck_assert_ptr_nonnull(companion.damage);
		ck_assert_ptr_nonnull(strstr(companion.damage, "the file ends amid its XML"));
		companion_free(&companion);
	}
}
END_TEST

START_TEST(a_cut_is_told_with_its_line)
{
	read_events("<netEvents>\n<item>\n" EVENT "</item>\n<item>\n<header>\n<timeStamp>2026");
	ck_assert_uint_eq(companion.event_count, 1);
	ck_assert_ptr_nonnull(companion.damage);
	ck_assert_str_eq(companion.damage, "e:40: the file ends amid its XML");
}
END_TEST

/* 64 characters of attributes. */
#define A_64 "a=\"\" b=\"\" c=\"\" d=\"\" e=\"\" f=\"\" g=\"\" h=\"\" i=\"\" j=\"\" kkkkkk=\"\" "

static const char *const broken[] = {
    "<netEvents>\n<item>" EVENT "</item>\n<item><header></item></netEvents>\n",
    "<netEvents>\n<item>" EVENT "</item>\n<item>&unknown;</item></netEvents>\n",
    "<netEvents>\n<item>" EVENT "</item>\n<item>\x08</item></netEvents>\n",
    "<netEvents>\n<item>" EVENT "</item>\n</item></netEvents>\n",
    "<netEvents>\n<item>" EVENT "</item>\n<type<flags/></netEvents>\n",
    "<netEvents>\n<item>" EVENT "</item>\n<item " A_64 A_64 A_64 A_64 "/></netEvents>\n",
};

START_TEST(broken_xml_is_read_up_to_there)
{
	read_events(broken[_i]);
	ck_assert_uint_eq(companion.event_count, 1);
	ck_assert_ptr_nonnull(companion.damage);
	ck_assert_str_eq(
	    companion.damage, "e:37: the XML is broken here, and what follows was not read");
}
END_TEST

/* Entities that stand for entities would grow without end, and others may stand for files. */
START_TEST(entities_are_not_expanded)
{
	read_events("<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;\">"
		    "<!ENTITY c SYSTEM \"file:///etc/hostname\">]>\n"
		    "<netEvents><item>" EVENT "</item><item>&b;&c;</item></netEvents>\n");
	ck_assert_uint_eq(companion.event_count, 0);
	ck_assert_str_eq(companion.damage,
	    "e:1: the XML has a document type, which netsh writes none of, and was not read");
}
END_TEST

/* Deeper than any name is kept, and than libxml2 follows. */
START_TEST(elements_may_be_deep)
{
	struct text text = {0};

	for (size_t depth = 60; depth < 100000; depth *= 40) {
		text_add(&text, "<netEvents>\n");
		for (size_t i = 0; i < depth; i++)
			text_add(&text, "<item>");
		for (size_t i = 0; i < depth; i++)
			text_add(&text, "</item>");
		text_add(&text, "<netEvent>" EVENT "</netEvent></netEvents>");
		read_events(text_chars(&text));
		ck_assert_uint_eq(companion.event_count, companion.damage == NULL);
		ck_assert_int_eq(companion.damage == NULL, depth < 200);
		companion_free(&companion);
		text_clear(&text);
	}
	text_free(&text);
}
END_TEST

/* A name of 1024 bytes, whose next character is of three bytes, and one that is cut amid it. */
START_TEST(long_names_end_with_a_character)
{
	struct text text = {0};

	for (size_t letters = 1019; letters < 1030; letters++) {
		text_add(&text, "<filters><item><displayData><name>");
		for (size_t i = 0; i < letters; i++)
			text_add_char(&text, 'n');
		text_add(&text,
		    "\xe2\x82\xac\xe2\x82\xac</name></displayData><filterId>1</filterId>"
		    "</item></filters>");
		read_events(text_chars(&text));
		ck_assert_uint_eq(companion.filter_count, 1);
		ck_assert_uint_eq(strlen(companion.filters[0].name),
		    letters > 1024 ? 1024 : letters + (1024 - letters) / 3 * 3);
		companion_free(&companion);
		text_clear(&text);
	}
	text_free(&text);
}
END_TEST

/* Both orders of UTF-16, which the declaration says, too. */
START_TEST(encodings_are_the_same)
{
	static const char xml[] = "<?xml version=\"1.0\"\nencoding=\"UTF-16\"?>\n<netEvents>\n"
				  "<item>\n" EVENT "</item></netEvents>";
	uint8_t wide[2 * sizeof(xml)];

	for (int is_big = 0; is_big < 2; is_big++) {
		memset(wide, 0, sizeof(wide));
		wide[!is_big] = 0xfe;
		wide[is_big] = 0xff;
		for (size_t i = 0; i + 1 < sizeof(xml); i++)
			wide[2 + 2 * i + (size_t)is_big] = (uint8_t)xml[i];
		ck_assert(read_length(&companion, wide, sizeof(wide), &error));
		ck_assert_uint_eq(companion.event_count, 1);
		assert_event(&companion.events[0], 4);
		ck_assert_ptr_null(companion.damage);
		companion_free(&companion);
	}
}
END_TEST

static const char *const others[] = {
    "<html><head><title>wfpdiag.xml</title></head></html>",
    "<Events><Event><EventData/></Event></Events>",
    "<netEventsOfMine/>",
    "wfpdiag.xml has <netEvents>",
};

START_TEST(other_xml_is_none)
{
	expect_foreign(&filter_events_format, others[_i]);
}
END_TEST

/* Lines beyond 65535, where libxml2 stops counting in its trees. */
START_TEST(a_long_file_is_read)
{
	const size_t count = 20000;
	struct text text = {0};

	text_add(&text, "<netEvents>\n");
	for (size_t i = 0; i < count; i++)
		text_add(&text, "<item>\n" EVENT "</item>\n");
	text_add(&text, "</netEvents>\n");
	read_events(text_chars(&text));
	ck_assert_uint_eq(companion.event_count, count);
	for (size_t i = 1; i < count; i++)
		ck_assert_uint_eq(
		    companion.events[i].quote.line - 2, i * (companion.events[1].quote.line - 2));
	ck_assert_uint_gt(companion.events[count - 1].quote.line, (uint64_t)UINT16_MAX);
	text_free(&text);
}
END_TEST

Suite *
filter_events_suite(void)
{
	Suite *suite = suite_create("filter_events");
	TCase *tcase = tcase_create("XML");

	tcase_add_checked_fixture(tcase, NULL, teardown);
	tcase_add_test(tcase, events_and_filters_are_read);
	tcase_add_test(tcase, netsh_shows_items);
	tcase_add_test(tcase, a_silent_filter_is_known);
	tcase_add_test(tcase, a_state_has_several_roots);
	tcase_add_loop_test(tcase, events_are_of_kinds, 0, (int)COUNT(events));
	tcase_add_loop_test(tcase, events_may_lack_what_is_needed, 0, (int)COUNT(damages));
	tcase_add_test(tcase, accounts_are_not_quoted);
	tcase_add_test(tcase, xml_may_be_cut_anywhere);
	tcase_add_test(tcase, a_cut_is_told_with_its_line);
	tcase_add_loop_test(tcase, broken_xml_is_read_up_to_there, 0, (int)COUNT(broken));
	tcase_add_test(tcase, entities_are_not_expanded);
	tcase_add_test(tcase, elements_may_be_deep);
	tcase_add_test(tcase, long_names_end_with_a_character);
	tcase_add_test(tcase, encodings_are_the_same);
	tcase_add_loop_test(tcase, other_xml_is_none, 0, (int)COUNT(others));
	tcase_add_test(tcase, a_long_file_is_read);
	suite_add_tcase(suite, tcase);
	return suite;
}
