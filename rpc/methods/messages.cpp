// Messages signed with the key of an address.

#include <array>

#include "keys/signed_message.h"
#include "rpc/methods/tables.h"
#include "rpc/spec/base64.h"

namespace cairn::rpc {

namespace {

std::string encode(ByteSpan signature)
{
    return encode_base64({reinterpret_cast<const char*>(signature.data()), signature.size()});
}

/// The hash of the key that an address is of; only P2PKH says one that a signature can be checked by.
keys::KeyId parse_key_address(const Call& call)
{
    const auto destination = parse_address(call, call["address"].as_string(), "Invalid address");
    if (destination.type != policy::ScriptType::kPubkeyHash) refuse(Code::kType, "Address does not refer to key");
    return keys::key_id(destination.payload);
}

Json signmessage(const Call& call)
{
    const api::WalletRef wallet = call.wallet();
    if (wallet->info().unlocked_until == 0) {
        refuse({api::ErrorCode::kWalletUnlockNeeded,
                "Error: Please enter the wallet passphrase with walletpassphrase first."});
    }
    return encode(unwrap(wallet->sign_message(parse_key_address(call), call["message"].as_string())));
}

Json signmessagewithprivkey(const Call& call)
{
    const auto key = keys::decode_wif(call["privkey"].as_string(), call.context.addresses, *call.context.signing);
    if (!key) refuse(Code::kInvalidAddressOrKey, "Invalid private key");
    return encode(keys::sign_message(*key, call["message"].as_string()));
}

Json verifymessage(const Call& call)
{
    const keys::KeyId id = parse_key_address(call);
    const auto signature = decode_base64(call["signature"].as_string());
    if (!signature) refuse(Code::kType, "Malformed base64 encoding");
    return keys::is_signed_by(id, std::as_bytes(std::span{*signature}), call["message"].as_string());
}

}  // namespace

std::span<const Entry> message_methods()
{
    static constexpr std::array kTable{Entry{"signmessage", signmessage},
                                       Entry{"signmessagewithprivkey", signmessagewithprivkey},
                                       Entry{"verifymessage", verifymessage}};
    return kTable;
}

}  // namespace cairn::rpc
