#pragma once
// A parsed descriptor as a tree of values. Inner header of keys.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "keys/descriptor.h"

namespace cairn::keys {

enum class Wildcard : std::uint8_t { kNone, kNormalStep, kHardenedStep };

/// Where deriving keys takes what the expression itself does not say.
struct KeySource {
    /// Private keys for hardened steps; not asked where there is a cache to read.
    const SigningProvider* keys = nullptr;
    const DescriptorCache* read_cache = nullptr;
    /// Gets what later expansions need; beside a cache to read, the keys themselves.
    DescriptorCache* write_cache = nullptr;
};

/// A key as written in a descriptor: a plain one, or an extended one with a path.
struct KeyExpression {
    /// Its number among the expressions of the descriptor, from left to right.
    std::uint32_t index = 0;
    std::optional<KeyOrigin> origin;
    /// Hardened steps were written with '.
    bool apostrophe = false;

    std::optional<PublicKey> single;
    /// Written as 32 bytes.
    bool x_only = false;

    std::optional<ExtendedPublicKey> root;
    KeyPath path;
    Wildcard wildcard = Wildcard::kNone;

    bool is_range() const { return wildcard != Wildcard::kNone; }
    std::size_t size() const { return single ? single->size() : PublicKey::kCompressedSize; }
    /// The key at `position`; it and its origin are added to `out`.
    std::optional<PublicKey> derive(std::uint32_t position, const KeySource& source, SigningProvider& out) const;
    std::optional<PrivateKey> derive_private(std::uint32_t position, const SigningProvider& keys) const;

    enum class Hardened { kAsWritten, kAlwaysH, kAlwaysApostrophe };
    std::string to_string(const AddressFormat& format, Hardened style) const;
    std::optional<std::string> to_private_string(const AddressFormat& format, const SigningProvider& keys) const;
    std::optional<std::string> to_normalized_string(const AddressFormat& format, const DescriptorCache& cache) const;
};

enum class DescriptorFunction : std::uint8_t {
    kPk,
    kPkh,
    kWpkh,
    kSh,
    kWsh,
    kMulti,
    kSortedMulti,
    kMultiA,
    kSortedMultiA,
    kCombo,
    kTr,
    kRawTr,
    kAddr,
    kRaw,
};
std::string_view name(DescriptorFunction function);

struct DescriptorTree {
    DescriptorFunction function{};
    /// kPk inside tr(): its script has the x-only key.
    bool tapscript = false;
    int threshold = 0;  // of the multi functions
    std::vector<KeyExpression> keys;
    /// The script of sh() and wsh(); the leaves of tr(), with their depths in `depths`.
    std::vector<std::shared_ptr<const DescriptorTree>> children;
    std::vector<int> depths;
    Bytes script;  // of addr() and raw()

    std::optional<std::vector<Bytes>> expand(std::uint32_t position, const KeySource& source,
                                             SigningProvider& out) const;
};

}  // namespace cairn::keys
