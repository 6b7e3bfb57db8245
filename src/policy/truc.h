#pragma once
// Topologically restricted transactions, version 3 (BIP431): at most one unconfirmed parent and one child, both of
// version 3, and a small child.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "consensus/primitives/transaction.h"
#include "policy/options.h"

namespace cairn::policy {

/// What the rules need to know of an unconfirmed parent.
struct TrucParent {
    const Transaction* transaction = nullptr;
    std::size_t ancestors = 1;  // in the mempool, itself included
    /// Its descendants in the mempool, itself excluded.
    std::vector<const Transaction*> descendants{};
    /// Of the only descendant, where there is one: its ancestors in the mempool, itself included.
    std::size_t only_descendant_ancestors = 0;
};

/// A violation; `evictable_sibling` is the parent's other child if replacing it would heal it.
struct TrucViolation {
    std::string detail;
    const Transaction* evictable_sibling = nullptr;
};

/// `direct_conflicts` are mempool transactions that this one spends the same outputs as. Called for every transaction,
/// whatever its version.
std::optional<TrucViolation> check_truc(const Transaction& transaction, VirtualSize size,
                                        std::span<const TrucParent> parents, std::span<const Txid> direct_conflicts);

/// What the rules say of `package[index]` besides, when the package would enter as a whole; the package is well formed
/// (check_package), and each of it has passed check_truc. `parents` are those in the mempool.
std::optional<std::string> check_truc_in_package(std::span<const TransactionRef> package, std::size_t index,
                                                 VirtualSize size, std::span<const TrucParent> parents);

}  // namespace cairn::policy
