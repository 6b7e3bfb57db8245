#pragma once
// One argument of a method, declared with a small vocabulary: number("height").optional().explain("…").
//
// Values, made once when the table of methods is and not changed after: any thread reads them. All texts must live as
// long as the program does (they are literals). Names, and what cairn-cli takes for JSON, are Bitcoin Core's (RPCArg
// and rpc/client.cpp); the prose is ours. Wrong types are refused by check_arguments (method_spec.h), not here.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rpc/spec/json.h"

namespace cairn::rpc {

enum class ArgumentType : std::uint8_t {
    kString,
    kHex,
    kNumber,
    kBool,
    kAmount,  // of coins, with at most eight decimals: number or string
    kRange,   // number or [begin, end]
    kArray,
    kObject,
    kNamedOptions,  // an object whose members may also be given as named arguments of the method
};

/// How cairn-cli reads the argument's text: as it stands; as JSON, which it must be; as JSON if it is, else as it
/// stands.
enum class CliFormat : std::uint8_t { kText, kJson, kJsonOrText };

struct Argument {
    std::string_view names;  // "verbosity|verbose": the first is its name, the others are known too
    ArgumentType type = ArgumentType::kString;
    bool required = true;
    Json fallback = {};                // what a missing argument counts as; null: the method sees null
    bool checked = true;               // whether the type is checked before the method runs
    bool shown = true;                 // in help
    CliFormat cli = CliFormat::kText;  // kJson for all types but kString and kHex, unless read_as says otherwise
    std::string_view help = {};
    std::string_view signature = {};   // how signatures show it, where that does not follow from the rest
    bool any_names = false;            // of an object: the user chooses the names of its members
    std::vector<Argument> inner = {};  // of kNamedOptions; elsewhere for help only

    /// The first of `names`.
    std::string_view name() const { return names.substr(0, names.find('|')); }
    /// Whether `name` is one of `names`.
    bool is_called(std::string_view name) const;

    /// May be left out, or null; the method then sees null.
    Argument optional() &&
    {
        required = false;
        return std::move(*this);
    }
    /// As optional(), but the method then sees `value`, which help names as the default.
    Argument fall_back_to(Json value) &&
    {
        required = false;
        fallback = std::move(value);
        return std::move(*this);
    }
    /// The method looks at the type itself.
    Argument unchecked() &&
    {
        checked = false;
        return std::move(*this);
    }
    /// Known, but left out of help.
    Argument hidden() &&
    {
        shown = false;
        return std::move(*this);
    }
    Argument read_as(CliFormat format) &&
    {
        cli = format;
        return std::move(*this);
    }
    Argument shown_as(std::string_view text) &&
    {
        signature = text;
        return std::move(*this);
    }
    Argument explain(std::string_view text) &&
    {
        help = text;
        return std::move(*this);
    }
};

/// Required arguments of each type, to be made more of by the members above.
Argument text(std::string_view names);
Argument hex(std::string_view names);
Argument number(std::string_view names);
Argument boolean(std::string_view names);
Argument amount(std::string_view names);
Argument range(std::string_view names);
Argument array(std::string_view names, std::vector<Argument> inner = {});
Argument object(std::string_view names, std::vector<Argument> inner = {});
Argument options(std::string_view names, std::vector<Argument> inner);
/// An object whose members, all like `member`, have the names the user chooses.
Argument map_of(std::string_view names, Argument member);

}  // namespace cairn::rpc
