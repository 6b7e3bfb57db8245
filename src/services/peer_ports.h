#pragma once
// What the peer-to-peer logic asks of chain and mempool (protocol/ports.h has what each answer means), and verdicts in
// its words. A HeaderHandle is the address of a node of the block tree, which never moves and lives as long as the
// tree; a handle that these classes are given must be one that they gave, and not null.
//
// Threads: any; the engine asks on the network thread. Nothing here waits for validation: the tree is read without a
// lock, the mempool under the reader side of its lock, so that two answers may belong to two states. Nothing is refused
// and nothing throws. Fee rates are satoshis per 1000 virtual bytes, times seconds since 1970. Source: what Bitcoin
// Core's net_processing reads of ChainstateManager and CTxMemPool. What is referred to must outlive them.

#include <atomic>
#include <functional>

#include "base/clock.h"
#include "chain/chain_manager.h"
#include "mempool/mempool.h"
#include "protocol/actions.h"
#include "protocol/ports.h"

namespace cairn::services {

inline protocol::HeaderHandle handle(const chain::BlockNode* node)
{
    return protocol::HeaderHandle{reinterpret_cast<std::uintptr_t>(node)};
}
inline const chain::BlockNode* node_of(protocol::HeaderHandle header)
{
    return reinterpret_cast<const chain::BlockNode*>(header.value());
}

/// Shows the chain as it is published: its tip may be ahead of the last on_tip_changed.
class PeerChain final : public protocol::ChainPort {
public:
    explicit PeerChain(const chain::ChainManager& chain) : chain_(chain) {}

    protocol::HeaderHandle find(const BlockHash& hash) const override { return handle(chain_.tree().find(hash)); }
    protocol::HeaderInfo info(protocol::HeaderHandle header) const override;
    protocol::HeaderStatus status(protocol::HeaderHandle header) const override;
    BlockHeader block_header(protocol::HeaderHandle header) const override { return node_of(header)->header(); }
    protocol::HeaderHandle ancestor(protocol::HeaderHandle header, Height height) const override;
    std::int64_t median_time_past(protocol::HeaderHandle header) const override;
    protocol::HeaderHandle tip() const override { return handle(chain_.tip()); }
    protocol::HeaderHandle best_header() const override;
    protocol::HeaderHandle active_at(Height height) const override;
    std::vector<BlockHash> locator(protocol::HeaderHandle header) const override;
    protocol::HeaderHandle find_fork(std::span<const BlockHash> locator) const override;
    bool is_initial_download() const override { return chain_.in_initial_block_download(); }
    bool is_importing() const override { return chain_.is_importing(); }
    ChainWork minimum_work() const override { return chain_.minimum_chain_work(); }

private:
    const chain::ChainManager& chain_;
};

/// Of one network. Pure.
class PeerHeaderRules final : public protocol::HeaderRules {
public:
    explicit PeerHeaderRules(const consensus::Params& params) : params_(params) {}
    bool has_valid_work(const BlockHeader& header) const override;
    ChainWork work_of(std::uint32_t bits) const override;
    bool is_permitted_transition(Height height, std::uint32_t old_bits, std::uint32_t new_bits) const override;

private:
    const consensus::Params& params_;
};

/// The mempool as it is; changed by nothing here but mark_broadcast, which the mempool allows any thread. `clock` is
/// the node's: the fee it asks falls with time.
class PeerMempool final : public protocol::MempoolPort {
public:
    PeerMempool(mempool::Mempool& mempool, const base::Clock& clock) : mempool_(mempool), clock_(clock) {}

    bool has(const Txid& txid) const override { return mempool_.contains(txid); }
    bool has(const Wtxid& wtxid) const override { return mempool_.contains(wtxid); }
    std::optional<protocol::RelayInfo> find(const Txid& txid) const override;
    std::optional<protocol::RelayInfo> find(const Wtxid& wtxid) const override;
    std::uint64_t sequence() const override { return mempool_.sequence(); }
    std::vector<Wtxid> all() const override;
    void sort_for_relay(std::vector<Wtxid>& wtxids) const override;
    Amount minimum_fee_rate() const override;
    Amount relay_fee_rate() const override { return mempool_.options().policy.min_relay_rate.per_kvb(); }
    std::vector<Txid> unbroadcast() const override { return mempool_.unbroadcast(); }
    void mark_broadcast(const Txid& txid) override { mempool_.remove_unbroadcast(txid); }

private:
    mempool::Mempool& mempool_;
    const base::Clock& clock_;
};

/// Verdicts in the words of the peer-to-peer logic, which decide what its sender is to bear: consensus and policy name
/// reasons, Bitcoin Core's BlockValidationResult and TxValidationResult are kinds of them. No rejection: kValid.
/// Reasons are passed on as text, for the log.
protocol::BlockVerdict block_verdict(const std::optional<Rejection>& rejection);
protocol::HeadersResult to_protocol(const chain::HeadersResult& result);
protocol::BlockResult to_protocol(const chain::BlockResult& result);
protocol::TransactionResult to_protocol(const policy::Refusal& refusal);

}  // namespace cairn::services
