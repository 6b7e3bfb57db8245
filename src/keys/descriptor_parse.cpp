#include <algorithm>
#include <array>

#include "consensus/script/script.h"
#include "consensus/script/taproot.h"
#include "crypto/hex.h"
#include "crypto/text.h"
#include "keys/address.h"
#include "keys/descriptor_tree.h"
#include "keys/parse_key_expression.h"
#include "keys/parse_text.h"

namespace cairn::keys {
namespace {

using Function = DescriptorFunction;
using Trees = std::vector<DescriptorTree>;  // one, or one per value of a multipath step
using KeyLists = std::vector<std::vector<KeyExpression>>;
using Result = std::expected<Trees, std::string>;

constexpr std::size_t kMaxBareMultisigKeys = 3;

class Parser {
public:
    explicit Parser(KeyParser& keys) : keys_(keys) {}

    /// Takes one expression off `rest`.
    Result script(std::string_view& rest, KeyContext context);

private:
    Result one_key(Function function, std::string_view argument, KeyContext context);
    Result multi(Function function, std::string_view arguments, KeyContext context);
    Result wrapper(Function function, std::string_view argument, KeyContext inner);
    Result taproot(std::string_view arguments);
    Result raw_taproot(std::string_view arguments);
    Result address(std::string_view argument) const;
    static Result raw(std::string_view argument);

    struct Leaves {
        std::vector<Trees> scripts;
        std::vector<int> depths;
    };
    std::expected<Leaves, std::string> leaves(std::string_view& rest);
    std::expected<KeyLists, std::string> multi_keys(std::string_view& rest, KeyContext context);

