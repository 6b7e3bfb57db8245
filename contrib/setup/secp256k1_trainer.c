/* Exercises libsecp256k1 as the node does, so that gcc's profile knows the hot paths: signs and verifies ECDSA and
 * Schnorr signatures with a few thousand different keys. Used by contrib/setup/secp256k1 only. */
#include <secp256k1.h>
#include <secp256k1_ellswift.h>
#include <secp256k1_extrakeys.h>
#include <secp256k1_schnorrsig.h>
#include <stdio.h>
#include <string.h>

enum { kRounds = 3000 };

static void fill(unsigned char out[32], unsigned seed, unsigned char salt)
{
    unsigned x = seed * 2654435761u + salt;
    for (int i = 0; i < 32; ++i) {
        x = x * 1664525u + 1013904223u;
        out[i] = (unsigned char)(x >> 24);
    }
    out[0] &= 0x7f; /* below the group order */
}

static int round_trip(const secp256k1_context* context, unsigned n)
{
    unsigned char key[32], message[32], compact[33], der[72], schnorr[64], ell[64];
    size_t compact_size = sizeof compact, der_size = sizeof der;
    secp256k1_pubkey public_key;
    secp256k1_xonly_pubkey x_only;
    secp256k1_keypair pair;
    secp256k1_ecdsa_signature signature;
    fill(key, n, 1);
    fill(message, n, 2);
    if (!secp256k1_ec_pubkey_create(context, &public_key, key)) return 0;
    secp256k1_ec_pubkey_serialize(context, compact, &compact_size, &public_key, SECP256K1_EC_COMPRESSED);
    if (!secp256k1_ecdsa_sign(context, &signature, message, key, NULL, NULL)) return 0;
    secp256k1_ecdsa_signature_serialize_der(context, der, &der_size, &signature);
    for (int i = 0; i < 3; ++i) {
        if (!secp256k1_ec_pubkey_parse(context, &public_key, compact, compact_size)) return 0;
        if (!secp256k1_ecdsa_signature_parse_der(context, &signature, der, der_size)) return 0;
        secp256k1_ecdsa_signature_normalize(context, &signature, &signature);
        if (!secp256k1_ecdsa_verify(context, &signature, message, &public_key)) return 0;
    }
    if (!secp256k1_keypair_create(context, &pair, key)) return 0;
    if (!secp256k1_keypair_xonly_pub(context, &x_only, NULL, &pair)) return 0;
    if (!secp256k1_schnorrsig_sign32(context, schnorr, message, &pair, NULL)) return 0;
    for (int i = 0; i < 3; ++i)
        if (!secp256k1_schnorrsig_verify(context, schnorr, message, 32, &x_only)) return 0;
    if (!secp256k1_xonly_pubkey_tweak_add_check(context, message, 0, &x_only, key)) key[0] ^= 1;
    return n % 16 != 0 || secp256k1_ellswift_create(context, ell, key, message) || key[0];
}

int main(void)
{
    secp256k1_context* context = secp256k1_context_create(SECP256K1_CONTEXT_NONE);
    for (unsigned n = 1; n <= kRounds; ++n)
        if (!round_trip(context, n)) return fprintf(stderr, "round %u failed\n", n), 1;
    secp256k1_context_destroy(context);
    return 0;
}
