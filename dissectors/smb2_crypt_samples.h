/* SMB2 sessions with known keys, and messages of theirs, for the tests. */
#ifndef SMBTRIAGE_DISSECTORS_SMB2_CRYPT_SAMPLES_H
#define SMBTRIAGE_DISSECTORS_SMB2_CRYPT_SAMPLES_H

#include "dissectors/smb2_crypt.h"

/*
 * Sessions whose keys are known from elsewhere. Microsoft's are published: "Encryption in SMB 3.0:
 * A protocol perspective", "SMB 3.1.1 Encryption in Windows 10" and "SMB 3.1.1 Pre-authentication
 * integrity in Windows 10". Those of the lab were between smbclient or smbtorture and smbd 4.17,
 * which prints its keys with `debug encryption = yes`; their accounts and hosts are invented. The
 * AES-256 ones are of Kerberos, whose session keys have 32 bytes.
 */
enum session {
	MICROSOFT_300,
	MICROSOFT_311,
	MICROSOFT_311_GCM,
	LAB_210,
	LAB_300,
	LAB_311_HMAC,
	LAB_311_PADDED,
	LAB_311_CMAC,
	LAB_311_GMAC,
	LAB_256_CCM,
	LAB_256_GCM,
};

static const struct session_vector {
	struct smb2_suite suite;
	const char *session_key, *preauth;     /* preauth: "" when the dialect has none */
	const char *signing, *client, *server; /* the keys; NULL when not published */
} sessions[] = {
    [MICROSOFT_300] = {{0x0300, 0, 0}, "b4546771b515f766a86735532dd6c4f0", "", NULL,
	"261b72350558f2e9dcf613070383edbf", "8fe2b57ec34d2db5b1a9727f526bbdb5"},
    [MICROSOFT_311] = {{0x0311, SMB2_CIPHER_AES128_GCM, SMB2_SIGNING_AES_CMAC},
	"270e1ba896585eeb7af3472d3b4c75a7",
	"0dd13628cc3ed218ef9df9772d436d0887ab9814bfae63a80aa845f36909db79"
	"28622dddad522d9751640a459762c5a9d6bb084cbb3ce6bdadef5d5bce3c6c01",
	"73fe7a9a77bef0bde49c650d8ccb5f76", NULL, NULL},
    [MICROSOFT_311_GCM] = {{0x0311, SMB2_CIPHER_AES128_GCM, SMB2_SIGNING_AES_CMAC},
	"419fddf34c1e001909d362ae7fb6af79",
	"b23f3cbfd69487d9832b79b1594a367cdd950909b774c3a4c412b4fcea9edddb"
	"a7db256ba2ea30e977f11f9b113247578e0e915c6d2a513b8f2fca5707dc8770",
	NULL, "a2f5e80e5d59103034f32e52f698e5ec", "748c50868c90f302962a5c35f5f9a8bf"},
    [LAB_210] = {{0x0210, 0, 0}, "250ec983fb04b4321f1115b8aa810917", "",
	"250ec983fb04b4321f1115b8aa810917", "", ""},
    [LAB_300] = {{0x0300, 0, 0}, "1914cd98bea27d80623f5e8f8419fa9a", "",
	"3dde69fdc6412ee53d05416a6031d502", "2f295f20b04db6f028abd09d7016a9b7",
	"fac1464f9ce5b3e91ead2b48197d8900"},
    [LAB_311_HMAC] = {{0x0311, SMB2_CIPHER_NONE, SMB2_SIGNING_HMAC_SHA256},
	"314dda98d53673aa1f7998f9c7f99182",
	"1fc4137c0b1bc453799f374e7fb4494c2965b738a66af61ab01c0269f6ec5356"
	"aeebbb7701d5269e5d36879f0ded9b7061f59620eb17fcaa5626e69ccfb842a1",
	"24731b4c1caa3daa19855752cf0fe830", "", ""},
    [LAB_311_PADDED] = {{0x0311, SMB2_CIPHER_NONE, SMB2_SIGNING_HMAC_SHA256},
	"8defcc31725c036903b154e7ce98257b",
	"6a0d7b73776e642f6212c0220eec1d86b36de1a2ad3ad7be76e316d89fa99397"
	"9d85fb586a14c6e576206c5b8db8ed0c3432fa1a9e88c8403d5b73c3adcd07a3",
	"bbec4a92fc97f35e9465d66f31c10f9a", "", ""},
    [LAB_311_CMAC] = {{0x0311, SMB2_CIPHER_NONE, SMB2_SIGNING_AES_CMAC},
	"6d5c9f5072e61bac0d9446ac96743b09",
	"e111e2d6ab8140a4991f39c95a9ae7979adadf3c6ec91b0d94516096611aa17b"
	"4abd7939b02f5068a9e302f3280875de6ab14a7ae4044ba4a1f1a4d30a7a9e82",
	"ed525f4dd77f5ab6c30f19f77039eb56", "", ""},
    [LAB_311_GMAC] = {{0x0311, SMB2_CIPHER_NONE, SMB2_SIGNING_AES_GMAC},
	"1e4572aec9c78f7bc53c8e3f84987523",
	"0ac7a1da743159677cbe5baccd9aa48379335fc38272badc66b49f5dff97b12e"
	"e8485ba5e7f599c62856c07408ea08564ca0fcef322f2b7e46d2ab9982d227ba",
	"fc664f191985526f1269bf67da2c1e9e", "", ""},
    [LAB_256_CCM] = {{0x0311, SMB2_CIPHER_AES256_CCM, SMB2_SIGNING_AES_GMAC},
	"995d9e8e1c65ef0e1990f03415ce93511de848efad54157c3c961dafd5a8e271",
	"0cca5623642c8841f6d4dfa2c1ad65d302e670ace5889e9371d40365cced03c9"
	"94d1a25caf99f8fe9c64412416abb7081d28aadec0012e18fa37f6e7db481b99",
	"6102bd9973656fed6f289857668c200a",
	"03bed47b91c614c7c06d26160e2fa74b429e0843310343afc7b2723f66c15392",
	"d4a5ec8aa0c6a18eb051f5d93fdba0014c117d640395a30176f46f12f775393c"},
    [LAB_256_GCM] = {{0x0311, SMB2_CIPHER_AES256_GCM, SMB2_SIGNING_AES_GMAC},
	"ad3797ee50c00ef6841ae613e99795be3b47f0ca523ad966497371216c81938c",
	"c5e83387b07c2a43543d61411184c764f60fb65fb9c2bb2c6490a32431c8377f"
	"fe96ab47d40096f1cf120099708bd6032ff317332c30d5ae580a66b3fde9349c",
	"64c47e2f08535ee5a7196ff4b523f6b6",
	"1edf8c407f1b1b13d41d15a788b81426b327c6a82e193fdd95a828e75151077b",
	"6e1db5c827b712b60c4e04dbc9501bdfaba08ae6e544fe12299f0cf25b1e422f"},
};

