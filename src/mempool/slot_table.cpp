#include "mempool/slot_table.h"

#include <cassert>
#include <utility>

#include "mempool/memory.h"

namespace cairn::mempool {

namespace {
constexpr std::size_t kSmallest = 64;
}

void SlotTable::insert(std::uint64_t hash, Item item)
{
    if ((size_ + 1) * 6 > buckets_.size() * 5) resize(buckets_.empty() ? kSmallest : buckets_.size() * 2);
    place(hash, item);
    ++size_;
}

void SlotTable::place(std::uint64_t hash, Item item)
{
    std::size_t i = home(hash);
    while (buckets_[i].item.slot != kNone) i = next(i);
    buckets_[i] = {hash, item};
}

void SlotTable::erase(std::uint64_t hash, Item item)
{
    std::size_t hole = home(hash);
    while (buckets_[hole].item.slot != item.slot || buckets_[hole].item.extra != item.extra) {
        assert(buckets_[hole].item.slot != kNone);
        hole = next(hole);
    }
    // Later items of the run move back into the hole, unless that would put them before their home.
    const std::size_t mask = buckets_.size() - 1;
    for (std::size_t i = next(hole); buckets_[i].item.slot != kNone; i = next(i)) {
        const std::size_t distance_from_home = (i - home(buckets_[i].hash)) & mask;
        if (distance_from_home < ((i - hole) & mask)) continue;
        buckets_[hole] = buckets_[i];
        hole = i;
    }
    buckets_[hole] = {};
    --size_;
    if (buckets_.size() > kSmallest && size_ * 8 < buckets_.size()) resize(buckets_.size() / 2);
}

void SlotTable::resize(std::size_t buckets)
{
    const std::vector<Bucket> old = std::exchange(buckets_, std::vector<Bucket>(buckets));
    for (const Bucket& bucket : old) {
        if (bucket.item.slot != kNone) place(bucket.hash, bucket.item);
    }
}

std::size_t SlotTable::memory_bytes() const
{
    return vector_bytes(buckets_);
}

}  // namespace cairn::mempool
