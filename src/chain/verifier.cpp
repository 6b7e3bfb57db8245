#include "chain/verifier.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "chain/connector.h"
#include "chain/scratch_coins.h"
#include "consensus/check_block.h"
#include "consensus/connect_context.h"
#include "storage/storage_error.h"

namespace cairn::chain {

namespace {

class Verification {
public:
    Verification(ChainContext& context, int level, int blocks)
        : context_(context),
          scratch_(context.state.coins.published_view()),
          tip_(*context.state.tip),
          level_(std::clamp(level, 0, 4)),
          blocks_(blocks <= 0 || blocks > tip_.height() ? tip_.height() : blocks)
    {
    }

    VerifyOutcome run()
    {
        base::log_info("Verifying last {} blocks at level {}", blocks_, level_);
        const BlockNode* node = &tip_;
        for (; node->height() > tip_.height() - blocks_; node = node->parent()) {
            if (context_.interrupted.load()) return VerifyOutcome::kInterrupted;
            context_.progress("Verifying blocks…", percent(tip_.height() - node->height()));
            if (!check(*node)) return VerifyOutcome::kCorrupt;
        }
        if (unclean_ != nullptr) {
            base::log_error("Verification error: coin database inconsistencies found (block {} at height {})",
                            unclean_->hash().to_hex(), unclean_->height());
            return VerifyOutcome::kCorrupt;
        }
        if (level_ >= 4 && !skipped_) {
            const VerifyOutcome outcome = reconnect(node->height() + 1);
            if (outcome != VerifyOutcome::kGood) return outcome;
        }
        context_.progress("Verifying blocks…", 100);
        base::log_info("Verification: checked last {} blocks at level {}", blocks_, level_);
        return skipped_ ? VerifyOutcome::kSkippedDeepChecks : VerifyOutcome::kGood;
    }

private:
    int percent(Height done) const { return std::clamp(static_cast<int>(100.0 * done / std::max(blocks_, 1)), 1, 99); }

    bool fail(const BlockNode& node, const std::string& why) const
    {
        base::log_error("Verification error: {} at {}, hash={}", why, node.height(), node.hash().to_hex());
        return false;
    }

    bool check(const BlockNode& node)
    try {
        const BlockRef block = context_.archive.read_block(node);
        if (!block) return fail(node, "ReadBlock failed");
        if (level_ >= 1) {
            const auto checked = consensus::check_block(*block, context_.params);
            if (!checked) return fail(node, "found bad block (" + checked.error().to_string() + ")");
        }
        if (level_ < 2) return true;
        const auto spent = context_.archive.read_spent(node);
        if (!spent) return fail(node, "found bad undo data (missing)");
        return level_ < 3 || take_back(node, *block, *spent);
    } catch (const storage::StorageError& error) {
        if (error.kind() != storage::StorageError::Kind::kCorrupt) throw;
        return fail(node, error.what());
    }

    bool take_back(const BlockNode& node, const Block& block, const SpentOutputs& spent)
    {
        if (skipped_ || scratch_.memory() + context_.state.coins.memory() > context_.state.coins_limit) {
            if (!std::exchange(skipped_, true)) {
                base::log_warning(
                    "Skipped verification of level >=3 (insufficient database cache size). "
                    "Consider increasing -dbcache.");
            }
            return true;
        }
        const auto effects = consensus::disconnect_block(block, node.height(), spent, scratch_);
        if (!effects) return fail(node, "irrecoverable inconsistency in block data");
        if (!effects->clean) unclean_ = &node;
        scratch_.disconnect(*effects, spent);
        return true;
    }

    VerifyOutcome reconnect(Height first)
    {
        for (Height height = first; height <= tip_.height(); ++height) {
            if (context_.interrupted.load()) return VerifyOutcome::kInterrupted;
            if (!connect(*tip_.ancestor(height))) return VerifyOutcome::kCorrupt;
        }
        return VerifyOutcome::kGood;
    }

    bool connect(const BlockNode& node)
    {
        const BlockRef block = context_.archive.read_block(node);
        const consensus::NodeAncestorTimes times(*node.parent());
        const auto context = consensus::make_connect_context(node.hash(), *node.parent(), context_.params, times, true);
        const auto effects = consensus::connect_block(block, context, scratch_);
        if (!effects) return fail(node, "found unconnectable block (" + effects.error().to_string() + ")");
        const auto refused = check_scripts(*block, effects->scripts, context_.pool, context_.verifier);
        if (refused) return fail(node, "found unconnectable block (" + refused->to_string() + ")");
        scratch_.connect(*block, node.height(), *effects);
        return true;
    }

    ChainContext& context_;
    ScratchCoins scratch_;
    const BlockNode& tip_;
    const int level_;
    const Height blocks_;
    const BlockNode* unclean_ = nullptr;
    bool skipped_ = false;
};

}  // namespace

VerifyOutcome verify_chain(ChainContext& context, int level, int blocks)
{
    if (context.state.tip == nullptr || context.state.tip->parent() == nullptr) return VerifyOutcome::kGood;
    return Verification(context, level, blocks).run();
}

}  // namespace cairn::chain
