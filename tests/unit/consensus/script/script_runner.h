#pragma once
// Runs a script by itself as each kind of script there is, without a transaction.

#include <string_view>
#include <vector>

#include "consensus/script/interpreter.h"

namespace cairn::test {

using consensus::SignatureChecker;
using consensus::SigVersion;
using consensus::TaprootSpend;

/// Holds signatures that begin with 01 for valid, and lock times up to 100.
class FakeChecker final : public SignatureChecker {
public:
    bool check_ecdsa(ByteSpan signature, ByteSpan, ByteSpan, SigVersion) override
    {
        ++checks;
        return signature[0] == std::byte{1};
    }
    ScriptError check_schnorr(ByteSpan signature, ByteSpan, const TaprootSpend& spend) override
    {
        ++checks;
        separator = spend.code_separator_position;
        return signature[0] == std::byte{1} ? ScriptError::kOk : ScriptError::kSchnorrSig;
    }
    bool check_lock_time(std::int64_t lock_time) override { return lock_time <= 100; }
    bool check_sequence(std::int64_t sequence) override { return sequence <= 100; }

    int checks = 0;
    std::uint32_t separator = 0;
};

inline constexpr ScriptFlags kFlags = kVerifyP2sh | kVerifyWitness | kVerifyTaproot | kVerifyCheckLockTimeVerify |
                                      kVerifyCheckSequenceVerify | kVerifyNullDummy;

enum Kind { kBase, kV0, kTap };

/// Runs `body` on a stack of `elements` as a script of the kind.
ScriptError run(Kind kind, const std::vector<Bytes>& elements, const Bytes& body, ScriptFlags flags = kFlags,
                FakeChecker* checker = nullptr);

/// The elements that a script of pushes leaves.
std::vector<Bytes> elements_of(std::string_view text);

}  // namespace cairn::test