    KeyParser& keys_;
};

using Contexts = unsigned;  // a bit for each KeyContext
constexpr Contexts operator|(KeyContext a, KeyContext b)
{
    return 1U << static_cast<unsigned>(a) | 1U << static_cast<unsigned>(b);
}
constexpr Contexts operator|(Contexts a, KeyContext b)
{
    return a | 1U << static_cast<unsigned>(b);
}

/// Where a function may stand, and what is said of it elsewhere (nothing: it is then taken for an unknown function).
struct Place {
    Function function;
    Contexts allowed;
    std::string_view elsewhere;
};

constexpr Contexts kOnlyTop = 0U | KeyContext::kTop;
constexpr Contexts kTopOrP2sh = KeyContext::kTop | KeyContext::kP2sh;
constexpr Contexts kNotTaproot = kTopOrP2sh | KeyContext::kP2wsh;
constexpr std::string_view kMultiElsewhere = "Can only have multi/sortedmulti at top level, in sh(), or in wsh()";

constexpr std::array<Place, 14> kPlaces{{
    {Function::kPk, kNotTaproot | KeyContext::kP2tr, ""},
    {Function::kPkh, kNotTaproot, ""},
    {Function::kCombo, kOnlyTop, "Can only have combo() at top level"},
    {Function::kMulti, kNotTaproot, kMultiElsewhere},
    {Function::kSortedMulti, kNotTaproot, kMultiElsewhere},
    {Function::kMultiA, 0U | KeyContext::kP2tr, "Can only have multi_a/sortedmulti_a inside tr()"},
    {Function::kSortedMultiA, 0U | KeyContext::kP2tr, "Can only have multi_a/sortedmulti_a inside tr()"},
    {Function::kWpkh, kTopOrP2sh, "Can only have wpkh() at top level or inside sh()"},
    {Function::kSh, kOnlyTop, "Can only have sh() at top level"},
    {Function::kWsh, kTopOrP2sh, "Can only have wsh() at top level or inside sh()"},
    {Function::kAddr, kOnlyTop, "Can only have addr() at top level"},
    {Function::kTr, kOnlyTop, "Can only have tr at top level"},
    {Function::kRawTr, kOnlyTop, "Can only have rawtr at top level"},
    {Function::kRaw, kOnlyTop, "Can only have raw() at top level"},
}};

std::string unknown_function(std::string_view expression, KeyContext context)
{
    if (context == KeyContext::kP2sh) return "A function is needed within P2SH";
    if (context == KeyContext::kP2wsh) return "A function is needed within P2WSH";
    return quoted(expression) + " is not a valid descriptor function";
}

Result Parser::script(std::string_view& rest, KeyContext context)
{
    const std::string_view expression = take_expression(rest);
    for (const Place& place : kPlaces) {
        std::string_view argument = expression;
        if (!strip_function(argument, name(place.function))) continue;
        if ((place.allowed & (0U | context)) == 0) {
            if (place.elsewhere.empty()) break;
            return refuse(std::string(place.elsewhere));
        }
        switch (place.function) {
            case Function::kMulti:
            case Function::kSortedMulti:
            case Function::kMultiA:
            case Function::kSortedMultiA:
                return multi(place.function, argument, context);
            case Function::kSh:
                return wrapper(Function::kSh, argument, KeyContext::kP2sh);
            case Function::kWsh:
                return wrapper(Function::kWsh, argument, KeyContext::kP2wsh);
            case Function::kTr:
                return taproot(argument);
            case Function::kRawTr:
                return raw_taproot(argument);
            case Function::kAddr:
                return address(argument);
            case Function::kRaw:
                return raw(argument);
            case Function::kWpkh:
                return one_key(Function::kWpkh, argument, KeyContext::kP2wpkh);
            case Function::kPk:
            case Function::kPkh:
            case Function::kCombo:
                return one_key(place.function, argument, context);
        }
    }
    return refuse(unknown_function(expression, context));
}

Result Parser::one_key(Function function, std::string_view argument, KeyContext context)
{
    auto parsed = keys_.parse(argument, context);
    if (!parsed) return refuse(std::string(name(function)) + "(): " + parsed.error());
    Trees trees;
    for (KeyExpression& key : *parsed) {
        DescriptorTree tree;
        tree.function = function;
        tree.tapscript = function == Function::kPk && context == KeyContext::kP2tr;
        tree.keys.push_back(std::move(key));
        trees.push_back(std::move(tree));
    }
    return trees;
}

/// Repeats single elements so that all lists have the length of the longest; false if two longer ones differ.
template <class List>
bool level(std::vector<List>& lists, std::size_t length)
{
    for (List& list : lists) {
        if (list.size() == 1) list.resize(length, list[0]);
        if (list.size() != length) return false;
    }
    return true;
}

template <class List>
std::size_t longest(const std::vector<List>& lists, std::size_t least = 1)
{
    for (const List& list : lists) least = std::max(least, list.size());
    return least;
}

std::expected<KeyLists, std::string> Parser::multi_keys(std::string_view& rest, KeyContext context)
{
    KeyLists lists;
    while (!rest.empty()) {
        if (!strip_prefix(rest, ",")) return refuse(std::string("Multi: expected ',', got '") + rest[0] + "'");
        auto parsed = keys_.parse(take_expression(rest), context);
        if (!parsed) return refuse("Multi: " + parsed.error());
        lists.push_back(std::move(*parsed));
    }
    return lists;
}

std::optional<std::string> check_multi(std::uint32_t threshold, const KeyLists& keys, bool tapscript,
                                       KeyContext context)
{
    const std::string count = std::to_string(keys.size());
    const auto limit = static_cast<std::size_t>(tapscript ? kMaxPubkeysPerMultiA : kMaxPubkeysPerMultisig);
    if (keys.empty() || keys.size() > limit) {
        return "Cannot have " + count + " keys in " + (tapscript ? "multi_a" : "multisig") +
               "; must have between 1 and " + std::to_string(limit) + " keys, inclusive";
    }
    if (threshold < 1) return "Multisig threshold cannot be 0, must be at least 1";
    if (threshold > keys.size()) {
        return "Multisig threshold cannot be larger than the number of keys; threshold is " +
               std::to_string(threshold) + " but only " + count + " keys specified";
    }
    if (context == KeyContext::kTop && keys.size() > kMaxBareMultisigKeys) {
        return "Cannot have " + count + " pubkeys in bare multisig; only at most 3 pubkeys";
    }
    std::size_t size = 3;
    for (const auto& key : keys) size += key[0].size() + 1;
    if (context == KeyContext::kP2sh && size > kMaxScriptElementSize) {
        return "P2SH script is too large, " + std::to_string(size) + " bytes is larger than 520 bytes";
    }
    return std::nullopt;
}

Result Parser::multi(Function function, std::string_view arguments, KeyContext context)
{
    const std::string_view number = take_expression(arguments);
    const auto threshold = parse_integer<std::uint32_t>(number);
    if (!threshold) return refuse("Multi threshold " + quoted(number) + " is not valid");
    auto lists = multi_keys(arguments, context);
    if (!lists) return refuse(lists.error());
    const bool tapscript = function == Function::kMultiA || function == Function::kSortedMultiA;
    if (auto error = check_multi(*threshold, *lists, tapscript, context)) return refuse(std::move(*error));
    const std::size_t length = longest(*lists);
    if (!level(*lists, length)) return refuse("multi(): Multipath derivation paths have mismatched lengths");
    Trees trees(length);
    for (std::size_t i = 0; i < length; ++i) {
        trees[i].function = function;
        trees[i].threshold = static_cast<int>(*threshold);
        for (auto& list : *lists) trees[i].keys.push_back(std::move(list[i]));
    }
    return trees;
}

Result Parser::wrapper(Function function, std::string_view argument, KeyContext inner)
{
    auto inside = script(argument, inner);
    if (!inside) return inside;
    if (!argument.empty()) {
        return refuse(std::string(name(function)) + "(): unexpected " + quoted(argument) + " after the script");
    }
    Trees trees;
    for (DescriptorTree& child : *inside) {
        DescriptorTree tree;
        tree.function = function;
        tree.children.push_back(std::make_shared<const DescriptorTree>(std::move(child)));
        trees.push_back(std::move(tree));
    }
    return trees;
}

std::expected<Parser::Leaves, std::string> Parser::leaves(std::string_view& rest)
{
    Leaves found;
    std::vector<bool> right;  // which way each step down from the root went
    do {
        while (strip_prefix(rest, "{")) {
            right.push_back(false);
            if (right.size() > consensus::kTaprootControlMaxNodes)
                return refuse("tr() supports at most 128 nesting levels");
        }
        std::string_view expression = take_expression(rest);
        auto parsed = script(expression, KeyContext::kP2tr);
        if (!parsed) return refuse(parsed.error());
        found.scripts.push_back(std::move(*parsed));
        found.depths.push_back(static_cast<int>(right.size()));
        while (!right.empty() && right.back()) {
            if (!strip_prefix(rest, "}")) return refuse("tr(): expected '}' after script expression");
            right.pop_back();
        }
        if (!right.empty()) {
            if (!strip_prefix(rest, ",")) return refuse("tr(): expected ',' after script expression");
            right.back() = true;
        }
    } while (!right.empty());
    if (!rest.empty()) return refuse("tr(): expected ')' after script expression");
    return found;
}

Result Parser::taproot(std::string_view arguments)
{
    auto internal = keys_.parse(take_expression(arguments), KeyContext::kP2tr);
    if (!internal) return refuse("tr(): " + internal.error());
    Leaves tree;
    if (!arguments.empty()) {
        if (!strip_prefix(arguments, ",")) return refuse(std::string("tr: expected ',', got '") + arguments[0] + "'");
        auto parsed = leaves(arguments);
        if (!parsed) return refuse(parsed.error());
        tree = std::move(*parsed);
    }
    const std::size_t length = longest(tree.scripts, internal->size());
    if (!level(tree.scripts, length)) return refuse("tr(): Multipath subscripts have mismatched lengths");
    if (internal->size() == 1) internal->resize(length, internal->front());
    if (internal->size() != length) {
        return refuse("tr(): Multipath internal key mismatches multipath subscripts lengths");
    }
    Trees trees(length);
    for (std::size_t i = 0; i < length; ++i) {
        trees[i].function = Function::kTr;
        trees[i].keys.push_back(std::move((*internal)[i]));
        trees[i].depths = tree.depths;
        for (Trees& leaf : tree.scripts) {
            trees[i].children.push_back(std::make_shared<const DescriptorTree>(std::move(leaf[i])));
        }
    }
    return trees;
}

Result Parser::raw_taproot(std::string_view arguments)
{
    const std::string_view key = take_expression(arguments);
    if (!arguments.empty()) return refuse("rawtr(): only one key expected.");
    return one_key(Function::kRawTr, key, KeyContext::kP2tr);
}

Result Parser::address(std::string_view argument) const
{
    const auto destination = decode_address(argument, keys_.format());
    if (!destination) return refuse("Address is not valid");
    DescriptorTree tree;
    tree.function = Function::kAddr;
    tree.script = script_for(*destination);
    return Trees{std::move(tree)};
}

Result Parser::raw(std::string_view argument)
{
    auto bytes = argument.empty() ? std::nullopt : from_hex(argument);
    if (!bytes) return refuse("Raw script is not hex");
    DescriptorTree tree;
    tree.function = Function::kRaw;
    tree.script = std::move(*bytes);
    return Trees{std::move(tree)};
}

}  // namespace

std::expected<ParsedDescriptors, std::string> parse_descriptor(std::string_view text, const AddressFormat& format,
                                                               const crypto::SigningContext& context, ChecksumRule rule)
{
    if (rule == ChecksumRule::kRequired && !text.contains('#')) return refuse("Missing checksum");
    const auto checksum = checked_descriptor_checksum(text);
    if (!checksum) return refuse(checksum.error());
    text = text.substr(0, text.find('#'));
    ParsedDescriptors parsed;
    KeyParser key_parser{format, context, parsed.keys};
    auto trees = Parser{key_parser}.script(text, KeyContext::kTop);
    if (!trees) return refuse(trees.error());
    if (!text.empty()) return refuse("Unexpected " + quoted(text) + " after the descriptor");
    for (DescriptorTree& tree : *trees) {
        parsed.descriptors.emplace_back(std::make_shared<const DescriptorTree>(std::move(tree)));
    }
    return parsed;
}

}  // namespace cairn::keys
