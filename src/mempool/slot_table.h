#pragma once
// A compact hash table from keys to slots that does not hold the keys: who looks up says which slot is meant.

#include <cstdint>
#include <vector>

namespace cairn::mempool {

/// Open addressing with 16 bytes a bucket, at most five sixths full. Hashes must be salted: their low bits choose the
/// bucket. A key is in the table once, but for the moment in which one item takes another's place.
class SlotTable {
public:
    struct Item {
        std::uint32_t slot = kNone;
        std::uint32_t extra = 0;
    };
    static constexpr std::uint32_t kNone = 0xffffffff;

    /// The item of this hash for which `is_it(item)`; slot kNone if there is none.
    template <class IsIt>
    Item find(std::uint64_t hash, const IsIt& is_it) const
    {
        if (buckets_.empty()) return {};
        for (std::size_t i = home(hash); buckets_[i].item.slot != kNone; i = next(i)) {
            if (buckets_[i].hash == hash && is_it(buckets_[i].item)) return buckets_[i].item;
        }
        return {};
    }
    void insert(std::uint64_t hash, Item item);
    /// The item must be there.
    void erase(std::uint64_t hash, Item item);

    std::size_t size() const { return size_; }
    std::size_t memory_bytes() const;

private:
    struct Bucket {
        std::uint64_t hash = 0;
        Item item;
    };

    std::size_t home(std::uint64_t hash) const { return hash & (buckets_.size() - 1); }
    std::size_t next(std::size_t i) const { return (i + 1) & (buckets_.size() - 1); }
    void place(std::uint64_t hash, Item item);
    void resize(std::size_t buckets);

    std::vector<Bucket> buckets_;  // a power of two, or none
    std::size_t size_ = 0;
};

}  // namespace cairn::mempool
