#include "services/block_values.h"

#include "consensus/proof_of_work.h"

namespace cairn::services {

api::BlockInfo to_api(const chain::BlockNode& node, const chain::ChainOf& active)
{
    api::BlockInfo info;
    info.hash = node.hash();
    info.height = node.height();
    info.header = node.header();
    info.chain_work = node.chain_work().to_hash();
    info.target = consensus::expand_compact(node.bits()).value.to_hash();
    info.median_time_past = static_cast<std::uint32_t>(consensus::median_time_past(node));
    info.transactions = node.transaction_count();
    info.chain_transactions = node.chain_transaction_count();
    info.in_active_chain = active.contains(node);
    if (info.in_active_chain) info.confirmations = active.height() - node.height() + 1;
    if (const auto* next = active.next(node)) info.next = next->hash();
    info.has_block = node.status().has_data();
    // What is still on its way to the disk counts: a block that was connected has undo data as long as it has its own.
    const auto status = node.status();
    info.has_undo = status.has_undo() || (status.has_data() && status.is_valid(chain::Validity::kScripts));
    return info;
}

api::ChainTip to_api(const chain::TipInfo& tip)
{
    api::ChainTip out;
    out.hash = tip.node->hash();
    out.height = tip.node->height();
    out.branch_length = tip.branch_length;
    switch (tip.status) {
        case chain::TipStatus::kActive:
            out.status = api::ChainTipStatus::kActive;
            break;
        case chain::TipStatus::kInvalid:
            out.status = api::ChainTipStatus::kInvalid;
            break;
        case chain::TipStatus::kHeadersOnly:
            out.status = api::ChainTipStatus::kHeadersOnly;
            break;
        case chain::TipStatus::kValidHeaders:
            out.status = api::ChainTipStatus::kValidHeaders;
            break;
        case chain::TipStatus::kValidFork:
            out.status = api::ChainTipStatus::kValidFork;
            break;
    }
    return out;
}

}  // namespace cairn::services
