// Instructions that move, compare, compute and hash.

#include <algorithm>

#include "consensus/script/machine.h"
#include "crypto/hashes.h"
#include "crypto/sha256.h"

namespace cairn::consensus {
namespace {

constexpr auto kOk = ScriptError::kOk;

/// How many elements an instruction of run_stack_opcode wants to see.
constexpr std::size_t elements_wanted(Opcode opcode)
{
    switch (opcode) {
        case Opcode::kToAltStack:
        case Opcode::kIfDup:
        case Opcode::kDrop:
        case Opcode::kDup:
        case Opcode::kSize:
            return 1;
        case Opcode::k2Drop:
        case Opcode::k2Dup:
        case Opcode::kNip:
        case Opcode::kOver:
        case Opcode::kPick:
        case Opcode::kRoll:
        case Opcode::kSwap:
        case Opcode::kTuck:
            return 2;
        case Opcode::k3Dup:
        case Opcode::kRot:
            return 3;
        case Opcode::k2Over:
        case Opcode::k2Swap:
            return 4;
        case Opcode::k2Rot:
            return 6;
        default:
            return 0;
    }
}

/// The operands have at most four bytes, so that nothing overflows.
std::int64_t compute(Opcode opcode, std::int64_t a, std::int64_t b)
{
    switch (opcode) {
        case Opcode::kAdd:
            return a + b;
        case Opcode::kSub:
            return a - b;
        case Opcode::kBoolAnd:
            return a != 0 && b != 0;
        case Opcode::kBoolOr:
            return a != 0 || b != 0;
        case Opcode::kNumEqual:
        case Opcode::kNumEqualVerify:
            return a == b;
        case Opcode::kNumNotEqual:
            return a != b;
        case Opcode::kLessThan:
            return a < b;
        case Opcode::kGreaterThan:
            return a > b;
        case Opcode::kLessThanOrEqual:
            return a <= b;
        case Opcode::kGreaterThanOrEqual:
            return a >= b;
        case Opcode::kMin:
            return std::min(a, b);
        default:
            return std::max(a, b);
    }
}

std::int64_t compute(Opcode opcode, std::int64_t a)
{
    switch (opcode) {
        case Opcode::k1Add:
            return a + 1;
        case Opcode::k1Sub:
            return a - 1;
        case Opcode::kNegate:
            return -a;
        case Opcode::kAbs:
            return a < 0 ? -a : a;
        case Opcode::kNot:
            return a == 0;
        default:
            return a != 0;
    }
}

Element hash_element(Opcode opcode, ByteSpan bytes)
{
    switch (opcode) {
        case Opcode::kRipemd160:
            return Element::holding(crypto::ripemd160(bytes));
        case Opcode::kSha1:
            return Element::holding(crypto::sha1(bytes));
        case Opcode::kSha256:
            return Element::holding(crypto::sha256(bytes).span());
        case Opcode::kHash160:
            return Element::holding(crypto::hash160(bytes));
        default:
            return Element::holding(crypto::sha256d(bytes).span());
    }
}

}  // namespace

ScriptError Machine::run_stack_opcode(Opcode opcode)  // lint: long, because it is one table
{
    if (!has(elements_wanted(opcode))) return ScriptError::kInvalidStackOperation;
    switch (opcode) {
        case Opcode::kToAltStack:
            alt_stack_.push(stack_.take_top());
            break;
        case Opcode::kFromAltStack:
            if (alt_stack_.empty()) return ScriptError::kInvalidAltstackOperation;
            stack_.push(alt_stack_.take_top());
            break;
        case Opcode::k2Drop:
            stack_.pop(2);
            break;
        case Opcode::k2Dup:
            for (int i = 0; i < 2; ++i) stack_.push(stack_.top(1));
            break;
        case Opcode::k3Dup:
            for (int i = 0; i < 3; ++i) stack_.push(stack_.top(2));
            break;
        case Opcode::k2Over:
            for (int i = 0; i < 2; ++i) stack_.push(stack_.top(3));
            break;
        case Opcode::k2Rot:
            stack_.rotate(6, 2);
            break;
        case Opcode::k2Swap:
            stack_.rotate(4, 2);
            break;
        case Opcode::kIfDup:
            if (is_true(stack_.top().bytes())) stack_.push(stack_.top());
            break;
        case Opcode::kDepth:
            push_number(static_cast<std::int64_t>(stack_.size()));
            break;
        case Opcode::kDrop:
            stack_.pop();
            break;
        case Opcode::kDup:
            stack_.push(stack_.top());
            break;
        case Opcode::kNip:
            stack_.remove(1);
            break;
        case Opcode::kOver:
            stack_.push(stack_.top(1));
            break;
        case Opcode::kPick:
        case Opcode::kRoll:
            return run_pick_or_roll(opcode);
        case Opcode::kRot:
            stack_.rotate(3, 1);
            break;
        case Opcode::kSwap:
            stack_.rotate(2, 1);
            break;
        case Opcode::kTuck:
            stack_.insert_below(1, stack_.top());
            break;
        default:  // OP_SIZE
            push_number(static_cast<std::int64_t>(stack_.top().size()));
            break;
    }
    return kOk;
}

ScriptError Machine::run_pick_or_roll(Opcode opcode)
{
    const auto depth = number_at(0);
    if (!depth) return ScriptError::kScriptNum;
    stack_.pop();
    if (*depth < 0 || *depth >= static_cast<std::int64_t>(stack_.size())) return ScriptError::kInvalidStackOperation;
    const auto below = static_cast<std::size_t>(*depth);
    const Element element = stack_.top(below);
    if (opcode == Opcode::kRoll) stack_.remove(below);
    stack_.push(element);
    return kOk;
}

ScriptError Machine::run_equal(Opcode opcode)
{
    if (!has(2)) return ScriptError::kInvalidStackOperation;
    const ByteSpan a = stack_.top(1).bytes();
    const ByteSpan b = stack_.top(0).bytes();
    const bool equal = std::ranges::equal(a, b);
    stack_.pop(2);
    if (opcode == Opcode::kEqualVerify) return equal ? kOk : ScriptError::kEqualVerify;
    stack_.push(Element::boolean(equal));
    return kOk;
}

ScriptError Machine::run_unary(Opcode opcode)
{
    if (!has(1)) return ScriptError::kInvalidStackOperation;
    const auto a = number_at(0);
    if (!a) return ScriptError::kScriptNum;
    stack_.pop();
    push_number(compute(opcode, *a));
    return kOk;
}

ScriptError Machine::run_binary(Opcode opcode)
{
    // Between the arithmetic instructions lie disabled ones, which never come here.
    if (!has(2)) return ScriptError::kInvalidStackOperation;
    const auto a = number_at(1);
    const auto b = number_at(0);
    if (!a || !b) return ScriptError::kScriptNum;
    stack_.pop(2);
    const std::int64_t result = compute(opcode, *a, *b);
    if (opcode == Opcode::kNumEqualVerify) return result != 0 ? kOk : ScriptError::kNumEqualVerify;
    push_number(result);
    return kOk;
}

ScriptError Machine::run_within()
{
    if (!has(3)) return ScriptError::kInvalidStackOperation;
    const auto value = number_at(2);
    const auto least = number_at(1);
    const auto over = number_at(0);
    if (!value || !least || !over) return ScriptError::kScriptNum;
    stack_.pop(3);
    stack_.push(Element::boolean(*least <= *value && *value < *over));
    return kOk;
}

ScriptError Machine::run_hash(Opcode opcode)
{
    if (!has(1)) return ScriptError::kInvalidStackOperation;
    const Element hash = hash_element(opcode, stack_.top().bytes());
    stack_.pop();
    stack_.push(hash);
    return kOk;
}

}  // namespace cairn::consensus
