#include "keys/sign_transaction.h"

#include <algorithm>
#include <array>
#include <functional>

#include "consensus/coins.h"
#include "consensus/script/interpreter.h"
#include "consensus/script/script.h"
#include "consensus/script/sighash_cache.h"
#include "crypto/hashes.h"
#include "crypto/schnorr.h"
#include "keys/satisfy_script.h"
#include "policy/options.h"

namespace cairn::keys {
namespace {

using consensus::SigVersion;

using SighashType = std::pair<std::string_view, std::uint8_t>;
constexpr std::array<SighashType, 7> kSighashTypes{{
    {"DEFAULT", 0},
    {"ALL", 1},
    {"ALL|ANYONECANPAY", 0x81},
    {"NONE", 2},
    {"NONE|ANYONECANPAY", 0x82},
    {"SINGLE", 3},
    {"SINGLE|ANYONECANPAY", 0x83},
}};

/// The transaction to be signed, with what its inputs spend.
struct SigningJob {
    TransactionRef transaction;
    const std::vector<std::optional<SpentOutput>>* spent = nullptr;
    std::optional<consensus::SighashCache> cache;
    std::uint8_t sighash_type = 0;
    Hash256 auxiliary;
};

SigningJob make_job(const TransactionDraft& draft, const std::vector<std::optional<SpentOutput>>& spent)
{
    SigningJob job;
    job.transaction = draft.finish();
    job.spent = &spent;
    SpentOutputs outputs;
    const bool all = std::ranges::all_of(spent, [](const auto& output) { return output.has_value(); });
    if (!all) {
        job.cache.emplace(*job.transaction, consensus::SighashCache::Parts::kAll);
        return job;
    }
    for (const auto& output : spent) outputs.add(output->value, output->script_pubkey, 0, false);
    job.cache.emplace(*job.transaction, outputs, 0, consensus::SighashCache::Parts::kAll);
    return job;
}

/// Signs one input with the private keys at hand; takes signatures that the input already has for other keys.
class RealSignatures final : public SignatureSource {
public:
    RealSignatures(const SigningJob& job, std::uint32_t input, const SigningProvider& provider)
        : job_(job), input_(input), provider_(provider), spent_((*job.spent)[input].value())
    {
        const TxInput& own = job_.transaction->inputs[input_];
        collect_candidates(own.script_sig, own.witness);
    }

    /// Takes signatures from there, too. It must outlive this.
    void take_from(const TxInputDraft& other) { collect_candidates(other.script_sig, other.witness); }

    std::optional<Bytes> ecdsa(ByteSpan public_key, ByteSpan script_code, SigVersion version) override
    {
        if (auto given = given_ecdsa(public_key, script_code, version)) return given;
        const auto* key = provider_.find_private(crypto::hash160(public_key));
        if (key == nullptr) return std::nullopt;
        const std::uint8_t type = job_.sighash_type == 0 ? consensus::kSighashAll : job_.sighash_type;
        const Hash256 hash = version == SigVersion::kBase
                                 ? consensus::sighash_legacy(*job_.transaction, input_, script_code, type)
                                 : consensus::sighash_witness_v0(*job_.transaction, input_, script_code, spent_.value,
                                                                 type, *job_.cache);
        Bytes signature = key->sign_ecdsa(hash);
        signature.push_back(static_cast<std::byte>(type));
        return signature;
    }

    std::optional<Bytes> schnorr(const XOnlyKey& key, const TaprootKeyUse& use) override
    {
        const auto* found = provider_.find_private(key);
        if (found == nullptr) return std::nullopt;
        std::optional<crypto::SecretKey> secret = found->secret();
        if (use.tweak) secret = secret->taproot_output(found->context(), use.merkle_root);
        const TxOutput output{spent_.value, spent_.script_pubkey};
        consensus::TaprootSpend spend;
        spend.leaf_hash = use.leaf_hash;
        const auto hash =
            consensus::sighash_taproot(*job_.transaction, input_, output, job_.sighash_type, *job_.cache, spend);
        if (!secret || !hash) return std::nullopt;
        const auto signature = crypto::sign_schnorr(found->context(), *secret, *hash, job_.auxiliary.bytes);
        Bytes bytes(signature.begin(), signature.end());
        if (job_.sighash_type != consensus::kSighashDefault) bytes.push_back(static_cast<std::byte>(job_.sighash_type));
        return bytes;
    }

private:
    template <class Witness>
    void collect_candidates(ByteSpan script_sig, const Witness& witness)
    {
        const auto add = [this](ByteSpan element) {
            if (element.size() >= 9 && element.size() <= 73 && element[0] == std::byte{0x30}) {
                candidates_.push_back(element);
            }
        };
        ScriptReader reader{script_sig};
        while (const auto instruction = reader.next()) add(instruction->data);
        for (const ByteSpan element : witness) add(element);
    }

