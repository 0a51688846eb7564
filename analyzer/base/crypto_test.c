#include "analyzer/base/crypto.h"

#include <check.h>
#include <string.h>

#include "analyzer/base/basics.h"
#include "analyzer/base/hex_for_test.h"

Suite *crypto_suite(void);

#define PARTS 3

/* DATA in two runs that meet at AT, and an empty one: the result must not depend on where. */
static void
split(const struct hex *data, size_t at, struct span ret[PARTS])
{
	ret[0] = (struct span){data->bytes, at};
	ret[1] = (struct span){NULL, 0};
	ret[2] = (struct span){data->bytes + at, data->length - at};
}

/* FIPS 180-4, the examples of NIST: one block, and two. */
START_TEST(test_sha256)
{
	const struct {
		const char *text, *digest;
	} vectors[] = {
	    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
	    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
	    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
	};
	uint8_t digest[CRYPTO_SHA256_SIZE];

	for (size_t i = 0; i < COUNT(vectors); i++) {
		size_t length = strlen(vectors[i].text);

		for (size_t at = 0; at <= length; at++) {
			struct crypto_sha256 *hash = crypto_sha256_begin();

			crypto_sha256_add(hash, vectors[i].text, at);
			crypto_sha256_add(hash, vectors[i].text + at, length - at);
			crypto_sha256_end(hash, digest);
			assert_hex(digest, sizeof(digest), vectors[i].digest);
		}
	}
}
END_TEST

