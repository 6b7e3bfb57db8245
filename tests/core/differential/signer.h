#pragma once
// Keys that mutated scripts are given, and signatures by them wherever a script asks for one: so that what lies behind
// a signature check, and the hash that is signed, are compared for any script and not only for the seeds'.

#include <vector>

#include "crypto/secret_key.h"
#include "spend.h"
#include "support/test_random.h"

namespace cairn::differential {

class Signer {
public:
    Signer();

    /// One of the keys: compressed, uncompressed, hybrid or x-only as `size` (33, 65, 32) says.
    Bytes public_key(test::TestRandom& random, std::size_t size) const;
    /// Gives pushes that have the size of a key, in scripts and witness, the signer's keys, now and then.
    void substitute_keys(test::TestRandom& random, Spend& spend) const;
    /// Runs the spend's script and replaces what it takes for a signature by one that is valid for what it signs there.
    void sign(Spend& spend) const;

private:
    struct Key {
        crypto::SecretKey secret;
        Bytes compressed, uncompressed, hybrid, x_only;
    };
    class Recorder;

    const Key* find(ByteSpan public_key) const;

    crypto::SigningContext context_;
    std::vector<Key> keys_;
};

}  // namespace cairn::differential
