#include "keys/parse_key_expression.h"

#include <algorithm>

#include "crypto/hex.h"
#include "crypto/text.h"
#include "keys/parse_text.h"

namespace cairn::keys {
namespace {

/// Each makes a descriptor of its own, of up to 999 keys.
constexpr std::size_t kMaxMultipathValues = 256;

bool is_hex(std::string_view text)
{
    return !text.empty() && from_hex(text).has_value();
}

bool permits_uncompressed(KeyContext context)
{
    return context == KeyContext::kTop || context == KeyContext::kP2sh;
}

std::expected<std::uint32_t, std::string> path_step(std::string_view text, bool& apostrophe)
{
    const bool hardened = text.ends_with('\'') || text.ends_with('h');
    if (hardened) {
        apostrophe = text.back() == '\'';
        text.remove_suffix(1);
    }
    const auto number = parse_integer<std::uint32_t>(text);
    if (!number) return refuse("Key path value " + quoted(text) + " is not a valid uint32");
    if (*number >= kHardened) return refuse("Key path value " + std::to_string(*number) + " is out of range");
    return *number | (hardened ? kHardened : 0);
}

std::expected<std::vector<std::uint32_t>, std::string> multipath_values(std::string_view text, bool& apostrophe)
{
    const auto items = split(text.substr(1, text.size() - 2), ';');
    if (items.size() < 2) return refuse("Multipath key path specifiers must have at least two items");
    if (items.size() > kMaxMultipathValues) return refuse("Multipath key path specifiers must have at most 256 items");
    std::vector<std::uint32_t> values;
    for (const std::string_view item : items) {
        const auto value = path_step(item, apostrophe);
        if (!value) return refuse(value.error());
        if (std::ranges::find(values, *value) != values.end()) {
            return refuse("Duplicated key path value " + std::to_string(*value) + " in multipath specifier");
        }
        values.push_back(*value);
    }
    return values;
}

enum class Multipath { kAllowed, kForbidden };

/// The steps, without the key before them: one path, or one per value of the multipath step.
std::expected<std::vector<KeyPath>, std::string> key_paths(std::span<const std::string_view> steps, Multipath multipath,
                                                           bool& apostrophe)
{
    std::vector<KeyPath> paths(1);
    for (const std::string_view step : steps) {
        if (!step.starts_with('<') || !step.ends_with('>')) {
            const auto number = path_step(step, apostrophe);
            if (!number) return refuse(number.error());
            for (KeyPath& path : paths) path.push_back(*number);
            continue;
        }
        if (multipath == Multipath::kForbidden) {
            return refuse("Key path value " + quoted(step) +
                          " specifies multipath in a section where multipath is not allowed");
        }
        if (paths.size() > 1) return refuse("Multiple multipath key path specifiers found");
        const auto values = multipath_values(step.size() > 1 ? step : "<>", apostrophe);
        if (!values) return refuse(values.error());
        paths.resize(values->size(), paths[0]);
        for (std::size_t i = 0; i < paths.size(); ++i) paths[i].push_back((*values)[i]);
    }
    return paths;
}

std::expected<KeyOrigin, std::string> parse_origin(std::string_view text, bool& apostrophe)
{
    if (!text.starts_with('[')) {
        const char first = text.empty() ? ']' : text[0];
        return refuse(std::string("Key origin start '[ character expected but not found, got '") + first + "' instead");
    }
    const auto parts = split(text.substr(1), '/');
    if (parts[0].size() != 8) {
        return refuse("Fingerprint is not 4 bytes (" + std::to_string(parts[0].size()) +
                      " characters instead of 8 characters)");
    }
    const auto bytes = from_hex(parts[0]);
    if (!bytes) return refuse("Fingerprint " + quoted(parts[0]) + " is not hex");
    KeyOrigin origin;
    std::ranges::copy(*bytes, origin.fingerprint.begin());
    auto paths = key_paths(std::span{parts}.subspan(1), Multipath::kForbidden, apostrophe);
    if (!paths) return refuse(paths.error());
    origin.path = std::move(paths->front());
    return origin;
}

/// Takes a last step of *, *h or *' off the path.
Wildcard take_wildcard(std::vector<std::string_view>& parts, bool& apostrophe)
{
    const std::string_view last = parts.back();
    if (last != "*" && last != "*h" && last != "*'") return Wildcard::kNone;
    if (last != "*") apostrophe = last == "*'";
    parts.pop_back();
    return last == "*" ? Wildcard::kNormalStep : Wildcard::kHardenedStep;
}

}  // namespace

KeyParser::Result KeyParser::single(const PublicKey& key, bool x_only)
{
    KeyExpression expression;
    expression.index = next_index_++;
    expression.single = key;
    expression.x_only = x_only;
    return std::vector{expression};
}

KeyParser::Result KeyParser::hexadecimal(std::string_view text, KeyContext context)
{
    Bytes bytes = *from_hex(text);
    const bool x_only = bytes.size() == 32 && context == KeyContext::kP2tr;
    if (x_only) bytes.insert(bytes.begin(), std::byte{2});
    const bool hybrid = bytes.size() == 65 && (bytes[0] == std::byte{6} || bytes[0] == std::byte{7});
    if (hybrid) return refuse("Hybrid public keys are not allowed");
    const auto key = PublicKey::parse(bytes);
    if (!key) return refuse("Pubkey " + quoted(text) + " is invalid");
    if (!key->is_compressed() && !permits_uncompressed(context)) return refuse("Uncompressed keys are not allowed");
    return single(*key, x_only);
}

KeyParser::Result KeyParser::extended(const std::vector<std::string_view>& given, bool& apostrophe)
{
    const auto secret = decode_extended_private(given[0], format_, signing_context_);
    const auto root = secret ? secret->to_public() : decode_extended_public(given[0], format_);
    if (!root) return refuse("key " + quoted(given[0]) + " is not valid");
    std::vector<std::string_view> parts = given;
    KeyExpression expression;
    expression.root = *root;
    expression.wildcard = take_wildcard(parts, apostrophe);
    auto paths =
        key_paths(std::span{parts}.subspan(std::min<std::size_t>(1, parts.size())), Multipath::kAllowed, apostrophe);
    if (!paths) return refuse(paths.error());
    if (secret) found_.private_keys.emplace(secret->key.id(), secret->key);
    expression.index = next_index_++;
    std::vector<KeyExpression> expressions;
    for (KeyPath& path : *paths) {
        expression.path = std::move(path);
        expressions.push_back(expression);
    }
    return expressions;
}

KeyParser::Result KeyParser::without_origin(std::string_view text, KeyContext context, bool& apostrophe)
{
    const auto parts = split(text, '/');
    const std::string_view key = parts[0];
    if (key.empty()) return refuse("No key provided");
    if (trim(key) != key) return refuse("Key " + quoted(key) + " is invalid due to whitespace");
    if (parts.size() == 1 && is_hex(key)) return hexadecimal(key, context);
    if (parts.size() == 1) {
        if (const auto secret = decode_wif(key, format_, signing_context_)) {
            if (!secret->is_compressed() && !permits_uncompressed(context)) {
                return refuse("Uncompressed keys are not allowed");
            }
            found_.private_keys.emplace(secret->id(), *secret);
            return single(secret->public_key(), context == KeyContext::kP2tr);
        }
    }
    return extended(parts, apostrophe);
}

KeyParser::Result KeyParser::parse(std::string_view text, KeyContext context)
{
    const auto halves = split(text, ']');
    if (halves.size() > 2) return refuse("Multiple ']' characters found for a single pubkey");
    bool apostrophe = false;
    std::optional<KeyOrigin> origin;
    if (halves.size() == 2) {
        auto parsed = parse_origin(halves[0], apostrophe);
        if (!parsed) return refuse(parsed.error());
        origin = std::move(*parsed);
    }
    auto expressions = without_origin(halves.back(), context, apostrophe);
    if (!expressions) return expressions;
    for (KeyExpression& expression : *expressions) {
        expression.origin = origin;
        expression.apostrophe = apostrophe;
    }
    return expressions;
}

}  // namespace cairn::keys
