#include "services/mempool_service.h"

#include "services/mempool_values.h"

namespace cairn::services {

api::MempoolInfo MempoolService::info() const
{
    const auto totals = mempool_.totals();
    const auto& options = mempool_.options();
    api::MempoolInfo info;
    info.loaded = keeper_.is_loaded();
    info.transactions = totals.transactions;
    info.virtual_bytes = static_cast<std::uint64_t>(totals.virtual_bytes);
    info.memory_usage = totals.memory_bytes;
    info.total_fee = totals.fees;
    info.max_memory = static_cast<std::uint64_t>(options.max_bytes);
    info.minimum_relay_fee = options.policy.min_relay_rate.per_kvb();
    info.minimum_fee = std::max(mempool_.min_fee_rate(now()).per_kvb(), info.minimum_relay_fee);
    info.incremental_relay_fee = options.policy.incremental_relay_rate.per_kvb();
    info.unbroadcast = totals.unbroadcast;
    info.permit_bare_multisig = options.policy.permit_bare_multisig;
    info.max_data_carrier_bytes = options.policy.max_datacarrier_bytes.value_or(0);
    info.cluster_count_limit = options.cluster_count;
    info.cluster_virtual_size_limit = static_cast<std::uint64_t>(options.cluster_size);
    info.optimal = true;
    info.sequence = mempool_.updates();
    return info;
}

api::MempoolListing MempoolService::listing() const
{
    const auto snapshot = mempool_.snapshot();
    api::MempoolListing out;
    out.sequence = snapshot.sequence;
    for (const auto& entry : snapshot.transactions) out.txids.push_back(entry.transaction->txid);
    return out;
}

std::vector<api::MempoolEntry> MempoolService::entries() const
{
    std::vector<api::MempoolEntry> out;
    for (const auto& entry : mempool_.entries()) out.push_back(to_api(entry));
    return out;
}

std::optional<api::MempoolEntry> MempoolService::entry(const Txid& txid) const
{
    const auto found = mempool_.entry(txid);
    if (!found) return std::nullopt;
    return to_api(*found);
}

std::vector<api::MempoolEntry> MempoolService::entries_of(const std::vector<Txid>& txids) const
{
    std::vector<api::MempoolEntry> out;
    for (const auto& txid : txids) {
        // One that left meanwhile is left out: the answer is of one moment or the other.
        if (auto found = entry(txid)) out.push_back(std::move(*found));
    }
    return out;
}

std::optional<std::vector<api::MempoolEntry>> MempoolService::ancestors(const Txid& txid) const
{
    const auto found = mempool_.ancestors(txid);
    if (!found) return std::nullopt;
    return entries_of(*found);
}

std::optional<std::vector<api::MempoolEntry>> MempoolService::descendants(const Txid& txid) const
{
    const auto found = mempool_.descendants(txid);
    if (!found) return std::nullopt;
    return entries_of(*found);
}

std::optional<api::MempoolCluster> MempoolService::cluster(const Txid& txid) const
{
    const auto found = mempool_.cluster(txid);
    if (!found) return std::nullopt;
    return to_api(*found);
}

std::vector<std::optional<api::MempoolBurden>> MempoolService::burdens(std::span<const Txid> txids, Amount rate) const
{
    std::vector<std::optional<api::MempoolBurden>> out;
    for (const auto& burden : mempool_.burdens(txids, policy::FeeRate{rate})) {
        out.push_back(burden ? std::optional(to_api(*burden)) : std::nullopt);
    }
    return out;
}

bool MempoolService::has_room_for(const Transaction& transaction) const
{
    return mempool_.has_room_for(transaction);
}

std::vector<api::DiagramPoint> MempoolService::fee_rate_diagram() const
{
    std::vector<api::DiagramPoint> out;
    for (const auto& point : mempool_.fee_rate_diagram()) out.push_back({point.size, Amount{point.fee}});
    return out;
}

std::vector<TransactionRef> MempoolService::spenders(std::span<const Outpoint> outpoints) const
{
    std::vector<TransactionRef> out;
    for (const auto& outpoint : outpoints) out.push_back(mempool_.spender(outpoint));
    return out;
}

api::SubmitOutcome MempoolService::submit(const TransactionRef& transaction, const api::SubmitOptions& options)
{
    api::SubmitOutcome outcome;
    TransactionRef there;
    chain_.run([&] {
        // What is announced is what the mempool has: of the same txid, it may have another witness.
        there = mempool_.find(transaction->txid);
        if (there) {
            outcome.status = api::SubmitStatus::kAlreadyInMempool;
            return;
        }
        outcome = submit_new(transaction, options);
        if (outcome.status != api::SubmitStatus::kAccepted) return;
        there = transaction;
        if (options.relay) mempool_.add_unbroadcast(transaction->txid);
    });
    if (there && options.relay) relay_.announce(there);
    return outcome;
}

/// On the validation thread.
api::SubmitOutcome MempoolService::submit_new(const TransactionRef& transaction, const api::SubmitOptions& options)
{
    mempool::AcceptOptions accept{.now = now()};
    if (options.max_fee) {
        accept.test_only = true;
        const auto tested = mempool_.accept(transaction, accept);
        if (!tested) return to_api(tested.error());
        if (tested->fee > *options.max_fee) {
            api::SubmitOutcome outcome;
            outcome.reason = outcome.detail = "max-fee-exceeded";
            return outcome;
        }
        accept.test_only = false;
    }
    const auto accepted = mempool_.accept(detach(*transaction), accept);
    return accepted ? to_api(*accepted) : to_api(accepted.error());
}

api::PackageOutcome MempoolService::test_accept(std::span<const TransactionRef> transactions) const
{
    api::PackageOutcome out;
    const auto add = [&](const std::optional<mempool::AcceptResult>& tested) {
        api::SubmitOutcome unjudged;
        unjudged.status = api::SubmitStatus::kNotValidated;
        out.transactions.push_back(!tested ? unjudged : *tested ? to_api(**tested) : to_api(tested->error()));
    };
    chain_.run([&] {
        if (transactions.size() == 1) {
            add(mempool_.accept(transactions[0], {.now = now(), .test_only = true, .max_fee_rate = {}}));
            return;
        }
        const auto package = mempool_.test_package(transactions, now());
        out.package_error = package.error;
        for (const auto& tested : package.results) add(tested);
    });
    return out;
}

api::Result<void> MempoolService::prioritise(const Txid& txid, Amount delta)
{
    chain_.run([&] { mempool_.prioritise(txid, delta); });
    return {};
}

std::vector<MempoolService::Priority> MempoolService::priorities() const
{
    std::vector<Priority> out;
    for (const auto& found : mempool_.prioritisations()) {
        Priority priority{found.txid, found.delta, std::nullopt};
        if (found.in_mempool) priority.modified_fee = found.modified_fee;
        out.push_back(priority);
    }
    return out;
}

api::Result<std::string> MempoolService::save()
{
    if (!keeper_.is_loaded()) return refuse(api::ErrorCode::kMisc, "The mempool was not loaded yet");
    try {
        keeper_.save();
    } catch (const base::IoError& failure) {
        return refuse(api::ErrorCode::kMisc, std::string("Unable to dump mempool to disk: ") + failure.what());
    }
    return keeper_.path().string();
}

api::Result<void> MempoolService::import(const std::string& path, const api::MempoolImport& options)
{
    if (chain_.in_initial_block_download()) {
        return refuse(api::ErrorCode::kInInitialDownload,
                      "Can only import the mempool after the block download and sync is done.");
    }
    if (keeper_.import(path, options)) return {};
    return refuse(api::ErrorCode::kMisc, "Unable to import mempool file, see debug log for details.");
}

}  // namespace cairn::services
