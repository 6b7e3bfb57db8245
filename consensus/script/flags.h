#pragma once
// Which rules a script is verified under. Names are those of the test vectors.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cairn {

/// A set of verification flags; bit values are those of the former libbitcoinconsensus where it had them.
class ScriptFlags {
public:
    constexpr ScriptFlags() = default;
    constexpr explicit ScriptFlags(std::uint32_t bits) : bits_(bits) {}

    constexpr std::uint32_t bits() const { return bits_; }
    /// Whether any flag of `other` is set.
    constexpr bool has(ScriptFlags other) const { return (bits_ & other.bits_) != 0; }
    friend constexpr bool operator==(ScriptFlags, ScriptFlags) = default;
    friend constexpr ScriptFlags operator|(ScriptFlags a, ScriptFlags b) { return ScriptFlags{a.bits_ | b.bits_}; }
    friend constexpr ScriptFlags operator&(ScriptFlags a, ScriptFlags b) { return ScriptFlags{a.bits_ & b.bits_}; }
    constexpr ScriptFlags& operator|=(ScriptFlags other) { return *this = *this | other; }
    constexpr ScriptFlags without(ScriptFlags other) const { return ScriptFlags{bits_ & ~other.bits_}; }

private:
    std::uint32_t bits_ = 0;
};

inline constexpr ScriptFlags kVerifyNone{0};
inline constexpr ScriptFlags kVerifyP2sh{1U << 0};  // BIP16
inline constexpr ScriptFlags kVerifyStrictEnc{1U << 1};
inline constexpr ScriptFlags kVerifyDerSig{1U << 2};  // BIP66
inline constexpr ScriptFlags kVerifyLowS{1U << 3};
inline constexpr ScriptFlags kVerifyNullDummy{1U << 4};  // BIP147
inline constexpr ScriptFlags kVerifySigPushOnly{1U << 5};
inline constexpr ScriptFlags kVerifyMinimalData{1U << 6};
inline constexpr ScriptFlags kVerifyDiscourageUpgradableNops{1U << 7};
inline constexpr ScriptFlags kVerifyCleanStack{1U << 8};
inline constexpr ScriptFlags kVerifyCheckLockTimeVerify{1U << 9};   // BIP65
inline constexpr ScriptFlags kVerifyCheckSequenceVerify{1U << 10};  // BIP112
inline constexpr ScriptFlags kVerifyWitness{1U << 11};              // BIP141
inline constexpr ScriptFlags kVerifyDiscourageUpgradableWitnessProgram{1U << 12};
inline constexpr ScriptFlags kVerifyMinimalIf{1U << 13};
inline constexpr ScriptFlags kVerifyNullFail{1U << 14};
inline constexpr ScriptFlags kVerifyWitnessPubkeyType{1U << 15};
inline constexpr ScriptFlags kVerifyConstScriptCode{1U << 16};
inline constexpr ScriptFlags kVerifyTaproot{1U << 17};  // BIP341, 342
inline constexpr ScriptFlags kVerifyDiscourageUpgradableTaprootVersion{1U << 18};
inline constexpr ScriptFlags kVerifyDiscourageOpSuccess{1U << 19};
inline constexpr ScriptFlags kVerifyDiscourageUpgradablePubkeyType{1U << 20};

/// Every flag that has a name.
inline constexpr ScriptFlags kVerifyAll{(1U << 21) - 1};

/// What any valid transaction must pass, whatever its age (Bitcoin Core's MANDATORY_SCRIPT_VERIFY_FLAGS).
inline constexpr ScriptFlags kMandatoryFlags = kVerifyP2sh | kVerifyDerSig | kVerifyNullDummy |
                                               kVerifyCheckLockTimeVerify | kVerifyCheckSequenceVerify |
                                               kVerifyWitness | kVerifyTaproot;

/// The names of the flags set ("P2SH", "DERSIG", …), in alphabetical order (getdeploymentinfo's script_flags).
std::vector<std::string> script_flag_names(ScriptFlags flags);

}  // namespace cairn
