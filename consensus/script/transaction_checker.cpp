#include <algorithm>

#include "consensus/limits.h"
#include "consensus/script/interpreter.h"
#include "consensus/script/script.h"
#include "crypto/public_key.h"

namespace cairn::consensus {
namespace {

/// Which of TransactionChecker's slots a hash type uses: types that hash the same but for themselves share one.
std::size_t kind_of(std::uint8_t hash_type)
{
    const unsigned low = hash_type & 0x1fU;
    const std::size_t outputs = low == kSighashSingle ? 2 : low == kSighashNone ? 1 : 0;
    return outputs + ((hash_type & kSighashAnyoneCanPay) != 0 ? 3 : 0);
}

}  // namespace

TransactionChecker::TransactionChecker(const Transaction& transaction, std::uint32_t input, const TxOutput& spent,
                                       const SighashCache& cache, SignatureVerifier& verifier)
    : transaction_(transaction), cache_(cache), verifier_(verifier), spent_(spent), input_(input)
{
}

bool TransactionChecker::check_ecdsa(ByteSpan signature, ByteSpan public_key, ByteSpan script_code, SigVersion version)
{
    if (signature.empty() || !crypto::has_public_key_form(public_key)) return false;
    // No coin has such a value; to users of the library it means what it means to Bitcoin Core: not known.
    if (version == SigVersion::kWitnessV0 && spent_.value < Amount{}) return false;
    const auto hash_type = std::to_integer<std::uint8_t>(signature.back());
    const Hash256 hash = version == SigVersion::kWitnessV0
                             ? sighash_witness_v0(transaction_, input_, script_code, spent_.value, hash_type, cache_)
                             : legacy_hash(script_code, hash_type);
    return verifier_.verify_ecdsa(public_key, signature.first(signature.size() - 1), hash);
}

Hash256 TransactionChecker::legacy_hash(ByteSpan script_code, std::uint8_t hash_type)
{
    // Only a script that checks several signatures asks twice: a short one is hashed again as quickly as remembered.
    constexpr std::size_t kWorthKeeping = 256;
    if (script_code.size() + 41 * transaction_.inputs.size() < kWorthKeeping) {
        return sighash_legacy(transaction_, input_, script_code, hash_type);
    }
    if (begun_ == nullptr) begun_ = std::make_unique<std::array<std::optional<Begun>, kKinds>>();
    auto& begun = (*begun_)[kind_of(hash_type)];
    if (!begun || !std::ranges::equal(begun->script_code, script_code)) {
        const auto hasher = begin_sighash_legacy(transaction_, input_, script_code, hash_type);
        if (!hasher) return sighash_legacy(transaction_, input_, script_code, hash_type);
        begun = Begun{{script_code.begin(), script_code.end()}, *hasher};
    }
    crypto::Sha256 hasher = begun->hasher;
    return hasher.write_u32(hash_type).finish_double();
}

ScriptError TransactionChecker::check_schnorr(ByteSpan signature, ByteSpan public_key, const TaprootSpend& spend)
{
    if (signature.size() != 64 && signature.size() != 65) return ScriptError::kSchnorrSigSize;
    std::uint8_t hash_type = kSighashDefault;
    if (signature.size() == 65) {
        hash_type = std::to_integer<std::uint8_t>(signature.back());
        if (hash_type == kSighashDefault) return ScriptError::kSchnorrSigHashtype;
    }
    const auto hash = sighash_taproot(transaction_, input_, spent_, hash_type, cache_, spend);
    if (!hash) return ScriptError::kSchnorrSigHashtype;
    return verifier_.verify_schnorr(public_key, signature.first(64), *hash) ? ScriptError::kOk
                                                                            : ScriptError::kSchnorrSig;
}

bool TransactionChecker::check_lock_time(std::int64_t lock_time)
{
    const std::int64_t own = transaction_.lock_time;
    if ((own < kLockTimeThreshold) != (lock_time < kLockTimeThreshold)) return false;
    // A final input switches the transaction's lock time off, which must not switch this off too.
    return lock_time <= own && transaction_.inputs[input_].sequence != kSequenceFinal;
}

bool TransactionChecker::check_sequence(std::int64_t sequence)
{
    const std::uint32_t own = transaction_.inputs[input_].sequence;
    if (transaction_.version < 2 || (own & kSequenceDisableFlag) != 0) return false;
    const auto wanted = static_cast<std::uint32_t>(sequence);
    return (wanted & kSequenceTypeFlag) == (own & kSequenceTypeFlag) &&
           (wanted & kSequenceMask) <= (own & kSequenceMask);
}

}  // namespace cairn::consensus
