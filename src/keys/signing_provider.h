#pragma once
// What a signer may know: keys, scripts by their hash, where keys come from, and the trees behind taproot outputs.

#include <map>
#include <optional>
#include <vector>

#include "consensus/script/taproot.h"
#include "keys/extended_key.h"
#include "keys/private_key.h"

namespace cairn::keys {

struct KeyOrigin {
    Fingerprint fingerprint{};
    KeyPath path;
    friend bool operator==(const KeyOrigin&, const KeyOrigin&) = default;
};

/// A leaf of a taproot output's tree and its depth, leaves in order from left to right.
struct TaprootLeaf {
    int depth = 0;
    std::uint8_t version = consensus::kTaprootLeafTapscript;
    Bytes script;

    Hash256 hash() const { return consensus::tapleaf_hash(version, script); }
};

struct TaprootOutput {
    XOnlyKey internal_key;
    std::vector<TaprootLeaf> leaves;

    /// Root of the tree; nothing without leaves.
    std::optional<Hash256> merkle_root() const;
    /// The control block by which leaf `index` is revealed.
    Bytes control_block(std::size_t index) const;
    std::optional<XOnlyKey::Tweaked> output_key() const;
};

/// A flat collection; merging keeps what is there.
struct SigningProvider {
    std::map<KeyId, PrivateKey> private_keys;
    std::map<KeyId, PublicKey> public_keys;
    std::map<KeyId, KeyOrigin> origins;
    /// By HASH160 of the script: redeem scripts, and witness scripts (found by RIPEMD160 of their SHA-256).
    std::map<KeyId, Bytes> scripts;
    /// By output key.
    std::map<XOnlyKey, TaprootOutput> taproot;

    void merge(const SigningProvider& other);
    void add_private_key(const PrivateKey& key);
    void add_script(ByteSpan script);
    const PrivateKey* find_private(const KeyId& id) const;
    /// By x coordinate, whatever the parity of y.
    const PrivateKey* find_private(const XOnlyKey& key) const;
    const PublicKey* find_public(const KeyId& id) const;
    const KeyOrigin* find_origin(const KeyId& id) const;
    const KeyOrigin* find_origin(const XOnlyKey& key) const;
    const Bytes* find_script(const KeyId& id) const;
};

}  // namespace cairn::keys
