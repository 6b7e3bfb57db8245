#include "consensus/script/script.h"

#include <algorithm>
#include <cassert>

#include "consensus/script/script_number.h"
#include "crypto/public_key.h"

namespace cairn {
namespace {

constexpr std::byte as_byte(Opcode opcode)
{
    return static_cast<std::byte>(opcode);
}

/// The size of what a push pushes, and how many bytes of length follow its opcode.
struct PushSize {
    std::size_t length_bytes = 0;
    std::size_t direct = 0;
};

constexpr PushSize push_size(Opcode opcode)
{
    switch (opcode) {
        case Opcode::kPushdata1:
            return {1, 0};
        case Opcode::kPushdata2:
            return {2, 0};
        case Opcode::kPushdata4:
            return {4, 0};
        default:
            return {0, opcode < Opcode::kPushdata1 ? static_cast<std::size_t>(opcode) : 0};
    }
}

}  // namespace

std::optional<Instruction> ScriptReader::next()
{
    if (at_end()) return std::nullopt;
    const ByteSpan left = rest();
    const auto opcode = static_cast<Opcode>(left[0]);
    const auto [length_bytes, direct] = push_size(opcode);
    if (left.size() - 1 < length_bytes) return std::nullopt;
    std::size_t size = direct;
    for (std::size_t i = length_bytes; i > 0; --i) size = (size << 8) | std::to_integer<std::size_t>(left[i]);
    if (left.size() - 1 - length_bytes < size) return std::nullopt;
    position_ += 1 + length_bytes + size;
    return Instruction{opcode, left.subspan(1 + length_bytes, size)};
}

bool WitnessProgram::is_p2a() const
{
    return version == 1 && program.size() == 2 && program[0] == std::byte{0x4e} && program[1] == std::byte{0x73};
}

std::optional<WitnessProgram> witness_program(ByteSpan script)
{
    if (script.size() < 4 || script.size() > 42) return std::nullopt;
    const auto version = static_cast<Opcode>(script[0]);
    if (version != Opcode::k0 && (version < Opcode::k1 || version > Opcode::k16)) return std::nullopt;
    if (std::to_integer<std::size_t>(script[1]) + 2 != script.size()) return std::nullopt;
    return WitnessProgram{small_integer(version), script.subspan(2)};
}

bool is_p2sh(ByteSpan script_pubkey)
{
    return script_pubkey.size() == 23 && script_pubkey[0] == as_byte(Opcode::kHash160) &&
           script_pubkey[1] == std::byte{20} && script_pubkey[22] == as_byte(Opcode::kEqual);
}

bool is_p2pkh(ByteSpan script_pubkey)
{
    return script_pubkey.size() == 25 && script_pubkey[0] == as_byte(Opcode::kDup) &&
           script_pubkey[1] == as_byte(Opcode::kHash160) && script_pubkey[2] == std::byte{20} &&
           script_pubkey[23] == as_byte(Opcode::kEqualVerify) && script_pubkey[24] == as_byte(Opcode::kCheckSig);
}

std::optional<ByteSpan> p2pk_key(ByteSpan script_pubkey)
{
    const std::size_t size = script_pubkey.size();
    if ((size != 35 && size != 67) || script_pubkey.back() != as_byte(Opcode::kCheckSig)) return std::nullopt;
    const ByteSpan key = script_pubkey.subspan(1, size - 2);
    if (std::to_integer<std::size_t>(script_pubkey[0]) != key.size()) return std::nullopt;
    return crypto::has_public_key_form(key) ? std::optional{key} : std::nullopt;
}

bool is_push_only(ByteSpan script)
{
    ScriptReader reader{script};
    while (!reader.at_end()) {
        const auto instruction = reader.next();
        if (!instruction || instruction->opcode > Opcode::k16) return false;
    }
    return true;
}

std::optional<ByteSpan> redeem_script(ByteSpan script_sig)
{
    ScriptReader reader{script_sig};
    ByteSpan last;
    while (!reader.at_end()) {
        const auto instruction = reader.next();
        if (!instruction || instruction->opcode > Opcode::k16) return std::nullopt;
        last = instruction->data;
    }
    return last;
}

bool is_minimal_push(const Instruction& instruction)
{
    const auto& [opcode, data] = instruction;
    assert(instruction.is_push());
    if (data.empty()) return opcode == Opcode::k0;
    if (data.size() == 1) {
        const auto value = std::to_integer<unsigned>(data[0]);
        if ((value >= 1 && value <= 16) || value == 0x81) return false;
    }
    if (data.size() <= 75) return static_cast<std::size_t>(opcode) == data.size();
    if (data.size() <= 0xff) return opcode == Opcode::kPushdata1;
    if (data.size() <= 0xffff) return opcode == Opcode::kPushdata2;
    return true;
}

bool has_valid_ops(ByteSpan script)
{
    ScriptReader reader{script};
    while (!reader.at_end()) {
        const auto instruction = reader.next();
        // As in Bitcoin Core, OP_CHECKSIGADD, which only tapscript knows, is not among the valid.
        if (!instruction || instruction->opcode > Opcode::kNop10 || instruction->data.size() > kMaxScriptElementSize) {
            return false;
        }
    }
    return true;
}

ScriptWriter& ScriptWriter::op(Opcode opcode)
{
    out_.push_back(as_byte(opcode));
    return *this;
}

ScriptWriter& ScriptWriter::push(ByteSpan data)
{
    const auto length = [&](Opcode opcode, int bytes) {
        op(opcode);
        for (int i = 0; i < bytes; ++i) out_.push_back(static_cast<std::byte>(data.size() >> (8 * i)));
    };
    if (data.size() < static_cast<std::size_t>(Opcode::kPushdata1)) {
        out_.push_back(static_cast<std::byte>(data.size()));
    } else if (data.size() <= 0xff) {
        length(Opcode::kPushdata1, 1);
    } else if (data.size() <= 0xffff) {
        length(Opcode::kPushdata2, 2);
    } else {
        length(Opcode::kPushdata4, 4);
    }
    return append(data);
}

ScriptWriter& ScriptWriter::push_number(std::int64_t number)
{
    if (number == 0) return op(Opcode::k0);
    if (number == -1) return op(Opcode::k1Negate);
    if (number >= 1 && number <= 16) return op(static_cast<Opcode>(static_cast<int>(Opcode::k1) + number - 1));
    return push(EncodedNumber{number}.bytes());
}

ScriptWriter& ScriptWriter::append(ByteSpan script)
{
    out_.insert(out_.end(), script.begin(), script.end());
    return *this;
}

Bytes make_p2pkh_script(ByteSpan key_hash)
{
    return ScriptWriter{}
        .op(Opcode::kDup)
        .op(Opcode::kHash160)
        .push(key_hash)
        .op(Opcode::kEqualVerify)
        .op(Opcode::kCheckSig)
        .take();
}

Bytes make_p2sh_script(ByteSpan script_hash)
{
    return ScriptWriter{}.op(Opcode::kHash160).push(script_hash).op(Opcode::kEqual).take();
}

Bytes make_witness_program_script(int version, ByteSpan program)
{
    assert(version >= 0 && version <= 16);
    return ScriptWriter{}.push_number(version).push(program).take();
}

}  // namespace cairn
