// decodescript.

#include <algorithm>
#include <array>

#include "consensus/script/script.h"
#include "crypto/hashes.h"
#include "crypto/sha256.h"
#include "keys/address.h"
#include "policy/script_type.h"
#include "rpc/methods/render.h"
#include "rpc/methods/tables.h"

namespace cairn::rpc {

namespace {

using policy::ScriptType;

/// Has OP_CHECKSIGADD or an OP_SUCCESS: means something in tapscript only.
bool has_tapscript_operations(ByteSpan script)
{
    ScriptReader reader(script);
    while (const auto instruction = reader.next()) {
        if (instruction->opcode == Opcode::kCheckSigAdd || is_op_success(instruction->opcode)) return true;
    }
    return false;
}

/// What P2SH may wrap sensibly.
bool can_be_wrapped(const policy::ScriptTemplate& kind, ByteSpan script)
{
    switch (kind.type) {
        case ScriptType::kMultisig:
        case ScriptType::kNonstandard:
        case ScriptType::kPubkey:
        case ScriptType::kPubkeyHash:
        case ScriptType::kWitnessV0KeyHash:
        case ScriptType::kWitnessV0ScriptHash:
            break;
        default:
            return false;
    }
    return has_valid_ops(script) && !is_unspendable(script) && !has_tapscript_operations(script);
}

/// And P2WSH: no witness programs, no uncompressed keys.
bool can_be_witness(const policy::ScriptTemplate& kind)
{
    constexpr std::size_t kCompressed = 33;
    switch (kind.type) {
        case ScriptType::kNonstandard:
        case ScriptType::kPubkeyHash:
            return true;
        case ScriptType::kMultisig:
        case ScriptType::kPubkey:
            return std::ranges::all_of(kind.parts, [](ByteSpan key) { return key.size() == kCompressed; });
        default:
            return false;
    }
}

keys::Destination witness_of(const policy::ScriptTemplate& kind, ByteSpan script)
{
    if (kind.type == ScriptType::kPubkey) return keys::witness_destination(0, crypto::hash160(kind.parts[0]));
    if (kind.type == ScriptType::kPubkeyHash) return keys::witness_destination(0, kind.parts[0]);
    return keys::witness_destination(0, crypto::sha256(script).span());
}

std::string p2sh_address(ByteSpan script, const keys::AddressFormat& format)
{
    return keys::encode_address(keys::script_hash_destination(crypto::hash160(script)), format);
}

Json segwit_json(const policy::ScriptTemplate& kind, ByteSpan script, const keys::AddressFormat& format)
{
    const Bytes witness_script = keys::script_for(witness_of(kind, script));
    keys::SigningProvider provider;
    provider.add_script(script);
    Json out = script_json(witness_script, format, ScriptParts::kWithHex, &provider);
    out.set("p2sh-segwit", p2sh_address(witness_script, format));
    return out;
}

Json decodescript(const Call& call)
{
    const keys::AddressFormat& format = call.context.addresses;
    Bytes script;
    if (!call["hexstring"].as_string().empty()) script = parse_hex(call["hexstring"], "argument");
    Json out = script_json(script, format, ScriptParts::kWithoutHex);
    const policy::ScriptTemplate kind = policy::classify_script(script);
    if (!can_be_wrapped(kind, script)) return out;
    out.set("p2sh", p2sh_address(script, format));
    if (can_be_witness(kind)) out.set("segwit", segwit_json(kind, script, format));
    return out;
}

}  // namespace

std::span<const Entry> script_methods()
{
    static constexpr std::array kTable{Entry{"decodescript", decodescript}};
    return kTable;
}

}  // namespace cairn::rpc
