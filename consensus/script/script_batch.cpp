#include "consensus/script/script_batch.h"

#include <cassert>
#include <utility>

#include "consensus/script/interpreter.h"

namespace cairn::consensus {

ScriptBatch::ScriptBatch(BlockRef block, std::shared_ptr<const SpentOutputs> spent, ScriptFlags flags)
    : spent_(std::move(spent)), flags_(flags)
{
    checks_.reserve(spent_->size());
    transactions_.reserve(block->transactions.size());
    std::uint32_t next_spent = 0;
    for (std::uint32_t i = 0; i < block->transactions.size(); ++i) {
        if (!block->transactions[i].is_coinbase()) add(block->transactions[i], i, next_spent);
    }
    owner_ = std::move(block);
    assert(next_spent == spent_->size());
}

ScriptBatch::ScriptBatch(TransactionRef transaction, std::shared_ptr<const SpentOutputs> spent, ScriptFlags flags)
    : spent_(std::move(spent)), flags_(flags)
{
    std::uint32_t next_spent = 0;
    add(*transaction, 0, next_spent);
    owner_ = std::move(transaction);
    assert(next_spent == spent_->size());
}

void ScriptBatch::add(const Transaction& transaction, std::uint32_t index, std::uint32_t& next_spent)
{
    const auto entry = static_cast<std::uint32_t>(transactions_.size());
    transactions_.push_back({&transaction, index, next_spent, SighashCache{transaction, *spent_, next_spent}});
    const auto inputs = static_cast<std::uint32_t>(transaction.inputs.size());
    for (std::uint32_t i = 0; i < inputs; ++i) checks_.push_back({entry, i});
    next_spent += inputs;
}

std::optional<ScriptFailure> ScriptBatch::run(std::size_t first, std::size_t last, SignatureVerifier& verifier) const
{
    assert(first <= last && last <= checks_.size());
    for (std::size_t i = first; i < last; ++i) {
        const auto& [index, input] = checks_[i];
        const Entry& entry = transactions_[index];
        const auto error = verify_input(*entry.transaction, input, spent_->output(entry.first_spent + input),
                                        entry.sighash, flags_, verifier);
        if (error != ScriptError::kOk) return ScriptFailure{entry.index, input, error};
    }
    return std::nullopt;
}

}  // namespace cairn::consensus
