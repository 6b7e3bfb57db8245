#include "mempool/mempool.h"

#include <mutex>

#include "mempool/acceptance.h"
#include "mempool/state.h"

namespace cairn::mempool {

std::optional<std::string> check_options(const MempoolOptions& options)
{
    if (options.cluster_count > kMaxClusterCount) {
        return "limitclustercount must be less than or equal to " + std::to_string(kMaxClusterCount);
    }
    const std::int64_t least = options.cluster_size * 40;
    if (options.max_bytes < 0 || (options.max_bytes > 0 && options.max_bytes < least)) {
        return "-maxmempool must be at least " + std::to_string((least + 999'999) / 1'000'000) + " MB";
    }
    return std::nullopt;
}

Mempool::Mempool(const MempoolOptions& options, ChainPort& chain, consensus::SignatureVerifier& verifier,
                 Observer& observer, const std::array<std::uint64_t, 2>& salt)
    : state_(std::make_unique<MempoolState>(options, chain, verifier, observer, crypto::SipKey{salt[0], salt[1]}))
{
}

Mempool::~Mempool() = default;

AcceptResult Mempool::accept(const TransactionRef& transaction, const AcceptOptions& options)
{
    {
        const std::unique_lock lock(state_->mutex);
        state_->rolling_fee.settle(options.now, state_->memory_bytes(), state_->options.max_bytes);
    }
    AcceptResult result = Acceptance(*state_, transaction, options, Judgement::kFull).run();
    if (!result || options.test_only) return result;
    state_->expire(options.now);
    state_->trim_to_size();
    state_->tell();
    if (!contains(transaction->txid)) {
        return std::unexpected(policy::Refusal(policy::PolicyReason::kMempoolFull));
    }
    return result;
}

void Mempool::on_block_connected(const Block& block, std::int64_t now)
{
    MempoolState& state = *state_;
    state.disconnected.remove(block);
    if (state.entries.size() > 0) {
        std::vector<Slot> confirmed;
        std::vector<Slot> conflicting;
        for (const Transaction& transaction : block.transactions) {
            if (const Slot slot = state.entries.find(transaction.txid); slot != kNoSlot) {
                confirmed.push_back(slot);
                continue;
            }
            for (const TxInput& input : transaction.inputs) {
                const Slot spender = state.entries.spender(input.prevout);
                if (spender != kNoSlot) conflicting.push_back(spender);
            }
        }
        std::vector<Txid> conflicts;
        for (const Slot slot : conflicting) conflicts.push_back(state.entries[slot].transaction->txid);
        state.remove(confirmed, RemovalReason::kBlock);
        state.remove_with_descendants(conflicting, RemovalReason::kConflict);
        const std::unique_lock lock(state.mutex);
        for (const Txid& txid : conflicts) state.deltas.erase(txid);
    }
    {
        const std::unique_lock lock(state.mutex);
        if (!state.deltas.empty()) {
            for (const Transaction& transaction : block.transactions) state.deltas.erase(transaction.txid);
        }
        state.rolling_fee.on_block(now);
        ++state.updates;
    }
    state.tell();
}

void Mempool::on_block_disconnected(const Block& block)
{
    MempoolState& state = *state_;
    const Height tip = state.chain.tip().height;
    state.fork_height = std::min(state.fork_height.value_or(tip), tip);
    for (const TransactionRef& dropped : state.disconnected.add(block)) {
        state.remove_recursively(*dropped, RemovalReason::kReorganised);
    }
    state.tell();
}

void Mempool::on_tip_settled(std::int64_t now, bool keep_disconnected)
{
    MempoolState& state = *state_;
    if (!state.fork_height) return;
    state.bring_back(state.disconnected.take(), now, keep_disconnected);
    state.remove_unminable();
    state.fork_height.reset();
    state.expire(now);
    state.trim_to_size();
    {
        const std::unique_lock lock(state.mutex);
        ++state.updates;
    }
    state.tell();
}

void Mempool::limit_size(std::int64_t now)
{
    state_->expire(now);
    state_->trim_to_size();
    state_->tell();
}

void Mempool::prioritise(const Txid& txid, Amount delta)
{
    MempoolState& state = *state_;
    const Slot slot = state.entries.find(txid);
    const Amount total = policy::add_saturating(state.delta_of(txid), delta);
    std::optional<ClusterGraph::Proposal> proposal;
    Amount modified;
    if (slot != kNoSlot) {
        modified = policy::add_saturating(state.entries[slot].modified_fee, delta);
        proposal = state.graph.propose({{}, {{slot, graph_fee(modified)}}, {}, {}});
    }
    const std::unique_lock lock(state.mutex);
    if (total == Amount{}) {
        state.deltas.erase(txid);
    } else {
        state.deltas[txid] = total;
    }
    if (!proposal) return;
    state.graph.commit(std::move(*proposal));
    state.entries[slot].modified_fee = modified;
    ++state.updates;
}

}  // namespace cairn::mempool
