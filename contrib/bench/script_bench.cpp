// Verification of scripts, as bench_bitcoin's VerifyScript… measure it: one input, standard flags, signature hashes
// prepared, signatures checked at once.

#include <optional>
#include <stdexcept>

#include <benchmark/benchmark.h>

#include "consensus/script/interpreter.h"
#include "consensus/script/script.h"
#include "spender.h"

namespace cairn::bench {
namespace {

using consensus::SignatureVerifier;

/// A signed spend of one output.
class Spend {
public:
    explicit Spend(CoinKind kind)
    {
        static const Spender spender;
        const OwnCoin coin{{Txid{Hash256{{std::byte{1}}}}, 0}, Amount{100'000}, kind, 0, 1};
        TransactionDraft draft;
        draft.outputs.push_back({Amount{90'000}, spender.script_pubkey(kind, coin.key)});
        transaction_ = spender.sign(std::move(draft), {coin});
        spent_.add(coin.value, spender.script_pubkey(kind, coin.key), coin.height, false);
        cache_.emplace(*transaction_, spent_);
    }

    ScriptError verify(ScriptFlags flags, SignatureVerifier& verifier) const
    {
        return consensus::verify_input(*transaction_, 0, spent_.output(0), *cache_, flags, verifier);
    }

private:
    SpentOutputs spent_;
    TransactionRef transaction_;
    std::optional<consensus::SighashCache> cache_;
};

constexpr ScriptFlags kStandardFlags =
    kVerifyAll.without(kVerifySigPushOnly);  // Bitcoin Core's standard set lacks this one too

/// Holds every signature for valid: what is left is the interpreter's own share.
class NoVerifier final : public SignatureVerifier {
public:
    bool verify_ecdsa(ByteSpan, ByteSpan, const Hash256&) override { return true; }
    bool verify_schnorr(ByteSpan, ByteSpan, const Hash256&) override { return true; }
};

void run(benchmark::State& state, CoinKind kind, SignatureVerifier& verifier)
{
    const Spend spend{kind};
    for (auto _ : state) {
        if (spend.verify(kStandardFlags, verifier) != ScriptError::kOk) throw std::logic_error("not valid");
    }
}

void VerifyScript(benchmark::State& state, CoinKind kind)
{
    consensus::ImmediateVerifier verifier;
    run(state, kind, verifier);
}
BENCHMARK_CAPTURE(VerifyScript, P2PKH, CoinKind::kP2pkh);
BENCHMARK_CAPTURE(VerifyScript, P2WPKH, CoinKind::kP2wpkh);
BENCHMARK_CAPTURE(VerifyScript, P2TR_KeyPath, CoinKind::kP2trKey);
BENCHMARK_CAPTURE(VerifyScript, P2TR_ScriptPath, CoinKind::kP2trScript);

void VerifyScriptWithoutSignature(benchmark::State& state, CoinKind kind)
{
    NoVerifier verifier;
    run(state, kind, verifier);
}
BENCHMARK_CAPTURE(VerifyScriptWithoutSignature, P2PKH, CoinKind::kP2pkh);
BENCHMARK_CAPTURE(VerifyScriptWithoutSignature, P2WPKH, CoinKind::kP2wpkh);
BENCHMARK_CAPTURE(VerifyScriptWithoutSignature, P2TR_KeyPath, CoinKind::kP2trKey);
BENCHMARK_CAPTURE(VerifyScriptWithoutSignature, P2TR_ScriptPath, CoinKind::kP2trScript);

class NoChecker final : public consensus::SignatureChecker {
public:
    bool check_ecdsa(ByteSpan, ByteSpan, ByteSpan, consensus::SigVersion) override { return false; }
    ScriptError check_schnorr(ByteSpan, ByteSpan, const consensus::TaprootSpend&) override
    {
        return ScriptError::kSchnorrSig;
    }
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
        if (consensus::verify_script({}, bytes, {}, kVerifyNone, checker) != ScriptError::kOk)
            throw std::logic_error("not valid");
    }
}
BENCHMARK(VerifyNestedIfScript);

}  // namespace
}  // namespace cairn::bench
