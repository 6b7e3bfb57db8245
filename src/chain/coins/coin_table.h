#pragma once
// The hash table of the coins cache: open addressing over slots of its arena. Not a public header of the room.

#include <array>
#include <cstdint>
#include <memory>

#include "chain/coins/coin_arena.h"

namespace cairn::chain {

/// Secret random words that keep others from choosing which outpoints collide.
using CoinSalt = std::array<std::uint64_t, 2>;

/// Maps outpoints to entries. Each bucket holds a slot and 32 bits of the hash, so that probing, growing and erasing
/// touch no entry but the one asked for. Not thread-safe; see CoinsCache for who may do what.
class CoinTable {
public:
    explicit CoinTable(CoinSalt salt);
    CoinTable(CoinTable&&) = default;
    CoinTable& operator=(CoinTable&&) = default;

    std::uint32_t tag(const Outpoint& outpoint) const;
    /// Asks the processor for the bucket, and for the entry that is likely the one.
    void prefetch_bucket(std::uint32_t tag) const { __builtin_prefetch(&buckets_[home(tag)]); }
    void prefetch_entry(std::uint32_t tag) const;

    /// The slot of the entry, or 0.
    std::uint32_t find(const Outpoint& outpoint) const { return find(outpoint, tag(outpoint)); }
    std::uint32_t find(const Outpoint& outpoint, std::uint32_t tag) const;

    /// Whether `more` insertions need a larger array, which `grown` makes without touching what readers see until the
    /// returned array is installed.
    bool must_grow(std::size_t more = 1) const { return (size_ + more) * 4 > capacity_ * 3; }
    struct Buckets;
    Buckets grown(std::size_t more = 1) const;
    void install(Buckets buckets);

    /// A new entry that no other has the outpoint of; must_grow() must be false. The entry is not dirty.
    std::uint32_t insert(const Outpoint& outpoint, std::uint32_t tag, Amount value, ByteSpan script, Height height,
                         bool coinbase);
    /// Puts `new_slot` (from make_entry) in the bucket of `old_slot`; the old entry stays allocated.
    void replace(std::uint32_t old_slot, std::uint32_t new_slot);
    std::uint32_t make_entry(const Outpoint& outpoint, Amount value, ByteSpan script, Height height, bool coinbase);
    /// Removes the entry from the table and frees it.
    void erase(std::uint32_t slot);
    /// Frees an entry that is in no bucket.
    void free_entry(std::uint32_t slot) { arena_.free(slot, arena_[slot].units()); }

    CoinEntry& operator[](std::uint32_t slot) { return arena_[slot]; }
    const CoinEntry& operator[](std::uint32_t slot) const { return arena_[slot]; }

    std::size_t size() const { return size_; }
    /// Exact: what was taken from the system for buckets and entries.
    std::size_t memory() const { return capacity_ * sizeof(Bucket) + arena_.memory(); }

    /// Calls `visit(slot)` for each entry, in no order; the table must not change meanwhile.
    template <class Visit>
    void for_each(Visit visit) const
    {
        for (std::size_t i = 0; i < capacity_; ++i) {
            if (buckets_[i].slot != 0) visit(buckets_[i].slot);
        }
    }

private:
    struct Bucket {
        std::uint32_t slot;
        std::uint32_t tag;
    };
    static constexpr std::size_t kFirstCapacity = 1024;

    std::size_t home(std::uint32_t tag) const { return static_cast<std::size_t>(tag * std::uint64_t{capacity_} >> 32); }
    std::size_t next(std::size_t i) const { return ++i == capacity_ ? 0 : i; }
    std::size_t bucket_of(std::uint32_t slot) const;
    void erase_bucket(std::size_t i);

public:
    struct Buckets {
        std::unique_ptr<Bucket[]> array;
        std::size_t capacity = 0;
    };

private:
    CoinSalt salt_;
    CoinArena arena_;
    std::unique_ptr<Bucket[]> buckets_;
    std::size_t capacity_ = kFirstCapacity;
    std::size_t size_ = 0;
};

}  // namespace cairn::chain
