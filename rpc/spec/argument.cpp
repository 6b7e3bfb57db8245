#include "rpc/spec/argument.h"

#include <algorithm>

#include "crypto/text.h"

namespace cairn::rpc {

namespace {

Argument make(std::string_view names, ArgumentType type, CliFormat cli, std::vector<Argument> inner = {})
{
    Argument argument;
    argument.names = names;
    argument.type = type;
    argument.cli = cli;
    argument.inner = std::move(inner);
    return argument;
}

}  // namespace

bool Argument::is_called(std::string_view name) const
{
    return std::ranges::count(split(names, '|'), name) != 0;
}

Argument text(std::string_view names)
{
    return make(names, ArgumentType::kString, CliFormat::kText);
}
Argument hex(std::string_view names)
{
    return make(names, ArgumentType::kHex, CliFormat::kText);
}
Argument number(std::string_view names)
{
    return make(names, ArgumentType::kNumber, CliFormat::kJson);
}
Argument boolean(std::string_view names)
{
    return make(names, ArgumentType::kBool, CliFormat::kJson);
}
Argument amount(std::string_view names)
{
    return make(names, ArgumentType::kAmount, CliFormat::kJson);
}
Argument range(std::string_view names)
{
    return make(names, ArgumentType::kRange, CliFormat::kJson);
}
Argument array(std::string_view names, std::vector<Argument> inner)
{
    return make(names, ArgumentType::kArray, CliFormat::kJson, std::move(inner));
}
Argument object(std::string_view names, std::vector<Argument> inner)
{
    return make(names, ArgumentType::kObject, CliFormat::kJson, std::move(inner));
}
Argument options(std::string_view names, std::vector<Argument> inner)
{
    return make(names, ArgumentType::kNamedOptions, CliFormat::kJson, std::move(inner)).optional();
}

Argument map_of(std::string_view names, Argument member)
{
    Argument map = object(names, {std::move(member)});
    map.any_names = true;
    return map;
}

}  // namespace cairn::rpc
