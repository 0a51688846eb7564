#include "analyzer/base/hash.h"

#include <check.h>

#include "analyzer/base/basics.h"

Suite *hash_suite(void);

/* Under the paper's key, 00 01 … 0f, of the bytes 00 01 02 …: computed apart from this code by one
 * that gives the paper's own vector (appendix A) for SipHash-2-4. */
START_TEST(test_is_siphash_1_3)
{
	static const struct {
		size_t length;
		uint64_t hash;
	} vectors[] = {
	    {0, 0xabac0158050fc4dc},
	    {1, 0xc9f49bf37d57ca93},
	    {7, 0xd3927d989bb11140},
	    {8, 0x369095118d299a8e},
	    {15, 0xd320d86d2a519956},
	    {16, 0xcc4fdd1a7d908b66},
	    {40, 0xc1d2363299e41531},
	};
	uint8_t bytes[40];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)i;
	for (size_t i = 0; i < COUNT(vectors); i++)
		ck_assert_uint_eq(hash_bytes(bytes, vectors[i].length), vectors[i].hash);
	ck_assert_uint_eq(hash_u64(0x0706050403020100u), vectors[2].hash);
}
END_TEST

/* Another key, another hash; what is no hash for tables stays as it is. */
START_TEST(test_draws_a_key)
{
	uint64_t key[2] = {hash_secret[0], hash_secret[1]};
	uint64_t hash = hash_u64(1), mixed = hash_mix(1);

	hash_draw_key();
	ck_assert_uint_ne(hash_u64(1), hash);
	ck_assert_uint_eq(hash_mix(1), mixed);
	hash_secret[0] = key[0];
	hash_secret[1] = key[1];
	ck_assert_uint_eq(hash_u64(1), hash);
}
END_TEST

Suite *
hash_suite(void)
{
	Suite *suite = suite_create("hash");
	TCase *tcase = tcase_create("hash");

	tcase_add_test(tcase, test_is_siphash_1_3);
	tcase_add_test(tcase, test_draws_a_key);
	suite_add_tcase(suite, tcase);
	return suite;
}
