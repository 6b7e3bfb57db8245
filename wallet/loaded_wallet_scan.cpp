// How a wallet looks for its transactions in blocks that are there already.

#include "base/log.h"
#include "wallet/loaded_wallet.h"

namespace cairn::wallet {
namespace {

/// Blocks may claim to be older than what they hold by this much.
constexpr std::int64_t kTimestampWindow = 2 * 60 * 60;

/// Sets a flag for as long as it lives.
class Raised {
public:
    explicit Raised(std::atomic<bool>& flag) : flag_(flag) { flag_ = true; }
    ~Raised() { flag_ = false; }
    Raised(const Raised&) = delete;
    Raised& operator=(const Raised&) = delete;

private:
    std::atomic<bool>& flag_;
};

}  // namespace

Height LoadedWallet::first_height_after(std::int64_t time) const
{
    // Median times never fall from block to block, so the first one late enough is found by halving.
    Height low = 0;
    Height high = around().chain.tip().height;
    while (low < high) {
        const Height middle = low + (high - low) / 2;
        const auto info = around().chain.block_info(middle);
        if (!info || static_cast<std::int64_t>(info->median_time_past) >= time - kTimestampWindow) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

Scan LoadedWallet::scan(Height from, std::optional<Height> to)
{
    const Raised scanning{scanning_};
    abort_scan_ = false;
    scan_progress_ = 0;
    scan_started_ = now();
    Scan result{from - 1, std::nullopt, false};
    for (Height height = from; !to || height <= *to; ++height) {
        const auto info = around().chain.block_info(height);
        if (!info) break;
        if (abort_scan_ || around().chain.is_stopping()) {
            result.aborted = true;
            break;
        }
        const auto block = around().chain.block(info->hash);
        if (!block) {
            result.failed = height;
            break;
        }
        const Lock lock{mutex_};
        if (!database_) break;
        keep_in_step([&] {
            scan_block(*block, height);
            return true;
        });
        result.to = height;
        const Height last = to ? *to : around().chain.tip().height;
        scan_progress_ = static_cast<double>(height - from + 1) / std::max(1, last - from + 1);  // floating: progress
        if ((height - from) % 10'000 == 9'999) {
            base::log_info("Wallet {}: scanned up to block {} of {}", name_, height, last);
        }
    }
    return result;
}

api::Result<api::RescanResult> LoadedWallet::rescan(Height from, std::optional<Height> stop)
{
    using api::ErrorCode;
    const std::unique_lock scan_lock{scan_mutex_, std::try_to_lock};
    if (!scan_lock) {
        return refuse(ErrorCode::kWallet, "Wallet is currently rescanning. Abort existing rescan or wait.");
    }
    Height tip = 0;
    {
        const Lock lock = enter();
        if (auto error = closed()) return std::unexpected(*error);
        if (auto error = need_unlocked()) return std::unexpected(*error);
        tip = last_height_;
    }
    if (from < 0 || from > tip) return refuse(ErrorCode::kInvalidParameter, "Invalid start_height");
    if (stop && (*stop < 0 || *stop > tip)) return refuse(ErrorCode::kInvalidParameter, "Invalid stop_height");
    if (stop && *stop < from) {
        return refuse(ErrorCode::kInvalidParameter, "stop_height must be greater than start_height");
    }
    const auto first = around().chain.block_info(from);
    if (first && !first->has_block) {
        return refuse(ErrorCode::kMisc,
                      "Can't rescan beyond pruned data. Use RPC call getblockchaininfo to determine "
                      "your pruned height.");
    }
    const Scan done = scan(from, stop.value_or(tip));
    if (done.aborted) return refuse(ErrorCode::kMisc, "Rescan aborted.");
    if (done.failed) return refuse(ErrorCode::kMisc, "Rescan failed. Potentially corrupted data files.");
    return api::RescanResult{from, done.to};
}

bool LoadedWallet::abort_rescan()
{
    if (!scanning_ || abort_scan_) return false;
    abort_scan_ = true;
    return true;
}

}  // namespace cairn::wallet
