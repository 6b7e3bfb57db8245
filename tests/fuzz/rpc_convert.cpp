// USES: rpc_spec
// Arguments as typed for cairn-cli, and named arguments: a method, then one argument per line. Conversion keeps one
// value per argument, and what it makes of names fits the method or is refused.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "rpc/spec/error.h"
#include "rpc/spec/method_spec.h"

using namespace cairn::rpc;

namespace {

void check_named(const MethodSpec& method, const Json& named)
{
    const Json positional = to_positional(method, named);
    std::size_t leading = named["args"].is_array() ? named["args"].size() : 0;
    if (positional.size() > std::max(leading, method.arguments.size())) std::abort();
    check_arguments(method, positional);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    std::vector<std::string> lines(1);
    for (std::size_t i = 0; i < size; ++i) {
        if (data[i] == '\n') {
            lines.emplace_back();
        } else {
            lines.back().push_back(static_cast<char>(data[i]));
        }
    }
    const std::string name = lines.front();
    lines.erase(lines.begin());
    try {
        if (convert_positional(name, lines).size() != lines.size()) std::abort();
    } catch (const Error&) {
    }
    const MethodSpec* method = find_method(name);
    try {
        const Json named = convert_named(name, lines);
        if (method != nullptr) check_named(*method, named);
    } catch (const Error&) {
    }
    return 0;
}
