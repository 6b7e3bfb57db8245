#include "consensus/script/machine.h"

#include "consensus/limits.h"

namespace cairn::consensus {
namespace {

constexpr auto kOk = ScriptError::kOk;

/// CONSENSUS: since 2010 (CVE-2010-5137) a script that contains one of these fails, executed or not.
/// Test: script_tests.json.
constexpr bool is_disabled(Opcode opcode)
{
    switch (opcode) {
        case Opcode::kCat:
        case Opcode::kSubstr:
        case Opcode::kLeft:
        case Opcode::kRight:
        case Opcode::kInvert:
        case Opcode::kAnd:
        case Opcode::kOr:
        case Opcode::kXor:
        case Opcode::k2Mul:
        case Opcode::k2Div:
        case Opcode::kMul:
        case Opcode::kDiv:
        case Opcode::kMod:
        case Opcode::kLShift:
        case Opcode::kRShift:
            return true;
        default:
            return false;
    }
}

constexpr bool is_between(Opcode opcode, Opcode first, Opcode last)
{
    return first <= opcode && opcode <= last;
}

}  // namespace

ScriptError Machine::run()
{
    if (version_ != SigVersion::kTapscript && script_.size() > kMaxScriptSize) return ScriptError::kScriptSize;
    for (ScriptReader reader{script_}; !reader.at_end(); ++opcode_position_) {
        const auto instruction = reader.next();
        if (!instruction) return ScriptError::kBadOpcode;
        next_ = reader.position();
        if (const auto error = check_instruction(*instruction); error != kOk) return error;
        if (const auto error = execute(*instruction); error != kOk) return error;
        if (stack_.size() + alt_stack_.size() > kMaxStackSize) return ScriptError::kStackSize;
    }
    return conditions_.empty() ? kOk : ScriptError::kUnbalancedConditional;
}

// What holds for instructions whether they are executed or not.
ScriptError Machine::check_instruction(const Instruction& instruction)
{
    const Opcode opcode = instruction.opcode;
    if (instruction.data.size() > kMaxScriptElementSize) return ScriptError::kPushSize;
    // CONSENSUS: OP_RESERVED does not count. Test: script_tests.json.
    if (version_ != SigVersion::kTapscript && opcode > Opcode::k16 && ++op_count_ > kMaxOpsPerScript) {
        return ScriptError::kOpCount;
    }
    if (is_disabled(opcode)) return ScriptError::kDisabledOpcode;
    if (opcode == Opcode::kCodeSeparator && version_ == SigVersion::kBase && flags_.has(kVerifyConstScriptCode)) {
        return ScriptError::kOpCodeSeparator;
    }
    return kOk;
}

ScriptError Machine::execute(const Instruction& instruction)
{
    const Opcode opcode = instruction.opcode;
    if (!conditions_.all_true() && !is_between(opcode, Opcode::kIf, Opcode::kEndIf)) return kOk;
    if (!instruction.is_push()) return run_opcode(opcode);
    if (flags_.has(kVerifyMinimalData) && !is_minimal_push(instruction)) return ScriptError::kMinimalData;
    stack_.push(Element::viewing(instruction.data));
    return kOk;
}

ScriptError Machine::run_opcode(Opcode opcode)  // lint: long, because it is one table
{
    switch (opcode) {
        case Opcode::k1Negate:
            push_number(-1);
            return kOk;
        case Opcode::kNop:
            return kOk;
        case Opcode::kCheckLockTimeVerify:
            return run_lock_time();
        case Opcode::kCheckSequenceVerify:
            return run_sequence();
        case Opcode::kNop1:
            return flags_.has(kVerifyDiscourageUpgradableNops) ? ScriptError::kDiscourageUpgradableNops : kOk;
        case Opcode::kIf:
        case Opcode::kNotIf:
            return run_if(opcode);
        case Opcode::kElse:
        case Opcode::kEndIf:
            return run_else_or_endif(opcode);
        case Opcode::kVerify:
            return run_verify();
        case Opcode::kReturn:
            return ScriptError::kOpReturn;
        case Opcode::kEqual:
        case Opcode::kEqualVerify:
            return run_equal(opcode);
        case Opcode::k1Add:
        case Opcode::k1Sub:
        case Opcode::kNegate:
        case Opcode::kAbs:
        case Opcode::kNot:
        case Opcode::k0NotEqual:
            return run_unary(opcode);
        case Opcode::kWithin:
            return run_within();
        case Opcode::kCodeSeparator:
            code_begin_ = next_;
            if (tapscript_ != nullptr) tapscript_->spend.code_separator_position = opcode_position_;
            return kOk;
        case Opcode::kCheckSig:
        case Opcode::kCheckSigVerify:
            return run_check_sig(opcode);
        case Opcode::kCheckSigAdd:
            return run_check_sig_add();
        case Opcode::kCheckMultisig:
        case Opcode::kCheckMultisigVerify:
            return run_check_multisig(opcode);
        default:
            break;
    }
    if (is_between(opcode, Opcode::k1, Opcode::k16)) {
        push_number(small_integer(opcode));
        return kOk;
    }
    if (is_between(opcode, Opcode::kNop4, Opcode::kNop10)) return run_opcode(Opcode::kNop1);
    if (is_between(opcode, Opcode::kToAltStack, Opcode::kTuck) || opcode == Opcode::kSize) {
        return run_stack_opcode(opcode);
    }
    if (is_between(opcode, Opcode::kAdd, Opcode::kMax)) return run_binary(opcode);
    if (is_between(opcode, Opcode::kRipemd160, Opcode::kHash256)) return run_hash(opcode);
    return ScriptError::kBadOpcode;
}

ScriptError Machine::run_if(Opcode opcode)
{
    bool value = false;
    if (conditions_.all_true()) {
        if (!has(1)) return ScriptError::kInvalidStackOperation;
        const ByteSpan condition = stack_.top().bytes();
        const bool minimal = condition.empty() || (condition.size() == 1 && condition[0] == std::byte{1});
        if (version_ == SigVersion::kTapscript && !minimal) return ScriptError::kTapscriptMinimalIf;
        if (version_ == SigVersion::kWitnessV0 && flags_.has(kVerifyMinimalIf) && !minimal) {
            return ScriptError::kMinimalIf;
        }
        value = is_true(condition) == (opcode == Opcode::kIf);
        stack_.pop();
    }
    conditions_.push(value);
    return kOk;
}

ScriptError Machine::run_else_or_endif(Opcode opcode)
{
    if (conditions_.empty()) return ScriptError::kUnbalancedConditional;
    if (opcode == Opcode::kElse) {
        conditions_.toggle();
    } else {
        conditions_.pop();
    }
    return kOk;
}

ScriptError Machine::run_verify()
{
    if (!has(1)) return ScriptError::kInvalidStackOperation;
    if (!is_true(stack_.top().bytes())) return ScriptError::kVerify;
    stack_.pop();
    return kOk;
}

// Without its flag, OP_CHECKLOCKTIMEVERIFY is OP_NOP2, which nobody discourages; OP_CHECKSEQUENCEVERIFY likewise.
ScriptError Machine::run_lock_time()
{
    if (!flags_.has(kVerifyCheckLockTimeVerify)) return kOk;
    if (!has(1)) return ScriptError::kInvalidStackOperation;
    const auto lock_time = number_at(0, kLockTimeNumberSize);
    if (!lock_time) return ScriptError::kScriptNum;
    if (*lock_time < 0) return ScriptError::kNegativeLocktime;
    return checker_.check_lock_time(*lock_time) ? kOk : ScriptError::kUnsatisfiedLocktime;
}

ScriptError Machine::run_sequence()
{
    if (!flags_.has(kVerifyCheckSequenceVerify)) return kOk;
    if (!has(1)) return ScriptError::kInvalidStackOperation;
    const auto sequence = number_at(0, kLockTimeNumberSize);
    if (!sequence) return ScriptError::kScriptNum;
    if (*sequence < 0) return ScriptError::kNegativeLocktime;
    if ((*sequence & std::int64_t{kSequenceDisableFlag}) != 0) return kOk;
    return checker_.check_sequence(*sequence) ? kOk : ScriptError::kUnsatisfiedLocktime;
}

std::optional<std::int64_t> Machine::decode_number_of(const Element& element, std::size_t max_size) const
{
    return decode_number(element.bytes(), flags_.has(kVerifyMinimalData), max_size);
}

void Machine::push_number(std::int64_t number)
{
    stack_.push(Element::holding(EncodedNumber{number}.bytes()));
}

}  // namespace cairn::consensus
