// Wallets as files: made, loaded, copied.

#include <algorithm>
#include <array>
#include <string_view>

#include "rpc/methods/tables.h"
#include "rpc/methods/wallet_of_call.h"

namespace cairn::rpc {

namespace {

/// Bitcoin Core's version of wallet files with descriptors, the one kind there is here.
constexpr std::int64_t kWalletVersion = 169900;

std::optional<bool> optional_bool(const Json& value)
{
    if (value.is_null()) return std::nullopt;
    return value.as_bool();
}

Json outcome_json(const api::WalletOutcome& outcome, bool with_name = true)
{
    Json out = Json::object();
    if (with_name) out.set("name", outcome.name);
    if (!outcome.warnings.empty()) out.set("warnings", Json::array_of(outcome.warnings));
    return out;
}

Json createwallet(const Call& call)
{
    api::WalletOptions options;
    options.name = call["wallet_name"].as_string();
    options.disable_private_keys = call["disable_private_keys"].as_bool();
    options.blank = call["blank"].as_bool();
    options.avoid_reuse = call["avoid_reuse"].as_bool();
    options.load_on_startup = optional_bool(call["load_on_startup"]);
    std::vector<std::string> warnings;
    if (!call["passphrase"].is_null()) {
        options.passphrase = call["passphrase"].as_string();
        if (options.passphrase.empty()) {
            warnings.emplace_back("Empty string given as passphrase, wallet will not be encrypted.");
        }
    }
    if (!call["descriptors"].as_bool()) {
        refuse(Code::kWallet,
               "descriptors argument must be set to \"true\"; it is no longer possible to create a legacy "
               "wallet.");
    }
    if (call["external_signer"].as_bool()) {
        refuse(Code::kWallet, "Compiled without external signing support (required for external signing)");
    }
    api::WalletOutcome outcome = unwrap(call.wallets().create(options));
    outcome.warnings.insert(outcome.warnings.begin(), warnings.begin(), warnings.end());
    return outcome_json(outcome);
}

Json loadwallet(const Call& call)
{
    const std::string& name = call["filename"].as_string();
    return outcome_json(unwrap(call.wallets().load(name, optional_bool(call["load_on_startup"]))));
}

Json unloadwallet(const Call& call)
{
    const std::string name = wallet_name_of(call, call["wallet_name"]);
    if (!call.wallets().find(name)) {
        refuse(Code::kWalletNotFound, "Requested wallet does not exist or is not loaded");
    }
    return outcome_json(unwrap(call.wallets().unload(name, optional_bool(call["load_on_startup"]))), false);
}

Json restorewallet(const Call& call)
{
    return outcome_json(unwrap(call.wallets().restore(call["wallet_name"].as_string(), call["backup_file"].as_string(),
                                                      optional_bool(call["load_on_startup"]))));
}

Json listwallets(const Call& call)
{
    Json out = Json::array();
    for (const api::WalletRef& wallet : call.wallets().loaded()) out.push(wallet->name());
    return out;
}

Json listwalletdir(const Call& call)
{
    Json wallets = Json::array();
    for (const api::WalletListing& listing : call.wallets().in_folder()) {
        Json one = Json::object();
        one.set("name", listing.name).set("warnings", Json::array_of(listing.warnings));
        wallets.push(std::move(one));
    }
    return Json::object().set("wallets", std::move(wallets));
}

Json backupwallet(const Call& call)
{
    unwrap(call.wallet()->backup(call["destination"].as_string()));
    return {};
}

Json scanning_json(const std::optional<api::RescanState>& scanning)
{
    if (!scanning) return false;
    return Json::object().set("duration", scanning->seconds).set("progress", Json::real(scanning->progress));
}

Json getwalletinfo(const Call& call)
{
    const api::WalletInfo info = call.wallet()->info();
    Json out = Json::object();
    out.set("walletname", info.name).set("walletversion", kWalletVersion).set("format", "sqlite");
    out.set("txcount", info.transactions).set("keypoolsize", info.keypool_size);
    if (info.keypool_size_internal) out.set("keypoolsize_hd_internal", *info.keypool_size_internal);
    if (info.unlocked_until) out.set("unlocked_until", *info.unlocked_until);
    out.set("private_keys_enabled", info.private_keys_enabled).set("avoid_reuse", info.avoid_reuse);
    out.set("scanning", scanning_json(info.scanning)).set("descriptors", true);
    out.set("external_signer", false).set("blank", info.blank);
    if (info.birth_time) out.set("birthtime", *info.birth_time);
    out.set("flags", Json::array_of(info.flags));
    out.set("lastprocessedblock", last_block_json(info.last_block, info.last_height));
    return out;
}

Json setwalletflag(const Call& call)
{
    constexpr std::string_view kAvoidReuse = "avoid_reuse";
    constexpr auto kFixed =
        std::to_array<std::string_view>({"blank", "descriptor_wallet", "disable_private_keys", "external_signer",
                                         "key_origin_metadata", "last_hardened_xpub_cached"});
    const api::WalletRef wallet = call.wallet();
    const std::string& flag = call["flag"].as_string();
    const bool value = call["value"].as_bool();
    if (std::ranges::find(kFixed, flag) != kFixed.end()) {
        refuse(Code::kInvalidParameter, "Wallet flag is immutable: " + flag);
    }
    if (flag != kAvoidReuse) refuse(Code::kInvalidParameter, "Unknown wallet flag: " + flag);
    if (wallet->info().avoid_reuse == value) {
        refuse(Code::kInvalidParameter,
               std::string("Wallet flag is already set to ") + (value ? "true: " : "false: ") + flag);
    }
    unwrap(wallet->set_avoid_reuse(value));
    return Json::object().set("flag_name", flag).set("flag_state", value);
}

Json rescanblockchain(const Call& call)
{
    const api::WalletRef wallet = call.wallet();
    std::optional<Height> stop;
    if (!call["stop_height"].is_null()) stop = call["stop_height"].as_int<int>();
    const api::RescanResult result = unwrap(wallet->rescan(call["start_height"].as_int<int>(), stop));
    Json out = Json::object();
    out.set("start_height", result.start).set("stop_height", result.stop ? Json(*result.stop) : Json{});
    return out;
}

Json abortrescan(const Call& call)
{
    return call.wallet()->abort_rescan();
}

}  // namespace

Json last_block_json(const BlockHash& hash, Height height)
{
    return Json::object().set("hash", hash.to_hex()).set("height", height);
}

std::span<const Entry> wallet_file_methods()
{
    static constexpr std::array kTable{
        Entry{"createwallet", createwallet},   Entry{"loadwallet", loadwallet},
        Entry{"unloadwallet", unloadwallet},   Entry{"restorewallet", restorewallet},
        Entry{"listwallets", listwallets},     Entry{"listwalletdir", listwalletdir},
        Entry{"backupwallet", backupwallet},   Entry{"getwalletinfo", getwalletinfo},
        Entry{"setwalletflag", setwalletflag}, Entry{"rescanblockchain", rescanblockchain},
        Entry{"abortrescan", abortrescan}};
    return kTable;
}

}  // namespace cairn::rpc
