#include "keys/signing_provider.h"

#include <algorithm>

#include "crypto/hashes.h"

namespace cairn::keys {
namespace {

/// A finished part of the tree: its hash, its depth, and, where it holds the leaf looked for, the path up from it.
struct Node {
    int depth = 0;
    Hash256 hash;
    std::optional<std::vector<Hash256>> path;
};

Node join(Node left, Node right)
{
    Node parent{left.depth - 1, consensus::tapbranch_hash(left.hash, right.hash), std::nullopt};
    if (left.path) {
        left.path->push_back(right.hash);
        parent.path = std::move(left.path);
    } else if (right.path) {
        right.path->push_back(left.hash);
        parent.path = std::move(right.path);
    }
    return parent;
}

/// The root, with the path of leaf `index`. Neighbours of one depth join as soon as both are there.
Node build(const std::vector<TaprootLeaf>& leaves, std::size_t index)
{
    std::vector<Node> open;
    for (std::size_t i = 0; i < leaves.size(); ++i) {
        Node node{leaves[i].depth, leaves[i].hash(), std::nullopt};
        if (i == index) node.path.emplace();
        while (!open.empty() && open.back().depth == node.depth && node.depth > 0) {
            node = join(std::move(open.back()), std::move(node));
            open.pop_back();
        }
        open.push_back(std::move(node));
    }
    return std::move(open.front());
}

}  // namespace

std::optional<Hash256> TaprootOutput::merkle_root() const
{
    if (leaves.empty()) return std::nullopt;
    return build(leaves, leaves.size()).hash;
}

std::optional<XOnlyKey::Tweaked> TaprootOutput::output_key() const
{
    return internal_key.taproot_output(merkle_root());
}

Bytes TaprootOutput::control_block(std::size_t index) const
{
    const Node root = build(leaves, index);
    const auto output = internal_key.taproot_output(root.hash);
    Bytes block;
    block.reserve(33 + 32 * root.path->size());
    const unsigned odd = output && output->odd ? 1 : 0;
    block.push_back(static_cast<std::byte>(leaves[index].version | odd));
    block.insert(block.end(), internal_key.bytes().begin(), internal_key.bytes().end());
    for (const Hash256& hash : *root.path) block.insert(block.end(), hash.bytes.begin(), hash.bytes.end());
    return block;
}

void SigningProvider::merge(const SigningProvider& other)
{
    private_keys.insert(other.private_keys.begin(), other.private_keys.end());
    public_keys.insert(other.public_keys.begin(), other.public_keys.end());
    origins.insert(other.origins.begin(), other.origins.end());
    scripts.insert(other.scripts.begin(), other.scripts.end());
    taproot.insert(other.taproot.begin(), other.taproot.end());
}

void SigningProvider::add_private_key(const PrivateKey& key)
{
    private_keys.emplace(key.id(), key);
    public_keys.emplace(key.id(), key.public_key());
}

void SigningProvider::add_script(ByteSpan script)
{
    scripts.emplace(crypto::hash160(script), Bytes(script.begin(), script.end()));
}

namespace {

template <class Map>
const typename Map::mapped_type* find_in(const Map& map, const typename Map::key_type& key)
{
    const auto found = map.find(key);
    return found == map.end() ? nullptr : &found->second;
}

/// The ids of the two compressed keys with this x coordinate.
std::array<KeyId, 2> ids_of(const XOnlyKey& key)
{
    std::array<std::byte, 33> bytes{};
    std::ranges::copy(key.bytes(), bytes.begin() + 1);
    std::array<KeyId, 2> ids{};
    for (std::size_t parity = 0; parity < 2; ++parity) {
        bytes[0] = static_cast<std::byte>(2 + parity);
        ids[parity] = crypto::hash160(bytes);
    }
    return ids;
}

}  // namespace

const PrivateKey* SigningProvider::find_private(const KeyId& id) const
{
    return find_in(private_keys, id);
}
const PublicKey* SigningProvider::find_public(const KeyId& id) const
{
    return find_in(public_keys, id);
}
const KeyOrigin* SigningProvider::find_origin(const KeyId& id) const
{
    return find_in(origins, id);
}
const Bytes* SigningProvider::find_script(const KeyId& id) const
{
    return find_in(scripts, id);
}

const PrivateKey* SigningProvider::find_private(const XOnlyKey& key) const
{
    for (const KeyId& id : ids_of(key)) {
        if (const auto* found = find_private(id)) return found;
    }
    return nullptr;
}

const KeyOrigin* SigningProvider::find_origin(const XOnlyKey& key) const
{
    for (const KeyId& id : ids_of(key)) {
        if (const auto* found = find_origin(id)) return found;
    }
    return nullptr;
}

}  // namespace cairn::keys
