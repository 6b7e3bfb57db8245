#pragma once
// Several transactions judged together, before any of them is looked at by itself. Source: Bitcoin Core 31 packages.

#include <optional>
#include <span>
#include <string_view>

#include "consensus/primitives/transaction.h"
#include "policy/options.h"

namespace cairn::policy {

inline constexpr std::size_t kMaxPackageCount = 25;
inline constexpr Weight kMaxPackageWeight = 404'000;

/// What is wrong with the package: "package-too-many-transactions", "package-too-large", "package-contains-duplicates",
/// "package-not-sorted" (parents come first) or "conflict-in-package". Nothing if it is well formed.
std::optional<std::string_view> check_package(std::span<const TransactionRef> package);

}  // namespace cairn::policy
