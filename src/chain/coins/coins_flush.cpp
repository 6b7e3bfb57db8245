// How a table of coins is written to the database: sorted, in batches, marked so that a crash in between is repaired.

#include <algorithm>
#include <array>
#include <cstring>

#include "chain/coins/coins_cache.h"

namespace cairn::chain {

namespace {

struct SortedSlot {
    std::uint64_t prefix;  // of the txid, first byte most significant: the database's order
    std::uint32_t slot;
};

std::uint64_t prefix_of(const CoinEntry& entry)
{
    std::uint64_t prefix = 0;
    std::memcpy(&prefix, entry.txid().value.bytes.data(), 8);
    return __builtin_bswap64(prefix);
}

/// The slots of the table's dirty entries, grouped by the first byte of their txid.
class DirtySlots {
public:
    explicit DirtySlots(const CoinTable& table)
    {
        std::array<std::uint32_t, 256> counts{};
        table.for_each([&](std::uint32_t slot) {
            if (table[slot].dirty()) ++counts[group(table[slot])];
        });
        std::uint32_t sum = 0;
        for (std::size_t i = 0; i < counts.size(); ++i) {
            begin_[i] = sum;
            sum += counts[i];
        }
        begin_[counts.size()] = sum;
        slots_.resize(sum);
        std::array<std::uint32_t, 256> next{};
        std::copy_n(begin_.begin(), next.size(), next.begin());
        table.for_each([&](std::uint32_t slot) {
            if (table[slot].dirty()) slots_[next[group(table[slot])]++] = slot;
        });
    }

    std::size_t size() const { return slots_.size(); }
    /// Those of one group in the database's order.
    std::vector<SortedSlot> sorted(const CoinTable& table, std::size_t group) const
    {
        std::vector<SortedSlot> sorted;
        sorted.reserve(begin_[group + 1] - begin_[group]);
        for (std::size_t i = begin_[group]; i < begin_[group + 1]; ++i) {
            sorted.push_back({prefix_of(table[slots_[i]]), slots_[i]});
        }
        std::ranges::sort(sorted, [&](const SortedSlot& a, const SortedSlot& b) {
            if (a.prefix != b.prefix) return a.prefix < b.prefix;
            return table[a.slot].outpoint() < table[b.slot].outpoint();
        });
        return sorted;
    }

private:
    static std::size_t group(const CoinEntry& entry)
    {
        return std::to_integer<std::size_t>(entry.txid().value.bytes[0]);
    }

    std::vector<std::uint32_t> slots_;
    std::array<std::uint32_t, 257> begin_{};
};

}  // namespace

void CoinsCache::write_table(const CoinTable& table, const BlockHash& best)
{
    const DirtySlots dirty(table);
    storage::CoinsStore::Batch batch = store_.make_batch();
    batch.begin_transition({best, disk_best_});
    for (std::size_t group = 0; group < 256; ++group) {
        for (const SortedSlot& item : dirty.sorted(table, group)) {
            const CoinEntry& entry = table[item.slot];
            if (entry.spent()) {
                batch.erase(entry.outpoint());
            } else {
                batch.put(entry.outpoint(), entry.value(), entry.script(), entry.height(), entry.coinbase());
            }
            if (batch.size_bytes() > kBatchBytes) store_.write(batch, false);
        }
    }
    batch.end_transition(best);
    store_.write(batch, true);
}

}  // namespace cairn::chain
