// Chain, mempool and mining from the options.

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "base/process.h"
#include "node/config.h"
#include "rpc/spec/json.h"

namespace cairn::node {

namespace {

/// Up to 64 hex digits, with or without "0x": Bitcoin Core's way to give a hash or an amount of work.
std::optional<std::string> full_hex(std::string text)
{
    if (text.starts_with("0x") || text.starts_with("0X")) text.erase(0, 2);
    if (text.size() > 64) return std::nullopt;
    text.insert(0, 64 - text.size(), '0');
    return text;
}

Configured<std::optional<ChainWork>> minimum_work(const base::Settings& settings)
{
    const auto given = settings.text("minimumchainwork");
    if (!given) return std::nullopt;
    const auto hex = full_hex(*given);
    const auto work = hex ? Uint256::from_hex(*hex) : std::nullopt;
    if (!work) {
        return std::unexpected(fmt::format("Invalid minimum work specified ({}), must be up to 64 hex digits", *given));
    }
    return work;
}

Configured<std::optional<BlockHash>> assumed_valid(const base::Settings& settings)
{
    const auto given = settings.text("assumevalid");
    if (!given) return std::nullopt;
    const auto hex = full_hex(*given);
    const auto hash = hex ? BlockHash::from_hex(*hex) : std::nullopt;
    if (!hash) {
        return std::unexpected(fmt::format(
            "Invalid assumevalid block hash specified ({}), must be up to 64 hex digits (or 0 to disable)", *given));
    }
    return hash;
}

/// Threads beside the one that validates. -par: 0 is one per core, a negative number leaves so many cores free.
unsigned script_threads(const base::Settings& settings)
{
    std::int64_t threads = settings.integer_or("par", 0);
    if (threads <= 0) threads += base::cpu_count();
    return static_cast<unsigned>(std::clamp<std::int64_t>(threads - 1, 0, chain::ChainOptions::kMaxScriptThreads));
}

}  // namespace

int int_option(const base::Settings& settings, std::string_view name, std::int64_t fallback)
{
    using Limits = std::numeric_limits<int>;
    return static_cast<int>(
        std::clamp<std::int64_t>(settings.integer_or(name, fallback), Limits::min(), Limits::max()));
}

std::optional<std::string> dbcache_warning(const base::Settings& settings, std::uint64_t memory)
{
    // Bitcoin Core's bound: three quarters of what is beyond 2 GiB, and the default in any case.
    constexpr std::uint64_t kReserved = 2048;
    constexpr std::uint64_t kAlwaysFine = 1024;
    const std::uint64_t memory_mib = memory >> 20;
    const auto cache_mib = static_cast<std::uint64_t>(settings.integer_or("dbcache", 0));
    const std::uint64_t most = std::max(kAlwaysFine, (std::max(memory_mib, kReserved) - kReserved) / 4 * 3);
    if (cache_mib <= most) return std::nullopt;
    return fmt::format("A {} MiB dbcache may be too large for a system memory of only {} MiB.", cache_mib, memory_mib);
}

Configured<std::optional<Amount>> fee_option(const base::Settings& settings, std::string_view name)
{
    const auto given = settings.text(name);
    if (!given) return std::nullopt;
    const auto amount = rpc::parse_fixed_point(*given, 8);
    if (!amount || !Amount{*amount}.is_money()) {
        return std::unexpected(fmt::format("Invalid amount for -{}=<amount>: '{}'", name, *given));
    }
    return Amount{*amount};
}

Configured<chain::ChainOptions> configure_chain(const base::Settings& settings, const consensus::Params& params,
                                                const protocol::NetworkInfo& network)
{
    const auto work = minimum_work(settings);
    if (!work) return std::unexpected(work.error());
    const auto assumed = assumed_valid(settings);
    if (!assumed) return std::unexpected(assumed.error());
    const auto blocks_folder = settings.blocks_folder();
    if (!blocks_folder) return std::unexpected(blocks_folder.error());

    chain::ChainOptions options;
    options.params = &params;
    options.message_start = network.magic;
    options.folder = settings.network_folder();
    options.blocks_folder = *blocks_folder;
    if (const auto cache_mib = settings.integer("dbcache")) {
        options.cache_bytes =
            std::max(static_cast<std::uint64_t>(*cache_mib) << 20, chain::ChainOptions::kMinCacheBytes);
    }
    options.script_threads = script_threads(settings);
    const std::int64_t coin_threads = settings.integer_or("prevoutfetchthreads", options.coin_threads);
    if (coin_threads < 0) {
        return std::unexpected(
            fmt::format("-prevoutfetchthreads must be non-negative (got {}). Use 0 to disable parallel input fetching.",
                        coin_threads));
    }
    options.coin_threads =
        static_cast<unsigned>(std::min<std::int64_t>(coin_threads, chain::ChainOptions::kMaxCoinThreads));
    options.assume_valid = *assumed;
    options.minimum_chain_work = *work;
    options.max_tip_age = std::chrono::seconds{settings.integer_or("maxtipage", options.max_tip_age.count())};
    options.check_blocks = int_option(settings, "checkblocks", options.check_blocks);
    options.check_level = int_option(settings, "checklevel", options.check_level);
    options.reindex = settings.boolean_or("reindex", false);
    options.reindex_chainstate = settings.boolean_or("reindex-chainstate", false);
    for (const auto& file : settings.texts("loadblock")) options.load_blocks.push_back(settings.resolve(file));
    options.xor_block_files = settings.boolean_or("blocksxor", true);
    options.small_block_files = settings.boolean_or("fastprune", false);
    return options;
}

namespace {

Configured<void> read_fees(const base::Settings& settings, policy::PolicyOptions& policy)
{
    const auto read = [&](std::string_view name, policy::FeeRate& rate) -> Configured<void> {
        const auto amount = fee_option(settings, name);
        if (!amount) return std::unexpected(amount.error());
        if (*amount) rate = policy::FeeRate{**amount};
        return {};
    };
    for (const auto& done :
         {read("incrementalrelayfee", policy.incremental_relay_rate), read("minrelaytxfee", policy.min_relay_rate),
          read("dustrelayfee", policy.dust_relay_rate)}) {
        if (!done) return done;
    }
    // As Bitcoin Core: raising the one alone raises the other.
    if (!settings.is_set("minrelaytxfee")) {
        policy.min_relay_rate = std::max(policy.min_relay_rate, policy.incremental_relay_rate);
    }
    return {};
}

}  // namespace

Configured<mempool::MempoolOptions> configure_mempool(const base::Settings& settings, const consensus::Params& params)
{
    mempool::MempoolOptions options;
    if (auto read = read_fees(settings, options.policy); !read) return std::unexpected(read.error());
    const bool nonstandard = settings.boolean_or("acceptnonstdtxn", false);
    if (nonstandard && params.network == Network::kMain) {
        return std::unexpected("acceptnonstdtxn is not currently supported for main chain");
    }
    auto& policy = options.policy;
    policy.require_standard = !nonstandard;
    policy.permit_bare_multisig = settings.boolean_or("permitbaremultisig", policy.permit_bare_multisig);
    if (!settings.boolean_or("datacarrier", true)) {
        policy.max_datacarrier_bytes.reset();
    } else if (const auto bytes = settings.integer("datacarriersize")) {
        policy.max_datacarrier_bytes = static_cast<std::size_t>(*bytes);
    }
    policy.bytes_per_sigop =
        static_cast<std::uint32_t>(settings.integer_or("bytespersigop", std::int64_t{policy.bytes_per_sigop}));
    options.max_bytes = settings.integer_or("maxmempool", options.max_bytes / 1'000'000) * 1'000'000;
    options.expiry_seconds = settings.integer_or("mempoolexpiry", options.expiry_seconds / 3600) * 3600;
    options.cluster_count = static_cast<std::size_t>(
        settings.integer_or("limitclustercount", static_cast<std::int64_t>(options.cluster_count)));
    options.cluster_size = settings.integer_or("limitclustersize", options.cluster_size / 1000) * 1000;
    if (auto wrong = mempool::check_options(options)) return std::unexpected(*wrong);
    return options;
}

Configured<mining::TemplateOptions> configure_mining(const base::Settings& settings)
{
    mining::TemplateOptions options;
    options.max_weight = settings.integer_or("blockmaxweight", options.max_weight);
    options.reserved_weight = settings.integer_or("blockreservedweight", options.reserved_weight);
    const auto rate = fee_option(settings, "blockmintxfee");
    if (!rate) return std::unexpected(rate.error());
    if (*rate) options.min_fee_rate = policy::FeeRate{**rate};
    if (const auto version = settings.integer("blockversion"); version && settings.chain() == "regtest") {
        options.version_override = static_cast<std::int32_t>(*version);
    }
    if (auto wrong = mining::check_options(options)) return std::unexpected(*wrong);
    return options;
}

}  // namespace cairn::node
