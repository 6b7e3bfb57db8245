#include "support/regtest_chain.h"

#include <stdexcept>

#include "consensus/check_block.h"
#include "consensus/check_header.h"
#include "consensus/connect_context.h"
#include "consensus/proof_of_work.h"

namespace cairn::test {
namespace {

constexpr std::int64_t kFarFuture = 0x100000000;

}  // namespace

RegtestChain::RegtestChain(consensus::Params params) : params_(std::move(params))
{
    tip_ = &tree_.add_root(params_.genesis->header);
}

std::expected<void, Rejection> RegtestChain::connect(const BlockRef& block)
{
    if (auto checked = consensus::check_header_in_context(block->header, *tip_, kFarFuture, params_); !checked) {
        return checked;
    }
    if (auto checked = consensus::check_block(*block, params_); !checked) return checked;
    if (auto checked = consensus::check_block_in_context(*block, tip_, params_); !checked) return checked;
    const consensus::NodeAncestorTimes times{*tip_};
    const auto context = consensus::make_connect_context(block->hash, *tip_, params_, times);
    const auto effects = consensus::connect_block(block, context, coins_);
    if (!effects) return std::unexpected(effects.error());
    if (effects->scripts) {
        consensus::ImmediateVerifier verifier;
        const auto failure = effects->scripts->run(0, effects->scripts->size(), verifier);
        if (failure) return std::unexpected(consensus::script_rejection(*failure, *block));
    }
    coins_.apply(*block, context.height, *effects);
    tip_ = &tree_.add(block->header, *tip_);
    blocks_.push_back(block);
    undo_.push_back(effects->spent);
    return {};
}

void RegtestChain::disconnect()
{
    const auto effects = consensus::disconnect_block(*blocks_.back(), height(), *undo_.back(), coins_);
    if (!effects || !effects->clean) throw std::runtime_error("the tip cannot be disconnected");
    coins_.apply(*effects, *undo_.back());
    tip_ = tip_->parent();
    blocks_.pop_back();
    undo_.pop_back();
}

BlockPlan RegtestChain::next(std::vector<TransactionRef> transactions) const
{
    BlockPlan plan;
    plan.height = height() + 1;
    plan.previous = tip_->hash();
    plan.time = tip_->time() + 600;
    plan.bits = consensus::next_work_required(*tip_, plan.time, params_);
    plan.transactions = std::move(transactions);
    return plan;
}

void RegtestChain::mine(int count)
{
    for (int i = 0; i < count; ++i) mine(std::vector<TransactionRef>{});
}

BlockRef RegtestChain::mine(std::vector<TransactionRef> transactions)
{
    const BlockRef block = make_next(std::move(transactions));
    const auto connected = connect(block);
    if (!connected) throw std::runtime_error("refused: " + connected.error().to_string());
    return block;
}

Outpoint RegtestChain::coinbase(Height height) const
{
    return {blocks_.at(static_cast<std::size_t>(height) - 1)->transactions[0].txid, 0};
}

}  // namespace cairn::test