/* Signed commands: of either side, in every algorithm. */
static const struct signed_vector {
	enum session session;
	const char *command;
} commands[] = {
    /* clang-format off */
    {LAB_210,
	"fe534d42 4000 0100 00000000" /* CreditCharge, Status */
	"0400 0100 08000000 00000000" /* TREE_DISCONNECT request, Flags, NextCommand */
	"2103000000000000 00000000c75bf7e4 98e9191700000000" /* MessageId, TreeId, SessionId */
	"fa0aa3f9a31cdb020aa02af12ad140e0" /* Signature */
	"04000000"},
    {LAB_210,
	"fe534d42 4000 0100 00000000" /* CreditCharge, Status */
	"0400 0100 09000000 00000000" /* TREE_DISCONNECT answer, Flags, NextCommand */
	"2103000000000000 00000000c75bf7e4 98e9191700000000" /* MessageId, TreeId, SessionId */
	"3694b4ea4a0bcdc9da789a674133c06f" /* Signature */
	"04000000"},
    {LAB_300,
	"fe534d42 4000 0100 00000000" /* CreditCharge, Status */
	"0400 0100 08000000 00000000" /* TREE_DISCONNECT request, Flags, NextCommand */
	"0600000000000000 00000000b774c7e2 edcdd09b00000000" /* MessageId, TreeId, SessionId */
	"271643da869e350504c18679d21392ee" /* Signature */
	"04000000"},
    {LAB_300,
	"fe534d42 4000 0100 00000000" /* CreditCharge, Status */
	"0400 0100 09000000 00000000" /* TREE_DISCONNECT answer, Flags, NextCommand */
	"0600000000000000 00000000b774c7e2 edcdd09b00000000" /* MessageId, TreeId, SessionId */
	"29f6d54cb8f58445deb79e1fe1700c7a" /* Signature */
	"04000000"},
    {LAB_311_HMAC,
	"fe534d42 4000 0100 00000000" /* CreditCharge, Status */
	"0400 0100 18000000 00000000" /* TREE_DISCONNECT request, Flags, NextCommand */
	"0500000000000000 0000000083210424 1fa4f85700000000" /* MessageId, TreeId, SessionId */
	"e859e91ad55fe3f768526fed3cc05338" /* Signature */
	"04000000"},
    /* The first of a compound: NextCommand, and six bytes of padding behind the name. */
    {LAB_311_PADDED,
	"fe534d42 4000 0100 00000000" /* CreditCharge, Status */
	"0500 0000 18000000 a8000000" /* CREATE request, Flags, NextCommand */
	"0500000000000000 0000000014c36c50 45358c4200000000" /* MessageId, TreeId, SessionId */
	"2613290ce1c647d2ebda311bc83d7407" /* Signature */
	"390000000200000000000000000000000000000000000000ff011f0080000000"
	"07000000030000006400200078002a00000000000000000063006f006d007000"
	"6f0075006e0064005f00720065006c00610074006500640031002e0064006100"
	"7400000000000000"},
    {LAB_311_CMAC,
	"fe534d42 4000 0100 00000000" /* CreditCharge, Status */
	"0400 0100 18000000 00000000" /* TREE_DISCONNECT request, Flags, NextCommand */
	"0500000000000000 00000000d5e01879 70f7d45500000000" /* MessageId, TreeId, SessionId */
	"def84f9723c427da6d24648e57dbde40" /* Signature */
	"04000000"},
    {LAB_311_GMAC,
	"fe534d42 4000 0100 00000000" /* CreditCharge, Status */
	"0600 0000 18000000 00000000" /* CLOSE request, Flags, NextCommand */
	"0700000000000000 00000000a8809f36 ef46ec2c00000000" /* MessageId, TreeId, SessionId */
	"db020a565ce45f0b76e639d6f6259d65" /* Signature */
	"1800000000000000bd3761210000000020cc323800000000"},
    {LAB_311_GMAC,
	"fe534d42 4000 0100 00000000" /* CreditCharge, Status */
	"0300 0100 19000000 00000000" /* TREE_CONNECT answer, Flags, NextCommand */
	"0300000000000000 00000000a8809f36 ef46ec2c00000000" /* MessageId, TreeId, SessionId */
	"c1a91de419a9d582bfe938c6b729c5a4" /* Signature */
	"100001000000000000000000ff011f00"},
    {LAB_311_GMAC,
	"fe534d42 4000 0000 00000000" /* CreditCharge, Status */
	"0c00 0000 18000000 00000000" /* CANCEL request, Flags, NextCommand */
	"0600000000000000 0000000000000000 ef46ec2c00000000" /* MessageId, TreeId, SessionId */
	"2d4c19fa6e783cef8724f3eab2b9c2b3" /* Signature */
	"04000000"},
    /* clang-format on */
};

