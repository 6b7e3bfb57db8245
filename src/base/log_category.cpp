#include "base/log_category.h"

#include <algorithm>
#include <array>

namespace cairn::base {
namespace {

struct NamedCategory {
    LogCategory category;
    std::string_view name;
};

constexpr std::array<NamedCategory, kLogCategories - 1> kNames{{
    {LogCategory::kAddrman, "addrman"},
    {LogCategory::kBench, "bench"},
    {LogCategory::kBlockStorage, "blockstorage"},
    {LogCategory::kCmpctBlock, "cmpctblock"},
    {LogCategory::kCoinDb, "coindb"},
    {LogCategory::kEstimateFee, "estimatefee"},
    {LogCategory::kHttp, "http"},
    {LogCategory::kI2p, "i2p"},
    {LogCategory::kIpc, "ipc"},
    {LogCategory::kKernel, "kernel"},
    {LogCategory::kLevelDb, "leveldb"},
    {LogCategory::kMempool, "mempool"},
    {LogCategory::kMempoolRej, "mempoolrej"},
    {LogCategory::kNet, "net"},
    {LogCategory::kPrivateBroadcast, "privatebroadcast"},
    {LogCategory::kProxy, "proxy"},
    {LogCategory::kPrune, "prune"},
    {LogCategory::kQt, "qt"},
    {LogCategory::kRand, "rand"},
    {LogCategory::kReindex, "reindex"},
    {LogCategory::kRpc, "rpc"},
    {LogCategory::kScan, "scan"},
    {LogCategory::kSelectCoins, "selectcoins"},
    {LogCategory::kTor, "tor"},
    {LogCategory::kTxPackages, "txpackages"},
    {LogCategory::kTxReconciliation, "txreconciliation"},
    {LogCategory::kValidation, "validation"},
    {LogCategory::kWalletDb, "walletdb"},
    {LogCategory::kZmq, "zmq"},
}};

constexpr auto kCategories = [] {
    std::array<LogCategory, kNames.size()> categories{};
    std::ranges::transform(kNames, categories.begin(), &NamedCategory::category);
    return categories;
}();

constexpr std::array<std::string_view, 5> kLevelNames{"trace", "debug", "info", "warning", "error"};

}  // namespace

std::span<const LogCategory> all_log_categories()
{
    return kCategories;
}

std::string_view name(LogCategory category)
{
    if (category == LogCategory::kNone) return "all";
    return kNames[static_cast<std::size_t>(category) - 1].name;
}

std::optional<LogCategory> log_category_from_name(std::string_view name)
{
    const auto found = std::ranges::find(kNames, name, &NamedCategory::name);
    if (found == kNames.end()) return std::nullopt;
    return found->category;
}

std::string_view name(LogLevel level)
{
    return kLevelNames[static_cast<std::size_t>(level)];
}

std::optional<LogLevel> log_level_from_name(std::string_view name)
{
    const auto found = std::ranges::find(kLevelNames, name);
    if (found == kLevelNames.end()) return std::nullopt;
    return static_cast<LogLevel>(found - kLevelNames.begin());
}

}  // namespace cairn::base
