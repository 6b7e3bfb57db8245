#pragma once
// The script checks of one block or transaction, as data: made by the thread that validates, run by any.
//
// A batch shares ownership of the block (or transaction) and owns one array of spent outputs and one sighash record per
// transaction; a check is a pair (transaction, input) into it. No check allocates, and no thread can see freed data
// (CVE-2024-52911).

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "consensus/coins.h"
#include "consensus/primitives/block.h"
#include "consensus/script/flags.h"
#include "consensus/script/script_error.h"
#include "consensus/script/sighash_cache.h"
#include "consensus/script/signature_verifier.h"

namespace cairn::consensus {

/// Where a script check failed.
struct ScriptFailure {
    std::uint32_t transaction = 0;  // index in the block; 0 for a batch of one transaction
    std::uint32_t input = 0;
    ScriptError error{};
};

class ScriptBatch {
public:
    struct Check {
        std::uint32_t entry;  // index in transactions_
        std::uint32_t input;
    };

    /// All inputs of the block but the coinbase's. `spent` in the block's input order.
    ScriptBatch(BlockRef block, std::shared_ptr<const SpentOutputs> spent, ScriptFlags flags);
    /// All inputs of one transaction (mempool, tests).
    ScriptBatch(TransactionRef transaction, std::shared_ptr<const SpentOutputs> spent, ScriptFlags flags);

    std::size_t size() const { return checks_.size(); }

    /// Runs checks [first, last) with `verifier`; the first failure, in order. Thread-safe: several threads may run
    /// disjoint or equal ranges of one batch at once.
    std::optional<ScriptFailure> run(std::size_t first, std::size_t last, SignatureVerifier& verifier) const;

    ScriptFlags flags() const { return flags_; }

private:
    struct Entry {
        const Transaction* transaction;
        std::uint32_t index;        // in the block
        std::uint32_t first_spent;  // index of its first input in spent_
        SighashCache sighash;       // immutable: made when the batch is
    };

    void add(const Transaction& transaction, std::uint32_t index, std::uint32_t& next_spent);

    std::shared_ptr<const void> owner_;
    std::shared_ptr<const SpentOutputs> spent_;
    std::vector<Entry> transactions_;
    std::vector<Check> checks_;
    ScriptFlags flags_;
};

}  // namespace cairn::consensus
