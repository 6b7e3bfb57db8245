/* libcairnconsensus used from C. Returns 0 if all holds; says which line did not. */
#include "cairnconsensus.h"

#include <stdio.h>
#include <string.h>

static int failures = 0;

static void check(int condition, int line)
{
    if (condition) return;
    fprintf(stderr, "cairnconsensus_test.c:%d does not hold\n", line);
    ++failures;
}
#define CHECK(condition) check((condition), __LINE__)

/* Bytes of hex digits, which the caller knows to fit. */
static size_t unhex(const char* hex, unsigned char* out)
{
    size_t size = 0;
    for (; hex[2 * size] != '\0'; ++size) {
        unsigned int byte = 0;
        sscanf(hex + 2 * size, "%2x", &byte);
        out[size] = (unsigned char)byte;
    }
    return size;
}

/* The first payment from one person to another, in mainnet's block 170, and the output it spends. */
static const char kBlock170[] =
    "0100000055bd840a78798ad0da853f68974f3d183e2bd1db6a842c1feecf222a00000000ff104ccb05421ab93e63f8c3ce5c2c2e9dbb37de"
    "2764b3a3175c8166562cac7d51b96a49ffff001d283e9e700201000000010000000000000000000000000000000000000000000000000000"
    "000000000000ffffffff0704ffff001d0102ffffffff0100f2052a01000000434104d46c4968bde02899d2aa0963367c7a6ce34eec332b32"
    "e42e5f3407e052d64ac625da6f0718e7b302140434bd725706957c092db53805b821a85b23a7ac61725bac000000000100000001c997a5e5"
    "6e104102fa209c6a852dd90660a20b2d9c352423edce25857fcd3704000000004847304402204e45e16932b8af514961a1d3a1a25fdf3f4f"
    "7732e9d624c6c61548ab5fb8cd410220181522ec8eca07de4860a4acdd12909d831cc56cbbac4622082221a8768d1d0901ffffffff0200ca"
    "9a3b00000000434104ae1a62fe09c5f51b13905f07f06b99a2f7159b2225f374cd378d71302fa28414e7aab37397f554a7df5f142c21c1b7"
    "303b8a0626f1baded5c72a704f7e6cd84cac00286bee0000000043410411db93e1dcdb8a016b49840f8c53bc1eb68a382e97b1482ecad7b1"
    "48a6909a5cb2e0eaddfb84ccf9744464f82e160bfa9b8b64f9d4c03f999b8643f656b412a3ac00000000";
static const char kFirstPaymentScript[] =
    "410411db93e1dcdb8a016b49840f8c53bc1eb68a382e97b1482ecad7b148a6909a5cb2e0eaddfb84ccf9744464f82e160bfa9b8b64f9d4c0"
    "3f999b8643f656b412a3ac";
/* Spends an output of kAnyoneCanSpend, whose witness script is OP_TRUE. */
static const char kSegwitSpend[] =
    "0200000000010111111111111111111111111111111111111111111111111111111111111111110000000000ffffffff01e8030000000000"
    "00015101015100000000";
static const char kAnyoneCanSpend[] = "00204ae81572f06e1b88fd5ced7a1a000945432e83e1551e6f721ee9c00b8cc33260";
/* Input 0 spends kTaproot by its script path, signed for this input alone (SIGHASH_ANYONECANPAY), of 2,312,889
 * satoshis. */
