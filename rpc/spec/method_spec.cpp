#include "rpc/spec/method_spec.h"

#include <algorithm>
#include <array>

#include "rpc/spec/declare/declare.h"
#include "rpc/spec/error.h"

namespace cairn::rpc {

std::string_view name(Category category)
{
    static constexpr std::array<std::string_view, 8> kNames{"Blockchain",      "Control", "Mining", "Network",
                                                            "Rawtransactions", "Util",    "Wallet", "Hidden"};
    return kNames[static_cast<std::size_t>(category)];
}

const Argument* MethodSpec::find_argument(std::string_view wanted) const
{
    const auto found =
        std::ranges::find_if(arguments, [&](const Argument& argument) { return argument.is_called(wanted); });
    return found == arguments.end() ? nullptr : &*found;
}

namespace {

std::vector<MethodSpec> make_table()
{
    std::vector<MethodSpec> table;
    for (auto part :
         {declare::blockchain(), declare::mempool(), declare::control(), declare::mining(), declare::network(),
          declare::raw_transactions(), declare::util(), declare::wallet(), declare::wallet_coins()}) {
        std::ranges::move(part, std::back_inserter(table));
    }
    std::ranges::sort(table, {}, &MethodSpec::name);
    return table;
}

std::optional<Json::Kind> expected_kind(ArgumentType type)
{
    switch (type) {
        case ArgumentType::kString:
        case ArgumentType::kHex:
            return Json::Kind::kString;
        case ArgumentType::kNumber:
            return Json::Kind::kNumber;
        case ArgumentType::kBool:
            return Json::Kind::kBool;
        case ArgumentType::kArray:
            return Json::Kind::kArray;
        case ArgumentType::kObject:
        case ArgumentType::kNamedOptions:
            return Json::Kind::kObject;
        case ArgumentType::kAmount:
        case ArgumentType::kRange:
            break;
    }
    return std::nullopt;
}

}  // namespace

std::span<const MethodSpec> all_methods()
{
    static const std::vector<MethodSpec> table = make_table();
    return table;
}

const MethodSpec* find_method(std::string_view name)
{
    const auto methods = all_methods();
    const auto found = std::ranges::lower_bound(methods, name, {}, &MethodSpec::name);
    return found != methods.end() && found->name == name ? &*found : nullptr;
}

void check_arguments(const MethodSpec& method, const Json& arguments)
{
    std::size_t needed = method.arguments.size();
    while (needed > 0 && !method.arguments[needed - 1].required) --needed;
    if (arguments.size() < needed || arguments.size() > method.arguments.size()) {
        throw Error(Code::kMisc, method_help(method));
    }
    Json wrong = Json::object();
    for (std::size_t i = 0; i < method.arguments.size(); ++i) {
        const Argument& argument = method.arguments[i];
        const Json& value = arguments[i];
        const auto expected = expected_kind(argument.type);
        if (!argument.checked || !expected || (!argument.required && value.is_null()) || value.kind() == *expected)
            continue;
        wrong.set("Position " + std::to_string(i + 1) + " (" + std::string(argument.names) + ")",
                  "JSON value of type " + std::string(value.kind_name()) + " is not of expected type " +
                      std::string(kind_name(*expected)));
    }
    if (!wrong.empty()) throw Error(Code::kType, "Wrong type passed:\n" + wrong.write(4));
}

}  // namespace cairn::rpc
