#pragma once
// Memory of coin entries, named by 32-bit slots. Not a public header of the room.

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "chain/coins/coin_entry.h"

namespace cairn::chain {

/// Hands out entries in units of 8 bytes from chunks that never move; freed ones are reused by size. A slot is an
/// entry's first unit, counted over all chunks, so 32 bits name 32 GiB. Slot 0 is never given.
class CoinArena {
public:
    static constexpr std::size_t kChunkUnits = std::size_t{1} << 15;  // 256 KiB
    static constexpr std::size_t kChunkBytes = kChunkUnits * CoinEntry::kUnit;
    /// One below CoinRef::kMissing's chunk: no slot can be mistaken for a missing coin.
    static constexpr std::size_t kMaxChunks = (std::size_t{1} << 32) / kChunkUnits - 1;

    CoinArena() = default;
    CoinArena(CoinArena&&) = default;
    CoinArena& operator=(CoinArena&&) = default;

    /// Uninitialised memory of `units`. Throws std::bad_alloc, also for more than a chunk.
    std::uint32_t allocate(std::size_t units);
    void free(std::uint32_t slot, std::size_t units);

    CoinEntry& operator[](std::uint32_t slot) { return *reinterpret_cast<CoinEntry*>(unit(slot)); }
    const CoinEntry& operator[](std::uint32_t slot) const
    {
        return *reinterpret_cast<const CoinEntry*>(const_cast<CoinArena*>(this)->unit(slot));
    }

    /// Bytes taken from the system.
    std::size_t memory() const { return chunks_.size() * (kChunkBytes + sizeof(chunks_[0])); }

private:
    struct FreeUnit {
        std::uint32_t next;
    };
    static constexpr std::size_t kClasses = 64;

    std::byte* unit(std::uint32_t slot)
    {
        return chunks_[slot / kChunkUnits].get() + slot % kChunkUnits * CoinEntry::kUnit;
    }
    std::uint32_t take_free(std::size_t units);
    void add_chunk();

    std::vector<std::unique_ptr<std::byte[]>> chunks_;
    std::size_t used_in_last_ = kChunkUnits;
    std::array<std::uint32_t, kClasses> free_{};            // heads of lists, by size in units
    std::multimap<std::size_t, std::uint32_t> large_free_;  // 64 units and more: long scripts, few
};

}  // namespace cairn::chain
