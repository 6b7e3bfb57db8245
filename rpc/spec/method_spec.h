#pragma once
// Every RPC method, declared once: from here come type checks, named arguments, help, and what cairn-cli makes of text.
//
// Names, arguments and errors are Bitcoin Core's; the prose is ours. Immutable after its first use; any thread.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rpc/spec/argument.h"
#include "rpc/spec/json.h"

namespace cairn::rpc {

/// In the order in which help lists them; hidden methods are known and not listed.
enum class Category : std::uint8_t {
    kBlockchain,
    kControl,
    kMining,
    kNetwork,
    kRawTransactions,
    kUtil,
    kWallet,
    kHidden
};
std::string_view name(Category category);

struct MethodSpec {
    std::string_view name;
    Category category = Category::kHidden;
    std::vector<Argument> arguments;
    std::string_view help;
    /// What it answers, a line per form or field.
    std::string_view result;
    /// Arguments as one would type them after the method's name.
    std::vector<std::string_view> examples;

    const Argument* find_argument(std::string_view name) const;
};

/// All methods, by name.
std::span<const MethodSpec> all_methods();
/// Null: no such method.
const MethodSpec* find_method(std::string_view name);

/// Refuses a wrong number of arguments (kMisc, with the help text) or one of a wrong type (kType, "Wrong type
/// passed:…").
void check_arguments(const MethodSpec& method, const Json& arguments);

/// Named arguments as positional ones; "args" gives leading positional ones. Errors: kInvalidParameter with Bitcoin
/// Core's texts.
Json to_positional(const MethodSpec& method, const Json& named);

/// The text of `help <method>`.
std::string method_help(const MethodSpec& method);
/// The first line of it: name and arguments.
std::string method_signature(const MethodSpec& method);
/// The text of `help`: signatures under the headings of their categories. Wallet methods only where `with_wallet`.
std::string help_overview(bool with_wallet);

/// Every argument of every method under each of its names, [method, position, name, whether it is text]: what other
/// clients make their tables of conversions from, as with Bitcoin Core.
Json all_conversions();

/// What cairn-cli sends for arguments typed as text. Errors: kMisc "Error parsing JSON: …".
Json convert_positional(std::string_view method, std::span<const std::string> arguments);
/// With -named: name=value, and values without a name.
Json convert_named(std::string_view method, std::span<const std::string> arguments);

}  // namespace cairn::rpc
