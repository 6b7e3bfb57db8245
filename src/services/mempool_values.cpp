#include "services/mempool_values.h"

namespace cairn::services {

api::MempoolEntry to_api(const mempool::EntryInfo& entry)
{
    api::MempoolEntry out;
    out.transaction = entry.transaction;
    out.virtual_size = entry.size;
    out.weight = entry.transaction->weight();
    out.time = entry.time;
    out.height = entry.height;
    out.fee = entry.fee;
    out.modified_fee = entry.modified_fee;
    out.ancestor_count = entry.ancestors.count;
    out.ancestor_virtual_size = static_cast<std::uint64_t>(entry.ancestors.size);
    out.ancestor_fees = entry.ancestors.fees;
    out.descendant_count = entry.descendants.count;
    out.descendant_virtual_size = static_cast<std::uint64_t>(entry.descendants.size);
    out.descendant_fees = entry.descendants.fees;
    out.chunk_fee = Amount{entry.chunk.fee};
    out.chunk_weight = entry.chunk.size;
    out.parents = entry.parents;
    out.children = entry.children;
    out.unbroadcast = entry.unbroadcast;
    out.replaceable = entry.signals_replacement;
    return out;
}

api::MempoolCluster to_api(const mempool::ClusterInfo& cluster)
{
    api::MempoolCluster out;
    out.weight = cluster.weight;
    for (const auto& chunk : cluster.chunks) {
        out.transactions += chunk.transactions.size();
        out.chunks.push_back({Amount{chunk.rate.fee}, chunk.rate.size, chunk.transactions});
    }
    return out;
}

api::MempoolBurden to_api(const mempool::Burden& burden)
{
    api::MempoolBurden out;
    out.ancestor_count = burden.ancestor_count;
    out.cluster_size = burden.cluster_size;
    for (const auto& debtor : burden.debtors) {
        out.debtors.push_back({debtor.txid, Amount{debtor.paid.fee}, debtor.paid.size});
    }
    return out;
}

api::SubmitOutcome to_api(const policy::Refusal& refusal)
{
    api::SubmitOutcome out;
    out.status = refusal.fault == policy::Fault::kMissingInputs ? api::SubmitStatus::kMissingInputs
                                                                : api::SubmitStatus::kRejected;
    out.reason = refusal.reason;
    out.detail = refusal.to_string();
    return out;
}

api::SubmitOutcome to_api(const mempool::Accepted& accepted)
{
    api::SubmitOutcome out;
    out.status = api::SubmitStatus::kAccepted;
    out.fee = accepted.fee;
    out.virtual_size = accepted.size;
    out.effective_fee_rate = accepted.effective_rate.per_kvb();
    out.effective_includes = {accepted.wtxid};
    for (const auto& transaction : accepted.replaced) out.replaced.push_back(transaction->txid);
    return out;
}

}  // namespace cairn::services
