// The wallet's addresses.

#include <array>

#include "crypto/hex.h"
#include "keys/address.h"
#include "policy/script_type.h"
#include "rpc/methods/describe_address.h"
#include "rpc/methods/tables.h"
#include "rpc/methods/wallet_of_call.h"

namespace cairn::rpc {

namespace {

using policy::ScriptType;

std::optional<keys::OutputType> parse_kind(const Json& value)
{
    if (value.is_null()) return std::nullopt;
    const auto kind = keys::output_type_from_name(value.as_string());
    if (!kind) refuse(Code::kInvalidAddressOrKey, "Unknown address type '" + value.as_string() + "'");
    return kind;
}

Json getnewaddress(const Call& call)
{
    const api::WalletRef wallet = call.wallet();
    const std::string label = parse_label(call["label"]);
    return unwrap(wallet->new_address(label, parse_kind(call["address_type"])));
}

Json getrawchangeaddress(const Call& call)
{
    return unwrap(call.wallet()->new_change_address(parse_kind(call["address_type"])));
}

void append_wallet_detail(Json& out, const keys::Destination& destination, const api::WalletAddressInfo& info,
                          const keys::AddressFormat& format);

/// The script inside P2SH or P2WSH.
void append_inner(Json& out, const Bytes& script, const api::WalletAddressInfo& info, const keys::AddressFormat& format)
{
    const policy::ScriptTemplate kind = policy::classify_script(script);
    out.set("script", policy::name(kind.type)).set("hex", to_hex(script));
    if (const auto inner = keys::destination_of(script)) {
        Json embedded = Json::object();
        append_destination(embedded, *inner);
        append_wallet_detail(embedded, *inner, info, format);
        embedded.set("address", keys::encode_address(*inner, format)).set("scriptPubKey", to_hex(script));
        if (embedded.has("pubkey")) out.set("pubkey", embedded["pubkey"]);
        out.set("embedded", std::move(embedded));
    } else if (kind.type == ScriptType::kMultisig) {
        Json keys = Json::array();
        for (const ByteSpan key : kind.parts) keys.push(to_hex(key));
        out.set("sigsrequired", kind.required).set("pubkeys", std::move(keys));
    }
}

void append_wallet_detail(Json& out, const keys::Destination& destination, const api::WalletAddressInfo& info,
                          const keys::AddressFormat& format)
{
    constexpr std::size_t kCompressed = 33;
    switch (destination.type) {
        case ScriptType::kPubkeyHash:
        case ScriptType::kWitnessV0KeyHash:
            if (!info.public_key) return;
            out.set("pubkey", to_hex(*info.public_key));
            if (destination.type == ScriptType::kPubkeyHash)
                out.set("iscompressed", info.public_key->size() == kCompressed);
            return;
        case ScriptType::kScriptHash:
            if (info.redeem_script) append_inner(out, *info.redeem_script, info, format);
            return;
        case ScriptType::kWitnessV0ScriptHash:
            if (info.witness_script) append_inner(out, *info.witness_script, info, format);
            return;
        default:
            return;
    }
}

void append_key_origin(Json& out, const api::WalletAddressInfo& info)
{
    if (info.timestamp) out.set("timestamp", *info.timestamp);
    if (!info.key_path) return;
    out.set("hdkeypath", *info.key_path);
    // Descriptors have no seed to name.
    out.set("hdseedid", std::string(40, '0'));
    out.set("hdmasterfingerprint", info.master_fingerprint.value_or(""));
}

Json getaddressinfo(const Call& call)
{
    const api::WalletRef wallet = call.wallet();
    const keys::AddressFormat& format = call.context.addresses;
    const auto destination = keys::decode_address(call["address"].as_string(), format);
    if (!destination) {
        const std::string& message = destination.error().message;
        refuse(Code::kInvalidAddressOrKey, message.empty() ? "Invalid address" : message);
    }
    const api::WalletAddressInfo info = unwrap(wallet->address_info(*destination));
    Json out = Json::object();
    out.set("address", keys::encode_address(*destination, format));
    out.set("scriptPubKey", to_hex(keys::script_for(*destination)));
    out.set("ismine", info.is_mine).set("solvable", info.solvable);
    if (info.descriptor) out.set("desc", *info.descriptor);
    if (info.parent_descriptor) out.set("parent_desc", *info.parent_descriptor);
    out.set("iswatchonly", false);
    append_destination(out, *destination);
    append_wallet_detail(out, *destination, info, format);
    out.set("ischange", info.is_change);
    append_key_origin(out, info);
    return std::move(out.set("labels", Json::array_of(info.labels)));
}

Json setlabel(const Call& call)
{
    const api::WalletRef wallet = call.wallet();
    const auto address = parse_address(call, call["address"].as_string(), "Invalid Bitcoin address");
    unwrap(wallet->set_label(address, parse_label(call["label"])));
    return {};
}

Json getaddressesbylabel(const Call& call)
{
    const api::WalletRef wallet = call.wallet();
    const std::string label = parse_label(call["label"]);
    Json out = Json::object();
    for (const auto& [address, purpose] : wallet->addresses_by_label(label)) {
        out.set(address, std::move(Json::object().set("purpose", purpose)));
    }
    if (out.empty()) refuse({api::ErrorCode::kWalletInvalidLabel, "No addresses with label " + label});
    return out;
}

Json listlabels(const Call& call)
{
    const api::WalletRef wallet = call.wallet();
    const std::string purpose = call["purpose"].is_null() ? "" : call["purpose"].as_string();
    if (!purpose.empty() && purpose != "send" && purpose != "receive" && purpose != "refund") {
        refuse(Code::kInvalidParameter,
               "Invalid 'purpose' argument, must be a known purpose string, typically 'send', or 'receive'.");
    }
    return Json::array_of(wallet->labels(purpose));
}

Json keypoolrefill(const Call& call)
{
    const api::WalletRef wallet = call.wallet();
    std::optional<std::uint64_t> size;
    if (!call["newsize"].is_null()) {
        const int wanted = call["newsize"].as_int<int>();
        if (wanted < 0) refuse(Code::kInvalidParameter, "Invalid parameter, expected valid size.");
        size = static_cast<std::uint64_t>(wanted);
    }
    unwrap(wallet->refill_keypool(size));
    return {};
}

}  // namespace

std::span<const Entry> wallet_address_methods()
{
    static constexpr std::array kTable{Entry{"getnewaddress", getnewaddress},
                                       Entry{"getrawchangeaddress", getrawchangeaddress},
                                       Entry{"getaddressinfo", getaddressinfo},
                                       Entry{"setlabel", setlabel},
                                       Entry{"getaddressesbylabel", getaddressesbylabel},
                                       Entry{"listlabels", listlabels},
                                       Entry{"keypoolrefill", keypoolrefill}};
    return kTable;
}

}  // namespace cairn::rpc
