#pragma once
// Scripts as bytes: read instruction by instruction, recognised, and written.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "consensus/script/opcodes.h"
#include "crypto/bytes.h"

namespace cairn {

inline constexpr std::size_t kMaxScriptSize = 10'000;
inline constexpr std::size_t kMaxScriptElementSize = 520;
inline constexpr int kMaxOpsPerScript = 201;
inline constexpr int kMaxPubkeysPerMultisig = 20;
/// Of OP_CHECKSIGADD in descriptors; no rule of consensus.
inline constexpr int kMaxPubkeysPerMultiA = 999;
/// Stack and alternative stack together.
inline constexpr std::size_t kMaxStackSize = 1000;
/// A lock time below is a height, from here on a time in seconds since 1970.
inline constexpr std::uint32_t kLockTimeThreshold = 500'000'000;

/// One instruction. `data` is what it pushes, for opcodes up to OP_PUSHDATA4; empty for others.
struct Instruction {
    Opcode opcode = Opcode::kInvalid;
    ByteSpan data;

    bool is_push() const { return opcode <= Opcode::kPushdata4; }
};

/// Reads a script's instructions in order.
class ScriptReader {
public:
    explicit ScriptReader(ByteSpan script) : script_(script) {}

    bool at_end() const { return position_ == script_.size(); }
    /// The next instruction; nothing at the end, and where a push reaches beyond it: then the reader stays where it
    /// was.
    std::optional<Instruction> next();
    /// Where the next instruction begins.
    std::size_t position() const { return position_; }
    ByteSpan rest() const { return script_.subspan(position_); }

private:
    ByteSpan script_;
    std::size_t position_ = 0;
};

struct WitnessProgram {
    int version = 0;   // 0 to 16
    ByteSpan program;  // 2 to 40 bytes, seen in the script

    bool is_p2wpkh() const { return version == 0 && program.size() == 20; }
    bool is_p2wsh() const { return version == 0 && program.size() == 32; }
    bool is_p2tr() const { return version == 1 && program.size() == 32; }
    /// OP_1 and 4e73: spendable by anyone, to raise a fee with.
    bool is_p2a() const;
};

/// What a script_pubkey (or P2SH redeem script) names as its witness program, if it is one.
std::optional<WitnessProgram> witness_program(ByteSpan script);
bool is_p2sh(ByteSpan script_pubkey);
bool is_p2pkh(ByteSpan script_pubkey);
/// The key that a pay-to-pubkey script names: 33 bytes that begin with 2 or 3, or 65 with 4, 6 or 7. Whether it is on
/// the curve is not looked at.
std::optional<ByteSpan> p2pk_key(ByteSpan script_pubkey);
/// Only pushes; OP_RESERVED counts as one here. False for a script that cannot be read to its end.
bool is_push_only(ByteSpan script);
/// Provably never spent: begins with OP_RETURN, or is over kMaxScriptSize. Such outputs make no coins.
inline bool is_unspendable(ByteSpan script_pubkey)
{
    return (!script_pubkey.empty() && script_pubkey[0] == static_cast<std::byte>(Opcode::kReturn)) ||
           script_pubkey.size() > kMaxScriptSize;
}
/// What the last instruction of a P2SH script_sig pushes: the redeem script. Nothing if `script_sig` is not push only.
std::optional<ByteSpan> redeem_script(ByteSpan script_sig);
/// Whether `instruction`, a push, is the shortest one for its data.
bool is_minimal_push(const Instruction& instruction);
/// Whether every instruction can be read, has a name, and pushes no more than kMaxScriptElementSize.
bool has_valid_ops(ByteSpan script);

/// Writes a script.
class ScriptWriter {
public:
    ScriptWriter& op(Opcode opcode);
    /// The data after the shortest length prefix: never turned into OP_0 … OP_16 (as Bitcoin Core's `script << data`).
    ScriptWriter& push(ByteSpan data);
    /// OP_0, OP_1 … OP_16, OP_1NEGATE or the number's bytes.
    ScriptWriter& push_number(std::int64_t number);
    /// Instructions as they are.
    ScriptWriter& append(ByteSpan script);

    Bytes take() { return std::move(out_); }

private:
    Bytes out_;
};

Bytes make_p2pkh_script(ByteSpan key_hash);
Bytes make_p2sh_script(ByteSpan script_hash);
/// Version from 0 to 16.
Bytes make_witness_program_script(int version, ByteSpan program);

}  // namespace cairn
