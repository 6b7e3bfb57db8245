// What is said about the tip: progress, the line in the log, warnings.

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

#include "base/log.h"
#include "chain/activation.h"
#include "consensus/proof_of_work.h"

namespace cairn::chain {

namespace {

/// How many transactions a network had at a time, and how fast more come.
struct TransactionRate {
    Network network;
    std::int64_t time;
    std::uint64_t transactions;
    double per_second;  // floating: a rate
};

/// Bitcoin Core 31's figures.
constexpr std::array kRates = {
    TransactionRate{Network::kMain, 1772055173, 1315805869, 5.40111006496122},
    TransactionRate{Network::kTestnet3, 1772051651, 536108416, 0.02691479016257117},
    TransactionRate{Network::kTestnet4, 1772013387, 14191421, 0.01848579579528412},
    TransactionRate{Network::kSignet, 1772055248, 28676833, 0.06736623436338929},
    TransactionRate{Network::kRegtest, 0, 0, 0.001},
};

TransactionRate rate_of(const consensus::Params& params)
{
    for (const TransactionRate& rate : kRates) {
        // Nothing is known of a signet of one's own, which has no assumed work either.
        if (rate.network != params.network) continue;
        if (params.network == Network::kSignet && params.minimum_chain_work.is_zero()) break;
        return rate;
    }
    return {params.network, 0, 0, 0};
}

std::string utc(std::int64_t seconds)
{
    const std::chrono::sys_seconds time{std::chrono::seconds{seconds}};
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss clock{time - day};
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                       clock.minutes().count(), clock.seconds().count());
}

}  // namespace

double verification_progress(  // floating: a fraction
    const BlockNode& node, const BlockNode& best_header, const consensus::Params& params, std::int64_t now)
{
    const auto counted = static_cast<double>(node.chain_transaction_count());  // floating: a count
    if (counted == 0) return 0;
    const TransactionRate rate = rate_of(params);
    constexpr std::int64_t kRecent = 2 * 60 * 60;
    std::int64_t time = node.time();
    // Near the end, heights say better than a miner's clock how far it is.
    if (std::abs(now - time) <= kRecent) time = now - (best_header.height() - node.height()) * params.target_spacing;
    double total = counted + static_cast<double>(now - time) * rate.per_second;  // floating: a count
    if (node.chain_transaction_count() <= rate.transactions) {
        const auto since = static_cast<double>(now - rate.time);                   // floating: seconds
        total = static_cast<double>(rate.transactions) + since * rate.per_second;  // floating: a count
    }
    return total <= 0 ? 1.0 : std::min(counted / total, 1.0);
}

void Activation::log_tip(const BlockNode& tip) const
{
    const CoinsCache& coins = context_.state.coins;
    base::log_info(
        "UpdateTip: new best={} height={} version={:#010x} log2_work={:.6f} tx={} date='{}' progress={:.6f} "
        "cache={:.1f}MiB({}txo)",
        tip.hash().to_hex(), tip.height(), static_cast<std::uint32_t>(tip.version()),
        std::log2(tip.chain_work().to_double()), tip.chain_transaction_count(), utc(tip.time()),
        verification_progress(tip, *context_.tree.best_header(), context_.params, context_.now()),
        static_cast<double>(coins.memory()) / (1 << 20), coins.size());  // floating: MiB
}

void Activation::update_warnings(const BlockNode& tip)
{
    std::vector<std::string> now;
    const BlockNode* invalid = context_.tree.best_invalid();
    if (invalid != nullptr && invalid->chain_work() > tip.chain_work() + consensus::block_proof(tip.bits()) * 6) {
        now.emplace_back(
            "Warning: Found invalid chain more than 6 blocks longer than our best chain. This could be due to database "
            "corruption or consensus incompatibility with peers.");
    }
    if (!context_.initial_download.load(std::memory_order_relaxed)) {
        for (const auto& unknown : consensus::unknown_activations(&tip, context_.params, version_bits_)) {
            if (!unknown.active) continue;
            now.push_back("Unknown new rules activated (versionbit " + std::to_string(unknown.bit) + ")");
        }
    }
    std::vector<std::string> before = now;
    {
        const std::lock_guard lock(warnings_mutex_);
        warnings_.swap(before);
    }
    for (const std::string& warning : now) {
        if (std::ranges::find(before, warning) != before.end()) continue;
        base::log_warning("{}", warning);
        publish_fact(events::WarningRaised{warning});
    }
}

std::vector<std::string> Activation::warnings() const
{
    const std::lock_guard lock(warnings_mutex_);
    return warnings_;
}

}  // namespace cairn::chain
