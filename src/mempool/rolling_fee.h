#pragma once
// The fee rate below which nothing enters while the mempool has lately been full: set by what was evicted, falling by
// half in twelve hours once a block has come since.

#include <cstdint>

#include "policy/fee_rate.h"

namespace cairn::mempool {

class RollingFee {
public:
    static constexpr std::int64_t kHalfLife = 12 * 60 * 60;  // seconds; a half and a quarter of it when emptier

    explicit RollingFee(policy::FeeRate incremental) : incremental_(incremental) {}

    /// What was evicted paid `evicted`: from now on, more than that by the incremental rate.
    void raise_above(policy::FeeRate evicted);
    void on_block(std::int64_t now);
    /// Takes the decay up to now into account for good.
    void settle(std::int64_t now, std::size_t used_bytes, std::int64_t max_bytes);
    policy::FeeRate rate(std::int64_t now, std::size_t used_bytes, std::int64_t max_bytes) const;

private:
    std::uint64_t decayed(std::int64_t now, std::size_t used_bytes, std::int64_t max_bytes) const;

    policy::FeeRate incremental_;
    std::uint64_t rate_ = 0;  // satoshis per kvB, in 65536ths
    std::int64_t updated_ = 0;
    bool falls_ = false;
};

}  // namespace cairn::mempool
