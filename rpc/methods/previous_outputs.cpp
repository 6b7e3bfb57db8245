#include "rpc/methods/previous_outputs.h"

#include <array>

#include "consensus/script/script.h"
#include "crypto/hashes.h"
#include "crypto/hex.h"
#include "crypto/sha256.h"
#include "keys/script_text.h"
#include "keys/sign_transaction.h"
#include "policy/script_type.h"
#include "rpc/methods/render.h"

namespace cairn::rpc {

PreviousOutputs find_previous_outputs(const Call& call, const Transaction& transaction)
{
    PreviousOutputs outputs;
    for (const TxInput& input : transaction.inputs) {
        const auto coin = call.chain().coin(input.prevout, true).coin;
        if (coin) outputs[input.prevout] = {coin->value, coin->script_pubkey, true, coin->height, coin->coinbase};
    }
    return outputs;
}

namespace {

void add_output(PreviousOutputs& outputs, const Outpoint& outpoint, const Bytes& script, const Json& amount)
{
    const auto known = outputs.find(outpoint);
    if (known != outputs.end() && known->second.script_pubkey != script) {
        refuse(Code::kDeserialization, "Previous output scriptPubKey mismatch:\n" +
                                           keys::script_to_asm(known->second.script_pubkey) + "\nvs:\n" +
                                           keys::script_to_asm(script));
    }
    PreviousOutput output{kMaxMoney, script, !amount.is_null()};
    if (!amount.is_null()) output.value = amount.as_amount();
    outputs[outpoint] = std::move(output);
}

/// Whether the script that the output asks for is the one told, plain or as P2WSH within.
bool fits(const Bytes& output, const Bytes& told, const Bytes& as_witness)
{
    const auto p2sh = [](const Bytes& script) { return make_p2sh_script(crypto::hash160(script)); };
    const bool is_p2sh = policy::classify_script(output).type == policy::ScriptType::kScriptHash;
    return is_p2sh ? output == p2sh(told) || output == p2sh(as_witness) : output == as_witness;
}

void add_scripts(const Json& told, const Bytes& output, keys::SigningProvider& provider)
{
    constexpr std::array kScripts{ExpectedMember{"redeemScript", Json::Kind::kString},
                                  ExpectedMember{"witnessScript", Json::Kind::kString}};
    check_members(told, kScripts, true);
    const Json& redeem = told["redeemScript"];
    const Json& witness = told["witnessScript"];
    if (redeem.is_null() && witness.is_null()) {
        refuse(Code::kInvalidParameter, "Missing redeemScript/witnessScript");
    }
    const bool by_witness = !witness.is_null();
    const Bytes script = parse_hex(by_witness ? witness : redeem, by_witness ? "witnessScript" : "redeemScript");
    const Bytes as_witness = make_witness_program_script(0, crypto::sha256(script).span());
    provider.add_script(script);
    provider.add_script(as_witness);
    const bool both = by_witness && !redeem.is_null();
    if (both && witness.as_string() != redeem.as_string() && parse_hex(redeem, "redeemScript") != as_witness) {
        refuse(Code::kInvalidParameter, "redeemScript does not correspond to witnessScript");
    }
    if (!fits(output, script, as_witness)) {
        refuse(Code::kInvalidParameter, "redeemScript/witnessScript does not match scriptPubKey");
    }
}

bool needs_script(const Bytes& output)
{
    const policy::ScriptType type = policy::classify_script(output).type;
    return type == policy::ScriptType::kScriptHash || type == policy::ScriptType::kWitnessV0ScriptHash;
}

}  // namespace

void parse_previous_outputs(const Json& told, PreviousOutputs& outputs, keys::SigningProvider* provider)
{
    constexpr std::array kMembers{ExpectedMember{"scriptPubKey", Json::Kind::kString},
                                  ExpectedMember{"txid", Json::Kind::kString},
                                  ExpectedMember{"vout", Json::Kind::kNumber}};
    if (told.is_null()) return;
    for (const Json& one : told.as_array()) {
        if (!one.is_object()) {
            refuse(Code::kDeserialization, "expected object with {\"txid'\",\"vout\",\"scriptPubKey\"}");
        }
        check_members(one, kMembers);
        const Outpoint outpoint = parse_outpoint(one, Code::kDeserialization, "vout cannot be negative");
        const Bytes script = parse_hex(one["scriptPubKey"], "scriptPubKey");
        add_output(outputs, outpoint, script, one["amount"]);
        if (provider != nullptr && needs_script(script)) add_scripts(one, script, *provider);
    }
}

std::uint8_t parse_sighash(const Json& name)
{
    if (name.is_null()) return consensus::kSighashDefault;
    const auto type = keys::sighash_type_from_name(name.as_string());
    if (!type) refuse(Code::kInvalidParameter, "'" + name.as_string() + "' is not a valid sighash parameter.");
    return *type;
}

Json signing_json(const Transaction& transaction, const std::map<std::size_t, std::string>& errors)
{
    Json list = Json::array();
    for (const auto& [index, error] : errors) {
        const TxInput& input = transaction.inputs[index];
        Json entry = Json::object();
        entry.set("txid", input.prevout.txid.to_hex()).set("vout", input.prevout.index);
        entry.set("witness", hex_list(input.witness)).set("scriptSig", to_hex(input.script_sig));
        entry.set("sequence", input.sequence).set("error", error);
        list.push(std::move(entry));
    }
    Json out = Json::object();
    out.set("hex", to_hex(transaction.raw)).set("complete", errors.empty());
    if (!list.empty()) out.set("errors", std::move(list));
    return out;
}

}  // namespace cairn::rpc
