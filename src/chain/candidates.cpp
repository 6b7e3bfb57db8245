#include "chain/candidates.h"

#include <deque>
#include <limits>

namespace cairn::chain {

namespace {

/// Valid as far as is known, with all its ancestors received.
bool may_become_tip(const BlockNode& node)
{
    return node.status().is_valid(Validity::kTransactions) && node.chain_transaction_count() != 0;
}

}  // namespace

void Candidates::add_if_good(const BlockNode& node, const BlockNode* tip)
{
    if (tip != nullptr && BlockTreeWriter::is_better(*tip, node)) return;
    set_.insert(&node);
}

void Candidates::add_all(const BlockNode* tip)
{
    for (const BlockNode* node : tree_.tree().nodes()) {
        if (may_become_tip(*node)) add_if_good(*node, tip);
    }
}

void Candidates::prune(const BlockNode& tip)
{
    while (!set_.empty() && BlockTreeWriter::is_better(tip, **set_.begin())) set_.erase(set_.begin());
}

const BlockNode* Candidates::find_best(const BlockNode* tip)
{
    while (!set_.empty()) {
        const BlockNode* best = *set_.rbegin();
        if (best == verified_) return best;
        const BlockNode* fork = last_common_ancestor(tip, best);
        const BlockNode* broken = best;
        while (broken != fork && !broken->status().failed() && broken->status().has_data()) broken = broken->parent();
        if (broken == fork) return verified_ = best;
        const bool failed = broken->status().failed();
        for (const BlockNode* node = best; node != broken; node = node->parent()) {
            if (!failed) wait_for_parent(BlockTreeWriter::mutate(*node));
            set_.erase(node);
        }
        set_.erase(broken);
    }
    return nullptr;
}

void Candidates::wait_for_parent(BlockNode& node)
{
    if (!is_waiting(node)) waiting_.emplace(node.parent(), &node);
}

bool Candidates::is_waiting(const BlockNode& node) const
{
    const auto [begin, end] = waiting_.equal_range(node.parent());
    for (auto it = begin; it != end; ++it) {
        if (it->second == &node) return true;
    }
    return false;
}

std::vector<BlockNode*> Candidates::take_waiting(const BlockNode& parent)
{
    std::vector<BlockNode*> taken;
    const auto [begin, end] = waiting_.equal_range(&parent);
    for (auto it = begin; it != end; ++it) taken.push_back(it->second);
    waiting_.erase(begin, end);
    return taken;
}

void Candidates::on_received(BlockNode& received, const BlockNode* tip)
{
    const BlockNode* parent = received.parent();
    if (parent != nullptr && parent->chain_transaction_count() == 0) {
        wait_for_parent(received);
        return;
    }
    std::deque<BlockNode*> ready{&received};
    while (!ready.empty()) {
        BlockNode& node = *ready.front();
        ready.pop_front();
        const std::uint64_t before = node.parent() == nullptr ? 0 : node.parent()->chain_transaction_count();
        tree_.set_chain_transactions(node, before + node.transaction_count());
        set_.erase(&node);
        tree_.set_sequence(node, next_sequence_++);
        add_if_good(node, tip);
        for (BlockNode* child : take_waiting(node)) ready.push_back(child);
    }
}

void Candidates::on_loaded(BlockNode& node)
{
    if (node.transaction_count() == 0) return;
    const std::uint64_t before = node.parent() == nullptr ? 0 : node.parent()->chain_transaction_count();
    if (node.parent() != nullptr && before == 0) {
        wait_for_parent(node);
        return;
    }
    tree_.set_chain_transactions(node, before + node.transaction_count());
}

void Candidates::prefer(BlockNode& node, const BlockNode& tip)
{
    if (node.chain_work() < tip.chain_work()) return;
    // The chain has grown since the last wish: numbers may begin anew.
    if (tip.chain_work() > last_preferred_work_) next_preferred_ = -1;
    last_preferred_work_ = tip.chain_work();
    set_.erase(&node);
    tree_.set_sequence(node, next_preferred_);
    if (next_preferred_ > std::numeric_limits<std::int32_t>::min()) --next_preferred_;
    if (!may_become_tip(node)) return;
    set_.insert(&node);
    prune(tip);
}

}  // namespace cairn::chain
