#pragma once
// The parts of a transaction's signature hashes that all its inputs share, computed once (BIP143, BIP341).

#include <cstddef>
#include <optional>

#include "consensus/coins.h"
#include "consensus/primitives/transaction.h"

namespace cairn::consensus {

/// Immutable after it is made; any thread may read it. Refers to nothing.
class SighashCache {
public:
    /// kAsNeeded: what the witnesses that are there may ask for. kAll: everything, as signing needs.
    enum class Parts { kAsNeeded, kAll };

    /// Of a transaction not all of whose spent outputs are known: taproot hashes cannot be computed with it.
    explicit SighashCache(const Transaction& transaction, Parts parts = Parts::kAsNeeded);
    /// The outputs that the transaction's inputs spend begin at `first_spent`.
    SighashCache(const Transaction& transaction, const SpentOutputs& spent, std::size_t first_spent = 0,
                 Parts parts = Parts::kAsNeeded);

    /// Double hashes.
    struct WitnessV0 {
        Hash256 prevouts;
        Hash256 sequences;
        Hash256 outputs;
    };
    /// Single hashes.
    struct Taproot {
        Hash256 prevouts;
        Hash256 sequences;
        Hash256 outputs;
        Hash256 amounts;
        Hash256 scripts;
    };

    const std::optional<WitnessV0>& witness_v0() const { return witness_v0_; }
    const std::optional<Taproot>& taproot() const { return taproot_; }

private:
    std::optional<WitnessV0> witness_v0_;
    std::optional<Taproot> taproot_;
};

}  // namespace cairn::consensus
