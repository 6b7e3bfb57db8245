#include "policy/script_type.h"

#include <algorithm>
#include <array>
#include <optional>

namespace cairn::policy {
namespace {

constexpr std::byte kOpPushData1{0x4c};
constexpr std::byte kOpPushData2{0x4d};
constexpr std::byte kOpPushData4{0x4e};
constexpr std::byte kOp1{0x51};
constexpr std::byte kOp16{0x60};
constexpr std::byte kOpReturn{0x6a};
constexpr std::byte kOpDup{0x76};
constexpr std::byte kOpEqual{0x87};
constexpr std::byte kOpEqualVerify{0x88};
constexpr std::byte kOpHash160{0xa9};
constexpr std::byte kOpCheckSig{0xac};
constexpr std::byte kOpCheckMultiSig{0xae};
constexpr std::size_t kMaxMultisigKeys = 20;

unsigned as_unsigned(std::byte byte)
{
    return std::to_integer<unsigned>(byte);
}

struct Operation {
    std::byte opcode{};
    ByteSpan data;
};

/// Takes the next operation off `rest`; nothing at the end and when a push is cut short.
std::optional<Operation> next_operation(ByteSpan& rest)
{
    if (rest.empty()) return std::nullopt;
    const std::byte opcode = rest[0];
    std::size_t header = 1;
    std::size_t size = 0;
    if (opcode < kOpPushData1) {
        size = as_unsigned(opcode);
    } else if (opcode <= kOpPushData4) {
        const std::size_t width = opcode == kOpPushData1 ? 1 : opcode == kOpPushData2 ? 2 : 4;
        if (rest.size() < 1 + width) return std::nullopt;
        for (std::size_t i = 0; i < width; ++i) size |= static_cast<std::size_t>(as_unsigned(rest[1 + i])) << (8 * i);
        header += width;
    }
    if (rest.size() - header < size) return std::nullopt;
    const Operation operation{opcode, rest.subspan(header, size)};
    rest = rest.subspan(header + size);
    return operation;
}

bool is_key_size(ByteSpan key)
{
    if (key.empty()) return false;
    const unsigned prefix = as_unsigned(key[0]);
    if (prefix == 2 || prefix == 3) return key.size() == 33;
    return (prefix == 4 || prefix == 6 || prefix == 7) && key.size() == 65;
}

/// The number a multisig script names: OP_1 to OP_16, or a one-byte push of 17 to 20 (smaller ones so are not minimal).
std::optional<int> key_count(const Operation& operation)
{
    if (operation.opcode >= kOp1 && operation.opcode <= kOp16) {
        return static_cast<int>(as_unsigned(operation.opcode) - as_unsigned(kOp1)) + 1;
    }
    if (operation.opcode != std::byte{1}) return std::nullopt;
    const unsigned value = as_unsigned(operation.data[0]);
    if (value < 17 || value > kMaxMultisigKeys) return std::nullopt;
    return static_cast<int>(value);
}

std::optional<ScriptTemplate> match_multisig(ByteSpan script)
{
    if (script.empty() || script.back() != kOpCheckMultiSig) return std::nullopt;
    ByteSpan rest = script;
    const auto first = next_operation(rest);
    const auto required = first ? key_count(*first) : std::nullopt;
    if (!required) return std::nullopt;
    ScriptTemplate found{.type = ScriptType::kMultisig, .parts = {}, .required = *required, .witness_version = -1};
    auto operation = next_operation(rest);
    for (; operation && is_key_size(operation->data); operation = next_operation(rest)) {
        if (found.parts.size() == kMaxMultisigKeys) return std::nullopt;
        found.parts.push_back(operation->data);
    }
    const auto count = operation ? key_count(*operation) : std::nullopt;
    if (!count || static_cast<std::size_t>(*count) != found.parts.size() || *count < *required) return std::nullopt;
    if (rest.size() != 1) return std::nullopt;
    return found;
}

bool is_push_only(ByteSpan script)
{
    while (!script.empty()) {
        const auto operation = next_operation(script);
        if (!operation || operation->opcode > kOp16) return false;
    }
    return true;
}

ScriptTemplate of_one(ScriptType type, ByteSpan part, int witness_version = -1)
{
    return {.type = type, .parts = {part}, .required = 0, .witness_version = witness_version};
}

ScriptTemplate classify_witness(const WitnessProgram& witness)
{
    if (witness.version == 0 && witness.program.size() == 20) {
        return of_one(ScriptType::kWitnessV0KeyHash, witness.program, 0);
    }
    if (witness.version == 0 && witness.program.size() == 32) {
        return of_one(ScriptType::kWitnessV0ScriptHash, witness.program, 0);
    }
    if (witness.version == 1 && witness.program.size() == 32) {
        return of_one(ScriptType::kWitnessV1Taproot, witness.program, 1);
    }
    constexpr std::array kAnchorProgram{std::byte{0x4e}, std::byte{0x73}};
    if (witness.version == 1 && std::ranges::equal(witness.program, kAnchorProgram)) {
        return {.type = ScriptType::kAnchor, .parts = {}, .required = 0, .witness_version = 1};
    }
    if (witness.version == 0) return {};
    return of_one(ScriptType::kWitnessUnknown, witness.program, witness.version);
}

bool is_script_hash(ByteSpan script)
{
    return script.size() == 23 && script[0] == kOpHash160 && script[1] == std::byte{20} && script[22] == kOpEqual;
}

bool is_pubkey_hash(ByteSpan script)
{
    return script.size() == 25 && script[0] == kOpDup && script[1] == kOpHash160 && script[2] == std::byte{20} &&
           script[23] == kOpEqualVerify && script[24] == kOpCheckSig;
}

bool is_pubkey(ByteSpan script)
{
    return (script.size() == 35 || script.size() == 67) && script.back() == kOpCheckSig &&
           as_unsigned(script[0]) == script.size() - 2 && is_key_size(script.subspan(1, script.size() - 2));
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

WitnessProgram witness_program(ByteSpan script)
{
    if (script.size() < 4 || script.size() > 42) return {};
    const bool is_version = script[0] == std::byte{0} || (script[0] >= kOp1 && script[0] <= kOp16);
    if (!is_version || as_unsigned(script[1]) + 2 != script.size()) return {};
    const int version = script[0] == std::byte{0} ? 0 : static_cast<int>(as_unsigned(script[0])) - 0x50;
    return {version, script.subspan(2)};
}

ScriptTemplate classify_script(ByteSpan script)
{
    if (is_script_hash(script)) return of_one(ScriptType::kScriptHash, script.subspan(2, 20));
    if (const auto witness = witness_program(script); witness.version >= 0) return classify_witness(witness);
    if (!script.empty() && script[0] == kOpReturn && is_push_only(script.subspan(1))) {
        return {.type = ScriptType::kNullData, .parts = {}, .required = 0, .witness_version = -1};
    }
    if (is_pubkey(script)) return of_one(ScriptType::kPubkey, script.subspan(1, script.size() - 2));
    if (is_pubkey_hash(script)) return of_one(ScriptType::kPubkeyHash, script.subspan(3, 20));
    if (auto multisig = match_multisig(script)) return *multisig;
    return {};
}

}  // namespace cairn::policy
