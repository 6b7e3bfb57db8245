#include "consensus/script/taproot.h"
#include "crypto/hashes.h"
#include "keys/descriptor_tree.h"
#include "keys/parse_key_expression.h"
#include "keys/tapscript_template.h"

namespace cairn::keys {
namespace {

using Function = DescriptorFunction;
using policy::ScriptType;
using Tree = std::optional<DescriptorTree>;

KeyExpression key_of(const PublicKey& key, bool x_only, const KeyOrigin* origin)
{
    KeyExpression expression;
    expression.single = key;
    expression.x_only = x_only;
    if (origin != nullptr) expression.origin = *origin;
    return expression;
}

KeyExpression x_only_key(const XOnlyKey& key, const SigningProvider& provider)
{
    return key_of(key.with_even_y(), true, provider.find_origin(key));
}

std::optional<KeyExpression> infer_key(const std::optional<PublicKey>& key, KeyContext context,
                                       const SigningProvider& provider)
{
    if (!key) return std::nullopt;
    const bool hybrid = !key->is_compressed() && key->bytes()[0] != std::byte{4};
    const bool may_be_long = context == KeyContext::kTop || context == KeyContext::kP2sh;
    if (hybrid || (!key->is_compressed() && !may_be_long)) return std::nullopt;
    return key_of(*key, false, provider.find_origin(key->hash160()));
}

Tree one_key(Function function, std::optional<KeyExpression> key)
{
    if (!key) return std::nullopt;
    DescriptorTree tree;
    tree.function = function;
    tree.keys.push_back(std::move(*key));
    return tree;
}

Tree of_key_hash(Function function, ByteSpan hash, KeyContext context, const SigningProvider& provider)
{
    const auto* key = provider.find_public(key_id(hash));
    if (key == nullptr) return std::nullopt;
    return one_key(function, infer_key(*key, context, provider));
}

Tree infer(ByteSpan script, KeyContext context, const SigningProvider& provider);

Tree wrapped(Function function, const KeyId& script_id, KeyContext inner, const SigningProvider& provider)
{
    const auto* script = provider.find_script(script_id);
    if (script == nullptr) return std::nullopt;
    auto child = infer(*script, inner, provider);
    if (!child) return std::nullopt;
    DescriptorTree tree;
    tree.function = function;
    tree.children.push_back(std::make_shared<const DescriptorTree>(std::move(*child)));
    return tree;
}

Tree infer_multisig(const policy::ScriptTemplate& found, KeyContext context, const SigningProvider& provider)
{
    DescriptorTree tree;
    tree.function = Function::kMulti;
    tree.threshold = found.required;
    for (const ByteSpan part : found.parts) {
        auto key = infer_key(PublicKey::parse(part), context, provider);
        if (!key) return std::nullopt;
        tree.keys.push_back(std::move(*key));
    }
    return tree;
}

Tree infer_tapscript(ByteSpan script, const SigningProvider& provider)
{
    const auto found = match_tapscript(script);
    if (!found) return std::nullopt;
    DescriptorTree tree;
    tree.function = found->is_multi ? Function::kMultiA : Function::kPk;
    tree.tapscript = !found->is_multi;
    tree.threshold = found->is_multi ? found->threshold : 0;
    for (const XOnlyKey& key : found->keys) tree.keys.push_back(x_only_key(key, provider));
    return tree;
}

Tree infer_taproot(ByteSpan program, const SigningProvider& provider)
{
    const auto output_key = XOnlyKey::parse(program);
    if (!output_key) return std::nullopt;
    const auto found = provider.taproot.find(*output_key);
    if (found != provider.taproot.end()) {
        DescriptorTree tree;
        tree.function = Function::kTr;
        tree.keys.push_back(x_only_key(found->second.internal_key, provider));
        bool known = true;
        for (const TaprootLeaf& leaf : found->second.leaves) {
            auto child = leaf.version == consensus::kTaprootLeafTapscript ? infer_tapscript(leaf.script, provider)
                                                                          : std::nullopt;
            known = known && child;
            if (!known) break;
            tree.children.push_back(std::make_shared<const DescriptorTree>(std::move(*child)));
            tree.depths.push_back(leaf.depth);
        }
        if (known) return tree;
    }
    return one_key(Function::kRawTr, x_only_key(*output_key, provider));
}

Tree infer(ByteSpan script, KeyContext context, const SigningProvider& provider)
{
    const auto found = policy::classify_script(script);
    const bool top = context == KeyContext::kTop;
    const bool holds_witness = top || context == KeyContext::kP2sh;
    switch (found.type) {
        case ScriptType::kPubkey:
            return one_key(Function::kPk, infer_key(PublicKey::parse(found.parts[0]), context, provider));
        case ScriptType::kPubkeyHash:
            return of_key_hash(Function::kPkh, found.parts[0], context, provider);
        case ScriptType::kMultisig:
            return infer_multisig(found, context, provider);
        case ScriptType::kScriptHash:
            if (!top) return std::nullopt;
            return wrapped(Function::kSh, key_id(found.parts[0]), KeyContext::kP2sh, provider);
        case ScriptType::kWitnessV0KeyHash:
            if (!holds_witness) return std::nullopt;
            return of_key_hash(Function::kWpkh, found.parts[0], KeyContext::kP2wpkh, provider);
        case ScriptType::kWitnessV0ScriptHash:
            if (!holds_witness) return std::nullopt;
            return wrapped(Function::kWsh, crypto::ripemd160(found.parts[0]), KeyContext::kP2wsh, provider);
        case ScriptType::kWitnessV1Taproot:
            if (!top) return std::nullopt;
            return infer_taproot(found.parts[0], provider);
        case ScriptType::kNonstandard:
        case ScriptType::kNullData:
        case ScriptType::kAnchor:
        case ScriptType::kWitnessUnknown:
            break;
    }
    return std::nullopt;
}

}  // namespace

Descriptor infer_descriptor(ByteSpan script, const SigningProvider& provider)
{
    auto tree = infer(script, KeyContext::kTop, provider);
    if (!tree) {
        tree.emplace();
        tree->function = destination_of(script) ? Function::kAddr : Function::kRaw;
        tree->script.assign(script.begin(), script.end());
    }
    return Descriptor{std::make_shared<const DescriptorTree>(std::move(*tree))};
}

}  // namespace cairn::keys
