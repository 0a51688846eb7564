#include "dissectors/smb2_exchanges.h"

#include <check.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "dissectors/nbss.h"
#include "dissectors/smb.h"
#include "dissectors/smb1.h"

Suite *smb2_exchanges_suite(void);

static const struct exchange_type *const types[] = {&nbss_session_type, &smb_negotiate_type,
    &smb1_session_setup_type, &smb1_tree_connect_type, &smb2_session_setup_type,
    &smb2_tree_connect_type, &smb2_validate_negotiate_type, &smb2_request_type};

/* Names are unique, also beside the common ones; every field is described and lies in the struct.
 */
START_TEST(test_fields)
{
	const struct exchange_type *type = types[_i];

	for (size_t i = 0; i < type->field_count; i++) {
		const struct field *field = &type->fields[i];
		size_t length = strlen(field->sentence);

		ck_assert_ptr_eq(exchange_field(type, field->name), field);
		for (size_t j = 0; j < exchange_common_field_count; j++)
			ck_assert_str_ne(field->name, exchange_common_fields[j].name);
		ck_assert(length > 5 && field->sentence[length - 1] != '.');
		ck_assert_uint_ge(field->offset, sizeof(struct exchange));
		ck_assert_uint_lt(field->offset, type->size);
		ck_assert_int_eq(field->home, HOME_EXCHANGE);
		if (field->kind == FIELD_BOOL)
			ck_assert_ptr_eq(field->names, &bool_names);
		for (size_t j = 1; field->names != NULL && j < field->names->count; j++)
			ck_assert_uint_lt(
			    field->names->rows[j - 1].value, field->names->rows[j].value);
	}
}
END_TEST

/* Nothing is known of an exchange of zeroes but what is always known. */
START_TEST(test_unknown)
{
	const struct exchange_type *type = types[_i];
	struct conversation_facts facts = {0};
	struct arena arena = {0};
	struct exchange *exchange = arena_alloc(&arena, type->size);

	exchange->type = type;
	exchange->conversation = &facts;
	for (size_t i = 0; i < type->field_count; i++) {
		enum field_kind kind = type->fields[i].kind;
		struct value value = exchange_value(exchange, &type->fields[i]);
		bool is_always_known =
		    kind == FIELD_BOOL || kind == FIELD_U32 || kind == FIELD_DURATION;

		ck_assert_msg((value.kind == VALUE_NONE) != is_always_known, "%s.%s", type->name,
		    type->fields[i].name);
	}
	arena_free(&arena);
}
END_TEST

Suite *
smb2_exchanges_suite(void)
{
	Suite *suite = suite_create("smb2_exchanges");
	TCase *tests = tcase_create("fields");

	tcase_add_loop_test(tests, test_fields, 0, COUNT(types));
	tcase_add_loop_test(tests, test_unknown, 0, COUNT(types));
	suite_add_tcase(suite, tests);
	return suite;
}
