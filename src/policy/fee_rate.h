#pragma once
// Fee rates: satoshis per virtual size, kept as the exact fraction they were made of.
//
// Source: Bitcoin Core 31 CFeeRate (rounding up of fees, rounding down of the rate per 1000).

#include <compare>
#include <cstdint>
#include <string>

#include "consensus/primitives/amount.h"

namespace cairn::policy {

/// A size in virtual bytes (weight over four, rounded up).
using VirtualSize = std::int64_t;

/// A fee and the size it pays for: a point, a difference or a sum of a fee-rate diagram. The unit of size is the
/// holder's (weight in the mempool's graph, virtual bytes elsewhere).
struct FeeFraction {
    std::int64_t fee = 0;   // satoshis; may be negative through prioritisation
    std::int64_t size = 0;  // >= 0; the sum of a block's worth at most

    friend constexpr bool operator==(const FeeFraction&, const FeeFraction&) = default;
    constexpr FeeFraction& operator+=(const FeeFraction& other)
    {
        fee += other.fee;
        size += other.size;
        return *this;
    }
    constexpr FeeFraction& operator-=(const FeeFraction& other)
    {
        fee -= other.fee;
        size -= other.size;
        return *this;
    }
    friend constexpr FeeFraction operator+(FeeFraction a, const FeeFraction& b) { return a += b; }
    friend constexpr FeeFraction operator-(FeeFraction a, const FeeFraction& b) { return a -= b; }
};

/// Compares fee over size exactly (no rounding, no overflow). A fraction of size 0 compares equal to everything.
std::strong_ordering compare_rate(const FeeFraction& a, const FeeFraction& b);

/// A fee rate in satoshis per 1000 virtual bytes, or any exact fraction of a fee by a virtual size.
class FeeRate {
public:
    /// Zero.
    constexpr FeeRate() = default;
    constexpr explicit FeeRate(Amount per_kvb) : fraction_{per_kvb.satoshis(), 1000} {}
    /// `fee` for `size`; zero if size <= 0.
    constexpr FeeRate(Amount fee, VirtualSize size)
        : fraction_(size > 0 ? FeeFraction{fee.satoshis(), size} : FeeFraction{})
    {
    }

    /// The fee for `size` (>= 0) at this rate, rounded up.
    Amount fee_for(VirtualSize size) const;
    /// Satoshis for 1000 virtual bytes, rounded down.
    Amount per_kvb() const;
    constexpr const FeeFraction& fraction() const { return fraction_; }

    friend std::strong_ordering operator<=>(const FeeRate& a, const FeeRate& b);
    friend bool operator==(const FeeRate& a, const FeeRate& b) { return (a <=> b) == std::strong_ordering::equal; }
    /// The sum of both rates per 1000, each rounded down.
    friend FeeRate operator+(const FeeRate& a, const FeeRate& b) { return FeeRate{a.per_kvb() + b.per_kvb()}; }

private:
    FeeFraction fraction_;
};

/// The sum, held within 64 bits: fee deltas are the operator's to choose.
Amount add_saturating(Amount a, Amount b);

/// As Bitcoin Core's FormatMoney shows an amount inside a reject detail: at least two decimals, further zeros dropped.
std::string format_money(Amount amount);

}  // namespace cairn::policy
