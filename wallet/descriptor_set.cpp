#include "wallet/descriptor_set.h"

#include <algorithm>

#include "consensus/encoding/reader.h"
#include "consensus/encoding/writer.h"
#include "crypto/sha256.h"

namespace cairn::wallet {
namespace {

constexpr std::string_view kDescriptorType = "walletdescriptor";
constexpr std::string_view kCacheType = "walletdescriptorcache";
constexpr std::string_view kHardenedCacheType = "walletdescriptorlhcache";
constexpr std::string_view kActiveExternalType = "activeexternalspk";
constexpr std::string_view kActiveInternalType = "activeinternalspk";

std::string_view active_type(bool internal)
{
    return internal ? kActiveInternalType : kActiveExternalType;
}

Bytes encode_xpub(const keys::ExtendedPublicKey& key)
{
    return Writer().sized_bytes(key.encode()).take();
}

std::optional<keys::ExtendedPublicKey> decode_xpub(ByteSpan value)
{
    Reader reader{value};
    const ByteSpan bytes = reader.sized_bytes();
    reader.expect_end();
    if (!reader.ok()) return std::nullopt;
    return keys::ExtendedPublicKey::decode(bytes);
}

/// A cache record's key after its type.
struct CacheKey {
    Hash256 id;
    std::uint32_t expression = 0;
    std::optional<std::uint32_t> position;
};

std::optional<CacheKey> decode_cache_key(ByteSpan key)
{
    Reader reader{key};
    CacheKey parts;
    parts.id = reader.hash256();
    parts.expression = reader.u32();
    if (!reader.at_end()) parts.position = reader.u32();
    reader.expect_end();
    if (!reader.ok()) return std::nullopt;
    return parts;
}

}  // namespace

std::optional<std::string> DescriptorSet::load(Database& database, const KeyVault& vault)
{
    descriptors_.clear();
    active_.clear();
    index_.clear();
    std::optional<std::string> error;
    database.visit(record_key(kDescriptorType), [&](ByteSpan key, ByteSpan value) {
        Reader reader{key};
        const Hash256 id = reader.hash256();
        reader.expect_end();
        auto found = reader.ok() ? load_one(id, value) : "Error reading wallet database: descriptor corrupt";
        if (!error) error = std::move(found);
    });
    if (error) return error;
    load_cache(database);
    for (const bool internal : {false, true}) {
        database.visit(record_key(active_type(internal)), [&](ByteSpan key, ByteSpan value) {
            Reader name{key};
            Reader reader{value};
            const std::uint8_t type = name.u8();
            const Hash256 id = reader.hash256();
            const bool known = name.ok() && reader.ok() && type <= 3 && descriptors_.contains(id);
            if (known) active_[{static_cast<keys::OutputType>(type), internal}] = id;
            if (!known) error = "Wallet corrupted: an active descriptor is not there";
        });
    }
    for (auto& [id, owned] : descriptors_) {
        if (!expand_to(database, vault, owned, owned.record.range_end) && !owned.descriptor.is_range()) {
            return "Wallet corrupted: the script of a descriptor cannot be made";
        }
        owned.shown = show(owned);
    }
    return error;
}

std::optional<std::string> DescriptorSet::load_one(const Hash256& id, ByteSpan value)
{
    auto record = decode_descriptor_record(value);
    if (!record) return "Error reading wallet database: descriptor corrupt";
    if (record->range_end - record->range_start > kMaxRange) return "Wallet corrupted: range of a descriptor too large";
    const auto parsed = keys::parse_descriptor(record->descriptor, format_, context_, keys::ChecksumRule::kRequired);
    if (!parsed || parsed->descriptors.size() != 1) {
        return "Unrecognized descriptor found. The wallet might have been created on a newer version.\nDetails: " +
               (parsed ? std::string("multipath") : parsed.error());
    }
    const keys::Descriptor& descriptor = parsed->descriptors.front();
    if (id_of(descriptor) != id) {
        return "The descriptor ID calculated by the wallet differs from the one in DB";
    }
    const std::int32_t start = record->range_start;
    descriptors_.emplace(id, OwnedDescriptor{descriptor, id, std::move(*record), {}, start, {}});
    return std::nullopt;
}

void DescriptorSet::load_cache(const Database& database)
{
    for (const auto type : {kCacheType, kHardenedCacheType}) {
        database.visit(record_key(type), [&](ByteSpan key, ByteSpan value) {
            const auto parts = decode_cache_key(key);
            const auto xpub = decode_xpub(value);
            auto* owned = parts ? mutable_find(parts->id) : nullptr;
            if (owned == nullptr || !xpub) return;  // can be made again
            if (type == kHardenedCacheType) {
                owned->cache.last_hardened.insert_or_assign(parts->expression, *xpub);
            } else if (parts->position) {
                owned->cache.derived[parts->expression].insert_or_assign(*parts->position, *xpub);
            } else {
                owned->cache.parents.insert_or_assign(parts->expression, *xpub);
            }
        });
    }
}

void DescriptorSet::save(Database& database, const OwnedDescriptor& owned) const
{
    database.write(record_key(kDescriptorType, owned.id), encode(owned.record));
}

void DescriptorSet::save_cache(Database& database, const Hash256& id, const keys::DescriptorCache& added) const
{
    for (const auto& [expression, xpub] : added.parents) {
        database.write(record_key_cache(kCacheType, id, expression, std::nullopt), encode_xpub(xpub));
    }
    for (const auto& [expression, positions] : added.derived) {
        for (const auto& [position, xpub] : positions) {
            database.write(record_key_cache(kCacheType, id, expression, position), encode_xpub(xpub));
        }
    }
    for (const auto& [expression, xpub] : added.last_hardened) {
        database.write(record_key_cache(kHardenedCacheType, id, expression, std::nullopt), encode_xpub(xpub));
    }
}

namespace {

/// Adds what `from` has and `to` has not; that much.
keys::DescriptorCache merge(keys::DescriptorCache& to, const keys::DescriptorCache& from)
{
    keys::DescriptorCache added;
    for (const auto& entry : from.parents) {
        if (to.parents.insert(entry).second) added.parents.insert(entry);
    }
    for (const auto& entry : from.last_hardened) {
        if (to.last_hardened.insert(entry).second) added.last_hardened.insert(entry);
    }
    for (const auto& [expression, positions] : from.derived) {
        for (const auto& entry : positions) {
            if (to.derived[expression].insert(entry).second) added.derived[expression].insert(entry);
        }
    }
    return added;
}

}  // namespace

template <class Keys>
std::optional<std::vector<Bytes>> DescriptorSet::next_scripts(OwnedDescriptor& owned, const Keys& keys,
                                                              keys::DescriptorCache& added)
{
    const auto position = static_cast<std::uint32_t>(owned.expanded_to);
    auto expansion = owned.descriptor.expand_from_cache(position, owned.cache, &owned.cache);
    if (!expansion) {
        keys::DescriptorCache cache;
        if (!owned.descriptor.expand(position, keys(), &cache)) return std::nullopt;
        merge(added, merge(owned.cache, cache));
        expansion = owned.descriptor.expand_from_cache(position, owned.cache, &owned.cache);
    }
    ++owned.expanded_to;
    return std::move(expansion->scripts);
}

bool DescriptorSet::expand_to(Database& database, const KeyVault& vault, OwnedDescriptor& owned, std::int32_t end)
{
    std::optional<keys::SigningProvider> known;
    const auto keys = [&]() -> const keys::SigningProvider& {
        if (!known) known = vault.keys_of(owned.id);
        return *known;
    };
    keys::DescriptorCache added;
    while (owned.expanded_to < end) {
        const auto position = static_cast<std::uint32_t>(owned.expanded_to);
        const auto scripts = next_scripts(owned, keys, added);
        if (!scripts) break;
        for (const Bytes& script : *scripts) {
            index_.try_emplace(std::string(text_of(script)), Indexed{owned.id, position});
        }
    }
    save_cache(database, owned.id, added);
    return owned.expanded_to >= end;
}

std::int32_t DescriptorSet::topped_up_end(const OwnedDescriptor& owned, std::int32_t size)
{
    const std::int64_t wanted = std::int64_t{owned.record.next_index} + std::max(size, 1);
    const std::int64_t limit = std::int64_t{owned.record.range_start} + kMaxRange;
    return static_cast<std::int32_t>(std::min({wanted, limit, std::int64_t{0x7fffffff}}));
}

bool DescriptorSet::widen(Database& database, const KeyVault& vault, OwnedDescriptor& owned, std::int32_t size)
{
    if (!owned.descriptor.is_range()) return true;
    const std::int32_t end = topped_up_end(owned, size);
    if (end <= owned.record.range_end) return true;
    const bool complete = expand_to(database, vault, owned, end);
    if (owned.expanded_to > owned.record.range_end) {
        owned.record.range_end = owned.expanded_to;
        save(database, owned);
    }
    return complete;
}

std::expected<DescriptorSet::Addition, std::string> DescriptorSet::prepare(const KeyVault& vault,
                                                                           const keys::SigningProvider& keys,
                                                                           const keys::Descriptor& descriptor,
                                                                           DescriptorRecord record) const
{
    const Hash256 id = id_of(descriptor);
    record.descriptor = descriptor.to_string(format_);
    const std::int32_t start = record.range_start;
    const OwnedDescriptor* known = find(id);
    Addition addition{known != nullptr ? *known : OwnedDescriptor{descriptor, id, record, {}, start, {}}, {}, {}};
    OwnedDescriptor& owned = addition.owned;
    if (known != nullptr) {
        owned.record.creation_time = std::min(owned.record.creation_time, record.creation_time);
        owned.record.next_index = record.next_index;
        owned.record.range_end = std::max(owned.record.range_end, record.range_end);
        if (start < owned.record.range_start) {
            owned.record.range_start = owned.expanded_to = start;
            owned.cache.known.clear();
        }
    }
    if (owned.descriptor.is_range())
        owned.record.range_end = std::max(owned.record.range_end, topped_up_end(owned, keypool_size_));
    keys::SigningProvider all_keys = vault.keys_of(id);
    all_keys.merge(keys);
    const auto given_keys = [&]() -> const keys::SigningProvider& { return all_keys; };
    while (owned.expanded_to < owned.record.range_end) {
        const auto position = static_cast<std::uint32_t>(owned.expanded_to);
        auto scripts = next_scripts(owned, given_keys, addition.new_cache);
        if (!scripts) {
            return std::unexpected(
                "Cannot expand descriptor. Probably because of hardened derivations without private keys provided");
        }
        for (Bytes& script : *scripts) addition.scripts.emplace_back(std::move(script), position);
    }
    return addition;
}

void DescriptorSet::write(Database& database, const Addition& addition) const
{
    save(database, addition.owned);
    save_cache(database, addition.owned.id, addition.new_cache);
}

void DescriptorSet::keep(Addition addition)
{
    const Hash256 id = addition.owned.id;
    for (const auto& [script, position] : addition.scripts) {
        index_.try_emplace(std::string(text_of(script)), Indexed{id, position});
    }
    addition.owned.shown = show(addition.owned);
    descriptors_.insert_or_assign(id, std::move(addition.owned));
}

std::string DescriptorSet::show(const OwnedDescriptor& owned) const
{
    const auto text = owned.descriptor.to_normalized_string(format_, owned.cache);
    return text.value_or(owned.descriptor.to_string(format_));
}

std::vector<DescriptorSet::RoleChange> DescriptorSet::prepare_active(const ActiveRole& role, const Hash256& id) const
{
    std::vector<RoleChange> changes;
    const ActiveRole opposite{role.type, !role.internal};
    if (const auto other = active_.find(opposite); other != active_.end() && other->second == id) {
        changes.push_back({opposite, std::nullopt});
    }
    changes.push_back({role, id});
    return changes;
}

void DescriptorSet::write(Database& database, const RoleChange& change) const
{
    const Bytes key = record_key_u8(active_type(change.role.internal), static_cast<std::uint8_t>(change.role.type));
    if (change.id) database.write(key, change.id->span());
    if (!change.id) database.erase(key);
}

void DescriptorSet::keep(const RoleChange& change)
{
    if (change.id) active_[change.role] = *change.id;
    if (!change.id) active_.erase(change.role);
}

Hash256 DescriptorSet::id_of(const keys::Descriptor& descriptor) const
{
    const std::string text = descriptor.to_compatible_string(format_);
    return crypto::sha256(std::as_bytes(std::span{text}));
}

std::optional<std::int64_t> DescriptorSet::birth_time() const
{
    std::optional<std::int64_t> oldest;
    for (const auto& [id, owned] : descriptors_) {
        const auto time = static_cast<std::int64_t>(owned.record.creation_time);
        oldest = std::min(oldest.value_or(time), time);
    }
    return oldest;
}

const OwnedDescriptor* DescriptorSet::active(const ActiveRole& role) const
{
    const auto found = active_.find(role);
    return found == active_.end() ? nullptr : find(found->second);
}

const OwnedDescriptor* DescriptorSet::find(const Hash256& id) const
{
    const auto found = descriptors_.find(id);
    return found == descriptors_.end() ? nullptr : &found->second;
}

OwnedDescriptor* DescriptorSet::mutable_find(const Hash256& id)
{
    const auto found = descriptors_.find(id);
    return found == descriptors_.end() ? nullptr : &found->second;
}

std::optional<ActiveRole> DescriptorSet::role_of(const Hash256& id) const
{
    for (const auto& [role, active_id] : active_) {
        if (active_id == id) return role;
    }
    return std::nullopt;
}

std::vector<const OwnedDescriptor*> DescriptorSet::all() const
{
    std::vector<const OwnedDescriptor*> all;
    for (const auto& [id, owned] : descriptors_) all.push_back(&owned);
    return all;
}

std::optional<ScriptPlace> DescriptorSet::place_of(ByteSpan script) const
{
    const auto found = index_.find(text_of(script));
    if (found == index_.end()) return std::nullopt;
    return ScriptPlace{find(found->second.id), found->second.position};
}

keys::SigningProvider DescriptorSet::provider_of(const ScriptPlace& place) const
{
    auto expansion = place.owner->descriptor.expand_from_cache(place.position, place.owner->cache);
    return expansion ? std::move(expansion->provider) : keys::SigningProvider{};
}

std::optional<Bytes> DescriptorSet::peek_next(Database& database, const KeyVault& vault, const ActiveRole& role)
{
    const auto found = active_.find(role);
    if (found == active_.end()) return std::nullopt;
    OwnedDescriptor& owned = *mutable_find(found->second);
    widen(database, vault, owned, keypool_size_);
    const std::int32_t next = owned.descriptor.is_range() ? owned.record.next_index : 0;
    if (next >= owned.expanded_to) return std::nullopt;
    auto expansion = owned.descriptor.expand_from_cache(static_cast<std::uint32_t>(next), owned.cache);
    if (!expansion) return std::nullopt;
    return std::move(expansion->scripts.front());
}

std::optional<Bytes> DescriptorSet::take_next(Database& database, const KeyVault& vault, const ActiveRole& role)
{
    Database::Transaction transaction{database};
    auto script = peek_next(database, vault, role);
    if (script) {
        OwnedDescriptor& owned = *mutable_find(active_.at(role));
        ++owned.record.next_index;
        save(database, owned);
    }
    transaction.commit();
    return script;
}

std::vector<Bytes> DescriptorSet::mark_used(Database& database, const KeyVault& vault, ByteSpan script)
{
    const auto found = index_.find(text_of(script));
    if (found == index_.end()) return {};
    OwnedDescriptor& owned = *mutable_find(found->second.id);
    const auto position = static_cast<std::int32_t>(found->second.position);
    if (!owned.descriptor.is_range() || position < owned.record.next_index) return {};
    std::vector<Bytes> passed;
    const auto role = role_of(owned.id);
    for (std::int32_t i = owned.record.next_index; role && !role->internal && i <= position; ++i) {
        auto expansion = owned.descriptor.expand_from_cache(static_cast<std::uint32_t>(i), owned.cache);
        if (expansion) passed.push_back(std::move(expansion->scripts.front()));
    }
    owned.record.next_index = position + 1;
    save(database, owned);
    widen(database, vault, owned, keypool_size_);
    return passed;
}

void DescriptorSet::top_up(Database& database, const KeyVault& vault, std::optional<std::uint32_t> size)
{
    const auto wanted = size ? static_cast<std::int32_t>(std::min<std::uint32_t>(*size, kMaxRange)) : keypool_size_;
    Database::Transaction transaction{database};
    for (const auto& [role, id] : active_) widen(database, vault, *mutable_find(id), wanted);
    transaction.commit();
}

std::uint64_t DescriptorSet::keypool(bool internal) const
{
    std::uint64_t unused = 0;
    for (const auto& [role, id] : active_) {
        const OwnedDescriptor* owned = find(id);
        if (role.internal == internal) {
            unused += static_cast<std::uint64_t>(std::max(0, owned->record.range_end - owned->record.next_index));
        }
    }
    return unused;
}

}  // namespace cairn::wallet
