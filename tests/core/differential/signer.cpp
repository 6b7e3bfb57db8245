#include "signer.h"

#include <algorithm>
#include <array>
#include <span>

#include "consensus/script/interpreter.h"
#include "consensus/script/script.h"
#include "crypto/ecdsa.h"
#include "crypto/schnorr.h"

namespace cairn::differential {

namespace {

constexpr std::array<std::byte, 32> kZeros{};

Bytes bytes_of(ByteSpan span)
{
    return {span.begin(), span.end()};
}

/// The script with `change` applied to what each of its pushes pushes; the rest of it, and an unreadable end, as it is.
template <class Change>
Bytes change_pushes(ByteSpan script, const Change& change)
{
    ScriptWriter writer;
    ScriptReader reader(script);
    for (std::size_t begin = 0;; begin = reader.position()) {
        const auto instruction = reader.next();
        if (!instruction) return writer.append(script.subspan(begin)).take();
        const auto changed = instruction->is_push() ? change(instruction->data) : std::nullopt;
        if (changed) {
            writer.push(*changed);
        } else {
            writer.append(script.subspan(begin, reader.position() - begin));
        }
    }
}

SpentOutputs spent_outputs(const Spend& spend)
{
    SpentOutputs spent;
    for (const auto& output : spend.spent) spent.add(output.value, output.script_pubkey, 0, false);
    return spent;
}

}  // namespace

/// Holds any signature for valid, and keeps what would be one.
class Signer::Recorder final : public consensus::SignatureChecker {
public:
    struct Replacement {
        Bytes old_signature, new_signature;
    };

    Recorder(const Signer& signer, const Transaction& transaction, std::uint32_t input, const SpentOutputs& spent)
        : signer_(signer),
          transaction_(transaction),
          input_(input),
          output_(spent.output(input)),
          cache_(transaction, spent, 0, consensus::SighashCache::Parts::kAll)
    {
    }

    bool check_ecdsa(ByteSpan signature, ByteSpan public_key, ByteSpan script_code,
                     consensus::SigVersion version) override
    {
        const auto* key = signer_.find(public_key);
        if (key == nullptr) return true;
        const auto hash_type = static_cast<std::uint8_t>(signature.back());
        const auto hash =
            version == consensus::SigVersion::kBase
                ? consensus::sighash_legacy(transaction_, input_, script_code, hash_type)
                : consensus::sighash_witness_v0(transaction_, input_, script_code, output_.value, hash_type, cache_);
        Bytes made = crypto::sign_ecdsa(signer_.context_, key->secret, hash);
        made.push_back(signature.back());
        replacements.push_back({bytes_of(signature), std::move(made)});
        return true;
    }

    ScriptError check_schnorr(ByteSpan signature, ByteSpan public_key, const consensus::TaprootSpend& spend) override
    {
        const auto* key = signer_.find(public_key);
        if (key == nullptr) return ScriptError::kOk;
        const auto hash_type = signature.size() == 65 ? static_cast<std::uint8_t>(signature[64]) : std::uint8_t{0};
        const auto hash = consensus::sighash_taproot(transaction_, input_, output_, hash_type, cache_, spend);
        if (!hash) return ScriptError::kOk;
        const auto made = crypto::sign_schnorr(signer_.context_, key->secret, *hash, std::span{kZeros});
        Bytes bytes(made.begin(), made.end());
        if (signature.size() == 65) bytes.push_back(signature[64]);
        replacements.push_back({bytes_of(signature), std::move(bytes)});
        return ScriptError::kOk;
    }

    bool check_lock_time(std::int64_t) override { return true; }
    bool check_sequence(std::int64_t) override { return true; }

