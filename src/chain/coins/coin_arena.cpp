#include "chain/coins/coin_arena.h"

#include <new>

namespace cairn::chain {

std::uint32_t CoinArena::allocate(std::size_t units)
{
    if (units > kChunkUnits - 1) throw std::bad_alloc();
    if (const std::uint32_t slot = take_free(units)) return slot;
    if (kChunkUnits - used_in_last_ < units) add_chunk();
    const std::size_t slot = (chunks_.size() - 1) * kChunkUnits + used_in_last_;
    used_in_last_ += units;
    return static_cast<std::uint32_t>(slot);
}

void CoinArena::free(std::uint32_t slot, std::size_t units)
{
    if (units >= kClasses) {
        large_free_.emplace(units, slot);
        return;
    }
    reinterpret_cast<FreeUnit*>(unit(slot))->next = free_[units];
    free_[units] = slot;
}

std::uint32_t CoinArena::take_free(std::size_t units)
{
    if (units < kClasses) {
        const std::uint32_t slot = free_[units];
        if (slot != 0) free_[units] = reinterpret_cast<const FreeUnit*>(unit(slot))->next;
        return slot;
    }
    const auto found = large_free_.find(units);
    if (found == large_free_.end()) return 0;
    const std::uint32_t slot = found->second;
    large_free_.erase(found);
    return slot;
}

void CoinArena::add_chunk()
{
    if (chunks_.size() >= kMaxChunks) throw std::bad_alloc();
    const std::size_t left = kChunkUnits - used_in_last_;
    if (left != 0) free(static_cast<std::uint32_t>((chunks_.size() - 1) * kChunkUnits + used_in_last_), left);
    used_in_last_ = kChunkUnits;
    chunks_.push_back(std::make_unique_for_overwrite<std::byte[]>(kChunkBytes));
    used_in_last_ = chunks_.size() == 1 ? 1 : 0;
}

}  // namespace cairn::chain
