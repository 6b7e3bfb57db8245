// The user's wallets from the options.

#include <algorithm>

#include <fmt/format.h>

#include "node/config.h"

namespace cairn::node {

namespace {

Configured<std::optional<keys::OutputType>> output_kind(const base::Settings& settings, std::string_view name)
{
    const auto given = settings.text(name);
    if (!given || given->empty()) return std::nullopt;
    const auto kind = keys::output_type_from_name(*given);
    if (!kind) {
        return std::unexpected(
            fmt::format("Unknown {} type '{}'", name == "addresstype" ? "address" : "change", *given));
    }
    return kind;
}

Configured<void> read_fees(const base::Settings& settings, wallet::WalletSettings& wallet)
{
    const auto read = [&](std::string_view name, Amount& fee) -> Configured<void> {
        const auto given = fee_option(settings, name);
        if (!given) return std::unexpected(given.error());
        if (*given) fee = **given;
        return {};
    };
    for (const auto& done :
         {read("fallbackfee", wallet.fallback_fee), read("mintxfee", wallet.minimum_fee),
          read("discardfee", wallet.discard_fee), read("maxtxfee", wallet.maximum_fee),
          read("dustrelayfee", wallet.dust_relay_fee), read("consolidatefeerate", wallet.calm_fee)}) {
        if (!done) return done;
    }
    if (settings.text("maxapsfee") == "-1") {
        wallet.grouping_fee = std::nullopt;
        return {};
    }
    return read("maxapsfee", *wallet.grouping_fee);
}

}  // namespace

keys::AddressFormat address_format(Network network)
{
    switch (network) {
        case Network::kMain:
            return keys::kMainAddresses;
        case Network::kRegtest:
            return keys::kRegtestAddresses;
        case Network::kTestnet3:
        case Network::kTestnet4:
        case Network::kSignet:
            break;
    }
    return keys::kTestAddresses;
}

Configured<wallet::WalletSettings> configure_wallet(const base::Settings& settings, const consensus::Params& params,
                                                    const protocol::NetworkInfo& network, std::string notice,
                                                    base::FileSystem& files)
{
    if (!settings.has_only_texts("wallet")) {
        return std::unexpected(
            "Invalid value detected for '-wallet' or '-nowallet'. '-wallet' requires a string value, while '-nowallet' "
            "accepts only '1' to disable all wallets");
    }
    wallet::WalletSettings wallet;
    const auto folder = wallets_folder(settings, files);
    if (!folder) return std::unexpected(folder.error());
    wallet.folder = *folder;
    std::ranges::transform(network.magic, wallet.network_magic.begin(),
                           [](std::byte byte) { return std::to_integer<std::uint8_t>(byte); });
    wallet.address_format = address_format(params.network);
    wallet.keypool_size =
        static_cast<std::uint32_t>(std::max<std::int64_t>(1, settings.integer_or("keypool", wallet.keypool_size)));
    const auto address_kind = output_kind(settings, "addresstype");
    if (!address_kind) return std::unexpected(address_kind.error());
    wallet.address_type = address_kind->value_or(wallet.address_type);
    const auto change_kind = output_kind(settings, "changetype");
    if (!change_kind) return std::unexpected(change_kind.error());
    wallet.change_type = *change_kind;
    if (auto read = read_fees(settings, wallet); !read) return std::unexpected(read.error());
    wallet.spend_unconfirmed_change = settings.boolean_or("spendzeroconfchange", wallet.spend_unconfirmed_change);
    wallet.avoid_partial_spends = settings.boolean_or("avoidpartialspends", wallet.avoid_partial_spends);
    wallet.reject_long_chains = settings.boolean_or("walletrejectlongchains", wallet.reject_long_chains);
    wallet.replaceable = settings.boolean_or("walletrbf", wallet.replaceable);
    wallet.allow_other_chains = settings.boolean_or("walletcrosschain", wallet.allow_other_chains);
    wallet.broadcast = settings.boolean_or("walletbroadcast", wallet.broadcast);
    wallet.notice = std::move(notice);
    return wallet;
}

std::vector<std::string> high_fee_warnings(const wallet::WalletSettings& wallet)
{
    constexpr Amount kHighRate{1'000'000};  // per kvB
    constexpr Amount kHighFee{100'000'000};
    constexpr Amount kHighGroupingFee{10'000};
    std::vector<std::string> warnings;
    const auto check = [&](Amount fee, Amount high, std::string_view option, std::string_view why) {
        if (fee > high) warnings.push_back(fmt::format("{} is set very high! {}", option, why));
    };
    check(wallet.minimum_fee, kHighRate, "-mintxfee",
          "This is the minimum transaction fee you pay on every transaction.");
    check(wallet.grouping_fee.value_or(Amount{}), kHighGroupingFee, "-maxapsfee",
          "This is the maximum transaction fee you pay (in addition to the normal fee) to prioritize partial spend "
          "avoidance over regular coin selection.");
    check(wallet.fallback_fee, kHighRate, "-fallbackfee",
          "This is the transaction fee you may pay when fee estimates are not available.");
    check(wallet.discard_fee, kHighRate, "-discardfee",
          "This is the transaction fee you may discard if change is smaller than dust at this level");
    check(wallet.maximum_fee, kHighFee, "-maxtxfee", "Fees this large could be paid on a single transaction.");
    return warnings;
}

Configured<std::filesystem::path> wallets_folder(const base::Settings& settings, base::FileSystem& files)
{
    if (!settings.is_set("walletdir")) {
        auto folder = settings.network_folder() / "wallets";
        return files.is_directory(folder) ? folder : settings.network_folder();
    }
    const auto folder = settings.path_or("walletdir", {});
    const auto refuse = [&](std::string_view why) {
        return std::unexpected(fmt::format("Specified -walletdir \"{}\" {}", folder.string(), why));
    };
    if (folder.empty() || !files.exists(folder)) return refuse("does not exist");
    if (!files.is_directory(folder)) return refuse("is not a directory");
    if (!folder.is_absolute()) return refuse("is a relative path");
    return folder;
}

std::optional<std::vector<std::string>> wallets_to_load(const base::Settings& settings)
{
    if (!settings.is_set("wallet")) return std::nullopt;
    return settings.texts("wallet");
}

}  // namespace cairn::node
