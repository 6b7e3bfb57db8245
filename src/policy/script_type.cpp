#include "policy/script_type.h"

#include <array>
#include <optional>
#include <utility>

#include "consensus/script/script.h"
#include "crypto/public_key.h"

namespace cairn::policy {
namespace {

/// The number a multisig script names: OP_1 to OP_16, or a one-byte push of 17 to 20 (smaller ones so are not minimal).
std::optional<int> key_count(const Instruction& instruction)
{
    if (instruction.opcode >= Opcode::k1 && instruction.opcode <= Opcode::k16) {
        return small_integer(instruction.opcode);
    }
    if (std::to_underlying(instruction.opcode) != 1) return std::nullopt;
    const int value = std::to_integer<int>(instruction.data[0]);
    if (value < 17 || value > kMaxPubkeysPerMultisig) return std::nullopt;
    return value;
}

std::optional<ScriptTemplate> match_multisig(ByteSpan script)
{
    if (script.empty() || script.back() != static_cast<std::byte>(Opcode::kCheckMultisig)) return std::nullopt;
    ScriptReader reader{script};
    const auto first = reader.next();
    const auto required = first ? key_count(*first) : std::nullopt;
    if (!required) return std::nullopt;
    ScriptTemplate found{.type = ScriptType::kMultisig, .parts = {}, .required = *required, .witness_version = -1};
    auto instruction = reader.next();
    for (; instruction && crypto::has_public_key_form(instruction->data); instruction = reader.next()) {
        if (found.parts.size() == std::size_t{kMaxPubkeysPerMultisig}) return std::nullopt;
        found.parts.push_back(instruction->data);
    }
    const auto count = instruction ? key_count(*instruction) : std::nullopt;
    if (!count || static_cast<std::size_t>(*count) != found.parts.size() || *count < *required) return std::nullopt;
    if (reader.rest().size() != 1) return std::nullopt;
    return found;
}

ScriptTemplate of_one(ScriptType type, ByteSpan part, int witness_version = -1)
{
    return {.type = type, .parts = {part}, .required = 0, .witness_version = witness_version};
}

ScriptTemplate classify_witness(const WitnessProgram& witness)
{
    if (witness.is_p2wpkh()) return of_one(ScriptType::kWitnessV0KeyHash, witness.program, 0);
    if (witness.is_p2wsh()) return of_one(ScriptType::kWitnessV0ScriptHash, witness.program, 0);
    if (witness.is_p2tr()) return of_one(ScriptType::kWitnessV1Taproot, witness.program, 1);
    if (witness.is_p2a()) return {.type = ScriptType::kAnchor, .parts = {}, .required = 0, .witness_version = 1};
    if (witness.version == 0) return {};
    return of_one(ScriptType::kWitnessUnknown, witness.program, witness.version);
}

}  // namespace

std::string_view name(ScriptType type)
{
    constexpr std::array<std::string_view, 11> kNames{
        "nonstandard",
        "pubkey",
        "pubkeyhash",
        "scripthash",
        "multisig",
        "nulldata",
        "anchor",
        "witness_v0_keyhash",
        "witness_v0_scripthash",
        "witness_v1_taproot",
        "witness_unknown",
    };
    return kNames[static_cast<std::size_t>(type)];
}

ScriptTemplate classify_script(ByteSpan script)
{
    if (is_p2sh(script)) return of_one(ScriptType::kScriptHash, script.subspan(2, 20));
    if (const auto witness = witness_program(script)) return classify_witness(*witness);
    if (!script.empty() && script[0] == static_cast<std::byte>(Opcode::kReturn) && is_push_only(script.subspan(1))) {
        return {.type = ScriptType::kNullData, .parts = {}, .required = 0, .witness_version = -1};
    }
    if (const auto key = p2pk_key(script)) return of_one(ScriptType::kPubkey, *key);
    if (is_p2pkh(script)) return of_one(ScriptType::kPubkeyHash, script.subspan(3, 20));
    if (auto multisig = match_multisig(script)) return *multisig;
    return {};
}

}  // namespace cairn::policy
