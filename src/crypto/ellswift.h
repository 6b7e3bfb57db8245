#pragma once
// ElligatorSwift keys and their key agreement (BIP324).

#include <array>
#include <cstddef>
#include <span>

#include "crypto/bytes.h"
#include "crypto/hash256.h"
#include "crypto/secret_key.h"

namespace cairn::crypto {

/// A public key that looks like 64 random bytes. Any 64 bytes are one.
using EllSwiftKey = std::array<std::byte, 64>;

/// One of the many encodings of `key`'s public key, chosen by `entropy`.
EllSwiftKey make_ellswift(const SigningContext& context, const SecretKey& key, std::span<const std::byte, 32> entropy);

/// BIP324's shared secret. `initiator` says whether `key` and `ours` are those of the side that opened the connection.
Hash256 ellswift_shared_secret(const SecretKey& key, const EllSwiftKey& ours, const EllSwiftKey& theirs,
                               bool initiator);

}  // namespace cairn::crypto