static const char kTaprootSpend[] =
    "238858b7000102dceb5f5568f8ada45d428630f512fb8efacd46682b4367b4edaf1985c5e4af4bca00000000c2cbecccdff9d694a434b13a"
    "bfbbd618e2ece4460f24b4821cf47d5afc481a386c59565ce60000000068a68ee4039e927a000000000017a9148f07d0f98cfe0d6aff29ca"
    "20bcda3fa93083937487580200000000000017a9148f07d0f98cfe0d6aff29ca20bcda3fa9308393748758020000000000001976a91401f1"
    "09af244d8c7f2563284ac2d2ba7d6323a75e88ac03419cf987916c9fc945259df0324a762cd2e10f8cd101b6a6731ab1a8454c54928099a0"
    "75b1fe092c6ccf2d557f89cfc68ab6f2edf800e60adf72513c4d0fcea5b182260020871bf677dcc1eeea213f60505c1c9f1695f8b7d2ee8b"
    "bacb3ba246e9f1e57e20ba5187ab61c17d732801de7e0c866f2462f29c14b63e555159b62ba93a5d5963d1c04795f9363ca46e263a260b65"
    "760ba16fc7221d8949b643b52b6000a40fc66cf5b479cf31754943580dc1bd6713260228477cc107c802e16d4edc27befd908a8bf6eb3629"
    "00df40ad44";
static const char kTaproot[] = "5120860597d3b29a47949c68e53703a7c358236fede9036ee1439f49b54ea72cb70b";

typedef struct {
    unsigned char bytes[2000];
    size_t size;
} Blob;

static Blob blob(const char* hex)
{
    Blob result;
    result.size = unhex(hex, result.bytes);
    return result;
}

/* The block's second transaction stands at its end. */
enum { kFirstPaymentOffset = 215 };

static void test_scripts(void)
{
    Blob block = blob(kBlock170);
    Blob script = blob(kFirstPaymentScript);
    unsigned char* tx = block.bytes + kFirstPaymentOffset;
    const unsigned int size = (unsigned int)(block.size - kFirstPaymentOffset);
    const unsigned int script_size = (unsigned int)script.size;
    cairnconsensus_error err = cairnconsensus_ERR_TX_INDEX;
    CHECK(cairnconsensus_verify_script(script.bytes, script_size, tx, size, 0, 0, &err) == 1);
    CHECK(err == cairnconsensus_ERR_OK);
    CHECK(cairnconsensus_verify_script(
              script.bytes, script_size, tx, size, 0,
              cairnconsensus_SCRIPT_FLAGS_VERIFY_P2SH | cairnconsensus_SCRIPT_FLAGS_VERIFY_DERSIG, NULL) == 1);
    tx[size - 10] ^= 1; /* another output, and the signature is none */
    CHECK(cairnconsensus_verify_script(script.bytes, script_size, tx, size, 0, 0, &err) == 0);
    CHECK(err == cairnconsensus_ERR_OK);
}

static void test_script_errors(void)
{
    Blob block = blob(kBlock170);
    Blob script = blob(kFirstPaymentScript);
    const unsigned char* tx = block.bytes + kFirstPaymentOffset;
    const unsigned int size = (unsigned int)(block.size - kFirstPaymentOffset);
    const unsigned int script_size = (unsigned int)script.size;
    cairnconsensus_error err = cairnconsensus_ERR_OK;
    CHECK(cairnconsensus_verify_script(script.bytes, script_size, tx, size, 1, 0, &err) == 0);
    CHECK(err == cairnconsensus_ERR_TX_INDEX);
    block.bytes[block.size] = 0;
    CHECK(cairnconsensus_verify_script(script.bytes, script_size, tx, size + 1, 0, 0, &err) == 0);
    CHECK(err == cairnconsensus_ERR_TX_SIZE_MISMATCH);
    CHECK(cairnconsensus_verify_script(script.bytes, script_size, tx, size - 1, 0, 0, &err) == 0);
    CHECK(err == cairnconsensus_ERR_TX_DESERIALIZE);
    CHECK(cairnconsensus_verify_script(script.bytes, script_size, tx, 0, 0, 0, &err) == 0);
    CHECK(err == cairnconsensus_ERR_TX_DESERIALIZE);
    CHECK(cairnconsensus_verify_script(script.bytes, script_size, tx, size, 0, 1U << 1, &err) == 0);
    CHECK(err == cairnconsensus_ERR_INVALID_FLAGS);
    CHECK(cairnconsensus_verify_script(script.bytes, script_size, tx, size, 0, 1U << 31, &err) == 0);
    CHECK(err == cairnconsensus_ERR_INVALID_FLAGS);
}

