// Verification of scripts, as bench_bitcoin's VerifyScript… measure it: one input, standard flags, signature hashes
// prepared, signatures checked at once.

#include <array>
#include <stdexcept>

#include <benchmark/benchmark.h>

#include "consensus/primitives/transaction_draft.h"
#include "consensus/script/interpreter.h"
#include "consensus/script/script.h"
#include "consensus/script/script_batch.h"
#include "consensus/script/taproot.h"
#include "crypto/ecdsa.h"
#include "crypto/schnorr.h"

namespace cairn::consensus {
namespace {

constexpr std::array<std::byte, 32> kZeros{};

enum class Kind { kP2pkh, kP2wpkh, kP2trKeyPath, kP2trScriptPath };

/// A signed spend of one output.
class Spend {
public:
    explicit Spend(Kind kind) : kind_(kind)
    {
        script_pubkey_ = make_script_pubkey();
        spent_.add(Amount{100'000}, script_pubkey_, 1, false);
        TransactionDraft draft;
        draft.inputs.push_back({.prevout = {Txid{Hash256{{std::byte{1}}}}, 0}, .script_sig = {}, .witness = {}});
        draft.outputs.push_back({Amount{90'000}, script_pubkey_});
        sign(draft);
        transaction_ = draft.finish();
        cache_.emplace(*transaction_, spent_);
    }

    ScriptError verify(ScriptFlags flags, SignatureVerifier& verifier) const
    {
        return verify_input(*transaction_, 0, spent_.output(0), *cache_, flags, verifier);
    }

private:
    Bytes make_script_pubkey()
    {
        switch (kind_) {
            case Kind::kP2pkh:
                return make_p2pkh_script(public_key_.hash160());
            case Kind::kP2wpkh:
                return make_witness_program_script(0, public_key_.hash160());
            case Kind::kP2trKeyPath:
                return make_witness_program_script(1, x_only_.taproot_output(std::nullopt)->key.bytes());
            default:
                break;
        }
        leaf_ = ScriptWriter{}.push(x_only_.bytes()).op(Opcode::kCheckSig).take();
        const auto internal = crypto::XOnlyKey::nothing_up_my_sleeve();
        const auto output = internal.taproot_output(tapleaf_hash(kTaprootLeafTapscript, leaf_));
        control_.push_back(static_cast<std::byte>(kTaprootLeafTapscript + (output->odd ? 1 : 0)));
        control_.insert(control_.end(), internal.bytes().begin(), internal.bytes().end());
        return make_witness_program_script(1, output->key.bytes());
    }

    void sign(TransactionDraft& draft)
    {
        const auto transaction = draft.finish();
        const SighashCache cache{*transaction, spent_, 0, SighashCache::Parts::kAll};
        const Bytes p2pkh = make_p2pkh_script(public_key_.hash160());
        const Bytes key{public_key_.bytes().begin(), public_key_.bytes().end()};
        auto& input = draft.inputs[0];
        if (kind_ == Kind::kP2pkh) {
            const auto signature = ecdsa(sighash_legacy(*transaction, 0, p2pkh, kSighashAll));
            input.script_sig = ScriptWriter{}.push(signature).push(key).take();
        } else if (kind_ == Kind::kP2wpkh) {
            input.witness = {ecdsa(sighash_witness_v0(*transaction, 0, p2pkh, Amount{100'000}, kSighashAll, cache)),
                             key};
        } else if (kind_ == Kind::kP2trKeyPath) {
            const auto hash = sighash_taproot(*transaction, 0, spent_.output(0), kSighashDefault, cache, {});
            input.witness = {schnorr(*key_.taproot_output(context_, std::nullopt), *hash)};
        } else {
            const TaprootSpend spend{.annex_hash = {}, .leaf_hash = tapleaf_hash(kTaprootLeafTapscript, leaf_)};
            const auto hash = sighash_taproot(*transaction, 0, spent_.output(0), kSighashDefault, cache, spend);
            input.witness = {schnorr(key_, *hash), leaf_, control_};
        }
    }

    Bytes ecdsa(const Hash256& hash)
    {
        Bytes signature = crypto::sign_ecdsa(context_, key_, hash);
        signature.push_back(std::byte{kSighashAll});
        return signature;
    }
    Bytes schnorr(const crypto::SecretKey& key, const Hash256& hash)
    {
        const auto signature = crypto::sign_schnorr(context_, key, hash, kZeros);
        return {signature.begin(), signature.end()};
    }

    Kind kind_;
    crypto::SigningContext context_{kZeros};
    crypto::SecretKey key_ = *crypto::SecretKey::parse(Hash256{{std::byte{1}}}.span());
    crypto::PublicKey public_key_ = key_.public_key(context_);
    crypto::XOnlyKey x_only_ = crypto::XOnlyKey::of(public_key_);
    Bytes leaf_;
    Bytes control_;
    Bytes script_pubkey_;
    SpentOutputs spent_;
    TransactionRef transaction_;
    std::optional<SighashCache> cache_;
};

constexpr ScriptFlags kStandardFlags =
    kVerifyAll.without(kVerifySigPushOnly);  // Bitcoin Core's standard set lacks this one too

/// Holds every signature for valid: what is left is the interpreter's own share.
class NoVerifier final : public SignatureVerifier {
public:
    bool verify_ecdsa(ByteSpan, ByteSpan, const Hash256&) override { return true; }
    bool verify_schnorr(ByteSpan, ByteSpan, const Hash256&) override { return true; }
};

void run(benchmark::State& state, Kind kind, SignatureVerifier& verifier)
{
    const Spend spend{kind};
    for (auto _ : state) {
        if (spend.verify(kStandardFlags, verifier) != ScriptError::kOk) throw std::logic_error("not valid");
    }
}

void VerifyScript(benchmark::State& state, Kind kind)
{
    ImmediateVerifier verifier;
    run(state, kind, verifier);
}
BENCHMARK_CAPTURE(VerifyScript, P2PKH, Kind::kP2pkh);
BENCHMARK_CAPTURE(VerifyScript, P2WPKH, Kind::kP2wpkh);
BENCHMARK_CAPTURE(VerifyScript, P2TR_KeyPath, Kind::kP2trKeyPath);
BENCHMARK_CAPTURE(VerifyScript, P2TR_ScriptPath, Kind::kP2trScriptPath);

void VerifyScriptWithoutSignature(benchmark::State& state, Kind kind)
{
    NoVerifier verifier;
    run(state, kind, verifier);
}
BENCHMARK_CAPTURE(VerifyScriptWithoutSignature, P2PKH, Kind::kP2pkh);
BENCHMARK_CAPTURE(VerifyScriptWithoutSignature, P2WPKH, Kind::kP2wpkh);
BENCHMARK_CAPTURE(VerifyScriptWithoutSignature, P2TR_KeyPath, Kind::kP2trKeyPath);
BENCHMARK_CAPTURE(VerifyScriptWithoutSignature, P2TR_ScriptPath, Kind::kP2trScriptPath);

class NoChecker final : public SignatureChecker {
public:
    bool check_ecdsa(ByteSpan, ByteSpan, ByteSpan, SigVersion) override { return false; }
    ScriptError check_schnorr(ByteSpan, ByteSpan, const TaprootSpend&) override { return ScriptError::kSchnorrSig; }
    bool check_lock_time(std::int64_t) override { return false; }
    bool check_sequence(std::int64_t) override { return false; }
};

void VerifyNestedIfScript(benchmark::State& state)
{
    ScriptWriter script;
    for (int i = 0; i < 100; ++i) script.op(Opcode::k1).op(Opcode::kIf);
    for (int i = 0; i < 1000; ++i) script.op(Opcode::k1);
    for (int i = 0; i < 100; ++i) script.op(Opcode::kEndIf);
    const Bytes bytes = script.take();
    NoChecker checker;
    for (auto _ : state) {
        if (verify_script({}, bytes, {}, kVerifyNone, checker) != ScriptError::kOk) throw std::logic_error("not valid");
    }
}
BENCHMARK(VerifyNestedIfScript);

}  // namespace
}  // namespace cairn::consensus
