#include "consensus/subsidy.h"

namespace cairn::consensus {

Amount block_subsidy(Height height, const Params& params)
{
    const Height halvings = height / params.subsidy_halving_interval;
    if (halvings >= 64) return Amount{};
    return Amount{50 * kCoin.satoshis() >> halvings};
}

}  // namespace cairn::consensus
