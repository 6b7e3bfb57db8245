#include "mempool/rolling_fee.h"

#include <algorithm>
#include <array>

namespace cairn::mempool {

using policy::FeeRate;

namespace {

constexpr unsigned kScaleBits = 16;

consteval std::uint64_t integer_root(std::uint64_t square)
{
    std::uint64_t root = 0;
    for (std::uint64_t bit = std::uint64_t{1} << 31; bit != 0; bit >>= 1) {
        if ((root + bit) * (root + bit) <= square) root += bit;
    }
    return root;
}

/// 2^-(1/2), 2^-(1/4), … in 2^32nds.
consteval std::array<std::uint64_t, kScaleBits> make_roots_of_half()
{
    std::array<std::uint64_t, kScaleBits> roots{};
    std::uint64_t power = std::uint64_t{1} << 31;
    for (std::uint64_t& root : roots) root = power = integer_root(power << 32);
    return roots;
}

/// value * 2^-(time / half_life), in integers, so that every machine comes to the same.
std::uint64_t halve(std::uint64_t value, std::uint64_t time, std::uint64_t half_life)
{
    constexpr auto kRoots = make_roots_of_half();
    __extension__ using Wide = unsigned __int128;
    const std::uint64_t halvings = time / half_life;
    if (halvings >= 64) return 0;
    value >>= halvings;
    const std::uint64_t rest = ((time % half_life) << kScaleBits) / half_life;
    for (unsigned i = 0; i < kScaleBits; ++i) {
        const bool halves_this_root = (rest >> (kScaleBits - 1 - i) & 1) != 0;
        if (halves_this_root) value = static_cast<std::uint64_t>((Wide{value} * kRoots[i]) >> 32);
    }
    return value;
}

}  // namespace

void RollingFee::raise_above(FeeRate evicted)
{
    const std::int64_t per_kvb = std::max<std::int64_t>(0, (evicted + incremental_).per_kvb().satoshis());
    const auto rate = std::min(static_cast<std::uint64_t>(per_kvb), std::uint64_t{1} << 46) << kScaleBits;
    if (rate <= rate_) return;
    rate_ = rate;
    falls_ = false;
}

void RollingFee::on_block(std::int64_t now)
{
    updated_ = now;
    falls_ = true;
}

std::uint64_t RollingFee::decayed(std::int64_t now, std::size_t used_bytes, std::int64_t max_bytes) const
{
    constexpr std::int64_t kStep = 10;  // seconds
    if (!falls_ || rate_ == 0 || now <= updated_ + kStep) return rate_;
    const auto used = static_cast<std::int64_t>(used_bytes);
    const std::int64_t divisor = used < max_bytes / 4 ? 4 : used < max_bytes / 2 ? 2 : 1;
    const std::uint64_t rate =
        halve(rate_, static_cast<std::uint64_t>(now - updated_), static_cast<std::uint64_t>(kHalfLife / divisor));
    // Below half the incremental rate it is not worth asking for any more.
    const auto least = static_cast<std::uint64_t>(incremental_.per_kvb().satoshis()) << kScaleBits;
    return rate < least / 2 ? 0 : rate;
}

void RollingFee::settle(std::int64_t now, std::size_t used_bytes, std::int64_t max_bytes)
{
    const std::uint64_t rate = decayed(now, used_bytes, max_bytes);
    if (rate == rate_) return;
    rate_ = rate;
    updated_ = now;
}

FeeRate RollingFee::rate(std::int64_t now, std::size_t used_bytes, std::int64_t max_bytes) const
{
    const std::uint64_t rate = decayed(now, used_bytes, max_bytes);
    const std::uint64_t rounded = (rate + (std::uint64_t{1} << (kScaleBits - 1))) >> kScaleBits;
    const FeeRate result{Amount{static_cast<std::int64_t>(rounded)}};
    return falls_ && rate != 0 ? std::max(result, incremental_) : result;
}

}  // namespace cairn::mempool
