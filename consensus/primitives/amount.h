#pragma once
// Money, in satoshis. Never a floating type.

#include <compare>
#include <cstdint>
#include <string>

namespace cairn {

/// An amount of satoshis; may be negative (a difference) and outside the range of money (an untrusted field).
class Amount {
public:
    constexpr Amount() = default;
    constexpr explicit Amount(std::int64_t satoshis) : satoshis_(satoshis) {}

    constexpr std::int64_t satoshis() const { return satoshis_; }
    friend constexpr auto operator<=>(const Amount&, const Amount&) = default;

    /// Whether 0 <= *this <= 21 million coins: what an output, or a sum of outputs, may be.
    constexpr bool is_money() const;

    // Plain arithmetic. The operands must be money, or sums and differences of few of them: the result of untrusted
    // fields is checked with is_money before it is used again.
    friend constexpr Amount operator+(Amount a, Amount b) { return Amount{a.satoshis_ + b.satoshis_}; }
    friend constexpr Amount operator-(Amount a, Amount b) { return Amount{a.satoshis_ - b.satoshis_}; }
    constexpr Amount operator-() const { return Amount{-satoshis_}; }
    constexpr Amount& operator+=(Amount other) { return *this = *this + other; }
    constexpr Amount& operator-=(Amount other) { return *this = *this - other; }

private:
    std::int64_t satoshis_ = 0;
};

inline constexpr Amount kCoin{100'000'000};
/// CONSENSUS: no output and no sum of outputs may exceed this (CVE-2010-5139). Test: tests/unit/consensus.
inline constexpr Amount kMaxMoney{2'100'000'000'000'000};

constexpr bool Amount::is_money() const
{
    return satoshis_ >= 0 && *this <= kMaxMoney;
}

/// With its eight decimals: "0.00001000", "-1.00000000".
std::string format_amount(Amount amount);

/// The place of a block in its chain; the genesis block's is 0.
using Height = std::int32_t;
/// BIP141 weight units; 4 for a byte outside the witness, 1 for one inside.
using Weight = std::int64_t;

}  // namespace cairn
