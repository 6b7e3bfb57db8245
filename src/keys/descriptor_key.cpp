#include <algorithm>

#include "crypto/hex.h"
#include "keys/descriptor_tree.h"

namespace cairn::keys {
namespace {

std::string origin_text(const KeyOrigin& origin, bool apostrophe)
{
    return to_hex(origin.fingerprint) + key_path_text(origin.path, apostrophe);
}

std::string wildcard_text(Wildcard wildcard, bool apostrophe)
{
    if (wildcard == Wildcard::kNone) return "";
    if (wildcard == Wildcard::kNormalStep) return "/*";
    return apostrophe ? "/*'" : "/*h";
}

bool is_hardened(std::uint32_t step)
{
    return (step & kHardened) != 0;
}

/// How many steps of the path there are up to and with the last hardened one.
std::size_t hardened_steps(const KeyPath& path)
{
    const auto last = std::ranges::find_if(path.rbegin(), path.rend(), is_hardened);
    return static_cast<std::size_t>(path.rend() - last);
}

std::uint32_t child_number(Wildcard wildcard, std::uint32_t position)
{
    return wildcard == Wildcard::kHardenedStep ? position | kHardened : position;
}

std::optional<ExtendedPrivateKey> root_private(const KeyExpression& key, const SigningProvider& keys)
{
    const auto* found = keys.find_private(key.root->key.hash160());
    if (found == nullptr) return std::nullopt;
    return ExtendedPrivateKey{key.root->lineage, *found};
}

std::optional<ExtendedPublicKey> derive_path(ExtendedPublicKey key, std::span<const std::uint32_t> path)
{
    for (const std::uint32_t step : path) {
        const auto child = key.derive(step);
        if (!child) return std::nullopt;
        key = *child;
    }
    return key;
}

/// A public key at the end of the path, and those that a cache keeps.
struct Derived {
    ExtendedPublicKey parent;
    std::optional<ExtendedPublicKey> last_hardened;
    ExtendedPublicKey key;
};

std::optional<Derived> derive_by_private(const KeyExpression& key, std::uint32_t position, const SigningProvider& keys)
{
    const auto root = root_private(key, keys);
    if (!root) return std::nullopt;
    const std::size_t hardened = hardened_steps(key.path);
    const std::span path{key.path};
    const auto last_hardened = root->derive(path.first(hardened));
    const auto parent = last_hardened ? last_hardened->derive(path.subspan(hardened)) : std::nullopt;
    if (!parent) return std::nullopt;
    const auto child = key.is_range() ? parent->derive(child_number(key.wildcard, position)) : parent;
    if (!child) return std::nullopt;
    Derived derived{parent->to_public(), std::nullopt, child->to_public()};
    if (hardened > 0) derived.last_hardened = last_hardened->to_public();
    return derived;
}

std::optional<Derived> derive_by_cache(const KeyExpression& key, std::uint32_t position, const DescriptorCache& cache)
{
    if (const auto positions = cache.derived.find(key.index); positions != cache.derived.end()) {
        const auto found = positions->second.find(position);
        if (found != positions->second.end()) return Derived{found->second, std::nullopt, found->second};
    }
    const auto parent = cache.parents.find(key.index);
    if (key.wildcard == Wildcard::kHardenedStep || parent == cache.parents.end()) return std::nullopt;
    if (!key.is_range()) return Derived{parent->second, std::nullopt, parent->second};
    const auto child = parent->second.derive(position);
    if (!child) return std::nullopt;
    return Derived{parent->second, std::nullopt, *child};
}

std::optional<Derived> derive_by_public(const KeyExpression& key, std::uint32_t position)
{
    const auto parent = derive_path(*key.root, key.path);
    if (!parent) return std::nullopt;
    const auto child = key.is_range() ? parent->derive(position) : parent;
    if (!child) return std::nullopt;
    return Derived{*parent, std::nullopt, *child};
}

std::optional<Derived> derive_extended(const KeyExpression& key, std::uint32_t position, const KeySource& source)
{
    if (source.read_cache != nullptr) return derive_by_cache(key, position, *source.read_cache);
    const bool hardened = key.wildcard == Wildcard::kHardenedStep || hardened_steps(key.path) > 0;
    if (!hardened) return derive_by_public(key, position);
    if (source.keys == nullptr) return std::nullopt;
    return derive_by_private(key, position, *source.keys);
}

void fill_cache(const KeyExpression& key, std::uint32_t position, const Derived& derived, DescriptorCache& cache)
{
    if (key.wildcard == Wildcard::kHardenedStep) {
        cache.derived[key.index].insert_or_assign(position, derived.key);
        return;
    }
    cache.parents.insert_or_assign(key.index, derived.parent);
    if (derived.last_hardened) cache.last_hardened.insert_or_assign(key.index, *derived.last_hardened);
}

std::optional<PublicKey> known_key(const KeyExpression& key, std::uint32_t position, const DescriptorCache& cache)
{
    const auto found = cache.known.find(key.index);
    if (found == cache.known.end() || position < found->second.first) return std::nullopt;
    const std::size_t place = position - found->second.first;
    if (place >= found->second.keys.size()) return std::nullopt;
    return PublicKey::parse(found->second.keys[place]);
}

void remember_key(const KeyExpression& expression, std::uint32_t position, const PublicKey& key, DescriptorCache& cache)
{
    auto& known = cache.known[expression.index];
    if (known.keys.empty()) known.first = position;
    if (position != known.first + known.keys.size() || !key.is_compressed()) return;
    std::ranges::copy(key.bytes(), known.keys.emplace_back().begin());
}

/// The key of an extended one, from what the source knows.
std::optional<PublicKey> find_extended(const KeyExpression& key, std::uint32_t position, const KeySource& source)
{
    if (source.read_cache != nullptr) {
        if (const auto known = known_key(key, position, *source.read_cache)) return known;
    }
    const auto derived = derive_extended(key, position, source);
    if (!derived) return std::nullopt;
    if (source.write_cache == nullptr) return derived->key.key;
    if (source.read_cache == nullptr) {
        fill_cache(key, position, *derived, *source.write_cache);
    } else {
        remember_key(key, position, derived->key.key, *source.write_cache);
    }
    return derived->key.key;
}

}  // namespace

std::optional<PublicKey> KeyExpression::derive(std::uint32_t position, const KeySource& source,
                                               SigningProvider& out) const
{
    std::optional<PublicKey> key = single;
    KeyOrigin full;
    if (single) {
        full.fingerprint = fingerprint_of(single->hash160());
    } else {
        key = find_extended(*this, position, source);
        if (!key) return std::nullopt;
        full.fingerprint = root->fingerprint();
        full.path = path;
        if (is_range()) full.path.push_back(child_number(wildcard, position));
    }
    if (origin) {
        full.fingerprint = origin->fingerprint;
        full.path.insert(full.path.begin(), origin->path.begin(), origin->path.end());
    }
    const KeyId id = key->hash160();
    out.public_keys.emplace(id, *key);
    out.origins.emplace(id, std::move(full));
    return key;
}

std::optional<PrivateKey> KeyExpression::derive_private(std::uint32_t position, const SigningProvider& keys) const
{
    if (single) {
        const auto* found = x_only ? keys.find_private(XOnlyKey::of(*single)) : keys.find_private(single->hash160());
        if (found == nullptr) return std::nullopt;
        return *found;
    }
    const auto start = root_private(*this, keys);
    const auto parent = start ? start->derive(path) : std::nullopt;
    if (!parent) return std::nullopt;
    if (!is_range()) return parent->key;
    const auto child = parent->derive(child_number(wildcard, position));
    if (!child) return std::nullopt;
    return child->key;
}

std::string KeyExpression::to_string(const AddressFormat& format, Hardened style) const
{
    const bool quoted = style == Hardened::kAlwaysApostrophe || (style == Hardened::kAsWritten && apostrophe);
    std::string text;
    if (origin) text += '[' + origin_text(*origin, quoted) + ']';
    if (single) return text + to_hex(single->bytes().subspan(x_only ? 1 : 0));
    return text + encode_extended(*root, format) + key_path_text(path, quoted) + wildcard_text(wildcard, quoted);
}

std::optional<std::string> KeyExpression::to_private_string(const AddressFormat& format,
                                                            const SigningProvider& keys) const
{
    std::string text;
    if (origin) text += '[' + origin_text(*origin, apostrophe) + ']';
    if (single) {
        const auto key = derive_private(0, keys);
        if (!key) return std::nullopt;
        return text + encode_wif(*key, format);
    }
    const auto key = root_private(*this, keys);
    if (!key) return std::nullopt;
    return text + encode_extended(*key, format) + key_path_text(path, apostrophe) + wildcard_text(wildcard, apostrophe);
}

std::optional<std::string> KeyExpression::to_normalized_string(const AddressFormat& format,
                                                               const DescriptorCache& cache) const
{
    const std::size_t hardened = single ? 0 : hardened_steps(path);
    if (hardened == 0 || wildcard == Wildcard::kHardenedStep) return to_string(format, Hardened::kAlwaysH);
    const auto key = cache.last_hardened.find(index);
    if (key == cache.last_hardened.end()) return std::nullopt;
    KeyOrigin moved_origin = origin.value_or(KeyOrigin{root->fingerprint(), {}});
    moved_origin.path.insert(moved_origin.path.end(), path.begin(),
                             path.begin() + static_cast<std::ptrdiff_t>(hardened));
    return '[' + origin_text(moved_origin, false) + ']' + encode_extended(key->second, format) +
           key_path_text(std::span{path}.subspan(hardened)) + wildcard_text(wildcard, false);
}

}  // namespace cairn::keys
