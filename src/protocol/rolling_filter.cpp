#include "protocol/rolling_filter.h"

#include <algorithm>
#include <cmath>

namespace cairn::protocol {
namespace {

__extension__ using Wide = unsigned __int128;

}  // namespace

RollingFilter::RollingFilter(std::size_t entries, double false_positives, Random& random)  // floating: a rate
    : entries_(std::max<std::size_t>(entries, 1)), key_{random.next(), random.next()}
{
    // floating: logarithms of a rate of errors
    const double log_rate = std::log(false_positives / 2);  // two filters are asked
    const double ln2 = std::log(2.0);
    bits_ = static_cast<std::size_t>(std::ceil(-log_rate / (ln2 * ln2) * static_cast<double>(entries_)));
    bits_ = std::max<std::size_t>((bits_ + 63) / 64 * 64, 64);
    functions_ = static_cast<unsigned>(std::clamp(std::lround(-log_rate / ln2), 1L, 50L));
}

std::size_t RollingFilter::bit_of(std::uint64_t hash, unsigned function) const
{
    const std::uint64_t step = (hash >> 32 | hash << 32) * 0x9e3779b97f4a7c15U | 1;
    const std::uint64_t mixed = hash + function * step;
    return static_cast<std::size_t>((static_cast<Wide>(mixed) * bits_) >> 64);
}

void RollingFilter::insert_hash(std::uint64_t hash)
{
    if (newer_.empty()) newer_.resize(bits_ / 64);
    if (has_all(newer_, hash)) return;
    if (filled_ == entries_) {
        std::swap(newer_, older_);
        newer_.assign(bits_ / 64, 0);
        filled_ = 0;
    }
    ++filled_;
    for (unsigned i = 0; i < functions_; ++i) {
        const std::size_t bit = bit_of(hash, i);
        newer_[bit / 64] |= std::uint64_t{1} << (bit % 64);
    }
}

bool RollingFilter::has_all(const Bits& bits, std::uint64_t hash) const
{
    if (bits.empty()) return false;
    for (unsigned i = 0; i < functions_; ++i) {
        const std::size_t bit = bit_of(hash, i);
        if ((bits[bit / 64] >> (bit % 64) & 1) == 0) return false;
    }
    return true;
}

bool RollingFilter::contains_hash(std::uint64_t hash) const
{
    return has_all(newer_, hash) || has_all(older_, hash);
}

void RollingFilter::clear()
{
    newer_.clear();
    older_.clear();
    filled_ = 0;
}

}  // namespace cairn::protocol
