#pragma once
// What is known of other nodes' addresses: a table "new" of hearsay and a table "tried" of those once reached, both cut
// into buckets by keyed hashes so that no single source can fill them. Semantics and constants of Bitcoin Core's
// addrman.

#include <array>
#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "crypto/hash256.h"
#include "protocol/limits.h"
#include "protocol/net_address.h"
#include "protocol/random.h"

namespace cairn::protocol {

/// An address as selected to be connected to.
struct AddressChoice {
    PeerAddress address;
    Time last_try{};
};

class AddressManager {
public:
    /// `key`: secret of this node, kept in the file.
    AddressManager(const Hash256& key, Random& random);

    /// Adds hearsay. `penalty` is taken off each time, unless an address tells of itself. True if the table grew.
    bool add(std::span<const PeerAddress> addresses, const NetAddress& source, Duration penalty, Time now);
    /// It answered as a node should. True if it moved to the tried table.
    bool good(const Endpoint& endpoint, Time now);
    /// A connection is tried. `count_failure`: our network works, so that failure would say something.
    void attempt(const Endpoint& endpoint, bool count_failure, Time now);
    /// It was still there when the connection ended.
    void connected(const Endpoint& endpoint, Time now);
    void set_services(const Endpoint& endpoint, Services services);
    /// Decides whether addresses waiting for a place in the tried table get it.
    void resolve_collisions(Time now);
    /// An address whose place in the tried table another waits for: to be tested.
    std::optional<AddressChoice> select_tried_collision();
    /// A random address, better ones more likely. Empty `networks`: any.
    std::optional<AddressChoice> select(bool new_only, const std::set<AddressNetwork>& networks, Time now);
    /// Random addresses that are not hopeless, at most `max_count` (0: all) and `max_percent` of all (0: all).
    std::vector<PeerAddress> sample(std::size_t max_count, std::size_t max_percent,
                                    std::optional<AddressNetwork> network, Time now, bool filtered = true);

    std::size_t size() const { return random_order_.size(); }
    std::size_t size(AddressNetwork network) const;
    std::size_t new_count() const { return new_count_; }
    std::size_t tried_count() const { return tried_count_; }

    struct Entry {
        PeerAddress address;
        NetAddress source;
        Time last_success{};
        Time last_try{};
        Time last_counted_attempt{};
        int attempts = 0;
        int references = 0;  // places in the new table
        bool tried = false;
        std::size_t order = 0;
    };
    std::optional<Entry> find(const Endpoint& endpoint) const;
    /// Every entry, for getrawaddrman and tests.
    std::vector<Entry> entries() const;

    /// The file's bytes: docs/formats/peers.md.
    Bytes encode() const;
    /// Replaces all by what a file holds. On error nothing changes; the text is for people.
    std::expected<void, std::string> decode(ByteSpan file, Time now);
    /// Empty if all tables agree with each other; else what does not. For tests.
    std::string check() const;

private:
    using Id = std::int64_t;
    static constexpr Id kNoId = -1;

    std::uint64_t cheap_hash(std::initializer_list<ByteSpan> parts) const;
    std::size_t tried_bucket(const Endpoint& endpoint) const;
    std::size_t new_bucket(const Endpoint& endpoint, const NetAddress& source) const;
    std::size_t position(const Endpoint& endpoint, bool in_new, std::size_t bucket) const;
    Id& new_slot(std::size_t bucket, std::size_t place) { return new_table_[bucket * kBucketSize + place]; }
    Id& tried_slot(std::size_t bucket, std::size_t place) { return tried_table_[bucket * kBucketSize + place]; }
    Entry* find_entry(const Endpoint& endpoint, Id* id = nullptr);
    Id create(const PeerAddress& address, const NetAddress& source);
    void erase(Id id);
    void clear_new(std::size_t bucket, std::size_t place);
    void make_tried(Id id);
    bool add_one(const PeerAddress& address, const NetAddress& source, Duration penalty, Time now);
    bool refresh_known(Entry& entry, const PeerAddress& address, Duration penalty, Time now);
    bool place_new(Id id, const NetAddress& source, Time now);
    bool mark_good(const Endpoint& endpoint, bool test_before_evict, Time now);
    bool settle_collision(Id id, Time now);
    void swap_order(std::size_t a, std::size_t b);
    void count(const Entry& entry, int change);
    static bool is_terrible(const Entry& entry, Time now);
    static double chance(const Entry& entry, Time now);  // floating: from 0 to 1

    struct Counts {
        std::size_t in_new = 0;
        std::size_t in_tried = 0;
    };

    Hash256 key_;
    Random& random_;
    Id next_id_ = 0;
    std::unordered_map<Id, Entry> by_id_;
    std::map<Endpoint, Id> by_endpoint_;
    std::vector<Id> random_order_;
    std::vector<Id> new_table_;
    std::vector<Id> tried_table_;
    std::size_t new_count_ = 0;
    std::size_t tried_count_ = 0;
    std::map<AddressNetwork, Counts> counts_;
    std::set<Id> collisions_;
    Time last_good_ = from_unix(1);
};

}  // namespace cairn::protocol
