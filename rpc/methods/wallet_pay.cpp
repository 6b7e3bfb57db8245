// Paying.

#include <algorithm>
#include <array>
#include <set>

#include "crypto/text.h"
#include "keys/address.h"
#include "rpc/methods/tables.h"
#include "rpc/methods/wallet_of_call.h"

namespace cairn::rpc {

namespace {

/// Nothing is estimated yet: of a target and its mode, only whether they make sense is looked at.
std::optional<Amount> parse_fee_rate(const Call& call)
{
    constexpr int kMaxTarget = 1008;
    constexpr int kRateDecimals = 3;  // satoshis per virtual byte, as satoshis per 1000
    const Json& target = call["conf_target"];
    const Json& rate = call["fee_rate"];
    std::string mode = call["estimate_mode"].as_string();
    std::ranges::transform(mode, mode.begin(), to_lower);
    if (!rate.is_null()) {
        if (!target.is_null()) {
            refuse(
                Code::kInvalidParameter,
                "Cannot specify both conf_target and fee_rate. Please provide either a confirmation target in blocks "
                "for automatic fee estimation, or an explicit fee rate.");
        }
        if (mode != "unset") refuse(Code::kInvalidParameter, "Cannot specify both estimate_mode and fee_rate");
        return rate.as_amount(kRateDecimals);
    }
    if (mode != "unset" && mode != "economical" && mode != "conservative") {
        refuse(Code::kInvalidParameter,
               "Invalid estimate_mode parameter, must be one of: \"unset\", \"economical\", \"conservative\"");
    }
    if (!target.is_null() && (target.as_int<int>() < 1 || target.as_int<int>() > kMaxTarget)) {
        refuse(Code::kInvalidParameter, "Invalid conf_target, must be between 1 and " + std::to_string(kMaxTarget));
    }
    return std::nullopt;
}

keys::Destination parse_payee(const Call& call, const std::string& address)
{
    return parse_address(call, address, "Invalid Bitcoin address: " + address);
}

Json send(const Call& call, api::Wallet& wallet, api::SendRequest request)
{
    if (!call["replaceable"].is_null()) request.replaceable = call["replaceable"].as_bool();
    const api::SendResult sent = unwrap(wallet.send(request));
    if (!call["verbose"].as_bool()) return sent.txid.to_hex();
    return Json::object().set("txid", sent.txid.to_hex()).set("fee_reason", sent.fee_reason);
}

std::string text_or_empty(const Json& value)
{
    return value.is_null() ? std::string() : value.as_string();
}

Json sendtoaddress(const Call& call)
{
    const api::WalletRef wallet = call.wallet();
    api::SendRequest request;
    request.comment = text_or_empty(call["comment"]);
    request.comment_to = text_or_empty(call["comment_to"]);
    request.avoid_reuse = avoids_reuse(*wallet, call["avoid_reuse"]);
    request.fee_rate = parse_fee_rate(call);
    auto payee = parse_payee(call, call["address"].as_string());
    const Amount amount = call["amount"].as_amount();
    request.payments.push_back({std::move(payee), amount, call["subtractfeefromamount"].as_bool()});
    return send(call, *wallet, std::move(request));
}

std::vector<api::Payment> parse_payments(const Call& call)
{
    std::vector<api::Payment> payments;
    std::set<keys::Destination> seen;  // an address can be written in capitals too
    for (const Json::Member& member : call["amounts"].as_object()) {
        const Amount amount = member.value.as_amount();
        auto payee = parse_payee(call, member.key);
        if (!seen.insert(payee).second) {
            refuse(Code::kInvalidParameter, "Invalid parameter, duplicated address: " + member.key);
        }
        payments.push_back({std::move(payee), amount, false});
    }
    return payments;
}

/// The place of the payment to an address, however that is written.
std::optional<int> place_of(const Call& call, const std::string& address, const std::vector<api::Payment>& payments)
{
    const auto wanted = keys::decode_address(address, call.context.addresses);
    if (!wanted) return std::nullopt;
    const auto found = std::ranges::find(payments, *wanted, &api::Payment::to);
    if (found == payments.end()) return std::nullopt;
    return static_cast<int>(found - payments.begin());
}

/// Marks the payments that pay the fee, named by their address or their place.
void share_fee(const Call& call, const Json& sharers, std::vector<api::Payment>& payments)
{
    const auto wrong = [](const std::string& what) {
        refuse(Code::kInvalidParameter, "Invalid parameter 'subtract fee from output', " + what);
    };
    const auto count = static_cast<int>(payments.size());
    std::set<int> seen;
    for (std::size_t i = 0; i < sharers.size(); ++i) {
        const Json& sharer = sharers[i];
        int place = -1;
        if (sharer.is_string()) {
            const auto found = place_of(call, sharer.as_string(), payments);
            if (!found) wrong("destination " + sharer.as_string() + " not found in tx outputs");
            place = *found;
        } else if (sharer.is_number()) {
            place = sharer.as_int<int>();
        } else {
            wrong("invalid value type: " + std::string(sharer.kind_name()));
        }
        if (!seen.insert(place).second) wrong("duplicated position: " + std::to_string(place));
        if (place < 0) wrong("negative position: " + std::to_string(place));
        if (place >= count) wrong("position too large: " + std::to_string(place));
        payments[static_cast<std::size_t>(place)].subtract_fee = true;
    }
}

Json sendmany(const Call& call)
{
    const api::WalletRef wallet = call.wallet();
    if (!call["dummy"].as_string().empty()) refuse(Code::kInvalidParameter, "Dummy value must be set to \"\"");
    api::SendRequest request;
    request.comment = text_or_empty(call["comment"]);
    request.avoid_reuse = wallet->info().avoid_reuse;
    request.fee_rate = parse_fee_rate(call);
    request.payments = parse_payments(call);
    share_fee(call, call["subtractfeefrom"], request.payments);
    return send(call, *wallet, std::move(request));
}

}  // namespace

std::span<const Entry> wallet_pay_methods()
{
    static constexpr std::array kTable{Entry{"sendtoaddress", sendtoaddress}, Entry{"sendmany", sendmany}};
    return kTable;
}

}  // namespace cairn::rpc