/* Encrypted messages and what is in them. */
static const struct opening_vector {
	enum session session;
	enum side from;
	const char *message, *plain;
} openings[] = {
    /* clang-format off */
    /* A WRITE of "Smb3 encryption testing", and its answer. */
    {MICROSOFT_300, CLIENT,
	"fd534d42 81a286535415445dae393921e44fa42e" /* ProtocolId, Signature */
	"66e69a111892584fb5ed524a744da3ee" /* Nonce */
	"87000000 0000 0100 1100001400e40800" /* OriginalMessageSize, Flags, SessionId */
	"25c8fee16605a437832d1cd52da9f4645333482a175fe5384563f45fcdafaef3"
	"8bc62ba4d5c62897996625a44c29be5658de2e6117585779e7b59ffd971278d0"
	"8580d7fa899e410e910eabf5aa1db43050b33b49182637759ac15d84bfcdf5b6"
	"b238993c0f4cf4d6012023f6c627297075d84b7803912d0a9639634453595ef3"
	"e33ffe4e7ac2ab",
	"fe534d42 4000 0100 00000000" /* CreditCharge, Status */
	"0900 4000 08000000 00000000" /* WRITE request, Flags, NextCommand */
	"0400000000000000 fffe000001000000 1100001400e40800" /* MessageId, TreeId, SessionId */
	"00000000000000000000000000000000" /* Signature */
	"3100700017000000000000000000000015010000390000020100000039020000"
	"00000000000000007000000000000000536d623320656e6372797074696f6e20"
	"74657374696e67"},
    {MICROSOFT_300, SERVER,
	"fd534d42 a6015530a18f6d9affe22afae8e66484" /* ProtocolId, Signature */
	"86000000000000001100001400e40800" /* Nonce */
	"50000000 0000 0100 1100001400e40800" /* OriginalMessageSize, Flags, SessionId */
	"dbf46435c5f14169293ce079e344479bf670227e49873f458672c3098dac467d"
	"d5809f369d674091665157871483e01f7becd02064eac3e235f913668bbc2f09"
	"7980d4b378f1993eff6e60d177309e5b",
	"fe534d42 4000 0100 00000000" /* CreditCharge, Status */
	"0900 2100 09000000 00000000" /* WRITE answer, Flags, NextCommand */
	"0400000000000000 fffe000001000000 1100001400e40800" /* MessageId, TreeId, SessionId */
	"00000000000000000000000000000000" /* Signature */
	"11000000170000000000000000000000"},
    /* The same. */
    {MICROSOFT_311_GCM, CLIENT,
	"fd534d42 bd73d97d2bc9001bcafac0fdff5feebc" /* ProtocolId, Signature */
	"c7d6822d269caf48904c664c00000000" /* Nonce */
	"87000000 0000 0100 2500000000100000" /* OriginalMessageSize, Flags, SessionId */
	"6ecdd2a7afc7b47763057a041b8fd4daffe990b70c9e09d36c084e02d14ef247"
	"f8bde38acf6256f8b1d3b56f77fbdeb312fea5e92cbcc1ed8fb2ebbfaa75e49a"
	"4a394bb44576545567c24d4c014d47c9fbdfdafd2c4f9b72f8d256452620a299"
	"f48e29e53d6b61d1c13a19e91af013f00d17e3abc2fc3d36c8c1b6b939732538"
	"52dbd442e46ee8",
	"fe534d42 4000 0100 00000000" /* CreditCharge, Status */
	"0900 0100 08000000 00000000" /* WRITE request, Flags, NextCommand */
	"0500000000000000 fffe000001000000 2500000000100000" /* MessageId, TreeId, SessionId */
	"00000000000000000000000000000000" /* Signature */
	"3100700017000000000000000000000006000000040000000100000004000000"
	"00000000000000007000000000000000536d623320656e6372797074696f6e20"
	"74657374696e67"},
    {MICROSOFT_311_GCM, SERVER,
	"fd534d42 acbe1cb7ed343adf1725ef144d90d4b0" /* ProtocolId, Signature */
	"e06831dd2e8eb7b40000000000000000" /* Nonce */
	"50000000 0000 0100 2500000000100000" /* OriginalMessageSize, Flags, SessionId */
	"26bbbf949983a6c1c796559d0f2c510cb651d1f7b6ac8ded32a2a0b8f2d793a8"
	"15c6f6b848d69767a215841a42d400ae6ddb5f0b44173a014973321fdd7950da"
	"6179159b82e03c9e18a050ff0ea1c967",
	"fe534d42 4000 0100 00000000" /* CreditCharge, Status */
	"0900 0100 01000000 00000000" /* WRITE answer, Flags, NextCommand */
	"0500000000000000 fffe000001000000 2500000000100000" /* MessageId, TreeId, SessionId */
	"00000000000000000000000000000000" /* Signature */
	"11000000170000000000000000000000"},
    /* TREE_DISCONNECT, both ways. */
    {LAB_256_CCM, CLIENT,
	"fd534d42 7f31fef9efdbf40faa92ff59b9e1a0ab" /* ProtocolId, Signature */
	"2200000000000000d94a440000000000" /* Nonce */
	"44000000 0000 0100 36dbd1f200000000" /* OriginalMessageSize, Flags, SessionId */
	"e1f42bc4d7e4b1c3448d660e60fa9ff2c43ce445f6faa52a4ad1c12a2e289782"
	"fcc7d296c414d541989a37e695c57007a1703d9c7dc2ba7f484561b8425ae609"
	"2de1c5fb",
	"fe534d42 4000 0100 00000000" /* CreditCharge, Status */
	"0400 0100 10000000 00000000" /* TREE_DISCONNECT request, Flags, NextCommand */
	"2503000000000000 000000007e1e44ec 36dbd1f200000000" /* MessageId, TreeId, SessionId */
	"00000000000000000000000000000000" /* Signature */
	"04000000"},
    {LAB_256_CCM, SERVER,
	"fd534d42 160ae4381c7c5e2c08a07ad733c7955f" /* ProtocolId, Signature */
	"2300000000000000475e360000000000" /* Nonce */
	"44000000 0000 0100 36dbd1f200000000" /* OriginalMessageSize, Flags, SessionId */
	"bb3d3d64bc4bfd74c97c81ac00edcd7da1f44bf1f5537ea716c46b03ed8c0fb0"
	"6c9c340d3d3aeeba5529ad282427aad6598d8664b02792ae26c216951d79d26d"
	"093f2463",
	"fe534d42 4000 0100 00000000" /* CreditCharge, Status */
	"0400 0100 11000000 00000000" /* TREE_DISCONNECT answer, Flags, NextCommand */
	"2503000000000000 000000007e1e44ec 36dbd1f200000000" /* MessageId, TreeId, SessionId */
	"00000000000000000000000000000000" /* Signature */
	"04000000"},
    /* TREE_DISCONNECT, both ways. */
    {LAB_256_GCM, CLIENT,
	"fd534d42 80ed38b527ccd66ac713bb78d3853b0e" /* ProtocolId, Signature */
	"2200000000000000280a021b00000000" /* Nonce */
	"44000000 0000 0100 e3cc3b3000000000" /* OriginalMessageSize, Flags, SessionId */
	"830c7657e14d3b0868c9f334337db02830a765de03df87c0b1a565120cecca5d"
	"e344aee2ae3e80842962ebb4610faae5d0dcca6863c240a86f05250dc764fefc"
	"73a04f49",
	"fe534d42 4000 0100 00000000" /* CreditCharge, Status */
	"0400 0100 10000000 00000000" /* TREE_DISCONNECT request, Flags, NextCommand */
	"2503000000000000 00000000c0534871 e3cc3b3000000000" /* MessageId, TreeId, SessionId */
	"00000000000000000000000000000000" /* Signature */
	"04000000"},
    {LAB_256_GCM, SERVER,
	"fd534d42 0c1770d88b4e6a67c89562bc167cb016" /* ProtocolId, Signature */
	"2200000000000000e5d15f1a00000000" /* Nonce */
	"44000000 0000 0100 e3cc3b3000000000" /* OriginalMessageSize, Flags, SessionId */
	"a573cf62d9cddbcdc2524ce4412ed74d3f8f8faae850ae11b43b2385a435ca17"
	"99146b1798ef9f711601ebc7f19636fb1f5746a039973795226679b8d79e2ed5"
	"7dacccbd",
	"fe534d42 4000 0100 00000000" /* CreditCharge, Status */
	"0400 0100 11000000 00000000" /* TREE_DISCONNECT answer, Flags, NextCommand */
	"2503000000000000 00000000c0534871 e3cc3b3000000000" /* MessageId, TreeId, SessionId */
	"00000000000000000000000000000000" /* Signature */
	"04000000"},
    /* clang-format on */
};

#endif
