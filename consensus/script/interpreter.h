#pragma once
// Whether a script_sig and a witness satisfy a script_pubkey.
//
// Source: Bitcoin Core 31 `VerifyScript`, `EvalScript`; BIP16, 65, 66, 112, 141, 143, 147, 341, 342.

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "consensus/primitives/transaction.h"
#include "consensus/script/flags.h"
#include "consensus/script/script_error.h"
#include "consensus/script/sighash.h"
#include "consensus/script/signature_verifier.h"

namespace cairn::consensus {

enum class SigVersion : std::uint8_t {
    kBase,       // bare scripts and P2SH
    kWitnessV0,  // BIP141
    kTaproot,    // the key path of BIP341
    kTapscript,  // BIP342
};

/// What the interpreter asks about the transaction that spends. The rules' own is TransactionChecker; signing has
/// others (which collect keys, or hold any signature for valid to learn a size).
class SignatureChecker {
public:
    virtual ~SignatureChecker() = default;

    /// `signature` with its hash type byte, not empty; of a form that the flags allow.
    virtual bool check_ecdsa(ByteSpan signature, ByteSpan public_key, ByteSpan script_code, SigVersion version) = 0;
    /// `signature` of any size (in a tapscript not empty), `public_key` of 32 bytes. kOk or the reason.
    virtual ScriptError check_schnorr(ByteSpan signature, ByteSpan public_key, const TaprootSpend& spend) = 0;
    /// `lock_time` >= 0: whether the transaction's lock time is of the same kind and at least that (BIP65).
    virtual bool check_lock_time(std::int64_t lock_time) = 0;
    /// `sequence` >= 0, without the disable bit: whether the input's relative lock is at least that (BIP112).
    virtual bool check_sequence(std::int64_t sequence) = 0;
};

/// Checks against a transaction. Holds references: all given must outlive it. For one thread at a time, and one input.
class TransactionChecker final : public SignatureChecker {
public:
    TransactionChecker(const Transaction& transaction, std::uint32_t input, const TxOutput& spent,
                       const SighashCache& cache, SignatureVerifier& verifier);

    bool check_ecdsa(ByteSpan signature, ByteSpan public_key, ByteSpan script_code, SigVersion version) override;
    ScriptError check_schnorr(ByteSpan signature, ByteSpan public_key, const TaprootSpend& spend) override;
    bool check_lock_time(std::int64_t lock_time) override;
    bool check_sequence(std::int64_t sequence) override;

private:
    /// Kept for each kind of hash type, so that many signatures over one long script hash it once.
    struct Begun {
        Bytes script_code;
        crypto::Sha256 hasher;
    };
    static constexpr std::size_t kKinds = 6;

    Hash256 legacy_hash(ByteSpan script_code, std::uint8_t hash_type);

    const Transaction& transaction_;
    const SighashCache& cache_;
    SignatureVerifier& verifier_;
    TxOutput spent_;
    std::uint32_t input_;
    std::unique_ptr<std::array<std::optional<Begun>, kKinds>> begun_;
};

/// kOk if the script verifies under `flags`. kVerifyWitness and kVerifyCleanStack ask for kVerifyP2sh, and the latter
/// for kVerifyWitness too (otherwise adding a flag could make a script valid): flags without are the caller's bug.
/// Bounded by the rules themselves: time by the script's size and signature operations, memory by kMaxStackSize
/// elements.
ScriptError verify_script(ByteSpan script_sig, ByteSpan script_pubkey, std::span<const ByteSpan> witness,
                          ScriptFlags flags, SignatureChecker& checker);

/// Input `input` of `transaction`, which spends `spent`.
ScriptError verify_input(const Transaction& transaction, std::uint32_t input, const TxOutput& spent,
                         const SighashCache& cache, ScriptFlags flags, SignatureVerifier& verifier);

}  // namespace cairn::consensus