static void test_witness(void)
{
    Blob tx = blob(kSegwitSpend);
    Blob script = blob(kAnyoneCanSpend);
    const unsigned int script_size = (unsigned int)script.size;
    const unsigned int size = (unsigned int)tx.size;
    const unsigned int flags = cairnconsensus_SCRIPT_FLAGS_VERIFY_P2SH | cairnconsensus_SCRIPT_FLAGS_VERIFY_WITNESS;
    cairnconsensus_error err = cairnconsensus_ERR_OK;
    cairnconsensus_UTXO spent[2];
    spent[0].scriptPubKey = script.bytes;
    spent[0].scriptPubKeySize = script_size;
    spent[0].value = 1000;
    spent[1] = spent[0];
    CHECK(cairnconsensus_verify_script(script.bytes, script_size, tx.bytes, size, 0, flags, &err) == 0);
    CHECK(err == cairnconsensus_ERR_AMOUNT_REQUIRED);
    CHECK(cairnconsensus_verify_script_with_amount(script.bytes, script_size, 1000, tx.bytes, size, 0, flags, &err) ==
          1);
    CHECK(err == cairnconsensus_ERR_OK);
    CHECK(cairnconsensus_verify_script_with_amount(script.bytes, script_size, 1000, tx.bytes, size, 0,
                                                   cairnconsensus_SCRIPT_FLAGS_VERIFY_WITNESS, &err) == 0);
    CHECK(err == cairnconsensus_ERR_INVALID_FLAGS);
    CHECK(cairnconsensus_verify_script_with_amount(script.bytes, script_size, 1000, tx.bytes, size, 0,
                                                   cairnconsensus_SCRIPT_FLAGS_VERIFY_ALL, &err) == 0);
    CHECK(err == cairnconsensus_ERR_SPENT_OUTPUTS_REQUIRED);
    CHECK(cairnconsensus_verify_script_with_spent_outputs(script.bytes, script_size, 1000, tx.bytes, size, spent, 2, 0,
                                                          cairnconsensus_SCRIPT_FLAGS_VERIFY_ALL, &err) == 0);
    CHECK(err == cairnconsensus_ERR_SPENT_OUTPUTS_MISMATCH);
    CHECK(cairnconsensus_verify_script_with_spent_outputs(script.bytes, script_size, 1000, tx.bytes, size, spent, 1, 0,
                                                          cairnconsensus_SCRIPT_FLAGS_VERIFY_ALL, &err) == 1);
    CHECK(err == cairnconsensus_ERR_OK);
    script.bytes[2] ^= 1; /* another witness script's hash */
    CHECK(cairnconsensus_verify_script_with_amount(script.bytes, script_size, 1000, tx.bytes, size, 0, flags, &err) ==
          0);
    CHECK(err == cairnconsensus_ERR_OK);
}

/* The list of spent outputs says what taproot's signatures cover; the amount beside it is for witness version 0. */
static void test_taproot(void)
{
    Blob tx = blob(kTaprootSpend);
    Blob script = blob(kTaproot);
    const unsigned int script_size = (unsigned int)script.size;
    const unsigned int size = (unsigned int)tx.size;
    const unsigned int flags = cairnconsensus_SCRIPT_FLAGS_VERIFY_ALL;
    cairnconsensus_error err = cairnconsensus_ERR_TX_INDEX;
    cairnconsensus_UTXO spent[2];
    spent[0].scriptPubKey = script.bytes;
    spent[0].scriptPubKeySize = script_size;
    spent[0].value = 2312889;
    spent[1] = spent[0];
    CHECK(cairnconsensus_verify_script_with_spent_outputs(script.bytes, script_size, 2312889, tx.bytes, size, spent, 2,
                                                          0, flags, &err) == 1);
    CHECK(cairnconsensus_verify_script_with_spent_outputs(script.bytes, script_size, 2312888, tx.bytes, size, spent, 2,
                                                          0, flags, &err) == 1);
    CHECK(err == cairnconsensus_ERR_OK);
    spent[0].value = 2312888;
    CHECK(cairnconsensus_verify_script_with_spent_outputs(script.bytes, script_size, 2312889, tx.bytes, size, spent, 2,
                                                          0, flags, &err) == 0);
    CHECK(err == cairnconsensus_ERR_OK);
}

