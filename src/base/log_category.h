#pragma once
// The categories and levels of the log. Their names are Bitcoin Core's: -debug=<category>, the `logging` method.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace cairn::base {

/// What a line is about. kNone is a line without category, which is what most unconditional lines are.
enum class LogCategory : std::uint8_t {
    kNone,
    kAddrman,
    kBench,
    kBlockStorage,
    kCmpctBlock,
    kCoinDb,
    kEstimateFee,
    kHttp,
    kI2p,
    kIpc,
    kKernel,
    kLevelDb,
    kMempool,
    kMempoolRej,
    kNet,
    kPrivateBroadcast,
    kProxy,
    kPrune,
    kQt,
    kRand,
    kReindex,
    kRpc,
    kScan,
    kSelectCoins,
    kTor,
    kTxPackages,
    kTxReconciliation,
    kValidation,
    kWalletDb,
    kZmq,
};

inline constexpr std::size_t kLogCategories = static_cast<std::size_t>(LogCategory::kZmq) + 1;

/// Every category but kNone, in alphabetical order of their names.
std::span<const LogCategory> all_log_categories();
/// "net", "mempool", …; "all" for kNone.
std::string_view name(LogCategory category);
/// The inverse of name, for kNone excepted.
std::optional<LogCategory> log_category_from_name(std::string_view name);

/// Lines of kInfo and above are always written; kDebug and kTrace as their category is enabled and set.
enum class LogLevel : std::uint8_t { kTrace, kDebug, kInfo, kWarning, kError };

/// "trace", "debug", "info", "warning", "error".
std::string_view name(LogLevel level);
std::optional<LogLevel> log_level_from_name(std::string_view name);

}  // namespace cairn::base
