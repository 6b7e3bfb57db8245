// validateaddress and createmultisig.

#include <algorithm>
#include <array>

#include "consensus/script/script.h"
#include "crypto/hashes.h"
#include "crypto/hex.h"
#include "crypto/public_key.h"
#include "crypto/sha256.h"
#include "keys/address.h"
#include "keys/descriptor.h"
#include "rpc/methods/describe_address.h"
#include "rpc/methods/tables.h"

namespace cairn::rpc {

using policy::ScriptType;

void append_destination(Json& out, const keys::Destination& destination)
{
    const ScriptType type = destination.type;
    const bool is_base58 = type == ScriptType::kPubkeyHash || type == ScriptType::kScriptHash;
    if (type != ScriptType::kWitnessUnknown) {
        out.set("isscript", type != ScriptType::kPubkeyHash && type != ScriptType::kWitnessV0KeyHash);
    }
    out.set("iswitness", !is_base58);
    if (is_base58 || type == ScriptType::kAnchor) return;
    out.set("witness_version", destination.witness_version).set("witness_program", to_hex(destination.payload));
}

namespace {

Json validateaddress(const Call& call)
{
    const auto destination = keys::decode_address(call["address"].as_string(), call.context.addresses);
    Json out = Json::object();
    out.set("isvalid", destination.has_value());
    if (!destination) {
        out.set("error_locations", Json::array_of(destination.error().locations));
        out.set("error", destination.error().message);
        return out;
    }
    out.set("address", keys::encode_address(*destination, call.context.addresses));
    out.set("scriptPubKey", to_hex(keys::script_for(*destination)));
    append_destination(out, *destination);
    return out;
}

Bytes parse_key(const std::string& hex)
{
    const auto refuse_key = [&](const char* why) {
        refuse(Code::kInvalidAddressOrKey, "Pubkey \"" + hex + "\" must " + why);
    };
    auto bytes = from_hex(hex);
    if (!bytes || hex.empty()) refuse_key("be a hex string");
    if (bytes->size() != 33 && bytes->size() != 65) refuse_key("have a length of either 33 or 65 bytes");
    if (!crypto::PublicKey::parse(*bytes)) refuse_key("be cryptographically valid.");
    return *std::move(bytes);
}

void check_number(const std::vector<Bytes>& keys, int required)
{
    if (required < 1) {
        refuse(Code::kInvalidParameter, "a multisignature address must require at least one key to redeem");
    }
    if (keys.size() < static_cast<std::size_t>(required)) {
        refuse(Code::kInvalidParameter, "not enough keys supplied (got " + std::to_string(keys.size()) +
                                            " keys, but need at least " + std::to_string(required) + " to redeem)");
    }
    if (keys.size() > std::size_t{kMaxPubkeysPerMultisig}) {
        refuse(Code::kInvalidParameter,
               "Number of keys involved in the multisignature address creation > 20\nReduce the number");
    }
}

Bytes multisig_script(int required, const std::vector<Bytes>& keys)
{
    ScriptWriter script;
    script.push_number(required);
    for (const Bytes& key : keys) script.push(key);
    return script.push_number(static_cast<std::int64_t>(keys.size())).op(Opcode::kCheckMultisig).take();
}

keys::OutputType parse_kind(const std::string& name)
{
    const auto kind = keys::output_type_from_name(name);
    if (!kind) refuse(Code::kInvalidAddressOrKey, "Unknown address type '" + name + "'");
    if (*kind == keys::OutputType::kBech32m) {
        refuse(Code::kInvalidAddressOrKey, "createmultisig cannot create bech32m multisig addresses");
    }
    return *kind;
}

keys::Destination wrap(const Bytes& script, keys::OutputType kind, keys::SigningProvider& provider)
{
    provider.add_script(script);
    if (kind == keys::OutputType::kLegacy) return keys::script_hash_destination(crypto::hash160(script));
    const auto witness = keys::witness_destination(0, crypto::sha256(script).span());
    if (kind == keys::OutputType::kBech32) return witness;
    const Bytes witness_script = keys::script_for(witness);
    provider.add_script(witness_script);
    return keys::script_hash_destination(crypto::hash160(witness_script));
}

Json createmultisig(const Call& call)
{
    const int required = call["nrequired"].as_int<int>();
    std::vector<Bytes> given;
    for (const Json& key : call["keys"].as_array()) given.push_back(parse_key(key.as_string()));
    const keys::OutputType wanted = parse_kind(call["address_type"].as_string());
    check_number(given, required);
    const Bytes script = multisig_script(required, given);
    const bool compressed = std::ranges::all_of(given, [](const Bytes& key) { return key.size() == 33; });
    const keys::OutputType kind = compressed ? wanted : keys::OutputType::kLegacy;
    if (kind == keys::OutputType::kLegacy && script.size() > kMaxScriptElementSize) {
        refuse(Code::kInvalidParameter, "redeemScript exceeds size limit: " + std::to_string(script.size()) + " > 520");
    }
    keys::SigningProvider provider;
    const keys::Destination destination = wrap(script, kind, provider);
    const keys::AddressFormat& format = call.context.addresses;
    Json out = Json::object();
    out.set("address", keys::encode_address(destination, format)).set("redeemScript", to_hex(script));
    out.set("descriptor", keys::infer_descriptor(keys::script_for(destination), provider).to_string(format));
    if (kind != wanted) {
        out.set("warnings", std::move(Json::array().push("Unable to make chosen address type, please ensure no "
                                                         "uncompressed public keys are present.")));
    }
    return out;
}

}  // namespace

std::span<const Entry> address_methods()
{
    static constexpr std::array kTable{Entry{"validateaddress", validateaddress},
                                       Entry{"createmultisig", createmultisig}};
    return kTable;
}

}  // namespace cairn::rpc