static void test_transactions(void)
{
    Blob tx = blob(kSegwitSpend);
    char reason[64];
    char small[8];
    cairnconsensus_error err = cairnconsensus_ERR_TX_INDEX;
    CHECK(cairnconsensus_check_transaction(tx.bytes, tx.size, reason, sizeof reason, &err) == 1);
    CHECK(err == cairnconsensus_ERR_OK && reason[0] == '\0');
    tx.bytes[56] = 0xff; /* the value's highest byte */
    CHECK(cairnconsensus_check_transaction(tx.bytes, tx.size, reason, sizeof reason, &err) == 0);
    CHECK(err == cairnconsensus_ERR_OK && strcmp(reason, "bad-txns-vout-negative") == 0);
    CHECK(cairnconsensus_check_transaction(tx.bytes, tx.size, small, sizeof small, &err) == 0);
    CHECK(strcmp(small, "bad-txn") == 0);
    CHECK(cairnconsensus_check_transaction(tx.bytes, tx.size, NULL, 0, NULL) == 0);
    CHECK(cairnconsensus_check_transaction(tx.bytes, tx.size - 1, reason, sizeof reason, &err) == 0);
    CHECK(err == cairnconsensus_ERR_TX_DESERIALIZE && reason[0] == '\0');
}

static void test_blocks(void)
{
    Blob block = blob(kBlock170);
    char reason[64];
    cairnconsensus_error err = cairnconsensus_ERR_TX_INDEX;
    CHECK(cairnconsensus_check_block(block.bytes, block.size, cairnconsensus_NETWORK_MAIN, reason, sizeof reason,
                                     &err) == 1);
    CHECK(err == cairnconsensus_ERR_OK && reason[0] == '\0');
    CHECK(cairnconsensus_check_header(block.bytes, 80, cairnconsensus_NETWORK_MAIN, &err) == 1);
    CHECK(cairnconsensus_check_header(block.bytes, 81, cairnconsensus_NETWORK_MAIN, &err) == 0);
    CHECK(err == cairnconsensus_ERR_DESERIALIZE);
    CHECK(cairnconsensus_check_header(block.bytes, 80, (cairnconsensus_network)7, &err) == 0);
    CHECK(err == cairnconsensus_ERR_NETWORK);
    CHECK(cairnconsensus_check_block(block.bytes, block.size - 1, cairnconsensus_NETWORK_MAIN, reason, sizeof reason,
                                     &err) == 0);
    CHECK(err == cairnconsensus_ERR_DESERIALIZE);
    block.bytes[block.size - 1] ^= 1;
    CHECK(cairnconsensus_check_block(block.bytes, block.size, cairnconsensus_NETWORK_MAIN, reason, sizeof reason,
                                     &err) == 0);
    CHECK(err == cairnconsensus_ERR_OK && strcmp(reason, "bad-txnmrklroot") == 0);
    block.bytes[79] ^= 1;
    CHECK(cairnconsensus_check_header(block.bytes, 80, cairnconsensus_NETWORK_MAIN, &err) == 0);
    CHECK(err == cairnconsensus_ERR_OK);
}

int main(void)
{
    CHECK(cairnconsensus_version() == CAIRNCONSENSUS_API_VERSION);
    test_scripts();
    test_script_errors();
    test_witness();
    test_taproot();
    test_transactions();
    test_blocks();
    if (failures == 0) puts("libcairnconsensus: all holds");
    return failures == 0 ? 0 : 1;
}
