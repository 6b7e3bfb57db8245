/* How long libsecp256k1 takes to verify a signature, as a node has it done: key and signature parsed, then verified.
 * Linked once with our build of the library and once with Bitcoin Core's; secp256k1_ratio.py runs both in turn.
 *
 *   secp256k1_verify COUNT    prints the CPU nanoseconds of one ECDSA and of one Schnorr verification
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <secp256k1.h>
#include <secp256k1_extrakeys.h>
#include <secp256k1_schnorrsig.h>

enum { kKeys = 256 };

struct signed_message {
    unsigned char message[32];
    unsigned char key[33], x_only_key[32];
    unsigned char der[72], schnorr[64];
    size_t der_size;
};

static void require(int holds, const char* what)
{
    if (!holds) {
        fprintf(stderr, "secp256k1_verify: %s\n", what);
        exit(1);
    }
}

static void make(const secp256k1_context* context, unsigned number, struct signed_message* out)
{
    unsigned char secret[32] = {1};
    secp256k1_keypair pair;
    secp256k1_pubkey key;
    secp256k1_xonly_pubkey x_only;
    secp256k1_ecdsa_signature signature;
    size_t key_size = sizeof(out->key);

    memcpy(secret + 20, &number, sizeof(number));
    memset(out->message, (int)(number % 251), sizeof(out->message));
    out->der_size = sizeof(out->der);
    require(secp256k1_keypair_create(context, &pair, secret), "key");
    require(secp256k1_keypair_pub(context, &key, &pair), "public key");
    require(secp256k1_ec_pubkey_serialize(context, out->key, &key_size, &key, SECP256K1_EC_COMPRESSED), "compressed key");
    require(secp256k1_keypair_xonly_pub(context, &x_only, NULL, &pair), "x-only key");
    require(secp256k1_xonly_pubkey_serialize(context, out->x_only_key, &x_only), "x-only key");
    require(secp256k1_ecdsa_sign(context, &signature, out->message, secret, NULL, NULL), "ECDSA signature");
    require(secp256k1_ecdsa_signature_serialize_der(context, out->der, &out->der_size, &signature), "DER");
    require(secp256k1_schnorrsig_sign32(context, out->schnorr, out->message, &pair, NULL), "Schnorr signature");
}

static int verify_ecdsa(const secp256k1_context* context, const struct signed_message* m)
{
    secp256k1_pubkey key;
    secp256k1_ecdsa_signature signature;
    if (!secp256k1_ec_pubkey_parse(context, &key, m->key, sizeof(m->key))) return 0;
    if (!secp256k1_ecdsa_signature_parse_der(context, &signature, m->der, m->der_size)) return 0;
    secp256k1_ecdsa_signature_normalize(context, &signature, &signature);
    return secp256k1_ecdsa_verify(context, &signature, m->message, &key);
}

static int verify_schnorr(const secp256k1_context* context, const struct signed_message* m)
{
    secp256k1_xonly_pubkey key;
    if (!secp256k1_xonly_pubkey_parse(context, &key, m->x_only_key)) return 0;
    return secp256k1_schnorrsig_verify(context, m->schnorr, m->message, sizeof(m->message), &key);
}

static double nanoseconds(int (*verify)(const secp256k1_context*, const struct signed_message*),
                          const struct signed_message* messages, long count)
{
    struct timespec begin, end;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
    for (long i = 0; i < count; ++i) require(verify(secp256k1_context_static, &messages[i % kKeys]), "not valid");
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
    return ((double)(end.tv_sec - begin.tv_sec) * 1e9 + (double)(end.tv_nsec - begin.tv_nsec)) / (double)count;
}

int main(int argc, char** argv)
{
    static struct signed_message messages[kKeys];
    secp256k1_context* context = secp256k1_context_create(SECP256K1_CONTEXT_NONE);
    const long count = argc == 2 ? atol(argv[1]) : 0;
    require(count > 0, "usage: secp256k1_verify COUNT");
    for (unsigned i = 0; i < kKeys; ++i) make(context, i, &messages[i]);
    nanoseconds(verify_ecdsa, messages, kKeys);
    printf("%.1f", nanoseconds(verify_ecdsa, messages, count));
    nanoseconds(verify_schnorr, messages, kKeys);
    printf(" %.1f\n", nanoseconds(verify_schnorr, messages, count));
    secp256k1_context_destroy(context);
    return 0;
}
