#include "mempool/rolling_fee.h"

#include <algorithm>
#include <cmath>

namespace cairn::mempool {

using policy::FeeRate;

void RollingFee::raise_above(FeeRate evicted)
{
    const auto rate = static_cast<double>((evicted + incremental_).per_kvb().satoshis());
    if (rate <= per_kvb_) return;
    per_kvb_ = rate;
    falls_ = false;
}

void RollingFee::on_block(std::int64_t now)
{
    updated_ = now;
    falls_ = true;
}

double RollingFee::decayed(std::int64_t now, std::size_t used_bytes, std::int64_t max_bytes) const
{
    constexpr std::int64_t kStep = 10;  // seconds
    if (!falls_ || per_kvb_ == 0 || now <= updated_ + kStep) return per_kvb_;
    auto half_life = static_cast<double>(kHalfLife);
    const auto used = static_cast<std::int64_t>(used_bytes);
    if (used < max_bytes / 4) {
        half_life /= 4;
    } else if (used < max_bytes / 2) {
        half_life /= 2;
    }
    const double rate = per_kvb_ / std::pow(2.0, static_cast<double>(now - updated_) / half_life);
    // Not worth asking for any more.
    return rate < static_cast<double>(incremental_.per_kvb().satoshis()) / 2 ? 0 : rate;
}

void RollingFee::settle(std::int64_t now, std::size_t used_bytes, std::int64_t max_bytes)
{
    const double rate = decayed(now, used_bytes, max_bytes);
    if (rate == per_kvb_) return;
    per_kvb_ = rate;
    updated_ = now;
}

FeeRate RollingFee::rate(std::int64_t now, std::size_t used_bytes, std::int64_t max_bytes) const
{
    const double rate = decayed(now, used_bytes, max_bytes);
    const FeeRate rounded{Amount{std::llround(rate)}};
    if (!falls_ || rate == 0) return rounded;
    return std::max(rounded, incremental_);
}

}  // namespace cairn::mempool