    std::vector<Replacement> replacements;

private:
    const Signer& signer_;
    const Transaction& transaction_;
    std::uint32_t input_;
    TxOutput output_;
    consensus::SighashCache cache_;
};

Signer::Signer() : context_(std::span{kZeros})
{
    // The first three are those of Bitcoin Core's script_tests.
    for (const std::size_t place : {31U, 30U, 29U, 5U}) {
        std::array<std::byte, 32> bytes{};
        bytes[place] = std::byte{1};
        const auto secret = *crypto::SecretKey::parse(bytes);
        const auto key = secret.public_key(context_);
        Bytes hybrid = bytes_of(key.uncompressed().bytes());
        hybrid[0] = static_cast<std::byte>(6 | (static_cast<unsigned>(hybrid[64]) & 1U));
        keys_.push_back({secret, bytes_of(key.bytes()), bytes_of(key.uncompressed().bytes()), std::move(hybrid),
                         bytes_of(crypto::XOnlyKey::of(key).bytes())});
    }
}

const Signer::Key* Signer::find(ByteSpan public_key) const
{
    const auto it = std::ranges::find_if(keys_, [&](const Key& key) {
        return std::ranges::equal(public_key, key.compressed) || std::ranges::equal(public_key, key.uncompressed) ||
               std::ranges::equal(public_key, key.hybrid) || std::ranges::equal(public_key, key.x_only);
    });
    return it == keys_.end() ? nullptr : &*it;
}

Bytes Signer::public_key(test::TestRandom& random, std::size_t size) const
{
    const auto& key = keys_[random.below(keys_.size())];
    if (size == 32) return key.x_only;
    if (size == 33) return key.compressed;
    return random.chance(1, 4) ? key.hybrid : key.uncompressed;
}

void Signer::substitute_keys(test::TestRandom& random, Spend& spend) const
{
    const auto own = [&](ByteSpan data) -> std::optional<Bytes> {
        const bool has_size = data.size() == 32 || data.size() == 33 || data.size() == 65;
        if (!has_size || find(data) != nullptr || random.chance(1, 8)) return std::nullopt;
        return public_key(random, data.size());
    };
    auto& input = spend.transaction.inputs[spend.input];
    auto& script_pubkey = spend.spent[spend.input].script_pubkey;
    const auto program = witness_program(script_pubkey);
    const bool key_path = program && program->is_p2tr() && input.witness.size() == 1;
    if (!is_p2sh(script_pubkey) && (!program || key_path)) script_pubkey = change_pushes(script_pubkey, own);
    // A witness item may be a key (P2WPKH), a script, or both in one's eyes.
    for (auto& item : input.witness) {
        if (const auto key = item.size() != 32 ? own(item) : std::nullopt) {
            item = *key;
        } else if (item.size() > 65) {
            item = change_pushes(item, own);
        }
    }
    input.script_sig = change_pushes(input.script_sig, [&](ByteSpan data) -> std::optional<Bytes> {
        if (data.size() > 65 && data.size() != 71 && data.size() != 72) return change_pushes(data, own);
        return data.size() == 33 || data.size() == 65 ? own(data) : std::nullopt;
    });
}

void Signer::sign(Spend& spend) const
{
    const auto transaction = spend.transaction.finish();
    const auto spent = spent_outputs(spend);
    Recorder recorder(*this, *transaction, spend.input, spent);
    const auto& parsed = transaction->inputs[spend.input];
    const auto flags = kMandatoryFlags.without(kVerifyDerSig | kVerifyNullDummy);
    (void)consensus::verify_script(parsed.script_sig, spend.spent[spend.input].script_pubkey, parsed.witness, flags,
                                   recorder);
    auto& input = spend.transaction.inputs[spend.input];
    for (const auto& [old_signature, new_signature] : recorder.replacements) {
        std::ranges::replace(input.witness, old_signature, new_signature);
        input.script_sig = change_pushes(input.script_sig, [&](ByteSpan data) -> std::optional<Bytes> {
            if (!std::ranges::equal(data, old_signature)) return std::nullopt;
            return new_signature;
        });
    }
}

}  // namespace cairn::differential
