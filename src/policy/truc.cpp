#include "policy/truc.h"

#include <algorithm>

namespace cairn::policy {

namespace {

/// "tx <txid> (wtxid=<wtxid>)".
std::string name(const Transaction& transaction)
{
    return "tx " + transaction.txid.to_hex() + " (wtxid=" + transaction.wtxid.to_hex() + ")";
}

std::string too_big(const Transaction& transaction, VirtualSize size, VirtualSize limit)
{
    return name(transaction) + " is too big: " + std::to_string(size) + " > " + std::to_string(limit) +
           " virtual bytes";
}

bool spends_from(const Transaction& transaction, const Txid& txid)
{
    return std::ranges::any_of(transaction.inputs, [&](const TxInput& input) { return input.prevout.txid == txid; });
}

std::optional<TrucViolation> check_inheritance(const Transaction& transaction, const Transaction& parent)
{
    const bool restricted = transaction.version == kTrucVersion;
    if (restricted == (parent.version == kTrucVersion)) return std::nullopt;
    const std::string kind = restricted ? "version=3 " : "non-version=3 ";
    const std::string other = restricted ? "non-version=3 " : "version=3 ";
    return TrucViolation{kind + name(transaction) + " cannot spend from " + other + name(parent), nullptr};
}

std::optional<TrucViolation> check_siblings(const TrucParent& parent, std::span<const Txid> direct_conflicts)
{
    if (parent.descendants.empty()) return std::nullopt;
    const bool replaced = std::ranges::any_of(parent.descendants, [&](const Transaction* other) {
        return std::ranges::find(direct_conflicts, other->txid) != direct_conflicts.end();
    });
    if (replaced) return std::nullopt;
    // Only a single child without further parents can stand in for "the sibling"; others come of reorganisations.
    const bool evictable = parent.descendants.size() == 1 && parent.only_descendant_ancestors == 2;
    return TrucViolation{name(*parent.transaction) + " would exceed descendant count limit",
                         evictable ? parent.descendants.front() : nullptr};
}

}  // namespace

std::optional<TrucViolation> check_truc(const Transaction& transaction, VirtualSize size,
                                        std::span<const TrucParent> parents, std::span<const Txid> direct_conflicts)
{
    for (const TrucParent& parent : parents) {
        if (auto violation = check_inheritance(transaction, *parent.transaction)) return violation;
    }
    if (transaction.version != kTrucVersion) return std::nullopt;
    if (size > kTrucMaxSize) {
        return TrucViolation{"version=3 " + too_big(transaction, size, kTrucMaxSize), nullptr};
    }
    if (parents.empty()) return std::nullopt;
    if (parents.size() > 1 || parents.front().ancestors > 1) {
        return TrucViolation{name(transaction) + " would have too many ancestors", nullptr};
    }
    if (size > kTrucChildMaxSize) {
        return TrucViolation{"version=3 child " + too_big(transaction, size, kTrucChildMaxSize), nullptr};
    }
    return check_siblings(parents.front(), direct_conflicts);
}

std::optional<std::string> check_truc_in_package(std::span<const TransactionRef> package, std::size_t index,
                                                 VirtualSize size, std::span<const TrucParent> parents)
{
    const Transaction& transaction = *package[index];
    std::vector<const Transaction*> from_package;
    for (const TransactionRef& other : package.first(index)) {
        if (spends_from(transaction, other->txid)) from_package.push_back(other.get());
    }
    for (const Transaction* parent : from_package) {
        const auto violation = check_inheritance(transaction, *parent);
        if (violation && transaction.version != kTrucVersion) return violation->detail;
    }
    const std::size_t count = parents.size() + from_package.size();
    if (transaction.version != kTrucVersion || count == 0) return std::nullopt;
    const std::size_t ancestors = parents.empty() ? 0 : parents.front().ancestors;
    if (count > 1 || ancestors + from_package.size() > 1) return name(transaction) + " would have too many ancestors";
    if (size > kTrucChildMaxSize) return "version=3 child " + too_big(transaction, size, kTrucChildMaxSize);
    const Transaction& parent = parents.empty() ? *from_package.front() : *parents.front().transaction;
    if (const auto violation = check_inheritance(transaction, parent)) return violation->detail;
    for (const TransactionRef& other : package) {
        if (other->txid == transaction.txid) continue;
        if (spends_from(*other, parent.txid)) return name(parent) + " would exceed descendant count limit";
        if (spends_from(*other, transaction.txid)) return name(*other) + " would have too many ancestors";
    }
    if (!parents.empty() && !parents.front().descendants.empty()) {
        return name(parent) + " would exceed descendant count limit";
    }
    return std::nullopt;
}

}  // namespace cairn::policy
