#include "keys/descriptor.h"

#include <algorithm>
#include <array>
#include <functional>

#include "consensus/script/script.h"
#include "crypto/hashes.h"
#include "crypto/hex.h"
#include "crypto/sha256.h"
#include "keys/address.h"
#include "keys/descriptor_tree.h"

namespace cairn::keys {
namespace {

using Function = DescriptorFunction;
using KeyText = std::function<std::optional<std::string>(const KeyExpression&)>;

/// Writes the tree, keys as `key_text` says; nothing if that has nothing for one of them.
std::optional<std::string> write_tree(const DescriptorTree& tree, const AddressFormat& format, const KeyText& key_text);

/// The leaves of tr() with their braces, from leaf `next` at `depth` on.
std::optional<std::string> write_leaves(const DescriptorTree& tree, const AddressFormat& format,
                                        const KeyText& key_text, std::size_t& next, int depth)
{
    if (tree.depths[next] == depth) return write_tree(*tree.children[next++], format, key_text);
    const auto left = write_leaves(tree, format, key_text, next, depth + 1);
    if (!left) return std::nullopt;
    const auto right = write_leaves(tree, format, key_text, next, depth + 1);
    if (!right) return std::nullopt;
    return '{' + *left + ',' + *right + '}';
}

std::optional<std::string> write_tree(const DescriptorTree& tree, const AddressFormat& format, const KeyText& key_text)
{
    std::string text = std::string(name(tree.function)) + '(';
    const auto separate = [&text] {
        if (text.back() != '(') text += ',';
    };
    if (tree.function == Function::kAddr) text += address_of(tree.script, format).value_or("");
    if (tree.function == Function::kRaw) text += to_hex(tree.script);
    if (tree.threshold > 0) text += std::to_string(tree.threshold);
    for (const KeyExpression& key : tree.keys) {
        const auto part = key_text(key);
        if (!part) return std::nullopt;
        separate();
        text += *part;
    }
    if (!tree.children.empty()) {
        std::size_t next = 0;
        const auto part = tree.function == Function::kTr ? write_leaves(tree, format, key_text, next, 0)
                                                         : write_tree(*tree.children[0], format, key_text);
        if (!part) return std::nullopt;
        separate();
        text += *part;
    }
    return text + ')';
}

std::string with_checksum(std::string text)
{
    const std::string checksum = descriptor_checksum(text);
    return std::move(text) + '#' + checksum;
}

template <class Visit>
void for_each_key(const DescriptorTree& tree, const Visit& visit)
{
    for (const KeyExpression& key : tree.keys) visit(key);
    for (const auto& child : tree.children) for_each_key(*child, visit);
}

std::optional<OutputType> output_type_of(ByteSpan script)
{
    const auto destination = destination_of(script);
    if (!destination) return std::nullopt;
    switch (destination->type) {
        case policy::ScriptType::kPubkeyHash:
        case policy::ScriptType::kScriptHash:
            return OutputType::kLegacy;
        case policy::ScriptType::kWitnessV0KeyHash:
        case policy::ScriptType::kWitnessV0ScriptHash:
            return OutputType::kBech32;
        default:
            return OutputType::kBech32m;
    }
}

std::optional<OutputType> output_type_of(const DescriptorTree& tree)
{
    switch (tree.function) {
        case Function::kPkh:
            return OutputType::kLegacy;
        case Function::kWpkh:
        case Function::kWsh:
            return OutputType::kBech32;
        case Function::kTr:
        case Function::kRawTr:
            return OutputType::kBech32m;
        case Function::kSh:
            return output_type_of(*tree.children[0]) == OutputType::kBech32 ? OutputType::kP2shSegwit
                                                                            : OutputType::kLegacy;
        case Function::kAddr:
        case Function::kRaw:
            return output_type_of(tree.script);
        default:
            return std::nullopt;
    }
}

std::vector<Bytes> one(Bytes script)
{
    return {std::move(script)};
}

Bytes pubkey_hash_script(const PublicKey& key)
{
    return script_for(pubkey_hash_destination(key.hash160()));
}
Bytes witness_key_script(const PublicKey& key)
{
    return script_for(witness_destination(0, key.hash160()));
}
Bytes pubkey_script(ByteSpan key)
{
    return ScriptWriter{}.push(key).op(Opcode::kCheckSig).take();
}
Bytes script_hash_script(ByteSpan script)
{
    return script_for(script_hash_destination(crypto::hash160(script)));
}

Bytes multisig_script(const DescriptorTree& tree, std::vector<PublicKey> keys)
{
    if (tree.function == Function::kSortedMulti) std::ranges::sort(keys);
    ScriptWriter script;
    script.push_number(tree.threshold);
    for (const PublicKey& key : keys) script.push(key.bytes());
    return script.push_number(static_cast<std::int64_t>(keys.size())).op(Opcode::kCheckMultisig).take();
}

Bytes tapscript_multisig(const DescriptorTree& tree, const std::vector<PublicKey>& keys)
{
    std::vector<XOnlyKey> x_only;
    for (const PublicKey& key : keys) x_only.push_back(XOnlyKey::of(key));
    if (tree.function == Function::kSortedMultiA) std::ranges::sort(x_only);
    ScriptWriter script;
    for (std::size_t i = 0; i < x_only.size(); ++i) {
        script.push(x_only[i].bytes()).op(i == 0 ? Opcode::kCheckSig : Opcode::kCheckSigAdd);
    }
    return script.push_number(tree.threshold).op(Opcode::kNumEqual).take();
}

std::vector<Bytes> combo_scripts(const PublicKey& key, SigningProvider& out)
{
    std::vector<Bytes> scripts{pubkey_script(key.bytes()), pubkey_hash_script(key)};
    if (!key.is_compressed()) return scripts;
    scripts.push_back(witness_key_script(key));
    out.add_script(scripts.back());
    scripts.push_back(script_hash_script(scripts[2]));
    return scripts;
}

std::optional<std::vector<Bytes>> taproot_scripts(const DescriptorTree& tree, const PublicKey& key,
                                                  const std::vector<Bytes>& leaves, SigningProvider& out)
{
    TaprootOutput output{XOnlyKey::of(key), {}};
    for (std::size_t i = 0; i < leaves.size(); ++i)
        output.leaves.push_back({tree.depths[i], consensus::kTaprootLeafTapscript, leaves[i]});
    const auto tweaked = output.output_key();
    if (!tweaked) return std::nullopt;
    out.taproot.emplace(tweaked->key, std::move(output));
    return one(script_for(witness_destination(1, tweaked->key.bytes())));
}

}  // namespace

std::string_view name(DescriptorFunction function)
{
    constexpr std::array<std::string_view, 14> kNames{
        "pk",      "pkh",           "wpkh",  "sh", "wsh",   "multi", "sortedmulti",
        "multi_a", "sortedmulti_a", "combo", "tr", "rawtr", "addr",  "raw"};
    return kNames[static_cast<std::size_t>(function)];
}

std::string_view name(OutputType type)
{
    constexpr std::array<std::string_view, 4> kNames{"legacy", "p2sh-segwit", "bech32", "bech32m"};
    return kNames[static_cast<std::size_t>(type)];
}

std::optional<OutputType> output_type_from_name(std::string_view text)
{
    for (const auto type : {OutputType::kLegacy, OutputType::kP2shSegwit, OutputType::kBech32, OutputType::kBech32m}) {
        if (name(type) == text) return type;
    }
    return std::nullopt;
}

std::optional<std::vector<Bytes>> DescriptorTree::expand(std::uint32_t position, const KeySource& source,
                                                         SigningProvider& out) const
{
    std::vector<PublicKey> derived;
    for (const KeyExpression& key : keys) {
        const auto public_key = key.derive(position, source, out);
        if (!public_key) return std::nullopt;
        derived.push_back(*public_key);
    }
    std::vector<Bytes> scripts;
    for (const auto& child : children) {
        auto expanded = child->expand(position, source, out);
        if (!expanded) return std::nullopt;
        scripts.push_back(std::move(expanded->front()));
    }
    switch (function) {
        case Function::kPk:
            return one(pubkey_script(tapscript ? XOnlyKey::of(derived[0]).bytes() : derived[0].bytes()));
        case Function::kPkh:
            return one(pubkey_hash_script(derived[0]));
        case Function::kWpkh:
            return one(witness_key_script(derived[0]));
        case Function::kMulti:
        case Function::kSortedMulti:
            return one(multisig_script(*this, derived));
        case Function::kMultiA:
        case Function::kSortedMultiA:
            return one(tapscript_multisig(*this, derived));
        case Function::kCombo:
            return combo_scripts(derived[0], out);
        case Function::kSh:
            out.add_script(scripts[0]);
            return one(script_hash_script(scripts[0]));
        case Function::kWsh:
            out.add_script(scripts[0]);
            return one(script_for(witness_destination(0, crypto::sha256(scripts[0]).span())));
        case Function::kTr:
            return taproot_scripts(*this, derived[0], scripts, out);
        case Function::kRawTr:
            return one(script_for(witness_destination(1, XOnlyKey::of(derived[0]).bytes())));
        case Function::kAddr:
        case Function::kRaw:
            break;
    }
    return one(script);
}

bool Descriptor::is_range() const
{
    bool range = false;
    for_each_key(*tree_, [&](const KeyExpression& key) { range = range || key.is_range(); });
    return range;
}

bool Descriptor::is_solvable() const
{
    return tree_->function != Function::kAddr && tree_->function != Function::kRaw;
}

bool Descriptor::is_single_type() const
{
    return tree_->function != Function::kCombo;
}

std::optional<OutputType> Descriptor::output_type() const
{
    return output_type_of(*tree_);
}

bool Descriptor::has_private_keys(const SigningProvider& keys) const
{
    if (!is_solvable()) return false;
    bool all = true;
    for_each_key(*tree_, [&](const KeyExpression& key) { all = all && key.derive_private(0, keys).has_value(); });
    return all;
}

std::string Descriptor::to_string(const AddressFormat& format) const
{
    const auto text = [&](const KeyExpression& key) -> std::optional<std::string> {
        return key.to_string(format, KeyExpression::Hardened::kAsWritten);
    };
    return with_checksum(*write_tree(*tree_, format, text));
}

std::string Descriptor::to_compatible_string(const AddressFormat& format) const
{
    const auto text = [&](const KeyExpression& key) -> std::optional<std::string> {
        return key.to_string(format, KeyExpression::Hardened::kAlwaysApostrophe);
    };
    return with_checksum(*write_tree(*tree_, format, text));
}

std::optional<std::string> Descriptor::to_private_string(const AddressFormat& format, const SigningProvider& keys) const
{
    bool any = false;
    const auto text = [&](const KeyExpression& key) -> std::optional<std::string> {
        auto secret = key.to_private_string(format, keys);
        any = any || secret.has_value();
        return secret ? secret : key.to_string(format, KeyExpression::Hardened::kAsWritten);
    };
    std::string written = *write_tree(*tree_, format, text);
    if (!any) return std::nullopt;
    return with_checksum(std::move(written));
}

std::optional<std::string> Descriptor::to_normalized_string(const AddressFormat& format,
                                                            const DescriptorCache& cache) const
{
    const auto text = [&](const KeyExpression& key) { return key.to_normalized_string(format, cache); };
    auto written = write_tree(*tree_, format, text);
    if (!written) return std::nullopt;
    return with_checksum(std::move(*written));
}

namespace {

std::optional<Descriptor::Expansion> expand_by(const DescriptorTree& tree, std::uint32_t position,
                                               const KeySource& source)
{
    Descriptor::Expansion expansion;
    auto scripts = tree.expand(position, source, expansion.provider);
    if (!scripts) return std::nullopt;
    expansion.scripts = std::move(*scripts);
    return expansion;
}

}  // namespace

std::optional<Descriptor::Expansion> Descriptor::expand(std::uint32_t position, const SigningProvider& keys,
                                                        DescriptorCache* write_cache) const
{
    return expand_by(*tree_, position, {&keys, nullptr, write_cache});
}

std::optional<Descriptor::Expansion> Descriptor::expand_from_cache(std::uint32_t position, const DescriptorCache& cache,
                                                                   DescriptorCache* remember) const
{
    return expand_by(*tree_, position, {nullptr, &cache, remember});
}

SigningProvider Descriptor::expand_private(std::uint32_t position, const SigningProvider& keys) const
{
    SigningProvider found;
    for_each_key(*tree_, [&](const KeyExpression& key) {
        if (const auto secret = key.derive_private(position, keys)) found.private_keys.emplace(secret->id(), *secret);
    });
    return found;
}

}  // namespace cairn::keys
