#pragma once
// The descriptors of a wallet: which scripts are the wallet's, and which address comes next.
//
// Not thread-safe: the wallet's lock guards it.

#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "keys/descriptor.h"
#include "wallet/database.h"
#include "wallet/key_vault.h"
#include "wallet/records.h"

namespace cairn::wallet {

/// One descriptor, with how far its scripts have been made and handed out.
struct OwnedDescriptor {
    keys::Descriptor descriptor;
    Hash256 id;
    DescriptorRecord record;
    keys::DescriptorCache cache;
    std::int32_t expanded_to = 0;  // positions from record.range_start up to here are in the index
    std::string shown = {};        // as listdescriptors shows it; see DescriptorSet::show
};

/// Where a script of the wallet comes from.
struct ScriptPlace {
    const OwnedDescriptor* owner = nullptr;
    std::uint32_t position = 0;
};

/// Which of the active descriptors hands out addresses.
struct ActiveRole {
    keys::OutputType type{};
    bool internal = false;
    friend auto operator<=>(const ActiveRole&, const ActiveRole&) = default;
};

class DescriptorSet {
public:
    /// At most so many positions of one descriptor are made.
    static constexpr std::int32_t kMaxRange = 1'000'000;

    DescriptorSet(const keys::AddressFormat& format, const crypto::SigningContext& context, std::uint32_t keypool_size)
        : format_(format), context_(context), keypool_size_(static_cast<std::int32_t>(keypool_size))
    {
    }

    /// Reads all, and makes their scripts, in the place of what was there; what is wrong, if anything is.
    std::optional<std::string> load(Database& database, const KeyVault& vault);

    /// A descriptor to be added or widened, and roles to be given: what will be, found out before anything changes.
    /// Made, written and kept one after the other, so that nothing changes in memory before it is in the file.
    struct Addition {
        OwnedDescriptor owned;
        keys::DescriptorCache new_cache;
        std::vector<std::pair<Bytes, std::uint32_t>> scripts;  // with their positions
    };
    struct RoleChange {
        ActiveRole role;
        std::optional<Hash256> id;  // nothing: nobody's
    };
    /// `record.descriptor` is set here. An error if scripts cannot be made; `keys` are those that come with it.
    std::expected<Addition, std::string> prepare(const KeyVault& vault, const keys::SigningProvider& keys,
                                                 const keys::Descriptor& descriptor, DescriptorRecord record) const;
    void write(Database& database, const Addition& addition) const;
    void keep(Addition addition);
    /// What changes if `id` gets that role. One descriptor has one role of its type.
    std::vector<RoleChange> prepare_active(const ActiveRole& role, const Hash256& id) const;
    void write(Database& database, const RoleChange& change) const;
    void keep(const RoleChange& change);

    /// What its records are filed under: the SHA-256 of its text.
    Hash256 id_of(const keys::Descriptor& descriptor) const;
    /// When the oldest was made.
    std::optional<std::int64_t> birth_time() const;
    const OwnedDescriptor* active(const ActiveRole& role) const;
    const OwnedDescriptor* find(const Hash256& id) const;
    std::optional<ActiveRole> role_of(const Hash256& id) const;
    std::vector<const OwnedDescriptor*> all() const;
    bool empty() const { return descriptors_.empty(); }

    std::optional<ScriptPlace> place_of(ByteSpan script) const;
    bool is_mine(ByteSpan script) const { return index_.contains(text_of(script)); }
    /// What signing a script needs, but private keys.
    keys::SigningProvider provider_of(const ScriptPlace& place) const;

    /// The next address's script, without handing it out; nothing if no further one can be made.
    std::optional<Bytes> peek_next(Database& database, const KeyVault& vault, const ActiveRole& role);
    /// The next address's script, handed out once; nothing if no further one can be made.
    std::optional<Bytes> take_next(Database& database, const KeyVault& vault, const ActiveRole& role);
    /// A script was seen in a transaction: it and those before it are handed out no more. Those that were not handed
    /// out, where they are of a descriptor that gives addresses to be paid at.
    std::vector<Bytes> mark_used(Database& database, const KeyVault& vault, ByteSpan script);
    /// Makes scripts up to the keypool's size beyond the next; with `size`, to that size.
    void top_up(Database& database, const KeyVault& vault, std::optional<std::uint32_t> size = std::nullopt);
    /// Unused positions of the active descriptors.
    std::uint64_t keypool(bool internal) const;

private:
    static std::string_view text_of(ByteSpan script)
    {
        return {reinterpret_cast<const char*>(script.data()), script.size()};
    }
    std::optional<std::string> load_one(const Hash256& id, ByteSpan value);
    void load_cache(const Database& database);
    void save(Database& database, const OwnedDescriptor& owned) const;
    void save_cache(Database& database, const Hash256& id, const keys::DescriptorCache& added) const;
    /// The scripts at the next position. What the cache has not for them is made with `keys()`, and is in `added` too.
    /// Nothing if keys are missing.
    template <class Keys>
    static std::optional<std::vector<Bytes>> next_scripts(OwnedDescriptor& owned, const Keys& keys,
                                                          keys::DescriptorCache& added);
    /// Makes scripts up to `end`; false if keys are missing for some.
    bool expand_to(Database& database, const KeyVault& vault, OwnedDescriptor& owned, std::int32_t end);
    /// Where the range of a descriptor ends that has `size` positions to hand out.
    static std::int32_t topped_up_end(const OwnedDescriptor& owned, std::int32_t size);
    bool widen(Database& database, const KeyVault& vault, OwnedDescriptor& owned, std::int32_t size);
    OwnedDescriptor* mutable_find(const Hash256& id);
    /// The text with public keys after the last hardened step, as far as they are known; costs key derivations.
    std::string show(const OwnedDescriptor& owned) const;

    const keys::AddressFormat& format_;
    const crypto::SigningContext& context_;
    std::int32_t keypool_size_;
    std::map<Hash256, OwnedDescriptor> descriptors_;
    std::map<ActiveRole, Hash256> active_;
    struct Indexed {
        Hash256 id;
        std::uint32_t position;
    };
    struct Hasher {
        using is_transparent = void;
        std::size_t operator()(std::string_view script) const { return std::hash<std::string_view>{}(script); }
    };
    std::unordered_map<std::string, Indexed, Hasher, std::equal_to<>> index_;
};

}  // namespace cairn::wallet
