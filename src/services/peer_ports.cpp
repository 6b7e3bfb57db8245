#include "services/peer_ports.h"

#include <algorithm>
#include <iterator>

#include "consensus/proof_of_work.h"

namespace cairn::services {

protocol::HeaderInfo PeerChain::info(protocol::HeaderHandle header) const
{
    const auto& node = *node_of(header);
    return {node.hash(),       handle(node.parent()),     node.height(),
            node.chain_work(), std::int64_t{node.time()}, node.bits()};
}

protocol::HeaderStatus PeerChain::status(protocol::HeaderHandle header) const
{
    const auto& node = *node_of(header);
    const auto status = node.status();
    protocol::HeaderStatus out;
    out.valid = status.is_valid(chain::Validity::kTree);
    out.have_data = status.has_data();
    out.have_chain_data = node.chain_transaction_count() != 0;
    out.fully_valid = status.is_valid(chain::Validity::kScripts);
    out.segwit = chain_.params().is_active(consensus::BuriedDeployment::kSegwit, node.height());
    return out;
}

protocol::HeaderHandle PeerChain::ancestor(protocol::HeaderHandle header, Height height) const
{
    return handle(node_of(header)->ancestor(height));
}

std::int64_t PeerChain::median_time_past(protocol::HeaderHandle header) const
{
    return consensus::median_time_past(*node_of(header));
}

protocol::HeaderHandle PeerChain::best_header() const
{
    const auto* best = chain_.tree().best_header();
    const auto* tip_node = chain_.tip();
    return handle(best && best->chain_work() >= tip_node->chain_work() ? best : tip_node);
}

protocol::HeaderHandle PeerChain::active_at(Height height) const
{
    return handle(chain_.active_chain().at(height));
}

std::vector<BlockHash> PeerChain::locator(protocol::HeaderHandle header) const
{
    return chain::make_locator(*node_of(header));
}

protocol::HeaderHandle PeerChain::find_fork(std::span<const BlockHash> locator) const
{
    return handle(chain_.tree().find_fork(locator, chain_.active_chain()));
}

bool PeerHeaderRules::has_valid_work(const BlockHeader& header) const
{
    return consensus::has_proof_of_work(header.hash(), header.bits, params_);
}

ChainWork PeerHeaderRules::work_of(std::uint32_t bits) const
{
    return consensus::block_proof(bits);
}

bool PeerHeaderRules::is_permitted_transition(Height height, std::uint32_t old_bits, std::uint32_t new_bits) const
{
    return consensus::is_permitted_transition(params_, height, old_bits, new_bits);
}

namespace {

std::optional<protocol::RelayInfo> to_protocol(const std::optional<mempool::RelayInfo>& found)
{
    if (!found) return std::nullopt;
    return protocol::RelayInfo{found->transaction, found->fee, found->size, found->sequence};
}

}  // namespace

std::optional<protocol::RelayInfo> PeerMempool::find(const Txid& txid) const
{
    return to_protocol(mempool_.relay_info(txid));
}

std::optional<protocol::RelayInfo> PeerMempool::find(const Wtxid& wtxid) const
{
    return to_protocol(mempool_.relay_info(wtxid));
}

std::vector<Wtxid> PeerMempool::all() const
{
    std::vector<Wtxid> out;
    for (const auto& entry : mempool_.snapshot().transactions) out.push_back(entry.transaction->wtxid);
    return out;
}

void PeerMempool::sort_for_relay(std::vector<Wtxid>& wtxids) const
{
    // What is not in the mempool any more is not announced: its place is behind all others.
    auto sorted = mempool_.sort_for_mining(wtxids);
    if (sorted.size() < wtxids.size()) {
        std::ranges::copy_if(wtxids, std::back_inserter(sorted), [&](const Wtxid& w) { return !mempool_.contains(w); });
    }
    wtxids = std::move(sorted);
}

Amount PeerMempool::minimum_fee_rate() const
{
    return mempool_.min_fee_rate(base::unix_seconds(clock_.now())).per_kvb();
}

protocol::BlockVerdict block_verdict(const std::optional<Rejection>& rejection)
{
    using Verdict = protocol::BlockVerdict;
    if (!rejection) return Verdict::kValid;
    if (rejection->kind() == RejectionKind::kMutated) return Verdict::kMutated;
    switch (rejection->reason) {
        case RejectReason::kHighHash:
        case RejectReason::kBadDifficultyBits:
        case RejectReason::kTimeTooOld:
        case RejectReason::kTimewarpAttack:
        case RejectReason::kBadVersion:
            return Verdict::kInvalidHeader;
        case RejectReason::kTimeTooNew:
            return Verdict::kTimeFuture;
        case RejectReason::kPreviousBlockNotFound:
            return Verdict::kMissingPrevious;
        case RejectReason::kBadPreviousBlock:
            return Verdict::kInvalidPrevious;
        case RejectReason::kDuplicateInvalid:
            return Verdict::kCachedInvalid;
        case RejectReason::kTooLittleChainwork:
            return Verdict::kLowWork;
        default:
            return Verdict::kConsensus;
    }
}

protocol::HeadersResult to_protocol(const chain::HeadersResult& result)
{
    return {block_verdict(result.rejection), handle(result.last),
            result.rejection ? result.rejection->to_string() : std::string{}};
}

protocol::BlockResult to_protocol(const chain::BlockResult& result)
{
    return {result.is_new, block_verdict(result.rejection),
            result.rejection ? result.rejection->to_string() : std::string{}};
}

protocol::TransactionResult to_protocol(const policy::Refusal& refusal)
{
    using Verdict = protocol::TxVerdict;
    auto verdict = Verdict::kInvalid;
    switch (refusal.fault) {
        case policy::Fault::kConsensus:
        case policy::Fault::kNotStandard:
        case policy::Fault::kPremature:
        case policy::Fault::kWitnessMutated:
        case policy::Fault::kMempoolPolicy:
            break;
        case policy::Fault::kConflict:
            verdict = Verdict::kAlreadyKnown;
            break;
        case policy::Fault::kInputsNotStandard:
            verdict = Verdict::kInputsNotStandard;
            break;
        case policy::Fault::kMissingInputs:
            verdict = Verdict::kMissingInputs;
            break;
        case policy::Fault::kWitnessStripped:
            verdict = Verdict::kWitnessStripped;
            break;
        case policy::Fault::kReconsiderable:
            verdict = Verdict::kReconsiderable;
            break;
    }
    return {verdict, refusal.to_string()};
}

}  // namespace cairn::services
