#include "policy/fee_rate.h"

#include <algorithm>
#include <limits>

namespace cairn::policy {

namespace {

__extension__ using Wide = __int128;

enum class Rounding { kDown, kUp };

/// fee * at / size, rounded toward minus or plus infinity; size > 0.
std::int64_t scale(const FeeFraction& fraction, std::int64_t at, Rounding rounding)
{
    const Wide product = Wide{fraction.fee} * at;
    Wide quotient = product / fraction.size;
    const Wide remainder = product % fraction.size;
    if (remainder < 0 && rounding == Rounding::kDown) --quotient;
    if (remainder > 0 && rounding == Rounding::kUp) ++quotient;
    return static_cast<std::int64_t>(quotient);
}

}  // namespace

std::strong_ordering compare_rate(const FeeFraction& a, const FeeFraction& b)
{
    return Wide{a.fee} * b.size <=> Wide{b.fee} * a.size;
}

Amount FeeRate::fee_for(VirtualSize size) const
{
    if (fraction_.size == 0) return Amount{0};
    const std::int64_t fee = scale(fraction_, size, Rounding::kUp);
    // A negative rate never rounds to nothing.
    if (fee == 0 && size != 0 && fraction_.fee < 0) return Amount{-1};
    return Amount{fee};
}

Amount FeeRate::per_kvb() const
{
    return fraction_.size == 0 ? Amount{0} : Amount{scale(fraction_, 1000, Rounding::kDown)};
}

std::strong_ordering operator<=>(const FeeRate& a, const FeeRate& b)
{
    // Zero without a size is a rate of zero here, not "equal to everything".
    const auto with_size = [](FeeFraction f) { return f.size == 0 ? FeeFraction{0, 1} : f; };
    return compare_rate(with_size(a.fraction_), with_size(b.fraction_));
}

Amount add_saturating(Amount a, Amount b)
{
    constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
    const Wide sum = Wide{a.satoshis()} + b.satoshis();
    return Amount{static_cast<std::int64_t>(std::clamp<Wide>(sum, -kMost, kMost))};
}

std::string format_money(Amount amount)
{
    std::string text = format_amount(amount);
    const std::size_t shortest = text.find('.') + 3;
    while (text.size() > shortest && text.back() == '0') text.pop_back();
    return text;
}

}  // namespace cairn::policy
