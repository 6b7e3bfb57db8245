#include "keys/satisfy_script.h"

#include "consensus/script/taproot.h"
#include "crypto/hashes.h"
#include "keys/destination.h"
#include "keys/tapscript_template.h"

namespace cairn::keys {
namespace {

using consensus::SigVersion;
using policy::ScriptType;

struct Stack {
    std::vector<Bytes> elements;
    bool complete = false;
};

Bytes owned(ByteSpan bytes)
{
    return {bytes.begin(), bytes.end()};
}

class Satisfier {
public:
    Satisfier(SignatureSource& signatures, const SigningProvider& provider)
        : signatures_(signatures), provider_(provider)
    {
    }

    std::optional<Satisfaction> script_pubkey(ByteSpan script)
    {
        const auto found = policy::classify_script(script);
        if (found.type == ScriptType::kWitnessV1Taproot) return taproot(found.parts[0]);
        if (found.type == ScriptType::kScriptHash) return script_hash(found.parts[0]);
        if (found.witness_version == 0) return witness_v0(found);
        const auto stack = plain(script, found, SigVersion::kBase);
        if (!stack) return std::nullopt;
        return Satisfaction{stack->elements, {}, stack->complete};
    }

private:
    std::optional<Satisfaction> script_hash(ByteSpan hash)
    {
        const auto* redeem = provider_.find_script(key_id(hash));
        if (redeem == nullptr) return std::nullopt;
        const auto found = policy::classify_script(*redeem);
        if (found.witness_version == 0) {
            auto inner = witness_v0(found);
            if (inner) inner->script_sig = {*redeem};
            return inner;
        }
        auto stack = plain(*redeem, found, SigVersion::kBase);
        if (!stack) return std::nullopt;
        stack->elements.push_back(*redeem);
        return Satisfaction{std::move(stack->elements), {}, stack->complete};
    }

    std::optional<Satisfaction> witness_v0(const policy::ScriptTemplate& found)
    {
        if (found.type == ScriptType::kWitnessV0KeyHash) {
            const Bytes script = script_for(pubkey_hash_destination(found.parts[0]));
            auto stack = plain(script, policy::classify_script(script), SigVersion::kWitnessV0);
            if (!stack) return std::nullopt;
            return Satisfaction{{}, std::move(stack->elements), stack->complete};
        }
        if (found.type != ScriptType::kWitnessV0ScriptHash) return std::nullopt;
        const auto* script = provider_.find_script(crypto::ripemd160(found.parts[0]));
        if (script == nullptr) return std::nullopt;
        auto stack = plain(*script, policy::classify_script(*script), SigVersion::kWitnessV0);
        if (!stack) return std::nullopt;
        stack->elements.push_back(*script);
        return Satisfaction{{}, std::move(stack->elements), stack->complete};
    }

    /// Scripts that are no wrapper.
    std::optional<Stack> plain(ByteSpan script, const policy::ScriptTemplate& found, SigVersion version)
    {
        if (found.type == ScriptType::kMultisig) return multisig(script, found, version);
        if (found.type == ScriptType::kPubkey) {
            auto signature = signatures_.ecdsa(found.parts[0], script, version);
            if (!signature) return std::nullopt;
            return Stack{{std::move(*signature)}, true};
        }
        if (found.type != ScriptType::kPubkeyHash) return std::nullopt;
        const auto* key = provider_.find_public(key_id(found.parts[0]));
        if (key == nullptr) return std::nullopt;
        auto signature = signatures_.ecdsa(key->bytes(), script, version);
        if (!signature) return std::nullopt;
        return Stack{{std::move(*signature), owned(key->bytes())}, true};
    }

    std::optional<Stack> multisig(ByteSpan script, const policy::ScriptTemplate& found, SigVersion version)
    {
        const auto required = static_cast<std::size_t>(found.required);
        Stack stack{{Bytes{}}, false};  // the element that OP_CHECKMULTISIG takes too many
        for (const ByteSpan key : found.parts) {
            if (stack.elements.size() == required + 1) break;
            if (auto signature = signatures_.ecdsa(key, script, version)) {
                stack.elements.push_back(std::move(*signature));
            }
        }
        if (stack.elements.size() == 1) return std::nullopt;
        stack.complete = stack.elements.size() == required + 1;
        stack.elements.resize(required + 1);
        return stack;
    }

    std::optional<Satisfaction> taproot(ByteSpan program)
    {
        const auto output_key = XOnlyKey::parse(program);
        if (!output_key) return std::nullopt;
        const auto found = provider_.taproot.find(*output_key);
        std::optional<Bytes> signature;
        if (found != provider_.taproot.end()) {
            signature = signatures_.schnorr(found->second.internal_key, {true, found->second.merkle_root(), {}});
        }
        if (!signature) signature = signatures_.schnorr(*output_key, {});
        if (signature) return Satisfaction{{}, {std::move(*signature)}, true};
        if (found == provider_.taproot.end()) return std::nullopt;
        return taproot_script(found->second);
    }

    /// The smallest witness among the leaves that can be satisfied.
    std::optional<Satisfaction> taproot_script(const TaprootOutput& output)
    {
        std::optional<Satisfaction> best;
        std::size_t best_size = 0;
        for (std::size_t i = 0; i < output.leaves.size(); ++i) {
            auto stack = leaf(output.leaves[i]);
            if (!stack) continue;
            stack->push_back(output.leaves[i].script);
            stack->push_back(output.control_block(i));
            std::size_t size = 0;
            for (const Bytes& element : *stack) size += element.size() + 1;
            if (best && size >= best_size) continue;
            best = Satisfaction{{}, std::move(*stack), true};
            best_size = size;
        }
        return best;
    }

    std::optional<std::vector<Bytes>> leaf(const TaprootLeaf& leaf)
    {
        const auto found =
            leaf.version == consensus::kTaprootLeafTapscript ? match_tapscript(leaf.script) : std::nullopt;
        if (!found) return std::nullopt;
        const TaprootKeyUse use{false, {}, leaf.hash()};
        std::vector<Bytes> stack;
        int signatures = 0;
        // The first key's signature is on top.
        for (auto key = found->keys.rbegin(); key != found->keys.rend(); ++key) {
            auto signature = signatures < found->threshold ? signatures_.schnorr(*key, use) : std::nullopt;
            if (signature) ++signatures;
            stack.push_back(signature ? std::move(*signature) : Bytes{});
        }
        if (signatures < found->threshold) return std::nullopt;
        return stack;
    }

    SignatureSource& signatures_;
    const SigningProvider& provider_;
};

}  // namespace

std::optional<Satisfaction> satisfy_script(ByteSpan script_pubkey, SignatureSource& signatures,
                                           const SigningProvider& provider)
{
    return Satisfier{signatures, provider}.script_pubkey(script_pubkey);
}

}  // namespace cairn::keys
