#pragma once
// An input that spends an output, with all that the rules of scripts look at: what is mutated and compared.

#include <cstdint>
#include <vector>

#include "consensus/primitives/transaction_draft.h"

namespace cairn::differential {

struct Spend {
    TransactionDraft transaction;
    std::vector<TxOutputDraft> spent;  // by each input, in order
    std::uint32_t input = 0;           // the one whose script is run
};

}  // namespace cairn::differential
