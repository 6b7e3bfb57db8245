#pragma once
// What came of a look at blocks that are there already. Inner header of wallet.

#include <optional>

#include "consensus/primitives/block.h"

namespace cairn::wallet {

struct Scan {
    Height to = 0;                 // the last block that was looked at
    std::optional<Height> failed;  // the block that could not be read
    bool aborted = false;
};

}  // namespace cairn::wallet
