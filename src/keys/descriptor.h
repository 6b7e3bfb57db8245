#pragma once
// Output descriptors (BIP380 to 386, 389): what scripts a wallet has, as text.
//
// Functions: pk pkh wpkh sh wsh multi sortedmulti combo tr multi_a sortedmulti_a rawtr addr raw. Miniscript and musig
// are not known yet. Errors are Bitcoin Core's texts. Values, immutable once parsed; private keys stay outside, in the
// SigningProvider that parsing fills.

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "consensus/primitives/amount.h"
#include "keys/address_format.h"
#include "keys/destination.h"
#include "keys/extended_key.h"
#include "keys/signing_provider.h"

namespace cairn::keys {

/// The kinds of address a wallet hands out, as RPC names them.
enum class OutputType : std::uint8_t { kLegacy, kP2shSegwit, kBech32, kBech32m };
/// "legacy", "p2sh-segwit", "bech32", "bech32m".
std::string_view name(OutputType type);
std::optional<OutputType> output_type_from_name(std::string_view name);

/// Extended public keys by which a descriptor with hardened steps expands without its private keys; as Bitcoin Core
/// keeps them in wallets. Keys are the index of the key expression.
struct DescriptorCache {
    std::map<std::uint32_t, ExtendedPublicKey> parents;
    std::map<std::uint32_t, std::map<std::uint32_t, ExtendedPublicKey>> derived;
    std::map<std::uint32_t, ExtendedPublicKey> last_hardened;

    /// The keys of positions that were expanded before, one after the other, so that they need not be derived again:
    /// that is most of what an expansion costs. In memory only.
    struct KnownKeys {
        std::uint32_t first = 0;
        std::vector<std::array<std::byte, PublicKey::kCompressedSize>> keys;
    };
    std::map<std::uint32_t, KnownKeys> known;
};

struct DescriptorTree;  // keys/descriptor_tree.h

class Descriptor {
public:
    explicit Descriptor(std::shared_ptr<const DescriptorTree> tree) : tree_(std::move(tree)) {}

    bool is_range() const;
    /// Whether all is known that is needed to sign but the private keys: not for addr() and raw().
    bool is_solvable() const;
    /// Whether it makes one script per position: not for combo().
    bool is_single_type() const;
    std::optional<OutputType> output_type() const;
    /// Whether every key of it has its private key in `keys`.
    bool has_private_keys(const SigningProvider& keys) const;

    /// With checksum.
    std::string to_string(const AddressFormat& format) const;
    /// Private keys in place of public ones where `keys` has them; nothing if it has none.
    std::optional<std::string> to_private_string(const AddressFormat& format, const SigningProvider& keys) const;
    /// With extended keys moved down to the last hardened step; nothing if the cache has not those that this needs.
    std::optional<std::string> to_normalized_string(const AddressFormat& format, const DescriptorCache& cache) const;
    /// With ' for hardened steps: what a wallet's descriptor id is the SHA-256 of.
    std::string to_compatible_string(const AddressFormat& format) const;

    /// The scripts at `position`, and what signing them needs but private keys.
    struct Expansion {
        std::vector<Bytes> scripts;
        SigningProvider provider;
    };
    /// `keys` gives the private keys that hardened steps need; fills `write_cache` where given. Nothing if keys are
    /// missing.
    std::optional<Expansion> expand(std::uint32_t position, const SigningProvider& keys,
                                    DescriptorCache* write_cache = nullptr) const;
    /// Every key by the cache. `remember` (which may be that cache) gets to know them.
    std::optional<Expansion> expand_from_cache(std::uint32_t position, const DescriptorCache& cache,
                                               DescriptorCache* remember = nullptr) const;
    /// The private keys at `position` of those in `keys`.
    SigningProvider expand_private(std::uint32_t position, const SigningProvider& keys) const;

private:
    std::shared_ptr<const DescriptorTree> tree_;
};

enum class ChecksumRule { kOptional, kRequired };

struct ParsedDescriptors {
    /// One, or as many as a multipath step <0;1;…> has values.
    std::vector<Descriptor> descriptors;
    /// The private keys that were written in it.
    SigningProvider keys;
};
/// Errors are Bitcoin Core's texts, such as "Missing checksum". Private keys keep a pointer to `context`.
std::expected<ParsedDescriptors, std::string> parse_descriptor(std::string_view text, const AddressFormat& format,
                                                               const crypto::SigningContext& context,
                                                               ChecksumRule rule = ChecksumRule::kOptional);

/// The eight characters after '#'; `text` without them. Empty if it has characters that no descriptor has.
std::string descriptor_checksum(std::string_view text);
/// Of `text` with or without a (right) checksum.
std::expected<std::string, std::string> checked_descriptor_checksum(std::string_view text);

/// The most specific descriptor of `script` that `provider` has the parts of; at least raw().
Descriptor infer_descriptor(ByteSpan script, const SigningProvider& provider);

}  // namespace cairn::keys
