#include "policy/package.h"

#include <set>

namespace cairn::policy {

namespace {

Weight total_weight(std::span<const TransactionRef> package)
{
    Weight total = 0;
    for (const TransactionRef& transaction : package) total += transaction->weight();
    return total;
}

bool is_sorted(std::span<const TransactionRef> package, std::set<Txid> later)
{
    for (const TransactionRef& transaction : package) {
        for (const TxInput& input : transaction->inputs) {
            if (later.contains(input.prevout.txid)) return false;
        }
        later.erase(transaction->txid);
    }
    return true;
}

bool has_conflict(std::span<const TransactionRef> package)
{
    std::set<Outpoint> seen;
    for (const TransactionRef& transaction : package) {
        // Without inputs nothing tells it from a copy of itself; consensus refuses it in any case.
        if (transaction->inputs.empty()) return true;
        std::set<Outpoint> own;
        for (const TxInput& input : transaction->inputs) {
            if (seen.contains(input.prevout)) return true;
            own.insert(input.prevout);
        }
        seen.merge(own);
    }
    return false;
}

}  // namespace

std::optional<std::string_view> check_package(std::span<const TransactionRef> package)
{
    if (package.size() > kMaxPackageCount) return "package-too-many-transactions";
    // A single one has its own limit, with its own reason.
    if (package.size() > 1 && total_weight(package) > kMaxPackageWeight) return "package-too-large";
    std::set<Txid> txids;
    for (const TransactionRef& transaction : package) txids.insert(transaction->txid);
    if (txids.size() != package.size()) return "package-contains-duplicates";
    if (!is_sorted(package, std::move(txids))) return "package-not-sorted";
    if (has_conflict(package)) return "conflict-in-package";
    return std::nullopt;
}

}  // namespace cairn::policy
