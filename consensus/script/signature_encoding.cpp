#include "consensus/script/signature_encoding.h"

#include "consensus/script/sighash.h"
#include "crypto/ecdsa.h"

namespace cairn::consensus {
namespace {

/// Takes a positive, shortest integer (tag, length, bytes) from the front; false if there is none.
bool take_integer(ByteSpan& rest)
{
    if (rest.size() < 3 || rest[0] != std::byte{2}) return false;
    const auto size = std::to_integer<std::size_t>(rest[1]);
    if (size == 0 || size > rest.size() - 2) return false;
    const ByteSpan value = rest.subspan(2, size);
    rest = rest.subspan(2 + size);
    const auto is_high = [](std::byte byte) { return (byte & std::byte{0x80}) != std::byte{0}; };
    if (is_high(value[0])) return false;
    return size == 1 || value[0] != std::byte{0} || is_high(value[1]);
}

bool has_defined_hash_type(ByteSpan signature)
{
    const auto type = std::to_integer<unsigned>(signature.back()) & ~unsigned{kSighashAnyoneCanPay};
    return type >= kSighashAll && type <= kSighashSingle;
}

}  // namespace

bool is_der_signature(ByteSpan signature)
{
    if (signature.size() < 9 || signature.size() > 73) return false;
    ByteSpan rest = signature.first(signature.size() - 1);
    if (rest[0] != std::byte{0x30} || std::to_integer<std::size_t>(rest[1]) != rest.size() - 2) return false;
    rest = rest.subspan(2);
    const bool has_r = take_integer(rest);
    return has_r && take_integer(rest) && rest.empty();
}

ScriptError check_signature_encoding(ByteSpan signature, ScriptFlags flags)
{
    if (signature.empty()) return ScriptError::kOk;
    if (flags.has(kVerifyDerSig | kVerifyLowS | kVerifyStrictEnc) && !is_der_signature(signature)) {
        return ScriptError::kSigDer;
    }
    if (flags.has(kVerifyLowS) && !crypto::has_low_s(signature.first(signature.size() - 1))) {
        return ScriptError::kSigHighS;
    }
    if (flags.has(kVerifyStrictEnc) && !has_defined_hash_type(signature)) return ScriptError::kSigHashtype;
    return ScriptError::kOk;
}

}  // namespace cairn::consensus
