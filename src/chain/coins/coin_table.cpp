#include "chain/coins/coin_table.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <utility>

namespace cairn::chain {

CoinTable::CoinTable(CoinSalt salt) : salt_(salt), buckets_(std::make_unique<Bucket[]>(kFirstCapacity)) {}

std::uint32_t CoinTable::tag(const Outpoint& outpoint) const
{
    std::uint64_t first = 0;
    std::uint64_t second = 0;
    std::memcpy(&first, outpoint.txid.value.bytes.data(), 8);
    std::memcpy(&second, outpoint.txid.value.bytes.data() + 8, 8);
    second += outpoint.index * std::uint64_t{0x9e3779b97f4a7c15};
    const auto product = static_cast<unsigned __int128>(first ^ salt_[0]) * (second ^ salt_[1]);
    const std::uint64_t mixed = static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
    return static_cast<std::uint32_t>(mixed * 0xd6e8feb86659fd93 >> 32);
}

void CoinTable::prefetch_entry(std::uint32_t tag) const
{
    for (std::size_t i = home(tag); buckets_[i].slot != 0; i = next(i)) {
        if (buckets_[i].tag != tag) continue;
        __builtin_prefetch(&arena_[buckets_[i].slot]);
        return;
    }
}

std::uint32_t CoinTable::find(const Outpoint& outpoint, std::uint32_t tag) const
{
    for (std::size_t i = home(tag); buckets_[i].slot != 0; i = next(i)) {
        if (buckets_[i].tag == tag && arena_[buckets_[i].slot].is(outpoint)) return buckets_[i].slot;
    }
    return 0;
}

CoinTable::Buckets CoinTable::grown(std::size_t more) const
{
    Buckets grown;
    grown.capacity = std::max(capacity_ + capacity_ / 2, (size_ + more) * 4 / 3 + 1);
    grown.array = std::make_unique<Bucket[]>(grown.capacity);
    for (std::size_t i = 0; i < capacity_; ++i) {
        if (buckets_[i].slot == 0) continue;
        auto at = static_cast<std::size_t>(buckets_[i].tag * std::uint64_t{grown.capacity} >> 32);
        while (grown.array[at].slot != 0) at = at + 1 == grown.capacity ? 0 : at + 1;
        grown.array[at] = buckets_[i];
    }
    return grown;
}

void CoinTable::install(Buckets buckets)
{
    std::swap(buckets_, buckets.array);
    capacity_ = buckets.capacity;
}

std::uint32_t CoinTable::make_entry(const Outpoint& outpoint, Amount value, ByteSpan script, Height height,
                                    bool coinbase)
{
    const std::uint32_t slot = arena_.allocate(CoinEntry::units_for(script.size()));
    arena_[slot].fill(outpoint, value, script, height, coinbase);
    return slot;
}

std::uint32_t CoinTable::insert(const Outpoint& outpoint, std::uint32_t tag, Amount value, ByteSpan script,
                                Height height, bool coinbase)
{
    assert(!must_grow());
    const std::uint32_t slot = make_entry(outpoint, value, script, height, coinbase);
    std::size_t i = home(tag);
    while (buckets_[i].slot != 0) i = next(i);
    buckets_[i] = {slot, tag};
    ++size_;
    return slot;
}

std::size_t CoinTable::bucket_of(std::uint32_t slot) const
{
    std::size_t i = home(tag(arena_[slot].outpoint()));
    while (buckets_[i].slot != slot) {
        assert(buckets_[i].slot != 0);
        i = next(i);
    }
    return i;
}

void CoinTable::replace(std::uint32_t old_slot, std::uint32_t new_slot)
{
    buckets_[bucket_of(old_slot)].slot = new_slot;
}

void CoinTable::erase(std::uint32_t slot)
{
    erase_bucket(bucket_of(slot));
    free_entry(slot);
    --size_;
}

void CoinTable::erase_bucket(std::size_t hole)
{
    // Moves later entries of the run back, so that no search stops at the hole before it finds its entry.
    for (std::size_t i = next(hole); buckets_[i].slot != 0; i = next(i)) {
        const std::size_t wanted = home(buckets_[i].tag);
        const bool stays = hole <= i ? hole < wanted && wanted <= i : hole < wanted || wanted <= i;
        if (stays) continue;
        buckets_[hole] = buckets_[i];
        hole = i;
    }
    buckets_[hole] = {};
}

}  // namespace cairn::chain
