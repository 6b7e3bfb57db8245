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

}  // namespace cairn::policy
