#pragma once
// One coin as the coins cache keeps it: a header of 48 bytes, then the script. Not a public header of the room.
//
// Memory per coin is what -dbcache buys, so the fields are packed: an output's index needs 24 bits (a block has room
// for fewer than 2^17 outputs), an amount 51.

#include <cstdint>
#include <cstring>

#include "consensus/primitives/transaction.h"

namespace cairn::chain {

class CoinEntry {
public:
    /// An index from here on names no output that any block could hold.
    static constexpr std::uint32_t kMaxIndex = 1U << 24;
    /// Scripts this long or longer keep their size in four bytes of their own in front of them.
    static constexpr std::size_t kLongScript = 1023;
    static constexpr std::size_t kUnit = 8;

    static std::size_t units_for(std::size_t script_size)
    {
        const std::size_t extra = script_size >= kLongScript ? 4 : 0;
        return (sizeof(CoinEntry) + extra + script_size + kUnit - 1) / kUnit;
    }

    /// Fills an entry in memory of units_for(script.size()) units.
    void fill(const Outpoint& outpoint, Amount value, ByteSpan script, Height height, bool coinbase)
    {
        txid_ = outpoint.txid;
        index_and_layers_ = outpoint.index;
        height_and_coinbase_ = static_cast<std::uint32_t>(height) << 1 | static_cast<std::uint32_t>(coinbase);
        const bool is_long = script.size() >= kLongScript;
        packed_ = static_cast<std::uint64_t>(value.satoshis()) & kValueMask;
        packed_ |= static_cast<std::uint64_t>(is_long ? kLongScript : script.size()) << kSizeShift;
        std::byte* out = payload();
        if (is_long) {
            const auto size = static_cast<std::uint32_t>(script.size());
            std::memcpy(out, &size, 4);
            out += 4;
        }
        if (!script.empty()) std::memcpy(out, script.data(), script.size());
    }

    const Txid& txid() const { return txid_; }
    std::uint32_t index() const { return index_and_layers_ & 0xffffff; }
    Outpoint outpoint() const { return {txid_, index()}; }
    bool is(const Outpoint& outpoint) const { return index() == outpoint.index && txid_ == outpoint.txid; }
    Height height() const { return static_cast<Height>(height_and_coinbase_ >> 1); }
    bool coinbase() const { return (height_and_coinbase_ & 1) != 0; }
    Amount value() const { return Amount{static_cast<std::int64_t>(packed_ & kValueMask)}; }
    ByteSpan script() const
    {
        const std::size_t size = packed_ >> kSizeShift;
        if (size < kLongScript) return {payload(), size};
        std::uint32_t long_size = 0;
        std::memcpy(&long_size, payload(), 4);
        return {payload() + 4, long_size};
    }
    std::size_t units() const { return units_for(script().size()); }

    /// Differs from what is on disk (or being written there).
    bool dirty() const { return (packed_ & kDirty) != 0; }
    void set_dirty(bool on) { set(kDirty, on); }
    /// Neither on disk nor in a frozen table: once spent it may be forgotten.
    bool fresh() const { return (packed_ & kFresh) != 0; }
    void set_fresh(bool on) { set(kFresh, on); }
    /// Spent, and the disk does not know yet.
    bool spent() const { return (packed_ & kSpent) != 0; }
    void set_spent(bool on) { set(kSpent, on); }

    /// The speculative layer (1 to 15) that created or spent the coin; 0 for none.
    unsigned created_by() const { return index_and_layers_ >> 24 & 15; }
    unsigned spent_by() const { return index_and_layers_ >> 28; }
    void set_created_by(unsigned layer) { index_and_layers_ = (index_and_layers_ & ~(15U << 24)) | layer << 24; }
    void set_spent_by(unsigned layer) { index_and_layers_ = (index_and_layers_ & ~(15U << 28)) | layer << 28; }

private:
    static constexpr std::uint64_t kValueMask = (std::uint64_t{1} << 51) - 1;
    static constexpr std::uint64_t kDirty = std::uint64_t{1} << 51;
    static constexpr std::uint64_t kFresh = std::uint64_t{1} << 52;
    static constexpr std::uint64_t kSpent = std::uint64_t{1} << 53;
    static constexpr unsigned kSizeShift = 54;

    void set(std::uint64_t bit, bool on) { packed_ = on ? packed_ | bit : packed_ & ~bit; }
    std::byte* payload() { return reinterpret_cast<std::byte*>(this + 1); }
    const std::byte* payload() const { return reinterpret_cast<const std::byte*>(this + 1); }

    Txid txid_;
    std::uint32_t index_and_layers_;
    std::uint32_t height_and_coinbase_;
    std::uint64_t packed_;  // value 51 bits, three flags, script size 10 bits
};

static_assert(sizeof(CoinEntry) == 48);
static_assert(kMaxMoney.satoshis() < std::int64_t{1} << 51);

}  // namespace cairn::chain
