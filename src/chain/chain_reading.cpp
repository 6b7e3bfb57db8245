// What the chain manager tells of branches and coins.

#include <algorithm>
#include <unordered_set>

#include "chain/chain_manager_impl.h"
#include "chain/utxo_statistics.h"

namespace cairn::chain {

namespace {

TipStatus status_of(const BlockNode& node, const ChainOf& active)
{
    const BlockStatus status = node.status();
    if (active.contains(node)) return TipStatus::kActive;
    if (status.failed()) return TipStatus::kInvalid;
    if (node.chain_transaction_count() == 0) return TipStatus::kHeadersOnly;
    return status.is_valid(Validity::kScripts) ? TipStatus::kValidFork : TipStatus::kValidHeaders;
}

}  // namespace

std::vector<TipInfo> ChainManager::chain_tips() const
{
    const ChainOf active = active_chain();
    const std::vector<const BlockNode*> nodes = impl_->tree.nodes();
    std::unordered_set<const consensus::HeaderNode*> parents;
    for (const BlockNode* node : nodes) {
        if (!active.contains(*node)) parents.insert(node->parent());
    }
    std::vector<TipInfo> tips;
    for (const BlockNode* node : nodes) {
        const bool is_end = active.contains(*node) ? node == active.tip() : !parents.contains(node);
        if (!is_end) continue;
        const BlockNode* fork = active.fork_of(*node);
        const Height branch = node->height() - (fork == nullptr ? -1 : fork->height());
        tips.push_back({node, branch, status_of(*node, active)});
    }
    std::ranges::stable_sort(tips,
                             [](const TipInfo& a, const TipInfo& b) { return a.node->height() > b.node->height(); });
    return tips;
}

namespace {

struct CoinsSnapshot {
    storage::CoinsStore::Cursor cursor;
    const BlockNode* best = nullptr;
    std::uint64_t disk_size = 0;
};

}  // namespace

/// Writes everything, and takes a snapshot of the database before anything else happens.
static CoinsSnapshot take_snapshot(ChainManager& chain, ChainState& state, Activation& activation)
{
    std::optional<CoinsSnapshot> snapshot;
    chain.run([&] {
        activation.settle();
        activation.flusher().flush_all();
        snapshot.emplace(CoinsSnapshot{state.store.cursor(), state.tip, state.store.estimate_size()});
    });
    return std::move(*snapshot);
}

const BlockNode* ChainManager::scan_coins(const std::function<bool(const Outpoint&, const CoinRef&)>& visit)
{
    CoinsSnapshot snapshot = take_snapshot(*this, impl_->live().state, impl_->live().activation);
    while (const auto next = snapshot.cursor.next()) {
        const auto& [outpoint, coin] = *next;
        if (!visit(outpoint, {coin.value, coin.script_pubkey, coin.height, coin.coinbase, 0})) break;
    }
    return snapshot.best;
}

std::optional<UtxoStatistics> ChainManager::utxo_statistics(UtxoHashKind kind, const std::function<bool()>& interrupted)
{
    CoinsSnapshot snapshot = take_snapshot(*this, impl_->live().state, impl_->live().activation);
    const auto stopped = [&] { return impl_->live().context.interrupted.load() || (interrupted && interrupted()); };
    auto statistics = compute_utxo_statistics(snapshot.cursor, kind, stopped);
    if (!statistics) return std::nullopt;
    statistics->best = snapshot.best;
    statistics->disk_size = snapshot.disk_size;
    return statistics;
}

}  // namespace cairn::chain
