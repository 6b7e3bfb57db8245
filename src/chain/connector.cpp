#include "chain/connector.h"

#include <cassert>
#include <cstring>
#include <utility>

#include "base/log.h"
#include "consensus/check_block.h"
#include "consensus/connect_context.h"
#include "consensus/proof_of_work.h"
#include "storage/storage_error.h"

namespace cairn::chain {

namespace {

/// Script checks a thread takes at a time: enough to be worth an atomic addition, few enough to end together.
constexpr std::size_t kScriptGrain = 16;
/// How far below the best header -assumevalid begins to be trusted, in seconds of work at its difficulty.
constexpr std::int64_t kAssumeValidDepth = 60 * 60 * 24 * 7 * 2;

/// Of a block one of whose scripts fails.
Rejection rejection_of(const Block& block, const consensus::ScriptBatch& scripts,
                       consensus::SignatureVerifier& verifier)
{
    // Once more and in order: what is reported does not depend on which thread was faster.
    const auto failure = scripts.run(0, scripts.size(), verifier);
    assert(failure);
    return consensus::script_rejection(*failure, block);
}

std::shared_ptr<base::PoolBatch> submit_scripts(const std::shared_ptr<const consensus::ScriptBatch>& scripts,
                                                base::ThreadPool& pool, consensus::SignatureVerifier& verifier)
{
    return pool.submit(scripts->size(), kScriptGrain, [scripts, &verifier](std::size_t first, std::size_t last) {
        return !scripts->run(first, last, verifier);
    });
}

}  // namespace

std::optional<Rejection> check_scripts(const Block& block, const std::shared_ptr<const consensus::ScriptBatch>& scripts,
                                       base::ThreadPool& pool, consensus::SignatureVerifier& verifier)
{
    if (!scripts || submit_scripts(scripts, pool, verifier)->wait()) return std::nullopt;
    return rejection_of(block, *scripts, verifier);
}

bool Connector::has_room() const
{
    if (window_.empty()) return true;
    return window_.size() < kMaxBlocks && bytes_ < context_.window_limit;
}

const char* Connector::script_check_reason(const BlockNode& node) const
{
    if (context_.assume_valid.is_null()) return "assumevalid=0 (always verify)";
    const BlockNode* assumed = context_.tree.find(context_.assume_valid);
    if (assumed == nullptr) return "assumevalid hash not in headers";
    if (!assumed->has_ancestor(node)) {
        return node.height() > assumed->height() ? "block height above assumevalid height"
                                                 : "block not in assumevalid chain";
    }
    const BlockNode& best = *context_.tree.best_header();
    if (!best.has_ancestor(node)) return "block not in best header chain";
    if (best.chain_work() < context_.minimum_chain_work) return "best header chainwork below minimumchainwork";
    const std::int64_t depth =
        consensus::proof_equivalent_time(best.chain_work(), node.chain_work(), best.bits(), context_.params);
    if (depth <= kAssumeValidDepth) return "block too recent relative to best header";
    return nullptr;
}

bool Connector::log_script_checks(const BlockNode& node)
{
    const char* reason = script_check_reason(node);
    const bool same = reason == last_reason_ ||
                      (reason != nullptr && last_reason_ != nullptr && std::strcmp(reason, last_reason_) == 0);
    if (!same && reason != nullptr) {
        base::log_info("Enabling script verification at block #{} ({}): {}.", node.height(), node.hash().to_hex(),
                       reason);
    } else if (!same) {
        base::log_info("Disabling script verification at block #{} ({}).", node.height(), node.hash().to_hex());
    }
    last_reason_ = reason;
    return reason != nullptr;
}

BlockRef Connector::read(const BlockNode& node) const
{
    if (BlockRef recent = context_.archive.find_recent(node)) return recent;
    BlockRef block = context_.archive.read_block(node);
    // It passed these checks before it was stored: if it does not now, the disk is to blame, and never the header.
    if (block && consensus::check_block(*block, context_.params)) return block;
    throw storage::StorageError(storage::StorageError::Kind::kCorrupt,
                                "Corrupt block found indicating potential hardware failure: " + node.hash().to_hex(),
                                "Check the disk and the memory, then restart with -reindex.");
}

void Connector::connect(const BlockNode& node)
{
    if (node.parent() == nullptr) {
        connect_genesis(node);
        return;
    }
    const BlockRef block = read(node);
    prefetch_.finish(block, node.height());
    const bool with_scripts = log_script_checks(node);
    const consensus::NodeAncestorTimes times(*node.parent());
    const auto context =
        consensus::make_connect_context(node.hash(), *node.parent(), context_.params, times, with_scripts);
    auto effects = consensus::connect_block(block, context, context_.state.coins.top_view());
    if (effects && !push(node, block, *effects)) {
        // The block touches coins that a block before it changed and that is not committed yet.
        settle();
        if (end() != node.parent()) return;
        effects = consensus::connect_block(block, context, context_.state.coins.top_view());
        [[maybe_unused]] const bool pushed = !effects || push(node, block, *effects);
        assert(pushed);
    }
    if (!effects) refuse(node, effects.error());
}

void Connector::connect_genesis(const BlockNode& node)
{
    // CONSENSUS: the genesis block's coinbase is no coin. Test: ChainManagerTest.GenesisHasNoCoins
    context_.state.coins.set_best(node.hash());
    context_.state.tip = &node;
    context_.writer.raise_validity(BlockTreeWriter::mutate(node), Validity::kScripts);
    listener_.on_committed(node, context_.params.genesis, nullptr);
}

bool Connector::push(const BlockNode& node, const BlockRef& block, consensus::BlockEffects& effects)
{
    if (!context_.state.coins.push_layer(*block, node.height(), effects)) return false;
    InFlight entry{&node, block, std::move(effects.spent), std::move(effects.scripts), nullptr};
    if (entry.scripts) entry.checks = submit_scripts(entry.scripts, context_.pool, context_.signatures());
    bytes_ += block->raw.size();
    window_.push_back(std::move(entry));
    return true;
}

void Connector::refuse(const BlockNode& node, const Rejection& rejection)
{
    const BlockNode* expected = end();
    settle();
    // Where a block below failed, this one was judged on coins that never were.
    if (end() != expected) return;
    context_.mark_failed(node);
    listener_.on_refused(node, rejection);
}

void Connector::commit(bool wait)
{
    while (!window_.empty()) {
        const auto& checks = window_.front().checks;
        if (checks && !checks->done()) {
            if (!wait) return;
            checks->wait();
            wait = false;
        }
        commit_first();
    }
}

void Connector::settle()
{
    while (!window_.empty()) commit(true);
}

void Connector::commit_first()
{
    const InFlight first = std::move(window_.front());
    // wait() throws what a check threw, such as a lack of memory; done ones return at once.
    if (first.checks && !first.checks->wait()) {
        window_.pop_front();
        drop();
        context_.mark_failed(*first.node);
        listener_.on_refused(*first.node, rejection_of(*first.block, *first.scripts, context_.signatures()));
        return;
    }
    window_.pop_front();
    bytes_ -= first.block->raw.size();
    context_.state.coins.publish_layer(first.node->hash());
    context_.state.tip = first.node;
    // The undo data first: whoever sees that the block was connected finds it.
    if (!first.node->status().has_undo()) context_.archive.write_undo(*first.node, first.block, first.spent);
    context_.writer.raise_validity(BlockTreeWriter::mutate(*first.node), Validity::kScripts);
    listener_.on_committed(*first.node, first.block, first.spent);
}

void Connector::cancel()
{
    for (const InFlight& entry : window_) {
        if (entry.checks) entry.checks->cancel();
    }
    window_.clear();
    bytes_ = 0;
    prefetch_.drop();
}

void Connector::drop()
{
    cancel();
    context_.state.coins.drop_layers();
}

}  // namespace cairn::chain
