#include <algorithm>

#include "rpc/spec/error.h"
#include "rpc/spec/method_spec.h"

namespace cairn::rpc {

namespace {

const Argument* at_position(const MethodSpec* method, std::size_t position)
{
    return method != nullptr && position < method->arguments.size() ? &method->arguments[position] : nullptr;
}

/// By its own name, or by that of a named option of it.
const Argument* by_name(const MethodSpec* method, std::string_view name)
{
    if (method == nullptr) return nullptr;
    for (const Argument& argument : method->arguments) {
        if (argument.is_called(name)) return &argument;
        if (argument.type != ArgumentType::kNamedOptions) continue;
        for (const Argument& option : argument.inner) {
            if (option.is_called(name)) return &option;
        }
    }
    return nullptr;
}

Json convert(const Argument* argument, const std::string& typed)
{
    const CliFormat format = argument == nullptr ? CliFormat::kText : argument->cli;
    if (format == CliFormat::kText) return Json(typed);
    if (auto value = Json::parse(typed)) return *std::move(value);
    if (format == CliFormat::kJsonOrText) return Json(typed);
    throw Error(Code::kMisc, "Error parsing JSON: " + typed);
}

void push_names(Json& rows, const MethodSpec& method, std::size_t position, const Argument& argument)
{
    const bool is_text = argument.type == ArgumentType::kString || argument.type == ArgumentType::kHex;
    for (std::string_view names = argument.names; !names.empty();) {
        const std::size_t end = std::min(names.find('|'), names.size());
        Json row = Json::array();
        row.push(std::string(method.name));
        row.push(position);
        row.push(std::string(names.substr(0, end)));
        row.push(is_text);
        rows.push(std::move(row));
        names.remove_prefix(std::min(end + 1, names.size()));
    }
}

}  // namespace

Json all_conversions()
{
    Json rows = Json::array();
    for (const MethodSpec& method : all_methods()) {
        for (std::size_t i = 0; i < method.arguments.size(); ++i) {
            const Argument& argument = method.arguments[i];
            push_names(rows, method, i, argument);
            if (argument.type != ArgumentType::kNamedOptions) continue;
            for (const Argument& option : argument.inner) push_names(rows, method, i, option);
        }
    }
    return rows;
}

Json convert_positional(std::string_view method, std::span<const std::string> arguments)
{
    const MethodSpec* spec = find_method(method);
    Json values = Json::array();
    for (const std::string& typed : arguments) values.push(convert(at_position(spec, values.size()), typed));
    return values;
}

Json convert_named(std::string_view method, std::span<const std::string> arguments)
{
    const MethodSpec* spec = find_method(method);
    Json named = Json::object();
    Json unnamed = Json::array();
    for (const std::string& typed : arguments) {
        const std::size_t equals = typed.find('=');
        const Argument* positional = at_position(spec, unnamed.size());
        if (equals == std::string::npos) {
            unnamed.push(convert(positional, typed));
            continue;
        }
        const std::string name = typed.substr(0, equals);
        const Argument* argument = by_name(spec, name);
        // Not a name: the "=" may be part of the next value, where that is text or the whole is JSON.
        if (argument == nullptr && positional != nullptr && name != "args") {
            auto whole = positional->cli == CliFormat::kJson ? Json::parse(typed) : std::nullopt;
            if (positional->cli == CliFormat::kText) whole = Json(typed);
            if (whole) {
                unnamed.push(*std::move(whole));
                continue;
            }
        }
        named.replace(name, convert(argument, typed.substr(equals + 1)));
    }
    if (!unnamed.empty()) named.set("args", std::move(unnamed));
    return named;
}

}  // namespace cairn::rpc
