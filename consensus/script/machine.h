#pragma once
// The machine that runs one script. Inside consensus/script only; verify_script puts runs together.

#include <cstdint>
#include <optional>

#include "consensus/script/interpreter.h"
#include "consensus/script/script.h"
#include "consensus/script/script_number.h"
#include "consensus/script/stack.h"

namespace cairn::consensus {

/// The nesting of OP_IF as seen from the outside: only whether all conditions are true can be observed, so the depth
/// and the place of the first false one say everything, whatever the depth (a list would be quadratic).
class Conditions {
public:
    bool empty() const { return depth_ == 0; }
    bool all_true() const { return first_false_ == kNone; }
    void push(bool value)
    {
        if (!value && all_true()) first_false_ = depth_;
        ++depth_;
    }
    void pop()
    {
        if (first_false_ == --depth_) first_false_ = kNone;
    }
    void toggle()
    {
        if (all_true()) {
            first_false_ = depth_ - 1;
        } else if (first_false_ == depth_ - 1) {
            first_false_ = kNone;
        }
    }

private:
    static constexpr std::size_t kNone = ~std::size_t{0};
    std::size_t depth_ = 0;
    std::size_t first_false_ = kNone;
};

/// What a tapscript run has beside its script.
struct TapscriptContext {
    TaprootSpend spend;
    /// BIP342: what signature checks may still cost.
    std::int64_t budget = 0;
};

class Machine {
public:
    /// All given must outlive the machine, and what the stack's elements view must outlive the stack. For kTapscript,
    /// `tapscript` is set.
    Machine(ByteSpan script, SigVersion version, ScriptFlags flags, SignatureChecker& checker, Stack& stack,
            TapscriptContext* tapscript = nullptr)
        : script_(script), checker_(checker), stack_(stack), tapscript_(tapscript), flags_(flags), version_(version)
    {
    }

    /// Runs the script to its end or first error. Says nothing about what is on the stack then.
    ScriptError run();

private:
    ScriptError check_instruction(const Instruction& instruction);
    ScriptError execute(const Instruction& instruction);
    ScriptError run_opcode(Opcode opcode);

    ScriptError run_if(Opcode opcode);
    ScriptError run_else_or_endif(Opcode opcode);
    ScriptError run_verify();
    ScriptError run_lock_time();
    ScriptError run_sequence();

    ScriptError run_stack_opcode(Opcode opcode);
    ScriptError run_pick_or_roll(Opcode opcode);
    ScriptError run_equal(Opcode opcode);

    ScriptError run_unary(Opcode opcode);
    ScriptError run_binary(Opcode opcode);
    ScriptError run_within();
    ScriptError run_hash(Opcode opcode);

    ScriptError run_check_sig(Opcode opcode);
    ScriptError run_check_sig_add();
    ScriptError run_check_multisig(Opcode opcode);
    struct Signatures;
    ScriptError match_signatures(Signatures& signatures, ByteSpan script_code, bool& matched);
    ScriptError check_signature(ByteSpan signature, ByteSpan public_key, bool& valid);
    ScriptError check_ecdsa_signature(ByteSpan signature, ByteSpan public_key, bool& valid);
    ScriptError check_tapscript_signature(ByteSpan signature, ByteSpan public_key, bool& valid);
    ScriptError check_public_key_encoding(ByteSpan public_key) const;
    /// Takes the signature out of the script code, as scripts before segwit have it.
    ScriptError delete_signature(ByteSpan signature, ByteSpan& script_code, Bytes& storage) const;

    bool has(std::size_t elements) const { return stack_.size() >= elements; }
    std::optional<std::int64_t> number_at(std::size_t depth, std::size_t max_size = kDefaultNumberSize)
    {
        return decode_number_of(stack_.top(depth), max_size);
    }
    std::optional<std::int64_t> decode_number_of(const Element& element, std::size_t max_size) const;
    void push_number(std::int64_t number);

    ByteSpan script_;
    SignatureChecker& checker_;
    Stack& stack_;
    TapscriptContext* tapscript_;
    ScriptFlags flags_;
    SigVersion version_;
    Conditions conditions_;
    int op_count_ = 0;
    std::uint32_t opcode_position_ = 0;
    std::size_t next_ = 0;        // where the instruction after the current one begins
    std::size_t code_begin_ = 0;  // after the last OP_CODESEPARATOR executed
    Stack alt_stack_;
};

}  // namespace cairn::consensus
