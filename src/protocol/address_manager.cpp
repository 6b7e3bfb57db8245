#include "protocol/address_manager.h"

#include <algorithm>
#include <cmath>

#include "consensus/encoding/writer.h"
#include "crypto/endian.h"
#include "crypto/siphash.h"

namespace cairn::protocol {
namespace {

ByteSpan number_bytes(const std::uint64_t& value)
{
    return std::as_bytes(std::span{&value, 1});
}

}  // namespace

AddressManager::AddressManager(const Hash256& key, Random& random)
    : key_(key),
      random_(random),
      new_table_(kNewBuckets * kBucketSize, kNoId),
      tried_table_(kTriedBuckets * kBucketSize, kNoId)
{
}

std::uint64_t AddressManager::cheap_hash(std::initializer_list<ByteSpan> parts) const
{
    Writer out;
    for (const ByteSpan part : parts) out.sized_bytes(part);
    const crypto::SipKey key{crypto::load_little<std::uint64_t>(key_.bytes.data()),
                             crypto::load_little<std::uint64_t>(&key_.bytes[8])};
    return crypto::siphash(key, out.view());
}

std::size_t AddressManager::tried_bucket(const Endpoint& endpoint) const
{
    const std::uint64_t slot = cheap_hash({endpoint.key()}) % kTriedBucketsPerGroup;
    return cheap_hash({endpoint.address.group(), number_bytes(slot)}) % kTriedBuckets;
}

std::size_t AddressManager::new_bucket(const Endpoint& endpoint, const NetAddress& source) const
{
    const Bytes source_group = source.group();
    const std::uint64_t slot = cheap_hash({endpoint.address.group(), source_group}) % kNewBucketsPerSource;
    return cheap_hash({source_group, number_bytes(slot)}) % kNewBuckets;
}

std::size_t AddressManager::position(const Endpoint& endpoint, bool in_new, std::size_t bucket) const
{
    const std::uint64_t which = bucket << 1 | (in_new ? 1U : 0U);
    return cheap_hash({endpoint.key(), number_bytes(which)}) % kBucketSize;
}

AddressManager::Entry* AddressManager::find_entry(const Endpoint& endpoint, Id* id)
{
    const auto found = by_endpoint_.find(endpoint);
    if (found == by_endpoint_.end()) return nullptr;
    if (id != nullptr) *id = found->second;
    return &by_id_.at(found->second);
}

std::optional<AddressManager::Entry> AddressManager::find(const Endpoint& endpoint) const
{
    const auto found = by_endpoint_.find(endpoint);
    if (found == by_endpoint_.end()) return std::nullopt;
    return by_id_.at(found->second);
}

void AddressManager::count(const Entry& entry, int change)
{
    Counts& counts = counts_[entry.address.endpoint.address.network()];
    const auto step = static_cast<std::size_t>(change);  // wraps for -1, as intended
    (entry.tried ? counts.in_tried : counts.in_new) += step;
    (entry.tried ? tried_count_ : new_count_) += step;
}

AddressManager::Id AddressManager::create(const PeerAddress& address, const NetAddress& source)
{
    const Id id = next_id_++;
    Entry entry;
    entry.address = address;
    entry.source = source;
    entry.order = random_order_.size();
    by_endpoint_[address.endpoint] = id;
    random_order_.push_back(id);
    count(entry, 1);
    by_id_.emplace(id, entry);
    return id;
}

void AddressManager::swap_order(std::size_t a, std::size_t b)
{
    if (a == b) return;
    by_id_.at(random_order_[a]).order = b;
    by_id_.at(random_order_[b]).order = a;
    std::swap(random_order_[a], random_order_[b]);
}

void AddressManager::erase(Id id)
{
    const Entry entry = by_id_.at(id);
    swap_order(entry.order, random_order_.size() - 1);
    random_order_.pop_back();
    count(entry, -1);
    by_endpoint_.erase(entry.address.endpoint);
    by_id_.erase(id);
}

void AddressManager::clear_new(std::size_t bucket, std::size_t place)
{
    Id& slot = new_slot(bucket, place);
    if (slot == kNoId) return;
    const Id id = std::exchange(slot, kNoId);
    if (--by_id_.at(id).references == 0) erase(id);
}

bool AddressManager::is_terrible(const Entry& entry, Time now)
{
    if (now - entry.last_try <= 1min) return false;
    const Time time = entry.address.time;
    if (time > now + 10min || now - time > kAddressHorizon) return true;
    if (entry.last_success == Time{} && entry.attempts >= kAddressRetries) return true;
    return now - entry.last_success > kAddressMinFail && entry.attempts >= kAddressMaxFailures;
}

double AddressManager::chance(const Entry& entry, Time now)  // floating: a chance
{
    const double recent = now - entry.last_try < 10min ? 0.01 : 1.0;
    return recent * std::pow(0.66, std::min(entry.attempts, 8));
}

bool AddressManager::add(std::span<const PeerAddress> addresses, const NetAddress& source, Duration penalty, Time now)
{
    bool grew = false;
    for (const PeerAddress& address : addresses) grew = add_one(address, source, penalty, now) || grew;
    return grew;
}

bool AddressManager::add_one(const PeerAddress& address, const NetAddress& source, Duration penalty, Time now)
{
    if (!address.endpoint.address.is_routable()) return false;
    if (address.endpoint.address == source) penalty = Duration{0};
    Id id = kNoId;
    if (Entry* known = find_entry(address.endpoint, &id)) {
        if (!refresh_known(*known, address, penalty, now)) return false;
    } else {
        id = create(address, source);
        Entry& entry = by_id_.at(id);
        entry.address.time = std::max(Time{}, entry.address.time - penalty);
    }
    return place_new(id, source, now);
}

bool AddressManager::refresh_known(Entry& entry, const PeerAddress& address, Duration penalty, Time now)
{
    const Duration update_interval = now - address.time < 24h ? Duration{1h} : Duration{24h};
    const Time before = entry.address.time;
    if (before < address.time - update_interval - penalty) {
        entry.address.time = std::max(Time{}, address.time - penalty);
    }
    entry.address.services |= address.services;
    if (address.time <= entry.address.time || entry.tried) return false;
    if (entry.references >= kNewBucketsPerAddress) return false;
    // The more places it has, the less likely it gets another.
    return entry.references == 0 || random_.below(std::uint64_t{1} << entry.references) == 0;
}

bool AddressManager::place_new(Id id, const NetAddress& source, Time now)
{
    Entry& entry = by_id_.at(id);
    const std::size_t bucket = new_bucket(entry.address.endpoint, source);
    const std::size_t place = position(entry.address.endpoint, true, bucket);
    const Id holder = new_slot(bucket, place);
    if (holder == id) return false;
    bool free = holder == kNoId;
    if (!free) {
        const Entry& other = by_id_.at(holder);
        free = is_terrible(other, now) || (other.references > 1 && entry.references == 0);
    }
    if (!free) {
        if (entry.references == 0) erase(id);
        return false;
    }
    clear_new(bucket, place);
    ++entry.references;
    new_slot(bucket, place) = id;
    return holder == kNoId;
}

void AddressManager::make_tried(Id id)
{
    Entry& entry = by_id_.at(id);
    // Its first place is where its source put it; usually it is the only one.
    const std::size_t start = new_bucket(entry.address.endpoint, entry.source);
    for (std::size_t i = 0; i < kNewBuckets && entry.references > 0; ++i) {
        const std::size_t bucket = (start + i) % kNewBuckets;
        Id& slot = new_slot(bucket, position(entry.address.endpoint, true, bucket));
        if (slot != id) continue;
        slot = kNoId;
        --entry.references;
    }
    count(entry, -1);
    const std::size_t bucket = tried_bucket(entry.address.endpoint);
    Id& place = tried_slot(bucket, position(entry.address.endpoint, false, bucket));
    if (place != kNoId) {
        // Whoever had the place goes back to hearsay.
        const Id evicted = place;
        Entry& old = by_id_.at(evicted);
        count(old, -1);
        old.tried = false;
        const std::size_t back = new_bucket(old.address.endpoint, old.source);
        const std::size_t at = position(old.address.endpoint, true, back);
        clear_new(back, at);
        old.references = 1;
        new_slot(back, at) = evicted;
        count(old, 1);
    }
    place = id;
    entry.tried = true;
    count(entry, 1);
}

bool AddressManager::good(const Endpoint& endpoint, Time now)
{
    return mark_good(endpoint, true, now);
}

bool AddressManager::mark_good(const Endpoint& endpoint, bool test_before_evict, Time now)
{
    last_good_ = now;
    Id id = kNoId;
    Entry* entry = find_entry(endpoint, &id);
    if (entry == nullptr) return false;
    entry->last_success = now;
    entry->last_try = now;
    entry->attempts = 0;
    if (entry->tried || entry->references == 0) return false;
    const std::size_t bucket = tried_bucket(endpoint);
    if (test_before_evict && tried_slot(bucket, position(endpoint, false, bucket)) != kNoId) {
        if (collisions_.size() < kTriedCollisions) collisions_.insert(id);
        return false;
    }
    make_tried(id);
    return true;
}

void AddressManager::attempt(const Endpoint& endpoint, bool count_failure, Time now)
{
    Entry* entry = find_entry(endpoint);
    if (entry == nullptr) return;
    entry->last_try = now;
    if (count_failure && entry->last_counted_attempt < last_good_) {
        entry->last_counted_attempt = now;
        ++entry->attempts;
    }
}

void AddressManager::connected(const Endpoint& endpoint, Time now)
{
    Entry* entry = find_entry(endpoint);
    if (entry != nullptr && now - entry->address.time > 20min) entry->address.time = now;
}

void AddressManager::set_services(const Endpoint& endpoint, Services services)
{
    if (Entry* entry = find_entry(endpoint)) entry->address.services = services;
}

void AddressManager::resolve_collisions(Time now)
{
    for (auto it = collisions_.begin(); it != collisions_.end();) {
        it = settle_collision(*it, now) ? collisions_.erase(it) : std::next(it);
    }
}

bool AddressManager::settle_collision(Id id, Time now)
{
    const auto found = by_id_.find(id);
    if (found == by_id_.end()) return true;
    const Endpoint endpoint = found->second.address.endpoint;
    const std::size_t bucket = tried_bucket(endpoint);
    const Id holder = tried_slot(bucket, position(endpoint, false, bucket));
    if (holder == kNoId) {
        mark_good(endpoint, false, now);
        return true;
    }
    const Entry& old = by_id_.at(holder);
    if (now - old.last_success < kAddressReplacement) return true;  // it works: it stays
    if (now - old.last_try < kAddressReplacement) {
        if (now - old.last_try <= 60s) return false;  // being tested
        mark_good(endpoint, false, now);
        return true;
    }
    if (now - found->second.last_success <= kCollisionTestWindow) return false;
    mark_good(endpoint, false, now);
    return true;
}

std::optional<AddressChoice> AddressManager::select_tried_collision()
{
    if (collisions_.empty()) return std::nullopt;
    const auto it = std::next(collisions_.begin(), static_cast<std::ptrdiff_t>(random_.below(collisions_.size())));
    const auto found = by_id_.find(*it);
    if (found == by_id_.end()) {
        collisions_.erase(it);
        return std::nullopt;
    }
    const Endpoint& endpoint = found->second.address.endpoint;
    const std::size_t bucket = tried_bucket(endpoint);
    const Id holder = tried_slot(bucket, position(endpoint, false, bucket));
    if (holder == kNoId) return std::nullopt;
    const Entry& old = by_id_.at(holder);
    return AddressChoice{old.address, old.last_try};
}

std::optional<AddressChoice> AddressManager::select(bool new_only, const std::set<AddressNetwork>& networks, Time now)
{
    std::size_t in_new = 0;
    std::size_t in_tried = 0;
    for (const auto& [network, counts] : counts_) {
        if (!networks.empty() && !networks.contains(network)) continue;
        in_new += counts.in_new;
        in_tried += counts.in_tried;
    }
    if (new_only) in_tried = 0;
    if (in_new + in_tried == 0) return std::nullopt;
    const bool use_tried = in_tried > 0 && (in_new == 0 || random_.flip());
    const std::vector<Id>& table = use_tried ? tried_table_ : new_table_;
    double factor = 1.0;  // floating: chances grow with each bucket that did not give an address
    while (true) {
        const std::size_t bucket = random_.below(table.size() / kBucketSize);
        const std::size_t start = random_.below(kBucketSize);
        for (std::size_t i = 0; i < kBucketSize; ++i) {
            const Id id = table[bucket * kBucketSize + (start + i) % kBucketSize];
            if (id == kNoId) continue;
            const Entry& entry = by_id_.at(id);
            if (!networks.empty() && !networks.contains(entry.address.endpoint.address.network())) continue;
            constexpr std::uint64_t kScale = std::uint64_t{1} << 30;
            // floating: a chance
            const double threshold = factor * chance(entry, now) * static_cast<double>(kScale);
            if (static_cast<double>(random_.below(kScale)) < threshold)
                return AddressChoice{entry.address, entry.last_try};
            break;
        }
        factor *= 1.2;
    }
}

std::vector<PeerAddress> AddressManager::sample(std::size_t max_count, std::size_t max_percent,
                                                std::optional<AddressNetwork> network, Time now, bool filtered)
{
    std::size_t wanted = random_order_.size();
    if (max_percent != 0) wanted = std::min<std::size_t>(max_percent, 100) * wanted / 100;
    if (max_count != 0) wanted = std::min(wanted, max_count);
    std::vector<PeerAddress> result;
    result.reserve(wanted);
    for (std::size_t i = 0; i < random_order_.size() && result.size() < wanted; ++i) {
        swap_order(i, i + static_cast<std::size_t>(random_.below(random_order_.size() - i)));
        const Entry& entry = by_id_.at(random_order_[i]);
        if (network && entry.address.endpoint.address.net_class() != *network) continue;
        if (filtered && is_terrible(entry, now)) continue;
        result.push_back(entry.address);
    }
    return result;
}

std::size_t AddressManager::size(AddressNetwork network) const
{
    const auto found = counts_.find(network);
    return found == counts_.end() ? 0 : found->second.in_new + found->second.in_tried;
}

std::vector<AddressManager::Entry> AddressManager::entries() const
{
    std::vector<Entry> result;
    result.reserve(random_order_.size());
    for (const Id id : random_order_) result.push_back(by_id_.at(id));
    return result;
}

}  // namespace cairn::protocol
