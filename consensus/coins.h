#pragma once
// Coins (unspent outputs) as consensus sees them: asked for in bulk from a view, and spent by naming the view's slots.

#include <cstdint>
#include <span>
#include <vector>

#include "consensus/primitives/transaction.h"

namespace cairn {

/// A coin as a view shows it. `script_pubkey` points into the view; valid until the view changes.
struct CoinRef {
    static constexpr std::uint32_t kMissing = 0xffffffff;

    Amount value;
    ByteSpan script_pubkey;
    Height height = 0;
    bool coinbase = false;
    /// The view's own handle to the coin, by which effects name it; kMissing where there is no such unspent output.
    std::uint32_t slot = kMissing;

    bool exists() const { return slot != kMissing; }
};

/// What a block or transaction is validated against. Implemented by the chain's coins cache and its layers, by the
/// mempool, and in tests by a map.
class CoinsView {
public:
    virtual ~CoinsView() = default;
    /// The coins of `outpoints`, in their order. The answer, and what it points to, is valid until the view changes or
    /// fetch is called again. Throws what the storage behind it throws; never for a missing coin.
    virtual std::span<const CoinRef> fetch(std::span<const Outpoint> outpoints) = 0;
};

/// Outputs copied out of a view, in the order in which a block or transaction spends them; scripts in one arena.
/// Input of script checks, of undo data and of events; immutable once filled.
class SpentOutputs {
public:
    struct Entry {
        Amount value;
        Height height = 0;
        bool coinbase = false;
        std::uint32_t script_offset = 0;
        std::uint32_t script_size = 0;
    };

    void reserve(std::size_t outputs, std::size_t script_bytes)
    {
        entries_.reserve(outputs);
        scripts_.reserve(script_bytes);
    }
    void add(Amount value, ByteSpan script_pubkey, Height height, bool coinbase)
    {
        entries_.push_back({value, height, coinbase, static_cast<std::uint32_t>(scripts_.size()),
                            static_cast<std::uint32_t>(script_pubkey.size())});
        scripts_.insert(scripts_.end(), script_pubkey.begin(), script_pubkey.end());
    }

    std::size_t size() const { return entries_.size(); }
    const Entry& operator[](std::size_t i) const { return entries_[i]; }
    ByteSpan script_pubkey(std::size_t i) const
    {
        return ByteSpan{scripts_}.subspan(entries_[i].script_offset, entries_[i].script_size);
    }
    TxOutput output(std::size_t i) const { return {entries_[i].value, script_pubkey(i)}; }

private:
    std::vector<Entry> entries_;
    Bytes scripts_;
};

}  // namespace cairn