START_TEST(test_sha512)
{
	struct span spans[] = {{"a", 1}, {NULL, 0}, {"bc", 2}};
	uint8_t digest[CRYPTO_SHA512_SIZE];

	crypto_sha512(spans, COUNT(spans), digest);
	assert_hex(digest, sizeof(digest),
	    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
	    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
	crypto_sha512(NULL, 0, digest);
	assert_hex(digest, sizeof(digest),
	    "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
	    "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e");
}
END_TEST

/* RFC 4231 4.2 to 4.4 and 4.8: keys shorter than a block and longer than one. */
START_TEST(test_hmac_sha256)
{
	const struct {
		const char *key, *data, *expected;
	} vectors[] = {
	    {"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "4869205468657265",
		"b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
	    {"4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
		"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
	    {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		"dddddddddddddddddddddddddddddddddddddddddddddddddd"
		"dddddddddddddddddddddddddddddddddddddddddddddddddd",
		"773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
	    {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		"5468697320697320612074657374207573696e672061206c6172676572207468"
		"616e20626c6f636b2d73697a65206b657920616e642061206c61726765722074"
		"68616e20626c6f636b2d73697a6520646174612e20546865206b6579206e6565"
		"647320746f20626520686173686564206265666f7265206265696e6720757365"
		"642062792074686520484d414320616c676f726974686d2e",
		"9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
	};
	uint8_t code[CRYPTO_SHA256_SIZE];
	struct span spans[PARTS];

	for (size_t i = 0; i < COUNT(vectors); i++) {
		struct hex key = hex(vectors[i].key), data = hex(vectors[i].data);

		for (size_t at = 0; at <= data.length; at++) {
			split(&data, at, spans);
			crypto_hmac_sha256(hex_span(&key), spans, PARTS, code);
			assert_hex(code, sizeof(code), vectors[i].expected);
		}
	}
}
END_TEST

/* RFC 4493 4: nothing, one block, two and a half, four. */
START_TEST(test_aes_cmac)
{
	const struct {
		size_t length;
		const char *expected;
	} vectors[] = {
	    {0, "bb1d6929e95937287fa37d129b756746"},
	    {16, "070a16b46b4d4144f79bdd9dd04a287c"},
	    {40, "dfa66747de9ae63030ca32611497c827"},
	    {64, "51f0bebf7e3b9d92fc49741779363cfe"},
	};
	struct hex key = hex("2b7e151628aed2a6abf7158809cf4f3c");
	struct hex data = hex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
			      "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710");
	uint8_t code[CRYPTO_MAC_SIZE];
	struct span spans[PARTS];

	for (size_t i = 0; i < COUNT(vectors); i++) {
		data.length = vectors[i].length;
		for (size_t at = 0; at <= data.length; at++) {
			split(&data, at, spans);
			crypto_aes_cmac(hex_span(&key), spans, PARTS, code);
			assert_hex(code, sizeof(code), vectors[i].expected);
		}
	}
}
END_TEST

/*
 * GMAC is GCM with nothing to encrypt. Cases 1 and 13 of the GCM specification that NIST SP
 * 800-38D takes its mode from have nothing to authenticate either; the others are those of IEEE
 * 802.1AE for a packet of 54 bytes that is authenticated only.
 */
#define MACSEC_PACKET                                                   \
	"d609b1f056637a0d46df998d88e5222ab2c2846512153524c0895e81"      \
	"08000f101112131415161718191a1b1c1d1e1f202122232425262728292a2" \
	"b2c2d2e2f30313233340001"

START_TEST(test_aes_gmac)
{
	const struct {
		const char *key, *nonce, *data, *expected;
	} vectors[] = {
	    {"00000000000000000000000000000000", "000000000000000000000000", "",
		"58e2fccefa7e3061367f1d57a4e7455a"},
	    {"0000000000000000000000000000000000000000000000000000000000000000",
		"000000000000000000000000", "", "530f8afbc74536b9a963b4f1c4cb738b"},
	    {"ad7a2bd03eac835a6f620fdcb506b345", "12153524c0895e81b2c28465", MACSEC_PACKET,
		"f09478a9b09007d06f46e9b6a1da25dd"},
	    {"e3c08a8f06c6e3ad95a70557b23f75483ce33021a9c72b7025666204c69c0b72",
		"12153524c0895e81b2c28465", MACSEC_PACKET, "2f0bc5af409e06d609ea8b7d0fa5ea50"},
	};
	uint8_t code[CRYPTO_MAC_SIZE];
	struct span spans[PARTS];

	for (size_t i = 0; i < COUNT(vectors); i++) {
		struct hex key = hex(vectors[i].key), nonce = hex(vectors[i].nonce);
		struct hex data = hex(vectors[i].data);

		for (size_t at = 0; at <= data.length; at++) {
			split(&data, at, spans);
			crypto_aes_gmac(hex_span(&key), hex_span(&nonce), spans, PARTS, code);
			assert_hex(code, sizeof(code), vectors[i].expected);
		}
	}
}
END_TEST

/*
 * The 128 bits are what Microsoft published for SMB 3.0 ("Encryption in SMB 3.0: A protocol
 * perspective"); the 256 and the other lengths were computed with OpenSSL's KBKDF. A shorter key is
 * no prefix of a longer one, since its length is part of what is hashed.
 */
START_TEST(test_derive)
{
	const struct {
		size_t length;
		const char *expected;
	} vectors[] = {
	    {16, "261b72350558f2e9dcf613070383edbf"},
	    {24, "aa36e0947a2d3708ddad76d93fc99de1f67fed9fba99cbb7"},
	    {32, "3c8b01b56b19b4ea99a27fa3e5878f5f1c096ccb1c5f5867e1e467ce81ed3938"},
	};
	struct hex key = hex("b4546771b515f766a86735532dd6c4f0");
	/* "SMB2AESCCM" and "ServerIn ", each with its terminating zero. */
	struct hex label = hex("534d423241455343434d00"), context = hex("536572766572496e2000");
	uint8_t derived[CRYPTO_SHA256_SIZE + 1];

	for (size_t i = 0; i < COUNT(vectors); i++) {
		memset(derived, 0xa5, sizeof(derived));
		crypto_derive(hex_span(&key), hex_span(&label), hex_span(&context), derived,
		    vectors[i].length);
		assert_hex(derived, vectors[i].length, vectors[i].expected);
		ck_assert_uint_eq(derived[vectors[i].length], 0xa5);
	}
}
END_TEST

static const struct aead_vector {
	enum crypto_aead aead;
	const char *key, *nonce, *associated, *plain, *cipher, *tag;
} aead_vectors[] = {
    /* Cases 4 and 16 of the GCM specification: AES-128 and AES-256. */
    {CRYPTO_AES_GCM, "feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
	"feedfacedeadbeeffeedfacedeadbeefabaddad2",
	"d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
	"1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
	"42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
	"21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091",
	"5bc94fbc3221a5db94fae95ae7121a47"},
    {CRYPTO_AES_GCM, "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
	"cafebabefacedbaddecaf888", "feedfacedeadbeeffeedfacedeadbeefabaddad2",
	"d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
	"1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
	"522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
	"8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
	"76fc6ece0f4e1768cddf8853bb2d551b"},
    /* Case 14: one block, nothing associated. */
    {CRYPTO_AES_GCM, "0000000000000000000000000000000000000000000000000000000000000000",
	"000000000000000000000000", "", "00000000000000000000000000000000",
	"cea7403d4d606b6e074ec5d3baf39d18", "d0d1c8a799996bf0265b98b5d48ab919"},
    /* What Microsoft published for SMB 3.0: AES-128, 11 bytes of nonce, 32 associated, which is
     * a TRANSFORM header from Nonce on, and a READ or WRITE answer of 80. */
    {CRYPTO_AES_CCM, "8fe2b57ec34d2db5b1a9727f526bbdb5", "86000000000000001100 00",
	"860000000000000011000014 00e40800 50000000 0000 0100 11000014 00e40800",
	"fe534d4240000100000000000900210009000000000000000400000000000000"
	"fffe0000010000001100001400e4080000000000000000000000000000000000"
	"11000000170000000000000000000000",
	"dbf46435c5f14169293ce079e344479bf670227e49873f458672c3098dac467d"
	"d5809f369d674091665157871483e01f7becd02064eac3e235f913668bbc2f09"
	"7980d4b378f1993eff6e60d177309e5b",
	"a6015530a18f6d9affe22afae8e66484"},
    /* NIST's validation of CCM (CAVP, CCM-VNT), 16 bytes of tag, 32 associated: AES-192 with 11
     * bytes of nonce, AES-256 with 13. */
    {CRYPTO_AES_CCM, "7a182e4e3367194662d614bb11da11e86596f724204f48ff", "d3284d1de51559c1ddbfe6",
	"21214ac2314fdfe07bc4d066245a97b1a10470df2a6d6b926cdcbff07f5b61ef",
	"88a5c1c2ae4eb463a3283dc5c81f665b0f6d54495f6cc9d43aa8ee179d3950f8",
	"65ed1e3919d208e9e5267370b9cf9b1431ef0c584dd2cf057d243a03523ca756",
	"2a18840cac2199030c008741d74fb220"},
    {CRYPTO_AES_CCM, "4a75ff2f66dae2935403cce27e829ad8be98185c73f8bc61d3ce950a83007e11",
	"46eb390b175e75da6193d7edb6",
	"282f05f734f249c0535ee396282218b7c4913c39b59ad2a03ffaf5b0e9b0f780",
	"205f2a664a8512e18321a91c13ec13b9e6b633228c57cc1e",
	"58f1584f761983bef4d0060746b5d5ee610ecfda31101a7f", "5460e9b7856d60a5ad9803c0762f8176"},
};

struct aead_case {
	enum crypto_aead aead;
	struct hex key, nonce, associated, plain, cipher, tag;
};

static struct aead_case
aead_case(int i)
{
	const struct aead_vector *vector = &aead_vectors[i];

	return (struct aead_case){vector->aead, hex(vector->key), hex(vector->nonce),
	    hex(vector->associated), hex(vector->plain), hex(vector->cipher), hex(vector->tag)};
}

/* Decrypts the first LENGTH bytes of what is WHOLE bytes long, into RET with a guard behind. */
static bool
decrypt(const struct aead_case *c, size_t length, size_t whole, uint8_t *ret, bool *ret_authentic)
{
	struct span data = {c->cipher.bytes, length};
	bool is_done;

	memset(ret, 0xa5, sizeof(c->plain.bytes));
	is_done = crypto_aead_decrypt(c->aead, hex_span(&c->key), hex_span(&c->nonce),
	    hex_span(&c->associated), data, whole, c->tag.bytes, ret, ret_authentic);
	ck_assert_uint_eq(ret[length], 0xa5);
	return is_done;
}

/* Every beginning is decrypted as the whole is; only the whole is authentic. */
START_TEST(test_aead)
{
	struct aead_case c = aead_case(_i);
	uint8_t plain[sizeof(c.plain.bytes)];

	ck_assert_uint_eq(c.plain.length, c.cipher.length);
	ck_assert_uint_eq(c.tag.length, CRYPTO_MAC_SIZE);
	for (size_t n = 0; n <= c.cipher.length; n++) {
		bool is_authentic = n != c.cipher.length;

		ck_assert(decrypt(&c, n, c.cipher.length, plain, &is_authentic));
		ck_assert_mem_eq(plain, c.plain.bytes, n);
		ck_assert_int_eq(is_authentic, n == c.cipher.length);
	}
}
END_TEST

static void
check_altered(struct aead_case *c, uint8_t *byte, bool is_same_stream)
{
	uint8_t plain[sizeof(c->plain.bytes)];
	bool is_authentic = true;

	*byte ^= 0x40;
	ck_assert(decrypt(c, c->cipher.length, c->cipher.length, plain, &is_authentic));
	ck_assert(!is_authentic);
	ck_assert_int_eq(memcmp(plain, c->plain.bytes, c->plain.length) == 0, is_same_stream);
	*byte ^= 0x40;
}

/* The tag covers all there is; key, nonce and data decide what is read. */
START_TEST(test_aead_altered)
{
	struct aead_case c = aead_case(_i);
	uint8_t plain[sizeof(c.plain.bytes)];
	bool is_authentic = true;

	check_altered(&c, &c.tag.bytes[15], true);
	check_altered(&c, &c.cipher.bytes[c.cipher.length - 1], false);
	check_altered(&c, &c.nonce.bytes[0], false);
	check_altered(&c, &c.key.bytes[c.key.length - 1], false);
	if (c.associated.length != 0)
		check_altered(&c, &c.associated.bytes[c.associated.length - 1], true);
	/* A message that says of itself that it is longer. */
	ck_assert(decrypt(&c, c.cipher.length, c.cipher.length + 1, plain, &is_authentic));
	ck_assert(!is_authentic);
	ck_assert_mem_eq(plain, c.plain.bytes, c.plain.length);
}
END_TEST

static void
check_refused(struct aead_case *c, size_t whole)
{
	uint8_t plain[sizeof(c->plain.bytes)];
	bool is_authentic = true;

	ck_assert(!decrypt(c, c->cipher.length, whole, plain, &is_authentic));
	ck_assert(is_authentic);
	ck_assert_uint_eq(plain[0], 0xa5);
}

/* Lengths that no cipher has. */
START_TEST(test_aead_refused)
{
	const size_t keys[] = {0, 1, 15, 17, 31, 33, 64};
	struct aead_case c = aead_case(_i);

	for (size_t i = 0; i < COUNT(keys); i++) {
		c = aead_case(_i);
		c.key.length = keys[i];
		check_refused(&c, c.cipher.length);
	}
	c = aead_case(_i);
	c.nonce.length = 0;
	check_refused(&c, c.cipher.length);
	if (c.aead != CRYPTO_AES_CCM)
		return;
	c.nonce.length = 6;
	check_refused(&c, c.cipher.length);
	c.nonce.length = 14;
	check_refused(&c, c.cipher.length);
	c.nonce.length = 13;
	check_refused(&c, 0x10000);
}
END_TEST

START_TEST(test_wipe)
{
	uint8_t key[] = {1, 2, 3, 4};

	crypto_wipe(key, 3);
	assert_hex(key, sizeof(key), "00000004");
	crypto_wipe(key, 0);
	ck_assert_uint_eq(key[3], 4);
}
END_TEST

Suite *
crypto_suite(void)
{
	Suite *suite = suite_create("crypto");
	TCase *tests = tcase_create("crypto");

	tcase_add_test(tests, test_sha256);
	tcase_add_test(tests, test_sha512);
	tcase_add_test(tests, test_hmac_sha256);
	tcase_add_test(tests, test_aes_cmac);
	tcase_add_test(tests, test_aes_gmac);
	tcase_add_test(tests, test_derive);
	tcase_add_loop_test(tests, test_aead, 0, COUNT(aead_vectors));
	tcase_add_loop_test(tests, test_aead_altered, 0, COUNT(aead_vectors));
	tcase_add_loop_test(tests, test_aead_refused, 0, COUNT(aead_vectors));
	tcase_add_test(tests, test_wipe);
	suite_add_tcase(suite, tests);
	return suite;
}
