#pragma once
// A transaction under construction: owns its parts and may change. For building, signing and tests; the node's rules
// see Transaction only.

#include <cstdint>
#include <vector>

#include "consensus/primitives/transaction.h"

namespace cairn {

struct TxInputDraft {
    Outpoint prevout;
    Bytes script_sig;
    std::uint32_t sequence = 0xffffffff;
    std::vector<Bytes> witness;
};

struct TxOutputDraft {
    Amount value;
    Bytes script_pubkey;
};

struct TransactionDraft {
    std::uint32_t version = 2;
    std::vector<TxInputDraft> inputs;
    std::vector<TxOutputDraft> outputs;
    std::uint32_t lock_time = 0;

    TransactionDraft() = default;
    explicit TransactionDraft(const Transaction& transaction);

    /// The network's encoding, with witnesses where any input has one. A draft without inputs is encoded in the form
    /// without witness, which only WitnessEncoding::kForbidden reads back.
    Bytes encode() const;
    /// The finished transaction.
    TransactionRef finish() const;
};

}  // namespace cairn