    std::optional<Bytes> given_ecdsa(ByteSpan public_key, ByteSpan script_code, SigVersion version)
    {
        if (candidates_.empty()) return std::nullopt;
        consensus::ImmediateVerifier verifier;
        const TxOutput output{spent_.value, spent_.script_pubkey};
        consensus::TransactionChecker checker{*job_.transaction, input_, output, *job_.cache, verifier};
        for (const ByteSpan signature : candidates_) {
            if (checker.check_ecdsa(signature, public_key, script_code, version)) {
                return Bytes(signature.begin(), signature.end());
            }
        }
        return std::nullopt;
    }

    const SigningJob& job_;
    std::uint32_t input_;
    const SigningProvider& provider_;
    const SpentOutput& spent_;
    std::vector<ByteSpan> candidates_;
};

/// Anything that looks like a signature, for keys that are known.
class DummySignatures final : public SignatureSource {
public:
    explicit DummySignatures(const SigningProvider& provider) : provider_(provider) {}

    std::optional<Bytes> ecdsa(ByteSpan public_key, ByteSpan, SigVersion) override
    {
        if (provider_.find_public(crypto::hash160(public_key)) == nullptr) return std::nullopt;
        return Bytes(kLowRSignatureSize, std::byte{0x30});
    }
    std::optional<Bytes> schnorr(const XOnlyKey& key, const TaprootKeyUse&) override
    {
        if (provider_.find_origin(key) == nullptr) return std::nullopt;
        return Bytes(64);
    }

private:
    static constexpr std::size_t kLowRSignatureSize = 71;
    const SigningProvider& provider_;
};

ScriptError verify(const SigningJob& job, std::uint32_t input, const TxInputDraft& draft, const SpentOutput& spent)
{
    std::vector<ByteSpan> witness(draft.witness.begin(), draft.witness.end());
    const TxOutput output{spent.value, spent.script_pubkey};
    consensus::ImmediateVerifier verifier;
    consensus::TransactionChecker checker{*job.transaction, input, output, *job.cache, verifier};
    return consensus::verify_script(draft.script_sig, spent.script_pubkey, witness, policy::kStandardScriptFlags,
                                    checker);
}

/// Adds the scripts that a partly signed input reveals.
void add_revealed_scripts(SigningProvider& provider, const TxInputDraft& input)
{
    ByteSpan last;
    ScriptReader reader{input.script_sig};
    while (const auto instruction = reader.next()) last = instruction->data;
    if (!last.empty()) provider.add_script(last);
    if (!input.witness.empty()) provider.add_script(input.witness.back());
}

std::string error_text(ScriptError error)
{
    if (error == ScriptError::kInvalidStackOperation) {
        return "Unable to sign input, invalid stack size (possibly missing key)";
    }
    if (error == ScriptError::kNullFail) {
        return "CHECK(MULTI)SIG failing with non-zero signature (possibly need more signatures)";
    }
    return std::string(text(error));
}

bool is_single_without_output(const SigningJob& job, std::uint32_t input)
{
    const auto base = static_cast<std::uint8_t>(job.sighash_type & ~consensus::kSighashAnyoneCanPay);
    return base == consensus::kSighashSingle && input >= job.transaction->outputs.size();
}

/// BIP62: OP_1 to OP_16 and OP_1NEGATE where they push the same.
void push_minimal(ScriptWriter& script, ByteSpan element)
{
    const unsigned value = element.size() == 1 ? std::to_integer<unsigned>(element[0]) : 0;
    if (value >= 1 && value <= 16) {
        script.push_number(value);
    } else if (value == 0x81) {
        script.push_number(-1);
    } else {
        script.push(element);
    }
}

void apply(const Satisfaction& satisfaction, TxInputDraft& input)
{
    ScriptWriter script_sig;
    for (const Bytes& element : satisfaction.script_sig) push_minimal(script_sig, element);
    input.script_sig = script_sig.take();
    input.witness = satisfaction.witness;
}

void satisfy_input(const SigningJob& job, std::uint32_t i, TxInputDraft& input, const SigningProvider& provider)
{
    RealSignatures signatures{job, i, provider};
    const auto satisfaction = satisfy_script((*job.spent)[i]->script_pubkey, signatures, provider);
    if (satisfaction) apply(*satisfaction, input);
}

/// As far as keys and scripts are known.
void sign_input(const SigningJob& job, std::uint32_t i, TxInputDraft& input, const SigningProvider& provider)
{
    // A copy of all keys for each input would cost more than the signatures.
    if (input.script_sig.empty() && input.witness.empty()) return satisfy_input(job, i, input, provider);
    SigningProvider all = provider;
    add_revealed_scripts(all, input);
    satisfy_input(job, i, input, all);
}

}  // namespace

std::optional<std::uint8_t> sighash_type_from_name(std::string_view name)
{
    const auto found = std::ranges::find(kSighashTypes, name, &SighashType::first);
    if (found == kSighashTypes.end()) return std::nullopt;
    return found->second;
}

std::optional<std::string_view> sighash_type_name(std::uint8_t type)
{
    const auto found = std::ranges::find(kSighashTypes, type, &SighashType::second);
    if (found == kSighashTypes.end() || type == consensus::kSighashDefault) return std::nullopt;
    return found->first;
}

std::map<std::size_t, std::string> sign_transaction(TransactionDraft& draft,
                                                    const std::vector<std::optional<SpentOutput>>& spent,
                                                    const SigningProvider& provider, std::uint8_t sighash_type,
                                                    const Hash256& auxiliary)
{
    SigningJob job = make_job(draft, spent);
    job.sighash_type = sighash_type;
    job.auxiliary = auxiliary;
    std::map<std::size_t, std::string> errors;
    for (std::uint32_t i = 0; i < draft.inputs.size(); ++i) {
        TxInputDraft& input = draft.inputs[i];
        if (!spent[i]) {
            errors[i] = "Input not found or already spent";
            continue;
        }
        if (verify(job, i, input, *spent[i]) == ScriptError::kOk) continue;
        if (!is_single_without_output(job, i)) sign_input(job, i, input, provider);
        if (spent[i]->value == kMaxMoney && !input.witness.empty()) {
            errors[i] = "Missing amount";
            continue;
        }
        const ScriptError error = verify(job, i, input, *spent[i]);
        if (error != ScriptError::kOk) errors[i] = error_text(error);
    }
    return errors;
}

TransactionDraft combine_transactions(const std::vector<TransactionDraft>& variants,
                                      const std::vector<SpentOutput>& spent)
{
    TransactionDraft combined = variants.front();
    const std::vector<std::optional<SpentOutput>> known(spent.begin(), spent.end());
    const SigningJob job = make_job(combined, known);
    for (std::uint32_t i = 0; i < combined.inputs.size(); ++i) {
        const auto complete = std::ranges::find_if(variants, [&](const TransactionDraft& variant) {
            return verify(job, i, variant.inputs[i], spent[i]) == ScriptError::kOk;
        });
        if (complete != variants.end()) {
            combined.inputs[i] = complete->inputs[i];
            continue;
        }
        SigningProvider revealed;
        for (const TransactionDraft& variant : variants) {
            add_revealed_scripts(revealed, variant.inputs[i]);
        }
        RealSignatures signatures{job, i, revealed};
        for (const TransactionDraft& variant : variants) signatures.take_from(variant.inputs[i]);
        const auto satisfaction = satisfy_script(spent[i].script_pubkey, signatures, revealed);
        if (satisfaction) apply(*satisfaction, combined.inputs[i]);
    }
    return combined;
}

bool fill_with_dummies(TxInputDraft& input, ByteSpan script_pubkey, const SigningProvider& provider)
{
    DummySignatures signatures{provider};
    const auto satisfaction = satisfy_script(script_pubkey, signatures, provider);
    if (!satisfaction || !satisfaction->complete) return false;
    apply(*satisfaction, input);
    return true;
}

}  // namespace cairn::keys
