#include "chain/chain_context.h"

#include "base/log.h"

namespace cairn::chain {

void PublishedTip::set(const BlockNode* tip)
{
    {
        const std::lock_guard lock(mutex_);
        tip_.store(tip, std::memory_order_release);
    }
    changed_.notify_all();
    if (tip != nullptr) listeners_.tell(*tip);
}

void PublishedTip::interrupt()
{
    {
        const std::lock_guard lock(mutex_);
        interrupted_ = true;
    }
    changed_.notify_all();
}

const BlockNode* PublishedTip::wait(const std::function<bool(const BlockNode&)>& wanted,
                                    std::optional<std::chrono::milliseconds> limit) const
{
    std::unique_lock lock(mutex_);
    const auto ended = [&] {
        const BlockNode* tip = get();
        return interrupted_ || (tip != nullptr && wanted(*tip));
    };
    if (limit) {
        changed_.wait_for(lock, *limit, ended);
    } else {
        changed_.wait(lock, ended);
    }
    return get();
}

void ChainContext::mark_failed(const BlockNode& node)
{
    writer.set_failed(BlockTreeWriter::mutate(node), true);
    state.candidates.remove(node);
    on_invalid_chain(node);
}

void ChainContext::on_invalid_chain(const BlockNode& failed)
{
    const auto remember = [this](const BlockNode& node) {
        const BlockNode* worst = tree.best_invalid();
        if (worst == nullptr || node.chain_work() > worst->chain_work()) writer.set_best_invalid(&node);
    };
    remember(failed);
    for (BlockNode* descendant : writer.fail_descendants(failed)) {
        // Whose blocks were here: of headers alone nobody knows what they would have been.
        if (state.candidates.contains(*descendant)) remember(*descendant);
        state.candidates.remove(*descendant);
    }
    const BlockNode* best = tree.best_header();
    if (best != nullptr && best->has_ancestor(failed)) writer.recompute_best_header();
    base::log_info("InvalidChainFound: invalid block={} height={}", failed.hash().to_hex(), failed.height());
    if (state.tip == nullptr) return;
    base::log_info("InvalidChainFound: current best={} height={}", state.tip->hash().to_hex(), state.tip->height());
}

}  // namespace cairn::chain
