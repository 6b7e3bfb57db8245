#include "chain/activation.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "consensus/connect_context.h"
#include "storage/storage_error.h"

namespace cairn::chain {

namespace {

storage::StorageError cannot_disconnect(const BlockNode& node, const std::string& why)
{
    base::log_error("Block {} of height {} cannot be disconnected: {}", node.hash().to_hex(), node.height(), why);
    return {storage::StorageError::Kind::kCorrupt, "Failed to disconnect block.",
            "The coins database or the undo files may be damaged. Restart with -reindex-chainstate or -reindex."};
}

std::pair<BlockRef, std::shared_ptr<const SpentOutputs>> read_to_disconnect(const BlockArchive& archive,
                                                                            const BlockNode& node)
try {
    return {archive.read_block(node), archive.read_spent(node)};
} catch (const storage::StorageError& error) {
    if (error.kind() != storage::StorageError::Kind::kCorrupt) throw;
    throw cannot_disconnect(node, error.what());
}

struct Disconnection {
    BlockRef block;
    std::shared_ptr<const SpentOutputs> spent;
    consensus::DisconnectEffects effects;
};

/// All of it that can fail.
Disconnection prepare_disconnection(const BlockNode& node, ChainContext& context, Flusher& flusher)
try {
    auto [block, spent] = read_to_disconnect(context.archive, node);
    if (!block || !spent) throw cannot_disconnect(node, "its data is missing");
    auto effects = consensus::disconnect_block(*block, node.height(), *spent, context.state.coins.top_view());
    if (!effects) throw cannot_disconnect(node, effects.error().to_string());
    const bool may_be_unclean = consensus::is_bip30_repeat(node.hash(), node.height()) ||
                                consensus::is_bip30_unspendable(node.hash(), node.height());
    if (!effects->clean && !may_be_unclean) throw cannot_disconnect(node, "the coins do not match");
    return {std::move(block), std::move(spent), std::move(*effects)};
} catch (const storage::StorageError&) {
    // Nothing has changed yet. What was connected is kept: the next start must not begin at an older tip.
    flusher.flush_all();
    throw;
}

}  // namespace

bool Activation::advance(bool wait)
{
    connector_.commit(false);
    flush_if_due();
    const ChainState& state = context_.state;
    const BlockNode* best = context_.state.candidates.find_best(state.tip);
    const BlockNode* end = connector_.end();
    const bool nothing_better =
        best == nullptr || best == end || (end != nullptr && !BlockTreeWriter::is_better(*best, *end));
    if (!nothing_better) return extend(*best, wait);
    if (connector_.empty() || !wait) return false;
    connector_.commit(true);
    return true;
}

bool Activation::extend(const BlockNode& best, bool wait)
{
    const BlockNode* end = connector_.end();
    if (end != nullptr && !best.has_ancestor(*end)) {
        if (connector_.empty()) {
            reorganise(&best);
        } else {
            connector_.settle();
        }
        return true;
    }
    if (connector_.has_room()) {
        read_ahead(best);
        connector_.connect(*best.ancestor(end == nullptr ? 0 : end->height() + 1));
        return true;
    }
    if (wait) connector_.commit(true);
    return wait;
}

void Activation::connect_genesis()
{
    if (context_.state.tip != nullptr) return;
    const Block& genesis = *context_.params.genesis;
    const BlockNode* known = context_.tree.find(genesis.hash);
    connector_.connect(known != nullptr ? *known : context_.writer.insert(genesis.header, genesis.hash));
}

void Activation::read_ahead(const BlockNode& best)
{
    const Height height = connector_.end() == nullptr ? 0 : connector_.end()->height();
    for (Height ahead = height + 2; ahead <= std::min(best.height(), height + 1 + kReadAhead); ++ahead) {
        context_.archive.read_ahead(*best.ancestor(ahead));
    }
    for (Height ahead = height + 2; ahead <= best.height() && connector_.wants_coins(); ++ahead) {
        const BlockRef block = context_.archive.find_recent(*best.ancestor(ahead));
        if (!block) break;
        connector_.read_coins_ahead(block, ahead);
    }
}

void Activation::finish()
{
    while (!context_.interrupted.load(std::memory_order_relaxed) && advance(true)) {
    }
    connector_.settle();
    tell_fates();
}

void Activation::on_committed(const BlockNode& node, const BlockRef& block,
                              const std::shared_ptr<const SpentOutputs>& spent)
{
    context_.archive.forget_up_to(node);
    context_.state.candidates.prune(node);
    if (context_.ports.mempool != nullptr) context_.ports.mempool->on_block_connected(block, node, spent);
    log_tip(node);
    if (reorganising_) {
        for (auto& [until, waiting] : waiting_) waiting.was_connected |= waiting.node == &node;
        publish_fact(events::BlockConnected{block, spent, node.height()});
        wait_for_undo();
        context_.verdicts.tell(node, std::nullopt);
        return;
    }
    const BlockNode* before = context_.published.get();
    if (context_.ports.mempool != nullptr) context_.ports.mempool->on_tip_settled(node, false, true);
    publish(node);
    publish_fact(events::BlockConnected{block, spent, node.height()});
    publish_tip_changed(node, before);
    wait_for_undo();
    // Who waited for the block may count on everybody else having heard of it.
    context_.verdicts.tell(node, std::nullopt);
    tell_reached(node);
}

void Activation::wait_for_undo()
{
    // While the chain is being downloaded it is written beside the validation of the blocks that follow.
    if (!context_.initial_download.load(std::memory_order_relaxed)) flusher_.apply_written_undo(true);
}

void Activation::on_refused(const BlockNode& node, const Rejection& rejection)
{
    base::log_error("ConnectBlock {} failed, {}", node.hash().to_hex(), rejection.to_string());
    context_.archive.forget(node);
    // Before anybody is told. In the middle of a reorganisation the tip is no measure of what is lost.
    if (!reorganising_ && context_.state.tip != nullptr) update_warnings(*context_.state.tip);
    context_.verdicts.tell(node, rejection);
    const BlockResult refused{BlockResult::Status::kRejected, rejection, &node, true};
    // Also whoever would have waited for blocks on it.
    std::vector<Waiting> told;
    for (auto it = waiting_.begin(); it != waiting_.end();) {
        if (it->second.node != &node) {
            ++it;
            continue;
        }
        told.push_back(std::move(it->second));
        it = waiting_.erase(it);
    }
    for (Waiting& waiting : told) {
        if (waiting.callback) waiting.callback(refused);
    }
    tell_reached(node);
}

void Activation::publish(const BlockNode& tip)
{
    update_warnings(tip);
    // Before the tip is told of: who hears of a recent tip must not still be told that the node is downloading.
    update_initial_download(&tip);
    context_.published.set(&tip);
}

void Activation::publish_tip_changed(const BlockNode& tip, const BlockNode* before)
{
    if (context_.ports.events == nullptr) return;
    events::TipChanged changed;
    changed.tip = tip.hash();
    changed.height = tip.height();
    const BlockNode* fork = before == nullptr ? &tip : last_common_ancestor(&tip, before);
    changed.fork = fork->hash();
    changed.fork_height = fork->height();
    changed.initial_download = context_.initial_download.load();
    publish_fact(changed);
}

void Activation::update_initial_download(const BlockNode* tip)
{
    if (!context_.initial_download.load(std::memory_order_relaxed) || context_.importing.load()) return;
    if (tip == nullptr || tip->chain_work() < context_.minimum_chain_work) return;
    if (tip->time() < context_.now() - context_.options.max_tip_age.count()) return;
    base::log_info("Leaving InitialBlockDownload (latching to false)");
    context_.initial_download.store(false);
}

void Activation::disconnect_tip()
{
    ChainState& state = context_.state;
    const BlockNode& node = *state.tip;
    const auto [block, spent, effects] = prepare_disconnection(node, context_, flusher_);
    state.coins.disconnect(effects, *spent, node.parent()->hash());
    state.tip = node.parent();
    if (context_.ports.mempool != nullptr) context_.ports.mempool->on_block_disconnected(block, node);
    publish_fact(events::BlockDisconnected{block, spent, node.height()});
    flush_if_due();
}

void Activation::disconnect_to(const BlockNode* fork)
{
    while (context_.state.tip != fork) disconnect_tip();
}

void Activation::reorganise(const BlockNode* best)
{
    ChainState& state = context_.state;
    const BlockNode* before = state.tip;
    reorganising_ = true;
    // A branch may prove invalid half way, and then another, or the old one, is the best: until something is connected
    // that beats the old tip, or nothing is left.
    for (; best != nullptr && best != state.tip; best = state.candidates.find_best(state.tip)) {
        disconnect_to(last_common_ancestor(state.tip, best));
        connector_.connect(*best->ancestor(state.tip->height() + 1));
        connector_.settle();
        if (state.tip->chain_work() > before->chain_work()) break;
    }
    reorganising_ = false;
    state.candidates.prune(*state.tip);
    if (context_.ports.mempool != nullptr) context_.ports.mempool->on_tip_settled(*state.tip, true, true);
    if (state.tip == before) return update_warnings(*state.tip);
    publish(*state.tip);
    publish_tip_changed(*state.tip, before);
}

bool Activation::invalidate(const BlockNode& node)
{
    if (node.height() == 0) return false;
    connector_.settle();
    ChainState& state = context_.state;
    const BlockNode* before = state.tip;
    int disconnected = 0;
    while (ChainOf(state.tip).contains(node)) {
        const BlockNode& failed = *state.tip;
        disconnect_tip();
        ++disconnected;
        if (context_.ports.mempool != nullptr) {
            context_.ports.mempool->on_tip_settled(*state.tip, true, disconnected <= kMaxKeptDisconnected);
        }
        context_.writer.set_failed(BlockTreeWriter::mutate(failed), true);
        state.candidates.remove(failed);
        state.candidates.add(*state.tip);
    }
    context_.writer.set_failed(BlockTreeWriter::mutate(node), true);
    state.candidates.remove(node);
    state.candidates.add_all(state.tip);
    context_.on_invalid_chain(node);
    if (disconnected == 0) {
        update_warnings(*state.tip);
        return true;
    }
    publish(*state.tip);
    publish_tip_changed(*state.tip, before);
    return true;
}

void Activation::reconsider(const BlockNode& node)
{
    connector_.settle();
    for (const BlockNode* other : context_.tree.nodes()) {
        if (!other->status().failed()) continue;
        if (!other->has_ancestor(node) && !node.has_ancestor(*other)) continue;
        context_.writer.set_failed(BlockTreeWriter::mutate(*other), false);
        if (context_.tree.best_invalid() == other) context_.writer.set_best_invalid(nullptr);
    }
    context_.state.candidates.add_all(context_.state.tip);
    context_.writer.recompute_best_header();
    update_warnings(*context_.state.tip);
}

void Activation::prefer(const BlockNode& node)
{
    connector_.settle();
    context_.state.candidates.prefer(BlockTreeWriter::mutate(node), *context_.state.tip);
}

void Activation::leave_failed_blocks()
{
    const BlockNode* tip = context_.state.tip;
    if (tip == nullptr || !tip->status().failed()) return;
    while (context_.state.tip->status().failed()) disconnect_tip();
    if (context_.ports.mempool != nullptr) context_.ports.mempool->on_tip_settled(*context_.state.tip, true, false);
    restore_tip(*context_.state.tip);
}

void Activation::restore_tip(const BlockNode& node)
{
    context_.state.tip = &node;
    context_.published.set(&node);
    update_initial_download(context_.published.get());
}

void Activation::flush_if_due()
{
    flusher_.poll();
    if (flusher_.must_wait()) flusher_.wait();
    if (!flusher_.is_due()) return;
    connector_.settle();
    flusher_.begin();
}

const BlockNode* Activation::brings_about(const BlockNode& node)
{
    Candidates& candidates = context_.state.candidates;
    const BlockNode* best = candidates.find_best(context_.state.tip);
    if (best != nullptr && best->has_ancestor(node)) return best;
    return candidates.contains(node) ? &node : nullptr;
}

void Activation::await(const BlockNode& node, const BlockNode& until, BlockCallback callback)
{
    waiting_.emplace(&until, Waiting{&node, std::move(callback)});
}

void Activation::tell_reached(const BlockNode& until)
{
    const auto [begin, end] = waiting_.equal_range(&until);
    tell_fates(begin, end);
}

void Activation::tell_fates()
{
    tell_fates(waiting_.begin(), waiting_.end());
}

void Activation::tell_fates(WaitingFor::iterator begin, WaitingFor::iterator end)
{
    // Taken out first: who is told may hand in another block.
    std::vector<Waiting> told;
    for (auto it = begin; it != end; ++it) told.push_back(std::move(it->second));
    waiting_.erase(begin, end);
    for (Waiting& waiting : told) {
        if (waiting.callback) waiting.callback(fate(waiting));
    }
}

BlockResult Activation::fate(const Waiting& waiting) const
{
    // One that fell with a block before it is stored too: nobody has looked at it, so nothing is said against it. And
    // one that was found valid is that, although a block on it made the chain turn back.
    const bool connected = waiting.was_connected || ChainOf(context_.published.get()).contains(*waiting.node);
    const auto status = connected ? BlockResult::Status::kConnected : BlockResult::Status::kStored;
    return {status, std::nullopt, waiting.node, true};
}

}  // namespace cairn::chain
