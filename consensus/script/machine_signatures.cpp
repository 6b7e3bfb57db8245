// Instructions that check signatures.

#include <array>
#include <cassert>
#include <string_view>

#include "consensus/script/machine.h"
#include "consensus/script/signature_encoding.h"

namespace cairn::consensus {
namespace {

constexpr auto kOk = ScriptError::kOk;
constexpr std::int64_t kBudgetPerSignature = 50;

std::string_view as_text(ByteSpan bytes)
{
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool starts_with(ByteSpan bytes, ByteSpan prefix)
{
    return as_text(bytes).starts_with(as_text(prefix));
}

/// `script` without what equals `pattern`, a push, at the beginning of an instruction; nothing if that is nowhere.
/// Linear in the script's size, whatever it holds: what begins as the pattern does is as long as it.
std::optional<Bytes> without(ByteSpan script, ByteSpan pattern)
{
    Bytes kept;
    bool found = false;
    std::size_t from = 0;
    const auto keep_until = [&](std::size_t end) {
        const ByteSpan part = script.subspan(from, end - from);
        kept.insert(kept.end(), part.begin(), part.end());
    };
    for (std::size_t at = 0; at < script.size();) {
        const ByteSpan rest = script.subspan(at);
        if (starts_with(rest, pattern)) {
            keep_until(at);
            at += pattern.size();
            from = at;
            found = true;
            continue;
        }
        ScriptReader reader{rest};
        if (!reader.next()) break;
        at += reader.position();
    }
    if (!found) return std::nullopt;
    keep_until(script.size());
    return kept;
}

/// 02 or 03 and 33 bytes, or 04 and 65: unlike has_public_key_form, no hybrids.
bool is_compressed(ByteSpan key)
{
    return key.size() == 33 && (key[0] == std::byte{2} || key[0] == std::byte{3});
}
bool is_compressed_or_uncompressed(ByteSpan key)
{
    return is_compressed(key) || (key.size() == 65 && key[0] == std::byte{4});
}

}  // namespace

ScriptError Machine::check_public_key_encoding(ByteSpan public_key) const
{
    if (flags_.has(kVerifyStrictEnc) && !is_compressed_or_uncompressed(public_key)) return ScriptError::kPubkeyType;
    if (flags_.has(kVerifyWitnessPubkeyType) && version_ == SigVersion::kWitnessV0 && !is_compressed(public_key)) {
        return ScriptError::kWitnessPubkeyType;
    }
    return kOk;
}

// CONSENSUS: before segwit, the pushes of a signature are taken out of the script code before it is hashed
// (FindAndDelete). For an empty signature that push is OP_0. Tests: script_tests.json, tx_valid.json.
ScriptError Machine::delete_signature(ByteSpan signature, ByteSpan& script_code, Bytes& storage) const
{
    if (version_ != SigVersion::kBase) return kOk;
    // No script code can hold what is longer than it.
    if (signature.size() >= script_code.size()) return kOk;
    auto shortened = without(script_code, ScriptWriter{}.push(signature).take());
    if (!shortened) return kOk;
    if (flags_.has(kVerifyConstScriptCode)) return ScriptError::kSigFindAndDelete;
    storage = std::move(*shortened);
    script_code = storage;
    return kOk;
}

ScriptError Machine::check_signature(ByteSpan signature, ByteSpan public_key, bool& valid)
{
    return version_ == SigVersion::kTapscript ? check_tapscript_signature(signature, public_key, valid)
                                              : check_ecdsa_signature(signature, public_key, valid);
}

ScriptError Machine::check_ecdsa_signature(ByteSpan signature, ByteSpan public_key, bool& valid)
{
    ByteSpan script_code = script_.subspan(code_begin_);
    Bytes storage;
    if (const auto error = delete_signature(signature, script_code, storage); error != kOk) return error;
    if (const auto error = check_signature_encoding(signature, flags_); error != kOk) return error;
    if (const auto error = check_public_key_encoding(public_key); error != kOk) return error;
    valid = !signature.empty() && checker_.check_ecdsa(signature, public_key, script_code, version_);
    if (!valid && flags_.has(kVerifyNullFail) && !signature.empty()) return ScriptError::kNullFail;
    return kOk;
}

// The order of these checks is consensus (BIP342).
ScriptError Machine::check_tapscript_signature(ByteSpan signature, ByteSpan public_key, bool& valid)
{
    assert(tapscript_ != nullptr);
    valid = !signature.empty();
    if (valid) {
        tapscript_->budget -= kBudgetPerSignature;
        if (tapscript_->budget < 0) return ScriptError::kTapscriptValidationWeight;
    }
    if (public_key.empty()) return ScriptError::kTapscriptEmptyPubkey;
    if (public_key.size() == 32) {
        return valid ? checker_.check_schnorr(signature, public_key, tapscript_->spend) : kOk;
    }
    // Keys of other sizes are for future rules: their signatures count as valid.
    return flags_.has(kVerifyDiscourageUpgradablePubkeyType) ? ScriptError::kDiscourageUpgradablePubkeyType : kOk;
}

ScriptError Machine::run_check_sig(Opcode opcode)
{
    if (!has(2)) return ScriptError::kInvalidStackOperation;
    bool valid = false;
    if (const auto error = check_signature(stack_.top(1).bytes(), stack_.top(0).bytes(), valid); error != kOk) {
        return error;
    }
    stack_.pop(2);
    if (opcode == Opcode::kCheckSigVerify) return valid ? kOk : ScriptError::kCheckSigVerify;
    stack_.push(Element::boolean(valid));
    return kOk;
}

ScriptError Machine::run_check_sig_add()
{
    if (version_ != SigVersion::kTapscript) return ScriptError::kBadOpcode;
    if (!has(3)) return ScriptError::kInvalidStackOperation;
    const auto count = number_at(1);
    if (!count) return ScriptError::kScriptNum;
    bool valid = false;
    if (const auto error = check_signature(stack_.top(2).bytes(), stack_.top(0).bytes(), valid); error != kOk) {
        return error;
    }
    stack_.pop(3);
    push_number(*count + (valid ? 1 : 0));
    return kOk;
}

/// Where the operands of OP_CHECKMULTISIG are: depths from the top of the stack, and how many are left to match.
struct Machine::Signatures {
    std::size_t key;
    std::size_t keys;
    std::size_t signature;
    std::size_t signatures;
};

ScriptError Machine::match_signatures(Signatures& left, ByteSpan script_code, bool& matched)
{
    // CONSENSUS: from the last key and signature to the first, each key once; stops as soon as fewer keys than
    // signatures are left, so that the encodings of the others are never looked at. Test: script_tests.json.
    while (left.signatures > 0 && left.signatures <= left.keys) {
        const ByteSpan signature = stack_.top(left.signature).bytes();
        const ByteSpan key = stack_.top(left.key).bytes();
        if (const auto error = check_signature_encoding(signature, flags_); error != kOk) return error;
        if (const auto error = check_public_key_encoding(key); error != kOk) return error;
        if (!signature.empty() && checker_.check_ecdsa(signature, key, script_code, version_)) {
            ++left.signature;
            --left.signatures;
        }
        ++left.key;
        --left.keys;
    }
    matched = left.signatures == 0;
    return kOk;
}

ScriptError Machine::run_check_multisig(Opcode opcode)  // lint: long, because its steps share the operands' places
{
    if (version_ == SigVersion::kTapscript) return ScriptError::kTapscriptCheckMultisig;
    if (!has(1)) return ScriptError::kInvalidStackOperation;
    const auto key_count = number_at(0);
    if (!key_count) return ScriptError::kScriptNum;
    if (*key_count < 0 || *key_count > kMaxPubkeysPerMultisig) return ScriptError::kPubkeyCount;
    op_count_ += static_cast<int>(*key_count);
    if (op_count_ > kMaxOpsPerScript) return ScriptError::kOpCount;
    const auto keys = static_cast<std::size_t>(*key_count);
    if (!has(keys + 2)) return ScriptError::kInvalidStackOperation;
    const auto signature_count = number_at(keys + 1);
    if (!signature_count) return ScriptError::kScriptNum;
    if (*signature_count < 0 || *signature_count > *key_count) return ScriptError::kSigCount;
    const auto signatures = static_cast<std::size_t>(*signature_count);
    const std::size_t first_signature = keys + 2;
    if (!has(first_signature + signatures)) return ScriptError::kInvalidStackOperation;

    ByteSpan script_code = script_.subspan(code_begin_);
    Bytes storage;
    for (std::size_t i = 0; i < signatures; ++i) {
        Bytes shortened;
        const ByteSpan signature = stack_.top(first_signature + i).bytes();
        if (const auto error = delete_signature(signature, script_code, shortened); error != kOk) return error;
        if (shortened.empty()) continue;
        storage = std::move(shortened);
        script_code = storage;
    }
    Signatures left{1, keys, first_signature, signatures};
    bool matched = false;
    if (const auto error = match_signatures(left, script_code, matched); error != kOk) return error;

    if (!matched && flags_.has(kVerifyNullFail)) {
        for (std::size_t i = 0; i < signatures; ++i) {
            if (!stack_.top(first_signature + i).empty()) return ScriptError::kNullFail;
        }
    }
    stack_.pop(first_signature + signatures);
    // CONSENSUS: one element more is taken than the operands are, since 2009; BIP147 wants it empty.
    if (!has(1)) return ScriptError::kInvalidStackOperation;
    if (flags_.has(kVerifyNullDummy) && !stack_.top().empty()) return ScriptError::kSigNullDummy;
    stack_.pop();
    if (opcode == Opcode::kCheckMultisigVerify) return matched ? kOk : ScriptError::kCheckMultisigVerify;
    stack_.push(Element::boolean(matched));
    return kOk;
}

}  // namespace cairn::consensus
