#include "analyzer/report/schema.h"

#include <check.h>

#include "analyzer/report/sample_test.h"

Suite *schema_suite(void);

/* fixtures/schema_check holds all records against the schema; here is what it says of fields. */
static char *
print_schema(void)
{
	static const struct exchange_type *const types[] = {&sample_type};
	char *chars = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&chars, &length);

	schema_print(out, types, COUNT(types));
	fclose(out);
	return chars;
}

static const char *const parts[] = {
    "    \"exchange\": {\n"
    "      \"description\": \"a kind of exchange\",\n"
    "      \"enum\": [\"smb2_tree_connect\"]\n"
    "    },\n",
    /* the fields of its own */
    "    \"fields_of_smb2_tree_connect\": {\n"
    "      \"description\": \"a request for a share\",\n"
    "      \"type\": \"object\",\n"
    "      \"properties\": {\n"
    "        \"status\": {\n"
    "          \"anyOf\": [\n"
    "            {\n"
    "              \"enum\": [\"STATUS_BAD_NETWORK_NAME\"]\n"
    "            },\n"
    "            {\"$ref\": \"#/$defs/hexadecimal\"}\n"
    "          ]\n"
    "        },\n"
    "        \"share_flags\": {\n"
    "          \"type\": \"array\",\n"
    "          \"items\": {\n"
    "            \"anyOf\": [\n"
    "              {\n"
    "                \"enum\": [\"SMB2_SHAREFLAG_DFS\", "
    "\"SMB2_SHAREFLAG_RESTRICT_EXCLUSIVE_OPENS\"]\n"
    "              },\n"
    "              {\"$ref\": \"#/$defs/hexadecimal\"}\n"
    "            ]\n"
    "          }\n"
    "        },\n"
    "        \"session\": {\"$ref\": \"#/$defs/hexadecimal\"},\n",
    "        \"path\": {\"type\": \"string\"},\n",
    /* and those of all */
    "        \"unknown_because\": {\n"
    "          \"description\": \"what the capture lacks, where that makes the outcome "
    "doubtful\",\n"
    "          \"$ref\": \"#/$defs/names_of_unknown_because\"\n",
    "    \"names_of_unknown_because\": {\n"
    "      \"enum\": [\n"
    "        \"none\",\n"
    "        \"capture_ended\",\n",
    "      \"required\": [\"outcome\", \"delivered\", \"retransmissions\"],\n"
    "      \"additionalProperties\": false\n",
    /* which a finding has when it is about such an exchange */
    "          \"if\": {\n"
    "            \"properties\": {\n"
    "              \"exchange\": {\"const\": \"smb2_tree_connect\"}\n",
    "              \"fields\": {\"$ref\": \"#/$defs/fields_of_smb2_tree_connect\"}\n",
    /* what is optional is not required, what an optional word never says is none of its values */
    "        \"baseline\": {\n"
    "          \"description\": \"whether the baseline that was given has it\",\n"
    "          \"enum\": [\"new\", \"known\"]\n"
    "        },\n",
    "      \"required\": [\"reason\"],\n",
};

START_TEST(test_parts)
{
	char *schema = print_schema();

	ck_assert_msg(strstr(schema, parts[_i]) != NULL, "no %s", parts[_i]);
	free(schema);
}
END_TEST

Suite *
schema_suite(void)
{
	Suite *suite = suite_create("schema");
	TCase *tests = tcase_create("schema");

	tcase_add_loop_test(tests, test_parts, 0, COUNT(parts));
	suite_add_tcase(suite, tests);
	return suite;
}
