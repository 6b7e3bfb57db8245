#include "consensus/primitives/amount.h"

namespace cairn {

std::string format_amount(Amount amount)
{
    // Unsigned, so that the most negative amount has a magnitude too.
    const auto satoshis = amount.satoshis();
    const auto magnitude =
        satoshis < 0 ? ~static_cast<std::uint64_t>(satoshis) + 1 : static_cast<std::uint64_t>(satoshis);
    const auto coin = static_cast<std::uint64_t>(kCoin.satoshis());
    std::string decimals = std::to_string(magnitude % coin);
    decimals.insert(0, 8 - decimals.size(), '0');
    return (satoshis < 0 ? "-" : "") + std::to_string(magnitude / coin) + "." + decimals;
}

}  // namespace cairn
