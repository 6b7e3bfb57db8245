// What the wallet has.

#include <array>
#include <set>

#include "crypto/hex.h"
#include "rpc/methods/tables.h"
#include "rpc/methods/wallet_of_call.h"

namespace cairn::rpc {

namespace {

Json getbalance(const Call& call)
{
    const api::WalletRef wallet = call.wallet();
    const Json& dummy = call["dummy"];
    if (!dummy.is_null() && dummy.as_string() != "*") {
        refuse(Code::kMethodDeprecated, "dummy first argument must be excluded or set to \"*\".");
    }
    const int confirmations = call["minconf"].as_int<int>();
    return wallet->balance(confirmations, avoids_reuse(*wallet, call["avoid_reuse"]));
}

Json getbalances(const Call& call)
{
    const api::WalletRef wallet = call.wallet();
    const api::WalletBalances balances = wallet->balances(wallet->info().avoid_reuse);
    Json mine = Json::object();
    mine.set("trusted", balances.trusted).set("untrusted_pending", balances.untrusted_pending);
    mine.set("immature", balances.immature).set("nonmempool", balances.non_mempool);
    if (balances.used) mine.set("used", *balances.used);
    Json out = Json::object();
    out.set("mine", std::move(mine));
    return std::move(out.set("lastprocessedblock", last_block_json(balances.last_block, balances.last_height)));
}

Json getreceivedbyaddress(const Call& call)
{
    const api::WalletRef wallet = call.wallet();
    const auto address = parse_address(call, call["address"].as_string(), "Invalid Bitcoin address");
    return unwrap(wallet->received_by_address(address, call["minconf"].as_int<int>(),
                                              call["include_immature_coinbase"].as_bool()));
}

std::set<Bytes> parse_addresses(const Call& call)
{
    std::set<Bytes> scripts;
    for (const Json& value : call["addresses"].as_array()) {
        const std::string& address = value.as_string();
        const auto destination = parse_address(call, address, "Invalid Bitcoin address: " + address);
        if (!scripts.insert(keys::script_for(destination)).second) {
            refuse(Code::kInvalidParameter, "Invalid parameter, duplicated address: " + address);
        }
    }
    return scripts;
}

api::CoinFilter parse_filter(const Call& call)
{
    api::CoinFilter filter;
    filter.minimum_confirmations = call["minconf"].as_int<int>();
    filter.maximum_confirmations = call["maxconf"].as_int<int>();
    filter.scripts = parse_addresses(call);
    filter.include_unsafe = call["include_unsafe"].as_bool();
    const Json& options = call["query_options"];
    if (options.is_null()) return filter;
    constexpr std::array kMembers{ExpectedMember{"include_immature_coinbase", Json::Kind::kBool},
                                  ExpectedMember{"maximumCount", Json::Kind::kNumber}};
    check_members(options, kMembers, true);
    for (const Json::Member& member : options.as_object()) {
        if (member.key == "minimumAmount") {
            filter.minimum_amount = member.value.as_amount();
        } else if (member.key == "maximumAmount") {
            filter.maximum_amount = member.value.as_amount();
        } else if (member.key == "minimumSumAmount") {
            filter.minimum_sum = member.value.as_amount();
        } else if (member.key == "maximumCount") {
            filter.maximum_count = member.value.as_int<std::uint64_t>();
        } else if (member.key == "include_immature_coinbase") {
            filter.include_immature = member.value.as_bool();
        } else {
            refuse(Code::kType, "Unexpected key " + member.key);
        }
    }
    return filter;
}

Json coin_json(const api::WalletCoin& coin)
{
    Json out = Json::object();
    out.set("txid", coin.outpoint.txid.to_hex()).set("vout", coin.outpoint.index);
    if (coin.address) out.set("address", *coin.address);
    if (coin.label) out.set("label", *coin.label);
    if (coin.redeem_script) out.set("redeemScript", to_hex(*coin.redeem_script));
    if (coin.witness_script) out.set("witnessScript", to_hex(*coin.witness_script));
    out.set("scriptPubKey", to_hex(coin.script_pubkey)).set("amount", coin.amount);
    out.set("confirmations", coin.confirmations);
    if (coin.ancestor_count) out.set("ancestorcount", *coin.ancestor_count);
    if (coin.ancestor_size) out.set("ancestorsize", *coin.ancestor_size);
    if (coin.ancestor_fees) out.set("ancestorfees", coin.ancestor_fees->satoshis());
    out.set("spendable", true).set("solvable", coin.solvable);
    if (coin.descriptor) out.set("desc", *coin.descriptor);
    out.set("parent_descs", Json::array_of(coin.parent_descriptors));
    if (coin.reused) out.set("reused", *coin.reused);
    out.set("safe", coin.safe);
    return out;
}

Json listunspent(const Call& call)
{
    const api::WalletRef wallet = call.wallet();
    Json out = Json::array();
    for (const api::WalletCoin& coin : unwrap(wallet->unspent(parse_filter(call)))) out.push(coin_json(coin));
    return out;
}

Outpoint parse_coin(const Json& value)
{
    constexpr std::array kMembers{ExpectedMember{"txid", Json::Kind::kString},
                                  ExpectedMember{"vout", Json::Kind::kNumber}};
    (void)value.as_object();
    check_members(value, kMembers);
    return parse_outpoint(value);
}

Json lockunspent(const Call& call)
{
    const api::WalletRef wallet = call.wallet();
    std::vector<Outpoint> coins;
    for (const Json& coin : call["transactions"].as_array()) coins.push_back(parse_coin(coin));
    const bool unlock = call["unlock"].as_bool();
    if (coins.empty() && !unlock) return true;
    unwrap(wallet->lock_coins(coins, !unlock, call["persistent"].as_bool()));
    return true;
}

Json listlockunspent(const Call& call)
{
    Json out = Json::array();
    for (const Outpoint& coin : call.wallet()->locked_coins()) {
        out.push(std::move(Json::object().set("txid", coin.txid.to_hex()).set("vout", coin.index)));
    }
    return out;
}

}  // namespace

bool avoids_reuse(const api::Wallet& wallet, const Json& wanted)
{
    const bool can = wallet.info().avoid_reuse;
    if (wanted.is_null()) return can;
    if (wanted.as_bool() && !can) {
        refuse(Code::kWallet, "wallet does not have the \"avoid reuse\" feature enabled");
    }
    return wanted.as_bool();
}

std::span<const Entry> wallet_coin_methods()
{
    static constexpr std::array kTable{Entry{"getbalance", getbalance},
                                       Entry{"getbalances", getbalances},
                                       Entry{"getreceivedbyaddress", getreceivedbyaddress},
                                       Entry{"listunspent", listunspent},
                                       Entry{"lockunspent", lockunspent},
                                       Entry{"listlockunspent", listlockunspent}};
    return kTable;
}

}  // namespace cairn::rpc
